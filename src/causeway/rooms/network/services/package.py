"""Signed packages: how they are written, and why one is refused. Knows no table.

A package is a ZIP archive of a manifest, its signature, records and files, each with its digest in the manifest. Nothing is unpacked to disk, no
name leads anywhere, and nothing of a record or a file is read before the signature over the manifest and its digest are right.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.utils.translation import gettext as _

from causeway.frame.audit import canonical

FORMAT, VERSION, ALGORITHM = "causeway-package", 1, "ed25519"
#: Bounds of a package: the file, what it unpacks to, and how many records.
MOST_BYTES, MOST_UNPACKED, MOST_RECORDS = 64 * 1024 * 1024, 256 * 1024 * 1024, 5_000
#: A file of a package (a picture of a case) is named by its digest; so many of them, and none larger.
MOST_FILES, MOST_FILE = 500, 12 * 1024 * 1024
_RECORD = re.compile(r"records/[a-z]{1,20}-[0-9]{1,6}\.json")
_FILE = re.compile(r"files/[0-9a-f]{64}")
#: How the registry of research organisations names one.
ROR = re.compile(r"https://ror\.org/0[a-z0-9]{6}[0-9]{2}")
_SEAL = b"causeway-package-1\n"
#: A fixed day, so that the same records make the same bytes.
_DAY = (2020, 1, 1, 0, 0, 0)


class Refusal(Exception):
    """A package that is not taken; says why. Nothing was changed."""


class Stranger(Refusal):
    """A package that is whole, of an installation nobody confirmed yet."""

    def __init__(self, message: str, fingerprint: str, public_key: str, name: str) -> None:
        super().__init__(message)
        self.fingerprint, self.public_key, self.name = fingerprint, public_key, name


@dataclass(frozen=True)
class Opened:
    """A package whose signature and digests are right. records: kind to the records of that kind; files: digest to bytes; sha256: of the signed manifest;
    ror: the sender's address at ror.org, where it says one."""

    fingerprint: str
    public_key: str
    name: str
    to: str
    sequence: int
    made_at: str
    sha256: str
    records: dict[str, list[Any]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    ror: str = ""


# --- the key -------------------------------------------------------------------------------------------------------------------------


def _private_key() -> Ed25519PrivateKey:
    """The installation's signing key, made once and kept beside its secret key, readable by its owner only."""
    kept = Path(settings.HOME) / "signing-key"
    if not kept.exists():
        made = base64.b64encode(Ed25519PrivateKey.generate().private_bytes_raw())
        partial = kept.with_name(f"signing-key.{os.getpid()}")
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as target:
            target.write(made)
        try:
            os.link(partial, kept)
        except FileExistsError:
            pass  # another process was first; its key is the installation's
        finally:
            partial.unlink(missing_ok=True)
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(kept.read_bytes()))


def public_key() -> str:
    """This installation's public key, as base64 text."""
    return base64.b64encode(_private_key().public_key().public_bytes_raw()).decode()


def fingerprint(key: str) -> str:
    """The fingerprint of a public key: the SHA-256 of its bytes, in hexadecimal digits."""
    return hashlib.sha256(base64.b64decode(key)).hexdigest()


def grouped(print_: str) -> str:
    """A fingerprint as people read it to each other."""
    return " ".join(print_[i : i + 4] for i in range(0, len(print_), 4))


def plain(text: str) -> str:
    """A fingerprint as it is kept, however it was typed."""
    return re.sub(r"[^0-9a-f]", "", text.lower())


# --- writing -------------------------------------------------------------------------------------------------------------------------


