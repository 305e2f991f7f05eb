"""Guides: list, record, form; what they are compiled to."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from causeway.frame import access, trash
from causeway.kit import menu
from causeway.kit.resource import Column, Panel, Resource, register
from causeway.kit.show import day
from causeway.rooms.network.forms.guide import GuideForm
from causeway.rooms.network.models import Guide
from causeway.rooms.network.services import guide as services


def _contents(request: Any, guide: Guide) -> dict[str, Any]:
    found = services.released(guide)
    chapters = [{"title": one["title"], "cases": [found[key] for key in one["cases"] if key in found]} for one in guide.chapters]
    return {"guide": guide, "chapters": chapters, "gone": services.gone(guide), "may": access.may(request.actor, "guide.update", guide).allowed, "cases": len(found), "lacking": services.lacking(guide)}


def _links(actor: access.Actor, guide: Guide) -> list[dict[str, Any]]:
    made = [{"url": reverse("network:guide_file", args=[guide.pk, kind]), "label": kind.upper(), "icon": "download", "main": kind == "pdf"} for kind in ("html", "docx", "pdf") if guide.chapters]
    if access.may(actor, "guide.update", guide).allowed:
        made.append({"url": reverse("network:guide_contents", args=[guide.pk]), "label": _("Contents"), "icon": "list-check", "main": not guide.chapters})
    return made


guide = register(
    Resource(
        model=Guide, key="guide", label=_("guide"), label_plural=_("guides"), icon="bookmark", group="knowledge", order=("-dated", "pk"), search=["title", "edition"], form=GuideForm,
        create=services.guide_create, update=services.guide_update, trash=trash.put, restore=trash.bring_back,
        columns=[
            Column("title", _("Title"), lambda o: o.title, sort="title", link=True, second=lambda o: o.edition),
            Column("cases", _("Cases"), lambda o: sum(len(one["cases"]) for one in o.chapters), css="cw-num"),
            Column("language", _("Language"), lambda o: o.get_language_display(), hide="md"),
            Column("dated", _("Date"), lambda o: o.dated, cell=lambda o: day(o.dated), sort="dated", hide="md", css="cw-nowrap"),
        ],
        identity=lambda o: [part for part in (o.edition, day(o.dated), o.get_language_display()) if part],
        props=lambda o: [(_("Subtitle"), o.subtitle, ""), (_("Editors"), o.editors, ""), (_("Publisher"), o.publisher, ""), (_("How to cite it"), o.citation or services.citation_of(o), ""),
                         (_("Licence"), o.licence, "")],
        panels=[Panel("network/contents_panel.html", _contents)], record_actions=_links,
        empty_title=_("No guide yet"), empty_text=_("Choose cases of the library, put them in order, and have the next edition typeset."),
    )
)  # fmt: skip

menu.add(menu.Entry("kit:guide_list", "list-check", _("Guides"), "network", "guide.view", 14))
