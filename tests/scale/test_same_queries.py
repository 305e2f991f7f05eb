"""The number of statements of a page does not grow with what it shows: every list of the kit, and every page made by hand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from causeway.frame import audit, search
from causeway.kit.resource import resources
from causeway.rooms.assets import services as assets
from causeway.rooms.assets.models import Asset, Family
from causeway.rooms.assets.ports import AssetRecord
from causeway.rooms.docket import services as docket
from causeway.rooms.docket.models import Deadline

pytestmark = pytest.mark.django_db

HAND_MADE = (
    "/", "/docket/", *(f"/docket/?tab={tab}" for tab in ("mine", "late", "instruct", "unverified", "confirm", "all")), "/docket/?q=sensor", "/docket/?office=EP",
    "/docket/board/", "/docket/calendar/", "/docket/renewals/", "/docket/renewals/?by=unit", "/docket/renewals/?by=family", "/docket/gaps/", "/docket/law/", "/docket/missing/",
    "/docket/record/", "/docket/feeds/", "/search/?q=sensor",
)  # fmt: skip


def add(actor, first: int, count: int) -> None:
    """Applications of one family, with owners and inventors of their own, filed over the last twenty years."""
    on = timezone.now().date()
    records = [
        AssetRecord(
            f"{n}", "EP", f"EP 22 7{n:02d} 482", f"EP227{n:02d}482", title=f"Sensor {n}", filed_on=on - timedelta(days=200 + 300 * n), owners=[f"Owner {n}"],
            inventors=[f"Inventor {n}"], agents=[f"Agent {n}"], family="F-1",
        )
        for n in range(first, first + count)
    ]  # fmt: skip
    with audit.batch(by=actor, verb="asset.import", objects=count) as work:
        made = assets.assets_add(work, records, assets.Bulk(on, "Own University", "OWN"))
    fees = Deadline.objects.filter(matter__asset__in=made, waiting=True)
    for row in fees[:count]:
        docket.deadline_instruct(actor=actor, obj=row, instruction="pay")
    search.refresh(Asset, made)


def addresses() -> list[str]:
    """Lists, their API, pages made by hand, and the pages of the family and of what belongs to one asset."""
    lists = [reverse(one.route_list) for one in resources()]
    more = [reverse(f"api:{one.key}_collection") for one in resources()]
    asset = Asset.objects.order_by("pk").first()
    one = [reverse("kit:asset_detail", args=[asset.pk]), reverse("kit:family_detail", args=[Family.objects.get().pk]), reverse("docket:matter", args=[asset.matter_id])]
    return [*lists, *(f"{address}?q=sensor" for address in lists), *more, *HAND_MADE, *one]


def counts(client) -> dict[str, int]:
    """Statements of each page, once everything is warm."""
    found = {}
    for address in addresses():
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            response = client.get(address)
        assert response.status_code == 200, address
        found[address] = len(captured)
    return found


def test_few_rows_and_many_take_the_same_statements(client, make_user, actor):
    """Three applications fill a page of the docket; a page that is not full need not count what comes after it."""
    client.force_login(make_user("office"))
    add(actor, 0, 3)
    few = counts(client)
    add(actor, 3, 17)
    many = counts(client)
    assert {address: (few[address], many[address]) for address in few if many[address] > few[address]} == {}


def test_the_earliest_day_of_a_matter_is_told_by_bulk_adding(actor):
    add(actor, 0, 3)
    for asset in Asset.objects.all():
        first = Deadline.objects.filter(matter=asset.matter_id, waiting=True).order_by("due").first()
        assert asset.next_due_on == (first.due if first else None)
        assert asset.next_due_on is None or isinstance(asset.next_due_on, date)
