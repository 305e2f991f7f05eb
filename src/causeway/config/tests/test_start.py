"""A first start: what the process does before it forks must not stop the web processes; what the address of the database says holds."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.processes

PAPERS = """
import os, signal
os.environ["DJANGO_SETTINGS_MODULE"] = "causeway.config.settings"
import django; django.setup()
from causeway.config import demo
assert demo.typeset("= Office action").startswith(b"%PDF") and demo.typeset("= Figure", "png").startswith(bytes([0x89]) + b"PNG")
child = os.fork()
if not child:
    import typst
    signal.alarm(20)
    typst.compile(b"= Decision")
    os._exit(0)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def python(code, home, **more):
    env = {**os.environ, "CAUSEWAY_HOME": str(home)} | more
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_web_processes_make_papers_after_the_demonstration_was_made(tmp_path):
    """Threads of the typesetter do not live on in a fork: after a first start every PDF waited for ever."""
    assert python(PAPERS, tmp_path).strip() == "0"


def test_what_the_address_says_of_the_connection_holds(tmp_path):
    said = "import json; from causeway.config import settings; print(json.dumps(settings.DATABASES['default']['OPTIONS']))"
    options = json.loads(python(said, tmp_path, DATABASE_URL="postgres://u@db/x?sslmode=verify-full&sslrootcert=/etc/ca.pem"))
    assert options["sslmode"] == "verify-full" and options["sslrootcert"] == "/etc/ca.pem" and options["pool"]["max_size"] == 8


def test_a_key_that_a_full_disk_left_empty_is_made_anew(tmp_path):
    said = "from causeway.config import settings; print(settings.SECRET_KEY)"
    first = python(said, tmp_path)
    assert len(first) > 40 and python(said, tmp_path) == first
    (tmp_path / "secret-key").write_text("")
    again = python(said, tmp_path)
    assert len(again) > 40 and python(said, tmp_path) == again
    assert sorted(path.name for path in tmp_path.glob("secret-key*")) == ["secret-key"] and (tmp_path / "secret-key").stat().st_mode & 0o77 == 0
