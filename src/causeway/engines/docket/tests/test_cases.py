"""Every worked case of the packs, and the reference cases beside the project where they are."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from causeway.engines.docket.check import CaseFault, read_cases, run_case
from causeway.engines.packs import shipped_packs

ROOT = Path(__file__).resolve().parents[5]
SHARED = Path(os.environ.get("CAUSEWAY_SHARED", ROOT.parent / "shared"))
FILES = sorted(file for folder in shipped_packs() for file in folder.glob("cases/*.yaml"))


def complaints(file: Path, law) -> list[str]:
    results = [run_case(case, law, file.name) for case in read_cases(file.read_text(encoding="utf-8"), file.name)]
    assert results
    return [f"{result.id}: expected {result.expect}, got {result.got} {result.refused or ''}" for result in results if not result.ok]


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.parent.name}/{file.stem}")
def test_worked_cases(file, law):
    assert complaints(file, law) == []


def test_every_pack_with_rules_has_worked_cases():
    without = [folder.name for folder in shipped_packs() if (folder / "rules").is_dir() and not list(folder.glob("cases/*.yaml"))]
    assert without == []


@pytest.mark.shared
def test_reference_cases(law):
    file = SHARED / "reference/law/docket_cases.yaml"
    if not file.is_file():
        pytest.skip(f"{file} is not there")
    assert complaints(file, law) == []


ASKED = "- {{id: A, office: {office}, right: {right}, rule: {rule}, events: {events}, expect: {{due: '2024-01-01'}}}}"


@pytest.mark.parametrize(
    ("office", "right", "rule", "events", "reason"),
    [
        ("CN", "patent", "CN-NOTHING", "{filing: '2024-01-01'}", "no rule CN-NOTHING"),
        ("ZZ", "patent", "CN-EXAM", "{filing: '2024-01-01'}", "no office ZZ"),
        ("CN", "patent", "CN-OA1", "{filing: '2024-01-01'}", "no event to count from"),
        ("CN", "patent", "CN-SECRECY", "{filing: '2024-01-01'}", "not a date"),
        ("EP", "patent", "EP-REN", "{filing: '2024-01-01'}", "no event|knows no fee|no fee"),
        ("GB", "patent", "GB-COMPLY", "{office_action_1: {'on': '2024-01-01', by: post}}", "record the day it was received"),
    ],
)
def test_what_cannot_be_dated_is_refused(law, office, right, rule, events, reason):
    case = read_cases(ASKED.format(office=office, right=right, rule=rule, events=events), "x.yaml")[0]
    if rule == "EP-REN":
        case["year"] = "2"
    result = run_case(case, law)
    assert not result.ok
    assert result.refused is not None
    assert any(part in result.refused for part in reason.split("|"))


@pytest.mark.parametrize(
    "expect", ["{refused: true}", "{refused: no_rule_in_force}", "refused", "{due: refused}", "{due: none}"]
)
def test_a_case_may_expect_a_refusal_in_any_of_these_words(law, expect):
    text = f"- {{id: A, office: CN, rule: CN-PRIO-ADD, events: {{priority: '2019-01-01', filing: '2019-06-01'}}, expect: {expect}}}"
    assert run_case(read_cases(text, "x.yaml")[0], law).ok
    known = text.replace("CN-PRIO-ADD", "CN-EXAM")
    assert not run_case(read_cases(known, "x.yaml")[0], law).ok


def test_a_fee_asked_for_without_its_year_says_what_is_missing(law):
    case = read_cases("- {id: A, office: CN, right: patent, rule: CN-ANNUITY, events: {filing: '2020-01-22'}, expect: {due: '2024-01-22'}}", "x.yaml")[0]
    assert "depends on the year" in run_case(case, law).refused


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("- {id: A, rule: CN-EXAM, given: {filing: '2024-01-01'}}", "has no key given. Did you mean events?"),
        ("- {id: A, office: CN}", "x.yaml:1: a case needs rule"),
        ("- {id: A, office: CN, rule: CN-EXAM, colour: red}", "x.yaml:1: a case has no key colour"),
        ("- id: A\n  office: CN\n  rule: CN-EXAM\n  events:\n    filing: '2024-02-30'\n", "x.yaml:5: filing"),
        ("- {id: A, office: CN, rule: CN-OA1, events: {office_action_1: {'on': '2024-01-01', by: pigeon}}}", "pigeon"),
        ("just words", "must be a list"),
        ("- {id: A, id: B, office: CN, rule: CN-EXAM}", "repeated-key"),
    ],
)
def test_a_malformed_case_says_where(law, text, place):
    with pytest.raises(CaseFault) as raised:
        for case in read_cases(text, "x.yaml"):
            run_case(case, law, "x.yaml")
    assert place in str(raised.value)
