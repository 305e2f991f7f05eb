"""The kit as a Django app: generic pages, no models."""

from django.apps import AppConfig

from causeway.kit import wording

wording.put()  # here, since a field copies its words when it is made, and models are made after every app's file was read


class KitConfig(AppConfig):
    name = "causeway.kit"
    label = "kit"

    def ready(self) -> None:
        from causeway.kit import bulk  # noqa: F401 - it registers its job
