"""Cases: written, handed in, reviewed, published, withdrawn; guides filed once, again, and in a newer edition; contacts kept apart."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile

import pytest
import yaml
from django.core.exceptions import ValidationError
from django.http import Http404
from PIL import Image

from causeway.engines.guide import parse
from causeway.engines.guide.tests.samples import guide_text
from causeway.engines.packs.library import lint_practice, shipped_practice
from causeway.engines.packs.sources import from_zip
from causeway.frame import access, audit, preferences, scope
from causeway.frame.models import AuditEntry, Grant, StoredFile, User
from causeway.rooms.network.models import Case, CaseContact, CaseFigure, CasePhoto, CaseVersion, GuideDocument, Release, ReleaseFacet, ReviewNote
from causeway.rooms.network.services import cases, drafts, filing, library

pytestmark = pytest.mark.django_db

FIELDS = {
    "case_study_author": "Anna Nowak", "country": "Poland", "target_groups": "Researchers and companies", "date": "2026-03-14", "key_words": "fund, experiment",
    "short_description": "We pay small sums for first experiments.", "background": "The office opened in 2004.", "achievements": "More than 40 teams applied; 12 were paid in 2025.",
    "impact": "Researchers come earlier.", "contact_email": "nobody@example.org",
}  # fmt: skip


def begun(actor, **more) -> Case:
    return cases.case_create(actor=actor, title="A fund for first experiments", hei_name="Harbour University", country="PL", fields={**FIELDS, **more})


def filed(actor, text: str, **more):
    data = text.encode()
    return filing.file_guide(actor=actor, guide=parse(data), name="guide.txt", sha256=hashlib.sha256(data).hexdigest(), **more)


def director(university, name="Tomás Ferreira") -> access.Actor:
    user = User(email=f"director-{university.pk}-{User.objects.count()}@example.org", name=name)
    user.set_unusable_password()
    user.save()
    Grant.objects.create(user=user, university=university, role="director")
    return access.actor_of(user, university)


# --- writing -------------------------------------------------------------------------------------------------------------------------


def test_a_case_keeps_its_fields_by_language_and_no_contact_data(actor):
    case = begun(actor)
    assert case.texts["en"]["short_description"] == FIELDS["short_description"] and "contact_email" not in case.texts["en"]
    assert (case.title, case.hei_name, case.country, case.kind, case.year, case.targets) == (
        "A fund for first experiments", "Harbour University", "PL", "comprehensive", None, ["companies", "researchers"])  # fmt: skip
    case = cases.case_update(actor=actor, obj=case, language="zh-hans", fields={"short_description": "我们为首次实验提供小额资助。"})
    assert case.texts["zh-hans"] == {"short_description": "我们为首次实验提供小额资助。"} and case.fields["background"]


def test_limits_count_characters_as_typed():
    assert cases.over_limit({"short_description": "x" * 750}) == {}
    assert cases.over_limit({"short_description": "x" * 751, "impact": "é" * 1000}) == {"short_description": 1}
    assert cases.over_limit({"short_description": "x\r\n" * 375}) == {}, "a line end is one character, whichever way it is sent"


def test_a_date_that_is_none_is_refused_at_its_field(actor):
    case = begun(actor)
    with pytest.raises(ValidationError) as told:
        cases.case_update(actor=actor, obj=case, dated="31/02/2026")
    assert "dated" in told.value.error_dict
    assert cases.case_update(actor=actor, obj=case, dated="14/03/2026").dated == "2026-03-14"


def test_two_people_at_one_case(actor):
    case = begun(actor)
    cases.case_update(actor=actor, obj=case, revision=case.revision, fields={"awards": "One"})
    with pytest.raises(access.Conflict):
        cases.case_update(actor=actor, obj=case, revision=case.revision, fields={"awards": "Two"})


def test_an_unknown_mechanism_or_language_is_refused(actor):
    case = begun(actor)
    with pytest.raises(ValidationError):
        cases.case_update(actor=actor, obj=case, mechanisms=["MAGIC"])
    with pytest.raises(ValidationError):
        cases.case_update(actor=actor, obj=case, language="tlh", fields={"impact": "Qapla'"})


@pytest.mark.parametrize("role, may", [("office", True), ("director", True), ("auditor", False), ("administrator", False), ("inventor", False), ("agent", False)])
def test_who_writes(make_actor, role, may):
    if may:
        assert begun(make_actor(role)).pk
    else:
        with pytest.raises(access.Refused):
            begun(make_actor(role))


def test_another_university_sees_no_draft(actor, other_university):
    case = begun(actor)
    with scope.use(other_university):
        assert access.visible(director(other_university), Case.objects.all()).count() == 0
        with pytest.raises((Http404, Case.DoesNotExist)):
            cases.case_update(actor=director(other_university), obj=case, fields={"awards": "x"})


# --- figures and pictures --------------------------------------------------------------------------------------------------------------


def test_a_figure_is_exact_and_its_quote_stands_in_the_case(actor):
    case = begun(actor)
    made = cases.figure_save(actor=actor, case=case, label="teams paid", value="12", unit="teams", period="2025", quote="12 were paid in 2025", field="achievements", evidence="Report 2025")
    assert (made.value, made.place) == ("12", 0)
    for values in ({"value": "twelve"}, {"value": "1,200"}, {"value": "12", "quote": "13 were paid"}):
        with pytest.raises(ValidationError):
            cases.figure_save(actor=actor, case=case, **{"label": "x", **values})
    cases.figure_remove(actor=actor, figure=made)
    assert not CaseFigure.objects.exists()


def picture(kind="PNG", size=(40, 20)) -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", size, "#0b5a75").save(out, format=kind, **({"exif": Image.Exif()} if kind == "JPEG" else {}))
    return io.BytesIO(out.getvalue())


def test_a_picture_needs_its_rights_and_what_it_shows(actor):
    case = begun(actor)
    with pytest.raises(ValidationError) as told:
        cases.photo_add(actor=actor, case=case, source=picture(), name="a.png", alternative=" ", holder="", licence="CC BY 4.0")
    assert set(told.value.error_dict) == {"alternative", "holder"}
    made = cases.photo_add(actor=actor, case=case, source=picture("JPEG"), name="a.jpg", alternative="The quay", holder="HU", licence="CC BY 4.0")
    assert (made.width, made.height, made.file.content_type) == (40, 20, "image/jpeg")


@pytest.mark.parametrize("data", [b"<svg onload='x()'></svg>", b"<html><script>x()</script></html>", b"\x89PNG\r\n\x1a\n broken", b"GIF89a", b"MZ program"])
def test_what_is_no_picture_is_refused_whatever_its_name(actor, data):
    case = begun(actor)
    with pytest.raises(ValidationError):
        cases.photo_add(actor=actor, case=case, source=io.BytesIO(data), name="a.png", alternative="x", holder="x", licence="x")
    assert not CasePhoto.objects.exists() and not StoredFile.objects.exists()


# --- review ------------------------------------------------------------------------------------------------------------------------------


def test_what_is_missing_or_too_long_is_not_handed_in(actor):
    case = cases.case_create(actor=actor, title="Half a case", hei_name="Harbour University")
    with pytest.raises(ValidationError, match="short description"):
        cases.case_submit(actor=actor, obj=case)
    case = begun(actor, impact="x" * 1001)
    with pytest.raises(ValidationError, match=r"impact \(\+1\)"):
        cases.case_submit(actor=actor, obj=case)


def test_hand_in_comment_change_accept(actor, university):
    chief = director(university)
    case = begun(actor)
    release = cases.case_submit(actor=actor, obj=case)
    case.refresh_from_db()
    assert (case.state, case.version, release.state, release.current) == ("submitted", 1, "submitted", False)
    with pytest.raises(access.Refused):
        cases.case_update(actor=actor, obj=case, fields={"awards": "Late"})
    note = library.note_add(actor=chief, release=release, text="Of which year?", field="achievements")
    library.release_ask_changes(actor=chief, obj=release, why="")
    case.refresh_from_db()
    assert case.state == "changes"
    library.note_answer(actor=actor, note=note, text="2025")
    case = cases.case_update(actor=actor, obj=case, fields={"achievements": "12 teams in 2025."}, mechanisms=["POC"])
    second = cases.case_submit(actor=actor, obj=case)
    library.release_accept(actor=chief, obj=second)
    case.refresh_from_db()
    second.refresh_from_db()
    assert (case.state, second.state, second.current, second.version) == ("published", "published", True, 2)
    assert list(ReleaseFacet.objects.filter(release=second, facet="mechanism").values_list("code", flat=True)) == ["POC"]
    assert [one.number for one in CaseVersion.objects.filter(case=case).order_by("number")] == [1, 2]
    assert {"case.submit", "release.accept", "case.decided", "release.note"} <= set(AuditEntry.objects.values_list("verb", flat=True))
    with pytest.raises(ValidationError):
        library.release_accept(actor=chief, obj=second)


def test_the_office_does_not_decide_about_its_own_case(actor):
    release = cases.case_submit(actor=actor, obj=begun(actor))
    with pytest.raises(access.Refused):
        library.release_accept(actor=actor, obj=release)


def test_where_a_university_coordinates_it_decides_and_nobody_else(actor, university, other_university):
    lead, own = director(other_university, "Pieter de Wit"), director(university)
    with scope.use(other_university):
        preferences.choose("network.coordinates", True, actor=lead)
    release = cases.case_submit(actor=actor, obj=begun(actor))
    with pytest.raises(access.Refused):
        library.release_accept(actor=own, obj=release)
    with scope.use(other_university):
        assert access.visible(lead, Release.objects.all()).count() == 1
        library.release_accept(actor=lead, obj=release, why="Clear")
    case = Case.objects.get()
    assert case.state == "published"
    assert AuditEntry.objects.get(verb="case.decided").actor_name.startswith("Pieter de Wit")
    audit.seal(university.pk)
    assert audit.verify(university.pk).faults == ()


def test_only_one_university_coordinates(university, other_university):
    with scope.use(other_university):
        preferences.choose("network.coordinates", True, actor=director(other_university))
    with pytest.raises(ValidationError, match="Another university"):
        preferences.choose("network.coordinates", True, actor=director(university))
    preferences.choose("network.coordinates", False, actor=director(university))


def test_a_submitted_case_is_out_of_sight_for_others(actor, other_university):
    release = cases.case_submit(actor=actor, obj=begun(actor))
    with scope.use(other_university):
        assert not access.visible(director(other_university), Release.objects.filter(pk=release.pk)).exists()


def test_take_back_and_withdraw(actor, university):
    case = begun(actor)
    cases.case_submit(actor=actor, obj=case)
    case = cases.case_take_back(actor=actor, obj=case)
    assert case.state == "draft" and Release.objects.get().state == "withdrawn"
    release = cases.case_submit(actor=actor, obj=case)
    library.release_accept(actor=director(university), obj=release)
    with pytest.raises(ValidationError, match="Withdraw it first"):
        cases.case_trash(actor=actor, obj=case)
    with pytest.raises(ValidationError):
        cases.case_withdraw(actor=actor, obj=case, why=" ")
    cases.case_withdraw(actor=actor, obj=case, why="The fund ended")
    assert not Release.objects.filter(current=True).exists() and Release.objects.count() == 2


def test_a_released_copy_does_not_change_with_the_case(actor, university):
    case = begun(actor)
    release = cases.case_submit(actor=actor, obj=case)
    library.release_accept(actor=director(university), obj=release)
    case.refresh_from_db()
    cases.case_update(actor=actor, obj=case, fields={"impact": "Everything else."})
    release.refresh_from_db()
    assert release.fields["impact"] == FIELDS["impact"] and Case.objects.get().state == "draft" and release.current


def test_a_university_that_leaves_keeps_its_credit_and_takes_its_drafts(actor, university):
    published = cases.case_submit(actor=actor, obj=begun(actor))
    library.release_accept(actor=director(university), obj=published)
    waiting = cases.case_submit(actor=actor, obj=begun(actor))
    assert library.leave(actor=actor, why="The consortium ended") == 1
    published.refresh_from_db()
    waiting.refresh_from_db()
    assert (published.current, published.source_id, published.source_name) == (True, None, university.name) and waiting.state == "withdrawn"
    audit.seal(university.pk)
    assert audit.verify(university.pk).faults == ()


# --- contacts ----------------------------------------------------------------------------------------------------------------------------


def test_contact_data_goes_out_only_where_both_agreed(actor, university):
    case = begun(actor)
    cases.contact_save(actor=actor, case=case, name="Nowak, Anna", email="anna@example.org", agreed=True)
    first = cases.case_submit(actor=actor, obj=case)
    assert first.content["contact"] == {} and "anna@example.org" not in json.dumps(first.content)
    preferences.choose("network.contacts", True, actor=director(university))
    case = cases.case_take_back(actor=actor, obj=case)
    assert cases.case_submit(actor=actor, obj=case).content["contact"]["contact_email"] == "anna@example.org"
    told = AuditEntry.objects.get(label="network.casecontact")
    assert "anna@example.org" not in json.dumps(told.changes)


def test_auditors_and_administrators_see_no_contact(actor, make_actor):
    cases.contact_save(actor=actor, case=begun(actor), name="Nowak, Anna")
    assert access.visible(actor, CaseContact.objects.all()).count() == 1
    for role in ("auditor", "administrator", "inventor"):
        assert access.visible(make_actor(role), CaseContact.objects.all()).count() == 0


# --- filing a guide ------------------------------------------------------------------------------------------------------------------------


def test_a_guide_is_filed_with_its_source(actor):
    report = filed(actor, guide_text())
    assert (report.new, report.unchanged) == (["2.1.1", "2.1.2", "3.1.1"], [])
    case = Case.objects.get(number="2.1.2")
    assert (case.hei_name, case.partner, case.country, case.dated, case.year, case.state, case.origin) == (
        "Quay College (QC)", "Harbour University", "ES", "2021-03-26", 2021, "published", "imported")  # fmt: skip
    assert case.document.lines == guide_text().count("\n") + 1 and case.lines.startswith(f"{guide_text().split(chr(10)).index('2.1.2. Quay College: Students as scouts') + 1}–") and case.document.sha256
    assert "anna@example.org" not in json.dumps(case.texts) and case.contact.email == "anna@example.org" and not case.contact.agreed
    release = Release.objects.get(key=case.key)
    assert release.current and release.content["contact"] == {} and "anna@example.org" not in json.dumps(release.content) + release.words
    figure = case.figures.get(unit="EUR")
    assert (figure.value, figure.qualifier, figure.quote in " ".join(case.fields["short_description"].split())) == ("5000", "up to", True)


def test_filing_again_changes_nothing(actor):
    filed(actor, guide_text())
    before = (Case.objects.count(), CaseVersion.objects.count(), CaseFigure.objects.count(), Release.objects.count(), AuditEntry.objects.count(), GuideDocument.objects.count())
    report = filed(actor, guide_text())
    after = (Case.objects.count(), CaseVersion.objects.count(), CaseFigure.objects.count(), Release.objects.count(), AuditEntry.objects.count(), GuideDocument.objects.count())
    assert (after, report.unchanged, report.new, report.changed) == (before, ["2.1.1", "2.1.2", "3.1.1"], [], [])


def test_a_newer_edition_makes_versions_of_what_differs(actor):
    filed(actor, guide_text())
    report = filed(actor, guide_text().replace("answer within 20 days", "answer within 10 days", 1), edition="Second")
    assert (report.changed, report.unchanged) == (["2.1.1"], ["2.1.2", "3.1.1"])
    case = Case.objects.get(number="2.1.1")
    assert (case.version, case.versions.count(), "10 days" in case.fields["key_success_factors"]) == (2, 2, True)
    assert [(one.version, one.current) for one in Release.objects.filter(key=case.key).order_by("version")] == [(1, False), (2, True)]
    again = filed(actor, guide_text())
    assert again.unchanged == ["2.1.1", "2.1.2", "3.1.1"], "an edition that was read before brings nothing back"


def same_practice() -> str:
    """A guide whose second case tells the practice of the first again."""
    return guide_text().replace("Quay College (QC)", "Harbour University").replace("Case Study name\tStudents as scouts", "Case Study name\tA small fund for first experiments")


def test_a_case_becomes_a_version_only_on_a_persons_word(actor):
    report = filed(actor, same_practice())
    assert report.maybe == [("2.1.2", "2.1.1")] and Case.objects.filter(trashed_at=None).count() == 3
    newer, older = Case.objects.get(number="2.1.2"), Case.objects.get(number="2.1.1")
    assert newer.maybe_version_of_id == older.pk
    with pytest.raises(ValidationError, match="does not apply"):
        cases.case_make_version(actor=actor, newer=older, older=older.maybe_version_of)
    merged = cases.case_make_version(actor=actor, newer=newer, older=older)
    assert (merged.version, merged.versions.count(), merged.dated) == (2, 2, "2021-03-26")
    assert Release.objects.filter(current=True).count() == 2
    assert filed(actor, same_practice()).unchanged == ["2.1.1", "3.1.1", "2.1.2"] or Case.objects.filter(trashed_at=None).count() == 2
    assert Case.objects.filter(trashed_at=None).count() == 2


def test_a_version_can_be_said_when_filing(actor):
    report = filed(actor, same_practice(), version_of={"2.1.2": "2.1.1"})
    assert (report.new, report.versions) == (["2.1.1", "3.1.1"], ["2.1.2"])
    assert Case.objects.get(number="2.1.1").version == 2
    with pytest.raises(ValidationError):
        filed(actor, guide_text().replace("20 days", "9 days"), version_of={"2.1.2": "9.9.9"})


def test_what_a_person_checked_stays(actor):
    filed(actor, guide_text())
    case = Case.objects.get(number="2.1.1")
    figure = case.figures.get(unit="EUR")
    cases.figure_save(actor=actor, case=case, figure=figure, confirmed=True)
    filed(actor, guide_text().replace("20 days", "10 days"))
    assert CaseFigure.objects.get(pk=figure.pk).confirmed


# --- a draft pack ----------------------------------------------------------------------------------------------------------------------------


def test_a_case_becomes_a_draft_pack_that_asks_for_what_it_does_not_know(actor):
    filed(actor, guide_text())
    case = cases.case_update(actor=actor, obj=Case.objects.get(number="2.1.1"), mechanisms=["POC", "PUBLIC"])
    data = drafts.pack_of(case)
    assert data == drafts.pack_of(case)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        name = drafts.pack_id(case)
        head = yaml.safe_load(archive.read(f"{name}/pack.yaml"))
        values = yaml.safe_load(archive.read(f"{name}/values/case.yaml"))
        sources = yaml.safe_load(archive.read(f"{name}/sources.yaml"))
    assert (head["id"], head["kind"], head["country"]) == (name, "guide", "PL") and "lines 21–" in sources["CASE"]["where"]
    assert {one["id"] for one in values if "asks" in one["versions"][0]} == {"grant_ceiling", "notice_days"}
    assert all(one["versions"][0]["basis"] == ["CASE"] for one in values)


@pytest.mark.parametrize("mechanisms", [[], sorted(drafts.ASKED)])
def test_a_draft_pack_has_no_fault_and_lists_what_a_person_must_do(actor, mechanisms):
    filed(actor, guide_text())
    for case in Case.objects.all():
        case = cases.case_update(actor=actor, obj=case, mechanisms=mechanisms)
        for value, unit in (("5000.5", "EUR"), ("6:4", ""), ("3–5", "years"), ("180", "%"), ("12.5", "patents")):
            cases.figure_save(actor=actor, case=case, label="counted", value=value, unit=unit)
        text = from_zip(drafts.pack_of(case))
        assert lint_practice([text], shipped_practice()) == []
        asked = {key for code in mechanisms for key, _unit, _title in drafts.ASKED[code]}
        assert all(f"`{key}`" in text.texts["CHANGELOG.md"] for key in asked) and "`figure_1`" in text.texts["CHANGELOG.md"]


def test_a_draft_pack_of_a_case_that_says_nearly_nothing_has_no_fault(actor):
    text = from_zip(drafts.pack_of(cases.case_create(actor=actor, title="港口", hei_name="—")))
    assert lint_practice([text], shipped_practice()) == []


def test_nobody_is_told_of_notes_out_of_sight(actor, other_university, university):
    release = cases.case_submit(actor=actor, obj=begun(actor))
    library.note_add(actor=director(university), release=release, text="Hm", field="impact")
    with scope.use(other_university):
        assert not access.visible(director(other_university), ReviewNote.objects.all()).exists()
