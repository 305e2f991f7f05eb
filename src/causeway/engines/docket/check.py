"""Worked cases run through the law: every value named must come out exactly; a refusal is an answer too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from functools import partial
from typing import Any

from causeway.engines.docket import spelling
from causeway.engines.docket.cases import DATES, CaseFault, checked, odd_values, prepared_of, read_cases, read_file, slips
from causeway.engines.docket.compile import cn_compensation, cn_drug_compensation, extended
from causeway.engines.docket.engine import surcharge_percent
from causeway.engines.docket.explain import explain
from causeway.engines.docket.facts import Prepared
from causeway.engines.docket.law import Law, Rule
from causeway.engines.docket.model import Deadline, MatterFacts, Refused
from causeway.engines.docket.values import is_whole
from causeway.engines.kernel import NoRuleInForce, Refusal, Ungoverned, parse_date
from causeway.engines.packs import Map

#: What a case writes for a value that must not be there.
NOTHING = ("none", "null", "~", "", "refused")


@dataclass(frozen=True)
class Result:
    """What a case gave: whether every expected value came out, what came out, or why it was refused. notes: slips that change nothing."""

    id: str
    ok: bool
    got: dict[str, Any] = field(default_factory=dict)
    expect: dict[str, Any] = field(default_factory=dict)
    refused: str | None = None
    trace: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """What `causeway law check --json` prints of it."""
        return {"id": self.id, "ok": self.ok, "got": self.got, "expect": self.expect, "refused": self.refused, "trace": self.trace}


def check_text(text: str, law: Law, file: str = "cases") -> list[Result]:
    """Run every case of a file. A malformed case is refused with its place and stops no other; `CaseFault` where the file is no list."""
    results = []
    for number, (case, wrong) in enumerate(read_file(text, file), 1):
        try:
            if wrong:
                raise CaseFault(wrong)
            results.append(run_case(case, law, file))
        except CaseFault as fault:
            name = case.get("id") or case.get("rule") if isinstance(case, Map) else None
            expect = _plain(case.get("expect") or {}) if isinstance(case, Map) else {}
            results.append(Result(str(name or f"case {number}"), False, {}, expect if isinstance(expect, dict) else {}, str(fault)))
    return results


def run_case(case: Map, law: Law, file: str = "case") -> Result:
    """Run one case. A refusal is a result, not an exception; a malformed case raises `CaseFault`."""
    case = checked(case, file)
    expect = _plain(case.get("expect") or {})
    key = str(case.get("id") or case["rule"])
    notes = slips(case, law, file)
    try:
        deadline, rule, prepared = derive(case, law, file)
    except Refusal as refusal:
        wanted = expect.get("refused", "true" if _names_nothing(expect) else None)
        ok = _is_expected(wanted, refusal) and all(_is_nothing(value) for name, value in expect.items() if name != "refused")
        return Result(key, ok, {"refused": refusal.code}, expect, refusal.message, [], notes)
    notes += odd_values(case, law, prepared.matter, file)
    asked = _Asked(case, law, deadline, rule, prepared, f"{file}:{case.lines.get('expect', case.line)}")
    got = asked.values(expect)
    refused = asked.refusals[0] if asked.refusals else None
    ok = all(agrees(got.get(name), value) for name, value in expect.items() if name != "refused")
    if refused is not None or "refused" in expect:
        ok = ok and _is_expected(expect.get("refused", "true" if _names_nothing(expect) else None), refused)
    if refused is not None:
        got["refused"] = refused.code
    return Result(key, ok, got, expect, refused.message if refused else None, _told(deadline, law), notes)


def derive(case: Map, law: Law, file: str = "case") -> tuple[Deadline, Rule, Prepared]:
    """The deadline of a case with its rule; raises the refusal where there is none, `CaseFault` where the case cannot be read."""
    name = str(case["rule"]).strip().upper()
    named = None if name == "TERM" else _named(law, name, f"{file}:{case.lines.get('rule', case.line)}")
    if named and not case.get("office"):
        case["office"] = named.office
    prepared = prepared_of(case, law, file)
    rule = named or law.term_rule(prepared.matter.office, prepared.matter.right)
    if "right" not in case and name != "TERM":
        usual = "patent" if "patent" in rule.rights else min(rule.rights)
        prepared = Prepared(replace(prepared.matter, right=usual), prepared.as_of)
    _belongs(rule, prepared.matter, law)
    return _only(rule.run(prepared, _ordinal(case, rule)), rule, prepared), rule, prepared


def _named(law: Law, name: str, place: str) -> Rule:
    try:
        return law.rule(name)
    except NoRuleInForce as wrong:
        raise NoRuleInForce(f"{place}: {wrong.message}", place=name) from None


def _belongs(rule: Rule, matter: MatterFacts, law: Law) -> None:
    """Refuse a rule asked for an office nobody knows or whose rule it is not, or for a right it does not speak of."""
    if matter.office not in law.offices:
        raise NoRuleInForce(f"The packs have no office {matter.office}.", place=rule.id)
    if matter.office not in law.neighbours(rule.office) and not rule.everywhere:
        raise NoRuleInForce(f"{rule.id} is a rule of {rule.office}, not of {matter.office}.", place=rule.id)
    if matter.right not in rule.rights:
        raise NoRuleInForce(f"{rule.id} does not apply to a {matter.right.replace('_', ' ')}.", place=rule.id)


def _ordinal(case: Map, rule: Rule) -> str | None:
    """The year or stage a case names; where it names none, the first renewal, or the one year a deferral speaks of."""
    said = str(case.get("year") or case.get("stage") or "")
    if rule.kind == "period":
        return None
    if said:
        return said.partition("-")[0].strip() if rule.kind == "renewal" else said
    if rule.kind == "expiry":
        return str(rule.data["expiry"]["years"])
    years = rule.data.get("renewal", {}).get("years") if rule.kind == "renewal" else None
    return str(years[0]) if years and len(years) == 1 else None


def _only(found: list, rule: Rule, prepared: Prepared) -> Deadline:
    if found:
        one = found[-1] if rule.kind == "period" and "designated" not in rule.data else found[0]
        if isinstance(one, Refused):
            raise one.reason
        return one
    if "designated" in rule.data and not prepared.matter.designated:
        raise Ungoverned(f"{rule.id} depends on the office to be entered, which nobody named.", place=rule.id)
    if not rule.starts.isdisjoint(prepared.by_kind) and rule.kind == "renewal":
        raise Ungoverned(f"{rule.id} depends on the year, which nobody named, or on the grant, which nobody recorded.", place=rule.id)
    wanted = " or ".join(sorted(rule.starts))
    raise Ungoverned(f"{rule.id} has no event to count from" + (f": it needs {wanted}." if wanted else "."), place=rule.id)


class _Asked:
    """The values a case asks for, each on its own: one that is refused hides no other."""

    def __init__(self, case: Map, law: Law, deadline: Deadline, rule: Rule, prepared: Prepared, place: str) -> None:
        self.case, self.law, self.deadline, self.rule, self.prepared, self.place = case, law, deadline, rule, prepared, place
        self.refusals: list[Refusal] = []

    def values(self, expect: dict[str, Any]) -> dict[str, Any]:
        """Every date of the deadline, and of the rest what is expected."""
        one = self.deadline
        got: dict[str, Any] = {name: _iso(value) for name in DATES if (value := getattr(one, name)) is not None}
        if one.provisional or "provisional" in expect:
            got["provisional"] = str(one.provisional).lower()
        if "verified" in expect:
            got["verified"] = str(one.verified).lower()
        if "extended" in expect:
            got["extended"] = self._each(expect["extended"], self._extended)
        if "surcharge_percent" in expect:
            got["surcharge_percent"] = self._each(expect["surcharge_percent"], self._surcharge)
        if "compensation_days" in expect:
            self._put(got, "compensation_days", lambda: str(self._about(compensation)))
        if "term_ends" in expect and ("term_ends" not in got or "compensation_days" in expect):
            self._put(got, "term_ends", lambda: _iso(self._about(term_end) + self._about(compensation)))
        if not {"amount", "payable", "currency"}.isdisjoint(expect):
            self._amount(got)
        return got

    def _each(self, expected: Any, answer: Callable[[str], str]) -> dict[str, Any]:
        if not isinstance(expected, dict):
            raise CaseFault(f"{self.place}: extended and surcharge_percent are mappings, of months or of days of payment.")
        found: dict[str, Any] = {}
        for key in expected:
            self._put(found, key, partial(answer, key))
        return found

    def _about(self, what: Callable[..., int]) -> int:
        return what(self.law, self.rule, self.deadline, self.prepared)

    def _put(self, into: dict[str, Any], name: str, answer: Callable[[], str]) -> None:
        try:
            into[name] = answer()
        except Refusal as refusal:
            into.pop(name, None)
            self.refusals.append(refusal)

    def _extended(self, months: str) -> str:
        if not is_whole(months.strip()):
            raise CaseFault(f"{self.place}: extended: {months!r} is no number of months.")
        return _iso(extended(self.rule, self.prepared, int(months))[1])

    def _surcharge(self, day: str) -> str:
        try:
            return str(surcharge_percent(self.law, self.deadline, parse_date(day)))
        except ValueError as wrong:
            raise CaseFault(f"{self.place}: surcharge_percent: {wrong}.") from None

    def _amount(self, got: dict[str, Any]) -> None:
        if not self.rule.fee:
            self.refusals.append(NoRuleInForce(f"{self.rule.id} names no tariff.", place=self.rule.id))
            return
        try:
            amount = self.law.amount_of(self.rule, self.deadline, self.prepared.matter, self.prepared.as_of)
        except Refusal as refusal:
            self.refusals.append(refusal)
            return
        got["amount"], got["currency"], got["payable"] = amount.full.text(), amount.full.currency, amount.payable.text()


def term_end(law: Law, rule: Rule, deadline: Deadline, prepared: Prepared) -> int:
    """The last day of the right's term, without what a request under this rule would add. Raises the refusal where it cannot be told."""
    if rule.kind == "term" and deadline.term_ends is not None:
        return deadline.term_ends
    of_right = law.term_rule(prepared.matter.office, prepared.matter.right)
    return _only(of_right.run(prepared, None), of_right, prepared).due


