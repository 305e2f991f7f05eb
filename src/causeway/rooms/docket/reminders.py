"""Reminders before a day, by the university's rule, and each person's summary by mail."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from causeway.frame import access, audit, mail, preferences
from causeway.frame.access import Actor
from causeway.frame.models import Grant, Role, User
from causeway.frame.preferences import Preference
from causeway.rooms.docket import mapping, selectors
from causeway.rooms.docket.choices import Instruction
from causeway.rooms.docket.models import Deadline, Reminder
from causeway.rooms.people.selectors import person_of

STEPS, LETTERS, SUMMARY = "docket.reminders", "docket.remind", "mail.digest"
#: A step missed while nothing ran is made up for within so many days.
MADE_UP = 2
GROUPS = ("renewals", "replies", "others")


def parse(lines: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """Days before a date by rule or group, from lines such as "EP-OA: 30, 14, 3"; the most first. Raises ValidationError for a line that is not."""
    found: dict[str, tuple[int, ...]] = {}
    for line in lines:
        name, _colon, days = str(line).partition(":")
        parts = days.replace(",", " ").split()
        if name.strip() not in GROUPS and name.strip() not in _rules():
            raise ValidationError(_("“%(name)s” is neither renewals, replies, others nor a rule.") % {"name": name.strip()})
        if not all(part.isdigit() and 0 < int(part) <= 366 for part in parts):
            raise ValidationError(_("“%(line)s”: give days before the date, from 1 to 366, such as 30, 7.") % {"line": line})
        found[name.strip()] = tuple(sorted({int(part) for part in parts}, reverse=True))
    return found


preferences.declare(
    Preference(
        STEPS, "university", list, ["renewals: 60, 30, 7", "replies: 30, 14, 3", "others: 30, 7"], gettext_lazy("Reminders before a date"),
        gettext_lazy("One line for each group (renewals, replies, others) or rule (such as EP-OA), then the days before."), check=parse,
    )
)  # fmt: skip
preferences.declare(
    Preference(
        LETTERS, "user", str, "own", gettext_lazy("Reminders by mail"), gettext_lazy("Before each date in your hand, as your university sets it."),
        choices=(("own", gettext_lazy("of dates in my hand")), ("none", gettext_lazy("never"))),
    )
)  # fmt: skip


@cache
def _rules() -> frozenset[str]:
    return frozenset(rule.id for rule in mapping.law().rules())


def group_of(rule_id: str) -> str:
    """Which group a rule belongs to: renewals, replies to a notice, others."""
    rule = mapping.law().rule(rule_id)
    if rule.kind in ("renewal", "stages", "expiry"):
        return "renewals"
    return "replies" if any((mapping.law().events.get(kind) or {}).get("notice") for kind in rule.starts) else "others"


def steps_of(rule_id: str, chosen: dict[str, tuple[int, ...]]) -> tuple[int, ...]:
    """The days before a date of this rule on which it is reminded of."""
    return chosen.get(rule_id, chosen.get(group_of(rule_id), ()))


def chosen(university: int) -> dict[str, tuple[int, ...]]:
    """A university's steps by rule and group."""
    return parse(preferences.get(STEPS, university=university))


def plan(deadline: Deadline) -> list[tuple[date, int, Reminder | None]]:
    """The reminders of a deadline: day, days before, and what was sent."""
    sent = {(one.due, one.days): one for one in Reminder.objects.filter(deadline=deadline)}
    steps = steps_of(deadline.rule, chosen(deadline.university_id))
    return [(deadline.due - timedelta(days=days), days, sent.get((deadline.due, days))) for days in steps]


def wanted(university: int, on: date) -> list[tuple[Deadline, int]]:
    """Deadlines to be reminded of on a day, each with the step reached; none twice."""
    steps = chosen(university)
    found: dict[int, tuple[Deadline, int]] = {}
    for days in sorted({step for several in steps.values() for step in several}, reverse=True):
        span = (on + timedelta(days=days - MADE_UP), on + timedelta(days=days))
        for row in Deadline.objects.filter(waiting=True, due__range=span, due__gte=on).select_related("holder__user", "matter"):
            if days in steps_of(row.rule, steps):
                found[row.pk] = (row, days)  # a nearer step replaces a farther one
    told = set(Reminder.objects.filter(deadline_id__in=found).values_list("deadline_id", "due", "days"))
    return [(row, days) for row, days in found.values() if (row.pk, row.due, days) not in told]


