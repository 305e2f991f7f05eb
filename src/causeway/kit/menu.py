"""The rooms in the menu: who sees which entry, and the number that waits behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from causeway.frame import access
from causeway.frame.access import Actor
from causeway.kit.show import escaped, icon


@dataclass(frozen=True)
class Entry:
    """A menu entry: address by name, icon, label; shown where `action` is allowed; `count` answers (number, late); also: lists that belong to it
    too, by name of their address."""

    url: str
    icon: str
    label: Any
    group: str
    action: str
    order: int = 50
    count: Callable[[Actor], tuple[int, bool]] | None = None
    also: tuple[str, ...] = ()


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


def home(actor: Actor, route: str) -> Entry | None:
    """The entry that a list without one of its own belongs to, for the path over its pages; None for a list that stands in the menu itself, and where the entry is not for the actor."""
    return next((one for one in _entries if route in one.also and access.may(actor, one.action).allowed), None)


def groups(actor: Actor, path: str, counted: bool = True) -> list[dict[str, Any]]:
    """The menu as an actor sees it, with the entry of the path marked. counted: with the numbers that wait behind entries."""
    made = []
    for key, label in GROUPS:
        items = [_item(entry, actor, path, counted) for entry in _entries if entry.group == key and access.may(actor, entry.action).allowed]
        if items:
            made.append({"key": key, "label": label, "items": items})
    return made


def drawn(actor: Actor, path: str, counted: bool = True) -> SafeString:
    """The menu as HTML; by plain joins, since it stands on every page."""
    return SafeString("".join(_drawn_group(group) for group in groups(actor, path, counted)))


def _drawn_group(group: dict[str, Any]) -> str:
    items = "".join(map(_drawn_item, group["items"]))
    if not group["label"]:
        return f"<ul>{items}</ul>"
    return f'<h2 id="nav-{group["key"]}">{escaped(group["label"])}</h2><ul aria-labelledby="nav-{group["key"]}">{items}</ul>'


def _drawn_item(item: dict[str, Any]) -> str:
    here = ' aria-current="page"' if item["here"] else ""
    return f'<li><a href="{escaped(item["url"])}"{here}>{icon(item["icon"], False)}{escaped(item["label"])}{_drawn_number(item)}</a></li>'


def _drawn_number(item: dict[str, Any]) -> str:
    if not item["number"]:
        return ""
    if not item["late"]:
        return f'<span class="cw-n">{item["number"]}</span>'
    return f'<span class="cw-n cw-n-late">{escaped(gettext("%(n)s late") % {"n": item["number"]})}</span>'


def _item(entry: Entry, actor: Actor, path: str, counted: bool) -> dict[str, Any]:
    url = reverse(entry.url)
    number, late = entry.count(actor) if entry.count and counted else (0, False)
    here = path == url if url == "/" else path.startswith((url, *map(reverse, entry.also)))
    return {"url": url, "icon": entry.icon, "label": entry.label, "number": number, "late": late, "here": here}
