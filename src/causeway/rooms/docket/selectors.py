"""Reads of the docket: lists people work in, one day's picture, and the derivation of a date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, Min, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from causeway.engines.docket import Event, MatterFacts, Step
from causeway.engines.docket.explain import explain
from causeway.frame import access
from causeway.frame.access import Actor
from causeway.kit.show import day, distance, money, stacked, urgency
from causeway.rooms.docket import mapping
from causeway.rooms.docket.access import INVENTOR_MATTERS
from causeway.rooms.docket.choices import WAITING, State
from causeway.rooms.docket.models import Deadline, Matter, MatterEvent, Refusal, Snooze
from causeway.rooms.people.selectors import person_of

__all__ = ["INVENTOR_MATTERS"]


def matter_facts(matter: Matter) -> MatterFacts:
    """A matter as the engine sees it, from its current events."""
    columns = ("root", "kind", "on", "by", "received", "of", "facts")
    rows = MatterEvent.objects.filter(matter=matter, current=True, withdrawn=False).order_by("root").values_list(*columns)
    events: tuple[Event, ...] = tuple(mapping.engine_event(row) for row in rows)
    return MatterFacts(matter.office, matter.right, events, matter.facts, tuple(matter.designated), matter.entity or None)


def why(deadline: Deadline, language: str = "en") -> list[Step]:
    """The derivation of a deadline in words, derived again from the stored events; empty when it no longer follows from them."""
    language = "zh-hans" if language.startswith("zh") else "en"
    found = mapping.derive_again(matter_facts(deadline.matter), deadline.rule, deadline.ordinal, deadline.trigger)
    return explain(found, mapping.law(), language) if found else []


def source_of(basis: str) -> tuple[str, str]:
    """The title and address of a cited source, with its place."""
    key, _hash, place = basis.partition("#")
    source = mapping.law().sources.get(key)
    title = source["title"] if source else key
    return (f"{title}, {place}" if place else title), (source or {}).get("where", "")


def event_kinds(language: str = "en") -> list[tuple[str, str]]:
    """The vocabulary of events, by title."""
    language = "zh-hans" if language.startswith("zh") else "en"
    law = mapping.law()
    return sorted(((kind, law.title_of_event(kind, language)) for kind in law.events), key=lambda pair: pair[1])


@cache
def _zone(office: str) -> ZoneInfo:
    entry = mapping.law().offices.get(office) or {}
    return ZoneInfo(entry.get("timezone", "UTC"))


def offices() -> list[tuple[str, str]]:
    """The offices the packs know, with their names."""
    return [(code, str((data.get("name") or {}).get("en", code))) for code, data in sorted(mapping.law().offices.items())]


def civil_day(office: str, university_zone: str, now: datetime | None = None) -> date:
    """The day by which "late" is judged: the office's civil date or the university's, whichever is ahead."""
    now = now or timezone.now()
    return max(now.astimezone(_zone(office)).date(), now.astimezone(ZoneInfo(university_zone)).date())


def today_of(actor: Actor) -> date:
    """Today at the actor's university."""
    from causeway.frame.models import University

    return timezone.now().astimezone(ZoneInfo(University.objects.get(pk=actor.university_id).timezone)).date()


def waiting(actor: Actor) -> QuerySet[Deadline]:
    """Deadlines in the actor's sight that wait for somebody, soonest first."""
    return access.visible(actor, Deadline.objects.filter(waiting=True)).order_by("due", "pk")


def next_due(matters: list[int]) -> dict[int, date]:
    """The next open day of each matter that has one."""
    rows = Deadline.objects.filter(matter_id__in=matters, waiting=True).values_list("matter_id")
    return dict(rows.annotate(next=Min("due")))


