"""Builds the wheel and proves that it is whole: every file of the package is in it, and it starts from there alone."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

#: Run from the installed wheel: everything that is read from the package at run time.
STARTS = """
import os, pathlib, causeway
assert "site" in pathlib.Path(causeway.__file__).parts, causeway.__file__
os.environ["DJANGO_SETTINGS_MODULE"] = "causeway.config.settings"
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0); call_command("createcachetable", verbosity=0); call_command("collectstatic", verbosity=0, interactive=False)
from django.test import Client
answer = Client().get("/accounts/login/", HTTP_HOST="127.0.0.1", HTTP_ACCEPT_LANGUAGE="zh-CN")
assert answer.status_code == 200, f"the sign-in page answers {answer.status_code}"
assert "\\u767b\\u5f55" in answer.content.decode(), "no Chinese"
from causeway.engines.packs import load_packs, shipped_packs
assert load_packs(shipped_packs())
print("starts from the wheel: sign-in page in Chinese, law packs, static files")
"""


def tracked() -> set[str]:
    """The package's files as the repository holds them, tests left out."""
    listed = subprocess.run(["git", "ls-files", "src/causeway"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    return {name.removeprefix("src/") for name in listed if name and (ROOT / name).exists()}


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q"]
        subprocess.run([*pip, "wheel", "--no-deps", "-w", str(place), str(ROOT)], check=True)
        wheel = next(place.glob("*.whl"))
        with zipfile.ZipFile(wheel) as archive:
            names = set(archive.namelist())
        absent, strange = sorted(tracked() - names), sorted(name for name in names if "__pycache__" in name or name.endswith((".pyc", ".sqlite3")))
        print(f"{wheel.name}: {len(names)} files, {wheel.stat().st_size // 1024} KB")
        if absent or strange:
            print(f"missing: {absent[:20]}\nnot to be there: {strange[:20]}")
            return 1
        site = place / "site"
        subprocess.run([*pip, "install", "--no-deps", "--no-compile", "--target", str(site), str(wheel)], check=True)
        # -P keeps the checkout out; the editable installation's own path comes after.
        around = {"PYTHONPATH": str(site), "CAUSEWAY_HOME": str(place / "home"), "PATH": "", "CAUSEWAY_LOG_JSON": "true"}
        return subprocess.run([sys.executable, "-P", "-c", STARTS], cwd=place, env=around, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
