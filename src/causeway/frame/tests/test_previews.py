"""Pictures of files: a PDF's first page is drawn once and kept; what is made to harm is refused within bounds."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest
import typst
from django.core.files.base import ContentFile
from PIL import Image

from causeway.frame import files, pdf_page, previews


@pytest.fixture
def kept(actor, settings, tmp_path):
    """Keeps bytes as a file of the university."""
    settings.MEDIA_ROOT, settings.PREVIEW_ROOT = tmp_path / "files", tmp_path / "previews"
    return lambda content, name="paper.pdf": files.store(actor=actor, source=ContentFile(content), name=name)


def test_the_first_page_of_a_pdf_is_drawn_once(kept, monkeypatch) -> None:
    file = kept(typst.compile(b"= First\n#pagebreak()\n= Second"))
    drawn = previews.first_page(file)
    with Image.open(drawn) as picture:
        assert picture.format == "PNG" and picture.width == pdf_page.WIDTH and picture.height > picture.width
    monkeypatch.setattr(subprocess, "run", lambda *args, **more: pytest.fail("drawn a second time"))
    assert previews.first_page(file) == drawn


@pytest.mark.parametrize("content", [b"%PDF-1.7 and then nothing", b"%PDF-1.4\ntrailer<</Root 9 0 R>>"])
def test_what_is_no_whole_pdf_is_not_drawn_and_not_tried_at_once_again(kept, content, monkeypatch) -> None:
    file = kept(content)
    assert previews.first_page(file) is None
    monkeypatch.setattr(subprocess, "run", lambda *args, **more: pytest.fail("tried again"))
    assert previews.first_page(file) is None


def test_a_page_of_any_size_is_drawn_within_bounds(kept) -> None:
    for width, height in ((20, 14_000), (14_000, 20), (14_000, 14_000)):
        file = kept(typst.compile(f"#set page(width: {width}pt, height: {height}pt, margin: 1pt)\nx".encode()))
        with Image.open(previews.first_page(file)) as picture:
            assert picture.width <= pdf_page.WIDTH and picture.width * picture.height <= pdf_page.POINTS * 1.01


def test_a_page_that_takes_too_long_is_given_up(kept, monkeypatch) -> None:
    file = kept(typst.compile(b"= Slow"))
    monkeypatch.setattr(previews, "PATIENCE", 0.01)
    began = time.monotonic()
    assert previews.first_page(file) is None and time.monotonic() - began < 5


def test_the_drawing_process_cannot_take_more_memory_than_it_may() -> None:
    code = "from causeway.frame import pdf_page; pdf_page.limit(); bytearray(pdf_page.MEMORY)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "MemoryError" in run.stderr


def test_other_files_have_no_page(kept) -> None:
    assert previews.first_page(kept(b"plain words", "words.txt")) is None
