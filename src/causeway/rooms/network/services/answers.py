"""Questionnaires by those who answer: start, write, fill from figures, delegate, hand in, open again, decline."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from causeway.engines.indicators import Figure, shipped_catalogue
from causeway.engines.indicators.questionnaire import Form, Trouble, judge, missing, plain, progress, settled, words
from causeway.frame import access, audit, db, scope
from causeway.frame.access import Actor
from causeway.frame.models import Grant, University, User
from causeway.rooms.network.access.questionnaires import may_answer
from causeway.rooms.network.mapping.figures import answer_figures
from causeway.rooms.network.models import Answer, Answering, Collection, Delegation, FrozenAnswers, Invited, OwnFigure, Round
from causeway.rooms.network.services import benchmarks
from causeway.rooms.network.services.questionnaires import digest, origin_here, round_form, say


class Changed(Exception):
    """Somebody else answered meanwhile; `theirs` holds their answers by question, and nothing of this page was stored."""

    def __init__(self, theirs: dict[str, Any]) -> None:
        super().__init__(_("Somebody answered here while you were at it."))
        self.theirs = theirs


def late(round: Round, invited: Invited, on: date) -> str:
    """Why answers are not taken on a day; empty where they are."""
    until = invited.until or round.closes_on
    if on < round.opens_on:
        return _("This round opens on %(day)s.") % {"day": round.opens_on}
    if round.closed_at is not None and invited.until is None:
        return _("This round was closed. Ask %(who)s to open it again.") % {"who": round.source_name}
    if on > until:
        return _("The last day to answer was %(day)s. Ask %(who)s for more time; what you wrote is kept.") % {"day": until, "who": round.source_name}
    return ""


def start(*, actor: Actor, round: Round) -> Answering:
    """The university's answering of a round, begun where it was not; refused where answers are not taken today."""
    found = Answering.objects.filter(round=round).first()
    if found is not None:
        return found
    access.require(actor, "answering.start")
    invited = Invited.objects.filter(round=round, to_id=actor.university_id).first()
    if invited is None:
        raise access.Refused(_("Your university was not asked to answer this questionnaire."))
    if why := late(round, invited, timezone.now().date()):
        raise access.Refused(why)
    with transaction.atomic():
        with audit.changing(Answering(round=round, invited=invited), by=actor, verb="answering.start") as made:
            pass
        _mark(actor, invited, state=Invited.State.STARTED)
    return made


def _mark(actor: Actor, invited: Invited, **values: Any) -> Invited:
    """What the one who asks may know of the work: how far it is, never what was answered."""
    with audit.changing(invited, by=actor, verb="invited.mark") as invited:
        for name, value in values.items():
            setattr(invited, name, value)
    return invited


def values_of(answering: Answering) -> dict[str, Any]:
    """The answers as they stand, by question."""
    return dict(Answer.objects.filter(answering=answering).values_list("key", "value"))


@transaction.atomic
def answers_write(
    *, actor: Actor, answering: Answering, section: str, values: Mapping[str, Any], seen: Mapping[str, str] | None = None, notes: Mapping[str, str] | None = None,
    how: str = "typed", on: date | None = None,
) -> list[Trouble]:  # fmt: skip
    """Store answers of a section. What cannot be is not stored and comes back as troubles; what can be, is.

    seen: digest of each answer as the person saw it; where another stored one differs, `Changed` is raised and nothing is stored.
    """
    access.require(actor, "answering.write", answering)
    verdict = may_answer(actor, answering, section)
    if not verdict.allowed:
        raise access.Refused(verdict.why)
    require_open(answering, on)
    form = round_form(answering.round)
    questions = {key: one for key, one in form.questions.items() if one.section == section and key in values}
    db.lock(f"answering-{answering.pk}")
    known = {one.key: one for one in Answer.objects.filter(answering=answering, key__in=list(questions)).select_for_update()}
    troubles: list[Trouble] = []
    new, changed, theirs = [], [], {}
    for key, question in questions.items():
        value, found = judge(form, question, values[key], shipped_catalogue())
        troubles += found
        stored = known.get(key)
        if stored is not None and _without_source(stored.value) == value:
            value = stored.value  # the same figure, typed or sent back: where it came from stays
        note = (notes or {}).get(key, stored.note if stored else "")[:2000]
        if found or (stored is None and value is None and not note) or (stored is not None and stored.value == value and stored.note == note):
            continue
        if seen is not None and key in seen and seen[key] != seal(stored.value if stored else None):
            theirs[key] = stored.value if stored else None
            continue
        one = stored or Answer(answering=answering, key=key)
        same = stored is not None and stored.value == value
        one.value, one.note, one.by, one.at = value, note, actor.name, timezone.now()
        one.how = one.how if same else how
        (changed if stored else new).append(one)
    if theirs:
        raise Changed(theirs)
    _store(actor, answering, form, new, changed)
    return troubles


