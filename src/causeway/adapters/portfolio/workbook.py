"""What a workbook keeps from whoever reads its cells: hidden rows, and formulas that came to an error or were never computed. Read from the parts
of an XLSX file."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from lxml import etree

from causeway.rooms.assets.ports import CellProblem, FileShape, Unreadable

PIECE = 1 << 20
#: Ranges of hidden rows named in a sentence; the rest is counted.
NAMED = 5
#: The beginning of a row or a cell, and behind it the whole of a cell that has a formula and no value.
_TAG = re.compile(
    rb"<(?:\w+:)?(row|c)\b([^>]*)>(<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)(?:<(?:\w+:)?v\s*(?:/>|></(?:\w+:)?v>))?</(?:\w+:)?c>)?"
)
_NUMBER = re.compile(rb'\br="(\d+)"')
_PLACE = re.compile(rb'\br="([A-Z]+)(\d+)"')
_HIDDEN = re.compile(rb'\bhidden="(?:1|true)"')
_FAULT = re.compile(rb'\bt="e"')
#: A formula that was computed to an empty text has no value either.
_TEXT = re.compile(rb'\bt="str"')


def remarks(path: str, shape: FileShape) -> Iterator[CellProblem]:
    """What is hidden in the sheets that were read, and cells of columns in use whose formula has an error or no value: they are read as empty."""
    for name in shape.hidden:
        if not shape.read_hidden:
            yield CellProblem(0, name, "hidden", _("The sheet is hidden and was left out. Choose to read hidden sheets to bring it in."))
    if shape.merged:
        yield CellProblem(
            shape.merged, "", "merged", _("Cells are merged over rows here and perhaps below; their value counts for each of the rows.")
        )
    if shape.format == "xlsx":
        with zipfile.ZipFile(path) as archive:
            parts = _parts(archive)
            for name in shape.sheets:
                if name in parts:
                    yield from _of_sheet(archive, parts[name], name, shape)


def extents(path: Path) -> Iterator[tuple[str, int, int]]:
    """Each sheet of an XLSX file with its last row and last column that holds something. Raises `Unreadable` for a damaged one."""
    try:
        with zipfile.ZipFile(path) as archive:
            for name, part in _parts(archive).items():
                yield name, *_extent(archive, part)
    except (zipfile.BadZipFile, zlib.error, EOFError):
        raise Unreadable(_("The workbook is damaged or was cut off while it was sent. Save it again and bring it in anew.")) from None


def _extent(archive: zipfile.ZipFile, part: str) -> tuple[int, int]:
    """The last row and column of a part; where places are not told, rows and cells follow each other."""
    row = column = rows = columns = 0
    for kind, attributes, _bare in _tags(archive, part):
        if kind == b"row":
            told = _NUMBER.search(attributes)
            row, column = int(told.group(1)) if told else row + 1, 0
            continue
        place = _PLACE.search(attributes)
        column = _column(place.group(1).decode()) + 1 if place else column + 1
        if not attributes.endswith(b"/"):
            rows, columns = max(rows, int(place.group(2)) if place else row), max(columns, column)
    return rows, columns


def _parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """The part of each sheet by its name."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        relations = etree.fromstring(archive.read("xl/_rels/workbook.xml.rels"), parser)
        book = etree.fromstring(archive.read("xl/workbook.xml"), parser)
    except (KeyError, etree.XMLSyntaxError):
        return {}
    targets = {one.get("Id"): one.get("Target", "") for one in relations}
    found = {}
    for sheet in book.iter("{*}sheet"):
        target = targets.get(next((value for key, value in sheet.attrib.items() if key.endswith("}id")), ""), "")
        part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if part in archive.NameToInfo:
            found[sheet.get("name", "")] = part
    return found


def _of_sheet(archive: zipfile.ZipFile, part: str, name: str, shape: FileShape) -> Iterator[CellProblem]:
    first = name == shape.sheets[0]
    used = {shape.columns.index(column) for column in shape.mapping.values()}
    hidden: list[int] = []
    at = 0
    for kind, attributes, bare in _tags(archive, part):
        if kind == b"row":
            told = _NUMBER.search(attributes)
            at = int(told.group(1)) if told else at + 1
            if _HIDDEN.search(attributes) and at > shape.header_row:
                hidden.append(at)
        elif (bare or _FAULT.search(attributes)) and (place := _PLACE.search(attributes)):
            letters, row = place.group(1).decode(), int(place.group(2))
            if not first or (_column(letters) in used and row > shape.header_row):
                column = shape.columns[_column(letters)] if first else f"{name}: {letters}"
                yield CellProblem(
                    row, column, "lost", _without_value() if bare else _("The formula of this cell gives an error; the cell counts as empty.")
                )
    if hidden:
        text = ngettext("A row (%(rows)s) is hidden in the spreadsheet; it is read like the others.", "%(count)s rows (%(rows)s) are hidden in the spreadsheet; they are read like the others.", len(hidden))  # fmt: skip
        yield CellProblem(hidden[0], "" if first else name, "hidden", text % {"count": len(hidden), "rows": _ranges(hidden)})


def _without_value() -> str:
    return _("The formula of this cell was never computed; the cell counts as empty. Open the workbook in a spreadsheet program and save it again.")


def _tags(archive: zipfile.ZipFile, part: str) -> Iterator[tuple[bytes, bytes, bool]]:
    """The beginnings of rows and cells in a part, in order, and whether the cell has a formula and no value; a piece of it in memory at a time."""
    left = b""
    with archive.open(part) as source:
        while piece := source.read(PIECE):
            left += piece
            # After a whole cell or row; where there is none (rows without a cell), after any element.
            ends = [at + len(mark) for mark in (b"c>", b"row>") if (at := left.rfind(mark)) >= 0]
            end = max(ends, default=left.rfind(b">") + 1)
            for match in _TAG.finditer(left, 0, end):
                yield match.group(1), match.group(2), bool(match.group(3)) and not _TEXT.search(match.group(2))
            left = left[end:][-PIECE:]


def _column(letters: str) -> int:
    """The place of a column by its letters: A is 0."""
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - 64
    return place - 1


def _ranges(rows: list[int]) -> str:
    """Row numbers in words, runs of them together."""
    runs: list[list[int]] = []
    for row in rows:
        if runs and row == runs[-1][1] + 1:
            runs[-1][1] = row
        else:
            runs.append([row, row])
    words = [str(a) if a == b else f"{a}–{b}" for a, b in runs[:NAMED]]
    return ", ".join(words) + (", …" if len(runs) > NAMED else "")
