"""Devices: their names, coarsely ("Firefox on Windows"), and the sign by which one is known that an account was signed in from before."""

from __future__ import annotations

import hashlib
import secrets

from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

#: Looked for in this order: browsers carry each other's names.
BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("CriOS", "Chrome"), ("Safari", "Safari"), ("curl", "curl"))
SYSTEMS = (
    ("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Mac OS X", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


def name(agent: str) -> str:
    """Browser and system in a few words."""
    browser = next((label for mark, label in BROWSERS if mark in agent), "")
    system = next((label for mark, label in SYSTEMS if mark in agent), "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Unknown device")


COOKIE, _SALT = "device", "causeway.accounts.device"
#: A year, from the last signing in.
_SECONDS = 365 * 86400


def known(request: HttpRequest, email: str) -> str:
    """The number of a device on which the account of an address was signed in before; empty for any other device."""
    try:
        whose, number = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=_SECONDS)
    except (signing.BadSignature, ValueError):
        return ""
    return number if whose == _digest(email) else ""


def remember(request: HttpRequest, response: HttpResponseBase, email: str) -> None:
    """Know the device again for the account of an address, where failures of strangers do not count."""
    kept = signing.dumps([_digest(email), known(request, email) or secrets.token_hex(16)], salt=_SALT)
    response.set_cookie(COOKIE, kept, max_age=_SECONDS, path="/accounts/", secure=request.is_secure(), httponly=True, samesite="Lax")


def _digest(email: str) -> str:
    return hashlib.sha256(email.lower().encode()).hexdigest()
