"""Who sees and moves the docket."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from causeway.frame.access import OWN_RECORDS, Actor, Verdict, allow, seen_suffices, sees
from causeway.frame.models import AuditEntry, AuditRun
from causeway.rooms.docket.models import Deadline, Matter, MatterEvent, OrderList, Refusal, Reminder, Snooze
from causeway.rooms.people.selectors import PERSONS_OF

READERS = ("office", "director", "auditor")
#: Higher rooms say which matters an inventor sees: functions from an actor to a queryset of matter ids.
INVENTOR_MATTERS: list = []


def _own_matters(actor: Actor) -> Q:
    """Matters of the units in which the actor holds a role, and those an inventor or an outside agent has to do with."""
    mine = Q(pk__in=[])
    if units := actor.within(*READERS):
        mine |= Q(unit__in=units)
    if actor.has("agent"):
        mine |= Q(agent__persons__user_id=actor.user_id)
    if actor.has("inventor"):
        for matters in INVENTOR_MATTERS:
            mine |= Q(pk__in=matters(actor))
    return mine


def matters(actor: Actor, queryset: QuerySet) -> QuerySet:
    if actor.has(*READERS):
        return queryset
    found = queryset.filter(_own_matters(actor))
    return found.distinct() if actor.has("agent") else found  # through an agent's persons a matter may come twice


def _through(actor: Actor, queryset: QuerySet) -> QuerySet:
    if actor.has(*READERS):
        return queryset
    if not actor.has(*OWN_RECORDS):  # by a join, which SQLite walks in the order of days; of a subquery it makes a table first
        return queryset.filter(matter__unit__in=actor.within(*READERS))
    return queryset.filter(matter__in=Matter.objects.filter(_own_matters(actor)).values("pk"))


sees(Matter, matters)
for model in (MatterEvent, Deadline, Refusal):
    sees(model, _through)
sees(Reminder, lambda actor, queryset: queryset if actor.has(*READERS) else queryset.filter(deadline__in=_through(actor, Deadline.objects.all()).values("pk")))


def _orders(actor: Actor, queryset: QuerySet) -> QuerySet:
    """An outside agent sees the order lists to its firm; within a unit one sees those of which every line is the unit's."""
    if actor.has(*READERS):
        return queryset
    mine = Q(agent__persons__user_id=actor.user_id) if actor.has("agent") else Q(pk__in=[])
    if units := actor.within(*READERS):
        mine |= Q(pk__in=_wholly_of(units))
    return queryset.filter(mine)


def _wholly_of(units: tuple[int, ...]) -> list[int]:
    """Order lists of which every line is about a matter of some units; a cut list would bear the number of an order that nobody sent."""
    own = set(Matter.objects.filter(unit__in=units).values_list("reference", flat=True))
    lists = OrderList.objects.values_list("pk", "lines")
    return [pk for pk, lines in lists if lines and all(line["reference"] in own for line in lines)]


sees(OrderList, _orders)
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


def _units(obj: Any) -> list[int | None]:
    """The unit of a matter, or of what hangs on one."""
    return [obj.unit_id if isinstance(obj, Matter) else obj.matter.unit_id]


def _units_ordered(obj: Deadline | OrderList) -> set[int | None]:
    """The units of the lines of an order list, or of a fee that goes on one; None for a line whose matter is not here any more."""
    if isinstance(obj, Deadline):
        return {*_units(obj)}
    wanted = {line["reference"] for line in obj.lines}
    found = dict(Matter.objects.filter(reference__in=wanted).values_list("reference", "unit_id"))
    return {found.get(reference) for reference in wanted} or {None}


for action in ("matter.view", "event.view", "deadline.view", "refusal.view"):
    allow(action, *READERS, "inventor", "agent", units=seen_suffices)
allow("orderlist.view", *READERS, "agent", units=seen_suffices)
for action in ("matter.update", "matter.close", "event.create", "event.record", "event.correct", "event.withdraw", "deadline.waive", "deadline.reassign", "deadline.extend",
               "deadline.undo"):  # fmt: skip
    allow(action, "office", units=_units)
for action in ("orderlist.make", "orderlist.cancel", "orderlist.undo"):
    allow(action, "office", units=_units_ordered)
# Over all matters of the university: for who works for all of it.
allow("matter.replay", *READERS)
for action in ("matter.create", "matter.recompute"):
    allow(action, "office")
allow("deadline.done", "office", "agent", units=_units)
allow("deadline.instruct", "office", "director", units=_units)
allow("deadline.answer", "inventor")
allow("deadline.snooze", "office", "director", "agent", "inventor", units=_units)
allow("deadline.confirm", "office", "director", judge=_not_the_same, units=_units)
allow("feed.make", *READERS, "inventor", "agent", units=seen_suffices)
PERSONS_OF.append(lambda units: Matter.objects.filter(unit__in=units).exclude(holder=None).values("holder"))
