"""One malformed example for every code the lint of practice packs can give; wrong packs never half-load; nothing in a pack can hurt."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest

import causeway.engines.packs as packs_module
from causeway.engines.packs import PackFaults
from causeway.engines.packs.coverage import uncovered_practice
from causeway.engines.packs.library import lint_practice, load_practice, practice_folders, shipped_practice
from causeway.engines.packs.sources import MAX_BYTES, MAX_FILES, from_folder, from_texts, from_zip, to_zip
from causeway.engines.packs.tests.practice_example import ALL, GUIDE, LAW, POLICY, pack_texts

V = "values/shares.yaml"
R = "rules/income.yaml"
O = "overlays/values.yaml"  # noqa: E741 - a file, not a number

#: code, pack, file, what stands there, what takes its place.
BAD = [
    ("missing", "law-yy", "pack.yaml", "version: '1'\n", ""),
    ("missing", "law-yy", "pack.yaml", "speaks: {from: '2010-01-01'}\n", ""),
    ("missing", "law-yy", V, "  title: {en: Least share}\n", ""),
    ("missing", "law-yy", V, "value: 50 %, ", ""),
    ("missing", "guide-yy", R, "  parts: {inventors: people, university: house}\n", ""),
    ("missing", "law-yy", R, "  of: distribution\n", ""),
    ("missing", "policy-yy", O, "  from: '2021-01-01'\n  value", "  value"),
    ("missing", "policy-yy", O, "  when: way == 'own_use'\n", ""),
    ("missing", "guide-yy", "flows/decide.yaml", "  steps:\n  - {id: vote, title: {en: Vote}, kind: vote, who: [committee], days: '5', day_kind: working, majority: 1/2}\n", ""),
    ("missing", "guide-yy", "forms/plan.yaml", "  fields:\n  - {name: price, title: {en: Price}, unit: money, currency: EUR}\n", ""),
    ("missing", "law-yy", "CHANGELOG.md", "# Changes\n\n## 1\n\nFirst.\n", " "),
    ("unknown-key", "law-yy", V, "  unit: share\n", "  unit: share\n  colour: red\n"),
    ("unknown-key", "law-yy", R, "  part: inventors\n", "  part: inventors\n  parts: {a: 1}\n"),
    ("unknown-key", "law-yy", "pack.yaml", "kind: law\n", "kind: law\ncolour: red\n"),
    ("unknown-key", "law-yy", "cases/cases.yaml", "id: Y1,", "id: Y1, colour: red,"),
    ("shape", "law-yy", R, "- id: default\n  kind: distribution\n  title: {en: Default}\n  in_force: {from: '2010-01-01'}\n  parts: {inventors: least, university: rest}\n  status: verified\n  basis: [ACT#45]\n", "- just words\n"),
    ("shape", "guide-yy", R, "parts: {inventors: people, university: house}", "parts: [a, b]"),
    ("missing", "law-yy", "sources.yaml", "ACT: {title: Act of Y, where: here", "ACT: {where: here"),
    ("shape", "law-yy", "sources.yaml", LAW["sources.yaml"], "- ACT\n"),
    ("id", "guide-yy", "flows/decide.yaml", "- id: decide", "- id: {a: b}"),
    ("id", "guide-yy", V, "id: house", "id: [house]"),
    ("repeated-id", "guide-yy", "forms/plan.yaml", "", GUIDE["forms/plan.yaml"]),
    ("shape", "policy-yy", O, "set: guide-yy/people", "set: guide-yy/split"),
    ("choice", "law-yy", "pack.yaml", "kind: law", "kind: rumour"),
    ("choice", "law-yy", R, "kind: floor", "kind: ceiling"),
    ("choice", "law-yy", R, "of: distribution", "of: weather"),
    ("choice", "law-yy", R, "  parts: {inventors: least", "  deduct: [costs, taxes_withheld]\n  parts: {inventors: least"),
    ("choice", "law-yy", R, "  parts: {inventors: least", "  deduct: [costs, rent]\n  parts: {inventors: least"),
    ("choice", "law-yy", R, "  parts: {inventors: least", "  deduct: [costs]\n  tto_fee: 5 %\n  parts: {inventors: least"),
    ("choice", "guide-yy", V, "value: red", "value: green"),
    ("choice", "guide-yy", "flows/decide.yaml", "who: [committee]", "who: [cat]"),
    ("status", "law-yy", V, "value: 50 %, status: verified", "value: 50 %"),
    ("status", "law-yy", R, "  status: verified\n  basis: [ACT#45]\n- id: floor", "  status: sure\n  basis: [ACT#45]\n- id: floor"),
    ("basis", "law-yy", V, "basis: [ACT#45]", "basis: []"),
    ("basis", "policy-yy", O, "  value: 55 %\n  status: verified\n  basis: [MINUTES#1]\n", "  value: 55 %\n  status: verified\n"),
    ("basis", "guide-yy", "flows/decide.yaml", "  basis: [BOOK#2]\n", ""),
    ("source", "law-yy", V, "basis: [ACT#45]", "basis: [HEARSAY#45]"),
    ("source", "policy-yy", O, "basis: [MINUTES#1]", "basis: [DREAM#1]"),
    ("unit", "law-yy", V, "unit: share", "unit: moons"),
    ("date", "law-yy", V, "from: '2020-01-01'", "from: '2020-02-31'"),
    ("validity", "law-yy", R, "in_force: {from: '2010-01-01'}", "in_force: {from: '2010-01-01', to: '2009-01-01'}"),
    ("id", "law-yy", V, "id: least", "id: Least Share"),
    ("value", "law-yy", V, "value: 50 %", "value: half"),
    ("value", "guide-yy", V, "value: '36'", "value: '36.5'"),
    ("value", "guide-yy", V, "value: '12.50'", "value: '12.505'"),
    ("value", "law-yy", V, "value: 50 %", "value: 1e999999999"),
    ("value", "guide-yy", V, "formula: 1 - people", "formula: people - 1"),
    ("share-range", "law-yy", V, "value: 50 %", "value: '1.01'"),
    ("share-range", "law-yy", V, "value: 50 %", "value: 150 %"),
    ("share-range", "guide-yy", R, "parts: {inventors: '0.5', university: '0.5'}", "parts: {inventors: '1.5', university: '0 - 0.5'}"),
    ("negative", "guide-yy", V, "value: '12.50'", "value: '-12.50'"),
    ("currency", "guide-yy", V, "currency: EUR", "currency: GROATS"),
    ("currency", "guide-yy", V, "currency: EUR", "currency: XYZ"),
    ("bounds", "guide-yy", V, "value: 60 %", "value: 95 %"),
    ("bounds", "policy-yy", O, "value: 55 %", "value: 95 %"),
    ("gap", "law-yy", V, "from: '2020-01-01'", "from: '2020-01-02'"),
    ("gap", "law-yy", V, "from: '2010-01-01'", "from: '2010-01-02'"),
    ("gap", "law-yy", V, "from: '2020-01-01', value", "from: '2020-01-01', to: '2024-12-31', value"),
    ("gap", "guide-yy", V, "  versions:\n  - {from: '2012-01-01', value: 60 %", "  speaks: {from: '2012-01-01', to: '2020-12-31'}\n  versions:\n  - {from: '2012-01-01', to: '2020-12-31', value: 60 %"),
    ("overlap", "law-yy", V, "from: '2020-01-01'", "from: '2019-12-31'"),
    ("overlap", "law-yy", V, ", to: '2019-12-31'", ""),
    ("overlap", "policy-yy", O, "- except", "- {set: guide-yy/people, from: '2022-01-01', value: 56 %, status: verified, basis: [MINUTES#1]}\n- except"),
    ("mixed-units", "guide-yy", V, "  unit: share\n  bounds", "  unit: share\n  currency: EUR\n  bounds"),
    ("mixed-units", "guide-yy", V, "formula: 1 - people", "formula: fee"),
    ("mixed-units", "guide-yy", V, "formula: 1 - people", "formula: people + wait"),
    ("mixed-units", "policy-yy", O, "value: 55 %", "value: 55 %\n  unit: money"),
    ("mixed-units", "guide-yy", R, "parts: {inventors: people,", "parts: {inventors: fee,"),
    ("expression", "guide-yy", R, "when: way == 'service'", "when: way = 'service'"),
    ("expression", "guide-yy", R, "when: way == 'service'", "when: way == 3"),
    ("expression", "guide-yy", R, "when: way == 'service'", "when: open('/etc/passwd')"),
    ("expression", "guide-yy", R, "when: way == 'service'", "when: __import__('os')"),
    ("expression", "guide-yy", V, "formula: 1 - people", "formula: 9 ** 9 ** 9"),
    ("expression-size", "guide-yy", R, "when: way == 'service'", f"when: {'(' * 60}way == 'service'{')' * 60}"),
    ("expression-size", "guide-yy", R, "when: way == 'service'", f"when: {' and '.join(['true'] * 190)}"),
    ("expression-size", "guide-yy", V, "formula: 1 - people", f"formula: {'1*' * 600}1"),
    ("no-such-value", "guide-yy", R, "parts: {inventors: people,", "parts: {inventors: nobody,"),
    ("no-such-value", "guide-yy", R, "when: way == 'service'", "when: weather == 'service'"),
    ("no-such-value", "policy-yy", O, "set: guide-yy/people", "set: guide-yy/nobody"),
    ("no-such-value", "policy-yy", O, "use: own", "use: other"),
    ("sum", "guide-yy", R, "parts: {inventors: '0.5', university: '0.5'}", "parts: {inventors: '0.5', university: '0.4'}"),
    ("sum", "guide-yy", R, "parts: {inventors: '0.5', university: '0.5'}", "parts: {inventors: rest, university: rest}"),
    ("repeated-id", "guide-yy", V, "id: house", "id: people"),
    ("repeated-id", "guide-yy", V, "id: fee", "id: least"),
    ("repeated-id", "law-yy", R, "id: floor", "id: default"),
    ("extends", "guide-yy", "pack.yaml", "extends: [law-yy]", "extends: [law-yy, law-zz]"),
    ("extends", "law-yy", "pack.yaml", "kind: law\n", "kind: law\nextends: [policy-yy]\n"),
    ("cycle", "guide-yy", "pack.yaml", "extends: [law-yy]", "extends: [law-yy, policy-yy]"),
    ("cycle", "guide-yy", V, "value: 60 %", "formula: 1 - house"),
    ("before-law", "guide-yy", "pack.yaml", "from: '2012-01-01'", "from: '2009-12-31'"),
    ("before-law", "policy-yy", O, "- set: guide-yy/people\n  from: '2021-01-01'", "- set: guide-yy/people\n  from: '2011-12-31'"),
    ("law-overlaid", "policy-yy", O, "set: guide-yy/people", "set: law-yy/least"),
    ("law-overlaid", "policy-yy", O, "- set: guide-yy/people\n  from: '2021-01-01'\n  value: 55 %\n", "- repeal: law-yy/floor\n  from: '2021-01-01'\n"),
    ("exceptions", "policy-yy", O, "- except", "- {except: guide-yy/split, when: \"way in ['own_use', 'licence']\", from: '2021-06-01', status: verified, basis: [MINUTES#1]}\n- except"),
    ("two-rules", "guide-yy", R, "  when: way == 'service'\n", ""),
    ("below-floor", "policy-yy", O, "value: 55 %", "value: 49.999 %"),
    ("below-floor", "guide-yy", R, "parts: {inventors: '0.5', university: '0.5'}", "parts: {university: '1'}"),
    ("below-floor", "guide-yy", V, "value: 60 %", "value: 45 %"),
    ("repealed", "policy-yy", O, "- set: guide-yy/people\n  from: '2021-01-01'\n  value: 55 %\n", "- repeal: guide-yy/people\n  from: '2021-01-01'\n"),
    ("tiers", "guide-yy", R, "  parts: {inventors: '0.5', university: '0.5'}\n", "  tiers: {bands: [{up_to: fee, share: '0.9'}, {up_to: fee, share: '0.8'}, {share: '0.7'}]}\n"),
    ("language", "guide-yy", "i18n/xx.yaml", "", "people: mensen\n"),
    ("language", "law-yy", V, "title: {en: Least share}", "title: {en: Least, or so}"),
    ("language", "law-yy", "pack.yaml", "title: {en: Law of Y}", "title: {en: Law, of Y}"),
    ("missing", "guide-yy", "flows/decide.yaml", "title: {en: Vote}", "title: {en: ''}"),
    ("file", "guide-yy", "values/run.py", "", "import os\n"),
    ("file", "guide-yy", "notes.yaml", "", "a: b\n"),
    ("link", "guide-yy", "../out.yaml", "", "a: b\n"),
    ("repeated-key", "law-yy", V, "  unit: share\n", "  unit: share\n  unit: share\n"),
    ("anchor", "law-yy", V, "basis: [ACT#45]", "basis: &b [ACT#45]"),
    ("tag", "law-yy", V, "value: 50 %", "value: !!python/object:os.system 50 %"),
    ("not-yaml", "law-yy", V, "basis: [ACT#45]", "basis: [ACT#45"),
    ("key", "law-yy", "sources.yaml", "ACT:", "? [a, b]\n: {title: x}\nACT:"),
    ("too-deep", "law-yy", "sources.yaml", "ACT:", f"DEEP: {'[' * 30}{']' * 30}\nACT:"),
    ("too-large", "law-yy", "sources.yaml", "ACT:", f"# {'x' * (MAX_BYTES + 1)}\nACT:"),
]  # fmt: skip


def spoiled(pack: str, file: str, old: str, new: str) -> list:
    text = ALL[pack].get(file, "")
    assert old in text
    return pack_texts({pack: {file: text.replace(old, new, 1)}})


def test_the_example_itself_is_without_a_fault():
    assert lint_practice(pack_texts(), ()) == []


@pytest.mark.parametrize(("code", "pack", "file", "old", "new"), BAD)
def test_a_fault_is_named_with_its_place(code, pack, file, old, new):
    faults = lint_practice(spoiled(pack, file, old, new), ())
    found = [fault for fault in faults if fault.code == code]
    assert found, f"no {code} in {faults}"
    assert any(fault.file.startswith(pack) for fault in found)
    assert re.match(r"[a-z-]+(/[^:]+)?:\d+: ", str(found[0]))


def test_every_code_in_the_sources_has_a_malformed_example():
    home = Path(packs_module.__file__).parent
    text = "".join((home / f"{name}.py").read_text() for name in ("practice", "library", "meaning", "sources", "units", "expressions", "parse"))
    codes = set(re.findall(r'(?:Fault\(|fault\(|_fault\(|ValueFault\(|ExpressionFault\()\s*"([a-z-]+)"', text)) | {"gap", "repealed", "status", "source", "basis"}
    assert codes - {code for code, *_ in BAD} - {"encoding", "not-zip"} == set()


def test_all_faults_come_at_once():
    changed = {
        V: LAW[V].replace("50 %", "half").replace("ACT#45", "HEARSAY"),
        R: LAW[R].replace("of: distribution", "of: weather"),
    }
    codes = {fault.code for fault in lint_practice(pack_texts({"law-yy": changed}, leave=("guide-yy", "policy-yy")), ())}
    assert {"value", "source", "choice"} <= codes


def test_a_wrong_pack_never_half_loads():
    with pytest.raises(PackFaults) as raised:
        load_practice(spoiled("policy-yy", O, "value: 55 %", "value: 30 %"), ())
    assert [fault.code for fault in raised.value.faults] == ["below-floor"]


def test_a_share_under_the_floor_names_day_and_article():
    fault = lint_practice(spoiled("policy-yy", O, "value: 55 %", "value: 45 %"), ())[0]
    assert "from 2021-01-01 on" in fault.message and "Act of Y, 45" in fault.message and fault.file == "policy-yy/overlays/values.yaml"


def test_a_share_that_a_later_law_overtakes_is_told_with_the_day_of_that_law():
    fault = next(f for f in lint_practice(spoiled("guide-yy", V, "value: 60 %", "value: 45 %"), ()) if f.code == "below-floor")
    assert "from 2020-01-01 on" in fault.message


def test_a_share_of_exactly_the_floor_is_lawful():
    assert lint_practice(spoiled("policy-yy", O, "value: 55 %", "value: 1/2"), ()) == []


def test_a_fee_of_the_office_counts_against_the_floor():
    text = GUIDE[R].replace("  when: way == 'service'\n", "  when: way == 'service'\n  tto_fee: 10 %\n")
    assert [fault.code for fault in lint_practice(pack_texts({"guide-yy": {R: text}}), ())] == ["below-floor"]


@pytest.mark.parametrize(("counted", "codes"), [("  cost_share: 25 %\n", []), ("  cost_share: 30 %\n", ["below-floor"]), ("", ["below-floor"])])
def test_a_rule_that_takes_more_costs_off_than_the_law_allows_is_under_its_floor(counted, codes):
    law = LAW[R].replace("  share: least\n", "  share: least\n  cost_share: 25 %\n").replace("  parts: {inventors: least", "  cost_share: 25 %\n  parts: {inventors: least")
    guide = GUIDE[R].replace("  title: {en: Half}\n", f"  title: {{en: Half}}\n{counted}").replace("  title: {en: Split}\n", "  title: {en: Split}\n  cost_share: 25 %\n")
    assert [fault.code for fault in lint_practice(pack_texts({"law-yy": {R: law}, "guide-yy": {R: guide}}, leave=("policy-yy",)), ())] == codes


def test_a_folder_that_is_too_large_is_not_read(tmp_path):
    folder = tmp_path / "big"
    (folder / "values").mkdir(parents=True)
    with (folder / "values/big.yaml").open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    source = from_folder(folder)
    assert [fault.code for fault in source.faults] == ["too-large"] and source.texts == {}
    assert "too-large" in {fault.code for fault in lint_practice([source], ())}


def test_too_many_files_are_not_read():
    source = from_texts({f"values/{at}.yaml": "[]" for at in range(MAX_FILES + 1)}, "many")
    assert [fault.code for fault in source.faults] == ["too-large"]


def archive(files: dict[str, bytes], mode: int = 0) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in files.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = mode << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            out.writestr(info, content)
    return made.getvalue()


def value(name: str, formula: str = "", text: str = "", unit: str = "rate") -> str:
    said = f"formula: '{formula}'" if formula else f"value: '{text}'"
    return f"- {{id: {name}, title: {{en: T}}, unit: {unit}, versions: [{{from: '2010-01-01', {said}, status: verified, basis: [ACT]}}]}}\n"


RULE = "- {{id: r{0}, kind: distribution, title: {{en: T}}, when: \"{1}\", parts: {{inventors: 50 %, university: 50 %}}, status: verified, basis: [ACT]}}\n"
FLAGS = "exclusive and resident and publicised and state_body and chosen and defence and holds_title"

#: Packs built to exhaust the machine: what they are made of, and the code they end with.
HOSTILE = {
    "many items": ({"values/a.yaml": "- a\n" * 120_000}, "too-large"),
    "many brackets": ({"values/a.yaml": f"[{'[],' * 160_000}]"}, "too-large"),
    "many anchors": ({"values/a.yaml": "- &a x\n" * 60_000}, "too-large"),
    "many values": ({"values/a.yaml": "".join(value(f"v{at}", text="1") for at in range(600))}, "too-large"),
    "a long chain": ({"values/a.yaml": "".join(value(f"v{at}", f"v{at + 1} + 0") for at in range(400)) + value("v400", text="1")}, "expression-size"),
    "a number that doubles": ({"values/a.yaml": "".join(value(f"v{at}", f"v{at + 1} * v{at + 1}") for at in range(18)) + value("v18", text="3")}, "value"),
    "a long circle": ({"values/a.yaml": "".join(value(f"v{at}", f"v{(at + 1) % 400} + 0") for at in range(400))}, "cycle"),
    "long formulas": ({"values/a.yaml": "".join(value(f"v{at}", "1" + "+1" * 140) for at in range(450))}, ""),
    "many rules": ({"rules/a.yaml": "".join(RULE.format(at, f"unit == '{at}'") for at in range(300))}, "too-large"),
    "rules to compare": ({"rules/a.yaml": "".join(RULE.format(at, f"{FLAGS} and unit == '{at}'") for at in range(190))}, "two-rules"),
    "many days": (
        {"values/a.yaml": "- {id: v, title: {en: T}, unit: rate, versions: [" + ", ".join(
            f"{{from: '2010-01-01', to: '20{at // 10 + 10}-01-{at % 10 + 10}', value: '1', status: verified, basis: [ACT]}}" for at in range(300)) + "]}\n"},
        "too-large",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_pack_that_is_built_to_exhaust_the_machine_ends_soon(name):
    files, code = HOSTILE[name]
    codes = [fault.code for fault in lint_practice(pack_texts({"law-yy": files}, leave=("guide-yy", "policy-yy")), ())]
    assert (code in codes) if code else codes == []


def test_a_zip_gives_the_pack_it_was_made_of():
    source = from_texts(LAW, "law-yy")
    again = from_zip(to_zip(LAW), "law-yy")
    assert again.texts == LAW and again.digest == source.digest
    inside = from_zip(archive({f"folder/{name}": text.encode() for name, text in LAW.items()}), "law-yy")
    assert inside.digest == source.digest


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"no zip at all", "not-zip"),
        (b"", "not-zip"),
        (archive({"../../etc/cron.d/x": b"a"}), "link"),
        (archive({"/etc/passwd": b"a"}), "link"),
        (archive({"pack.yaml": b"/etc/passwd"}, 0o120777), "link"),
        (archive({"pack.yaml": b"\0" * 100_000_000}), "too-large"),
        (archive({f"values/{at}.yaml": b"" for at in range(MAX_FILES + 1)}), "too-large"),
        (b"\0" * (MAX_BYTES + 1), "too-large"),
        (archive({"pack.yaml": b"id: \xff"}), "encoding"),
        (to_zip(LAW)[:-200], "not-zip"),
        (to_zip(LAW)[:60] + b"\xff" * 40 + to_zip(LAW)[100:], "not-zip"),
    ],
)
def test_a_zip_that_would_hurt_is_refused(content, code):
    assert code in [fault.code for fault in from_zip(content, "up").faults]


def test_a_link_out_of_a_folder_is_not_followed(tmp_path):
    folder = tmp_path / "law-yy"
    for name, text in LAW.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    (tmp_path / "secret.yaml").write_text("S: {title: secret}")
    (folder / "values/more.yaml").symlink_to(tmp_path / "secret.yaml")
    assert [fault.code for fault in from_folder(folder).faults] == ["link"]


def test_the_digest_is_of_the_text_and_not_of_the_place():
    one = from_texts(POLICY, "a").digest
    assert one == from_texts(dict(reversed(POLICY.items())), "b").digest
    assert one != from_texts({**POLICY, O: POLICY[O].replace("55", "56")}, "a").digest


def test_a_change_without_a_case_on_each_side_is_a_warning():
    only = LAW["cases/cases.yaml"].splitlines(keepends=True)[1]
    packs = load_practice(pack_texts({"law-yy": {"cases/cases.yaml": only}}), ())
    found = [str(warning) for warning in uncovered_practice(packs)]
    assert any("default: no worked case before 2020-01-01" in text and "no-case" in text for text in found)
    assert not [text for text in map(str, uncovered_practice(load_practice(pack_texts(), ()))) if "law-yy" in text]


def test_the_shipped_packs_have_no_fault_and_every_change_its_cases():
    assert lint_practice([from_folder(folder) for folder in practice_folders()], ()) == []
    assert [str(warning) for warning in uncovered_practice(shipped_practice())] == []
