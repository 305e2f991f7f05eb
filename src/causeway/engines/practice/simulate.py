"""Try policies on receipts of the past: who would have got what, what is refused and why, where the law's floor lies. Nothing is written.

Rows come one after the other and are not kept, so memory does not grow with their number; what is kept grows with people, units, years and technologies.
Traces are not made here: `trace_of` derives that of one row when somebody opens it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from causeway.engines.distribution import BelowFloor, Contributor, Distribution, NegativeMoney, Receipt, ShareRange, UnknownCurrency
from causeway.engines.distribution.engine import distribute
from causeway.engines.distribution.model import share_out, team
from causeway.engines.distribution.plan import Floor, Plan, below, compile_plan, exact_amount, floor_amount, judged_each_time
from causeway.engines.kernel import CURRENCIES, Refusal, half_up
from causeway.engines.packs.resolve import Book
from causeway.engines.practice.adoption import Timeline

#: How many refused rows are kept as examples; all are counted.
EXAMPLES = 50


class Row(NamedTuple):
    """A receipt of the past. amount, costs: minor units; costs not covered are carried on within a technology. line: where it stands in its file."""

    on: date
    amount: int
    currency: str
    technology: str = ""
    costs: int = 0
    people: tuple[Contributor, ...] = ()
    facts: tuple[tuple[str, Any], ...] = ()
    line: int = 0


class Refused(NamedTuple):
    """A row that a policy cannot share, and why."""

    line: int
    on: date
    technology: str
    code: str
    message: str


Sums = dict[tuple[str, ...], int]


@dataclass
class Outcome:
    """What one policy gives. Sums are minor units, keyed by currency last: parts by (year, part, currency), people by (person, currency) and so on."""

    name: str
    digest: str
    rows: int = 0
    shared: int = 0
    parts: Sums = field(default_factory=dict)
    people: Sums = field(default_factory=dict)
    people_by_year: Sums = field(default_factory=dict)
    units: Sums = field(default_factory=dict)
    received: Sums = field(default_factory=dict)
    net: Sums = field(default_factory=dict)
    floor: Sums = field(default_factory=dict)
    carried: Sums = field(default_factory=dict)
    refusals: dict[tuple[str, str], int] = field(default_factory=dict)
    refused: list[Refused] = field(default_factory=list)

    def total(self, part: str, currency: str) -> int:
        """What a part gets over all years, in minor units."""
        return sum(amount for (_year, name, money), amount in self.parts.items() if name == part and money == currency)


class Change(NamedTuple):
    """What somebody gets under the first and the second policy, in minor units."""

    who: str
    currency: str
    before: int
    after: int

    @property
    def difference(self) -> int:
        return self.after - self.before


def simulate(rows: Iterable[Row], books: Mapping[str, Book | Timeline], under: Mapping[str, date] | None = None) -> dict[str, Outcome]:
    """Run rows through one or more policies (name to book) in one pass. Rows of a technology should come by date: costs are carried in the order given.

    under: for some policies, the one day whose rules are to apply to every row (facts of 2019 under the rules of 2026); else each row's own day.
    """
    days = under or {}
    runs = [_Run(name, book, days.get(name)) for name, book in books.items()]
    for row in rows:
        for run in runs:
            run.take(row)
    return {run.outcome.name: run.done() for run in runs}


def changes(before: Outcome, after: Outcome, of: str = "people") -> list[Change]:
    """Winners and losers between two outcomes, the largest gain first. of: people, units, parts or people_by_year (who: "2020 Li")."""
    first, second = getattr(before, of), getattr(after, of)
    found = [Change(" ".join(key[:-1]), key[-1], first.get(key, 0), second.get(key, 0)) for key in first.keys() | second.keys()]
    return sorted(found, key=lambda one: (-one.difference, one.who, one.currency))


def sensitivity(rows: Iterable[Row], book: Book | Timeline, key: str, texts: Sequence[str], under: date | None = None) -> dict[str, Outcome]:
    """The outcome for each of several texts of one value ("pack/id"), everything else as it is. Values under the law's floor show as refusals.

    Raises `ValueFault` for a text that is no such value, `NoRuleInForce` for a value that is not there.
    """
    return simulate(rows, {text: book.with_values({key: text}) for text in texts}, dict.fromkeys(texts, under) if under else None)


def trace_of(rows: Iterable[Row], book: Book | Timeline, line: int, under: date | None = None) -> Distribution:
    """The distribution of the row on a line, with its trace; costs carried from earlier rows of its technology are reckoned again.

    Raises the row's refusal, or `LookupError` where no row stands on that line.
    """
    run = _Run("", book, under)
    for row in rows:
        if row.line == line:
            held = book.on(run.day(row))
            plan = compile_plan(held, dict(row.facts), row.currency)
            carried = run.carry.get((row.technology, row.currency), 0) if row.technology else 0
            receipt = Receipt(row.amount, row.currency, {"costs": row.costs}, row.people, carried=carried, facts=dict(row.facts))
            return distribute(plan, receipt)
        run.take(row)
    raise LookupError(f"No receipt stands on line {line}.")


class _Ready(NamedTuple):
    """A plan made ready for many rows: where the inventors and the institute stand, and which floors need each row's figures."""

    plan: Plan
    inventors: int
    institute: int
    judged: tuple[Floor, ...]
    least: tuple[int, int] | None  # the largest plain floor of the inventors as numerator and denominator
    floors: tuple[Floor, ...]
    takes_costs: bool


