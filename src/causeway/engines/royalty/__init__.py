"""Royalty terms: what a licence owes year by year, and options and pre-emption."""

from causeway.engines.royalty.engine import (
    WORDS,
    Due,
    Milestone,
    Option,
    RoyaltyTerms,
    StepDown,
    Terms,
    Year,
    grossed_up,
    licence_ends,
    may_sell_to,
    option_until,
    royalty_due,
    terms_of,
    totals,
)  # fmt: skip

__all__ = [
    "WORDS", "Due", "Milestone", "Option", "RoyaltyTerms", "StepDown", "Terms", "Year", "grossed_up", "licence_ends", "may_sell_to", "option_until",
    "royalty_due", "terms_of", "totals",
]  # fmt: skip
