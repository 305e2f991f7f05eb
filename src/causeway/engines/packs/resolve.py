"""What holds on a day: packs of all layers laid over each other, law below guide below policy below faculty. Gaps and conflicts are refusals.

Three dates stay apart: the day of the events (facts that conditions ask), the day whose rules apply (`Book.on`), the version of the packs (which packs the
book was made of). Everything that holds between two days of change is resolved once.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from causeway.engines.kernel import Conflict, NoRuleInForce, Refusal, Ungoverned, parse_date
from causeway.engines.packs.library import LAYERS, closure
from causeway.engines.packs.model import Ground, Overlay, Practice, Rule, Span, Value, Version
from causeway.engines.packs.parse import Map
from causeway.engines.packs.schema import Pack, text_of
from causeway.engines.packs.units import read_value

#: Kinds of rules in Chinese, for refusals.
RULE_NAMES = {
    "distribution": "收入分配", "equity": "股权分配", "funding": "专利资助", "incentive": "授权奖励", "pct": "PCT资助", "award": "专利奖金", "reward_tax": "奖励计税",
    "company_tax": "所得税", "withholding": "预提税", "vat": "增值税", "own_use": "自行实施奖励", "royalty": "许可提成", "grant": "项目资助",
}  # fmt: skip
#: A figure of more bits than this was built to grow.
MAX_BITS = 2000
#: The pack that holds the values of a question.
WHAT_IF = "what-if"


class Held(NamedTuple):
    """A value as it holds on a day. content: the value or the refusal there is instead; by: the overlay that set it, if one did."""

    value: Value
    content: Any
    version: Version | None
    by: Overlay | None

    @property
    def ground(self) -> Ground | None:
        return self.version.ground if self.version else None


class Book:
    """Packs laid over each other. `known`: where packs they extend are found; those are taken in. Immutable. Raises `Conflict` for two versions of one pack."""

    def __init__(self, packs: Iterable[Pack], known: Iterable[Pack] = ()) -> None:
        named = list(packs)
        digests: dict[str, str] = {}
        for pack in named:
            if digests.setdefault(pack.id, pack.digest) != pack.digest:
                raise Conflict(f"Two versions of {pack.id} are in force on the same days.", place=pack.id)
        by_id = {pack.id: pack for pack in [*known, *named]}
        taken = {one.id: one for pack in named for one in closure(pack, by_id)}
        self.packs = tuple(sorted(taken.values(), key=lambda pack: LAYERS.get(pack.kind, 0)))
        self.by_id = {pack.id: pack for pack in self.packs}
        self.digest = hashlib.sha256("".join(sorted(pack.digest for pack in self.packs)).encode()).hexdigest()
        self.sources: dict[str, Map] = {key: source for pack in self.packs for key, source in pack.sources.items()}
        self.values = {value.key: value for pack in self.packs for value in practice(pack).values.values()}
        self.rules = {rule.key: rule for pack in self.packs for rule in practice(pack).rules.values()}
        self.overlays = tuple(overlay for pack in self.packs for overlay in practice(pack).overlays)
        self.below = {pack.id: tuple(one.id for one in closure(pack, self.by_id)) for pack in self.packs}
        self.replacements = {overlay.use for overlay in self.overlays if overlay.use}
        self.days = sorted({day for span in self._spans() for day in _edges(span)})
        self._held: dict[int, InForce] = {}

    def _spans(self) -> Iterable[Span]:
        yield from (version.span for value in self.values.values() for version in value.versions)
        yield from (rule.span for rule in self.rules.values())
        yield from (overlay.span for overlay in self.overlays)
        yield from (practice(pack).speaks for pack in self.packs)

    @property
    def speaks(self) -> Span:
        """The days on which every pack of the book speaks."""
        spans = [practice(pack).speaks for pack in self.packs]
        starts, ends = [span.start for span in spans if span.start], [span.end for span in spans if span.end]
        return Span(max(starts, default=None), min(ends, default=None))

    def on(self, day: int | date | str) -> InForce:
        """What holds on a day (day number, date or ISO text); resolved once per interval between changes."""
        number = day if isinstance(day, int) else (parse_date(day) if isinstance(day, str) else day).toordinal()
        at = bisect_right(self.days, number)
        if at not in self._held:
            self._held[at] = InForce(self, number)
        return self._held[at]

    def interval(self, day: int) -> int:
        """Which interval between changes a day lies in; the same number, the same rules."""
        return bisect_right(self.days, day)

    def nearest(self, day: int | None) -> int:
        """The day, or the nearest one on which all packs speak: for cases whose rules are to be taken as in force."""
        start, end = self.speaks
        if day is None:
            day = start if start is not None else end if end is not None else date(2020, 1, 1).toordinal()
        if start is not None and day < start:
            day = start
        return min(day, end) if end is not None and (start is None or end >= start) else day

    def day_of(self, kind: str, day: int | None) -> int:
        """The day, or the nearest on which the packs speak and a rule of the kind is in force: for rules that are to be taken as in force."""
        on = self.nearest(day)
        spans = [rule.span for rule in self.rules.values() if rule.kind == kind]
        if not spans or any(span.holds(on) for span in spans):
            return on
        edges = [span.start for span in spans if span.start is not None] + [span.end for span in spans if span.end is not None]
        return min(edges, key=lambda edge: (abs(edge - on), edge))

    def with_values(self, texts: Mapping[str, str], since: date | None = None) -> Book:
        """The same packs with other texts for some values ("pack/id"): a question and no policy, so nothing is checked but that each text is a value.

        since: from which day, default always. Raises `ValueFault`, or `NoRuleInForce` for a value that is not there.
        """
        start = since.toordinal() if since else None
        overlays = []
        for key, text in texts.items():
            value = self.values.get(key)
            if value is None:
                raise NoRuleInForce(f"There is no value {key}.", place=key)
            ground = Ground((), False, False, "", WHAT_IF, WHAT_IF, 0)
            content = read_value(value.unit, text, value.currency, value.choices)
            overlays.append(Overlay("set", key, Span(start, None), Version(Span(start, None), content, None, False, ground), None, "", ground))
        digest = hashlib.sha256(repr((self.digest, sorted(texts.items()), start)).encode()).hexdigest()
        asked = Pack(WHAT_IF, "", "faculty", {"en": "What if", "zh-hans": "假设"}, digest)
        asked.practice = Practice(extends=tuple(self.by_id), overlays=tuple(overlays))
        return Book([*self.packs, asked])

    def source(self, basis: str) -> str:
        """A basis in words: the title of its source and the place in it."""
        key, _hash, place = basis.partition("#")
        title = self.sources[key]["title"] if key in self.sources else key
        return f"{title}{', ' + place if place else ''}"

    def title(self, part: Value | Rule, language: str = "en") -> str:
        """The title of a value or rule, from its pack's translations where those have one."""
        words: Mapping[str, str] = practice(self.by_id[part.pack]).translations.get(language, {}) if part.pack in self.by_id else {}
        return str(words.get(part.id) or text_of(part.title, language) or part.id)


