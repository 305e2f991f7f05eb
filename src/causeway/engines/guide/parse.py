"""The guide's text to cases: every character of a case ends in a field, a warning or a problem, and each of these says its line.

The rules are those of the template page: a row is a label, a tab and a value; a row without label goes on with the field before it,
as it does after a page break; what is no row, no heading and no section belongs to the running text before it, or is a problem.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from causeway.engines.guide import template
from causeway.engines.guide.dates import read_date
from causeway.engines.guide.sources import Issue, Line, Source, read
from causeway.engines.guide.template import BROKEN, BY_KEY, FIELD_OF, KEYS, LIMITS, REST, SECTION_OF, UNSEEN, fold_label
from causeway.engines.guide.text import joined, laid_out, normalise

FOOTER = {"Co-funded by the", "Erasmus+ Programme", "of the European Union"}
NOT_APPLICABLE = {
    "n/a",
    "n.a.",
    "none",
    "not applicable",
    "-",
    "无",
    "不适用",
    "no aplica",
    "nie dotyczy",
    "niet van toepassing",
    "n.v.t.",
    "brak",
    "geen",
}
#: Kinds of lines that neither begin nor end anything.
QUIET = ("blank", "furniture", "rule", "caption")
#: A label with its printed limit is shorter.
LONGEST_LABEL = 200
#: How much of a text without any case is given back.
MOST_KEPT = 2_000_000
#: As many lines before the first case are front matter; fewer may be the rest of a case that the file began with.
FRONT_LINES = 20
#: A line that stands so often, short and outside the tables, is a running head or foot of the pages.
REPEATED = 4

_CASE = re.compile(r"^(\d{1,3}(?:\.\d{1,3}){2,3})\.?\s+(\S.*)$")
_PARTNER = re.compile(r"^(\d{1,3}\.\d{1,3})\.?\s+(\S.*)$")
_CHAPTER = re.compile(r"^(\d{1,3})\.\s+(\S.*)$")
_PAGE = re.compile(r"^(?:page|p\.)?\s*\d{1,4}(?:\s*(?:/|of)\s*\d{1,4})?$", re.IGNORECASE)
_DASHES = re.compile(r"^(?=.*[-–—_=]{3})[-–—_=\s]+$")
_GAP = re.compile(r"\s{2,}|\s*[:：]\s*")


@dataclass(frozen=True)
class Case:
    """A case read: values normalised, `laid_out` the same with its paragraphs, and where it stands."""

    number: str | None
    partner: str | None
    heading: str | None
    fields: dict[str, str | None]
    date_iso: str | None
    warnings: tuple[Issue, ...]
    laid_out: dict[str, str] = field(default_factory=dict)
    chapter: str | None = None
    section: str | None = None
    first_line: int = 0
    last_line: int = 0
    splits: dict[str, int] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """As JSON, in the shape `causeway guide parse` promises."""
        return {"number": self.number, "partner": self.partner, "heading": self.heading, "fields": dict(self.fields), "date_iso": self.date_iso,
                "warnings": [one.plain() for one in self.warnings]}  # fmt: skip


@dataclass(frozen=True)
class Guide:
    """What a file held: its cases, what a person must solve, and the text that stands before the first case."""

    cases: tuple[Case, ...]
    problems: tuple[Issue, ...]
    front: tuple[str, ...] = ()
    form: str = "text"
    lines: int = 0

    def plain(self) -> dict[str, Any]:
        """As JSON, in the shape `causeway guide parse` promises."""
        return {"cases": [case.plain() for case in self.cases], "problems": [one.plain() for one in self.problems]}


def parse(data: bytes, name: str = "") -> Guide:
    """Read a guide. name: the file's name. Raises `Unreadable` for a file that is no guide at all."""
    return parse_source(read(data, name))


def parse_source(source: Source) -> Guide:
    """Read the lines of a guide."""
    return _Reader(source).read()


@dataclass
class _Open:
    """A case while it is read."""

    number: str | None
    heading: str | None
    partner: str | None
    section: str | None
    chapter: str | None
    line: int
    last: int = 0
    parts: dict[str, list[str]] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    splits: Counter[str] = field(default_factory=Counter)
    warnings: list[Issue] = field(default_factory=list)
    furniture: list[tuple[int, str]] = field(default_factory=list)

    def warn(self, code: str, line: int, key: str, message: str, text: str = "") -> None:
        self.warnings.append(Issue(code, line, key, message, text))


