"""Pages that belong to no room: the first page after sign-in, and search over all rooms."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from causeway.frame import access, tokens
from causeway.frame.models import AuditEntry
from causeway.frame.words import verb_words
from causeway.kit import menu
from causeway.kit.history import UPKEEP
from causeway.kit.resource import Resource, resources
from causeway.kit.show import day, distance
from causeway.kit.views import NotSignedIn, holding
from causeway.rooms.assets import selectors as assets
from causeway.rooms.docket import selectors as docket

access.allow("today.view", "office", "director", "inventor", "agent", "auditor", "administrator")
menu.add(menu.Entry("today", "checklist", gettext_lazy("Today"), "", "today.view", 1))
menu.add(menu.Entry("accounts:members", "settings", gettext_lazy("Administration"), "office", "member.view", 90))
menu.add(menu.Entry("accounts:work", "refresh", gettext_lazy("Work in the background"), "office", "work.view", 92))
menu.add(menu.Entry("accounts:log", "history", gettext_lazy("Audit log"), "office", "audit.view", 94))


def today(request: HttpRequest) -> HttpResponse:
    """What needs me today: what is late, what falls due within seven days, eight weeks at a glance."""
    actor = request.actor  # type: ignore[attr-defined]
    if actor is None:
        raise NotSignedIn
    on = docket.today_of(actor)
    counts = docket.counts(actor, on)
    late = [_task(row, on) for row in docket.late(actor, on).select_related("holder")[:8]]
    soon = [_task(row, on) for row in docket.soon(actor, on).select_related("holder")[:8]]
    context = {"day": on, "line": _line(counts), "late": late, "soon": soon, "counts": counts, "stones": _stones(docket.stones(actor, on), on),
               "portfolio": assets.portfolio(actor), "recent": _recent(actor), "may_import": access.may(actor, "asset.import").allowed,
               "may_record": access.may(actor, "event.record").allowed, "weeks": _weeks(on)}  # fmt: skip
    return render(request, "config/today.html", context)


def _task(row: Any, on: Any) -> dict[str, Any]:
    return {"row": row, "words": docket.action_words(row), "when": distance(row.due, on), "url": reverse("kit:deadline_detail", args=[row.pk])}


def _line(counts: dict[str, int]) -> str:
    late = ngettext("%(n)s date is late", "%(n)s dates are late", counts["late"]) % {"n": counts["late"]}
    soon = ngettext("%(n)s falls due in the next seven days", "%(n)s fall due in the next seven days", counts["soon"]) % {"n": counts["soon"]}
    return _("%(late)s, %(soon)s.") % {"late": late, "soon": soon}


def _weeks(on: Any) -> list[dict[str, Any]]:
    from datetime import timedelta

    start = docket.stones_start(on)
    return [{"x": 1 + n * 129.75, "label": day(start + timedelta(weeks=n)).rsplit(" ", 1)[0]} for n in range(8)]


def _stones(days: list[dict[str, Any]], on: Any) -> dict[str, Any]:
    """Circles of the horizon: one for each date, stacked on its day."""
    circles = []
    for one in days:
        for level, provisional in enumerate(one["stones"][:6]):
            near = docket.urgency(one["day"], on)
            css = "hollow" if provisional and near == "later" else {"late": "late", "soon": "soon"}.get(near, "stone")
            circles.append({"x": round(10.3 + one["offset"] * 18.54, 1), "y": round(72 - level * 11.5, 1), "css": css})
    now = round(10.3 + (on - docket.stones_start(on)).days * 18.54, 1)
    return {"circles": circles, "now": now, "label": now + 6}


def _recent(actor: access.Actor) -> list[Any]:
    if not actor.has("office", "director", "auditor"):
        return []
    entries = list(AuditEntry.objects.exclude(verb__in=UPKEEP).order_by("-at", "-pk")[:5])
    for entry in entries:
        entry.words = verb_words(entry.verb)  # type: ignore[attr-defined]
    return entries


def search(request: HttpRequest) -> HttpResponse:
    """Everything in sight that holds the words or the number asked for; only the hits where the command palette asks."""
    actor = request.actor  # type: ignore[attr-defined]
    if actor is None:
        raise NotSignedIn
    text = request.GET.get("q", "").strip()[:200]
    # Kinds that have their place in the menu first; what only hangs on them after.
    found = [_found(resource, actor, text) for resource in sorted(resources(), key=lambda one: not one.menu) if text and resource.search and resource.may(actor, "view")]
    part = request.headers.get("HX-Request") == "true"
    response = render(request, "config/found.html" if part else "config/search.html", {"groups": [one for one in found if one], "text": text})
    patch_vary_headers(response, ["HX-Request"])
    return response


#: So many matches of a kind are compared for closeness, so many are shown.
COMPARED, SHOWN = 60, 10


def _found(resource: Resource, actor: access.Actor, text: str) -> dict[str, Any] | None:
    """The hits of one kind of record, the closest first; None where there are none."""
    rows = list(holding(resource, resource.rows(actor), text).order_by(*resource.order)[:COMPARED])
    wanted = tokens.fold(text)
    rows.sort(key=lambda row: _closeness(wanted, tokens.fold(str(row)), tokens.fold(_second(row))))
    items = [{"text": str(row), "url": reverse(resource.route_detail, args=[row.pk]), "second": _second(row)} for row in rows[:SHOWN]]
    more = f"{reverse(resource.route_list)}?{urlencode({'q': text})}" if len(rows) > SHOWN else ""
    return {"label": resource.label_plural, "icon": resource.icon, "items": items, "more": more} if items else None


def _closeness(wanted: str, title: str, second: str) -> int:
    """0 for the text itself, then titles that begin with it, then those that hold it, then the others."""
    if wanted in (title, *second.split(" · ")):
        return 0
    return 1 if title.startswith(wanted) else 2 if wanted in title or wanted in second else 3


def _second(row: Any) -> str:
    return " · ".join(str(value) for name in ("reference", "number", "matter_reference", "email") if (value := getattr(row, name, "")))
