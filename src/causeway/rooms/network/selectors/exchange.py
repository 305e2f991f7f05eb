"""What of a university may leave in a package: what it released, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from causeway.frame.access import Actor
from causeway.kit.show import day
from causeway.rooms.governance.choices import PolicyState
from causeway.rooms.governance.models import Policy
from causeway.rooms.network.access.library import coordinating
from causeway.rooms.network.choices import CaseState, OfferState, ReleaseState
from causeway.rooms.network.models import (
    Case,
    Collection,
    Edition,
    FrozenAnswers,
    Installation,
    Institution,
    Offer,
    Package,
    Release,
    Round,
    SharedOffer,
)
from causeway.rooms.network.selectors import registry

#: The cases of all other universities, chosen together: a coordinator has thousands.
OTHERS = "case:others"


def kinds() -> dict[str, str]:
    """Kinds of what leaves and comes, in words."""
    return {"round": _("questionnaires"), "answers": _("answers"), "case": _("cases"), "withdrawal": _("withdrawals of cases"), "offer": _("offers"), "edition": _("benchmarks"), "policy": _("policies, as packs"), "pack": _("packs"),
            "picture": _("pictures")}  # fmt: skip


def counted(counts: dict[str, int]) -> str:
    """How many of each kind a package holds, in words; "" for an empty one."""
    names = kinds()
    return ", ".join(f"{names.get(kind, kind)}: {n}" for kind, n in counts.items() if n)


@dataclass(frozen=True)
class Choice:
    """Something that may leave: its key, its kind, its title, a line about it; ticked: whether it goes unless it is left out."""

    key: str
    kind: str
    title: str
    about: str = ""
    ticked: bool = True


def rounds(actor: Actor) -> QuerySet[Round]:
    """The open rounds that the university asks."""
    return Round.objects.filter(source_id=actor.university_id, closed_at=None).order_by("pk")


def answers(actor: Actor) -> QuerySet[FrozenAnswers]:
    """The latest answers the university handed in to rounds that another installation asks."""
    return FrozenAnswers.objects.filter(source_id=actor.university_id, current=True).exclude(round__installation="").select_related("round").order_by("pk")


def cases(actor: Actor) -> QuerySet[Release]:
    """The published cases: the university's own, and for who coordinates those of all."""
    rows = Release.objects.filter(state=ReleaseState.PUBLISHED, current=True).order_by("pk")
    return rows if actor.university_id in coordinating() else rows.filter(source_id=actor.university_id)


def editions(actor: Actor) -> list[Edition]:
    """The latest edition of each benchmark the university publishes."""
    found = []
    for collection in Collection.objects.filter(source_id=actor.university_id).order_by("pk"):
        edition = Edition.objects.filter(collection=collection).select_related("collection").order_by("-number").first()
        found += [edition] if edition is not None else []
    return found


def offers(actor: Actor) -> QuerySet[SharedOffer]:
    """The offers the university shares and that still hold."""
    return SharedOffer.objects.filter(source_id=actor.university_id, current=True, valid_until__gte=timezone.localdate()).order_by("pk")


def gone_offers(actor: Actor) -> list[SharedOffer]:
    """Offers that went out in a package and were withdrawn since: every package tells it."""
    mine = SharedOffer.objects.filter(source_id=actor.university_id)
    return _gone("offer", mine.filter(state=OfferState.WITHDRAWN), mine.filter(current=True))


def gone_cases(actor: Actor) -> list[Release]:
    """Cases that went out in a package and were withdrawn since, each by the last version that was in the library: every package tells it."""
    once = Release.objects.filter(state=ReleaseState.WITHDRAWN, place__isnull=False)
    return _gone("case", once if actor.university_id in coordinating() else once.filter(source_id=actor.university_id), Release.objects.filter(current=True))


def _gone(kind: str, withdrawn: QuerySet[Any], shown: QuerySet[Any]) -> list[Any]:
    """The last withdrawn version of each that a package of this installation held and that is not shown any more."""
    last = {one.key: one for one in withdrawn.defer("content", "words").order_by("version")}
    if not last:
        return []
    sent = {one["key"] for listed in Package.objects.filter(way=Package.Way.OUT).values_list("listed", flat=True) for one in listed if one["key"].startswith(f"{kind}:")}
    still = set(shown.filter(key__in=list(last)).values_list("key", flat=True))
    return [one for key, one in last.items() if key not in still and f"{kind}:{key}" in sent]


def policies() -> QuerySet[Policy]:
    """The approved policies of the university, each a pack of its own."""
    return Policy.objects.filter(state=PolicyState.APPROVED).exclude(text=None).select_related("text").order_by("pk")


def choices(actor: Actor) -> list[Choice]:
    """Everything that may leave, by kind."""
    askers = dict(Installation.objects.values_list("fingerprint", "name"))
    made = [Choice(f"round:{one.key}:{one.version}", "round", str(one), _("open until %(day)s") % {"day": day(one.closes_on)}) for one in rounds(actor)]
    made += [Choice(f"answers:{one.round.key}:{one.round.version}", "answers", str(one.round), _("only for %(name)s, who asks") % {"name": askers.get(one.round.installation, "?")})
             for one in answers(actor)]  # fmt: skip
    rows = cases(actor).only("key", "version", "title", "hei_name", "source_id", "released_at")
    others = rows.exclude(source_id=actor.university_id).count()
    made += [Choice(f"case:{one.key}", "case", one.title, _("version %(n)s, published %(day)s") % {"n": one.version, "day": day(one.released_at.date())}) for one in rows.filter(source_id=actor.university_id)]
    made += [Choice(OTHERS, "case", _("Cases of other universities"), _("%(n)s cases, as you coordinate the network") % {"n": others})] if others else []
    made += [Choice(f"offer:{one.key}", "offer", one.title, _("valid until %(day)s") % {"day": day(one.valid_until)}) for one in offers(actor)]
    made += [Choice(f"edition:{one.collection.key}", "edition", one.collection.title, _("edition %(n)s") % {"n": one.number}) for one in editions(actor)]
    made += [Choice(f"policy:{one.number}", "policy", one.title, _("%(number)s, approved; as a pack others may try") % {"number": one.number}, ticked=False) for one in policies()]
    return made


def staying(actor: Actor) -> list[str]:
    """What stays here whatever is chosen, in words."""
    drafts = Case.objects.filter(trashed_at=None).exclude(state=CaseState.PUBLISHED).count()
    unshared = Offer.objects.filter(trashed_at=None).exclude(state=OfferState.SHARED).count()
    rows = [(drafts, _("%(n)s cases that are drafts, in review or withdrawn")), (unshared, _("%(n)s offers that are not shared"))]
    return [text % {"n": count} for count, text in rows if count]


def ror_of(university: int | None) -> str:
    """The address at ror.org of a university of this installation; empty where it is not known."""
    found = registry.of_university(university) if university is not None else None
    return (found.ror_id if found else "") or ""


def rors() -> dict[int, str]:
    """The addresses at ror.org of all universities of this installation."""
    rows = Institution.objects.exclude(here=None).exclude(Q(ror_id=None) | Q(ror_id="")).values_list("here_id", "ror_id")
    return {here: ror for here, ror in rows if here is not None and ror}


def institutions(rors: list[str]) -> dict[str, Institution]:
    """Universities of the registry by their address at ror.org."""
    return {one.ror_id: one for one in Institution.objects.filter(ror_id__in=[ror for ror in rors if ror]) if one.ror_id}
