"""Dates as tables write them: which orders a column allows, and what a value is under one of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime

_PARTS = re.compile(r"^\s*(\d{1,4})[./\-\s年月](\d{1,2})[./\-\s月](\d{1,4})日?\s*$")
_SOLID = re.compile(r"^\s*(\d{4})(\d{2})(\d{2})\s*$")
ORDERS = ("dmy", "mdy", "ymd")


class DateFault(ValueError):
    """A value that is no date; the text says why."""


def orders_of(values: Iterable[str]) -> tuple[set[str], bool]:
    """The orders under which every value of a column is a date, and whether any year has two digits."""
    left = set(ORDERS)
    short = False
    for value in values:
        match = _PARTS.match(value)
        if match is None:
            continue
        a, b, c = match.groups()
        if len(a) == 4:
            left &= {"ymd"}
            continue
        left.discard("ymd")
        short = short or len(c) == 2
        if int(a) > 12:
            left.discard("mdy")
        if int(b) > 12:
            left.discard("dmy")
    return left, short


def parse(value: str, order: str, pivot: int | None) -> date | None:
    """The date of a value in an order; None for nothing. Raises `DateFault` with the reason.

    pivot: two-digit years up to it are 20YY, later ones 19YY.
    """
    text = value.strip()
    if not text:
        return None
    solid = _SOLID.match(text)
    match = solid or _PARTS.match(text)
    if match is None:
        return _iso(text)
    a, b, c = (int(part) for part in match.groups())
    if solid or len(match.group(1)) == 4:
        year, month, day = a, b, c
    elif order == "mdy":
        year, month, day = c, a, b
    else:
        year, month, day = c, b, a
    if year < 100:
        if pivot is None:
            raise DateFault(f"{text} has a two-digit year and nobody said which century")
        year += 2000 if year <= pivot else 1900
    try:
        return date(year, month, day)
    except ValueError:
        raise DateFault(f"{text} is not a day of the calendar") from None


def _iso(text: str) -> date:
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        raise DateFault(f"{text!r} is not a date") from None
