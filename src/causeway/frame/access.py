"""Who may do what, with the reason. Nothing is allowed that no room allowed; out of sight does not exist."""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db import models
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from causeway.frame.models import ApiToken, Grant, Owned, Role, University, User


@dataclass(frozen=True)
class Actor:
    """Who acts: a user at a university with roles, or the system itself (no user, kind "system")."""

    user_id: int | None
    name: str
    university_id: int
    #: Roles that hold in the whole university.
    roles: frozenset[str] = frozenset()
    #: Roles that hold in some units alone, each with every unit it holds in: those named and those below them.
    units: tuple[tuple[str, int], ...] = ()
    kind: str = "user"
    #: Patterns of actions an API token may do; None means no limit beyond the roles.
    scopes: tuple[str, ...] | None = None

    def has(self, *roles: str) -> bool:
        """Whether the actor holds one of the roles in the whole university (the system holds all)."""
        return self.kind == "system" or bool(self.roles.intersection(roles))

    def within(self, *roles: str) -> tuple[int, ...]:
        """The units in which the actor holds one of the roles without holding it everywhere, in order; for most people none."""
        return tuple(sorted({unit for role, unit in self.units if role in roles}))


class Verdict(NamedTuple):
    """An answer of access: whether, and why (a sentence for people when refused)."""

    allowed: bool
    why: str = ""


class Refused(Exception):
    """An act that access or a rule of the room refuses; says why in words for people."""


