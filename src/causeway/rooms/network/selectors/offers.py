"""Reads of offers: the catalogue of the network with its facets, and what of an asset may be offered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from causeway.frame import access
from causeway.frame.access import Actor
from causeway.rooms.assets.choices import Status
from causeway.rooms.assets.models import Asset
from causeway.rooms.docket.choices import Right
from causeway.rooms.network.mapping import parcels
from causeway.rooms.network.models import Offer, SharedOffer
from causeway.rooms.network.selectors.library import country_name

#: The facets of the catalogue, in their order.
FACETS = {"field": _lazy("Field"), "ready": _lazy("Readiness"), "seeks": _lazy("We seek"), "country": _lazy("Country"), "language": _lazy("They answer in")}
PAGE = 20
#: Rights that are on a public register once they are granted. A design may be kept back, a plant variety and know-how are judged by their publication.
PUBLIC_AT_GRANT = (Right.PATENT, Right.UTILITY_MODEL, Right.UNITARY, Right.TRADE_MARK)


@dataclass(frozen=True)
class Found:
    """What the catalogue shows: a page of offers, how many there are, and the facets, each with its key, title and values (code, words, count, chosen)."""

    offers: list[SharedOffer]
    count: int
    facets: list[dict[str, Any]] = field(default_factory=list)


def shown(on: date) -> QuerySet[SharedOffer]:
    """The offers that hold on a day."""
    return SharedOffer.objects.filter(current=True, valid_until__gte=on)


def chosen(query: Any) -> dict[str, set[str]]:
    """What an address narrows to, by facet."""
    return {facet: set(query.getlist(facet)) for facet in FACETS if query.getlist(facet)}


def catalogue(actor: Actor, on: date, text: str = "", picked: Mapping[str, set[str]] | None = None, page: int = 1, sort: str = "") -> Found:
    """A page of the catalogue. Values of one facet are alternatives; facets narrow each other."""
    rows = access.visible(actor, shown(on))
    for pattern in parcels.patterns(text):
        rows = rows.filter(words__contains=pattern)
    order = {"ready": ("-readiness", "title"), "until": ("valid_until", "title"), "title": ("title",)}.get(sort, ("-released_at",))
    marks = list(rows.order_by(*order, "-pk").annotate(said=Cast("marks", TextField())).values_list("pk", "said"))
    wanted = {facet: [f'"{facet}:{value}"' for value in values] for facet, values in (picked or {}).items()}
    fitting = [pk for pk, said in marks if _fits(said, wanted.values())]
    here = fitting[(page - 1) * PAGE : page * PAGE]
    offers = SharedOffer.objects.in_bulk(here)
    plain = _counts(said for _pk, said in marks) if not wanted else {}
    return Found([offers[pk] for pk in here], len(fitting), [{"key": facet, "title": title, "values": _values(facet, marks, wanted, plain)} for facet, title in FACETS.items()])


def _fits(said: str, several: Collection[Collection[str]]) -> bool:
    """Whether the marks of an offer, as their stored text, hold one of each facet's values."""
    return all(any(value in said for value in values) for values in several)


def _counts(said: Iterable[str]) -> Counter[str]:
    """How many offers have each mark. The stored lists are counted as text, which is many times quicker than reading each."""
    return Counter('", "'.join(text[2:-2] for text in said).split('", "'))


def _values(facet: str, marks: list[tuple[int, str]], wanted: Mapping[str, list[str]], plain: Mapping[str, int]) -> list[tuple[str, str, int, bool]]:
    """The values of a facet; each counted among what the other facets leave."""
    others = [values for name, values in wanted.items() if name != facet]
    counted = plain or _counts(said for _pk, said in marks if _fits(said, others))
    counts = {mark: n for mark, n in counted.items() if mark.startswith(f"{facet}:")}
    picked = {mark.strip('"') for mark in wanted.get(facet, ())}
    known = {f"{facet}:{code}": str(label) for code, label in parcels.VALUES.get(facet, ())}
    for mark in [*counts, *picked]:
        known.setdefault(mark, country_name(mark.partition(":")[2]) if facet == "country" else mark.partition(":")[2])
    marked = [(mark, label) for mark, label in known.items() if mark in counts or mark in picked]
    made = [(mark.partition(":")[2], label, counts.get(mark, 0), mark in picked) for mark, label in marked]
    return sorted(made, key=lambda one: (-one[2], one[1])) if facet == "country" else made


def why_not_public(asset: Asset, on: date) -> str:
    """Why an asset may not be offered; empty where what it protects is public. An offer of an unpublished one would destroy its novelty."""
    if asset.confidential:
        return _("It is marked confidential.")
    if asset.status == Status.ENDED:
        return _("It has ended; there is nothing to license.")
    if asset.published_on and asset.published_on <= on:
        return ""
    if asset.right in PUBLIC_AT_GRANT and asset.granted_on and asset.granted_on <= on and (asset.grant_number or asset.publication_number):
        return ""
    if asset.published_on:
        return _("It is not published before %(day)s. An offer would make it public and destroy its novelty.") % {"day": asset.published_on}
    return _("It is not published. An offer would make it public and destroy its novelty.")


def unpublished_named(offer: Offer, on: date) -> list[str]:
    """Own applications an offer names by number or title that are not public: each as "reference: why"."""
    keys: set[str] = set()
    for line in offer.rights.splitlines():
        key = "".join(sign for sign in line.upper() if sign.isascii() and sign.isalnum())
        keys |= {key, key[:-1], key[:-2]} if len(key) > 5 else set()
    by_number = Asset.objects.filter(number_key__in=[one for one in keys if one], trashed_at=None)
    found = {asset.pk: asset for asset in by_number}
    for title in {offer.title, *(words.get("title", "") for words in parcels.translations(offer).values())} - {""}:
        titled = list(Asset.objects.filter(title__iexact=title, trashed_at=None)[:20])
        if all(why_not_public(asset, on) for asset in titled):
            found |= {asset.pk: asset for asset in titled if asset.status != Status.ENDED}
    return [f"{asset.reference}: {why}" for asset in found.values() if (why := why_not_public(asset, on))]


def of_asset(actor: Actor, asset: Asset) -> list[Offer]:
    """The offers that began from an asset, the newest first."""
    return list(access.visible(actor, Offer.objects.filter(asset=asset, trashed_at=None)).order_by("-updated_at")[:20])


def copy_shown(offer: Offer) -> SharedOffer | None:
    """The copy of an offer that the network reads."""
    return SharedOffer.objects.filter(key=offer.key, current=True).first()


