"""A real browser against a live server with a small demonstration university."""

from __future__ import annotations

import os
import shutil
from datetime import date
from pathlib import Path

import pytest

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"


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


@pytest.fixture
def demonstration(transactional_db, settings, tmp_path, monkeypatch):
    """The demonstration university with six families, and its sign-ins by role."""
    from django.core.management import call_command

    from causeway.config import demo

    call_command("createcachetable", verbosity=0)
    # A costly digest of passwords is right in life and wasted here.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    monkeypatch.setattr(settings, "HOME", tmp_path)
    monkeypatch.setattr(demo, "TITLES", demo.TITLES[:6])
    demo.make(date.today())
    import json

    return {one["role"]: one for one in json.loads((tmp_path / "demonstration-sign-ins.json").read_text())}


@pytest.fixture
def page(chromium, live_server, demonstration):
    """A page signed in as the office; a script fault or a blocked resource fails the test."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, base_url=live_server.url, reduced_motion="reduce")
    made = context.new_page()
    made.set_default_timeout(20_000)
    faults: list[str] = []
    made.on("pageerror", lambda fault: faults.append(str(fault)))
    made.on("console", lambda message: faults.append(message.text) if "Content Security Policy" in message.text else None)
    sign_in(made, demonstration["office"])
    yield made
    context.close()
    assert faults == []


def sign_in(page, who):
    """Sign in through the door."""
    page.goto("/accounts/login/")
    page.fill("input[name=login]", who["email"])
    page.fill("input[name=password]", who["password"])
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/")


AXE = Path(__file__).parent / "vendor/axe.min.js"


RULES = {"whole": "['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']", "looks": "{type: 'rule', values: ['color-contrast', 'target-size', 'scrollable-region-focusable']}"}


def axe(page, rules: str = "whole") -> list[str]:
    """Faults of accessibility on the page as it stands, in words. rules: the whole set, or those that theme and width can change."""
    # Evaluated by the test driver, outside the page's content policy.
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    found = page.evaluate(f"axe.run(document, {{runOnly: {RULES[rules]}}})")
    return [f"{v['id']}: {v['nodes'][0]['html'][:160]}" for v in found["violations"]]
