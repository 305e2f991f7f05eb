"""What the people room answers to the frame, which stands below it: the units a role can be limited to, and their tree."""

from __future__ import annotations

from causeway.frame import access
from causeway.frame.accounts import units
from causeway.rooms.people import selectors

units.offer(selectors.unit_paths)
access.units_below(selectors.units_below)
