"""What the law asks about a matter and about an event, so that a form asks for it and for no more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from causeway.engines.docket.law import Law, Rule
from causeway.engines.docket.spelling import ENTITIES
from causeway.engines.docket.values import flag
from causeway.engines.kernel import NoRuleInForce
from causeway.engines.packs import Map

#: Conditions that are no facts of a matter.
_CONDITIONS = ("right", "trigger_from", "trigger_before", "no_event")
#: What the reckoning of an adjustment of a term reads.
_ADJUSTMENTS = {
    "us_pta": [("term_adjustment_days", "number")],
    "cn_pta": [("compensation_days", "number"), ("applicant_delay_days", "number"), ("reasonable_delay_days", "number"), ("same_day_utility_model_given_up", "flag")],
}  # fmt: skip


class Fact(NamedTuple):
    """A fact of a matter that the law asks for. kind: flag, number, choice (of values), offices (any of values), entity (one of values)."""

    name: str
    kind: str
    values: tuple[str, ...] = ()


@lru_cache(maxsize=500)
def facts_of_matter(law: Law, office: str, right: str) -> tuple[Fact, ...]:
    """The facts that rules and tariffs for matters of an office and right ask for, by name."""
    found: dict[str, Fact] = {}
    for rule in _rules(law, office, right):
        for fact in (*_conditions(rule.data), *_reckoned(rule), *_of_fee(law, rule)):
            before = found.get(fact.name)
            found[fact.name] = fact if before is None else Fact(fact.name, before.kind, tuple(dict.fromkeys((*before.values, *fact.values))))
    return tuple(found[name] for name in sorted(found))


def _rules(law: Law, office: str, right: str) -> Iterator[Rule]:
    """The rules of the docket, the term, and those that are only asked for by name."""
    docketed = law.for_matter(office, right)
    yield from docketed
    yield from (rule for rule in law.rules() if rule.office == office and right in rule.rights and rule not in docketed)
    try:
        yield law.term_rule(office, right)
    except NoRuleInForce:
        return


def _conditions(value: Any) -> Iterator[Fact]:
    """The facts in the conditions inside a rule, with the values they are compared with."""
    if isinstance(value, Map):
        for key in ("when", "unless"):
            if isinstance(value.get(key), Map):
                yield from (_condition(name, said) for name, said in value[key].items() if name not in _CONDITIONS)
        for item in value.values():
            yield from _conditions(item)
    elif isinstance(value, list):
        for item in value:
            yield from _conditions(item)


def _condition(name: str, said: Any) -> Fact:
    values = tuple(str(one) for one in (said if isinstance(said, list) else [said]))
    return Fact(name, "flag") if set(values) <= {"true", "false"} else Fact(name, "choice", values)


def _reckoned(rule: Rule) -> Iterator[Fact]:
    """The facts that the engine's own reckoning reads."""
    data = rule.data
    if rule.kind == "term":
        for how in data["term"].get("cases") or [data["term"]]:
            yield from (Fact(name, kind) for name, kind in _ADJUSTMENTS.get(str(how.get("adjustment", "")), ()))
            if how.get("extension") == "spc":
                yield Fact("paediatric", "flag")
    if rule.kind == "renewal":
        how = data["renewal"]
        if flag(how.get("to_grant")) or flag(how.get("from_grant")) or how.get("needs") == "grant":
            yield Fact("granted", "flag")
        if how.get("european"):
            yield Fact("route", "choice", ("european",))
    if "designated" in data:
        yield Fact("designated", "offices", tuple(key for key, entry in data["designated"].items() if "closed" not in entry))


def _of_fee(law: Law, rule: Rule) -> Iterator[Fact]:
    """The facts that the tariff of a rule depends on."""
    table = law.fees.get(rule.fee)
    if table is None:
        return
    if reductions := table.data.get("reductions"):
        yield Fact("reduction", "choice", tuple(reductions))
    for version in table.versions:
        if "per_claim" in version.data or any("per claim" in str(text) for text in (version.data.get("items") or {}).values()):
            yield Fact("claims", "number")
        rows: Iterable[Any] = (version.data.get("by_stage") or {}).values()
        if any(isinstance(row, Map) for row in rows) or "small" in (version.data.get("surcharge") or {}):
            yield Fact("entity", "entity", ENTITIES)


#: What an event can say beside its kind, its day and a note.
DELIVERY, ABOUT, YEAR, OFFICE, ANSWERED = "delivery", "of", "year", "office", "rule"


@lru_cache(maxsize=5000)
def details_of_event(law: Law, office: str, right: str, kind: str) -> frozenset[str]:
    """What an event of a kind can say in a matter: how and when a notice arrived, which date it is about, the year paid, the office entered, what it answers."""
    docketed = law.for_matter(office, right)
    closes = [rule for rule in docketed if kind in rule.closed_by]
    # What others do, and what periods run from, settles all that it settles; only an act of one's own may be meant for one date.
    own = kind not in law.notices and not any(kind in rule.starts for rule in law.rules())
    found = {
        DELIVERY: kind in law.notices,
        ABOUT: kind == "priority_withdrawn",
        YEAR: any(rule.kind in ("renewal", "stages", "expiry") for rule in closes),
        OFFICE: any("designated" in rule.data for rule in closes),
        ANSWERED: own and sum(rule.kind == "period" and "designated" not in rule.data for rule in closes) > 1,
    }
    return frozenset(name for name, asked in found.items() if asked)
