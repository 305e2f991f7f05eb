"""Faults become pages that say what to do, and problems where a program asked."""

from __future__ import annotations

import errno

import pytest
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import RequestFactory

from causeway.frame import access, db, middleware

#: A statement that would run for minutes on either database.
ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000000) SELECT COUNT(*) FROM n"


@pytest.fixture
def turned(rf: RequestFactory):
    """What a fault in a view becomes: turned(fault, path)."""
    return lambda fault, path="/assets/": middleware.ActorMiddleware(lambda _request: HttpResponse()).process_exception(rf.get(path), fault)


@pytest.mark.parametrize(
    ("fault", "status", "words"),
    [
        (access.Refused("Only the office may."), 403, "Only the office may."),
        (OperationalError("canceling statement due to statement timeout"), 503, "Narrow it"),
        (OperationalError("interrupted"), 503, "Narrow it"),
        (OperationalError("database or disk is full"), 507, "is full"),
        (OperationalError("database is locked") if not db.is_postgres() else OperationalError("no connection"), 503, "Nothing was changed"),
        (OSError(errno.ENOSPC, "No space left on device"), 507, "is full"),
        (RequestDataTooBig("x"), 413, "Send less"),
        (UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates not allowed"), 400, "cannot be kept"),
    ],
)
def test_a_fault_says_what_to_do(turned, fault, status, words):
    page = turned(fault)
    assert page.status_code == status and words in page.content.decode()
    answer = turned(fault, "/api/v1/asset")
    assert answer.status_code == status and answer["Content-Type"] == "application/problem+json"


def test_other_faults_are_left_alone(turned):
    assert turned(ValueError("x")) is None and turned(OSError(errno.EPERM, "x")) is None


def test_a_table_that_is_not_there_is_a_fault_of_ours(monkeypatch):
    class NotThere(Exception):
        sqlstate = "42P01"

    for postgres in (True, False):
        monkeypatch.setattr(db, "is_postgres", lambda postgres=postgres: postgres)
        fault = OperationalError("no such table: assets_asset")
        fault.__cause__ = NotThere()
        assert not db.busy(fault) and not db.busy(ValueError("locked"))


@pytest.mark.parametrize(("fault", "status"), [(OSError(errno.ENOSPC, "No space left on device"), 507), (OperationalError("database is locked, no connection"), 503), (ValueError("disk is full"), 500)])
@pytest.mark.parametrize("path", ["/assets/", "/api/v1/asset"])
def test_a_fault_before_the_page_is_told_too(client, monkeypatch, fault, status, path):
    """A file that comes in, a session that is read: no view has begun."""

    def failing(_middleware, _request):
        raise fault

    client.raise_request_exception = False
    monkeypatch.setattr(middleware.ActorMiddleware, "__call__", failing)
    page = client.get(path)
    assert page.status_code == status and (b"<h1>" in page.content or page["Content-Type"] == "application/problem+json")


@pytest.mark.django_db(transaction=True)
def test_a_long_statement_is_stopped_and_the_next_one_runs():
    with db.statement_limit(200):
        with pytest.raises(OperationalError) as caught, connection.cursor() as cursor:
            cursor.execute(ENDLESS)
        assert db.too_long(caught.value)
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            assert cursor.fetchone()[0] == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


@pytest.mark.django_db
def test_a_form_without_its_token_says_what_to_do(make_user):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user("office"))
    response = client.post("/views/save/", {"name": "x"})
    page = response.content.decode()
    assert response.status_code == 403 and "load the page again" in page and "Your role" not in page


@pytest.mark.parametrize("charset", ["utf-16", "latin-1", "cp437"])
def test_a_form_in_other_signs_is_not_understood(make_user, charset):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user("office"))
    client.get("/assets/new/")
    kind = f"application/x-www-form-urlencoded; charset={charset}"
    assert client.post("/assets/new/", b"title=x", content_type=kind).status_code == 400
    assert client.post("/api/v1/asset", b"title=x", content_type=kind).json()["status"] == 400


def test_a_body_too_large_is_refused_before_its_files_reach_the_disk(client, make_user, settings, monkeypatch):
    from django.core.files.uploadhandler import TemporaryFileUploadHandler

    written = []
    monkeypatch.setattr(TemporaryFileUploadHandler, "receive_data_chunk", lambda self, data, start: written.append(len(data)))
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE, settings.UPLOAD_LIMIT, settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1000, 5000, 0

    def send(size):
        return client.post("/assets/new/", {"file": SimpleUploadedFile("x.pdf", b"x" * size)}).status_code

    assert send(2000) == 413 and not written  # nobody is signed in
    client.force_login(make_user("office"))
    assert send(2000) != 413 and written
    written.clear()
    assert send(5000 + middleware.ROUND) == 413 and not written
