"""Pages of assets and families."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any
from urllib.parse import quote

from django.db.models import Q, QuerySet
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from causeway.frame import access, trash
from causeway.kit import menu
from causeway.kit.resource import Action, Column, Filter, Panel, Resource, panel, register
from causeway.kit.show import day, days, distance, escaped, money, share, stacked, urgency
from causeway.rooms.assets import forms, selectors, services
from causeway.rooms.assets.choices import Status
from causeway.rooms.assets.models import Asset, Family, Inventorship, Link, Ownership
from causeway.rooms.assets.numbers import doubt, parse_number
from causeway.rooms.docket import selectors as docket
from causeway.rooms.docket.choices import Right
from causeway.rooms.people.models import Organisation, Person, Unit
from causeway.rooms.people.selectors import unit_choices


def next_cells() -> Callable[[Asset], Any]:
    """The next date with how far it is, for the rows of one page."""
    look, none = docket.Look(), SafeString(f'<span class="cw-meta">{escaped(gettext("none"))}</span>')

    def cell(asset: Asset) -> Any:
        if asset.next_due_on is None:
            return none
        today = look.today(asset.office)
        css = {"late": "cw-late", "soon": "cw-soon"}.get(urgency(asset.next_due_on, today), "")
        first = SafeString(f'<span class="{css}">{escaped(look.day(asset.next_due_on))}</span>')
        return stacked(first, distance(asset.next_due_on, today, look.language))

    return cell


def _status_css(asset: Asset) -> str:
    return {"granted": "is-done", "ended": "is-open"}.get(asset.status, "")


def _status_cells() -> Callable[[Asset], Any]:
    """Where the right stands, with the source's own word."""
    words = {str(value): SafeString(escaped(str(label))) for value, label in Status.choices}
    return lambda asset: stacked(SafeString(f'<span class="cw-status {_status_css(asset)}">{words[asset.status]}</span>'), asset.status_note)


def _right_cells() -> Callable[[Asset], Any]:
    words = {str(value): str(label) for value, label in Right.choices}
    return lambda asset: words.get(asset.right, asset.right)


def _filed_cells() -> Callable[[Asset], Any]:
    shown = days()
    return lambda asset: shown(asset.filed_on)


def _doubt(asset: Asset) -> str:
    """Why the number may be mistyped; nothing for most."""
    number = parse_number(asset.number, asset.office) if asset.number else None
    return doubt(asset.number, number) if number else ""


def _props(asset: Asset) -> list[tuple[Any, Any, Any]]:
    """The facts of an asset on two columns; a university's own fields last."""
    family = format_html('<a href="{}">{}</a>', reverse("kit:family_detail", args=[asset.family_id]), asset.family.reference) if asset.family_id else ""
    tags = format_html_join(" ", '<a class="cw-badge" href="{}?tag={}">{}</a>', ((reverse("kit:asset_list"), quote(str(tag)), tag) for tag in asset.tags))
    own = [(name, _("yes") if value is True else value, "") for name, value in asset.custom.items()]
    return [
        (_("Kind"), asset.get_right_display(), ""), (_("Office"), docket.office_title(asset.office), ""), (_("Number"), asset.number, _doubt(asset)), (_("Filed"), day(asset.filed_on), ""),
        (_("Publication"), asset.publication_number or day(asset.published_on), day(asset.published_on) if asset.publication_number else ""),
        (_("Grant"), asset.grant_number or day(asset.granted_on), day(asset.granted_on) if asset.grant_number else ""),
        (_("Next date"), day(asset.next_due_on), distance(asset.next_due_on, timezone.localdate()) if asset.next_due_on else ""),
        (_("Family"), family, ""), (_("Agent"), asset.agent, asset.agent_reference), (_("In hand of"), asset.holder.name if asset.holder else "", ""), (_("Unit"), asset.unit, ""),
        (_("Technical field"), asset.technical_field, ""), (_("Funding"), asset.funding, ""), (_("Status as the source says"), asset.status_note, ""),
        *[(_("Title, %(language)s") % {"language": key}, format_html('<span lang="{}">{}</span>', key, text), "") for key, text in asset.titles.items() if text != asset.title],
        *own, (_("Tags"), tags, ""),
    ]  # fmt: skip


def _deadlines(request: Any, asset: Asset) -> dict[str, Any]:
    return docket.deadline_panel(request.actor, asset.matter)


