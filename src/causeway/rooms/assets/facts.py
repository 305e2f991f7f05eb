"""What assets tell higher rooms: filings, grants, families in force, money spent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Exists, Min, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from causeway.frame import access
from causeway.frame.access import Actor
from causeway.frame.facts import Fact, Row, register
from causeway.rooms.assets.choices import Status
from causeway.rooms.assets.models import Asset, Cost, Family, Inventorship
from causeway.rooms.docket.models import Deadline, MatterEvent

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


def _protection(actor: Actor, start: date, end: date) -> Iterator[Row]:
    """Patent filings with what they cost: money of the first year after filing, yearly fees done by patent year, the first inventor and their unit.

    Amounts are minor units of one currency; a filing with costs in several keeps those of the first. Nothing recorded is None, never zero.
    """
    rows = list(_assets(actor).filter(filed_on__range=(start, end), right__in=["patent", "utility_model"]).order_by("filed_on", "pk"))  # type: ignore[attr-defined]
    first = {one.asset_id: one.person for one in Inventorship.objects.filter(asset__in=rows).select_related("person__unit").order_by("-sequence")}
    costs: dict[int, list[Cost]] = defaultdict(list)
    for cost in Cost.objects.filter(asset__in=rows).order_by("on", "pk"):
        costs[cost.asset_id].append(cost)
    yearly: dict[int, dict[int, tuple[int, str]]] = defaultdict(dict)
    done = Deadline.objects.filter(matter__in=[one.matter_id for one in rows], state="done").exclude(amount=None).order_by("due")
    for matter, year, amount, currency in done.values_list("matter_id", "ordinal", "amount", "currency"):
        if year.isdigit():
            yearly[matter][int(year)] = (amount, currency)
    for one in rows:
        early = [c for c in costs[one.pk] if c.on and c.on <= one.filed_on + timedelta(days=366)]
        currency = early[0].currency if early else next((money for _amount, money in yearly[one.matter_id].values()), None)
        person = first.get(one.pk)
        spent = sum(c.amount for c in early if c.currency == currency) if early else None
        fees = {year: amount for year, (amount, money) in yearly[one.matter_id].items() if money == currency}
        values = {"researcher": person.name if person else None, "unit": person.unit.name if person and person.unit else None, "cost": spent, "currency": currency, "fees": fees}
        yield Row(one.filed_on, one.title, (LABEL, one.pk), values | {"right": one.right, "granted": one.granted_on})


register(Fact("asset.filed", _("Applications filed"), {"right": str, "office": str, "first": bool, "pct": bool}, _filed))
register(Fact("asset.granted", _("Rights granted"), {"right": str, "office": str}, _granted))
register(Fact("asset.family_active", _("Patent families in force on the last day"), {"right": str}, _families))
register(Fact("asset.cost", _("Money spent on assets"), {"amount": int, "currency": str, "kind": str}, _costs))
register(
    Fact(
        "asset.protection", _("Patent filings with their costs"), {"researcher": str, "unit": str, "cost": int, "currency": str, "fees": dict, "right": str, "granted": date},
        _protection,
    )
)  # fmt: skip
