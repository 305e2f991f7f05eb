"""Building, asking, answering, handing in: who may, what is kept, what is refused."""

from __future__ import annotations

import copy
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from causeway.frame import access, audit, jobs, scope
from causeway.frame.models import AuditEntry, OutboxMessage
from causeway.rooms.network.models import Answer, Answering, Contribution, FrozenAnswers, Invited, OwnFigure, Questionnaire, Round
from causeway.rooms.network.services import answers, exchange, figures, questionnaires
from causeway.rooms.network.tests.making import DEFINITION, asked, handed_in, person, today, university

pytestmark = pytest.mark.django_db


@pytest.fixture
def asker(db):
    return person(university(1))


@pytest.fixture
def answerer(asker):
    return person(university(2), "office")


@pytest.fixture
def round(asker, answerer):
    return asked(asker, [university_of(answerer)])


def university_of(actor):
    from causeway.frame.models import University

    return University.objects.get(pk=actor.university_id)


def test_a_ring_of_conditions_is_not_published_and_its_place_is_told(asker):
    broken = copy.deepcopy(DEFINITION)
    broken["sections"][0]["questions"][0]["when"] = "budget > 3"
    with scope.use(asker.university_id):
        made = questionnaires.questionnaire_create(actor=asker, title="Ring", definition=broken)
        with pytest.raises(ValidationError) as told:
            questionnaires.questionnaire_publish(actor=asker, obj=made, opens_on=today(), closes_on=today() + timedelta(days=9))
    assert "office/has_office" in told.value.messages[0] and "wait for each other" in told.value.messages[0]


def test_a_published_round_never_changes(asker, round):
    with scope.use(asker.university_id):
        draft = Questionnaire.objects.get(key=round.key)
        questionnaires.section_save(actor=asker, obj=draft, key="office", values={"title": {"en": "Changed"}})
        again = questionnaires.questionnaire_publish(actor=asker, obj=draft, opens_on=today(), closes_on=today() + timedelta(days=9))
    assert Round.objects.get(pk=round.pk).definition == DEFINITION and again.version == 2
    assert again.definition["sections"][0]["title"] == {"en": "Changed"}


def test_questions_are_added_moved_and_taken_away(asker):
    with scope.use(asker.university_id):
        made = questionnaires.questionnaire_create(actor=asker, title="New", year=2025)
        made = questionnaires.section_save(actor=asker, obj=made, key="a", values={"title": {"en": "A"}})
        for key in ("one", "two"):
            made = questionnaires.question_save(actor=asker, obj=made, section="a", key=key, values={"key": key, "kind": "text", "text": {"en": key}})
        with pytest.raises(ValidationError):
            questionnaires.question_save(actor=asker, obj=made, section="a", key="three", values={"key": "one", "kind": "text", "text": {"en": "x"}})
        made = questionnaires.piece_move(actor=asker, obj=made, section="a", key="two", step=-1)
        assert [one["key"] for one in made.definition["sections"][0]["questions"]] == ["two", "one"]
        made = questionnaires.piece_move(actor=asker, obj=made, section="a", key="one", step=0)
        made = questionnaires.translation_save(actor=asker, obj=made, language="zh-hans", texts={"a/two/text": "二", "a/title": "甲"})
        assert made.definition["sections"][0]["questions"][0]["text"] == {"en": "two", "zh-hans": "二"}
        assert questionnaires.form_of(made.definition)[1] == []


def test_who_is_asked_gets_a_letter_once(asker, answerer, round):
    letters = OutboxMessage.objects.filter(topic="mail").count()
    assert letters == 1
    with scope.use(asker.university_id):
        assert questionnaires.invite(actor=asker, round=round, universities=[university_of(answerer)]) == []
    assert OutboxMessage.objects.filter(topic="mail").count() == 1


