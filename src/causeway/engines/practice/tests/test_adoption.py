"""What was adopted when: the law's default before, the guide from its day, the policy after; two at once quarrel."""

from __future__ import annotations

from datetime import date

import pytest

from causeway.engines.distribution import Contributor, Receipt, compile_plan, distribute
from causeway.engines.kernel import Conflict
from causeway.engines.packs.library import shipped_practice
from causeway.engines.practice import Adoption, Draft, Row, Setting, Timeline, load_draft, sensitivity, simulate

PACKS = {pack.id: pack for pack in shipped_practice()}
FIVE_ONE, LAW = PACKS["guide-thu-five-one"], PACKS["law-cn-transfer"]
SHARE = "guide-thu-five-one/researchers_share"
POLICY = load_draft(Draft("uni", "1", {"en": "P"}, ("guide-thu-five-one",), date(2015, 10, 1), "M", (Setting(SHARE, "60 %"),)))
OTHER = load_draft(Draft("uni", "2", {"en": "P"}, ("guide-thu-five-one",), date(2015, 10, 1), "M", (Setting(SHARE, "65 %"),)))
YEARS = Timeline(
    [Adoption(FIVE_ONE, date(2018, 1, 1), date(2020, 12, 31)), Adoption(POLICY, date(2021, 1, 1))], always=[LAW], known=PACKS.values()
)  # fmt: skip


@pytest.mark.parametrize(
    ("day", "amount"),
    [("2017-12-31", 500), ("2018-01-01", 700), ("2020-12-31", 700), ("2021-01-01", 600), ("2026-01-01", 600)],
)
def test_each_day_has_what_was_adopted_then(day, amount):
    assert distribute(compile_plan(YEARS.on(day), None, "CNY"), Receipt(1000, "CNY")).parts["inventors"] == amount


def test_simulation_runs_on_a_timeline():
    rows = [Row(date(year, 6, 1), 1000, "CNY", "", 0, (Contributor("A"),), (), year) for year in (2017, 2019, 2022)]
    found = simulate(rows, {"as it was": YEARS})["as it was"]
    assert {year: amount for (year, part, _c), amount in found.parts.items() if part == "inventors"} == {"2017": 500, "2019": 700, "2022": 600}
    asked = sensitivity(rows, YEARS, SHARE, ["80 %"])["80 %"]
    assert {year: amount for (year, part, _c), amount in asked.parts.items() if part == "inventors"} == {"2017": 500, "2019": 800, "2022": 800}


def test_two_policies_for_one_day_are_refused():
    both = Timeline([Adoption(POLICY, date(2021, 1, 1)), Adoption(OTHER, date(2022, 1, 1))], always=[LAW], known=PACKS.values())
    assert both.on("2021-12-31").value(SHARE).content is not None
    with pytest.raises(Conflict):
        compile_plan(both.on("2022-01-01"), None, "CNY")
    rows = [Row(date(2021, 6, 1), 1000, "CNY", people=(Contributor("A"),)), Row(date(2022, 6, 1), 1000, "CNY", people=(Contributor("A"),))]
    outcome = simulate(rows, {"x": both})["x"]
    assert (outcome.shared, [one.code for one in outcome.refused]) == (1, ["conflict"])
