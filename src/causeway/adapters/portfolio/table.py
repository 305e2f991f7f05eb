"""Tables: CSV in any of the usual encodings, XLSX and XLS; a header row anywhere among the first rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from django.utils.translation import gettext as _
from python_calamine import CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from causeway.adapters.portfolio import encodings
from causeway.adapters.portfolio.columns import DATES, FIELDS, NUMBERS, layout_of, tidy
from causeway.adapters.portfolio.dates import ORDERS, DateFault, orders_of_one, parse, short_years, two_ways
from causeway.adapters.portfolio.encodings import MAX_LINE
from causeway.adapters.portfolio.guard import MAX_COLUMNS
from causeway.rooms.assets.numbers import OFFICES, parse_number
from causeway.rooms.assets.ports import FileShape, Question, Unreadable

csv.field_size_limit(MAX_LINE)
SAMPLE = 4_000
#: Where so many of the numbers do not say of which office they are, it is asked; fewer are told one by one.
SILENT = 0.2
#: A header stands among so many rows at the start.
HEAD_ROWS = 30
DELIMITERS = ",;\t|"
#: What stands where a letter could not be read, here or in the program that wrote the file.
LOST = "\ufffd"


class Row(NamedTuple):
    """A row: its number on its sheet (from 1, the header counts), its cells, the sheet's name ("" for the first), lines of text it took."""

    number: int
    cells: list[str]
    sheet: str = ""
    lines: int = 1


def recognise(path: str, name: str, kind: str, options: Mapping[str, Any]) -> FileShape:
    """The shape of a table: encoding, delimiter, header, columns, date order; with questions where there are two readings."""
    shape = FileShape(format=kind, read_hidden=bool(options.get("hidden")))
    if kind == "csv":
        shape.encoding, question = encodings.decide(path, options.get("encoding") or None)
        shape.questions += [question] if question else []
        shape.delimiter = _delimiter(path, shape.encoding)
    sample = [row.cells for row in islice(_raw(path, shape), SAMPLE)]
    _header(sample, shape, name)
    shape.layout, suggested = layout_of(shape.columns)
    shape.mapping, shape.constants = _mapping(suggested, shape.columns, options.get("map"))
    missing = _missing(sample[shape.header_row :], shape)
    if missing:
        shape.questions.append(missing)
        return shape
    _dates(path, shape, options)
    return shape


def _mapping(suggested: dict[str, str], columns: list[str], given: Any) -> tuple[dict[str, str], dict[str, str]]:
    """Which column fills which field, and values for all rows (written with an equals sign)."""
    if not given:
        return suggested, {}
    by_tidy = {tidy(column): column for column in columns}
    made, constants = {}, {}
    for field, column in dict(given).items():
        if str(field) not in FIELDS:
            raise Unreadable(
                _("The map names the field %(field)s, which is not known. Fields are: %(fields)s.") % {"field": field, "fields": ", ".join(FIELDS)}
            )
        if str(column).startswith("="):
            constants[str(field)] = str(column)[1:].strip()
        elif tidy(str(column)) in by_tidy:
            made[str(field)] = by_tidy[tidy(str(column))]
        else:
            raise Unreadable(
                _("The map sends %(field)s to the column %(column)s, which the file does not have. Its columns are: %(columns)s.")
                % {"field": field, "column": column, "columns": ", ".join(filter(None, columns))}
            )
    return made, constants


def _missing(rows: list[list[str]], shape: FileShape) -> Question | None:
    """What the columns leave open: no number, or numbers of an office nobody names."""
    if not any(field in shape.mapping for field in NUMBERS):
        found = ", ".join(column for column in shape.columns if column)
        return Question("columns", _("Which column holds the application or publication number? The columns are: %(found)s.") % {"found": found}, ())
    if "office" in shape.mapping or "office" in shape.constants:
        return None
    place = shape.columns.index(next(shape.mapping[field] for field in NUMBERS if field in shape.mapping))
    numbers = [row[place].strip() for row in rows if place < len(row) and any(c.isdigit() for c in row[place])]
    silent = [text for text in numbers if "q=" not in text and not parse_number(text)]
    if not numbers or len(silent) < len(numbers) * SILENT:
        return None
    shown = ", ".join(silent[:3])
    return Question(
        "columns",
        _(
            "At which office are these applications? The numbers (%(shown)s) do not say. Name the column, or one office for all such rows (office: =US)."
        )
        % {"shown": shown},
        (),
    )


