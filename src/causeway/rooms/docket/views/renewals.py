"""Fees of the coming year: what they cost, what the agent is told, and the order lists that go out."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from causeway.frame import access, asked
from causeway.kit import exporting
from causeway.kit.bulk import bulk, picked
from causeway.kit.resource import COUNT_LIMIT, named
from causeway.kit.show import day, money, month
from causeway.kit.views import actor_for, find
from causeway.rooms.docket import selectors, services
from causeway.rooms.docket.choices import Instruction, State
from causeway.rooms.docket.models import Deadline, OrderList
from causeway.rooms.docket.selectors import Cost
from causeway.rooms.docket.views.common import WHOLE, downloads, export, line_words, narrowed, ways

PAGE = 50


def renewals(request: HttpRequest) -> HttpResponseBase:
    """Fees of the coming year: cost by month, unit or family as a chart with its table, and instructions in one go."""
    actor = actor_for(request, "deadline.view")
    today = selectors.today_of(actor)
    rows, filters, chips = narrowed(request, selectors.renewals(actor, today, today + timedelta(days=365)), ("office", "holder", "unit"))
    rows = rows.select_related("holder", "matter")
    if request.method == "POST":
        return _order(request, actor, rows) if request.POST.get("action") == "order" else bulk(request, named("deadline"), rows)
    if request.GET.get("export") in named("deadline").exporting:
        return export(request, rows)
    groupings = [("month", _("By month")), ("unit", _("By unit")), *((key, _("By family")) for key in selectors.FORECASTS)]
    by = request.GET.get("by", "month")
    by = by if by in dict(groupings) else "month"
    costs = selectors.forecast(rows, by)
    may = access.may(actor, "deadline.instruct").allowed
    page = asked.page(request)
    room = WHOLE if request.GET.get("rows") == "all" else PAGE
    found = list(rows[(page - 1) * room : page * room + 1])
    html = named("deadline").rows_html(found[:room], may)
    context = {
        "rows": html, "columns": named("deadline").columns, "unknown": selectors.capped(rows.filter(amount=None)), "count": selectors.capped(rows, COUNT_LIMIT), "may": may,
        "may_order": access.may(actor, "orderlist.make").allowed, "totals": _totals(costs), "groupings": groupings, "by": by, "filters": filters,
        "chips": chips, "page": page, "has_next": len(found) > room, "paged": room == PAGE and (page > 1 or len(found) > room), "downloads": downloads(request.path, request.GET), "ways": ways(actor, "renewals"), "currencies": _currencies(costs), "limit": COUNT_LIMIT,
        "charts": _charts(costs, today) if by == "month" else [], "table": _table(costs, by),
    }  # fmt: skip
    return render(request, "docket/renewals.html", context)


def _currencies(costs: Sequence[Cost]) -> list[str]:
    """Currencies by how many fees are in them, the most first."""
    fees: dict[str, int] = defaultdict(int)
    for cost in costs:
        fees[cost.currency] += cost.fees
    return sorted(fees, key=lambda currency: (-fees[currency], currency))


def _totals(costs: Sequence[Cost]) -> list[str]:
    sums: dict[str, int] = defaultdict(int)
    for cost in costs:
        sums[cost.currency] += cost.minor
    return [money(sums[currency], currency) for currency in _currencies(costs)]


def _table(costs: Sequence[Cost], by: str) -> list[dict[str, Any]]:
    """Lines of the table beside the chart: a name, fees, and for each currency its sum and its part of the largest."""
    currencies = _currencies(costs)
    top = {currency: max(cost.minor for cost in costs if cost.currency == currency) or 1 for currency in currencies}
    lines: dict[Any, dict[str, Any]] = {}
    for cost in costs:
        name = month(cost.of) if by == "month" else cost.of
        line = lines.setdefault((cost.of, cost.url), {"name": name, "url": cost.url, "fees": 0, "cells": {c: {"text": "", "bar": 0} for c in currencies}})
        line["fees"] += cost.fees
        line["cells"][cost.currency] = {"text": money(cost.minor, cost.currency), "bar": round(120 * cost.minor / top[cost.currency])}
    return [line | {"cells": list(line["cells"].values())} for line in lines.values()]


#: The chart of a currency: thirteen columns on a field of 960 by 148; the first and last month are cut by the day of today.
_STEP, _HIGH = 73, 96


def _charts(costs: Sequence[Cost], today: date) -> list[dict[str, Any]]:
    """A chart for each of the three currencies with most fees: every month of the year ahead, the empty ones too."""
    months = [date(today.year + (today.month - 1 + n) // 12, (today.month - 1 + n) % 12 + 1, 1) for n in range(13)]
    made = []
    for currency in _currencies(costs)[:3]:
        sums = {cost.of: cost.minor for cost in costs if cost.currency == currency}
        top = max(sums.values()) or 1
        bars = []
        for place, first in enumerate(months):
            height = round(_HIGH * sums.get(first, 0) / top)
            text = money(round(sums[first] / 100) * 100, currency).removesuffix(".00") if first in sums else ""
            label = month(first, year=place == 0 or first.month == 1, brief=True)
            bars.append({"label": label, "x": 10 + place * _STEP, "y": 124 - height, "height": height, "text": text,
                         "text_y": 118 - height})  # fmt: skip
        made.append({"currency": currency, "bars": bars})
    return made


def _order(request: HttpRequest, actor: access.Actor, rows: QuerySet[Deadline]) -> HttpResponse:
    """Write the instructed fees among those picked, or among all of the list, into order lists."""
    instructed = [row.pk for row in picked(request, named("deadline"), actor, rows) if row.state == State.INSTRUCTED]
    made = services.orders_make(actor=actor, ids=instructed, on=selectors.today_of(actor))
    if left := len(instructed) - sum(len(order.lines) for order in made):
        messages.info(request, ngettext("%(n)s stands on an order list already.", "%(n)s stand on an order list already.", left) % {"n": left})
    if not instructed:
        messages.error(request, _("None of the picked fees is instructed yet. Say pay or give up first; then the order list can be written."))
    if not made:
        return redirect(request.get_full_path())
    messages.success(request, ngettext("%(n)s order list was written.", "%(n)s order lists were written.", len(made)) % {"n": len(made)})
    return redirect(named("orderlist").route_detail, pk=made[0].pk) if len(made) == 1 else redirect(named("orderlist").route_list)


def _heads() -> dict[str, str]:
    """Columns of an order list: titles by name."""
    return {
        "reference": _("Reference"), "office": _("Office"), "number": _("Number"), "title": _("Title"), "action": _("What"), "due": _("Due"),
        "grace": _("Grace until"), "instruction": _("Instruction"), "amount": _("Fee"), "currency": _("Currency"), "cancelled": _("Cancelled on"),
    }  # fmt: skip


def order_file(request: HttpRequest, pk: int, kind: str) -> HttpResponseBase:
    """An order list as CSV, XLSX or PDF."""
    actor = actor_for(request, "orderlist.view")
    order: OrderList = find(named("orderlist"), actor, pk)
    if kind == "pdf":
        return _file(_pdf(order), f"{order.number}.pdf", "application/pdf")
    if kind not in ("csv", "xlsx"):
        raise Http404
    heads = _heads()
    rows = [[_cell(order, line, key) for key in heads] for line in order.lines]
    return exporting.respond(kind, order.number, list(heads.values()), list(heads), rows)


def _cell(order: OrderList, line: dict[str, Any], key: str) -> Any:
    """What a file says of a line."""
    if key in ("due", "grace"):
        return date.fromisoformat(line[key]) if line.get(key) else None
    if key == "amount":
        return exporting.major(line["amount"], line["currency"])
    return order.cancelled_on if key == "cancelled" else _shown(line, key)


def _shown(line: dict[str, Any], key: str) -> str:
    if key == "amount":
        return money(line["amount"], line["currency"]) or _("to be read")
    if key == "instruction":
        return str(dict(Instruction.choices).get(line["instruction"], line["instruction"]))
    if key == "action":
        return line_words(line)
    return str(line.get(key) or "")


def _file(content: str | bytes, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


_TYPST = """
#let data = json(bytes(sys.inputs.data))
#set page(paper: "a4", flipped: true, margin: 1.6cm, footer: context align(right, text(8pt)[#data.number, #counter(page).display("1 / 1", both: true)]))
#set text(size: 9pt, font: ("Inter", "Noto Sans CJK SC", "Noto Sans", "DejaVu Sans"), fallback: true)
#set document(title: data.number)
#text(16pt, weight: "bold")[#data.title #data.number] \\
#text(fill: luma(90))[#data.office, #data.made_on. #data.agent]
#if data.cancelled != "" [#v(4pt) #block(stroke: 1pt + red, inset: 6pt)[#text(12pt, weight: "bold", fill: red)[#data.cancelled] #data.why]]
#v(8pt)
#table(columns: (auto, auto, auto, 1fr, 1.2fr, auto, auto, auto), stroke: (x, y) => (bottom: 0.4pt + luma(180)), inset: 5pt,
  align: (x, y) => if x == 7 { right } else { left },
  table.header(..data.heads.map(h => text(weight: "bold", h))), ..data.rows.flatten())
