"""The import wizard in the browser's place: each step without scripts, each answer, each refusal."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from causeway.frame import jobs, scope
from causeway.frame.models import AuditEntry, Import, ImportDifference, Job, University
from causeway.rooms.assets import importing, wizard
from causeway.rooms.assets.models import Asset
from causeway.rooms.assets.ports import Unreadable

pytestmark = pytest.mark.django_db
HEAD = "Application number;Title;Filing date;Applicant;Status\n"
ROWS = "EP22716482;Fühler;13/04/2022;Alpha University;Pending\nEP22716483;Pumpe;14/04/2022;Beta University;Pending\n"


@pytest.fixture
def office(make_user, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    client = Client()
    client.force_login(make_user("office"))
    return client


def send(client, text, name="a.csv"):
    data = text if isinstance(text, bytes) else text.encode()
    return client.post("/assets/import/", {"file": SimpleUploadedFile(name, data)})


def columns(page, **changes):
    """The choices of the mapping form as the page offers them, with changes by column name."""
    form = page.context["form"]
    chosen = {one["field"].html_name: one["field"].initial or "" for one in form.columns}
    by_label = {str(one["label"]): one["field"].html_name for one in form.columns}
    return chosen | {by_label[name]: value for name, value in changes.items()}


def test_from_upload_to_undo(office):
    here = send(office, HEAD + ROWS).url
    page = office.get(here)
    assert page.context["form"].recognised == 5 and [one.title for one in page.context["preview"]] == ["Fühler", "Pumpe"]
    assert office.post(here, columns(page)).status_code == 302
    assert b"data-reload" in office.get(here).content
    jobs.run_all()
    page = office.get(here)
    assert page.context["item"].state == Import.State.STAGED and "Bring 2 assets in" in page.content.decode() and not Asset.objects.exists()
    office.post(here, {"do": "apply"})
    jobs.run_all()
    assert Asset.objects.count() == 2 and office.get(here).context["item"].state == Import.State.DONE
    office.post(here, {"do": "undo"})
    jobs.run_all()
    page = office.get(here)
    assert not Asset.objects.exists() and page.context["item"].counts["removed"] == 2


def test_questions_come_first_with_both_readings_and_must_be_answered(office):
    here = send(office, HEAD + "EP22716482;A;03/04/22;U;Pending\n").url
    page = office.get(here)
    text = page.content.decode()
    assert {"dates", "pivot"} <= page.context["form"].fields.keys() and "03 April in the year 22" in text and "04 March in the year 22" in text
    assert office.post(here, {"dates": "dmy"}).status_code == 422
    assert office.post(here, {"dates": "dmy", "other_pivot": "30"}).status_code == 302
    page = office.get(here)
    assert page.context["preview"][0].filed_on.isoformat() == "2022-04-03"
    office.post(here, columns(page))
    jobs.run_all()
    again = office.get(send(office, HEAD + "EP22716483;B;05/06/22;U;Pending\n", "b.csv").url)
    assert again.context["preview"][0].filed_on.isoformat() == "2022-06-05"  # remembered for files of the same header


def test_a_map_is_remembered_and_its_faults_are_told(office):
    text = "Nummer;Bezeichnung\n13/033,085;A\n"
    here = send(office, text).url
    page = office.get(here)
    assert office.post(here, columns(page)).status_code == 422
    twice = columns(page, Nummer="number", Bezeichnung="number")
    assert "more than one column" in office.post(here, twice).content.decode()
    office.post(here, columns(page, Nummer="number", Bezeichnung="title") | {"office_all": "us"})
    jobs.run_all()
    office.post(here, {"do": "apply"})
    jobs.run_all()
    assert Asset.objects.get().number_key == "US13033085"
    page = office.get(send(office, text.replace("A", "B"), "b.csv").url)
    assert page.context["form"].recognised == 2 and page.context["form"].initial is not None and page.context["preview"][0].title == "B"


@pytest.mark.parametrize("data,words", [(b"", "empty"), (b"%PDF-1.7", "no table"), (b"<!doctype html>", "web page"), (b"PK\x03\x04cut", "cut off")])
def test_what_is_no_portfolio_is_refused_at_once(office, data, words):
    answer = send(office, data)
    assert answer.status_code == 422 and words in answer.content.decode()


def test_a_file_over_the_limit_and_a_full_disk_are_told(office, monkeypatch):
    monkeypatch.setattr(wizard, "MAX_UPLOAD", 10)
    assert "more than 2 GB" in send(office, HEAD).content.decode()
    monkeypatch.setattr(wizard, "MAX_UPLOAD", 10**9)
    monkeypatch.setattr(wizard.importing.imports, "keep", lambda *args: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    answer = send(office, HEAD + ROWS)
    assert answer.status_code == 422 and "No space left" in answer.content.decode() and not Import.objects.exists()


def test_problems_are_shown_and_given_as_csv_without_running_formulas(office):
    here = send(office, HEAD + ROWS + "EP22716484;=HYPERLINK(1);31/02/2022;U;\n").url
    office.post(here, columns(office.get(here)))
    jobs.run_all()
    text = office.get(here).content.decode()
    assert "31/02/2022 is not a day of the calendar" in text and "is kept out" in text
    lines = b"".join(office.get(f"{here}problems.csv").streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0] == "Row,Column,Problem,Value" and any("'=HYPERLINK(1)" in line for line in lines)


def test_the_name_of_a_column_or_sheet_runs_nothing_either(monkeypatch):
    named = wizard.importing.CellProblem(2, "=HYPERLINK(1)", "date", "+1 is not a day", "")
    monkeypatch.setattr(wizard.importing, "problems", lambda _item: [named])
    assert list(wizard._lines(None))[1].strip() == "2,'=HYPERLINK(1),'+1 is not a day,"


def test_differences_are_taken_or_left_one_by_one_or_all(office):
    for text in (HEAD + ROWS, HEAD + ROWS.replace("Fühler", "Besserer Fühler").replace("Pumpe", "Bessere Pumpe").replace("Pending", "Granted")):
        here = send(office, text).url
        office.post(here, columns(office.get(here)))
        jobs.run_all()
        office.post(here, {"do": "apply"})
        jobs.run_all()
    page = office.get(here)
    assert page.context["open"] == 4 and "Besserer Fühler" in page.content.decode() and "In force" in page.content.decode()
    first = ImportDifference.objects.get(theirs="Besserer Fühler")
    office.post(here, {"do": "take", "difference": first.pk})
    office.post(here, {"do": "leave", "difference": ImportDifference.objects.get(theirs="Bessere Pumpe").pk})
    office.post(here, {"do": "take-all"})
    jobs.run_all()
    assert sorted(Asset.objects.values_list("title", "status")) == [("Besserer Fühler", "granted"), ("Pumpe", "granted")]
    assert "All 4 differences are decided" in office.get(here).content.decode()


def test_a_file_can_be_removed_before_it_is_brought_in(office, tmp_path):
    here = send(office, HEAD + ROWS).url
    office.post(here, {"do": "discard"})
    assert not Import.objects.exists() and not list((tmp_path / "files/imports").iterdir())


def test_an_error_reply_is_told_and_brings_nothing(office):
    reply = b'<?xml version="1.0"?><fault xmlns="http://ops.epo.org"><code>CLIENT.RobotDetected</code><message>Too many requests</message></fault>'
    here = send(office, reply, "reply.xml").url
    assert "answered with an error" in office.get(here).content.decode()
    office.post(here)
    jobs.run_all()
    page = office.get(here)
    assert "refused to answer for now" in page.content.decode() and b'value="apply"' not in page.content


def test_only_the_office_brings_in(make_user, university):
    for role in ("director", "inventor", "agent", "auditor", "administrator"):
        client = Client()
        client.force_login(make_user(role))
        assert client.get("/assets/import/").status_code == 403
    assert Client().get("/assets/import/").status_code == 302


def test_an_import_of_another_university_is_not_here(office, other_university):
    from causeway.frame import access, scope
    from causeway.rooms.assets import importing

    with scope.use(other_university):
        item = importing.begin(actor=access.system(other_university), name="a.csv", source=io.BytesIO((HEAD + ROWS).encode()), options={})
    assert office.get(f"/assets/import/{item.pk}/").status_code == 404
    assert office.get(f"/assets/import/{item.pk}/problems.csv").status_code == 404


# --- stopped and failed work ------------------------------------------------------------------------------------------------------------------


def test_work_that_failed_says_when_it_is_tried_again_and_is_tried_at_once_when_asked(office, monkeypatch):
    here = send(office, HEAD + ROWS).url
    real = importing.stage
    monkeypatch.setattr(importing, "stage", lambda **_args: 1 / 0)
    office.post(here, columns(office.get(here)))
    jobs.run_all()
    text = office.get(here).content.decode()
    assert "is tried again at" in text and "division by zero" in text
    monkeypatch.setattr(importing, "stage", real)
    jobs.run_all()
    assert office.get(here).context["item"].state == Import.State.UPLOADED  # not due yet
    office.post(here, {"do": "stage"})
    jobs.run_all()
    assert office.get(here).context["item"].state == Import.State.STAGED


def test_work_that_failed_for_good_goes_on_from_its_page(office, monkeypatch):
    here = send(office, HEAD + ROWS).url
    office.post(here, columns(office.get(here)))
    jobs.run_all()
    real = importing.apply
    monkeypatch.setattr(importing, "apply", lambda **_args: 1 / 0)
    for _try in range(5):
        office.post(here, {"do": "apply"})
        jobs.run_all()
    page = office.get(here)
    assert page.context["job"].state == Job.State.FAILED and "The work stopped." in page.content.decode()
    monkeypatch.setattr(importing, "apply", real)
    office.post(here, {"do": "apply"})
    jobs.run_all()
    assert Asset.objects.count() == 2 and Job.objects.filter(name="assets.apply").count() == 2


def test_a_file_that_broke_off_in_checking_can_be_answered_and_checked_again(office, monkeypatch):
    here = send(office, HEAD + ROWS).url
    real = importing.stage

    def breaks(**_args):
        raise Unreadable("The table is broken after line 3.")

    monkeypatch.setattr(importing, "stage", breaks)
    office.post(here, columns(office.get(here)))
    jobs.run_all()
    text = office.get(here).content.decode()
    assert "broken after line 3" in text and "Check it again" in text and "Back to the columns" in text
    assert office.get(f"{here}?settle=1").context["form"].mapped
    monkeypatch.setattr(importing, "stage", real)
    office.post(here, {"do": "stage"})
    jobs.run_all()
    assert office.get(here).context["item"].state == Import.State.STAGED


def test_letters_that_are_not_among_the_readings_can_be_named(office):
    here = send(office, "申請號,發明名稱,申請日\nTW110123456,感測器,2021年3月4日\n".encode("big5"), "tw.csv").url
    page = office.get(here)
    assert office.post(here, {"encoding": ""}).status_code == 422
    assert "is not an encoding" in office.post(here, {"other_encoding": "nonsense"}).content.decode()
    assert office.post(here, {"other_encoding": "big5"}).status_code == 302
    assert "發明名稱" in office.get(here).content.decode() and page.status_code == 200


# --- each owner a university ------------------------------------------------------------------------------------------------------------------

OWNED = (
    ROWS
    + "EP22716482;Fühler;13/04/2022;Beta University;Pending\nEP22716484;Ventil;14/04/2022;;Pending\nXX1;Nichts;14/04/2022;Beta University;Pending\n"
)


@pytest.fixture
def keeper(make_user, settings, tmp_path):
    """The office of a university whose person looks after the installation too."""
    settings.MEDIA_ROOT = tmp_path / "files"
    user = make_user("office")
    user.is_installer = True
    user.save()
    client = Client()
    client.force_login(user)
    client.user = user
    return client


def separate(client, text=HEAD + OWNED, **picked):
    here = send(client, text).url
    client.post(here, columns(client.get(here)) | {"each": "yes"})
    jobs.run_all()
    return here


def test_only_who_looks_after_the_installation_is_offered_a_university_for_each_owner(office, keeper):
    assert "each" not in office.get(send(office, HEAD + OWNED).url).context["form"].fields
    here = send(office, HEAD + OWNED).url
    office.post(here, columns(office.get(here)) | {"each": "yes"})  # what is not offered is not taken
    jobs.run_all()
    assert not office.get(here).context["item"].options.get("each")
    assert "Each owner is a university of its own here" in keeper.get(send(keeper, HEAD + OWNED, "b.csv").url).content.decode()


def test_each_owner_becomes_a_university_after_a_look_at_all_of_them(keeper, university):
    here = separate(keeper)
    page = keeper.get(here)
    assert [(part["name"], part["state"], part["counts"]["create"]) for part in page.context["parts"]] == [
        ("Alpha University", "new", 1), ("Beta University", "new", 2), (university.name, "yours", 1),
    ]  # fmt: skip
    assert page.context["item"].counts["reject"] == 1 and University.objects.count() == 1
    keeper.post(here, {"do": "apply"})
    assert "Choose at least one university" in keeper.get(here).content.decode() and University.objects.count() == 1
    keeper.post(here, {"do": "apply", "part": ["0", "1"]})
    jobs.run_all()
    page = keeper.get(here)
    assert page.context["item"].state == Import.State.DONE and not Asset.objects.exists()  # the third was not picked
    assert page.context["item"].counts["create"] == 3 and "not picked" in page.content.decode()
    beta = University.objects.get(name="Beta University")
    assert set(keeper.user.grants.filter(university=beta).values_list("role", flat=True)) == {"office", "administrator"}
    with scope.use(beta):
        assert Asset.objects.get(number_key="EP22716482").ownerships.filter(organisation__name="Alpha University").exists()
        assert AuditEntry.objects.filter(verb="grant.give").count() == 2 and Import.objects.get().started_by == keeper.user
    keeper.post(here, {"do": "undo"})
    jobs.run_all()
    with scope.use(beta):
        assert not Asset.objects.exists()
    assert keeper.get(here).context["item"].counts["removed"] == 3


def test_a_file_for_many_is_listed_once_and_its_part_to_who_may_not_bring_it_into_many(keeper, office):
    here = separate(keeper)
    keeper.post(here, {"do": "apply", "part": ["0", "1", "2"]})
    jobs.run_all()
    part = keeper.get(here).context["parts"][2]["import"]
    listed = [[one.pk for one in client.get("/assets/import/").context["imports"]] for client in (keeper, office)]
    assert listed == [[int(here.split("/")[-2])], [part]]


def test_the_same_file_again_is_unchanged_at_each(keeper):
    for _time in range(2):
        here = separate(keeper)
        keeper.post(here, {"do": "apply", "part": ["0", "1", "2"]})
        jobs.run_all()
    parts = keeper.get(here).context["parts"]
    assert [part["counts"]["unchanged"] for part in parts] == [1, 2, 1] and all(part["counts"]["create"] == 0 for part in parts)


def test_a_university_of_others_is_left_out_and_tells_nothing(keeper):
    University.objects.create(name="Beta University", short_name="BU")
    here = separate(keeper)
    part = keeper.get(here).context["parts"][1]
    assert (part["state"], part["counts"]["create"], part["counts"]["unchanged"]) == ("theirs", 0, 0)
    keeper.post(here, {"do": "apply", "part": ["0", "1", "2"]})
    jobs.run_all()
    with scope.use(University.objects.get(name="Beta University")):
        assert not Asset.objects.exists() and not Import.objects.exists()


def test_who_lost_the_office_or_the_installation_meanwhile_brings_nothing_in(keeper):
    here = separate(keeper)
    keeper.user.is_installer = False
    keeper.user.save()
    assert keeper.get(here).status_code == 403 and keeper.get(f"{here}problems.csv").status_code == 403
    assert keeper.post(here, {"do": "apply", "part": ["0"]}).status_code == 403
    assert here not in keeper.get("/assets/import/").content.decode()
    jobs.start("assets.apply", university=Import.objects.get().university_id, item=Import.objects.get().pk, who="A", user=keeper.user.pk)
    jobs.run_all()
    assert University.objects.count() == 1 and not Asset.objects.exists()


def test_many_universities_stopped_half_way_go_on(keeper, monkeypatch):
    here = separate(keeper)
    real, calls = importing.apply, []

    def dies(**args):
        calls.append(1)
        if len(calls) == 2:
            raise OSError("No space left on device")
        return real(**args)

    monkeypatch.setattr(importing, "apply", dies)
    keeper.post(here, {"do": "apply", "part": ["0", "1", "2"]})
    jobs.run_all()
    assert keeper.get(here).context["item"].state == Import.State.APPLYING
    keeper.post(here, {"do": "apply"})
    jobs.run_all()
    assert keeper.get(here).context["item"].state == Import.State.DONE and University.objects.count() == 3
    with scope.use(University.objects.get(name="Beta University")):
        assert Asset.objects.count() == 2 and Import.objects.count() == 1
