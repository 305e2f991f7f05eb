"""The room `assets` as a Django app."""

from django.apps import AppConfig


class AssetsConfig(AppConfig):
    name = "causeway.rooms.assets"
    label = "assets"

    def ready(self) -> None:
        from causeway.rooms.assets import access, facts, hooks, jobs, resources  # noqa: F401 - each registers what it holds
