"""Jobs from the database queue: retried, scheduled, and taken over when their worker dies. A handler must be safe to run again."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from cronsim import CronSim
from django.db import OperationalError, close_old_connections, connection, transaction
from django.db.models import Q
from django.utils import timezone

from causeway.frame import scope
from causeway.frame.models import Job, JobSchedule

log = structlog.get_logger("causeway.jobs")

LEASE = timedelta(seconds=90)
IDLE_SECONDS = 1.0
#: A lease further ahead than this was not taken in our time.
AHEAD = timedelta(hours=1)
#: So often a job is taken up again after its worker died.
DEATHS = 10


@dataclass(frozen=True)
class Handler:
    """A named piece of work: `run(progress, **args)` answers a JSON value; tried `tries` times, waiting longer each time."""

    name: str
    run: Callable[..., Any]
    tries: int
    title: Any = ""


_handlers: dict[str, Handler] = {}
_schedules: dict[str, str] = {}


def handler(name: str, tries: int = 3, title: Any = "") -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a function as the handler of jobs of this name; title: what people read on the page of work."""

    def register(run: Callable[..., Any]) -> Callable[..., Any]:
        _handlers[name] = Handler(name, run, tries, title)
        return run

    return register


def title(name: str) -> str:
    """What people read for a job: its title, else its name in words."""
    known = _handlers.get(name)
    return str(known.title) if known and known.title else name.replace(".", ": ").replace("_", " ").capitalize()


def schedule(name: str, cron: str) -> None:
    """Run the job of this name by a cron expression (UTC)."""
    _schedules[name] = cron


def start(name: str, *, university: int | None = None, key: str | None = None, by: int | None = None, at: datetime | None = None, **args: Any) -> Job:
    """Queue a job; part of the caller's transaction. With a key, one that already waits or runs is returned instead; one that failed once and
    waits for its next try is due at once. A job that failed for good has no key any more: the same key starts a new one."""
    if name not in _handlers:
        raise LookupError(f"No handler for the job {name}.")
    made = Job(university_id=university, name=name, key=key, args=args, run_at=at or timezone.now(), created_by_id=by)
    if key is None:
        made.save(force_insert=True)
        return made
    job, new = Job.objects.get_or_create(
        key=key, defaults={"university_id": university, "name": name, "args": args, "run_at": made.run_at, "created_by_id": by}
    )
    if not new and Job.objects.filter(pk=job.pk, state=Job.State.QUEUED, run_at__gt=made.run_at).update(run_at=made.run_at):
        job.run_at = made.run_at
    return job


def again(pk: int) -> bool:
    """Queue a failed job again, with all its tries; whether it had failed."""
    fresh = {"state": Job.State.QUEUED, "attempts": 0, "run_at": timezone.now(), "finished_at": None, "error": ""}
    return bool(Job.objects.filter(pk=pk, state=Job.State.FAILED).update(**fresh))


