"""Who sees and changes assets."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from causeway.frame.access import OWN_RECORDS, Actor, Verdict, allow, seen_suffices, sees
from causeway.frame.models import User
from causeway.rooms.assets.models import Asset, Cost, Document, Family, Inventorship, Link, Note, Ownership
from causeway.rooms.docket.selectors import INVENTOR_MATTERS
from causeway.rooms.people.selectors import ORGANISATIONS_OF, PERSONS_OF

READERS = ("office", "director", "auditor")


def _mine(actor: Actor) -> Q:
    """Assets of the units in which the actor holds a role, those an inventor made, those an outside agent represents (confidential ones of others stay out of sight)."""
    mine = Q(pk__in=[])
    if units := actor.within(*READERS):
        mine |= Q(unit__in=units)
    if actor.has("inventor"):
        mine |= Q(pk__in=Inventorship.objects.filter(person__user_id=actor.user_id).values("asset"))
    if actor.has("agent"):
        mine |= Q(agent__persons__user_id=actor.user_id)
    return mine


def assets(actor: Actor, queryset: QuerySet) -> QuerySet:
    if actor.has(*READERS):
        return queryset
    found = queryset.filter(_mine(actor))
    return found.distinct() if actor.has("agent") else found  # through an agent's persons an asset may come twice


def _through(actor: Actor, queryset: QuerySet) -> QuerySet:
    if actor.has(*READERS):
        return queryset
    if not actor.has(*OWN_RECORDS):
        return queryset.filter(asset__unit__in=actor.within(*READERS))
    return queryset.filter(asset__in=Asset.objects.filter(_mine(actor)).values("pk"))


def _documents(actor: Actor, queryset: QuerySet) -> QuerySet:
    """Confidential files are for office and director, everywhere or within their units; auditors and others see the rest."""
    if actor.has("office", "director"):
        return queryset
    units, rest = actor.within("office", "director"), _through(actor, queryset.filter(confidential=False))
    return queryset.filter(Q(asset__unit__in=units) | Q(pk__in=rest.values("pk"))) if units else rest


def _matters(actor: Actor) -> QuerySet:
    return Inventorship.objects.filter(person__user_id=actor.user_id).values("asset__matter")


INVENTOR_MATTERS.append(_matters)
sees(Asset, assets)
sees(
    Family,
    lambda actor, queryset: (
        queryset if actor.has(*READERS) else queryset.filter(pk__in=Asset.objects.filter(_mine(actor)).exclude(family=None).values("family"))
    ),
)
for model in (Ownership, Inventorship, Link, Cost, Note):
    sees(model, _through)
sees(Document, _documents)


def _unit(asset: Asset) -> list[int | None]:
    return [asset.unit_id]


def _units(family: Family) -> set[int | None]:
    """The units of a family's members, those in the trash too; a new one is made by its first member."""
    return set(Asset.objects.filter(family=family).values_list("unit_id", flat=True)) if family.pk else set()


def _with_its_first_asset(actor: Actor, family: Family | None) -> Verdict:
    """A family without members is in nobody's unit: who works within one could not see what they made."""
    if family is None and not actor.has("office"):
        return Verdict(False, _("Put an asset of your unit into a new family; it is made with it."))
    return Verdict(True)


for kind in ("asset", "family"):
    allow(f"{kind}.view", *READERS, "inventor", "agent", units=seen_suffices)
for action in ("asset.create", "asset.update", "asset.end", "asset.trash", "asset.restore"):
    allow(action, "office", units=_unit)
allow("asset.import", "office")
allow("family.create", "office", judge=_with_its_first_asset, units=_units)
allow("family.update", "office", units=_units)


def _keeps_the_installation(actor: Actor, obj: Any) -> Verdict:
    """Many universities at once are for who looks after all of them; the rights at each are judged there."""
    if User.objects.filter(pk=actor.user_id, is_installer=True).exists():
        return Verdict(True)
    return Verdict(False, _("Only who looks after the installation brings a file into many universities."))


allow("asset.import_each", "office", judge=_keeps_the_installation)
for action in ("asset.note", "asset.document"):
    allow(action, "office", "director", "agent", units=_unit)
PERSONS_OF.append(lambda units: Inventorship.objects.filter(asset__unit__in=units).values("person"))
PERSONS_OF.append(lambda units: Asset.objects.filter(unit__in=units).exclude(holder=None).values("holder"))
ORGANISATIONS_OF.append(lambda units: Ownership.objects.filter(asset__unit__in=units).exclude(organisation=None).values("organisation"))
ORGANISATIONS_OF.append(lambda units: Asset.objects.filter(unit__in=units).exclude(agent=None).values("agent"))
ORGANISATIONS_OF.append(lambda units: Cost.objects.filter(asset__unit__in=units).exclude(supplier=None).values("supplier"))
