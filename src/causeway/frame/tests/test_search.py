"""Search: found by words and numbers in many scripts, current after each change, and nothing told that is out of sight."""

import pytest

from causeway.frame import access, audit, jobs, outbox, scope, search, upkeep
from causeway.frame.models import AuditRun, SavedView, SearchDoc

pytestmark = pytest.mark.django_db

VIEW = "frame.savedview"


@pytest.fixture(autouse=True)
def _views_are_found(monkeypatch):
    """Saved views stand for a room's records; the office sees all, others their own."""
    monkeypatch.setattr(search, "_sources", {})
    monkeypatch.setattr(access, "_sight", dict(access._sight))
    access.sees(SavedView, lambda actor, views: views if actor.has("office") else views.filter(user_id=actor.user_id))
    search.source(SavedView, lambda view: None if view.shared else search.Entry(view.name, view.resource, [view.query], f"/views/{view.pk}/"))


@pytest.fixture
def view(actor):
    """Makes an indexed record: view("Heat pump", "EP 22 716 482.9")."""

    def make(name, query="", by=actor, resource="asset"):
        with audit.changing(SavedView(user_id=by.user_id, resource=resource, name=name, query=query), by=by, verb="view.create") as made:
            pass
        search.refresh(SavedView, [made.pk])
        return made

    return make


def titles(actor, text, **kwargs):
    return [hit.title for group in search.find(actor, text, **kwargs) for hit in group.hits]


@pytest.mark.parametrize(
    "text", ["heat", "HEAT pu", "pump heat", "22716482", "227164829", "EP22716482.9", "ep 22 716 482", "łódzka", "lodz", "strasse", "专利", "量", "量子计算", "heat 专利"]
)  # fmt: skip
def test_one_record_is_found_in_many_ways(actor, view, text):
    made = view("Heat pump of Politechnika Łódzka", "EP 22 716 482.9 Straße 专利申请 量子计算")
    view("Another", "EP 22 716 483.7 Łopata 专门 测定")
    (group,) = search.find(actor, text)
    assert (group.label, group.name, group.count, group.more) == (VIEW, "saved views", 1, False)
    assert group.hits == [search.Hit(VIEW, made.pk, made.name, "asset", f"/views/{made.pk}/")]


@pytest.mark.parametrize("text", ["", "  ", "''", '"', "' | 'x", '" OR "a', "a:* & !", "\\", "*", "(", "NOT heat OR", "\x00heat", "heat\ue0001"])
def test_no_text_breaks_the_index(actor, view, text):
    view("Heat pump")
    assert titles(actor, text) in ([], ["Heat pump"])


def test_what_is_out_of_sight_is_not_told(actor, view, make_actor, other_university):
    inventor = make_actor("inventor")
    view("Secret engine")
    mine = view("Open engine", by=inventor)
    assert [(g.count, [h.object_id for h in g.hits]) for g in search.find(inventor, "engine")] == [(1, [mine.pk])]
    assert search.find(inventor, "secret") == [] and search.find(None, "engine") == []
    elsewhere = access.Actor(actor.user_id, "x", other_university.pk, frozenset(["office"]))
    assert search.find(elsewhere, "engine") == []


@pytest.mark.parametrize("looked_at", [3, 500])
@pytest.mark.parametrize("matches", [2, 1000])
def test_who_sees_little_finds_it_among_much(actor, view, make_actor, monkeypatch, looked_at, matches):
    monkeypatch.setattr(search, "LOOKED_AT", looked_at)
    monkeypatch.setattr(search, "MATCHES", matches)
    inventor = make_actor("inventor")
    for n in range(3):
        view(f"Engine mine {n}", by=inventor)
    for n in range(12):
        view(f"Engine {n}")
    assert sorted(titles(inventor, "engine")) == ["Engine mine 0", "Engine mine 1", "Engine mine 2"]
    assert titles(inventor, "engine 7") == []


def test_rows_of_an_import_under_way_are_not_told(actor, view, university):
    made = view("Imported engine")
    run = AuditRun.objects.create(university=university, verb="x", actor_name="x")
    SavedView.objects.filter(pk=made.pk).update(run=run.pk)
    university.unseen_runs = [run.pk]
    university.save()
    assert search.find(actor, "engine") == []


