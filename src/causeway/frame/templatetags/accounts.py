"""Template filters of account pages."""

from __future__ import annotations

from typing import Any

from django import template

from causeway.frame.words import kind_words, scope_words, verb_words

register = template.Library()
register.filter("verb", verb_words)
register.filter("kind", kind_words)
register.filter("scope_words", scope_words)


@register.filter
def pick(mapping: dict[Any, Any], key: Any) -> Any:
    """The mapping's value for the key; the key itself where it has none."""
    return mapping.get(key, key)
