"""Journeys of those who ask, answer and compare, in a real browser."""

import pytest

from causeway.frame import jobs
from tests.browser.conftest import axe, faults_of, signed_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

#: Pages of the demonstration's network, by the names of their addresses.
PAGES = ["/network/rounds/", "/network/indicators/", "/network/indicators/IP02/", "/network/benchmarks/", "/network/universities/?q=none", "/network/exchange/", "/network/exchange/send/", "/network/exchange/packs/2/", "/network/offers/", "/network/offers/1/", "/offers/", "/offers/1/", "/offers/1/translate/", "/questionnaires/", "/network/indicators/bring/"]


@pytest.fixture
def round(demonstration):
    """The round that is open in the demonstration."""
    from causeway.rooms.network.models import Round

    return Round.objects.filter(closed_at=None).latest("pk")


def test_a_questionnaire_is_answered_filled_and_handed_in(page, round, tmp_path):
    page.goto("/network/rounds/")
    page.click("text=Benchmarking questionnaire on technology transfer >> nth=0")
    page.click("a.cw-what:has-text('Licences, sales, shares')")
    page.click("text=Fill from our figures")
    assert page.locator("text=answers were filled").count()
    page.fill("[name='q:sales/value']", "4,5,6")
    page.fill("[name='q:shares/value']", "2")
    page.click("button:has-text('Save and stay')")
    assert page.locator("#errors").count() and page.input_value("[name='q:sales/value']") == "4,5,6" and page.input_value("[name='q:shares/value']") == "2"
    page.fill("[name='q:sales/value']", "4")
    page.click("button:has-text('Save and go on')")
    with page.expect_download() as form:
        page.goto(f"/network/answer/{round.pk}/")
        page.click("text=Form for offline")
    file = tmp_path / "form.xlsx"
    form.value.save_as(file)
    page.click("text=Bring it back")
    page.set_input_files("input[name=file]", file)
    page.click("button:has-text('Bring in')")
    assert page.locator("text=0 answers were kept").count()
    page.click("text=To the sections")
    page.click("a:has-text('Hand in')")
    page.click("button:has-text('Hand in')")
    assert page.locator("text=Handed in.").count() and page.locator("text=Version 1").count()


def test_the_coordinator_reads_compares_and_publishes(director, round):
    director.goto("/network/benchmarks/")
    director.click("text=Benchmarking questionnaire on technology transfer")
    director.select_option("#c-figure", "LI01")
    director.wait_for_url("**figure=LI01**")
    director.select_option("#c-norm", "research")
    director.wait_for_url("**norm=research**")
    assert director.locator("svg.cw-chart polyline.bm-own").count() == 1
    assert director.locator("th:has-text('Your university')").count() == 1
    director.select_option("#c-group", "europe")
    director.wait_for_url("**group=europe**")
    director.click("button:has-text('Publish anew')")
    jobs.run_all()
    director.wait_for_selector("text=Edition 2 is published")  # the page looks again by itself
    director.goto(f"/network/rounds/{round.pk}/")
    director.click("a.cw-what >> nth=0")
    assert director.locator("text=SHA-256 of this copy").count()


@pytest.fixture
def asked_elsewhere(demonstration):
    """A small round that the demonstration's university asks of a second one, and the sign-in of that one's director."""
    from causeway.frame import access
    from causeway.frame.models import University, User
    from causeway.rooms.network.tests import making

    home, second = University.objects.get(), making.university(2)
    who = User.objects.get(pk=making.person(second).user_id)
    who.set_password("a long enough password")
    who.save()
    round = making.asked(access.actor_of(User.objects.get(email=demonstration["director"]["email"]), home), [second])
    return round, {"email": who.email, "password": "a long enough password"}


@pytest.fixture
def second(chromium, live_server, asked_elsewhere):
    """A page signed in at the second university."""
    with signed_in(chromium, live_server, asked_elsewhere[1]) as made:
        yield made


