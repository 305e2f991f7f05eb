"""Reads of questionnaires: what is asked of a university, how far it is, a section as it is filled in, frozen answers in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from causeway.engines.indicators import Catalogue, shipped_catalogue
from causeway.engines.indicators.questionnaire import Cell, Form, Question, cells, missing, progress, shown, words
from causeway.frame import access
from causeway.frame.access import Actor
from causeway.kit.show import amount
from causeway.rooms.network.access.questionnaires import answers_whole, reads_whole
from causeway.rooms.network.mapping.offline import text_at
from causeway.rooms.network.models import Answer, Answering, Delegation, FrozenAnswers, Interview, Invited, Round


def to_answer(actor: Actor) -> list[Invited]:
    """What the actor's university was asked, the open ones first; for a colleague only what a section was given of."""
    rounds = access.visible(actor, Round.objects.all()).values("pk")
    rows = list(Invited.objects.filter(to_id=actor.university_id, round__in=rounds).select_related("round").order_by("-round__closes_on", "-pk")[:100])
    return sorted(rows, key=lambda one: one.state in ("submitted", "declined"))


def asked(actor: Actor) -> QuerySet[Round]:
    """Rounds that the actor's university asks, the latest first; for those who read whole questionnaires."""
    if not reads_whole(actor):
        return Round.objects.none()
    return access.visible(actor, Round.objects.filter(source_id=actor.university_id)).order_by("-published_at")


def counts_of(rounds: list[Round]) -> dict[int, dict[str, int]]:
    """How many were asked and how many handed in, by round."""
    made: dict[int, dict[str, int]] = {one.pk: {"asked": 0, "submitted": 0} for one in rounds}
    for pk, state in Invited.objects.filter(round__in=rounds).values_list("round", "state"):
        made[pk]["asked"] += 1
        made[pk]["submitted"] += state == Invited.State.SUBMITTED
    return made


def invited_of(actor: Actor, round: Round) -> QuerySet[Invited]:
    """Who was asked, by name."""
    return access.visible(actor, Invited.objects.filter(round=round)).select_related("to").order_by("name")


def frozen_of(actor: Actor, round: Round) -> QuerySet[FrozenAnswers]:
    """The latest answers handed in to a round."""
    return access.visible(actor, FrozenAnswers.objects.filter(round=round, current=True)).order_by("source_name")


def interviews_of(actor: Actor, round: Round) -> QuerySet[Interview]:
    """Talks the actor's university recorded about a round."""
    return access.visible(actor, Interview.objects.filter(round=round)).order_by("-on", "-pk")


def sections_of(actor: Actor, form: Form, answering: Answering | None, language: str) -> list[dict[str, Any]]:
    """The sections in the actor's reach, with how far each is and in whose hands."""
    have = dict(Answer.objects.filter(answering=answering).values_list("key", "value")) if answering else {}
    given = {one.section: one for one in Delegation.objects.filter(answering=answering).select_related("to")} if answering else {}
    parts = progress(form, have)
    mine = {one.section for one in given.values() if one.to_id == actor.user_id}
    made = []
    for section in form.sections:
        if section.key not in parts or not (reads_whole(actor) or section.key in mine):
            continue
        made.append(
            {"key": section.key, "title": words(section.title, language), "progress": parts[section.key], "delegation": given.get(section.key), "writes": answers_whole(actor) or section.key in mine}
        )
    return made


def lacking(form: Form, answering: Answering | None, language: str) -> list[dict[str, str]]:
    """What must still be answered, with its section."""
    have = dict(Answer.objects.filter(answering=answering).values_list("key", "value")) if answering else {}
    questions = form.questions
    return [{"section": one.place.split("/")[0], "key": one.place.split("/")[1], "text": words(questions[one.place.split("/")[1]].text, language)} for one in missing(form, have)]


