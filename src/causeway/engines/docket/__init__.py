"""The docket engine: dated rules in, deadlines with their derivation out. Pure: no framework, no clock, no disk."""

from causeway.engines.docket.engine import deadlines, fee_of, surcharge_percent
from causeway.engines.docket.law import Law, Rule, compile_law
from causeway.engines.docket.model import Deadline, Event, MatterFacts, Outcome, Refused, Step
from causeway.engines.docket.tariffs import Amount

__all__ = [
    "Amount",
    "Deadline",
    "Event",
    "Law",
    "MatterFacts",
    "Outcome",
    "Refused",
    "Rule",
    "Step",
    "compile_law",
    "deadlines",
    "fee_of",
    "surcharge_percent",
]
