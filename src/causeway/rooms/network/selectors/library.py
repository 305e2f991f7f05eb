"""Reads of the library: search, facets, matrix, what cases share."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from causeway.engines.guide.mechanisms import GROUPS, MECHANISMS, name_of
from causeway.engines.packs.library import shipped_practice
from causeway.frame import access, preferences
from causeway.frame.access import Actor
from causeway.rooms.network.access.library import KEY, coordinating
from causeway.rooms.network.choices import Kind, ReleaseState, Target
from causeway.rooms.network.mapping.cases import terms
from causeway.rooms.network.models import Release, ReleaseFacet, ReviewNote

PAGE = 25
MATRIX_PAGE = 40
#: What a list shows of a release; the content of a case is read on its page alone.
LIST = ("pk", "key", "version", "title", "hei_name", "number", "country", "kind", "year", "language", "source_name", "released_at", "state", "current")
#: The facets in the order of the page; the last two have several values a case.
FACETS = ("country", "kind", "year", "mechanism", "target")


def language() -> str:
    """The language of the page, as the library names it."""
    return (get_language() or "en").split("-")[0].replace("zh", "zh-hans")


def published(actor: Actor) -> QuerySet[Release]:
    """The cases of the library."""
    return access.visible(actor, Release.objects.filter(current=True, state=ReleaseState.PUBLISHED))


def chosen(query: Mapping[str, Any]) -> dict[str, list[str]]:
    """The facet values an address asks for."""
    return {facet: [value for value in query.getlist(facet) if value][:12] for facet in FACETS}  # type: ignore[attr-defined]


#: Up to so many cases that hold the words are named by their keys, so that the words are looked through once a page.
NAMED = 6_000


def holding(rows: QuerySet[Release], text: str) -> QuerySet[Release]:
    """Cases that hold every word of a text."""
    wanted = terms(text)
    if not wanted:
        return rows
    for term in wanted:
        rows = rows.filter(words__contains=term)
    found = list(rows.order_by().values_list("pk", flat=True)[: NAMED + 1])
    return rows if len(found) > NAMED else Release.objects.filter(pk__in=found)


def narrowed(rows: QuerySet[Release], picked: Mapping[str, Sequence[str]], leave: str = "") -> QuerySet[Release]:
    """Cases with one value of each facet that is asked for. leave: a facet not asked, to count its own values."""
    for facet, values in picked.items():
        if not values or facet == leave:
            continue
        if facet in ("mechanism", "target"):
            rows = rows.filter(pk__in=ReleaseFacet.objects.filter(facet=facet, code__in=values).values("release"))
        elif facet == "year":
            rows = rows.filter(year__in=[int(value) for value in values if value.isdigit()])
        else:
            rows = rows.filter(**{f"{facet}__in": values})
    return rows


def ordered(rows: QuerySet[Release], by: str) -> QuerySet[Release]:
    """In the order asked for: by number as in the guide (default), newest first, by university."""
    orders = {"newest": ("-year", "title", "pk"), "university": ("hei_key", "title", "pk")}
    return rows.only(*LIST).order_by(*orders.get(by, ("hei_key", "number", "pk") if by == "number" else ("title", "pk")))


def facets(rows: QuerySet[Release], picked: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    """Every facet with its values, counts and what is picked; each counts under the other facets alone."""
    titles = {"country": _("Country"), "kind": _("Kind of institution"), "year": _("Year"), "mechanism": _("Mechanism"), "target": _("Meant for")}
    made = []
    for facet in FACETS:
        under = narrowed(rows, picked, leave=facet)
        counts = _counts(under, facet)
        wanted = set(picked[facet])
        values = [{"code": code, "label": label_of(facet, code), "count": counts.get(code, 0), "picked": code in wanted} for code in {*counts, *wanted}]
        values.sort(key=lambda one: (-int(one["code"]) if facet == "year" and one["code"].isdigit() else -one["count"], one["label"]))
        made.append({"key": facet, "title": titles[facet], "values": values, "open": bool(wanted)})
    return made


def _counts(rows: QuerySet[Release], facet: str) -> dict[str, int]:
    if facet in ("mechanism", "target"):
        found = ReleaseFacet.objects.filter(facet=facet, release__in=rows.order_by().values("pk")).values_list("code").annotate(n=Count("pk"))
    else:
        found = rows.order_by().values_list(facet).annotate(n=Count("pk"))
    return {str(code): count for code, count in found if code not in ("", None)}


def label_of(facet: str, code: str) -> str:
    """A facet's value in words."""
    if facet == "mechanism":
        return name_of(code, language())
    if facet == "target":
        return str(dict(Target.choices).get(code, code))
    if facet == "kind":
        return str(dict(Kind.choices).get(code, code))
    return country_name(code) if facet == "country" else code


def country_name(code: str) -> str:
    """A country in the language of the page."""
    from babel import Locale

    locale = {"zh-hans": "zh_Hans"}.get(language(), language())
    return Locale.parse(locale).territories.get(code, code) if code else ""


def mechanisms_of(releases: Iterable[Release]) -> dict[int, list[str]]:
    """The mechanisms of each case, in the catalogue's order."""
    order = {one.code: place for place, one in enumerate(MECHANISMS)}
    found: dict[int, list[str]] = defaultdict(list)
    for pk, code in ReleaseFacet.objects.filter(facet="mechanism", release__in=[one.pk for one in releases]).values_list("release", "code"):
        found[pk].append(code)
    return {pk: sorted(codes, key=lambda code: order.get(code, 999)) for pk, codes in found.items()}


# --- one case -------------------------------------------------------------------------------------------------------------------------


