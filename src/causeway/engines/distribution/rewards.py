"""Tax on what was shared: cash rewards counted as wages, the company's transfer gain, tax withheld on royalties abroad, turnover tax; own use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from causeway.engines.distribution.model import NegativeMoney, UnknownCurrency
from causeway.engines.kernel import Money, Step, Ungoverned, add_months, exponent, half_up
from causeway.engines.packs.resolve import InForce, Named
from causeway.engines.packs.units import decimal_text


@dataclass(frozen=True)
class Reward:
    """A cash reward, in minor units of CNY or another currency. `facts`: way, right, person_named and the like where they are known."""

    cash: int
    currency: str
    received_on: date
    paid_on: date
    contract_registered: bool
    publicised: bool
    facts: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Taxed:
    """An amount by rule, in minor units, and how it came about."""

    amount: int
    rule: str
    trace: tuple[Step, ...]


def counted_in_wages(held: InForce, reward: Reward) -> Taxed:
    """How much of a cash reward counts as wages of the month: a share where every condition is met, else all of it. Halves are rounded up.

    Conditions that are facts of the reward (registered, publicised, in time) are always judged; way, right and further facts where they are given.
    """
    if reward.cash < 0:
        raise NegativeMoney("The reward is negative.", place="cash_reward")
    named = held.chosen("reward_tax", reward.facts)
    fields = named.rule.fields
    months = int(named.number("within"))
    last = date.fromordinal(add_months(reward.received_on.toordinal(), months))
    known = {"contract_registered": reward.contract_registered, "publicised": reward.publicised, **(reward.facts or {})}
    failed = [fact for fact in fields.get("requires", ()) if fact in known and not known[fact]]
    failed += [key for key, listed in (("way", "ways"), ("right", "rights")) if key in known and fields.get(listed) and known[key] not in fields[listed]]
    in_time = reward.paid_on <= last
    work = _Trace(named, reward.currency, ("counted", "within"))
    work.step("in_time" if in_time else "too_late", months=months, received=reward.received_on, paid=reward.paid_on, last=last)
    for fact in failed:
        work.step("condition_failed", condition=CONDITIONS.get(fact, {"en": fact.replace("_", " ")}))
    if failed or not in_time:
        return work.done("counted_whole", reward.cash)
    share = Fraction(named.number("counted"))
    return work.done("counted_part", half_up(share * reward.cash), share=decimal_text(share * 100))


def company_tax(held: InForce, gain: int, currency: str, facts: Mapping[str, Any] | None = None) -> Taxed:
    """Income tax on a year's gain from transfer: nothing up to an amount, a share of the rate above it. gain: minor units, a year's, not below zero."""
    if gain < 0:
        raise NegativeMoney("The gain is negative: a loss owes no tax and is not counted here.", place="gain")
    named = held.chosen("company_tax", facts)
    limit = _minor(named, "exempt_to", currency)
    share, rate = Fraction(named.number("above")), Fraction(named.number("rate"))
    work = _Trace(named, currency, ("exempt_to", "above", "rate"))
    work.step("exempt", amount=work.text(min(gain, limit)))
    over = max(0, gain - limit)
    if over:
        work.step("above", share=decimal_text(share * 100), rate=decimal_text(rate * 100), amount=work.text(over))
    return work.done("tax", half_up(over * share * rate))


def withheld_abroad(held: InForce, gross: int, currency: str, facts: Mapping[str, Any] | None = None) -> Taxed:
    """Tax withheld on a royalty paid to somebody abroad, on the gross."""
    if gross < 0:
        raise NegativeMoney("The royalty is negative.", place="gross")
    named = held.chosen("withholding", facts)
    rate = Fraction(named.number("rate"))
    work = _Trace(named, currency, ("rate", "days"))
    return work.done("withheld", half_up(rate * gross), rate=decimal_text(rate * 100), days=decimal_text(Fraction(named.number("days", 0))))


def turnover_tax(held: InForce, price: int, currency: str, facts: Mapping[str, Any] | None = None) -> Taxed:
    """Turnover tax on a price before tax; nothing where the exemption is switched on."""
    if price < 0:
        raise NegativeMoney("The price is negative.", place="price")
    named = held.chosen("vat", facts)
    work = _Trace(named, currency, ("rate", "exempt"))
    if named.number("exempt"):
        return work.done("vat_exempt", 0)
    rate = Fraction(named.number("rate"))
    return work.done("vat", half_up(rate * price), rate=decimal_text(rate * 100))


def own_use_reward(held: InForce, profits: Sequence[int], currency: str, years: int | None = None, facts: Mapping[str, Any] | None = None) -> list[Taxed]:
    """The least reward of each year in which the unit uses the result itself: a share of that year's operating profit, for so many years.

    profits: operating profit of the consecutive years after production succeeded (or, where the rule says so, after the first profit), minor units.
    years: how many of them the unit rewards; default the fewest the rule allows. Raises `Ungoverned` for fewer.
    """
    named = held.chosen("own_use", facts)
    fewest, most = int(named.number("years_min", 1)), int(named.number("years_max", 100))
    chosen = fewest if years is None else years
    if not fewest <= chosen <= most:
        raise Ungoverned(f"{named.rule.key} rewards {fewest} to {most} years; {chosen} was given.", place="years")
    share = Fraction(named.number("share"))
    start = 0
    if named.rule.fields.get("from_first_profit") is not None and named.number("from_first_profit"):
        start = next((at for at, profit in enumerate(profits) if profit > 0), len(profits))
    made = []
    for at, profit in enumerate(profits):
        work = _Trace(named, currency, ("share", "years_min", "years_max"))
        if start <= at < start + chosen:
            made.append(work.done("own_use", half_up(share * max(0, profit)), year=at + 1, share=decimal_text(share * 100), profit=work.text(max(0, profit))))
        else:
            made.append(work.done("own_use_not", 0, year=at + 1, years=chosen))
    return made


def _minor(named: Named, field: str, currency: str) -> int:
    kind = named.rule.fields[field].kind.removeprefix("money ")
    if kind != currency:
        raise UnknownCurrency(f"{named.rule.key} names an amount in {kind}, and {currency} was given.", place=named.rule.key)
    return int(named.number(field) * 10 ** exponent(currency))


class _Trace:
    """Steps of one rule, all on its grounds."""

    def __init__(self, named: Named, currency: str, fields: tuple[str, ...]) -> None:
        grounds = named.grounds(*fields)
        self.named, self.currency = named, currency
        self.basis = tuple(dict.fromkeys(one for ground in grounds for one in ground.basis))
        self.sure = all(ground.sure for ground in grounds)
        self.steps: list[Step] = []

    def text(self, minor: int) -> str:
        return f"{Money(minor, self.currency).text()} {self.currency}"

    def step(self, code: str, **values: Any) -> None:
        self.steps.append(Step(code, values, self.basis, self.sure))

    def done(self, code: str, amount: int, **values: Any) -> Taxed:
        self.step(code, amount=self.text(amount), **values)
        return Taxed(amount, self.named.rule.key, tuple(self.steps))


CONDITIONS: dict[str, dict[str, str]] = {
    "contract_registered": {"en": "the technology contract is not registered", "zh-hans": "技术合同未经认定登记"},
    "publicised": {"en": "the reward was not publicised", "zh-hans": "奖励未公示"},
    "person_named": {"en": "the person is not named in the notice", "zh-hans": "公示中未列明该人员"},
    "separate_books": {"en": "the funds are not accounted for separately", "zh-hans": "资金未单独核算"},
    "way": {"en": "the way of transfer is none of those the rule names", "zh-hans": "转化方式不在规定之列"},
    "right": {"en": "the kind of result is none of those the rule names", "zh-hans": "成果类型不在规定之列"},
}

WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "en": {
        "in_time": ("Paid in time", "Income of {received}, reward of {paid}: within {months} months, until {last}."),
        "too_late": ("Paid too late", "Income of {received}, reward of {paid}: after {last}, when the {months} months ended."),
        "condition_failed": ("A condition is not met", "{condition}."),
        "counted_part": ("Counted as wages", "{share} % counts in the month of payment: {amount}."),
        "counted_whole": ("Counted as wages", "All of it counts in the month of payment: {amount}."),
        "exempt": ("Free of tax", "The gain of the year up to {amount}."),
        "above": ("Above it", "{amount} is taxed at {share} % of the rate of {rate} %."),
        "tax": ("Income tax", "{amount}."),
        "withheld": ("Tax withheld", "{rate} % of the gross, to be paid over within {days} days: {amount}."),
        "vat": ("Turnover tax", "{rate} % of the price: {amount}."),
        "vat_exempt": ("Turnover tax", "The exemption is switched on: {amount}."),
        "own_use": ("Year {year}", "At least {share} % of the operating profit of {profit}: {amount}."),
        "own_use_not": ("Year {year}", "Outside the {years} years that are rewarded: {amount}."),
    },
    "zh-hans": {
        "in_time": ("按期发放", "收入日{received}，发放日{paid}：在{months}个月内，至{last}止。"),
        "too_late": ("逾期发放", "收入日{received}，发放日{paid}：晚于{months}个月届满日{last}。"),
        "condition_failed": ("条件不满足", "{condition}。"),
        "counted_part": ("计入工资薪金", "按{share}%计入发放当月：{amount}。"),
        "counted_whole": ("计入工资薪金", "全额计入发放当月：{amount}。"),
        "exempt": ("免税部分", "年度转让所得不超过{amount}的部分。"),
        "above": ("超过部分", "{amount}按{rate}%税率的{share}%征收。"),
        "tax": ("所得税", "{amount}。"),
        "withheld": ("代扣税款", "全额的{rate}%，{days}日内缴入国库：{amount}。"),
        "vat": ("增值税", "价款的{rate}%：{amount}。"),
        "vat_exempt": ("增值税", "适用免税：{amount}。"),
        "own_use": ("第{year}年", "不低于营业利润{profit}的{share}%：{amount}。"),
        "own_use_not": ("第{year}年", "不在奖励的{years}年之内：{amount}。"),
    },
}  # fmt: skip
