"""Values as packs write them, typed: days and flags."""

from __future__ import annotations

from typing import Any

from causeway.engines.kernel import parse_date


def day(text: Any) -> int | None:
    """A day number from ISO text, None from nothing."""
    return None if text in (None, "") else parse_date(str(text)).toordinal()


def flag(value: Any) -> bool:
    """A yes or no as packs write it."""
    return str(value).lower() in ("true", "yes")
