"""Facts go up: rooms register typed, scoped readers here; policies are tried on them and reports count them, importing no room."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from causeway.frame.access import Actor


@dataclass(frozen=True, slots=True)
class Row:
    """One fact: the day it happened, what it is about in words, the record behind it (model label and id), and its typed values."""

    on: date
    title: str
    record: tuple[str, int]
    values: dict[str, Any] = field(default_factory=dict)


#: Reads the facts that the actor sees between two days, both included, oldest first.
Reader = Callable[[Actor, date, date], Iterator[Row]]


@dataclass(frozen=True)
class Fact:
    """A kind of fact: key such as "asset.filed", its name for people, the type of each value, and its reader."""

    key: str
    label: Any
    values: dict[str, type]
    read: Reader


_facts: dict[str, Fact] = {}


def register(fact: Fact) -> None:
    """Make a kind of fact known; called in a room's `facts.py`, once at start."""
    _facts[fact.key] = fact


def known() -> list[Fact]:
    """Every kind of fact, by key."""
    return [_facts[key] for key in sorted(_facts)]


def read(key: str, actor: Actor, start: date, end: date) -> Iterator[Row]:
    """The facts of a kind between two days, both included, in sight of the actor, oldest first; none for a kind no room supplies.

    The values of each row are of the declared types or None; another type is a fault of the reader and raises TypeError.
    """
    fact = _facts.get(key)
    if fact is None:
        return
    for row in fact.read(actor, start, end):
        for name, value in row.values.items():
            if value is not None and not isinstance(value, fact.values[name]):
                raise TypeError(f"{key}.{name} must be {fact.values[name].__name__}, not {type(value).__name__}.")
        yield row
