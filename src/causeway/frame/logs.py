"""Structured logs, one JSON line an event, without personal data."""

from __future__ import annotations

import contextlib
import logging
import sys
from typing import Any

import structlog

#: What never goes into a log, whatever asks for it.
PRIVATE = {"email", "name_of_person", "password", "token", "secret", "authorization", "cookie", "path", "address"}


class _Errors:
    """Standard error as it is when a line is written: a stream kept from the start may be closed by then (a test's capture, a daemon's)."""

    def write(self, text: str) -> int:
        try:
            return sys.stderr.write(text)
        except ValueError:  # closed while the process ends: the line is lost, the work is not
            return 0

    def flush(self) -> None:
        with contextlib.suppress(ValueError):
            sys.stderr.flush()


def _private(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in event.items() if key.lower() not in PRIVATE}


def configure(debug: bool = False) -> None:
    """Send logs to standard error: JSON, or readable lines while developing."""
    stream: Any = _Errors()
    shape: Any = structlog.dev.ConsoleRenderer() if debug else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso"), _private, shape],
        logger_factory=structlog.PrintLoggerFactory(stream),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=logging.WARNING, stream=stream, format="%(levelname)s %(name)s %(message)s")
