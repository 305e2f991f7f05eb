"""What a file says otherwise than the records here: found, shown one by one, taken over or left; never overwritten."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Prefetch, Q, prefetch_related_objects
from django.utils.translation import gettext as _

from causeway.frame import access, audit, imports
from causeway.frame.access import Actor
from causeway.frame.models import ImportDifference
from causeway.rooms.assets import services
from causeway.rooms.assets.models import Asset, Inventorship, Link, Note, Ownership
from causeway.rooms.assets.numbers import parse_number, publication_key
from causeway.rooms.assets.ports import AssetRecord
from causeway.rooms.docket.services import EventDraft, event_record, matter_update
from causeway.rooms.people import services as people
from causeway.rooms.people.selectors import fold

LABEL = "assets.asset"
DAYS = ("filed_on", "published_on", "granted_on")
#: Events that are days of the asset itself: compared as those.
_OWN_DAYS = frozenset(["filing", "publication", "grant"])
_KINDS = ("", " A", " A1", " A2", " A3", " A4", " A5", " A8", " A9", " B", " B1", " B2", " B3", " B4", " B9", " C", " C1", " C2", " S", " S1", " T1", " T3", " U", " U1", " Y", " Y1")  # fmt: skip

Difference = tuple[str, Any, Any]


# --- finding what is here -----------------------------------------------------------------------------------------------------------------


def known(records: Sequence[AssetRecord]) -> dict[str, Asset]:
    """Assets that are here already, by the record's key: by the application's number, or by a publication where one side tells only that."""
    also = {key: r.key for r in records for key in _publications(r)}
    wanted = {r.key for r in records} | also.keys()
    keyed = {r.key for r in records}
    found: dict[str, Asset] = {}
    by_publication: dict[str, Asset] = {}
    for asset in Asset.objects.filter(number_key__in=wanted).select_related("matter", "university", "family", "agent"):
        if asset.number_key in keyed:
            found[asset.number_key] = asset
        if asset.number_key in also:
            by_publication[also[asset.number_key]] = asset
    found = by_publication | found
    loose = [r for r in records if not r.number and r.key not in found]
    for start in range(0, len(loose), 40):
        found |= _published(loose[start : start + 40])
    _fetch(list(found.values()), records)
    return found


def _publications(record: AssetRecord) -> set[str]:
    return {publication_key(name) for name in (record.publication_number, record.grant_number) if name}


def _published(records: Sequence[AssetRecord]) -> dict[str, Asset]:
    """Assets under another number that were published or granted as the records tell."""
    names = {
        name.rpartition(" ")[0] if name.rpartition(" ")[2][:1].isalpha() else name
        for r in records
        for name in (r.publication_number, r.grant_number)
        if name
    }
    names |= {number.display for name in names if (number := parse_number(name))}  # as earlier versions wrote a US grant
    wanted = [f"{name}{kind}" for name in names for kind in _KINDS]
    by_key = {key: r.key for r in records for key in _publications(r)}
    found = {}
    rows = Asset.objects.filter(Q(publication_number__in=wanted) | Q(grant_number__in=wanted)).exclude(number_key__contains=":")
    for asset in rows.select_related("matter", "university", "family", "agent"):
        for name in (asset.publication_number, asset.grant_number):
            if name and publication_key(name) in by_key:
                found[by_key[publication_key(name)]] = asset
    return found | _told(wanted, by_key)


def _told(wanted: list[str], by_key: dict[str, str]) -> dict[str, Asset]:
    """Assets of which an earlier file told the publication, and nobody has decided on it yet."""
    fields = ("publication_number", "grant_number")
    waiting = ImportDifference.objects.filter(label=LABEL, field__in=fields, theirs__in=wanted, decision=ImportDifference.Decision.OPEN)
    told = {
        object_id: by_key[publication_key(theirs)]
        for object_id, theirs in waiting.values_list("object_id", "theirs")
        if publication_key(theirs) in by_key
    }
    assets = Asset.objects.filter(pk__in=told).select_related("matter", "university", "family", "agent")
    return {told[asset.pk]: asset for asset in assets}


def _fetch(assets: list[Asset], records: Iterable[AssetRecord]) -> None:
    """Read in bulk what the records speak of, and no more."""
    # Joined, since of a key that leads on SQLite reads no more than a thousand in one question.
    spoken: dict[Any, bool] = {
        Prefetch("ownerships", Ownership.objects.select_related("organisation")): any(r.owners for r in records),
        Prefetch("inventorships", Inventorship.objects.select_related("person")): any(r.inventors for r in records),
        "links": any(r.links for r in records), "matter__events": any(r.events for r in records), "notes": any(r.notes for r in records),
    }  # fmt: skip
    if assets:
        prefetch_related_objects(assets, *[name for name, there in spoken.items() if there])


# --- comparing ----------------------------------------------------------------------------------------------------------------------------


def differences(record: AssetRecord, asset: Asset) -> list[Difference]:
    """What a record would have otherwise than the asset: (field, ours, theirs). What the record does not say is no difference."""
    return [*_plain(record, asset), *_parts(record, asset), *_events(record, asset)]


def _plain(record: AssetRecord, asset: Asset) -> list[Difference]:
    pairs: list[tuple[str, Any, Any, bool]] = [
        ("title", asset.title, record.title[:500], asset.title.casefold() == record.title[:500].casefold()),
        ("number", asset.number, record.number, asset.number_key == record.key),
        (
            "publication_number",
            asset.publication_number,
            record.publication_number,
            _same_number(asset.publication_number, record.publication_number),
        ),
        ("grant_number", asset.grant_number, record.grant_number, _same_number(asset.grant_number, record.grant_number)),
        ("status", asset.status, record.status.partition("|")[0], False),
        ("technical_field", asset.technical_field, record.technical_field[:500], same_list(asset.technical_field, record.technical_field[:500])),
        *[(name, getattr(asset, name), getattr(record, name), False) for name in DAYS],
    ]
    return [(name, json_value(ours), json_value(theirs)) for name, ours, theirs, same in pairs if theirs and not same and ours != theirs]


def _same_number(ours: str, theirs: str) -> bool:
    return bool(ours and theirs) and publication_key(ours) == publication_key(theirs)


def same_list(ours: str, theirs: str) -> bool:
    """Whether two lists in one cell name the same things, in whatever order."""
    return ours == theirs or sorted(ours.split(",")) == sorted(theirs.split(","))


def _parts(record: AssetRecord, asset: Asset) -> list[Difference]:
    """Parties, links, states and remarks that are not here yet."""
    found: list[Difference] = []
    if record.owners:
        here = owner_keys(asset)
        found += [("owner", asset.owners_text, name) for name in record.owners if fold(name) not in here]
    if record.inventors:
        persons = {_tokens(one.person.name) for one in asset.inventorships.all()}
        found += [("inventor", None, name) for name in record.inventors if _tokens(name) not in persons]
    if record.agents and (asset.agent is None or fold(asset.agent.name) != fold(record.agents[0])):
        found.append(("agent", asset.agent.name if asset.agent else None, record.agents[0]))
    if record.links:
        linked = {(one.kind, _number_key(one.number)) for one in asset.links.all()}
        found += [
            ("link", None, {"kind": one.kind, "office": one.office, "number": one.number, "on": json_value(one.on)})
            for one in record.links
            if (one.kind, _number_key(one.number)) not in linked
        ]
    if record.designated and sorted(record.designated) != sorted(asset.matter.designated):
        found.append(("designated", asset.matter.designated, sorted(record.designated)))
    if record.family and (asset.family is None or asset.family.reference != record.family):
        found.append(("family", asset.family.reference if asset.family else None, record.family))
    if record.notes:
        texts = {one.text for one in asset.notes.all()}
        found += [("note", None, text) for text in record.notes if text not in texts]
    return found


def _tokens(name: str) -> frozenset[str]:
    """A person's name whatever the order of its parts."""
    return frozenset(fold(name).split())