class _Run:
    """One policy over rows: plans by interval, currency and facts; costs carried by technology."""

    def __init__(self, name: str, book: Book | Timeline, under: date | None = None) -> None:
        self.book = book
        self.under = under.toordinal() if under else None
        self.outcome = Outcome(name, book.digest)
        self.carry: dict[tuple[str, str], int] = {}
        self._ready: dict[Any, _Ready | Refusal] = {}

    def day(self, row: Row) -> int:
        """The day whose rules apply to a row."""
        return row.on.toordinal() if self.under is None else self.under

    def ready(self, row: Row) -> _Ready | Refusal:
        """The plan for a row, compiled once for all rows of its interval, currency and facts."""
        key = (self.book.interval(self.day(row)), row.currency, row.facts)
        found = self._ready.get(key)
        if found is None:
            if len(self._ready) > 10_000:
                self._ready.clear()
            found = self._ready[key] = self._compile(row)
        return found

    def _compile(self, row: Row) -> _Ready | Refusal:
        if row.currency not in CURRENCIES:
            return UnknownCurrency(f"{row.currency or 'No currency'} is not a currency of ISO 4217.", place="currency")
        try:
            plan = compile_plan(self.book.on(self.day(row)), dict(row.facts), row.currency)
        except Refusal as refusal:
            return refusal
        if plan.refusal:
            return plan.refusal
        at = {part: plan.parts.index(part) for part in ("inventors", "institute") if part in plan.parts}
        floors = tuple(floor for floor in plan.floors if floor.part == "inventors")
        least = None
        if floors and all(floor.cost_share is None for floor in floors):
            share = max(floor.share for floor in floors)
            least = (share.numerator, share.denominator)
        return _Ready(plan, at.get("inventors", -1), at.get("institute", -1), judged_each_time(plan), least, floors, "costs" in plan.deduct)

    def take(self, row: Row) -> None:
        """Share one row, or count why not."""
        outcome = self.outcome
        outcome.rows += 1
        try:
            ready = self.ready(row)
            if isinstance(ready, Refusal):
                raise ready
            self._share(row, ready)
            outcome.shared += 1
        except Refusal as refusal:
            self._refuse(row, refusal)

    def _refuse(self, row: Row, refusal: Refusal) -> None:
        key = (refusal.code, refusal.message)
        refusals = self.outcome.refusals
        if key in refusals or len(refusals) < 500:
            refusals[key] = refusals.get(key, 0) + 1
        else:
            refusals[(refusal.code, "")] = refusals.get((refusal.code, ""), 0) + 1
        if len(self.outcome.refused) < EXAMPLES:
            self.outcome.refused.append(Refused(row.line, row.on, row.technology, refusal.code, refusal.message))

    def _share(self, row: Row, ready: _Ready) -> None:
        amount, currency, technology, costs = row.amount, row.currency, row.technology, row.costs
        if amount < 0 or costs < 0:
            raise NegativeMoney("The amount or the costs are negative: a correction is a reversal and a new run.", place=str(row.line))
        names, units, weights, total = team(row.people)
        plan = ready.plan
        if not ready.takes_costs:
            costs = 0
        elif technology:
            costs += self.carry.get((technology, currency), 0)
        net, uncovered, parts = plan.split(amount, costs)
        counted = costs if plan.cost_share == 1 else half_up(plan.cost_share * costs)
        legal = amount - counted if amount > counted else 0
        if ready.judged:
            _judge(plan, ready.judged, amount, costs, net, legal)
        if plan.main_share is not None and names:
            _main(row.people, plan.main_share)
        ours = parts[ready.inventors] if ready.inventors >= 0 else 0
        if ours and not names:
            raise ShareRange("Nobody is named who shares the inventors' part.", place=str(row.line))
        if technology and ready.takes_costs and (uncovered or costs != row.costs):
            self.carry[technology, currency] = uncovered
        self._count(row.on.year, currency, amount, net, plan.parts, parts)
        if ready.floors:
            self._floor(row.on.year, currency, ready, amount, costs, legal)
        if ours:
            self._people(row.on.year, currency, ours, names, weights, total)
        if ready.institute >= 0 and total:
            self._units(currency, parts[ready.institute], units, weights)

    def _count(self, year: int, currency: str, amount: int, net: int, names: tuple[str, ...], parts: Sequence[int]) -> None:
        outcome = self.outcome
        key = (str(year), currency)
        outcome.received[key] = outcome.received.get(key, 0) + amount
        outcome.net[key] = outcome.net.get(key, 0) + net
        sums = outcome.parts
        for name, part in zip(names, parts, strict=True):
            named = (str(year), name, currency)
            sums[named] = sums.get(named, 0) + part

    def _floor(self, year: int, currency: str, ready: _Ready, money: int, costs: int, legal: int) -> None:
        key = (str(year), currency)
        if ready.least:
            top, bottom = ready.least
            least = (2 * legal * top + bottom) // (2 * bottom)
        else:
            least = max(half_up(floor_amount(floor, money, costs, legal)) for floor in ready.floors)
        self.outcome.floor[key] = self.outcome.floor.get(key, 0) + least

    def _people(self, year: int, currency: str, amount: int, names: tuple[str, ...], weights: tuple[int, ...], total: int) -> None:
        people, by_year = self.outcome.people, self.outcome.people_by_year
        for name, share in zip(names, share_out(amount, weights, total), strict=True):
            key = (name, currency)
            people[key] = people.get(key, 0) + share
            dated = (str(year), name, currency)
            by_year[dated] = by_year.get(dated, 0) + share

    def _units(self, currency: str, amount: int, units: tuple[str, ...], weights: tuple[int, ...]) -> None:
        """The institutes' part, by the weights of the people of each unit."""
        if not any(units):
            return
        sums = self.outcome.units
        for unit, share in zip(units, share_out(amount, weights, sum(weights)), strict=True):
            key = (unit, currency)
            sums[key] = sums.get(key, 0) + share

    def done(self) -> Outcome:
        for (_technology, currency), amount in self.carry.items():
            self.outcome.carried[(currency,)] = self.outcome.carried.get((currency,), 0) + amount
        return self.outcome


def _judge(plan: Plan, floors: tuple[Floor, ...], money: int, costs: int, net: int, legal: int) -> None:
    for floor in floors:
        given = exact_amount(plan, floor.part, money, costs, net) if legal else plan.share(floor.part)
        least = floor_amount(floor, money, costs, legal) if legal else floor.share
        if given < least:
            raise below(floor, f"{float(given * 100 / legal if legal else given * 100):.2f}")


def _main(people: tuple[Contributor, ...], least: Fraction) -> None:
    named = [one for one in people if one.main]
    if named and sum(Fraction(one.weight) for one in named) < least * sum(Fraction(one.weight) for one in people):
        raise BelowFloor("The main contributors would get less of the reward than is asked for.", place="main_contributor")
