"""Invitations, grants, closing accounts: by whom, of whom, and what is refused."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.contrib.auth import get_user
from django.core.exceptions import ValidationError
from django.http import Http404
from django.test import Client
from django.utils import timezone

from causeway.frame import access, scope
from causeway.frame.access import Refused
from causeway.frame.accounts import selectors, services, units
from causeway.frame.accounts.tests.conftest import PASSWORD
from causeway.frame.accounts.tests.passkey import Passkey
from causeway.frame.accounts.tests.test_passkeys import plain
from causeway.frame.models import AuditEntry, Grant, Invitation, University, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def by(administrator, university):
    """The administrator as an actor."""
    return access.actor_of(administrator, university)


@pytest.fixture
def at_work(administrator, sign_in):
    """The administrator's client, signed in and confirmed a moment ago."""
    client = sign_in(administrator)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def path_of(link: str) -> str:
    return link.removeprefix("http://testserver")


# --- inviting ---------------------------------------------------------------------------------------------------------------------


def test_invitation_by_page_letter_and_link(at_work, letters, link_in, university):
    given = {"email": "Lin@Example.org", "name": "Lin Wei", "role": "inventor", "starts_on": date.today()}
    assert at_work.post("/administration/members/invite/", given)["Location"] == "/administration/members/"
    (letter,) = letters()
    assert letter.to == ["lin@example.org"]
    assert "Northbridge University" in letter.body
    assert "Inventor" in letter.body
    browser = Client()
    page = browser.get(link_in(letter)).content.decode()
    assert "Northbridge University" in page
    assert "Inventor" in page
    assert browser.post(link_in(letter), {"name": "Lin Wei", "password": PASSWORD}).status_code == 302
    user = get_user(browser)
    assert user.email == "lin@example.org"
    assert access.actor_of(user, university).roles == {"inventor"}
    assert browser.get(link_in(letter)).status_code == 410, "a link works once"


def test_invitation_accepted_with_a_passkey(by, client):
    _invitation, link = services.invite(actor=by, email="new@example.org", role="office")
    response = client.post(path_of(link), {"name": "New Person", "passkey": "1"})
    assert response["Location"] == "/accounts/2fa/webauthn/add/"
    options = plain(client.get(response["Location"]).context["js_data"]["creation_options"])
    client.post(response["Location"], {"name": "Laptop", "credential": Passkey().register(options), "passwordless": "on"})
    user = User.objects.get(email="new@example.org")
    assert not user.has_usable_password()
    assert user.authenticator_set.filter(type="webauthn").exists()


@pytest.mark.parametrize("name, password", [("", PASSWORD), ("New", "short"), ("New", "1qaz2wsx3edc"), ("New", "")])
def test_weak_acceptance_makes_nothing(by, client, name, password):
    _invitation, link = services.invite(actor=by, email="new@example.org", role="office")
    assert client.post(path_of(link), {"name": name, "password": password}).status_code == 200
    assert not User.objects.filter(email="new@example.org").exists()
    assert client.get(path_of(link)).status_code == 200, "the invitation is still open"


def test_link_ends(by, client):
    _invitation, link = services.invite(actor=by, email="new@example.org", role="office")
    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1)):
        assert client.get(path_of(link)).status_code == 410
        assert client.post(path_of(link), {"name": "New", "password": PASSWORD}).status_code == 410
    assert client.get("/accounts/invitation/nothing-known/").status_code == 410


def test_sending_again_replaces_the_link_and_withdrawing_ends_it(by, client):
    invitation, first = services.invite(actor=by, email="new@example.org", role="office")
    second = services.invitation_resend(actor=by, invitation=invitation)
    assert (client.get(path_of(first)).status_code, client.get(path_of(second)).status_code) == (410, 200)
    services.invitation_withdraw(actor=by, invitation=invitation)
    assert client.get(path_of(second)).status_code == 410
    with pytest.raises(Refused):
        services.invitation_resend(actor=by, invitation=invitation)


