"""Reads the indicators, the surveys they belong to and the checks on them from data; every fault is told with its file and line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

from causeway.engines.packs.expressions import Expression, ExpressionFault, compile_expression
from causeway.engines.packs.parse import Fault, Map, parse

#: Units a figure may have. Amounts of money carry their currency beside them.
UNITS = ("count", "currency", "FTE", "ratio", "days", "TRL levels", "per 10 million", "per 1000 FTE", "per FTE")
#: What of an indicator is translated beside its definition.
TRANSLATED = ("includes", "excludes", "caution")
_REFERENCE = re.compile(r"\b([A-Z]{2}\d{2})(?:\.([a-z][a-z0-9_]*))?\b")


@dataclass(frozen=True)
class Part:
    """One figure of an indicator: its key ("value" where there is one only), unit, name, and the formula that gives it, where one does."""

    code: str
    key: str
    unit: str
    name: Mapping[str, str]
    period: str
    formula: str = ""
    uses: tuple[str, ...] = ()
    run: Expression | None = None

    @property
    def id(self) -> str:
        """How the figure is named in formulas: "IN01", "LI05.amount"."""
        return self.code if self.key == "value" else f"{self.code}.{self.key}"

    @property
    def whole(self) -> bool:
        """Whether only whole numbers make sense."""
        return self.unit == "count"


@dataclass(frozen=True)
class Asked:
    """Where a survey asks for an indicator, and how well the definitions fit: exact, close, partial, none."""

    item: str
    match: str
    note: str = ""


@dataclass(frozen=True)
class Indicator:
    """An indicator: what it counts, over which time, in which parts, and where surveys ask for it."""

    code: str
    name: Mapping[str, str]
    group: str
    definition: str
    kind: str
    period: str
    parts: tuple[Part, ...]
    formula: str
    includes: tuple[str, ...]
    excludes: tuple[str, ...]
    surveys: Mapping[str, Asked]
    status: str
    caution: str
    #: Translations by language: of the definition (under ""), and of what it includes, excludes and what to mind where that is there.
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def verified(self) -> bool:
        """Whether at least part of it was seen in a named source."""
        return self.status.startswith("verified")

    def called(self, language: str) -> str:
        """Its name in a language, English where there is none."""
        return self.name.get(language) or self.name["en"]

    def said(self, what: str, language: str) -> str:
        """Its definition, includes, excludes or caution in a language, English where there is no translation."""
        given = getattr(self, what)
        told = self.words.get(language, {}).get("" if what == "definition" else what, "")
        return told or (given if isinstance(given, str) else "; ".join(given))

    def translated(self, language: str) -> bool:
        """Whether its definition is told in translation, so that the English one decides."""
        return bool(self.words.get(language, {}).get(""))


@dataclass(frozen=True)
class Rule:
    """A check. kind: equal, at_most, least, greatest or jump; left and right: formulas over figures; text: what is wrong when it fails."""

    id: str
    kind: str
    severity: str
    text: Mapping[str, str]
    left: Expression | None = None
    right: Expression | None = None
    uses: tuple[str, ...] = ()
    figure: str = ""
    bound: Fraction = Fraction(0)
    unit: str = ""
    factor: Fraction = Fraction(0)


@dataclass(frozen=True)
class Counting:
    """How a figure is counted from facts: which fact, what its values must be, and count, distinct or sum `of` a value."""

    figure: str
    fact: str
    measure: str
    of: str = ""
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def fits(self, values: Mapping[str, Any]) -> bool:
        """Whether a fact with these values counts. Truth is told as "true" and "false"."""
        return all(_said(values.get(name)) in wanted for name, wanted in self.where.items())


def _said(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@dataclass(frozen=True)
class Survey:
    """A survey that asks for indicators."""

    code: str
    name: str
    status: str
    note: str


class CatalogueFaults(ValueError):
    """The data is wrong; `faults` lists every place."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = faults


@dataclass(frozen=True)
class Catalogue:
    """All indicators by code, all figures by id, the surveys, and the checks. `order`: figures with formulas, each after those it uses."""

    version: str
    indicators: Mapping[str, Indicator]
    parts: Mapping[str, Part]
    surveys: Mapping[str, Survey]
    rules: tuple[Rule, ...]
    order: tuple[Part, ...]
    negative: frozenset[str] = frozenset()
    outline: tuple[Mapping[str, Any], ...] = field(default=())
    counted: Mapping[str, Counting] = field(default_factory=dict)

    def of_survey(self, survey: str) -> list[Indicator]:
        """The indicators a survey asks for in some form."""
        return [one for one in self.indicators.values() if survey in one.surveys and one.surveys[survey].match != "none"]


def shipped_folder() -> Path:
    """Where the indicators that come with Causeway lie."""
    return Path(__file__).resolve().parents[2] / "packs" / "indicators"


