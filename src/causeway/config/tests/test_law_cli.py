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


@pytest.mark.parametrize("text", ["- {id: A", "just words", "- &a {id: A}"])
def test_a_file_that_is_no_list_of_cases_is_named_with_its_line(case, capsys, text):
    assert main(["check", case(text)]) == 2
    assert "cases.yaml:" in capsys.readouterr().err


MALFORMED = [
    ("- {id: M}", "a case needs rule"),
    ("- {id: M, office: CN, rule: CN-EXAM, colour: red}", "a case has no key colour"),
    ("- {id: M, office: CN, rule: CN-EXAM, events: {filing: yesterday}}", "'yesterday' is not a date"),
    ("- {id: M, office: CN, rule: CN-EXAM, events: {filling: '2024-01-02'}}", "filling is not an event. Did you mean filing?"),
    ("- {id: M, office: CN, rule: CN-EXAM, events: {filing: ''}}", "filing has no date"),
    ("- {id: M, office: CN, rule: CN-EXAM, events: [1]}", "events must be a mapping"),
    ("- {id: M, office: CN, rule: CN-OA1, events: {office_action_1: {by: post}}}", "does not say on which day"),
    ("- {id: M, office: CN, rule: CN-OA1, events: {office_action_1: {'on': '2024-01-02', by: pigeon}}}", "must be one of electronic"),
    ("- {id: M, office: CN, rule: CN-PTA, events: {grant: '2024-02-01'}, expect: {extended: {one: x}}}", "'one' is no number of months"),
    ("- {id: M, office: CN, rule: CN-PTA, events: {grant: '2024-02-01'}, expect: {do: '2024-05-01'}}", "nothing is called do in expect"),
    ("- {id: M, office: JP, rule: JP-REN, events: {registration: '2020-02-03'}, year: 4, facts: {claims: ten}}", "'ten' is not a whole number"),
    ("- {id: M, office: US, rule: US-MAINT, events: {grant: '2020-02-04'}, stage: '3.5', entity: huge}", "'huge' is not one of large"),
    ("- {id: M, office: WO, rule: WO-PUB, events: {priority: ['2020-02-03', '2020-03-03'], priority_withdrawn: '2021-01-04'}}", "of which of the priorities"),
    ("- {id: M, id: N, office: CN, rule: CN-EXAM}", "stands here twice"),
    ("- just words", "a case must be a mapping"),
    ("- {id: M, office: CN, rule: CN-OA1, events: {office_action_1: {'on': '2024-01-02', by: post, recieved: '2024-01-05'}}}", "cannot say recieved. Did you mean received?"),
    ("- {id: M, office: CN, rule: CN-OA1, events: {office_action_1: {'on': '2024-01-02', by: post, received: '2024-01-01'}}}", "before it was sent"),
    ("- {id: M, office: CN, right: plant_variety, rule: TERM, events: {grant: '2020-01-02'}, facts: {woody: perhaps}}", "woody: 'perhaps' is not yes or no"),
    ("- {id: M, office: EP, rule: EP-REN, events: {filing: '2020-01-02'}, year: third}", "year: 'third' is not a number"),
    ("- {id: M, office: EP, rule: EP-REN, events: {filing: '2020-01-02'}, year: ³}", "year: '³' is not a number"),
    ("- {id: M, office: JP, rule: JP-REN, events: {registration: '2020-02-03'}, year: 4, facts: {claims: ²}}", "'²' is not a whole number"),
    ("- {id: M, office: WO, rule: WO-NAT, events: {priority: '2020-01-02'}, designated: {CN: US}}", "designated must be one word or a list of them"),
    ("- {id: M, office: CN, rule: CN-EXAN, events: {filing: '2020-01-02'}}", "There is no rule CN-EXAN in the packs. Did you mean CN-EXAM?"),
]


@pytest.mark.parametrize(("text", "why"), MALFORMED)
def test_a_malformed_case_is_refused_with_its_line_and_stops_no_other(case, capsys, text, why):
    assert main(["check", "--json", case(GOOD + text + "\n" + GOOD)]) == 1
    first, bad, last = json.loads(capsys.readouterr().out)
    assert (first["ok"], bad["ok"], last["ok"]) == (True, False, True)
    assert bad["refused"].startswith("cases.yaml:2: ")
    assert why in bad["refused"]


def test_a_fact_that_no_rule_asks_for_is_noted_and_changes_nothing(case, capsys):
    assert main(["check", case(GOOD.replace("expect:", "facts: {clams: 3}, expect:"))]) == 0
    assert "note: cases.yaml:1: no rule asks for the fact clams. Did you mean claims?" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("{id: N, rule: CN-PVP-NOV, right: plant_variety, events: {first_sale: '2020-01-02'}, facts: {sold: overseas}}", "no rule knows sold: overseas. They know abroad."),
        ("{id: N, rule: CN-EXAM, events: {filing: '2020-01-02', grant: '2019-01-02'}}", "grant of 2019-01-02 lies before filing of 2020-01-02."),
        ("{id: N, rule: CN-EXAM, events: {filing: '2020-01-02', priority: '2020-01-03'}}", "filing of 2020-01-02 lies before priority of 2020-01-03."),
    ],
)
def test_what_is_probably_a_slip_is_noted_with_its_place_beside_the_json_too(case, capsys, text, note):
    assert main(["check", "--json", case(f"- {text}\n")]) == 0
    told = capsys.readouterr()
    assert json.loads(told.out)[0]["ok"]
    assert told.err == f"N: cases.yaml:1: {note}\n"


