"""The two doors that write: `changing` for one object, `batch` for many. Each leaves one entry; entries are sealed into a hash chain.

Nothing else in Causeway saves, updates or bulk-loads owned rows; a test over the syntax tree proves it.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.core.validators import ProhibitNullCharactersValidator
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from causeway.frame import db, replies, scope
from causeway.frame.access import Actor, Conflict
from causeway.frame.models import AuditEntry, AuditHead, AuditImage, AuditPersonal, AuditRun, AuditSeal, Owned

M = TypeVar("M", bound=models.Model)

#: The most objects one batch may write; longer work is cut into batches, so that locks and memory stay small.
BATCH_LIMIT = 2_000
#: No change waits so long between its entry and the seal; an older one was put in afterwards.
LATEST = timedelta(days=1)
#: Of the text that is sealed. The first named who acted by name alone, of a run its number alone, and nothing of what batches keep of rows before.
VERSION = 2


def canonical(value: Any) -> str:
    """A value as text that is the same for equal values on every machine."""
    return json.dumps(value, cls=DjangoJSONEncoder, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def values_of(obj: models.Model) -> dict[str, Any]:
    """The stored values of an object by field name, keys as numbers, ready for JSON."""
    return json.loads(_row_text(obj))


def _row_text(obj: models.Model) -> str:
    """The stored values of an object as canonical text."""
    return canonical({f.name: _plain(f, obj) for f in obj._meta.concrete_fields if f.name not in ("revision", "run") and not f.generated})


def _plain(f: models.Field, obj: models.Model) -> Any:
    value = getattr(obj, f.attname)
    return value.name if isinstance(f, models.FileField) and value else value


# --- one object -----------------------------------------------------------------------------------------------------------------


@contextmanager
def changing(obj: M, *, by: Actor, verb: str, why: str = "", revision: int | None = None) -> Iterator[M]:
    """Change one object: lock it, hand it out, then clean, save and record what changed.

    obj: the object, new or stored; by: who acts; verb: such as "asset.abandon"; why: the reason given; revision: the revision the
    person saw, checked against the stored one. Yields the object freshly read under lock (a new one as it is).
    Raises `Conflict` when somebody changed it since, `ValidationError` when it is not valid or points to another university.
    A block that changes nothing writes nothing.
    """
    with transaction.atomic():
        stored, before = _lock(obj)
        if revision is not None and getattr(stored, "revision", revision) != revision:
            raise Conflict(_("Somebody changed this record while you were at it."), theirs=_since(stored, revision))
        yield stored
        after = values_of(stored)
        if before is not None and after == before:
            return
        # The row forgets the run that wrote it; the entry keeps it, so that the run stays in the history.
        run = {"run": stored.run} if isinstance(stored, Owned) and stored.run is not None else {}
        _save(stored, by, new=before is None)
        record(stored, by=by, verb=verb, why=why, before=(before or {}) | run, after=values_of(stored))
        for tell in _listeners:
            tell(stored)


_listeners: list[Callable[[Any], None]] = []


def listen(tell: Callable[[Any], None]) -> None:
    """Have a function told of each object that `changing` saved, in its transaction."""
    _listeners.append(tell)


def _lock(obj: M) -> tuple[M, dict[str, Any] | None]:
    if obj.pk is None:
        if isinstance(obj, Owned) and obj.university_id is None:
            obj.university_id = scope.current()
        return obj, None
    stored = type(obj)._default_manager.select_for_update(of=("self",)).get(pk=obj.pk)
    return stored, values_of(stored)


def _since(stored: models.Model, revision: int) -> dict[str, Any]:
    """What others changed since the revision, newest value by field."""
    entries = AuditEntry.objects.filter(label=stored._meta.label_lower, object_id=stored.pk).order_by("-at")
    newer = entries[: max(0, stored.revision - revision)]  # type: ignore[attr-defined]
    theirs: dict[str, Any] = {}
    for entry in newer:
        for name, pair in entry.changes.items():
            theirs.setdefault(name, {"by": entry.actor_name, "at": entry.at, "value": getattr(stored, name, pair)})
    return theirs


def _save(obj: models.Model, by: Actor, *, new: bool) -> None:
    university = getattr(obj, "university_id", None)
    if university is not None and university != by.university_id:
        raise ValidationError(_("This record belongs to another university."))
    if isinstance(obj, Owned):
        obj.revision = 1 if new else obj.revision + 1
        obj.run = None
    _check_signs(obj)
    # A value that may be absent in the database may be absent here, whatever a form would ask for.
    obj.full_clean(exclude=[f.name for f in obj._meta.concrete_fields if f.null and getattr(obj, f.attname) is None])
    check_keys(type(obj), university, {f.name: {getattr(obj, f.attname)} for f in _owned_keys(type(obj))})
    obj.save()


def _check_signs(obj: models.Model) -> None:
    """Refuse halves of signs (surrogates), which JSON can hold: SQLite would keep them in a JSON column, and nothing that holds one can be sealed."""
    try:
        _row_text(obj).encode()
    except UnicodeEncodeError:
        raise ValidationError(ProhibitNullCharactersValidator.message) from None


def _owned_keys(model: type[models.Model]) -> list[models.ForeignKey]:
    return [
        f
        for f in model._meta.concrete_fields
        if isinstance(f, models.ForeignKey) and isinstance(f.related_model._default_manager, scope.OwnedManager)
    ]


def check_keys(model: type[models.Model], university: int | None, keys: dict[str, set]) -> None:
    """Refuse keys that point to another university's rows (or to none). keys: field name to the set of ids stored."""
    if university is None:
        return
    for f in _owned_keys(model):
        wanted = {key for key in keys.get(f.name, ()) if key is not None}
        if not wanted:
            continue
        found = f.related_model._base_manager.filter(pk__in=wanted, university_id=university).count()
        if found != len(wanted):
            raise ValidationError({f.name: _("This points to a record that does not exist here.")})


