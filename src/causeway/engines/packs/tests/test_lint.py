"""One malformed example for every code a lint can give, and the shipped packs without a fault."""

from __future__ import annotations

import copy
import functools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from causeway.engines.docket import compile_law
from causeway.engines.packs import PackFaults, lint_packs, load_packs, shipped_packs, uncovered_changes

GOOD = {
    "pack.yaml": "id: law-xx\nversion: '1'\nkind: law\ntitle: {en: Test}\noffices:\n  XX: {name: {en: Office}}\n",
    "sources.yaml": "ACT: {title: An act, where: here, level: A}\n",
    "values/events.yaml": "filing:\n  title: {en: Filing}\ngrant:\n  title: {en: Grant}\nanswered:\n  title: {en: Answered}\n",
    "values/regimes.yaml": (
        "- id: XX_R\n  calendar: XX\n  status: verified\n  basis: [ACT]\n  delivery:\n"
        "  - {media: [post], add_days: '3', actual: later, status: verified, basis: [ACT#4]}\n"
    ),
    "rules/xx.yaml": (
        "- id: XX-EXAM\n  office: XX\n  rights: [patent]\n  title: {en: Ask}\n  kind: period\n  regime: XX_R\n"
        "  period:\n    after: [filing]\n    n: '3'\n    unit: years\n  in_force: {from: '2020-01-01'}\n  introduced: [ACT#2]\n"
        "  closed_by: [answered]\n  fee: XX-fee\n  status: verified\n  basis: [ACT#1]\n"
    ),
    "tables/xx.yaml": (
        "- id: XX-fee\n  currency: EUR\n  versions:\n"
        "  - from: '2020-01-01'\n    to: '2020-12-31'\n    by_year: {'3': '40'}\n    status: verified\n    basis: [ACT]\n"
        "  - from: '2021-01-01'\n    by_year: {'3': '50'}\n    status: verified\n    basis: [ACT]\n"
    ),
    "days/xx.yaml": (
        "id: XX\nname: Office\nweekend: ['6', '7']\nstatus: verified\nbasis: [ACT]\nknown:\n- {from: '2020-01-01', to: '2030-12-31'}\n"
        "closed:\n  '2020': 01-01 12-25\n"
    ),
}

