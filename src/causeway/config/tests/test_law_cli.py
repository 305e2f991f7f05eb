"""`causeway law` from the outside: what it prints and what it returns."""

from __future__ import annotations

import json

import pytest

from causeway.config.law_cli import main

GOOD = "- {id: A, office: CN, right: patent, rule: CN-EXAM, events: {filing: '1998-06-01'}, expect: {due: '2001-06-01'}}\n"
WRONG = "- {id: B, office: CN, right: patent, rule: CN-EXAM, events: {filing: '1998-06-01'}, expect: {due: '2001-06-02'}}\n"
REFUSED = "- {id: C, office: WO, right: patent, rule: WO-NAT, events: {priority: '2023-08-31'}, designated: NL, expect: {due: '2026-03-31'}}\n"


@pytest.fixture
def case(tmp_path):
    def write(text: str) -> str:
        file = tmp_path / "cases.yaml"
        file.write_text(text, encoding="utf-8")
        return str(file)

    return write


def test_check_says_ok(case, capsys):
    assert main(["check", case(GOOD)]) == 0
    assert capsys.readouterr().out == "ok A\n1 of 1 ok\n"


def test_check_shows_both_values_of_a_failure_and_the_reason_of_a_refusal(case, capsys):
    assert main(["check", case(GOOD + WRONG + REFUSED)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == "FAIL B due: expected 2001-06-02, got 2001-06-01"
    assert lines[2].startswith("REFUSED C NL: there is no national route")


def test_check_as_json_carries_the_derivation(case, capsys):
    assert main(["check", "--json", case(GOOD + REFUSED)]) == 1
    first, second = json.loads(capsys.readouterr().out)
    assert (first["id"], first["ok"], first["got"]["due"], first["refused"]) == ("A", True, "2001-06-01", None)
    assert [step["on"] for step in first["trace"]][0] == "1998-06-01"
    assert {step["on"] for step in first["trace"][1:]} == {"2001-06-01"}
    assert (second["ok"], second["got"]) == (False, {"refused": "no_rule_in_force"})


@pytest.mark.parametrize(
    "text",
    [
        "- {id: A}",
        "- {id: A",
        "- {id: A, office: CN, rule: CN-EXAM, events: {filing: yesterday}}",
        "- {id: A, office: CN, rule: CN-EXAM, events: [1]}",
        "- {id: A, office: CN, rule: CN-PTA, events: {grant: '2024-02-01'}, expect: {extended: {one: x}}}",
    ],
)
def test_a_malformed_file_is_named_with_its_line(case, capsys, text):
    assert main(["check", case(text)]) == 2
    assert "cases.yaml:" in capsys.readouterr().err


def test_a_missing_file_is_said(capsys):
    assert main(["check", "/nowhere/cases.yaml"]) == 2
    assert "nowhere" in capsys.readouterr().err


def test_explain_takes_a_case_or_bare_events(case, capsys):
    assert main(["explain", "CN-EXAM", "--given", case("events: {filing: '2024-05-01', priority: '2023-10-01'}\n")]) == 0
    out = capsys.readouterr().out
    assert "Thu 08 Oct 2026" in out
    assert "Implementing Regulations" in out


def test_explain_in_chinese(case, capsys):
    assert main(["explain", "CN-EXAM", "--given", case(GOOD), "--language", "zh-hans"]) == 0
    assert "请求实质审查并缴费" in capsys.readouterr().out


def test_list_and_show(capsys):
    assert main(["list"]) == 0
    assert "CN-EXAM" in capsys.readouterr().out
    assert main(["show", "EP-REN"]) == 0
    assert "Case Law of the Boards" in capsys.readouterr().out
    assert main(["show", "XX-1"]) == 1


def test_lint_of_the_shipped_packs(capsys):
    assert main(["lint"]) == 0
    assert capsys.readouterr().out == "0 faults\n"
