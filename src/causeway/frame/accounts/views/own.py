"""A person's own pages: profile, sessions, keys to the API, the university they work in."""

from __future__ import annotations

from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.logout import logout
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from causeway.frame import access, asked
from causeway.frame.access import Actor
from causeway.frame.accounts import devices, selectors, services
from causeway.frame.accounts.forms import KeyForm, ProfileForm, SettingsForm
from causeway.frame.accounts.views.doors import attempt, own, page
from causeway.frame.models import ApiToken, University


@own
def profile(request: HttpRequest) -> HttpResponse:
    """Name, language, theme and the person's other choices."""
    actor: Actor | None = request.actor  # type: ignore[attr-defined]
    form = ProfileForm(request.POST or None, instance=request.user, prefix="profile")
    choices = SettingsForm(request.POST or None, kind="user", actor=actor, prefix="choices")
    if request.method == "POST" and form.is_valid() and choices.is_valid():
        services.profile_change(user=request.user, **form.cleaned_data)  # type: ignore[arg-type]
        if not actor or attempt(choices, lambda: services.settings_choose(actor=actor, kind="user", values=choices.values())):
            messages.success(request, _("Saved."))
            return redirect("accounts:profile")
    context = {"form": form, "choices": choices, "workplaces": selectors.workplaces(request.user), "here": "profile"}  # type: ignore[arg-type]
    return render(request, "accounts/profile.html", context)


@own
def sessions(request: HttpRequest) -> HttpResponse:
    """Where the person is signed in."""
    held = sorted(UserSession.objects.purge_and_list(request.user), key=lambda session: session.last_seen_at, reverse=True)
    rows = [(session, devices.name(session.user_agent), session.session_key == request.session.session_key) for session in held]
    return render(request, "accounts/sessions.html", {"rows": rows, "here": "sessions"})


@own
@require_POST
def sessions_end(request: HttpRequest) -> HttpResponse:
    """End one session, all others, or all of them, this one too."""
    if "session" in request.POST:
        if (only := asked.number(request.POST["session"])) is None:
            raise Http404
        services.sessions_end(request=request, only=only)
        messages.success(request, _("The session has ended."))
        return redirect("accounts:sessions")
    if "everywhere" not in request.POST:
        services.sessions_end(request=request)
        messages.success(request, _("All other sessions have ended."))
        return redirect("accounts:sessions")
    services.sessions_end(request=request, keep_current=False)
    logout(request)
    return redirect("account_login")


@page("token.make")
def keys(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The person's keys to the API at this university."""
    held = access.visible(actor, ApiToken.objects.filter(university_id=actor.university_id))
    shown = request.session.pop("new_key", None)
    return render(request, "accounts/keys.html", {"keys": held.order_by("-created_at"), "shown": shown, "here": "keys"})


@page("token.make")
@reauthentication_required
def key_new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Make a key; it is shown once, on the next page."""
    form = KeyForm(request.POST or None, actor=actor)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        made = attempt(
            form, lambda: services.token_make(actor=actor, name=given["name"], scopes=form.scopes(), expires_on=given["expires_on"])
        )
        if made:
            request.session["new_key"] = made[1]
            return redirect("accounts:keys")
    context = {"form": form, "title": _("New key to the API"), "button": _("Make the key"), "back": "accounts:keys"}
    return render(request, "accounts/form.html", context)


@page("token.revoke")
@require_POST
def key_revoke(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """Stop a key at once."""
    services.token_revoke(actor=actor, token=get_object_or_404(ApiToken, pk=pk))
    messages.success(request, _("The key no longer works."))
    return redirect("accounts:keys")


@own
@require_POST
def university(request: HttpRequest) -> HttpResponse:
    """Go on working at another university where the person holds a role."""
    found = University.objects.filter(pk=asked.number(request.POST.get("university"))).first()
    if found is None or access.actor_of(request.user, found) is None:  # type: ignore[arg-type]
        raise Http404
    request.session["university"] = found.pk
    # Pages of the other university must not be reached by going back with this session's other choices.
    request.session.pop("new_key", None)
    return redirect("/")
