"""Forms of signing in (allauth's, in our words) and of administration."""

from __future__ import annotations

import struct
from datetime import date, timedelta
from typing import Any

from allauth.account import forms as account
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa import app_settings as mfa
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as factor
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from causeway.frame import access, preferences, webhooks
from causeway.frame.access import Actor
from causeway.frame.accounts import units
from causeway.frame.models import Role, University, User
from causeway.frame.preferences import Preference
from causeway.frame.words import act_words

PASSWORD_HELP = _("At least 12 characters. Four words in a row are easy to remember and hard to guess.")


class Worded:
    """Gives a form of allauth our labels and takes its placeholders away."""

    labels: dict[str, Any] = {}
    helps: dict[str, Any] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():  # type: ignore[attr-defined]
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name, field.label)
            field.help_text = self.helps.get(name, "")


class SignInForm(Worded, account.LoginForm):
    labels = {"login": _("E-mail"), "password": _("Password")}


class RecoverForm(Worded, account.ResetPasswordForm):
    labels = {"email": _("E-mail")}


class RecoverKeyForm(Worded, account.ResetPasswordKeyForm):
    labels = {"password1": _("New password"), "password2": _("New password, again")}
    helps = {"password1": PASSWORD_HELP}


class ChangePasswordForm(Worded, account.ChangePasswordForm):
    labels = {"oldpassword": _("Current password"), "password1": _("New password"), "password2": _("New password, again")}
    helps = {"password1": PASSWORD_HELP}


class SetPasswordForm(Worded, account.SetPasswordForm):
    labels = {"password1": _("New password"), "password2": _("New password, again")}
    helps = {"password1": PASSWORD_HELP}


class ReauthenticateForm(Worded, account.ReauthenticateForm):
    labels = {"password": _("Password")}


class ChangeAddressForm(Worded, account.AddEmailForm):
    labels = {"email": _("New address")}


class Once:
    """Takes a code of an app once for as long as it holds; allauth forgets it after one step, while our tolerance lets it hold for three."""

    def clean_code(self) -> str:
        code = super().clean_code()  # type: ignore[misc]
        seconds = mfa.TOTP_PERIOD * (2 * mfa.TOTP_TOLERANCE + 1)
        if not cache.add(f"causeway.code:{self.user.pk}:{normalize_user_code(code)}", 1, seconds):  # type: ignore[attr-defined]
            raise get_adapter().validation_error("incorrect_code")
        return code


class SecondFactorForm(Once, Worded, factor.AuthenticateForm):
    labels = {"code": _("Code")}
    helps = {"code": _("From your authenticator app, or one of your recovery codes.")}


class SecondFactorAgainForm(Once, Worded, factor.ReauthenticateForm):
    labels = SecondFactorForm.labels
    helps = SecondFactorForm.helps


class ActivateAppForm(Once, Worded, ActivateTOTPForm):
    labels = {"code": _("Code shown by the app")}


#: What reading an answer that no passkey gave may end in; anybody may post anything.
ODD = (ValueError, KeyError, IndexError, TypeError, AttributeError, struct.error)


class _Answer(forms.JSONField):
    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except RecursionError as fault:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from fault

    def bound_data(self, data: Any, initial: Any) -> Any:
        return initial  # an answer holds once, and is not shown again


