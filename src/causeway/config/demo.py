"""The demonstration university: invented records in every room that exists, dated around today, one sign-in per role."""

from __future__ import annotations

import json
import os
import random
import secrets
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction

from causeway.config import demo_governance, demo_library, demo_network, demo_offers
from causeway.engines.kernel import add_months
from causeway.frame import access, audit, imports, preferences, scope
from causeway.frame.accounts import services as accounts
from causeway.frame.models import University, User
from causeway.rooms.assets import services as assets
from causeway.rooms.assets.models import Asset, Family
from causeway.rooms.assets.numbers import parse_number
from causeway.rooms.assets.ports import AssetRecord, EventRecord
from causeway.rooms.docket import jobs as docket_jobs
from causeway.rooms.docket import services as docket
from causeway.rooms.docket.models import Deadline, Matter
from causeway.rooms.docket.services import EventDraft
from causeway.rooms.people import services as people
from causeway.rooms.people.models import Organisation, Person, Unit

NAME, SHORT = "Northbridge University", "NBU"
PEOPLE = [
    ("office", "Marta Kowalczyk"), ("director", "Tomás Ferreira"), ("inventor", "Hanna Lindqvist"), ("agent", "Aoife Brennan"),
    ("auditor", "Pieter de Wit"), ("administrator", "Ines Navarro"),
]  # fmt: skip
#: Who looks after the installation too: the administrator, and the office, which brings files of many universities in.
KEEPERS = ("administrator", "office")
UNITS = [
    ("MAT", "Materials Science"), ("ELC", "Electrochemistry"), ("MED", "Medical Engineering"), ("PHO", "Photonics"), ("BIO", "Biotechnology"), ("CSE", "Computer Science"),
]  # fmt: skip
#: Inventors with their unit.
INVENTORS = {
    "Hanna Lindqvist": "MAT", "Chen Siyuan": "ELC", "Ruud van der Meulen": "MED", "Zofia Wójcik": "PHO", "Álvaro Prieto": "BIO", "Leonie Groß": "CSE",
    "Mei Tanaka": "MAT", "Samuel Osei": "ELC", "Katarzyna Łuczak": "MED", "Jonas Weiß": "PHO",
}  # fmt: skip
AGENT, PARTNER, SECOND_AGENT = "Brandt & Olsen", "University of Veldhoven", "Yuanhe IP"

