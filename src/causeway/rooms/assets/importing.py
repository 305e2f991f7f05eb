"""Bringing a portfolio in: recognise, ask, stage and check in chunks, apply unseen, report, undo; never overwrite."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import asdict, fields
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from causeway.frame import access, audit, imports, scope
from causeway.frame.access import Actor
from causeway.frame.models import Import, University
from causeway.rooms.assets import comparing, services
from causeway.rooms.assets.comparing import leave, take
from causeway.rooms.assets.models import Asset, Cost, Document, Family, Inventorship, Link, Note, Ownership
from causeway.rooms.assets.ports import AssetRecord, CellProblem, EventRecord, FileShape, LinkRecord, PortfolioReader, Question, Unreadable
from causeway.rooms.docket.models import Deadline, Matter, MatterEvent, Refusal
from causeway.rooms.people.models import Organisation, Person

__all__ = ["leave", "take"]

#: Records kept, and brought in, together: as many as one batch may hold, since each batch touches the ends of every index anew.
CHUNK = audit.BATCH_LIMIT
#: Up to so many records an import is one transaction; beyond, chunks that nobody sees until all are in.
ONE_TRANSACTION = 20_000
#: Problems kept of one owner's part of a file, where it is divided among universities; the counts are always whole.
KEPT_PROBLEMS = 20_000
#: Codes of remarks on rows that come in all the same; every other problem keeps its row out.
REMARKS = frozenset(["formula", "long", "short", "declared", "duplicate", "entry-day", "swapped", "check", "lost", "merged", "hidden", "publication"])
COUNTS = ("read", "create", "update", "unchanged", "reject", "problems")
#: States in which a file can be checked, again too.
CHECKABLE = (Import.State.UPLOADED, Import.State.STAGING, Import.State.STAGED, Import.State.FAILED)
#: Answers that are remembered for the next file of the same header.
ANSWERS = ("encoding", "dates", "pivot")

#: The reader of files, tied by the composition root.
reader: PortfolioReader | None = None

Tell = Callable[[int, int | None], None]
Found = AssetRecord | CellProblem


def _reader() -> PortfolioReader:
    if reader is None:
        raise RuntimeError("No reader of portfolio files is tied to the assets room.")
    return reader


# --- file and questions -----------------------------------------------------------------------------------------------------------------


def look(path: str, name: str, options: dict[str, Any]) -> tuple[FileShape, dict[str, Any]]:
    """What a file is, and the options it is read with: answers given for a file of the same header before are taken where none is given now.

    options: format, encoding, dates, pivot, map. Raises `Unreadable`. Writes nothing.
    """
    shape = _reader().recognise(path, name, options)
    known = imports.remembered("assets", shape.columns) if shape.columns and shape.questions and scope.current_or_none() else None
    if known:
        given = {key: value for key, value in options.items() if value not in (None, "")}
        mapped = known.columns | {key: f"={value}" for key, value in known.options.get("constants", {}).items()}
        options = {"map": mapped or None, **{key: known.options[key] for key in ANSWERS if key in known.options}, **given}
        shape = _reader().recognise(path, name, options)
    return shape, options


def begin(*, actor: Actor, name: str, source: BinaryIO, options: dict[str, Any]) -> Import:
    """Take a file in and recognise it. Raises `Unreadable` when it cannot be read; the file is then not kept.

    options: format, encoding, dates, pivot, map.
    """
    access.require(actor, "asset.import")
    item = imports.keep(actor, "assets", name, source)
    try:
        return _recognised(item, options)
    except Unreadable as fault:
        imports.store(item, state=Import.State.FAILED, why=str(fault))
        imports.forget_file(item)
        raise


def answer(*, actor: Actor, item: Import, options: dict[str, Any]) -> Import:
    """Answer what the file left open and recognise it again; answers are remembered for files of the same header."""
    access.require(actor, "asset.import")
    imports.clear(item)
    item = _recognised(item, {**item.options, **options}, afresh=bool(options.get("afresh")))
    if item.state != Import.State.ASKING:
        shape = shape_of(item)
        kept: dict[str, Any] = {key: item.options[key] for key in ANSWERS if item.options.get(key) not in (None, "")}
        imports.remember("assets", shape.columns, shape.mapping, kept | {"constants": shape.constants})
    return item


def _recognised(item: Import, options: dict[str, Any], *, afresh: bool = False) -> Import:
    """Recognise a file and keep what it is. afresh: ask everything again, whatever was answered for files of the same header."""
    options = {key: value for key, value in options.items() if key != "afresh"}
    shape, options = (_reader().recognise(item.path, item.name, options), options) if afresh else look(item.path, item.name, options)
    state = Import.State.ASKING if shape.questions else Import.State.UPLOADED
    return imports.store(item, shape=asdict(shape), options=options, state=state, counts={}, why="")


def shape_of(item: Import) -> FileShape:
    """The stored shape as a value."""
    raw = dict(item.shape)
    raw["questions"] = [Question(q["kind"], q["text"], tuple((key, tuple(shown)) for key, shown in q["options"])) for q in raw.get("questions", [])]
    return FileShape(**{key: value for key, value in raw.items() if key in _SHAPE})


_SHAPE = {f.name for f in fields(FileShape)}


def sample(item: Import, count: int = 200) -> Iterator[list[str]]:
    """The cells of the first rows of a table, for whoever says which column is what."""
    return islice(_reader().cells(item.path, shape_of(item)), count)


def preview(item: Import, count: int = 5) -> list[AssetRecord]:
    """The first records as they would come in."""
    found = _reader().read(item.path, shape_of(item), most=10 * count)
    return list(islice((one for one in found if isinstance(one, AssetRecord)), count))


# --- staging ------------------------------------------------------------------------------------------------------------------------------


def stage(*, actor: Actor, item: Import, tell: Tell | None = None, records: Iterable[Found] | None = None) -> Import:
    """Read and check the whole file in chunks; nothing becomes visible. Run again after it was stopped, or failed, it starts anew: it has
    brought nothing in, and reading is the most of its work.

    records: what to stage in place of what the file holds (one owner's part of it).
    """
    access.require(actor, "asset.import")
    if item.state == Import.State.ASKING:
        raise ValidationError(_("Answer first: %(what)s") % {"what": shape_of(item).questions[0].text})
    if item.state not in CHECKABLE:
        raise ValidationError(_("This file is past checking; bring it in anew to check it again."))
    imports.clear(item)
    item = imports.store(item, state=Import.State.STAGING, why="", counts={})
    with imports.Ledger() as ledger:
        work = _Staging(item, ledger)
        rows = fitted(records if records is not None else _reader().read(item.path, shape_of(item)), work.columns)
        while piece := list(islice(rows, CHUNK)):
            work.add(piece)
            if tell:
                tell(work.totals["read"], None)
        imports.patch(item, ledger.changed())
    return imports.store(item, state=Import.State.STAGED, counts=work.totals)


#: Longest names and numbers the database keeps. An organisation's name is compared with its special letters spelled out, which makes it longer.
_LONGEST = {"owners": 250, "inventors": 200, "agents": 250, "publication_number": 60, "grant_number": 60}
_LONGEST_NUMBER = 60


def fitted(found: Iterable[Found], columns: dict[str, str]) -> Iterator[Found]:
    """Records that fit into the database, whatever file they come from: what is too long is cut with a remark; a number too long is none.

    columns: which column tells which field.
    """
    for one in found:
        if isinstance(one, AssetRecord) and not _fits(one):
            if max(len(one.number), len(one.key)) > _LONGEST_NUMBER:
                yield _told(one, columns, "number", "number", _("No office and number can be made out here."), one.number or one.key)
                continue
            yield from _cut(one, columns)
        yield one


def _fits(record: AssetRecord) -> bool:
    """Whether nothing of a record is long, as of nearly all; asked of every row of a large file."""
    numbers = [record.number, record.key, record.publication_number, record.grant_number]
    if record.links:
        numbers += [link.number for link in record.links]
    return (
        max(map(len, numbers)) <= _LONGEST_NUMBER
        and max(map(len, record.owners + record.inventors + record.agents), default=0) <= _LONGEST["inventors"]
    )


def _cut(record: AssetRecord, columns: dict[str, str]) -> Iterator[CellProblem]:
    for field, longest in _LONGEST.items():
        value = getattr(record, field)
        names = [value] if isinstance(value, str) else value
        for name in (name for name in names if len(name) > longest):
            words = _("The value has %(text)s characters; the first %(longest)s are kept.") % {"text": len(name), "longest": longest}
            yield _told(record, columns, field, "long", words, name)
            short = [text[:longest].strip() for text in names]
            setattr(record, field, short[0] if isinstance(value, str) else list(dict.fromkeys(short)))
    if any(len(link.number) > _LONGEST_NUMBER for link in record.links):
        record.links = [link._replace(number=link.number[:_LONGEST_NUMBER]) for link in record.links]


def _told(record: AssetRecord, columns: dict[str, str], field: str, code: str, message: str, value: str) -> CellProblem:
    """A problem of a cell of a record's row."""
    row, sheet = _row(record)
    column = columns.get(field, "")
    return CellProblem(row, f"{sheet}: {column}" if sheet else column, code, message, value[:200])


class _Staging:
    """Staging of one file: what each row would do, judged by the records here and by the rows before it."""

    def __init__(self, item: Import, ledger: imports.Ledger) -> None:
        self.item = item
        self.ledger = ledger
        self.columns = item.shape.get("mapping", {})
        self.number = 0
        self.totals = dict.fromkeys(COUNTS, 0)
        #: Rows kept out in the chunk before; the problems of its last row may go on in the next.
        self.rejected: set[tuple[int, str]] = set()

    def add(self, piece: Sequence[Found]) -> None:
        """Stage the next rows as one chunk."""
        self.number += 1
        records = [one for one in piece if isinstance(one, AssetRecord)]
        counts = dict.fromkeys(COUNTS, 0) | self._rejected(piece)
        counts["read"] = len(records) + counts["reject"]
        problems: list[CellProblem] = []
        here = self._known(records)
        before = {key: unpacked(json.loads(text)) for key, text in self.ledger.find([r.key for r in records]).items()}
        met: dict[str, tuple[int, AssetRecord]] = {}
        grown: set[str] = set()
        staged: list[tuple[str, str]] = []
        for record in piece:  # with its problems, so that those stand in the order of the file
            if isinstance(record, CellProblem):
                problems.append(record)
                continue
            stored = here.get(record.key)
            if record.key in met or record.key in before:
                earlier = met[record.key][1] if record.key in met else before[record.key]
                action = self._again(earlier, record, stored, problems)
                staged.append(("more", "{}"))
                grown |= {record.key} if action == "update" else set()
            else:
                action = "create" if stored is None else "update" if comparing.differences(record, stored) else "unchanged"
                met[record.key] = len(staged), record
                staged.append((action, ""))
            counts[action] += 1
        counts["problems"] = len(problems)
        texts = {key: packed(record) for key, (_at, record) in met.items()}
        for key, (at, _record) in met.items():
            staged[at] = staged[at][0], texts[key] if key in grown or staged[at][0] != "unchanged" else "{}"
        self.ledger.add((key, self.number, at, texts[key]) for key, (at, _record) in met.items())
        self.ledger.change((key, packed(before[key])) for key in grown - met.keys())
        self._keep(staged, counts, [list(p) for p in problems])
        for key, count in counts.items():
            self.totals[key] += count

    def _rejected(self, piece: Sequence[Found]) -> dict[str, int]:
        """How many rows their problems keep out, a row that the chunk before counted left aside."""
        found = [one for one in piece if isinstance(one, CellProblem) and one.code not in REMARKS]
        before, self.rejected = self.rejected, {spot(problem) for problem in found}
        return {"reject": len(self.rejected - before)}

    def _known(self, records: Sequence[AssetRecord]) -> dict[str, Asset]:
        return comparing.known(records)

    def _keep(self, staged: list[tuple[str, str]], counts: dict[str, int], problems: list[list]) -> None:
        imports.put_chunk(self.item, self.number, staged, counts, problems)

    def _again(self, earlier: AssetRecord, record: AssetRecord, stored: Asset | None, problems: list[CellProblem]) -> str:
        """A further row of an application that an earlier row brings: what it adds goes there; where it differs, the earlier row stands."""
        differing = comparing.differences(earlier, stored) if stored else []
        added, clashes = comparing.lay(earlier, record)
        row, sheet = _row(record)
        first, other = _row(earlier)
        place = f"{first} ({other.strip()})" if other else earlier.place
        code = "duplicate" if added else "clash"
        for name, theirs in clashes:
            message = _("Row %(row)s has the same application with another value; that one is kept, and this is left out.") % {"row": place}
            problems.append(_told(record, self.columns, name, code, message, theirs))
        if not added and not clashes:
            message = _("Row %(row)s has the same application already; this row adds nothing.") % {"row": place}
            problems.append(CellProblem(row, sheet, "duplicate", message, record.number or record.publication_number))
        if stored and added and comparing.differences(earlier, stored) == differing:
            return "unchanged"  # what it adds to the earlier row is here already
        return "update" if added else "reject" if clashes else "unchanged"


class Trial(_Staging):
    """What rows would do, without keeping anything of them but their problems. nowhere: at a university that is not there yet."""

    def __init__(self, item: Import, ledger: imports.Ledger, *, nowhere: bool) -> None:
        super().__init__(item, ledger)
        self.nowhere = nowhere
        self.problems: list[list] = []

    def _known(self, records: Sequence[AssetRecord]) -> dict[str, Asset]:
        return {} if self.nowhere else super()._known(records)

    def _keep(self, staged: list[tuple[str, str]], counts: dict[str, int], problems: list[list]) -> None:
        self.problems += problems[: KEPT_PROBLEMS - len(self.problems)]


def spot(problem: CellProblem) -> tuple[int, str]:
    """The row and the sheet a problem stands at; "" for the first sheet."""
    return problem.row, problem.column.partition(":")[0] if ": " in problem.column else ""


def _row(record: AssetRecord) -> tuple[int, str]:
    """The row and the sheet a record stands at."""
    sheet, _space, number = record.place.rpartition(" ")
    return (int(number) if number.isdigit() else 0), sheet


_DAYS = ("filed_on", "published_on", "granted_on")
_FIELDS = [f.name for f in fields(AssetRecord)]
_dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str).encode


