"""Packs as pages show them, and packs kept word for word brought back to life."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from causeway.engines.kernel import CURRENCIES, Money, Refusal
from causeway.engines.packs import Pack, PackFaults, text_of
from causeway.engines.packs.library import closure, load_practice, shipped_practice
from causeway.engines.packs.resolve import Book, practice
from causeway.engines.packs.sources import from_texts
from causeway.engines.packs.units import show_value
from causeway.kit.show import money
from causeway.rooms.governance.choices import Subject, review
from causeway.rooms.governance.models import PackCopy

#: Which kinds of rules settle which subject; the first that a pack has names its subject.
SUBJECTS = {
    Subject.DISTRIBUTION: ("distribution", "equity"), Subject.FUNDING: ("funding", "incentive", "pct", "award"), Subject.REWARD: ("reward_tax",),
    Subject.ROYALTY: ("royalty", "licence", "preemption"), Subject.GRANT: ("grant",),
}  # fmt: skip


_AMOUNT = re.compile(r"(-?\d+(?:\.\d+)?) ([A-Z]{3})\b")


def in_words(text: str) -> str:
    """Amounts in a sentence as people write them: "77800.00 EUR" becomes "€77,800.00"."""
    return _AMOUNT.sub(lambda found: money(Money.parse(found[1], found[2]).minor, found[2]) if found[2] in CURRENCIES else found[0], text)


class Texts(NamedTuple):
    """A pack's text: its id, version, digest, and files by name."""

    id: str
    version: str
    digest: str
    files: dict[str, str]


@dataclass(frozen=True)
class Info:
    """A pack as pages show it. key: names it in addresses; received_from: the installation that handed it over, empty where it comes with Causeway."""

    key: str
    id: str
    version: str
    kind: str
    kind_words: str
    title: str
    text: str
    practised: str
    needs: str
    reviewed: str
    subject: str
    adoptable: bool
    tryable: bool
    received_from: str = ""


class Listed:
    """A pack in the library, with whether a policy in force here rests on it."""

    def __init__(self, info: Info, adopted: bool) -> None:
        self.info, self.adopted = info, adopted

    def __getattr__(self, name: str) -> Any:
        return getattr(self.info, name)


def _shipped() -> dict[str, Pack]:
    return {pack.id: pack for pack in shipped_practice()}


def received() -> dict[str, Pack]:
    """Packs that other installations handed over, by "id@version"; each is read over the shipped ones."""
    rows = PackCopy.objects.exclude(received_from="").order_by("pack", "kept_at", "pk").values_list("pack", "version", "digest")
    return {f"{pack}@{version}": found for pack, version, digest in rows if (found := _received(digest)) is not None}


@lru_cache(maxsize=256)
def _received(digest: str) -> Pack | None:
    """A received pack; None where the shipped ones it stood on have changed since."""
    copy = PackCopy.objects.get(digest=digest)
    try:
        return load_practice([from_texts(copy.files, copy.pack)], others(copy.pack))[0]
    except PackFaults:
        return None


def others(pack: str) -> list[Pack]:
    """The shipped packs but the one of an id: what another version of it is read over."""
    return [one for one in shipped_practice() if one.id != pack]


def pack_of(key: str) -> Pack | None:
    """A pack by its key: the id of a shipped one, or "id@version" of one that was received (its id alone: the last that came). None: nobody knows it."""
    shipped = _shipped().get(key)
    if shipped is not None:
        return shipped
    known = received()
    return known.get(key) or next((one for one in reversed(known.values()) if one.id == key), None)


def pack_of_copy(copy: PackCopy) -> Pack | None:
    """The pack a kept text is of: the shipped one of its id, or the received text itself; asks the database once for each text."""
    return _received(copy.digest) if copy.received_from else _shipped().get(copy.pack)


def book_over(pack: Pack, *more: Pack) -> Book:
    """A pack, shipped or received, with all it stands on; more: packs that hold beside it."""
    known = [*others(pack.id), pack]
    return Book([pack, *(one for one in more if one.id != pack.id)], known)


def key_of_copy(copy: PackCopy) -> str:
    """The key of a kept pack."""
    return f"{copy.pack}@{copy.version}" if copy.received_from else copy.pack


def texts_of(pack: str) -> Texts:
    """The text of a shipped or received pack; ValidationError for one nobody knows."""
    found = pack_of(pack)
    if found is None:
        raise ValidationError({"pack": _("There is no pack %(pack)s.") % {"pack": pack}})
    return Texts(found.id, found.version, found.digest, dict(found.texts))


def subject_of(pack: str) -> str:
    """What a policy from this pack settles."""
    found = pack_of(pack)
    kinds = {rule.kind for rule in practice(found).rules.values()} if found else set()
    return _subject(kinds)


def _subject(kinds: set[str]) -> str:
    return next((subject for subject, wanted in SUBJECTS.items() if kinds & set(wanted)), Subject.DECISION)


def packs(language: str = "en") -> list[Info]:
    """Every practice pack, shipped ones first, by kind and id."""
    shipped = [_info(pack, language) for pack in sorted(shipped_practice(), key=lambda one: (one.kind, one.id))]
    return shipped + [_info(pack, language, key) for key, pack in received().items()]


def adoptable(language: str = "en") -> list[Info]:
    """Packs a policy can begin with: practices, and the law's own defaults."""
    return [one for one in packs(language) if one.adoptable]


def pack_info(pack: str, language: str = "en") -> Info | None:
    """One pack as pages show it; None for one nobody knows."""
    found = pack_of(pack)
    if found is None:
        return None
    return _info(found, language, "" if found is _shipped().get(found.id) else f"{found.id}@{found.version}")


