"""Finding records by words and numbers, on both databases alike: tokens made here, looked up in the database's own text index.

Rooms say what of a model can be found with `source`; what the audited doors write is indexed anew within a minute, or at once after
`changed`. Nothing is told of a record, not even that it exists, before its room's sight has been asked.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, models
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from causeway.frame import access, audit, db, jobs, outbox, scope, tokens
from causeway.frame.access import Actor
from causeway.frame.models import AuditEntry, AuditSeal, SearchDoc, University

REFRESH, REBUILD, TOPIC = "search.refresh", "search.rebuild", "search"
#: At most so many matches of a list are looked at, then ordered.
MATCHES = 1_000
#: The same of a group of `find`; more of them are told as "more than".
LOOKED_AT = 500
CHUNK = 500
#: Opens the token that names university and model; words do not hold it.
_MARK = "\ue000"


@dataclass(frozen=True)
class Entry:
    """What can be found of a record. words: texts whose words and numbers find it, beside title and subtitle; url: its page."""

    title: str
    subtitle: str = ""
    words: Sequence[str] = ()
    url: str = ""


@dataclass(frozen=True)
class Hit:
    """A record found, in the asker's sight."""

    label: str
    object_id: int
    title: str
    subtitle: str
    url: str


@dataclass(frozen=True)
class Group:
    """What was found of one model, the best first. count: how many are in sight; more: whether there may be others still."""

    label: str
    name: str
    hits: list[Hit]
    count: int
    more: bool


@dataclass(frozen=True)
class _Source:
    model: type[models.Model]
    fields: Callable[[Any], Entry | None]
    rows: Callable[[QuerySet], QuerySet]
    parts: dict[str, str]


_sources: dict[str, _Source] = {}


def source(
    model: type[models.Model],
    fields: Callable[[Any], Entry | None],
    *,
    rows: Callable[[QuerySet], QuerySet] = lambda queryset: queryset,
    parts: dict[str, str] | None = None,
) -> None:
    """Make records of an owned model findable.

    fields: what can be found of a record, None for one that shall not be found (in the trash); rows: adds what `fields` reads
    (select_related, prefetch_related); parts: labels of models whose changes change the entry, with the field that leads from them to
    the record, such as {"assets.inventorship": "asset"}.
    """
    _sources[model._meta.label_lower] = _Source(model, fields, rows, {label.lower(): field for label, field in (parts or {}).items()})


def label_of(model: type[models.Model] | str) -> str:
    """The label a model is known by here."""
    return model.lower() if isinstance(model, str) else model._meta.label_lower


# --- keeping current -------------------------------------------------------------------------------------------------------------


def changed(model: type[models.Model] | str, ids: Iterable[int]) -> None:
    """Have records of the university in scope indexed anew after the caller's transaction; removed ones are forgotten."""
    for some in _chunks(sorted(set(ids))):
        outbox.put(TOPIC, {"label": label_of(model), "ids": some})


@outbox.topic(TOPIC)
def _deliver(message: Any) -> None:
    refresh(message.payload["label"], message.payload["ids"])


@jobs.handler(REFRESH, title=_("Index records for search"))
def _refresh_job(_progress: jobs.Progress, label: str, ids: list[int]) -> int:
    return refresh(label, ids)


def _follow_one(obj: models.Model) -> None:
    """What one person changed is found at once; batches are followed by the sealing job."""
    if label_of(type(obj)) in _sources and scope.current_or_none() is not None:
        refresh(type(obj), [obj.pk])


audit.listen(_follow_one)


def refresh(model: type[models.Model] | str, ids: Sequence[int]) -> int:
    """Index records of the university in scope anew, now; returns how many can be found. Raises LookupError for a model without source."""
    label = label_of(model)
    if label not in _sources:
        raise LookupError(f"Nobody said what can be found of {label}.")
    found = 0
    for some in _chunks(ids):
        entries = dict(_entries(_sources[label], some))
        index(label, entries)
        remove(label, [pk for pk in some if pk not in entries])
        found += len(entries)
    return found


