"""Saved views: a list's filters, columns and sort under a name, for oneself or shared with the office."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from causeway.frame import access, asked, audit
from causeway.frame.models import SavedView
from causeway.kit.resource import resources
from causeway.kit.views import NotSignedIn


def _actor(request: HttpRequest) -> access.Actor:
    actor = request.actor  # type: ignore[attr-defined]
    if actor is None or actor.user_id is None:
        raise NotSignedIn
    return actor


def save(request: HttpRequest) -> HttpResponse:
    """Save a list's address under a name; the same name again replaces it."""
    actor = _actor(request)
    name, key, query = (request.POST.get(field, "").strip() for field in ("name", "resource", "query"))
    if request.method == "POST" and name and any(one.key == key for one in resources()):
        found = SavedView.objects.filter(user_id=actor.user_id, resource=key, name=name[:80]).first()
        with audit.changing(found or SavedView(user_id=actor.user_id, resource=key, name=name[:80]), by=actor, verb="view.create") as view:
            view.query = query[:2000]
        messages.success(request, _("The view %(name)s is kept.") % {"name": name[:80]})
    back = request.headers.get("Referer", "")
    return redirect(back if url_has_allowed_host_and_scheme(back, {request.get_host()}) else "/")


def mine(request: HttpRequest) -> HttpResponse:
    """The person's saved views: open, share with the office or keep to oneself, remove."""
    actor = _actor(request)
    if request.method == "POST":
        _change(request, actor)
        return redirect("kit:views")
    known = {one.key: one for one in resources()}
    held: list[dict[str, Any]] = []
    for view in SavedView.objects.filter(user_id=actor.user_id).order_by("resource", "name"):
        if (resource := known.get(view.resource)) and resource.may(actor, "view"):
            held.append({"view": view, "label": resource.label_plural, "url": f"{reverse(resource.route_list)}?{view.query}"})
    return render(request, "kit/views.html", {"held": held})


def _change(request: HttpRequest, actor: access.Actor) -> None:
    """Share, keep or remove one of the person's own views; Http404 for any other."""
    view = SavedView.objects.filter(pk=asked.number(request.POST.get("view")), user_id=actor.user_id).first()
    if view is None:
        raise Http404
    if "remove" in request.POST:
        with audit.batch(by=actor, verb="view.remove", objects=1) as work:
            work.remove(SavedView, [view.pk])
        messages.success(request, _("The view %(name)s was removed.") % {"name": view.name})
    elif "share" in request.POST:
        with audit.changing(view, by=actor, verb="view.share") as stored:
            stored.shared = request.POST["share"] == "1"
