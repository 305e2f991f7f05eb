"""Writes on the docket: matters, events, what follows from them, and what people do about it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Min
from django.utils import timezone
from django.utils.translation import gettext as _

from causeway.engines.docket.compile import extended
from causeway.engines.docket.facts import Prepared
from causeway.engines.kernel import Refusal as RefusalValue
from causeway.frame import access, audit, db, events, files, numbering, preferences
from causeway.frame.access import Actor
from causeway.frame.models import StoredFile
from causeway.kit.show import day
from causeway.rooms.docket import mapping, selectors
from causeway.rooms.docket.choices import WAITING, Answer, Instruction, State
from causeway.rooms.docket.events import MattersChanged
from causeway.rooms.docket.mapping import COMPUTED, Computed, Docket
from causeway.rooms.docket.models import Deadline, Matter, MatterEvent, OrderList, Refusal, Snooze
from causeway.rooms.docket.ports import EventDraft, MatterDraft
from causeway.rooms.people.models import Person

__all__ = ["EventDraft", "MatterDraft"]

preferences.declare(
    preferences.Preference(
        "docket.second_person",
        "university",
        bool,
        False,
        label="Statutory dates need a second person's confirmation",
        help="A date that the law sets is done only after another person has confirmed it.",
    )  # fmt: skip
)

#: Events that end a matter.
ENDINGS = ("withdrawn", "lapsed", "refused_final", "expired", "abandoned", "revoked", "transferred")

_MATTER_COLUMNS = (
    "id", "university", "revision", "run", "reference", "office", "right", "number", "title", "unit", "holder", "agent", "entity", "facts", "designated",
    "published", "closed_on", "closed_why", "digest",
)  # fmt: skip
_EVENT_COLUMNS = (
    "id", "university", "revision", "run", "matter", "root", "version", "current", "withdrawn", "kind", "on", "by", "received", "of", "facts", "source",
    "note",
)  # fmt: skip
_DEADLINE_COLUMNS = (
    "university", "revision", "run", "matter", *Computed._fields, "holder", "matter_reference", "matter_title", "office", "done_reference", "instruction",
)  # fmt: skip
_REFUSAL_COLUMNS = ("university", "revision", "run", "matter", "rule", "ordinal", "reason")


# --- opening matters in bulk -----------------------------------------------------------------------------------------------------------


def matters_add(work: audit.Batch, drafts: Sequence[MatterDraft]) -> tuple[list[int], dict[int, date | None]]:
    """Open matters with their events and deadlines inside a batch (at most 2,000), by bulk load: a matter's deadlines while the next one's are computed.

    Returns the matters' ids in the order of the drafts, and the next open day of each.
    """
    ids = db.take_ids(Matter, len(drafts))
    event_count = sum(len(draft.events) for draft in drafts)
    roots = iter(db.take_ids(MatterEvent, event_count) if event_count else ())
    here, run = work.by.university_id, work.run.pk
    matters: list[tuple] = []
    event_rows: list[tuple] = []
    inputs: list[tuple] = []
    for pk, draft in zip(ids, drafts, strict=True):
        stream = [_engine_event(next(roots), one) for one in draft.events]
        event_rows += [_event_row(event.ref, here, run, pk, one) for event, one in zip(stream, draft.events, strict=True)]
        closed_on, closed_why = _ended(draft)
        inputs.append((draft.office, draft.right, stream, draft.facts, draft.designated, draft.entity, "" if closed_on else closed_why))
        matters.append(_matter_row(pk, here, run, draft, (closed_on, closed_why[:300], mapping.digest_of(*inputs[-1]))))
    work.load(Matter, _MATTER_COLUMNS, matters, first_id=ids.start)
    work.load(MatterEvent, _EVENT_COLUMNS, event_rows)
    refusals: list[tuple] = []
    next_due: dict[int, date | None] = {}
    with work.loading(Deadline, _DEADLINE_COLUMNS) as put:
        for pk, draft, given in zip(ids, drafts, inputs, strict=True):
            rows, refused = mapping.written(*given)
            put(_deadline_rows(here, run, pk, (draft.holder_id, draft.reference, draft.title[:500], draft.office), rows))
            refusals += [(here, 1, run, pk, *one) for one in refused]
            first = min([row[_DUE] for row in rows if row[_STATE] == "open"], default=None)
            next_due[pk] = date.fromisoformat(first) if first else None
    work.load(Refusal, _REFUSAL_COLUMNS, refusals)
    return list(ids), next_due


_DUE, _STATE = Computed._fields.index("due"), Computed._fields.index("state")


def _engine_event(root: int, one: EventDraft) -> mapping.Event:
    return mapping.engine_event((root, one.kind, one.on, one.by, one.received, one.of, dict(one.facts)))


def _ended(one: MatterDraft) -> tuple[date | None, str]:
    """When and why a draft's matter ended: by its first event of an ending, else as its source says, without a day."""
    ending = min((event for event in one.events if event.kind in ENDINGS), key=attrgetter("on"), default=None)
    return (ending.on, ending.note or ending.kind) if ending else (None, str(one.facts.get("ended", "")))


