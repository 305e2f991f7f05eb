"""What leaves the docket: reminders, summaries, calendar feeds, order lists."""

import csv
import io
import zipfile
from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest
from django.core import mail as outgoing
from django.core.exceptions import ValidationError
from django.urls import reverse

from causeway.frame import access, jobs, preferences
from causeway.frame.models import AuditEntry, Feed, University, User
from causeway.rooms.docket import feeds, reminders, selectors, services
from causeway.rooms.docket.models import Deadline, OrderList, Reminder
from causeway.rooms.docket.ports import EventDraft
from causeway.rooms.docket.tests.test_services import matter, one
from causeway.rooms.docket.views.renewals import printed
from causeway.rooms.people import services as people

pytestmark = pytest.mark.django_db


@pytest.fixture
def system(actor):
    return access.system(actor.university_id)


def hold(actor, row, name="Marta"):
    """Put a deadline in the hand of the actor's person."""
    user = User.objects.get(pk=actor.user_id)
    person = people.person_create(actor=access.system(actor.university_id), name=name, user=user)
    return services.deadline_reassign(actor=access.system(actor.university_id), obj=row, holder=person)


def test_steps_are_read_by_rule_and_group():
    steps = reminders.parse(["renewals: 60, 7 30", "EP-OA: 45"])
    assert steps == {"renewals": (60, 30, 7), "EP-OA": (45,)}
    assert reminders.steps_of("EP-REN", steps) == (60, 30, 7) and reminders.steps_of("EP-OA", steps) == (45,) and reminders.steps_of("EP-EXAM", steps) == ()
    assert [reminders.group_of(rule) for rule in ("EP-REN", "US-MAINT", "EP-OA", "CN-TM-REFUSAL", "EP-EXAM")] == ["renewals", "renewals", "replies", "replies", "others"]


@pytest.mark.parametrize("line", ["EP-NONE: 3", "renewals: soon", "replies: 0", "others: 400", "renewals"])
def test_steps_that_are_none_are_refused(actor, line):
    if line == "renewals":
        assert reminders.parse([line]) == {"renewals": ()}  # no reminder at all is a choice
    else:
        with pytest.raises(ValidationError):
            preferences.choose("docket.reminders", [line], actor=actor)


def test_each_step_is_told_once_to_who_holds_it_and_again_when_the_day_moves(actor, system):
    m = matter(actor)
    event = services.event_record(actor=actor, matter=m, draft=EventDraft("office_action_1", date(2026, 8, 3), by="electronic"))
    row = hold(actor, one(m, "EP-OA"))
    assert row.due == date(2026, 12, 3)
    counts = [reminders.send(system, row.due - timedelta(days=days)) for days in (40, 30, 30, 29, 15, 14, 13, 3, 2, 0)]
    assert counts == [0, 1, 0, 0, 0, 1, 0, 1, 0, 0]
    assert sorted(Reminder.objects.values_list("days", flat=True)) == [3, 14, 30]
    services.event_record(actor=actor, matter=m, draft=EventDraft("office_action_1", date(2026, 8, 20), by="electronic"), replaces=event)
    assert reminders.send(system, date(2026, 12, 18)) == 1  # the three-day step, now twice over: the day has moved
    assert Reminder.objects.filter(due=one(m, "EP-OA").due).count() == 1


def test_a_missed_day_is_made_up_for_and_settled_dates_are_not_reminded_of(actor, system):
    m = matter(actor)
    row = hold(actor, one(m, "EP-REN", "7"))
    assert reminders.send(system, row.due - timedelta(days=58)) == 1  # the worker slept on the sixtieth
    services.deadline_done(actor=actor, obj=row, done_on=date(2026, 2, 1))
    assert reminders.send(system, row.due - timedelta(days=30)) == 0


