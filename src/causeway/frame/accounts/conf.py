"""Settings of signing in, as plain names that `config.settings` takes over."""

from datetime import timedelta

from environs import Env

_env = Env()

AUTHENTICATION_BACKENDS = ["causeway.frame.accounts.backend.Backend"]
#: A link to a new password works for an hour and once.
PASSWORD_RESET_TIMEOUT = 3600
#: How long an invitation may be accepted.
INVITATION_LIFE = timedelta(days=7)

ACCOUNT_ADAPTER = "causeway.frame.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS = 1
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
#: Who has no account gets no letter about it: anybody may type anybody's address.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
#: Who holds the link has the mailbox; a second factor is asked for all the same. So one gets in while strangers use up the attempts.
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_FORMS = {
    "login": "causeway.frame.accounts.forms.SignInForm",
    "reset_password": "causeway.frame.accounts.forms.RecoverForm",
    "change_password": "causeway.frame.accounts.forms.ChangePasswordForm",
    "set_password": "causeway.frame.accounts.forms.SetPasswordForm",
    "reset_password_from_key": "causeway.frame.accounts.forms.RecoverKeyForm",
    "reauthenticate": "causeway.frame.accounts.forms.ReauthenticateForm",
    "add_email": "causeway.frame.accounts.forms.ChangeAddressForm",
}
#: amount/duration/per (an address of the network, a user, or what was typed); counted in the cache that all processes share.
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "reset_password": "20/m/ip,5/h/key",
    "reset_password_from_key": "20/m/ip",
    "change_password": "5/m/user",
    "manage_email": "10/m/user",
    "reauthenticate": "10/m/user",
    "invitation": "20/m/ip",
}

MFA_ADAPTER = "causeway.frame.accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Causeway"
#: One step of 30 seconds before and after, for clocks that are not quite right.
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "add_webauthn": "causeway.frame.accounts.forms.AddPasskeyForm",
    "login_webauthn": "causeway.frame.accounts.forms.PasskeyForm",
    "authenticate_webauthn": "causeway.frame.accounts.forms.PasskeyAfterForm",
    "reauthenticate_webauthn": "causeway.frame.accounts.forms.PasskeyAgainForm",
    "authenticate": "causeway.frame.accounts.forms.SecondFactorForm",
    "reauthenticate": "causeway.frame.accounts.forms.SecondFactorAgainForm",
    "activate_totp": "causeway.frame.accounts.forms.ActivateAppForm",
}

#: How many reverse proxies of ours stand in front; their X-Forwarded-For and X-Forwarded-Proto are believed, nobody else's.
ALLAUTH_TRUSTED_PROXY_COUNT = _env.int("CAUSEWAY_PROXIES", 0)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ALLAUTH_TRUSTED_PROXY_COUNT else None
#: Two screens of the same browser must not reach into each other.
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