def _matter_row(pk: int, here: int, run: int, one: MatterDraft, end: tuple[date | None, str, str]) -> tuple:
    """end: when and why it closed, and its digest."""
    return (
        pk, here, 1, run, one.reference, one.office, one.right, one.number, one.title[:500], one.unit_id, one.holder_id, one.agent_id, one.entity,
        _json(one.facts), json.dumps(list(one.designated)) if one.designated else "[]", one.published, *end,
    )  # fmt: skip


def _event_row(pk: int, here: int, run: int, matter: int, one: EventDraft) -> tuple:
    facts = _json(one.facts)
    return (pk, here, 1, run, matter, pk, 1, True, False, one.kind, one.on, one.by, one.received, one.of, facts, one.source, one.note[:300])


def _json(facts: Mapping[str, Any]) -> str:
    return json.dumps(dict(facts)) if facts else "{}"


def _deadline_rows(here: int, run: int | None, matter: int, copies: tuple[int | None, str, str, str], rows: Iterable[tuple]) -> list[tuple]:
    """Rows of `_DEADLINE_COLUMNS`. copies: the matter's holder, reference, title and office; rows: as `Computed`."""
    before, after = (here, 1, run, matter), (*copies, "", "")
    return [before + row + after for row in rows]


# --- computing a matter anew -------------------------------------------------------------------------------------------------------------


@dataclass
class Difference:
    """What computing a matter anew would change: new deadlines, changed ones (row, new values), ones no longer derived, refusals."""

    matter: Matter
    created: list[Computed] = field(default_factory=list)
    changed: list[tuple[Deadline, Computed]] = field(default_factory=list)
    gone: list[Deadline] = field(default_factory=list)
    reopened: list[tuple[Deadline, Computed]] = field(default_factory=list)
    refusals: list[tuple[str, str, str]] = field(default_factory=list)
    unchanged: int = 0
    digest: str = ""
    #: Whether other rules give no date than before, or for another reason; no date changes by that.
    refused_anew: bool = False

    @property
    def empty(self) -> bool:
        """Whether nothing would change; what people settled for a reason of their own keeps it, whether or not it still follows."""
        return not (self.created or self.changed or self.reopened or any(not (_settled(row) and row.why) for row in self.gone))


def _settled(row: Deadline) -> bool:
    return row.state in (State.DONE, State.WAIVED)


def _stream(matter: Matter, overlay: Sequence[MatterEvent] = ()) -> list[mapping.Event]:
    """The matter's current events as the engine takes them, with unsaved versions laid over."""
    stored = {event.root: event for event in MatterEvent.objects.filter(matter=matter, current=True, withdrawn=False)} if matter.pk else {}
    for number, event in enumerate(overlay):
        key = event.root or -1 - number
        if event.withdrawn:
            stored.pop(key, None)
        else:
            stored[key] = event
    return [mapping.engine_event((key, e.kind, e.on, e.by, e.received, e.of, e.facts)) for key, e in sorted(stored.items())]


def _docket(matter: Matter, overlay: Sequence[MatterEvent] = ()) -> Docket:
    return mapping.compute(
        matter.office,
        matter.right,
        _stream(matter, overlay),
        matter.facts,
        matter.designated,
        matter.entity,
        matter.closed_why if not matter.closed_on else "",
    )


def _compare(matter: Matter, docket: Docket, stored: Iterable[Deadline], stream: Sequence[mapping.Event] | None = None) -> Difference:
    """The difference between stored rows and computed ones, by identity. stream: the events it was computed from, where they are not those stored."""
    found = Difference(matter, digest=docket.digest, refusals=docket.refusals)
    rows = {(row.rule, row.ordinal, row.trigger): row for row in stored}
    for one in docket.rows:
        row = rows.pop(one.identity, None)
        if row is not None and row.extension:
            one = _lengthened(one, matter, row.extension, stream)
        if row is None:
            found.created.append(one)
        elif row.closed_by is None and row.state == State.CLOSED and one.state == State.OPEN and row.why != mapping.PAST:
            found.reopened.append((row, one))
        elif _differs(row, one):
            found.changed.append((row, one))
        else:
            found.unchanged += 1
    found.gone = [row for row in rows.values() if row.state not in (State.CLOSED,)]
    found.unchanged += len(rows) - len(found.gone)
    _rejoin(found)
    return found


