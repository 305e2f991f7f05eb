"""The tiny language of packs: conditions and formulas over declared names, typed, bounded, and without any way to loop, call or reach out.

    way in ['transfer', 'licence'] and paid_on <= add_months(received_on, 36)
    1 - inventors_share - institute_share

Kinds of values: `flag`, `text`, `list` (of texts), `date`, and numbers with a unit: `number` (shares, rates, counts), `money CNY`, `days`, `months`, `years`.
Numbers are exact fractions. Units must agree in sums and comparisons; a bare number takes the unit of what it stands beside.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from causeway.engines.kernel import Ungoverned, add_months, parse_date

#: What a person writes is smaller than this; what is larger was built to hurt.
MAX_CHARACTERS = 1000
MAX_DEPTH = 24
MAX_STEPS = 300

_TOKEN = re.compile(
    r"\s*(?:(?P<date>\d{4}-\d{2}-\d{2})|(?P<number>\d{1,30}(?:\.\d{1,30})?(?:\s?%)?)|'(?P<text>[^'\n]{0,200})'"
    r"|(?P<name>[a-z][a-z0-9_]{0,60})|(?P<sign><=|>=|==|!=|[<>()+\-*/,\[\]]))"
)
_WORDS = {"and", "or", "not", "in", "true", "false"}
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": lambda a, b: a == b, "!=": lambda a, b: a != b, "<": lambda a, b: a < b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
}  # fmt: skip
_NOT_NUMBERS = ("flag", "text", "list", "date")


class ExpressionFault(ValueError):
    """An expression that cannot be used. code: expression | expression-size | mixed-units | no-such-value."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Node(NamedTuple):
    """A part of an expression: its kind, the function that gives its value, and whether it is a bare number without a unit of its own."""

    kind: str
    run: Callable[[Mapping[str, Any]], Any]
    bare: bool = False


class Expression(NamedTuple):
    """A compiled expression. `run(facts)` gives its value; a name nobody gave is refused as `Ungoverned`."""

    text: str
    kind: str
    names: frozenset[str]
    run: Callable[[Mapping[str, Any]], Any]


def compile_expression(text: str, kinds: Mapping[str, str]) -> Expression:
    """Compile a text over names of declared kinds; `ExpressionFault` says what is wrong with it."""
    if len(text) > MAX_CHARACTERS:
        raise ExpressionFault("expression-size", f"An expression has at most {MAX_CHARACTERS:,} characters.")
    parser = _Parser(text, kinds)
    node = parser.either(0)
    if parser.at < len(parser.tokens):
        raise ExpressionFault("expression", f"{parser.tokens[parser.at][1]!r} is not expected there.")
    return Expression(text, node.kind, frozenset(parser.used), node.run)


def _tokens(text: str) -> list[tuple[str, str]]:
    found, at = [], 0
    text = text.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None or match.end() == at:
            raise ExpressionFault("expression", f"{text[at : at + 20]!r} cannot be read.")
        kind = str(match.lastgroup)
        found.append(("word" if kind == "name" and match[kind] in _WORDS else kind, match[kind]))
        at = match.end()
    if len(found) > MAX_STEPS:
        raise ExpressionFault("expression-size", f"An expression has at most {MAX_STEPS} steps.")
    return found