def test_answers_are_written_filled_and_handed_in(answerer, round):
    with scope.use(answerer.university_id):
        answering = answers.start(actor=answerer, round=round)
        figures.figure_enter(actor=answerer, figure="IN01", year=2025, value="2 500 000", currency="EUR", source="Annual accounts")
        assert answers.fill(actor=answerer, answering=answering, section="results") == (1, ["LI01"])
        filled = Answer.objects.get(answering=answering, key="research")
        assert filled.value == {"parts": {"value": "2500000"}, "currency": "EUR", "source": "Annual accounts"} and filled.how == "figures"
        troubles = answers.answers_write(actor=answerer, answering=answering, section="office", values={"has_office": "yes", "budget": "lots"})
        assert [one.place for one in troubles] == ["office/budget"]
        with pytest.raises(ValidationError) as told:
            answers.submit(actor=answerer, answering=answering)
        assert told.value.messages == ["Licence agreements executed: This must be answered: give a figure, or say that there is none."]
        answers.answers_write(actor=answerer, answering=answering, section="results", values={"licences": "7"})
        frozen = answers.submit(actor=answerer, answering=answering)
        assert frozen.content["answers"]["licences"] == {"parts": {"value": "7"}} and frozen.content["how"]["research"] == "figures"
        with pytest.raises(access.Refused, match="handed in"):
            answers.answers_write(actor=answerer, answering=Answering.objects.get(), section="results", values={"licences": "8"})
    assert Contribution.objects.get(figure="LI01").number == 7 and Contribution.objects.get(figure="IN01").currency == "EUR"
    assert Invited.objects.get().state == "submitted"


def test_two_people_at_one_section_lose_nothing(answerer, round):
    with scope.use(answerer.university_id):
        answering = answers.start(actor=answerer, round=round)
        seen = {"licences": answers.seal(None)}
        answers.answers_write(actor=answerer, answering=answering, section="results", values={"licences": "1"}, seen=seen)
        with pytest.raises(answers.Changed) as told:
            answers.answers_write(actor=answerer, answering=answering, section="results", values={"licences": "2"}, seen=seen)
        assert told.value.theirs == {"licences": {"parts": {"value": "1"}}}
        assert answers.values_of(answering)["licences"]["parts"]["value"] == "1"


@pytest.mark.parametrize(("day", "word"), [(-2, "opens on"), (0, None), (30, None), (31, "last day")])
def test_late_answers_are_refused_clearly(answerer, round, day, word):
    with scope.use(answerer.university_id):
        answering = answers.start(actor=answerer, round=round)

        def write():
            return answers.answers_write(actor=answerer, answering=answering, section="results", values={"licences": "1"}, on=today() + timedelta(days=day))

        if word is None:
            assert write() == []
        else:
            with pytest.raises(access.Refused, match=word):
                write()


def test_more_time_for_one_is_more_time_for_one(asker, answerer, round):
    invited = Invited.objects.get()
    with scope.use(asker.university_id):
        questionnaires.round_extend(actor=asker, round=round, closes_on=today() + timedelta(days=60), invited=invited, why="Asked for it")
    round.refresh_from_db()
    invited.refresh_from_db()
    assert answers.late(round, invited, today() + timedelta(days=59)) == ""
    assert answers.late(round, Invited(round=round), today() + timedelta(days=59)) != ""
    with scope.use(asker.university_id):
        questionnaires.round_close(actor=asker, round=round)
    round.refresh_from_db()
    assert "closed" in answers.late(round, Invited(round=round), today())


def test_a_section_is_given_to_a_colleague_who_sees_and_writes_that_alone(answerer, round):
    place = university_of(answerer)
    colleague = person(place, "inventor")
    with scope.use(place):
        assert not access.visible(colleague, Answering.objects.all()).exists()
        assert not access.visible(colleague, Round.objects.all()).exists()
        answering = answers.start(actor=answerer, round=round)
        from causeway.frame.models import User

        answers.delegate(actor=answerer, answering=answering, section="office", to=User.objects.get(pk=colleague.user_id), note="The budget, please")
        assert access.visible(colleague, Round.objects.all()).get() == round
        answers.answers_write(actor=colleague, answering=answering, section="office", values={"has_office": "no"})
        with pytest.raises(access.Refused, match="not given to you"):
            answers.answers_write(actor=colleague, answering=answering, section="results", values={"licences": "1"})
        with pytest.raises(access.Refused):
            answers.submit(actor=colleague, answering=answering)
        assert answers.section_done(actor=colleague, answering=answering, section="office").done_at
        stranger = person(university(9), "office")
        with pytest.raises(ValidationError):
            answers.delegate(actor=answerer, answering=answering, section="office", to=User.objects.get(pk=stranger.user_id))