def mine(actor: Actor, on: date) -> QuerySet[Deadline]:
    """Deadlines in the actor's own hand (or in nobody's, for the office), without those they snoozed."""
    person = person_of(actor)
    held = Q(holder=person) if person else Q(pk__in=[])
    snoozed = Snooze.objects.filter(deadline=OuterRef("pk"), user_id=actor.user_id, until__gt=on)
    return waiting(actor).filter(held).filter(~Exists(snoozed))


def late(actor: Actor, on: date) -> QuerySet[Deadline]:
    """Deadlines whose last day has passed."""
    return waiting(actor).filter(due__lt=on)


def counts(actor: Actor, on: date) -> dict[str, int]:
    """How many are late, due in seven days, mine, unverified; each counted to 1,000 at most."""
    soon = waiting(actor).filter(due__gte=on, due__lte=on + timedelta(days=7))
    return {
        "late": capped(late(actor, on)), "soon": capped(soon), "mine": capped(mine(actor, on)),
        "instruct": capped(waiting(actor).filter(state=State.INSTRUCTED)),
        "unverified": capped(waiting(actor).filter(verified=False, due__gte=on, due__lte=on + timedelta(days=365))),
    }  # fmt: skip


def capped(queryset: QuerySet, limit: int = 1_000) -> int:
    """A count that stops at a limit."""
    return queryset.order_by()[:limit].count()


def soon(actor: Actor, on: date) -> QuerySet[Deadline]:
    """Deadlines of the next seven days."""
    return waiting(actor).filter(due__gte=on, due__lte=on + timedelta(days=7))


def stones_start(on: date) -> date:
    """The Monday the eight weeks begin with; the week before, early in a week, so that what has just gone late is seen."""
    return on - timedelta(days=on.weekday() + (7 if on.weekday() < 2 else 0))


def stones(actor: Actor, on: date, weeks: int = 8) -> list[dict[str, Any]]:
    """The coming weeks as days with their deadlines, for the path on the first page; late ones of the last week lead."""
    start = stones_start(on)
    rows = waiting(actor).filter(due__gte=start, due__lt=start + timedelta(weeks=weeks)).values_list("due", "provisional")[:2000]
    by_day: dict[date, list[bool]] = defaultdict(list)
    for due, provisional in rows:
        by_day[due].append(provisional)
    return [{"day": day, "offset": (day - start).days, "stones": flags} for day, flags in sorted(by_day.items())]


def renewals(actor: Actor, start: date, end: date) -> QuerySet[Deadline]:
    """Fees of renewals due in a span."""
    rules = [rule.id for rule in mapping.law().rules() if rule.kind in ("renewal", "stages", "expiry")]
    return waiting(actor).filter(rule__in=rules, due__gte=start, due__lt=end)


def forecast(rows: Iterable[Deadline]) -> dict[str, dict[str, int]]:
    """Cost by month and currency, in minor units, of rows with a known amount."""
    months: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        if row.amount is not None:
            months[f"{row.due:%Y-%m}"][row.currency] += row.amount
    return {month: dict(sums) for month, sums in sorted(months.items())}


def deadline_rows(actor: Actor, start: date | None, end: date | None, reference: str | None) -> list[dict[str, Any]]:
    """What the docket shows, as plain values for the command line and exports."""
    found = waiting(actor)
    if start:
        found = found.filter(due__gte=start)
    if end:
        found = found.filter(due__lte=end)
    if reference:
        found = found.filter(Q(matter_reference=reference) | Q(matter__number=reference))
    return [
        {
            "due": row.due.isoformat(), "nominal": row.nominal.isoformat(), "grace_ends": row.grace_ends.isoformat() if row.grace_ends else None,
            "action": row.action, "asset": row.matter_reference, "title": row.matter_title, "office": row.office, "rule": row.rule, "ordinal": row.ordinal,
            "amount": row.amount, "currency": row.currency or None, "in_hand_of": row.holder.name if row.holder else None, "verified": row.verified,
            "provisional": row.provisional, "state": row.state, "late": row.due < civil_day(row.office, "UTC"),
        }
        for row in found.select_related("holder").iterator(2000)
    ]  # fmt: skip


