"""A portfolio brought in whole, against the database's own bulk load of all the rows its lines make, in the same run. Prints JSON.

Alone: `python bench/importing.py --rows 20000` in an empty home (CAUSEWAY_HOME, DATABASE_URL). Memory is the highest of the process by then.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "causeway.config.settings")
import logging  # noqa: E402

import django  # noqa: E402

django.setup()
logging.disable(logging.CRITICAL)
import baseline  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from causeway.frame import access, imports, scope  # noqa: E402
from causeway.rooms.assets import importing  # noqa: E402
from causeway.rooms.assets.models import Asset, Ownership  # noqa: E402
from causeway.rooms.docket import mapping  # noqa: E402
from causeway.rooms.docket.models import Deadline, Matter, MatterEvent  # noqa: E402

START = date(2015, 3, 4)
#: What a line makes, in the order in which it can be loaded; emptied in the other order.
MODELS = (Matter, MatterEvent, Deadline, Asset, Ownership)
BLOCK = 20_000


def peak() -> int:
    """The highest memory of the process so far, in MB."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def portfolio(rows: int) -> Path:
    """A CSV of European applications filed over eight years."""
    with tempfile.NamedTemporaryFile("w", suffix=".csv", delete=False) as file:
        file.write("Application number;Title;Filing date;Applicant;Status\n")
        for n in range(rows):
            file.write(f"EP{n + 10_000_000:08d};Imported invention {n};{START + timedelta(days=n % 2900):%d.%m.%Y};University {n % 40};Pending\n")
    return Path(file.name)


def bring(actor: access.Actor, path: Path) -> dict[str, float]:
    """The file read, checked, staged and applied; the seconds of the two halves."""
    began, busy = time.perf_counter(), time.process_time()
    with path.open("rb") as source:
        item = importing.begin(actor=actor, name=path.name, source=source, options={"dates": "dmy"})
    item = importing.stage(actor=actor, item=item)
    staged = time.perf_counter()
    found = {"memory_staged_mb": peak()}
    importing.apply(actor=actor, item=item)
    done = time.perf_counter()
    return found | {
        "stage_s": round(staged - began, 2),
        "apply_s": round(done - staged, 2),
        "import_s": done - began,
        "import_cpu_s": round(time.process_time() - busy, 2),
        "memory_mb": peak(),
    }


def bulk_load() -> float:
    """Seconds to put the rows of the import back into their tables, with keys and indexes, by the database's own bulk load."""
    stored = []
    for model in MODELS:
        fields = [f for f in model._meta.concrete_fields if not f.generated]
        rows = [
            tuple(json.dumps(v) if isinstance(v, dict | list) else v for v in row)
            for row in model.objects.order_by("pk").values_list(*[f.attname for f in fields])
        ]
        stored.append((model, ", ".join(f'"{f.column}"' for f in fields), rows))
    with transaction.atomic():
        for model in reversed(MODELS):
            model.objects.all()._raw_delete(using=connection.alias)
    began = time.perf_counter()
    for model, names, rows in stored:
        for first in range(0, len(rows), BLOCK):
            with transaction.atomic():
                baseline.bulk_load(f'"{model._meta.db_table}"', names, rows[first : first + BLOCK])
    return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--no-bulk", action="store_true", help="leave the comparison out (its rows lie in memory)")
    options = parser.parse_args()
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    mapping.law()
    university, _new = imports.university_named("Benchmark University")
    path = portfolio(options.rows)
    with scope.use(university):
        found = {"engine": connection.vendor, "rows": options.rows, "memory_before_mb": peak()} | bring(access.system(university), path)
        seconds = found["import_s"]
        found |= {"import_s": round(seconds, 2), "rows_per_s": round(options.rows / seconds)}
        if not options.no_bulk:
            bulk = bulk_load()
            found |= {"bulk_load_s": round(bulk, 2), "share_of_bulk_speed": round(bulk / seconds, 2)}
    path.unlink()
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
