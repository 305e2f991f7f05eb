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


class PackState(models.TextChoices):
    """What became of a pack that came in a package."""

    READY = "ready", _("ready to try")
    SHIPPED = "shipped", _("comes with Causeway")
    FAULTY = "faulty", _("refused: faults")
    CLASH = "clash", _("refused: another text of this version")


class OfferState(models.TextChoices):
    """How far an offer is on its way into the network."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("In review")
    SHARED = "shared", _("Shared")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Field(models.TextChoices):
    """What an offer is about, coarse enough to look through."""

    HEALTH = "health", _("Health")
    LIFE = "life", _("Life sciences")
    FOOD = "food", _("Food and agriculture")
    CHEMISTRY = "chemistry", _("Chemistry")
    MATERIALS = "materials", _("Materials")
    ENERGY = "energy", _("Energy")
    ENVIRONMENT = "environment", _("Environment and water")
    ELECTRONICS = "electronics", _("Electronics and photonics")
    SENSING = "sensing", _("Sensing and measuring")
    SOFTWARE = "software", _("Software and data")
    MACHINES = "machines", _("Machines and production")
    TRANSPORT = "transport", _("Transport and space")
    BUILDING = "building", _("Building")
    SOCIETY = "society", _("Education, culture, society")


class Seeks(models.TextChoices):
    """The kind of deal an offer seeks."""

    LICENCE = "licence", _("Licensee")
    EXCLUSIVE = "exclusive", _("Licensee with exclusive rights")
    SALE = "sale", _("Buyer")
    PARTNER = "partner", _("Development partner")
    RESEARCH = "research", _("Partner in research")
    INVESTOR = "investor", _("Investor")
    FOUNDER = "founder", _("Founder of a company")


class Band(models.TextChoices):
    """Readiness in three bands of the nine levels."""

    EARLY = "1", _("1 to 3, shown in principle")
    LAB = "4", _("4 to 6, shown in the laboratory")
    USE = "7", _("7 to 9, shown in use")


LANGUAGES = [("en", "English"), ("zh-hans", "简体中文"), ("es", "Español"), ("pl", "Polski"), ("nl", "Nederlands")]
