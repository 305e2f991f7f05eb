"""Pages of deadlines and order lists that follow the kit's shape."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from causeway.frame import access, preferences, search
from causeway.frame.access import Actor
from causeway.kit import menu
from causeway.kit.history import told
from causeway.kit.resource import Action, Column, Filter, Next, Panel, Resource, panel, register, suggest
from causeway.kit.show import day, distance, money, stacked, urgency
from causeway.rooms.docket import forms, mapping, reminders, selectors, services, words
from causeway.rooms.docket.choices import WAITING, Instruction, Source, State
from causeway.rooms.docket.models import Deadline, Matter, MatterEvent, OrderList
from causeway.rooms.docket.selectors import Look
from causeway.rooms.docket.views.common import line_words
from causeway.rooms.docket.views.events import lines_of
from causeway.rooms.people.models import Person


def _held_by(text: str, matters: list[int]) -> Q:
    """Deadlines whose matter or rule holds the words: they are too many to be indexed for search themselves."""
    wanted = text.casefold()
    rules = [rule.id for rule in mapping.law().rules() if wanted in rule.id.casefold() or wanted in mapping.action_title(rule.id, "", "en").casefold()]
    return Q(matter__pk__among=matters) | Q(rule__in=rules)


search.source(Matter, lambda one: search.Entry(one.title, one.reference, [one.number], reverse("docket:matter", args=[one.pk])))


def _open(row: Deadline) -> bool:
    return row.state in WAITING


def _can_wait(row: Deadline) -> bool:
    """Whether there is a day before the last one until which a date can be kept off a list."""
    return _open(row) and row.due > selectors.today_at(row.office)


def _to_confirm(row: Deadline) -> bool:
    return _open(row) and row.statutory and not row.confirmed_by_id and bool(preferences.get("docket.second_person", university=row.university_id))


def _can_be_undone(row: Deadline) -> bool:
    return row.state in (*WAITING, State.DONE, State.WAIVED) and bool(selectors.before_last(row))


def _restores(actor: Actor, row: Deadline) -> str:
    """What taking back the last act about a deadline would restore."""
    fields = ((Deadline._meta.get_field(name.removesuffix("_id")), value) for name, value in selectors.before_last(row).items())
    said = [(field.verbose_name, told(field, value, actor)) for field, value in fields]
    # What would be empty again is told only where nothing else is.
    values = [f"{name} {value or '–'}" for name, value in said if value or not any(one for _name, one in said)]
    return _("It then stands as before: %(values)s.") % {"values": ", ".join(values)}


def _extension(_actor: Actor, row: Deadline) -> str:
    """What an extension does, and the last day that each would give."""
    days = [ngettext("%(n)s month: %(day)s", "%(n)s months: %(day)s", months) % {"n": months, "day": day(due, weekday=True)} for months, due in services.extensions(row)]
    return " ".join(str(one) for one in (_("Record an extension that was granted or paid. It counts from the original date, never from a moved one."), f"{'; '.join(days)}." if days else "") if one)


def _next(actor: Actor, row: Deadline) -> Next | None:
    """What a deadline waits for, and from whom."""
    if not _open(row):
        return None

    def may(action: str, text: Any, label: Any) -> Next | None:
        return Next(text, reverse("kit:deadline_action", args=[row.pk, action]), label) if access.may(actor, f"deadline.{action}", row).allowed else None

    if _to_confirm(row) and (found := may("confirm", _("A second person must say that this day is right."), _("Confirm the date"))):
        return found
    if row.instruction == Instruction.ASK and (found := may("answer", _("The inventors are asked whether it is worth its fee."), _("Answer"))):
        return found
    if row.holder_id is None and (found := may("reassign", _("Nobody has it in hand."), _("Give to"))):
        return found
    today = selectors.today_at(row.office)
    if row.opens and row.opens > today:
        return Next(format_html("{} {}", _("It can be paid from %(day)s.") % {"day": day(row.opens)}, selectors.who_acts(row)))
    said = (selectors.still(row, today), selectors.who_acts(row), _("When it is done, record it with its proof."))
    return may("done", format_html("{}", " ".join(str(one) for one in said if one)), _("Record as done"))


def _props(row: Deadline) -> list[tuple[Any, Any, Any]]:
    """The facts of a deadline: its days, its fee, whose it is, what became of it."""
    matter = row.matter
    proof = format_html('<a href="{}">{}</a>', reverse("docket:proof_preview", args=[row.pk]), row.proof.name) if row.proof_id else ""
    extended = ngettext("extended by %(n)s month", "extended by %(n)s months", row.extension) % {"n": row.extension} if row.extension else ""
    return [
        (_("Last day"), format_html('<strong class="{}">{}</strong>', _due_css(row), day(row.due, weekday=True)), extended or _how_far(row)),
        (_("Nominal date"), day(row.nominal, weekday=True), ""),
        (_("Payable from"), day(row.opens), ""),
        (_("Grace until"), day(row.grace_ends, weekday=True), selectors.late_words(row.rule) or selectors.late_costs(row)[-1]["words"] if row.grace_ends else ""),
        (_("Fee"), money(row.amount, row.currency) or (_("to be read") if row.fee_note else ""), words.reason(selectors.whole_words(row.fee_note, 200))),
        (_("Asset"), format_html('<a href="{}">{}</a>', reverse("docket:matter", args=[row.matter_id]), row.matter_title), matter.number or row.matter_reference),
        (_("In hand of"), row.holder.name if row.holder else _("nobody"), matter.agent.name if matter.agent else ""),
        (_("Confirmed by"), row.confirmed_by.name if row.confirmed_by else "", day(row.confirmed_on)),
        (_("Instruction"), row.get_instruction_display(), ""), (_("Done on"), day(row.done_on), row.done_reference), (_("Proof"), proof, ""),
        (_("Remark"), row.why, ""),
    ]  # fmt: skip


def _due_css(row: Deadline) -> str:
    near = urgency(row.due, selectors.today_at(row.office)) if _open(row) else ""
    return {"late": "cw-late", "soon": "cw-soon"}.get(near, "cw-doubt" if row.provisional else "")


def _how_far(row: Deadline) -> Any:
    return distance(row.due, selectors.today_at(row.office)) if _open(row) else ""


def _state_css(row: Deadline) -> str:
    return {State.DONE: "is-done", State.MET: "is-done", State.CLOSED: "is-open", State.WAIVED: "is-open", State.INSTRUCTED: ""}.get(State(row.state), "")


DEADLINE = register(
    Resource(
        model=Deadline, key="deadline", label=_("deadline"), label_plural=_("deadlines"), icon="calendar-due", order=("due", "pk"),
        related=("holder", "matter", "matter__agent", "confirmed_by", "proof"), listed=("holder", "matter"), search=["matter_title", "matter_reference", "action", "rule"], text=_held_by, text_of=Matter, menu=False,
        columns=[
            Column("due", _("Due"), lambda o: o.due, cells=lambda: Look().due, sort="due", css="cw-nowrap cw-c-date"),
            Column("action", _("What"), words.action, cells=lambda: Look().action, link=True, seconds=lambda: Look().second),
            Column("asset", _("Asset"), lambda o: o.matter_title, cells=lambda: Look().asset, hide="md"),
            Column("fee", _("Fee"), lambda o: o.amount, cells=lambda: Look().fee, css="cw-num", hide="md", currency=lambda o: o.currency),
            Column("holder", _("In hand of"), lambda o: o.holder.name if o.holder else "", hide="lg", css="cw-nowrap"),
            Column("rule", _("Why"), lambda o: o.rule, cells=lambda: Look().why, hide="lg"),
        ],
        filters=[
            Filter("state", _("State"), lambda actor: [("waiting", _("open")), *State.choices], lambda rows, value: rows.filter(waiting=True) if value == "waiting" else rows.filter(state=value)),
            Filter("office", _("Office"), lambda actor: selectors.offices(), lambda rows, value: rows.filter(office=value)),
            Filter("doubt", _("Doubt"), lambda actor: [("provisional", _("provisional")), ("unverified", _("unverified"))],
                   lambda rows, value: rows.filter(provisional=True) if value == "provisional" else rows.filter(verified=False)),
        ],
        actions=[
            Action("done", _("Record as done"), services.deadline_done, forms.DoneForm, done=_("Recorded as done."), icon="check", main=True, bulk=True, when=_open, undo="undo"),
            Action("instruct", _("Instruct"), services.deadline_instruct, forms.InstructForm, done=_("The instruction is noted."), icon="send", bulk=True, when=_open, undo="undo"),
            Action("answer", _("Answer"), services.deadline_answer, forms.AnswerForm, done=_("Your answer is noted; the office sees it."), icon="note", when=lambda o: _open(o) and o.instruction == Instruction.ASK),
            Action("confirm", _("Confirm the date"), services.deadline_confirm, done=_("The date is confirmed."), icon="user-check", bulk=True, when=_to_confirm, undo="undo",
                   text=_("You say that the last day is right. The confirmation falls away when the date changes.")),
            Action("reassign", _("Give to"), services.deadline_reassign, forms.HolderForm, done=_("It has changed hands."), icon="user-share", bulk=True, when=_open, undo="undo"),
            Action("extend", _("Extend"), services.deadline_extend, forms.ExtendForm, done=_("The extension is recorded, and the last day moved."), icon="calendar-plus", when=lambda o: _open(o) and bool(selectors.extendable(o.rule)), undo="undo",
                   text=_extension),
            Action("snooze", _("Snooze"), services.deadline_snooze, forms.SnoozeForm, done=_("It comes back to your list on the day you chose."), icon="zzz", when=_can_wait),
            Action("waive", _("Let it pass"), services.deadline_waive, forms.ReasonForm, done=_("It is let pass; nobody is reminded of it any more."), icon="circle-x", grave=True, when=_open, undo="undo",
                   text=_("Nobody is reminded of it any more. The reason stays with it, and it can be opened again.")),
            Action("undo", _("Undo"), services.deadline_undo, done=_("Taken back; it stands as before."), icon="arrow-back-up", when=_can_be_undone, text=_restores),
        ],
        identity=lambda o: [format_html('<span class="cw-wrap">{}</span>', o.matter_title), selectors.office_title(o.office), format_html('<span class="cw-status {}">{}</span>', _state_css(o), o.get_state_display())],
        amount=lambda o: (o.amount, o.currency), props=_props, next=_next,
        empty_title=_("Nothing is on the docket"), empty_text=_("Deadlines come from the events of your assets. Add an asset or bring a portfolio in."),
    )
)  # fmt: skip


class _Named:
    """Sources of one derivation, numbered: told in full where they are first relied on, pointed at by their number after."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def of(self, basis: Iterable[str]) -> list[dict[str, Any]]:
        """The sources of a step, each with its number and whether it stands here for the first time; those only pointed at come first."""
        made = []
        for one in basis:
            title, where = selectors.source_of(one)
            made.append({"first": title not in self.numbers, "number": self.numbers.setdefault(title, len(self.numbers) + 1), "title": title, "where": where})
        return sorted(made, key=lambda one: one["first"])


