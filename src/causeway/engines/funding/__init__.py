"""What a university pays for patents, and awards of inventors."""

from causeway.engines.funding.patents import (
    WORDS,
    Filing,
    Funded,
    FundingInput,
    Scheme,
    award_of,
    fund,
    incentive_on_grant,
    pct_share,
    scheme_of,
    warnings_of,
)  # fmt: skip

__all__ = [
    "WORDS", "Filing", "Funded", "FundingInput", "Scheme", "award_of", "fund", "incentive_on_grant", "pct_share", "scheme_of", "warnings_of",
]  # fmt: skip