def _entries(one: _Source, ids: Collection[int]) -> Iterator[tuple[int, Entry]]:
    for obj in one.rows(one.model._default_manager.filter(pk__in=ids)):
        if (entry := one.fields(obj)) is not None:
            yield obj.pk, entry


def index(label: str, entries: dict[int, Entry]) -> None:
    """Store entries of a model by the id of their records, new or known; in the university in scope."""
    here = scope.current()
    docs = [
        SearchDoc(
            university_id=here, label=label, object_id=pk, title=entry.title[:300], subtitle=entry.subtitle[:300], url=entry.url[:300],
            tokens=_text(here, label, entry),
        )
        for pk, entry in entries.items()
    ]  # fmt: skip
    SearchDoc.objects.bulk_create(
        docs, batch_size=CHUNK, update_conflicts=True, unique_fields=["university", "label", "object_id"],
        update_fields=["title", "subtitle", "url", "tokens"],
    )  # fmt: skip


def _text(university: int, label: str, entry: Entry) -> str:
    return " ".join([_mark(university, label), *tokens.indexed(entry.title, entry.subtitle, *entry.words)])


def _mark(university: int, label: str) -> str:
    """The token of every entry of a model at a university, so that the index itself keeps to them."""
    return f"{_MARK}{university}{label.replace('.', '').replace('_', '')}"


def remove(label: str, ids: Iterable[int]) -> None:
    """Forget records of a model, of the university in scope."""
    for some in _chunks(ids):
        SearchDoc.objects.filter(label=label, object_id__in=some).delete()


def _chunks(ids: Iterable[int]) -> Iterator[list[int]]:
    listed = list(ids)
    return (listed[i : i + CHUNK] for i in range(0, len(listed), CHUNK))


@jobs.handler(REBUILD, title=_("Index everything for search"))
def rebuild(progress: jobs.Progress) -> dict[str, int]:
    """Index every record of the university in scope anew, and forget those that are gone. Returns how many can be found, by model."""
    total = sum(one.model._default_manager.count() for one in _sources.values())
    counts, done = {}, 0
    for label, one in _sources.items():
        counts[label], after = 0, 0
        while ids := list(one.model._default_manager.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:CHUNK]):
            counts[label] += refresh(label, ids)
            after, done = ids[-1], done + len(ids)
            progress.tell(done, total, label)
        existing = one.model._default_manager.filter(pk=OuterRef("object_id"))
        SearchDoc.objects.filter(label=label).exclude(Exists(existing)).delete()
    SearchDoc.objects.exclude(label__in=_sources).delete()
    progress.tell(done, total, force=True)
    return counts


def ensure() -> None:
    """Have universities whose records were never indexed indexed by the worker (the first start, or an upgrade)."""
    for pk in University.objects.values_list("pk", flat=True):
        with scope.use(pk):
            if _sources and not SearchDoc.objects.exists():
                jobs.start(REBUILD, university=pk, key=f"{REBUILD}-{pk}")


def follow(sealed_after: int) -> int:
    """Have everything indexed anew that entries of the audit chain after a link tell of, in the university in scope; returns how many records.

    The sealing job calls it with what it has just sealed, in one transaction: a change is followed once, whatever order changes commit in.
    """
    told: dict[str, set[int]] = {}
    if not _sources:
        return 0
    for seal in AuditSeal.objects.filter(seq__gt=sealed_after).select_related("entry"):
        for label, ids in _written(seal.entry):
            _add_told(told, label, ids)
    for label, pks in told.items():
        changed(label, pks)
    return sum(len(pks) for pks in told.values())


