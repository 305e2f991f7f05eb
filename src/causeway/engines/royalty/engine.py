"""Royalties of a licence year by year: rates, tiers, minimum, stacking, step-down, milestones; and the days of options and pre-emption."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from causeway.engines.kernel import CURRENCIES, Money, Refusal, Step, Ungoverned, add_months, exponent, half_up
from causeway.engines.packs.resolve import InForce
from causeway.engines.packs.units import decimal_text

MINIMUM_MODES = ("creditable", "only_when_no_income", "extra")


class RoyaltyTerms(Refusal):
    """Terms that cannot be reckoned with: a rate outside 0 to 1, tiers that do not rise, money below zero."""

    code = "royalty_terms"


@dataclass(frozen=True)
class Milestone:
    """A fixed sum due on an event; `creditable`: it counts towards the royalties of the same year."""

    event: str
    amount: int
    creditable: bool = False


@dataclass(frozen=True)
class StepDown:
    """A lower rate from a day (loss of the patent, no valid claim): a factor on the rate, or a new rate."""

    since: date
    why: str
    factor: Fraction | None = None
    rate: Fraction | None = None


@dataclass(frozen=True)
class Terms:
    """What a licence says of royalties. Amounts in minor units of `currency`; rates exact, 0 to 1.

    tiers: (up to, inclusive, None for the last; rate). cut, cut_floor: of stacking. minimum_mode: creditable (the larger of royalty and minimum),
    only_when_no_income (the minimum where sales are nothing), extra (due beside the royalty). most: a yearly ceiling.
    Source: terms of licences, guide 2.1.2; Civil Code of the PRC art. 846.
    """

    currency: str
    rate: Fraction | None = None
    tiers: tuple[tuple[int | None, Fraction], ...] = ()
    tier_mode: str = "marginal"
    minimum: int = 0
    minimum_mode: str = "creditable"
    cut: Fraction = Fraction(0)
    cut_floor: Fraction = Fraction(0)
    most: int | None = None
    step_downs: tuple[StepDown, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    sublicence: Fraction = Fraction(0)
    combination: Fraction = Fraction(1)
    basis: tuple[str, ...] = ()
    verified: bool = True

    def __post_init__(self) -> None:
        if self.currency not in CURRENCIES:
            raise RoyaltyTerms(f"{self.currency} is not a currency of ISO 4217.", place="currency")
        if (self.rate is None) == (not self.tiers):
            raise RoyaltyTerms("Terms have either a rate or tiers.", place="rate")
        rates = [share for share in (self.rate, self.cut, self.cut_floor, self.sublicence, self.combination) if share is not None]
        if any(not 0 <= rate <= 1 for rate in [*rates, *(rate for _top, rate in self.tiers)]):
            raise RoyaltyTerms("A rate lies outside 0 to 1.", place="rate")
        tops = [top for top, _rate in self.tiers]
        if tops and (tops[-1] is not None or None in tops[:-1] or any(a >= b for a, b in zip(tops[:-1], tops[1:-1], strict=False))):  # type: ignore[operator]
            raise RoyaltyTerms("Tiers must rise, and the last must have no end.", place="tiers")
        if self.tier_mode not in ("marginal", "cliff") or self.minimum_mode not in MINIMUM_MODES:
            raise RoyaltyTerms("The way of tiers or of the minimum is unknown.", place="tier_mode")
        if self.minimum < 0 or (self.most is not None and self.most < 0):
            raise RoyaltyTerms("An amount is negative.", place="minimum")


def terms_of(held: InForce, currency: str, facts: Mapping[str, Any] | None = None) -> Terms:
    """The royalty rule of packs as terms. Raises `NoRuleInForce`, `Conflict`, or `Ungoverned` where the pack asks for a figure nobody gave."""
    named = held.chosen("royalty", facts)
    grounds = named.grounds(*named.rule.fields)
    minimum = named.rule.fields.get("minimum")
    if minimum is not None and minimum.kind != f"money {currency}":
        raise RoyaltyTerms(f"{named.rule.key} names a minimum in {minimum.kind.removeprefix('money ')}, and {currency} was given.", place=named.rule.key)
    return Terms(
        currency, Fraction(named.number("rate", 0)), minimum=int(named.number("minimum", 0) * 10 ** exponent(currency)),
        minimum_mode=named.number("minimum_mode", "creditable"), cut=Fraction(named.number("cut", 0)), cut_floor=Fraction(named.number("cut_floor", 0)),
        basis=tuple(dict.fromkeys(one for ground in grounds for one in ground.basis)), verified=all(ground.sure for ground in grounds),
    )  # fmt: skip


@dataclass(frozen=True)
class Year:
    """A year of a licence: sales and other licence income in minor units, third parties' rate, events, and its last day (for step-downs)."""

    sales: int
    third_party_rate: Fraction = Fraction(0)
    sublicence_income: int = 0
    events: frozenset[str] = field(default_factory=frozenset)
    ends: date | None = None


