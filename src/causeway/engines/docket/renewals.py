"""Renewal fees: which years, due when, payable from when and how late."""

from __future__ import annotations

from datetime import date
from typing import Any

from causeway.engines.docket.facts import Prepared
from causeway.engines.docket.law import Regime
from causeway.engines.docket.model import Deadline, Event, Refused
from causeway.engines.docket.periods import holds
from causeway.engines.docket.shell import Found, Run, Shell, late_period, months_on, roll
from causeway.engines.docket.values import flag, is_whole
from causeway.engines.kernel import NoRuleInForce, Refusal, Ungoverned, add_months, month_end
from causeway.engines.packs import Map


class _Renewal:
    """Annual fees: from which event, which years, due when, payable from when and how late."""

    def __init__(self, data: Map) -> None:
        self.after = tuple(data["after"])
        self.years = [int(year) for year in data.get("years") or ()]
        self.first = int(data.get("first", 2))
        self.last = {key: int(value) for key, value in data["last"].items()} if isinstance(data.get("last"), Map) else int(data.get("last", 20))
        self.month_end = flag(data.get("month_end"))
        self.opens = int(data.get("opens_months", 0))
        self.opens_by_year = {int(key): int(value) for key, value in (data.get("opens_by_year") or {}).items()}
        self.free = int(data.get("free_months", 0))
        self.grace = int(data["grace"]["months"]) if "grace" in data else 0
        self.needs = str(data.get("needs", ""))
        self.from_grant = flag(data.get("from_grant"))
        self.to_grant = flag(data.get("to_grant"))
        self.late_grant: Any = data.get("late_grant")
        self.window: Any = data.get("window")
        self.defer: Any = data.get("defer")
        self.defer_years = frozenset(int(year) for year in (self.defer or {}).get("years") or ())
        self.skip_if: Any = data.get("skip_if")
        self.skip_years = frozenset(int(year) for year in (self.skip_if or {}).get("years") or ())
        self.european: Any = data.get("european")
        self.conditional = bool(self.skip_if or self.to_grant or self.from_grant or self.european)
        self.until: Any = data.get("until")
        self.last_if: Any = data.get("last_if") or ()
        self.opens_at_due = flag(data.get("opens_at_due"))
        #: How many days after the anniversary a year begins: none where terms end the day before, else one.
        self.begins = 0 if data.get("years_begin") == "on" else 1
        self.first_days = int(data.get("first_days", 0))
        self.month_before = flag(data.get("month_before"))

    def span(self, prepared: Prepared, trigger: Event) -> list[int]:
        """The years this rule has fees for, by the right and by the day of filing."""
        if self.years:
            return self.years
        right = prepared.matter.right
        last = self.last.get(right, 20) if isinstance(self.last, dict) else self.last
        for other in self.last_if:
            if other["right"] == right and holds(prepared, "trigger_before", other["trigger_before"], trigger):
                last = int(other["last"])
        if self.until and (base := prepared.first(self.until["after"])) is not None:
            ends = add_months(base.on.toordinal(), 12 * int(self.until["years"]))
            start = trigger.on.toordinal()
            last = min(last, next((n for n in range(1, last + 1) if add_months(start, 12 * n) >= ends), last))
        return list(range(self.first, last + 1))


def renewal(shell: Shell) -> Run:
    how = _Renewal(shell.data["renewal"])

    def run(prepared: Prepared, ordinal: str | None) -> Found:
        trigger = prepared.first(how.after)
        if trigger is None:
            return []
        granted = _granted(prepared)
        if granted is None and (how.to_grant or how.from_grant or how.needs == "grant") and flag(prepared.matter.facts.get("granted", "")):
            raise Ungoverned(
                f"{shell.id}: the right was granted, but the day is not recorded, so nobody can say which fees are due where. Record the grant.",
                place=shell.id,
            )
        if ordinal is None and how.needs == "grant" and granted is None:
            return []
        years = how.span(prepared, trigger)
        if ordinal is not None:
            years = [_asked_year(shell, ordinal, years)]
        found = []
        for year in years:
            one = _one_year(shell, how, prepared, trigger, granted, year, forced=ordinal is not None)
            if one is not None:
                found.append(one)
        return found

    return run


def _granted(prepared: Prepared) -> int | None:
    grant = prepared.first(("grant",))
    return grant.on.toordinal() if grant else None


def _asked_year(shell: Shell, ordinal: str, years: list[int]) -> int:
    if not is_whole(ordinal) or int(ordinal) not in years:
        known = f"{years[0]} to {years[-1]}" if len(years) > 5 else ", ".join(map(str, years))
        raise NoRuleInForce(f"{shell.id} knows no fee of year {ordinal}; it has {known}.", place=shell.id)
    return int(ordinal)


def _one_year(
    shell: Shell, how: _Renewal, prepared: Prepared, trigger: Event, granted: int | None, year: int, *, forced: bool
) -> Deadline | Refused | None:
    """The fee of one patent year; None where it is not due under this rule, a refusal where somebody asked for it all the same."""
    regime = shell.need_regime()
    base = trigger.on.toordinal()
    anniversary = add_months(base, 12 * (year - 1))
    why_not = how.conditional and _not_due(how, prepared, granted, anniversary, year, forced=forced)
    if why_not:
        return Refused(shell.id, str(year), NoRuleInForce(f"{shell.id}: {why_not}", place=shell.id)) if forced else None
    steps: list = [("event", trigger.kind, base), ("year", year, anniversary)]
    nominal = anniversary
    if how.month_end:
        nominal = month_end(anniversary)
        steps.append(("month_end", nominal))
    elif how.month_before:
        nominal = _community_variety(how, base, year, anniversary, steps)
    try:
        return _paid_when(shell, how, regime, prepared, trigger, granted, year, nominal, steps)
    except Refusal as refusal:
        return Refused(shell.id, str(year), refusal)


