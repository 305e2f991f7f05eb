"""Tables: CSV in any of the usual encodings, XLSX and XLS; a header row anywhere among the first rows."""

from __future__ import annotations

import csv
import io
import re
import sys
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook

from causeway.adapters.portfolio.columns import DATES, layout_of, tidy
from causeway.adapters.portfolio.dates import ORDERS, DateFault, orders_of, parse
from causeway.adapters.portfolio.guard import MAX_COLUMNS
from causeway.rooms.assets.numbers import parse_number
from causeway.rooms.assets.ports import AssetRecord, CellProblem, EventRecord, FileShape, LinkRecord, Question, Unreadable

csv.field_size_limit(10_000_000)
SAMPLE = 4_000
#: Encodings that leave no trace of their own, tried in this order; which one it was is asked where they read different letters.
SINGLE_BYTE = ("cp1252", "mac_roman", "cp1250", "gb18030")


def recognise(path: str, name: str, kind: str, options: Mapping[str, Any]) -> FileShape:
    """The shape of a table: encoding, delimiter, header, columns, date order; with questions where there are two readings."""
    shape = FileShape(format=kind)
    if kind == "csv":
        _encoding(path, shape, options)
        shape.delimiter = _delimiter(path, shape.encoding)
    rows = list(islice(_raw(path, shape), SAMPLE))
    _header(rows, shape, name)
    shape.layout, suggested = layout_of(shape.columns)
    shape.mapping = _mapping(suggested, shape.columns, options.get("map"))
    if not {"number", "publication_number", "grant_number"} & shape.mapping.keys():
        found = ", ".join(column for column in shape.columns if column)
        shape.questions.append(Question("columns", f"Which column holds the application or publication number? The columns are: {found}.", ()))
        return shape
    _dates(path, shape, options)
    return shape


def _mapping(suggested: dict[str, str], columns: list[str], given: Any) -> dict[str, str]:
    if not given:
        return suggested
    by_tidy = {tidy(column): column for column in columns}
    made = {}
    for field, column in dict(given).items():
        if tidy(str(column)) not in by_tidy:
            raise Unreadable(f"The map sends {field} to the column {column}, which the file does not have.")
        made[str(field)] = by_tidy[tidy(str(column))]
    return made


# --- encoding ---------------------------------------------------------------------------------------------------------------------------


def _encoding(path: str, shape: FileShape, options: Mapping[str, Any]) -> None:
    wanted = options.get("encoding")
    if wanted:
        shape.encoding = _checked(path, str(wanted))
        return
    certain = _certain(path)
    if certain:
        shape.encoding = certain
        return
    readings = _readings(path)
    if not readings:
        raise Unreadable("No usual encoding reads this file. Save it as UTF-8, or name its encoding.")
    shape.encoding = next(iter(readings))
    if len(set(readings.values())) > 1:
        shape.questions.append(Question("encoding", "The letters can be read in more than one way. Which is right?", tuple(readings.items())))


def _checked(path: str, encoding: str) -> str:
    try:
        "".encode(encoding)
    except LookupError:
        raise Unreadable(f"{encoding} is not an encoding.") from None
    position = 0
    try:
        with Path(path).open(encoding=encoding, newline="") as file:
            while piece := file.read(1 << 20):
                position += len(piece)
    except UnicodeError as fault:
        raise Unreadable(
            f"The file cannot be read as {encoding}: about character {position:,} it holds bytes {encoding} does not know ({fault})."
        ) from None
    return encoding


def _certain(path: str) -> str:
    """The encoding where the bytes leave no doubt."""
    with Path(path).open("rb") as file:
        head = file.read(4)
    if head.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        _checked(path, "utf-8")
    except Unreadable:
        return ""
    return "utf-8"


def _readings(path: str) -> dict[str, tuple[str, ...]]:
    """For each single-byte encoding that reads the whole file: samples of what the doubtful words become."""
    words = _doubtful(path)
    found: dict[str, tuple[str, ...]] = {}
    for encoding in SINGLE_BYTE:
        try:
            read = [word.decode(encoding) for word in words]
        except UnicodeDecodeError:
            continue
        if any(unicodedata.category(c) == "Cc" for word in read for c in word):
            continue
        found[encoding] = tuple(_context(read))
    return found


