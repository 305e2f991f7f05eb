"""`causeway import assets`: bring a portfolio in from the command line; asks nothing, names what it needs to know."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import yaml

from causeway.frame import access, imports, scope
from causeway.frame.models import Import, University
from causeway.rooms.assets import importing
from causeway.rooms.assets.ports import AssetRecord, Unreadable

COUNTS = ("read", "create", "update", "unchanged", "reject")
#: What answers which question on the command line.
ANSWERS = {"encoding": "--encoding", "dates": "--dates", "pivot": "--pivot", "columns": "--map"}


def run(options: argparse.Namespace) -> int:
    """Import a file; 0 when all of it could be read, 1 when rows were rejected, 2 when it cannot be read or something must be answered."""
    try:
        if options.each_university:
            return _report(options, _each(options))
        university = _university(options)
        return _report(options, [(university, _one(options, university, {}))])
    except (Unreadable, OSError) as fault:
        print(f"causeway import: {fault}", file=sys.stderr)
        return 2
    except _Asked as asked:
        _ask(options, asked)
        return 2


class _Asked(Exception):
    def __init__(self, item: Import) -> None:
        super().__init__(item.name)
        self.item = item


def _university(options: argparse.Namespace) -> University:
    if options.university:
        return imports.university_named(options.university)[0]
    found = list(University.objects.order_by("pk")[:2])
    if len(found) == 1:
        return found[0]
    if not found:
        return imports.university_named("My University")[0]
    raise Unreadable("There are several universities here: name one with --university.")


def _given(options: argparse.Namespace) -> dict[str, Any]:
    mapping = yaml.load(options.map.read_text(encoding="utf-8"), Loader=yaml.BaseLoader) if options.map else None  # noqa: S506 - plain text only
    if mapping is not None and not isinstance(mapping, dict):
        raise Unreadable(f"{options.map} must say field: column, one to a line.")
    return {"format": options.format, "encoding": options.encoding, "dates": options.dates, "pivot": options.pivot, "map": mapping}


def _one(options: argparse.Namespace, university: University, extra: dict[str, Any]) -> Import:
    actor = access.system(university, "Command line")
    with scope.use(university):
        tell = None if options.json else _Progress().tell
        item = importing.whole(actor=actor, path=options.file, options={**_given(options), **extra}, dry_run=options.dry_run, tell=tell)
        if item.state == Import.State.ASKING:
            raise _Asked(item)
        return item


def _each(options: argparse.Namespace) -> list[tuple[University, Import]]:
    """Every owner in the file becomes a university with its own records; the others of an application are named as co-owners."""
    shape = importing.reader.recognise(str(options.file), Path(options.file).name, _given(options))  # type: ignore[union-attr]
    if shape.questions:
        first = imports.university_named(options.university or "Import")[0]
        return [(first, _one(options, first, {}))]
    owners: dict[str, None] = {}
    for one in importing.reader.read(str(options.file), shape):  # type: ignore[union-attr]
        if isinstance(one, AssetRecord):
            owners |= dict.fromkeys(one.owners)
    made = []
    for name in owners:
        university = imports.university_named(name)[0]
        made.append((university, _one(options, university, {"only_owner": name})))
    return made


class _Progress:
    """A line of progress on standard error, at most twice a second."""

    def __init__(self) -> None:
        self.told = 0.0

    def tell(self, done: int, total: int | None) -> None:
        if time.monotonic() - self.told > 0.5 and sys.stderr.isatty():
            self.told = time.monotonic()
            print(f"\r{done:,}{f' of {total:,}' if total else ''} rows", end="", file=sys.stderr)


def _ask(options: argparse.Namespace, asked: _Asked) -> None:
    shape = importing.shape_of(asked.item)
    if options.json:
        questions = [{"option": ANSWERS[q.kind], "text": q.text, "readings": {key: list(shown) for key, shown in q.options}} for q in shape.questions]
        print(json.dumps({"questions": questions}, ensure_ascii=False, indent=1))
        return
    print(f"{options.file}: nothing was brought in, because {len(shape.questions)} question(s) must be answered first:", file=sys.stderr)
    for question in shape.questions:
        print(f"\n{question.text}  Answer with {ANSWERS[question.kind]}:", file=sys.stderr)
        for key, shown in question.options:
            print(f"  {ANSWERS[question.kind]} {key}: {'; '.join(shown)}", file=sys.stderr)


def _report(options: argparse.Namespace, made: list[tuple[University, Import]]) -> int:
    total = {name: sum(item.counts.get(name, 0) for _u, item in made) for name in COUNTS}
    problems = []
    for university, item in made:
        with scope.use(university):
            problems += [{"row": p.row, "column": p.column, "problem": p.message} for p in importing.problems(item)]
    if options.json:
        print(json.dumps({**total, "problems": problems}, ensure_ascii=False, indent=1))
    else:
        for problem in problems[:50]:
            print(f"row {problem['row']}, {problem['column'] or 'whole row'}: {problem['problem']}")
        if len(problems) > 50:
            print(f"... and {len(problems) - 50} more problems (--json lists them)")
        where = made[0][0].name if len(made) == 1 else f"{len(made)} universities"
        print(f"{'Would bring into' if options.dry_run else 'Brought into'} {where}: " + ", ".join(f"{total[name]} {name}" for name in COUNTS))
    return 1 if total["reject"] else 0
