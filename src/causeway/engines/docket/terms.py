"""Windows of payment, expiries, terms and what lengthens them, pendency, and duties without a date."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from causeway.engines.docket.facts import Prepared
from causeway.engines.docket.model import Deadline, Event, Refused
from causeway.engines.docket.periods import Limb, holds, limb_end
from causeway.engines.docket.shell import Found, Run, Shell, late_period, roll
from causeway.engines.docket.values import day, flag, is_whole, whole
from causeway.engines.kernel import NoRuleInForce, Refusal, Ungoverned, add_months, add_period, month_end
from causeway.engines.packs import Map


def stages(shell: Shell) -> Run:
    stages = shell.data["stages"]

    def run(prepared: Prepared, ordinal: str | None) -> Found:
        trigger = prepared.first(stages["after"])
        if trigger is None:
            return []
        names = [ordinal] if ordinal is not None else list(stages["windows"])
        found = []
        for name in names:
            if name not in stages["windows"]:
                raise NoRuleInForce(f"{shell.id} knows no stage {name}; it has {', '.join(stages['windows'])}.", place=shell.id)
            found.append(_one_stage(shell, prepared, trigger, name, stages["windows"][name]))
        return found

    return run


def _one_stage(shell: Shell, prepared: Prepared, trigger: Event, name: str, window: Map) -> Deadline | Refused:
    regime, base = shell.need_regime(), trigger.on.toordinal()
    nominal = add_months(base, int(window["due_months"]))
    steps: list = [("event", trigger.kind, base), ("add", int(window["due_months"]), "months", nominal)]
    try:
        due, provisional = roll(regime, nominal, True, steps)
        late = add_months(base, int(window["grace_months"])) if "grace_months" in window else None
        moved, doubt = regime.roll(late) if late is not None else (None, False)
        shell.in_force(prepared, base, nominal)
    except Refusal as refusal:
        return Refused(shell.id, name, refusal)
    if late is not None:
        steps.append(("grace_to", int(window["grace_months"]), late))
        if moved != late:
            steps.append(("grace_moved", moved))
    opens = add_months(base, int(window["opens_months"])) if "opens_months" in window else None
    return shell.made(
        prepared,
        trigger,
        name,
        nominal,
        due,
        tuple(steps),
        opens=opens,
        grace_nominal=late,
        grace_ends=moved,
        provisional=provisional or doubt,
    )


def expiry(shell: Shell) -> Run:
    how = shell.data["expiry"]
    years, times, until = int(how["years"]), int(how.get("times", 3)), int(how.get("until_years", 0))
    months_before, grace = int(how.get("opens_months", 0)), int(how["grace"]["months"])

    def one(prepared: Prepared, trigger: Event, turn: int) -> Deadline:
        regime, base = shell.need_regime(), trigger.on.toordinal()
        ends = add_months(base, 12 * years * turn)
        steps: list = [("event", trigger.kind, base), ("add", years * turn, "years", ends)]
        if flag(how.get("day_before")):
            ends -= 1
            steps.append(("day_before", ends))
        nominal = ends
        if how.get("month_end_before") and (prepared.as_of or ends) < (day(how["month_end_before"]) or 0):
            nominal = month_end(ends)
            steps.append(("month_end", nominal))
        due, provisional = roll(regime, nominal, True, steps)
        late, moved, doubt = late_period(regime, nominal, grace, steps)
        shell.in_force(prepared, base, nominal)
        opens = add_months(nominal, -months_before) if months_before else None
        return shell.made(
            prepared, trigger, str(years * turn), nominal, due, tuple(steps), opens=opens, grace_nominal=late, grace_ends=moved, term_ends=ends,
            provisional=provisional or doubt,
        )  # fmt: skip

    def run(prepared: Prepared, ordinal: str | None) -> Found:
        trigger = prepared.first(how["after"])
        if trigger is None:
            return []
        turns = range(1, times + 1) if ordinal is None else [_turn(shell, ordinal, years, until)]
        return [one(prepared, trigger, turn) for turn in turns]

    return run


def _turn(shell: Shell, ordinal: str, years: int, until: int) -> int:
    if not is_whole(ordinal) or int(ordinal) % years or not int(ordinal):
        raise NoRuleInForce(f"{shell.id} renews every {years} years, not at {ordinal}.", place=shell.id)
    if until and int(ordinal) >= until:
        raise NoRuleInForce(f"{shell.id}: the right ends after {until} years and is not renewed then.", place=shell.id)
    return int(ordinal) // years


def term(shell: Shell) -> Run:
    cases = shell.data["term"]["cases"] if "cases" in shell.data["term"] else [shell.data["term"]]

    def run(prepared: Prepared, _ordinal: str | None) -> Found:
        for how in cases:
            trigger = _earliest(prepared, how)
            if trigger is None:
                continue
            if any(holds(prepared, key, value, trigger) for key, value in (how.get("unless") or {}).items()):
                continue
            if all(holds(prepared, key, value, trigger) for key, value in (how.get("when") or {}).items()):
                ends, steps = _term_end(prepared, how, trigger)
                shell.in_force(prepared, trigger.on.toordinal(), ends)
                return [shell.made(prepared, trigger, "", ends, ends, tuple(steps), term_ends=ends)]
        raise Ungoverned(f"{shell.id} has no event to count from: it needs {_unrecorded(prepared, cases)}.", place=shell.id)

    return run


def _unrecorded(prepared: Prepared, cases: list[Map]) -> str:
    """The events that a term could run from, were they recorded."""
    open_cases = [how for how in cases if not any(holds(prepared, key, value, None) for key, value in (how.get("unless") or {}).items())]
    return " or ".join(sorted({kind for how in open_cases for kind in how["after"] if prepared.first((kind,)) is None}))


def _recorded(prepared: Prepared, what: str, *wanted: tuple[str, ...]) -> list[Event]:
    """The first event of each of some kinds; `Ungoverned` names every one that nobody recorded."""
    found = [prepared.first(kinds) for kinds in wanted]
    missing = [kinds[0] for kinds, event in zip(wanted, found, strict=True) if event is None]
    if missing:
        raise Ungoverned(f"{what} needs {' and '.join(missing)}, which nobody recorded.")
    return [event for event in found if event is not None]


def _earliest(prepared: Prepared, how: Map) -> Event | None:
    if flag(how.get("earliest")):
        events = [event for kind in how["after"] if (event := prepared.first((kind,))) is not None]
        return min(events, key=lambda event: event.on) if events else None
    return prepared.first(how["after"])


def _term_end(prepared: Prepared, how: Map, trigger: Event) -> tuple[int, list]:
    base = trigger.on.toordinal()
    years = int(how["years"])
    steps: list = [("event", trigger.kind, base)]
    ends = add_months(base, 12 * years)
    if flag(how.get("year_end")):
        ends = month_end(base, 12 * years + 12 - date.fromordinal(base).month)
        steps.append(("year_end", years, ends))
    else:
        steps.append(("add", years, "years", ends))
    if flag(how.get("day_before")):
        ends -= 1
        steps.append(("day_before", ends))
    latest = how.get("never_after")
    if latest and (cap := prepared.first(latest["after"])) is not None:
        limit = add_months(cap.on.toordinal(), 12 * int(latest["years"])) - (1 if flag(how.get("day_before")) else 0)
        if limit < ends:
            ends = limit
            steps.append(("capped", limit))
    extra = term_adjustment(prepared, str(how.get("adjustment", "")))
    if extra:
        ends = add_period(ends, extra, "days")
        steps.append(("adjusted", extra, ends))
    if how.get("extension") == "spc":
        ends = _certificate_end(prepared, ends, steps)
    return ends, steps


def _certificate_end(prepared: Prepared, patent_ends: int, steps: list) -> int:
    """The end of a supplementary protection certificate: filing to first authorisation less five years, at most five, after the patent.

    Six months more with a paediatric extension. Source: Regulation (EC) 469/2009 Art. 13, as the facts state it.
    """
    (approval,) = _recorded(prepared, "The term of a certificate", ("marketing_approval",))
    ends = min(add_months(approval.on.toordinal(), 180), add_months(patent_ends, 60))
    if ends <= patent_ends:
        raise NoRuleInForce("The authorisation came within five years of filing: a certificate adds no term.")
    steps.append(("certificate", ends))
    if flag(prepared.matter.facts.get("paediatric", "")):
        ends = add_months(ends, 6)
        steps.append(("add", 6, "months", ends))
    return ends


def term_adjustment(prepared: Prepared, scheme: str) -> int:
    """Days added to a term: CN compensation for office delay (R. 77-79), the US adjustment as determined by the office."""
    if scheme == "us_pta":
        for name in ("term_adjustment_days", "pta_days", "adjustment_days"):
            if name in prepared.matter.facts:
                return whole(prepared.matter.facts, name)
        return 0
    if scheme == "cn_pta":
        return _compensated(prepared)
    return 0


def _compensated(prepared: Prepared) -> int:
    """The days a Chinese term is longer by: as the office determined, or as computed where compensation was asked for."""
    if "compensation_days" in prepared.matter.facts:
        return whole(prepared.matter.facts, "compensation_days")
    if prepared.first(("term_compensation_requested",)) is None:
        return 0
    try:
        return cn_compensation(prepared)
    except Refusal:
        return 0


def cn_drug_compensation(prepared: Prepared, ends: int) -> int:
    """Days of Chinese drug term compensation: filing to approval less five years, at most five years, at most 14 years after approval.

    ends: the last day of the term without it. Source: CN Implementing Regulations 2023 R. 81-82; Guidelines V-9 3.
    """
    filing, approval = _recorded(prepared, "Drug term compensation", ("filing", "international_filing"), ("marketing_approval",))
    days = approval.on.toordinal() - add_months(filing.on.toordinal(), 60)
    limit = min(add_months(ends, 60), add_months(approval.on.toordinal(), 168))
    return max(0, min(ends + days, limit) - ends)


class OfficeDelay(NamedTuple):
    """How Chinese term compensation is counted; days are day numbers. four_years: after filing; three_years: after the examination request;
    deducted: days of reasonable delay and of the applicant's."""

    four_years: int
    three_years: int
    granted: int
    deducted: int

    @property
    def days(self) -> int:
        """The days to add to the term, never less than none."""
        return max(0, self.granted - max(self.four_years, self.three_years) - self.deducted)


