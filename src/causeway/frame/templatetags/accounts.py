"""Template filters of account pages."""

from __future__ import annotations

from typing import Any

from django import template

register = template.Library()


@register.filter
def pick(mapping: dict[Any, Any], key: Any) -> Any:
    """The mapping's value for the key; the key itself where it has none."""
    return mapping.get(key, key)
