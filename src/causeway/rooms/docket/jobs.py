"""Work of the docket outside the request."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from causeway.frame import access, jobs, scope
from causeway.frame.models import University, User
from causeway.rooms.docket import mapping, reminders, selectors, services
from causeway.rooms.docket.models import Matter

CHUNK = 1_000
#: So many differing matters a replay names; all are counted.
LISTED = 1_000


@jobs.handler(selectors.RECOMPUTE, tries=5, title=_("Compute deadlines anew"))
def recompute(progress: jobs.Progress, after: int = 0, user: int | None = None) -> dict[str, int]:
    """Compute every matter of the university anew, a chunk at a time, and look once more whether any differs; doing nothing twice.

    user: who had it done, if anybody in particular. Raises Refused where they may not any more.
    """
    here = scope.current()
    actor = access.system(here) if user is None else access.actor_of(User.objects.get(pk=user), here)
    if actor is None:
        raise access.Refused(_("Who asked for it has no role here any more."))
    total = Matter.objects.count()
    counts: dict[str, int] = {}
    done = 0
    while ids := list(Matter.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        for name, count in services.recompute(actor=actor, matters=ids, whole=True).items():
            counts[name] = counts.get(name, 0) + count
        after, done = ids[-1], done + len(ids)
        progress.tell(done, total)
    progress.tell(done, total, force=True)
    replay_start(here)
    return counts


def replay_start(university: int, by: int | None = None) -> None:
    """Have the university's dates derived again, unless that is under way."""
    jobs.start(selectors.REPLAY, university=university, key=f"{selectors.REPLAY}-{university}", by=by)


def recompute_start(university: int, by: int) -> None:
    """Have every matter of the university computed anew in a user's name, unless that is under way."""
    jobs.start(selectors.RECOMPUTE, university=university, key=f"{selectors.RECOMPUTE}-{university}", by=by, user=by)


@jobs.handler(selectors.REPLAY, title=_("Prove answers by computing them again"))
def replay(progress: jobs.Progress) -> dict[str, Any]:
    """Derive every date again and list what differs from what is stored, for a person to judge; nothing is changed.

    Returned: matters checked, how many differ (`count`), the references of the first of them, the digest of the law.
    """
    differing: list[str] = []
    after, checked, count, total = 0, 0, 0, Matter.objects.count()
    while ids := list(Matter.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        found = [one.matter.reference for one in services.compare(ids) if not one.empty]
        differing += found[: LISTED - len(differing)]
        after, checked, count = ids[-1], checked + len(ids), count + len(found)
        progress.tell(checked, total)
    return {"checked": checked, "count": count, "differing": differing, "law": mapping.law().digest}


@jobs.handler("docket.nightly", title=_("Look over the docket"))
def nightly(_progress: jobs.Progress) -> int:
    """Start tonight's replay for every university."""
    universities = list(University.objects.values_list("pk", flat=True))
    for pk in universities:
        replay_start(pk)
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
