"""Offers in the demonstration: four of the house on their way, and what an invented university elsewhere handed over in a signed package."""

from __future__ import annotations

import base64
import io
import uuid
from datetime import date, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from causeway.engines.practice import shipped_practice
from causeway.frame import access
from causeway.frame.access import Actor
from causeway.rooms.assets.models import Asset
from causeway.rooms.network.models import Installation, Offer
from causeway.rooms.network.services import exchange, offers, package
from causeway.rooms.network.services.questionnaires import digest

#: Title of the asset it begins from, words of the offer, and how far it is.
OFFERS: list[tuple[str, dict[str, Any], str]] = [
    ("Graded solid electrolyte for lithium cells", {
        "title": "Solid electrolyte that tolerates bending", "areas": ["energy", "materials"], "readiness": 5, "seeks": ["licence", "partner"], "sought": "Cell maker for a pilot line",
        "text": "Ceramic layers keep lithium cells from burning, but they crack when a cell swells.\nOurs changes its composition through the thickness: hard towards the lithium, yielding in the middle. Cells in the laboratory kept their capacity over 4,000 bends at room temperature. The layer is made on coating lines that exist today.",
        "rights": "EP 4 318 207 A1\nUS 2024/0204311 A1",
    }, "shared"),
    ("Photonic strain gauge", {
        "title": "Strain gauge read by light, for places where wires fail", "areas": ["sensing", "building"], "readiness": 7, "seeks": ["licence"], "sought": "Maker of sensors for bridges or wind turbines, not exclusive",
        "text": "A line written into glass fibre changes colour when it is pulled. It needs no current where it measures, does not mind lightning, and one fibre carries sixty gauges.\nTwo bridges have worn it for three winters; the readings agree with the old gauges to two parts in a thousand.",
        "rights": "EP 4 021 566 B1\nCN 114 872 103 B",
    }, "shared"),
    ("Flow-cell microreactor", {
        "title": "Reactor the size of a coin for reactions that are too fast for a flask", "areas": ["chemistry", "machines"], "readiness": 6, "seeks": ["partner", "research"], "sought": "",
        "text": "Channels as wide as a hair mix two liquids within a millisecond, so that heat leaves before the product spoils. Plates are stacked for more.\nShown for three nitrations and one polymer, at a litre an hour.",
        "rights": "EP 4 055 118 B1",
    }, "submitted"),
    ("Low-drift pH electrode", {
        "title": "pH electrode that needs no calibration for a year", "areas": ["sensing", "environment"], "readiness": 4, "seeks": ["investor", "founder"], "sought": "",
        "text": "", "rights": "",
    }, "draft"),
]  # fmt: skip
OFFICE = "Technology Transfer Office\nNorthbridge University, 14 Quay Street\ntransfer@northbridge.example"

SENDER, SENDER_OFFICE = "Aalmere University", "Knowledge Transfer, Aalmere University\nStationsplein 3, Aalmere\ntransfer@aalmere.example"
THEIRS: list[dict[str, Any]] = [
    {"title": "Foam from birch pulp for packaging", "areas": ["environment", "materials"], "readiness": 6, "seeks": ["founder", "investor"], "sought": "Founder with experience in packaging",
     "text": "Cushions like polystyrene, rots in a garden within twelve weeks, and is moulded in presses that exist.\nA maker of lamps has shipped 30,000 parcels with it.", "rights": ["EP 3 998 314 B1"]},
    {"title": "Test for early kidney damage from a drop of urine", "areas": ["health", "sensing"], "readiness": 5, "seeks": ["exclusive"], "sought": "Maker of diagnostics with its own approval",
     "text": "Finds two proteins that appear months before today's test turns.\n412 patients of three hospitals were followed for two years; of those who fell ill, nine in ten had been found.", "rights": ["WO 2023/118 442 A1"]},
    {"title": "Timetables that mend themselves", "areas": ["software", "transport"], "readiness": 8, "seeks": ["licence", "partner"], "sought": "Operators of buses or trams",
     "text": "When a vehicle fails, the program changes the plan of the whole line within a second, by rules the dispatcher can read.\nIn daily use with one operator since last spring. Source code and know-how come with the licence.", "rights": []},
]  # fmt: skip


def make(office: Actor, director: Actor, on: date) -> None:
    """The offers of the house, then a package of the other university, confirmed and taken."""
    for title, words, state in OFFERS:
        _own(office, director, on, title, words, state)
    _handed_over(director, on)


def _own(office: Actor, director: Actor, on: date, title: str, words: dict[str, Any], state: str) -> Offer:
    asset = Asset.objects.filter(title=title, office="EP").order_by("filed_on", "pk").first()
    assert asset is not None
    made = offers.offer_from_asset(actor=office, asset=asset)
    values = {**words, "office": OFFICE, "languages": ["en", "nl"], "valid_until": on + timedelta(days=400), "person": "Marta Kowalczyk", "person_email": "marta.kowalczyk@northbridge.example"}
    made = offers.offer_update(actor=office, obj=made, **values, person_agreed=state == "shared")
    if state != "draft":
        offers.offer_submit(actor=office, obj=made)
    if state == "shared":
        offers.offer_share(actor=director, obj=made, public=True)
    return made


def _handed_over(director: Actor, on: date) -> None:
    """What a package of another installation brought: three offers, a clean pack and one with faults. Its key is made for this moment and thrown away."""
    key = Ed25519PrivateKey.generate()
    records = {"offer": [_record(one, on) for one in THEIRS], "pack": [_pack("2026.2-aalmere", True), _pack("2026.3-aalmere", False)]}
    data = package.write(name=SENDER, to="", sequence=1, made_at=on.isoformat(), records=records, key=key)
    try:
        exchange.package_take(actor=director, source=io.BytesIO(data), size=len(data))
    except package.Stranger:
        exchange.installation_trust(actor=access.system(director.university_id), fingerprint=package.fingerprint(base64.b64encode(key.public_key().public_bytes_raw()).decode()))
    exchange.package_take(actor=director, source=io.BytesIO(data), size=len(data))
    assert Installation.objects.filter(name=SENDER, confirmed_at__isnull=False).exists()


def _record(said: dict[str, Any], on: date) -> dict[str, Any]:
    content = {**said, "language": "en", "languages": ["en", "nl"], "office": SENDER_OFFICE}
    return {"key": str(uuid.uuid5(uuid.NAMESPACE_URL, said["title"])), "version": 1, "source_name": SENDER, "title": said["title"], "country": "NL", "released_by": "",
            "valid_until": (on + timedelta(days=300)).isoformat(), "content": content, "sha256": digest(content)}  # fmt: skip


def _pack(version: str, clean: bool) -> dict[str, Any]:
    """A practice of the guide as another house changed it; the second version names a source that it does not list."""
    shipped = next(pack for pack in shipped_practice() if pack.id == "guide-thu-five-one")
    files = dict(shipped.texts)
    files["pack.yaml"] = files["pack.yaml"].replace(f"version: '{shipped.version}'", f"version: '{version}'")
    files["CHANGELOG.md"] += f"\n## {version}\n\nAs Aalmere University practises it.\n"
    if not clean:
        first = next(name for name in sorted(files) if name.startswith("values/") and "basis: [" in files[name])
        files[first] = files[first].replace("basis: [", "basis: [AALMERE-2025, ", 1)
    return {"name": shipped.id, "files": files}
