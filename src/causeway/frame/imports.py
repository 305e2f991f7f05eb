"""What is kept of an import: the file, its shape, its chunks, its differences. Rooms say what the rows mean."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import time
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from causeway.frame import access, audit, db, scope
from causeway.frame.access import Actor
from causeway.frame.models import Grant, Import, ImportChunk, ImportDifference, ImportMapping, Role, University, User


def keep(actor: Actor, kind: str, name: str, source: BinaryIO) -> Import:
    """Store a file to be imported, under its digest; an interrupted copy leaves nothing behind."""
    folder = Path(settings.MEDIA_ROOT) / "imports"
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f"partial-{timezone.now():%Y%m%d%H%M%S%f}"
    digest, size = hashlib.sha256(), 0
    try:
        with partial.open("wb") as target:
            while piece := source.read(1 << 20):
                digest.update(piece)
                size += len(piece)
                target.write(piece)
        final = folder / digest.hexdigest()
        shutil.move(partial, final)
    finally:
        partial.unlink(missing_ok=True)
    made = Import(
        university_id=actor.university_id,
        kind=kind,
        name=name[:255],
        path=str(final),
        sha256=digest.hexdigest(),
        size=size,
        started_by_id=actor.user_id,
    )
    made.save()
    return made


def beside(actor: Actor, item: Import, **options: Any) -> Import:
    """Another import of the file an import keeps, for another university or for a part of it: recognised alike, with options of its own."""
    made = Import(university_id=actor.university_id, started_by_id=actor.user_id, options=item.options | options)
    for name in ("kind", "name", "path", "sha256", "size", "shape"):
        setattr(made, name, getattr(item, name))
    made.save()
    return made


def part_of(item: Import, part: str) -> Import | None:
    """The import of a part that an import of many universities began in the university in scope."""
    found = Import.objects.filter(sha256=item.sha256, kind=item.kind).order_by("-pk")
    return next((one for one in found if one.options.get("parent") == item.pk and one.options.get("part") == part), None)


def store(item: Import, **values: Any) -> Import:
    """Change what is known of an import."""
    for name, value in values.items():
        setattr(item, name, value)
    item.save(update_fields=list(values))
    return item


def pack(rows: Sequence[tuple[str, str]]) -> bytes:
    """Rows of (action, JSON text) as compressed JSON."""
    body = ",".join(f'["{action}",{text}]' for action, text in rows)
    return zlib.compress(f"[{body}]".encode(), 1)


def unpack(data: bytes) -> list[list]:
    """The rows of `pack` as values: [action, record]."""
    return json.loads(zlib.decompress(bytes(data)))


def put_chunk(item: Import, number: int, rows: Sequence[tuple[str, str]], counts: dict[str, int], problems: Sequence) -> None:
    """Keep a checked chunk; putting the same number again replaces it (a killed staging is taken up again)."""
    with transaction.atomic():
        ImportChunk.objects.filter(source=item, number=number).delete()
        ImportChunk(university_id=item.university_id, source=item, number=number, records=pack(rows), counts=counts, problems=list(problems)).save()


def patch(item: Import, changed: Iterable[tuple[int, list[tuple[int, str]]]]) -> None:
    """Put changed records into chunks: (number of the chunk, [(place in it, JSON text)])."""
    for number, places in changed:
        chunk = ImportChunk.objects.get(source=item, number=number)
        rows = [(action, json.dumps(record, ensure_ascii=False, separators=(",", ":"))) for action, record in unpack(chunk.records)]
        for place, text in places:
            rows[place] = (rows[place][0], text)
        chunk.records = pack(rows)
        chunk.save(update_fields=["records"])


def chunks(item: Import, *, applied: bool | None = None) -> Iterator[ImportChunk]:
    """The chunks of an import in order, one in memory at a time."""
    found = ImportChunk.objects.filter(source=item)
    if applied is not None:
        found = found.filter(applied_at__isnull=not applied)
    for number in list(found.order_by("number").values_list("number", flat=True)):
        yield ImportChunk.objects.get(source=item, number=number)


def problems(item: Import) -> Iterator[list]:
    """The problems of each chunk that has any, in order."""
    found = ImportChunk.objects.filter(source=item).exclude(problems=[]).order_by("number").values_list("number", flat=True)
    for number in list(found):
        yield ImportChunk.objects.values_list("problems", flat=True).get(source=item, number=number)


#: SQLite lets whoever waits for the only write lock try again every tenth of a second.
TURN_SECONDS = 0.12


def let_others_write() -> None:
    """Between two of many long transactions: leave the write lock free until those who wait for it had their turn. PostgreSQL has no such lock."""
    if not db.is_postgres() and not transaction.get_connection().in_atomic_block:
        time.sleep(TURN_SECONDS)


def applied(item: Import) -> int:
    """How many rows of an import are in."""
    return sum(counts.get("read", 0) for counts in ImportChunk.objects.filter(source=item, applied_at__isnull=False).values_list("counts", flat=True))


def clear(item: Import) -> None:
    """Forget what was staged."""
    ImportChunk.objects.filter(source=item, applied_at=None).delete()


def stopped(item: Import) -> list[Import]:
    """Imports of the same file and part that a command began and did not end: while it was brought in, or checked. The newest first."""
    states = [Import.State.APPLYING, Import.State.STAGING]
    found = Import.objects.filter(sha256=item.sha256, kind=item.kind, state__in=states).exclude(pk=item.pk).order_by("-pk")
    # What somebody checks in the browser is theirs; what is half in is gone on with, whoever began it.
    found = found.exclude(state=Import.State.STAGING, started_by__isnull=False)
    return [one for one in found if one.options.get("part") == item.options.get("part")]


def discard(item: Import) -> None:
    """Forget an import that brought nothing in, with its file."""
    forget_file(item)
    ImportChunk.objects.filter(source=item).delete()
    item.delete()


def forget_file(item: Import) -> None:
    """Remove the kept file, unless another import has the same."""
    if not Import.objects.filter(sha256=item.sha256).exclude(pk=item.pk).exclude(state=Import.State.FAILED).exists():
        with scope.everywhere():
            elsewhere = Import.objects.filter(sha256=item.sha256).exclude(pk=item.pk).exclude(state=Import.State.FAILED).exists()
        if not elsewhere:
            Path(item.path).unlink(missing_ok=True)


class Ledger:
    """Which records a file has brought so far, by key; kept in a temporary file, so that a large import stays small in memory."""

    def __init__(self) -> None:
        self.store = sqlite3.connect("", isolation_level=None, check_same_thread=False)

    def __enter__(self) -> Ledger:
        self.store.execute("PRAGMA cache_size = -4000")
        self.store.execute(
            "CREATE TABLE seen (key TEXT PRIMARY KEY, chunk INTEGER, place INTEGER, record TEXT, grown INTEGER DEFAULT 0) WITHOUT ROWID"
        )
        self.store.execute("BEGIN")
        return self

    def __exit__(self, *_fault: object) -> None:
        self.store.close()

    def find(self, keys: Sequence[str]) -> dict[str, str]:
        """The records of those keys that came before, as JSON text."""
        marks = ",".join("?" * len(keys))
        return dict(self.store.execute(f"SELECT key, record FROM seen WHERE key IN ({marks})", list(keys)))  # noqa: S608 - only marks

    def add(self, rows: Iterable[tuple[str, int, int, str]]) -> None:
        """Note new records: key, chunk, place in it, JSON text."""
        self.store.executemany("INSERT INTO seen (key, chunk, place, record) VALUES (?, ?, ?, ?)", rows)

    def change(self, rows: Iterable[tuple[str, str]]) -> None:
        """Note what records have grown to."""
        self.store.executemany("UPDATE seen SET record = ?2, grown = 1 WHERE key = ?1", rows)

    def changed(self) -> Iterator[tuple[int, list[tuple[int, str]]]]:
        """Records that have grown, chunk by chunk: (place, JSON text)."""
        for (chunk,) in self.store.execute("SELECT DISTINCT chunk FROM seen WHERE grown = 1 ORDER BY chunk").fetchall():
            yield chunk, self.store.execute("SELECT place, record FROM seen WHERE grown = 1 AND chunk = ?", [chunk]).fetchall()


class Spool:
    """A file's records by part and key, kept in a temporary file."""

    def __init__(self) -> None:
        self.store = sqlite3.connect("", isolation_level=None)
        self.store.execute("PRAGMA cache_size = -8000")
        self.store.execute("CREATE TABLE record (part TEXT, key TEXT, body TEXT)")
        self.store.execute("CREATE TABLE problem (body TEXT)")
        self.store.execute("CREATE INDEX by_part ON record (part)")
        self.store.execute("CREATE INDEX by_key ON record (key)")
        self.store.execute("BEGIN")

    def add(self, part: str, key: str, body: str) -> None:
        """Keep a record of a part."""
        self.store.execute("INSERT INTO record VALUES (?, ?, ?)", [part, key, body])

    def problem(self, body: list) -> None:
        """Keep a problem, which belongs to no part."""
        self.store.execute("INSERT INTO problem VALUES (?)", [json.dumps(body, ensure_ascii=False)])

    def parts(self) -> list[str]:
        """The parts in the order of the file."""
        return [part for part, _first in self.store.execute("SELECT part, MIN(rowid) FROM record GROUP BY part ORDER BY 2")]

    def of(self, part: str) -> Iterator[tuple[str, list[str]]]:
        """The records of a part, each with the names of the other parts that have the same key."""
        for key, body in self.store.execute("SELECT key, body FROM record WHERE part = ? ORDER BY rowid", [part]):
            others = self.store.execute("SELECT DISTINCT part FROM record WHERE key = ? AND part <> ? ORDER BY rowid", [key, part])
            yield body, [one for (one,) in others]

    def problems(self) -> Iterator[list]:
        """The problems in the order of the file."""
        for (body,) in self.store.execute("SELECT body FROM problem ORDER BY rowid"):
            yield json.loads(body)


