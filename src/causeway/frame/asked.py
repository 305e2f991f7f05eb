"""What an address or a form says, read with care: anybody may send anything."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest

#: The largest whole number a column of either database holds.
LARGEST = 2**63 - 1
#: The last page there is.
PAGES = 1_000_000


def number(text: str | None, most: int = LARGEST) -> int | None:
    """The whole number a text says in plain digits; None for anything else (`²` is a digit to Python, and no number), and beyond `most`."""
    if not text or len(text) > len(str(LARGEST)) or not (text.isascii() and text.isdecimal()):
        return None
    return found if (found := int(text)) <= most else None


def numbers(texts: Iterable[str]) -> list[int]:
    """Those of the texts that say a whole number, such as the boxes ticked in a form."""
    return [found for text in texts if (found := number(text)) is not None]


def page(request: HttpRequest) -> int:
    """The page of a list that the address asks for; the first where it says none."""
    return number(request.GET.get("page"), PAGES) or 1
