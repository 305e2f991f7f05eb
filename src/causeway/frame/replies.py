"""Answers kept under idempotency keys."""

from __future__ import annotations

from causeway.frame.access import Actor
from causeway.frame.models import IdempotentReply


def keep(actor: Actor, key: str, digest: str, status: int, body: str) -> None:
    """Keep an answer, to give it again when the request comes again."""
    IdempotentReply(user_id=actor.user_id, key=key, request_digest=digest, status=status, body=body).save()
