"""Draws the first page of a PDF as PNG, in a process of its own: a file made to harm ends this process and nothing else.

Run as `python -m causeway.frame.pdf_page SOURCE TARGET`. It knows neither settings nor database, and may use little memory and time.
"""

from __future__ import annotations

import math
import resource
import sys

import pypdfium2

SECONDS = 10
MEMORY = 1 << 30
#: The width drawn, and the most points a page may have however long it is.
WIDTH, POINTS = 1200, 4_000_000
#: No drawing is larger as a file.
BYTES = 16 << 20


def limit() -> None:
    """Bound what this process may use; beyond it the system ends it."""
    for what, most in ((resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_FSIZE, BYTES), (resource.RLIMIT_CORE, 0)):
        resource.setrlimit(what, (most, most))


def draw(source: str, target: str) -> None:
    """Draw the first page. Raises `pypdfium2.PdfiumError` for what is no PDF, is locked, or has no page."""
    page = pypdfium2.PdfDocument(source)[0]
    width, height = page.get_size()
    scale = min(WIDTH / width, math.sqrt(POINTS / (width * height)))
    page.render(scale=scale, may_draw_forms=False).to_pil().save(target, "PNG")


if __name__ == "__main__":
    limit()
    draw(sys.argv[1], sys.argv[2])
