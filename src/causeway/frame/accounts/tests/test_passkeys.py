"""Passkeys: adding one, signing in with it alone, using it after the password, and what is refused."""

from __future__ import annotations

import json

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user
from django.test import Client

from causeway.frame.accounts.tests.conftest import PASSWORD
from causeway.frame.accounts.tests.passkey import Passkey
from causeway.frame.models import User

pytestmark = pytest.mark.django_db
ADD, ENTER = "/accounts/2fa/webauthn/add/", "/accounts/2fa/webauthn/login/"


def plain(value):
    """What the page hands to the browser, as the browser reads it."""
    from django.core.serializers.json import DjangoJSONEncoder

    return json.loads(json.dumps(value, cls=DjangoJSONEncoder))


@pytest.fixture
def passkey(client, person, sign_in):
    """A passkey of a person, already added; answers both."""
    user = person()
    sign_in(user)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    key = Passkey()
    options = plain(client.get(ADD).context["js_data"]["creation_options"])
    response = client.post(ADD, {"name": "Laptop", "credential": key.register(options), "passwordless": "on"})
    assert response.status_code == 302, response.context["form"].errors
    return key, user


def options(browser):
    return browser.get(ENTER, headers={"accept": "application/json"}).json()["request_options"]


def test_signs_in_alone(passkey):
    key, user = passkey
    browser = Client()
    response = browser.post(ENTER, {"credential": key.answer(options(browser)), "next": "/accounts/profile/"})
    assert response["Location"] == "/accounts/profile/"
    assert get_user(browser).pk == user.pk


def test_answer_works_once(passkey):
    key, _user = passkey
    browser = Client()
    answer = key.answer(options(browser))
    browser.post(ENTER, {"credential": answer})
    again = Client()
    options(again)
    again.post(ENTER, {"credential": answer})
    assert not get_user(again).is_authenticated


@pytest.mark.parametrize("origin", ["https://evil.example", "https://testserver.evil.example"])
def test_answer_given_to_another_site_is_refused(passkey, origin):
    key, _user = passkey
    key.origin = origin
    browser = Client()
    browser.post(ENTER, {"credential": key.answer(options(browser))})
    assert not get_user(browser).is_authenticated


def test_another_key_is_refused(passkey):
    key, _user = passkey
    forged = Passkey()
    forged.id, forged.user = key.id, key.user
    browser = Client()
    browser.post(ENTER, {"credential": forged.answer(options(browser))})
    assert not get_user(browser).is_authenticated


def test_second_factor_after_the_password(passkey):
    key, user = passkey
    browser = Client()
    step = browser.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    page = browser.get(step["Location"])
    request = plain(page.context["js_data"]["request_options"])
    browser.post(step["Location"], {"credential": key.answer(request)})
    assert get_user(browser).pk == user.pk


def test_closed_account_and_far_demonstration_account_do_not_get_in(passkey, settings):
    settings.ALLOWED_HOSTS = ["*"]
    key, user = passkey
    User.objects.filter(pk=user.pk).update(demo=True)
    browser = Client(REMOTE_ADDR="203.0.113.9")
    browser.post(ENTER, {"credential": key.answer(options(browser))})
    assert not get_user(browser).is_authenticated
    User.objects.filter(pk=user.pk).update(demo=False, is_active=False)
    browser = Client()
    browser.post(ENTER, {"credential": key.answer(options(browser))})
    assert not get_user(browser).is_authenticated


def test_is_listed_renamed_and_removed(passkey, client):
    key, user = passkey
    stored = Authenticator.objects.get(user=user, type="webauthn")
    assert "Laptop" in client.get("/accounts/2fa/webauthn/").content.decode()
    client.post(f"/accounts/2fa/webauthn/keys/{stored.pk}/edit/", {"name": "Phone"})
    assert "Phone" in client.get("/accounts/2fa/webauthn/").content.decode()
    client.post(f"/accounts/2fa/webauthn/keys/{stored.pk}/remove/")
    browser = Client()
    browser.post(ENTER, {"credential": key.answer(options(browser))})
    assert not get_user(browser).is_authenticated


ODD = [
    "[]", "{}", '"x"', "1", "null", "x", "[" * 3000 + "]" * 3000, '{"id": 1, "response": []}', '{"id": "\\u0000"}',
    '{"id": "a", "rawId": "a", "type": "public-key", "response": {}}',
    '{"id": "YQ", "rawId": "YQ", "type": "public-key", "response": {"clientDataJSON": "e30", "authenticatorData": "YQ", "signature": "YQ", "userHandle": "_w"}}',
    '{"id": "YQ", "rawId": "YQ", "type": "public-key", "response": {"clientDataJSON": "e30", "attestationObject": "YQ"}}',
]  # fmt: skip


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_what_no_passkey_says_is_refused_in_words(passkey, client, odd):
    _key, user = passkey
    browser = Client()
    options(browser)
    said = browser.post(ENTER, {"credential": odd}, follow=True)
    assert not get_user(browser).is_authenticated and "This passkey is not known here" in said.content.decode()
    step = browser.post("/accounts/login/", {"login": user.email, "password": PASSWORD})["Location"]
    assert "This passkey is not known here" in browser.post(step, {"credential": odd}).content.decode()
    client.get(ADD)
    assert "This passkey could not be added" in client.post(ADD, {"name": "x", "credential": odd}).content.decode()
    assert Authenticator.objects.filter(user=user, type="webauthn").count() == 1


def test_a_passkey_that_was_removed_is_told_so(passkey, client):
    key, user = passkey
    Authenticator.objects.filter(user=user, type="webauthn").delete()
    browser = Client()
    assert "This passkey is not known here" in browser.post(ENTER, {"credential": key.answer(options(browser))}, follow=True).content.decode()
