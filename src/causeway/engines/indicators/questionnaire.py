"""Questionnaires as data: what is asked, under which condition, what an answer may be, how far one has come. Knows no page and no database."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, NamedTuple

from causeway.engines.indicators.catalogue import Catalogue
from causeway.engines.kernel import Ungoverned
from causeway.engines.packs.expressions import Expression, ExpressionFault, compile_expression

KINDS = ("text", "number", "money", "choice", "matrix", "file", "indicator")
#: What a person may say instead of a figure.
STATES = ("unavailable", "inapplicable")
MOST_QUESTIONS = 500
MOST_CELLS = 400
#: A section has at most so many places to fill in.
MOST_PLACES = 2_000
LONGEST = 20_000
_KEY = re.compile(r"^[a-z][a-z0-9_]{0,40}$")
_CURRENCY = re.compile(r"^[A-Z]{3}$")


class Trouble(NamedTuple):
    """Something a person must mend: where ("finance/income", "finance/income/2025"), a sentence, and what to say it anew by in another language."""

    place: str
    code: str
    message: str
    #: What the sentence is about: the text typed, a bound, a name.
    given: str = ""


Words = Mapping[str, str]


@dataclass(frozen=True)
class Choice:
    """One of several: a key and its words."""

    key: str
    text: Words


@dataclass(frozen=True)
class Question:
    """A question. unit: of a number; many: several choices may be taken; rows, columns: of a matrix; indicator: code of the figure it asks for."""

    key: str
    kind: str
    text: Words
    section: str
    help: Words = field(default_factory=dict)
    required: bool = False
    unit: str = ""
    whole: bool = False
    least: Fraction | None = None
    greatest: Fraction | None = None
    many: bool = False
    options: tuple[Choice, ...] = ()
    rows: tuple[Choice, ...] = ()
    columns: tuple[Choice, ...] = ()
    indicator: str = ""
    when: Expression | None = None

    @property
    def place(self) -> str:
        """Where it stands."""
        return f"{self.section}/{self.key}"


@dataclass(frozen=True)
class Section:
    """A part of a questionnaire that one person can take over."""

    key: str
    title: Words
    text: Words
    questions: tuple[Question, ...]
    when: Expression | None = None


@dataclass(frozen=True)
class Form:
    """A questionnaire ready to be answered."""

    title: Words
    text: Words
    currency: str
    year: int
    sections: tuple[Section, ...]

    @property
    def questions(self) -> dict[str, Question]:
        """Every question by key, in order."""
        return {one.key: one for section in self.sections for one in section.questions}


def words(text: Words, language: str) -> str:
    """Words in a language; English or whatever there is where that language is not there."""
    return text.get(language) or text.get("en") or next((one for one in text.values() if one), "")


# --- building ------------------------------------------------------------------------------------------------------------------------


def read_form(data: Any, catalogue: Catalogue) -> tuple[Form | None, list[Trouble]]:
    """The form of a definition (plain JSON values) and all that is wrong with it; no form where something is wrong."""
    reader = _Reader(catalogue)
    form = reader.form(data if isinstance(data, Mapping) else {})
    return (None if reader.troubles else form), reader.troubles


class _Reader:
    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.troubles: list[Trouble] = []
        self.kinds: dict[str, str] = {}

    def trouble(self, place: str, code: str, message: str, given: str = "") -> None:
        self.troubles.append(Trouble(place, code, message, given))

    def form(self, data: Mapping) -> Form:
        given = [one for one in data.get("sections") or [] if isinstance(one, Mapping)]
        questions = [(section, one) for section in given for one in section.get("questions") or [] if isinstance(one, Mapping)]
        if not questions:
            self.trouble("", "empty", "The questionnaire asks nothing yet.")
        if len(questions) > MOST_QUESTIONS:
            self.trouble("", "too-long", f"A questionnaire has at most {MOST_QUESTIONS} questions.", str(MOST_QUESTIONS))
        self.kinds = {str(one.get("key")): _condition_kind(one) for _section, one in questions if _condition_kind(one)}
        sections = tuple(self._section(one, number) for number, one in enumerate(given, 1))
        self._repeated([section.key for section in sections], "section")
        self._repeated([str(one.get("key")) for _section, one in questions], "question")
        self._loops(sections)
        self._long(sections)
        currency = str(data.get("currency") or "EUR")
        if not _CURRENCY.match(currency):
            self.trouble("", "currency", "The currency needs three capital letters, such as EUR.")
        year = data.get("year")
        if not isinstance(year, int) or not 1900 <= year <= 2200:
            self.trouble("", "year", "Say which year the questionnaire asks about.")
            year = 0
        return Form(self._words(data.get("title"), "", "title"), data.get("text") or {}, currency, year, sections)

    def _words(self, given: Any, place: str, what: str) -> Words:
        if not isinstance(given, Mapping) or not any(str(one).strip() for one in given.values()):
            self.trouble(place, "words", f"The {what} is empty.", what)
            return {}
        return {str(key): str(one) for key, one in given.items()}

    def _key(self, given: Any, place: str) -> str:
        key = str(given or "")
        if not _KEY.match(key) or key in ("and", "or", "not", "in", "true", "false", "min", "max", "year", "add_months"):
            self.trouble(place, "key", f"“{key}” cannot be a short name: small letters, digits and underscores, a letter first.", key)
        return key

    def _section(self, data: Mapping, number: int) -> Section:
        key = self._key(data.get("key"), f"{number}")
        questions = tuple(self._question(one, key, place) for place, one in enumerate(data.get("questions") or [], 1) if isinstance(one, Mapping))
        return Section(key, self._words(data.get("title"), key, "title"), data.get("text") or {}, questions, self._condition(data.get("when"), key))

    def _question(self, data: Mapping, section: str, number: int) -> Question:
        key = self._key(data.get("key"), f"{section}/{number}")
        place = f"{section}/{key}"
        kind = str(data.get("kind") or "")
        if kind not in KINDS:
            self.trouble(place, "kind", f"{kind or 'Nothing'} is no kind of question; there are {', '.join(KINDS)}.", kind)
        indicator = str(data.get("indicator") or "")
        if kind == "indicator" and indicator not in self.catalogue.indicators:
            self.trouble(place, "indicator", f"{indicator or 'Nothing'} is no indicator.", indicator)
        asked = data.get("text")
        if kind == "indicator" and not asked and indicator in self.catalogue.indicators:
            asked = dict(self.catalogue.indicators[indicator].name)
        options = self._choices(data.get("options"), place)
        rows, columns = self._choices(data.get("rows"), place), self._choices(data.get("columns"), place)
        if kind == "choice" and len(options) < 2:
            self.trouble(place, "options", "A choice needs two options or more.")
        if kind == "matrix" and not (rows and columns):
            self.trouble(place, "matrix", f"A matrix needs rows and columns, and at most {MOST_CELLS} cells.", str(MOST_CELLS))
        if len(rows) * len(columns) > MOST_CELLS:
            self.trouble(place, "matrix", f"A matrix needs rows and columns, and at most {MOST_CELLS} cells.", str(MOST_CELLS))
        if kind == "number" and not data.get("unit"):
            self.trouble(place, "unit", "Say in which unit the number is given.")
        return Question(
            key, kind, self._words(asked, place, "question"), section, data.get("help") or {}, bool(data.get("required")), str(data.get("unit") or ""),
            bool(data.get("whole")), self._bound(data.get("least"), place), self._bound(data.get("greatest"), place), bool(data.get("many")), options, rows, columns,
            indicator, self._condition(data.get("when"), place),
        )  # fmt: skip

    def _bound(self, given: Any, place: str) -> Fraction | None:
        if given in (None, ""):
            return None
        number = decimal(str(given))
        if number is None:
            self.trouble(place, "bound", f"“{given}” is no number.", str(given))
        return number

    def _choices(self, given: Any, place: str) -> tuple[Choice, ...]:
        made = [Choice(self._key(one.get("key"), place), self._words(one.get("text"), place, "text of an option")) for one in given or [] if isinstance(one, Mapping)]
        self._repeated([one.key for one in made], "option", place)
        return tuple(made)

    def _repeated(self, keys: list[str], what: str, place: str = "") -> None:
        for key in {key for key in keys if keys.count(key) > 1}:
            self.trouble(place or key, "repeated", f"The short name “{key}” stands at more than one {what}.", key)

    def _condition(self, given: Any, place: str) -> Expression | None:
        if not given:
            return None
        try:
            made = compile_expression(str(given), self.kinds)
        except ExpressionFault as fault:
            self.trouble(place, "condition", f"The condition “{given}” cannot be used: {fault}", str(given))
            return None
        if made.kind != "flag":
            self.trouble(place, "condition", f"The condition “{given}” is neither true nor false.", str(given))
            return None
        return made

    def _long(self, sections: tuple[Section, ...]) -> None:
        """A section is one page, and a page that is sent holds so much."""
        if self.troubles:
            return
        for section in sections:
            places = sum(1 for _cell in cells(Form({}, {}, "", 0, (section,)), self.catalogue))
            if places > MOST_PLACES:
                self.trouble(section.key, "fields", f"A section has at most {MOST_PLACES:,} places to fill in, this one has {places:,}: make two of it.", f"{MOST_PLACES:,}")

    def _loops(self, sections: tuple[Section, ...]) -> None:
        """Questions that wait for each other would never be asked: each such ring is told once, at its first question."""
        waits: dict[str, set[str]] = {}
        places: dict[str, str] = {}
        for section in sections:
            for one in section.questions:
                waits[one.key] = set(one.when.names if one.when else ()) | set(section.when.names if section.when else ())
                places[one.key] = one.place
        done: set[str] = set()
        for start in waits:
            ring = _ring(start, waits)
            if ring and not done & set(ring):
                done |= set(ring)
                self.trouble(places[start], "loop", "These questions wait for each other, so none would ever be asked: " + " → ".join([*ring, ring[0]]) + ".", " → ".join([*ring, ring[0]]))


def _ring(start: str, waits: Mapping[str, set[str]]) -> list[str]:
    """The way from a question back to itself, if there is one."""
    trail: dict[str, str] = {}
    open_ = [start]
    while open_:
        here = open_.pop()
        for other in sorted(waits.get(here, ())):
            if other == start:
                path = [here]
                while path[-1] != start:
                    path.append(trail[path[-1]])
                return path[::-1]
            if other not in trail and other != start:
                trail[other] = here
                open_.append(other)
    return []


def _condition_kind(data: Mapping) -> str:
    """What a question is in conditions: number, text or list; empty for those that conditions cannot ask about."""
    kind = data.get("kind")
    if kind == "choice":
        return "list" if data.get("many") else "text"
    return {"number": "number", "money": "number", "indicator": "number", "text": "text"}.get(str(kind), "")


# --- answering -----------------------------------------------------------------------------------------------------------------------


def decimal(text: str) -> Fraction | None:
    """A number as people type it, exact: "1 234,5", "1,234.50", "1234.5" and "1.234.567" are read; what can be read two ways ("1,234") is not."""
    plain = re.sub(r"[\s\u00a0\u2009\u202f'’]", "", text).replace("−", "-")
    if not re.fullmatch(r"[+-]?\d[\d.,]*|[+-]?[.,]\d+", plain):
        return None
    marks = [sign for sign in plain if sign in ".,"]
    if len(set(marks)) == 2:
        mark = marks[-1]
        other = "," if mark == "." else "."
        whole, _mark, rest = plain.rpartition(mark)
        if mark in whole or not re.fullmatch(rf"[+-]?\d{{1,3}}({re.escape(other)}\d{{3}})+", whole):
            return None
        plain = whole.replace(other, "") + "." + rest
    elif len(marks) > 1:
        if not re.fullmatch(r"[+-]?\d{1,3}([.,]\d{3})+", plain):
            return None
        plain = plain.replace(marks[0], "")
    elif marks == [","]:
        if re.fullmatch(r"[+-]?[1-9]\d{0,2},\d{3}", plain):
            return None
        plain = plain.replace(",", ".")
    try:
        number = Decimal(plain)
    except InvalidOperation:
        return None
    return Fraction(number) if len(plain) <= 30 else None


def plain(number: Fraction) -> str:
    """A number as text without loss where it is a decimal, else with ten places."""
    whole = number.denominator
    while whole % 2 == 0:
        whole //= 2
    while whole % 5 == 0:
        whole //= 5
    if whole != 1:
        return f"{Decimal(number.numerator) / Decimal(number.denominator):.10f}".rstrip("0").rstrip(".")
    text = format(Decimal(number.numerator) / Decimal(number.denominator), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def judge(form: Form, question: Question, value: Any, catalogue: Catalogue) -> tuple[Any, list[Trouble]]:
    """An answer made regular, and what is wrong with it. None is no answer; `{"state": "unavailable"}` says there is no figure."""
    if value in (None, "", [], {}):
        return None, []
    if isinstance(value, Mapping) and value.get("state") in STATES:
        if question.kind in ("number", "money", "indicator"):
            return {"state": value["state"]}, []
        return None, []
    return _JUDGES[question.kind](form, question, value, catalogue)


def _text(_form: Form, question: Question, value: Any, _catalogue: Catalogue) -> tuple[Any, list[Trouble]]:
    text = str(value).strip()
    if len(text) > LONGEST:
        return None, [Trouble(question.place, "long", f"A text has at most {LONGEST:,} characters.", f"{LONGEST:,}")]
    return text or None, []


def _number(_form: Form, question: Question, value: Any, _catalogue: Catalogue) -> tuple[Any, list[Trouble]]:
    number, troubles = _figure(question, str(value), question.place, question.whole)
    return (plain(number) if number is not None else None), troubles


def _figure(question: Question, text: str, place: str, whole: bool) -> tuple[Fraction | None, list[Trouble]]:
    number = decimal(text)
    if number is None:
        two_ways = re.fullmatch(r"\s*[+-]?[1-9]\d{0,2},\d{3}\s*", text)
        why = "could be 1 thousand or 1 and a part: write it without the comma, or with a point" if two_ways else "is no number"
        return None, [Trouble(place, "number", f"“{text.strip()[:40]}” {why}.", text.strip()[:40])]
    if whole and number.denominator != 1:
        return None, [Trouble(place, "whole", "A whole number is needed.")]
    if question.least is not None and number < question.least:
        return None, [Trouble(place, "least", f"It must be at least {plain(question.least)}.", plain(question.least))]
    if question.greatest is not None and number > question.greatest:
        return None, [Trouble(place, "greatest", f"It must be at most {plain(question.greatest)}.", plain(question.greatest))]
    return number, []


def _money(form: Form, question: Question, value: Any, _catalogue: Catalogue) -> tuple[Any, list[Trouble]]:
    given = value if isinstance(value, Mapping) else {"amount": value}
    if str(given.get("amount") or "").strip() == "":
        return None, []
    number, troubles = _figure(question, str(given["amount"]), question.place, False)
    currency = str(given.get("currency") or form.currency).strip().upper()
    if not _CURRENCY.match(currency):
        troubles = [*troubles, Trouble(question.place, "currency", f"“{currency[:10]}” is no currency; three letters are needed, such as EUR.", currency[:10])]
    year = str(given.get("year") or form.year)
    if not re.fullmatch(r"(19|20|21)\d\d", year):
        troubles = [*troubles, Trouble(question.place, "year", f"“{year[:10]}” is no year.", year[:10])]
    if troubles or number is None:
        return None, troubles
    return {"amount": plain(number), "currency": currency, "year": int(year)}, []


def _choice(_form: Form, question: Question, value: Any, _catalogue: Catalogue) -> tuple[Any, list[Trouble]]:
    known = {one.key for one in question.options}
    taken = [str(one) for one in value] if isinstance(value, list | tuple) else [str(value)]
    wrong = [one for one in taken if one not in known]
    if wrong:
        return None, [Trouble(question.place, "option", f"“{wrong[0][:40]}” is none of the options.", wrong[0][:40])]
    if question.many:
        return [one.key for one in question.options if one.key in taken] or None, []
    if len(taken) != 1:
        return None, [Trouble(question.place, "one", "One option only can be taken.")]
    return taken[0], []


def _matrix(_form: Form, question: Question, value: Any, _catalogue: Catalogue) -> tuple[Any, list[Trouble]]:
    made: dict[str, dict[str, str]] = {}
    troubles: list[Trouble] = []
    given = value if isinstance(value, Mapping) else {}
    for row in question.rows:
        for column in question.columns:
            text = str((given.get(row.key) or {}).get(column.key) or "").strip()
            if text:
                number, found = _figure(question, text, f"{question.place}/{row.key}/{column.key}", question.whole)
                troubles += found
                if number is not None:
                    made.setdefault(row.key, {})[column.key] = plain(number)
    return (made or None), troubles


def _file(_form: Form, question: Question, value: Any, _catalogue: Catalogue) -> tuple[Any, list[Trouble]]:
    if isinstance(value, Mapping) and value.get("file") and value.get("name"):
        return {"file": value["file"], "name": str(value["name"])[:255], "sha256": str(value.get("sha256", ""))}, []
    return None, [Trouble(question.place, "file", "A file is needed here.")]


def _indicator(form: Form, question: Question, value: Any, catalogue: Catalogue) -> tuple[Any, list[Trouble]]:
    given = value if isinstance(value, Mapping) else {"parts": {"value": value}}
    parts: dict[str, str] = {}
    troubles: list[Trouble] = []
    for part in catalogue.indicators[question.indicator].parts:
        text = str((given.get("parts") or {}).get(part.key) or "").strip()
        if not text:
            continue
        place = question.place if part.key == "value" else f"{question.place}/{part.key}"
        number, found = _figure(question, text, place, part.whole)
        if number is not None and number < 0 and part.id not in catalogue.negative:
            number, found = None, [Trouble(place, "negative", "It cannot be below zero.")]
        troubles += found
        if number is not None:
            parts[part.key] = plain(number)
    currency = str(given.get("currency") or form.currency).strip().upper()
    if not _CURRENCY.match(currency):
        troubles.append(Trouble(question.place, "currency", f"“{currency[:10]}” is no currency; three letters are needed, such as EUR.", currency[:10]))
    if troubles or not parts:
        return None, troubles
    made: dict[str, Any] = {"parts": parts}
    if any(part.unit == "currency" for part in catalogue.indicators[question.indicator].parts):
        made["currency"] = currency
    if given.get("source"):
        made["source"] = str(given["source"])[:500]
    return made, []


_JUDGES = {"text": _text, "number": _number, "money": _money, "choice": _choice, "matrix": _matrix, "file": _file, "indicator": _indicator}


def shown(form: Form, answers: Mapping[str, Any]) -> set[str]:
    """The questions that are asked, given the answers. A condition over a question that is not asked or not answered does not hold."""
    questions = form.questions
    sections = {section.key: section for section in form.sections}
    seen: dict[str, bool] = {}

    def _holds(when: Expression) -> bool:
        values = {}
        for name in when.names:
            value = _plain_value(questions[name], answers.get(name)) if seen.get(name) else None
            if value is not None:
                values[name] = value
        try:
            return bool(when.run(values))
        except Ungoverned:
            return False

    for start in questions:
        open_ = [start]  # a question after those it waits for; rings were refused when the form was read
        while open_:
            key = open_[-1]
            one = questions[key]
            conditions = [when for when in (sections[one.section].when, one.when) if when is not None]
            waits = [name for when in conditions for name in when.names if name not in seen and name not in open_]
            if key not in seen and waits:
                open_ += waits
                continue
            seen.setdefault(open_.pop(), all(_holds(when) for when in conditions))
    return {key for key in questions if seen[key]}


def _plain_value(question: Question, answer: Any) -> Any:
    """An answer as conditions know it; None where there is none."""
    if answer is None:
        return () if question.many else None
    if question.kind == "money" and isinstance(answer, Mapping):
        answer = answer.get("amount")
    elif question.kind == "indicator" and isinstance(answer, Mapping):
        answer = next(iter((answer.get("parts") or {}).values()), None)
    if question.kind in ("number", "money", "indicator"):
        return decimal(str(answer)) if answer is not None and not isinstance(answer, Mapping) else None
    return tuple(answer) if isinstance(answer, list | tuple) else str(answer)


class Progress(NamedTuple):
    """How far a section has come: answered of asked questions, and how many that must be answered are not."""

    answered: int
    asked: int
    missing: int


def progress(form: Form, answers: Mapping[str, Any]) -> dict[str, Progress]:
    """How far each section has come; sections that ask nothing are left out."""
    asked = shown(form, answers)
    made: dict[str, Progress] = {}
    for section in form.sections:
        here = [one for one in section.questions if one.key in asked]
        answered = sum(answers.get(one.key) is not None for one in here)
        if here:
            made[section.key] = Progress(answered, len(here), sum(one.required and answers.get(one.key) is None for one in here))
    return made


def missing(form: Form, answers: Mapping[str, Any]) -> Iterator[Trouble]:
    """What must still be answered before it can be handed in."""
    asked = shown(form, answers)
    for one in form.questions.values():
        if one.key in asked and one.required and answers.get(one.key) is None:
            yield Trouble(one.place, "required", "This must be answered: give a figure, or say that there is none.")


def settled(form: Form, answers: Mapping[str, Any], catalogue: Catalogue) -> dict[str, Any]:
    """The answers as they are handed in: regular, and without those to questions that are not asked."""
    asked = shown(form, answers)
    made = {}
    for key, question in form.questions.items():
        value, troubles = judge(form, question, answers.get(key), catalogue)
        if key in asked and value is not None and not troubles:
            made[key] = value
    return made


# --- cell by cell, for a form that is filled in away from here -----------------------------------------------------------------------


class Cell(NamedTuple):
    """One place to fill in: its path ("income", "income/currency", "staff_by_kind/men/2025", "channels/web"), its question and what it is told as.

    kind: number, text, currency, year, option (one of `options`), mark (taken or not), state.
    """

    path: str
    question: Question
    label: Words
    kind: str
    unit: str = ""
    options: tuple[Choice, ...] = ()


def cells(form: Form, catalogue: Catalogue) -> Iterator[Cell]:
    """Every place of a form to be filled in, in order; files cannot be given this way."""
    for one in form.questions.values():
        if one.kind == "text":
            yield Cell(one.key, one, one.text, "text")
        elif one.kind == "number":
            yield Cell(one.key, one, one.text, "number", one.unit)
        elif one.kind == "money":
            yield Cell(one.key, one, one.text, "number", form.currency)
            yield Cell(f"{one.key}/currency", one, one.text, "currency")
            yield Cell(f"{one.key}/year", one, one.text, "year")
        elif one.kind == "choice" and not one.many:
            yield Cell(one.key, one, one.text, "option", options=one.options)
        elif one.kind == "choice":
            yield from (Cell(f"{one.key}/{option.key}", one, option.text, "mark") for option in one.options)
        elif one.kind == "matrix":
            for row in one.rows:
                for column in one.columns:
                    label = {language: f"{words(row.text, language)} / {words(column.text, language)}" for language in {**row.text, **column.text}}
                    yield Cell(f"{one.key}/{row.key}/{column.key}", one, label, "number", one.unit)
        elif one.kind == "indicator":
            parts = catalogue.indicators[one.indicator].parts
            for part in parts:
                yield Cell(f"{one.key}/{part.key}", one, one.text if part.key == "value" else part.name, "number", form.currency if part.unit == "currency" else part.unit)
            if any(part.unit == "currency" for part in parts):
                yield Cell(f"{one.key}/currency", one, one.text, "currency")


def gathered(form: Form, filled: Mapping[str, str], catalogue: Catalogue) -> tuple[dict[str, Any], dict[str, Trouble]]:
    """The answers of filled-in cells by path, and the problems by path. Empty cells are no answers; "n/a" and "none" are said of figures.

    One wrong cell of a matrix takes no other away.
    """
    answers: dict[str, Any] = {}
    problems: dict[str, Trouble] = {}
    known = {cell.path: cell for cell in cells(form, catalogue)}
    problems |= {path: Trouble(path, "place", "There is no such place in this questionnaire.", path) for path in filled if path not in known}
    for key, question in form.questions.items():
        given = {path: text.strip() for path, text in filled.items() if path in known and known[path].question.key == key and text.strip()}
        if not given:
            continue
        unclear = {path: text for path, text in given.items() if known[path].kind == "mark" and text.casefold() not in _TAKEN | _LEFT}
        if unclear:
            problems |= {path: Trouble(path, "mark", "Write x where it applies; leave the cell empty where it does not.", text) for path, text in unclear.items()}
            continue
        raw = raw_of(question, given)
        value, troubles = judge(form, question, raw, catalogue)
        for trouble in troubles:
            problems[_path_of(trouble, question, given)] = trouble
        if value is not None and (not troubles or question.kind == "matrix"):
            answers[key] = value
    return answers, problems


_SAID = {"n/a": "unavailable", "na": "unavailable", "not available": "unavailable", "不可用": "unavailable", "not applicable": "inapplicable", "不适用": "inapplicable"}

#: What people write into the cell of an option: where it applies, and where it does not.
_TAKEN = {"x", "✓", "✔", "√", "1", "yes", "y", "true", "是", "sí", "si", "tak", "ja"}
_LEFT = {"0", "-", "–", "no", "n", "false", "否", "nie", "nee"}


def raw_of(question: Question, given: Mapping[str, str]) -> Any:
    """The answer that filled cells of a question give, by path, not yet judged."""
    key = question.key
    said = [_SAID[text.lower()] for path, text in given.items() if text.lower() in _SAID and not path.endswith(("/currency", "/year"))]
    if said and question.kind in ("number", "money", "indicator"):
        return {"state": said[0]}
    if question.kind == "money":
        return {"amount": given.get(key, ""), "currency": given.get(f"{key}/currency"), "year": given.get(f"{key}/year")}
    if question.kind == "choice" and question.many:
        return [option.key for option in question.options if given.get(f"{key}/{option.key}", "no").casefold() not in _LEFT]
    if question.kind == "choice":
        return _option(question, given[key])
    if question.kind == "matrix":
        made: dict[str, dict[str, str]] = {}
        for path, text in given.items():
            _key, row, column = path.split("/")
            made.setdefault(row, {})[column] = text
        return made
    if question.kind == "indicator":
        parts = {path.split("/")[1]: text for path, text in given.items() if not path.endswith("/currency")}
        return {"parts": parts, "currency": given.get(f"{key}/currency")} if parts else None
    return given[key]


def _option(question: Question, text: str) -> str:
    """The option meant by its key or its words in any language."""
    for option in question.options:
        if text == option.key or text.casefold() in {one.casefold() for one in option.text.values()}:
            return option.key
    return text


def _path_of(trouble: Trouble, question: Question, given: Mapping[str, str]) -> str:
    """The cell a problem belongs to."""
    path = trouble.place.removeprefix(f"{question.section}/")
    if trouble.code in ("currency", "year") and f"{question.key}/{trouble.code}" in given:
        return f"{question.key}/{trouble.code}"
    if path in given:
        return path
    return f"{path}/value" if f"{path}/value" in given else next(iter(given))
