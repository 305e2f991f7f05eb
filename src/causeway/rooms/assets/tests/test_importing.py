"""Imports: what comes in, what does not, what a second file changes, and what can be taken back."""

import io

import pytest
from django.utils import timezone

from causeway.frame import access, imports, trash
from causeway.frame.models import Import, ImportDifference, University
from causeway.rooms.assets import importing, services
from causeway.rooms.assets.models import Asset, Family, Ownership
from causeway.rooms.docket.models import Deadline, Matter
from causeway.rooms.people.models import Organisation

pytestmark = pytest.mark.django_db
HEAD = "Application number;Title;Filing date;Applicant;Status\n"
ROWS = "EP22716482.9;Fühler;13/04/2022;Alpha University;Pending\nEP22716482;Fühler;13/04/2022;Beta University;Pending\nCN202011289904.2;Pumpe;14/05/2020;Alpha University;Pending\n"


def bring(actor, text=HEAD + ROWS, dry=False, **options):
    item = importing.begin(actor=actor, name="portfolio.csv", source=io.BytesIO(text.encode()), options=options)
    item = importing.stage(actor=actor, item=item)
    return item if dry else importing.apply(actor=actor, item=item)


def test_rows_become_assets_with_owners_and_deadlines(actor):
    item = bring(actor)
    assert item.counts == {"read": 3, "create": 2, "update": 1, "unchanged": 0, "reject": 0, "problems": 0}
    asset = Asset.objects.get(number_key="EP22716482")
    assert asset.owners_text == "Alpha University, Beta University"
    assert {o.organisation.name for o in asset.ownerships.all()} == {"Alpha University", "Beta University"}
    assert asset.next_due_on == Deadline.objects.filter(matter=asset.matter, state="open").order_by("due").first().due
    assert asset.reference == "NBU-2022-001"


def test_the_same_file_again_changes_nothing(actor):
    bring(actor)
    before = (Asset.objects.count(), Deadline.objects.count())
    assert bring(actor).counts["unchanged"] == 3
    assert (Asset.objects.count(), Deadline.objects.count()) == before
    assert not ImportDifference.objects.exists()


def test_a_changed_row_is_a_difference_never_an_overwrite(actor):
    bring(actor)
    changed = (HEAD + ROWS).replace("Pumpe", "Bessere Pumpe")
    bring(actor, changed)
    difference = ImportDifference.objects.get()
    assert (difference.field, difference.ours, difference.theirs) == ("title", "Pumpe", "Bessere Pumpe")
    assert Asset.objects.get(number_key="CN202011289904").title == "Pumpe"
    bring(actor, changed)
    assert ImportDifference.objects.count() == 1
    importing.take(actor=actor, ids=[difference.pk])
    assert Asset.objects.get(number_key="CN202011289904").title == "Bessere Pumpe"
    assert bring(actor, changed).counts["unchanged"] == 3


def test_a_dry_run_shows_nothing(actor):
    item = bring(actor, dry=True)
    assert (item.state, item.counts["create"], Asset.objects.count(), Matter.objects.count()) == (Import.State.STAGED, 2, 0, 0)


def test_undo_takes_back_what_nobody_touched(actor):
    item = bring(actor)
    kept = Asset.objects.get(number_key="CN202011289904")
    services.note_add(actor=actor, asset=kept, text="Ask the inventors")
    assert importing.undo(actor=actor, item=item) == {"removed": 1, "kept": [kept.reference]}
    assert list(Asset.objects.all()) == [kept]
    assert Organisation.objects.filter(name="Beta University").count() == 0
    assert Ownership.objects.count() == 1


@pytest.mark.parametrize("way", ["changed", "trashed", "difference"])
def test_undo_lists_what_was_changed_since(actor, way):
    item = bring(actor)
    kept = Asset.objects.get(number_key="CN202011289904")
    if way == "changed":
        services.asset_update(actor=actor, obj=kept, title="Bessere Pumpe")
    elif way == "trashed":
        trash.put(actor=actor, obj=kept)
    else:
        bring(actor, (HEAD + ROWS).replace("Pumpe", "Bessere Pumpe"))
        importing.take(actor=actor, ids=ImportDifference.objects.values_list("pk", flat=True))
    assert importing.undo(actor=actor, item=item) == {"removed": 1, "kept": [kept.reference]}
    assert list(Asset.objects.all()) == [kept]


