"""Each request: a log line without personal data, an actor with a scope, and refusals turned into pages."""

from __future__ import annotations

import sys
import time
import uuid
from collections.abc import Callable

import structlog
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.db import DatabaseError, DataError, InterfaceError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.defaults import bad_request, page_not_found, server_error

from causeway.frame import access, asked, db, scope
from causeway.frame.models import University, User

log = structlog.get_logger("causeway.web")
Get = Callable[[HttpRequest], HttpResponse]
#: What a form adds to the file it carries, at most.
ROUND = 1 << 20
#: By these a proxy tells that the request came from elsewhere.
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_X_REAL_IP", "HTTP_FORWARDED", "HTTP_VIA")


class RequestLogMiddleware:
    """One structured line a request: method, route (never the address, which may hold a key), status, time."""

    def __init__(self, get: Get) -> None:
        self.get = get

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        request.id = uuid.uuid4().hex[:12]  # type: ignore[attr-defined]
        response = self.get(request)
        match = request.resolver_match
        log.info(
            "request", id=request.id, method=request.method, route=match.route if match else "", status=response.status_code,  # type: ignore[attr-defined]
            ms=round((time.perf_counter() - began) * 1000, 1), user=getattr(getattr(request, "user", None), "pk", None),
        )  # fmt: skip
        response["X-Request-Id"] = request.id  # type: ignore[attr-defined]
        return response

    def process_view(self, request: HttpRequest, *_call: object) -> HttpResponse | None:
        """Refuse a form in signs that are not read here, and a body that is too large, before anything of it is kept; the first to look at it would write
        its files to the disk."""
        if request.content_type == "application/x-www-form-urlencoded" and (request.encoding or "utf-8").lower() != "utf-8":
            return refusal(request, 400, _("This request cannot be understood"))
        length = asked.number(request.META.get("CONTENT_LENGTH")) or 0
        most = settings.UPLOAD_LIMIT + ROUND if getattr(request, "actor", None) else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        return refusal(request, 413, _("More was sent than is taken in at once. Send less, or a file in place of a field.")) if length > most else None


class ActorMiddleware:
    """Finds who acts and opens the scope of their university for the request."""

    def __init__(self, get: Get) -> None:
        self.get = get

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = actor_of_request(request)  # type: ignore[attr-defined]
        if request.actor is None:  # type: ignore[attr-defined]
            return self.get(request)
        here: University | None = getattr(request, "university", None)
        with (
            scope.use(request.actor.university_id), timezone.override(here.timezone if here else None), access.one_request(here),  # type: ignore[attr-defined]
            access.asking(request.actor), db.statement_limit(settings.STATEMENT_LIMIT_MS),
        ):  # fmt: skip
            return self.get(request)

    def process_exception(self, request: HttpRequest, fault: Exception) -> HttpResponse | None:
        """Refusals, conflicts and statements cut short become pages that say what to do."""
        if isinstance(fault, access.Refused):
            return refusal(request, 403, str(fault))
        if isinstance(fault, access.Conflict):
            return render(request, "409.html", {"why": str(fault), "theirs": fault.theirs}, status=409)
        if answer := _out_of_order(request, fault):
            return answer
        if isinstance(fault, RequestDataTooBig | TooManyFilesSent):
            return refusal(request, 413, _("More was sent than is taken in at once. Send less, or a file in place of a field."))
        if isinstance(fault, DataError | OverflowError | UnicodeEncodeError):
            return refusal(request, 400, _("Something that was sent cannot be kept here: a number too large, or a sign that is none."))
        if isinstance(fault, scope.NoScope):
            return refusal(request, 403, _("Your account has no role at a university yet. Ask its administrator for one."))
        return None


