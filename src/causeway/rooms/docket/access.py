"""Who sees and moves the docket."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from causeway.frame.access import Actor, Verdict, allow, sees
from causeway.rooms.docket.models import Deadline, Matter, MatterEvent, OrderList, Refusal, Snooze

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
sees(OrderList, lambda actor, queryset: queryset if actor.has(*READERS) else queryset.filter(agent__persons__user_id=actor.user_id))
sees(Snooze, lambda actor, queryset: queryset.filter(user_id=actor.user_id))


def _not_the_same(actor: Actor, deadline: Deadline) -> Verdict:
    """The second person is another one than who is responsible."""
    if deadline is not None and deadline.holder_id and deadline.holder.user_id == actor.user_id:
        return Verdict(False, _("The date must be confirmed by another person than the one in whose hand it is."))
    return Verdict(True)


for action in ("matter.view", "event.view", "deadline.view", "refusal.view"):
    allow(action, *READERS, "inventor", "agent")
allow("orderlist.view", *READERS, "agent")
for action in ("matter.create", "matter.update", "matter.close", "event.record", "event.correct", "event.withdraw", "deadline.waive", "deadline.reassign",
               "deadline.extend", "deadline.undo", "orderlist.make", "matter.recompute"):  # fmt: skip
    allow(action, "office")
allow("deadline.done", "office", "agent")
allow("deadline.instruct", "office", "director")
allow("deadline.snooze", "office", "director", "agent", "inventor")
allow("deadline.confirm", "office", "director", judge=_not_the_same)
allow("feed.make", *READERS, "inventor", "agent")
