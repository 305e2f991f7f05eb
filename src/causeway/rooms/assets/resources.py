"""Pages of assets and families."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from causeway.frame import access
from causeway.kit import menu
from causeway.kit.resource import Action, Column, Filter, Panel, Resource, register
from causeway.kit.show import day, distance, money, share, stacked, urgency
from causeway.rooms.assets import forms, services
from causeway.rooms.assets.choices import Status
from causeway.rooms.assets.models import Asset, Family
from causeway.rooms.docket import selectors as docket
from causeway.rooms.docket.choices import Right
from causeway.rooms.people.selectors import unit_choices


def next_cell(asset: Asset) -> Any:
    """The next date with how far it is."""
    if asset.next_due_on is None:
        return format_html('<span class="cw-meta">{}</span>', _("none"))
    today = timezone.now().date()
    near = urgency(asset.next_due_on, today)
    css = {"late": "cw-late", "soon": "cw-soon"}.get(near, "")
    return stacked(format_html('<span class="{}">{}</span>', css, day(asset.next_due_on)), distance(asset.next_due_on, today))


def status_cell(asset: Asset) -> Any:
    css = {"granted": "is-done", "ended": "is-open"}.get(asset.status, "")
    return stacked(format_html('<span class="cw-status {}">{}</span>', css, asset.get_status_display()), asset.status_note)


def _deadlines(request: Any, asset: Asset) -> dict[str, Any]:
    return docket.deadline_panel(request.actor, asset.matter)


def _timeline(request: Any, asset: Asset) -> dict[str, Any]:
    events = docket.timeline(request.actor, asset.matter, get_language() or "en")
    return {"events": events, "may": access.may(request.actor, "event.correct").allowed}


def _owners(_request: Any, asset: Asset) -> dict[str, Any]:
    rows = [
        (o.organisation.name if o.organisation else asset.university.name, share(o.numerator, o.denominator))
        for o in asset.ownerships.filter(ends_on=None).select_related("organisation")
    ]
    return {"title": _("Owners"), "rows": [{"text": name, "end": part or ""} for name, part in rows], "empty": _("No owner is recorded")}


def _inventors(_request: Any, asset: Asset) -> dict[str, Any]:
    rows = asset.inventorships.select_related("person", "person__unit").order_by("sequence")
    return {"title": _("Inventors"), "empty": _("No inventor is recorded"), "rows": [
        {"text": i.person.name, "second": i.person.unit.name if i.person.unit else "", "end": share(i.numerator, i.denominator), "url": reverse("kit:person_detail", args=[i.person_id])}
        for i in rows
    ]}  # fmt: skip


def _links(_request: Any, asset: Asset) -> dict[str, Any] | None:
    rows = [
        {"text": link.other.number if link.other else link.number, "second": link.get_kind_display(), "end": day(link.on)}
        for link in asset.links.select_related("other")
    ]
    return {"title": _("Related applications"), "rows": rows, "empty": ""} if rows else None


def _costs(_request: Any, asset: Asset) -> dict[str, Any] | None:
    rows = [
        {"text": cost.get_kind_display(), "second": cost.note or cost.invoice, "end": f"{money(cost.amount, cost.currency)}, {day(cost.on)}"}
        for cost in asset.costs.order_by("-on")[:8]
    ]
    return {"title": _("Costs"), "rows": rows, "empty": ""} if rows else None


def _documents(request: Any, asset: Asset) -> dict[str, Any] | None:
    rows = [{"text": one.title, "second": _("confidential") if one.confidential else "", "end": one.file.name, "url": reverse("assets:document", args=[one.pk])}
            for one in access.visible(request.actor, asset.documents.select_related("file").all()).order_by("title")]  # fmt: skip
    return {"title": _("Documents"), "rows": rows, "empty": ""} if rows else None


def _notes(_request: Any, asset: Asset) -> dict[str, Any] | None:
    rows = [{"text": note.text, "second": f"{note.author}, {day(note.at.date())}", "end": ""} for note in asset.notes.order_by("-at")[:8]]
    return {"title": _("Notes"), "rows": rows, "empty": ""} if rows else None


def _members(_request: Any, asset: Asset) -> dict[str, Any] | None:
    if asset.family_id is None:
        return None
    rows = [{"text": one.number or one.title, "second": one.office, "end": one.get_status_display(), "url": reverse("kit:asset_detail", args=[one.pk])}
            for one in Asset.objects.filter(family_id=asset.family_id, trashed_at=None).order_by("filed_on", "pk")[:40]]  # fmt: skip
    return {"title": _("Family"), "rows": rows, "empty": ""}


LIST = "assets/list_panel.html"
asset = register(
    Resource(
        model=Asset, key="asset", label=_("asset"), label_plural=_("assets"), icon="shield", order=("title", "pk"), related=("family", "unit", "holder", "agent", "matter", "university"), listed=(),
        search=["title", "reference", "number", "number_key", "owners_text"], form=forms.AssetForm, create=services.asset_create, update=services.asset_update,
        trash=services.asset_trash, restore=services.asset_restore,
        columns=[
            Column("title", _("Title"), lambda o: o.title, sort="title", link=True, second=lambda o: f"{o.reference}"),
            Column("number", _("Number"), lambda o: o.number, hide="md", css="cw-nowrap"),
            Column("right", _("Kind"), lambda o: str(o.get_right_display()), hide="lg"),
            Column("status", _("Status"), lambda o: str(o.get_status_display()), cell=status_cell, sort="status", hide="md"),
            Column("owners", _("Owners"), lambda o: o.owners_text, hide="lg"),
            Column("filed_on", _("Filed"), lambda o: o.filed_on, cell=lambda o: day(o.filed_on), sort="filed_on", hide="md", css="cw-nowrap"),
            Column("next_due_on", _("Next date"), lambda o: o.next_due_on, cell=next_cell, sort="next_due_on", css="cw-nowrap"),
        ],
        filters=[
            Filter("status", _("Status"), lambda actor: Status.choices, lambda rows, value: rows.filter(status=value)),
            Filter("office", _("Office"), lambda actor: docket.offices(), lambda rows, value: rows.filter(office=value)),
            Filter("right", _("Kind"), lambda actor: Right.choices, lambda rows, value: rows.filter(right=value)),
            Filter("unit", _("Unit"), lambda actor: unit_choices(), lambda rows, value: rows.filter(unit_id=value)),
        ],
        identity=lambda o: [o.reference, o.get_status_display(), o.get_right_display(), *([_("Confidential")] if o.confidential else [])],
        props=lambda o: [
            (_("Number"), o.number, o.office), (_("Publication"), o.publication_number, day(o.published_on)), (_("Grant"), o.grant_number, day(o.granted_on)),
            (_("Filed"), day(o.filed_on), ""), (_("Agent"), o.agent, o.agent_reference), (_("In hand of"), o.holder.name if o.holder else "", ""),
            (_("Unit"), o.unit, ""), (_("Technical field"), o.technical_field, ""), (_("Funding"), o.funding, ""),
            (_("Status as the source says"), o.status_note, ""), *[(_("Title (%(l)s)") % {"l": key}, text, "") for key, text in o.titles.items() if text != o.title],
        ],
        actions=[
            Action("end", _("End"), services.asset_end, forms.EndForm, icon="circle-x", grave=True, when=lambda o: o.status != Status.ENDED,
                   text=_("Its open deadlines close with it. Withdrawing the event opens them again.")),
            Action("document", _("Attach a file"), services.attach, forms.AttachForm, icon="paperclip"),
            Action("note", _("Add a note"), lambda *, actor, obj, text: services.note_add(actor=actor, asset=obj, text=text), forms.NoteForm, icon="note"),
        ],
        panels=[
            Panel("docket/deadlines_panel.html", _deadlines), Panel("docket/timeline_panel.html", _timeline), Panel(LIST, _owners, side=True),
            Panel(LIST, _inventors, side=True), Panel(LIST, _members, side=True), Panel(LIST, _links, side=True), Panel(LIST, _documents, side=True),
            Panel(LIST, _costs, side=True), Panel(LIST, _notes, side=True),
        ],
        record_actions=lambda actor, o: [{"url": reverse("docket:record", args=[o.matter_id]), "label": _("Record an event"), "icon": "plus", "main": True}]
        if access.may(actor, "event.record").allowed
        else [],
        head_actions=lambda actor: [{"url": reverse("assets:missing"), "icon": "clipboard-check", "label": _("What is missing")}]
        + ([{"url": reverse("assets:imports"), "icon": "upload", "label": _("Import")}] if access.may(actor, "asset.import").allowed else []),
        empty_title=_("No asset yet"), empty_text=_("Bring your portfolio in from a file, or add the first asset by hand."),
    )
)  # fmt: skip


def _tree(_request: Any, found: Family) -> dict[str, Any]:
    members = list(Asset.objects.filter(family=found, trashed_at=None).order_by("filed_on", "pk"))
    children: dict[int | None, list[Asset]] = {}
    parents = {link.asset_id: link.other_id for one in members for link in one.links.all() if link.other_id}
    for one in members:
        children.setdefault(parents.get(one.pk), []).append(one)
    return {"title": _("Members"), "tree": _branch(children, None)}


def _branch(children: dict[int | None, list[Asset]], at: int | None) -> list[dict[str, Any]]:
    return [{"asset": one, "url": reverse("kit:asset_detail", args=[one.pk]), "children": _branch(children, one.pk)} for one in children.get(at, [])]


family = register(
    Resource(
        model=Family, key="family", label=_("family"), label_plural=_("families"), icon="hierarchy", order=("reference", "pk"), search=["title", "reference"],
        columns=[
            Column("reference", _("Reference"), lambda o: o.reference, link=True, css="cw-nowrap"),
            Column("title", _("Title"), lambda o: o.title),
        ],
        props=lambda o: [(_("Reference"), o.reference, "")], panels=[Panel("assets/tree_panel.html", _tree)],
        empty_title=_("No family yet"), empty_text=_("Applications that protect one invention belong to a family; register files tell it."),
    )
)  # fmt: skip

menu.add(menu.Entry("kit:asset_list", "shield", _("Assets"), "portfolio", "asset.view", 20))
menu.add(menu.Entry("kit:family_list", "hierarchy", _("Families"), "portfolio", "family.view", 25))
