"""Letters about accounts: rendered in the reader's language, sealed in the job queue, sent by the worker.

Sending in the request would tell by its duration whether an address has an account.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.core.mail import EmailMessage, send_mail
from django.template.loader import render_to_string
from django.utils import translation

from causeway.frame import jobs
from causeway.frame.accounts import secrets

#: Backends whose letters stay on this machine.
STAYING = ("console", "dummy", "filebased")


def absolute(path: str) -> str:
    """The address of a path for use in a letter: of the installation, never of the request, whose host others may choose."""
    return urljoin(settings.BASE_URL, path)


def leaves_house() -> bool:
    """Whether letters are really sent; if not, an administrator must hand links over in person."""
    return not any(f".{name}." in settings.EMAIL_BACKEND for name in STAYING)


def send(to: str, template: str, context: dict[str, Any], language: str = "") -> None:
    """Queue the letter `{template}_subject.txt`, `{template}_message.txt`; part of the caller's transaction."""
    with translation.override(language or translation.get_language() or settings.LANGUAGE_CODE):
        subject = " ".join(render_to_string(f"{template}_subject.txt", context).split())
        body = render_to_string(f"{template}_message.txt", context).strip() + "\n"
    queue(to, subject, body)


def queue_message(message: EmailMessage) -> None:
    """Queue a rendered letter."""
    for to in message.to:
        queue(to, str(message.subject), str(message.body))


def queue(to: str, subject: str, body: str) -> None:
    """Queue a letter of plain text."""
    jobs.start("accounts.mail", sealed=secrets.seal(json.dumps([to, subject, body])))


def deliver(sealed: str) -> None:
    """Send a queued letter now; called by the job."""
    to, subject, body = json.loads(secrets.unseal(sealed))
    send_mail(subject, body, settings.DEFAULT_FROM_EMAIL, [to])
