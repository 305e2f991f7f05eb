"""What only shows when packs lie over each other: parts that do not sum, figures under the law's floor, exceptions in conflict, repealed values in use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from fractions import Fraction
from itertools import combinations, product
from typing import Any

from causeway.engines.kernel import NoRuleInForce, Refusal, Ungoverned
from causeway.engines.packs.expressions import Expression
from causeway.engines.packs.model import FACTS, Ground, Overlay, Rule, Value
from causeway.engines.packs.parse import Fault
from causeway.engines.packs.resolve import Book, InForce, practice
from causeway.engines.packs.schema import Pack
from causeway.engines.packs.sources import MAX_CHAIN
from causeway.engines.packs.units import decimal_text

#: At most so many combinations of facts are tried to see whether two conditions can hold at once; beyond, they are taken to.
MAX_COMBINATIONS = 128
#: All tries of a pack together, in characters of conditions evaluated.
MAX_TRIED = 3_000_000


def meaning_faults(pack: Pack, below: list[Pack]) -> list[Fault]:
    """Faults of one pack over those it stands on, on every day of change that it speaks for."""
    book = Book(below)
    faults = list(_circles(pack, book))
    if faults:
        return faults
    together = Together(pack)
    faults += [*_law_overlaid(pack, book), *_exceptions(pack, together), *_two_rules(pack, together), *_dated_before(pack, book), *_about(pack, book)]
    speaks = practice(pack).speaks
    days = [day for day in [speaks.start or 1, *book.days] if speaks.holds(day)]
    seen: set[tuple[str, str]] = set()
    for day in sorted(set(days)):
        for fault in _on_day(pack, book, book.on(day), together):
            key = (fault.code, f"{fault.file}:{fault.line}")
            if key not in seen:  # the first day on which it is wrong is told
                seen.add(key)
                faults.append(fault)
    return faults


def _fault(code: str, ground: Ground, message: str) -> Fault:
    return Fault(code, ground.file, ground.line, message)


def _circles(pack: Pack, book: Book) -> Iterator[Fault]:
    """Formulas that lead back to themselves."""
    leads: dict[str, set[str]] = {}
    grounds: dict[str, Ground] = {}
    for value in book.values.values():
        versions = [*value.versions, *(overlay.version for overlay in book.overlays if overlay.target == value.key and overlay.version)]
        for version in versions:
            if version.formula:
                leads.setdefault(value.id, set()).update(version.formula.names)
                grounds[value.id] = version.ground
    depth: dict[str, int] = {}
    for start in leads:
        _measure(start, leads, depth)
    for name in leads:
        if grounds[name].pack == pack.id and depth[name] > MAX_CHAIN:
            if name in _reached(name, leads):
                yield _fault("cycle", grounds[name], f"{name} is reckoned from itself.")
            else:
                yield _fault("expression-size", grounds[name], f"{name} leans on formulas that lean on formulas, more than {MAX_CHAIN} deep.")


def _measure(start: str, leads: Mapping[str, set[str]], depth: dict[str, int]) -> None:
    """How deep formulas lean on each other below a name; more than `MAX_CHAIN` for a circle. Without recursion, for a pack may be built to exhaust it."""
    waiting = [start]
    on_the_way: set[str] = set()
    while waiting:
        name = waiting[-1]
        below = leads.get(name, ())
        open_ones = [one for one in below if one not in depth and one not in on_the_way]
        if name in depth or not open_ones:
            circle = any(one in on_the_way and one not in depth for one in below)
            depth.setdefault(name, MAX_CHAIN + 1 if circle else 1 + max((depth.get(one, 0) for one in below), default=0))
            waiting.pop()
            on_the_way.discard(name)
        else:
            on_the_way.add(name)
            waiting += open_ones


def _reached(start: str, leads: Mapping[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    edge = {start}
    while edge:
        edge = {name for one in edge for name in leads.get(one, ())} - reached
        reached |= edge
    return reached


def _law_overlaid(pack: Pack, book: Book) -> Iterator[Fault]:
    """A guide, policy or faculty rule may not change what the law says; it may only go beyond it."""
    if pack.kind == "law":
        return
    for overlay in practice(pack).overlays:
        below = book.by_id[overlay.target.split("/")[0]]
        if below.kind == "law" and not _is_choice(book, overlay):
            yield _fault("law-overlaid", overlay.ground, f"A {pack.kind} cannot change {overlay.target}, which is law.")


def _is_choice(book: Book, overlay: Overlay) -> bool:
    """Whether the law itself leaves the value to the university: a choice between readings, or a figure that it asks for."""
    value = book.values.get(overlay.target)
    return value is not None and overlay.verb == "set" and (value.unit in ("choice", "flag") or any(version.asks for version in value.versions))


def _exceptions(pack: Pack, together: Together) -> Iterator[Fault]:
    listed = [overlay for overlay in practice(pack).overlays if overlay.verb == "except"]
    for one, other in combinations(listed, 2):
        if one.target == other.target and one.use != other.use and _overlap(one, other) and together(one.when, other.when):
            yield _fault("exceptions", other.ground, f"Two exceptions to {one.target} can apply at once and say different things.")
    said = [overlay for overlay in practice(pack).overlays if overlay.verb != "except"]
    for one, other in combinations(said, 2):
        if one.target == other.target and _overlap(one, other):
            yield _fault("overlap", other.ground, f"{one.target} is changed twice on the same days.")


def _two_rules(pack: Pack, together: Together) -> Iterator[Fault]:
    """Two rules of one kind for the same days and cases: nobody could tell which governs."""
    used = {overlay.use for overlay in practice(pack).overlays}
    several = ("floor", "warning", "duty", "notice", "preemption", "main_contributor")
    rules = [rule for rule in practice(pack).rules.values() if rule.kind not in several and rule.key not in used]
    for one, other in combinations(rules, 2):
        if one.kind == other.kind and _overlap(one, other) and together(one.when, other.when):
            yield _fault("two-rules", other.ground, f"{one.id} and {other.id} both govern {one.kind.replace('_', ' ')} on the same days.")


def _overlap(one: Any, other: Any) -> bool:
    a, b = one.span, other.span
    return (a.end is None or b.start is None or b.start <= a.end) and (b.end is None or a.start is None or a.start <= b.end)


class Together:
    """Whether two conditions can hold for one case, tried over all facts with few choices, each pair once and all pairs within a budget.

    Facts that cannot be tried, too many combinations, or a spent budget are taken to allow it.
    """

    def __init__(self, pack: Pack) -> None:
        self.pack, self.budget = pack, MAX_TRIED
        self._known: dict[tuple[str, str], bool] = {}

    def __call__(self, one: Expression | None, other: Expression | None) -> bool:
        tests = [test for test in (one, other) if test is not None]
        key = (one.text if one else "", other.text if other else "")
        if key not in self._known:
            self._known[key] = self._tried(tests)
        return self._known[key]

    def _tried(self, tests: list[Expression]) -> bool:
        names = sorted({name for test in tests for name in test.names})
        domains = [_domain(name, tests, self.pack) for name in names]
        total = 1
        for domain in domains:
            total *= len(domain)
        cost = total * sum(len(test.text) for test in tests)
        if not all(domains) or total > MAX_COMBINATIONS or cost > self.budget:
            return True
        self.budget -= cost
        for given in product(*domains):
            facts = dict(zip(names, given, strict=True))
            try:
                if all(test.run(facts) for test in tests):
                    return True
            except Refusal:
                return True
        return False


def _domain(name: str, tests: Iterable[Expression], pack: Pack) -> list[Any]:
    """What a fact can be, as far as it matters here; empty where that cannot be listed."""
    fact = practice(pack).facts.get(name) or FACTS.get(name)
    if fact is None:
        return []
    if fact.kind == "flag":
        return [True, False]
    if fact.kind == "text":
        named = {text for test in tests for text in re.findall(r"'([^']*)'", test.text)}
        return [*dict.fromkeys([*fact.choices, *sorted(named), "(another)"])]
    return []


def _dated_before(pack: Pack, book: Book) -> Iterator[Fault]:
    """An overlay that sets a value from a day before the pack below speaks at all."""
    for overlay in practice(pack).overlays:
        starts = practice(book.by_id[overlay.target.split("/")[0]]).speaks.start
        if starts is not None and overlay.span.start is not None and overlay.span.start < starts:
            yield _fault("before-law", overlay.ground, f"{overlay.target} is changed from a day before {date.fromordinal(starts)}, when its pack begins.")


def _about(pack: Pack, book: Book) -> Iterator[Fault]:
    for rule in practice(pack).rules.values():
        about = rule.fields.get("about")
        if rule.kind == "warning" and about and about not in book.rules and f"{pack.id}/{about}" not in book.rules and "/" not in str(about):
            yield _fault("no-such-value", rule.ground, f"{rule.id} warns about {about}, which is no rule.")


def _on_day(pack: Pack, book: Book, held: InForce, together: Together) -> Iterator[Fault]:
    """Faults that show on one day: figures that do not hold, parts that do not sum, shares under the floor."""
    day = date.fromordinal(held.day)
    for value in book.values.values():
        content = held.value(value.key).content
        if isinstance(content, Refusal) and not isinstance(content, Ungoverned | NoRuleInForce):
            yield _fault("value", _ground(pack, value, held), f"{content.message} (on {day})")
    for rule in book.rules.values():
        if rule.span.holds(held.day):
            place = _place(pack, rule, held)
            for expression in _expressions(rule.fields):
                yield from _readable(expression, rule, held, place)
            yield from _sums(rule, held, place)
    yield from _under_floor(pack, book, held, together)
    for overlay in practice(pack).overlays:
        if overlay.verb == "set" and overlay.span.holds(held.day):
            content = held.value(overlay.target).content
            if isinstance(content, Refusal) and not isinstance(content, Ungoverned):
                yield _fault("repealed" if "repealed" in content.message else "value", overlay.ground, f"{content.message} (on {day})")


def _ground(pack: Pack, value: Value, held: InForce) -> Ground:
    """Where a value went wrong for a person of this pack: its version, an overlay that changed what it is reckoned from, or the head of the pack."""
    ground = held.value(value.key).ground or value.versions[0].ground
    if ground.pack == pack.id:
        return ground
    own = [overlay for overlay in practice(pack).overlays if overlay.span.holds(held.day) and overlay.verb != "except"]
    return own[0].ground if own else _head(pack)


def _head(pack: Pack) -> Ground:
    return Ground((), True, True, "", pack.id, practice(pack).file, 1)


def _place(pack: Pack, rule: Rule, held: InForce) -> Ground:
    """Where a person of this pack would put it right: the overlay that set a figure of the rule, the rule itself, or the head of the pack."""
    for expression in _expressions(rule.fields):
        for name in sorted(expression.names):
            for below in held.book.below.get(rule.pack, ()):
                found = held.value(f"{below}/{name}") if f"{below}/{name}" in held.book.values else None
                if found and found.by and found.by.ground.pack == pack.id:
                    return found.by.ground
    return rule.ground if rule.pack == pack.id else _head(pack)


def _readable(expression: Expression, rule: Rule, held: InForce, place: Ground) -> Iterator[Fault]:
    try:
        expression.run(held.env(rule.pack))
    except Ungoverned:
        return  # a figure that the university must still give
    except Refusal as refusal:
        code = "repealed" if "repealed" in refusal.message else "gap"
        yield _fault(code, place, f"{rule.id} uses a value that does not hold on {date.fromordinal(held.day)}: {refusal.message}")


def _expressions(value: Any) -> Iterator[Expression]:
    """Every figure in the fields of a rule (conditions of a list ask for facts and are left out)."""
    if isinstance(value, Expression):
        yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if key != "conditions":
                yield from _expressions(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _expressions(item)


def shares_of(rule: Rule, held: InForce) -> dict[str, Fraction]:
    """The shares of a rule's parts on a day, the rest reckoned. Raises the refusal of a value that does not hold."""
    env = held.env(rule.pack)
    shares = {part: None if share is None else share.run(env) for part, share in rule.fields["parts"].items()}
    rest = 1 - sum((share for share in shares.values() if share is not None), Fraction(0))
    return {part: rest if share is None else share for part, share in shares.items()}


