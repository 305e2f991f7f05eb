"""What a law pack may say, key by key; every fault is collected with its file and line."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from causeway.engines.kernel import parse_date
from causeway.engines.packs.model import Practice
from causeway.engines.packs.parse import Fault, Map, Seq
from causeway.engines.packs.shapes import SHAPES, fits, keys_of

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

#: Keys each place allows; a key that is not here is a fault, so that a slip of the pen is never silently without effect. Practice packs add their own places.
ALLOWED = {place: keys_of(place) for place in SHAPES}


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
        return self.day(value[key], value.lines[key], key) if key in value else None

    def day(self, text: Any, line: int, name: str) -> datetime.date | None:
        """A date from text; a fault and None for anything else."""
        try:
            return parse_date(str(text))
        except ValueError as wrong:
            self.fault("date", line, f"{name}: {wrong}.")
            return None

    def one_of(self, value: Map, key: str, allowed: tuple[str, ...], code: str = "choice") -> None:
        if key in value and str(value[key]) not in allowed:
            self.fault(code, value.lines[key], f"{key}: {value[key]!r} is not one of {', '.join(allowed)}.")

    def events(self, value: Map, key: str, name: str, known: set[str]) -> None:
        """Every kind of event under a key stands in the vocabulary."""
        for kind in value.get(key) or ():
            if str(kind) not in known:
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
        self.cited(cited, name, sources)

    def cited(self, cited: Seq, name: str, sources: set[str]) -> None:
        """Every source cited is one that the packs name."""
        for source, line in zip(cited, cited.lines, strict=True):
            if str(source).partition("#")[0] not in sources:
                self.fault("source", line, f"{name} cites {source}, which sources.yaml does not name.")

    def span(self, value: Map, name: str) -> None:
        """A validity whose end lies before its start."""
        start, end = self.date(value, "from"), self.date(value, "to")
        if start and end and end < start:
            self.fault("validity", value.lines["to"], f"{name} ends before it begins.")


#: Kinds of rules that count, and so need to know how.
_COUNTED = ("period", "renewal", "stages", "expiry")


def check_rule(check: Checker, rule: Map, sources: set[str], regimes: set[str], events: set[str], tables: Mapping[str, Map]) -> None:
    """Faults of one rule. What is not as its place allows is said first; only what can be read is looked at further."""
    name = f"Rule {rule.get('id', '?')}"
    check.one_of(rule, "kind", RULE_KINDS)
    check.basis(rule, name, sources)
    if not fits(check, rule, "rule", name):
        return
    kind = rule["kind"]
    if rule.get("regime") and rule["regime"] not in regimes:
        check.fault("regime", rule.lines["regime"], f"{name} names the regime {rule['regime']}, which no pack has.")
    if kind in _COUNTED and "regime" not in rule:
        check.fault("missing", rule.line, f"{name} has no regime.")
    for right in rule["rights"]:
        if right not in RIGHTS:
            check.fault("right", rule.lines["rights"], f"{name}: {right} is not a kind of right.")
    if "in_force" in rule:
        check.span(rule["in_force"], name)
    if "introduced" in rule:
        check.cited(rule["introduced"], name, sources)
        if not rule["introduced"]:
            check.fault("basis", rule.lines["introduced"], f"{name} does not say which act introduced it.")
        if "from" not in rule.get("in_force", {}):
            check.fault("missing", rule.lines["introduced"], f"{name} says that an act introduced it, but not from which day it holds (in_force: from).")
    if rule.get("fee"):
        _check_fee(check, rule, name, tables)
    if kind in RULE_KINDS and kind != "none" and kind not in rule:
        check.fault("missing", rule.line, f"{name} has no {kind}.")
    for part in _maps(rule):
        check.events(part, "after", name, events)
    _check_counts(check, rule, name, regimes)
    for key in ("closed_by", "needs", "unless"):
        check.events(rule, key, name, events)


def _check_counts(check: Checker, rule: Map, name: str, regimes: set[str]) -> None:
    """What the periods, terms and designated offices of a rule need in order to count."""
    for limb in _limbs(rule):
        check.one_of(limb, "unit", UNITS, "unit")
        for key in ("after", "n", "unit"):
            if key not in limb:
                check.fault("missing", limb.line, f"A period of {name} has no {key}.")
    for variant in ((rule.get("term") or {}).get("cases") or [rule["term"]]) if "term" in rule else ():
        for key in ("after", "years"):
            if key not in variant:
                check.fault("missing", variant.line, f"A term of {name} has no {key}.")
    for office, entry in (rule.get("designated") or {}).items():
        if "closed" not in entry and entry.get("regime") not in regimes:
            check.fault("regime", entry.line, f"{name} names the regime {entry.get('regime')} for {office}, which no pack has.")
        if "closed" not in entry and "months" not in entry:
            check.fault("missing", entry.line, f"{name} does not say how many months {office} gives.")


def _check_fee(check: Checker, rule: Map, name: str, tables: Mapping[str, Map]) -> None:
    """The tariff that a rule names, and the items of it."""
    table = tables.get(rule["fee"])
    if table is None:
        check.fault("table", rule.lines["fee"], f"{name} names the tariff {rule['fee']}, which no pack has.")
        return
    asked = rule.get("fee_items") or ()
    versions = [version for version in table.get("versions") or () if isinstance(version, Map)]
    known = {item for version in versions for item in (version["items"] if isinstance(version.get("items"), Map) else ())}
    for item in [item for row in asked.values() for item in row] if isinstance(asked, Map) else asked:
        if item not in known:
            check.fault("item", rule.lines["fee_items"], f"{name}: the tariff {rule['fee']} has no item {item}.")


def _maps(value: Any) -> Iterator[Map]:
    """A mapping and all mappings inside it."""
    if isinstance(value, Map):
        yield value
    for item in value.values() if isinstance(value, Map) else value if isinstance(value, Seq) else ():
        yield from _maps(item)


def _limbs(rule: Map) -> Iterator[Map]:
    period = rule.get("period")
    if period is None:
        return
    several = [limb for key in ("later_of", "earlier_of", "cases") for limb in period.get(key) or ()]
    yield from several or [period]


def check_versions(check: Checker, table: Map, sources: set[str]) -> None:
    """A fee table's versions: dated, sourced, one unit, neither overlapping nor leaving a gap unsaid."""
    name = f"Fees {table.get('id', '?')}"
    before: Map | None = None
    if not fits(check, table, "fees", name):
        return
    for version in table["versions"]:
        check.basis(version, name, sources)
        check.span(version, name)
        if sum(key in version for key in FIGURES) > 1:
            check.fault("mixed-units", version.line, f"{name}: a version counts in one way: {', '.join(FIGURES)}.")
        _check_amounts(check, version, name)
        if before is not None:
            _check_sequence(check, before, version, name)
        before = version