#: Inventions: title, unit, age of the first filing in days, further offices, inventors with shares, tags.
TITLES: list[tuple[str, str, int, str, str, str]] = [
    ("Graded solid electrolyte for lithium cells", "ELC", 1700, "US CN DE", "Hanna Lindqvist 2/5, Chen Siyuan 7/20, Samuel Osei 1/4", "battery, solid state"),
    ("Adaptive catheter tip", "MED", 2330, "US CN", "Ruud van der Meulen 3/5, Katarzyna Łuczak 2/5", "medical"),
    ("Flow-cell microreactor", "MAT", 1980, "US DE", "Mei Tanaka 1/2, Hanna Lindqvist 1/2", "process"),
    ("Peptide hydrogel dressing", "BIO", 1220, "US", "Álvaro Prieto 1", "medical, licensed"),
    ("Low-drift pH electrode", "ELC", 640, "", "Samuel Osei 7/10, Chen Siyuan 3/10", "sensor"),
    ("Photonic strain gauge", "PHO", 2060, "CN DE", "Zofia Wójcik 1/2, Jonas Weiß 1/2", "sensor"),
    ("Tactile yarn sensor", "MAT", 480, "", "Mei Tanaka 1", "sensor, textile"),
    ("Spin-wave logic gate", "PHO", 1460, "US", "Jonas Weiß 2/3, Leonie Groß 1/3", ""),
    ("Self-sealing perovskite film", "MAT", 900, "CN", "Hanna Lindqvist 1", "energy"),
    ("Method of sorting extracellular vesicles", "BIO", 1890, "US CN", "Álvaro Prieto 3/5, Mei Tanaka 2/5", "medical"),
    ("Acoustic levitation dispenser", "CSE", 1310, "DE", "Leonie Groß 1", "process"),
    ("Bio-based epoxy hardener", "MAT", 2480, "US DE", "Mei Tanaka 1/2, Álvaro Prieto 1/2", "process, licensed"),
    ("Cooling garment with phase-change beads", "MED", 760, "", "Katarzyna Łuczak 1", "textile"),
    ("Error-tolerant neural decoder", "CSE", 560, "US", "Leonie Groß 4/5, Zofia Wójcik 1/5", "software"),
    ("Magnetic refrigeration stage", "ELC", 2190, "DE", "Chen Siyuan 1", "energy"),
    ("Plasma-treated seed coating", "BIO", 1080, "CN", "Álvaro Prieto 1/2, Samuel Osei 1/2", "agriculture"),
    ("Fibre-optic hydrogen detector", "PHO", 1600, "US", "Zofia Wójcik 1", "sensor, energy"),
    ("Wearable lactate monitor", "MED", 430, "", "Ruud van der Meulen 1/2, Katarzyna Łuczak 1/2", "medical, sensor"),
    ("Two-photon polymerisation resin", "PHO", 300, "", "Jonas Weiß 1", ""),
    ("Salt-tolerant nitrogen biofertiliser", "BIO", 170, "", "Álvaro Prieto 2/3, Samuel Osei 1/3", "agriculture"),
]
FUNDING = ["Energy Fellows EF-2019-44", "", "Horizon grant 101058732", "", "Province of Brabant, seed fund", ""]
BIRTH = "Filed after a confidential demonstration; no disclosure before the priority date."


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
    imports.as_demo(university, short_name=SHORT, country="NL", timezone="Europe/Amsterdam")
    with scope.use(university):
        actor = access.system(university, "Demonstration")
        users = _users(university)
        units = {code: people.unit_create(actor=actor, code=code, name=name, parent=None) for code, name in UNITS}
        persons = _persons(actor, users, units)
        plan = [*_families(on), *_specials(on)]
        made = _bring_in(actor, plan, on - timedelta(days=60))
        _dress(actor, plan, made, units, persons)
        office = access.actor_of(users["Marta Kowalczyk"], university)
        director = access.actor_of(users["Tomás Ferreira"], university)
        assert office is not None and director is not None  # they were made just now
        _agents(actor, persons)
        _settle(actor, on)
        _details(office, made, on)
        _today(office, director, on)
        demo_governance.make(university, on, {"office": office, "director": director}, [title for title, *_rest in TITLES])
        demo_network.make(director, on)
        demo_library.make(office, director, on)
        demo_offers.make(office, director, on)
        docket_jobs.replay_start(university.pk)  # done by the worker of the first start, so that the page on changes of law speaks at once
    return university


def _users(university: University) -> dict[str, User]:
    """One account per role with a random password, kept in a file only the owner can read."""
    made, told = {}, []
    for role, name in PEOPLE:
        email, password = f"{role}@northbridge.example", secrets.token_urlsafe(12)
        user = accounts.user_make(email=email, name=name, password=password, demo=True, installer=role in KEEPERS)
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
    for name in dict.fromkeys([*users, *INVENTORS]):
        user = users.get(name)
        email = user.email if user else f"{name.split()[0].lower()}@northbridge.example".encode("ascii", "ignore").decode()
        native = "陈思远" if name == "Chen Siyuan" else "田中芽衣" if name == "Mei Tanaka" else ""
        made[name] = people.person_create(
            actor=actor, name=name, name_native=native, email=email, unit=units.get(INVENTORS.get(name, "")), user=user
        )
    return made


# --- the records -----------------------------------------------------------------------------------------------------------------------


