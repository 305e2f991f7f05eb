"""Medians and quartiles of peers, exact, and figures made comparable by size."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

#: How the quartiles are found, for the foot of every table.
METHOD = "Quartiles by linear interpolation between the two nearest ranks (type 7 of Hyndman and Fan, 1996)"

#: What figures are set against: key to (figure id it divides by, the number it is told per).
NORMS: dict[str, tuple[str, int]] = {"none": ("", 1), "research": ("IN01", 1_000_000), "staff": ("IN03", 1_000), "office": ("IN04", 1)}


class Quartiles(NamedTuple):
    """The number of figures and their first quartile, median and third quartile."""

    count: int
    low: Fraction
    median: Fraction
    high: Fraction


def quantile(ordered: list[Fraction] | list[int], at: Fraction) -> Fraction:
    """The quantile of numbers in order, at between 0 and 1; raises ValueError for no numbers."""
    if not ordered:
        raise ValueError("No numbers.")
    place = at * (len(ordered) - 1)
    under = place.numerator // place.denominator
    over = min(under + 1, len(ordered) - 1)
    return Fraction(ordered[under]) + (place - under) * (ordered[over] - ordered[under])


def quartiles(numbers: Iterable[Fraction | int]) -> Quartiles:
    """First quartile, median and third quartile, by `METHOD`; the order of the numbers does not matter."""
    ordered = sorted(numbers)
    return Quartiles(len(ordered), *(quantile(ordered, Fraction(quarter, 4)) for quarter in (1, 2, 3)))


def per(number: Fraction, base: Fraction | None, many: int) -> Fraction | None:
    """A figure told per `many` of a base (per million of research spend); None where the base is unknown or zero."""
    return number * many / base if base else None


_RATIO = re.compile(r"([A-Z]{2}\d{2}(?:\.\w+)?) / ([A-Z]{2}\d{2}(?:\.\w+)?)(?: \* \d+)?")


def repeats(formula: str) -> tuple[str, str] | None:
    """The figure and the norm that a ratio tells again, whatever the number it is told per ("SP01 / IN03 * 1000" is SP01 by staff); None for any other formula."""
    found = _RATIO.fullmatch(formula)
    return next(((found[1], norm) for norm, (base, _many) in NORMS.items() if base == found[2]), None) if found else None
