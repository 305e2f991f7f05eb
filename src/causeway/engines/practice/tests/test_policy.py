"""A policy in the making: what an editor shows, what a draft becomes, and what is wrong with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from causeway.engines.distribution import Receipt, compile_plan, distribute
from causeway.engines.packs import PackFaults
from causeway.engines.packs.library import load_practice, shipped_practice
from causeway.engines.packs.sources import from_texts
from causeway.engines.practice import Book, Draft, Setting, check_draft, check_text, draft_texts, fields, load_draft

PACKS = {pack.id: pack for pack in shipped_practice()}
BOOK = Book([PACKS["guide-thu-five-one"]], PACKS.values())
SHARE = "guide-thu-five-one/researchers_share"
DRAFT = Draft("uni", "2026.1", {"en": "Rule: of \"us\", 'all'"}, ("guide-thu-five-one",), date(2026, 1, 1), "Minutes 4: § 2", (Setting(SHARE, "60 %"),))


def shown(key: str, book: Book = BOOK, day: date = date(2024, 6, 1)):
    return next(field for field in fields(book, day) if field.key == key)


def test_a_value_stands_with_its_floor_source_and_state():
    field = shown(SHARE)
    assert (field.text, field.shown, field.unit, field.least, field.locked, field.asks) == ("70 %", "70 %", "share", "50 %", "", False)
    assert "art. 45(1)" in field.least_law and "3.1.2" in field.sources[0] and field.guide == "3.1.2/income_split/researchers"


def test_what_is_reckoned_or_law_is_locked_and_what_is_open_is_not():
    assert shown("guide-thu-five-one/university_share").locked.startswith("reckoned")
    assert shown("law-cn-transfer/cn_income_least").locked == "law"
    open_one = shown("law-cn-transfer/cn_vat_exempt", day=date(2026, 6, 1))
    assert (open_one.locked, open_one.asks, open_one.text) == ("", True, "") and open_one.problem
    assert shown("guide-thu-five-one/thu_notice_days").low == "15"


@pytest.mark.parametrize("text", ["60 %", "0.6", "3/5", "50 %", "85 %"])
def test_a_lawful_draft_has_no_fault(text):
    assert check_draft(replace(DRAFT, settings=(Setting(SHARE, text),))) == []


@pytest.mark.parametrize(
    ("chosen", "code"),
    [
        ((Setting(SHARE, "49.99 %"),), "below-floor"),
        ((Setting(SHARE, "86 %"),), "value"),  # what is left for the university would be negative
        ((Setting(SHARE, "160 %"),), "share-range"),
        ((Setting(SHARE, "much"),), "value"),
        ((Setting(SHARE, "60 %"), Setting(SHARE, "61 %")), "overlap"),
        ((Setting("guide-thu-five-one/nobody", "1"),), "no-such-value"),
        ((Setting("law-cn-transfer/cn_income_least", "40 %"),), "law-overlaid"),
        ((Setting("guide-thu-five-one/thu_notice_days", "14"),), "bounds"),
        ((Setting(SHARE, "60 %", date(2014, 1, 1)),), "before-law"),
    ],
)
def test_an_unlawful_draft_is_told_why(chosen, code):
    draft = replace(DRAFT, settings=chosen)
    assert code in [fault.code for fault in check_draft(draft)]
    with pytest.raises(PackFaults):
        load_draft(draft)


def test_a_draft_before_its_law_is_refused():
    assert "before-law" in [fault.code for fault in check_draft(replace(DRAFT, since=date(2015, 9, 30), settings=()))]


def test_a_draft_is_a_pack_and_the_same_draft_the_same_pack():
    pack = load_draft(DRAFT)
    assert pack.digest == load_draft(DRAFT).digest == from_texts(draft_texts(DRAFT)).digest
    assert pack.digest != load_draft(replace(DRAFT, settings=(Setting(SHARE, "61 %"),))).digest
    again = load_practice([from_texts(pack.texts, "elsewhere")])[0]
    assert (again.digest, again.title, again.sources["DECISION"]["title"]) == (pack.digest, pack.title, "Minutes 4: § 2")


def test_the_text_of_a_draft_is_for_people():
    assert draft_texts(DRAFT)["overlays/values.yaml"] == (
        "- set: 'guide-thu-five-one/researchers_share'\n  from: '2026-01-01'\n  value: '60 %'\n  status: verified\n  basis:\n  - 'DECISION'\n"
    )


def test_an_edited_pack_no_longer_has_the_hash_that_was_adopted():
    pack = load_draft(DRAFT)
    edited = {**pack.texts, "overlays/values.yaml": pack.texts["overlays/values.yaml"].replace("60 %", "65 %")}
    assert from_texts(edited).digest != pack.digest


def test_a_draft_governs_from_its_day():
    book = Book([load_draft(DRAFT)], PACKS.values())
    for day, amount in (("2025-12-31", 700), ("2026-01-01", 600)):
        assert distribute(compile_plan(book.on(day), None, "CNY"), Receipt(1000, "CNY")).parts["inventors"] == amount
    field = shown(SHARE, book, date(2026, 1, 1))
    assert (field.text, field.set_by, field.sources) == ("60 %", "uni", ("Minutes 4: § 2",))


def test_a_policy_ends_with_the_days_it_speaks_for():
    book = Book([load_draft(replace(DRAFT, until=date(2027, 12, 31)))], PACKS.values())
    assert [shown(SHARE, book, day).text for day in (date(2025, 12, 31), date(2027, 12, 31), date(2028, 1, 1))] == ["70 %", "60 %", "70 %"]


def test_lists_and_answers_to_questions():
    draft = replace(DRAFT, settings=(Setting("guide-thu-five-one/thu_notice_days", "20"), Setting("guide-thu-five-one/thu_annual_figures", ["a", "b: c"])))
    book = Book([load_draft(draft)], PACKS.values())
    assert shown("guide-thu-five-one/thu_annual_figures", book, date(2026, 1, 1)).text == "a\nb: c"
    assert shown("guide-thu-five-one/thu_notice_days", book, date(2026, 1, 1)).shown == "20 days"


def test_a_faculty_may_go_beyond_its_university_and_not_below_the_law():
    university = load_draft(DRAFT)
    library = [*PACKS.values(), university]
    faculty = Draft("physics", "1", {"en": "Physics"}, ("uni",), date(2027, 1, 1), "Board", (Setting(SHARE, "75 %"),), kind="faculty")
    assert check_draft(faculty, library) == []
    low = replace(faculty, settings=(Setting(SHARE, "45 %"),))
    assert [fault.code for fault in check_draft(low, library)] == ["below-floor"]
    book = Book([load_draft(faculty, library)], library)
    assert shown(SHARE, book, date(2027, 1, 1)).text == "75 %"


@pytest.mark.parametrize(("text", "said"), [("60 %", ""), ("6o %", "'6o %' is not a share"), ("", "is not a share"), ("120 %", "not between"), ("1e9", "is not a share")])
def test_one_field_as_it_is_typed(text, said):
    found = check_text(BOOK.values[SHARE], text)
    assert (found == "") if said == "" else (said in found)


def test_bounds_of_one_field():
    assert check_text(BOOK.values["guide-thu-five-one/thu_notice_days"], "14") == "At least 15 days."