def test_only_the_digest_of_a_link_is_kept(by):
    invitation, link = services.invite(actor=by, email="new@example.org", role="office")
    key = link.rstrip("/").rsplit("/", 1)[1]
    stored = str(Invitation.objects.filter(pk=invitation.pk).values().get()) + str(list(AuditEntry.objects.values()))
    assert key not in stored


def test_somebody_with_an_account_signs_in_to_accept(by, person, sign_in, client, other_university):
    user = person("office", university=other_university, email="busy@example.org")
    _invitation, link = services.invite(actor=by, email=user.email, role="auditor")
    assert "Sign in" in client.get(path_of(link)).content.decode()
    assert client.post(path_of(link), {"name": "Thief", "password": PASSWORD}).status_code == 200
    assert access.actor_of(user, by.university_id) is None
    sign_in(user)
    assert client.post(path_of(link)).status_code == 302
    assert access.actor_of(user, by.university_id).roles == {"auditor"}


def test_invitation_of_another_is_not_accepted(by, person, sign_in, client):
    stranger = person("office", email="stranger@example.org")
    _invitation, link = services.invite(actor=by, email="new@example.org", role="administrator")
    sign_in(stranger)
    assert client.post(path_of(link)).status_code == 403
    with pytest.raises(Refused):
        services.invitation_accept(key=link.rstrip("/").rsplit("/", 1)[1], user=stranger)


def test_who_holds_the_role_is_not_invited_to_it(by, person):
    user = person("office")
    with pytest.raises(ValidationError):
        services.invite(actor=by, email=user.email, role="office")


@pytest.mark.parametrize("role", ["office", "director", "inventor", "agent", "auditor"])
def test_only_administrators_invite(make_actor, role):
    with pytest.raises(Refused, match="Administrator"):
        services.invite(actor=make_actor(role), email="new@example.org", role="office")


def test_unit_must_exist(by, monkeypatch):
    monkeypatch.setattr(units, "_offer", lambda: [(7, "School of Materials")])
    with pytest.raises(ValidationError, match="does not exist"):
        services.invite(actor=by, email="new@example.org", role="office", unit=8)
    invitation, _link = services.invite(actor=by, email="new@example.org", role="office", unit=7)
    assert invitation.unit == 7


@pytest.mark.parametrize("role", ["inventor", "agent", "administrator"])
def test_only_office_director_and_auditor_are_limited_to_a_unit(by, person, monkeypatch, role):
    monkeypatch.setattr(units, "_offer", lambda: [(7, "School of Materials")])
    for give in (lambda: services.invite(actor=by, email="new@example.org", role=role, unit=7), lambda: services.grant_give(actor=by, user=person("inventor"), role=role, unit=7)):
        with pytest.raises(ValidationError, match="Only the office, directors and auditors"):
            give()


def test_a_role_within_a_unit_is_given_shown_and_recorded(at_work, person, university):
    from causeway.rooms.people.models import Unit

    faculty = Unit.objects.create(university=university, code="PHY", name="Faculty of Physics")
    optics = Unit.objects.create(university=university, code="OPT", name="Institute of Optics", parent=faculty)
    user = person("inventor")
    page = f"/administration/members/{user.pk}/role/"
    assert at_work.get(page).context["form"].fields["unit"].choices[1:] == [(faculty.pk, "Faculty of Physics"), (optics.pk, "Faculty of Physics › Institute of Optics")]
    refused = at_work.post(page, {"role": "agent", "unit": faculty.pk, "starts_on": date.today()})
    assert "Only the office, directors and auditors" in refused.content.decode() and not user.grants.filter(role="agent").exists()
    assert at_work.post(page, {"role": "office", "unit": faculty.pk, "starts_on": date.today()}).status_code == 302
    actor = access.actor_of(user, university)
    assert (actor.roles, actor.within("office")) == ({"inventor"}, (faculty.pk, optics.pk))
    assert "Transfer office, within Faculty of Physics" in at_work.get(f"/administration/members/{user.pk}/").content.decode()
    assert AuditEntry.objects.filter(verb="grant.give").latest("pk").changes["unit"] == [None, faculty.pk]
    at_work.post("/administration/members/invite/", {"email": "dean@example.org", "role": "director", "unit": optics.pk, "starts_on": date.today()})
    assert "Director, within Faculty of Physics › Institute of Optics" in at_work.get("/administration/members/").content.decode()


