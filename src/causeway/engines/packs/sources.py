"""Where the text of a practice pack comes from: a folder, an uploaded zip, or texts by name. Bounded before anything is read."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from causeway.engines.packs.parse import Fault

#: A practice is written by people: more than this in files, or in bytes of all of them, is not one.
MAX_FILES = 200
MAX_BYTES = 500_000
#: And of one pack together: YAML values, values with history, rules, overlays, days on which something changes, formulas that lean on each other.
MAX_NODES = 40_000
MAX_VALUES = 500
MAX_RULES = 200
MAX_DAYS = 120
MAX_CHAIN = 20

_FOLDERS = {"values", "tables", "rules", "overlays", "flows", "forms", "days", "cases", "i18n"}
_TOP = {"pack.yaml", "sources.yaml", "CHANGELOG.md"}


class PackText(NamedTuple):
    """The files of a pack by their names inside it, as text; `name` is what faults call it by."""

    name: str
    texts: dict[str, str]
    faults: tuple[Fault, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 over names and texts: the same for the same pack, wherever it lies."""
        whole = hashlib.sha256()
        for name in sorted(self.texts):
            whole.update(f"{name}\n{len(self.texts[name])}\n{self.texts[name]}".encode())
        return whole.hexdigest()


def from_folder(folder: Path) -> PackText:
    """The text of a folder; links and files that are no part of a pack are faults, and what is too large is not read."""
    sizes: dict[str, tuple[Path, int]] = {}
    faults: list[Fault] = []
    total = 0
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            faults.append(Fault("link", f"{folder.name}/{name}", 0, "A pack may not reach outside its folder."))
        elif path.is_file():
            sizes[name] = (path, path.stat().st_size)
            total += sizes[name][1]
        if len(sizes) > MAX_FILES or total > MAX_BYTES:
            return PackText(folder.name, {}, (_too_large(folder.name),))
    texts = {name: _decoded(path.read_bytes(), f"{folder.name}/{name}", faults) for name, (path, _size) in sizes.items()}
    return _bounded(folder.name, texts, faults)


def from_zip(content: bytes, name: str = "pack") -> PackText:
    """The text of a zip archive with the files at its top or in one folder; sizes are judged before anything is unpacked."""
    if len(content) > MAX_BYTES:
        return PackText(name, {}, (_too_large(name),))
    faults: list[Fault] = []
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if len(entries) > MAX_FILES or sum(entry.file_size for entry in entries) > MAX_BYTES:
                return PackText(name, {}, (_too_large(name),))
            raw: dict[str, bytes] = {}
            for entry in entries:
                if _outside(entry.filename) or (entry.external_attr >> 16) & 0o170000 == 0o120000:
                    faults.append(Fault("link", f"{name}/{entry.filename}", 0, "A pack may not reach outside its folder."))
                    continue
                with archive.open(entry) as file:
                    raw[entry.filename] = file.read(MAX_BYTES + 1)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as wrong:
        return PackText(name, {}, (Fault("not-zip", name, 0, f"The file is no zip archive that can be read: {wrong}."),))
    except Exception as wrong:  # noqa: BLE001 - a damaged archive makes the unpacker raise errors of its own
        return PackText(name, {}, (Fault("not-zip", name, 0, f"The archive is damaged: {wrong}."),))
    if sum(map(len, raw.values())) > MAX_BYTES:
        return PackText(name, {}, (_too_large(name),))
    texts = {key: _decoded(value, f"{name}/{key}", faults) for key, value in _without_folder(raw).items()}
    return _bounded(name, texts, faults)


def from_texts(texts: Mapping[str, str], name: str = "pack") -> PackText:
    """Texts by file name, as the policy editor or a database keeps them."""
    if len(texts) > MAX_FILES or sum(len(text) for text in texts.values()) > MAX_BYTES:
        return PackText(name, {}, (_too_large(name),))
    faults = [Fault("link", f"{name}/{key}", 0, "A pack may not reach outside its folder.") for key in texts if _outside(key)]
    return _bounded(name, dict(texts), faults)


def to_zip(texts: Mapping[str, str]) -> bytes:
    """The files of a pack as a zip archive, the same bytes for the same texts."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(texts):
            archive.writestr(zipfile.ZipInfo(name), texts[name])
    return made.getvalue()


def _too_large(name: str) -> Fault:
    return Fault("too-large", name, 0, f"A pack has at most {MAX_FILES} files and {MAX_BYTES:,} bytes; nothing of it was read.")


def _outside(name: str) -> bool:
    path = PurePosixPath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or ":" in name


def _decoded(raw: bytes, name: str, faults: list[Fault]) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        faults.append(Fault("encoding", name, 0, "The file is not UTF-8."))
        return ""


def _without_folder(raw: dict[str, bytes]) -> dict[str, bytes]:
    """Names without the one folder that holds them all, as archives often have it."""
    firsts = {name.split("/")[0] for name in raw}
    if "pack.yaml" in raw or len(firsts) != 1:
        return raw
    return {name.partition("/")[2]: value for name, value in raw.items()}


def _bounded(name: str, texts: dict[str, str], faults: list[Fault]) -> PackText:
    """Only files that a pack has: anything else is named, so that nothing lies in a pack unread."""
    for key in sorted(texts):
        folder, _slash, file = key.rpartition("/")
        if key not in _TOP and not (folder in _FOLDERS and file.endswith(".yaml")):
            faults.append(Fault("file", f"{name}/{key}", 0, f"A pack has {', '.join(sorted(_TOP))} and YAML files in {', '.join(sorted(_FOLDERS))}."))
            del texts[key]
    return PackText(name, texts, tuple(faults))
