"""What the docket tells higher rooms, in the same transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class MattersChanged:
    """Deadlines of matters were computed anew or settled; `next_due` holds the next open day of each matter (None: nothing is open)."""

    next_due: dict[int, date | None]
