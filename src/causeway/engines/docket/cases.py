"""Worked cases as people write them: read, checked, and turned into the facts of a matter."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from causeway.engines.docket import spelling
from causeway.engines.docket.asked import facts_of_matter
from causeway.engines.docket.facts import Prepared
from causeway.engines.docket.law import Law
from causeway.engines.docket.model import Event, MatterFacts
from causeway.engines.docket.values import is_whole
from causeway.engines.kernel import parse_date
from causeway.engines.packs import Fault, Map, Seq, parse

DATES = ("received", "opens", "nominal", "due", "grace_nominal", "grace_ends", "term_ends")
EXPECTED = (
    *DATES, "extended", "surcharge_percent", "compensation_days", "amount", "payable", "currency", "provisional", "verified", "refused",
)  # fmt: skip
KEYS = (
    "id", "title", "office", "right", "rule", "events", "law_as_of", "facts", "designated", "year", "stage", "expect", "source", "entity", "note",
)  # fmt: skip
#: The years in which something of a matter can happen; a date out of them is a slip of the pen.
YEARS = (1850, 2199)
_OF_NOTICE = ("on", "by", "received", "of")
#: What else an event may say: which fee, which office, which rule it is about.
_OF_EVENT = ("year", "stage", "office", "rule", "note")
_MAPPINGS = ("events", "facts", "expect")
_FLAG = ("true", "false", "yes", "no")
#: What cannot happen before an application is filed.
_AFTER_FILING = ("publication", "search_report_published", "examination_request", "office_action_1", "office_action_later", "intention_to_grant", "grant_notice", "grant")


class CaseFault(Exception):
    """A case, or a file of them, that cannot be read: says where and why."""


def read_file(text: str, file: str) -> list[tuple[Any, str]]:
    """The cases of a YAML text, each with what is wrong with its writing ("" for nothing); `CaseFault` for a text that is no list of cases.

    A key written twice spoils its own case only.
    """
    value, faults = parse(text, file)
    broken = [fault for fault in faults if fault.code != "repeated-key" or value is None]
    if broken:
        raise CaseFault("\n".join(str(fault) for fault in broken))
    if isinstance(value, Map):
        value = _alone(value)
    if not isinstance(value, Seq):
        raise CaseFault(f"{file}:1: the file must be a list of cases.")
    found = []
    for at, case in enumerate(value):
        wrong = [str(fault) for fault in _within(faults, value, at)]
        if not isinstance(case, Map):
            wrong.append(f"{file}:{value.lines[at]}: a case must be a mapping of keys, not {str(case)!r}.")
        found.append((case, "\n".join(wrong)))
    return found


def read_cases(text: str, file: str) -> list[Map]:
    """The cases of a YAML text; `CaseFault` with file and line for anything in it that is no case."""
    return sound(text, file, checked)


def sound(text: str, file: str, check: Callable[[Map, str], Map]) -> list[Map]:
    """The cases of a YAML text, each as `check` (case, file) gives it back; `CaseFault` for the first that is none."""
    found = []
    for case, wrong in read_file(text, file):
        if wrong:
            raise CaseFault(wrong)
        found.append(check(case, file))
    return found


def _within(faults: list[Fault], value: Seq, at: int) -> Iterator[Fault]:
    """The faults between a case's first line and the next case's."""
    after = value.lines[at + 1] if at + 1 < len(value) else None
    return (fault for fault in faults if value.lines[at] <= fault.line and (after is None or fault.line < after))


def _alone(value: Map) -> Seq:
    seq = Seq(value.line)
    seq.append(value)
    seq.lines.append(value.line)
    return seq


def checked(case: Map, file: str) -> Map:
    """The case, if its keys are those a case has; `CaseFault` with the line otherwise."""
    for key in case:
        if key not in KEYS:
            meant = " Did you mean events?" if key == "given" else spelling.nearest(key, KEYS)
            raise CaseFault(f"{file}:{case.lines[key]}: a case has no key {key}.{meant}")
    if str(case.get("expect", "")).strip().lower() == "refused":
        case["expect"] = _refusal(case.lines["expect"])
    for key in _MAPPINGS:
        if case.get(key) not in (None, "") and not isinstance(case[key], Map):
            raise CaseFault(f"{file}:{case.lines[key]}: {key} must be a mapping.")
    if not isinstance(case.get("rule"), str) or not case["rule"]:
        raise CaseFault(f"{file}:{case.lines.get('rule', case.line)}: a case needs rule.")
    if not isinstance(case.get("office") or "", str) or (not case.get("office") and case["rule"].strip().upper() == "TERM"):
        raise CaseFault(f"{file}:{case.lines.get('office', case.line)}: a case needs office, the one whose term is asked.")
    for key in ("year", "stage", "designated"):
        said = case.get(key)
        if isinstance(said, Map) or (isinstance(said, Seq) and (key != "designated" or not all(isinstance(one, str) for one in said))):
            raise CaseFault(f"{file}:{case.lines[key]}: {key} must be one word{' or a list of them' if key == 'designated' else ''}.")
    if case.get("year") and not is_whole(case["year"].partition("-")[0].strip()):
        raise CaseFault(f"{file}:{case.lines['year']}: year: {case['year']!r} is not a number.")
    expect = case.get("expect") or Map(0)
    for key in expect:
        if key not in EXPECTED:
            raise CaseFault(f"{file}:{expect.lines[key]}: nothing is called {key} in expect.{spelling.nearest(key, EXPECTED)}")
    return case


def _refusal(line: int) -> Map:
    """What a case expects that says no more than `expect: refused`."""
    expect = Map(line)
    expect["refused"], expect.lines["refused"] = "true", line
    return expect


def matter_of(case: Map, law: Law, file: str = "case") -> MatterFacts:
    """The facts of a case, spelt as the packs spell them; `CaseFault` where a date, a medium, an event or a number is none."""
    said = case.get("events") or Map(0)
    events = [event for kind, value in said.items() for event in _events(kind, value, law, f"{file}:{said.lines[kind]}")]
    facts = _facts(case, file)
    events += _told_as_facts(facts, events, law, f"{file}:{case.lines.get('facts', case.line)}")
    for event in events:
        if event.kind == "priority_withdrawn":
            events = _withdrawn(event, events, f"{file}:{case.lines.get('events', case.line)}")
    named = case.get("designated") or Seq(0)
    designated = tuple(spelling.office(str(one)) for one in (named if isinstance(named, Seq) else [named]))
    payer = str(case.get("entity") or facts.get("entity") or "")
    if payer:
        payer = spelling.entity(payer)
        if payer not in spelling.ENTITIES:
            place = f"{file}:{case.lines.get('entity', case.lines.get('facts', case.line))}"
            raise CaseFault(f"{place}: entity: {payer!r} is not one of {', '.join(spelling.ENTITIES)}.")
    right = spelling.right(str(case.get("right") or "patent"))
    return MatterFacts(spelling.office(str(case["office"])), right, tuple(events), facts, designated, payer or None)


def prepared_of(case: Map, law: Law, file: str = "case") -> Prepared:
    """The matter of a case ready for the rules, with the day whose law governs where the case names one."""
    as_of = case.get("law_as_of")
    day = _date(as_of, f"{file}:{case.lines.get('law_as_of', case.line)}: law_as_of")
    return Prepared(matter_of(case, law, file), day.toordinal() if day else None)


def slips(case: Map, law: Law, file: str = "case") -> list[str]:
    """Facts of a case that no rule and no computation ever asks for, and days that contradict each other: probably slips of the pen. With their places."""
    said = case.get("facts") or Map(0)
    known = spelling.FACTS | law.asked | law.events.keys()
    unread = [(written, name) for written in said for name in spelling.facts({written: said[written]}) if name not in known]
    found = [f"{file}:{said.lines[written]}: no rule asks for the fact {name}.{spelling.nearest(name, known)}" for written, name in unread]
    return found + _out_of_order(case, file)


def _out_of_order(case: Map, file: str) -> list[str]:
    """What is said to have happened before the application was filed, or the application before its priority."""
    said = case.get("events") or Map(0)
    days = {spelling.event(kind): (str(value.get("on", "") if isinstance(value, Map) else value), said.lines[kind]) for kind, value in said.items()}
    filed = days.get("filing") or days.get("international_filing")
    if filed is None:
        return []
    late = [("filing", *filed, *days["priority"])] if "priority" in days and not days["priority"][0].startswith("[") else []
    pairs = [(kind, *days[kind], *filed) for kind in _AFTER_FILING if kind in days] + late
    base = {"filing": "priority"}
    return [f"{file}:{line}: {kind} of {day} lies before {base.get(kind, 'filing')} of {earlier}." for kind, day, line, earlier, _line in pairs if day < earlier]


def odd_values(case: Map, law: Law, matter: MatterFacts, file: str = "case") -> list[str]:
    """Values of facts that no rule of the matter knows; `CaseFault` for a yes or no that is neither."""
    said = case.get("facts") or Map(0)
    asked = {fact.name: fact for fact in facts_of_matter(law, matter.office, matter.right)}
    found = []
    for written in said:
        for name, value in spelling.facts({written: said[written]}).items():
            fact, text = asked.get(name), str(value).lower()
            place = f"{file}:{said.lines[written]}"
            if fact is not None and fact.kind == "flag" and text not in _FLAG:
                raise CaseFault(f"{place}: {name}: {value!r} is not yes or no.")
            if fact is not None and fact.kind == "choice" and text not in fact.values:
                found.append(f"{place}: no rule knows {name}: {value}. They know {', '.join(fact.values)}.")
    return found


def _facts(case: Map, file: str) -> dict[str, str]:
    said = case.get("facts") or Map(0)
    facts = spelling.facts(said)
    for name in spelling.WHOLE_NUMBERS:
        if name in facts and not is_whole(str(facts[name]).strip()):
            raise CaseFault(f"{file}:{case.lines['facts']}: {name}: {facts[name]!r} is not a whole number.")
    if "paid_on" in facts:
        _date(facts["paid_on"], f"{file}:{case.lines['facts']}: paid_on")
    return facts


def _told_as_facts(facts: dict[str, str], events: list[Event], law: Law, place: str) -> list[Event]:
    """Events that a case tells among its facts (`parent_filing`), where it does not tell them as events."""
    told = {one.kind for one in events}
    names = [name for name in facts if name in law.events and name not in law.asked and name not in told]
    return [event for name in names for event in _events(name, facts.pop(name), law, place)]


def _events(kind: str, value: Any, law: Law, place: str) -> list[Event]:
    name = spelling.event(kind)
    if name not in law.events:
        raise CaseFault(f"{place}: {kind} is not an event.{spelling.nearest(name, law.events)}")
    return [event for one in (value if isinstance(value, Seq) else [value]) for event in _event(name, one, place)]


def _event(kind: str, value: Any, place: str) -> list[Event]:
    if isinstance(value, Seq):
        raise CaseFault(f"{place}: {kind}: a list of lists is no list of dates.")
    where = f"{place}: {kind}"
    if value in (None, ""):
        raise CaseFault(f"{where} has no date.")
    if not isinstance(value, Map):
        return [Event(kind, _date(value, where) or date.min)]
    value = spelling.notice(value)
    if value.get("on") in (None, ""):
        raise CaseFault(f"{where} does not say on which day.")
    by = spelling.medium(value["by"]) if value.get("by") else None
    if by is not None and by not in spelling.MEDIA:
        raise CaseFault(f"{place}: {kind} was sent by {value['by']!r}; it must be one of {', '.join(spelling.MEDIA)}.")
    of = value.get("of")
    of_days = [_date(one, f"{where}, of") for one in (of if isinstance(of, Seq) else [of])]
    extra = {key: item for key, item in value.items() if key not in _OF_NOTICE}
    for key in extra:
        if key not in _OF_EVENT:
            raise CaseFault(f"{where} cannot say {key}.{spelling.nearest(key, (*_OF_NOTICE, *_OF_EVENT, *spelling.NOTICE))}")
    on, received = _date(value["on"], where), _date(value.get("received"), f"{where}, received")
    if received and on and received < on:
        raise CaseFault(f"{where} was received on {received}, before it was sent on {on}.")
    return [Event(kind, on or date.min, by, received, one, None, extra) for one in of_days]


def _withdrawn(event: Event, events: list[Event], place: str) -> list[Event]:
    """The events with a withdrawal that names its priority; the only one where it names none."""
    claimed = {one.on for one in events if one.kind == "priority"}
    if event.of is None and len(claimed) == 1:
        return [one._replace(of=min(claimed)) if one is event else one for one in events]
    if event.of not in claimed:
        raise CaseFault(f"{place}: priority_withdrawn must say of which of the priorities claimed (of: DATE).")
    return events


def _date(value: Any, place: str) -> date | None:
    if value in (None, ""):
        return None
    try:
        day = parse_date(str(value))
    except ValueError as wrong:
        raise CaseFault(f"{place}: {wrong}.") from None
    if not YEARS[0] <= day.year <= YEARS[1]:
        raise CaseFault(f"{place}: {day} lies out of the years {YEARS[0]} to {YEARS[1]}.")
    return day