def test_the_end_of_a_questionnaire(director, second, asked_elsewhere):
    """Who asks sees how far it is and nothing else, reminds, reads what is handed in, opens it again with a reason; after the last day nothing is taken and nothing typed is lost."""
    from datetime import timedelta

    from causeway.frame.models import OutboxMessage
    from causeway.rooms.network.models import Contribution, FrozenAnswers, Round
    from causeway.rooms.network.tests.making import today

    asked, _who = asked_elsewhere
    round_page, answering = f"/network/rounds/{asked.pk}/", f"/network/answer/{asked.pk}/"
    second.goto("/network/rounds/")
    second.click("text=Benchmark 2025")
    second.click("a.cw-what:has-text('Results')")
    second.fill("[name='q:research/value']", "1000000")
    second.click("button:has-text('Save and stay')")
    assert second.locator("a:has-text('Hand in')").count() == 0

    director.goto(round_page)
    row = director.locator("tr", has_text="University 2")
    assert row.locator("text=being answered").count() == 1 and row.locator("a.cw-what").count() == 0, "nothing but how far it is"
    letters = OutboxMessage.objects.filter(topic="mail").count()
    director.click("button:has-text('Remind')")
    assert director.locator("text=1 letter goes out").count() and row.locator("text=reminded").count() and OutboxMessage.objects.filter(topic="mail").count() == letters + 1
    director.click("button:has-text('Remind')")
    assert director.locator("text=0 letters go out").count()

    second.goto(answering)
    second.click("a.cw-what:has-text('The office')")
    second.check("[name='q:has_office'][value=yes]")
    second.click("button:has-text('Save and stay')")
    second.fill("[name='q:staff/value']", "4")
    second.click("button:has-text('Save and go on')")
    second.fill("[name='q:licences/value']", "3")
    second.click("button:has-text('Save') >> nth=0")
    second.goto(answering)
    second.click("a:has-text('Hand in')")
    second.click("button:has-text('Hand in')")
    assert second.locator("text=Version 1").count()
    second.goto(f"{answering}results/")
    assert second.locator("text=These answers were handed in").count() and second.locator("[name='q:licences/value']").is_disabled()

    director.goto(round_page)
    row.locator("a.cw-what").click()
    assert director.locator("text=SHA-256 of this copy").count() and director.locator("dd:has-text('3')").count()
    director.click("a:has-text('Open again')")
    director.fill("[name=why]", "The licences of the hospital are missing")
    director.click("button:has-text('Open again')")
    assert director.locator("text=This copy stays until a new one is handed in").count()

    second.goto(answering)
    assert second.locator("text=The licences of the hospital are missing").count()
    second.goto(f"{answering}results/")
    second.fill("[name='q:licences/value']", "5")
    second.click("button:has-text('Save') >> nth=0")
    second.goto(answering)
    second.click("a:has-text('Hand in')")
    second.click("button:has-text('Hand in')")
    assert second.locator("text=Version 2").count() and second.locator("text=Version 1").count()
    assert [one.content["answers"]["licences"]["parts"]["value"] for one in FrozenAnswers.objects.filter(round=asked).order_by("version")] == ["3", "5"]
    assert Contribution.objects.get(collection__key=f"round:{asked.key}", figure="LI01").number == 5

    director.goto(round_page)
    row.locator("a.cw-what").click()
    director.click("a:has-text('Open again')")
    director.fill("[name=why]", "Once more")
    director.click("button:has-text('Open again')")
    second.goto(f"{answering}results/")
    second.fill("[name='q:licences/value']", "8")
    Round.objects.filter(pk=asked.pk).update(opens_on=today() - timedelta(days=9), closes_on=today() - timedelta(days=1))
    second.click("button:has-text('Save') >> nth=0")
    assert second.locator("text=The last day to answer was").count() and second.input_value("[name='q:licences/value']") == "8" and axe(second) == []
    second.goto(answering)
    assert second.locator("text=what you wrote is kept").count() and second.locator("a:has-text('Hand in')").count() == 0
    assert FrozenAnswers.objects.get(round=asked, current=True).content["answers"]["licences"]["parts"]["value"] == "5"


def test_a_questionnaire_is_built_without_scripts(chromium, live_server, demonstration):
    from tests.browser.conftest import sign_in

    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    made = context.new_page()
    made.set_default_timeout(20_000)
    sign_in(made, demonstration["office"])
    made.goto("/questionnaires/new/")
    made.fill("[name=title]", "Follow-up")
    made.click("button:has-text('Add')")
    made.click("text=Add a section")
    made.fill("[name=key]", "people")
    made.fill("[name=title]", "People")
    made.click("button:has-text('Save')")
    made.click("text=Add a question")
    made.select_option("[name=kind]", "indicator")
    made.fill("[name=key]", "staff")
    made.select_option("[name=indicator]", "IN04")
    made.click("button:has-text('Save')")
    assert made.locator("text=TTO/KTO staff (FTE)").count()
    context.close()


def _draft():
    """The demonstration's questionnaire."""
    from causeway.frame import scope
    from causeway.frame.models import University
    from causeway.rooms.network.models import Questionnaire

    with scope.use(University.objects.get()):
        return Questionnaire.objects.get()


def test_no_page_of_the_network_has_an_accessibility_fault_or_overflows(director, round):
    from causeway.rooms.network.models import Collection

    draft, benchmark, answer = _draft(), f"/network/benchmarks/{Collection.objects.get().pk}/", f"/network/answer/{round.pk}/"
    pages = [*PAGES, f"/network/rounds/{round.pk}/", answer, f"{answer}office/", f"{answer}deals/", f"{answer}offline/", f"{benchmark}?figure=LI01", f"{benchmark}groups/",
             f"/questionnaires/{draft.pk}/", f"/network/questionnaires/{draft.pk}/translate/zh-hans/"]  # fmt: skip
    assert faults_of(director, pages) == []
