"""Readers of portfolio files: tables as offices have them, and replies of patent registers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from causeway.adapters.portfolio import rows, table, xml
from causeway.adapters.portfolio.guard import kind_of
from causeway.rooms.assets.ports import AssetRecord, CellProblem, FileShape, Unreadable

FORMATS = ("auto", "csv", "xlsx", "xls", "ops-xml", "docdb-xml")


class FileReader:
    """Recognises a file by its bytes, asks what they leave open, and reads its records in flat memory."""

    def recognise(self, path: str, name: str, options: Mapping[str, Any]) -> FileShape:
        """What the file is. options: format, encoding, dates, pivot, map (field to column). Raises `Unreadable`."""
        wanted = options.get("format") or "auto"
        if wanted not in FORMATS:
            raise Unreadable(f"{wanted} is not a format; choose one of {', '.join(FORMATS)}.")
        found = kind_of(Path(path))
        if wanted != "auto" and not _fits(wanted, found):
            raise Unreadable(f"{name} is no {wanted} file: its bytes are those of {found}.")
        if found == "xml":
            return xml.recognise(path, name, wanted)
        return table.recognise(path, name, found, options)

    def read(self, path: str, shape: FileShape, most: int | None = None) -> Iterator[AssetRecord | CellProblem]:
        """Records and problems in the order of the file. most: of a list of documents, no more than so many of them."""
        return xml.read(path, shape, most) if shape.format.endswith("xml") else rows.read(path, shape)

    def cells(self, path: str, shape: FileShape) -> Iterator[list[str]]:
        """The cells of the rows of a table as text; nothing for what is no table."""
        return iter(()) if shape.format.endswith("xml") else (row.cells for row in table.rows(path, shape))


def _fits(wanted: str, found: str) -> bool:
    return wanted == found or (wanted.endswith("-xml") and found == "xml")
