"""Reads of the library: search, facets, matrix, what cases share."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Q, QuerySet, TextField, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from causeway.engines.guide.mechanisms import GROUPS, MECHANISMS, name_of
from causeway.engines.packs.library import shipped_practice
from causeway.frame import preferences
from causeway.frame.access import Actor
from causeway.rooms.governance.choices import review
from causeway.rooms.network.access.library import KEY, coordinating
from causeway.rooms.network.choices import Kind, ReleaseState, Target
from causeway.rooms.network.mapping.cases import bits_of, terms
from causeway.rooms.network.models import Release, ReleaseFacet, ReviewNote, Shelf, ShelfWord

PAGE = 25
MATRIX_PAGE = 40
#: What a list shows of a release; the content of a case is read on its page alone.
LIST = ("pk", "key", "version", "title", "hei_name", "number", "country", "kind", "year", "language", "source_name", "released_at", "state", "current")
#: The facets in the order of the page, those that tell cases apart first; of the first two a case has several values.
FACETS = ("mechanism", "target", "country", "kind", "year")


def language() -> str:
    """The language of the page, as the library names it."""
    return (get_language() or "en").split("-")[0].replace("zh", "zh-hans")


def published(actor: Actor) -> QuerySet[Release]:
    """The cases of the library. What is published everybody sees, so sight asks for no more than the action."""
    return Release.objects.filter(current=True)


def chosen(query: Mapping[str, Any]) -> dict[str, list[str]]:
    """The facet values an address asks for."""
    return {facet: [value for value in query.getlist(facet) if value][:12] for facet in FACETS}  # type: ignore[attr-defined]


#: How a list is ordered: by title, unless another is asked for.
ORDERS = {"newest": ("-year", "title", "pk"), "university": ("hei_key", "title", "pk"), "number": ("hei_key", "number", "pk")}
#: Up to so many cases are named to the database one by one; of more, it tells the order and they are picked from it.
NAMED = 1_000


def ordered(rows: QuerySet[Release], by: str) -> QuerySet[Release]:
    """In the order asked for: by number as in the guide, newest first, by university."""
    return rows.only(*LIST).order_by(*ORDERS.get(by, ("title", "pk")))


def page_of(cases: int, by: str, page: int, of: int) -> list[Release]:
    """A page of some cases (as bits) in the order asked for. The ids first: to order thousands, only what they are ordered by is read."""
    rows, start = ordered(Release.objects.filter(current=True), by), (page - 1) * PAGE
    count = cases.bit_count()
    if count == of:
        ids = list(rows.values_list("pk", flat=True)[start : start + PAGE])
    elif count <= NAMED:
        ids = list(rows.filter(place__in=list(places(cases))).values_list("pk", flat=True)[start : start + PAGE])
    else:
        ids = _picked(rows, cases, start, of // count + 1)
    found = {one.pk: one for one in Release.objects.filter(pk__in=ids).only(*LIST)}
    return [found[pk] for pk in ids if pk in found]


def _picked(rows: QuerySet[Release], cases: int, start: int, sparse: int) -> list[int]:
    """The ids of a page among many cases: as much of the order is read as they probably stand in, and more where they do not."""
    made: list[int] = []
    has, at, step = cases.to_bytes((cases.bit_length() + 7) // 8, "little"), 0, 2 * sparse * (start + PAGE)
    while len(made) < start + PAGE and (read := list(rows.values_list("pk", "place")[at : at + step])):
        made += [pk for pk, place in read if place >> 3 < len(has) and has[place >> 3] >> (place & 7) & 1]
        at += step
    return made[start : start + PAGE]


def places(cases: int) -> Iterator[int]:
    """The places of some cases, from the first on."""
    for at, byte in enumerate(cases.to_bytes((cases.bit_length() + 7) // 8, "little")):
        while byte:
            lowest = byte & -byte
            yield at * 8 + lowest.bit_length() - 1
            byte ^= lowest


# --- counting ---------------------------------------------------------------------------------------------------------------------------


class Shelves:
    """The shelf as whole numbers, one for each value of a facet: a set bit is a case. Joining and counting them takes microseconds."""

    def __init__(self, *facets: str) -> None:
        asked = Shelf.objects.filter(facet__in=["all", *facets]) if facets else Shelf.objects.all()
        self.bits = {(facet, code): bits_of(cases) for facet, code, cases in asked.values_list("facet", "code", "cases")}
        self.all = self.bits.get(("all", ""), 0)

    def any_of(self, facet: str, codes: Iterable[str]) -> int:
        """The cases with one of some values."""
        made = 0
        for code in codes:
            made |= self.bits.get((facet, code), 0)
        return made

    def group(self, group: str) -> int:
        """The cases with one of the mechanisms of a group."""
        return self.any_of("mechanism", [one.code for one in MECHANISMS if one.group == group])

    def under(self, picked: Mapping[str, Sequence[str]], within: int, leave: str = "") -> int:
        """The cases with one value of each facet that is asked for. leave: a facet not asked, to count its own values."""
        for facet, values in picked.items():
            if values and facet != leave:
                within &= self.any_of(facet, values)
        return within

    def counts(self, facet: str, within: int) -> dict[str, int]:
        """How many of some cases have each value of a facet."""
        return {code: count for (key, code), cases in self.bits.items() if key == facet and (count := (cases & within).bit_count())}


def holding(text: str, within: int) -> int:
    """Those of some cases that hold every word of a text."""
    for term in terms(text):
        token = term.token.encode()
        # Whatever begins with the token stands before the token with its last byte raised; no byte of UTF-8 is the highest.
        wanted = {"token__gte": token, "token__lt": token[:-1] + bytes([token[-1] + 1])} if term.open else {"token": token}
        found = 0
        for cases in ShelfWord.objects.filter(**wanted).values_list("cases", flat=True):
            found |= bits_of(cases)
        within &= found
    return within


def at(university: str) -> int:
    """The cases of one university, by its folded name."""
    made = 0
    for place in Release.objects.filter(current=True, hei_key=university).values_list("place", flat=True):
        made |= 1 << (place or 0)
    return made


def facets(shelves: Shelves, within: int, picked: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    """Every facet with its values (what is picked first), and how many cases each has; each counts under the other facets alone."""
    titles = {"country": _("Country"), "kind": _("Kind of institution"), "year": _("Year"), "mechanism": _("Mechanism"), "target": _("Meant for")}
    made = []
    for facet in FACETS:
        counts, wanted = shelves.counts(facet, shelves.under(picked, within, leave=facet)), picked[facet]
        words = labels(facet)
        values = [(code, words.get(code, code), counts.get(code, 0), code in wanted) for code in {*counts, *wanted}]
        values.sort(key=lambda one: (not one[3], -int(one[0]) if facet == "year" and one[0].isdigit() else -one[2], one[1]))
        made.append({"key": facet, "title": titles[facet], "values": values, "open": bool(wanted) or facet in ("mechanism", "target")})
    return made


def labels(facet: str) -> Mapping[str, str]:
    """The values of a facet in words."""
    if facet == "mechanism":
        return {one.code: name_of(one.code, language()) for one in MECHANISMS}
    if facet == "country":
        return countries()
    return {str(code): str(words) for code, words in {"target": Target.choices, "kind": Kind.choices}.get(facet, [])}


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
    return countries().get(code, code) if code else ""


def countries() -> Mapping[str, str]:
    """The countries in the language of the page."""
    from babel import Locale

    return Locale.parse({"zh-hans": "zh_Hans"}.get(language(), language())).territories


def mechanisms_of(releases: Iterable[Release]) -> dict[int, list[str]]:
    """The mechanisms of each case, in the catalogue's order."""
    order = {one.code: place for place, one in enumerate(MECHANISMS)}
    found: dict[int, list[str]] = defaultdict(list)
    for pk, code in ReleaseFacet.objects.filter(facet="mechanism", release__in=[one.pk for one in releases]).values_list("release", "code"):
        found[pk].append(code)
    return {pk: sorted(codes, key=lambda code: order.get(code, 999)) for pk, codes in found.items()}


