"""A file's bytes to numbered lines: plain text, HTML and DOCX give the same shape, a tab between the cells of a row.

Nothing of a file is run, followed or fetched. What a file brings beside text (scripts, macros, links to elsewhere) is told as a problem.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable
from functools import lru_cache
from html.parser import HTMLParser
from typing import Any, NamedTuple
from xml.parsers import expat

from causeway.engines.guide import template
from causeway.engines.guide import text as texts

#: The largest file read, and the largest text a compressed one may unfold to, in bytes. The guide has 0.2 million.
MOST_BYTES = 30_000_000
MOST_UNFOLDED = 60_000_000
#: A file of the guide's shape unfolds to some 15 times its size; a bomb to a thousand times.
MOST_RATIO = 300
MOST_LINES = 400_000
MOST_NESTED = 50
#: How much of a left-out script is quoted, and how much of an element that was never closed: behind it may stand the rest of the guide.
QUOTED = 2_000
QUOTED_WHOLE = 2_000_000

#: Word documents have two sets of names, the usual one and that of the strict form.
_WORDS = re.compile(r"http://(?:schemas\.openxmlformats\.org/wordprocessingml/2006|purl\.oclc\.org/ooxml/wordprocessingml)/main (\S+)")
_MATH = re.compile(r"http://\S+/math t")
#: The second telling of a drawing, for old word processors.
_FALLBACK = "http://schemas.openxmlformats.org/markup-compatibility/2006 Fallback"
_SPACES = re.compile(r"\s+")
#: What the reader of archives raises where one is broken.
_BROKEN_ARCHIVE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)
#: Between the paragraphs of a cell; white space like any other where nobody asks for them.
_PARAGRAPH = "\x0b"


class Line(NamedTuple):
    """A line or table row: its number, its text with tabs between cells, its level where the file says it is a heading (0: it does not), whether it stands below a picture."""

    number: int
    text: str
    level: int = 0
    caption: bool = False


class Issue(NamedTuple):
    """Something a person must know: a code, the line (0: the file), the field ("" for none), a sentence, and the text it is about."""

    code: str
    line: int
    field: str
    message: str
    text: str = ""

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return self._asdict()


class Unreadable(Exception):
    """The file cannot be read as a guide at all; says why and what to do."""


class Source(NamedTuple):
    """The lines of a file, the form it had, and what was found beside text."""

    lines: list[Line]
    form: str
    issues: list[Issue]


def read(data: bytes, name: str = "") -> Source:
    """The lines of a file. name: its name, which decides only where the bytes do not. Raises `Unreadable`."""
    if not data.strip(b" \t\r\n\x00"):
        raise Unreadable("The file is empty.")
    if len(data) > MOST_BYTES:
        raise Unreadable(f"The file has {len(data) / 1e6:.0f} MB; a guide has at most {MOST_BYTES // 1_000_000} MB. Save its text without pictures.")
    if data.startswith(b"PK\x03\x04"):
        return _docx(data)
    if data.startswith(b"%PDF-"):
        raise Unreadable("This is a PDF. Its tables cannot be read surely: save the guide as DOCX, HTML or plain text.")
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable("This is an old Word document (.doc). Save it as .docx, HTML or plain text.")
    if data.startswith(b"{\\rtf"):
        raise Unreadable("This is RTF. Save it as DOCX, HTML or plain text.")
    decoded = texts.declared(data) or texts.decode(data)
    if sum(1 for c in decoded.text[:200_000] if c < " " and c not in "\t\n\r\f\v\x1c\x1d\x1e") > 8 + len(decoded.text[:200_000]) // 100:
        raise Unreadable("This is not a text: it holds binary data. Give the guide as DOCX, HTML or plain text.")
    issues = [Issue("encoding", 0, "", decoded.fault, "")] if decoded.fault else []
    if decoded.encoding in texts.GUESSED:
        told = {"gb18030": "Chinese (GB 18030)", "cp1250": "Central European (Windows-1250)", "iso-8859-2": "Central European (ISO 8859-2)"}.get(decoded.encoding, "Western (Windows-1252)")
        issues.append(Issue("encoding-guessed", 0, "", f"The file is not in Unicode; it was read as {told}. Look at names with accents and at quotation marks; where they are wrong, save it as UTF-8."))
    head = decoded.text.lstrip("\ufeff \t\r\n")[:300].lower()
    if re.match(r"(<!doctype html|<html|<\?xml[^>]*>\s*<!doctype html|<head|<body|<!--)", head) or name.lower().endswith((".html", ".htm", ".xhtml")):
        source = _html(decoded.text)
        return source._replace(issues=issues + source.issues)
    return Source(_numbered(decoded.text), "text", issues)


def _numbered(text: str) -> list[Line]:
    """Lines as an editor numbers them; a form feed or a vertical tab breaks a line without counting."""
    plain = re.sub("\r+\n|[\r\x85\u2028\u2029]", "\n", text).lstrip("\ufeff").replace("\v", "\f")
    made = [Line(number, piece) for number, line in enumerate(plain.split("\n"), 1) for piece in line.split("\f")]
    return _bounded(made)


def _bounded(lines: list[Line]) -> list[Line]:
    if len(lines) > MOST_LINES:
        raise Unreadable(f"The file has more than {MOST_LINES} lines; this is no guide.")
    return lines


# --- HTML ----------------------------------------------------------------------------------------------------------------------------


_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all|visibility\s*:\s*hidden", re.IGNORECASE)


class _Html(HTMLParser):
    """Rows of tables become lines with tabs, other blocks become lines; scripts and styles are left out and told."""

    BLOCKS = {"p", "div", "section", "article", "header", "footer", "main", "nav", "aside", "li", "ul", "ol", "blockquote", "pre", "figure", "figcaption",
              "table", "thead", "tbody", "tfoot", "tr", "dl", "hr", "br", "title", "address", "details", "summary", "caption", "center", "form"}  # fmt: skip
    LEFT_OUT = {"script", "style", "template", "object", "iframe", "svg", "noscript"}
    ACTIVE = {"script", "object", "iframe", "embed", "applet"}
    #: Attributes that stand without a value.
    BARE = {"allowfullscreen", "async", "autofocus", "checked", "compact", "contenteditable", "controls", "defer", "disabled", "download", "hidden", "inert", "ismap",
            "itemscope", "loop", "multiple", "muted", "nohref", "nomodule", "noshade", "novalidate", "nowrap", "open", "playsinline", "readonly", "required",
            "reversed", "selected"}  # fmt: skip

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[Line] = []
        self.issues: list[Issue] = []
        self.words: list[str] = []
        self.cells: list[str] | None = None
        self.in_cell = False
        #: Tables inside a cell: the row and words they interrupt, the line of that row, and their own lines.
        self.outer: list[tuple[list[str], list[str], int, list[Line]]] = []
        self.level = 0
        self.caption = False
        self.pre = False
        self.at = 1
        self.out: list[str] = []
        self.left: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.out:
            if tag == self.out[-1]:
                self.out.append(tag)
            return
        if tag == "del" or (tag in ("span", "div", "p", "font") and _HIDDEN.search(dict(attrs).get("style") or "")):
            self.out, self.left = [tag], []
            return
        if self._holds_words(tag, attrs):
            self.issues.append(Issue("broken-tag", self.getpos()[0], "", "Words stand inside a tag of the page, where no field sees them; close the tag before them.", self.get_starttag_text() or ""))
        handlers = [name for name, _value in attrs if name.startswith("on")]
        if handlers:
            self.issues.append(
                Issue("active", self.getpos()[0], "", f"The page would run code ({', '.join(handlers)}); it was not run and is not kept.")
            )
        if tag in self.LEFT_OUT:
            self.out, self.left = [tag], []
        elif tag in ("td", "th", "dt", "dd"):
            self._open_cell(tag)
        elif tag == "table" and self.cells and self.in_cell:
            _decent(len(self.outer))
            self.outer.append((self.cells, self.words, self.at, []))
            self.cells, self.words, self.in_cell = None, [], False
        elif tag == "tr":
            self._flush()
            self.cells, self.at = [], self.getpos()[0]
        elif re.fullmatch(r"h[1-6]", tag):
            self._flush()
            self.level = int(tag[1])
        elif tag == "figcaption":
            self._break()
            self.caption = True
        elif tag in self.BLOCKS:
            self._break()
            self.pre = self.pre or tag == "pre"
            self.caption = self.caption or (tag == "p" and (dict(attrs).get("class") or "").startswith("caption"))
        elif tag in ("i", "b"):
            self.words.append(" ")  # as the template's normalisation has it

    def _holds_words(self, tag: str, attrs: list[tuple[str, str | None]]) -> bool:
        """Whether a tag is words behind a sign for "less", or swallowed the words up to the next tag's end."""
        bare = [name for name, value in attrs if value is None and name not in self.BARE and name != "/" and not name.startswith(("data-", "aria-"))]
        return "<" in (self.get_starttag_text() or "")[1:] or len(bare) > (tag in self.BLOCKS or tag in self.LEFT_OUT or tag in ("td", "th", "a", "img", "span", "font"))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.LEFT_OUT:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if self.out:
            if tag == self.out[-1]:
                self.out.pop()
                if not self.out:
                    self._told(tag)
            return
        if tag in ("td", "th") and self.cells is not None:
            self.cells[-1:] = [_one_line(self.words)]
            self.words, self.in_cell = [], False
        elif tag in ("tr", "dd") and self.cells is not None:
            self._row()
        elif tag == "table" and self.outer:
            self._inner()
        elif re.fullmatch(r"h[1-6]", tag):
            self._flush()
        elif tag in self.BLOCKS:
            self._break()
            self.pre = self.pre and tag != "pre"
            self.caption = self.caption and tag not in ("figcaption", "p")
        elif tag in ("i", "b"):
            self.words.append(" ")

    def handle_data(self, data: str) -> None:
        if self.out:
            self.left.append(data)
            return
        if self.pre and self.cells is None:
            self._lines_as_they_are(data)
            return
        if not self.words and data.strip():
            self.at = self.getpos()[0] if self.cells is None else self.at
        self.words.append(data)

    def _lines_as_they_are(self, data: str) -> None:
        self._flush()
        self.lines += [Line(self.getpos()[0] + n, text) for n, text in enumerate(data.split("\n"))]

    def handle_comment(self, data: str) -> None:
        settings = re.match(r"\[if\b[^\]]*\]>\s*<(?:xml|style)\b", data)  # of the word processor that saved the page
        if data.strip() and not settings:
            self.issues.append(Issue("comment", self.getpos()[0], "", "A comment of the page is not part of a case.", data.strip()))

    def _open_cell(self, tag: str) -> None:
        if tag == "dt" or self.cells is None:
            self._flush()
            self.cells, self.at = [], self.getpos()[0]
        elif self.cells and self.words:
            self.cells[-1:] = [_one_line([self.cells[-1], *self.words])]
        elif _one_line(self.words):
            self._line(Line(self.at, _one_line(self.words)))
        self.words = []
        self.cells.append("")
        self.in_cell = True

    def _break(self) -> None:
        if self.cells is not None:
            self.words.append(_PARAGRAPH)
        else:
            self._flush()

    def _row(self) -> None:
        cells, self.cells, self.in_cell = self.cells or [], None, False
        words, self.words = self.words, []
        if _one_line(words):  # words of a row that stand in no cell, too
            cells[-1:] = [_one_line([*cells[-1:], *words])]
        if cells:
            self._line(Line(self.at, "\t".join(cells) if len(cells) > 1 else cells[0]))

    def _line(self, line: Line) -> None:
        (self.outer[-1][3] if self.outer else self.lines).append(line)

    def _inner(self) -> None:
        """The end of a table inside a cell: its words are the cell's, unless it is a table of the template that was only placed there."""
        self._flush()
        cells, words, at, lines = self.outer.pop()
        if _of_template(line.text for line in lines):
            for line in [*(Line(at, text) for text in _paragraphs([*cells, *words])), *lines]:
                self._line(line)
            self.cells, self.at, self.in_cell = [""], at, True
        else:
            self.cells, self.at, self.in_cell = cells, at, True
            self.words = [*words, *(f" {line.text} " for line in lines)]

    def _flush(self) -> None:
        if self.cells is not None:
            self._row()
        text, level = _one_line(self.words), self.level
        self.words, self.level = [], 0
        if text:
            self._line(Line(self.at, text, level, self.caption))

    def _told(self, tag: str, *, closed: bool = True) -> None:
        text = "".join(self.left)
        if not closed or (tag == "style" and "</" in text):
            text = text.strip()
            whole = text if len(text) <= QUOTED_WHOLE else f"{text[:QUOTED_WHOLE]} … ({len(text)} characters)"
            message = f"A {tag} element is not closed where it should be; what stands behind it was left out. Close or remove it and read the page again."
            self.issues.append(Issue("not-closed", self.getpos()[0], "", message, whole))
        elif tag in self.ACTIVE:
            self.issues.append(Issue("active", self.getpos()[0], "", f"The page holds a {tag} element; it was not run and is not kept.", _clip(text)))
        elif tag in ("del", "span", "div", "p", "font") and text.strip():
            self.issues.append(Issue("hidden", self.getpos()[0], "", "Text that is struck out or hidden is not part of a case.", text.strip()))
        elif tag not in ("style",) and text.strip():
            self.issues.append(Issue("left-out", self.getpos()[0], "", f"Text inside a {tag} element is not part of a case.", _clip(text)))

    def finish(self) -> None:
        """Close what the page left open."""
        self.close()
        if self.out:
            self.left.append(self.rawdata)  # what stands behind an open script or style was given to nobody
            self._told(self.out[0], closed=False)
        while self.outer:
            self._inner()
        self._flush()


