"""Work of the docket outside the request."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from causeway.frame import access, jobs, scope
from causeway.frame.models import University
from causeway.rooms.docket import reminders, services
from causeway.rooms.docket.models import Matter

CHUNK = 1_000


@jobs.handler("docket.recompute", tries=5, title=_("Compute deadlines anew"))
def recompute(progress: jobs.Progress, after: int = 0) -> dict[str, int]:
    """Compute every matter of the university anew, a chunk at a time; taken up again where it stopped, and doing nothing twice."""
    actor = access.system(scope.current())
    total = Matter.objects.count()
    counts: dict[str, int] = {}
    done = 0
    while ids := list(Matter.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        for name, count in services.recompute(actor=actor, matters=ids).items():
            counts[name] = counts.get(name, 0) + count
        after, done = ids[-1], done + len(ids)
        progress.tell(done, total)
    progress.tell(done, total, force=True)
    return counts


@jobs.handler("docket.replay", title=_("Prove answers by computing them again"))
def replay(progress: jobs.Progress) -> dict[str, Any]:
    """Derive every date again and list what differs from what is stored, for a person to judge; nothing is changed."""
    differing: list[str] = []
    after, checked = 0, 0
    while ids := list(Matter.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        for difference in services.compare(ids):
            checked += difference.unchanged
            if not difference.empty:
                differing.append(difference.matter.reference)
        after = ids[-1]
        progress.tell(checked)
    return {"checked": checked, "differing": differing[:1000]}


@jobs.handler("docket.nightly", title=_("Look over the docket"))
def nightly(_progress: jobs.Progress) -> int:
    """Start tonight's replay for every university."""
    universities = list(University.objects.values_list("pk", flat=True))
    for pk in universities:
        jobs.start("docket.replay", university=pk, key=f"replay-{pk}-{timezone.now():%Y-%m-%d}")
    return len(universities)


#: From this hour of a university's morning its letters go out.
MORNING = 6


@jobs.handler("docket.mornings", title=_("Morning letters"))
def mornings(_progress: jobs.Progress) -> int:
    """Start the letters of every university whose morning has come; once a day each, however often this runs."""
    started = 0
    for university in University.objects.filter(demo=False).order_by("pk"):  # a demonstration's people are invented
        now = timezone.now().astimezone(ZoneInfo(university.timezone))
        if now.hour >= MORNING:
            jobs.start("docket.letters", university=university.pk, key=f"letters-{university.pk}-{now:%Y-%m-%d}", day=f"{now:%Y-%m-%d}")
            started += 1
    return started


@jobs.handler("docket.letters", tries=3, title=_("Letters of one university"))
def letters(_progress: jobs.Progress, day: str) -> dict[str, int]:
    """The day's reminders and summaries of a university."""
    on, here = date.fromisoformat(day), scope.current()
    with transaction.atomic():
        return {"reminded": reminders.send(access.system(here), on), "summaries": reminders.summaries_send(here, on)}


jobs.schedule("docket.nightly", "17 2 * * *")
jobs.schedule("docket.mornings", "7 * * * *")
