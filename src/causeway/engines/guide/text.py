"""Bytes to text, and text as the template page normalises it."""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Sequence
from typing import NamedTuple

_TAGS = re.compile(r"</?(?:p|i|b|br|ul|ol|li)(?:\s[^<>]*)?/?>", re.IGNORECASE)
_BLOCK = re.compile(r"</?(?:p|br|ul|ol|li)(?:\s[^<>]*)?/?>", re.IGNORECASE)
_INLINE = re.compile(r"</?[ib]\s*>", re.IGNORECASE)
_SPACE = re.compile(r"\s+")
_BULLET = re.compile(r"\s+([•●])\s*")
_LAST = re.compile(r"</p>\s*$", re.IGNORECASE)
_FIRST = re.compile(r"^\s*<p(?:\s[^<>]*)?>", re.IGNORECASE)
_LISTED = re.compile(r"[•●-]")
_LIST = re.compile(r"(<[uo]l(?:\s[^<>]*)?>)(\s*-\s[^<]*)", re.IGNORECASE)
_DASH = re.compile(r"\s-\s")
_BOMS = [
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
]  # fmt: skip


def normalise(text: str) -> str:
    """Text with its tags as spaces and every run of white space as one; the definition behind lengths and hashes."""
    return _SPACE.sub(" ", _TAGS.sub(" ", text)).strip()


def fingerprint(text: str) -> str:
    """The first twelve hexadecimal digits of the text's SHA-256."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def joined(fragments: Sequence[str]) -> str:
    """The fragments of a cell as one: a page that breaks in mid-sentence breaks no paragraph."""
    whole = ""
    for fragment in fragments:
        before = normalise(whole)
        running = bool(before) and before[-1] not in ".!?:;。！？：；”\"')）"
        if running and not _LISTED.match(normalise(fragment)):
            whole = f"{_LAST.sub(' ', whole)} {_FIRST.sub(' ', fragment, count=1)}"
        else:
            whole = f"{whole}\n{fragment}"
    return whole


def laid_out(text: str) -> str:
    """Text for reading: a line to each paragraph and bullet. Differs from `normalise` in white space alone."""
    text = _LIST.sub(lambda found: found[1] + _DASH.sub("\n- ", f" {found[2]}"), text)
    text = _INLINE.sub(" ", _BLOCK.sub("\n", text))
    text = _BULLET.sub(lambda found: f"\n{found[1]} ", f" {text}")
    return "\n".join(line for line in (_SPACE.sub(" ", line).strip() for line in text.split("\n")) if line)


class Decoded(NamedTuple):
    """Text of a file: the encoding it was read by, and what could not be read (empty where all was)."""

    text: str
    encoding: str
    fault: str = ""


#: Encodings that are told by their bytes alone.
GUESSED = ("gb18030", "cp1250", "iso-8859-2", "cp1252")
_DECLARED = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([\w-]+)|<meta[^>]*?charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)


def declared(data: bytes) -> Decoded | None:
    """A page by the encoding it names itself, where that fits every byte; None where it names none or another is likelier."""
    found = _DECLARED.search(data[:4000])
    if found is None:
        return None
    try:
        name = codecs.lookup((found[1] or found[2]).decode()).name
        data.decode("utf-8")
    except LookupError:
        return None
    except UnicodeDecodeError:
        pass
    else:
        return None
    name = {"gb2312": "gb18030", "gbk": "gb18030", "iso8859-1": "cp1252"}.get(name, name)
    if not re.fullmatch(r"cp125\d|iso8859-\d+|gb18030|big5|mac-\w+", name):
        return None
    try:
        return Decoded(data.decode(name), f"declared {name}")
    except UnicodeDecodeError:
        return None


def decode(data: bytes) -> Decoded:
    """Read bytes as text: by their byte order mark, as UTF-16 without a mark, as UTF-8, as Chinese, Central European or Western text.

    Nothing is dropped: a byte that fits no character becomes a replacement mark and the fault says how many there are.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _loose(data[len(mark) :], encoding)
    wide = _wide(data)  # before UTF-8: plain letters with a zero byte behind each are that too
    if wide:
        return wide
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        pass
    loose = data.decode("utf-8", "replace")
    broken = loose.count("\ufffd") - data.count("\ufffd".encode())
    whole = sum(1 for c in loose if c > "\x7f") - broken
    if broken <= whole // 50 or (broken <= 2 and (whole or _only_cut(data))):
        return Decoded(loose, "utf-8", _fault(broken))
    return _single(data)


def _only_cut(data: bytes) -> bool:
    """Whether text is UTF-8 but for a character cut in two where it begins or ends."""
    try:
        data[:-3].lstrip(bytes(range(0x80, 0xC0))).decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _wide(data: bytes) -> Decoded | None:
    """UTF-16 without a mark shows by zero bytes in every other place; one whose first byte is cut off reads better from the second on."""
    sample = data[:4000]
    odd, even = sample[1::2].count(0), sample[0::2].count(0)
    if max(odd, even) <= len(sample) // 5 or max(odd, even) <= 8 * min(odd, even):
        return None
    straight, shifted = ("utf-16-le", "utf-16-be") if odd > even else ("utf-16-be", "utf-16-le")
    cut = data[1:].decode(shifted, "replace")
    if len(data) % 2 == 0 or _strange(cut) >= _strange(data.decode(straight, "replace")):
        return _loose(data, straight)
    return Decoded(f"\ufffd{cut}", shifted, _fault(1 + cut.count("\ufffd")))


def _strange(text: str) -> int:
    """Characters that are no plain ones; read from the wrong byte on, every run of them is one longer."""
    return sum(1 for c in text if c > "\x7e" or (c < " " and c not in "\t\n\r\f\v"))


def _loose(data: bytes, encoding: str) -> Decoded:
    text = data.decode(encoding, "replace")
    broken = text.count("\ufffd") - data.count("\ufffd".encode(encoding))
    return Decoded(text, encoding, _fault(max(0, broken)))


#: Letters that only Central European text has between others; in Western text these bytes are signs such as ³ and ¶.
_CENTRAL = re.compile(rb"(?<=[A-Za-z])[\xb1\xb3\xb6\xb9\xbc\xbf](?=[a-z])")


def _single(data: bytes) -> Decoded:
    """Chinese where the high bytes pair up; else a byte for a character: a high one mostly stands beside a plain letter."""
    chinese = data.decode("gb18030", "replace")
    broken = chinese.count("\ufffd")
    parts = [c for c in chinese if c > "\x7f" and c != "\ufffd"]
    # A pair that is no ideograph, such as a dash, may end in a plain letter's byte; one that is shows a Western letter before a plain one.
    paired = sum(1 for c in parts if c < "\u3400" or len(part := c.encode("gb18030")) == 4 or part[1] > 0x7F)
    if broken <= 2 + len(parts) // 50 and paired > 4 * (len(parts) - paired):
        return Decoded(chinese, "gb18030", _fault(broken))
    encoding = "cp1252" if not _CENTRAL.search(data) else "cp1250" if re.search(rb"[\x80-\x9f]", data) else "iso-8859-2"
    text = "".join(bytes([byte]).decode(encoding, "ignore") or chr(byte) if byte > 0x7F else chr(byte) for byte in data)
    return Decoded(text, encoding)


def _fault(broken: int) -> str:
    return f"{broken} bytes or groups of bytes are no text in this encoding and stand as \ufffd; the file may be cut or damaged." if broken else ""
