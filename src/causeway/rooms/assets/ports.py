"""What the assets room takes from files and registers, as plain values; adapters produce them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple, Protocol


class CellProblem(NamedTuple):
    """A fault of one cell: row of the file (from 1, the header counts; 0 for the whole file), column, code, sentence for people, the value as it stands."""

    row: int
    column: str
    code: str
    message: str
    value: str = ""


class EventRecord(NamedTuple):
    """Something that happened, in the events vocabulary of the packs."""

    kind: str
    on: date
    by: str = ""
    facts: Mapping[str, Any] = {}
    note: str = ""


class LinkRecord(NamedTuple):
    """An earlier application or a family member: how it belongs, office, number, date."""

    kind: str
    office: str
    number: str
    on: date | None = None


@dataclass
class AssetRecord:
    """One application or right as a file or register tells it."""

    place: str
    office: str
    number: str
    key: str
    right: str = "patent"
    title: str = ""
    titles: dict[str, str] = field(default_factory=dict)
    publication_number: str = ""
    grant_number: str = ""
    filed_on: date | None = None
    published_on: date | None = None
    granted_on: date | None = None
    status: str = ""
    technical_field: str = ""
    owners: list[str] = field(default_factory=list)
    inventors: list[str] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)
    links: list[LinkRecord] = field(default_factory=list)
    events: list[EventRecord] = field(default_factory=list)
    designated: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    family: str = ""
    reference: str = ""


@dataclass(frozen=True)
class Question:
    """Something bytes or digits leave open: what is asked, and each option with what real values become under it."""

    kind: str  # encoding | dates | pivot | columns
    text: str
    options: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass
class FileShape:
    """What a file was recognised as, and what is still to be answered before it can be read."""

    format: str
    layout: str = ""
    encoding: str = ""
    delimiter: str = ""
    header_row: int = 1
    columns: list[str] = field(default_factory=list)
    mapping: dict[str, str] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    dates: str = ""
    pivot: int | None = None
    questions: list[Question] = field(default_factory=list)
    declared: dict[str, int] = field(default_factory=dict)
    reply: str = ""
    #: Of a workbook: the sheets that are read, the first of them the one with the header; those that are hidden, and whether they are read too.
    sheets: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    read_hidden: bool = False
    #: The first row at which cells are merged over several rows; 0 for none.
    merged: int = 0


class Unreadable(Exception):
    """A file that cannot be read as what it claims to be; the text says why and what to do."""


class PortfolioReader(Protocol):
    """Reads portfolio files: first what they are, then their records."""

    def recognise(self, path: str, name: str, options: Mapping[str, Any]) -> FileShape:
        """What the file is; raises `Unreadable`."""

    def read(self, path: str, shape: FileShape, most: int | None = None) -> Iterator[AssetRecord | CellProblem]:
        """Records and problems, in the order of the file, in flat memory; raises `Unreadable`. most: a look at its first documents is enough."""

    def cells(self, path: str, shape: FileShape) -> Iterator[list[str]]:
        """The cells of the rows of a table as text, the header left out; nothing for what is no table."""
