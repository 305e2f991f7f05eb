"""Log lines go to standard error as it is now, and hold nothing personal."""

from __future__ import annotations

import io
import json
import logging
import sys

import structlog

from causeway.frame import logs


def test_a_closed_stream_kept_from_the_start_is_not_written_to(monkeypatch):
    first = io.StringIO()
    monkeypatch.setattr(sys, "stderr", first)
    logs.configure()
    first.close()
    second = io.StringIO()
    monkeypatch.setattr(sys, "stderr", second)
    structlog.get_logger("causeway.test").warning("told", number=3)
    assert json.loads(second.getvalue())["number"] == 3


def test_a_line_lost_while_the_process_ends_breaks_nothing(monkeypatch):
    closed = io.StringIO()
    closed.close()
    logs.configure()
    monkeypatch.setattr(sys, "stderr", closed)
    structlog.get_logger("causeway.test").warning("told")


def test_personal_values_are_left_out(monkeypatch):
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    logs.configure()
    structlog.get_logger("causeway.test").info("told", email="ada@example.org", token="secret", user=7)
    assert json.loads(stream.getvalue()).keys() == {"event", "level", "timestamp", "user"}


def test_faults_of_pages_are_told_without_their_words(monkeypatch):
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    logs.configure()
    lines = logs._Lines()

    def told(level, exc_info=None):
        return logging.LogRecord("django.request", level, "x", 1, "%s: %s", ("Not Found", "/calendar/secret/"), exc_info)

    lines.emit(told(logging.WARNING))
    assert stream.getvalue() == ""
    try:
        raise ValueError("ada@example.org is there already")
    except ValueError:
        lines.emit(told(logging.ERROR, sys.exc_info()))
    line = json.loads(stream.getvalue())
    assert (line["level"], line["fault"]) == ("error", ["ValueError"]) and "test_faults_of_pages" in line["way"][-1]
    assert "secret" not in stream.getvalue() and "ada@" not in stream.getvalue()