def _sums(rule: Rule, held: InForce, place: Ground) -> Iterator[Fault]:
    """Parts that do not sum to one, or of which one lies outside 0 to 1; tiers that do not rise."""
    day = date.fromordinal(held.day)
    try:
        if rule.fields.get("parts"):
            shares = shares_of(rule, held)
        elif rule.fields.get("tiers"):
            shares = {f"tier {at}": share.run(held.env(rule.pack)) for at, (_top, share) in enumerate(rule.fields["tiers"]["bands"], 1)}
            yield from _rising(rule, held, place)
        else:
            return
    except Refusal:
        return  # said elsewhere
    outside = [part for part, share in shares.items() if not 0 <= share <= 1]
    if outside:
        yield _fault("share-range", place, f"{rule.id}: the share of {outside[0]} is {shares[outside[0]]} on {day}, outside 0 to 1.")
    elif rule.fields.get("parts") and sum(shares.values()) != 1:
        yield _fault("sum", place, f"{rule.id}: the parts sum to {sum(shares.values())} on {day}, not to one.")


def _rising(rule: Rule, held: InForce, place: Ground) -> Iterator[Fault]:
    tops = [top.run(held.env(rule.pack)) for top, _share in rule.fields["tiers"]["bands"] if top is not None]
    if any(low >= high for low, high in zip(tops, tops[1:], strict=False)) or any(top <= 0 for top in tops):
        yield _fault("tiers", place, f"{rule.id}: the tiers do not rise on {date.fromordinal(held.day)}.")