@dataclass
class Planned:
    """A record to bring in, and what people add to it."""

    record: AssetRecord
    unit: str
    inventors: str = ""
    tags: str = ""
    links: list[tuple[str, str]] = field(default_factory=list)  # kind, key of the other record
    more: dict[str, Any] = field(default_factory=dict)


def _number(rng: random.Random, office: str, right: str, filed: date) -> str:
    """A number as the office would have given it."""
    six, seven = rng.randrange(100_000, 999_999), rng.randrange(1_000_000, 9_999_999)
    kinds = {"utility_model": "2", "design": "3", "trade_mark": "7"}
    forms = {
        "EP": f"EP{filed:%y}{six}", "CN": f"CN{filed:%Y}{kinds.get(right, '1')}{seven}", "DE": f"DE{20 if right == 'utility_model' else 10}{filed:%Y}{six}",
        "US": f"US18{six}", "WO": f"PCT/EP{filed:%Y}/{six:06d}", "EM": f"EM0{18_000_000 + six}", "CPVO": f"CPVO {filed:%Y}/{six % 10_000:04d}",
    }  # fmt: skip
    return forms.get(office, f"{office}{filed:%Y}{six}")


def _record(rng: random.Random, office: str, right: str, filed: date, title: str, **more: Any) -> AssetRecord:
    text = more.pop("number", None) or _number(rng, office, right, filed)
    known = parse_number(text, office) if right in ("patent", "utility_model", "design") and office != "EM" else None
    return AssetRecord(
        place="", office=office, number=known.display if known else text, key=known.key if known else "".join(text.split()), right=right, title=title,
        filed_on=filed, **more,
    )  # fmt: skip


def _families(on: date) -> list[Planned]:
    """Each invention as a European application, with those that followed it in other offices."""
    rng, plan = random.Random(7), []  # noqa: S311 - invents records, guards nothing
    for number, (title, unit, age, offices, inventors, tags) in enumerate(TITLES):
        filed = on - timedelta(days=age)
        family = f"F-{filed:%Y}-{number + 1:03d}"
        owners = [NAME, PARTNER] if number % 6 == 0 else [NAME]
        common: dict[str, Any] = {"owners": owners, "agents": [AGENT], "family": family, "technical_field": dict(UNITS)[unit]}
        first = _record(rng, "EP", "patent", filed, title, events=_european(on, rng, number, filed), **common)
        if age > 1850:
            first.granted_on = filed + timedelta(days=1720 + number)
            first.status = "granted"
        first.published_on = filed + timedelta(days=550) if age > 550 else None
        plan.append(Planned(first, unit, inventors, tags, more={"funding": FUNDING[number % 6]}))
        for office, days in (("US", 360), ("CN", 362), ("DE", 363)):
            if office in offices.split() and filed + timedelta(days=days) < on - timedelta(days=30):
                plan.append(_follower(on, rng, office, filed, filed + timedelta(days=days), title, common, first.key, unit, inventors, tags))
    plan.append(_divisional(on, rng, plan[0]))
    return plan


def _european(on: date, rng: random.Random, number: int, filed: date) -> list[EventRecord]:
    """What an office and a register would have recorded of a European application of this age."""
    age = (on - filed).days
    steps = [(20, "filing_fee_paid", "", {})] if age > 40 else []
    steps += [(550, "publication", "", {}), (560, "search_report_published", "", {}), (700, "examination_request", "", {})]
    steps += [(365 * year - 20, "renewal_paid", "", {"year": str(year + 1)}) for year in range(2, 9)]
    if age > 1850:
        steps += [(1200, "office_action_1", "electronic", {}), (1290, "response_filed", "", {}), (1560, "intention_to_grant", "electronic", {}), (1650, "grant_fee_paid", "", {})]
    elif 1850 > age > 860:
        # A reply is wanted around today: some late, some within the week, some in the coming weeks.
        wanted = on + timedelta(days=(-4, 1, 5, 12, 19, 26, 33)[number % 7])
        steps.append(((date.fromordinal(add_months(wanted.toordinal(), -4)) - filed).days, "office_action_1", "electronic", {}))
    return [EventRecord(kind, filed + timedelta(days=days), by, facts) for days, kind, by, facts in sorted(steps, key=lambda step: step[:2]) if days < age - 5]