@lru_cache(maxsize=1)
def shipped_catalogue() -> Catalogue:
    """The indicators that come with Causeway, read once."""
    folder = shipped_folder()
    return read_catalogue({path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.yaml"))})


def read_catalogue(texts: Mapping[str, str]) -> Catalogue:
    """The catalogue of its texts by name: indicators.yaml, surveys.yaml, checks.yaml where figures are counted from records, counted.yaml, and i18n/LANGUAGE.yaml with translations. Raises `CatalogueFaults` with all that is wrong."""
    return _Reader(texts).read()


def referring(formula: str) -> tuple[str, tuple[str, ...]]:
    """A formula in the words of the expression language, and the ids of the figures it uses."""
    used: dict[str, None] = {}

    def one(found: re.Match) -> str:
        used[found[0]] = None
        return name_of(found[0])

    return _REFERENCE.sub(one, formula), tuple(used)


def name_of(id: str) -> str:
    """The id of a figure as a name of the expression language: "LI05.amount" is li05_amount."""
    return id.lower().replace(".", "_")


class _Reader:
    def __init__(self, texts: Mapping[str, str]) -> None:
        self.faults: list[Fault] = []
        self.data: dict[str, Map] = {}
        for name in ("indicators.yaml", "surveys.yaml", "checks.yaml"):
            value, faults = parse(texts.get(name, ""), name)
            self.faults += faults
            self.data[name] = value if isinstance(value, Map) else Map(0)
            if not isinstance(value, Map) and not faults:
                self._fault(name, 0, "missing", "The file is missing or holds no mapping.")
        counted, faults = parse(texts["counted.yaml"], "counted.yaml") if "counted.yaml" in texts else (Map(0), [])
        self.faults += faults
        self.data["counted.yaml"] = counted if isinstance(counted, Map) else Map(0)
        self.kinds: dict[str, str] = {}
        self.words: dict[str, Map] = {}
        for name in sorted(texts):
            if name.startswith("i18n/"):
                value, faults = parse(texts[name], name)
                self.faults += faults
                self.words[name] = value if isinstance(value, Map) else Map(0)

    def _fault(self, file: str, line: int, code: str, message: str) -> None:
        self.faults.append(Fault(code, file, line, message))

    def read(self) -> Catalogue:
        rows = [row for row in self.data["indicators.yaml"].get("indicators", []) if isinstance(row, Map)]
        self.kinds = {name_of(self._id(row, part)): "number" for row in rows for part in row.get("parts", []) if isinstance(part, Map)}
        surveys = {row["code"]: Survey(row["code"], row["name"], row.get("status", ""), row.get("note", "")) for row in self.data["surveys.yaml"].get("surveys", [])}
        indicators: dict[str, Indicator] = {}
        for row in rows:
            one = self._indicator(row, surveys)
            if one.code in indicators:
                self._fault("indicators.yaml", row.line, "repeated", f"{one.code} stands here twice.")
            indicators[one.code] = one
        self._complete(indicators)
        parts = {part.id: part for one in indicators.values() for part in one.parts}
        order = self._order(parts)
        rules = self._rules(parts)
        counted = self._counted(parts)
        if self.faults:
            raise CatalogueFaults(self.faults)
        negative = frozenset(_plain_id(one) for one in self.data["checks.yaml"].get("negative", []))
        outline = tuple(self.data["surveys.yaml"].get("outline", []))
        return Catalogue(str(self.data["indicators.yaml"].get("version", "")), indicators, parts, surveys, rules, order, negative, outline, counted)

    @staticmethod
    def _id(row: Map, part: Map) -> str:
        return row.get("code", "") if part.get("key") == "value" else f"{row.get('code', '')}.{part.get('key', '')}"

    def _indicator(self, row: Map, surveys: Mapping[str, Survey]) -> Indicator:
        for needed in ("code", "name", "group", "definition", "type", "period", "parts", "status"):
            if not row.get(needed):
                self._fault("indicators.yaml", row.line, "missing", f"{row.get('code', 'An indicator')} lacks {needed}.")
        asked = {}
        for code, one in (row.get("surveys") or {}).items():
            if code not in surveys:
                self._fault("indicators.yaml", row.line, "unknown-survey", f"{code} is no survey of surveys.yaml.")
            asked[code] = Asked(one.get("item", ""), one.get("match", ""), one.get("note", ""))
        parts = tuple(self._part(row, part) for part in row.get("parts") or [] if isinstance(part, Map))
        return Indicator(
            row.get("code", ""), row.get("name") or {"en": ""}, row.get("group", ""), row.get("definition", ""), row.get("type", ""), row.get("period", ""), parts,
            row.get("formula", ""), tuple(row.get("includes", ())), tuple(row.get("excludes", ())), asked, row.get("status", ""), row.get("caution", ""),
            self._words(row.get("code", "")),
        )  # fmt: skip

    def _words(self, code: str) -> dict[str, dict[str, str]]:
        """The translations of an indicator by language."""
        keys = {code: "", **{f"{code}.{what}": what for what in TRANSLATED}}
        return {name.removeprefix("i18n/").removesuffix(".yaml"): {what: str(words[key]) for key, what in keys.items() if key in words} for name, words in self.words.items()}

    def _complete(self, indicators: Mapping[str, Indicator]) -> None:
        """A language tells every definition, and nothing that is not there."""
        wanted = set(indicators) | {f"{code}.{what}" for code, one in indicators.items() for what in TRANSLATED if getattr(one, what)}
        for name, words in self.words.items():
            for key in sorted(wanted - set(words)):
                self._fault(name, 0, "missing", f"{key} is not translated.")
            for key in sorted(set(words) - wanted):
                self._fault(name, words.lines.get(key, 0), "unknown", f"{key} is not in indicators.yaml.")

    def _part(self, row: Map, part: Map) -> Part:
        if part.get("unit") not in UNITS:
            self._fault("indicators.yaml", part.line, "unit", f"{part.get('unit')} is no unit; there are {', '.join(UNITS)}.")
        formula = part.get("formula", "")
        run, uses = self._formula(formula, "indicators.yaml", part.lines.get("formula", part.line)) if formula else (None, ())
        name = part.get("name") or row.get("name") or {}
        return Part(row.get("code", ""), part.get("key", ""), part.get("unit", ""), name, part.get("period") or row.get("period", ""), formula, uses, run)

    def _formula(self, text: str, file: str, line: int) -> tuple[Expression | None, tuple[str, ...]]:
        words, uses = referring(text)
        try:
            return compile_expression(words, self.kinds), uses
        except ExpressionFault as fault:
            self._fault(file, line, "formula", f"{text}: {fault}")
            return None, ()

    def _order(self, parts: Mapping[str, Part]) -> tuple[Part, ...]:
        """Figures with formulas so that each comes after those it uses; a loop is a fault."""
        done: dict[str, Part] = {}
        open_: set[str] = set()

        def visit(id: str) -> None:
            part = parts.get(id)
            if part is None or part.run is None or id in done:
                return
            if id in open_:
                self._fault("indicators.yaml", 0, "loop", f"{id} is computed from itself.")
                return
            open_.add(id)
            for other in part.uses:
                visit(other)
            done[id] = part

        for id in parts:
            visit(id)
        return tuple(done.values())

    def _rules(self, parts: Mapping[str, Part]) -> tuple[Rule, ...]:
        file, data = "checks.yaml", self.data["checks.yaml"]
        rules = []
        for row in data.get("identities", []):
            left, uses = self._formula(row.get("left", ""), file, row.line)
            right, more = self._formula(row.get("right", ""), file, row.line)
            if row.get("kind") not in ("equal", "at_most"):
                self._fault(file, row.line, "kind", f"{row.get('kind')} is no kind of check.")
            rules.append(Rule(row["id"], row.get("kind", ""), row.get("severity", "warning"), row.get("text", {}), left, right, tuple(dict.fromkeys(uses + more))))
        for row in data.get("bounds", []):
            if row.get("figure") not in parts:
                self._fault(file, row.line, "unknown-figure", f"{row.get('figure')} is no figure.")
            kind = "least" if "least" in row else "greatest"
            rules.append(Rule(row["id"], kind, row.get("severity", "warning"), row.get("text", {}), figure=row.get("figure", ""), bound=Fraction(row.get(kind, "0"))))
        for row in data.get("jumps", []):
            rules.append(Rule(f"JUMP-{row['unit']}", "jump", row.get("severity", "warning"), {}, unit=row["unit"], factor=Fraction(row["factor"]), bound=Fraction(row["least"])))
        return tuple(rules)


    def _counted(self, parts: Mapping[str, Part]) -> dict[str, Counting]:
        file, made = "counted.yaml", {}
        for row in self.data[file].get("counted", []):
            figure, measure = row.get("figure", ""), row.get("measure", "")
            if figure not in parts or parts[figure].run is not None:
                self._fault(file, row.line, "unknown-figure", f"{figure} is no figure that can be counted.")
            if measure not in ("count", "distinct", "sum") or (measure == "sum") != bool(row.get("of")):
                self._fault(file, row.line, "measure", f"{measure} is no measure; there are count, distinct, and sum of a value.")
            where = {name: tuple(wanted) if isinstance(wanted, list) else (str(wanted),) for name, wanted in (row.get("where") or {}).items()}
            made[figure] = Counting(figure, row.get("fact", ""), measure, row.get("of", ""), where)
        return made


def _plain_id(id: str) -> str:
    return id.removesuffix(".value")
