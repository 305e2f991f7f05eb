"""Worked cases: a file of facts and expected dates is run through the law; every value named must come out exactly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from causeway.engines.docket.compile import cn_compensation, cn_drug_compensation, extended
from causeway.engines.docket.engine import surcharge_percent
from causeway.engines.docket.explain import explain
from causeway.engines.docket.facts import Prepared
from causeway.engines.docket.law import Law, Rule
from causeway.engines.docket.model import Deadline, Event, MatterFacts, Refused
from causeway.engines.kernel import NoRuleInForce, Refusal, Ungoverned, parse_date
from causeway.engines.packs import Map, Seq, parse

EXPECTED = (
    "received", "nominal", "due", "grace_nominal", "grace_ends", "opens", "term_ends", "extended", "surcharge_percent", "compensation_days", "amount",
    "currency",
)  # fmt: skip
KEYS = {
    "id", "title", "office", "right", "rule", "events", "law_as_of", "facts", "designated", "year", "stage", "expect", "source", "entity", "note",
}  # fmt: skip
MEDIA = ("electronic", "post", "hand", "public_notice")


class CaseFault(Exception):
    """A case file that cannot be read: says where and why."""


@dataclass(frozen=True)
class Result:
    """What a case gave: whether every expected value came out, what came out, or why it was refused."""

    id: str
    ok: bool
    got: dict[str, Any] = field(default_factory=dict)
    expect: dict[str, Any] = field(default_factory=dict)
    refused: str | None = None
    trace: list[dict[str, Any]] = field(default_factory=list)


def read_cases(text: str, file: str) -> list[Map]:
    """The cases of a YAML text; `CaseFault` with file and line for anything that is no case."""
    value, faults = parse(text, file)
    if faults:
        raise CaseFault("\n".join(str(fault) for fault in faults))
    if isinstance(value, Map):
        value = _alone(value)
    if not isinstance(value, Seq) or not all(isinstance(case, Map) for case in value):
        raise CaseFault(f"{file}:1: the file must be a list of cases.")
    for case in value:
        for key in case:
            if key not in KEYS:
                raise CaseFault(f"{file}:{case.lines[key]}: a case has no key {key}.")
        for key in ("events", "facts", "expect"):
            if case.get(key) not in (None, "") and not isinstance(case[key], Map):
                raise CaseFault(f"{file}:{case.lines[key]}: {key} must be a mapping.")
        for key in ("rule", "office"):
            if key not in case:
                raise CaseFault(f"{file}:{case.line}: a case needs {key}.")
    return list(value)


def _alone(value: Map) -> Seq:
    seq = Seq(value.line)
    seq.append(value)
    seq.lines.append(value.line)
    return seq


def matter_of(case: Map, file: str = "case") -> MatterFacts:
    """The facts of a case; `CaseFault` where a date or a medium is none."""
    events: list[Event] = []
    for kind, value in (case.get("events") or {}).items():
        line = case["events"].lines[kind]
        for one in value if isinstance(value, Seq) else [value]:
            events.append(_event(kind, one, f"{file}:{line}"))
    facts = dict(case.get("facts") or {})
    named = case.get("designated") or Seq(0)
    return MatterFacts(
        str(case["office"]), str(case.get("right", "patent")), tuple(events), facts, tuple(named) if isinstance(named, Seq) else (named,),
        str(case["entity"]) if "entity" in case else facts.get("entity"),
    )  # fmt: skip


def _event(kind: str, value: Any, place: str) -> Event:
    try:
        if not isinstance(value, Map):
            return Event(kind, parse_date(str(value)))
        by = value.get("by")
        if by is not None and by not in MEDIA:
            raise CaseFault(f"{place}: {kind} was sent by {by!r}; it must be one of {', '.join(MEDIA)}.")
        extra = {key: item for key, item in value.items() if key not in ("on", "by", "received", "of")}
        return Event(kind, parse_date(str(value.get("on", ""))), by, _maybe(value.get("received")), _maybe(value.get("of")), None, extra)
    except ValueError as wrong:
        raise CaseFault(f"{place}: {kind}: {wrong}.") from None


def _maybe(text: Any) -> date | None:
    return None if text in (None, "") else parse_date(str(text))


def run_case(case: Map, law: Law, file: str = "case") -> Result:
    """Run one case. A refusal is a result, not an exception; a malformed case raises `CaseFault`."""
    expect = _plain(case.get("expect") or {})
    key = str(case.get("id", case["rule"]))
    try:
        deadline, rule, prepared = derive(case, law, file)
        got = _values(case, expect, deadline, rule, prepared, law)
    except ValueError as wrong:
        raise CaseFault(f"{file}:{case.line}: {key}: {wrong}.") from None
    except Refusal as refusal:
        return Result(key, expect.get("refused") == refusal.code, {"refused": refusal.code}, expect, refusal.message)
    trace = [
        {"title": step.title, "on": str(step.on), "sentence": step.sentence, "basis": list(step.basis), "verified": step.verified}
        for step in explain(deadline, law)
    ]
    return Result(key, all(got.get(name) == value for name, value in expect.items()), got, expect, None, trace)


def derive(case: Map, law: Law, file: str = "case") -> tuple[Deadline, Rule, Prepared]:
    """The deadline of a case with its rule; raises the refusal where there is none."""
    matter = matter_of(case, file)
    if "right" not in case and case["rule"] != "TERM":
        matter = replace(matter, right=_usual_right(law.rule(str(case["rule"]))))
    as_of = case.get("law_as_of")
    prepared = Prepared(matter, parse_date(str(as_of)).toordinal() if as_of else None)
    rule = law.term_rule(matter.office, matter.right) if case["rule"] == "TERM" else law.rule(str(case["rule"]))
    _belongs(rule, matter, law)
    ordinal = str(case.get("year") or case.get("stage") or "") or _default_ordinal(rule)
    return _only(rule.run(prepared, ordinal), rule, prepared), rule, prepared


def _usual_right(rule: Rule) -> str:
    """The right meant where a case names none."""
    return "patent" if "patent" in rule.rights else min(rule.rights)


def _belongs(rule: Rule, matter: MatterFacts, law: Law) -> None:
    """Refuse a rule asked for an office nobody knows, or for a right it does not speak of."""
    if matter.office not in law.offices:
        raise NoRuleInForce(f"The packs have no office {matter.office}.", place=rule.id)
    if matter.right not in rule.rights:
        raise NoRuleInForce(f"{rule.id} does not apply to a {matter.right.replace('_', ' ')}.", place=rule.id)


def _default_ordinal(rule: Rule) -> str | None:
    """The turn meant where a case names none: the first renewal, the one year a deferral rule speaks of."""
    if rule.kind == "expiry":
        return str(rule.data["expiry"]["years"])
    years = rule.data.get("renewal", {}).get("years") if rule.kind == "renewal" else None
    return str(years[0]) if years and len(years) == 1 else None


def _only(found: list, rule: Rule, prepared: Prepared) -> Deadline:
    dated = [one for one in found if isinstance(one, Deadline)]
    if dated:
        return dated[-1] if rule.kind == "period" and not prepared.matter.designated else dated[0]
    refused = [one for one in found if isinstance(one, Refused)]
    if refused:
        raise refused[0].reason
    raise Ungoverned(f"{rule.id} has no event to count from.", place=rule.id)


def _values(case: Map, expect: Mapping[str, Any], deadline: Deadline, rule: Rule, prepared: Prepared, law: Law) -> dict[str, Any]:
    got: dict[str, Any] = {}
    for name in ("received", "opens", "nominal", "due", "grace_nominal", "grace_ends", "term_ends"):
        value = getattr(deadline, name)
        if value is not None:
            got[name] = date.fromordinal(value).isoformat()
    if deadline.provisional or "provisional" in expect:
        got["provisional"] = str(deadline.provisional).lower()
    if "verified" in expect:
        got["verified"] = str(deadline.verified).lower()
    if "extended" in expect:
        got["extended"] = {months: date.fromordinal(extended(rule, prepared, int(months))[1]).isoformat() for months in expect["extended"]}
    if "surcharge_percent" in expect:
        got["surcharge_percent"] = {day: _percent(surcharge_percent(law, deadline, parse_date(day))) for day in expect["surcharge_percent"]}
    if "compensation_days" in expect:
        got["compensation_days"] = str(_compensation(rule, prepared, law))
    if "term_ends" in expect and "term_ends" not in got:
        got["term_ends"] = date.fromordinal(_term_end(prepared, law) + _compensation(rule, prepared, law)).isoformat()
    if "amount" in expect or "currency" in expect:
        _amount(got, deadline, rule, prepared, law)
    return got


def _term_end(prepared: Prepared, law: Law) -> int:
    """The last day of the right's term."""
    rule = law.term_rule(prepared.matter.office, prepared.matter.right)
    return _only(rule.run(prepared, None), rule, prepared).due


def _compensation(rule: Rule, prepared: Prepared, law: Law) -> int:
    """The days a request under this rule would add to the term: none for a rule that is no such request."""
    if rule.data.get("compensation") == "cn_drug":
        return cn_drug_compensation(prepared, _term_end(prepared, law))
    return cn_compensation(prepared) if rule.data.get("compensation") == "cn_delay" else 0


def _amount(got: dict[str, Any], deadline: Deadline, rule: Rule, prepared: Prepared, law: Law) -> None:
    if not rule.fee:
        raise NoRuleInForce(f"{rule.id} names no tariff.", place=rule.id)
    amount = law.amount_of(rule, deadline, prepared.matter, prepared.as_of)
    got["amount"], got["currency"] = amount.full.text(), amount.full.currency


def _percent(value: Any) -> str:
    return str(value)


def _plain(value: Any) -> Any:
    """Expected values as text, so that 0 and '0' are the same; nested mappings stay mappings."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    return str(value)