def _rejoin(found: Difference) -> None:
    """The fee of a year stays the same fee when what it counts from changes (a parent's filing becomes known): what people did stays with it."""
    gone = {(row.rule, row.ordinal): row for row in found.gone if row.ordinal}
    again = [one for one in found.created if (one.rule, one.ordinal) in gone]
    if not again:
        return
    moved = [(gone.pop((one.rule, one.ordinal)), one) for one in {(one.rule, one.ordinal): one for one in again}.values()]
    found.changed += moved
    settled, back = {row.pk for row, _one in moved}, {one.identity for _row, one in moved}
    found.gone = [row for row in found.gone if row.pk not in settled]
    found.created = [one for one in found.created if one.identity not in back]


def _lengthened(one: Computed, matter: Matter, months: int, stream: Sequence[mapping.Event] | None) -> Computed:
    """A computed row with its extension, counted anew from the original date; without it where the rule no longer allows it."""
    try:
        return one._replace(due=_extended_day(matter, _stream(matter) if stream is None else stream, one.rule, one.trigger, months))
    except RefusalValue:
        return one


def _extended_day(matter: Matter, stream: Sequence[mapping.Event], rule: str, trigger: Any, months: int) -> date:
    """The last day of a period extended by months; raises the engine's refusal where the rule does not allow it."""
    events = tuple(event for event in stream if event.ref == trigger) or tuple(stream)
    facts = mapping.MatterFacts(matter.office, matter.right, events, matter.facts)
    return date.fromordinal(extended(mapping.law().rule(rule), Prepared(facts), months)[1])


def _differs(row: Deadline, one: Computed) -> bool:
    if any(getattr(row, name) != value for name, value in zip(COMPUTED, one, strict=False)):
        return True
    return _state_after(row, one)[0] != row.state


def _state_after(row: Deadline, one: Computed) -> tuple[str, date | None, str]:
    """What a row's state becomes: people's acts (done, waived, instructed) stand; an event may meet what is open, or open it again."""
    if _settled(row):
        return row.state, row.done_on, row.why
    if one.state == State.OPEN and row.state == State.INSTRUCTED:
        return row.state, row.done_on, row.why
    return one.state, one.done_on, one.why


def state_after(row: Deadline, one: Computed) -> str:
    """The state a row would have after it was computed anew; what people did stands."""
    return _state_after(row, one)[0]


def _apply(work: audit.Batch, differences: Sequence[Difference]) -> None:
    """Write what differs, of all matters together: what is new in one load, what changed in one go."""
    here, run, gone = work.by.university_id, work.run.pk, str(_("No longer follows from the events"))
    made: list[tuple] = []
    touched: list[Deadline] = []
    for difference in differences:
        m = difference.matter
        made += _deadline_rows(here, run, m.pk, (m.holder_id, m.reference, m.title, m.office), difference.created)
        touched += [_taken_over(row, one) for row, one in (*difference.changed, *difference.reopened)]
        for row in difference.gone:
            if not _settled(row):
                row.state, row.why = State.CLOSED, gone
            else:
                row.why = row.why or gone
            touched.append(row)
    work.load(Deadline, _DEADLINE_COLUMNS, made)
    work.change(touched, [*COMPUTED, "state", "done_on", "why", "extended_to", "confirmed_by", "confirmed_on"])
    _apply_refusals(work, {difference.matter.pk: difference.refusals for difference in differences})
    work.stamp(Matter, "digest", {d.matter.pk: d.digest for d in differences if d.matter.digest != d.digest})


def _taken_over(row: Deadline, one: Computed) -> Deadline:
    """The row with what was computed for it."""
    if row.due != one.due:
        row.confirmed_by_id = row.confirmed_on = None  # what was confirmed was another day
    for name, value in zip(COMPUTED, one, strict=False):
        setattr(row, name, value)
    row.extended_to = row.due if row.extension else None
    row.state, row.done_on, row.why = _state_after(row, one)
    return row


