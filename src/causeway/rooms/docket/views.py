"""Pages of the docket that are not lists of the kit's shape: the docket itself, events, board, calendar, renewals, orders, feeds."""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from datetime import date, timedelta
from typing import Any

import typst
import xlsxwriter
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from causeway.frame import access
from causeway.kit.exporting import harmless
from causeway.kit.resource import named
from causeway.kit.show import day, money
from causeway.kit.views import NotSignedIn, find, served
from causeway.rooms.docket import feeds, forms, selectors, services
from causeway.rooms.docket.models import Deadline, Matter, MatterEvent, OrderList
from causeway.rooms.docket.ports import EventDraft


def signed_in(request: HttpRequest, action: str) -> access.Actor:
    """The actor, allowed to do the action."""
    actor = request.actor  # type: ignore[attr-defined]
    if actor is None:
        raise NotSignedIn
    access.require(actor, action)
    return actor


def _matter(actor: access.Actor, pk: int) -> Matter:
    return get_object_or_404(access.visible(actor, Matter.objects.select_related("agent", "holder", "unit")), pk=pk)


#: Tabs of the docket: key, title, rows.
def _tabs(actor: access.Actor, today: date) -> list[tuple[str, str, QuerySet[Deadline]]]:
    waiting = selectors.waiting(actor)
    return [
        ("weeks", _("Next 8 weeks"), waiting.filter(due__lt=today + timedelta(weeks=8))),
        ("mine", _("Mine"), selectors.mine(actor, today)),
        ("late", _("Late"), selectors.late(actor, today)),
        ("instruct", _("Waiting for the agent"), waiting.filter(state="instructed")),
        ("unverified", _("Rests on unverified facts"), waiting.filter(verified=False, due__gte=today, due__lt=today + timedelta(days=365))),
        ("all", _("All open"), waiting),
    ]


def docket(request: HttpRequest) -> HttpResponse:
    """The docket people work in: what is late, what comes next, grouped by urgency."""
    actor = signed_in(request, "deadline.view")
    today = selectors.today_of(actor)
    key = request.GET.get("tab", "weeks")
    tabs = _tabs(actor, today)
    rows = next((rows for name, _title, rows in tabs if name == key), tabs[0][2])
    if office := request.GET.get("office"):
        rows = rows.filter(office=office)
    if text := request.GET.get("q", "").strip():
        from causeway.kit.views import text_condition

        rows = rows.filter(text_condition(named("deadline"), text))
    page = int(request.GET["page"]) if request.GET.get("page", "").isdigit() and request.GET["page"] != "0" else 1
    found = list(rows.select_related("holder", "matter")[(page - 1) * 50 : page * 50 + 1])
    bulk = [a for a in named("deadline").actions if a.bulk and access.may(actor, f"deadline.{a.key}").allowed]
    context = {
        "groups": _groups(found[:50], today, bool(bulk)), "tabs": [(name, title, selectors.capped(q, 1000) if name == key else None) for name, title, q in tabs],
        "tab": key, "offices": selectors.offices(), "columns": named("deadline").columns, "bulk": bulk, "has_next": len(found) > 50, "page": page, "counts": selectors.counts(actor, today),
        "span": len(named("deadline").columns) + bool(bulk), "may_record": access.may(actor, "event.record").allowed,
    }  # fmt: skip
    return render(request, "docket/docket.html", context)


def _groups(rows: list[Deadline], today: date, bulk: bool) -> list[dict[str, Any]]:
    groups: dict[str, dict[str, Any]] = {}
    for row in rows:
        key = selectors.urgency(row.due, today)
        title = {"late": _("Late"), "soon": _("Next 7 days"), "later": _("Later")}[key]
        group = groups.setdefault(key, {"title": title, "rows": []})
        group["rows"].append(named("deadline").row_html(row, reverse("kit:deadline_detail", args=[row.pk]), bulk))
    return list(groups.values())


def board(request: HttpRequest) -> HttpResponse:
    """Six weeks side by side."""
    actor = signed_in(request, "deadline.view")
    today = selectors.today_of(actor)
    start = today - timedelta(days=today.weekday())
    rows = selectors.waiting(actor).filter(due__lt=start + timedelta(weeks=6)).select_related("holder")[:600]
    weeks: list[dict[str, Any]] = [{"title": _("Late"), "rows": []}]
    weeks += [{"title": _("Week of %(day)s") % {"day": day(start + timedelta(weeks=n))}, "rows": []} for n in range(6)]
    for row in rows:
        place = 0 if row.due < today else (row.due - start).days // 7 + 1
        weeks[place]["rows"].append({"row": row, "words": selectors.action_words(row)})
    return render(request, "docket/board.html", {"weeks": weeks})


