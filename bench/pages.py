"""Pages as the server makes them: milliseconds at the median, and their ratio to a bare response with the same statements."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from statistics import median
from typing import Any

import baseline
from django.test import Client

from causeway.frame.models import User


def timed(work: Callable[[], Any]) -> float:
    """Seconds of the clock on the wall."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def looked_at(user: User, urls: Mapping[str, str], times: int) -> dict[str, Any]:
    """What a bare response takes, and each page by its name. user: who asks; times: how often each is fetched."""
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user)
    client.get("/healthz")
    with baseline.recorded() as statements:
        client.get("/healthz")
    bare = median(timed(lambda: client.get("/healthz")) for _ in range(times))
    return {"bare_ms": round(bare * 1000, 1), "pages": {name: _page(client, url, bare, statements, times) for name, url in urls.items()}}


def _page(client: Client, url: str, bare: float, bare_statements: list, times: int) -> dict[str, Any]:
    """One page: milliseconds on the wall and of the processor at the median, statements, and how many times the bare response it takes."""
    client.get(url)
    with baseline.recorded() as statements:
        status = client.get(url).status_code
    if status != 200:
        raise SystemExit(f"{url} answered {status}: a page that does not open is not measured")
    rest = baseline.beyond(statements, bare_statements)
    took, worked, replayed = [], [], []
    for _run in range(times):
        began, cpu = time.perf_counter(), baseline.spent()
        client.get(url)
        took.append(time.perf_counter() - began)
        worked.append(baseline.spent() - cpu)
        replayed.append(timed(lambda: baseline.replay(rest)))
    floor = bare + median(replayed)
    return {"ms": round(median(took) * 1000, 1), "cpu_ms": round(median(worked) * 1000, 1), "best_ms": round(min(took) * 1000, 1),
            "statements": len(statements), "times_bare": round(median(took) / floor, 1)}  # fmt: skip