def packed(record: AssetRecord) -> str:
    """A record as JSON, without what is empty."""
    return _dump({name: value for name in _FIELDS if (value := getattr(record, name))})


def unpacked(data: dict[str, Any]) -> AssetRecord:
    """A record from the values of `packed`."""
    data = dict(data)
    for name in _DAYS:
        if name in data:
            data[name] = date.fromisoformat(data[name])
    for key in ("place", "office", "number", "key"):
        data.setdefault(key, "")
    data["links"] = [LinkRecord(k, o, n, date.fromisoformat(d) if d else None) for k, o, n, d in data.get("links", ())]
    data["events"] = [EventRecord(k, date.fromisoformat(d), by, facts, note) for k, d, by, facts, note in data.get("events", ())]
    return AssetRecord(**data)


# --- applying -----------------------------------------------------------------------------------------------------------------------------


def apply(*, actor: Actor, item: Import, tell: Tell | None = None, on: date | None = None) -> Import:
    """Bring what was staged in. Up to 20,000 records in one transaction; beyond, chunk by chunk, unseen until all are in.

    Run again after it was stopped it goes on with the first chunk that is not in: nothing is lost, nothing doubled. One that is in already
    stays as it is.
    """
    access.require(actor, "asset.import")
    if item.state in (Import.State.DONE, Import.State.UNDONE):
        return item
    if item.state not in (Import.State.STAGED, Import.State.APPLYING):
        raise ValidationError(_("The file must be checked before it is brought in."))
    run = item.audit_run or audit.run_start(by=actor, verb="asset.import", why=item.name)
    whole = item.counts.get("create", 0) <= ONE_TRANSACTION
    item = imports.store(item, state=Import.State.APPLYING, audit_run=run)
    if not whole:
        imports.unseen(actor.university_id, run.pk, hidden=True)
    with transaction.atomic() if whole else nullcontext():
        university = University.objects.get(pk=actor.university_id)
        bulk = services.Bulk(on or timezone.now().date(), university.name, university.short_name)
        done = imports.applied(item)
        for chunk in imports.chunks(item, applied=False):
            with transaction.atomic():
                if imports.mark_applied(chunk):
                    _apply_chunk(actor, item, imports.unpack(chunk.records), bulk)
            done += chunk.counts.get("read", 0)
            if tell:
                tell(done, item.counts.get("read"))
            if not whole:
                imports.let_others_write()
        audit.run_finish(run, item.counts)
        item = imports.store(item, state=Import.State.DONE, finished_at=timezone.now())
    if not whole:
        imports.unseen(actor.university_id, run.pk, hidden=False)
    return item