def _follower(on: date, rng: random.Random, office: str, first: date, filed: date, title: str, common: dict[str, Any], key: str, unit: str, inventors: str,
              tags: str) -> Planned:  # fmt: skip
    """A later application in another office that claims the priority of the first."""
    age, events = (on - filed).days, [EventRecord("priority", first)]
    agent = SECOND_AGENT if office == "CN" else AGENT
    record = _record(rng, office, "patent", filed, title, events=events, **{**common, "agents": [agent]})
    record.published_on = first + timedelta(days=550) if age > 220 else None
    if office in ("US", "CN") and age > 1000:
        record.granted_on, record.status = filed + timedelta(days=rng.randrange(760, 980)), "granted"
    events += [EventRecord("filing_fee_paid", filed + timedelta(days=10))]
    if office == "CN":
        events.append(EventRecord("examination_request", filed + timedelta(days=180)) if age > 200 else EventRecord("filing_receipt", filed + timedelta(days=8), "electronic"))
    if office == "DE" and age > 800:
        events.append(EventRecord("examination_request", filed + timedelta(days=600)))
    years = range(3, 21) if office == "DE" else range(2, 21) if office == "CN" and record.granted_on else ()
    for year in years:
        due = date.fromordinal(add_months(filed.toordinal(), 12 * (year - 1)))
        if due < on - timedelta(days=40) and (office == "DE" or (record.granted_on and due > record.granted_on)):
            events.append(EventRecord("renewal_paid", due + timedelta(days=12), "", {"year": str(year)}))
    if office == "US" and not record.granted_on and age > 500:
        events.append(EventRecord("office_action_1", on - timedelta(days=60), "electronic"))
    return Planned(record, unit, inventors, tags, links=[("priority", key)])


def _divisional(on: date, rng: random.Random, parent: Planned) -> Planned:
    """A second application cut from the first one, with its parent's date."""
    filed = on - timedelta(days=260)
    base = parent.record
    record = _record(
        rng, "EP", "patent", filed, f"{base.title}, separator layer", owners=base.owners, agents=base.agents, family=base.family, technical_field=base.technical_field,
        events=[EventRecord("divisional_filing", filed), EventRecord("filing_fee_paid", filed + timedelta(days=12))],
    )  # fmt: skip
    return Planned(record, parent.unit, parent.inventors, parent.tags, links=[("divisional", base.key)])


