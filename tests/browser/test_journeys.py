"""Journeys of the people the docket is for, in a real browser."""

import re

import pytest

from tests.browser.conftest import axe, expect, faults_of, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

#: One of each kind of page; `deadline`, `asset` and so on stand for a record of the demonstration.
PAGES = ["/", "/docket/", "/docket/board/", "/docket/calendar/", "/docket/renewals/", "/docket/gaps/", "/docket/law/",
         "/docket/feeds/", "{matter}", "{matter}record/", "{matter}facts/", "{deadline}", "{deadline}do/done/", "/orderlists/", "{order}", "/assets/", "/assets/new/", "{asset}", "{asset}parts/owners/",
         "{document}", "{family}", "/assets/import/", "/persons/", "/accounts/profile/", "/search/?q=tip"]  # fmt: skip


def addresses():
    """The addresses of the records that the pages stand for."""
    from django.urls import reverse

    from causeway.frame import scope
    from causeway.rooms.assets.models import Asset, Document, Family
    from causeway.rooms.docket.models import Deadline, OrderList

    with scope.everywhere():
        asset = Asset.objects.filter(documents__isnull=False).order_by("pk").first()
        late = Deadline.objects.filter(waiting=True, rule="CN-ANNUITY").order_by("due").first()
        return {
            "asset": reverse("kit:asset_detail", args=[asset.pk]), "matter": reverse("docket:matter", args=[asset.matter_id]),
            "deadline": reverse("kit:deadline_detail", args=[late.pk]), "order": reverse("kit:orderlist_detail", args=[OrderList.objects.order_by("pk").first().pk]),
            "family": reverse("kit:family_detail", args=[asset.family_id or Family.objects.order_by("pk").first().pk]),
            "document": reverse("assets:preview", args=[Document.objects.filter(file__content_type="image/png").first().pk]),
        }  # fmt: skip


