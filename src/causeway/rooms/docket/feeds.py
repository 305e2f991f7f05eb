"""Calendar feeds: a private address for each person; only its digest is kept; titles only of what is published."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

import icalendar
from django.utils import timezone

from causeway.frame import access, audit, scope
from causeway.frame.access import Actor
from causeway.frame.models import Feed
from causeway.rooms.docket import selectors


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
    with scope.use(feed.university_id):
        today = selectors.today_of(actor)
        rows = selectors.waiting(actor) if feed.query.get("whole") else selectors.mine(actor, today)
        return _ical(list(rows.filter(due__gte=today - timedelta(days=365)).select_related("matter")[:2000]), feed, timezone.now())


def _ical(rows: list, feed: Feed, now: datetime) -> bytes:
    made = icalendar.Calendar()
    made.add("prodid", "-//Causeway//Docket//EN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", f"{feed.name}, {feed.university.name}")
    for row in rows:
        event = icalendar.Event()
        event.add("uid", f"deadline-{row.pk}@{feed.university_id}.causeway")
        event.add("dtstamp", now)
        due = row.extended_to or row.due
        event.add("dtstart", due)
        event.add("dtend", due + timedelta(days=1))
        title = row.matter_title if row.matter.published else row.matter_reference
        event.add("summary", f"{selectors.action_words(row)}: {title}")
        event.add("description", f"{row.matter_reference}, {row.office}, {row.rule}" + (", provisional" if row.provisional else ""))
        event.add("transp", "TRANSPARENT")
        made.add_component(event)
    return made.to_ical()
