"""The OpenAPI document is whole: its references lead somewhere, its operations are served, its schemas hold what is really answered."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest
from django.urls import resolve, reverse

from causeway.frame.models import ApiToken
from causeway.kit.api import openapi
from causeway.kit.resource import resources
from causeway.rooms.assets import services

pytestmark = pytest.mark.django_db
METHODS = {"get", "post", "patch", "delete"}
TYPES = {"string", "number", "integer", "boolean", "null", "array", "object"}


@pytest.fixture
def document(university):
    return json.loads(json.dumps(openapi()))


def references(value):
    if isinstance(value, dict):
        yield from ([value["$ref"]] if "$ref" in value else [])
        for one in value.values():
            yield from references(one)
    elif isinstance(value, list):
        for one in value:
            yield from references(one)


def operations(document):
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method in METHODS:
                yield path, item, method, operation


def schemas(value):
    """Every schema of the document, the parts of schemas among them."""
    if isinstance(value, dict):
        for key, one in value.items():
            if key == "schema" or (key in ("items", "additionalProperties") and isinstance(one, dict)):
                yield one
            if key in ("properties", "schemas") and isinstance(one, dict):
                yield from one.values()
            yield from schemas(one)
    elif isinstance(value, list):
        for one in value:
            yield from schemas(one)


def test_the_document_has_the_shape_of_openapi_3_1(document):
    assert document["openapi"].startswith("3.1.") and {"title", "version"} <= document["info"].keys()
    assert set(document) <= {"openapi", "jsonSchemaDialect", "info", "servers", "tags", "paths", "components", "security"}
    tags = {tag["name"] for tag in document["tags"]}
    seen = set()
    for path, item, method, operation in operations(document):
        assert set(item) <= METHODS | {"parameters"}, path
        assert operation["operationId"] not in seen and operation["summary"] and set(operation["tags"]) <= tags
        seen.add(operation["operationId"])
        parameters = [*item.get("parameters", []), *operation.get("parameters", [])]
        assert {one["name"] for one in parameters if one["in"] == "path"} == set(re.findall(r"{(\w+)}", path))
        assert all(one["in"] in ("path", "query", "header") and "schema" in one for one in parameters)
        assert len({(one["in"], one["name"]) for one in parameters}) == len(parameters), f"{method} {path}"
        for code, response in operation["responses"].items():
            assert re.fullmatch(r"[1-5]\d\d", code) and response["description"]
        assert any(code.startswith("2") for code in operation["responses"])
        if method in ("get", "delete"):
            assert "requestBody" not in operation


def test_references_lead_somewhere(document):
    for reference in references(document):
        place = document
        for part in reference.removeprefix("#/").split("/"):
            place = place[part]


def test_schemas_are_json_schema(document):
    count = 0
    for one in schemas(document):
        kinds = one.get("type", [])
        assert set([kinds] if isinstance(kinds, str) else kinds) <= TYPES, one
        assert set(one.get("required", [])) <= set(one.get("properties", {})), one
        assert "enum" not in one or len(one["enum"]) == len(set(one["enum"])) > 0, one
        count += 1
    assert count > 100


def test_bounds_are_those_of_the_form(document):
    fields = document["paths"]["/api/v1/asset"]["post"]["requestBody"]["content"]["application/json"]["schema"]["properties"]
    assert (fields["title"]["minLength"], fields["title"]["maxLength"]) == (1, 500) and "minLength" not in fields["number"]
    months = document["paths"]["/api/v1/deadline/{id}/extend"]["post"]["requestBody"]["content"]["application/json"]["schema"]["properties"]["months"]
    assert months["minimum"] == 1 and isinstance(months["maximum"], int)


def test_what_takes_a_file_says_how_it_is_sent(document):
    attach = document["paths"]["/api/v1/asset/{id}/document"]["post"]["requestBody"]
    assert list(attach["content"]) == ["multipart/form-data"] and attach["required"]
    done = document["paths"]["/api/v1/deadline/{id}/done"]["post"]["requestBody"]["content"]
    assert "proof" in done["multipart/form-data"]["schema"]["properties"] and "proof" not in done["application/json"]["schema"]["properties"]
    assert not document["paths"]["/api/v1/deadline/{id}/undo"]["post"]["requestBody"]["required"]


def test_every_operation_is_served(document):
    for path, _item, _method, _operation in operations(document):
        assert resolve(path.replace("{id}", "1")).view_name.startswith("api:")
    assert {f"/api/v1/{one.key}" for one in resources()} <= set(document["paths"])


@pytest.fixture
def api(client, make_user, university):
    user = make_user("office")
    key, digest = ApiToken.make()
    ApiToken.objects.create(user=user, university=university, name="t", digest=digest, hint=key[-4:], scopes=["*"])

    def call(method, url, body=None, **heads):
        more = {"data": json.dumps(body), "content_type": "application/json"} if body is not None else {}
        return getattr(client, method)(url, HTTP_AUTHORIZATION=f"Bearer {key}", **more, **heads)

    return call


def test_what_is_answered_is_what_is_described(api, actor, document):
    made = services.asset_create(actor=actor, title="Pump", office="EP", right="patent", number="EP22716482", filed_on=date(2023, 5, 4), status="pending")
    record = api("get", reverse("api:asset", args=[made.pk])).json()
    described = document["components"]["schemas"]["asset"]
    assert set(record) == set(described["properties"]) and set(described["required"]) <= set(record)


def test_pages_follow_each_other_without_gap(api, actor):
    for n in range(5):
        services.asset_create(actor=actor, title=f"Pump {n}", office="EP", right="patent", number=f"EP227{n:05d}", filed_on=date(2023, 5, 4), status="pending")
    url, seen = f"{reverse('api:asset_collection')}?size=2", []
    while url:
        response = api("get", url)
        seen += [one["id"] for one in response.json()["items"]]
        link = re.match(r'<(.+)>; rel="next"', response.get("Link", ""))
        url = link[1] if link else ""
    assert len(seen) == len(set(seen)) == 5


@pytest.mark.parametrize(
    ("method", "body", "heads", "status", "words"),
    [
        ("patch", {"title": "x"}, {"HTTP_IF_MATCH": '"seven"'}, 400, "revision"),
        ("patch", {"nonsense": 1}, {}, 422, "nonsense"),
        ("patch", {"filed_on": "31 February"}, {}, 422, "filed_on"),
        ("patch", [1], {}, 400, "object"),
        ("put", {"title": "x"}, {}, 405, "method"),
    ],
)
def test_faults_say_where(api, actor, method, body, heads, status, words):
    made = services.asset_create(actor=actor, title="Pump", office="EP", right="patent", number="EP22716482", filed_on=date(2023, 5, 4), status="pending")
    response = api(method, reverse("api:asset", args=[made.pk]), body, **heads)
    assert response.status_code == status and response["Content-Type"] == "application/problem+json"
    assert words in json.dumps(response.json())


def test_an_idempotent_action_is_done_once(api, actor):
    made = services.asset_create(actor=actor, title="Pump", office="EP", right="patent", number="EP22716482", filed_on=date(2023, 5, 4), status="pending")
    url = reverse("api:asset_do", args=[made.pk, "note"])
    first = api("post", url, {"text": "Ask Hanna"}, HTTP_IDEMPOTENCY_KEY="k")
    again = api("post", url, {"text": "Ask Hanna"}, HTTP_IDEMPOTENCY_KEY="k")
    other = api("post", url, {"text": "Ask somebody else"}, HTTP_IDEMPOTENCY_KEY="k")
    assert first.status_code == 200 and again.json() == first.json() and other.status_code == 422


def test_a_number_beyond_all_records_is_not_there(api):
    assert api("get", f"{reverse('api:asset_collection')}/{10**25}").status_code == 404
    assert api("get", f"{reverse('api:asset_collection')}?page=0").status_code == 400


def test_a_key_tells_when_it_was_last_used(api):
    api("get", reverse("api:asset_collection"))
    first = ApiToken.objects.get().last_used_at
    api("get", reverse("api:asset_collection"))
    assert first is not None and ApiToken.objects.get().last_used_at == first


def test_a_demonstration_key_works_from_here_only(api):
    from causeway.frame.models import User

    User.objects.update(demo=True)
    url = reverse("api:asset_collection")
    assert api("get", url).status_code == 200
    assert api("get", url, REMOTE_ADDR="203.0.113.9").status_code == 401
    assert api("get", url, HTTP_HOST="127.0.0.1", REMOTE_ADDR="203.0.113.9").status_code == 401


def test_every_operation_says_that_it_may_be_asked_too_often(document):
    for path, _item, method, operation in operations(document):
        assert "Retry-After" in operation["responses"]["429"]["headers"], f"{method} {path}"
