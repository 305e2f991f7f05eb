"""Pages of a docket with more dates than a page shows: what is left out is counted, and the database walks what waits alone."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.urls import reverse

from causeway.frame import audit, db
from causeway.rooms.docket import selectors, services
from causeway.rooms.docket.models import Deadline, Matter
from causeway.rooms.docket.ports import EventDraft, MatterDraft
from causeway.rooms.docket.views import common

pytestmark = pytest.mark.django_db
DAY = date(2032, 5, 14)


@pytest.fixture
def full_day(actor):
    """Twelve dates on one day of a month in which nothing else is due, and one on the day after."""
    draft = MatterDraft(
        reference="NBU-2022-001", office="EP", right="patent", title="Graded <solid> electrolyte", events=(EventDraft("filing", date(2022, 2, 10)),)
    )
    matter = services.matter_open(actor=actor, draft=draft)
    with audit.batch(by=actor, verb="test", objects=13) as work:
        work.add([_date(matter, number, DAY) for number in range(12)] + [_date(matter, 12, DAY + timedelta(days=1))])
    return matter


def _date(matter: Matter, number: int, due: date) -> Deadline:
    return Deadline(matter=matter, rule="EP-REN", ordinal=f"x{number}", action=f"Act {number}", nominal=due, due=due, office="EP", matter_title=matter.title,
                    matter_reference=matter.reference)  # fmt: skip


def test_a_full_day_of_the_month_says_how_many_more(client, make_user, full_day):
    client.force_login(make_user("office"))
    page = client.get(f"{reverse('docket:calendar')}?month={DAY:%Y-%m}").content.decode()
    grid, agenda = page.split('id="h-agenda"')
    day = f"/docket/?tab=all&amp;from={DAY}&amp;to={DAY}"
    assert grid.count(">Act ") == 4 and f'href="{day}">9 more<' in grid  # three of the full day, one of the next
    assert agenda.count(">Act ") == 9 and f'href="{day}">4 more<' in agenda
    assert "Graded &lt;solid&gt; electrolyte" in agenda and "<solid>" not in page


def test_the_path_of_the_first_page_counts_what_it_cannot_show(actor, full_day):
    found = selectors.stones(actor, DAY)
    assert [(one["day"], len(one["stones"]), one["count"]) for one in found] == [(DAY, selectors.STONES, 12), (DAY + timedelta(days=1), 1, 1)]


def test_cards_of_the_board_are_read_in_one_statement_and_escaped(client, make_user, full_day, django_assert_num_queries):
    client.force_login(make_user("office"))
    address = f"{reverse('docket:board')}?week={DAY}"
    page = client.get(address).content.decode()
    assert page.count(">Act ") == 13 and "Graded &lt;solid&gt; electrolyte" in page and re.search(r"cw-meta [^>]*>Fri 14 May 2032<", page)
    look, (row,) = selectors.Look(), Deadline.objects.select_related("holder", "matter").only(*selectors.CARD).filter(due__gt=DAY, ordinal="x12")
    with django_assert_num_queries(0):
        look.card(row)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite chooses between two indexes that cost it the same")
@pytest.mark.parametrize("estimated", [False, True])
def test_sqlite_counts_and_lists_what_waits_by_its_own_index(actor, full_day, estimated):
    if estimated:
        db.look_over()
    for rows in (selectors.late(actor, DAY).order_by(), selectors.waiting(actor)[:50], selectors.soon(actor, DAY)):
        assert "docket_deadline_waits" in rows.explain()
    assert "docket_deadline_days" in Deadline.objects.order_by("due", "pk")[:50].explain()


@pytest.mark.parametrize("name", ["docket:docket", "kit:deadline_list"])
def test_files_hold_every_row_with_fees_as_numbers_and_the_words_of_the_reader(client, make_user, full_day, monkeypatch, name):
    monkeypatch.setattr(common, "CHUNK", 5)
    client.force_login(make_user("office"))
    address = f"{reverse(name)}?tab=all&export="
    rows = json.loads(client.get(f"{address}json").getvalue())
    assert len(rows) == Deadline.objects.filter(waiting=True).count() > 3 * common.CHUNK or name == "kit:deadline_list"
    fee = Deadline.objects.exclude(amount=None).order_by("due", "pk").first()
    assert (fee.amount / 100, fee.currency) in {(row["fee"], row["currency"]) for row in rows}
    text = client.get(f"{address}csv", headers={"accept-language": "zh-hans"}).getvalue().decode("utf-8-sig")
    assert "第3年" in text and "year 3" not in text and len(list(csv.reader(io.StringIO(text)))) == len(rows) + 1


def test_what_happened_leaves_in_words(client, make_user, full_day):
    client.force_login(make_user("office"))
    for language, words in (("en", "Filing"), ("zh-hans", "申请")):
        assert f"{words}," in client.get(f"{reverse('kit:event_list')}?export=csv", headers={"accept-language": language}).getvalue().decode("utf-8-sig")