def _apply_chunk(actor: Actor, item: Import, staged: list, bulk: services.Bulk) -> None:
    """One chunk: new applications, and differences of those that are here already."""
    records = [unpacked(data) for _action, data in staged if data]
    here = comparing.known(records)
    fresh = [record for record in records if record.key not in here]
    # An application that came in by hand since the file was checked is not brought in twice: its differences are shown.
    differing = [row for record in records if record.key in here for row in comparing.rows(record, here[record.key])]
    if fresh:
        with audit.batch(by=actor, verb="asset.import", run=item.audit_run, objects=len(fresh)) as work:
            services.assets_add(work, fresh, bulk)
    if differing:
        imports.differ(item, differing)


# --- undo -----------------------------------------------------------------------------------------------------------------------------------


def undo(*, actor: Actor, item: Import, tell: Tell | None = None) -> dict[str, Any]:
    """Take back what an import brought in and nobody has changed since; the rest is listed by reference.

    Up to 20,000 assets in one transaction; beyond, chunk by chunk, out of sight until all are gone. Run again after it was stopped it goes on.
    """
    access.require(actor, "asset.import")
    if item.state != Import.State.DONE:
        raise ValidationError(_("Only an import that was brought in can be undone."))
    run = item.audit_run_id
    kept: list[str] = []
    begun = item.counts.get("removed", 0)
    removed = begun
    ids = list(Asset.objects.filter(run=run).order_by("-pk").values_list("pk", flat=True))
    whole = len(ids) <= ONE_TRANSACTION and not begun
    if not whole:
        imports.unseen(actor.university_id, run, hidden=True)
    with transaction.atomic() if whole else nullcontext():
        for start in range(0, len(ids), CHUNK):
            with transaction.atomic():
                assets = list(Asset.objects.filter(pk__in=ids[start : start + CHUNK]).select_related("matter"))
                touched = _touched(assets, run)
                kept += [asset.reference for asset in assets if asset.pk in touched]
                free = [asset for asset in assets if asset.pk not in touched]
                _remove(actor, free)
                removed += len(free)
                if not whole:
                    item = imports.store(item, counts=item.counts | {"removed": removed})
            if tell:
                tell(start + len(assets), len(ids))
            if not whole:
                imports.let_others_write()
        _remove_orphans(actor, run)
        kept += _changed(run)
        answer = {"removed": removed, "kept": sorted(kept)}
        imports.store(item, state=Import.State.UNDONE, counts=item.counts | answer)
    if not whole:
        imports.unseen(actor.university_id, run, hidden=False)
    return answer


