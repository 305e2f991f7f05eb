"""A real browser against a live server with a small demonstration university."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from django.test import override_settings
from playwright.sync_api import expect

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

#: A click ends when the new page begins to arrive; what a page shows is therefore waited for, never counted at once.
WAIT = 20_000
expect.set_options(timeout=WAIT)

#: A costly digest of passwords is right in life and wasted here.
HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def chromium():
    """A headless Chromium; skipped, saying so, where none is installed."""
    path = os.environ.get("CAUSEWAY_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not path:
        pytest.skip("no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=flags)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def built(django_db_setup, django_db_blocker, tmp_path_factory):
    """The demonstration university with six families, made once: its folder, and the database that holds it to copy from."""
    from django.core.management import call_command
    from django.db import connection

    from causeway.config import demo

    if connection.vendor != "sqlite":
        pytest.skip("the journeys copy a database of SQLite; the same pages are tried on both databases without a browser")
    folder, empty, full = tmp_path_factory.mktemp("home"), sqlite3.connect(":memory:"), sqlite3.connect(":memory:")
    with django_db_blocker.unblock(), override_settings(HOME=folder, PASSWORD_HASHERS=HASHERS), pytest.MonkeyPatch.context() as patch:
        patch.setattr(demo, "TITLES", demo.TITLES[:6])
        connection.ensure_connection()
        connection.connection.backup(empty)
        call_command("createcachetable", verbosity=0)
        demo.make(date.today())
        connection.connection.backup(full)
        empty.backup(connection.connection)
    yield folder, full
    empty.close()
    full.close()


@pytest.fixture
def demonstration(transactional_db, settings, built):
    """The demonstration university as it was made, whatever the test before did to it, and its sign-ins by role."""
    from django.db import connection

    folder, full = built
    settings.HOME, settings.PASSWORD_HASHERS = folder, HASHERS
    full.backup(connection.connection)
    return {one["role"]: one for one in json.loads((folder / "demonstration-sign-ins.json").read_text())}


@contextmanager
def signed_in(chromium, live_server, who):
    """A page signed in as somebody; a script fault or a blocked resource fails the test."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, base_url=live_server.url, reduced_motion="reduce")
    made = context.new_page()
    made.set_default_timeout(WAIT)
    faults: list[str] = []
    made.on("pageerror", lambda fault: faults.append(str(fault)))
    made.on("console", lambda message: faults.append(message.text) if "Content Security Policy" in message.text else None)
    sign_in(made, who)
    yield made
    context.close()
    assert faults == []


@pytest.fixture
def page(chromium, live_server, demonstration):
    """A page signed in as the office."""
    with signed_in(chromium, live_server, demonstration["office"]) as made:
        yield made


@pytest.fixture
def director(chromium, live_server, demonstration):
    """A page signed in as the director, who also coordinates the network."""
    with signed_in(chromium, live_server, demonstration["director"]) as made:
        yield made


def sign_in(page, who):
    """Sign in through the door."""
    page.goto("/accounts/login/")
    page.fill("input[name=login]", who["email"])
    page.fill("input[name=password]", who["password"])
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/")


AXE = Path(__file__).parent / "vendor/axe.min.js"


RULES = {"whole": "['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']", "looks": "{type: 'rule', values: ['color-contrast', 'target-size', 'scrollable-region-focusable']}"}


#: What is wrong, in words; the whole finding of a page with a table weighs megabytes, and to carry it out of the browser took longer than to find it.
FAULTS = "found => found.violations.map(one => one.id + ': ' + one.nodes[0].html.slice(0, 160))"


def axe(page, rules: str = "whole") -> list[str]:
    """Faults of accessibility on the page as it stands, in words. rules: the whole set, or those that theme and width can change."""
    page.wait_for_load_state()
    # Evaluated by the test driver, outside the page's content policy.
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    return page.evaluate(f"axe.run(document, {{runOnly: {RULES[rules]}, resultTypes: ['violations']}}).then({FAULTS})")


def faults_of(page, paths) -> list[str]:
    """Faults of accessibility and of width on each page, in both themes and at both widths: the whole set at one pair each, what theme and width can change at the others."""
    faults = []
    for path in paths:
        page.set_viewport_size({"width": 1280, "height": 900})
        answer = page.goto(path)
        assert answer.status == 200, path
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            for theme in ("light", "dark"):
                page.evaluate(f"document.documentElement.dataset.bsTheme = '{theme}'")
                whole = (width, theme) in ((1280, "light"), (390, "dark"))
                faults += [f"{path} {width} {theme} {fault}" for fault in axe(page, "whole" if whole else "looks")]
            if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"):
                faults.append(f"{path} is wider than the screen at {width}")
    return faults