def _number_key(text: str) -> str:
    number = parse_number(text)
    return number.key if number else text


def owner_keys(asset: Asset) -> set[str]:
    """The folded names of an asset's present owners; no organisation is the university itself."""
    own = fold(asset.university.name)
    return {fold(o.organisation.name) if o.organisation else own for o in asset.ownerships.all() if o.ends_on is None}


def _events(record: AssetRecord, asset: Asset) -> list[Difference]:
    if not record.events:
        return []
    stored = {_identity(e.kind, e.on, e.facts) for e in asset.matter.events.all() if e.current and not e.withdrawn}
    # What was recorded as a plain filing and is told as an international one of the same day is a correction, not a second filing.
    return [
        ("event", None, {"kind": e.kind, "on": e.on.isoformat(), "by": e.by, "facts": dict(e.facts), "note": e.note})
        for e in record.events
        if e.kind not in _OWN_DAYS and _identity(e.kind, e.on, e.facts) not in stored
    ]


def _identity(kind: str, on: date, facts: Any) -> tuple:
    return (kind, on, str(facts.get("year") or facts.get("stage") or ""), str(facts.get("office", "")))


def json_value(value: Any) -> Any:
    """A value as it is kept with a difference."""
    return value.isoformat() if isinstance(value, date) else value


