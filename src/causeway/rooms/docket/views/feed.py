"""Private calendar addresses: made, shown once, revoked; and the calendars behind them."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from causeway.frame import asked
from causeway.kit.views import actor_for
from causeway.rooms.docket import feeds, forms


def feed_pages(request: HttpRequest) -> HttpResponse:
    """One's private calendar addresses: made, shown once, revoked."""
    actor = actor_for(request, "feed.make")
    revoked = asked.number(request.POST.get("revoke"))
    form = forms.FeedForm(request.POST if request.method == "POST" and revoked is None else None)
    address = ""
    if revoked is not None:
        feeds.revoke(actor=actor, pk=revoked)
        messages.success(request, _("The address no longer answers."))
        return redirect("docket:feeds")
    if request.method == "POST" and form.is_valid():
        secret = feeds.make(actor=actor, name=form.cleaned_data["name"], whole=form.cleaned_data["whole"])
        address = request.build_absolute_uri(reverse("docket:feed", args=[secret]))
        form = forms.FeedForm()
    response = render(request, "docket/feeds.html", {"form": form, "address": address, "feeds": feeds.of(actor)})
    response["Cache-Control"] = "no-store"
    return response


def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The calendar behind a private address; 404 for an unknown or revoked one."""
    content = feeds.calendar(secret)
    if content is None:
        raise Http404
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="causeway.ics"'
    response["Cache-Control"] = "private, max-age=900"
    response["Referrer-Policy"] = "no-referrer"
    return response
