"""What the docket takes from outside, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True)
class EventDraft:
    """An event to be recorded: kind of the vocabulary, its day, how it was sent, what it is about, where it was learnt."""

    kind: str
    on: date
    by: str = ""
    received: date | None = None
    of: date | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    source: str = "hand"
    note: str = ""


@dataclass(frozen=True)
class MatterDraft:
    """A matter to be opened with its first events."""

    reference: str
    office: str
    right: str
    title: str
    number: str = ""
    unit_id: int | None = None
    holder_id: int | None = None
    agent_id: int | None = None
    entity: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    designated: tuple[str, ...] = ()
    published: bool = False
    events: tuple[EventDraft, ...] = ()
