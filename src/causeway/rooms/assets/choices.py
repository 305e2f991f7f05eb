"""Words of the assets room."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    """Where a right stands."""

    PLANNED = "planned", _("Planned")
    PENDING = "pending", _("Pending")
    GRANTED = "granted", _("In force")
    ENDED = "ended", _("Ended")


class LinkKind(models.TextChoices):
    """How two applications belong together."""

    PRIORITY = "priority", _("Claims priority of")
    DIVISIONAL = "divisional", _("Divisional of")
    CONTINUATION = "continuation", _("Continuation of")
    NATIONAL = "national_phase", _("National phase of")
    VALIDATION = "validation", _("Validation of")


class CostKind(models.TextChoices):
    """What money was spent on."""

    OFFICIAL = "official", _("Official fee")
    AGENT = "agent", _("Agent")
    TRANSLATION = "translation", _("Translation")
    OTHER = "other", _("Other")
