"""Runs everything: style, contracts, the wheel, the suite on SQLite and on PostgreSQL, and journeys in a real browser.

What is missing on the machine is said in the summary; CAUSEWAY_REQUIRE=postgres,browser makes a missing one a failure.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
POSTGRES = os.environ.get("CAUSEWAY_TEST_POSTGRES", "postgres://postgres@127.0.0.1:5432/postgres")
REQUIRED = {part.strip() for part in os.environ.get("CAUSEWAY_REQUIRE", "").split(",") if part.strip()}

failures: list[str] = []
notes: list[str] = []


def step(title: str, command: list[str | Path], **env: str) -> bool:
    """Run one command, show what it prints, remember whether it failed."""
    print(f"\n== {title}", flush=True)
    began = time.monotonic()
    # An empty value takes the variable away, so that the default database is used.
    around = {name: value for name, value in (os.environ | env).items() if value or name not in env}
    code = subprocess.run([str(part) for part in command], cwd=ROOT, env=around, check=False).returncode
    print(f"== {title}: {'ok' if code == 0 else 'FAILED'} in {time.monotonic() - began:.0f} s", flush=True)
    if code:
        failures.append(title)
    return code == 0


def missing(what: str, why: str) -> None:
    """Something the machine lacks: a failure where it is required, else a line in the summary."""
    notes.append(f"{what}: not run, {why}")
    if what in REQUIRED:
        failures.append(f"{what} (required)")


def postgres_answers() -> bool:
    import psycopg

    try:
        psycopg.connect(POSTGRES, connect_timeout=3).close()
    except psycopg.Error:
        return False
    return True


def main() -> int:
    suite = [BIN / "pytest", "-q", "-n", "2", "--dist", "worksteal", "-p", "no:cacheprovider"]
    step("style", [BIN / "ruff", "check", "-q", "."])
    step("contracts", [BIN / "python", "scripts/contracts.py", "--check"])
    step("wheel", [BIN / "python", "scripts/wheel.py"])
    step("suite on SQLite", [*suite, "-m", "not browser"], DATABASE_URL="")
    if postgres_answers():
        step("suite on PostgreSQL", [*suite, "-m", "database and not browser and not processes"], DATABASE_URL=POSTGRES)
    else:
        missing("postgres", f"no server answers at {POSTGRES}")
    chromium = subprocess.run(["bash", "scripts/browser.sh"], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False).stdout.strip()
    if chromium:
        step(
            "journeys in a browser",
            [*suite, "-m", "browser", "tests/browser"],
            CAUSEWAY_CHROMIUM=chromium,
            DATABASE_URL="",
        )
    else:
        missing("browser", "no Chromium was found or could be installed")
    print("\n== summary")
    for line in notes:
        print(f"   {line}")
    print("   failed: " + ", ".join(failures) if failures else "   all ok")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
