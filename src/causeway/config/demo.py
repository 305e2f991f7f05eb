"""The demonstration university: invented records in every room that exists, dated around today, one sign-in per role."""

from __future__ import annotations

import json
import os
import random
import secrets
from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from causeway.engines.kernel import add_months
from causeway.frame import access, imports, scope
from causeway.frame.accounts import services as accounts
from causeway.frame.models import University, User
from causeway.rooms.assets import services as assets
from causeway.rooms.assets.models import Asset
from causeway.rooms.docket import services as docket
from causeway.rooms.docket.models import Deadline
from causeway.rooms.docket.services import EventDraft
from causeway.rooms.people import services as people
from causeway.rooms.people.models import Organisation, Person, Unit

NAME = "Northbridge University"
PEOPLE = [
    ("office", "Marta Kowalczyk"), ("director", "Tomás Ferreira"), ("inventor", "Hanna Lindqvist"), ("agent", "Aoife Brennan"),
    ("auditor", "Pieter de Wit"), ("administrator", "Ines Navarro"),
]  # fmt: skip
UNITS = [
    ("MAT", "Materials Science"),
    ("ELC", "Electrochemistry"),
    ("MED", "Medical Engineering"),
    ("PHO", "Photonics"),
    ("BIO", "Biotechnology"),
    ("CSE", "Computer Science"),
]
INVENTORS = [
    "Hanna Lindqvist",
    "Chen Siyuan",
    "Ruud van der Meulen",
    "Zofia Wójcik",
    "Álvaro Prieto",
    "Leonie Groß",
    "Mei Tanaka",
    "Samuel Osei",
    "Katarzyna Łuczak",
    "Jonas Weiß",
]
TITLES = [
    "Graded solid electrolyte for lithium cells", "Adaptive catheter tip", "Flow-cell microreactor", "Peptide hydrogel dressing", "Low-drift pH electrode", "Photonic strain gauge",
    "Tactile yarn sensor", "Spin-wave logic gate", "Self-sealing perovskite film", "Method of sorting extracellular vesicles", "Acoustic levitation dispenser", "Bio-based epoxy hardener",
    "Cooling garment with phase-change beads", "Error-tolerant neural decoder", "Magnetic refrigeration stage", "Plasma-treated seed coating", "Fibre-optic hydrogen detector",
    "Recyclable thermoset composite", "Optical trap for single cells", "Salt-tolerant nitrogen biofertiliser", "Wearable lactate monitor", "Directional tidal turbine blade",
    "Quantum dot calibration target", "Two-photon polymerisation resin",
]  # fmt: skip


def ensure() -> list[str]:
    """Make the demonstration university where there is none; the lines to print: one sign-in per role."""
    if not University.objects.exists():
        with transaction.atomic():
            make(date.today())
    return _lines()


def _kept() -> Path:
    return Path(settings.HOME) / "demonstration-sign-ins.json"


def _lines() -> list[str]:
    if not _kept().exists():
        return []
    told = json.loads(_kept().read_text())
    width = max(len(one["email"]) for one in told)
    return ["", "Sign in (this machine only):", *[f"  {one['role']:14} {one['email']:{width}}  {one['password']}" for one in told]]


def make(on: date) -> University:
    """The demonstration university as of a day; invented, and the same for the same day but for the passwords."""
    university, _new = imports.university_named(NAME)
    imports.as_demo(university, short_name="NBU", country="NL", timezone="Europe/Amsterdam")
    with scope.use(university):
        actor = access.system(university, "Demonstration")
        users = _users(university)
        units = {code: people.unit_create(actor=actor, code=code, name=name, parent=None) for code, name in UNITS}
        persons = _persons(actor, users, units)
        agent = people.organisation_create(actor=actor, name="Brandt & Olsen", kind=Organisation.Kind.AGENT, country="DE")
        people.person_update(actor=actor, obj=persons["Aoife Brennan"], organisation=agent)
        partner = people.organisation_create(actor=actor, name="University of Veldhoven", kind=Organisation.Kind.UNIVERSITY, country="NL")
        rng = random.Random(7)  # noqa: S311 - invents records, guards nothing
        for number, title in enumerate(TITLES):
            _family(actor, on, rng, number, title, list(units.values()), persons, agent, partner)
        _settle(actor, on, rng)
    return university


def _users(university: University) -> dict[str, User]:
    """One account per role with a random password, kept in a file only the owner can read."""
    made, told = {}, []
    for role, name in PEOPLE:
        email, password = f"{role}@northbridge.example", secrets.token_urlsafe(12)
        user = accounts.user_make(email=email, name=name, password=password, demo=True)
        imports.grant(user, university, role)
        made[name] = user
        told.append({"role": role, "email": email, "password": password})
    file = _kept()
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as target:
        json.dump(told, target)
    return made


def _persons(actor: access.Actor, users: dict[str, User], units: dict[str, Unit]) -> dict[str, Person]:
    made = {}
    names = list(dict.fromkeys([*users, *INVENTORS]))
    for place, name in enumerate(names):
        user = users.get(name)
        native = "陈思远" if name == "Chen Siyuan" else ""
        unit = list(units.values())[place % len(units)] if name in INVENTORS else None
        email = user.email if user else f"{name.split()[0].lower()}@northbridge.example".encode("ascii", "ignore").decode()
        made[name] = people.person_create(actor=actor, name=name, name_native=native, email=email, unit=unit, user=user)
    return made


