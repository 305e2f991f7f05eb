"""Traces: what an engine did, as codes with figures; words are found when somebody asks, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

Words = Mapping[str, Mapping[str, tuple[str, str]]]


class Step(NamedTuple):
    """One step: a code, what fills its sentence, the sources it rests on ("SOURCE#place"), and whether those were verified."""

    code: str
    values: Mapping[str, Any] = {}
    basis: tuple[str, ...] = ()
    verified: bool = True


class Line(NamedTuple):
    """A step in words. amount: the money it yields, as text with its currency, or empty. basis: titles of sources with places."""

    code: str
    title: str
    sentence: str
    amount: str
    basis: tuple[str, ...]
    verified: bool


def tell(steps: Iterable[Step], words: Words, language: str, source: Callable[[str], str]) -> list[Line]:
    """The steps in words. language: "en" or "zh-hans", any other falls back to English; source: a basis in words."""
    told = words.get(language, words["en"])
    lines = []
    for step in steps:
        title, sentence = told.get(step.code) or words["en"][step.code]
        filled = {key: in_language(value, language) for key, value in step.values.items()}
        lines.append(
            Line(
                step.code, title.format(**filled), sentence.format(**filled), str(filled.get("amount", "")), tuple(source(one) for one in step.basis), step.verified
            )  # fmt: skip
        )
    return lines


def in_language(value: Any, language: str) -> str:
    """A filler: a mapping of languages gives the language or English, anything else its text."""
    if isinstance(value, Mapping):
        return str(value.get(language) or value.get("en") or next(iter(value.values()), ""))
    return str(value)