_MARKED = re.compile(r"<!\[CDATA\[|\]\]>|<!\[[^<>\[\]]{0,200}\]>")


def _whole_marks(text: str) -> str:
    """A page without what its reader stumbles over: marks of conditions, an open comment, a tag that the end of the file cuts in two."""
    plain = _MARKED.sub("", text).replace("<![", "&lt;![")
    if plain.rfind("<!--") > plain.rfind("-->"):
        return f"{plain}-->"
    end = plain.rfind(">") + 1
    return plain[:end] + plain[end:].replace("<", "&lt;")


def _html(text: str) -> Source:
    parser = _Html()
    parser.feed(_whole_marks(text))
    parser.finish()
    return Source(_bounded(parser.lines), "html", parser.issues)


def _decent(depth: int) -> None:
    if depth >= MOST_NESTED:
        raise Unreadable(f"Tables stand in tables, more than {MOST_NESTED} deep; this is no guide.")


def _paragraphs(cells: list[str]) -> list[str]:
    """The paragraphs that stand in cells."""
    return [text for text in map(_one_line, _PARAGRAPH.join(cells).split(_PARAGRAPH)) if text]


def _of_template(lines: Iterable[str]) -> bool:
    """Whether rows are those of the template: two of them begin with one of its labels."""
    labels = [template.fold_label(line.partition("\t")[0]).text for line in lines]
    return sum(label in template.FIELD_OF or label in template.SECTION_OF for label in labels) > 1