def record(
    obj: models.Model, *, by: Actor, verb: str, why: str = "", before: dict[str, Any], after: dict[str, Any], run: AuditRun | None = None
) -> AuditEntry:
    """Write the entry of one change; personal values go apart, with salted digests in the entry."""
    changes = {k: [before.get(k), after.get(k)] for k in after.keys() | before.keys() if before.get(k) != after.get(k)}
    changes.pop("id", None)
    changes.pop("university", None)
    personal = {name: changes[name] for name in getattr(obj, "personal", ()) if name in changes}
    salts = {name: secrets.token_hex(16) for name in personal}
    for name, pair in personal.items():
        changes[name] = {"digest": _personal_digest(salts[name], *pair)}
    entry = AuditEntry(
        university_id=getattr(obj, "university_id", None) or by.university_id,
        actor_id=by.user_id,
        actor_name=by.name,
        verb=verb,
        why=why,
        label=obj._meta.label_lower,
        object_id=obj.pk,
        title=_title(obj),
        changes=json.loads(canonical(changes)),
        run=run,
    )
    entry.save()
    for name, (old, new) in personal.items():
        kept = AuditPersonal(university_id=entry.university_id, entry=entry, field=name, salt=salts[name])
        kept.before, kept.after = _text(old), _text(new)
        kept.save()
    return entry


def _title(obj: models.Model) -> str:
    """What an object is called, or nothing where that would tell a personal value: the chain keeps titles, and none could be erased from it."""
    title = str(obj)[:300]
    values = [getattr(obj, name) for name in getattr(obj, "personal", ())]
    return "" if any(isinstance(value, str) and value and value in title for value in values) else title


def _text(value: Any) -> str | None:
    return None if value is None else canonical(value)


def _personal_digest(salt: str, before: Any, after: Any) -> str:
    return hashlib.sha256(f"{salt}{canonical([before, after])}".encode()).hexdigest()


