"""Questionnaires that are large, twisted or come back as garbage: everything is said clearly, nothing is lost."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta

import pytest
import xlsxwriter
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from causeway.engines.indicators import shipped_catalogue
from causeway.engines.indicators.questionnaire import read_form, shown
from causeway.frame import scope
from causeway.frame.models import University, User
from causeway.rooms.network.mapping import offline
from causeway.rooms.network.models import Answer, Answering, Invited, Round
from causeway.rooms.network.services import answers, questionnaires
from causeway.rooms.network.tests.making import asked, person, today, university

pytestmark = pytest.mark.django_db
MATRIX = {"key": "grid", "kind": "matrix", "text": {"en": "By field"}, "rows": [{"key": f"r{n}", "text": {"en": f"Row {n}"}} for n in range(50)],
          "columns": [{"key": f"c{n}", "text": {"en": f"Column {n}"}} for n in range(4)]}  # fmt: skip


def definition(*questions, year=2025):
    return {"title": {"en": "Hard"}, "text": {}, "currency": "EUR", "year": year, "sections": [{"key": "only", "title": {"en": "Only"}, "questions": list(questions)}]}


def number(key, when="", **more):
    return {"key": key, "kind": "number", "text": {"en": key}, "unit": "patents", **({"when": when} if when else {}), **more}


def text(key, **more):
    return {"key": key, "kind": "text", "text": {"en": key}, **more}


@pytest.fixture
def home(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    made = person(university(1))
    with scope.use(made.university_id):
        yield made


def opened(home, *questions):
    return asked(home, [University.objects.get(pk=home.university_id)], definition(*questions))


def signed_in(client, actor):
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


def test_a_ring_over_many_questions_and_a_condition_of_any_depth_are_told(home):
    ring = [number(f"q{n}", f"q{(n + 1) % 300} > 1") for n in range(300)]
    form, troubles = read_form(definition(*ring), shipped_catalogue())
    assert form is None and [one.code for one in troubles] == ["loop"] and troubles[0].place == "only/q0"
    deep = "(" * 4000 + "a > 1" + ")" * 4000
    form, troubles = read_form(definition(number("a"), number("b", deep)), shipped_catalogue())
    assert form is None and [one.code for one in troubles] == ["condition"]
    own = read_form(definition(number("a", "a > 1")), shipped_catalogue())[1]
    assert [one.code for one in own] == ["loop"]


def test_three_hundred_questions_each_asked_only_after_the_one_before(home, client):
    form, troubles = read_form(definition(number("q0"), *(number(f"q{n}", f"q{n - 1} > 0") for n in range(1, 300))), shipped_catalogue())
    assert troubles == []
    assert shown(form, {f"q{n}": "1" for n in range(298)}) == {f"q{n}" for n in range(299)}
    assert shown(form, {}) == {"q0"}


def test_a_section_with_three_hundred_questions_is_filled_in_and_kept(home, client):
    round = opened(home, *({"key": f"q{n}", "kind": "indicator", "indicator": "IC01"} for n in range(300)))
    page = signed_in(client, home).get(reverse("network:section", args=[round.pk, "only"]))
    assert page.status_code == 200
    given = {}
    for n in range(300):
        given |= {f"q:q{n}/value": f"{n}", f"q:q{n}/currency": "EUR", f"state:q{n}": "", f"note:q{n}": "x", f"seen:q{n}": answers.seal(None)}
    assert client.post(reverse("network:section", args=[round.pk, "only"]), given).status_code == 302
    assert Answer.objects.count() == 300
    too_many = [{**MATRIX, "key": f"g{n}"} for n in range(30)]
    assert "only" in [one.place for one in read_form(definition(*too_many), shipped_catalogue())[1] if one.code == "fields"]


def test_one_wrong_cell_of_a_matrix_loses_no_other(home, client):
    round = opened(home, MATRIX)
    url = reverse("network:section", args=[round.pk, "only"])
    given = {f"q:grid/r{n}/c{m}": f"{n * m}" for n in range(50) for m in range(4)} | {"q:grid/r7/c2": "seven", "note:grid": "A count by hand"}
    page = signed_in(client, home).post(url, given)
    assert page.status_code == 422 and "seven" in page.content.decode() and "A count by hand" in page.content.decode()
    kept = Answer.objects.get().value
    assert len(kept) == 50 and kept["r49"]["c3"] == "147" and "c2" not in kept["r7"] and kept["r7"]["c3"] == "21"


def test_a_file_that_cannot_be_kept_is_told_at_its_question(home, client):
    round = opened(home, {"key": "proof", "kind": "file", "text": {"en": "Annual report"}}, text("word"))
    url = reverse("network:section", args=[round.pk, "only"])
    page = signed_in(client, home).post(url, {"file:proof": SimpleUploadedFile("empty.pdf", b""), "q:word": "Kept"})
    assert page.status_code == 422 and "empty" in page.content.decode() and Answer.objects.get().value == "Kept"
    assert client.post(url, {"file:proof": SimpleUploadedFile("report.pdf", b"%PDF-1.4 x"), "q:word": "Kept"}).status_code == 302
    assert Answer.objects.get(key="proof").value["name"] == "report.pdf"
    assert client.get(reverse("network:answer_file", args=[round.pk, "proof"])).status_code == 200


def test_a_broken_archive_is_kept_as_bytes_that_nothing_opens(home, client):
    round = opened(home, {"key": "proof", "kind": "file", "text": {"en": "Annual report"}})
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    data = target.getvalue()
    place = data.index(b"PK\x01\x02") + 6  # the version needed, in the directory
    broken = data[:place] + b"\x94" + data[place + 1 :]
    sent = {"file:proof": SimpleUploadedFile("report.docx", broken)}
    assert signed_in(client, home).post(reverse("network:section", args=[round.pk, "only"]), sent).status_code == 302
    assert client.get(reverse("network:answer_file", args=[round.pk, "proof"]))["Content-Type"] == "application/octet-stream"


def test_what_is_typed_after_the_last_day_is_refused_and_still_there(home, client):
    round = opened(home, text("word"), {"key": "proof", "kind": "file", "text": {"en": "Annual report"}})
    url = reverse("network:section", args=[round.pk, "only"])
    signed_in(client, home).post(url, {"q:word": "Before"})
    Round.objects.filter(pk=round.pk).update(opens_on=today() - timedelta(days=9), closes_on=today() - timedelta(days=1))
    page = client.post(url, {"q:word": "Typed in the night", "file:proof": SimpleUploadedFile("report.pdf", b"%PDF-1.4 x")})
    told = page.content.decode()
    assert page.status_code == 403 and "The last day to answer was" in told and "Typed in the night" in told and "Not saved" in told
    assert Answer.objects.get().value == "Before"
    from causeway.frame.models import StoredFile

    assert not StoredFile.objects.exists()
    submitted = client.post(reverse("network:submit", args=[round.pk]), {})
    assert submitted.status_code == 422 and "The last day to answer was" in submitted.content.decode()


# --- the workbook that comes back ------------------------------------------------------------------------------------------------------

QUESTIONS = (number("count"), text("word"), {"key": "spend", "kind": "money", "text": {"en": "Spend"}}, MATRIX, {"key": "income", "kind": "indicator", "indicator": "IC01"},
             {"key": "way", "kind": "choice", "text": {"en": "Way"}, "options": [{"key": "yes", "text": {"en": "Yes"}}, {"key": "no", "text": {"en": "No"}}]})  # fmt: skip


def book(round, cells, sheet=offline.SHEET, mark=(offline.MARK,), notes=None, formulas=None):
    """A workbook as somebody may send it back. cells: path to what stands in the answer."""
    target = io.BytesIO()
    made = xlsxwriter.Workbook(target, {"in_memory": True})
    page = made.add_worksheet(sheet)
    page.write_row(0, 0, [*mark, str(round.key), round.version] if mark else [])
    for row, (path, value) in enumerate(cells.items(), 5):
        page.write_string(row, 0, path)
        if path in (formulas or {}):
            page.write_formula(row, 3, formulas[path], None, value)
        else:
            page.write(row, 3, value)
        page.write_string(row, 4, (notes or {}).get(path, ""))
    made.close()
    return target.getvalue()


def bring(client, round, data):
    return client.post(reverse("network:offline_in", args=[round.pk]), {"file": SimpleUploadedFile("form.xlsx", data)})


def test_a_workbook_of_garbage_tells_each_cell_and_keeps_the_rest(home, client):
    round = opened(home, *QUESTIONS)
    signed_in(client, home)
    cells = {"count": "many", "word": "Kept", "spend": 12.5, "spend/currency": "euros", "grid/r0/c0": 3, "grid/r1/c0": "x", "grid/r99/c0": 1, "nothing": "?", "income/value": -5, "way": "perhaps", "": "lost?"}
    page = bring(client, round, book(round, cells)).content.decode()
    for told in ("D6", "D9", "D11", "D12", "D13", "D14", "D15"):
        assert f">{told}<" in page, told
    assert {one.key: one.value for one in Answer.objects.all()} == {"word": "Kept", "grid": {"r0": {"c0": "3"}}}


def test_formulas_give_what_they_were_worked_out_to_and_their_faults_are_told(home, client):
    round = opened(home, *QUESTIONS)
    signed_in(client, home)
    formulas = {"count": "=1+2", "word": "=1/0", "spend": "=A9", "income/value": "=A1"}
    page = bring(client, round, book(round, {"count": 3, "word": "#DIV/0!", "spend": "", "income/value": "#REF!"}, formulas=formulas)).content.decode()
    assert {one.key: one.value for one in Answer.objects.all()} == {"count": "3"}
    assert page.count("The formula came to no value") == 3 and ">D7<" in page and ">D8<" in page and ">D9<" in page


@pytest.mark.parametrize("wrong", [{"sheet": "Antworten"}, {"mark": ()}, {"mark": ("something",)}, {"mark": (offline.MARK, "another")}])
def test_a_workbook_that_is_no_form_of_this_round_is_refused(home, client, wrong):
    round = opened(home, *QUESTIONS)
    assert bring(signed_in(client, home), round, book(round, {"word": "x"}, **wrong)).status_code == 422
    assert not Answer.objects.exists()


def test_damaged_workbooks_and_bombs_are_refused(home, client):
    round = opened(home, *QUESTIONS)
    signed_in(client, home)
    whole = book(round, {"word": "x"})
    only_mark = io.BytesIO()
    made = xlsxwriter.Workbook(only_mark, {"in_memory": True})
    made.add_worksheet(offline.SHEET).write_string(0, 0, offline.MARK)
    made.close()
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in zipfile.ZipFile(io.BytesIO(whole)).namelist():
            archive.writestr(name, zipfile.ZipFile(io.BytesIO(whole)).read(name))
        archive.writestr("xl/worksheets/sheet2.xml", b"<x>" + b" " * 300_000_000)
    for data in (b"not a workbook", b"PK\x03\x04 cut", whole[:800], only_mark.getvalue(), bomb.getvalue()):
        assert bring(client, round, data).status_code == 422
    assert not Answer.objects.exists() and Invited.objects.get().state == "invited"


def test_empty_cells_and_notes_alone_lose_nothing(home, client):
    round = opened(home, *QUESTIONS)
    answering = answers.start(actor=home, round=round)
    answers.answers_write(actor=home, answering=answering, section="only", values={"grid": {"r0": {"c0": "1", "c1": "2"}}, "word": "Before", "income": {"parts": {"value": "7"}, "currency": "USD"}}, notes={"word": "Online"})
    page = bring(signed_in(client, home), round, book(round, {"grid/r0/c1": 5, "grid/r2/c0": 9, "word": "", "count": "", "income/value": ""}, notes={"word": "From the workbook", "count": "We do not count"}))
    assert page.status_code == 200
    kept = {one.key: (one.value, one.note) for one in Answer.objects.all()}
    assert kept["grid"][0] == {"r0": {"c0": "1", "c1": "5"}, "r2": {"c0": "9"}} and kept["word"] == ("Before", "From the workbook") and kept["count"] == (None, "We do not count")
    assert kept["income"][0] == {"parts": {"value": "7"}, "currency": "USD"}
    out = client.get(reverse("network:offline_out", args=[round.pk]))
    filled = offline.read(io.BytesIO(b"".join(out.streaming_content)), 1, key=str(round.key), version=round.version)
    assert filled.notes == {"word": "From the workbook", "count": "We do not count"} and filled.values["grid/r2/c0"] == "9"


def test_a_workbook_after_the_last_day_is_refused_whole(home, client):
    round = opened(home, *QUESTIONS)
    Round.objects.filter(pk=round.pk).update(opens_on=today() - timedelta(days=9), closes_on=today() - timedelta(days=1))
    page = bring(signed_in(client, home), round, book(round, {"word": "x"}))
    assert page.status_code == 422 and "The last day to answer was" in page.content.decode() and not Answer.objects.exists() and not Answering.objects.exists()


def test_a_broken_definition_is_kept_as_a_draft_and_never_published(home):
    made = questionnaires.questionnaire_create(actor=home, title="Broken", definition=definition({"key": "x", "kind": "riddle", "text": {}}, {"no": "key"}, number("y", "x +")))
    with pytest.raises(ValidationError) as told:
        questionnaires.questionnaire_publish(actor=home, obj=made, opens_on=today(), closes_on=today() + timedelta(days=3))
    assert len(told.value.messages) >= 4
