"""What a step costs: the tariff in force, the figure for a year, a stage, so many claims or named items, and what a reduction leaves to pay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from causeway.engines.docket.model import MatterFacts
from causeway.engines.docket.values import day, flag, span, whole
from causeway.engines.kernel import Conflict, Money, NoRuleInForce, Ungoverned, add_months
from causeway.engines.packs import Map


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
        known = span(self.versions[0].start, self.versions[-1].end) if self.versions else " on no day"
        raise NoRuleInForce(f"No tariff of {self.id} was read for {date.fromordinal(on)}; those read hold{known}.")


class Amount(NamedTuple):
    """A fee: the full amount, what it is for this payer, and whether the tariff was verified."""

    full: Money
    payable: Money
    verified: bool
    basis: tuple[str, ...]
    note: str


class Asked(NamedTuple):
    """What a fee is asked for: the day of the tariff, the years or the stage it is the sum of, or the named items (none: by year or stage)."""

    on: int
    years: tuple[str, ...]
    items: tuple[str, ...]


def tariff(data: Map) -> FeeTable:
    """A tariff of a pack."""
    versions = tuple(
        FeeVersion(day(v.get("from")), day(v.get("to")), v, v["status"] == "verified", tuple(v["basis"]), str(v.get("note", "")))
        for v in data.get("versions") or ()
    )
    return FeeTable(data["id"], data["currency"], versions, data)


def items_of(rule: Map, right: str) -> tuple[str, ...]:
    """The items of a tariff that a rule's fee is the sum of, for a right."""
    items = rule.get("fee_items") or ()
    return tuple(items.get(right) or ()) if isinstance(items, Map) else tuple(items)


def amount(table: FeeTable, asked: Asked, matter: MatterFacts) -> Amount:
    """A fee of a tariff: full, and as this matter pays it. Raises as `Law.amount_of` says."""
    version = table.version(asked.on)
    disputed = version.data.get("conflict", "")
    if flag(disputed) or (isinstance(disputed, list) and matter.right in disputed):
        raise Conflict(f"The sources disagree on {table.id}: {version.note}" if version.note else f"The sources disagree on {table.id}.")
    if asked.items:
        parts = [_item(table, version, name, matter.facts) for name in asked.items]
        full = _sum(parts, table.currency)
        payable = _sum([_reduced_item(table, part, name, matter, asked.on) for part, name in zip(parts, asked.items, strict=True)], table.currency)
    else:
        figures = [(_figure(table, version, year, matter), year) for year in asked.years]
        full = _sum([figure for figure, _year in figures], table.currency)
        payable = _sum([_reduced(table, figure, year, asked.on, matter) for figure, year in figures], table.currency)
    return Amount(full, payable, version.verified, version.basis, version.note)


def _sum(parts: list[Money], currency: str) -> Money:
    return Money(sum(part.minor for part in parts), currency)


def _figure(table: FeeTable, version: FeeVersion, ordinal: str, matter: MatterFacts) -> Money:
    """The full figure of a tariff for a year or stage."""
    if "by_stage" in version.data:
        row = version.data["by_stage"].get(ordinal) or {}
        text = row.get(matter.entity or "large") if isinstance(row, Map) else row
    elif "per_claim" in version.data:
        return _per_claim(table, version, ordinal, matter.facts)
    else:
        rows = version.data.get("by_year") or {}
        row = rows.get(matter.right, rows)
        text = row.get(ordinal) if isinstance(row, Map) else None
    if text in (None, ""):
        raise NoRuleInForce(f"The tariff {table.id} in force has no figure for {ordinal or 'this'}: {version.note or 'read the official tariff.'}")
    return Money.parse(str(text), table.currency)


def _per_claim(table: FeeTable, version: FeeVersion, ordinal: str, facts: Mapping[str, Any]) -> Money:
    year = int(ordinal)
    for years, pair in version.data["per_claim"].items():
        first, _dash, last = years.partition("-")
        if int(first) <= year <= int(last):
            return Money(int(pair["base"]) + int(pair["claim"]) * _claims(table, facts), table.currency)
    raise NoRuleInForce(f"The tariff {table.id} has no figure for year {ordinal}.")


def _claims(table: FeeTable, facts: Mapping[str, Any]) -> int:
    if "claims" not in facts:
        raise Ungoverned(f"The fee of {table.id} depends on the number of claims, which nobody gave.")
    return whole(facts, "claims")


def _item(table: FeeTable, version: FeeVersion, name: str, facts: Mapping[str, Any]) -> Money:
    """A named item of a tariff: an amount, or an amount and so much per claim ("166000 + 51000 per claim")."""
    text = str((version.data.get("items") or {}).get(name, ""))
    base, _plus, claim = text.removesuffix(" per claim").partition(" + ")
    if not text:
        raise NoRuleInForce(f"The tariff {table.id} in force has no figure for {name}: {version.note or 'read the official tariff.'}")
    fee = Money.parse(base, table.currency)
    return fee + Money(Money.parse(claim, table.currency).minor * _claims(table, facts), table.currency) if claim else fee


def _chosen(table: FeeTable, matter: MatterFacts, on: int) -> Map | None:
    """The reduction a matter is recorded for (fact `reduction`), if the tariff has it by then."""
    rule = (table.data.get("reductions") or {}).get(str(matter.facts.get("reduction", "")))
    return rule if rule and on >= (day(rule.get("from")) or 0) else None


def _reduced_item(table: FeeTable, full: Money, name: str, matter: MatterFacts, on: int) -> Money:
    rule = _chosen(table, matter, on)
    return full.percent(100 - Fraction(str(rule["percent"]))) if rule and name in (rule.get("items") or ()) else full


def _reduced(table: FeeTable, full: Money, year: str, on: int, matter: MatterFacts) -> Money:
    """What is payable of the fee of a year after a reduction."""
    rule = _chosen(table, matter, on)
    if rule is None or "items" in rule:
        return full
    if "by_year" in rule:
        return Money.parse(str(rule["by_year"][year]), table.currency) if year in rule["by_year"] else full
    until = rule.get("years_from_grant")
    granted = _year_of_grant(matter) if until else None
    if until and granted is not None and int(year) >= granted + int(until):
        return full
    return full.percent(100 - Fraction(str(rule["percent"])))


def _year_of_grant(matter: MatterFacts) -> int | None:
    """The patent year, counted from filing, in which a matter was granted: reductions of some offices run from it."""
    filed = min((event.on for event in matter.events if event.kind in ("filing", "international_filing")), default=None)
    granted = min((event.on for event in matter.events if event.kind == "grant"), default=None)
    if filed is None or granted is None:
        return None
    start, end = filed.toordinal(), granted.toordinal()
    return next(year for year in range(1, 200) if add_months(start, 12 * year) > end)
