"""Reads of the assets room."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from causeway.frame import access
from causeway.frame.access import Actor
from causeway.rooms.assets.choices import Status
from causeway.rooms.assets.models import Asset, Family, Ownership
from causeway.rooms.docket.selectors import refusals


def by_keys(keys: list[str]) -> dict[str, Asset]:
    """Assets by the key of their number."""
    return {asset.number_key: asset for asset in Asset.objects.filter(number_key__in=[key for key in keys if key])}


def members(family: Family) -> QuerySet[Asset]:
    """The applications of a family, oldest first."""
    return Asset.objects.filter(family=family, trashed_at=None).order_by("filed_on", "pk")


def missing(actor: Actor) -> dict[str, QuerySet]:
    """What a careful office would want to fill in: assets without owner, agent, next date, unit; dates that could not be computed."""
    alive = access.visible(actor, Asset.objects.filter(trashed_at=None)).exclude(status=Status.ENDED)
    owned = Ownership.objects.filter(asset=OuterRef("pk"))
    return {
        "owner": alive.filter(~Exists(owned)).order_by("title"),
        "agent": alive.filter(agent=None).order_by("title"),
        "next": alive.filter(next_due_on=None).order_by("title"),
        "unit": alive.filter(unit=None).order_by("title"),
        "granted": alive.filter(status=Status.GRANTED, granted_on=None).order_by("title"),
        "refusals": refusals(actor),
    }


def portfolio(actor: Actor) -> dict[str, Any]:
    """The portfolio in a few figures."""
    alive = access.visible(actor, Asset.objects.filter(trashed_at=None))
    counts = {status.value: alive.filter(status=status).order_by()[:10_000].count() for status in Status}
    return {"counts": counts, "families": access.visible(actor, Family.objects.all()).order_by()[:10_000].count()}
