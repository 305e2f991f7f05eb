"""What a decision procedure is made of, as read from a pack."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class FlowStep:
    """A step of a flow: what it asks (a kind), who may act (roles), by when (days from its opening), and its terms.

    terms: for a vote `quorum` and `majority` (exact fractions as text); for a notice `min_days` and `fields` (key to label);
    `document`: whether one must be given. basis: the articles it rests on.
    """

    key: str
    kind: str
    title: str
    roles: tuple[str, ...]
    days: int | None = None
    terms: dict = field(default_factory=dict)
    basis: tuple[str, ...] = ()
    verified: bool = False


@dataclass(frozen=True)
class Flow:
    """A procedure by which a university decides, from a pack."""

    pack: str
    key: str
    title: str
    text: str
    steps: tuple[FlowStep, ...]
