"""Simulation: the same as sharing each receipt by itself, refusals with reasons, costs carried, memory that does not grow, traces where opened."""

from __future__ import annotations

import tracemalloc
from datetime import date, timedelta
from random import Random

import pytest

from causeway.engines.distribution import Contributor, Receipt, compile_plan, distribute
from causeway.engines.kernel import Refusal
from causeway.engines.packs.library import load_practice, shipped_practice
from causeway.engines.packs.sources import from_texts
from causeway.engines.packs.units import ValueFault
from causeway.engines.practice import Book, Draft, Row, Setting, changes, load_draft, sensitivity, simulate, trace_of

PACKS = {pack.id: pack for pack in shipped_practice()}
FIVE_ONE = Book([PACKS["guide-thu-five-one"]], PACKS.values())
LAW = Book([PACKS["law-cn-transfer"]])
PEOPLE = (Contributor("A", 2, unit="Physics"), Contributor("B", 1, unit="Law"))
SHARE = "guide-thu-five-one/researchers_share"


def policy(share: str, since: date = date(2015, 10, 1)) -> Book:
    draft = Draft("p", "1", {"en": "P"}, ("guide-thu-five-one",), since, "Minutes", (Setting(SHARE, share),))
    return Book([load_draft(draft)], PACKS.values())


def rows(count: int) -> list[Row]:
    random = Random(7)
    return [
        Row(date(2014, 1, 1) + timedelta(random.randrange(3000)), random.randrange(0, 10**8), random.choice(["CNY", "EUR"]), f"T{at % 9}", random.randrange(0, 10**7), PEOPLE, (), at)
        for at in range(count)
    ]  # fmt: skip


def test_it_is_the_same_as_sharing_each_receipt_by_itself():
    listed = rows(400)
    outcome = simulate(iter(listed), {"x": FIVE_ONE})["x"]
    carried: dict = {}
    parts, people, shared, refused = {}, {}, 0, 0
    for row in listed:
        try:
            plan = compile_plan(FIVE_ONE.on(row.on), None, row.currency)
            key = (row.technology, row.currency)
            done = distribute(plan, Receipt(row.amount, row.currency, {"costs": row.costs}, row.people, carried=carried.get(key, 0)))
        except Refusal:
            refused += 1
            continue
        carried[key] = done.carried
        shared += 1
        for part, amount in done.parts.items():
            parts[(str(row.on.year), part, row.currency)] = parts.get((str(row.on.year), part, row.currency), 0) + amount
        for person, amount in done.people.items():
            people[(person, row.currency)] = people.get((person, row.currency), 0) + amount
    assert outcome.parts == parts and outcome.people == people
    assert (outcome.shared, sum(outcome.refusals.values())) == (shared, refused)
    assert refused and all(code == "no_rule_in_force" for code, _message in outcome.refusals)
    assert outcome.carried == {(c,): sum(v for (_t, k), v in carried.items() if k == c) for c in ("CNY", "EUR")}


def test_a_trace_is_that_of_its_row():
    listed = [Row(date(2020, 1, 1), 500, "CNY", "T", 800, PEOPLE, (), 2), Row(date(2021, 1, 1), 1000, "CNY", "T", 0, PEOPLE, (), 3)]
    done = trace_of(listed, FIVE_ONE, 3)
    assert (done.net, done.parts["inventors"]) == (700, 490)
    assert "carried_in" in [step.code for step in done.trace]
    with pytest.raises(LookupError):
        trace_of(listed, FIVE_ONE, 9)


def test_winners_and_losers():
    listed = [Row(date(2020, 1, 1), 30_000, "CNY", "", 0, PEOPLE, (), 2)]
    found = simulate(listed, {"before": FIVE_ONE, "after": policy("60 %")})
    assert [(one.who, one.before, one.after, one.difference) for one in changes(found["before"], found["after"])] == [
        ("B", 7000, 6000, -1000), ("A", 14000, 12000, -2000),
    ]  # fmt: skip
    assert [(one.who, one.before, one.after) for one in changes(found["before"], found["after"], of="units")] == [
        ("Law", 1500, 1500), ("Physics", 3000, 3000),
    ]  # fmt: skip
    assert {(one.who, one.difference) for one in changes(found["before"], found["after"], of="parts")} == {
        ("2020 inventors", -3000), ("2020 institute", 0), ("2020 university", 3000),
    }  # fmt: skip
    assert [one.who for one in changes(found["before"], found["after"], of="people_by_year")] == ["2020 B", "2020 A"]
    assert found["before"].floor == {("2020", "CNY"): 15000}
    assert found["after"].total("university", "CNY") == 7500


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (Row(date(2020, 1, 1), -1, "CNY", people=PEOPLE), "negative_amount"),
        (Row(date(2020, 1, 1), 1, "CNY", costs=-1, people=PEOPLE), "negative_amount"),
        (Row(date(2020, 1, 1), 1, "GRO", people=PEOPLE), "unknown_currency"),
        (Row(date(2020, 1, 1), 100, "CNY"), "share_range"),
        (Row(date(2020, 1, 1), 100, "CNY", people=(Contributor("A", 0),)), "share_range"),
        (Row(date(2020, 1, 1), 100, "CNY", people=(Contributor("A"), Contributor("A"))), "share_range"),
        (Row(date(2015, 9, 30), 100, "CNY", people=PEOPLE), "no_rule_in_force"),
        (Row(date(2020, 1, 1), 100, "CNY", people=(Contributor("A", 1, True), Contributor("B", 2))), "below_floor"),
    ],
)
def test_a_row_that_cannot_be_shared_is_counted_with_its_reason_and_changes_nothing(row, code):
    good = Row(date(2020, 1, 1), 1000, "CNY", "", 0, PEOPLE, (), 2)
    outcome = simulate([good, row._replace(line=3), good], {"x": FIVE_ONE})["x"]
    assert (outcome.rows, outcome.shared) == (3, 2)
    assert [one.code for one in outcome.refused] == [code] and outcome.refused[0].line == 3
    assert outcome.people == {("A", "CNY"): 934, ("B", "CNY"): 466}