def test_what_is_in_nobodys_hand_goes_to_the_office_and_letters_hide_what_is_not_published(actor, system, make_user, django_capture_on_commit_callbacks):
    row = one(matter(actor), "EP-REN", "7")
    with django_capture_on_commit_callbacks(execute=True):
        assert reminders.send(system, row.due - timedelta(days=30)) == 1
    jobs.run_all()
    (letter,) = outgoing.outbox
    assert "NBU-2022-001" in letter.body and "electrolyte" not in letter.body
    assert "List-Unsubscribe" in letter.extra_headers and reverse("kit:deadline_detail", args=[row.pk]) in letter.body
    assert [(days, bool(sent)) for _on, days, sent in reminders.plan(row)] == [(60, False), (30, True), (7, False)]


def test_nobody_is_written_to_against_their_wish(actor, system):
    row = hold(actor, one(matter(actor), "EP-REN", "7"))
    preferences.choose("docket.remind", "none", actor=actor)
    assert reminders.send(system, row.due - timedelta(days=30)) == 0 and not Reminder.objects.exists()


def test_a_summary_follows_each_persons_rule(actor, django_capture_on_commit_callbacks):
    row = hold(actor, one(matter(actor), "EP-REN", "7"))
    monday = row.due - timedelta(days=row.due.weekday() or 7)
    sent = []
    for rule in ("daily", "weekly", "none"):
        preferences.choose("mail.digest", rule, actor=actor)
        sent.append([reminders.summaries_send(actor.university_id, monday + timedelta(days=n)) for n in range(7)])
    assert sent == [[1, 1, 1, 1, 1, 0, 0], [1, 0, 0, 0, 0, 0, 0], [0] * 7]
    preferences.choose("mail.digest", "daily", actor=actor)
    assert reminders.summaries_send(actor.university_id, date(2027, 3, 3)) == 0 or reminders.summary(actor, date(2027, 3, 3))  # nothing to say, nothing sent


def test_the_morning_job_runs_once_a_day_for_each_university(actor, monkeypatch):
    from django.utils import timezone

    from causeway.rooms.docket import jobs as docket_jobs

    University.objects.filter(pk=actor.university_id).update(timezone="Asia/Shanghai")
    started = []
    monkeypatch.setattr(docket_jobs.jobs, "start", lambda name, **kwargs: started.append(kwargs["key"]))
    for hour in (21, 22, 23):  # five, six and seven in Shanghai
        monkeypatch.setattr(timezone, "now", lambda hour=hour: datetime(2026, 11, 25, hour, 7, tzinfo=UTC))
        docket_jobs.mornings(None)
    here = [key for key in started if key.startswith(f"letters-{actor.university_id}-")]
    assert here == [f"letters-{actor.university_id}-2026-11-26"] * 2


# --- feeds ---------------------------------------------------------------------------------------------------------------------------


def checked(content: bytes) -> icalendar.Calendar:
    """The calendar behind bytes, checked against RFC 5545: line ends, folding, what a calendar and an event must hold, once."""
    assert b"\r\n" in content and b"\n" not in content.replace(b"\r\n", b"")
    assert content.startswith(b"BEGIN:VCALENDAR\r\n") and content.endswith(b"END:VCALENDAR\r\n")
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    content.decode("utf-8")
    calendar = icalendar.Calendar.from_ical(content)
    assert calendar["VERSION"] == "2.0" and calendar["PRODID"] and "METHOD" not in calendar
    assert calendar.subcomponents  # 3.6: at least one component
    events = calendar.walk("VEVENT")
    for event in events:
        for name in ("UID", "DTSTAMP", "DTSTART", "SUMMARY"):
            assert name in event and not isinstance(event[name], list), name
        assert event["DTSTAMP"].dt.tzinfo is not None and event["DTSTAMP"].to_ical().endswith(b"Z")
        assert event["DTSTART"].params["VALUE"] == "DATE" and event["DTEND"].dt == event["DTSTART"].dt + timedelta(days=1)
        assert not event.errors
    assert len({str(event["UID"]) for event in events}) == len(events)
    return calendar


