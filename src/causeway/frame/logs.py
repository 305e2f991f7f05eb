"""Structured logs, one JSON line an event, without personal data."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog

#: What never goes into a log, whatever asks for it.
PRIVATE = {"email", "name_of_person", "password", "token", "secret", "authorization", "cookie", "path", "address"}


def _private(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in event.items() if key.lower() not in PRIVATE}


def configure(debug: bool = False) -> None:
    """Send logs to standard error: JSON, or readable lines while developing."""
    shape: Any = structlog.dev.ConsoleRenderer() if debug else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso"), _private, shape],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")
