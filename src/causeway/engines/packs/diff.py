"""What differs between two practice packs: values, rules, overlays and flows, in lines for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from causeway.engines.packs.expressions import Expression
from causeway.engines.packs.model import Rule, Value, Version
from causeway.engines.packs.resolve import practice
from causeway.engines.packs.schema import Pack
from causeway.engines.packs.units import show_value


def diff_packs(before: Pack, after: Pack) -> list[str]:
    """Lines "+", "-" and "~" for what came, went and changed; none for packs that say the same."""
    one, other = practice(before), practice(after)
    lines = [*_diff("value", one.values, other.values, _of_value), *_diff("rule", one.rules, other.rules, _of_rule)]
    lines += _diff("overlay", _by_target(before), _by_target(after), str)
    lines += _diff("flow", one.flows, other.flows, _text)
    lines += _diff("form", one.forms, other.forms, _text)
    lines += _diff("source", before.sources, after.sources, _text)
    if one.speaks != other.speaks:
        lines.append(f"~ speaks: {one.speaks.text()} -> {other.speaks.text()}")
    if one.extends != other.extends:
        lines.append(f"~ extends: {', '.join(one.extends) or 'nothing'} -> {', '.join(other.extends) or 'nothing'}")
    return lines


def _diff(what: str, before: Mapping[str, Any], after: Mapping[str, Any], show: Any) -> Iterator[str]:
    for key in sorted(before.keys() | after.keys()):
        if key not in after:
            yield f"- {what} {key}"
        elif key not in before:
            yield f"+ {what} {key}: {show(after[key])}"
        elif show(before[key]) != show(after[key]):
            yield f"~ {what} {key}: {show(before[key])} -> {show(after[key])}"


def _of_value(value: Value) -> str:
    return "; ".join(f"{_of_version(value, version)} {version.span.text()}" for version in value.versions)


def _of_version(value: Value, version: Version) -> str:
    if version.asks:
        return "asks"
    text = version.formula.text if version.formula else show_value(value.unit, version.value, value.currency)
    return f"{text} [{', '.join(version.ground.basis)}{'' if version.ground.sure else ', unverified'}]"


def _of_rule(rule: Rule) -> str:
    said = ", ".join(f"{key}: {_field(field)}" for key, field in sorted(rule.fields.items()))
    when = f" when {rule.when.text}" if rule.when else ""
    return f"{rule.kind} {rule.span.text()}{when} ({said}) [{', '.join(rule.ground.basis)}]"


def _field(field: Any) -> str:
    if isinstance(field, Expression):
        return field.text
    if isinstance(field, Mapping):
        return "{" + ", ".join(f"{key}: {_field(one)}" for key, one in field.items()) + "}"
    if isinstance(field, list | tuple):
        return "[" + ", ".join(_field(one) for one in field) + "]"
    return "rest" if field is None else str(field)


def _by_target(pack: Pack) -> dict[str, str]:
    found = {}
    for overlay in practice(pack).overlays:
        version = overlay.version
        said = ""
        if version:
            said = version.formula.text if version.formula else str(version.value)
        key = f"{overlay.verb} {overlay.target} {overlay.span.text()}"
        found[key] = f"{said}{' when ' + overlay.when.text if overlay.when else ''} [{', '.join(overlay.ground.basis)}]".strip()
    return found


def _text(value: Any) -> str:
    return repr(value)