def test_an_action_is_recorded_explained_done_undone_and_corrected(page):
    """The docket person's day: what happened, what follows and why, done and not done after all, and a wrong day put right."""
    page.goto("/assets/?q=Low-drift")
    page.click("a.cw-what:has-text('Low-drift pH electrode') >> nth=0")
    page.click("text=Record an event")
    page.select_option("select[name=kind]", "office_action_later")
    page.fill("input[name=on]", "2026-08-24")
    page.select_option("select[name=by]", "electronic")
    page.click("text=Show what changes")
    expect(page.locator("section[aria-labelledby=h-diff]")).to_contain_text("Reply to the communication")
    expect(page.locator("section[aria-labelledby=h-diff]")).to_contain_text("4 Jan 2027")
    page.click("button:has-text('Apply')")
    page.click("tr:has-text('4 Jan 2027') >> a.cw-what")
    why = page.inner_text("#why")
    assert "Deemed delivered" in why and "4 months, in one step" in why and "law-epc" in why and "recorded" in why
    page.click("text=Record as done")
    page.fill("input[name=done_on]", "2026-11-02")
    page.set_input_files("input[name=proof]", {"name": "receipt.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 receipt"})
    page.click("button:has-text('Record as done')")
    expect(page.locator("text=2 Nov 2026").first).to_be_visible()
    expect(page.locator("a:has-text('receipt.pdf')").first).to_be_visible()
    page.click(".cw-actions >> text=Undo")
    page.click("button:has-text('Undo')")
    expect(page.locator("text=Record as done").first).to_be_visible()
    expect(page.locator("a:has-text('receipt.pdf')")).to_have_count(0)
    page.click("dd >> a:has-text('Low-drift pH electrode')")
    page.click("li:has-text('Later office action') >> text=Correct >> nth=0")
    page.fill("input[name=on]", "2026-10-05")
    page.click("text=Show what changes")
    expect(page.locator("section[aria-labelledby=h-diff] s")).to_contain_text("4 Jan 2027")
    page.click("button:has-text('Apply')")
    expect(page.locator(".cw-path >> text=corrected since").first).to_be_visible()

    # The keyboard finds and walks.
    page.keyboard.press("/")
    page.keyboard.type("catheter")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/**")
    expect(page.locator("text=Adaptive catheter tip").first).to_be_visible()
    page.goto("/assets/")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/assets/\d+/"))
    page.goto("/docket/board/")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/deadlines/\d+/"))


def test_many_dates_are_given_away_and_brought_back_and_a_proof_is_seen(page):
    """What was done by mistake, to one or to many, goes back by one click that says what it restores."""
    page.goto("/docket/?tab=all")
    rows = page.locator("tbody tr:not(.cw-group)")
    before = rows.all_text_contents()
    page.locator("input[name=pick]").first.check()
    page.check("input[name=every]")
    page.click("#bulk >> button:has-text('Give to')")
    expect(page.locator(".cw-head-line")).to_contain_text("records will change")
    expect(page.locator("main")).to_contain_text("in the background")
    page.goto("/docket/?tab=all")
    for place in (0, 1):
        page.locator("input[name=pick]").nth(place).check()
    page.click("#bulk >> button:has-text('Give to')")
    page.select_option("select[name=holder]", label="nobody")
    page.click("button:has-text('Give to')")
    expect(page.locator("[role=status] >> button:has-text('Undo')")).to_be_visible()
    expect(rows).not_to_have_text(before)
    page.click("[role=status] >> button:has-text('Undo')")
    expect(rows).to_have_text(before)
    page.locator("tbody .cw-what").first.click()
    page.click("text=Record as done")
    page.set_input_files("input[name=proof]", {"name": "receipt.txt", "mimeType": "text/plain", "buffer": b"Paid on the first"})
    page.click("button:has-text('Record as done')")
    expect(page.locator("[role=status]")).to_contain_text("It then stands as before: state open")
    page.click("a:has-text('receipt.txt')")
    assert page.inner_text("pre") == "Paid on the first" and axe(page) == []


def test_the_keyboard_alone_reaches_every_action(page):
    """A menu folds out and in by keys, the keys are listed, and Ctrl-K goes anywhere."""
    page.goto(addresses()["asset"])
    menu = page.locator(".cw-more")
    menu.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(menu.locator("a").first).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(menu.locator("a").first).to_be_hidden()
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/do/**")
    page.keyboard.press("?")
    expect(page.locator("#keys >> text=Search and go anywhere")).to_be_visible()
    assert axe(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.keyboard.type("renew")
    page.wait_for_selector("#hits a")
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.locator("input[name=q]:focus")).to_have_count(1)


def test_paper_shows_the_record_and_nothing_to_press(page):
    """Printed pages have no menu and no buttons; heads of tables stand on every page, and each page says which of how many it is."""
    import io

    import pypdf

    places = addresses()
    for path in ("/docket/", "/docket/renewals/", places["asset"], places["matter"], places["deadline"], places["order"], "/assets/", "/policies/", "/library/"):
        page.emulate_media(media="print")
        page.goto(path)
        pressed = page.locator(":is(.btn, .cw-nav, .cw-top, .cw-filters, .cw-more, .cw-check, .cw-no-paper, dialog):visible")
        assert pressed.count() == 0, f"{path}: {pressed.all_inner_texts()}"
    page.goto("/docket/renewals/")
    sheets = [sheet.extract_text() for sheet in pypdf.PdfReader(io.BytesIO(page.pdf(format="A5", prefer_css_page_size=False))).pages]
    rows = [number for number, text in enumerate(sheets) if "EP-REN" in text]
    assert len(rows) > 1 and all("In hand of" in sheets[number] for number in rows)
    assert all(f"{number} / {len(sheets)}" in text for number, text in enumerate(sheets, 1)) and "Northbridge University, " in sheets[0]
    assert "http" not in "".join(sheets)


def test_a_portfolio_comes_in_and_its_renewals_become_an_order_list(page, tmp_path):
    """A small file through the wizard and back out; then fees picked, instructed and written into a list for the agent."""
    from causeway.frame import jobs

    file = tmp_path / "portfolio.csv"
    file.write_text("Application number;Title;Filing date;Applicant\nEP23700111;Quiet rotor;03/04/2023;Veldhoven\nEP23700112;Loud rotor;05/06/2023;Veldhoven\n")
    page.goto("/assets/import/")
    page.set_input_files("input[name=file]", file)
    page.click("button:has-text('Upload')")
    page.click("text=03 April")
    page.click("button:has-text('Go on')")
    page.click("button:has-text('Dry run')")
    jobs.run_all()
    page.reload()
    page.click("text=Bring 2 assets in")
    jobs.run_all()
    page.goto("/assets/?q=rotor")
    expect(page.locator("text=Quiet rotor").first).to_be_visible()
    page.goto("/assets/import/")
    page.click("text=portfolio.csv")
    page.click("text=Undo this import")
    jobs.run_all()
    page.goto("/assets/?q=rotor")
    expect(page.locator("text=Quiet rotor")).to_have_count(0)

    page.goto("/docket/renewals/?kind=renewals")
    for place in (0, 1):
        page.locator("input[name=pick]").nth(place).check()
    expect(page.locator("[data-picked]")).to_have_text("2")
    page.click(".cw-bulk >> button:has-text('Pay')")
    expect(page.locator("tbody tr")).to_have_count(2)
    assert page.input_value("select[name=instruction]") == "pay", "first what would change"
    page.click("button:has-text('Instruct')")
    for place in (0, 1):
        page.locator("input[name=pick]").nth(place).check()
    page.click("text=Write order list")
    page.wait_for_url("**/orderlists/**")  # of the one list made, or of all
    if not page.locator("a:has-text('PDF')").count():
        page.click("a:has-text('ORD-') >> nth=0")
    with page.expect_download() as told:
        page.click("a:has-text('PDF')")
    assert re.fullmatch(r"ORD-\d{4}-\d{3}\.pdf", told.value.suggested_filename)


def test_a_file_of_many_universities_is_divided_among_them_looked_at_and_taken_back(page, tmp_path):
    """Who looks after the installation brings each owner's rows into a university of its own, leaves one out, and takes all back."""
    from causeway.frame import jobs

    file = tmp_path / "many.csv"
    rows = "EP23700111,Quiet rotor,2023-04-03,Veldhoven\nEP23700111,Quiet rotor,2023-04-03,Östhaven\nEP23700112,Loud rotor,2023-06-05,Veldhoven\nEP23700113,Rotor,2023-02-31,Veldhoven\n"
    file.write_text("Application number,Title,Filing date,Applicant\n" + rows + "EP23700114,Late rotor,2023-06-06,Northbridge University\n")
    page.goto("/assets/import/")
    page.set_input_files("input[name=file]", file)
    page.click("button:has-text('Upload')")
    page.click("text=Each owner is a university of its own here")
    assert axe(page) == []
    page.click("button:has-text('Dry run')")
    expect(page.locator("h2:has-text('Checking')")).to_be_visible()
    jobs.run_all()
    page.reload()
    parts = page.locator("form table tbody tr")
    expect(parts).to_have_count(3)
    expect(parts.nth(0)).to_contain_text("Veldhoven")
    expect(parts.nth(2)).to_contain_text("is here already")
    expect(page.locator("tr:has-text('is not a day of the calendar')")).to_contain_text("is kept out")
    assert faults_of(page, [page.url]) == []
    parts.nth(1).locator("input").uncheck()
    page.click("button:has-text('Bring the picked ones in')")
    expect(page.locator("h2:has-text('Bringing it in')")).to_be_visible()
    jobs.run_all()
    page.reload()
    expect(parts.nth(0)).to_contain_text("brought in")
    expect(parts.nth(1)).to_contain_text("not picked")
    assert axe(page) == []
    here = page.url
    page.goto("/assets/?q=rotor")  # only the own part came in here
    expect(page.locator("text=Late rotor").first).to_be_visible()
    expect(page.locator("text=Quiet rotor")).to_have_count(0)
    page.goto("/assets/import/")
    expect(page.locator("a:has-text('many.csv')")).to_have_count(1)
    page.goto(here)
    page.click("text=Undo this import")
    expect(page.locator("h2:has-text('Taking it back')")).to_be_visible()
    jobs.run_all()
    page.reload()
    expect(page.locator("dt:has-text('Taken back') + dd")).to_have_text("3")
    page.goto("/assets/?q=rotor")
    expect(page.locator("text=Late rotor")).to_have_count(0)


def test_no_page_has_an_accessibility_fault_or_overflows(page):
    records = addresses()
    assert faults_of(page, [path.format(**records) for path in PAGES]) == []


def test_the_theme_chosen_stays(page):
    page.context.add_cookies([{"name": "theme", "value": "dark", "url": page.url}])
    page.goto("/docket/")
    assert page.get_attribute("html", "data-bs-theme") == "dark"


def test_each_role_sees_its_own_first_page_and_docket(chromium, live_server, demonstration):
    """The inventor is asked, the agent has the same dates and may record, the auditor looks and changes nothing."""
    seen = {}
    for role, who in demonstration.items():
        context = chromium.new_context(base_url=live_server.url, java_script_enabled=role != "office")
        made = context.new_page()
        sign_in(made, who)
        expect(made.locator("h1").first).to_be_visible()
        answer = made.goto("/docket/?tab=all")  # without scripts too: every page works
        seen[role] = (answer.status, made.locator("tbody .cw-what").count(), made.locator("input[name=pick]").count())
        context.close()
    assert seen["administrator"][0] == 403 and seen["office"][1] == seen["director"][1] == seen["auditor"][1] == 50
    assert seen["inventor"][1] > 0 and seen["inventor"][2] == seen["auditor"][2] == 0 < seen["agent"][2]