def test_a_question_stops_and_its_answer_is_remembered(actor):
    text = HEAD + "EP22716482;A;03/04/2022;U;Pending\n"
    item = importing.begin(actor=actor, name="a.csv", source=io.BytesIO(text.encode()), options={})
    assert item.state == Import.State.ASKING
    item = importing.answer(actor=actor, item=item, options={"dates": "dmy"})
    assert item.state == Import.State.UPLOADED
    again = importing.begin(actor=actor, name="b.csv", source=io.BytesIO(text.encode()), options={})
    assert again.state == Import.State.UPLOADED and importing.shape_of(again).dates == "dmy"


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(importing, "CHUNK", 2)
    monkeypatch.setattr(importing, "ONE_TRANSACTION", 3)


def many(count):
    return HEAD + "".join(f"EP2271{n:04d};Title {n};13/04/2022;U;Pending\n" for n in range(count))


def test_a_stopped_import_goes_on_and_is_unseen_until_complete(actor, small, monkeypatch):
    item = importing.begin(actor=actor, name="a.csv", source=io.BytesIO(many(9).encode()), options={})
    item = importing.stage(actor=actor, item=item)
    real, calls = importing._apply_chunk, []

    def dies(*args):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return real(*args)

    monkeypatch.setattr(importing, "_apply_chunk", dies)
    with pytest.raises(KeyboardInterrupt):
        importing.apply(actor=actor, item=item)
    assert Asset.objects.count() == 4
    assert access.visible(actor, Asset.objects.all()).count() == 0
    monkeypatch.setattr(importing, "_apply_chunk", real)
    item = importing.apply(actor=actor, item=Import.objects.get(pk=item.pk))
    assert (Asset.objects.count(), access.visible(actor, Asset.objects.all()).count()) == (9, 9)
    assert University.objects.get(pk=actor.university_id).unseen_runs == []


def test_small_imports_are_all_or_nothing(actor, monkeypatch):
    item = importing.begin(actor=actor, name="a.csv", source=io.BytesIO(many(5).encode()), options={})
    item = importing.stage(actor=actor, item=item)
    monkeypatch.setattr(importing, "CHUNK", 2)
    item = importing.stage(actor=actor, item=item)
    real = imports.mark_applied
    monkeypatch.setattr(imports, "mark_applied", lambda chunk: real(chunk) if chunk.number < 3 else 1 / 0)
    with pytest.raises(ZeroDivisionError):
        importing.apply(actor=actor, item=item)
    assert Asset.objects.count() == 0 and Family.objects.count() == 0


def test_status_of_the_file_is_kept_and_ended_matters_have_no_open_dates(actor):
    bring(actor, HEAD + "EP22716482;A;13/04/2022;U;Refused / Withdrawn\nEP22716483;B;13/04/2022;U;EP granted\n")
    ended, granted = Asset.objects.order_by("number_key")
    assert (ended.status, ended.status_note, ended.next_due_on) == ("ended", "Refused / Withdrawn", None)
    assert granted.matter.refusals.filter(rule="EP-REN").exists()
    assert timezone.now().date().isoformat() == granted.matter.facts["known_since"]


# --- rows of one application, and everything a later file tells ------------------------------------------------------------------------------


def test_every_problem_is_kept_in_the_order_of_the_file_and_each_row_counted_once(actor, monkeypatch):
    monkeypatch.setattr(importing, "CHUNK", 4)  # so that the three problems of a row fall into two chunks
    bad = "".join(f"EP227164{n};A;31/02/2022;30/02/2022;31/04/2022\n" for n in range(50, 60))
    doubled = "EP22716460;A;13/04/2022;;\nEP22716460;B;13/04/2022;;\nEP22716461;A;31/02/2022;;\n"
    item = bring(actor, "Application number;Title;Filing date;Publication date;Grant date\n" + bad + doubled, dry=True)
    assert (item.counts["read"], item.counts["reject"], item.counts["problems"]) == (13, 12, 32)
    assert [one.row for one in importing.problems(item)] == [row for row in range(2, 12) for _cell in range(3)] + [13, 14]