def shares_most(release: Release, limit: int = 5) -> list[dict[str, Any]]:
    """Published cases that share most mechanisms with a case."""
    mine = list(ReleaseFacet.objects.filter(release=release, facet="mechanism").values_list("code", flat=True))
    if not mine:
        return []
    near = ReleaseFacet.objects.filter(facet="mechanism", code__in=mine, release__current=True).exclude(release__key=release.key)
    found = list(near.values_list("release").annotate(n=Count("pk")).order_by("-n", "release")[:limit])
    rows = {one.pk: one for one in Release.objects.filter(pk__in=[pk for pk, _n in found]).only(*LIST)}
    return [{"release": rows[pk], "shared": count, "of": len(mine)} for pk, count in found if pk in rows]


def spread(codes: Sequence[str]) -> dict[str, int]:
    """How many published cases use each mechanism."""
    rows = ReleaseFacet.objects.filter(facet="mechanism", code__in=codes, release__current=True).values_list("code").annotate(n=Count("pk"))
    return dict(rows)


def packs_of(release: Release) -> list[dict[str, str]]:
    """Packs that make the practice of a case executable: those its authors named, and those of the house that say they practise it."""
    named, made = set(release.content.get("packs", [])), []
    for pack in shipped_practice():
        said = pack.practice.practised_by.get("en", "") if pack.practice else ""
        ours = release.number and release.hei_name.split(" (")[0] in said and release.number in said
        if pack.id in named or (pack.kind == "guide" and ours):
            title = pack.title.get(language()) or pack.title.get("en", pack.id)
            made.append({"id": pack.id, "title": title, "reviewed": str(pack.practice.reviewed) if pack.practice else ""})
    return made + [{"id": name, "title": name, "reviewed": ""} for name in sorted(named - {one["id"] for one in made})]


def versions_of(release: Release, actor: Actor) -> list[Release]:
    """The copies of a case the actor sees, newest first; the published ones that stepped back too."""
    rows = Release.objects.filter(key=release.key).filter(Q(state=ReleaseState.PUBLISHED) | Q(source_id=actor.university_id))
    return list(rows.only(*LIST).order_by("-version"))


# --- the matrix -------------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Matrix:
    """Universities by groups of mechanisms, or by the mechanisms of one group."""

    heads: list[dict[str, Any]]
    rows: list[dict[str, Any]]
    totals: list[int]
    universities: int
    cases: int


def matrix(actor: Actor, group: str, page: int, country: str = "") -> Matrix:
    """A page of universities against mechanisms. group: a group of mechanisms; empty for all groups, counted."""
    rows = published(actor)
    rows = rows.filter(country=country) if country else rows
    wanted = [one.code for one in MECHANISMS if not group or one.group == group]
    universities = list(rows.order_by().values_list("hei_key").annotate(n=Count("pk")).order_by("hei_key"))
    shown = [key for key, _n in universities[(page - 1) * MATRIX_PAGE : page * MATRIX_PAGE]]
    names: dict[str, dict[str, Any]] = {}
    for pk, key, name, land in rows.filter(hei_key__in=shown).order_by("pk").values_list("pk", "hei_key", "hei_name", "country"):
        names.setdefault(key, {"name": name, "country": land, "pks": []})["pks"].append(pk)
    cells: dict[tuple[str, str], list[int]] = defaultdict(list)
    named = ReleaseFacet.objects.filter(facet="mechanism", **({"code__in": wanted} if group else {}))
    found = named.filter(release__in=[pk for one in names.values() for pk in one["pks"]])
    column = _column(group)
    for key, code, pk in found.values_list("release__hei_key", "code", "release").order_by("release"):
        cells[(key, column[code])].append(pk)
    heads = _heads(group)
    under = named.filter(release__in=rows.order_by().values("pk"))
    totals: Counter[str] = Counter()
    for code, count in under.values_list("code").annotate(n=Count("pk")):
        totals[column[code]] += count
    table = [
        {"name": names[key]["name"], "country": country_name(names[key]["country"]), "count": len(names[key]["pks"]), "key": key,
         "first": names[key]["pks"][0], "cells": [_cell(cells.get((key, head["code"]), []), head) for head in heads]}
        for key in shown if key in names
    ]  # fmt: skip
    return Matrix(heads, table, [totals[head["code"]] for head in heads], len(universities), sum(count for _key, count in universities))


def _column(group: str) -> dict[str, str]:
    return {one.code: one.code if group else one.group for one in MECHANISMS}


def _heads(group: str) -> list[dict[str, Any]]:
    tongue = language()
    if group:
        return [{"code": one.code, "label": name_of(one.code, tongue)} for one in MECHANISMS if one.group == group]
    return [{"code": key, "label": names.get(tongue, names["en"])} for key, names in GROUPS.items()]


def _cell(found: list[int], head: dict[str, Any]) -> dict[str, Any]:
    """How often, how strongly shown (1 to 4), and the first case behind it."""
    count = len(found)
    return {"count": count, "weight": min(4, count), "first": found[0] if found else None, "label": head["label"], "code": head["code"]}


# --- review -----------------------------------------------------------------------------------------------------------------------------


def queue(actor: Actor) -> QuerySet[Release]:
    """What waits for the actor's decision as coordinator, oldest first."""
    rows = Release.objects.filter(state=ReleaseState.SUBMITTED).only(*LIST, "source").order_by("released_at")
    if not actor.has("director"):
        return rows.none()
    if preferences.get(KEY, university=actor.university_id):
        return rows
    return rows.none() if coordinating() else rows.filter(source_id=actor.university_id)


def notes_by_field(release: Release) -> dict[str, list[ReviewNote]]:
    """Comments on a handed-in case by field."""
    found: dict[str, list[ReviewNote]] = defaultdict(list)
    for note in ReviewNote.objects.filter(release=release).order_by("at"):
        found[note.field].append(note)
    return dict(found)