# --- many objects ---------------------------------------------------------------------------------------------------------------


def run_start(*, by: Actor, verb: str, why: str = "") -> AuditRun:
    """Open a run that several batches belong to (an import of many chunks); its id is stored on every row it writes."""
    run = AuditRun(university_id=by.university_id, verb=verb, actor_id=by.user_id, actor_name=by.name, why=why)
    run.save()
    return run


def run_finish(run: AuditRun, counts: dict[str, int]) -> None:
    """Close a run of several batches with its counts; so many rows deserve another look of the planner at their tables."""
    _close(run, counts)
    if not db.is_postgres():
        db.look_over()


def _close(run: AuditRun, counts: dict[str, int]) -> None:
    run.counts, run.finished_at = counts, timezone.now()
    run.save(update_fields=["counts", "finished_at"])


@dataclass
class Batch:
    """What one batch writes; made by `batch`."""

    by: Actor
    verb: str
    run: AuditRun
    counts: dict[str, int] = field(default_factory=dict)
    ids: dict[str, list[int]] = field(default_factory=dict)
    images: list[int] = field(default_factory=list)
    _digest: Any = field(default_factory=hashlib.sha256)
    _before: Any = field(default_factory=hashlib.sha256)

    def add(self, objects: Sequence[M]) -> list[M]:
        """Create objects of one model. Each is cleaned of nothing: the caller validates; keys are checked."""
        if not objects:
            return []
        model = type(objects[0])
        for obj in objects:
            if isinstance(obj, Owned):
                obj.university_id = obj.university_id or self.by.university_id
                obj.run = self.run.pk
        self._check(model, objects)
        made = model._default_manager.bulk_create(objects)
        self._note("created", model, [obj.pk for obj in made])
        for obj in made:
            self._digest.update(_row_text(obj).encode())
        return made

    def load(self, model: type[models.Model], columns: Sequence[str], rows: db.Rows, *, first_id: int | None = None) -> None:
        """Put finished rows in with the database's bulk load. rows: database values in the order of columns, `university` and `run` among them.

        first_id: with `id` among the columns, the first of a block from `db.take_ids`; it names the rows in the entry.
        """
        with self.loading(model, columns) as put:
            put(rows)
        if rows and first_id is not None:
            self.ids.setdefault(model._meta.label_lower, []).extend((first_id, first_id + len(rows) - 1))

    @contextmanager
    def loading(self, model: type[models.Model], columns: Sequence[str]) -> Iterator[Callable[[db.Rows], None]]:
        """As `load`, for rows that are made while those before them are loaded; nothing else may be asked of the database meanwhile.

        Yields what takes rows. Their keys are checked when all are in, before the transaction can end.
        """
        here, label = columns.index("university"), f"{model._meta.label_lower} created"
        keys = [(f.name, columns.index(f.name), set()) for f in _owned_keys(model) if f.name in columns]
        count = 0

        def put(rows: db.Rows) -> None:
            nonlocal count
            count += len(rows)
            if {row[here] for row in rows} - {self.by.university_id}:
                raise ValidationError(_("These rows belong to another university."))
            for _name, at, found in keys:
                found.update([row[at] for row in rows])
            load(rows)

        with db.loading(model, columns, lambda text: self._digest.update(text.encode())) as load:
            yield put
        check_keys(model, self.by.university_id, {name: found for name, _at, found in keys})
        if count:
            self.counts[label] = self.counts.get(label, 0) + count

    def change(self, objects: Sequence[M], fields: Sequence[str]) -> None:
        """Store changed fields of objects already read; what they were before stays with the run."""
        if not objects:
            return
        model = type(objects[0])
        self._check(model, objects)
        self._images(model, [obj.pk for obj in objects])
        names = list(fields)
        if issubclass(model, Owned):
            names += ["revision", "run"]
            for obj in objects:
                obj.revision, obj.run = obj.revision + 1, self.run.pk  # type: ignore[attr-defined]
        db.store(model, names, objects)
        self._note("changed", model, [obj.pk for obj in objects])
        for obj in objects:
            self._digest.update(_row_text(obj).encode())

    def stamp(self, model: type[models.Model], name: str, values: Mapping[int, Any]) -> None:
        """Store a column that only names what other rows hold (a digest of them), by id: no image, no new revision; the entry counts the rows."""
        if values:
            db.put(model, name, values, self.by.university_id)
            counted = f"{model._meta.label_lower} {name}"
            self.counts[counted] = self.counts.get(counted, 0) + len(values)
            self._digest.update(canonical(list(values.items())).encode())

    def remove(self, model: type[models.Model], ids: Sequence[int]) -> None:
        """Delete rows by id; what they were stays with the run."""
        if ids:
            self._images(model, ids)
            model._default_manager.filter(pk__in=ids).delete()
            self._note("removed", model, ids)

    def _images(self, model: type[models.Model], ids: Sequence[int]) -> None:
        stored = model._default_manager.filter(pk__in=ids)
        label = model._meta.label_lower
        made = AuditImage.objects.bulk_create(
            [AuditImage(university_id=self.by.university_id, audit_run=self.run, label=label, object_id=obj.pk, **_image(obj)) for obj in stored]
        )
        self.images += [image.pk for image in made]
        for image in made:
            self._before.update(_image_text(image).encode())

    def told(self) -> dict[str, Any]:
        """What the entry tells: counts, ids, the digest of the rows as they became, and that of the images of what they were."""
        images = {"images": [min(self.images), max(self.images), self._before.hexdigest()]} if self.images else {}
        return {"counts": self.counts, "ids": self.ids, "digest": self._digest.hexdigest(), **images}

    def _check(self, model: type[models.Model], objects: Sequence[models.Model]) -> None:
        if any(getattr(obj, "university_id", self.by.university_id) != self.by.university_id for obj in objects):
            raise ValidationError(_("These rows belong to another university."))
        check_keys(model, self.by.university_id, {f.name: {getattr(obj, f.attname) for obj in objects} for f in _owned_keys(model)})

    def _note(self, what: str, model: type[models.Model], ids: Iterable[int]) -> None:
        label = model._meta.label_lower
        listed = list(ids)
        self.counts[f"{label} {what}"] = self.counts.get(f"{label} {what}", 0) + len(listed)
        self.ids.setdefault(label, []).extend(listed)


