"""Deadlines per second of the docket engine alone, traces included, on one core, and its peak memory. Run: python bench/engine.py

Baseline: see docs/reference/docket-engine.md. On a busy machine run it with `nice`, and more than once; the time is that of the process.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from time import process_time

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from causeway.engines.docket import Event, MatterFacts, compile_law, deadlines  # noqa: E402
from causeway.engines.packs import load_packs, shipped_packs  # noqa: E402

OFFICES = ("CN", "CN", "CN", "EP", "WO", "US", "DE", "GB", "FR", "JP", "KR")
#: Days after filing, kind, medium: an ordinary life of a patent.
LIFE = (
    (0, "filing", None), (540, "publication", None), (560, "search_report_published", None), (600, "examination_request", None),
    (900, "office_action_1", "electronic"), (1010, "response_filed", None), (1200, "office_action_later", "electronic"), (1400, "grant_notice", "electronic"),
    (1500, "grant", None), (1500, "registration", None),
)  # fmt: skip


def matters(count: int) -> Iterator[MatterFacts]:
    """Matters of several offices, the same every time."""
    random = Random(1)  # noqa: S311
    for number in range(count):
        filed = date(2006, 1, 1) + timedelta(random.randrange(6000))
        events = [Event("priority", filed - timedelta(random.randrange(300, 366)), ref=0)]
        events += [Event(kind, filed + timedelta(after), by, ref=ref) for ref, (after, kind, by) in enumerate(LIFE, 1)]
        yield MatterFacts(OFFICES[number % len(OFFICES)], "patent", tuple(events), designated=("CN", "EP", "US"))


def peak() -> float:
    """The most memory this process ever held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Print what was measured."""
    start = process_time()
    law = compile_law(load_packs(shipped_packs()))
    print(f"packs read and compiled in {process_time() - start:.2f} s: {len(law.rules())} rules")
    work = list(matters(4000))
    for matter in work[:200]:
        deadlines(matter, law)
    best = 0.0
    for _run in range(3):
        start = process_time()
        found = sum(len(deadlines(matter, law).deadlines) for matter in work)
        best = max(best, found / (process_time() - start))
    print(f"{found:,} deadlines of {len(work):,} matters: {best:,.0f} deadlines/s")
    before, found = peak(), sum(len(deadlines(matter, law).deadlines) for matter in matters(30_000))
    print(f"{found:,} more, one matter after the other: peak memory {before:,.0f} MB before, {peak():,.0f} MB after")


if __name__ == "__main__":
    main()
