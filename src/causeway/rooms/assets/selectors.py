"""Reads of the assets room."""

from __future__ import annotations

import json
from typing import Any
from zlib import crc32

from django.core.cache import cache
from django.db.models import Count, Q, QuerySet, Sum, TextField
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import gettext as _

from causeway.frame import access, db
from causeway.frame.access import Actor
from causeway.kit.show import address
from causeway.rooms.assets.choices import Status
from causeway.rooms.assets.models import Asset, Family
from causeway.rooms.docket import selectors as docket


def members(family: Family) -> QuerySet[Asset]:
    """The applications of a family, oldest first."""
    return Asset.objects.filter(family=family, trashed_at=None).order_by("filed_on", "pk")


def gaps(actor: Actor) -> list[docket.Gap]:
    """What a careful office would fill in, for the docket's page of gaps: assets without owner, agent, next date, unit; grants without a day."""
    alive = access.visible(actor, Asset.objects.filter(trashed_at=None)).exclude(status=Status.ENDED).order_by("title", "pk")
    parts = [
        (_("Granted, but the day of the grant is not recorded"), alive.filter(status=Status.GRANTED, granted_on=None)),
        (_("Assets without a next date"), alive.filter(next_due_on=None)),
        (_("Assets without an owner"), alive.filter(owners_text="")),  # the copy that the one service writes which sets owners
        (_("Assets without an agent"), alive.filter(agent=None)),
        (_("Assets without a unit"), alive.filter(unit=None)),
    ]
    return docket.gaps_of([(title, rows, _gap, "") for title, rows in parts])


def _gap(row: Asset) -> tuple[str, str, str]:
    return row.title, " · ".join(one for one in (row.reference, row.number) if one), address("kit:asset_detail", row.pk)


def page_of(matter: int) -> tuple[str, str] | None:
    """The page of the asset a matter stands for."""
    found = Asset.objects.filter(matter_id=matter).values_list("pk", "title").first()
    return (found[1], reverse("kit:asset_detail", args=[found[0]])) if found else None


#: How many families a forecast lists.
FAMILIES = 40


def cost_by_family(rows: QuerySet[Any]) -> list[docket.Cost]:
    """Fees of deadlines by the family of their asset, the dearest first; assets of no family on one line."""
    family = ("matter__asset__family__title", "matter__asset__family_id")
    found = list(rows.values_list(*family, "currency").annotate(sum=Sum("amount"), fees=Count("pk")))
    dearest: dict[Any, int] = {}
    for _title, pk, _currency, minor, _fees in found:
        dearest[pk] = max(dearest.get(pk, 0), minor)
    kept = set(sorted(dearest, key=lambda pk: -dearest[pk])[:FAMILIES])
    lines = [
        docket.Cost(title or str(_("no family")), reverse("kit:family_detail", args=[pk]) if pk else "", currency, minor, fees)
        for title, pk, currency, minor, fees in found
        if pk in kept
    ]
    return sorted(lines, key=lambda line: (-line.minor, line.of))


def tags(actor: Actor) -> list[str]:
    """The tags in use on what the actor sees, remembered for a minute."""
    rows = Asset.objects.exclude(tags=[])
    seen = access.visible(actor, rows)

    def read() -> list[str]:
        return sorted({str(tag) for several in seen.values_list("tags", flat=True)[:5_000] for tag in several})[:200]

    whose = "" if seen is rows else f"-{actor.user_id}-{crc32(repr((sorted(actor.roles), actor.units)).encode())}"
    return cache.get_or_set(f"asset-tags-{actor.university_id}{whose}", read, 60) or []


def tagged(rows: QuerySet[Asset], tag: str) -> QuerySet[Asset]:
    """The rows that carry a tag, however the database writes its list."""
    text = Cast("tags", TextField())
    needles = {json.dumps(tag), json.dumps(tag, ensure_ascii=False)}
    condition = Q()
    for needle in needles:
        condition |= Q(tags_text__contains=needle)
    return rows.annotate(tags_text=text).filter(condition)


def portfolio(actor: Actor) -> dict[str, Any]:
    """The portfolio in a few figures."""
    alive = access.visible(actor, Asset.objects.filter(trashed_at=None))
    *found, families = db.counts([*(alive.filter(status=status) for status in Status), access.visible(actor, Family.objects.all())], 10_000)
    return {"counts": dict(zip((status.value for status in Status), found, strict=True)), "families": families}
