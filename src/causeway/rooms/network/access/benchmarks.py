"""Who sees figures: a university its own, the coordinator what was released, everybody what a benchmark shows."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from causeway.frame.access import Actor, Verdict, allow, sees
from causeway.rooms.network.access.library import EVERYBODY, coordinates
from causeway.rooms.network.models import Collection, Contribution, Edition, EditionCell, OwnFigure, PeerGroup

READERS = ("office", "director", "auditor", "administrator")
WRITERS = ("office", "director")


def coordinator(actor: Actor) -> bool:
    """Whether the actor coordinates the network: a director of a coordinating university; of any while none coordinates."""
    return coordinates(actor, actor.university_id)


def leads(actor: Actor, source: int | None) -> bool:
    """Whether the actor looks after what a university asks or collects: its own office and director, and the coordinator."""
    return actor.kind == "system" or (source == actor.university_id and actor.has(*WRITERS)) or (source is None and coordinator(actor))


def _collects(actor: Actor, collection: Collection | None) -> Verdict:
    if collection is None:
        return Verdict(True) if coordinator(actor) else Verdict(False, _("Only the coordinator of the network publishes benchmarks."))
    if collection.source_id is None and not collection.public:
        return Verdict(False, _("This benchmark is published by another installation."))
    if actor.kind == "system" or (collection.source_id in (None, actor.university_id) and coordinator(actor)):
        return Verdict(True)
    return Verdict(False, _("Only the director of the university that collects these figures does this."))


def _contributions(actor: Actor, queryset: QuerySet) -> QuerySet:
    """The own, and for the coordinator those of the collections it looks after."""
    own = Q(source_id=actor.university_id) if actor.has(*READERS) else Q(pk__in=[])
    if actor.has("director") and coordinator(actor):
        own |= Q(collection__source_id=actor.university_id) | Q(collection__public=True)
    return queryset.filter(own)


sees(OwnFigure, lambda actor, queryset: queryset if actor.has(*READERS) else queryset.none())
sees(Contribution, _contributions)
for model in (Collection, PeerGroup, Edition, EditionCell):
    sees(model, lambda actor, queryset: queryset)

allow("indicator.view", *EVERYBODY)
allow("ownfigure.view", *READERS)
for verb in ("enter", "count"):
    allow(f"ownfigure.{verb}", *WRITERS)
allow("benchmark.view", *EVERYBODY)
allow("benchmark.publish", "director", judge=_collects)
allow("benchmark.group", "director", judge=_collects)
