"""Cells of exported tables, which a spreadsheet shows and never runs."""

from __future__ import annotations

from typing import Any

#: A cell that begins so may be taken for a formula; signs of full width are folded to these by some programs.
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def harmless(value: Any) -> Any:
    """A value with an apostrophe before what a spreadsheet would run; spaces before it do not hide it."""
    return f"'{value}" if isinstance(value, str) and value.lstrip(" \u00a0\u3000\ufeff\x00").startswith(_RISKY) else value
