"""Loads public registries of universities, and says which of them a university of this installation is."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from causeway.engines.matching import fold_name
from causeway.frame import access, audit, shared
from causeway.frame.access import Actor
from causeway.frame.models import University
from causeway.rooms.network.models import Institution, InstitutionName, RegistryLoad

#: The columns by which a file is known.
COLUMNS = {"ror": {"ror_id", "display_name", "country_code", "labels"}, "moe": {"name", "moe_code", "level"}}
MOST_BYTES = 200 * 1024 * 1024
_FIELDS = ("ror_id", "moe_code", "name", "country", "city", "level", "closed", "founded", "website")


class UnreadableRegistry(Exception):
    """A file that is no registry; says why."""


@dataclass
class Loaded:
    """What loading did: which registry, what it counted, and every row that was left out, with its line."""

    registry: str
    counts: dict[str, int]
    problems: list[tuple[int, str]] = field(default_factory=list)


def registry_load(path: Path) -> Loaded:
    """Load a registry: the education part of ROR, or the ministry's list of Chinese institutions; told apart by their columns.

    A university that is in both becomes one: the ministry's entry joins the Chinese entry of the same name. Loading again changes what changed.
    Raises `UnreadableRegistry` for any other file.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UnreadableRegistry(_("The file is larger than any registry of universities (200 MB)."))
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            columns = set(reader.fieldnames or ())
            kind = next((kind for kind, needed in COLUMNS.items() if needed <= columns), "")
            if not kind:
                raise UnreadableRegistry(_("The first line names no registry known here. Needed are the columns of ROR (ror_id, display_name, country_code, labels) or of the ministry's list (name, moe_code, level)."))  # fmt: skip
            rows = [(reader.line_num, row) for row in reader]
    except (UnicodeDecodeError, csv.Error) as fault:
        raise UnreadableRegistry(_("The file cannot be read as text in UTF-8 with commas: %(why)s") % {"why": fault}) from fault
    loaded = (_ror if kind == "ror" else _moe)(rows)
    shared.put(RegistryLoad, [RegistryLoad(registry=kind, file=path.name[:255], sha256=digest, counts=loaded.counts)], [])
    return loaded


def _known() -> tuple[dict[str, Institution], dict[str, Institution], dict[str, list[Institution]]]:
    """Institutions by ROR id, by ministry code, and Chinese ones by folded name."""
    everyone = list(Institution.objects.all())
    by_pk = {one.pk: one for one in everyone}
    by_name: dict[str, list[Institution]] = {}
    for pk, text in InstitutionName.objects.filter(institution__country="CN").exclude(kind="acronym").values_list("institution", "text"):
        here = by_name.setdefault(fold_name(text), [])
        if by_pk[pk] not in here:
            here.append(by_pk[pk])
    return {one.ror_id: one for one in everyone if one.ror_id}, {one.moe_code: one for one in everyone if one.moe_code}, by_name


def _values(one: Institution) -> tuple:
    """What is stored of an institution; a new one differs from every stored one."""
    return (one.pk, *(getattr(one, name) for name in _FIELDS)) if one.pk else (object(),)


def _split(text: str | None) -> Iterator[str]:
    return (one.strip() for one in (text or "").split("|") if one.strip())


@transaction.atomic
def _ror(rows: list[tuple[int, dict]]) -> Loaded:
    by_ror, _by_code, by_name = _known()
    made: list[Institution] = []
    differing: list[Institution] = []
    names: list[tuple[Institution, str, str, str]] = []
    problems = []
    seen: set[str] = set()
    for line, row in rows:
        ror, name = (row.get("ror_id") or "").strip(), (row.get("display_name") or "").strip()
        if not ror or not name or ror in seen:
            problems.append((line, _("There is no name or no ROR id, or the id stood further up.")))
            continue
        seen.add(ror)
        given = list(_names_of(row, name))
        one = by_ror.get(ror) or _ministry_twin(row, given, by_name) or Institution()
        before = _values(one)
        year = (row.get("established") or "").strip()
        one.ror_id, one.name, one.country, one.city = ror, name[:300], (row.get("country_code") or "")[:2], (row.get("city") or "")[:120]
        one.closed, one.founded, one.website = row.get("status") != "active", int(year) if year.isdigit() and len(year) <= 4 else None, (row.get("website") or "")[:300]
        made.append(one)
        differing += [one] if before != _values(one) else []
        names += [(one, *name) for name in given]
    created, changed = shared.put(Institution, differing, _FIELDS)
    counts = {"read": len(rows), "created": created, "updated": changed, "rejected": len(problems), "names": _names_put([_name(*one) for one in names], {one.pk for one in made})}
    return Loaded("ror", counts, problems)