@dataclass(frozen=True)
class _Row:
    """A label and its value; key is None where the label is not known."""

    key: str | None
    section: str | None
    label: str
    value: str
    limit: int = 0
    printed: bool = True


class _Reader:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.lines = _whole_labels(source.lines)
        self.problems = list(source.issues)
        self.tabbed = any("\t" in line.text and self._row(line.text, loose=False) for line in self.lines)
        self.loose = not self.tabbed and self._without_tabs()
        self.repeated = self._running_lines()
        self.kinds = [self._kind(line) for line in self.lines]
        self.cases: list[_Open] = []
        self.case: _Open | None = None
        self.field: str | None = None
        self.after_blank = True
        self.stray: tuple[int, str, str, list[str]] | None = None
        self.chapter: str | None = None
        self.partner: str | None = None
        self.section: str | None = None
        #: A few lines before the first case, which says them.
        self.before: Issue | None = None
        #: Headings no case stands under yet, by kind.
        self.pending: dict[str, tuple[int, str]] = {}

    # --- what a line is ------------------------------------------------------------------------------------------------------------

    def _without_tabs(self) -> bool:
        """Whether this is a copy whose tabs became spaces or colons: an institution is named in the template's words."""
        return any((row := self._loose_row(line.text)) and row.key == "hei_name" for line in self.lines)

    def _running_lines(self) -> set[str]:
        """Short lines outside the tables that stand again and again: heads and feet of pages. In a copy with each cell on a line of its own, nothing tells them apart."""
        if not self.tabbed and not self.loose:
            return set(FOOTER)
        counted = Counter(line.text.strip() for line in self.lines if line.text.strip() and "\t" not in line.text and len(line.text) < 90)
        return {
            text
            for text, count in counted.items()
            if count >= REPEATED and self._row(text) is None and not _CASE.match(text) and not _PARTNER.match(text)
        } | FOOTER

    def _kind(self, line: Line) -> str:
        """blank, caption, furniture, rule, case, partner, chapter, row, more (a row without label) or text."""
        text = line.text
        plain = _seen(text)
        bare = "\t" not in text.rstrip()
        if not plain:
            return "blank"
        if line.caption:
            return "caption"
        if bare and (plain in self.repeated or _PAGE.match(plain)):
            return "furniture"
        if all(_DASHES.match(cell) for cell in text.split("\t") if cell.strip()):
            return "rule"
        if self._row(text) is not None:
            return "row"
        if "\t" in text and not (bare and (_CASE.match(plain) or _PARTNER.match(plain) or _CHAPTER.match(plain))):
            return "more" if not text.split("\t", 1)[0].strip() else "row"
        if _CASE.match(plain):
            return "case"
        if _PARTNER.match(plain):
            return "partner"
        return "chapter" if _CHAPTER.match(plain) else "text"

    def _row(self, text: str, *, loose: bool = True) -> _Row | None:
        """The row a line is, if its label is known."""
        cells = [cell.strip() for cell in text.split("\t")]
        label = fold_label(normalise(cells[0]) if len(cells[0]) < LONGEST_LABEL else "")
        value = " ".join(cell for cell in cells[1:] if cell)
        if label.text in FIELD_OF:
            return _Row(FIELD_OF[label.text], None, cells[0], value, label.limit, printed=not _SEAMS.search(cells[0]))
        if label.text in SECTION_OF:
            return _Row(None, SECTION_OF[label.text], cells[0], value)
        if label.text in BROKEN and len(cells) > 1:
            return _Row(BROKEN[label.text], None, cells[0], value, printed=False)
        if label.text in REST:
            return _Row(REST[label.text], None, cells[0], value, printed=False)
        if len(cells) > 2 and cells[1] and (key := template.label_over_cells(cells[:2])):
            return _Row(key, None, " ".join(cells[:2]), " ".join(cell for cell in cells[2:] if cell), printed=False)
        return self._loose_row(text) if loose and self.loose and "\t" not in text else None

    def _loose_row(self, text: str) -> _Row | None:
        """In a copy whose tabs became spaces or colons: a known label, a gap, a value."""
        parts = _GAP.split(text.strip(), 1)
        if len(parts) == 2 and (label := fold_label(parts[0])).text in FIELD_OF:
            return _Row(FIELD_OF[label.text], None, parts[0], parts[1], label.limit)
        return None

    def _following(self, place: int) -> str:
        """The kind of the next line that says something; "end" where there is none."""
        for kind in self.kinds[place + 1 :]:
            if kind not in QUIET:
                return kind
        return "end"

    # --- reading -------------------------------------------------------------------------------------------------------------------

    def read(self) -> Guide:
        start = self._start()
        front = tuple(line.text for line in self.lines[:start])
        if start == len(self.lines):
            self.problems.append(
                Issue("no-case", 0, "", "No case of the template was found: no line begins with one of its labels and a tab.", self._all())
            )
            return Guide((), tuple(self.problems), front, self.source.form, len(self.lines))
        for place in range(start, len(self.lines)):
            self._line(place)
        self._close_stray()
        self._alone(("chapter", "partner"))
        self._trailing()
        made = [self._finished(case) for case in self.cases]
        self._across(made)
        return Guide(tuple(made), tuple(self.problems), front, self.source.form, len(self.lines))

    def _all(self) -> str:
        words = normalise(" ".join(line.text for line in self.lines))
        return words if len(words) <= MOST_KEPT else f"{words[:MOST_KEPT]} … ({len(words)} characters)"

    def _start(self) -> int:
        """Where the cases begin: the headings that lead to the first row of the template."""
        found = [n for n, kind in enumerate(self.kinds) if kind == "row" and self._row(self.lines[n].text)]
        if not found:
            return len(self.lines)
        first = next((n for n in found if not self._in_list(n)), found[0])
        if self.loose:  # a front page may say "Website: ..."
            first = next((n for n in found if (row := self._row(self.lines[n].text)) and row.key == "case_study_name"), first)
        start, seen = first, set()
        for place in range(first - 1, -1, -1):
            kind = self.kinds[place]
            if kind in ("case", "partner", "chapter"):
                start = place
                seen.add(kind)
                if kind == "chapter":
                    break
            elif kind == "text" and self.lines[place].level and "case" not in seen:
                start = place
                seen.add("case")
            elif kind not in (*QUIET, "row") or (kind == "row" and first - place > 6):  # a table may begin with a row of its own: "Field, Value"
                break
        skipped = [row for n in found if n < start and not self._in_list(n) and (row := self._row(self.lines[n].text))]
        begun = any(row.key is None or BY_KEY[row.key].section not in ("sources", "contact") for row in skipped)  # a front page may say "Website: ..."
        self._before(start, whole=not begun and not self._strange_tables(start) and len(skipped) < 3 and ("chapter" in seen or self._only_front(start, seen)))
        return start

    def _in_list(self, place: int) -> bool:
        """Whether what looks like a row is an entry of a list of acronyms: one word in capitals, something short, and other such lines around it."""
        label, _tab, value = self.lines[place].text.strip().partition("\t")
        before = next((n for n in range(place - 1, -1, -1) if self.kinds[n] not in QUIET), None)
        if not label.isupper() or " " in label or not 0 < len(value) < 120 or before is None or self.kinds[before] not in ("row", "text"):
            return False
        known = strange = 0
        for n in range(place + 1, len(self.lines)):
            if self.kinds[n] == "row":
                known, strange = (known + 1, strange) if self._row(self.lines[n].text) else (known, strange + 1)
            elif self.kinds[n] not in QUIET or known + strange > 8:
                break
        return strange > 0 and known < 3

    def _strange_tables(self, start: int) -> bool:
        """Whether tables stand in front that are neither contents nor acronyms: cases whose labels nobody knows."""
        found = 0
        for line, kind in zip(self.lines[:start], self.kinds, strict=False):
            label, _tab, value = line.text.strip().partition("\t")
            if kind not in ("row", "more") or value.strip(" .").isdigit() or label[:1].isdigit() or (" " not in label and len(label) <= 8):
                continue
            found += 1
            if found >= 8 or len(value) > 300:
                return True
        return False

    def _only_front(self, start: int, seen: set[str]) -> bool:
        """A file whose first case has its heading and stands behind nothing that looks like a row is whole, chapter or not."""
        return "case" in seen and not any(kind == "more" for kind in self.kinds[:start])

    def _before(self, start: int, *, whole: bool) -> None:
        """Text before the first case is front matter; where the heading is gone, it may be the rest of a case, so it is told."""
        said = [line for line, kind in zip(self.lines[:start], self.kinds, strict=False) if kind != "blank"]
        if not said or (whole and len(said) > FRONT_LINES):
            return
        text = " ".join(normalise(line.text) for line in said)
        told = Issue("before-first-case", said[0].number, "", f"Lines {said[0].number} to {said[-1].number} stand before the first heading; they may be the rest of a case.", text)
        if whole:
            self.before = told
        else:
            self.problems.append(told)

    def _line(self, place: int) -> None:
        line, kind = self.lines[place], self.kinds[place]
        if kind == "blank":
            self.after_blank = True
            return
        if kind == "furniture" and self._awaited():
            self._text(place)
        elif kind == "furniture":
            self._furniture(line)
        elif kind == "rule":
            self._rule(line)
        elif kind == "caption":
            self._caption(line)
        elif kind == "more":
            self._more(line)
        elif kind == "row":
            self._table_row(place)
        elif not self._heading(place, kind):
            self._text(place)
        # In a page or a Word document a line of its own is never the rest of a cell.
        self.after_blank = self.source.form != "text"

    def _awaited(self) -> bool:
        """Whether a label still waits for its value, in a copy with each cell on a line of its own."""
        return not self.tabbed and self.case is not None and self.field is not None and not any(self.case.parts[self.field])

    def _furniture(self, line: Line) -> None:
        if self.case is not None:
            self.case.furniture.append((line.number, line.text.strip()))
        elif line.text.strip() not in FOOTER:
            self.problems.append(Issue("outside", line.number, "", "This line stands outside the cases.", line.text.strip()))

    def _caption(self, line: Line) -> None:
        if self.case is None:
            self._outside(line, "This line stands outside the cases.")
        else:
            self.case.warn("caption", line.number, "", "The words below a picture are in no field.", normalise(line.text))

    def _rule(self, line: Line) -> None:
        if self.case is None:
            self._outside(line, "This line stands outside the cases.")
        else:
            self.case.warn("rule-row", line.number, self.field or "", "A row of dashes was left out.", line.text.strip())

    def _heading(self, place: int, kind: str) -> bool:
        """Take a heading; False where the line only looks like one."""
        line, following = self.lines[place], self._following(place)
        plain = _seen(line.text)
        if kind == "case" and following in ("row", "case", "partner", "chapter", "end", "text"):
            number, title = _CASE.match(plain).groups()  # type: ignore[union-attr]
            if following == "text" and self._in_running_text() and not self._table_soon(place):
                return False
            self._new_case(number, title, line.number)
            return True
        if kind == "partner" and following in ("case", "end"):
            found = _PARTNER.match(plain)
            self._close_case()
            self._await("partner", line.number, plain)
            self.section, self.partner = found[1], found[2].rstrip().removesuffix(":").rstrip()  # type: ignore[index]
            return True
        if kind == "chapter" and following in ("partner", "case", "end"):
            if self.case is not None and not self._is_complete():
                self.case.warn("chapter", line.number, "", "This line was taken as the heading of a chapter.", plain)
            self._close_case()
            self._await("chapter", line.number, plain)
            self.chapter, self.section, self.partner = _CHAPTER.match(plain)[2], None, None  # type: ignore[index]
            return True
        if kind == "text" and following == "row" and self._begins_case(place) and (line.level or self._is_complete()):
            self._new_case(None, plain, line.number)
            return True
        return False

    def _await(self, kind: str, line: int, text: str) -> None:
        """A heading waits for a case; one that another of its kind or a higher one overtakes had none, and is told."""
        self._alone(("partner",) if kind == "partner" else ("partner", "chapter"))
        self.pending[kind] = (line, text)

    def _alone(self, kinds: Sequence[str]) -> None:
        for kind in kinds:
            if kind in self.pending:
                line, text = self.pending.pop(kind)
                self.problems.append(Issue("heading-alone", line, "", "No case stands under this heading.", text))

    def _in_running_text(self) -> bool:
        return self.field is not None and BY_KEY[self.field].long

    def _table_soon(self, place: int) -> bool:
        """Whether a table begins within a few lines: a heading may run over two."""
        said = [kind for kind in self.kinds[place + 1 : place + 12] if kind not in QUIET]
        return "row" in said[:2]

    def _next_rows(self, place: int) -> list[str]:
        """The fields of the next two rows."""
        found = []
        for later in range(place, min(place + 40, len(self.lines))):
            if self.kinds[later] in ("case", "partner", "chapter"):
                break
            if self.kinds[later] == "row" and (row := self._row(self.lines[later].text)) and row.key:
                found.append(row.key)
                if len(found) == 2:
                    break
        return found

    def _begins_case(self, place: int) -> bool:
        rows = self._next_rows(place + 1)
        return rows[:1] == ["case_study_name"] and BY_KEY[rows[-1]].section == "head"

    def _is_complete(self) -> bool:
        return self.case is None or "contact_email" in self.case.parts or len(self.case.parts) > 14

    def _new_case(self, number: str | None, heading: str | None, line: int) -> None:
        self._close_case()
        if number and any(case.number == number for case in self.cases):
            self.problems.append(Issue("number-twice", line, "", f"The number {number} stands twice.", f"{number} {heading}"))
        self.case = _Open(number, normalise(heading) if heading else heading, self.partner, self.section, self.chapter, line, line)
        if self.before:
            self.case.warnings.append(self.before)
            self.before = None
        self.cases.append(self.case)
        self.pending.clear()
        if number is None:
            self.problems.append(Issue("no-heading", line, "", "A case begins here without a numbered heading.", heading or ""))
        elif self.section and not number.startswith(f"{self.section}."):
            self.case.warn("section", line, "", f"The case stands in section {self.section}, its number says another.")

    def _close_case(self) -> None:
        self._close_stray()
        self.case, self.field = None, None

    # --- rows ----------------------------------------------------------------------------------------------------------------------

    def _table_row(self, place: int) -> None:
        line = self.lines[place]
        row = self._row(line.text)
        self._close_stray()
        if row is None:
            label, _tab, value = line.text.partition("\t")
            message = f"“{normalise(label)}” is no label of the template; its row is kept here and in no field."
            self.stray = (line.number, "unknown-label", message, [normalise(f"{label} {value}")])
            self.field = None
            return
        if row.key == "case_study_name" and self._another_begins(place):
            self._new_case(None, None, line.number)
        if self.case is None:
            self._new_case(None, None, line.number)
        assert self.case is not None
        self.case.last = line.number
        if row.section:
            self._section(line, row)
        elif row.key:
            self._value(line, row, row.key)

    def _another_begins(self, place: int) -> bool:
        """A second case study name with another head row behind it begins a case whose heading is gone."""
        if self.case is None or "case_study_name" not in self.case.parts:
            return False
        rows = self._next_rows(place)
        return len(rows) == 2 and BY_KEY[rows[1]].section == "head" and rows[1] in self.case.parts

    def _section(self, line: Line, row: _Row) -> None:
        assert self.case is not None
        self.field = None
        if row.value:
            self.problems.append(Issue("section-text", line.number, "", f"The section row “{row.label}” holds text.", normalise(row.value)))
        if row.label not in {words[row.section or ""] for words in template.SECTIONS.values()}:
            self.case.warn("label", line.number, "", f"The section is printed as “{row.label}”.", row.label)

    def _value(self, line: Line, row: _Row, key: str) -> None:
        case = self.case
        assert case is not None
        if not row.printed:
            case.warn("label", line.number, key, f"The label is broken over cells or rows: “{row.label}”.", row.label)
        if row.limit:
            case.warn("printed-limit", line.number, key, f"The limit of {row.limit} characters is printed behind the label.", row.label)
            if LIMITS.get(key, row.limit) != row.limit:
                case.warn("limit-differs", line.number, key, f"The template has {LIMITS[key]} here.", row.label)
        if key in case.parts and not (fold_label(row.label).text in REST or (not row.printed and not any(case.parts[key]))):
            self.field = None
            message = f"“{row.label}” stands twice in this case, first in line {case.places[key]}; the second is kept here and in no field."
            self.stray = (line.number, "field-twice", message, [normalise(row.value)])
            return
        case.parts.setdefault(key, [])
        case.places.setdefault(key, line.number)
        if row.value:
            case.parts[key].append(row.value)
        self.field = key

    def _more(self, line: Line) -> None:
        """A row without label: the field before goes on."""
        value = " ".join(cell.strip() for cell in line.text.split("\t") if cell.strip())
        if self.stray is not None:
            self.stray[3].append(normalise(value))
        elif self.case is None or self.field is None:
            self.problems.append(
                Issue(
                    "no-label",
                    line.number,
                    "",
                    "A row without a label goes on with nothing; its text is kept here and in no field.",
                    normalise(value),
                )
            )
        else:
            self.case.parts[self.field].append(value)
            self.case.splits[self.field] += 1
            self.case.last = line.number

    def _text(self, place: int) -> None:
        """A line that is no row: it goes on with the running text before it, or with a line it follows without a gap."""
        line = self.lines[place]
        if self.stray is not None:
            self.stray[3].append(normalise(line.text))
        elif self.case is None:
            self._outside(line, "This line stands outside the cases.")
        elif not self.case.parts and self.case.heading and self.field is None:
            self.case.warn("heading-continued", line.number, "", "The heading goes on here.", normalise(line.text))
            self.case.heading = normalise(f"{self.case.heading} {line.text}")
        elif self.field is None or (not BY_KEY[self.field].long and self.after_blank):
            self._outside(line, "This text belongs to no field.")
            self.field = None
        else:
            self.case.parts[self.field].append(line.text)
            self.case.last = line.number
            self.case.warn("untabbed", line.number, self.field, "This text stands outside the table; it was taken as going on with the field.")

    def _outside(self, line: Line, message: str) -> None:
        last = self.problems[-1] if self.problems else None
        if last and last.code == "outside" and last.message == message:
            self.problems[-1] = last._replace(text=f"{last.text} {normalise(line.text)}")
        else:
            self.problems.append(Issue("outside", line.number, "", message, normalise(line.text)))

    def _close_stray(self) -> None:
        if self.stray is not None:
            line, code, message, texts = self.stray
            self.problems.append(Issue(code, line, "", message, " ".join(text for text in texts if text)))
            self.stray = None

    def _trailing(self) -> None:
        """What stands behind the last table is the end of the document; a warning keeps it."""
        if not self.cases:
            return
        last, kept = self.cases[-1], []
        for one in self.problems:
            if one.code == "outside" and one.line > last.last:
                last.warn("end-matter", one.line, "", "Text behind the last case is not part of it.", one.text)
            else:
                kept.append(one)
        self.problems = kept

    # --- what is said of a case ------------------------------------------------------------------------------------------------------

    def _finished(self, case: _Open) -> Case:
        values = {key: normalise(" ".join(case.parts.get(key, []))) or None for key in KEYS}
        if case.furniture:
            lines = ", ".join(str(number) for number, _text in case.furniture)
            case.warn(
                "page-break",
                case.furniture[0][0],
                "",
                f"Page heads and feet were left out (lines {lines}).",
                " ".join(text for _n, text in case.furniture),
            )
        self._judge_fields(case, values)
        iso = self._judge_date(case, values["date"] or "")
        self._judge_names(case, values)
        shown = {key: laid_out(joined(case.parts[key])) for key in KEYS if values[key]}
        warnings = tuple(sorted(case.warnings, key=lambda one: (one.line, KEYS.index(one.field) if one.field else -1)))
        return Case(
            case.number, case.partner, case.heading, values, iso, warnings, shown, case.chapter, case.section, case.line, case.last, dict(case.splits)
        )  # fmt: skip

    def _judge_fields(self, case: _Open, values: dict[str, str | None]) -> None:
        missing = [key for key in KEYS if key not in case.parts]
        if missing:
            labels = ", ".join(template.printed(key) for key in missing)
            self.problems.append(
                Issue("incomplete", case.line, "", f"Case {case.number or case.heading or '?'} lacks {len(missing)} of 21 rows: {labels}.")
            )
        for key in KEYS:
            line, value = case.places.get(key, case.line), values[key]
            if key in missing:
                case.warn("missing", case.line, key, "The row is missing.")
            elif value is None:
                case.warn("empty", line, key, "The field is empty.")
            elif value.casefold() in NOT_APPLICABLE:
                case.warn("not-applicable", line, key, "The field says that it does not apply.", value)
            if value and (over := len(value) - LIMITS.get(key, len(value))) > 0:
                case.warn("over-limit", line, key, f"{len(value)} characters, {over} more than the template's {LIMITS[key]}.")
            if case.splits[key]:
                case.warn("joined", line, key, f"Joined over {case.splits[key]} page break{'s' if case.splits[key] > 1 else ''}.")

    def _judge_date(self, case: _Open, raw: str) -> str | None:
        found = read_date(raw)
        line = case.places.get("date", case.line)
        if found.ambiguous:
            case.warn("date-order", line, "date", "Read with the day first, as the guide does; the month could stand first.", raw)
        if found.fault:
            case.warn("date", line, "date", found.fault, raw)
        return found.iso

    def _judge_names(self, case: _Open, values: dict[str, str | None]) -> None:
        hei, line = values["hei_name"], case.places.get("hei_name", case.line)
        if not hei:
            return
        if case.partner and not same_institution(hei, case.partner):
            case.warn("hei-differs-from-section", line, "hei_name", f"The case is of {hei}; the section is that of {case.partner}. Both are kept.")
        subject, colon, _rest = (case.heading or "").partition(": ")
        if colon and not same_institution(hei, subject):
            case.warn("heading-names-another", line, "hei_name", f"The heading names {subject}, the field {hei}. A person must say whose case it is.")

    def _across(self, cases: Sequence[Case]) -> None:
        """Cases that may be versions of one practice: a person says, nobody guesses."""
        seen: dict[tuple[str, str], Case] = {}
        for place, case in enumerate(cases):
            key = ((case.fields["hei_name"] or "").casefold(), (case.fields["case_study_name"] or "").casefold())
            if not all(key):
                continue
            if key in seen:
                message = f"The same practice as {seen[key].number}, by its name and institution; it may be a newer version. A person must say."
                more = Issue("maybe-version", case.first_line, "", message, seen[key].number or "")
                cases[place] = Case(**{**case.__dict__, "warnings": (*case.warnings, more)})  # type: ignore[index]
            seen[key] = case