def _changed(run: int) -> list[str]:
    """References of assets that a run brought in and somebody changed since; they do not name the run any more."""
    found: list[str] = []
    for first, last in audit.loaded(run, "assets.asset"):
        found += Asset.objects.filter(pk__range=(first, last)).exclude(run=run).values_list("reference", flat=True)
    return found


def _touched(assets: list[Asset], run: int) -> set[int]:
    """Assets somebody worked on since: changed, or with events, acts, notes, costs, documents or links of their own."""
    by_matter = {asset.matter_id: asset.pk for asset in assets}
    matters, ids = list(by_matter), [asset.pk for asset in assets]
    touched = {asset.pk for asset in assets if asset.run != run or asset.matter.revision > 1}
    acted = Deadline.objects.filter(matter_id__in=matters).filter(~Q(run=run) | Q(state__in=["done", "waived", "instructed"]))
    touched |= {by_matter[pk] for pk in acted.values_list("matter_id", flat=True)}
    touched |= {by_matter[pk] for pk in MatterEvent.objects.filter(matter_id__in=matters).exclude(run=run).values_list("matter_id", flat=True)}
    for model in (Note, Cost, Document, Link, Ownership, Inventorship):
        touched |= set(model.objects.filter(asset_id__in=ids).exclude(run=run).values_list("asset_id", flat=True))
    return touched | set(Link.objects.filter(other_id__in=ids).values_list("other_id", flat=True))


