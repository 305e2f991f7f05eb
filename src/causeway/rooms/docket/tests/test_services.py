"""The docket through its services: events create, close and move deadlines; nothing done is lost."""

from copy import copy
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from causeway.frame import access, audit, preferences
from causeway.frame.models import AuditEntry
from causeway.rooms.docket import mapping, selectors, services
from causeway.rooms.docket.choices import State
from causeway.rooms.docket.models import Deadline, Matter, MatterEvent, Refusal, Snooze
from causeway.rooms.docket.ports import EventDraft, MatterDraft

pytestmark = pytest.mark.django_db
FILED = EventDraft("filing", date(2022, 2, 10))


def matter(actor, *events, office="EP", right="patent", reference="NBU-2022-001", **facts):
    draft = MatterDraft(reference=reference, office=office, right=right, title="Graded solid electrolyte", events=(FILED, *events), facts=facts)
    return services.matter_open(actor=actor, draft=draft)


def one(matter, rule, ordinal=""):
    return Deadline.objects.get(matter=matter, rule=rule, ordinal=ordinal)


def test_opening_a_matter_dockets_it(actor):
    m = matter(actor)
    renewal = one(m, "EP-REN", "3")
    assert (renewal.nominal, renewal.due, renewal.grace_ends) == (date(2024, 2, 29), date(2024, 2, 29), date(2024, 9, 2))
    assert (renewal.amount, renewal.currency) == (53000, "EUR")
    assert Deadline.objects.filter(matter=m, rule="EP-REN").count() == 18


def test_an_event_creates_and_another_closes(actor):
    m = matter(actor)
    services.event_record(actor=actor, matter=m, draft=EventDraft("search_report_published", date(2023, 8, 30)))
    exam = one(m, "EP-EXAM")
    assert (exam.due, exam.state) == (date(2024, 2, 29), State.OPEN)
    services.event_record(actor=actor, matter=m, draft=EventDraft("examination_request", date(2023, 12, 1)))
    exam.refresh_from_db()
    assert (exam.state, exam.done_on) == (State.MET, date(2023, 12, 1))


def test_preview_changes_nothing_and_says_what_would(actor):
    m = matter(actor)
    before = Deadline.objects.count()
    difference = services.event_preview(actor=actor, matter=m, draft=EventDraft("office_action_1", date(2026, 8, 24), by="electronic"))
    assert [c.rule for c in difference.created] == ["EP-OA"]
    assert (Deadline.objects.count(), MatterEvent.objects.count()) == (before, 1)


def test_a_correction_is_a_new_version_and_moves_the_date(actor):
    m = matter(actor)
    event = services.event_record(actor=actor, matter=m, draft=EventDraft("office_action_1", date(2024, 8, 24), by="electronic"))
    first = one(m, "EP-OA")
    services.event_record(actor=actor, matter=m, draft=EventDraft("office_action_1", date(2024, 9, 2), by="electronic"), replaces=event)
    row = one(m, "EP-OA")
    assert (row.pk, row.due) == (first.pk, date(2025, 1, 2))
    assert list(MatterEvent.objects.filter(kind="office_action_1").order_by("version").values_list("version", "current")) == [(1, False), (2, True)]


def test_withdrawing_closes_what_followed_and_recording_again_opens_nothing_twice(actor):
    m = matter(actor)
    event = services.event_record(actor=actor, matter=m, draft=EventDraft("office_action_1", date(2024, 8, 24), by="electronic"))
    services.event_withdraw(actor=actor, event=event, why="Wrong file")
    assert one(m, "EP-OA").state == State.CLOSED
    services.recompute(actor=actor, matters=[m.pk])
    assert Deadline.objects.filter(matter=m, rule="EP-OA").count() == 1