class Progress:
    """How far a job is; telling it also keeps the lease alive."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self._told = 0.0

    def tell(self, done: int, total: int | None = None, note: str = "", *, force: bool = False) -> None:
        """Note that `done` of `total` steps are behind; written at most once a second."""
        now = time.monotonic()
        if not force and now - self._told < 1:
            return
        self._told = now
        progress = {"done": done, "total": total, "note": note}
        Job.objects.filter(pk=self.job.pk).update(progress=progress, leased_until=timezone.now() + LEASE)


    def keep(self, result: Any) -> None:
        """Keep what is behind as the job's result so far, in the caller's transaction: a run after this one was cut short goes on from it."""
        Job.objects.filter(pk=self.job.pk).update(result=result)


def run_due(worker: str = "") -> bool:
    """Run one due job, if there is one; returns whether it did."""
    _schedule_due()
    job = _claim(worker or f"{socket.gethostname()}-{os.getpid()}")
    if job is None:
        return False
    _run(job)
    return True


def run_all(limit: int = 1000) -> int:
    """Run due jobs until none is left; for tests and for commands that wait."""
    count = 0
    while count < limit and run_due("inline"):
        count += 1
    return count


def _claim(worker: str) -> Job | None:
    now = timezone.now()
    with transaction.atomic():
        # A lease far ahead was taken by a clock that was wrong.
        dead = Job.objects.filter(Q(leased_until__lt=now) | Q(leased_until__gt=now + AHEAD), state=Job.State.RUNNING)
        # What kills its worker each time is not tried for ever.
        gone = {"state": Job.State.FAILED, "key": None, "finished_at": now, "error": "WorkerDied: the worker ended without a word each time."}
        dead.filter(attempts__gte=DEATHS).update(**gone)
        dead.update(state=Job.State.QUEUED, worker="")
        due = Job.objects.filter(state=Job.State.QUEUED, run_at__lte=now).order_by("run_at", "pk")
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        job = due.first()
        if job is None:
            return None
        job.state, job.worker, job.leased_until = Job.State.RUNNING, worker, now + LEASE
        job.attempts += 1
        job.save()
        return job


def _run(job: Job) -> None:
    work = _handlers.get(job.name)
    try:
        if work is None:
            raise LookupError(f"No handler for the job {job.name}.")
        with scope.use(job.university_id) if job.university_id else nullcontext(), _Heartbeat(job):
            result = work.run(Progress(job), **job.args)
        with transaction.atomic():
            Job.objects.filter(pk=job.pk).update(state=Job.State.DONE, result=result, key=None, finished_at=timezone.now(), error="")
    except Exception as fault:  # noqa: BLE001 - whatever a handler raises, or answers that cannot be kept, is the job's failure, not the worker's
        _failed(job, work, fault)


def _failed(job: Job, work: Handler | None, fault: Exception) -> None:
    # The class of the fault only: its message may hold personal data.
    log.warning("job_failed", job=job.pk, name=job.name, attempt=job.attempts, fault=type(fault).__name__, exc_info=settings_debug())
    again = work is not None and job.attempts < work.tries
    # A fault may tell of signs that no database keeps.
    words = f"{type(fault).__name__}: {fault}".replace("\0", "").encode(errors="replace").decode()
    changes: dict[str, Any] = {"error": words[:2000], "worker": ""}
    if again:
        changes |= {"state": Job.State.QUEUED, "run_at": timezone.now() + timedelta(seconds=5 * 4 ** (job.attempts - 1))}
    else:
        changes |= {"state": Job.State.FAILED, "key": None, "finished_at": timezone.now()}
    Job.objects.filter(pk=job.pk).update(**changes)


def settings_debug() -> bool:
    """Whether tracebacks may be logged."""
    from django.conf import settings

    return settings.DEBUG


class _Heartbeat:
    """Keeps a running job's lease alive from a thread of its own, so that long steps are not taken for dead ones."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.stop = threading.Event()

    def __enter__(self) -> None:
        if not connection.in_atomic_block:
            self.thread = threading.Thread(target=self._beat, daemon=True)
            self.thread.start()

    def __exit__(self, *_fault: object) -> None:
        self.stop.set()

    def _beat(self) -> None:
        while not self.stop.wait(LEASE.total_seconds() / 3):
            try:
                Job.objects.filter(pk=self.job.pk).update(leased_until=timezone.now() + LEASE)
            except OperationalError:
                continue
            finally:
                connection.close()


def _schedule_due() -> None:
    now = timezone.now()
    for name, cron in _schedules.items():
        following = next(CronSim(cron, now))
        row, _new = JobSchedule.objects.get_or_create(name=name, defaults={"next_at": following})
        # Later than the next time: the clock was ahead once, or the schedule has become denser.
        if row.next_at <= now or row.next_at > following:
            moved = JobSchedule.objects.filter(pk=row.pk, next_at=row.next_at).update(next_at=following)
            if moved and row.next_at <= now:
                start(name, key=f"schedule:{name}")


def work_forever(stop: threading.Event | None = None) -> None:
    """Run due jobs until told to stop; a fault of the database, or of ours outside a job, is waited out: nobody else would run the jobs."""
    stop = stop or threading.Event()
    while not stop.is_set():
        try:
            close_old_connections()
            busy = run_due()
        except Exception as fault:  # noqa: BLE001 - a worker that ended would be missed by nobody for a quarter of an hour
            log.warning("worker_waits", fault=type(fault).__name__)
            busy = False
        if not busy:
            stop.wait(IDLE_SECONDS)


def start_thread() -> threading.Thread:
    """The worker as a thread of this process (the embedded default)."""
    thread = threading.Thread(target=work_forever, name="causeway-worker", daemon=True)
    thread.start()
    return thread
