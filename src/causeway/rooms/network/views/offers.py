"""Pages of the catalogue: offers to search, one offer, and beginning one from an asset."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from causeway.frame import access, asked
from causeway.kit.views import actor_for, served
from causeway.rooms.assets.models import Asset
from causeway.rooms.network.choices import LANGUAGES, Seeks
from causeway.rooms.network.forms.offers import WordsForm
from causeway.rooms.network.mapping import parcels as mapping
from causeway.rooms.network.models import Installation, Offer, SharedOffer
from causeway.rooms.network.selectors import exchange
from causeway.rooms.network.selectors import offers as reads
from causeway.rooms.network.selectors.library import country_name, language
from causeway.rooms.network.services import offers as services


def _words(choices: Any, codes: list[str]) -> list[str]:
    known = dict(choices)
    return [str(known[code]) for code in codes if code in known]


def scale(level: int | None) -> SafeString | str:
    """A readiness level as nine dots."""
    if level is None:
        return ""
    dots = format_html("{}" * 9, *(SafeString('<i class="on"></i>') if at < level else SafeString("<i></i>") for at in range(9)))
    return format_html('<span class="cw-scale" aria-hidden="true">{}</span> {}', dots, _("%(n)s of 9") % {"n": level})


def _row(one: SharedOffer, tongue: str = "") -> dict[str, Any]:
    """An offer in the reader's language where it is translated. tongue: the one asked for."""
    said = mapping.in_language(one, tongue or language())
    text = " ".join(said["text"].split())
    lead = text if len(text) < 280 else text[:260].rsplit(" ", 1)[0] + " …"
    return {"one": one, "said": said, "lead": lead, "scale": scale(one.readiness), "seeks": said["sought"] or ", ".join(_words(Seeks.choices, one.content.get("seeks", []))), "country": country_name(one.country)}


def catalogue(request: HttpRequest) -> HttpResponse:
    """The offers of the network: search, facets, offers."""
    actor = actor_for(request, "catalogue.view")
    text, picked, sort = request.GET.get("q", "").strip()[:200], reads.chosen(request.GET), request.GET.get("sort", "")
    at = asked.page(request)
    found = reads.catalogue(actor, timezone.localdate(), text, picked, at, sort)
    context = {
        "offers": [_row(one) for one in found.offers], "count": found.count, "facets": found.facets, "any": bool(text or picked), "sort": sort, "page": at, "previous": at - 1, "next": at + 1,
        "more": found.count > at * reads.PAGE, "may_write": access.may(actor, "offer.create").allowed, "may_own": access.may(actor, "offer.view").allowed,
    }  # fmt: skip
    return render(request, "network/catalogue.html", context)


def offer(request: HttpRequest, pk: int) -> HttpResponse:
    """One offer as the network reads it."""
    actor = actor_for(request, "catalogue.view")
    one = access.visible(actor, SharedOffer.objects.filter(pk=pk)).first()
    if one is None:
        raise Http404
    content = one.content
    written = content.get("language", "en")
    row = _row(one, asked if (asked := request.GET.get("in", "")) == written or asked in content.get("texts", {}) else "")
    sender = Installation.objects.filter(fingerprint=one.installation).first() if one.installation else None
    context = {
        **row, "content": content, "lines": [line for line in row["said"]["text"].splitlines() if line.strip()], "languages": [written, *content.get("texts", {})], "office": str(content.get("office", "")).splitlines(),
        "deal": _words(Seeks.choices, content.get("seeks", [])), "tongues": _words(LANGUAGES, content.get("languages", [])), "past": one.valid_until < timezone.localdate(), "sender": sender,
        "institution": exchange.institutions([one.ror_id]).get(one.ror_id), "own": one.source_id == actor.university_id and access.may(actor, "offer.view").allowed,
    }  # fmt: skip
    return render(request, "network/offer.html", context)


def translate(request: HttpRequest, pk: int) -> HttpResponse:
    """An offer's words in another language, beside those it was written in."""
    actor = actor_for(request, "offer.view")
    own = get_object_or_404(access.visible(actor, Offer.objects.filter(trashed_at=None)), pk=pk)
    access.require(actor, "offer.update", own)
    others = [(code, label) for code, label in LANGUAGES if code != own.language]
    tongue = request.GET.get("in") or next(iter(mapping.translations(own)), others[0][0])
    if tongue not in dict(others):
        raise Http404
    seen = request.POST.get("revision", "")
    form = WordsForm(request.POST if request.method == "POST" else None, initial=own.translations.get(tongue))
    if request.method == "POST" and form.is_valid():
        try:
            if served(form, services.offer_translate, actor=actor, obj=own, language=tongue, fields=form.cleaned_data, revision=asked.number(seen)) is not None:
                messages.success(request, _("Saved."))
                return redirect("kit:offer_detail", pk=pk)
        except access.Conflict:
            form.add_error(None, _("Somebody else saved this offer since you opened it. What you typed is still here; open the page again in another window and compare."))
    rows = [(form[name], getattr(own, name)) for name in mapping.SAID]
    context = {"offer": own, "form": form, "rows": rows, "tongue": tongue, "languages": LANGUAGES}
    return render(request, "network/offer_translate.html", context, status=422 if request.method == "POST" else 200)


def begin(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin an offer from a published asset."""
    actor = actor_for(request, "offer.create")
    asset = get_object_or_404(access.visible(actor, Asset.objects.filter(trashed_at=None)), pk=pk)
    if request.method != "POST":
        return redirect("kit:asset_detail", pk=pk)
    try:
        made = services.offer_from_asset(actor=actor, asset=asset)
    except (access.Refused, ValidationError) as fault:
        messages.error(request, " ".join(fault.messages) if isinstance(fault, ValidationError) else str(fault))
        return redirect("kit:asset_detail", pk=pk)
    messages.success(request, _("A draft was made. Say in plain words what it does and whom you seek."))
    return redirect(reverse("kit:offer_edit", args=[made.pk]))
