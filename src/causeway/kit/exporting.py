"""Exports of exactly what a list shows: CSV, XLSX, JSON; streamed, and safe from formulas."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _

from causeway.engines.kernel import Money
from causeway.frame import access
from causeway.frame.cells import harmless

#: The most rows a sheet takes below its head; what is beyond would be left out without a word.
SHEET_ROWS = 1_048_575


def plain(value: Any) -> Any:
    """A value for JSON and CSV."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value if isinstance(value, int | float | bool | type(None) | list | dict) else str(value)


def major(minor: int | None, currency: str) -> float | None:
    """An amount in minor units as the number that a file gives; its currency stands in a column of its own."""
    return float(Money(minor, currency).text()) if minor is not None and currency else None


class _Echo:
    def write(self, value: str) -> str:
        return value


def respond(
    kind: str, name: str, heads: Sequence[str], keys: Sequence[str], rows: Iterable[Sequence[Any]]
) -> HttpResponse | StreamingHttpResponse | FileResponse:
    """The file of a list. kind: csv, xlsx or json; heads: titles for people; keys: names for machines."""
    file = f"{name}-{date.today():%Y-%m-%d}.{kind}"
    if kind == "csv":
        response: Any = StreamingHttpResponse(_csv(heads, rows), content_type="text/csv; charset=utf-8")
    elif kind == "json":
        response = StreamingHttpResponse(_json(keys, rows), content_type="application/json")
    else:
        response = FileResponse(_xlsx(heads, rows), content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    response["Content-Disposition"] = f'attachment; filename="{file}"'
    return response


def _csv(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    writer = csv.writer(_Echo())  # type: ignore[arg-type]
    yield "\ufeff" + writer.writerow([harmless(head) for head in heads])  # type: ignore[operator]
    for row in rows:
        yield writer.writerow([harmless(plain(value)) for value in row])  # type: ignore[misc]


def _json(keys: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    yield "[\n"
    for number, row in enumerate(rows):
        record = dict(zip(keys, (plain(value) for value in row), strict=True))
        yield ("," if number else "") + json.dumps(record, ensure_ascii=False) + "\n"
    yield "]\n"


def _xlsx(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> io.BufferedIOBase:
    target = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    import xlsxwriter  # when a sheet is written: it would slow every start

    book = xlsxwriter.Workbook(
        target, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "default_date_format": "yyyy-mm-dd"}
    )
    sheet = book.add_worksheet()
    bold = book.add_format({"bold": True})
    for place, head in enumerate(heads):
        sheet.write_string(0, place, head, bold)
    for number, row in enumerate(rows, 1):
        if number > SHEET_ROWS:
            raise access.Refused(_("A sheet has room for %(n)s rows, and there are more. Take CSV, or add a filter.") % {"n": f"{SHEET_ROWS:,}"})
        for place, value in enumerate(row):
            # A sheet counts days from 1900 on; an earlier one stands as text.
            if isinstance(value, date) and not isinstance(value, datetime) and value.year >= 1900:
                sheet.write_datetime(number, place, datetime(value.year, value.month, value.day))
            elif isinstance(value, int | float) and not isinstance(value, bool):
                sheet.write_number(number, place, value)
            else:
                sheet.write_string(number, place, "" if value is None else str(plain(value)))
    book.close()
    target.seek(0)
    return target  # type: ignore[return-value]
