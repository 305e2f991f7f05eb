"""A director's journey: a practice tried, refused below the floor, decided with notice and objection, in force, computed, explained, computed again."""

from datetime import date, timedelta

import pytest
import time_machine

from causeway.frame import jobs
from tests.browser.conftest import axe, expect, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def act(page, button, fields=None):
    """Fill a form's fields and send it."""
    for name, value in (fields or {}).items():
        place = page.locator(f"[name='{name}']")
        if place.evaluate("one => one.tagName") == "SELECT":
            place.select_option(value)
        else:
            place.fill(value)
    page.click(f"main button:has-text('{button}')")


def test_a_practice_becomes_the_universitys_policy(director, page, demonstration):
    director.goto("/packs/")
    director.click("a:has-text('Five-one')")
    director.click("text=Try it on our records")
    expect(director.locator("main")).to_contain_text("art. 45")
    expect(director.locator("svg.cw-chart rect.s2").nth(4)).to_be_attached()
    assert axe(director) == []
    director.click("text=Draft a policy from B")
    act(director, "Make the draft", {"title": "Seven tenths to those who made it"})
    here = director.url

    director.click("summary:has-text('More')")
    director.click("text=Change values")
    act(director, "Check against the law", {"guide-thu-five-one/researchers_share": "45 %", "guide-thu-five-one/thu_notice_days": "15"})
    expect(director.locator("#errors")).to_contain_text("art. 45")
    expect(director.locator("#errors")).to_contain_text("50 %")
    assert axe(director) == []
    act(director, "Keep in the draft", {"guide-thu-five-one/researchers_share": "70 %", "guide-thu-five-one/thu_notice_days": "15"})

    on = date.today()
    director.click("text=Put before the deciders")
    act(director, "Put before the deciders", {"holds_from": str(on + timedelta(days=1)), "flow": "guide-thu-five-one/transfer-decision"})
    expect(director.locator("main")).to_contain_text("Before the deciders")
    director.click("section.cw-panel >> a:has-text('GOV-')")
    decision = director.url
    assert axe(director) == []

    page.goto(decision)  # the office does the first step
    page.click("text=Record as done")
    act(page, "Record as done", {"note": "Discussed with the faculties."})
    for one in (page, director):
        one.goto(decision)
        one.click("section >> text=Declare >> nth=0")
        act(one, "Declare interests")
        one.goto(decision)
        one.click("a.btn:has-text('Vote')")
        act(one, "Vote", {"choice": "for"})
    director.goto(decision)
    director.click("text=Close the vote")
    act(director, "Record as done", {"note": "Two for, none against."})

    page.goto(decision)
    page.click("a.btn:has-text('Publish')")
    last = on + timedelta(days=15)
    act(page, "Publish", {"starts_on": str(on), "ends_on": str(last), "where": "Notice board", "name_of_result": "Rule on income", "intended_price": "none"})
    page.goto(decision)
    page.click("text=Take an objection in")
    act(page, "Take an objection in", {"name": "A colleague", "received_on": str(on), "text": "The institute gets too little."})
    page.goto(decision)
    page.click("a:has-text('The institute gets too little.')")
    page.click("a.btn:has-text('Answer')")
    act(page, "Answer", {"state": "rejected", "answer": "The institute keeps fifteen percent."})

    with time_machine.travel(last + timedelta(days=1, hours=9), tick=True):
        sign_in(page, demonstration["office"])  # the sign-in of two weeks ago has ended
        page.goto(decision)
        page.click("text=Close the notice")
        act(page, "Close the notice", {"note": "One objection, rejected."})
        for note in ("Log filed.", "Filed."):
            page.goto(decision)
            page.click("a.btn:has-text('Record as done')")
            act(page, "Record as done", {"note": note})
        page.goto(here)
        expect(page.locator(".cw-head")).to_contain_text("In force")

        page.click("text=Compute an amount")
        act(page, "Compute and keep", {"title": "Licence fee", "currency": "EUR", "gross": "1000", "costs": "100", "people": "Hanna Lindqvist 2\nChen Siyuan 1"})
        expect(page.locator("main")).to_contain_text("€420.00")
        expect(page.locator("#why")).to_contain_text("art. 45")
        assert axe(page) == []
        page.goto("/answers/again/")
        page.click("text=Compute now")
        jobs.run_all()
        page.goto("/answers/again/")
        expect(page.locator("main")).to_contain_text("0 differ")