def _without_source(value: Any) -> Any:
    """An answer without where its figure came from."""
    return {name: one for name, one in value.items() if name != "source"} if isinstance(value, dict) else value


def _store(actor: Actor, answering: Answering, form: Form, new: list[Answer], changed: list[Answer]) -> None:
    if not new and not changed:
        return
    with audit.batch(by=actor, verb="answering.write", objects=len(new) + len(changed)) as work:
        work.add(new)
        work.change(changed, ["value", "note", "how", "by", "at"])
    parts = progress(form, values_of(answering)).values()
    invited = answering.invited
    state = Invited.State.STARTED if invited.state in (Invited.State.INVITED, Invited.State.DECLINED) else invited.state
    _mark(actor, invited, answered=sum(one.answered for one in parts), asked=sum(one.asked for one in parts), state=state)


def seal(value: Any) -> str:
    """A short digest of an answer, to see whether it was changed meanwhile."""
    return digest(value)[:12]


def require_open(answering: Answering, on: date | None = None) -> None:
    """Raise `access.Refused` with the reason where answers are not taken on a day, today where none is given."""
    why = late(answering.round, answering.invited, on or timezone.now().date())
    if why:
        raise access.Refused(why)


def fill(*, actor: Actor, answering: Answering, section: str) -> tuple[int, list[str]]:
    """Answer the open indicator questions of a section from the university's own figures of the year; returns how many, and what had no figure."""
    form = round_form(answering.round)
    catalogue = shipped_catalogue()
    have = values_of(answering)
    figures = {one.figure: one for one in OwnFigure.objects.filter(year=form.year)}
    values, without = {}, []
    for key, question in form.questions.items():
        if question.section != section or question.kind != "indicator" or have.get(key) is not None:
            continue
        value = _from_figures(question.indicator, figures, catalogue)
        if value is None:
            without.append(question.indicator)
        else:
            values[key] = value
    if values:
        answers_write(actor=actor, answering=answering, section=section, values=values, how="figures")
    return len(values), without


def _from_figures(code: str, figures: Mapping[str, OwnFigure], catalogue: Any) -> dict[str, Any] | None:
    """An indicator's answer by own figures; None where there is none at all."""
    parts = catalogue.indicators[code].parts
    found = {part.key: figures[part.id] for part in parts if part.id in figures}
    known = {key: one for key, one in found.items() if one.number is not None}
    if not known:
        states = {one.state for one in found.values()}
        return {"state": states.pop()} if len(states) == 1 else None
    value: dict[str, Any] = {"parts": {key: plain(one.number) for key, one in known.items()}}
    currencies = {one.currency for one in known.values() if one.currency}
    if len(currencies) > 1:
        return None
    if currencies:
        value["currency"] = currencies.pop()
    sources = [one.source for one in known.values() if one.source]
    return {**value, "source": sources[0]} if sources else value


def delegate(*, actor: Actor, answering: Answering, section: str, to: User, due_on: date | None = None, note: str = "") -> Delegation:
    """Give a section to a colleague of the university, who gets a letter; giving it again changes to whom."""
    access.require(actor, "answering.delegate", answering)
    form = round_form(answering.round)
    if section not in {one.key for one in form.sections}:
        raise ValidationError({"section": _("There is no such section.")})
    today = timezone.now().date()
    if not Grant.objects.filter(user=to, university_id=actor.university_id, starts_on__lte=today).exclude(ends_on__lt=today).exists():
        raise ValidationError({"to": _("This person has no role at the university. Invite them first.")})
    found = Delegation.objects.filter(answering=answering, section=section).first()
    with audit.changing(found or Delegation(answering=answering, section=section), by=actor, verb="answering.delegate") as made:
        made.to, made.due_on, made.note, made.done_at = to, due_on, note, None
    from causeway.frame import mail

    mail.send(to=to, template="network/mail/section", context={"answering": answering, "delegation": made, "by": actor.name, "round": answering.round})
    return made


def section_done(*, actor: Actor, answering: Answering, section: str) -> Delegation:
    """A colleague says that the section given to them is done."""
    found = Delegation.objects.filter(answering=answering, section=section).first()
    verdict = may_answer(actor, answering, section)
    if found is None or not verdict.allowed:
        raise access.Refused(verdict.why or _("This section was given to nobody."))
    with audit.changing(found, by=actor, verb="answering.section_done") as found:
        found.done_at = timezone.now()
    return found


@transaction.atomic
def _called(form: Form, trouble: Trouble) -> str:
    """The question a trouble is about, in the words the page asks it."""
    question = form.questions.get(trouble.place.partition("/")[2])
    return words(question.text, get_language() or "en") if question else trouble.place


