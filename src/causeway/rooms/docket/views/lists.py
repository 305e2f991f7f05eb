"""The docket as lists, as a board, as a month; a matter; what is missing."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from causeway.frame import access, asked, files
from causeway.kit import preview
from causeway.kit.bulk import bulk
from causeway.kit.resource import COUNT_LIMIT, PAGE, named
from causeway.kit.show import address, day
from causeway.kit.views import actor_for, find, found_first, holding
from causeway.rooms.docket import mapping, selectors
from causeway.rooms.docket.forms import facts_in_words
from causeway.rooms.docket.models import Deadline
from causeway.rooms.docket.views.common import CHUNK, WHOLE, downloads, export, matter_of, narrowed, respond, ways


def _tabs(actor: access.Actor, today: date, counts: dict[str, int]) -> list[tuple[str, str, QuerySet[Deadline], int | None]]:
    """The docket's lists: key, title, rows, and how many where that is known."""
    waiting = selectors.waiting(actor)
    found = [
        ("weeks", _("Next 8 weeks"), waiting.filter(due__lt=today + timedelta(weeks=8)), None),
        ("mine", _("Mine"), selectors.mine(actor, today), counts["mine"]),
        ("late", _("Late"), selectors.late(actor, today), counts["late"]),
        ("instruct", _("With the agent"), waiting.filter(state="instructed"), counts["instruct"]),
        ("asked", _("Asked the inventors"), waiting.filter(instruction="ask"), None),
    ]
    if selectors.second_person(actor):
        found.append(("confirm", _("To be confirmed"), selectors.to_confirm(actor, today), None))
    found += [
        ("unverified", _("Unverified"), waiting.filter(verified=False, due__gte=today, due__lt=today + timedelta(days=365)), counts["unverified"]),
        ("all", _("All open"), waiting, None),
    ]
    return found


def docket(request: HttpRequest) -> HttpResponseBase:
    """The docket people work in: what is late, what comes next, grouped by urgency; the same address gives the export."""
    actor = actor_for(request, "deadline.view")
    today, resource = selectors.today_of(actor), named("deadline")
    counts = selectors.counts(actor, today)
    tabs = _tabs(actor, today, counts)
    key = request.GET.get("tab", "")
    key = key if key in {tab[0] for tab in tabs} else "all" if "from" in request.GET or "to" in request.GET else "weeks"
    rows, filters, chips = narrowed(request, next(tab[2] for tab in tabs if tab[0] == key), ("office", "kind", "holder"))
    if text := request.GET.get("q", "").strip()[:200]:
        rows = holding(resource, rows, text).order_by(*found_first(resource.order))
    rows = rows.select_related("holder", "matter")
    if request.method == "POST":
        return bulk(request, resource, rows)
    if request.GET.get("export") in resource.exporting:
        return export(request, rows)
    page, room = asked.page(request), WHOLE if request.GET.get("rows") == "all" else PAGE
    found = list(rows[(page - 1) * room : page * room + 1])
    asks = selectors.second_person(actor)
    actions = [a for a in resource.actions if a.bulk and access.may(actor, f"deadline.{a.key}").allowed and (asks or a.key != "confirm")]
    whole = page == 1 and len(found) <= room
    context = {
        "groups": _groups(found[:room], bool(actions), whole), "tab": key, "filters": filters, "chips": chips, "columns": resource.columns, "bulk": actions,
        "tabs": [(name, title, (len(found) if whole else selectors.capped(q)) if number is None and name == key else number) for name, title, q, number in tabs],
        "has_next": len(found) > room, "paged": not whole and room == PAGE, "downloads": downloads(request.path, request.GET), "page": page, "counts": counts, "span": len(resource.columns) + bool(actions), "ways": ways(actor, "docket"),
        "may_record": access.may(actor, "event.record").allowed, "narrow": bool(text or chips or any(one["value"] for one in filters)), "cap": 1000,
        "shown": ", ".join([title for name, title, _q, _n in tabs if name == key] + [told for one in filters if (told := _chosen(one))] + ([text] if text else [])),
        "count": selectors.capped(rows, COUNT_LIMIT) if actions and not whole else 0, "limit": COUNT_LIMIT,
        "differing": selectors.differing(actor),
    }  # fmt: skip
    return render(request, "docket/docket.html", context)


def _chosen(one: dict[str, Any]) -> str:
    """A filter in words, for paper; nothing where nothing is chosen."""
    return f"{one['label']} {dict(one['options'])[one['value']]}" if one["value"] in dict(one["options"]) else ""


