"""Journeys of those who ask, answer and compare, in a real browser."""

import pytest

from causeway.frame import jobs
from tests.browser.conftest import WAIT, axe, expect, faults_of, signed_in

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
    expect(page.locator("text=answers were filled").first).to_be_visible()
    page.fill("[name='q:sales/value']", "4,5,6")
    page.fill("[name='q:shares/value']", "2")
    page.click("button:has-text('Save and stay')")
    expect(page.locator("#errors").first).to_be_visible()
    assert page.input_value("[name='q:sales/value']") == "4,5,6" and page.input_value("[name='q:shares/value']") == "2"
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
    expect(page.locator("text=0 answers were kept").first).to_be_visible()
    page.click("text=To the sections")
    page.click("a:has-text('Hand in')")
    page.click("button:has-text('Hand in')")
    expect(page.locator("text=Handed in.").first).to_be_visible()
    expect(page.locator("text=Version 1").first).to_be_visible()


def test_the_coordinator_reads_compares_and_publishes(director, round):
    director.goto("/network/benchmarks/")
    director.click("text=Benchmarking questionnaire on technology transfer")
    director.select_option("#c-figure", "LI01")
    director.wait_for_url("**figure=LI01**")
    director.select_option("#c-norm", "research")
    director.wait_for_url("**norm=research**")
    expect(director.locator("svg.cw-chart polyline.bm-own")).to_have_count(1)
    expect(director.locator("th:has-text('Your university')")).to_have_count(1)
    director.select_option("#c-group", "europe")
    director.wait_for_url("**group=europe**")
    director.click("button:has-text('Publish anew')")
    jobs.run_all()
    director.wait_for_selector("text=Edition 2 is published")  # the page looks again by itself
    director.goto(f"/network/rounds/{round.pk}/")
    director.click("a.cw-what >> nth=0")
    expect(director.locator("text=SHA-256 of this copy").first).to_be_visible()


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
    expect(second.locator("text=Saved.").first).to_be_visible()
    expect(second.locator("a:has-text('Hand in')")).to_have_count(0)

    director.goto(round_page)
    row = director.locator("tr", has_text="University 2")
    expect(row.locator("text=being answered")).to_have_count(1)
    expect(row.locator("a.cw-what")).to_have_count(0)  # nothing but how far it is
    letters = OutboxMessage.objects.filter(topic="mail").count()
    director.click("button:has-text('Remind')")
    expect(director.locator("text=1 letter goes out").first).to_be_visible()
    expect(row.locator("text=reminded").first).to_be_visible()
    assert OutboxMessage.objects.filter(topic="mail").count() == letters + 1
    director.click("button:has-text('Remind')")
    expect(director.locator("text=0 letters go out").first).to_be_visible()

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
    expect(second.locator("text=Version 1").first).to_be_visible()
    second.goto(f"{answering}results/")
    expect(second.locator("text=These answers were handed in").first).to_be_visible()
    assert second.locator("[name='q:licences/value']").is_disabled()

    director.goto(round_page)
    row.locator("a.cw-what").click()
    expect(director.locator("text=SHA-256 of this copy").first).to_be_visible()
    expect(director.locator("dd:has-text('3')").first).to_be_visible()
    director.click("a:has-text('Open again')")
    director.fill("[name=why]", "The licences of the hospital are missing")
    director.click("button:has-text('Open again')")
    expect(director.locator("text=This copy stays until a new one is handed in").first).to_be_visible()

    second.goto(answering)
    expect(second.locator("text=The licences of the hospital are missing").first).to_be_visible()
    second.goto(f"{answering}results/")
    second.fill("[name='q:licences/value']", "5")
    second.click("button:has-text('Save') >> nth=0")
    second.goto(answering)
    second.click("a:has-text('Hand in')")
    second.click("button:has-text('Hand in')")
    expect(second.locator("text=Version 2").first).to_be_visible()
    expect(second.locator("text=Version 1").first).to_be_visible()
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
    expect(second.locator("text=The last day to answer was").first).to_be_visible()
    assert second.input_value("[name='q:licences/value']") == "8" and axe(second) == []
    second.goto(answering)
    expect(second.locator("text=what you wrote is kept").first).to_be_visible()
    expect(second.locator("a:has-text('Hand in')")).to_have_count(0)
    assert FrozenAnswers.objects.get(round=asked, current=True).content["answers"]["licences"]["parts"]["value"] == "5"


def test_a_questionnaire_is_built_without_scripts(chromium, live_server, demonstration):
    from tests.browser.conftest import sign_in

    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    made = context.new_page()
    made.set_default_timeout(WAIT)
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
    expect(made.locator("text=TTO/KTO staff (FTE)").first).to_be_visible()
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
