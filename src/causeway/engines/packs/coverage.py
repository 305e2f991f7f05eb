"""Which changes of law have no worked case on one of their sides: warnings, since a case proves a pack and does not make it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from causeway.engines.kernel import parse_date
from causeway.engines.packs.expressions import Expression
from causeway.engines.packs.model import Practice, Rule
from causeway.engines.packs.parse import Fault, Map, Seq
from causeway.engines.packs.schema import Pack


class Change(NamedTuple):
    """A day from which the law is another: what changes, where it stands, and whether the last day decides (else the events do)."""

    subject: str
    on: date
    pack: str
    line: int
    by_due: bool


def uncovered_changes(packs: Iterable[Pack], more_cases: Iterable[Map] = ()) -> list[Fault]:
    """A warning (code `no-case`) for every change of law that lacks a worked case before it or from it on."""
    packs = list(packs)
    cases = [case for pack in packs for case in pack.cases] + list(more_cases)
    warnings = []
    for change, asked in _changes(packs):
        sides = [side for case in cases if asked(case) for side in _sides(case, change)]
        missing = [name for name, there in (("before", -1 in sides), ("from", 1 in sides)) if not there]
        if missing:
            warnings.append(Fault("no-case", change.pack, change.line, f"{change.subject}: no worked case {' nor '.join(missing)} {change.on}."))
    return warnings


def _changes(packs: list[Pack]) -> Iterator[tuple[Change, Any]]:
    rules = {rule["id"]: rule for pack in packs for rule in pack.rules.values()}
    for pack in packs:
        for rule in pack.rules.values():
            for on, line, by_due in _days_of(rule):
                yield Change(rule["id"], on, pack.id, line, by_due), lambda case, rule=rule: _is_about(case, rule)
        for regime in pack.regimes.values():
            for on, line in _starts(regime.get("delivery") or (), "issued_from"):
                change = Change(f"Delivery under {regime['id']}", on, pack.id, line, False)
                yield change, lambda case, regime=regime: rules.get(case.get("rule"), {}).get("regime") == regime["id"] and _has_notice(case)
        for table in pack.fees.values():
            for on, line in _starts((table.get("versions") or ())[1:], "from"):
                change = Change(f"Tariff {table['id']}", on, pack.id, line, True)
                yield change, lambda case, table=table: "amount" in (case.get("expect") or {}) and rules.get(case.get("rule"), {}).get("fee") == table["id"]


def _is_about(case: Map, rule: Map) -> bool:
    if case.get("rule") != "TERM":
        return case.get("rule") == rule["id"]
    return rule["kind"] == "term" and case.get("office") == rule["office"] and case.get("right", "patent") in rule["rights"]


def _days_of(rule: Map) -> Iterator[tuple[date, int, bool]]:
    """The days on which a rule changes, with their lines."""
    force: Any = rule.get("in_force") or {}
    by_due = force.get("judged_by") == "due"
    if "from" in force:
        yield parse_date(force["from"]), force.lines["from"], by_due
    if "to" in force:
        yield parse_date(force["to"]) + timedelta(1), force.lines["to"], by_due
    yield from _inside(rule)


def _inside(value: Any) -> Iterator[tuple[date, int, bool]]:
    """Days named inside a rule: by which the trigger, the last day or the length of a period is judged."""
    if isinstance(value, Seq):
        for item in value:
            yield from _inside(item)
    elif isinstance(value, Map):
        for key, item in value.items():
            if key in ("trigger_from", "trigger_before"):
                yield parse_date(item), value.lines[key], False
            elif key == "month_end_before" or (key == "date" and "months" in value):
                yield parse_date(item), value.lines[key], True
            elif key != "in_force":
                yield from _inside(item)


def _starts(versions: Iterable[Map], key: str) -> Iterator[tuple[date, int]]:
    for version in versions:
        if key in version:
            yield parse_date(version[key]), version.lines[key]


def _has_notice(case: Map) -> bool:
    return any(isinstance(event, Map) and "by" in event for event in (case.get("events") or {}).values())


def _sides(case: Map, change: Change) -> list[int]:
    """On which sides of a change a case lies: -1 before, 1 from it on; a refusal names no last day and may lie on either."""
    expect = case.get("expect") or {}
    if "law_as_of" in case:
        days = [case["law_as_of"]]
    elif change.by_due:
        days = [expect[key] for key in ("due", "nominal", "term_ends") if key in expect][:1]
        if not days and "refused" in expect:
            return [-1, 1]
    else:
        days = _event_days(case)
    return [-1 if parse_date(str(day)) < change.on else 1 for day in days if day]


def _event_days(case: Map) -> list[str]:
    events = case.get("events") or {}
    listed = [one for value in events.values() for one in (value if isinstance(value, Seq) else [value])]
    return [str(one.get("on", "")) if isinstance(one, Map) else str(one) for one in listed]


#: Which kinds of worked case show a rule of which kind.
_SHOWN_BY = {
    "distribution": {"distribution"}, "floor": {"distribution", "equity_split"}, "main_contributor": {"distribution"}, "equity": {"equity_split"},
    "funding": {"patent_funding"}, "incentive": {"incentive"}, "award": {"patent_award"}, "reward_tax": {"reward_tax"}, "company_tax": {"company_tax"},
    "withholding": {"withholding"}, "vat": {"vat"}, "own_use": {"own_use"}, "grant": {"grant"},
}  # fmt: skip


def uncovered_practice(packs: Iterable[Pack]) -> list[Fault]:
    """A warning (code `no-case`) for every day on which a computed rule of a practice pack changes and that lacks a worked case on one of its sides.

    The first day on which a pack speaks needs a case from it on; other days need one on either side. Only cases that say `dated: true` show a day.
    """
    warnings = []
    for pack in packs:
        if pack.practice is None:
            continue
        for rule in pack.practice.rules.values():
            if rule.kind not in _SHOWN_BY:
                continue
            for day in _practice_days(pack.practice, rule):
                sides = {side for case in pack.cases if case.get("kind") in _SHOWN_BY[rule.kind] for side in _practice_sides(case, day)}
                first = day == pack.practice.speaks.start
                missing = [name for name, side in (("before", -1), ("from", 1)) if side not in sides and not (first and side == -1)]
                if missing:
                    text = f"{rule.id}: no worked case {' nor '.join(missing)} {date.fromordinal(day)}."
                    warnings.append(Fault("no-case", rule.ground.file, rule.ground.line, text))
    return warnings


def _practice_days(practice: Practice, rule: Rule) -> list[int]:
    """Days on which a rule or a value it names changes."""
    days = {rule.span.start, None if rule.span.end is None else rule.span.end + 1}
    for name in _names(rule.fields):
        value = practice.values.get(name)
        for version in value.versions if value else ():
            days |= {version.span.start, None if version.span.end is None else version.span.end + 1}
    return sorted(day for day in days if day is not None)


def _names(field: Any) -> Iterator[str]:
    if isinstance(field, Expression):
        yield from field.names
    elif isinstance(field, Mapping):
        for one in field.values():
            yield from _names(one)
    elif isinstance(field, list | tuple):
        for one in field:
            yield from _names(one)


def _practice_sides(case: Map, day: int) -> list[int]:
    """On which side of a day a case lies; a case whose rules are taken as in force shows only that they are, from some day on."""
    texts = [str(case["on"])] if case.get("on") else [text for text in _case_days(case.get("given")) if text]
    if str(case.get("dated", "")) != "true":
        return [1]
    return [-1 if parse_date(text).toordinal() < day else 1 for text in texts[-1:]]


def _case_days(given: Any) -> list[str]:
    if not isinstance(given, Map):
        return []
    if isinstance(given.get("filings"), Seq):
        return sorted(str(one.get("on", "")) for one in given["filings"] if isinstance(one, Map))
    return [str(given[key]) for key in ("granted_on", "paid_on") if key in given]
