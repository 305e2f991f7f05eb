"""Words in other languages: catalogues are kept as text and compiled here, so that no tool of the system is needed and none goes stale."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

#: Languages by folder of `causeway/locale`, in their own words; one is offered once its folder is there.
NAMES = {"zh_Hans": "简体中文", "es": "Español", "pl": "Polski", "nl": "Nederlands"}


def offered(source: Path) -> list[tuple[str, str]]:
    """The languages people may choose: code and name."""
    there = [(folder.lower().replace("_", "-"), name) for folder, name in NAMES.items() if _text(source, folder).exists()]
    return [("en", "English"), *there]


def _text(source: Path, folder: str) -> Path:
    return source / folder / "LC_MESSAGES" / "django.po"


def compiled(source: Path, home: Path) -> Path:
    """The folder of compiled catalogues of these texts; compiles what is not there yet.

    source: `causeway/locale`; home: where an installation keeps its data. The folder is named by the digest of the texts: another
    version beside it keeps its own, and processes that start together write the same bytes.
    """
    texts = {folder: _text(source, folder).read_bytes() for folder in NAMES if _text(source, folder).exists()}
    digest = hashlib.sha256(b"\0".join(folder.encode() + text for folder, text in sorted(texts.items()))).hexdigest()[:16]
    target = home / "locale" / digest
    for folder, text in texts.items():
        file = target / folder / "LC_MESSAGES" / "django.mo"
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            _compile(text, folder, file)
    return target


def _compile(text: bytes, folder: str, file: Path) -> None:
    import io

    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    catalogue = read_po(io.BytesIO(text), locale=folder)
    handle, partial = tempfile.mkstemp(dir=file.parent)
    with os.fdopen(handle, "wb") as target:
        write_mo(target, catalogue)
    Path(partial).replace(file)
