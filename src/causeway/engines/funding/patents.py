"""Money of the university for patents: filings paid in full for the first ones of each researcher and year, years of maintenance, incentives, awards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from causeway.engines.kernel import CURRENCIES, Money, NoRuleInForce, Refusal, Step, Ungoverned, add_months, exponent, half_up
from causeway.engines.packs.resolve import InForce, Named
from causeway.engines.packs.units import decimal_text


class FundingInput(Refusal):
    """Filings or costs that cannot be: money below zero, a currency that is none, an annuity of no year."""

    code = "funding_input"


@dataclass(frozen=True)
class Filing:
    """A filing of a researcher: its day, its cost and its annuities by patent year, in minor units."""

    researcher: str
    on: date
    cost: int
    annuities: Mapping[int, int] = field(default_factory=dict)
    ref: str = ""


@dataclass(frozen=True)
class Funded:
    """What the university pays of a filing, in minor units, and by which turn of its researcher's year."""

    paid: int
    annuities: Mapping[int, int]
    turn: int
    full: bool
    trace: tuple[Step, ...]


@dataclass(frozen=True)
class Scheme:
    """A funding scheme: how many filings a researcher and year are paid in full, the share of the others, the years of maintenance of the full ones."""

    full_count: int
    rest: Fraction
    annuity_years: int
    annuity_share: Fraction = Fraction(1)
    rule: str = ""
    basis: tuple[str, ...] = ()
    verified: bool = True


def scheme_of(held: InForce, facts: Mapping[str, Any] | None = None) -> Scheme:
    """The funding rule that governs on a day. Raises `NoRuleInForce`, `Conflict`, or `Ungoverned` where the pack asks for a figure."""
    named = held.chosen("funding", facts)
    grounds = named.grounds("full_count", "rest", "annuity_years", "annuity_share")
    return Scheme(
        int(named.number("full_count")), Fraction(named.number("rest")), int(named.number("annuity_years")), Fraction(named.number("annuity_share", 1)),
        named.rule.key, tuple(dict.fromkeys(one for ground in grounds for one in ground.basis)), all(ground.sure for ground in grounds),
    )  # fmt: skip


def warnings_of(held: InForce, about: str) -> list[Step]:
    """Later policies that speak against a rule, as steps of a trace: they change no figure."""
    found = []
    for named in held.rules("warning"):
        if named.rule.fields.get("about") in (about, about.rpartition("/")[2]):
            found.append(Step("warning", {"warning": named.rule.title, "since": named.rule.span.words()}, named.rule.ground.basis, named.rule.ground.sure))
    return found


def fund(filings: Sequence[Filing], scheme: Scheme, currency: str, warn: Sequence[Step] = ()) -> list[Funded]:
    """What is paid of each filing, in the order given.

    Per researcher and calendar year the first filings by date (those of one day as listed) are paid in full, every other one in part, halves rounded up;
    annuities of those paid in full are paid for the first patent years, all others not at all.
    Source: guide 3.2.2 for the scheme of Renmin University; figures from the pack.
    """
    if currency not in CURRENCIES:
        raise FundingInput(f"{currency} is not a currency of ISO 4217.", place="currency")
    turns: dict[int, int] = {}
    counted: dict[tuple[str, int], int] = {}
    for at in sorted(range(len(filings)), key=lambda i: (filings[i].on, i)):
        key = (filings[at].researcher, filings[at].on.year)
        counted[key] = counted.get(key, 0) + 1
        turns[at] = counted[key]
    return [_one(filing, turns[at], scheme, currency, warn) for at, filing in enumerate(filings)]


