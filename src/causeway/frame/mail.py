"""Letters to people: in the receiver's language, as text and HTML, sent after commit by the outbox; neither address nor text is logged or kept.

A letter is three templates: `{name}_subject.txt`, `{name}_message.txt` and, where it wants its own, `{name}_message.html` (else the HTML is
made from the text). Letters with keys in them go through `accounts.mail`, which seals them.
"""

from __future__ import annotations

import smtplib
from datetime import timedelta
from email.utils import formataddr
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.template import TemplateDoesNotExist
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils import timezone, translation
from django.utils.html import linebreaks, urlize

from causeway.frame import access, outbox, preferences, scope
from causeway.frame.access import Actor
from causeway.frame.models import Grant, OutboxMessage, University, User

TOPIC = "mail"
_SALT = "causeway.mail.unsubscribe"
#: A link to stop a kind of letter works for so long.
LINK_LIFE = timedelta(days=180)

#: How a letter looks: mail programs drop style sheets, so each element gets its own. By tag, or ".class" as the template names it.
STYLE = {
    "body": "margin:0;padding:24px;background:#ffffff;color:#1c2126;font:16px/1.5 system-ui,-apple-system,'Segoe UI',sans-serif",
    "h1": "font-size:20px;line-height:1.3;margin:0 0 16px",
    "h2": "font-size:16px;margin:24px 0 8px",
    "p": "margin:0 0 16px",
    "a": "color:#0b5a75",
    "table": "border-collapse:collapse;margin:0 0 16px",
    "th": "text-align:left;padding:4px 16px 4px 0;border-bottom:1px solid #cfccc3",
    "td": "padding:4px 16px 4px 0;border-bottom:1px solid #e4e2db;vertical-align:top",
    ".button": "display:inline-block;padding:10px 16px;background:#0b5a75;color:#ffffff;text-decoration:none;border-radius:6px",
    ".late": "color:#a8231b;font-weight:600",
    ".quiet": "color:#65686c;font-size:14px",
}


def send(*, to: User | str, template: str, context: dict[str, Any], language: str = "", stop: str = "") -> OutboxMessage:
    """Send a letter after the caller's transaction.

    to: a user, or an address; template: the name the three templates share; language: of an address (a user's own goes before it);
    stop: the key of the user's setting that stops such letters, for summaries: it gives the letter a link and the headers by which mail
    programs offer to stop it.
    """
    user = to if isinstance(to, User) else None
    link = stop_link(user, stop) if user and stop else ""
    with translation.override(language_of(user, language)), timezone.override(_timezone()):
        values = {"user": user, "base_url": settings.BASE_URL, "stop_url": link} | context
        letter = {
            "to": formataddr((user.name, user.email)) if user else str(to),
            "subject": " ".join(render_to_string(f"{template}_subject.txt", values).split()),
            "text": render_to_string(f"{template}_message.txt", values).strip() + "\n",
            "language": translation.get_language(),
            "stop": link,
        }
        letter["html"] = styled(_html(template, values, letter["text"]), letter["language"])
    return outbox.put(TOPIC, letter)


def language_of(user: User | None, fallback: str = "") -> str:
    """The language a person is written to: their own, else the one given, else their university's, else the installation's."""
    if user and user.language:
        return user.language
    university = _university()
    return fallback or (university.language if university else "") or settings.LANGUAGE_CODE


def _university() -> University | None:
    return University.objects.filter(pk=scope.current_or_none()).first()


def _timezone() -> str:
    university = _university()
    return university.timezone if university else settings.TIME_ZONE


def _html(template: str, values: dict[str, Any], text: str) -> str:
    try:
        return render_to_string(f"{template}_message.html", values)
    except TemplateDoesNotExist:
        return linebreaks(urlize(text, autoescape=True))


def styled(body: str, language: str = "en") -> str:
    """The body of a letter as a whole page with its looks on each element."""
    from lxml import html  # only a process that sends letters needs it

    page = html.document_fromstring(f'<html lang="{language}"><head><meta charset="utf-8"></head><body>{body}</body></html>')
    for element in page.iter(html.etree.Element):
        names = [element.tag, *(f".{one}" for one in element.get("class", "").split())]
        if looks := ";".join(STYLE[name] for name in names if name in STYLE):
            element.set("style", looks)
            element.attrib.pop("class", None)
    return html.tostring(page, encoding="unicode", doctype="<!doctype html>")


@outbox.topic(TOPIC)
def _deliver(message: OutboxMessage) -> None:
    try:
        _letter(message).send()
    except smtplib.SMTPException as fault:
        raise outbox.Failed(_words(fault)) from None
    # What was sent is not kept.
    message.payload = {}


def _letter(message: OutboxMessage) -> EmailMultiAlternatives:
    kept = message.payload
    host = urlsplit(settings.BASE_URL).hostname or "localhost"
    # The same at every attempt, so that a letter that comes twice is known as one.
    headers = {"Message-ID": f"<causeway-{message.pk}-{int(message.created_at.timestamp())}@{host}>", "Content-Language": kept["language"]}
    headers |= {"Auto-Submitted": "auto-generated"}
    if kept["stop"]:
        headers |= {"List-Unsubscribe": f"<{kept['stop']}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    letter = EmailMultiAlternatives(kept["subject"], kept["text"], settings.DEFAULT_FROM_EMAIL, [kept["to"]], headers=headers)
    letter.attach_alternative(kept["html"], "text/html")
    return letter


def _words(fault: smtplib.SMTPException) -> str:
    """What the mail server answered, by its number: its words hold the address."""
    code = getattr(fault, "smtp_code", None)
    if isinstance(fault, smtplib.SMTPRecipientsRefused):
        code = next(iter(fault.recipients.values()))[0]
    return f"{type(fault).__name__} {code or ''}".strip()


# --- stopping --------------------------------------------------------------------------------------------------------------------


def stop_link(user: User, setting: str) -> str:
    """The address that stops letters of a kind for a person, without signing in."""
    try:
        path = reverse("mail_stop", args=[signing.dumps([user.pk, setting], salt=_SALT)])
    except NoReverseMatch:
        return ""
    return urljoin(settings.BASE_URL, path)


def stop(key: str) -> bool:
    """Stop letters of a kind for the person a link was made for; whether the link was good."""
    try:
        pk, setting = signing.loads(key, salt=_SALT, max_age=LINK_LIFE)
    except signing.BadSignature:
        return False
    grant = Grant.objects.filter(user_id=pk).order_by("pk").select_related("user").first()
    if grant is None:
        return False
    actor: Actor = access.actor_of(grant.user, grant.university_id) or Actor(pk, grant.user.name, grant.university_id)
    with scope.use(grant.university_id):
        preferences.choose(setting, "none", actor=actor)
    return True
