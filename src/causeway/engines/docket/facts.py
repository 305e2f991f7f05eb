"""A matter's events prepared for the rules: by kind, in order, with the priorities that count."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from causeway.engines.docket.model import Event, MatterFacts

#: Events that end a matter: whatever is still open ends with them.
ENDINGS = ("withdrawn", "lapsed", "refused_final", "expired", "abandoned", "revoked", "transferred")


class Prepared:
    """Events of a matter by kind, earliest first. `priorities` are those not withdrawn; `as_of` forces the law of a day."""

    __slots__ = ("as_of", "by_kind", "ends", "matter", "may_close", "priorities", "withdrawals")

    def __init__(self, matter: MatterFacts, as_of: int | None = None) -> None:
        self.matter, self.as_of = matter, as_of
        self.by_kind: dict[str, list[Event]] = {}
        for event in sorted(matter.events, key=in_order):
            self.by_kind.setdefault(event.kind, []).append(event)
        self.may_close: dict[str, bool] = {}
        self.priorities: Sequence[Event] = self.by_kind.get("priority", ())
        self.withdrawals: Sequence[Event] = self.by_kind.get("priority_withdrawn", ())
        self.ends: Sequence[Event] = sorted((event for kind in ENDINGS for event in self.by_kind.get(kind, ())), key=in_order)

    def first(self, kinds: Iterable[str]) -> Event | None:
        """The governing event of the first kind that has one; of several priorities the earliest governs (PCT Art. 2(xi))."""
        for kind in kinds:
            found = self.priorities if kind == "priority" else self.by_kind.get(kind)
            if found:
                return found[0]
        return None

    def every(self, kinds: Iterable[str]) -> Sequence[Event]:
        """All events of the first kind that has any; of priorities the governing one alone."""
        for kind in kinds:
            found = self.priorities[:1] if kind == "priority" else self.by_kind.get(kind)
            if found:
                return found
        return ()

    def without_priority(self, withdrawal: Event) -> Prepared:
        """The same matter once the withdrawn priority no longer counts."""
        other = Prepared.__new__(Prepared)
        other.matter, other.as_of, other.by_kind, other.ends = self.matter, self.as_of, self.by_kind, self.ends
        other.withdrawals, other.may_close = self.withdrawals, self.may_close
        other.priorities = [event for event in self.priorities if event.on != withdrawal.of]
        return other


def in_order(event: Event) -> tuple:
    """The order events are taken in, so that the order they came in does not matter."""
    return (event.on, event.kind, str(event.ref))
