"""What closes a deadline, what a fee costs, how a derivation reads."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from causeway.engines.docket import Event, MatterFacts, deadlines, fee_of, surcharge_percent
from causeway.engines.docket.explain import explain
from causeway.engines.kernel import Conflict, NoRuleInForce, Ungoverned

FILED, GRANTED = date(2020, 5, 6), date(2023, 2, 3)


def matter(office, *events, right="patent", **facts):
    return MatterFacts(office, right, tuple(events), facts)


def found(outcome, rule, ordinal=""):
    return next(one for one in outcome.deadlines if (one.rule, one.ordinal) == (rule, ordinal))


def filed(on=FILED):
    return Event("filing", on, ref="f")


def granted(on=GRANTED):
    return Event("grant", on, ref="g")


def test_a_request_meets_its_deadline(law):
    outcome = deadlines(matter("CN", filed(), Event("examination_request", date(2021, 1, 4), ref="r")), law)
    exam = found(outcome, "CN-EXAM")
    assert (exam.closed_why, exam.closed_by, exam.closed_on) == ("met", "r", date(2021, 1, 4).toordinal())


def test_a_payment_meets_the_year_it_names_and_no_other(law):
    paid = Event("renewal_paid", date(2024, 4, 2), ref="p", facts={"year": "5"})
    outcome = deadlines(matter("CN", filed(), granted(), paid), law)
    assert found(outcome, "CN-ANNUITY", "5").closed_by == "p"
    assert {one.ordinal for one in outcome.deadlines if one.rule == "CN-ANNUITY" and one.closed_why} == {"5"}


def test_a_payment_that_names_no_year_meets_the_fee_of_its_time(law):
    paid = Event("renewal_paid", date(2024, 6, 2), ref="p")
    outcome = deadlines(matter("CN", filed(), granted(), paid), law)
    assert {one.ordinal for one in outcome.deadlines if one.rule == "CN-ANNUITY" and one.closed_why} == {"5"}


def test_an_answer_meets_the_office_action_before_it(law):
    events = [
        Event("office_action_1", date(2024, 1, 10), ref="a1"), Event("response_filed", date(2024, 4, 2), ref="r1"), Event("office_action_later", date(2024, 9, 9), ref="a2"),
    ]  # fmt: skip
    replies = {one.trigger: one.closed_why for one in deadlines(matter("EP", filed(), *events), law).deadlines if one.rule == "EP-OA"}
    assert replies == {"a1": "met", "a2": ""}


def test_an_entry_meets_its_own_office_only(law):
    facts = MatterFacts(
        "WO", "patent", (Event("priority", date(2023, 8, 31), ref="p"), Event("international_filing", date(2024, 8, 30), ref="i"),
                         Event("entry", date(2026, 1, 5), ref="e", facts={"office": "CN"})), designated=("CN", "US"),
    )  # fmt: skip
    entries = {one.ordinal: one.closed_why for one in deadlines(facts, law).deadlines if one.rule == "WO-NAT"}
    assert entries == {"CN": "met", "US": ""}


def test_a_matter_that_ended_closes_what_is_open(law):
    outcome = deadlines(matter("DE", filed(), Event("withdrawn", date(2022, 1, 1), ref="w")), law)
    assert outcome.deadlines
    assert {one.closed_why for one in outcome.deadlines} == {"ended"}


def test_fees_to_the_epo_stop_with_the_year_of_grant(law):
    outcome = deadlines(matter("EP", filed(), granted()), law)
    assert [one.ordinal for one in outcome.deadlines if one.rule == "EP-REN"] == ["3"]


def test_a_closed_office_is_a_refusal_and_not_a_date(law):
    facts = MatterFacts("WO", "patent", (Event("priority", date(2023, 8, 31), ref="p"),), designated=("FR",))
    outcome = deadlines(facts, law)
    assert [(one.rule, one.ordinal, one.reason.code) for one in outcome.refusals] == [("WO-NAT", "FR", "no_rule_in_force")]


@pytest.mark.parametrize("on", [date(2024, 1, 19), date(2024, 1, 20)])
def test_a_right_that_came_later_is_no_gap(law, on):
    asked = ("CN-INCORP", "CN-PRIO-ADD")
    outcome = deadlines(matter("CN", Event("priority", date(2023, 6, 1), ref="p"), filed(on)), law)
    assert not [one for one in outcome.refusals if one.rule in asked]
    assert {one.rule for one in outcome.deadlines if one.rule in asked} == (set(asked) if on == date(2024, 1, 20) else set())


def test_a_law_that_was_not_read_for_a_day_is_a_gap(law):
    outcome = deadlines(matter("CN", filed(), granted(date(2024, 1, 19))), law)
    assert [one.rule for one in outcome.refusals] == ["CN-PTA"]


def test_a_grant_without_its_day_is_said_and_not_guessed(law):
    outcome = deadlines(matter("CN", filed(), granted="true"), law)
    assert {(one.rule, type(one.reason)) for one in outcome.refusals} == {("CN-ANNUITY", Ungoverned)}


def test_dates_that_rest_on_unannounced_days_are_provisional(law):
    outcome = deadlines(matter("CN", filed(), granted()), law)
    assert not found(outcome, "CN-ANNUITY", "7").provisional
    assert found(outcome, "CN-ANNUITY", "9").provisional


def test_unverified_regimes_show_only_where_they_moved_a_day(law):
    ends_on_a_tuesday, ends_on_a_sunday = filed(date(2017, 1, 16)), filed(date(2017, 1, 21))
    assert found(deadlines(matter("DE", ends_on_a_tuesday), law), "DE-EXAM").verified
    assert not found(deadlines(matter("DE", ends_on_a_sunday), law), "DE-EXAM").verified


def test_a_fee_in_the_tariff_of_its_last_day_and_what_is_payable(law):
    facts = matter("CN", filed(), granted(), reduction="single")
    amount = fee_of(law, found(deadlines(facts, law), "CN-ANNUITY", "5"), facts)
    assert (amount.full.text(), amount.payable.text(), amount.verified) == ("1200.00", "180.00", True)


def test_a_reduction_ends_ten_years_after_the_year_of_grant(law):
    facts = matter("CN", filed(), granted(), reduction="joint")
    outcome = deadlines(facts, law)
    assert fee_of(law, found(outcome, "CN-ANNUITY", "12"), facts).payable.text() == "1200.00"
    assert fee_of(law, found(outcome, "CN-ANNUITY", "13"), facts).payable.text() == "6000.00"


def test_a_tariff_nobody_read_is_a_refusal(law):
    facts = matter("EP", filed(date(2023, 5, 6)))
    assert isinstance(fee_of(law, found(deadlines(facts, law), "EP-REN", "4"), facts), NoRuleInForce)


def test_surcharges(law):
    annuity = found(deadlines(matter("CN", filed(date(2020, 1, 22)), granted(date(2022, 5, 10))), law), "CN-ANNUITY", "5")
    assert surcharge_percent(law, annuity, date(2024, 2, 22)) == 0
    assert surcharge_percent(law, annuity, date(2024, 2, 23)) == Fraction(5)
    assert surcharge_percent(law, annuity, date(2024, 7, 23)) == "lapsed"
    korean = found(deadlines(matter("KR", Event("registration", date(2020, 8, 21), ref="r")), law), "KR-REN", "4")
    with pytest.raises(Conflict):
        surcharge_percent(law, korean, date(2023, 10, 2))


def test_a_derivation_in_words(law):
    notice = Event("office_action_1", date(2025, 10, 14), "electronic", ref="a")
    steps = explain(found(deadlines(matter("CN", filed(), notice), law), "CN-OA1"), law)
    assert [(step.code, str(step.on)) for step in steps] == [
        ("event", "2025-10-14"), ("delivered", "2025-10-14"), ("add", "2026-02-14"), ("moved", "2026-02-24"), ("last", "2026-02-24"),
    ]  # fmt: skip
    assert steps[0].title == "First office action"
    assert steps[1].basis == ("CN-IR-2023#R4(7)", "CN-GL-2023#V-7")
    assert steps[2].title == "4 months, in one step"
    assert steps[3].sentence.startswith("The last day is a make-up working day of the weekend, which stays a day of rest here")


@pytest.mark.parametrize(
    ("office", "right", "events", "rule", "code"),
    [
        ("CN", "trade_mark", [Event("registration", date(2016, 3, 1), ref="r")], "CN-TM-RENEW", "open_makeup"),
        ("CN", "patent", [Event("office_action_1", date(2024, 1, 22), "electronic", ref="a")], "CN-OA1", "open"),
        ("EP", "patent", [Event("grant", date(2024, 5, 15), ref="g")], "EP-DIV", "never"),
    ],
)
def test_why_a_day_was_not_moved_is_a_step_before_the_last_day(law, office, right, events, rule, code):
    one = next(one for one in deadlines(MatterFacts(office, right, tuple(events)), law).deadlines if one.rule == rule)
    codes = [step.code for step in explain(one, law)]
    assert codes[codes.index("last") - 1] == code


def test_the_period_that_does_not_govern_is_told_too(law):
    events = (filed(date(2024, 1, 5)), Event("filing_receipt", date(2024, 2, 27), "post", ref="n"))
    (later,) = (step for step in explain(found(deadlines(matter("CN", *events), law), "CN-FILEFEE"), law) if step.code == "later")
    assert "The other runs from Filing to 2024-03-05." in later.sentence


def test_which_of_several_priorities_governs_is_told(law):
    events = tuple(Event("priority", day, ref=n) for n, day in enumerate((date(2023, 9, 5), date(2023, 5, 5))))
    gone = Event("priority_withdrawn", date(2025, 6, 2), of=date(2023, 5, 5), ref="w")
    both = explain(found(deadlines(matter("WO", *events), law), "WO-PRIODOC"), law)
    (earliest,) = (step for step in both if step.code == "earliest")
    assert (earliest.on, earliest.title) == (date(2023, 5, 5), "The earliest of 2 priorities")
    asked = replace(matter("WO", *events, gone), designated=("US",))
    (without,) = (step for step in explain(found(deadlines(asked, law), "WO-NAT", "US"), law) if step.code == "withdrawn")
    assert (without.on, "withdrawn on 2025-06-02" in without.sentence) == (date(2023, 9, 5), True)
    assert without.title == "Without the priority of 2023-05-05"


@pytest.mark.parametrize(("filed_on", "code", "said"), [(date(2023, 3, 12), "deferred", "Counted from 2023-02-28"), (date(2024, 2, 28), "not_deferred", "they end on 2025-09-28")])
def test_a_third_year_fee_says_whether_it_is_deferred(law, filed_on, code, said):
    events = (Event("priority", date(2023, 2, 28), ref="p"), Event("international_filing", filed_on, ref="f"))
    steps = explain(found(deadlines(matter("EP", *events), law), "EP-REN-EUROPCT", "3"), law)
    assert [said in step.sentence for step in steps if step.code.endswith("deferred")] == [True]
    assert code in [step.code for step in steps]


def test_a_late_period_from_month_end_to_month_end_says_so(law):
    fees = [one for one in deadlines(matter("FR", filed(date(2023, 2, 10))), law).deadlines if one.rule == "FR-REN"]
    (late,) = (step for step in explain(fees[0], law) if step.code == "grace_ultimo")
    assert (late.on, "last day of a month to the last day of a month" in late.sentence) == (date(2024, 8, 31), True)


def test_the_delivery_rule_named_is_the_one_applied(law):
    notice = Event("office_action_1", date(2023, 1, 2), "electronic", ref="a")
    steps = explain(found(deadlines(matter("CN", filed(), notice), law), "CN-OA1"), law)
    assert steps[1].basis == ("CN-15DAY-MQ", "CN-15DAY-TB")


def test_a_move_on_the_word_of_an_unverified_office_is_shown_as_unverified(law):
    british = found(deadlines(matter("GB", filed(date(2020, 11, 15)), granted()), law), "GB-REN", "5")
    steps = {step.code: step for step in explain(british, law)}
    assert law.rule("GB-REN").verified and steps["year"].verified
    assert not steps["moved"].verified and not steps["grace_moved"].verified and not steps["last"].verified
    assert steps["moved"].basis == steps["grace_moved"].basis
    assert steps["grace_moved"].basis[-1].startswith("calendar GB_UKIPO ")


def test_a_national_phase_is_moved_by_the_office_entered(law):
    facts = MatterFacts("WO", "patent", (Event("priority", date(2023, 3, 3), ref="p"),), designated=("DE",))
    moved = next(step for step in explain(found(deadlines(facts, law), "WO-NAT", "DE"), law) if step.code == "moved")
    assert moved.basis[-1].startswith("calendar DPMA ")


def test_the_law_of_another_day_can_be_asked(law):
    facts = matter("CN", filed(), Event("office_action_1", date(2023, 1, 2), "electronic", ref="a"))
    as_it_was, forced = deadlines(facts, law), deadlines(facts, law, law_as_of=date(2024, 1, 20))
    assert found(as_it_was, "CN-OA1").received - found(forced, "CN-OA1").received == 15
