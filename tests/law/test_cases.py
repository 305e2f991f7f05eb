"""The worked cases of the reference and those of the packs, all through `law check`."""

import os
from pathlib import Path

import pytest

from causeway.config import law_cli
from causeway.engines.docket.check import read_cases, run_case
from causeway.engines.packs import lint_packs, shipped_packs

HERE = Path(__file__).resolve().parent
SHARED = Path(os.environ.get("CAUSEWAY_SHARED", Path(__file__).resolve().parents[3] / "shared"))
CASES = SHARED / "reference/law/docket_cases.yaml"


@pytest.fixture(scope="module")
def law():
    return law_cli.shipped_law()


@pytest.mark.skipif(not CASES.exists(), reason="the worked cases are not beside the project")
def test_the_reference_cases_are_all_ok(law):
    results = [run_case(case, law) for case in read_cases(CASES.read_text(), CASES.name)]
    assert len(results) == 45
    assert [r.id for r in results if not r.ok] == []
    assert all(r.trace for r in results)


@pytest.mark.parametrize(
    "file",
    [f for folder in shipped_packs() for f in sorted((folder / "cases").glob("*.yaml"))] + sorted((HERE / "cases").glob("*.yaml")),
    ids=lambda f: f"{f.parts[-3]}/{f.name}",
)
def test_our_own_cases(law, file):
    for case in read_cases(file.read_text(), file.name):
        result = run_case(case, law, file.name)
        if case.get("expect"):
            assert result.ok, f"{result.id}: {result.refused or result.got} is not {result.expect}"
        else:
            assert result.refused, f"{result.id} should be refused"


def test_every_rule_has_a_worked_case(law):
    """Of the packs, of the files beside this test, and of no other place."""
    files = [f for folder in [*shipped_packs(), HERE] for f in (folder / "cases").glob("*.yaml")]
    asked = [case for file in files for case in read_cases(file.read_text(), file.name)]
    covered = {law.term_rule(case["office"], case["right"]).id if case["rule"] == "TERM" else case["rule"] for case in asked}
    assert {rule.id for rule in law.rules()} - covered == set()
    assert len(asked) > 400


def test_shipped_packs_are_clean():
    assert lint_packs(shipped_packs()) == []


def test_the_command_line(capsys, tmp_path):
    case = tmp_path / "case.yaml"
    case.write_text("- {id: a, office: EP, right: patent, rule: EP-OPP, events: {grant: '2024-05-15'}, expect: {due: '2025-02-17'}}\n")
    assert law_cli.main(["check", str(case)]) == 0
    assert law_cli.main(["explain", "EP-OPP", "--given", str(case)]) == 0
    assert "Mon 17 Feb 2025" in capsys.readouterr().out
    case.write_text(
        "- {id: a, office: EP, right: patent, rule: EP-OPP, events: {grant: '2024-05-15'}, expect: {due: '2025-02-16'}}\n- {id: b, office: XX, rule: NO, events: {}}\n"
    )
    assert law_cli.main(["check", str(case)]) == 1
    out = capsys.readouterr().out
    assert "FAIL a due: expected 2025-02-16, got 2025-02-17" in out and "REFUSED b" in out
    case.write_text("- {id: a, office: EP, rule: EP-OPP, events: {grant: '2024-02-31'}}\n")
    assert law_cli.main(["check", str(case)]) == 1
    assert "case.yaml:1: grant: '2024-02-31' is not a day of the calendar" in capsys.readouterr().out
