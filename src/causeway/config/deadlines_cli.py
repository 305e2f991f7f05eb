"""`causeway deadlines`: what the docket shows, on the command line."""

from __future__ import annotations

import argparse
import json
import sys
from collections import namedtuple
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any

from django.db.models import Q, QuerySet

from causeway.engines.kernel import Money, NoRuleInForce, parse_date
from causeway.frame import access, scope
from causeway.frame.models import University
from causeway.rooms.assets.models import Asset
from causeway.rooms.assets.numbers import parse_number, publication_key
from causeway.rooms.docket import mapping, selectors, services
from causeway.rooms.docket.models import Deadline, Matter, Refusal
from causeway.rooms.docket.views.events import lines_of

CHUNK = 2_000


def show(options: argparse.Namespace, universities: list[University]) -> int:
    """Print deadlines, soonest first, as they are read: those that wait for somebody, or with --all those done and closed too.

    Dates that are not known say so. 0, or 1 where the asset that was asked for is not here, 2 where a day is none.
    """
    try:
        start, end = (parse_date(text) if text else None for text in (options.start, options.end))
    except ValueError as wrong:
        print(f"causeway deadlines: {wrong}.", file=sys.stderr)
        return 2
    if options.asset and not any(_named(university, options.asset) for university in universities):
        print(f"causeway deadlines: there is no asset {options.asset!r} here, by reference or by any number.", file=sys.stderr)
        return 1
    rows = _rows(options, universities, start, end)
    return _print_json(rows) if options.json else _print(rows, options, universities)


def _rows(options: argparse.Namespace, universities: list[University], start: date | None, end: date | None) -> Iterator[dict[str, Any]]:
    """The rows of one university after the other, in flat memory."""
    for university in universities:
        with scope.use(university):
            found = access.seen(university.pk, Deadline.objects.all()).order_by("due", "pk")
            if not options.all:
                found = found.filter(waiting=True)
            if start:
                found = found.filter(due__gte=start)
            if end:
                found = found.filter(due__lte=end)
            if options.asset:
                found = found.filter(matter_id__in=_named(university, options.asset))
            today: dict[str, date] = {}
            for row in found.values_list(*_COLUMNS).iterator(CHUNK):
                one = _Row(*row)
                if one.office not in today:
                    today[one.office] = selectors.civil_day(one.office, university.timezone)
                yield _shown(university.name, one, today[one.office])


def recompute(options: argparse.Namespace, universities: list[University]) -> int:
    """Compute every matter anew by the law in force, print what comes out differently, and write it unless --dry-run.

    0; 1 where a dry run finds something; 2 where the options name only some deadlines: a matter is computed as a whole.
    """
    if options.start or options.end or options.asset or options.all or not options.recompute:
        wrong = "--recompute computes all matters, without --from, --to, --asset or --all" if options.recompute else "--dry-run goes with --recompute"
        print(f"causeway deadlines: {wrong}.", file=sys.stderr)
        return 2
    matters: set[tuple[str, str]] = set()

    def told() -> Iterator[dict[str, Any]]:
        for row in _differences(universities, options.dry_run):
            matters.add((row["university"], row["asset"]))
            yield row

    if options.json:
        _print_json(told())
    else:
        for row in told():
            before = f"{row['before']} → " if row["before"] else ""
            more = "".join(f", {one}" for one in row["more"])
            print(f"{row['asset']:16} {row['change']:18} {before}{row['due']}  {row['what']}{more}  [{row['rule']}]")
        print(
            f"{len(matters)} matters {'would come out differently; nothing is written' if options.dry_run else 'came out differently and are written'}"
        )
    return 1 if options.dry_run and matters else 0


def _differences(universities: list[University], dry: bool) -> Iterator[dict[str, Any]]:
    """What comes out differently, a chunk of matters at a time, each written after it was told."""
    for university in universities:
        with scope.use(university):
            after, by = 0, access.system(university, "Command line")
            while ids := list(Matter.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:CHUNK]):
                for one in services.compare(ids):
                    if not one.empty:
                        yield from (_changed(university.name, one.matter.reference, line) for line in lines_of(one))
                if not dry:
                    services.recompute(actor=by, matters=ids, whole=True)
                after = ids[-1]


def _changed(university: str, reference: str, line: dict[str, Any]) -> dict[str, Any]:
    """A line of a difference as plain values."""
    before, more = line.get("before"), [line["state"]] if line.get("state") else []
    return {
        "university": university, "asset": reference, "change": line["badge"], "what": line["words"], "rule": line["rule"],
        "before": before.isoformat() if before else None, "due": line["after"].isoformat(), "more": more + line.get("more", []), "stays": bool(line.get("kept")),
    }  # fmt: skip


