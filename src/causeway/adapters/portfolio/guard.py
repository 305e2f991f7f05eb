"""What a file is by its bytes, and the limits that keep a hostile one from doing harm."""

from __future__ import annotations

import zipfile
from pathlib import Path

from django.utils.translation import gettext as _

from causeway.adapters.portfolio import workbook
from causeway.adapters.portfolio.encodings import wide
from causeway.rooms.assets.ports import Unreadable

#: Limits of what is read at all.
MAX_BYTES = 2 * 1024**3
MAX_COLUMNS = 500
MAX_UNZIPPED = 512 * 1024**2
MAX_RATIO = 200
#: A sheet is read as the whole rectangle that its cells span; one far from the others would fill the memory with nothing.
MAX_CELLS = 20_000_000
#: A text may hold a stray byte of nought, which its row tells; more of them are no text.
MAX_NOUGHTS = 0.02
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def kind_of(path: Path) -> str:
    """csv, xlsx, xls or xml, judged by bytes; raises `Unreadable` for anything else, too large or dangerous."""
    size = path.stat().st_size
    if size == 0:
        raise Unreadable(_("The file is empty."))
    if size > MAX_BYTES:
        raise Unreadable(
            _("The file has %(size)s MB; at most %(most)s MB are read. Split it, and bring the parts in one after the other.")
            % {"size": f"{-(-size // 1024**2):,}", "most": f"{MAX_BYTES // 1024**2:,}"}
        )
    with path.open("rb") as file:
        head = file.read(4096)
    if head.startswith(b"PK\x03\x04"):
        return _workbook(path)
    if head.startswith(OLE):
        return "xls"
    if head.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"MZ", b"\x7fELF")):
        raise Unreadable(_("This is no table and no register reply. Export the portfolio as CSV or XLSX."))
    text = head.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if text.startswith((b"<!doctype html", b"<html", b"<svg")):
        raise Unreadable(_("This is a web page, whatever its name says. Export the portfolio as CSV or XLSX."))
    if text.startswith(b"<"):
        return "xml"
    if head.count(0) > len(head) * MAX_NOUGHTS and not head.startswith((b"\xff\xfe", b"\xfe\xff")) and not wide(head):
        raise Unreadable(_("The file holds binary data, no text. Export the portfolio as CSV or XLSX."))
    return "csv"


def _workbook(path: Path) -> str:
    """A workbook within bounds: no bomb, no nesting, not encrypted."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except zipfile.BadZipFile:
        raise Unreadable(_("The workbook is damaged or was cut off while it was sent. Save it again and bring it in anew.")) from None
    whole = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries) or 1
    if len(entries) > 5000 or whole > MAX_UNZIPPED or (whole > 50 * 1024**2 and whole / packed > MAX_RATIO):
        raise Unreadable(_("The workbook unpacks to far more than it holds; it is not read. Save it as CSV."))
    if "xl/workbook.xml" not in {entry.filename for entry in entries}:
        raise Unreadable(_("This archive is no workbook. Export the portfolio as CSV or XLSX."))
    _sheets_within_bounds(path)
    return "xlsx"


def _sheets_within_bounds(path: Path) -> None:
    for name, rows, columns in workbook.extents(path):
        if rows * columns > MAX_CELLS:
            raise Unreadable(
                _(
                    "The sheet %(name)s reaches to row %(rows)s and column %(columns)s, far beyond a table. Delete what stands out there, or save it as CSV."
                )
                % {"name": name, "rows": f"{rows:,}", "columns": f"{columns:,}"}
            )