def test_a_value_under_the_floor_shows_as_refusals():
    listed = [Row(date(2020, 1, 1), 1000, "CNY", "", 0, PEOPLE, (), 2)]
    found = sensitivity(listed, FIVE_ONE, SHARE, ["49 %", "50 %", "85 %"])
    assert [outcome.shared for outcome in found.values()] == [0, 1, 1]
    assert next(iter(found["49 %"].refusals))[0] == "below_floor"
    assert [outcome.people.get(("A", "CNY")) for outcome in found.values()] == [None, 333, 567]
    with pytest.raises(ValueFault):
        sensitivity(listed, FIVE_ONE, SHARE, ["much"])


def test_facts_of_one_year_under_the_rules_of_another():
    later = policy("60 %", date(2026, 1, 1))
    listed = [Row(date(2019, 5, 5), 1000, "CNY", "", 0, PEOPLE, (), 2)]
    assert simulate(listed, {"x": later})["x"].total("inventors", "CNY") == 700
    assert simulate(listed, {"x": later}, under={"x": date(2026, 1, 1)})["x"].total("inventors", "CNY") == 600


def test_conditions_ask_each_row_for_its_facts():
    book = Book([PACKS["law-pl-transfer"]]).with_values({"law-pl-transfer/pl_cost_reading": "base"})
    base = Row(date(2020, 1, 1), 10_000_000, "PLN", "", 2_000_000, PEOPLE, (), 2)
    outcome = simulate([base, base._replace(facts=(("employee_led", True),)), base._replace(facts=(("employee_led", False),))], {"x": book})["x"]
    assert outcome.total("inventors", "PLN") == 7_125_000 + 4_750_000
    assert [code for code, _message in outcome.refusals] == ["ungoverned"]


def test_the_same_rows_give_the_same_outcome_whatever_else_runs_beside():
    listed = rows(200)
    alone = simulate(listed, {"x": FIVE_ONE})["x"]
    beside = simulate(listed, {"law": LAW, "x": FIVE_ONE})["x"]
    assert (alone.parts, alone.people, alone.refusals) == (beside.parts, beside.people, beside.refusals)


def test_a_rule_that_takes_no_costs_off_takes_none_here_either():
    texts = {
        "pack.yaml": "id: p\nversion: '1'\nkind: policy\nsubject: practice\ntitle: {en: P}\nspeaks: {from: '2020-01-01'}\n",
        "sources.yaml": "M: {title: M, where: here, level: A}\n", "CHANGELOG.md": "# Changes\n",
        "rules/r.yaml": "- {id: r, kind: distribution, title: {en: R}, deduct: [taxes_withheld], parts: {inventors: 50 %, university: rest}, status: verified, basis: [M]}\n",
    }  # fmt: skip
    book = Book(load_practice([from_texts(texts, "p")], ()))
    row = Row(date(2020, 1, 1), 1000, "CNY", "T", 900, PEOPLE, (), 2)
    assert simulate([row, row], {"x": book})["x"].total("inventors", "CNY") == 1000
    assert trace_of([row], book, 2).parts["inventors"] == 500


def test_memory_does_not_grow_with_the_number_of_rows():
    def peak(count: int) -> int:
        made = (Row(date(2020, 1, 1) + timedelta(at % 700), at, "CNY", f"T{at % 20}", at % 50, PEOPLE, (), at) for at in range(count))
        tracemalloc.start()
        simulate(made, {"a": FIVE_ONE, "b": LAW})
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(500)
    assert peak(8000) < 2 * peak(1000) + 200_000
