"""Who writes offers, who releases them (what goes out cannot be taken back), and who reads the catalogue (everybody signed in)."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from causeway.frame.access import Actor, Verdict, allow, sees
from causeway.rooms.network.access.library import EVERYBODY
from causeway.rooms.network.models import Offer, SharedOffer

READERS = ("office", "director", "auditor", "administrator")
WRITERS = ("office", "director")


def _shared(actor: Actor, queryset: QuerySet) -> QuerySet:
    """What the network reads, and every copy of the own house for its office."""
    own = Q(source_id=actor.university_id) if actor.has(*READERS) else Q(pk__in=[])
    return queryset.filter(Q(current=True) | own)


sees(Offer, lambda actor, queryset: queryset if actor.has(*READERS) else queryset.none())
sees(SharedOffer, _shared)


def _open(actor: Actor, offer: Any) -> Verdict:
    """An offer in review stands still; whoever releases it reads what was handed in."""
    if offer is not None and offer.state == "submitted":
        return Verdict(False, _("This offer is in review. Take it back first, or wait for the release."))
    return Verdict(True)


allow("catalogue.view", *EVERYBODY)
allow("offer.view", *READERS)
allow("offer.create", *WRITERS)
for verb in ("update", "trash"):
    allow(f"offer.{verb}", *WRITERS, judge=_open)
for verb in ("restore", "submit", "take_back", "withdraw"):
    allow(f"offer.{verb}", *WRITERS)
allow("offer.share", "director")