def rows(record: AssetRecord, asset: Asset) -> list[ImportDifference]:
    """The differences of a record, ready to be kept."""
    return [
        ImportDifference(label=LABEL, object_id=asset.pk, title=asset.title[:300], place=record.place[:40], field=name, ours=ours, theirs=theirs)
        for name, ours, theirs in differences(record, asset)
    ]


# --- two rows of one file -----------------------------------------------------------------------------------------------------------------

_SINGLE = ("title", "technical_field", "status", "filed_on", "granted_on", "grant_number", "family", "reference", "agents", "designated", "titles")
#: Where two rows may differ without one of them being wrong: another publication of the application.
_UNASKED = frozenset(["family", "reference", "agents", "designated", "titles"])


def lay(earlier: AssetRecord, record: AssetRecord) -> tuple[bool, list[tuple[str, str]]]:
    """Add to a record what a later row of the same application tells; whether that was anything, and where the two differ (field, theirs)."""
    before = (len(earlier.owners), len(earlier.inventors), len(earlier.links), len(earlier.events), len(earlier.notes))
    added, clashes = False, []
    for name in _SINGLE:
        ours, theirs = getattr(earlier, name), getattr(record, name)
        if theirs and not ours:
            setattr(earlier, name, theirs)
            added = True
        elif theirs and name not in _UNASKED and not _same(name, ours, theirs):
            clashes.append((name, str(json_value(theirs)).partition("|")[0] if name == "status" else str(json_value(theirs))))
    added = _publication(earlier, record) or added
    _more(earlier.owners, record.owners, fold)
    _more(earlier.inventors, record.inventors, _tokens)
    _more(earlier.links, record.links, lambda one: (one.kind, _number_key(one.number)))
    _more(earlier.events, record.events, lambda one: _identity(one.kind, one.on, one.facts))
    _more(earlier.notes, record.notes, str)
    after = (len(earlier.owners), len(earlier.inventors), len(earlier.links), len(earlier.events), len(earlier.notes))
    return added or after != before, clashes


def _same(name: str, ours: Any, theirs: Any) -> bool:
    if name == "status":
        return ours.partition("|")[0] == theirs.partition("|")[0]
    if name == "title":
        return ours.casefold() == theirs.casefold()
    if name == "grant_number":
        return _same_number(ours, theirs)
    return same_list(ours, theirs) if name == "technical_field" else ours == theirs


def _publication(earlier: AssetRecord, record: AssetRecord) -> bool:
    """The first publication names the application; a further one is a remark."""
    theirs = record.publication_number
    days = [day for day in (earlier.published_on, record.published_on) if day]
    added = bool(days) and min(days) != earlier.published_on
    earlier.published_on = min(days, default=None)
    if theirs and not earlier.publication_number:
        earlier.publication_number, added = theirs, True
    elif theirs and theirs != earlier.publication_number:
        note = f"Also published as {theirs}."  # data, compared with the next file's: one language for all
        added = added or note not in earlier.notes
        _more(earlier.notes, [note], str)
    return added


def _more(ours: list, theirs: list, key: Any) -> None:
    known = {key(one) for one in ours}
    ours += [one for one in theirs if key(one) not in known]


# --- deciding -----------------------------------------------------------------------------------------------------------------------------


def take(*, actor: Actor, ids: Sequence[int]) -> int:
    """Take differences over into the assets; each leaves its own entry in the history. Returns how many.

    Raises `ValidationError` where a value cannot be taken (with the asset and the reason); those before it are taken.
    """
    access.require(actor, "asset.update")
    taken = 0
    for row in ImportDifference.objects.filter(pk__in=ids, decision=ImportDifference.Decision.OPEN).order_by("pk"):
        asset = Asset.objects.select_related("matter").get(pk=row.object_id)
        access.require(actor, "asset.update", asset)
        try:
            with transaction.atomic():
                _TAKERS.get(row.field, _take_value)(actor, asset, row)
                taken += imports.decide([row.pk], ImportDifference.Decision.TAKEN)
        except ValidationError as fault:
            raise ValidationError(
                _("%(asset)s, %(field)s: %(why)s") % {"asset": asset.reference, "field": row.field, "why": "; ".join(fault.messages)}
            ) from None
    return taken


