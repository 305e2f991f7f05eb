"""What a practice pack may say, key by key: its parts become typed values and compiled rules, and every fault is collected with file and line."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from causeway.engines.kernel import CURRENCIES
from causeway.engines.packs.expressions import Expression, ExpressionFault, compile_expression
from causeway.engines.packs.model import FACTS, Fact, Ground, Overlay, Rule, Span, Value, Version
from causeway.engines.packs.parse import Map, Seq
from causeway.engines.packs.schema import ALLOWED, STATUSES, Checker
from causeway.engines.packs.units import VALUE_UNITS, ValueFault, kind_of, read_value

ALLOWED |= {
    "practice": {
        "id", "version", "kind", "title", "subject", "summary", "extends", "speaks", "region", "country", "practised_by", "needs", "licence", "reviewed", "note",
    },
    "value": {"id", "title", "unit", "currency", "choices", "bounds", "guide", "speaks", "note", "versions"},
    "value_version": {"from", "to", "value", "formula", "asks", "status", "dated", "partly", "basis", "note"},
    "overlay": {"set", "repeal", "except", "unit", "currency", "from", "to", "value", "formula", "when", "use", "status", "dated", "partly", "basis", "note"},
    "fact": {"id", "title", "unit", "currency", "choices"},
    "flow": {"id", "title", "in_force", "steps", "status", "dated", "partly", "basis", "note", "guide"},
    "step": {"id", "title", "kind", "who", "days", "day_kind", "content", "quorum", "majority", "when", "note", "documents"},
    "form": {"id", "title", "fields", "status", "dated", "partly", "basis", "note"},
    "case": {"id", "title", "kind", "packs", "on", "given", "expect", "dated", "note", "source"},
    "field": {"name", "title", "unit", "currency", "choices", "needed"},
}  # fmt: skip

#: Keys every rule may have, whatever its kind.
RULE_KEYS = {"id", "kind", "title", "in_force", "when", "status", "dated", "partly", "basis", "note", "guide"}

#: What a rule of each kind says: key to type; "!" marks what it must say. Types: an expression kind, or the name of a shape below.
RULE_SHAPES: dict[str, dict[str, str]] = {
    "distribution": {
        "parts": "parts", "tiers": "tiers", "deduct": "steps", "tto_fee": "number", "cost_share": "number", "cost_reading": "text", "caps": "caps",
        "rounding": "choice:largest_remainder",
    },
    "equity": {"parts!": "parts"},
    "floor": {"of!": "choice:distribution,equity", "part!": "word", "share!": "number", "cost_share": "number", "cost_reading": "text"},
    "main_contributor": {"share!": "number"},
    "own_use": {"share!": "number", "years_min": "years", "years_max": "years", "from_first_profit": "flag"},
    "funding": {"full_count!": "number", "rest!": "number", "annuity_years!": "years", "annuity_share": "number"},
    "incentive": {"amount!": "amounts"},
    "pct": {"share!": "number"},
    "award": {"amount!": "amounts", "within!": "months"},
    "reward_tax": {"counted!": "number", "within!": "months", "requires": "flags", "ways": "list", "rights": "list"},
    "company_tax": {"exempt_to!": "money", "above!": "number", "rate!": "number"},
    "withholding": {"rate!": "number", "days": "days"},
    "vat": {"rate!": "number", "exempt!": "flag"},
    "royalty": {"rate": "number", "minimum": "money", "minimum_mode": "text", "cut": "number", "cut_floor": "number"},
    "licence": {"years": "years", "exclusive": "flag"},
    "preemption": {"days": "days", "of!": "choice:purchase,licence,shares"},
    "grant": {"cap!": "money", "rate": "number", "own": "number", "conditions": "conditions"},
    "notice": {"days!": "days", "day_kind": "choice:calendar,working", "content": "list"},
    "warning": {"about!": "word"},
    "duty": {},
}  # fmt: skip

DEDUCTIONS = ("taxes_withheld", "co_owners", "costs", "tto_fee")
STEP_KINDS = ("propose", "assess", "discuss", "vote", "approve", "notice", "objections", "hearing", "file", "sign", "register", "report")
FLOW_ROLES = ("office", "director", "committee", "rector", "council", "inventor", "unit", "staff", "authority")
_ID = re.compile(r"[a-z][a-z0-9_-]{0,60}")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,60}")
_TARGET = re.compile(r"[a-z][a-z0-9-]{0,60}/[a-z][a-z0-9_-]{0,60}")


class Reader:
    """Turns the checked parts of one file of a pack into values, rules and overlays. `kinds`: names that expressions may use, by kind."""

    def __init__(self, check: Checker, pack: str, sources: set[str], kinds: Mapping[str, str]) -> None:
        self.check, self.pack, self.sources, self.kinds = check, pack, sources, kinds

    def ground(self, part: Map, name: str) -> Ground:
        """The basis of a part; what is missing or unknown is a fault."""
        self.check.basis(part, name, self.sources)
        self.check.one_of(part, "dated", STATUSES, "status")
        cited = part.get("basis")
        basis = tuple(str(one) for one in cited) if isinstance(cited, Seq) else ()
        dated = part.get("dated", part.get("status")) == "verified"
        return Ground(basis, part.get("status") == "verified", dated, str(part.get("note", "")), self.pack, self.check.file, part.line)

    def span(self, part: Any, name: str) -> Span:
        """The days from and to of a part."""
        if not isinstance(part, Map):
            return Span(None, None)
        self.check.span(part, name)
        start, end = _day(self.check, part, "from"), _day(self.check, part, "to")
        return Span(start, end)

    def expression(self, text: Any, kind: str, line: int, name: str, kinds: Mapping[str, str] | None = None) -> Expression | None:
        """A compiled expression of the kind that is needed; a fault and None otherwise."""
        if not isinstance(text, str):
            self.check.fault("shape", line, f"{name} must be an expression.")
            return None
        try:
            made = compile_expression(text, self.kinds if kinds is None else kinds)
        except ExpressionFault as wrong:
            self.check.fault(wrong.code, line, f"{name}: {wrong}")
            return None
        plain = made.kind == "number" and not made.names  # a bare figure takes the unit that is needed
        right = made.kind == kind or (kind == "money" and made.kind.startswith("money ")) or (plain and kind in ("days", "months", "years"))
        if not right:
            self.check.fault("mixed-units", line, f"{name} is a {made.kind}, and a {kind} is needed.")
            return None
        return made

    def condition(self, part: Map, name: str) -> Expression | None:
        if "when" not in part:
            return None
        known = {**{fact.id: fact.kind for fact in FACTS.values()}, **self.kinds}
        return self.expression(part["when"], "flag", part.lines["when"], f"The condition of {name}", known)


LANGUAGES = ("en", "zh-hans", "es", "pl", "nl")


def titles(check: Checker, part: Map, key: str, name: str, must: bool = True) -> dict[str, str]:
    """Texts by language under a key. A key that is no language is a fault: mostly a comma in a text without quotes."""
    value = part.get(key)
    if not isinstance(value, Map):
        if must or value is not None:
            check.fault("missing", part.lines.get(key, part.line), f"{name} has no {key} by language.")
        return {}
    for language, text in value.items():
        if language not in LANGUAGES:
            check.fault("language", value.lines[language], f"{key} of {name}: {language!r} is not one of {', '.join(LANGUAGES)}. Put a text with a comma in quotes.")
        elif not isinstance(text, str) or not text.strip():
            check.fault("missing", value.lines[language], f"{key} of {name} is empty in {language}.")
    return {language: str(text) for language, text in value.items()}


def _day(check: Checker, part: Map, key: str) -> int | None:
    try:
        found = None if key not in part else Checker(check.file, []).date(part, key)
    except ValueError:
        return None
    return found.toordinal() if found else None


def read_fact(check: Checker, part: Any) -> Fact | None:
    """A fact that a pack declares."""
    if not check.keys(part, "fact", "A fact"):
        return None
    identity(check, part, "fact", _NAME)
    titles(check, part, "title", f"Fact {part.get('id', '?')}")
    check.one_of(part, "unit", VALUE_UNITS, "unit")
    unit = str(part.get("unit", "text"))
    return Fact(str(part.get("id", "")), kind_of(unit, str(part.get("currency", ""))), tuple(part.get("choices") or ()), dict(part.get("title") or {}))


def identity(check: Checker, part: Map, what: str, pattern: re.Pattern[str] = _ID) -> str:
    """The id of a part; a fault where it is missing or cannot be one."""
    value = part.get("id", "")
    text = value if isinstance(value, str) else "(no text)"
    if not text:
        check.fault("missing", part.line, f"A {what} has no id.")
    elif not pattern.fullmatch(text):
        check.fault("id", part.lines["id"], f"{text!r} cannot be an id: small letters, figures and _ (rules also -), at most 60.")
    return text


def value_unit(check: Checker, part: Map, name: str) -> tuple[str, str]:
    """Unit and currency of a value."""
    if "unit" not in part:
        check.fault("missing", part.line, f"{name} has no unit.")
    check.one_of(part, "unit", VALUE_UNITS, "unit")
    unit, currency = str(part.get("unit", "text")), str(part.get("currency", ""))
    if (unit == "money") != bool(currency):
        check.fault("mixed-units", part.line, f"{name}: money has a currency, and nothing else has.")
    elif currency and currency not in CURRENCIES:
        check.fault("currency", part.lines["currency"], f"{name}: {currency} is not a currency of ISO 4217.")
    return unit, currency


def read_values(reader: Reader, part: Any, speaks: Span) -> Value | None:
    """A value with all its versions."""
    check = reader.check
    if not check.keys(part, "value", "A value"):
        return None
    name = f"Value {part.get('id', '?')}"
    identity(check, part, "value", _NAME)
    title = titles(check, part, "title", name)
    unit, currency = value_unit(check, part, name)
    choices = tuple(part.get("choices") or ())
    bounds = part.get("bounds") if isinstance(part.get("bounds"), Map) else Map(part.line)
    low, high = (_bound(check, bounds, key, unit, currency) for key in ("min", "max"))
    listed = part.get("versions")
    if not isinstance(listed, Seq) or not listed:
        check.fault("missing", part.line, f"{name} has no versions.")
        listed = Seq(part.line)
    versions = [v for v in (read_version(reader, one, name, unit, currency, choices, (low, high)) for one in listed) if v]
    own = reader.span(part["speaks"], name) if "speaks" in part else speaks
    _check_history(check, versions, own, name)
    return Value(
        str(part.get("id", "")), reader.pack, title, unit, currency, choices, low, high, str(part.get("guide", "")), tuple(versions), str(part.get("note", ""))
    )  # fmt: skip


def _bound(check: Checker, bounds: Map, key: str, unit: str, currency: str) -> Any:
    if key not in bounds:
        return None
    try:
        return read_value(unit, bounds[key], currency)
    except ValueFault as wrong:
        check.fault(wrong.code, bounds.lines[key], f"{key}: {wrong}")
        return None


def read_version(
    reader: Reader, part: Any, name: str, unit: str, currency: str, choices: tuple[str, ...], bounds: tuple[Any, Any], place: str = "value_version"
) -> Version | None:
    """One version of a value: exactly one of value, formula and asks."""
    check = reader.check
    if not check.keys(part, place, f"A version of {name}"):
        return None
    ground, span = reader.ground(part, name), reader.span(part, name)
    asks = str(part.get("asks", "")).lower() in ("true", "yes")
    if ("value" in part) + ("formula" in part) + asks != 1:
        check.fault("missing", part.line, f"{name}: a version says a value, or a formula, or that it asks.")
        return None
    value, formula = None, None
    if "formula" in part:
        formula = reader.expression(part["formula"], kind_of(unit, currency), part.lines["formula"], name)
    elif not asks:
        try:
            value = read_value(unit, part["value"], currency, choices)
        except ValueFault as wrong:
            check.fault(wrong.code, part.lines["value"], f"{name}: {wrong}")
            return None
        low, high = bounds
        if (low is not None and value < low) or (high is not None and value > high):
            check.fault("bounds", part.lines["value"], f"{name}: {part['value']} lies outside its bounds.")
    return Version(span, value, formula, asks, ground)


def _check_history(check: Checker, versions: list[Version], speaks: Span, name: str) -> None:
    """Versions in order, without overlap and without a gap in the days the value speaks for."""
    expected = speaks.start
    for version in versions:
        start, end = version.span
        if expected is not None and (start is None or start < expected) and version is not versions[0]:
            check.fault("overlap", version.ground.line, f"{name}: two versions hold on the same days.")
        elif expected is not None and start is not None and start > expected:
            check.fault("gap", version.ground.line, f"{name}: no version holds from {_iso(expected)} to {_iso(start - 1)}.")
        elif version is not versions[0] and expected is None:
            check.fault("overlap", version.ground.line, f"{name}: the version before has no end.")
        expected = None if end is None else end + 1
    if versions and expected is not None and (speaks.end is None or expected <= speaks.end):
        check.fault("gap", versions[-1].ground.line, f"{name}: no version holds from {_iso(expected)} on.")


def _iso(day: int) -> str:
    return date.fromordinal(day).isoformat()


def read_rule(reader: Reader, part: Any) -> Rule | None:
    """A rule of any kind, its fields compiled."""
    check = reader.check
    if not isinstance(part, Map):
        check.fault("shape", getattr(part, "line", 0), "A rule must be a mapping.")
        return None
    name = f"Rule {part.get('id', '?')}"
    identity(check, part, "rule")
    kind = str(part.get("kind", ""))
    if kind not in RULE_SHAPES:
        check.fault("choice", part.lines.get("kind", part.line), f"{name}: {kind!r} is not a kind of rule: {', '.join(RULE_SHAPES)}.")
        return None
    title = titles(check, part, "title", name)
    shape = {key.rstrip("!"): (key.endswith("!"), typed) for key, typed in RULE_SHAPES[kind].items()}
    for key in part:
        if key not in RULE_KEYS and key not in shape:
            check.fault("unknown-key", part.lines[key], f"{name}: a rule of kind {kind} has no key {key}.")
    fields: dict[str, Any] = {}
    for key, (must, typed) in shape.items():
        if key in part:
            fields[key] = _field(reader, part[key], typed, part.lines[key], f"{key} of {name}")
        elif must:
            check.fault("missing", part.line, f"{name} has no {key}.")
    if kind == "distribution" and ("parts" in part) == ("tiers" in part):
        check.fault("missing", part.line, f"{name} has either parts or tiers.")
    if "tto_fee" in part and "deduct" in part and "tto_fee" not in part["deduct"]:
        check.fault("choice", part.lines["deduct"], f"{name} has a tto_fee that deduct does not name.")
    span = reader.span(part.get("in_force"), name)
    when = reader.condition(part, name)
    return Rule(str(part.get("id", "")), reader.pack, kind, title, span, when, fields, reader.ground(part, name), str(part.get("guide", "")))


def _field(reader: Reader, value: Any, typed: str, line: int, name: str) -> Any:
    check = reader.check
    if typed.startswith("choice:"):
        allowed = typed[7:].split(",")
        if value not in allowed:
            check.fault("choice", line, f"{name}: {value!r} is not one of {', '.join(allowed)}.")
        return value
    if typed == "word":
        if not isinstance(value, str) or not re.fullmatch(r"[a-z][a-z0-9_/-]{0,120}", value):
            check.fault("shape", line, f"{name} must be one word.")
        return value
    shaped = _SHAPES.get(typed)
    return shaped(reader, value, line, name) if shaped else reader.expression(value, typed, line, name)


def _mapping(reader: Reader, value: Any, line: int, name: str) -> Map:
    if isinstance(value, Map) and value:
        return value
    reader.check.fault("shape", line, f"{name} must be a mapping that is not empty.")
    return Map(line)


def _parts(reader: Reader, value: Any, line: int, name: str) -> dict[str, Expression | None]:
    """Part to share; None stands for the rest, once at most."""
    made: dict[str, Expression | None] = {}
    for part, share in _mapping(reader, value, line, name).items():
        at = value.lines[part]
        if share == "rest":
            if None in made.values():
                reader.check.fault("sum", at, f"{name}: only one part can be the rest.")
            made[part] = None
        elif found := reader.expression(share, "number", at, f"{part} in {name}"):
            made[part] = found
    return made


def _tiers(reader: Reader, value: Any, line: int, name: str) -> dict[str, Any]:
    """Tiers of one part: {part, rest, mode, bands: [(up to, share)]}."""
    check, tiers = reader.check, _mapping(reader, value, line, name)
    for key in tiers:
        if key not in ("part", "rest", "mode", "bands"):
            check.fault("unknown-key", tiers.lines[key], f"{name} has no key {key}.")
    check.one_of(tiers, "mode", ("marginal", "cliff"))
    bands = []
    given = tiers.get("bands")
    listed = given if isinstance(given, Seq) else Seq(line)
    for at, band in enumerate(listed):
        if not isinstance(band, Map) or "share" not in band or set(band) - {"up_to", "share"}:
            check.fault("shape", getattr(band, "line", line), f"{name}: a band is up_to and share.")
            continue
        last = at == len(listed) - 1
        if last == ("up_to" in band):
            check.fault("shape", band.line, f"{name}: every band but the last ends somewhere.")
        top = reader.expression(band["up_to"], "money", band.lines["up_to"], f"up_to in {name}") if "up_to" in band else None
        bands.append((top, reader.expression(band["share"], "number", band.lines["share"], f"share in {name}")))
    if not bands:
        check.fault("missing", line, f"{name} has no bands.")
    return {"part": tiers.get("part", "inventors"), "rest": tiers.get("rest", "university"), "mode": tiers.get("mode", "marginal"), "bands": bands}


def _caps(reader: Reader, value: Any, line: int, name: str) -> dict[str, tuple[Expression | None, str]]:
    """Part to its cap and the part that gets what is over it."""
    made = {}
    for part, cap in _mapping(reader, value, line, name).items():
        if not isinstance(cap, Map) or set(cap) != {"at_most", "over"}:
            reader.check.fault("shape", value.lines[part], f"{name}: a cap says at_most, and over: the part that gets the rest.")
            continue
        made[part] = (reader.expression(cap["at_most"], "money", cap.lines["at_most"], f"cap of {part} in {name}"), str(cap["over"]))
    return made


def _amounts(reader: Reader, value: Any, line: int, name: str) -> dict[str, Expression | None]:
    """Amounts by kind of right, or one for all ("")."""
    if isinstance(value, str):
        return {"": reader.expression(value, "money", line, name)}
    return {right: reader.expression(one, "money", value.lines[right], f"{right} in {name}") for right, one in _mapping(reader, value, line, name).items()}


def _texts(reader: Reader, value: Any, line: int, name: str) -> tuple[str, ...]:
    if not isinstance(value, Seq) or not all(isinstance(one, str) for one in value):
        reader.check.fault("shape", line, f"{name} must be a list of texts.")
        return ()
    return tuple(value)


def _flags(reader: Reader, value: Any, line: int, name: str) -> tuple[str, ...]:
    """Facts that must all be true."""
    names = _texts(reader, value, line, name)
    for one in names:
        if one not in FACTS or FACTS[one].kind != "flag":
            reader.check.fault("no-such-value", line, f"{name}: {one} is no fact that is true or false.")
    return names


def _steps(reader: Reader, value: Any, line: int, name: str) -> tuple[str, ...]:
    names = _texts(reader, value, line, name)
    for one in names:
        if one not in DEDUCTIONS:
            reader.check.fault("choice", line, f"{name}: {one!r} is not one of {', '.join(DEDUCTIONS)}.")
    if names != tuple(one for one in DEDUCTIONS if one in names):
        reader.check.fault("choice", line, f"{name}: each once, in the order {', '.join(DEDUCTIONS)}.")
    return names


def _conditions(reader: Reader, value: Any, line: int, name: str) -> tuple[tuple[str, Mapping[str, str], Expression], ...]:
    """Entry conditions: (id, title, condition)."""
    made = []
    for one in value if isinstance(value, Seq) else ():
        if not isinstance(one, Map) or set(one) != {"id", "title", "when"}:
            reader.check.fault("shape", getattr(one, "line", line), f"{name}: a condition is id, title and when.")
            continue
        test, title = reader.condition(one, name), titles(reader.check, one, "title", f"Condition {one['id']} of {name}")
        if test:
            made.append((str(one["id"]), title, test))
    return tuple(made)


_SHAPES: dict[str, Callable[[Reader, Any, int, str], Any]] = {
    "parts": _parts, "tiers": _tiers, "caps": _caps, "amounts": _amounts, "list": _texts, "flags": _flags, "steps": _steps, "conditions": _conditions,
}  # fmt: skip


def read_overlay(reader: Reader, part: Any, known: Mapping[str, Any]) -> Overlay | None:
    """One overlay. known: everything of the packs below, by "pack/id" (values and rules)."""
    check = reader.check
    if not check.keys(part, "overlay", "An overlay"):
        return None
    verbs = [verb for verb in ("set", "repeal", "except") if verb in part]
    if len(verbs) != 1:
        check.fault("missing", part.line, "An overlay has one of set, repeal, except.")
        return None
    verb, target = verbs[0], str(part[verbs[0]])
    below = known.get(target)
    if below is None:
        check.fault("no-such-value", part.lines[verb], f"{target} is not pack/id of a value or rule that this pack extends.")
        return None
    if "from" not in part:
        check.fault("missing", part.line, f"The overlay of {target} does not say from when.")
    name, version, when = f"Overlay of {target}", None, None
    if verb == "set":
        if not isinstance(below, Value):
            check.fault("shape", part.lines[verb], f"{target} is a rule; only values are set.")
            return None
        for key, right in (("unit", below.unit), ("currency", below.currency)):
            if key in part and part[key] != right:
                check.fault("mixed-units", part.lines[key], f"{target} is in {right or 'no currency'}, not in {part[key]}.")
        version = read_version(reader, part, name, below.unit, below.currency, below.choices, (below.low, below.high), "overlay")
        if version is None:
            return None
    elif verb == "except":
        if not isinstance(below, Rule):
            check.fault("shape", part.lines[verb], f"{target} is a value; only rules have exceptions.")
            return None
        if "when" not in part:
            check.fault("missing", part.line, f"The exception to {target} does not say when.")
        when = reader.condition(part, name)
        if (use := part.get("use")) and use not in known and f"{reader.pack}/{use}" not in known:
            check.fault("no-such-value", part.lines["use"], f"{use} is not a rule.")
    use = str(part.get("use", ""))
    ground = version.ground if version else reader.ground(part, name)
    return Overlay(verb, target, reader.span(part, name), version, when, use if "/" in use or not use else f"{reader.pack}/{use}", ground)


def check_flow(reader: Reader, part: Any) -> bool:
    """Faults of a decision procedure: its steps, who acts, days, what must be published."""
    check = reader.check
    if not check.keys(part, "flow", "A flow"):
        return False
    name = f"Flow {part.get('id', '?')}"
    identity(check, part, "flow")
    titles(check, part, "title", name)
    reader.ground(part, name)
    if "in_force" in part and check.keys(part["in_force"], "in_force", f"The validity of {name}"):
        check.span(part["in_force"], name)
    steps = part.get("steps")
    if not isinstance(steps, Seq) or not steps:
        check.fault("missing", part.line, f"{name} has no steps.")
        return False
    seen: set[str] = set()
    for step in steps:
        if not check.keys(step, "step", f"A step of {name}"):
            continue
        key = identity(check, step, "step")
        titles(check, step, "title", f"Step {key} of {name}")
        if key in seen:
            check.fault("repeated-id", step.line, f"{key} stands twice in {name}.")
        seen.add(key)
        check.one_of(step, "kind", STEP_KINDS)
        check.one_of(step, "day_kind", ("calendar", "working"))
        for role in step.get("who") or ():
            if role not in FLOW_ROLES:
                check.fault("choice", step.lines["who"], f"{name}: {role!r} is not one of {', '.join(FLOW_ROLES)}.")
        for key, kind in (("days", "days"), ("quorum", "number"), ("majority", "number")):
            if key in step:
                reader.expression(step[key], kind, step.lines[key], f"{key} of step {step.get('id')} of {name}")
        reader.condition(step, f"step {step.get('id')} of {name}")
    return True


def check_form(reader: Reader, part: Any) -> bool:
    """Faults of a form."""
    check = reader.check
    if not check.keys(part, "form", "A form"):
        return False
    name = f"Form {part.get('id', '?')}"
    identity(check, part, "form")
    titles(check, part, "title", name)
    reader.ground(part, name)
    for one in part.get("fields") or ():
        if check.keys(one, "field", f"A field of {name}"):
            titles(check, one, "title", f"Field {one.get('name', '?')} of {name}")
            value_unit(check, one, f"Field {one.get('name', '?')} of {name}")
            if not _NAME.fullmatch(str(one.get("name", ""))):
                check.fault("id", one.line, f"A field of {name} has no name of small letters.")
    if not part.get("fields"):
        check.fault("missing", part.line, f"{name} has no fields.")
    return True