def _named(university: University, text: str) -> list[int]:
    """The matters an asset's reference or any way of writing one of its numbers names."""
    number = parse_number(text)
    keys = {number.key, publication_key(text)} if number else set()
    with scope.use(university):
        forms = {number.display, number.published} if number else set()
        shown = [text, *(f"{form} {number.kind}".strip() for form in forms if number)]
        named = Q(reference__iexact=text.strip()) | Q(number_key__in=keys) | Q(publication_number__in=shown) | Q(grant_number__in=shown)
        for form in forms:
            named |= Q(publication_number__startswith=f"{form} ") | Q(grant_number__startswith=f"{form} ")
        found = list(_seen(university, Asset.objects.filter(named)).values_list("matter_id", flat=True))
        if not found:
            matters = Matter.objects.filter(Q(reference__iexact=text.strip()) | Q(number=text.strip()))
            found = list(_seen(university, matters).values_list("pk", flat=True))
    return found


def _seen(university: University, rows: QuerySet) -> QuerySet:
    return access.seen(university.pk, rows)


_COLUMNS = (
    "matter_reference", "matter__number", "matter_title", "office", "action", "due", "nominal", "grace_ends", "amount", "currency", "state", "done_on",
    "holder__name", "rule", "ordinal", "verified", "provisional", "waiting", "why",
)  # fmt: skip
_Row = namedtuple("_Row", [name.replace("__", "_") for name in _COLUMNS])


def _shown(university: str, row: _Row, today: date) -> dict[str, Any]:
    """A deadline as plain values; amount in minor units of its currency. today: the day by which late is judged."""
    version, source = _rule(row.rule)
    return {
        "university": university, "asset": row.matter_reference, "number": row.matter_number, "title": row.matter_title, "office": row.office,
        "what": row.action, "due": row.due.isoformat(), "nominal": row.nominal.isoformat(), "grace": row.grace_ends.isoformat() if row.grace_ends else None,
        "amount": row.amount, "currency": row.currency or None, "state": row.state, "done_on": row.done_on.isoformat() if row.done_on else None,
        "in_hand_of": row.holder_name, "rule": row.rule, "ordinal": row.ordinal, "version": version, "source": source, "verified": row.verified,
        "provisional": row.provisional, "late": bool(row.waiting and row.due < today), "why": row.why,
    }  # fmt: skip


@cache
def _rule(name: str) -> tuple[str, list[str]]:
    """The pack and version of a rule, and its sources; nothing of a rule the packs no longer have."""
    try:
        rule = mapping.law().rule(name)
    except (NoRuleInForce, LookupError) as gone:
        return "", [str(gone)]
    return f"{rule.pack} {rule.version}", [selectors.source_of(basis)[0] for basis in rule.basis]


def _print_json(rows: Iterator[dict[str, Any]]) -> int:
    """One list, a row to a line, written as it is read."""
    comma = "["
    for row in rows:
        print(comma + "\n " + json.dumps(row, ensure_ascii=False), end="")
        comma = ","
    print("[]" if comma == "[" else "\n]")
    return 0


def _print(rows: Iterator[dict[str, Any]], options: argparse.Namespace, universities: list[University]) -> int:
    count = 0
    for row in rows:
        count += 1
        print(_line(row))
    print(f"{count} deadlines")
    for university in universities:
        with scope.use(university):
            refused = (
                _seen(university, Refusal.objects.filter(matter_id__in=_named(university, options.asset)))
                if options.asset
                else Refusal.objects.none()
            )
            for one in refused:
                print(f"no date  {one.rule} {one.ordinal}: {one.reason}")
    return 0


def _line(row: dict[str, Any]) -> str:
    fee = f"  {row['currency']} {Money(row['amount'], row['currency']).text()}" if row["amount"] is not None else ""
    grace = f"  (late until {row['grace']})" if row["grace"] and row["state"] in ("open", "instructed") else ""
    holder = f"  in hand of {row['in_hand_of']}" if row["in_hand_of"] else ""
    state = "" if row["state"] == "open" else f"  {row['state']}{' ' + row['done_on'] if row['done_on'] else ''}"
    marks = "".join(
        mark for mark, on in (("  provisional", row["provisional"]), ("  unverified", not row["verified"]), ("  LATE", row["late"])) if on
    )
    return f"{row['due']}  {row['asset']:16} {row['office']:3} {row['what']}{fee}{grace}{state}{holder}  [{row['rule']}, {row['version']}]{marks}  {row['title'][:60]}"
