"""Which letters the bytes of a text file stand for: certain by its marks or by UTF-8, else asked, with the readings on the file's own words."""

from __future__ import annotations

import re
import unicodedata
from functools import partial
from pathlib import Path

from django.utils.translation import gettext as _

from causeway.rooms.assets.ports import Question, Unreadable

#: Encodings that leave no trace of their own; which one it was is asked where they read different letters.
CANDIDATES = ("cp1252", "mac_roman", "cp1250", "gb18030")
HEAD = 4096
#: No line of a table is as long as that; one that is would fill the memory.
MAX_LINE = 10_000_000
#: Runs of doubtful bytes looked at.
RUNS = 400
_RUN = re.compile(rb"[^,;\t\r\n\"]{0,40}[\x80-\xff]+[^,;\t\r\n\"]{0,40}")


def decide(path: str, wanted: str | None) -> tuple[str, Question | None]:
    """The encoding and, where the bytes leave several readings, the question. Raises `Unreadable` where none fits.

    wanted: the encoding somebody named, checked against the whole file; None to judge by the bytes.
    """
    if wanted:
        return checked(path, wanted), None
    marked = _marked(path)
    if marked:
        return checked(path, marked), None
    if _reads(path, "utf-8"):
        return "utf-8", None
    runs = _runs(path)
    readings = _readings(runs)
    if not readings:
        raise Unreadable(_("No usual encoding reads this file. Save it as UTF-8, or name its encoding."))
    likely = next(iter(readings))
    if len(readings) == 1:
        return likely, None
    shown = _telling(readings)
    options = tuple((name, tuple(words[place] for place in shown)) for name, words in readings.items())
    return likely, Question("encoding", _("The letters can be read in more than one way. Which is right?") + _mixed(runs), options)


def _mixed(runs: list[bytes]) -> str:
    """That a file was put together from two, or damaged, where most of it is UTF-8 and some is not; "" else."""
    whole = [run for run in runs if _is_utf8(run)]
    if len(whole) * 2 < len(runs):
        return ""
    other = next(run for run in runs if not _is_utf8(run)) if len(whole) < len(runs) else b""
    told = other.decode("utf-8", "replace")[:40]
    return " " + _(
        "Most of them are UTF-8, but not “%(text)s”: the file may be damaged, cut off, or put together from two. Save it anew as UTF-8."
    ) % {"text": told}


def _is_utf8(run: bytes) -> bool:
    try:
        run.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def checked(path: str, encoding: str) -> str:
    """The encoding, when it reads the whole file; else `Unreadable` with the line."""
    try:
        "".encode(encoding)
    except LookupError:
        raise Unreadable(
            _("%(encoding)s is not an encoding. Usual ones are utf-8, cp1252, mac_roman, cp1250, gb18030.") % {"encoding": encoding}
        ) from None
    line = 0
    try:
        with Path(path).open(encoding=encoding, newline="") as file:
            while piece := file.read(1 << 20):
                line += piece.count("\n")
    except UnicodeError as fault:
        raise Unreadable(
            _(
                "The file cannot be read as %(encoding)s: after line %(line)s it holds bytes %(encoding)s does not know (%(fault)s). Name another encoding."
            )
            % {"encoding": encoding, "line": f"{line + 1:,}", "fault": _words(fault)}
        ) from None
    return encoding


def _words(fault: UnicodeError) -> str:
    found = fault.object[fault.start : fault.start + 4] if isinstance(fault, UnicodeDecodeError) else b""
    return "bytes " + " ".join(f"{byte:02x}" for byte in found) if found else str(fault)


def _marked(path: str) -> str:
    """The encoding the file's first bytes name."""
    with Path(path).open("rb") as file:
        head = file.read(HEAD)
    if head.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    if head.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        return "utf-32"
    return "utf-16" if head.startswith((b"\xff\xfe", b"\xfe\xff")) else wide(head)


def wide(head: bytes) -> str:
    """The encoding of two bytes a letter that a file without a mark has: every other byte of Latin text is nought then, and no other."""
    even, odd = head[0::2], head[1::2]
    for name, nought, letters in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if nought.count(0) > len(nought) * 0.7 and 0 not in letters:
            return name
    return ""


def _reads(path: str, encoding: str) -> bool:
    try:
        checked(path, encoding)
    except Unreadable:
        return False
    return True


def _runs(path: str) -> list[bytes]:
    """Different words with bytes outside ASCII, with what stands around them."""
    seen: dict[bytes, None] = {}
    with Path(path).open("rb") as file:
        for line in iter(partial(file.readline, MAX_LINE), b""):
            if not line.isascii():
                seen.update(dict.fromkeys(run.strip() for run in _RUN.findall(line)))
            if len(seen) >= RUNS:
                break
    return list(seen)


#: Controls, letters of nobody, places without a letter: a reading that has them is none.
_NO_LETTERS = frozenset(["Cc", "Co", "Cn"])


def _readings(runs: list[bytes]) -> dict[str, list[str]]:
    """What the runs become under each encoding that can be meant, likeliest first; encodings that read the same are one."""
    found: dict[str, list[str]] = {}
    for encoding in CANDIDATES:
        try:
            read = [run.decode(encoding) for run in runs]
        except UnicodeDecodeError:
            continue
        if not any(unicodedata.category(c) in _NO_LETTERS for word in read for c in word) and read not in found.values():
            found[encoding] = read
    return dict(sorted(found.items(), key=lambda pair: -sum(map(_plausible, pair[1]))))


def _plausible(word: str) -> float:
    """How much a reading looks like words: letters in lower case or of a script count for it, signs and capitals amid small letters against it."""
    score = 0.0
    for before, c in zip(" " + word, word, strict=False):
        if not c.isascii():
            score += 1 if c.islower() or (c.isalpha() and not before.islower()) else -1
    return score


def _telling(readings: dict[str, list[str]]) -> list[int]:
    """The places of three words that all readings read differently: names first, which are short."""
    likely = next(iter(readings.values()))
    order = sorted(range(len(likely)), key=lambda n: (-len({words[n] for words in readings.values()}), len(likely[n]), -_plausible(likely[n])))
    chosen: list[int] = []
    for place in order:
        if len(likely[place]) > 3 and all(likely[place] not in likely[other] and likely[other] not in likely[place] for other in chosen):
            chosen.append(place)
        if len(chosen) == 3:
            break
    return chosen or order[:3]
