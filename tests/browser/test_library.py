"""The library in a real browser: find, compare, write with autosave, hand in, review, publish, compile."""

from __future__ import annotations

import re

import pytest

from tests.browser.conftest import expect, faults_of, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGES = [
    "/library/",
    "/library/matrix/",
    "/library/matrix/?group=programmes",
    "/library/import/",
    "/cases/",
    "/guides/",
    "{case}",
    "{compare}",
    "{record}",
    "{write}",
    "{write}?in=es",
    "{contents}",
]


def addresses() -> dict[str, str]:
    from django.urls import reverse

    from causeway.frame import scope
    from causeway.rooms.network.models import Case, Guide, Release

    with scope.everywhere():
        case, guide = Case.objects.get(title="Inventors choose their patent attorney"), Guide.objects.get()
        shown = list(Release.objects.filter(current=True).order_by("pk").values_list("pk", flat=True)[:3])
    return {"case": reverse("network:case", args=[shown[0]]), "compare": reverse("network:compare") + "?" + "&".join(f"case={pk}" for pk in shown),
            "record": reverse("kit:case_detail", args=[case.pk]), "write": reverse("network:case_write", args=[case.pk]), "contents": reverse("network:guide_contents", args=[guide.pk])}  # fmt: skip


def test_a_case_from_the_first_word_to_the_printed_guide(page, demonstration):
    page.goto("/library/")
    page.fill("#find input[name=q]", "proof of concept")
    page.click("#find button:has-text('Find')")
    expect(page.locator("main")).to_contain_text("Small grants for the first experiment")
    page.click("text=Write a case")
    page.fill("input[name=title]", "A bench for finders")
    page.fill("input[name=hei_name]", "Northbridge University")
    page.fill("input[name=country]", "Netherlands")
    page.click("button:has-text('Begin')")
    page.fill("textarea[name=short_description]", "x" * 751)
    expect(page.locator("[data-count=short_description]")).to_contain_text("751 / 750")
    page.fill("textarea[name=short_description]", "Whoever finds something sits on the bench and is asked.")
    page.wait_for_selector("[data-status]:has-text('Saved by itself')", timeout=20_000)
    page.reload()
    assert "sits on the bench" in page.input_value("textarea[name=short_description]")
    for name in ("background", "achievements", "impact", "target_groups"):
        page.fill(f"textarea[name={name}]", f"Words of {name}.")
    page.fill("input[name=case_study_author]", "Marta Kowalczyk")
    page.check("input[name=mechanism][value=DISCLOSE]")
    page.click("button:has-text('Save and close')")
    page.click("a:has-text('Hand in')")
    page.click("button:has-text('Hand in')")
    expect(page.locator("main")).to_contain_text("In review")
    page.context.clear_cookies()
    sign_in(page, demonstration["director"])
    page.goto("/library/review/")
    page.click("text=A bench for finders")
    page.click("section#f-impact summary")
    page.fill("#n-impact", "How many?")
    page.click("section#f-impact button:has-text('Add comment')")
    expect(page.locator("section#f-impact")).to_contain_text("How many?")
    page.click("button:has-text('Accept into the library')")
    page.goto("/library/?q=bench+finders")
    page.click("a:has-text('A bench for finders')")
    expect(page.locator("main")).to_contain_text("Disclosure of results")
    page.goto(addresses()["contents"])
    page.click("button:has-text('All, by country')")
    page.click("text=Back to the guide")
    with page.expect_download() as waited:
        page.click("a:has-text('PDF')")
    assert waited.value.path().read_bytes().startswith(b"%PDF-")


def test_no_page_of_the_library_has_an_accessibility_fault_or_overflows(page):
    known = addresses()
    assert faults_of(page, [re.sub(r"\{(\w+)\}", lambda found: known[found[1]], path) for path in PAGES]) == []
