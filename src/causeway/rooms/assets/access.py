"""Who sees and changes assets."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from causeway.frame.access import Actor, Verdict, allow, sees
from causeway.frame.models import User
from causeway.rooms.assets.models import Asset, Cost, Document, Family, Inventorship, Link, Note, Ownership
from causeway.rooms.docket.selectors import INVENTOR_MATTERS

READERS = ("office", "director", "auditor")


def _mine(actor: Actor) -> Q:
    """Assets an inventor made, or an outside agent represents (confidential ones of others stay out of sight)."""
    mine = Q(pk__in=[])
    if actor.has("inventor"):
        mine |= Q(pk__in=Inventorship.objects.filter(person__user_id=actor.user_id).values("asset"))
    if actor.has("agent"):
        mine |= Q(agent__persons__user_id=actor.user_id)
    return mine


def assets(actor: Actor, queryset: QuerySet) -> QuerySet:
    return queryset if actor.has(*READERS) else queryset.filter(_mine(actor)).distinct()


def _through(actor: Actor, queryset: QuerySet) -> QuerySet:
    return queryset if actor.has(*READERS) else queryset.filter(asset__in=Asset.objects.filter(_mine(actor)).values("pk"))


def _matters(actor: Actor) -> QuerySet:
    return Inventorship.objects.filter(person__user_id=actor.user_id).values("asset__matter")


INVENTOR_MATTERS.append(_matters)
sees(Asset, assets)
sees(
    Family,
    lambda actor, queryset: (
        queryset if actor.has(*READERS) else queryset.filter(members__in=Asset.objects.filter(_mine(actor)).values("pk")).distinct()
    ),
)
for model in (Ownership, Inventorship, Link, Cost, Note):
    sees(model, _through)
sees(Document, lambda actor, queryset: _through(actor, queryset if actor.has("office", "director") else queryset.filter(confidential=False)))
for kind in ("asset", "family"):
    allow(f"{kind}.view", *READERS, "inventor", "agent")
for action in ("asset.create", "asset.update", "asset.end", "asset.trash", "asset.restore", "asset.import", "family.create", "family.update"):
    allow(action, "office")


def _keeps_the_installation(actor: Actor, obj: Any) -> Verdict:
    """Many universities at once are for who looks after all of them; the rights at each are judged there."""
    if User.objects.filter(pk=actor.user_id, is_installer=True).exists():
        return Verdict(True)
    return Verdict(False, _("Only who looks after the installation brings a file into many universities."))


allow("asset.import_each", "office", judge=_keeps_the_installation)
for action in ("asset.note", "asset.document"):
    allow(action, "office", "director", "agent")
