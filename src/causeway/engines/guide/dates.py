"""The date of a case, in the forms people write it."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

_MONTHS = {
    "january": 1, "february": 2, "march": 3, "april": 4, "may": 5, "june": 6, "july": 7, "august": 8, "september": 9, "october": 10, "november": 11, "december": 12,
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "sept": 9, "oct": 10, "nov": 11, "dec": 12,
}  # fmt: skip
_NUMERIC = re.compile(r"^(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4})\.?$")
_ISO = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})$")
_YEAR = re.compile(r"^(\d{4})\s*年?$")
_CHINESE = re.compile(r"^(\d{4})\s*年\s*(\d{1,2})\s*月(?:\s*(\d{1,2})\s*日)?$")
_MONTH_FIRST = re.compile(r"^([A-Za-z]+)\.?\s+(?:(\d{1,2})(?:st|nd|rd|th)?\s*,?\s+)?(\d{4})$")
_DAY_FIRST = re.compile(r"^(\d{1,2})(?:st|nd|rd|th)?\.?\s+([A-Za-z]+)\.?,?\s+(\d{4})$")


class CaseDate(NamedTuple):
    """A date read: ISO text ("2019-04-05", "2019-04", "2019") or None, whether day and month could be the other way round, and why it could not be read."""

    iso: str | None
    ambiguous: bool = False
    fault: str = ""


def read_date(raw: str) -> CaseDate:
    """Read a date; numbers stand in the European order, day before month, as the guide's own values prove."""
    text = re.sub(r"\s+", " ", raw).strip()
    if not text:
        return CaseDate(None)
    if found := _NUMERIC.match(text):
        return _numeric(*(int(part) for part in found.groups()))
    if found := _ISO.match(text):
        return _day(*(int(part) for part in found.groups()))
    if found := _YEAR.match(text):
        return CaseDate(found[1])
    if found := _CHINESE.match(text):
        return _day(int(found[1]), int(found[2]), int(found[3]) if found[3] else None)
    if (found := _MONTH_FIRST.match(text)) and found[1].lower() in _MONTHS:
        return _day(int(found[3]), _MONTHS[found[1].lower()], int(found[2]) if found[2] else None)
    if (found := _DAY_FIRST.match(text)) and found[2].lower() in _MONTHS:
        return _day(int(found[3]), _MONTHS[found[2].lower()], int(found[1]))
    return CaseDate(None, fault="This is not a date the reader knows; it is kept as printed.")


def _numeric(day: int, month: int, year: int) -> CaseDate:
    if month > 12 >= day:
        swapped = _day(year, day, month)
        return swapped._replace(fault="Read with the month first: there is no such month otherwise.") if swapped.iso else swapped
    return _day(year, month, day)._replace(ambiguous=day <= 12 and day != month)


def _day(year: int, month: int, day: int | None) -> CaseDate:
    try:
        made = date(year, month, day or 1)
    except ValueError:
        return CaseDate(None, fault="There is no such day; it is kept as printed.")
    return CaseDate(made.isoformat() if day else f"{year:04d}-{month:02d}")
