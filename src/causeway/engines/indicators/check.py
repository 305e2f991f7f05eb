"""Doubts about the figures of a university and year: parts that do not equal the whole, impossible values, leaps from the year before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from causeway.engines.indicators.catalogue import Catalogue, Rule, name_of
from causeway.engines.indicators.figures import INAPPLICABLE, Figure


@dataclass(frozen=True)
class Doubt:
    """Something to look at again. severity: "error" (cannot be true together) or "warning"; figures: the ids it is about; left, right: what was compared."""

    rule: str
    severity: str
    figures: tuple[str, ...]
    text: Mapping[str, str]
    left: Fraction | None = None
    right: Fraction | None = None


def check_year(figures: Mapping[str, Figure], before: Mapping[str, Figure], catalogue: Catalogue) -> list[Doubt]:
    """All doubts about a year's figures. before: the figures of the year before (none where there is none). Order of the figures does not matter."""
    doubts = [*_values(figures, catalogue)]
    for rule in catalogue.rules:
        if rule.kind in ("equal", "at_most"):
            doubts += _identity(rule, figures, catalogue)
        elif rule.kind == "jump":
            doubts += _jumps(rule, figures, before, catalogue)
        else:
            doubts += _bound(rule, figures)
    return sorted(doubts, key=lambda one: (one.severity, one.rule, one.figures))


def _values(figures: Mapping[str, Figure], catalogue: Catalogue) -> Iterator[Doubt]:
    for id, figure in figures.items():
        part = catalogue.parts.get(id)
        if part is None:
            yield Doubt("UNKNOWN", "error", (id,), {"en": "There is no such figure.", "zh-hans": "没有这个指标"})
        elif figure.known and figure.number is not None:
            if figure.number < 0 and id not in catalogue.negative:
                yield Doubt("NEGATIVE", "error", (id,), {"en": "It cannot be below zero", "zh-hans": "不能为负数"}, figure.number, Fraction(0))
            if part.whole and figure.number.denominator != 1:
                yield Doubt("WHOLE", "error", (id,), {"en": "It counts things; only whole numbers make sense", "zh-hans": "应为整数"}, figure.number)
            if part.unit == "currency" and not figure.currency:
                yield Doubt("CURRENCY", "error", (id,), {"en": "The currency is missing", "zh-hans": "缺少币种"}, figure.number)


def _identity(rule: Rule, figures: Mapping[str, Figure], catalogue: Catalogue) -> Iterator[Doubt]:
    given = {id: figures[id] for id in rule.uses if id in figures}
    if len(given) < len(rule.uses) or not all(one.known or one.state == INAPPLICABLE for one in given.values()):
        return
    if all(one.state == INAPPLICABLE for one in given.values()) or rule.left is None or rule.right is None:
        return
    currencies = {one.currency for id, one in given.items() if catalogue.parts[id].unit == "currency" and one.known}
    if len(currencies) > 1:
        text = {"en": "These amounts are in different currencies, so they cannot be compared", "zh-hans": "币种不同，无法比较"}
        yield Doubt(rule.id, "warning", rule.uses, text)
        return
    values = {name_of(id): one.number if one.known else Fraction(0) for id, one in given.items()}
    left, right = rule.left.run(values), rule.right.run(values)
    if (rule.kind == "equal" and left != right) or (rule.kind == "at_most" and left > right):
        yield Doubt(rule.id, rule.severity, rule.uses, rule.text, left, right)


def _bound(rule: Rule, figures: Mapping[str, Figure]) -> Iterator[Doubt]:
    figure = figures.get(rule.figure)
    if figure is None or not figure.known or figure.number is None:
        return
    if (rule.kind == "least" and figure.number < rule.bound) or (rule.kind == "greatest" and figure.number > rule.bound):
        yield Doubt(rule.id, rule.severity, (rule.figure,), rule.text, figure.number, rule.bound)


def _jumps(rule: Rule, figures: Mapping[str, Figure], before: Mapping[str, Figure], catalogue: Catalogue) -> Iterator[Doubt]:
    for id, now in figures.items():
        then, part = before.get(id), catalogue.parts.get(id)
        if part is None or part.unit != rule.unit or then is None or not now.known or not then.known or now.currency != then.currency:
            continue
        new, old = now.number or Fraction(0), then.number or Fraction(0)
        if max(abs(new), abs(old)) >= rule.bound and (new > old * rule.factor or new * rule.factor < old):
            text = {"en": "It leapt from the year before", "zh-hans": "与上年相比变化过大"}
            yield Doubt(rule.id, rule.severity, (id,), text, new, old)
