"""Backup and restore: database and files in one archive, each with its checksum."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
import zlib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from causeway import __version__
from causeway.frame.files import PARTIAL


class BackupFault(Exception):
    """A backup or restore that cannot be done; says why and what to do. Nothing was changed."""


def backup(target: Path) -> dict[str, Any]:
    """Write database and files to a .tar.gz that its owner alone can read; returns the manifest. A partial archive is removed when something fails."""
    partial = target.with_name(target.name + ".partial")
    try:
        with tempfile.TemporaryDirectory(dir=target.parent if target.parent.exists() else None) as folder:
            database = Path(folder) / "database"
            _dump(database)
            files = [
                (path, f"files/{path.relative_to(settings.MEDIA_ROOT)}") for path in _kept(Path(settings.MEDIA_ROOT))
            ]
            manifest = {
                "causeway": __version__, "engine": connection.vendor, "made_at": timezone.now().isoformat(), "migrations": _applied(),
                "sha256": {"database": _digest(database), **{name: _digest(path) for path, name in files}},
            }  # fmt: skip
            listing = Path(folder) / "manifest.json"
            listing.write_text(json.dumps(manifest, indent=1))
            partial.unlink(missing_ok=True)
            partial.touch(mode=0o600)
            with tarfile.open(partial, "w:gz") as archive:
                archive.add(listing, "manifest.json")
                archive.add(database, "database")
                for path, name in files:
                    archive.add(path, name)
        partial.replace(target)
    except OSError as fault:
        raise BackupFault(f"The backup could not be written ({fault.strerror or fault}); nothing is left behind.") from fault
    finally:
        partial.unlink(missing_ok=True)
    return {"file": str(target), "files": len(manifest["sha256"]) - 1, "made_at": manifest["made_at"], "engine": manifest["engine"]}


def restore(source: Path, *, overwrite: bool = False) -> dict[str, Any]:
    """Put a backup back, whole or not at all. Checks every checksum first; refuses to overwrite a database that holds universities unless told to."""
    if not overwrite and _in_use():
        raise BackupFault("There is a database with records here already. Say --yes to replace it with the backup.")
    with tempfile.TemporaryDirectory(dir=settings.HOME) as folder:
        place = Path(folder)
        manifest = _unpack(source, place)
        _check_fits(manifest)
        fresh = _beside(Path(settings.MEDIA_ROOT), place / "files", manifest)
        try:
            _load(place / "database")
        except BackupFault:
            shutil.rmtree(fresh, ignore_errors=True)
            raise
        _exchange(Path(settings.MEDIA_ROOT))
    return {"restored": str(source), "made_at": manifest["made_at"], "files": len(manifest["sha256"]) - 1}


def _check_fits(manifest: dict[str, Any]) -> None:
    """Refuse a backup of another kind of database, or of a newer Causeway, whose tables this one does not know."""
    if manifest["engine"] != connection.vendor:
        raise BackupFault(f"The backup is of {manifest['engine']}, this installation runs on {connection.vendor}.")
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    if set(manifest.get("migrations", ())) - known:
        raise BackupFault(f"The backup is of a newer Causeway ({manifest['causeway']}) than this one ({__version__}). Nothing was changed.")


def _applied() -> list[str]:
    return sorted(f"{app}.{name}" for app, name in MigrationLoader(connection).applied_migrations)


#: Where a restore puts files until all are there, and what they replace until that is done: within the folder of files, which may be a disk of its own.
_FRESH, _BEFORE = ".restored", ".before"


def _kept(folder: Path) -> list[Path]:
    """The files kept in a folder; not those still being written, nor what a restore that was killed left there."""
    found = (path for path in sorted(folder.rglob("*")) if path.relative_to(folder).parts[0] not in (_FRESH, _BEFORE))
    return [path for path in found if not path.name.startswith(PARTIAL) and path.is_file()]


def _beside(kept: Path, files: Path, manifest: dict[str, Any]) -> Path:
    """The files of the manifest beside the kept ones, on the same disk, so that a full one is met before anything is replaced."""
    fresh = kept / _FRESH
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        fresh.mkdir(parents=True)
        for name in manifest["sha256"]:
            if name != "database":
                target = fresh / Path(name).relative_to("files")
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(files.parent / name, target)
    except OSError as fault:
        shutil.rmtree(fresh, ignore_errors=True)
        raise BackupFault(f"The files could not be put back ({fault.strerror or fault}). Nothing was changed.") from fault
    return fresh


def _exchange(kept: Path) -> None:
    """Put the fresh files in the place of the kept ones, by renaming alone; what they replace goes last."""
    before = kept / _BEFORE
    shutil.rmtree(before, ignore_errors=True)
    before.mkdir()
    for old in list(kept.iterdir()):
        if old.name not in (_FRESH, _BEFORE):
            old.rename(before / old.name)
    for new in list((kept / _FRESH).iterdir()):
        new.rename(kept / new.name)
    (kept / _FRESH).rmdir()
    shutil.rmtree(before)


def _unpack(source: Path, place: Path) -> dict[str, Any]:
    try:
        with tarfile.open(source) as archive:
            archive.extractall(place, filter="data")
        manifest = json.loads((place / "manifest.json").read_text())
        listed = {"database": manifest["sha256"]["database"], **manifest["sha256"]}
        if not {"engine", "made_at"} <= manifest.keys() or any(name != "database" and not name.startswith("files/") for name in listed):
            raise ValueError("its list is not whole")
    except (tarfile.TarError, OSError, ValueError, EOFError, zlib.error, KeyError, TypeError, AttributeError) as fault:
        if getattr(fault, "errno", None) == errno.ENOSPC:
            raise BackupFault("There is not room enough to unpack the backup. Nothing was changed.") from fault
        why = str(fault).splitlines()[0].rstrip(": ") if str(fault) else type(fault).__name__
        raise BackupFault(f"{source} is not a backup of Causeway, or it is damaged ({why}). Nothing was changed.") from fault
    for name, wanted in listed.items():
        if ".." in Path(name).parts or not (place / name).is_file() or _digest(place / name) != wanted:
            raise BackupFault(f"{name} in the backup does not match its checksum. Nothing was changed.")
    return manifest


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _in_use() -> bool:
    from causeway.frame.models import University

    return "frame_university" in connection.introspection.table_names() and University.objects.exists()


def _dump(target: Path) -> None:
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        with contextlib.closing(sqlite3.connect(target)) as copy:
            try:
                connection.connection.backup(copy)
            except sqlite3.Error as fault:
                raise BackupFault(f"The database could not be copied ({fault}); nothing is left behind.") from fault
    else:
        _tool(["pg_dump", "--format=custom", f"--file={target}", f"--dbname={_address()}"])


def _load(source: Path) -> None:
    if connection.vendor == "sqlite":
        _load_sqlite(source)
    else:
        _load_postgres(source)


def _load_sqlite(source: Path) -> None:
    connection.ensure_connection()
    copy = sqlite3.connect(source)
    try:
        if (found := copy.execute("PRAGMA quick_check").fetchone()[0]) != "ok":
            raise sqlite3.DatabaseError(found)
        copy.backup(connection.connection)
    except sqlite3.Error as fault:
        raise BackupFault(f"The database could not be put back ({fault}). Nothing was changed.") from fault
    finally:
        copy.close()


#: What an installation has that a backup does not know (of a newer version) must go too.
_EMPTY = "DO $$ DECLARE t text; BEGIN FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = current_schema() LOOP EXECUTE format('DROP TABLE %I CASCADE', t); END LOOP; END $$;"


def _load_postgres(source: Path) -> None:
    """Everything in one transaction, which is committed only when all of the dump has been read."""
    address = _address()
    connection.close()
    reading = ["pg_restore", "--no-owner", "--no-privileges", "--file=-", str(source)]
    writing = ["psql", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--output=/dev/null", f"--dbname={address}"]
    _check_tools(reading[0], writing[0])
    with tempfile.TemporaryFile() as told, subprocess.Popen(reading, stdout=subprocess.PIPE, stderr=told) as dump:  # noqa: S603 - fixed programs, our own arguments
        with subprocess.Popen(writing, stdin=subprocess.PIPE, stderr=told, env=_around()) as database:  # noqa: S603
            try:
                database.stdin.write(f"SET client_min_messages = warning; SET lock_timeout = '60s'; BEGIN;\n{_EMPTY}\n".encode())
                shutil.copyfileobj(dump.stdout, database.stdin)
                if dump.wait() == 0:
                    database.stdin.write(b"\nCOMMIT;\n")
                database.stdin.close()
            except BrokenPipeError:  # it stopped at a fault, and says so
                dump.kill()
                with contextlib.suppress(BrokenPipeError):
                    database.stdin.close()
        if dump.returncode or database.returncode:
            told.seek(0)
            why = told.read().decode(errors="replace").strip().splitlines() or [""]
            raise BackupFault(f"The database could not be put back ({why[0]}). Nothing was changed.")


def _address() -> str:
    """The database as the tools are told of it: reached as our own connections are (sslmode and the like), but for the password."""
    from psycopg.conninfo import make_conninfo

    chosen = connection.settings_dict
    told = {"dbname": chosen["NAME"], "user": chosen["USER"], "host": chosen["HOST"], "port": chosen["PORT"]}
    more = {name: value for name, value in chosen["OPTIONS"].items() if isinstance(value, str)}
    return make_conninfo("", **{name: value for name, value in (told | more).items() if value})


def _check_tools(*names: str) -> None:
    for name in names:
        if shutil.which(name) is None:
            raise BackupFault(f"{name} is not installed; it comes with the client tools of PostgreSQL.")


def _around() -> dict[str, str]:
    """The surroundings of a tool. The password goes by the environment: arguments are seen by everybody on the machine."""
    return os.environ | ({"PGPASSWORD": password} if (password := connection.settings_dict["PASSWORD"]) else {})


def _tool(command: list[str]) -> None:
    _check_tools(command[0])
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=_around())  # noqa: S603 - fixed programs, our own arguments
    if done.returncode:
        raise BackupFault(f"{command[0]} failed: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else done.returncode}")
