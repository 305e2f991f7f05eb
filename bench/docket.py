"""Docketing, recomputing, importing and pages on one database, against that database's own bulk load in the same run. Prints JSON.

Run by `bench/run.py`; alone: `python bench/docket.py --assets 20000` in an empty home (CAUSEWAY_HOME, DATABASE_URL).
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
from statistics import median

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "causeway.config.settings")
os.environ.setdefault("CAUSEWAY_LOG_JSON", "true")
import logging  # noqa: E402

import django  # noqa: E402

django.setup()
logging.disable(logging.CRITICAL)
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402

from causeway.frame import access, audit, db, imports, scope  # noqa: E402
from causeway.frame.accounts import services as accounts  # noqa: E402
from causeway.rooms.assets import importing  # noqa: E402
from causeway.rooms.docket import services  # noqa: E402
from causeway.rooms.docket.models import Deadline, Matter  # noqa: E402
from causeway.rooms.docket.ports import EventDraft, MatterDraft  # noqa: E402

BATCH = 1_000
START = date(2015, 3, 4)


def drafts(first: int, count: int) -> list[MatterDraft]:
    """European applications filed over eight years, each with its renewals, a search report and an action."""
    made = []
    for n in range(first, first + count):
        filed = START + timedelta(days=n % 2900)
        events = (
            EventDraft("filing", filed),
            EventDraft("search_report_published", filed + timedelta(days=560)),
            EventDraft("office_action_1", filed + timedelta(days=800), by="electronic"),
        )
        made.append(MatterDraft(f"B-{n:07d}", "EP", "patent", f"Benchmark invention {n}", number=f"EP {n:08d}", events=events))
    return made


def timed(work) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def docketing(actor, assets: int) -> dict[str, float]:
    """Docketing in batches against loading the same finished deadline rows into the same table again."""

    def docket() -> None:
        for first in range(0, assets, BATCH):
            with audit.batch(by=actor, verb="bench", objects=BATCH) as work:
                services.matters_add(work, drafts(first, min(BATCH, assets - first)))

    seconds = timed(docket)
    fields = [f for f in Deadline._meta.concrete_fields if f.name not in ("id", "confirmed_by", "proof", "extended_to") and not f.generated]
    rows = list(Deadline.objects.order_by("pk").values_list(*[f.attname for f in fields]))
    with transaction.atomic():
        Deadline.objects.all().delete()

    def load() -> None:
        for first in range(0, len(rows), 20_000):
            with transaction.atomic():
                db.load(Deadline, [f.name for f in fields], rows[first : first + 20_000])

    bulk = timed(load)
    return {
        "deadlines": len(rows),
        "docketing_s": round(seconds, 2),
        "bulk_load_s": round(bulk, 2),
        "ratio": round(seconds / bulk, 2),
        "docketed_per_s": round(len(rows) / seconds),
    }


def recomputing(actor, assets: int) -> dict[str, float]:
    """Recomputing where nothing has changed."""
    ids = list(Matter.objects.order_by("pk").values_list("pk", flat=True)[: min(assets, 5000)])
    counted = 0

    def run() -> None:
        nonlocal counted
        for first in range(0, len(ids), BATCH):
            counted += services.recompute(actor=actor, matters=ids[first : first + BATCH])["unchanged"]

    seconds = timed(run)
    return {"unchanged": counted, "recomputed_per_s": round(counted / seconds)}


def importing_rows(actor, rows: int) -> dict[str, float]:
    """A CSV brought in whole: read, checked, applied with matters and deadlines."""
    with tempfile.NamedTemporaryFile("w", suffix=".csv", delete=False) as file:
        file.write("Application number;Title;Filing date;Applicant;Status\n")
        for n in range(rows):
            filed = START + timedelta(days=n % 2900)
            file.write(f"EP{n + 10_000_000:08d};Imported invention {n};{filed:%d.%m.%Y};University {n % 40};Pending\n")
    path = Path(file.name)
    seconds = timed(lambda: importing.whole(actor=actor, path=path, options={"dates": "dmy"}))
    path.unlink()
    return {"import_rows": rows, "import_s": round(seconds, 2), "import_rows_per_s": round(rows / seconds)}


def pages(university) -> dict[str, float]:
    """Server time of the pages people work in, at the median of nine, and of the simplest page."""
    user = accounts.user_make(email="bench@example.org", name="Bench", password="not-a-secret-1234")
    imports.grant(user, university, "office")
    client = Client()
    client.force_login(user)
    made = {}
    for name, url in (("simplest", "/healthz"), ("assets", "/assets/"), ("sorted", "/assets/?sort=filed_on"), ("docket", "/docket/"), ("mine", "/docket/?tab=mine"), ("deadline list", "/deadlines/?state=waiting"),
                      ("renewals", "/docket/renewals/"), ("search", "/search/?q=EP10000042")):  # fmt: skip
        client.get(url)
        made[name] = round(median(timed(lambda url=url: client.get(url)) for _ in range(9)) * 1000, 1)
    return {"pages_ms": made}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--assets", type=int, default=10_000)
    options = parser.parse_args()
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    university, _new = imports.university_named("Benchmark University")
    actor = access.system(university)
    with scope.use(university):
        found = {"engine": connection.vendor, "assets": options.assets}
        found |= docketing(actor, options.assets)
        found |= recomputing(actor, options.assets)
        found |= importing_rows(actor, min(options.assets, 10_000))
    found |= pages(university)
    found["peak_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