def _groups(rows: list[Deadline], bulk: bool, whole: bool) -> list[dict[str, Any]]:
    titles = {"late": _("Late"), "soon": _("Next 7 days"), "later": _("Later")}
    groups: dict[str, dict[str, Any]] = {}
    look = selectors.Look()
    for row, text in zip(rows, named("deadline").rows_html(rows, bulk), strict=True):
        key = look.near(row)
        group = groups.setdefault(key, {"title": titles[key], "rows": [], "whole": whole})
        group["rows"].append(text)
    return list(groups.values())


#: Weeks side by side on the board, and how many cards a week shows.
WEEKS, CARDS = 4, 40


def board(request: HttpRequest) -> HttpResponse:
    """Four weeks side by side, what is late before them."""
    actor = actor_for(request, "deadline.view")
    today = selectors.today_of(actor)
    this = today - timedelta(days=today.weekday())
    start = _monday(request.GET.get("week", ""), this)
    base = selectors.mine(actor, today) if request.GET.get("whose") == "mine" else selectors.waiting(actor)
    rows, look = base.select_related("holder", "matter").only(*selectors.CARD), selectors.Look()
    weeks = [_week(look, rows, start + timedelta(weeks=n), today) for n in range(WEEKS)]
    if start == this:
        late = list(rows.filter(due__lt=today)[: CARDS + 1])
        weeks.insert(0, {"title": _("Late"), "late": True, "cards": [look.card(row) for row in late[:CARDS]], "more": len(late) > CARDS,
                         "url": f"{reverse('docket:docket')}?tab=late"})  # fmt: skip
    context = {
        "weeks": weeks, "ways": ways(actor, "board"), "whose": request.GET.get("whose", ""), "this": start == this,
        "before": start - timedelta(weeks=WEEKS), "after": start + timedelta(weeks=WEEKS), "start": start,
        "downloads": _span(request, "" if start == this else str(start), start + timedelta(days=7 * WEEKS - 1)),
    }  # fmt: skip
    return render(request, "docket/board.html", context)


def _span(request: HttpRequest, start: str, end: date) -> list[tuple[str, str]]:
    """The files of the days that a board or a month shows, late ones before them where it begins today."""
    return downloads(reverse("docket:docket"), {"tab": "mine" if request.GET.get("whose") == "mine" else "all", "from": start, "to": str(end)})


def _monday(text: str, otherwise: date) -> date:
    try:
        found = date.fromisoformat(text)
        return found - timedelta(days=found.weekday())
    except (ValueError, OverflowError):
        return otherwise


def _week(look: selectors.Look, rows: QuerySet[Deadline], start: date, today: date) -> dict[str, Any]:
    end = start + timedelta(days=6)
    found = list(rows.filter(due__gte=max(start, today) if start <= today else start, due__lte=end)[: CARDS + 1])
    title = _("This week") if start <= today <= end else _("Next week") if start - timedelta(days=7) <= today < start else _("Week of %(day)s") % {"day": day(start)}
    url = f"{reverse('docket:docket')}?tab=all&from={start}&to={end}"
    return {"title": title, "cards": [look.card(row) for row in found[:CARDS]], "more": len(found) > CARDS, "url": url, "span": (start, end)}


def _card(look: selectors.Look, row: Deadline) -> dict[str, Any]:
    return {"row": row, "words": look.action(row), "css": look.css(row), "number": row.matter.number or row.matter_reference, "url": address("kit:deadline_detail", row.pk)}


#: How many dates a day has in the month's grid, and in the agenda below.
CELL, DAY = 3, 8


