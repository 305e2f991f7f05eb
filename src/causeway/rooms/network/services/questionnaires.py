"""Questionnaires by those who ask: build, translate, publish as a round, invite, remind, extend, close, record interviews."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, BinaryIO

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from causeway.engines.indicators import shipped_catalogue
from causeway.engines.indicators.catalogue import shipped_folder
from causeway.engines.indicators.questionnaire import Form, Trouble, read_form
from causeway.frame import access, audit, files, mail, scope
from causeway.frame.access import Actor
from causeway.frame.models import Grant, University, User
from causeway.rooms.network.models import Institution, Interview, Invited, Questionnaire, Round
from causeway.rooms.network.services import benchmarks

#: Reminders go out so many days before the close, and on the day after it.
REMIND = (14, 7, 2, -1)
DEFINITION_BYTES = 1_000_000


def form_of(definition: Mapping[str, Any]) -> tuple[Form | None, list[Trouble]]:
    """The form of a definition, and what is wrong with it."""
    return read_form(definition, shipped_catalogue())


def say(trouble: Trouble) -> str:
    """A trouble in the language of the page."""
    known = {
        "number": _("“%(given)s” is no number, or could be read in two ways: write thousands without a comma."), "whole": _("A whole number is needed."), "least": _("It must be at least %(given)s."),
        "greatest": _("It must be at most %(given)s."), "negative": _("It cannot be below zero."), "currency": _("A currency has three letters, such as EUR."), "year": _("“%(given)s” is no year."),
        "option": _("“%(given)s” is none of the options."), "one": _("One option only can be taken."), "mark": _("Write x where it applies; leave the cell empty where it does not."), "file": _("A file is needed here."), "long": _("A text has at most %(given)s characters."),
        "place": _("There is no such place in this questionnaire."), "required": _("This must be answered: give a figure, or say that there is none."), "empty": _("The questionnaire asks nothing yet."),
        "too-long": _("A questionnaire has at most %(given)s questions."), "key": _("“%(given)s” cannot be a short name: small letters, digits and underscores, a letter first."),
        "kind": _("“%(given)s” is no kind of question."), "indicator": _("“%(given)s” is no indicator."), "options": _("A choice needs two options or more."), "words": _("Words are missing here."),
        "matrix": _("A matrix needs rows and columns, and at most %(given)s cells."), "unit": _("Say in which unit the number is given."), "bound": _("“%(given)s” is no number."),
        "fields": _("A section has at most %(given)s places to fill in: make two of it."),
        "repeated": _("The short name “%(given)s” stands more than once."), "loop": _("These questions wait for each other, so none would ever be asked: %(given)s."),
    }  # fmt: skip
    words = known.get(trouble.code)
    if trouble.code == "year" and not trouble.given:
        return _("Say which year the questionnaire asks about.")
    return words % {"given": trouble.given} if words else trouble.message


def round_form(one: Round) -> Form:
    """The form of a published round; it was sound when it was published."""
    form, troubles = form_of(one.definition)
    if form is None:
        raise ValidationError([say(trouble) for trouble in troubles])
    return form


def _blank(title: str, language: str, year: int, currency: str) -> dict[str, Any]:
    return {"title": {language: title}, "text": {}, "currency": currency, "year": year, "sections": []}


def questionnaire_create(*, actor: Actor, title: str, year: int | None = None, currency: str = "", definition: Mapping[str, Any] | None = None) -> Questionnaire:
    """Begin a questionnaire; definition: a whole one, as it was exported."""
    access.require(actor, "questionnaire.create")
    home = University.objects.get(pk=actor.university_id)
    content = dict(definition) if definition else _blank(title, "en", year or timezone.now().year - 1, currency or home.currency)
    _check_size(content)
    with audit.changing(Questionnaire(title=title, definition=content), by=actor, verb="questionnaire.create") as made:
        pass
    return made


def ready_definition(year: int, currency: str) -> dict[str, Any]:
    """The benchmarking questionnaire that comes with Causeway, asking about a year."""
    text = (shipped_folder() / "questionnaire.json").read_text(encoding="utf-8")
    return {**audit.json.loads(text), "year": year, "currency": currency}


def questionnaire_update(*, actor: Actor, obj: Questionnaire, revision: int | None = None, **values: Any) -> Questionnaire:
    """Change a questionnaire's title, year or currency."""
    access.require(actor, "questionnaire.update", obj)
    with audit.changing(obj, by=actor, verb="questionnaire.update", revision=revision) as obj:
        obj.title = values.get("title", obj.title)
        obj.definition = {**obj.definition, **{name: values[name] for name in ("year", "currency") if values.get(name)}}
        obj.changed_at = timezone.now()
    return obj


