"""Figures: a university's own, what it contributed to the network, and the editions of benchmarks made of contributions."""

from __future__ import annotations

from fractions import Fraction

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from causeway.frame.models import Owned, University
from causeway.rooms.network.models.registry import Institution


class FigureState(models.TextChoices):
    """What is known of a figure; nothing is not the same as zero."""

    KNOWN = "known", _("known")
    UNAVAILABLE = "unavailable", _("not available")
    INAPPLICABLE = "inapplicable", _("does not apply")


class _Number(models.Model):
    """An exact decimal number: whole number and how many of its digits are places."""

    digits = models.BigIntegerField(null=True)
    places = models.PositiveSmallIntegerField(default=0)
    currency = models.CharField(max_length=3, blank=True)
    state = models.CharField(max_length=12, choices=FigureState.choices, default=FigureState.KNOWN)

    class Meta:
        abstract = True

    @property
    def number(self) -> Fraction | None:
        """The number, exact."""
        return Fraction(self.digits, 10**self.places) if self.digits is not None and self.state == FigureState.KNOWN else None


class OwnFigure(Owned, _Number):
    """A figure of a university for a year, counted from its records or entered with its source."""

    class How(models.TextChoices):
        COUNTED = "counted", _("counted from the records")
        ENTERED = "entered", _("entered")

    figure = models.CharField(_("figure"), max_length=40)
    year = models.PositiveSmallIntegerField(_("year"))
    how = models.CharField(max_length=8, choices=How.choices, default=How.ENTERED)
    source = models.CharField(_("source"), max_length=500, blank=True)
    by = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("figure")
        verbose_name_plural = _("figures")
        constraints = [models.UniqueConstraint("university", "figure", "year", name="network_own_figure_once")]
        indexes = [models.Index(fields=["university", "year"], name="network_own_figure_year")]

    def __str__(self) -> str:
        return f"{self.figure} {self.year}"


class Collection(models.Model):
    """A body of figures that are comparable: the answers to a questionnaire over the years, or a public data set."""

    key = models.CharField(max_length=60, unique=True)
    title = models.CharField(_("title"), max_length=300)
    about = models.TextField(_("about"), blank=True)
    currency = models.CharField(max_length=3, default="EUR")
    public = models.BooleanField(_("public data"), default=False)
    source = models.ForeignKey(University, models.SET_NULL, null=True, related_name="+")
    #: Rates into the currency: {"USD": {"2025": {"rate": "0.92", "source": "..."}}}.
    rates = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("benchmark")

    def __str__(self) -> str:
        return self.title


class Contribution(_Number):
    """A figure of one university in a collection. Released; nobody but its university and the coordinator sees it."""

    collection = models.ForeignKey(Collection, models.CASCADE, related_name="contributions")
    source = models.ForeignKey(University, models.CASCADE, null=True, related_name="+")
    institution = models.ForeignKey(Institution, models.SET_NULL, null=True, related_name="+")
    origin = models.CharField(max_length=120)
    name = models.CharField(max_length=300)
    country = models.CharField(max_length=2, blank=True)
    figure = models.CharField(max_length=40)
    year = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("contributed figure")
        constraints = [models.UniqueConstraint("collection", "origin", "figure", "year", name="network_contribution_once")]
        indexes = [models.Index(fields=["collection", "figure", "year"], name="network_contribution_cell")]

    def __str__(self) -> str:
        return f"{self.figure} {self.year}"


class PeerGroup(models.Model):
    """A fixed group of a collection's contributors. rule: {"countries": [...]} or {"origins": [...]} or {} for all."""

    collection = models.ForeignKey(Collection, models.CASCADE, related_name="groups")
    key = models.SlugField(max_length=40)
    title = models.CharField(_("title"), max_length=200)
    rule = models.JSONField(default=dict, blank=True)
    place = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("peer group")
        constraints = [models.UniqueConstraint("collection", "key", name="network_group_once")]

    def __str__(self) -> str:
        return self.title


class Edition(models.Model):
    """A benchmark as it was published: its cells never change."""

    collection = models.ForeignKey(Collection, models.CASCADE, related_name="editions")
    number = models.PositiveIntegerField()
    groups = models.JSONField(default=list, blank=True)
    published_at = models.DateTimeField(default=timezone.now)
    published_by = models.CharField(max_length=200, blank=True)
    counts = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("edition of a benchmark")
        constraints = [models.UniqueConstraint("collection", "number", name="network_edition_once")]

    def __str__(self) -> str:
        return f"{self.collection}, {self.number}"


class EditionCell(models.Model):
    """The quartiles of a group for a figure, a year and a norm, as exact fractions in text; or why they are withheld."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="cells")
    figure = models.CharField(max_length=40)
    norm = models.CharField(max_length=10)
    group = models.CharField(max_length=40)
    year = models.PositiveSmallIntegerField()
    count = models.PositiveIntegerField(default=0)
    low = models.CharField(max_length=80, blank=True)
    median = models.CharField(max_length=80, blank=True)
    high = models.CharField(max_length=80, blank=True)
    withheld = models.CharField(max_length=12, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint("edition", "figure", "norm", "group", "year", name="network_cell_once")]


class EditionTrail(models.Model):
    """Who contributed to an edition, as keyed digests of who and what: enough to judge the next edition, too little to tell anything."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="trails")
    figure = models.CharField(max_length=40)
    norm = models.CharField(max_length=10)
    data = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint("edition", "figure", "norm", name="network_trail_once")]
