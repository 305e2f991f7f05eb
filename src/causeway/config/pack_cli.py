"""`causeway pack`: lint, list, show, diff, test, check, simulate and explain practice packs. Needs no database.

Subcommands that do (adopting, replaying) are added by `database_commands`, which is asked for each call and may be absent.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

from causeway.config.law_cli import read_text
from causeway.engines.distribution import Contributor
from causeway.engines.docket.check import CaseFault, Result
from causeway.engines.kernel import Money, Refusal, parse_date
from causeway.engines.packs import Fault, PackFaults, lint_packs
from causeway.engines.packs.coverage import uncovered_practice
from causeway.engines.packs.diff import diff_packs
from causeway.engines.packs.load import subject_of
from causeway.engines.packs.resolve import Book, practice
from causeway.engines.packs.schema import Pack, text_of
from causeway.engines.packs.sources import MAX_BYTES
from causeway.engines.packs.units import ValueFault
from causeway.engines.practice import (
    PackText,
    Row,
    changes,
    fields,
    from_folder,
    from_zip,
    lint_practice,
    load_practice,
    practice_folders,
    sensitivity,
    shipped_practice,
    simulate,
)  # fmt: skip
from causeway.engines.practice.check import check_text, read_cases, read_fact_text, read_weight, run_case

#: Modules that may add subcommands which need the database: each has `add_pack_commands(commands)`, giving parsers whose `command` is called.
DATABASE_COMMANDS = "causeway.config.pack_database_cli"


#: Columns of receipts; any other is a fact.
COLUMNS = ("date", "amount", "currency", "technology", "costs", "inventors")


class CallFault(Exception):
    """The call cannot be carried out: says what to write instead."""


def main(argv: list[str]) -> int:
    """Run a subcommand; returns 0 when all is well, 1 when something is not ok, 2 when the call or a file is wrong."""
    options = _parser().parse_args(argv)
    try:
        return int(options.command(options))
    except BrokenPipeError:
        raise  # no fault of a file: `cli` ends it quietly
    except (CallFault, CaseFault, OSError, PackFaults, UnicodeDecodeError, ValueFault) as fault:
        print(f"causeway pack: {fault}", file=sys.stderr)
        return 2
    except Refusal as refusal:
        print(f"REFUSED {refusal.message}")
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="causeway pack", description="Practice packs: what universities share, pay and decide, as data with sources.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, command: Any, help: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=help, description=help)
        made.set_defaults(command=command)
        return made

    lint = add("lint", _lint, "Every fault of packs, by file and line (default: the shipped ones).")
    lint.add_argument("pack", nargs="*", help="id of a shipped pack, folder or zip")
    add("list", _list, "The shipped practice packs.")
    show = add("show", _show, "What a pack says: its values, rules and flows as they hold on a day.")
    show.add_argument("pack", help="id of a shipped pack, folder or zip")
    show.add_argument("--on", help="day, default the first on which the pack speaks")
    show.add_argument("--language", default="en", choices=["en", "zh-hans", "es", "pl"])
    diff = add("diff", _diff, "What differs between two packs or two versions of one.")
    diff.add_argument("before")
    diff.add_argument("after")
    test = add("test", _test, "Run the packs' own worked cases and name changes without one (default: the shipped ones).")
    test.add_argument("pack", nargs="*", help="id of a shipped pack, folder or zip")
    check = add("check", _check, "Run a file of worked cases.")
    check.add_argument("file", type=Path)
    check.add_argument("--json", action="store_true")
    check.add_argument("--pack", action="append", default=[], help="a folder or zip whose pack the cases may name, beside the shipped ones")
    why = add("explain", _explain, "A worked case in words, step by step, with its sources.")
    why.add_argument("file", type=Path)
    why.add_argument("--case", help="its id, default the first")
    why.add_argument("--language", default="en", choices=["en", "zh-hans"])
    why.add_argument("--pack", action="append", default=[])
    _add_simulate(add)
    try:
        import_module(DATABASE_COMMANDS).add_pack_commands(commands)
    except ModuleNotFoundError as missing:
        if missing.name != DATABASE_COMMANDS:
            raise
    return parser


def _add_simulate(add: Any) -> None:
    trial = add("simulate", _simulate, "Try one or two packs on receipts of the past: a CSV with date, amount, currency, technology, costs, inventors.")
    trial.add_argument("receipts", type=Path)
    trial.add_argument("--pack", action="append", required=True, help="id, folder or zip; twice to compare")
    trial.add_argument("--under", help="the one day whose rules apply to all receipts, default each receipt's own")
    trial.add_argument("--value", metavar="PACK/ID=TEXT,TEXT", help="the outcome for each of several texts of one value of the last pack")
    trial.add_argument("--json", action="store_true")


def _text_of(name: str) -> PackText:
    path = Path(name)
    if path.is_dir():
        return from_folder(path)
    if path.suffix == ".zip" and path.is_file():
        with path.open("rb") as file:
            return from_zip(file.read(MAX_BYTES + 1), path.stem)
    raise CallFault(f"{name} is neither a folder nor a zip, nor the id of a shipped pack: causeway pack list")


def _packs(names: list[str]) -> list[Pack]:
    """Packs by id, folder or zip; those from outside may extend the shipped ones and each other."""
    shipped = {pack.id: pack for pack in shipped_practice()}
    outside = load_practice([_text_of(name) for name in names if name not in shipped])
    found = {**shipped, **{pack.id: pack for pack in outside}}
    by_name = dict(zip([name for name in names if name not in shipped], outside, strict=True))
    return [by_name.get(name) or found[name] for name in names]


def _known(names: list[str]) -> dict[str, Pack]:
    return {pack.id: pack for pack in [*shipped_practice(), *_packs(names)]}


def _lint(options: argparse.Namespace) -> int:
    shipped = {folder.name: str(folder) for folder in practice_folders()}
    names = [shipped.get(name, name) for name in options.pack] or list(shipped.values())
    docket = [Path(name) for name in names if subject_of(Path(name)) == "docket"]
    texts = [_text_of(name) for name in names if Path(name) not in docket]
    library = shipped_practice() if options.pack else ()
    faults: list[Fault] = [*lint_practice(texts, library), *(lint_packs(docket) if docket else [])]
    for fault in faults:
        print(fault)
    if texts and not faults:
        for warning in uncovered_practice(load_practice(texts, library)):
            print(f"warning: {warning}")
    print(f"{len(faults)} faults")
    return 1 if faults else 0


def _list(_options: argparse.Namespace) -> int:
    for pack in sorted(shipped_practice(), key=lambda one: one.id):
        print(f"{pack.id:26} {pack.kind:7} {pack.version:8} {text_of(pack.title)}")
    return 0


def _show(options: argparse.Namespace) -> int:
    pack = _packs([options.pack])[0]
    part = practice(pack)
    book = Book([pack], shipped_practice())
    day = _day(options.on) or date.fromordinal(book.nearest(None))
    language = options.language
    print(f"{pack.id} {pack.version} ({pack.kind})\n{text_of(pack.title, language)}\n{text_of(part.summary, language)}\n")
    print(f"Speaks {part.speaks.text()}; stands on {', '.join(part.extends) or 'no other pack'}.\nReviewed: {part.reviewed or 'no'}\nSHA-256 {pack.digest}\n\nOn {day}:\n")
    for one in fields(book, day, language):
        if one.pack == pack.id:
            mark = "●" if one.verified else "○"
            print(f"{mark} {one.key.partition('/')[2]}: {one.shown or one.problem}\n    {text_of(one.title, language)}")
            if one.least:
                print(f"    at least {one.least}: {one.least_law}")
            for source in one.sources:
                print(f"    {source}")
    held = book.on(day)
    for rule in part.rules.values():
        state = "in force" if rule.span.holds(held.day) else "not in force"
        print(f"\n{rule.id} ({rule.kind}, {state}, {rule.span.text()}): {book.title(rule, language)}")
        for basis in rule.ground.basis:
            print(f"    {book.source(basis)}")
    for key, flow in part.flows.items():
        print(f"\n{key}: {text_of(flow.get('title'), language)}")
        for at, step in enumerate(flow["steps"], 1):
            print(f"    {at}. {text_of(step.get('title'), language)}")
    return 0


def _day(text: str | None) -> date | None:
    if not text:
        return None
    try:
        return parse_date(text)
    except ValueError as wrong:
        raise CallFault(str(wrong)) from None


def _diff(options: argparse.Namespace) -> int:
    before, after = _packs([options.before])[0], _packs([options.after])[0]
    lines = diff_packs(before, after)
    for line in lines:
        print(line)
    print(f"{len(lines)} differences" if lines else "no difference")
    return 1 if lines else 0


def _test(options: argparse.Namespace) -> int:
    packs = _packs(options.pack) if options.pack else list(shipped_practice())
    known = {pack.id: pack for pack in [*shipped_practice(), *packs]}
    results = []
    for pack in packs:
        for name, text in sorted(pack.texts.items()):
            if name.startswith("cases/"):
                cases = read_cases(text, f"{pack.id}/{name}")
                results += [run_case(case, known, f"{pack.id}/{name}") for case in cases]
    for result in results:
        if not result.ok:
            print(line_of(result))
    for warning in uncovered_practice(packs):
        print(f"warning: {warning}")
    print(f"{sum(result.ok for result in results)} of {len(results)} ok")
    return 0 if all(result.ok for result in results) else 1


def _check(options: argparse.Namespace) -> int:
    results = check_text(read_text(options.file), _known(options.pack), options.file.name)
    if options.json:
        print(json.dumps([vars(result) for result in results], ensure_ascii=False, indent=1))
    else:
        for result in results:
            print(line_of(result))
        print(f"{sum(r.ok for r in results)} of {len(results)} ok")
    return 0 if all(result.ok for result in results) else 1


def line_of(result: Result) -> str:
    """A result in a line: ok, REFUSED with the reason, or FAIL with both values of what differs."""
    if result.ok:
        return f"ok {result.id}"
    if result.refused is not None:
        return f"REFUSED {result.id} {result.refused}"
    wrong = [f"{name}: expected {value}, got {got}" for name, value, got in _differences(result.expect, result.got)]
    return f"FAIL {result.id} {'; '.join(wrong)}"


def _differences(expect: Mapping[str, Any], got: Mapping[str, Any], place: str = "") -> Iterator[tuple[str, Any, Any]]:
    for name, value in expect.items():
        there = got.get(name)
        if isinstance(value, dict) and isinstance(there, dict):
            yield from _differences(value, there, f"{place}{name}.")
        elif value != there:
            yield f"{place}{name}", value, there


def _explain(options: argparse.Namespace) -> int:
    cases = read_cases(read_text(options.file), options.file.name)
    chosen = [case for case in cases if options.case in (None, str(case.get("id")))]
    if not chosen:
        raise CallFault(f"{options.file.name} has no case {options.case}.")
    case = chosen[0]
    result = run_case(case, _known(options.pack), options.file.name, options.language)
    print(f"{result.id}: {case.get('title', case['kind'])}\n")
    for step in result.trace:
        mark = "●" if step["verified"] else "○"
        print(f"{mark} {step['title']}\n    {step['sentence']}")
        for basis in step["basis"]:
            print(f"    {basis}")
    return 1 if result.refused is not None else 0


def _simulate(options: argparse.Namespace) -> int:
    packs = _packs(options.pack)
    known = {pack.id: pack for pack in [*shipped_practice(), *packs]}
    books = {f"{pack.id} {pack.version}": Book([pack], known.values()) for pack in packs}
    if len(books) != len(packs):
        raise CallFault("Name two different packs.")
    under = _day(options.under)
    if options.value:
        key, _sign, texts = options.value.partition("=")
        found = sensitivity(read_receipts(options.receipts), list(books.values())[-1], key, [one.strip() for one in texts.split(",")], under)
    else:
        found = simulate(read_receipts(options.receipts), books, dict.fromkeys(books, under) if under else None)
    if options.json:
        print(json.dumps({name: _as_json(outcome) for name, outcome in found.items()}, ensure_ascii=False, indent=1))
        return 0
    for name, outcome in found.items():
        print(f"{name}: {outcome.shared} of {outcome.rows} receipts shared")
        for (year, part, currency), amount in sorted(outcome.parts.items()):
            print(f"  {year} {part:12} {Money(amount, currency).text():>18} {currency}")
        for (year, currency), amount in sorted(outcome.floor.items()):
            print(f"  {year} the law asks {Money(amount, currency).text():>18} {currency}")
        for (code, message), count in sorted(outcome.refusals.items()):
            print(f"  refused {count}: {code}: {message}")
    if len(found) == 2 and not options.value:
        print("\nWho gains and who loses:")
        before, after = found.values()
        for one in changes(before, after):
            print(f"  {one.who:20} {Money(one.before, one.currency).text():>16} {Money(one.after, one.currency).text():>16} {one.currency}")
    return 0


def _as_json(outcome: Any) -> dict[str, Any]:
    tables = {
        name: [[*key[:-1], key[-1], Money(amount, key[-1]).text()] for key, amount in sorted(getattr(outcome, name).items())]
        for name in ("received", "net", "parts", "people", "units", "floor", "carried")
    }
    refused = [{"code": code, "message": message, "count": count} for (code, message), count in sorted(outcome.refusals.items())]
    examples = [{**one._asdict(), "on": one.on.isoformat()} for one in outcome.refused]
    return {"digest": outcome.digest, "rows": outcome.rows, "shared": outcome.shared, **tables, "refusals": refused, "refused": examples}


def read_receipts(file: Path) -> Iterator[Row]:
    """Receipts of a CSV with a header. inventors: "Name:weight; Name:weight" (weight 1 where none is given; "Name@Unit:2" names the unit).

    Further columns are facts for the conditions of packs (`employee_led`: true). A column without a value gives no fact.
    Raises `CallFault` with the line for what is no receipt.
    """
    with file.open(encoding="utf-8-sig", newline="") as opened:
        table = csv.DictReader(opened)
        missing = {"date", "amount", "currency"} - set(table.fieldnames or ())
        if missing:
            raise CallFault(f"{file.name}: the first line must name {', '.join(sorted(missing))}.")
        for row in table:
            try:
                yield _receipt(row, table.line_num)
            except ValueError as wrong:
                raise CallFault(f"{file.name}:{table.line_num}: {wrong}.") from None


def _receipt(row: Mapping[str, str | None], line: int) -> Row:
    currency = (row.get("currency") or "").strip()
    people = []
    for one in filter(None, (part.strip() for part in (row.get("inventors") or "").split(";"))):
        name, _colon, weight = one.rpartition(":") if ":" in one else (one, "", "1")
        person, _at, unit = name.partition("@")
        people.append(Contributor(person.strip(), read_weight(weight), False, unit.strip()))
    amount = Money.parse((row["amount"] or "").strip()[:40], currency).minor
    costs = Money.parse((row.get("costs") or "0").strip()[:40] or "0", currency).minor
    facts = tuple((key, read_fact_text(text.strip())) for key, text in row.items() if key and key not in COLUMNS and isinstance(text, str) and text.strip())
    return Row(parse_date((row["date"] or "").strip()), amount, currency, (row.get("technology") or "").strip(), costs, tuple(people), facts, line)
