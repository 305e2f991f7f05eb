"""Who compiles guides: the office and its director; auditors and administrators read them."""

from __future__ import annotations

from causeway.frame.access import allow, sees
from causeway.rooms.network.models import Guide

READERS = ("office", "director", "auditor", "administrator")

sees(Guide, lambda actor, queryset: queryset if actor.has(*READERS) else queryset.none())
allow("guide.view", *READERS)
for verb in ("create", "update", "trash", "restore"):
    allow(f"guide.{verb}", "office", "director")
