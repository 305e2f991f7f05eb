"""The law compiled: rules as closures over plain integers, regimes with their delivery rules, calendars, fee tables."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from fractions import Fraction
from typing import Any, NamedTuple

from causeway.engines.docket.model import Event, MatterFacts
from causeway.engines.kernel import Conflict, DayCalendar, Money, NoRuleInForce, Ungoverned, add_months, parse_date
from causeway.engines.packs import Map, Pack, text_of

EPOCH, LAST = date(1970, 1, 1).toordinal(), date(2099, 12, 31).toordinal()


def day(text: Any) -> int | None:
    """A day number from ISO text, None from nothing."""
    return None if text in (None, "") else parse_date(str(text)).toordinal()


def flag(value: Any) -> bool:
    """A yes or no as packs write it."""
    return str(value).lower() in ("true", "yes")


class Delivery(NamedTuple):
    """How a notice counts as delivered: by which media, issued from when to when, and what is added."""

    media: frozenset[str]
    issued_from: int | None
    issued_to: int | None
    add_days: int
    add_months: int
    actual: str  # replaces | later | safeguard | ignored
    verified: bool
    basis: tuple[str, ...]


class Delivered(NamedTuple):
    """A notice's deemed delivery, the days its period ends later, and the rule applied with its place (None: none needed)."""

    on: int
    excess: int
    rule: Delivery | None
    at: int = -1


@dataclass(frozen=True)
class Regime:
    """How an office counts: its calendar, whether ends move, how notices are delivered."""

    id: str
    calendar: DayCalendar | None
    rolls: bool
    deliveries: tuple[Delivery, ...]
    force_from: int | None
    force_to: int | None
    verified: bool
    basis: tuple[str, ...]

    def deliver(self, event: Event, as_of: int | None) -> Delivered:
        """When a notice counts as delivered; `NoRuleInForce` where no rule speaks of its medium on its day of issue."""
        on = event.on.toordinal()
        proved = event.received.toordinal() if event.received else None
        if event.by is None and proved is None:
            return Delivered(on, 0, None)
        judged = on if as_of is None else as_of
        for at, rule in enumerate(self.deliveries):
            if (event.by in rule.media or "any" in rule.media) and (rule.issued_from or 0) <= judged <= (rule.issued_to or judged):
                return _apply(rule, at, on, proved)
        if proved is not None or event.by is None:
            return Delivered(proved if proved is not None else on, 0, None)
        raise NoRuleInForce(
            f"No rule says when a notice sent by {event.by.replace('_', ' ')} counts as delivered under {self.id}; record the day it was received."
        )

    def roll(self, end: int) -> tuple[int, bool]:
        """The end of a period after the move to a working day, and whether that rests on days not known. Raises `Ungoverned`."""
        if not self.rolls or self.calendar is None:
            return end, False
        moved, known = self.calendar.rolled(end)
        if moved < 0:
            raise Ungoverned(f"The calendar {self.calendar.id} says nothing of {date.fromordinal(end).year}.")
        return moved, not known


def _apply(rule: Delivery, at: int, on: int, proved: int | None) -> Delivered:
    deemed = add_months(on, rule.add_months) if rule.add_months else on + rule.add_days
    if proved is not None:
        if rule.actual == "replaces":
            deemed = proved
        elif rule.actual == "later":
            deemed = max(deemed, proved)
        elif rule.actual == "safeguard":
            return Delivered(deemed, max(0, proved - on - 7), rule, at)
    return Delivered(deemed, 0, rule, at)


class FeeVersion(NamedTuple):
    """A tariff as in force over a span of days."""

    start: int | None
    end: int | None
    data: Map
    verified: bool
    basis: tuple[str, ...]
    note: str


@dataclass(frozen=True)
class FeeTable:
    """A tariff's versions and reductions."""

    id: str
    currency: str
    versions: tuple[FeeVersion, ...]
    data: Map

    def version(self, on: int) -> FeeVersion:
        """The version in force on the day of payment; `NoRuleInForce` before the first known or after the last."""
        for version in self.versions:
            if (version.start or 0) <= on <= (version.end or on):
                return version
        raise NoRuleInForce(f"No tariff of {self.id} is in force on {date.fromordinal(on)}.")


