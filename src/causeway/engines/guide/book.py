"""A guide to be written out: what stands in front, chapters, sections by institution, cases. `page` writes it as HTML, `word` as DOCX.

The same book gives the same bytes. What is written is read again by `parse` without loss.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from causeway.engines.guide.template import FIELDS, SECTIONS, printed

WORDS = {
    "en": {"contents": "Contents", "acronyms": "List of acronyms", "introduction": "Introduction", "acknowledgements": "Acknowledgements", "licence": "Licence", "cite": "How to cite this guide",
           "edited": "Edited by", "page": "Page", "description": "Picture"},
    "zh-hans": {"contents": "目录", "acronyms": "缩略语表", "introduction": "引言", "acknowledgements": "致谢", "licence": "许可", "cite": "引用方式", "edited": "编者", "page": "页", "description": "图片"},
    "es": {"contents": "Índice", "acronyms": "Lista de siglas", "introduction": "Introducción", "acknowledgements": "Agradecimientos", "licence": "Licencia", "cite": "Cómo citar esta guía",
           "edited": "Edición de", "page": "Página", "description": "Imagen"},
    "pl": {"contents": "Spis treści", "acronyms": "Wykaz skrótów", "introduction": "Wprowadzenie", "acknowledgements": "Podziękowania", "licence": "Licencja",
           "cite": "Jak cytować ten przewodnik", "edited": "Redakcja", "page": "Strona", "description": "Ilustracja"},
    "nl": {"contents": "Inhoud", "acronyms": "Lijst van afkortingen", "introduction": "Inleiding", "acknowledgements": "Dankwoord", "licence": "Licentie", "cite": "Hoe deze gids te citeren",
           "edited": "Onder redactie van", "page": "Pagina", "description": "Afbeelding"},
}  # fmt: skip


@dataclass(frozen=True)
class Picture:
    """A picture of a case: PNG or JPEG bytes, what it shows, its caption with rights, its size in pixels."""

    data: bytes
    kind: str
    alternative: str
    caption: str
    width: int
    height: int


@dataclass(frozen=True)
class BookCase:
    """A case of a book: its heading and its 21 fields, paragraphs parted by line breaks. language: of its text, where it is not the book's."""

    heading: str
    fields: Mapping[str, str]
    language: str = ""
    pictures: Sequence[Picture] = ()


@dataclass(frozen=True)
class Section:
    """The cases of one partner."""

    name: str
    cases: Sequence[BookCase]


@dataclass(frozen=True)
class Chapter:
    """A chapter of sections."""

    title: str
    sections: Sequence[Section]


@dataclass(frozen=True)
class Book:
    """A guide to be written out. dated: ISO day of the edition; day: the same as it is printed; acronyms: pairs of acronym and meaning, in order."""

    title: str
    chapters: Sequence[Chapter]
    subtitle: str = ""
    edition: str = ""
    dated: str = ""
    language: str = "en"
    editors: str = ""
    publisher: str = ""
    introduction: str = ""
    acknowledgements: str = ""
    licence: str = ""
    citation: str = ""
    acronyms: Sequence[tuple[str, str]] = field(default_factory=tuple)
    day: str = ""

    @property
    def words(self) -> dict[str, str]:
        """The book's own words in its language."""
        return WORDS.get(self.language, WORDS["en"])


@dataclass(frozen=True)
class Heading:
    """A numbered heading: level 1 to 3, its number, its text, and the case it begins."""

    level: int
    number: str
    text: str
    case: BookCase | None = None

    @property
    def line(self) -> str:
        """The heading as printed."""
        return f"{self.number}. {self.text}"

    @property
    def anchor(self) -> str:
        """Its name for links."""
        return f"s{self.number.replace('.', '-')}"


def headings(book: Book) -> Iterator[Heading]:
    """The book's headings in order; the introduction is chapter 1."""
    for c, chapter in enumerate(book.chapters, 2):
        yield Heading(1, str(c), chapter.title)
        for s, section in enumerate(chapter.sections, 1):
            yield Heading(2, f"{c}.{s}", section.name)
            for n, case in enumerate(section.cases, 1):
                yield Heading(3, f"{c}.{s}.{n}", case.heading, case)


class Row(NamedTuple):
    """A row of a case's table: kind ("field" or "section"), key of the field, label, text, and the section it stands in."""

    kind: str
    key: str
    label: str
    text: str
    section: str


def rows(case: BookCase, language: str) -> Iterator[Row]:
    """The rows of a case's table, in the template's order."""
    section = "head"
    for one in FIELDS:
        if one.section != section:
            section = one.section
            yield Row("section", "", SECTIONS.get(language, SECTIONS["en"])[section], "", section)
        yield Row("field", one.key, printed(one.key, language), case.fields.get(one.key) or "", section)


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text."""
    return [line.strip() for line in text.replace("\r\n", "\n").split("\n") if line.strip()]


_ITEM = re.compile(r"(?:[-•*]|(\d{1,3})[.)])\s+(\S.*)")
_RUNS = re.compile(r"\*\*(\S(?:.*?\S)?)\*\*|\*(\S(?:[^*]*?\S)?)\*")


def front_blocks(text: str) -> Iterator[tuple[str, str]]:
    """Front matter, parted by empty lines: headings by a sign, items of lists by a mark or number, paragraphs: ("h" | "ul" | "ol" | "p", text).

    A numbered item keeps its number in its text.
    """
    for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n")):
        kind, words = "p", ""
        for line in (re.sub(r"\s+", " ", one).strip() for one in block.split("\n")):
            if not line:
                continue
            found = _ITEM.fullmatch(line)
            if found or line.startswith("#"):
                if words:
                    yield kind, words
                kind, words = ("h", line.lstrip("# ")) if line.startswith("#") else ("ol", line) if found[1] else ("ul", found[2])  # type: ignore[index]
            elif kind == "h":
                yield kind, words
                kind, words = "p", line
            else:
                words = f"{words} {line}".strip()
        if words:
            yield kind, words


def item_number(text: str) -> tuple[int, str]:
    """The number of a numbered item and its words."""
    found = _ITEM.fullmatch(text)
    return int(found[1]), found[2]  # type: ignore[index]


def runs(text: str) -> list[tuple[str, str]]:
    """Words as they are set: ("b", **bold**), ("i", *italic*), ("", what stands between)."""
    made, at = [], 0
    for found in _RUNS.finditer(text):
        if found.start() > at:
            made.append(("", text[at : found.start()]))
        made.append(("b", found[1]) if found[1] else ("i", found[2]))
        at = found.end()
    return [*made, ("", text[at:])] if at < len(text) else made


def imprint(book: Book) -> list[tuple[str, str]]:
    """What stands behind the title: pairs of title and text, as far as there is a text."""
    pairs = [(book.words["acknowledgements"], book.acknowledgements), (book.words["licence"], book.licence), (book.words["cite"], book.citation)]
    return [(title, text) for title, text in pairs if text.strip()]


def by_lines(book: Book) -> list[str]:
    """The lines below the title: subtitle, editors, publisher and edition, as far as there are any."""
    edited = f"{book.words['edited']} {book.editors}" if book.editors else ""
    lines = [book.subtitle, edited, book.publisher, ", ".join(part for part in (book.edition, book.day or book.dated) if part)]
    return [line for line in lines if line]
