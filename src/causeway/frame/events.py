"""Events go up: a lower room tells, higher rooms listen, in the same transaction; a failing listener fails the change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

_listeners: dict[type, list[tuple[int, Callable[[Any], None]]]] = defaultdict(list)


def listen(event: type, order: int, listener: Callable[[Any], None]) -> None:
    """Call `listener` with each event of this class. order: the listening room's place among the rooms, lowest first."""
    if (order, listener) not in _listeners[event]:
        _listeners[event].append((order, listener))
        _listeners[event].sort(key=lambda pair: pair[0])


def tell(event: Any) -> None:
    """Tell the listeners of an event, now, in the caller's transaction; what a listener raises passes through."""
    for _order, listener in _listeners[type(event)]:
        listener(event)
