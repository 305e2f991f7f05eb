"""What is done to accounts: inviting, accepting, giving and ending grants, keys to the API, universities. Each act is audited."""

from __future__ import annotations

import hashlib
import secrets as random
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from causeway.frame import access, audit, db, jobs, outbox, preferences, scope
from causeway.frame.access import Actor, Refused
from causeway.frame.accounts import mail, selectors, units
from causeway.frame.models import ApiToken, Grant, Invitation, Job, Role, University, User

#: The longest life of a key to the API, in days.
KEY_LIFE = 366


# --- invitations ------------------------------------------------------------------------------------------------------------------


@transaction.atomic
def invite(
    *, actor: Actor, email: str, role: str, name: str = "", unit: int | None = None, starts_on: date | None = None, ends_on: date | None = None
) -> tuple[Invitation, str]:
    """Invite a person by mail to a role at the actor's university.

    email: where the link goes; role: one of `Role`; unit: id of the unit the role is limited to; starts_on, ends_on: first and last day
    of the grant. Returns the invitation and its link. Raises `Refused` without the right, `ValidationError` for an address or a span
    that is not valid or a role the person already holds.
    """
    access.require(actor, "member.invite")
    email = email.strip().lower()
    validate_email(email)
    starts_on = starts_on or date.today()
    _check_span(starts_on, ends_on)
    _check_unit(role, unit)
    _check_not_held(actor.university_id, email, role, unit)
    key, digest = _new_key()
    blank = Invitation(
        university_id=actor.university_id, email=email, name=name.strip(), role=role, unit=unit, starts_on=starts_on, ends_on=ends_on,
        digest=digest, invited_by_id=actor.user_id, expires_at=timezone.now() + settings.INVITATION_LIFE,
    )  # fmt: skip
    with audit.changing(blank, by=actor, verb="member.invite") as invitation:
        pass
    return invitation, _send_invitation(invitation, key, actor)


@transaction.atomic
def invitation_resend(*, actor: Actor, invitation: Invitation) -> str:
    """Send an open invitation again with a new link; the old link stops working. Returns the link."""
    access.require(actor, "invitation.resend", invitation)
    key, digest = _new_key()
    with audit.changing(invitation, by=actor, verb="invitation.resend") as stored:
        _check_open(stored)
        stored.digest, stored.expires_at = digest, timezone.now() + settings.INVITATION_LIFE
    return _send_invitation(stored, key, actor)


@transaction.atomic
def invitation_withdraw(*, actor: Actor, invitation: Invitation) -> Invitation:
    """Take an open invitation back; its link stops working."""
    access.require(actor, "invitation.withdraw", invitation)
    with audit.changing(invitation, by=actor, verb="invitation.withdraw") as stored:
        _check_open(stored)
        stored.withdrawn_at = timezone.now()
    return stored


@transaction.atomic
def invitation_accept(*, key: str, user: User | None = None, name: str = "", password: str | None = None, language: str = "") -> User:
    """Accept an invitation: make the account (or take the signed-in one of the same address) and give it the role.

    key: from the link; user: the signed-in person, if any; name, password, language: of the new account; a password of None makes an
    account without one, to which a passkey is added next. Raises `Refused` when the invitation is no longer open, belongs to another
    address, or the address already has an account that is not signed in; `ValidationError` for a weak password or an empty name.
    """
    invitation = selectors.invitation_open(key)
    if invitation is None:
        raise Refused(_("This invitation is no longer valid."))
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    _check_open(invitation)
    if user is None:
        user = user_make(email=invitation.email, name=name, password=password, language=language)
    elif user.email != invitation.email:
        raise Refused(_("This invitation was sent to another address."))
    by = Actor(user.pk, user.name, invitation.university_id)
    with scope.use(invitation.university_id):
        with audit.changing(invitation, by=by, verb="invitation.accept") as stored:
            stored.accepted_at = timezone.now()
        _grant_store(by, user, "invitation.accept", invitation.role, invitation.unit, invitation.starts_on, invitation.ends_on)
    return user