def _apply_refusals(work: audit.Batch, refusals: dict[int, list[tuple[str, str, str]]]) -> None:
    """Bring what gives no date in step, by matter."""
    wanted = {(matter, *one) for matter, found in refusals.items() for one in found}
    stored = {(r.matter_id, r.rule, r.ordinal, r.reason): r.pk for r in Refusal.objects.filter(matter_id__in=refusals)}
    work.remove(Refusal, [pk for key, pk in stored.items() if key not in wanted])
    here, run = work.by.university_id, work.run.pk
    work.load(Refusal, _REFUSAL_COLUMNS, [(here, 1, run, *key) for key in sorted(wanted - stored.keys())])


def _tell(matters: Sequence[int]) -> None:
    """Tell higher rooms the next open day of each matter."""
    due = dict(Deadline.objects.filter(matter_id__in=matters, waiting=True).values_list("matter_id").annotate(next=Min("due")))
    events.tell(MattersChanged({pk: due.get(pk) for pk in matters}))


# --- matters and events, one at a time ----------------------------------------------------------------------------------------------------


def matter_open(*, actor: Actor, draft: MatterDraft) -> Matter:
    """Open a matter with its first events and compute what follows."""
    access.require(actor, "matter.create")
    with audit.batch(by=actor, verb="matter.create", objects=1) as work:
        ids, _next = matters_add(work, [draft])
    return Matter.objects.get(pk=ids[0])


def matter_update(*, actor: Actor, matter: Matter, revision: int | None = None, **values: Any) -> Matter:
    """Change a matter's title, holder, agent, unit, facts; copies on its deadlines follow, and what depends on the facts is computed anew."""
    access.require(actor, "matter.update", matter)
    with transaction.atomic():
        with audit.changing(matter, by=actor, verb="matter.update", revision=revision) as matter:
            for name, value in values.items():
                setattr(matter, name, value)
        _copy_down(actor, matter)
        _recompute(actor, [matter.pk])
    return matter


def _copy_down(actor: Actor, matter: Matter) -> None:
    rows = [
        row
        for row in Deadline.objects.filter(matter=matter)
        if (row.matter_title, row.matter_reference) != (matter.title, matter.reference)
        or (row.state in WAITING and row.holder_id != matter.holder_id)
    ]
    if not rows:
        return
    for row in rows:
        row.matter_title, row.matter_reference = matter.title, matter.reference
        if row.state in WAITING:
            row.holder_id = matter.holder_id
    with audit.batch(by=actor, verb="deadline.copy", objects=1) as work:
        work.change(rows, ["matter_title", "matter_reference", "holder"])


def matter_close(*, actor: Actor, matter: Matter, why: str, on: date, kind: str = "abandoned") -> Matter:
    """End a matter by an event of its ending; what is open closes with it and opens again if the event is withdrawn."""
    access.require(actor, "matter.close", matter)
    event_record(actor=actor, matter=matter, draft=EventDraft(kind, on, note=why[:300]))
    return Matter.objects.get(pk=matter.pk)


def event_preview(*, actor: Actor, matter: Matter, draft: EventDraft | None = None, replaces: MatterEvent | None = None) -> Difference:
    """What recording, correcting (draft and replaces) or withdrawing (replaces alone) an event would change. Nothing is written."""
    access.require(actor, "event.record", matter)
    version = _version(matter, draft, replaces)
    return _compare(matter, _docket(matter, [version]), Deadline.objects.filter(matter=matter), _stream(matter, [version]))


def _version(matter: Matter, draft: EventDraft | None, replaces: MatterEvent | None) -> MatterEvent:
    """The unsaved version of an event: new, corrected or withdrawn."""
    if replaces is not None and (not replaces.current or replaces.withdrawn):
        raise ValidationError(_("This event was corrected or withdrawn already."))
    base = replaces if draft is None else draft
    if base is None:
        raise ValidationError(_("There is nothing to record."))
    if draft is not None:
        _sensible(draft, matter.office)
    version = MatterEvent(matter=matter, kind=base.kind, on=base.on, by=base.by or "", received=base.received, of=base.of, facts=dict(base.facts))
    version.source, version.note = base.source, base.note
    if replaces is not None:
        version.root, version.version, version.withdrawn = replaces.root, replaces.version + 1, draft is None
    return version


def _sensible(draft: EventDraft, office: str) -> None:
    if draft.kind not in mapping.law().events:
        raise ValidationError({"kind": _("This event is not in the vocabulary of the packs.")})
    if draft.on > max(selectors.today_at(office), timezone.localdate()):
        raise ValidationError({"on": _("This day lies in the future.")})
    if draft.received and draft.received < draft.on:
        raise ValidationError({"received": _("It cannot be received before it was sent.")})


