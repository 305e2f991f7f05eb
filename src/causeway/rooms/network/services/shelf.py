"""Keeps the shelves in step with the library: which shown case has which value of which facet, and which word, as bits that the pages count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max, Q

from causeway.frame import db, shared
from causeway.rooms.network.mapping.cases import bits_of, packed
from causeway.rooms.network.models import Release, Shelf, ShelfWord

Bits = dict[Any, int]


def values_of(release: Release) -> list[tuple[str, str]]:
    """What a case is counted under: facet and code."""
    single = [("all", ""), ("country", release.country), ("kind", release.kind), ("year", str(release.year or ""))]
    several = [("mechanism", code) for code in release.content.get("mechanisms", [])] + [("target", code) for code in release.content.get("targets", [])]
    return [(facet, code) for facet, code in [*single, *several] if code or facet == "all"]


@transaction.atomic
def shelve(releases: Iterable[Release]) -> None:
    """Put cases on the shelves that are shown, and take those off that are not any more."""
    concerned = [one for one in releases if one.current or one.place is not None]
    if not concerned:
        return
    db.lock("network-shelf")
    _give_places(concerned)
    put: tuple[Bits, Bits] = (defaultdict(int), defaultdict(int))
    off: tuple[Bits, Bits] = (defaultdict(int), defaultdict(int))
    for one in concerned:
        facets, words = put if one.current else off
        for value in values_of(one):
            facets[value] |= 1 << (one.place or 0)
        for token in one.words.split():
            words[token.encode()] |= 1 << (one.place or 0)
    _store_facets(put[0], off[0])
    _store_words(put[1], off[1])


def _give_places(releases: list[Release]) -> None:
    fresh = [one for one in releases if one.place is None]
    last = Release.objects.aggregate(last=Max("place"))["last"] if fresh else 0
    for place, one in enumerate(fresh, 0 if last is None else last + 1):
        one.place = place
    shared.put(Release, fresh, ["place"])


def _store_facets(put: Bits, off: Bits) -> None:
    values = sorted({*put, *off})
    asked = Q(facet__in={facet for facet, _code in values}, code__in={code for _facet, code in values})
    known = {(row.facet, row.code): row for row in Shelf.objects.filter(asked)}
    rows = [known.get(value) or Shelf(facet=value[0], code=value[1]) for value in values]
    for value, row in zip(values, rows, strict=True):
        row.cases = _changed(row.cases, value, put, off)
    shared.put(Shelf, rows, ["cases"])


def _store_words(put: Bits, off: Bits) -> None:
    """Words come by the hundred, so their rows are put anew: faster than a change of each. A word of no case goes."""
    tokens = sorted({*put, *off})
    known = {bytes(row.token): row.cases for row in ShelfWord.objects.filter(token__in=tokens)}
    rows = [ShelfWord(token=token, cases=_changed(known.get(token, b""), token, put, off)) for token in tokens]
    shared.renew(ShelfWord, [row for row in rows if bits_of(row.cases)], token__in=tokens)


def _changed(cases: bytes, key: Any, put: Mapping[Any, int], off: Mapping[Any, int]) -> bytes:
    return packed((bits_of(cases) | put.get(key, 0)) & ~off.get(key, 0))


def follow(obj: Any) -> None:
    """Whoever changes a released case, by whichever service, changes the shelves in the same transaction."""
    if isinstance(obj, Release):
        shelve([obj])