# --- rows -------------------------------------------------------------------------------------------------------------------------------


def rows(path: str, shape: FileShape) -> Iterator[Row]:
    """The rows after the header; of other sheets of a workbook those with the same columns, in the order of the first."""
    for row in _raw(path, shape):
        if row.sheet or row.number > shape.header_row:
            yield row


def _delimiter(path: str, encoding: str) -> str:
    with Path(path).open(encoding=encoding, errors="replace") as file:
        text = "".join(islice(iter(lambda: file.readline(100_000), ""), 30))
    counts = {mark: [len(row) for row in islice(csv.reader(io.StringIO(text), delimiter=mark), 12) if row] for mark in DELIMITERS}
    # The mark that divides most lines into as many cells as the first; of two such, the one that makes more cells.
    best = max(counts, key=lambda mark: (_steady(counts[mark]), counts[mark][:1], -DELIMITERS.index(mark)))
    if not text.strip("\ufeff\x00\x1a \t\r\n"):
        raise Unreadable(_("The file is empty."))
    if max(counts[best], default=0) < 2:
        raise Unreadable(_("The file has no columns: neither comma, semicolon, tab nor bar divides its lines. Save it as CSV with one of them."))
    return best


def _steady(widths: list[int]) -> int:
    return sum(width == max(widths) for width in widths) if widths and max(widths) > 1 else 0


def _raw(path: str, shape: FileShape) -> Iterator[Row]:
    """Rows as text, the header among them."""
    if shape.format != "csv":
        yield from _sheets(path, shape)
        return
    with Path(path).open(encoding=shape.encoding, errors="strict") as file:
        reader = csv.reader(_lines(file), delimiter=shape.delimiter)
        line = 0
        try:
            for number, cells in enumerate(reader, 1):
                yield Row(number, cells, "", reader.line_num - line)
                line = reader.line_num
        except csv.Error as fault:
            raise Unreadable(
                _("The table is broken after line %(line_num)s: %(fault)s. A quote may be left open there.")
                % {"line_num": f"{reader.line_num:,}", "fault": fault}
            ) from None
        except UnicodeError as fault:
            raise Unreadable(
                _("The file cannot be read as %(encoding)s after line %(line_num)s: %(fault)s. Name another encoding.")
                % {"encoding": shape.encoding, "line_num": f"{reader.line_num:,}", "fault": fault}
            ) from None


def _lines(file: TextIO) -> Iterator[str]:
    """The lines of a text, none longer than fits into memory; a letter of nought stands as one that was lost."""
    for number, line in enumerate(iter(partial(file.readline, MAX_LINE), ""), 1):
        if len(line) == MAX_LINE:
            raise Unreadable(
                _("Line %(line)s has no end: it is longer than %(most)s letters. The file is damaged, or no table.")
                % {"line": f"{number:,}", "most": f"{MAX_LINE:,}"}
            )
        yield line.replace("\x00", LOST) if "\x00" in line else line


def _sheets(path: str, shape: FileShape) -> Iterator[Row]:
    """The rows of the first sheet that holds a portfolio (else of the first), then those of sheets with the same columns of numbers and titles.

    Hidden sheets are read where that is asked for. Notes in the shape which sheets were read, which are hidden, and where cells are merged.
    """
    try:
        book = CalamineWorkbook.from_path(path)
        shape.hidden = [one.name for one in book.sheets_metadata if one.visible != SheetVisibleEnum.Visible]
        names = [name for name in book.sheet_names if shape.read_hidden or name not in shape.hidden]
        sheets = {name: book.get_sheet_by_name(name) for name in names}
    except Exception as fault:  # noqa: BLE001 - the library raises its own kinds for damaged, encrypted and foreign files
        raise Unreadable(
            _("The workbook cannot be opened (%(fault)s). It may be damaged or protected by a password; save it again without one.")
            % {"fault": fault}
        ) from None
    heads = {name: list(islice(sheet.iter_rows(), HEAD_ROWS)) for name, sheet in sheets.items()}
    at = {name: _header_at(head) for name, head in heads.items()}
    chosen = next((name for name in names if at[name] is not None), names[0] if names else "")
    shape.sheets, shape.merged = [chosen], 0
    for number, cells in enumerate(_spread(sheets[chosen], at[chosen], shape) if chosen else (), 1):
        yield Row(number, [_cell(value) for value in cells])
    if at.get(chosen) is None:
        return
    first = [_cell(value) for value in heads[chosen][at[chosen]]]  # type: ignore[index]
    for name in names:
        if name != chosen and at[name] is not None:
            yield from _like(name, sheets[name], heads[name][at[name]], at[name], first, shape)  # type: ignore[index, arg-type]