def test_answers_are_seen_by_their_university_and_once_released_by_who_asks(asker, round, answerer):
    third = person(university(3))
    place = university_of(answerer)
    with scope.use(place):
        answering = answers.start(actor=answerer, round=round)
        answers.answers_write(actor=answerer, answering=answering, section="office", values={"has_office": "yes"})
    for other in (asker, third):
        with scope.use(other.university_id):
            assert not access.visible(other, Answer.objects.all()).exists()
            assert not access.visible(other, FrozenAnswers.objects.all()).exists()
            assert not access.visible(other, Contribution.objects.all()).exists()
    handed_in(round, place)
    with scope.use(asker.university_id):
        assert access.visible(asker, FrozenAnswers.objects.all()).count() == 1
        assert access.visible(asker, Contribution.objects.all()).count() == 3
        assert not access.visible(asker, Answer.objects.all()).exists()
    with scope.use(third.university_id):
        assert not access.visible(third, FrozenAnswers.objects.all()).exists()
        assert not access.visible(third, Contribution.objects.all()).exists()
        assert not access.visible(third, Invited.objects.all()).exists()
        with pytest.raises(access.Refused):
            answers.start(actor=third, round=round)


def test_opened_again_with_a_reason_and_the_old_copy_stays(asker, answerer, round):
    place = university_of(answerer)
    first = handed_in(round, place, licences="3")
    with scope.use(asker.university_id):
        with pytest.raises(ValidationError):
            answers.reopen(actor=asker, frozen=first, why=" ")
        answers.reopen(actor=asker, frozen=first, why="The licences of the hospital are missing")
    assert FrozenAnswers.objects.get().current and Invited.objects.get().state == "reopened"
    second = handed_in(round, place, licences="5")
    first.refresh_from_db()
    assert (first.version, first.current, second.version, second.current) == (1, False, 2, True)
    assert first.content["answers"]["licences"]["parts"]["value"] == "3" and first.reopened_why
    assert Contribution.objects.get(figure="LI01").number == 5
    with scope.use(place):
        assert {"answering.reopen", "frozen.release", "answering.submit"} <= set(AuditEntry.objects.values_list("verb", flat=True))


def test_reminders_go_out_once_a_day_to_who_has_not_handed_in(asker, round, answerer):
    before = OutboxMessage.objects.filter(topic="mail").count()
    day = round.closes_on - timedelta(days=7)
    with scope.use(asker.university_id):
        assert questionnaires.remind_due(round, day) == 1
        assert questionnaires.remind_due(round, day) == 0
        assert questionnaires.remind_due(round, day + timedelta(days=1)) == 0
    assert OutboxMessage.objects.filter(topic="mail").count() == before + 1
    handed_in(round, university_of(answerer))
    with scope.use(asker.university_id):
        assert questionnaires.remind_due(round, round.closes_on - timedelta(days=2)) == 0
    from causeway.rooms.network import jobs as work

    assert work.reminders(None) == 1
    jobs.run_all()


def test_declining_and_interviews(asker, answerer, round):
    with scope.use(answerer.university_id):
        with pytest.raises(ValidationError):
            answers.decline(actor=answerer, round=round, why="")
        answers.decline(actor=answerer, round=round, why="No people for it this year")
    assert Invited.objects.get().state == "declined"
    with scope.use(asker.university_id):
        talk = questionnaires.interview_record(actor=asker, round=round, name="University 2", on=today(), notes="They keep no count.", persons="Ann Example, head", questions=["licences"])
        assert talk.questions == ["licences"]
        with pytest.raises(ValidationError):
            questionnaires.interview_record(actor=asker, round=round, name="U", on=today(), notes="x", questions=["nothing"])
        assert "Ann" not in audit.canonical(list(AuditEntry.objects.filter(label="network.interview").values_list("changes", flat=True)))
    with scope.use(answerer.university_id):
        assert not access.visible(answerer, type(talk).objects.all()).exists()
        answering = answers.start(actor=answerer, round=round)
        answers.decline(actor=answerer, round=round, why="No, after all")
        answers.answers_write(actor=answerer, answering=answering, section="results", values={"licences": "1"})
    assert Invited.objects.get().state == "started"


def test_leaving_takes_the_data_along_and_keeps_the_chain_true(asker, answerer, round):
    place = university_of(answerer)
    handed_in(round, place)
    director = person(place)
    with scope.use(place):
        OwnFigure.objects.count()
        with pytest.raises(access.Refused):
            exchange.network_leave(actor=answerer, why="We leave")
        gone = exchange.network_leave(actor=director, why="We leave")
        assert gone["answers"] == 1 and gone["figures"] == 3
        kept = audit.canonical(list(AuditEntry.objects.values_list("changes", flat=True)))
        assert '"licences"' not in kept
        from causeway.frame.models import AuditPersonal

        assert not AuditPersonal.objects.filter(entry__label="network.frozenanswers").exists()
        assert Answer.objects.exists()
    assert not FrozenAnswers.objects.exists() and not Contribution.objects.exists()
    for one in (place.pk, asker.university_id):
        audit.seal(one)
        assert audit.verify(one).faults == ()
