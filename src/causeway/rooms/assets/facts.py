"""What assets tell higher rooms: filings, grants, families in force, money spent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import Exists, Min, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from causeway.frame import access
from causeway.frame.access import Actor
from causeway.frame.facts import Fact, Row, register
from causeway.rooms.assets.choices import Status
from causeway.rooms.assets.models import Asset, Cost, Family
from causeway.rooms.docket.models import MatterEvent

LABEL = "assets.asset"


def _assets(actor: Actor) -> object:
    return access.visible(actor, Asset.objects.filter(trashed_at=None))


def _filed(actor: Actor, start: date, end: date) -> Iterator[Row]:
    """Applications by filing date. `first`: no earlier filing in its family and no priority claimed, so the subject matter is new."""
    claims = MatterEvent.objects.filter(matter=OuterRef("matter"), kind="priority", current=True, withdrawn=False, on__lt=OuterRef("filed_on"))
    rows = _assets(actor).filter(filed_on__range=(start, end)).annotate(claimed=Exists(claims)).order_by("filed_on", "pk")  # type: ignore[attr-defined]
    families = {family for family in rows.values_list("family", flat=True) if family}
    earliest = dict(Asset.objects.filter(trashed_at=None, family__in=families).values("family").annotate(first=Min("filed_on")).values_list("family", "first"))
    seen: set[int] = set()
    for one in rows:
        first = not one.claimed and (one.family_id is None or (one.filed_on == earliest.get(one.family_id) and one.family_id not in seen))
        if first and one.family_id:
            seen.add(one.family_id)
        yield Row(one.filed_on, one.title, (LABEL, one.pk), {"right": one.right, "office": one.office, "first": first, "pct": one.office in ("PCT", "WO")})


def _granted(actor: Actor, start: date, end: date) -> Iterator[Row]:
    for one in _assets(actor).filter(granted_on__range=(start, end)).order_by("granted_on", "pk"):  # type: ignore[attr-defined]
        yield Row(one.granted_on, one.title, (LABEL, one.pk), {"right": one.right, "office": one.office})


def _families(actor: Actor, _start: date, end: date) -> Iterator[Row]:
    """Families with an application or patent in force on the last day; a patent without family is one of its own."""
    ended = [Status.PENDING, Status.GRANTED]
    living = _assets(actor).filter(filed_on__lte=end, right__in=["patent", "unitary"])  # type: ignore[attr-defined]
    living = living.filter(Q(matter__closed_on__gt=end) | Q(matter__closed_on=None, status__in=ended))
    titles = dict(Family.objects.filter(pk__in=living.exclude(family=None).values("family")).values_list("pk", "title"))
    told: set[int] = set()
    for one in living.order_by("filed_on", "pk"):
        if one.family_id in told:
            continue
        if one.family_id:
            told.add(one.family_id)
        yield Row(one.filed_on, titles.get(one.family_id, one.title), (LABEL, one.pk), {"right": one.right})


def _costs(actor: Actor, start: date, end: date) -> Iterator[Row]:
    rows = Cost.objects.filter(on__range=(start, end), asset__in=_assets(actor)).select_related("asset").order_by("on", "pk")
    for one in rows:
        yield Row(one.on, one.asset.title, (LABEL, one.asset_id), {"amount": one.amount, "currency": one.currency, "kind": one.kind})


register(Fact("asset.filed", _("Applications filed"), {"right": str, "office": str, "first": bool, "pct": bool}, _filed))
register(Fact("asset.granted", _("Rights granted"), {"right": str, "office": str}, _granted))
register(Fact("asset.family_active", _("Patent families in force on the last day"), {"right": str}, _families))
register(Fact("asset.cost", _("Money spent on assets"), {"amount": int, "currency": str, "kind": str}, _costs))
