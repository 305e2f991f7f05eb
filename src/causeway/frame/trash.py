"""The trash: where a record of any room goes first, and from where it comes back as it was."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from causeway.frame import access, audit
from causeway.frame.access import Actor


def put(*, actor: Actor, obj: Any, why: str = "") -> Any:
    """Put a record into the trash; `bring_back` takes it out again. The right is `<model>.trash`; a refusal carries its reason."""
    verb = f"{obj._meta.model_name}.trash"
    access.require(actor, verb, obj)
    with audit.changing(obj, by=actor, verb=verb, why=why) as obj:
        obj.trashed_at = timezone.now()
    return obj


def bring_back(*, actor: Actor, obj: Any) -> Any:
    """Take a record out of the trash. The right is `<model>.restore`."""
    verb = f"{obj._meta.model_name}.restore"
    access.require(actor, verb, obj)
    with audit.changing(obj, by=actor, verb=verb) as obj:
        obj.trashed_at = None
    return obj
