"""Whether the process lives, and whether it can serve: without a secret in the answer."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse

from causeway.frame.models import Job


def alive(_request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"alive": True})


def ready(_request: HttpRequest) -> JsonResponse:
    """Database, migrations, jobs and disk are as they should be; 503 when one is not."""
    database = _database()
    # One that does not answer is asked once: each attempt waits for it.
    known = database == "ok"
    parts = {"database": database, "migrations": _migrations() if known else "unknown", "jobs": _jobs() if known else "unknown", "disk": _disk()}
    good = all(value == "ok" for value in parts.values())
    return JsonResponse({"ready": good, **parts}, status=200 if good else 503)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "does not answer"
    return "ok"


def _migrations() -> str:
    try:
        executor = MigrationExecutor(connection)
        return "behind" if executor.migration_plan(executor.loader.graph.leaf_nodes()) else "ok"
    except DatabaseError:
        return "unknown"


def _jobs() -> str:
    from datetime import timedelta

    from django.utils import timezone

    try:
        stuck = Job.objects.filter(state=Job.State.QUEUED, run_at__lt=timezone.now() - timedelta(minutes=15)).exists()
    except DatabaseError:
        return "unknown"
    return "waiting for a worker" if stuck else "ok"


def _disk() -> str:
    try:
        free: Any = min(shutil.disk_usage(place).free for place in (settings.HOME, settings.MEDIA_ROOT) if Path(place).exists())
    except (OSError, ValueError):
        return "not there"
    return "ok" if free > 200 * 1024**2 else "almost full"
