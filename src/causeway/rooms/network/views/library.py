"""Pages of the library: cases, one case, comparison, matrix, review."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from causeway.engines.guide import CONTACT
from causeway.engines.guide.mechanisms import GROUPS, name_of
from causeway.engines.guide.names import websites
from causeway.engines.guide.parse import NOT_APPLICABLE
from causeway.frame import access, asked
from causeway.kit.views import actor_for
from causeway.rooms.network.access.library import coordinates
from causeway.rooms.network.forms.library import DecideForm, NoteForm
from causeway.rooms.network.models import Release, ReviewNote
from causeway.rooms.network.selectors import cases as own
from causeway.rooms.network.selectors import library as reads
from causeway.rooms.network.selectors import pictures
from causeway.rooms.network.services import library

MOST_COMPARED = 4
READING = ("short_description", "background", "achievements", "awards", "key_success_factors", "impact")


def _compared(request: HttpRequest) -> list[int]:
    """The cases put aside to compare: in the address, so that the page can be sent on."""
    return asked.numbers(dict.fromkeys(request.GET.getlist("case")))[:MOST_COMPARED]


def home(request: HttpRequest) -> HttpResponse:
    """The library: search, facets, cases."""
    actor = actor_for(request, "library.view")
    text, picked, page, place = request.GET.get("q", "").strip()[:200], reads.chosen(request.GET), asked.page(request), _place(request)
    shelves = reads.Shelves(*reads.FACETS)
    everything = shelves.all.bit_count()
    within = reads.holding(text, shelves.all)
    within = within & reads.at(place[0]) if place[0] else within
    within = within & shelves.group(place[1]) if place[1] else within
    found = shelves.under(picked, within)
    count = found.bit_count()
    shown = reads.page_of(found, request.GET.get("sort", ""), page, everything)
    codes, leads, words, countries = reads.mechanisms_of(shown), reads.leads(shown), reads.labels("mechanism"), reads.countries()
    cases = [
        {"release": one, "lead": _short(leads.get(one.pk, "")), "country": countries.get(one.country, one.country), "year": str(one.year or ""),
         "mechanisms": [(code, words.get(code, code)) for code in codes.get(one.pk, [])[:5]], "more": max(0, len(codes.get(one.pk, [])) - 5)}
        for one in shown
    ]  # fmt: skip
    context = {"cases": cases, "count": count, "facets": reads.facets(shelves, within, picked), "page": page, "previous": page - 1, "next": page + 1,
               "more": count > page * reads.PAGE, "pages": -(-count // reads.PAGE), "any": bool(text or any(place) or any(picked.values())), "sort": request.GET.get("sort", ""),
               "at": shown[0].hei_name if place[0] and shown else place[0], "at_key": place[0], "group_key": place[1], "group": GROUPS.get(place[1], {}).get(reads.language(), ""),
               "waiting": reads.queue(actor).count(), "may_write": access.may(actor, "case.create").allowed}  # fmt: skip
    return render(request, "network/library.html", context)


def _place(request: HttpRequest) -> tuple[str, str]:
    """The university (folded) and the group of mechanisms an address asks for; the matrix leads here with both."""
    group = request.GET.get("group", "")
    return request.GET.get("at", "")[:300], group if group in GROUPS else ""


def _short(text: str) -> str:
    """The beginning of a text, ending with a whole word."""
    words = " ".join(text[:400].split())
    return words if len(words) < 260 else words[:240].rsplit(" ", 1)[0] + " …"


def seen(request: HttpRequest, pk: int) -> tuple[access.Actor, Release]:
    """A released case in sight of the actor."""
    actor = actor_for(request, "library.view")
    release = access.visible(actor, Release.objects.filter(pk=pk)).first()
    if release is None:
        # A version that stepped back stays readable at its address.
        release = Release.objects.filter(pk=pk, state="published").first()
    if release is None:
        raise Http404
    return actor, release


def case(request: HttpRequest, pk: int) -> HttpResponse:
    """A case in the guide's structure; of one that was withdrawn, whose it was, when it went and why."""
    try:
        actor, release = seen(request, pk)
    except Http404:
        gone = reads.withdrawn(pk)
        if gone is None:
            raise
        return render(request, "network/withdrawn.html", {"release": gone, "country": reads.country_name(gone.country)}, status=410)
    content, languages = release.content, list(release.content.get("texts", {}))
    tongue = request.GET.get("in") if request.GET.get("in") in languages else reads.language() if reads.language() in languages else release.language
    fields = {**content["texts"].get(release.language, {}), **content["texts"].get(tongue, {})}
    fields = {key: text for key, text in fields.items() if text.strip().casefold() not in NOT_APPLICABLE}
    figures = content.get("figures", [])
    codes = content.get("mechanisms", [])
    shelves = reads.Shelves("mechanism")
    spread = shelves.counts("mechanism", shelves.all)
    packs = [{**one, "url": _pack_url(one["id"])} for one in reads.packs_of(release)]
    context = {
        "release": release, "tongue": tongue, "languages": languages, "fields": fields, "lead": _split(fields.get("short_description", ""))[0],
        "rest": _split(fields.get("short_description", ""))[1],
        "sections": [{"key": key, "label": own.LABELS[key], "lines": _lines(fields[key])} for key in READING[1:] if fields.get(key)],
        "figures": _telling(figures), "all_figures": figures, "doubts": [one for one in figures if one["doubt"]],
        "mechanisms": [{"code": code, "name": name_of(code, reads.language()), "cases": spread.get(code, 0)} for code in codes],
        "packs": packs, "near": reads.shares_most(release, shelves), "targets": [reads.label_of("target", code) for code in content.get("targets", [])],
        "country": reads.country_name(release.country), "websites": websites(fields.get("website", "")), "versions": reads.versions_of(release, actor),
        "contact": [(own.LABELS[key], content.get("contact", {}).get(key)) for key in CONTACT if content.get("contact", {}).get(key)],
        "photos": list(enumerate(content.get("photos", []))), "own": release.source_id == actor.university_id and access.may(actor, "case.view").allowed, "may_contact": access.may(actor, "case.contact").allowed,
        "may_review": release.state == "submitted" and coordinates(actor, release.source_id),
    }  # fmt: skip
    return render(request, "network/case.html", context)


