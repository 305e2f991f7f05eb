"""Royalties with figures worked out by hand, and laws that hold whatever the terms."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from causeway.engines.kernel import Ungoverned
from causeway.engines.packs.library import shipped_practice
from causeway.engines.packs.resolve import Book
from causeway.engines.royalty import (
    WORDS,
    Milestone,
    Option,
    RoyaltyTerms,
    StepDown,
    Terms,
    Year,
    grossed_up,
    licence_ends,
    may_sell_to,
    option_until,
    royalty_due,
    terms_of,
    totals,
)  # fmt: skip

F = Fraction
TIERS = ((500_000_000, F(5, 100)), (1_000_000_000, F(4, 100)), (None, F(3, 100)))


def due(terms: Terms, *years: Year) -> list[int]:
    return [one.amount for one in royalty_due(terms, years)]


@pytest.mark.parametrize(
    ("mode", "sales", "expected"),
    [
        ("creditable", 0, 1_000_000), ("creditable", 33_333_333, 1_000_000), ("creditable", 33_333_400, 1_000_002), ("creditable", 50_000_000, 1_500_000),
        ("only_when_no_income", 0, 1_000_000), ("only_when_no_income", 1, 0), ("only_when_no_income", 100, 3),
        ("extra", 0, 1_000_000), ("extra", 100, 1_000_003),
    ],
)  # fmt: skip
def test_minimum(mode, sales, expected):
    assert due(Terms("EUR", F(3, 100), minimum=1_000_000, minimum_mode=mode), Year(sales)) == [expected]


@pytest.mark.parametrize(
    ("mode", "sales", "expected"),
    [
        ("marginal", 500_000_000, 25_000_000), ("marginal", 500_000_100, 25_000_004), ("marginal", 1_200_000_000, 51_000_000),
        ("cliff", 500_000_000, 25_000_000), ("cliff", 500_000_100, 20_000_004), ("cliff", 1_000_000_000, 40_000_000), ("cliff", 1_200_000_000, 36_000_000),
    ],
)  # fmt: skip
def test_tiers_at_their_edges(mode, sales, expected):
    assert due(Terms("EUR", tiers=TIERS, tier_mode=mode), Year(sales)) == [expected]


def test_years_stand_alone():
    terms = Terms("EUR", tiers=TIERS, minimum=100)
    assert due(terms, Year(600_000_000), Year(600_000_000), Year(0)) == [29_000_000, 29_000_000, 100]


@pytest.mark.parametrize(
    ("third", "expected"), [(F(0), 500), (F(4, 100), 300), (F(5, 100), 250), (F(8, 100), 250), (F(1, 1000), 495)]
)
def test_stacking_stops_at_its_floor(third, expected):
    assert due(Terms("EUR", F(5, 100), cut=F(1, 2), cut_floor=F(25, 1000)), Year(10_000, third)) == [expected]


def test_stacking_never_raises_a_rate():
    assert due(Terms("EUR", F(2, 100), cut=F(1, 2), cut_floor=F(25, 1000)), Year(10_000, F(1, 100))) == [200]


def test_stacking_bears_on_every_tier():
    terms = Terms("EUR", tiers=((100_000, F(5, 100)), (None, F(4, 100))), cut=F(1, 2), cut_floor=F(25, 1000))
    assert due(terms, Year(200_000, F(4, 100))) == [100_000 * 3 // 100 + 2_500]


def test_a_lower_rate_from_its_day():
    terms = Terms("EUR", F(4, 100), step_downs=(StepDown(date(2024, 6, 1), "patent_lapsed", factor=F(1, 2)),))
    assert due(terms, Year(10_000, ends=date(2024, 5, 31)), Year(10_000, ends=date(2024, 6, 1))) == [400, 200]


def test_milestones_beside_the_royalty_or_credited():
    terms = Terms("EUR", F(1, 10), milestones=(Milestone("first_sale", 5_000), Milestone("approval", 700, creditable=True)))
    assert due(terms, Year(10_000, events=frozenset({"first_sale"}))) == [6_000]
    assert due(terms, Year(10_000, events=frozenset({"approval"}))) == [1_000]
    assert due(terms, Year(1_000, events=frozenset({"approval"}))) == [700]


def test_sublicence_combination_and_ceiling():
    terms = Terms("EUR", F(1, 10), sublicence=F(1, 4), combination=F(1, 2), most=700)
    assert due(terms, Year(10_000, sublicence_income=400), Year(20_000)) == [600, 700]
    assert totals(royalty_due(terms, [Year(10_000), Year(20_000)])) == 500 + 700


def test_half_units_are_rounded_up_once_at_the_end():
    assert due(Terms("JPY", F(1, 2)), Year(1), Year(3)) == [1, 2]
    assert due(Terms("JPY", tiers=((1, F(1, 2)), (None, F(1, 2)))), Year(2)) == [1]


@pytest.mark.parametrize(
    "wrong",
    [
        {"rate": F(11, 10)}, {"rate": F(-1, 10)}, {}, {"rate": F(1, 10), "tiers": TIERS}, {"tiers": ((5, F(1)), (5, F(1)), (None, F(1)))},
        {"tiers": ((5, F(1)),)}, {"rate": F(1, 10), "minimum": -1}, {"rate": F(1, 10), "minimum_mode": "never"}, {"tiers": TIERS, "tier_mode": "steep"},
    ],
)  # fmt: skip
def test_terms_that_cannot_be_reckoned_with(wrong):
    with pytest.raises(RoyaltyTerms):
        Terms("EUR", **wrong)
    with pytest.raises(RoyaltyTerms):
        Terms("XXY", F(1, 10))


def test_sales_below_nothing_are_refused():
    with pytest.raises(RoyaltyTerms):
        due(Terms("EUR", F(1, 10)), Year(-1))


def test_an_option_has_its_last_day():
    assert option_until(Option("purchase", 30), date(2024, 1, 31)) == date(2024, 3, 1)
    assert option_until(Option("purchase", 30, runs_until=date(2024, 2, 10)), date(2024, 1, 31)) == date(2024, 2, 10)
    with pytest.raises(Ungoverned):
        option_until(Option("purchase", None), date(2024, 1, 31))


@pytest.mark.parametrize(
    ("on", "used", "price", "allowed"),
    [(date(2024, 3, 1), False, 100, False), (date(2024, 3, 2), False, 100, True), (date(2024, 3, 2), False, 99, False), (date(2024, 3, 2), True, 200, False)],
)
def test_a_third_party_gets_it_only_after_the_holders_time_and_on_no_better_terms(on, used, price, allowed):
    verdict, why = may_sell_to(Option("first_offer", 30), date(2024, 1, 31), on, used, {"price": 100}, {"price": price})
    assert verdict is allowed and why


def test_licence_and_gross_up():
    assert licence_ends(date(2020, 2, 29), 10) == date(2030, 2, 27)
    assert licence_ends(date(2020, 3, 1), 10) == date(2030, 2, 28)
    assert grossed_up(10_000_000, F(1, 10)) == 11_111_111
    with pytest.raises(RoyaltyTerms):
        grossed_up(1, F(1))


def test_terms_of_a_pack_ask_for_what_the_guide_leaves_out():
    packs = {pack.id: pack for pack in shipped_practice()}
    book = Book([packs["guide-cut-poc"]])
    with pytest.raises(Ungoverned):
        terms_of(book.on("2021-01-01"), "EUR")
    filled = book.with_values({"guide-cut-poc/cut_royalty_rate": "2 %", "guide-cut-poc/cut_royalty_least": "500.00"})
    assert due(terms_of(filled.on("2021-01-01"), "EUR"), Year(0), Year(100)) == [50_000, 2]
    with pytest.raises(RoyaltyTerms, match="EUR"):
        terms_of(filled.on("2021-01-01"), "USD")


rates = st.fractions(0, 1, max_denominator=200)


@settings(max_examples=80, deadline=None)
@given(rates, st.integers(0, 10**10), st.integers(0, 10**6), rates, rates, rates)
def test_laws_of_royalties(rate, sales, minimum, third, cut, floor):
    terms = Terms("EUR", rate, minimum=minimum, cut=cut, cut_floor=floor)
    year = Year(sales, third)
    first, second = royalty_due(terms, [year])[0], royalty_due(terms, [year])[0]
    assert first == second
    assert minimum <= first.amount <= max(minimum, sales * rate + 1)
    assert first.amount >= royalty_due(Terms("EUR", rate, cut=cut, cut_floor=floor), [year])[0].amount
    assert all(step.code in WORDS["en"] and step.code in WORDS["zh-hans"] for step in first.trace)