def write(
    *, name: str, to: str, sequence: int, made_at: str, records: Mapping[str, list[Any]], attached: Mapping[str, bytes] | None = None, ror: str = "",
    key: Ed25519PrivateKey | None = None,
) -> bytes:  # fmt: skip
    """A signed package. records: kind to plain JSON values; to: the only fingerprint that may take it, or empty; attached: digest to the bytes of a file;
    ror: the university's address at ror.org; key: another than this installation's, for a demonstration."""
    attached = attached or {}
    files: dict[str, bytes] = {}
    listed: dict[str, dict[str, Any]] = {}
    for kind, items in sorted(records.items()):
        for number, item in enumerate(items, 1):
            path, data = f"records/{kind}-{number}.json", canonical(item).encode()
            files[path] = data
            listed[path] = {"kind": kind, "sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
    size = sum(map(len, files.values())) + sum(map(len, attached.values()))
    if len(files) > MOST_RECORDS or len(attached) > MOST_FILES or size > MOST_UNPACKED or any(len(data) > MOST_FILE for data in attached.values()):
        raise Refusal(_("This is more than one package holds. Choose less, and send the rest in another."))
    private = key or _private_key()
    public = base64.b64encode(private.public_key().public_bytes_raw()).decode()
    sender = {"fingerprint": fingerprint(public), "public_key": public, "name": name} | ({"ror": ror} if ror else {})
    manifest = canonical(
        {"format": FORMAT, "version": VERSION, "algorithm": ALGORITHM, "from": sender, "to": to, "sequence": sequence, "made_at": made_at, "records": listed,
         "files": {digest: {"size": len(data)} for digest, data in sorted(attached.items())}}
    ).encode()  # fmt: skip
    files |= {f"files/{digest}": data for digest, data in sorted(attached.items())}
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in {"manifest.json": manifest, "signature": base64.b64encode(private.sign(_SEAL + manifest)), **files}.items():
            archive.writestr(zipfile.ZipInfo(path, _DAY), data, zipfile.ZIP_DEFLATED)
    if target.tell() > MOST_BYTES:
        raise Refusal(_("This is more than one package holds. Choose less, and send the rest in another."))
    return target.getvalue()


# --- reading -------------------------------------------------------------------------------------------------------------------------


def read(source: BinaryIO, size: int) -> Opened:
    """Open a package; raises `Refusal` for one that is damaged, forged, of another make, too large or built to hurt.

    Whether the sender is trusted and the number is new is the caller's to judge.
    """
    if size > MOST_BYTES:
        raise Refusal(_("The file is larger than a package may be (%(mb)s MB).") % {"mb": MOST_BYTES // 1024**2})
    try:
        with zipfile.ZipFile(source) as archive:
            infos = _entries(archive)
            manifest = _bytes(archive, infos, "manifest.json", 8 * 1024 * 1024)
            signature = _bytes(archive, infos, "signature", 1024)
            told = _manifest(manifest, signature)
            records = _records(archive, infos, told["records"])
            attached = _files(archive, infos, told["files"])
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, OSError, NotImplementedError, RuntimeError, ValueError, struct.error, zlib.error) as fault:
        if isinstance(fault, Refusal):
            raise
        raise Refusal(_("This is no package of Causeway, or it is damaged. Ask for it once more.")) from fault
    sender = told["from"]
    return Opened(sender["fingerprint"], sender["public_key"], sender["name"][:300], told["to"], told["sequence"], told["made_at"], hashlib.sha256(manifest).hexdigest(), records, attached, sender["ror"])


def _entries(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """What lies in the archive, by name; refused where a name leads elsewhere, stands twice, or the whole is too much."""
    infos = archive.infolist()
    if len(infos) > MOST_RECORDS + MOST_FILES + 2:
        raise Refusal(_("The package holds more records than a package may."))
    if sum(info.file_size for info in infos) > MOST_UNPACKED:
        raise Refusal(_("The package unpacks to more than a package may."))
    found: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):  # no package is written otherwise
            raise zipfile.BadZipFile
        if info.filename not in ("manifest.json", "signature") and not _RECORD.fullmatch(info.filename) and not _FILE.fullmatch(info.filename):
            raise Refusal(_("The package holds “%(name)s”, which belongs into no package.") % {"name": info.filename[:80]})
        if info.filename in found or info.flag_bits & 1 or (info.external_attr >> 16) & 0o170000 == 0o120000:
            raise Refusal(_("The package holds “%(name)s” twice, sealed or as a link.") % {"name": info.filename[:80]})
        found[info.filename] = info
    return found


def _bytes(archive: zipfile.ZipFile, infos: Mapping[str, zipfile.ZipInfo], name: str, most: int) -> bytes:
    """An entry's bytes, never more than announced."""
    info = infos.get(name)
    if info is None:
        raise Refusal(_("The package lacks its %(name)s.") % {"name": name})
    if info.file_size > most:
        raise Refusal(_("“%(name)s” of the package is too large.") % {"name": name})
    with archive.open(info) as file:
        data = file.read(info.file_size + 1)
    if len(data) != info.file_size:
        raise Refusal(_("“%(name)s” of the package is not as long as it says.") % {"name": name})
    return data


def _manifest(data: bytes, signature: bytes) -> dict[str, Any]:
    """The manifest, once its signature is right by the key it names, and the key is the fingerprint's."""
    told = _json(data)
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise Refusal(_("This is no package of Causeway."))
    if told.get("version") != VERSION or told.get("algorithm") != ALGORITHM:
        raise Refusal(_("The package is of another version or signed in another way; version %(version)s signed with Ed25519 is taken.") % {"version": VERSION})
    sender = told.get("from")
    shape = isinstance(sender, dict) and all(isinstance(sender.get(name), str) for name in ("fingerprint", "public_key", "name"))
    if not shape or not isinstance(told.get("records"), dict) or type(told.get("sequence")) is not int or told["sequence"] < 1 or not isinstance(told.get("to"), str):
        raise Refusal(_("The package's manifest is not complete."))
    try:
        raw = base64.b64decode(sender["public_key"], validate=True)
        Ed25519PublicKey.from_public_bytes(raw).verify(base64.b64decode(signature, validate=True), _SEAL + data)
    except (InvalidSignature, ValueError) as fault:
        raise Refusal(_("The signature is wrong: the package was changed on its way, or is not from whom it says.")) from fault
    if hashlib.sha256(raw).hexdigest() != sender["fingerprint"]:
        raise Refusal(_("The fingerprint in the package is not that of its key."))
    if not isinstance(told.setdefault("files", {}), dict):
        raise Refusal(_("The package's manifest is not complete."))
    sender["ror"] = sender["ror"] if isinstance(sender.get("ror"), str) and ROR.fullmatch(sender["ror"]) else ""
    told["made_at"] = str(told.get("made_at", ""))[:40]
    return told


def _records(archive: zipfile.ZipFile, infos: Mapping[str, zipfile.ZipInfo], listed: Mapping[str, Any]) -> dict[str, list[Any]]:
    if set(listed) != {name for name in infos if name.startswith("records/")}:
        raise Refusal(_("The package holds other records than its manifest lists."))
    made: dict[str, list[Any]] = {}
    for path in sorted(listed, key=lambda path: (path.split("-")[0], int(path.rpartition("-")[2].removesuffix(".json")))):
        entry = listed[path]
        data = _bytes(archive, infos, path, MOST_UNPACKED)
        if not isinstance(entry, dict) or hashlib.sha256(data).hexdigest() != entry.get("sha256"):
            raise Refusal(_("“%(name)s” of the package was changed after it was signed.") % {"name": path})
        made.setdefault(path.removeprefix("records/").split("-")[0], []).append(_json(data))
    return made


def _files(archive: zipfile.ZipFile, infos: Mapping[str, zipfile.ZipInfo], listed: Mapping[str, Any]) -> dict[str, bytes]:
    """The files by digest; what they are is judged by their bytes, where they are kept."""
    if {f"files/{digest}" for digest in listed} != {name for name in infos if name.startswith("files/")} or len(listed) > MOST_FILES:
        raise Refusal(_("The package holds other files than its manifest lists."))
    made = {}
    for digest in listed:
        made[digest] = _bytes(archive, infos, f"files/{digest}", MOST_FILE)
        if hashlib.sha256(made[digest]).hexdigest() != digest:
            raise Refusal(_("“%(name)s” of the package was changed after it was signed.") % {"name": f"files/{digest}"})
    return made


def _json(data: bytes) -> Any:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) != len(pairs):
            raise Refusal(_("A record of the package says a thing twice."))
        return made

    try:
        return json.loads(data.decode("utf-8"), object_pairs_hook=once)
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as fault:
        raise Refusal(_("A record of the package cannot be read.")) from fault
