"""`causeway deadlines`: what the docket shows, on the command line."""

from __future__ import annotations

import argparse
import json

from causeway.engines.kernel import Money, parse_date
from causeway.frame import access, scope
from causeway.frame.models import University
from causeway.rooms.docket import selectors


def show(options: argparse.Namespace, universities: list[University]) -> int:
    """Print deadlines that wait for somebody, soonest first; dates that are not known say so."""
    try:
        start, end = (parse_date(text) if text else None for text in (options.start, options.end))
    except ValueError as wrong:
        raise SystemExit(f"causeway deadlines: {wrong}.") from None
    rows = []
    for university in universities:
        with scope.use(university):
            for row in selectors.deadline_rows(access.system(university), start, end, options.asset):
                rows.append({"university": university.name, **row})
    if options.json:
        print(json.dumps(rows, ensure_ascii=False, indent=1))
        return 0
    for row in rows:
        print(_line(row))
    print(f"{len(rows)} deadlines")
    return 0


def _line(row: dict) -> str:
    fee = f"  {row['currency']} {Money(row['amount'], row['currency']).text()}" if row["amount"] is not None else ""
    doubt = "".join(
        mark for mark, on in (("  provisional", row["provisional"]), ("  unverified", not row["verified"]), ("  LATE", row["late"])) if on
    )
    return f"{row['due']}  {row['asset']:16} {row['office']:3} {row['action']}{fee}  [{row['rule']}]{doubt}  {row['title'][:60]}"