def _specials(on: date) -> list[Planned]:
    """Every other kind of right and state, and dates that fall late or soon whatever the day is."""
    rng = random.Random(11)  # noqa: S311 - invents records, guards nothing

    def back(months: int, days: int = 0) -> date:
        return date.fromordinal(add_months((on + timedelta(days=days)).toordinal(), -months))

    own: dict[str, Any] = {"owners": [NAME], "agents": [AGENT]}
    cn: dict[str, Any] = {"owners": [NAME], "agents": [SECOND_AGENT]}
    annuity, maintained = back(72, -10), back(42, -9)
    plan = [
        Planned(_record(rng, "CN", "patent", annuity, "Catheter with shape memory", granted_on=annuity + timedelta(days=900), status="granted", family="F-2020-090",
                        events=[EventRecord("examination_request", annuity + timedelta(days=100)),
                                *(EventRecord("renewal_paid", date.fromordinal(add_months(annuity.toordinal(), 12 * (y - 1))) - timedelta(days=9), "", {"year": str(y)}) for y in range(4, 7))],
                        **cn), "MED", "Ruud van der Meulen 1", "medical", more={"titles": {"zh-hans": "形状记忆导管"}}),
        Planned(_record(rng, "US", "patent", back(66, -9), "Microfluidic droplet valve", granted_on=maintained, status="granted", family="F-2021-091", **own),
                "MAT", "Mei Tanaka 1", "process"),
        Planned(_record(rng, "WO", "patent", back(17), "Aerogel from recycled glass", family="F-2024-092", designated=["EP", "US", "CN", "JP"],
                        events=[EventRecord("priority", back(29, 14)), EventRecord("international_filing", back(17)), EventRecord("search_report_sent", back(9))], **own),
                "MAT", "Hanna Lindqvist 3/4, Mei Tanaka 1/4", "energy, licensed", more={"funding": "Horizon grant 101058732"}),
        Planned(_record(rng, "EM", "trade_mark", back(117, 20), "NORTHBRIDGE (word mark)", status="granted", number="EM 016 045 912",
                        events=[EventRecord("registration", back(111))], **own), "CSE", tags="brand"),
        Planned(_record(rng, "CN", "trade_mark", back(10), "CATHFLEX (word mark, class 10)", number="CN 79114520",
                        events=[EventRecord("refusal", on - timedelta(days=8), "electronic")], **cn), "MED", tags="brand"),
        Planned(_record(rng, "EM", "design", back(57), "Handheld spectrometer", status="granted", number="EM 009 017 331-0001", events=[EventRecord("registration", back(57))], **own),
                "PHO", "Zofia Wójcik 1", "design"),
        Planned(_record(rng, "CN", "design", back(26), "Wrist sensor housing", status="granted", granted_on=back(20), **cn), "MED", "Katarzyna Łuczak 1", "design"),
        Planned(_record(rng, "DE", "utility_model", back(34), "Quick clamp for optical benches", status="granted", events=[EventRecord("registration", back(31))], **own), "PHO", "Jonas Weiß 1"),
        Planned(_record(rng, "CN", "utility_model", back(20), "Stackable incubator tray", status="granted", granted_on=back(12), **cn), "BIO", "Álvaro Prieto 1"),
        Planned(_record(rng, "CN", "software_copyright", back(14), "StrainLab analysis software 2.0", status="granted", number="2025SR0412345",
                        events=[EventRecord("completion", back(20)), EventRecord("registration", back(13))], **cn), "CSE", "Leonie Groß 1", "software"),
        Planned(_record(rng, "CPVO", "plant_variety", back(30), "Barley 'Halina'", status="granted", granted_on=back(6), events=[EventRecord("grant", back(6))], **own),
                "BIO", "Álvaro Prieto 1", "agriculture"),
        Planned(_record(rng, "CN", "ic_layout", back(9), "Neural decoder, layout-design", number="BS.25500123.4",
                        events=[EventRecord("first_exploitation", back(22, 40))], **cn), "CSE", "Leonie Groß 1/2, Zofia Wójcik 1/2"),
        Planned(_record(rng, "NL", "know_how", back(40), "Sintering schedule for graded electrolytes", number="KH-2023-004", owners=[NAME], status="granted"), "ELC",
                "Hanna Lindqvist 1/2, Chen Siyuan 1/2", "battery", more={"confidential": True}),
        Planned(_unitary(rng, back, own), "PHO", "Jonas Weiß 1", "sensor"),
        Planned(_record(rng, "EP", "patent", back(61), "Directional tidal turbine blade", status="granted", **own), "MAT", "Mei Tanaka 1", "energy"),
        Planned(_record(rng, "EP", "patent", back(88), "Recyclable thermoset composite", status="ended", events=[EventRecord("abandoned", back(5))], **own), "MAT", "Mei Tanaka 1"),
        Planned(_record(rng, "US", "patent", back(50), "Quantum dot calibration target", status="ended", events=[EventRecord("lapsed", back(3))], **own), "PHO", "Zofia Wójcik 1"),
        Planned(_record(rng, "DE", "patent", back(7), "Gradient coil with low noise", owners=[NAME]), "MED"),
    ]  # fmt: skip
    return plan


