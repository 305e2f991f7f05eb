"""Imports: what comes in, what does not, what a second file changes, and what can be taken back."""

import io

import pytest
from django.utils import timezone

from causeway.frame import imports
from causeway.frame.models import Import, ImportDifference, University
from causeway.rooms.assets import importing, services
from causeway.rooms.assets.models import Asset, Family, Ownership
from causeway.rooms.docket.models import Deadline, Matter
from causeway.rooms.people.models import Organisation

pytestmark = pytest.mark.django_db
HEAD = "Application number;Title;Filing date;Applicant;Status\n"
ROWS = "EP22716482.9;Fühler;13/04/2022;Alpha University;Pending\nEP22716482;Fühler;13/04/2022;Beta University;Pending\nCN202011289904.3;Pumpe;14/05/2020;Alpha University;Pending\n"


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
    from causeway.frame import access

    assert Asset.objects.count() == 4
    assert access.visible(actor, Asset.objects.all()).count() == 0
    monkeypatch.setattr(importing, "_apply_chunk", real)
    item = importing.apply(actor=actor, item=Import.objects.get(pk=item.pk))
    assert (Asset.objects.count(), access.visible(actor, Asset.objects.all()).count()) == (9, 9)
    assert University.objects.get(pk=actor.university_id).unseen_runs == []


def test_small_imports_are_all_or_nothing(actor, monkeypatch):
    item = importing.begin(actor=actor, name="a.csv", source=io.BytesIO(many(5).encode()), options={})
    item = importing.stage(actor=actor, item=item)
    monkeypatch.setattr(imports, "mark_applied", lambda chunk: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        importing.apply(actor=actor, item=item)
    assert Asset.objects.count() == 0 and Family.objects.count() == 0


def test_status_of_the_file_is_kept_and_ended_matters_have_no_open_dates(actor):
    bring(actor, HEAD + "EP22716482;A;13/04/2022;U;Refused / Withdrawn\nEP22716483;B;13/04/2022;U;EP granted\n")
    ended, granted = Asset.objects.order_by("number_key")
    assert (ended.status, ended.status_note, ended.next_due_on) == ("ended", "Refused / Withdrawn", None)
    assert granted.matter.refusals.filter(rule="EP-REN").exists()
    assert timezone.now().date().isoformat() == granted.matter.facts["known_since"]
