"""Pages of the administrator: members, invitations, grants, settings."""

from __future__ import annotations

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from causeway.frame import preferences
from causeway.frame.access import Actor
from causeway.frame.accounts import mail, selectors, services, units
from causeway.frame.accounts.forms import GrantEndForm, GrantForm, InviteForm, ReasonForm, SettingsForm, UniversityForm
from causeway.frame.accounts.views.doors import attempt, page, told
from causeway.frame.models import AuditEntry, Grant, Invitation, Role, Setting, University


@page("member.view")
def members(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Members of the university and open invitations; filters are the address."""
    text, role, former = request.GET.get("q", "").strip(), request.GET.get("role", ""), "former" in request.GET
    found = selectors.members(actor, text, role if role in Role.values else "", former)
    context = {
        "page": Paginator(found, 50).get_page(request.GET.get("page")), "invitations": selectors.invitations(actor), "q": text, "role": role,
        "here": "members", "former": former, "roles": Role.choices, "units": units.names(),
    }  # fmt: skip
    return render(request, "accounts/members.html", context)


@page("member.view")
def member(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """One member: their roles, now and before, and what was done to them."""
    person = selectors.member(actor, pk)
    labels = {"frame.grant": [grant.pk for grant in person.held], "frame.user": [person.pk]}
    history = [entry for label, ids in labels.items() for entry in AuditEntry.objects.filter(label=label, object_id__in=ids).order_by("-at")[:20]]
    history.sort(key=lambda entry: entry.at, reverse=True)
    return render(request, "accounts/member.html", {"person": person, "history": history[:20], "units": units.names()})


@page("member.invite")
@reauthentication_required
def invite(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Invite a person to a role."""
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        sent = attempt(form, lambda: services.invite(actor=actor, **form.cleaned_data))
        if sent:
            _say_sent(request, sent[0], sent[1])
            return redirect("accounts:members")
    context = {"form": form, "title": _("Invite a person"), "button": _("Send the invitation"), "back": "accounts:members"}
    return render(request, "accounts/form.html", context)


def _say_sent(request: HttpRequest, invitation: Invitation, link: str) -> None:
    messages.success(request, _("Invitation sent to %(email)s.") % {"email": invitation.email})
    # The link makes an account: an administrator sees it only where no letter can carry it.
    if not mail.leaves_house():
        messages.warning(request, _("This installation sends no mail. Hand this link over yourself: %(link)s") % {"link": link})


@page("invitation.resend")
@require_POST
def invitation_resend(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """Send an invitation again."""
    invitation = get_object_or_404(Invitation, pk=pk)
    link = services.invitation_resend(actor=actor, invitation=invitation)
    _say_sent(request, invitation, link)
    return redirect("accounts:members")


@page("invitation.withdraw")
@require_POST
def invitation_withdraw(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """Take an invitation back."""
    invitation = get_object_or_404(Invitation, pk=pk)
    told(request, lambda: services.invitation_withdraw(actor=actor, invitation=invitation), _("The invitation no longer works."))
    return redirect("accounts:members")


@page("grant.give")
@reauthentication_required
def grant_give(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """Give a member a role."""
    person = selectors.member(actor, pk)
    form = GrantForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and attempt(form, lambda: services.grant_give(actor=actor, user=person, **form.cleaned_data)):
        messages.success(request, _("%(name)s has the role.") % {"name": person.name})
        return redirect("accounts:member", pk)
    title = _("Give %(name)s a role") % {"name": person.name}
    return render(request, "accounts/form.html", {"form": form, "title": title, "button": _("Give the role"), "back": "accounts:member", "back_to": pk})


@page("grant.end")
@reauthentication_required
def grant_end(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """End a role of a member."""
    grant = get_object_or_404(Grant.objects.select_related("user"), pk=pk, university_id=actor.university_id)
    form = GrantEndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if attempt(form, lambda: services.grant_end(actor=actor, grant=grant, on=given["on"], why=given["why"])):
            messages.success(request, _("The role ends."))
            return redirect("accounts:member", grant.user_id)
    title = _("End the role %(role)s of %(name)s") % {"role": grant.get_role_display(), "name": grant.user.name}
    context = {"form": form, "title": title, "button": _("End the role"), "grave": True, "back": "accounts:member", "back_to": grant.user_id}
    return render(request, "accounts/form.html", context)


@page("user.deactivate")
@reauthentication_required
def member_close(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """Close a member's account, or open a closed one."""
    person = selectors.member(actor, pk)
    service = services.user_deactivate if person.is_active else services.user_reactivate
    title = (_("Close the account of %(name)s") if person.is_active else _("Open the account of %(name)s again")) % {"name": person.name}
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and attempt(form, lambda: service(actor=actor, user=person, **form.cleaned_data)):
        messages.success(request, _("Done."))
        return redirect("accounts:member", pk)
    text = _("The person can no longer sign in, their sessions end and their keys stop. Their roles and their history stay.") if person.is_active else ""
    context = {"form": form, "title": title, "text": text, "button": title, "grave": person.is_active, "back": "accounts:member", "back_to": pk}
    return render(request, "accounts/form.html", context)


@page("university.configure")
def settings(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The university's particulars and every declared setting, with who changed what."""
    university = University.objects.get(pk=actor.university_id)
    form = UniversityForm(request.POST or None, instance=university, prefix="university")
    choices = SettingsForm(request.POST or None, kind="university", actor=actor, prefix="choices")
    if request.method == "POST" and form.is_valid() and choices.is_valid() and _store(actor, form, choices):
        messages.success(request, _("Saved."))
        return redirect("accounts:settings")
    return render(request, "accounts/settings.html", {"form": form, "choices": choices, "history": _history(actor.university_id), "kept": _kept(), "here": "settings"})


def _kept() -> list[tuple[str, str, str]]:
    """The keeper's settings as they stand: what, value, and the variable that sets it. Nothing secret."""
    from django.conf import settings as installed

    database = "PostgreSQL" if installed.DATABASES["default"]["ENGINE"].endswith("postgresql") else "SQLite"
    return [
        (_("Public address"), installed.BASE_URL, "CAUSEWAY_BASE_URL"),
        (_("Database"), database, "DATABASE_URL"),
        (_("Letters"), _("are sent") if mail.leaves_house() else _("are not sent"), "EMAIL_URL"),
        (_("Largest upload"), f"{installed.UPLOAD_LIMIT // 1024**2} MB", "CAUSEWAY_UPLOAD_LIMIT"),
        (_("Longest statement of a page"), f"{installed.STATEMENT_LIMIT_MS / 1000:g} s", "CAUSEWAY_STATEMENT_LIMIT_MS"),
        (_("Background work"), _("in the web process") if installed.WORKER_IN_WEB else _("by workers beside it"), "CAUSEWAY_WORKER_IN_WEB"),
    ]


def _store(actor: Actor, form: UniversityForm, choices: SettingsForm) -> bool:
    first = attempt(form, lambda: services.university_change(actor=actor, **form.cleaned_data))
    second = attempt(choices, lambda: services.settings_choose(actor=actor, kind="university", values=choices.values()))
    return bool(first and second)


def _history(university: int) -> list[tuple[AuditEntry, str]]:
    """The last changes of settings, each with the name of the setting it was about."""
    names = {one.key: one.label for one in preferences.declared("university")}
    keys = {pk: names.get(key, key) for pk, key in Setting.objects.filter(university_id=university).values_list("pk", "key")}
    entries = AuditEntry.objects.filter(label="frame.setting", object_id__in=keys).order_by("-at")[:20]
    return [(entry, keys[entry.object_id]) for entry in entries]
