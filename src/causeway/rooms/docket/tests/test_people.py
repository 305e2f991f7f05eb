"""What people do about a date: extensions that follow corrections, confirmations that fall away, undo, proofs, late costs."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils import timezone

from causeway.frame import access, preferences
from causeway.frame.models import University, User
from causeway.kit.show import day
from causeway.rooms.docket import selectors, services
from causeway.rooms.docket.choices import State
from causeway.rooms.docket.models import Deadline
from causeway.rooms.docket.ports import EventDraft
from causeway.rooms.docket.tests.test_services import matter, one

pytestmark = pytest.mark.django_db


def action(on, by="electronic"):
    return EventDraft("office_action_1", on, by=by)


def test_an_extended_date_is_the_one_that_counts_and_follows_a_correction(actor):
    m = matter(actor, office="US")
    event = services.event_record(actor=actor, matter=m, draft=action(date(2026, 1, 31)))
    row = services.deadline_extend(actor=actor, obj=one(m, "US-OA"), months=2)
    assert (row.due, row.extended_to, row.extension) == (date(2026, 6, 30), date(2026, 6, 30), 2)  # three months, then two: in one step
    services.event_record(actor=actor, matter=m, draft=action(date(2026, 2, 10)), replaces=event)
    row.refresh_from_db()
    assert (row.due, row.extended_to) == (date(2026, 7, 10), date(2026, 7, 10))


def test_the_preview_counts_an_extension_from_the_corrected_day(actor):
    m = matter(actor, office="US")
    event = services.event_record(actor=actor, matter=m, draft=action(date(2026, 1, 31)))
    services.deadline_extend(actor=actor, obj=one(m, "US-OA"), months=2)
    difference = services.event_preview(actor=actor, matter=m, draft=action(date(2026, 2, 10)), replaces=event)
    assert [(row.rule, new.due) for row, new in difference.changed] == [("US-OA", date(2026, 7, 10))]


def test_an_extension_can_be_taken_back_and_is_refused_beyond_the_rule(actor):
    m = matter(actor, action(date(2026, 1, 31)), office="US")
    row = one(m, "US-OA")
    first = row.due
    row = services.deadline_extend(actor=actor, obj=row, months=3)
    assert services.deadline_undo(actor=actor, obj=row).due == first
    with pytest.raises(access.Refused):
        services.deadline_extend(actor=actor, obj=one(m, "US-OA"), months=4)
    with pytest.raises(access.Refused):
        services.deadline_extend(actor=actor, obj=one(matter(actor, reference="NBU-2"), "EP-REN", "6"), months=1)


def test_who_recorded_the_event_or_extended_cannot_confirm(actor, make_actor):
    preferences.choose("docket.second_person", True, actor=actor)
    m, second, third = matter(actor, office="US"), make_actor("office"), make_actor("director")
    services.event_record(actor=actor, matter=m, draft=action(date(2026, 8, 3)))
    with pytest.raises(access.Refused, match="You recorded"):
        services.deadline_confirm(actor=actor, obj=one(m, "US-OA"))
    services.deadline_extend(actor=second, obj=one(m, "US-OA"), months=1)
    with pytest.raises(access.Refused, match="You recorded"):
        services.deadline_confirm(actor=second, obj=one(m, "US-OA"))
    row = services.deadline_confirm(actor=third, obj=one(m, "US-OA"))
    assert (row.confirmed_by_id, row.confirmed_on) == (third.user_id, selectors.today_of(third))


def test_a_confirmation_falls_away_when_the_date_changes_and_stays_when_it_does_not(actor, make_actor):
    m, second = matter(actor), make_actor("office")
    event = services.event_record(actor=actor, matter=m, draft=action(date(2026, 8, 3)))
    services.deadline_confirm(actor=second, obj=one(m, "EP-OA"))
    again = services.event_record(actor=actor, matter=m, draft=EventDraft("office_action_1", date(2026, 8, 3), by="electronic", note="x"), replaces=event)
    assert one(m, "EP-OA").confirmed_by_id == second.user_id
    services.event_record(actor=actor, matter=m, draft=action(date(2026, 8, 4)), replaces=again)
    assert one(m, "EP-OA").confirmed_by_id is None and one(m, "EP-OA").confirmed_on is None


def test_undo_follows_what_the_events_say_meanwhile(actor):
    m = matter(actor)
    row = services.deadline_done(actor=actor, obj=one(m, "EP-REN", "5"), done_on=date(2026, 2, 1))
    services.event_record(actor=actor, matter=m, draft=EventDraft("renewal_paid", date(2026, 2, 3), facts={"year": "5"}))
    assert one(m, "EP-REN", "5").state == State.DONE  # what a person noted stands
    row = services.deadline_undo(actor=actor, obj=one(m, "EP-REN", "5"))
    assert (row.state, row.done_on) == (State.MET, date(2026, 2, 3))


def test_a_proof_is_kept_and_a_day_to_come_refused(actor, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    m = matter(actor)
    row = one(m, "EP-REN", "6")
    with pytest.raises(ValidationError, match="future"):
        services.deadline_done(actor=actor, obj=row, done_on=date(2199, 1, 1))
    row = services.deadline_done(actor=actor, obj=row, done_on=date(2026, 2, 1), proof=ContentFile(b"%PDF-1.7 x", name="receipt.pdf"))
    assert (row.proof.name, row.proof.content_type) == ("receipt.pdf", "application/pdf")


def test_a_proof_is_previewed_as_attachments_are(actor, settings, tmp_path, client, make_user):
    import typst

    settings.MEDIA_ROOT, settings.PREVIEW_ROOT = tmp_path / "files", tmp_path / "previews"
    fee, other = one(matter(actor), "EP-REN", "6"), one(matter(actor, reference="NBU-2"), "EP-REN", "6")
    services.deadline_done(actor=actor, obj=fee, done_on=date(2026, 2, 1), proof=ContentFile(typst.compile(b"= Receipt"), name="receipt.pdf"))
    services.deadline_done(actor=actor, obj=other, done_on=date(2026, 2, 1), proof=ContentFile(b"Paid on <1> February", name="receipt.txt"))
    client.force_login(make_user("director"))
    shown = f"/docket/proofs/{fee.pk}/preview/"
    assert shown in client.get(f"/deadlines/{fee.pk}/").content.decode()
    assert f"/docket/proofs/{fee.pk}/page.png" in client.get(shown).content.decode()
    assert b"".join(client.get(f"/docket/proofs/{fee.pk}/page.png").streaming_content).startswith(b"\x89PNG")
    assert "Paid on &lt;1&gt; February" in client.get(f"/docket/proofs/{other.pk}/preview/").content.decode()
    client.force_login(make_user("inventor"))
    assert [client.get(f"/docket/proofs/{fee.pk}/{part}").status_code for part in ("", "preview/", "page.png")] == [404, 404, 404]


def test_an_inventor_answers_and_others_do_not(actor, make_actor):
    row = services.deadline_instruct(actor=actor, obj=one(matter(actor), "EP-REN", "6"), instruction="ask")
    assert row.state == State.OPEN
    with pytest.raises(access.Refused):
        services.deadline_answer(actor=make_actor("auditor"), obj=row, answer="keep")


def test_nothing_late_is_hidden_by_a_correction_into_the_past(actor):
    """A notice learnt late gives a date that has passed: it is open and late, not closed."""
    m = matter(actor)
    services.event_record(actor=actor, matter=m, draft=action(date(2024, 3, 4)))
    row = one(m, "EP-OA")
    assert (row.state, row.due) == (State.OPEN, date(2024, 7, 4))
    assert row in selectors.late(actor, date(2026, 11, 26))


@pytest.mark.parametrize(
    ("office", "zone", "now", "today"),
    [
        ("JP", "Europe/Amsterdam", datetime(2026, 11, 26, 16, 0, tzinfo=UTC), date(2026, 11, 26)),  # it is the 27th in Tokyo
        ("US", "Asia/Shanghai", datetime(2026, 11, 26, 17, 0, tzinfo=UTC), date(2026, 11, 27)),  # the university is ahead
    ],
)
def test_late_is_judged_where_the_day_ends_first(actor, monkeypatch, office, zone, now, today):
    University.objects.filter(pk=actor.university_id).update(timezone=zone)
    monkeypatch.setattr(timezone, "now", lambda: now)
    row = Deadline.objects.filter(matter=matter(actor, office=office)).order_by("pk").first()
    Deadline.objects.filter(pk=row.pk).update(due=date(2026, 11, 26), state=State.OPEN)
    assert selectors.today_of(actor) == today
    assert row in selectors.late(actor, today) and row not in selectors.soon(actor, today)
    assert row not in selectors.late(actor, date(2026, 11, 25))


def test_late_costs_come_from_the_packs(actor):
    ep = one(matter(actor), "EP-REN", "6")
    assert ep.amount is None and selectors.late_costs(ep) == [{"until": ep.grace_ends, "words": "+50 % of the full fee"}]
    cn = one(matter(actor, EventDraft("grant", date(2024, 5, 10)), office="CN", reference="NBU-CN"), "CN-ANNUITY", "6")
    costs = selectors.late_costs(cn)
    assert [c["words"].split(",")[0] for c in costs] == ["no surcharge", "+5 %", "+10 %", "+15 %", "+20 %", "+25 %"]
    assert costs[-1]["until"] == cn.grace_ends and [c["until"] for c in costs] == sorted(c["until"] for c in costs)
    de = one(matter(actor, office="DE", reference="NBU-DE"), "DE-REN", "6")
    assert [c["words"] for c in selectors.late_costs(de)] == ["+€50.00"]
    us = one(matter(actor, EventDraft("grant", date(2026, 2, 3)), office="US", reference="NBU-US"), "US-MAINT", "3.5")
    assert [c["words"] for c in selectors.late_costs(us)] == ["+US$540.00"]


def test_a_page_says_where_its_fee_and_each_doubt_come_from(actor, client):
    client.force_login(User.objects.get(pk=actor.user_id))
    cn = one(matter(actor, EventDraft("grant", date(2024, 5, 10)), office="CN", reference="NBU-CN", reduction="single"), "CN-ANNUITY", "6")
    why = selectors.why(cn)
    assert why.fee is not None and why.fee.verified and why.fee.basis and why.fee.full, "the tariff, its source, and what it is reduced from"
    page = client.get(f"/deadlines/{cn.pk}/").content.decode()
    assert why.fee.tariff in page and f"reduced from {why.fee.full}" in page
    us = one(matter(actor, EventDraft("grant", date(2024, 5, 7)), office="US", reference="NBU-US"), "US-MAINT", "3.5")
    assert "6 months before the nominal date" in client.get(f"/deadlines/{us.pk}/").content.decode()
    # A last day in a year whose closing days are known, a late period that ends in one whose are not.
    known = one(matter(actor, EventDraft("grant", date(2023, 5, 10)), office="CN", reference="NBU-CN2"), "CN-ANNUITY", "5")
    assert (selectors.why(known).doubt != "due") == all(step.verified for step in selectors.why(known).steps if step.code in ("moved", "expected") and step.on <= known.due)


def test_a_late_date_says_what_can_still_be_done(actor):
    row = one(matter(actor, EventDraft("grant", date(2024, 5, 10)), office="CN"), "CN-ANNUITY", "6")
    free, band = selectors.late_costs(row)[:2]
    assert selectors.still(row, row.due) == ""
    assert selectors.still(row, free["until"]) == f"Late, but still possible: to {day(free['until'])}, no surcharge."
    assert selectors.still(row, free["until"] + timedelta(days=1)) == f"Late, but still possible: to {day(band['until'])}, {band['words']}."
    assert selectors.still(row, row.grace_ends + timedelta(days=1)) == f"Late, and the time in which it could be made good ended on {day(row.grace_ends)}."


def test_a_late_reply_that_can_be_extended_says_so_until_it_was(actor):
    m = matter(actor, action(date(2026, 1, 31)), office="US")
    row = one(m, "US-OA")
    assert selectors.still(row, date(2026, 5, 5)) == "Late. See whether it can be extended."
    row = services.deadline_extend(actor=actor, obj=row, months=1)
    assert selectors.still(row, date(2026, 6, 5)) == ""


def test_the_form_of_an_extension_shows_the_day_that_each_would_give(actor, client, make_user):
    row = one(matter(actor, action(date(2026, 1, 31)), office="US"), "US-OA")
    client.force_login(make_user("office", email="reader@example.org"))
    page = client.get(f"/deadlines/{row.pk}/do/extend/").content.decode()
    assert "1 month: Mon 1 Jun 2026" in page and "2 months: Tue 30 Jun 2026" in page
    assert services.deadline_extend(actor=actor, obj=row, months=2).due == date(2026, 6, 30)


def test_a_source_is_named_once_and_pointed_at_after(actor, client, make_user):
    m = matter(actor, office="EP")
    client.force_login(make_user("office", email="reader@example.org"))
    page = client.get(f"/deadlines/{one(m, 'EP-REN', '6').pk}/").content.decode()
    assert page.count('id="source-1"') == 1 and page.count('href="#source-1"') >= 1


def test_the_form_of_an_act_shows_what_it_is_about_and_leads_back_to_the_docket(actor, client, make_user):
    row = one(matter(actor, office="EP"), "EP-REN", "6")
    client.force_login(make_user("office", email="reader@example.org"))
    page = client.get(f"/deadlines/{row.pk}/do/instruct/").content.decode()
    assert "Last day" in page and day(row.due, weekday=True) in page and 'href="/docket/">Docket</a></li><li><a href="/deadlines/">' in page


def test_what_is_late_is_not_offered_to_be_kept_off_the_list(actor, client, make_user):
    client.force_login(make_user("office", email="reader@example.org"))
    late = one(matter(actor, action(date(2020, 1, 31)), office="US"), "US-OA")
    ahead = matter(actor, reference="NBU-2").deadlines.filter(waiting=True).order_by("due").last()
    for row, offered in ((late, False), (ahead, True)):
        assert (f"/deadlines/{row.pk}/do/snooze/" in client.get(f"/deadlines/{row.pk}/").content.decode()) is offered


def test_a_rule_that_would_give_no_date_is_told_in_words_before_it_is_applied(actor, client, make_user):
    client.force_login(make_user("office", email="reader@example.org"))
    m = matter(actor, office="CN")
    page = client.post(f"/docket/matters/{m.pk}/record/", {"kind": "grant", "on": "2023-05-06"}).content.decode()
    assert "(CN-PTA)" in page and "Not in force on 6 May 2023" in page and "2023-05-06:" not in page


def test_a_paid_year_stays_paid_when_what_it_counts_from_changes(actor):
    m = matter(actor)
    services.deadline_done(actor=actor, obj=one(m, "EP-REN", "5"), done_on=date(2026, 2, 1), done_reference="R-5")
    services.deadline_reassign(actor=actor, obj=one(m, "EP-REN", "6"), holder=None)
    count = Deadline.objects.filter(matter=m).count()
    event = services.event_record(actor=actor, matter=m, draft=EventDraft("parent_filing", date(2020, 5, 4)))
    paid, coming = one(m, "EP-REN", "5"), one(m, "EP-REN", "6")
    assert (paid.state, paid.done_reference, paid.nominal) == (State.DONE, "R-5", date(2024, 5, 31))
    assert (coming.state, coming.nominal) == (State.OPEN, date(2025, 5, 31))
    assert Deadline.objects.filter(matter=m, rule="EP-REN").count() <= count
    services.event_withdraw(actor=actor, event=event, why="Not a divisional")
    assert (one(m, "EP-REN", "5").state, one(m, "EP-REN", "5").nominal) == (State.DONE, date(2026, 2, 28))


def test_an_event_comes_in_by_the_api_and_its_dates_follow(actor, client):
    m = matter(actor)
    client.force_login(User.objects.get(pk=actor.user_id))
    told = {"matter": m.reference, "kind": "office_action_1", "on": "2026-08-03", "by": "electronic"}
    answer = client.post("/api/v1/event", told, content_type="application/json")
    assert answer.status_code == 201, answer.content
    assert one(m, "EP-OA").due == date(2026, 12, 3)
    assert client.post("/api/v1/event", told | {"on": "2199-01-01"}, content_type="application/json").status_code == 422
    assert client.post("/api/v1/event", told | {"matter": "NBU-none"}, content_type="application/json").status_code == 422
    assert client.get("/events/").status_code == 200 and client.get("/events/new/").status_code == 200
    event = m.events.get(kind="office_action_1")
    page = client.get(f"/events/{event.pk}/").content.decode()
    assert "First office action" in page and f"/docket/events/{event.pk}/correct/" in page
