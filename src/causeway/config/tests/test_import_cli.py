"""`causeway import assets` and `causeway deadlines` as somebody types them: what is asked, what is printed, what is left behind."""

import json
import os
from pathlib import Path

import pytest
from django.db import connection

from causeway.config import cli, import_cli
from causeway.frame import scope
from causeway.frame.models import Import, ImportChunk, University
from causeway.rooms.assets.models import Asset, Ownership

pytestmark = pytest.mark.django_db
DATA = Path(os.environ.get("CAUSEWAY_SHARED", Path(__file__).resolve().parents[5] / "shared")) / "data"
HEAD = "Application number;Title;Filing date;Applicant;Status\n"
ROWS = "EP22716482;Fühler;13/04/2022;Alpha University;Pending\nEP22716482;Fühler;13/04/2022;Beta University;Pending\nEP22716483;Pumpe;14/04/2022;Alpha University;Pending\n"


@pytest.fixture
def call(capsys, monkeypatch, tmp_path, settings):
    """Run a command; its exit code, what it printed as JSON (or text), and what went to standard error."""
    settings.MEDIA_ROOT = tmp_path / "files"
    monkeypatch.setattr(cli, "_migrated", lambda: None)

    def run(*arguments):
        code = cli.main([str(one) for one in arguments])
        out, err = capsys.readouterr()
        return code, json.loads(out) if "--json" in arguments else out, err

    return run


