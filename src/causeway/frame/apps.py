"""The frame as a Django app."""

from django.apps import AppConfig, apps


class FrameConfig(AppConfig):
    name = "causeway.frame"
    label = "frame"
    verbose_name = "Frame"

    def ready(self) -> None:
        from causeway.frame import accounts, mail, outbox, scope, search, upkeep, webhooks  # noqa: F401 - they register their jobs

        accounts.ready()

        for model in apps.get_models():
            if isinstance(model._default_manager, scope.OwnedManager):
                scope.register(model)