def test_a_feed_is_valid_and_names_only_what_is_published(actor):
    m = matter(actor)
    row = hold(actor, one(m, "EP-REN", "7"))
    secret = feeds.make(actor=actor, name="Mine; with, signs \\ and 名称" + "很长的" * 16, whole=False)
    assert not Feed.objects.filter(digest=secret).exists() and secret not in str(Feed.objects.values_list())
    (event,) = checked(feeds.calendar(secret)).walk("VEVENT")
    assert event["DTSTART"].dt == row.due and "NBU-2022-001" in event["SUMMARY"] and "electrolyte" not in feeds.calendar(secret).decode()
    services.event_record(actor=actor, matter=m, draft=EventDraft("publication", date(2023, 8, 16)))
    (event,) = checked(feeds.calendar(secret)).walk("VEVENT")
    assert "Graded solid electrolyte" in event["SUMMARY"]
    stable = {str(event["UID"])}
    assert {str(e["UID"]) for e in checked(feeds.calendar(secret)).walk("VEVENT")} == stable


def test_a_feed_of_the_portfolio_an_empty_one_and_one_that_ended(actor, client, make_actor):
    matter(actor)
    whole = feeds.make(actor=actor, name="All", whole=True)
    assert len(checked(feeds.calendar(whole)).walk("VEVENT")) > 5
    empty = feeds.make(actor=make_actor("director"), name="None", whole=False)
    assert not checked(feeds.calendar(empty)).walk("VEVENT")
    response = client.get(reverse("docket:feed", args=[whole]))
    assert response.status_code == 200 and response["Content-Type"].startswith("text/calendar")
    feeds.revoke(actor=actor, pk=Feed.objects.get(name="All").pk)
    assert feeds.calendar(whole) is None and client.get(reverse("docket:feed", args=[whole])).status_code == 404
    User.objects.filter(pk=Feed.objects.get(name="None").user_id).update(is_active=False)
    assert feeds.calendar(empty) is None and feeds.calendar("guess") is None


def test_the_address_of_a_feed_is_never_logged(actor, client, capsys):
    secret = feeds.make(actor=actor, name="All", whole=True)
    client.get(reverse("docket:feed", args=[secret]))
    told = capsys.readouterr()
    assert secret not in told.out + told.err


# --- order lists -------------------------------------------------------------------------------------------------------------------------


def test_an_order_list_goes_out_as_csv_xlsx_and_pdf(actor, client):
    m = matter(actor)
    services.matter_update(actor=actor, matter=m, title="=cmd|' /C calc'!A0")
    ids = [services.deadline_instruct(actor=actor, obj=row, instruction="abandon").pk for row in Deadline.objects.filter(matter=m, rule="EP-REN", ordinal__in=["3", "7"])]
    (order,) = services.orders_make(actor=actor, ids=ids, on=date(2026, 11, 24))
    client.force_login(User.objects.get(pk=actor.user_id))
    text = client.get(reverse("docket:order_file", args=[order.pk, "csv"])).getvalue().decode("utf-8-sig")
    assert "give up" in text and "'=cmd" in text and len(text.strip().splitlines()) == 3
    first = next(csv.DictReader(io.StringIO(text)))
    assert (first["Fee"], first["Currency"], first["Due"], first["Cancelled on"]) == ("530.0", "EUR", "2024-02-29", "")
    book = client.get(reverse("docket:order_file", args=[order.pk, "xlsx"])).getvalue()
    names = zipfile.ZipFile(io.BytesIO(book)).namelist()
    assert "xl/worksheets/sheet1.xml" in names and b"<f>" not in zipfile.ZipFile(io.BytesIO(book)).read("xl/worksheets/sheet1.xml")
    assert client.get(reverse("docket:order_file", args=[order.pk, "pdf"])).content.startswith(b"%PDF-")
    assert client.get(reverse("docket:order_file", args=[order.pk, "exe"])).status_code == 404
    assert OrderList.objects.get().lines[0]["instruction"] == "abandon"


