"""Stored decisions: they survive JSON, are reckoned again to the same answer, and differ where something was changed."""

from __future__ import annotations

import json
from datetime import date
from fractions import Fraction

import pytest

from causeway.engines.distribution import Contributor, Receipt, compile_plan, distribute
from causeway.engines.packs.library import load_practice, shipped_practice
from causeway.engines.packs.sources import from_texts
from causeway.engines.practice import Book, Draft, Setting, explain, guide_values, load_draft, record, replay, steps_of
from causeway.engines.practice.record import receipt_from_json, receipt_to_json

PACKS = list(shipped_practice())
DRAFT = Draft("uni", "1", {"en": "Rule"}, ("guide-thu-five-one",), date(2024, 1, 1), "Minutes", (Setting("guide-thu-five-one/researchers_share", "60 %"),))
POLICY = load_draft(DRAFT)
BOOK = Book([POLICY], PACKS)
RECEIPT = Receipt(
    1_000_003, "CNY", {"direct": 5, "ip_upkeep": 7}, (Contributor("李", Fraction(2, 3), True, "物理"), Contributor("Wu", Fraction(1, 3))), 11, 13,
    {"Other": Fraction(1, 7)}, {"way": "licence", "exclusive": True, "paid_on": date(2024, 5, 5), "licence_years": Fraction(5)},
)  # fmt: skip
ON = date(2024, 6, 1)


def stored() -> dict:
    done = distribute(compile_plan(BOOK.on(ON), RECEIPT.facts, "CNY"), RECEIPT)
    return json.loads(json.dumps(record(BOOK, ON, RECEIPT, done)))


def test_a_receipt_survives_json():
    assert receipt_from_json(json.loads(json.dumps(receipt_to_json(RECEIPT)))) == RECEIPT


def test_the_same_packs_and_inputs_give_the_same_answer():
    assert replay(stored(), [*PACKS, POLICY]) == []


def test_a_decision_is_replayed_by_the_version_it_was_taken_under():
    later = load_practice([from_texts({**POLICY.texts, "pack.yaml": POLICY.texts["pack.yaml"].replace("version: '1'", "version: '2'")}, "uni")], PACKS)[0]
    assert replay(stored(), [*PACKS, POLICY, later]) == []
    assert [one.what for one in replay(stored(), [*PACKS, later])] == ["packs"]


@pytest.mark.parametrize(("key", "value"), [("net", 1), ("parts", {}), ("people", {"Wu": 1}), ("floor", None), ("rule", "another")])
def test_what_differs_is_named(key, value):
    changed = stored()
    changed["answer"][key] = value
    assert [one.what for one in replay(changed, [*PACKS, POLICY])] == [key]


def test_an_input_that_is_refused_now_is_a_difference():
    changed = stored()
    changed["on"] = "2014-01-01"
    assert "no_rule_in_force" in replay(changed, [*PACKS, POLICY])[0].now


def test_the_stored_trace_is_told_as_the_fresh_one():
    done = distribute(compile_plan(BOOK.on(ON), RECEIPT.facts, "CNY"), RECEIPT)
    for language in ("en", "zh-hans"):
        assert explain(steps_of(stored()), BOOK, language) == explain(done.trace, BOOK, language)


def test_the_guide_against_the_packs():
    listed = guide_values()
    assert ("3.1.2", "income_split") in {(one.case, one.rule) for one in listed}
    assert [one.case for one in listed] == sorted(one.case for one in listed)
    assert all(one.value.pack.startswith("guide-") for one in listed)
