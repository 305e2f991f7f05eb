"""Periods and working days."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from causeway.engines.kernel import DayCalendar, Ungoverned, add_months, add_period, month_end, parse_date

days = st.dates(date(1880, 1, 1), date(2230, 12, 31)).map(date.toordinal)


@given(days, st.integers(-240, 480))
def test_months_keep_the_number_of_the_day_or_take_the_last(day, months):
    start, found = date.fromordinal(day), date.fromordinal(add_months(day, months))
    assert (found.year * 12 + found.month) - (start.year * 12 + start.month) == months
    assert found.day == min(start.day, monthrange(found.year, found.month)[1])


@given(days, days, st.integers(0, 480))
def test_months_are_monotonic(one, other, months):
    earlier, later = sorted((one, other))
    assert add_months(earlier, months) <= add_months(later, months)


@given(days)
def test_month_end_is_the_last_day(day):
    end = month_end(day)
    assert end >= day
    assert date.fromordinal(end + 1).day == 1


def test_a_period_is_added_in_one_step():
    start = date(2024, 1, 31).toordinal()
    assert date.fromordinal(add_period(start, 2, "months")) == date(2024, 3, 31)
    assert date.fromordinal(add_period(add_period(start, 1, "months"), 1, "months")) == date(2024, 3, 29)


@pytest.mark.parametrize(("n", "unit", "ends"), [(15, "days", "2024-03-15"), (2, "weeks", "2024-03-14"), (1, "years", "2025-02-28"), (12, "months", "2025-02-28")])
def test_units(n, unit, ends):
    assert add_period(date(2024, 2, 29).toordinal(), n, unit) == parse_date(ends).toordinal()


def test_an_unknown_unit_is_refused():
    with pytest.raises(ValueError, match="fortnights"):
        add_period(1, 1, "fortnights")


@pytest.mark.parametrize("text", ["2024-02-30", "2024-2-3", "20240203", "", "2024-13-01", "next week"])
def test_what_is_no_date_is_refused(text):
    with pytest.raises(ValueError, match="is not a"):
        parse_date(text)


def test_days_beyond_the_table_are_refused():
    with pytest.raises(Ungoverned):
        add_period(date(9999, 12, 30).toordinal(), 15, "days")
    with pytest.raises(Ungoverned):
        add_period(date(2024, 1, 1).toordinal(), 10**9, "weeks")


def test_years_beyond_the_table_are_refused():
    with pytest.raises(Ungoverned):
        add_months(date(9998, 1, 1).toordinal(), 12)
    with pytest.raises(Ungoverned):
        add_months(date(1, 3, 1).toordinal(), -12)


def calendar() -> DayCalendar:
    first, last = date(2026, 1, 1).toordinal(), date(2026, 12, 31).toordinal()
    closed = [date(2026, 10, day).toordinal() for day in (1, 2, 5, 6, 7)]
    return DayCalendar("X", closed, [(first, date(2026, 11, 30).toordinal())], first, last, [date(2026, 10, 10).toordinal()])


def test_a_last_day_moves_to_the_next_open_one():
    found, known = calendar().rolled(date(2026, 10, 1).toordinal())
    assert (date.fromordinal(found), known) == (date(2026, 10, 8), True)


def test_a_made_up_weekend_day_is_open():
    assert calendar().is_open(date(2026, 10, 10).toordinal())
    assert not calendar().is_open(date(2026, 10, 11).toordinal())


def test_days_that_nobody_knows_say_so():
    assert calendar().rolled(date(2026, 12, 1).toordinal()) == (date(2026, 12, 1).toordinal(), False)
    assert calendar().rolled(date(2027, 1, 4).toordinal()) == (-1, False)


@given(st.dates(date(2026, 1, 1), date(2026, 12, 28)).map(date.toordinal))
def test_a_move_is_known_where_all_its_days_are(day):
    found, known = calendar().rolled(day)
    assert known == calendar().is_known(day, found)


@given(st.dates(date(2026, 1, 1), date(2026, 12, 28)).map(date.toordinal))
def test_a_moved_day_is_open_and_never_earlier(day):
    open_day = calendar().roll(day)
    assert open_day >= day
    assert calendar().is_open(open_day)
    assert calendar().rolled(day)[0] == open_day
