"""Who builds, answers and reads questionnaires: whoever asks builds; whoever is asked answers; delegates see their section alone."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from causeway.frame.access import Actor, Verdict, allow, sees
from causeway.rooms.network.access.benchmarks import READERS, WRITERS
from causeway.rooms.network.access.library import EVERYBODY
from causeway.rooms.network.models import Answer, Answering, Delegation, FrozenAnswers, Interview, Invited, Questionnaire, Round


def _of_the_office(actor: Actor, queryset: QuerySet) -> QuerySet:
    return queryset if actor.has(*READERS) else queryset.none()


def asks(actor: Actor) -> Q:
    """Rounds and invitations that the actor's university asks."""
    return Q(source_id=actor.university_id) if actor.has(*READERS) else Q(pk__in=[])


def _delegated(actor: Actor) -> QuerySet:
    return Delegation.objects.filter(to_id=actor.user_id)


def _rounds(actor: Actor, queryset: QuerySet) -> QuerySet:
    """Rounds the own university asks or is asked, for the office; those with a section of one's own, for others."""
    if actor.has(*READERS):
        asked = Invited.objects.filter(to_id=actor.university_id).values("round")
        return queryset.filter(Q(source_id=actor.university_id) | Q(pk__in=asked))
    return queryset.filter(pk__in=list(_delegated(actor).values_list("answering__round", flat=True)))


def _invited(actor: Actor, queryset: QuerySet) -> QuerySet:
    if not actor.has(*READERS):
        return queryset.none()
    return queryset.filter(Q(round__source_id=actor.university_id) | Q(to_id=actor.university_id))


def _answerings(actor: Actor, queryset: QuerySet) -> QuerySet:
    return queryset if actor.has(*READERS) else queryset.filter(pk__in=_delegated(actor).values("answering"))


def _answers(actor: Actor, queryset: QuerySet) -> QuerySet:
    """All for the office. A delegate reads answers through the section given to them, which the selector narrows."""
    return queryset if actor.has(*READERS) else queryset.filter(answering__in=_delegated(actor).values("answering"))


def _frozen(actor: Actor, queryset: QuerySet) -> QuerySet:
    """The own, and those handed in to the own university."""
    if not actor.has(*READERS):
        return queryset.none()
    return queryset.filter(Q(source_id=actor.university_id) | Q(round__source_id=actor.university_id))


sees(Questionnaire, _of_the_office)
sees(Interview, _of_the_office)
sees(Round, _rounds)
sees(Invited, _invited)
sees(Answering, _answerings)
sees(Answer, _answers)
sees(FrozenAnswers, _frozen)
sees(Delegation, lambda actor, queryset: queryset if actor.has(*READERS) else queryset.filter(to_id=actor.user_id))


def _asking(actor: Actor, round: Round | None) -> Verdict:
    if round is None or round.source_id == actor.university_id:
        return Verdict(True)
    return Verdict(False, _("Only the university that asks does this."))


def _answering(actor: Actor, answering: Answering | None) -> Verdict:
    """The office and director answer all; a colleague what was given to them. What was handed in stands still."""
    if answering is not None and answering.submitted_at is not None:
        return Verdict(False, _("These answers were handed in. They can be opened again, with a reason."))
    return Verdict(True)


def may_answer(actor: Actor, answering: Answering | None, section: str) -> Verdict:
    """Whether the actor may write answers of a section; of an answering not begun nothing was given to anybody."""
    if actor.has(*WRITERS) or answering is not None and _delegated(actor).filter(answering=answering, section=section).exists():
        return Verdict(True)
    return Verdict(False, _("This section was not given to you."))


def answers_whole(actor: Actor) -> bool:
    """Whether the actor answers whole questionnaires, not sections only."""
    return actor.has(*WRITERS)


def reads_whole(actor: Actor) -> bool:
    """Whether the actor reads whole questionnaires, not sections only."""
    return actor.has(*READERS)


def _frozen_reopen(actor: Actor, frozen: Any) -> Verdict:
    if frozen is None or frozen.round.source_id == actor.university_id or frozen.source_id == actor.university_id:
        return Verdict(True)
    return Verdict(False, _("Only who asked and who answered may open answers again."))


allow("questionnaire.view", *READERS)
for verb in ("create", "update", "trash", "restore", "build"):
    allow(f"questionnaire.{verb}", *WRITERS)
allow("questionnaire.publish", *WRITERS)
for verb in ("invite", "remind", "extend", "close"):
    allow(f"round.{verb}", *WRITERS, judge=_asking)
allow("round.view", *EVERYBODY)
allow("answering.view", *EVERYBODY)
allow("answering.write", *EVERYBODY, judge=_answering)
for verb in ("delegate", "submit", "start"):
    allow(f"answering.{verb}", *WRITERS, judge=_answering)
allow("answering.decline", *WRITERS)
allow("frozen.view", *READERS)
allow("frozen.reopen", *WRITERS, judge=_frozen_reopen)
allow("interview.view", *READERS)
allow("interview.record", *WRITERS)
