"""What is read of accounts: members, invitations, sessions, the audit log."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from causeway.frame import access, audit
from causeway.frame.access import Actor
from causeway.frame.models import AuditEntry, AuditHead, AuditSeal, Grant, Invitation, Job, Role, University, User


def in_force(on: date | None = None) -> Q:
    """The condition on grants that hold on the day (today)."""
    on = on or date.today()
    return Q(starts_on__lte=on) & (Q(ends_on=None) | Q(ends_on__gte=on))


def workplaces(user: User) -> QuerySet[University]:
    """The universities at which the person holds a role today, by name."""
    return University.objects.filter(Exists(Grant.objects.filter(in_force(), university=OuterRef("pk"), user=user))).order_by("name")


def members(actor: Actor, text: str = "", role: str = "", former: bool = False) -> QuerySet[User]:
    """People with a grant at the actor's university, with `held` (their grants there) and `second_factor`.

    text: part of name or address; role: hold it today; former: those whose grants have all ended instead. None without the right.
    """
    if not access.may(actor, "member.view").allowed:
        return User.objects.none()
    here = Grant.objects.filter(user=OuterRef("pk"), university_id=actor.university_id)
    current = here.filter(Q(ends_on=None) | Q(ends_on__gte=date.today()))
    people = User.objects.filter(Exists(here), ~Exists(current)) if former else User.objects.filter(Exists(current))
    if role:
        people = people.filter(Exists(here.filter(in_force(), role=role)))
    if text:
        people = people.filter(Q(name__icontains=text) | Q(email__icontains=text))
    held = Prefetch("grants", Grant.objects.filter(university_id=actor.university_id).order_by("starts_on"), to_attr="held")
    factor = Exists(Authenticator.objects.filter(user=OuterRef("pk")).exclude(type=Authenticator.Type.RECOVERY_CODES))
    return people.annotate(second_factor=factor).prefetch_related(held).order_by("name", "pk")


def member(actor: Actor, pk: int) -> User:
    """A person with a grant, present or past, at the actor's university. Raises `Http404` for anybody else."""
    for former in (False, True):
        if found := members(actor, former=former).filter(pk=pk).first():
            return found
    raise Http404


def invitations(actor: Actor) -> QuerySet[Invitation]:
    """Invitations of the actor's university that are neither accepted nor withdrawn, newest first."""
    if not access.may(actor, "member.view").allowed:
        return Invitation.objects.none()
    waiting = Invitation.objects.filter(university_id=actor.university_id, accepted_at=None, withdrawn_at=None)
    return waiting.select_related("invited_by").order_by("-created_at")


def invitation_open(key: str) -> Invitation | None:
    """The invitation behind the key of a link, if it can still be accepted."""
    digest = hashlib.sha256(key.encode()).hexdigest()
    waiting = Invitation.objects.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=timezone.now())
    return waiting.select_related("university", "invited_by").filter(digest=digest).first()


def lasting_administrators(university: int) -> QuerySet[Grant]:
    """Grants that make an active person administrator of the whole university from today without a last day."""
    held = Grant.objects.filter(university_id=university, role=Role.ADMINISTRATOR, unit=None, user__is_active=True)
    return held.filter(starts_on__lte=date.today(), ends_on=None)


# --- the audit log ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LogFilter:
    """What of the audit log is wanted: verbs that start so, who, of what, on which days (both included)."""

    verb: str = ""
    person: int | None = None
    label: str = ""
    object_id: int | None = None
    start: date | None = None
    end: date | None = None

    def narrow(self, entries: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        """The entries that fit."""
        wanted = {"verb__startswith": self.verb, "actor_id": self.person, "label": self.label, "object_id": self.object_id}
        entries = entries.filter(**{name: value for name, value in wanted.items() if value not in ("", None)})
        if self.start:
            entries = entries.filter(at__gte=_midnight(self.start))
        if self.end:
            entries = entries.filter(at__lt=_midnight(self.end + timedelta(days=1)))
        return entries


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=timezone.get_current_timezone())


def log(actor: Actor, wanted: LogFilter) -> QuerySet[AuditEntry]:
    """Entries of the audit log that the actor sees, newest first."""
    seen = access.visible(actor, AuditEntry.objects.all())
    if not actor.has("director", "auditor"):
        # Who only looks after accounts sees what happened to them, not the titles of inventions.
        seen = seen.filter(Q(label__startswith="frame.") | Q(label__startswith="people."))
    return wanted.narrow(seen).order_by("-at", "-pk")


def log_before(entries: QuerySet[AuditEntry], last: int | None) -> QuerySet[AuditEntry]:
    """The entries that come after entry `last` in the order of `log`, for the next page."""
    edge = AuditEntry.objects.filter(pk=last).values_list("at", flat=True).first() if last else None
    if edge is None:
        return entries
    return entries.filter(Q(at__lt=edge) | Q(at=edge, pk__lt=last))


@dataclass(frozen=True)
class Chain:
    """How the audit chain stands: its length and head, the tail not yet sealed, heads that left the house, the last check."""

    length: int
    head: str
    unsealed: int
    sent: list[AuditHead]
    check: Job | None


def chain(actor: Actor) -> Chain:
    """How the chain of the actor's university stands, without recomputing it."""
    from causeway.frame.accounts.jobs import VERIFY

    length, head = audit.head(actor.university_id)
    last = AuditSeal.objects.order_by("-seq").values_list("entry_id", flat=True).first() or 0
    check = Job.objects.filter(university_id=actor.university_id, name=VERIFY).order_by("-pk").first()
    return Chain(length, head, AuditEntry.objects.filter(pk__gt=last).count(), list(AuditHead.objects.order_by("-pk")[:10]), check)