def why_context(request: Any, row: Deadline) -> dict[str, Any]:
    """The derivation of a date for its panel."""
    rule = mapping.law().rule(row.rule)
    language = get_language() or "en"
    why = selectors.why(row, language)
    named = _Named()
    steps = [{"step": step, "sources": named.of(step.basis), "last": step.code == "last"} for step in why.steps]
    late_sure, late_basis = selectors.late_basis(row, why.fee)
    fee_sources = named.of(why.fee.basis) if why.fee else []
    before = (row.nominal.year - row.opens.year) * 12 + row.nominal.month - row.opens.month if row.opens else 0
    return {
        "row": row, "steps": steps, "rule": rule, "title": rule.name("zh-hans" if language.startswith("zh") else "en"),
        "consequence": (rule.data.get("consequence") or {}).get("en", ""), "extend": selectors.extendable(row.rule), "note": rule.data.get("note", ""),
        "late": selectors.late_costs(row), "late_sure": late_sure, "late_sources": named.of(late_basis), "asks": _to_confirm(row),
        "recorded": selectors.trigger_of(row), "doubt": why.doubt, "safe_late": why.late_nominal, "fee": why.fee, "before": before,
        "fee_sources": fee_sources, "money": money(row.amount, row.currency),
    }  # fmt: skip


