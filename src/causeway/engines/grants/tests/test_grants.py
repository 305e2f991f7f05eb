"""Grants: ceiling, rate, own share, and who may enter."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from causeway.engines.grants import WORDS, GrantInput, GrantTerms, entry, grant_for, terms_of
from causeway.engines.kernel import NoRuleInForce
from causeway.engines.packs.library import shipped_practice
from causeway.engines.packs.resolve import Book

PACKS = {pack.id: pack for pack in shipped_practice()}
CUT = Book([PACKS["guide-cut-poc"]])
UJ = Book([PACKS["guide-uj-poc"]])


@pytest.mark.parametrize(
    ("costs", "paid", "own"),
    [(2_000_000, 1_800_000, 200_000), (2_555_555, 2_299_999, 255_556), (2_555_556, 2_300_000, 255_556), (3_000_000, 2_300_000, 700_000), (0, 0, 0)],
)
def test_ceiling_and_rate(costs, paid, own):
    done = grant_for(terms_of(CUT.on("2020-01-01")), costs)
    assert (done.grant, done.own) == (paid, own)


def test_a_grant_without_a_rate_is_bounded_by_its_ceiling():
    assert grant_for(terms_of(UJ.on("2016-01-01")), 9_999_999).grant == 2_500_000
    with pytest.raises(NoRuleInForce):
        terms_of(UJ.on("2014-12-31"))


@pytest.mark.parametrize(
    ("facts", "allowed", "met"),
    [
        ({"ip_transferred": True, "own_contribution_paid": True}, True, [True, True]),
        ({"ip_transferred": False, "own_contribution_paid": True}, False, [False, True]),
        ({"ip_transferred": True}, False, [True, None]),
        ({}, False, [None, None]),
    ],
)
def test_who_may_enter(facts, allowed, met):
    found = entry(CUT.on("2020-01-01"), facts)
    assert found.allowed is allowed
    assert [one for _key, _title, one in found.conditions] == met


def test_costs_below_nothing():
    with pytest.raises(GrantInput):
        grant_for(terms_of(CUT.on("2020-01-01")), -1)


shares = st.fractions(0, 1, max_denominator=100)


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 10**10), st.integers(0, 10**9), shares, shares)
def test_a_grant_stays_within_all_its_bounds(costs, cap, rate, own):
    done = grant_for(GrantTerms("EUR", cap, rate, own, "r", (), True), costs)
    assert done.grant + done.own == costs
    assert 0 <= done.grant <= min(cap, rate * costs) and done.own >= own * costs
    assert all(step.code in WORDS["en"] and step.code in WORDS["zh-hans"] for step in done.trace)
