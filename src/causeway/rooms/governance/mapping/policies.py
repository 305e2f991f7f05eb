"""A policy as a pack of its own: the university's values laid over a kept pack and its laws, checked like any pack."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from causeway.engines.kernel import Refusal
from causeway.engines.packs import Pack, PackFaults
from causeway.engines.packs.units import show_value
from causeway.engines.practice import (
    Book,
    Draft,
    Field,
    Setting,
    check_draft,
    draft_texts,
    fields,
    from_texts,
    load_practice,
    shipped_practice,
)
from causeway.engines.practice.policy import check_text
from causeway.rooms.governance.mapping.library import Texts, book_over, in_words, others, pack_of, warnings_in


@dataclass(frozen=True)
class Value:
    """A value of a policy as people see it: what the pack says, what the university says, what the law asks for at least."""

    place: str
    label: str
    unit: str
    said: str
    current: str
    shown: str
    changed: bool
    asked: bool
    own: bool
    locked: str
    choices: tuple[tuple[str, str], ...]
    help: str
    source: str
    verified: bool
    floor: str = ""
    floor_source: str = ""

    @property
    def floor_words(self) -> str:
        """The law's floor in words; empty where there is none."""
        return _("at least %(share)s") % {"share": self.floor} if self.floor else ""


def _library(copy: Any) -> list[Pack]:
    """The shipped packs with the kept one in the place of its name; raises `Refusal` where it cannot be read over them any more."""
    if any(pack.digest == copy.digest for pack in shipped_practice()):
        return list(shipped_practice())
    below = others(copy.pack)
    try:
        return [*below, *load_practice([from_texts(copy.files, copy.pack)], below)]
    except PackFaults as wrong:
        raise Refusal(_("%(pack)s cannot be read over today's packs: %(why)s") % {"pack": copy, "why": wrong.faults[0]}, place=copy.pack) from None


def _base(copy: Any, laws: list[str]) -> tuple[Book, list[Pack]]:
    """The kept pack with all it stands on and the laws that apply here; and the library it was read over."""
    library = _library(copy)
    known = {pack.id: pack for pack in library}
    named = [known[copy.pack], *[known[law] for law in laws if law in known]]
    return Book(named, library), library


def values_of(copy: Any, changes: Mapping[str, str] | None = None, on: date | None = None, language: str = "en", laws: list[str] | None = None) -> list[Value]:
    """The values of a kept pack with a policy's changes, as they hold on a day, with the law's floor beside those that have one."""
    book, _library_ = _base(copy, laws or [])
    return _values(book, copy.pack, changes or {}, on or date.today(), language)


def pack_values(pack: str, on: date, language: str) -> list[Value]:
    """The values of a shipped or received pack as they hold on a day."""
    found = pack_of(pack)
    if found is None:
        raise Refusal(_("There is no pack %(pack)s.") % {"pack": pack}, place=pack)
    return _values(book_over(found), found.id, {}, on, language)


def _values(book: Book, pack: str, changes: Mapping[str, str], on: date, language: str) -> list[Value]:
    day = _day(book, on)
    said = {one.key: one for one in _listed(book, pack, day, language)}
    good = {key: _typed(said[key], text) for key, text in changes.items() if key in said and not check_text(book.values[key], _typed(said[key], text))}
    now = {one.key: one for one in fields(book.with_values(good), day, language)} if good else said
    order = sorted(said.values(), key=lambda one: (one.pack != pack, list(book.values).index(one.key)))
    return [_value(book, one, now[one.key], changes.get(one.key), language, one.pack == pack) for one in order]


def _day(book: Book, on: date) -> date:
    """The day, or the first on which every pack speaks."""
    start = book.speaks.start
    return date.fromordinal(start) if start is not None and on.toordinal() < start else on


def _listed(book: Book, pack: str, on: date, language: str) -> list[Field]:
    """Values a policy shows: the pack's own, and what a law below leaves to the university."""
    return [one for one in fields(book, on, language) if one.pack == pack or (not one.locked and one.layer == "law" and book.by_id[pack].kind != "law")]


def _value(book: Book, said: Field, now: Field, changed: str | None, language: str, own: bool) -> Value:
    helps = {"share": _("A share, such as 70 % or 1/3."), "money": _("An amount in %(currency)s.") % {"currency": said.currency}, "days": _("Days."), "months": _("Months."),
             "years": _("Years."), "count": _("A whole number."), "rate": _("A rate, such as 0.05 or 5 %."), "date": _("A day, such as 2026-03-14."), "list": _("One a line.")}  # fmt: skip
    choices = tuple((one, one.replace("_", " ")) for one in said.choices) if said.unit == "choice" else (("true", _("yes")), ("false", _("no"))) if said.unit == "flag" else ()
    if choices and said.asks:
        choices = (("", _("not answered")), *choices)
    shown = changed if changed is not None and now is said else now.shown or (_("asked of the university") if now.asks else now.problem)
    return Value(
        said.key, book.title(book.values[said.key], language), said.unit, _("asked of the university") if said.asks else in_words(said.shown.replace("_", " ")), changed if changed is not None else said.text,
        in_words(shown.replace("_", " ")), changed is not None, changed is None and now.asks, own, said.locked, choices, f"{helps.get(said.unit, '')} {said.note}".strip(), "; ".join(said.sources), said.verified or changed is not None,
        said.least, said.least_law,
    )  # fmt: skip


