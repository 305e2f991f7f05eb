"""Pages that belong to no room: the first page after sign-in, and search over all rooms."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib.humanize.templatetags.humanize import apnumber
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from causeway.frame import access, db, outbox, tokens
from causeway.frame import search as find
from causeway.frame.accounts import selectors as accounts
from causeway.frame.models import AuditEntry, Job
from causeway.frame.words import verb_words
from causeway.kit import menu
from causeway.kit.history import UPKEEP
from causeway.kit.resource import Resource, resources
from causeway.kit.show import address, day, distance, money, short_day
from causeway.kit.views import FEW as LARGE
from causeway.kit.views import first_of, found_first, holding, signed_in
from causeway.rooms.assets import selectors as assets
from causeway.rooms.docket import selectors as docket
from causeway.rooms.governance import selectors as governance

access.allow("today.view", "office", "director", "inventor", "agent", "auditor", "administrator")
menu.add(menu.Entry("today", "checklist", gettext_lazy("Today"), "", "today.view", 1))
menu.add(menu.Entry("accounts:members", "settings", gettext_lazy("Administration"), "office", "member.view", 90))
menu.add(menu.Entry("accounts:work", "refresh", gettext_lazy("Work in the background"), "office", "work.view", 92))
menu.add(menu.Entry("accounts:log", "history", gettext_lazy("Audit log"), "office", "audit.view", 94))


#: How many lines a list of the first page shows.
FEW = 8


def today(request: HttpRequest) -> HttpResponse:
    """What needs me today: what is late, what falls due within seven days, what waits for me and for others, eight weeks at a glance."""
    actor = signed_in(request)
    on = docket.today_of(actor)
    if not access.may(actor, "deadline.view").allowed:
        kept = _kept(actor)
        return render(request, "config/keeping.html", {"day": on, "kept": kept, "waiting": any(number for _url, _words, number in kept)})
    counts = docket.counts(actor, on)
    decide, steps = _decide(actor, on), _steps(actor, on)
    stones, portfolio, may_import = docket.stones(actor, on), assets.portfolio(actor), access.may(actor, "asset.import").allowed
    late = [_task(actor, row, on) for row in docket.late(actor, on).select_related("holder", "matter")[:FEW]]
    soon = [_task(actor, row, on) for row in docket.soon(actor, on).select_related("holder", "matter")[:FEW]]
    context = {
        "day": on, "line": _line(counts, len(decide) + len(steps)), "counts": counts, "cap": docket.CAP, "decide": decide, "steps": steps, "deciding": len(decide) + len(steps),
        # Who can settle none of the dates is asked first what only they can answer.
        "late": late, "soon": soon, "first": not any(task["act"] for task in late + soon), "bare": may_import and not any(portfolio["counts"].values()),
        "stones": _stones(stones, on), "weeks": _weeks(on), "ahead": sum(one["count"] for one in stones), "others": _others(actor),
        "portfolio": portfolio, "fees": _fees(actor, on), "recent": _recent(actor, on), "since": _since(on),
        "differing": docket.differing(actor), "may_import": may_import, "may_record": access.may(actor, "event.record").allowed,
    }  # fmt: skip
    return render(request, "config/today.html", context)


def _kept(actor: access.Actor) -> list[tuple[str, str, int]]:
    """What waits for someone who keeps the university's accounts and work, and sees no dates: address, words, how many."""
    failed = access.visible(actor, Job.objects.filter(state=Job.State.FAILED)).count()
    undelivered = access.visible(actor, outbox.failing(actor.university_id)).count()
    return [
        (reverse("accounts:members"), _("Open invitations"), accounts.invitations(actor).count()),
        (reverse("accounts:work"), _("Work that failed"), failed),
        (reverse("accounts:work"), _("Letters and calls not delivered"), undelivered),
    ]


def _task(actor: access.Actor, row: Any, on: date) -> dict[str, Any]:
    """A line of a list: what, for which asset, and the act that settles it, where the actor may do it."""
    key, label = ("done", _("Record payment") if row.amount is not None or row.fee_note else _("Record as done"))
    if not access.may(actor, "deadline.done").allowed:
        key, label = "instruct", _("Instruct")
    act = reverse("kit:deadline_action", args=[row.pk, key]) if access.may(actor, f"deadline.{key}").allowed else ""
    return {
        "row": row, "words": docket.action_words(row), "when": distance(row.due, docket.today_at(row.office)), "number": row.matter.number or row.matter_reference,
        "url": reverse("kit:deadline_detail", args=[row.pk]), "act": act, "label": label,
    }  # fmt: skip


def _steps(actor: access.Actor, on: date) -> list[dict[str, Any]]:
    """Steps of decisions in which the actor's role may act."""
    return [
        {"step": one, "url": reverse("kit:procedure_detail", args=[one.procedure_id]), "when": distance(one.due_on, on) if one.due_on else _("open")}
        for one in governance.steps_for(actor)[:FEW]
    ]