def _unitary(rng: random.Random, back: Any, own: dict[str, Any]) -> AssetRecord:
    filed = back(80)
    paid = [EventRecord("renewal_paid", date.fromordinal(add_months(filed.toordinal(), 12 * (y - 1))), "", {"year": str(y)}) for y in range(3, 8)]
    return _record(rng, "UP", "unitary", filed, "Optical trap for single cells", status="granted", granted_on=back(20), number="UP 3 912 345",
                   events=[EventRecord("unitary_registered", back(19)), *paid], **own)  # fmt: skip


# --- bringing them in ---------------------------------------------------------------------------------------------------------------------


def _bring_in(actor: access.Actor, plan: list[Planned], known_since: date) -> dict[str, Asset]:
    """The records as an import brings them in: in one batch; by the key of their number."""
    for one in plan:
        one.record.inventors = [name for name, _share in _shares(one.inventors)]
    bulk = assets.Bulk(on=known_since, own=NAME, short=SHORT)
    with audit.batch(by=actor, verb="asset.import", why="Portfolio of the demonstration", objects=len(plan)) as work:
        ids = assets.assets_add(work, [one.record for one in plan], bulk)
    stored = Asset.objects.in_bulk(ids)
    return {one.record.key: stored[pk] for one, pk in zip(plan, ids, strict=True)}


def _shares(text: str) -> list[tuple[str, Fraction]]:
    parts = [part.strip().rpartition(" ") for part in text.split(",") if part.strip()]
    return [(name, Fraction(share)) for name, _space, share in parts]


def _dress(actor: access.Actor, plan: list[Planned], made: dict[str, Asset], units: dict[str, Unit], persons: dict[str, Person]) -> None:
    """What a file does not tell: unit, holder, tags, funding, links within the house, exact shares."""
    preferences.choose("assets.fields", ["Readiness: choice 1, 2, 3, 4, 5, 6, 7, 8, 9", "Project code"], actor=actor)
    changed, matters, rows = [], [], []
    for number, one in enumerate(plan):
        asset = made[one.record.key]
        asset.unit = units[one.unit]
        asset.holder = persons["Tomás Ferreira" if number % 5 == 3 else "Marta Kowalczyk"] if number != len(plan) - 1 else None
        asset.tags = [tag.strip() for tag in one.tags.split(",") if tag.strip()]
        asset.custom = {"Readiness": str(3 + number % 5)} if one.record.right == "patent" and number % 3 == 0 else {}
        for name, value in one.more.items():
            setattr(asset, name, value)
        asset.agent_reference = f"P{84_000 + 17 * number}" if asset.agent_id else ""
        changed.append(asset)
    with audit.batch(by=actor, verb="asset.update", why="Units, holders and tags", objects=len(changed)) as work:
        work.change(changed, ["unit", "holder", "tags", "custom", "funding", "confidential", "titles", "agent_reference"])
        of = {asset.matter_id: asset for asset in changed}
        for matter in Matter.objects.filter(pk__in=of):
            matter.unit, matter.holder = of[matter.pk].unit, of[matter.pk].holder
            matters.append(matter)
        work.change(matters, ["unit", "holder"])
        for row in Deadline.objects.filter(matter_id__in=of, waiting=True):
            row.holder = of[row.matter_id].holder
            rows.append(row)
        work.change(rows, ["holder"])
    for family in Family.objects.filter(title__endswith=", separator layer"):
        assets.family_update(actor=actor, obj=family, title=family.title.removesuffix(", separator layer"))
    for one in plan:
        asset = made[one.record.key]
        if one.inventors:
            assets.inventors_set(actor=actor, asset=asset, shares=[(persons[name], share) for name, share in _shares(one.inventors)])
        if PARTNER in one.record.owners:
            partner = Organisation.objects.get(name=PARTNER)
            assets.owners_set(actor=actor, asset=asset, shares=[(None, Fraction(3, 4)), (partner, Fraction(1, 4))], on=one.record.filed_on)
        for kind, key in one.links:
            assets.link_add(actor=actor, asset=asset, kind=kind, other=made[key])