def event_record(*, actor: Actor, matter: Matter, draft: EventDraft, replaces: MatterEvent | None = None) -> MatterEvent:
    """Record an event, or correct one (replaces), and compute the whole matter anew; nothing done or paid is lost."""
    access.require(actor, "event.correct" if replaces else "event.record", matter)
    return _write_version(actor, matter, _version(matter, draft, replaces), replaces, "event.correct" if replaces else "event.record")


def event_create(*, actor: Actor, matter: Matter, year: str = "", office: str = "", rule: str = "", **values: Any) -> MatterEvent:
    """Record an event from the fields of a form or of the API: kind, on, by, received, of, year (or stage) paid, office entered, rule answered, note."""
    return event_record(actor=actor, matter=matter, draft=EventDraft(facts=said(year, office, rule), **values))


def said(year: str = "", office: str = "", rule: str = "") -> dict[str, str]:
    """The facts of an event: a year paid such as 5 or a stage such as 3.5, the office that was entered, the rule that was answered."""
    found = {("stage" if "." in year else "year"): year, "office": office, "rule": rule}
    return {name: value for name, value in found.items() if value}


def matter_facts(*, actor: Actor, matter: Matter, facts: dict[str, str], **values: Any) -> Matter:
    """Say what dates and fees of a matter depend on. facts: by name, empty to take one away; other facts stay. values: entity, designated."""
    kept = {name: value for name, value in matter.facts.items() if name not in facts}
    return matter_update(actor=actor, matter=matter, facts=kept | {name: value for name, value in facts.items() if value}, **values)


def event_withdraw(*, actor: Actor, event: MatterEvent, why: str) -> MatterEvent:
    """Withdraw an event recorded by mistake: a version that says so; what followed from it closes, with its reason."""
    access.require(actor, "event.withdraw", event.matter)
    version = _version(event.matter, None, event)
    version.note = why[:300]
    return _write_version(actor, event.matter, version, event, "event.withdraw")


def _write_version(actor: Actor, matter: Matter, version: MatterEvent, replaces: MatterEvent | None, verb: str) -> MatterEvent:
    with audit.batch(by=actor, verb=verb, why=version.note, objects=1) as work:
        matter = Matter.objects.select_for_update().get(pk=matter.pk)
        if replaces is not None:
            replaces = MatterEvent.objects.select_for_update().get(pk=replaces.pk)
            if not replaces.current:
                raise access.Conflict(_("Somebody corrected this event while you were at it."))
            replaces.current = False
            work.change([replaces], ["current"])
        version.matter = matter
        (made,) = work.add([version])
        if made.root is None:
            made.root = made.pk
            work.change([made], ["root"])
        _close_or_open(work, matter)
        _apply(work, [_compare(matter, _docket(matter), Deadline.objects.filter(matter=matter))])
        _tell([matter.pk])
    return made


#: Kinds of events that end a matter.
_PUBLISHED = ("publication", "international_publication", "grant", "grant_published", "registration")


def _close_or_open(work: audit.Batch, matter: Matter) -> None:
    """A matter is closed while an event of its ending stands, and published once one tells the world of it."""
    ending = MatterEvent.objects.filter(matter=matter, current=True, withdrawn=False, kind__in=ENDINGS).order_by("on").first()
    on, why = (ending.on, ending.note or ending.kind) if ending else (None, "" if matter.closed_on else matter.closed_why)
    published = MatterEvent.objects.filter(matter=matter, current=True, withdrawn=False, kind__in=_PUBLISHED).exists()
    if (matter.closed_on, matter.closed_why, matter.published) != (on, why, published):
        matter.closed_on, matter.closed_why, matter.published = on, why, published
        work.change([matter], ["closed_on", "closed_why", "published"])


def events_of(matters: Sequence[int], kinds: Sequence[str]) -> list[tuple[int, str, date, bool]]:
    """Events of some kinds, for higher rooms that repeat them: matter, kind, day, and whether it stands (neither corrected nor withdrawn)."""
    rows = MatterEvent.objects.filter(matter_id__in=matters, kind__in=kinds).values_list("matter_id", "kind", "on", "current", "withdrawn")
    return [(matter, kind, on, current and not withdrawn) for matter, kind, on, current, withdrawn in rows]


def recompute(*, actor: Actor, matters: Sequence[int], run: Any = None, whole: bool = False) -> dict[str, int]:
    """Compute matters anew (at most 2,000) and write what differs; counts by what happened. Safe to run again.

    whole: derive every one, as `compare` does, so that whatever it lists is mended.

    Else, the engine being deterministic, a matter that carries the digest of today's events, facts and law cannot differ and is not derived again.
    What was derived carries the new digest afterwards, whether or not a date came out otherwise.
    """
    access.require(actor, "matter.recompute")
    return _recompute(actor, matters, run, whole)


