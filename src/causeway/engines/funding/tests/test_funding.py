"""Funding of patents: figures by hand, and that order of entry moves no money."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from causeway.engines.funding import (
    WORDS,
    Filing,
    FundingInput,
    Scheme,
    award_of,
    fund,
    incentive_on_grant,
    pct_share,
    scheme_of,
    warnings_of,
)  # fmt: skip
from causeway.engines.kernel import NoRuleInForce, Ungoverned
from causeway.engines.packs.library import shipped_practice
from causeway.engines.packs.resolve import Book

PACKS = {pack.id: pack for pack in shipped_practice()}
RUC = Book([PACKS["guide-ruc-funding"]], PACKS.values())
SCHEME = Scheme(2, Fraction(1, 2), 3)


def test_the_scheme_of_the_guide():
    scheme = scheme_of(RUC.on("2019-06-01"))
    assert (scheme.full_count, scheme.rest, scheme.annuity_years) == (2, Fraction(1, 2), 3)
    assert scheme.basis == ("GUIDE#3.2.2",) and not scheme.verified  # the guide gives no first day


def test_by_date_and_not_by_entry():
    filings = [Filing("A", date(2019, month, 1), 100 * month + 1) for month in (9, 2, 5)]
    assert [one.paid for one in fund(filings, SCHEME, "CNY")] == [451, 201, 501]
    assert [one.turn for one in fund(filings, SCHEME, "CNY")] == [3, 1, 2]


def test_annuities_only_of_the_full_ones_and_only_for_three_years():
    years = {1: 900, 3: 900, 4: 1200}
    filings = [Filing("A", date(2019, 1, day), 10, years) for day in (1, 2, 3)]
    assert [dict(one.annuities) for one in fund(filings, SCHEME, "CNY")] == [{1: 900, 3: 900, 4: 0}] * 2 + [{1: 0, 3: 0, 4: 0}]


@pytest.mark.parametrize(("day", "count"), [("2019-06-01", 0), ("2020-02-02", 0), ("2020-02-03", 1), ("2021-01-26", 1), ("2021-01-27", 2)])
def test_later_policy_warns_from_its_day_and_changes_no_figure(day, count):
    held = RUC.on(day)
    scheme = scheme_of(held)
    warn = warnings_of(held, scheme.rule)
    assert len(warn) == count
    assert fund([Filing("A", date.fromisoformat(day), 100)], scheme, "CNY", warn)[0].paid == 100
    assert all(step.code in WORDS["zh-hans"] for step in warn)


def test_the_incentive_is_asked_for_and_not_invented():
    with pytest.raises(Ungoverned, match="ruc_incentive"):
        incentive_on_grant(RUC.on("2019-06-01"), "patent")
    given_one = RUC.with_values({"guide-ruc-funding/ruc_incentive": "2000.00"})
    assert incentive_on_grant(given_one.on("2019-06-01"), "patent")[0].minor == 200_000


def test_pct_only_for_chosen_technologies():
    held = Book([PACKS["guide-thu-deals"]], PACKS.values()).on("2020-01-01")
    assert pct_share(held, chosen=False)[0] == 0
    with pytest.raises(Ungoverned):
        pct_share(held, chosen=True)


@pytest.mark.parametrize(
    ("right", "granted", "amount", "due"),
    [
        ("patent", date(2024, 1, 19), 300_000, date(2024, 4, 19)),
        ("patent", date(2024, 1, 20), 400_000, date(2024, 4, 20)),
        ("utility_model", date(2024, 1, 19), 100_000, date(2024, 4, 19)),
        ("design", date(2024, 11, 30), 150_000, date(2025, 2, 28)),
    ],
)
def test_awards_on_both_sides_of_the_new_regulations(right, granted, amount, due):
    held = Book([PACKS["law-cn-transfer"]]).on(granted)
    money, last, _named = award_of(held, right, granted)
    assert (money.minor, last) == (amount, due)


def test_no_award_for_software():
    with pytest.raises(NoRuleInForce):
        award_of(Book([PACKS["law-cn-transfer"]]).on("2024-05-05"), "software_copyright", date(2024, 5, 5))


@pytest.mark.parametrize("filing", [Filing("A", date(2019, 1, 1), -1), Filing("A", date(2019, 1, 1), 1, {1: -1}), Filing("A", date(2019, 1, 1), 1, {0: 1})])
def test_filings_that_cannot_be(filing):
    with pytest.raises(FundingInput):
        fund([filing], SCHEME, "CNY")
    with pytest.raises(FundingInput):
        fund([], SCHEME, "GRO")


some_filings = st.lists(
    st.builds(
        Filing, st.sampled_from("ABC"), st.integers(0, 900).map(lambda n: date(2018, 6, 1) + timedelta(n)), st.integers(0, 10**7),
        st.dictionaries(st.integers(1, 6), st.integers(0, 10**5), max_size=3),
    ),
    max_size=12, unique_by=lambda one: (one.researcher, one.on),
)  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(some_filings, st.randoms())
def test_the_order_of_entry_moves_no_money(filings, random):
    mixed = list(filings)
    random.shuffle(mixed)
    one = {(filing.researcher, filing.on): (got.paid, dict(got.annuities)) for filing, got in zip(filings, fund(filings, SCHEME, "CNY"), strict=True)}
    two = {(filing.researcher, filing.on): (got.paid, dict(got.annuities)) for filing, got in zip(mixed, fund(mixed, SCHEME, "CNY"), strict=True)}
    assert one == two


@settings(max_examples=80, deadline=None)
@given(some_filings)
def test_at_most_two_a_researcher_and_year_are_paid_in_full(filings):
    done = fund(filings, SCHEME, "CNY")
    full = [(filing.researcher, filing.on.year) for filing, got in zip(filings, done, strict=True) if got.full]
    assert all(full.count(key) <= 2 for key in full)
    assert all(got.paid in (filing.cost, (filing.cost + 1) // 2) for filing, got in zip(filings, done, strict=True))
    assert done == fund(filings, SCHEME, "CNY")
