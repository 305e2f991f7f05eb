"""Pages of deadlines and order lists that follow the kit's shape."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from causeway.frame.access import Actor
from causeway.kit import menu
from causeway.kit.resource import Action, Column, Filter, Panel, Resource, register
from causeway.kit.show import day, stacked
from causeway.rooms.docket import forms, selectors, services
from causeway.rooms.docket.choices import WAITING, State
from causeway.rooms.docket.models import Deadline, OrderList
from causeway.rooms.docket.selectors import action_words, due_cell, fee_cell, second_line, why_cell


def _open(row: Deadline) -> bool:
    return row.state in WAITING


DEADLINE = register(
    Resource(
        model=Deadline, key="deadline", label=_("deadline"), label_plural=_("deadlines"), icon="calendar-due", order=("due", "pk"),
        related=("holder", "matter", "confirmed_by"), search=["matter_title", "matter_reference", "action", "rule"], menu=False,
        columns=[
            Column("due", _("Due"), lambda o: o.due, cell=due_cell, sort="due", css="cw-nowrap cw-c-date"),
            Column("action", _("What"), lambda o: o.action, cell=action_words, link=True, second=second_line),
            Column("asset", _("Asset"), lambda o: o.matter_title, cell=lambda o: stacked(format_html('<a href="{}">{}</a>', reverse("docket:matter", args=[o.matter_id]), o.matter_title), o.matter_reference), hide="md"),
            Column("fee", _("Fee"), lambda o: o.amount, cell=fee_cell, css="cw-num", hide="md"),
            Column("holder", _("In hand of"), lambda o: o.holder.name if o.holder else "", hide="lg"),
            Column("rule", _("Why"), lambda o: o.rule, cell=why_cell, hide="lg"),
        ],
        filters=[
            Filter("state", _("State"), lambda actor: [("waiting", _("open")), *State.choices], lambda rows, value: rows.filter(waiting=True) if value == "waiting" else rows.filter(state=value)),
            Filter("office", _("Office"), lambda actor: selectors.offices(), lambda rows, value: rows.filter(office=value)),
            Filter("doubt", _("Doubt"), lambda actor: [("provisional", _("provisional")), ("unverified", _("unverified"))],
                   lambda rows, value: rows.filter(provisional=True) if value == "provisional" else rows.filter(verified=False)),
        ],
        actions=[
            Action("done", _("Record as done"), services.deadline_done, forms.DoneForm, icon="check", main=True, bulk=True, when=_open),
            Action("instruct", _("Instruct"), services.deadline_instruct, forms.InstructForm, icon="send", bulk=True, when=_open),
            Action("reassign", _("Give to"), services.deadline_reassign, forms.HolderForm, icon="user-share", bulk=True, when=_open),
            Action("extend", _("Extend"), services.deadline_extend, forms.ExtendForm, icon="calendar-plus", when=_open),
            Action("snooze", _("Snooze"), services.deadline_snooze, forms.SnoozeForm, icon="zzz", when=_open),
            Action("waive", _("Let it pass"), services.deadline_waive, forms.ReasonForm, icon="circle-x", grave=True, when=_open),
            Action("confirm", _("Confirm the date"), services.deadline_confirm, icon="user-check", when=lambda o: o.statutory and not o.confirmed_by_id),
            Action("undo", _("Open again"), services.deadline_undo, icon="arrow-back-up", when=lambda o: o.state in (State.DONE, State.WAIVED, State.INSTRUCTED)),
        ],
        identity=lambda o: [o.matter_reference, o.office, o.get_state_display()],
        amount=lambda o: (o.amount, o.currency),
        props=lambda o: [
            (_("Due"), day(o.extended_to or o.due, weekday=True), _("extended from %(day)s") % {"day": day(o.due)} if o.extended_to else ""),
            (_("Nominal date"), day(o.nominal, weekday=True), ""), (_("Late payment until"), day(o.grace_ends, weekday=True), ""),
            (_("Payable from"), day(o.opens), ""), (_("Fee"), fee_cell(o) if o.amount is not None or o.fee_note else "", o.fee_note),
            (_("Asset"), format_html('<a href="{}">{}</a>', reverse("docket:matter", args=[o.matter_id]), o.matter_title), o.matter_reference),
            (_("In hand of"), o.holder.name if o.holder else "", ""), (_("Confirmed by"), o.confirmed_by, ""),
            (_("Done on"), day(o.done_on), o.done_reference), (_("Reason"), o.why, ""),
        ],
        empty_title=_("Nothing is on the docket"), empty_text=_("Deadlines come from the events of your assets. Add an asset or bring a portfolio in."),
    )
)  # fmt: skip


def why_context(request: Any, row: Deadline) -> dict[str, Any]:
    """The derivation of a date for its panel."""
    from causeway.rooms.docket import mapping

    rule = mapping.law().rule(row.rule)
    language = get_language() or "en"
    steps = [
        {"step": step, "sources": [selectors.source_of(basis) for basis in step.basis], "last": step.code == "last"}
        for step in selectors.why(row, language)
    ]
    return {"row": row, "steps": steps, "rule": rule, "consequence": (rule.data.get("consequence") or {}).get("en", ""), "extend": rule.data.get("extendable"),
            "note": rule.data.get("note", "")}  # fmt: skip


DEADLINE.panels.append(Panel("docket/why.html", why_context))

ORDER = register(
    Resource(
        model=OrderList, key="orderlist", label=_("order list"), label_plural=_("order lists"), icon="list-check", order=("-made_on", "-pk"), related=("agent",),
        columns=[
            Column("number", _("Number"), lambda o: o.number, link=True),
            Column("agent", _("Agent"), lambda o: o.agent.name if o.agent else _("no agent")),
            Column("made_on", _("Made on"), lambda o: o.made_on, cell=lambda o: day(o.made_on)),
            Column("lines", _("Lines"), lambda o: len(o.lines), css="cw-num"),
        ],
        props=lambda o: [(_("Agent"), o.agent, ""), (_("Made on"), day(o.made_on), "")],
        panels=[Panel("docket/order_lines.html", lambda request, o: {"order": o})], menu=False,
        empty_title=_("No order list yet"), empty_text=_("Instruct renewals, then write the orders for the agents."),
    )
)  # fmt: skip


def _late(actor: Actor) -> tuple[int, bool]:
    number = selectors.capped(selectors.late(actor, timezone.now().date()), 1000)
    return number, True


menu.add(menu.Entry("docket:docket", "calendar-due", _("Docket"), "portfolio", "deadline.view", 30, _late))