#v(6pt)
#align(right, text(weight: "bold")[#data.sum])
"""


def _pdf(order: OrderList) -> bytes:
    """The order list as a page to send; data goes in as JSON, so nothing in it is markup."""
    import typst

    return typst.compile(_TYPST.encode(), sys_inputs={"data": json.dumps(printed(order), default=str)})


def printed(order: OrderList) -> dict[str, Any]:
    """What the page of an order list says."""
    sums: dict[str, int] = defaultdict(int)
    for line in order.lines:
        if line["amount"] is not None and line["instruction"] == Instruction.PAY:
            sums[line["currency"]] += line["amount"]
    return {
        "number": order.number, "title": _("Order list"), "office": order.university.name, "made_on": day(order.made_on),
        "cancelled": _("Cancelled on %(day)s") % {"day": day(order.cancelled_on)} if order.cancelled_on else "", "why": order.cancelled_why,
        "agent": _("To: %(who)s") % {"who": order.agent} if order.agent else "",
        "heads": [_("Reference"), _("Office"), _("Number"), _("Title"), _("What"), _("Due"), _("Instruction"), _("Fee")],
        "rows": [
            [line["reference"], line["office"], line["number"], line["title"][:80], _shown(line, "action"), day(date.fromisoformat(line["due"])), _shown(line, "instruction"), _shown(line, "amount")]
            for line in order.lines
        ],
        "sum": "" if order.cancelled_on else _summed(sums, selectors.without_amount(order)),
    }  # fmt: skip


def _summed(sums: dict[str, int], left: int) -> str:
    """What is to be paid in each currency, and how many fees no sum holds; empty where nothing is to be paid."""
    parts = [money(minor, currency) for currency, minor in sorted(sums.items())]
    parts += [ngettext("%(n)s fee to be read", "%(n)s fees to be read", left) % {"n": left}] if left else []
    return _("To pay: %(sum)s") % {"sum": " + ".join(parts)} if parts else ""
