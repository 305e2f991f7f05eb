"""Settings of three kinds: the operator's (environment, `config.settings`), the university's and the user's (declared here, stored as rows)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from causeway.frame import audit
from causeway.frame.access import Actor
from causeway.frame.models import Setting


@dataclass(frozen=True)
class Preference:
    """A declared setting: whose it is ("university" or "user"), its type, default and what people read about it."""

    key: str
    kind: str
    type: type
    default: Any
    label: Any
    help: Any = ""
    choices: tuple[tuple[str, Any], ...] = ()
    check: Callable[[Any], None] | None = None


_declared: dict[str, Preference] = {}


def declare(preference: Preference) -> None:
    """Declare a setting once, at start; an unknown key is an error ever after."""
    _declared[preference.key] = preference


def declared(kind: str) -> list[Preference]:
    """Every declared setting of a kind, by key."""
    return sorted((p for p in _declared.values() if p.kind == kind), key=lambda p: p.key)


def get(key: str, *, university: int | None = None, user: int | None = None) -> Any:
    """The value in force; the declared default where nothing was chosen. Raises KeyError for an undeclared key."""
    preference = _declared[key]
    owner = {"university_id": university} if preference.kind == "university" else {"user_id": user, "university_id": None}
    row = Setting.objects.filter(key=key, **owner).first()
    return preference.default if row is None else row.value


def choose(key: str, value: Any, *, actor: Actor) -> None:
    """Store a choice for the actor's university or for the actor; kept in the history. Raises ValidationError for a value that does not fit."""
    preference = _declared[key]
    if not isinstance(value, preference.type) or (preference.choices and value not in dict(preference.choices)):
        raise ValidationError(_("This value does not fit the setting %(name)s.") % {"name": preference.label})
    if preference.check:
        preference.check(value)
    owner = (
        {"university_id": actor.university_id, "user": None} if preference.kind == "university" else {"university": None, "user_id": actor.user_id}
    )
    with transaction.atomic():
        row, _new = Setting.objects.get_or_create(key=key, **owner, defaults={"value": preference.default})
        before = {"value": row.value}
        row.value, row.set_by_id = value, actor.user_id
        row.save()
        if before["value"] != value:
            audit.record(row, by=actor, verb="setting.choose", before=before, after={"value": value})
