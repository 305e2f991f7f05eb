"""Checks e-mail and password; demonstration accounts pass on this machine alone, and fail elsewhere as if the password were wrong."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest

from causeway.frame.middleware import from_here


class Backend(AuthenticationBackend):
    """allauth's backend (which spends the same time on unknown addresses) with the rule for demonstration accounts."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> AbstractBaseUser | None:
        user = super().authenticate(request, **credentials)
        if user is not None and getattr(user, "demo", False) and (request is None or not from_here(request)):
            return None
        return user