#: code, file, what stands there, what takes its place.
BAD = [
    ("unknown-key", "rules/xx.yaml", "  kind: period\n", "  kind: period\n  colour: red\n"),
    ("unknown-key", "rules/xx.yaml", "    unit: years\n", "    unit: years\n    rolls: yes\n"),
    ("missing", "rules/xx.yaml", "    n: '3'\n", ""),
    ("missing", "rules/xx.yaml", "  office: XX\n", ""),
    ("missing", "rules/xx.yaml", "- id: XX-EXAM\n  office", "- office"),
    ("missing", "pack.yaml", "version: '1'\n", ""),
    ("choice", "rules/xx.yaml", "kind: period", "kind: habit"),
    ("choice", "pack.yaml", "kind: law", "kind: rumour"),
    ("status", "rules/xx.yaml", "  status: verified\n", ""),
    ("status", "values/regimes.yaml", "  status: verified\n  basis", "  status: sure\n  basis"),
    ("basis", "rules/xx.yaml", "basis: [ACT#1]", "basis: []"),
    ("basis", "days/xx.yaml", "basis: [ACT]\n", ""),
    ("source", "rules/xx.yaml", "ACT#1", "HEARSAY#1"),
    ("source", "rules/xx.yaml", "ACT#2", "HEARSAY#2"),
    ("basis", "rules/xx.yaml", "introduced: [ACT#2]", "introduced: []"),
    ("missing", "rules/xx.yaml", "in_force: {from: '2020-01-01'}", "in_force: {to: '2030-01-01'}"),
    ("regime", "rules/xx.yaml", "regime: XX_R", "regime: XX_S"),
    ("calendar", "values/regimes.yaml", "calendar: XX", "calendar: YY"),
    ("event", "rules/xx.yaml", "after: [filing]", "after: [birthday]"),
    ("event", "rules/xx.yaml", "closed_by: [answered]", "closed_by: [forgotten]"),
    ("right", "rules/xx.yaml", "rights: [patent]", "rights: [perfume]"),
    ("table", "rules/xx.yaml", "fee: XX-fee", "fee: XX-toll"),
    ("unit", "rules/xx.yaml", "unit: years", "unit: moons"),
    ("number", "rules/xx.yaml", "n: '3'", "n: three"),
    ("number", "rules/xx.yaml", "n: '3'", "n: '3000000'"),
    ("number", "rules/xx.yaml", "n: '3'", "n: '0'"),
    ("number", "rules/xx.yaml", "n: '3'", "n: '-3'"),
    ("number", "rules/xx.yaml", "n: '3'", "n: '３'"),
    ("date", "rules/xx.yaml", "'2020-01-01'", "'2020-02-31'"),
    ("date", "days/xx.yaml", "12-25", "12-32"),
    ("validity", "rules/xx.yaml", "{from: '2020-01-01'}", "{from: '2020-01-01', to: '2019-01-01'}"),
    ("overlap", "tables/xx.yaml", "from: '2021-01-01'", "from: '2020-12-31'"),
    ("gap", "tables/xx.yaml", "from: '2021-01-01'", "from: '2021-01-02'"),
    ("mixed-units", "tables/xx.yaml", "    by_year: {'3': '50'}\n", "    by_year: {'3': '50'}\n    items: {search: '10'}\n"),
    ("amount", "tables/xx.yaml", "'50'", "'fifty'"),
    ("repeated-key", "rules/xx.yaml", "  kind: period\n", "  kind: period\n  kind: period\n"),
    ("repeated-id", "tables/xx.yaml", "- id: XX-fee\n", "- id: XX-fee\n  currency: EUR\n  versions: []\n- id: XX-fee\n"),
    ("anchor", "rules/xx.yaml", "[ACT#1]", "&b [ACT#1]"),
    ("tag", "rules/xx.yaml", "n: '3'", "n: !!int '3'"),
    ("not-yaml", "rules/xx.yaml", "[patent]", "[patent"),
    ("shape", "rules/xx.yaml", "- id: XX-EXAM", "id: XX-EXAM"),
    ("key", "sources.yaml", "ACT:", "? [a, b]\n: {title: x}\nACT:"),
    ("flag", "rules/xx.yaml", "  kind: period\n", "  kind: period\n  roll: perhaps\n"),
    ("office", "rules/xx.yaml", "office: XX", "office: YY"),
    ("item", "rules/xx.yaml", "fee: XX-fee\n", "fee: XX-fee\n  fee_items: [search]\n"),
    ("overlap", "values/regimes.yaml", "  - {media: [post]", "  - {media: [post], status: verified, basis: [ACT]}\n  - {media: [post]"),
    ("gap", "values/regimes.yaml", "  - {media: [post]", "  - {media: [post], issued_to: '2019-12-31', status: verified, basis: [ACT]}\n  - {media: [post], issued_from: '2020-01-02'"),
    ("choice", "values/regimes.yaml", "media: [post]", "media: [pigeon]"),
    ("choice", "rules/xx.yaml", "{from: '2020-01-01'}", "{from: '2020-01-01', judged_by: mood}"),
    ("missing", "rules/xx.yaml", "  regime: XX_R\n", ""),
    ("missing", "tables/xx.yaml", "  currency: EUR\n", ""),
    ("missing", "values/regimes.yaml", "media: [post], ", ""),
    ("number", "rules/xx.yaml", "  fee: XX-fee\n", "  fee: XX-fee\n  grace: {months: six}\n"),
    ("number", "tables/xx.yaml", "by_year: {'3': '40'}", "per_claim: {'three': {base: '1', claim: '2'}}"),
    ("shape", "rules/xx.yaml", "after: [filing]", "after: filing"),
    ("shape", "rules/xx.yaml", "rights: [patent]", "rights: {a: b}"),
    ("shape", "days/xx.yaml", "  '2020': 01-01 12-25\n", "  '2020': [01-01]\n"),
    ("shape", "pack.yaml", "title: {en: Test}", "title: Test"),
    ("shape", "values/events.yaml", "filing:\n  title: {en: Filing}", "filing: Filing"),
    ("shape", "tables/xx.yaml", "by_year: {'3': '40'}", "by_year: ['40']"),
    ("shape", "rules/xx.yaml", "after: [filing]", "after: [{a: b}]"),
    ("missing", "rules/xx.yaml", "- id: XX-EXAM\n", "- id: {a: b}\n"),
    ("choice", "rules/xx.yaml", "kind: period", "kind: [period]"),
    ("date", "rules/xx.yaml", "    unit: years\n", "    unit: years\n    when: {trigger_from: '2020-02-30'}\n"),
    ("too-deep", "sources.yaml", "ACT:", f"DEEP: {'[' * 30}{']' * 30}\nACT:"),
    ("too-large", "sources.yaml", "ACT:", f"# {'x' * 2_000_001}\nACT:"),
]


def write(home: Path, changed: dict[str, str] | None = None) -> Path:
    folder = home / "law-xx"
    for name, text in (GOOD | (changed or {})).items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


def test_the_example_itself_is_without_a_fault(tmp_path):
    assert lint_packs([write(tmp_path)]) == []


