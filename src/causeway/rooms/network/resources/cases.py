"""Own cases: list, record, actions; the library in the menu."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from causeway.engines.guide.mechanisms import name_of
from causeway.frame import access, search, trash
from causeway.kit import menu
from causeway.kit.resource import Action, Column, Filter, Next, Panel, Resource, register
from causeway.kit.show import day
from causeway.rooms.network.choices import CaseState, Kind
from causeway.rooms.network.forms.cases import SubmitForm, WhyForm
from causeway.rooms.network.models import Case, CaseFigure
from causeway.rooms.network.selectors import cases as reads
from causeway.rooms.network.selectors import library as shelf
from causeway.rooms.network.services import cases as services


def state_cell(case: Case) -> Any:
    """A state as a word with its sign."""
    css = {"published": "is-done", "changes": "is-late", "submitted": "is-doubt"}.get(case.state, "")
    return format_html('<span class="cw-status {}">{}</span>', css, case.get_state_display())


def _texts(_request: Any, case: Case) -> dict[str, Any]:
    over = services.over_limit(case.fields)
    rows = [
        {"label": reads.LABELS[field.key], "text": case.fields.get(field.key, ""), "over": over.get(field.key, 0), "key": field.key}
        for field in reads.OPEN
        if case.fields.get(field.key) and field.key not in ("case_study_name", "hei_name", "country", "date")
    ]
    return {"rows": rows, "case": case}


def _standing(request: Any, case: Case) -> dict[str, Any] | None:
    """Where the case stands on its way: what was said of it, what it may be a version of."""
    release = reads.latest_release(case)
    notes = [note for rows in shelf.notes_by_field(release).values() for note in rows] if release else []
    maybe = case.maybe_version_of if case.maybe_version_of_id and access.may(request.actor, "case.merge").allowed else None
    return {"case": case, "release": release, "open": [note for note in notes if not note.answered_at],
            "maybe": maybe, "shelf": reads.in_library(case)}  # fmt: skip


def _next(actor: access.Actor, case: Case) -> Next | None:
    """What a case waits for on its way into the library."""
    if case.state == CaseState.SUBMITTED:
        return Next(_("The coordinator of the network reads it and decides."))
    if case.state not in (CaseState.DRAFT, CaseState.CHANGES) or not access.may(actor, "case.update", case).allowed:
        return None
    write = reverse("network:case_write", args=[case.pk])
    if case.state == CaseState.CHANGES:
        return Next(_("The coordinator asks for changes; answer the remarks, then hand it in again."), write, _("Write on"))
    if missing := services.missing(case):
        return Next(_("Still to write: %(fields)s.") % {"fields": ", ".join(str(reads.LABELS[key]) for key in missing)}, write, _("Write on"))
    may = access.may(actor, "case.submit", case).allowed
    return Next(_("All of it is written; hand it in for the library."), reverse("kit:case_action", args=[case.pk, "submit"]), _("Hand in")) if may else None


def _facts(request: Any, case: Case) -> dict[str, Any]:
    rows = list(CaseFigure.objects.filter(case=case).order_by("place", "pk"))
    return {"case": case, "count": len(rows), "doubts": sum(1 for one in rows if one.doubt), "checked": sum(1 for one in rows if one.confirmed), "photos": case.photos.count(),
            "may_contact": access.may(request.actor, "case.contact", case).allowed,
            "mechanisms": [name_of(code, shelf.language()) for code in case.mechanisms]}  # fmt: skip


def _links(actor: access.Actor, case: Case) -> list[dict[str, Any]]:
    made = [{"url": reverse("network:draft_pack", args=[case.pk]), "label": _("Draft pack"), "icon": "download", "main": False}]
    if access.may(actor, "case.update", case).allowed:
        made.append({"url": reverse("network:case_write", args=[case.pk]), "label": _("Write"), "icon": "pencil", "main": case.state not in ("draft", "changes")})
    return made


def _head(actor: access.Actor) -> list[dict[str, Any]]:
    if not access.may(actor, "case.create").allowed:
        return []
    return [{"url": reverse("network:import"), "label": _("Bring in a guide"), "icon": "upload"}, {"url": reverse("network:case_new"), "label": _("Write a case"), "icon": "plus"}]


def _identity(case: Case) -> list[Any]:
    return [case.hei_name, shelf.country_name(case.country), case.get_state_display(), *([case.number] if case.number else [])]


case = register(
    Resource(
        model=Case, key="case", label=_("case"), label_plural=_("our cases"), icon="note", group="knowledge", order=("-updated_at", "pk"), related=("document", "maybe_version_of"),
        search=["title", "hei_name", "number"], trash=services.case_trash, restore=trash.bring_back,
        columns=[
            Column("title", _("Case"), lambda o: o.title, sort="title", link=True, second=lambda o: o.hei_name),
            Column("number", _("Number"), lambda o: o.number, sort="number", hide="md", css="cw-nowrap"),
            Column("country", _("Country"), lambda o: o.country, hide="lg"),
            Column("year", _("Year"), lambda o: o.year, hide="lg"),
            Column("state", _("State"), lambda o: str(o.get_state_display()), cell=state_cell, sort="state"),
            Column("updated_at", _("Changed"), lambda o: o.updated_at.date(), cell=lambda o: day(o.updated_at.date()), sort="updated_at", hide="md", css="cw-nowrap"),
        ],
        filters=[
            Filter("state", _("State"), lambda actor: CaseState.choices, lambda rows, value: rows.filter(state=value)),
            Filter("kind", _("Kind of institution"), lambda actor: Kind.choices, lambda rows, value: rows.filter(kind=value)),
        ],
        identity=_identity,
        props=lambda o: [
            (_("Kind of institution"), o.get_kind_display() if o.kind else "", ""), (_("Date"), o.dated, ""), (_("Language"), o.get_language_display(), ""),
            (_("Section of"), o.partner, ""), (_("Source"), o.document, _("lines %(lines)s") % {"lines": o.lines} if o.lines else ""), (_("Version"), o.version or "", ""),
        ],
        actions=[
            Action("submit", _("Hand in"), services.case_submit, SubmitForm, icon="send", when=lambda o: o.state in ("draft", "changes", "withdrawn"),
                   text=_("The coordinator of the network reads it. Until the decision it stands still; you can take it back."), done=_("The case is handed in.")),
            Action("take_back", _("Take back"), services.case_take_back, icon="arrow-back-up", when=lambda o: o.state == "submitted",
                   text=_("It goes back to your drafts; the coordinator no longer sees it."), done=_("It is among your drafts again.")),
            Action("withdraw", _("Withdraw"), services.case_withdraw, WhyForm, icon="circle-x", grave=True, when=lambda o: o.state == "published",
                   text=_("It leaves the library at once. Your record, its versions and its history stay."), done=_("It left the library. Hand it in again to bring it back.")),
            Action("merge", _("Make it a version"), lambda *, actor, obj: services.case_make_version(actor=actor, newer=obj, older=obj.maybe_version_of), icon="hierarchy",
                   when=lambda o: o.maybe_version_of_id is not None,
                   text=_("Its text becomes the next version of the older case, and this record goes to the trash. Only do this where both tell the same practice.")),
        ],
        panels=[Panel("network/standing_panel.html", _standing), Panel("network/texts_panel.html", _texts), Panel("network/facts_panel.html", _facts, side=True)],
        head_actions=_head, record_actions=_links, next=_next,
        empty_title=_("No case yet"), empty_text=_("Write down how your house does it, or bring a guide in."),
    )
)  # fmt: skip

search.source(
    Case,
    lambda one: None if one.trashed_at else search.Entry(one.title, one.hei_name, [text for fields in one.texts.values() for text in fields.values()], reverse("kit:case_detail", args=[one.pk])),
)  # fmt: skip
menu.add(menu.Entry("network:library", "bookmark", _("Library"), "network", "library.view", 10))
menu.add(menu.Entry("kit:case_list", "note", _("Our cases"), "network", "case.view", 12))
