"""Signing in: password, second factor, limits, recovery, address, sessions, demonstration accounts."""

from __future__ import annotations

import re
import time

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import hotp_value, yield_hotp_counters_from_time
from allauth.usersessions.models import UserSession
from django.contrib.auth import get_user
from django.test import Client

from causeway.frame.accounts import middleware, secrets
from causeway.frame.accounts.tests.conftest import PASSWORD
from causeway.frame.models import User

pytestmark = pytest.mark.django_db


def code_for(secret: str) -> str:
    """The code that an authenticator app shows now."""
    return f"{hotp_value(secret, next(iter(yield_hotp_counters_from_time()))):06d}"


def test_password_lets_in_and_the_session_changes(client, person):
    user = person()
    client.get("/accounts/login/")
    client.session["mark"] = 1
    before = client.session.session_key
    response = client.post("/accounts/login/", {"login": user.email.upper(), "password": PASSWORD})
    assert (response.status_code, response["Location"]) == (302, "/")
    assert get_user(client).pk == user.pk
    assert client.session.session_key != before
    assert User.objects.get(pk=user.pk).password.startswith("argon2")


@pytest.mark.parametrize("email", ["office-0@example.org", "nobody@example.org"])
def test_wrong_password_and_unknown_address_read_the_same(client, person, email):
    person(email="office-0@example.org")
    page = client.post("/accounts/login/", {"login": email, "password": "wrong"}).content.decode()
    assert "E-mail and password do not belong together." in page
    assert not get_user(client).is_authenticated


def test_unknown_address_costs_a_hash_too(client, person, monkeypatch):
    made = []
    monkeypatch.setattr(User, "set_password", lambda self, raw: made.append(raw))
    client.post("/accounts/login/", {"login": "nobody@example.org", "password": "wrong"})
    assert made == ["wrong"]


def test_nobody_signs_themselves_up(client, db):
    page = client.get("/accounts/signup/")
    assert "made by invitation" in page.content.decode()
    client.post("/accounts/signup/", {"email": "new@example.org", "password1": PASSWORD})
    assert not User.objects.filter(email="new@example.org").exists()


def test_too_many_attempts_say_when_to_try_again(client, person):
    user = person()
    for _attempt in range(5):
        assert client.post("/accounts/login/", {"login": user.email, "password": "wrong"}).status_code == 200
    refused = client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert refused.status_code == 429
    assert 240 < int(refused["Retry-After"]) <= 300
    assert "Try again in 5 minutes." in refused.content.decode()
    with time_machine.travel(time.time() + int(refused["Retry-After"]) + 1):
        assert client.post("/accounts/login/", {"login": user.email, "password": PASSWORD}).status_code == 302


def test_strangers_lock_nobody_out_of_a_device_they_used_before(client, person, sign_in):
    user = person()
    sign_in(user)
    client.post("/accounts/logout/")
    for _attempt in range(6):
        last = Client().post("/accounts/login/", {"login": user.email, "password": "wrong"}, REMOTE_ADDR="203.0.113.9")
    assert last.status_code == 429
    forged = Client()
    forged.cookies["device"] = client.cookies["device"].value[:-1] + "x"
    assert forged.post("/accounts/login/", {"login": user.email, "password": PASSWORD}, REMOTE_ADDR="203.0.113.9").status_code == 429
    assert client.post("/accounts/login/", {"login": user.email, "password": PASSWORD}).status_code == 302
    # A device known for one account is a stranger to others, and has a limit of its own.
    client.post("/accounts/logout/")
    answers = [client.post("/accounts/login/", {"login": user.email, "password": "wrong"}).status_code for _n in range(6)]
    assert answers == [200] * 5 + [429]


def test_recovery_lets_in_while_strangers_use_up_the_attempts(client, person, letters, link_in):
    user = person()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    client.post("/accounts/password/reset/", {"email": user.email})
    form = client.get(link_in(letters()[0]), follow=True)
    for _attempt in range(6):
        Client().post("/accounts/login/", {"login": user.email, "password": "wrong"}, REMOTE_ADDR="203.0.113.9")
    new = "another river and four hills"
    done = client.post(form.redirect_chain[-1][0], {"password1": new, "password2": new})
    assert (done["Location"], get_user(client).pk) == ("/", user.pk)


def test_limit_is_the_same_for_an_unknown_address(client, db):
    answers = [client.post("/accounts/login/", {"login": "nobody@example.org", "password": "wrong"}).status_code for _n in range(6)]
    assert answers == [200] * 5 + [429]


def test_closed_account_does_not_get_in(client, person):
    user = person()
    user.is_active = False
    user.save()
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert not get_user(client).is_authenticated


# --- second factor ----------------------------------------------------------------------------------------------------------------


def set_up_app(client) -> str:
    """Set an authenticator app up and answer its key."""
    page = client.get("/accounts/2fa/totp/activate/")
    secret = page.context["form"].secret
    assert client.post("/accounts/2fa/totp/activate/", {"code": code_for(secret)}).status_code == 302
    return secret


