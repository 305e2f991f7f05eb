"""A statement cut short ends in the page that says what to narrow, even where the numbers of the menu would be cut short as well."""

from __future__ import annotations

import pytest
from django.db import OperationalError

from causeway.kit import menu
from causeway.rooms.docket import selectors

pytestmark = pytest.mark.django_db


def test_the_page_comes_without_the_numbers_of_the_menu(client, make_user, monkeypatch):
    def cut(*_args, **_named):
        raise OperationalError("interrupted")

    client.force_login(make_user("office"))
    assert client.get("/docket/").status_code == 200
    monkeypatch.setattr(selectors, "capped", cut)
    answer = client.get("/docket/")
    assert answer.status_code == 503 and "Narrow it" in answer.content.decode()


def test_the_menu_counts_where_it_is_asked_to(actor):
    counted = {item["url"]: item["number"] for group in menu.groups(actor, "/", counted=False) for item in group["items"]}
    assert counted and not any(counted.values())
