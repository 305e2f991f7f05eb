"""What is asked for is used: every runtime dependency is imported or named in the settings, and all that is asked for is pinned."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: Dependencies that are named in settings or by another library, never imported: why each is needed.
NEVER_IMPORTED = {
    "argon2-cffi": "Django's password hasher",
    "psycopg": "Django's PostgreSQL backend",
}


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[\[><=! ]", name)[0]).lower()


def _imported() -> set[str]:
    """The distributions whose modules the source names in imports or in the settings' dotted names."""
    text = "\n".join(path.read_text() for folder in ("src", "tests") for path in (ROOT / folder).rglob("*.py"))
    modules = set(re.findall(r"^\s*(?:from|import) (\w+)", text, re.M)) | set(re.findall(r'"(\w+)[.\w]*"', (ROOT / "src/causeway/config/settings.py").read_text()))
    return {_plain(name) for module, names in packages_distributions().items() if module in modules for name in names}


def test_every_runtime_dependency_is_used() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = {_plain(one) for one in project["dependencies"]}
    assert asked - _imported() - set(NEVER_IMPORTED) == set()


def test_every_dependency_is_pinned() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    asked = [*settings["project"]["dependencies"], *(one for group in settings["dependency-groups"].values() for one in group)]
    pinned = {_plain(line) for line in (ROOT / "constraints.txt").read_text().splitlines()}
    assert {_plain(one) for one in asked} - pinned == set()