def page_of(
    form: Form, section: str, answers: Mapping[str, Answer], language: str, typed: Mapping[str, str] | None = None, problems: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:  # fmt: skip
    """The questions of a section as they are filled in. typed: what a person typed and was not stored, by path; problems by path."""
    catalogue = shipped_catalogue()
    have = {key: one.value for key, one in answers.items()}
    asked_ = shown(form, have)
    by_question: dict[str, list[Cell]] = {}
    for cell in cells(form, catalogue):
        by_question.setdefault(cell.question.key, []).append(cell)
    made = []
    for question in (one for part in form.sections if part.key == section for one in part.questions if one.key in asked_):
        stored = answers.get(question.key)
        made.append(_question(form, question, by_question.get(question.key, []), stored, language, typed, problems or {}, catalogue))
    return made


def _question(
    form: Form, question: Question, places: list[Cell], stored: Answer | None, language: str, typed: Mapping[str, str] | None, problems: Mapping[str, str], catalogue: Catalogue
) -> dict[str, Any]:  # fmt: skip
    value = stored.value if stored else None
    state = value.get("state", "") if isinstance(value, Mapping) else ""
    fields = []
    for cell in places:
        text = typed[cell.path] if typed is not None and cell.path in typed else ("" if state else text_at(value, cell.path, form))
        if not text and cell.kind in ("currency", "year") and not state:
            text = form.currency if cell.kind == "currency" else str(form.year)
        unit = "" if cell.unit == "count" else cell.unit
        fields.append({"path": cell.path, "id": "q-" + cell.path.replace("/", "-"), "label": words(cell.label, language), "kind": cell.kind, "unit": unit, "value": text,
                       "options": [{"key": one.key, "text": words(one.text, language)} for one in cell.options], "problem": problems.get(cell.path, "")})  # fmt: skip
    indicator = catalogue.indicators.get(question.indicator)
    grid = None
    if question.kind == "matrix":
        by_path = {one["path"]: one for one in fields}
        grid = {"columns": [words(one.text, language) for one in question.columns],
                "rows": [{"label": words(row.text, language), "fields": [by_path[f"{question.key}/{row.key}/{column.key}"] for column in question.columns]} for row in question.rows]}  # fmt: skip
    return {
        "key": question.key, "kind": question.kind, "text": words(question.text, language), "help": words(question.help, language), "required": question.required, "many": question.many,
        "unit": question.unit, "fields": fields, "grid": grid, "state": (typed or {}).get(f"{question.key}/state", state), "note": stored.note if stored else "", "stored": stored, "indicator": indicator,
        "definition": indicator.said("definition", language) if indicator else "", "problem": problems.get(question.key, "") if question.kind in ("choice", "file", "text") else "",
        "source": value.get("source", "") if isinstance(value, Mapping) else "", "file": value if question.kind == "file" else None,
        "stateable": question.kind in ("number", "money", "indicator"), "single": len([one for one in fields if one["kind"] in ("number", "text", "option")]) == 1,
    }  # fmt: skip


def in_words(form: Form, answers: Mapping[str, Any], language: str) -> list[dict[str, Any]]:
    """Answers as people read them, by section."""
    catalogue = shipped_catalogue()
    made = []
    for section in form.sections:
        rows = [{"key": one.key, "text": words(one.text, language), "answer": said(form, one, answers[one.key], language, catalogue)} for one in section.questions if one.key in answers]
        if rows:
            made.append({"title": words(section.title, language), "rows": rows})
    return made


def said(form: Form, question: Question, value: Any, language: str, catalogue: Catalogue) -> str:
    """One answer in words."""
    if value is None:
        return ""
    if isinstance(value, Mapping) and value.get("state"):
        return _("not available") if value["state"] == "unavailable" else _("does not apply")
    if question.kind == "choice":
        texts = {one.key: words(one.text, language) for one in question.options}
        return ", ".join(texts.get(one, one) for one in (value if isinstance(value, list) else [value]))
    if question.kind == "money":
        return f"{amount(str(value['amount']), value['currency'])} ({value['year']})"
    if question.kind == "file":
        return str(value["name"])
    if question.kind == "matrix":
        rows, columns = {one.key: words(one.text, language) for one in question.rows}, {one.key: words(one.text, language) for one in question.columns}
        return "; ".join(f"{rows[row]} / {columns[column]}: {number}" for row, cells_ in value.items() for column, number in cells_.items())
    if question.kind == "indicator":
        parts = {one.key: one for one in catalogue.indicators[question.indicator].parts}
        told = [
            (f"{parts[key].name.get(language) or parts[key].name.get('en', key)}: " if key != "value" else "") + (amount(str(number), value.get("currency", "")) if parts[key].unit == "currency" else number)
            for key, number in value["parts"].items()
        ]
        return "; ".join(told)
    return f"{value} {question.unit}".strip() if question.unit != "year" else str(value)


def table(actor: Actor, round: Round, form: Form, language: str) -> tuple[list[str], list[list[Any]]]:
    """All handed-in answers to a round: a line for each university and question."""
    rows = []
    catalogue = shipped_catalogue()
    for frozen in frozen_of(actor, round):
        for key, question in form.questions.items():
            value = frozen.content["answers"].get(key)
            if value is not None:
                rows.append([frozen.source_name, question.section, key, words(question.text, language), said(form, question, value, language, catalogue), frozen.released_at.date(), frozen.version])
    return [_("University"), _("Section"), _("Short name"), _("Question"), _("Answer"), _("Handed in"), _("Version")], rows


def open_sections(actor: Actor, on: date) -> int:
    """How many questionnaires wait for the actor: for the menu's number."""
    if answers_whole(actor):
        return Invited.objects.filter(to_id=actor.university_id, round__closed_at=None, round__opens_on__lte=on, round__closes_on__gte=on).exclude(state__in=["submitted", "declined"]).count()
    return Delegation.objects.filter(to_id=actor.user_id, done_at=None).count()
