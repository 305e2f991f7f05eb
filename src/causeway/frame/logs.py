"""Structured logs, one JSON line an event, without personal data."""

from __future__ import annotations

import contextlib
import logging
import sys
import traceback
from pathlib import Path
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


class _Lines(logging.Handler):
    """What libraries log, as lines of ours. Of Django's faults only what broke and where: its words hold the address, and those of an
    exception may hold values. What it tells of an ordinary refusal the line of the request tells already."""

    def emit(self, record: logging.LogRecord) -> None:
        event: dict[str, Any] = {"logger": record.name}
        of_web = record.name.startswith("django.")
        if of_web and record.levelno < logging.ERROR:
            return
        if record.exc_info and record.exc_info[1]:
            event |= _fault(record.exc_info[1])
        structlog.get_logger("causeway.libraries").log(record.levelno, "fault" if of_web else record.getMessage(), **event)


def _fault(fault: BaseException) -> dict[str, Any]:
    """The classes of a fault and of what it came from, and the way to it, without a word of theirs."""
    classes, one = [], fault
    while one is not None and len(classes) < 5:
        classes.append(type(one).__name__)
        one = one.__cause__ or one.__context__
    way = [f"{'/'.join(Path(frame.filename).parts[-2:])}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(fault.__traceback__)]
    return {"fault": classes, "way": way[-12:]}


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
    if debug:
        logging.basicConfig(level=logging.WARNING, stream=stream, format="%(levelname)s %(name)s %(message)s")
    else:
        logging.basicConfig(level=logging.WARNING, handlers=[_Lines()])