def _check_size(definition: Mapping[str, Any]) -> None:
    if len(audit.canonical(definition)) > DEFINITION_BYTES:
        raise ValidationError(_("The questionnaire is larger than any that people would answer."))


def definition_set(*, actor: Actor, obj: Questionnaire, definition: Mapping[str, Any], revision: int | None = None, why: str = "") -> Questionnaire:
    """Put another definition in place; what is wrong with it is told by `form_of`, and only a sound one is published."""
    access.require(actor, "questionnaire.build", obj)
    _check_size(definition)
    with audit.changing(obj, by=actor, verb="questionnaire.build", why=why, revision=revision) as obj:
        obj.definition, obj.changed_at = dict(definition), timezone.now()
    return obj


def section_save(*, actor: Actor, obj: Questionnaire, key: str, values: Mapping[str, Any], revision: int | None = None) -> Questionnaire:
    """Add a section, or change its title, text and condition."""
    sections = [dict(one) for one in obj.definition.get("sections", [])]
    found = next((one for one in sections if one["key"] == key), None)
    if found is None:
        sections.append({"key": key, "questions": [], **values})
    else:
        found.update(values)
    return definition_set(actor=actor, obj=obj, definition={**obj.definition, "sections": sections}, revision=revision)


def question_save(*, actor: Actor, obj: Questionnaire, section: str, key: str, values: Mapping[str, Any], revision: int | None = None) -> Questionnaire:
    """Add a question to a section, or change it. values: as they stand in a definition."""
    sections = [{**one, "questions": [dict(q) for q in one.get("questions", [])]} for one in obj.definition.get("sections", [])]
    here = next((one for one in sections if one["key"] == section), None)
    if here is None:
        raise ValidationError(_("There is no such section."))
    found = next((one for one in here["questions"] if one["key"] == key), None)
    if found is None:
        if any(q["key"] == values["key"] for one in sections for q in one["questions"]):
            raise ValidationError({"key": _("This short name stands at another question.")})
        here["questions"].append(dict(values))
    else:
        found.clear()
        found.update(values)
    return definition_set(actor=actor, obj=obj, definition={**obj.definition, "sections": sections}, revision=revision)


def piece_move(*, actor: Actor, obj: Questionnaire, section: str, key: str = "", step: int = 1, revision: int | None = None) -> Questionnaire:
    """Move a section (or a question within its section) up (-1) or down (1); a step of 0 takes it away."""
    sections = [{**one, "questions": list(one.get("questions", []))} for one in obj.definition.get("sections", [])]
    here = next((one for one in sections if one["key"] == section), None)
    if here is None:
        raise ValidationError(_("There is no such section."))
    row = here["questions"] if key else sections
    place = next((n for n, one in enumerate(row) if one["key"] == (key or section)), None)
    if place is None:
        raise ValidationError(_("There is no such question."))
    piece = row.pop(place)
    if step:
        row.insert(max(0, min(len(row), place + step)), piece)
    return definition_set(actor=actor, obj=obj, definition={**obj.definition, "sections": sections}, revision=revision)


def translation_save(*, actor: Actor, obj: Questionnaire, language: str, texts: Mapping[str, str], revision: int | None = None) -> Questionnaire:
    """Store the words of a language. texts: place ("title", "office/title", "office/staff/text", "office/kind/options/yes") to words."""
    definition = audit.json.loads(audit.canonical(obj.definition))
    for place, words in slots(definition):
        if place in texts:
            if texts[place].strip():
                words[language] = texts[place].strip()
            else:
                words.pop(language, None)
    return definition_set(actor=actor, obj=obj, definition=definition, revision=revision)


