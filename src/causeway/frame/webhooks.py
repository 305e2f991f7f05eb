"""Telling addresses outside of events: signed as Standard Webhooks asks, tried again for days, each attempt kept."""

from __future__ import annotations

import base64
import fnmatch
import json
import secrets as random
import time
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from standardwebhooks.webhooks import Webhook as Signer

from causeway import __version__
from causeway.frame import access, audit, conf, outbox, scope
from causeway.frame.access import Actor
from causeway.frame.accounts import secrets
from causeway.frame.models import OutboxMessage, Role, Webhook, WebhookDelivery

TOPIC = "webhook"
#: The event of the test call.
TEST = "test"
#: How long calls are signed with the key before, too, after a new one was made.
OVERLAP = timedelta(days=1)

_declared: dict[str, Any] = {}

for _verb in ("view", "create", "update", "rotate", "disable", "enable", "test"):
    access.allow(f"webhook.{_verb}", Role.ADMINISTRATOR)
access.sees(Webhook, lambda actor, webhooks: webhooks if actor.has(Role.ADMINISTRATOR) else webhooks.none())
access.sees(WebhookDelivery, lambda actor, deliveries: deliveries if actor.has(Role.ADMINISTRATOR) else deliveries.none())


# --- events ----------------------------------------------------------------------------------------------------------------------


def declare(event: str, label: Any) -> None:
    """Let webhooks be told of an event. event: such as "asset.abandoned"; label: what people read."""
    _declared[event] = label


def declared() -> dict[str, Any]:
    """Every event webhooks can be told of, with its label."""
    return dict(sorted(_declared.items()))


def tell(event: str, data: dict[str, Any]) -> int:
    """Tell the webhooks of the university in scope of an event, after the caller's transaction; returns how many.

    data: what is told, values JSON knows: ids, references and days rather than personal data, since it leaves the house.
    Raises LookupError for an event that was not declared.
    """
    if event not in _declared:
        raise LookupError(f"Nobody declared the event {event}.")
    told = [webhook for webhook in Webhook.objects.filter(active=True) if _wants(webhook, event)]
    message = _message(event, data)
    for webhook in told:
        outbox.put(TOPIC, {"webhook": webhook.pk, **message})
    return len(told)


def _wants(webhook: Webhook, event: str) -> bool:
    return any(fnmatch.fnmatchcase(event, pattern) for pattern in webhook.topics)


def _message(event: str, data: dict[str, Any]) -> dict[str, str]:
    """The message of an event; its text is made once, so that every attempt signs and sends the same."""
    told = {"type": event, "timestamp": timezone.now().isoformat(), "data": data}
    return {"id": f"msg_{uuid.uuid4().hex}", "event": event, "body": json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False)}


# --- calls -----------------------------------------------------------------------------------------------------------------------


@outbox.topic(TOPIC)
def _deliver(message: OutboxMessage) -> None:
    told = message.payload
    webhook = Webhook.objects.filter(pk=told["webhook"], active=True).first()
    if webhook is None:
        return
    done = _call(webhook, told)
    if done.status == 410:
        _gone(webhook)
    elif not _taken(done):
        raise outbox.Failed(done.error or f"HTTP {done.status}")


def _taken(done: WebhookDelivery) -> bool:
    return done.status is not None and 200 <= done.status < 300


def _call(webhook: Webhook, told: dict[str, str]) -> WebhookDelivery:
    """Call a webhook once and keep how it went."""
    from causeway.frame import calling  # brings an HTTP client, which only a process that calls needs

    done = WebhookDelivery(university_id=webhook.university_id, webhook=webhook, message_id=told["id"], topic=told["event"])
    began = time.perf_counter()
    try:
        _check_scheme(webhook.url)
        done.status = calling.post(webhook.url, headers(webhook, told["id"], told["body"]), told["body"].encode())
    except (calling.NotCalled, ValidationError) as fault:
        done.error = fault.messages[0] if isinstance(fault, ValidationError) else str(fault)
    done.milliseconds = round((time.perf_counter() - began) * 1000)
    done.save()
    return done


def headers(webhook: Webhook, message_id: str, body: str, at: datetime | None = None) -> dict[str, str]:
    """The headers of a call: id, time, and a signature for each key in force (https://www.standardwebhooks.com, version 1)."""
    now = at or timezone.now()
    return {
        "content-type": "application/json",
        "user-agent": f"Causeway/{__version__}",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(Signer(key).sign(message_id, now, body) for key in _keys(webhook, now)),
    }


