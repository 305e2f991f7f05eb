"""Who may do what, with the reason. Nothing is allowed that no room allowed; out of sight does not exist."""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Iterator
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
    roles: frozenset[str] = frozenset()
    #: Units a role is limited to, by role; a role that is not a key holds everywhere.
    units: tuple[tuple[str, int], ...] = ()
    kind: str = "user"
    #: Patterns of actions an API token may do; None means no limit beyond the roles.
    scopes: tuple[str, ...] | None = None

    def has(self, *roles: str) -> bool:
        """Whether the actor holds one of the roles (the system holds all)."""
        return self.kind == "system" or bool(self.roles.intersection(roles))


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


#: Roles that see only what is a person's own.
OWN_RECORDS = (Role.INVENTOR, Role.AGENT)
#: How often the last use of a key is written.
SEEN_EVERY = timedelta(minutes=5)

Judge = Callable[[Actor, Any], Verdict]
_actions: dict[str, tuple[frozenset[str], Judge | None]] = {}
_sight: dict[type[models.Model], Callable[[Actor, models.QuerySet], models.QuerySet]] = {}


def allow(action: str, *roles: str, judge: Judge | None = None) -> None:
    """Let roles do an action; `judge(actor, obj)` may still refuse with a reason. Actions are named model.verb."""
    _actions[action] = (frozenset(roles), judge)


def sees(model: type[models.Model], by: Callable[[Actor, models.QuerySet], models.QuerySet]) -> None:
    """Say which rows of a model an actor sees: a function that narrows a queryset."""
    _sight[model] = by


def actions() -> dict[str, frozenset[str]]:
    """Every action with the roles that may do it; the access matrix is tested against it."""
    return {action: roles for action, (roles, _judge) in _actions.items()}


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
    roles, judge = _actions[action]
    if not actor.roles & roles:
        names = ", ".join(str(Role(role).label) for role in sorted(roles))
        return Verdict(False, _("Your role does not allow this; it is for: %(roles)s.") % {"roles": names})
    if actor.scopes is not None and not any(fnmatch.fnmatch(action, scope) for scope in actor.scopes):
        return Verdict(False, _("This key does not reach so far: it lacks %(action)s.") % {"action": action})
    return judge(actor, obj) if judge else Verdict(True)


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
    everywhere = {role for role, unit in held if unit is None}
    units = tuple(sorted((role, unit) for role, unit in held if unit is not None and role not in everywhere))
    # No room narrows by unit: a role limited to one opens nothing beyond it, which is nothing, but for roles that see their own records alone.
    limited = {role for role, _unit in units if role not in OWN_RECORDS}
    return Actor(user.pk, user.name, key, frozenset(role for role, _unit in held) - limited, units)


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
