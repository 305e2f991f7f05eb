"""Practice packs read together with those they stand on: structure first, then meaning; a pack with a fault is not loaded at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from causeway.engines.packs.load import HOME, subject_of
from causeway.engines.packs.model import Overlay, Practice, Rule, Value
from causeway.engines.packs.parse import Fault, Map, Seq, parse
from causeway.engines.packs.practice import LANGUAGES, Reader, check_flow, check_form, read_fact, read_overlay, read_rule, read_values, titles
from causeway.engines.packs.schema import KINDS, Checker, Pack, PackFaults, check_calendar
from causeway.engines.packs.sources import MAX_DAYS, MAX_NODES, MAX_RULES, MAX_VALUES, PackText, from_folder
from causeway.engines.packs.units import kind_of

LAYERS = {kind: at for at, kind in enumerate(KINDS)}
#: Faults that leave a pack readable enough to see what it means, so that those faults are told in the same breath.
READABLE = {"bounds", "status", "basis", "source", "unknown-key", "before-law", "language", "file"}


def practice_folders() -> list[Path]:
    """The folders of the practice packs that come with Causeway, by name."""
    return sorted(folder for folder in HOME.iterdir() if subject_of(folder) == "practice")


@cache
def shipped_practice() -> tuple[Pack, ...]:
    """The practice packs that come with Causeway, read once."""
    return tuple(load_practice([from_folder(folder) for folder in practice_folders()], ()))


def load_practice(sources: Sequence[PackText], library: Iterable[Pack] | None = None) -> list[Pack]:
    """Read packs that may extend each other and those of the library (default: the shipped ones); raises `PackFaults` with every fault."""
    packs, faults = read_practice(sources, shipped_practice() if library is None else library)
    if faults:
        raise PackFaults(faults)
    return packs


def lint_practice(sources: Sequence[PackText], library: Iterable[Pack] | None = None) -> list[Fault]:
    """Every fault of the packs, by file and line."""
    return read_practice(sources, shipped_practice() if library is None else library)[1]


def closure(pack: Pack, known: Mapping[str, Pack]) -> list[Pack]:
    """The packs a pack stands on, lowest first, itself last; unknown ones and cycles are left out (the reader names them)."""
    found: dict[str, Pack] = {}

    def visit(one: Pack, above: frozenset[str]) -> None:
        for key in one.practice.extends if one.practice else ():
            if key in known and key not in above and key not in found:
                visit(known[key], above | {key})
        found[one.id] = one

    visit(pack, frozenset({pack.id}))
    return sorted(found.values(), key=lambda one: LAYERS.get(one.kind, 0))


def read_practice(sources: Sequence[PackText], library: Iterable[Pack]) -> tuple[list[Pack], list[Fault]]:
    """Packs and faults; of a pack with faults nothing should be used."""
    from causeway.engines.packs.meaning import meaning_faults

    faults: list[Fault] = [fault for source in sources for fault in source.faults]
    heads = [(source, *_head(source, faults)) for source in sources]
    known = {pack.id: pack for pack in library}
    ours: dict[str, Pack] = {}
    for source, pack, _parts in heads:
        if pack.id in ours:
            faults.append(Fault("repeated-id", f"{source.name}/pack.yaml", 1, f"Two packs are called {pack.id}."))
        ours[pack.id] = pack
    known |= ours
    order = _ordered(heads, known, faults)
    for source, pack, parts in order:
        _read_parts(source, pack, parts, known, faults)
    broken = {fault.file.split("/")[0] for fault in faults if fault.code not in READABLE}
    for source, pack, _parts in order:
        below = closure(pack, known)
        if source.name not in broken and not any(one.id in ours and _name_of(heads, one) in broken for one in below):
            found = meaning_faults(pack, below)
            faults += found
            if found:
                broken.add(source.name)
    return [pack for _source, pack, _parts in order], sorted(set(faults), key=lambda fault: (fault.file, fault.line, fault.code, fault.message))


Parts = dict[str, Any]
Head = tuple[PackText, Pack, Parts]


def _name_of(heads: list[Head], pack: Pack) -> str:
    return next(source.name for source, one, _parts in heads if one is pack)


def _head(source: PackText, faults: list[Fault]) -> tuple[Pack, Parts]:
    """The pack with what pack.yaml and sources.yaml say, and the other files parsed."""
    parts: Parts = {}
    left = MAX_NODES
    for name, text in sorted(source.texts.items()):
        if name.endswith(".yaml"):
            parts[name], found = parse(text, f"{source.name}/{name}", left)
            left -= count_nodes(parts[name])
            faults += found
    check = Checker(f"{source.name}/pack.yaml", faults)
    head = parts.pop("pack.yaml", None)
    if not isinstance(head, Map):
        if "pack.yaml" not in source.texts:
            check.fault("missing", 0, "There is no pack.yaml that says what this pack is.")
        head = Map(0)
    check.keys(head, "practice", "The pack")
    unread = not head and "pack.yaml" in source.texts  # said already: it could not be parsed
    for key in () if unread else ("id", "version", "kind", "title", "speaks"):
        if key not in head:
            check.fault("missing", head.line, f"The pack has no {key}.")
    check.one_of(head, "kind", KINDS)
    if not source.texts.get("CHANGELOG.md", "").strip():
        check.fault("missing", 0, "There is no CHANGELOG.md that says what changed from version to version.")
    pack = Pack(str(head.get("id", source.name)), str(head.get("version", "")), str(head.get("kind", "law")), titles(check, head, "title", "The pack", must=False), source.digest)
    pack.texts = dict(source.texts)
    reader = Reader(check, pack.id, set(), {})
    pack.practice = Practice(
        tuple(str(one) for one in head.get("extends") or ()), reader.span(head.get("speaks"), "The pack"), str(head.get("region", "")),
        str(head.get("country", "")), titles(check, head, "summary", "The pack", must=False), titles(check, head, "practised_by", "The pack", must=False), titles(check, head, "needs", "The pack", must=False), str(head.get("licence", "")),
        str(head.get("reviewed", "")), changelog=source.texts.get("CHANGELOG.md", ""), file=check.file,
    )  # fmt: skip
    _extends_once(check, head)
    listed = parts.pop("sources.yaml", None)
    if isinstance(listed, Map):
        pack.sources = dict(listed)
        for key, one in listed.items():
            cited = Checker(f"{source.name}/sources.yaml", faults)
            if cited.keys(one, "source", f"Source {key}") and not isinstance(one.get("title"), str):
                cited.fault("missing", one.line, f"Source {key} has no title.")
    elif "sources.yaml" in source.texts and listed is not None:
        Checker(f"{source.name}/sources.yaml", faults).fault("shape", 1, "The file must map keys to sources.")
    return pack, parts


def _extends_once(check: Checker, head: Map) -> None:
    listed = list(head.get("extends") or ())
    if len(set(listed)) != len(listed):
        check.fault("extends", head.lines["extends"], "A pack is named twice.")


def _ordered(heads: list[Head], known: Mapping[str, Pack], faults: list[Fault]) -> list[Head]:
    """Packs after those they extend; what is unknown, in a circle, or on a higher layer is a fault."""
    waiting = {pack.id: (source, pack, parts) for source, pack, parts in heads}
    done: list[Head] = []
    for source, pack, _parts in heads:
        for key in _practice(pack).extends:
            other = known.get(key)
            if other is None or other.practice is None:
                faults.append(Fault("extends", f"{source.name}/pack.yaml", 0, f"{key} is no practice pack that is known here."))
            elif LAYERS.get(other.kind, 0) > LAYERS.get(pack.kind, 0):
                faults.append(Fault("extends", f"{source.name}/pack.yaml", 0, f"A {pack.kind} cannot stand on a {other.kind} ({key})."))
    while waiting:
        free = [key for key, (_s, pack, _p) in waiting.items() if not any(one in waiting for one in _practice(pack).extends)]
        if not free:
            for key in waiting:
                faults.append(Fault("cycle", f"{waiting[key][0].name}/pack.yaml", 0, f"{key} extends itself by way of {', '.join(sorted(waiting))}."))
            break
        done += [waiting.pop(key) for key in free]
    return done


def _practice(pack: Pack) -> Practice:
    assert pack.practice is not None
    return pack.practice


def _items(value: Any, check: Checker) -> Iterable[Any]:
    if isinstance(value, Seq):
        return value
    if value is not None:
        check.fault("shape", 1, "The file must be a list.")
    return ()


def _read_parts(source: PackText, pack: Pack, parts: Parts, known: Mapping[str, Pack], faults: list[Fault]) -> None:
    """Everything but head and sources: facts, values, rules, overlays, flows, forms, days, cases, words."""
    practice, below = _practice(pack), [one for one in closure(pack, known) if one is not pack]
    _dated_after_its_law(source, pack, below, faults)
    facts = {key: fact for one in below for key, fact in _practice(one).facts.items()}
    for name in [name for name in parts if name == "values/facts.yaml"]:
        check = Checker(f"{source.name}/{name}", faults)
        for part in _items(parts.pop(name), check):
            if fact := read_fact(check, part):
                practice.facts[fact.id] = fact
    kinds = _kinds(source, pack, parts, below, faults)
    facts |= practice.facts
    cited = set(pack.sources)
    for name, value in parts.items():
        reader = Reader(Checker(f"{source.name}/{name}", faults), pack.id, cited, kinds)
        _read_file(name, value, reader, pack, {**kinds, **{fact.id: fact.kind for fact in facts.values()}})
    known_parts: dict[str, Value | Rule] = {}
    for one in [*below, pack]:
        known_parts |= {value.key: value for value in _practice(one).values.values()}
        known_parts |= {rule.key: rule for rule in _practice(one).rules.values()}
    overlays: list[Overlay] = []
    for name, value in parts.items():
        if name.startswith("overlays/"):
            reader = Reader(Checker(f"{source.name}/{name}", faults), pack.id, cited, {**kinds, **{fact.id: fact.kind for fact in facts.values()}})
            overlays += [made for part in _items(value, reader.check) if (made := read_overlay(reader, part, known_parts))]
    practice.overlays = tuple(overlays)
    _not_too_many(source, practice, faults)


def count_nodes(value: Any) -> int:
    """How many scalars and collections a parsed value holds."""
    if isinstance(value, Map):
        return 1 + len(value) + sum(count_nodes(item) for item in value.values())
    return 1 + sum(count_nodes(item) for item in value) if isinstance(value, Seq) else 1


def _not_too_many(source: PackText, practice: Practice, faults: list[Fault]) -> None:
    """A pack with more parts than a person would write is not looked into further."""
    spans = [version.span for value in practice.values.values() for version in value.versions]
    spans += [part.span for part in (*practice.rules.values(), *practice.overlays)]
    days = {day for span in spans for day in span}
    for count, most, what in (
        (len(practice.values), MAX_VALUES, "values"),
        (len(practice.rules), MAX_RULES, "rules"),
        (len(practice.overlays), MAX_RULES, "overlays"),
        (len(days), MAX_DAYS, "days of change"),
    ):
        if count > most:
            faults.append(Fault("too-large", f"{source.name}/pack.yaml", 0, f"A pack has at most {most} {what}; this one has {count}."))


def _dated_after_its_law(source: PackText, pack: Pack, below: list[Pack], faults: list[Fault]) -> None:
    starts = [(one, _practice(one).speaks.start) for one in below if one.kind == "law"]
    ours = _practice(pack).speaks.start
    for one, start in starts:
        if ours is not None and start is not None and ours < start:
            text = f"The pack speaks from a day before {date.fromordinal(start)}, from which {one.id} speaks: a policy is not older than its law."
            faults.append(Fault("before-law", f"{source.name}/pack.yaml", 0, text))


def _kinds(source: PackText, pack: Pack, parts: Parts, below: list[Pack], faults: list[Fault]) -> dict[str, str]:
    """Names of values that the pack's expressions may use, by kind; a name of two packs is a fault."""
    kinds = {value.id: kind_of(value.unit, value.currency) for one in below for value in _practice(one).values.values()}
    for name, listed in parts.items():
        if not name.startswith("values/") or not isinstance(listed, Seq):
            continue
        for part in listed:
            if not isinstance(part, Map) or not isinstance(part.get("id"), str):
                continue
            if part["id"] in kinds:
                faults.append(Fault("repeated-id", f"{source.name}/{name}", part.lines["id"], f"{part['id']} stands twice, here or in a pack below."))
            kinds[str(part["id"])] = kind_of(str(part.get("unit", "text")), str(part.get("currency", "")))
    return kinds


