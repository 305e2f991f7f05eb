"""Tags of the pages: icons and values in words."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from causeway.kit import show

register = template.Library()


@register.simple_tag
def icon(name: str, small: bool = True) -> SafeString:
    """An icon of the sprite; it says nothing to a screen reader, so a word stands beside it."""
    css = "cw-icon cw-icon-s" if small else "cw-icon"
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}#{}"></use></svg>', css, static("causeway/vendor/tabler-sprite.svg"), name)


@register.filter
def day(value: date | datetime | None) -> str:
    """A date in words; of a moment, the day it had here."""
    return show.day(timezone.localtime(value).date() if isinstance(value, datetime) else value)


@register.filter
def moment(value: datetime | None) -> str:
    """A day with hour and minute, as it was here; nothing for none."""
    return f"{day(value)} {timezone.localtime(value):%H:%M}" if value else ""


@register.filter
def longday(value: date | None) -> str:
    """A date with its weekday."""
    return show.day(value, weekday=True)


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
    query = context["request"].GET.copy()
    for key, value in values.items():
        query.pop(key, None)
        if value not in ("", None):
            query[key] = str(value)
    if "page" not in values:
        query.pop("page", None)
    return f"?{query.urlencode()}" if query else context["request"].path


@register.simple_tag
def cell(column: Any, row: Any) -> Any:
    """A cell of a list, as its column shows it."""
    return column.show(row)