def _agents(actor: access.Actor, persons: dict[str, Person]) -> None:
    agent = Organisation.objects.get(name=AGENT)
    people.organisation_update(actor=actor, obj=agent, country="DE")
    people.person_update(actor=actor, obj=persons["Aoife Brennan"], organisation=agent)


def _settle(actor: access.Actor, on: date) -> None:
    """What passed before the last days was done in time; what passed since is late, as in life."""
    rng = random.Random(3)  # noqa: S311 - invents days, guards nothing
    late = set(Deadline.objects.filter(state="open", due__gte=on - timedelta(days=12), due__lt=on, statutory=True).order_by("-due", "pk").values_list("pk", flat=True)[:5])
    past = list(Deadline.objects.filter(state="open", due__lt=on).exclude(pk__in=late).order_by("due", "pk"))
    for row in past:
        row.state, row.done_on, row.done_reference = "done", row.due - timedelta(days=rng.randrange(1, 20)), f"R-{row.due:%Y}-{row.pk % 1000:03d}"
    with audit.batch(by=actor, verb="deadline.done", why="As the agents' statements say", objects=len(past)) as work:
        work.change(past, ["state", "done_on", "done_reference"])
    assets.next_due_copy(actor=actor, matters=dict.fromkeys(Matter.objects.values_list("pk", flat=True)))


# --- what people did with them ---------------------------------------------------------------------------------------------------------------

_PAPER = """
#set page(width: 15cm, height: 21cm, margin: 2cm)
#set text(size: 10pt)
#text(14pt, weight: "bold")[Communication pursuant to Article 94(3) EPC]
#v(6pt)
Application 22 150 631.4. Applicant: Northbridge University.
#v(6pt)
The examination of the application has shown that the subject-matter of claim 1 is new. Claim 1 lacks an inventive step over the combination of D1 and D2. The applicant is
invited to reply within four months. #lorem(160)
"""
_DRAWING = """
#set page(width: 12cm, height: 8cm, margin: 8mm)
#set text(size: 8pt)
#for i in range(6) [#place(dx: 8mm + i * 14mm, dy: 8mm, rect(width: 12mm, height: 44mm, fill: luma(245 - i * 22), stroke: 0.5pt))]
#place(dx: 8mm, dy: 56mm)[Fig. 1: six layers of rising conductivity, from anode (left) to cathode]
"""


#: In a process of its own: the threads typst begins do not live on in the web processes that are forked from this one, where every paper would wait for them.
_TYPESET = "import sys, typst; sys.stdout.buffer.write(typst.compile(sys.stdin.buffer.read(), format=sys.argv[1]))"


def typeset(source: str, kind: str = "pdf") -> bytes:
    """A paper or a picture of Typst source, as a process that web processes are forked from may make it. kind: pdf or png."""
    done = subprocess.run([sys.executable, "-c", _TYPESET, kind], input=source.encode(), capture_output=True, check=True)  # noqa: S603 - our own program
    return done.stdout


