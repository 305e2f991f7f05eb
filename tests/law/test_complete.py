"""The packs against the facts they were written from, item by item; skipped where the facts are not beside the project."""

from __future__ import annotations

import json
import os
import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from causeway.engines.docket import Law, compile_law
from causeway.engines.packs import load_packs, shipped_packs

SHARED = Path(os.environ.get("CAUSEWAY_SHARED", Path(__file__).resolve().parents[3] / "shared"))
FILE = SHARED / "reference/law/docket_facts.yaml"
pytestmark = [pytest.mark.shared, pytest.mark.skipif(not FILE.is_file(), reason="the facts of law are not beside the project")]

FACTS: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8")) if FILE.is_file() else {"offices": {}, "computation_regimes": {}, "sources": {}, "fees": {}}
RULES = {rule["id"]: (office, rule) for office, data in FACTS["offices"].items() for rule in data["rules"]}
#: Rules whose length the facts give in one number and the packs in another shape, because the same entry says more in words.
IN_WORDS = {
    "CN-PRIO-REST": "two months after the priority year, computed cautiously as fourteen from priority",
    "CN-PRIO-DOC": "designs: three months from filing",
    "CN-IC-TERM": "a term, never later than fifteen years after completion",
    "UP-UPC": "seven years from 2023-06-01 end, as the entry says, on 2030-05-31",
    "WO-PRIO-REST": "two months after twelve",
    "US-PRIO": "design six months",
    "GB-SEARCH": "or two months from filing",
    "DE-REINST": "not later than one year", "NL-RESTORE": "at most one year", "PL-REINST": "at most six months",
    "JP-OA": "sixty days for domestic applicants", "EM-MAD-REF": "eighteen where declared", "EM-SPC": "the later of two events",
}  # fmt: skip
#: In force from a day that the entry names in words only.
DATED_IN_WORDS = {
    "CN-PTA": "2024-01-20", "FR-OPP": "2020-04-01", "JP-PRIO-REST": "2023-04-01", "WO-SIS": "2017-07-01", "US-TM-OA": "2022-12-03", "UP-REQ": "2023-06-01",
}  # fmt: skip
#: Which tariffs of the packs hold a table of the facts.
TABLES = {
    "CN_patent_annual": ["CN-annual"], "CN_patent_procedural": ["CN-procedural"], "CN_reductions": ["CN-reductions"], "CN_trademark": ["CN-trademark"],
    "CN_other": ["CN-other"], "EP_renewal": ["EP-renewal"], "EP_procedural": ["EP-procedural"], "EP_reductions": ["EP-reductions"],
    "UP_renewal": ["UP-renewal"], "US_maintenance": ["US-maintenance"], "US_extension": ["US-extension"], "DE_patent": ["DE-annual", "DE-utility-model", "DE-procedural"],
    "GB_patent": ["GB-renewal"], "FR_patent": ["FR-annual"], "NL_patent": ["NL-annual"], "ES_patent": ["ES-annual"], "PL_patent": ["PL-annual", "PL-first"],
    "JP_patent": ["JP-annual", "JP-examination"], "KR_patent": ["KR-annual", "KR-examination"],
    "EM": ["EM-design", "EM-design-renewal", "EM-trade-mark", "EM-variety"], "WO": ["WO-fees"],
}  # fmt: skip


@pytest.fixture(scope="module")
def law() -> Law:
    return compile_law(load_packs(shipped_packs()))


def cited(entry: Any) -> set[str]:
    """The sources an entry of the facts names."""
    text = json.dumps(entry, ensure_ascii=False)
    return {source for source in FACTS["sources"] if re.search(rf"(?<![\w-]){re.escape(source)}(?![\w-])", text)}


def test_the_facts_are_those_the_packs_were_written_from():
    assert len(RULES) == 155
    assert len(FACTS["computation_regimes"]) == 17
    assert FACTS["fees"].keys() == TABLES.keys()


def test_everything_is_there(law):
    assert RULES.keys() <= {rule.id for rule in law.rules()}
    assert FACTS["offices"].keys() <= law.offices.keys()
    assert FACTS["computation_regimes"].keys() <= law.regimes.keys()
    assert FACTS["calendars"].keys() - {"library_licences"} <= law.calendars.keys()
    assert FACTS["sources"].keys() <= law.sources.keys()
    assert {table for tables in TABLES.values() for table in tables} <= law.fees.keys()


def test_sources_are_told_as_they_are(law):
    told = {key: {part: str(law.sources[key].get(part, "")) for part in ("title", "where", "level", "note")} for key in FACTS["sources"]}
    assert told == {key: {part: str(value.get(part, "")) for part in ("title", "where", "level", "note")} for key, value in FACTS["sources"].items()}


