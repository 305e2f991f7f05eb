"""Writes on assets; each keeps the docket's matter in step."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from causeway.frame import access, audit, db, files, numbering
from causeway.frame.access import Actor
from causeway.frame.models import StoredFile, University
from causeway.rooms.assets.choices import Status
from causeway.rooms.assets.models import Asset, Cost, Document, Family, Inventorship, Link, Note, Ownership
from causeway.rooms.assets.numbers import parse_number
from causeway.rooms.assets.ports import AssetRecord
from causeway.rooms.docket import services as docket
from causeway.rooms.docket.services import EventDraft, MatterDraft
from causeway.rooms.people import services as people
from causeway.rooms.people.models import Organisation, Person
from causeway.rooms.people.selectors import fold, organisations_by_key, persons_by_key

#: Dates of an asset that are events of its matter.
_DATES = {"filed_on": "filing", "published_on": "publication", "granted_on": "grant"}


def references(count: int, year: int) -> list[str]:
    """The next references of a year, such as NBU-2026-031; part of the caller's transaction."""
    from causeway.frame import scope

    short = University.objects.get(pk=scope.current()).short_name
    return [f"{short}-{year}-{number:03d}" for number in numbering.take(f"asset-{year}", count)]


def asset_create(*, actor: Actor, **values: Any) -> Asset:
    """Add an asset and open its matter; its dates become events, and deadlines follow.

    values: fields of the asset; reference is given where none is named; known_since: the day from which its past is known (today). Raises ValidationError for dates that cannot be.
    """
    access.require(actor, "asset.create", Asset(unit=values.get("unit")))
    _sensible(values)
    since = values.pop("known_since", None) or timezone.now().date()
    with transaction.atomic():
        reference = values.pop("reference", "") or references(1, timezone.now().year)[0]
        number = _number_words(values.get("number", ""), values["office"])
        draft = MatterDraft(
            reference=reference, office=values["office"], right=values["right"], title=values["title"], number=number,
            unit_id=_pk(values.get("unit")), holder_id=_pk(values.get("holder")), agent_id=_pk(values.get("agent")), events=tuple(_drafts(values)),
            published=bool(values.get("published_on") or values.get("granted_on")), facts={"known_since": since.isoformat()},
        )  # fmt: skip
        matter = docket.matter_open(actor=_for(actor), draft=draft)
        with audit.changing(Asset(reference=reference, matter=matter), by=actor, verb="asset.create") as asset:
            _set(asset, values)
            _once(actor, asset)
            asset.owners_text = University.objects.get(pk=actor.university_id).name
        with audit.changing(Ownership(asset=asset), by=actor, verb="asset.own"):
            pass
        next_due_copy(actor=actor, matters={matter.pk: None})
    return Asset.objects.get(pk=asset.pk)


def _for(actor: Actor) -> Actor:
    """The house acting for a person on the docket: what the act on the asset allowed needs no second right, and the person stays named."""
    return replace(actor, kind="system")


def _pk(obj: Any) -> int | None:
    return obj.pk if obj is not None else None


def _drafts(values: dict[str, Any]) -> list[EventDraft]:
    return [EventDraft(kind, values[name]) for name, kind in _DATES.items() if values.get(name)]


def _sensible(values: dict[str, Any]) -> None:
    filed, published, granted = values.get("filed_on"), values.get("published_on"), values.get("granted_on")
    today = timezone.now().date()
    for name in _DATES:
        if values.get(name) and values[name] > today:
            raise ValidationError({name: _("This day lies in the future.")})
    if filed and published and published < filed:
        raise ValidationError({"published_on": _("It cannot be published before it was filed.")})
    if filed and granted and granted < filed:
        raise ValidationError({"granted_on": _("It cannot be granted before it was filed.")})