def _spread(sheet: CalamineSheet, header: int | None, shape: FileShape) -> Iterator[list[Any]]:
    """The rows of a sheet; a cell that is merged over rows below the header has its value in each of them."""
    tops: dict[int, list[tuple[int, int]]] = {}
    for (top, column), (bottom, _right) in sheet.merged_cell_ranges or ():
        if bottom > top and header is not None and top > header:
            tops.setdefault(top, []).append((column, bottom))
    if tops and not shape.merged:
        shape.merged = min(tops) + 1
    spread: list[tuple[int, int, Any]] = []
    for number, cells in enumerate(sheet.iter_rows()):
        spread = [one for one in spread if one[1] >= number]
        for column, _bottom, value in spread:
            cells[column] = value
        spread += [(column, bottom, cells[column]) for column, bottom in tops.get(number, ()) if column < len(cells)]
        yield cells


def _like(name: str, sheet: CalamineSheet, header: list[Any], at: int, first: list[str], shape: FileShape) -> Iterator[Row]:
    """The rows of another sheet in the columns of the first, where it has its number column and most of the others that are known."""
    here = [_cell(value) for value in header]
    _layout, wanted = layout_of(first)
    if not any(wanted.get(field) in here for field in NUMBERS if field in wanted):
        return
    shape.sheets.append(name)
    places = [here.index(column) if column in here else None for column in first]
    for number, cells in enumerate(islice(_spread(sheet, at, shape), at + 1, None), at + 2):
        yield Row(number, [_cell(cells[place]) if place is not None and place < len(cells) else "" for place in places], name)


def _cell(value: Any) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat() if not (value.hour or value.minute) else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _header_at(found: list[list[Any]]) -> int | None:
    """Where the header stands: the first of the first thirty rows whose cells name a number and something else we know."""
    for index, row in enumerate(found[:HEAD_ROWS]):
        names = [_cell(cell) for cell in row]
        layout, mapping = layout_of(names)
        if layout or (any(field in mapping for field in NUMBERS) and len(mapping) >= 2):
            return index
    return None


def _unlike(names: list[str]) -> list[str]:
    """The names of columns, a name that stands there twice with a number behind it."""
    seen: dict[str, int] = {}
    made = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        made.append(f"{name} ({seen[name]})" if name and seen[name] > 1 else name)
    return made


def _header(found: list[list[str]], shape: FileShape, name: str) -> None:
    if not found:
        raise Unreadable(_("%(name)s holds no rows.") % {"name": name})
    at = _header_at(found)
    if at is None:
        at = next((index for index, row in enumerate(found) if sum(bool(cell.strip()) for cell in row) >= 2), 0)
        if value := next(filter(_is_value, found[at]), ""):
            raise Unreadable(
                _("Row %(row)s holds values (%(value)s) and no row before it names the columns. Put a row with their names above it.")
                % {"row": at + 1, "value": value.strip()[:60]}
            )
    shape.header_row = at + 1
    shape.columns = _unlike([cell.strip() for cell in found[at]])
    if len(shape.columns) > MAX_COLUMNS:
        raise Unreadable(
            _("The table has %(columns)s columns; at most %(max_columns)s are read.") % {"columns": len(shape.columns), "max_columns": MAX_COLUMNS}
        )


def _is_value(cell: str) -> bool:
    """Whether a cell can be no name of a column: a number of an office, or a day."""
    number = parse_number(cell)
    if number is not None and number.office in OFFICES and len(number.key) > 6:
        return True
    try:
        return bool(cell.strip()) and parse(cell, "dmy", 99) is not None
    except DateFault:
        return False


# --- dates ------------------------------------------------------------------------------------------------------------------------------