SPELT = [
    "{office: NL, right: patent, rule: NL-REN, year: 4, events: {filing: '2022-09-01'}, facts: {parent_filing: '2020-02-11'}, expect: {nominal: '2023-02-28'}}",
    "{office: EP, rule: EP-OA, events: {office_action: {date: '2024-01-10', medium: mail, received_on: '2024-01-20'}}, expect: {received: '2024-01-10', due: '2024-05-13'}}",
    "{office: epo, right: invention (divisional), rule: ep-ren-div, events: {filing: {on: '2024-02-02'}}, expect: {nominal: '2024-06-02', refused: false}}",
    "{office: EM, right: trademark, rule: EM-MAD-DEP, events: {international registration: '2019-09-06'}, expect: {nominal: '2024-09-06'}}",
    "{office: CN, right: invention, rule: CN-OA1, events: {first-office-action: {'on': '2024-01-02', by: paper by post}}, expect: {received: '2024-01-17'}}",
    "{office: WO, right: PCT, rule: WO-NAT, events: {priority: ['2023-08-31']}, designated: [USPTO], expect: {due: '2026-03-02', provisional: false}}",
    "{office: US, right: patent, rule: US-MAINT, events: {issue: '2014-01-21'}, stage: 11.5, entity: Micro Entity, expect: {amount: 1656, currency: USD}}",
    "{office: EP, right: patent, rule: EP-REN, events: {filing: '2023-08-15'}, year: 3, expect: {surcharge_percent: {'2025-09-02': 50.0, '2026-03-03': lapsed}}}",
    "{office: WO, right: patent, rule: WO-NAT, events: {priority: '2023-08-31'}, designated: FR, expect: {refused: no national route}}",
    "{office: GB, right: patent, rule: GB-REN, events: {filing: '2021-04-10'}, year: 6, expect: {due: '2026-04-30', amount: none}}",
    "{office: CN, right: plant variety, rule: TERM, events: {grant: '2025-06-01'}, facts: {woody: yes}, expect: {term_ends: '2050-05-31'}}",
    "{office: CN, right: plant variety, rule: CN-PVP-NOV, events: {first_sale: '2020-05-31'}, facts: {sold: abroad, woody: yes}, expect: {nominal: '2026-05-31'}}",
    "{office: CN, rule: CN-OA1, events: {office_action_1: {on: 2024-01-02, by: hand, received: 2024-01-05}}, expect: {received: 2024-01-05, due: 2024-05-06}}",
    "{office: EM, rule: EM-TM-APPEAL, right: mark, events: {rejection: '2023-01-02', refusal: {on: '2024-01-02', by: post}}, expect: {refused: record the day it was received}}",
]


@pytest.mark.parametrize("text", SPELT)
def test_people_spell_as_the_facts_do(case, capsys, text):
    code = main(["check", case(f"- {text}\n")])
    assert (code, capsys.readouterr().out.splitlines()[-1]) == (0, "1 of 1 ok")


def test_a_rule_of_another_office_is_refused(case, capsys):
    assert main(["check", case(GOOD.replace("office: CN", "office: DE"))]) == 1
    assert "CN-EXAM is a rule of CN, not of DE" in capsys.readouterr().out


def test_a_value_that_is_refused_hides_no_other(case, capsys):
    text = "- {id: G, office: GB, right: patent, rule: GB-REN, events: {filing: '2021-04-10'}, year: 6, expect: {due: '2026-04-30', amount: '90.00'}}\n"
    assert main(["check", "--json", case(text)]) == 1
    (found,) = json.loads(capsys.readouterr().out)
    assert found["got"]["due"] == "2026-04-30"
    assert "no figure" in found["refused"]


