"""Work of the assets room outside the request."""

from __future__ import annotations

from causeway.frame import access, jobs, scope
from causeway.frame.models import Import
from causeway.rooms.assets import importing


@jobs.handler("assets.stage", tries=5)
def stage(progress: jobs.Progress, item: int) -> dict[str, int]:
    """Read and check a file."""
    done = importing.stage(actor=access.system(scope.current()), item=Import.objects.get(pk=item), tell=lambda n, total: progress.tell(n, total))
    return done.counts


@jobs.handler("assets.apply", tries=5)
def apply(progress: jobs.Progress, item: int, who: str) -> dict[str, int]:
    """Bring what was checked in."""
    actor = access.system(scope.current(), who)
    done = importing.apply(actor=actor, item=Import.objects.get(pk=item), tell=lambda n, total: progress.tell(n, total))
    return done.counts
