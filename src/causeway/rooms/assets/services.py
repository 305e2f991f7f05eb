"""Writes on assets; each keeps the docket's matter in step."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
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
from causeway.rooms.people.selectors import fold

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
    access.require(actor, "asset.create")
    _sensible(values)
    since = values.pop("known_since", None) or timezone.now().date()
    with transaction.atomic():
        reference = values.pop("reference", "") or references(1, timezone.now().year)[0]
        draft = MatterDraft(
            reference=reference, office=values["office"], right=values["right"], title=values["title"], number=values.get("number", ""),
            unit_id=_pk(values.get("unit")), holder_id=_pk(values.get("holder")), agent_id=_pk(values.get("agent")), events=tuple(_drafts(values)),
            published=bool(values.get("published_on")), facts={"known_since": since.isoformat()},
        )  # fmt: skip
        matter = docket.matter_open(actor=access.system(actor.university_id, actor.name), draft=draft)
        with audit.changing(Asset(reference=reference, matter=matter), by=actor, verb="asset.create") as asset:
            _set(asset, values)
            asset.owners_text = University.objects.get(pk=actor.university_id).name
        with audit.changing(Ownership(asset=asset), by=actor, verb="asset.own"):
            pass
        next_due_copy(actor=actor, matters={matter.pk: None})
    return Asset.objects.get(pk=asset.pk)


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
    if number and number.key == f"{number.office}{''.join(c for c in asset.number if c.isdigit())}":
        asset.number = number.display


def asset_update(*, actor: Actor, obj: Asset, revision: int | None = None, **values: Any) -> Asset:
    """Change an asset; changed dates are recorded as events or corrections, and the docket follows."""
    access.require(actor, "asset.update", obj)
    _sensible({name: getattr(obj, name) for name in _DATES} | values)
    system = access.system(actor.university_id, actor.name)
    with transaction.atomic():
        before = {name: getattr(obj, name) for name in _DATES}
        with audit.changing(obj, by=actor, verb="asset.update", revision=revision) as obj:
            _set(obj, values)
        _sync_events(system, obj, before)
        docket.matter_update(
            actor=system, matter=obj.matter, title=obj.title, office=obj.office, right=obj.right, number=obj.number, unit=obj.unit, holder=obj.holder,
            agent=obj.agent, published=obj.published_on is not None,
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
        docket.matter_close(actor=access.system(actor.university_id, actor.name), matter=obj.matter, why=why, on=on, kind=kind)
    return obj


def asset_trash(*, actor: Actor, obj: Asset, why: str = "") -> Asset:
    """Put an asset into the trash; `asset_restore` brings it back."""
    access.require(actor, "asset.trash", obj)
    with audit.changing(obj, by=actor, verb="asset.trash", why=why) as obj:
        obj.trashed_at = timezone.now()
    return obj


def asset_restore(*, actor: Actor, obj: Asset) -> Asset:
    """Bring an asset back from the trash."""
    access.require(actor, "asset.restore", obj)
    with audit.changing(obj, by=actor, verb="asset.restore") as obj:
        obj.trashed_at = None
    return obj


def owners_set(*, actor: Actor, asset: Asset, shares: Sequence[tuple[Organisation | None, Fraction | None]], on: date | None) -> Asset:
    """Set who owns an asset from a day on; shares are exact and sum to one, or are all unknown. Earlier owners end the day before."""
    access.require(actor, "asset.update", asset)
    known = [share for _owner, share in shares if share is not None]
    if known and (len(known) != len(shares) or sum(known) != 1):
        raise ValidationError(_("The shares must sum to exactly one, or all be unknown."))
    with audit.batch(by=actor, verb="asset.own", objects=1) as work:
        current = list(Ownership.objects.filter(asset=asset, ends_on=None))
        for row in current:
            row.ends_on = on
        work.change(current, ["ends_on"]) if on else work.remove(Ownership, [row.pk for row in current])
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


def cost_add(*, actor: Actor, asset: Asset, **values: Any) -> Cost:
    """Note money spent. values: on, kind, amount (minor units), currency, supplier, invoice, note."""
    access.require(actor, "asset.update", asset)
    with audit.changing(Cost(asset=asset, **values), by=actor, verb="asset.cost") as cost:
        pass
    return cost


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


def family_make(*, actor: Actor, title: str, assets: Sequence[Asset]) -> Family:
    """Join assets into a family."""
    access.require(actor, "family.create")
    year = min((a.filed_on.year for a in assets if a.filed_on), default=timezone.now().year)
    with audit.batch(by=actor, verb="family.create", objects=1) as work:
        number = numbering.take(f"family-{year}").start
        (family,) = work.add([Family(reference=f"F-{year}-{number:03d}", title=title)])
        for asset in assets:
            asset.family = family
        work.change(list(assets), ["family"])
    return family


def link_add(
    *, actor: Actor, asset: Asset, kind: str, other: Asset | None = None, office: str = "", number: str = "", on: date | None = None
) -> Link:
    """Link an asset to an earlier or related application; a priority becomes an event of the matter."""
    access.require(actor, "asset.update", asset)
    with transaction.atomic():
        with audit.changing(Link(asset=asset, kind=kind, other=other, office=office, number=number, on=on), by=actor, verb="asset.link") as link:
            pass
        day = on or (other.filed_on if other else None)
        if kind == "priority" and day:
            docket.event_record(actor=access.system(actor.university_id, actor.name), matter=asset.matter, draft=EventDraft("priority", day))
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


# --- in bulk, for imports -----------------------------------------------------------------------------------------------------------------

_ASSET_COLUMNS = (
    "id", "university", "revision", "run", "trashed_at", "reference", "matter", "family", "title", "titles", "right", "office", "number", "number_key",
    "publication_number", "grant_number", "filed_on", "published_on", "granted_on", "status", "status_note", "technical_field", "unit", "holder", "agent",
    "agent_reference", "funding", "confidential", "tags", "custom", "next_due_on", "owners_text",
)  # fmt: skip


@dataclass(frozen=True)
class Bulk:
    """What bulk adding needs to know: the day records were brought in, the name of the own university, whether owners named like it are it."""

    on: date
    own: str


def assets_add(work: audit.Batch, records: Sequence[AssetRecord], bulk: Bulk) -> list[int]:
    """Add assets in a batch (at most 2,000) with owners, inventors, agents, links, matters, events and deadlines; their ids in order."""
    own_key = fold(bulk.own)
    owners = people.organisations_add(work, [name for r in records for name in r.owners if fold(name) != own_key], Organisation.Kind.UNIVERSITY)
    agents = people.organisations_add(work, [r.agents[0] for r in records if r.agents], Organisation.Kind.AGENT)
    inventors = people.persons_add(work, [name for r in records for name in r.inventors])
    names = _references(records, bulk.on)
    drafts = [_draft(r, name, agents, bulk.on) for r, name in zip(records, names, strict=True)]
    matters, next_due = docket.matters_add(work, drafts)
    ids = db.take_ids(Asset, len(records))
    here, run = work.by.university_id, work.run.pk
    families = _families(work, records)
    rows = [
        _asset_row(pk, here, run, matter, r, name, agents, families, next_due.get(matter), bulk)
        for pk, matter, r, name in zip(ids, matters, records, names, strict=True)
    ]
    work.load(Asset, _ASSET_COLUMNS, rows, first_id=ids.start)
    _parts(work, records, ids, owners, inventors, own_key)
    return list(ids)


def _references(records: Sequence[AssetRecord], on: date) -> list[str]:
    by_year: dict[int, list[int]] = {}
    for index, r in enumerate(records):
        if not r.reference:
            by_year.setdefault((r.filed_on or on).year, []).append(index)
    names = [r.reference for r in records]
    for year, indexes in sorted(by_year.items()):
        for index, name in zip(indexes, references(len(indexes), year), strict=True):
            names[index] = name
    return names


def _families(work: audit.Batch, records: Sequence[AssetRecord]) -> dict[str, int]:
    wanted = {r.family: r.title for r in records if r.family}
    found = dict(Family.objects.filter(reference__in=wanted).values_list("reference", "pk"))
    made = work.add([Family(reference=key, title=title or key) for key, title in sorted(wanted.items()) if key not in found])
    return found | {family.reference: family.pk for family in made}


def _draft(r: AssetRecord, name: str, agents: dict[str, int], on: date) -> MatterDraft:
    events = [EventDraft(e.kind, e.on, by=e.by, facts=dict(e.facts), source="register", note=e.note[:300]) for e in r.events]
    told = {e.kind for e in r.events}
    for day, kind in ((r.filed_on, "filing"), (r.published_on, "publication"), (r.granted_on, "grant")):
        if day and kind not in told:
            events.append(EventDraft(kind, day, source="import"))
    if "priority" not in told:
        events += [EventDraft("priority", link.on, source="import") for link in r.links if link.kind == "priority" and link.on]
    facts: dict[str, Any] = {"known_since": on.isoformat()}
    status = r.status.partition("|")[0]
    if status == Status.GRANTED and not r.granted_on and "grant" not in told:
        facts["granted"] = "true"
    if status == Status.ENDED and not told & {"withdrawn", "lapsed", "refused_final", "expired", "abandoned", "revoked"}:
        facts["ended"] = str(_("Ended before %(day)s; the day is not known") % {"day": on.isoformat()})
    return MatterDraft(
        reference=name, office=r.office, right=r.right, title=r.title or name, number=r.number, agent_id=agents.get(fold(r.agents[0])) if r.agents else None,
        facts=facts, designated=tuple(r.designated), published=r.published_on is not None, events=tuple(events),
    )  # fmt: skip


def _asset_row(
    pk: int,
    here: int,
    run: int,
    matter: int,
    r: AssetRecord,
    name: str,
    agents: dict[str, int],
    families: dict[str, int],
    next_due: date | None,
    bulk: Bulk,
) -> tuple:
    status, _slash, note = r.status.partition("|")
    return (
        pk, here, 1, run, None, name, matter, families.get(r.family), (r.title or name)[:500], json.dumps(r.titles, ensure_ascii=False), r.right, r.office,
        r.number, r.key, r.publication_number, r.grant_number, r.filed_on, r.published_on, r.granted_on, status or Status.PENDING, note[:100],
        r.technical_field[:120], None, None, agents.get(fold(r.agents[0])) if r.agents else None, "", "", False, "[]", "{}", next_due,
        (", ".join(r.owners) or bulk.own)[:500],
    )  # fmt: skip


def _parts(work: audit.Batch, records: Sequence[AssetRecord], ids: range, owners: dict[str, int], inventors: dict[str, int], own_key: str) -> None:
    here, run = work.by.university_id, work.run.pk
    owner_rows, inventor_rows, link_rows = [], [], []
    for pk, r in zip(ids, records, strict=True):
        for owner in r.owners or [""]:
            owner_rows.append((here, 1, run, pk, None if not owner or fold(owner) == own_key else owners[fold(owner)]))
        seen: set[int] = set()
        for number, person in enumerate(r.inventors, 1):
            key = inventors.get(fold(person)[:200])
            if key is not None and key not in seen:
                seen.add(key)
                inventor_rows.append((here, 1, run, pk, key, number))
        link_rows += [(here, 1, run, pk, link.kind, link.office, link.number[:60], link.on) for link in r.links]
    work.load(Ownership, ("university", "revision", "run", "asset", "organisation"), owner_rows)
    work.load(Inventorship, ("university", "revision", "run", "asset", "person", "sequence"), inventor_rows)
    work.load(Link, ("university", "revision", "run", "asset", "kind", "office", "number", "on"), link_rows)
