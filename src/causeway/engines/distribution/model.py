"""What the distribution of income takes and gives. Amounts are whole minor units of one currency throughout."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple

from causeway.engines.kernel import CURRENCIES, Money, Refusal, Step, whole_weights


class BelowFloor(Refusal):
    """A part gets less than the law (or a layer above) asks for."""

    code = "below_floor"


class SharesDoNotSum(Refusal):
    """The parts of a rule do not sum to exactly one."""

    code = "shares_do_not_sum"


class ShareRange(Refusal):
    """A share is negative or above one."""

    code = "share_range"


class NegativeMoney(Refusal):
    """An amount below zero where only money received or spent can stand."""

    code = "negative_amount"


class UnknownCurrency(Refusal):
    """A currency that is none, or another than the rule's figures are in."""

    code = "unknown_currency"


class Contributor(NamedTuple):
    """Somebody who shares the inventors' part: weight is exact; main marks a main contributor."""

    person: str
    weight: Fraction | int = 1
    main: bool = False
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """Income to be shared, in minor units. costs: name to amount; carried: costs of earlier receipts not yet covered; co_owners: name to share."""

    gross: int
    currency: str
    costs: Mapping[str, int] = field(default_factory=dict)
    people: tuple[Contributor, ...] = ()
    taxes_withheld: int = 0
    carried: int = 0
    co_owners: Mapping[str, Fraction] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)

    def check(self) -> None:
        """Raise what makes the receipt impossible: negative money, a currency that is none, weights that share nothing."""
        if self.currency not in CURRENCIES:
            text = f"{self.currency or 'No currency'} is not a currency of ISO 4217."
            raise UnknownCurrency(text, place="currency", zh=f"{self.currency or '空白'}不是ISO 4217规定的货币。")
        for name, amount in (("gross", self.gross), ("taxes_withheld", self.taxes_withheld), ("carried", self.carried), *self.costs.items()):
            if amount < 0:
                text = f"{name.replace('_', ' ')} is negative: a correction is a reversal and a new run, not a negative amount."
                raise NegativeMoney(text, place=name, zh="金额为负：更正应先冲销再重新计算，不得填负数。")
        if any(not 0 <= share <= 1 for share in self.co_owners.values()) or sum(self.co_owners.values(), Fraction(0)) > 1:
            raise ShareRange("The shares of co-owners must lie between 0 and 1 and not exceed one together.", place="co_owners")
        check_people(self.people)


def check_people(people: tuple[Contributor, ...]) -> None:
    """Raise `ShareRange` for weights that are negative or all zero, or a person named twice."""
    if any(one.weight < 0 for one in people) or (people and not any(one.weight for one in people)):
        raise ShareRange("Weights must not be negative, and one must be above zero.", place="inventors", zh="权重不得为负，且至少一个大于零。")
    if len({one.person for one in people}) != len(people):
        raise ShareRange("Somebody is named twice among the inventors.", place="inventors", zh="完成人重复列出。")


class Team(NamedTuple):
    """People made ready for many splits: names, units, whole weights in the same proportion, and their sum."""

    names: tuple[str, ...]
    units: tuple[str, ...]
    weights: tuple[int, ...]
    total: int


@lru_cache(maxsize=4096)
def team(people: tuple[Contributor, ...]) -> Team:
    """The people of a receipt made ready; raises `ShareRange` for what is wrong with them."""
    check_people(people)
    weights = tuple(whole_weights([one.weight for one in people]))
    return Team(tuple(one.person for one in people), tuple(one.unit for one in people), weights, sum(weights))


def share_out(amount: int, weights: tuple[int, ...], total: int) -> Sequence[int]:
    """Minor units by whole weights of a known sum: rounded down, the rest to the largest remainders, ties to the larger weight, then as listed."""
    if len(weights) == 1:
        return (amount,)
    parts = [amount * weight // total for weight in weights]
    left = amount - sum(parts)
    if left:
        for i in sorted(range(len(parts)), key=lambda i: (-(amount * weights[i] % total), -weights[i], i))[:left]:
            parts[i] += 1
    return parts


@dataclass(frozen=True)
class Distribution:
    """Who gets what of a receipt, in minor units. floor: what the law asks for at least (None where no law speaks); trace: the steps."""

    currency: str
    gross: int
    legal_net: int
    net: int
    carried: int
    parts: Mapping[str, int]
    people: Mapping[str, int]
    floor: int | None
    floor_met: bool | None
    rule: str
    trace: tuple[Step, ...]

    def money(self, minor: int) -> Money:
        """Minor units as money of the receipt."""
        return Money(minor, self.currency)
