"""Sends who is not signed in to the door, and comes back to the page afterwards."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from causeway.kit.views import NotSignedIn


class DoorMiddleware:
    """Turns `NotSignedIn` into the sign-in page."""

    def __init__(self, get: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get = get

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get(request)

    def process_exception(self, request: HttpRequest, fault: Exception) -> HttpResponse | None:
        """The door, with the way back."""
        if isinstance(fault, NotSignedIn):
            return redirect(f"{reverse('account_login')}?{urlencode({'next': request.get_full_path()})}")
        return None
