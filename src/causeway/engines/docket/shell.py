"""What every kind of rule needs: its place in the law, moves, late periods, and what closes a deadline."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from causeway.engines.docket.facts import Prepared
from causeway.engines.docket.law import Law, Regime
from causeway.engines.docket.model import Deadline, Event, Refused
from causeway.engines.docket.values import span
from causeway.engines.kernel import NoRuleInForce, NotYetLaw, Refusal, add_months, month_end
from causeway.engines.packs import Map

#: Makes a named tuple of its fields in order, in half the time of naming its class.
_new: Any = tuple.__new__
#: What a deadline that nothing closed says of that.
_OPEN = (None, None, "")
Found = list[Any]  # Deadline | Refused
Run = Callable[[Prepared, str | None], Found]


class Shell:
    """What every compiler needs of a rule."""

    def __init__(
        self,
        law: Law,
        id: str,
        regime: Regime | None,
        verified: bool,
        force_from: int | None,
        force_to: int | None,
        judged_by: str,
        data: Map,
    ) -> None:
        self.law, self.id, self.regime, self.verified, self.data = law, id, regime, verified, data
        self.force_from, self.force_to, self.judged_by = force_from, force_to, judged_by
        self.office, self.kind = str(data["office"]), str(data["kind"])
        self.closers = tuple(data.get("closed_by") or ())
        self.moves_verified = regime is None or regime.verified
        self.always = force_from is None and force_to is None and (regime is None or (regime.force_from is None and regime.force_to is None))
        self.introduced = bool(data.get("introduced"))
        self.keeps_withdrawn = data.get("after_withdrawal") == "keep"
        self.withdrawn_within = int(data.get("withdrawn_within_months", 0))

    def in_force(self, prepared: Prepared, trigger: int, due: int) -> None:
        """Refuse where the rule, or its way of counting, is not in force on the day the law names."""
        if self.always:
            return
        judged = prepared.as_of if prepared.as_of is not None else self._judged(trigger, due)
        if self.introduced and judged < (self.force_from or 0):
            begun = date.fromordinal(self.force_from or 0)
            raise NotYetLaw(f"{self.id}: this right did not exist yet on {date.fromordinal(judged)}; the law introduced it on {begun}.", place=self.id)
        if not (self.force_from or 0) <= judged <= (self.force_to or judged):
            raise NoRuleInForce(f"{self.id} is not in force on {date.fromordinal(judged)}: it holds{span(self.force_from, self.force_to)}.", place=self.id)
        regime = self.regime
        if regime and not (regime.force_from or 0) <= (prepared.as_of or trigger) <= (regime.force_to or (prepared.as_of or trigger)):
            on, known = date.fromordinal(prepared.as_of or trigger), span(regime.force_from, regime.force_to)
            raise NoRuleInForce(f"How periods are counted under {regime.id} is not known for {on}, but{known}.", place=self.id)

    def _judged(self, trigger: int, due: int) -> int:
        """The day by which the law is judged: of the trigger, the last day, or the end of the priority year that the trigger began."""
        if self.judged_by == "priority_end":
            return add_months(trigger, 12)
        return due if self.judged_by == "due" else trigger

    def too_late(self, prepared: Prepared, withdrawal: Event) -> bool:
        """Whether a priority was withdrawn when it no longer could be: so many months after the priority date (PCT R. 90bis.3(a))."""
        if not self.withdrawn_within or not prepared.priorities:
            return False
        end = add_months(prepared.priorities[0].on.toordinal(), self.withdrawn_within)
        return withdrawal.on.toordinal() > self.need_regime().roll(end)[0]

    def need_regime(self) -> Regime:
        if self.regime is None:
            raise NoRuleInForce(f"{self.id} names no way of counting.", place=self.id)
        return self.regime

    def made(
        self, prepared: Prepared, trigger: Event | None, ordinal: str, nominal: int, due: int, trace: tuple, *, received: int | None = None,
        opens: int | None = None, grace_nominal: int | None = None, grace_ends: int | None = None, term_ends: int | None = None,
        provisional: bool = False, verified: bool = True,
    ) -> Deadline:  # fmt: skip
        """A finished deadline, closed where an event met it or the matter ended.

        It is verified where its rule is, its delivery is, and, if it was moved to a working day, the regime that moved it is.
        """
        by, on, why = self._closed(prepared, trigger, ordinal, (opens, nominal, grace_ends or due)) if self._may_close(prepared) else _OPEN
        sure = verified and self.verified and (self.moves_verified or _unmoved(trace))
        return _new(
            Deadline,
            (
                self.id, ordinal, trigger.ref if trigger else None, trigger.kind if trigger else "", received, opens, nominal, due, grace_nominal, grace_ends,
                term_ends, provisional, sure, by, on, why, trace,
            ),
        )  # fmt: skip

    def _may_close(self, prepared: Prepared) -> bool:
        """Whether anything happened that might close a deadline of this rule; asked once a matter, since a rule has many years."""
        known = prepared.may_close.get(self.id)
        if known is None:
            known = bool(prepared.ends) or not prepared.by_kind.keys().isdisjoint(self.closers)
            prepared.may_close[self.id] = known
        return known

    def _closed(self, prepared: Prepared, trigger: Event | None, ordinal: str, window: tuple[int | None, int, int]) -> tuple[Any, int | None, str]:
        since = trigger.on if trigger else date.min
        by_kind = prepared.by_kind
        for kind in self.closers:
            if kind in by_kind:
                for event in by_kind[kind]:
                    if event.on >= since and self._meets(prepared, event, ordinal, window):
                        return event.ref, event.on.toordinal(), "met"
        for event in prepared.ends:
            if event.on >= since:
                return event.ref, event.on.toordinal(), "ended"
        return None, None, ""


    def _meets(self, prepared: Prepared, event: Event, ordinal: str, window: tuple[int | None, int, int]) -> bool:
        """Whether an event meets this deadline: a payment names its year or stage, an entry its office, an answer perhaps its rule.

        A payment that names no year counts for the fee in whose time it was made; an entry that names no office, where there is only one.
        """
        facts = event.facts or {}
        if str(facts.get("rule", self.id)) != self.id:
            return False
        if "office" in facts:
            return str(facts["office"]) == (ordinal if self.kind == "period" and ordinal else self.office)
        said = facts.get("year", facts.get("stage"))
        if said is not None:
            return str(said) == ordinal
        if not ordinal:
            return True
        if self.kind == "period":
            return len(prepared.matter.designated) < 2
        opens, nominal, last = window
        return (opens if opens is not None else add_months(nominal, -6)) <= event.on.toordinal() <= last


def _unmoved(trace: tuple) -> bool:
    """Whether no step says that a last day was moved, or may have to be, on the word of the regime and its calendar."""
    for step in trace:  # noqa: SIM110 - half the time of any() over a generator
        if step[0] in ("moved", "grace_moved"):
            return False
    return True


def guarded(shell: Shell, run: Run) -> Run:
    """Refusals become values; a withdrawn priority is taken out where the period had not yet expired (PCT R. 90bis.3(d))."""

    def guarded(prepared: Prepared, ordinal: str | None = None) -> Found:
        try:
            found = run(prepared, ordinal)
            if prepared.withdrawals and not shell.keeps_withdrawn:
                for withdrawal in prepared.withdrawals:
                    if shell.too_late(prepared, withdrawal):
                        continue
                    prepared = prepared.without_priority(withdrawal)
                    found = _unexpired_anew(found, run(prepared, ordinal), withdrawal)
        except Refusal as refusal:
            return [Refused(shell.id, ordinal or "", refusal)]
        return found

    return guarded


def _unexpired_anew(before: Found, after: Found, withdrawal: Event) -> Found:
    """Each deadline as it stands once a priority is withdrawn: computed anew unless it had expired by then."""
    day_withdrawn = withdrawal.on.toordinal()
    expired = {one.ordinal: one for one in before if isinstance(one, Deadline) and one.due < day_withdrawn and one not in after}
    kept = [one if one in before else expired.pop(one.ordinal, one) for one in after]
    return kept + list(expired.values())


def roll(regime: Regime, end: int, rolls: bool, steps: list) -> tuple[int, bool]:
    if not rolls:
        return end, False
    due, provisional = regime.roll(end)
    if due != end or provisional:
        steps.append(("moved", due, provisional, end))
    return due, provisional


def late_period(regime: Regime, start: int, months: int, steps: list, ultimo: bool = False, counted: str = "grace") -> tuple[int, int, bool]:
    """The end of the late period before and after the move; it starts from the day before the move unless the rule is an exception."""
    end = month_end(start, months) if ultimo else add_months(start, months)
    moved, doubt = regime.roll(end)
    steps.append(("grace_ultimo" if ultimo and counted == "grace" else counted, months, end))
    if moved != end:
        steps.append(("grace_moved", moved))
    return end, moved, doubt


def months_on(start: int, months: int, ultimo: bool) -> int:
    """So many months on; from the last day of a month to the last day of a month where the law says so (J 4/91)."""
    return month_end(start, months) if ultimo else add_months(start, months)
