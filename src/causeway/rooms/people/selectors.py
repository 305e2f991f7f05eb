"""What other rooms ask about people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import QuerySet

from causeway.frame import access, scope
from causeway.frame.access import Actor
from causeway.rooms.people.access import ORGANISATIONS_OF, PERSONS_OF, READERS
from causeway.rooms.people.mapping import fold
from causeway.rooms.people.models import Organisation, Person, Unit

__all__ = ["ORGANISATIONS_OF", "PERSONS_OF", "fold"]


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


def units_below(university: int, units: set[int]) -> dict[int, set[int]]:
    """Some units of a university, those that exist, each with itself and every unit below it."""
    with scope.use(university):
        above = dict(Unit.objects.values_list("pk", "parent_id"))
    found: dict[int, set[int]] = {unit: set() for unit in units & above.keys()}
    for unit in above:
        at, passed = unit, set[int]()
        while at in above and at not in passed:
            passed.add(at)
            if at in found:
                found[at].add(unit)
            at = above[at]
    return found


def unit_paths() -> list[tuple[int, str]]:
    """Units with their way down the tree, such as "Faculty of Physics › Institute of Optics", in the order of the tree."""
    rows = {pk: (name, parent) for pk, name, parent in Unit.objects.values_list("pk", "name", "parent_id")}
    paths = []
    for pk in rows:
        names: list[str] = []
        at: int | None = pk
        while at in rows and len(names) < len(rows):
            name, at = rows[at]
            names.insert(0, name)
        paths.append((names, pk))
    return [(pk, " › ".join(names)) for names, pk in sorted(paths)]


class UnitOffer(NamedTuple):
    """The units a form offers, whether one must be chosen, and which it begins with."""

    rows: QuerySet[Unit]
    required: bool
    first: int | None


def units_offered(*roles: str) -> UnitOffer:
    """The units in which who asks may do what is for some roles: all, or for a role limited to a unit that unit and those below."""
    rows, actor = Unit.objects.order_by("name"), access.asker()
    if actor is None or not actor.units or actor.has(*roles):
        return UnitOffer(rows, False, None)
    own = actor.within(*roles)
    return UnitOffer(rows.filter(pk__in=own), True, rows.filter(pk__in=own).exclude(parent__in=own).values_list("pk", flat=True).first())


def unit_choices() -> list[tuple[int, str]]:
    """Units by name, for filters; to who works within a unit those of theirs."""
    rows, actor = Unit.objects.order_by("name"), access.asker()
    if actor is not None and actor.units and not actor.has(*READERS):
        rows = rows.filter(pk__in=actor.within(*READERS))
    return list(rows.values_list("pk", "name"))


def holder_choices() -> list[tuple[int, str]]:
    """Persons with an account, by name: those in whose hand work can be."""
    return list(holders().values_list("pk", "name"))


def holders() -> QuerySet[Person]:
    """Persons in whose hand work can be, as forms offer them: those with an account, by name."""
    return access.offered(Person.objects.filter(trashed_at=None).exclude(user=None).order_by("name"))