def test_the_closest_comes_first(actor, view):
    for name in ("A laser of sorts", "Laser welding", "Laser", "Beam"):
        view(name, "laser")
    assert titles(actor, "laser") == ["Laser", "Laser welding", "A laser of sorts", "Beam"]
    assert titles(actor, "laser", limit=2) == ["Laser", "Laser welding"]
    assert search.find(actor, "laser", limit=2)[0].count == 4


def test_changes_are_found_once_they_are_sealed(actor, university, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        with audit.batch(by=actor, verb="view.create", objects=1) as work:
            (made,) = work.add([SavedView(user_id=actor.user_id, resource="asset", name="Turbine")])
        assert titles(actor, "turbine") == []
        upkeep.seal(_Silent())
    jobs.run_all()
    assert titles(actor, "turbine") == ["Turbine"]
    with audit.changing(made, by=actor, verb="view.change") as made:
        made.name = "Rotor"
    assert (titles(actor, "turbine"), titles(actor, "rotor")) == ([], ["Rotor"])
    with audit.batch(by=actor, verb="view.remove", objects=1) as work:
        work.remove(SavedView, [made.pk])
    upkeep.seal(_Silent())
    outbox.deliver_due()
    assert titles(actor, "rotor") == [] and not SearchDoc.objects.exists()


def test_bulk_work_and_parts_are_followed(actor, university, monkeypatch):
    from causeway.frame.models import Import, ImportDifference

    search.source(
        Import, lambda one: search.Entry(one.name, "", [d.title for d in one.differences.all()]), parts={"frame.ImportDifference": "source"}
    )
    access.sees(Import, lambda actor, rows: rows)
    with audit.batch(by=actor, verb="view.import") as work:
        work.add([SavedView(user_id=actor.user_id, resource="asset", name=f"Blade {n}") for n in range(5)])
        (source,) = work.add([Import(kind="x", name="portfolio.csv", sha256="0")])
    upkeep.seal(_Silent())
    outbox.deliver_due()
    assert len(titles(actor, "blade")) == 5
    with audit.changing(
        ImportDifference(source=source, label="x", object_id=1, title="Gearbox", field="t", place="2"), by=actor, verb="difference.note"
    ):
        pass
    upkeep.seal(_Silent())
    outbox.deliver_due()
    assert titles(actor, "gearbox") == ["portfolio.csv"]


def test_a_block_of_bulk_loaded_rows_is_followed():
    from causeway.frame.models import AuditEntry

    entry = AuditEntry(label="frame.auditrun", changes={"counts": {f"{VIEW} created": 5}, "ids": {VIEW: [10, 12, 20, 21]}})
    assert list(search._written(entry)) == [(VIEW, [10, 11, 12, 20, 21])]


def test_what_may_not_be_found_is_forgotten(actor, view):
    made = view("Turbine")
    SavedView.objects.filter(pk=made.pk).update(shared=True)
    search.refresh(SavedView, [made.pk])
    assert titles(actor, "turbine") == []


def test_rebuilding_finds_everything_and_forgets_what_is_gone(actor, view, university, other_university):
    kept, gone = view("Kept turbine"), view("Gone turbine")
    SearchDoc.objects.filter(object_id=kept.pk).delete()
    SavedView.objects.filter(pk=gone.pk).delete()
    with scope.use(other_university):
        SearchDoc(university=other_university, label=VIEW, object_id=1, title="Elsewhere", tokens="x").save()
    job = jobs.start(search.REBUILD, university=university.pk)
    jobs.run_all()
    job.refresh_from_db()
    assert job.result == {VIEW: 1} and job.progress == {"done": 1, "total": 1, "note": ""}
    assert titles(actor, "turbine") == ["Kept turbine"]
    with scope.use(other_university):
        assert SearchDoc.objects.count() == 1


def test_lists_ask_for_ids(actor, view):
    first, second = view("Turbine one"), view("Turbine two")
    assert search.ids(SavedView, "turbine") == [second.pk, first.pk]
    assert search.ids(SavedView, "turbine", limit=1) == [second.pk] and search.ids(SavedView, "--") == []


def test_a_model_without_source_is_an_error(university):
    with pytest.raises(LookupError):
        search.refresh("frame.feed", [1])


class _Silent:
    def tell(self, *_args, **_kwargs):
        pass
