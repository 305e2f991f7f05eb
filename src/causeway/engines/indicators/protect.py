"""Which figures of groups may go out so that nobody's own figure can be worked out from them.

Everything that ever goes out about one indicator is a set of contributions: who contributed which value. A reader may hold any of them
against any other (a group against a group within it, this edition against the last one), so the sets cut the contributions into pieces:
those in exactly the same sets. Whatever a reader can work out by joining, cutting and taking away sets is a union of pieces. So a set goes
out only if every piece it leaves is empty or holds at least `FLOOR` universities. Then every difference holds `FLOOR` or none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

#: The fewest universities any figure, and any difference of two figures, may stand for.
FLOOR = 5

Contribution = tuple[Hashable, Hashable]


@dataclass(frozen=True)
class Withheld:
    """Why a group's figure does not go out: "few" (too few contributed) or "difference" (another figure would give some of them away)."""

    why: str
    beside: str = ""


def released(
    groups: Mapping[str, Iterable[Contribution]], before: Sequence[Iterable[Contribution]] = (), floor: int = FLOOR
) -> dict[str, Withheld | None]:
    """For each group None where its figure may go out, else why not.

    groups: contributions (who, which value) by group, in the order of their importance: an earlier group is rather released than a later one;
    before: the contributions of every figure that went out earlier. A value that was corrected since is another contribution.
    """
    # The pieces: contributions by which released sets they are in.
    kept: list[tuple[str, frozenset[Contribution]]] = [("", frozenset(one)) for one in before]
    answer: dict[str, Withheld | None] = {}
    for name, given in groups.items():
        members = frozenset(given)
        answer[name] = _judge(members, kept, floor)
        if answer[name] is None:
            kept.append((name, members))
    return answer


def _judge(members: frozenset[Contribution], kept: list[tuple[str, frozenset[Contribution]]], floor: int) -> Withheld | None:
    if len({who for who, _value in members}) < floor:
        return Withheld("few")
    if any(members == other for _name, other in kept):
        return None
    for name, other in kept:
        for piece in (members - other, other - members):
            if piece and len({who for who, _value in piece}) < floor:
                return Withheld("difference", name)
    sets = [*(other for _name, other in kept), members]
    if any(len(piece) < floor for piece in _pieces(sets)):
        return Withheld("difference")
    return None


def _pieces(sets: Sequence[frozenset[Contribution]]) -> list[set[Hashable]]:
    """Who is in each piece that the sets cut."""
    where: dict[Contribution, list[int]] = defaultdict(list)
    for number, one in enumerate(sets):
        for contribution in one:
            where[contribution].append(number)
    pieces: dict[tuple[int, ...], set[Hashable]] = defaultdict(set)
    for (who, _value), places in where.items():
        pieces[tuple(places)].add(who)
    return list(pieces.values())
