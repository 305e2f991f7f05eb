"""`causeway law`: check worked cases, explain a date, list and show rules, lint packs. Needs no database."""

from __future__ import annotations

import argparse
import json
import sys
import textwrap
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

from causeway.engines.docket import Deadline, Law, Rule, compile_law, spelling
from causeway.engines.docket.cases import DATES, checked, read_file
from causeway.engines.docket.check import CaseFault, Result, agrees, check_text, derive
from causeway.engines.docket.explain import explain
from causeway.engines.docket.facts import Prepared
from causeway.engines.kernel import Refusal
from causeway.engines.packs import Map, PackFaults, lint_packs, load_packs, shipped_packs, text_of, uncovered_changes


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
    listing = commands.add_parser("list", help="every rule, by office")
    listing.add_argument("office", nargs="?", default="", help="only the rules of this office")
    listing.set_defaults(command=_list)
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


def _read(file: Path) -> str:
    """The text of a file of cases, with or without a byte order mark."""
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise CaseFault(f"{file.name}: is no text in UTF-8 (byte {wrong.start}).") from None


def _check(options: argparse.Namespace) -> int:
    results = check_text(_read(options.file), shipped_law(), options.file.name)
    if options.json:
        print(json.dumps([result.as_dict() for result in results], ensure_ascii=False, indent=1))
        for result in results:
            for note in result.notes:
                print(f"{result.id}: {note}", file=sys.stderr)
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
    text = _read(options.given)
    law = shipped_law()
    rule_id = options.rule.upper()
    rule = law.rule(rule_id) if rule_id != "TERM" else None
    case = _given(text, options.given.name, rule_id, rule.office if rule else "")
    deadline, found, prepared = derive(case, law, options.given.name)
    office = text_of(law.offices[prepared.matter.office].get("name"), options.language)
    print(f"{found.id}  {found.name(options.language)}")
    print(f"{office}, {prepared.matter.right.replace('_', ' ')}. Pack {found.pack} {found.version}, {_sure(found.verified)}.{_in_force(found, prepared.as_of)}\n")
    before: tuple[str, ...] = ()
    for number, step in enumerate(explain(deadline, law, options.language), 1):
        print(f"{number:2}. {'●' if step.verified else '○'} {_day(step.on)}  {step.title}")
        print(_wrapped(step.sentence))
        for basis in step.basis if step.basis != before else ():
            print(_wrapped(f"Source: {_source(law, basis)}"))
        before = step.basis or before
    print()
    for title, value in _answer(deadline, law, found, prepared):
        print(f"{title:<22}{value}")
    print("\n● verified against the source named   ○ rests in part on general knowledge, or on closing days not announced")
    return 0


def _answer(deadline: Deadline, law: Law, rule: Rule, prepared: Prepared) -> Iterator[tuple[str, str]]:
    """What follows, line by line: the dates, the fee, what happens otherwise, what to know."""
    if deadline.opens is not None:
        yield "May be paid from", _day(date.fromordinal(deadline.opens))
    moved = "" if deadline.due == deadline.nominal else f" ({_day(date.fromordinal(deadline.nominal))} before the move)"
    yield "Last day", _day(date.fromordinal(deadline.due)) + moved
    if deadline.grace_ends is not None:
        yield "Late, with surcharge", f"to {_day(date.fromordinal(deadline.grace_ends))}"
    if deadline.term_ends is not None and deadline.term_ends != deadline.due:
        yield "The term ends", _day(date.fromordinal(deadline.term_ends))
    if rule.data.get("extendable"):
        yield "May be extended", f"by at most {rule.data['extendable']['months']} months, counted from the original date"
    if rule.fee:
        yield "Fee", _fee(deadline, law, rule, prepared)
    if deadline.provisional:
        yield "Provisional", "not all closing days of that time are announced; the date is derived again when they are"
    if rule.data.get("partly"):
        yield "Verified in part", str(rule.data["partly"])
    if rule.data.get("note"):
        yield "To know", str(rule.data["note"])


def _fee(deadline: Deadline, law: Law, rule: Rule, prepared: Prepared) -> str:
    try:
        amount = law.amount_of(rule, deadline, prepared.matter, prepared.as_of)
    except Refusal as refusal:
        return f"not said: {refusal}"
    reduced = "" if amount.payable == amount.full else f", {amount.payable.text()} after the reduction recorded"
    return f"{amount.full.text()} {amount.full.currency} in full{reduced}; tariff {_sure(amount.verified)}"


def _given(text: str, file: str, rule: str, office: str) -> Map:
    """The case of a file that is about the rule, else its first; or bare events and facts."""
    found = read_file(text, file)
    for _case, wrong in found:
        if wrong:
            raise CaseFault(wrong)
    cases = [case for case, _wrong in found]
    if not cases:
        raise CaseFault(f"{file}:1: the file holds no case.")
    case = next((one for one in cases if str(one.get("rule", "")).upper() == rule), cases[0])
    case["rule"] = rule
    case.setdefault("office", office)
    return checked(case, file)