def leads(releases: Sequence[Release]) -> dict[int, str]:
    """The short description of each case in its own language, without the rest of its content."""
    asked = {one.language for one in releases}
    texts = [When(language=tongue, then=KeyTextTransform("short_description", KeyTextTransform(tongue, KeyTextTransform("texts", "content")))) for tongue in sorted(asked)]
    found = Release.objects.filter(pk__in=[one.pk for one in releases]).annotate(lead=Case(*texts, default=Value(""), output_field=TextField()))
    return {pk: lead or "" for pk, lead in found.values_list("pk", "lead")} if texts else {}


# --- one case -------------------------------------------------------------------------------------------------------------------------


def shares_most(release: Release, shelves: Shelves, limit: int = 5) -> list[dict[str, Any]]:
    """Published cases that share most mechanisms with a case."""
    mine = release.content.get("mechanisms", [])
    # at_least[n]: the cases that share n or more of the mechanisms looked at so far.
    at_least = [shelves.all & ~(1 << release.place if release.place is not None else 0)] + [0] * len(mine)
    for code in mine:
        cases = shelves.bits.get(("mechanism", code), 0)
        for n in range(len(mine) - 1, -1, -1):
            at_least[n + 1] |= at_least[n] & cases
    near: dict[int, int] = {}
    for n in range(len(mine), 0, -1):
        for place in itertools.islice(places(at_least[n]), limit + len(near) + 1):
            if place not in near and len(near) < limit + 1:
                near[place] = n
    rows = Release.objects.filter(place__in=list(near)).exclude(key=release.key).only(*LIST, "place")
    made = [{"release": one, "shared": near[one.place or 0], "of": len(mine)} for one in rows]
    return sorted(made, key=lambda one: (-one["shared"], one["release"].pk))[:limit]


