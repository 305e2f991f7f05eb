"""What the docket's pages share: who asks, the ways to look at the docket, and the filters of the address."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from causeway.engines.kernel import NoRuleInForce
from causeway.frame import access, scope
from causeway.kit import exporting
from causeway.kit.resource import named
from causeway.rooms.docket import selectors, words
from causeway.rooms.docket.models import Deadline, Matter
from causeway.rooms.people.selectors import holder_choices, unit_choices


def matter_of(actor: access.Actor, pk: int) -> Matter:
    """A matter in the actor's sight; Http404 for any other."""
    return get_object_or_404(access.visible(actor, Matter.objects.select_related("agent", "holder", "unit")), pk=pk)


def ways(actor: access.Actor, here: str) -> list[dict[str, Any]]:
    """The ways to look at the docket, with the one that is shown marked."""
    found = [
        ("docket", "docket:docket", _("List"), "deadline.view"),
        ("board", "docket:board", _("Board"), "deadline.view"),
        ("calendar", "docket:calendar", _("Month"), "deadline.view"),
        ("renewals", "docket:renewals", _("Renewals"), "deadline.view"),
        ("orders", "kit:orderlist_list", _("Orders"), "orderlist.view"),
        ("gaps", "docket:gaps", _("Gaps"), "refusal.view"),
        ("law", "docket:law", _("Change of law"), "matter.replay"),
    ]
    return [
        {"url": reverse(url), "label": label, "here": key == here} for key, url, label, action in found if access.may(actor, action).allowed
    ]


#: So many rows a page for paper holds, and so many are read at a time for a file.
WHOLE, CHUNK = 1_000, 2_000


def downloads(path: str, query: QueryDict | dict[str, str]) -> list[tuple[str, str]]:
    """The files of a list of deadlines: their kinds and addresses."""
    kept = {name: value for name, value in query.items() if name not in ("page", "rows", "export") and value}
    return [(kind.upper(), f"{path}?{urlencode({**kept, 'export': kind})}") for kind in named("deadline").exporting]


def export(request: HttpRequest, rows: QuerySet[Deadline]) -> HttpResponseBase:
    """The deadlines of a list as a file, with all that a person would work through it by."""
    heads = {
        "due": _("Due"), "grace": _("Grace until"), "what": _("What"), "asset": _("Asset"), "reference": _("Reference"), "number": _("Number"), "office": _("Office"),
        "fee": _("Fee"), "currency": _("Currency"), "fee_note": _("Note on the fee"), "holder": _("In hand of"), "agent": _("Agent"), "state": _("State"), "instruction": _("Instruction"),
        "rule": _("Rule"), "verified": _("Verified"), "provisional": _("Provisional"),
    }  # fmt: skip
    values = (_cells(row) for row in rows.select_related("holder", "matter__agent").iterator(CHUNK))
    return respond(request, "docket", heads, values)


def respond(request: HttpRequest, name: str, heads: dict[str, Any], values: Iterator[list[Any]]) -> HttpResponseBase:
    """The file that the address asks for: all rows, made while they are sent. heads: titles by name."""
    here = request.actor.university_id  # type: ignore[attr-defined]
    return exporting.respond(request.GET["export"], name, [str(head) for head in heads.values()], list(heads), scope.within(here, values))


def _cells(row: Deadline) -> list[Any]:
    yes = lambda told: _("yes") if told else _("no")  # noqa: E731
    return [
        row.due, row.grace_ends, selectors.action_words(row), row.matter_title, row.matter_reference, row.matter.number, row.office, exporting.major(row.amount, row.currency), row.currency, words.reason(row.fee_note),
        row.holder.name if row.holder else "", row.matter.agent.name if row.matter.agent else "", row.get_state_display(), row.get_instruction_display(), row.rule,
        yes(row.verified), yes(row.provisional),
    ]  # fmt: skip


def line_words(line: dict[str, Any]) -> str:
    """What a line of an order list asks for, in the reader's language; as it was written, for a rule that the law no longer has."""
    try:
        return words.title(line["rule"], line["ordinal"]) if line.get("rule") and words.language() != "en" else line["action"]
    except NoRuleInForce:
        return line["action"]


def day_of(text: str) -> date | None:
    """A day of the address; None for what is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def narrowed(request: HttpRequest, rows: QuerySet[Deadline], offered: Sequence[str]) -> tuple[QuerySet[Deadline], list[dict[str, Any]], list[dict[str, Any]]]:
    """Rows under the address's filters; those offered as choices; and the span of days as chips that can be taken away."""
    choices = [
        ("office", _("Office"), selectors.offices(), lambda value: {"office": value}),
        ("kind", _("Kind"), [("renewals", _("renewals")), ("acts", _("acts and replies"))], None),
        ("holder", _("In hand of"), [("none", _("nobody")), *holder_choices()], lambda value: {"holder": None} if value == "none" else {"holder_id": value}),
        ("unit", _("Unit"), unit_choices(), lambda value: {"matter__unit_id": value}),
    ]
    shown = []
    for name, label, options, condition in choices:
        value = request.GET.get(name, "")
        told = [(str(key), text) for key, text in options]
        if value in dict(told):
            if condition is not None:
                rows = rows.filter(**condition(value))
            elif value == "renewals":
                rows = rows.filter(rule__in=selectors.renewal_rules())
            else:
                rows = rows.exclude(rule__in=selectors.renewal_rules())
        if name in offered or value:
            shown.append({"name": name, "label": label, "options": told, "value": value})
    chips = []
    for name, label, lookup in (("from", _("from"), "due__gte"), ("to", _("to"), "due__lte")):
        if when := day_of(request.GET.get(name, "")):
            rows = rows.filter(**{lookup: when})
            chips.append({"name": name, "label": label, "day": when})
    return rows, shown, chips