def _decide(actor: access.Actor, on: date) -> list[dict[str, Any]]:
    """What waits for the actor's own word: dates to confirm as a second person, questions to an inventor, answers that came back."""
    waiting = docket.waiting(actor).select_related("matter", "holder")
    found = []
    if docket.second_person(actor) and access.may(actor, "deadline.confirm").allowed:
        rows = docket.to_confirm(actor, on).filter(due__lt=on + timedelta(weeks=4)).select_related("matter", "holder")
        rows = [row for row in rows[: 2 * FEW] if access.may(actor, "deadline.confirm", row).allowed]
        found += [_asked(row, on, _("Confirm the date as a second person"), "confirm", _("Check")) for row in rows[:FEW]]
    if access.may(actor, "deadline.answer").allowed:
        found += [_asked(row, on, _("Is this right worth its fee?"), "answer", _("Answer")) for row in waiting.filter(instruction="ask")[:FEW]]
    return found


def _asked(row: Any, on: date, words: str, key: str, label: str) -> dict[str, Any]:
    return {"row": row, "words": words, "when": distance(row.due, on), "second": docket.action_words(row), "url": reverse("kit:deadline_detail", args=[row.pk]),
            "act": reverse("kit:deadline_action", args=[row.pk, key]), "label": label}  # fmt: skip


def _others(actor: access.Actor) -> list[dict[str, Any]]:
    """What others have in hand: instructions at an agent, questions at the inventors."""
    if not actor.has("office", "director", "auditor") and not actor.within("office", "director", "auditor"):
        return []
    rows = docket.waiting(actor).filter(instruction__in=["pay", "abandon", "ask"]).select_related("matter", "matter__agent").order_by(*found_first(["due", "pk"]))[:6]
    return [
        {"row": row, "words": docket.action_words(row), "url": reverse("kit:deadline_detail", args=[row.pk]), "number": row.matter.number or row.matter_reference,
         "who": row.why or _("the inventors were asked") if row.instruction == "ask" else _("%(who)s, instructed: %(what)s") % {
             "who": row.matter.agent or _("no agent"), "what": row.get_instruction_display()}}
        for row in rows
    ]  # fmt: skip


def _fees(actor: access.Actor, on: date) -> list[str]:
    """Fees of the next 90 days, one sum for each currency, and how many no sum holds."""
    rows, sums = docket.renewals(actor, on, on + timedelta(days=90)), defaultdict[str, int](int)
    for cost in docket.forecast(rows):
        sums[cost.currency] += cost.minor
    left = docket.capped(rows.filter(amount=None))
    return [money(minor, currency) for currency, minor in sorted(sums.items())] + ([_("%(n)s to be read") % {"n": left}] if left else [])


def _line(counts: dict[str, int], decide: int) -> str:
    """The day in one sentence."""
    late = ngettext("%(n)s date is late", "%(n)s dates are late", counts["late"]) % {"n": _said(counts["late"], pgettext("number of dates", "no"))}
    soon = ngettext("%(n)s falls due in the next seven days", "%(n)s fall due in the next seven days", counts["soon"]) % {"n": _said(counts["soon"], pgettext("number of dates", "none"))}
    if not decide:
        return _("%(late)s, %(soon)s.") % {"late": capfirst(late), "soon": soon}
    yours = ngettext("%(n)s waits for your word", "%(n)s wait for your word", decide) % {"n": _said(decide, "")}
    return _("%(late)s, %(soon)s, %(yours)s.") % {"late": capfirst(late), "soon": soon, "yours": yours}


def _said(number: int, none: str) -> str:
    return str(apnumber(number)) if number else none


def _weeks(on: date) -> list[dict[str, Any]]:
    start = docket.stones_start(on)
    return [{"x": 1 + n * 129.75, "label": short_day(start + timedelta(weeks=n))} for n in range(8)]


def _stones(days: list[dict[str, Any]], on: date) -> dict[str, Any]:
    """Circles of the horizon: one for each date, stacked on its day; each day leads to its list."""
    made = []
    for one in days:
        x, circles = round(10.3 + one["offset"] * 18.54, 1), []
        for level, provisional in enumerate(one["stones"]):
            near = docket.urgency(one["day"], on)
            css = "hollow" if provisional and near == "later" else {"late": "late", "soon": "soon"}.get(near, "stone")
            circles.append({"y": round(72 - level * 11.5, 1), "css": css})
        label = ngettext("%(day)s: %(n)s date", "%(day)s: %(n)s dates", one["count"]) % {"day": day(one["day"]), "n": one["count"]}
        more = one["count"] - len(circles)
        made.append({"x": x, "circles": circles, "label": label, "more": more, "url": f"{reverse('docket:docket')}?tab=all&from={one['day']}&to={one['day']}"})
    now = round(10.3 + (on - docket.stones_start(on)).days * 18.54, 1)
    return {"days": made, "now": now, "label": now + 6}


