"""Seconds from the command to the first page on an existing database, and the memory of the web process after pages were looked at. Prints JSON.

Run by `bench/run.py` in the home and on the database of a portfolio that is kept; alone: `python bench/start.py`.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode

PAGES = ("/", "/assets/", "/assets/?sort=-filed_on", "/docket/", "/docket/?tab=all", "/deadlines/", "/docket/renewals/", "/docket/board/", "/docket/calendar/", "/search/?q=sensor")


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def children(pid: int) -> list[int]:
    """The processes a process started, and theirs."""
    found = [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return [pid, *(grand for one in found for grand in children(one))]


def memory(pid: int) -> tuple[float, float]:
    """Resident memory of a process in MB, and the part that is its own and no mapped file."""
    text = Path(f"/proc/{pid}/status").read_text()
    return tuple(int(re.search(rf"{key}:\s+(\d+)", text)[1]) / 1024 for key in ("VmRSS", "RssAnon"))  # type: ignore[index, return-value]


def first_page(process: subprocess.Popen, base: str) -> float:
    """Wait for the page at the door; the moment it came."""
    while process.poll() is None:
        try:
            with urllib.request.urlopen(f"{base}/", timeout=30) as answer:  # noqa: S310
                answer.read()
                return time.perf_counter()
        except OSError:
            time.sleep(0.02)
    raise SystemExit(f"It did not start: {process.returncode}")


def look_at_pages(base: str) -> int:
    """Sign in as the benchmark's person and fetch every page some times over; how many answers came."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    door = opener.open(f"{base}/accounts/login/").read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', door)[1]  # type: ignore[index]
    form = {"csrfmiddlewaretoken": token, "login": "bench@example.org", "password": "not-a-secret-1234"}
    opener.open(urllib.request.Request(f"{base}/accounts/login/", urlencode(form).encode(), {"Referer": base})).read()  # noqa: S310
    return sum(opener.open(f"{base}{path}").status == 200 for _round in range(5) for path in PAGES)


def main() -> None:
    """Start it, look, stop it."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    env = {**os.environ, "CAUSEWAY_BASE_URL": base}
    began = time.perf_counter()
    command = [str(Path(sys.executable).with_name("causeway")), "serve", "--port", str(port)]
    process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        came = first_page(process, base) - began
        answers = look_at_pages(base)
        held = {pid: memory(pid) for pid in children(process.pid)}
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)
    web = max(held, key=lambda pid: held[pid][0])
    json.dump({"first_page_s": round(came, 2), "pages_looked_at": answers, "web_mb": round(held[web][0]), "web_own_mb": round(held[web][1]),
               "all_mb": round(sum(rss for rss, _own in held.values()))}, sys.stdout)  # fmt: skip


if __name__ == "__main__":
    main()
