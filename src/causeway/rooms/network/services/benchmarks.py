"""Benchmarks: what contributes, which peer groups, and editions whose figures give nobody away."""

from __future__ import annotations

import hashlib
import hmac
import json
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from causeway.engines.indicators import FLOOR, Catalogue, Figure, Withheld, completed, per, quartiles, reachable, released, shipped_catalogue
from causeway.engines.indicators.benchmark import NORMS, repeats
from causeway.frame import access, audit, db, jobs, shared
from causeway.frame.access import Actor
from causeway.frame.models import Job
from causeway.rooms.network.access.benchmarks import coordinator
from causeway.rooms.network.mapping.figures import figure_of
from causeway.rooms.network.models import Collection, Contribution, Edition, EditionCell, EditionTrail, PeerGroup

#: An edition asks for each figure, norm, group and year; more of them is a mistake.
MOST_CELLS = 200_000
#: Told how many of how many figures are done.
Tell = Callable[[int, int], None]


def quiet(_done: int, _total: int) -> None:
    """For work that nobody watches."""


def group_save(*, actor: Actor, collection: Collection, key: str, title: str, rule: dict[str, Any], place: int = 0) -> PeerGroup:
    """Say who is in a peer group. It counts from the next edition on; what was published stays.

    rule: {} for all; {"countries": ["CN"]}; {"origins": [...]} by name; {"figure": "IN01", "from": "100000000", "below": ""} by size.
    """
    access.require(actor, "benchmark.group", collection)
    if set(rule) - {"countries", "origins", "figure", "from", "below"} or (rule.get("figure") and rule["figure"] not in shipped_catalogue().parts):
        raise ValidationError({"rule": _("A group is made of all, of countries, of named universities, or by the size of a figure.")})
    found = PeerGroup.objects.filter(collection=collection, key=key).first()
    with audit.changing(found or PeerGroup(collection=collection, key=key), by=actor, verb="peergroup.save") as group:
        group.title, group.rule, group.place = title, rule, place
    return group


def rate_set(*, actor: Actor, collection: Collection, currency: str, year: int, rate: str, source: str) -> Collection:
    """Set the yearly average rate of a currency into the collection's, with its source; without one its amounts are left out."""
    access.require(actor, "benchmark.group", collection)
    if not source.strip():
        raise ValidationError({"source": _("Say where the rate comes from.")})
    try:
        if Fraction(rate) <= 0:
            raise ValueError
    except (ValueError, ZeroDivisionError):
        raise ValidationError({"rate": _("A rate is a number above zero.")}) from None
    with audit.changing(collection, by=actor, verb="collection.rate") as collection:
        collection.rates = {**collection.rates, currency: {**collection.rates.get(currency, {}), str(year): {"rate": rate, "source": source}}}
    return collection


def edition_ask(*, actor: Actor, collection: Collection) -> Job:
    """Have the benchmark published as of now, outside the request; asked again while that is under way, it is the same work."""
    _require(actor, collection)
    args = {"collection": collection.pk, "after": last_number(collection), "who": actor.name}
    return jobs.start("network.publish", university=actor.university_id, key=f"network-publish-{collection.pk}", by=actor.user_id, **args)


def edition_publish(*, actor: Actor, collection: Collection, after: int | None = None, tell: Tell = quiet) -> Edition:
    """Publish the benchmark as of now. Figures that would give somebody away, alone or beside earlier editions, are withheld.

    after: the number of the edition that was there when it was asked for; if there is a later one by now, it is the answer. tell: how far it is.
    """
    _require(actor, collection)
    latest = Edition.objects.filter(collection=collection).order_by("-number").first()
    if after is not None and latest is not None and latest.number > after:
        return latest
    return edition_compute(collection, by=actor.name, actor=actor, tell=tell)


def _require(actor: Actor, collection: Collection) -> None:
    access.require(actor, "benchmark.publish", collection)
    if not coordinator(actor) and actor.kind != "system":
        raise access.Refused(_("Only the coordinator of the network publishes benchmarks."))


def last_number(collection: Collection) -> int:
    """The number of the latest edition; 0 where there is none."""
    return Edition.objects.filter(collection=collection).aggregate(last=Max("number"))["last"] or 0


