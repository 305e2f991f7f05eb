"""The kit as a Django app: generic pages, no models."""

from django.apps import AppConfig


class KitConfig(AppConfig):
    name = "causeway.kit"
    label = "kit"

    def ready(self) -> None:
        from causeway.kit import bulk  # noqa: F401 - it registers its job
