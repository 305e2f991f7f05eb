"""Pages of the library and the guide: found in five languages, compared, counted; compiled and read in again."""

from __future__ import annotations

import hashlib
import html
import io
import re
import time
from collections import defaultdict
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from causeway.engines.guide import parse
from causeway.engines.guide.mechanisms import MECHANISMS
from causeway.engines.guide.tests.samples import guide_text
from causeway.frame import access, audit
from causeway.rooms.network.mapping.cases import bits_of
from causeway.rooms.network.models import Case, Guide, Release, Shelf, ShelfWord
from causeway.rooms.network.selectors import library as reads
from causeway.rooms.network.services import cases, filing, library, shelf
from causeway.rooms.network.services import guide as guides

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client, make_user):
    user = make_user("office")
    client.force_login(user)
    return client


@pytest.fixture
def filed(actor):
    data = guide_text().encode()
    filing.file_guide(actor=actor, guide=parse(data), name="guide.txt", sha256=hashlib.sha256(data).hexdigest(), title="Harbours", edition="First")
    return {one.number: one for one in Release.objects.filter(current=True)}


def titles(response) -> set[str]:
    return set(re.findall(r'<h2 id="c-\d+"><a [^>]*>([^<]*)</a>', response.content.decode()))


@pytest.mark.parametrize("query, found", [
    ("first experiment", {"A small fund for first experiments", "Students as scouts", "One door for companies"}), ("scouts", {"Students as scouts"}), ("SCOUT", {"Students as scouts"}),
    ("España", {"Students as scouts"}), ("Chiny", {"One door for companies"}), ("波兰", {"A small fund for first experiments"}), ("delta tech", {"One door for companies"}),
    ("概念验证", {"A small fund for first experiments", "Students as scouts", "One door for companies"}), ("nowhere", set()), ("scouts Poland", set()),
])  # fmt: skip
def test_cases_are_found_by_words_in_five_languages(office, filed, query, found):
    assert titles(office.get(reverse("network:library"), {"q": query})) == found


def test_facets_narrow_and_count(office, filed):
    assert titles(office.get(reverse("network:library"), {"country": "PL"})) == {"A small fund for first experiments"}
    assert len(titles(office.get(reverse("network:library"), {"country": ["PL", "ES"]}))) == 2
    assert titles(office.get(reverse("network:library"), {"year": "2021"})) == {"Students as scouts"}
    assert titles(office.get(reverse("network:library"), {"kind": "technical"})) == {"One door for companies"}
    assert titles(office.get(reverse("network:library"), {"mechanism": "POC", "country": "ES"})) == {"Students as scouts"}
    assert titles(office.get(reverse("network:library"), {"country": "XX'--", "mechanism": "%"})) == set()


def test_facet_counts_are_those_of_the_others(actor, filed):
    picked = {"country": ["PL"], "kind": [], "year": [], "mechanism": [], "target": []}
    shelves = reads.Shelves()
    found = {one["key"]: {code: count for code, _label, count, _picked in one["values"]} for one in reads.facets(shelves, shelves.all, picked)}
    assert found["country"] == {"PL": 1, "ES": 1, "CN": 1} and found["year"] == {"2019": 1} and found["target"] == {"researchers": 1}


def test_a_case_page_tells_its_source_and_no_contact(office, filed, other_university):
    body = office.get(reverse("network:case", args=[filed["2.1.2"].pk])).content.decode()
    assert "Quay College (QC)" in body and "Harbours, First" in body and "lines 5" in body and "Section of" in body
    assert "anna@example.org" not in body and "Quay Street" not in body and "Kept apart" in body


def test_everybody_of_the_installation_reads_what_is_published(client, make_user, filed, other_university):
    client.force_login(make_user("inventor", university=other_university))
    assert client.get(reverse("network:case", args=[filed["2.1.1"].pk])).status_code == 200
    assert len(titles(client.get(reverse("network:library")))) == 3
    assert client.get(reverse("network:case_new")).status_code == 403
    assert client.get(reverse("network:case_write", args=[Case.objects.first().pk])).status_code in (403, 404)


def test_side_by_side(office, filed):
    pks = [one.pk for one in filed.values()]
    body = office.get(reverse("network:compare"), {"case": [*pks, 999_999, "x"]}).content.decode()
    assert all(one.hei_name in body for one in filed.values()) and body.count('scope="col"') == 3
    assert "Nothing to compare" in office.get(reverse("network:compare")).content.decode()


