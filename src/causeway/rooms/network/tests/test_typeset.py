"""The guide as a PDF: what a reader of the page sees, what a screen reader is told, and what is said where it cannot be made."""

from __future__ import annotations

import io
import re

import pypdf
import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from causeway.engines.guide import parse
from causeway.engines.guide.book import Book, BookCase, Chapter, Picture, Section
from causeway.engines.guide.tests.samples import guide_text
from causeway.rooms.network.services import typeset


def picture(width: int = 300, height: int = 1200) -> Picture:
    """A picture that is too high for a page."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), "#0b5a75").save(out, "JPEG")
    return Picture(out.getvalue(), "image/jpeg", "A crane over the quay", "The crane. © Harbour University, CC BY 4.0", width, height)


def made(language: str = "en", **values) -> Book:
    """An invented book with an introduction, acronyms, a picture and a long case."""
    guide = parse(guide_text().encode())
    long = {**guide.cases[0].laid_out, "background": "\n".join(f"Paragraph {n} tells how the quay was built and who paid for it, at length." for n in range(120))}
    cases = [BookCase(guide.cases[0].heading, long, "en", [picture()]), BookCase(guide.cases[1].heading, guide.cases[1].laid_out, "en")]
    chapters = [Chapter("Cases of the sea", [Section("Harbour University", cases)]), Chapter("Cases of the river", [Section("Delta Institute", [BookCase("One door", guide.cases[2].laid_out)])])]
    front = {"introduction": "# 1.1. Why\n\nBecause **it works**:\n\n- one\n- two", "licence": "CC BY 4.0", "citation": "Nowak (2026)", "acronyms": [("HU", "Harbour University")], "editors": "A. Nowak"}
    return Book(**{"title": "Practices of harbours", "chapters": chapters, "dated": "2026-11-26", "day": "26 November 2026", "language": language, **front, **values})


@pytest.fixture(scope="module")
def pdf():
    return pypdf.PdfReader(io.BytesIO(typeset.pdf(made())))


def structure(reader) -> list[tuple[str, dict]]:
    """The elements of the structure tree in reading order: role and element."""
    found = []

    def walk(node):
        node = node.get_object() if hasattr(node, "get_object") else node
        if isinstance(node, list):
            for one in node:
                walk(one)
        elif isinstance(node, dict):
            if "/S" in node:
                found.append((node["/S"], node))
            if "/K" in node:
                walk(node["/K"])

    walk(reader.trailer["/Root"]["/StructTreeRoot"]["/K"])
    return found


def test_the_pdf_is_tagged_with_language_title_headings_tables_and_what_pictures_show(pdf):
    root = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and root["/Lang"] == "en" and root["/ViewerPreferences"]["/DisplayDocTitle"] and pdf.metadata.title == "Practices of harbours"
    assert "pdfuaid:part" in root["/Metadata"].get_data().decode()
    roles = [role for role, _node in structure(pdf)]
    assert {"/H1", "/H2", "/H3", "/TOC", "/TOCI", "/Table", "/TR", "/TD", "/L", "/LI", "/Caption", "/Link"} <= set(roles)
    assert [role for role in roles if re.fullmatch("/H[1-6]", role)][0] == "/H1"
    assert [node["/Alt"] for role, node in structure(pdf) if role == "/Figure"] == ["A crane over the quay"]


def test_the_contents_name_the_pages_their_headings_stand_on(pdf):
    texts = [re.sub(r"\s+", " ", page.extract_text()) for page in pdf.pages]
    contents = next(n for n, text in enumerate(texts) if text.startswith("Contents"))
    told = re.findall(r"(\d\.\d\.\d\.) ([^.]+?)[ .]* (\d+)(?= \d\.|$| List)", texts[contents])
    assert [number for number, _text, _page in told] == ["2.1.1.", "2.1.2.", "3.1.1."]
    for number, text, page in told:
        assert f"{number} {text.strip()}" in texts[int(page) - 1] and texts[int(page) - 1].endswith((page, f" {page} "))


def test_running_heads_say_the_book_on_the_left_and_the_case_on_the_right(pdf):
    heads = {n: page.extract_text().split("\n")[0] for n, page in enumerate(pdf.pages, 1)}
    begin = next(n for n, page in enumerate(pdf.pages, 1) if "Cases of the sea" in page.extract_text() and n > 4)
    assert "Practices of harbours" not in heads[begin] and "2.1.1." not in heads[begin]
    inside = range(begin + 1, begin + 4)
    assert {heads[n] for n in inside if n % 2 == 0} == {"Practices of harbours"} and {heads[n] for n in inside if n % 2} == {"2.1.1. A small fund for first experiments"}


def test_a_high_picture_is_neither_cut_nor_out_of_shape():
    size = typeset._size(picture())
    assert size["high"] <= typeset.HIGHEST and size["wide"] <= typeset.WIDEST and abs(size["high"] / size["wide"] - 4) < 0.01
    assert typeset._size(picture(150, 75)) == {"wide": 25.4, "high": 12.7}


@pytest.mark.parametrize("first", [True, False])
def test_a_heading_in_running_text_never_ends_a_page(first):
    """Wherever the page ends, at the beginning of a row and inside one."""
    guide = parse(guide_text().encode())
    long = "Words of a paragraph that goes on over several lines of the page, so that it fills them. " * 6
    for lines in range(17, 23):
        before = "\n".join(f"Line {n}." for n in range(lines))
        told = f"Below a heading\n{long}\n{long}"
        texts = {**guide.cases[0].laid_out, "background": before if first else f"{before}\n{told}", "key_words": "", "achievements": told if first else "Some."}
        chapters = [Chapter("Cases of the sea", [Section("Harbour University", [BookCase("A case", {key: text for key, text in texts.items() if text}, "en")])])]
        pages = [page.extract_text().split("\n") for page in pypdf.PdfReader(io.BytesIO(typeset.pdf(made(chapters=chapters, introduction="", acronyms=[])))).pages]
        ends = [page[-2].strip() for page in pages if len(page) > 2]
        assert not any(end.endswith(("Below a heading", "Achievements")) for end in ends), lines


def test_an_introduction_over_many_pages_before_the_first_case_has_its_running_head():
    many = "\n\n".join("A long introduction that goes on and on about the harbours of the world and what they have learned." for _n in range(150))
    reader = pypdf.PdfReader(io.BytesIO(typeset.pdf(made(introduction=many))))
    assert "1. Introduction" in {page.extract_text().split("\n")[0] for page in reader.pages}


def test_on_paper_what_says_nothing_is_left_out():
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(typeset.pdf(made()))).pages)
    assert "n/a" not in text and "Awards" not in text and "Telephone" not in text and "Photograph" not in text


def test_a_missing_chinese_font_is_said_before_anything_is_typeset(monkeypatch):
    import typst

    monkeypatch.setattr(typeset, "_fonts", lambda: typst.Fonts(include_system_fonts=False))
    assert typeset.lacking(made()) == ""
    chinese = made("zh-hans", title="港口实践")
    assert "Noto Serif CJK" in typeset.lacking(chinese)
    with pytest.raises(ValidationError, match="Noto Serif CJK"):
        typeset.pdf(chinese)
    assert typeset.pdf(made()).startswith(b"%PDF")


def test_a_character_no_font_has_is_told_and_no_fault_of_the_program(monkeypatch):
    import typst

    monkeypatch.setattr(typeset, "_fonts", lambda: typst.Fonts(include_system_fonts=False))
    with pytest.raises(ValidationError, match="HTML and DOCX"):
        typeset.pdf(made(title="Practices of 𓀀"))