def _recompute(actor: Actor, matters: Sequence[int], run: Any = None, whole: bool = False) -> dict[str, int]:
    events_of = _events_of(matters)
    differ, same = [], []
    for pk, digest, *inputs in Matter.objects.filter(pk__in=matters).order_by().values_list("pk", "digest", *_INPUTS):
        (same if digest == _digest(events_of.get(pk, ()), *inputs) and not whole else differ).append(pk)
    differences = _derived(differ, events_of)
    counts = {
        "created": sum(len(d.created) for d in differences), "changed": sum(len(d.changed) + len(d.reopened) for d in differences),
        "gone": sum(len(d.gone) for d in differences),
        "unchanged": sum(d.unchanged for d in differences) + Deadline.objects.filter(matter_id__in=same).count(),
    }  # fmt: skip
    if written := [d for d in differences if not d.empty or d.refused_anew or d.digest != d.matter.digest]:
        with audit.batch(by=actor, verb="matter.recompute", run=run, objects=len(written)) as work:
            _apply(work, written)
            _tell([d.matter.pk for d in written if not d.empty or d.refused_anew])
    return counts


#: What a matter's docket is computed from beside its events.
_INPUTS = ("office", "right", "facts", "designated", "entity", "closed_on", "closed_why")


def _digest(
    stream: Sequence[mapping.Event], office: str, right: str, facts: dict, designated: list, entity: str, closed_on: date | None, closed_why: str
) -> str:
    return mapping.digest_of(office, right, stream, facts, designated, entity, "" if closed_on else closed_why)


def compare(matters: Sequence[int]) -> list[Difference]:
    """What computing these matters anew would change, each derived again whatever its digest; a handful of queries, whatever their number."""
    return _derived(matters, _events_of(matters))


def _derived(matters: Sequence[int], events_of: dict[int, list[mapping.Event]]) -> list[Difference]:
    if not matters:
        return []
    found = Matter.objects.in_bulk(list(matters))
    stored = Deadline.objects.filter(matter_id__in=matters).order_by("matter_id")
    rows_of = {pk: list(rows) for pk, rows in groupby(stored, key=attrgetter("matter_id"))}
    refused = _refused(matters)
    answers = []
    for pk, m in found.items():
        stream = events_of.get(pk, ())
        docket = mapping.compute(m.office, m.right, stream, m.facts, m.designated, m.entity, "" if m.closed_on else m.closed_why)
        one = _compare(m, docket, rows_of.get(pk, ()), stream)
        one.refused_anew = set(one.refusals) != refused.get(pk, set())
        answers.append(one)
    return answers


def _refused(matters: Sequence[int]) -> dict[int, set[tuple[str, str, str]]]:
    """The stored refusals of matters, by matter."""
    found: dict[int, set[tuple[str, str, str]]] = {}
    for pk, *one in Refusal.objects.filter(matter_id__in=matters).values_list("matter_id", "rule", "ordinal", "reason"):
        found.setdefault(pk, set()).add(tuple(one))  # type: ignore[arg-type]
    return found


def _events_of(matters: Sequence[int]) -> dict[int, list[mapping.Event]]:
    """The current events of matters, by matter."""
    made: dict[int, list[mapping.Event]] = {}
    columns = ("root", "kind", "on", "by", "received", "of", "facts")
    for pk, *row in (
        MatterEvent.objects.filter(matter_id__in=matters, current=True, withdrawn=False).order_by("root").values_list("matter_id", *columns)
    ):
        made.setdefault(pk, []).append(mapping.engine_event(row))
    return made


# --- what people do about a deadline -------------------------------------------------------------------------------------------------------


def _second_person(actor: Actor, deadline: Deadline) -> None:
    if deadline.statutory and deadline.confirmed_by_id is None and preferences.get("docket.second_person", university=actor.university_id):
        raise access.Refused(_("Your university asks for a second person's confirmation of dates that the law sets. Have it confirmed first."))


def deadline_done(*, actor: Actor, obj: Deadline, done_on: date, done_reference: str = "", proof: Any = None, why: str = "") -> Deadline:
    """Note that it was done: on which day, under which reference, with which proof. Done after its last day is noted all the same.

    proof: a stored file, or an uploaded one to keep. Raises ValidationError for a day to come.
    """
    access.require(actor, "deadline.done", obj)
    if done_on > selectors.today_of(actor):
        raise ValidationError({"done_on": _("This day lies in the future.")})
    _second_person(actor, obj)
    with transaction.atomic():
        if proof is not None and not isinstance(proof, StoredFile):
            proof = files.store(actor=actor, source=proof, name=proof.name)
        return _settle(actor, obj, "deadline.done", state=State.DONE, done_on=done_on, done_reference=done_reference, proof=proof, why=why)


