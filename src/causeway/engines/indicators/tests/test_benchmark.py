"""Quartiles by their named method, and nobody's figure given away."""

import itertools
import statistics
from fractions import Fraction as F

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from causeway.engines.indicators import FLOOR, Withheld, per, quartiles, released


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [([7], (7, 7, 7)), ([1, 2], (F(5, 4), F(3, 2), F(7, 4))), ([1, 2, 3, 4, 5], (2, 3, 4)), ([6, 7, 15, 36, 39, 40, 41, 42, 43, 47, 49], (F(51, 2), 40, F(85, 2)))],
)
def test_worked_quartiles(numbers, expected):
    assert quartiles(numbers)[1:] == expected


@given(st.lists(st.integers(-(10**12), 10**12), min_size=2, max_size=60))
def test_quartiles_are_those_of_the_inclusive_method_and_keep_their_order(numbers):
    found = quartiles(numbers)
    assert [float(one) for one in found[1:]] == pytest.approx(statistics.quantiles(numbers, n=4, method="inclusive"))
    assert min(numbers) <= found.low <= found.median <= found.high <= max(numbers)
    assert quartiles(reversed(numbers)) == found


def test_no_numbers_have_no_quartiles():
    with pytest.raises(ValueError):
        quartiles([])


def test_per_million_and_per_nothing():
    assert per(F(5), F(20_000_000), 1_000_000) == F(1, 4)
    assert per(F(5), F(0), 1000) is None and per(F(5), None, 1000) is None


def of(*names):
    return {(name, 1) for name in names}


def people(n, start=0):
    return [(f"u{i}", i) for i in range(start, start + n)]


def test_few_give_nothing():
    assert released({"all": people(FLOOR)}) == {"all": None}
    assert released({"all": people(FLOOR - 1)}) == {"all": Withheld("few")}
    assert released({"all": [("u1", value) for value in range(9)]}) == {"all": Withheld("few")}


def test_a_group_that_leaves_few_over_is_withheld():
    everyone = people(12)
    answer = released({"all": everyone, "large": everyone[:9], "half": everyone[:7]})
    assert answer == {"all": None, "large": Withheld("difference", "all"), "half": None}


def test_two_groups_that_cross_in_few_are_not_both_given():
    answer = released({"a": people(10), "b": people(10, start=6)})
    assert answer["a"] is None and answer["b"] == Withheld("difference")


def test_a_second_edition_with_one_more_or_one_corrected_is_withheld():
    first = people(8)
    assert released({"all": [*first, ("new", 1)]}, [first])["all"] == Withheld("difference", "")
    assert released({"all": [("u0", 99), *first[1:]]}, [first])["all"] == Withheld("difference", "")
    assert released({"all": first}, [first])["all"] is None
    assert released({"all": [*first, *people(5, start=20)]}, [first])["all"] is None


def test_everybody_who_leaves_together_is_five_or_none():
    first = people(12)
    assert released({"all": first[:8]}, [first])["all"] == Withheld("difference", "")
    assert released({"all": first[:7]}, [first])["all"] is None


@settings(max_examples=200)
@given(st.lists(st.sets(st.integers(0, 14)), min_size=1, max_size=5), st.integers(2, 4))
def test_no_joining_and_cutting_of_what_went_out_singles_out_few(groups, floor):
    """The attack itself: every union, intersection and difference of up to three released sets holds `floor` or none."""
    given_ = {str(n): {(who, who) for who in group} for n, group in enumerate(groups)}
    out = [frozenset(given_[name]) for name, answer in released(given_, floor=floor).items() if answer is None]
    for first, second, third in itertools.product(out, repeat=3):
        for made in (first - second, first & second, first | second, first - second - third, first & second & third, (first & second) - third, first & (second - third)):
            assert not made or len(made) >= floor