@pytest.fixture
def file(tmp_path):
    def put(text, name="a.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return put


def test_the_report_has_just_these_keys_and_a_new_university_is_made(call, file):
    code, told, _err = call("import", "assets", file(HEAD + ROWS), "--university", "New University", "--json")
    assert (code, told) == (0, {"read": 3, "create": 2, "update": 1, "unchanged": 0, "reject": 0, "problems": []})
    code, told, _err = call("import", "assets", file(HEAD + ROWS), "--university", "New University", "--json")
    assert (code, told) == (0, {"read": 3, "create": 0, "update": 0, "unchanged": 3, "reject": 0, "problems": []})
    with scope.use(University.objects.get(name="New University")):
        assert Asset.objects.get(number_key="EP22716482").owners_text == "Alpha University, Beta University"


def test_problems_are_printed_with_row_and_column(call, file):
    code, told, _err = call("import", "assets", file(HEAD + ROWS + "XX1;B;31/02/2022;U;\n"), "--university", "U", "--json")
    assert code == 1 and told["reject"] == 1 and [set(one) for one in told["problems"]] == [{"row", "column", "problem"}]
    assert (told["problems"][0]["row"], told["problems"][0]["column"]) == (5, "Application number")


@pytest.mark.parametrize("text,option", [("EP22716482;A;03/04/2022;U;\n", "--dates"), ("EP22716482;A;13/04/22;U;\n", "--pivot")])
def test_a_question_stops_names_its_option_and_leaves_nothing(call, file, text, option):
    code, told, err = call("import", "assets", file(HEAD + text), "--university", "New University", "--json")
    assert code == 2 and option in err and told["read"] == 0
    assert [one["column"] for one in told["problems"]] == [option]
    assert "04/2" in told["problems"][0]["problem"]
    assert not University.objects.exists() and not Import._base_manager.exists()


def test_letters_are_asked_and_answered(call, file):
    path = file(HEAD + ROWS.replace("Fühler", "Gerät für Müller"), encoding="mac_roman")
    code, _told, err = call("import", "assets", path, "--university", "U")
    assert code == 2 and "--encoding mac_roman" in err and "Müller" in err
    code, _told, _err = call("import", "assets", path, "--university", "U", "--encoding", "mac_roman")
    assert code == 0


def test_a_dry_run_counts_and_leaves_nothing(call, file, tmp_path):
    code, told, _err = call("import", "assets", file(HEAD + ROWS), "--university", "New University", "--dry-run", "--json")
    assert (code, told["create"], told["update"]) == (0, 2, 1)
    assert not University.objects.exists() and not list((tmp_path / "files/imports").iterdir())


def test_a_dry_run_at_a_university_that_is_here_leaves_nothing_either(call, file, university, tmp_path):
    _code, told, _err = call("import", "assets", file(HEAD + ROWS), "--dry-run", "--json")
    assert told["create"] == 2
    assert (
        not Asset.objects.exists()
        and not Import.objects.exists()
        and not ImportChunk.objects.exists()
        and not list((tmp_path / "files/imports").iterdir())
    )


def test_each_university_gets_its_own_record_with_the_other_as_co_owner(call, file):
    path = file(HEAD + ROWS + "nothing;B;13/04/2022;Beta University;\n")
    code, told, _err = call("import", "assets", path, "--each-university", "--json")
    assert (code, told["read"], told["create"], told["reject"], len(told["problems"])) == (1, 4, 3, 1, 1)
    for name, count in (("Alpha University", 2), ("Beta University", 1)):
        with scope.use(University.objects.get(name=name)):
            assert Asset.objects.count() == count
            owners = {
                o.organisation.name if o.organisation else None
                for o in Ownership.objects.filter(asset__number_key="EP22716482").select_related("organisation")
            }
            assert owners == {None, "Beta University" if name == "Alpha University" else "Alpha University"}
    code, told, _err = call("import", "assets", path, "--each-university", "--json")
    assert (told["create"], told["update"], told["unchanged"]) == (0, 0, 3)


def test_rows_without_owner_go_where_the_caller_says(call, file):
    path = file("Application number;Title;Applicant\nEP22716482;A;\nEP22716483;B;Alpha University\n")
    _code, told, _err = call("import", "assets", path, "--each-university", "--json")
    assert told["reject"] == 1 and "owner" in told["problems"][0]["problem"]
    _code, told, _err = call("import", "assets", path, "--each-university", "--university", "Home", "--json")
    assert told["create"] == 1 and University.objects.filter(name="Home").exists()


@pytest.mark.parametrize("text", [b"a: [b", b"\xff\xfe", b"- a", b"", b"title: {a: b}"])
def test_a_map_that_says_nothing_of_columns_is_refused_with_its_name(call, file, tmp_path, text):
    written = tmp_path / "map.yaml"
    written.write_bytes(text)
    code, told, err = call("import", "assets", file(HEAD + ROWS), "--university", "U", "--map", written, "--json")
    assert code == 2 and "map.yaml" in err and "map.yaml" in told["problems"][0]["problem"] and not University.objects.exists()


def test_a_file_that_breaks_far_behind_its_start_leaves_no_university(call, file, monkeypatch):
    from causeway.adapters.portfolio import xml

    monkeypatch.setattr(xml, "LOOKED_AT", 100)
    monkeypatch.setattr(xml, "PIECE", 200)
    one = '<exchange-document country="EP" doc-number="3912345" kind="A1"/>'
    path = file(f'<exchange-documents xmlns="http://www.epo.org/exchange">{one * 20}<broken', "a.xml")
    code, told, _err = call("import", "assets", path, "--university", "New University", "--json")
    assert code == 2 and "damaged" in told["problems"][0]["problem"] and not University.objects.exists()


def test_what_cannot_be_read_says_why_also_as_json(call, file, tmp_path):
    code, told, err = call("import", "assets", file("<!doctype html><p>"), "--university", "U", "--json")
    assert code == 2 and "web page" in err and "web page" in told["problems"][0]["problem"]
    assert call("import", "assets", tmp_path / "absent.csv")[0] == 2
    assert call("import", "assets", file(HEAD + ROWS), "--map", file("- no map", "m.yaml"))[0] == 2
    assert not University.objects.exists()


def test_a_map_file_says_which_column_is_what(call, file):
    path = file("Nummer;Bezeichnung;Tag\n13/033,085;A;13/04/2022\n")
    code, _told, err = call("import", "assets", path, "--university", "U")
    assert code == 2 and "--map" in err
    mapping = file("number: Nummer\ntitle: Bezeichnung\nfiled_on: Tag\noffice: =US\n", "m.yaml")
    code, told, _err = call("import", "assets", path, "--university", "U", "--map", mapping, "--json")
    assert (code, told["create"]) == (0, 1)


def test_a_full_disk_is_told_and_the_command_can_be_run_again(call, file, transactional_db):
    if connection.vendor != "sqlite":
        pytest.skip("the database sets no limit to its own size here")
    path = file(HEAD + "".join(f"EP2271{n:04d};Title {n};13/04/2022;U {n};Pending\n" for n in range(300)))
    with connection.cursor() as cursor:
        pages = cursor.execute("PRAGMA page_count").fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count = {pages + 60}")
        code, told, err = call("import", "assets", path, "--university", "U", "--json")
        assert code == 2 and "full" in err and "run the same command again" in err and told["create"] == 0
        cursor.execute("PRAGMA max_page_count = 1000000")
    code, told, _err = call("import", "assets", path, "--university", "U", "--json")
    with scope.use(University.objects.get(name="U")):
        assert code == 0 and Asset.objects.count() == 300


def test_deadlines_are_found_by_reference_and_by_any_form_of_a_number(call, file, monkeypatch):
    call("import", "assets", file(HEAD + ROWS), "--university", "New University")
    for name in ("NU-2022-001", "nu-2022-001", "EP22716482", "EP 22 716 482.9", "ep22716482A"):
        code, rows, _err = call("deadlines", "--asset", name, "--json")
        assert code == 0 and {row["number"] for row in rows} == {"EP 22 716 482.9"}, name
    row = next(row for row in rows if row["rule"] == "EP-REN")
    assert {"what", "due", "grace", "amount", "state", "in_hand_of", "rule", "version", "source", "verified"} <= row.keys()
    assert row["version"].startswith("law-epc ") and row["source"]
    assert call("deadlines", "--asset", "EP99999999")[0] == 1
    assert call("deadlines", "--from", "soon")[0] == 2


def test_deadlines_keep_to_a_span_and_show_what_is_done_when_asked(call, file):
    call("import", "assets", file(HEAD + ROWS), "--university", "New University")
    _code, rows, _err = call("deadlines", "--from", "2030-01-01", "--to", "2030-12-31", "--university", "New University", "--json")
    assert rows and all(row["due"][:4] == "2030" for row in rows) and [row["due"] for row in rows] == sorted(row["due"] for row in rows)
    _code, waiting, _err = call("deadlines", "--json")
    _code, every, _err = call("deadlines", "--all", "--json")
    assert len(every) > len(waiting) and {row["state"] for row in waiting} == {"open"}
    code, text, _err = call("deadlines", "--asset", "EP22716483")
    assert code == 0 and "EP-REN" in text and text.rstrip().splitlines()[-1].endswith("deadlines")


@pytest.mark.skipif(not DATA.exists(), reason="the real data is not beside the project")
def test_the_real_portfolio_asks_for_letters_and_century_alone(call):
    path = DATA / "ep_portfolios/deeptechfinder_universities.csv"
    code, told, err = call("import", "assets", path, "--university", "U", "--json")
    assert code == 2 and [one["column"] for one in told["problems"]] == ["--encoding", "--pivot"]
    assert "Osnabrück" in err and "1980" in err and "2080" in err


def test_the_options_that_answer_exist():
    help_text = cli._parser()._subparsers._group_actions[0].choices["import"]._subparsers._group_actions[0].choices["assets"].format_help()
    assert all(option in help_text for option in import_cli.ANSWERS.values())


def test_the_command_line_says_who_looks_after_the_installation(make_user, capsys):
    from causeway.config import cli

    user = make_user("office", email="ada@example.org")
    for arguments, keeps in (([user.email], True), ([user.email, "--remove"], False)):
        assert cli.main(["keeper", *arguments]) == 0
        user.refresh_from_db()
        assert user.is_installer is keeps
    assert cli.main(["keeper", "nobody@example.org"]) == 1 and "Nobody here has this address" in capsys.readouterr().err
