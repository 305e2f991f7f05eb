"""A portfolio to measure on: assets of several offices and ages, owned, held, in families, each with its whole docket.

Deterministic, so that two runs measure the same thing. About ten deadlines an asset; one asset in seven has ended.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from causeway.frame import audit, db
from causeway.frame.access import Actor
from causeway.rooms.assets.models import Asset, Family, Inventorship, Ownership
from causeway.rooms.docket import services as docket
from causeway.rooms.docket.ports import EventDraft, MatterDraft
from causeway.rooms.people import services as people
from causeway.rooms.people.models import Organisation, Person, Unit

BATCH = 1_000
#: Office, right, how many of a hundred assets, how many of ten of them are granted.
MIX = (("EP", "patent", 36, 4), ("CN", "patent", 27, 6), ("US", "patent", 19, 6), ("WO", "patent", 9, 0), ("DE", "patent", 5, 5), ("EM", "design", 2, 0), ("JP", "patent", 2, 5))
FIELDS = ("sensor", "catalyst", "antibody", "membrane", "battery", "laser", "polymer", "algorithm", "implant", "reactor", "antenna", "enzyme", "drone", "valve", "alloy", "vaccine")
KINDS = ("Flexible", "Porous", "Optical", "Recombinant", "Adaptive", "Low-power", "Magnetic", "Biodegradable", "Quantum", "Miniature", "Thermal", "Hybrid")
USES = ("water treatment", "cancer diagnosis", "energy storage", "crop protection", "machine vision", "wound healing", "wind turbines", "data transfer", "bone repair")
UNITS, PERSONS, AGENTS, OWNERS = 40, 600, 24, 60

_ASSET = (
    "id", "university", "revision", "run", "trashed_at", "reference", "matter", "family", "title", "titles", "right", "office", "number", "number_key",
    "publication_number", "grant_number", "filed_on", "published_on", "granted_on", "status", "status_note", "technical_field", "unit", "holder", "agent",
    "agent_reference", "funding", "confidential", "tags", "custom", "next_due_on", "owners_text",
)  # fmt: skip


@dataclass(frozen=True)
class People:
    """Who the assets belong to and hang on: ids by place; the first person may have an account."""

    units: list[int]
    persons: list[int]
    agents: list[int]
    owners: list[int]
    owner_names: list[str]


def people_add(actor: Actor, user: int | None = None) -> People:
    """Units, persons, agents and owners of a university; user: the account of the first person."""
    with audit.batch(by=actor, verb="bench.people", objects=UNITS + PERSONS + AGENTS + OWNERS) as work:
        units = work.add([Unit(code=f"U{n:02d}", name=f"Institute {n:02d}") for n in range(UNITS)])
        persons = work.add(
            [Person(name=f"Person {n:03d}", name_key=f"person {n:03d}", unit=units[n % UNITS], user_id=user if n == 0 else None) for n in range(PERSONS)]
        )
        agents = people.organisations_add(work, [f"Agents {n:02d} LLP" for n in range(AGENTS)], Organisation.Kind.AGENT)
        owners = people.organisations_add(work, [f"Partner University {n:02d}" for n in range(OWNERS)], Organisation.Kind.UNIVERSITY)
    return People([u.pk for u in units], [p.pk for p in persons], list(agents.values()), list(owners.values()), list(owners))


def _kind(n: int) -> tuple[str, str, bool]:
    """Office, right and whether granted, of the n-th asset."""
    place, among = (n * 37) % 100, 0
    for office, right, share, granted in MIX:
        among += share
        if place < among:
            return office, right, (n // 100) % 10 < granted
    raise AssertionError("the mix sums to a hundred")


def _title(n: int) -> str:
    return f"{KINDS[n % 12]} {FIELDS[(n // 12) % 16]} for {USES[(n // 192) % 9]}, variant {n}"


def drafts(first: int, count: int, on: date, who: People | None = None) -> list[MatterDraft]:
    """Matters from number `first` on, as an office that brought them in 25 days before `on` would have them."""
    since = (on - timedelta(days=25)).isoformat()
    made = []
    for n in range(first, first + count):
        office, right, granted = _kind(n)
        filed = on - timedelta(days=90 + (n * 7919) % 6900)
        events = [EventDraft("filing", filed, source="import")]
        if filed + timedelta(days=550) < on:
            events.append(EventDraft("publication", filed + timedelta(days=550), source="import"))
        if granted and filed + timedelta(days=1300) < on:
            events.append(EventDraft("grant", filed + timedelta(days=1300), source="import"))
        facts = {"known_since": since} | ({"ended": "Ended before it was brought in"} if n % 7 == 3 else {})
        made.append(
            MatterDraft(
                f"B-{filed.year}-{n:07d}", office, right, _title(n), number=f"{office} {n:08d}", events=tuple(events), facts=facts,
                unit_id=who.units[n % UNITS] if who else None, holder_id=who.persons[(n * 31) % PERSONS] if who else None,
                agent_id=who.agents[n % AGENTS] if who and n % 5 else None, published=len(events) > 1,
            )
        )  # fmt: skip
    return made


def batches(assets: int, size: int = BATCH) -> Iterator[tuple[int, int]]:
    """First number and count of each batch."""
    for first in range(0, assets, size):
        yield first, min(size, assets - first)


def assets_add(actor: Actor, assets: int, on: date, who: People, own: str) -> int:
    """A whole portfolio with matters, events, deadlines, families, owners and inventors; returns how many assets."""
    for first, count in batches(assets):
        with audit.batch(by=actor, verb="bench.assets", objects=count) as work:
            made = drafts(first, count, on, who)
            matters, next_due = docket.matters_add(work, made)
            ids, families = db.take_ids(Asset, count), db.take_ids(Family, -(-count // 3))
            here, run = actor.university_id, work.run.pk
            work.load(Family, ("id", "university", "revision", "run", "reference", "title"),
                      [(pk, here, 1, run, f"F-{first + 3 * k:07d}", made[3 * k].title) for k, pk in enumerate(families)], first_id=families.start)  # fmt: skip
            work.load(Asset, _ASSET, [_asset(pk, here, run, families[k // 3], m, next_due[m], d, own) for k, (pk, m, d) in enumerate(zip(ids, matters, made, strict=True))], first_id=ids.start)
            work.load(Ownership, ("university", "revision", "run", "asset", "organisation"), [(here, 1, run, pk, who.owners[pk % OWNERS] if pk % 6 == 0 else None) for pk in ids])
            work.load(Inventorship, ("university", "revision", "run", "asset", "person", "sequence"),
                      [(here, 1, run, pk, who.persons[(pk * 17 + k) % PERSONS], k + 1) for pk in ids for k in range(2)])  # fmt: skip
    return assets


def _asset(pk: int, here: int, run: int, family: int, matter: int, next_due: date | None, d: MatterDraft, own: str) -> tuple:
    dates = {event.kind: event.on for event in d.events}
    status = "ended" if "ended" in d.facts else "granted" if "grant" in dates else "pending"
    key = f"{d.office}{d.number.split()[-1]}"
    return (
        pk, here, 1, run, None, d.reference, matter, family, d.title, "{}", d.right, d.office, d.number, key, "", "", dates["filing"], dates.get("publication"),
        dates.get("grant"), status, "", "", d.unit_id, d.holder_id, d.agent_id, "", "", False, json.dumps([]), json.dumps({}), next_due, own,
    )  # fmt: skip
