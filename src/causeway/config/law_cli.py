"""`causeway law`: check worked cases, explain a date, list and show rules, lint packs. Needs no database."""

from __future__ import annotations

import argparse
import json
import sys
from functools import cache
from pathlib import Path

from causeway.engines.docket import Law, compile_law
from causeway.engines.docket.cases import DATES
from causeway.engines.docket.check import CaseFault, Result, agrees, check_text, derive
from causeway.engines.docket.explain import explain
from causeway.engines.kernel import Refusal
from causeway.engines.packs import PackFaults, lint_packs, load_packs, shipped_packs, uncovered_changes


def main(argv: list[str]) -> int:
    """Run a subcommand; returns 0 when all is well, 1 when something is not ok, 2 when the call or a file is wrong."""
    options = _parser().parse_args(argv)
    try:
        return options.command(options)
    except (CaseFault, OSError, PackFaults, UnicodeDecodeError) as fault:
        print(f"causeway law: {fault}", file=sys.stderr)
        return 2
    except Refusal as refusal:
        print(f"REFUSED {refusal.message}")
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="causeway law", description="The law packs: check, explain, list, show, lint.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    check = commands.add_parser("check", help="run a file of worked cases")
    check.add_argument("file", type=Path)
    check.add_argument("--json", action="store_true")
    check.set_defaults(command=_check)
    why = commands.add_parser("explain", help="the derivation of a date in words, with its sources")
    why.add_argument("rule")
    why.add_argument("--given", type=Path, required=True, help="a file with one case: events and facts")
    why.add_argument("--language", default="en", choices=["en", "zh-hans"])
    why.set_defaults(command=_explain)
    commands.add_parser("list", help="every rule").set_defaults(command=_list)
    show = commands.add_parser("show", help="one rule: what it says, since when, on what basis")
    show.add_argument("rule")
    show.set_defaults(command=_show)
    lint = commands.add_parser("lint", help="every fault of packs, by file and line")
    lint.add_argument("folder", type=Path, nargs="*")
    lint.set_defaults(command=_lint)
    return parser


@cache
def shipped_law() -> Law:
    """The law of the packs that come with Causeway."""
    return compile_law(load_packs(shipped_packs()))


def _check(options: argparse.Namespace) -> int:
    results = check_text(options.file.read_text(encoding="utf-8"), shipped_law(), options.file.name)
    if options.json:
        print(json.dumps([result.as_dict() for result in results], ensure_ascii=False, indent=1))
    else:
        for result in results:
            print(_line(result))
            for note in result.notes:
                print(f"   note: {note}")
        print(f"{sum(r.ok for r in results)} of {len(results)} ok")
    return 0 if all(result.ok for result in results) else 1


def _line(result: Result) -> str:
    if result.ok:
        return f"ok {result.id}"
    wrong = [f"{name}: expected {value}, got {result.got.get(name)}" for name, value in result.expect.items() if not agrees(result.got.get(name), value)]
    dated = any(name in result.got for name in DATES)
    if result.refused is not None and not dated:
        return f"REFUSED {result.id} {result.refused}"
    return f"FAIL {result.id} {'; '.join(wrong)}{f' (refused: {result.refused})' if result.refused else ''}"


def _explain(options: argparse.Namespace) -> int:
    text = options.given.read_text(encoding="utf-8")
    law = shipped_law()
    rule = law.rule(options.rule) if options.rule != "TERM" else None
    case = _given(text, options, rule.office if rule else "")
    deadline, found, _prepared = derive(case, law, options.given.name)
    print(f"{found.id}: {found.name(options.language)}\n{found.pack} {found.version}, {'verified' if found.verified else 'unverified'}\n")
    for step in explain(deadline, law, options.language):
        mark = "●" if step.verified else "○"
        print(f"{mark} {step.on:%a %d %b %Y}  {step.title}\n    {step.sentence}")
        for basis in step.basis:
            print(f"    {_source(law, basis)}")
    if deadline.provisional:
        print("\nProvisional: the closing days of the year are not all known.")
    if found.data.get("note"):
        print(f"\nNote: {found.data['note']}")
    return 0


def _given(text: str, options: argparse.Namespace, office: str):  # noqa: ANN202 - a Map of the parser
    """A case file, or bare events and facts of the rule named."""
    from causeway.engines.packs import Map, parse

    value, faults = parse(text, options.given.name)
    if faults:
        raise CaseFault("\n".join(str(fault) for fault in faults))
    if isinstance(value, list) and value:
        value = value[0]
    if not isinstance(value, Map):
        raise CaseFault(f"{options.given.name}:1: the file holds no case.")
    value["rule"] = options.rule
    value.setdefault("office", office)
    return value


def _source(law: Law, basis: str) -> str:
    key, _hash, place = basis.partition("#")
    source = law.sources.get(key)
    title = source["title"] if source else key
    return f"{title}{', ' + place if place else ''}"


def _list(_options: argparse.Namespace) -> int:
    for rule in shipped_law().rules():
        print(f"{rule.id:18} {rule.office:12} {'verified  ' if rule.verified else 'unverified'} {rule.name()}")
    return 0


def _show(options: argparse.Namespace) -> int:
    law = shipped_law()
    rule = law.rule(options.rule)
    print(f"{rule.id}: {rule.name()}\n{rule.name('zh-hans')}\nOffice: {rule.office}   Rights: {', '.join(sorted(rule.rights))}")
    print(f"Pack: {rule.pack} {rule.version}   {'verified' if rule.verified else 'unverified'}")
    for key, value in rule.data.items():
        if key not in ("id", "office", "rights", "title", "status", "basis"):
            print(f"{key}: {json.dumps(value, ensure_ascii=False)}")
    for basis in rule.basis:
        print(f"- {_source(law, basis)}")
    return 0


def _lint(options: argparse.Namespace) -> int:
    folders = options.folder or shipped_packs()
    faults = lint_packs(folders)
    for fault in faults:
        print(fault)
    for warning in [] if faults else uncovered_changes(load_packs(folders)):
        print(f"warning: {warning}")
    print(f"{len(faults)} faults")
    return 1 if faults else 0
