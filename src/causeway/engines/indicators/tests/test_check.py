"""Doubts about figures: identities, bounds, leaps."""

from fractions import Fraction as F

import pytest
from hypothesis import given
from hypothesis import strategies as st

from causeway.engines.indicators import Figure, check_year, shipped_catalogue

CATALOGUE = shipped_catalogue()


def rules(figures, before=None):
    return [one.rule for one in check_year(figures, before or {}, CATALOGUE)]


def yuan(**numbers):
    return {code.replace("_", "."): Figure(F(number), "CNY") for code, number in numbers.items()}


def counts(**numbers):
    return {code.replace("_", ".", 1): Figure(F(number)) for code, number in numbers.items()}


def test_the_sums_of_the_chinese_report_of_2019_hold():
    """5.31 bn rewards = 3.09 bn cash + 2.22 bn shares."""
    assert "RW02-PARTS" not in rules(yuan(RW02=5_310_000_000, RW03=3_090_000_000, RW04=2_220_000_000))
    assert "RW02-PARTS" in rules(yuan(RW02=5_310_000_000, RW03=3_090_000_000, RW04=2_220_000_001))


def test_the_six_ways_of_2020_add_up():
    """466,882 contracts = 20,977 by transfer, licence and investment + 445,905 of development, consulting, service."""
    right = counts(LI06_count=466_882, LI05_count=20_977, RC06_count=445_905)
    assert rules(right) == []
    assert rules({**right, "LI06.count": Figure(F(466_881))}) == ["LI06-COUNT"]


@pytest.mark.parametrize(
    ("part", "whole", "rule"),
    [("IP02", "IP03", "IP02-PART"), ("IP04", "IP03", "IP04-PART"), ("LI07", "LI01", "LI07-PART"), ("SP02", "SP01", "SP02-PART"), ("SP08", "SP07", "SP08-PART")],
)
@given(a=st.integers(0, 10**6), b=st.integers(0, 10**6))
def test_a_part_is_never_more_than_the_whole(part, whole, rule, a, b):
    assert (rule in rules({part: Figure(F(a)), whole: Figure(F(b))})) == (a > b)


def test_a_part_that_does_not_apply_is_nothing_and_an_unknown_one_is_no_doubt():
    assert rules({"SP01": Figure(F(2)), "SP02": Figure(F(2)), "SP03": Figure(state="inapplicable")}) == []
    assert rules({"SP01": Figure(F(2)), "SP02": Figure(F(1)), "SP03": Figure(state="unavailable")}) == []
    assert rules(counts(SP01=2, SP02=1, SP03=0)) == ["SP01-PARTS"]


def test_different_currencies_are_told_not_compared():
    mixed = {"IN02": Figure(F(9), "EUR"), "IN01": Figure(F(5), "CNY")}
    doubt = check_year(mixed, {}, CATALOGUE)[0]
    assert doubt.rule == "IN02-PART" and "currenc" in doubt.text["en"] and doubt.severity == "warning"


def test_impossible_values():
    assert rules(counts(IP01=-1)) == ["NEGATIVE"]
    assert rules(counts(IP01="1.5")) == ["WHOLE"]
    assert rules({"IN01": Figure(F(5))}) == ["CURRENCY"]
    assert rules({"XX99": Figure(F(5))}) == ["UNKNOWN"]
    assert rules({"IC07": Figure(F(-5), "CNY")}) == []
    assert rules({"IN03": Figure(F("12.5"))}) == []


@pytest.mark.parametrize(("ratio", "doubt"), [("0.4999", ["RW06-FLOOR"]), ("0.5", []), ("1", []), ("1.01", ["RW06-ALL"])])
def test_the_reward_ratio_has_a_floor(ratio, doubt):
    assert rules({"RW06": Figure(F(ratio))}) == doubt


@pytest.mark.parametrize(("then", "now", "leapt"), [(10, 30, False), (10, 31, True), (30, 10, False), (31, 10, True), (3, 9, False), (1, 9, False), (0, 10, True), (0, 0, False)])
def test_leaps_from_the_year_before(then, now, leapt):
    assert ("JUMP-count" in rules(counts(IP01=now), counts(IP01=then))) == leapt


def test_no_leap_is_seen_across_currencies():
    assert rules({"IC01": Figure(F(10**7), "CNY")}, {"IC01": Figure(F(10**6), "EUR")}) == []
