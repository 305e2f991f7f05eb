"""The API's pace: no more than the limit pass in a minute, whatever the number of processes; who is over it is told how long to wait."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from causeway.frame import pace, preferences, upkeep
from causeway.frame.accounts.declared import PACE
from causeway.frame.models import ApiToken, ApiUse
from causeway.kit import api


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1_800_000_000.0
        monkeypatch.setattr(pace.time, "time", lambda: self.now)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def keyed(client, make_user, university, actor):
    """Asks the API with a fresh key, at ten requests a minute."""
    preferences.choose(PACE, 10, actor=actor)
    user = make_user("office")

    def ask():
        key, digest = ApiToken.make()
        ApiToken.objects.create(user=user, university=university, name="k", digest=digest, hint="x", scopes=["*.view"])
        return lambda: client.get("/api/v1/asset", headers={"Authorization": f"Bearer {key}"})

    return ask


def test_a_key_is_told_to_wait_and_may_ask_again_in_the_next_minute(keyed, clock):
    ask, other = keyed(), keyed()
    assert [ask().status_code for _ in range(10)] == [200] * 10
    late = ask()
    assert late.status_code == 429 and late["Content-Type"] == "application/problem+json" and late.json()["status"] == 429
    assert 0 < int(late["Retry-After"]) <= 61
    assert other().status_code == 200
    clock.now += int(late["Retry-After"])
    assert ask().status_code == 200


def test_an_address_without_a_key_is_held_up_before_its_keys_are_looked_at_for_long(client, db, clock, monkeypatch):
    monkeypatch.setattr(api, "UNKNOWN_PACE", 3)
    codes = [client.get("/api/v1/asset", headers={"Authorization": f"Bearer guess-{n}"}).status_code for n in range(5)]
    assert codes == [401, 401, 401, 429, 429]
    assert client.get("/api/v1/asset", REMOTE_ADDR="192.0.2.7").status_code == 401


@pytest.mark.parametrize(("limit", "processes"), [(1, 3), (10, 2), (59, 4), (600, 7)])
def test_several_processes_let_no_more_pass_than_the_limit(db, clock, monkeypatch, limit, processes):
    held = [{} for _ in range(processes)]
    passed = 0
    for n in range(limit * 3):
        monkeypatch.setattr(pace, "_held", held[n % processes])
        passed += not pace.wait("key:a", lambda: limit)
    assert passed == limit


@pytest.mark.skipif(connection.vendor == "sqlite", reason="the tests' SQLite lies in memory, where a second writer is refused and does not wait as with a file")
@pytest.mark.django_db(transaction=True)
def test_threads_at_once_let_no_more_pass_than_the_limit(clock):
    passed: list[int] = []

    def ask() -> None:
        passed.extend(n for n in range(60) if not pace.wait("key:b", lambda: 100))
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert 95 <= len(passed) <= 100


def test_what_was_counted_long_ago_is_cleared(db):
    minute = int((timezone.now() - timedelta(hours=3)).timestamp() // 60)
    ApiUse.objects.create(key="key:old", minute=minute)
    pace.wait("key:new", lambda: 10)
    upkeep.clear(None)
    assert list(ApiUse.objects.values_list("key", flat=True)) == ["key:new"]
