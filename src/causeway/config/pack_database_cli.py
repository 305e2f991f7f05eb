"""`causeway pack adopt|why|replay`: the subcommands that work on a university's own policies and computed amounts."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date
from typing import Any


def add_pack_commands(commands: Any) -> None:
    """Add the subcommands that need the database to those of `causeway pack`."""
    adopt = commands.add_parser("adopt", help="Put a policy in force that was decided and signed elsewhere; the law's floor is checked all the same.")
    adopt.add_argument("pack", help="id of a shipped pack, or id@version of one that another installation handed over: causeway network packs")
    adopt.add_argument("--university", required=True)
    adopt.add_argument("--from", dest="start", required=True, metavar="DATE", type=date.fromisoformat)
    adopt.add_argument("--decision", required=True, help="under which decision, such as: Senate, 14 May 2026, item 7")
    adopt.add_argument("--signed-by", required=True)
    adopt.add_argument("--signed-on", metavar="DATE", type=date.fromisoformat, help="default: today")
    adopt.add_argument("--title")
    adopt.add_argument("--set", action="append", default=[], metavar="VALUE=TEXT", help="a value of the pack, such as researchers_share=60 %%")
    adopt.set_defaults(command=_adopt)
    why = commands.add_parser("why", help="Why a computed amount is what it is, article by article.")
    why.add_argument("number", help="such as AMT-2026-001")
    why.add_argument("--university", required=True)
    why.add_argument("--language", default="en", choices=["en", "zh-hans"])
    why.set_defaults(command=_why)
    replay = commands.add_parser("replay", help="Compute every kept amount again with the packs and inputs kept with it; list those that differ.")
    replay.add_argument("--university", help="default: every university")
    replay.add_argument("--json", action="store_true")
    replay.set_defaults(command=_replay)


def _universities(name: str | None) -> list[Any]:
    from causeway.config.cli import _migrated
    from causeway.config.cli import _universities as found

    _migrated()
    return found(name)


def _told(fault: Any) -> str:
    """A refusal as lines: each place with what is wrong."""
    named = getattr(fault, "message_dict", {"": getattr(fault, "messages", [str(fault)])})
    return "\n".join(f"  {place + ': ' if place and place != '__all__' else ''}{why}" for place, reasons in named.items() for why in reasons)


def _adopt(options: argparse.Namespace) -> int:
    (university,) = _universities(options.university)
    from django.core.exceptions import ValidationError
    from django.db import transaction

    from causeway.frame import access, scope
    from causeway.rooms.governance import services

    changes = {}
    for one in options.set:
        place, sign, text = one.partition("=")
        if not sign:
            print(f"causeway pack: {one!r} must be VALUE=TEXT.", file=sys.stderr)
            return 2
        changes[place if "/" in place else f"{options.pack.partition('@')[0]}/{place}"] = text
    actor = access.system(university, "Command line")
    try:
        with scope.use(university), transaction.atomic():
            draft = services.policy_create(actor=actor, title=options.title or options.pack, pack=options.pack, changes=changes, why=options.decision)
            held = services.policy_adopt(
                actor=actor, obj=draft, holds_from=options.start, signed_by=options.signed_by, signed_on=options.signed_on or date.today(), why=options.decision
            )
            for warning in held.warnings:
                print(f"warning: {warning}")
    except ValidationError as fault:
        print(f"REFUSED {options.pack}\n{_told(fault)}")
        return 1
    print(f"{held.number} {held.title} holds from {held.holds_from}.")
    return 0


def _why(options: argparse.Namespace) -> int:
    (university,) = _universities(options.university)
    from django.utils import translation

    from causeway.frame import scope
    from causeway.rooms.governance import selectors

    with scope.use(university), translation.override(options.language):
        text = selectors.explained_text(options.number, options.language)
    if text is None:
        print(f"causeway pack: {university} has no amount {options.number}.", file=sys.stderr)
        return 2
    print(text)
    return 0


def _replay(options: argparse.Namespace) -> int:
    universities = _universities(options.university)
    from causeway.frame import access, scope
    from causeway.rooms.governance import selectors, services

    report = []
    for university in universities:
        with scope.use(university):
            checked = 0
            for ids in selectors.answer_ids(1_000):
                checked += services.answers_replay(actor=access.system(university, "Command line"), ids=ids)["checked"]
            differing = [{"number": one.number, "title": one.title, "differs": one.differs} for one in selectors.differing()]
        report.append({"university": university.name, "checked": checked, "differing": differing})
    if options.json:
        print(json.dumps(report, ensure_ascii=False, indent=1))
    else:
        for one in report:
            print(f"{one['university']}: {one['checked']} amounts computed again, {len(one['differing'])} differ")
            for answer in one["differing"]:
                print(f"  {answer['number']} {answer['title']}: {answer['differs']}")
    return 1 if any(one["differing"] for one in report) else 0
