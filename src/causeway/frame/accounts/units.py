"""Units a grant can be limited to. The frame stands below `people`, which knows the units, so `people` offers them here."""

from __future__ import annotations

from collections.abc import Callable

#: Answers (id, name) of each unit of the university in scope.
Offer = Callable[[], list[tuple[int, str]]]

_offer: Offer = list


def offer(names: Offer) -> None:
    """Say where the units of the university in scope come from; called once at start."""
    global _offer
    _offer = names


def names() -> dict[int, str]:
    """The units of the university in scope, name by id; empty where nobody offers any."""
    return dict(_offer())