def mark_applied(chunk: ImportChunk) -> bool:
    """Note that a chunk is in, in the transaction that brings it in; False where another worker has it in hand or did it."""
    return bool(ImportChunk.objects.filter(pk=chunk.pk, applied_at=None).update(applied_at=timezone.now()))


def unseen(university: int, run: int, hidden: bool) -> None:
    """Hide the rows of a run from everybody, or show them."""
    with transaction.atomic():
        row = University.objects.select_for_update().get(pk=university)
        runs = [one for one in row.unseen_runs if one != run]
        row.unseen_runs = [*runs, run] if hidden else runs
        row.save(update_fields=["unseen_runs"])
    access.sight_changed()


def differ(item: Import, rows: Sequence[ImportDifference]) -> int:
    """Keep differences that are not kept already (open, or left as they are before); returns how many are new."""
    labels = {row.label for row in rows}
    ids = {row.object_id for row in rows}
    known = {
        (d.label, d.object_id, d.field, json.dumps(d.theirs, sort_keys=True, default=str))
        for d in ImportDifference.objects.filter(label__in=labels, object_id__in=ids).exclude(decision=ImportDifference.Decision.TAKEN)
    }
    fresh = [row for row in rows if (row.label, row.object_id, row.field, json.dumps(row.theirs, sort_keys=True, default=str)) not in known]
    for row in fresh:
        row.source, row.university_id = item, item.university_id
    ImportDifference.objects.bulk_create(fresh)
    return len(fresh)


