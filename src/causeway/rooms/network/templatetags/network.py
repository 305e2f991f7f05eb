"""Tags of the network's pages: figures with their units."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from babel.numbers import format_decimal
from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext as _

register = template.Library()
_CURRENCIES = {"CNY", "EUR", "USD", "GBP", "PLN"}


@register.filter
def quantity(figure: Mapping[str, Any]) -> str:
    """A figure's value as people read it, with its unit or currency; the exact value where it is a range or a ratio."""
    value, unit = str(figure["value"]), figure["unit"]
    locale = "zh_Hans" if (get_language() or "").startswith("zh") else "en_GB"
    parts = [format_decimal(Decimal(part), locale=locale) if part.replace(".", "", 1).isdigit() else part for part in value.split("–")]
    text = "–".join(parts)
    if unit in _CURRENCIES and value.isdigit() and int(value) >= 1_000_000:
        millions = (Decimal(value) / 1_000_000).normalize()
        return _("%(unit)s %(n)s million") % {"unit": unit, "n": format_decimal(millions, locale=locale)}
    if unit == "%":
        return f"{text} %"
    return f"{unit} {text}" if unit in _CURRENCIES else text