def test_done_survives_a_changed_date_and_a_withdrawal(actor):
    m = matter(actor)
    event = services.event_record(actor=actor, matter=m, draft=EventDraft("office_action_1", date(2024, 8, 24), by="electronic"))
    services.deadline_done(actor=actor, obj=one(m, "EP-OA"), done_on=date(2024, 11, 1), done_reference="Reply 1")
    corrected = services.event_record(actor=actor, matter=m, draft=EventDraft("office_action_1", date(2024, 8, 20), by="electronic"), replaces=event)
    row = one(m, "EP-OA")
    assert (row.state, row.done_on, row.due) == (State.DONE, date(2024, 11, 1), date(2024, 12, 20))
    services.event_withdraw(actor=actor, event=corrected, why="Not ours")
    row.refresh_from_db()
    assert (row.state, row.done_reference) == (State.DONE, "Reply 1")


def test_closing_a_matter_closes_its_dates_and_withdrawing_the_end_opens_them(actor):
    m = services.matter_close(actor=actor, matter=matter(actor), why="No licensee", on=date(2026, 1, 5))
    assert m.closed_on == date(2026, 1, 5)
    assert not Deadline.objects.filter(matter=m, state=State.OPEN).exists()
    services.event_withdraw(actor=actor, event=m.events.get(kind="abandoned"), why="Mistake")
    m.refresh_from_db()
    assert m.closed_on is None
    assert one(m, "EP-REN", "8").state == State.OPEN


def test_a_payment_meets_its_year_only(actor):
    m = matter(actor, EventDraft("renewal_paid", date(2024, 2, 1), facts={"year": 3}))
    assert one(m, "EP-REN", "3").state == State.MET
    assert one(m, "EP-REN", "4").state == State.OPEN


def test_records_brought_in_late_do_not_cry_wolf(actor):
    m = matter(actor, known_since="2026-11-24")
    assert one(m, "EP-REN", "3").why == "Past before this record was brought in"
    assert one(m, "EP-REN", "6").state == State.OPEN


def test_computing_anew_drops_what_an_older_law_pack_missed(actor):
    m = matter(actor, EventDraft("priority", date(2021, 7, 1)), office="CN")
    with audit.batch(by=actor, verb="matter.recompute", objects=1) as work:  # as it was stored under a pack that did not know the right for new
        work.add([Refusal(matter=m, rule="CN-INCORP", reason="CN-INCORP is not in force on 2022-02-10")])
        m.digest = "older"
        work.change([m], ["digest"])
    services.recompute(actor=actor, matters=[m.pk])
    assert not Refusal.objects.filter(matter=m).exists()


def test_granted_without_a_day_is_a_visible_refusal(actor):
    m = matter(actor, granted="true")
    assert not Deadline.objects.filter(matter=m, rule="EP-REN").exists()
    assert "Record the grant" in Refusal.objects.get(matter=m, rule="EP-REN").reason
    services.event_record(actor=actor, matter=m, draft=EventDraft("grant", date(2025, 6, 4)))
    assert not Refusal.objects.filter(matter=m, rule="EP-REN").exists()


def test_second_person(actor, make_actor):
    preferences.choose("docket.second_person", True, actor=actor)
    row = one(matter(actor), "EP-REN", "5")
    with pytest.raises(access.Refused, match="second person"):
        services.deadline_done(actor=actor, obj=row, done_on=date(2026, 2, 1))
    row = services.deadline_confirm(actor=make_actor("director"), obj=row)
    assert services.deadline_done(actor=actor, obj=row, done_on=date(2026, 2, 1)).state == State.DONE


def test_waive_needs_a_reason_and_undo_opens_again(actor):
    row = one(matter(actor), "EP-REN", "5")
    with pytest.raises(ValidationError):
        services.deadline_waive(actor=actor, obj=row, why=" ")
    row = services.deadline_waive(actor=actor, obj=row, why="Board decision of 3 May")
    assert row.state == State.WAIVED
    assert services.deadline_undo(actor=actor, obj=row).state == State.OPEN


