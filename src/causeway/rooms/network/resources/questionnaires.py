"""Questionnaires in the kit's shape, and the menu of questionnaires, indicators and benchmarks."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from causeway.frame import access, trash
from causeway.frame.access import Actor
from causeway.kit import menu
from causeway.kit.resource import Column, Panel, Resource, register
from causeway.kit.show import day
from causeway.rooms.network.forms.questionnaires import QuestionnaireForm
from causeway.rooms.network.models import Questionnaire
from causeway.rooms.network.selectors.questionnaires import open_sections
from causeway.rooms.network.services import questionnaires
from causeway.rooms.network.views.questionnaires import build_context


def _head(actor: Actor) -> list[dict[str, Any]]:
    made = [{"url": reverse("network:rounds"), "label": _("Rounds"), "icon": "list-check"}]
    return [*made, {"url": reverse("network:bring"), "label": _("From a file"), "icon": "upload"}] if access.may(actor, "questionnaire.create").allowed else made


def _record(actor: Actor, obj: Questionnaire) -> list[dict[str, Any]]:
    made = [{"url": reverse("network:definition", args=[obj.pk]), "label": _("As a file"), "icon": "download", "main": False}]
    if access.may(actor, "questionnaire.publish", obj).allowed:
        made.append({"url": reverse("network:publish", args=[obj.pk]), "label": _("Publish"), "icon": "send", "main": True})
    return made


def _count(obj: Questionnaire) -> int:
    return sum(len(one.get("questions", [])) for one in obj.definition.get("sections", []))


register(
    Resource(
        model=Questionnaire, key="questionnaire", label=_("questionnaire"), label_plural=_("questionnaires"), icon="clipboard-check", order=("-changed_at", "-pk"), search=["title"],
        columns=[
            Column("title", _("Title"), lambda o: o.title, link=True, sort="title"),
            Column("year", _("Asks about"), lambda o: o.definition.get("year"), css="cw-num"),
            Column("questions", _("Questions"), _count, css="cw-num", hide="md"),
            Column("published", _("Published versions"), lambda o: o.published, css="cw-num", hide="md"),
            Column("changed_at", _("Changed"), lambda o: o.changed_at.date(), cell=lambda o: day(o.changed_at.date()), sort="changed_at", css="cw-nowrap cw-c-date"),
        ],
        form=QuestionnaireForm, create=questionnaires.questionnaire_create, update=questionnaires.questionnaire_update, trash=trash.put, restore=trash.bring_back,
        panels=[Panel("network/build.html", build_context)], head_actions=_head, record_actions=_record, menu=False,
        identity=lambda o: [_("asks about %(year)s") % {"year": o.definition.get("year", "")}, o.definition.get("currency", "")],
        props=lambda o: [(_("Questions"), _count(o), ""), (_("Published versions"), o.published, ""), (_("Changed"), day(o.changed_at.date()), "")],
        empty_title=_("No questionnaire yet"), empty_text=_("Build one of sections and questions, or begin from a file. Published, it becomes a round that universities answer."),
    )
)  # fmt: skip


def _waiting(actor: Actor) -> tuple[int, bool]:
    return open_sections(actor, timezone.now().date()), False


menu.add(menu.Entry("network:rounds", "clipboard-check", _("Questionnaires"), "network", "round.view", 40, _waiting))
menu.add(menu.Entry("network:indicators", "adjustments", _("Indicators"), "network", "indicator.view", 42))
menu.add(menu.Entry("network:benchmarks", "scale", _("Benchmarks"), "network", "benchmark.view", 44))
menu.add(menu.Entry("network:universities", "building", _("Universities"), "network", "registry.view", 46))
menu.add(menu.Entry("network:exchange", "share", _("Exchange"), "network", "exchange.view", 48))
