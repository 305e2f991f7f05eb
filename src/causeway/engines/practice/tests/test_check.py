"""Worked cases: the packs' own, those of the reference, many of our own on every edge, and files that are no cases."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from causeway.engines.docket.check import CaseFault
from causeway.engines.packs.library import shipped_practice
from causeway.engines.practice.check import read_cases, run_case

SHARED = Path(os.environ.get("CAUSEWAY_SHARED", Path(__file__).resolve().parents[6] / "shared"))
MONEY = SHARED / "reference/law/money_cases.yaml"
PACKS = {pack.id: pack for pack in shipped_practice()}


def run(text: str):
    return [run_case(case, PACKS, "cases.yaml") for case in read_cases(text, "cases.yaml")]


@pytest.mark.skipif(not MONEY.exists(), reason="the worked cases are not beside the project")
def test_the_reference_cases_are_all_ok():
    results = run(MONEY.read_text(encoding="utf-8"))
    assert len(results) == 20
    assert [result.id for result in results if not result.ok] == []
    assert all(result.trace for result in results)


@pytest.mark.parametrize("pack", [pack.id for pack in shipped_practice() if pack.cases])
def test_the_packs_own_cases(pack):
    for name, text in PACKS[pack].texts.items():
        if name.startswith("cases/"):
            for result in run(text):
                assert result.ok, f"{result.id}: {result.refused or result.got} is not {result.expect}"


def test_every_pack_that_reckons_has_cases():
    reckons = {"distribution", "equity", "funding", "grant", "reward_tax", "award", "royalty"}
    without = [pack.id for pack in PACKS.values() if {rule.kind for rule in pack.practice.rules.values()} & reckons and not pack.cases]
    assert without == []


def distribution(policy: str = "", packs: str = "law-cn-transfer", amount: str = "100.00", currency: str = "CNY", costs: str = "{}", on: str = "2019-06-30", **more) -> str:
    given = f"gross: {{amount: '{amount}', currency: {currency}}}, costs: {costs}, inventors: {more.get('people', '[{person: A, weight: 1}]')}"
    return f"- {{id: X, kind: distribution, packs: [{packs}], 'on': '{on}', given: {{{given}{', policy: ' + policy if policy else ''}}}, expect: {more.get('expect', '{}')}}}"


@pytest.mark.parametrize(
    ("policy", "packs", "amount", "code"),
    [
        ("{parts: {inventors: '0.5', university: '0.4'}}", "law-cn-transfer", "1.00", "shares_do_not_sum"),
        ("{parts: {inventors: '0.1', university: '0.8'}}", "law-cn-transfer", "1.00", "shares_do_not_sum"),  # said before the floor
        ("{parts: {inventors: '0.6', university: '0.6'}}", "", "1.00", "shares_do_not_sum"),
        ("{parts: {inventors: 1/3, university: 1/3, fund: 1/3}}", "law-cn-transfer", "1.00", "below_floor"),
        ("{parts: {university: '1'}}", "law-cn-transfer", "0.00", "below_floor"),
        ("{parts: {inventors: '0.4999', university: '0.5001'}}", "law-cn-transfer, guide-thu-five-one", "0.01", "below_floor"),
        ("{parts: {inventors: '1.2', university: '-0.2'}}", "", "1.00", "share_range"),
        ("{tiers: [{up_to: '100.00', inventors: '0.6'}, {inventors: '0.3'}]}", "law-cn-transfer", "1000.00", "below_floor"),
        ("{tiers: [{up_to: '100.00', inventors: '1.6'}, {inventors: '0.3'}]}", "", "1000.00", "share_range"),
        ("", "", "1.00", "no_rule_in_force"),
        ("", "law-xx", "1.00", "no_rule_in_force"),
        ("", "law-es-university", "1.00", "ungoverned"),
        ("", "law-cn-transfer, law-es-opi", "1.00", "conflict"),
        ("", "law-cn-transfer", "-1.00", "negative_amount"),
    ],
)
def test_refusals(policy, packs, amount, code):
    result = run(distribution(policy, packs, amount, expect=f"{{refused: {code}}}"))[0]
    assert result.ok and result.refused and result.trace, result


@pytest.mark.parametrize(
    ("policy", "packs", "amount", "expect"),
    [
        ("{parts: {inventors: '0.40', university: '0.60'}}", "", "1000.00", "{parts: {inventors: '400.00'}}"),  # no law, no floor
        ("{parts: {inventors: '0.40', university: '0.60'}}", "guide-thu-five-one", "1000.00", "{parts: {inventors: '400.00'}}"),
        ("{parts: {inventors: '0.5', university: '0.5'}}", "law-cn-transfer", "0.01", "{parts: {inventors: '0.01', university: '0.00'}, floor_met: true}"),
        ("{tiers: [{up_to: '100.00', inventors: '0.6'}, {inventors: '0.3'}]}", "law-cn-transfer", "150.00", "{parts: {inventors: '75.00', university: '75.00'}}"),
        ("{tiers: [{up_to: '100.00', inventors: '0.6'}, {inventors: '0.3'}]}", "law-cn-transfer", "0.00", "{parts: {inventors: '0.00'}}"),
        ("{tiers: [{up_to: '0.01', inventors: '0.5'}, {inventors: '0.5'}]}", "", "0.03", "{parts: {inventors: '0.02', university: '0.01'}}"),
        ("", "guide-thu-five-one", "0.03", "{parts: {inventors: '0.02', institute: '0.01', university: '0.00'}}"),
        ("", "guide-thu-five-one, guide-ruc-funding, law-cn-transfer", "1.00", "{parts: {inventors: '0.70'}, floor: '0.50'}"),
        ("{parts: {university: 15 %, institute: 15 %, inventors: 70 %}}", "", "0.10", "{parts: {inventors: '0.07', institute: '0.02', university: '0.01'}}"),
    ],
)
def test_figures_on_the_edges(policy, packs, amount, expect):
    result = run(distribution(policy, packs, amount, expect=expect))[0]
    assert result.ok, result


def test_a_currency_without_minor_units():
    assert run(distribution(packs="guide-thu-five-one", amount="101", currency="JPY", expect="{parts: {inventors: '71', institute: '15', university: '15'}}"))[0].ok


def test_weights_may_be_fractions_and_zero():
    people = "[{person: A, weight: '1/3'}, {person: B, weight: '0.5'}, {person: C, weight: 0}]"
    result = run(distribution(packs="law-cn-transfer", amount="1.00", people=people, expect="{people: {A: '0.20', B: '0.30', C: '0.00'}}"))[0]
    assert result.ok, result


@pytest.mark.parametrize(("on", "packs"), [("1999-01-01", "law-cn-transfer"), ("2014-01-01", "law-cn-transfer, guide-thu-five-one"), ("2099-01-01", "law-es-opi")])
def test_rules_are_taken_as_in_force_on_all_days_of_a_case(on, packs):
    assert run(distribution(packs=packs, on=on))[0].refused is None


def test_a_dated_case_is_not():
    assert run(distribution(on="1999-01-01").replace("id: X,", "id: X, dated: 'true',"))[0].got == {"refused": "no_rule_in_force"}


def test_what_is_not_named_is_not_tested_and_what_is_named_must_be_there():
    assert run(distribution(expect="{}"))[0].ok
    assert not run(distribution(expect="{tax: '1.00'}"))[0].ok
    assert not run(distribution(expect="{parts: {inventors: '50.0'}}"))[0].ok
    assert not run(distribution(expect="{refused: below_floor}"))[0].ok


def equity(percent: str, parts: str = "", packs: str = "law-cn-transfer", expect: str = "{}") -> str:
    policy = f", policy: {{parts: {parts}}}" if parts else ""
    return f"- {{id: E, kind: equity_split, packs: [{packs}], 'on': '2019-06-30', given: {{company_percent: '{percent}'{policy}}}, expect: {expect}}}"


@pytest.mark.parametrize(
    ("percent", "parts", "packs", "expect"),
    [
        ("33.3", "", "law-cn-transfer", "{inventors: '16.65', university: '16.65'}"),
        ("10", "", "law-cn-transfer, guide-thu-five-one", "{inventors: '7', institute: '1.5', university: '1.5'}"),
        ("10", "{inventors: 1/3, university: 2/3}", "", "{inventors: '10/3', university: '20/3'}"),
        ("100", "{inventors: '1', university: '0'}", "law-cn-transfer", "{inventors: '100', university: '0'}"),
        ("0", "", "law-cn-transfer", "{inventors: '0', university: '0'}"),
        ("10", "{inventors: '0.499', university: '0.501'}", "law-cn-transfer", "{refused: below_floor}"),
        ("10", "{inventors: '0.499', university: '0.5'}", "law-cn-transfer", "{refused: shares_do_not_sum}"),
        ("101", "", "law-cn-transfer", "{refused: share_range}"),
        ("10", "", "law-es-opi", "{refused: no_rule_in_force}"),
        ("10", "{inventors: '0.6', university: '0.4'}", "law-cn-transfer, law-cn-zj-transfer", "{refused: below_floor}"),
    ],
)
def test_shares_of_companies(percent, parts, packs, expect):
    result = run(equity(percent, parts, packs, expect))[0]
    assert result.ok, result


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("- {id: A}", 1),
        ("- {id: A, kind: weather}", 1),
        ("- {id: A, kind: [distribution]}", 1),
        ("- {id: A, kind: distribution, colour: red}", 1),
        ("- {id: A, kind: distribution, packs: law-cn-transfer}", 1),
        ("- {id: A, kind: distribution, given: [1]}", 1),
        ("- {id: A, kind: distribution, given: {gross: {amount: ten, currency: CNY}}}", 1),
        ("- {id: A, kind: distribution, given: {gross: {amount: '1.001', currency: CNY}}}", 1),
        ("- {id: A, kind: distribution, given: {gross: {amount: '1e9', currency: CNY}}}", 1),
        ("- {id: A, kind: distribution, given: {gross: {amount: '1.00'}}}", 1),
        ("- {id: A, kind: distribution, 'on': '2019-02-30', given: {}}", 1),
        ("-\n  id: A\n  kind: distribution\n  given:\n    gross: {amount: '1.00', currency: CNY}\n    inventors: [{person: A, weight: heavy}]", 6),
        ("- {id: A, kind: distribution, given: {gross: {amount: '1.00', currency: CNY}, inventors: [{weight: 1}]}}", 1),
        ("- {id: A, kind: distribution, given: {gross: {amount: '1.00', currency: CNY}, policy: {parts: {inventors: much}}}}", 1),
        ("- {id: A, kind: distribution, given: {gross: {amount: '1.00', currency: CNY}, inventors: [{person: A, weight: 1/0}]}}", 1),
        ("- {id: A, kind: distribution, given: {gross: {amount: '1.00', currency: CNY}, policy: {colour: red}}}", 1),
        ("- {id: A, kind: reward_tax, packs: [law-cn-transfer], given: {cash_reward: '1.00', income_received_on: yesterday, paid_on: '2020-01-01'}}", 1),
        ("- {id: A, kind: reward_tax, packs: [law-cn-transfer], given: {cash_reward: '1.00', income_received_on: '2020-01-01', paid_on: '2020-01-01', publicised: perhaps}}", 1),
        ("- {id: A, kind: patent_funding, packs: [guide-ruc-funding], given: {currency: CNY, filings: [{researcher: A, 'on': '2019-01-01', cost: '1.00', annuities: {first: '1.00'}}]}}", 1),
        ("- {id: A, kind: royalty, given: {currency: EUR, terms: {rate: much}, periods: []}}", 1),
        ("- {id: A", 2),
        ("just words", 1),
    ],
)  # fmt: skip
def test_a_malformed_file_is_named_with_its_line(text, line):
    with pytest.raises(CaseFault, match=rf"cases\.yaml:{line}:"):
        run(text)


def test_currencies_that_are_none_are_refused():
    assert run(distribution(currency="GRO"))[0].got == {"refused": "unknown_currency"}


def test_traces_name_the_article():
    result = run(distribution())[0]
    assert any("art. 45(1)" in basis for step in result.trace for basis in step["basis"])
    assert {"title", "on", "sentence", "amount", "basis", "verified"} == set(result.trace[0])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (distribution("{parts: {inventors: '0.4', university: '0.6'}}"), "低于law-cn-transfer/cn-floor-income要求的50%（自2015-10-01起）"),
        (distribution("{parts: {inventors: '0.4', university: '0.5'}}"), "各份额之和为0.9"),
        (distribution(packs="law-es-university"), "须由采用者填写"),
        (distribution(packs=""), "没有收入分配的有效规则"),
        (distribution(amount="-1.00"), "金额为负"),
        (distribution(packs="law-pl-transfer"), "规则需要“employee_led”"),
    ],
)
def test_a_refusal_is_told_in_the_readers_language(text, said):
    case = read_cases(text, "cases.yaml")[0]
    result = run_case(case, PACKS, language="zh-hans")
    assert said in result.refused and result.trace[0]["title"] == "不予计算"
    english = run_case(case, PACKS)
    assert english.refused.isascii() and english.got == result.got