def calendar(request: HttpRequest) -> HttpResponse:
    """A month as a grid, with its agenda below."""
    actor = signed_in(request, "deadline.view")
    today = selectors.today_of(actor)
    try:
        first = date.fromisoformat(request.GET.get("month", f"{today:%Y-%m}") + "-01")
    except ValueError:
        raise Http404 from None
    start = first - timedelta(days=first.weekday())
    following = (first + timedelta(days=32)).replace(day=1)
    weeks_count = -(-(following - start).days // 7)
    rows = selectors.waiting(actor).filter(due__gte=start, due__lt=start + timedelta(weeks=weeks_count)).select_related("holder")[:1000]
    by_day: dict[date, list[Any]] = defaultdict(list)
    for row in rows:
        by_day[row.due].append({"row": row, "words": selectors.action_words(row)})
    weeks = [[_day_cell(start + timedelta(days=7 * w + d), first, today, by_day) for d in range(7)] for w in range(weeks_count)]
    previous = (first - timedelta(days=1)).replace(day=1)
    names = [start + timedelta(days=n) for n in range(7)]
    agenda = [(when, items) for when, items in sorted(by_day.items()) if when.month == first.month]
    return render(
        request,
        "docket/calendar.html",
        {"weeks": weeks, "first": first, "previous": previous, "following": following, "names": names, "agenda": agenda},
    )


def _day_cell(when: date, first: date, today: date, by_day: dict[date, list[Any]]) -> dict[str, Any]:
    items = by_day.get(when, [])
    return {"day": when, "out": when.month != first.month, "today": when == today, "items": items[:3], "more": max(0, len(items) - 3)}


def matter(request: HttpRequest, pk: int) -> HttpResponse:
    """A matter: every date of it, past and future, its events, what gives no date."""
    actor = signed_in(request, "matter.view")
    found = _matter(actor, pk)
    rows = access.visible(actor, Deadline.objects.filter(matter=found)).select_related("holder").order_by("due", "pk")
    html = [named("deadline").row_html(row, reverse("kit:deadline_detail", args=[row.pk]), False) for row in rows]
    panel = {"events": selectors.timeline(actor, found, get_language() or "en"), "may": access.may(actor, "event.correct").allowed}
    context = {"matter": found, "rows": html, "columns": named("deadline").columns, "panel": panel, "refusals": list(access.visible(actor, found.refusals.all())),
               "may_record": access.may(actor, "event.record").allowed}  # fmt: skip
    return render(request, "docket/matter.html", context)


# --- events --------------------------------------------------------------------------------------------------------------------------------


def _draft(form: forms.EventForm) -> EventDraft:
    data = form.cleaned_data
    facts = {("stage" if "." in data["year"] else "year"): data["year"]} if data["year"] else {}
    return EventDraft(data["kind"], data["on"], by=data["by"], received=data["received"], facts=facts, note=data["note"])


def record_choose(request: HttpRequest) -> HttpResponse:
    """Choose the matter an event belongs to."""
    actor = signed_in(request, "event.record")
    text = request.GET.get("q", "").strip()
    rows = access.visible(actor, Matter.objects.filter(closed_on=None))
    if text:
        digits = "".join(c for c in text if c.isdigit())
        from django.db.models import Q

        rows = rows.filter(
            Q(title__icontains=text) | Q(reference__icontains=text) | Q(number__icontains=text) | (Q(number__contains=digits) if digits else Q())
        )
    return render(request, "docket/choose.html", {"rows": rows.order_by("reference")[:50], "text": text})


def record(request: HttpRequest, pk: int) -> HttpResponse:
    """Record an event: say what happened, see what would change, apply."""
    actor = signed_in(request, "event.record")
    return _event_page(request, actor, _matter(actor, pk), None)


def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct an event by a new version."""
    actor = signed_in(request, "event.correct")
    event = get_object_or_404(access.visible(actor, MatterEvent.objects.select_related("matter")), pk=pk)
    return _event_page(request, actor, event.matter, event)


def _event_page(request: HttpRequest, actor: access.Actor, found: Matter, event: MatterEvent | None) -> HttpResponse:
    initial = None
    if event is not None:
        initial = {"kind": event.kind, "on": event.on, "by": event.by, "received": event.received, "note": event.note,
                   "year": event.facts.get("year") or event.facts.get("stage") or ""}  # fmt: skip
    form = forms.EventForm(request.POST if request.method == "POST" else None, initial=initial)
    difference = None
    if request.method == "POST" and form.is_valid():
        draft = _draft(form)
        if request.POST.get("apply"):
            made = served(form, services.event_record, actor=actor, matter=found, draft=draft, replaces=event)
            if made is not None:
                messages.success(request, _("Recorded. The docket of this matter was computed anew."))
                return redirect("docket:matter", pk=found.pk)
        else:
            difference = served(form, services.event_preview, actor=actor, matter=found, draft=draft, replaces=event)
    title = _("Correct an event") if event else _("Record an event")
    return render(
        request,
        "docket/event.html",
        {"form": form, "matter": found, "difference": difference, "title": title, "back": reverse("docket:matter", args=[found.pk])},
    )


def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw an event recorded by mistake."""
    actor = signed_in(request, "event.withdraw")
    event = get_object_or_404(access.visible(actor, MatterEvent.objects.select_related("matter")), pk=pk)
    form = forms.ReasonForm(request.POST if request.method == "POST" else None)
    back = reverse("docket:matter", args=[event.matter_id])
    if request.method == "POST" and form.is_valid() and served(form, services.event_withdraw, actor=actor, event=event, why=form.cleaned_data["why"]):
        messages.success(request, _("Withdrawn. What followed from it was closed."))
        return redirect(back)
    difference = services.event_preview(actor=actor, matter=event.matter, replaces=event) if event.current and not event.withdrawn else None
    context = {"form": form, "matter": event.matter, "difference": difference, "title": _("Withdraw this event?"), "back": back, "grave": True}
    return render(request, "docket/event.html", context)


# --- renewals and orders ---------------------------------------------------------------------------------------------------------------------


def renewals(request: HttpRequest) -> HttpResponse:
    """Fees of the coming year: cost by month as a chart with its table, and instructions in one go."""
    actor = signed_in(request, "deadline.view")
    today = selectors.today_of(actor)
    rows = selectors.renewals(actor, today, today + timedelta(days=365)).select_related("holder", "matter", "matter__unit")
    if request.method == "POST":
        return _instruct(request, actor)
    months = selectors.forecast(rows.iterator(2000))
    unknown = rows.filter(amount=None).count()
    may = access.may(actor, "deadline.instruct").allowed
    found = list(rows[:200])
    html = [named("deadline").row_html(row, reverse("kit:deadline_detail", args=[row.pk]), may) for row in found]
    context = {"months": _bars(months), "rows": html, "columns": named("deadline").columns, "unknown": unknown, "count": selectors.capped(rows), "may": may,
               "may_order": access.may(actor, "orderlist.make").allowed, "totals": _totals(months), "units": _by(rows, "matter__unit__name")}  # fmt: skip
    return render(request, "docket/renewals.html", context)


def _totals(months: dict[str, dict[str, int]]) -> list[str]:
    sums: dict[str, int] = defaultdict(int)
    for row in months.values():
        for currency, minor in row.items():
            sums[currency] += minor
    return [money(minor, currency) for currency, minor in sorted(sums.items())]


def _by(rows: QuerySet[Deadline], field: str) -> list[tuple[str, str]]:
    """Cost by a field (the unit), one sum for each currency."""
    from django.db.models import Sum

    found = rows.exclude(amount=None).order_by().values_list(field, "currency").annotate(sum=Sum("amount"))
    return [(name or _("no unit"), money(minor, currency)) for name, currency, minor in sorted(found, key=lambda r: (r[0] or "~", r[1]))]


def _bars(months: dict[str, dict[str, int]]) -> list[dict[str, Any]]:
    """Months as bars of the currency with most to pay; every currency in the table."""
    currencies = [c for row in months.values() for c in row]
    main = max(set(currencies), key=currencies.count) if currencies else ""
    top = max((row.get(main, 0) for row in months.values()), default=0) or 1
    made = []
    for place, (month, row) in enumerate(months.items()):
        height = round(96 * row.get(main, 0) / top)
        first = date.fromisoformat(f"{month}-01")
        made.append({"label": f"{first:%b}", "x": 10 + place * 78, "y": 100 - height, "height": height, "title": f"{first:%B %Y}",
                     "sums": [money(minor, currency) for currency, minor in sorted(row.items())]})  # fmt: skip
    return made


def _instruct(request: HttpRequest, actor: access.Actor) -> HttpResponse:
    ids = [int(pk) for pk in request.POST.getlist("pick") if pk.isdigit()][:2000]
    wanted = request.POST.get("instruction", "")
    if not ids or wanted not in ("pay", "abandon", "ask", "order"):
        messages.error(request, _("Pick the fees first, then say what to do with them."))
        return redirect("docket:renewals")
    if wanted == "order":
        made = services.orders_make(actor=actor, ids=ids, on=timezone.now().date())
        messages.success(request, ngettext("%(n)s order list was written.", "%(n)s order lists were written.", len(made)) % {"n": len(made)})
        return redirect(named("orderlist").route_detail, pk=made[0].pk) if len(made) == 1 else redirect(named("orderlist").route_list)
    count = services.deadlines_instruct(actor=actor, ids=ids, instruction=wanted)
    messages.success(request, ngettext("%(n)s fee instructed.", "%(n)s fees instructed.", count) % {"n": count})
    return redirect("docket:renewals")


_HEADS = ("reference", "office", "number", "title", "action", "due", "grace", "instruction", "amount", "currency")


def order_file(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """An order list as CSV, XLSX or PDF."""
    actor = signed_in(request, "orderlist.view")
    order: OrderList = find(named("orderlist"), actor, pk)
    rows = [[_shown(line, head) for head in _HEADS] for line in order.lines]
    if kind == "csv":
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerows([_HEADS, *[[harmless(cell) for cell in row] for row in rows]])
        return _file("\ufeff" + text.getvalue(), f"{order.number}.csv", "text/csv; charset=utf-8")
    if kind == "xlsx":
        target = io.BytesIO()
        with xlsxwriter.Workbook(target, {"strings_to_formulas": False, "in_memory": True}) as book:
            sheet = book.add_worksheet(order.number)
            for number, row in enumerate([list(_HEADS), *rows]):
                for place, cell in enumerate(row):
                    sheet.write_string(number, place, str(cell))
        return _file(target.getvalue(), f"{order.number}.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    if kind == "pdf":
        return _file(_pdf(order), f"{order.number}.pdf", "application/pdf")
    raise Http404


def _shown(line: dict[str, Any], head: str) -> str:
    if head == "amount":
        return money(line["amount"], line["currency"])
    return str(line.get(head) or "")


def _file(content: str | bytes, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


_TYPST = """
#let data = json(bytes(sys.inputs.data))
#set page(paper: "a4", flipped: true, margin: 1.6cm, footer: context align(right, text(8pt)[#data.number, #counter(page).display("1 / 1", both: true)]))
#set text(size: 9pt)
#set document(title: data.number)
#text(16pt, weight: "bold")[#data.title #data.number] \\
#text(fill: luma(90))[#data.office, #data.made_on. #data.agent]
#v(8pt)
#table(columns: (auto, auto, auto, 1fr, 1.2fr, auto, auto, auto), stroke: (x, y) => (bottom: 0.4pt + luma(180)), inset: 5pt,
  table.header(..data.heads.map(h => text(weight: "bold", h))), ..data.rows.flatten())
"""


def _pdf(order: OrderList) -> bytes:
    """The order list as a page to send; data goes in as JSON, so nothing in it is markup."""
    data = {
        "number": order.number, "title": _("Order list"), "office": order.university.name, "made_on": day(order.made_on),
        "agent": _("To: %(who)s") % {"who": order.agent} if order.agent else "",
        "heads": [_("Reference"), _("Office"), _("Number"), _("Title"), _("What"), _("Due"), _("Instruction"), _("Fee")],
        "rows": [[line["reference"], line["office"], line["number"], line["title"][:80], line["action"], line["due"], line["instruction"], _shown(line, "amount")] for line in order.lines],
    }  # fmt: skip
    return typst.compile(_TYPST.encode(), sys_inputs={"data": json.dumps(data, default=str)})


def missing(request: HttpRequest) -> HttpResponse:
    """What gives no date, and why."""
    actor = signed_in(request, "refusal.view")
    return render(request, "docket/missing.html", {"refusals": selectors.refusals(actor)[:500]})


# --- calendar feeds --------------------------------------------------------------------------------------------------------------------------


def feed_pages(request: HttpRequest) -> HttpResponse:
    """One's private calendar addresses: made, shown once, revoked."""
    actor = signed_in(request, "feed.make")
    form = forms.FeedForm(request.POST if request.method == "POST" else None)
    address = ""
    if request.method == "POST" and request.POST.get("revoke", "").isdigit():
        feeds.revoke(actor=actor, pk=int(request.POST["revoke"]))
        messages.success(request, _("The address no longer answers."))
        return redirect("docket:feeds")
    if request.method == "POST" and form.is_valid():
        secret = feeds.make(actor=actor, name=form.cleaned_data["name"], whole=form.cleaned_data["whole"])
        address = request.build_absolute_uri(reverse("docket:feed", args=[secret]))
    return render(request, "docket/feeds.html", {"form": form, "address": address, "feeds": feeds.of(actor)})


def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The calendar behind a private address; 404 for an unknown or revoked one."""
    content = feeds.calendar(secret)
    if content is None:
        raise Http404
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "private, max-age=900"
    return response