def test_a_role_limited_to_a_unit_opens_nothing_beyond_it(university, make_user):
    user = make_user("inventor")
    Grant.objects.create(user=user, university=university, role="administrator", unit=7)
    assert access.actor_of(user, university).roles == {"inventor"}
    Grant.objects.create(user=user, university=university, role="administrator")
    assert access.actor_of(user, university).roles == {"inventor", "administrator"}


# --- grants -----------------------------------------------------------------------------------------------------------------------


def test_grant_given_and_ended_by_page(at_work, person, university):
    user = person("inventor")
    today = date.today()
    assert at_work.post(f"/administration/members/{user.pk}/role/", {"role": "office", "starts_on": today}).status_code == 302
    assert access.actor_of(user, university).roles == {"inventor", "office"}
    grant = user.grants.get(role="office")
    assert at_work.post(f"/administration/grants/{grant.pk}/end/", {"when": "now", "why": "moved"}).status_code == 302
    assert access.actor_of(user, university).roles == {"inventor"}
    entry = AuditEntry.objects.get(verb="grant.end")
    assert (entry.why, entry.actor_name, entry.object_id) == ("moved", "Ada Lang", grant.pk)


def test_grant_with_days(by, person, university):
    user = person("inventor")
    day = date.today() + timedelta(days=10)
    services.grant_give(actor=by, user=user, role="agent", starts_on=day, ends_on=day)
    held = {offset: "agent" in access.actor_of(user, university, day + timedelta(days=offset)).roles for offset in (-1, 0, 1)}
    assert held == {-1: False, 0: True, 1: False}
    with pytest.raises(ValidationError):
        services.grant_give(actor=by, user=user, role="office", starts_on=day, ends_on=day - timedelta(days=1))


def test_ended_grant_is_taken_up_again(by, person):
    user = person("office")
    services.grant_end(actor=by, grant=user.grants.get())
    services.grant_give(actor=by, user=user, role="office")
    assert user.grants.get().ends_on is None


@pytest.mark.parametrize("on", [None, date.today() + timedelta(days=30)])
def test_last_administrator_stays(by, administrator, on):
    with pytest.raises(Refused, match="without an administrator"):
        services.grant_end(actor=by, grant=administrator.grants.get(), on=on)
    assert administrator.grants.get().ends_on is None


def test_last_administrator_gives_no_end_to_the_own_role(by, administrator):
    with pytest.raises(Refused):
        services.grant_give(actor=by, user=administrator, role="administrator", ends_on=date.today() + timedelta(days=9))


def test_one_of_two_administrators_may_go(by, administrator, person):
    second = person("administrator", email="second@example.org")
    services.grant_end(actor=by, grant=administrator.grants.get())
    assert [grant.user for grant in selectors.lasting_administrators(by.university_id)] == [second]


def test_a_closed_account_does_not_count_as_administrator(by, administrator, person):
    second = person("administrator", email="second@example.org")
    services.user_deactivate(actor=by, user=second, why="left")
    with pytest.raises(Refused):
        services.grant_end(actor=by, grant=administrator.grants.get())


def test_nothing_beyond_the_own_university(by, person, other_university, at_work):
    stranger = person("office", university=other_university, email="stranger@example.org")
    grant = Grant.objects.get(user=stranger)
    with pytest.raises(Http404):
        services.grant_give(actor=by, user=stranger, role="office")
    with pytest.raises(Http404):
        services.grant_end(actor=by, grant=grant)
    with pytest.raises(Http404):
        services.user_deactivate(actor=by, user=stranger)
    for path in (f"members/{stranger.pk}/", f"members/{stranger.pk}/role/", f"members/{stranger.pk}/close/", f"grants/{grant.pk}/end/"):
        assert at_work.get(f"/administration/{path}").status_code == 404
    assert "stranger@example.org" not in at_work.get("/administration/members/").content.decode()


