"""Dates as tables write them: which orders a column allows, and what a value is under one of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache

from django.utils.translation import gettext as _

#: The time of day that databases write behind a day, which changes nothing of it.
_TIME = r"(?:\s+(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?\s?(?:[AaPp]\.?[Mm]\.?)?)?"
_PARTS = re.compile(rf"^\s*(\d{{1,4}})\s*[./\-\s年月]\s*(\d{{1,2}})\s*[./\-\s月]\s*(\d{{1,4}})\s*日?{_TIME}\s*$")
_SOLID = re.compile(r"^\s*(\d{4})(\d{2})(\d{2})\s*$")
_WORDS = re.compile(
    r"^\s*(?:(\d{1,2})\.?[\s\-]+(?:de\s+)?([^\W\d_]{3,12})\.?,?|([^\W\d_]{3,12})\.?\s+(\d{1,2}),?)(?:\s+de)?[\s\-]+(\d{4}|\d{2})" + _TIME + r"\s*$"
)
#: What people write where there is no day.
_NOTHING = frozenset(["-", "–", "—", "?", "n/a", "n.a.", "na", "none", "null", "nil", "0000-00-00", "00.00.0000", "00/00/0000", "无", "不适用"])
#: No right on anybody's list is older; a year before it is mistyped.
_FIRST_YEAR = 1800
#: A day that has lost its form: what spreadsheets count from 30 December 1899.
_SERIAL = re.compile(r"^([2-6]\d{4})(?:\.\d+)?$")
#: Months by the first letters of their names in the languages of the offices.
_MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan ene janv sty", "feb fév feb lut", "mar mär mrz maa", "apr avr abr kwi", "may mai mei maj", "jun juin cze jun", "jul juil lip jul",
         "aug aoû ago sie", "sep sept wrz set", "oct okt paź paz", "nov lis nov", "dec dez déc dic gru"), 1)
    for name in names.split()
}  # fmt: skip
ORDERS = ("dmy", "mdy", "ymd")


class DateFault(ValueError):
    """A value that is no date; the text says why."""


@lru_cache(maxsize=65_536)
def orders_of_one(value: str) -> tuple[frozenset[str], bool]:
    """The orders under which one value is a date, and whether its year has two digits; every order for what has a single reading."""
    match = _PARTS.match(value)
    if match is None:
        words = _WORDS.match(value)
        return frozenset(ORDERS), bool(words and len(words.group(5)) == 2)
    if len(match.group(1)) == 4:
        return frozenset(ORDERS), False
    a, b, c = (int(part) for part in match.groups())
    found = set()
    if 1 <= a <= 31 and 1 <= b <= 12:
        found.add("dmy")
    if 1 <= a <= 12 and 1 <= b <= 31:
        found.add("mdy")
    if len(match.group(3)) == 2 and 1 <= b <= 12 and 1 <= c <= 31:
        found.add("ymd")
    # A value no order reads (31 February is read, 45/45/2020 is not) says nothing of the others.
    return frozenset(found or ORDERS), len(match.group(3)) == 2


def short_years(value: str) -> tuple[str, str]:
    """What can be the year of two digits of a value: where the year comes first, and where it comes last."""
    match = _PARTS.match(value)
    if match is None:
        words = _WORDS.match(value)
        return (words.group(5), words.group(5)) if words else ("", "")
    return match.group(1).zfill(2), match.group(3).zfill(2)


def two_ways(value: str, orders: Iterable[str]) -> bool:
    """Whether a value is a different day under different ones of the orders."""
    found = set()
    for order in orders:
        try:
            found.add(parse(value, order, 99))
        except DateFault:
            found.add(None)
    return len(found) > 1


def parse(value: str, order: str, pivot: int | None) -> date | None:
    """The date of a value in an order; None for nothing. Raises `DateFault` with the reason.

    pivot: two-digit years up to it are 20YY, later ones 19YY.
    """
    text = value.strip()
    if not text or text.casefold() in _NOTHING:
        return None
    solid = _SOLID.match(text)
    match = solid or _PARTS.match(text)
    if match is None:
        return _in_words(text, pivot)
    a, b, c = (int(part) for part in match.groups())
    if solid or len(match.group(1)) == 4 or (order == "ymd" and len(match.group(3)) <= 2):
        year, month, day = a, b, c
    elif order == "mdy":
        year, month, day = c, a, b
    else:
        year, month, day = c, b, a
    return _day(text, year, month, day, pivot)


def _in_words(text: str, pivot: int | None) -> date:
    match = _WORDS.match(text)
    if match is None:
        return _iso(text)
    first, month, month_first, second, year = match.groups()
    name = (month or month_first).casefold()
    number = _MONTHS.get(name[:4]) or _MONTHS.get(name[:3])
    if number is None:
        raise DateFault(_("“%(text)s” is not a date: %(name)s is no month known here") % {"text": text, "name": name})
    return _day(text, int(year), number, int(first or second), pivot)


def _day(text: str, year: int, month: int, day: int, pivot: int | None) -> date:
    if year < 100:
        if pivot is None:
            raise DateFault(_("%(text)s has a two-digit year and nobody said which century") % {"text": text})
        year += 2000 if year <= pivot else 1900
    if year < _FIRST_YEAR:
        raise DateFault(_("%(text)s has the year %(year)s: a digit is missing or wrong") % {"text": text, "year": year})
    try:
        return date(year, month, day)
    except ValueError:
        raise DateFault(_("%(text)s is not a day of the calendar") % {"text": text}) from None


def _iso(text: str) -> date:
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        raise DateFault(_no_date(text)) from None


def _no_date(text: str) -> str:
    """Why a text is no date. A number is not taken for a day without a word: spreadsheets count from two different years."""
    serial = _SERIAL.match(text)
    if serial is None:
        return _("“%(text)s” is not a date") % {"text": text}
    counted = date(1899, 12, 30) + timedelta(days=int(serial.group(1)))
    return _("%(text)s is a number: the spreadsheet lost that it is a date (%(day)s, as it usually counts). Give the column the form of a date and save it again") % {
        "text": text,
        "day": f"{counted:%d %b %Y}",
    }  # fmt: skip