def test_rows_that_share_a_publication_are_unchanged_the_second_time(actor):
    text = "Application number;Title;Publication number;Applicant\nEP22716450;A;EP3912345A1;A\nEP3912345B1;B;;B\nEP22716451;C;EP3912345A1;C\n"
    assert bring(actor, text).counts["create"] == 3
    assert [bring(actor, text).counts["unchanged"] for _time in range(2)] == [3, 3] and not ImportDifference.objects.exists()


def test_what_is_too_long_for_the_database_is_told_and_the_same_again_is_unchanged(actor):
    many = "x" * 400
    text = (
        "Application number;Title;Publication number;Patent number;Applicant;Inventors;Agent;Priority numbers\n"
        f"EP22716450;A;EP{'1' * 70}A1;EP{'2' * 70}B1;{many};{many};{many};EP{'3' * 90}\nEP{'4' * 90};B;;;;;;\n"
    )
    item = bring(actor, text)
    told = [(one.row, one.column, one.code) for one in importing.problems(item) if one.code != "check"]
    assert item.counts["create"] == 1 and item.counts["reject"] == 1 and (3, "Application number", "number") in told
    assert {column for row, column, code in told if code == "long"} == {"Publication number", "Patent number", "Applicant", "Inventors", "Agent"}
    asset = Asset.objects.get()
    for row in (asset, *Organisation.objects.all(), *asset.ownerships.all(), *asset.links.all(), *(one.person for one in asset.inventorships.all())):
        row.clean_fields(exclude=[f.name for f in row._meta.fields if f.is_relation])  # SQLite itself takes longer texts than the columns say
    assert bring(actor, text).counts["unchanged"] == 1


def test_two_rows_that_differ_keep_the_first_and_tell_the_second(actor):
    text = HEAD + "EP22716482;A;13/04/2022;U;Pending\nEP22716482;B;13/04/2022;U;Pending\nEP22716482;A;13/04/2022;U;Pending\n"
    item = bring(actor, text)
    assert item.counts == {"read": 3, "create": 1, "update": 0, "unchanged": 1, "reject": 1, "problems": 2}
    told = [(p.row, p.column, p.code, p.value) for p in importing.problems(item)]
    assert told == [(3, "Title", "clash", "B"), (4, "", "duplicate", "EP 22 716 482.9")]
    assert "Row 2" in next(importing.problems(item)).message and Asset.objects.get().title == "A"


@pytest.mark.parametrize("size", [2, 100])
def test_the_same_file_again_changes_nothing_where_its_rows_differ_from_each_other(actor, size, monkeypatch):
    """What a later row of an application adds, or says otherwise, is no difference from what the first import kept."""
    monkeypatch.setattr(importing, "CHUNK", size)
    text = (
        "Application number;Publication number;Title;Filing date;Inventors\n"
        "EP22716482.9;EP 4100001 A1;Pumpe;13/04/2022;Ada\nEP22716490;;Rad;13/04/2022;\nEP22716482.9;EP 4100001 A4;Pumpe;;Ben\nEP22716482.9;;Rohr;;\n"
    )
    counts = {"read": 4, "create": 2, "update": 1, "unchanged": 0, "reject": 1, "problems": 1}
    assert bring(actor, text).counts == counts
    assert bring(actor, text).counts == counts | {"create": 0, "update": 0, "unchanged": 3}
    assert not ImportDifference.objects.exists()
    grown = text.replace("Ben", "Ben|Cleo")
    assert bring(actor, grown).counts == counts | {"create": 0, "update": 1, "unchanged": 2}
    assert [(d.field, d.theirs) for d in ImportDifference.objects.all()] == [("inventor", "Cleo")]


def test_more_names_than_one_question_takes(actor):
    text = "Application number;Title;Inventors\n" + "".join(f"EP2271{n:04d};T{n};{'|'.join(f'Ada {n} {m}' for m in range(40))}\n" for n in range(30))
    bring(actor, text)
    assert bring(actor, text).counts["unchanged"] == 30


def test_rows_of_one_application_lie_together_across_chunks(actor, small):
    rows = [f"EP2271{n:04d};T {n};13/04/2022;Alpha University;Pending" for n in range(5)]
    item = bring(actor, HEAD + "\n".join([*rows, rows[0].replace("Alpha", "Beta"), rows[3].replace("Alpha", "Gamma")]) + "\n")
    assert (item.counts["create"], item.counts["update"]) == (5, 2)
    first = Asset.objects.get(number_key="EP22710000")
    assert first.owners_text == "Alpha University, Beta University" and first.ownerships.count() == 2
    assert importing.imports.applied(item) == 7


