"""Computed amounts: what a subject asks for, what the engine answers, why, and whether it answers the same again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from causeway import __version__
from causeway.engines.docket.check import CaseFault
from causeway.engines.kernel import CURRENCIES, Refusal
from causeway.engines.packs import Map, Seq
from causeway.engines.practice.check import run_case
from causeway.rooms.governance.choices import Subject
from causeway.rooms.governance.mapping.library import in_words, kept_packs

ENGINE = f"causeway {__version__}"
#: The kind of case each subject is computed as.
KINDS = {Subject.DISTRIBUTION: "distribution", Subject.REWARD: "reward_tax", Subject.FUNDING: "patent_funding"}


@dataclass(frozen=True)
class Computed:
    """What the engine answered: figures by name, or why it refused; and the steps in words."""

    answer: dict[str, Any] = field(default_factory=dict)
    refused: str = ""
    steps: list[dict[str, Any]] = field(default_factory=list)


def computable(subject: str) -> bool:
    """Whether amounts are computed for a subject here."""
    return subject in KINDS


def compute(copies: Mapping[str, Any], digests: list[str], subject: str, on: date, given: Mapping[str, Any], language: str = "en") -> Computed:
    """An amount under kept packs on a day. digests: the packs, the policy's own among them; given: the facts, as a worked case has them."""
    try:
        packs = kept_packs([copies[digest] for digest in digests])
        kind = KINDS[Subject(subject)]
        case = _map({"id": kind, "kind": kind, "dated": "true", "packs": [pack.id for pack in packs], "on": on.isoformat(), "given": given})
        result = run_case(case, {pack.id: pack for pack in packs}, "amount", language)
    except KeyError:
        return Computed(refused=_("A pack that this amount rests on is not kept here any more."))
    except Refusal as refusal:
        return Computed(refused=refusal.told(language))
    except CaseFault as fault:
        return Computed(refused=str(fault).partition(": ")[2] or str(fault))
    return Computed(result.got, result.refused or "", result.trace)


