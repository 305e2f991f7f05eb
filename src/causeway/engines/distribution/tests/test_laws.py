"""Laws of sharing, whatever the figures: parts sum to the whole, order does not matter, floors hold on every layer, the same input gives the same trace."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from causeway.engines.distribution import (
    BelowFloor,
    Contributor,
    Receipt,
    ShareRange,
    SharesDoNotSum,
    compile_plan,
    distribute,
    plan_of_parts,
    plan_of_tiers,
    share_among,
    split_equity,
)  # fmt: skip
from causeway.engines.distribution.model import share_out, team
from causeway.engines.distribution.plan import Floor, round_exact
from causeway.engines.kernel import apportion
from causeway.engines.packs.library import shipped_practice
from causeway.engines.packs.resolve import Book

PACKS = {pack.id: pack for pack in shipped_practice()}
FIVE_ONE = compile_plan(Book([PACKS["guide-thu-five-one"]], PACKS.values()).on("2019-06-30"), None, "CNY")

amounts = st.integers(0, 10**13)
ordinary = settings(max_examples=80, deadline=None)


@st.composite
def some_shares(draw) -> dict[str, Fraction]:
    weights = draw(st.lists(st.integers(0, 50), min_size=1, max_size=6).filter(any))
    return {name: Fraction(weight, sum(weights)) for name, weight in zip("abcdef", weights, strict=False)}


@st.composite
def some_people(draw) -> tuple[Contributor, ...]:
    weights = draw(st.lists(st.fractions(0, 20, max_denominator=60), min_size=1, max_size=7).filter(any))
    return tuple(Contributor(f"P{at}", weight) for at, weight in enumerate(weights))


@st.composite
def some_tiers(draw):
    tops = sorted(draw(st.sets(st.integers(1, 10**7), max_size=4)))
    shares = draw(st.lists(st.fractions(0, 1, max_denominator=100), min_size=len(tops) + 1, max_size=len(tops) + 1))
    return [(Fraction(top) if top else None, share) for top, share in zip([*tops, None], shares, strict=True)]


def floor(share: Fraction, part: str = "a", cost_share: Fraction | None = None, reading: str = "base") -> Floor:
    return Floor(part, share, cost_share, reading, "law/floor", {"en": "always"}, (), "the law")


@ordinary
@given(amounts, amounts, some_shares())
def test_parts_sum_to_the_net_and_each_is_within_one_unit_of_its_share(money, costs, shares):
    net, carried, parts = plan_of_parts(shares, rule="r").split(money, costs)
    assert net == max(0, money - costs) and carried == max(0, costs - money)
    assert sum(parts) == net
    assert all(abs(part - net * share) < 1 for part, share in zip(parts, shares.values(), strict=True))


@ordinary
@given(amounts, some_shares(), st.randoms())
def test_the_order_of_parts_changes_who_gets_the_odd_unit_only_at_ties(money, shares, random):
    listed = list(shares.items())
    random.shuffle(listed)
    plan, other = plan_of_parts(shares, rule="r"), plan_of_parts(dict(listed), rule="r")
    one = dict(zip(plan.parts, plan.split(money, 0)[2], strict=True))
    two = dict(zip(other.parts, other.split(money, 0)[2], strict=True))
    differ = [name for name in one if one[name] != two[name]]
    assert all(shares[name] == shares[differ[0]] for name in differ)


@ordinary
@given(amounts, some_people(), st.randoms())
def test_people_get_the_whole_and_order_moves_only_ties(amount, people, random):
    shared = share_among(people, amount)
    assert sum(shared.values()) == amount
    mixed = list(people)
    random.shuffle(mixed)
    weight = {one.person: one.weight for one in people}
    differ = [name for name, got in share_among(tuple(mixed), amount).items() if got != shared[name]]
    assert all(weight[name] == weight[differ[0]] for name in differ)


@ordinary
@given(amounts, st.lists(st.integers(0, 10**6), min_size=1, max_size=8).filter(any))
def test_the_fast_ways_of_rounding_are_the_plain_one(amount, weights):
    whole = sum(weights)
    plain = apportion(amount, weights)
    assert list(share_out(amount, tuple(weights), whole)) == plain
    assert round_exact([amount * weight for weight in weights], whole, amount) == plain


@ordinary
@given(amounts, amounts, some_tiers(), st.sampled_from(["marginal", "cliff"]))
def test_tiers_sum_to_the_net_and_stay_between_the_smallest_and_the_largest_share(money, costs, bands, mode):
    net, _carried, parts = plan_of_tiers(bands, "inventors", "university", mode, rule="r", currency="JPY").split(money, costs)
    assert sum(parts) == net
    shares = [share for _top, share in bands]
    assert min(shares) * net - 1 < parts[0] < max(shares) * net + 1


@ordinary
@given(st.integers(0, 10**9), st.integers(0, 10**6), some_tiers())
def test_marginal_tiers_never_pay_less_for_more(money, more, bands):
    plan = plan_of_tiers(bands, "inventors", "university", "marginal", rule="r", currency="JPY")
    assert plan.split(money + more, 0)[2][0] >= plan.split(money, 0)[2][0] - 1


@ordinary
@given(amounts, amounts, st.fractions(0, 1, max_denominator=40), st.fractions(0, 1, max_denominator=40), st.sampled_from(["base", "share"]))
def test_both_readings_of_costs_sum_to_the_net(money, costs, share, counted, reading):
    plan = plan_of_parts({"inventors": share, "university": 1 - share}, rule="r", cost_share=counted, reading=reading)
    net, _carried, parts = plan.split(money, costs)
    assert sum(parts) == net and min(parts) >= 0


@ordinary
@given(st.fractions(0, 1, max_denominator=1000), st.fractions(0, 1, max_denominator=1000), amounts)
def test_a_share_under_a_floor_is_refused_and_one_at_it_is_not(share, least, money):
    plan = plan_of_parts({"a": share, "b": 1 - share}, rule="r", floors=(floor(least),))
    receipt = Receipt(money, "CNY")
    if share < least:
        with pytest.raises(BelowFloor):
            distribute(plan, receipt)
    else:
        assert distribute(plan, receipt).net == money


@ordinary
@given(st.lists(st.fractions(0, 1, max_denominator=20), min_size=1, max_size=4))
def test_the_highest_of_many_floors_decides(floors):
    share = Fraction(1, 2)
    plan = plan_of_parts({"a": share, "b": 1 - share}, rule="r", floors=tuple(floor(one) for one in floors))
    assert (plan.refusal is None) == (max(floors) <= share)


@ordinary
@given(some_tiers(), st.fractions(0, 1, max_denominator=20), st.integers(1, 10**8))
def test_tiers_meet_a_floor_by_what_they_give_of_each_net(bands, least, money):
    plan = plan_of_tiers(bands, "inventors", "university", "marginal", rule="r", currency="JPY", floors=(floor(least, "inventors"),))
    exact, start = Fraction(0), 0
    for top, share in bands:
        end = money if top is None else min(money, int(top))
        exact += max(0, end - start) * share
        start = max(start, end)
    if exact < least * money:
        with pytest.raises(BelowFloor):
            distribute(plan, Receipt(money, "JPY"))
    else:
        assert sum(distribute(plan, Receipt(money, "JPY")).parts.values()) == money


@ordinary
@given(amounts, st.integers(0, 10**9), some_people())
def test_the_same_receipt_gives_the_same_answer_and_trace(money, costs, people):
    receipt = Receipt(money, "CNY", {"direct": costs}, people)
    first, second = distribute(FIVE_ONE, receipt), distribute(FIVE_ONE, receipt)
    assert first == second and first.trace == second.trace
    assert sum(first.parts.values()) == first.net and sum(first.people.values()) == first.parts["inventors"]
    assert first.gross + first.carried == first.net + costs


@ordinary
@given(st.fractions(0, 100, max_denominator=1000), some_shares(), some_people())
def test_shares_of_a_company_are_exact(percent, shares, people):
    done = split_equity(percent, shares, people=people)
    assert sum(done.parts.values()) == percent
    assert sum(done.people.values()) == done.parts.get("inventors", 0)


@ordinary
@given(amounts, st.lists(st.fractions(0, 1, max_denominator=12), min_size=1, max_size=3).filter(lambda listed: sum(listed) <= 1))
def test_what_co_owners_do_not_own_is_left(money, shares):
    plan = plan_of_parts({"university": Fraction(1)}, rule="r")
    done = distribute(plan, Receipt(money, "EUR", co_owners={f"O{at}": share for at, share in enumerate(shares)}))
    assert abs(done.net - money * (1 - sum(shares))) < 1


def test_shares_that_do_not_sum_are_said_before_floors():
    with pytest.raises(SharesDoNotSum):
        plan_of_parts({"a": Fraction(1, 10), "b": Fraction(1, 10)}, rule="r", floors=(floor(Fraction(1, 2)),))
    with pytest.raises(ShareRange):
        plan_of_parts({"a": Fraction(3, 2), "b": Fraction(-1, 2)}, rule="r")


def test_a_team_made_ready_keeps_proportions():
    people = (Contributor("A", Fraction(1, 3)), Contributor("B", Fraction(1, 6)), Contributor("C", Fraction(1, 2)))
    assert team(people).weights == (2, 1, 3)
