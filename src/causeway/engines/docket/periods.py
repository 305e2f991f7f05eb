"""Periods: from an event, so long; the later or earlier of two; one for each designated office."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from causeway.engines.docket.facts import Prepared, in_order
from causeway.engines.docket.law import Regime, Rule
from causeway.engines.docket.model import Deadline, Event, Refused
from causeway.engines.docket.shell import Found, Run, Shell, late_period, roll
from causeway.engines.docket.values import day, flag
from causeway.engines.kernel import NoRuleInForce, Refusal, Ungoverned, add_months, add_period, month_end
from causeway.engines.packs import Map


class Limb:
    """One period: after which event, how long."""

    __slots__ = ("after", "back", "each", "month_end", "n", "not_after", "of_priority", "then", "unit", "when", "within")

    def __init__(self, data: Map) -> None:
        self.after = tuple(data["after"])
        self.of_priority = "priority" in self.after
        self.n, self.unit = int(data["n"]), str(data["unit"])
        self.month_end = flag(data.get("month_end"))
        self.when = dict(data.get("when") or {})
        self.within: Any = data.get("within")
        self.back = flag(data.get("back"))
        self.each = flag(data.get("each"))
        then, limit = data.get("then"), data.get("not_after")
        self.then = (int(then["n"]), str(then["unit"])) if then else None
        self.not_after = (tuple(limit["after"]), int(limit["n"]), str(limit["unit"])) if limit else None

    def triggers(self, prepared: Prepared) -> Sequence[Event]:
        """The events that start this period: every one of all its kinds, or those of the first kind that has any."""
        if self.each:
            return sorted((event for kind in self.after for event in prepared.by_kind.get(kind, ())), key=in_order)
        return prepared.every(self.after)

    def fits(self, prepared: Prepared, trigger: Event | None = None) -> bool:
        return not self.when or all(holds(prepared, key, value, trigger) for key, value in self.when.items())


def holds(prepared: Prepared, key: str, value: Any, trigger: Event | None) -> bool:
    """A condition of a pack: the right, a fact, a class of days of the trigger."""
    if key == "right":
        return prepared.matter.right in value
    if key == "trigger_from":
        return trigger is not None and (prepared.as_of or trigger.on.toordinal()) >= (day(value) or 0)
    if key == "trigger_before":
        return trigger is not None and (prepared.as_of or trigger.on.toordinal()) < (day(value) or 0)
    if key == "no_event":
        return prepared.first([value]) is None
    said = str(prepared.matter.facts.get(key, "")).lower()
    if value == "true":
        return flag(said)
    return said in value if isinstance(value, list) else said == str(value).lower()


def period(shell: Shell) -> Run:
    return _designated(shell) if "designated" in shell.data else _plain(shell)


def _plain(shell: Shell) -> Run:
    period = shell.data["period"]
    rolls = flag(shell.data.get("roll", "true"))
    if "later_of" in period or "earlier_of" in period:
        limbs = [Limb(limb) for limb in period.get("later_of") or period["earlier_of"]]
        return _combined(shell, limbs, later="later_of" in period, rolls=rolls)
    limbs = [Limb(limb) for limb in period.get("cases") or [period]]
    grace = int(shell.data["grace"]["months"]) if "grace" in shell.data else 0

    def run(prepared: Prepared, _ordinal: str | None) -> Found:
        limb = next((limb for limb in limbs if not limb.when or limb.fits(prepared, prepared.first(limb.after))), None)
        if limb is None:
            raise Ungoverned(f"{shell.id} depends on a fact that nobody gave: {_wanted(limbs)}.", place=shell.id)
        found: Found = []
        for trigger in limb.triggers(prepared):
            try:
                found.append(_one_period(shell, prepared, limb, trigger, rolls, grace))
            except Refusal as refusal:
                found.append(Refused(shell.id, "", refusal))
        return found

    return run


def _wanted(limbs: list[Limb]) -> str:
    return " or ".join(sorted({f"{key} = {value}" for limb in limbs for key, value in limb.when.items()}))


def _one_period(shell: Shell, prepared: Prepared, limb: Limb, trigger: Event, rolls: bool, grace: int) -> Deadline:
    regime = shell.need_regime()
    nominal, received, steps, sure = limb_end(regime, prepared, limb, trigger)
    due, provisional = roll(regime, nominal, rolls, steps)
    shell.in_force(prepared, trigger.on.toordinal(), nominal)
    grace_nominal = grace_ends = None
    if grace:
        grace_nominal, grace_ends, doubt = late_period(regime, nominal, grace, steps)
        provisional = provisional or doubt
    return shell.made(
        prepared, trigger, "", nominal, due, tuple(steps), received=received, grace_nominal=grace_nominal, grace_ends=grace_ends, provisional=provisional,
        verified=sure,
    )  # fmt: skip


def limb_end(regime: Regime, prepared: Prepared, limb: Limb, trigger: Event, extra: int = 0) -> tuple[int, int, list, bool]:
    """The nominal end of a period after an event, its delivery, the steps, and whether the delivery rule was verified.

    extra: months of extension, counted from the original date in one step.
    """
    delivered = regime.deliver(trigger, prepared.as_of)
    steps: list = [("event", trigger.kind, trigger.on.toordinal())]
    if limb.of_priority:
        steps += _of_priorities(prepared, trigger)
    start = delivered.on
    if delivered.rule is not None or start != trigger.on.toordinal():
        steps.append(("delivered", trigger.by, delivered.at, start) if trigger.by else ("arrived", start))
    if limb.month_end:
        start = month_end(start)
        steps.append(("month_end", start))
    n, unit = limb.n, limb.unit
    if extra:
        if unit == "years":
            n, unit = 12 * n, "months"
        end = add_period(start, n + extra, "months") if unit == "months" else add_months(add_period(start, n, unit), extra)
    else:
        end = add_period(start, n, unit)
    if limb.month_end and unit in ("months", "years"):
        end = month_end(end)  # a period that runs from the end of a month in whole months ends with a month (BGB s. 187(2), 188(2))
    steps.append(("add", n + extra if unit == "months" else n, unit, end))
    if limb.then:
        end = add_period(end, *limb.then)
        steps.append(("add", *limb.then, end))
    if limb.back:
        end -= 1
        steps.append(("day_before", end))
    if delivered.excess:
        end += delivered.excess
        steps.append(("safeguard", delivered.excess, end))
    if limb.not_after:
        end = _capped(prepared, limb.not_after, end, steps)
    return end, delivered.on, steps, delivered.rule is None or delivered.rule.verified


def _of_priorities(prepared: Prepared, trigger: Event) -> list:
    """The steps that say why a period counts from this day where several priorities were claimed, or one was withdrawn."""
    day = trigger.on.toordinal()
    several = trigger.kind == "priority" and len(prepared.priorities) > 1
    steps: list = [("earliest", len(prepared.priorities), day)] if several else []
    if prepared.withdrawals:
        claimed = {event.on for event in prepared.priorities}
        gone = [event for event in prepared.withdrawals if event.of and event.of < trigger.on and event.of not in claimed]
        steps += [("withdrawn", event.of.toordinal(), event.on.toordinal(), day) for event in gone if event.of]
    return steps


def _capped(prepared: Prepared, limit: tuple[tuple[str, ...], int, str], end: int, steps: list) -> int:
    """The end of a period, or its outer limit where that comes first."""
    after, n, unit = limit
    base = prepared.first(after)
    last = add_period(base.on.toordinal(), n, unit) if base is not None else end
    if last >= end:
        return end
    steps.append(("capped", last))
    return last


def _combined(shell: Shell, limbs: list[Limb], *, later: bool, rolls: bool) -> Run:
    pick = max if later else min

    def run(prepared: Prepared, _ordinal: str | None) -> Found:
        regime = shell.need_regime()
        ends = []
        for limb in limbs:
            trigger = prepared.first(limb.after)
            if trigger is None or not limb.fits(prepared, trigger):
                continue
            if limb.within and not _within(prepared, limb, trigger):
                continue
            ends.append((*limb_end(regime, prepared, limb, trigger), trigger))
        if not ends:
            return []
        governs = pick(ends, key=lambda end: end[0])
        nominal, received, steps, sure, trigger = governs
        received = next((end[1] for end in ends if end[4].by is not None), received)
        if len(ends) > 1:
            others = tuple((end[4].kind, end[0]) for end in ends if end is not governs)
            steps.append(("later" if later else "earlier", others, nominal))
        due, provisional = roll(regime, nominal, rolls, steps)
        anchor = _anchor_event(prepared, limbs) or trigger
        shell.in_force(prepared, anchor.on.toordinal(), nominal)
        return [shell.made(prepared, trigger, "", nominal, due, tuple(steps), received=received, provisional=provisional, verified=sure)]

    return run


def _anchor_event(prepared: Prepared, limbs: list[Limb]) -> Event | None:
    """The latest event of a combined period: the day by which the law in force is judged."""
    events = [event for limb in limbs if (event := prepared.first(limb.after)) is not None]
    return max(events, key=lambda event: event.on) if events else None


def _within(prepared: Prepared, limb: Limb, trigger: Event) -> bool:
    """Whether a limb's event lies in the window that gives it effect (JP Form 53 filed in the last two of 30 months)."""
    window = limb.within
    base = prepared.first(window["after"])
    if base is None:
        return False
    start, end = add_months(base.on.toordinal(), int(window["from_months"])), add_months(base.on.toordinal(), int(window["to_months"]))
    return start < trigger.on.toordinal() <= end


