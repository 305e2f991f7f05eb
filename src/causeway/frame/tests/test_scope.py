"""Scope: nothing of a university is read outside its scope, in any way a queryset can run."""

import pytest
from django.db.models import Count

from causeway.frame import scope
from causeway.frame.models import AuditEntry, AuditRun, AuditSeal, Feed, SavedView

pytestmark = pytest.mark.django_db


@pytest.fixture
def views(university, other_university, make_user):
    user = make_user()
    mine = SavedView(university=university, user=user, resource="asset", name="Mine")
    theirs = SavedView(university=other_university, user=user, resource="asset", name="Theirs")
    mine.save()
    theirs.save()
    return mine, theirs


@pytest.mark.parametrize(
    "run",
    [list, lambda q: q.exists(), lambda q: q.count(), lambda q: q.first(), lambda q: q.aggregate(Count("pk")), lambda q: q.exclude(name="x").exists(),
     lambda q: q.update(name="x"), lambda q: q.delete(), lambda q: q.explain(), lambda q: list(q.values("name")), lambda q: q.get(name="Mine"),
     lambda q: list(q.iterator()), lambda q: q.in_bulk()],
)  # fmt: skip
def test_raises_without_scope(views, run):
    queryset = SavedView.objects.all()
    token = scope._scope.set(None)
    try:
        with pytest.raises(scope.NoScope):
            run(queryset)
    finally:
        scope._scope.reset(token)


def test_sees_own_rows_only(views, university, other_university):
    mine, theirs = views
    assert list(SavedView.objects.all()) == [mine]
    assert SavedView.objects.count() == 1
    assert SavedView.objects.filter(name="Theirs").update(name="x") == 0
    assert SavedView.objects.filter(pk=theirs.pk).delete()[0] == 0
    assert SavedView.objects.aggregate(n=Count("pk"))["n"] == 1
    with scope.use(other_university):
        assert list(SavedView.objects.all()) == [theirs]
    with scope.everywhere():
        assert SavedView.objects.count() == 2


def test_queryset_made_in_one_scope_runs_in_another(views, other_university):
    queryset = SavedView.objects.order_by("name")
    assert [v.name for v in queryset] == ["Mine"]
    with scope.use(other_university):
        assert [v.name for v in queryset.all()] == ["Theirs"]


def test_joins_and_subqueries_are_scoped(university, other_university):
    for u in (university, other_university):
        run = AuditRun(university=u, verb="x", actor_name="a")
        run.save()
        for n in range(2):
            entry = AuditEntry(university=u, actor_name="a", verb="x", label="l", run=run)
            entry.save()
            if n:
                AuditSeal(university=u, seq=1, entry=entry, hash="h").save()
    assert AuditEntry.objects.filter(run__verb="x").count() == 2
    assert AuditEntry.objects.filter(seal=None).count() == 1
    assert AuditRun.objects.annotate(n=Count("entries")).get().n == 2
    assert AuditEntry.objects.filter(run__in=AuditRun.objects.all()).count() == 2
    assert [e.run.verb for e in AuditEntry.objects.select_related("run", "seal").order_by("seal__seq", "run__verb")] == ["x", "x"]
    sql = str(AuditEntry.objects.select_related("run").query.get_compiler("default").as_sql()[0])
    assert sql.count("university_id\" = %s") == 2
    assert Feed.objects.filter(user__grants__isnull=True).count() == 0


def test_slices_and_unions(views):
    assert len(SavedView.objects.order_by("name")[:5]) == 1
    both = SavedView.objects.filter(name="Mine").union(SavedView.objects.filter(name="Theirs"))
    assert [v.name for v in both] == ["Mine"]