def deadline_undo(*, actor: Actor, obj: Deadline) -> Deadline:
    """Take back what was last done about a deadline; it stands as before that, and as its events say. Done again it takes back what was done before.

    What was changed since by others or by an event stays. Raises ValidationError where nothing is left to take back.
    """
    access.require(actor, "deadline.undo", obj)
    values = selectors.before_last(Deadline.objects.get(pk=obj.pk))
    if not values:
        raise ValidationError(_("Nothing was done about it that could be taken back."))
    with transaction.atomic():
        _settle(actor, obj, "deadline.undo", **values)
        _follow(actor, obj.matter)
    return Deadline.objects.get(pk=obj.pk)


def _follow(actor: Actor, matter: Matter) -> None:
    """Bring a matter's rows in step with its events again after people's columns changed."""
    difference = _compare(matter, _docket(matter), Deadline.objects.filter(matter=matter))
    if not difference.empty:
        with audit.batch(by=actor, verb="matter.recompute", objects=1) as work:
            _apply(work, [difference])
            _tell([matter.pk])


def deadline_waive(*, actor: Actor, obj: Deadline, why: str) -> Deadline:
    """Let a deadline pass on purpose; the reason stays with it."""
    access.require(actor, "deadline.waive", obj)
    if not why.strip():
        raise ValidationError({"why": _("Give the reason.")})
    _second_person(actor, obj)
    return _settle(actor, obj, "deadline.waive", state=State.WAIVED, why=why)


def deadline_instruct(*, actor: Actor, obj: Deadline, instruction: str, why: str = "") -> Deadline:
    """Say what is to happen with a fee: pay, give up, or ask the inventors."""
    access.require(actor, "deadline.instruct", obj)
    state = State.OPEN if instruction == Instruction.ASK else State.INSTRUCTED
    return _settle(actor, obj, "deadline.instruct", state=state, instruction=instruction, why=why)


def deadline_answer(*, actor: Actor, obj: Deadline, answer: str, why: str = "") -> Deadline:
    """An inventor's answer to the question whether a right is worth its fee; the office decides."""
    access.require(actor, "deadline.answer", obj)
    said = dict(Answer.choices).get(answer)
    if said is None:
        raise ValidationError({"answer": _("Choose one of the answers.")})
    text = f"{actor.name}: {said}." + (f" {why.strip()}" if why.strip() else "")
    return _settle(actor, obj, "deadline.answer", why=text[:300])


def deadline_reassign(*, actor: Actor, obj: Deadline, holder: Person | None) -> Deadline:
    """Put a deadline in another person's hand."""
    access.require(actor, "deadline.reassign", obj)
    return _settle(actor, obj, "deadline.reassign", holder=holder)


def deadline_confirm(*, actor: Actor, obj: Deadline) -> Deadline:
    """Confirm the date as a second person; it falls away when the date changes."""
    access.require(actor, "deadline.confirm", obj)
    return _settle(actor, obj, "deadline.confirm", confirmed_by_id=actor.user_id, confirmed_on=selectors.today_of(actor))


def deadline_extend(*, actor: Actor, obj: Deadline, months: int, why: str = "") -> Deadline:
    """Note an extension: the last day moves, counted from the original date as the rule says; refused beyond what the rule allows.

    months: of extension in all. A confirmation of the earlier day falls away.
    """
    access.require(actor, "deadline.extend", obj)
    try:
        due = _extended_day(obj.matter, _stream(obj.matter), obj.rule, obj.trigger, months)
    except RefusalValue as refusal:
        raise access.Refused(refusal.message) from None
    values = {"due": due, "extended_to": due, "extension": months, "confirmed_by_id": None, "confirmed_on": None}
    return _settle(actor, obj, "deadline.extend", why=why, **values)


def extensions(obj: Deadline) -> list[tuple[int, date]]:
    """Each extension that the rule allows, in months, with the last day it gives; nothing is written."""
    stream, found = _stream(obj.matter), []
    for months in range(1, selectors.extendable(obj.rule) + 1):
        with suppress(RefusalValue):
            found.append((months, _extended_day(obj.matter, stream, obj.rule, obj.trigger, months)))
    return found


