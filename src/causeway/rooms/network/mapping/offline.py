"""A questionnaire as a workbook that goes out, is filled in anywhere, and comes back with a problem for each cell that is not right."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any, BinaryIO, NamedTuple

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from causeway.engines.indicators import Catalogue
from causeway.engines.indicators.questionnaire import Form, cells, shown, words

MARK = "causeway-questionnaire"
SHEET = "Answers"
#: The workbook that comes back is no larger than this.
MOST_BYTES, MOST_ROWS = 20 * 1024 * 1024, 20_000
#: What it unpacks to: a form of all the rows there may be has a tenth of it.
MOST_UNPACKED = 128 * 1024 * 1024
_FIRST = 5
#: A cell of the answers with an error in it, or with a formula that nobody worked out: both are read as empty.
_FAULT = re.compile(rb'<c r="D(\d+)"(?:[^>]*\bt="e"[^>]*>|[^>]*>\s*<f\b[^>]*(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>)')


class Unreadable(Exception):
    """A file that is not a filled-in form of this round; says why."""


class Filled(NamedTuple):
    """What came back: the text of each filled cell by path, the row each stands in, notes by question, and where a formula came to nothing."""

    values: dict[str, str]
    rows: dict[str, int]
    notes: dict[str, str]
    faults: set[str]


def workbook(form: Form, catalogue: Catalogue, answers: Mapping[str, Any], notes: Mapping[str, str], *, key: str, version: int, language: str, until: str) -> bytes:
    """The form as XLSX with the answers and notes there are. They are the only cells that can be changed."""
    target = io.BytesIO()
    import xlsxwriter  # when a sheet is written: it would slow every start

    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(SHEET)
    bold, title, open_, grey, wrap = (
        book.add_format({"bold": True, "top": 1, "valign": "top"}), book.add_format({"bold": True, "font_size": 14}), book.add_format({"locked": False, "border": 1, "text_wrap": True, "valign": "top"}),
        book.add_format({"font_color": "#65686c", "valign": "top"}), book.add_format({"text_wrap": True, "valign": "top"}),
    )  # fmt: skip
    sheet.set_column(0, 0, 24, grey, {"hidden": True})
    for column, width in ((1, 60), (2, 24), (3, 28), (4, 40)):
        sheet.set_column(column, column, width)
    sheet.write_row(0, 0, [MARK, key, version], grey)
    sheet.set_row(0, None, None, {"hidden": True})
    sheet.write_string(1, 1, words(form.title, language), title)
    sheet.write_string(2, 1, _("Fill in the framed cells. Where there is no figure write “n/a”, where none can be “not applicable”. Last day: %(day)s.") % {"day": until}, wrap)
    sheet.write_row(4, 0, [_("Place"), _("Question"), _("Unit or choice"), _("Answer"), _("Note")], bold)
    sheet.freeze_panes(_FIRST, 0)
    sheet.protect("", {"select_locked_cells": True, "format_columns": True, "format_rows": True})
    asked = shown(form, answers)
    row, section, noted = _FIRST, "", set[str]()
    titles = {one.key: words(one.title, language) for one in form.sections}
    for cell in cells(form, catalogue):
        if cell.question.section != section:
            section = cell.question.section
            sheet.write_string(row, 1, titles[section], bold)
            row += 1
        label = words(cell.question.text, language)
        told = words(cell.label, language)
        if told and told != label:
            label = f"{label}: {told}"
        if cell.kind in ("currency", "year"):
            label = f"{label} ({_('currency') if cell.kind == 'currency' else _('year')})"
        condition = "" if cell.question.key in asked or cell.question.when is None else " " + _("(only if it applies)")
        sheet.write_string(row, 0, cell.path, grey)
        sheet.write_string(row, 1, label + condition, wrap)
        sheet.write_string(row, 2, _hint(cell, language), wrap)
        given = text_at(answers.get(cell.question.key), cell.path, form)
        sheet.write_string(row, 3, next((words(one.text, language) for one in cell.options if one.key == given), given), open_)
        sheet.write_string(row, 4, notes.get(cell.question.key, "") if cell.question.key not in noted else "", open_)
        noted.add(cell.question.key)
        if cell.kind == "option":
            options = [words(one.text, language) for one in cell.options]
            if sum(map(len, options)) + len(options) < 250 and not any("," in one for one in options):
                sheet.data_validation(row, 3, row, 3, {"validate": "list", "source": options, "error_type": "warning"})
        row += 1
    book.close()
    return target.getvalue()


def _hint(cell: Any, language: str) -> str:
    if cell.kind == "option":
        return " / ".join(words(one.text, language) for one in cell.options)
    return {"mark": _("x where it applies"), "currency": _("three letters, such as EUR"), "year": _("year"), "text": _("text")}.get(cell.kind, cell.unit)


def text_at(value: Any, path: str, form: Form) -> str:
    """The text of an answer in one of its cells."""
    if value is None:
        return ""
    key, *rest = path.split("/")
    if isinstance(value, Mapping) and value.get("state"):
        return {"unavailable": "n/a", "inapplicable": "not applicable"}[value["state"]] if not rest or rest[-1] not in ("currency", "year") else ""
    if isinstance(value, list):
        return "x" if rest and rest[0] in value else ""
    if isinstance(value, Mapping) and "parts" in value:
        return str(value.get("currency", "")) if rest == ["currency"] else str(value["parts"].get(rest[0], "")) if rest else ""
    if isinstance(value, Mapping) and "amount" in value:
        return str(value.get(rest[0], "")) if rest else str(value["amount"])
    if isinstance(value, Mapping):
        return str((value.get(rest[0]) or {}).get(rest[1], "")) if len(rest) == 2 else ""
    return str(value)


def over(stored: Any, came: Any) -> Any:
    """An answer that came back laid over the stored one: of a matrix or the parts of a figure, cells that were left empty stay as they are."""
    if not isinstance(stored, Mapping) or not isinstance(came, Mapping) or "state" in stored or "state" in came or "amount" in came:
        return came
    if "parts" in came:
        same = stored.get("currency") == came.get("currency")
        return {**came, "parts": {**stored.get("parts", {}), **came["parts"]}} if same else came
    return {row: {**stored.get(row, {}), **came.get(row, {})} for row in [*stored, *(row for row in came if row not in stored)]}


def read(source: BinaryIO, size: int, *, key: str, version: int) -> Filled:
    """What was filled in; raises `Unreadable` for any file that is not a form of this round."""
    if size > MOST_BYTES:
        raise Unreadable(_("The file is larger than a filled-in form can be (20 MB)."))
    faulty = _whole(source)
    try:
        rows = CalamineWorkbook.from_filelike(source).get_sheet_by_name(SHEET).to_python(skip_empty_area=False)
    except (CalamineError, ValueError, OSError) as fault:
        raise Unreadable(_("This is no workbook with the sheet “Answers”. Send back the form that was downloaded here.")) from fault
    head = [str(one) for one in (rows[0] if rows else [])[:3]]
    if len(head) < 3 or head[0] != MARK:
        raise Unreadable(_("This workbook is not a form of Causeway."))
    if head[1] != key or _plain(rows[0][2]) != str(version):
        raise Unreadable(_("This form belongs to another questionnaire or an earlier version of it. Download the form of this round."))
    if len(rows) > MOST_ROWS:
        raise Unreadable(_("The workbook has more rows than a form."))
    filled = Filled({}, {}, {}, set())
    for number, row in enumerate(rows[_FIRST:], _FIRST + 1):
        path = _plain(row[0]) if row else ""
        if not path:
            continue
        if path in filled.rows:
            raise Unreadable(_("Row %(row)s repeats a question of row %(other)s.") % {"row": number, "other": filled.rows[path]})
        filled.rows[path] = number
        text = _plain(row[3]) if len(row) > 3 else ""
        if text:
            filled.values[path] = text
        elif number in faulty:
            filled.faults.add(path)
        note = _plain(row[4]) if len(row) > 4 else ""
        if note:
            filled.notes[path.split("/")[0]] = note
    return filled


def _whole(source: BinaryIO) -> set[int]:
    """The rows whose answer is a formula that came to nothing. Refuses what is no XLSX, or unpacks to more than a form can be; counted, for an archive may lie about it."""
    try:
        with zipfile.ZipFile(source) as archive:
            left = MOST_UNPACKED
            for name in archive.namelist():
                with archive.open(name) as file:
                    while piece := file.read(1 << 20):
                        left -= len(piece)
                        if left < 0:
                            raise Unreadable(_("The workbook unpacks to far more than a form holds; it is not read."))
            faulty = {int(row) for row in _FAULT.findall(archive.read(part))} if (part := _sheet(archive)) else set()
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError, ValueError, zlib.error) as fault:
        raise Unreadable(_("This is no workbook that can be read. Send back the form that was downloaded here, saved as XLSX.")) from fault
    source.seek(0)
    return faulty


def _sheet(archive: zipfile.ZipFile) -> str:
    """The part that holds the sheet of answers; empty where there is none."""
    names = set(archive.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return ""
    tag = re.search(rb'<(?:\w+:)?sheet\b[^>]*\bname="' + SHEET.encode() + rb'"[^>]*>', archive.read("xl/workbook.xml"))
    key = re.search(rb'\bid="([^"]+)"', tag[0]) if tag else None
    for one in re.findall(rb"<(?:\w+:)?Relationship\b[^>]*>", archive.read("xl/_rels/workbook.xml.rels")):
        target = re.search(rb'\bTarget="([^"]+)"', one)
        if key and target and b'Id="' + key[1] + b'"' in one:
            part = target[1].decode("ascii", "replace")
            part = part.lstrip("/") if part.startswith("/") else f"xl/{part}"
            return part if part in names else ""
    return ""


def _plain(value: Any) -> str:
    """A cell as text: whole numbers without a point, days as they are written down."""
    if isinstance(value, bool):
        return "x" if value else ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return "" if value is None else str(value).strip()