def _image(obj: models.Model) -> dict[str, Any]:
    """What a row was: its values and the run that wrote it; of its personal values the salted digests too."""
    run, before = getattr(obj, "run", None), values_of(obj)
    salts = {name: secrets.token_hex(16) for name in getattr(obj, "personal", ()) if name in before}
    kept = {name: [salt, _personal_digest(salt, before[name], None)] for name, salt in salts.items()}
    return {"before": before | ({"run": run} if run is not None else {}), "salts": kept}


def _image_text(image: AuditImage) -> str:
    """What is sealed of an image: its values, of personal ones the digests alone."""
    return canonical([image.label, image.object_id, image.before | {name: digest for name, (_salt, digest) in (image.salts or {}).items()}])


@contextmanager
def batch(*, by: Actor, verb: str, why: str = "", run: AuditRun | None = None, objects: int = 0) -> Iterator[Batch]:
    """Write many objects in one transaction with one entry (run, counts, ids, digest of the canonical rows).

    objects: how many objects the batch is about (rows that belong to them come along uncounted); more than `BATCH_LIMIT` is refused
    with ValueError: cut the work into batches of one run.
    """
    if objects > BATCH_LIMIT:
        raise ValueError(f"A batch holds at most {BATCH_LIMIT} objects, not {objects}.")
    with transaction.atomic():
        own_run = run or run_start(by=by, verb=verb, why=why)
        work = Batch(by, verb, own_run)
        yield work
        if not work.counts:
            if run is None:
                own_run.delete()
            return
        AuditEntry(
            university_id=by.university_id,
            actor_id=by.user_id,
            actor_name=by.name,
            verb=verb,
            why=why,
            label="frame.auditrun",
            object_id=own_run.pk,
            title=verb,
            changes=work.told(),
            run=own_run,
        ).save()
        if run is None:
            _close(own_run, work.counts)


