"""Copies of cases handed to the network: their content never changes, and every university of the installation reads what is published."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from causeway.frame.models import University
from causeway.rooms.network.choices import Kind, ReleaseState


class Release(models.Model):
    """One version of a case, handed in for review or published. The class *released*: of no university's scope, and immutable but for its state."""

    key = models.UUIDField()
    version = models.PositiveIntegerField()
    #: The university that handed it in; empty once it left the network, the credit stays in `source_name`.
    source = models.ForeignKey(University, models.SET_NULL, null=True, related_name="+")
    source_name = models.CharField(max_length=300)
    #: The fingerprint of the installation that handed it over; empty for one of this installation.
    installation = models.CharField(max_length=64, blank=True)
    #: The owner's record, a plain number: other universities cannot follow it.
    case_number = models.BigIntegerField(null=True)
    state = models.CharField(_("state"), max_length=10, choices=ReleaseState.choices, default=ReleaseState.SUBMITTED)
    #: The published version people see; at most one of a key.
    current = models.BooleanField(default=False)
    title = models.CharField(_("title"), max_length=500)
    hei_name = models.CharField(_("university"), max_length=300)
    #: The name folded and without its acronym, so that one university is one row of the matrix.
    hei_key = models.CharField(max_length=300)
    number = models.CharField(max_length=20, blank=True)
    country = models.CharField(max_length=2, blank=True)
    kind = models.CharField(max_length=14, choices=Kind.choices, blank=True)
    year = models.PositiveSmallIntegerField(null=True)
    language = models.CharField(max_length=10)
    content = models.JSONField(default=dict)
    #: The tokens of every language it has, to find it by; `ShelfWord` turns them round.
    words = models.TextField(blank=True)
    #: Its place in the bit rows of `Shelf`, given when it is first shown and never to another; dense, so that rows stay short.
    place = models.PositiveIntegerField(null=True, editable=False)
    sha256 = models.CharField(max_length=64)
    released_at = models.DateTimeField(default=timezone.now)
    released_by = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=200, blank=True)
    why = models.TextField(blank=True)

    class Meta:
        verbose_name = _("case of the library")
        verbose_name_plural = _("cases of the library")
        constraints = [
            models.UniqueConstraint("key", "version", name="network_release_once"),
            models.UniqueConstraint("key", condition=models.Q(current=True), name="network_release_current"),
            models.UniqueConstraint("place", name="network_release_place"),
        ]
        indexes = [
            models.Index(fields=["source", "state"], name="network_release_source"),
            models.Index(fields=["current", "title"], name="network_release_title"),
            models.Index(fields=["current", "hei_key"], name="network_release_hei"),
            models.Index(fields=["current", "country", "hei_key"], name="network_release_country"),
            models.Index(fields=["current", "-year", "title"], name="network_release_newest"),
            models.Index(fields=["state", "released_at"], name="network_release_queue"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def fields(self) -> dict[str, str]:
        """The fields in the case's own language."""
        return self.content.get("texts", {}).get(self.language, {})


class ReleaseFacet(models.Model):
    """What a released case can be narrowed by, where it has several: a mechanism it uses, a group it serves."""

    release = models.ForeignKey(Release, models.CASCADE, related_name="facets")
    facet = models.CharField(max_length=10)
    code = models.CharField(max_length=20)

    class Meta:
        constraints = [models.UniqueConstraint("release", "facet", "code", name="network_facet_once")]
        indexes = [models.Index(fields=["facet", "code", "release"], name="network_facet_code")]


class Shelf(models.Model):
    """Which cases of the library have a value of a facet: a bit for each `Release.place`, compressed. Some hundred rows tell every count of every page.

    Facet "all" holds what is shown at all. Only `services.shelf` writes here and in `ShelfWord`.
    """

    facet = models.CharField(max_length=10)
    code = models.CharField(max_length=20, blank=True)
    cases = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint("facet", "code", name="network_shelf_once")]


class ShelfWord(models.Model):
    """Which cases of the library hold a word. As bytes, which every database orders alike, so that words are found by their beginning."""

    token = models.BinaryField()
    cases = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint("token", name="network_shelf_word_once")]


class ReviewNote(models.Model):
    """A comment of the coordinator on a field of a handed-in case, and whether it is answered."""

    release = models.ForeignKey(Release, models.CASCADE, related_name="notes")
    field = models.CharField(_("field"), max_length=30, blank=True)
    text = models.TextField(_("comment"))
    author = models.CharField(max_length=200)
    at = models.DateTimeField(default=timezone.now)
    answer = models.TextField(_("answer"), blank=True)
    answered_by = models.CharField(max_length=200, blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("comment")
        indexes = [models.Index(fields=["release", "at"], name="network_note_order")]

    def __str__(self) -> str:
        return self.text[:80]