def compensation(law: Law, rule: Rule, deadline: Deadline, prepared: Prepared) -> int:
    """The days a request under a rule would add to the term; for a term itself the days of office delay, where not added yet. 0 for other rules."""
    kind = rule.data.get("compensation")
    if kind == "cn_drug":
        return cn_drug_compensation(prepared, term_end(law, rule, deadline, prepared))
    scheme = (rule.data.get("term") or {}).get("adjustment")
    added = any(step[0] == "adjusted" for step in deadline.trace)
    if kind == "cn_delay" or (scheme == "cn_pta" and not added):
        return cn_compensation(prepared)
    return 0


def _is_nothing(value: Any) -> bool:
    return all(_is_nothing(item) for item in value.values()) if isinstance(value, dict) else str(value).lower() in NOTHING


def _names_nothing(expect: dict[str, Any]) -> bool:
    """Whether a case says of some value that there is none, and so expects a refusal."""
    return any(_names_nothing(value) if isinstance(value, dict) else str(value).lower() in NOTHING for value in expect.values())


def _is_expected(said: Any, refusal: Refusal | None) -> bool:
    """Whether a refusal is the one a case expects: any at all (true), one of a kind (its code), or one that says so (part of its text)."""
    text = str(said or "").strip().lower()
    wanted = text not in ("", "false", "no", "none", "null", "~")
    if refusal is None or not wanted:
        return refusal is None and not wanted
    return text in ("true", "yes") or text.replace(" ", "_") == refusal.code or text in refusal.message.lower()


def agrees(got: Any, expected: Any) -> bool:
    """Whether a value is the expected one; numbers by what they are worth, so that 5 and 5.0 and 5 % are one; words in any case."""
    if isinstance(expected, dict):
        return isinstance(got, dict) and all(agrees(got.get(key), value) for key, value in expected.items())
    if _is_nothing(expected):
        return got is None
    if str(got).lower() == str(expected).lower():
        return True
    mine, theirs = _number(got), _number(expected)
    return mine is not None and mine == theirs


def _number(value: Any) -> Fraction | None:
    try:
        return Fraction(str(value).rstrip("% ").replace(",", ""))
    except ValueError:
        return None


def _iso(day: int) -> str:
    return date.fromordinal(day).isoformat()


def _told(deadline: Deadline, law: Law) -> list[dict[str, Any]]:
    return [
        {"title": step.title, "on": str(step.on), "sentence": step.sentence, "basis": list(step.basis), "verified": step.verified}
        for step in explain(deadline, law)
    ]


def _plain(value: Any) -> Any:
    """Expected values as text, so that 0 and '0' are the same; nested mappings stay mappings."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    return str(value)


__all__ = ["CaseFault", "Result", "check_text", "compensation", "derive", "read_cases", "run_case", "spelling", "term_end"]