class Amount(NamedTuple):
    """A fee: the full amount, what it is for this payer, and whether the tariff was verified."""

    full: Money
    payable: Money
    verified: bool
    basis: tuple[str, ...]
    note: str


Compute = Callable[..., list]


@dataclass(frozen=True)
class Rule:
    """A rule, compiled. `run(facts, ordinal)` yields deadlines and refusals."""

    id: str
    pack: str
    version: str
    office: str
    rights: frozenset[str]
    kind: str
    title: dict[str, str]
    regime: Regime | None
    force_from: int | None
    force_to: int | None
    judged_by: str
    verified: bool
    basis: tuple[str, ...]
    closed_by: tuple[str, ...]
    fee: str
    statutory: bool
    needs: tuple[str, ...]
    unless: tuple[str, ...]
    starts: frozenset[str]  # kinds of events without any of which nothing follows
    data: Map
    run: Compute

    @property
    def everywhere(self) -> bool:
        """Whether it may stand on the docket of another office too."""
        return flag(self.data.get("across"))

    def name(self, language: str = "en") -> str:
        """The rule's title in a language."""
        return text_of(self.title, language)


class Law:
    """The packs' law, compiled once; immutable. `digest` names this exact law."""

    def __init__(self, packs: Iterable[Pack]) -> None:
        from causeway.engines.docket.compile import compile_rule

        self.packs = tuple(packs)
        self.digest = hashlib.sha256("".join(sorted(pack.digest for pack in self.packs)).encode()).hexdigest()
        self.sources: dict[str, Map] = {key: value for pack in self.packs for key, value in pack.sources.items()}
        self.events: dict[str, Map] = {key: value for pack in self.packs for key, value in pack.events.items()}
        self.offices: dict[str, Any] = {key: value for pack in self.packs for key, value in pack.offices.items()}
        self.calendars = _calendars(self.packs)
        self.regimes = {key: self._regime(value) for pack in self.packs for key, value in pack.regimes.items()}
        self.fees = {key: _fees(value) for pack in self.packs for key, value in pack.fees.items()}
        self._rules = {key: compile_rule(self, pack, value) for pack in self.packs for key, value in pack.rules.items()}
        self._by_matter: dict[tuple[str, str], tuple[Rule, ...]] = {}
        #: The facts that rules ask for in their conditions.
        self.asked = frozenset(name for rule in self._rules.values() for name in _asked(rule.data))

    def _regime(self, data: Map) -> Regime:
        key = str(data.get("calendar", ""))
        calendar = self.calendars.get(f"{key}+makeup" if flag(data.get("makeup_works")) else key)
        force = data.get("in_force") or {}
        deliveries = tuple(_delivery(rule) for rule in data.get("delivery") or ())
        return Regime(
            data["id"], calendar, flag(data.get("roll", "true")), deliveries, day(force.get("from")), day(force.get("to")),
            data["status"] == "verified", tuple(data["basis"]),
        )  # fmt: skip

    def rule(self, id: str) -> Rule:
        """A rule by id; `NoRuleInForce` when there is none."""
        if id not in self._rules:
            near = get_close_matches(id, self._rules, 1, 0.7)
            raise NoRuleInForce(f"There is no rule {id} in the packs.{f' Did you mean {near[0]}?' if near else ''}", place=id)
        return self._rules[id]

    def rules(self) -> tuple[Rule, ...]:
        """Every rule, by id."""
        return tuple(self._rules[key] for key in sorted(self._rules))

    def neighbours(self, office: str) -> frozenset[str]:
        """The office and those its pack speaks of beside it (the EPO and its unitary patent)."""
        return frozenset(key for pack in self.packs if office in pack.offices for key in pack.offices)

    def for_matter(self, office: str, right: str) -> tuple[Rule, ...]:
        """The rules that a docket runs for a matter of this office and right."""
        key = (office, right)
        if key not in self._by_matter:
            self._by_matter[key] = tuple(rule for rule in self.rules() if _docketed(rule, office, right))
        return self._by_matter[key]

    def term_rule(self, office: str, right: str) -> Rule:
        """The rule of the term of a right; `NoRuleInForce` where the packs have none."""
        near = self.neighbours(office)
        found = [rule for rule in self.rules() if rule.kind == "term" and right in rule.rights and rule.office in near]
        if found:
            return min(found, key=lambda rule: rule.office != office)
        raise NoRuleInForce(f"The packs have no term for {right.replace('_', ' ')} at {office}.")

    def title_of_event(self, kind: str, language: str = "en") -> str:
        """An event kind in words."""
        return text_of(self.events.get(kind, Map(0)).get("title"), language) or kind.replace("_", " ")

    def amount_of(self, rule: Rule, deadline: Any, matter: MatterFacts, as_of: int | None = None) -> Amount:
        """The fee of a deadline in the tariff of the day of payment (fact `paid_on`), else of its last day; `as_of` forces the day.

        A tariff judged by the day the fee falls due (`judged_by: due`) does not ask when it was paid. Refuses as `amount`.
        """
        paid = day(matter.facts.get("paid_on")) if self._by_payment(rule.fee) else None
        on = as_of if as_of is not None else paid if paid is not None else deadline.due
        facts = {**matter.facts, "_year_of_grant": _year_of_grant(matter)} if "reduction" in matter.facts else matter.facts
        return self.amount(rule.fee, on=on, ordinal=deadline.ordinal, right=matter.right, facts=facts, entity=matter.entity)

    def _by_payment(self, table_id: str) -> bool:
        table = self.fees.get(table_id)
        return table is None or table.data.get("judged_by") != "due"

    def amount(self, table_id: str, *, on: int, ordinal: str, right: str, facts: Mapping[str, Any], entity: str | None) -> Amount:
        """The fee of a table for a year or stage, in the tariff of the day of payment.

        Raises `NoRuleInForce` where no tariff or no figure is known, `Ungoverned` where a fact is missing (number of claims),
        `Conflict` where sources disagree.
        """
        table = self.fees.get(table_id)
        if table is None:
            raise NoRuleInForce(f"There is no tariff {table_id}.")
        version = table.version(on)
        disputed = version.data.get("conflict", "")
        if flag(disputed) or (isinstance(disputed, list) and right in disputed):
            raise Conflict(f"The sources disagree on {table_id}: {version.note}" if version.note else f"The sources disagree on {table_id}.")
        full = _figure(table, version, ordinal, right, facts, entity)
        return Amount(full, _reduced(table, full, ordinal, facts, on), version.verified, version.basis, version.note)