def test_the_matrix_counts_mechanisms_by_university(actor, filed):
    found = reads.matrix(reads.Shelves(), "programmes", 1)
    row = next(one for one in found.rows if one.name.startswith("Quay"))
    codes = [code for code, _label in found.heads]
    assert dict(zip(codes, row.cells, strict=True))["POC"] == (1, row.first)
    assert found.universities == 3 and dict(zip(codes, found.totals, strict=True))["POC"] == 3
    assert reads.matrix(reads.Shelves(), "programmes", 1, "PL").cases == 1


def shelves_are_true() -> bool:
    """Whether the shelves say what the released cases say."""
    facets, words = defaultdict(set), defaultdict(set)
    for one in Release.objects.filter(current=True):
        for value in shelf.values_of(one):
            facets[value].add(one.place)
        for token in one.words.split():
            words[token.encode()].add(one.place)
    kept = {(row.facet, row.code): set(reads.places(bits_of(row.cases))) for row in Shelf.objects.all()}
    return {key: cases for key, cases in kept.items() if cases} == facets and {bytes(row.token): set(reads.places(bits_of(row.cases))) for row in ShelfWord.objects.all()} == words


def test_the_shelves_follow_every_change(actor, make_actor):
    director = make_actor("director")
    fields = {key: f"Zebra {key}" for key in ("short_description", "background", "key_words", "achievements", "key_success_factors", "impact", "case_study_author", "target_groups", "date")}
    case = cases.case_create(actor=actor, title="A new way", hei_name="Harbour University", country="PL", mechanisms=["POC"], targets=["researchers"], fields={**fields, "date": "2026"})
    cases.case_submit(actor=actor, obj=case)
    assert not Shelf.objects.exists(), "what waits for review is not shown"
    library.release_accept(actor=director, obj=Release.objects.get())
    assert shelves_are_true() and reads.Shelves().all.bit_count() == 1 and reads.holding("zeb", 1) == 1
    case = cases.case_update(actor=actor, obj=Case.objects.get(), country="ES", fields={"impact": "Lions alone"})
    cases.case_submit(actor=actor, obj=case)
    library.release_accept(actor=director, obj=Release.objects.get(state="submitted"))
    assert shelves_are_true() and reads.Shelves("country").counts("country", 3) == {"ES": 1} and reads.holding("lion", 3).bit_count() == 1
    cases.case_withdraw(actor=actor, obj=Case.objects.get(), why="It ended")
    assert shelves_are_true() and reads.Shelves().all == 0 and not ShelfWord.objects.exists()


def test_a_matrix_cell_of_several_cases_leads_to_their_list(office, filed, university):
    many(60, university)
    Release.objects.filter(title__in=["Practice 1", "Practice 10"]).update(hei_key="twin", hei_name="Twin")
    body = office.get(reverse("network:matrix")).content.decode()
    link = html.unescape(re.search(r'href="([^"]*at=twin[^"]*)"', body)[1])
    found = office.get(link)
    assert titles(found) == {"Practice 1", "Practice 10"} and "Twin" in found.content.decode()


def many(count: int, source) -> None:
    """Published cases by the thousand, as copies from elsewhere."""
    import uuid

    with audit.batch(by=access.system(source), verb="test.many") as work:
        releases = [
            Release(
                key=uuid.uuid4(), version=1, source_name="Elsewhere", state="published", current=True, title=f"Practice {n}", hei_name=f"University {n % 700}",
                hei_key=f"university {n % 700}", country=["CN", "PL", "ES", "NL"][n % 4], kind="technical", year=2000 + n % 25, language="en",
                content={"texts": {"en": {"short_description": f"Words of practice {n}"}}, "mechanisms": [MECHANISMS[(n * 7 + k) % 64].code for k in range(6)], "targets": []},
                words=f"practice {n} words", sha256="x",
            )
            for n in range(count)
        ]  # fmt: skip
        work.add(releases)
        shelf.shelve(releases)
        work.add([facet for one in releases for facet in library.facets_of(one)])


def test_pages_are_quick_and_ask_as_often_with_many_cases(office, university, filed):
    pages = [reverse("network:library"), reverse("network:matrix"), f"{reverse('network:matrix')}?group=money", f"{reverse('network:library')}?q=practice&mechanism=POC"]
    few: dict[str, int] = {}
    many(60, university)
    for page in pages:
        office.get(page)
        with CaptureQueriesContext(connection) as captured:
            office.get(page)
        few[page] = len(captured)
    many(5_000, university)
    for page in pages:
        began = time.perf_counter()
        with CaptureQueriesContext(connection) as captured:
            assert office.get(page).status_code == 200
        assert len(captured) <= few[page] + 1, page
        assert time.perf_counter() - began < 3, page


# --- writing in the browser's way, without scripts -----------------------------------------------------------------------------------------