def send(actor: Actor, on: date) -> int:
    """Send the day's reminders: one letter a person, what is in nobody's hand to the office. Returns how many dates were told of."""
    rows = wanted(actor.university_id, on)
    office = _office(actor.university_id, on)
    mine: dict[User, list[tuple[Deadline, int]]] = defaultdict(list)
    for row, days in rows:
        holder = row.holder.user if row.holder and row.holder.user and row.holder.user.is_active else None
        for user in [holder] if holder else [user for user, units in office if units is None or row.matter.unit_id in units]:
            if preferences.get(LETTERS, user=user.pk) != "none":
                mine[user].append((row, days))
    receivers: dict[int, list[int]] = defaultdict(list)
    for user, several in mine.items():
        lines = [line(row, on) for row, _days in sorted(several, key=lambda pair: pair[0].due)]
        mail.send(to=user, template="docket/mail/reminder", context={"lines": lines, "day": on}, stop=LETTERS)
        for row, _days in several:
            receivers[row.pk].append(user.pk)
    made = [Reminder(deadline=row, due=row.due, days=days, sent_on=on, sent_to=receivers[row.pk]) for row, days in rows if row.pk in receivers]
    for start in range(0, len(made), audit.BATCH_LIMIT):
        part = made[start : start + audit.BATCH_LIMIT]
        with audit.batch(by=actor, verb="reminder.send", objects=len(part)) as work:
            work.add(part)
    return len(made)


def _office(university: int, on: date) -> list[tuple[User, tuple[int, ...] | None]]:
    """Who works for the office, each once, with the units they do it in; None for the whole university."""
    grants = Grant.objects.filter(university_id=university, role=Role.OFFICE, starts_on__lte=on, user__is_active=True).exclude(ends_on__lt=on)
    found: dict[User, tuple[int, ...] | None] = {}
    for grant in grants.select_related("user").order_by("user_id", F("unit").asc(nulls_first=True)):
        if grant.user not in found:
            actor = access.actor_of(grant.user, university, on) if grant.unit is not None else None
            found[grant.user] = actor.within(Role.OFFICE) if actor else None
    return list(found.items())


def line(row: Deadline, on: date) -> dict[str, Any]:
    """A deadline as a letter shows it: its title only where it is published."""
    return {
        "due": row.due, "late": row.due < on, "words": selectors.action_words(row),
        "what": row.matter_title if row.matter.published else row.matter_reference, "grace": row.grace_ends,
        "url": urljoin(settings.BASE_URL, reverse("kit:deadline_detail", args=[row.pk])),
    }  # fmt: skip


# --- summaries -------------------------------------------------------------------------------------------------------------------


def summary(actor: Actor, on: date) -> dict[str, Any] | None:
    """What a person's summary says: late and due within seven days among what is theirs to do; None when there is nothing."""
    rows = concerning(actor).select_related("matter")
    late = list(rows.filter(due__lt=on)[:31])
    soon = list(rows.filter(due__gte=on, due__lte=on + timedelta(days=7))[:31])
    if not late and not soon:
        return None
    return {
        "late": [line(row, on) for row in late[:30]], "soon": [line(row, on) for row in soon[:30]], "more": len(late) > 30 or len(soon) > 30,
        "docket_url": urljoin(settings.BASE_URL, reverse("docket:docket")), "day": on,
    }  # fmt: skip


def concerning(actor: Actor) -> Any:
    """Open deadlines that are an actor's to act on: in their hand; nobody's, for the office; asked about, for inventors; all they see, for an agent."""
    person = person_of(actor)
    mine = Q(holder=person) if person else Q(pk__in=[])
    if actor.has("office"):
        mine |= Q(holder=None)
    elif units := actor.within("office"):
        mine |= Q(holder=None, matter__unit__in=units)
    if actor.has("inventor"):
        mine |= Q(instruction=Instruction.ASK)
    return selectors.waiting(actor) if actor.has("agent") and not actor.has("office") else selectors.waiting(actor).filter(mine)


def summaries_send(university: int, on: date) -> int:
    """Send the day's summaries by the rule each person set: every working day, or on Mondays. Returns how many letters."""
    if on.weekday() > 4:
        return 0
    return sum(_summary_send(user, university, on) for user in _members(university, on))


def _members(university: int, on: date) -> Iterable[User]:
    grants = Grant.objects.filter(university_id=university, starts_on__lte=on, user__is_active=True).exclude(ends_on__lt=on)
    return User.objects.filter(pk__in=grants.values("user")).order_by("pk")


def _summary_send(user: User, university: int, on: date) -> bool:
    rule = preferences.get(SUMMARY, user=user.pk)
    actor = access.actor_of(user, university, on)
    if actor is None or rule == "none" or (rule == "weekly" and on.weekday()):
        return False
    told = summary(actor, on)
    if told is None:
        return False
    mail.send(to=user, template="docket/mail/summary", context=told, stop=SUMMARY)
    return True
