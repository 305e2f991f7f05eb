"""Bringing a portfolio in: recognise, ask, stage and check in chunks, apply unseen, report, undo; never overwrite."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
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

from causeway.frame import access, audit, imports
from causeway.frame.access import Actor
from causeway.frame.models import Import, ImportDifference, University
from causeway.rooms.assets import services
from causeway.rooms.assets.models import Asset, Cost, Document, Family, Inventorship, Link, Note, Ownership
from causeway.rooms.assets.ports import AssetRecord, CellProblem, EventRecord, FileShape, LinkRecord, PortfolioReader, Question, Unreadable
from causeway.rooms.docket.models import Deadline, Matter, MatterEvent, Refusal
from causeway.rooms.docket.services import EventDraft, event_record
from causeway.rooms.people.models import Organisation, Person
from causeway.rooms.people.selectors import fold
from causeway.rooms.people.services import organisations_add

CHUNK = 1_000
#: Up to so many records an import is one transaction; beyond, chunks that nobody sees until all are in.
ONE_TRANSACTION = 20_000
#: Problems kept with a chunk and shown; the counts are always whole.
KEPT_PROBLEMS = 1_000

#: The reader of files, tied by the composition root.
reader: PortfolioReader | None = None

Tell = Callable[[int, int | None], None]
COMPARED = ("title", "publication_number", "grant_number", "filed_on", "published_on", "granted_on", "status", "technical_field")


def _reader() -> PortfolioReader:
    if reader is None:
        raise RuntimeError("No reader of portfolio files is tied to the assets room.")
    return reader


# --- file and questions -----------------------------------------------------------------------------------------------------------------


def begin(*, actor: Actor, name: str, source: BinaryIO, options: dict[str, Any]) -> Import:
    """Take a file in and recognise it. Raises `Unreadable` (nothing is kept) when it cannot be read.

    options: format, encoding, dates, pivot, map, only_owner (bring in this owner's rows alone).
    """
    access.require(actor, "asset.import")
    item = imports.keep(actor, "assets", name, source)
    try:
        return _recognised(item, options)
    except Unreadable as fault:
        imports.store(item, state=Import.State.FAILED, why=str(fault))
        raise


def answer(*, actor: Actor, item: Import, options: dict[str, Any]) -> Import:
    """Answer what the file left open and recognise it again; answers are remembered for files of the same header."""
    access.require(actor, "asset.import")
    item = _recognised(item, {**item.options, **options})
    if item.state != Import.State.ASKING:
        shape = shape_of(item)
        kept = {key: item.options[key] for key in ("encoding", "dates", "pivot") if item.options.get(key) not in (None, "")}
        imports.remember("assets", shape.columns, shape.mapping, kept)
    return item


def _recognised(item: Import, options: dict[str, Any]) -> Import:
    shape = _reader().recognise(item.path, item.name, options)
    known = imports.remembered("assets", shape.columns) if shape.columns and shape.questions else None
    if known:
        options = {"map": known.columns or None, **known.options, **{key: value for key, value in options.items() if value not in (None, "")}}
        shape = _reader().recognise(item.path, item.name, options)
    state = Import.State.ASKING if shape.questions else Import.State.UPLOADED
    return imports.store(item, shape=asdict(shape), options=options, state=state)


def shape_of(item: Import) -> FileShape:
    """The stored shape as a value."""
    raw = dict(item.shape)
    raw["questions"] = [Question(q["kind"], q["text"], tuple((key, tuple(shown)) for key, shown in q["options"])) for q in raw.get("questions", [])]
    return FileShape(**raw)


# --- staging ------------------------------------------------------------------------------------------------------------------------------


def stage(*, actor: Actor, item: Import, tell: Tell | None = None) -> Import:
    """Read and check the whole file in chunks; nothing becomes visible. Safe to run again after it was stopped."""
    access.require(actor, "asset.import")
    shape = shape_of(item)
    if shape.questions:
        raise ValidationError(_("Answer first: %(what)s") % {"what": shape.questions[0].text})
    imports.clear(item)
    imports.store(item, state=Import.State.STAGING)
    totals = dict.fromkeys(("read", "create", "update", "unchanged", "reject", "problems"), 0)
    seen: set[int] = set()
    rows = _rows(item, shape)
    number = 0
    while piece := list(islice(rows, CHUNK)):
        number += 1
        counts = _stage_chunk(item, number, piece, seen)
        for key, count in counts.items():
            totals[key] += count
        if tell:
            tell(totals["read"], None)
    return imports.store(item, state=Import.State.STAGED, counts=totals)


def _rows(item: Import, shape: FileShape) -> Iterator[AssetRecord | CellProblem]:
    found = _reader().read(item.path, shape)
    only = item.options.get("only_owner")
    if not only:
        return found
    owners = _owners_by_key(item, shape)
    return (_of_owner(one, owners) for one in found if isinstance(one, AssetRecord) and only in one.owners)


def _owners_by_key(item: Import, shape: FileShape) -> dict[str, list[str]]:
    """All owners of each application, over the whole file."""
    owners: dict[str, list[str]] = {}
    for one in _reader().read(item.path, shape):
        if isinstance(one, AssetRecord):
            mine = owners.setdefault(one.key, [])
            mine += [name for name in one.owners if name not in mine]
    return owners


def _of_owner(record: AssetRecord, owners: dict[str, list[str]]) -> AssetRecord:
    record.owners = record.owners + [name for name in owners[record.key] if name not in record.owners]
    return record


def _stage_chunk(item: Import, number: int, piece: Sequence[AssetRecord | CellProblem], seen: set[int]) -> dict[str, int]:
    records = [one for one in piece if isinstance(one, AssetRecord)]
    problems = [one for one in piece if isinstance(one, CellProblem)]
    rejected = {p.row for p in problems if p.code != "formula"} - {int(r.place) for r in records if r.place.isdigit()}
    known = _known(records)
    counts = {"read": len(records) + len(rejected), "create": 0, "update": 0, "unchanged": 0, "reject": len(rejected), "problems": len(problems)}
    actions = []
    for record in records:
        action = _action(record, known, seen)
        counts[action] += 1
        actions.append(action)
    packed = [[action, _packed(record)] for action, record in zip(actions, records, strict=True)]
    imports.put_chunk(item, number, packed, counts, [list(p) for p in problems[:KEPT_PROBLEMS]])
    return counts


def _action(record: AssetRecord, known: dict[str, Asset], seen: set[int]) -> str:
    """create, update (a difference, or a further owner of a row before), or unchanged."""
    stored = known.get(record.key)
    if stored is not None:
        return "update" if differences(record, stored) else "unchanged"
    mark = hash(record.key)
    if mark in seen or not record.number:
        return "update" if record.number or record.events else "unchanged"
    seen.add(mark)
    return "create"


def _known(records: Sequence[AssetRecord]) -> dict[str, Asset]:
    """Assets already here, by the record's key: its number, or its publication where the reply names only that."""
    by_number = (
        Asset.objects.filter(number_key__in=[r.key for r in records])
        .select_related("matter", "university")
        .prefetch_related("ownerships__organisation", "matter__events")
    )
    found = {asset.number_key: asset for asset in by_number}
    loose = {r.publication_number.split(" A")[0]: r.key for r in records if not r.number and r.publication_number}
    if loose:
        condition = Q(pk__in=[])
        for name in loose:
            condition |= Q(publication_number__startswith=f"{name} ") | Q(publication_number=name)
        for asset in (
            Asset.objects.filter(condition).select_related("matter", "university").prefetch_related("ownerships__organisation", "matter__events")
        ):
            for name, key in loose.items():
                if asset.publication_number == name or asset.publication_number.startswith(f"{name} "):
                    found[key] = asset
    return found


def differences(record: AssetRecord, asset: Asset) -> list[tuple[str, Any, Any]]:
    """What a record would have otherwise than the asset: (field, ours, theirs). What the record does not say is no difference."""
    found: list[tuple[str, Any, Any]] = []
    for name in COMPARED:
        theirs = getattr(record, name)
        if name == "status":
            theirs = str(theirs).partition("|")[0]
        if name == "technical_field":
            theirs = theirs[:120]
        ours = getattr(asset, name)
        if theirs and theirs != ours:
            found.append((name, _plain(ours), _plain(theirs)))
    found += [("owner", asset.owners_text, name) for name in record.owners if fold(name) not in _owner_keys(asset)]
    stored = {(e.kind, e.on, str(e.facts.get("year", ""))) for e in asset.matter.events.all() if e.current and not e.withdrawn}
    for event in record.events:
        if (event.kind, event.on, str(event.facts.get("year", ""))) not in stored:
            found.append(
                ("event", None, {"kind": event.kind, "on": event.on.isoformat(), "by": event.by, "facts": dict(event.facts), "note": event.note})
            )
    return found


def _owner_keys(asset: Asset) -> set[str]:
    own = fold(asset.university.name)
    return {fold(o.organisation.name) if o.organisation else own for o in asset.ownerships.all() if o.ends_on is None}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


_DAY_FIELDS = ("filed_on", "published_on", "granted_on")


def _packed(record: AssetRecord) -> dict[str, Any]:
    """A record as JSON values, without what is empty."""
    return {f.name: getattr(record, f.name) for f in fields(record) if getattr(record, f.name) not in ("", None, [], {})}


def _unpacked(data: dict[str, Any]) -> AssetRecord:
    data = dict(data)
    for name in _DAY_FIELDS:
        if name in data:
            data[name] = date.fromisoformat(data[name])
    for key in ("place", "office", "number", "key"):
        data.setdefault(key, "")
    data["links"] = [LinkRecord(k, o, n, date.fromisoformat(d) if d else None) for k, o, n, d in data.get("links", [])]
    data["events"] = [EventRecord(k, date.fromisoformat(d), by, facts, note) for k, d, by, facts, note in data.get("events", [])]
    return AssetRecord(**data)


# --- applying -----------------------------------------------------------------------------------------------------------------------------


def apply(*, actor: Actor, item: Import, tell: Tell | None = None, on: date | None = None) -> Import:
    """Bring what was staged in. Up to 20,000 records in one transaction; beyond, chunk by chunk, unseen until all are in.

    Run again after it was stopped it goes on with the first chunk that is not in: nothing is lost, nothing doubled.
    """
    access.require(actor, "asset.import")
    if item.state not in (Import.State.STAGED, Import.State.APPLYING):
        raise ValidationError(_("The file must be checked before it is brought in."))
    run = item.audit_run or audit.run_start(by=actor, verb="asset.import", why=item.name)
    whole = item.counts.get("create", 0) <= ONE_TRANSACTION
    item = imports.store(item, state=Import.State.APPLYING, audit_run=run)
    if not whole:
        imports.unseen(actor.university_id, run.pk, hidden=True)
    with transaction.atomic() if whole else nullcontext():
        done = sum(chunk.counts.get("read", 0) for chunk in imports.chunks(item, applied=True))
        for chunk in imports.chunks(item, applied=False):
            with transaction.atomic():
                _apply_chunk(actor, item, imports.unpack(chunk.records), on or timezone.now().date())
                imports.mark_applied(chunk)
            done += chunk.counts.get("read", 0)
            if tell:
                tell(done, item.counts.get("read"))
        audit.run_finish(run, item.counts)
        item = imports.store(item, state=Import.State.DONE, finished_at=timezone.now())
    if not whole:
        imports.unseen(actor.university_id, run.pk, hidden=False)
    return item


def _apply_chunk(actor: Actor, item: Import, packed: list, on: date) -> None:
    """One chunk: new applications (rows of one application together), further owners of this import's own, differences of the rest."""
    records = [_unpacked(data) for action, data in packed if action != "unchanged"]
    known = _known(records)
    fresh: dict[str, AssetRecord] = {}
    again: list[AssetRecord] = []
    for record in records:
        if record.key in known or not record.number:
            again.append(record)
        elif record.key in fresh:
            fresh[record.key].owners += [name for name in record.owners if name not in fresh[record.key].owners]
        else:
            fresh[record.key] = record
    own = University.objects.get(pk=actor.university_id).name
    with audit.batch(by=actor, verb="asset.import", run=item.audit_run, objects=len(records)) as work:
        if fresh:
            services.assets_add(work, list(fresh.values()), services.Bulk(on, own))
        if again:
            _add_owners(work, item, [r for r in again if r.key in known and known[r.key].run == item.audit_run_id], known)
    imports.differ(
        item, [row for r in again if r.key in known and known[r.key].run != item.audit_run_id for row in _difference_rows(r, known[r.key])]
    )


def _add_owners(work: audit.Batch, item: Import, records: list[AssetRecord], known: dict[str, Asset]) -> None:
    """Further owners of applications that this very import brought in."""
    wanted = [(known[r.key], name) for r in records for name in r.owners if fold(name) not in _owner_keys(known[r.key])]
    owners = organisations_add(work, [name for _asset, name in wanted], Organisation.Kind.UNIVERSITY)
    work.add([Ownership(asset=asset, organisation_id=owners[fold(name)]) for asset, name in wanted])
    touched = {}
    for asset, name in wanted:
        asset.owners_text = f"{asset.owners_text}, {name}"[:500]
        touched[asset.pk] = asset
    revisions = {pk: asset.revision for pk, asset in touched.items()}
    work.change(list(touched.values()), ["owners_text"])
    for pk, revision in revisions.items():
        touched[pk].revision = revision + 1


def _difference_rows(record: AssetRecord, asset: Asset) -> list[ImportDifference]:
    return [
        ImportDifference(label="assets.asset", object_id=asset.pk, title=asset.title[:300], place=record.place, field=name, ours=ours, theirs=theirs)
        for name, ours, theirs in differences(record, asset)
    ]


# --- differences and undo --------------------------------------------------------------------------------------------------------------------


def take(*, actor: Actor, ids: Sequence[int]) -> int:
    """Take differences over into the assets; each leaves its own entry in the history. Returns how many."""
    access.require(actor, "asset.update")
    rows = list(ImportDifference.objects.filter(pk__in=ids, decision=ImportDifference.Decision.OPEN).order_by("pk"))
    for row in rows:
        asset = Asset.objects.get(pk=row.object_id)
        access.require(actor, "asset.update", asset)
        _take(actor, asset, row)
        imports.decide([row.pk], ImportDifference.Decision.TAKEN)
    return len(rows)


def _take(actor: Actor, asset: Asset, row: ImportDifference) -> None:
    if row.field == "event":
        system = access.system(actor.university_id, actor.name)
        theirs = row.theirs
        draft = EventDraft(
            theirs["kind"], date.fromisoformat(theirs["on"]), by=theirs["by"], facts=theirs["facts"], source="register", note=theirs["note"]
        )
        event_record(actor=system, matter=asset.matter, draft=draft)
    elif row.field == "owner":
        with audit.batch(by=actor, verb="asset.own", objects=1) as work:
            owners = organisations_add(work, [row.theirs], Organisation.Kind.UNIVERSITY)
            work.add([Ownership(asset=asset, organisation_id=owners[fold(row.theirs)])])
            asset.owners_text = f"{asset.owners_text}, {row.theirs}"[:500]
            work.change([asset], ["owners_text"])
    else:
        value = date.fromisoformat(row.theirs) if row.field in _DAY_FIELDS else row.theirs
        services.asset_update(actor=actor, obj=asset, **{row.field: value})


def leave(*, actor: Actor, ids: Sequence[int]) -> int:
    """Leave values as they are; the same difference is not shown again."""
    access.require(actor, "asset.update")
    return imports.decide(ids, ImportDifference.Decision.LEFT)


def undo(*, actor: Actor, item: Import) -> dict[str, Any]:
    """Take back what an import brought in and nobody has changed since; the rest is listed by reference."""
    access.require(actor, "asset.import")
    if item.state != Import.State.DONE:
        raise ValidationError(_("Only an import that was brought in can be undone."))
    run = item.audit_run_id
    kept: list[str] = []
    removed = 0
    ids = list(Asset.objects.filter(run=run).values_list("pk", flat=True))
    with transaction.atomic():
        for start in range(0, len(ids), CHUNK):
            assets = list(Asset.objects.filter(pk__in=ids[start : start + CHUNK]).select_related("matter"))
            touched = _touched(assets, run)
            kept += [asset.reference for asset in assets if asset.pk in touched]
            free = [asset for asset in assets if asset.pk not in touched]
            _remove(actor, free)
            removed += len(free)
        _remove_orphans(actor, run)
        imports.store(item, state=Import.State.UNDONE)
    return {"removed": removed, "kept": kept}


def _touched(assets: list[Asset], run: int) -> set[int]:
    """Assets somebody worked on since: changed, or with events, acts, notes, costs or documents of their own."""
    by_matter = {asset.matter_id: asset.pk for asset in assets}
    matters, ids = list(by_matter), [asset.pk for asset in assets]
    touched = {asset.pk for asset in assets if asset.run != run or asset.matter.revision > 1}
    acted = Deadline.objects.filter(matter_id__in=matters).filter(~Q(run=run) | Q(state__in=["done", "waived", "instructed"]))
    touched |= {by_matter[pk] for pk in acted.values_list("matter_id", flat=True)}
    touched |= {by_matter[pk] for pk in MatterEvent.objects.filter(matter_id__in=matters).exclude(run=run).values_list("matter_id", flat=True)}
    for model in (Note, Cost, Document):
        touched |= set(model.objects.filter(asset_id__in=ids).values_list("asset_id", flat=True))
    return touched


def _remove(actor: Actor, assets: list[Asset]) -> None:
    if not assets:
        return
    ids, matters = [a.pk for a in assets], [a.matter_id for a in assets]
    with audit.batch(by=actor, verb="asset.import.undo", objects=len(assets)) as work:
        for model in (Ownership, Inventorship, Link):
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


def whole(*, actor: Actor, path: Path, options: dict[str, Any], dry_run: bool = False, tell: Tell | None = None, on: date | None = None) -> Import:
    """All steps in one go, for the command line. Raises `Unreadable`; leaves the import ASKING where a question is open."""
    with path.open("rb") as source:
        item = begin(actor=actor, name=path.name, source=source, options=options)
    if item.state == Import.State.ASKING:
        return item
    item = stage(actor=actor, item=item, tell=tell)
    return item if dry_run else apply(actor=actor, item=item, tell=tell, on=on)


def problems(item: Import) -> Iterator[CellProblem]:
    """The problems of an import, in the order of the file."""
    for chunk in imports.chunks(item):
        for problem in chunk.problems:
            yield CellProblem(*problem)
