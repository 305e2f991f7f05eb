"""Shares in a company given for a result: the university's percentage split exactly among its parts; nothing is rounded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from causeway.engines.distribution.engine import PARTS
from causeway.engines.distribution.model import Contributor, ShareRange, check_people
from causeway.engines.distribution.plan import PLACES, Floor, below, check_shares, floors_of
from causeway.engines.kernel import Step
from causeway.engines.packs.model import Ground
from causeway.engines.packs.resolve import InForce
from causeway.engines.packs.units import decimal_text


@dataclass(frozen=True)
class EquitySplit:
    """Percent of the company by part and by person, exact."""

    parts: Mapping[str, Fraction]
    people: Mapping[str, Fraction]
    floor: Fraction | None
    rule: str
    trace: tuple[Step, ...]


def equity_shares(held: InForce, facts: Mapping[str, Any] | None = None) -> tuple[str, dict[str, Fraction], tuple[Ground, ...]]:
    """The rule of equity that governs: its key, its parts' shares, its grounds."""
    named = held.chosen("equity", facts)
    env = held.env(named.rule.pack)
    shares = {part: None if share is None else share.run(env) for part, share in named.rule.fields["parts"].items()}
    rest = 1 - sum((share for share in shares.values() if share is not None), Fraction(0))
    names = {name for share in named.rule.fields["parts"].values() if share is not None for name in share.names}
    grounds = [named.rule.ground, *(held.ground_of(named.rule.pack, name) for name in sorted(names))]
    return named.rule.key, {part: rest if share is None else share for part, share in shares.items()}, tuple(one for one in grounds if one)


def equity_floors(held: InForce, facts: Mapping[str, Any] | None = None) -> tuple[Floor, ...]:
    """The floors of every layer for shares in a company."""
    return floors_of(held, facts, "equity")


def split_equity(
    percent: Fraction, shares: Mapping[str, Fraction], floors: tuple[Floor, ...] = (), people: tuple[Contributor, ...] = (), rule: str = "",
    grounds: tuple[Ground, ...] = (),
) -> EquitySplit:  # fmt: skip
    """Split a percentage of a company. percent: 0 to 100. Raises `SharesDoNotSum` first, then `ShareRange`, then `BelowFloor`."""
    check_shares(shares)
    check_people(people)
    if not 0 <= percent <= 100:
        raise ShareRange(f"{decimal_text(percent)} % of a company cannot be.", place="company_percent")
    for floor in floors:
        given = shares.get(floor.part, Fraction(0))
        if given < floor.share:
            raise below(floor, decimal_text(given * 100))
    basis = tuple(dict.fromkeys(one for ground in grounds for one in ground.basis))
    sure = all(ground.sure for ground in grounds)
    names = sorted(shares, key=PLACES.index) if set(shares) <= set(PLACES) else list(shares)
    parts = {name: percent * shares[name] for name in names}
    steps = [Step("equity", {"percent": decimal_text(percent)})]
    for name, share in parts.items():
        values = {"part": PARTS.get(name, {"en": name}), "share": f"{decimal_text(shares[name] * 100)} %", "amount": f"{decimal_text(share)} %"}
        steps.append(Step("equity_part", values, basis, sure))
    total = sum((Fraction(one.weight) for one in people), Fraction(0))
    held = {one.person: parts.get("inventors", Fraction(0)) * Fraction(one.weight) / total for one in people}
    for one in people:
        steps.append(Step("person", {"person": one.person, "weight": one.weight, "total": total, "amount": f"{decimal_text(held[one.person])} %"}))
    for floor in floors:
        values = {"part": PARTS.get(floor.part, {"en": floor.part}), "share": decimal_text(floor.share * 100), "since": floor.since}
        values["amount"] = f"{decimal_text(percent * floor.share)} %"
        steps.append(Step("equity_floor", values, floor.basis, all(ground.sure for ground in floor.grounds)))
    least = [percent * floor.share for floor in floors if floor.part == "inventors"]
    return EquitySplit(parts, held, max(least, default=None), rule, tuple(steps))
