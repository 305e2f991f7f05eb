"""A stored file within the page: a picture, the first page of a PDF, or the beginning of a text; nothing in it runs on our origin."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import FileResponse, Http404

from causeway.frame import files, previews
from causeway.frame.models import StoredFile

#: So many bytes of a text are shown.
TEXT = 20_000


def shown(file: StoredFile, title: str, file_url: str, page_url: str) -> dict[str, Any]:
    """What `kit/preview.html` shows of a file. file_url: where the file itself is answered; page_url: where `first_page` is."""
    picture = file.content_type.startswith("image/") and file.content_type in files.SHOWN
    drawn = previews.first_page(file) is not None
    return {"file": file, "title": title, "file_url": file_url, "source": file_url if picture else page_url if drawn else "", "drawn": drawn, "text": _text(file)}


def first_page(file: StoredFile) -> FileResponse:
    """The first page of a PDF as a picture; Http404 for what cannot be drawn."""
    drawn = previews.first_page(file)
    if drawn is None:
        raise Http404
    return FileResponse(drawn.open("rb"), content_type="image/png")


def _text(file: StoredFile) -> str:
    """The beginning of a stored text, as text; empty for other kinds of file."""
    if file.content_type != "text/plain":
        return ""
    with (Path(settings.MEDIA_ROOT) / file.path).open("rb") as source:
        return source.read(TEXT).decode("utf-8", "replace")