@pytest.mark.parametrize("key", RULES)
def test_a_rule_says_who_where_and_how_sure(law, key):
    office, fact = RULES[key]
    rule = law.rule(key)
    assert rule.office == office
    verified = str(fact["status"]).startswith("verified") and key != "ES-REN"  # its sources disagree on the late steps
    assert rule.verified == verified
    named = cited([fact["status"], fact.get("partly_verified", ""), fact.get("earliest_status", "")])
    assert named <= {basis.partition("#")[0] for basis in rule.basis}
    if "partly_verified" in fact:
        assert rule.data["partly"] == fact["partly_verified"]
    if not verified and "partly_verified" not in fact and key != "ES-REN":
        assert any(basis.startswith("GENERAL") for basis in rule.basis)


def lengths(part: dict[str, Any]) -> list[tuple[str, str]]:
    """Every length of a period of a rule."""
    if "n" in part:
        return [(str(part["n"]), part["unit"])]
    return [(str(limb["n"]), limb["unit"]) for key in ("later_of", "earlier_of", "cases") for limb in part.get(key) or ()]


@pytest.mark.parametrize("key", [key for key, (_office, rule) in RULES.items() if {"n", "max_of"} & rule["period"].keys() and key not in IN_WORDS])
def test_a_period_is_as_long_as_the_facts_say(law, key):
    period = RULES[key][1]["period"]
    mine = law.rule(key).data["period"]
    expected = [(str(limb["n"]), limb["unit"]) for limb in period.get("max_of", [period])]
    assert sorted(lengths(mine)) == sorted(expected)
    assert ("later_of" in mine) == ("max_of" in period)


@pytest.mark.parametrize("key", RULES)
def test_days_of_force(law, key):
    fact, force = RULES[key][1], law.rule(key).data.get("in_force") or {}
    assert force.get("from") == fact.get("valid_from", DATED_IN_WORDS.get(key))
    assert force.get("to") == fact.get("valid_to")


@pytest.mark.parametrize("key", RULES)
def test_late_periods_and_their_surcharge(law, key):
    fact, rule = RULES[key][1], law.rule(key)
    said = fact.get("grace") or fact["period"].get("grace")
    if not isinstance(said, dict):
        return
    mine = (rule.data.get(rule.kind) or {}).get("grace") or rule.data.get("grace") or {}
    if said.get("conflict"):
        assert mine["conflict"] == "true"
    if "surcharge_percent" in said:
        assert mine["percent"] == str(said["surcharge_percent"])
    months = said.get("months", said.get("n"))
    if months and rule.kind == "stages":
        assert {int(one["grace_months"]) - int(one["due_months"]) for one in rule.data["stages"]["windows"].values()} == {months}
    elif months:
        assert int(mine["months"]) == months


@pytest.mark.parametrize("key", [key for key, (_o, rule) in RULES.items() if rule.get("not_extendable") or "not extendable" in str(rule.get("produces")).lower()])
def test_what_cannot_be_extended(law, key):
    assert "extendable" not in law.rule(key).data


def test_entry_into_the_national_phase(law):
    offices = law.rule("WO-NAT").data["designated"]
    for office, months in RULES["WO-NAT"][1]["period"]["by_office"].items():
        if str(months).startswith("closed"):
            assert "closed" in offices[office]
        else:
            assert offices[office]["months"] == str(months)[:2]
    assert offices["CN"]["late_months"] == "32"


@pytest.mark.parametrize("key", FACTS["computation_regimes"])
def test_regimes(law, key):
    fact, regime = FACTS["computation_regimes"][key], law.regimes[key]
    assert regime.verified == str(fact["status"]).startswith("verified")
    named = cited(fact)
    assert named <= {basis.partition("#")[0] for basis in regime.basis} | {basis.partition("#")[0] for rule in regime.deliveries for basis in rule.basis}
    for delivery in fact.get("delivery", []) if isinstance(fact.get("delivery"), list) else []:
        medium = {"paper by post": "post", "handed over": "hand", "public notice": "public_notice"}.get(delivery["medium"], delivery["medium"].split(" ")[0])
        span = str(delivery.get("valid_for_documents_issued") or delivery.get("valid_for_documents_dated") or "")
        rules = [rule for rule in regime.deliveries if {medium, "any"} & rule.media and ("from" in span) == (rule.issued_from is not None)]
        assert rules
        if "add_days" in delivery:
            assert {rule.add_days for rule in rules} == {delivery["add_days"]}
        if "status" in delivery:
            assert {rule.verified for rule in rules} == {delivery["status"].startswith("verified")}