def user_make(*, email: str, name: str, password: str | None = None, language: str = "", demo: bool = False, installer: bool = False) -> User:
    """Make an account whose address is taken as confirmed; it may do nothing before it holds a grant.

    Raises `Refused` when the address has an account, `ValidationError` for an empty name or a weak password (a demonstration account's
    password is printed for everyone and not judged).
    """
    email = email.strip().lower()
    if User.objects.filter(email=email).exists():
        raise Refused(_("There is already an account for this address. Sign in to accept."))
    if not name.strip():
        raise ValidationError({"name": _("Enter a name.")})
    user = User(email=email, name=name.strip(), language=language, demo=demo, is_installer=installer)
    if password and not demo:
        _check_password(password, user)
    user.set_password(password)
    user.save()
    EmailAddress(user=user, email=email, verified=True, primary=True).save()
    return user


def _check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as fault:
        raise ValidationError({"password": fault.messages}) from fault


def _new_key() -> tuple[str, str]:
    """A key for a link and the digest that is stored of it."""
    key = random.token_urlsafe(32)
    return key, hashlib.sha256(key.encode()).hexdigest()


def _send_invitation(invitation: Invitation, key: str, actor: Actor) -> str:
    link = mail.absolute(reverse("accounts:invitation", args=[key]))
    university = University.objects.get(pk=invitation.university_id)
    known = User.objects.filter(email=invitation.email).first()
    language = known.language if known else university.language
    context = {"invitation": invitation, "university": university, "link": link, "actor": actor}
    mail.send(invitation.email, "accounts/email/invitation", context, language=language)
    return link


def _check_open(invitation: Invitation) -> None:
    if invitation.accepted_at or invitation.withdrawn_at:
        raise Refused(_("This invitation was already accepted or withdrawn."))


def _check_not_held(university: int, email: str, role: str, unit: int | None) -> None:
    held = Grant.objects.filter(user__email=email, university_id=university, role=role, unit=unit).exclude(ends_on__lt=date.today())
    if held.exists():
        raise ValidationError({"email": _("This person already holds this role here.")})


def _check_span(starts_on: date, ends_on: date | None) -> None:
    if ends_on is not None and ends_on < starts_on:
        raise ValidationError({"ends_on": _("The last day lies before the first.")})


def _check_unit(role: str, unit: int | None) -> None:
    if unit is None:
        return
    if role not in access.IN_UNITS:
        raise ValidationError({"unit": _("Only the office, directors and auditors can be limited to a unit. Leave this empty.")})
    if unit not in units.names():
        raise ValidationError({"unit": _("This unit does not exist here.")})


# --- grants -----------------------------------------------------------------------------------------------------------------------


@transaction.atomic
def grant_give(
    *, actor: Actor, user: User, role: str, unit: int | None = None, starts_on: date | None = None, ends_on: date | None = None, why: str = ""
) -> Grant:
    """Give a member of the actor's university a role there. An ended grant of the same role and unit is taken up again.

    Raises `Http404` for a person who is no member, `Refused` without the right, `ValidationError` for a span or unit that does not fit.
    """
    access.require(actor, "grant.give")
    selectors.member(actor, user.pk)
    starts_on = starts_on or date.today()
    _check_span(starts_on, ends_on)
    _check_unit(role, unit)
    with transaction.atomic():
        _lock_administrators(actor.university_id)
        grant = _grant_store(actor, user, "grant.give", role, unit, starts_on, ends_on, why)
        _check_administrator_left(actor.university_id)
    return grant


def _grant_store(
    by: Actor, user: User, verb: str, role: str, unit: int | None, starts_on: date, ends_on: date | None, why: str = ""
) -> Grant:
    same = {"user": user, "university_id": by.university_id, "role": role, "unit": unit}
    stored = Grant.objects.filter(**same).first() or Grant(**same)
    with audit.changing(stored, by=by, verb=verb, why=why) as grant:
        grant.starts_on, grant.ends_on = starts_on, ends_on
    return grant


@transaction.atomic
def grant_end(*, actor: Actor, grant: Grant, on: date | None = None, why: str = "") -> Grant:
    """End a grant; `on` is its last day (yesterday, if none is given, so that it ends at once).

    Raises `Http404` for a grant of another university, `Refused` without the right or when no administrator would be left.
    """
    access.require(actor, "grant.end", grant)
    _lock_administrators(actor.university_id)
    with audit.changing(grant, by=actor, verb="grant.end", why=why) as stored:
        stored.ends_on = on or date.today() - timedelta(days=1)
    _check_administrator_left(actor.university_id)
    return stored


