"""Periods and working days on day numbers (`date.toordinal`), so that engines count with plain integers."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterable
from datetime import date

from causeway.engines.kernel.problems import Ungoverned

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")


def parse_date(text: str) -> date:
    """A date from ISO text; ValueError with the text for anything else (31 February included)."""
    if not _ISO.fullmatch(text):
        raise ValueError(f"{text!r} is not a date such as 2026-11-24")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a day of the calendar") from None


#: First day of every month from year 1 on, so that months are counted without asking the calendar each time.
_MONTHS = [date(year, month, 1).toordinal() for year in range(1, 2400) for month in range(1, 13)]
#: The month (from January of year 1) of every day of these years, by day number less `_LOW`.
_LOW, _HIGH = date(1900, 1, 1).toordinal(), date(2200, 1, 1).toordinal()
_MONTH_OF = array("H", [at for at in range(1899 * 12, 2199 * 12) for _ in range(_MONTHS[at + 1] - _MONTHS[at])])


_COUNTED = len(_MONTHS) - 1


def _named(day: int) -> str:
    """A day for people, whatever its number."""
    return date.fromordinal(day).isoformat() if 1 <= day <= date.max.toordinal() else f"Day {day}"


def _month_of(day: int) -> int:
    """The index of the day's month; `Ungoverned` beyond the years that are counted."""
    if _LOW <= day < _HIGH:
        return _MONTH_OF[day - _LOW]
    if not _MONTHS[0] <= day < _MONTHS[-1]:
        raise Ungoverned(f"{_named(day)} lies out of the years that are counted.")
    return bisect_right(_MONTHS, day) - 1


def add_months(day: int, months: int) -> int:
    """The day `months` later (or earlier), in one step: the same number of the month, or its last day where there is none.

    Source: Paris Convention Art. 4C(2)-(3); PCT R. 80; EPC R. 131.
    """
    at = _MONTH_OF[day - _LOW] if _LOW <= day < _HIGH else _month_of(day)
    there = at + months
    if not 0 <= there < _COUNTED:
        raise Ungoverned(f"A period from {_named(day)} leads out of the years that are counted.")
    found = _MONTHS[there] + day - _MONTHS[at]
    following = _MONTHS[there + 1]
    return found if found < following else following - 1


def add_period(day: int, n: int, unit: str) -> int:
    """The last day of a period that begins the day after `day`. unit: days, weeks, months or years; ValueError for another."""
    if unit == "months":
        return add_months(day, n)
    if unit == "years":
        return add_months(day, 12 * n)
    if unit in ("days", "weeks"):
        end = day + (n if unit == "days" else 7 * n)
        if not _MONTHS[0] <= end < _MONTHS[-1]:
            raise Ungoverned(f"A period from {_named(day)} leads out of the years that are counted.")
        return end
    raise ValueError(f"{unit!r} is not a unit of time")


def month_end(day: int, months: int = 0) -> int:
    """The last day of the day's month, or of the month so many later (or earlier)."""
    there = (_MONTH_OF[day - _LOW] if _LOW <= day < _HIGH else _month_of(day)) + months
    if not 0 <= there < _COUNTED:
        raise Ungoverned(f"A period from {_named(day)} leads out of the years that are counted.")
    return _MONTHS[there + 1] - 1


class DayCalendar:
    """An office's working days: which days are closed, and for which days that is really known.

    closed, makeup: days closed beside weekends, and weekend days worked; known: spans (first, last) whose days are known;
    first, last: the days the calendar speaks of at all. Day numbers throughout.
    """

    __slots__ = ("_ends", "_next", "_starts", "_sure", "first", "id", "last", "version")

    def __init__(
        self,
        id: str,
        closed: Iterable[int],
        known: Iterable[tuple[int, int]],
        first: int,
        last: int,
        makeup: Iterable[int] = (),
        version: str = "",
    ) -> None:
        self.id, self.first, self.last, self.version = id, first, last, version
        spans = sorted(known)
        self._starts, self._ends = [a for a, _ in spans], [b for _, b in spans]
        shut, worked = set(closed), set(makeup)
        self._next = array("l", bytes(8 * (last - first + 1)))
        upcoming = last + 1
        for day in range(last, first - 1, -1):
            weekday = (day + 6) % 7
            if day in worked or (weekday < 5 and day not in shut):
                upcoming = day
            self._next[day - first] = upcoming
        self._sure = bytearray(last - first + 1)
        for start, end in spans:
            start, end = max(start, first), min(end, last)
            while end >= start and self._next[end - first] != end:
                end -= 1  # a closed day at the end of a span moves out of it
            self._sure[start - first : end - first + 1] = b"\1" * max(0, end - start + 1)

    def roll(self, day: int) -> int:
        """The day itself if the office is open, else its next open day; -1 outside the days the calendar speaks of."""
        if not self.first <= day <= self.last:
            return -1
        found = self._next[day - self.first]
        return found if found <= self.last else -1

    def rolled(self, day: int) -> tuple[int, bool]:
        """`roll` and, of the same days, `is_known`."""
        at = day - self.first
        if at < 0 or day > self.last:
            return -1, False
        found = self._next[at]
        if found > self.last:
            return -1, False
        return found, self._sure[at] == 1

    def is_open(self, day: int) -> bool:
        """Whether the office is open on the day."""
        return self.roll(day) == day

    def is_known(self, start: int, end: int) -> bool:
        """Whether every day from start to end is known, so that a date that rests on them is not provisional."""
        at = bisect_right(self._starts, start) - 1
        return at >= 0 and end <= self._ends[at]