def edition_compute(collection: Collection, *, by: str, actor: Actor | None, tell: Tell = quiet) -> Edition:
    """Compute and keep an edition; for `edition_publish` and for public data, which no actor publishes.

    Computing takes seconds and locks nothing; what was computed beside another edition of the same moment is not kept.
    """
    before = last_number(collection)
    edition, cells, trails = _computed(collection, tell)
    edition.number, edition.published_by = before + 1, by
    return _kept(edition, cells, trails, before, actor)


def _computed(collection: Collection, tell: Tell) -> tuple[Edition, list[EditionCell], list[EditionTrail]]:
    catalogue = shipped_catalogue()
    table = _table(collection, catalogue)
    groups = list(PeerGroup.objects.filter(collection=collection).order_by("place", "pk")) or [PeerGroup(key="all", title=str(_("All universities")))]
    members = {group.key: _members(group, table) for group in groups}
    given = sorted({figure for years in table["figures"].values() for one in years.values() for figure in one})
    twins = _twins(catalogue)
    earlier = _earlier(collection, {*given, *(figure for pair in twins.items() for figure, _norm in pair)})
    asked = [(figure, norm) for figure in given for norm in NORMS if _fits(catalogue, figure, norm)]
    cells: list[EditionCell] = []
    trails: list[EditionTrail] = []
    key = _key_mark()
    for done, (figure, norm) in enumerate(asked):
        tell(done, len(asked))
        made, trail = _cells(table, figure, norm, members, _held_against((figure, norm), earlier, twins))
        cells += made
        if (figure, norm) in twins and trail:
            earlier[(figure, norm)] = [*earlier.get((figure, norm), []), Trail(trail, True, True)]
        trails += [EditionTrail(figure=figure, norm=norm, data=_packed(trail | {"key": key}))] if trail else []
    if len(cells) > MOST_CELLS:
        raise ValidationError(_("These are more figures, groups and years than one benchmark holds. Take groups away."))
    # How many are in a group would tell of a single one how large it is, where groups are made by size: only what the cells tell is told.
    told = {group.key: max((cell.count for cell in cells if cell.group == group.key), default=0) for group in groups}
    kept = [{"key": group.key, "title": group.title, "count": told[group.key]} for group in groups]
    counts = {"cells": len(cells), "withheld": sum(bool(cell.withheld) for cell in cells), "left_out": table["left_out"]}
    return Edition(collection=collection, groups=kept, counts=counts), cells, trails


@transaction.atomic
def _kept(edition: Edition, cells: list[EditionCell], trails: list[EditionTrail], before: int, actor: Actor | None) -> Edition:
    db.lock(f"network-edition-{edition.collection_id}")
    if last_number(edition.collection) != before:
        raise ValidationError(_("Somebody published this benchmark at the same moment, and the two must not be held against each other. Look at that edition, then publish again."))
    if actor is None:
        shared.put(Edition, [edition], [])
    else:
        with audit.changing(edition, by=actor, verb="benchmark.publish") as edition:
            pass
    for row in [*cells, *trails]:
        row.edition = edition
    shared.put(EditionCell, cells, [])
    shared.put(EditionTrail, trails, [])
    return edition


def _table(collection: Collection, catalogue: Catalogue) -> dict[str, Any]:
    """All contributions: figures by year and origin, in the collection's currency, with those that follow by formula."""
    given: dict[int, dict[str, dict[str, Figure]]] = defaultdict(lambda: defaultdict(dict))
    countries, left_out = {}, 0
    for row in Contribution.objects.filter(collection=collection).only("origin", "country", "figure", "year", "digits", "places", "currency", "state").iterator(5000):
        figure = figure_of(row)
        countries[row.origin] = row.country
        if figure.known and figure.currency and figure.currency != collection.currency:
            rate = collection.rates.get(figure.currency, {}).get(str(row.year))
            if rate is None:
                left_out += 1
                continue
            figure = Figure((figure.number or Fraction(0)) * Fraction(rate["rate"]), collection.currency)
        given[row.year][row.origin][row.figure] = figure
    follow = reachable({id for origins in given.values() for one in origins.values() for id in one}, catalogue)
    figures = {year: {origin: completed(one, catalogue, follow) for origin, one in origins.items()} for year, origins in given.items()}
    turned: dict[int, dict[str, dict[str, Fraction]]] = {}
    for year, origins in figures.items():
        here: dict[str, dict[str, Fraction]] = defaultdict(dict)
        for origin, one in origins.items():
            for id, figure in one.items():
                if figure.known and figure.number is not None:
                    here[id][origin] = figure.number
        turned[year] = dict(here)
    return {"figures": {year: _flip(here) for year, here in turned.items()}, "values": turned, "countries": countries, "left_out": left_out}


