"""The room `governance` as a Django app."""

from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    name = "causeway.rooms.governance"
    label = "governance"

    def ready(self) -> None:
        from causeway.rooms.governance import access, jobs, resources  # noqa: F401 - each registers what it holds