def decide(ids: Sequence[int], decision: str) -> int:
    """Note what was decided about differences."""
    return ImportDifference.objects.filter(pk__in=ids, decision=ImportDifference.Decision.OPEN).update(decision=decision)


def header_digest(columns: Sequence[str]) -> str:
    """What files with the same columns have in common."""
    return hashlib.sha256("\n".join(columns).encode()).hexdigest()


def remembered(kind: str, columns: Sequence[str]) -> ImportMapping | None:
    """The columns and answers given for a file of the same header before."""
    return ImportMapping.objects.filter(kind=kind, header=header_digest(columns)).first()


def remember(kind: str, columns: Sequence[str], mapping: dict[str, str], options: dict[str, Any]) -> None:
    """Remember columns and answers for the next file of the same header."""
    ImportMapping.objects.update_or_create(
        university_id=scope.current(), kind=kind, header=header_digest(columns), defaults={"columns": mapping, "options": options}
    )


def university_named(name: str) -> tuple[University, bool]:
    """The university of a name, created where there is none; and whether it was created."""
    found = University.objects.filter(name=name).first()
    if found:
        return found, False
    words = [word for word in name.replace("-", " ").split() if word[:1].isupper()] or [name]
    short = "".join(word[0] for word in words)[:6].upper() or "UNI"
    return University.objects.create(name=name, short_name=short), True


def university_taken_back(university: University) -> None:
    """Remove a university that was created for a file which then could not be read; it has nothing yet."""
    University.objects.filter(pk=university.pk).delete()


@transaction.atomic
def university_founded(user: User, name: str) -> University:
    """The university of a name; where there is none it is created, with who asked for it as its office and administrator."""
    made, new = university_named(name)
    if new:
        keeper = access.system(made, user.name)
        audit.record(made, by=keeper, verb="university.create", before={}, after=audit.values_of(made))
        with scope.use(made):
            for role in (Role.ADMINISTRATOR, Role.OFFICE):
                with audit.changing(Grant(user=user, university=made, role=role), by=keeper, verb="grant.give"):
                    pass
    return made


def as_demo(university: University, **values: Any) -> None:
    """Mark a university as a demonstration and set its particulars."""
    for name, value in values.items():
        setattr(university, name, value)
    university.demo = True
    university.save()


def grant(user: User, university: University, role: str) -> None:
    """Give a role while an installation is set up; afterwards `accounts.services.grant_give` does, with its history."""
    Grant.objects.create(user=user, university=university, role=role)