def _flip(here: Mapping[str, Mapping[str, Fraction]]) -> dict[str, set[str]]:
    """By origin the figures it gives."""
    made: dict[str, set[str]] = defaultdict(set)
    for id, origins in here.items():
        for origin in origins:
            made[origin].add(id)
    return dict(made)


def _members(group: PeerGroup, table: Mapping[str, Any]) -> set[str]:
    """Who is in a group. A group by size looks at the latest year that a university gave the figure for."""
    everyone = set(table["countries"])
    rule = group.rule
    if rule.get("countries"):
        everyone = {origin for origin in everyone if table["countries"][origin] in rule["countries"]}
    if rule.get("origins"):
        everyone &= set(rule["origins"])
    if rule.get("figure"):
        latest: dict[str, Fraction] = {}
        for year in sorted(table["values"]):
            latest |= table["values"][year].get(rule["figure"], {})
        least, most = rule.get("from"), rule.get("below")
        everyone = {origin for origin in everyone if origin in latest and (not least or latest[origin] >= Fraction(least)) and (not most or latest[origin] < Fraction(most))}
    return everyone


def _fits(catalogue: Catalogue, figure: str, norm: str) -> bool:
    """Whether it makes sense to tell a figure by a norm: ratios and the norm's own base stand as they are."""
    return norm == "none" or (catalogue.parts[figure].unit in ("count", "currency", "FTE") and NORMS[norm][0] != figure)


def _cells(
    table: Mapping[str, Any], figure: str, norm: str, members: Mapping[str, set[str]], earlier: list[Trail]
) -> tuple[list[EditionCell], dict[str, Any]]:  # fmt: skip
    """The cells of a figure under a norm, and the trail of what went out."""
    base, many = NORMS[norm]
    cells, trail = [], {}
    for year in sorted(table["values"]):
        values = table["values"][year].get(figure, {})
        if base:
            below = table["values"][year].get(base, {})
            values = {origin: told for origin, number in values.items() if (told := per(number, below.get(origin), many)) is not None}
        if not values:
            continue
        marks = {origin: _mark(origin, number) for origin, number in values.items()}
        # Larger groups first: they say most, and what is left to the small ones is decided after them.
        order = sorted(members, key=lambda key: (-len(members[key] & values.keys()), key))
        contributions = {key: {(marks[origin][0], marks[origin][1]) for origin in members[key] & values.keys()} for key in order}
        now = dict(marks.values())
        gone = [(one, pairs) for one in earlier for pairs in one.sets.get(str(year), {}).values()]
        # Elsewhere the same university is taken to have told the same, for another currency or rounding makes another digest of it.
        before = [{(who, what if one.own else now.get(who, what)) for who, what in (pair.split("/") for pair in pairs)} for one, pairs in gone if one.readable]
        judged = released({key: contributions[key] for key in order if contributions[key]}, before)
        sealed = any(not one.readable for one, _pairs in gone)
        for key in order:
            withheld = Withheld("difference") if sealed else judged.get(key)
            cell = EditionCell(figure=figure, norm=norm, group=key, year=year)
            if not contributions[key]:
                continue
            if withheld is None:
                found = quartiles(values[origin] for origin in members[key] & values.keys())
                cell.count, cell.low, cell.median, cell.high = found.count, str(found.low), str(found.median), str(found.high)
                trail.setdefault(str(year), {})[key] = sorted("/".join(pair) for pair in contributions[key])
            else:
                cell.withheld = withheld.why
            cells.append(cell)
    return cells, trail


@dataclass(frozen=True)
class Trail:
    """What of a figure went out in an edition: year to group to contributions. own: of the same benchmark; readable: its digests were made with the key of today."""

    sets: dict[str, dict[str, list[str]]]
    own: bool
    readable: bool


def _key_mark() -> str:
    """Tells whether digests were made with the same secret."""
    return hmac.new(settings.SECRET_KEY.encode(), b"key", hashlib.sha256).hexdigest()[:12]


def _mark(origin: str, number: Fraction) -> tuple[str, str]:
    """Who and what as keyed digests; without the installation's secret they tell nothing."""
    key = settings.SECRET_KEY.encode()
    who = hmac.new(key, f"who:{origin}".encode(), hashlib.sha256).hexdigest()[:12]
    return who, hmac.new(key, f"what:{origin}:{number}".encode(), hashlib.sha256).hexdigest()[:12]