def _one_line(words: list[str]) -> str:
    return _SPACES.sub(" ", "".join(words)).strip()


def _clip(text: str) -> str:
    plain = text.strip()
    return plain if len(plain) <= QUOTED else f"{plain[:QUOTED]} … ({len(plain)} characters)"


# --- DOCX ----------------------------------------------------------------------------------------------------------------------------


def _docx(data: bytes) -> Source:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        names = archive.namelist()
    except _BROKEN_ARCHIVE as fault:
        raise Unreadable("The file begins like a DOCX but is broken; save it again in the word processor.") from fault
    main = next((name for name in names if re.fullmatch(r"word/document\d*\.xml", name)), "")
    if not main:
        if "content.xml" in names:
            raise Unreadable("This is an OpenDocument text (.odt). Save it as DOCX or HTML.")
        raise Unreadable("This archive is no Word document. Give the guide as DOCX, HTML or plain text.")
    if len(names) > 5_000:
        raise Unreadable("The document has thousands of parts; it is refused as a possible bomb.")
    styles, issues = _Styles(), []
    for name in _parts(names, "styles"):
        try:
            _parse_xml(_part(archive, name), styles)
        except Unreadable as fault:
            issues.append(Issue("styles", 0, "", f"{fault} Its text was read; headings may be missing."))
    reader = _Word(styles.names)
    _parse_xml(_part(archive, main), reader)
    reader.finish()
    return Source(_bounded(reader.lines), "docx", issues + _beside(archive, names) + reader.issues)


