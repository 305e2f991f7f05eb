"""What every page needs: the rooms in the menu, who is signed in, theme and language."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from causeway.kit import menu


def page(request: HttpRequest) -> dict[str, Any]:
    """Menu, actor and university for the frame around the page; nothing for who is not signed in."""
    actor = getattr(request, "actor", None)
    theme = getattr(getattr(request, "user", None), "theme", "") or request.COOKIES.get("theme", "")
    found: dict[str, Any] = {"actor": actor, "theme": theme if theme in ("light", "dark") else "", "university": getattr(request, "university", None)}
    if actor is not None:
        found["menu"] = menu.drawn(actor, request.path, counted=not getattr(request, "cut_short", False))
        found["initials"] = "".join(word[0] for word in actor.name.split()[:2]).upper()
    return found
