"""What a practice pack holds once it was read without a fault: values, rules, overlays, flows and forms, typed and compiled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from causeway.engines.packs.expressions import Expression
from causeway.engines.packs.parse import Map


class Ground(NamedTuple):
    """On what a value or rule stands: sources with places, whether its content and its days were verified, a note, and where it is written."""

    basis: tuple[str, ...]
    verified: bool
    dated: bool
    note: str
    pack: str
    file: str
    line: int

    @property
    def sure(self) -> bool:
        """Whether nothing of it is unverified."""
        return self.verified and self.dated


class Span(NamedTuple):
    """Days on which something holds, both inclusive; None is open. Day numbers."""

    start: int | None
    end: int | None

    def holds(self, on: int) -> bool:
        return (self.start is None or self.start <= on) and (self.end is None or on <= self.end)

    def text(self) -> str:
        """The span in English: "since 2015-10-01", "2015-10-01 to 2020-12-31", "always"."""
        return self.words()["en"]

    def words(self) -> dict[str, str]:
        """The span in words, by language."""
        start = date.fromordinal(self.start).isoformat() if self.start else ""
        end = date.fromordinal(self.end).isoformat() if self.end else ""
        if start and end:
            return {"en": f"{start} to {end}", "zh-hans": f"{start}至{end}"}
        if start:
            return {"en": f"since {start}", "zh-hans": f"自{start}起"}
        return {"en": f"until {end}", "zh-hans": f"至{end}止"} if end else {"en": "always", "zh-hans": "一直有效"}


class Version(NamedTuple):
    """What a value is over a span of days: a value, or a formula, or a question the university must answer (`asks`)."""

    span: Span
    value: Any
    formula: Expression | None
    asks: bool
    ground: Ground


@dataclass(frozen=True)
class Value:
    """A figure or choice of a pack with its history. `guide`: case and rule of the good-practice guide it stands for."""

    id: str
    pack: str
    title: Mapping[str, str]
    unit: str
    currency: str
    choices: tuple[str, ...]
    low: Any
    high: Any
    guide: str
    versions: tuple[Version, ...]
    note: str = ""

    @property
    def key(self) -> str:
        return f"{self.pack}/{self.id}"


@dataclass(frozen=True)
class Rule:
    """A rule of a pack: of a kind that an engine knows, over a span of days, under a condition."""

    id: str
    pack: str
    kind: str
    title: Mapping[str, str]
    span: Span
    when: Expression | None
    fields: Mapping[str, Any]
    ground: Ground
    guide: str = ""

    @property
    def key(self) -> str:
        return f"{self.pack}/{self.id}"


@dataclass(frozen=True)
class Overlay:
    """What a pack changes in one below it: sets a value, repeals a value or rule, or excepts cases from a rule."""

    verb: str  # set | repeal | except
    target: str  # pack/id
    span: Span
    version: Version | None
    when: Expression | None
    use: str
    ground: Ground


class Fact(NamedTuple):
    """A fact that conditions may ask for: its kind in expressions, and the choices where they are few."""

    id: str
    kind: str
    choices: tuple[str, ...] = ()
    title: Mapping[str, str] = {}


@dataclass
class Practice:
    """The practice part of a pack."""

    extends: tuple[str, ...] = ()
    speaks: Span = Span(None, None)
    region: str = ""
    country: str = ""
    summary: Mapping[str, str] = field(default_factory=dict)
    practised_by: Mapping[str, str] = field(default_factory=dict)
    needs: Mapping[str, str] = field(default_factory=dict)
    licence: str = ""
    reviewed: str = ""
    values: dict[str, Value] = field(default_factory=dict)
    rules: dict[str, Rule] = field(default_factory=dict)
    overlays: tuple[Overlay, ...] = ()
    facts: dict[str, Fact] = field(default_factory=dict)
    flows: dict[str, Map] = field(default_factory=dict)
    forms: dict[str, Map] = field(default_factory=dict)
    translations: dict[str, Map] = field(default_factory=dict)
    changelog: str = ""
    file: str = ""


#: Facts every engine gives where it knows them; a pack may declare more.
FACTS = {
    fact.id: fact
    for fact in (
        Fact("way", "text", ("transfer", "licence", "shares", "own_use", "joint_use", "development", "consulting", "service")),
        Fact("region", "text"),
        Fact("right", "text", ("patent", "utility_model", "design", "software_copyright", "plant_variety", "ic_layout", "biomedical_variety", "know_how")),
        Fact("on", "date"), Fact("deal_on", "date"), Fact("received_on", "date"), Fact("paid_on", "date"), Fact("granted_on", "date"),
        Fact("contract_registered", "flag"), Fact("publicised", "flag"), Fact("separate_books", "flag"), Fact("defence", "flag"),
        Fact("person_named", "flag"), Fact("holds_title", "flag"), Fact("leader", "text", ("none", "head", "other")), Fact("related_party", "flag"),
        Fact("pricing", "text", ("agreed", "listed", "auction")), Fact("resident", "flag"), Fact("licence_years", "number"), Fact("exclusive", "flag"),
        Fact("state_body", "flag"), Fact("chosen", "flag"), Fact("ip_transferred", "flag"), Fact("own_contribution_paid", "flag"),
        Fact("profit_year", "number"), Fact("special_company", "flag"), Fact("employee_led", "flag"), Fact("income_distribution", "flag"),
        Fact("amount", "number"), Fact("unit", "text"), Fact("technology", "text"),
    )
}  # fmt: skip