def _packed(trail: Mapping[str, Any]) -> bytes:
    return zlib.compress(json.dumps(trail, separators=(",", ":")).encode(), 6)


Pair = tuple[str, str]


def _twins(catalogue: Catalogue) -> dict[Pair, Pair]:
    """Figures and norms that tell the same: a ratio of the catalogue, and its upper figure by the norm it divides by."""
    made: dict[Pair, Pair] = {}
    for id, part in catalogue.parts.items():
        if pair := repeats(part.formula):
            made |= {(id, "none"): pair, pair: (id, "none")}
    return made


def _held_against(pair: Pair, earlier: Mapping[Pair, list[Trail]], twins: Mapping[Pair, Pair]) -> list[Trail]:
    """What went out of a figure under a norm before, and of what tells the same under another name, in this edition too."""
    beside = earlier.get(twins[pair], []) if pair in twins else []
    return [*earlier.get(pair, []), *(replace(one, own=False) for one in beside)]


def _earlier(collection: Collection, figures: Iterable[str]) -> dict[tuple[str, str], list[Trail]]:
    """What went out before, by figure and norm; the same set twice is one. Other benchmarks of this installation count too, for the same universities may stand in
    them with the same figure; public data hides nobody."""
    made: dict[tuple[str, str], list[Trail]] = defaultdict(list)
    seen = Q(edition__collection=collection) if collection.public else Q(edition__collection=collection) | Q(edition__collection__public=False)
    key = _key_mark()
    for figure, norm, data, where in EditionTrail.objects.filter(seen, figure__in=list(figures)).order_by("pk").values_list("figure", "norm", "data", "edition__collection"):
        sets = json.loads(zlib.decompress(bytes(data)))
        trail = Trail(sets, where == collection.pk, sets.pop("key", key) == key)
        if trail not in made[(figure, norm)]:
            made[(figure, norm)].append(trail)
    return made


def contribute(*, actor: Actor, collection: Collection, origin: str, name: str, country: str, source: int | None, institution: int | None, years: Mapping[int, Mapping[str, Figure]]) -> int:
    """Put the figures of a university in place of those it contributed before for these years; part of handing answers in."""
    from causeway.rooms.network.mapping.figures import rounded

    old = list(Contribution.objects.filter(collection=collection, origin=origin, year__in=list(years)).values_list("pk", flat=True))
    rows = []
    for year, figures in years.items():
        for id, figure in figures.items():
            digits, places = rounded(figure.number) if figure.number is not None else (None, 0)
            rows.append(Contribution(collection=collection, origin=origin, name=name[:300], country=country, source_id=source, institution_id=institution,
                                     figure=id, year=year, digits=digits, places=places, currency=figure.currency, state=figure.state))  # fmt: skip
    with audit.batch(by=actor, verb="benchmark.contribute", objects=len(rows)) as work:
        work.remove(Contribution, old)
        work.add(rows)
    return len(rows)


def collection_for(*, actor: Actor, key: str, title: str, currency: str, source: int | None) -> Collection:
    """The collection of a questionnaire, made at its first round."""
    found = Collection.objects.filter(key=key).first()
    if found is not None:
        return found
    with audit.changing(Collection(key=key, title=title[:300], currency=currency, source_id=source), by=actor, verb="collection.create") as collection:
        pass
    with audit.changing(PeerGroup(collection=collection, key="all", title=str(_("All universities"))), by=actor, verb="peergroup.save"):
        pass
    return collection


def contributors(collection: Collection) -> list[tuple[str, str]]:
    """Who contributes: origin and name; for the coordinator who makes groups by name."""
    return sorted(set(Contribution.objects.filter(collection=collection).values_list("origin", "name")), key=lambda pair: pair[1])


def check_cell(cell: EditionCell) -> None:
    """Raise ValueError for a cell from elsewhere that no edition here would hold."""
    if cell.norm not in NORMS or not 1900 <= int(cell.year) <= 2200 or len(str(cell.figure)) > 40 or len(str(cell.group)) > 40 or cell.withheld not in ("", "few", "difference"):
        raise ValueError
    if cell.withheld:
        cell.count, cell.low, cell.median, cell.high = 0, "", "", ""
    elif int(cell.count) < FLOOR or not Fraction(cell.low) <= Fraction(cell.median) <= Fraction(cell.high):
        raise ValueError
