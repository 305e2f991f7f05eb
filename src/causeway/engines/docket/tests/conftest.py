"""The law that ships with Causeway, compiled once."""

from __future__ import annotations

import pytest

from causeway.engines.docket import Law, compile_law
from causeway.engines.packs import load_packs, shipped_packs


@pytest.fixture(scope="session")
def law() -> Law:
    return compile_law(load_packs(shipped_packs()))
