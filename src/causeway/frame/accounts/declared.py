"""Settings that belong to accounts."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from causeway.frame import preferences
from causeway.frame.preferences import Preference

DIGEST = "mail.digest"
PACE = "api.limit"
HEADS = "mail.heads"

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

preferences.declare(
    Preference(
        HEADS,
        "user",
        str,
        "weekly",
        _("Head of the audit chain by mail"),
        _("For auditors and administrators: with the letter you can show later that nothing before it was changed."),
        choices=(("weekly", _("on Mondays")), ("none", _("never"))),
    )
)


def _reasonable(limit: int) -> None:
    if not 10 <= limit <= 100_000:
        raise ValidationError(gettext("Between 10 and 100,000 requests a minute."))


preferences.declare(
    Preference(
        PACE,
        "university",
        int,
        600,
        _("Requests a minute to the API"),
        _("For each key. Beyond it the answer is “too many requests”, with the time to wait."),
        check=_reasonable,
    )
)
