"""Finds universities of the registry by any of their names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from causeway.engines.matching import Name, NameIndex
from causeway.rooms.network.models import Institution, InstitutionName, RegistryLoad


@dataclass(frozen=True)
class Hit:
    """A university found: the record, the name that fitted and how well (0 to 1)."""

    institution: Institution
    name: str
    score: float


def loads() -> list[RegistryLoad]:
    """What was loaded, the latest first."""
    return list(RegistryLoad.objects.order_by("-pk")[:10])


def find(text: str, limit: int = 10) -> list[Hit]:
    """The universities meant by a name, best first; nothing for no text or an empty registry."""
    newest = RegistryLoad.objects.order_by("-pk").values_list("pk", "loaded_at").first()
    if newest is None or not text.strip():
        return []
    found = _index(*newest).find(text, limit)
    records = Institution.objects.in_bulk([one.key for one in found])
    return [Hit(records[one.key], one.name, one.score) for one in found if one.key in records]


@lru_cache(maxsize=1)
def _index(_load: int, _at: datetime) -> NameIndex:
    """All names ready to be asked; made anew when another registry was loaded. Kept by the process, for it takes a second to build."""
    rows = InstitutionName.objects.order_by("pk").values_list("institution", "text", "kind", "institution__closed", "institution__founded")
    return NameIndex(Name(key, text, "name" if kind == "ministry" else kind, closed, founded or 3000) for key, text, kind, closed, founded in rows.iterator(5000))


def of_university(university: int) -> Institution | None:
    """What the registry knows of a university of this installation."""
    return Institution.objects.filter(here_id=university).first()
