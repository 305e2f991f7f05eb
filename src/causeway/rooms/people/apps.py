"""The room `people` as a Django app."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "causeway.rooms.people"
    label = "people"

    def ready(self) -> None:
        from causeway.rooms.people import access, hooks, resources  # noqa: F401 - each registers what it holds