def ordered(actor):
    """A matter with two fees to pay, and the order list that says so: the fees' ids, the list."""
    m = matter(actor)
    ids = [services.deadline_instruct(actor=actor, obj=row, instruction="pay").pk for row in Deadline.objects.filter(matter=m, rule="EP-REN", ordinal__in=["6", "7"])]
    (order,) = services.orders_make(actor=actor, ids=ids, on=date(2026, 11, 24))
    return ids, order


def test_a_sum_says_how_many_fees_it_leaves_out(actor):
    _ids, order = ordered(actor)
    order.lines = [order.lines[0] | {"amount": 15000, "currency": "EUR"}, order.lines[1] | {"amount": None}, order.lines[1] | {"amount": None, "instruction": "abandon"}]
    assert printed(order)["sum"] == "To pay: €150.00 + 1 fee to be read"
    order.lines = order.lines[1:]
    assert printed(order)["sum"] == "To pay: 1 fee to be read"
    order.lines = order.lines[1:]
    assert printed(order)["sum"] == ""


def test_a_cancelled_order_list_keeps_its_number_and_frees_its_instructions(actor):
    ids, order = ordered(actor)
    assert not services.orders_make(actor=actor, ids=ids, on=date(2026, 11, 24))
    with pytest.raises(ValidationError):
        services.order_cancel(actor=actor, obj=order, why=" ")
    services.order_cancel(actor=actor, obj=order, why="Sent to the wrong agent")
    with pytest.raises(ValidationError, match="already"):
        services.order_cancel(actor=actor, obj=order, why="Again")
    (again,) = services.orders_make(actor=actor, ids=ids, on=date(2026, 11, 24))
    assert again.number != order.number and len(again.lines) == 2 and OrderList.objects.count() == 2
    entry = AuditEntry.objects.get(verb="orderlist.cancel")
    assert (entry.object_id, entry.why) == (order.pk, "Sent to the wrong agent")


def test_a_cancelled_order_list_stands_again_unless_an_instruction_went_out_since(actor):
    ids, order = ordered(actor)
    services.order_cancel(actor=actor, obj=order, why="Too early")
    services.order_undo(actor=actor, obj=order)
    order.refresh_from_db()
    assert order.cancelled_on is None and not services.orders_make(actor=actor, ids=ids, on=date(2026, 11, 24))
    services.order_cancel(actor=actor, obj=order, why="Too early")
    services.deadline_instruct(actor=actor, obj=Deadline.objects.get(pk=ids[0]), instruction="abandon")
    services.orders_make(actor=actor, ids=ids[:1], on=date(2026, 11, 24))
    with pytest.raises(ValidationError, match="another order list"):
        services.order_undo(actor=actor, obj=order)


def test_a_cancelled_order_list_is_marked_wherever_it_is_read(actor, client, make_user):
    _ids, order = ordered(actor)
    client.force_login(User.objects.get(pk=actor.user_id))
    page = client.post(reverse("kit:orderlist_action", args=[order.pk, "cancel"]), {"why": "Wrong agent"}, follow=True).content.decode()
    assert ">cancelled<" in page and "Wrong agent" in page
    assert client.get(reverse("docket:order_file", args=[order.pk, "csv"])).getvalue().decode().count(f"{selectors.today_of(actor)}") == 2
    told = printed(OrderList.objects.get())
    assert told["cancelled"].startswith("Cancelled on ") and told["why"] == "Wrong agent" and not told["sum"]
    assert client.get(reverse("docket:order_file", args=[order.pk, "pdf"])).content.startswith(b"%PDF-")
    assert str(selectors.today_of(actor)) in client.get(f"{reverse('kit:orderlist_list')}?export=csv").getvalue().decode()
    client.force_login(make_user("auditor"))
    assert client.post(reverse("kit:orderlist_action", args=[order.pk, "cancel"]), {"why": "No"}).status_code == 403
