"""Writes on people: each named, judged and recorded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from causeway.frame import access, audit
from causeway.frame.access import Actor
from causeway.rooms.people.mapping import fold
from causeway.rooms.people.models import Organisation, Person, Unit
from causeway.rooms.people.selectors import organisations_by_key, persons_by_key


def _set(obj: Any, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(obj, name, value)
    if hasattr(obj, "name_key"):
        obj.name_key = fold(obj.name)


def _create(model: type, verb: str, actor: Actor, values: dict[str, Any]) -> Any:
    access.require(actor, verb, model(unit=values.get("unit")) if model is Person else None)
    with audit.changing(model(), by=actor, verb=verb) as made:
        _set(made, values)
    return made


def _update(obj: Any, verb: str, actor: Actor, revision: int | None, values: dict[str, Any]) -> Any:
    access.require(actor, verb, obj)
    with audit.changing(obj, by=actor, verb=verb, revision=revision) as obj:
        _set(obj, values)
    return obj


def unit_create(*, actor: Actor, **values: Any) -> Unit:
    """Add a unit. values: code, name, parent."""
    return _create(Unit, "unit.create", actor, values)


def unit_update(*, actor: Actor, obj: Unit, revision: int | None = None, **values: Any) -> Unit:
    """Change a unit; it cannot become part of itself."""
    above = values.get("parent")
    while above is not None:
        if above.pk == obj.pk:
            raise ValidationError({"parent": _("A unit cannot be part of itself.")})
        above = above.parent
    return _update(obj, "unit.update", actor, revision, values)


def organisation_create(*, actor: Actor, **values: Any) -> Organisation:
    """Add an organisation. values: name, kind, country, aliases."""
    return _create(Organisation, "organisation.create", actor, values)


def organisation_update(*, actor: Actor, obj: Organisation, revision: int | None = None, **values: Any) -> Organisation:
    """Change an organisation."""
    return _update(obj, "organisation.update", actor, revision, values)


def person_create(*, actor: Actor, **values: Any) -> Person:
    """Add a person. values: name, name_native, email, unit, organisation, user, orcid, left_on."""
    return _create(Person, "person.create", actor, values)


def person_update(*, actor: Actor, obj: Person, revision: int | None = None, **values: Any) -> Person:
    """Change a person; one that was erased stays as it is."""
    if obj.erased_on:
        raise ValidationError(_("What identified this person was erased; add the person anew where that is right."))
    if "unit" in values:
        access.require(actor, "person.update", Person(unit=values["unit"]))  # who works within a unit moves nobody out of it
    return _update(obj, "person.update", actor, revision, values)


def person_erase(*, actor: Actor, obj: Person, name: str, why: str) -> Person:
    """Erase what identifies a person, here and in the history; the record and the audit chain stay. There is no way back.

    name: the name as it stands, typed to be sure; why: the reason, which stays in the history. Raises ValidationError for another name.
    """
    access.require(actor, "person.erase", obj)
    if name.strip() != obj.name:
        raise ValidationError({"name": _("The name stands here as “%(name)s”.") % {"name": obj.name}})
    with transaction.atomic():
        with audit.changing(obj, by=actor, verb="person.erase", why=why) as obj:
            obj.name, obj.name_native, obj.email, obj.orcid, obj.user, obj.erased_on = _("Erased person"), "", "", "", None, timezone.localdate()
            obj.name_key = fold(f"erased {obj.pk}")
        audit.erase_personal("people.person", obj.pk, Person.personal)
    return obj


_UNIVERSITY = re.compile(
    r"univ|hochschule|polytech|\b(college|school of|institut\w*|akademie|academy|politechnika)\b|大学|学院|研究院", re.IGNORECASE
)
_COMPANY = re.compile(
    r"\b(gmbh|ag|kg|se|inc|llc|l l c|ltd|limited|plc|corp|corporation|co|company|oy|ab|a/s|as|s\.?a\.?s?|s\.?r\.?l|s\.?p\.?a|b\.?v|n\.?v|sp\. z o\.?o|s\.?r\.?o|ehf|holding)\b\.?|公司",
    re.IGNORECASE,
)


def kind_by_name(name: str) -> str:
    """What an organisation is by the words of its name; other where they do not say."""
    if _UNIVERSITY.search(name):
        return Organisation.Kind.UNIVERSITY
    return Organisation.Kind.COMPANY if _COMPANY.search(name) else Organisation.Kind.OTHER


def organisations_add(work: audit.Batch, names: Iterable[str], kind: str | None = None) -> dict[str, int]:
    """Find or make organisations by name within a batch; ids by folded name. kind: of those made; by their names where none is given."""
    wanted = {key: name for name in dict.fromkeys(names) if (key := fold(name))}
    if not wanted:
        return {}
    found = organisations_by_key(wanted.values())
    missing = [
        Organisation(name=name[:300], name_key=key, kind=kind or kind_by_name(name)) for key, name in sorted(wanted.items()) if key not in found
    ]
    return found | {made.name_key: made.pk for made in work.add(missing)}


def persons_add(work: audit.Batch, names: Sequence[str]) -> dict[str, int]:
    """Find or make persons by name within a batch; ids by folded name."""
    wanted = {key[:200]: name for name in dict.fromkeys(names) if (key := fold(name))}
    if not wanted:
        return {}
    found = persons_by_key(wanted.values())
    missing = [Person(name=name[:200], name_key=key) for key, name in sorted(wanted.items()) if key not in found]
    return found | {made.name_key: made.pk for made in work.add(missing)}