def extended(rule: Rule, prepared: Prepared, months: int) -> tuple[int, int]:
    """The nominal and last day of a period extended by so many months, counted from the original date, never from the moved one.

    Raises `NoRuleInForce` where the rule cannot be extended so far. Source: 37 CFR 1.136(a), MPEP 710.01(a); CN R. 75; EPC R. 132.
    """
    limit = rule.data.get("extendable")
    if not limit:
        raise NoRuleInForce(f"{rule.id} cannot be extended, or the packs do not say by how much.", place=rule.id)
    if months < 1 or months > int(limit["months"]) or months % int(limit.get("step", 1)):
        steps = f", {limit['step']} at a time" if "step" in limit else ""
        raise NoRuleInForce(f"{rule.id} cannot be extended by {months} months: at most by {limit['months']}{steps}.", place=rule.id)
    period = rule.data["period"]
    limbs = [Limb(limb) for limb in period.get("later_of") or period.get("cases") or [period]]
    ends = []
    for limb in limbs:
        triggers = limb.triggers(prepared)
        if triggers and rule.regime is not None and limb.fits(prepared, triggers[-1]):
            ends.append(limb_end(rule.regime, prepared, limb, triggers[-1], extra=months)[0])
    if not ends or rule.regime is None:
        raise Ungoverned(f"{rule.id} has no event to count from.", place=rule.id)
    nominal = max(ends) if "later_of" in period else ends[0]
    due, _provisional = rule.regime.roll(nominal)
    return nominal, due