def _gone(webhook: Webhook) -> None:
    """An address that answers 410 asks not to be called again."""
    by = access.system(webhook.university_id)
    with audit.changing(webhook, by=by, verb="webhook.disable", why=_("The address answered that it is gone (410).")) as stored:
        stored.active = False


# --- keys ------------------------------------------------------------------------------------------------------------------------


def _keys(webhook: Webhook, now: datetime) -> list[str]:
    """The signing keys in force, the newest first."""
    kept = json.loads(secrets.unseal(webhook.secret))
    if kept.get("before") and now < datetime.fromisoformat(kept["until"]):
        return [kept["now"], kept["before"]]
    return [kept["now"]]


def _new_key() -> str:
    return "whsec_" + base64.b64encode(random.token_bytes(24)).decode()


def _sealed(**kept: str) -> str:
    return secrets.seal(json.dumps(kept))


# --- services --------------------------------------------------------------------------------------------------------------------


def webhook_create(*, actor: Actor, url: str, topics: Sequence[str]) -> tuple[Webhook, str]:
    """Tell an address of events from now on. topics: events, or patterns such as "asset.*" and "*".

    Returns the webhook and its signing key, which is not shown again. Raises `Refused` without the right, `ValidationError` by field.
    """
    access.require(actor, "webhook.create")
    key = _new_key()
    with audit.changing(Webhook(secret=_sealed(now=key)), by=actor, verb="webhook.create") as made:
        made.url, made.topics = _checked_url(url), _checked_topics(topics)
    return made, key


def webhook_update(*, actor: Actor, webhook: Webhook, url: str, topics: Sequence[str], revision: int | None = None) -> Webhook:
    """Change the address or the events of a webhook."""
    access.require(actor, "webhook.update", webhook)
    with audit.changing(webhook, by=actor, verb="webhook.update", revision=revision) as stored:
        stored.url, stored.topics = _checked_url(url), _checked_topics(topics)
    return stored


def webhook_rotate(*, actor: Actor, webhook: Webhook) -> tuple[Webhook, str]:
    """Give a webhook a new signing key, returned once; for a day calls carry the signature of the key before, too."""
    access.require(actor, "webhook.rotate", webhook)
    key, now = _new_key(), timezone.now()
    with audit.changing(webhook, by=actor, verb="webhook.rotate") as stored:
        stored.secret = _sealed(now=key, before=_keys(stored, now)[0], until=(now + OVERLAP).isoformat())
    return stored, key


def webhook_disable(*, actor: Actor, webhook: Webhook, why: str = "") -> Webhook:
    """Call a webhook no more; what waits for it is dropped when its turn comes."""
    return _switch(actor, webhook, "webhook.disable", False, why)


def webhook_enable(*, actor: Actor, webhook: Webhook, why: str = "") -> Webhook:
    """Call a webhook again."""
    return _switch(actor, webhook, "webhook.enable", True, why)


@transaction.atomic
def _switch(actor: Actor, webhook: Webhook, verb: str, active: bool, why: str) -> Webhook:
    access.require(actor, verb, webhook)
    with audit.changing(webhook, by=actor, verb=verb, why=why) as stored:
        stored.active = active
    return stored


def webhook_test(*, actor: Actor, webhook: Webhook) -> WebhookDelivery:
    """Call a webhook now with the event "test", whether active or not; returns how it went. Not tried again."""
    access.require(actor, "webhook.test", webhook)
    with scope.use(webhook.university_id):
        return _call(webhook, _message(TEST, {"by": "Causeway"}))


def _checked_url(url: str) -> str:
    import httpx  # when an address is judged: it would slow every start

    try:
        # As it is sent: names of hosts and signs beyond ASCII encoded.
        url = str(httpx.URL(url.strip()))
        parts = urlsplit(url)
    except (httpx.InvalidURL, ValueError) as fault:
        raise ValidationError({"url": _("This is no address.")}) from fault
    if not parts.hostname or parts.username or parts.password or parts.fragment:
        raise ValidationError({"url": _("Give a whole address, without user name and password, such as https://example.org/causeway.")})
    _check_scheme(url)
    return url


def _check_scheme(url: str) -> None:
    allowed = {"https", "http"} if conf.value("WEBHOOK_HTTP") else {"https"}
    if urlsplit(url).scheme not in allowed:
        raise ValidationError({"url": _("Only addresses that begin with https:// are called.")})


def _checked_topics(topics: Sequence[str]) -> list[str]:
    unknown = [one for one in topics if not fnmatch.filter(_declared, one) and one != "*"]
    if unknown or not topics:
        raise ValidationError({"topics": _("Choose at least one event; unknown: %(unknown)s.") % {"unknown": ", ".join(unknown) or "–"}})
    return sorted(set(topics))