def _read_file(name: str, value: Any, reader: Reader, pack: Pack, kinds: Mapping[str, str]) -> None:
    practice, folder, check = _practice(pack), name.split("/")[0], reader.check
    with_facts = Reader(check, pack.id, reader.sources, kinds)
    if folder in ("values", "tables"):
        for part in _items(value, check):
            if made := read_values(reader, part, practice.speaks):
                practice.values[made.id] = made
    elif folder == "rules":
        for part in _items(value, check):
            made_rule = _rule(reader, kinds, part)
            if made_rule and made_rule.id in practice.rules:
                check.fault("repeated-id", made_rule.ground.line, f"{made_rule.id} stands here twice.")
            elif made_rule:
                practice.rules[made_rule.id] = made_rule
    elif folder == "flows":
        _keep(practice.flows, [part for part in _items(value, check) if check_flow(with_facts, part)], check)
    elif folder == "forms":
        _keep(practice.forms, [part for part in _items(value, check) if check_form(with_facts, part)], check)
    elif folder == "days" and isinstance(value, Map):
        check_calendar(check, value, reader.sources)
        pack.calendars[str(value.get("id"))] = value
    elif folder == "cases":
        pack.cases += [part for part in _items(value, check) if check.keys(part, "case", f"Case {_id_of(part)}")]
    elif folder == "i18n":
        _words(name, value, check, practice)