def _designated(shell: Shell) -> Run:
    """National phases: one period for each designated office, on that office's calendar."""
    limb_after = tuple(shell.data["period"]["after"])

    def run(prepared: Prepared, ordinal: str | None) -> Found:
        trigger = prepared.first(limb_after)
        if trigger is None:
            return []
        found: Found = []
        for office in [ordinal] if ordinal else prepared.matter.designated:
            try:
                found.append(_entry(shell, prepared, trigger, office))
            except Refusal as refusal:
                found.append(Refused(shell.id, office, refusal))
        return found

    return run


def _entry(shell: Shell, prepared: Prepared, trigger: Event, office: str) -> Deadline:
    """The entry into the national phase at one office."""
    entry = shell.data["designated"].get(office)
    if entry is None:
        raise NoRuleInForce(f"The packs do not say when the national phase at {office} must be entered.", place=shell.id)
    if "closed" in entry:
        raise NoRuleInForce(f"{office}: {entry['closed']}.", place=shell.id)
    base = trigger.on.toordinal()
    entry = _older(prepared, base, entry)
    nominal = add_months(base, int(entry["months"]))
    steps: list = [("event", trigger.kind, base), *_of_priorities(prepared, trigger), ("add", int(entry["months"]), "months", nominal)]
    regime = shell.law.regimes[entry["regime"]]
    due, provisional = roll(regime, nominal, True, steps)
    late = moved = None
    if "late_months" in entry:
        late = add_months(base, int(entry["late_months"]))
        moved, doubt = regime.roll(late)
        provisional = provisional or doubt
        steps.append(("grace_to", int(entry["late_months"]), late))
        if moved != late:
            steps.append(("grace_moved", moved))
    shell.in_force(prepared, base, nominal)
    sure = entry.get("status", "verified") == "verified"
    return shell.made(
        prepared,
        trigger,
        office,
        nominal,
        due,
        tuple(steps),
        grace_nominal=late,
        grace_ends=moved,
        provisional=provisional,
        verified=sure,
    )


def _older(prepared: Prepared, base: int, entry: dict) -> dict:
    """The number of months of an older law, where a period of that length had ended before the change."""
    older = entry.get("before")
    if not older:
        return entry
    ends = prepared.as_of if prepared.as_of is not None else add_months(base, int(older["months"]))
    return {**entry, **older} if ends < (day(older["date"]) or 0) else entry