def slots(definition: dict[str, Any]) -> Iterable[tuple[str, dict[str, str]]]:
    """Every place of a definition that holds words, with its words by language; changing them changes the definition."""
    yield "title", definition.setdefault("title", {})
    for section in definition.get("sections", []):
        yield f"{section['key']}/title", section.setdefault("title", {})
        if section.get("text"):
            yield f"{section['key']}/text", section["text"]
        for question in section.get("questions", []):
            base = f"{section['key']}/{question['key']}"
            yield f"{base}/text", question.setdefault("text", {})
            if question.get("help"):
                yield f"{base}/help", question["help"]
            for name in ("options", "rows", "columns"):
                for one in question.get(name) or []:
                    yield f"{base}/{name}/{one['key']}", one.setdefault("text", {})


@transaction.atomic
def questionnaire_publish(*, actor: Actor, obj: Questionnaire, opens_on: date, closes_on: date) -> Round:
    """Publish the questionnaire as a round whose content never changes. Refused with every place that must be mended."""
    access.require(actor, "questionnaire.publish", obj)
    if closes_on <= opens_on:
        raise ValidationError({"closes_on": _("The day it closes comes after the day it opens.")})
    form, troubles = form_of(obj.definition)
    if form is None:
        raise ValidationError([f"{trouble.place or obj.title}: {say(trouble)}" for trouble in troubles])
    home = University.objects.get(pk=actor.university_id)
    with audit.changing(obj, by=actor, verb="questionnaire.publish") as obj:
        obj.published += 1
    made = Round(
        key=obj.key, version=obj.published, source=home, source_name=home.name, title=obj.title, definition=obj.definition, opens_on=opens_on, closes_on=closes_on,
        sha256=digest(obj.definition), published_by=actor.name,
    )  # fmt: skip
    with audit.changing(made, by=actor, verb="round.publish") as made:
        pass
    benchmarks.collection_for(actor=actor, key=f"round:{obj.key}", title=obj.title, currency=form.currency, source=home.pk)
    return made


def digest(content: Any) -> str:
    """The SHA-256 of a content's canonical text."""
    return hashlib.sha256(audit.canonical(content).encode()).hexdigest()


@transaction.atomic
def invite(*, actor: Actor, round: Round, universities: Sequence[University] = (), institutions: Sequence[Institution] = (), letters: bool = True) -> list[Invited]:
    """Ask universities of this installation (who get a letter) and, by their entry in the registry, universities elsewhere."""
    access.require(actor, "round.invite", round)
    if round.closed_at or round.closes_on < timezone.now().date():
        raise ValidationError(_("This round is closed. Extend it first."))
    known = set(Invited.objects.filter(round=round).values_list("origin", flat=True))
    made = []
    wanted = [(origin_here(one), one.name, one, Institution.objects.filter(here=one).first()) for one in universities]
    wanted += [(f"registry:{one.pk}", one.name, None, one) for one in institutions if one.here_id is None]
    for origin, name, to, institution in wanted:
        if origin in known:
            continue
        with audit.changing(Invited(round=round, to=to, institution=institution, name=name, origin=origin), by=actor, verb="round.invite") as row:
            pass
        made.append(row)
        if to is not None and letters:
            _write_to(to, round, row, "invitation")
    return made


def invited_away(*, actor: Actor, round: Round, name: str, origin: str, answered: int, institution: Institution | None = None) -> Invited:
    """Note a university of another installation whose answers came in a package; institution: its entry in the registry, by which it may have been asked."""
    found = Invited.objects.filter(round=round, origin=origin).first()
    if found is None and institution is not None:
        found = Invited.objects.filter(round=round, institution=institution, to=None, origin__startswith="registry:").first()
    with audit.changing(found or Invited(round=round, name=name[:300]), by=actor, verb="invited.mark") as row:
        row.origin, row.institution = origin, institution or row.institution
        row.state, row.answered, row.asked = Invited.State.SUBMITTED, answered, answered
    return row


