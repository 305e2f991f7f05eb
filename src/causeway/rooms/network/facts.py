"""What the network tells: cases published."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext_lazy as _

from causeway.frame.access import Actor
from causeway.frame.facts import Fact, Row, register
from causeway.rooms.network.models import Release


def _published(actor: Actor, start: date, end: date) -> Iterator[Row]:
    """First publications of the university's own cases."""
    told: set[object] = set()
    rows = Release.objects.filter(source_id=actor.university_id, decided_at__isnull=False, state__in=["published", "withdrawn"]).order_by("version", "pk")
    for one in rows:
        if one.key not in told:
            told.add(one.key)
            if one.decided_at and start <= one.decided_at.date() <= end:
                yield Row(one.decided_at.date(), one.title, ("network.release", one.pk), {"country": one.country})


register(Fact("case.published", _("Cases published in the library"), {"country": str}, _published))
