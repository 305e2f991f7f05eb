"""`causeway import assets`: bring a portfolio in from the command line; asks nothing, names what it needs to know."""

from __future__ import annotations

import argparse
import json
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import yaml
from django.db import DatabaseError, transaction

from causeway.frame import access, imports, scope
from causeway.frame.models import Import, University
from causeway.rooms.assets import importing
from causeway.rooms.assets.importing import Asked
from causeway.rooms.assets.ports import CellProblem, FileShape, Question, Unreadable

COUNTS = ("read", "create", "update", "unchanged", "reject")
#: What answers which question on the command line.
ANSWERS = {"encoding": "--encoding", "dates": "--dates", "pivot": "--pivot", "columns": "--map"}
#: Problems printed for people; --json gives them all.
SHOWN = 50

Made = list[tuple[University, Import]]


def run(options: argparse.Namespace) -> int:
    """Import a file; 0 when all of it could be read, 1 when rows were rejected, 2 when nothing came in: it cannot be read, or something must be answered."""
    try:
        _check_file(options)
        return _each(options) if options.each_university else _one(options)
    except Asked as asked:
        return _asked(options, asked.questions)
    except (Unreadable, OSError) as fault:
        return _stopped(options, str(fault))
    except (DatabaseError, sqlite3.Error) as fault:  # of the database, or of what lies beside it while a file is read
        text = str(fault).strip().splitlines()[0] if str(fault).strip() else type(fault).__name__
        return _stopped(
            options,
            f"The database could not take it ({text}). What was not finished was taken back; run the same command again, with room made where the disk is full.",
        )


def _check_file(options: argparse.Namespace) -> None:
    if not options.file.is_file():
        raise Unreadable(f"There is no file {options.file}.")


# --- one university -----------------------------------------------------------------------------------------------------------------------


def _one(options: argparse.Namespace) -> int:
    university = _university(options)
    if university is None:
        _refuse_open_questions(options)
    with _rolled_back() if options.dry_run and university is None else nullcontext():
        university, new = (university, False) if university else imports.university_named(options.university or "My University")
        try:
            made = [(university, _bring(options, university))]
        except Unreadable:
            if new:
                imports.university_taken_back(university)
            raise
        code = _report(options, made, _problems(made))
        _sweep(options, made)
    return code


def _university(options: argparse.Namespace) -> University | None:
    """The university to bring the file into; None where it is to be made."""
    if options.university:
        return University.objects.filter(name=options.university).first()
    found = list(University.objects.order_by("pk")[:2])
    if len(found) > 1:
        raise Unreadable("There are several universities here: name one with --university.")
    return found[0] if found else None


def _refuse_open_questions(options: argparse.Namespace) -> FileShape:
    """The shape of the file; nothing is made for one that cannot be brought in yet."""
    shape, _options = importing.look(str(options.file), options.file.name, _given(options))
    if shape.questions:
        raise Asked(shape.questions)
    return shape


def _given(options: argparse.Namespace) -> dict[str, Any]:
    mapping = _map(options.map) if options.map else None
    if options.pivot is not None and not 0 <= options.pivot <= 99:
        raise Unreadable("--pivot takes the last two digits of a year, 0 to 99.")
    given = {"format": options.format, "encoding": options.encoding, "dates": options.dates, "pivot": options.pivot, "map": mapping}
    return given | {"hidden": options.hidden_sheets or None}


def _map(path: Path) -> dict[str, str]:
    """Which field each column fills. Raises `Unreadable` for a file that does not say so."""
    try:
        mapping = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - plain text only
    except (yaml.YAMLError, UnicodeError, OSError) as fault:
        raise Unreadable(f"The map {path} cannot be read: {' '.join(str(fault).split())}") from None
    if not isinstance(mapping, dict) or not all(isinstance(column, str) for column in mapping.values()):
        raise Unreadable(f"{path} must say field: column, one to a line.")
    return mapping


def _bring(options: argparse.Namespace, university: University, **part: Any) -> Import:
    actor = access.system(university, "Command line")
    with scope.use(university):
        tell = _Progress().tell
        return importing.whole(actor=actor, path=options.file, options=_given(options), dry_run=options.dry_run, tell=tell, say=_say, **part)


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


# --- each its own -------------------------------------------------------------------------------------------------------------------------


def _each(options: argparse.Namespace) -> int:
    """Every owner in the file becomes a university with its own records; the others of an application are named as co-owners.

    Rows without an owner go to the university named with --university, else they are problems.
    """
    spool = importing.parts(_refuse_open_questions(options), str(options.file))
    problems = [CellProblem(*one) for one in spool.problems()]
    made: Made = []
    with _rolled_back() if options.dry_run else nullcontext():
        for owner in spool.parts():
            records = importing.part_of(spool, owner)
            if owner or options.university:
                university = imports.university_named(owner or options.university)[0]
                like = made[0][1] if made else None
                made.append((university, _bring(options, university, part=owner or "-", records=records, like=like)))
            else:
                problems += [CellProblem(_row(r.place), "", "owner", "The row names no owner; say with --university whose it is.") for r in records]
        rejected = {importing.spot(problem) for problem in problems if problem.code not in importing.REMARKS}
        code = _report(options, made, iter([*problems, *_problems(made)]), len(rejected))
        _sweep(options, made)
    return code


