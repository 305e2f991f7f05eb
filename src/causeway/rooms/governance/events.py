"""What higher rooms may hear of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class PolicyApproved:
    """A policy was approved and holds from a day."""

    policy: int
    subject: str
    holds_from: date


@dataclass(frozen=True)
class ProcedureEnded:
    """A decision procedure ended: passed, refused or withdrawn."""

    procedure: int
    state: str
    on: date
