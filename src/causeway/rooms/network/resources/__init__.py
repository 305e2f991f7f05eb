"""Resources and menu entries of the network, by subject."""

from causeway.rooms.network.resources import cases, guide  # noqa: F401 - each registers its own