class _Evidence:
    """What the whole columns of dates say about their order and century."""

    def __init__(self) -> None:
        self.left = set(ORDERS)
        self.only: dict[frozenset[str], tuple[int, str]] = {}
        self.open: dict[str, str] = {}
        self.short: dict[tuple[str, str], str] = {}
        self.dashes = False

    def add(self, row: Row, column: str, text: str) -> None:
        """Take one value in."""
        orders, two = orders_of_one(text)
        if len(orders) < len(ORDERS):
            self.left &= orders
            self.only.setdefault(orders, (row.number, text))
        if len(orders) > 1 and len(self.open) < 400 and len(orders) < len(ORDERS) + (two or text[:4].isdigit() is False):
            self.open.setdefault(text, column)
        if two:
            self.dashes = self.dashes or "-" in text
            self.short.setdefault(short_years(text), text)


def _dates(path: str, shape: FileShape, options: Mapping[str, Any]) -> None:
    """The order of day, month and year, and the century, by the evidence of whole columns; asked where it leaves two."""
    places = {shape.mapping[field]: shape.columns.index(shape.mapping[field]) for field in DATES if field in shape.mapping}
    seen = _Evidence()
    for row in rows(path, shape):
        for column, place in places.items():
            text = row.cells[place].strip() if place < len(row.cells) else ""
            if text:
                seen.add(row, column, text)
    # The year of two digits comes last, unless no other order reads the column, or it is written with dashes as the year of four digits is.
    if not seen.dashes and seen.left - {"ymd"}:
        seen.left.discard("ymd")
    shape.dates = str(options.get("dates") or "")
    if not shape.dates:
        shape.dates = next((order for order in ORDERS if order in seen.left), "dmy")
        question = _order_question(seen)
        shape.questions += [question] if question else []
    shape.pivot = options.get("pivot")
    if seen.short and shape.pivot is None:
        shape.questions.append(_pivot_question(seen, shape.dates))


def _order_question(seen: _Evidence) -> Question | None:
    """Which comes first, where the columns leave two orders under which some day differs, or where no one order reads them all."""
    if not seen.left:
        tried = [order for order in ORDERS if any(order in orders for orders in seen.only)]
        clash = "; ".join(f"row {number}: {text}" for number, text in list(seen.only.values())[:3])
        text = _(
            "The dates are mixed: no one order of day and month reads them all (%(clash)s). Rows that do not fit the order you choose are left out and listed. Which is meant?"
        ) % {"clash": clash}
        samples = [text for _row, text in list(seen.only.values())[:3]]
        return Question("dates", text, tuple((order, _shown(samples, order)) for order in tried))
    unlike = [text for text in seen.open if two_ways(text, seen.left)][:3]
    if len(seen.left) < 2 or not unlike:
        return None
    columns = ", ".join(dict.fromkeys(seen.open[text] for text in unlike))
    return Question(
        "dates",
        _("Which comes first in %(columns)s, the day or the month?") % {"columns": columns},
        tuple((order, _shown(unlike, order)) for order in ORDERS if order in seen.left),
    )


def _shown(samples: list[str], order: str) -> tuple[str, ...]:
    shown = []
    for text in samples:
        try:
            found, century = parse(text, order, 99), parse(text, order, 0)
        except DateFault:
            shown.append(_("%(text)s is no day") % {"text": text})
            continue
        if found:
            shown.append(f"{text} is {found:%d %B %Y}" if found == century else f"{text} is {found:%d %B} in the year {found:%y}")
    return tuple(shown[:3])


def _pivot_question(seen: _Evidence, order: str) -> Question:
    """Which century two-digit years belong to, shown on the years where the likely answers differ."""
    short = {(first if order == "ymd" else last): text for (first, last), text in reversed(seen.short.items())}
    years = sorted(short)
    this_year = date.today().year % 100
    other = 99 if years and int(years[-1]) > this_year else max(int(years[0]) - 1, 0) if years else 99
    text = _("The years have two digits, from %(years)s to %(years2)s. Up to which do they belong to this century?") % {
        "years": years[0],
        "years2": years[-1],
    }
    edge = [year for year in years if int(year) > this_year] or years
    samples = [short[year] for year in dict.fromkeys(chain(edge[:1], years[:1], edge[-1:]))]
    return Question("pivot", text, tuple((str(pivot), _centuries(samples, order, pivot)) for pivot in (this_year, other)))


def _centuries(samples: list[str], order: str, pivot: int) -> tuple[str, ...]:
    shown = []
    for sample in samples:
        try:
            found = parse(sample, order, pivot)
        except DateFault:
            continue
        if found:
            shown.append(f"{sample} is {found:%d %b %Y}" + (" (to come)" if found > date.today() else ""))
    return tuple(shown)
