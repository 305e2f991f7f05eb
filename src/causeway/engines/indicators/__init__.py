"""Indicators as data: what each counts, formulas, checks, quartiles of peers, protected small groups, and questionnaires that ask for them."""

from causeway.engines.indicators.benchmark import Quartiles, per, quartiles
from causeway.engines.indicators.catalogue import Catalogue, CatalogueFaults, Indicator, Part, read_catalogue, shipped_catalogue
from causeway.engines.indicators.check import Doubt, check_year
from causeway.engines.indicators.figures import Figure, Missing, completed, evaluate, reachable
from causeway.engines.indicators.protect import FLOOR, Withheld, released

__all__ = [
    "FLOOR", "Catalogue", "CatalogueFaults", "Doubt", "Figure", "Indicator", "Missing", "Part", "Quartiles", "Withheld", "check_year", "completed",
    "evaluate", "per", "quartiles", "reachable", "read_catalogue", "released", "shipped_catalogue",
]  # fmt: skip
