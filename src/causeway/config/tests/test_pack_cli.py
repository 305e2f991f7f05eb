"""`causeway pack` from the outside: what it prints and what it returns; no database is touched."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from causeway.config.cli import main as causeway
from causeway.config.pack_cli import main
from causeway.engines.packs.sources import to_zip
from causeway.engines.packs.tests.practice_example import GUIDE, LAW, POLICY

GOOD = "- {id: A, kind: equity_split, packs: [law-cn-transfer], given: {company_percent: '20'}, expect: {inventors: '10'}}\n"
WRONG = "- {id: B, kind: distribution, packs: [law-cn-transfer], given: {gross: {amount: '10.00', currency: CNY}}, expect: {parts: {inventors: '6.00'}}}\n"
REFUSED = "- {id: C, kind: equity_split, packs: [law-es-opi], given: {company_percent: '20'}, expect: {inventors: '10'}}\n"
RECEIPTS = (
    "date,amount,currency,technology,costs,inventors\n"
    "2020-01-01,1000.00,CNY,T1,100.00,Li@Physics:2; Wu@Law:1\n"
    "2014-01-01,50.00,CNY,T1,,Li\n"
)  # fmt: skip


@pytest.fixture
def file(tmp_path):
    def write(text: str, name: str = "cases.yaml") -> str:
        made = tmp_path / name
        made.write_text(text, encoding="utf-8")
        return str(made)

    return write


@pytest.fixture
def folder(tmp_path):
    def write(name: str, texts: dict[str, str]) -> str:
        for key, text in texts.items():
            (tmp_path / name / key).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name / key).write_text(text, encoding="utf-8")
        return str(tmp_path / name)

    return write


def test_check_says_ok(file, capsys):
    assert main(["check", file(GOOD)]) == 0
    assert capsys.readouterr().out == "ok A\n1 of 1 ok\n"


def test_check_shows_both_values_of_a_failure_and_the_reason_of_a_refusal(file, capsys):
    assert main(["check", file(GOOD + WRONG + REFUSED)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == "FAIL B parts.inventors: expected 6.00, got 5.00"
    assert lines[2].startswith("REFUSED C No rule of equity is in force")
    assert lines[3] == "1 of 3 ok"


def test_check_as_json_has_the_shape_of_law_check(file, capsys):
    assert main(["check", "--json", file(GOOD + REFUSED)]) == 1
    first, second = json.loads(capsys.readouterr().out)
    assert {"id", "ok", "got", "expect", "refused", "trace"} <= set(first)
    assert (first["id"], first["ok"], first["got"]["inventors"], first["refused"]) == ("A", True, "10", None)
    assert first["trace"][0]["title"] and (second["ok"], second["got"]) == (False, {"refused": "no_rule_in_force"})


def test_it_is_reached_from_the_command(file, capsys):
    assert causeway(["pack", "check", file(GOOD)]) == 0


@pytest.mark.parametrize("text", ["- {id: A", "just words"])
def test_a_malformed_file_is_named_with_its_line(file, capsys, text):
    assert main(["check", file(text)]) == 2
    assert "cases.yaml:" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["- {id: X}\n", "- {id: X, id: Y, kind: royalty}\n", "- words\n", "- {id: X, kind: distribution, given: {gross: {amount: x, currency: CNY}}}\n"])
def test_a_malformed_case_is_refused_with_its_line_and_stops_no_other(file, capsys, text):
    assert main(["check", file(text + GOOD)]) == 1
    first, second, count = capsys.readouterr().out.splitlines()
    assert first.startswith("REFUSED ") and "cases.yaml:1:" in first
    assert second == "ok A" and count == "1 of 2 ok"


def test_a_file_that_is_no_text_is_named(tmp_path, capsys):
    path = tmp_path / "cases.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    assert main(["check", str(path)]) == 2
    assert "cases.yaml: is no text in UTF-8" in capsys.readouterr().err


def test_a_missing_file_is_said(capsys):
    assert main(["check", "/nowhere/cases.yaml"]) == 2
    assert "nowhere" in capsys.readouterr().err


def test_lint_of_the_shipped_packs_and_of_ones_own(folder, capsys):
    assert main(["lint", "guide-thu-five-one"]) == 0
    assert main(["lint"]) == 0
    assert capsys.readouterr().out == "0 faults\n0 faults\n"
    mine = [folder(name, texts) for name, texts in (("law-yy", LAW), ("guide-yy", GUIDE), ("policy-yy", POLICY))]
    assert main(["lint", *mine]) == 0
    bad = folder("policy-yy", {"overlays/values.yaml": POLICY["overlays/values.yaml"].replace("55 %", "5 %")})
    assert main(["lint", *mine[:2], bad]) == 1
    out = capsys.readouterr().out
    assert "policy-yy/overlays/values.yaml:" in out and "below-floor" in out and "bounds" in out


def test_lint_of_a_pack_whose_foundation_is_missing(folder, capsys):
    assert main(["lint", folder("guide-yy", GUIDE)]) == 1
    assert "extends" in capsys.readouterr().out


def test_a_zip_of_a_pack_is_read(tmp_path, capsys):
    made = tmp_path / "law-yy.zip"
    made.write_bytes(to_zip(LAW))
    assert main(["lint", str(made)]) == 0
    assert main(["show", str(made)]) == 0
    assert "Least share" in capsys.readouterr().out


def test_a_zip_of_a_hundred_megabytes_is_not_read(tmp_path, capsys):
    made = tmp_path / "big.zip"
    with made.open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    assert main(["lint", str(made)]) == 1
    assert "big:0: too-large" in capsys.readouterr().out


def test_what_is_no_pack_is_said(capsys):
    assert main(["show", "law-nowhere"]) == 2
    assert "causeway pack list" in capsys.readouterr().err


def test_list_show_and_test(capsys):
    assert main(["list"]) == 0
    assert "guide-thu-five-one" in capsys.readouterr().out
    assert main(["show", "guide-thu-five-one", "--on", "2024-01-01", "--language", "zh-hans"]) == 0
    out = capsys.readouterr().out
    assert "研究人员份额" in out and "at least 50 %" in out and "公示" in out
    assert main(["test"]) == 0
    assert "ok" in capsys.readouterr().out
    assert main(["show", "guide-thu-five-one", "--on", "yesterday"]) == 2


def test_test_fails_where_a_case_does(folder, capsys):
    texts = {**LAW, "cases/cases.yaml": LAW["cases/cases.yaml"].replace("'4.00'", "'4.01'")}
    assert main(["test", folder("law-yy", texts)]) == 1
    assert "FAIL Y1 parts.inventors: expected 4.01, got 4.00" in capsys.readouterr().out


def test_diff(folder, capsys):
    before = folder("law-yy", LAW)
    assert main(["diff", before, before]) == 0
    after = folder("law-y2", {**LAW, "values/shares.yaml": LAW["values/shares.yaml"].replace("50 %", "60 %")})
    assert main(["diff", before, after]) == 1
    assert "50 %" in capsys.readouterr().out


def test_cases_may_name_a_pack_from_outside(folder, file, capsys):
    case = "- {id: Z, kind: distribution, packs: [law-yy], 'on': '2022-01-01', given: {gross: {amount: '8.00', currency: EUR}}, expect: {parts: {inventors: '4.00'}}}"
    assert main(["check", file(case)]) == 1
    assert main(["check", file(case), "--pack", folder("law-yy", LAW)]) == 0


def test_explain_in_both_languages(file, capsys):
    assert main(["explain", file(WRONG)]) == 0
    assert "Law on Promoting" in capsys.readouterr().out
    assert main(["explain", file(WRONG), "--language", "zh-hans"]) == 0
    assert "净收入" in capsys.readouterr().out
    assert main(["explain", file(REFUSED), "--case", "C"]) == 1
    assert main(["explain", file(REFUSED), "--case", "D"]) == 2


def test_simulate_compares_two_packs(file, capsys):
    receipts = file(RECEIPTS, "receipts.csv")
    assert main(["simulate", receipts, "--pack", "guide-thu-five-one", "--pack", "law-cn-transfer"]) == 0
    out = capsys.readouterr().out
    assert "1 of 2 receipts shared" in out and "refused 1: no_rule_in_force" in out and "420.00" in out and "300.00" in out
    assert main(["simulate", receipts, "--pack", "guide-thu-five-one", "--under", "2024-01-01", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["guide-thu-five-one 2026.1"]
    assert found["shared"] == 2 and ["Wu", "CNY", "210.00"] in found["people"] and ["Law", "CNY", "45.00"] in found["units"]


def test_simulate_shows_what_one_value_does(file, capsys):
    call = ["simulate", file(RECEIPTS, "receipts.csv"), "--pack", "guide-thu-five-one", "--value", "guide-thu-five-one/researchers_share=40 %,80 %"]
    assert main(call) == 0
    out = capsys.readouterr().out
    assert "40 %: 0 of 2" in out and "80 %: 1 of 2" in out and "below_floor" in out
    assert main([*call[:-1], "guide-thu-five-one/researchers_share=much"]) == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("day,amount\n", "must name"),
        ("", "must name"),
        ("date,amount,currency\n2020-02-31,1.00,CNY\n", "receipts.csv:2:"),
        ("date,amount,currency\n2020-02-01,1.001,CNY\n", "receipts.csv:2:"),
        ("date,amount,currency\n2020-02-01,,CNY\n", "receipts.csv:2:"),
        ("date,amount,currency,inventors\n2020-02-01,1.00,CNY,A:heavy\n", "receipts.csv:2:"),
        ("date,amount,currency,inventors\n2020-02-01,1.00,CNY,A:1/0\n", "receipts.csv:2:"),
        ("date,amount,currency,inventors\n2020-02-01,1.00,CNY,A:1e999999999\n", "receipts.csv:2:"),
        ("date,amount,currency\n2020-02-01,1e999999999,CNY\n", "receipts.csv:2:"),
    ],
)
def test_receipts_that_are_none_are_named_with_their_line(file, capsys, text, said):
    assert main(["simulate", file(text, "receipts.csv"), "--pack", "law-cn-transfer"]) == 2
    assert said in capsys.readouterr().err


DOC = Path(__file__).resolve().parents[4] / "docs/extend/writing-a-pack.md"


@pytest.mark.skipif(not DOC.exists(), reason="the documentation is not beside the code")
def test_the_pack_that_the_documentation_writes_is_without_a_fault_and_its_cases_come_out(folder, capsys):
    names = ("pack.yaml", "sources.yaml", "values/income.yaml", "rules/income.yaml", "", "cases/cases.yaml")
    blocks = re.findall(r"```yaml\n(.*?)```", DOC.read_text(encoding="utf-8"), re.DOTALL)
    texts = {name: block for name, block in zip(names, blocks, strict=True) if name}
    made = folder("policy-example", {**texts, "CHANGELOG.md": "# Changes\n\n## 2026.1\n\nFirst.\n"})
    assert main(["lint", made]) == 0
    assert main(["test", made]) == 0
    assert "3 of 3 ok" in capsys.readouterr().out