def _remove(actor: Actor, assets: list[Asset]) -> None:
    if not assets:
        return
    ids, matters = [a.pk for a in assets], [a.matter_id for a in assets]
    with audit.batch(by=actor, verb="asset.import.undo", objects=len(assets)) as work:
        for model in (Ownership, Inventorship, Link, Note):
            work.remove(model, list(model.objects.filter(asset_id__in=ids).values_list("pk", flat=True)))
        work.remove(Asset, ids)
        for model in (Deadline, Refusal, MatterEvent):
            work.remove(model, list(model.objects.filter(matter_id__in=matters).values_list("pk", flat=True)))
        work.remove(Matter, matters)


def _remove_orphans(actor: Actor, run: int) -> None:
    """Organisations, persons and families that only this import needed."""
    families = Family.objects.filter(run=run, members=None)
    persons = Person.objects.filter(run=run, inventorships=None, user=None)
    used = set(Ownership.objects.filter(organisation__run=run).values_list("organisation_id", flat=True))
    used |= set(Asset.objects.filter(agent__run=run).values_list("agent_id", flat=True))
    organisations = Organisation.objects.filter(run=run).exclude(pk__in=used)
    with audit.batch(by=actor, verb="asset.import.undo") as work:
        for model, rows in ((Family, families), (Person, persons), (Organisation, organisations)):
            work.remove(model, list(rows.values_list("pk", flat=True)))