@dataclass(frozen=True)
class Due:
    """What is due for a year, in minor units, and how it came about."""

    amount: int
    royalty: int
    milestones: int
    trace: tuple[Step, ...]


def royalty_due(terms: Terms, years: Iterable[Year]) -> list[Due]:
    """What each year owes; years stand alone, so tiers and minimum start anew. Rounded once, halves up, at the end of each year."""
    return [_of_year(terms, year) for year in years]


def _of_year(terms: Terms, year: Year) -> Due:
    if year.sales < 0 or year.sublicence_income < 0:
        raise RoyaltyTerms("Sales are negative: a return is a correction of the year it belongs to.", place="sales")
    if not 0 <= year.third_party_rate <= 1:
        raise RoyaltyTerms("The rate of third parties lies outside 0 to 1.", place="third_party_rate")
    steps = [_step(terms, "sales", amount=_text(terms, year.sales))]
    earned = _earned(terms, year, steps)
    if year.sublicence_income:
        share = terms.sublicence * year.sublicence_income
        earned += share
        steps.append(_step(terms, "sublicence", share=_percent(terms.sublicence), amount=_text(terms, half_up(share))))
    reached = [one for one in terms.milestones if one.event in year.events]
    fixed = sum(one.amount for one in reached)
    credit = sum(one.amount for one in reached if one.creditable)
    for one in reached:
        steps.append(_step(terms, "milestone", event=one.event.replace("_", " "), amount=_text(terms, one.amount)))
    due = max(Fraction(0), earned - credit)
    if credit:
        steps.append(_step(terms, "credited", amount=_text(terms, half_up(due))))
    due = _with_minimum(terms, year, due, steps)
    if terms.most is not None and due > terms.most:
        due = Fraction(terms.most)
        steps.append(_step(terms, "most", amount=_text(terms, terms.most)))
    royalty = half_up(due)
    steps.append(_step(terms, "due", amount=_text(terms, royalty + fixed)))
    return Due(royalty + fixed, royalty, fixed, tuple(steps))


def _earned(terms: Terms, year: Year, steps: list[Step]) -> Fraction:
    """The royalty on the year's sales, exact."""
    base = year.sales * terms.combination
    if terms.combination != 1:
        steps.append(_step(terms, "combination", share=_percent(terms.combination), amount=_text(terms, half_up(base))))
    if terms.rate is not None:
        rate = _rate(terms, terms.rate, year, steps)
        earned = rate * base
        steps.append(_step(terms, "rate", rate=_percent(rate), amount=_text(terms, half_up(earned))))
        return earned
    if terms.tier_mode == "cliff":
        rate = _rate(terms, next(rate for top, rate in terms.tiers if top is None or base <= top), year, steps)
        steps.append(_step(terms, "cliff", rate=_percent(rate), amount=_text(terms, half_up(rate * base))))
        return rate * base
    earned, start = Fraction(0), Fraction(0)
    for top, plain in terms.tiers:
        end = base if top is None or base < top else Fraction(top)
        if end > start:
            rate = _rate(terms, plain, year, steps)
            earned += (end - start) * rate
            steps.append(_step(terms, "slice", rate=_percent(rate), slice=_text(terms, half_up(end - start)), amount=_text(terms, half_up((end - start) * rate))))
            start = end
    return earned


def _rate(terms: Terms, rate: Fraction, year: Year, steps: list[Step]) -> Fraction:
    """The rate after step-downs, and cut for what third parties get; the floor stops the cut and never raises a rate."""
    for down in terms.step_downs:
        if year.ends is not None and year.ends >= down.since:
            rate = rate * down.factor if down.factor is not None else down.rate if down.rate is not None else rate
            steps.append(_step(terms, "step_down", why=down.why.replace("_", " "), since=down.since.isoformat(), rate=_percent(rate)))
    if terms.cut and year.third_party_rate:
        cut = max(rate - terms.cut * year.third_party_rate, min(rate, terms.cut_floor))
        steps.append(_step(terms, "stacking", third=_percent(year.third_party_rate), floor=_percent(terms.cut_floor), rate=_percent(cut)))
        return cut
    return rate


def _with_minimum(terms: Terms, year: Year, due: Fraction, steps: list[Step]) -> Fraction:
    if not terms.minimum:
        return due
    if terms.minimum_mode == "extra":
        steps.append(_step(terms, "minimum_extra", amount=_text(terms, terms.minimum)))
        return due + terms.minimum
    applies = year.sales == 0 and year.sublicence_income == 0 if terms.minimum_mode == "only_when_no_income" else due < terms.minimum
    if not applies:
        return due
    steps.append(_step(terms, f"minimum_{terms.minimum_mode}", amount=_text(terms, terms.minimum)))
    return Fraction(terms.minimum)


