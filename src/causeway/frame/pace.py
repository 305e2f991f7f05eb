"""How fast the API may be asked: so many requests a minute for each key or address, counted in the database that all processes share.

Counting each request there would make every read a write, so a process takes a twentieth of the limit at a time and hands that out itself. More than the
limit never pass; what a process took and did not need goes unused.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from django.db import transaction
from django.db.models import Case, F, When

from causeway.frame.models import ApiUse

PARTS = 20
#: In place of a number: nothing is left of this minute.
NOTHING = -1
#: So many keys are known at a time; then all are forgotten and ask the database again.
KNOWN = 10_000
_lock = threading.Lock()
#: By key: the minute, and how many requests of it this process may still let pass.
_held: dict[str, tuple[int, int]] = {}


def wait(key: str, limit: Callable[[], int]) -> int:
    """0 where a request under a key may pass, which is counted; else the seconds after which the next may. limit: asked for only where more is taken."""
    now = time.time()
    minute = int(now // 60)
    left = _spend(key, minute)
    if left == 0:
        left = _take(key, minute, limit())
        _hold(key, minute, left)
    return int((minute + 1) * 60 - now) + 1 if left == NOTHING else 0


def _spend(key: str, minute: int) -> int:
    """Let one pass of those held: how many were held before, or that nothing is left."""
    with _lock:
        known, left = _held.get(key, (minute, 0))
        left = left if known == minute else 0
        if left > 0:
            _held[key] = (minute, left - 1)
        return left


def _take(key: str, minute: int, limit: int) -> int:
    """Take a part of what is left of a minute: how many requests that is, or that nothing is left."""
    part = max(1, limit // PARTS)
    with transaction.atomic():
        ApiUse.objects.bulk_create([ApiUse(key=key, minute=minute)], ignore_conflicts=True)
        ApiUse.objects.filter(key=key).update(count=Case(When(minute=minute, then=F("count") + part), default=part), minute=minute)
        count = ApiUse.objects.values_list("count", flat=True).get(key=key)
    return part - max(0, count - limit) if count - part < limit else NOTHING


def _hold(key: str, minute: int, left: int) -> None:
    """Hold what was taken, less the request that asked for it."""
    with _lock:
        if len(_held) >= KNOWN:
            _held.clear()
        _held[key] = (minute, left if left == NOTHING else left - 1)


def forget() -> None:
    """Forget what this process holds; what the database counted stays."""
    with _lock:
        _held.clear()
