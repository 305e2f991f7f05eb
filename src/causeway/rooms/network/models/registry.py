"""Universities of the world by all their names: shared data of the installation, loaded from public registries."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from causeway.frame.models import University


class Institution(models.Model):
    """A university as public registries know it. Shared: of no university, changed by loading a registry anew."""

    ror_id = models.CharField(max_length=40, null=True, unique=True)
    moe_code = models.CharField(_("ministry code"), max_length=12, null=True, unique=True)
    name = models.CharField(_("name"), max_length=300)
    country = models.CharField(_("country"), max_length=2, blank=True)
    city = models.CharField(_("place"), max_length=120, blank=True)
    level = models.CharField(_("level"), max_length=20, blank=True)
    closed = models.BooleanField(default=False)
    founded = models.PositiveSmallIntegerField(null=True)
    website = models.CharField(max_length=300, blank=True)
    #: The university of this installation that it is.
    here = models.OneToOneField(University, models.SET_NULL, null=True, related_name="institution")

    class Meta:
        verbose_name = _("university of the registry")
        indexes = [models.Index(fields=["country", "name"], name="network_institution_country")]

    def __str__(self) -> str:
        return self.name


class InstitutionName(models.Model):
    """A name it is known by: in use, in another language, former, or an acronym."""

    institution = models.ForeignKey(Institution, models.CASCADE, related_name="names")
    text = models.CharField(max_length=300)
    kind = models.CharField(max_length=8)
    language = models.CharField(max_length=10, blank=True)


class RegistryLoad(models.Model):
    """A registry that was loaded: which file, its digest, what it counted."""

    registry = models.CharField(max_length=20)
    file = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    counts = models.JSONField(default=dict, blank=True)
    loaded_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.file
