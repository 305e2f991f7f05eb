"""Answers kept under idempotency keys."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from causeway.frame.access import Actor
from causeway.frame.models import IdempotentReply


def keep(actor: Actor, key: str, digest: str, status: int, body: str) -> None:
    """Keep an answer, to give it again when the request comes again."""
    IdempotentReply(user_id=actor.user_id, key=key, request_digest=digest, status=status, body=body).save()


def erase(values: Iterable[Any]) -> int:
    """Empty the answers that hold one of these texts, for good; returns how many. The same request is told so (410), and not done twice."""
    holding = Q(pk=None)
    for value in {one for one in values if isinstance(one, str) and one}:
        written = json.dumps(value)
        # A short one only as the whole of a value: any answer may hold two letters.
        holding |= Q(body__contains=written if len(value) < 4 else written[1:-1])
    told = {"status": 410, "title": _("What was answered has been erased since.")}
    return IdempotentReply.objects.filter(holding).update(status=410, body=json.dumps(told))
