"""Keys to the API, settings, the audit log: by page and by service; access by role."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, timedelta

import pytest

from causeway.frame import access, audit, jobs, preferences
from causeway.frame.access import Refused
from causeway.frame.accounts import selectors, services
from causeway.frame.accounts.selectors import LogFilter
from causeway.frame.accounts.tests.conftest import PASSWORD
from causeway.frame.models import ApiToken, AuditEntry, Grant, Role, SavedView
from causeway.frame.preferences import Preference

pytestmark = pytest.mark.django_db
SOON = date.today() + timedelta(days=30)


@pytest.fixture
def declared(monkeypatch):
    """Settings of their own for the test."""
    monkeypatch.setattr(preferences, "_declared", dict(preferences._declared))

    def odd(value):
        from django.core.exceptions import ValidationError

        if value % 2:
            raise ValidationError("Even numbers only.")

    preferences.declare(Preference("test.name", "university", str, "plain", "Name"))
    preferences.declare(Preference("test.open", "university", bool, False, "Open"))
    preferences.declare(Preference("test.count", "university", int, 4, "Count", check=odd))
    preferences.declare(Preference("test.kind", "university", str, "a", "Kind", choices=(("a", "A"), ("b", "B"))))
    preferences.declare(Preference("test.words", "university", list, [], "Words"))


# --- keys -------------------------------------------------------------------------------------------------------------------------


def test_key_is_made_shown_once_and_revoked(client, person, sign_in):
    user = person("office")
    sign_in(user)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.post("/accounts/keys/new/", {"name": "Export", "reach": "read", "expires_on": SOON})
    key = client.get("/accounts/keys/").context["shown"]
    assert key not in client.get("/accounts/keys/").content.decode()
    actor = access.actor_of_token(key)
    assert (actor.user_id, actor.kind, actor.scopes) == (user.pk, "token", ("*.view",))
    token = ApiToken.objects.get()
    assert key not in str(ApiToken.objects.values().get())
    client.post(f"/accounts/keys/{token.pk}/revoke/")
    assert access.actor_of_token(key) is None
    assert set(AuditEntry.objects.values_list("verb", flat=True)) >= {"token.make", "token.revoke"}
    assert key not in str(list(AuditEntry.objects.values()))


def test_key_reaches_no_further_than_its_scope(make_actor, university):
    actor = make_actor("administrator")
    _token, key = services.token_make(actor=actor, name="look", scopes=["*.view"], expires_on=SOON)
    bearer = access.actor_of_token(key)
    assert access.may(bearer, "member.view").allowed
    assert not access.may(bearer, "member.invite").allowed
    _token, key = services.token_make(actor=actor, name="all", scopes=["*"], expires_on=SOON)
    with pytest.raises(Refused):
        services.token_make(actor=access.actor_of_token(key), name="child", scopes=["*"], expires_on=SOON)


@pytest.mark.parametrize("days", [-1, 367])
def test_key_lives_a_year_at_most(make_actor, days):
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError):
        services.token_make(actor=make_actor("office"), name="x", scopes=["*"], expires_on=date.today() + timedelta(days=days))


def test_nobody_revokes_the_key_of_another(make_actor, client, person, sign_in):
    token, _key = services.token_make(actor=make_actor("office"), name="x", scopes=["*"], expires_on=SOON)
    sign_in(person("administrator", email="a@example.org"))
    assert client.post(f"/accounts/keys/{token.pk}/revoke/").status_code == 404
    token.refresh_from_db()
    assert token.revoked_at is None


# --- profile, university ------------------------------------------------------------------------------------------------------------


def test_profile_is_stored(client, person, sign_in):
    user = person("office")
    sign_in(user)
    shown = client.get("/accounts/profile/").context["choices"]
    given = {f"choices-{name}": field.initial for name, field in shown.fields.items()}
    given |= {"profile-name": "Nina", "profile-language": "zh-hans", "profile-theme": "dark", "choices-mail_digest": "weekly"}
    assert client.post("/accounts/profile/", given).status_code == 302
    user.refresh_from_db()
    assert (user.name, user.language, user.theme) == ("Nina", "zh-hans", "dark")
    assert preferences.get("mail.digest", user=user.pk) == "weekly"
    assert client.post("/accounts/profile/", given | {"profile-theme": "loud"}).status_code == 200


def test_university_is_switched(client, person, sign_in, other_university, university):
    user = person("office")
    Grant.objects.create(user=user, university=other_university, role="auditor")
    sign_in(user)
    assert client.get("/accounts/profile/").wsgi_request.university == university
    assert other_university.name in client.get("/accounts/profile/").content.decode()
    client.post("/accounts/university/", {"university": other_university.pk})
    answer = client.get("/accounts/profile/").wsgi_request
    assert (answer.university, answer.actor.roles) == (other_university, {"auditor"})


def test_university_without_a_role_is_not_there(client, person, sign_in, other_university):
    sign_in(person("office"))
    assert client.post("/accounts/university/", {"university": other_university.pk}).status_code == 404
    assert client.get("/accounts/university/").status_code == 405


# --- settings -----------------------------------------------------------------------------------------------------------------------


def as_shown(university):
    """What the page of settings sends when nothing was touched: the university, and every choice at its default."""
    about = {f"university-{f}": getattr(university, f) for f in ("name", "short_name", "country", "timezone", "currency", "language")}
    numbers = [one for one in preferences.declared("university") if type(one.default) is int]
    return about | {f"choices-{one.key.replace('.', '_')}": str(one.default) for one in numbers}


def test_settings_are_typed_and_have_a_history(client, administrator, sign_in, university, declared):
    sign_in(administrator)
    given = as_shown(university) | {"choices-test_name": "new", "choices-test_open": "on", "choices-test_count": "6", "choices-test_kind": "b", "choices-test_words": "one\n two "}
    assert client.post("/administration/settings/", given).status_code == 302
    values = {key: preferences.get(key, university=university.pk) for key in ("test.name", "test.open", "test.count", "test.kind", "test.words")}
    assert values == {"test.name": "new", "test.open": True, "test.count": 6, "test.kind": "b", "test.words": ["one", "two"]}
    page = client.get("/administration/settings/").content.decode()
    assert "Ada Lang" in page
    assert "plain → new" in page


def test_settings_that_do_not_fit_are_refused(client, administrator, sign_in, university, declared):
    sign_in(administrator)
    given = as_shown(university) | {"choices-test_name": "new", "choices-test_count": "5", "choices-test_kind": "a"}
    page = client.post("/administration/settings/", given)
    assert page.status_code == 200
    assert "Even numbers only." in page.content.decode()
    assert preferences.get("test.name", university=university.pk) == "plain", "all or nothing"
    page = client.post("/administration/settings/", given | {"choices-test_count": "4", "university-timezone": "Mars/Olympus"})
    assert "does not exist" in page.content.decode()


# --- the log ------------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def history(actor, university):
    """Three entries of an office member."""
    for name in ("=1+1", "Second", "Third"):
        with audit.changing(SavedView(user_id=actor.user_id, resource="asset", name=name), by=actor, verb=f"view.{name[0].lower()}", why=name):
            pass
    return actor


def test_log_is_filtered(history, make_actor):
    auditor = make_actor("auditor")
    log = lambda **wanted: [entry.verb for entry in selectors.log(auditor, LogFilter(**wanted))]  # noqa: E731
    today = date.today()
    assert log() == ["view.t", "view.s", "view.="]
    assert log(verb="view.s") == ["view.s"]
    assert log(person=history.user_id) == log()
    assert log(person=history.user_id + 999) == []
    assert log(label="frame.savedview", object_id=AuditEntry.objects.get(verb="view.t").object_id) == ["view.t"]
    assert log(start=today - timedelta(days=1), end=today + timedelta(days=1)) == log()
    assert log(start=today + timedelta(days=2)) == []


def test_log_goes_on_where_the_page_ended(history, make_actor):
    found = selectors.log(make_actor("auditor"), LogFilter())
    second = found[1]
    assert [entry.verb for entry in selectors.log_before(found, second.pk)] == ["view.="]


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_export_holds_what_is_shown(history, client, person, sign_in, kind):
    sign_in(person("auditor"))
    shown = [entry.verb for entry in client.get("/administration/audit/", {"verb": "view."}).context["rows"]]
    answer = client.get("/administration/audit/", {"verb": "view.", "format": kind})
    text = b"".join(answer.streaming_content).decode()
    rows = list(csv.DictReader(io.StringIO(text))) if kind == "csv" else json.loads(text)
    assert [row["verb"] for row in rows] == shown
    if kind == "csv":
        assert rows[-1]["why"] == "'=1+1", "no formula reaches a spreadsheet"


def test_empty_export_is_json(client, person, sign_in):
    sign_in(person("auditor"))
    answer = client.get("/administration/audit/", {"verb": "nothing", "format": "json"})
    assert json.loads(b"".join(answer.streaming_content)) == []


def test_log_of_another_university_is_not_shown(history, client, person, sign_in, other_university):
    sign_in(person("auditor", university=other_university))
    assert [entry.verb for entry in client.get("/administration/audit/").context["rows"] if entry.verb.startswith("view.")] == []
    answer = client.get("/administration/audit/", {"format": "json"})
    assert json.loads(b"".join(answer.streaming_content)) == []


def test_chain_is_checked_by_the_worker(history, client, person, sign_in, university):
    sign_in(person("auditor"))
    audit.seal(university.pk)
    client.post("/administration/audit/chain/verify/")
    jobs.run_all()
    page = client.get("/administration/audit/chain/")
    assert page.context["chain"].length == 3
    assert "3 links are as they were sealed" in page.content.decode()


# --- access -------------------------------------------------------------------------------------------------------------------------

PAGES = {
    "/administration/members/": {"administrator"},
    "/administration/members/invite/": {"administrator"},
    "/administration/settings/": {"administrator"},
    "/administration/audit/": {"administrator", "auditor", "director"},
    "/administration/audit/chain/": {"administrator", "auditor", "director"},
    "/accounts/keys/": set(Role.values),
    "/accounts/profile/": set(Role.values),
    "/accounts/sessions/": set(Role.values),
}


@pytest.mark.parametrize("role", Role.values)
def test_pages_open_to_their_roles_only(client, person, sign_in, role):
    sign_in(person(role))
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    answers = {path: client.get(path).status_code for path in PAGES}
    assert answers == {path: 200 if role in roles else 403 for path, roles in PAGES.items()}


@pytest.mark.parametrize("path", PAGES)
def test_pages_send_strangers_to_sign_in(client, db, path):
    assert client.get(path)["Location"].startswith("/accounts/login/?next=")