def compile_law(packs: Iterable[Pack]) -> Law:
    """The law of the packs, compiled. Packs were checked when they were loaded."""
    return Law(packs)


def _year_of_grant(matter: MatterFacts) -> int | None:
    """The patent year, counted from filing, in which a matter was granted: reductions of some offices run from it."""
    filed = min((event.on for event in matter.events if event.kind in ("filing", "international_filing")), default=None)
    granted = min((event.on for event in matter.events if event.kind == "grant"), default=None)
    if filed is None or granted is None:
        return None
    start, end = filed.toordinal(), granted.toordinal()
    return next(year for year in range(1, 200) if add_months(start, 12 * year) > end)


def _docketed(rule: Rule, office: str, right: str) -> bool:
    docket = str(rule.data.get("docket", "true"))
    if docket == "false" or rule.kind in ("none", "term") or right not in rule.rights:
        return False
    return rule.office == office or flag(rule.data.get("across")) or office in (rule.data.get("also") or ())


def _calendars(packs: Iterable[Pack]) -> dict[str, DayCalendar]:
    made: dict[str, DayCalendar] = {}
    for pack in packs:
        for key, data in pack.calendars.items():
            closed = _days(data.get("closed")) + _days(data.get("provisional"))
            makeup = _days(data.get("makeup"))
            known = [(day(span["from"]) or EPOCH, day(span["to"]) or LAST) for span in data.get("known") or ()]
            version = hashlib.sha256(repr((closed, makeup, known)).encode()).hexdigest()[:12]
            made[key] = DayCalendar(key, closed, known, EPOCH, LAST, version=version)
            if makeup:
                made[f"{key}+makeup"] = DayCalendar(key, closed, known, EPOCH, LAST, makeup, version)
    return made


