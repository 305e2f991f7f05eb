"""From a case to the copy that is released, and to the words it is found by."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Mapping
from typing import Any

from babel import Locale

from causeway.engines.guide import CONTACT, KEYS, names
from causeway.engines.guide.mechanisms import BY_CODE
from causeway.frame.tokens import Term, fold, is_cjk, pairs, words
from causeway.rooms.network.models import Case, CaseFigure, CasePhoto, Release

#: The fields of a case without contact data, in the template's order.
OPEN_KEYS = tuple(key for key in KEYS if key not in CONTACT)
_BABEL = ("en", "zh_Hans", "es", "pl", "nl")


def hei_key(name: str) -> str:
    """A university's name folded and without its acronym, so that its cases stand together."""
    return fold(names.without_acronym(name))[:300]


def digest(value: Any) -> str:
    """The SHA-256 of a value's canonical JSON."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def year_of(dated: str) -> int | None:
    """The year of a date that may be a year alone."""
    return int(dated[:4]) if dated[:4].isdigit() else None


def figure_plain(one: CaseFigure) -> dict[str, Any]:
    """A figure as it goes out."""
    keys = ("field", "label", "value", "unit", "qualifier", "period", "quote", "doubt", "evidence", "confirmed")
    return {key: getattr(one, key) for key in keys}


def photo_plain(one: CasePhoto) -> dict[str, Any]:
    """A photograph as it goes out; the file is named by its digest and its key at the owner."""
    return {"file": one.file_id, "sha256": one.file.sha256, "type": one.file.content_type, "alternative": one.alternative, "caption": one.caption, "holder": one.holder,
            "licence": one.licence, "width": one.width, "height": one.height}  # fmt: skip


def content_of(case: Case, figures: Iterable[CaseFigure], photos: Iterable[CasePhoto], contact: Mapping[str, str] | None) -> dict[str, Any]:
    """What of a case is released. contact: fields of the contact person, only where the person agreed and the house allows it."""
    document = case.document
    return {
        "texts": {language: {key: fields[key] for key in OPEN_KEYS if fields.get(key)} for language, fields in case.texts.items()},
        "heading": case.heading, "partner": case.partner, "dated": case.dated, "lines": case.lines, "mechanisms": sorted(case.mechanisms),
        "mechanisms_confirmed": case.mechanisms_confirmed, "targets": sorted(case.targets), "packs": sorted(case.packs),
        "figures": [figure_plain(one) for one in figures], "photos": [photo_plain(one) for one in photos], "contact": dict(contact or {}),
        "document": {"title": document.title, "edition": document.edition, "citation": document.citation, "licence": document.licence, "name": document.name,
                     "sha256": document.sha256} if document else None,
    }  # fmt: skip


def country_names(code: str) -> list[str]:
    """A country's name in the five languages."""
    return [name for language in _BABEL if (name := Locale.parse(language).territories.get(code))]


def found_by(release: Release) -> str:
    """The folded words a released case is found by: its texts, its mechanisms and its country in five languages."""
    texts = [value for fields in release.content.get("texts", {}).values() for value in fields.values()]
    codes = release.content.get("mechanisms", [])
    labels = [name for code in codes if code in BY_CODE for name in BY_CODE[code].names.values()]
    said = [release.title, release.hei_name, release.number, release.content.get("partner", ""), *country_names(release.country), *labels, *texts]
    # Runs of Chinese stand as pairs of neighbours; the last sign alone, so that each sign begins a token.
    found = (token for text in said for word in words(fold(text)) for token in ([*pairs(word), word[-1]] if is_cjk(word) else [word]))
    return " ".join(dict.fromkeys(found))


def packed(bits: int) -> bytes:
    """A set of cases, a bit for each, as it is stored."""
    return zlib.compress(bits.to_bytes((bits.bit_length() + 7) // 8, "little"), 1)


def bits_of(cases: bytes) -> int:
    """The same read back; nothing stored is no case."""
    return int.from_bytes(zlib.decompress(cases), "little") if cases else 0


def terms(query: str) -> list[Term]:
    """What a search looks for in `words`: beginnings of words, and runs of Chinese anywhere."""
    made = []
    for word in list(words(fold(query)))[:8]:
        made += [Term(pair, len(pair) == 1) for pair in pairs(word)] if is_cjk(word) else [Term(word, True)]
    return made
