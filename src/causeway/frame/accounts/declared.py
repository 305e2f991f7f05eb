"""Settings that belong to accounts."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from causeway.frame import preferences
from causeway.frame.preferences import Preference

DIGEST = "mail.digest"

preferences.declare(
    Preference(
        DIGEST,
        "user",
        str,
        "daily",
        _("Summary by mail"),
        _("What is late, due or waiting for you; nothing is sent when nothing is."),
        choices=(("daily", _("every working day")), ("weekly", _("on Mondays")), ("none", _("never"))),
    )
)
