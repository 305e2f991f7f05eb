"""From the rows of a table to records, with a problem for each cell that cannot be right."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from django.utils.translation import gettext as _

from causeway.adapters.portfolio import nodes, table, workbook
from causeway.adapters.portfolio.columns import NUMBERS
from causeway.adapters.portfolio.dates import DateFault, parse
from causeway.adapters.portfolio.table import LOST, Row
from causeway.rooms.assets.numbers import OFFICES, Number, docdb_number, doubt, of_publication, parse_number, publication_key
from causeway.rooms.assets.ports import AssetRecord, CellProblem, EventRecord, FileShape, LinkRecord

_LINK_NUMBER = re.compile(r"[?&]q=(?:pn%3D|pn=|ap%3D|ap=)?([A-Z]{2}[0-9A-Z]+)")
_STATUSES = (
    (("refused", "withdrawn", "lapsed", "expired", "abandoned", "dead", "ceased", "invalid", "失效", "无权", "终止", "erloschen"), "ended"),
    (("granted", "in force", "active", "patented", "alive", "registered", "issued", "有效", "有权", "维持", "授权", "erteilt"), "granted"),
    (("pending", "application", "filed", "published", "examination", "审查", "anhängig"), "pending"),
)
_ENDINGS = (("withdrawn", "withdrawn"), ("refused", "refused_final"), ("abandoned", "abandoned"), ("expired", "expired"), ("届满", "expired"))
_SPLIT = re.compile(r"\s*(?:;;|[;；、\n|])\s*")
_COUNTRY = re.compile(r"\s*\[[A-Z]{2}\]$")
_KIND = re.compile(r"\(?([A-Z]\d?)\)?$")
_CLAIM = re.compile(r"\s*([A-Z]{2})\s*([0-9A-Z/]+?)\s*[A-Z]?\s+(\d{8})\s*$")
#: What spreadsheets make of long numbers: digits lost, and a fraction that is none.
_SHORTENED = re.compile(r"\d(?:[.,]\d+)?E\+?\d+$", re.IGNORECASE)
_FRACTION = re.compile(r"(\d{5,})[.,]0+$")
#: Characters that are no content: an end of file of long ago, a mark of byte order within.
_BLANK = "\x1a\ufeff\u200b"
#: What people write where there is no name; what has neither letter nor digit is none either.
_NOBODY = frozenset(["n/a", "n.a.", "none", "null", "无", "不适用"])
_TEXTS = ("title", "owners", "inventors", "agents")
#: Exports whose numbers have the form of the offices' exchange.
_DOCDB = ("Lens", "Espacenet")
#: Longest values the record keeps; what is longer is cut, with a problem that says so.
_LONGEST = {"title": 500, "technical_field": 500, "reference": 60, "family": 60, "publication_number": 60, "grant_number": 60}
_CACHED_DAYS = 50_000
#: So many different dates of a kind are needed before their days say anything.
_ENOUGH = 20


def read(path: str, shape: FileShape) -> Iterator[AssetRecord | CellProblem]:
    """Records and problems of a table, a row at a time; at the end, owners whose rows are not as many as the file declares."""
    make = _Maker(shape)
    width = len(shape.columns)
    seen = False
    for row in table.rows(path, shape):
        if not any(cell and cell.strip(_BLANK).strip() for cell in row.cells):
            continue
        seen = True
        if row.lines > 1 and (swallowed := _swallowed(row, shape)):
            yield swallowed
        elif len(row.cells) > width and any(cell.strip() for cell in row.cells[width:]):
            message = _("The row has %(cells)s cells, the header %(width)s: a quote or a delimiter is missing or too many.") % {
                "cells": len(row.cells),
                "width": width,
            }
            yield CellProblem(row.number, "", "columns", message, shape.delimiter.join(row.cells)[:200])
        elif width > 1 and len(row.cells) == 1 and (mark := _other_mark(row.cells[0], shape)):
            message = _("The row is divided by “%(mark)s”, the header by “%(header)s”.") % {"mark": mark, "header": shape.delimiter}
            yield CellProblem(row.number, "", "columns", message, row.cells[0][:200])
        else:
            yield from make(row)
    yield from make.counted()
    yield from workbook.remarks(path, shape)
    if not seen:
        yield CellProblem(
            shape.header_row, "", "no-assets", _("The file holds no rows below the names of its columns. Nothing is brought in from it.")
        )


def _other_mark(cell: str, shape: FileShape) -> str:
    """The delimiter of a row that is all in one cell; "" where it is none."""
    if shape.format != "csv":
        return ""
    return next((mark for mark in table.DELIMITERS if mark != shape.delimiter and cell.count(mark) == len(shape.columns) - 1), "")


def _swallowed(row: Row, shape: FileShape) -> CellProblem | None:
    """A cell that took in whole lines: its quote was never closed."""
    cell = max(row.cells, key=lambda text: text.count("\n"))
    whole = sum(line.count(shape.delimiter) >= len(shape.columns) - 1 for line in cell.split("\n")) if shape.delimiter else 0
    if not whole:
        return None
    column = shape.columns[place] if (place := row.cells.index(cell)) < len(shape.columns) else ""
    return CellProblem(
        row.number,
        column,
        "quote",
        _("A quote opens here and closes %(lines)s lines later; the rows between were not read. Close it.") % {"lines": row.lines},
        cell[:80],
    )


class _Day(NamedTuple):
    on: date | None
    fault: str


class _Maker:
    """Makes records of one file: the places of its columns, the days it has read before, and how many rows each owner has."""

    def __init__(self, shape: FileShape) -> None:
        self.shape = shape
        self.place = {field: shape.columns.index(column) for field, column in shape.mapping.items()}
        self.constants = shape.constants
        self.numbers = [field for field in NUMBERS if field in self.place]
        self.days = [field for field in ("filed_on", "published_on", "granted_on", "ended_on") if field in self.place]
        self.docdb = shape.layout in _DOCDB
        self.today = date.today()
        self.known: dict[str, _Day] = {}
        self.lists: dict[str, list[str]] = {}
        self.rows: Counter[str] = Counter()
        self.declared: dict[str, str] = {}
        #: Different days written in words and in figures: how many, the first and the last day of the month among them.
        self.written: dict[bool, tuple[int, int, int]] = {True: (0, 31, 1), False: (0, 31, 1)}

    def __call__(self, row: Row) -> Iterator[AssetRecord | CellProblem]:
        """The record of a row, after its problems; no record where one of them is fatal."""
        problems: list[CellProblem] = []
        cells, width = row.cells, len(row.cells)
        said = {field: cells[place].strip() if place < width else "" for field, place in self.place.items()}
        said.update(self.constants)

        def tell(field: str, code: str, message: str, value: str = "") -> None:
            column = self.shape.mapping.get(field, "")
            problems.append(
                CellProblem(
                    row.number,
                    f"{row.sheet}: {column}" if row.sheet else column,
                    code,
                    message,
                    value[:200],
                )
            )

        if width < len(self.shape.columns) and not row.sheet and self.shape.format == "csv":
            tell(
                "",
                "short",
                _("The row has %(width)s cells, the header %(columns)s; the missing ones count as empty.")
                % {"width": width, "columns": len(self.shape.columns)},
            )
        self._count(said)
        record = self._numbered(said, tell)
        if record is not None:
            record.place = f"{row.sheet} {row.number}".strip()
            self._days(record, said, tell)
            self._rest(record, said, tell)
        yield from problems
        if record is not None and not any(problem.code in FATAL for problem in problems):
            yield record

    # --- numbers

    def _numbered(self, said: dict[str, str], tell: Callable[..., None]) -> AssetRecord | None:
        """A record under its application number, or under its publication where the row tells only that."""
        field = next((field for field in NUMBERS if said.get(field)), self.numbers[0])
        text = said[field]
        office = said.get("office", "")[:2].upper()
        if LOST in text or text.startswith("="):
            tell(field, "number", _("This is no number as an office gives it: a letter of it was lost, or it is a formula. Write it anew."), text)
            return None
        if _SHORTENED.fullmatch(text):
            tell(
                field,
                "number",
                _("The spreadsheet shortened this number, and its digits are lost. Give the column the form of text and save it again."),
                text,
            )
            return None
        link = _LINK_NUMBER.search(text)
        whole = _FRACTION.fullmatch(text)
        number = self._number(link.group(1) if link else whole.group(1) if whole else text.partition("(")[0], office, field)
        if number is None:
            tell(field, "number", _no_number(text, office), text)
            return None
        if number.office not in OFFICES:
            tell(
                field,
                "office",
                _("%(office)s is no office that numbers applications. Name the office in two letters, such as EP, CN or US.")
                % {"office": number.office},
                text,
            )
            return None
        if field == "number" and not self.docdb and not link and of_publication(text, number):
            tell(field, "publication", _("This is the number of a publication, not of an application; it is kept as that."), text)
            said["number"] = ""
            place = "grant_number" if said.get("publication_number") and number.kind.startswith("B") else "publication_number"
            said[place] = said.get(place) or text
            return self._numbered(said, tell)
        if field == "number":
            record = AssetRecord("", number.office, number.display, sys.intern(number.key))
            if not self.docdb and not link and (why := doubt(text, number)):
                tell(field, "check", why, text)
        else:
            record = AssetRecord("", number.office, "", publication_key(f"{number.display} {number.kind}"))
        record.right = _right(
            f"{said.get('right', '')} {said.get('status', '')}", said.get("kind", "") or _kind(said.get("publication_number", "")) or number.kind
        )
        return record

    def _number(self, text: str, office: str, field: str) -> Number | None:
        if self.docdb and field == "number":
            parts = re.match(r"\s*([A-Z]{2})\s*([0-9A-Z/]*\d)\s*([A-Z]\d?)?\s*$", text)
            if parts:
                return docdb_number(parts.group(1), parts.group(2), parts.group(3) or "A")
        return parse_number(text, office)

    # --- days

    def _days(self, record: AssetRecord, said: dict[str, str], tell: Callable[..., None]) -> None:
        for field in self.days:
            text = said[field]
            if not text:
                continue
            day = self.known.get(text) or self._day(text)
            if day.fault:
                tell(field, "date", day.fault, text)
            elif field == "ended_on":
                self._ending(record, day.on, said, tell)
            elif day.on and day.on > self.today:
                tell(field, "future", _("%(on)s lies in the future.") % {"on": f"{day.on:%d %b %Y}"}, text)
            else:
                setattr(record, field, day.on)
        filed = record.filed_on
        for field, words in (
            ("published_on", _("It cannot be published (%(day)s) before it was filed (%(filed)s).")),
            ("granted_on", _("It cannot be granted (%(day)s) before it was filed (%(filed)s).")),
        ):
            day_of = getattr(record, field)
            if day_of and filed and day_of < filed:
                tell(
                    field,
                    "order",
                    words % {"day": f"{day_of:%d %b %Y}", "filed": f"{filed:%d %b %Y}"},
                    said[field],
                )

    def _day(self, text: str) -> _Day:
        try:
            day = _Day(parse(text, self.shape.dates, self.shape.pivot), "")
            count, low, high = self.written[in_words := any(c.isalpha() for c in text)]
            if day.on:
                self.written[in_words] = (count + 1, min(low, day.on.day), max(high, day.on.day))
        except DateFault as fault:
            day = _Day(None, f"{fault}.")
        if len(self.known) < _CACHED_DAYS:
            self.known[text] = day
        return day

    def _ending(self, record: AssetRecord, on: date | None, said: dict[str, str], tell: Callable[..., None]) -> None:
        """The day a right ended: an event where it has come, nothing where it is still to come."""
        if on is None:
            return
        if record.filed_on and on < record.filed_on:
            tell(
                "ended_on",
                "order",
                _("It cannot have ended (%(on)s) before it was filed (%(filed_on)s).")
                % {"on": f"{on:%d %b %Y}", "filed_on": f"{record.filed_on:%d %b %Y}"},
                said["ended_on"],
            )
        elif on <= self.today and _status(said.get("status", "")).startswith(("ended", "|")) or on <= self.today and not said.get("status"):
            folded = said.get("status", "").casefold()
            kind = next(
                (kind for word, kind in _ENDINGS if word in folded), "expired" if "expir" in self.shape.mapping["ended_on"].casefold() else "lapsed"
            )
            record.events.append(EventRecord(kind, on))

    # --- the rest

    def _rest(self, record: AssetRecord, said: dict[str, str], tell: Callable[..., None]) -> None:
        for field, longest in _LONGEST.items():
            text = said.get(field, "")
            if len(text) > longest:
                tell(
                    field,
                    "long",
                    _("The value has %(text)s characters; the first %(longest)s are kept.") % {"text": len(text), "longest": longest},
                    text,
                )
                said[field] = text[:longest]
        for field in _TEXTS:
            text = said.get(field, "")
            if LOST in text:
                tell(field, "lost", _("A letter of this cell was lost (it stands as %(sign)s); the rest is kept.") % {"sign": LOST}, text)
            if text[:1] in "=+@" and len(text) > 1:
                tell(field, "formula", _("The cell begins like a formula; it is kept as text."), text)
        record.title, record.reference, record.family = said.get("title", ""), said.get("reference", ""), said.get("family", "")
        record.technical_field = sys.intern(said.get("technical_field", ""))
        record.status = _status(said.get("status", ""))
        record.owners, record.inventors = self._list(said.get("owners", "")), self._list(said.get("inventors", ""))
        record.agents = self._list(said.get("agents", ""))[:1]
        record.links = _priorities(said.get("priorities", ""))
        self._publications(record, said)
        if record.status.startswith("ended") and any(event.kind in ("expired", "lapsed") for event in record.events):
            record.status = f"ended|{said.get('status', '')}"

    def _publications(self, record: AssetRecord, said: dict[str, str]) -> None:
        """The numbers of publication and grant, as people write them; an export of publications says by the kind which of the two it is."""
        published = said.get("publication_number", "")
        if published:
            number = parse_number(published.partition("(")[0], record.office)
            kind = said.get("kind", "") or _kind(published) or (number.kind if number else "")
            if number is None:
                record.publication_number = published[:60]
            else:
                on = record.published_on
                record.published_on = None
                nodes.add_publication(record, nodes.Reference(number, kind, on))
                if record.grant_number and not record.status.startswith("ended"):
                    record.status = f"granted{record.status[record.status.find('|') :] if '|' in record.status else '|'}"
        granted = said.get("grant_number", "")
        if granted:
            number = parse_number(granted.partition("(")[0], record.office)
            record.grant_number = f"{number.published} {_kind(granted) or number.kind}".strip() if number else granted[:60]

    def _list(self, text: str) -> list[str]:
        """The names in a cell; a list of its own each time, since records grow."""
        if not text:
            return []
        known = self.lists.get(text)
        if known is None:
            known = self._names(text)
            if len(self.lists) < _CACHED_DAYS:
                self.lists[text] = known
        return list(known)

    def _names(self, text: str) -> list[str]:
        if self.shape.layout == "Deep Tech Finder":
            return [sys.intern(text)]
        if self.shape.layout == "Lens" or ";;" in text:  # one mark of them then stands within a name: CORRELL; JOHN D.
            listed = [part.replace(";", ",") for part in text.split(";;")]
        else:
            listed = _SPLIT.split(text)
        parts = (_COUNTRY.sub("", part.replace("\u2002", " ")).strip(" ,") for part in listed)
        return list(dict.fromkeys(part for part in parts if part.casefold() not in _NOBODY and any(c.isalnum() for c in part)))

    # --- what the file declares

    def _count(self, said: dict[str, str]) -> None:
        if "declared_total" in said and said.get("owners"):
            self.rows[said["owners"]] += 1
            self.declared[said["owners"]] = said["declared_total"]

    def counted(self) -> Iterator[CellProblem]:
        """What only the whole file shows: rows that were lost on the way, and days a spreadsheet has swapped with months."""
        (words, _low, latest), (figures, earliest, _high) = self.written[True], self.written[False]
        if words >= _ENOUGH and figures >= _ENOUGH and latest <= 12 < earliest:
            column = next((self.shape.mapping[field] for field in self.days), "")
            message = _(
                "The %(words)s dates in words all have days up to 12, the %(figures)s in figures days above 12: a spreadsheet swapped day and month of the former. Check them."
            ) % {"words": words, "figures": figures}
            yield CellProblem(0, column, "swapped", message)
        column = self.shape.mapping.get("declared_total", "")
        for owner, total in self.declared.items():
            if total.isdigit() and int(total) != self.rows[owner]:
                yield CellProblem(
                    0,
                    column,
                    "declared",
                    _("The file declares %(total)s applications of %(owner)s, but has %(rows)s rows of it.")
                    % {"total": total, "owner": owner, "rows": self.rows[owner]},
                    owner,
                )


#: Problems that keep a row out; the others are remarks on a row that comes in.
FATAL = frozenset(["date", "future", "number", "office", "order"])


def _no_number(text: str, office: str) -> str:
    """Why nothing can be made of a number."""
    if not text:
        return _("The number is missing.")
    if not office and any(c.isdigit() for c in text):
        return _("The number does not say of which office it is. Name one office for all rows, or write it before the number, such as EP or CN.")
    return _("No office and number can be made out here.")


@lru_cache(maxsize=4_096)
def _kind(text: str) -> str:
    match = _KIND.search(text.strip().upper())
    return match.group(1) if match and any(c.isdigit() for c in text[: match.start()]) else ""


@lru_cache(maxsize=4_096)
def _right(text: str, kind: str) -> str:
    folded = text.casefold()
    for words, right in (
        (("utility", "实用新型", "gebrauchs"), "utility_model"),
        (("design", "外观"), "design"),
        (("trade mark", "trademark", "商标", "marke"), "trade_mark"),
    ):
        if any(word in folded for word in words):
            return right
    return "utility_model" if kind.startswith(("U", "Y")) else "patent"


@lru_cache(maxsize=4_096)
def _status(text: str) -> str:
    if not text:
        return ""
    folded = text.casefold()
    for words, status in _STATUSES:
        if any(word in folded for word in words):
            return f"{status}|{text}"
    return f"|{text}"


def _priorities(text: str) -> list[LinkRecord]:
    links: dict[str, LinkRecord] = {}
    for part in _SPLIT.split(text) if text else ():
        match = _CLAIM.match(part)
        number = docdb_number(match.group(1), match.group(2), "A") if match else parse_number(part)
        if number is None:
            continue
        try:
            on = parse(match.group(3), "ymd", None) if match else None
        except DateFault:
            on = None
        links.setdefault(number.key, LinkRecord("priority", number.office, number.display, on if on and on <= date.today() else None))
    return list(links.values())
