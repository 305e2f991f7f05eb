"""What a law pack may say, key by key; every fault is collected with its file and line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from causeway.engines.kernel import parse_date
from causeway.engines.packs.model import Practice
from causeway.engines.packs.parse import Fault, Map, Seq

STATUSES = ("verified", "unverified")
UNITS = ("days", "weeks", "months", "years")
KINDS = ("law", "guide", "policy", "faculty")
FIGURES = ("by_year", "by_stage", "per_claim", "items")
RULE_KINDS = ("period", "renewal", "stages", "expiry", "term", "pendency", "fixed", "none")
RIGHTS = (
    "patent",
    "utility_model",
    "design",
    "trade_mark",
    "software_copyright",
    "plant_variety",
    "ic_layout",
    "know_how",
    "unitary",
    "spc",
)

#: Keys each place allows; a key that is not here is a fault, so that a slip of the pen is never silently without effect.
ALLOWED = {
    "pack": {"id", "version", "kind", "title", "subject", "extends", "offices", "licence", "reviewed", "note"},
    "source": {"title", "where", "level", "note"},
    "rule": {
        "id", "office", "rights", "regime", "title", "kind", "in_force", "period", "renewal", "stages", "expiry", "term", "pendency", "fixed", "roll",
        "extendable", "closed_by", "fee", "grace", "consequence", "designated", "calendar", "across", "statutory", "after_withdrawal", "status", "basis",
        "partly", "note", "needs", "unless", "docket", "also", "compensation", "fee_items", "fee_years",
    },
    "limb": {"after", "n", "unit", "month_end", "within", "when", "back", "each", "then", "not_after"},
    "in_force": {"from", "to", "judged_by"},
    "grace": {"months", "percent", "bands", "conflict", "conflict_months"},
    "renewal": {
        "after", "defer", "european", "first", "first_days", "free_months", "from_grant", "grace", "last", "last_if", "late_grant", "month_before", "month_end", "needs",
        "opens_at_due", "opens_by_year", "opens_months", "skip_if", "to_grant", "until", "window", "years", "years_begin",
    },
    "stages": {"after", "windows"},
    "stage": {"opens_months", "due_months", "grace_months"},
    "expiry": {"after", "years", "times", "until_years", "opens_months", "grace", "day_before", "month_end_before"},
    "term": {
        "after", "years", "cases", "day_before", "year_end", "earliest", "never_after", "adjustment", "extension", "when", "unless",
    },
    "pendency": {"after", "n", "unit"},
    "fixed": {"after", "on"},
    "designated": {"months", "late_months", "regime", "status", "closed", "before"},
    "regime": {"id", "calendar", "roll", "makeup_works", "delivery", "in_force", "status", "basis", "partly", "title", "note"},
    "delivery": {"media", "issued_from", "issued_to", "add_days", "add_months", "actual", "status", "basis", "note"},
    "fees": {"id", "title", "currency", "judged_by", "versions", "reductions"},
    "fee_version": {"from", "to", "by_year", "by_stage", "per_claim", "items", "surcharge", "conflict", "status", "basis", "partly", "note"},
    "calendar": {"id", "name", "weekend", "known", "closed", "provisional", "makeup", "basis", "status", "note"},
    "event": {"title", "notice", "group"},
}  # fmt: skip


@dataclass
class Pack:
    """A pack that was read without a fault: its parts as plain values, and the digest of its text."""

    id: str
    version: str
    kind: str
    title: dict[str, str]
    digest: str
    offices: dict[str, Map] = field(default_factory=dict)
    sources: dict[str, Map] = field(default_factory=dict)
    regimes: dict[str, Map] = field(default_factory=dict)
    rules: dict[str, Map] = field(default_factory=dict)
    fees: dict[str, Map] = field(default_factory=dict)
    calendars: dict[str, Map] = field(default_factory=dict)
    events: dict[str, Map] = field(default_factory=dict)
    cases: list[Map] = field(default_factory=list)
    practice: Practice | None = None
    texts: dict[str, str] = field(default_factory=dict, repr=False)


class PackFaults(Exception):
    """A pack that is wrong; it never half-loads. `faults` says everything at once."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