def calendar(request: HttpRequest) -> HttpResponse:
    """A month as a grid, with its agenda below; of a full day the first dates, and how many more."""
    actor = actor_for(request, "deadline.view")
    today = selectors.today_of(actor)
    try:
        first = date.fromisoformat(request.GET.get("month", f"{today:%Y-%m}") + "-01")
        start = first - timedelta(days=first.weekday())
        following = (first + timedelta(days=32)).replace(day=1)
    except (ValueError, OverflowError):
        raise Http404 from None
    weeks_count = -(-(following - start).days // 7)
    base = selectors.mine(actor, today) if request.GET.get("whose") == "mine" else selectors.waiting(actor)
    counts, rows = selectors.by_day(base, start, start + timedelta(weeks=weeks_count), DAY)
    look, by_day = selectors.Look(), defaultdict[date, list[Any]](list)
    for row in rows:
        by_day[row.due].append(_card(look, row))
    cells = {when: _day(when, by_day[when], counts.get(when, 0)) for when in (start + timedelta(days=n) for n in range(7 * weeks_count))}
    weeks = [[_cell(cells[start + timedelta(days=7 * w + d)], first, today) for d in range(7)] for w in range(weeks_count)]
    context = {
        "weeks": weeks, "first": first, "previous": (first - timedelta(days=1)).replace(day=1), "following": following, "ways": ways(actor, "calendar"),
        "names": [start + timedelta(days=n) for n in range(7)], "whose": request.GET.get("whose", ""), "this": first <= today < following,
        "downloads": _span(request, str(first), following - timedelta(days=1)), "agenda": [one for when, one in cells.items() if one["items"] and when.month == first.month],
    }  # fmt: skip
    return render(request, "docket/calendar.html", context)


def _day(when: date, items: list[Any], count: int) -> dict[str, Any]:
    """A day with its first dates. more: how many it has beyond them."""
    return {"day": when, "items": items, "count": count, "more": count - len(items), "url": f"{reverse('docket:docket')}?tab=all&from={when}&to={when}"}


def _cell(day: dict[str, Any], first: date, today: date) -> dict[str, Any]:
    return day | {"out": day["day"].month != first.month, "today": day["day"] == today, "items": day["items"][:CELL], "more": max(0, day["count"] - CELL)}


def matter(request: HttpRequest, pk: int) -> HttpResponse:
    """A matter: every date of it, past and future, its events, what gives no date."""
    actor = actor_for(request, "matter.view")
    found = matter_of(actor, pk)
    rows = list(access.visible(actor, Deadline.objects.filter(matter=found)).select_related("holder", "matter").order_by("due", "pk"))
    columns = [column for column in named("deadline").columns if column.name != "asset"]
    columns = [replace(column, seconds=lambda: selectors.Look().consequence) if column.name == "action" else column for column in columns]
    parts = [(_("Open"), [row for row in rows if row.waiting]), (_("Settled"), [row for row in rows if not row.waiting])]
    html = [
        (title, named("deadline").rows_html(several, False, columns)) for title, several in parts if several
    ]
    panel = {"events": selectors.timeline(actor, found, get_language() or "en"), "may": access.may(actor, "event.correct", found).allowed, "whole": True}
    context = {
        "matter": found, "parts": html, "columns": columns, "panel": panel, "refusals": list(access.visible(actor, found.refusals.all())),
        "may_record": access.may(actor, "event.record", found).allowed, "following": selectors.next_in(actor, found),
        "facts": facts_in_words(found), "asks": bool(mapping.facts_asked(found.office, found.right)) and access.may(actor, "matter.update", found).allowed, "page": selectors.stands_for(found), "office": selectors.office_title(found.office),
        "count": len(rows),
    }  # fmt: skip
    return render(request, "docket/matter.html", context)


def gaps(request: HttpRequest) -> HttpResponse:
    """What a careful docket lacks: assets without owner, agent or next date, dates not confirmed, in nobody's hand, provisional, and rules without a date."""
    actor = actor_for(request, "refusal.view")
    today = selectors.today_of(actor)
    return render(request, "docket/gaps.html", {"parts": selectors.gaps(actor, today), "years": selectors.missing_years(actor), "ways": ways(actor, "gaps")})


#: How many rules without a date a page shows.
REFUSALS = 200


def missing(request: HttpRequest) -> HttpResponseBase:
    """What gives no date, and why."""
    actor = actor_for(request, "refusal.view")
    rows, page = selectors.refusals(actor), asked.page(request)
    if request.GET.get("export") in ("csv", "xlsx"):
        heads = {"asset": _("Asset"), "reference": _("Reference"), "rule": _("Rule"), "why": _("Why not")}
        values = ([one.matter.title, one.matter.reference, str(one), one.said] for one in rows.iterator(CHUNK))
        return respond(request, "without-a-date", heads, values)
    found = list(rows[(page - 1) * REFUSALS : page * REFUSALS + 1])
    context = {"refusals": found[:REFUSALS], "page": page, "has_next": len(found) > REFUSALS, "downloads": [(kind.upper(), f"?export={kind}") for kind in ("csv", "xlsx")]}
    return render(request, "docket/missing.html", context)


def proof(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The proof that a deadline was met: shown where its bytes are harmless, downloaded otherwise."""
    return files.respond(_proven(request, pk).proof)


def proof_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The proof within the page, with the deadline it belongs to."""
    row = _proven(request, pk)
    path = [(_("Docket"), reverse("docket:docket")), (str(row), reverse("kit:deadline_detail", args=[pk]))]
    urls = reverse("docket:proof", args=[pk]), reverse("docket:proof_page", args=[pk])
    return render(request, "kit/preview.html", {**preview.shown(row.proof, row.proof.name, *urls), "path": path})


def proof_page(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The first page of a proof as a picture."""
    return preview.first_page(_proven(request, pk).proof)


def _proven(request: HttpRequest, pk: int) -> Any:
    """A deadline in sight that has a proof."""
    found = find(named("deadline"), actor_for(request, "deadline.view"), pk)
    if found.proof is None:
        raise Http404
    return found
