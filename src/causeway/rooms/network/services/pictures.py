"""Pictures of released cases: where one lies, and keeping one that came from elsewhere under its digest."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from causeway.frame import audit, files
from causeway.frame.access import Actor
from causeway.frame.models import StoredFile
from causeway.rooms.network.models import Release, ReleasedFile
from causeway.rooms.network.services.cases import MOST_PIXELS, PICTURES


def keep(*, actor: Actor, sha256: str, data: bytes | None) -> dict[str, Any] | None:
    """Keep a picture that came with a package, judged by its bytes; its digest, kind and size in pixels. None: it did not come and is not here.

    Kept once, whatever cases show it. Raises ValidationError for what is no PNG or JPEG.
    """
    if data is None:
        known = ReleasedFile.objects.filter(sha256=sha256).first()
        data = files.path_of(known.path).read_bytes() if known and files.path_of(known.path).exists() else None
        if data is None:
            return None
    width, height = _measured(data)
    if not ReleasedFile.objects.filter(sha256=sha256).exists():
        kept = files.keep(BytesIO(data))
        if kept.content_type not in PICTURES or kept.sha256 != sha256:
            raise ValidationError(_("A picture is a PNG or a JPEG."))
        _row(actor, kept.sha256, kept.content_type, kept.size, kept.path)
    return {"sha256": sha256, "type": ReleasedFile.objects.get(sha256=sha256).content_type, "width": width, "height": height}


def _row(actor: Actor, sha256: str, content_type: str, size: int, path: str) -> None:
    with audit.changing(ReleasedFile(sha256=sha256, content_type=content_type, size=size, path=path), by=actor, verb="picture.keep"):
        pass


def _measured(data: bytes) -> tuple[int, int]:
    """The size of a picture in pixels, once all of it was read; what cannot be read, or is built to hurt, is refused."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(BytesIO(data), formats=("PNG", "JPEG")) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise ValidationError(_("A picture is a PNG or a JPEG of at most 60 million pixels."))
            picture.load()
            return picture.size
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError, SyntaxError, ValueError) as fault:
        raise ValidationError(_("A picture of a case is no PNG or JPEG that can be read.")) from fault


def stay(*, actor: Actor, releases: list[Release]) -> int:
    """Keep the pictures of cases whose university leaves, so that the cases stay whole. Returns how many."""
    count = 0
    for photo in (photo for release in releases for photo in release.content.get("photos", [])):
        file = StoredFile.objects.filter(pk=photo.get("file"), sha256=photo["sha256"]).first()
        if file is not None and not ReleasedFile.objects.filter(sha256=file.sha256).exists():
            _row(actor, file.sha256, file.content_type, file.size, file.path)
            count += 1
    return count


