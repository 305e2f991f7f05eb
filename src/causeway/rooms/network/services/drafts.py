"""A case as a draft pack: its figures become values with their quotes, and what a rule needs but the case does not say is asked for."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from typing import Any

import yaml

from causeway.engines.guide.mechanisms import name_of
from causeway.engines.kernel import CURRENCIES
from causeway.engines.packs.units import ValueFault, read_value
from causeway.frame.tokens import fold
from causeway.rooms.network.models import Case, CaseFigure

#: What each mechanism cannot do without, asked for where the case does not say it.
ASKED = {
    "DISTRIB": [("researchers_share", "share", "Share of the researchers"), ("unit_share", "share", "Share of their unit"), ("university_share", "share", "Share of the university")],
    "PUBLIC": [("notice_days", "days", "Days of public notice")], "POC": [("grant_ceiling", "money", "Most that a grant may be")], "COFIN": [("own_part", "share", "Own part of the cost")],
    "SUBSIDY": [("funded_filings", "count", "Filings paid for each person and year")], "ANNUITY": [("years_paid", "count", "Years the university pays")],
    "REWARD": [("reward_share", "share", "Part that goes to the persons")], "EQUITY": [("researchers_equity", "share", "Shares of the researchers")],
    "LEAN": [("weeks", "count", "Weeks of the course"), ("interviews", "count", "Interviews a team holds")], "PANEL": [("members", "count", "Members of the panel")],
    "OPTION": [("option_days", "days", "Days an option stays open")], "INCUB": [("incubation_months", "count", "Months of incubation")],
}  # fmt: skip
_UNITS = {"%": "share", "days": "days", "months": "months", "years": "years"}
_CURRENCY = {"CN": "CNY", "PL": "PLN", "GB": "GBP", "US": "USD", "CH": "CHF", "SE": "SEK", "NO": "NOK", "DK": "DKK", "CZ": "CZK", "HU": "HUF", "JP": "JPY"}


def pack_id(case: Case) -> str:
    """A name for the draft, of the institution and the practice."""
    words = re.findall(r"[a-z0-9]+", fold(f"{case.hei_name.split('(')[0]} {case.title}"))
    return "guide-draft-" + ("-".join(words[:6]) or str(case.pk))[:60]


def pack_of(case: Case) -> bytes:
    """A draft pack as a zip in the pack format, free of faults; the same case gives the same bytes."""
    name, values = pack_id(case), _values(case)
    parts = {"pack.yaml": _head(case, name), "sources.yaml": _sources(case), "values/case.yaml": values, "cases/cases.yaml": []}
    texts = {f"{name}/{path}": _yaml(value) for path, value in parts.items()} | {f"{name}/CHANGELOG.md": _left(case, name, values)}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in texts.items():
            archive.writestr(zipfile.ZipInfo(path, (2020, 1, 1, 0, 0, 0)), text)
    return out.getvalue()


def _left(case: Case, name: str, values: list[dict[str, Any]]) -> str:
    """What a person still has to do before the draft can be adopted."""
    lines = [f"# {name}", "", f"- draft: made from the case “{case.title}”; every value is to be checked", "", "## To be done by a person", ""]
    for one in values:
        version, title = one["versions"][0], one["title"]["en"]
        if "asks" in version:
            lines.append(f"- `{one['id']}`: {title}. The case does not say it.")
        elif version["status"] == "unverified":
            lines.append(f"- `{one['id']}`: {title}. Check it, and give it an id of its own, or take it out.")
    lines += ["- `pack.yaml`: the licence, who looked at it, and the day from which it speaks.", "- `rules/` and `cases/`: the rules that use the values, and a worked case for each."]
    return "\n".join(lines) + "\n"


def _yaml(value: Any) -> str:
    return yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=160)


def _head(case: Case, name: str) -> dict[str, Any]:
    return {
        "id": name, "version": "draft.1", "kind": "guide", "subject": "practice", "title": {case.language: case.title},
        "summary": {case.language: " ".join(case.fields.get("short_description", "").split())[:600] or case.title},
        "practised_by": {case.language: f"{case.hei_name}{f' (guide case {case.number})' if case.number else ''}"}, "country": case.country or "ZZ",
        "speaks": {"from": case.dated if len(case.dated) == 10 else f"{case.year or 2020}-01-01"}, "licence": "to be said", "reviewed": "not yet by the university",
    }  # fmt: skip


def _sources(case: Case) -> dict[str, Any]:
    where = f"{case.document}, {case.number}, lines {case.lines}" if case.document else f"case {case.key}"
    return {"CASE": {"title": f"{case.title} ({case.hei_name})", "where": where, "level": "B", "note": case.document.citation if case.document else ""}}


def _values(case: Case) -> list[dict[str, Any]]:
    begins = case.dated if len(case.dated) == 10 else f"{case.year or 2020}-01-01"
    figures = list(case.figures.exclude(value="").order_by("place", "pk"))
    made, taken, currency = [_value(one, f"figure_{place}", begins) for place, one in enumerate(figures, 1)], set(), _currency(case, figures)
    for code in case.mechanisms:
        for key, unit, title in ASKED.get(code, []):
            if key not in taken:
                taken.add(key)
                made.append({"id": key, "title": {"en": title}, "unit": unit, **({"currency": currency} if unit == "money" else {}), "note": f"Asked for because the case uses: {name_of(code)}.",
                             "versions": [{"from": begins, "asks": "true", "status": "unverified", "dated": "unverified", "basis": ["CASE"]}]})  # fmt: skip
    return made


def _currency(case: Case, figures: list[CaseFigure]) -> str:
    """The currency a case counts in: the one its figures use most, else that of its country, else of the university."""
    used = Counter(one.unit for one in figures if one.unit in CURRENCIES)
    return used.most_common(1)[0][0] if used else _CURRENCY.get(case.country) or case.university.currency


def _typed(one: CaseFigure) -> tuple[str, str, str]:
    """Unit, currency and value of a figure as the pack format has them; text where it fits no unit."""
    currency = one.unit if one.unit in CURRENCIES else ""
    unit = "money" if currency else _UNITS.get(one.unit, "count")
    value = f"{one.value} %" if unit == "share" else one.value
    try:
        read_value(unit, value, currency)
    except ValueFault:
        return "text", "", f"{one.value} {one.unit}".strip()
    return unit, currency, value


def _value(one: CaseFigure, key: str, begins: str) -> dict[str, Any]:
    unit, currency, value = _typed(one)
    note = "; ".join(part for part in (f"“{one.quote}”" if one.quote else "", f"qualified: {one.qualifier}" if one.qualifier else "", one.doubt) if part)
    counted = f" ({one.unit})" if unit == "count" and one.unit and one.unit.casefold() not in one.label.casefold() else ""
    return {"id": key, "title": {"en": f"{one.label or 'figure'}{counted}"}, "unit": unit, **({"currency": currency} if currency else {}), "note": note,
            "versions": [{"from": begins, "value": value, "status": "verified" if one.confirmed else "unverified", "dated": "unverified", "basis": ["CASE"]}]}  # fmt: skip