def origin_here(university: University) -> str:
    """The name of a university of this installation among contributors."""
    return f"here:{university.pk}"


def _write_to(university: University, round: Round, invited: Invited, kind: str) -> int:
    """A letter to each person of a university's office; returns how many."""
    today = timezone.now().date()
    holders = Grant.objects.filter(university=university, role__in=("office", "director"), unit=None, starts_on__lte=today).exclude(ends_on__lt=today).values("user")
    people = list(User.objects.filter(pk__in=holders, is_active=True))
    with scope.use(university):
        for person in people:
            mail.send(to=person, template="network/mail/questionnaire", context={"round": round, "invited": invited, "kind": kind, "until": invited.until or round.closes_on}, language=university.language)
    return len(people)


def remind(*, actor: Actor, round: Round, invited: Sequence[Invited], on: date) -> int:
    """Remind universities that have not handed in; each at most once a day. Returns how many letters go out."""
    access.require(actor, "round.remind", round)
    sent = 0
    for row in invited:
        if row.to_id is None or row.state in (Invited.State.SUBMITTED, Invited.State.DECLINED) or row.reminded_on == on:
            continue
        with audit.changing(row, by=actor, verb="round.remind") as row:
            row.reminded_on = on
        sent += _write_to(row.to, round, row, "reminder")  # type: ignore[arg-type]
    return sent


def remind_due(round: Round, on: date) -> int:
    """The day's reminders of a round, by `REMIND`; safe to run again on the same day."""
    actor = access.system(round.source_id) if round.source_id else None
    if actor is None or round.closed_at or round.opens_on > on:
        return 0
    rows = [row for row in Invited.objects.filter(round=round).exclude(to=None).select_related("to") if ((row.until or round.closes_on) - on).days in REMIND]
    return remind(actor=actor, round=round, invited=rows, on=on)


def round_extend(*, actor: Actor, round: Round, closes_on: date, invited: Invited | None = None, why: str = "") -> Round:
    """Give all (or one university) more time."""
    access.require(actor, "round.extend", round)
    if closes_on <= round.opens_on or closes_on < timezone.now().date():
        raise ValidationError({"closes_on": _("Choose a day that is still to come.")})
    if invited is not None:
        if invited.round_id != round.pk:
            raise ValidationError(_("This university is not asked in this round."))
        with audit.changing(invited, by=actor, verb="round.extend", why=why) as invited:
            invited.until = closes_on
        return round
    with audit.changing(round, by=actor, verb="round.extend", why=why) as round:
        round.closes_on, round.closed_at = closes_on, None
    return round


def round_close(*, actor: Actor, round: Round, why: str = "") -> Round:
    """Close a round; nothing is handed in any more."""
    access.require(actor, "round.close", round)
    with audit.changing(round, by=actor, verb="round.close", why=why) as round:
        round.closed_at = timezone.now()
    return round


def interview_record(
    *, actor: Actor, round: Round, name: str, on: date, notes: str, persons: str = "", questions: Sequence[str] = (), source: BinaryIO | None = None, file_name: str = "",
    obj: Interview | None = None,
) -> Interview:  # fmt: skip
    """Record a talk about a round; questions: the short names it was about; source: a recording or minutes to keep."""
    access.require(actor, "interview.record", obj)
    known = round_form(round).questions
    wrong = [key for key in questions if key not in known]
    if wrong:
        raise ValidationError({"questions": _("“%(key)s” is no question of this round.") % {"key": wrong[0]}})
    if on > timezone.now().date() + timedelta(days=1):
        raise ValidationError({"on": _("A talk is recorded when it took place.")})
    kept = files.store(actor=actor, source=source, name=file_name) if source is not None else None
    with audit.changing(obj or Interview(round=round), by=actor, verb="interview.record") as made:
        made.name, made.on, made.notes, made.persons, made.questions, made.by = name, on, notes, persons, list(questions), actor.name
        made.file = kept or made.file
    return made
