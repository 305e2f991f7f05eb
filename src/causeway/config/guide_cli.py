"""`causeway guide`: read a guide of good practices, and bring its cases into the library."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter
from pathlib import Path

from causeway.engines.guide import Guide, Issue, Unreadable, parse
from causeway.engines.guide.sources import MOST_BYTES


def main(argv: list[str]) -> int:
    """Run `causeway guide ...`; returns 0 done, 1 a person must look at something, 2 the file or the call is no use."""
    parser = argparse.ArgumentParser(prog="causeway guide", description="Read a guide of good practices.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    reading = commands.add_parser("parse", help="Read a guide and print its cases; needs no database.")
    reading.set_defaults(command=_parse)
    bringing = commands.add_parser("import", help="File the cases of a guide in the library of a university.")
    bringing.set_defaults(command=_import)
    for made in (reading, bringing):
        made.add_argument("file", type=Path, help="plain text, DOCX or HTML")
        made.add_argument("--json", action="store_true", help="print what was found as JSON")
    bringing.add_argument("--university", required=True, metavar="NAME", help="whose library; created if new")
    bringing.add_argument("--title", default="", help="title of the guide, where its front matter does not say")
    bringing.add_argument("--edition", default="", help="such as: first edition")
    bringing.add_argument(
        "--version-of", action="append", default=[], metavar="NEW=OLD", help="a person's word that one case is a newer version of another: 2.3.2=2.3.1"
    )
    bringing.add_argument("--dry-run", action="store_true", help="say what would be filed, file nothing")
    options = parser.parse_args(argv)
    return options.command(options)


def _read(options: argparse.Namespace) -> bytes:
    path: Path = options.file
    if not path.is_file():
        raise Unreadable(f"There is no file {path}.")
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise Unreadable(f"{path.name} has {size / 1e6:.0f} MB; a guide has at most {MOST_BYTES // 1_000_000} MB. Save its text without pictures.")
    return path.read_bytes()


def _refused(options: argparse.Namespace, fault: Unreadable) -> int:
    if options.json:
        print(json.dumps(Guide((), (Issue("unreadable", 0, "", str(fault)),)).plain(), ensure_ascii=False, indent=1))
    print(f"causeway: {fault}", file=sys.stderr)
    return 2


def _parse(options: argparse.Namespace) -> int:
    try:
        guide = parse(_read(options), options.file.name)
    except Unreadable as fault:
        return _refused(options, fault)
    if options.json:
        print(json.dumps(guide.plain(), ensure_ascii=False, indent=1))
    else:
        _show(guide)
    return 1 if guide.problems else 0


def _show(guide: Guide) -> None:
    """The cases in short; contact data is not printed."""
    print(f"{len(guide.cases)} cases in {guide.lines} lines ({guide.form})\n")
    for case in guide.cases:
        said = Counter(one.code for one in case.warnings)
        notes = ", ".join(f"{count} {code}" for code, count in sorted(said.items()))
        print(f"{case.number or '?':8} line {case.first_line:<6} {case.date_iso or 'no date':10}  {case.heading or case.fields['case_study_name'] or ''}")
        print(f"{'':8} {case.fields['hei_name'] or ''}{f' (section of {case.partner})' if case.partner else ''}")
        if notes:
            print(f"{'':8} {notes}")
    for one in guide.problems:
        where = f"line {one.line}" if one.line else "file"
        print(f"\nproblem ({one.code}), {where}: {one.message}")
        if one.text:
            print(f"  {one.text[:300]}{' …' if len(one.text) > 300 else ''}")
    print(f"\n{len(guide.problems)} problems" if guide.problems else "\nNo problem.")


def _import(options: argparse.Namespace) -> int:
    pairs = [pair.partition("=") for pair in options.version_of]
    if any(not new or not old for new, _sign, old in pairs):
        print("causeway: --version-of wants NEW=OLD, such as 2.3.2=2.3.1", file=sys.stderr)
        return 2
    try:
        data = _read(options)
        guide = parse(data, options.file.name)
    except Unreadable as fault:
        return _refused(options, fault)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "causeway.config.settings")
    import django

    django.setup()
    from causeway.config import guide_filing_cli

    return guide_filing_cli.run(options, data, guide, {new: old for new, _sign, old in pairs})
