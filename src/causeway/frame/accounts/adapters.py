"""What allauth asks of us: nobody signs themselves up, letters go through the queue, links carry the installation's own address."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core import context as current
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from causeway.frame.accounts import devices, limits, mail, secrets
from causeway.frame.middleware import from_here


class AccountAdapter(DefaultAccountAdapter):
    """Signing in, recovering, changing the address."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This account is closed."),
        "email_password_mismatch": _("E-mail and password do not belong together."),
        "enter_current_password": _("Enter your current password."),
        "incorrect_password": _("This is not your password."),
        "incorrect_code": _("This code is not right, or it has run out."),
        "too_many_login_attempts": _("Too many attempts. Wait five minutes, then try again."),
        "rate_limited": _("Too many attempts. Wait five minutes, then try again."),
        "email_taken": _("This address cannot be used."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError as fault:
            keys = [self._get_login_attempts_cache_key(request, **credentials)]
            raise ImmediateHttpResponse(limits.too_many(request, keys)) from fault

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Failures count per address typed; on a device its account was signed in from before, apart, so that strangers lock nobody out of their own."""
        key = super()._get_login_attempts_cache_key(request, **credentials)
        return f"{key}:{number}" if (number := devices.known(request, credentials.get("email", ""))) else key

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> HttpResponse:
        response = super().post_login(request, user, **kwargs)
        devices.remember(request, response, user.email)  # type: ignore[attr-defined]
        return response

    def pre_login(self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> HttpResponse | None:
        if user.demo and not from_here(request):  # type: ignore[attr-defined]
            messages.error(request, say("Demonstration accounts sign in on the machine itself only."))
            return HttpResponseRedirect(reverse("account_login"))
        _confirmed(user)
        return super().pre_login(request, user, **kwargs)

    def reauthenticate(self, user: AbstractBaseUser, password: str) -> bool:
        found = self.authenticate(current.request, email=user.email, password=password)  # type: ignore[attr-defined]
        return found is not None and found.pk == user.pk

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Render in the reader's language and queue."""
        language = getattr(context.get("user"), "language", "") or translation.get_language() or settings.LANGUAGE_CODE
        with translation.override(language):
            rendered = self.render_mail(template_prefix, email, {"email": email, "base_url": settings.BASE_URL} | context)
        mail.queue_message(rendered)

    def send_notification_mail(self, template_prefix: str, user: AbstractBaseUser, context: Any = None, email: str | None = None) -> None:
        """Tell a person of a change to their account; without the network address that allauth would put in."""
        if to := email or user.email:  # type: ignore[attr-defined]
            self.send_mail(template_prefix, to, {"user": user} | (context or {}))

    def get_reset_password_from_key_url(self, key: str) -> str:
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return mail.absolute(path.replace("UID-KEY", key))

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        return mail.absolute(reverse("account_confirm_email", args=[emailconfirmation.key]))


def _confirmed(user: Any) -> None:
    """Accounts are made by invitation or by the keeper, so the address they were made with counts as confirmed."""
    if not EmailAddress.objects.filter(user=user).exists():
        EmailAddress(user=user, email=user.email, verified=True, primary=True).save()


class SecondFactorAdapter(DefaultMFAAdapter):
    """Second factors: their keys lie sealed in the database."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("This code is not right, or it has run out."),
        "cannot_generate_recovery_codes": _("Set up an authenticator app or a passkey first."),
    }

    def encrypt(self, text: str) -> str:
        return secrets.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return secrets.unseal(encrypted_text)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return super().get_public_key_credential_rp_entity() | {"name": "Causeway"}

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Any) -> str:
        count = user.authenticator_set.filter(type=type).count()  # type: ignore[attr-defined]
        return say("Passkey %(number)s") % {"number": count + 1}