def test_writing_saving_and_conflict_by_form(office, university):
    office.post(reverse("network:case_new"), {"title": "A new way", "hei_name": "Harbour University", "country": "Poland", "language": "en"})
    case = Case.objects.get(title="A new way")
    assert case.country == "PL"
    url = reverse("network:case_write", args=[case.pk])
    assert office.post(url, {"revision": case.revision, "short_description": "One\r\nTwo", "country": "Poland", "date": "2026"}).status_code == 302
    case.refresh_from_db()
    assert case.fields["short_description"] == "One\nTwo" and case.year == 2026
    stale = office.post(url, {"revision": 1, "short_description": "Mine", "country": "", "date": ""})
    assert stale.status_code == 409 and "Mine" in stale.content.decode()
    bad = office.post(url, {"revision": case.revision, "short_description": "Kept", "country": "", "date": "tomorrow"})
    assert bad.status_code == 422 and "Kept" in bad.content.decode()


def test_autosave_answers_the_revision(office, actor):
    case = cases.case_create(actor=actor, title="A new way", hei_name="Harbour University")
    url = reverse("network:case_write", args=[case.pk])
    answer = office.post(url, {"autosave": "1", "revision": case.revision, "impact": "Much", "date": "", "country": ""})
    assert answer.json() == {"revision": case.revision + 1}
    assert office.post(url, {"autosave": "1", "revision": case.revision, "impact": "More"}).status_code == 409
    assert office.post(f"{url}?in=es", {"autosave": "1", "impact": "Mucho"}).status_code == 200
    case.refresh_from_db()
    assert case.texts["es"] == {"impact": "Mucho"} and case.fields["impact"] == "Much"


def test_upload_preview_file(office, actor):
    upload = io.BytesIO(guide_text().encode("utf-16"))
    upload.name = "guide.txt"
    answer = office.post(reverse("network:import"), {"file": upload})
    page = office.get(answer["Location"]).content.decode()
    assert "Students as scouts" in page and not Case.objects.exists()
    assert office.post(answer["Location"], {"title": "Harbours", "edition": "", "language": "en"}).status_code == 302
    assert Case.objects.count() == 3
    assert "as it is there" in office.get(answer["Location"]).content.decode()


def test_a_file_that_is_no_guide_is_refused_in_words(office):
    upload = io.BytesIO(b"%PDF-1.7")
    upload.name = "guide.pdf"
    answer = office.post(reverse("network:import"), {"file": upload})
    assert answer.status_code == 422 and "This is a PDF" in answer.content.decode()


# --- the guide out ---------------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def book(actor, filed) -> Guide:
    made = guides.guide_create(
        actor=actor, title="Practices of harbours", edition="Second edition", dated=date(2026, 11, 26), language="en", editors="A. Nowak", publisher="Harbour Press",
        introduction="# Why\n\nBecause.", licence="CC BY 4.0", acronyms="TTO = Technology Transfer Office",
    )  # fmt: skip
    keys = {number: str(one.key) for number, one in filed.items()}
    return guides.chapters_set(actor=actor, guide=made, chapters=[{"title": "EU CASES", "cases": [keys["2.1.2"], keys["2.1.1"]]}, {"title": "CHINA", "cases": [keys["3.1.1"]]}])


def without_contact(guide):
    return [(case.heading, case.partner, {key: value for key, value in case.fields.items() if not key.startswith("contact_")}, case.date_iso) for case in guide.cases]


@pytest.mark.parametrize("kind", ["docx", "html"])
def test_the_compiled_guide_comes_in_again_without_loss(office, book, kind):
    answer = office.get(reverse("network:guide_file", args=[book.pk, kind]))
    again = parse(answer.content, f"guide.{kind}")
    before = {case.number: case for case in parse(guide_text().encode()).cases}
    assert again.problems == ()
    wanted = [before[number] for number in ("2.1.2", "2.1.1", "3.1.1")]
    assert [fields for _h, _p, fields, _d in without_contact(again)] == [fields for _h, _p, fields, _d in without_contact(type("G", (), {"cases": wanted}))]
    assert [case.number for case in again.cases] == ["2.1.1", "2.1.2", "3.1.1"]
    assert answer.content == office.get(reverse("network:guide_file", args=[book.pk, kind])).content


def test_the_pdf_is_tagged_the_same_each_time_and_says_who_and_how_to_cite(office, book):
    import pypdf

    url = reverse("network:guide_file", args=[book.pk, "pdf"])
    data = office.get(url).content
    assert data == office.get(url).content
    reader = pypdf.PdfReader(io.BytesIO(data))
    text = " ".join(page.extract_text() for page in reader.pages)
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"] and reader.metadata.title == "Practices of harbours"
    for words in ("A. Nowak", "CC BY 4.0", "How to cite this guide", "Technology Transfer Office", "2.1.2. A small fund for first experiments", "Second edition", "26 November 2026", "PROFILE"):
        assert words in text, words
    assert "anna@example.org" not in text


