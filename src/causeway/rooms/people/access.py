"""Who sees and changes persons, units and organisations."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from causeway.frame.access import Actor, allow, sees
from causeway.rooms.people.models import Organisation, Person, Unit

READERS = ("office", "director", "auditor", "administrator")
for model in ("unit", "organisation", "person"):
    allow(f"{model}.view", *READERS, "inventor", "agent")
    for verb in ("create", "update", "trash", "restore"):
        allow(f"{model}.{verb}", "office", "administrator")
allow("person.erase", "office", "administrator")


def _persons(actor: Actor, queryset: QuerySet) -> QuerySet:
    """Inventors and agents see themselves; the office sees everybody."""
    return queryset if actor.has(*READERS) else queryset.filter(user_id=actor.user_id)


def _organisations(actor: Actor, queryset: QuerySet) -> QuerySet:
    if actor.has(*READERS):
        return queryset
    return queryset.filter(Q(persons__user_id=actor.user_id)).distinct()


sees(Person, _persons)
sees(Organisation, _organisations)
sees(Unit, lambda actor, queryset: queryset)