def _set(asset: Asset, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(asset, name, value)
    number = parse_number(asset.number, asset.office) if asset.number else None
    asset.number_key = number.key if number else ""
    asset.number = _number_words(asset.number, asset.office)


def _once(actor: Actor, asset: Asset) -> None:
    """Refuse an application that is here already, naming it to who sees it."""
    other = Asset.objects.filter(number_key=asset.number_key).exclude(pk=asset.pk).first() if asset.number_key else None
    if other is not None and not access.seen_among(actor, Asset, [other.pk]):
        raise ValidationError({"number": _("This number cannot be recorded in your unit. Ask who works for the whole university.")})
    if other is not None:
        raise ValidationError({"number": _("%(asset)s is this application; it is here already.") % {"asset": other.reference}})


def _number_words(text: str, office: str) -> str:
    """A number as its office writes it, where its digits are plain; as typed otherwise."""
    number = parse_number(text, office) if text else None
    plain = number and number.key == f"{number.office}{''.join(c for c in text if c.isdigit())}"
    return number.display if number and plain else text


def asset_update(*, actor: Actor, obj: Asset, revision: int | None = None, **values: Any) -> Asset:
    """Change an asset; changed dates are recorded as events or corrections, and the docket follows."""
    access.require(actor, "asset.update", obj)
    if "unit" in values:
        access.require(actor, "asset.update", Asset(unit=values["unit"]))  # who works within a unit moves nothing out of it
    _sensible({name: getattr(obj, name) for name in _DATES} | values)
    system = _for(actor)
    with transaction.atomic():
        before = {name: getattr(obj, name) for name in _DATES}
        with audit.changing(obj, by=actor, verb="asset.update", revision=revision) as obj:
            _set(obj, values)
            _once(actor, obj)
        _sync_events(system, obj, before)
        docket.matter_update(
            actor=system, matter=obj.matter, title=obj.title, office=obj.office, right=obj.right, number=obj.number, unit=obj.unit, holder=obj.holder,
            agent=obj.agent, published=bool(obj.published_on or obj.granted_on),
        )  # fmt: skip
    return Asset.objects.get(pk=obj.pk)


def _sync_events(actor: Actor, asset: Asset, before: dict[str, date | None]) -> None:
    for name, kind in _DATES.items():
        was, now = before[name], getattr(asset, name)
        if was == now:
            continue
        stored = asset.matter.events.filter(kind=kind, current=True, withdrawn=False).first()
        if now is None:
            if stored is not None:
                docket.event_withdraw(actor=actor, event=stored, why=str(_("The date was removed")))
        else:
            docket.event_record(actor=actor, matter=asset.matter, draft=EventDraft(kind, now), replaces=stored)


def asset_end(*, actor: Actor, obj: Asset, kind: str, on: date, why: str) -> Asset:
    """Give an asset up, or note that it lapsed, was withdrawn or refused; what is open closes with it."""
    access.require(actor, "asset.end", obj)
    with transaction.atomic():
        with audit.changing(obj, by=actor, verb="asset.end", why=why) as obj:
            obj.status, obj.status_note = Status.ENDED, why[:100]
        docket.matter_close(actor=_for(actor), matter=obj.matter, why=why, on=on, kind=kind)
    return obj


def owners_set(*, actor: Actor, asset: Asset, shares: Sequence[tuple[Organisation | None, Fraction | None]], on: date | None) -> Asset:
    """Set who owns an asset from a day on; shares are exact and sum to one, or are all unknown. Earlier owners end the day before."""
    access.require(actor, "asset.update", asset)
    known = [share for _owner, share in shares if share is not None]
    if known and (len(known) != len(shares) or sum(known) != 1):
        raise ValidationError(_("The shares must sum to exactly one, or all be unknown."))
    with audit.batch(by=actor, verb="asset.own", objects=1) as work:
        current = list(Ownership.objects.filter(asset=asset, ends_on=None))
        past = [row for row in current if on and (row.starts_on is None or row.starts_on < on)]
        for row in past:
            row.ends_on = on - timedelta(days=1)
        work.change(past, ["ends_on"])
        work.remove(Ownership, [row.pk for row in current if row not in past])
        work.add(
            [
                Ownership(
                    asset=asset,
                    organisation=owner,
                    numerator=share.numerator if share else None,
                    denominator=share.denominator if share else None,
                    starts_on=on,
                )
                for owner, share in shares
            ]
        )
        asset = Asset.objects.get(pk=asset.pk)
        asset.owners_text = _owners_text(asset, [owner for owner, _share in shares])
        work.change([asset], ["owners_text"])
    return asset


def _owners_text(asset: Asset, owners: Sequence[Organisation | None]) -> str:
    own = University.objects.get(pk=asset.university_id).name
    return ", ".join(owner.name if owner else own for owner in owners)[:500]


def inventors_set(*, actor: Actor, asset: Asset, shares: Sequence[tuple[Person, Fraction | None]]) -> Asset:
    """Set the inventors with their exact shares; shares sum to one, or are all unknown."""
    access.require(actor, "asset.update", asset)
    known = [share for _person, share in shares if share is not None]
    if known and (len(known) != len(shares) or sum(known) != 1):
        raise ValidationError(_("The shares must sum to exactly one, or all be unknown."))
    with audit.batch(by=actor, verb="asset.inventors", objects=1) as work:
        work.remove(Inventorship, list(Inventorship.objects.filter(asset=asset).values_list("pk", flat=True)))
        work.add(
            [
                Inventorship(
                    asset=asset,
                    person=person,
                    sequence=n,
                    numerator=share.numerator if share else None,
                    denominator=share.denominator if share else None,
                )
                for n, (person, share) in enumerate(shares, 1)
            ]
        )
    return asset


def owners_name(*, actor: Actor, obj: Asset, shares: Sequence[tuple[str, Fraction | None]], on: date | None = None, add: bool = False) -> Asset:
    """Set owners by name, as a form gives them; the university's own name is itself. add: make organisations nobody knows yet."""
    own = fold(University.objects.get(pk=actor.university_id).name)
    found = organisations_by_key(name for name, _share in shares)
    if add:
        with transaction.atomic():
            new = {name for name, _share in shares if fold(name) not in found and fold(name) != own}
            for name in sorted(new):
                found[fold(name)] = people.organisation_create(actor=_for(actor), name=name).pk
    known = Organisation.objects.in_bulk(found.values())
    _all_known(shares, {*found, own})
    return owners_set(actor=actor, asset=obj, shares=[(known.get(found.get(fold(name), 0)), share) for name, share in shares], on=on)


def inventors_name(*, actor: Actor, obj: Asset, shares: Sequence[tuple[str, Fraction | None]], add: bool = False) -> Asset:
    """Set inventors by name, as a form gives them. add: make persons nobody knows yet."""
    found = persons_by_key(name for name, _share in shares)
    if add:
        with transaction.atomic():
            for name in sorted({name for name, _share in shares if fold(name) not in found}):
                found[fold(name)] = people.person_create(actor=_for(actor), name=name).pk
    known = Person.objects.in_bulk(found.values())
    _all_known(shares, set(found))
    return inventors_set(actor=actor, asset=obj, shares=[(known[found[fold(name)]], share) for name, share in shares])


def _all_known(shares: Sequence[tuple[str, Fraction | None]], keys: set[str]) -> None:
    unknown = [name for name, _share in shares if fold(name) not in keys]
    if unknown:
        raise ValidationError(
            _("Nobody of this name is here: %(names)s. Tick “add who is not here yet”, or mend the name.") % {"names": ", ".join(unknown)}
        )
    if len({fold(name) for name, _share in shares}) != len(shares):
        raise ValidationError(_("The same name stands twice."))


def cost_add(*, actor: Actor, asset: Asset, **values: Any) -> Cost:
    """Note money spent. values: on, kind, amount (minor units), currency, supplier, invoice, note."""
    access.require(actor, "asset.update", asset)
    with audit.changing(Cost(asset=asset, **values), by=actor, verb="asset.cost") as cost:
        pass
    return cost


#: What can be taken off an asset again, by name.
_PARTS: dict[str, tuple[type[Cost] | type[Note] | type[Document] | type[Link], str]] = {
    "costs": (Cost, "asset.update"), "notes": (Note, "asset.update"), "documents": (Document, "asset.update"), "links": (Link, "asset.update"),
}  # fmt: skip


def part_remove(*, actor: Actor, asset: Asset, part: str, pk: int) -> None:
    """Take a cost, note, document or link off an asset again; what it was stays in the history. An event that came with a link is withdrawn."""
    model, action = _PARTS[part]
    access.require(actor, action, asset)
    found = model.objects.filter(asset=asset, pk=pk).first()
    if found is None:
        raise Http404
    with transaction.atomic():
        with audit.batch(by=actor, verb=f"asset.{part}.remove", why=str(asset), objects=1) as work:
            work.remove(model, [pk])
        if isinstance(found, Link) and (kind := _LINK_EVENTS.get(found.kind)) and found.on:
            event = asset.matter.events.filter(kind=kind, on=found.on, current=True, withdrawn=False).first()
            if event is not None and not Link.objects.filter(asset=asset, kind=found.kind, on=found.on).exists():
                docket.event_withdraw(actor=_for(actor), event=event, why=str(_("The link was removed")))


def note_add(*, actor: Actor, asset: Asset, text: str) -> Note:
    """Leave a remark on an asset."""
    access.require(actor, "asset.note", asset)
    with audit.changing(Note(asset=asset, text=text, author=actor.name), by=actor, verb="asset.note") as note:
        pass
    return note


def document_add(*, actor: Actor, asset: Asset, file: StoredFile, title: str, confidential: bool = False) -> Document:
    """Attach a stored file to an asset."""
    access.require(actor, "asset.document", asset)
    with audit.changing(Document(asset=asset, file=file, title=title, confidential=confidential), by=actor, verb="asset.document") as document:
        pass
    return document


def attach(*, actor: Actor, obj: Asset, file: Any, title: str, confidential: bool = False) -> Document:
    """Keep an uploaded file and attach it to an asset."""
    access.require(actor, "asset.document", obj)
    with transaction.atomic():
        return document_add(
            actor=actor, asset=obj, file=files.store(actor=actor, source=file, name=file.name), title=title, confidential=confidential
        )


def family_join(*, actor: Actor, obj: Asset, into: Family, why: str = "") -> Asset:
    """Put an asset into a family: one that is here, or a new one, which is made with the first asset that joins it. Raises ValidationError for one that has a family."""
    access.require(actor, "asset.update", obj)
    with audit.changing(obj, by=actor, verb="family.join", why=why) as obj:
        if obj.family_id is not None:
            raise ValidationError(_("%(asset)s is in a family already.") % {"asset": obj})
        if into.pk is None:
            access.require(actor, "family.create", into)
            with audit.changing(into, by=actor, verb="family.create", why=why):
                into.reference = _family_reference((obj.filed_on or timezone.now().date()).year)
        obj.family = into
    return obj


def family_leave(*, actor: Actor, obj: Asset, why: str = "") -> Asset:
    """Take an asset out of its family; a family whose last member leaves goes with it."""
    access.require(actor, "asset.update", obj)
    with transaction.atomic():
        with audit.changing(obj, by=actor, verb="family.leave", why=why) as obj:
            family, obj.family = obj.family_id, None
        if family and not Asset.objects.filter(family=family).exists():
            with audit.batch(by=actor, verb="family.remove", why=why, objects=1) as work:
                work.remove(Family, [family])
    return obj


def _family_reference(year: int) -> str:
    return f"F-{year}-{numbering.take(f'family-{year}').start:03d}"


def family_create(*, actor: Actor, title: str, reference: str = "") -> Family:
    """Make a family without members yet; its reference is given where none is named."""
    access.require(actor, "family.create")
    with audit.changing(Family(reference=reference or _family_reference(timezone.now().year)), by=actor, verb="family.create") as family:
        family.title = title
    return family


def family_update(*, actor: Actor, obj: Family, revision: int | None = None, **values: Any) -> Family:
    """Change a family's title or reference."""
    access.require(actor, "family.update", obj)
    with audit.changing(obj, by=actor, verb="family.update", revision=revision) as obj:
        for name, value in values.items():
            setattr(obj, name, value)
    return obj


#: The event that a link to an earlier application makes, by its kind.
_LINK_EVENTS = {"priority": "priority", "divisional": "parent_filing", "continuation": "parent_filing", "national_phase": "international_filing"}


def link_add(
    *, actor: Actor, asset: Asset, kind: str, other: Asset | None = None, office: str = "", number: str = "", on: date | None = None
) -> Link:
    """Link an asset to an earlier or related application; the earlier filing becomes an event of the matter, and its dates follow.

    other: the earlier application where it is an asset here, else its office and number; on: the day it was filed.
    """
    access.require(actor, "asset.update", asset)
    if other is not None and other.pk == asset.pk:
        raise ValidationError({"other": _("An application cannot be linked to itself.")})
    if other is None and not number:
        raise ValidationError({"number": _("Name the other application: one that is here, or its number.")})
    day = on or (other.filed_on if other else None)
    if day and asset.filed_on and day > asset.filed_on and kind in _LINK_EVENTS and kind != "national_phase":
        raise ValidationError({"on": _("The earlier application cannot be filed after this one.")})
    with transaction.atomic():
        with audit.changing(Link(asset=asset, kind=kind, other=other, office=office, number=number, on=day), by=actor, verb="asset.link") as link:
            pass
        told = _LINK_EVENTS.get(kind)
        if told and day and not asset.matter.events.filter(kind=told, on=day, current=True, withdrawn=False).exists():
            docket.event_record(actor=_for(actor), matter=asset.matter, draft=EventDraft(told, day))
    return link


def next_due_copy(*, actor: Actor, matters: dict[int, date | None]) -> None:
    """Copy each matter's next open day to its asset."""
    from causeway.rooms.docket.selectors import next_due

    due = next_due(list(matters))
    rows = [asset for asset in Asset.objects.filter(matter_id__in=matters) if asset.next_due_on != due.get(asset.matter_id)]
    if rows:
        for asset in rows:
            asset.next_due_on = due.get(asset.matter_id)
        with audit.batch(by=actor, verb="asset.next", objects=len(rows)) as work:
            work.change(rows, ["next_due_on"])


def told_copy(*, actor: Actor, matters: Sequence[int]) -> None:
    """Bring what assets say of themselves in step with the events of their matters: days filed, published, granted, and where the right stands."""
    rows = list(Asset.objects.filter(matter_id__in=matters).select_related("matter"))
    told: dict[tuple[int, str], date] = {}
    gone: set[tuple[int, str, date]] = set()
    for matter, kind, on, stands in docket.events_of(matters, [*_DATES.values(), *docket.ENDINGS]):
        if stands:
            told[matter, kind] = min(on, told.get((matter, kind), on))
        else:
            gone.add((matter, kind, on))
    changed = [row for row in rows if _bring_in_step(row, told, gone)]
    if changed:
        with audit.batch(by=actor, verb="asset.told", objects=len(changed)) as work:
            work.change(changed, [*_DATES, "status"])


def _bring_in_step(row: Asset, told: dict[tuple[int, str], date], gone: set[tuple[int, str, date]]) -> bool:
    """Take over what the events of a matter tell; whether anything changed."""
    before = [getattr(row, name) for name in (*_DATES, "status")]
    for name, kind in _DATES.items():
        day, now = told.get((row.matter_id, kind)), getattr(row, name)
        if day is not None:
            setattr(row, name, day)
        elif now is not None and (row.matter_id, kind, now) in gone:
            setattr(row, name, None)
    if row.matter.closed_on is not None:
        row.status = Status.ENDED
    elif row.status == Status.ENDED and any(matter == row.matter_id and kind in docket.ENDINGS for matter, kind, _on in gone):
        row.status = Status.GRANTED if row.granted_on else Status.PENDING
    elif row.granted_on and row.status in (Status.PENDING, Status.PLANNED):
        row.status = Status.GRANTED
    elif row.status == Status.GRANTED and before[2] and not row.granted_on:
        row.status = Status.PENDING
    return before != [getattr(row, name) for name in (*_DATES, "status")]


# --- in bulk, for imports -----------------------------------------------------------------------------------------------------------------

_ASSET_COLUMNS = (
    "id", "university", "revision", "run", "trashed_at", "reference", "matter", "family", "title", "titles", "right", "office", "number", "number_key",
    "publication_number", "grant_number", "filed_on", "published_on", "granted_on", "status", "status_note", "technical_field", "unit", "holder", "agent",
    "agent_reference", "funding", "confidential", "tags", "custom", "next_due_on", "owners_text",
)  # fmt: skip
_ENDINGS = frozenset(["withdrawn", "lapsed", "refused_final", "expired", "abandoned", "revoked"])


@dataclass(frozen=True)
class Bulk:
    """What bulk adding needs to know: the day records were brought in, and the name of the own university (owners named like it are it)."""

    on: date
    own: str
    short: str


def assets_add(work: audit.Batch, records: Sequence[AssetRecord], bulk: Bulk) -> list[int]:
    """Add assets in a batch (at most 2,000) with owners, inventors, agents, links, notes, matters, events and deadlines; their ids in order."""
    own_key = fold(bulk.own)
    owners = people.organisations_add(work, [name for r in records for name in r.owners if fold(name) != own_key])
    agents = people.organisations_add(work, [r.agents[0] for r in records if r.agents], Organisation.Kind.AGENT)
    inventors = people.persons_add(work, [name for r in records for name in r.inventors])
    names = _references(records, bulk)
    agent_of = [agents.get(fold(r.agents[0])) if r.agents else None for r in records]
    drafts = [_draft(r, name, agent, bulk.on) for r, name, agent in zip(records, names, agent_of, strict=True)]
    matters, next_due = docket.matters_add(work, drafts)
    ids = db.take_ids(Asset, len(records))
    here, run = work.by.university_id, work.run.pk
    families = families_add(work, {r.family[:60]: r.title for r in records if r.family})
    rows = [
        _asset_row((pk, here, 1, run, None, name, matter, families.get(r.family[:60])), r, agent, next_due.get(matter), bulk.own)
        for pk, matter, r, name, agent in zip(ids, matters, records, names, agent_of, strict=True)
    ]
    work.load(Asset, _ASSET_COLUMNS, rows, first_id=ids.start)
    _parts(work, records, ids, owners, inventors, own_key)
    return list(ids)


def _references(records: Sequence[AssetRecord], bulk: Bulk) -> list[str]:
    """The references of the records, or the next ones of their years; one that is taken already gets a number behind it."""
    by_year: dict[int, list[int]] = {}
    for index, r in enumerate(records):
        if not r.reference:
            by_year.setdefault((r.filed_on or bulk.on).year, []).append(index)
    names = _free([r.reference[:60] for r in records])
    for year, indexes in sorted(by_year.items()):
        for index, number in zip(indexes, numbering.take(f"asset-{year}", len(indexes)), strict=True):
            names[index] = f"{bulk.short}-{year}-{number:03d}"
    return names


def _free(names: list[str]) -> list[str]:
    wanted = {name for name in names if name}
    taken = set(Asset.objects.filter(reference__in=wanted).values_list("reference", flat=True)) if wanted else set()
    made = []
    for name in names:
        free, number = name, 2
        while free and free in taken:
            free, number = f"{name[:56]} {number}", number + 1
        taken.add(free)
        made.append(free)
    return made


def families_add(work: audit.Batch, wanted: dict[str, str]) -> dict[str, int]:
    """Find or make families by reference within a batch; ids by reference. wanted: reference to title."""
    if not wanted:
        return {}
    found = dict(Family.objects.filter(reference__in=wanted).values_list("reference", "pk"))
    made = work.add([Family(reference=key, title=(title or key)[:500]) for key, title in sorted(wanted.items()) if key not in found])
    return found | {family.reference: family.pk for family in made}


def _draft(r: AssetRecord, name: str, agent: int | None, on: date) -> MatterDraft:
    events = [EventDraft(e.kind, e.on, by=e.by, facts=dict(e.facts), source="register", note=e.note[:300]) for e in r.events]
    told = {e.kind for e in r.events}
    for day, kind, other in (
        (r.filed_on, "filing", "international_filing"),
        (r.published_on, "publication", "international_publication"),
        (r.granted_on, "grant", "grant"),
    ):
        if day and kind not in told and other not in told:
            events.append(EventDraft(kind, day, source="import"))
    if "priority" not in told:
        events += [EventDraft("priority", link.on, source="import") for link in r.links if link.kind == "priority" and link.on]
    facts: dict[str, Any] = {"known_since": on.isoformat()}
    status = r.status.partition("|")[0]
    if status == Status.GRANTED and not r.granted_on and "grant" not in told:
        facts["granted"] = "true"
    if status == Status.ENDED and not told & _ENDINGS:
        facts["ended"] = str(_("Ended before %(day)s; the day is not known") % {"day": on.isoformat()})
    return MatterDraft(
        reference=name, office=r.office, right=r.right, title=(r.title or name)[:500], number=r.number or r.publication_number or r.grant_number,
        agent_id=agent, facts=facts, designated=tuple(r.designated), published=r.published_on is not None, events=tuple(events),
    )  # fmt: skip


def _asset_row(head: tuple, r: AssetRecord, agent: int | None, next_due: date | None, own: str) -> tuple:
    """A finished row. head: its first values, to the family."""
    status, _slash, note = r.status.partition("|")
    if not status and any(event.kind in _ENDINGS for event in r.events):
        status = Status.ENDED
    return (
        *head, (r.title or head[5])[:500], json.dumps(r.titles, ensure_ascii=False) if r.titles else "{}", r.right, r.office, r.number, r.key,
        r.publication_number, r.grant_number, r.filed_on, r.published_on, r.granted_on, status or Status.PENDING.value, note[:100],
        r.technical_field[:500], None, None, agent, "", "", False, "[]", "{}", next_due, (", ".join(r.owners) or own)[:500],
    )  # fmt: skip


def _parts(work: audit.Batch, records: Sequence[AssetRecord], ids: range, owners: dict[str, int], inventors: dict[str, int], own_key: str) -> None:
    here, run = work.by.university_id, work.run.pk
    owner_rows, inventor_rows, link_rows, notes = [], [], [], []
    for pk, r in zip(ids, records, strict=True):
        keys = dict.fromkeys(fold(owner) for owner in r.owners) or {own_key: None}
        owner_rows += [(here, 1, run, pk, None if key == own_key else owners[key]) for key in keys if key]
        persons = dict.fromkeys(inventors[key] for person in r.inventors if (key := fold(person)[:200]) in inventors)
        inventor_rows += [(here, 1, run, pk, person, number) for number, person in enumerate(persons, 1)]
        link_rows += [(here, 1, run, pk, link.kind, link.office, link.number[:60], link.on) for link in r.links]
        notes += [Note(asset_id=pk, text=note, author=work.by.name) for note in r.notes]
    work.load(Ownership, ("university", "revision", "run", "asset", "organisation"), owner_rows)
    work.load(Inventorship, ("university", "revision", "run", "asset", "person", "sequence"), inventor_rows)
    work.load(Link, ("university", "revision", "run", "asset", "kind", "office", "number", "on"), link_rows)
    work.add(notes)