def test_a_withdrawn_case_is_left_out(actor, book):
    cases.case_withdraw(actor=actor, obj=Case.objects.get(number="2.1.2"), why="It ended")
    assert guides.gone(book) == 1 and "Students as scouts" not in guides.compile_html(book).decode()


def test_contents_by_form(office, book, filed):
    url = reverse("network:guide_contents", args=[book.pk])
    assert office.get(url).status_code == 200
    first, second = filed["2.1.1"], filed["3.1.1"]
    office.post(url, {"do": "save", "title": ["One", "Two", ""], f"chapter-{first.pk}": "1", f"order-{first.pk}": "2", f"chapter-{second.pk}": "1", f"order-{second.pk}": "1"})
    book.refresh_from_db()
    assert book.chapters == [{"title": "One", "cases": []}, {"title": "Two", "cases": [str(second.key), str(first.key)]}]
    office.post(url, {"do": "source"})
    book.refresh_from_db()
    assert [len(one["cases"]) for one in book.chapters] == [2, 1]


def test_a_guide_without_cases_says_what_to_do(office, actor):
    empty = guides.guide_create(actor=actor, title="Empty", dated=date(2026, 1, 1), language="en")
    answer = office.get(reverse("network:guide_file", args=[empty.pk, "pdf"]), follow=True)
    assert "Choose its contents first" in answer.content.decode()


def test_27_cases_are_compiled_in_under_five_seconds(actor):
    head, _sign, rest = guide_text().partition("\n2.1.1. A small fund for first experiments\n")
    one = rest.partition("\n2.1.2.")[0]
    body = "".join(f"\n2.1.{n}. A fund {n}\n" + one.replace("\tA small fund", f"\tFund {n}: a small fund") for n in range(1, 28))
    data = (head + body).encode()
    filing.file_guide(actor=actor, guide=parse(data), name="g.txt", sha256=hashlib.sha256(data).hexdigest())
    made = guides.guide_create(actor=actor, title="All", dated=date(2026, 1, 1), language="en")
    made = guides.chapters_set(actor=actor, guide=made, chapters=[{"title": "Cases", "cases": [str(key) for key in Release.objects.filter(current=True).values_list("key", flat=True)]}])
    assert len(guides.released(made)) == 27
    began = time.perf_counter()
    for compile_it in (guides.compile_html, guides.compile_docx, guides.compile_pdf):
        assert compile_it(made)
    assert time.perf_counter() - began < 5


# --- the coordinator's words, where they are needed -----------------------------------------------------------------------------------------


def test_what_the_coordinator_asks_stands_where_one_writes_and_figures_are_reviewed_too(office, actor, make_actor):
    director = make_actor("director")
    texts = dict.fromkeys(cases.NEEDED, "We paid 40 teams.") | {"country": "Atlantis"}
    case = cases.case_create(actor=actor, title="A bench for finders", hei_name="Harbour University", fields=texts)
    cases.figure_save(actor=actor, case=case, label="teams", value="40", unit="teams", quote="We paid 40 teams", evidence="Annual report, p. 12")
    release = cases.case_submit(actor=actor, obj=case)
    reviewed = office.get(reverse("network:review", args=[release.pk])).content.decode()
    assert "Annual report, p. 12" in reviewed and "We paid 40 teams" in reviewed
    library.note_add(actor=director, release=release, text="How many in 2025?", field="impact")
    library.release_ask_changes(actor=director, obj=release, why="One question")
    page = office.get(reverse("network:case_write", args=[case.pk])).content.decode()
    assert page.index('name="impact"') < page.index("How many in 2025?") < page.index('name="website"')
    assert "does not know this country" in page
    library.note_answer(actor=actor, note=release.notes.get(), text="Forty")
    assert "How many in 2025?" not in office.get(reverse("network:case_write", args=[case.pk])).content.decode()


def test_large_numbers_of_a_case_are_told_as_people_read_them_where_one_works_on_them(office, actor):
    case = cases.case_create(actor=actor, title="A bench", hei_name="Harbour University", fields={})
    for value, unit in (("70144600000", "CNY"), ("12500", "schools"), ("54", "%")):
        cases.figure_save(actor=actor, case=case, label="something", value=value, unit=unit)
    page = office.get(reverse("network:figures", args=[case.pk])).content.decode()
    assert ">CNY 70,144.6 million<" in page and ">12,500 schools<" in page and ">54 %<" in page