def _row(place: str) -> int:
    return int(place) if place.isdigit() else 0


# --- what is told -------------------------------------------------------------------------------------------------------------------------


@contextmanager
def _rolled_back() -> Iterator[None]:
    """A dry run that would make universities: all of it is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _sweep(options: argparse.Namespace, made: Made) -> None:
    """After a dry run nothing stays: no staged rows, no kept file."""
    if options.dry_run:
        for university, item in made:
            with scope.use(university):
                imports.discard(item)


class _Progress:
    """A line of progress on standard error of a terminal, at most twice a second; elsewhere a line every ten seconds."""

    def __init__(self) -> None:
        self.told = time.monotonic()
        self.terminal = sys.stderr.isatty()
        self.first: tuple[float, int] | None = None

    def tell(self, done: int, total: int | None) -> None:
        """So many rows are done, of a known number or not."""
        now = time.monotonic()
        if total and self.first is None:
            self.first = now, done
        if now - self.told < (0.5 if self.terminal else 10):
            return
        self.told = now
        words = f"{done:,} of {total:,} rows brought in{self._left(now, done, total)}" if total else f"{done:,} rows checked"
        print(f"\r{words:<79}" if self.terminal else words, end="" if self.terminal else "\n", file=sys.stderr, flush=True)

    def _left(self, now: float, done: int, total: int) -> str:
        """How long it will still take, by what was done so far."""
        began, before = self.first or (now, done)
        if done <= before or now - began < 5:
            return ""
        minutes = (now - began) / (done - before) * (total - done) / 60
        return f", about {round(minutes)} min left" if minutes >= 1 else ", less than a minute left"


def _asked(options: argparse.Namespace, questions: list[Question]) -> int:
    """Name what must be answered: in words on standard error, and as problems with --json."""
    print(f"{options.file}: nothing was brought in, because {len(questions)} question(s) must be answered first:", file=sys.stderr)
    for question in questions:
        print(f"\n{question.text}  Answer with {ANSWERS[question.kind]}:", file=sys.stderr)
        for key, shown in question.options:
            print(f"  {ANSWERS[question.kind]} {key}: {'; '.join(shown)}", file=sys.stderr)
    if options.json:
        _print_json(dict.fromkeys(COUNTS, 0), iter([CellProblem(0, ANSWERS[q.kind], "question", _in_one_line(q)) for q in questions]))
    return 2


def _in_one_line(question: Question) -> str:
    option = ANSWERS[question.kind]
    readings = " | ".join(f"{option} {key}: {'; '.join(shown)}" for key, shown in question.options)
    return f"{question.text} Answer with {option}. {readings}".strip()


def _stopped(options: argparse.Namespace, why: str) -> int:
    print(f"causeway import: {why}", file=sys.stderr)
    if options.json:
        _print_json(dict.fromkeys(COUNTS, 0), iter([CellProblem(0, "", "unreadable", why)]))
    return 2


def _problems(made: Made) -> Iterator[CellProblem]:
    for university, item in made:
        with scope.use(university):
            yield from importing.problems(item)


def _report(options: argparse.Namespace, made: Made, problems: Iterator[CellProblem], rejected: int = 0) -> int:
    total = {name: sum(item.counts.get(name, 0) for _u, item in made) for name in COUNTS}
    total["read"] += rejected
    total["reject"] += rejected
    if options.json:
        _print_json(total, problems)
        return 1 if total["reject"] else 0
    count = 0
    for count, problem in enumerate(problems, 1):
        if count <= SHOWN:
            print(f"row {problem.row}, {problem.column or 'whole row'}: {problem.message}")
    if count > SHOWN:
        print(f"... and {count - SHOWN} more problems (--json lists them)")
    where = made[0][0].name if len(made) == 1 else f"{len(made)} universities"
    print(f"{'Would bring into' if options.dry_run else 'Brought into'} {where}: " + ", ".join(f"{total[name]} {name}" for name in COUNTS))
    return 1 if total["reject"] else 0


def _print_json(total: dict[str, int], problems: Iterator[CellProblem]) -> None:
    """The counts and every problem, one to a line, without holding them all in memory."""
    print("{" + ", ".join(f'"{name}": {total[name]}' for name in COUNTS) + ', "problems": [', end="")
    comma = ""
    for problem in problems:
        print(comma + "\n " + json.dumps({"row": problem.row, "column": problem.column, "problem": problem.message}, ensure_ascii=False), end="")
        comma = ","
    print("]}")
