"""Journeys of the people the docket is for, in a real browser."""

import re

import pytest

from tests.browser.conftest import axe, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PAGES = ["/", "/docket/", "/assets/", "/assets/new/", "/docket/renewals/", "/docket/calendar/", "/docket/board/", "/docket/missing/", "/assets/missing/",
         "/assets/import/", "/docket/feeds/", "/persons/", "/accounts/profile/", "/search/?q=tip"]  # fmt: skip


def test_the_office_records_an_action_and_sees_why(page):
    page.goto("/assets/")
    page.click("text=Adaptive catheter tip >> nth=0")
    page.click("text=Record an event")
    page.select_option("select[name=kind]", "office_action_later")
    page.fill("input[name=on]", "2026-08-24")
    page.select_option("select[name=by]", "electronic")
    page.click("text=Show what changes")
    assert page.locator("text=Reply to the communication").count()
    page.click("button:has-text('Apply')")
    page.click("a.cw-what:has-text('Reply to the communication') >> nth=-1")
    why = page.inner_text("#why")
    assert "Deemed delivered" in why and "4 months, in one step" in why and re.search(r"\d+ (Dec|Jan|Nov|Oct|Sep) 20", why)
    page.click("text=Record as done")
    page.fill("input[name=done_on]", "2026-11-02")
    page.click("button:has-text('Record as done')")
    assert page.locator("text=2 Nov 2026").count()
    page.click("text=Open again")
    page.click("button:has-text('Open again')")
    assert page.locator("text=Record as done").count()


def test_a_portfolio_comes_in_through_the_wizard_and_goes_out_again(page, tmp_path):
    from causeway.frame import jobs

    file = tmp_path / "portfolio.csv"
    file.write_text("Application number;Title;Filing date;Applicant\nEP23700111;Quiet rotor;03/04/2023;Veldhoven\nEP23700112;Loud rotor;05/06/2023;Veldhoven\n")
    page.goto("/assets/import/")
    page.set_input_files("input[name=file]", file)
    page.click("button:has-text('Upload')")
    page.click("text=03 April")
    page.click("text=Answer and check the file")
    jobs.run_all()
    page.reload()
    page.click("text=Bring 2 assets in")
    assert page.locator("text=is being brought in").count()
    jobs.run_all()
    page.reload()
    page.goto("/assets/?q=rotor")
    assert page.locator("text=Quiet rotor").count()
    page.goto("/assets/import/")
    page.click("text=portfolio.csv")
    page.click("text=Undo this import")
    assert page.locator("text=2 assets were taken back").count()


def test_renewals_become_an_order_list(page):
    page.goto("/docket/renewals/")
    for place in (0, 1):
        page.locator("input[name=pick]").nth(place).check()
    assert page.locator("[data-picked]").inner_text() == "2"
    page.click("button:has-text('Pay')")
    for place in (0, 1):
        page.locator("input[name=pick]").nth(place).check()
    page.click("text=Write order list")
    assert page.locator("text=ORD-").count()


def test_the_keyboard_finds_and_walks(page):
    page.goto("/assets/")
    page.keyboard.press("/")
    page.keyboard.type("catheter")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/**")
    assert page.locator("text=Adaptive catheter tip").count()
    page.goto("/assets/")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/assets/\d+/"))


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_no_page_has_an_accessibility_fault_or_overflows(page, theme, width):
    page.set_viewport_size({"width": width, "height": 900})
    page.context.add_cookies([{"name": "theme", "value": theme, "url": page.url}])
    faults = []
    for path in PAGES:
        page.goto(path)
        assert page.get_attribute("html", "data-bs-theme") == theme
        faults += [f"{path} {fault}" for fault in axe(page)]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"):
            faults.append(f"{path} is wider than the screen at {width}")
    assert faults == []


def test_each_role_sees_its_own_first_page(chromium, live_server, demonstration):
    for role, who in demonstration.items():
        context = chromium.new_context(base_url=live_server.url)
        made = context.new_page()
        sign_in(made, who)
        assert made.locator("h1").count(), role
        context.close()


def test_a_page_works_without_scripts(chromium, live_server, demonstration):
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    made = context.new_page()
    sign_in(made, demonstration["office"])
    made.goto("/docket/?tab=all")
    assert made.locator(".cw-what").count() > 3
    context.close()