def _lock_administrators(university: int) -> None:
    """Two administrators who remove each other at the same moment must not both succeed."""
    db.lock(f"administrators-{university}")


def _check_administrator_left(university: int) -> None:
    if not selectors.lasting_administrators(university).exists():
        raise Refused(_("This would leave the university without an administrator. Give somebody else the role first, without a last day."))


# --- people -----------------------------------------------------------------------------------------------------------------------


@transaction.atomic
def user_deactivate(*, actor: Actor, user: User, why: str = "") -> User:
    """Close an account: it can no longer sign in, its sessions end, its keys to the API stop.

    Raises `Http404` for a person who is no member, `Refused` without the right, for oneself, for a person who also works at another
    university (end their roles here instead), or for the last administrator.
    """
    access.require(actor, "user.deactivate")
    user = selectors.member(actor, user.pk)
    if user.pk == actor.user_id:
        raise Refused(_("You cannot close your own account."))
    if user.grants.exclude(university_id=actor.university_id).exists():
        raise Refused(_("This person also works at another university. End their roles here instead."))
    _lock_administrators(actor.university_id)
    _set_active(actor, user, False, "user.deactivate", why)
    _check_administrator_left(actor.university_id)
    for session in UserSession.objects.filter(user=user):
        session.end()
    return user


@transaction.atomic
def user_reactivate(*, actor: Actor, user: User, why: str = "") -> User:
    """Open a closed account again. Raises `Http404` for a person who is no member, `Refused` without the right."""
    access.require(actor, "user.reactivate")
    user = selectors.member(actor, user.pk)
    if user.grants.exclude(university_id=actor.university_id).exists():
        raise Refused(_("This person also works at another university. Its administrator and you must agree; ask who keeps the installation."))
    _set_active(actor, user, True, "user.reactivate", why)
    return user


def _set_active(actor: Actor, user: User, active: bool, verb: str, why: str) -> None:
    # Recorded by hand: the account is of no university, and its password's digest has no place in a log.
    before, user.is_active = user.is_active, active
    user.save(update_fields=["is_active"])
    audit.record(user, by=actor, verb=verb, why=why, before={"is_active": before}, after={"is_active": active})


def profile_change(*, user: User, **values: str) -> User:
    """Store what a person chose for themselves: name, language, theme. Raises `ValidationError` for a value that does not fit."""
    for field, value in values.items():
        setattr(user, field, value)
    user.clean_fields(exclude=["password", "email"])
    user.save(update_fields=list(values))
    return user


def sessions_end(*, request: HttpRequest, keep_current: bool = True, only: int | None = None) -> int:
    """End sessions of the signed-in person: one by id, all others, or all. Returns how many ended."""
    ended = 0
    for session in UserSession.objects.filter(user_id=request.user.pk):
        current = session.session_key == request.session.session_key
        if (only is not None and session.pk != only) or (current and keep_current):
            continue
        session.end()
        ended += 1
    return ended


# --- keys to the API --------------------------------------------------------------------------------------------------------------


@transaction.atomic
def token_make(*, actor: Actor, name: str, scopes: Sequence[str], expires_on: date) -> tuple[ApiToken, str]:
    """Make a key to the API for the actor at the university they work in.

    scopes: patterns of actions, such as "asset.view" or "*.view"; expires_on: its last day, at most `KEY_LIFE` days ahead. Returns the
    stored key and the key itself, which is shown once. Raises `Refused` without the right, `ValidationError` for a span or an empty scope.
    """
    access.require(actor, "token.make")
    if not scopes:
        raise ValidationError({"scopes": _("Choose what the key may do.")})
    if not date.today() <= expires_on <= date.today() + timedelta(days=KEY_LIFE):
        raise ValidationError({"expires_on": _("Choose a day within the next %(days)s days.") % {"days": KEY_LIFE}})
    key, digest = ApiToken.make()
    blank = ApiToken(
        user_id=actor.user_id, university_id=actor.university_id, name=name, digest=digest, hint=key[:8], scopes=list(scopes), expires_on=expires_on
    )
    with audit.changing(blank, by=actor, verb="token.make") as token:
        pass
    return token, key