def register(name):
    import os
    from pathlib import Path

    base = Path(os.environ.get("CAUSEWAY_SHARED", Path(__file__).resolve().parents[6] / "shared")) / "data/ep_register"
    if not base.exists():
        pytest.skip("the real data is not beside the project")
    return base / "demo/examples" / name / "response.xml"


def test_a_register_fills_what_a_table_left_open_and_payments_are_done(actor):
    bring(actor, HEAD + "EP10167109.7;Bluetooth networking;24/06/2010;9Solutions Oy;Pending\n")
    for name in ("get_register_biblio", "get_register_procedural_steps_multiple", "get_family_with_legal"):
        importing.whole(actor=actor, path=register(name), options={})
    asset = Asset.objects.get(number_key="EP10167109")
    fields = set(ImportDifference.objects.filter(object_id=asset.pk).values_list("field", flat=True))
    assert {
        "inventor",
        "agent",
        "designated",
        "event",
        "granted_on",
        "published_on",
        "publication_number",
        "grant_number",
        "status",
        "family",
        "note",
    } <= fields
    assert not {"title", "owner", "filed_on"} & fields
    importing.take(actor=actor, ids=list(ImportDifference.objects.values_list("pk", flat=True)))
    asset.refresh_from_db()
    assert (asset.status, asset.grant_number, asset.agent.name, asset.inventorships.count()) == ("granted", "EP 2400812 B1", "Kolster Oy Ab", 3)
    assert asset.family.reference == "43088294" and "FI" in asset.matter.designated
    paid = Deadline.objects.filter(matter=asset.matter, rule="EP-REN", state="met").values_list("ordinal", "done_on")
    assert {ordinal: on.isoformat() for ordinal, on in paid} == {
        "3": "2012-06-20", "4": "2013-06-12", "5": "2014-03-31", "6": "2015-06-12", "7": "2016-06-20", "8": "2017-06-29", "9": "2018-06-20", "10": "2019-06-24",
    }  # fmt: skip
    for name in ("get_register_biblio", "get_register_procedural_steps_multiple", "get_family_with_legal"):
        item = importing.whole(actor=actor, path=register(name), options={})
        assert item.counts["update"] == 0, list(ImportDifference.objects.filter(source=item).values_list("field", "theirs"))


def test_a_publication_known_alone_meets_its_application(actor):
    importing.whole(actor=actor, path=register("get_register_procedural_steps_multiple"), options={})
    asset = Asset.objects.get()
    assert (asset.number, asset.publication_number, asset.matter.events.filter(kind="renewal_paid").count()) == ("", "EP 2400812", 8)
    item = importing.whole(actor=actor, path=register("get_register_biblio"), options={})
    assert item.counts["create"] == 0 and Asset.objects.count() == 1
    importing.take(actor=actor, ids=list(ImportDifference.objects.values_list("pk", flat=True)))
    asset.refresh_from_db()
    assert (asset.number, asset.number_key) == ("EP 10 167 109.7", "EP10167109")
    assert Deadline.objects.filter(matter=asset.matter, rule="EP-REN", state="met").count() == 8


def test_own_references_that_are_taken_get_a_number_behind_them(actor):
    head = "Application number;Title;Filing date;Reference\n"
    bring(actor, head + "EP22716482;A;13/04/2022;P-1\n")
    bring(actor, head + "EP22716483;B;13/04/2022;P-1\nEP22716484;C;13/04/2022;P-1\n")
    assert sorted(Asset.objects.values_list("reference", flat=True)) == ["P-1", "P-1 2", "P-1 3"]


def test_long_lists_of_fields_are_kept_whole(actor):
    field = ",".join(f"Field {n}" for n in range(30))
    bring(actor, f"Application number;Title;Filing date;Technical field\nEP22716482;A;13/04/2022;{field}\n")
    assert Asset.objects.get().technical_field == field


# --- interrupted ------------------------------------------------------------------------------------------------------------------------------


