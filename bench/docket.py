"""One part of the benchmarks on one database; prints JSON. Run by `bench/run.py`, each part in a process and, but for pages, a database of its own.

  write    docketing against the database's own bulk load of the same rows; recomputing
  memory   docketing alone, and how much memory the process itself took
  build    a portfolio to look at, kept for `pages` (nothing to do where it is there already)
  pages    server time of the pages people work in, against a bare response with the same statements
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "causeway.config.settings")
os.environ.setdefault("CAUSEWAY_LOG_JSON", "true")
import logging  # noqa: E402

import django  # noqa: E402
import structlog  # noqa: E402

django.setup()
logging.disable(logging.CRITICAL)
structlog.configure(logger_factory=structlog.ReturnLoggerFactory(), processors=[lambda *_: {}], cache_logger_on_first_use=False)
import baseline  # noqa: E402
import portfolio  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from pages import looked_at  # noqa: E402

from causeway.frame import access, audit, db, imports, scope, search  # noqa: E402
from causeway.frame.accounts import services as accounts  # noqa: E402
from causeway.frame.models import User  # noqa: E402
from causeway.rooms.assets.models import Asset  # noqa: E402
from causeway.rooms.docket import mapping, services  # noqa: E402
from causeway.rooms.docket.models import Deadline, Matter  # noqa: E402

TODAY = date.today()
NAME, EMAIL = "Benchmark University", "bench@example.org"


def own_memory() -> float:
    """Memory the process itself holds now, in MB, without pages of files that the kernel shares out."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) / 1024
    return 0.0


# --- writing -------------------------------------------------------------------------------------------------------------------------------


def docketing(actor: access.Actor, assets: int) -> dict[str, Any]:
    """Docketing batch by batch; after each the database loads the same deadlines into a clone of their table, so that both meet the same load."""
    mapping.law()  # read and compiled once a process, before anything is measured
    clone = baseline.Clone(Deadline)
    seconds = bulk = cpu = bulk_cpu = 0.0
    rows, ratios = 0, []
    for first, count in portfolio.batches(assets):
        made = portfolio.drafts(first, count, TODAY)
        began, worked = time.perf_counter(), baseline.spent()
        with audit.batch(by=actor, verb="bench", objects=count) as work:
            services.matters_add(work, made)
        took, cost = time.perf_counter() - began, baseline.spent() - worked
        found, load, load_cpu = clone.load_again()
        seconds, bulk, rows = seconds + took, bulk + load, rows + found
        cpu, bulk_cpu = cpu + cost, bulk_cpu + load_cpu
        ratios.append(took / load)
    clone.drop()
    return {
        "assets": assets, "deadlines": rows, "docketing_s": round(seconds, 2), "bulk_load_s": round(bulk, 2), "ratio": round(median(ratios), 2),
        "ratio_cpu": round(cpu / bulk_cpu, 2), "docketed_per_s": round(rows / seconds), "docketed_per_cpu_s": round(rows / cpu), "loaded_per_s": round(rows / bulk),
    }  # fmt: skip


def recomputing(actor: access.Actor, assets: int) -> dict[str, Any]:
    """Recomputing where nothing has changed, the best of three."""
    db.look_over()
    ids = list(Matter.objects.order_by("pk").values_list("pk", flat=True)[: min(assets, 5_000)])
    best = best_cpu = 0.0
    unchanged = 0
    for _run in range(3):
        began, worked = time.perf_counter(), baseline.spent()
        unchanged = sum(services.recompute(actor=actor, matters=ids[at : at + portfolio.BATCH])["unchanged"] for at in range(0, len(ids), portfolio.BATCH))
        best, best_cpu = max(best, unchanged / (time.perf_counter() - began)), max(best_cpu, unchanged / (baseline.spent() - worked))
    return {"unchanged": unchanged, "recomputed_per_s": round(best), "recomputed_per_cpu_s": round(best_cpu)}