def _family(actor: access.Actor, on: date, rng: random.Random, number: int, title: str, units: list[Unit], persons: dict[str, Person], agent: Organisation,
            partner: Organisation) -> None:  # fmt: skip
    """A first filing and what followed from it, by its age."""
    filed = on - timedelta(days=rng.randrange(150, 2600))
    unit = units[number % len(units)]
    holder = persons["Marta Kowalczyk"] if rng.random() < 0.7 else persons["Tomás Ferreira"]
    common: dict[str, Any] = {
        "right": "patent",
        "unit": unit,
        "holder": holder,
        "agent": agent if rng.random() < 0.85 else None,
        "technical_field": unit.name,
    }
    first = assets.asset_create(actor=actor, title=title, office="EP", number=_number(rng, "EP", filed), filed_on=filed, status="pending", **common)
    members = [first, *_followers(actor, on, rng, title, filed, common)]
    assets.family_make(actor=actor, title=title, assets=members)
    inventors = rng.sample(INVENTORS, rng.choice([1, 2, 3]))
    if number % 5 == 0 and "Hanna Lindqvist" not in inventors:
        inventors[0] = "Hanna Lindqvist"
    shares = {1: [Fraction(1)], 2: [Fraction(3, 5), Fraction(2, 5)], 3: [Fraction(2, 5), Fraction(7, 20), Fraction(1, 4)]}[len(inventors)]
    for member in members:
        member.refresh_from_db()
        assets.inventors_set(actor=actor, asset=member, shares=[(persons[name], part) for name, part in zip(inventors, shares, strict=True)])
        if number % 6 == 0:
            assets.owners_set(actor=actor, asset=member, shares=[(None, Fraction(3, 4)), (partner, Fraction(1, 4))], on=member.filed_on)
    _history(actor, on, rng, first, filed)
    if (on - filed).days > 1900:
        assets.asset_update(actor=actor, obj=Asset.objects.get(pk=first.pk), status="granted", granted_on=filed + timedelta(days=1500 + number))
    elif (on - filed).days > 400:
        # Answers wanted around today: some late, some within the week.
        asked = add_months((on + timedelta(days=(number % 8 - 2) * 3)).toordinal(), -4)
        docket.event_record(
            actor=actor, matter=first.matter, draft=EventDraft("office_action_later", date.fromordinal(asked), by="electronic", source="register")
        )


def _followers(actor: access.Actor, on: date, rng: random.Random, title: str, filed: date, common: dict[str, Any]) -> Iterator[Asset]:
    for office, days in (("US", 360), ("CN", 362), ("DE", 363)):
        later = filed + timedelta(days=days)
        if later < on and rng.random() < 0.55:
            made = assets.asset_create(
                actor=actor, title=title, office=office, number=_number(rng, office, later), filed_on=later, status="pending", **common
            )
            docket.event_record(actor=actor, matter=made.matter, draft=EventDraft("priority", filed))
            granted = later + timedelta(days=rng.randrange(700, 1300))
            if office != "DE" and granted < on:
                assets.asset_update(actor=actor, obj=Asset.objects.get(pk=made.pk), status="granted", granted_on=granted)
            yield made


def _history(actor: access.Actor, on: date, rng: random.Random, asset: Asset, filed: date) -> None:
    """What an office and a register would have recorded of a European application of this age."""
    age = (on - filed).days
    steps = [(550, "publication", "", {}), (560, "search_report_published", "", {}), (700, "examination_request", "", {})]
    steps += [(365 * year - 20, "renewal_paid", "", {"year": str(year + 1)}) for year in range(2, 9)]
    if age > 1100:
        steps.append((age - rng.randrange(20, 100), "office_action_1", "electronic", {}))
    if age > 2200:
        steps.append((age - rng.randrange(30, 200), "intention_to_grant", "electronic", {}))
    for days, kind, by, facts in sorted(steps):
        if days < age - 5 and not (kind == "renewal_paid" and rng.random() < 0.03):
            docket.event_record(
                actor=actor, matter=asset.matter, draft=EventDraft(kind, filed + timedelta(days=days), by=by, facts=facts, source="register")
            )


def _number(rng: random.Random, office: str, filed: date) -> str:
    if office == "EP":
        return f"EP{filed:%y}{rng.randrange(100000, 999999)}"
    if office == "CN":
        return f"CN{filed:%Y}1{rng.randrange(1000000, 9999999)}"
    if office == "DE":
        return f"DE10{filed:%Y}{rng.randrange(100000, 999999)}"
    return f"US18{rng.randrange(100000, 999999)}"


def _settle(actor: access.Actor, on: date, rng: random.Random) -> None:
    """Most of what is long past was done in time; a little is late, as in life."""
    past = list(Deadline.objects.filter(state="open", due__lt=on - timedelta(days=9)).order_by("due", "pk"))
    for row in past:
        docket.deadline_done(actor=actor, obj=row, done_on=row.due - timedelta(days=rng.randrange(1, 20)), done_reference="Receipt filed")
    coming = Deadline.objects.filter(state="open", due__gte=on, amount__isnull=False).order_by("due", "pk")[:6]
    docket.deadlines_instruct(actor=actor, ids=[row.pk for row in coming[:4]], instruction="pay")