def _one(filing: Filing, turn: int, scheme: Scheme, currency: str, warn: Sequence[Step]) -> Funded:
    if filing.cost < 0 or any(amount < 0 for amount in filing.annuities.values()):
        raise FundingInput("A cost is negative.", place=filing.researcher)
    if any(year < 1 for year in filing.annuities):
        raise FundingInput("A patent has no year before the first.", place=filing.researcher)
    full = turn <= scheme.full_count
    paid = filing.cost if full else half_up(scheme.rest * filing.cost)
    annuities = {
        year: half_up(scheme.annuity_share * amount) if full and year <= scheme.annuity_years else 0 for year, amount in sorted(filing.annuities.items())
    }

    def step(code: str, **values: Any) -> Step:
        return Step(code, values, scheme.basis, scheme.verified)

    def text(minor: int) -> str:
        return f"{Money(minor, currency).text()} {currency}"

    steps = [step("turn", researcher=filing.researcher, turn=turn, year=filing.on.year, on=filing.on.isoformat())]
    steps.append(step("full" if full else "rest", count=scheme.full_count, share=decimal_text(scheme.rest * 100), cost=text(filing.cost), amount=text(paid)))
    for year, amount in annuities.items():
        code = "annuity" if full and year <= scheme.annuity_years else "annuity_not"
        steps.append(step(code, year=year, years=scheme.annuity_years, amount=text(amount)))
    return Funded(paid, annuities, turn, full, (*steps, *warn))


def incentive_on_grant(held: InForce, right: str, facts: Mapping[str, Any] | None = None) -> tuple[Money, Named]:
    """The incentive a grant earns. Raises `Ungoverned` where the source names none and the university has not given it."""
    named = held.chosen("incentive", facts)
    return _amount(named, right), named


def award_of(held: InForce, right: str, granted: date, facts: Mapping[str, Any] | None = None) -> tuple[Money, date, Named]:
    """The least award of inventors for a grant without an agreement or rule of the unit, and the last day it is due.

    Source: patent law of the pack (in China art. 93 of the Implementing Regulations, within three months of grant).
    """
    named = held.chosen("award", facts)
    due = date.fromordinal(add_months(granted.toordinal(), int(named.number("within"))))
    return _amount(named, right), due, named


def pct_share(held: InForce, chosen: bool, facts: Mapping[str, Any] | None = None) -> tuple[Fraction, Named]:
    """Which share of a PCT application's cost is paid: only for technologies that were chosen; nothing for others."""
    named = held.chosen("pct", {**(facts or {}), "chosen": chosen})
    return Fraction(named.number("share")), named


def _amount(named: Named, right: str) -> Money:
    amounts = named.rule.fields["amount"]
    found = amounts.get(right, amounts.get(""))
    if found is None:
        raise NoRuleInForce(f"{named.rule.key} names no amount for {right.replace('_', ' ')}.", place=named.rule.key)
    value = named.read(found)
    if isinstance(value, Refusal):
        raise Ungoverned(value.message, place=value.place)
    currency = found.kind.removeprefix("money ")
    return Money(int(value * 10 ** exponent(currency)), currency)


WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "en": {
        "turn": ("Filing of {researcher}", "Number {turn} of {researcher} in {year} by date ({on})."),
        "full": ("Paid in full", "It is among the first {count} of the year: {amount}."),
        "rest": ("Paid in part", "It is beyond the first {count} of the year, so {share} % of {cost} is paid: {amount}."),
        "annuity": ("Annuity of year {year}", "Years 1 to {years} of a filing paid in full are paid: {amount}."),
        "annuity_not": ("Annuity of year {year}", "Not paid: only years 1 to {years} of filings paid in full are."),
        "warning": ("Later policy", "{warning} ({since}). No figure is changed by it."),
    },
    "zh-hans": {
        "turn": ("{researcher}的申请", "{researcher}在{year}年按日期的第{turn}件（{on}）。"),
        "full": ("全额资助", "属于该年度前{count}件：{amount}。"),
        "rest": ("部分资助", "超出该年度前{count}件，按{cost}的{share}%资助：{amount}。"),
        "annuity": ("第{year}年年费", "全额资助的申请资助第1至{years}年年费：{amount}。"),
        "annuity_not": ("第{year}年年费", "不予资助：仅资助全额资助申请的第1至{years}年年费。"),
        "warning": ("后续政策", "{warning}（{since}）。不改变任何金额。"),
    },
}  # fmt: skip
