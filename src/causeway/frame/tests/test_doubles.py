"""One grant and one setting of each kind: kept by the database, and doubles of earlier times are merged."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from causeway.frame.models import Grant, Setting, University, User


@pytest.fixture
def two(db: None) -> tuple[University, User]:
    """A university and a user."""
    return University.objects.create(name="Doubles University", short_name="DU"), User.objects.create(email="d@example.org", name="D")


def test_the_database_refuses_a_second_grant_of_the_same_role(two: tuple[University, User]) -> None:
    university, user = two
    Grant.objects.create(user=user, university=university, role="office")
    Grant.objects.create(user=user, university=university, role="office", unit=7)
    for unit in (None, 7):
        with pytest.raises(IntegrityError), transaction.atomic():
            Grant.objects.create(user=user, university=university, role="office", unit=unit)


@pytest.mark.parametrize("of", ["university", "user"])
def test_the_database_refuses_a_second_choice_for_a_setting(two: tuple[University, User], of: str) -> None:
    owner = {of: two[0] if of == "university" else two[1]}
    Setting.objects.create(key="a.b", value=1, **owner)
    with pytest.raises(IntegrityError), transaction.atomic():
        Setting.objects.create(key="a.b", value=2, **owner)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="the constraints before held on PostgreSQL")
def test_doubles_are_merged_and_nobody_gains_a_right() -> None:
    executor = MigrationExecutor(connection)
    last = [key for key in executor.loader.graph.leaf_nodes() if key[0] == "frame"]
    executor.migrate([("frame", "0002_text_index")])
    try:
        apps = executor.loader.project_state([("frame", "0002_text_index")]).apps
        old = {name: apps.get_model("frame", name).objects for name in ("University", "User", "Grant", "Setting")}
        university, user = old["University"].create(name="U", short_name="U"), old["User"].create(email="e@example.org", name="E")
        today = date.today()
        spans = [(today - timedelta(9), today - timedelta(5)), (today - timedelta(1), today + timedelta(1)), (today + timedelta(5), None)]
        for starts, ends in spans:
            old["Grant"].create(user=user, university=university, role="office", starts_on=starts, ends_on=ends)
        for value in (1, 2):
            old["Setting"].create(university=university, key="a.b", value=value)
    finally:
        MigrationExecutor(connection).migrate(last)
    assert list(Grant.objects.values_list("starts_on", "ends_on")) == [spans[1]]
    assert list(Setting.objects.values_list("value", flat=True)) == [2]
