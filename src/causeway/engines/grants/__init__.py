"""Grant rules: caps, rates, own contribution, entry conditions."""

from causeway.engines.grants.engine import WORDS, Entry, Grant, GrantInput, GrantTerms, entry, grant_for, terms_of

__all__ = ["WORDS", "Entry", "Grant", "GrantInput", "GrantTerms", "entry", "grant_for", "terms_of"]
