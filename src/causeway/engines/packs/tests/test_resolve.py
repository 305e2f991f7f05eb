"""What holds on a day: layers, overlays, exceptions, repeals, conflicts and gaps."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from causeway.engines.kernel import Conflict, NoRuleInForce, Ungoverned
from causeway.engines.packs.diff import diff_packs
from causeway.engines.packs.library import load_practice
from causeway.engines.packs.resolve import Book
from causeway.engines.packs.sources import from_texts
from causeway.engines.packs.tests.practice_example import GUIDE, POLICY, pack_texts
from causeway.engines.packs.units import ValueFault, decimal_text, read_value, show_value

PACKS = {pack.id: pack for pack in load_practice(pack_texts(), ())}


def book(*names: str) -> Book:
    return Book([PACKS[name] for name in names], PACKS.values())


def test_a_value_is_that_of_its_day():
    law = book("law-yy")
    assert law.on("2019-12-31").value("law-yy/least").content == Fraction(2, 5)
    assert law.on("2020-01-01").value("law-yy/least").content == Fraction(1, 2)
    assert isinstance(law.on("2009-12-31").value("law-yy/least").content, NoRuleInForce)


def test_a_policy_sets_a_value_of_the_guide_from_its_day_and_formulas_follow():
    own = book("policy-yy")
    before, after = own.on("2020-12-31"), own.on("2021-01-01")
    assert (before.value("guide-yy/people").content, before.value("guide-yy/house").content) == (Fraction(3, 5), Fraction(2, 5))
    assert (after.value("guide-yy/people").content, after.value("guide-yy/house").content) == (Fraction(11, 20), Fraction(9, 20))
    assert after.value("guide-yy/people").by.ground.pack == "policy-yy"
    assert before.value("guide-yy/people").by is None


def test_the_highest_layer_governs_and_the_law_where_there_is_none():
    facts = {"way": "licence"}
    assert book("law-yy").on("2022-01-01").chosen("distribution", facts).rule.key == "law-yy/default"
    assert book("guide-yy").on("2022-01-01").chosen("distribution", facts).rule.key == "guide-yy/split"
    assert book("guide-yy").on("2011-12-31").chosen("distribution", facts).rule.key == "law-yy/default"


def test_an_exception_puts_another_rule_in_its_place_only_where_it_holds():
    held = book("policy-yy").on("2022-01-01")
    assert held.chosen("distribution", {"way": "own_use"}).rule.key == "policy-yy/own"
    assert held.chosen("distribution", {"way": "licence"}).rule.key == "guide-yy/split"
    assert held.chosen("distribution", {"way": "service"}).rule.key == "guide-yy/half"


def test_a_fact_that_a_condition_needs_is_asked_for():
    with pytest.raises(Ungoverned, match="way"):
        book("guide-yy").on("2022-01-01").chosen("distribution", {})


def test_no_rule_is_a_refusal_with_the_day():
    with pytest.raises(NoRuleInForce, match="2009-12-31"):
        book("law-yy").on("2009-12-31").chosen("distribution")
    with pytest.raises(NoRuleInForce, match="royalty"):
        book("law-yy").on("2022-01-01").chosen("royalty")


def twin(name: str, **changed: str):
    texts = {key: text.replace("policy-yy", name) for key, text in POLICY.items()}
    return load_practice([from_texts({**texts, **changed}, name)], PACKS.values())[0]


def test_two_policies_for_one_day_are_a_conflict():
    other = twin("policy-zz", **{"overlays/values.yaml": POLICY["overlays/values.yaml"].replace("55 %", "56 %")})
    both = Book([PACKS["policy-yy"], other], PACKS.values())
    assert isinstance(both.on("2022-01-01").value("guide-yy/people").content, Conflict)
    assert both.on("2020-12-31").value("guide-yy/people").content == Fraction(3, 5)
    with pytest.raises(Conflict):
        both.on("2022-01-01").chosen("distribution", {"way": "own_use"})


def test_two_policies_that_say_the_same_do_not_quarrel_over_the_value():
    other = twin("policy-zz")
    assert Book([PACKS["policy-yy"], other], PACKS.values()).on("2022-01-01").value("guide-yy/people").content == Fraction(11, 20)


def test_a_faculty_goes_over_the_policy():
    texts = {
        "pack.yaml": "id: faculty-yy\nversion: '1'\nkind: faculty\nsubject: practice\ntitle: {en: F}\nextends: [policy-yy]\nspeaks: {from: '2022-01-01'}\n",
        "sources.yaml": "F: {title: Faculty, where: here, level: A}\n",
        "CHANGELOG.md": "# Changes\n",
        "overlays/a.yaml": "- {set: guide-yy/people, from: '2022-01-01', value: 70 %, status: verified, basis: [F]}\n",
    }
    faculty = load_practice([from_texts(texts, "faculty-yy")], PACKS.values())[0]
    over = Book([faculty], PACKS.values())
    assert [over.on(day).value("guide-yy/people").content for day in ("2020-06-01", "2021-06-01", "2022-06-01")] == [
        Fraction(3, 5), Fraction(11, 20), Fraction(7, 10),
    ]  # fmt: skip


def test_a_repealed_rule_is_refused_with_who_repealed_it():
    text = "- {repeal: guide-yy/split, from: '2023-01-01', status: verified, basis: [MINUTES#1]}\n- {repeal: guide-yy/half, from: '2023-01-01', status: verified, basis: [MINUTES#1]}\n"
    texts = {key: value for key, value in POLICY.items() if not key.startswith("rules")}
    pack = load_practice([from_texts({**texts, "overlays/values.yaml": text}, "policy-yy")], [PACKS["law-yy"], PACKS["guide-yy"]])[0]
    over = Book([pack], PACKS.values())
    assert over.on("2022-12-31").chosen("distribution", {"way": "licence"}).rule.key == "guide-yy/split"
    assert over.on("2023-01-01").chosen("distribution", {"way": "licence"}).rule.key == "law-yy/default"


def test_what_holds_is_the_same_between_changes():
    own = book("policy-yy")
    assert own.on("2021-01-01") is own.on(date(2024, 5, 5))
    assert own.on("2020-12-31") is not own.on("2021-01-01")


def test_the_order_of_packs_does_not_matter():
    one = Book([PACKS["law-yy"], PACKS["guide-yy"], PACKS["policy-yy"]])
    other = Book([PACKS["policy-yy"], PACKS["guide-yy"], PACKS["law-yy"]])
    assert one.digest == other.digest
    for day in ("2011-01-01", "2015-01-01", "2022-01-01"):
        for key in one.values:
            assert str(one.on(day).value(key).content) == str(other.on(day).value(key).content)


def test_what_if_changes_one_value_and_nothing_else():
    asked = book("guide-yy").with_values({"guide-yy/people": "80 %"})
    held = asked.on("2022-01-01")
    assert (held.value("guide-yy/people").content, held.value("guide-yy/house").content) == (Fraction(4, 5), Fraction(1, 5))
    assert asked.digest != book("guide-yy").digest
    with pytest.raises(ValueFault):
        book("guide-yy").with_values({"guide-yy/people": "180 %"})
    with pytest.raises(NoRuleInForce):
        book("guide-yy").with_values({"guide-yy/nobody": "1"})


def test_a_law_says_what_the_university_must_give():
    text = GUIDE["values/shares.yaml"].replace("value: 60 %", "asks: 'true'")
    asks = load_practice([from_texts({**GUIDE, "values/shares.yaml": text}, "guide-yy")], [PACKS["law-yy"]])[0]
    held = Book([asks], PACKS.values()).on("2022-01-01")
    assert isinstance(held.value("guide-yy/people").content, Ungoverned)
    with pytest.raises(Ungoverned, match="Share of people"):
        held.chosen("distribution", {"way": "licence"}).read(held.chosen("distribution", {"way": "licence"}).rule.fields["parts"]["inventors"])


def test_titles_come_from_translations():
    guide = book("guide-yy")
    assert guide.title(guide.values["guide-yy/people"], "zh-hans") == "个人份额"
    assert guide.title(guide.values["guide-yy/people"], "nl") == "Share of people"


def test_diff_names_what_changed():
    text = GUIDE["values/shares.yaml"].replace("60 %", "65 %")
    after = load_practice([from_texts({**GUIDE, "values/shares.yaml": text}, "guide-yy")], [PACKS["law-yy"]])[0]
    assert diff_packs(PACKS["guide-yy"], PACKS["guide-yy"]) == []
    assert diff_packs(PACKS["guide-yy"], after) == ["~ value people: 60 % [BOOK#1] since 2012-01-01 -> 65 % [BOOK#1] since 2012-01-01"]


@pytest.mark.parametrize(
    ("unit", "text", "shown"),
    [("share", "1/3", "100/3 %"), ("share", "70 %", "70 %"), ("rate", "12.5 %", "12.5 %"), ("count", "3", "3"), ("months", "36", "36 months"), ("flag", "yes", "yes")],
)  # fmt: skip
def test_values_are_read_exactly_and_shown(unit, text, shown):
    assert show_value(unit, read_value(unit, text)) == shown


@pytest.mark.parametrize(("value", "text"), [(Fraction(1, 8), "0.125"), (Fraction(-5, 2), "-2.5"), (Fraction(10, 3), "10/3"), (Fraction(7), "7"), (Fraction(1, 1000), "0.001")])
def test_decimals_are_exact(value, text):
    assert decimal_text(value) == text