class _Parser:
    """Recursive descent, one method per rank of operators; every method takes the depth it stands at."""

    def __init__(self, text: str, kinds: Mapping[str, str]) -> None:
        self.tokens, self.kinds, self.at = _tokens(text), kinds, 0
        self.used: set[str] = set()

    def _is(self, *signs: str) -> bool:
        return self.at < len(self.tokens) and self.tokens[self.at][0] in ("sign", "word") and self.tokens[self.at][1] in signs

    def _take(self) -> tuple[str, str]:
        if self.at >= len(self.tokens):
            raise ExpressionFault("expression", "The expression ends too early.")
        self.at += 1
        return self.tokens[self.at - 1]

    def _want(self, sign: str) -> None:
        if not self._is(sign):
            raise ExpressionFault("expression", f"{sign!r} is missing.")
        self.at += 1

    def either(self, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise ExpressionFault("expression-size", f"An expression nests at most {MAX_DEPTH} deep.")
        left = self.both(depth)
        while self._is("or"):
            self.at += 1
            left = _logic(left, self.both(depth), "or")
        return left

    def both(self, depth: int) -> Node:
        left = self.negation(depth)
        while self._is("and"):
            self.at += 1
            left = _logic(left, self.negation(depth), "and")
        return left

    def negation(self, depth: int) -> Node:
        turns = 0
        while self._is("not"):
            self.at, turns = self.at + 1, turns + 1
        node = self.comparison(depth)
        if not turns:
            return node
        _need(node, "flag")
        return Node("flag", lambda env, run=node.run: not run(env)) if turns % 2 else node

    def comparison(self, depth: int) -> Node:
        left = self.sum(depth)
        if self._is(*_COMPARE):
            sign = self._take()[1]
            right = self.sum(depth)
            kind = _alike(left, right)
            if kind in ("flag", "list", "text") and sign not in ("==", "!="):
                raise ExpressionFault("expression", f"A {kind} is not larger or smaller than another.")
            return Node("flag", lambda env, a=left.run, b=right.run, test=_COMPARE[sign]: test(a(env), b(env)))
        if self._is("in"):
            self.at += 1
            right = self.sum(depth)
            _need(left, "text")
            _need(right, "list")
            return Node("flag", lambda env, a=left.run, b=right.run: a(env) in b(env))
        return left

    def sum(self, depth: int) -> Node:
        left = self.product(depth)
        while self._is("+", "-"):
            sign = self._take()[1]
            right = self.product(depth)
            kind = _alike(left, right)
            _need_number(left)
            left = Node(kind, _plus(left, right) if sign == "+" else _minus(left, right), left.bare and right.bare)
        return left

    def product(self, depth: int) -> Node:
        left = self.single(depth)
        while self._is("*", "/"):
            sign = self._take()[1]
            right = self.single(depth)
            _need_number(left)
            _need_number(right)
            if right.kind != "number" and (sign == "/" or left.kind != "number"):
                raise ExpressionFault("mixed-units", f"{left.kind} and {right.kind} cannot be multiplied or divided.")
            kind = left.kind if right.kind == "number" else right.kind
            left = Node(kind, _times(left, right) if sign == "*" else _over(left, right), left.bare and right.bare)
        return left

    def single(self, depth: int) -> Node:
        if self._is("-"):
            self.at += 1
            node = self.single(depth + 1) if depth < MAX_DEPTH else self.either(depth + 1)
            _need_number(node)
            return Node(node.kind, lambda env, run=node.run: -run(env), node.bare)
        if self._is("("):
            self.at += 1
            node = self.either(depth + 1)
            self._want(")")
            return node
        if self._is("["):
            return self.list()
        kind, text = self._take()
        if kind == "number":
            return _constant("number", Fraction(text.rstrip("% ")) / (100 if text.endswith("%") else 1), bare=True)
        if kind == "text":
            return _constant("text", text)
        if kind == "date":
            return _constant("date", _date(text))
        if kind == "word" and text in ("true", "false"):
            return _constant("flag", text == "true")
        if kind != "name":
            raise ExpressionFault("expression", f"{text!r} is not expected there.")
        return self.call(text, depth) if self._is("(") else self.name(text)

    def list(self) -> Node:
        self._want("[")
        items = []
        while not self._is("]"):
            kind, text = self._take()
            if kind != "text":
                raise ExpressionFault("expression", "A list holds texts only.")
            items.append(text)
            if not self._is("]"):
                self._want(",")
        self._want("]")
        return _constant("list", tuple(items))

    def name(self, name: str) -> Node:
        if name not in self.kinds:
            raise ExpressionFault("no-such-value", f"{name} is neither a value nor a fact that was declared.")
        self.used.add(name)

        def run(env: Mapping[str, Any]) -> Any:
            try:
                return env[name]
            except KeyError:
                text = f"The rule needs {name.replace('_', ' ')}, which nobody gave."
                raise Ungoverned(text, place=name, zh=f"规则需要“{name}”，但没有提供。") from None

        return Node(self.kinds[name], run)

    def call(self, name: str, depth: int) -> Node:
        self._want("(")
        given = [self.either(depth + 1)]
        while self._is(","):
            self.at += 1
            given.append(self.either(depth + 1))
        self._want(")")
        if name in ("min", "max") and len(given) == 2:
            kind = _alike(*given)
            _need_number(given[0])
            pick = min if name == "min" else max
            return Node(kind, lambda env, a=given[0].run, b=given[1].run: pick(a(env), b(env)))
        if name == "add_months" and len(given) == 2:
            _need(given[0], "date")
            _need_number(given[1])
            return Node("date", lambda env, a=given[0].run, b=given[1].run: date.fromordinal(add_months(a(env).toordinal(), int(b(env)))))
        if name == "year" and len(given) == 1:
            _need(given[0], "date")
            return Node("number", lambda env, a=given[0].run: Fraction(a(env).year))
        raise ExpressionFault("expression", f"There is no {name} of {len(given)} values; there are min(a, b), max(a, b), add_months(day, n), year(day).")


def _constant(kind: str, value: Any, bare: bool = False) -> Node:
    return Node(kind, lambda _env: value, bare)


def _date(text: str) -> date:
    try:
        return parse_date(text)
    except ValueError as wrong:
        raise ExpressionFault("expression", str(wrong)) from None


def _logic(left: Node, right: Node, word: str) -> Node:
    _need(left, "flag")
    _need(right, "flag")
    if word == "or":
        return Node("flag", lambda env, a=left.run, b=right.run: a(env) or b(env))
    return Node("flag", lambda env, a=left.run, b=right.run: a(env) and b(env))


def _plus(left: Node, right: Node) -> Callable:
    return lambda env, a=left.run, b=right.run: a(env) + b(env)


def _minus(left: Node, right: Node) -> Callable:
    return lambda env, a=left.run, b=right.run: a(env) - b(env)


def _times(left: Node, right: Node) -> Callable:
    return lambda env, a=left.run, b=right.run: a(env) * b(env)


def _over(left: Node, right: Node) -> Callable:
    def run(env: Mapping[str, Any]) -> Any:
        below = right.run(env)
        if not below:
            raise Ungoverned("The rule divides by nothing.")
        return left.run(env) / below

    return run


def _need(node: Node, kind: str) -> None:
    if node.kind != kind:
        raise ExpressionFault("expression", f"A {kind} is needed where a {node.kind} stands.")


def _need_number(node: Node) -> None:
    if node.kind in _NOT_NUMBERS:
        raise ExpressionFault("expression", f"A number is needed where a {node.kind} stands.")


def _alike(left: Node, right: Node) -> str:
    """The kind of two values that stand beside each other; a bare number takes the other's unit."""
    if left.kind == right.kind:
        return left.kind
    if left.kind in _NOT_NUMBERS or right.kind in _NOT_NUMBERS:
        raise ExpressionFault("expression", f"A {left.kind} and a {right.kind} cannot stand beside each other.")
    if left.bare:
        return right.kind
    if right.bare:
        return left.kind
    raise ExpressionFault("mixed-units", f"{left.kind} and {right.kind} are different units.")
