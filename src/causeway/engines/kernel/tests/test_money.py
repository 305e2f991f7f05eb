"""Money, shares, remainders."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from causeway.engines.kernel import Money, apportion, half_up, largest_remainder, parse_share, whole_weights


@pytest.mark.parametrize(("text", "currency", "minor"), [("449.45", "EUR", 44945), ("18300", "JPY", 18300), ("40", "EUR", 4000), ("1.125", "KWD", 1125)])
def test_amounts_have_the_decimals_of_their_currency(text, currency, minor):
    assert Money.parse(text, currency) == Money(minor, currency)
    assert Money.parse(Money(minor, currency).text(), currency).minor == minor


@pytest.mark.parametrize(("text", "currency"), [("1.005", "EUR"), ("10.5", "KRW"), ("ten", "EUR")])
def test_what_the_currency_cannot_hold_is_refused(text, currency):
    with pytest.raises(ValueError, match="decimals|amount"):
        Money.parse(text, currency)


def test_currencies_do_not_mix():
    with pytest.raises(ValueError, match="one currency"):
        Money(1, "EUR") + Money(1, "CNY")


@pytest.mark.parametrize(("text", "share"), [("3/4", Fraction(3, 4)), ("40 %", Fraction(2, 5)), ("0.25", Fraction(1, 4))])
def test_shares_are_exact(text, share):
    assert parse_share(text) == share


@pytest.mark.parametrize("text", ["5/4", "-1/4", "1/0", "half"])
def test_what_is_no_share_is_refused(text):
    with pytest.raises(ValueError, match="share|between"):
        parse_share(text)


@given(st.integers(-(10**9), 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=12).filter(any))
def test_parts_sum_to_the_whole(total, weights):
    parts = largest_remainder(total, weights)
    assert sum(parts) == total
    exact = [Fraction(total) * weight / sum(weights) for weight in weights]
    assert all(abs(part - share) < 1 for part, share in zip(parts, exact, strict=True))


@given(st.integers(0, 10**6), st.lists(st.integers(1, 50), min_size=2, max_size=6))
def test_equal_weights_differ_by_at_most_one(total, weights):
    parts = largest_remainder(total, [1] * len(weights))
    assert max(parts) - min(parts) <= 1


@pytest.mark.parametrize("text", ["1e999999999", "-1e999999999", "Infinity", "-Infinity", "NaN", "sNaN", "1" * 40])
def test_money_that_would_fill_the_memory_is_refused(text):
    with pytest.raises(ValueError):
        Money.parse(text, "EUR")


@pytest.mark.parametrize("text", ["1e999999999", "1e-999999999", "1/" + "9" * 100, "0." + "1" * 100])
def test_shares_that_would_fill_the_memory_are_refused(text):
    with pytest.raises(ValueError):
        parse_share(text)


def test_apportion_settles_ties_by_weight_then_place():
    assert apportion(1, [1, 1]) == [1, 0]
    assert apportion(5, [1, 3]) == [1, 4]
    assert apportion(10, [1, 1, 1]) == [4, 3, 3]
    assert apportion(2, [1, 3]) == [0, 2]  # remainders of a half each: the larger weight first
    with pytest.raises(ValueError):
        apportion(1, [0, 0])
    with pytest.raises(ValueError):
        apportion(-1, [1])


def test_whole_weights_and_halves():
    assert whole_weights([Fraction(1, 2), Fraction(1, 3), Fraction(1, 6)]) == [3, 2, 1]
    assert whole_weights([4, 2, 0]) == [2, 1, 0]
    assert [half_up(Fraction(number, 2)) for number in (-3, -1, 0, 1, 3, 4)] == [-1, 0, 0, 1, 2, 2]
