"""What anybody may send to the API and to a list: each answered with a reason and its place, none with a fault of ours."""

from __future__ import annotations

import json
from datetime import date

import pytest

from causeway.frame import access, asked
from causeway.frame.accounts import services as accounts
from causeway.rooms.assets import services as assets
from causeway.rooms.assets.models import Asset

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client, make_user):
    client.force_login(make_user("office"))
    return client


@pytest.fixture
def asset(university, make_actor):
    return assets.asset_create(actor=make_actor("office"), title="Tactile yarn", office="EP", right="patent", status="pending")


@pytest.mark.parametrize(
    "text,found", [("7", 7), ("", None), (None, None), ("²", None), ("٣", None), ("-1", None), ("9" * 19, None), ("9" * 5000, None)]
)
def test_only_plain_digits_are_numbers(text, found):
    assert asked.number(text) == found


@pytest.mark.parametrize("page", ["²", "0", "9" * 20, "9" * 5000, "x"])
def test_a_page_that_is_no_number_is_the_first_for_people_and_a_fault_for_programs(office, asset, page):
    assert "Tactile yarn" in office.get("/assets/", {"page": page}).content.decode()
    assert office.get("/api/v1/asset", {"page": page}).status_code == 400


@pytest.mark.parametrize("number", ["²", "9" * 5000])
@pytest.mark.parametrize(
    "address",
    ["/policies/try/?data={0}&from={0}&to={0}", "/policies/try/funding/?from={0}&to={0}", "/network/indicators/?year={0}", "/library/compare/?case={0}&case=1"],
)
def test_a_choice_that_is_no_number_is_none(client, make_user, address, number):
    client.force_login(make_user("director"))
    assert client.get(address.format(number)).status_code in (200, 302, 400)


@pytest.mark.parametrize("address", ["/assets/?q=%00", "/search/?q=%00", "/api/v1/asset?q=%00"])
def test_a_sign_that_no_database_keeps_is_no_fault_of_ours(office, asset, address):
    assert office.get(address).status_code in (200, 400)


@pytest.mark.parametrize("query,place", [("status=nonsense", "status"), ("sort=secret", "sort"), ("owner=1", "owner")])
def test_a_filter_that_is_not_known_is_refused_with_its_place(office, asset, query, place):
    answer = office.get(f"/api/v1/asset?{query}")
    assert answer.status_code == 400 and list(answer.json()["errors"]) == [place]


def test_methods_that_are_not_served_are_named(office, asset):
    assert office.head("/api/v1/asset").status_code == 200
    answer = office.put(f"/api/v1/asset/{asset.pk}")
    assert (answer.status_code, answer["Allow"]) == (405, "GET, PATCH, DELETE")


@pytest.mark.parametrize("address", ["/api/v1/nothing", "/api/v1/asset/"])
def test_nothing_is_told_to_a_program_in_its_own_words(client, db, address):
    answer = client.get(address)
    assert (answer.status_code, answer["Content-Type"], answer.json()["status"]) == (404, "application/problem+json", 404)


def test_a_body_too_deep_is_not_json(office, asset):
    assert office.patch(f"/api/v1/asset/{asset.pk}", "[" * 100_000, content_type="application/json").status_code == 400


def test_if_match_holds_for_every_write(office, asset):
    stale = {"HTTP_IF_MATCH": f'"{asset.revision + 1}"'}
    assert office.delete(f"/api/v1/asset/{asset.pk}", **stale).status_code == 409
    ending = json.dumps({"status": "abandoned", "reason": "no use"})
    assert office.post(f"/api/v1/asset/{asset.pk}/end", ending, content_type="application/json", **stale).status_code in (409, 422)
    assert not Asset.objects.get(pk=asset.pk).trashed_at
    assert office.delete(f"/api/v1/asset/{asset.pk}", HTTP_IF_MATCH=f'"{asset.revision}"').status_code == 204


def test_an_answer_under_a_key_is_not_given_to_narrower_scopes(client, make_user, asset):
    actor = access.actor_of(make_user("office"), asset.university_id)
    send = {"data": json.dumps({"title": "Twice"}), "content_type": "application/json", "HTTP_IDEMPOTENCY_KEY": "k1"}
    answers = []
    for scopes in (["asset.*"], ["asset.*"], ["family.*"]):
        _token, key = accounts.token_make(actor=actor, name="k", scopes=scopes, expires_on=date.today())
        answers.append(client.patch(f"/api/v1/asset/{asset.pk}", HTTP_AUTHORIZATION=f"Bearer {key}", **send).status_code)
    assert answers == [200, 200, 422]
    assert Asset.objects.get(pk=asset.pk).revision == asset.revision + 1
    assert (
        client.patch(f"/api/v1/asset/{asset.pk}", **send | {"HTTP_IDEMPOTENCY_KEY": "k" * 101, "HTTP_AUTHORIZATION": f"Bearer {key}"}).status_code
        == 400
    )