def rows(table: dict[str, Any]) -> list[dict[str, Any]]:
    """Every table of figures by year in a table of the facts."""
    found = [value for value in table.values() if isinstance(value, dict) and value and all(isinstance(key, int) for key in value)]
    return found + [version["by_year"] for version in table.get("versions", []) if version.get("by_year")]


def all_figures(law: Law, tables: list[str]) -> dict[str, set[Decimal]]:
    """Every figure by year that the packs' tariffs hold, from any version, right or reduction."""
    found: dict[str, set[Decimal]] = {}
    for table in tables:
        data = law.fees[table].data
        parts = [version.get("by_year") or {} for version in data.get("versions") or ()]
        parts += [reduction.get("by_year") or {} for reduction in (data.get("reductions") or {}).values()]
        for part in parts:
            for row in [value for value in part.values() if isinstance(value, dict)] or [part]:
                for year, amount in row.items():
                    if not isinstance(amount, dict):
                        found.setdefault(year, set()).add(Decimal(amount))
    return found


@pytest.mark.parametrize("key", TABLES)
def test_tariffs_year_by_year(law, key):
    table = FACTS["fees"][key]
    tables = [law.fees[name] for name in TABLES[key]]
    assert "currency" not in table or {one.currency for one in tables} == {table["currency"]}
    if key == "US_extension":  # two printed tables disagree, and the facts forbid to code either
        assert [version.data["conflict"] for version in tables[0].versions] == ["true"]
        return
    mine = all_figures(law, TABLES[key])
    for row in rows(table):
        for year, amount in row.items():
            assert Decimal(str(amount)) in mine[str(year)]
    for name, amount in {**table.get("items", {}), **table.get("by_stage", {})}.items():
        held = [version.get("items", {}).get(name) or version.get("by_stage", {}).get(name) for one in tables for version in one.data["versions"]]
        expected = {str(k): str(v) for k, v in amount.items()} if isinstance(amount, dict) else str(amount)
        assert expected in held
    if "status" in table and key not in ("FR_patent", "ES_patent"):
        verified = table["status"].startswith("verified")
        assert any(version.verified == verified for one in tables for version in one.versions)


def test_the_fees_of_the_unitary_patent_add_up(law):
    years = law.fees["UP-renewal"].versions[0].data["by_year"]
    assert sum(int(amount) for amount in years.values()) == FACTS["fees"]["UP_renewal"]["total_years_2_20"]


@pytest.mark.parametrize("key", ["JP_patent", "KR_patent"])
def test_fees_by_claim(law, key):
    table = FACTS["fees"][key]
    versions = law.fees[TABLES[key][0]].versions
    for spans, version in ((table.get("base_plus_per_claim"), versions[-1]), (table.get("previous"), versions[0])):
        for span, (base, claim) in (spans or {}).items():
            assert version.data["per_claim"][span.split(" ")[0]] == {"base": str(base), "claim": str(claim)}


def listed(law: Law, calendar: str, key: str, year: int) -> set[str]:
    days = next(pack.calendars[calendar] for pack in law.packs if calendar in pack.calendars)
    return {f"{year}-{day}" for day in str((days.get(key) or {}).get(str(year), "")).split()}


def test_closing_days(law):
    for year, days in FACTS["calendars"]["CN"]["years"].items():
        assert listed(law, "CN", "closed", year) == set(days["closed_weekdays"])
        assert listed(law, "CN", "makeup", year) == set(days["makeup_working_weekend_days"])
    for calendar in ("EPO", "WIPO_IB"):
        for year, days in FACTS["calendars"][calendar]["verified_lists"].items():
            assert listed(law, calendar, "closed", year) == set(days)
    expected = FACTS["calendars"]["EPO"]["candidates_2026"]
    assert listed(law, "EPO", "provisional", 2026) == set(expected["all_offices"]) | {day[:10] for day in expected["one_office"]}
    for first, last in (("2018-12-24", "2019-01-01"), ("2022-12-24", "2023-01-01"), ("2025-12-24", "2026-01-01")):
        days = range(date.fromisoformat(first).toordinal(), date.fromisoformat(last).toordinal() + 1)
        assert not any(law.calendars["EPO"].is_open(day) for day in days)


def test_a_fee_is_the_sum_of_items_its_tariff_has(law):
    for rule in law.rules():
        said = rule.data.get("fee_items") or []
        lists = said.values() if isinstance(said, dict) else [said]
        assert not isinstance(said, dict) or said.keys() <= rule.rights
        held = [version.data.get("items", {}) for version in law.fees[rule.fee].versions] if said else []
        assert all(item in items for names in lists for item in names for items in held)
