"""Settings of what reaches outside, read from the environment; `config.settings` may take them over as plain names."""

from typing import Any

from django.conf import settings
from environs import Env

_env = Env()

#: Let webhooks be called without encryption; for trying out, and inside a network of one's own.
WEBHOOK_HTTP = _env.bool("CAUSEWAY_WEBHOOK_HTTP", False)
#: Inside networks webhooks may reach all the same, such as 10.20.0.0/16.
WEBHOOK_NETWORKS = _env.list("CAUSEWAY_WEBHOOK_NETWORKS", [])


def value(name: str) -> Any:
    """A setting above: as `config.settings` has it, else as the environment says."""
    return getattr(settings, name, globals()[name])