def _settle(actor: Actor, obj: Deadline, verb: str, **values: Any) -> Deadline:
    """Change people's columns of a deadline and tell higher rooms."""
    with transaction.atomic():
        with audit.changing(obj, by=actor, verb=verb, why=str(values.get("why", ""))) as obj:
            if obj.state == State.CLOSED and verb not in ("deadline.undo", "deadline.confirm", "deadline.done"):
                raise access.Refused(_("This deadline is closed: %(why)s.") % {"why": obj.why})
            for name, value in values.items():
                setattr(obj, name, value)
        _tell([obj.matter_id])
    return obj


def deadline_snooze(*, actor: Actor, obj: Deadline, until: date) -> Snooze:
    """Keep a deadline off one's own list until a day; never past its last day, and never off anybody else's."""
    access.require(actor, "deadline.snooze", obj)
    if until >= obj.due:
        raise ValidationError({"until": _("Choose a day before it is due: %(due)s.") % {"due": day(obj.due)}})
    made = Snooze.objects.filter(deadline=obj, user_id=actor.user_id).first() or Snooze(deadline=obj, user_id=actor.user_id)
    with audit.changing(made, by=actor, verb="deadline.snooze") as made:
        made.until = until
    return made


def orders_make(*, actor: Actor, ids: Sequence[int], on: date) -> list[OrderList]:
    """Write the instructed fees into one order list for each agent; returns the lists.

    What an agent was told already is not told again, unless that list was cancelled.
    """
    access.require(actor, "orderlist.make")
    told = _told_already()
    rows = Deadline.objects.filter(pk__in=ids, state=State.INSTRUCTED).select_related("matter__agent").order_by("matter__agent_id", "due", "pk")
    for row in rows if actor.units else ():
        access.require(actor, "orderlist.make", row)
    lists = []
    lines = ((row.matter.agent, line) for row in rows if _told(line := _order_line(row)) not in told)
    for agent, group in groupby(lines, key=itemgetter(0)):
        number = f"ORD-{on.year}-{numbering.take(f'order-{on.year}').start:03d}"
        with audit.changing(OrderList(number=number, agent=agent, made_on=on), by=actor, verb="orderlist.make") as made:
            made.lines = [line for _agent, line in group]
        lists.append(made)
    return lists


def order_cancel(*, actor: Actor, obj: OrderList, why: str) -> OrderList:
    """Cancel an order list: its number stays used, and its instructions may go to an agent again. Raises ValidationError without a reason or a second time."""
    access.require(actor, "orderlist.cancel", obj)
    if not why.strip():
        raise ValidationError({"why": _("Give the reason.")})
    with audit.changing(obj, by=actor, verb="orderlist.cancel", why=why) as obj:
        if obj.cancelled_on:
            raise ValidationError(_("This order list is cancelled already."))
        obj.cancelled_on, obj.cancelled_why = selectors.today_of(actor), why.strip()[:300]
    return obj


def order_undo(*, actor: Actor, obj: OrderList) -> OrderList:
    """Let a cancelled order list stand again; ValidationError where an instruction of it went to an agent since."""
    access.require(actor, "orderlist.undo", obj)
    with audit.changing(obj, by=actor, verb="orderlist.undo") as obj:
        if not obj.cancelled_on:
            raise ValidationError(_("This order list stands."))
        since = {told[:3] for told in _told_already()}  # whatever it says there: an agent told two things about one fee is told wrong
        if not since.isdisjoint(_told(line)[:3] for line in obj.lines):
            raise ValidationError(_("Instructions of this list stand on another order list since."))
        obj.cancelled_on, obj.cancelled_why = None, ""
    return obj


def _told_already() -> set[tuple[str, ...]]:
    """What agents were told by order lists that stand."""
    return {_told(line) for lines in OrderList.objects.filter(cancelled_on=None).values_list("lines", flat=True) for line in lines}


def _told(line: dict[str, Any]) -> tuple[str, ...]:
    """What names an instruction: the fee, its day, and what is to happen with it."""
    return line["reference"], line["action"], line["due"], line["instruction"]


def _order_line(row: Deadline) -> dict[str, Any]:
    return {
        "reference": row.matter_reference, "office": row.office, "number": row.matter.number, "title": row.matter_title, "action": row.action,
        "rule": row.rule, "ordinal": row.ordinal,
        "due": row.due.isoformat(), "grace": row.grace_ends.isoformat() if row.grace_ends else "", "instruction": row.instruction, "amount": row.amount,
        "currency": row.currency,
    }  # fmt: skip