def practice(pack: Pack) -> Practice:
    """The practice part of a pack that has one."""
    assert pack.practice is not None, f"{pack.id} is no practice pack"
    return pack.practice


def _edges(span: Span) -> list[int]:
    return ([span.start] if span.start is not None else []) + ([span.end + 1] if span.end is not None else [])


class Env(dict):  # type: ignore[type-arg]
    """Names of a pack's expressions: facts of the case first, then values as they hold; a value that does not hold raises its refusal."""

    def __init__(self, held: InForce, pack: str, facts: Mapping[str, Any] | None = None) -> None:
        super().__init__(facts or {})
        self.held, self.pack = held, pack

    def __missing__(self, name: str) -> Any:
        for pack in reversed(self.held.book.below.get(self.pack, (self.pack,))):
            if f"{pack}/{name}" in self.held.book.values:
                content = self.held.value(f"{pack}/{name}").content
                if isinstance(content, Refusal):
                    raise content
                self[name] = content
                return content
        raise KeyError(name)


@dataclass(frozen=True)
class Named:
    """A rule that was chosen for a case, with its figures readable."""

    rule: Rule
    held: InForce

    def number(self, field: str, default: Any = None) -> Any:
        """A figure of the rule, or the default where it says none. Raises the refusal of a value that does not hold."""
        expression = self.rule.fields.get(field)
        return default if expression is None else self.read(expression)

    def read(self, expression: Any) -> Any:
        return expression.run(self.held.env(self.rule.pack))

    def grounds(self, *fields: str) -> tuple[Ground, ...]:
        """The rule's own ground and those of the values its fields name."""
        found = [self.rule.ground]
        for field in fields:
            names = getattr(self.rule.fields.get(field), "names", ())
            found += [ground for name in sorted(names) if (ground := self.held.ground_of(self.rule.pack, name))]
        return tuple(dict.fromkeys(found))


