"""Figures with their state, and formulas over them. What is not known is never taken for zero, and currencies are never mixed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from causeway.engines.indicators.catalogue import Catalogue, Part, name_of
from causeway.engines.kernel import Ungoverned

#: A figure is known (zero among them), not available, or does not apply.
KNOWN, UNAVAILABLE, INAPPLICABLE = "known", "unavailable", "inapplicable"


@dataclass(frozen=True)
class Figure:
    """One figure of a university and year. number: exact, in whole units of the currency where it is money; state: known, unavailable, inapplicable."""

    number: Fraction | None = None
    currency: str = ""
    state: str = KNOWN
    source: str = ""

    @property
    def known(self) -> bool:
        """Whether there is a number."""
        return self.state == KNOWN and self.number is not None


@dataclass(frozen=True)
class Missing:
    """Why a formula has no answer: a sentence, and the figures it waits for."""

    why: str
    figures: tuple[str, ...] = ()


def evaluate(part: Part, figures: Mapping[str, Figure], catalogue: Catalogue) -> Figure | Missing:
    """The answer of a figure's formula. figures: known figures by id, in one university and year.

    A part that does not apply adds nothing to a sum while another part is known; in any other formula it makes the answer inapplicable.
    """
    if part.run is None:
        return Missing("This figure has no formula.", (part.id,))
    absent = tuple(id for id in part.uses if id not in figures or figures[id].state == UNAVAILABLE or (figures[id].state == KNOWN and figures[id].number is None))
    if absent:
        return Missing("Not all figures it is computed from are there.", absent)
    outside = [id for id in part.uses if figures[id].state == INAPPLICABLE]
    if outside and (len(outside) == len(part.uses) or set(part.formula) & set("-*/")):
        return Figure(state=INAPPLICABLE, source=part.formula)
    money = {figures[id].currency for id in part.uses if catalogue.parts[id].unit == "currency" and id not in outside}
    if len(money) > 1:
        return Missing("The amounts are in different currencies.", tuple(id for id in part.uses if catalogue.parts[id].unit == "currency"))
    values = {name_of(id): Fraction(0) if id in outside else figures[id].number for id in part.uses}
    try:
        number = part.run.run(values)
    except Ungoverned:
        return Missing("It would divide by zero.", part.uses)
    return Figure(number, next(iter(money), "") if part.unit == "currency" else "", source=part.formula)


def reachable(known: Iterable[str], catalogue: Catalogue) -> tuple[Part, ...]:
    """The figures with formulas that can follow from some of the known ones at all, in their order."""
    have, made = set(known), []
    for part in catalogue.order:
        if have.issuperset(part.uses):
            have.add(part.id)
            made.append(part)
    return tuple(made)


def completed(figures: Mapping[str, Figure], catalogue: Catalogue, order: Sequence[Part] | None = None) -> dict[str, Figure]:
    """The figures and those that follow from them by formula. What was entered stays, even where a formula would say otherwise.

    order: the formulas to try, from `reachable`, where many sets of the same figures are completed; all where none are given.
    """
    made = dict(figures)
    for part in catalogue.order if order is None else order:
        if part.id not in made or not made[part.id].known:
            answer = evaluate(part, made, catalogue)
            if isinstance(answer, Figure):
                made[part.id] = answer
    return made
