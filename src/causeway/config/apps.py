"""The composition root as an app: ties adapters to the rooms' ports once all rooms are loaded."""

from django.apps import AppConfig


class ConfigApp(AppConfig):
    name = "causeway.config"
    label = "config"

    def ready(self) -> None:
        from django.conf import settings

        from causeway.config import wiring
        from causeway.frame import logs

        logs.configure(debug=not settings.LOG_JSON)
        wiring.connect()