def _timeline(request: Any, asset: Asset) -> dict[str, Any]:
    events = docket.timeline(request.actor, asset.matter, get_language() or "en")
    return {"events": events, "may": access.may(request.actor, "event.correct", asset.matter).allowed}


def _part(request: Any, asset: Asset, name: str, label: Any) -> dict[str, Any] | None:
    """The link to the page that changes a part, for who may."""
    return {"url": reverse("assets:part", args=[asset.pk, name]), "label": label} if access.may(request.actor, "asset.update", asset).allowed else None


def _action(request: Any, asset: Asset, key: str, label: Any) -> dict[str, Any] | None:
    """The link to the page of an action, for who may do it."""
    return {"url": reverse("kit:asset_action", args=[asset.pk, key]), "label": label} if access.may(request.actor, f"asset.{key}", asset).allowed else None


def _removal(request: Any, asset: Asset, name: str, row: int) -> str:
    return reverse("assets:part_remove", args=[asset.pk, name, row]) if access.may(request.actor, "asset.update", asset).allowed else ""


def _owners(request: Any, asset: Asset) -> dict[str, Any]:
    """Owners now, with their exact shares as a bar, and who owned it before."""
    rows = list(asset.ownerships.select_related("organisation").order_by("starts_on", "pk"))
    now = [row for row in rows if row.ends_on is None]
    shares, place = [], Fraction(0)
    for number, row in enumerate(now, 1):
        part = Fraction(row.numerator, row.denominator) if row.numerator and row.denominator else None
        name = row.organisation.name if row.organisation else asset.university.name
        shares.append({"name": name, "share": share(row.numerator, row.denominator), "css": f"s{min(number, 5)}", "x": float(place * 296), "width": float((part or 0) * 296) - 1})
        place += part or 0
    before = [
        {"name": row.organisation.name if row.organisation else asset.university.name, "share": share(row.numerator, row.denominator), "from": row.starts_on, "to": row.ends_on}
        for row in rows if row.ends_on is not None
    ]  # fmt: skip
    since = max((row.starts_on for row in now if row.starts_on), default=None)
    return {"shares": shares, "whole": place == 1, "since": since, "before": before, "edit": _part(request, asset, "owners", _("Set owners"))}


def _inventors(request: Any, asset: Asset) -> dict[str, Any]:
    rows = asset.inventorships.select_related("person", "person__unit", "person__organisation").order_by("sequence")
    return {"title": _("Inventors"), "empty": _("No inventor is recorded"), "edit": _part(request, asset, "inventors", _("Set inventors")), "rows": [
        {"text": i.person.name, "second": _where(i.person), "end": share(i.numerator, i.denominator), "url": reverse("kit:person_detail", args=[i.person_id])}
        for i in rows
    ]}  # fmt: skip


def _where(person: Any) -> str:
    return ", ".join(str(part) for part in (person.name_native, person.unit or person.organisation) if part)


def _links(request: Any, asset: Asset) -> dict[str, Any] | None:
    """Earlier applications this one rests on, and later ones that rest on it; of one out of sight no more than that it is linked."""
    links = list(asset.links.select_related("other").order_by("on", "pk"))
    seen = access.seen_among(request.actor, Asset, [link.other_id for link in links if link.other_id])
    rows = [
        {"text": _linked(link, seen), "second": link.get_kind_display(), "end": day(link.on),
         "url": reverse("kit:asset_detail", args=[link.other_id]) if link.other_id in seen else "", "remove": _removal(request, asset, "links", link.pk)}
        for link in links
    ]  # fmt: skip
    rows += [
        {"text": link.asset.number or link.asset.title, "second": _("rests on this: %(how)s") % {"how": str(link.get_kind_display()).lower()}, "end": day(link.asset.filed_on),
         "url": reverse("kit:asset_detail", args=[link.asset_id])}
        for link in access.visible(request.actor, asset.linked_from.select_related("asset").order_by("pk")) if link.asset.trashed_at is None
    ]  # fmt: skip
    return {"title": _("Related applications"), "rows": rows, "empty": _("None is recorded"), "edit": _part(request, asset, "links", _("Add a link"))}


def _linked(link: Link, seen: set[int]) -> str:
    if link.other is None:
        return f"{link.office} {link.number}".strip()
    return (link.other.number or link.other.title) if link.other_id in seen else str(_("a record out of your sight"))


