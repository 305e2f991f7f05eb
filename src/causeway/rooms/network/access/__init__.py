"""Who sees and does what in the network, by subject."""

from causeway.rooms.network.access import benchmarks, cases, exchange, guide, library, offers, questionnaires  # noqa: F401 - each states its rules
from causeway.rooms.network.access.library import coordinates

__all__ = ["coordinates"]