def _in_force(rule: Rule, as_of: int | None) -> str:
    """From when to when a rule holds, and by which day that was judged."""
    said = ""
    if rule.force_from is not None:
        said += f" from {date.fromordinal(rule.force_from)}"
    if rule.force_to is not None:
        said += f" to {date.fromordinal(rule.force_to)}"
    if said:
        by = {"due": "the last day", "priority_end": "the end of the priority year"}.get(rule.judged_by, "the day of the event")
        said = f" In force{said}, judged by {by}."
    return said + (f" Read under the law of {date.fromordinal(as_of)}." if as_of is not None else "")


def _sure(verified: bool) -> str:
    return "verified" if verified else "unverified"


def _day(on: date | None) -> str:
    return f"{on:%a %d %b %Y}" if on else ""


def _wrapped(text: str) -> str:
    return textwrap.fill(text, 110, initial_indent="      ", subsequent_indent="      ")


def _source(law: Law, basis: str) -> str:
    key, _hash, place = basis.partition("#")
    source = law.sources.get(key)
    title = source["title"] if source else key
    return f"{title}{', ' + place if place else ''}"


def _list(options: argparse.Namespace) -> int:
    law = shipped_law()
    for office in sorted({rule.office for rule in law.rules()}):
        if options.office and spelling.office(options.office) != office:
            continue
        print(f"{office}  {text_of(law.offices[office].get('name'))}")
        for rule in law.rules():
            if rule.office == office:
                print(f"  {'●' if rule.verified else '○'} {rule.id:22} {_length(rule):34} {rule.name()}")
    print("\n● verified   ○ rests in part on general knowledge")
    return 0


def _length(rule: Rule) -> str:
    """How long, from what, in a few words."""
    part = rule.data.get(rule.kind) or {}
    if rule.kind == "period":
        limbs = part.get("later_of") or part.get("earlier_of") or part.get("cases") or [part]
        word = " or " if "cases" in part else ", "
        return word.join(dict.fromkeys(f"{limb['n']} {limb['unit'].removesuffix('s') if limb['n'] == '1' else limb['unit']}" for limb in limbs))
    words = {
        "renewal": "yearly", "stages": f"at {', '.join(part.get('windows') or ())} years", "expiry": f"every {part.get('years')} years",
        "term": f"{part.get('years', '')} years".strip() if "years" in part else "a term", "pendency": "while pending", "fixed": f"on {part.get('on')}", "none": "no date",
    }  # fmt: skip
    return words[rule.kind]


def _show(options: argparse.Namespace) -> int:
    law = shipped_law()
    rule = law.rule(options.rule.upper())
    print(f"{rule.id}  {rule.name()}  {rule.name('zh-hans')}\n")
    print(f"{'Office':<22}{text_of(law.offices[rule.office].get('name'))} ({rule.office})")
    print(f"{'Rights':<22}{', '.join(sorted(right.replace('_', ' ') for right in rule.rights))}")
    print(f"{'Pack':<22}{rule.pack} {rule.version}, {_sure(rule.verified)}{_in_force(rule, None)}")
    for title, value in _told(law, rule):
        print(textwrap.fill(value, 110, initial_indent=f"{title:<22}", subsequent_indent=" " * 22))
    for basis in rule.basis:
        print(textwrap.fill(_source(law, basis), 110, initial_indent=f"{'Source':<22}", subsequent_indent=" " * 22))
    print("\nAs the pack has it:")
    for key, value in rule.data.items():
        if key not in _SHOWN:
            print(f"  {key}: {json.dumps(value, ensure_ascii=False)}")
    return 0


_SHOWN = ("id", "office", "rights", "title", "status", "basis", "note", "partly", "consequence", "in_force", "statutory", "docket")


def _told(law: Law, rule: Rule) -> Iterator[tuple[str, str]]:
    if rule.starts:
        yield "Starts with", " or ".join(sorted(law.title_of_event(kind).lower() for kind in rule.starts))
    if rule.regime:
        calendar = f"closing days of {rule.regime.calendar.id}" if rule.regime.calendar else "no calendar"
        yield "Counted under", f"{rule.regime.id}, {calendar}, {_sure(rule.regime.verified)}"
    yield "What it is", text_of(rule.data.get("consequence")) or "-"
    if rule.closed_by:
        yield "Met by", ", ".join(law.title_of_event(kind).lower() for kind in rule.closed_by)
    if rule.data.get("partly"):
        yield "Verified in part", str(rule.data["partly"])
    if rule.data.get("note"):
        yield "To know", str(rule.data["note"])


def _lint(options: argparse.Namespace) -> int:
    folders = options.folder or shipped_packs()
    faults = lint_packs(folders)
    for fault in faults:
        print(fault)
    for warning in [] if faults else uncovered_changes(load_packs(folders)):
        print(f"warning: {warning}")
    print(f"{len(faults)} faults")
    return 1 if faults else 0
