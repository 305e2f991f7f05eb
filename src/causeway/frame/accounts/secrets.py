"""Keeps short secrets sealed in the database: keys of authenticator apps, letters with links that wait to be sent."""

from __future__ import annotations

import base64
import hashlib

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


def _box() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"causeway.accounts:{key}".encode()).digest())) for key in keys])


def seal(text: str) -> str:
    """The text, readable only with the installation's secret key."""
    return _box().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """The text that was sealed. Raises `cryptography.fernet.InvalidToken` when the secret key is another one."""
    return _box().decrypt(sealed.encode()).decode()
