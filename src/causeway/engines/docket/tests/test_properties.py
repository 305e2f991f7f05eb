"""More laws of the engine: periods, terms, extensions, surcharges and fees over random days, for every rule of its kind."""

from __future__ import annotations

import json
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from causeway.engines.docket import Deadline, Event, MatterFacts, compile_law, deadlines, fee_of, surcharge_percent
from causeway.engines.docket.check import check_text
from causeway.engines.docket.compile import extended
from causeway.engines.docket.facts import Prepared
from causeway.engines.kernel import Money, Refusal, add_period
from causeway.engines.packs import load_packs, shipped_packs

LAW = compile_law(load_packs(shipped_packs()))
days = st.dates(date(1995, 1, 1), date(2035, 12, 31))
thorough = settings(max_examples=150, deadline=None)

EXTENDABLE = [rule for rule in LAW.rules() if rule.data.get("extendable")]
COMBINED = [rule for rule in LAW.rules() if rule.kind == "period" and {"later_of", "earlier_of"} & rule.data["period"].keys()]
TERMS = [rule for rule in LAW.rules() if rule.kind == "term"]
RENEWALS = [rule for rule in LAW.rules() if rule.kind == "renewal"]
EXPIRIES = [rule for rule in LAW.rules() if rule.kind == "expiry"]


def asked(rule, events: tuple[Event, ...], ordinal: str | None = None, **facts: str) -> list[Deadline]:
    """The dates a rule gives for these events."""
    matter = MatterFacts(rule.office, min(rule.rights), events, facts, designated=("CN", "EP", "US"))
    return [one for one in rule.run(Prepared(matter), ordinal) if isinstance(one, Deadline)]


@pytest.mark.parametrize("name", sorted(LAW.calendars))
@settings(max_examples=60, deadline=None)
@given(day=days)
def test_moving_a_moved_day_moves_nothing(name, day):
    calendar = LAW.calendars[name]
    moved = calendar.roll(day.toordinal())
    assert moved >= day.toordinal()
    assert calendar.roll(moved) == moved
    assert all(not calendar.is_open(closed) for closed in range(day.toordinal(), moved))
    assert moved - day.toordinal() <= 14


@thorough
@given(st.sampled_from(EXTENDABLE), days)
def test_an_extension_only_ever_adds_days(rule, day):
    prepared = Prepared(MatterFacts(rule.office, min(rule.rights), tuple(Event(kind, day, ref=kind) for kind in sorted(rule.starts))))
    step, most = int(rule.data["extendable"].get("step", 1)), int(rule.data["extendable"]["months"])
    ends = [extended(rule, prepared, months) for months in range(step, most + 1, step)]
    assert ends == sorted(ends)
    assert all(due >= nominal > day.toordinal() for nominal, due in ends)
    with pytest.raises(Refusal):
        extended(rule, prepared, most + step)
    found = asked(rule, prepared.matter.events)
    if found:
        assert ends[0][0] > found[-1].nominal


@thorough
@given(st.sampled_from(COMBINED), st.data())
def test_the_later_of_two_is_no_earlier_than_either_and_the_earlier_no_later(rule, data):
    period = rule.data["period"]
    events = {kind: data.draw(days) for kind in sorted(rule.starts)}
    pick, limbs = (max, period["later_of"]) if "later_of" in period else (min, period["earlier_of"])
    alone = [
        add_period(events[next(kind for kind in limb["after"] if kind in events)].toordinal(), int(limb["n"]), limb["unit"])
        for limb in limbs if "within" not in limb
    ]  # fmt: skip
    for one in asked(rule, tuple(Event(kind, day, ref=kind) for kind, day in events.items())):
        if len(alone) == len(limbs):
            assert one.nominal == pick(alone)
        else:
            assert one.nominal >= pick(alone)


@thorough
@given(st.sampled_from(TERMS), st.data())
def test_a_term_never_moves_and_never_ends_before_it_begins(rule, data):
    first = data.draw(days)
    kinds = sorted(rule.starts | {"marketing_approval", "filing"})
    for one in asked(rule, tuple(Event(kind, first, ref=kind) for kind in kinds)):
        assert one.due == one.nominal == one.term_ends
        assert one.term_ends > first.toordinal()
        assert not one.provisional


@thorough
@given(st.sampled_from(RENEWALS), days, st.integers(1, 30))
def test_a_later_year_falls_due_later_and_opens_before_it_closes(rule, day, year):
    kind = rule.data["renewal"]["after"][-1]
    events = (Event(kind, day, ref=kind),)
    this, following = asked(rule, events, str(year)), asked(rule, events, str(year + 1))
    for one in this:
        assert one.opens is None or one.opens <= one.nominal
        assert one.nominal <= one.due
        assert one.grace_ends is None or one.due <= one.grace_ends
    if this and following:
        assert this[0].nominal < following[0].nominal
        assert this[0].due < following[0].due


