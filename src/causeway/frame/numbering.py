"""Numbers given in series, without gaps in one series and never twice."""

from __future__ import annotations

from django.db import transaction

from causeway.frame import db, scope
from causeway.frame.models import Counter


def take(series: str, count: int = 1) -> range:
    """The next `count` numbers of a series of the university in scope, such as "asset-2026"; part of the caller's transaction."""
    here = scope.current()
    with transaction.atomic():
        db.lock(f"counter-{here}-{series}")
        counter, _new = Counter.objects.get_or_create(university_id=here, series=series)
        first = counter.value + 1
        counter.value += count
        counter.save(update_fields=["value"])
    return range(first, first + count)