def _reminders(_request: Any, row: Deadline) -> dict[str, Any] | None:
    """When somebody is reminded of a date, and what was sent."""
    if not _open(row):
        return None
    today = selectors.today_at(row.office)
    lines = [{"on": on, "days": days, "sent": sent.sent_on if sent else None, "passed": on < today} for on, days, sent in reminders.plan(row)]
    return {"lines": [one for one in lines if one["sent"] or not one["passed"]], "snooze": selectors.snooze_of(_request.actor, row)}


DEADLINE.panels += [Panel("docket/why.html", why_context), Panel("docket/reminders_panel.html", _reminders, side=True)]

def _withdrawal(actor: Actor, event: MatterEvent) -> str:
    """What withdrawing an event would change, date by date."""
    said = [str(_("What followed from it closes; nothing done or paid is lost."))]
    if event.current and not event.withdrawn:
        lines = lines_of(services.event_preview(actor=actor, matter=event.matter, replaces=event))
        said += [f"{one['words']}, {day(one['after'])}: {', '.join(str(part) for part in (one['badge'], one.get('state')) if part)}." for one in lines]
    return " ".join(said)


def _withdraw(*, actor: Actor, obj: MatterEvent, why: str) -> MatterEvent:
    return services.event_withdraw(actor=actor, event=obj, why=why)