def _parts(names: list[str], what: str) -> list[str]:
    """The parts of one kind; some programs number them."""
    return [name for name in names if re.fullmatch(rf"word/{what}\d*\.xml", name)]


@lru_cache(maxsize=2_000)
def _word(name: str) -> str:
    """The plain name of a Word document's element or attribute; formulas hold words under a name of their own."""
    found = _WORDS.fullmatch(name)
    return found[1] if found else "t" if _MATH.fullmatch(name) else name


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    """A part of the document, unfolded no further than is decent."""
    info = archive.getinfo(name)
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):  # no word processor packs otherwise
        raise Unreadable(f"The part {name} of the document is broken; save it again in the word processor.")
    most = min(MOST_UNFOLDED, max(2_000_000, info.compress_size * MOST_RATIO))
    try:
        with archive.open(name) as file:
            data = file.read(most + 1)
    except _BROKEN_ARCHIVE as fault:
        raise Unreadable(f"The part {name} of the document is broken; save it again in the word processor.") from fault
    if len(data) > most:
        raise Unreadable(f"The part {name} unfolds to more than {most // 1_000_000} MB; it is refused as a possible bomb.")
    return data


def _parse_xml(data: bytes, handler: Any) -> None:
    """Read XML that declares nothing: a document type is refused before an entity could be unfolded."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True

    def refuse(*_args: Any) -> None:
        raise Unreadable("The document declares XML entities; it is refused.")

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = handler.start, handler.end, handler.data
    try:
        parser.Parse(data, True)
    except expat.ExpatError as fault:
        raise Unreadable(f"The document's XML is broken (line {fault.lineno}); save it again in the word processor.") from fault


#: Signs of symbol fonts that stand before the items of a list.
_SYMBOLS = {"F0B7": "•", "F0A7": "•", "F0D8": "•", "F0FC": "•", "F06C": "•", "F0E0": "→"}


class _Word:
    """Paragraphs and rows of a Word document, in order. styles: their names by key; a heading and a caption have the same name whatever the language.

    What nobody sees (struck out, moved away, hidden) is in no line; it is told.
    """

    def __init__(self, styles: dict[str, str] | None = None) -> None:
        self.styles = styles or {}
        self.lines: list[Line] = []
        self.issues: list[Issue] = []
        self.words: list[str] = []
        self.rows: list[list[str]] = []
        #: The rows of tables inside a cell.
        self.inner: list[list[str]] = []
        self.in_text = 0
        self.in_run = False
        self.level = 0
        self.caption = False
        self.count = 0
        #: Inside what was struck out or moved away; inside the second telling of a drawing; inside a hidden run.
        self.struck = self.told_twice = 0
        self.hidden = False
        self.unseen: dict[str, list[str]] = {"struck": [], "hidden": []}
        self.unseen_at: dict[str, int] = {}
        self.chunks = 0

    def start(self, name: str, attrs: dict[str, str]) -> None:
        tag, values = _word(name), {_word(key): value for key, value in attrs.items()}
        if tag in ("t", "delText"):
            self.in_text += 1
        elif tag == "r":
            self.in_run, self.hidden = True, False
        elif tag == "vanish":
            self.hidden = self.in_run and values.get("val", "1") not in ("0", "false", "off")
        elif tag in ("tab", "ptab", "br", "cr", "noBreakHyphen", "sym"):
            self._sign(tag, values)
        elif tag == "txbxContent":
            self._said(" ")
        elif tag == "tbl" and self.rows and self.rows[-1]:
            self.rows[-1][-1] += "".join(self.words)
            self.words = []
            _decent(len(self.inner))
            self.inner.append([])
        elif tag == "tr":
            if _one_line(self.words):
                self._paragraph()
            self.rows.append([])
        elif tag == "tc" and self.rows:
            self.rows[-1].append("")
        elif tag == "pStyle":
            self._styled(values.get("val", ""))
        elif tag in ("del", "moveFrom"):
            self.struck += 1
        elif name == _FALLBACK:
            self.told_twice += 1
        elif tag == "altChunk":
            self.chunks += 1

    def _sign(self, tag: str, values: dict[str, str]) -> None:
        code = values.get("char", "")
        if tag == "sym" and re.fullmatch(r"[0-9A-Fa-f]{4}", code):
            self._said(_SYMBOLS.get(code.upper()) or chr(int(code, 16)))
        elif tag == "noBreakHyphen":
            self._said("-")
        elif tag != "sym" and self.in_run:  # outside a run a tab is a stop of the ruler
            self._said(" " if self.rows or tag in ("br", "cr") else "\t")

    def _said(self, text: str) -> None:
        """Words go on, or are kept apart where nobody sees them."""
        if self.told_twice:
            return
        if self.struck or self.hidden:
            kind = "struck" if self.struck else "hidden"
            self.unseen[kind].append(text)
            self.unseen_at.setdefault(kind, self.count + 1)
        else:
            self.words.append(text)

    def finish(self) -> None:
        """Tell what stands in no line."""
        for kind, message in (("struck", "Text struck out or moved away as a tracked change is not part of a case."), ("hidden", "Hidden text is not part of a case.")):
            if words := _one_line(self.unseen[kind]):
                self.issues.append(Issue(kind, self.unseen_at[kind], "", message, words))
        if self.chunks:
            self.issues.append(Issue("embedded", 0, "", f"{self.chunks} other files stand inside the text and were not read. Open the document in the word processor, save it, and read it again."))

    def _styled(self, key: str) -> None:
        name = self.styles.get(key, key)
        self.caption = name.casefold() == "caption"
        if found := re.fullmatch(r"(?:heading|title|berschrift|nagwek|ttulo|kop)\s?(\d)", name, re.IGNORECASE):
            self.level = int(found[1])

    def end(self, name: str) -> None:
        tag = _word(name)
        if tag in ("t", "delText"):
            self.in_text -= 1
        elif tag == "r":
            self.in_run = self.hidden = False
        elif tag == "txbxContent":
            self._said(" ")
        elif tag == "p":
            for kind in self.unseen_at:
                self.unseen[kind].append(" ")
            if self.rows:
                self.words.append(_PARAGRAPH)
            else:
                self._paragraph()
        elif tag == "tc" and self.rows:
            self.rows[-1][-1] = _SPACES.sub(" ", self.rows[-1][-1] + "".join(self.words)).strip()
            self.words = []
        elif tag == "tr" and self.rows:
            self._row()
        elif tag == "tbl" and self.inner and self.rows:
            self._inner()
        elif tag in ("del", "moveFrom"):
            self.struck -= 1
        elif name == _FALLBACK:
            self.told_twice -= 1

    def data(self, text: str) -> None:
        if self.in_text:
            self._said(text)

    def _row(self) -> None:
        cells = self.rows.pop()
        text = "\t".join(cells) if len(cells) > 1 else "".join(cells)
        if self.inner:
            self.inner[-1].append(text)
            return
        self.count += 1
        if cells:
            self.lines.append(Line(self.count, text))

    def _inner(self) -> None:
        """The end of a table inside a cell: its words are the cell's, unless it is a table of the template that was only placed there."""
        texts = self.inner.pop()
        if self.inner or not _of_template(texts):
            self.words += [f" {text} " for text in texts]
            return
        before, self.rows[-1] = _paragraphs(self.rows[-1]), [""]
        for text in [*before, *texts]:
            self.count += 1
            self.lines.append(Line(self.count, text))

    def _paragraph(self) -> None:
        text, level, caption = "".join(self.words), self.level, self.caption
        self.words, self.level, self.caption = [], 0, False
        self.count += 1
        self.lines.append(Line(self.count, _edges(text), level, caption))


