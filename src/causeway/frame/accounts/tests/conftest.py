"""Fixtures of account tests: people with passwords, signed-in clients, the letters that were sent."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core import mail as outbox
from django.core.cache import cache

from causeway.frame import jobs

PASSWORD = "quiet river under seven bridges"


@pytest.fixture(autouse=True)
def _fresh(db, settings, monkeypatch):
    """Limits count from zero in each test; argon2 is as quick as it can be."""
    cache.clear()
    monkeypatch.setattr(Argon2PasswordHasher, "time_cost", 1)
    monkeypatch.setattr(Argon2PasswordHasher, "memory_cost", 64)
    settings.BASE_URL = "http://testserver"


@pytest.fixture
def person(make_user):
    """Makes a person who can sign in with `PASSWORD`: person("office")."""

    def make(role="office", **kwargs):
        user = make_user(role, **kwargs)
        user.set_password(PASSWORD)
        user.save()
        return user

    return make


@pytest.fixture
def sign_in(client):
    """Signs a person in through the page and answers the client."""

    def enter(user, password=PASSWORD, **extra):
        response = client.post("/accounts/login/", {"login": user.email, "password": password}, **extra)
        assert response.status_code == 302, response.content[:2000]
        return client

    return enter


@pytest.fixture
def administrator(person):
    return person("administrator", email="admin@example.org", name="Ada Lang")


@pytest.fixture
def letters():
    """Sends what waits and answers the letters of the test."""

    def read():
        jobs.run_all()
        return outbox.outbox

    return read


@pytest.fixture
def link_in():
    """The path of the first link in a letter."""

    def find(letter):
        return re.search(r"http://testserver(/\S+)", letter.body).group(1)

    return find
