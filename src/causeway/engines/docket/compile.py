"""Rules as pack data become closures: one compiler for each kind of rule."""

from __future__ import annotations

from collections.abc import Callable

from causeway.engines.docket.law import Law, Rule
from causeway.engines.docket.periods import extended, period
from causeway.engines.docket.renewals import renewal
from causeway.engines.docket.shell import Run, Shell, guarded
from causeway.engines.docket.terms import cn_compensation, cn_delay, cn_drug_compensation, expiry, fixed, no_date, pendency, stages, term
from causeway.engines.docket.values import day, flag
from causeway.engines.packs import Map, Pack

_COMPILERS: dict[str, Callable[[Shell], Run]] = {
    "period": period, "renewal": renewal, "stages": stages, "expiry": expiry, "term": term, "pendency": pendency, "fixed": fixed,
    "none": no_date,
}  # fmt: skip


def compile_rule(law: Law, pack: Pack, data: Map) -> Rule:
    """One rule of a pack, compiled for the law it belongs to."""
    regime = law.regimes.get(data.get("regime", ""))
    force = data.get("in_force") or {}
    rule_id, verified = data["id"], data["status"] == "verified"
    shell = Shell(law, rule_id, regime, verified, day(force.get("from")), day(force.get("to")), str(force.get("judged_by", "trigger")), data)
    run: Run = _COMPILERS[data["kind"]](shell)
    return Rule(
        rule_id, pack.id, pack.version, data["office"], frozenset(data["rights"]), data["kind"], dict(data["title"]), regime, shell.force_from,
        shell.force_to, shell.judged_by, verified, tuple(data["basis"]), tuple(data.get("closed_by") or ()), str(data.get("fee", "")),
        flag(data.get("statutory", "true")), tuple(data.get("needs") or ()), tuple(data.get("unless") or ()), frozenset(_starts(data)), data,
        guarded(shell, run),
    )  # fmt: skip


def _starts(data: Map) -> set[str]:
    """The kinds of events that may start a rule, wherever it names them."""
    if data["kind"] == "pendency":
        return {"grant", "rejection"}
    found: set[str] = set()
    for part in (data.get(data["kind"]) or {}, data.get("period") or {}):
        found.update(part.get("after") or ())
        for key in ("cases", "later_of", "earlier_of"):
            for limb in part.get(key) or ():
                found.update(limb["after"])
    return found


__all__ = ["cn_compensation", "cn_delay", "cn_drug_compensation", "compile_rule", "extended"]
