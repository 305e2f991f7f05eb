"""What was done by mistake goes back: one deadline or many, step by step, with a word on what that restores; and many are picked at once."""

import sys
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from causeway.frame import audit, jobs, scope
from causeway.frame.models import User
from causeway.kit import bulk
from causeway.rooms.docket import selectors, services
from causeway.rooms.docket.models import Deadline, OrderList
from causeway.rooms.docket.ports import EventDraft
from causeway.rooms.docket.tests.test_services import matter, one
from causeway.rooms.people.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client, actor):
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


@pytest.fixture
def people(actor):
    with audit.batch(by=actor, verb="test", objects=2) as work:
        return work.add([Person(name="Ana Berg"), Person(name="Li Wei")])


def values(row):
    row.refresh_from_db()
    return {name: getattr(row, Deadline._meta.get_field(name).attname) for name in selectors.ACTED}


def test_each_undo_takes_the_last_act_back_and_restores_what_was_before(actor, people):
    row = one(matter(actor), "EP-REN", "6")
    stood = [values(row)]
    for act in (
        lambda row: services.deadline_reassign(actor=actor, obj=row, holder=people[0]),
        lambda row: services.deadline_reassign(actor=actor, obj=row, holder=people[1]),
        lambda row: services.deadline_instruct(actor=actor, obj=row, instruction="pay", why="Licensed"),
        lambda row: services.deadline_done(actor=actor, obj=row, done_on=date(2026, 2, 1), done_reference="R-6"),
    ):
        act(row)
        stood.append(values(row))
    for before in reversed(stood[:-1]):
        services.deadline_undo(actor=actor, obj=row)
        assert values(row) == before
    with pytest.raises(ValidationError):
        services.deadline_undo(actor=actor, obj=row)
    services.deadline_waive(actor=actor, obj=row, why="No licensee")  # and what is done afterwards goes back again
    services.deadline_undo(actor=actor, obj=row)
    assert values(row) == stood[0]


def test_an_undone_extension_gives_the_day_and_its_confirmation_back(actor, make_actor):
    m = matter(actor, office="US")
    services.event_record(actor=actor, matter=m, draft=EventDraft("office_action_1", date(2026, 8, 3), by="electronic"))
    second = make_actor("director")
    row = services.deadline_confirm(actor=second, obj=one(m, "US-OA"))
    before = values(row)
    services.deadline_extend(actor=actor, obj=row, months=1)
    assert values(row)["confirmed_by"] is None
    services.deadline_undo(actor=actor, obj=row)
    assert values(row) == before and before["confirmed_by"] == second.user_id


def test_undo_leaves_what_others_changed_since(actor, make_actor, people):
    row = services.deadline_instruct(actor=actor, obj=one(matter(actor), "EP-REN", "6"), instruction="ask", why="Is a licensee in sight?")
    services._settle(actor, row, "deadline.answer", why="Hanna: keep it.")
    row = services.deadline_undo(actor=actor, obj=Deadline.objects.get(pk=row.pk))
    assert (row.instruction, row.why) == ("", "Hanna: keep it.")


def test_the_page_offers_undo_with_what_it_restores(office, actor, people):
    row = one(matter(actor), "EP-REN", "6")
    services.deadline_reassign(actor=actor, obj=row, holder=people[0])
    page = office.post(reverse("kit:deadline_action", args=[row.pk, "reassign"]), {"holder": ""}, follow=True).content.decode()
    undo = reverse("kit:deadline_action", args=[row.pk, "undo"])
    assert f'action="{undo}"' in page and "It then stands as before: in hand of Ana Berg." in page
    assert "It then stands as before: in hand of Ana Berg." in office.get(undo).content.decode()
    page = office.post(undo, follow=True).content.decode()
    row.refresh_from_db()
    assert row.holder_id == people[0].pk and "Taken back; it stands as before." in page


def test_every_date_of_a_list_of_the_docket_is_meant_not_only_its_page(office, actor, monkeypatch):
    monkeypatch.setattr("causeway.rooms.docket.views.lists.PAGE", 5)
    matter(actor)
    address = reverse("docket:docket") + "?tab=late&kind=renewals"
    rows = selectors.late(actor, selectors.today_of(actor)).filter(rule="EP-REN")
    count = rows.count()
    assert count > 2 and f"all {Deadline.objects.filter(waiting=True).count()} of the list" in office.get(reverse("docket:docket") + "?tab=all").content.decode()
    page = office.post(address, {"every": "1", "pick": [rows[0].pk], "action": "instruct"})
    assert len(page.context["rows"]) == count and not Deadline.objects.exclude(instruction="").exists(), "first what it would do"
    answer = office.post(address, {"picks": page.context["picks"], "action": "instruct", "instruction": "pay", "sure": "1"}, follow=True)
    assert answer.redirect_chain[-1][0] == address and Deadline.objects.filter(instruction="pay").count() == count
    assert f'name="picks" value="{page.context["picks"]}"' in answer.content.decode()
    office.post(address, {"picks": page.context["picks"], "action": "undo", "sure": "1"})
    assert not Deadline.objects.exclude(instruction="").exists()


def test_all_fees_of_the_year_are_instructed_by_a_job_taken_back_and_ordered(office, actor, monkeypatch):
    monkeypatch.setattr(bulk, "AT_ONCE", 1)
    monkeypatch.setattr(sys.modules["causeway.rooms.docket.views.renewals"], "PAGE", 1)
    for number in range(3):
        matter(actor, reference=f"NBU-{number}")
    address = reverse("docket:renewals")
    page = office.get(address).content.decode()
    assert "all 3 of the list" in page
    preview = office.post(address, {"every": "1", "action": "instruct", "instruction": "abandon"})
    assert '<option value="abandon" selected>' in preview.content.decode() and len(preview.context["rows"]) == 3
    told = {"picks": preview.context["picks"], "action": "instruct", "instruction": "abandon", "sure": "1"}
    answer = office.post(address, told)
    with scope.everywhere():
        jobs.run_all()
    assert Deadline.objects.filter(instruction="abandon").count() == 3
    office.post(answer.url)
    with scope.everywhere():
        jobs.run_all()
    assert not Deadline.objects.exclude(instruction="").exists()
    office.post(address, {"every": "1", "action": "order"})
    assert not OrderList.objects.exists(), "nothing is instructed"
    office.post(address, told)
    with scope.everywhere():
        jobs.run_all()
    office.post(address, {"every": "1", "action": "order"})
    assert [len(order.lines) for order in OrderList.objects.all()] == [3]