def _names_put(wanted: list[InstitutionName], of: set[int]) -> int:
    """Put names in place of those of the institutions that ROR gave before; names that stay are not written again."""
    known = {(name.institution_id, name.text, name.kind, name.language): name for name in InstitutionName.objects.exclude(kind="ministry") if name.institution_id in of}
    asked = {(name.institution_id, name.text, name.kind, name.language): name for name in wanted}
    gone = [name.pk for key, name in known.items() if key not in asked]
    for start in range(0, len(gone), 500):
        shared.renew(InstitutionName, [], pk__in=gone[start : start + 500])
    shared.put(InstitutionName, [name for key, name in asked.items() if key not in known], [])
    return len(asked)


def _names_of(row: dict, name: str) -> Iterator[tuple[str, str, str]]:
    """Every name of a row once: text, kind, language."""
    told = {name}
    yield name, "name", ""
    for label in _split(row.get("labels")):
        text, _at, language = label.rpartition("@")
        if text and text not in told:
            told.add(text)
            yield text, "label", language[:10]
    for column, kind in (("aliases", "alias"), ("acronyms", "acronym")):
        for text in _split(row.get(column)):
            if text not in told:
                told.add(text)
                yield text, kind, ""


def _ministry_twin(row: dict, names: list[tuple[str, str, str]], by_name: dict[str, list[Institution]]) -> Institution | None:
    """The ministry's entry that was loaded before and bears one of the names."""
    if row.get("country_code") != "CN":
        return None
    found = {one.pk: one for text, kind, _language in names if kind != "acronym" for one in by_name.get(fold_name(text), []) if one.ror_id is None}
    return next(iter(found.values())) if len(found) == 1 else None


@transaction.atomic
def _moe(rows: list[tuple[int, dict]]) -> Loaded:
    _by_ror, by_code, by_name = _known()
    made: dict[str, Institution] = {}
    differing: list[Institution] = []
    problems, joined = [], 0
    for line, row in rows:
        code, name = (row.get("moe_code") or "").strip(), (row.get("name") or "").strip()
        if not code or not name or code in made:
            problems.append((line, _("There is no name or no ministry code, or the code stood further up.")))
            continue
        one = by_code.get(code)
        if one is None:
            twins = [other for other in by_name.get(fold_name(name), []) if other.moe_code is None]
            one = twins[0] if len(twins) == 1 else Institution(name=name[:300], country="CN", city=(row.get("city") or "")[:120])
        joined += one.ror_id is not None
        before = _values(one)
        one.moe_code, one.level = code, (row.get("level") or "")[:20]
        made[code] = one
        differing += [one] if before != _values(one) else []
    created, changed = shared.put(Institution, differing, _FIELDS)
    wanted = [_name(made[code], row["name"].strip(), "ministry", "zh") for _line, row in rows if (code := (row.get("moe_code") or "").strip()) in made]
    shared.renew(InstitutionName, wanted, kind="ministry")
    return Loaded("moe", {"read": len(rows), "created": created, "updated": changed, "rejected": len(problems), "joined": joined}, problems)


def _name(institution: Institution | int, text: str, kind: str, language: str) -> InstitutionName:
    key = institution if isinstance(institution, int) else institution.pk
    return InstitutionName(institution_id=key, text=text[:300], kind=kind, language=language)


def institution_claim(*, actor: Actor, institution: Institution) -> Institution:
    """Say that the actor's university is this one of the registry; it takes the place of an earlier answer."""
    access.require(actor, "registry.claim")
    if institution.here_id not in (None, actor.university_id):
        raise ValidationError(_("Another university of this installation is that one already."))
    with transaction.atomic():
        before = Institution.objects.filter(here_id=actor.university_id).exclude(pk=institution.pk).first()
        if before is not None:
            with audit.changing(before, by=actor, verb="registry.claim") as before:
                before.here = None
        with audit.changing(institution, by=actor, verb="registry.claim") as institution:
            institution.here = University.objects.get(pk=actor.university_id)
    return institution
