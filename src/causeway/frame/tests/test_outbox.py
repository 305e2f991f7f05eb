"""The outbox: at least once, after commit, with patience, and never in silence."""

from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from causeway.frame import jobs, outbox, scope
from causeway.frame.models import Job, OutboxMessage

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(monkeypatch):
    """A topic that keeps what it is told, and fails as often as `faults` says."""
    monkeypatch.setattr(outbox, "_handlers", {})

    class Told(list):
        faults: list = []

    seen = Told()

    @outbox.topic("test")
    def deliver(message):
        if seen.faults:
            raise seen.faults.pop(0)
        seen.append((message.payload["n"], scope.current_or_none()))

    return seen


def test_a_message_leaves_after_commit_in_its_scope(told, university, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        outbox.put("test", {"n": 1})
    assert told == []
    jobs.run_all()
    assert told == [(1, university.pk)]
    assert OutboxMessage.objects.get().done_at is not None


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_never_leaves(told, university):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        outbox.put("test", {"n": 1})
        raise ZeroDivisionError
    jobs.run_all()
    assert told == [] and not Job.objects.filter(name=outbox.JOB).exists()


def test_a_topic_nobody_delivers_is_an_error_at_once(university):
    with pytest.raises(LookupError):
        outbox.put("nobody", {})


def test_a_failure_waits_longer_each_time_and_stays_visible(told, university):
    told.faults = [OSError("ada@example.org refused"), outbox.Failed("HTTP 500")]
    outbox.put("test", {"n": 1})
    outbox.deliver_due()
    message = OutboxMessage.objects.get()
    assert (message.attempts, message.error) == (1, "OSError")
    assert list(outbox.failing(university.pk)) == [message]
    outbox.deliver_due()
    assert OutboxMessage.objects.get().attempts == 1, "not before its time"
    with time_machine.travel(timezone.now() + timedelta(seconds=6), tick=False):
        outbox.deliver_due()
    assert OutboxMessage.objects.get().error == "HTTP 500"
    with time_machine.travel(timezone.now() + timedelta(minutes=6), tick=False):
        outbox.deliver_due()
    assert told == [(1, university.pk)] and not outbox.failing().exists()


def test_given_up_after_days_and_tried_again_when_asked(told, university):
    told.faults = [outbox.Failed("no")] * outbox.TRIES
    outbox.put("test", {"n": 1})
    now = timezone.now()
    for day in range(outbox.TRIES + 3):
        with time_machine.travel(now + timedelta(days=day), tick=False):
            outbox.deliver_due()
    message = OutboxMessage.objects.get()
    assert message.attempts == outbox.TRIES and outbox.given_up(message) and told == []
    assert outbox.retry(OutboxMessage.objects.all()) == 1
    outbox.deliver_due()
    assert told == [(1, university.pk)]


def test_a_message_in_hand_is_not_taken_twice_and_comes_back_when_its_worker_dies(told, university):
    outbox.put("test", {"n": 1})
    first, second = (outbox.due().get() for _ in range(2))
    assert outbox._take(first) and not outbox._take(second)
    outbox.deliver_due()
    assert told == []
    with time_machine.travel(timezone.now() + outbox.HELD + timedelta(seconds=1), tick=False):
        outbox.deliver_due()
    assert told == [(1, university.pk)]


def test_failing_messages_hold_nobody_up(told, university):
    outbox.put("test", {"n": 1})
    OutboxMessage.objects.update(attempts=2, error="x")
    outbox.put("test", {"n": 2})
    outbox.deliver_due()
    assert [n for n, _scope in told] == [2, 1]
