"""`causeway registry`, `indicators` and `network` from the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from causeway.config import cli
from causeway.rooms.network.tests.test_benchmarks import MOE, ROR

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(capsys, monkeypatch, settings, tmp_path):
    """Runs a command; returns its exit code and what it printed."""
    monkeypatch.setattr(cli, "_migrated", lambda: None)
    settings.HOME = tmp_path

    def run(*arguments):
        code = cli.main([str(one) for one in arguments])
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


def test_registries_are_loaded_without_any_university_and_searched(call, tmp_path):
    assert call("registry", "find", "Tsinghua")[0] == 2
    (tmp_path / "ror.csv").write_text(ROR)
    (tmp_path / "moe.csv").write_text(MOE)
    code, out, _err = call("registry", "load", tmp_path / "ror.csv", tmp_path / "moe.csv", "--json")
    told = json.loads(out)
    assert code == 1 and told[0]["registry"] == "ror" and told[1]["joined"] == 1 and told[0]["problems"][0]["line"] == 4
    code, out, _err = call("registry", "find", "清華", "大學", "--json")
    assert code == 0 and json.loads(out)[0]["ror_id"] == "https://ror.org/1" and json.loads(out)[0]["moe_code"] == "4111010003"
    assert call("registry", "find", "qqqqzzzz")[0] == 1
    with pytest.raises(SystemExit):
        call("registry", "find", "--limit", "0", "Tsinghua")
    code, _out, err = call("registry", "load", tmp_path / "none.csv")
    assert code == 2 and "none.csv" in err


def test_indicators_are_listed_and_checked(call, tmp_path):
    code, out, _err = call("indicators", "list", "--json")
    assert code == 0 and len(json.loads(out)) == 93
    assert "28 indicators" in call("indicators", "list", "--survey", "AUTM")[1]
    assert call("indicators", "list", "--survey", "NOBODY")[0] == 2
    assert call("indicators", "check")[:2] == (0, "93 indicators, 130 figures, 40 checks, 0 faults\n")
    table = tmp_path / "figures.csv"
    table.write_text("figure,year,value,currency\nRW02,2019,5310,CNY\nRW03,2019,3090,CNY\nRW04,2019,2220,CNY\n")
    assert call("indicators", "check", table)[0] == 0
    table.write_text("figure,year,value,currency\nRW02,2019,5311,CNY\nRW03,2019,3090,CNY\nRW04,2019,2220,CNY\n")
    code, out, _err = call("indicators", "check", table)
    assert code == 1 and "RW02-PARTS" in out and "5311 beside 5310" in out
    table.write_text("a,b\n1,2\n")
    assert call("indicators", "check", table)[0] == 2


def test_what_is_wrong_with_a_table_is_said_without_a_database(tmp_path):
    table = tmp_path / "figures.csv"
    table.write_text("figure,year,value\nLI01,20x,3\n")
    program = "import sys; from causeway.config.cli import main; sys.exit(main(sys.argv[1:]))"
    done = subprocess.run([sys.executable, "-c", program, "indicators", "check", str(table)], capture_output=True, text=True, timeout=60, env=os.environ | {"CAUSEWAY_HOME": str(tmp_path)})
    assert (done.returncode, done.stdout) == (1, "line 2: 20x is no year.\n0 doubts, 1 problem\n") and not list(tmp_path.glob("*.sqlite3"))


def test_packages_go_out_signed_and_what_is_none_is_refused(call, tmp_path, university):
    code, out, _err = call("network", "key", "--json")
    assert code == 0 and len(json.loads(out)["fingerprint"]) == 64
    code, out, _err = call("network", "export", tmp_path / "out.cwpkg", "--university", university.name, "--json")
    assert code == 0 and json.loads(out)["sequence"] == 1 and (tmp_path / "out.cwpkg").exists()
    code, _out, err = call("network", "import", tmp_path / "out.cwpkg", "--university", university.name)
    assert code == 2 and "REFUSED" in err and "this installation itself" in err
    (tmp_path / "bad.cwpkg").write_bytes(b"nothing")
    assert call("network", "import", tmp_path / "bad.cwpkg")[0] == 2
    assert call("network", "export", tmp_path / "x", "--to", "0" * 64)[0] == 2
    assert call("network", "export", tmp_path / "x", "--university", "Nobody")[0] == 2
    assert call("network", "key", "--trust", "0" * 64)[0] == 2


def test_what_leaves_is_listed_chosen_and_previewed(call, tmp_path, university):
    from datetime import timedelta

    from django.utils import timezone

    from causeway.frame import access
    from causeway.rooms.network.models import Package
    from causeway.rooms.network.services import offers

    actor = access.system(university)
    until = timezone.localdate() + timedelta(days=30)
    say = {"text": "It bends.", "areas": ["energy"], "seeks": ["licence"], "languages": ["en"], "office": "1 Quay", "person": "Ana Berg", "person_agreed": True, "valid_until": until}
    for title in ("Bending cell", "Salt probe"):
        offers.offer_share(actor=actor, obj=offers.offer_submit(actor=actor, obj=offers.offer_create(actor=actor, title=title, **say)), public=True)
    here = ("--university", university.name)
    listed = json.loads(call("network", "list", *here, "--json")[1])
    assert [one["title"] for one in listed] == ["Bending cell", "Salt probe"] and all(one["ticked"] for one in listed)
    file, key = tmp_path / "out.cwpkg", listed[0]["key"]
    code, out, _err = call("network", "export", file, "--only", key, "--preview", *here)
    assert code == 0 and "Bending cell" in out and "Salt probe" not in out and "Ana" not in out and "stays here" in out and not file.exists() and not Package.objects.exists()
    assert "Ana Berg" in call("network", "export", file, "--contacts", "--preview", *here)[1]
    code, out, _err = call("network", "export", file, "--without", key, *here, "--json")
    assert code == 0 and json.loads(out)["counts"] == {"offer": 1} and Package.objects.get().listed[0]["title"] == "Salt probe"
    assert call("network", "export", file, "--only", "case:nobody", *here)[0] == 2
    found = json.loads(call("network", "offers", "salt", "--field", "energy", *here, "--json")[1])
    assert [one["title"] for one in found] == ["Salt probe"] and found[0]["seeks"] == ["licence"]
    assert json.loads(call("network", "offers", "--field", "health", *here, "--json")[1]) == []
    for wrong in (("--field", "nonsense"), ("--ready", "44"), ("--country", "Netherlands")):
        code, _out, err = call("network", "offers", *wrong, *here)
        assert code == 2 and wrong[1] in err


def test_a_package_that_cannot_be_written_did_not_go_out(call, tmp_path, university):
    from causeway.rooms.network.models import Package

    code, _out, err = call("network", "export", tmp_path / "nowhere" / "out.cwpkg", "--university", university.name)
    assert code == 2 and "No such file" in err and not Package.objects.exists()


def test_received_packs_are_told_with_every_fault(call, university):
    from causeway.rooms.network.models import Installation, ReceivedPack

    assert call("network", "packs", "--university", university.name)[0] == 0
    sender = Installation.objects.create(fingerprint="f" * 64, name="Other University")
    fault = {"code": "source", "file": "guide-x/values/a.yaml", "line": 6, "text": "Cites nothing."}
    ReceivedPack.objects.create(installation=sender, name="guide-x", version="1", sha256="0" * 64, files={"pack.yaml": "id: guide-x\nversion: '1'\nsubject: practice\n"}, faults=[fault], state="faulty")
    code, out, _err = call("network", "packs", "--university", university.name)
    assert code == 1 and "guide-x/values/a.yaml:6: source: Cites nothing." in out and "Other University" in out
    code, out, _err = call("network", "packs", "--check", "--university", university.name, "--json")
    assert code == 1 and "missing" in {one["code"] for one in json.loads(out)[0]["faults"]}
