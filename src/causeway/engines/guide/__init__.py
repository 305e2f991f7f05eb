"""The good-practice guide as text: read in, understood, written out. Bytes in, values out; no disk, no clock."""

from causeway.engines.guide.parse import Case, Guide, parse
from causeway.engines.guide.sources import Issue, Unreadable
from causeway.engines.guide.template import CONTACT, FIELDS, KEYS, LIMITS, TEXT
from causeway.engines.guide.text import fingerprint, normalise

__all__ = ["CONTACT", "FIELDS", "KEYS", "LIMITS", "TEXT", "Case", "Guide", "Issue", "Unreadable", "fingerprint", "normalise", "parse"]
