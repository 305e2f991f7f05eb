"""Audit: the two doors, optimistic locking, the chain and what breaks it."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from causeway.frame import audit, scope
from causeway.frame.access import Conflict
from causeway.frame.models import AuditEntry, AuditHead, AuditImage, AuditRun, AuditSeal, SavedView

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


def test_half_a_sign_is_refused_before_it_stops_the_sealing(actor):
    """In a JSON column SQLite keeps it; the chain is made of text, so one such value stopped the sealing of all that came after."""
    from causeway.frame.models import Webhook

    for changed in (SavedView(user_id=actor.user_id, resource="asset", name="\ud800"), Webhook(url="https://example.org/", topics=["a\udfff"], secret="x")):
        with pytest.raises(ValidationError, match="sign"), audit.changing(changed, by=actor, verb="test.create"):
            pass
    assert not AuditEntry.objects.exists()


def test_half_a_sign_kept_before_is_sealed(actor):
    view = make(actor)
    entry = AuditEntry.objects.get(object_id=view.pk)
    plain = audit._link("", entry, audit.VERSION)
    entry.changes = {"tags": [[], ["\ud800"]]}
    assert len(audit._link("", entry, audit.VERSION)) == len(plain) and audit._link("", entry, audit.VERSION) != plain


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


def chain_of(actor, count=5):
    for n in range(count):
        make(actor, name=str(n))
    audit.seal(actor.university_id)
    return list(AuditSeal.objects.order_by("seq"))


def test_a_removed_link_is_seen(actor):
    seals = chain_of(actor)
    entry = seals[2].entry_id
    AuditSeal.objects.filter(pk=seals[2].pk).delete()
    AuditEntry.objects.filter(pk=entry).delete()
    faults = audit.verify(actor.university_id).faults
    assert "Link 3 is missing." in faults


def test_an_entry_put_in_afterwards_with_an_old_time_is_seen(actor):
    chain_of(actor)
    AuditEntry(
        university_id=actor.university_id, at=timezone.now() - timedelta(days=40), actor_name="Nobody", verb="asset.end", label="assets.asset"
    ).save()
    audit.seal(actor.university_id)
    (fault,) = audit.verify(actor.university_id).faults
    assert "was sealed after one of" in fault


def test_reordered_links_are_seen(actor):
    seals = chain_of(actor)
    AuditSeal.objects.filter(pk=seals[1].pk).update(seq=100)
    AuditSeal.objects.filter(pk=seals[2].pk).update(seq=2)
    AuditSeal.objects.filter(pk=seals[1].pk).update(seq=3)
    assert len(audit.verify(actor.university_id).faults) >= 2


@pytest.mark.parametrize(
    "field,value",
    [
        ("actor_name", "Nobody"),
        ("verb", "view.other"),
        ("changes", {}),
        ("object_id", 7),
        ("title", "x"),
        ("label", "frame.user"),
        ("actor_id", None),
    ],
)
def test_every_part_of_an_entry_is_sealed(actor, field, value):
    seals = chain_of(actor, 2)
    AuditEntry.objects.filter(pk=seals[0].entry_id).update(**{field: value})
    assert audit.verify(actor.university_id).faults


def edited_in_a_batch(actor):
    from causeway.rooms.people.models import Person

    with audit.batch(by=actor, verb="person.import", objects=2) as work:
        people = work.add([Person(name=name, email=f"{name}@example.org".lower()) for name in ("Ada", "Grace")])
    with audit.batch(by=actor, verb="person.edit", objects=2) as work:
        for person in people:
            person.name, person.left_on = f"{person.name} X", date(2026, 1, 1)
        work.change(people, ["name", "left_on"])
    audit.seal(actor.university_id)
    assert audit.verify(actor.university_id).faults == ()
    return people


@pytest.mark.parametrize("field,value", [("actor_id", None), ("actor_name", "Nobody"), ("verb", "x"), ("why", "x")])
def test_who_ran_a_batch_is_sealed(actor, field, value):
    edited_in_a_batch(actor)
    AuditRun.objects.filter(verb="person.edit").update(**{field: value})
    assert "was changed after it was sealed" in audit.verify(actor.university_id).faults[0]


@pytest.mark.parametrize("harm", [
    lambda image: AuditImage.objects.filter(pk=image.pk).update(before=image.before | {"left_on": "2025-01-01"}),
    lambda image: AuditImage.objects.filter(pk=image.pk).update(before=image.before | {"name": "Emmy"}),
    lambda image: AuditImage.objects.filter(pk=image.pk).update(before=image.before | {"name": "Emmy"}, salts=image.salts | {"name": ["", image.salts["name"][1]]}),
    lambda image: AuditImage.objects.filter(pk=image.pk).update(before=image.before | {"name": "Emmy"}, salts=None),
    lambda image: AuditImage.objects.filter(pk=image.pk).update(object_id=7),
    lambda image: AuditImage.objects.filter(pk=image.pk).delete(),
])  # fmt: skip
def test_what_stood_before_a_batch_is_sealed(actor, harm):
    edited_in_a_batch(actor)
    harm(AuditImage.objects.order_by("pk").first())
    assert audit.verify(actor.university_id).faults


def test_erasing_what_batches_kept_leaves_the_chain_true(actor):
    from causeway.rooms.people.models import Person

    ada, _grace = edited_in_a_batch(actor)
    audit.erase_personal("people.person", ada.pk, Person.personal)
    image = AuditImage.objects.get(object_id=ada.pk)
    assert image.before["name"] is None and image.salts["name"][0] == "" and audit.verify(actor.university_id).faults == ()
    AuditImage.objects.filter(pk=image.pk).update(before=image.before | {"name": "Emmy"})
    assert audit.verify(actor.university_id).faults


def test_links_of_the_first_version_stay_verifiable(actor, monkeypatch):
    monkeypatch.setattr(audit, "VERSION", None)
    seals = chain_of(actor, 2)
    monkeypatch.undo()
    make(actor, name="later")
    audit.seal(actor.university_id)
    report = audit.verify(actor.university_id)
    assert (report.checked, report.first, report.faults) == (3, 2, ())
    # One of the second cannot pass for one of the first, nor the other way round.
    for seal, version in ((AuditSeal.objects.get(seq=3), None), (seals[0], 2)):
        AuditSeal.objects.filter(pk=seal.pk).update(version=version)
        assert audit.verify(actor.university_id).faults


def test_a_forged_chain_differs_from_a_head_kept_outside(actor):
    seals = chain_of(actor)
    assert not audit.differs(actor.university_id, 5, seals[-1].hash)
    AuditEntry.objects.filter(pk=seals[1].entry_id).update(why="forged")
    # The forger seals everything anew and removes the heads that the database keeps.
    AuditSeal.objects.all().delete()
    AuditHead.objects.all().delete()
    audit.seal(actor.university_id)
    assert audit.verify(actor.university_id).faults == ()
    assert audit.differs(actor.university_id, 5, seals[-1].hash)


def test_erasing_personal_values_leaves_the_chain_true(actor):
    from causeway.frame.models import AuditPersonal
    from causeway.rooms.people.models import Person

    with audit.changing(Person(name="Ada Lovelace", email="ada@example.org"), by=actor, verb="person.create") as person:
        pass
    with audit.changing(person, by=actor, verb="person.leave") as person:
        person.left_on = date(2026, 3, 4)
    audit.seal(actor.university_id)
    assert "Ada" not in str(list(AuditEntry.objects.values("changes", "title"))) and AuditPersonal.objects.count() >= 2
    assert audit.erase_personal("people.person", person.pk) >= 2
    assert audit.verify(actor.university_id).faults == () and AuditPersonal.objects.count() == 0


def test_a_changed_personal_value_is_seen(actor):
    from causeway.frame.models import AuditPersonal
    from causeway.rooms.people.models import Person

    with audit.changing(Person(name="Ada Lovelace"), by=actor, verb="person.create"):
        pass
    audit.seal(actor.university_id)
    AuditPersonal.objects.filter(field="name").update(after='"Grace Hopper"')
    assert "personal value name" in audit.verify(actor.university_id).faults[0]


def test_heads_leave_the_house_once_and_can_be_compared(actor, make_user):
    from causeway.frame import jobs
    from causeway.frame.accounts.jobs import HEAD
    from causeway.frame.models import OutboxMessage

    make_user("auditor", email="auditor@example.org")
    chain_of(actor, 3)
    for _again in range(2):
        jobs.start(HEAD)
        jobs.run_all()
    sent = AuditHead.objects.get()
    letters = [one.payload for one in OutboxMessage.objects.filter(topic="mail") if one.payload] or []
    assert sent.seq == 3 and audit.verify(actor.university_id).faults == ()
    from django.core import mail

    told = [letter["text"] for letter in letters] + [letter.body for letter in mail.outbox]
    assert len(told) == 1 and f"--head 3:{sent.hash}" in told[0]