def _edges(text: str) -> str:
    """Text without white space at its end; a tab at its beginning stays, it is a cell."""
    return re.sub(r"[^\S\t]+", " ", text).rstrip(" ").removeprefix(" ")


class _Styles:
    """The names of a document's styles by their keys."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.key = ""

    def start(self, name: str, attrs: dict[str, str]) -> None:
        tag, values = _word(name), {_word(key): value for key, value in attrs.items()}
        if tag == "style":
            self.key = values.get("styleId", "")
        elif tag == "name" and self.key:
            self.names[self.key] = values.get("val", "")

    def end(self, name: str) -> None:
        if _word(name) == "style":
            self.key = ""

    def data(self, text: str) -> None:
        """Nothing to do."""


class _Relations:
    """Links of a document that lead out of it."""

    def __init__(self) -> None:
        self.outside: list[tuple[str, str]] = []

    def start(self, name: str, attrs: dict[str, str]) -> None:
        if name.endswith(" Relationship") and attrs.get("TargetMode") == "External":
            self.outside.append((attrs.get("Type", "").rsplit("/", 1)[-1], attrs.get("Target", "")))

    def end(self, name: str) -> None:
        """Nothing to do."""

    def data(self, text: str) -> None:
        """Nothing to do."""


def _beside(archive: zipfile.ZipFile, names: list[str]) -> list[Issue]:
    """What the document carries beside its text: macros, embedded programs, parts that lie elsewhere, notes, comments."""
    issues = []
    if any(name.lower().endswith(("vbaproject.bin", "vbadata.xml")) for name in names):
        issues.append(Issue("macros", 0, "", "The document carries macros. They were not run and are not kept; its text was read."))
    embedded = [name for name in names if re.match(r"word/(?:embeddings|activeX|diagrams/data|charts/chart)", name)]
    if embedded:
        issues.append(
            Issue("embedded", 0, "", f"{len(embedded)} embedded objects are not part of the text and are not kept.", ", ".join(embedded[:20]))
        )
    for name in (one for one in names if one.startswith("word/_rels/")):
        found = _Relations()
        _parse_xml(_part(archive, name), found)
        issues += [
            Issue("external", 0, "", f"The document fetches a {kind} from elsewhere; it was not fetched.", target)
            for kind, target in found.outside
            if kind != "hyperlink"
        ]
    for key, what in (("footnotes", "Footnotes"), ("endnotes", "Endnotes"), ("comments", "Comments")):
        for name in _parts(names, key):
            reader = _Word()
            _parse_xml(_part(archive, name), reader)
            words = " ".join(line.text for line in reader.lines if line.text.strip())
            if words:
                issues.append(Issue("notes", 0, "", f"{what} are not part of a case.", words))
    return issues
