"""Practice packs at work: what the rooms call. Packs in, books of them resolved on a day, money shared, explained, simulated; drafts of policies checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from causeway.engines import distribution, funding, grants, royalty
from causeway.engines.distribution import rewards
from causeway.engines.kernel import Line, Step, tell
from causeway.engines.packs.library import lint_practice, load_practice, practice_folders, shipped_practice
from causeway.engines.packs.model import Value
from causeway.engines.packs.resolve import Book, Held, InForce, Named
from causeway.engines.packs.sources import PackText, from_folder, from_texts, from_zip, to_zip
from causeway.engines.practice.adoption import Adoption, Timeline
from causeway.engines.practice.policy import Draft, Field, Setting, check_draft, check_text, draft_texts, fields, load_draft
from causeway.engines.practice.record import ENGINE, Difference, record, replay, steps_of
from causeway.engines.practice.simulate import Change, Outcome, Refused, Row, changes, sensitivity, simulate, trace_of

#: Words of every money engine's trace.
WORDS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    language: {
        **grants.WORDS[language], **funding.WORDS[language], **rewards.WORDS[language], **royalty.WORDS[language], **distribution.WORDS[language],
    }
    for language in ("en", "zh-hans")
}  # fmt: skip


def explain(steps: Iterable[Step], book: Book, language: str = "en") -> list[Line]:
    """The steps of a distribution in words, each with the titles of its sources. language: "en" or "zh-hans"."""
    return tell(steps, distribution.WORDS, language, book.source)


def explain_with(steps: Iterable[Step], words: Mapping[str, Mapping[str, tuple[str, str]]], book: Book, language: str = "en") -> list[Line]:
    """The steps of any money engine in words: give that engine's `WORDS`."""
    return tell(steps, words, language, book.source)


class GuideValue(NamedTuple):
    """A quantitative rule of the good-practice guide and the value that stands for it: case ("3.1.2"), rule ("income_split"), part of it or empty."""

    case: str
    rule: str
    part: str
    value: Value


def guide_values() -> list[GuideValue]:
    """Every value of the shipped packs that stands for a rule of the guide, by case."""
    found = []
    for pack in shipped_practice():
        for value in pack.practice.values.values() if pack.practice else ():
            if value.guide:
                case, _slash, rest = value.guide.partition("/")
                rule, _slash, part = rest.partition("/")
                found.append(GuideValue(case, rule, part, value))
    return sorted(found, key=lambda one: (one.case, one.rule, one.part))


__all__ = [
    "ENGINE", "Adoption", "Difference", "Timeline", "GuideValue", "guide_values", "record", "replay", "steps_of",
    "WORDS", "Book", "Change", "Draft", "Field", "Held", "InForce", "Named", "Outcome", "PackText", "Refused", "Row", "Setting", "changes", "check_draft",
    "check_text", "draft_texts", "explain", "explain_with", "fields", "from_folder", "from_texts", "from_zip", "lint_practice", "load_draft", "load_practice",
    "practice_folders", "sensitivity", "shipped_practice", "simulate", "to_zip", "trace_of",
]  # fmt: skip