def _step(terms: Terms, code: str, **values: str) -> Step:
    return Step(code, values, terms.basis, terms.verified)


def _text(terms: Terms, minor: int) -> str:
    return f"{Money(minor, terms.currency).text()} {terms.currency}"


def _percent(rate: Fraction) -> str:
    return f"{decimal_text(rate * 100)} %"


def grossed_up(net: int, rate: Fraction) -> int:
    """What must be paid so that a net amount is left after a tax withheld at the rate, halves up. rate: 0 to below 1."""
    if not 0 <= rate < 1:
        raise RoyaltyTerms("A rate of tax lies between 0 and below 1.", place="rate")
    return half_up(net / (1 - rate))


@dataclass(frozen=True)
class Option:
    """A right to buy or to match: how long it may be used after a notice, in days, or until which day it runs at all."""

    kind: str  # purchase | match (first refusal) | first_offer | licence
    days: int | None
    runs_until: date | None = None
    basis: tuple[str, ...] = ()


def option_until(option: Option, notified: date) -> date:
    """The last day on which the holder may use the right after a notice. Raises `Ungoverned` where nobody said how many days."""
    if option.days is None:
        raise Ungoverned("Nobody said how many days the holder has; the contract must say.", place="days")
    last = date.fromordinal(notified.toordinal() + option.days)
    return min(last, option.runs_until) if option.runs_until else last


def may_sell_to(option: Option, notified: date, on: date, used: bool, offer: Mapping[str, int], sale: Mapping[str, int]) -> tuple[bool, str]:
    """Whether a right may go to a third party on a day, and why. offer, sale: the price offered to the holder and to the third party ({"price": minor})."""
    if used:
        return False, "The holder used the right."
    if on <= option_until(option, notified):
        return False, f"The holder may still use the right until {option_until(option, notified)}."
    if sale["price"] < offer["price"]:
        return False, "The third party would get better terms than the holder was offered."
    return True, "The time of the holder passed, on terms no better for the third party."


def licence_ends(starts: date, years: int) -> date:
    """The last day of a licence of so many years."""
    return date.fromordinal(add_months(starts.toordinal(), 12 * years) - 1)


def totals(dues: Sequence[Due]) -> int:
    """What all years owe together."""
    return sum(due.amount for due in dues)


WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "en": {
        "sales": ("Sales", "Net sales of the year: {amount}."),
        "combination": ("Combination product", "{share} of the sales counts: {amount}."),
        "rate": ("Royalty", "{rate} of the sales: {amount}."),
        "cliff": ("Royalty in tiers", "The rate of the tier in which the sales lie, {rate}, on all of them: {amount}."),
        "slice": ("Royalty on a slice", "{rate} on {slice}: {amount}."),
        "step_down": ("Lower rate", "{why}, since {since}: {rate}."),
        "stacking": ("Cut for third parties", "Third parties get {third}; the rate is {rate}, not cut below {floor}."),
        "sublicence": ("Share of licence income", "{share} of what sublicensees paid: {amount}."),
        "milestone": ("Milestone", "{event}: {amount}."),
        "credited": ("Milestones credited", "They count towards the royalty; {amount} is left."),
        "minimum_creditable": ("Minimum", "The royalty is less than the minimum, which is due instead: {amount}."),
        "minimum_only_when_no_income": ("Minimum", "There was no income in the year, so the minimum is due: {amount}."),
        "minimum_extra": ("Minimum", "Due beside the royalty: {amount}."),
        "most": ("Ceiling", "No more than {amount} a year."),
        "due": ("Due", "{amount}, rounded once, halves up."),
    },
    "zh-hans": {
        "sales": ("销售额", "本年净销售额：{amount}。"),
        "combination": ("组合产品", "销售额的{share}计入：{amount}。"),
        "rate": ("提成", "销售额的{rate}：{amount}。"),
        "cliff": ("分档提成", "销售额所在档的费率{rate}适用于全部销售额：{amount}。"),
        "slice": ("分段提成", "{slice}按{rate}：{amount}。"),
        "step_down": ("降低费率", "{why}，自{since}起：{rate}。"),
        "stacking": ("第三方费率扣减", "第三方获{third}；费率为{rate}，扣减不低于{floor}。"),
        "sublicence": ("分许可收入分成", "分许可收入的{share}：{amount}。"),
        "milestone": ("里程碑", "{event}：{amount}。"),
        "credited": ("里程碑款抵扣", "抵扣提成后余{amount}。"),
        "minimum_creditable": ("最低提成", "提成低于最低额，按最低额：{amount}。"),
        "minimum_only_when_no_income": ("最低提成", "本年无收入，按最低额：{amount}。"),
        "minimum_extra": ("最低提成", "在提成之外另付：{amount}。"),
        "most": ("上限", "每年不超过{amount}。"),
        "due": ("应付", "{amount}，仅在最后四舍五入一次。"),
    },
}  # fmt: skip
