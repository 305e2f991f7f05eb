"""Values as packs and matters write them, typed: days, flags, whole numbers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from causeway.engines.kernel import Ungoverned, parse_date


def day(text: Any) -> int | None:
    """A day number from ISO text, None from nothing."""
    return None if text in (None, "") else parse_date(str(text)).toordinal()


def flag(value: Any) -> bool:
    """A yes or no as packs write it."""
    return str(value).lower() in ("true", "yes")


def span(start: int | None, end: int | None) -> str:
    """Words for people: from when to when, with a space before; nothing where neither is known."""
    words = f" from {date.fromordinal(start)}" if start is not None else ""
    return words + (f" to {date.fromordinal(end)}" if end is not None else "")


def is_whole(text: str) -> bool:
    """Whether a text is a whole number of at most nine plain digits; signs that only look like digits are none."""
    return text.isascii() and text.isdigit() and len(text) <= 9


def whole(facts: Mapping[str, Any], name: str) -> int:
    """A fact of a matter that must be a whole number, 0 where it is not told; `Ungoverned` where it is none."""
    text = str(facts.get(name, "0")).strip()
    if not is_whole(text):
        raise Ungoverned(f"The fact {name} must be a whole number, not {text!r}.")
    return int(text)
