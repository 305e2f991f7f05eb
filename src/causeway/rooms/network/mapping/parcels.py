"""What of a case or an offer travels: its content, without what is of this installation alone, and contact data apart from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils import timezone

from causeway.frame.tokens import fold, is_cjk, pairs, words
from causeway.rooms.network.choices import LANGUAGES, Band, Field, Seeks
from causeway.rooms.network.mapping.cases import country_names, digest, terms
from causeway.rooms.network.models import Offer, Release, SharedOffer

CASE = ("version", "source_name", "title", "hei_name", "hei_key", "number", "country", "kind", "year", "language", "words", "released_by")
#: What of an offer is said anew in another language.
SAID = ("title", "text", "sought")
OFFER = ("version", "source_name", "title", "country", "released_by")


def open_content(content: Mapping[str, Any]) -> dict[str, Any]:
    """A content without contact data and without the numbers that files have at their owner; what its digest is taken of on the way."""
    made = {**content, "contact": {}} if "contact" in content else dict(content)
    if "photos" in made:
        made["photos"] = [{key: value for key, value in one.items() if key != "file"} for one in made["photos"]]
    return made


def same(content: Mapping[str, Any], sha256: str, told: str) -> bool:
    """Whether what is here is what a package tells: by the digest it came with, or by that of its own content on the way."""
    return told in (sha256, digest(open_content(content)))


def case_out(one: Release, contacts: bool, ror: str) -> dict[str, Any]:
    """A case as a record of a package."""
    content = open_content(one.content)
    made = {"key": str(one.key), **{name: getattr(one, name) for name in CASE}, "content": content, "sha256": digest(content)}
    return made | _named(one.content, contacts, ror)


def withdrawal_out(one: Release) -> dict[str, Any]:
    """That a case was withdrawn, as a record of a package: up to which version, why and on which day. Its content stays."""
    return {"key": str(one.key), "version": one.version, "why": one.why, "on": timezone.localdate(one.decided_at).isoformat()}


def offer_out(one: SharedOffer, contacts: bool) -> dict[str, Any]:
    """An offer as a record of a package; of one that was withdrawn, that it was."""
    if one.state != "shared":
        return {"key": str(one.key), "version": one.version, "withdrawn": True}
    content = open_content(one.content)
    made = {"key": str(one.key), **{name: getattr(one, name) for name in OFFER}, "valid_until": one.valid_until.isoformat(), "content": content, "sha256": digest(content)}
    return made | ({} if contacts else {"released_by": ""}) | _named(one.content, contacts, one.ror_id)


def _named(content: Mapping[str, Any], contacts: bool, ror: str) -> dict[str, Any]:
    """The contact person and the registry's name of the university, as far as they go along."""
    contact = content.get("contact") if contacts else None
    return ({"contact": contact} if contact else {}) | ({"ror": ror} if ror else {})


def translations(offer: Offer) -> dict[str, dict[str, str]]:
    """The translations of an offer: none into the language it is written in now."""
    return {code: words for code, words in offer.translations.items() if code != offer.language}


def in_language(one: SharedOffer, language: str) -> dict[str, str]:
    """What an offer says, in a language where it was translated into it, else as it was written; with the language it is."""
    content = one.content
    own = {"title": one.title, **{name: str(content.get(name, "")) for name in SAID if name != "title"}, "language": str(content.get("language", "en"))}
    words = content.get("texts", {}).get(language)
    return {**own, **words, "language": language} if words and language != own["language"] else own


def offer_content(offer: Offer) -> dict[str, Any]:
    """What of an offer is shared. The contact person only where the person agreed."""
    contact = {"name": offer.person, "email": offer.person_email} if offer.person and offer.person_agreed else {}
    return {
        "title": offer.title, "text": offer.text, "areas": sorted(offer.areas), "readiness": offer.readiness, "seeks": sorted(offer.seeks), "sought": offer.sought,
        "rights": [line for line in (line.strip() for line in offer.rights.splitlines()) if line], "language": offer.language, "languages": sorted(offer.languages), "office": offer.office,
        "contact": {key: value for key, value in contact.items() if value}, **({"texts": texts} if (texts := translations(offer)) else {}),
    }  # fmt: skip


def copy_of_offer(content: Mapping[str, Any], valid_until: date, **named: Any) -> SharedOffer:
    """A shared copy of an offer's content, not yet stored, with what it is counted and found by. named: key, version, source or installation, country, …"""
    made = SharedOffer(title=content["title"][:200], readiness=content.get("readiness"), valid_until=valid_until, content=dict(content), **named)
    made.sha256 = digest(open_content(made.content))
    made.marks = marks_of(made)
    made.words = found_by(made)
    return made


def band_of(readiness: int | None) -> str:
    """The band of a readiness level; empty for none."""
    return "" if readiness is None else next(band for band in ("7", "4", "1") if readiness >= int(band))


def marks_of(one: SharedOffer) -> list[str]:
    """What a shared offer is counted under, as "facet:value"."""
    content = one.content
    several = {"field": content.get("areas", []), "seeks": content.get("seeks", []), "language": content.get("languages", [])}
    single = {"ready": band_of(one.readiness), "country": one.country}
    return [f"{facet}:{value}" for facet, values in several.items() for value in values] + [f"{facet}:{value}" for facet, value in single.items() if value]


def _labels(choices: Iterable[tuple[str, Any]], codes: Iterable[str]) -> list[str]:
    known = dict(choices)
    return [str(known[code]) for code in codes if code in known]


def found_by(one: SharedOffer) -> str:
    """The folded words a shared offer is found by, a space before and after each."""
    content = one.content
    translated = [text for words in content.get("texts", {}).values() for text in words.values()]
    said = [one.title, content.get("text", ""), content.get("sought", ""), *translated, one.source_name, *content.get("rights", []), *_labels(Field.choices, content.get("areas", [])), *country_names(one.country)]
    found = (token for text in said for word in words(fold(text)) for token in ([*pairs(word), word[-1]] if is_cjk(word) else [word]))
    return f" {' '.join(dict.fromkeys(found))} "


def patterns(query: str) -> list[str]:
    """What a search looks for in `words`: beginnings of words, and whole pairs of Chinese."""
    return [f" {term.token}" if term.open else f" {term.token} " for term in terms(query)]


#: Facets of the catalogue with the words of their values.
VALUES = {"field": Field.choices, "ready": Band.choices, "seeks": Seeks.choices, "language": LANGUAGES}