def test_authenticator_app(client, person, sign_in):
    user = person()
    sign_in(user)
    confirm = client.get("/accounts/2fa/totp/activate/")
    assert "reauthenticate" in confirm["Location"]
    client.post(confirm["Location"], {"password": PASSWORD})
    secret = set_up_app(client)
    stored = Authenticator.objects.get(user=user, type="totp").data["secret"]
    assert stored != secret
    assert secrets.unseal(stored) == secret

    other = Client()
    first = other.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert first["Location"] == "/accounts/2fa/authenticate/"
    assert not get_user(other).is_authenticated
    assert "This code is not right" in other.post(first["Location"], {"code": "000000"}).content.decode()
    with time_machine.travel(time.time() + 31):
        assert other.post(first["Location"], {"code": code_for(secret)}).status_code == 302
    assert get_user(other).pk == user.pk


def test_a_code_of_an_app_works_once_for_as_long_as_it_holds(client, person, sign_in):
    user = person()
    sign_in(user)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    secret = set_up_app(client)
    now = time.time() // 30 * 30 + 1
    with time_machine.travel(now + 90):
        early = code_for(secret)  # of the step to come, as a clock that is fast shows it

    def enter(at, code):
        with time_machine.travel(at):
            other = Client()
            other.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
            return other.post("/accounts/2fa/authenticate/", {"code": code}).status_code

    assert enter(now + 60, early) == 302
    assert [enter(now + 60 + wait, early) for wait in (1, 31, 58)] == [200, 200, 200]


def test_recovery_code_works_once(client, person, sign_in):
    user = person()
    sign_in(user)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    set_up_app(client)
    code = client.get("/accounts/2fa/recovery-codes/").context["unused_codes"][0]
    for expected in (302, 200):
        other = Client()
        other.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
        assert other.post("/accounts/2fa/authenticate/", {"code": code}).status_code == expected


def reset(browser, user, letters, link_in, new="another river and four hills"):
    """Give a person a new password by the letter of a browser that nobody is signed in to; answers where that leads."""
    browser.post("/accounts/password/reset/", {"email": user.email})
    form = browser.get(link_in(letters()[-1]), follow=True)
    return browser.post(form.redirect_chain[-1][0], {"password1": new, "password2": new})


def test_a_new_password_passes_no_second_factor_by(client, person, sign_in, letters, link_in):
    user = person()
    sign_in(user)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    secret = set_up_app(client)
    stranger = Client()
    assert reset(stranger, user, letters, link_in)["Location"] == "/accounts/2fa/authenticate/"
    inside = ["/", "/accounts/profile/", "/accounts/2fa/", "/accounts/2fa/totp/deactivate/", "/accounts/2fa/recovery-codes/", "/accounts/2fa/webauthn/add/"]
    assert {stranger.get(path)["Location"].partition("?")[0] for path in [*inside, "/accounts/keys/", "/accounts/email/"]} == {"/accounts/login/"}
    assert not get_user(stranger).is_authenticated
    with time_machine.travel(time.time() + 31):
        assert stranger.post("/accounts/2fa/authenticate/", {"code": code_for(secret)}).status_code == 302
    assert get_user(stranger).pk == user.pk


def test_a_new_password_ends_the_other_sessions(client, person, sign_in, letters, link_in):
    user = person()
    sign_in(user)
    owner = Client()
    assert reset(owner, user, letters, link_in)["Location"] == "/"
    assert get_user(owner).pk == user.pk and not get_user(client).is_authenticated
    assert client.get("/accounts/profile/").status_code == 302
    assert len(owner.get("/accounts/sessions/").context["rows"]) == 1


# --- recovery and address -----------------------------------------------------------------------------------------------------------


def _without_token(page):
    return re.sub(rb'csrfmiddlewaretoken" value="[^"]+"', b"", page.content)


def test_recovery_tells_nothing_and_works_once(client, person, letters, link_in):
    user = person()
    known = client.post("/accounts/password/reset/", {"email": user.email}, follow=True)
    unknown = client.post("/accounts/password/reset/", {"email": "nobody@example.org"}, follow=True)
    assert known.redirect_chain == unknown.redirect_chain
    assert _without_token(known) == _without_token(unknown)
    (letter,) = letters()
    assert letter.to == [user.email]
    path = link_in(letter)
    form = client.get(path, follow=True)
    new = "another river and four hills"
    done = client.post(form.redirect_chain[-1][0], {"password1": new, "password2": new})
    assert done.status_code == 302
    assert User.objects.get(pk=user.pk).check_password(new)
    assert "no longer works" in Client().get(path, follow=True).content.decode()


def test_letters_wait_sealed(client, person):
    from causeway.frame.models import Job

    user = person()
    client.post("/accounts/password/reset/", {"email": user.email})
    args = str(Job.objects.get(name="accounts.mail").args)
    assert user.email not in args
    assert "password/reset" not in args