def _event_state(event: MatterEvent) -> Any:
    return _("withdrawn") if event.withdrawn else "" if event.current else _("corrected since")


EVENT = register(
    Resource(
        model=MatterEvent, key="event", label=_("event"), label_plural=_("events"), icon="calendar-due", order=("-pk",), related=("matter",), menu=False,
        form=forms.EventCreateForm, create=services.event_create,
        columns=[
            Column("kind", _("What happened"), lambda o: selectors.in_words(o).words, link=True, second=_event_state),
            Column("on", _("On"), lambda o: o.on, cell=lambda o: day(o.on), css="cw-nowrap"),
            Column("matter", _("Matter"), lambda o: o.matter.reference, cell=lambda o: stacked(o.matter.title, o.matter.reference), hide="md"),
            Column("source", _("Learnt"), lambda o: str(o.get_source_display()), hide="lg"),
        ],
        filters=[Filter("source", _("Learnt"), lambda actor: Source.choices, lambda rows, value: rows.filter(source=value))],
        actions=[Action("withdraw", _("Withdraw"), _withdraw, forms.ReasonForm, done=_("Withdrawn. What followed from it was closed."), icon="circle-x", grave=True, when=lambda o: o.current and not o.withdrawn,
                        text=_withdrawal)],
        record_actions=lambda actor, o: [{"url": reverse("docket:event_correct", args=[o.pk]), "label": _("Correct"), "icon": "pencil", "main": True}]
        if o.current and not o.withdrawn and access.may(actor, "event.correct", o).allowed
        else [],
        props=lambda o: [
            (_("What happened"), selectors.in_words(o).words, ""), (_("On"), day(o.on, weekday=True), ""), (_("Sent"), o.get_by_display(), ""), (_("Received on"), day(o.received), ""),
            (_("About the date"), day(o.of), ""), (_("Matter"), format_html('<a href="{}">{}</a>', reverse("docket:matter", args=[o.matter_id]), o.matter.title), o.matter.reference),
            (_("Learnt"), o.get_source_display(), ""), (_("Version"), o.version, _event_state(o)), (_("Note"), o.note, ""),
        ],
        empty_title=_("Nothing is recorded yet"), empty_text=_("Events come from imports, registers and people; every date follows from them."),
    )
)  # fmt: skip