def _costs(request: Any, asset: Asset) -> dict[str, Any] | None:
    """What was spent, newest first, with the sum of each currency."""
    costs = list(asset.costs.select_related("supplier").order_by("-on", "-pk"))
    sums: dict[str, int] = {}
    for cost in costs:
        sums[cost.currency] = sums.get(cost.currency, 0) + cost.amount
    rows = [
        {"text": cost.get_kind_display(), "second": ", ".join(part for part in (day(cost.on), str(cost.supplier or ""), cost.invoice, cost.note) if part),
         "end": money(cost.amount, cost.currency), "remove": _removal(request, asset, "costs", cost.pk)}
        for cost in costs
    ]  # fmt: skip
    foot = _("Spent so far: %(sums)s") % {"sums": " + ".join(money(sums[currency], currency) for currency in sorted(sums))} if costs else ""
    return {"title": _("Costs"), "rows": rows, "empty": _("None is recorded"), "foot": foot, "edit": _part(request, asset, "costs", _("Add a cost"))}


def _documents(request: Any, asset: Asset) -> dict[str, Any] | None:
    rows = [
        {"text": one.title, "second": one.file.name, "end": filesizeformat(one.file.size), "badge": _("Confidential") if one.confidential else "",
         "url": reverse("assets:preview", args=[one.pk]), "remove": _removal(request, asset, "documents", one.pk)}
        for one in access.visible(request.actor, asset.documents.select_related("file").all()).order_by("title")
    ]  # fmt: skip
    return {"title": _("Documents"), "rows": rows, "empty": _("None is attached"), "edit": _action(request, asset, "document", _("Attach a file"))}


def _notes(request: Any, asset: Asset) -> dict[str, Any] | None:
    rows = [{"text": note.text, "second": f"{note.author}, {day(note.at.date())}", "end": "", "remove": _removal(request, asset, "notes", note.pk)}
            for note in asset.notes.order_by("-at")]  # fmt: skip
    edit = _action(request, asset, "note", _("Add a note"))
    return {"title": _("Notes"), "rows": rows, "empty": _("None is recorded"), "edit": edit} if rows or edit else None


def _members(request: Any, asset: Asset) -> dict[str, Any] | None:
    if asset.family_id is None:
        return None
    members = access.visible(request.actor, Asset.objects.filter(family_id=asset.family_id, trashed_at=None)).order_by("filed_on", "pk")
    rows = [{"text": one.number or one.title, "second": docket.office_title(one.office), "status": (_status_css(one), one.get_status_display()),
             "url": "" if one.pk == asset.pk else reverse("kit:asset_detail", args=[one.pk])} for one in members[:40]]  # fmt: skip
    link = {"url": reverse("kit:family_detail", args=[asset.family_id]), "label": _("As a tree")}
    return {"title": _("Family"), "rows": rows, "empty": "", "edit": link}


