"""Brings the research spending of US universities (NSF HERD, public data) into a benchmark."""

from __future__ import annotations

import csv
import hashlib
from fractions import Fraction
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from causeway.engines.matching import fold_name
from causeway.frame import shared
from causeway.rooms.network.mapping.figures import stored
from causeway.rooms.network.models import Collection, Contribution, Edition, Institution, InstitutionName, PeerGroup, RegistryLoad
from causeway.rooms.network.services.benchmarks import edition_compute
from causeway.rooms.network.services.registry import Loaded, UnreadableRegistry

KEY = "nsf-herd"
_NAME, _TOTAL, _BUSINESS = "Academic.Institution..Campus.Level..survey.specific.", "Total.R.D.Expenditures.in.All.Fields.Sum.", "Business.Financed.R.D.Expenditures.Sum."
#: Figures are told in thousands of dollars.
_FIGURES = {"IN01": _TOTAL, "IN02": _BUSINESS}
_FIELDS = ["digits", "places", "currency", "state", "institution", "name", "country"]


def is_herd(path: Path) -> bool:
    """Whether a file is a table of the HERD survey."""
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            return {_NAME, _TOTAL, "Year"} <= set(next(csv.reader(file), []))
    except (OSError, csv.Error):
        return False


@transaction.atomic
def herd_load(path: Path) -> Loaded:
    """Load the spending of each university and year, and publish the benchmark anew. A university that stands under several places is counted once.

    Raises `UnreadableRegistry` for a file that cannot be read.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            rows = [(reader.line_num, row) for row in reader]
    except (UnicodeDecodeError, csv.Error) as fault:
        raise UnreadableRegistry(_("The file cannot be read as text in UTF-8 with commas: %(why)s") % {"why": fault}) from fault
    collection = _collection()
    known = {(one.origin, one.figure, one.year): one for one in Contribution.objects.filter(collection=collection)}
    names = _names()
    made: dict[tuple[str, str, int], Contribution] = {}
    differing: list[Contribution] = []
    problems: list[tuple[int, str]] = []
    for line, row in rows:
        fault = _take(row, collection, known, names, made, differing)
        if fault:
            problems.append((line, fault))
    created, changed = shared.put(Contribution, differing, _FIELDS)
    counts = {"read": len(rows), "figures": len(made), "created": created, "updated": changed, "universities": len({key[0] for key in made}), "rejected": len(problems)}
    shared.put(RegistryLoad, [RegistryLoad(registry="herd", file=path.name[:255], sha256=hashlib.sha256(path.read_bytes()).hexdigest(), counts=counts)], [])
    if created or changed or not Edition.objects.filter(collection=collection).exists():
        edition_compute(collection, by="", actor=None)
    return Loaded("herd", counts, problems)


def _collection() -> Collection:
    found = Collection.objects.filter(key=KEY).first()
    if found is not None:
        return found
    about = "Research spending by campus, from the Higher Education Research and Development Survey of the US National Science Foundation. Public data."
    made = Collection(key=KEY, title="US universities: research spending", about=about, currency="USD", public=True)
    shared.put(Collection, [made], [])
    bounds = [("large", "From 500 million dollars a year", "500000000", ""), ("middle", "100 to 500 million dollars a year", "100000000", "500000000"), ("small", "Under 100 million dollars a year", "", "100000000")]  # fmt: skip
    groups = [PeerGroup(collection=made, key="all", title="All universities", rule={}, place=0)]
    groups += [PeerGroup(collection=made, key=key, title=title, rule={"figure": "IN01", "from": least, "below": most}, place=place) for place, (key, title, least, most) in enumerate(bounds, 1)]
    shared.put(PeerGroup, groups, [])
    return made


def _names() -> dict[str, Institution | None]:
    """Institutions of the United States by folded name; None where a name is not of one alone."""
    made: dict[str, Institution | None] = {}
    for name in InstitutionName.objects.filter(institution__country="US").exclude(kind="acronym").select_related("institution"):
        key = fold_name(name.text)
        made[key] = name.institution if made.get(key, name.institution) == name.institution else None
    return made


def _take(row: dict[str, str], collection: Collection, known: dict, names: dict[str, Institution | None], made: dict, differing: list) -> str:
    """Take a row's figures; returns what is wrong with it, if anything."""
    name, code, year = (row.get(_NAME) or "").strip(), (row.get("RDINST") or row.get("fice") or "").strip(), (row.get("Year") or "").strip()
    if not name or not code or not year.isdigit() or len(year) != 4:
        return _("There is no name, no number of the university, or no year.")
    for figure, column in _FIGURES.items():
        text = (row.get(column) or "").strip()
        if text in ("", "NA"):
            continue
        try:
            digits, places = stored(Fraction(text) * 1000)
        except (ValueError, ZeroDivisionError):
            return _("“%(value)s” is no amount.") % {"value": text[:40]}
        key = (f"nsf:{code}", figure, int(year))
        if key in made:
            if made[key].digits != digits:
                return _("It stood further up with another amount.")
            continue
        one = known.get(key) or Contribution(collection=collection, origin=key[0], figure=figure, year=key[2])
        before = (one.pk, one.digits, one.name, one.institution_id)
        one.digits, one.places, one.currency, one.name, one.country = digits, places, "USD", name[:300], "US"
        one.institution = names.get(fold_name(name))
        made[key] = one
        if before != (one.pk, one.digits, one.name, one.institution_id) or not one.pk:
            differing.append(one)
    return ""
