"""The pages of those who ask and answer, and the form that goes out and comes back."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from python_calamine import CalamineWorkbook

from causeway.frame import access, scope
from causeway.frame.models import AuditEntry, User
from causeway.rooms.network.mapping import offline
from causeway.rooms.network.models import Answer, Answering, Delegation, FrozenAnswers, Invited, OwnFigure, Questionnaire, Round
from causeway.rooms.network.services import answers, figures
from causeway.rooms.network.tests.making import asked, today

pytestmark = pytest.mark.django_db


@pytest.fixture
def director(client, make_user):
    user = make_user("director")
    client.force_login(user)
    client.user = user
    return client


@pytest.fixture
def round(director, university):
    return asked(access.actor_of(director.user, university), [university])


def test_a_questionnaire_is_built_published_and_asked_in_pages(director, university):
    assert director.post(reverse("network:ready")).status_code == 302
    made = Questionnaire.objects.get()
    detail = reverse("kit:questionnaire_detail", args=[made.pk])
    page = director.get(detail).content.decode()
    assert "Add a section" in page and "Before it can be published" not in page
    director.post(reverse("network:section_new", args=[made.pk]), {"key": "more", "title": "More", "text": "", "when": ""})
    url = reverse("network:question_new", args=[made.pk, "more"])
    wrong = director.post(url, {"kind": "choice", "key": "one", "text": "Which?", "options": "a = A", "when": ""}, follow=True)
    assert wrong.redirect_chain[0][0].startswith(detail) and "Saved. Before it can be published" in wrong.content.decode()
    assert "two options" in director.get(detail).content.decode()
    edit = reverse("network:question_edit", args=[made.pk, "more", "one"])
    assert director.post(edit, {"kind": "choice", "key": "one", "text": "Which?", "options": "a = A\nb = B", "when": "nobody > 2"}).status_code == 302
    assert "nobody" in director.get(detail).content.decode()
    assert director.post(edit, {"kind": "choice", "key": "one", "text": "Which?", "options": "a = A\nb = B", "when": ""}).status_code == 302
    assert director.get(reverse("network:translate", args=[made.pk, "zh-hans"])).status_code == 200
    director.post(reverse("network:translate", args=[made.pk, "zh-hans"]), {"t:more/one/text": "哪个？", "t:more/one/options/a": "甲"})
    made.refresh_from_db()
    assert made.definition["sections"][-1]["questions"][0]["options"][0]["text"] == {"en": "A", "zh-hans": "甲"}
    director.post(reverse("network:move", args=[made.pk]), {"section": "more", "key": "one", "step": "remove"})
    file = director.get(reverse("network:definition", args=[made.pk])).content
    response = director.post(reverse("network:bring"), {"file": SimpleUploadedFile("q.json", file)})
    assert response.status_code == 302 and Questionnaire.objects.count() == 2
    assert director.post(reverse("network:bring"), {"file": SimpleUploadedFile("q.json", b"[1]")}).status_code == 422
    assert director.post(reverse("network:publish", args=[made.pk]), {"opens_on": "2026-02-01", "closes_on": "2026-01-01"}).status_code == 422
    response = director.post(reverse("network:publish", args=[made.pk]), {"opens_on": "2020-02-01", "closes_on": "2090-01-01"})
    round = Round.objects.get()
    assert response.url == reverse("network:round", args=[round.pk])
    director.post(reverse("network:invite", args=[round.pk]), {"university": [university.pk]})
    assert Invited.objects.get().to == university
    assert university.name in director.get(response.url).content.decode()


def test_a_section_is_filled_in_page_by_page(director, university, round):
    url = reverse("network:section", args=[round.pk, "office"])
    page = director.get(url).content.decode()
    assert "Is there a transfer office?" in page and "Budget" not in page
    response = director.post(url, {"q:has_office": "yes", "then": "stay"})
    assert response.url == url
    assert "Budget" in director.get(url).content.decode()
    bad = director.post(url, {"q:has_office": "yes", "q:budget": "much", "q:budget/currency": "EUR", "q:staff/value": "3.5"})
    assert bad.status_code == 422 and "is no number" in bad.content.decode() and 'value="much"' in bad.content.decode()
    assert Answer.objects.get(key="staff").value == {"parts": {"value": "3.5"}} and not Answer.objects.filter(key="budget").exists()
    director.post(url, {"q:has_office": "yes", "q:staff/value": "3.5", "state:staff": "unavailable"})
    assert Answer.objects.get(key="staff").value == {"state": "unavailable"}
    director.post(url, {"q:has_office": "yes", "q:staff/value": "", "state:staff": ""})
    assert Answer.objects.get(key="staff").value is None
    with scope.use(university):
        figures.figure_enter(actor=access.actor_of(director.user, university), figure="IN01", year=2025, value="900", currency="EUR", source="Accounts")
    director.post(reverse("network:fill", args=[round.pk, "results"]))
    assert "Accounts" in director.get(reverse("network:section", args=[round.pk, "results"])).content.decode()
    overview = director.get(reverse("network:answering", args=[round.pk])).content.decode()
    assert "1 question must still be answered" in overview
    director.post(reverse("network:section", args=[round.pk, "results"]), {"q:licences/value": "4", "q:research/value": "900", "q:research/currency": "EUR", "q:fields/med/n": "2"})
    assert director.post(reverse("network:submit", args=[round.pk])).status_code == 302
    frozen = FrozenAnswers.objects.get()
    page = director.get(reverse("network:frozen", args=[frozen.pk])).content.decode()
    assert "Medicine / Licences: 2" in page
    assert director.post(reverse("network:section", args=[round.pk, "results"]), {"q:licences/value": "5"}).status_code == 403
    assert director.post(reverse("network:reopen", args=[frozen.pk]), {"why": ""}).status_code == 422
    director.post(reverse("network:reopen", args=[frozen.pk]), {"why": "A licence was forgotten"})
    assert "A licence was forgotten" in director.get(reverse("network:answering", args=[round.pk])).content.decode()
    for kind in ("csv", "xlsx", "json"):
        assert director.get(reverse("network:answers_export", args=[round.pk, kind])).status_code == 200


def test_reading_a_section_begins_nothing_and_saving_does(client, director, make_user, university, round):
    url = reverse("network:section", args=[round.pk, "office"])
    before = AuditEntry.objects.count()
    assert 'value="yes"' in director.get(url).content.decode() and director.get(reverse("network:give", args=[round.pk, "office"])).status_code == 200
    client.force_login(make_user("auditor", email="auditor@example.org"))
    page = client.get(url)
    assert page.status_code == 200 and "disabled" in page.content.decode()
    assert not Answering.objects.exists() and Invited.objects.get().state == "invited" and AuditEntry.objects.count() == before
    client.force_login(director.user)
    Round.objects.filter(pk=round.pk).update(closes_on=today() - timedelta(days=1))
    assert director.post(url, {"q:has_office": "yes"}).status_code == 403 and not Answering.objects.exists()
    Round.objects.filter(pk=round.pk).update(closes_on=today() + timedelta(days=1))
    assert director.post(url, {"q:has_office": "yes"}).status_code == 302
    assert Answering.objects.get() and Invited.objects.get().state == "started"


def test_somebody_elses_answer_is_not_overwritten_unseen(director, university, round):
    url = reverse("network:section", args=[round.pk, "results"])
    seal = answers.seal(None)
    director.post(url, {"q:licences/value": "1", "seen:licences": seal})
    late = director.post(url, {"q:licences/value": "2", "seen:licences": seal})
    assert late.status_code == 422 and "Somebody answered here" in late.content.decode()
    assert Answer.objects.get(key="licences").value == {"parts": {"value": "1"}}


def test_a_colleague_sees_the_section_given_and_nothing_else(client, director, make_user, university, round):
    colleague = make_user("inventor", email="colleague@example.org")
    client.force_login(colleague)
    assert client.get(reverse("network:section", args=[round.pk, "office"])).status_code == 404
    client.force_login(director.user)
    response = client.post(reverse("network:give", args=[round.pk, "office"]), {"to": colleague.pk, "note": "Please"})
    assert response.status_code == 302
    client.force_login(colleague)
    assert client.post(reverse("network:section", args=[round.pk, "office"]), {"q:has_office": "no"}).status_code == 302
    assert client.get(reverse("network:section", args=[round.pk, "results"])).status_code == 404
    assert client.get(reverse("network:offline_out", args=[round.pk])).status_code == 404
    overview = client.get(reverse("network:answering", args=[round.pk])).content.decode()
    assert "The office" in overview and "Results" not in overview
    assert client.get(reverse("network:round", args=[round.pk])).url == reverse("network:answering", args=[round.pk])
    assert "Asked by your university" not in client.get(reverse("network:rounds")).content.decode()
    office = reverse("network:section", args=[round.pk, "office"])
    assert "Please" in client.get(office).content.decode()
    assert client.post(office, {"q:has_office": "yes", "then": "done"}).status_code == 302
    assert Answer.objects.get().value == "yes" and Delegation.objects.get().done_at
    assert "my section is done" not in client.get(office).content.decode()
    assert User.objects.get(pk=colleague.pk)


def test_another_university_finds_none_of_it(client, director, make_user, other_university, round):
    client.force_login(make_user("director", university=other_university, email="far@example.org"))
    for name, args in (("round", [round.pk]), ("answering", [round.pk]), ("section", [round.pk, "office"]), ("offline_out", [round.pk]), ("answers_export", [round.pk, "csv"]), ("submit", [round.pk])):
        assert client.get(reverse(f"network:{name}", args=args)).status_code == 404
    assert round.title not in client.get(reverse("network:rounds")).content.decode()


def filled_in(data, cells):
    """The workbook as a person would send it back: answers typed into column D by the place in column A."""
    rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name("Answers").to_python(skip_empty_area=False)
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet = book.add_worksheet("Answers")
    for y, row in enumerate(rows):
        for x, value in enumerate(row):
            sheet.write(y, x, cells.get(row[0], value) if x == 3 and row[0] in cells else value)
    book.close()
    return target.getvalue(), [row[0] for row in rows]


def test_the_form_goes_out_and_comes_back_with_a_problem_for_each_bad_cell(director, round):
    director.post(reverse("network:section", args=[round.pk, "office"]), {"q:has_office": "yes"})
    data = b"".join(director.get(reverse("network:offline_out", args=[round.pk])).streaming_content)
    assert "<t>Yes</t>" in zipfile.ZipFile(io.BytesIO(data)).read("xl/sharedStrings.xml").decode(), "an option is told in its words, as the list of the cell offers it"
    back, paths = filled_in(data, {"staff/value": 12.5, "budget": "some", "licences/value": 7, "fields/med/n": "1.5", "research/value": "n/a"})
    response = director.post(reverse("network:offline_in", args=[round.pk]), {"file": SimpleUploadedFile("form.xlsx", back)})
    page = response.content.decode()
    for path in ("budget", "fields/med/n"):
        assert f"D{paths.index(path) + 1}" in page
    assert {one.key: one.value for one in Answer.objects.all()} == {
        "has_office": "yes", "staff": {"parts": {"value": "12.5"}}, "licences": {"parts": {"value": "7"}}, "research": {"state": "unavailable"},
    }  # fmt: skip
    assert Answer.objects.get(key="staff").how == "offline"
    again = director.post(reverse("network:offline_in", args=[round.pk]), {"file": SimpleUploadedFile("form.xlsx", back)}).content.decode()
    assert "0 answers were kept" in again


@pytest.mark.parametrize("kind", ["text", "other", "round", "empty"])
def test_other_files_are_no_forms(director, round, kind):
    data = b"".join(director.get(reverse("network:offline_out", args=[round.pk])).streaming_content)
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        book.add_worksheet("Answers").write(0, 0, "Hello")
    given = {"text": b"not a workbook", "other": target.getvalue(), "round": data, "empty": b" "}[kind]
    if kind == "round":
        with pytest.raises(offline.Unreadable):
            offline.read(io.BytesIO(given), len(given), key=str(round.key), version=2)
        return
    assert director.post(reverse("network:offline_in", args=[round.pk]), {"file": SimpleUploadedFile("x.xlsx", given)}).status_code == 422


def test_a_file_answers_a_question_and_stays_in_the_house(client, director, make_user, university, other_university, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    definition = {"title": {"en": "F"}, "currency": "EUR", "year": 2025, "sections": [{"key": "a", "title": {"en": "A"}, "questions": [{"key": "rule", "kind": "file", "text": {"en": "The rule"}}]}]}
    one = asked(access.actor_of(director.user, university), [university], definition)
    url = reverse("network:section", args=[one.pk, "a"])
    director.post(url, {"file:rule": SimpleUploadedFile("rule.txt", b"Words")})
    assert "rule.txt" in director.get(url).content.decode()
    file = reverse("network:answer_file", args=[one.pk, "rule"])
    assert director.get(file).status_code == 200
    client.force_login(make_user("director", university=other_university, email="far2@example.org"))
    assert client.get(file).status_code == 404


def test_figures_are_entered_counted_and_taken_away(director, university):
    url = reverse("network:indicator", args=["IP01"])
    assert director.post(url, {"year": 2025, "figure": "IP01", "state": "known", "value": "12", "currency": "", "source": ""}).status_code == 422
    director.post(url, {"year": 2025, "figure": "IP01", "state": "known", "value": "12", "currency": "", "source": "Report"})
    assert "Report" in director.get(url, {"year": 2025}).content.decode()
    assert director.post(reverse("network:count"), {"year": 2025}).status_code == 302
    director.post(reverse("network:figure_remove", args=[OwnFigure.objects.get(figure="IP01").pk]))
    assert not OwnFigure.objects.filter(figure="IP01").exists()
    assert director.get(reverse("network:indicator", args=["ZZ99"])).status_code == 404
    table = SimpleUploadedFile("t.csv", b"figure,year,value,currency\nIP01,2025,x,\n")
    assert "no number" in director.post(reverse("network:figures_bring"), {"file": table, "source": "T"}).content.decode()
    assert b"LI06.count" in b"".join(director.get(reverse("network:indicators"), {"export": "csv"}).streaming_content)


def test_query_counts_do_not_grow_with_what_is_asked(director, university, round, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    pages = [reverse("network:rounds"), reverse("network:round", args=[round.pk]), reverse("network:answering", args=[round.pk]), reverse("network:indicators")]

    def count():
        with CaptureQueriesContext(connection) as captured:
            for page in pages:
                assert director.get(page).status_code == 200
        return len(captured)

    count()
    before = count()
    actor = access.actor_of(director.user, university)
    with scope.use(university):
        from causeway.rooms.network.services import questionnaires

        for n in range(8):
            questionnaires.invited_away(actor=actor, round=round, name=f"U {n}", origin=f"away:x:{n}", answered=3)
            figures.figure_enter(actor=actor, figure="IP01", year=2010 + n, value=str(n), source="Report")
    asked(actor, [university])
    assert count() <= before