def _info(pack: Pack, language: str, key: str = "") -> Info:
    """key: of a received pack; empty for a shipped one."""
    said = practice(pack)
    kinds = {rule.kind for rule in said.rules.values()}
    words = {"law": _("Law"), "guide": _("Practice of the guide"), "policy": _("Policy")}
    sender = PackCopy.objects.filter(digest=pack.digest).values_list("received_from", flat=True).first() if key else ""
    return Info(
        key or pack.id, pack.id, pack.version, pack.kind, words.get(pack.kind, pack.kind), text_of(pack.title, language), text_of(said.summary, language), text_of(said.practised_by, language),
        text_of(said.needs, language), review(said.reviewed), _subject(kinds), pack.kind != "law" or "distribution" in kinds, "distribution" in kinds, sender or "",
    )  # fmt: skip


def laws_of_country(country: str) -> list[str]:
    """Law packs of a country that hold in all its regions."""
    return sorted(pack.id for pack in shipped_practice() if pack.kind == "law" and country and practice(pack).country == country and not practice(pack).region)


def law_choices(language: str = "en") -> list[tuple[str, str]]:
    """Law packs by id and title, for choices."""
    return [(pack.id, text_of(pack.title, language)) for pack in sorted(shipped_practice(), key=lambda one: one.id) if pack.kind == "law"]


def book_of(*named: str) -> Book:
    """Shipped packs with all they stand on, laid over each other."""
    return _book(tuple(sorted(set(named))))


@lru_cache(maxsize=64)
def _book(named: tuple[str, ...]) -> Book:
    known = _shipped()
    return Book([known[one] for one in named if one in known], known.values())


def kept_packs(copies: Iterable[Any]) -> list[Pack]:
    """Packs kept word for word, read again, to be laid over each other; a text that was changed since it was kept is refused.

    copies: kept packs (`PackCopy`). Raises `Refusal` where a digest does not fit its text, or a kept pack cannot be read any more.
    """
    listed = sorted(copies, key=lambda one: one.digest)
    return list(_kept(tuple((one.pack, one.digest, _frozen(one.files)) for one in listed)))


def _frozen(files: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(files.items()))


@lru_cache(maxsize=256)
def _kept(listed: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]) -> tuple[Pack, ...]:
    sources = [from_texts(dict(files), pack) for pack, _digest, files in listed]
    for source, (pack, digest, _files) in zip(sources, listed, strict=True):
        if source.digest != digest:
            raise Refusal(_("The kept text of %(pack)s is not the one that was adopted: its digest differs.") % {"pack": pack}, place=pack)
    try:
        return tuple(load_practice(sources, ()))
    except PackFaults as faults:
        raise Refusal(_("A kept pack cannot be read any more: %(why)s") % {"why": faults.faults[0]}, place=listed[0][0]) from None


def below(pack: Pack, known: Sequence[Pack]) -> list[Pack]:
    """The packs a pack stands on, lowest first, without itself."""
    return [one for one in closure(pack, {other.id: other for other in known}) if one is not pack]


def _asked(key: str) -> Pack:
    found = pack_of(key)
    if found is None:
        raise Refusal(_("There is no pack %(pack)s.") % {"pack": key}, place=key)
    return found


def all_sources(pack: str) -> list[tuple[str, str, str]]:
    """The sources of a pack: key, title, where to read it."""
    found = _asked(pack)
    return [(key, str(one.get("title", key)), str(one.get("where", ""))) for key, one in sorted(found.sources.items())]


def rules_of(pack: str, language: str) -> list[dict[str, Any]]:
    """The rules of a pack in words."""
    found = _asked(pack)
    book = book_over(found)
    rows = practice(found).rules.values()
    return [{"id": rule.id, "title": book.title(rule, language), "note": rule.ground.note, "verified": rule.ground.sure} for rule in rows]


def pack_warnings(pack: str, on: date, language: str = "en") -> list[str]:
    """What a pack, or a law it stands on, warns about on a day."""
    return warnings_in(book_over(_asked(pack)), on, language)


def warnings_in(book: Book, on: date, language: str) -> list[str]:
    """The warnings of a book on a day, each with its day and source."""
    made = []
    for named in book.on(on).rules("warning"):
        since = date.fromordinal(named.rule.span.start).isoformat() if named.rule.span.start else ""
        sources = "; ".join(book.source(basis) for basis in named.rule.ground.basis)
        made.append(f"{book.title(named.rule, language)} ({since}{', ' if since and sources else ''}{sources})")
    return made


def guide_figures(language: str) -> list[dict[str, Any]]:
    """Every value and rule of a pack that stands for a figure of the guide, by section."""
    made = []
    for pack in shipped_practice():
        book = book_of(pack.id)
        for value in practice(pack).values.values():
            if value.guide:
                section, _slash, figure = value.guide.partition("/")
                last = value.versions[-1]
                shown = show_value(value.unit, last.value, value.currency) if last.formula is None else last.formula.text
                made.append({"section": section, "figure": figure, "label": book.title(value, language), "shown": in_words(shown.replace("_", " ")), "asked": last.asks, "note": value.note, "pack": pack.id})
        for part in [*practice(pack).rules.values()]:
            if part.guide:
                section, _slash, figure = part.guide.partition("/")
                made.append({"section": section, "figure": figure, "label": book.title(part, language), "shown": _("a rule"), "asked": False, "note": part.ground.note, "pack": pack.id})
    return sorted(made, key=lambda one: ([int(n) for n in one["section"].split(".") if n.isdigit()], one["figure"], one["pack"]))