# --- closing ----------------------------------------------------------------------------------------------------------------------


def test_closed_account_loses_sessions_and_keys(by, person, university):
    user = person("office")
    browser = Client()
    browser.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    token, key = services.token_make(
        actor=access.actor_of(user, university), name="export", scopes=["*.view"], expires_on=date.today() + timedelta(days=5)
    )
    services.user_deactivate(actor=by, user=user, why="left")
    assert browser.get("/accounts/profile/").status_code == 302
    assert access.actor_of_token(key) is None
    entry = AuditEntry.objects.get(verb="user.deactivate")
    assert entry.changes == {"is_active": [True, False]}
    services.user_reactivate(actor=by, user=user, why="back")
    assert access.actor_of_token(key).user_id == user.pk


def test_not_oneself_and_not_somebody_of_two_universities(by, administrator, person, other_university):
    user = person("office")
    Grant.objects.create(user=user, university=other_university, role="office")
    for who in (administrator, user):
        with pytest.raises(Refused):
            services.user_deactivate(actor=by, user=who)


# --- pages and universities ---------------------------------------------------------------------------------------------------------


def test_members_page_filters(at_work, person):
    person("inventor", email="lin@example.org", name="Lin Wei")
    person("office", email="ola@example.org", name="Ola Nowak")
    page = at_work.get("/administration/members/", {"role": "inventor"}).content.decode()
    assert "Lin Wei" in page
    assert "Ola Nowak" not in page
    page = at_work.get("/administration/members/", {"q": "nowak"}).content.decode()
    assert "Ola Nowak" in page
    assert "Lin Wei" not in page


def test_members_page_asks_as_much_for_two_as_for_twenty(at_work, person, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for number in (2, 18):
        for _n in range(number):
            person("inventor")
        with CaptureQueriesContext(connection, ) as queries:
            at_work.get("/administration/members/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_grave_acts_ask_again_who_it_is(administrator, sign_in, person):
    user = person("inventor")
    client = sign_in(administrator)
    for path in ("members/invite/", f"members/{user.pk}/role/", f"members/{user.pk}/close/", f"grants/{user.grants.get().pk}/end/"):
        assert client.get(f"/administration/{path}")["Location"].startswith("/accounts/reauthenticate/")


def test_confirming_goes_on_with_what_was_sent(administrator, sign_in, person, university):
    user = person("inventor")
    client = sign_in(administrator)
    path = f"/administration/members/{user.pk}/role/"
    confirm = client.post(path, {"role": "office", "starts_on": date.today()})
    client.post(confirm["Location"], {"password": PASSWORD, "next": path})
    assert "office" in access.actor_of(user, university).roles


def test_university_created_by_its_keeper(db, letters, link_in):
    link = services.university_create(name="Ostrava University", short_name="OSU", country="cz", timezone="Europe/Prague", administrator="r@example.org")
    made = University.objects.get(name="Ostrava University")
    assert made.country == "CZ"
    assert link == "http://testserver" + link_in(letters()[0])
    browser = Client()
    browser.post(path_of(link), {"name": "Rita", "password": PASSWORD})
    assert access.actor_of(get_user(browser), made).roles == {"administrator"}
    with scope.use(made):
        assert set(AuditEntry.objects.values_list("verb", flat=True)) >= {"university.create", "member.invite", "invitation.accept"}
    with pytest.raises(ValidationError):
        services.university_create(name="X", short_name="X", timezone="Mars/Olympus", administrator="r@example.org")
    with pytest.raises(ValidationError):
        services.university_create(name="Ostrava University", short_name="OSU", administrator="r@example.org")


def test_tries_at_a_link_are_limited(by, client):
    _invitation, link = services.invite(actor=by, email="new@example.org", role="office")
    answers = [client.post(path_of(link), {"name": "", "password": ""}).status_code for _n in range(21)]
    assert answers == [200] * 20 + [429]
