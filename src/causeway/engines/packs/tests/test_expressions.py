"""The language of packs: what it says, what it refuses, and that it cannot be made to run long."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from causeway.engines.kernel import Refusal, Ungoverned
from causeway.engines.packs.expressions import MAX_CHARACTERS, ExpressionFault, compile_expression

KINDS = {
    "way": "text", "n": "number", "share": "number", "price": "money CNY", "cost": "money EUR", "paid_on": "date", "got_on": "date", "ok": "flag",
    "term": "months", "kinds": "list",
}  # fmt: skip
FACTS = {
    "way": "licence", "n": Fraction(4), "share": Fraction(1, 4), "price": Fraction(100), "cost": Fraction(7), "paid_on": date(2023, 2, 28),
    "got_on": date(2020, 2, 29), "ok": True, "term": Fraction(36), "kinds": ("a", "b"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 - share - 15 %", Fraction(3, 5)),
        ("2 + 3 * 4", 14),
        ("(2 + 3) * 4", 20),
        ("10 / 4", Fraction(5, 2)),
        ("-3 + 5", 2),
        ("price * share", 25),
        ("price > 99.99", True),
        ("way in ['transfer', 'licence']", True),
        ("way == 'licence' and not ok", False),
        ("not not ok", True),
        ("way != 'licence' or n >= 4", True),
        ("paid_on <= add_months(got_on, 36)", True),
        ("paid_on < 2023-03-01", True),
        ("year(paid_on) == 2023", True),
        ("min(n, 3) + max(n, 9)", 12),
        ("'a' in kinds", True),
        ("70 %", Fraction(7, 10)),
        ("true", True),
    ],
)
def test_what_it_says(text, value):
    assert compile_expression(text, KINDS).run(FACTS) == value


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "expression"),
        ("1 +", "expression"),
        ("1 2", "expression"),
        ("way + 1", "expression"),
        ("way < 'x'", "expression"),
        ("ok and n", "expression"),
        ("n and ok", "expression"),
        ("n in ['a']", "expression"),
        ("[n]", "expression"),
        ("2 ** 3", "expression"),
        ("n.real", "expression"),
        ("way['x']", "expression"),
        ("eval('1')", "expression"),
        ("min(1, 2, 3)", "expression"),
        ("2023-02-30 < paid_on", "expression"),
        ("'unended", "expression"),
        ("__class__", "expression"),
        ("lambda: 1", "expression"),
        ("nobody + 1", "no-such-value"),
        ("price + cost", "mixed-units"),
        ("price == cost", "mixed-units"),
        ("price * cost", "mixed-units"),
        ("n + term", "mixed-units"),
        ("3 / price", "mixed-units"),
        ("(" * 100 + "1" + ")" * 100, "expression-size"),
        ("-" * 200 + "1", "expression-size"),
        ("1" + "+1" * 400, "expression-size"),
        ("1" * (MAX_CHARACTERS + 1), "expression-size"),
    ],
)
def test_what_it_refuses(text, code):
    with pytest.raises(ExpressionFault) as raised:
        compile_expression(text, KINDS)
    assert raised.value.code == code


def test_a_fact_nobody_gave_is_said():
    with pytest.raises(Ungoverned, match="paid on"):
        compile_expression("paid_on > 2020-01-01", KINDS).run({})


def test_a_part_that_does_not_matter_is_not_asked_for():
    assert compile_expression("ok or paid_on > 2020-01-01", KINDS).run({"ok": True}) is True


def test_nothing_is_divided_by_nothing():
    with pytest.raises(Refusal):
        compile_expression("1 / (n - 4)", KINDS).run(FACTS)


def test_the_largest_expression_there_can_be_gives_a_number():
    assert compile_expression("*".join(["9" * 30] * 32), KINDS).run({}) == (10**30 - 1) ** 32


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="()[]+-*/<>=!,.' abnotrdi0123456789%\n\\_", max_size=80))
def test_any_text_is_an_expression_or_a_fault_and_nothing_else(text):
    try:
        made = compile_expression(text, KINDS)
        made.run(FACTS)
    except (ExpressionFault, Refusal):
        pass


@given(st.integers(-1000, 1000), st.integers(-1000, 1000), st.integers(1, 1000))
def test_numbers_are_exact(a, b, c):
    made = compile_expression("(a + b) / c", {"a": "number", "b": "number", "c": "number"})
    assert made.run({"a": Fraction(a), "b": Fraction(b), "c": Fraction(c)}) == Fraction(a + b, c)
