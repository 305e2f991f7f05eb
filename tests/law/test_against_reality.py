"""The docket engine is held against public records of what really happened; the records lie beside the project."""

from __future__ import annotations

import csv
import re
from collections import Counter

import pytest
from bench import against_reality as reality

from causeway.engines.docket import Deadline

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not (reality.data() / "us_docket_truth").is_dir(), reason="the public records are not beside the project"),
]

#: The least number of comparisons of each check; the records hold no fewer.
AT_LEAST = {
    reality.FEE: 79, reality.EXPIRY: 7, reality.REPLY: 233, reality.EXTENSION: 99, reality.ABANDONED: 12, reality.APPEAL: 14, reality.MISSING: 16, reality.DELAY: 75,
    reality.EP_FEE: 8, reality.EP_STEP: 8, reality.NATIONAL_FEE: 4, reality.NATIONAL_LAPSE: 32,
}  # fmt: skip


@pytest.fixture(scope="module")
def found() -> list[reality.Finding]:
    return reality.compare(reality.data())


def test_everything_was_compared(found):
    compared = Counter(one.check for one in found)
    assert {check: compared[check] for check, least in AT_LEAST.items() if compared[check] < least} == {}


def test_nothing_of_the_records_is_left_out(found):
    """Every payment, action, expiry, extension day and European fee or lapse of the files is compared, counted here from the files alone."""
    us = reality.data() / "us_docket_truth"

    def rows(name: str) -> list[dict[str, str]]:
        with (us / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    events, compared = rows("maintenance_events"), Counter(one.check for one in found)
    assert compared[reality.FEE] == sum(row["description"].startswith("Payment of Maintenance Fee") for row in events)
    assert compared[reality.EXPIRY] == sum(row["description"] == "Expire Patent" for row in events)
    assert compared[reality.REPLY] + compared[reality.ABANDONED] == len(rows("office_action_responses"))
    granted = {(row["application_number"], row["date"]) for row in rows("transactions") if row["code"] == "XT/G"}
    assert compared[reality.EXTENSION] == len(granted)
    texts = {path.read_text(encoding="utf-8", errors="replace") for path in (reality.data() / "ep_register").rglob("*.xml")}
    assert compared[reality.EP_FEE] == max(text.count(">RFEE<") for text in texts)
    assert compared[reality.NATIONAL_LAPSE] == max(len(re.findall(r'code="PG25', text)) for text in texts)


def test_every_difference_has_a_cause(found):
    assert [one for one in found if one.verdict == "unexplained"] == []
    assert [one for one in found if one.verdict != "agrees" and not one.cause] == []


def test_every_expiry_and_abandonment_is_one_the_engine_saw(found):
    assert {one.verdict for one in found if one.check in (reality.EXPIRY, reality.ABANDONED)} == {"agrees"}


def test_last_days_that_had_to_move_did(found):
    """A payment on the Monday after a closed Sunday bore no surcharge: the move is not the engine's opinion."""
    assert any(one.moved and one.matter == "US 8729824" for one in found)
    assert sum(one.moved for one in found) >= 20


def test_the_written_report_is_current(found):
    assert reality.REPORT.read_text(encoding="utf-8") == reality.report(found), "run: python bench/against_reality.py --write"


@pytest.mark.parametrize("days", [-31, 31])
def test_a_wrong_engine_would_be_found_out(monkeypatch, days):
    """With every day of the engine a month off, payments, replies and lapses no longer fit."""
    derived = reality.derived

    def shifted(*args) -> dict[str, Deadline]:
        return {key: _shift(one, days) for key, one in derived(*args).items()}

    monkeypatch.setattr(reality, "derived", shifted)
    wrong = Counter(one.check for one in reality.compare(reality.data()) if one.verdict == "unexplained")
    assert {reality.FEE, reality.REPLY, reality.DELAY, reality.EP_STEP} | ({reality.EXTENSION} if days > 0 else set()) <= wrong.keys()


def _shift(one: Deadline, days: int) -> Deadline:
    moved = {name: getattr(one, name) + days for name in ("opens", "nominal", "due", "grace_ends") if getattr(one, name) is not None}
    return one._replace(**moved)