class InForce:
    """What holds on the days of one interval."""

    def __init__(self, book: Book, day: int) -> None:
        self.book, self.day = book, day
        self._values: dict[str, Held] = {}
        self._busy: set[str] = set()
        self._envs: dict[str, Env] = {}
        self._active = [one for one in book.overlays if one.span.holds(day) and practice(book.by_id[one.ground.pack]).speaks.holds(day)]
        self._exceptions: dict[str, list[Overlay]] = {}
        for overlay in self._active:
            if overlay.verb == "except":
                self._exceptions.setdefault(overlay.target, []).append(overlay)
        self._repealed = {overlay.target: overlay for overlay in self._active if overlay.verb == "repeal"}
        self._kinds: dict[str, list[Rule]] = {}
        for rule in book.rules.values():
            if rule.span.holds(day) and rule.key not in self._repealed and practice(book.by_id[rule.pack]).speaks.holds(day):
                self._kinds.setdefault(rule.kind, []).append(rule)

    def env(self, pack: str) -> Env:
        """The names of a pack's expressions, without facts."""
        if pack not in self._envs:
            self._envs[pack] = Env(self, pack)
        return self._envs[pack]

    def value(self, key: str) -> Held:
        """A value by "pack/id" as it holds: the highest layer that sets it, else the version in force, else a refusal as content."""
        if key not in self._values:
            if key not in self.book.values:
                return Held(_UNKNOWN, NoRuleInForce(f"There is no value {key}.", place=key), None, None)
            self._values[key] = self._resolve(self.book.values[key])
        return self._values[key]

    def _resolve(self, value: Value) -> Held:
        over = [overlay for overlay in self._active if overlay.target == value.key and overlay.verb in ("set", "repeal")]
        if over:
            top = max(self._layer(overlay) for overlay in over)
            last = [overlay for overlay in over if self._layer(overlay) == top]
            if len(last) > 1 and (len({overlay.verb for overlay in last}) > 1 or len({_said(overlay) for overlay in last}) > 1):
                return Held(value, Conflict(f"Two packs of one layer change {value.key} on {date.fromordinal(self.day)}.", value.key), None, None)
            overlay = last[0]
            if overlay.version is None:
                text = f"{value.key} was repealed by {overlay.ground.pack} {overlay.span.text()}."
                zh = f"{value.key}已被{overlay.ground.pack}废止（{overlay.span.words()['zh-hans']}）。"
                return Held(value, NoRuleInForce(text, place=value.key, zh=zh), None, overlay)
            return Held(value, self._content(value, overlay.version, overlay.ground.pack), overlay.version, overlay)
        for version in value.versions:
            if version.span.holds(self.day):
                return Held(value, self._content(value, version, value.pack), version, None)
        on = date.fromordinal(self.day)
        none = NoRuleInForce(f"{value.key} has no version in force on {on}.", place=value.key, zh=f"{value.key}在{on}没有有效的规定。")
        return Held(value, none, None, None)

    def _layer(self, overlay: Overlay) -> tuple[int, int]:
        """Rank of an overlay: its pack's layer, then how much that pack stands on (a region stands on its country)."""
        pack = self.book.by_id[overlay.ground.pack]
        return LAYERS.get(pack.kind, 0), len(self.book.below[pack.id])

    def _content(self, value: Value, version: Version, pack: str) -> Any:
        if version.asks:
            text = f"{text_of(value.title)} ({value.key}): the source does not say it; whoever adopts the pack must."
            return Ungoverned(text, place=value.key, zh=f"{text_of(value.title, 'zh-hans')}（{value.key}）：来源未作规定，须由采用者填写。")
        if version.formula is None:
            return version.value
        if value.key in self._busy:
            return Conflict(f"{value.key} is reckoned from itself.", place=value.key)
        self._busy.add(value.key)
        try:
            content = version.formula.run(self.env(pack))
        except Refusal as refusal:
            return refusal
        finally:
            self._busy.discard(value.key)
        if isinstance(content, Fraction) and content.numerator.bit_length() + content.denominator.bit_length() > MAX_BITS:
            return Conflict(f"{value.key} comes out as a number beyond all use.", place=value.key)
        if (value.unit == "share" and not 0 <= content <= 1) or (value.low is not None and content < value.low):
            return Conflict(f"{value.key} comes out as {content}, outside its bounds.", place=value.key)
        return content

    def ground_of(self, pack: str, name: str) -> Ground | None:
        """The ground of the value a name of the pack's expressions means."""
        for one in reversed(self.book.below.get(pack, (pack,))):
            if f"{one}/{name}" in self.book.values:
                return self.value(f"{one}/{name}").ground
        return None

    def rules(self, kind: str, facts: Mapping[str, Any] | None = None) -> list[Named]:
        """Every rule of a kind whose condition holds, exceptions taken out; of all layers, low to high."""
        given = facts or {}
        found = []
        for rule in self._kinds.get(kind, ()):
            if rule.key not in self.book.replacements:
                taken = self._after_exceptions(rule, given)
                if taken is not None and self._applies(taken, given):
                    found.append(Named(taken, self))
        return found

    def _after_exceptions(self, rule: Rule, facts: Mapping[str, Any]) -> Rule | None:
        """The rule, the one an exception puts in its place, or None."""
        hit = [one for one in self._exceptions.get(rule.key, ()) if one.when and one.when.run(Env(self, one.ground.pack, facts))]
        if not hit:
            return rule
        if len({one.use for one in hit}) > 1:
            raise Conflict(f"Two exceptions to {rule.key} apply at once: {', '.join(sorted(one.ground.pack for one in hit))}.", place=rule.key)
        return self.book.rules.get(hit[0].use) if hit[0].use else None

    def _applies(self, rule: Rule, facts: Mapping[str, Any]) -> bool:
        return rule.when is None or bool(rule.when.run(Env(self, rule.pack, facts)))

    def chosen(self, kind: str, facts: Mapping[str, Any] | None = None) -> Named:
        """The one rule of a kind that governs: of the highest layer that has one. Raises `NoRuleInForce` or `Conflict`."""
        found = self.rules(kind, facts)
        if not found:
            zh = f"{date.fromordinal(self.day)}，{'、'.join(self.book.by_id) or '所选规则包'}中没有{RULE_NAMES.get(kind, kind)}的有效规则。"
            raise NoRuleInForce(self._why_none(kind), place=kind, zh=zh)
        ranks = [self.rank(one.rule) for one in found]
        top = [one for one, rank in zip(found, ranks, strict=True) if rank == max(ranks)]
        if len(top) > 1:
            listed = ", ".join(sorted(one.rule.key for one in top))
            on = date.fromordinal(self.day)
            text = f"More than one rule of {kind.replace('_', ' ')} governs on {on}: {listed}."
            raise Conflict(text, place=kind, zh=f"{on}有不止一条{RULE_NAMES.get(kind, kind)}规则：{listed}。")
        return top[0]

    def _why_none(self, kind: str) -> str:
        on, what = date.fromordinal(self.day), kind.replace("_", " ")
        for key, overlay in self._repealed.items():
            rule = self.book.rules.get(key)
            if rule is not None and rule.kind == kind:
                return f"The rule of {what} {key} was repealed by {overlay.ground.pack} {overlay.span.text()}."
        return f"No rule of {what} is in force on {on} in {', '.join(self.book.by_id) or 'no pack'}."

    def is_repealed(self, key: str) -> bool:
        """Whether an overlay repeals a value or rule ("pack/id") on these days."""
        return key in self._repealed

    def rank(self, rule: Rule) -> tuple[int, int]:
        """Which rule of a kind governs: the highest rank."""
        pack = self.book.by_id[rule.pack]
        if pack.kind == "law":  # the laws of two countries do not outrank each other; a region outranks its country
            return 0, len(self.book.below[pack.id])
        return LAYERS.get(pack.kind, 0), 0

    def flows(self) -> dict[str, Map]:
        """Decision procedures in force, by "pack/id"."""
        found = {}
        for pack in self.book.packs:
            for key, flow in practice(pack).flows.items():
                force = flow.get("in_force") or {}
                span = Span(*(parse_date(str(force[one])).toordinal() if one in force else None for one in ("from", "to")))
                if span.holds(self.day):
                    found[f"{pack.id}/{key}"] = flow
        return found


def _said(overlay: Overlay) -> Any:
    version = overlay.version
    return None if version is None else (version.value, version.formula.text if version.formula else "", version.asks)


_UNKNOWN = Value("", "", {}, "text", "", (), None, None, "", ())