def test_extension_counts_from_the_original_date(actor):
    m = matter(actor, EventDraft("office_action_1", date(2022, 1, 31), by="electronic"), office="US")
    row = services.deadline_extend(actor=actor, obj=one(m, "US-OA"), months=1)
    assert row.extended_to == date(2022, 5, 31)
    with pytest.raises(access.Refused, match="cannot be extended"):
        services.deadline_extend(actor=actor, obj=row, months=4)


def test_snooze_is_for_oneself_and_ends_before_the_date(actor, make_actor):
    row = one(matter(actor), "EP-REN", "7")
    services.deadline_snooze(actor=actor, obj=row, until=date(2027, 12, 1))
    assert Snooze.objects.get().user_id == actor.user_id
    with pytest.raises(ValidationError):
        services.deadline_snooze(actor=actor, obj=row, until=row.due)


def test_orders_group_by_agent(actor):
    m = matter(actor)
    ids = [services.deadline_instruct(actor=actor, obj=row, instruction="pay").pk for row in Deadline.objects.filter(matter=m, rule="EP-REN", ordinal__in=["6", "7"])]
    (order,) = services.orders_make(actor=actor, ids=ids, on=date(2026, 11, 24))
    assert order.number == "ORD-2026-001"
    assert [line["instruction"] for line in order.lines] == ["pay", "pay"]
    assert services.orders_make(actor=actor, ids=ids, on=date(2026, 11, 25)) == [], "an agent is told once"
    services.deadline_instruct(actor=actor, obj=Deadline.objects.get(pk=ids[0]), instruction="abandon")
    (other,) = services.orders_make(actor=actor, ids=ids, on=date(2026, 11, 25))
    assert [line["instruction"] for line in other.lines] == ["abandon"], "and again when it is told otherwise"


def test_every_change_leaves_one_entry(actor):
    m = matter(actor)
    before = AuditEntry.objects.count()
    services.event_record(actor=actor, matter=m, draft=EventDraft("publication", date(2023, 8, 16)))
    assert AuditEntry.objects.count() == before + 1
    audit.seal(actor.university_id)
    assert audit.verify(actor.university_id).faults == ()


def test_why_is_derived_again(actor):
    m = matter(actor, EventDraft("office_action_1", date(2023, 10, 31), by="electronic"))
    steps = selectors.why(one(m, "EP-OA")).steps
    assert [s.code for s in steps] == ["event", "delivered", "add", "moved", "last"]
    assert steps[1].on == date(2023, 11, 10)
    assert [s.title for s in selectors.why(one(m, "EP-OA"), "zh-hans").steps][1] == "推定送达"


def test_access(actor, make_actor):
    m = matter(actor)
    row = one(m, "EP-REN", "6")
    for role in ("director", "auditor"):
        assert selectors.waiting(make_actor(role)).count() == selectors.waiting(actor).count() > 0
    for role in ("inventor", "agent", "administrator"):
        assert selectors.waiting(make_actor(role)).count() == 0
    with pytest.raises(access.Refused):
        services.deadline_waive(actor=make_actor("auditor"), obj=row, why="x")


KINDS = ["office_action_1", "search_report_published", "examination_request", "response_filed", "publication", "grant", "withdrawn"]
STEP = st.tuples(st.sampled_from(KINDS), st.dates(date(2022, 3, 1), date(2026, 6, 1)), st.booleans())


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, max_size=5), data=st.data())
def test_any_order_of_recording_ends_in_the_same_docket(actor, steps, data):
    """Events recorded, some withdrawn again, in any order: what is open depends on what stands alone."""
    from django.db import transaction

    outcomes = []
    for number, order in enumerate((steps, data.draw(st.permutations(steps)))):
        try:
            with transaction.atomic():
                m = matter(actor, reference=f"P-{number}")
                for kind, on, keep in order:
                    event = services.event_record(actor=actor, matter=m, draft=EventDraft(kind, on))
                    if not keep:
                        services.event_withdraw(actor=actor, event=event, why="test")
                rows = Deadline.objects.filter(matter=m, state__in=[State.OPEN, State.MET]).values_list(
                    "rule", "ordinal", "nominal", "due", "state", "done_on"
                )
                outcomes.append(sorted(rows, key=repr))
                raise RuntimeError
        except RuntimeError:
            pass
    assert outcomes[0] == outcomes[1]


