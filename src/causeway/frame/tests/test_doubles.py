"""One grant and one setting of each kind: kept by the database, and doubles of earlier times are merged."""

from __future__ import annotations

from datetime import date, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

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


def test_doubles_are_merged_and_nobody_gains_a_right(two: tuple[University, User]) -> None:
    """What the migration does before the constraints come, on a database from which they are taken for as long as the test lasts."""
    university, user = two
    with connection.cursor() as cursor:
        for name in ("frame_grant_once", "frame_grant_whole", "frame_setting_university", "frame_setting_user"):
            cursor.execute(f"DROP INDEX {name}")
    today = date.today()
    spans = [(today - timedelta(9), today - timedelta(5)), (today - timedelta(1), today + timedelta(1)), (today + timedelta(5), None)]
    for starts, ends in spans:
        Grant.objects.create(user=user, university=university, role="office", starts_on=starts, ends_on=ends)
    for value in (1, 2):
        Setting.objects.create(university=university, key="a.b", value=value)
    import_module("causeway.frame.migrations.0003_merge_double_grants_and_settings").merge(apps, None)
    assert list(Grant.objects.values_list("starts_on", "ends_on")) == [spans[1]]
    assert list(Setting.objects.values_list("value", flat=True)) == [2]
