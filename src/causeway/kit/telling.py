"""Webhooks hear of every resource: what was added, changed, put into the trash or brought back by a person."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from causeway.frame import audit, scope, webhooks
from causeway.frame.models import Webhook

_keys: dict[str, str] = {}


def declare(label: str, key: str, name: Any) -> None:
    """Let webhooks be told of a resource. label: of its model; key, name: the resource's."""
    _keys[label] = key
    for what, words in (("added", _("%(what)s: added")), ("changed", _("%(what)s: changed")), ("trashed", _("%(what)s: put into the trash"))):
        webhooks.declare(f"{key}.{what}", _Label(words, name))


class _Label:
    """Words with the resource's name put in when they are shown, in the reader's language."""

    def __init__(self, words: Any, name: Any) -> None:
        self.words, self.name = words, name

    def __str__(self) -> str:
        return str(self.words) % {"what": self.name}


def _tell(obj: Any) -> None:
    key = _keys.get(obj._meta.label_lower)
    if key is None or scope.current_or_none() is None or not Webhook.objects.filter(active=True).exists():
        return
    revision = getattr(obj, "revision", None)
    what = "added" if revision == 1 else "trashed" if getattr(obj, "trashed_at", None) else "changed"
    # Ids and the address only: names and titles leave the house through the API, to whom may read them.
    webhooks.tell(f"{key}.{what}", {"id": obj.pk, "url": f"/api/v1/{key}/{obj.pk}", "revision": revision})


audit.listen(_tell)
