"""Who sees and moves the docket."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from causeway.frame.access import Actor, Verdict, allow, sees
from causeway.frame.models import AuditEntry, AuditRun
from causeway.rooms.docket.models import Deadline, Matter, MatterEvent, OrderList, Refusal, Reminder, Snooze

READERS = ("office", "director", "auditor")
#: Higher rooms say which matters an inventor sees: functions from an actor to a queryset of matter ids.
INVENTOR_MATTERS: list = []


def _own_matters(actor: Actor) -> Q:
    """Matters an inventor or an outside agent has to do with."""
    mine = Q(pk__in=[])
    if actor.has("agent"):
        mine |= Q(agent__persons__user_id=actor.user_id)
    if actor.has("inventor"):
        for matters in INVENTOR_MATTERS:
            mine |= Q(pk__in=matters(actor))
    return mine


def matters(actor: Actor, queryset: QuerySet) -> QuerySet:
    return queryset if actor.has(*READERS) else queryset.filter(_own_matters(actor)).distinct()


def _through(actor: Actor, queryset: QuerySet) -> QuerySet:
    if actor.has(*READERS):
        return queryset
    return queryset.filter(matter__in=Matter.objects.filter(_own_matters(actor)).values("pk"))


sees(Matter, matters)
for model in (MatterEvent, Deadline, Refusal):
    sees(model, _through)
sees(Reminder, lambda actor, queryset: queryset if actor.has(*READERS) else queryset.filter(deadline__in=_through(actor, Deadline.objects.all()).values("pk")))
sees(OrderList, lambda actor, queryset: queryset if actor.has(*READERS) else queryset.filter(agent__persons__user_id=actor.user_id))
sees(Snooze, lambda actor, queryset: queryset.filter(user_id=actor.user_id))


def _not_the_same(actor: Actor, deadline: Deadline) -> Verdict:
    """The second person is neither the one in whose hand it is nor one who recorded what the date follows from."""
    if deadline is None:
        return Verdict(True)
    if deadline.holder_id and deadline.holder.user_id == actor.user_id:
        return Verdict(False, _("The date must be confirmed by another person than the one in whose hand it is."))
    if actor.user_id in _recorders(deadline):
        return Verdict(False, _("You recorded what this date follows from; another person confirms it."))
    return Verdict(True)


def _recorders(deadline: Deadline) -> set[int | None]:
    """The users who recorded the event a date follows from, and its extension."""
    event = MatterEvent.objects.filter(matter_id=deadline.matter_id, root=deadline.trigger, current=True).values_list("run", flat=True).first()
    found = set(AuditRun.objects.filter(pk=event).values_list("actor_id", flat=True)) if event else set()
    if deadline.extension:
        entries = AuditEntry.objects.filter(label="docket.deadline", object_id=deadline.pk, verb="deadline.extend")
        found |= set(entries.order_by("-pk").values_list("actor_id", flat=True)[:1])
    return found - {None}


for action in ("matter.view", "event.view", "deadline.view", "refusal.view"):
    allow(action, *READERS, "inventor", "agent")
allow("orderlist.view", *READERS, "agent")
allow("matter.replay", *READERS)
for action in ("matter.create", "matter.update", "matter.close", "event.create", "event.record", "event.correct", "event.withdraw", "deadline.waive", "deadline.reassign",
               "deadline.extend", "deadline.undo", "orderlist.make", "orderlist.cancel", "orderlist.undo", "matter.recompute"):  # fmt: skip
    allow(action, "office")
allow("deadline.done", "office", "agent")
allow("deadline.instruct", "office", "director")
allow("deadline.answer", "inventor")
allow("deadline.snooze", "office", "director", "agent", "inventor")
allow("deadline.confirm", "office", "director", judge=_not_the_same)
allow("feed.make", *READERS, "inventor", "agent")
