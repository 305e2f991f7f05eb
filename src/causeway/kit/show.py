"""Values as people read them: dates, money, distances in time. Formatters are made once for each language."""

from __future__ import annotations

import html
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any

from babel.dates import format_date
from babel.numbers import format_currency
from django.templatetags.static import static
from django.urls import get_script_prefix, reverse
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


def days(weekday: bool = False) -> Callable[[date | None], str]:
    """`day` for a whole page: the language is asked once, not for each of its dates."""
    locale = _locale()
    return lambda value: _day(value, locale, weekday) if value else ""


def day(value: date | None, weekday: bool = False) -> str:
    """A date in words, with the weekday where it decides."""
    return _day(value, _locale(), weekday) if value else ""


def short_day(value: date, weekday: bool = False) -> str:
    """A date without its year, where the year is plain."""
    if _locale() == "en_GB":
        return f"{value:%a} {value.day} {value:%b}" if weekday else f"{value.day} {value:%b}"
    return format_date(value, "M月d日 EEE" if weekday else "M月d日", locale=_locale())


def month(value: date, year: bool = True, brief: bool = False) -> str:
    """A month in words, with its year or without; brief: in three letters, where the language has such."""
    if _locale() == "en_GB":
        return value.strftime(("%b" if brief else "%B") + (" %Y" if year else ""))
    return format_date(value, "y年M月" if year else "M月", locale=_locale())


@lru_cache(maxsize=20_000)
def _money(minor: int, currency: str, locale: str) -> str:
    from decimal import Decimal

    return format_currency(Decimal(Money(minor, currency).text()), currency, locale=locale)


def money(minor: int | None, currency: str) -> str:
    """An amount with its currency, from minor units; nothing for no amount."""
    return _money(minor, currency, _locale()) if minor is not None and currency else ""


def amount(text: str, currency: str) -> str:
    """An amount that somebody wrote in plain digits, with its currency, as `money` shows it; as it was written where it is no amount of a known currency."""
    try:
        return money(Money.parse(text, currency).minor, currency) or text
    except ValueError:
        return f"{currency} {text}".strip()


def distance(due: date, today: date, language: str | None = None) -> str:
    """How far a day is: "7 days late", "tomorrow", "in 3 weeks". language: the one that is active, where the caller has asked already."""
    return _distance((due - today).days, language or get_language())


@lru_cache(maxsize=20_000)
def _distance(days: int, _language: str | None) -> str:
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


#: Stands for a record's key while the shape of an address is asked for.
_ANY = 8_070_605_040


@lru_cache(maxsize=1_000)
def _shape(route: str, prefix: str) -> tuple[str, str]:
    before, after = reverse(route, args=[_ANY]).split(str(_ANY))
    return before, after


def address(route: str, pk: int) -> str:
    """The address of a record's page. Its shape is looked up once, which Django would do for every row of a list."""
    before, after = _shape(route, get_script_prefix())
    return f"{before}{pk}{after}"


@lru_cache(maxsize=2_000)
def _icon(name: str, css: str) -> SafeString:
    sprite = static("causeway/vendor/tabler-sprite.svg")
    return SafeString(f'<svg class="{css}" aria-hidden="true"><use href="{escaped(sprite)}#{escaped(name)}"></use></svg>')


def icon(name: str, small: bool = True) -> SafeString:
    """An icon of the sprite; it says nothing to a screen reader, so a word stands beside it."""
    return _icon(name, "cw-icon cw-icon-s" if small else "cw-icon")


def stacked(first: Any, second: Any = "", css: str = "") -> SafeString:
    """A cell of two lines."""
    if not second:
        return SafeString(escaped(first))
    return SafeString(f'{escaped(first)}<span class="cw-sub {css}">{escaped(second)}</span>')


def escaped(value: Any) -> str:
    """A value as HTML: what is safe already as it is, anything else escaped, nothing for None. The plain core of `format_html`, for lists."""
    if type(value) is str:
        return html.escape(value)
    if value is None:
        return ""
    return value.__html__() if hasattr(value, "__html__") else html.escape(str(value))


def safe(text: str) -> SafeString:
    """Text that the kit itself made of escaped parts."""
    return mark_safe(text)  # noqa: S308 - only from escaped parts


__all__ = ["address", "amount", "day", "days", "distance", "escape", "escaped", "icon", "money", "month", "safe", "share", "short_day", "stacked", "urgency"]