def _under_floor(pack: Pack, book: Book, held: InForce, together: Together) -> Iterator[Fault]:
    """Governing rules that give less than a floor of any layer on this day."""
    floors = [rule for rule in book.rules.values() if rule.kind == "floor" and _in_force(rule, book, held)]
    for rule in book.rules.values():
        if rule.kind in ("distribution", "equity") and _in_force(rule, book, held) and not _outranked(rule, book, held):
            for floor in floors:
                if floor.fields["of"] == rule.kind and together(rule.when, floor.when):
                    yield from _compare(pack, rule, floor, held)


def _in_force(rule: Rule, book: Book, held: InForce) -> bool:
    return rule.span.holds(held.day) and practice(book.by_id[rule.pack]).speaks.holds(held.day) and not held.is_repealed(rule.key)


def _outranked(rule: Rule, book: Book, held: InForce) -> bool:
    """Whether a rule of a higher layer governs in its place, whatever the case."""
    return any(
        other.kind == rule.kind and other.when is None and _in_force(other, book, held) and held.rank(other) > held.rank(rule)
        for other in book.rules.values()
        if other.key not in book.replacements
    )


def _compare(pack: Pack, rule: Rule, floor: Rule, held: InForce) -> Iterator[Fault]:
    try:
        least = floor.fields["share"].run(held.env(floor.pack))
        given = least_share(rule, str(floor.fields["part"]), held)
    except Refusal:
        return
    if given < least:
        law = "; ".join(held.book.source(basis) for basis in floor.ground.basis)
        on = date.fromordinal(held.day)
        text = f"{rule.id} gives {floor.fields['part']} {_percent(given)} from {on} on; {floor.key} asks for at least {_percent(least)} ({law})."
        yield _fault("below-floor", _place(pack, rule, held), text)
    elif _share_of_costs(rule, held) > _share_of_costs(floor, held):
        law = "; ".join(held.book.source(basis) for basis in floor.ground.basis)
        text = f"{rule.id} takes {_percent(_share_of_costs(rule, held))} of the costs off before {floor.fields['part']} share, and {floor.key} only allows "
        text += f"{_percent(_share_of_costs(floor, held))}: with high costs they would get too little ({law})."
        yield _fault("below-floor", _place(pack, rule, held), text)


def _share_of_costs(rule: Rule, held: InForce) -> Fraction:
    """Which share of the costs lowers what a rule shares, or what a floor is reckoned from; all of them where it says nothing."""
    share = rule.fields.get("cost_share")
    try:
        return Fraction(share.run(held.env(rule.pack))) if share else Fraction(1)
    except Refusal:
        return Fraction(1)


def least_share(rule: Rule, part: str, held: InForce) -> Fraction:
    """The smallest share of the law's net the part can come to: after the office's fee; of tiers, the smallest band (which the whole nears as sums grow)."""
    env = held.env(rule.pack)
    fee = rule.fields["tto_fee"].run(env) if rule.fields.get("tto_fee") else Fraction(0)
    if rule.fields.get("parts"):
        return shares_of(rule, held).get(part, Fraction(0)) * (1 - fee)
    tiers = rule.fields["tiers"]
    shares = [share.run(env) for _top, share in tiers["bands"]]
    if part == tiers["part"]:
        return min(shares) * (1 - fee)
    return (1 - max(shares)) * (1 - fee) if part == tiers["rest"] else Fraction(0)


def _percent(share: Fraction) -> str:
    return f"{decimal_text(share * 100)} %"
