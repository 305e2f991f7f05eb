"""Work of the network outside the request."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from causeway.frame import access, jobs, scope
from causeway.frame.models import University
from causeway.rooms.network.models import Collection, Round
from causeway.rooms.network.services import benchmarks, questionnaires


@jobs.handler("network.reminders", title=_("Reminders of questionnaires"))
def reminders(_progress: jobs.Progress) -> int:
    """Start the day's reminders of every open round, once a day each."""
    today = timezone.now().date()
    rounds = Round.objects.filter(closed_at=None, opens_on__lte=today, source__isnull=False)
    for one in rounds:
        jobs.start("network.remind", university=one.source_id, key=f"remind-{one.pk}-{today}", round=one.pk, day=f"{today}")
    return len(rounds)


@jobs.handler("network.remind", tries=3, title=_("Remind a university"))
def remind(_progress: jobs.Progress, round: int, day: str) -> int:
    """The reminders of a round on a day; a university is reminded once a day, however often this runs."""
    with scope.use(scope.current()), transaction.atomic():
        return questionnaires.remind_due(Round.objects.get(pk=round), date.fromisoformat(day))


@jobs.handler("network.publish", tries=3, title=_("Publish a benchmark"))
def publish(progress: jobs.Progress, collection: int, after: int, who: str) -> dict[str, Any]:
    """Publish a benchmark; what was published already when this runs again is not published twice. What a person must settle is told, not tried again."""
    found = Collection.objects.get(pk=collection)
    with translation.override(University.objects.get(pk=scope.current()).language):  # a fault is kept in words
        try:
            made = benchmarks.edition_publish(actor=access.system(scope.current(), who), collection=found, after=after, tell=progress.tell)
        except ValidationError as fault:
            return {"fault": " ".join(fault.messages)}
    return {"number": made.number, **made.counts}


jobs.schedule("network.reminders", "23 6 * * *")
