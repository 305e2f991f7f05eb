"""The quantitative rules of the good-practice guide: each stands in a pack, with its section as basis, and says what the guide says."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path

import pytest

from causeway.engines.packs.library import shipped_practice
from causeway.engines.packs.parse import parse

SHARED = Path(os.environ.get("CAUSEWAY_SHARED", Path(__file__).resolve().parents[6] / "shared"))
CASES = SHARED / "reference/guide/cases.yaml"
VALUES = [value for pack in shipped_practice() for value in pack.practice.values.values() if value.guide]


def rules() -> list[tuple[str, dict]]:
    found, faults = parse(CASES.read_text(encoding="utf-8"), CASES.name)
    assert not faults
    return [(str(case["id"]), rule) for case in found["cases"] for rule in case.get("quantitative_rules") or ()]


def values_of(place: str) -> list:
    return [value for value in VALUES if value.guide == place or value.guide.startswith(f"{place}/")]


def as_said(value, rule: dict) -> bool:
    """Whether a value says what the guide does: the same number, list or choice; a question where the guide gives no figure."""
    version, said = value.versions[0], rule["value"]
    if isinstance(said, list):
        return version.value == tuple(said)
    if value.unit in ("share", "money", "count", "years", "days", "months"):
        return version.value == Fraction(str(said))
    if value.unit == "flag":
        return version.value is (str(said).lower() == "true")
    return version.value == said


@pytest.mark.skipif(not CASES.exists(), reason="the guide's cases are not beside the project")
def test_all_44_rules_of_the_guide_stand_in_packs_with_their_section():
    listed = rules()
    assert len(listed) == 44
    missing = [f"{case}/{rule['name']}" for case, rule in listed if not values_of(f"{case}/{rule['name']}")]
    assert missing == []
    for case, rule in listed:
        for value in values_of(f"{case}/{rule['name']}"):
            assert any(basis == f"GUIDE#{case}" for version in value.versions for basis in version.ground.basis), value.key


@pytest.mark.skipif(not CASES.exists(), reason="the guide's cases are not beside the project")
def test_they_say_what_the_guide_says():
    for case, rule in rules():
        place = f"{case}/{rule['name']}"
        own = [value for value in VALUES if value.guide == place]
        if isinstance(rule["value"], dict):
            for key, said in rule["value"].items():
                part = next(value for value in VALUES if value.guide == f"{place}/{key}")
                assert part.versions[0].formula or as_said(part, {"value": said}), part.key
        elif own and own[0].versions[0].asks:
            assert "not stated" in str(rule["value"]), place
        else:
            assert len(own) == 1 and as_said(own[0], rule), f"{place}: {own and own[0].versions[0].value} is not {rule['value']}"


@pytest.mark.skipif(not CASES.exists(), reason="the guide's cases are not beside the project")
def test_no_pack_names_a_rule_that_the_guide_has_not():
    known = {f"{case}/{rule['name']}" for case, rule in rules()}
    assert [value.key for value in VALUES if "/".join(value.guide.split("/")[:2]) not in known] == []


def test_where_the_guide_gives_no_figure_the_pack_asks():
    asked = {value.key for value in VALUES if value.versions[0].asks}
    assert {
        "guide-ruc-funding/ruc_incentive", "guide-cut-poc/cut_royalty_rate", "guide-cut-poc/cut_royalty_least", "guide-pku-rewards/pku_people_share",
        "guide-thu-deals/thu_pct_share", "guide-cn-practices/usst_inventors_share",
    } <= asked  # fmt: skip