@pytest.mark.parametrize(("code", "file", "old", "new"), BAD)
def test_a_fault_is_named_with_its_place(tmp_path, code, file, old, new):
    assert old in GOOD[file]
    text = GOOD[file].replace(old, new, 1)
    faults = [fault for fault in lint_packs([write(tmp_path, {file: text})]) if fault.code == code]
    assert faults, f"no {code}"
    assert faults[0].file == f"law-xx/{file}"
    assert re.match(r"law-xx/[^:]+:\d+: ", str(faults[0]))


def test_all_faults_come_at_once(tmp_path):
    text = GOOD["rules/xx.yaml"].replace("ACT#1", "HEARSAY").replace("XX_R", "XX_S").replace("unit: years", "unit: moons")
    codes = {fault.code for fault in lint_packs([write(tmp_path, {"rules/xx.yaml": text})])}
    assert {"source", "regime", "unit"} <= codes


def test_what_stands_in_two_packs_is_a_fault_of_the_second(tmp_path):
    first, second = write(tmp_path / "a"), write(tmp_path / "b")
    found = {(fault.code, fault.message.split()[0]) for fault in lint_packs([first, second])}
    assert found == {("repeated-id", word) for word in ("Two", "XX-EXAM", "XX_R", "XX-fee", "XX")}


#: What may stand anywhere by a slip.
WRONG: list[Any] = ["zzz", "-5", [], {"a": "b"}]


def _places(value: Any, path: tuple = ()) -> Iterator[tuple]:
    for key, item in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield (*path, key)
        yield from _places(item, (*path, key))


@pytest.mark.parametrize("file", sorted(GOOD))
def test_whatever_stands_anywhere_is_a_fault_with_its_line_or_compiles(tmp_path, monkeypatch, file):
    if not file.startswith("days"):
        monkeypatch.setattr("causeway.engines.docket.law._calendars", lambda packs: {})  # a century of days each time is slow, and not asked here
    whole = yaml.load(GOOD[file], yaml.BaseLoader)
    for path in _places(whole):
        for wrong in [None, *WRONG]:
            value = copy.deepcopy(whole)
            holder = functools.reduce(lambda part, key: part[key], path[:-1], value)
            if wrong is None:
                del holder[path[-1]]
            else:
                holder[path[-1]] = wrong
            folder = write(tmp_path, {file: yaml.safe_dump(value, sort_keys=False)})
            faults = lint_packs([folder])
            assert all(fault.line > 0 for fault in faults), (path, wrong, faults)
            if not faults:
                compile_law(load_packs([folder]))


def test_two_calendars_of_one_name_are_a_fault(tmp_path):
    faults = lint_packs([write(tmp_path, {"days/yy.yaml": GOOD["days/xx.yaml"]})])
    assert [str(fault) for fault in faults] == ["law-xx/days/yy.yaml:1: repeated-id: XX stands here twice."]


def test_a_wrong_pack_never_half_loads(tmp_path):
    folder = write(tmp_path, {"rules/xx.yaml": GOOD["rules/xx.yaml"].replace("[patent]", "[perfume]")})
    with pytest.raises(PackFaults) as raised:
        load_packs([folder])
    assert [fault.code for fault in raised.value.faults] == ["right"]


def test_a_link_out_of_the_folder_is_not_followed(tmp_path):
    folder = write(tmp_path)
    outside = tmp_path / "elsewhere.yaml"
    outside.write_text("SECRET: {title: x}\n")
    (folder / "rules/more.yaml").symlink_to(outside)
    assert [fault.code for fault in lint_packs([folder])] == ["link"]


def test_text_that_is_no_utf8_is_a_fault(tmp_path):
    folder = write(tmp_path)
    (folder / "sources.yaml").write_bytes(b"ACT: {title: \xff}\n")
    assert "encoding" in {fault.code for fault in lint_packs([folder])}


def test_the_digest_changes_with_the_text(tmp_path):
    one = load_packs([write(tmp_path / "a")])[0].digest
    same = load_packs([write(tmp_path / "b")])[0].digest
    other = load_packs([write(tmp_path / "c", {"sources.yaml": GOOD["sources.yaml"].replace("An act", "One act")})])[0].digest
    assert one == same != other


def test_a_change_of_law_without_cases_is_a_warning(tmp_path):
    case = "- {id: A, office: XX, right: patent, rule: XX-EXAM, events: {filing: '2020-03-01'}, expect: {due: '2023-03-01'}}\n"
    packs = load_packs([write(tmp_path, {"cases/a.yaml": case})])
    found = [str(warning) for warning in uncovered_changes(packs)]
    assert any("XX-EXAM: no worked case before 2020-01-01" in text for text in found)
    assert any("Tariff XX-fee" in text for text in found)


def test_the_shipped_packs_have_no_fault_and_every_change_its_cases():
    assert lint_packs(shipped_packs()) == []
    assert uncovered_changes(load_packs(shipped_packs())) == []