def leave(*, actor: Actor, ids: Sequence[int]) -> int:
    """Leave values as they are; the same difference is not shown again."""
    access.require(actor, "asset.update")
    return imports.decide(ids, ImportDifference.Decision.LEFT)


def _take_value(actor: Actor, asset: Asset, row: ImportDifference) -> None:
    value = date.fromisoformat(row.theirs) if row.field in DAYS else row.theirs
    services.asset_update(actor=actor, obj=asset, **{row.field: value})


def _take_event(actor: Actor, asset: Asset, row: ImportDifference) -> None:
    told = row.theirs
    stored = asset.matter.events.filter(kind=told["kind"], on=told["on"], current=True, withdrawn=False)
    if any(_identity(e.kind, e.on, e.facts) == _identity(e.kind, e.on, told["facts"]) for e in stored):
        return  # another file told the same, and it was taken over already
    draft = EventDraft(told["kind"], date.fromisoformat(told["on"]), by=told["by"], facts=told["facts"], source="register", note=told["note"])
    event_record(actor=access.system(actor.university_id, actor.name), matter=asset.matter, draft=draft)


def _take_owner(actor: Actor, asset: Asset, row: ImportDifference) -> None:
    with audit.batch(by=actor, verb="asset.own", objects=1) as work:
        owners = people.organisations_add(work, [row.theirs])
        work.add([Ownership(asset=asset, organisation_id=owners[fold(row.theirs)])])
        asset.owners_text = f"{asset.owners_text}, {row.theirs}"[:500]
        work.change([asset], ["owners_text"])


def _take_inventor(actor: Actor, asset: Asset, row: ImportDifference) -> None:
    with audit.batch(by=actor, verb="asset.inventors", objects=1) as work:
        person = people.persons_add(work, [row.theirs])[fold(row.theirs)[:200]]
        if not asset.inventorships.filter(person_id=person).exists():
            work.add([Inventorship(asset=asset, person_id=person, sequence=asset.inventorships.count() + 1)])


def _take_agent(actor: Actor, asset: Asset, row: ImportDifference) -> None:
    with audit.batch(by=actor, verb="asset.update", objects=1) as work:
        agent = people.organisations_add(work, [row.theirs], people.Organisation.Kind.AGENT)[fold(row.theirs)]
    services.asset_update(actor=actor, obj=asset, agent=people.Organisation.objects.get(pk=agent))


def _take_link(actor: Actor, asset: Asset, row: ImportDifference) -> None:
    told = row.theirs
    on = date.fromisoformat(told["on"]) if told["on"] else None
    recorded = asset.matter.events.filter(kind="priority", on=on, current=True, withdrawn=False).exists()
    if told["kind"] == "priority" and on and not recorded:
        services.link_add(actor=actor, asset=asset, kind="priority", office=told["office"], number=told["number"], on=on)
        return
    with audit.changing(Link(asset=asset, kind=told["kind"], office=told["office"], number=told["number"][:60], on=on), by=actor, verb="asset.link"):
        pass


def _take_designated(actor: Actor, asset: Asset, row: ImportDifference) -> None:
    matter_update(actor=access.system(actor.university_id, actor.name), matter=asset.matter, designated=row.theirs)


def _take_family(actor: Actor, asset: Asset, row: ImportDifference) -> None:
    with audit.batch(by=actor, verb="family.create", objects=1) as work:
        asset.family_id = services.families_add(work, {row.theirs: asset.title})[row.theirs]
        work.change([asset], ["family"])


def _take_note(actor: Actor, asset: Asset, row: ImportDifference) -> None:
    with audit.changing(Note(asset=asset, text=row.theirs, author=actor.name), by=actor, verb="asset.note"):
        pass


_TAKERS = {
    "event": _take_event, "owner": _take_owner, "inventor": _take_inventor, "agent": _take_agent, "link": _take_link, "designated": _take_designated,
    "family": _take_family, "note": _take_note,
}  # fmt: skip
