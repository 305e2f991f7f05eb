"""Fixtures that every test may use."""

from __future__ import annotations

import os
import tempfile

os.environ.setdefault("CAUSEWAY_HOME", tempfile.mkdtemp(prefix="causeway-test-"))
os.environ.setdefault("CAUSEWAY_WORKER_IN_WEB", "false")
os.environ.setdefault("EMAIL_URL", "locmemmail://")

import pytest  # noqa: E402
from hypothesis import settings as properties  # noqa: E402

# The same examples each time, so that a red build says something about the change; HYPOTHESIS_PROFILE=search looks for new ones.
properties.register_profile("causeway", derandomize=True, deadline=None)
properties.register_profile("search", deadline=None, max_examples=1000)
properties.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "causeway"))


#: The fixtures of pytest-django that open the database.
_DATABASE = {"db", "transactional_db", "live_server"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """What uses the database is marked; nothing else can come out differently on another one."""
    for item in items:
        if item.get_closest_marker("django_db") or _DATABASE.intersection(item.fixturenames):
            item.add_marker("database")


@pytest.fixture(autouse=True)
def _plain_static(settings):
    """Tests serve static files by their plain names; the manifest belongs to an installation."""
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}


@pytest.fixture(autouse=True)
def _fresh_pace():
    """Each test asks the API at its own pace; keys have the same numbers in all of them."""
    from causeway.frame import pace

    pace.forget()


@pytest.fixture(autouse=True)
def _plain_language():
    """A request leaves its language behind in its thread; the next test begins without."""
    from django.utils import translation

    translation.deactivate()


@pytest.fixture
def university(db):
    """A university with an open scope."""
    from causeway.frame import scope
    from causeway.frame.models import University

    made = University.objects.create(name="Northbridge University", short_name="NBU", country="NL", timezone="Europe/Amsterdam")
    with scope.use(made):
        yield made


@pytest.fixture
def other_university(db):
    """A second university; out of scope."""
    from causeway.frame.models import University

    return University.objects.create(name="University of Veldhoven", short_name="UVH", country="NL", timezone="Europe/Amsterdam")


@pytest.fixture
def make_user(university):
    """Makes a user with a role at a university: make_user("office") or make_user("agent", university=other)."""
    from causeway.frame.models import Grant, User

    def make(role: str | None = "office", email: str | None = None, university=university, name: str = "Marta Kowalczyk"):
        user = User(email=email or f"{role or 'nobody'}-{_user_count()}@example.org", name=name)
        user.set_unusable_password()
        user.save()
        if role:
            Grant.objects.create(user=user, university=university, role=role)
        return user

    return make


def _user_count() -> int:
    """How many users exist; makes addresses unique."""
    from causeway.frame.models import User

    return User.objects.count()


@pytest.fixture
def actor(make_user, university):
    """An actor of the transfer office."""
    from causeway.frame import access

    return access.actor_of(make_user("office"), university)


@pytest.fixture
def make_actor(make_user, university):
    """Makes an actor with a role: make_actor("inventor")."""
    from causeway.frame import access

    def make(role: str, university=university, **kwargs):
        return access.actor_of(make_user(role, university=university, **kwargs), university)

    return make
