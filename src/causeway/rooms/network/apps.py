"""The room `network` as a Django app."""

from django.apps import AppConfig


class NetworkConfig(AppConfig):
    name = "causeway.rooms.network"
    label = "network"

    def ready(self) -> None:
        from causeway.rooms.network import access, facts, hooks, jobs, resources  # noqa: F401 - each registers what it holds
