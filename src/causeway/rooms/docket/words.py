"""What rules and events are called in the reader's language: the one way in which a deadline or an event is named anywhere."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.utils.translation import get_language

from causeway.engines.docket import Law, compile_law
from causeway.engines.kernel import NoRuleInForce
from causeway.engines.packs import load_packs, shipped_packs


@cache
def law() -> Law:
    """The law in force in this process, compiled once from the packs that come with Causeway."""
    return compile_law(load_packs(shipped_packs()))


def language() -> str:
    """The language of rules in which the reader is told: zh-hans or en."""
    return "zh-hans" if (get_language() or "").startswith("zh") else "en"


def action_title(rule_id: str, ordinal: str, language: str) -> str:
    """What to do, in a language: the rule's title with its year, stage or office."""
    rule = law().rule(rule_id)
    name = rule.name(language)
    if not ordinal:
        return name
    if rule.kind == "renewal":
        return f"{name}, year {ordinal}" if language == "en" else f"{name}（第{ordinal}年）"
    if rule.kind == "stages":
        return f"{name} at {ordinal} years" if language == "en" else f"{name}（{ordinal}年）"
    if rule.kind == "expiry":
        return f"{name}, year {ordinal}" if language == "en" else f"{name}（第{ordinal}年）"
    return f"{name}: {ordinal}" if language == "en" else f"{name}：{ordinal}"


def title(rule_id: str, ordinal: str) -> str:
    """What a rule asks for, in the reader's language."""
    return action_title(rule_id, ordinal, language())


def action(row: Any) -> str:
    """What to do about a deadline, in the reader's language; the words kept with it, which are English, for a rule that the law no longer has."""
    if language() == "en":
        return row.action
    try:
        return title(row.rule, row.ordinal)
    except NoRuleInForce:
        return row.action


def event_title(kind: str) -> str:
    """What happened, in the reader's language."""
    return law().title_of_event(kind, language())