def cn_compensation(prepared: Prepared) -> int:
    """Days of Chinese patent term compensation for unreasonable delay in granting; 0 where a same-day utility model was given up for it."""
    delay = cn_delay(prepared)
    return delay.days if delay else 0


def cn_delay(prepared: Prepared) -> OfficeDelay | None:
    """The delay that Chinese term compensation makes good; None where a same-day utility model was given up for the patent.

    From the later of four years after filing and three years after the examination request (never before publication) to grant,
    minus reasonable delay and the applicant's. Raises `Ungoverned` where one of these days was not recorded.
    Source: CN Implementing Regulations 2023 R. 77-79; Guidelines V-9 2.
    """
    filing, request, grant = _recorded(prepared, "Term compensation", ("filing", "international_filing"), ("examination_request",), ("grant",))
    published = prepared.first(("publication",))
    facts = prepared.matter.facts
    if flag(facts.get("same_day_utility_model_given_up", "")):
        return None
    asked = max(request.on, published.on) if published else request.on
    deducted = whole(facts, "applicant_delay_days") + whole(facts, "reasonable_delay_days")
    return OfficeDelay(add_months(filing.on.toordinal(), 48), add_months(asked.toordinal(), 36), grant.on.toordinal(), deducted)


def pendency(shell: Shell) -> Run:
    def run(prepared: Prepared, _ordinal: str | None) -> Found:
        grant = prepared.first(("grant",))
        if grant is not None:
            end = grant.on.toordinal() - 1
            shell.in_force(prepared, grant.on.toordinal(), end)
            return [shell.made(prepared, grant, "", end, end, (("event", "grant", grant.on.toordinal()), ("day_before", end)))]
        refused = prepared.first(("rejection",))
        if refused is None:
            return []
        limb = Limb(shell.data["pendency"])
        end, received, steps, sure = limb_end(shell.need_regime(), prepared, limb, refused)
        shell.in_force(prepared, refused.on.toordinal(), end)
        return [shell.made(prepared, refused, "", end, end, tuple(steps), received=received, verified=sure)]

    return run


def fixed(shell: Shell) -> Run:
    end = day(shell.data["fixed"]["on"]) or 0

    def run(prepared: Prepared, _ordinal: str | None) -> Found:
        trigger = prepared.first(shell.data["fixed"]["after"])
        if trigger is not None and trigger.on.toordinal() > end:
            return []
        return [shell.made(prepared, trigger, "", end, end, (("fixed", end),))]

    return run


def no_date(shell: Shell) -> Run:
    def run(_prepared: Prepared, _ordinal: str | None) -> Found:
        raise NoRuleInForce(f"{shell.id} is a duty or a condition, not a date.", place=shell.id)

    return run
