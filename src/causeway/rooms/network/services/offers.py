"""Writes on offers: draft, hand in, share, give back, withdraw. What is not public is never shared."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from causeway.frame import access, audit, trash
from causeway.frame.access import Actor
from causeway.frame.models import University
from causeway.rooms.assets.models import Asset
from causeway.rooms.network.choices import LANGUAGES, Field, OfferState, Seeks
from causeway.rooms.network.mapping import parcels
from causeway.rooms.network.models import Offer, SharedOffer
from causeway.rooms.network.selectors import offers as reads
from causeway.rooms.network.selectors import registry

#: An offer names at most so many rights and holds at most so many days.
MOST_RIGHTS, MOST_DAYS = 20, 3 * 366
_LISTS = {"areas": Field.values, "seeks": Seeks.values, "languages": [code for code, _label in LANGUAGES]}


def _fill(offer: Offer, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(offer, name, sorted(set(value or ())) if name in _LISTS else value)
    for name, known in _LISTS.items():
        strange = [one for one in getattr(offer, name) if one not in known]
        if strange:
            raise ValidationError({name: _("There is no such choice: %(codes)s.") % {"codes": ", ".join(map(str, strange))}})
    lines = [line for line in offer.rights.splitlines() if line.strip()]
    if len(lines) > MOST_RIGHTS:
        raise ValidationError({"rights": _("An offer names at most %(n)s rights.") % {"n": MOST_RIGHTS}})
    if wrong := next((line for line in lines if not any(sign.isdigit() for sign in line)), ""):
        raise ValidationError({"rights": _("“%(line)s” is no number of a right. Name each by its public number.") % {"line": wrong.strip()[:80]}})
    if offer.person_email and not offer.person:
        raise ValidationError({"person": _("Say whose address this is, or write the office's into the address of the office.")})


@transaction.atomic
def offer_create(*, actor: Actor, **values: Any) -> Offer:
    """Begin an offer. values: as in the form."""
    access.require(actor, "offer.create")
    with audit.changing(Offer(), by=actor, verb="offer.create") as offer:
        _fill(offer, values)
    return offer


@transaction.atomic
def offer_from_asset(*, actor: Actor, asset: Asset) -> Offer:
    """Begin an offer from a published asset: its title and its public numbers. Refused for one that is not public, whoever asks."""
    access.require(actor, "offer.create")
    access.require(actor, "asset.view", asset)
    if why := reads.why_not_public(asset, timezone.localdate()):
        raise access.Refused(_("%(asset)s cannot be offered: %(why)s") % {"asset": asset.reference, "why": why})
    numbers = [number for number in (asset.publication_number, asset.grant_number) if number]
    rights = "\n".join(dict.fromkeys(number if number[:2].isalpha() else f"{asset.office} {number}" for number in numbers))
    with audit.changing(Offer(asset=asset), by=actor, verb="offer.create", why=asset.reference) as offer:
        _fill(offer, {"title": asset.title[:200], "rights": rights})
    return offer


@transaction.atomic
def offer_update(*, actor: Actor, obj: Offer, revision: int | None = None, **values: Any) -> Offer:
    """Change an offer; what the network reads stays as it is until the change is shared."""
    access.require(actor, "offer.update", obj)
    with audit.changing(obj, by=actor, verb="offer.update", revision=revision) as offer:
        access.require(actor, "offer.update", offer)
        before = audit.values_of(offer)
        _fill(offer, values)
        if audit.values_of(offer) != before:
            offer.updated_at = timezone.now()
            offer.state = OfferState.DRAFT
    return offer


@transaction.atomic
def offer_translate(*, actor: Actor, obj: Offer, language: str, fields: Mapping[str, str], revision: int | None = None) -> Offer:
    """Say an offer in another language. fields: title, text, sought there; all of them empty takes the translation away."""
    access.require(actor, "offer.update", obj)
    if language not in dict(LANGUAGES) or language == obj.language:
        raise ValidationError({"language": _("The offer is not translated into this language.")})
    said = {name: str(fields.get(name, "")).replace("\r\n", "\n").strip() for name in parcels.SAID}
    most = {name: Offer._meta.get_field(name).max_length or 0 for name in parcels.SAID}
    if long := {name: _("At most %(n)s characters.") % {"n": most[name]} for name, text in said.items() if len(text) > most[name]}:
        raise ValidationError(long)
    with audit.changing(obj, by=actor, verb="offer.translate", revision=revision) as offer:
        access.require(actor, "offer.update", offer)
        before = offer.translations
        kept = {name: text for name, text in said.items() if text}
        offer.translations = {code: words for code, words in {**before, language: kept}.items() if words}
        if offer.translations != before:
            offer.updated_at, offer.state = timezone.now(), OfferState.DRAFT
    return offer


def missing(offer: Offer) -> dict[str, str]:
    """What an offer still needs before it can be handed in, by field."""
    said = {
        "text": _("Say in plain words what it is."), "areas": _("Say what field it is of."), "seeks": _("Say what deal you seek."),
        "languages": _("Say in which languages you answer."), "valid_until": _("Say until when it holds."),
    }  # fmt: skip
    found = {name: why for name, why in said.items() if not getattr(offer, name)}
    if not offer.office.strip() and not (offer.person and offer.person_agreed):
        found["office"] = _("Give the address of the office, or a contact person who agreed to be shown.")
    half = [label for code, label in LANGUAGES if (words := parcels.translations(offer).get(code)) and not ("title" in words and "text" in words)]
    if half:
        found["translations"] = _("A translation has a title and a text, or is left out. Half of it is there in: %(languages)s.") % {"languages": ", ".join(half)}
    return found


def hindrances(offer: Offer, on: date) -> list[str]:
    """Why an offer cannot be shared on a day: what is missing, what is not public, days that are past or too far."""
    found = list(missing(offer).values())
    if offer.valid_until and offer.valid_until < on:
        found.append(_("Its last day is past."))
    if offer.valid_until and (offer.valid_until - on).days > MOST_DAYS:
        found.append(_("An offer holds for at most three years; renew it then."))
    if offer.asset_id and offer.asset and (why := reads.why_not_public(offer.asset, on)):
        found.append(f"{offer.asset.reference}: {why}")
    return found + reads.unpublished_named(offer, on)


def _ready(offer: Offer) -> None:
    if found := hindrances(offer, timezone.localdate()):
        raise ValidationError(found)


@transaction.atomic
def offer_submit(*, actor: Actor, obj: Offer) -> Offer:
    """Hand an offer in for release; it stands still until somebody with the right decides."""
    access.require(actor, "offer.submit", obj)
    with audit.changing(obj, by=actor, verb="offer.submit") as offer:
        if offer.state not in (OfferState.DRAFT, OfferState.WITHDRAWN):
            raise ValidationError(_("Only a draft is handed in."))
        _ready(offer)
        offer.state, offer.said, offer.updated_at = OfferState.SUBMITTED, "", timezone.now()
    return offer


@transaction.atomic
def offer_take_back(*, actor: Actor, obj: Offer) -> Offer:
    """Take an offer back out of review."""
    access.require(actor, "offer.take_back", obj)
    return _back(actor, obj, "offer.take_back", "")


@transaction.atomic
def offer_give_back(*, actor: Actor, obj: Offer, why: str) -> Offer:
    """Give an offer back to whoever wrote it, with what should change."""
    access.require(actor, "offer.share", obj)
    if not why.strip():
        raise ValidationError({"why": _("Say what should change.")})
    return _back(actor, obj, "offer.give_back", why)


def _back(actor: Actor, obj: Offer, verb: str, why: str) -> Offer:
    with audit.changing(obj, by=actor, verb=verb, why=why) as offer:
        if offer.state != OfferState.SUBMITTED:
            raise ValidationError(_("This offer is not in review."))
        offer.state, offer.said, offer.updated_at = OfferState.DRAFT, why, timezone.now()
    return offer


@transaction.atomic
def offer_share(*, actor: Actor, obj: Offer, public: bool = False) -> SharedOffer:
    """Release an offer to the network as a copy that never changes. public: the one who releases has looked and says that all in it is public already."""
    access.require(actor, "offer.share", obj)
    if not public:
        raise ValidationError({"public": _("Look first whether everything in it is public already; what is shared cannot be taken back.")})
    with audit.changing(obj, by=actor, verb="offer.share") as offer:
        if offer.state != OfferState.SUBMITTED:
            raise ValidationError(_("This offer is not in review."))
        _ready(offer)
        offer.state, offer.version, offer.updated_at = OfferState.SHARED, offer.version + 1, timezone.now()
    home = University.objects.get(pk=actor.university_id)
    known = registry.of_university(home.pk)
    made = parcels.copy_of_offer(
        parcels.offer_content(offer), offer.valid_until, key=offer.key, version=offer.version, source_id=home.pk, source_name=home.name,  # type: ignore[arg-type]
        ror_id=(known.ror_id if known else "") or "", offer_number=offer.pk, country=home.country, released_by=actor.name,
    )  # fmt: skip
    return put(actor=actor, made=made, verb="offer.release")


def put(*, actor: Actor, made: SharedOffer, verb: str) -> SharedOffer:
    """Put a copy into the catalogue; the one before steps back. The caller has judged the actor."""
    for earlier in SharedOffer.objects.filter(key=made.key, current=True):
        with audit.changing(earlier, by=actor, verb="offer.superseded") as earlier:
            earlier.current = False
    made.current = True
    with audit.changing(made, by=actor, verb=verb) as made:
        pass
    return made


@transaction.atomic
def offer_withdraw(*, actor: Actor, obj: Offer, why: str) -> Offer:
    """Take an offer out of the catalogue; whoever took it in a package hears of it in the next."""
    access.require(actor, "offer.withdraw", obj)
    if not why.strip():
        raise ValidationError({"why": _("Say why; readers who had it will ask.")})
    with audit.changing(obj, by=actor, verb="offer.withdraw", why=why) as offer:
        offer.state, offer.updated_at = OfferState.WITHDRAWN, timezone.now()
    take_off(actor=actor, shared=list(SharedOffer.objects.filter(key=offer.key, current=True)), why=why)
    return offer


def take_off(*, actor: Actor, shared: list[SharedOffer], why: str) -> int:
    """Take copies out of the catalogue; returns how many. The caller has judged the actor."""
    for one in shared:
        with audit.changing(one, by=actor, verb="offer.gone", why=why) as one:
            one.state, one.current, one.why = OfferState.WITHDRAWN, False, why
    return len(shared)


@transaction.atomic
def leave(*, actor: Actor, why: str) -> int:
    """A university leaves the network: nobody would answer for its offers, so they are withdrawn. Returns how many."""
    for offer in Offer.objects.filter(state__in=[OfferState.SUBMITTED, OfferState.SHARED]):
        with audit.changing(offer, by=actor, verb="offer.withdraw", why=why) as offer:
            offer.state = OfferState.WITHDRAWN
    return take_off(actor=actor, shared=list(SharedOffer.objects.filter(source_id=actor.university_id, current=True)), why=why)


def offer_trash(*, actor: Actor, obj: Offer, why: str = "") -> Offer:
    """Put an offer into the trash; one the network reads is withdrawn first."""
    access.require(actor, "offer.trash", obj)
    if SharedOffer.objects.filter(key=obj.key, current=True).exists():
        raise ValidationError(_("This offer is in the catalogue. Withdraw it first."))
    return trash.put(actor=actor, obj=obj, why=why)
