"""Offers in the kit's shape, what an asset's page says of them, and the catalogue in the menu."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from causeway.frame import access, trash
from causeway.frame.access import Actor
from causeway.kit import menu
from causeway.kit.resource import Action, Column, Filter, Next, Panel, Resource, panel, register
from causeway.kit.show import day
from causeway.rooms.assets.models import Asset
from causeway.rooms.network.choices import LANGUAGES, Field, OfferState, Seeks
from causeway.rooms.network.forms.cases import WhyForm
from causeway.rooms.network.forms.offers import OfferForm, ShareForm
from causeway.rooms.network.mapping import parcels
from causeway.rooms.network.models import Offer
from causeway.rooms.network.selectors import offers as reads
from causeway.rooms.network.services import offers as services


def _words(choices: Any, codes: list[str]) -> str:
    known = dict(choices)
    return ", ".join(str(known.get(code, code)) for code in codes)


def _state(offer: Offer) -> Any:
    css = {OfferState.SHARED: "is-done", OfferState.SUBMITTED: "is-doubt", OfferState.WITHDRAWN: ""}.get(OfferState(offer.state), "")
    return format_html('<span class="cw-status {}">{}</span>', css, offer.get_state_display())


def _until(offer: Offer) -> Any:
    past = offer.valid_until is not None and offer.valid_until < timezone.localdate()
    return format_html('<span class="cw-late">{}</span>', day(offer.valid_until)) if past else day(offer.valid_until)


def _text(request: Any, offer: Offer) -> dict[str, Any]:
    shared = reads.copy_shown(offer)
    return {
        "offer": offer, "shared": shared, "lines": [line for line in offer.text.splitlines() if line.strip()], "translations": _translated(offer), "rights": [line for line in offer.rights.splitlines() if line.strip()],
        "hindrances": services.hindrances(offer, timezone.localdate()) if offer.state in (OfferState.DRAFT, OfferState.SUBMITTED) else [],
        "may_update": access.may(request.actor, "offer.update", offer).allowed,
    }  # fmt: skip


def _translated(offer: Offer) -> list[dict[str, Any]]:
    words = parcels.translations(offer)
    return [{"code": code, "label": label, "title": words[code].get("title", ""), "lines": words[code].get("text", "").splitlines(), "sought": words[code].get("sought", "")} for code, label in LANGUAGES if code in words]


def _contact(_request: Any, offer: Offer) -> dict[str, Any]:
    return {"offer": offer, "office": offer.office.splitlines()}


def _next(actor: Actor, offer: Offer) -> Next | None:
    """What an offer waits for on its way into the catalogue."""
    if offer.state == OfferState.SUBMITTED:
        may = access.may(actor, "offer.share", offer).allowed
        return Next(_("Read it as a stranger would: is everything in it public already?"), reverse("kit:offer_action", args=[offer.pk, "share"]), _("Release it")) if may else Next(_("The director reads it and releases it."))
    if offer.state != OfferState.DRAFT or not access.may(actor, "offer.submit", offer).allowed:
        return None
    if services.hindrances(offer, timezone.localdate()):
        return Next(_("Complete it; what is missing stands below."), reverse("kit:offer_edit", args=[offer.pk]), _("Write on"))
    return Next(_("It is complete; hand it in for release."), reverse("kit:offer_action", args=[offer.pk, "submit"]), _("Hand in"))


def _links(actor: Actor, offer: Offer) -> list[dict[str, Any]]:
    shared = reads.copy_shown(offer)
    made = [{"url": reverse("network:offer_translate", args=[offer.pk]), "label": _("Translate"), "icon": "columns-3", "main": False}] if access.may(actor, "offer.update", offer).allowed else []
    return made + ([{"url": reverse("network:offer", args=[shared.pk]), "label": _("In the catalogue"), "icon": "bookmark", "main": False}] if shared else [])


def _head(actor: Actor) -> list[dict[str, Any]]:
    return [{"url": reverse("network:catalogue"), "label": _("Catalogue"), "icon": "bookmark"}]


offer = register(
    Resource(
        model=Offer, key="offer", label=_("offer"), label_plural=_("our offers"), icon="speakerphone", group="network", menu=False, order=("-updated_at", "pk"), related=("asset",), listed=(),
        search=["title", "text", "sought"], form=OfferForm, create=services.offer_create, update=services.offer_update, trash=services.offer_trash, restore=trash.bring_back,
        columns=[
            Column("title", _("Offer"), lambda o: o.title, sort="title", link=True, second=lambda o: _words(Field.choices, o.areas)),
            Column("readiness", _("Readiness"), lambda o: o.readiness, hide="lg", css="cw-num"),
            Column("seeks", _("We seek"), lambda o: _words(Seeks.choices, o.seeks), hide="md"),
            Column("state", _("State"), lambda o: str(o.get_state_display()), cell=_state, sort="state"),
            Column("valid_until", _("Valid until"), lambda o: o.valid_until, cell=_until, sort="valid_until", hide="md", css="cw-nowrap"),
            Column("updated_at", _("Changed"), lambda o: o.updated_at.date(), cell=lambda o: day(o.updated_at.date()), sort="updated_at", hide="lg", css="cw-nowrap"),
        ],
        filters=[
            Filter("state", _("State"), lambda actor: OfferState.choices, lambda rows, value: rows.filter(state=value)),
            Filter("until", _("Valid"), lambda actor: [("holds", _("holds")), ("past", _("past its last day"))],
                   lambda rows, value: rows.filter(valid_until__lt=timezone.localdate()) if value == "past" else rows.exclude(valid_until__lt=timezone.localdate())),
        ],
        identity=lambda o: [part for part in (_words(Field.choices, o.areas), o.get_state_display()) if part],
        props=lambda o: [
            (_("Readiness"), _("%(n)s of 9") % {"n": o.readiness} if o.readiness else "", ""), (_("We seek"), _words(Seeks.choices, o.seeks), o.sought),
            (_("Valid until"), _until(o), ""), (_("Begun from"), format_html('<a href="{}">{}</a>', reverse("kit:asset_detail", args=[o.asset_id]), o.asset.reference) if o.asset_id else "", ""),
            (_("Written in"), o.get_language_display(), ""), (_("We answer in"), _words(LANGUAGES, o.languages), ""), (_("Version"), o.version or "", ""),
        ],
        actions=[
            Action("submit", _("Hand in"), services.offer_submit, icon="send", when=lambda o: o.state in (OfferState.DRAFT, OfferState.WITHDRAWN),
                   text=_("The director reads it and releases it. Until then it stands still; you can take it back."), done=_("The offer is handed in.")),
            Action("share", _("Release"), services.offer_share, ShareForm, icon="share", main=True, when=lambda o: o.state == OfferState.SUBMITTED, permission="offer.share",
                   text=_("It goes into the catalogue that everybody in the network reads, and into packages. What was read cannot be taken back."), done=_("The offer is in the catalogue.")),
            Action("give_back", _("Give back"), services.offer_give_back, WhyForm, icon="arrow-back-up", when=lambda o: o.state == OfferState.SUBMITTED, permission="offer.share",
                   text=_("It goes back to whoever wrote it, with what should change."), done=_("It was given back.")),
            Action("take_back", _("Take back"), services.offer_take_back, icon="arrow-back-up", when=lambda o: o.state == OfferState.SUBMITTED,
                   done=_("It is among your drafts again.")),
            Action("withdraw", _("Withdraw"), services.offer_withdraw, WhyForm, icon="circle-x", grave=True, when=lambda o: o.version > 0 and o.state != OfferState.WITHDRAWN,
                   text=_("It leaves the catalogue at once, and the next package tells those who took it. Your record and its history stay."), done=_("It left the catalogue. Hand it in again to bring it back.")),
        ],
        panels=[Panel("network/offer_panel.html", _text), Panel("network/offer_contact_panel.html", _contact, side=True)],
        record_actions=_links, head_actions=_head, next=_next,
        empty_title=_("No offer yet"), empty_text=_("Say in plain words what a result does and whom you seek. Begin here, or from a published asset on its page."),
    )
)  # fmt: skip


def _offers_of(request: Any, asset: Asset) -> dict[str, Any] | None:
    """The offers that began from an asset; where it may not be offered, why."""
    if not access.may(request.actor, "offer.create").allowed:
        return None
    return {"asset": asset, "offers": reads.of_asset(request.actor, asset), "why_not": reads.why_not_public(asset, timezone.localdate())}


panel("asset", Panel("network/asset_offers_panel.html", _offers_of, side=True))
menu.add(menu.Entry("network:catalogue", "speakerphone", _("Offers"), "network", "catalogue.view", 11))