@thorough
@given(st.sampled_from(RENEWALS + EXPIRIES), days, st.integers(3, 20), st.integers(-40, 420))
def test_a_surcharge_never_falls_while_one_waits(rule, day, year, wait):
    part = rule.data[rule.kind]
    kind = part["after"][-1]
    ordinal = str(year) if rule.kind == "renewal" else part["years"]
    for one in asked(rule, (Event(kind, day, ref=kind),), ordinal):
        costs = []
        for later in (0, 1, 20):
            try:
                costs.append(surcharge_percent(LAW, one, date.fromordinal(one.due + wait + later)))
            except Refusal:
                return
        worth = [Fraction(1000) if cost == "lapsed" else cost for cost in costs]
        assert worth == sorted(worth)
        assert wait > 0 or worth[0] == 0
        if one.grace_ends is not None:
            assert (one.due + wait > one.grace_ends) == (costs[0] == "lapsed")


@thorough
@given(st.sampled_from([rule for rule in RENEWALS if rule.fee]), days, st.integers(3, 20), st.sampled_from(["", "single", "joint", "reduced", "licence_of_right", "micro_entity"]))
def test_nobody_pays_more_than_the_full_fee(rule, day, year, reduction):
    kind = rule.data["renewal"]["after"][-1]
    facts = {"claims": "9", **({"reduction": reduction} if reduction else {})}
    matter = MatterFacts(rule.office, min(rule.rights), (Event(kind, day, ref=kind),), facts)
    for one in asked(rule, matter.events, str(year)):
        fee = fee_of(LAW, one, matter)
        if fee is not None and not isinstance(fee, Refusal):
            assert Money(0, fee.full.currency) <= fee.payable <= fee.full
            assert reduction or fee.payable == fee.full


@thorough
@given(days, days, days)
def test_only_the_earliest_priority_counts_and_only_its_withdrawal(first, second, withdrawn):
    earlier, later = sorted((first, second))
    if earlier == later:
        return
    rule = LAW.rule("WO-DEMAND")
    one, two = Event("priority", earlier, ref=1), Event("priority", later, ref=2)
    both = asked(rule, (one, two))[0]
    assert both.nominal == asked(rule, (one,))[0].nominal
    useless = Event("priority_withdrawn", withdrawn, of=later, ref=3)
    assert asked(rule, (one, two, useless))[0].nominal == both.nominal
    useful = Event("priority_withdrawn", withdrawn, of=earlier, ref=3)
    anew = asked(rule, (one, two, useful))[0].nominal
    assert anew == (both.nominal if both.due < withdrawn.toordinal() else asked(rule, (two,))[0].nominal)


@thorough
@given(days)
def test_late_entry_into_china_is_told_to_its_moved_end(day):
    one = asked(LAW.rule("WO-NAT"), (Event("priority", day, ref=1),), "CN")[0]
    assert one.trace[-1][-1] == one.grace_ends
    assert (one.trace[-1][0] == "grace_moved") == (one.grace_ends != one.grace_nominal)


@thorough
@given(days)
def test_a_date_is_provisional_or_rests_on_known_days(day):
    matter = MatterFacts("CN", "patent", (Event("filing", day, ref=1), Event("rejection", day, "electronic", ref=2)))
    calendar = LAW.calendars["CN"]
    for one in deadlines(matter, LAW).deadlines:
        if one.rule in ("CN-REEXAM", "CN-EXAM"):
            assert one.provisional != calendar.is_known(one.nominal, one.due)


@thorough
@given(st.sampled_from(["CN-OA1", "EP-OA", "US-OA", "KR-OA"]), days)
def test_a_case_of_what_came_out_is_ok_and_one_day_off_is_not(rule_id, day):
    rule = LAW.rule(rule_id)
    found = asked(rule, (Event("office_action_1", day, ref=1),))[0]
    right, wrong = date.fromordinal(found.due), date.fromordinal(found.due + 1)
    text = "".join(
        f"- {{id: '{at}', office: {rule.office}, right: patent, rule: {rule.id}, events: {{office_action_1: '{day}'}}, expect: {{due: '{due}'}}}}\n"
        for at, due in enumerate((right, wrong))
    )
    assert [one.ok for one in check_text(text, LAW)] == [True, False]


junk = st.recursive(
    st.sampled_from(["", "x", "5", "3.5", "-1", "2024-02-29", "0001-01-01", "9999-12-31", "2399-06-30", "true", "post", "filing"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["on", "by", "of", "received", "1", "2024-05-05", "x"]), inner, max_size=2),
    max_leaves=4,
)
written = st.fixed_dictionaries(
    {"rule": st.sampled_from([*(rule.id for rule in LAW.rules()), "TERM", "X"]), "office": st.sampled_from(sorted(LAW.offices)) | junk},
    optional={
        "events": st.dictionaries(st.sampled_from([*sorted(LAW.events), "x"]), junk, max_size=4) | junk, "right": junk, "year": junk, "stage": junk,
        "designated": junk, "law_as_of": junk, "entity": junk, "facts": st.dictionaries(st.sampled_from(["claims", "paid_on", "woody", "reduction"]), junk) | junk,
        "expect": st.dictionaries(st.sampled_from(["due", "amount", "extended", "surcharge_percent", "compensation_days", "term_ends", "refused"]), junk) | junk,
    },
)  # fmt: skip


@settings(max_examples=250, deadline=None)
@given(written)
def test_whatever_is_written_gets_an_answer(case):
    (answer,) = check_text(json.dumps([case]), LAW, "f.yaml")
    assert answer.ok in (True, False)
    assert answer.ok or answer.refused or answer.got
    json.dumps(answer.as_dict())
