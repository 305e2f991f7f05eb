"""All benchmarks, one after the other, on SQLite and PostgreSQL; writes docs/reference/speed.md. `make bench`.

Some fifteen minutes; sizes by options: `make bench OPTIONS="--portfolio 100000 --keep ~/bench"` looks at pages of the size that their aim names (six minutes
more to build it on PostgreSQL; SQLite keeps its smaller one unless `--embedded` says how large). What `--keep` names stays and is looked at again.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import psycopg

ROOT = Path(__file__).resolve().parent.parent
POSTGRES = os.environ.get("CAUSEWAY_TEST_POSTGRES", "postgres://postgres@127.0.0.1:5432/postgres")
ENGINES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
PAGE = ROOT / "docs/reference/speed.md"
Found = dict[str, Any]


# --- running -------------------------------------------------------------------------------------------------------------------------------


def part(script: str, *options: Any, home: str, database: str = "") -> Found:
    """One part in a process of its own: its figures."""
    env = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"} | {"CAUSEWAY_HOME": home}
    if database:
        env["DATABASE_URL"] = database
    print(" ", script, *options, "on", "PostgreSQL" if database else "SQLite", flush=True, file=sys.stderr)
    done = subprocess.run([sys.executable, f"bench/{script}.py", *map(str, options)], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr[-3000:])
    return json.loads(done.stdout)


def server() -> bool:
    """Whether a PostgreSQL answers."""
    try:
        psycopg.connect(POSTGRES, connect_timeout=3).close()
    except psycopg.Error:
        return False
    return True


def database(name: str, *, fresh: bool) -> str:
    """The address of a database of the server, made where there is none, emptied where it shall be fresh."""
    with psycopg.connect(POSTGRES, autocommit=True) as link:
        if fresh:
            link.execute(f'DROP DATABASE IF EXISTS "{name}"')
        if not link.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            link.execute(f'CREATE DATABASE "{name}"')
    return f"{POSTGRES.rpartition('/')[0]}/{name}"


@contextmanager
def fresh(engine: str) -> Iterator[Found]:
    """A home and an empty database, gone afterwards."""
    with tempfile.TemporaryDirectory() as home:
        yield {"home": home, "database": database("causeway_bench", fresh=True) if engine == "postgresql" else ""}
    if engine == "postgresql":
        with psycopg.connect(POSTGRES, autocommit=True) as link:
            link.execute("DROP DATABASE IF EXISTS causeway_bench")


def on(engine: str, options: argparse.Namespace, keep: Path) -> Found:
    """Every figure of one database."""
    found: Found = {"engine": engine}
    with fresh(engine) as where:
        found["write"] = part("docket", "write", "--assets", options.assets, **where)
    with fresh(engine) as where:
        found["import"] = part("importing", "--rows", options.rows, **where)
    for times in (1, 3):
        with fresh(engine) as where:
            found[f"memory_{times}"] = part("docket", "memory", "--assets", options.memory * times, **where)
    home = keep / engine
    home.mkdir(parents=True, exist_ok=True)
    kept = {"home": str(home), "database": database(f"causeway_bench_{keep.name}", fresh=False) if engine == "postgresql" else ""}
    found["build"] = part("docket", "build", "--assets", options.portfolio if engine == "postgresql" else options.embedded, **kept)
    found["pages"] = part("docket", "pages", "--times", options.times, **kept)
    found["start"] = min((part("start", **kept) for _run in range(3)), key=lambda one: one["first_page_s"])
    with fresh(engine) as where:
        found["network_build"] = part("library", "build", "--cases", options.cases, "--universities", options.universities, **where)
        found["network"] = part("library", "pages", "--times", options.times, **where)
        found["publish"] = part("library", "publish", **where)
        found["guide"] = part("library", "guide", *(["--guide", options.guide.resolve()] if options.guide else []), **where)
    if engine == "postgresql" and not options.keep:
        with psycopg.connect(POSTGRES, autocommit=True) as link:
            link.execute(f'DROP DATABASE IF EXISTS "causeway_bench_{keep.name}"')
    return found


# --- telling -------------------------------------------------------------------------------------------------------------------------------


def mark(met: bool, in_processor_time: bool = False) -> str:
    """Whether an aim was met: on the clock, or only where the other work of a busy machine is left out."""
    return "yes" if met else "in processor time" if in_processor_time else "**no**"


def writing(found: list[Found]) -> list[str]:
    """Docketing, recomputing, importing, memory, start: figure, aim, whether met."""
    lines = ["| | aim | " + " | ".join(f"{ENGINES[one['engine']]} | met" for one in found) + " |", "|---|---|" + "---:|---|" * len(found)]

    def row(title: str, aim: str, *cells: tuple[str, str]) -> None:
        lines.append(f"| {title} | {aim} | " + " | ".join(f"{figure} | {met}" for figure, met in cells) + " |")

    writes = [one["write"] for one in found]
    row("Assets docketed, and deadlines that follow", "", *((f"{w['assets']:,} → {w['deadlines']:,}", "") for w in writes))
    row("Docketing against a bulk load of the same rows, on the clock", "at most 2 times", *((f"{w['ratio']}", mark(w["ratio"] <= 2, w["ratio_cpu"] <= 2)) for w in writes))
    row("The same in processor time", "", *((f"{w['ratio_cpu']}", "") for w in writes))
    per_second = {"sqlite": 30_000, "postgresql": 20_000}
    row("Deadlines docketed a second (of processor time)", "30,000 SQLite, 20,000 PostgreSQL", *(
        (f"{w['docketed_per_s']:,} ({w['docketed_per_cpu_s']:,})", mark(w["docketed_per_s"] >= per_second[w["engine"]], w["docketed_per_cpu_s"] >= per_second[w["engine"]])) for w in writes))  # fmt: skip
    row("Rows the database loads in bulk a second", "", *((f"{w['loaded_per_s']:,}", "") for w in writes))
    row("Deadlines recomputed a second with nothing changed (of processor time)", "80,000", *(
        (f"{w['recomputed_per_s']:,} ({w['recomputed_per_cpu_s']:,})", mark(w["recomputed_per_s"] >= 80_000, w["recomputed_per_cpu_s"] >= 80_000)) for w in writes))  # fmt: skip
    brought = [one["import"] for one in found]
    row("CSV lines imported a second, with all that follows from them", "", *((f"{i['rows_per_s']:,}", "") for i in brought))
    row("Import as a part of the speed of a bulk load of all these rows", "at least 0.33", *((f"{i['share_of_bulk_speed']}", mark(i["share_of_bulk_speed"] >= 0.33)) for i in brought))
    memory = [(one["memory_1"], one["memory_3"]) for one in found]
    row("Memory of its own the process takes for so many assets, and for three times as many", "within 20 %", *(
        (f"{a['assets']:,}: {a['own_mb']} MB, {b['assets']:,}: {b['own_mb']} MB", mark(b["own_mb"] <= 1.2 * a["own_mb"])) for a, b in memory))  # fmt: skip
    starts = [one["start"] for one in found]
    row("Start to first page, on the portfolio below", "under 2 s", *((f"{s['first_page_s']} s", mark(s["first_page_s"] < 2)) for s in starts))
    row("Web process after 50 pages (its own, without mapped files)", "under 250 MB", *((f"{s['web_mb']} MB ({s['web_own_mb']} MB)", mark(s["web_mb"] < 250)) for s in starts))
    return lines


#: The pages the aim names.
NAMED = ("List of assets", "List, filtered", "List, sorted", "Search in the list", "Search everywhere", "Search for words", "Asset", "My docket", "Renewals of a year")


def looking(found: list[Found], of: str, named: tuple[str, ...] = ()) -> list[str]:
    """The pages: milliseconds on the clock, of the processor, and how many times the bare response. of: which pages; named: those that the aim names."""
    heads = " | ".join(f"{ENGINES[one['engine']]} ms | processor | times bare" for one in found)
    lines = [f"| page | {heads} | statements |{' met on PostgreSQL |' * bool(named)}", "|---|" + "---:|" * (3 * len(found) + 1) + "---|" * bool(named)]
    for name in found[0][of]["pages"]:
        pages = [one[of]["pages"][name] for one in found]
        cells = " | ".join(f"{p['ms']} | {p['cpu_ms']} | {p['times_bare']}" for p in pages)
        last = pages[-1]
        near = last["times_bare"] <= 4
        met = mark(last["ms"] <= 50 and near, last["cpu_ms"] <= 50 and near) if name in named else ""
        lines.append(f"| {name} | {cells} | {last['statements']} |" + (f" {met} |" if named else ""))
    return lines


def publishing(found: list[Found]) -> list[str]:
    """A benchmark published, and a guide read."""
    lines = ["| | aim | " + " | ".join(ENGINES[one["engine"]] for one in found) + " |", "|---|---|" + "---:|" * len(found)]
    lines.append("| A benchmark published anew (of processor time) | | " + " | ".join(f"{one['publish']['seconds']} s ({one['publish']['cpu_s']} s)" for one in found) + " |")
    guide = found[0]["guide"]
    lines.append(f"| A guide of {guide['cases']} cases, {guide['characters']:,} characters, read | under 1 s | " + " | ".join(f"{one['guide']['seconds']} s" for one in found) + " |")
    return lines


def report(found: list[Found], load: tuple[float, float], options: argparse.Namespace) -> str:
    """The figures as the documentation shows them."""
    sizes = " and ".join(f"{one['pages']['assets']:,} assets and {one['pages']['deadlines']:,} deadlines on {ENGINES[one['engine']]}" for one in found)
    engine = subprocess.run([sys.executable, "bench/engine.py"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()
    lines = [
        "# Speed", "",
        f"Written by `make bench` on {date.today():%d %B %Y}: {platform.system()}, {os.cpu_count()} processors, Python {platform.python_version()}. The machine's load was {load[0]:.1f} before and",
        f"{load[1]:.1f} after; above {os.cpu_count()} it had other work to do, and what stands in processor time (of the web process and of the database's process that serves it) is the",
        "figure to trust. Each ratio is taken within one run: after every batch of a thousand assets the database loads the same finished deadlines into a table of the same columns,",
        "keys and indexes beside it. Nothing is left out of docketing: matters, events, deadlines, what gives no date, keys checked, the audit entry of each batch.", "",
        "## Writing, memory, start", "", *writing(found), "",
        "## Pages", "",
        f"At one university with {sizes}, two small universities beside it; 50 rows a page. The aim,",
        "at 100,000 assets and 1,000,000 deadlines on PostgreSQL, is 50 ms at the median and at most 4 times a bare response with the same statements, for the pages that are marked. A bare response is one that only finds out who asks, plus the page's own statements",
        f"with their rows fetched and thrown away. It alone takes {' and '.join(str(one['pages']['bare_ms']) for one in found)} ms.", "", *looking(found, "pages", NAMED), "",
        "The number of statements is the same for two rows and for twenty; a test holds every page to it. A statement that would run too long ends in a page that says what to narrow.", "",
        "## Network", "",
        f"At a library of {found[0]['network']['cases']:,} cases and a benchmark of {found[0]['network']['figures']:,} figures ({options.universities:,} universities, two figures a year over ten years), seen by one of these universities.", "",
        *looking(found, "network"), "", *publishing(found), "",
        "## The engine alone", "", "`bench/engine.py`, on one processor, with the trace of every deadline:", "", "```", engine, "```", "",
    ]  # fmt: skip
    return "\n".join(lines + notes())


def notes() -> list[str]:
    """What people wrote by hand under the figures, kept from run to run."""
    text = PAGE.read_text() if PAGE.exists() else ""
    _before, head, rest = text.partition("## What the figures rest on\n")
    return [head + rest] if head else []


def main() -> None:
    """Measure, write the page, print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--assets", type=int, default=10_000, help="assets docketed against the bulk load")
    parser.add_argument("--rows", type=int, default=5_000, help="lines of the CSV that is imported")
    parser.add_argument("--memory", type=int, default=5_000, help="assets docketed for memory, and then three times as many")
    parser.add_argument("--portfolio", type=int, default=20_000, help="assets of the portfolio the pages show on PostgreSQL")
    parser.add_argument("--embedded", type=int, default=20_000, help="the same on SQLite")
    parser.add_argument("--cases", type=int, default=5_000, help="cases of the library")
    parser.add_argument("--universities", type=int, default=3_000, help="universities of the benchmark, over ten years")
    parser.add_argument("--guide", type=Path, help="plain text of a guide to be read, in place of an invented one")
    parser.add_argument("--times", type=int, default=15, help="how often each page is fetched")
    parser.add_argument("--keep", type=Path, help="a folder for the portfolio, to be looked at again by the next run")
    parser.add_argument("--page", type=Path, default=PAGE, help="where the figures are written")
    options = parser.parse_args()
    began, load = time.perf_counter(), os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as scratch:
        keep = options.keep or Path(scratch)
        found = [on(engine, options, keep.resolve()) for engine in ENGINES if engine == "sqlite" or server()]
    text = report(found, (load, os.getloadavg()[0]), options)
    options.page.write_text(text)
    print(text)
    print(f"{time.perf_counter() - began:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