def test_recovery_link_ignores_a_forged_host(client, person, letters, settings):
    settings.ALLOWED_HOSTS = ["*"]
    user = person()
    client.post("/accounts/password/reset/", {"email": user.email}, HTTP_HOST="evil.example")
    (letter,) = letters()
    assert "evil.example" not in letter.body


def test_address_changes_only_after_confirmation(client, person, sign_in, letters, link_in):
    user = person()
    sign_in(user)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.post("/accounts/email/", {"email": "new@example.org", "action_add": ""})
    assert User.objects.get(pk=user.pk).email == user.email
    letter = next(letter for letter in letters() if letter.to == ["new@example.org"])
    client.post(link_in(letter))
    assert User.objects.get(pk=user.pk).email == "new@example.org"
    assert [a.email for a in EmailAddress.objects.filter(user=user)] == ["new@example.org"]
    assert any(letter.to == [user.email] for letter in letters()), "the old address is told"


def test_address_of_somebody_else_is_not_told(client, person, sign_in):
    user, other = person(), person(email="taken@example.org")
    sign_in(user)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    answers = [client.post("/accounts/email/", {"email": e, "action_add": ""}).status_code for e in (other.email, "free@example.org")]
    assert answers[0] == answers[1]


# --- sessions, demonstration, looks ---------------------------------------------------------------------------------------------------


def test_sessions_are_listed_and_ended(client, person, sign_in):
    user = person()
    sign_in(user, HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0")
    other = Client()
    other.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    page = client.get("/accounts/sessions/").content.decode()
    assert "Firefox on Windows" in page
    held = UserSession.objects.get(session_key=other.session.session_key)
    client.post("/accounts/sessions/end/", {"session": held.pk})
    assert other.get("/accounts/profile/").status_code == 302
    assert client.get("/accounts/profile/").status_code == 200
    client.post("/accounts/sessions/end/", {"everywhere": "1"})
    assert client.get("/accounts/profile/").status_code == 302
    assert not UserSession.objects.filter(user=user).exists()


def test_nobody_ends_the_session_of_another(client, person, sign_in):
    user, other = person(), person(email="other@example.org")
    there = Client()
    there.post("/accounts/login/", {"login": other.email, "password": PASSWORD})
    sign_in(user)
    client.post("/accounts/sessions/end/", {"session": UserSession.objects.get(user=other).pk})
    assert there.get("/accounts/profile/").status_code == 200


def test_last_seen_is_written_now_and_then(client, person, sign_in, monkeypatch):
    sign_in(person())
    client.get("/accounts/profile/")
    before = UserSession.objects.get().last_seen_at
    clock = time.monotonic()
    monkeypatch.setattr(middleware.time, "monotonic", lambda: clock + 10_000)
    with time_machine.travel(time.time() + 1000):
        client.get("/accounts/profile/")
    assert UserSession.objects.get().last_seen_at > before


def test_demonstration_account_only_from_here(client, person, settings):
    settings.ALLOWED_HOSTS = ["*"]
    user = person()
    User.objects.filter(pk=user.pk).update(demo=True)
    far = {"REMOTE_ADDR": "203.0.113.9", "HTTP_HOST": "office.example.org"}
    page = client.post("/accounts/login/", {"login": user.email, "password": PASSWORD}, **far)
    assert "do not belong together" in page.content.decode()
    assert client.post("/accounts/login/", {"login": user.email, "password": PASSWORD}).status_code == 302
    assert client.get("/accounts/profile/").status_code == 200
    assert client.get("/accounts/profile/", **far).status_code == 302, "a session carried elsewhere does not work"


def test_language_and_theme_are_kept(client, person, sign_in):
    user = person()
    client.post("/accounts/language/", {"language": "zh-hans"})
    assert client.get("/accounts/login/").headers["Content-Language"] == "zh-hans"
    client.post("/accounts/language/", {"language": "en"})
    sign_in(user)
    client.post("/accounts/language/", {"language": "zh-hans", "next": "/accounts/profile/"})
    client.post("/accounts/theme/", {"theme": "dark"})
    user.refresh_from_db()
    assert (user.language, user.theme) == ("zh-hans", "dark")
    assert client.get("/accounts/profile/").headers["Content-Language"] == "zh-hans"
    away = client.post("/accounts/language/", {"language": "en", "next": "https://evil.example/"})
    assert away["Location"] == "/"


def test_headers_and_no_inline_script(client, person, sign_in):
    response = client.get("/accounts/login/")
    policy = response["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"
    assert "camera=()" in response["Permissions-Policy"]
    for piece in response.content.decode().split("<script")[1:]:
        head = piece.split(">", 1)[0]
        assert "src=" in head or "application/json" in head
    sign_in(person())
    inside = client.get("/accounts/profile/")
    assert "no-store" in inside["Cache-Control"] or "private" in inside["Cache-Control"]
    assert client.cookies["sessionid"]["httponly"]
    assert client.cookies["sessionid"]["samesite"] == "Lax"
