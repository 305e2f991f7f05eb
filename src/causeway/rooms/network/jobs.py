"""Work of the network outside the request."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from causeway.frame import jobs, scope
from causeway.rooms.network.models import Round
from causeway.rooms.network.services import questionnaires


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


jobs.schedule("network.reminders", "23 6 * * *")
