"""Where the pictures of released cases lie."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from causeway.frame import files, scope
from causeway.frame.models import StoredFile
from causeway.rooms.network.models import Release, ReleasedFile


def found(release: Release, photo: Mapping[str, Any]) -> tuple[Path, str] | None:
    """The file of a released case's picture and what it is by its bytes: with its owner, or kept for the network. None where it is gone."""
    row: StoredFile | ReleasedFile | None = None
    if release.source_id is not None and "file" in photo:
        with scope.use(release.source_id):
            row = StoredFile.objects.filter(pk=photo["file"], sha256=photo["sha256"]).first()
    row = row or ReleasedFile.objects.filter(sha256=photo["sha256"]).first()
    path = files.path_of(row.path) if row else None
    return (path, row.content_type) if row and path and path.exists() else None
