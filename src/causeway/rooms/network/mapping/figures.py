"""Figures between tables, files and the engine."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from causeway.engines.indicators import Catalogue, Figure, Part
from causeway.engines.indicators.questionnaire import decimal

#: A figure is kept with at most so many digits after the point.
MOST_PLACES = 6
_LARGEST = 9 * 10**18


def stored(number: Fraction) -> tuple[int, int]:
    """A number as whole digits and places. Raises ValueError where it has more places than are kept, or is too large."""
    for places in range(MOST_PLACES + 1):
        scaled = number * 10**places
        if scaled.denominator == 1:
            if abs(scaled.numerator) > _LARGEST:
                raise ValueError(_("The number is too large."))
            return scaled.numerator, places
    raise ValueError(_("At most six places after the point are kept."))


def rounded(number: Fraction) -> tuple[int, int]:
    """A number as digits and places, rounded half up to six places where it has more."""
    try:
        return stored(number)
    except ValueError:
        scaled = number * 10**MOST_PLACES
        return stored(Fraction((2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator), 10**MOST_PLACES))


def fault(part: Part, number: Fraction, currency: str, catalogue: Catalogue) -> tuple[str, str] | None:
    """What of an entered figure cannot be, as field and words; None where all of it can."""
    if part.whole and number.denominator != 1:
        return "value", _("It counts things; only whole numbers make sense.")
    if number < 0 and part.id not in catalogue.negative:
        return "value", _("It cannot be below zero.")
    if part.unit == "currency" and not re.fullmatch("[A-Za-z]{3}", currency):
        return "currency", _("An amount needs its currency, such as EUR.")
    try:
        stored(number)
    except ValueError as wrong:
        return "value", str(wrong)
    return None


def figure_of(row: Any) -> Figure:
    """A stored figure as the engine knows it; the source of one's own figures comes along."""
    # Not by attribute: in what was contributed `source` is the university, and would be read from the database one by one.
    source = row.__dict__.get("source", "")
    return Figure(row.number, row.currency, row.state, source if isinstance(source, str) else "")


def by_year(rows: Iterable[Any]) -> dict[int, dict[str, Figure]]:
    """Stored figures by year and id."""
    made: dict[int, dict[str, Figure]] = {}
    for row in rows:
        made.setdefault(row.year, {})[row.figure] = figure_of(row)
    return made


def answer_figures(code: str, value: Any, year: int, catalogue: Catalogue) -> dict[str, Figure]:
    """The figures that an answer to an indicator question gives, by id."""
    parts = catalogue.indicators[code].parts
    if value.get("state"):
        return {part.id: Figure(state=value["state"]) for part in parts if part.run is None}
    given = value.get("parts") or {}
    made = {}
    for part in parts:
        number = decimal(str(given.get(part.key, ""))) if given.get(part.key) not in (None, "") else None
        if number is not None:
            made[part.id] = Figure(number, value.get("currency", "") if part.unit == "currency" else "", source=str(year))
    return made


def figures_of_csv(text: str, catalogue: Catalogue) -> tuple[dict[int, dict[str, Figure]], list[tuple[int, str]]]:
    """Figures by year of a table with the columns figure, year, value and currency, and the problems by line.

    A value of "n/a" is a figure that is not available, "not applicable" one that does not apply. Raises ValueError where columns are missing.
    """
    reader = csv.DictReader(io.StringIO(text, newline=""))
    wanted = {"figure", "year", "value"} - set(reader.fieldnames or ())
    if wanted:
        raise ValueError(_("These columns are missing: %(names)s.") % {"names": ", ".join(sorted(wanted))})
    years: dict[int, dict[str, Figure]] = {}
    problems: list[tuple[int, str]] = []
    for row in reader:
        found = _row(row, catalogue)
        if isinstance(found, str):
            problems.append((reader.line_num, found))
        elif found[1] in years.get(found[0], {}):
            problems.append((reader.line_num, _("%(figure)s of %(year)s stands here twice.") % {"figure": found[1], "year": found[0]}))
        else:
            years.setdefault(found[0], {})[found[1]] = found[2]
    return years, problems


def _row(row: dict[str, str], catalogue: Catalogue) -> tuple[int, str, Figure] | str:
    id, year, value = ((row.get(name) or "").strip() for name in ("figure", "year", "value"))
    id = id.removesuffix(".value")
    if id not in catalogue.parts:
        return _("%(figure)s is no figure of the indicators.") % {"figure": id or "?"}
    if not re.fullmatch(r"(19|20|21)\d\d", year):
        return _("%(year)s is no year.") % {"year": year or "?"}
    if value.lower() in ("n/a", "na", "not available"):
        return int(year), id, Figure(state="unavailable")
    if value.lower() == "not applicable":
        return int(year), id, Figure(state="inapplicable")
    number = decimal(value)
    if number is None:
        return _("“%(value)s” is no number, or could be read in two ways.") % {"value": value[:40]}
    currency = (row.get("currency") or "").strip().upper() if catalogue.parts[id].unit == "currency" else ""
    if wrong := fault(catalogue.parts[id], number, currency, catalogue):
        return f"{id}: {wrong[1]}"
    return int(year), id, Figure(number, currency)