def _doubtful(path: str) -> list[bytes]:
    """Different runs of bytes with letters outside ASCII, with the word before and after; at most 400."""
    pattern = re.compile(rb"[^,;\t\r\n\"]{0,24}[\x80-\xff]+[^,;\t\r\n\"]{0,16}")
    seen: dict[bytes, None] = {}
    with Path(path).open("rb") as file:
        for line in file:
            if not line.isascii():
                for run in pattern.findall(line):
                    seen[run.strip()] = None
            if len(seen) >= 400:
                break
    return list(seen)


def _context(read: list[str]) -> list[str]:
    """Readings that look most like names, three at most."""
    return sorted(read, key=lambda text: (-sum(c.isalpha() and not c.isascii() for c in text), len(text)))[:3]


# --- rows -------------------------------------------------------------------------------------------------------------------------------


def _delimiter(path: str, encoding: str) -> str:
    with Path(path).open(encoding=encoding, errors="replace") as file:
        lines = [file.readline() for _ in range(12)]
    text = "".join(lines)
    counts = {mark: [len(row) for row in csv.reader(io.StringIO(text), delimiter=mark) if row] for mark in ",;\t|"}
    # The mark that divides most lines into as many cells as the first; of two such, the one that makes more cells.
    best = max(counts, key=lambda mark: (_steady(counts[mark]), counts[mark][:1], -",;\t|".index(mark)))
    if max(counts[best], default=0) < 2:
        raise Unreadable("The file has no columns: neither comma, semicolon, tab nor bar divides its lines.")
    return best


def _steady(widths: list[int]) -> int:
    return sum(width == max(widths) for width in widths) if widths and max(widths) > 1 else 0


def _raw(path: str, shape: FileShape) -> Iterator[list[str]]:
    """Rows as text, the header among them."""
    if shape.format != "csv":
        yield from _sheet(path)
        return
    with Path(path).open(encoding=shape.encoding, errors="strict") as file:
        try:
            yield from csv.reader(_without_nul(file), delimiter=shape.delimiter)
        except csv.Error as fault:
            raise Unreadable(f"The table is broken: {fault}.") from None
        except UnicodeError as fault:
            raise Unreadable(f"The file cannot be read as {shape.encoding}: {fault}.") from None


