"""What the room tells the house at start: its settings, and that the shelves of the library follow what the audited doors write."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.dates import MONTHS
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from causeway.frame import audit, scope
from causeway.frame.preferences import Preference, declare
from causeway.rooms.network.access.library import coordinating
from causeway.rooms.network.services import shelf


def _only_one(value: Any) -> None:
    """Who coordinates reads what others hand in, so nobody takes the place of one who does."""
    if value and coordinating() - {scope.current_or_none()}:
        raise ValidationError(gettext("Another university coordinates the network. It has to give that up first."))


declare(
    Preference(
        "network.coordinates", "university", bool, False, _("Coordinates the network"),
        _("Directors of this university review the cases that others hand in. Where no university coordinates, each director reviews the cases of the own house."),
        check=_only_one,
    )
)  # fmt: skip
declare(
    Preference(
        "network.year_starts", "university", int, 1, _("First month of the reporting year"),
        _("A reporting year is named after the calendar year it begins in: with August, 2025 is August 2025 to July 2026. Figures are counted from the records by it; count years anew that were counted before."),
        choices=tuple(MONTHS.items()),
    )
)  # fmt: skip
declare(
    Preference(
        "network.contacts", "university", bool, False, _("Show contact persons in the library"),
        _("Off unless the persons agreed. Then names, telephones and e-mail addresses go out with the cases of this university."),
    )
)  # fmt: skip

audit.listen(shelf.follow)
