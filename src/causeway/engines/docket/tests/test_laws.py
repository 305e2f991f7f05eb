"""Laws of the engine, whatever the matter: found by random matters, not by worked dates."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from causeway.engines.docket import Deadline, Event, MatterFacts, compile_law, deadlines
from causeway.engines.docket.explain import explain
from causeway.engines.packs import load_packs, shipped_packs

LAW = compile_law(load_packs(shipped_packs()))
OFFICES = sorted(LAW.offices)
RIGHTS = ("patent", "utility_model", "design", "trade_mark", "plant_variety", "unitary")
KINDS = sorted(LAW.events)
NOTICES = {kind for kind, event in LAW.events.items() if event.get("notice")}

some_days = st.dates(date(1995, 1, 1), date(2035, 12, 31))


@st.composite
def some_events(draw) -> tuple[Event, ...]:
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=9))
    return tuple(
        Event(kind, draw(some_days), draw(st.sampled_from([None, "electronic", "post", "hand"])) if kind in NOTICES else None, ref=ref)
        for ref, kind in enumerate(kinds)
    )


matters = st.builds(
    lambda office, right, events: MatterFacts(office, right, events, designated=("CN", "US", "EP", "FR")),
    st.sampled_from(OFFICES), st.sampled_from(RIGHTS), some_events(),
)  # fmt: skip

ordinary = settings(max_examples=150, deadline=None)


@ordinary
@given(matters, st.randoms())
def test_the_order_of_events_does_not_matter(matter, random):
    shuffled = list(matter.events)
    random.shuffle(shuffled)
    other = MatterFacts(matter.office, matter.right, tuple(shuffled), designated=matter.designated)
    assert deadlines(matter, LAW) == deadlines(other, LAW)


@ordinary
@given(matters)
def test_the_same_input_gives_the_same_trace(matter):
    first, second = deadlines(matter, LAW), deadlines(matter, LAW)
    assert [one.trace for one in first.deadlines] == [one.trace for one in second.deadlines]


@ordinary
@given(matters)
def test_a_last_day_is_never_before_its_nominal_day_nor_on_a_closed_one(matter):
    for one in deadlines(matter, LAW).deadlines:
        rule = LAW.rule(one.rule)
        assert one.due >= one.nominal
        if one.grace_ends is not None:
            assert one.grace_ends >= one.grace_nominal >= one.nominal or rule.data.get("designated")
        if rule.regime and rule.regime.rolls and rule.regime.calendar and rule.kind in ("renewal", "stages", "expiry") and one.due != one.nominal:
            assert rule.regime.calendar.is_open(one.due)


@ordinary
@given(matters, st.sampled_from(["electronic", "post", "hand", "public_notice"]))
def test_what_is_no_notice_counts_from_its_own_day_however_it_was_sent(matter, medium):
    sent = tuple(event if event.kind in NOTICES else event._replace(by=medium, received=event.on + timedelta(days=9)) for event in matter.events)
    assert deadlines(MatterFacts(matter.office, matter.right, sent, designated=matter.designated), LAW) == deadlines(matter, LAW)


@ordinary
@given(matters)
def test_a_delivery_is_never_moved_to_a_working_day(matter):
    for one in deadlines(matter, LAW).deadlines:
        delivered = [step for step in one.trace if step[0] == "delivered"]
        event = next((e for e in matter.events if e.ref == one.trigger), None)
        if delivered and event is not None:
            assert 0 <= delivered[0][-1] - event.on.toordinal() <= 31


@ordinary
@given(matters)
def test_a_trace_leads_to_the_answer(matter):
    """The steps end on the last day, and those of the late period on its end: nothing in the answer is untold."""
    for one in deadlines(matter, LAW).deadlines:
        days = [(step[0], step[1] if step[0] == "moved" else step[-1]) for step in one.trace]
        in_time = [day for name, day in days if not name.startswith("grace")]
        late = [day for name, day in days if name.startswith("grace")]
        assert in_time[-1] == one.due
        assert late[-1:] == ([one.grace_ends] if one.grace_ends is not None else [])
        # What must be done while the application is pending ends on the day before the event that ends it.
        assert in_time[0] <= one.due + (LAW.rule(one.rule).kind == "pendency")


@ordinary
@given(matters)
def test_taking_an_event_back_restores_what_was(matter):
    before = deadlines(matter, LAW)
    more = MatterFacts(matter.office, matter.right, (*matter.events, Event("withdrawn", date(2036, 1, 1), ref="w")), designated=matter.designated)
    assert all(one.closed_why for one in deadlines(more, LAW).deadlines)
    assert deadlines(MatterFacts(more.office, more.right, more.events[:-1], designated=more.designated), LAW) == before


@ordinary
@given(matters)
def test_identities_are_unique(matter):
    found = [(one.rule, one.trigger, one.ordinal) for one in deadlines(matter, LAW).deadlines]
    assert len(found) == len(set(found))


@ordinary
@given(matters)
def test_every_derivation_can_be_told_in_both_languages(matter):
    for one in deadlines(matter, LAW).deadlines[:12]:
        for language in ("en", "zh-hans"):
            steps = explain(one, LAW, language)
            assert [step.on for step in steps if step.code == "last"] == [date.fromordinal(one.due)]
            assert sum(step.code in ("moved", "open", "open_makeup", "never") for step in steps) >= 1, "moved or not, and why"
            assert all(step.title and step.sentence for step in steps)


PERIODS = [rule.id for rule in LAW.rules() if rule.kind == "period" and "after" in rule.data["period"] and not rule.data.get("in_force")]


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(PERIODS), some_days, st.integers(0, 400))
def test_a_later_event_never_gives_an_earlier_last_day(rule_id, day, later):
    rule = LAW.rule(rule_id)

    def due(on: date) -> int | None:
        kinds = {*rule.needs, rule.data["period"]["after"][0]}
        matter = MatterFacts(rule.office, min(rule.rights), tuple(Event(kind, on, ref=kind) for kind in kinds), designated=("CN",))
        from causeway.engines.docket.facts import Prepared

        found = [one for one in rule.run(Prepared(matter), None) if isinstance(one, Deadline)]
        return found[0].due if found else None

    first, second = due(day), due(day + timedelta(later))
    if first is not None and second is not None:
        assert first <= second


@pytest.mark.parametrize("rule", [rule for rule in LAW.rules() if rule.kind == "renewal"], ids=lambda rule: rule.id)
def test_a_docket_shows_every_year_once_and_in_order(rule):
    filed = date(2015, 5, 6)
    kinds = {"filing", *rule.needs, *rule.data["renewal"]["after"]} - {"parent_filing"} | ({"grant"} if rule.data["renewal"].get("needs") == "grant" else set())
    if "registration" in rule.data["renewal"]["after"]:
        kinds -= {"grant"}
    events = tuple(Event(kind, filed if kind != "grant" else date(2016, 7, 8), ref=kind) for kind in sorted(kinds))
    outcome = deadlines(MatterFacts(rule.office, sorted(rule.rights)[0], events), LAW)
    mine = [one for one in outcome.deadlines if one.rule == rule.id]
    years = [int(one.ordinal) for one in mine]
    assert years == sorted(set(years))
    assert mine
    assert [one.nominal for one in mine] == sorted(one.nominal for one in mine)
