"""What every engine counts with: money in minor units, exact shares, periods, working days, problems as values."""

from causeway.engines.kernel.dates import DayCalendar, add_months, add_period, month_end, parse_date
from causeway.engines.kernel.money import CURRENCIES, Money, apportion, exponent, half_up, largest_remainder, parse_share, whole_weights
from causeway.engines.kernel.problems import Conflict, NoRuleInForce, NotYetLaw, Problem, Refusal, Ungoverned
from causeway.engines.kernel.trace import Line, Step, tell

__all__ = [
    "CURRENCIES", "Conflict", "DayCalendar", "Line", "Money", "NoRuleInForce", "NotYetLaw", "Problem", "Refusal", "Step", "Ungoverned",
    "add_months", "add_period", "apportion", "exponent", "half_up", "largest_remainder", "month_end", "parse_date", "parse_share", "tell", "whole_weights",
]  # fmt: skip