def _community_variety(how: _Renewal, base: int, year: int, anniversary: int, steps: list) -> int:
    """Within days of grant for the first year; then the first day of the month before the anniversary month (Katzarov manual)."""
    if year == 1:
        steps[-1] = ("add", how.first_days, "days", base + how.first_days)
        return base + how.first_days
    first = date.fromordinal(add_months(anniversary, -1)).replace(day=1).toordinal()
    steps.append(("month_before", first))
    return first


def _not_due(how: _Renewal, prepared: Prepared, granted: int | None, anniversary: int, year: int, *, forced: bool) -> str:
    if year in how.skip_years and not forced and prepared.first((how.skip_if["event"],)):
        return "the fee of this year is deferred under another rule"
    begins = anniversary + how.begins
    if how.to_grant and granted is not None and begins > granted:
        return "the right was granted before this year began, so the fee goes to the national offices or is that of the unitary patent"
    if granted is not None and begins <= granted and (how.from_grant or _is_european(how, prepared)):
        return "the fee of this year is not due after grant: it belongs to the grant or to the time before it"
    return ""


def _paid_when(
    shell: Shell,
    how: _Renewal,
    regime: Regime,
    prepared: Prepared,
    trigger: Event,
    granted: int | None,
    year: int,
    nominal: int,
    steps: list,
) -> Deadline:
    compound = False
    ultimo = how.month_end
    opens = _opens(how, year, nominal, ultimo)
    if how.defer and (not how.defer_years or year in how.defer_years):
        regular = nominal
        nominal, compound = _deferred(how, prepared, nominal, steps)
        if nominal != regular:
            ultimo, opens = False, _opens(how, year, nominal, False)
    if how.late_grant and granted is not None:
        regular = nominal
        nominal = _late_grant(how, trigger, granted, nominal, steps)
        opens = granted if nominal != regular else opens
    falls_due, end = nominal, nominal
    if how.free:
        end = months_on(nominal, how.free, ultimo)
        steps.append(("free", how.free, end))
    due, provisional = roll(regime, end, True, steps)
    window = how.european if how.european and _is_european(how, prepared) else how.window
    if window:
        nominal, due, provisional = _window(window, regime, prepared, nominal, due, provisional, steps)
    grace_nominal = grace_ends = None
    if how.grace:
        start, counted = (due, "grace_from_moved") if compound else (falls_due, "grace")
        grace_nominal, grace_ends, doubt = late_period(regime, start, how.grace, steps, ultimo, counted)
        provisional = provisional or doubt
    shell.in_force(prepared, trigger.on.toordinal(), nominal)
    return shell.made(
        prepared,
        trigger,
        str(year),
        nominal,
        due,
        tuple(steps),
        opens=opens,
        grace_nominal=grace_nominal,
        grace_ends=grace_ends,
        provisional=provisional,
    )


def _deferred(how: _Renewal, prepared: Prepared, nominal: int, steps: list) -> tuple[int, bool]:
    """A third-year fee due before the end of 31 months is deferred to that end (EPC R. 159(1)(g), R. 131(2); PCT guide DE.07)."""
    start = prepared.first(how.defer["after"])
    if start is None or ("event" in how.defer and prepared.first([how.defer["event"]]) is None):
        return nominal, False
    months, base = int(how.defer["months"]), start.on.toordinal()
    end = add_months(base, months)
    if nominal >= end:
        steps.append(("not_deferred", months, end, nominal))
        return nominal, False
    steps.append(("deferred", months, base, end))
    return end, flag(how.defer.get("compound", "true"))


def _late_grant(how: _Renewal, trigger: Event, granted: int, nominal: int, steps: list) -> int:
    """Granted late: the end of the third calendar month after grant (GB)."""
    rule = how.late_grant
    from_day = add_months(add_months(trigger.on.toordinal(), 12 * int(rule["after_years"])), -int(rule["less_months"]))
    if granted < from_day:
        return nominal
    late = month_end(add_months(month_end(granted), int(rule["months"])))
    if late <= nominal:
        return nominal
    steps.append(("late_grant", late))
    return late


def _is_european(how: _Renewal, prepared: Prepared) -> bool:
    """Whether a national matter is the part of a European patent: its fees up to the year of grant went to the EPO (EPC Art. 86, 141)."""
    return bool(how.european) and (prepared.first(("validated",)) is not None or prepared.matter.facts.get("route") == "european")


def _window(window: Map, regime: Regime, prepared: Prepared, nominal: int, due: int, provisional: bool, steps: list) -> tuple[int, int, bool]:
    """A fee that falls due soon after an event may still be paid within months of it (UPR R. 13(4)-(5), EPC Art. 141(2)).

    Returns the last day before and after the move, and whether it is provisional.
    """
    event = prepared.first(window["after"])
    if event is None:
        return nominal, due, provisional
    end = add_months(regime.deliver(event, prepared.as_of).on, int(window["months"]))
    if nominal > end or end <= due:
        return nominal, due, provisional
    steps.append(("window", int(window["months"]), end))
    moved, doubt = roll(regime, end, True, steps)
    return end, moved, provisional or doubt


def _opens(how: _Renewal, year: int, nominal: int, ultimo: bool) -> int | None:
    """The first day of payment, counted back from the day the fee falls due; from month end to month end (EPO Guidelines A-X 5.2.4)."""
    if how.opens_at_due:
        return nominal
    months = how.opens_by_year.get(year, how.opens)
    return months_on(nominal, -months, ultimo) if months else None
