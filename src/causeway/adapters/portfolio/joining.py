"""Publications of one application laid together into its record, in the order of the file; kept on disk, since a file may hold a million."""

from __future__ import annotations

import pickle
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing

from causeway.rooms.assets.numbers import publication_key
from causeway.rooms.assets.ports import AssetRecord, CellProblem


def joined(found: Iterable[AssetRecord | CellProblem | None]) -> Iterator[AssetRecord | CellProblem]:
    """One record for each application, numbered by its place among them; problems after them."""
    problems: list[CellProblem] = []
    with closing(_Shelf()) as shelf:
        for one in found:
            if isinstance(one, CellProblem):
                problems.append(one)
            elif one is not None:
                shelf.add(one)
        yield from shelf.records()
    yield from problems


class _Shelf:
    """Records under each number they are known by, in a temporary file that stays in memory while it is small."""

    def __init__(self) -> None:
        self.store = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self.store.execute("PRAGMA cache_size = -16000")
        self.store.execute("CREATE TABLE record (id INTEGER PRIMARY KEY, body BLOB)")
        self.store.execute("CREATE TABLE name (name TEXT PRIMARY KEY, record INTEGER) WITHOUT ROWID")
        self.store.execute("BEGIN")

    def close(self) -> None:
        """Forget everything."""
        self.store.close()

    def add(self, record: AssetRecord) -> None:
        """Put a record down, or lay it to the one of the same application."""
        publications = list(filter(None, map(publication_key, filter(None, (record.publication_number, record.grant_number)))))
        here, known = self._known(record, publications)
        if known is None:
            here, known = self.store.execute("INSERT INTO record (body) VALUES (NULL)").lastrowid or 0, record
            known.place = str(here)
        else:
            _lay(known, record)
        self.store.execute("UPDATE record SET body = ? WHERE id = ?", [pickle.dumps(known), here])
        for name in (known.key, *publications):
            self.store.execute("INSERT OR IGNORE INTO name VALUES (?, ?)", [name, here])

    def _known(self, record: AssetRecord, publications: list[str]) -> tuple[int, AssetRecord | None]:
        """The record of the same application: by its number, or by a publication where one of the two tells no number."""
        for name in (record.key, *publications):
            row = self.store.execute("SELECT id, body FROM record WHERE id = (SELECT record FROM name WHERE name = ?)", [name]).fetchone()
            if row is not None:
                found = pickle.loads(row[1])  # noqa: S301 - written above, in a file nobody else sees
                if name == record.key or not (found.number and record.number):
                    return row[0], found
        return 0, None

    def records(self) -> Iterator[AssetRecord]:
        """All records in the order in which they came."""
        for (body,) in self.store.execute("SELECT body FROM record ORDER BY id"):
            yield pickle.loads(body)  # noqa: S301 - as above


def _lay(known: AssetRecord, other: AssetRecord) -> None:
    """Add what another publication of the same application tells; of the parties, the later publication tells them best."""
    if not known.number and other.number:
        known.office, known.number, known.key = other.office, other.number, other.key
    later = max(filter(None, (other.published_on, other.granted_on)), default=None)
    earlier = max(filter(None, (known.published_on, known.granted_on)), default=None)
    for name in ("owners", "inventors"):
        if getattr(other, name) and (not getattr(known, name) or (later and earlier and later > earlier)):
            setattr(known, name, getattr(other, name))
    for name in ("title", "family", "publication_number", "grant_number", "filed_on", "designated", "agents"):
        setattr(known, name, getattr(known, name) or getattr(other, name))
    known.status = other.status if other.status.startswith("granted") else known.status or other.status
    known.titles = {**other.titles, **known.titles}
    for name in ("published_on", "granted_on"):
        setattr(known, name, min(filter(None, (getattr(known, name), getattr(other, name))), default=None))
    for name in ("links", "events", "notes"):
        mine = getattr(known, name)
        mine += [one for one in getattr(other, name) if one not in mine]