def refusals(actor: Actor) -> QuerySet[Refusal]:
    """Rules that would apply and give no date."""
    return access.visible(actor, Refusal.objects.select_related("matter")).order_by("matter__reference", "rule")


# --- as pages show them ------------------------------------------------------------------------------------------------------------------


def _today() -> Any:
    return timezone.now().date()


def due_cell(row: Deadline) -> Any:
    """The last day with how far it is; red when late, amber within a week, violet when provisional."""
    last = row.extended_to or row.due
    if row.state not in WAITING:
        return stacked(day(last), row.get_state_display())
    near = urgency(last, _today())
    css = {"late": "cw-late", "soon": "cw-soon"}.get(near, "cw-doubt" if row.provisional else "")
    first = format_html('<strong class="{}">{}</strong>', css, day(last))
    return stacked(first, distance(last, _today()), css if near == "late" else "")


def consequence(row: Deadline) -> str:
    """The second line: what follows if the day passes."""
    if row.grace_ends and row.state in WAITING:
        return str(_("Late payment until %(day)s") % {"day": day(row.grace_ends)})
    if row.instruction:
        return str(_("Instructed: %(what)s") % {"what": row.get_instruction_display()})
    return row.why


def second_line(row: Deadline) -> Any:
    """The consequence, and on a phone the asset too, whose column is hidden there."""
    return format_html('{}<span class="d-block d-md-none">{} · <span class="cw-nowrap">{}</span></span>', consequence(row), row.matter_title, row.matter_reference)


def action_words(row: Deadline) -> str:
    """What to do, in the reader's language."""
    language = "zh-hans" if (get_language() or "").startswith("zh") else "en"
    return mapping.action_title(row.rule, row.ordinal, language) if language != "en" else row.action


def why_cell(row: Deadline) -> Any:
    mark = _("Verified") if row.verified else _("Unverified")
    return format_html('<a class="cw-rule{}" href="{}#why">{}</a><span class="cw-sub">{}</span>', "" if row.verified else " is-doubt",
                       reverse("kit:deadline_detail", args=[row.pk]), row.rule, mark)  # fmt: skip


def fee_cell(row: Deadline) -> Any:
    if row.amount is None:
        return format_html('<span class="cw-meta">{}</span>', _("to be read") if row.fee_note else _("none"))
    return stacked(money(row.amount, row.currency), row.fee_note)


def deadline_panel(actor: Actor, matter: Matter) -> dict[str, Any]:
    """A matter's open deadlines and refusals, for a panel on the page of what it stands for."""
    rows = list(waiting(actor).filter(matter=matter).select_related("holder")[:12])
    today = _today()
    found = access.visible(actor, Refusal.objects.filter(matter=matter))
    return {
        "template": "docket/deadlines_panel.html", "open": capped(waiting(actor).filter(matter=matter)), "late": sum(row.due < today for row in rows),
        "all_url": reverse("docket:matter", args=[matter.pk]), "refusals": list(found),
        "rows": [
            {"due_cell": due_cell(row), "action": action_words(row), "second": consequence(row), "fee": fee_cell(row), "why": why_cell(row),
             "url": reverse("kit:deadline_detail", args=[row.pk])}
            for row in rows
        ],
    }  # fmt: skip


def timeline(actor: Actor, matter: Matter, language: str) -> list[MatterEvent]:
    """What happened in a matter, newest first, corrected and withdrawn versions among it."""
    language = "zh-hans" if language.startswith("zh") else "en"
    events = list(access.visible(actor, MatterEvent.objects.filter(matter=matter)).order_by("-on", "-pk"))
    for event in events:
        event.words = mapping.law().title_of_event(event.kind, language)  # type: ignore[attr-defined]
        if event.facts.get("year"):
            event.words += f", {event.facts['year']}"  # type: ignore[attr-defined]
    return events
