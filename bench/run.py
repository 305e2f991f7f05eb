"""All benchmarks, one after the other, on SQLite and PostgreSQL; writes docs/reference/speed.md. `make bench`."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parent.parent
POSTGRES = os.environ.get("CAUSEWAY_TEST_POSTGRES", "postgres://postgres@127.0.0.1:5432/postgres")


def on(database: str, assets: int) -> dict:
    """One database's figures, in a home of its own."""
    with tempfile.TemporaryDirectory() as home:
        env = {**os.environ, "CAUSEWAY_HOME": home}
        env.pop("DATABASE_URL", None)
        if database:
            env["DATABASE_URL"] = database
        done = subprocess.run(
            [sys.executable, "bench/docket.py", "--assets", str(assets)], cwd=ROOT, env=env, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(done.stderr[-3000:])
        return json.loads(done.stdout)


def fresh_postgres() -> str | None:
    """An empty database for the run; None where no server answers."""
    try:
        with psycopg.connect(POSTGRES, autocommit=True, connect_timeout=3) as server:
            server.execute("DROP DATABASE IF EXISTS causeway_bench")
            server.execute("CREATE DATABASE causeway_bench")
    except psycopg.Error:
        return None
    return POSTGRES.rpartition("/")[0] + "/causeway_bench"


def report(found: list[dict]) -> str:
    """The figures as the documentation shows them."""
    lines = ["# Speed", "", f"Written by `make bench` on {date.today():%d %B %Y}, Python {platform.python_version()}, {os.cpu_count()} cores. Figures are of one run; the ratios are",
             "against the database's own bulk load of the same finished deadline rows into the same table, in the same run.", ""]  # fmt: skip
    rows = [("Assets docketed", "assets"), ("Deadlines that follow", "deadlines"), ("Docketing, seconds", "docketing_s"), ("Bulk load of the same rows, seconds", "bulk_load_s"),
            ("Ratio (aim: at most 2)", "ratio"), ("Deadlines docketed a second", "docketed_per_s"), ("Deadlines recomputed a second, nothing changed (aim: 80,000)", "recomputed_per_s"),
            ("CSV rows imported a second", "import_rows_per_s"), ("Peak memory of the run, MB", "peak_mb")]  # fmt: skip
    lines += ["| | " + " | ".join(one["engine"] for one in found) + " |", "|---|" + "---:|" * len(found)]
    lines += [f"| {title} | " + " | ".join(f"{one[key]:,}" for one in found) + " |" for title, key in rows]
    lines += [
        "",
        "Server time of pages in milliseconds, median of nine, after the run above:",
        "",
        "| page | " + " | ".join(one["engine"] for one in found) + " |",
        "|---|" + "---:|" * len(found),
    ]
    lines += [f"| {name} | " + " | ".join(str(one["pages_ms"][name]) for one in found) + " |" for name in found[0]["pages_ms"]]
    engine = subprocess.run([sys.executable, "bench/engine.py"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()
    lines += ["", "The engine alone (`bench/engine.py`):", "", "```", engine, "```", ""]
    return "\n".join(lines)


def main() -> None:
    assets = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    found = [on("", assets)]
    if address := fresh_postgres():
        found.append(on(address, assets))
    (ROOT / "docs/reference/speed.md").write_text(report(found))
    print(report(found))


if __name__ == "__main__":
    main()