def test_an_ending_that_comes_with_a_matter_closes_it(actor):
    draft = MatterDraft(reference="NBU-9", office="EP", right="patent", title="Ended", events=(EventDraft("filing", date(2018, 1, 2)), EventDraft("lapsed", date(2022, 8, 1))))
    made = services.matter_open(actor=actor, draft=draft)
    assert (made.closed_on, made.closed_why) == (date(2022, 8, 1), "lapsed")
    assert services.recompute(actor=actor, matters=[made.pk])["changed"] == 0


def test_what_a_change_of_law_leaves_as_it_is_is_derived_once(actor, monkeypatch):
    pks = [matter(actor).pk, matter(actor, reference="NBU-2022-002", ended="Ended before it was brought in").pk]
    derived, derive, changed = [], mapping.deadlines, copy(mapping.law())
    monkeypatch.setattr(mapping, "deadlines", lambda facts, law: derived.append(facts) or derive(facts, law))
    before = list(Deadline.objects.order_by("pk").values())
    services.recompute(actor=actor, matters=pks)
    assert not derived, "the law is that of the opening"
    changed.digest = "another pack"
    monkeypatch.setattr(mapping, "law", lambda: changed)
    counts = services.recompute(actor=actor, matters=pks)
    assert (len(derived), counts["changed"], counts["unchanged"]) == (1, 0, len(before))
    entry = AuditEntry.objects.order_by("-pk").first()
    assert (entry.verb, entry.changes["counts"], entry.changes["ids"]) == ("matter.recompute", {"docket.matter digest": 2}, {})
    assert services.recompute(actor=actor, matters=pks) == counts
    assert len(derived) == 1 and AuditEntry.objects.order_by("-pk").first() == entry, "the second time nothing is derived or written"
    assert list(Deadline.objects.order_by("pk").values()) == before
    assert set(Matter.objects.values_list("revision", flat=True)) == {1}, "who edits a matter meanwhile is not disturbed"


def test_a_matter_that_ended_at_an_unknown_day_is_told_from_one_that_did_not(actor):
    plain, ended = (mapping.digest_of("EP", "patent", (), {}, (), "", why) for why in ("", "Lapsed, the day is not known"))
    assert plain != ended


def test_many_matters_are_docketed_while_they_are_loaded(actor):
    drafts = [
        MatterDraft(reference=f"B-{n}", office="EP", right="patent", title=f"Tab\there, \\N and \n{n}", events=(EventDraft("filing", date(2020, 1, 1 + n % 28)),))
        for n in range(300)
    ]
    with audit.batch(by=actor, verb="bench", objects=300) as work:
        ids, next_due = services.matters_add(work, drafts)
    rows = list(Deadline.objects.order_by("pk"))
    assert len(rows) > 5_000, "enough for several blocks"
    assert {(row.matter_id, row.matter_title) for row in rows} == {(pk, draft.title) for pk, draft in zip(ids, drafts, strict=True)}
    assert AuditEntry.objects.get(verb="bench").changes["counts"]["docket.deadline created"] == len(rows)
    alone = matter(actor, reference="alone", office="EP")
    same = [row for row in rows if row.matter_id == Matter.objects.get(reference="B-9").pk]
    services.event_record(actor=actor, matter=alone, draft=EventDraft("filing", date(2020, 1, 10)), replaces=alone.events.get())
    named = ("rule", "ordinal", "nominal", "due", "grace_ends", "amount", "currency", "fee_note", "verified", "state")
    live = Deadline.objects.filter(matter=alone, state=State.OPEN)
    assert {tuple(getattr(row, n) for n in named) for row in same if row.state == State.OPEN} == set(live.values_list(*named))
    assert next_due[same[0].matter_id] == min(row.due for row in same)
    assert services.recompute(actor=actor, matters=ids)["unchanged"] == len(rows)