def _since(on: date) -> date:
    """The last working day before today: what changed since then is told."""
    return on - timedelta(days={0: 3, 6: 2}.get(on.weekday(), 1))


#: Entries that only follow from others.
_QUIET = (*UPKEEP, "file.store", "asset.own", "setting.choose", "feed.make")


def _recent(actor: access.Actor, on: date) -> list[dict[str, Any]]:
    """What people and imports did since the last working day, newest first, like acts of one person together; the trail is the whole university's."""
    if not actor.has("office", "director", "auditor"):
        return []
    began = datetime.combine(_since(on), time(), tzinfo=timezone.get_current_timezone())
    entries = AuditEntry.objects.filter(at__gte=began).exclude(verb__in=_QUIET).order_by("-at", "-pk")[:60]
    pages = {resource.model._meta.label_lower: resource for resource in resources()}
    told: list[dict[str, Any]] = []
    for entry in entries:
        words = verb_words(entry.verb)
        if told and (told[-1]["words"], told[-1]["who"]) == (words, entry.actor_name):
            told[-1]["times"] += 1
            continue
        resource = pages.get(entry.label)
        url = reverse(resource.route_detail, args=[entry.object_id]) if resource and entry.object_id and resource.may(actor, "view") else ""
        # The trail names no record that holds people's data; its kind says where the way leads.
        title = (entry.title if entry.label != "frame.auditrun" else "") or (capfirst(str(resource.label)) if url and resource else "")
        told.append({"words": words, "who": entry.actor_name, "at": entry.at, "times": 1, "title": title, "url": url, "why": entry.why, "counts": _counted(entry)})
        if len(told) == 7:
            break
    return told[:6]


def _counted(entry: AuditEntry) -> str:
    """What a batch did to assets and dates, in numbers."""
    counts = entry.changes.get("counts")
    if entry.label != "frame.auditrun" or not isinstance(counts, dict):
        return ""
    parts = [
        (counts.get("assets.asset created"), ngettext("%(n)s new asset", "%(n)s new assets", counts.get("assets.asset created", 0))),
        (counts.get("docket.deadline created"), ngettext("%(n)s new date", "%(n)s new dates", counts.get("docket.deadline created", 0))),
        (counts.get("docket.deadline changed"), ngettext("%(n)s date changed", "%(n)s dates changed", counts.get("docket.deadline changed", 0))),
    ]
    return ", ".join(text % {"n": number} for number, text in parts if number)


def search(request: HttpRequest) -> HttpResponse:
    """Everything in sight that holds the words or the number asked for; only the hits where the command palette asks."""
    actor = signed_in(request)
    text = request.GET.get("q", "").strip()[:200]
    # Kinds that have their place in the menu first; what only hangs on them after.
    kinds = [one for one in sorted(resources(), key=lambda one: not one.menu) if text and one.search and one.may(actor, "view")]
    known = find.ids_of([one.text_of or one.model for one in kinds], text)
    counts = db.counts([one.rows(actor) if one.text is None else one.model._default_manager.none() for one in kinds], LARGE + 1)
    found = [_found(one, actor, text, known[find.label_of(one.text_of or one.model)], count) for one, count in zip(kinds, counts, strict=True)]
    part = request.headers.get("HX-Request") == "true"
    response = render(request, "config/found.html" if part else "config/search.html", {"groups": [one for one in found if one], "text": text})
    patch_vary_headers(response, ["HX-Request"])
    return response


#: So many matches of a kind are compared for closeness, so many are shown.
COMPARED, SHOWN = 60, 10


def _found(resource: Resource, actor: access.Actor, text: str, known: list[int], count: int) -> dict[str, Any] | None:
    """The hits of one kind of record, the closest first; None where there are none."""
    rows = first_of(holding(resource, resource.rows(actor), text, known, count), resource, actor, COMPARED)
    wanted = tokens.fold(text)
    # What is settled comes after what still waits, however close it is.
    rows.sort(key=lambda row: (not getattr(row, "waiting", True), _closeness(wanted, tokens.fold(str(row)), tokens.fold(_second(row)))))
    items = [{"text": str(row), "url": address(resource.route_detail, row.pk), "second": _second(row)} for row in rows[:SHOWN]]
    more = f"{reverse(resource.route_list)}?{urlencode({'q': text})}" if len(rows) > SHOWN else ""
    return {"label": resource.label_plural, "icon": resource.icon, "items": items, "more": more} if items else None


def _closeness(wanted: str, title: str, second: str) -> int:
    """0 for the text itself, then titles that begin with it, then those that hold it, then the others."""
    if wanted in (title, *second.split(" · ")):
        return 0
    return 1 if title.startswith(wanted) else 2 if wanted in title or wanted in second else 3


def _second(row: Any) -> str:
    told = [str(value) for name in ("reference", "number", "matter_title", "email") if (value := getattr(row, name, ""))]
    return " · ".join([*told, *([day(row.due)] if isinstance(getattr(row, "due", None), date) else [])])
