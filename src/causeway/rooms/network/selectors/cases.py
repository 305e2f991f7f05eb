"""Reads of a university's own cases: what a form shows, how versions differ."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from causeway.engines.guide import FIELDS, LIMITS
from causeway.rooms.network.choices import ReleaseState
from causeway.rooms.network.models import Case, CaseVersion, Release

#: What a field asks for, in plain words.
HINTS = {
    "case_study_name": _("What the practice is called, so that somebody elsewhere understands it."), "hei_name": _("Whose practice it is."),
    "case_study_author": _("Who wrote it down; semicolons between persons."), "country": _("Where it is practised."),
    "target_groups": _("Whom it is for: researchers, companies, students, investors."), "date": _("When it was written down."),
    "short_description": _("What is done, by whom and how, so that another office could begin."), "background": _("The institution, and what made the practice necessary."),
    "key_words": _("Commas or semicolons between them."), "achievements": _("What came of it, with numbers and their year."),
    "awards": _("Prizes with year and giver; leave it empty where there are none."), "key_success_factors": _("What it stands or falls with."),
    "impact": _("What changed for those it is meant for."), "photograph_diagram": _("A caption; the pictures have a page of their own, with their rights."), "website": _("Addresses to read on."),
}  # fmt: skip
LABELS = {
    "case_study_name": _("Case study name"), "hei_name": _("University or institution"), "case_study_author": _("Author"), "country": _("Country"),
    "target_groups": _("Target groups"), "date": _("Date"), "short_description": _("Short description"), "background": _("Background"), "key_words": _("Key words"),
    "achievements": _("Achievements"), "awards": _("Awards"), "key_success_factors": _("Key success factors"), "impact": _("Impact"),
    "photograph_diagram": _("Photograph or diagram"), "website": _("Website"), "contact_surname_name": _("Contact"), "contact_role": _("Role"),
    "contact_institution": _("Institution"), "contact_address": _("Address"), "contact_telephone": _("Telephone"), "contact_email": _("E-mail"),
}  # fmt: skip
OPEN = [field for field in FIELDS if field.section != "contact"]


def entry(case: Case, language: str, typed: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """The fields of a case in a language for its form: label, hint, limit, text, and the original beside a translation."""
    texts, own = case.texts.get(language, {}), case.fields
    shown = []
    for field in OPEN:
        value = (typed or {}).get(field.key, texts.get(field.key, ""))
        limit = LIMITS.get(field.key, 0)
        shown.append({"key": field.key, "label": LABELS[field.key], "hint": HINTS[field.key], "limit": limit, "value": value, "count": len(value.replace("\r\n", "\n")),
                      "over": max(0, len(value.replace("\r\n", "\n")) - limit) if limit else 0, "long": field.long and field.key not in ("key_words", "website", "target_groups"),
                      "line": not field.long, "section": field.section, "original": own.get(field.key, "") if language != case.language else ""})  # fmt: skip
    return shown


def latest_release(case: Case) -> Release | None:
    """The last copy of a case that was handed in."""
    return Release.objects.filter(key=case.key).order_by("-version").first()


def in_library(case: Case) -> Release | None:
    """The copy of a case that people read."""
    return Release.objects.filter(key=case.key, current=True, state=ReleaseState.PUBLISHED).first()


def pieces(before: str, after: str) -> list[tuple[str, str]]:
    """What of a text stayed, went and came, word by word: ("same" | "gone" | "new", text)."""
    one, two = re.findall(r"\S+\s*", before), re.findall(r"\S+\s*", after)
    made: list[tuple[str, str]] = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, one, two, autojunk=False).get_opcodes():
        if kind == "equal":
            made.append(("same", "".join(one[a:b])))
            continue
        if b > a:
            made.append(("gone", "".join(one[a:b])))
        if d > c:
            made.append(("new", "".join(two[c:d])))
    return made


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> list[dict[str, Any]]:
    """Fields that differ between two versions, each with its pieces."""
    return [
        {"key": field.key, "label": LABELS[field.key], "pieces": pieces(before.get(field.key, ""), after.get(field.key, ""))}
        for field in OPEN
        if before.get(field.key, "") != after.get(field.key, "")
    ]


def texts_of(version: CaseVersion) -> dict[str, str]:
    """The texts of a version in the language it was written in."""
    return version.content.get("texts", {}).get(version.content.get("language", "en"), {})
