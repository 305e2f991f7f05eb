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
        (OSError(errno.ENOSPC, "No space left on device"), 507, "is full"),
        (RequestDataTooBig("x"), 413, "Send less"),
    ],
)
def test_a_fault_says_what_to_do(turned, fault, status, words):
    page = turned(fault)
    assert page.status_code == status and words in page.content.decode()
    answer = turned(fault, "/api/v1/asset")
    assert answer.status_code == status and answer["Content-Type"] == "application/problem+json"


def test_other_faults_are_left_alone(turned):
    assert turned(ValueError("x")) is None and turned(OSError(errno.EPERM, "x")) is None


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
    assert response.status_code == 403 and "load the page again" in response.content.decode()


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
