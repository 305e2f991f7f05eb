"""Audit: the two doors, optimistic locking, the chain and what breaks it."""

import pytest
from django.core.exceptions import ValidationError

from causeway.frame import audit, scope
from causeway.frame.access import Conflict
from causeway.frame.models import AuditEntry, AuditHead, AuditImage, AuditRun, SavedView

pytestmark = pytest.mark.django_db


def make(actor, name="Late", **fields):
    with audit.changing(SavedView(user_id=actor.user_id, resource="asset", name=name, **fields), by=actor, verb="view.create") as view:
        pass
    return view


def test_changing_records_what_changed(actor):
    view = make(actor)
    with audit.changing(view, by=actor, verb="view.rename", why="clearer") as view:
        view.name = "Very late"
    entry = AuditEntry.objects.order_by("-pk").first()
    assert (entry.verb, entry.why, entry.changes) == ("view.rename", "clearer", {"name": ["Late", "Very late"]})
    assert view.revision == 2


def test_nothing_changed_writes_nothing(actor):
    view = make(actor)
    with audit.changing(view, by=actor, verb="view.rename"):
        pass
    assert AuditEntry.objects.count() == 1


def test_conflict_shows_theirs(actor, make_actor):
    view = make(actor)
    with audit.changing(view, by=make_actor("director"), verb="view.rename") as changed:
        changed.name = "Theirs"
    with pytest.raises(Conflict) as caught, audit.changing(view, by=actor, verb="view.rename", revision=1):
        pass
    assert caught.value.theirs["name"]["value"] == "Theirs"


def test_keys_stay_in_the_university(actor, other_university):
    run = AuditRun(university=other_university, verb="x", actor_name="x")
    run.save()
    entry = AuditImage(university_id=actor.university_id, audit_run=run, label="x", object_id=1, before={})
    with pytest.raises(ValidationError), audit.changing(entry, by=actor, verb="x.make"):
        pass


def test_batch_writes_one_entry_and_keeps_images(actor):
    with audit.batch(by=actor, verb="view.import", objects=2) as work:
        views = work.add([SavedView(user_id=actor.user_id, resource="asset", name=str(n)) for n in range(2)])
    with audit.batch(by=actor, verb="view.edit", objects=1) as work:
        views[0].name = "changed"
        work.change(views[:1], ["name"])
    entries = list(AuditEntry.objects.order_by("pk"))
    assert [e.changes["counts"] for e in entries] == [{"frame.savedview created": 2}, {"frame.savedview changed": 1}]
    assert AuditImage.objects.get().before["name"] == "0"
    assert SavedView.objects.get(name="changed").run == entries[1].run_id


def test_batch_is_bounded(actor):
    with pytest.raises(ValueError), audit.batch(by=actor, verb="x", objects=2001):
        pass


def test_chain_holds_and_breaks(actor):
    for n in range(5):
        make(actor, name=str(n))
    assert audit.verify(actor.university_id).unsealed == 5
    assert audit.seal(actor.university_id) == 5
    audit.send_head(actor.university_id, "digest")
    report = audit.verify(actor.university_id)
    assert (report.checked, report.unsealed, report.faults) == (5, 0, ())
    AuditEntry.objects.filter(pk=AuditEntry.objects.order_by("pk")[2].pk).update(why="forged")
    assert "changed after it was sealed" in audit.verify(actor.university_id).faults[0]


def test_cut_chain_differs_from_the_head_sent_out(actor):
    for n in range(3):
        make(actor, name=str(n))
    audit.seal(actor.university_id)
    audit.send_head(actor.university_id, "ministry")
    with scope.use(actor.university_id):
        last = AuditEntry.objects.order_by("-pk").first()
        last.seal.delete()
        AuditEntry.objects.filter(pk=last.pk).delete()
    assert "sent to ministry" in audit.verify(actor.university_id).faults[0]
    assert AuditHead.objects.count() == 1