LIST = "assets/list_panel.html"
#: How many records a panel names; the list behind it has the others.
FEW = 12
asset = register(
    Resource(
        model=Asset, key="asset", label=_("asset"), label_plural=_("assets"), icon="shield", order=("title", "pk"), related=("family", "unit", "holder", "agent", "matter", "university"), listed=(),
        search=["title", "reference", "number", "number_key", "publication_number", "grant_number", "owners_text"], form=forms.AssetForm, create=services.asset_create, update=services.asset_update,
        trash=trash.put, restore=trash.bring_back,
        columns=[
            Column("title", _("Title"), lambda o: o.title, sort="title", link=True, second=lambda o: o.reference),
            Column("number", _("Number"), lambda o: o.number, hide="md", css="cw-nowrap"),
            Column("right", _("Kind"), lambda o: str(o.get_right_display()), cells=_right_cells, hide="lg"),
            Column("status", _("Status"), lambda o: str(o.get_status_display()), cells=_status_cells, sort="status", hide="md"),
            Column("owners", _("Owners"), lambda o: o.owners_text, cell=lambda o: o.owners_text if len(o.owners_text) <= 90 else f"{o.owners_text[:89]}…", hide="lg"),
            Column("filed_on", _("Filed"), lambda o: o.filed_on, cells=_filed_cells, sort="filed_on", hide="md", css="cw-nowrap"),
            Column("next_due_on", _("Next date"), lambda o: o.next_due_on, cells=next_cells, sort="next_due_on", css="cw-nowrap"),
        ],
        filters=[
            Filter("status", _("Status"), lambda actor: Status.choices, lambda rows, value: rows.filter(status=value)),
            Filter("office", _("Office"), lambda actor: docket.offices(), lambda rows, value: rows.filter(office=value)),
            Filter("right", _("Kind"), lambda actor: Right.choices, lambda rows, value: rows.filter(right=value)),
            Filter("unit", _("Unit"), lambda actor: unit_choices(), lambda rows, value: rows.filter(unit_id=value)),
            Filter("tag", _("Tag"), lambda actor: [(tag, tag) for tag in selectors.tags(actor)], selectors.tagged),
        ],
        identity=lambda o: [
            o.reference, format_html('<span class="cw-status {}">{}</span>', _status_css(o), o.get_status_display()), o.get_right_display(),
            *([format_html('<span class="cw-badge is-closed">{}</span>', _("Confidential"))] if o.confidential else []),
        ],
        props=_props, next=lambda actor, o: docket.next_in(actor, o.matter),
        actions=[
            Action("end", _("End"), services.asset_end, forms.EndForm, done=_("The asset has ended; its open deadlines closed with it."), icon="circle-x", grave=True, when=lambda o: o.status != Status.ENDED,
                   text=_("Its open deadlines close with it. Withdrawing the event opens them again.")),
            Action("document", _("Attach a file"), services.attach, forms.AttachForm, done=_("The file is attached."), icon="paperclip"),
            Action("note", _("Add a note"), lambda *, actor, obj, text: services.note_add(actor=actor, asset=obj, text=text), forms.NoteForm, done=_("The note is kept."), icon="note"),
            Action("join", _("Put into a family"), services.family_join, forms.JoinForm, done=_("It is in the family now."), icon="hierarchy", permission="asset.update", bulk=True, when=lambda o: o.family_id is None,
                   undo="leave", text=_("Name a family that is here, or the title of a new one.")),
            Action("leave", _("Take out of its family"), services.family_leave, forms.WhyForm, done=_("It is out of its family."), icon="arrow-back-up", permission="asset.update", when=lambda o: o.family_id is not None,
                   text=_("A family without members goes.")),
        ],
        panels=[
            Panel("docket/deadlines_panel.html", _deadlines), Panel("docket/timeline_panel.html", _timeline), Panel("assets/owners_panel.html", _owners, side=True),
            Panel(LIST, _inventors, side=True), Panel(LIST, _members, side=True), Panel(LIST, _links, side=True), Panel(LIST, _documents, side=True),
            Panel(LIST, _costs, side=True), Panel(LIST, _notes, side=True),
        ],
        record_actions=lambda actor, o: [{"url": reverse("docket:record", args=[o.matter_id]), "label": _("Record an event"), "icon": "plus", "main": True}]
        if access.may(actor, "event.record", o.matter).allowed
        else [],
        head_actions=lambda actor: ([{"url": reverse("docket:gaps"), "icon": "clipboard-check", "label": _("Gaps")}] if access.may(actor, "refusal.view").allowed else [])
        + ([{"url": reverse("assets:imports"), "icon": "upload", "label": _("Import")}] if access.may(actor, "asset.import").allowed else []),
        empty_title=_("No asset yet"), empty_text=_("Bring your portfolio in from a file, or add the first asset by hand."),
    )
)  # fmt: skip


def _tree(request: Any, found: Family) -> dict[str, Any]:
    """The members of a family under the application each one rests on, the first filing on top."""
    rows = access.visible(request.actor, Asset.objects.filter(family=found, trashed_at=None))
    members = list(rows.prefetch_related("links").order_by("filed_on", "pk"))
    here = {one.pk for one in members}
    parents: dict[int, tuple[int, str]] = {}
    for one in members:
        for link in sorted(one.links.all(), key=lambda link: (link.kind == "priority", link.pk)):
            if link.other_id in here and one.pk not in parents and link.other_id != one.pk:
                parents[one.pk] = (link.other_id, link.get_kind_display())
    children: dict[int | None, list[Asset]] = {}
    for one in members:
        children.setdefault(parents[one.pk][0] if one.pk in parents and not _loops(one.pk, parents) else None, []).append(one)
    how = {pk: kind for pk, (_parent, kind) in parents.items()}
    return {"title": _("Members"), "count": len(members), "tree": _branch(children, how, None, next_cells())}