def submit(*, actor: Actor, answering: Answering, on: date | None = None) -> FrozenAnswers:
    """Hand the answers in: a copy that never changes goes to the one who asks, and the figures in it to the benchmark."""
    access.require(actor, "answering.submit", answering)
    require_open(answering, on)
    form = round_form(answering.round)
    values = values_of(answering)
    lacking = list(missing(form, values))
    if lacking:
        raise ValidationError([f"{_called(form, one)}: {say(one)}" for one in lacking])
    home = University.objects.get(pk=actor.university_id)
    with audit.changing(answering, by=actor, verb="answering.submit") as answering:
        if answering.submitted_at is not None:
            raise ValidationError(_("These answers were handed in already."))
        answering.submitted_at, answering.submitted_by, answering.versions = timezone.now(), actor.name, answering.versions + 1
    rows = {one.key: one for one in Answer.objects.filter(answering=answering)}
    answers = settled(form, values, shipped_catalogue())
    content = {
        "answers": answers, "year": form.year, "round": {"key": str(answering.round.key), "version": answering.round.version, "sha256": answering.round.sha256},
        "how": {key: rows[key].how for key in answers}, "notes": {key: rows[key].note for key in answers if rows[key].note},
    }  # fmt: skip
    frozen = freeze(actor=actor, round=answering.round, origin=origin_here(home), source=home, name=home.name, version=answering.versions, content=content, by=actor.name)
    _mark(actor, answering.invited, state=Invited.State.SUBMITTED)
    share(actor=actor, frozen=frozen, country=home.country, institution=answering.invited.institution_id)
    return frozen


def freeze(*, actor: Actor, round: Round, origin: str, source: University | None, name: str, version: int, content: dict[str, Any], by: str) -> FrozenAnswers:
    """Keep answers as handed in; the version before steps back."""
    for earlier in FrozenAnswers.objects.filter(round=round, origin=origin, current=True):
        with audit.changing(earlier, by=actor, verb="frozen.superseded") as earlier:
            earlier.current = False
    made = FrozenAnswers(round=round, source=source, source_name=name, origin=origin, version=version, content=content, sha256=digest(content), released_by=by)
    with audit.changing(made, by=actor, verb="frozen.release") as made:
        pass
    return made


def share(*, actor: Actor, frozen: FrozenAnswers, country: str, institution: int | None) -> int:
    """Put the figures of frozen answers into the benchmark of their questionnaire, in place of those before."""
    form = round_form(frozen.round)
    collection = Collection.objects.filter(key=f"round:{frozen.round.key}").first()
    if collection is None:
        return 0
    figures: dict[str, Figure] = {}
    for key, value in frozen.content["answers"].items():
        question = form.questions.get(key)
        if question is not None and question.kind == "indicator":
            figures |= answer_figures(question.indicator, value, form.year, shipped_catalogue())
    return benchmarks.contribute(
        actor=actor, collection=collection, origin=frozen.origin, name=frozen.source_name, country=country, source=frozen.source_id, institution=institution, years={form.year: figures}
    )


@transaction.atomic
def reopen(*, actor: Actor, frozen: FrozenAnswers, why: str) -> FrozenAnswers:
    """Open handed-in answers again, with a reason; the copy stays as it is until a new version takes its place."""
    access.require(actor, "frozen.reopen", frozen)
    if not why.strip():
        raise ValidationError({"why": _("Say why they are opened again; the reason stays with the version.")})
    if not frozen.current or frozen.source_id is None:
        raise ValidationError(_("Only the latest answers of a university of this installation are opened again."))
    with audit.changing(frozen, by=actor, verb="frozen.reopen", why=why) as frozen:
        frozen.reopened_why = why
    with scope.use(frozen.source_id):
        named = actor if actor.university_id == frozen.source_id else access.system(frozen.source_id, _("%(name)s, for the network") % {"name": actor.name})
        answering = Answering.objects.get(round=frozen.round)
        with audit.changing(answering, by=named, verb="answering.reopen", why=why) as answering:
            answering.submitted_at, answering.submitted_by = None, ""
        _mark(named, answering.invited, state=Invited.State.REOPENED, why=why)
    return frozen


def decline(*, actor: Actor, round: Round, why: str) -> Invited:
    """Say that the university does not answer, and why."""
    access.require(actor, "answering.decline")
    invited = Invited.objects.filter(round=round, to_id=actor.university_id).first()
    if invited is None or invited.state == Invited.State.SUBMITTED:
        raise access.Refused(_("Your university was not asked, or has handed in already."))
    if not why.strip():
        raise ValidationError({"why": _("A word of why helps those who ask.")})
    return _mark(actor, invited, state=Invited.State.DECLINED, why=why)
