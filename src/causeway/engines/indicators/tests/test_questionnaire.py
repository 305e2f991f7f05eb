"""Questionnaires: what is refused, what is asked when, what an answer may be."""

import copy
from fractions import Fraction as F

import pytest
from hypothesis import given
from hypothesis import strategies as st

from causeway.engines.indicators import shipped_catalogue
from causeway.engines.indicators.questionnaire import cells, decimal, gathered, judge, missing, plain, progress, read_form, settled, shown

CATALOGUE = shipped_catalogue()


def t(text):
    return {"en": text}


FORM = {
    "title": t("Benchmark"), "currency": "EUR", "year": 2025,
    "sections": [
        {"key": "office", "title": t("The office"), "questions": [
            {"key": "has_office", "kind": "choice", "text": t("Is there an office?"), "required": True, "options": [{"key": "yes", "text": {"en": "Yes", "zh-hans": "有"}}, {"key": "no", "text": t("No")}]},
            {"key": "staff", "kind": "number", "unit": "FTE", "text": t("Staff"), "least": "0", "when": "has_office == 'yes'", "required": True},
            {"key": "large", "kind": "text", "text": t("How is it led?"), "when": "staff > 20"},
        ]},
        {"key": "money", "title": t("Money"), "when": "has_office == 'yes'", "questions": [
            {"key": "budget", "kind": "money", "text": t("Budget")},
            {"key": "ways", "kind": "choice", "many": True, "text": t("Ways"), "options": [{"key": "licence", "text": t("Licence")}, {"key": "sale", "text": t("Sale")}]},
            {"key": "fees", "kind": "number", "unit": "percent", "text": t("Fee"), "when": "'sale' in ways"},
            {"key": "deals", "kind": "matrix", "text": t("Deals"), "whole": True, "rows": [{"key": "home", "text": t("Home")}, {"key": "abroad", "text": t("Abroad")}], "columns": [{"key": "y1", "text": t("2024")}, {"key": "y2", "text": t("2025")}]},
            {"key": "income", "kind": "indicator", "indicator": "IC01"}, {"key": "six", "kind": "indicator", "indicator": "LI06"}, {"key": "policy", "kind": "file", "text": t("The policy")},
        ]},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def form():
    made, troubles = read_form(FORM, CATALOGUE)
    assert troubles == [] and made is not None
    return made


def changed(path, value):
    made = copy.deepcopy(FORM)
    here = made
    for step in path[:-1]:
        here = here[step]
    here[path[-1]] = value
    return read_form(made, CATALOGUE)


@pytest.mark.parametrize(
    ("path", "value", "place", "code"),
    [
        (("year",), None, "", "year"), (("currency",), "euro", "", "currency"), (("sections",), [], "", "empty"),
        (("sections", 0, "questions", 1, "kind"), "slider", "office/staff", "kind"), (("sections", 0, "questions", 1, "unit"), "", "office/staff", "unit"),
        (("sections", 0, "questions", 1, "key"), "Staff!", "office/2", "key"), (("sections", 0, "questions", 1, "key"), "large", "large", "repeated"),
        (("sections", 0, "questions", 0, "options"), [], "office/has_office", "options"), (("sections", 1, "questions", 4, "indicator"), "ZZ99", "money/income", "indicator"),
        (("sections", 0, "questions", 2, "when"), "staff >", "office/large", "condition"), (("sections", 0, "questions", 2, "when"), "nobody > 1", "office/large", "condition"),
        (("sections", 0, "questions", 2, "when"), "staff + 1", "office/large", "condition"), (("sections", 1, "questions", 3, "rows"), [], "money/deals", "matrix"),
        (("sections", 0, "questions", 1, "text"), {}, "office/staff", "words"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(path, value, place, code):
    made, troubles = changed(path, value)
    assert made is None
    assert (place, code) in {(one.place, one.code) for one in troubles}


@pytest.mark.parametrize(("when", "ring"), [("large == 'x'", "staff → large → staff"), ("staff > 1", "staff → staff")])
def test_a_ring_of_conditions_is_refused_with_its_place(when, ring):
    made, troubles = changed(("sections", 0, "questions", 1, "when"), when)
    assert made is None and [one.code for one in troubles] == ["loop"] and troubles[0].place == "office/staff" and ring in troubles[0].message


def test_a_ring_through_a_section_is_found():
    _made, troubles = changed(("sections", 0, "questions", 0, "when"), "budget > 5")
    assert any(one.code == "loop" and one.place == "office/has_office" for one in troubles)


def test_conditions_open_and_close(form):
    assert shown(form, {}) == {"has_office"}
    open_ = shown(form, {"has_office": "yes", "staff": "21"})
    assert {"staff", "large", "budget", "deals"} <= open_ and "fees" not in open_
    assert "large" not in shown(form, {"has_office": "yes", "staff": "20"})
    assert "large" not in shown(form, {"has_office": "no", "staff": "21"})
    assert "fees" in shown(form, {"has_office": "yes", "ways": ["sale"]})


def test_progress_counts_what_is_asked(form):
    assert progress(form, {})["office"] == (0, 1, 1) and "money" not in progress(form, {})
    assert progress(form, {"has_office": "yes", "staff": "3"})["office"] == (2, 2, 0)
    assert [one.place for one in missing(form, {"has_office": "yes"})] == ["office/staff"]


def test_answers_to_what_is_not_asked_are_not_handed_in(form):
    assert settled(form, {"has_office": "no", "staff": "5", "budget": {"amount": "3"}}, CATALOGUE) == {"has_office": "no"}


@pytest.mark.parametrize(
    ("typed", "number"),
    [("1234.5", F("1234.5")), ("1 234,5", F("1234.5")), ("1,234.50", F("1234.5")), ("1.234,50", F("1234.5")), ("1.234.567", F(1234567)), ("1,234,567", F(1234567)), ("0,125", F(1, 8)),
     ("1,5", F(3, 2)), ("−3", F(-3)), ("+7", F(7)), ("1'234.5", F("1234.5")), ("12,345", None), ("abc", None), ("1.2.3", None), ("--1", None), ("1e9", None), ("", None), ("1,23,456.7", None), ("9" * 40, None)],
)  # fmt: skip
def test_numbers_as_people_type_them(typed, number):
    assert decimal(typed) == number


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12))
def test_a_number_written_is_read_again(number):
    assert decimal(plain(F(number))) == F(number)


@pytest.mark.parametrize(
    ("key", "value", "regular"),
    [
        ("staff", "12,5", "12.5"), ("staff", {"state": "unavailable"}, {"state": "unavailable"}), ("budget", "1 000", {"amount": "1000", "currency": "EUR", "year": 2025}),
        ("budget", {"amount": "5", "currency": "usd", "year": "2024"}, {"amount": "5", "currency": "USD", "year": 2024}), ("ways", ["sale", "licence"], ["licence", "sale"]),
        ("deals", {"home": {"y1": "3", "y2": ""}}, {"home": {"y1": "3"}}), ("income", {"parts": {"value": "10.5"}}, {"parts": {"value": "10.5"}, "currency": "EUR"}), ("staff", "", None),
        ("large", {"state": "unavailable"}, None),
    ],
)  # fmt: skip
def test_answers_are_made_regular(form, key, value, regular):
    assert judge(form, form.questions[key], value, CATALOGUE) == (regular, [])


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [("staff", "-1", "least"), ("staff", "many", "number"), ("has_office", "perhaps", "option"), ("has_office", ["yes", "no"], "one"), ("budget", {"amount": "5", "currency": "euros"}, "currency"),
     ("deals", {"home": {"y1": "1.5"}}, "whole"), ("income", {"parts": {"value": "-4"}}, "negative"), ("six", {"parts": {"count": "1.5"}}, "whole"), ("policy", "x", "file"), ("budget", {"amount": "1", "year": "soon"}, "year"),
     ("large", "x" * 30_000, "long")],
)  # fmt: skip
def test_answers_that_cannot_be(form, key, value, code):
    regular, troubles = judge(form, form.questions[key], value, CATALOGUE)
    assert regular is None and [one.code for one in troubles] == [code]


def test_a_form_filled_in_elsewhere_comes_back(form):
    paths = [cell.path for cell in cells(form, CATALOGUE)]
    assert len(paths) == len(set(paths)) and "policy" not in paths
    filled = {"has_office": "有", "staff": "21", "large": "By two", "budget": "5.5", "budget/currency": "USD", "ways/sale": "x", "fees": "n/a", "deals/home/y2": "4", "six/count": "3", "income/value": "7"}
    answers, problems = gathered(form, filled, CATALOGUE)
    assert problems == {}
    assert answers == {
        "has_office": "yes", "staff": "21", "large": "By two", "budget": {"amount": "5.5", "currency": "USD", "year": 2025}, "ways": ["sale"], "fees": {"state": "unavailable"},
        "deals": {"home": {"y2": "4"}}, "six": {"parts": {"count": "3"}, "currency": "EUR"}, "income": {"parts": {"value": "7"}, "currency": "EUR"},
    }  # fmt: skip


def test_the_mark_of_an_option_is_a_mark_and_no_is_none(form):
    assert gathered(form, {"ways/licence": "no", "ways/sale": "Yes"}, CATALOGUE) == ({"ways": ["sale"]}, {})
    assert gathered(form, {"ways/licence": "FALSE", "ways/sale": "0"}, CATALOGUE) == ({}, {})
    answers, problems = gathered(form, {"ways/licence": "perhaps", "ways/sale": "x"}, CATALOGUE)
    assert answers == {} and {path: one.code for path, one in problems.items()} == {"ways/licence": "mark"}


def test_each_bad_cell_has_its_problem(form):
    filled = {"has_office": "maybe", "staff": "x", "deals/home/y1": "1.5", "six/count": "-3", "budget": "1", "budget/currency": "pounds", "nowhere": "1"}
    answers, problems = gathered(form, filled, CATALOGUE)
    assert set(problems) == {"has_office", "staff", "deals/home/y1", "six/count", "budget/currency", "nowhere"} and answers == {}
