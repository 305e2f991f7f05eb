"""Pages for people who are not signed in: accepting an invitation, the language and theme of any page."""

from __future__ import annotations

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.core import ratelimit
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from causeway.frame import scope
from causeway.frame.accounts import selectors, services, units
from causeway.frame.accounts.forms import AcceptForm
from causeway.frame.accounts.views.doors import attempt
from causeway.frame.models import Invitation, User


@never_cache
@sensitive_post_parameters("password")
def invitation(request: HttpRequest, key: str) -> HttpResponse:
    """Show an invitation and accept it. A link that is used, ended or unknown says so (410)."""
    if refused := ratelimit.consume_or_429(request, action="invitation"):
        return refused
    found = selectors.invitation_open(key)
    if found is None:
        return render(request, "accounts/invitation_gone.html", status=410)
    context = {"invitation": found, "unit": _unit_name(found), "path": request.path}
    if request.user.is_authenticated:
        return _accept_signed_in(request, key, found, context)
    if User.objects.filter(email=found.email).exists():
        return render(request, "accounts/invitation_known.html", context)
    return _accept_new(request, key, context)


def _unit_name(found: Invitation) -> str:
    with scope.use(found.university_id):
        return units.names().get(found.unit, "") if found.unit else ""


def _accept_signed_in(request: HttpRequest, key: str, found: Invitation, context: dict) -> HttpResponse:
    if request.user.email != found.email:  # type: ignore[union-attr]
        return render(request, "accounts/invitation_other.html", context, status=403)
    if request.method != "POST":
        return render(request, "accounts/invitation_join.html", context)
    services.invitation_accept(key=key, user=request.user)  # type: ignore[arg-type]
    request.session["university"] = found.university_id
    return redirect("/")


def _accept_new(request: HttpRequest, key: str, context: dict) -> HttpResponse:
    passkey = "passkey" in request.POST
    form = AcceptForm(request.POST or None, passkey=passkey, initial={"name": context["invitation"].name})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        language = get_language() or ""
        user = attempt(
            form, lambda: services.invitation_accept(key=key, name=given["name"], password=given.get("password"), language=language)
        )
        if user:
            return _sign_in(request, user, passkey)
    return render(request, "accounts/invitation.html", context | {"form": form})


def _sign_in(request: HttpRequest, user: User, passkey: bool) -> HttpResponse:
    """Sign in who just accepted; one without a password goes straight to making a passkey."""
    # Holding the link proves the mailbox, and the account is a moment old: this counts as having confirmed who one is.
    record_authentication(request, user, method="invitation", reauthenticated=True)
    target = reverse("mfa_add_webauthn") if passkey else "/"
    return perform_login(request, Login(user=user, email=user.email, redirect_url=target))


def _back(request: HttpRequest) -> HttpResponseRedirect:
    """Back to the page the form was on."""
    target = request.POST.get("next") or request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = "/"
    return HttpResponseRedirect(target)


def _keep(request: HttpRequest, response: HttpResponse, name: str, value: str) -> None:
    """Keep a choice in a cookie for a year."""
    response.set_cookie(name, value, max_age=365 * 86400, samesite="Lax", secure=request.is_secure(), httponly=True)


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Switch the language of all pages: kept on the person, and in a cookie for when they are signed out."""
    chosen = request.POST.get("language", "")
    response = _back(request)
    if chosen in dict(settings.LANGUAGES):
        if request.user.is_authenticated:
            services.profile_change(user=request.user, language=chosen)  # type: ignore[arg-type]
        _keep(request, response, settings.LANGUAGE_COOKIE_NAME, chosen)
    return response


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Switch between light, dark and as the browser: kept on the person, and in a cookie for when they are signed out."""
    chosen = request.POST.get("theme", "")
    response = HttpResponse(status=204) if request.headers.get("HX-Request") else _back(request)
    if chosen in ("", "light", "dark"):
        if request.user.is_authenticated:
            services.profile_change(user=request.user, theme=chosen)  # type: ignore[arg-type]
        _keep(request, response, "theme", chosen)
    return response
