"""What every engine counts with: money in minor units, exact shares, periods, working days, problems as values."""

from causeway.engines.kernel.dates import DayCalendar, add_months, add_period, month_end, parse_date
from causeway.engines.kernel.money import Money, exponent, largest_remainder, parse_share
from causeway.engines.kernel.problems import Conflict, NoRuleInForce, Problem, Refusal, Ungoverned

__all__ = [
    "Conflict", "DayCalendar", "Money", "NoRuleInForce", "Problem", "Refusal", "Ungoverned", "add_months", "add_period", "exponent",
    "largest_remainder", "month_end", "parse_date", "parse_share",
]  # fmt: skip