def write(options: argparse.Namespace) -> dict[str, Any]:
    """Everything that writes, on an empty database."""
    university, _new = imports.university_named(NAME)
    actor = access.system(university)
    with scope.use(university):
        return {"engine": connection.vendor} | docketing(actor, options.assets) | recomputing(actor, options.assets)


def memory(options: argparse.Namespace) -> dict[str, Any]:
    """Docketing alone: the most memory of its own that the process held after a batch."""
    university, _new = imports.university_named(NAME)
    most = 0.0
    with scope.use(university):
        for first, count in portfolio.batches(options.assets):
            with audit.batch(by=access.system(university), verb="bench", objects=count) as work:
                services.matters_add(work, portfolio.drafts(first, count, TODAY))
                most = max(most, own_memory())
    return {"assets": options.assets, "own_mb": round(most)}


# --- looking -------------------------------------------------------------------------------------------------------------------------------


class Quiet:
    """A progress nobody follows."""

    def tell(self, *_args: Any, **_named: Any) -> None:
        """Nothing."""


def build(options: argparse.Namespace) -> dict[str, Any]:
    """A portfolio at one university, and two small ones at others."""
    began = time.perf_counter()
    user = User.objects.filter(email=EMAIL).first() or accounts.user_make(email=EMAIL, name="Bench", password="not-a-secret-1234")
    for name, assets in (("Bench A", options.assets // 20), (NAME, options.assets), ("Bench C", options.assets // 20)):
        university, new = imports.university_named(name)
        if not new:
            continue
        with scope.use(university):
            who = portfolio.people_add(access.system(university), user.pk if name == NAME else None)
            portfolio.assets_add(access.system(university), assets, TODAY, who, name)
        if name == NAME:
            imports.grant(user, university, "office")
    for pk in set(user.grants.values_list("university_id", flat=True)):
        with scope.use(pk):
            if not search.SearchDoc.objects.exists():
                search.rebuild(Quiet())  # type: ignore[arg-type]
    db.look_over()
    if db.is_postgres():
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    return {"built_s": round(time.perf_counter() - began)}


def addresses() -> dict[str, str]:
    """The pages, by name; a record in the middle of the portfolio for those of one record."""
    asset = Asset.objects.exclude(next_due_on=None).order_by("-pk")[Asset.objects.count() // 4]
    deadline = Deadline.objects.filter(matter_id=asset.matter_id, waiting=True).first()
    reference, title = asset.reference, "+".join(asset.title.split()[:2])
    return {
        "List of assets": "/assets/", "List, filtered": "/assets/?status=granted&office=CN", "List, sorted": "/assets/?sort=-filed_on", "List, page 150": "/assets/?page=150",
        "Search in the list": f"/assets/?q={title}", "Search everywhere": f"/search/?q={reference}", "Search for words": f"/search/?q={title}",
        "Asset": f"/assets/{asset.pk}/", "My docket": "/docket/?tab=mine", "Docket": "/docket/", "Docket, late": "/docket/?tab=late", "Deadlines": "/deadlines/",
        "Deadlines, filtered": "/deadlines/?state=waiting&office=CN", "Deadline with its reason": f"/deadlines/{deadline.pk}/",
        "Renewals of a year": "/docket/renewals/", "Today": "/", "What is missing": "/docket/gaps/", "Board": "/docket/board/", "Calendar": "/docket/calendar/",
        "API, deadlines": "/api/v1/deadline",
    }  # fmt: skip


def pages(options: argparse.Namespace) -> dict[str, Any]:
    """The pages people work in."""
    user = User.objects.get(email=EMAIL)
    with scope.use(user.grants.get().university_id):
        counted = {"assets": Asset.objects.count(), "deadlines": Deadline.objects.count()}
        urls = addresses()
    return counted | {"engine": connection.vendor, **looked_at(user, urls, options.times)}


def main() -> None:
    """Bring the database up to date, do the part, print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", choices=["write", "memory", "build", "pages"])
    parser.add_argument("--assets", type=int, default=10_000)
    parser.add_argument("--times", type=int, default=15)
    options = parser.parse_args()
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    found = {"write": write, "memory": memory, "build": build, "pages": pages}[options.part](options)
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