def _keep(into: dict[str, Map], parts: Iterable[Map], check: Checker) -> None:
    for part in parts:
        key = str(part.get("id", ""))
        if key in into:
            check.fault("repeated-id", part.line, f"{key} stands here twice.")
        into[key] = part


def _id_of(part: Any) -> str:
    return str(part.get("id", "?")) if isinstance(part, Map) else "?"


def _rule(reader: Reader, kinds: Mapping[str, str], part: Any) -> Any:
    """A rule; its condition may ask for declared facts, its figures only for values."""
    return read_rule(FactReader(reader, kinds), part)


class FactReader(Reader):
    """A reader whose conditions know the facts that packs declare."""

    def __init__(self, reader: Reader, kinds: Mapping[str, str]) -> None:
        super().__init__(reader.check, reader.pack, reader.sources, reader.kinds)
        self.with_facts = kinds

    def condition(self, part: Map, name: str) -> Any:
        return Reader(self.check, self.pack, self.sources, self.with_facts).condition(part, name)


def _words(name: str, value: Any, check: Checker, practice: Practice) -> None:
    language = name.rpartition("/")[2].removesuffix(".yaml")
    if language not in LANGUAGES:
        check.fault("language", 0, f"{language} is not one of {', '.join(LANGUAGES)}.")
    elif not isinstance(value, Map) or not all(isinstance(text, str) for text in value.values()):
        check.fault("shape", 1, "A file of words maps ids to texts.")
    else:
        practice.translations[language] = value