class Checker:
    """Collects faults while the parts of one file are checked."""

    def __init__(self, file: str, faults: list[Fault]) -> None:
        self.file, self.faults = file, faults

    def fault(self, code: str, line: int, message: str) -> None:
        self.faults.append(Fault(code, self.file, line, message))

    def keys(self, value: Any, place: str, name: str) -> bool:
        """Whether the value is a mapping; every key it may not have is a fault."""
        if not isinstance(value, Map):
            self.fault("shape", getattr(value, "line", 0), f"{name} must be a mapping.")
            return False
        for key in value:
            if key not in ALLOWED[place]:
                self.fault("unknown-key", value.lines.get(key, value.line), f"{name} has no key {key}.")
        return True

    def date(self, value: Map, key: str) -> date | None:
        """The date under a key, if it is there and one."""
        if key not in value:
            return None
        try:
            return parse_date(str(value[key]))
        except ValueError as wrong:
            self.fault("date", value.lines[key], f"{key}: {wrong}.")
            return None

    def whole(self, value: Map, key: str) -> int | None:
        """The whole number under a key, if it is there and one."""
        if key not in value:
            return None
        text = str(value[key])
        if not re.fullmatch(r"-?\d{1,5}", text):
            self.fault("number", value.lines[key], f"{key}: {text!r} is not a whole number of at most five digits.")
            return None
        return int(text)

    def one_of(self, value: Map, key: str, allowed: tuple[str, ...], code: str = "choice") -> None:
        if key in value and value[key] not in allowed:
            self.fault(code, value.lines[key], f"{key}: {value[key]!r} is not one of {', '.join(allowed)}.")

    def events(self, value: Map, key: str, name: str, known: set[str]) -> None:
        """Every kind of event under a key stands in the vocabulary."""
        for kind in value.get(key) or ():
            if kind not in known:
                self.fault("event", value.lines[key], f"{name}: {kind} is not an event.")

    def basis(self, value: Map, name: str, sources: set[str]) -> None:
        """Every value stands on at least one known source, and says whether it was verified."""
        if "status" not in value:
            self.fault("status", value.line, f"{name} does not say whether it was verified.")
        self.one_of(value, "status", STATUSES, "status")
        cited = value.get("basis")
        if not isinstance(cited, Seq) or not cited:
            self.fault("basis", value.lines.get("basis", value.line), f"{name} has no basis.")
            return
        for source, line in zip(cited, cited.lines, strict=True):
            if str(source).partition("#")[0] not in sources:
                self.fault("source", line, f"{name} cites {source}, which sources.yaml does not name.")

    def span(self, value: Map, name: str) -> None:
        """A validity whose end lies before its start."""
        start, end = self.date(value, "from"), self.date(value, "to")
        if start and end and end < start:
            self.fault("validity", value.lines["to"], f"{name} ends before it begins.")


def check_rule(check: Checker, rule: Any, sources: set[str], regimes: set[str], events: set[str], tables: set[str]) -> None:
    """Faults of one rule."""
    if not check.keys(rule, "rule", "A rule"):
        return
    name = f"Rule {rule.get('id', '?')}"
    for key in ("id", "office", "rights", "title", "kind"):
        if key not in rule:
            check.fault("missing", rule.line, f"{name} has no {key}.")
    check.one_of(rule, "kind", RULE_KINDS)
    check.basis(rule, name, sources)
    if rule.get("regime") and rule["regime"] not in regimes:
        check.fault("regime", rule.lines["regime"], f"{name} names the regime {rule['regime']}, which no pack has.")
    for right in rule.get("rights") or ():
        if right not in RIGHTS:
            check.fault("right", rule.lines["rights"], f"{name}: {right} is not a kind of right.")
    if "in_force" in rule and check.keys(rule["in_force"], "in_force", f"The validity of {name}"):
        check.span(rule["in_force"], name)
    if rule.get("fee") and rule["fee"] not in tables:
        check.fault("table", rule.lines["fee"], f"{name} names the tariff {rule['fee']}, which no pack has.")
    _check_parts(check, rule, name, regimes)
    for part in _parts(rule):
        check.events(part, "after", name, events)
    for limb in _limbs(rule):
        _check_limb(check, limb, name)
    for key in ("closed_by", "needs", "unless"):
        check.events(rule, key, name, events)


def _check_parts(check: Checker, rule: Map, name: str, regimes: set[str]) -> None:
    """The part that a kind of rule needs, and what stands in it."""
    kind = rule.get("kind")
    if kind in RULE_KINDS and kind != "none" and not isinstance(rule.get(kind), Map):
        check.fault("missing", rule.line, f"{name} has no {kind}.")
        return
    if kind in ALLOWED:
        check.keys(rule[kind], kind, f"The {kind} of {name}")
    for holder in (rule, rule.get(kind)):
        if isinstance(holder, Map) and "grace" in holder and check.keys(holder["grace"], "grace", f"The late period of {name}"):
            check.whole(holder["grace"], "months")
    for variant in (rule.get("term") or {}).get("cases") or ():
        check.keys(variant, "term", f"A term of {name}")
    for stage in ((rule.get("stages") or {}).get("windows") or {}).values():
        if check.keys(stage, "stage", f"A stage of {name}"):
            for key in stage:
                check.whole(stage, key)
    for office in (rule.get("designated") or {}).values():
        if check.keys(office, "designated", f"A designated office of {name}") and "closed" not in office and office.get("regime") not in regimes:
            check.fault("regime", office.line, f"{name} names the regime {office.get('regime')}, which no pack has.")