def _pack_url(pack: str) -> str:
    try:
        return reverse("governance:pack", args=[pack])
    except NoReverseMatch:
        return ""


def _split(text: str) -> tuple[str, list[dict[str, Any]]]:
    """The first sentences as a lead, the rest as lines."""
    first, _newline, rest = text.partition("\n")
    if len(first) > 420:
        cut = first.find(". ", 120)
        if 0 < cut < 420:
            return first[: cut + 1], _lines(f"{first[cut + 2 :]}\n{rest}")
    return (first, _lines(rest)) if len(first) <= 420 else ("", _lines(text))


def _lines(text: str) -> list[dict[str, Any]]:
    """Paragraphs and bullets, neighbouring bullets in one list."""
    made: list[dict[str, Any]] = []
    for line in (line.strip() for line in text.split("\n") if line.strip()):
        bullet = line[:1] in "•●-–" and len(line) > 2
        if bullet and made and made[-1]["list"]:
            made[-1]["items"].append(line[1:].strip())
        else:
            made.append({"list": bullet, "items": [line[1:].strip() if bullet else line]})
    return made


def _telling(figures: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The figures that say most: sure ones, of results before background, at most four."""
    order = {"achievements": 0, "awards": 1, "impact": 1, "short_description": 2, "key_success_factors": 3, "background": 4}
    sure = [one for one in figures if one["value"] and not one["doubt"] and one["unit"] not in ("ratio",) and ":" not in one["value"]]
    return sorted(sure, key=lambda one: (not one["confirmed"], order.get(one["field"], 5)))[:4]


def photo(request: HttpRequest, pk: int, place: int) -> HttpResponseBase:
    """A photograph of a released case; the file lies with its owner, or is kept for the network."""
    _actor, release = seen(request, pk)
    photos = release.content.get("photos", [])
    found = pictures.found(release, photos[place]) if place < len(photos) else None
    if found is None:
        raise Http404
    response = FileResponse(found[0].open("rb"), content_type=found[1])
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def versions(request: HttpRequest, pk: int) -> HttpResponse:
    """What changed between a case and the version before it."""
    actor, release = seen(request, pk)
    rows = reads.versions_of(release, actor)
    earlier = next((one for one in rows if one.version < release.version), None)
    differs = own.differences(earlier.fields, release.fields) if earlier else []
    return render(request, "network/versions.html", {"release": release, "rows": rows, "earlier": earlier, "differs": differs})


def compare(request: HttpRequest) -> HttpResponse:
    """Up to four cases side by side: mechanisms, figures, texts."""
    actor = actor_for(request, "library.view")
    found = {one.pk: one for one in reads.published(actor).filter(pk__in=_compared(request))}
    cases = [found[pk] for pk in _compared(request) if pk in found]
    codes = list(dict.fromkeys(code for one in cases for code in one.content.get("mechanisms", [])))
    codes.sort(key=lambda code: (-sum(code in one.content["mechanisms"] for one in cases), name_of(code, reads.language())))
    context = {
        "cases": [{"release": one, "country": reads.country_name(one.country), "without": _address(cases, one)} for one in cases],
        "mechanisms": [(name_of(code, reads.language()), [code in one.content["mechanisms"] for one in cases]) for code in codes],
        "fields": [(own.LABELS[key], [_lines(one.fields.get(key, "")) for one in cases]) for key in (*READING, "target_groups")],
        "figures": [[figure for figure in one.content.get("figures", []) if figure["value"]][:10] for one in cases],
        "kinds": [reads.label_of("kind", one.kind) for one in cases], "room": MOST_COMPARED - len(cases),
    }  # fmt: skip
    return render(request, "network/compare.html", context)


def _address(cases: list[Release], without: Release) -> str:
    return "?" + "&".join(f"case={one.pk}" for one in cases if one.pk != without.pk)


def matrix(request: HttpRequest) -> HttpResponse:
    """Mechanisms against universities."""
    actor_for(request, "library.view")
    group = request.GET.get("group", "")
    group = group if group in GROUPS else ""
    page = asked.page(request)
    country = request.GET.get("country", "")
    shelves = reads.Shelves("mechanism", "country")
    found = reads.matrix(shelves, group, page, country)
    groups = [("", _("All groups")), *[(key, names.get(reads.language(), names["en"])) for key, names in GROUPS.items()]]
    known, words = shelves.counts("country", shelves.all), reads.countries()
    countries = sorted(((code, words.get(code, code)) for code in known), key=lambda one: one[1])
    context = {"matrix": found, "universities": f"{found.universities:,}", "cases": f"{found.cases:,}", "group": group, "groups": groups, "page": page, "previous": page - 1, "next": page + 1, "country": country, "countries": countries,
               "pages": -(-found.universities // reads.MATRIX_PAGE), "has_next": page * reads.MATRIX_PAGE < found.universities}  # fmt: skip
    return render(request, "network/matrix.html", context)


def review_queue(request: HttpRequest) -> HttpResponse:
    """What waits for the coordinator."""
    actor = actor_for(request, "release.review")
    return render(request, "network/queue.html", {"rows": reads.queue(actor)})


def review(request: HttpRequest, pk: int) -> HttpResponse:
    """A handed-in case before the coordinator: comment on a field, ask for changes, accept."""
    actor = actor_for(request, "library.view")
    release = get_object_or_404(access.visible(actor, Release.objects.all()), pk=pk)
    mine = release.source_id == actor.university_id
    decides = coordinates(actor, release.source_id)
    if not (mine or decides):
        raise Http404
    note, decide = NoteForm(None), DecideForm(None)
    if request.method == "POST":
        try:
            if _review_act(request, actor, release):
                return redirect("network:review", pk=pk)
        except ValidationError as fault:
            messages.error(request, " ".join(fault.messages))
        return redirect("network:review", pk=pk)
    notes = reads.notes_by_field(release)
    shown = [{"key": field.key, "label": own.LABELS[field.key], "lines": _lines(release.fields.get(field.key, "")), "notes": notes.get(field.key, [])} for field in own.OPEN]
    earlier = Release.objects.filter(key=release.key, version__lt=release.version).order_by("-version").first()
    context = {"release": release, "fields": shown, "general": notes.get("", []), "note": note, "decide": decide, "decides": decides and release.state == "submitted", "mine": mine,
               "earlier": earlier, "differs": {one["key"] for one in own.differences(earlier.fields, release.fields)} if earlier else set(),
               "open": sum(1 for rows in notes.values() for one in rows if not one.answered_at)}  # fmt: skip
    return render(request, "network/review.html", context)


def _review_act(request: HttpRequest, actor: access.Actor, release: Release) -> bool:
    wanted = request.POST.get("do")
    text = request.POST.get("text", "").strip()[:4000]
    if wanted == "note" and text:
        field = request.POST.get("field", "")
        library.note_add(actor=actor, release=release, text=text, field=field if field in own.LABELS else "")
        messages.success(request, _("The comment stands at its field."))
    elif wanted == "answer" and text:
        note = get_object_or_404(ReviewNote.objects.filter(release=release), pk=request.POST.get("note") or 0)
        library.note_answer(actor=actor, note=note, text=text)
    elif wanted == "accept":
        library.release_accept(actor=actor, obj=release, why=text)
        messages.success(request, _("The case is in the library."))
    elif wanted == "changes":
        library.release_ask_changes(actor=actor, obj=release, why=text)
        messages.success(request, _("The university was asked for changes."))
    else:
        messages.error(request, _("Write something first."))
    return True


__all__ = ["case", "compare", "home", "matrix", "photo", "review", "review_queue", "versions"]