def _loops(start: int, parents: dict[int, tuple[int, str]]) -> bool:
    """Whether links lead from a member back to itself; such a member stands at the root."""
    seen, at = {start}, start
    while at in parents:
        at = parents[at][0]
        if at in seen:
            return True
        seen.add(at)
    return False


def _branch(children: dict[int | None, list[Asset]], how: dict[int, str], at: int | None, next_of: Callable[[Asset], Any]) -> list[dict[str, Any]]:
    return [
        {"asset": one, "how": how.get(one.pk, ""), "office": docket.office_title(one.office), "css": _status_css(one), "next": next_of(one),
         "url": reverse("kit:asset_detail", args=[one.pk]), "children": _branch(children, how, one.pk, next_of)}
        for one in children.get(at, [])
    ]  # fmt: skip


family = register(
    Resource(
        model=Family, key="family", label=_("family"), label_plural=_("families"), icon="hierarchy", order=("reference", "pk"), search=["title", "reference"],
        form=forms.FamilyForm, create=services.family_create, update=services.family_update,
        columns=[
            Column("reference", _("Reference"), lambda o: o.reference, sort="reference", link=True, css="cw-nowrap"),
            Column("title", _("Title"), lambda o: o.title),
        ],
        identity=lambda o: [o.reference], props=lambda o: [], panels=[Panel("assets/tree_panel.html", _tree)],
        empty_title=_("No family yet"), empty_text=_("Applications that protect one invention belong to a family; register files tell it."),
    )
)  # fmt: skip

def _invented(request: Any, person: Person) -> dict[str, Any] | None:
    """What a person invented, the newest filing first, with the person's exact share."""
    found = access.visible(request.actor, Asset.objects.filter(trashed_at=None, inventorships__person=person))
    shares = {one.asset_id: share(one.numerator, one.denominator) for one in Inventorship.objects.filter(person=person, asset__in=found)}
    rows = [
        {"text": one.title, "second": f"{one.number or one.reference}, {docket.office_title(one.office)}", "end": shares.get(one.pk, ""),
         "url": reverse("kit:asset_detail", args=[one.pk])}
        for one in found.order_by("-filed_on", "-pk")[:20]
    ]  # fmt: skip
    return {"title": _("Inventor of"), "rows": rows, "empty": ""} if rows else None


def _many(rows: QuerySet) -> str:
    """How many, as far as is counted."""
    many = docket.capped(rows)
    return f"{many}+" if many == docket.CAP else str(many)


def _of_organisation(request: Any, organisation: Organisation) -> dict[str, Any] | None:
    """Which assets an organisation owns with the university or looks after as its agent, the newest record first."""
    owned = Ownership.objects.filter(organisation=organisation, ends_on=None).values("asset")
    found = access.visible(request.actor, Asset.objects.filter(Q(pk__in=owned) | Q(agent=organisation), trashed_at=None))
    rows = [
        {"text": one.title, "second": f"{one.number or one.reference}, {docket.office_title(one.office)}", "end": _("agent") if one.agent_id == organisation.pk else _("owner"),
         "url": reverse("kit:asset_detail", args=[one.pk])}
        for one in found.order_by("-pk")[:FEW]
    ]  # fmt: skip
    foot = _("The newest of %(n)s.") % {"n": _many(found)} if len(rows) == FEW else ""
    return {"title": _("Assets"), "rows": rows, "empty": "", "foot": foot} if rows else None


def _of_unit(request: Any, unit: Unit) -> dict[str, Any] | None:
    """How many assets and people a unit has, each number with the list behind it."""
    kinds = [(_("Assets"), "asset", Asset), (_("People"), "person", Person)]
    rows = [
        {"text": title, "url": f"{reverse(f'kit:{key}_list')}?unit={unit.pk}", "end": _many(access.visible(request.actor, model._default_manager.filter(unit=unit, trashed_at=None)))}
        for title, key, model in kinds if access.may(request.actor, f"{key}.view").allowed
    ]  # fmt: skip
    return {"title": _("In this unit"), "rows": rows, "empty": ""} if rows else None


panel("person", Panel(LIST, _invented))
panel("organisation", Panel(LIST, _of_organisation))
panel("unit", Panel(LIST, _of_unit))

menu.add(menu.Entry("kit:asset_list", "shield", _("Assets"), "portfolio", "asset.view", 20))
menu.add(menu.Entry("kit:family_list", "hierarchy", _("Families"), "portfolio", "family.view", 25))
