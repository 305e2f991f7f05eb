"""Packs: dated data with a legal basis. Reading, checking, and what they hold."""

from causeway.engines.packs.coverage import uncovered_changes
from causeway.engines.packs.load import lint_packs, load_packs, shipped_packs
from causeway.engines.packs.parse import Fault, Map, Seq, parse
from causeway.engines.packs.schema import Pack, PackFaults, text_of

__all__ = ["Fault", "Map", "Pack", "PackFaults", "Seq", "lint_packs", "load_packs", "parse", "shipped_packs", "text_of", "uncovered_changes"]
