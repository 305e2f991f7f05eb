"""The docket engine: a matter's events and the law in, every deadline and every refusal out."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from causeway.engines.docket.facts import Prepared
from causeway.engines.docket.law import Law, Rule
from causeway.engines.docket.model import Deadline, MatterFacts, Outcome, Refused
from causeway.engines.docket.tariffs import Amount
from causeway.engines.docket.values import flag
from causeway.engines.kernel import Conflict, NoRuleInForce, NotYetLaw, Refusal, add_months, month_end


def deadlines(matter: MatterFacts, law: Law, law_as_of: date | None = None) -> Outcome:
    """Every deadline of a matter, past and future, met and open, and every rule that would apply but gives no date.

    A rule that the law introduced only after what happened (`introduced` in its pack) is no rule that would apply.

    matter: office, right, events, facts; law: the compiled packs; law_as_of: judge by the law of that day instead of the days the
    rules name. Pure: same input, same answer, whatever the order of the events.
    """
    prepared = Prepared(matter, law_as_of.toordinal() if law_as_of else None)
    found: list[Deadline] = []
    refused: list[Refused] = []
    for rule in law.for_events(matter.office, matter.right, frozenset(prepared.by_kind)):
        for one in rule.run(prepared, None):
            if type(one) is Deadline:
                found.append(one)
            elif type(one.reason) is not NotYetLaw:
                refused.append(one)
    return Outcome(tuple(found), tuple(refused))


def fee_of(law: Law, deadline: Deadline, matter: MatterFacts) -> Amount | Refusal | None:
    """The fee of a deadline in the tariff of its last day; None for a rule without a fee, a refusal where no figure is known."""
    rule = law.rule(deadline.rule)
    if not rule.fee:
        return None
    try:
        return law.amount_of(rule, deadline, matter)
    except Refusal as refusal:
        return refusal


def surcharge_percent(law: Law, deadline: Deadline, paid_on: date) -> Fraction | str:
    """The surcharge in percent of the full fee for paying on a day, 0 in time, or "lapsed" after the late period.

    Raises `NoRuleInForce` where the surcharge is an amount or unknown, `Conflict` where sources disagree.
    """
    rule = law.rule(deadline.rule)
    paid = paid_on.toordinal()
    if paid <= deadline.due:
        return Fraction(0)
    grace = (rule.data.get("renewal") or rule.data.get("expiry") or rule.data).get("grace") or {}
    disputed_to = add_months(deadline.nominal, int(grace["conflict_months"])) if "conflict_months" in grace else deadline.grace_ends
    if flag(grace.get("conflict", "")) and disputed_to is not None and paid <= disputed_to:
        raise Conflict(f"The sources disagree on the surcharge of {rule.id}.", place=rule.id)
    if deadline.grace_ends is None or paid > deadline.grace_ends:
        return "lapsed"
    if "percent" in grace:
        return Fraction(str(grace["percent"]))
    if "bands" in grace:
        return _percent(rule.id, next((band for band, until in band_ends(rule, deadline) if paid <= until), grace["bands"][-1]))
    raise NoRuleInForce(f"The surcharge of {rule.id} is no percentage of the fee.", place=rule.id)


def band_ends(rule: Rule, deadline: Deadline) -> list[tuple[dict, int]]:
    """The bands of a late period, each with its last day (a day number); the last band ends with the period.

    Inner edges are counted from the due date in one step and do not move (whether they do is open).
    """
    how = rule.data.get("renewal") or {}
    bands, ultimo = how["grace"]["bands"], flag(how.get("month_end"))
    edges = [add_months(deadline.nominal, int(band["to_month"])) for band in bands[:-1]]
    ends = [month_end(edge) if ultimo else edge for edge in edges]
    return list(zip(bands, [*ends, deadline.grace_ends or deadline.due], strict=True))


def _percent(rule: str, band: dict) -> Fraction:
    if "percent" not in band:
        raise NoRuleInForce(f"The surcharge of {rule} is an amount by then, no percentage of the fee.", place=rule)
    return Fraction(str(band["percent"]))
