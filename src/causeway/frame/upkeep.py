"""Jobs that keep an installation in order: sealing the audit chain, clearing what has served its time."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from causeway.frame import audit, db, files, jobs, outbox, scope, search
from causeway.frame.models import ApiUse, IdempotentReply, Job, OutboxMessage, University, WebhookDelivery


@jobs.handler("frame.seal", tries=10, title=_("Seal the audit chain"))
def seal(progress: jobs.Progress) -> int:
    """Chain the entries of every university that are not sealed yet, and have search follow what they tell of."""
    sealed = 0
    for pk in University.objects.order_by("pk").values_list("pk", flat=True):
        while count := _seal(pk):
            sealed += count
            progress.tell(sealed)
    return sealed


def _seal(university: int) -> int:
    with transaction.atomic(), scope.use(university):
        before, _hash = audit.head(university)
        count = audit.seal(university)
        search.follow(before)
        return count


@jobs.handler("frame.clear", title=_("Clear what has served its time"))
def clear(_progress: jobs.Progress) -> dict[str, int]:
    """Remove finished jobs after 30 days, kept answers after two, messages and what is kept of calls after 90, sessions that ended, and files half
    written a day ago."""
    now = timezone.now()
    return {
        "jobs": Job.objects.filter(state=Job.State.DONE, finished_at__lt=now - timedelta(days=30)).delete()[0],
        "replies": IdempotentReply.objects.filter(created_at__lt=now - timedelta(days=2)).delete()[0],
        "messages": OutboxMessage.objects.filter(done_at__lt=now - timedelta(days=90)).delete()[0],
        "given_up": OutboxMessage.objects.filter(attempts__gte=outbox.TRIES, created_at__lt=now - timedelta(days=90)).delete()[0],
        "deliveries": _old_deliveries(now - timedelta(days=90)),
        "api": ApiUse.objects.filter(minute__lt=now.timestamp() // 60 - 60).delete()[0],
        "partial_files": files.clear_partial((now - timedelta(days=1)).timestamp()),
        "sessions": Session.objects.filter(expire_date__lt=now).delete()[0],
    }


def _old_deliveries(before: datetime) -> int:
    with scope.everywhere():
        return WebhookDelivery.objects.filter(at__lt=before).delete()[0]


@jobs.handler("frame.look_over", title=_("Look over the installation"))
def look_over(_progress: jobs.Progress) -> None:
    """Let the database estimate anew what its planner goes by."""
    db.look_over()


jobs.schedule("frame.seal", "* * * * *")
jobs.schedule("frame.look_over", "50 * * * *")
jobs.schedule("frame.clear", "40 3 * * *")
