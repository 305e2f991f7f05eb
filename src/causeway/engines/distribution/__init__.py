"""Distribution of income and of shares in companies: the waterfall, the law's floors, exact parts."""

from causeway.engines.distribution.engine import WORDS, distribute, share_among
from causeway.engines.distribution.equity import EquitySplit, equity_floors, equity_shares, split_equity
from causeway.engines.distribution.model import (
    BelowFloor,
    Contributor,
    Distribution,
    NegativeMoney,
    Receipt,
    ShareRange,
    SharesDoNotSum,
    UnknownCurrency,
)  # fmt: skip
from causeway.engines.distribution.plan import Floor, Plan, compile_plan, floors_of, plan_of_parts, plan_of_tiers

__all__ = [
    "WORDS", "BelowFloor", "Contributor", "Distribution", "EquitySplit", "Floor", "NegativeMoney", "Plan", "Receipt", "ShareRange", "SharesDoNotSum",
    "UnknownCurrency", "compile_plan", "distribute", "equity_floors", "equity_shares", "floors_of", "plan_of_parts", "plan_of_tiers", "share_among",
    "split_equity",
]  # fmt: skip
