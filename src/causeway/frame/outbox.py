"""What leaves the database: put in the caller's transaction, delivered after it by a job, tried again for days, never lost in silence.

Delivery is at least once: a message whose worker dies after sending goes out again under the same id, by which a receiver knows it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from causeway.frame import jobs, scope
from causeway.frame.models import Job, OutboxMessage

log = structlog.get_logger("causeway.outbox")

JOB = "frame.outbox"
#: How long after each failed attempt the next one waits; after the last the message is given up and stays listed.
WAITS = tuple(timedelta(seconds=s) for s in (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400))
TRIES = len(WAITS) + 1
#: A message in the hands of a worker is not taken by another for so long; longer than any delivery may last.
HELD = timedelta(minutes=5)
#: One run of the job delivers for so long, then makes room for other jobs.
RUN_SECONDS = 30


class Failed(Exception):
    """A delivery that failed, said in words that hold nothing personal: they are kept with the message and shown."""


Handler = Callable[[OutboxMessage], None]
_handlers: dict[str, Handler] = {}


def topic(name: str) -> Callable[[Handler], Handler]:
    """Register a function as the one that delivers messages of this topic; it raises when it could not."""

    def register(deliver: Handler) -> Handler:
        _handlers[name] = deliver
        return deliver

    return register


def put(topic: str, payload: dict[str, Any], university: int | None = None, not_before: datetime | None = None) -> OutboxMessage:
    """Put a message in; it leaves when the caller's transaction is committed, and not at all when it is not.

    payload: values JSON knows; university: whose it is (the one in scope); not_before: the earliest time of delivery (now).
    Raises LookupError for a topic nobody delivers.
    """
    if topic not in _handlers:
        raise LookupError(f"Nobody delivers messages of the topic {topic}.")
    message = OutboxMessage(topic=topic, payload=payload, university_id=university or scope.current_or_none())
    message.not_before = not_before or message.created_at
    message.save()
    if not_before is None:
        transaction.on_commit(_wake)
    return message


def _wake() -> None:
    """Start the job; when it already runs it may have passed the new message, so another is put behind it."""
    if jobs.start(JOB, key=JOB).state == Job.State.RUNNING:
        jobs.start(JOB, key=f"{JOB}:next")


@jobs.handler(JOB, tries=1, title=_("Deliver letters and calls"))
def run(progress: jobs.Progress) -> int:
    """Deliver what is due; what is left after `RUN_SECONDS` waits for the next run. Returns how many were delivered."""
    return deliver_due(progress, RUN_SECONDS)


def deliver_due(progress: jobs.Progress | None = None, seconds: float = RUN_SECONDS) -> int:
    """Deliver due messages now, for at most so many seconds; returns how many were delivered."""
    delivered, until = 0, time.monotonic() + seconds
    while time.monotonic() < until:
        batch = list(due()[:50])
        if not batch:
            return delivered
        for message in batch:
            if time.monotonic() < until and _take(message):
                delivered += _deliver(message)
            if progress:
                progress.tell(delivered)
    if due().exists():
        _wake()
    return delivered


def due() -> QuerySet[OutboxMessage]:
    """Messages to deliver now; new ones first, so that failing ones hold nobody up."""
    waiting = OutboxMessage.objects.filter(topic__in=_handlers, done_at=None, not_before__lte=timezone.now(), attempts__lt=TRIES)
    return waiting.order_by("attempts", "not_before", "pk")


def _take(message: OutboxMessage) -> bool:
    """Take a message in hand, unless another worker was quicker."""
    held = {"attempts": message.attempts + 1, "not_before": timezone.now() + HELD}
    mine = OutboxMessage.objects.filter(pk=message.pk, attempts=message.attempts, done_at=None).update(**held)
    message.attempts += 1
    return bool(mine)


def _deliver(message: OutboxMessage) -> bool:
    try:
        with _scope(message):
            _handlers[message.topic](message)
    except Exception as fault:  # noqa: BLE001 - whatever a delivery raises is the message's failure, not the worker's
        _failed(message, fault)
        return False
    OutboxMessage.objects.filter(pk=message.pk).update(done_at=timezone.now(), error="", payload=message.payload)
    return True


def _scope(message: OutboxMessage) -> AbstractContextManager[None]:
    return scope.use(message.university_id) if message.university_id else nullcontext()


def _failed(message: OutboxMessage, fault: Exception) -> None:
    # Other faults by their class only: their words may hold addresses or contents.
    words = str(fault) if isinstance(fault, Failed) else type(fault).__name__
    given_up = message.attempts >= TRIES
    log.warning("delivery_failed", message=message.pk, topic=message.topic, attempt=message.attempts, given_up=given_up, fault=type(fault).__name__)
    wait = WAITS[min(message.attempts, len(WAITS)) - 1]
    OutboxMessage.objects.filter(pk=message.pk).update(error=words[:2000], not_before=timezone.now() + wait)


def failing(university: int | None = None) -> QuerySet[OutboxMessage]:
    """Messages that could not be delivered so far, those given up among them; of one university or of the installation."""
    found = OutboxMessage.objects.filter(done_at=None, attempts__gt=0).exclude(error="")
    return (found.filter(university_id=university) if university else found).order_by("-created_at")


def given_up(message: OutboxMessage) -> bool:
    """Whether a message is tried no more."""
    return message.done_at is None and message.attempts >= TRIES


def retry(messages: QuerySet[OutboxMessage]) -> int:
    """Try undelivered messages again from the start; returns how many."""
    count = messages.filter(done_at=None).update(attempts=0, not_before=timezone.now())
    if count:
        transaction.on_commit(_wake)
    return count


jobs.schedule(JOB, "* * * * *")
