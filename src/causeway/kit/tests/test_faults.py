"""Pages that say what cannot be: in the frame for who is signed in, and telling nobody whether a record exists."""

from __future__ import annotations

import re

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.urls import reverse

from causeway.frame.middleware import broken
from causeway.kit import menu
from causeway.rooms.assets import services

pytestmark = pytest.mark.django_db
STATUSES = (400, 403, 404, 409, 413, 429, 500, 503, 507)


@pytest.mark.parametrize("status", STATUSES)
def test_who_is_signed_in_keeps_the_menu_and_reads_a_cause(status, actor):
    request = RequestFactory().get("/")
    request.actor = actor
    page = render_to_string(f"{status}.html", {"actor": actor, "menu": menu.drawn(actor, "/")}, request)
    assert 'id="nav"' in page and 'role="search"' in page and re.search(r'id="h-cause".*<li>', page, re.S)
    out = render_to_string(f"{status}.html", {}, RequestFactory().get("/"))
    assert 'id="nav"' not in out and "h-cause" not in out and "<h1>" in out


def test_out_of_sight_and_not_there_read_the_same(client, make_user, actor):
    made = services.asset_create(actor=actor, title="Sensor", office="EP", right="patent", status="pending")
    client.force_login(make_user("inventor"))
    pages = [client.get(reverse("kit:asset_detail", args=[pk])) for pk in (made.pk, made.pk + 1000)]
    texts = [re.sub(r"\d{3,}|[0-9a-f]{12}|value=\"\w{64}\"", "", page.content.decode()) for page in pages]
    assert [page.status_code for page in pages] == [404, 404] and texts[0] == texts[1] and 'id="nav"' in texts[0]


def test_a_fault_names_its_number_and_survives_a_broken_menu(client, make_user, actor, monkeypatch):
    request = RequestFactory().get("/")
    request.actor, request.user, request.id, request.university = actor, make_user("office"), "0123456789ab", None
    page = broken(request)
    assert page.status_code == 500 and b"0123456789ab" in page.content and b'id="nav"' in page.content

    def dead(*_args, **_more):
        raise RuntimeError

    monkeypatch.setattr(menu, "drawn", dead)
    page = broken(request)
    assert page.status_code == 500 and b'id="nav"' not in page.content and b"<h1>" in page.content
