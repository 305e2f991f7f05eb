"""Recording, correcting and withdrawing events: first what would change, then it is written."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from causeway.frame import access
from causeway.kit.show import day, money
from causeway.kit.views import actor_for, served
from causeway.rooms.docket import forms, selectors, services, words
from causeway.rooms.docket.choices import State
from causeway.rooms.docket.mapping import Computed
from causeway.rooms.docket.models import Deadline, Matter, MatterEvent
from causeway.rooms.docket.ports import EventDraft
from causeway.rooms.docket.views.common import matter_of


def _draft(form: forms.EventForm, event: MatterEvent | None) -> EventDraft:
    """The event of a form; what an earlier version knew and the form does not ask is kept."""
    data = form.cleaned_data
    kept = {key: value for key, value in event.facts.items() if key not in form.told()} if event and event.kind == data["kind"] else {}
    facts = services.said(data.get("year", ""), data.get("office", ""), data.get("rule", ""))
    return EventDraft(data["kind"], data["on"], by=data.get("by", ""), received=data.get("received"), of=data.get("of"), facts=kept | facts, note=data["note"])


def record_choose(request: HttpRequest) -> HttpResponse:
    """Choose the matter an event belongs to."""
    actor = actor_for(request, "event.record")
    text = request.GET.get("q", "").strip()[:200]
    rows = access.visible(actor, Matter.objects.filter(closed_on=None))
    if text:
        digits = "".join(c for c in text if c.isdigit())
        condition = Q(title__icontains=text) | Q(reference__icontains=text) | Q(number__icontains=text)
        rows = rows.filter(condition | Q(number__contains=digits) if digits else condition)
    return render(request, "docket/choose.html", {"rows": rows.order_by("reference")[:50], "text": text})


def record(request: HttpRequest, pk: int) -> HttpResponse:
    """Record an event: say what happened, see what would change, apply."""
    actor = actor_for(request, "event.record")
    return _event_page(request, actor, matter_of(actor, pk), None)


def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct an event by a new version."""
    actor = actor_for(request, "event.correct")
    event = get_object_or_404(access.visible(actor, MatterEvent.objects.select_related("matter")), pk=pk)
    return _event_page(request, actor, event.matter, event)


def _event_page(request: HttpRequest, actor: access.Actor, found: Matter, event: MatterEvent | None) -> HttpResponse:
    initial = None
    if event is not None:
        initial = {"kind": event.kind, "on": event.on, "by": event.by, "received": event.received, "of": event.of, "note": event.note,
                   "year": event.facts.get("year") or event.facts.get("stage") or "", "office": event.facts.get("office", ""), "rule": event.facts.get("rule", "")}  # fmt: skip
    form = forms.EventForm(request.POST if request.method == "POST" else None, initial=initial, matter=found)
    difference = None
    if request.method == "POST" and form.is_valid():
        draft = _draft(form, event)
        if request.POST.get("apply"):
            made = served(form, services.event_record, actor=actor, matter=found, draft=draft, replaces=event)
            if made is not None:
                messages.success(request, _("Recorded. The docket of this matter was computed anew."))
                return redirect("docket:matter", pk=found.pk)
        else:
            difference = served(form, services.event_preview, actor=actor, matter=found, draft=draft, replaces=event)
    title = _("Correct an event") if event else _("Record an event")
    return _shown(request, form, found, difference, title, event=event, status=422 if form.errors else 200)


def facts(request: HttpRequest, pk: int) -> HttpResponse:
    """What dates and fees of a matter depend on and no event shows: only what the law asks of its office and right."""
    actor = actor_for(request, "matter.update")
    found = matter_of(actor, pk)
    form = forms.FactsForm(request.POST if request.method == "POST" else None, matter=found)
    back = reverse("docket:matter", args=[pk])
    if request.method == "POST" and form.is_valid() and served(form, services.matter_facts, actor=actor, matter=found, **form.told()) is not None:
        messages.success(request, _("Saved. The docket of this matter was computed anew."))
        return redirect(back)
    text = _("What dates and fees depend on and no event shows.") if form.fields else _("Nothing more is asked of this kind of right at this office.")
    context = {"form": form, "title": _("Facts of %(matter)s") % {"matter": found.reference}, "text": text, "button": _("Save"), "back": back}
    return render(request, "kit/form.html", context, status=422 if form.errors else 200)


