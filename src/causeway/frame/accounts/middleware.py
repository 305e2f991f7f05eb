"""The signed-in person on each request: demonstration accounts only from here, their language, when the session was last seen."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from causeway.frame.middleware import from_here

#: How often, in seconds, "last seen" of a session is written.
SEEN_EVERY = 300
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), publickey-credentials-get=(self), publickey-credentials-create=(self)"

_noted: dict[str, float] = {}


class AccountsMiddleware:
    """Stands between authentication and the actor."""

    def __init__(self, get: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get = get

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            if request.user.demo and not from_here(request):
                request.user = AnonymousUser()
            else:
                _welcome(request)
        response = self.get(request)
        response.setdefault("Permissions-Policy", PERMISSIONS)
        if request.user.is_authenticated or "Authorization" in request.headers:
            response.setdefault("Cache-Control", "private, no-cache")
        return response


def _welcome(request: HttpRequest) -> None:
    if request.user.language:  # type: ignore[union-attr]
        translation.activate(request.user.language)  # type: ignore[union-attr]
        request.LANGUAGE_CODE = translation.get_language()  # type: ignore[attr-defined]
    _note(request.session.session_key or "")


def _note(key: str) -> None:
    """Write when the session was last seen, at most every `SEEN_EVERY` seconds per process; the first sight writes nothing."""
    now = time.monotonic()
    if len(_noted) > 10_000:
        _noted.clear()
    if now - _noted.setdefault(key, now) < SEEN_EVERY:
        return
    _noted[key] = now
    moment = timezone.now()
    UserSession.objects.filter(session_key=key, last_seen_at__lt=moment - timedelta(seconds=SEEN_EVERY / 2)).update(last_seen_at=moment)
