"""Who writes cases: the office and its director; researchers read those of their house once published, in the library."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from causeway.frame.access import Actor, Verdict, allow, sees
from causeway.rooms.network.models import Case, CaseContact, CaseFigure, CasePhoto, CaseVersion, GuideDocument

READERS = ("office", "director", "auditor", "administrator")
WRITERS = ("office", "director")


def _of_the_office(actor: Actor, queryset: QuerySet) -> QuerySet:
    return queryset if actor.has(*READERS) else queryset.none()


for model in (Case, CaseFigure, CasePhoto, CaseVersion, GuideDocument):
    sees(model, _of_the_office)
sees(CaseContact, lambda actor, queryset: queryset if actor.has(*WRITERS) else queryset.none())


def _open(_actor: Actor, case: Case | None) -> Verdict:
    """A case in review stands still; the coordinator reads what was handed in."""
    if case is not None and case.state == "submitted":
        return Verdict(False, _("This case is in review. Take it back first, or wait for the coordinator."))
    return Verdict(True)


allow("case.view", *READERS)
allow("case.create", *WRITERS)
for verb in ("update", "trash"):
    allow(f"case.{verb}", *WRITERS, judge=_open)
for verb in ("restore", "submit", "take_back", "withdraw", "import", "merge", "contact"):
    allow(f"case.{verb}", *WRITERS)
