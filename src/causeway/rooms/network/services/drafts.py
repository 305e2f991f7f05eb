"""A case as a draft pack: its figures become values with their quotes, and what a rule needs but the case does not say is asked for."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import yaml

from causeway.engines.guide.mechanisms import name_of
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


def pack_id(case: Case) -> str:
    """A name for the draft, of the institution and the practice."""
    words = re.findall(r"[a-z0-9]+", fold(f"{case.hei_name.split('(')[0]} {case.title}"))
    return "guide-draft-" + ("-".join(words[:6]) or str(case.pk))[:60]


def pack_of(case: Case) -> bytes:
    """A draft pack as a zip in the pack format; the same case gives the same bytes."""
    name = pack_id(case)
    parts = {"pack.yaml": _head(case, name), "sources.yaml": _sources(case), "values/case.yaml": _values(case), "cases/cases.yaml": [], "CHANGELOG.md": None}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, value in parts.items():
            text = f"# {name}\n\n- draft: made from the case “{case.title}”; every value is to be checked\n" if value is None else _yaml(value)
            archive.writestr(zipfile.ZipInfo(f"{name}/{path}", (2020, 1, 1, 0, 0, 0)), text)
    return out.getvalue()


def _yaml(value: Any) -> str:
    return yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=160)


def _head(case: Case, name: str) -> dict[str, Any]:
    return {
        "id": name, "version": "draft.1", "kind": "guide", "subject": "practice", "title": {case.language: case.title},
        "summary": {case.language: " ".join(case.fields.get("short_description", "").split())[:600]},
        "practised_by": {case.language: f"{case.hei_name}{f' (guide case {case.number})' if case.number else ''}"}, "country": case.country or "ZZ",
        "speaks": {"from": case.dated if len(case.dated) == 10 else f"{case.year or 2020}-01-01"}, "licence": "to be said", "reviewed": "not yet by the university",
    }  # fmt: skip


def _sources(case: Case) -> dict[str, Any]:
    where = f"{case.document}, {case.number}, lines {case.lines}" if case.document else f"case {case.key}"
    return {"CASE": {"title": f"{case.title} ({case.hei_name})", "where": where, "level": "B", "note": case.document.citation if case.document else ""}}


def _values(case: Case) -> list[dict[str, Any]]:
    begins = case.dated if len(case.dated) == 10 else f"{case.year or 2020}-01-01"
    made, taken = [], set()
    for place, one in enumerate(case.figures.exclude(value="").order_by("place", "pk"), 1):
        made.append(_value(one, f"figure_{place}", begins))
    for code in case.mechanisms:
        for key, unit, title in ASKED.get(code, []):
            if key not in taken:
                taken.add(key)
                made.append({"id": key, "title": {"en": title}, "unit": unit, "note": f"Asked for because the case uses: {name_of(code)}.",
                             "versions": [{"from": begins, "asks": "true", "status": "unverified", "dated": "unverified", "basis": ["CASE"]}]})  # fmt: skip
    return made


def _value(one: CaseFigure, key: str, begins: str) -> dict[str, Any]:
    value = f"{one.value} %" if one.unit == "%" else one.value
    note = "; ".join(part for part in (f"“{one.quote}”" if one.quote else "", f"qualified: {one.qualifier}" if one.qualifier else "", one.doubt) if part)
    return {"id": key, "title": {"en": f"{one.label or 'figure'}{f' ({one.unit})' if one.unit and one.unit not in _UNITS else ''}"}, "unit": _UNITS.get(one.unit, "text"), "note": note,
            "versions": [{"from": begins, "value": value, "status": "verified" if one.confirmed else "unverified", "dated": "unverified", "basis": ["CASE"]}]}  # fmt: skip