def _parts(rule: Map) -> Iterator[Map]:
    """Everything of a rule that names the events it starts from."""
    yield from (limb for limb in _limbs(rule) if isinstance(limb, Map))
    for key in ("renewal", "stages", "expiry", "pendency", "fixed", "term"):
        part = rule.get(key)
        if isinstance(part, Map):
            yield part
            yield from (variant for variant in part.get("cases") or () if isinstance(variant, Map))


def _limbs(rule: Map) -> Iterator[Any]:
    period = rule.get("period")
    if not isinstance(period, Map):
        return
    for key in ("later_of", "earlier_of"):
        yield from period.get(key) or ()
    for variant in period.get("cases") or ():
        yield variant
    if "after" in period:
        yield period


def _check_limb(check: Checker, limb: Any, name: str) -> None:
    if not check.keys(limb, "limb", f"A period of {name}"):
        return
    check.whole(limb, "n")
    check.one_of(limb, "unit", UNITS, "unit")
    for key in ("after", "n", "unit"):
        if key not in limb:
            check.fault("missing", limb.line, f"A period of {name} has no {key}.")


def check_versions(check: Checker, table: Map, sources: set[str]) -> None:
    """A fee table's versions: dated, sourced, one unit, neither overlapping nor leaving a gap unsaid."""
    name = f"Fees {table.get('id', '?')}"
    before: Map | None = None
    for version in table.get("versions") or ():
        if not check.keys(version, "fee_version", name):
            continue
        check.basis(version, name, sources)
        check.span(version, name)
        if sum(key in version for key in FIGURES) > 1:
            check.fault("mixed-units", version.line, f"{name}: a version counts in one way: {', '.join(FIGURES)}.")
        _check_amounts(check, version, name)
        if before is not None:
            _check_sequence(check, before, version, name)
        before = version


def _check_sequence(check: Checker, before: Map, version: Map, name: str) -> None:
    """Two versions in a row: the second begins on the day after the first ends."""
    ended, starts = check.date(before, "to"), check.date(version, "from")
    line = version.lines.get("from", version.line)
    if ended is None or starts is None or starts <= ended:
        check.fault("overlap", line, f"{name}: two versions hold on {starts or 'the same days'}.")
    elif starts > ended + timedelta(1):
        check.fault("gap", line, f"{name}: no version holds between {ended} and {starts}.")


def _check_amounts(check: Checker, version: Map, name: str) -> None:
    """Every figure by year is a number."""
    years = version.get("by_year") or {}
    for rows in (row for row in years.values() if isinstance(row, Map)) if any(isinstance(row, Map) for row in years.values()) else (years,):
        for year, amount in rows.items():
            if not re.fullmatch(r"\d+(\.\d+)?", str(amount)):
                check.fault("amount", rows.lines[year], f"{name}: {amount!r} is not an amount.")


def check_regime(check: Checker, regime: Map, sources: set[str], calendars: set[str]) -> None:
    """Faults of one computation regime."""
    name = f"Regime {regime.get('id', '?')}"
    if not check.keys(regime, "regime", name):
        return
    check.basis(regime, name, sources)
    if "calendar" in regime and regime["calendar"] not in calendars:
        check.fault("calendar", regime.lines["calendar"], f"{name} names the calendar {regime['calendar']}, which no pack has.")
    for rule in regime.get("delivery") or ():
        if check.keys(rule, "delivery", f"A delivery rule of {name}"):
            check.one_of(rule, "actual", ("replaces", "later", "safeguard", "ignored"))
            check.basis(rule, f"A delivery rule of {name}", sources)
            check.date(rule, "issued_from")
            check.date(rule, "issued_to")
            check.whole(rule, "add_days")


def check_calendar(check: Checker, days: Any, sources: set[str]) -> None:
    """Faults of one calendar: its sources, its known spans, and every day of its lists."""
    name = f"Calendar {days.get('id')}"
    if not check.keys(days, "calendar", name):
        return
    check.basis(days, name, sources)
    for span in days.get("known") or ():
        check.span(span, name)
    for key in ("closed", "provisional", "makeup"):
        for year, listed in (days.get(key) or {}).items():
            for day in str(listed).split():
                if not _is_day(f"{year}-{day}"):
                    check.fault("date", days[key].lines[year], f"{name}: {year}-{day} is not a day of the calendar.")


def _is_day(text: str) -> bool:
    try:
        parse_date(text)
    except ValueError:
        return False
    return True


def text_of(titles: Any, language: str = "en") -> str:
    """A title in a language, or in English."""
    if isinstance(titles, dict):
        return str(titles.get(language) or titles.get("en") or next(iter(titles.values()), ""))
    return str(titles or "")
