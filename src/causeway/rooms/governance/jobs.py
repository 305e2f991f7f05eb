"""Work of governance outside the request: computed amounts computed again, and clocks that warn."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from causeway.frame import access, jobs, mail, preferences, scope
from causeway.frame.models import University, User
from causeway.kit.show import distance
from causeway.rooms.governance import selectors, services
from causeway.rooms.governance.models import Answer, Step

CHUNK = 1_000

preferences.declare(
    preferences.Preference(
        "governance.clock_mail", "user", str, "daily", label=_("Letters about decisions that wait for me"),
        help=_("Sent in the night before a step falls due, and while it is late."), choices=(("daily", _("daily")), ("none", _("never"))),
    )
)  # fmt: skip


@jobs.handler("governance.replay", tries=5, title=_("Compute amounts again"))
def replay(progress: jobs.Progress) -> dict[str, int]:
    """Compute every kept amount of the university again, a chunk at a time; safe to run again."""
    actor = access.system(scope.current())
    total = Answer.objects.count()
    counts = {"checked": 0, "differing": 0}
    for ids in selectors.answer_ids(CHUNK):
        for name, count in services.answers_replay(actor=actor, ids=ids).items():
            counts[name] += count
        progress.tell(counts["checked"], total)
    progress.tell(counts["checked"], total, force=True)
    return counts


@jobs.handler("governance.nightly", title=_("Look over policies and amounts"))
def nightly(_progress: jobs.Progress) -> int:
    """Start tonight's replay for every university."""
    universities = list(University.objects.values_list("pk", flat=True))
    for pk in universities:
        jobs.start("governance.replay", university=pk, key=f"governance-replay-{pk}")
        jobs.start("governance.clocks", university=pk, key=f"governance-clocks-{pk}")
    return len(universities)


@jobs.handler("governance.clocks", title=_("Letters about decisions"))
def clocks(_progress: jobs.Progress) -> int:
    """Write to those whose step of a decision is late or falls due within three days; all letters of a run leave together or not at all."""
    here = scope.current()
    actor = access.system(here)
    on = selectors.today_at(actor)
    waiting = selectors.clocks(actor, on, days=3)
    sent = 0
    with transaction.atomic():
        for user in User.objects.filter(pk__in={pk for step in waiting for pk in selectors.voters(step)}, is_active=True).order_by("pk"):
            if preferences.get("governance.clock_mail", user=user.pk) == "none":
                continue
            lines = [_line(step, on) for step in waiting if user.pk in selectors.voters(step)]
            mail.send(to=user, template="governance/mail/clocks", context={"lines": lines}, stop="governance.clock_mail")
            sent += 1
    return sent


def _line(step: Step, on: date) -> dict[str, Any]:
    return {"step": step, "when": distance(step.due_on, on), "url": reverse("kit:procedure_detail", args=[step.procedure_id])}


jobs.schedule("governance.nightly", "41 2 * * *")
