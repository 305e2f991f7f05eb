"""Values as people read them: dates, money, distances in time. Formatters are made once for each language."""

from __future__ import annotations

import html
from datetime import date
from functools import lru_cache
from typing import Any

from babel.dates import format_date
from babel.numbers import format_currency
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, ngettext

from causeway.engines.kernel import Money


def _locale() -> str:
    return "zh_Hans" if (get_language() or "").startswith("zh") else "en_GB"


@lru_cache(maxsize=20_000)
def _day(value: date, locale: str, weekday: bool) -> str:
    if locale == "en_GB":
        return f"{value:%a} {value.day} {value:%b %Y}" if weekday else f"{value.day} {value:%b %Y}"
    return format_date(value, "y年M月d日 EEE" if weekday else "y年M月d日", locale=locale)


def day(value: date | None, weekday: bool = False) -> str:
    """A date in words, with the weekday where it decides."""
    return _day(value, _locale(), weekday) if value else ""


@lru_cache(maxsize=20_000)
def _money(minor: int, currency: str, locale: str) -> str:
    from decimal import Decimal

    return format_currency(Decimal(Money(minor, currency).text()), currency, locale=locale)


def money(minor: int | None, currency: str) -> str:
    """An amount with its currency, from minor units; nothing for no amount."""
    return _money(minor, currency, _locale()) if minor is not None and currency else ""


def distance(due: date, today: date) -> str:
    """How far a day is: "7 days late", "tomorrow", "in 3 weeks"."""
    days = (due - today).days
    if days < 0:
        return ngettext("%(n)s day late", "%(n)s days late", -days) % {"n": -days}
    if days == 0:
        return gettext("today")
    if days == 1:
        return gettext("tomorrow")
    if days < 60:
        return ngettext("in %(n)s day", "in %(n)s days", days) % {"n": days}
    months = round(days / 30.4)
    if months < 24:
        return ngettext("in %(n)s month", "in %(n)s months", months) % {"n": months}
    years = round(days / 365.25)
    return ngettext("in %(n)s year", "in %(n)s years", years) % {"n": years}


def urgency(due: date, today: date) -> str:
    """late, soon or later."""
    days = (due - today).days
    return "late" if days < 0 else "soon" if days <= 7 else "later"


def share(numerator: int | None, denominator: int | None) -> str:
    """An exact share as people write it."""
    if not numerator or not denominator:
        return ""
    if 100 % denominator == 0:
        return f"{numerator * 100 // denominator} %"
    return f"{numerator}/{denominator}"


def stacked(first: Any, second: Any = "", css: str = "") -> SafeString:
    """A cell of two lines."""
    if not second:
        return SafeString(escaped(first))
    return SafeString(f'{escaped(first)}<span class="cw-sub {css}">{escaped(second)}</span>')


def escaped(value: Any) -> str:
    """A value as HTML: what is safe already as it is, anything else escaped, nothing for None. The plain core of `format_html`, for lists."""
    if value is None:
        return ""
    return value.__html__() if hasattr(value, "__html__") else html.escape(str(value))


def safe(text: str) -> SafeString:
    """Text that the kit itself made of escaped parts."""
    return mark_safe(text)  # noqa: S308 - only from escaped parts


__all__ = ["day", "distance", "escape", "escaped", "money", "safe", "share", "stacked", "urgency"]