# --- all at once ------------------------------------------------------------------------------------------------------------------------------


class Asked(Exception):
    """A file leaves something open that only a person can answer; nothing was kept of it."""

    def __init__(self, questions: list[Question]) -> None:
        super().__init__(questions[0].text)
        self.questions = questions


def whole(
    *,
    actor: Actor,
    path: Path,
    options: dict[str, Any],
    dry_run: bool = False,
    tell: Tell | None = None,
    on: date | None = None,
    part: str = "",
    records: Iterable[Found] | None = None,
    like: Import | None = None,
    say: Callable[[str], None] = lambda sentence: None,
) -> Import:
    """All steps in one go, for the command line. One that was stopped while it was brought in goes on where it stopped; one that was stopped
    while it was checked is checked anew.

    part, records: the name of the part of the file to bring in, and its records; like: an import of the same file, to be read alike; say: is told in a sentence what is gone on with. Raises
    `Unreadable`, and `Asked` where a question is open; then nothing is kept.
    """
    item = imports.beside(actor, like, part=part) if like else _taken(actor, path, options, part)
    for one in imports.stopped(item):
        if one.state == Import.State.APPLYING and not dry_run:
            imports.discard(item)
            say(
                _("This file was being brought in when an earlier run was stopped; that goes on after row %(row)s.")
                % {"row": f"{imports.applied(one):,}"}
            )
            return apply(actor=actor, item=one, tell=tell, on=on)
        if one.state == Import.State.STAGING:
            say(_("This file was being checked when an earlier run was stopped; nothing of it was brought in, so it is checked from its start."))
            imports.discard(one)
    try:
        item = stage(actor=actor, item=item, tell=tell, records=records)
    except Unreadable:
        imports.discard(item)
        raise
    return item if dry_run else apply(actor=actor, item=item, tell=tell, on=on)


def _taken(actor: Actor, path: Path, options: dict[str, Any], part: str) -> Import:
    """A file of the command line, recognised and kept."""
    shape, options = look(str(path), path.name, options)
    if shape.questions:
        raise Asked(shape.questions)
    with path.open("rb") as source:
        item = imports.keep(actor, "assets", path.name, source)
    return imports.store(item, shape=asdict(shape), options=options | ({"part": part} if part else {}), state=Import.State.UPLOADED)


def parts(shape: FileShape, path: str, tell: Tell | None = None) -> imports.Spool:
    """A file's records by owner, each with all owners its application has in the file; kept on disk, since the file may be large."""
    spool = imports.Spool()
    for number, one in enumerate(fitted(_reader().read(path, shape), shape.mapping), 1):
        if tell and number % CHUNK == 0:
            tell(number, None)
        if isinstance(one, AssetRecord):
            for owner in one.owners or [""]:
                spool.add(owner, one.key, packed(one))
        else:
            spool.problem(list(one))
    return spool


def part_of(spool: imports.Spool, owner: str) -> Iterator[AssetRecord]:
    """The records of one owner; the others of the same application are named beside it."""
    for text, others in spool.of(owner):
        record = unpacked(json.loads(text))
        record.owners = list(dict.fromkeys([*record.owners, *others]))
        yield record


def problems(item: Import) -> Iterator[CellProblem]:
    """The problems of an import, in the order of the file."""
    for listed in imports.problems(item):
        yield from (CellProblem(*problem) for problem in listed)
