"""The waterfall step by step, with figures worked out by hand."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from causeway.engines.distribution import (
    BelowFloor,
    Contributor,
    NegativeMoney,
    Receipt,
    ShareRange,
    UnknownCurrency,
    compile_plan,
    distribute,
    plan_of_parts,
    plan_of_tiers,
    rewards,
)  # fmt: skip
from causeway.engines.distribution.plan import Floor
from causeway.engines.kernel import NoRuleInForce, Ungoverned
from causeway.engines.packs.library import load_practice, shipped_practice
from causeway.engines.packs.resolve import Book
from causeway.engines.packs.sources import from_texts
from causeway.engines.practice import explain

PACKS = {pack.id: pack for pack in shipped_practice()}
HALF = {"inventors": Fraction(1, 2), "university": Fraction(1, 2)}


def held(*names: str, on: str = "2022-06-30", **values: str):
    book = Book([PACKS[name] for name in names], PACKS.values())
    return (book.with_values({key.replace("__", "/").replace("ZZ", "-"): text for key, text in values.items()}) if values else book).on(on)


def test_every_step_of_the_waterfall_in_order():
    plan = plan_of_parts(HALF, rule="r", fee=Fraction(1, 10))
    receipt = Receipt(
        1_000_000, "EUR", {"ip_upkeep": 100_000, "direct": 50_000}, (Contributor("A", 1),), taxes_withheld=100_000, carried=10_000,
        co_owners={"Other": Fraction(1, 3)},
    )  # fmt: skip
    done = distribute(plan, receipt)
    # 1,000,000 - 100,000 tax = 900,000; a third to the co-owner leaves 600,000; costs 160,000 leave 440,000; fee 44,000 leaves 396,000
    assert (done.legal_net, done.net, done.carried) == (440_000, 396_000, 0)
    assert done.parts == {"inventors": 198_000, "university": 198_000}
    assert [step.code for step in done.trace] == [
        "gross", "taxes", "co_owner", "cost", "cost", "carried_in", "tto_fee", "net", "rule", "part", "part", "person",
    ]  # fmt: skip


def test_a_plan_takes_off_only_what_it_names():
    plan = plan_of_parts(HALF, rule="r", deduct=("costs",))
    assert distribute(plan, Receipt(1000, "EUR", {"direct": 100}, taxes_withheld=500)).net == 900


def test_costs_are_carried_until_they_are_covered():
    plan = plan_of_parts(HALF, rule="r")
    first = distribute(plan, Receipt(500, "EUR", {"ip_upkeep": 800}))
    assert (first.net, first.carried) == (0, 300)
    second = distribute(plan, Receipt(1000, "EUR", carried=first.carried))
    assert (second.net, second.carried) == (700, 0)


def test_what_is_over_a_cap_goes_where_the_rule_says():
    plan = plan_of_parts(HALF, rule="r", caps={"inventors": (Fraction(3), "university")}, currency="EUR")
    assert distribute(plan, Receipt(1000, "EUR")).parts == {"inventors": 300, "university": 700}
    assert distribute(plan, Receipt(500, "EUR")).parts == {"inventors": 250, "university": 250}


def test_a_cap_that_brings_the_part_under_the_floor_is_refused():
    floor = Floor("inventors", Fraction(1, 2), None, "base", "law/floor", {"en": "since 2015-10-01"}, (), "the law")
    plan = plan_of_parts(HALF, rule="r", caps={"inventors": (Fraction(3), "university")}, currency="EUR", floors=(floor,))
    assert distribute(plan, Receipt(600, "EUR")).parts["inventors"] == 300
    with pytest.raises(BelowFloor, match="law/floor"):
        distribute(plan, Receipt(601, "EUR"))


def test_the_office_fee_does_not_lower_the_laws_net():
    floor = Floor("inventors", Fraction(1, 2), None, "base", "law/floor", {"en": "always"}, (), "the law")
    shares = {"inventors": Fraction(5, 9), "university": Fraction(4, 9)}
    done = distribute(plan_of_parts(shares, rule="r", fee=Fraction(1, 10), floors=(floor,)), Receipt(1000, "EUR"))
    assert (done.parts["inventors"], done.floor) == (500, 500)
    with pytest.raises(BelowFloor):
        distribute(plan_of_parts(HALF, rule="r", fee=Fraction(1, 10), floors=(floor,)), Receipt(1000, "EUR"))


@pytest.mark.parametrize(("net", "expected"), [(25_000_000, 15_000_000), (12_000_000, 8_700_000), (5_000_000, 4_500_000), (0, 0), (1, 1)])
def test_marginal_tiers(net, expected):
    bands = [(Fraction(50_000), Fraction(9, 10)), (Fraction(200_000), Fraction(6, 10)), (None, Fraction(3, 10))]
    plan = plan_of_tiers(bands, "inventors", "university", "marginal", rule="r", currency="USD")
    assert distribute(plan, Receipt(net, "USD")).parts["inventors"] == expected


@pytest.mark.parametrize(("net", "expected"), [(5_000_000, 4_500_000), (5_000_001, 3_000_001), (20_000_000, 12_000_000), (20_000_100, 6_000_030)])
def test_cliff_tiers_at_their_edges(net, expected):
    bands = [(Fraction(50_000), Fraction(9, 10)), (Fraction(200_000), Fraction(6, 10)), (None, Fraction(3, 10))]
    plan = plan_of_tiers(bands, "inventors", "university", "cliff", rule="r", currency="USD")
    assert distribute(plan, Receipt(net, "USD")).parts["inventors"] == expected


def test_the_usual_places_settle_ties_whatever_the_order_of_writing():
    third = Fraction(1, 3)
    plan = plan_of_parts({"management": third, "institution": third, "inventors": third}, rule="r")
    assert distribute(plan, Receipt(1_000_000, "EUR")).parts == {"inventors": 333_334, "institution": 333_333, "management": 333_333}
    named = plan_of_parts({"faculty": third, "inventors": third, "fund": third}, rule="r")
    assert distribute(named, Receipt(1, "EUR")).parts == {"faculty": 1, "inventors": 0, "fund": 0}


@pytest.mark.parametrize(
    ("receipt", "refusal"),
    [
        (Receipt(-1, "EUR"), NegativeMoney),
        (Receipt(1, "EUR", {"direct": -1}), NegativeMoney),
        (Receipt(1, "EUR", carried=-1), NegativeMoney),
        (Receipt(1, "GRO"), UnknownCurrency),
        (Receipt(1, ""), UnknownCurrency),
        (Receipt(1, "EUR", people=(Contributor("A", 0),)), ShareRange),
        (Receipt(1, "EUR", people=(Contributor("A", -1), Contributor("B", 2))), ShareRange),
        (Receipt(1, "EUR", people=(Contributor("A", 1), Contributor("A", 2))), ShareRange),
        (Receipt(1, "EUR", co_owners={"X": Fraction(3, 4), "Y": Fraction(1, 2)}), ShareRange),
    ],
)
def test_a_receipt_that_cannot_be_is_refused(receipt, refusal):
    with pytest.raises(refusal):
        distribute(plan_of_parts(HALF, rule="r"), receipt)


def test_both_readings_of_the_polish_clause():
    def split(reading: str):
        plan = compile_plan(held("law-pl-transfer", lawZZplZZtransfer__pl_cost_reading=reading), {"employee_led": False}, "PLN")
        return distribute(plan, Receipt(10_000_000, "PLN", {"direct": 2_000_000})).parts

    assert split("base") == {"inventors": 4_750_000, "university": 4_750_000}
    assert split("share") == {"inventors": 4_500_000, "university": 5_000_000}


def test_amounts_of_a_rule_are_of_one_currency():
    texts = {
        "pack.yaml": "id: p\nversion: '1'\nkind: policy\nsubject: practice\ntitle: {en: P}\nspeaks: {from: '2020-01-01'}\n",
        "sources.yaml": "M: {title: M, where: here, level: A}\n", "CHANGELOG.md": "# Changes\n",
        "values/v.yaml": "- {id: top, title: {en: Top}, unit: money, currency: EUR, versions: [{from: '2020-01-01', value: '500.00', status: verified, basis: [M]}]}\n",
        "rules/r.yaml": (
            "- {id: t, kind: distribution, title: {en: T}, tiers: {bands: [{up_to: top, share: 90 %}, {share: 10 %}]}, status: verified, basis: [M]}\n"
        ),
    }  # fmt: skip
    book = Book(load_practice([from_texts(texts, "p")], ()))
    assert distribute(compile_plan(book.on("2020-01-01"), None, "EUR"), Receipt(100_000, "EUR")).parts == {"inventors": 50_000, "university": 50_000}
    with pytest.raises(UnknownCurrency, match="EUR"):
        compile_plan(book.on("2020-01-01"), None, "USD")


def test_a_trace_is_told_in_both_languages_with_its_articles():
    book = Book([PACKS["guide-thu-five-one"]], PACKS.values())
    plan = compile_plan(book.on("2019-06-30"), None, "CNY")
    done = distribute(plan, Receipt(95_000_000, "CNY", {"ip_upkeep": 100}, (Contributor("李", 1),)))
    for language in ("en", "zh-hans"):
        lines = explain(done.trace, book, language)
        assert len(lines) == len(done.trace)
        assert all("{" not in line.title + line.sentence for line in lines)
        floor = next(line for line in lines if line.code == "floor")
        assert "art. 45(1)" in floor.basis[0] and not floor.verified  # the day of the law's entry into force was not verified
    assert lines[0].sentence == "收到950000.00 CNY。"


def test_own_use_wants_the_years_the_law_allows():
    with pytest.raises(Ungoverned):
        rewards.own_use_reward(held("law-cn-transfer"), [100], "CNY", years=2)
    with pytest.raises(Ungoverned):
        rewards.own_use_reward(held("law-cn-transfer"), [100], "CNY", years=6)
    assert [one.amount for one in rewards.own_use_reward(held("law-cn-transfer"), [10, 30, -5, 100], "CNY", years=5)] == [1, 2, 0, 5]


def reward(paid: date, received: date = date(2020, 1, 31), **facts):
    return rewards.Reward(101, "CNY", received, paid, facts.pop("registered", True), facts.pop("publicised", True), facts)


@pytest.mark.parametrize(
    ("given", "counted"),
    [
        (reward(date(2023, 1, 31)), 51),
        (reward(date(2023, 2, 1)), 101),
        (reward(date(2021, 1, 1), registered=False), 101),
        (reward(date(2021, 1, 1), publicised=False), 101),
        (reward(date(2021, 1, 1), way="licence"), 51),
        (reward(date(2021, 1, 1), way="shares"), 101),
        (reward(date(2021, 1, 1), right="patent"), 51),
        (reward(date(2021, 1, 1), right="know_how"), 101),
        (reward(date(2021, 1, 1), person_named=False), 101),
        (reward(date(2023, 2, 28), received=date(2020, 2, 29)), 51),
        (reward(date(2023, 3, 1), received=date(2020, 2, 29)), 101),
    ],
)
def test_conditions_of_the_half(given, counted):
    assert rewards.counted_in_wages(held("law-cn-transfer"), given).amount == counted


@pytest.mark.parametrize(("gain", "tax"), [(0, 0), (500_000_000, 0), (500_000_001, 0), (500_000_004, 1), (800_000_000, 37_500_000)])
def test_company_tax_at_its_edge(gain, tax):
    assert rewards.company_tax(held("law-cn-transfer"), gain, "CNY").amount == tax


def test_tax_in_another_currency_is_refused():
    with pytest.raises(UnknownCurrency):
        rewards.company_tax(held("law-cn-transfer"), 1, "EUR")


def test_the_exemption_from_turnover_tax_is_a_switch_from_2026():
    name = "lawZZcnZZtransfer__cn_vat_exempt"
    assert rewards.turnover_tax(held("law-cn-transfer", on="2025-12-31"), 10_000, "CNY").amount == 0
    with pytest.raises(Ungoverned):
        rewards.turnover_tax(held("law-cn-transfer", on="2026-01-01"), 10_000, "CNY")
    assert rewards.turnover_tax(held("law-cn-transfer", on="2026-01-01", **{name: "true"}), 10_000, "CNY").amount == 0
    assert rewards.turnover_tax(held("law-cn-transfer", on="2026-01-01", **{name: "false"}), 10_000, "CNY").amount == 600
    with pytest.raises(NoRuleInForce):
        rewards.turnover_tax(held("law-cn-transfer", on="2016-04-30"), 10_000, "CNY")