def _typed(said: Field, text: str) -> str | list[str]:
    """A value as the engine takes it: a list where the unit is one."""
    return [one.strip() for one in re.split(r"[\n;]", text) if one.strip()] if said.unit == "list" else text.strip()


def faults_of_values(copy: Any, changes: Mapping[str, str]) -> list[tuple[str, str]]:
    """What is wrong with values by themselves: a place the pack does not have, a text of another kind, a share above one, negative money."""
    book, _library_ = _base(copy, [])
    listed = {one.key: one for one in _listed(book, copy.pack, _day(book, date.today()), "en")}
    faults = []
    for place, text in changes.items():
        said = listed.get(place)
        if said is None or (said.locked and str(text).strip() != said.text):
            faults.append((place, _("The pack has no value here that a university may set.")))
        elif str(text).strip() != said.text and (wrong := check_text(book.values[place], _typed(said, str(text)))):
            faults.append((place, wrong))
    return faults


def _draft(policy: Any, holds_from: date, laws: list[str], book: Book) -> Draft:
    """The policy as a draft the engine reads like any pack."""
    extends = (policy.copy.pack, *[law for law in laws if law != policy.copy.pack and law in book.by_id])
    listed = {one.key: one for one in fields(book, holds_from)}
    settings = tuple(Setting(place, _typed(listed[place], text)) for place, text in sorted(policy.changes.items()) if place in listed)
    name = re.sub(r"[^a-z0-9-]", "-", policy.number.lower())
    return Draft(name, "1", {"en": policy.title}, extends, holds_from, policy.number, settings, where=policy.why[:200] or policy.title)


def texts_of_policy(policy: Any, holds_from: date, laws: list[str]) -> Texts:
    """The text of a policy as a pack: its head, its changed values, its decision."""
    book, _library_ = _base(policy.copy, laws)
    draft = _draft(policy, holds_from, laws, book)
    source = from_texts(draft_texts(draft), draft.id)
    return Texts(draft.id, draft.version, source.digest, source.texts)


def legal_faults(policy: Any, holds_from: date, laws: list[str]) -> list[tuple[str, str]]:
    """What the law, or the pack itself, does not allow of a policy from a day on: (place of the value or "", why with article and day)."""
    try:
        book, library = _base(policy.copy, laws)
    except Refusal as refusal:
        return [("", refusal.message)]
    start = book.speaks.start
    if start is not None and holds_from.toordinal() < start:
        return [("", _("The packs speak from %(day)s; a policy cannot hold before its law.") % {"day": date.fromordinal(start)})]
    draft = _draft(policy, holds_from, laws, book)
    found = [(_about(fault.message, policy.changes, book), fault.message) for fault in check_draft(draft, library)]
    for one in _listed(book, policy.copy.pack, holds_from, "en"):
        if one.pack == policy.copy.pack and one.asks and one.key not in policy.changes:
            found.append((one.key, _("The practice names no figure for “%(what)s”: give the university's own.") % {"what": book.title(book.values[one.key])}))
    return list(dict.fromkeys(found))


def _about(message: str, changes: Mapping[str, str], book: Book) -> str:
    """The changed value a fault is about: the one named in it, or the one that a floor stands beside."""
    named = next((place for place in changes if place in message), "")
    if named or " asks for at least " not in message:
        return named
    floored = {one.key for one in fields(book, _day(book, date.today())) if one.least}
    return next((place for place in changes if place in floored), "")


def policy_book(policy: Any, holds_from: date, laws: list[str]) -> Book:
    """A policy laid over its pack and laws, for trying it; a value under the law's floor stands, and is refused receipt by receipt.

    Raises `Refusal` where it cannot be read at all.
    """
    book, _library_ = _base(policy.copy, laws)
    listed = {one.key: one for one in fields(book, _day(book, holds_from))}
    good = {place: _typed(listed[place], text) for place, text in policy.changes.items() if place in listed}
    return book.with_values(good) if good else book


def pack_book(pack: str, laws: list[str]) -> Book:
    """A shipped or received pack with all it stands on and the laws that apply here."""
    found, known = pack_of(pack), {one.id: one for one in shipped_practice()}
    if found is None:
        raise Refusal(_("There is no pack %(pack)s.") % {"pack": pack}, place=pack)
    return book_over(found, *[known[law] for law in laws if law in known])


def packs_under(policy: Any, laws: list[str]) -> list[str]:
    """Every pack a policy stands on besides its own, lowest first: the laws its pack extends, those that apply here."""
    book, _library_ = _base(policy.copy, laws)
    return [pack.id for pack in book.packs if pack.id != policy.copy.pack]


def warnings_of(policy: Any, on: date, laws: list[str], language: str = "en") -> list[str]:
    """What the packs of a policy warn about on a day: a later policy of the state that speaks against it, an unsettled law."""
    book, _library_ = _base(policy.copy, laws)
    return warnings_in(book, on, language)


def floor_in_words(book: Book, on: date) -> tuple[str, str]:
    """The law's floor for the inventors on a day: its share in words, and its source; empty where no law speaks."""
    try:
        found = [named for named in book.on(on).rules("floor", {}) if named.rule.fields["of"] == "distribution" and named.rule.fields["part"] == "inventors"]
        listed = [(named.number("share"), named) for named in found]
    except Refusal:
        return "", ""
    if not listed:
        return "", ""
    least, named = max(listed, key=lambda one: one[0])
    return show_value("share", least), "; ".join(book.source(one) for one in named.rule.ground.basis)
