"""The page behind "stop these letters": opened from a letter by a person, or called by a mail program (RFC 8058)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from causeway.frame import mail


# Mail programs hold no session to be misused; the signed key of the link is what allows it.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def stop(request: HttpRequest, key: str) -> HttpResponse:
    """Ask first: programs that look into letters open every link."""
    done = mail.stop(key) if request.method == "POST" else None
    return render(request, "mail/stop.html", {"done": done}, status=410 if done is False else 200)
