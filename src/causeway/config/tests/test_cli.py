"""The command as a whole: whatever it is asked, who reads along may stop."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize("command", [["law", "list"], ["pack", "list"], ["indicators", "list"]], ids=" ".join)
def test_a_reader_who_has_had_enough_ends_it_quietly(command):
    with subprocess.Popen([sys.executable, "-m", "causeway.config.cli", *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        run.stdout.close()
        assert run.stderr.read() == b""
    assert run.returncode == 0
