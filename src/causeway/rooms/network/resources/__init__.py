"""Resources and menu entries of the network, by subject."""

from causeway.rooms.network.resources import cases, guide, offers, questionnaires  # noqa: F401 - each registers its own
