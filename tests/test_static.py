"""What pages ask for is there: every icon is in the sprite, every static file that a template names exists."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from django.contrib.staticfiles import finders

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
from vendor_static import TARGET, icons_used  # noqa: E402


def test_every_icon_is_in_the_sprite():
    there = set(re.findall(r'<symbol id="([a-z0-9-]+)"', (TARGET / "tabler-sprite.svg").read_text()))
    assert set(icons_used()) <= there, "run python scripts/vendor_static.py and commit the sprite"


def test_every_static_file_that_a_template_names_exists():
    named = {
        name
        for path in (ROOT / "src").rglob("templates/**/*.html")
        for name in re.findall(r"{% static ['\"]([^'\"]+)['\"]", path.read_text())
    }
    assert named and [name for name in sorted(named) if finders.find(name) is None] == []