def _check_sequence(check: Checker, before: Map, version: Map, name: str, span: tuple[str, str] = ("from", "to"), what: tuple[str, str] = ("version", "versions")) -> None:
    """Two versions in a row: the second begins on the day after the first ends. span: the keys of the first and last day; what: one and several of them in words."""
    begins, ends = span
    ended, starts = check.date(before, ends), check.date(version, begins)
    line = version.lines.get(begins, version.line)
    if ended is None or starts is None or starts <= ended:
        check.fault("overlap", line, f"{name}: two {what[1]} hold on {starts or 'the same days'}.")
    elif starts > ended + timedelta(1):
        check.fault("gap", line, f"{name}: no {what[0]} holds between {ended} and {starts}.")


def _check_amounts(check: Checker, version: Map, name: str) -> None:
    """Every figure by year or stage is a number, every span of years two."""
    for key in ("by_year", "by_stage"):
        figures = version.get(key, Map(0))
        if not isinstance(figures, Map):
            check.fault("shape", version.lines[key], f"{name}: {key} must be a mapping.")
            continue
        for rows in (figures, *(row for row in figures.values() if isinstance(row, Map))):
            for year, amount in rows.items():
                if not isinstance(amount, Map) and not re.fullmatch(r"\d{1,12}(\.\d{1,4})?", str(amount)):
                    check.fault("amount", rows.lines[year], f"{name}: {amount!r} is not an amount.")
    for span in version.get("per_claim") or ():
        if not re.fullmatch(r"\d{1,2}-\d{1,2}", span):
            check.fault("number", version["per_claim"].lines[span], f"{name}: {span!r} is not a span of years such as 4-6.")
    conflict = version.get("conflict", "true")
    if conflict not in ("true", "false") and not (isinstance(conflict, Seq) and all(right in RIGHTS for right in conflict)):
        check.fault("right", version.lines["conflict"], f"{name}: conflict is true, false or a list of rights.")


def check_regime(check: Checker, regime: Map, sources: set[str], calendars: set[str]) -> None:
    """Faults of one computation regime."""
    name = f"Regime {regime.get('id', '?')}"
    check.basis(regime, name, sources)
    if not fits(check, regime, "regime", name):
        return
    if "calendar" in regime and regime["calendar"] not in calendars:
        check.fault("calendar", regime.lines["calendar"], f"{name} names the calendar {regime['calendar']}, which no pack has.")
    if "in_force" in regime:
        check.span(regime["in_force"], name)
    for rule in regime.get("delivery") or ():
        check.one_of(rule, "actual", ("replaces", "later", "safeguard", "ignored"))
        check.basis(rule, f"A delivery rule of {name}", sources)
    _check_deliveries(check, regime.get("delivery") or (), name)


def _check_deliveries(check: Checker, rules: Sequence[Map], name: str) -> None:
    """The delivery rules of a medium neither overlap nor leave a day between them."""
    by_medium: dict[str, list[Map]] = {}
    for rule in rules:
        for medium in rule["media"]:
            by_medium.setdefault(medium, []).append(rule)
    for medium, several in by_medium.items():
        spans = sorted(several, key=lambda rule: str(rule.get("issued_from", "")))
        words = f"delivery rule for {medium}", f"delivery rules for {medium}"
        for before, rule in pairwise(spans):
            _check_sequence(check, before, rule, name, ("issued_from", "issued_to"), words)


def check_calendar(check: Checker, days: Map, sources: set[str]) -> None:
    """Faults of one calendar: its sources, its known spans, and every day of its lists."""
    name = f"Calendar {days.get('id')}"
    check.basis(days, name, sources)
    if not fits(check, days, "calendar", name):
        return
    for span in days.get("known") or ():
        check.span(span, name)
    for key in ("closed", "provisional", "makeup"):
        for year, listed in (days.get(key) or {}).items():
            for day in listed.split():
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
