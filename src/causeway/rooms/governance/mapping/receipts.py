"""Past receipts out of a table (CSV or XLSX): one row a receipt, a problem for every cell that cannot be read."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, BinaryIO

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from causeway.engines.kernel import CURRENCIES, Money

#: Names a column may have, folded; the first is the one the help text gives.
COLUMNS = {
    "on": ("date", "day", "received", "received on", "日期", "fecha", "data"),
    "amount": ("amount", "gross", "sum", "金额", "importe", "kwota"),
    "currency": ("currency", "币种", "moneda", "waluta"),
    "technology": ("technology", "title", "asset", "成果", "tecnología", "technologia"),
    "unit": ("unit", "faculty", "department", "学院", "unidad", "jednostka"),
    "costs": ("costs", "cost", "direct costs", "成本", "costes", "koszty"),
    "inventors": ("inventors", "people", "发明人", "inventores", "twórcy"),
}
NEEDED = ("on", "amount", "currency", "inventors")
LIMIT = 500_000
_WEIGHT = re.compile(r"^(.*?)[\s:=]+(\d+(?:\.\d+)?)$")
_ORDERS = {"ymd": (0, 1, 2), "dmy": (2, 1, 0), "mdy": (2, 0, 1)}

Problem = tuple[Any, str, str]


def read(upload: BinaryIO, dates: str) -> tuple[list[dict[str, Any]], list[Problem]]:
    """The receipts of a table and every problem in it as (row, column, what is wrong).

    upload: the file; dates: how days are written where they are text ("ymd", "dmy", "mdy"). Each receipt: on (ISO), amount and costs
    (decimal text), currency, technology, unit, inventors as [name, weight as text].
    """
    rows = _rows(upload)
    try:
        head = next(rows, None)
        places, problems = _places(head or [])
        if problems:
            return [], problems
        made: list[dict[str, Any]] = []
        for number, row in enumerate(rows, 2):
            if not any(str(cell).strip() for cell in row):
                continue
            if len(made) >= LIMIT:
                return [], [(number, "", _("A data set holds at most %(n)s receipts; cut the file.") % {"n": f"{LIMIT:,}"})]
            made.append(_receipt({name: row[at] if at < len(row) else "" for name, at in places.items()}, number, dates, problems))
    except UnicodeDecodeError:
        return [], [("", "", _("The text is not UTF-8: save the file as CSV UTF-8 or XLSX."))]
    except (CalamineError, csv.Error) as fault:
        return [], [("", "", _("The file cannot be read as a table: %(why)s.") % {"why": fault})]
    return made, problems


def _rows(upload: BinaryIO) -> Iterator[list[Any]]:
    if upload.read(4) == b"PK\x03\x04":
        upload.seek(0)
        yield from CalamineWorkbook.from_filelike(upload).get_sheet_by_index(0).iter_rows()
        return
    upload.seek(0)
    text = io.TextIOWrapper(upload, encoding="utf-8-sig", newline="")
    sample = text.read(4096)
    text.seek(0)
    delimiter = max(",;\t", key=sample.split("\n")[0].count)
    yield from csv.reader(text, delimiter=delimiter)
    text.detach()


def _places(head: list[Any]) -> tuple[dict[str, int], list[Problem]]:
    named = {str(cell).strip().casefold(): at for at, cell in enumerate(head)}
    places = {name: next((named[one] for one in names if one in named), -1) for name, names in COLUMNS.items()}
    missing = [name for name in NEEDED if places[name] < 0]
    problems = [(1, COLUMNS[name][0], _("There is no such column in the first row.")) for name in missing]
    return {name: at for name, at in places.items() if at >= 0}, problems


def _receipt(cells: dict[str, Any], number: int, dates: str, problems: list[Problem]) -> dict[str, Any]:
    def tell(column: str, why: str) -> None:
        problems.append((number, COLUMNS[column][0], why))

    currency = str(cells["currency"]).strip().upper()
    if currency not in CURRENCIES:
        tell("currency", _("%(text)s is not a currency of ISO 4217.") % {"text": currency or _("Nothing")})
        currency = ""
    made = {"on": _day(cells["on"], dates), "currency": currency, "technology": str(cells.get("technology", "")).strip(), "unit": str(cells.get("unit", "")).strip()}
    if made["on"] is None:
        tell("on", _("%(text)s is no day written that way.") % {"text": cells["on"]})
    for name in ("amount", "costs"):
        made[name] = _amount(cells.get(name, ""), currency, name == "costs")
        if currency and made[name] is None:
            tell(name, _("%(text)s is not an amount of money, or is negative.") % {"text": cells.get(name, "")})
    made["inventors"] = _inventors(str(cells["inventors"]))
    if not made["inventors"]:
        tell("inventors", _("Name the inventors, with their weights: Ana 2; Ben 1."))
    return made


def _day(cell: Any, order: str) -> str | None:
    if isinstance(cell, datetime | date):
        return (cell.date() if isinstance(cell, datetime) else cell).isoformat()
    parts = re.findall(r"\d+", str(cell))
    if len(parts) < 3 or len(parts[_ORDERS[order][0]]) != 4:
        return None
    try:
        return date(*(int(parts[at]) for at in _ORDERS[order])).isoformat()
    except ValueError:
        return None


def _amount(cell: Any, currency: str, optional: bool) -> str | None:
    text = f"{cell:.2f}" if isinstance(cell, float) else str(cell).strip().replace(" ", "").replace("\u00a0", "")
    if not text and optional:
        return "0"
    if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", text):
        text = text.replace(",", "")
    try:
        return Money.parse(text, currency).text() if currency and not text.startswith("-") else None
    except ValueError:
        return None


def _inventors(text: str) -> list[list[str]]:
    """"Ana 2; Ben 1" as names with weights; a name without one weighs 1."""
    made = []
    for part in (one.strip() for one in text.split(";")):
        found = _WEIGHT.match(part)
        if part:
            made.append([found[1].strip(), found[2]] if found and found[1].strip() else [part, "1"])
    return made
