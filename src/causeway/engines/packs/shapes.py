"""What each key of a docket pack holds, all the way down, so that a pack without a fault compiles and runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from causeway.engines.packs.parse import Map, Seq

if TYPE_CHECKING:
    from causeway.engines.packs.schema import Checker

#: Keys of each place and what they hold; "!" marks a key that must be there. Types: those of `_SCALARS`; `texts`, `wholes` (lists), `titles`; the name of a
#: place, `[place]` a list of them, `{place}` a mapping to them; `{text}` and the like a mapping to scalars; `choice:a,b`, `choices:a,b` one or a list of the words
#: named; `any` what is checked elsewhere.
SHAPES: dict[str, dict[str, str]] = {
    "pack": {
        "id!": "text", "version!": "text", "kind!": "text", "title!": "{text}", "subject": "text", "extends": "any", "offices": "{office}", "licence": "text", "reviewed": "text",
        "note": "text",
    },
    "office": {"name!": "titles", "timezone": "text", "note": "text"},
    "source": {"title!": "text", "where": "text", "level": "text", "note": "text"},
    "event": {"title!": "titles", "notice": "flag", "group": "choice:end"},
    "rule": {
        "id!": "text", "office!": "text", "rights!": "texts", "regime": "text", "title!": "{text}", "kind!": "text", "in_force": "in_force", "introduced": "texts", "period": "period",
        "renewal": "renewal", "stages": "stages", "expiry": "expiry", "term": "term", "pendency": "pendency", "fixed": "fixed", "roll": "flag",
        "extendable": "extendable", "closed_by": "texts", "fee": "text", "grace": "grace", "consequence": "titles", "designated": "{designated}", "calendar": "text",
        "across": "flag", "statutory": "flag", "after_withdrawal": "choice:keep", "withdrawn_within_months": "whole", "status": "any", "basis": "any", "partly": "text", "note": "text", "needs": "texts",
        "unless": "texts", "docket": "flag", "also": "texts", "compensation": "choice:cn_delay,cn_drug", "fee_items": "fee_items", "fee_years": "wholes",
    },
    "in_force": {"from": "day", "to": "day", "judged_by": "choice:trigger,due,priority_end"},
    "extendable": {"months!": "count", "step": "whole"},
    "period": {
        "after": "texts", "n": "count", "unit": "text", "month_end": "flag", "within": "within", "when": "when", "back": "flag", "each": "flag", "then": "length",
        "not_after": "limit", "later_of": "[limb]", "earlier_of": "[limb]", "cases": "[limb]",
    },
    "limb": {
        "after!": "texts", "n!": "count", "unit!": "text", "month_end": "flag", "within": "within", "when": "when", "back": "flag", "each": "flag", "then": "length",
        "not_after": "limit",
    },
    "length": {"n!": "count", "unit!": "unit"},
    "limit": {"after!": "texts", "n!": "count", "unit!": "unit"},
    "within": {"after!": "texts", "from_months!": "whole", "to_months!": "whole"},
    "grace": {"months!": "count", "percent": "amount", "bands": "[band]", "conflict": "flag", "conflict_months": "whole"},
    "band": {"to_month!": "whole", "percent": "amount", "amount": "text"},
    "renewal": {
        "after!": "texts", "defer": "defer", "european": "window", "first": "whole", "first_days": "whole", "free_months": "whole", "from_grant": "flag", "grace": "grace",
        "last": "last", "last_if": "[last_if]", "late_grant": "late_grant", "month_before": "flag", "month_end": "flag", "needs": "choice:grant", "opens_at_due": "flag",
        "opens_by_year": "{whole}", "opens_months": "whole", "skip_if": "skip_if", "to_grant": "flag", "until": "until", "window": "window", "years": "wholes",
        "years_begin": "choice:on",
    },
    "defer": {"event": "text", "after!": "texts", "months!": "count", "years": "wholes", "compound": "flag"},
    "window": {"after!": "texts", "months!": "count"},
    "last_if": {"right!": "text", "trigger_before!": "day", "last!": "whole"},
    "late_grant": {"after_years!": "whole", "less_months!": "whole", "months!": "count"},
    "skip_if": {"event!": "text", "years!": "wholes"},
    "until": {"after!": "texts", "years!": "count"},
    "stages": {"after!": "texts", "windows!": "{stage}"},
    "stage": {"opens_months": "whole", "due_months!": "whole", "grace_months": "whole"},
    "expiry": {
        "after!": "texts", "years!": "count", "times": "whole", "until_years": "whole", "opens_months": "whole", "grace!": "grace", "day_before": "flag",
        "month_end_before": "day",
    },
    "term": {
        "after": "texts", "years": "whole", "cases": "[term]", "day_before": "flag", "year_end": "flag", "earliest": "flag", "never_after": "until", "adjustment": "choice:us_pta,cn_pta",
        "extension": "choice:spc", "when": "when", "unless": "when",
    },
    "pendency": {"after!": "texts", "n!": "count", "unit!": "unit"},
    "fixed": {"after!": "texts", "on!": "day"},
    "designated": {"months": "whole", "late_months": "whole", "regime": "text", "status": "any", "closed": "text", "before": "before"},
    "before": {"date!": "day", "months!": "count", "status": "text"},
    "regime": {
        "id!": "text", "calendar": "text", "roll": "flag", "makeup_works": "flag", "delivery": "[delivery]", "in_force": "in_force", "status": "any", "basis": "any", "partly": "text",
        "title": "titles", "note": "text",
    },
    "delivery": {
        "media!": "choices:electronic,post,hand,public_notice,any", "issued_from": "day", "issued_to": "day", "add_days": "whole", "add_months": "whole", "actual": "text", "status": "any", "basis": "any", "note": "text",
    },
    "fees": {"id!": "text", "title": "titles", "currency!": "text", "judged_by": "choice:payment,due", "versions!": "[fee_version]", "reductions": "{reduction}"},
    "fee_version": {
        "from": "day", "to": "day", "by_year": "any", "by_stage": "any", "per_claim": "{per_claim}", "items": "{text}", "surcharge": "{text}", "conflict": "any", "status": "any",
        "basis": "any", "partly": "text", "note": "text",
    },
    "per_claim": {"base!": "whole_sum", "claim!": "whole_sum"},
    "reduction": {"percent": "amount", "years_from_grant": "whole", "from": "day", "items": "texts", "by_year": "{amount}"},
    "calendar": {
        "id!": "text", "name": "text", "weekend": "texts", "known": "[span]", "closed": "{days}", "provisional": "{days}", "makeup": "{days}", "basis": "any", "status": "any",
        "note": "text",
    },
    "span": {"from!": "day", "to!": "day"},
}  # fmt: skip

#: Scalars: code of the fault, pattern, what it must be.
_SCALARS = {
    "text": ("shape", r"(?s).+", "a text"),
    "whole": ("number", r"[0-9]{1,5}", "a whole number of at most five digits"),
    "count": ("number", r"[1-9][0-9]{0,4}", "a whole number from 1 on, of at most five digits"),
    "whole_sum": ("amount", r"[0-9]{1,12}", "a whole sum"),
    "amount": ("amount", r"[0-9]{1,12}(\.[0-9]{1,4})?", "an amount"),
    "flag": ("flag", r"true|false|yes|no", "true or false"),
    "unit": ("unit", r"days|weeks|months|years", "days, weeks, months or years"),
    "day": ("date", r".+", "a date"),
    "days": ("date", r"[0-9]{2}-[0-9]{2}( [0-9]{2}-[0-9]{2})*", "a list of days such as 01-01 12-25"),
}


def keys_of(place: str) -> set[str]:
    """The keys a place allows."""
    return {key.removesuffix("!") for key in SHAPES[place]}


def fits(check: Checker, value: Any, place: str, name: str) -> bool:
    """Whether a part of a pack holds, all the way down, what its place allows; every fault is collected, as are keys it may not have.

    check: where faults go; place: of `SHAPES`; name: the part in words.
    """
    before = len(check.faults)
    _place(check, value, place, name, getattr(value, "line", 1))
    return len(check.faults) == before


def _place(check: Checker, value: Any, place: str, name: str, line: int) -> None:
    if not isinstance(value, Map):
        check.fault("shape", line, f"{name} must be a mapping.")
        return
    check.keys(value, place, name)
    for key, kind in SHAPES[place].items():
        plain = key.removesuffix("!")
        if plain in value:
            _holds(check, value[plain], kind, f"{plain} of {name}", value.lines.get(plain, value.line))
        elif key.endswith("!"):
            check.fault("missing", value.line or line, f"{name} has no {plain}.")


def _holds(check: Checker, value: Any, kind: str, name: str, line: int) -> None:
    if kind in _SCALARS:
        _scalar(check, value, kind, name, line)
    elif kind in _LISTS:
        _listed(check, value, _LISTS[kind], name, line)
    elif kind.startswith("choices:"):
        _listed(check, value, kind.replace("choices", "choice", 1), name, line)
    elif kind.startswith("choice:"):
        words = kind.partition(":")[2].split(",")
        if str(value) not in words:
            check.fault("choice", line, f"{name}: {str(value)[:60]!r} is not one of {', '.join(words)}.")
    elif kind[0] == "[":
        _listed(check, value, kind[1:-1], name, line)
    elif kind[0] == "{":
        _mapped(check, value, kind[1:-1], name, line)
    elif kind == "titles":
        if not isinstance(value, str) or not value:
            _mapped(check, value, "text", name, line)
    elif kind == "last":
        _holds(check, value, "{whole}" if isinstance(value, Map) else "whole", name, line)
    elif kind == "fee_items":
        _holds(check, value, "{texts}" if isinstance(value, Map) else "texts", name, line)
    elif kind == "when":
        _when(check, value, name, line)
    elif kind in SHAPES:
        _place(check, value, kind, name, line)


_LISTS = {"texts": "text", "wholes": "whole"}


def _scalar(check: Checker, value: Any, kind: str, name: str, line: int) -> None:
    code, pattern, wanted = _SCALARS[kind]
    if not isinstance(value, str):
        check.fault("shape", line, f"{name} must be {wanted}.")
    elif not re.fullmatch(pattern, value):
        check.fault(code, line, f"{name}: {value[:60]!r} is not {wanted}.")
    elif kind == "day":
        check.day(value, line, name)


def _items(check: Checker, value: Any, name: str, line: int) -> Iterator[tuple[Any, int]]:
    if not isinstance(value, Seq):
        check.fault("shape", line, f"{name} must be a list.")
        return
    yield from zip(value, value.lines, strict=True)


def _listed(check: Checker, value: Any, kind: str, name: str, line: int) -> None:
    for item, at in _items(check, value, name, line):
        _holds(check, item, kind, f"An item of {name}", at)


def _mapped(check: Checker, value: Any, kind: str, name: str, line: int) -> None:
    if not isinstance(value, Map):
        check.fault("shape", line, f"{name} must be a mapping.")
        return
    for key, item in value.items():
        _holds(check, item, kind, f"{key} of {name}", value.lines[key])


def _when(check: Checker, value: Any, name: str, line: int) -> None:
    """Conditions: facts, each with the value or values it must have; days before or from which a trigger lies."""
    if not isinstance(value, Map):
        check.fault("shape", line, f"{name} must be a mapping.")
        return
    for key, item in value.items():
        kind = "day" if key in ("trigger_from", "trigger_before") else "texts" if isinstance(item, Seq) or key == "right" else "text"
        _holds(check, item, kind, f"{key} of {name}", value.lines[key])
