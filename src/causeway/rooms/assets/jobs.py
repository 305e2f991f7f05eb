"""Work of the assets room outside the request."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from causeway.frame import access, imports, jobs, scope
from causeway.frame.models import Import, ImportDifference, University, User
from causeway.rooms.assets import importing, separating
from causeway.rooms.assets.ports import Unreadable


def _tell(progress: jobs.Progress) -> importing.Tell:
    return lambda done, total: progress.tell(done, total)


def _work(item: Import, who: str, user: int | None) -> tuple[Any, access.Actor]:
    """What does the work of an import, and as whom: into one university by its office, into many with the rights of the person at each."""
    if not item.options.get("each"):
        return importing, access.system(scope.current(), who)
    actor = access.actor_of(User.objects.get(pk=user), scope.current())
    if actor is None:
        raise access.Refused(_("Who asked for it has no role here any more."))
    return separating, actor


@jobs.handler("assets.stage", tries=5, title=_("Check an import"))
def stage(progress: jobs.Progress, item: int, who: str = "", user: int | None = None) -> dict[str, Any]:
    """Read and check a file; one that turns out to be unreadable half-way says where, and is not tried again."""
    found = Import.objects.get(pk=item)
    try:
        with translation.override(University.objects.get(pk=scope.current()).language):  # problems are kept in words
            work, actor = _work(found, who, user)
            return _counted(work.stage(actor=actor, item=found, tell=_tell(progress)))
    except Unreadable as fault:
        imports.clear(found)
        imports.store(found, state=Import.State.FAILED, why=str(fault))
        return {"failed": str(fault)}


@jobs.handler("assets.apply", tries=5, title=_("Bring an import in"))
def apply(progress: jobs.Progress, item: int, who: str, user: int | None = None) -> dict[str, Any]:
    """Bring what was checked in."""
    found = Import.objects.get(pk=item)
    work, actor = _work(found, who, user)
    return _counted(work.apply(actor=actor, item=found, tell=_tell(progress)))


def _counted(item: Import) -> dict[str, Any]:
    return {key: item.counts.get(key, 0) for key in importing.COUNTS}


@jobs.handler("assets.undo", tries=5, title=_("Undo an import"))
def undo(progress: jobs.Progress, item: int, who: str, user: int | None = None) -> dict[str, Any]:
    """Take an import back."""
    found = Import.objects.get(pk=item)
    if found.state == Import.State.UNDONE:
        return {}
    work, actor = _work(found, who, user)
    return work.undo(actor=actor, item=found, tell=_tell(progress))


@jobs.handler("assets.decide", tries=5, title=_("Settle differences of an import"))
def decide(progress: jobs.Progress, item: int, who: str, decision: str, user: int | None = None) -> dict[str, Any]:
    """Take all open differences of an import over, or leave them all; those that cannot be taken stay open and are told."""
    actor = access.system(scope.current(), who)
    ids = list(ImportDifference.objects.filter(source_id=item, decision=ImportDifference.Decision.OPEN).order_by("pk").values_list("pk", flat=True))
    if decision == "leave":
        return {"left": importing.leave(actor=actor, ids=ids)}
    taken, faults = 0, []
    for done, pk in enumerate(ids, 1):
        try:
            taken += importing.take(actor=actor, ids=[pk])
        except ValidationError as fault:
            faults += fault.messages[:1]
        progress.tell(done, len(ids))
    return {"taken": taken, "faults": faults[:20]}