class Conflict(Exception):
    """Somebody else changed the record since it was read; `theirs` says what, field by field."""

    def __init__(self, message: str, theirs: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.theirs = theirs or {}


#: Roles that see only what is a person's own, whatever unit they are given in.
OWN_RECORDS = (Role.INVENTOR, Role.AGENT)
#: Roles that can be limited to a unit, which is worked in as the whole is by who holds them everywhere.
IN_UNITS = (Role.OFFICE, Role.DIRECTOR, Role.AUDITOR)
#: How often the last use of a key is written.
SEEN_EVERY = timedelta(minutes=5)

Judge = Callable[[Actor, Any], Verdict]
#: The units a record belongs to; None among them for what belongs to no unit. No units at all: to be in sight is enough.
Units = Callable[[Any], Iterable[int | None]]


class Rule(NamedTuple):
    """Who may do an action: roles, what else is judged, and where a role limited to a unit may do it too, the units of a record."""

    roles: frozenset[str]
    judge: Judge | None
    units: Units | None


def seen_suffices(_obj: Any) -> tuple[int | None, ...]:
    """For `allow`: a role limited to a unit may do this to whatever it sees, such as view it."""
    return ()


_actions: dict[str, Rule] = {}
_sight: dict[type[models.Model], Callable[[Actor, models.QuerySet], models.QuerySet]] = {}


def allow(action: str, *roles: str, judge: Judge | None = None, units: Units | None = None) -> None:
    """Let roles do an action; `judge(actor, obj)` may still refuse with a reason. Actions are named model.verb.

    units: says to which units a record belongs, and with that lets a role that is limited to a unit do the action on what belongs there
    alone. Without it the action is for who holds a role in the whole university (but for what every role may do).
    """
    _actions[action] = Rule(frozenset(roles), judge, units)


def sees(model: type[models.Model], by: Callable[[Actor, models.QuerySet], models.QuerySet]) -> None:
    """Say which rows of a model an actor sees: a function that narrows a queryset."""
    _sight[model] = by


def actions() -> dict[str, frozenset[str]]:
    """Every action with the roles that may do it; the access matrix is tested against it."""
    return {action: rule.roles for action, rule in _actions.items()}


def visible(actor: Actor | None, queryset: models.QuerySet) -> models.QuerySet:
    """The rows the actor sees; none for a model no room has spoken for."""
    narrow = _sight.get(queryset.model)
    if actor is None or narrow is None:
        return queryset.none()
    if actor.kind == "system":
        return queryset
    return seen(actor.university_id, narrow(actor, queryset))


def seen(university: int, queryset: models.QuerySet) -> models.QuerySet:
    """The queryset without rows of runs that are not complete (a large import under way)."""
    if not issubclass(queryset.model, Owned):
        return queryset
    unseen = university_of(university).unseen_runs
    return queryset.exclude(run__in=unseen) if unseen else queryset


#: Universities as one request read them, by id; None outside a request.
_found: ContextVar[dict[int, University] | None] = ContextVar("causeway_universities", default=None)


@contextmanager
def one_request(university: University | None = None) -> Iterator[None]:
    """Read a university once, for the length of a request: every list of a page asks which runs are out of sight and what day it is there."""
    token = _found.set({university.pk: university} if university else {})
    try:
        yield
    finally:
        _found.reset(token)


def university_of(pk: int) -> University:
    """A university by its id, read once a request."""
    found = _found.get()
    if found is None:
        found = {}
    if pk not in found:
        found[pk] = University.objects.get(pk=pk)
    return found[pk]


def sight_changed() -> None:
    """Runs went out of sight or came into it: what a request knows of a university is forgotten."""
    if (found := _found.get()) is not None:
        found.clear()


def seen_among(actor: Actor, model: type[models.Model], keys: Iterable[int]) -> set[int]:
    """Those of some keys of a model whose records the actor sees; without asking the database where the actor sees all."""
    wanted = set(keys)
    rows = model._default_manager.filter(pk__in=wanted)
    found = visible(actor, rows)
    return wanted if found is rows or not wanted else set(found.values_list("pk", flat=True))


#: Who asks, for the length of a request or of a piece of work; None where nobody in particular does.
_asker: ContextVar[Actor | None] = ContextVar("causeway_asker", default=None)


@contextmanager
def asking(actor: Actor | None) -> Iterator[None]:
    """Say who asks, so that forms offer (and take) no more than they see."""
    token = _asker.set(actor)
    try:
        yield
    finally:
        _asker.reset(token)


def asker() -> Actor | None:
    """Who asks now, if anybody in particular does."""
    return _asker.get()


def offered(rows: models.QuerySet) -> models.QuerySet:
    """What a form may offer of a model: all, but to whose role is limited to a unit what they see."""
    actor = asker()
    return visible(actor, rows) if actor is not None and actor.units else rows


def _in_sight(actor: Actor, obj: Any) -> bool:
    if actor.kind == "system" or obj is None or obj.pk is None or type(obj) not in _sight:
        return True
    return visible(actor, type(obj)._default_manager.filter(pk=obj.pk)).exists()


def may(actor: Actor | None, action: str, obj: Any = None) -> Verdict:
    """Whether the actor may do the action (on the object), and if not, why not."""
    if actor is None:
        return Verdict(False, _("Sign in first."))
    if action not in _actions:
        return Verdict(False, _("Nobody may do this: no rule allows it."))
    if actor.kind == "system":
        return Verdict(True)
    rule = _actions[action]
    wide = bool(actor.roles & rule.roles)
    if not wide and not _limited(actor, rule):
        names = ", ".join(str(Role(role).label) for role in sorted(rule.roles))
        return Verdict(False, _("Your role does not allow this; it is for: %(roles)s.") % {"roles": names})
    if actor.scopes is not None and not any(fnmatch.fnmatch(action, scope) for scope in actor.scopes):
        return Verdict(False, _("This key does not reach so far: it lacks %(action)s.") % {"action": action})
    if not wide and obj is not None and rule.units and not set(rule.units(obj)) <= {*actor.within(*rule.roles)}:
        return Verdict(False, _("Your role is limited to a unit, and this would reach beyond it."))
    return rule.judge(actor, obj) if rule.judge else Verdict(True)


#: What every role may do, who holds one in a unit may do too.
_EVERY_ROLE = frozenset(Role.values)


def _limited(actor: Actor, rule: Rule) -> bool:
    """Whether a role that the actor holds in some units alone is among those of a rule that such roles come under."""
    return (rule.units is not None or rule.roles >= _EVERY_ROLE) and any(role in rule.roles for role, _unit in actor.units)


def may_choose(actor: Actor) -> list[str]:
    """The actions that the actor's roles open, on some record or other: what a key of theirs can be given."""
    return sorted(action for action, rule in _actions.items() if rule.roles & actor.roles or _limited(actor, rule))


def require(actor: Actor | None, action: str, obj: Any = None) -> None:
    """Raise Http404 when the object is out of the actor's sight, `Refused` with the reason when the action is not allowed."""
    if actor is not None and not _in_sight(actor, obj):
        raise Http404
    verdict = may(actor, action, obj)
    if not verdict.allowed:
        raise Refused(verdict.why)


def system(university: University | int, name: str = "Causeway") -> Actor:
    """The actor of work nobody in particular does (a scheduled job, a command of the installation's keeper)."""
    return Actor(None, name, university if isinstance(university, int) else university.pk, kind="system")


def actor_of(user: User, university: University | int, on: date | None = None) -> Actor | None:
    """The user as an actor at the university, by the grants in force on the day (today); None where there are none."""
    on = on or date.today()
    key = university if isinstance(university, int) else university.pk
    grants = Grant.objects.filter(user=user, university_id=key, starts_on__lte=on).exclude(ends_on__lt=on)
    held = [(grant.role, grant.unit) for grant in grants]
    if not held or not user.is_active:
        return None
    roles = frozenset(role for role, unit in held if unit is None or role in OWN_RECORDS)
    limited = {(role, unit) for role, unit in held if unit is not None and role in IN_UNITS and role not in roles}
    return Actor(user.pk, user.name, key, roles, _spread(key, limited))


#: Answers for some units of a university each of those that exist with all below it; the room that keeps the units says so.
Below = Callable[[int, set[int]], dict[int, set[int]]]
_below: Below = lambda _university, _units: {}  # noqa: E731


def units_below(below: Below) -> None:
    """Say how the units below a unit are found; called once at start."""
    global _below
    _below = below


def _spread(university: int, limited: set[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    """Roles with the units they were given in, spread over all units below those; asks the database only where there are any."""
    below = _below(university, {unit for _role, unit in limited}) if limited else {}
    return tuple(sorted({(role, one) for role, unit in limited for one in below.get(unit, ())}))


def actor_of_token(key: str, on: date | None = None) -> Actor | None:
    """The actor behind an API key; None when it is unknown, expired, revoked, or its user has no grant any more."""
    on = on or date.today()
    token = ApiToken.objects.select_related("user").filter(digest=ApiToken.digest_of(key), revoked_at=None).first()
    if token is None or (token.expires_on and token.expires_on < on):
        return None
    actor = actor_of(token.user, token.university_id, on)
    if actor is None:
        return None
    _note_use(token)
    return Actor(actor.user_id, actor.name, actor.university_id, actor.roles, actor.units, "token", tuple(token.scopes))


def _note_use(token: ApiToken) -> None:
    """Write when a key was last used, at most every `SEEN_EVERY`: reading must not become writing."""
    now = timezone.now()
    if token.last_used_at is None or token.last_used_at < now - SEEN_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
