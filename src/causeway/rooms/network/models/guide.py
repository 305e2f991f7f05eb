"""Guides that a university compiles of published cases."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from causeway.frame.models import Owned, Trashable
from causeway.rooms.network.choices import LANGUAGES


class Guide(Owned, Trashable):
    """An edition of the guide: what stands in front, and which cases in which chapters and order."""

    title = models.CharField(_("title"), max_length=300)
    subtitle = models.CharField(_("subtitle"), max_length=300, blank=True)
    edition = models.CharField(_("edition"), max_length=100, blank=True)
    dated = models.DateField(_("date of the edition"))
    language = models.CharField(_("language"), max_length=10, choices=LANGUAGES, default="en")
    editors = models.CharField(_("editors"), max_length=300, blank=True, help_text=_("As they are cited, such as: López N. & Escarré R."))
    publisher = models.CharField(_("publisher"), max_length=200, blank=True)
    introduction = models.TextField(
        _("introduction"), blank=True, help_text=_("Paragraphs are parted by an empty line; a line that begins with # is a heading.")
    )
    acknowledgements = models.TextField(_("acknowledgements"), blank=True)
    licence = models.TextField(_("licence"), blank=True)
    citation = models.TextField(_("how to cite it"), blank=True)
    acronyms = models.TextField(_("acronyms"), blank=True, help_text=_("One to a line: the acronym, an equals sign, what it means."))
    contacts = models.BooleanField(_("print contact persons who agreed"), default=False)
    #: Chapters in order: {"title": ..., "cases": [key of a released case, ...]}.
    chapters = models.JSONField(default=list, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("guide")
        verbose_name_plural = _("guides")
        indexes = [
            models.Index(fields=["university", "title"], name="network_guide_title"),
            models.Index(fields=["university", "dated"], name="network_guide_dated"),
        ]

    def __str__(self) -> str:
        return f"{self.title}, {self.edition}" if self.edition else self.title
