"""Calendar feeds: a private address for each person; only its digest is kept; titles only of what is published."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from causeway.frame import access, audit, scope
from causeway.frame.access import Actor
from causeway.frame.models import Feed
from causeway.rooms.docket import selectors
from causeway.rooms.docket.models import Deadline

if TYPE_CHECKING:
    import icalendar


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def make(*, actor: Actor, name: str, whole: bool) -> str:
    """Make a feed of one's own deadlines or of all one sees; returns its secret, which is shown once."""
    access.require(actor, "feed.make")
    secret = secrets.token_urlsafe(32)
    with audit.changing(Feed(user_id=actor.user_id, name=name, digest=_digest(secret), query={"whole": whole}), by=actor, verb="feed.make"):
        pass
    return secret


def revoke(*, actor: Actor, pk: int) -> None:
    """End a feed of one's own; its address answers nothing from now on."""
    found = Feed.objects.filter(pk=pk, user_id=actor.user_id, revoked_at=None).first()
    if found is not None:
        with audit.changing(found, by=actor, verb="feed.revoke") as found:
            found.revoked_at = timezone.now()


def of(actor: Actor) -> list[Feed]:
    """One's own feeds that still answer."""
    return list(Feed.objects.filter(user_id=actor.user_id, revoked_at=None).order_by("name"))


def calendar(secret: str) -> bytes | None:
    """The calendar of a feed as iCalendar text; None for an unknown or revoked address, or a person without a role."""
    with scope.everywhere():
        feed = Feed.objects.select_related("user", "university").filter(digest=_digest(secret), revoked_at=None).first()
    if feed is None or not feed.user.is_active:
        return None
    actor = access.actor_of(feed.user, feed.university_id)
    if actor is None:
        return None
    with scope.use(feed.university_id), translation.override(feed.user.language or feed.university.language), timezone.override(feed.university.timezone):
        today = selectors.today_of(actor)
        rows = selectors.waiting(actor) if feed.query.get("whole") else selectors.mine(actor, today)
        return _ical(list(rows.filter(due__gte=today - timedelta(days=365)).select_related("matter")[:2000]), feed, timezone.now().astimezone(UTC))


def _utc() -> icalendar.Timezone:
    """A calendar must hold something (RFC 5545, 3.6); an empty one holds the zone of its stamps."""
    import icalendar

    zone, standard = icalendar.Timezone(), icalendar.TimezoneStandard()
    zone.add("tzid", "Etc/UTC")
    standard.add("dtstart", datetime(1970, 1, 1))
    standard.add("tzoffsetfrom", timedelta())
    standard.add("tzoffsetto", timedelta())
    zone.add_component(standard)
    return zone


def _about(row: Deadline) -> str:
    """A date's particulars for its entry; never a title."""
    parts = [row.matter_reference, selectors.office_title(row.office), row.rule]
    if row.grace_ends:
        parts.append(selectors.consequence(row))
    if row.provisional:
        parts.append(_("provisional"))
    return ", ".join(parts)


def _ical(rows: Sequence[Deadline], feed: Feed, now: datetime) -> bytes:
    import icalendar  # with its zones a large library; a server starts without it

    made = icalendar.Calendar()
    made.add("prodid", "-//Causeway//Docket//EN")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("name", f"{feed.name}, {feed.university.name}")
    made.add("x-wr-calname", f"{feed.name}, {feed.university.name}")
    made.add("refresh-interval", timedelta(hours=6), parameters={"VALUE": "DURATION"})
    if not rows:
        made.add_component(_utc())
    for row in rows:
        event = icalendar.Event()
        event.add("uid", f"deadline-{row.pk}@{feed.university_id}.causeway")
        event.add("dtstamp", now)
        event.add("dtstart", row.due)
        event.add("dtend", row.due + timedelta(days=1))
        title = row.matter_title if row.matter.published else row.matter_reference
        event.add("summary", f"{selectors.action_words(row)}: {title}")
        event.add("description", _about(row))
        event.add("url", urljoin(settings.BASE_URL, reverse("kit:deadline_detail", args=[row.pk])))
        event.add("transp", "TRANSPARENT")
        made.add_component(event)
    return made.to_ical()
