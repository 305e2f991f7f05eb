"""`causeway guide`: what it prints, how it ends."""

from __future__ import annotations

import json

import pytest

from causeway.config import cli
from causeway.engines.guide import KEYS
from causeway.engines.guide.tests.samples import guide_text
from causeway.frame import scope
from causeway.frame.models import University
from causeway.rooms.network.models import Case


@pytest.fixture
def guide(tmp_path):
    file = tmp_path / "guide.txt"
    file.write_text(guide_text(), encoding="utf-8")
    return file


def test_parse_prints_the_promised_shape(guide, capsys):
    assert cli.main(["guide", "parse", str(guide), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert set(said) == {"cases", "problems"} and said["problems"] == []
    assert all(set(case) == {"number", "partner", "heading", "fields", "date_iso", "warnings"} for case in said["cases"])
    assert all(list(case["fields"]) == list(KEYS) for case in said["cases"])
    assert said["cases"][0]["fields"]["contact_telephone"] is None


def test_parse_in_words_names_no_contact_person(guide, capsys):
    assert cli.main(["guide", "parse", str(guide)]) == 0
    said = capsys.readouterr().out
    assert "3 cases" in said and "anna@example.org" not in said and "Nowak" not in said


def test_a_problem_ends_with_one_and_a_bad_file_with_two(guide, tmp_path, capsys):
    guide.write_text(guide_text().replace("AWARDS\t", "PRIZES WON\t", 1), encoding="utf-8")
    assert cli.main(["guide", "parse", str(guide)]) == 1
    assert "PRIZES WON" in capsys.readouterr().out
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7")
    assert cli.main(["guide", "parse", str(tmp_path / "a.pdf"), "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["problems"][0]["code"] == "unreadable"
    assert cli.main(["guide", "parse", str(tmp_path / "none.txt")]) == 2


@pytest.mark.django_db(transaction=True)
def test_import_files_once(guide, capsys):
    call = ["guide", "import", str(guide), "--university", "Harbour University"]
    assert cli.main([*call, "--dry-run"]) == 0 and "(new here), dry run" in capsys.readouterr().out
    for wrong in ([], ["--dry-run"]):
        assert cli.main([*call, "--version-of", "9.9.9=2.1.1", *wrong]) == 2 and "9.9.9" in capsys.readouterr().err
    assert not University.objects.exists()
    for new in (3, 0):
        assert cli.main(["guide", "import", str(guide), "--university", "Harbour University", "--json"]) == 0
        said = json.loads(capsys.readouterr().out)
        assert (len(said["new"]), len(said["unchanged"])) == (new, 3 - new)
    with scope.use(University.objects.get(name="Harbour University")):
        assert Case.objects.count() == 3