class Broken(io.BytesIO):
    """A file whose sending breaks off."""

    def read(self, size=-1):
        if self.tell():
            raise OSError(28, "No space left on device")
        return super().read(10)


def test_an_upload_that_breaks_off_leaves_nothing(actor, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with pytest.raises(OSError, match="No space left"):
        importing.begin(actor=actor, name="a.csv", source=Broken(HEAD.encode()), options={})
    assert Import.objects.count() == 0 and list((tmp_path / "imports").iterdir()) == []


def test_a_file_that_cannot_be_read_is_not_kept(actor, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    from causeway.rooms.assets.ports import Unreadable

    with pytest.raises(Unreadable):
        importing.begin(actor=actor, name="a.csv", source=io.BytesIO(b"%PDF-1.7"), options={})
    assert list((tmp_path / "imports").iterdir()) == [] and Import.objects.get().state == Import.State.FAILED


def test_staging_that_was_stopped_starts_anew_and_doubles_nothing(actor, small, monkeypatch):
    item = importing.begin(actor=actor, name="a.csv", source=io.BytesIO(many(9).encode()), options={})
    real, calls = imports.put_chunk, []

    def dies(*args):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return real(*args)

    monkeypatch.setattr(imports, "put_chunk", dies)
    with pytest.raises(KeyboardInterrupt):
        importing.stage(actor=actor, item=item)
    monkeypatch.setattr(imports, "put_chunk", real)
    item = importing.stage(actor=actor, item=Import.objects.get(pk=item.pk))
    assert item.counts["create"] == 9
    importing.apply(actor=actor, item=item)
    assert Asset.objects.count() == 9


def test_two_workers_at_one_import_double_nothing(actor, small, monkeypatch):
    item = importing.begin(actor=actor, name="a.csv", source=io.BytesIO(many(9).encode()), options={})
    item = importing.stage(actor=actor, item=item)
    chunks = list(imports.chunks(item, applied=False))
    importing.apply(actor=actor, item=item)
    monkeypatch.setattr(imports, "chunks", lambda item, applied: iter(chunks))  # as the other read them before
    importing.apply(actor=actor, item=imports.store(Import.objects.get(pk=item.pk), state=Import.State.APPLYING))
    assert Asset.objects.count() == 9


def test_a_large_undo_goes_on_where_it_was_stopped_and_is_out_of_sight_meanwhile(actor, small, monkeypatch):
    item = bring(actor, many(9))
    kept = Asset.objects.get(number_key="EP22710003")
    services.note_add(actor=actor, asset=kept, text="Ask the inventors")
    real, calls = importing._remove, []

    def dies(*args):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return real(*args)

    monkeypatch.setattr(importing, "_remove", dies)
    with pytest.raises(KeyboardInterrupt):
        importing.undo(actor=actor, item=item)
    assert Asset.objects.count() == 5 and access.visible(actor, Asset.objects.all()).count() == 0
    monkeypatch.setattr(importing, "_remove", real)
    assert importing.undo(actor=actor, item=Import.objects.get(pk=item.pk)) == {"removed": 8, "kept": [kept.reference]}
    assert list(access.visible(actor, Asset.objects.all())) == [kept] and University.objects.get(pk=actor.university_id).unseen_runs == []


def test_a_failed_check_can_be_done_again(actor):
    item = importing.begin(actor=actor, name="a.csv", source=io.BytesIO(many(3).encode()), options={})
    item = imports.store(item, state=Import.State.FAILED, why="The disk was full.")
    item = importing.stage(actor=actor, item=item)
    assert (item.state, item.why, item.counts["create"]) == (Import.State.STAGED, "", 3)


def test_bringing_in_twice_changes_nothing(actor):
    item = bring(actor)
    before = Asset.objects.count()
    assert importing.apply(actor=actor, item=item).state == Import.State.DONE
    assert Asset.objects.count() == before


def test_a_record_made_by_hand_meanwhile_is_not_doubled(actor):
    item = bring(actor, dry=True)
    services.asset_create(actor=actor, title="By hand", office="EP", number="EP22716482", right="patent", filed_on=None)
    importing.apply(actor=actor, item=item)
    assert Asset.objects.filter(number_key="EP22716482").count() == 1
    assert ImportDifference.objects.filter(field="title", theirs="Fühler").exists()
