"""Tags of the pages: icons and values in words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django import template
from django.http import QueryDict
from django.utils import timezone
from django.utils.safestring import SafeString

from causeway.kit import menu, show

register = template.Library()


@register.simple_tag
def icon(name: str, small: bool = True) -> SafeString:
    """An icon of the sprite; it says nothing to a screen reader, so a word stands beside it."""
    return show.icon(name, small)


@register.filter
def day(value: date | datetime | None) -> str:
    """A date in words; of a moment, the day it had here."""
    return show.day(timezone.localtime(value).date() if isinstance(value, datetime) else value)


@register.simple_tag
def now_day() -> str:
    """Today, in words."""
    return show.day(timezone.localdate())


@register.filter
def moment(value: datetime | None) -> str:
    """A day with hour and minute, as it was here; nothing for none."""
    return f"{day(value)} {timezone.localtime(value):%H:%M}" if value else ""


@register.filter
def longday(value: date | None) -> str:
    """A date with its weekday."""
    return show.day(value, weekday=True)


@register.filter
def shortday(value: date) -> str:
    """A date with its weekday, without its year."""
    return show.short_day(value, weekday=True)


@register.filter
def month(value: date, year: bool = True) -> str:
    """A month in words, with its year."""
    return show.month(value, year)


@register.simple_tag
def money(minor: int | None, currency: str) -> str:
    """An amount with its currency."""
    return show.money(minor, currency)


@register.simple_tag
def distance(due: date, today: date) -> str:
    """How far a day is from today."""
    return show.distance(due, today)


@register.simple_tag(takes_context=True)
def change(context: dict[str, Any], **values: Any) -> str:
    """The address of this page with some of its query changed; an empty value removes the key."""
    query = QueryDict(mutable=True)
    for key, several in context["request"].GET.lists():
        if key not in values and key != "page":
            query.setlist(key, several)
    for key, value in values.items():
        if value not in ("", None):
            query[key] = str(value)
    return f"?{query.urlencode()}" if query else context["request"].path


@register.simple_tag(takes_context=True)
def home(context: dict[str, Any], route: str) -> menu.Entry | None:
    """The menu entry that a list without one of its own belongs to; None for none."""
    return menu.home(context["actor"], route) if context.get("actor") else None


@register.simple_tag
def options(choices: Iterable[tuple[str, Any]], chosen: str) -> SafeString:
    """The options of a choice, the chosen one selected; plain joins, since there may be hundreds."""
    made = (f'<option value="{show.escaped(key)}"{" selected" if key == chosen else ""}>{show.escaped(label)}</option>' for key, label in choices)
    return SafeString("".join(made))
