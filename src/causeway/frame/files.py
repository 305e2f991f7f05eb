"""Files kept for a university: judged by their bytes, stored under their digest, never run on our origin."""

from __future__ import annotations

import hashlib
import secrets
import shutil
import zipfile
from pathlib import Path
from typing import BinaryIO, NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import FileResponse
from django.utils.translation import gettext as _

from causeway.frame import audit
from causeway.frame.access import Actor
from causeway.frame.models import StoredFile

_MAGIC = [
    (b"%PDF-", "application/pdf"), (b"\x89PNG\r\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"GIF8", "image/gif"), (b"\xd0\xcf\x11\xe0", "application/x-ole-storage"),
    (b"MZ", "application/x-msdownload"), (b"\x7fELF", "application/x-elf"), (b"{\\rtf", "application/rtf"),
]  # fmt: skip
_OFFICE = {"word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
           "xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
           "ppt/": "application/vnd.openxmlformats-officedocument.presentationml.presentation"}  # fmt: skip
#: Programs are refused outright.
REFUSED = {"application/x-msdownload", "application/x-elf"}
#: How names of files begin that are being written; one left behind belongs to a process that died.
PARTIAL = "partial-"
#: Shown in the browser; everything else is downloaded, whatever it claims to be.
SHOWN = {"application/pdf", "image/png", "image/jpeg", "image/gif"}


def content_type(path: Path) -> str:
    """What a file is by its bytes."""
    with path.open("rb") as file:
        head = file.read(1024)
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head.startswith(b"PK\x03\x04"):
        return _office(path)
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<!doctype html", b"<html", b"<script")):
        return "text/html"
    if text.startswith(b"<svg") or (text.startswith(b"<?xml") and b"<svg" in text):
        return "image/svg+xml"
    return "application/octet-stream" if b"\x00" in head else "text/plain"


def _office(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()[:2000]
    except (zipfile.BadZipFile, NotImplementedError):  # the second where its directory says a version no unpacker knows
        return "application/octet-stream"
    return next((kind for prefix, kind in _OFFICE.items() if any(name.startswith(prefix) for name in names)), "application/zip")


class Kept(NamedTuple):
    """Bytes that lie on the disk under their digest: what they are, and their path below the folder of files."""

    sha256: str
    content_type: str
    size: int
    path: str


def keep(source: BinaryIO) -> Kept:
    """Put bytes on the disk under their digest; the caller writes the row that names them.

    Raises ValidationError when they are too large, empty, a program, or cannot be written.
    """
    folder = Path(settings.MEDIA_ROOT) / "kept"
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / f"{PARTIAL}{secrets.token_hex(16)}"
    try:
        digest, size = _write(source, partial)
        kind = content_type(partial)
        if kind in REFUSED:
            raise ValidationError(_("Programs are not kept here."))
        final = folder / digest[:2] / digest
        final.parent.mkdir(exist_ok=True)
        shutil.move(partial, final)
    except OSError as fault:
        raise ValidationError(_("The file could not be stored; the disk may be full. Nothing was kept.")) from fault
    finally:
        partial.unlink(missing_ok=True)
    return Kept(digest, kind, size, str(final.relative_to(settings.MEDIA_ROOT)))


def clear_partial(before: float) -> int:
    """Remove what processes that died had begun to keep; before: a time in seconds, as the disk tells them. Returns how many files went."""
    left = [path for path in (Path(settings.MEDIA_ROOT) / "kept").glob(f"{PARTIAL}*") if path.stat().st_mtime < before]
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)


def path_of(path: str) -> Path:
    """Where kept bytes lie, by their path below the folder of files."""
    return Path(settings.MEDIA_ROOT) / path


def store(*, actor: Actor, source: BinaryIO, name: str) -> StoredFile:
    """Keep a file for the actor's university; refuses what `keep` refuses."""
    kept = keep(source)
    made = StoredFile(
        # A line break in a name would break the header that names the file.
        name="".join(sign for sign in Path(name).name if sign.isprintable())[:255] or "file",
        content_type=kept.content_type,
        size=kept.size,
        sha256=kept.sha256,
        path=kept.path,
        uploaded_by_id=actor.user_id,
    )
    with audit.changing(made, by=actor, verb="file.store") as made:
        pass
    return made


def _write(source: BinaryIO, target: Path) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with target.open("wb") as file:
        while piece := source.read(1 << 20):
            size += len(piece)
            if size > settings.UPLOAD_LIMIT:
                raise ValidationError(_("The file is larger than %(mb)s MB.") % {"mb": settings.UPLOAD_LIMIT // 1024**2})
            digest.update(piece)
            file.write(piece)
    if not size:
        raise ValidationError(_("The file is empty."))
    return digest.hexdigest(), size


def respond(file: StoredFile) -> FileResponse:
    """The file to send: shown only where its bytes are harmless, downloaded otherwise. It may load and run nothing.

    All but PDFs are sandboxed too; browsers refuse to show a PDF in a sandbox, and scripts in one cannot leave its viewer.
    """
    shown = file.content_type in SHOWN
    path = Path(settings.MEDIA_ROOT) / file.path
    response = FileResponse(
        path.open("rb"), as_attachment=not shown, filename=file.name, content_type=file.content_type if shown else "application/octet-stream"
    )
    sandbox = "" if shown and file.content_type == "application/pdf" else "sandbox; "
    response["Content-Security-Policy"] = f"{sandbox}default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; object-src 'self'"
    response["X-Content-Type-Options"] = "nosniff"
    return response
