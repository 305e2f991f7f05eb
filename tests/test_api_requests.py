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


@pytest.mark.parametrize(
    "body,place",
    [
        ({"title": True}, "title"), ({"title": {}}, "title"), ({"title": ["x"]}, "title"), ({"title": None}, "title"), ({"confidential": "yes"}, "confidential"),
        ({"holder": "1"}, "holder"), ({"holder": True}, "holder"), ({"family": True}, "family"), ({"filed_on": 20230504}, "filed_on"), ({"tags": {"a": 1}}, "tags"),
    ],
)  # fmt: skip
def test_a_value_of_another_type_is_refused_at_its_place(office, asset, body, place):
    """A form would write it as text: `true` became the title “True”."""
    answer = office.patch(f"/api/v1/asset/{asset.pk}", json.dumps(body), content_type="application/json")
    assert answer.status_code == 422 and list(answer.json()["errors"]) == [place]
    assert Asset.objects.get(pk=asset.pk).title == "Tactile yarn"


def test_what_is_given_out_is_taken_back(office, asset):
    url = f"/api/v1/asset/{asset.pk}"
    first = office.patch(url, json.dumps({"tags": ["yarn", "two words"], "titles": {"zh-hans": "触觉纱线"}}), content_type="application/json").json()
    again = office.patch(url, json.dumps({"tags": first["tags"], "titles": first["titles"], "family": first["family"], "unit": first["unit"]}), content_type="application/json")
    stored = Asset.objects.get(pk=asset.pk)
    assert again.status_code == 200 and stored.tags == ["yarn", "two words"] and stored.titles == {"zh-hans": "触觉纱线"}


@pytest.mark.parametrize("body,status", [("347", 400), ("[]", 400), ('{"nonsense": 1}', 422), ('{"text": {}}', 422), ('{"text": "x", "more": ""}', 422), ("{}", 422)])
def test_an_action_takes_its_own_fields_alone(office, asset, body, status):
    answer = office.post(f"/api/v1/asset/{asset.pk}/note", body, content_type="application/json")
    assert answer.status_code == status and answer["Content-Type"] == "application/problem+json"


def test_an_action_without_fields_takes_none(office, make_actor, university):
    obj = assets.asset_create(actor=make_actor("office"), title="Yarn", office="EP", right="patent", status="pending", number="EP22716482", filed_on=date(2023, 5, 4))
    url = f"/api/v1/deadline/{obj.matter.deadlines.order_by('pk')[0].pk}/undo"
    assert office.post(url, "347", content_type="application/json").status_code == 400
    assert list(office.post(url, '{"why": "x"}', content_type="application/json").json()["errors"]) == ["why"]


def test_a_document_is_attached_as_a_form(office, asset):
    from django.core.files.uploadedfile import SimpleUploadedFile

    url = f"/api/v1/asset/{asset.pk}/document"
    sent = {"title": "Opinion", "file": SimpleUploadedFile("opinion.txt", b"Novel")}
    key = {"HTTP_IDEMPOTENCY_KEY": "once"}
    assert office.post(url, sent, **key).status_code == 200
    assert asset.documents.get().title == "Opinion"
    assert office.post(url, {"title": "Opinion", "file": "opinion.txt"}).status_code == 422
    assert office.post(url, json.dumps({"title": "Opinion", "file": "opinion.txt"}), content_type="application/json").json()["errors"].keys() == {"file"}
    assert office.post(f"/api/v1/asset/{asset.pk}/note", {"text": "x"}, **key | {"HTTP_IDEMPOTENCY_KEY": "other"}).status_code == 415


def test_an_unserved_method_is_not_judged_by_its_key(office, asset):
    head = {"HTTP_IDEMPOTENCY_KEY": "k", "content_type": "application/json"}
    assert office.post(f"/api/v1/asset/{asset.pk}/note", '{"text": "x"}', **head).status_code == 200
    assert office.put(f"/api/v1/asset/{asset.pk}/note", "{}", **head).status_code == 405
    assert office.put("/api/v1/step")["Allow"] == "GET" and office.put("/api/v1/asset")["Allow"] == "GET, POST"


def test_no_cache_keeps_what_a_key_was_given(client, make_user, university):
    from causeway.frame.models import ApiToken

    key, digest = ApiToken.make()
    ApiToken.objects.create(user=make_user("office"), university=university, name="t", digest=digest, hint=key[:8], scopes=["*.view"])
    assert client.get("/api/v1/person", HTTP_AUTHORIZATION=f"Bearer {key}")["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("text", ["\\ud800", "a\\udfffb", "a\\u0000b"])
@pytest.mark.parametrize("body,place", [('{"title": "%s"}', "title"), ('{"tags": ["%s"]}', "tags"), ('{"titles": {"zh": "%s"}}', "titles"), ('{"titles": {"%s": "x"}}', "titles")])
def test_half_a_sign_is_refused_at_its_place(office, asset, body, place, text):
    answer = office.patch(f"/api/v1/asset/{asset.pk}", body % text, content_type="application/json")
    assert answer.status_code == 422 and list(answer.json()["errors"]) == [place]
    assert office.post(f"/api/v1/asset/{asset.pk}/note", f'{{"text": "{text}"}}', content_type="application/json").status_code == 422
    whole = office.patch(f"/api/v1/asset/{asset.pk}", '{"title": "\\ud83d\\ude00"}', content_type="application/json")
    assert whole.json()["title"] == "\U0001f600"


def test_what_a_record_has_stays_though_nobody_is_offered_it_any_more(office, asset, make_actor):
    from causeway.rooms.people import services as people

    agent = people.organisation_create(actor=make_actor("office"), name="Brandt & Olsen", kind="agent")
    other = people.organisation_create(actor=make_actor("office"), name="Left behind", kind="agent")
    url = f"/api/v1/asset/{asset.pk}"
    assert office.patch(url, json.dumps({"agent": agent.pk}), content_type="application/json").status_code == 200
    for one in (agent, other):
        assert office.delete(f"/api/v1/organisation/{one.pk}").status_code == 204
    assert f'<option value="{agent.pk}" selected>' in office.get(f"/assets/{asset.pk}/edit/").content.decode()
    answer = office.patch(url, json.dumps({"title": "Yarn"}), content_type="application/json")
    assert answer.status_code == 200 and answer.json()["agent"] == agent.pk
    assert office.patch(url, json.dumps({"agent": other.pk}), content_type="application/json").status_code == 422