_CONDITIONS = ("right", "trigger_from", "trigger_before", "no_event")


def _asked(value: Any) -> set[str]:
    """The facts named in the conditions inside a rule."""
    if isinstance(value, Map):
        here = {name for key in ("when", "unless") if isinstance(value.get(key), Map) for name in value[key] if name not in _CONDITIONS}
        return here.union(*(_asked(item) for item in value.values()))
    return set().union(*(_asked(item) for item in value)) if isinstance(value, list) else set()


def _days(years: Any) -> list[int]:
    """Day numbers of lists by year written "01-01 04-03 ..."."""
    return [date(int(year), int(text[:2]), int(text[3:])).toordinal() for year, days in (years or {}).items() for text in str(days).split()]


def _delivery(data: Map) -> Delivery:
    return Delivery(
        frozenset(data["media"]), day(data.get("issued_from")), day(data.get("issued_to")), int(data.get("add_days", 0)), int(data.get("add_months", 0)),
        str(data.get("actual", "ignored")), data["status"] == "verified", tuple(data["basis"]),
    )  # fmt: skip


def _fees(data: Map) -> FeeTable:
    versions = tuple(
        FeeVersion(day(v.get("from")), day(v.get("to")), v, v["status"] == "verified", tuple(v["basis"]), str(v.get("note", "")))
        for v in data.get("versions") or ()
    )
    return FeeTable(data["id"], data["currency"], versions, data)


def _figure(table: FeeTable, version: FeeVersion, ordinal: str, right: str, facts: Mapping[str, Any], entity: str | None) -> Money:
    """The full figure of a tariff for a year or stage."""
    if "by_stage" in version.data:
        row = version.data["by_stage"].get(ordinal) or {}
        text = row.get(entity or "large") if isinstance(row, Map) else row
    elif "per_claim" in version.data:
        return _per_claim(table, version, ordinal, facts)
    else:
        rows = version.data.get("by_year") or {}
        row = rows.get(right, rows)
        text = row.get(ordinal) if isinstance(row, Map) else None
    if text in (None, ""):
        raise NoRuleInForce(f"The tariff {table.id} in force has no figure for {ordinal}: {version.note or 'read the official tariff.'}")
    return Money.parse(str(text), table.currency)


def _per_claim(table: FeeTable, version: FeeVersion, ordinal: str, facts: Mapping[str, Any]) -> Money:
    year = int(ordinal)
    for span, pair in version.data["per_claim"].items():
        first, _dash, last = span.partition("-")
        if int(first) <= year <= int(last):
            if "claims" not in facts:
                raise Ungoverned(f"The fee of {table.id} depends on the number of claims, which nobody gave.")
            return Money(int(pair["base"]) + int(pair["claim"]) * int(facts["claims"]), table.currency)
    raise NoRuleInForce(f"The tariff {table.id} has no figure for year {ordinal}.")


def _reduced(table: FeeTable, full: Money, ordinal: str, facts: Mapping[str, Any], on: int) -> Money:
    """What is payable after a reduction the matter is recorded for (facts: reduction = its key)."""
    chosen = str(facts.get("reduction", ""))
    rule = (table.data.get("reductions") or {}).get(chosen)
    if not rule or on < (day(rule.get("from")) or 0):
        return full
    if "by_year" in rule:
        return Money.parse(str(rule["by_year"][ordinal]), table.currency) if ordinal in rule["by_year"] else full
    until = rule.get("years_from_grant")
    granted = facts.get("_year_of_grant")
    if until and granted is not None and int(ordinal) >= int(granted) + int(until):
        return full
    return full.percent(100 - Fraction(str(rule["percent"])))