def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw an event recorded by mistake."""
    actor = actor_for(request, "event.withdraw")
    event = get_object_or_404(access.visible(actor, MatterEvent.objects.select_related("matter")), pk=pk)
    form = forms.ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and served(form, services.event_withdraw, actor=actor, event=event, why=form.cleaned_data["why"]):
        messages.success(request, _("Withdrawn. What followed from it was closed."))
        return redirect("docket:matter", pk=event.matter_id)
    difference = services.event_preview(actor=actor, matter=event.matter, replaces=event) if event.current and not event.withdrawn else None
    return _shown(request, form, event.matter, difference, _("Withdraw this event?"), event=event, grave=True, status=422 if form.errors else 200)


def _shown(
    request: HttpRequest, form: Any, found: Matter, difference: services.Difference | None, title: str, *, event: MatterEvent | None, status: int, grave: bool = False
) -> HttpResponse:  # fmt: skip
    context = {
        "form": form, "matter": found, "difference": difference, "lines": lines_of(difference), "title": title, "back": reverse("docket:matter", args=[found.pk]),
        "grave": grave, "refused": _refused(difference), "event": selectors.in_words(event) if event else None, "office": selectors.office_title(found.office),
    }  # fmt: skip
    return render(request, "docket/event.html", context, status=status)


def lines_of(difference: services.Difference | None) -> list[dict[str, Any]]:
    """A difference as lines: what happens to which date, before and after, and what of people's work it touches."""
    if difference is None:
        return []
    lines = [
        {"css": "is-done" if one.state == State.OPEN else "", "badge": _("new"), "words": words.title(one.rule, one.ordinal), "rule": one.rule, "after": one.due,
         "state": "" if one.state == State.OPEN else State(one.state).label, "why": one.why}
        for one in difference.created
    ]  # fmt: skip
    lines += [
        {"css": "is-soon", "badge": _("open again"), "words": words.title(one.rule, one.ordinal), "rule": one.rule, "before": row.due, "after": one.due,
         "more": _beside(row, one)}
        for row, one in difference.reopened
    ]
    for row, one in difference.changed:
        after = services.state_after(row, one)
        lines.append({
            "css": "is-soon", "badge": _("changed"), "words": words.title(one.rule, one.ordinal), "rule": one.rule, "after": one.due,
            "before": row.due if row.due != one.due else None, "state": "" if row.state == after else f"{row.get_state_display()} → {State(after).label}",
            "more": _beside(row, one), "lost": bool(row.confirmed_by_id and row.due != one.due), "kept": row.state in (State.DONE, State.WAIVED),
        })  # fmt: skip
    lines += [
        {"css": "is-late", "badge": _("no longer follows"), "words": words.action(row), "rule": row.rule, "after": row.due,
         "state": "" if row.state in (State.DONE, State.WAIVED) else _("closes"), "kept": row.state in (State.DONE, State.WAIVED)}
        for row in difference.gone
    ]  # fmt: skip
    return lines


def _refused(difference: services.Difference | None) -> list[tuple[str, str]]:
    """Rules that would give no date, by title, and why in words."""
    return [(words.titled(rule, ordinal), words.reason(why, rule)) for rule, ordinal, why in difference.refusals] if difference else []


def _beside(row: Deadline, one: Computed) -> list[str]:
    """What changes beside a date: its late period, its fee, whether it is sure."""
    yes = lambda told: _("yes") if told else _("no")  # noqa: E731
    pairs = [
        (_("Grace until"), day(row.grace_ends), day(one.grace_ends)), (_("Fee"), _fee(row), _fee(one)),
        (_("Verified"), yes(row.verified), yes(one.verified)), (_("Provisional"), yes(row.provisional), yes(one.provisional)),
    ]  # fmt: skip
    return [f"{name} {before or '–'} → {after or '–'}" for name, before, after in pairs if before != after]


def _fee(one: Deadline | Computed) -> str:
    return money(one.amount, one.currency) if one.amount is not None else words.reason(one.fee_note)
