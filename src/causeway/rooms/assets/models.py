"""Assets: rights and applications with their families, owners, inventors, links, costs and documents."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from causeway.frame.models import Owned, StoredFile, Trashable, University
from causeway.kit.show import money
from causeway.rooms.assets.choices import CostKind, LinkKind, Status
from causeway.rooms.docket.choices import Right
from causeway.rooms.docket.models import Matter
from causeway.rooms.people.models import Organisation, Person, Unit


class Family(Owned):
    """Applications that protect one invention."""

    reference = models.CharField(_("reference"), max_length=60)
    title = models.CharField(_("title"), max_length=500)

    class Meta:
        verbose_name = _("family")
        verbose_name_plural = _("families")
        constraints = [models.UniqueConstraint("university", "reference", name="assets_family_reference")]

    def __str__(self) -> str:
        return self.title


class Asset(Owned, Trashable):
    """A right or an application of the university, of any kind."""

    # Every index leads with the university, so one of the university alone would only be written.
    university = models.ForeignKey(University, models.PROTECT, related_name="+", editable=False, db_index=False)

    reference = models.CharField(_("reference"), max_length=60)
    matter = models.OneToOneField(Matter, models.PROTECT, related_name="asset", editable=False)
    family = models.ForeignKey(Family, models.PROTECT, null=True, blank=True, related_name="members", verbose_name=_("family"))
    title = models.CharField(_("title"), max_length=500)
    titles = models.JSONField(_("title in other languages"), default=dict, blank=True)
    right = models.CharField(_("kind"), max_length=20, choices=Right.choices, default=Right.PATENT)
    office = models.CharField(_("office"), max_length=12)
    number = models.CharField(_("application number"), max_length=60, blank=True)
    number_key = models.CharField(max_length=60, blank=True, editable=False)
    publication_number = models.CharField(_("publication number"), max_length=60, blank=True)
    grant_number = models.CharField(_("grant number"), max_length=60, blank=True)
    filed_on = models.DateField(_("filed"), null=True, blank=True)
    published_on = models.DateField(_("published"), null=True, blank=True)
    granted_on = models.DateField(_("granted"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.PENDING)
    status_note = models.CharField(_("status as the source says"), max_length=100, blank=True)
    technical_field = models.CharField(_("technical field"), max_length=500, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unit"), db_index=False)
    holder = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("in hand of"))
    agent = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("agent"))
    agent_reference = models.CharField(_("agent's reference"), max_length=60, blank=True)
    funding = models.CharField(_("funding"), max_length=200, blank=True)
    confidential = models.BooleanField(_("confidential"), default=False)
    tags = models.JSONField(_("tags"), default=list, blank=True)
    custom = models.JSONField(_("own fields"), default=dict, blank=True)
    # copies, so that lists sort without joins
    next_due_on = models.DateField(_("next date"), null=True, editable=False)
    owners_text = models.CharField(_("owners"), max_length=500, blank=True, editable=False)

    class Meta:
        verbose_name = _("asset")
        verbose_name_plural = _("assets")
        constraints = [
            models.UniqueConstraint("university", "reference", name="assets_asset_reference"),
            models.UniqueConstraint("university", "number_key", condition=~models.Q(number_key=""), name="assets_asset_number"),
        ]
        # Lists and their counts leave the trash out; SQLite takes an index on a condition only where the condition is among its columns.
        indexes = [
            *(
                models.Index(fields=["university", *fields, "id", "trashed_at"], condition=models.Q(trashed_at=None), name=f"assets_asset_{name}")
                for name, fields in {
                    "title": ["title"], "filed": ["filed_on"], "next": ["next_due_on"], "status": ["status", "title"],
                    # What lists are filtered by, together: how many there are is read off this index alone.
                    "counts": ["status", "office", "right", "unit"], "office": ["office", "title"], "unit": ["unit", "title"], "right": ["right", "title"],
                }.items()
            ),
            # Gaps of the portfolio: indexes of the rows that lack something alone, which are few.
            models.Index(fields=["university", "title", "id", "trashed_at", "status"], condition=models.Q(trashed_at=None, owners_text=""), name="assets_asset_noowner"),
            models.Index(fields=["university", "title", "id", "trashed_at", "status"], condition=models.Q(trashed_at=None, status="granted", granted_on=None),
                         name="assets_asset_nogrant"),
            models.Index(fields=["university", "trashed_at"], condition=~models.Q(trashed_at=None), name="assets_asset_trash"),
            models.Index(fields=["university", "publication_number"], name="assets_asset_publication"),
            models.Index(fields=["university", "grant_number"], name="assets_asset_grantno"),
        ]

    def __str__(self) -> str:
        return self.title


class Ownership(Owned):
    """A share of an asset over a span of days; no organisation means the university itself. The weight is an exact fraction."""

    asset = models.ForeignKey(Asset, models.CASCADE, related_name="ownerships")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("owner"))
    numerator = models.PositiveIntegerField(_("share"), null=True, blank=True)
    denominator = models.PositiveIntegerField(_("of"), null=True, blank=True)
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("to"), null=True, blank=True)

    class Meta:
        verbose_name = _("owner")
        indexes = [
            models.Index(fields=["university", "asset"], name="assets_owner_asset"),
            models.Index(fields=["university", "organisation"], name="assets_owner_org"),
        ]

    def __str__(self) -> str:
        return str(self.organisation or self.university)


class Inventorship(Owned):
    """An inventor of an asset with an exact share, where it is known."""

    asset = models.ForeignKey(Asset, models.CASCADE, related_name="inventorships")
    person = models.ForeignKey(Person, models.PROTECT, related_name="inventorships", verbose_name=_("inventor"))
    sequence = models.PositiveSmallIntegerField(default=1)
    numerator = models.PositiveIntegerField(_("share"), null=True, blank=True)
    denominator = models.PositiveIntegerField(_("of"), null=True, blank=True)

    class Meta:
        verbose_name = _("inventor")
        constraints = [models.UniqueConstraint("university", "asset", "person", name="assets_inventor_once")]
        indexes = [models.Index(fields=["university", "person"], name="assets_inventor_person")]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.sequence}"  # no name: the trail keeps these words for good


class Link(Owned):
    """An earlier or related application, here or elsewhere."""

    asset = models.ForeignKey(Asset, models.CASCADE, related_name="links")
    kind = models.CharField(_("how"), max_length=16, choices=LinkKind.choices)
    other = models.ForeignKey(Asset, models.PROTECT, null=True, blank=True, related_name="linked_from")
    office = models.CharField(_("office"), max_length=12, blank=True)
    number = models.CharField(_("number"), max_length=60, blank=True)
    on = models.DateField(_("on"), null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["university", "asset"], name="assets_link_asset")]

    def __str__(self) -> str:
        return str(self.other) if self.other else f"{self.office} {self.number}".strip()


class Cost(Owned):
    """Money spent on an asset, in minor units of its currency."""

    asset = models.ForeignKey(Asset, models.CASCADE, related_name="costs")
    on = models.DateField(_("on"))
    kind = models.CharField(_("for"), max_length=12, choices=CostKind.choices)
    amount = models.BigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    supplier = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("paid to"))
    invoice = models.CharField(_("invoice"), max_length=60, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["university", "asset", "-on"], name="assets_cost_asset")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {money(self.amount, self.currency)}"


class Document(Owned):
    """A file that belongs to an asset."""

    asset = models.ForeignKey(Asset, models.CASCADE, related_name="documents")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    title = models.CharField(_("title"), max_length=200)
    confidential = models.BooleanField(_("confidential"), default=False)

    class Meta:
        indexes = [models.Index(fields=["university", "asset"], name="assets_document_asset")]

    def __str__(self) -> str:
        return self.title


class Note(Owned):
    """A remark on an asset."""

    asset = models.ForeignKey(Asset, models.CASCADE, related_name="notes")
    text = models.TextField(_("note"))
    author = models.CharField(max_length=200)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["university", "asset", "-at"], name="assets_note_asset")]

    def __str__(self) -> str:
        return gettext("note")