#: Where the parts of a label were joined: between words, or inside one.
_SEAMS = re.compile("[\n\u2060]")


def _whole_labels(lines: Sequence[Line]) -> list[Line]:
    """Lines with labels that stand on two or three of them as one: "SHORT", "DESCRIPTION<tab>text"; empty lines may stand between."""
    made: list[Line] = []
    for line in lines:
        made.append(line)
        said = [place for place in range(max(0, len(made) - 9), len(made)) if made[place].text.strip()]
        for parts in (2, 3):
            if said[-1:] == [len(made) - 1] and (whole := _whole_label([made[place] for place in said[-parts:]], parts)):
                made[said[-parts]] = whole
                for place in reversed(said[1 - parts :]):
                    del made[place]
                break
    return made


def _whole_label(lines: Sequence[Line], parts: int) -> Line | None:
    """One line for several whose labels are parts of one that is known; none of the parts is a field's label with a value."""
    labels = [line.text.partition("\t")[0].strip() for line in lines]
    if len(lines) < parts or any(not 0 < len(label) < 40 for label in labels):
        return None
    values = [line.text.partition("\t")[2].strip() for line in lines]
    alone = [fold_label(label).text for label in labels]
    known = [text in FIELD_OF or text in SECTION_OF for text in alone]
    if any(known[1:]) or (known[0] and values[0]) or alone[0] in BROKEN or any(text in REST for text in alone):
        return None
    for seam in ("\n", "\u2060"):
        label = seam.join(labels)
        if (text := fold_label(label).text) in FIELD_OF or text in SECTION_OF:
            return lines[0]._replace(text="\t".join([label, " ".join(value for value in values if value)]))
    return None


def _seen(text: str) -> str:
    """A line without the signs that nobody sees and the space around it; what it is does not hang on them."""
    return UNSEEN.sub("", text).strip()


_BRACKETS = re.compile(r"\s*[(（][^()（）]*[)）]")


def same_institution(one: str, other: str) -> bool:
    """Whether two names are of one institution: case, acronyms in brackets and an article apart."""

    def key(name: str) -> str:
        return re.sub(r"^the\s+", "", re.sub(r"\s+", " ", _BRACKETS.sub("", name)).strip().casefold())

    return key(one) == key(other)