def loaded(run: int, label: str) -> list[tuple[int, int]]:
    """The first and the last id of each block of rows that the batches of a run loaded, whoever changed them since. label: of their model."""
    blocks = AuditEntry.objects.filter(run=run, label="frame.auditrun").values_list("changes", flat=True)
    told = [changes.get("ids", {}).get(label, ()) for changes in blocks]
    return [pair for ids in told for pair in zip(ids[::2], ids[1::2], strict=True)]


# --- the chain -------------------------------------------------------------------------------------------------------------------


def _link(previous: str, entry: AuditEntry, version: int | None) -> str:
    told = {
        "university": entry.university_id, "at": entry.at.isoformat(), "actor": entry.actor_name, "verb": entry.verb, "why": entry.why,
        "label": entry.label, "object": entry.object_id, "title": entry.title, "changes": entry.changes, "run": entry.run_id,
    }  # fmt: skip
    if version is not None:
        run = entry.run
        told |= {
            "version": version,
            "actor": [entry.actor_id, entry.actor_name],
            "run": run and [run.pk, run.actor_id, run.actor_name, run.verb, run.why],
        }
    # Half a sign kept before such were refused must not stop the sealing.
    return hashlib.sha256(f"{previous}\n{canonical(told)}".encode(errors="surrogatepass")).hexdigest()


def seal(university: int, limit: int = 10_000) -> int:
    """Chain the entries that are committed and not yet sealed; returns how many. Runs as a job, so writers never wait for the head."""
    with scope.use(university), transaction.atomic():
        db.lock(f"audit-seal-{university}")
        last = AuditSeal.objects.order_by("-seq").first()
        seq, previous = (last.seq, last.hash) if last else (0, "")
        seals = []
        for entry in AuditEntry.objects.filter(seal=None).select_related("run").order_by("pk")[:limit]:
            seq, previous = seq + 1, _link(previous, entry, VERSION)
            seals.append(AuditSeal(university_id=university, seq=seq, entry=entry, hash=previous, version=VERSION))
        AuditSeal.objects.bulk_create(seals, batch_size=1000)
        return len(seals)


def head(university: int) -> tuple[int, str]:
    """The chain's length and last hash."""
    with scope.use(university):
        last = AuditSeal.objects.order_by("-seq").first()
        return (last.seq, last.hash) if last else (0, "")


def send_head(university: int, to: str) -> tuple[int, str]:
    """Note that the head leaves the house (printed on a digest or a report), so that it can be compared later."""
    seq, value = head(university)
    AuditHead(university_id=university, seq=seq, hash=value, sent_to=to).save()
    return seq, value


@dataclass(frozen=True)
class ChainReport:
    """What verifying a chain found: links checked, entries not yet sealed, every fault in words, and how many links are of the first version.

    Of those `first` links neither the account that acted nor what batches kept of rows before is sealed; the name and the changes are.
    """

    checked: int
    unsealed: int
    faults: tuple[str, ...]
    first: int = 0


