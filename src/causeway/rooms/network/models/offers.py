"""Offers of results to whoever could use them: the university's own record, and the copies that are shared with the network."""

from __future__ import annotations

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from causeway.frame.models import Owned, Trashable, University
from causeway.rooms.assets.models import Asset
from causeway.rooms.network.choices import LANGUAGES, Field, OfferState


class Offer(Owned, Trashable):
    """A result offered for licence or joint work. Only what is public goes in: a reader anywhere may be the first to hear of it."""

    #: The same in every version and in every copy that is shared.
    key = models.UUIDField(default=uuid.uuid4, editable=False)
    #: The public right it began from; never one that is not published.
    asset = models.ForeignKey(Asset, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("asset"), editable=False)
    title = models.CharField(_("title"), max_length=200, help_text=_("What it does, as you would say it to somebody from industry."))
    text = models.TextField(
        _("what it is, in plain words"), max_length=4000, blank=True, help_text=_("The problem, what is new, what was shown. Nothing that is not public yet.")
    )
    areas = models.JSONField(_("field"), default=list, blank=True)
    readiness = models.PositiveSmallIntegerField(
        _("readiness level"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(9)],
        help_text=_("1 to 9: 3 is shown in principle, 6 in the laboratory, 9 in use. Empty where it does not apply."),
    )  # fmt: skip
    seeks = models.JSONField(_("we seek"), default=list, blank=True)
    sought = models.CharField(_("whom, more closely"), max_length=200, blank=True, help_text=_("Such as: cell maker for a pilot line."))
    rights = models.TextField(_("rights"), max_length=2000, blank=True, help_text=_("One a line, each by its public number: EP 3 123 456 B1, WO 2023/123456."))
    #: Language to field (title, text, sought) to its words there; what is not translated is read in the language it was written in.
    translations = models.JSONField(default=dict, editable=False)
    language = models.CharField(_("written in"), max_length=10, choices=LANGUAGES, default="en")
    languages = models.JSONField(_("we answer in"), default=list, blank=True)
    office = models.TextField(_("address of the office"), max_length=500, blank=True, help_text=_("Where readers write to: office, address, e-mail of the office."))
    person = models.CharField(_("contact person"), max_length=200, blank=True)
    person_email = models.EmailField(_("e-mail of the person"), blank=True)
    person_agreed = models.BooleanField(_("the person agreed to be shown"), default=False)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=OfferState.choices, default=OfferState.DRAFT, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)
    #: What the one who gave it back said.
    said = models.TextField(_("asked for"), blank=True, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    personal = ("person", "person_email")

    class Meta:
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        constraints = [models.UniqueConstraint("university", "key", name="network_offer_key")]
        indexes = [
            models.Index(fields=["university", "title"], name="network_offer_title"),
            models.Index(fields=["university", "state", "-updated_at"], name="network_offer_state"),
            models.Index(fields=["university", "-updated_at"], name="network_offer_updated"),
            models.Index(fields=["university", "valid_until"], name="network_offer_until"),
            models.Index(fields=["university", "asset"], name="network_offer_asset"),
        ]

    def __str__(self) -> str:
        return self.title


class SharedOffer(models.Model):
    """One version of an offer as the network reads it. The class *released*: of no university's scope, and immutable but for its state."""

    key = models.UUIDField()
    version = models.PositiveIntegerField()
    source = models.ForeignKey(University, models.SET_NULL, null=True, related_name="+")
    source_name = models.CharField(max_length=300)
    #: The university's address at ror.org, where it is known.
    ror_id = models.CharField(max_length=40, blank=True)
    #: The fingerprint of the installation that handed it over; empty for one of this installation.
    installation = models.CharField(max_length=64, blank=True)
    #: The owner's record, a plain number: other universities cannot follow it.
    offer_number = models.BigIntegerField(null=True)
    state = models.CharField(_("state"), max_length=10, choices=OfferState.choices, default=OfferState.SHARED)
    #: The version people see; at most one of a key.
    current = models.BooleanField(default=False)
    title = models.CharField(_("title"), max_length=200)
    country = models.CharField(max_length=2, blank=True)
    readiness = models.PositiveSmallIntegerField(null=True)
    valid_until = models.DateField()
    content = models.JSONField(default=dict)
    #: What it is counted and narrowed by: "field:energy", "seeks:licence", …
    marks = models.JSONField(default=list)
    #: The folded words it is found by, a space before and after each.
    words = models.TextField(blank=True)
    sha256 = models.CharField(max_length=64)
    released_at = models.DateTimeField(default=timezone.now)
    released_by = models.CharField(max_length=200, blank=True)
    why = models.TextField(blank=True)

    class Meta:
        verbose_name = _("shared offer")
        verbose_name_plural = _("shared offers")
        constraints = [
            models.UniqueConstraint("key", "version", name="network_shared_once"),
            models.UniqueConstraint("key", condition=models.Q(current=True), name="network_shared_current"),
        ]
        indexes = [
            models.Index(fields=["current", "valid_until"], name="network_shared_shown"),
            models.Index(fields=["source", "state"], name="network_shared_source"),
            models.Index(fields=["installation"], name="network_shared_from"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def area_names(self) -> list[str]:
        """Its fields in words."""
        return [str(Field(one).label) for one in self.content.get("areas", []) if one in Field.values]
