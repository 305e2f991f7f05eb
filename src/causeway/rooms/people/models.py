"""Persons, units, outside organisations, and who belongs where."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from causeway.frame.models import Owned, Trashable


class Unit(Owned):
    """A faculty, institute, department or laboratory."""

    code = models.CharField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=200)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of"))

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        constraints = [models.UniqueConstraint("university", "code", name="people_unit_code")]
        indexes = [models.Index(fields=["university", "name"], name="people_unit_name")]

    def __str__(self) -> str:
        return self.name


class Organisation(Owned, Trashable):
    """An outside organisation: another university, a company, an agent's firm, an authority, a funder."""

    class Kind(models.TextChoices):
        UNIVERSITY = "university", _("University")
        COMPANY = "company", _("Company")
        AGENT = "agent", _("Agent's firm")
        AUTHORITY = "authority", _("Authority")
        FUNDER = "funder", _("Funder")
        OTHER = "other", _("Other")

    name = models.CharField(_("name"), max_length=300)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.OTHER)
    country = models.CharField(_("country"), max_length=2, blank=True)
    aliases = models.JSONField(_("other names"), default=list, blank=True)
    #: The name folded, so that an import finds it whatever its case and accents.
    name_key = models.CharField(max_length=300, editable=False)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        constraints = [models.UniqueConstraint("university", "name_key", name="people_organisation_once")]
        indexes = [
            models.Index(fields=["university", "name"], name="people_organisation_name"),
            models.Index(fields=["university", "kind"], name="people_organisation_kind"),
        ]

    def __str__(self) -> str:
        return self.name


class Person(Owned, Trashable):
    """A person the office works with: an inventor, a colleague, an agent. May have an account."""

    name = models.CharField(_("name"), max_length=200, help_text=_("As it stands on documents."))
    name_native = models.CharField(_("name in own script"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="persons", verbose_name=_("unit"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="persons", verbose_name=_("organisation"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("account"))
    orcid = models.CharField("ORCID", max_length=19, blank=True)
    left_on = models.DateField(_("left on"), null=True, blank=True)
    name_key = models.CharField(max_length=200, editable=False)
    #: The day on which what identifies the person was erased.
    erased_on = models.DateField(null=True, editable=False)

    personal = ("name", "name_native", "email", "orcid", "name_key")

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("persons")
        constraints = [models.UniqueConstraint("university", "user", name="people_person_user")]
        indexes = [
            models.Index(fields=["university", "name"], name="people_person_name"),
            models.Index(fields=["university", "name_key"], name="people_person_key"),
        ]

    def __str__(self) -> str:
        return self.name
