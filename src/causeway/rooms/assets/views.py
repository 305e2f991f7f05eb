"""Pages of the assets room that are not of the kit's shape: what is missing, and attached files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from causeway.frame import access, files
from causeway.kit.forms import Form
from causeway.kit.preview import first_page as drawn
from causeway.kit.preview import shown
from causeway.kit.resource import named
from causeway.kit.show import day
from causeway.kit.views import actor_for, find, served
from causeway.rooms.assets import forms, services
from causeway.rooms.assets.models import Asset, Document, Link, Note


def missing(request: HttpRequest) -> HttpResponse:
    """What is missing stands on the docket's page of gaps, with what the docket lacks itself."""
    actor_for(request, "asset.view")
    return redirect("docket:gaps")


#: Parts of an asset that a page of their own changes: title, button, form, template, and the service that writes.
PARTS: dict[str, tuple[Any, Any, type, str, Callable[..., Any]]] = {
    "owners": (_l("Owners of %(asset)s"), _l("Set owners"), forms.OwnersForm, "assets/shares.html", services.owners_name),
    "inventors": (_l("Inventors of %(asset)s"), _l("Set inventors"), forms.InventorsForm, "assets/shares.html", services.inventors_name),
    "links": (_l("Link %(asset)s to another application"), _l("Add the link"), forms.LinkForm, "kit/form.html", lambda *, obj, **values: services.link_add(asset=obj, **values)),
    "costs": (_l("Add a cost of %(asset)s"), _l("Add the cost"), forms.CostForm, "kit/form.html", lambda *, obj, **values: services.cost_add(asset=obj, **values)),
}  # fmt: skip


def part(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Owners, inventors, a link or a cost of an asset."""
    actor = actor_for(request, "asset.update")
    asset = find(named("asset"), actor, pk)
    if name not in PARTS:
        raise Http404
    title, button, form_class, template, service = PARTS[name]
    form = form_class(request.POST if request.method == "POST" else None)
    if hasattr(form, "about"):
        form.about(asset)
    back = reverse(named("asset").route_detail, args=[pk])
    if request.method == "POST" and form.is_valid() and served(form, service, actor=actor, obj=asset, **form.cleaned_data) is not None:
        messages.success(request, _("Saved."))
        return redirect(back)
    context = {"form": form, "title": title % {"asset": asset}, "button": button, "back": back, "asset": asset, "resource": named("asset"), "record": asset}
    return render(request, template, context, status=422 if request.method == "POST" else 200)


def part_remove(request: HttpRequest, pk: int, name: str, row: int) -> HttpResponse:
    """Take a cost, note, document or link off an asset again, after a word."""
    actor = actor_for(request, "asset.update")
    asset = find(named("asset"), actor, pk)
    back = reverse(named("asset").route_detail, args=[pk])
    if name not in KEPT:
        raise Http404
    about = _about(actor, asset, name, row)
    if request.method == "POST":
        services.part_remove(actor=actor, asset=asset, part=name, pk=row)
        messages.success(request, _("Taken off. What it was stays in the history."))
        return redirect(back)
    context = {"form": Form(), "title": _("Take this off %(asset)s?") % {"asset": asset}, "button": _("Take off"), "back": back, "grave": True, "resource": named("asset"), "record": asset, "about": about,
               "text": _("What it was stays in the history; an event that came with a link is withdrawn.")}  # fmt: skip
    return render(request, "kit/form.html", context)


#: Parts of an asset that can be taken off one by one, each with what it is called.
KEPT = {"costs": _l("Cost"), "links": _l("Link"), "documents": _l("File"), "notes": _l("Note")}


def _about(actor: access.Actor, asset: Asset, name: str, pk: int) -> list[tuple[Any, Any, Any]]:
    """What would be taken off, in words; Http404 for what is not there or out of sight."""
    row = get_object_or_404(getattr(asset, name), pk=pk)
    if isinstance(row, Document):
        return [(KEPT[name], _document(actor, pk).title, row.file.name)]
    if isinstance(row, Link):
        seen = row.other is None or access.visible(actor, Asset.objects.filter(pk=row.other_id)).exists()
        return [(KEPT[name], str(row) if seen else _("a record out of your sight"), row.get_kind_display())]
    return [(KEPT[name], format_html('<span class="as-text">{}</span>', row.text), row.author)] if isinstance(row, Note) else [(KEPT[name], str(row), day(row.on))]


def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """An attached file within the page: a picture, the first page of a PDF, or the beginning of a text; other kinds are offered to open or to keep."""
    actor = actor_for(request, "asset.view")
    found = _document(actor, pk)
    path = [(_("Assets"), reverse(named("asset").route_list)), (found.asset.reference, reverse(named("asset").route_detail, args=[found.asset_id]))]
    urls = reverse("assets:document", args=[pk]), reverse("assets:first_page", args=[pk])
    return render(request, "kit/preview.html", {**shown(found.file, found.title, *urls), "path": path, "confidential": found.confidential})


def first_page(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The first page of an attached PDF as a picture."""
    actor = actor_for(request, "asset.view")
    return drawn(_document(actor, pk).file)


def _document(actor: access.Actor, pk: int) -> Document:
    """An attached file in the actor's sight."""
    return get_object_or_404(access.visible(actor, Document.objects.select_related("file", "asset")), pk=pk)


def document(request: HttpRequest, pk: int) -> HttpResponseBase:
    """An attached file: shown where its bytes are harmless, downloaded otherwise."""
    actor = actor_for(request, "asset.view")
    found = _document(actor, pk)
    return files.respond(found.file)
