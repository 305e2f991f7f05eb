"""The law compiled: rules as closures over plain integers, regimes with their delivery rules, calendars, fee tables."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Any, NamedTuple

from causeway.engines.docket.model import Event, MatterFacts
from causeway.engines.docket.tariffs import Amount, Asked, amount, items_of, tariff
from causeway.engines.docket.values import day, flag
from causeway.engines.kernel import DayCalendar, NoRuleInForce, Ungoverned, add_months
from causeway.engines.packs import Map, Pack, text_of

EPOCH, LAST = date(1970, 1, 1).toordinal(), date(2099, 12, 31).toordinal()


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
    notices: frozenset[str]

    def deliver(self, event: Event, as_of: int | None) -> Delivered:
        """When a notice counts as delivered; `NoRuleInForce` where no rule speaks of its medium on its day of issue.

        What is no notice of an office, such as a filing or a publication, counts from its own day however it was sent.
        """
        on = event.on.toordinal()
        proved = event.received.toordinal() if event.received else None
        if (event.by is None and proved is None) or event.kind not in self.notices:
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
        calendar = self.calendar
        if calendar is None or not self.rolls:
            return end, False
        moved, known = calendar.rolled(end)
        if moved < 0:
            raise Ungoverned(f"The calendar {calendar.id} says nothing of {date.fromordinal(end).year if end <= date.max.toordinal() else 'that year'}.")
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

    def may_run(self, present: frozenset[str]) -> bool:
        """Whether anything follows where events of these kinds happened: one that starts it, all that it needs, none that it excludes."""
        return not self.starts.isdisjoint(present) and present.issuperset(self.needs) and present.isdisjoint(self.unless)

    def name(self, language: str = "en") -> str:
        """The rule's title in a language."""
        return text_of(self.title, language)


#: Sets of kinds of events whose rules are remembered; a portfolio has some hundreds.
_SETS_KEPT = 10_000


class Law:
    """The packs' law, compiled once; immutable. `digest` names this exact law."""

    def __init__(self, packs: Iterable[Pack]) -> None:
        from causeway.engines.docket.compile import compile_rule

        self.packs = tuple(packs)
        self.digest = hashlib.sha256("".join(sorted(pack.digest for pack in self.packs)).encode()).hexdigest()
        self.sources: dict[str, Map] = {key: value for pack in self.packs for key, value in pack.sources.items()}
        self.events: dict[str, Map] = {key: value for pack in self.packs for key, value in pack.events.items()}
        #: The kinds of events that are notices of an office: they count from their delivery.
        self.notices = frozenset(key for key, event in self.events.items() if flag(event.get("notice")))
        self.offices: dict[str, Any] = {key: value for pack in self.packs for key, value in pack.offices.items()}
        self.calendars = _calendars(self.packs)
        self.regimes = {key: self._regime(value) for pack in self.packs for key, value in pack.regimes.items()}
        self.fees = {key: tariff(value) for pack in self.packs for key, value in pack.fees.items()}
        self._rules = {key: compile_rule(self, pack, value) for pack in self.packs for key, value in pack.rules.items()}
        self._by_matter: dict[tuple[str, str], tuple[Rule, ...]] = {}
        self._by_events: dict[tuple[str, str, frozenset[str]], tuple[Rule, ...]] = {}
        #: The facts that rules ask for in their conditions.
        self.asked = frozenset(name for rule in self._rules.values() for name in _asked(rule.data))

    def _regime(self, data: Map) -> Regime:
        key = str(data.get("calendar", ""))
        calendar = self.calendars.get(f"{key}+makeup" if flag(data.get("makeup_works")) else key)
        force = data.get("in_force") or {}
        deliveries = tuple(_delivery(rule) for rule in data.get("delivery") or ())
        return Regime(
            data["id"], calendar, flag(data.get("roll", "true")), deliveries, day(force.get("from")), day(force.get("to")),
            data["status"] == "verified", tuple(data["basis"]), self.notices,
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

    def for_events(self, office: str, right: str, present: frozenset[str]) -> tuple[Rule, ...]:
        """The rules that a docket runs for a matter in which events of these kinds happened; found once for each set of kinds."""
        key = (office, right, present)
        known = self._by_events.get(key)
        if known is None:
            if len(self._by_events) >= _SETS_KEPT:
                self._by_events.clear()
            known = self._by_events[key] = tuple(rule for rule in self.for_matter(office, right) if rule.may_run(present))
        return known

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

        A tariff judged by the day the fee falls due (`judged_by: due`) does not ask when it was paid. Raises `NoRuleInForce` where no tariff or no
        figure is known, `Ungoverned` where a fact is missing (number of claims), `Conflict` where sources disagree.
        """
        table = self.fees.get(rule.fee)
        if table is None:
            raise NoRuleInForce(f"{rule.id} names no tariff that the packs have.", place=rule.id)
        paid = day(matter.facts.get("paid_on")) if table.data.get("judged_by") != "due" else None
        on = as_of if as_of is not None else paid if paid is not None else deadline.due
        years = tuple(rule.data.get("fee_years") or (deadline.ordinal,))
        return amount(table, Asked(on, years, items_of(rule.data, matter.right)), matter)


def compile_law(packs: Iterable[Pack]) -> Law:
    """The law of the packs, compiled. Packs were checked when they were loaded."""
    return Law(packs)


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