def _written(entry: AuditEntry) -> Iterator[tuple[str, list[int]]]:
    """The records an entry tells of, by model."""
    if entry.label != "frame.auditrun":
        if entry.object_id is not None:
            yield entry.label, [entry.object_id]
        return
    counts = entry.changes.get("counts", {})
    for label, ids in entry.changes.get("ids", {}).items():
        # Rows put in by bulk load are named by the first and last of each block.
        blocks = sum(n for what, n in counts.items() if what.startswith(f"{label} ")) > len(ids)
        yield label, [pk for first, last in zip(ids[::2], ids[1::2], strict=False) for pk in range(first, last + 1)] if blocks else ids


def _add_told(told: dict[str, set[int]], label: str, ids: list[int]) -> None:
    if label in _sources:
        told.setdefault(label, set()).update(ids)
    for whole, one in _sources.items():
        if field := one.parts.get(label):
            part = apps.get_model(label)
            for some in _chunks(ids):
                keys = part._default_manager.filter(pk__in=some).values_list(field, flat=True)
                told.setdefault(whole, set()).update(pk for pk in keys if pk is not None)


# --- finding ---------------------------------------------------------------------------------------------------------------------


def find(actor: Actor | None, text: str, limit: int = 20, model: type[models.Model] | str | None = None) -> list[Group]:
    """The records in the actor's sight that hold every word or the number asked for; the last word may be unfinished.

    limit: the most hits of one group; model: look among its records only. Groups come in the order in which rooms named their sources.
    """
    alternatives = tokens.asked(text[:200])
    if actor is None or not alternatives:
        return []
    with _scoped(actor):
        groups = [
            _group(actor, label, one, text, alternatives, limit) for label, one in _sources.items() if model is None or label == label_of(model)
        ]
    return [group for group in groups if group.hits]


def _scoped(actor: Actor) -> Any:
    return scope.use(actor.university_id)


def ids(model: type[models.Model] | str, text: str, limit: int = MATCHES) -> list[int]:
    """Ids of a model's records that match, newest entries first, at most `limit`; of the university in scope, sight not yet asked (lists do)."""
    return ids_of([model], text, limit)[label_of(model)]


def ids_of(models: Iterable[type[models.Model] | str], text: str, limit: int = MATCHES) -> dict[str, list[int]]:
    """The same of several models, by their labels, in one statement."""
    found: dict[str, list[int]] = {label_of(model): [] for model in models}
    alternatives = tokens.asked(text[:200])
    if alternatives:
        for label, pk in _objects(list(found), alternatives, limit):
            found[label].append(pk)
    return found


def _group(actor: Actor, label: str, one: _Source, text: str, alternatives: list[list[tokens.Term]], limit: int) -> Group:
    matches = _matches(label, alternatives, LOOKED_AT)
    hits, more = _in_sight(actor, one, matches), len(matches) == LOOKED_AT
    if more and len(hits) < limit:
        hits, more = _of_little_sight(actor, label, one, alternatives)
    hits.sort(key=_by_closeness(text))
    return Group(label, str(one.model._meta.verbose_name_plural), hits[:limit], len(hits), more)


def _in_sight(actor: Actor, one: _Source, docs: list[int]) -> list[Hit]:
    rows = list(SearchDoc.objects.filter(pk__in=docs).order_by("-pk").values_list("object_id", "title", "subtitle", "url")) if docs else []
    asked = one.model._default_manager.filter(pk__in=[row[0] for row in rows])
    seen = set(access.visible(actor, asked).values_list("pk", flat=True)) if rows else set()
    return [Hit(one.model._meta.label_lower, *row) for row in rows if row[0] in seen]


def _of_little_sight(actor: Actor, label: str, one: _Source, alternatives: list[list[tokens.Term]]) -> tuple[list[Hit], bool]:
    """For who sees little of what matches: ask for sight first, so that what they see is not lost among what they do not."""
    seen = access.visible(actor, one.model._default_manager.all()).order_by().values("pk")
    docs = list(SearchDoc.objects.filter(label=label, object_id__in=seen).order_by("-pk").values_list("pk", "tokens")[: MATCHES + 1])
    if len(docs) <= MATCHES:
        return _in_sight(actor, one, [pk for pk, text in docs if tokens.match(alternatives, text.split())]), False
    hits: list[Hit] = []
    for some in _chunks(_matches(label, alternatives, 20 * LOOKED_AT)):
        hits += _in_sight(actor, one, some)
        if len(hits) >= LOOKED_AT:
            break
    return hits[:LOOKED_AT], True