def _order_lines(_request: Any, order: OrderList) -> dict[str, Any]:
    """The lines of an order list in words, with what is to be paid in each currency."""
    instructions = dict(Instruction.choices)
    sums: dict[str, int] = {}
    for line in order.lines:
        if line["amount"] is not None and line["instruction"] == Instruction.PAY:
            sums[line["currency"]] = sums.get(line["currency"], 0) + line["amount"]
    lines = [
        line | {"due": day(date.fromisoformat(line["due"])), "told": instructions.get(line["instruction"], line["instruction"]),
               "fee": money(line["amount"], line["currency"]), "words": line_words(line)}
        for line in order.lines
    ]  # fmt: skip
    return {"order": order, "lines": lines, "sums": [money(sums[currency], currency) for currency in sorted(sums)], "left": selectors.without_amount(order)}


ORDER = register(
    Resource(
        model=OrderList, key="orderlist", label=_("order list"), label_plural=_("order lists"), icon="list-check", order=("-made_on", "-pk"), related=("agent",),
        columns=[
            Column("number", _("Number"), lambda o: o.number, link=True, css="cw-nowrap", second=lambda o: _("cancelled") if o.cancelled_on else ""),
            Column("agent", _("Agent"), lambda o: o.agent.name if o.agent else _("no agent")),
            Column("made_on", _("Made on"), lambda o: o.made_on, cell=lambda o: day(o.made_on)),
            Column("cancelled_on", _("Cancelled on"), lambda o: o.cancelled_on, cell=lambda o: day(o.cancelled_on), hide="md"),
            Column("lines", _("Lines"), lambda o: len(o.lines), css="cw-num"),
        ],
        actions=[
            Action("cancel", _("Cancel this list"), services.order_cancel, forms.ReasonForm, done=_("The list is cancelled."), icon="circle-x", grave=True, when=lambda o: not o.cancelled_on, undo="undo",
                   text=_("Its number stays used. Its instructions can go to an agent again; tell the agent that this list no longer counts.")),
            Action("undo", _("Undo"), services.order_undo, done=_("The list stands again."), icon="arrow-back-up", when=lambda o: bool(o.cancelled_on),
                   text=_("The list stands again, if none of its instructions went to an agent since.")),
        ],
        identity=lambda o: [format_html('<span class="cw-badge is-late">{}</span>', _("cancelled"))] if o.cancelled_on else [],
        props=lambda o: [(_("Agent"), o.agent, ""), (_("Made on"), day(o.made_on), ""), (_("Cancelled on"), day(o.cancelled_on), o.cancelled_why)],
        panels=[Panel("docket/order_lines.html", _order_lines)], menu=False,
        empty_title=_("No order list yet"), empty_text=_("Instruct renewals, then write the orders for the agents."),
    )
)  # fmt: skip


def _in_hand(request: Any, person: Person) -> dict[str, Any] | None:
    """What a person has in hand, soonest first."""
    rows = selectors.waiting(request.actor).filter(holder=person)
    if (count := selectors.capped(rows)) == 0:
        return None
    return {"html": DEADLINE.rows_html(rows.select_related("holder", "matter")[:8], False, _HAND), "columns": _HAND, "count": count,
            "url": f"{reverse('docket:docket')}?tab=all&holder={person.pk}"}  # fmt: skip


_HAND = [column for column in DEADLINE.columns if column.name not in ("holder", "rule")]


def _person_next(actor: Actor, person: Person) -> Next | None:
    """The soonest date in a person's hand, where it is late or near."""
    row = selectors.waiting(actor).filter(holder=person).select_related("matter", "holder").first()
    if row is None or urgency(row.due, selectors.today_at(row.office)) == "later":
        return None
    text = format_html('{}, {}: <strong class="cw-nowrap">{}</strong>, {}', selectors.action_words(row), row.matter_title, day(row.due), _how_far(row))
    return Next(text, reverse("kit:deadline_detail", args=[row.pk]), _("Open this date"))


panel("person", Panel("docket/hand_panel.html", _in_hand))
suggest("person", _person_next)


def _late(actor: Actor) -> tuple[int, bool]:
    return selectors.capped(selectors.late(actor, selectors.today_of(actor)), 1000), True


menu.add(menu.Entry("docket:docket", "calendar-due", _("Docket"), "portfolio", "deadline.view", 30, _late, also=("kit:deadline_list", "kit:event_list", "kit:orderlist_list")))
