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

from causeway.frame import access
from causeway.rooms.assets.models import Asset
from causeway.rooms.network.choices import LANGUAGES, Seeks
from causeway.rooms.network.models import Installation, SharedOffer
from causeway.rooms.network.selectors import exchange
from causeway.rooms.network.selectors import offers as reads
from causeway.rooms.network.selectors.library import country_name
from causeway.rooms.network.services import offers as services
from causeway.rooms.network.views.questionnaires import actor_for


def _words(choices: Any, codes: list[str]) -> list[str]:
    known = dict(choices)
    return [str(known[code]) for code in codes if code in known]


def scale(level: int | None) -> SafeString | str:
    """A readiness level as nine dots."""
    if level is None:
        return ""
    dots = format_html("{}" * 9, *(SafeString('<i class="on"></i>') if at < level else SafeString("<i></i>") for at in range(9)))
    return format_html('<span class="cw-scale" aria-hidden="true">{}</span> {}', dots, _("%(n)s of 9") % {"n": level})


def _row(one: SharedOffer) -> dict[str, Any]:
    text = " ".join(str(one.content.get("text", "")).split())
    lead = text if len(text) < 280 else text[:260].rsplit(" ", 1)[0] + " …"
    content = one.content
    return {"one": one, "lead": lead, "scale": scale(one.readiness), "seeks": content.get("sought") or ", ".join(_words(Seeks.choices, content.get("seeks", []))), "country": country_name(one.country)}


def catalogue(request: HttpRequest) -> HttpResponse:
    """The offers of the network: search, facets, offers."""
    actor = actor_for(request, "catalogue.view")
    text, picked, sort = request.GET.get("q", "").strip()[:200], reads.chosen(request.GET), request.GET.get("sort", "")
    page = request.GET.get("page", "1")
    at = max(1, int(page)) if page.isdigit() and len(page) < 6 else 1
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
    sender = Installation.objects.filter(fingerprint=one.installation).first() if one.installation else None
    context = {
        **_row(one), "content": content, "lines": [line for line in str(content.get("text", "")).splitlines() if line.strip()], "office": str(content.get("office", "")).splitlines(),
        "deal": _words(Seeks.choices, content.get("seeks", [])), "tongues": _words(LANGUAGES, content.get("languages", [])), "past": one.valid_until < timezone.localdate(), "sender": sender,
        "institution": exchange.institutions([one.ror_id]).get(one.ror_id), "own": one.source_id == actor.university_id and access.may(actor, "offer.view").allowed,
    }  # fmt: skip
    return render(request, "network/offer.html", context)


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
