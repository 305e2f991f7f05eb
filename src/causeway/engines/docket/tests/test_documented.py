"""The reference tells every key a law pack may have, and every fact a rule may ask for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from causeway.engines.docket import Law, spelling
from causeway.engines.docket.cases import EXPECTED, KEYS
from causeway.engines.packs.schema import ALLOWED, RIGHTS, RULE_KINDS, UNITS

TEXT = (Path(__file__).resolve().parents[5] / "docs/reference/packs.md").read_text(encoding="utf-8")
PLACES = (
    "pack", "source", "rule", "limb", "in_force", "grace", "renewal", "stages", "stage", "expiry", "term", "pendency", "fixed", "designated", "regime",
    "delivery", "fees", "fee_version", "calendar", "event",
)  # fmt: skip


def told(word: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", TEXT) is not None


@pytest.mark.parametrize("place", PLACES)
def test_every_key_is_told(place):
    assert [key for key in sorted(ALLOWED[place]) if not told(key)] == []


def test_every_choice_is_told(law: Law):
    assert [word for word in (*RIGHTS, *RULE_KINDS, *UNITS, *KEYS, *EXPECTED, *spelling.MEDIA) if not told(word)] == []
    assert [fact for fact in sorted(spelling.FACTS | law.asked) if not told(fact)] == []
