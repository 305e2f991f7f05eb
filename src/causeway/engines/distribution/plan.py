"""A policy as it holds on a day, compiled once: plain whole numbers and a closure that splits a receipt, so that many receipts run fast."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any, NamedTuple

from causeway.engines.distribution.model import BelowFloor, ShareRange, SharesDoNotSum, UnknownCurrency
from causeway.engines.kernel import Conflict, Refusal, exponent, half_up
from causeway.engines.packs.model import Ground
from causeway.engines.packs.resolve import InForce, Named
from causeway.engines.packs.units import decimal_text

DEDUCT = ("taxes_withheld", "co_owners", "costs", "tto_fee")
#: How counted costs lower a share: base, the share of (money less costs); share, the share of the money, then less costs.
READINGS = ("base", "share")
#: The usual parts in the order in which ties of rounding are settled; parts with other names stand as they are listed.
PLACES = ("inventors", "institute", "institution", "university", "management")

#: The usual parts in Chinese, for refusals.
PART_NAMES = {"inventors": "成果完成人", "institute": "院系", "institution": "机构", "university": "学校", "management": "由管理机构决定的部分"}

#: (what came in after taxes and co-owners, counted costs) to (net, uncovered costs, parts)
Split = Callable[[int, int], tuple[int, int, Sequence[int]]]


class Floor(NamedTuple):
    """What a part must get at least: a share of the legal net, or of money less only a part of costs (cost_share)."""

    part: str
    share: Fraction
    cost_share: Fraction | None
    reading: str
    key: str
    since: Mapping[str, str]
    grounds: tuple[Ground, ...]
    law: str

    @property
    def basis(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one for ground in self.grounds for one in ground.basis))


class Tier(NamedTuple):
    """A band: up to which amount (minor units, inclusive; None: no end) and the part's share in whole parts of the plan's denominator."""

    top: int | None
    number: int


@dataclass(frozen=True)
class Plan:
    """A distribution rule compiled. `split` works on plain numbers; `refusal` is why the rule may not be used at all."""

    rule: str
    parts: tuple[str, ...]
    numbers: tuple[int, ...]
    whole: int
    tiers: tuple[Tier, ...]
    marginal: bool
    cost_share: Fraction
    reading: str
    fee: Fraction
    caps: tuple[tuple[int, int, int], ...]  # part, at most, part that gets the rest
    deduct: tuple[str, ...]
    floors: tuple[Floor, ...]
    currency: str  # of tiers and caps; empty where the rule names no amount
    main_share: Fraction | None
    grounds: tuple[Ground, ...]
    title: Mapping[str, str]
    refusal: Refusal | None
    split: Split

    @property
    def basis(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one for ground in self.grounds for one in ground.basis))

    @property
    def verified(self) -> bool:
        return all(ground.sure for ground in self.grounds)

    def share(self, part: str) -> Fraction:
        """The share of a part (the first band's of a rule in tiers)."""
        at = self.parts.index(part) if part in self.parts else -1
        if at < 0:
            return Fraction(0)
        if self.tiers:
            first = Fraction(self.tiers[0].number, self.whole)
            return first if at == 0 else 1 - first
        return Fraction(self.numbers[at], self.whole)


def compile_plan(held: InForce, facts: Mapping[str, Any] | None = None, currency: str = "") -> Plan:
    """The distribution rule that governs, with the floors of all layers, compiled.

    held: what holds on the day; facts: of the case, for conditions; currency: of the receipts, for rules that name amounts.
    Raises `NoRuleInForce`, `Conflict`, or `Ungoverned` where the pack asks for a figure nobody gave.
    """
    named = held.chosen("distribution", facts)
    floors = floors_of(held, facts, "distribution")
    main = _main_share(held, facts)
    fields = named.rule.fields
    options: dict[str, Any] = {
        "rule": named.rule.key, "title": named.rule.title, "floors": floors, "main_share": main, "grounds": named.grounds(*fields),
        "cost_share": Fraction(named.number("cost_share", 1)), "reading": named.number("cost_reading", "base"), "fee": Fraction(named.number("tto_fee", 0)),
        "deduct": tuple(fields.get("deduct") or DEDUCT), "currency": currency,
    }  # fmt: skip
    if options["reading"] not in READINGS:
        raise Conflict(f"{named.rule.key} reads costs in a way that is none of {', '.join(READINGS)}: {options['reading']}.", place=named.rule.key)
    options["grounds"] = tuple(dict.fromkeys([*options["grounds"], *_value_grounds(named)]))
    if fields.get("tiers"):
        return plan_of_tiers(_bands(named, currency), fields["tiers"]["part"], fields["tiers"]["rest"], fields["tiers"]["mode"], **options)
    env = held.env(named.rule.pack)
    shares = {part: None if share is None else share.run(env) for part, share in fields["parts"].items()}
    rest = 1 - sum((share for share in shares.values() if share is not None), Fraction(0))
    caps = {part: (named.read(cap), over) for part, (cap, over) in (fields.get("caps") or {}).items()}
    if caps:
        _same_currency(named, [cap.kind for cap, _over in fields["caps"].values()], currency)
    return plan_of_parts({part: rest if share is None else share for part, share in shares.items()}, caps=caps, **options)


def _bands(named: Named, currency: str) -> list[tuple[Fraction | None, Fraction]]:
    bands = named.rule.fields["tiers"]["bands"]
    _same_currency(named, [top.kind for top, _share in bands if top is not None], currency)
    return [(None if top is None else named.read(top), named.read(share)) for top, share in bands]


def _same_currency(named: Named, kinds: list[str], currency: str) -> None:
    """A rule that names amounts speaks of one currency; a receipt in another must be converted first, at a rate somebody answers for."""
    others = {kind.removeprefix("money ") for kind in kinds} - {currency}
    if others:
        raise UnknownCurrency(f"{named.rule.key} names amounts in {', '.join(sorted(others))}; the receipt is in {currency or 'no currency'}.", named.rule.key)


def _value_grounds(named: Named) -> list[Ground]:
    """The grounds of every value the parts or tiers of a rule name."""
    found = []
    for value in (named.rule.fields.get("parts") or {}).values():
        found += [named.held.ground_of(named.rule.pack, name) for name in sorted(getattr(value, "names", ()))]
    for top, share in (named.rule.fields.get("tiers") or {}).get("bands", ()):
        for one in (top, share):
            found += [named.held.ground_of(named.rule.pack, name) for name in sorted(getattr(one, "names", ()))]
    return [ground for ground in found if ground]


def floors_of(held: InForce, facts: Mapping[str, Any] | None, of: str) -> tuple[Floor, ...]:
    """The floors of every layer for a kind of rule ("distribution" or "equity")."""
    made = []
    for named in held.rules("floor", facts):
        if named.rule.fields["of"] == of:
            share = named.number("share")
            grounds = named.grounds("share", "cost_share")
            law = "; ".join(held.book.source(one) for one in dict.fromkeys(one for ground in grounds for one in ground.basis))
            cost_share = named.number("cost_share")
            part, reading = str(named.rule.fields["part"]), named.number("cost_reading", "base")
            made.append(Floor(part, share, cost_share, reading, named.rule.key, named.rule.span.words(), grounds, law))
    return tuple(made)


def _main_share(held: InForce, facts: Mapping[str, Any] | None) -> Fraction | None:
    """What main contributors must get of the whole reward: the largest share that any layer asks for."""
    shares = [Fraction(named.number("share")) for named in held.rules("main_contributor", facts)]
    return max(shares, default=None)


def plan_of_parts(
    shares: Mapping[str, Fraction], *, rule: str, floors: tuple[Floor, ...] = (), caps: Mapping[str, tuple[Fraction, str]] | None = None,
    cost_share: Fraction = Fraction(1), reading: str = "base", fee: Fraction = Fraction(0), deduct: tuple[str, ...] = DEDUCT, currency: str = "",
    main_share: Fraction | None = None, grounds: tuple[Ground, ...] = (), title: Mapping[str, str] | None = None,
) -> Plan:  # fmt: skip
    """A plan of fixed parts. Raises `SharesDoNotSum` first, then `ShareRange`; a plan under a floor carries its refusal."""
    check_shares(shares)
    names = tuple(sorted(shares, key=PLACES.index) if set(shares) <= set(PLACES) else shares)
    whole = lcm(*(shares[name].denominator for name in names))
    numbers = tuple(int(shares[name] * whole) for name in names)
    indexed = tuple((names.index(part), _minor(at_most, currency), names.index(over)) for part, (at_most, over) in (caps or {}).items())
    split = _split_parts(numbers, whole, cost_share, fee) if reading == "base" else _split_reading(numbers, whole, cost_share, fee)
    if indexed:
        split = _capped(split, indexed)
    refusal = None
    for floor in floors:
        if shares.get(floor.part, Fraction(0)) * (1 - fee) < floor.share:
            refusal = below(floor, decimal_text(shares.get(floor.part, Fraction(0)) * (1 - fee) * 100))
            break
    return Plan(
        rule, names, numbers, whole, (), True, cost_share, reading, fee, indexed, deduct, floors, currency, main_share, grounds, title or {}, refusal, split
    )  # fmt: skip


def plan_of_tiers(
    bands: Sequence[tuple[Fraction | None, Fraction]], part: str, rest: str, mode: str, *, rule: str, floors: tuple[Floor, ...] = (),
    cost_share: Fraction = Fraction(1), reading: str = "base", fee: Fraction = Fraction(0), deduct: tuple[str, ...] = DEDUCT, currency: str = "",
    main_share: Fraction | None = None, grounds: tuple[Ground, ...] = (), title: Mapping[str, str] | None = None,
) -> Plan:  # fmt: skip
    """A plan in tiers: bands of (up to, share of the part); the rest is another part's. Whether it meets a floor depends on each net."""
    for _top, share in bands:
        if not 0 <= share <= 1:
            raise ShareRange(f"A tier's share is {decimal_text(share)}, outside 0 to 1.", place="tiers")
    tops = [top for top, _share in bands[:-1]]
    if not bands or bands[-1][0] is not None or any(top is None for top in tops) or any(a >= b for a, b in zip(tops, tops[1:], strict=False)):  # type: ignore[operator]
        raise ShareRange("Tiers must rise, and the last must have no end.", place="tiers")
    whole = lcm(*(share.denominator for _top, share in bands))
    tiers = tuple(Tier(None if top is None else _minor(top, currency), int(share * whole)) for top, share in bands)
    split = _split_tiers(tiers, whole, mode == "marginal", cost_share, fee)
    return Plan(
        rule, (part, rest), (), whole, tiers, mode == "marginal", cost_share, reading, fee, (), deduct, floors, currency, main_share, grounds, title or {}, None, split
    )  # fmt: skip


def check_shares(shares: Mapping[str, Fraction]) -> None:
    """Parts must sum to exactly one, and none may lie outside 0 to 1."""
    total = sum(shares.values(), Fraction(0))
    if total != 1:
        text = decimal_text(total)
        raise SharesDoNotSum(f"The parts sum to {text}, not to one.", place="parts", zh=f"各份额之和为{text}，不等于一。")
    for part, share in shares.items():
        if not 0 <= share <= 1:
            text, name = decimal_text(share), PART_NAMES.get(part, part)
            raise ShareRange(f"The share of {part} is {text}, outside 0 to 1.", place="parts", zh=f"{name}的份额为{text}，不在0与1之间。")


def below(floor: Floor, percent: str) -> BelowFloor:
    """The refusal of a part under a floor, with the article and the day from which it holds."""
    least = decimal_text(floor.share * 100)
    return BelowFloor(
        f"{floor.part} would get {percent} %, and {floor.key} asks for at least {least} % ({floor.since['en']}): {floor.law}.",
        place=floor.key,
        zh=f"{PART_NAMES.get(floor.part, floor.part)}仅得{percent}%，低于{floor.key}要求的{least}%（{floor.since.get('zh-hans', floor.since['en'])}）：{floor.law}。",
    )


def _minor(amount: Fraction, currency: str) -> int:
    return int(amount * 10 ** exponent(currency))


def _counter(cost_share: Fraction) -> Callable[[int], int] | None:
    """How many of the costs count: all (None), or a share of them, halves up."""
    if cost_share == 1:
        return None
    top, bottom = 2 * cost_share.numerator, 2 * cost_share.denominator
    half = cost_share.denominator
    return lambda costs: (top * costs + half) // bottom


def _fee_taker(fee: Fraction) -> Callable[[int], int] | None:
    if not fee:
        return None
    top, half, bottom = 2 * fee.numerator, fee.denominator, 2 * fee.denominator
    return lambda net: (top * net + half) // bottom


def _split_parts(numbers: tuple[int, ...], whole: int, cost_share: Fraction, fee: Fraction) -> Split:
    """Fixed parts: each rounded down, what is left to the largest remainders; ties to the larger share, then the earlier place."""
    counted, taken = _counter(cost_share), _fee_taker(fee)
    nothing = (0,) * len(numbers)
    # Ties are settled by larger share, then place: this order, once; sorting by remainder alone is then stable.
    order = sorted(range(len(numbers)), key=lambda i: (-numbers[i], i))

    def split(money: int, costs: int) -> tuple[int, int, Sequence[int]]:
        net = money - (costs if counted is None else counted(costs))
        if net <= 0:
            return 0, -net, nothing
        if taken is not None:
            net -= taken(net)
        exact = [net * number for number in numbers]
        parts = [one // whole for one in exact]
        left = net - sum(parts)
        if left == 1:
            most, at = -1, 0
            for i in order:
                remainder = exact[i] % whole
                if remainder > most:
                    most, at = remainder, i
            parts[at] += 1
        elif left:
            for i in sorted(order, key=lambda i: -(exact[i] % whole))[:left]:
                parts[i] += 1
        return net, 0, parts

    return split


def round_exact(exact: Sequence[int], whole: int, total: int) -> list[int]:
    """Amounts in parts of `whole` to minor units that sum to the total: rounded down, then the largest remainder; ties to the larger amount, then place."""
    parts = [one // whole for one in exact]
    left = total - sum(parts)
    for i in sorted(range(len(exact)), key=lambda i: (-(exact[i] % whole), -exact[i], i))[:left]:
        parts[i] += 1
    return parts


def _split_reading(numbers: tuple[int, ...], whole: int, cost_share: Fraction, fee: Fraction) -> Split:
    """The other reading of a cost clause: the first part is its share of the money, then lowered by the counted costs; the others share the rest."""
    counted, taken = _counter(cost_share), _fee_taker(fee)
    nothing = (0,) * len(numbers)
    others = sum(numbers[1:])

    def split(money: int, costs: int) -> tuple[int, int, Sequence[int]]:
        lowered = costs if counted is None else counted(costs)
        net = money - lowered
        if net <= 0:
            return 0, -net, nothing
        if taken is not None:
            net -= taken(net)
        first = max(0, money * numbers[0] - lowered * whole)
        if not others:
            return net, 0, (net,)
        rest = net * whole - first
        exact = [first * others, *(rest * number for number in numbers[1:])]
        return net, 0, round_exact(exact, whole * others, net)

    return split


def _split_tiers(tiers: tuple[Tier, ...], whole: int, marginal: bool, cost_share: Fraction, fee: Fraction) -> Split:
    counted, taken = _counter(cost_share), _fee_taker(fee)

    def split(money: int, costs: int) -> tuple[int, int, Sequence[int]]:
        net = money - (costs if counted is None else counted(costs))
        if net <= 0:
            return 0, -net, (0, 0)
        if taken is not None:
            net -= taken(net)
        first = tier_amount(tiers, net, marginal)
        return net, 0, round_exact((first, net * whole - first), whole, net)

    return split


def tier_amount(tiers: tuple[Tier, ...], net: int, marginal: bool) -> int:
    """What the tiers give of a net, in parts of their denominator. marginal: each share on its slice; cliff: the share of the tier it lies in, on all."""
    if not marginal:
        return next(net * tier.number for tier in tiers if tier.top is None or net <= tier.top)
    amount, start = 0, 0
    for top, number in tiers:
        end = net if top is None or net < top else top
        if end > start:
            amount += (end - start) * number
            start = end
    return amount


def _capped(split: Split, caps: tuple[tuple[int, int, int], ...]) -> Split:
    """What a part gets over its cap goes to another part."""

    def capped(money: int, costs: int) -> tuple[int, int, Sequence[int]]:
        net, carried, parts = split(money, costs)
        parts = list(parts)
        for part, most, over in caps:
            if parts[part] > most:
                parts[over] += parts[part] - most
                parts[part] = most
        return net, carried, parts

    return capped


def judged_each_time(plan: Plan) -> tuple[Floor, ...]:
    """Floors that only a receipt's own figures can meet or miss: of tiers, caps, other readings of costs, floors counted otherwise than the plan."""
    loose = bool(plan.tiers or plan.caps or plan.reading != "base")
    return tuple(
        floor
        for floor in plan.floors
        if loose or (floor.cost_share is not None and not (plan.cost_share <= floor.cost_share)) or (floor.cost_share is None and plan.cost_share > 1)
    )


def floor_amount(floor: Floor, money: int, costs: int, net: int) -> Fraction:
    """What a floor asks for, exact, in minor units. money: after taxes and co-owners; costs: all; net: the plan's legal net."""
    if floor.cost_share is None:
        return floor.share * net
    if floor.reading == "share":
        return max(Fraction(0), floor.share * money - floor.cost_share * costs)
    return floor.share * max(Fraction(0), money - floor.cost_share * costs)


def exact_amount(plan: Plan, part: str, money: int, costs: int, net: int) -> Fraction:
    """What a part gets before rounding, in minor units, after caps."""
    if part not in plan.parts:
        return Fraction(0)
    at = plan.parts.index(part)
    if plan.tiers:
        first = Fraction(tier_amount(plan.tiers, net, plan.marginal), plan.whole)
        return first if at == 0 else net - first
    if plan.reading != "base" and at == 0:
        lowered = half_up(plan.cost_share * costs)
        return max(Fraction(0), Fraction(plan.numbers[0] * money, plan.whole) - lowered)
    amount = Fraction(plan.numbers[at] * net, plan.whole)
    for capped, most, _over in plan.caps:
        if capped == at:
            amount = min(amount, Fraction(most))
    return amount
