"""A policy from pack to force: drafted, refused below the floor, decided with vote, notice and objection, computed, explained, computed again."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.http import Http404

from causeway.frame import access, audit, scope
from causeway.rooms.governance import mapping, selectors, services
from causeway.rooms.governance.choices import PolicyState, ProcedureState, StepState
from causeway.rooms.governance.models import Answer, Notice, PackCopy, Policy

pytestmark = pytest.mark.django_db
PACK = "guide-thu-five-one"
SHARE, DAYS = f"{PACK}/researchers_share", f"{PACK}/thu_notice_days"


@pytest.fixture
def director(make_actor):
    return make_actor("director")


@pytest.fixture
def draft(actor):
    return services.policy_create(actor=actor, title="Income by five-one", pack=PACK, changes={DAYS: "20"})


def adopt(director, draft, on=date(2026, 1, 1)):
    return services.policy_adopt(actor=director, obj=draft, holds_from=on, signed_by="Rector", signed_on=on, why="Senate, item 7")


GIVEN = {"gross": {"amount": "1000000.00", "currency": "CNY"}, "costs": {"direct": "20000.00", "ip_upkeep": "30000.00"},
         "inventors": [{"person": "Hanna Lindqvist", "weight": "2"}, {"person": "Chen Siyuan", "weight": "1"}]}  # fmt: skip


def test_a_draft_keeps_its_pack_word_for_word(draft):
    assert draft.copy.pack == PACK and draft.copy.digest == mapping.texts_of(PACK).digest
    assert draft.subject == "distribution" and draft.changes == {DAYS: "20"}


@pytest.mark.parametrize(("place", "text"), [(SHARE, "1.4"), (SHARE, "-3 %"), (SHARE, "many"), (f"{PACK}/nothing", "1"), ("law-cn-transfer/cn_income_least", "10 %")])
def test_a_value_that_is_none_is_refused_at_its_place(actor, draft, place, text):
    with pytest.raises(ValidationError) as caught:
        services.policy_update(actor=actor, obj=draft, changes={place: text})
    assert place in caught.value.message_dict
    draft.refresh_from_db()
    assert draft.changes == {DAYS: "20"}


def test_a_share_below_the_floor_is_refused_with_its_article(actor, director, draft):
    services.policy_update(actor=actor, obj=draft, changes={DAYS: "20", SHARE: "49 %"})
    draft.refresh_from_db()
    with pytest.raises(ValidationError) as caught:
        adopt(director, draft)
    assert "art. 45" in str(caught.value) and "50 %" in str(caught.value)
    draft.refresh_from_db()
    assert draft.state == PolicyState.DRAFT
    places = [place for place, _why in mapping.legal_faults(draft, date(2026, 1, 1), [])]
    assert places == [SHARE]


def test_exactly_the_floor_is_lawful(actor, director, draft):
    services.policy_update(actor=actor, obj=draft, changes={DAYS: "20", SHARE: "50 %"})
    draft.refresh_from_db()
    assert adopt(director, draft).state == PolicyState.APPROVED


def test_a_policy_cannot_hold_before_its_law(director, draft):
    with pytest.raises(ValidationError, match="2015-10-01"):
        adopt(director, draft, date(2015, 9, 30))


def test_a_figure_the_practice_asks_for_must_be_given(actor, director):
    bare = services.policy_create(actor=actor, title="Bare", pack=PACK)
    with pytest.raises(ValidationError, match="Days of public notice"):
        adopt(director, bare)


def test_two_policies_of_one_day_are_refused_and_a_later_one_supersedes(actor, director, draft):
    first = adopt(director, draft)
    second = services.policy_copy(actor=actor, obj=first)
    services.policy_update(actor=actor, obj=second, changes={DAYS: "20", SHARE: "60 %"})
    second.refresh_from_db()
    with pytest.raises(ValidationError, match="two policies"):
        adopt(director, second)
    adopt(director, second, date(2026, 7, 1))
    first.refresh_from_db()
    assert first.holds_to == date(2026, 6, 30)
    assert selectors.in_force("distribution", date(2026, 6, 30)).pk == first.pk
    assert selectors.in_force("distribution", date(2026, 7, 1)).pk == second.pk


def test_only_drafts_change(actor, director, draft):
    held = adopt(director, draft)
    with pytest.raises(access.Refused):
        services.policy_update(actor=actor, obj=held, title="Other")
    with pytest.raises(access.Refused):
        services.policy_withdraw(actor=actor, obj=held, why="no")


def test_inventors_see_what_was_approved_and_no_draft(actor, director, draft, make_actor):
    inventor = make_actor("inventor")
    assert not access.visible(inventor, Policy.objects.all()).exists()
    with pytest.raises(Http404):
        services.policy_update(actor=inventor, obj=draft, title="Mine")
    adopt(director, draft)
    assert access.visible(inventor, Policy.objects.all()).count() == 1


def test_an_amount_is_computed_explained_and_the_same_again(actor, director, draft):
    held = adopt(director, draft)
    made = services.answer_compute(actor=actor, policy=held, on=date(2026, 3, 1), title="Licence fee", given=GIVEN)
    assert made.answer["parts"] == {"inventors": "665000.00", "institute": "142500.00", "university": "142500.00"}
    assert made.answer["people"] == {"Hanna Lindqvist": "443333.33", "Chen Siyuan": "221666.67"}
    steps = mapping.explained(made, selectors.copies(made.packs), "en")
    assert any("art. 45" in source for step in steps for source, _where in step["sources"])
    assert mapping.explained(made, selectors.copies(made.packs), "zh-hans")[0]["title"] == "收入"
    assert services.answers_replay(actor=actor, ids=[made.pk]) == {"checked": 1, "differing": 0}


def test_the_universitys_own_value_counts(actor, director, draft):
    services.policy_update(actor=actor, obj=draft, changes={DAYS: "20", SHARE: "60 %"})
    draft.refresh_from_db()
    made = services.answer_compute(actor=actor, policy=adopt(director, draft), on=date(2026, 3, 1), title="Fee", given=GIVEN)
    assert made.answer["parts"]["inventors"] == "570000.00" and made.answer["parts"]["university"] == "237500.00"


def test_an_amount_outside_the_days_of_its_policy_is_refused(actor, director, draft):
    held = adopt(director, draft)
    with pytest.raises(ValidationError, match="not in force"):
        services.answer_compute(actor=actor, policy=held, on=date(2025, 12, 31), title="Fee", given=GIVEN)
    assert not Answer.objects.exists()


@pytest.mark.parametrize("gross", [{"amount": "-1.00", "currency": "CNY"}, {"amount": "1.00", "currency": "XXX"}, {"amount": "a lot", "currency": "CNY"}])
def test_money_that_cannot_be_is_refused(actor, director, draft, gross):
    held = adopt(director, draft)
    with pytest.raises(ValidationError):
        services.answer_compute(actor=actor, policy=held, on=date(2026, 3, 1), title="Fee", given=GIVEN | {"gross": gross})
    assert not Answer.objects.exists()


def test_an_edited_pack_under_an_adopted_hash_is_told(actor, director, draft):
    held = adopt(director, draft)
    made = services.answer_compute(actor=actor, policy=held, on=date(2026, 3, 1), title="Fee", given=GIVEN)
    copy = PackCopy.objects.get(digest=held.copy.digest)
    with audit.changing(copy, by=actor, verb="pack.forge") as copy:
        copy.files = {name: text.replace("70 %", "90 %") for name, text in copy.files.items()}
    assert services.answers_replay(actor=actor, ids=[made.pk])["differing"] == 1
    made.refresh_from_db()
    assert "digest differs" in str(made.differs)


def test_another_university_sees_nothing_of_it(actor, director, draft, other_university):
    adopt(director, draft)
    with scope.use(other_university):
        assert not Policy.objects.exists()


# --- the decision ---------------------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def decision(actor, draft):
    return services.policy_propose(actor=actor, obj=draft, holds_from=date(2027, 1, 1), flow=f"{PACK}/transfer-decision", why="To share income as Tsinghua does.")


def steps(procedure):
    return {step.key: step for step in procedure.steps.order_by("place")}


def walk_to_notice(actor, director, decision):
    services.step_done(actor=actor, obj=steps(decision)["plan"], note="Discussed.")
    services.interest_declare(actor=director, obj=decision, conflicted=False)
    services.interest_declare(actor=actor, obj=decision, conflicted=False)
    vote = steps(decision)["approval"]
    for one in (actor, director):
        services.vote_cast(actor=one, obj=vote, choice="for")
    services.step_done(actor=director, obj=steps(decision)["approval"], note="Unanimous.")
    return steps(decision)["notice"]


TEXT = {"name_of_result": "Rule on income", "intended_price": "none"}


def test_a_notice_is_published_by_the_api_with_the_texts_its_step_asks_for(actor, director, decision, client, make_user):
    step, on = walk_to_notice(actor, director, decision), selectors.today_at(actor)
    client.force_login(make_user("office"))
    url, body = f"/api/v1/step/{step.pk}/publish", {"starts_on": f"{on}", "ends_on": f"{on + timedelta(days=20)}", "where": "Board"}
    assert client.post(url, json.dumps(body | {"name_of_result": "x"}), content_type="application/json").json()["errors"].keys() == {"intended_price"}
    assert client.post(url, json.dumps(body | TEXT | {"nonsense": ""}), content_type="application/json").json()["errors"].keys() == {"nonsense"}
    answer = client.post(url, json.dumps(body | TEXT), content_type="application/json")
    assert answer.status_code == 200, answer.content
    assert Notice.objects.get(step=step).text == TEXT


def test_a_decision_runs_from_plan_to_force(actor, director, draft, decision):
    notice_step = walk_to_notice(actor, director, decision)
    on = selectors.today_at(actor)
    with pytest.raises(ValidationError) as caught:
        services.notice_publish(actor=actor, obj=notice_step, starts_on=on, ends_on=on + timedelta(days=19), text={"name_of_result": "x"}, where="Board")
    assert set(caught.value.message_dict) == {"ends_on", "intended_price"}
    notice = services.notice_publish(actor=actor, obj=notice_step, starts_on=on, ends_on=on + timedelta(days=20), text=TEXT, where="Board")
    objection = services.objection_lodge(actor=actor, obj=notice, name="A colleague", received_on=on, text="Too much for the inventors.")
    with pytest.raises(access.Refused, match="public until"):
        services.notice_close(actor=actor, obj=notice)
    with time_machine.travel(on + timedelta(days=21, hours=12)):
        with pytest.raises(access.Refused, match="wait for an answer"):
            services.notice_close(actor=actor, obj=notice)
        services.objection_answer(actor=director, obj=objection, state="rejected", answer="The law asks for half at least.")
        services.notice_close(actor=actor, obj=notice, note="One objection, rejected.")
        services.step_done(actor=actor, obj=steps(decision)["objections"], note="Log filed.")
        services.step_done(actor=actor, obj=steps(decision)["filing"], note="Filed.")
    decision.refresh_from_db()
    draft.refresh_from_db()
    assert decision.state == ProcedureState.PASSED and draft.state == PolicyState.APPROVED and draft.holds_from == date(2027, 1, 1)


def test_an_upheld_objection_ends_it(actor, director, draft, decision):
    notice_step = walk_to_notice(actor, director, decision)
    on = selectors.today_at(actor)
    notice = services.notice_publish(actor=actor, obj=notice_step, starts_on=on, ends_on=on + timedelta(days=20), text=TEXT, where="Board")
    objection = services.objection_lodge(actor=actor, obj=notice, name="A colleague", received_on=on, text="Not heard.")
    services.objection_answer(actor=director, obj=objection, state="upheld", answer="Staff were not heard.")
    with time_machine.travel(on + timedelta(days=21, hours=12)):
        services.notice_close(actor=actor, obj=notice)
    draft.refresh_from_db()
    assert draft.state == PolicyState.REFUSED


def test_who_has_an_interest_takes_no_part(actor, director, decision):
    services.step_done(actor=actor, obj=steps(decision)["plan"], note="Discussed.")
    with pytest.raises(access.Refused, match="Declare first"):
        services.vote_cast(actor=director, obj=steps(decision)["approval"], choice="for")
    services.interest_declare(actor=director, obj=decision, conflicted=True, text="I am an inventor.")
    with pytest.raises(access.Refused, match="others decide"):
        services.vote_cast(actor=director, obj=steps(decision)["approval"], choice="for")


def test_a_vote_that_fails_refuses_the_policy(actor, director, draft, decision):
    services.step_done(actor=actor, obj=steps(decision)["plan"], note="Discussed.")
    for one in (actor, director):
        services.interest_declare(actor=one, obj=decision, conflicted=False)
    vote = steps(decision)["approval"]
    with pytest.raises(ValidationError, match="Too few"):
        services.step_done(actor=director, obj=vote, note="Nobody came.")
    services.vote_cast(actor=actor, obj=vote, choice="for")
    services.vote_cast(actor=director, obj=vote, choice="against")
    services.step_done(actor=director, obj=vote, note="A tie.")
    draft.refresh_from_db()
    assert draft.state == PolicyState.REFUSED and steps(decision)["approval"].state == StepState.REFUSED


def test_steps_ask_for_their_role_and_their_turn(actor, director, decision, make_actor):
    with pytest.raises(access.Refused, match="only these may act"):
        services.step_done(actor=make_actor("auditor"), obj=steps(decision)["plan"], note="x")
    with pytest.raises(access.Refused, match="not open"):
        services.step_done(actor=actor, obj=steps(decision)["filing"], note="x")


def test_withdrawing_a_decision_makes_the_policy_a_draft_again(actor, draft, decision):
    services.procedure_withdraw(actor=actor, obj=decision, why="A better one comes.")
    draft.refresh_from_db()
    assert draft.state == PolicyState.DRAFT