@transaction.atomic
def token_revoke(*, actor: Actor, token: ApiToken) -> ApiToken:
    """Stop one of the actor's keys at once. Raises `Http404` for somebody else's."""
    access.require(actor, "token.revoke", token)
    with audit.changing(token, by=actor, verb="token.revoke") as stored:
        stored.revoked_at = stored.revoked_at or timezone.now()
    return stored


# --- universities -----------------------------------------------------------------------------------------------------------------


@transaction.atomic
def university_create(
    *, name: str, short_name: str, administrator: str, country: str = "", timezone: str = "UTC", currency: str = "EUR", language: str = "en"
) -> str:
    """Create a university and invite its first administrator; for who keeps the installation.

    administrator: e-mail address. Returns the link of the invitation. Raises `ValidationError` for a name in use or values that do not fit.
    """
    validate_email(administrator)
    made = University(name=name, short_name=short_name, country=country.upper(), timezone=timezone, currency=currency.upper(), language=language)
    made.full_clean()
    check_timezone(timezone)
    made.save()
    keeper = access.system(made, _("Keeper of the installation"))
    audit.record(made, by=keeper, verb="university.create", before={}, after=audit.values_of(made))
    with scope.use(made):
        _invitation, link = invite(actor=keeper, email=administrator, role=Role.ADMINISTRATOR)
    return link


@transaction.atomic
def keeper_choose(*, email: str, keeps: bool) -> User:
    """Say whether somebody looks after the installation; for who has its command line. Raises `Refused` for an address without an account."""
    user = User.objects.filter(email=email.strip().lower()).first()
    if user is None:
        raise Refused(_("Nobody here has this address."))
    user.is_installer = keeps
    user.save(update_fields=["is_installer"])
    return user


@transaction.atomic
def university_change(*, actor: Actor, **values: str) -> University:
    """Change the university's own particulars (name, short name, country, time zone, currency, language)."""
    access.require(actor, "university.configure")
    check_timezone(values.get("timezone", "UTC"))
    with audit.changing(University.objects.get(pk=actor.university_id), by=actor, verb="university.change") as university:
        for field, value in values.items():
            setattr(university, field, value)
    return university


def check_timezone(name: str) -> None:
    """Raise `ValidationError` for a time zone that does not exist."""
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as fault:
        raise ValidationError({"timezone": _("This time zone does not exist; an example is Europe/Amsterdam.")}) from fault


@transaction.atomic
def settings_choose(*, actor: Actor, kind: str, values: dict[str, Any]) -> list[str]:
    """Store chosen settings of a kind ("university" or "user"); returns the keys that changed.

    Raises `Refused` when a person without the right chooses for the university, `ValidationError` by key for values that do not fit.
    """
    if kind == "university":
        access.require(actor, "university.configure")
    changed, faults = [], {}
    for key, value in values.items():
        if value == preferences.get(key, university=actor.university_id, user=actor.user_id):
            continue
        try:
            preferences.choose(key, value, actor=actor)
            changed.append(key)
        except ValidationError as fault:
            faults[key] = fault.messages
    if faults:
        raise ValidationError(faults)
    return changed


# --- work in the background -------------------------------------------------------------------------------------------------------


@transaction.atomic
def job_retry(*, actor: Actor, job: Job) -> bool:
    """Queue a failed job of the actor's university again, with all its tries; whether it had failed. Raises `Refused` without the right."""
    access.require(actor, "work.retry", job)
    queued = jobs.again(job.pk)
    if queued:
        audit.record(job, by=actor, verb="work.retry", before={"state": Job.State.FAILED}, after={"state": Job.State.QUEUED})
    return queued


def messages_retry(*, actor: Actor) -> int:
    """Try every undelivered message of the actor's university again; returns how many. Raises `Refused` without the right."""
    access.require(actor, "work.retry")
    return outbox.retry(outbox.failing(actor.university_id))
