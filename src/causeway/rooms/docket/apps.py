"""The room `docket` as a Django app."""

from django.apps import AppConfig


class DocketConfig(AppConfig):
    name = "causeway.rooms.docket"
    label = "docket"

    def ready(self) -> None:
        from causeway.rooms.docket import access, jobs, resources  # noqa: F401 - each registers what it holds
