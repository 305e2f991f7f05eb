"""Who sees and changes persons, units and organisations."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Q, QuerySet

from causeway.frame.access import Actor, allow, seen_suffices, sees
from causeway.rooms.people.models import Organisation, Person, Unit

READERS = ("office", "director", "auditor", "administrator")
#: Higher rooms say who has to do with a unit's records: functions from units to querysets of the ids of persons, and of organisations.
PERSONS_OF: list[Callable[[tuple[int, ...]], QuerySet]] = []
ORGANISATIONS_OF: list[Callable[[tuple[int, ...]], QuerySet]] = []


def _unit(person: Person | None) -> list[int | None]:
    return [person.unit_id] if person is not None else []


for model in ("unit", "organisation", "person"):
    allow(f"{model}.view", *READERS, "inventor", "agent", units=seen_suffices)
    for verb in ("create", "update", "trash", "restore"):
        # Organisations and units are the whole university's; a person belongs to a unit.
        allow(f"{model}.{verb}", "office", "administrator", units=_unit if model == "person" else None)
allow("person.erase", "office", "administrator")


def _persons(actor: Actor, queryset: QuerySet) -> QuerySet:
    """Inventors and agents see themselves; the office sees everybody, within a unit those of it and those its records name."""
    if actor.has(*READERS):
        return queryset
    seen = Q(user_id=actor.user_id)
    if units := actor.within(*READERS):
        seen |= Q(unit__in=units)
        for linked in PERSONS_OF:
            seen |= Q(pk__in=linked(units))
    return queryset.filter(seen)


def _organisations(actor: Actor, queryset: QuerySet) -> QuerySet:
    """Inventors and agents see their own; the office sees all, within a unit those of its people and those its records name."""
    if actor.has(*READERS):
        return queryset
    seen = Q(pk__in=Person.objects.filter(_people(actor)).exclude(organisation=None).values("organisation"))
    if units := actor.within(*READERS):
        for linked in ORGANISATIONS_OF:
            seen |= Q(pk__in=linked(units))
    return queryset.filter(seen)


def _people(actor: Actor) -> Q:
    units = actor.within(*READERS)
    return Q(user_id=actor.user_id) | Q(unit__in=units) if units else Q(user_id=actor.user_id)


sees(Person, _persons)
sees(Organisation, _organisations)
sees(Unit, lambda actor, queryset: queryset)
