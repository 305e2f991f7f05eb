"""After a change of law: a replay finds what is stored otherwise, a person has it written, and nothing done is lost."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from causeway.frame import audit, jobs
from causeway.frame.models import AuditEntry, Job, User
from causeway.rooms.docket import selectors, services
from causeway.rooms.docket.choices import State
from causeway.rooms.docket.jobs import replay_start
from causeway.rooms.docket.models import Deadline
from causeway.rooms.docket.tests.test_services import matter, one

pytestmark = pytest.mark.django_db
LAW = "/docket/law/"


@pytest.fixture
def office(client, actor):
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


@pytest.fixture
def older(actor):
    """A matter as an older law stored it: a fee's last day a month later, one already paid with a day of its own, one date more, one less."""
    made = matter(actor)
    services.deadline_done(actor=actor, obj=one(made, "EP-REN", "6"), done_on=date(2026, 2, 1), done_reference="R-6")
    late, paid, less = (one(made, "EP-REN", year) for year in ("8", "6", "9"))
    made.digest, late.due, paid.due, less.ordinal = "older", date(2029, 3, 28), date(2027, 3, 30), "99"
    with audit.batch(by=actor, verb="test", objects=1) as work:
        work.change([made], ["digest"])
        work.change([late, paid, less], ["due", "ordinal"])
    return made


def replayed(university):
    replay_start(university.pk)
    jobs.run_all()
    return selectors.last_replay(university.pk)


def statements(client, references, university):
    """How many statements the page takes that shows these matters."""
    replayed(university)
    Job.objects.filter(name=selectors.REPLAY).update(result={"checked": 2, "count": len(references), "differing": references, "law": "x"})
    client.get(LAW)
    with CaptureQueriesContext(connection) as captured:
        page = client.get(LAW).content.decode()
    assert all(one in page for one in references)
    return len(captured)


def test_a_replay_finds_it_applying_mends_it_and_the_next_is_empty(actor, office, older, university):
    matter(actor, reference="NBU-2022-002")
    found = replayed(university)
    assert (found.checked, found.count, found.references, found.same_law) == (2, 1, [older.reference], True)
    assert selectors.differing(actor) == 1
    page = office.get(LAW).content.decode()
    assert older.reference in page and "NBU-2022-002" not in page
    assert "28 Mar 2029" in page and "28 Feb 2029" in page and "no longer follows" in page and "What was noted as done or waived stays." in page
    for address in ("/", "/docket/"):
        assert "In 1 matter the law now gives" in office.get(address).content.decode()
    office.post(LAW, {"do": "all"})
    jobs.run_all()
    assert (one(older, "EP-REN", "8").due, one(older, "EP-REN", "9").state, one(older, "EP-REN", "99").state) == (date(2029, 2, 28), State.OPEN, State.CLOSED)
    paid = one(older, "EP-REN", "6")
    assert (paid.state, paid.done_on, paid.done_reference, paid.due) == (State.DONE, date(2026, 2, 1), "R-6", date(2027, 3, 1))
    entry = AuditEntry.objects.filter(verb="matter.recompute").latest("pk")
    assert entry.actor_id == actor.user_id
    found = selectors.last_replay(university.pk)
    assert (found.checked, found.count, selectors.differing(actor)) == (2, 0, 0)
    assert "Every date is what the law in force gives" in office.get(LAW).content.decode()


def test_one_matter_is_mended_by_itself_and_by_its_digest_or_not(actor, office, older, university):
    other = matter(actor, reference="NBU-2022-002")
    row = one(other, "EP-REN", "8")
    row.due = date(2029, 3, 28)
    with audit.batch(by=actor, verb="test", objects=1) as work:  # its digest is that of today's law: the rules count otherwise since a mistake was mended
        work.change([row], ["due"])
    assert len({statements(office, references, university) for references in ([older.reference], [older.reference, other.reference])}) == 1
    assert replayed(university).count == 2
    office.post(LAW, {"do": "one", "matter": other.pk})
    assert one(other, "EP-REN", "8").due == date(2029, 2, 28)
    assert one(older, "EP-REN", "8").due == date(2029, 3, 28)
    jobs.run_all()
    assert selectors.last_replay(university.pk).references == [older.reference]


def test_what_was_done_and_no_longer_follows_is_not_found_every_night(actor, university):
    made = matter(actor)
    services.deadline_done(actor=actor, obj=one(made, "EP-REN", "6"), done_on=date(2026, 2, 1))
    services.event_withdraw(actor=actor, event=made.events.get(), why="Wrong file")
    assert Deadline.objects.get(matter=made, state=State.DONE).why
    assert replayed(university).count == 0


def test_a_check_under_another_law_says_so(actor, office, university, monkeypatch):
    matter(actor)
    assert replayed(university).same_law
    monkeypatch.setattr(selectors.mapping.law(), "digest", "newer")
    assert "changed since the last check" in office.get(LAW).content.decode()


@pytest.mark.parametrize(("role", "sees"), [("agent", False), ("inventor", False), ("administrator", False), ("director", True), ("auditor", True)])
def test_readers_see_it_and_only_the_office_applies(client, make_user, older, university, role, sees):
    replayed(university)
    client.force_login(make_user(role))
    answer = client.get(LAW)
    assert answer.status_code == (200 if sees else 403)
    assert b"Apply" not in answer.content and (older.reference.encode() in answer.content) == sees
    for what in ({"do": "all"}, {"do": "check"}, {"do": "one", "matter": older.pk}):
        assert client.post(LAW, what).status_code == 403
    jobs.run_all()
    assert one(older, "EP-REN", "8").due == date(2029, 3, 28)
    assert b"the law now gives" not in client.get(reverse("today")).content
