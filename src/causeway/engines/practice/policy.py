"""A university's own policy: what may be edited, with the law's floor beside it; a draft becomes a pack that is read, checked and hashed like any other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

import yaml

from causeway.engines.distribution.plan import Floor, floors_of
from causeway.engines.kernel import Refusal, Ungoverned
from causeway.engines.packs.library import lint_practice, load_practice, shipped_practice
from causeway.engines.packs.model import Rule, Value
from causeway.engines.packs.parse import Fault
from causeway.engines.packs.resolve import Book, Held, InForce
from causeway.engines.packs.schema import Pack
from causeway.engines.packs.sources import from_texts
from causeway.engines.packs.units import ValueFault, decimal_text, money_text, read_value, show_value


@dataclass(frozen=True)
class Field:
    """A value as an editor shows it. text: what stands there now, as it would be typed (empty where a figure is asked for).

    shown: for people. least: the floor beside it, as text, with the article in `least_law`; problem: why there is no value, in words.
    locked: why it cannot be changed (law, or reckoned from others), empty where it can.
    """

    key: str
    pack: str
    layer: str
    title: Mapping[str, str]
    unit: str
    currency: str
    choices: tuple[str, ...]
    low: str
    high: str
    text: str
    shown: str
    asks: bool
    since: str
    verified: bool
    sources: tuple[str, ...]
    set_by: str
    least: str
    least_law: str
    locked: str
    problem: str
    guide: str
    note: str


@dataclass(frozen=True)
class Setting:
    """One changed value of a draft: "pack/id", its text, from which day (default the draft's)."""

    key: str
    text: str | Sequence[str]
    since: date | None = None


@dataclass(frozen=True)
class Draft:
    """A policy in the making. decision: what decided it (minutes, date), the source of every value it sets."""

    id: str
    version: str
    title: Mapping[str, str]
    extends: tuple[str, ...]
    since: date
    decision: str
    settings: tuple[Setting, ...] = ()
    repeals: tuple[str, ...] = ()
    kind: str = "policy"
    until: date | None = None
    summary: Mapping[str, str] = field(default_factory=dict)
    where: str = "in the university's records"


def fields(book: Book, day: date, language: str = "en") -> list[Field]:
    """Every value of the book as it holds on a day, for an editor: guides and policies first, then law (locked)."""
    held = book.on(day)
    beside = _floors_beside(held)
    made = [_field(held, value, beside.get(value.key), language) for value in book.values.values()]
    return sorted(made, key=lambda one: (bool(one.locked), [pack.id for pack in book.packs].index(one.pack)))


def _field(held: InForce, value: Value, floor: Floor | None, language: str) -> Field:
    book, found = held.book, held.value(value.key)
    content = found.content
    refused = content if isinstance(content, Refusal) else None
    ground = found.ground
    layer = book.by_id[value.pack].kind
    return Field(
        value.key, value.pack, layer, value.title, value.unit, value.currency, value.choices, _typed(value, value.low), _typed(value, value.high),
        "" if refused else _typed(value, content), "" if refused else show_value(value.unit, content, value.currency),
        isinstance(refused, Ungoverned), found.version.span.text() if found.version else "", bool(ground and ground.sure),
        tuple(book.source(one) for one in ground.basis) if ground else (), found.by.ground.pack if found.by else value.pack,
        f"{decimal_text(floor.share * 100)} %" if floor else "", floor.law if floor else "", _locked(layer, value, found), refused.message if refused else "",
        value.guide, (ground.note if ground and ground.note else value.note),
    )  # fmt: skip


def _locked(layer: str, value: Value, found: Held) -> str:
    if found.version and found.version.formula:
        return f"reckoned: {found.version.formula.text}"
    left_open = value.unit in ("choice", "flag") or any(version.asks for version in value.versions)
    return "law" if layer == "law" and not left_open else ""


def _typed(value: Value, content: Any) -> str:
    """A value as it would be typed into a field."""
    if content is None:
        return ""
    if value.unit == "share":
        return f"{decimal_text(content * 100)} %" if (content * 100).denominator in (1, 2, 4, 5, 8, 10, 20, 25, 50, 100) else str(content)
    if value.unit == "money":
        return money_text(content, value.currency)
    if isinstance(content, bool):
        return "true" if content else "false"
    if isinstance(content, Fraction):
        return decimal_text(content)
    return "\n".join(content) if isinstance(content, tuple) else str(content)


def _floors_beside(held: InForce) -> dict[str, Floor]:
    """The floor that bears on a value: of the part whose share the value alone gives."""
    beside: dict[str, Floor] = {}
    for of in ("distribution", "equity"):
        try:
            floors = floors_of(held, None, of)
        except Refusal:
            continue
        for rule in held.book.rules.values():
            if rule.kind == of and rule.fields.get("parts") and rule.span.holds(held.day):
                for floor in floors:
                    key = _value_of_part(held, rule, floor.part)
                    if key and (key not in beside or beside[key].share < floor.share):
                        beside[key] = floor
    return beside


def _value_of_part(held: InForce, rule: Rule, part: str) -> str:
    share = rule.fields["parts"].get(part)
    if share is None or len(share.names) != 1 or share.text.strip() not in share.names:
        return ""
    for pack in reversed(held.book.below.get(rule.pack, ())):
        if f"{pack}/{share.text.strip()}" in held.book.values:
            return f"{pack}/{share.text.strip()}"
    return ""


def draft_texts(draft: Draft) -> dict[str, str]:
    """The files of a draft as a pack; the same draft gives the same text, so the same hash."""
    head: dict[str, Any] = {
        "id": draft.id, "version": draft.version, "kind": draft.kind, "subject": "practice", "title": dict(draft.title), "extends": list(draft.extends),
        "speaks": {"from": draft.since.isoformat(), **({"to": draft.until.isoformat()} if draft.until else {})},
    }  # fmt: skip
    if draft.summary:
        head["summary"] = dict(draft.summary)
    overlays: list[dict[str, Any]] = []
    for one in draft.settings:
        content = one.text if isinstance(one.text, str) else list(one.text)
        overlays.append({"set": one.key, "from": (one.since or draft.since).isoformat(), "value": content, "status": "verified", "basis": ["DECISION"]})
    for key in draft.repeals:
        overlays.append({"repeal": key, "from": draft.since.isoformat(), "status": "verified", "basis": ["DECISION"]})
    texts = {
        "pack.yaml": _dump(head),
        "sources.yaml": _dump({"DECISION": {"title": draft.decision or "Decision not yet taken", "where": draft.where, "level": "A"}}),
        "CHANGELOG.md": f"# Changes of {draft.id}\n\n## {draft.version}\n\n{draft.decision or 'Draft.'}\n",
    }
    if overlays:
        texts["overlays/values.yaml"] = _dump(overlays)
    return texts


_WORD = re.compile(r"(?!(?:on|off|yes|no|true|false|null|y|n)$)[a-z][a-z0-9_-]*")


class _Text(yaml.SafeDumper):
    """Writes packs: every scalar stays the text it is, and there are no anchors."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - the base class asks
        return True


def _scalar(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    """Plain words as they are, everything else in quotes."""
    style = None if _WORD.fullmatch(text) else '"' if "\n" in text else "'"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Text.add_representer(str, _scalar)


def _dump(value: Any) -> str:
    return yaml.dump(value, Dumper=_Text, allow_unicode=True, sort_keys=False, width=150)


def check_draft(draft: Draft, library: Iterable[Pack] | None = None) -> list[Fault]:
    """Every fault of a draft: a value that is none, parts that do not sum, a share under the law's floor with its article and day, dates before the law."""
    return lint_practice([from_texts(draft_texts(draft), draft.id)], _library(library))


def load_draft(draft: Draft, library: Iterable[Pack] | None = None) -> Pack:
    """The draft as a pack; raises `PackFaults`."""
    return load_practice([from_texts(draft_texts(draft), draft.id)], _library(library))[0]


def _library(library: Iterable[Pack] | None) -> list[Pack]:
    return list(shipped_practice() if library is None else library)


def check_text(value: Value, text: str | Sequence[str]) -> str:
    """What is wrong with a text for a value, in words; empty where nothing is."""
    try:
        content = read_value(value.unit, text if isinstance(text, str) else list(text), value.currency, value.choices)
    except ValueFault as wrong:
        return str(wrong)
    if value.low is not None and content < value.low:
        return f"At least {show_value(value.unit, value.low, value.currency)}."
    if value.high is not None and content > value.high:
        return f"At most {show_value(value.unit, value.high, value.currency)}."
    return ""
