"""Which packs a university has adopted from when: on each day the book of those in force then, with the same questions as one book."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from causeway.engines.kernel import parse_date
from causeway.engines.packs.resolve import Book, InForce
from causeway.engines.packs.schema import Pack


class Adoption(NamedTuple):
    """A pack adopted from a day, to a day (inclusive) or until further notice."""

    pack: Pack
    start: date
    end: date | None = None


class Timeline:
    """Adoptions over the years. always: packs that hold without being adopted, such as the law of the land; known: where packs they extend are found.

    Two adopted versions of one pack on one day are both in the book, so that whatever they say differently is a conflict and not a toss-up.
    """

    def __init__(self, adoptions: Iterable[Adoption], always: Iterable[Pack] = (), known: Iterable[Pack] = ()) -> None:
        self.adoptions = tuple(sorted(adoptions, key=lambda one: (one.start, one.pack.id, one.pack.version)))
        self.always, self.known = tuple(always), tuple(known)
        named = "".join(f"{one.pack.digest}{one.start}{one.end}" for one in self.adoptions) + "".join(pack.digest for pack in self.always)
        self.digest = hashlib.sha256(named.encode()).hexdigest()
        self._texts: dict[str, str] = {}
        self._since: date | None = None
        self._books: dict[tuple[int, ...], Book] = {}

    def _chosen(self, day: int) -> tuple[int, ...]:
        return tuple(
            at for at, one in enumerate(self.adoptions) if one.start.toordinal() <= day and (one.end is None or day <= one.end.toordinal())
        )

    def book(self, day: int | date | str) -> Book:
        """The book of the packs adopted on a day."""
        number = day if isinstance(day, int) else (parse_date(day) if isinstance(day, str) else day).toordinal()
        chosen = self._chosen(number)
        if chosen not in self._books:
            book = Book([*self.always, *(self.adoptions[at].pack for at in chosen)], self.known)
            texts = {key: text for key, text in self._texts.items() if key in book.values}
            self._books[chosen] = book.with_values(texts, self._since) if texts else book
        return self._books[chosen]

    def on(self, day: int | date | str) -> InForce:
        """What holds on a day under what was adopted then."""
        return self.book(day).on(day)

    def interval(self, day: int) -> tuple[object, ...]:
        """The same for days of the same rules."""
        return (self._chosen(day), self.book(day).interval(day))

    def with_values(self, texts: Mapping[str, str], since: date | None = None) -> Timeline:
        """The same adoptions with other texts for some values, wherever they stand: a what-if."""
        made = Timeline(self.adoptions, self.always, self.known)
        made._texts, made._since = dict(texts), since
        made.digest = hashlib.sha256(repr((self.digest, sorted(texts.items()), since)).encode()).hexdigest()
        return made