class Answered:
    """Says of an answer that is of no passkey of the person, or of none at all, that it is not, where allauth speaks of a code or stumbles."""

    unknown = _("This passkey is not known here. Use another one, or sign in with the password; whoever forgot it gets a link by mail.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["credential"] = _Answer(widget=forms.HiddenInput, error_messages={"invalid": self.unknown, "required": self.unknown})  # type: ignore[attr-defined]

    def clean_credential(self) -> Any:
        theirs = getattr(super(), "clean_credential", lambda: self.cleaned_data["credential"])  # type: ignore[attr-defined]
        return self._judged(theirs)

    def clean(self) -> Any:
        return self._judged(super().clean)  # type: ignore[misc]

    def _judged(self, theirs: Any) -> Any:
        try:
            return theirs()
        except ValidationError as fault:
            if fault.code != "incorrect_code":
                raise
            raise ValidationError(self.unknown, code="unknown") from fault
        except ODD as fault:
            raise ValidationError(self.unknown, code="unknown") from fault


class PasskeyForm(Answered, webauthn.LoginWebAuthnForm):
    pass


class PasskeyAfterForm(Answered, webauthn.AuthenticateWebAuthnForm):
    pass


class PasskeyAgainForm(Answered, webauthn.ReauthenticateWebAuthnForm):
    pass


class AddPasskeyForm(Answered, Worded, webauthn.AddWebAuthnForm):
    unknown = _("This passkey could not be added. Try it once more.")
    labels = {"name": _("Name"), "passwordless": _("Sign in with this passkey alone")}
    helps = {
        "name": _("To tell your passkeys apart, for example: work laptop."),
        "passwordless": _("The device then asks for a fingerprint, a face or its PIN. Without this, the passkey comes after the password."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["passwordless"].initial = True


# --- invitations and members ------------------------------------------------------------------------------------------------------


def _day(**kwargs: Any) -> forms.DateField:
    return forms.DateField(widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **kwargs)


class AcceptForm(forms.Form):
    """A new person's name and password; the password may be left out for a passkey."""

    name = forms.CharField(label=_("Name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = forms.CharField(
        label=_("Password"), strip=False, required=False, help_text=PASSWORD_HELP, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def __init__(self, *args: Any, passkey: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].required = not passkey
        if passkey:
            del self.fields["password"]


class GrantForm(forms.Form):
    """A role with its days and, where units are known, the unit it is limited to, for the roles that can be."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    unit = forms.TypedChoiceField(
        label=_("Only in the unit"), required=False, coerce=int, empty_value=None,
        help_text=_("For the office, directors and auditors: they then see and work on the records of the unit and of those below it, and on no others. Leave empty for the whole university."),
    )
    starts_on = _day(label=_("From"), initial=date.today)
    ends_on = _day(label=_("Last day"), required=False, help_text=_("Leave empty if the role has no end."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if known := units.names():
            self.fields["unit"].choices = [("", "—"), *known.items()]  # type: ignore[attr-defined]
        else:
            del self.fields["unit"]


class InviteForm(GrantForm):
    """Whom to invite, to what."""

    email = forms.EmailField(label=_("E-mail"))
    name = forms.CharField(label=_("Name"), max_length=200, required=False)
    field_order = ["email", "name", "role"]


class GrantEndForm(forms.Form):
    """When a grant ends, and why."""

    when = forms.ChoiceField(label=_("End"), choices=[("now", _("at once")), ("on", _("after its last day"))], initial="now", widget=forms.RadioSelect)
    on = _day(label=_("Last day"), required=False)
    why = forms.CharField(label=_("Reason"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("when") == "on" and not cleaned.get("on"):
            self.add_error("on", _("Enter the last day."))
        if cleaned.get("when") == "now":
            cleaned["on"] = None
        return cleaned


class ReasonForm(forms.Form):
    """Why an account is closed or opened."""

    why = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


# --- settings, keys, the log --------------------------------------------------------------------------------------------------------


class UniversityForm(forms.ModelForm):
    """The university's own particulars."""

    class Meta:
        model = University
        fields = ["name", "short_name", "country", "timezone", "currency", "language"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"] = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)


class Lines(forms.CharField):
    """A list of texts, one to a line."""

    widget = forms.Textarea(attrs={"rows": 4})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return [line.strip() for line in (value or "").splitlines() if line.strip()]


def _field(preference: Preference) -> forms.Field:
    """The field in which a declared setting is typed."""
    common: dict[str, Any] = {"label": preference.label, "help_text": preference.help}
    if preference.choices:
        return forms.TypedChoiceField(choices=preference.choices, coerce=lambda value: preference.type(value), **common)
    if preference.type is bool:
        return forms.BooleanField(required=False, **common)
    if preference.type is int:
        return forms.IntegerField(**common)
    if preference.type is list:
        return Lines(required=False, **common)
    if preference.type is dict:
        return forms.JSONField(required=False, **common)
    return forms.CharField(required=False, **common)


class SettingsForm(forms.Form):
    """Every declared setting of a kind, typed, with the value in force."""

    def __init__(self, *args: Any, kind: str, actor: Actor | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.keys: dict[str, str] = {}
        for preference in preferences.declared(kind) if actor else []:
            name = preference.key.replace(".", "_")
            self.keys[name] = preference.key
            self.fields[name] = _field(preference)
            self.fields[name].initial = preferences.get(preference.key, university=actor.university_id, user=actor.user_id)

    def values(self) -> dict[str, Any]:
        """The chosen values by key."""
        return {self.keys[name]: self.cleaned_data[name] for name in self.keys}


class ProfileForm(forms.ModelForm):
    """What a person chooses for themselves."""

    class Meta:
        model = User
        fields = ["name", "language", "theme"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("as the browser")), *settings.LANGUAGES]
        self.fields["language"] = forms.ChoiceField(label=_("Language"), choices=choices, required=False)


class KeyForm(forms.Form):
    """A key to the API: its name, what it may do, until when."""

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("What uses the key, for example: nightly export."))
    reach = forms.ChoiceField(
        label=_("May do"),
        choices=[("read", _("read what I may read")), ("all", _("do whatever I may do")), ("some", _("do only the acts chosen below"))],
        initial="read",
        widget=forms.RadioSelect,
    )
    acts = forms.MultipleChoiceField(label=_("Acts"), required=False, widget=forms.CheckboxSelectMultiple)
    expires_on = _day(label=_("Last day"), initial=lambda: date.today() + timedelta(days=90))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = [action for action in access.may_choose(actor) if not action.startswith("token.")]
        groups: dict[str, list[tuple[str, str]]] = {}
        for action in sorted(mine, key=lambda one: not one.endswith(".view")):
            thing, act = act_words(action)
            groups.setdefault(thing, []).append((action, act))
        self.fields["acts"].choices = sorted(groups.items())  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("reach") == "some" and not cleaned.get("acts"):
            self.add_error("acts", _("Choose at least one act."))
        return cleaned

    def scopes(self) -> list[str]:
        """The patterns of actions the key gets."""
        return {"read": ["*.view"], "all": ["*"]}.get(self.cleaned_data["reach"], self.cleaned_data["acts"])


class WebhookForm(forms.Form):
    """An address outside and the events it is told of."""

    url = forms.URLField(label=_("Address"), max_length=500, assume_scheme="https", help_text=_("Begins with https:// and is reached from the internet."))
    topics = forms.MultipleChoiceField(label=_("Events"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("*", _("everything, also what is added later")), *webhooks.declared().items()]
        self.fields["topics"].choices = choices  # type: ignore[attr-defined]


class LogForm(forms.Form):
    """What to look for in the audit log."""

    verb = forms.CharField(label=_("Act"), max_length=80, required=False, help_text=_("Its beginning, such as asset."))
    person = forms.TypedChoiceField(label=_("Who"), required=False, coerce=int, empty_value=None)
    label = forms.CharField(widget=forms.HiddenInput, max_length=80, required=False)
    object_id = forms.IntegerField(widget=forms.HiddenInput, required=False)
    start = _day(label=_("From"), required=False)
    end = _day(label=_("To"), required=False)

    def __init__(self, *args: Any, people: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = [("", _("anybody")), *people]  # type: ignore[attr-defined]