def _out_of_order(request: HttpRequest, fault: BaseException) -> HttpResponse | None:
    """What is said where the database or the disk cannot serve just now; None for a fault of another kind. The page asks the database for as little as it can."""
    if not isinstance(fault, OSError | DatabaseError | InterfaceError):
        return None
    if db.too_long(fault):
        status, why = 503, _("This would have taken too long. Narrow it: add a filter, or choose a shorter span of time.")
    elif db.full(fault):
        status, why = 507, _("The disk of this installation is full. Nothing was changed; tell its keeper.")
    elif db.busy(fault):
        status, why = 503, _("The database could not be had just now. Nothing was changed; wait a minute, then send it once more.")
    else:
        return None
    request.cut_short = True  # type: ignore[attr-defined]
    return refusal(request, status, why)


def _said(request: HttpRequest, status: int, why: str) -> HttpResponse | None:
    """What a program is told; None where a person asks, who gets a page."""
    if not request.path.startswith("/api/"):
        return None
    return JsonResponse({"status": status, "title": why}, status=status, content_type="application/problem+json")


def refusal(request: HttpRequest, status: int, why: str) -> HttpResponse:
    """A page that says what cannot be and what to do; as problem+json where a program asked."""
    return _said(request, status, why) or render(request, f"{status}.html", {"why": why}, status=status)


def not_understood(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A request that cannot be understood."""
    return _said(request, 400, _("This request cannot be understood")) or bad_request(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Nothing at this address."""
    return _said(request, 404, _("There is nothing here.")) or page_not_found(request, exception)


def broken(request: HttpRequest) -> HttpResponse:
    """A fault of ours, or of database and disk before a page is reached: while a session is read, a file comes in. The page asks the database
    for as little as it can; where even that fails, it comes without the menu."""
    request.cut_short = True  # type: ignore[attr-defined]
    if answer := _out_of_order_early(request):
        return answer
    if said := _said(request, 500, _("Something went wrong here; it has been noted")):
        return said
    try:
        return render(request, "500.html", status=500)
    except Exception:  # whatever broke the page may break the menu too
        log.exception("page of a fault without its menu")
        return server_error(request)


def _out_of_order_early(request: HttpRequest) -> HttpResponse | None:
    """As `_out_of_order`, of the fault in hand, before it is known who asks: nothing more is asked of the database."""
    if (fault := sys.exc_info()[1]) is None:
        return None
    kept = getattr(request, "user", None), getattr(request, "actor", None)
    request.user, request.actor = AnonymousUser(), None  # type: ignore[attr-defined]
    answer = _out_of_order(request, fault)
    if answer is None:
        request.user, request.actor = kept  # type: ignore[attr-defined]
    return answer


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token: the page was open too long, or cookies are refused. reason: Django's, for the log only."""
    why = _("The page was open for too long, or your browser keeps no cookies. Go back, load the page again, and send it once more.")
    return _said(request, 403, why) or render(request, "stale.html", {"why": why}, status=403)


def actor_of_request(request: HttpRequest) -> access.Actor | None:
    """The actor of a bearer key, or of the session's user at the university they work in; None when nobody is signed in."""
    scheme, _space, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and request.path.startswith("/api/"):
        actor = access.actor_of_token(key.strip())
        far = actor is not None and not from_here(request) and User.objects.filter(pk=actor.user_id, demo=True).exists()
        return None if far else actor
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or (user.demo and not from_here(request)):
        return None
    chosen = request.session.get("university")
    if chosen and (actor := access.actor_of(user, chosen)):
        request.university = University.objects.get(pk=chosen)  # type: ignore[attr-defined]
        return actor
    for grant in user.grants.order_by("pk").select_related("university"):
        if actor := access.actor_of(user, grant.university_id):
            request.session["university"] = grant.university_id
            request.university = grant.university  # type: ignore[attr-defined]
            return actor
    return None


def from_here(request: HttpRequest) -> bool:
    """Whether the request comes from this machine, through no proxy, and is addressed to it; demonstration accounts work only then."""
    if settings.ALLAUTH_TRUSTED_PROXY_COUNT or any(name in request.META for name in FORWARDED):
        return False
    host = request.get_host().rsplit(":", 1)[0].strip("[]")
    return request.META.get("REMOTE_ADDR", "") in ("127.0.0.1", "::1", "") and host in ("127.0.0.1", "localhost", "::1", "testserver")
