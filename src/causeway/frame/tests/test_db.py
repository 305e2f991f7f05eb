"""What the frame adds to the databases: many values as one parameter, several counts in one statement."""

import pytest

from causeway.frame import audit, db
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
