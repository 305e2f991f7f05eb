"""What is kept of an import: the file, its shape, its chunks, its differences. Rooms say what the rows mean."""

from __future__ import annotations

import hashlib
import json
import shutil
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from causeway.frame import access, scope
from causeway.frame.access import Actor
from causeway.frame.models import Grant, Import, ImportChunk, ImportDifference, ImportMapping, University, User


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


def store(item: Import, **values: Any) -> Import:
    """Change what is known of an import."""
    for name, value in values.items():
        setattr(item, name, value)
    item.save(update_fields=list(values))
    return item


def pack(records: Any) -> bytes:
    """Records as compressed JSON."""
    return zlib.compress(json.dumps(records, ensure_ascii=False, separators=(",", ":"), default=str).encode(), 1)


def unpack(data: bytes) -> Any:
    """Records from `pack`."""
    return json.loads(zlib.decompress(bytes(data)))


def put_chunk(item: Import, number: int, records: Any, counts: dict[str, int], problems: Sequence) -> None:
    """Keep a checked chunk; putting the same number again replaces it (a killed staging is taken up again)."""
    with transaction.atomic():
        ImportChunk.objects.filter(source=item, number=number).delete()
        ImportChunk(
            university_id=item.university_id, source=item, number=number, records=pack(records), counts=counts, problems=list(problems)
        ).save()


def chunks(item: Import, *, applied: bool | None = None) -> Iterator[ImportChunk]:
    """The chunks of an import in order, one in memory at a time."""
    numbers = ImportChunk.objects.filter(source=item)
    if applied is not None:
        numbers = numbers.filter(applied_at__isnull=not applied)
    for number in list(numbers.order_by("number").values_list("number", flat=True)):
        yield ImportChunk.objects.get(source=item, number=number)


def clear(item: Import) -> None:
    """Forget what was staged."""
    ImportChunk.objects.filter(source=item, applied_at=None).delete()


def mark_applied(chunk: ImportChunk) -> None:
    """A chunk is in; part of the transaction that brought it in."""
    ImportChunk.objects.filter(pk=chunk.pk).update(applied_at=timezone.now())


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


def as_demo(university: University, **values: Any) -> None:
    """Mark a university as a demonstration and set its particulars."""
    for name, value in values.items():
        setattr(university, name, value)
    university.demo = True
    university.save()


def grant(user: User, university: University, role: str) -> None:
    """Give a role while an installation is set up; afterwards `accounts.services.grant_give` does, with its history."""
    Grant.objects.create(user=user, university=university, role=role)
