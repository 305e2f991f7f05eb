"""What goes into the docket engine and what comes out; days are day numbers (`date.toordinal`) inside, dates at the edges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from causeway.engines.kernel import Refusal


class Event(NamedTuple):
    """Something that happened in a matter.

    kind: of the events vocabulary; on: its day (of issue or dispatch for a notice of the office); by: electronic, post, hand or
    public_notice for a notice whose delivery counts; received: the day it is proved to have arrived; of: the day another event is
    about (a withdrawn priority); ref: the caller's identity of the event; facts: what else it says (year paid, designated office).
    """

    kind: str
    on: date
    by: str | None = None
    received: date | None = None
    of: date | None = None
    ref: Any = None
    facts: Mapping[str, Any] = {}


@dataclass(frozen=True)
class MatterFacts:
    """A matter as the engine sees it: office, kind of right, events, and facts no event shows."""

    office: str
    right: str
    events: tuple[Event, ...]
    facts: Mapping[str, Any] = field(default_factory=dict)
    designated: tuple[str, ...] = ()
    entity: str | None = None


class Deadline(NamedTuple):
    """A day by which something must be done or paid, and what it rests on. Day fields are day numbers or None."""

    rule: str
    ordinal: str
    trigger: Any  # ref of the triggering event
    trigger_kind: str
    received: int | None
    opens: int | None
    nominal: int
    due: int
    grace_nominal: int | None
    grace_ends: int | None
    term_ends: int | None
    provisional: bool
    verified: bool
    closed_by: Any  # ref of the event that met or ended it
    closed_on: int | None
    closed_why: str  # "" open, "met", "ended"
    trace: tuple


class Refused(NamedTuple):
    """A rule that would apply and gives no date, with the reason."""

    rule: str
    ordinal: str
    reason: Refusal


class Outcome(NamedTuple):
    """Every deadline of a matter, past and future, and every refusal; in a fixed order."""

    deadlines: tuple[Deadline, ...]
    refusals: tuple[Refused, ...]


class Step(NamedTuple):
    """A step of a derivation: the day it yields, a title, one plain sentence, its sources, and whether it is verified."""

    title: str
    on: date | None
    sentence: str
    basis: tuple[str, ...]
    verified: bool
    code: str
