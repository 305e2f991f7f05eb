"""Backup, health, files, upkeep."""

import hashlib
import io
import json
import os
import sqlite3
import tarfile
import threading
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone

from causeway.frame import audit, backup, files, jobs, logs
from causeway.frame.models import AuditSeal, Job, JobSchedule, SavedView, University

pytestmark = pytest.mark.django_db


def test_files_are_judged_by_their_bytes(actor, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    pdf = files.store(actor=actor, source=io.BytesIO(b"%PDF-1.7 x"), name="../../etc/passwd.pdf")
    assert (pdf.content_type, pdf.name) == ("application/pdf", "passwd.pdf")
    assert files.respond(pdf)["Content-Disposition"].startswith("inline")
    for body, kind in ((b"<svg xmlns='x'><script>1</script></svg>", "image/svg+xml"), (b"<!doctype html><script>1</script>", "text/html")):
        kept = files.store(actor=actor, source=io.BytesIO(body), name="picture.png")
        response = files.respond(kept)
        assert kept.content_type == kind
        assert response["Content-Type"] == "application/octet-stream" and response["Content-Disposition"].startswith("attachment")
        assert "sandbox" in response["Content-Security-Policy"] and response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("body,words", [(b"MZ\x90", "Programs"), (b"", "empty"), (b"x" * 100, "larger than")])
def test_what_is_not_kept_leaves_nothing(actor, settings, tmp_path, body, words):
    settings.MEDIA_ROOT, settings.UPLOAD_LIMIT = tmp_path, 50
    with pytest.raises(ValidationError, match=words):
        files.store(actor=actor, source=io.BytesIO(body), name="a")
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == []


def test_a_full_disk_is_said_and_leaves_nothing(actor, settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path

    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "_write", full)
    with pytest.raises(ValidationError, match="disk may be full"):
        files.store(actor=actor, source=io.BytesIO(b"x"), name="a")


def test_what_a_dead_process_had_begun_to_keep_is_cleared(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / "kept").mkdir()
    for name in ("partial-old", "partial-new", "aa"):
        (tmp_path / "kept" / name).touch()
    os.utime(tmp_path / "kept/partial-old", (1, 1))
    assert files.clear_partial(before=1000) == 1
    assert sorted(path.name for path in (tmp_path / "kept").iterdir()) == ["aa", "partial-new"]


def test_health_says_no_secret(client):
    assert client.get("/healthz").json() == {"alive": True}
    answer = client.get("/readyz")
    assert answer.status_code == 200 and answer.json()["database"] == "ok"


def test_a_database_that_is_gone_is_asked_once_and_told(client, monkeypatch):
    asked = []

    def gone(*_args, **_more):
        asked.append(1)
        raise OperationalError("no connection")

    monkeypatch.setattr(connection, "cursor", gone)
    answer = client.get("/readyz")
    assert answer.status_code == 503 and len(asked) == 1
    assert [answer.json()[part] for part in ("database", "migrations", "jobs")] == ["does not answer", "unknown", "unknown"]


def test_a_home_that_is_not_there_is_told(client, settings, tmp_path):
    settings.HOME, settings.MEDIA_ROOT = tmp_path / "gone", tmp_path / "gone" / "files"
    answer = client.get("/readyz")
    assert answer.status_code == 503 and answer.json()["disk"] == "not there"


def test_sealing_runs_as_a_job(actor):
    with audit.changing(SavedView(user_id=actor.user_id, resource="asset", name="x"), by=actor, verb="view.create"):
        pass
    jobs.start("frame.seal")
    jobs.run_all()
    assert AuditSeal.objects.count() == 1


def test_a_dead_workers_job_is_taken_up_again(university):
    runs = []

    @jobs.handler("test.once")
    def once(_progress):
        runs.append(1)

    job = jobs.start("test.once")
    Job.objects.filter(pk=job.pk).update(state="running", worker="dead", leased_until=timezone.now() - timedelta(seconds=1))
    jobs.run_all()
    assert runs == [1] and Job.objects.get(pk=job.pk).state == "done"


def test_a_clock_that_was_ahead_stops_neither_schedules_nor_dead_work(university, monkeypatch):
    runs = []

    @jobs.handler("test.ahead")
    def ahead(_progress):
        runs.append(1)

    monkeypatch.setattr(jobs, "_schedules", {"test.ahead": "* * * * *"})
    later = timezone.now() + timedelta(days=3650)
    JobSchedule.objects.create(name="test.ahead", next_at=later)
    job = jobs.start("test.ahead")
    Job.objects.filter(pk=job.pk).update(state="running", worker="dead", leased_until=later)
    jobs.run_all()
    assert runs == [1] and Job.objects.get(pk=job.pk).state == "done"
    assert JobSchedule.objects.get(name="test.ahead").next_at <= timezone.now() + timedelta(minutes=1)


def test_a_failing_job_is_tried_again_later_then_given_up(university):
    @jobs.handler("test.fails", tries=2)
    def fails(_progress):
        raise RuntimeError("no")

    job = jobs.start("test.fails", key="k")
    jobs.run_all()
    assert Job.objects.get(pk=job.pk).state == "queued"
    Job.objects.filter(pk=job.pk).update(run_at="2020-01-01T00:00Z")
    jobs.run_all()
    job.refresh_from_db()
    assert (job.state, job.key) == ("failed", None) and "no" in job.error


@pytest.mark.parametrize("fault", [ValueError("half \ud800 a sign"), ValueError("nothing \0 here")], ids=["surrogate", "nul"])
def test_a_fault_in_signs_no_database_keeps_is_the_jobs_alone(university, fault):
    @jobs.handler("test.signs", tries=1)
    def raises(_progress):
        raise fault

    job = jobs.start("test.signs", university=university.pk)
    assert jobs.run_due("w")
    job.refresh_from_db()
    assert job.state == Job.State.FAILED and job.error.startswith("ValueError: ") and "\0" not in job.error


def test_a_result_that_cannot_be_kept_is_the_jobs_failure(university):
    jobs.handler("test.answers", tries=1)(lambda _progress: object())
    job = jobs.start("test.answers", university=university.pk)
    assert jobs.run_due("w")
    job.refresh_from_db()
    assert job.state == Job.State.FAILED and job.error.startswith("TypeError")


def test_a_worker_outlives_any_fault(monkeypatch):
    stop, seen = threading.Event(), []

    def run(*_args):
        seen.append(1)
        if len(seen) == 3:
            stop.set()
        raise [InterfaceError("connection already closed"), ValueError("x"), OperationalError("gone")][len(seen) - 1]

    monkeypatch.setattr(jobs, "run_due", run)
    monkeypatch.setattr(jobs, "IDLE_SECONDS", 0)
    monkeypatch.setattr(jobs, "close_old_connections", lambda: None)
    jobs.work_forever(stop)
    assert len(seen) == 3


def test_a_name_cannot_break_the_header_that_names_the_file(actor, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    kept = files.store(actor=actor, source=io.BytesIO(b"%PDF-1.7 x"), name='a\r\nSet-Cookie: x"; y\u2028.pdf')
    assert kept.name == 'aSet-Cookie: x"; y.pdf' and files.respond(kept)["Content-Disposition"].startswith("inline; filename=")


def test_logs_hold_nothing_personal(capsys):
    import structlog

    logs.configure()
    structlog.get_logger().info("x", email="a@b.c", token="t", path="/feeds/secret", user=1)
    line = json.loads(capsys.readouterr().err)
    assert line["user"] == 1 and not {"email", "token", "path"} & line.keys()


@pytest.mark.django_db(transaction=True)
def test_a_backup_comes_back(settings, tmp_path):
    if connection.vendor == "postgresql":
        import shutil

        if shutil.which("pg_dump") is None:
            pytest.skip("pg_dump is not installed")
    settings.MEDIA_ROOT = tmp_path / "media"
    (tmp_path / "media").mkdir()
    (tmp_path / "media/deep").mkdir()
    (tmp_path / "media/a.txt").write_text("kept")
    (tmp_path / "media/deep/b.txt").write_text("kept too")
    University.objects.create(name="Kept University", short_name="KEPT")
    target = tmp_path / "backup.tar.gz"
    assert backup.backup(target)["files"] == 2
    assert target.stat().st_mode & 0o777 == 0o600
    University.objects.all().delete()
    University.objects.create(name="Other", short_name="O")
    (tmp_path / "media/a.txt").unlink()
    (tmp_path / "media/later.txt").write_text("made after the backup")
    with pytest.raises(backup.BackupFault, match="--yes"):
        backup.restore(target)
    torn = packed(tmp_path / "torn.tar.gz", {"engine": connection.vendor, "made_at": "x", "sha256": {"database": DIGEST}}, database=BODY)
    with pytest.raises(backup.BackupFault, match="could not be put back"):
        backup.restore(torn, overwrite=True)
    assert University.objects.get().name == "Other" and (tmp_path / "media/later.txt").exists() and not (tmp_path / "media/.restored").exists()
    backup.restore(target, overwrite=True)
    assert list(University.objects.values_list("name", flat=True)) == ["Kept University"]
    assert (tmp_path / "media/a.txt").read_text() == "kept" and (tmp_path / "media/deep/b.txt").read_text() == "kept too"
    assert not (tmp_path / "media/later.txt").exists() and not (tmp_path / "media/.restored").exists()
    assert target.with_name("backup.tar.gz.partial").exists() is False


def test_a_full_disk_while_restoring_changes_nothing(settings, tmp_path, university, monkeypatch):
    settings.MEDIA_ROOT = tmp_path / "media"
    (tmp_path / "media").mkdir()
    (tmp_path / "media/a.txt").write_text("kept")
    monkeypatch.setattr(backup, "_dump", lambda place: place.write_bytes(b"database"))
    target = tmp_path / "b.tar.gz"
    backup.backup(target)

    def full(*_args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup.shutil, "copy2", full)
    monkeypatch.setattr(backup, "_load", lambda _place: pytest.fail("the database was touched"))
    with pytest.raises(backup.BackupFault, match="Nothing was changed"):
        backup.restore(target, overwrite=True)
    assert (tmp_path / "media/a.txt").read_text() == "kept"


def test_a_disk_full_while_the_database_is_copied_leaves_nothing(tmp_path, settings, monkeypatch):
    class Full:
        @staticmethod
        def backup(_copy):
            raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(backup, "connection", SimpleNamespace(vendor="sqlite", connection=Full, ensure_connection=lambda: None))
    with pytest.raises(backup.BackupFault, match="nothing is left behind"):
        backup.backup(tmp_path / "b.tar.gz")
    assert list(tmp_path.iterdir()) == []


def test_files_still_being_written_are_not_backed_up(tmp_path):
    for name in ("kept/partial-1", ".restored/a", ".before/a", "kept/a"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert backup._kept(tmp_path) == [tmp_path / "kept/a"]


def packed(target, manifest, **members):
    """An archive as a backup would be, of any contents."""
    with tarfile.open(target, "w:gz") as archive:
        for name, data in (("manifest.json", json.dumps(manifest).encode()), *members.items()):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return target


BODY = b"forged" * 1000
DIGEST = hashlib.sha256(BODY).hexdigest()


@pytest.mark.parametrize(
    "manifest,words",
    [
        ({"engine": "here", "made_at": "x", "sha256": {"database": "0" * 64}}, "checksum"),
        ({"engine": "here", "made_at": "x", "sha256": {"database": DIGEST, "files/../../x": DIGEST}}, "checksum"),
        ({"engine": "here", "made_at": "x", "sha256": {"database": DIGEST, "/etc/x": DIGEST}}, "not whole"),
        ({"engine": "here", "made_at": "x", "sha256": {}}, "damaged"),
        ({"engine": "here", "made_at": "x"}, "damaged"),
        ([1], "damaged"),
        ({"engine": "oracle", "made_at": "x", "sha256": {"database": DIGEST}}, "is of oracle"),
        ({"engine": "here", "made_at": "x", "causeway": "99", "migrations": ["frame.9999_later"], "sha256": {"database": DIGEST}}, "newer Causeway"),
    ],
)
def test_a_damaged_or_strange_backup_changes_nothing(tmp_path, settings, university, manifest, words):
    settings.HOME, settings.MEDIA_ROOT = tmp_path, tmp_path / "media"
    if isinstance(manifest, dict) and manifest["engine"] == "here":
        manifest = manifest | {"engine": connection.vendor}
    with pytest.raises(backup.BackupFault, match=words):
        backup.restore(packed(tmp_path / "b.tar.gz", manifest, database=BODY), overwrite=True)
    assert University.objects.filter(pk=university.pk).exists()
    assert [path.name for path in tmp_path.iterdir()] == ["b.tar.gz"]


@pytest.mark.parametrize("harm", [lambda raw: raw[: len(raw) // 2], lambda raw: raw[:40] + bytes(20) + raw[60:], lambda _raw: b"", lambda _raw: b"text"])
def test_a_torn_archive_is_refused_in_one_sentence(tmp_path, settings, university, harm):
    settings.HOME = tmp_path
    target = packed(tmp_path / "b.tar.gz", {"engine": connection.vendor, "made_at": "x", "sha256": {"database": DIGEST}}, database=os.urandom(5000))
    target.write_bytes(harm(target.read_bytes()))
    with pytest.raises(backup.BackupFault, match="Nothing was changed") as told:
        backup.restore(target, overwrite=True)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("host", "user", "options", "told"),
    [
        ("db", "u", {"pool": {"max_size": 8}}, {"host": "db", "user": "u", "dbname": "x", "port": "5433"}),
        ("/var/run/postgresql", "a@b c", {}, {"host": "/var/run/postgresql", "user": "a@b c", "dbname": "x", "port": "5433"}),
        ("", "", {"sslmode": "verify-full", "sslrootcert": "/ca.pem"}, {"dbname": "x", "port": "5433", "sslmode": "verify-full", "sslrootcert": "/ca.pem"}),
    ],
)
def test_tools_reach_the_database_as_we_do(monkeypatch, host, user, options, told):
    from psycopg.conninfo import conninfo_to_dict

    chosen = {"NAME": "x", "USER": user, "HOST": host, "PORT": 5433, "PASSWORD": "secret", "OPTIONS": options}
    monkeypatch.setattr(backup, "connection", SimpleNamespace(settings_dict=chosen))
    assert {name: str(value) for name, value in conninfo_to_dict(backup._address()).items()} == told
