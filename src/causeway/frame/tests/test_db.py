"""What the frame adds to the databases: many values as one parameter, several counts in one statement, rows loaded block by block."""

from contextlib import nullcontext
from datetime import date
from hashlib import sha256

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection

from causeway.frame import audit, db, scope
from causeway.frame.models import SavedView

pytestmark = pytest.mark.django_db


@pytest.fixture
def views(actor):
    """Five saved views; their ids."""
    with audit.batch(by=actor, verb="test", objects=5) as work:
        return [one.pk for one in work.add([SavedView(user_id=actor.user_id, resource="asset", name=f"View {n}") for n in range(5)])]


def test_among_is_in_with_one_parameter(actor, views):
    found = SavedView.objects.filter(pk__among=views[:3])
    assert set(found.values_list("pk", flat=True)) == set(views[:3])
    assert SavedView.objects.filter(pk__among=[]).count() == 0
    assert SavedView.objects.filter(user__pk__among=[actor.user_id, 0]).count() == 5
    assert set(SavedView.objects.filter(name__among=["View 1", "View '9"]).values_list("name", flat=True)) == {"View 1"}
    assert len(found.query.sql_with_params()[1]) == len(SavedView.objects.filter(pk__among=views).query.sql_with_params()[1])


def test_several_counts_are_one_statement(views, django_assert_num_queries):
    all_of_them = SavedView.objects.order_by("name")
    with django_assert_num_queries(1):
        assert db.counts([all_of_them, all_of_them.filter(name="View 1"), SavedView.objects.none(), all_of_them.select_related("user")], 4) == [
            4,
            1,
            0,
            4,
        ]
    with django_assert_num_queries(0):
        assert db.counts([SavedView.objects.none()], 4) == [0] and db.counts([], 4) == []


VIEWS = ("university", "revision", "run", "user", "resource", "name", "query", "shared")


def rows_of(actor, names):
    return [(actor.university_id, 1, None, actor.user_id, "asset", name, "", False) for name in names]


ODD = ["tab\tin it", "two\nlines", "back\\slash", "\\N", "\\.", "", "carriage\rreturn", "资产 ł ß"]


def test_blocks_are_loaded_while_the_next_are_made(actor):
    names = [f"{ODD[n % len(ODD)]}{n}" for n in range(4_500)]
    with audit.batch(by=actor, verb="load") as work, work.loading(SavedView, VIEWS) as put:
        for at in range(0, len(names), 70):
            put(rows_of(actor, names[at : at + 70]))
    assert list(SavedView.objects.order_by("pk").values_list("name", flat=True)) == names
    entry = audit.AuditEntry.objects.get(verb="load")
    assert entry.changes["counts"] == {"frame.savedview created": len(names)}
    assert entry.changes["digest"] == sha256(db.lines(rows_of(actor, names)).encode()).hexdigest(), "however it was cut"


@pytest.mark.parametrize("bad", [10, 2_500, 4_400])
def test_a_block_that_fails_takes_the_whole_batch_back(actor, bad):
    names = [str(n) for n in range(4_500)]
    names[bad] = None
    with pytest.raises(IntegrityError), audit.batch(by=actor, verb="load") as work, work.loading(SavedView, VIEWS) as put:
        for at in range(0, len(names), 500):
            put(rows_of(actor, names[at : at + 500]))
    assert not SavedView.objects.exists() and not audit.AuditEntry.objects.exists()


def test_keys_and_universities_of_loaded_rows_are_checked(actor, other_university):
    with pytest.raises(ValidationError), audit.batch(by=actor, verb="load") as work:
        work.load(SavedView, VIEWS, [(other_university.pk, *rows_of(actor, ["x"])[0][1:])])
    run = audit.run_start(by=actor, verb="x")
    with scope.use(other_university.pk):
        run_there = audit.AuditRun(university=other_university, verb="x", actor_name="x")
        run_there.save()
    columns = ("university", "audit_run", "label", "object_id", "before")
    for key, fine in ((run.pk, True), (run_there.pk, False)):
        with nullcontext() if fine else pytest.raises(ValidationError), audit.batch(by=actor, verb="load") as work:
            work.load(audit.AuditImage, columns, [(actor.university_id, key, "x", n, "{}") for n in range(2_500)])
    assert audit.AuditImage.objects.count() == 2_500


def test_rows_as_text_are_what_postgres_copies(actor):
    assert db.lines([(1, None, "a"), (True, date(2026, 1, 2), "b\\c\td")]) == "1\t\\N\ta\nTrue\t2026-01-02\tb\\\\c\\td\n"
    if db.is_postgres():
        with connection.cursor() as cursor, cursor.copy("COPY (SELECT v FROM unnest(%s::text[]) AS v) TO STDOUT", [ODD]) as copy:
            assert b"".join(copy).decode() == db.lines([(one,) for one in ODD])