def _map(value: Any) -> Any:
    """Plain values as the parts of a case, every scalar text."""
    if isinstance(value, Mapping):
        made = Map(1)
        for key, item in value.items():
            made[str(key)] = _map(item)
            made.lines[str(key)] = 1
        return made
    if isinstance(value, list | tuple):
        listed = Seq(1)
        for item in value:
            listed.append(_map(item))
            listed.lines.append(1)
        return listed
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def replayed(answer: Any, kept: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Where computing a kept amount again gives something else: name to (kept, now); empty where it is the same."""
    now = compute(kept, answer.packs, answer.kind, answer.on, answer.given)
    if now.refused:
        return {"refused": ["", now.refused]}
    before, after = _flat(answer.answer), _flat(now.answer)
    return {name: [before.get(name), after.get(name)] for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def _flat(value: Any, name: str = "") -> dict[str, Any]:
    if isinstance(value, dict):
        return {key: item for inner, one in value.items() for key, item in _flat(one, f"{name}.{inner}" if name else str(inner)).items()}
    if isinstance(value, list):
        return {key: item for at, one in enumerate(value, 1) for key, item in _flat(one, f"{name}.{at}").items()}
    return {name: value}


def explained(answer: Any, kept: Mapping[str, Any], language: str) -> list[dict[str, Any]]:
    """The steps of a kept amount, derived again in the reader's language, each with its sources."""
    found = compute(kept, answer.packs, answer.kind, answer.on, answer.given, language)
    if found.refused:
        return [{"title": _("Refused"), "sentence": found.refused, "result": "", "verified": False, "sources": []}]
    return [
        {"title": one["title"], "sentence": in_words(one["sentence"]), "result": in_words(one.get("amount", "")), "verified": one["verified"], "sources": [(source, "") for source in one["basis"]]}
        for one in found.steps
    ]


_WORDS = {
    "net": gettext_lazy("Net income"), "carried": gettext_lazy("Costs carried on"), "inventors": gettext_lazy("Inventors together"), "institute": gettext_lazy("Institute"),
    "institution": gettext_lazy("Institution"), "university": gettext_lazy("University"), "management": gettext_lazy("As the board decides"), "floor": gettext_lazy("The law's floor for the inventors"),
    "counted_in_wages": gettext_lazy("Counted in the month's wages"),
}  # fmt: skip


def shown(answer: Any) -> list[tuple[Any, str, bool]]:
    """Who gets what, in words and money; the last says whether it is a share of the line above."""
    currency = _currency(answer.given)
    said, rows = answer.answer, []
    if "parts" in said:
        rows = [(_WORDS["net"], said["net"], False)]
        for part, amount in said["parts"].items():
            rows.append((_WORDS.get(part, part.replace("_", " ")), amount, False))
            rows += [(who, share, True) for who, share in said.get("people", {}).items()] if part == "inventors" else []
        rows += [(_WORDS[key], said[key], False) for key in ("floor", "carried") if key in said and (key == "floor" or said[key].strip("0."))]
    elif "funded" in said:
        for filing, paid, annuities in zip(answer.given["filings"], said["funded"], said["annuities_funded"], strict=True):
            rows.append((f"{filing['researcher']}, {filing['on']}", paid, False))
            rows += [(_("year %(year)s") % {"year": year}, amount, True) for year, amount in annuities.items()]
    else:
        rows = [(_WORDS.get(name, name.replace("_", " ")), amount, False) for name, amount in _flat(said).items()]
    return [(label, in_words(f"{amount} {currency}"), inner) for label, amount, inner in rows]


def _currency(given: Mapping[str, Any]) -> str:
    return str(given.get("currency") or (given.get("gross") or {}).get("currency") or "CNY")


def questions(subject: str) -> dict[str, forms.Field]:
    """The fields that an amount of a subject is computed from."""
    currency = forms.ChoiceField(label=_("Currency"), choices=[(one, one) for one in sorted(CURRENCIES)], initial="CNY")
    people = forms.CharField(label=_("Inventors"), widget=forms.Textarea(attrs={"rows": 4}), help_text=_("One a line, with the weight: Hanna Lindqvist 2."))
    money = {"max_length": 30, "widget": forms.TextInput(attrs={"inputmode": "decimal"})}
    if subject == Subject.DISTRIBUTION:
        return {"currency": currency, "gross": forms.CharField(label=_("Money received"), **money), "costs": forms.CharField(label=_("Direct costs"), required=False, **money),
                "upkeep": forms.CharField(label=_("Upkeep of the rights"), required=False, **money), "people": people}  # fmt: skip
    if subject == Subject.REWARD:
        return {"gross": forms.CharField(label=_("Cash reward in CNY"), **money), "received": forms.DateField(label=_("Income received on")), "paid": forms.DateField(label=_("Reward paid on")),
                "registered": forms.BooleanField(label=_("The technology contract is registered"), required=False), "publicised": forms.BooleanField(label=_("The reward was publicised"), required=False)}  # fmt: skip
    return {"currency": currency, "filings": forms.CharField(label=_("Filings"), widget=forms.Textarea(attrs={"rows": 6}), help_text=_("One a line: researcher; day; cost. Such as: Hanna Lindqvist; 2026-03-14; 4000."))}


def given_of(data: Mapping[str, Any]) -> dict[str, Any]:
    """The answers of a form as the facts of a case; ValueError where a line cannot be read."""
    if "filings" in data:
        return {"currency": data["currency"], "filings": [_filing(line) for line in str(data["filings"]).splitlines() if line.strip()]}
    if "registered" in data:
        return {"cash_reward": data["gross"], "income_received_on": data["received"].isoformat(), "paid_on": data["paid"].isoformat(), "contract_registered": bool(data["registered"]),
                "publicised": bool(data["publicised"])}  # fmt: skip
    costs = {key: data[name] for key, name in (("direct", "costs"), ("ip_upkeep", "upkeep")) if data.get(name)}
    people = [_person(line) for line in re.split(r"[\n;]", str(data["people"])) if line.strip()]
    return {"gross": {"amount": data["gross"], "currency": data["currency"]}, "costs": costs, "inventors": people}


def _person(line: str) -> dict[str, str]:
    found = re.match(r"^(.*?)[\s:=]+(\d+(?:\.\d+)?)$", line.strip())
    return {"person": found[1].strip(), "weight": found[2]} if found and found[1].strip() else {"person": line.strip(), "weight": "1"}


def _filing(line: str) -> dict[str, str]:
    parts = [one.strip() for one in line.split(";")]
    if len(parts) != 3:
        raise ValueError(_("“%(line)s”: a filing is researcher; day; cost.") % {"line": line.strip()})
    return {"researcher": parts[0], "on": parts[1], "cost": parts[2]}


