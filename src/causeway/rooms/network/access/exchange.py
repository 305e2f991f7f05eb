"""Who hands packages over and takes them, who trusts other installations, who ends a membership."""

from __future__ import annotations

from causeway.frame.access import allow, sees
from causeway.rooms.network.access.benchmarks import READERS
from causeway.rooms.network.access.library import EVERYBODY
from causeway.rooms.network.models import Installation, Institution, InstitutionName, Package, ReceivedPack

for model in (Institution, InstitutionName):
    sees(model, lambda actor, queryset: queryset)
for model in (Installation, Package, ReceivedPack):
    sees(model, lambda actor, queryset: queryset if actor.has(*READERS) else queryset.none())

allow("registry.view", *EVERYBODY)
allow("registry.claim", "director", "administrator")
allow("exchange.view", *READERS)
allow("exchange.send", "office", "director")
allow("exchange.receive", "director", "administrator")
allow("installation.trust", "director", "administrator")
allow("network.leave", "director")
