"""Grants of a programme: what a call may pay for a project, what the applicant must bring, and who may enter at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from causeway.engines.kernel import Money, Refusal, Step, exponent, half_up
from causeway.engines.packs.resolve import Env, InForce
from causeway.engines.packs.units import decimal_text


class GrantInput(Refusal):
    """Costs that no grant can be reckoned from."""

    code = "grant_input"


@dataclass(frozen=True)
class GrantTerms:
    """A grant rule compiled: most it pays (minor units), most share of the eligible costs, least own share, and its entry conditions."""

    currency: str
    cap: int
    rate: Fraction
    own: Fraction
    rule: str
    basis: tuple[str, ...]
    verified: bool


@dataclass(frozen=True)
class Grant:
    """What a project gets at most and what it must bring itself, in minor units."""

    grant: int
    own: int
    trace: tuple[Step, ...]


@dataclass(frozen=True)
class Entry:
    """Whether a project may enter, with each condition it meets, misses, or says nothing of (None)."""

    allowed: bool
    conditions: tuple[tuple[str, Mapping[str, str], bool | None], ...]


def terms_of(held: InForce, facts: Mapping[str, Any] | None = None) -> GrantTerms:
    """The grant rule that governs. Raises `NoRuleInForce`, `Conflict`, or `Ungoverned` where the pack asks for a figure."""
    named = held.chosen("grant", facts)
    currency = named.rule.fields["cap"].kind.removeprefix("money ")
    grounds = named.grounds("cap", "rate", "own")
    return GrantTerms(
        currency, int(named.number("cap") * 10 ** exponent(currency)), Fraction(named.number("rate", 1)), Fraction(named.number("own", 0)), named.rule.key,
        tuple(dict.fromkeys(one for ground in grounds for one in ground.basis)), all(ground.sure for ground in grounds),
    )  # fmt: skip


def entry(held: InForce, facts: Mapping[str, Any]) -> Entry:
    """Whether the entry conditions of the governing rule are met. A fact nobody gave leaves its condition open, and entry closed until it is given."""
    named = held.chosen("grant", facts)
    found: list[tuple[str, Mapping[str, str], bool | None]] = []
    for key, title, test in named.rule.fields.get("conditions", ()):
        try:
            met: bool | None = bool(test.run(Env(held, named.rule.pack, facts)))
        except Refusal:
            met = None
        found.append((key, title, met))
    return Entry(all(met for _key, _title, met in found), tuple(found))


def grant_for(terms: GrantTerms, costs: int) -> Grant:
    """The most that may be paid for eligible costs (minor units): the rate of them, what the own share leaves, never more than the cap; rounded down."""
    if costs < 0:
        raise GrantInput("Costs are negative.", place="costs")
    by_rate = int(min(terms.rate, 1 - terms.own) * costs // 1)
    paid = min(by_rate, terms.cap)

    def step(code: str, **values: Any) -> Step:
        return Step(code, values, terms.basis, terms.verified)

    def text(minor: int) -> str:
        return f"{Money(minor, terms.currency).text()} {terms.currency}"

    steps = [
        step("costs", amount=text(costs)),
        step("rate", share=decimal_text(terms.rate * 100), amount=text(by_rate)),
        step("cap" if by_rate > terms.cap else "under_cap", cap=text(terms.cap), amount=text(paid)),
        step("own", least=text(half_up(terms.own * costs)), amount=text(costs - paid)),
    ]
    return Grant(paid, costs - paid, tuple(steps))


WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "en": {
        "costs": ("Eligible costs", "{amount}."),
        "rate": ("By the rate", "At most {share} % of them: {amount}."),
        "cap": ("Ceiling", "A grant is at most {cap}: {amount}."),
        "under_cap": ("Ceiling", "{amount}, within the ceiling of {cap}."),
        "own": ("Own contribution", "{amount} must come from elsewhere (at least {least})."),
    },
    "zh-hans": {
        "costs": ("合格费用", "{amount}。"),
        "rate": ("按比例", "不超过其{share}%：{amount}。"),
        "cap": ("上限", "资助不超过{cap}：{amount}。"),
        "under_cap": ("上限", "{amount}，未超过上限{cap}。"),
        "own": ("自筹", "{amount}须另行筹集（不少于{least}）。"),
    },
}  # fmt: skip
