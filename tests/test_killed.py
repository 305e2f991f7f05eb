"""A process killed in the middle of an import or a recomputation: run again, nothing is lost and nothing doubled."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
pytestmark = pytest.mark.processes

SETUP = """
import os, signal, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "causeway.config.settings"
import django; django.setup()
import logging; logging.disable(logging.CRITICAL)
from django.core.management import call_command
call_command("migrate", verbosity=0)
from pathlib import Path
from causeway.frame import access, imports, scope
from causeway.frame.models import Import
from causeway.rooms.assets import importing
from causeway.rooms.assets.models import Asset
from causeway.rooms.docket import services
from causeway.rooms.docket.models import Deadline, Matter
importing.CHUNK, importing.ONE_TRANSACTION = 40, 50
university, _new = imports.university_named("Killed University")
actor = access.system(university)
calls = []
def dies(real, after):
    def wrapped(*args, **kwargs):
        calls.append(1)
        if len(calls) > after:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*args, **kwargs)
    return wrapped
"""


def run(home: Path, code: str) -> subprocess.CompletedProcess:
    """Run code in a process of its own on a database of its own."""
    env = {**os.environ, "CAUSEWAY_HOME": str(home), "PYTHONPATH": str(ROOT / "src")}
    env.pop("DATABASE_URL", None)
    return subprocess.run([sys.executable, "-c", SETUP + code], env=env, capture_output=True, text=True, check=False, timeout=240)


@pytest.fixture
def portfolio(tmp_path):
    file = tmp_path / "portfolio.csv"
    rows = "".join(f"EP2271{n:04d};Title {n};13/04/2022;U;Pending\n" for n in range(200))
    file.write_text("Application number;Title;Filing date;Applicant;Status\n" + rows)
    return file


COUNT = "print(Asset.objects.count(), Asset.objects.values('number_key').distinct().count(), Matter.objects.count(), access.seen(university.pk, Asset.objects.all()).count())"


def test_a_killed_import_goes_on_when_the_same_command_is_given_again(tmp_path, portfolio):
    home = tmp_path / "home"
    whole = f"importing.whole(actor=actor, path=Path({str(portfolio)!r}), options={{}})"
    killed = run(home, f"importing.imports.mark_applied = dies(importing.imports.mark_applied, 2)\nwith scope.use(university):\n    {whole}\n")
    assert killed.returncode == -signal.SIGKILL, killed.stderr[-2000:]
    again = run(
        home,
        f"with scope.use(university):\n    {COUNT}\n    item = {whole}\n    {COUNT}\n"
        "    print(item.state, Import.objects.count(), Deadline.objects.count() // Matter.objects.count())\n"
        f"    item = {whole}\n    print(item.counts['unchanged'], item.counts['create'], Asset.objects.count())\n",
    )
    assert again.returncode == 0, again.stderr[-2000:]
    half, complete, state, third = again.stdout.split("\n")[:4]
    # Some chunks are in, none is doubled, and nobody sees any of it; then all is there, once.
    assert 0 < int(half.split()[0]) < 200 and half.split()[3] == "0"
    assert complete == "200 200 200 200"
    assert state.split()[:2] == ["done", "1"] and int(state.split()[2]) >= 18
    assert third == "200 0 200"


def test_an_import_of_one_transaction_is_all_or_nothing_when_killed(tmp_path, portfolio):
    home = tmp_path / "home"
    whole = f"importing.whole(actor=actor, path=Path({str(portfolio)!r}), options={{}})"
    one = "importing.ONE_TRANSACTION = 20_000\n"
    staging = run(home, f"{one}importing.imports.put_chunk = dies(importing.imports.put_chunk, 2)\nwith scope.use(university):\n    {whole}\n")
    assert staging.returncode == -signal.SIGKILL, staging.stderr[-2000:]
    applying = run(
        home,
        f"{one}importing.imports.mark_applied = dies(importing.imports.mark_applied, 2)\nwith scope.use(university):\n    {COUNT}\n    {whole}\n",
    )
    assert applying.returncode == -signal.SIGKILL, applying.stderr[-2000:]
    assert applying.stdout.strip() == "0 0 0 0"
    said = whole.replace("options={}", "options={}, say=print")
    again = run(home, f"{one}with scope.use(university):\n    {COUNT}\n    {said}\n    {COUNT}\n    print(Import.objects.count())\n")
    assert again.returncode == 0, again.stderr[-2000:]
    lines = again.stdout.split("\n")
    # It says what it goes on with; what was left of the check that was killed is gone.
    assert lines[0] == "0 0 0 0" and "that goes on after row 0" in lines[1] and lines[2:4] == ["200 200 200 200", "1"]


def test_a_check_that_was_killed_is_done_anew_with_a_word(tmp_path, portfolio):
    home = tmp_path / "home"
    whole = f"importing.whole(actor=actor, path=Path({str(portfolio)!r}), options={{}}, say=print)"
    killed = run(home, f"importing.imports.put_chunk = dies(importing.imports.put_chunk, 2)\nwith scope.use(university):\n    {whole}\n")
    assert killed.returncode == -signal.SIGKILL, killed.stderr[-2000:]
    again = run(home, f"with scope.use(university):\n    {whole}\n    {COUNT}\n    print(Import.objects.count())\n")
    assert again.returncode == 0, again.stderr[-2000:]
    said, count, kept = again.stdout.split("\n")[:3]
    assert "checked from its start" in said and (count, kept) == ("200 200 200 200", "1")


def test_a_killed_recomputation_goes_on(tmp_path, portfolio):
    home = tmp_path / "home"
    whole = f"importing.whole(actor=actor, path=Path({str(portfolio)!r}), options={{}})"
    # The law changes: every digest differs, and one year's fee is gone from the stored rows.
    spoil = "from django.db import transaction\n    Deadline.objects.filter(ordinal='9').delete()\n    Matter.objects.update(digest='other')"
    loop = "for pk in list(Matter.objects.order_by('pk').values_list('pk', flat=True)):\n        services.recompute(actor=actor, matters=[pk])"
    killed = run(home, f"with scope.use(university):\n    {whole}\n    {spoil}\n    services._apply = dies(services._apply, 70)\n    {loop}\n")
    assert killed.returncode == -signal.SIGKILL, killed.stderr[-2000:]
    count = "print(Deadline.objects.filter(ordinal='9').count(), Deadline.objects.values('matter', 'rule', 'ordinal', 'trigger').distinct().count() == Deadline.objects.count())"
    again = run(home, f"with scope.use(university):\n    {count}\n    {loop}\n    {count}\n")
    assert again.returncode == 0, again.stderr[-2000:]
    before, after = again.stdout.split("\n")[:2]
    assert before == "70 True" and after == "200 True"
