"""Words of the room: states of a case, kinds of institution, groups it is meant for."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class CaseState(models.TextChoices):
    """How far a case is on its way into the library."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("In review")
    CHANGES = "changes", _("Changes requested")
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ReleaseState(models.TextChoices):
    """What became of a copy that was handed to the network."""

    SUBMITTED = "submitted", _("In review")
    CHANGES = "changes", _("Changes requested")
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Kind(models.TextChoices):
    """Kinds of institution, coarse enough to compare by."""

    COMPREHENSIVE = "comprehensive", _("Comprehensive university")
    TECHNICAL = "technical", _("Technical university")
    MEDICAL = "medical", _("Medical university")
    LAW = "law", _("Law and social sciences")
    BUSINESS = "business", _("Business and economics")
    APPLIED = "applied", _("Polytechnic or applied sciences")
    TEACHER = "teacher", _("Teacher training")
    AGRICULTURE = "agriculture", _("Agriculture and forestry")
    ARTS = "arts", _("Arts and design")
    OTHER = "other", _("Other")


class Target(models.TextChoices):
    """Whom a practice serves."""

    RESEARCHERS = "researchers", _("Researchers and academics")
    STAFF = "staff", _("Transfer and administrative staff")
    STUDENTS = "students", _("Students and graduates")
    COMPANIES = "companies", _("Companies and entrepreneurs")
    INVESTORS = "investors", _("Investors and funders")
    GOVERNMENT = "government", _("Government and policy makers")
    EXPERTS = "experts", _("IP experts and agents")
    HEALTH = "health", _("Hospitals and patients")
    SOCIETY = "society", _("Society at large")


class Origin(models.TextChoices):
    """Where a case comes from."""

    WRITTEN = "written", _("Written here")
    IMPORTED = "imported", _("Read from a guide")


LANGUAGES = [("en", "English"), ("zh-hans", "简体中文"), ("es", "Español"), ("pl", "Polski"), ("nl", "Nederlands")]
