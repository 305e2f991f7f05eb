"""Too many attempts: the page that says so, and when to try again."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Iterator

from allauth.core.internal import ratelimit
from allauth.core.internal.ratelimit import Rate
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.module_loading import import_string

#: Said when the limit that was hit cannot be found any more.
FALLBACK_SECONDS = 60


def too_many(request: HttpRequest, keys: Iterable[str] = ()) -> HttpResponse:
    """The page for too many attempts (429), with the time to wait. keys: what was typed, as the limits count it."""
    typed = [value.strip().lower() for name in ("login", "email") if (value := request.POST.get(name))]
    seconds = wait_seconds(request, [*keys, *typed])
    response = render(request, "accounts/too_many.html", {"seconds": seconds, "minutes": math.ceil(seconds / 60)}, status=429)
    response["Retry-After"] = str(seconds)
    return response


def wait_seconds(request: HttpRequest, keys: list[str]) -> int:
    """How long until every limit that is full now lets one more through."""
    now = time.time()
    waits = [_free_at(cache.get(name) or [], rate) - now for name, rate in _counters(request, keys)]
    longest = max((wait for wait in waits if wait > 0), default=FALLBACK_SECONDS)
    return max(1, math.ceil(longest))


def _free_at(history: list[float], rate: Rate) -> float:
    """When a full limit frees a place: when its oldest attempt is forgotten. The history's newest comes first."""
    return history[-1] + rate.duration if len(history) >= rate.amount else 0


def _counters(request: HttpRequest, keys: list[str]) -> Iterator[tuple[str, Rate]]:
    for app in ("allauth.account", "allauth.mfa"):
        for action in import_string(f"{app}.app_settings.RATE_LIMITS"):
            for rate in ratelimit.get_rates(app=app, action=action):
                for key in keys if rate.per == "key" else [None]:
                    if rate.per != "user" or request.user.is_authenticated:
                        yield ratelimit.get_cache_key(request, app=app, action=action, rate=rate, key=key), rate