EXPLAINED = [
    ("DE-REN", "{year: 4, events: {filing: '2022-01-12'}}", ["Falls due             Fri 31 Jan 2025", "Last day              Mon 31 Mar 2025\n", "Surcharge             50 EUR"]),
    ("CN-ANNUITY", "{year: 5, events: {filing: '2020-01-22', grant: '2022-05-10'}}", ["to Thu 22 Feb 2024: 0 % of the full fee", "to Mon 22 Jul 2024: 25 % of the full fee"]),
    ("ES-REN", "{year: 5, events: {filing: '2020-03-10', grant: '2022-05-04'}}", [", unverified.", "Surcharge             the sources disagree"]),
    ("CN-PTE", "{events: {filing: '2010-03-15', marketing_approval: '2018-09-20'}}", ["921; the term would then end on Mon 20 Sep 2032", "limits are counted is open"]),
    (
        "CN-PTA",
        "{events: {filing: '2018-03-01', examination_request: '2019-03-01', publication: '2019-09-01', grant: '2024-09-03'}, facts: {applicant_delay_days: 15}}",
        ["718; the term would then end on Thu 16 Feb 2040", "four years after filing (2022-03-01)", "publication (2022-09-01), to grant", "733 days", "less 15 days of reasonable delay"],
    ),
    ("GB-REN", "{year: 5, events: {filing: '2018-07-15', grant: '2023-02-10'}}", ["to Fri 30 Jun 2023: 0 % of the full fee", "to Thu 30 Nov 2023: GBP 24 for each month begun"]),
    ("CN-PTE", "{events: {marketing_approval: '2018-09-20'}}", ["Days it may add       not said: "]),
    ("CN-PVP-NOV", "{right: plant variety, events: {first_sale: '2020-01-02'}, facts: {sold: overseas}}", ["Perhaps a slip        cases.yaml:1: no rule knows sold: overseas"]),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "given", "parts"), EXPLAINED)
def test_explain_says_what_follows_and_what_is_open(case, capsys, rule, given, parts):
    assert main(["explain", rule, "--given", case(given)]) == 0
    told = capsys.readouterr().out
    assert [part for part in parts if part not in told] == []


def test_explain_in_chinese_has_no_english_of_its_own(case, capsys):
    given = case("{year: 5, events: {filing: '2020-01-22', grant: '2022-05-10'}}")
    assert main(["explain", "CN-ANNUITY", "--given", given, "--language", "zh-hans"]) == 0
    told = capsys.readouterr().out
    assert "2024-01-22 星期一" in told and "全额费用的25%" in told
    assert not any(word in told for word in ("Last day", "Late, with", "Surcharge", "Fee ", "To know", "Source:", ", verified"))


def test_a_byte_order_mark_is_no_fault(case, capsys):
    assert main(["check", case("\ufeff" + GOOD)]) == 0
    assert capsys.readouterr().out.startswith("ok A")


def test_a_missing_file_is_said(capsys):
    assert main(["check", "/nowhere/cases.yaml"]) == 2
    assert "nowhere" in capsys.readouterr().err


def test_explain_takes_a_case_or_bare_events(case, capsys):
    assert main(["explain", "CN-EXAM", "--given", case("events: {filing: '2024-05-01', priority: '2023-10-01'}\n")]) == 0
    out = capsys.readouterr().out
    assert "Thu 08 Oct 2026" in out
    assert "Implementing Regulations" in out


def test_explain_answers_what_an_attorney_asks(case, capsys):
    text = (
        "- {office: CN, right: patent, rule: CN-EXAM, events: {filing: '2024-05-01'}}\n"
        "- {office: EP, right: patent, rule: EP-REN-EUROPCT, events: {priority: '2022-06-18', international_filing: '2022-12-01'}, facts: {reduction: micro_entity}}\n"
    )
    assert main(["explain", "ep-ren-europct", "--given", case(text)]) == 0
    out = capsys.readouterr().out
    for said in (
        "Sat 18 Jan 2025  Deferred to the end of 31 months", "Last day              Mon 20 Jan 2025 (Sat 18 Jan 2025 before the move)",
        "Late, with surcharge  to Mon 21 Jul 2025", "Counted from the last day as moved", "Source: EPC Rule 131 text",
        "690.00 EUR in full, 483.00 after the reduction recorded; tariff verified", "Provisional",
    ):  # fmt: skip
        assert said in out


def test_explain_of_what_has_no_date_says_why(case, capsys):
    assert main(["explain", "WO-NAT", "--given", case("events: {priority: '2023-08-31'}\ndesignated: FR\n")]) == 1
    assert "REFUSED FR: there is no national route" in capsys.readouterr().out


def test_explain_in_chinese(case, capsys):
    assert main(["explain", "CN-EXAM", "--given", case(GOOD), "--language", "zh-hans"]) == 0
    assert "请求实质审查并缴费" in capsys.readouterr().out


def test_list_and_show(capsys):
    assert main(["list"]) == 0
    assert "CN-EXAM" in capsys.readouterr().out
    assert main(["list", "ukipo"]) == 0
    assert [line.split()[1] for line in capsys.readouterr().out.splitlines()[1:5]] == ["GB-COMPLY", "GB-EXAM", "GB-REN", "GB-SEARCH"]
    assert main(["show", "US-TM-OA"]) == 0
    assert "In force from 2022-12-03, judged by the day of the event" in capsys.readouterr().out
    assert main(["show", "EP-REN"]) == 0
    assert "Case Law of the Boards" in capsys.readouterr().out
    assert main(["show", "XX-1"]) == 1


def test_lint_of_the_shipped_packs(capsys):
    assert main(["lint"]) == 0
    assert capsys.readouterr().out == "0 faults\n"