def packs_of(release: Release) -> list[dict[str, str]]:
    """Packs that make the practice of a case executable: those its authors named, and those of the house that say they practise it."""
    named, made = set(release.content.get("packs", [])), []
    for pack in shipped_practice():
        said = pack.practice.practised_by.get("en", "") if pack.practice else ""
        ours = release.number and release.hei_name.split(" (")[0] in said and release.number in said
        if pack.id in named or (pack.kind == "guide" and ours):
            title = pack.title.get(language()) or pack.title.get("en", pack.id)
            made.append({"id": pack.id, "title": title, "reviewed": review(str(pack.practice.reviewed)) if pack.practice else ""})
    return made + [{"id": name, "title": name, "reviewed": ""} for name in sorted(named - {one["id"] for one in made})]


def withdrawn(pk: int) -> Release | None:
    """A case that was in the library and was withdrawn: what everybody may know of it is its title, its credit, the day and the reason."""
    return Release.objects.filter(pk=pk, state=ReleaseState.WITHDRAWN, place__isnull=False).only("title", "hei_name", "country", "source_name", "released_at", "decided_at", "why", "language", "version").first()


def versions_of(release: Release, actor: Actor) -> list[Release]:
    """The copies of a case the actor sees, newest first; the published ones that stepped back too."""
    rows = Release.objects.filter(key=release.key).filter(Q(state=ReleaseState.PUBLISHED) | Q(source_id=actor.university_id))
    return list(rows.only(*LIST).order_by("-version"))


# --- the matrix -------------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Matrix:
    """Universities by groups of mechanisms, or by the mechanisms of one group."""

    heads: list[tuple[str, str]]
    rows: list[Row]
    totals: list[int]
    universities: int
    cases: int


@dataclass(frozen=True)
class Row:
    """A university: in how many of its cases each column is at work, and the first of those cases."""

    key: str
    name: str
    country: str
    first: int
    count: int
    cells: list[tuple[int, int]]


def matrix(shelves: Shelves, group: str, page: int, country: str = "") -> Matrix:
    """A page of universities against mechanisms. group: a group of mechanisms; empty for all groups."""
    shown = Release.objects.filter(current=True, **({"country": country} if country else {})).order_by()
    within = shelves.all & shelves.any_of("country", [country]) if country else shelves.all
    universities = shown.values("hei_key").distinct().count()
    keys = list(shown.values_list("hei_key", flat=True).distinct().order_by("hei_key")[(page - 1) * MATRIX_PAGE : page * MATRIX_PAGE])
    cases: dict[str, list[tuple[int, int, str, str]]] = {key: [] for key in keys}
    for key, *one in shown.filter(hei_key__in=keys).order_by("pk").values_list("hei_key", "pk", "place", "hei_name", "country"):
        cases[key].append(tuple(one))
    heads = _heads(group)
    columns = [shelves.any_of("mechanism", [code]) if group else shelves.group(code) for code, _label in heads]
    rows = [_row(key, cases[key], columns) for key in keys]
    return Matrix(heads, rows, [(column & within).bit_count() for column in columns], universities, within.bit_count())


def _heads(group: str) -> list[tuple[str, str]]:
    tongue = language()
    if group:
        return [(one.code, name_of(one.code, tongue)) for one in MECHANISMS if one.group == group]
    return [(key, names.get(tongue, names["en"])) for key, names in GROUPS.items()]


def _row(key: str, cases: list[tuple[int, int, str, str]], columns: list[int]) -> Row:
    cells = []
    for column in columns:
        found = [pk for pk, place, _name, _country in cases if column >> place & 1]
        cells.append((len(found), found[0] if found else 0))
    first, _place, name, country = cases[0]
    return Row(key, name, country_name(country), first, len(cases), cells)


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