def _without_nul(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        yield line.replace("\x00", "\ufffd") if "\x00" in line else line


def _sheet(path: str) -> Iterator[list[str]]:
    """The rows of the sheet that holds a portfolio: the first with a number column, else the first."""
    try:
        book = CalamineWorkbook.from_path(path)
        sheets = [(name, book.get_sheet_by_name(name).to_python()) for name in book.sheet_names]
    except Exception as fault:  # noqa: BLE001 - the library raises its own kinds for damaged, encrypted and foreign files
        raise Unreadable(
            f"The workbook cannot be opened ({fault}). It may be damaged or protected by a password; save it again without one."
        ) from None
    chosen = next((rows for _name, rows in sheets if _header_at(rows) is not None), sheets[0][1] if sheets else [])
    for row in chosen:
        yield [_cell(value) for value in row]


def _cell(value: Any) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat() if not (value.hour or value.minute) else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _header_at(rows: list[list[Any]]) -> int | None:
    """Where the header stands: the first of the first thirty rows whose cells name a number and something else we know."""
    for index, row in enumerate(rows[:30]):
        names = [_cell(cell) for cell in row]
        layout, mapping = layout_of(names)
        if layout or ({"number", "publication_number", "grant_number"} & mapping.keys() and len(mapping) >= 2):
            return index
    return None


def _header(rows: list[list[str]], shape: FileShape, name: str) -> None:
    if not rows:
        raise Unreadable(f"{name} holds no rows.")
    at = _header_at(rows)
    if at is None:
        at = next((index for index, row in enumerate(rows) if sum(bool(cell.strip()) for cell in row) >= 2), 0)
    shape.header_row = at + 1
    shape.columns = [cell.strip() for cell in rows[at]]
    if len(shape.columns) > MAX_COLUMNS:
        raise Unreadable(f"The table has {len(shape.columns)} columns; at most {MAX_COLUMNS} are read.")


# --- dates ------------------------------------------------------------------------------------------------------------------------------


def _dates(path: str, shape: FileShape, options: Mapping[str, Any]) -> None:
    """The order of day, month and year, and the century, by the evidence of whole columns; asked where it leaves two."""
    places = [shape.columns.index(shape.mapping[field]) for field in DATES if field in shape.mapping]
    left, short, samples, years = set(ORDERS), False, [], set()
    for row in islice(_raw(path, shape), shape.header_row, None):
        for place in places:
            text = row[place].strip() if place < len(row) else ""
            if not text:
                continue
            orders, two = orders_of([text])
            left, short = left & orders if orders else left, short or two
            if len(samples) < 400:
                samples.append(text)
            if two:
                years.add(text.strip().replace("-", "/").replace(".", "/").rpartition("/")[2])
    left.discard("ymd") if left - {"ymd"} else None
    shape.dates = str(options.get("dates") or "")
    if not shape.dates:
        shape.dates = sorted(left)[0] if left else "dmy"
        if len(left) > 1:
            unlike = [text for text in samples if _two_ways(text)][:3]
            shape.questions.append(
                Question("dates", "Which comes first, the day or the month?", tuple((order, _shown(unlike, order)) for order in ("dmy", "mdy")))
            )
    shape.pivot = options.get("pivot")
    if short and shape.pivot is None:
        shape.questions.append(_pivot_question(samples, years, shape.dates))


def _two_ways(text: str) -> bool:
    parts = re.split(r"[./\-]", text.strip())
    return len(parts) == 3 and parts[0] != parts[1]


def _shown(samples: list[str], order: str) -> tuple[str, ...]:
    shown = []
    for text in samples:
        try:
            shown.append(f"{text} is {parse(text, order, 50):%d %B}")
        except (DateFault, TypeError):
            continue
    return tuple(shown)


def _pivot_question(samples: list[str], years: set[str], order: str) -> Question:
    """Which century two-digit years belong to, shown on the years where the likely answers differ."""
    this_year = date.today().year % 100
    text = f"The years have two digits, from {min(years)} to {max(years)}. Up to which do they belong to this century?"
    options = []
    for pivot in (this_year, 99):
        shown = []
        for sample in sorted(samples, key=lambda s: s.strip()[-2:])[:: max(1, len(samples) // 3)][:3]:
            try:
                shown.append(f"{sample} is {parse(sample, order, pivot):%d %b %Y}")
            except (DateFault, TypeError):
                continue
        options.append((str(pivot), tuple(shown)))
    return Question("pivot", text, tuple(options))


# --- records ----------------------------------------------------------------------------------------------------------------------------

_LINK_NUMBER = re.compile(r"[?&]q=(?:pn%3D|pn=)?([A-Z]{2}[0-9A-Z]+)")
_STATUSES = (
    (("refused", "withdrawn", "lapsed", "expired", "abandoned", "dead", "ceased", "invalid", "失效", "erloschen"), "ended"),
    (("granted", "in force", "active", "patented", "alive", "registered", "有效", "授权", "erteilt"), "granted"),
    (("pending", "application", "filed", "published", "examination", "审查", "anhängig"), "pending"),
)


def read(path: str, shape: FileShape) -> Iterator[AssetRecord | CellProblem]:
    """Records and problems of a table, a row at a time."""
    make = _maker(shape)
    width = len(shape.columns)
    seen_lines = shape.header_row
    for row in islice(_raw(path, shape), shape.header_row, None):
        seen_lines += 1
        if not any(cell.strip() for cell in row):
            continue
        if len(row) > width and any(cell.strip() for cell in row[width:]):
            yield CellProblem(seen_lines, "", "columns", f"The row has {len(row)} cells, the header {width}: a quote or a delimiter is missing.")
            continue
        yield from make(seen_lines, row)


def _maker(shape: FileShape) -> Callable[[int, list[str]], Iterator[AssetRecord | CellProblem]]:
    place = {field: shape.columns.index(column) for field, column in shape.mapping.items()}
    today = date.today()
    cache: dict[str, Any] = {}

    def cell(row: list[str], field: str) -> str:
        at = place.get(field)
        return row[at].strip() if at is not None and at < len(row) else ""

    def day(row_number: int, row: list[str], field: str, problems: list[CellProblem]) -> date | None:
        text = cell(row, field)
        if not text:
            return None
        try:
            found = cache.get(text) or cache.setdefault(text, parse(text, shape.dates, shape.pivot))
        except DateFault as fault:
            problems.append(CellProblem(row_number, shape.mapping[field], "date", f"{fault}.", text))
            return None
        if found and found > today:
            problems.append(CellProblem(row_number, shape.mapping[field], "future", f"{found:%d %b %Y} lies in the future.", text))
        return found

    def make(row_number: int, row: list[str]) -> Iterator[AssetRecord | CellProblem]:
        problems: list[CellProblem] = []
        record = _record(row_number, lambda field: cell(row, field), shape, problems)
        if record is not None:
            record.filed_on = day(row_number, row, "filed_on", problems)
            record.published_on = day(row_number, row, "published_on", problems)
            record.granted_on = day(row_number, row, "granted_on", problems)
            problems += _order(record, row_number, shape)
        yield from problems
        if record is not None and not any(problem.code in _FATAL for problem in problems):
            yield record

    return make


_FATAL = {"date", "future", "number", "office", "order"}


def _record(row_number: int, cell: Callable[[str], str], shape: FileShape, problems: list[CellProblem]) -> AssetRecord | None:
    number, column = cell("number") or cell("publication_number") or cell("grant_number"), next(
        (shape.mapping[f] for f in ("number", "publication_number", "grant_number") if f in shape.mapping), ""
    )  # fmt: skip
    link = _LINK_NUMBER.search(number)
    parsed = parse_number(link.group(1) if link else number.split("(")[0], cell("office")[:2])
    if parsed is None:
        code = "number" if number else "missing"
        problems.append(
            CellProblem(row_number, column, "number", "No office and number can be made out here." if number else "The number is missing.", number)
        )
        return None if code else None
    for field in ("title", "owners"):
        text = cell(field)
        if text[:1] in "=+@" and len(text) > 1:
            problems.append(
                CellProblem(row_number, shape.mapping[field], "formula", "The cell begins like a formula; it is kept as text.", text[:80])
            )
    return AssetRecord(
        place=str(row_number), office=parsed.office, number=parsed.display, key=sys.intern(parsed.key), right=_right(cell("right"), parsed.kind),
        title=cell("title"), publication_number=cell("publication_number") if "number" in shape.mapping else "", grant_number=cell("grant_number"),
        status=_status(cell("status")), technical_field=sys.intern(cell("technical_field")), owners=_list(cell("owners"), shape, "owners"),
        inventors=_list(cell("inventors"), shape, "inventors"), agents=_list(cell("agents"), shape, "agents")[:1], links=_priorities(cell("priorities")),
        family=cell("family"), reference=cell("reference"), events=[],
    )  # fmt: skip


def _right(text: str, kind: str) -> str:
    folded = text.casefold()
    for words, right in (
        (("utility", "实用新型", "gebrauchs"), "utility_model"),
        (("design", "外观"), "design"),
        (("mark", "商标", "marke"), "trade_mark"),
    ):
        if any(word in folded for word in words):
            return right
    return "utility_model" if kind.startswith(("U", "Y")) else "patent"


def _status(text: str) -> str:
    folded = text.casefold()
    for words, status in _STATUSES:
        if any(word in folded for word in words):
            return f"{status}|{text}"
    return f"|{text}" if text else ""


def _list(text: str, shape: FileShape, field: str) -> list[str]:
    if not text:
        return []
    if shape.layout == "Deep Tech Finder":
        return [sys.intern(text)]
    parts = re.split(r";;|;|\n|\|", text)
    return [re.sub(r"\s*\[[A-Z]{2}\]$", "", part.replace("\u2002", " ")).strip(" ,") for part in parts if part.strip(" ,")]


def _priorities(text: str) -> list[LinkRecord]:
    links = []
    for part in re.split(r";;|;|\n", text):
        match = re.match(r"\s*([A-Z]{2})\s*(\S+)\s*[A-Z]?\s*(\d{8})", part)
        if match:
            try:
                on = parse(match.group(3), "ymd", None)
                links.append(LinkRecord("priority", match.group(1), f"{match.group(1)} {match.group(2)}", on if on and on <= date.today() else None))
            except DateFault:
                continue
    return links


def _order(record: AssetRecord, row_number: int, shape: FileShape) -> list[CellProblem]:
    """Days that cannot follow each other."""
    faults = []
    for field, word in (("published_on", "published"), ("granted_on", "granted")):
        day = getattr(record, field)
        if day and record.filed_on and day < record.filed_on:
            faults.append(CellProblem(row_number, shape.mapping[field], "order", f"It cannot be {word} before it was filed.", str(day)))
    return faults


__all__ = ["EventRecord", "read", "recognise"]