def _by_closeness(text: str) -> Callable[[Hit], tuple[int, int]]:
    """Sorts hits: the text itself first, then titles that begin with it, then titles that hold it, then the others; newest entries keep their order."""
    wanted = tokens.fold(text).strip()

    def key(hit: Hit) -> tuple[int, int]:
        texts = [tokens.fold(hit.title), tokens.fold(hit.subtitle)]
        if wanted in texts:
            return (0, len(hit.title))
        if any(one.startswith(wanted) for one in texts):
            return (1, 0)
        return (2 if wanted in texts[0] else 3, 0)

    return key


# --- the databases ---------------------------------------------------------------------------------------------------------------


def _matches(label: str, alternatives: list[list[tokens.Term]], limit: int) -> list[int]:
    """Keys of the entries of the university in scope that match, newest first, at most `limit`."""
    statement = _POSTGRES_SQL if db.is_postgres() else _SQLITE_SQL
    values = {"university": scope.current(), "limit": limit, "label0": label, "asked0": _asked(label, alternatives)}
    with connection.cursor() as cursor:
        cursor.execute(statement.format(place=0), values)
        return [row[0] for row in cursor.fetchall()]


def _objects(labels: list[str], alternatives: list[list[tokens.Term]], limit: int) -> list[tuple[str, int]]:
    """Label and record of the entries of some models that match, the newest of each first, at most `limit` of each."""
    part = _POSTGRES_PART if db.is_postgres() else _SQLITE_PART
    values: dict[str, Any] = {"university": scope.current(), "limit": limit}
    for place, label in enumerate(labels):
        values |= {f"label{place}": label, f"asked{place}": _asked(label, alternatives)}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(part.format(place=place) for place in range(len(labels))), values)
        return [(label, pk) for _doc, label, pk in sorted(cursor.fetchall(), reverse=True)]


def _asked(label: str, alternatives: list[list[tokens.Term]]) -> str:
    """What is asked for among a model's entries of the university in scope, as the database writes it."""
    term, also, either = _POSTGRES if db.is_postgres() else _SQLITE
    wanted = either.join(f"({also.join(map(term, one))})" for one in alternatives)
    return f"{term(tokens.Term(_mark(scope.current(), label), False))}{also}({wanted})"


def _postgres_term(term: tokens.Term) -> str:
    quoted = term.token.replace("\\", "\\\\").replace("'", "''")
    return f"'{quoted}'{':*' if term.open else ''}"


def _sqlite_term(term: tokens.Term) -> str:
    quoted = term.token.replace('"', '""')
    return f'"{quoted}"{"*" if term.open else ""}'


_POSTGRES_SQL = """SELECT id FROM frame_searchdoc
    WHERE university_id = %(university)s AND label = %(label{place})s AND vector @@ %(asked{place})s::tsquery ORDER BY id DESC LIMIT %(limit)s"""
_SQLITE_SQL = "SELECT rowid FROM frame_searchfts WHERE frame_searchfts MATCH %(asked{place})s ORDER BY rowid DESC LIMIT %(limit)s"
#: The same with what is needed of each entry, one model's part of a statement on several; in brackets, for its own order and limit.
_POSTGRES_PART = f"({_POSTGRES_SQL})".replace("SELECT id", "SELECT id, label, object_id")
_SQLITE_PART = f"SELECT id, label, object_id FROM frame_searchdoc WHERE id IN ({_SQLITE_SQL})"
#: How each database writes a term, "and" and "or".
_POSTGRES = (_postgres_term, " & ", " | ")
_SQLITE = (_sqlite_term, " AND ", " OR ")
