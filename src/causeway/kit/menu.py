"""The rooms in the menu: who sees which entry, and the number that waits behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from causeway.frame import access
from causeway.frame.access import Actor


@dataclass(frozen=True)
class Entry:
    """A menu entry: address by name, icon, label; shown where `action` is allowed; `count` answers (number, late)."""

    url: str
    icon: str
    label: Any
    group: str
    action: str
    order: int = 50
    count: Callable[[Actor], tuple[int, bool]] | None = None


GROUPS = [
    ("", ""),
    ("portfolio", _("Portfolio")),
    ("business", _("Business")),
    ("activity", _("Activity")),
    ("knowledge", _("Knowledge")),
    ("network", _("Network")),
    ("office", pgettext_lazy("transfer office", "Office")),
]
_entries: list[Entry] = []


def add(entry: Entry) -> None:
    """Put an entry into the menu; called once, at start."""
    if entry not in _entries:
        _entries.append(entry)
        _entries.sort(key=lambda one: one.order)


def groups(actor: Actor, path: str, counted: bool = True) -> list[dict[str, Any]]:
    """The menu as an actor sees it, with the entry of the path marked. counted: with the numbers that wait behind entries."""
    made = []
    for key, label in GROUPS:
        items = [_item(entry, actor, path, counted) for entry in _entries if entry.group == key and access.may(actor, entry.action).allowed]
        if items:
            made.append({"key": key, "label": label, "items": items})
    return made


def _item(entry: Entry, actor: Actor, path: str, counted: bool) -> dict[str, Any]:
    url = reverse(entry.url)
    number, late = entry.count(actor) if entry.count and counted else (0, False)
    here = path == url if url == "/" else path.startswith(url)
    return {"url": url, "icon": entry.icon, "label": entry.label, "number": number, "late": late, "here": here}
