"""Pages of a guide: its contents, and the guide compiled."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from causeway.frame import access, asked
from causeway.frame.tokens import fold
from causeway.kit.views import actor_for
from causeway.rooms.network.models import Guide, Release
from causeway.rooms.network.selectors import library as reads
from causeway.rooms.network.services import guide as services

SPARE = 2


def _guide(request: HttpRequest, pk: int) -> tuple[access.Actor, Guide]:
    actor = actor_for(request, "guide.view")
    guide = access.visible(actor, Guide.objects.all()).filter(pk=pk).first()
    if guide is None:
        raise Http404
    return actor, guide


def contents(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose cases, put them into chapters and in order."""
    actor, guide = _guide(request, pk)
    access.require(actor, "guide.update", guide)
    rows = list(reads.ordered(reads.published(actor), "number")[: services.MOST_CASES])
    chapters, places, faults = _now(guide), _places(guide), []
    if request.method == "POST":
        try:
            wanted = _arranged(rows) if request.POST.get("do") == "source" else _by_country(rows) if request.POST.get("do") == "country" else _posted(request, rows)
            services.chapters_set(actor=actor, guide=guide, chapters=wanted)
        except ValidationError as fault:
            faults = fault.messages
            chapters, places = [one["title"] for one in wanted], {key: (c, n) for c, one in enumerate(wanted) for n, key in enumerate(one["cases"], 1)}
        else:
            messages.success(request, _("The contents are saved."))
            return redirect("network:guide_contents", pk=pk)
    titles = [*chapters, *[""] * SPARE]
    shown = [{"release": one, "chapter": places.get(str(one.key), (None, None))[0], "order": places.get(str(one.key), (None, ""))[1], "country": reads.country_name(one.country)}
             for one in rows]  # fmt: skip
    shown.sort(key=lambda one: (one["chapter"] is None, one["chapter"] or 0, one["order"] or 0))
    context = {"guide": guide, "rows": shown, "titles": list(enumerate(titles)), "faults": faults, "gone": services.gone(guide), "chosen": len(places)}
    return render(request, "network/contents.html", context, status=422 if faults else 200)


def _now(guide: Guide) -> list[str]:
    return [one["title"] for one in guide.chapters]


def _places(guide: Guide) -> dict[str, tuple[int, int]]:
    return {key: (c, n) for c, one in enumerate(guide.chapters) for n, key in enumerate(one["cases"], 1)}


def _posted(request: HttpRequest, rows: list[Release]) -> list[dict[str, Any]]:
    """The chapters as the form has them: a case with a chapter is in, its number says its place."""
    titles = [title.strip()[:300] for title in request.POST.getlist("title")[: services.MOST_CHAPTERS]]
    chosen: dict[int, list[tuple[int, int, str]]] = {}
    for place, one in enumerate(rows):
        chapter, order = (asked.number(request.POST.get(f"{what}-{one.pk}")) for what in ("chapter", "order"))
        if chapter is not None and chapter < len(titles):
            chosen.setdefault(chapter, []).append((9_999 if order is None else order, place, str(one.key)))
    return [{"title": title, "cases": [key for _order, _place, key in sorted(chosen.get(n, []))]} for n, title in enumerate(titles)]


def _arranged(rows: list[Release]) -> list[dict[str, Any]]:
    """As numbered where they come from: the first number is the chapter; what has no number stands last."""
    made: dict[str, list[Release]] = {}
    for one in sorted(rows, key=lambda row: [int(part) for part in re.findall(r"\d+", row.number)] or [9_999]):
        made.setdefault(one.number.split(".")[0] if one.number else "", []).append(one)
    return [{"title": _title(chapter), "cases": [str(one.key) for one in chapter]} for chapter in made.values()]


def _title(chapter: list[Release]) -> str:
    """A chapter's title by the countries in it."""
    countries = list(dict.fromkeys(reads.country_name(one.country) for one in chapter if one.country))
    return _("Cases from %(countries)s") % {"countries": ", ".join(countries)} if 0 < len(countries) < 5 else _("Cases")


def _by_country(rows: list[Release]) -> list[dict[str, Any]]:
    made: dict[str, list[Release]] = {}
    for one in rows:
        made.setdefault(reads.country_name(one.country) or _("Other countries"), []).append(one)
    return [{"title": name, "cases": [str(one.key) for one in sorted(made[name], key=lambda row: (row.hei_key, row.number))]} for name in sorted(made)]


def compiled(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The guide as HTML, DOCX or PDF."""
    _actor, guide = _guide(request, pk)
    if kind not in services.FORMATS:
        raise Http404
    write, content_type = services.FORMATS[kind]
    try:
        body = write(guide)
    except ValidationError as fault:
        messages.error(request, " ".join(fault.messages))
        return redirect(reverse("kit:guide_detail", args=[pk]))
    name = "-".join(re.findall(r"[a-z0-9]+", fold(str(guide))))[:80] or "guide"
    response = HttpResponse(body, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response
