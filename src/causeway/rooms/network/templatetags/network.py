"""Tags of the network's pages: figures with their units; and what stands in hundreds on a page, written in one go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from babel.numbers import format_decimal
from django import template
from django.urls import reverse
from django.utils.html import escape
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from causeway.rooms.network.models import CaseFigure

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


@register.filter
def measured(figure: CaseFigure) -> str:
    """A figure's value as people read it, always with its unit: for where one works on it."""
    text = quantity({"value": figure.value, "unit": figure.unit})
    return text if not figure.unit or figure.unit in text else f"{text} {figure.unit}"


@register.simple_tag
def facet_boxes(facet: Mapping[str, Any]) -> SafeString:
    """The values of a facet with boxes to tick and how many cases each has."""
    key, lines = facet["key"], []
    for code, label, count, picked in facet["values"]:
        code, label = escape(code), escape(label)
        lines.append(
            f'<div class="form-check"><input class="form-check-input" type="checkbox" name="{key}" value="{code}" id="f-{key}-{code}"{" checked" if picked else ""} data-autosubmit>'
            f'<label class="form-check-label" for="f-{key}-{code}">{label}</label><span>{count}</span></div>'
        )
    return mark_safe("".join(lines))  # noqa: S308 - every value is escaped above


@register.simple_tag
def case_mechanisms(mechanisms: Sequence[tuple[str, str]], more: int) -> SafeString:
    """The first mechanisms of a case, each leading to the cases that have it too, and how many more there are."""
    if not mechanisms:
        return mark_safe("")
    library = reverse("network:library")
    items = [f'<li><a href="{library}?mechanism={escape(code)}">{escape(name)}</a></li>' for code, name in mechanisms]
    items += [f"<li><span>{escape(_('%(n)s more') % {'n': more})}</span></li>"] if more else []
    return mark_safe(f'<ul class="nw-mechs" aria-label="{escape(_("Mechanisms"))}">{"".join(items)}</ul>')  # noqa: S308 - every value is escaped above


@register.simple_tag
def matrix_cells(row: Any, heads: Sequence[tuple[str, str]], group: str) -> SafeString:
    """The cells of a university: one case leads to the case, several to their list."""
    case, library, made = reverse("network:case", args=[0]), reverse("network:library"), []
    for (code, label), (count, first) in zip(heads, row.cells, strict=True):
        if not count:
            made.append('<td class="is-none"><span class="nw-none" aria-hidden="true">·</span></td>')
            continue
        asked = urlencode({"at": row.key, "mechanism" if group else "group": code})
        href = case.replace("/0/", f"/{first}/") if count == 1 else f"{library}?{escape(asked)}"
        made.append(
            f'<td><a class="nw-dot nw-w{min(4, count)}" href="{href}" title="{escape(label)}"><span class="visually-hidden">{escape(label)}: </span>{count}</a>'
            f'<span class="nw-label" aria-hidden="true">{escape(label)}</span></td>'
        )
    return mark_safe("".join(made))  # noqa: S308 - every value is escaped above