def _details(office: access.Actor, made: dict[str, Asset], on: date) -> None:
    """Costs, notes and files of a few assets."""
    rows = list(made.values())
    first = rows[0]
    agent = Organisation.objects.get(name=AGENT)
    for number, asset in enumerate(rows[:14]):
        day = (asset.filed_on or on) + timedelta(days=14)
        assets.cost_add(actor=office, asset=asset, on=day, kind="official", amount=(1_350_00, 1_820_00, 3_450_00)[number % 3], currency="EUR", note="Filing and search")
        if number % 2 == 0:
            assets.cost_add(actor=office, asset=asset, on=day, kind="agent", amount=4_100_00 + 37_00 * number, currency="EUR", supplier=agent, invoice=f"BO-{20_100 + number}")
    assets.cost_add(actor=office, asset=first, on=on - timedelta(days=253), kind="official", amount=1_000_00, currency="EUR", note="Renewal fee, year 4")
    assets.cost_add(actor=office, asset=first, on=on - timedelta(days=120), kind="translation", amount=612_00, currency="USD", supplier=agent)
    assets.note_add(actor=office, asset=first, text="Halden Cells asked for an exclusive option; keep every member alive until they decide.")
    assets.note_add(actor=office, asset=rows[3], text="Licensed to DermaVia; they pay the annual fees against our invoice.")
    assets.note_add(actor=office, asset=rows[8], text=BIRTH)
    files = [
        (first, ContentFile(typeset(_PAPER), name="communication-94-3.pdf"), "Communication under Art. 94(3)", False),
        (first, ContentFile(typeset(_DRAWING, "png"), name="figure-1.png"), "Drawing, figure 1", False),
        (first, ContentFile(b"Freedom to operate, first view\n\nD1 ends in 2031 in Germany. No right in force in the Netherlands was found.\n", name="freedom-to-operate.txt"),
         "Freedom to operate", True),
        (rows[1], ContentFile(b"Claim 1 as amended:\n1. A catheter comprising a tip whose stiffness adapts to the vessel ...\n", name="claims-as-amended.txt"), "Claims as amended", False),
    ]  # fmt: skip
    for asset, content, title, confidential in files:
        assets.attach(actor=office, obj=asset, file=content, title=title, confidential=confidential)


def _today(office: access.Actor, director: access.Actor, on: date) -> None:
    """What is under way: instructions and an order list, a question to the inventors, a snooze, an extension, a confirmation, a waiver, a correction."""
    waiting = Deadline.objects.filter(state="open", due__gte=on).select_related("matter").order_by("due", "pk")
    fees = list(waiting.filter(rule__in=["EP-REN", "DE-REN", "CN-ANNUITY", "US-MAINT", "UP-REN"], due__lt=on + timedelta(days=240)))
    for row in fees[:7]:
        docket.deadline_instruct(actor=office, obj=row, instruction="pay")
    docket.orders_make(actor=office, ids=[row.pk for row in fees[:5]], on=on - timedelta(days=2))
    hannas = [row for row in fees[7:] if row.matter.asset.inventorships.filter(person__name="Hanna Lindqvist").exists()]
    for row in hannas[:2]:
        docket.deadline_instruct(actor=office, obj=row, instruction="ask", why="Is a licensee in sight for this one?")
    replies = list(waiting.filter(rule__in=["EP-OA", "US-OA", "CN-OA2"])[:6])
    if replies:
        docket.deadline_confirm(actor=director, obj=replies[-1])
    american = next((row for row in replies if row.rule == "US-OA"), None)
    if american is not None:
        docket.deadline_extend(actor=office, obj=american, months=1, why="Agent needs the new figures")
    later = waiting.filter(due__gte=on + timedelta(days=20), due__lt=on + timedelta(days=60), holder__user_id=office.user_id).exclude(instruction="pay").last()
    if later is not None:
        docket.deadline_snooze(actor=office, obj=later, until=on + timedelta(days=9))
    lapsing = waiting.filter(rule="CN-GRACE").first() or waiting.filter(statutory=True, due__gte=on + timedelta(days=90), instruction="").first()
    if lapsing is not None:
        docket.deadline_waive(actor=office, obj=lapsing, why="The committee decided on 3 May to let it pass")
    _correction(office, on)


def _correction(office: access.Actor, on: date) -> None:
    """An event recorded with a wrong day, and put right."""
    matter = Matter.objects.filter(office="DE", right="patent", closed_on=None).order_by("-pk").first()
    if matter is None:
        return
    wrong = docket.event_record(actor=office, matter=matter, draft=EventDraft("office_action_1", on - timedelta(days=40), by="post"))
    docket.event_record(actor=office, matter=matter, draft=EventDraft("office_action_1", on - timedelta(days=36), by="post", note="The envelope shows the later day"), replaces=wrong)
