"""Every method of the API with keys that reach too little and just enough: a key opens what its scopes name and nothing else."""

import pytest
from django.urls import reverse

from causeway.frame import access, scope
from causeway.frame.models import ApiToken, AuditEntry, University
from causeway.kit.resource import resources
from tests.test_access_matrix import API, every_address, record, user  # noqa: F401 - `record` is a fixture

pytestmark = pytest.mark.django_db


class Asked(dict):
    """The rules of access, noting which are asked for."""

    def __init__(self, rules):
        super().__init__(rules)
        self.noted = set()

    def __getitem__(self, action):
        self.noted.add(action)
        return super().__getitem__(action)


@pytest.fixture
def office(client, record, monkeypatch):  # noqa: F811
    """Calls the API with a key of given scopes: status, and the actions that were asked about."""
    monkeypatch.setattr("causeway.kit.api.pace.wait", lambda *_args: 0)
    monkeypatch.setattr(access, "_actions", Asked(access._actions))
    key, digest = ApiToken.make()
    place = University.objects.get(pk=record.university_id)
    token = ApiToken.objects.create(user=user(place, "office", 5), university=place, name="k", digest=digest, hint=key[-4:], scopes=["*"])

    def call(method, url, scopes):
        ApiToken.objects.filter(pk=token.pk).update(scopes=scopes)
        access._actions.noted = set()
        body = {} if method == "get" else {"data": "{}", "content_type": "application/json"}
        return getattr(client, method)(url, **body, headers={"authorization": f"Bearer {key}"}), access._actions.noted

    return call


def every_call(record):  # noqa: F811
    for name, url in every_address(record):
        if name.startswith("api:") and name != "api:openapi":  # the description is anybody's
            yield from ((name, method, url) for method in API)
    for resource in resources():
        for action in resource.actions:
            yield f"api:{resource.key}_do {action.key}", "post", reverse(f"api:{resource.key}_do", args=[record.pk, action.key])


def written():
    with scope.everywhere():
        return AuditEntry.objects.count()


def test_a_key_that_names_nothing_of_a_call_is_refused_with_the_reason(office, record):  # noqa: F811
    before = written()
    for name, method, url in every_call(record):
        answer, _asked = office(method, url, ["nothing.view"])
        assert answer.status_code in (403, 404, 405), f"{method} {name} answered {answer.status_code} to a key that reaches nothing"
        assert b"Secret electrolyte" not in answer.content and answer.json()["title"], f"{method} {name}"
    assert written() == before


def test_a_key_for_reading_writes_nothing_and_reads_what_its_person_may(office, record):  # noqa: F811
    before = written()
    for name, method, url in every_call(record):
        answer, _asked = office(method, url, ["*.view"])
        if method == "get":
            assert answer.status_code == office(method, url, ["*"])[0].status_code, f"get {name}"
        else:
            assert answer.status_code in (403, 404, 405), f"{method} {name} answered {answer.status_code} to a key for reading"
    assert written() == before


def test_a_key_for_all_but_what_a_call_asks_for_is_refused(office, record):  # noqa: F811
    actions, tried = set(access.actions()), 0
    for name, method, url in every_call(record):
        _answer, asked = office(method, url, ["nothing.view"])
        if not asked:
            continue
        without, _more = office(method, url, sorted(actions - asked))
        assert without.status_code in (403, 404), f"{method} {name} answered {without.status_code} to a key without {sorted(asked)}"
        tried += 1
    assert tried > 50
