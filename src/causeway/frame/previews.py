"""Pictures of files for the page: the first page of a PDF, drawn once when first asked for, under its digest. The PDF itself never runs on our origin."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from threading import BoundedSemaphore

from django.conf import settings

from causeway.frame.models import StoredFile

#: Longer than the drawing process may compute, for a busy machine.
PATIENCE = 15
#: Larger files are not drawn.
LARGEST = 64 << 20
#: What could not be drawn is tried again after a day: perhaps the machine was busy.
AGAIN = 24 * 3600
#: So many pages are drawn at a time in one web process, so that the others go on.
_drawing = BoundedSemaphore(2)


def has_page(file: StoredFile) -> bool:
    """Whether a file has a first page to draw."""
    return file.content_type == "application/pdf" and file.size <= LARGEST


def first_page(file: StoredFile) -> Path | None:
    """The first page of a PDF as a PNG file; None for what cannot be drawn within bounds, or while too much is being drawn."""
    target = Path(settings.PREVIEW_ROOT) / file.sha256[:2] / f"{file.sha256}.png"
    if target.exists():
        return target
    failed = target.with_suffix(".none")
    if not has_page(file) or (failed.exists() and time.time() - failed.stat().st_mtime < AGAIN):
        return None
    if not _drawing.acquire(timeout=PATIENCE):
        return None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        return target if _drawn(Path(settings.MEDIA_ROOT) / file.path, target) else failed.touch()
    finally:
        _drawing.release()


def _drawn(source: Path, target: Path) -> bool:
    """Draw in a process of its own, with nothing of this one's surroundings; the picture appears whole or not at all."""
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        made = Path(folder) / "page.png"
        command = [sys.executable, "-I", "-m", "causeway.frame.pdf_page", str(source), str(made)]
        try:
            subprocess.run(command, env={}, timeout=PATIENCE, check=True, stdin=subprocess.DEVNULL, capture_output=True)  # noqa: S603 - our own module, and paths we made
        except (subprocess.SubprocessError, OSError):
            return False
        made.rename(target)
    return True
