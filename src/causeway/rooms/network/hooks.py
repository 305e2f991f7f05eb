"""What the room tells the house at start: its settings."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from causeway.frame.preferences import Preference, declare

declare(
    Preference(
        "network.coordinates", "university", bool, False, _("Coordinates the network"),
        _("Directors of this university review the cases that others hand in. Where no university coordinates, each director reviews the cases of the own house."),
    )
)  # fmt: skip
declare(
    Preference(
        "network.contacts", "university", bool, False, _("Show contact persons in the library"),
        _("Off unless the persons agreed. Then names, telephones and e-mail addresses go out with the cases of this university."),
    )
)  # fmt: skip
