"""What rules and events are called in the reader's language: the one way in which a deadline or an event is named anywhere."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from causeway.engines.docket import Law, compile_law
from causeway.engines.kernel import NoRuleInForce
from causeway.engines.packs import load_packs, shipped_packs
from causeway.kit.show import day


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


def titled(rule_id: str, ordinal: str) -> str:
    """A rule by its title, with the id that people cite; the id alone for a rule that the law no longer has."""
    try:
        return f"{title(rule_id, ordinal)} ({rule_id})"
    except NoRuleInForce:
        return f"{rule_id} {ordinal}".strip()


def event_title(kind: str) -> str:
    """What happened, in the reader's language."""
    return law().title_of_event(kind, language())


#: What the engine says most often where a rule gives no date or a fee no figure, and how the reader is told it.
_SAID = [
    (r"(?:is )?not in force on (?P<on>\S+): it holds from (?P<first>\S+) to (?P<last>\S+)", _("not in force on %(on)s; it holds from %(first)s to %(last)s.")),
    (r"(?:is )?not in force on (?P<on>\S+): it holds from (?P<first>\S+)", _("not in force on %(on)s; it holds from %(first)s.")),
    (r"(?:is )?not in force on (?P<on>\S+): it holds to (?P<last>\S+)", _("not in force on %(on)s; it held until %(last)s.")),
    (r"the right was granted, but the day is not recorded, .*", _("the right was granted, but the day is not recorded, so nobody can say which fees are due where. Record the grant.")),
    (r"No tariff of (?P<table>\S+) was read for (?P<on>[\d-]+); those read hold from (?P<first>[\d-]+) to (?P<last>[\d-]+)",
     _("No tariff %(table)s was read for %(on)s; those read hold from %(first)s to %(last)s.")),
    (r"No tariff of (?P<table>\S+) was read for (?P<on>[\d-]+).*", _("No tariff %(table)s was read for %(on)s; read the fee at the office.")),
    (r"The tariff (?P<table>\S+) in force has no figure for (?P<what>[^:]+): .*", _("The tariff %(table)s in force has no figure for %(what)s; read the fee at the office.")),
    (r"unverified tariff", _("unverified tariff")),
]  # fmt: skip
_ISO = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")


def reason(text: str, rule_id: str = "") -> str:
    """Why there is no date or no fee, in the reader's language, without the rule, which stands beside it. Sentences that are rare stay the engine's, with their days in words."""
    text = text.removeprefix(rule_id).lstrip(": ") if rule_id else text
    for pattern, words in _SAID:
        if found := re.fullmatch(pattern + r"\.?", text):
            return str(words) % {name: _days(part.rstrip(".")) for name, part in found.groupdict().items()}
    return _days(text)


def _days(text: str) -> str:
    return _ISO.sub(lambda found: _day(found[0]), text)


def _day(text: str) -> str:
    try:
        return day(date.fromisoformat(text))
    except ValueError:
        return text
