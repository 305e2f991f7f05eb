"""What other rooms ask about people."""

from __future__ import annotations

from collections.abc import Iterable

from causeway.frame.access import Actor
from causeway.rooms.people.mapping import fold
from causeway.rooms.people.models import Organisation, Person, Unit

__all__ = ["fold"]


def person_of(actor: Actor) -> Person | None:
    """The person behind an actor, at its university."""
    return Person.objects.filter(user_id=actor.user_id).first() if actor.user_id else None


def organisations_by_key(names: Iterable[str]) -> dict[str, int]:
    """Ids of organisations by folded name, for the names given."""
    keys = {fold(name) for name in names}
    return dict(Organisation.objects.filter(name_key__in=keys).values_list("name_key", "pk"))


def persons_by_key(names: Iterable[str]) -> dict[str, int]:
    """Ids of persons by folded name, for the names given; where two share a name, the older record."""
    keys = {fold(name) for name in names}
    return dict(Person.objects.filter(name_key__in=keys).order_by("-pk").values_list("name_key", "pk"))


def unit_choices() -> list[tuple[int, str]]:
    """Units by name, for forms."""
    return list(Unit.objects.order_by("name").values_list("pk", "name"))


def holder_choices() -> list[tuple[int, str]]:
    """Persons with an account, by name: those in whose hand work can be."""
    return list(Person.objects.filter(trashed_at=None).exclude(user=None).order_by("name").values_list("pk", "name"))