def verify(university: int) -> ChainReport:
    """Recompute the chain of a university and compare it with its seals, what batches kept, its personal values and the heads that were sent out."""
    faults: list[str] = []
    with scope.use(university):
        previous, expected, hashes, latest, first = "", 0, {0: ""}, None, 0
        sent = {h.seq: h for h in AuditHead.objects.order_by("pk")}
        for link in AuditSeal.objects.select_related("entry__run").order_by("seq").iterator(2000):
            expected += 1
            first += link.version is None
            if link.seq != expected:
                faults.append(f"Link {expected} is missing.")
                expected = link.seq
            value = _link(previous, link.entry, link.version)
            if value != link.hash:
                faults.append(f"Entry {link.entry_id} ({link.entry.verb}) was changed after it was sealed as link {link.seq}.")
            if latest and link.entry.at < latest - LATEST:
                faults.append(
                    f"Entry {link.entry_id} ({link.entry.verb}) bears a time of {link.entry.at:%Y-%m-%d}, yet was sealed after one of {latest:%Y-%m-%d}."
                )
            latest = max(latest or link.entry.at, link.entry.at)
            previous = link.hash
            if link.seq in sent:
                hashes[link.seq] = link.hash
        faults += [f"The head {seq} sent to {h.sent_to} differs from the chain." for seq, h in sent.items() if hashes.get(seq) != h.hash]
        faults += _image_faults()
        faults += _personal_faults()
        return ChainReport(expected, AuditEntry.objects.filter(seal=None).count(), tuple(faults), first)


def differs(university: int, seq: int, value: str) -> bool:
    """Whether a head kept outside (from a letter or a report) is not that of the chain. Run `verify` too: it recomputes the links."""
    with scope.use(university):
        return not AuditSeal.objects.filter(seq=seq, hash=value).exists()


def _image_faults() -> list[str]:
    """Batches whose images are not those their entry tells of. The batches of a run follow one another, so each has a block of keys in it."""
    faults = []
    for entry in AuditEntry.objects.filter(label="frame.auditrun", changes__has_key="images").iterator(2000):
        low, high, told = entry.changes["images"]
        found = hashlib.sha256()
        for image in AuditImage.objects.filter(audit_run=entry.run_id, pk__range=(low, high)).order_by("pk").iterator(2000):
            found.update(_image_text(image).encode())
            faults += [f"The personal value {name} of what entry {entry.pk} kept was changed." for name in _altered(image)]
        if found.hexdigest() != told:
            faults.append(f"What entry {entry.pk} ({entry.verb}) kept of the rows before was changed.")
    return faults


def _altered(image: AuditImage) -> list[str]:
    """The personal values of an image that are neither as they were nor erased (an erased one has no salt)."""
    return [
        name
        for name, (salt, digest) in (image.salts or {}).items()
        if digest != _personal_digest(salt, image.before.get(name), None) and (salt or image.before.get(name) is not None)
    ]


def _personal_faults() -> list[str]:
    faults = []
    for kept in AuditPersonal.objects.select_related("entry").iterator(2000):
        before, after = (None if text is None else json.loads(text) for text in (kept.before, kept.after))
        told = kept.entry.changes.get(kept.field, {}).get("digest")
        if told != _personal_digest(kept.salt, before, after):
            faults.append(f"The personal value {kept.field} of entry {kept.entry_id} was changed.")
    return faults


def personal_entries(label: str, object_id: int) -> int:
    """How many entries of an object's history keep personal values."""
    return AuditEntry.objects.filter(label=label, object_id=object_id).exclude(personal_values=None).distinct().count()


def erase_personal(label: str, object_id: int, fields: Sequence[str] = ()) -> int:
    """Erase the personal values kept of an object's history, and in the answers kept for the API; the chain stays true. Returns how many values went.

    fields: those that are emptied too in what batches keep of the object.
    """
    for image in AuditImage.objects.filter(label=label, object_id=object_id):
        image.before |= {name: None for name in fields if name in image.before}
        image.salts = image.salts and image.salts | {name: ["", image.salts[name][1]] for name in fields if name in image.salts}
        image.save(update_fields=["before", "salts"])
    entries = AuditEntry.objects.filter(label=label, object_id=object_id)
    kept = AuditPersonal.objects.filter(entry__in=entries).values_list("before", "after")
    replies.erase(json.loads(text) for pair in kept for text in pair if text is not None)
    gone, _rows = AuditPersonal.objects.filter(entry__in=entries).delete()
    return gone
