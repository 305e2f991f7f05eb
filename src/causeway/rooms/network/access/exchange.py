"""Who hands packages over and takes them, who trusts other installations, who ends a membership."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from causeway.frame.access import Actor, Verdict, allow, sees
from causeway.frame.models import User
from causeway.rooms.network.access.benchmarks import READERS
from causeway.rooms.network.access.library import EVERYBODY
from causeway.rooms.network.models import Installation, Institution, InstitutionName, Package, ReceivedPack

for model in (Institution, InstitutionName):
    sees(model, lambda actor, queryset: queryset)
for model in (Installation, ReceivedPack):
    sees(model, lambda actor, queryset: queryset if actor.has(*READERS) else queryset.none())


def _packages(actor: Actor, queryset: QuerySet) -> QuerySet:
    """What came to the installation, and what the own university handed over: what another one handed to whom is its own affair."""
    return queryset.filter(Q(way=Package.Way.IN) | Q(source_id=actor.university_id)) if actor.has(*READERS) else queryset.none()


sees(Package, _packages)


def _keeps_the_installation(actor: Actor, obj: Any) -> Verdict:
    """Trust holds for every university of the installation, so none of them gives or ends it alone."""
    if User.objects.filter(pk=actor.user_id, is_installer=True).exists():
        return Verdict(True)
    return Verdict(False, _("Only who looks after the installation trusts another one or ends the trust: it holds for all universities here."))


allow("registry.view", *EVERYBODY)
allow("registry.claim", "director", "administrator")
allow("exchange.view", *READERS)
allow("exchange.send", "office", "director")
allow("exchange.receive", "director", "administrator")
allow("installation.trust", "office", "director", "administrator", judge=_keeps_the_installation)
allow("network.leave", "director")
