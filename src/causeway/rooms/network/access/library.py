"""Who reads the library (everybody signed in) and who decides about what was handed in (the coordinator)."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from causeway.frame import preferences
from causeway.frame.access import Actor, Verdict, allow, sees
from causeway.frame.models import Setting
from causeway.rooms.network.models import Release, ReleaseFacet, ReviewNote

EVERYBODY = ("office", "director", "inventor", "agent", "auditor", "administrator")
KEY = "network.coordinates"


def coordinating() -> set[int]:
    """The universities that coordinate the network."""
    return set(Setting.objects.filter(key=KEY, value=True).values_list("university_id", flat=True))


def coordinates(actor: Actor, source: int | None) -> bool:
    """Whether the actor decides about what a university handed in: directors of a coordinating university; where none coordinates, of the own."""
    if actor.kind == "system":
        return True
    if not actor.has("director"):
        return False
    chosen = coordinating()
    return actor.university_id in chosen or (source == actor.university_id and not chosen)


def _releases(actor: Actor, queryset: QuerySet) -> QuerySet:
    """What is published, what the own university handed in, and for a coordinator what waits."""
    if actor.has("director") and preferences.get(KEY, university=actor.university_id):
        return queryset
    own = Q(source_id=actor.university_id) if actor.has("office", "director", "auditor", "administrator") else Q(pk__in=[])
    return queryset.filter(Q(state="published", current=True) | own)


sees(Release, _releases)
sees(ReleaseFacet, lambda actor, queryset: queryset.filter(release__in=_releases(actor, Release.objects.all())))
sees(ReviewNote, lambda actor, queryset: queryset.filter(release__in=_releases(actor, Release.objects.all())))


def _decides(actor: Actor, release: Release | None) -> Verdict:
    if release is None or coordinates(actor, release.source_id):
        return Verdict(True)
    return Verdict(False, _("Only the coordinator of the network decides about a case that was handed in."))


allow("library.view", *EVERYBODY)
allow("release.review", "director", judge=_decides)
allow("release.answer", "office", "director")
