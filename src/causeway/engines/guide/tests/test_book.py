"""The guide out and in again: what is written as HTML or DOCX is read back without loss, and the same book gives the same bytes."""

from __future__ import annotations

import io
import random
import re
import time
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from causeway.engines.guide import KEYS, normalise, parse
from causeway.engines.guide.book import Book, BookCase, Chapter, Picture, Section, front_blocks, rows, runs
from causeway.engines.guide.page import html
from causeway.engines.guide.sources import MOST_BYTES, Unreadable
from causeway.engines.guide.template import LABELS
from causeway.engines.guide.tests.samples import guide_text
from causeway.engines.guide.tests.test_parse import copies
from causeway.engines.guide.word import docx


def book_of(guide, language="en") -> Book:
    """A book of what was read."""
    chapters: dict[str, dict[str, list[BookCase]]] = {}
    for case in guide.cases:
        chapters.setdefault(case.chapter or "CASES", {}).setdefault(case.partner or "?", []).append(BookCase(case.heading or "", case.laid_out))
    made = [Chapter(title, [Section(name, cases) for name, cases in sections.items()]) for title, sections in chapters.items()]
    return Book("Practices of harbours & quays", made, "Second edition", "2026", "2026-11-26", language, "A. Nowak", "Harbour Press", "# Why\n\nBecause 1.1. works.\n\n2. Really.",
                "To all.", "CC BY 4.0", "Nowak (2026)", [("HU", "Harbour University")])  # fmt: skip


def content(guide):
    return [(case.heading, case.partner, case.fields, case.date_iso) for case in guide.cases]


@pytest.mark.parametrize("text", copies())
@pytest.mark.parametrize("write", [docx, html])
def test_what_goes_out_comes_in_again_without_loss(text, write):
    guide = parse(text.encode())
    written = write(book_of(guide))
    again = parse(written if isinstance(written, bytes) else written.encode(), "guide.html")
    assert again.problems == ()
    assert content(again) == content(guide)
    assert [case.number for case in again.cases] == [case.number for case in guide.cases]


@pytest.mark.parametrize("language", LABELS)
@pytest.mark.parametrize("write", [docx, html])
def test_a_guide_in_every_language_comes_in_again(language, write):
    guide = parse(guide_text().encode())
    written = write(book_of(guide, language))
    again = parse(written if isinstance(written, bytes) else written.encode())
    assert (again.problems, content(again)) == ((), content(guide))


@settings(max_examples=20, deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS), st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=60), max_size=21))
def test_whatever_is_typed_comes_back(fields):
    fields = {key: " ".join(value.split()) for key, value in fields.items()}
    fields = {key: value for key, value in fields.items() if normalise(value) == value and value}
    book = Book("Guide", [Chapter("CASES", [Section("Partner", [BookCase("A heading", fields)])])])
    for written in (docx(book), html(book).encode()):
        read = parse(written).cases[0].fields
        assert {key: value for key, value in read.items() if value} == fields


def test_the_same_book_gives_the_same_bytes():
    book = book_of(parse(guide_text().encode()))
    assert docx(book) == docx(book) and html(book) == html(book)


def test_a_picture_goes_along_with_what_it_shows():
    case = BookCase("A heading", {"case_study_name": "A"}, pictures=[Picture(b"\x89PNG", "image/png", 'A "quay" & boats', "© HU", 40, 20)])
    book = Book("Guide", [Chapter("CASES", [Section("Partner", [case])])])
    with zipfile.ZipFile(io.BytesIO(docx(book))) as archive:
        assert archive.read("word/media/image1.png") == b"\x89PNG"
        assert "A &quot;quay&quot; &amp; boats" in archive.read("word/document.xml").decode()
    assert 'alt="A &quot;quay&quot; &amp; boats"' in html(book)
    assert len(parse(docx(book)).cases) == 1


def test_the_words_below_a_picture_go_along_and_are_in_no_field():
    case = BookCase("A heading", {"case_study_name": "A"}, pictures=[Picture(b"\x89PNG", "image/png", "A quay", "The quay. © HU, CC BY 4.0", 40, 20)])
    book = Book("Guide", [Chapter("CASES", [Section("Partner", [case])])])
    for written in (docx(book), html(book).encode()):
        guide = parse(written)
        assert [one.code for one in guide.problems] == [] and guide.cases[0].fields["case_study_name"] == "A"
        assert [one.text for one in guide.cases[0].warnings if one.code == "caption"] == ["The quay. © HU, CC BY 4.0"]


def test_front_matter_has_headings_lists_and_stress():
    text = "# Why\nBecause **it works** and *well*.\n\n1. One\n2. Two\ngoes on\n- A\n- **B** b\n\n2 * 3 * 4 = 24"
    assert list(front_blocks(text)) == [
        ("h", "Why"), ("p", "Because **it works** and *well*."), ("ol", "1. One"), ("ol", "2. Two goes on"), ("ul", "A"), ("ul", "**B** b"), ("p", "2 * 3 * 4 = 24"),
    ]  # fmt: skip
    assert runs("Because **it works** and *well*.") == [("", "Because "), ("b", "it works"), ("", " and "), ("i", "well"), ("", ".")]
    assert runs("2 * 3 * 4 = 24") == [("", "2 * 3 * 4 = 24")]


@pytest.mark.parametrize("write", [docx, html])
def test_an_acronym_that_reads_like_a_label_begins_no_case(write):
    guide = parse(guide_text().encode())
    book = book_of(guide)
    book = Book(**{**book.__dict__, "acronyms": [("HU", "Harbour University"), ("IMPACT", "Innovation for ports"), ("IP", "Intellectual property")]})
    written = write(book)
    again = parse(written if isinstance(written, bytes) else written.encode())
    assert (again.problems, content(again)) == ((), content(guide))


@pytest.mark.parametrize("name", ["resaved.docx", "resaved.htm"])
def test_what_a_word_processor_saved_again_comes_in_without_loss(name):
    """The DOCX that went out, opened and saved by LibreOffice 7.4 as DOCX and as HTML."""
    again = parse((Path(__file__).parent / "data" / name).read_bytes(), name)
    assert (again.problems, content(again)) == ((), content(parse(guide_text().encode())))


@pytest.mark.parametrize("text", copies())
def test_a_copy_with_each_cell_on_a_line_of_its_own_is_read_too(text):
    """As a word processor saves a document with tables as plain text."""
    guide = parse(text.encode())
    lines = []
    for case in guide.cases:
        lines.append(f"{case.number}. {case.heading}")
        for row in rows(BookCase(case.heading or "", case.laid_out), "en"):
            lines += [row.label, *row.text.split("\n")]
    again = parse("\n".join(lines).encode())
    assert [case.fields for case in again.cases] == [case.fields for case in guide.cases]


# --- files that are no guides, or no good ones ------------------------------------------------------------------------------------------


def word(parts: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def changed(name: str, data: str | bytes, book: Book | None = None) -> bytes:
    """A written guide with one part replaced or added."""
    with zipfile.ZipFile(io.BytesIO(docx(book or book_of(parse(guide_text().encode()))))) as archive:
        parts = {one: archive.read(one) for one in archive.namelist()}
    return word(parts | {name: data})


def test_macros_are_told_and_the_text_is_read():
    guide = parse(changed("word/vbaProject.bin", b"code"))
    assert [one.code for one in guide.problems] == ["macros"] and len(guide.cases) == 3


def test_what_a_document_would_fetch_is_told_and_not_fetched():
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="a" TargetMode="External" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" Target="https://evil.example/t.dotm"/></Relationships>'
    )
    guide = parse(changed("word/_rels/settings.xml.rels", relations))
    assert [(one.code, one.text) for one in guide.problems] == [("external", "https://evil.example/t.dotm")] and len(guide.cases) == 3


@pytest.mark.parametrize("bad, words", [
    (b"", "empty"), (b"%PDF-1.7", "PDF"), (b"\xd0\xcf\x11\xe0 old", "old Word"), (b"PK\x03\x04 broken", "broken"), (word({"a.txt": "x"}), "no Word document"), (word({"content.xml": "x"}), "OpenDocument"), (b"{\\rtf1 x}", "RTF"),
    (b"\x01\x00\x07\x00" * 400 + bytes(range(256)), "binary"), (changed("word/document.xml", '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'), "entities"),
    (changed("word/document.xml", "<w:document"), "broken"), (changed("word/document.xml", b"<a>" + b" " * 70_000_000 + b"</a>"), "bomb"),
])  # fmt: skip
def test_a_bad_file_is_refused_with_its_reason(bad, words):
    with pytest.raises(Unreadable, match=words):
        parse(bad)


def test_a_file_of_500_megabytes_is_refused_at_once():
    began = time.perf_counter()
    with pytest.raises(Unreadable, match="MB"):
        parse(b"x" * (MOST_BYTES + 1))
    assert time.perf_counter() - began < 1


def test_a_guide_of_another_shape_says_so_and_keeps_its_text():
    guide = parse(b"A brochure about harbours.\n\nNothing here is a case.")
    assert [one.code for one in guide.problems] == ["no-case"] and "brochure about harbours" in guide.problems[0].text


def test_scripts_of_a_page_are_told_and_never_text():
    page = html(book_of(parse(guide_text().encode()))).replace(
        "</body>", "<script>steal()</script><p onclick='x()'>End</p><iframe src='//e'></iframe></body>"
    )
    guide = parse(page.encode())
    assert {one.code for one in guide.problems} == {"active"}
    assert any("steal()" in one.text for one in guide.problems) and "steal" not in str([case.fields for case in guide.cases])
    assert content(guide) == content(parse(guide_text().encode()))


@pytest.mark.parametrize("tag", ["script", "style", "svg", "template", "noscript", "del"])
def test_what_stands_behind_an_element_that_is_never_closed_is_told_whole(tag):
    page = html(book_of(parse(guide_text().encode())))
    place = page.index("Researchers come earlier")
    guide = parse(f"{page[:place]}<{tag}>{page[place:]}".encode())
    told = next(one for one in guide.problems if one.code == "not-closed")
    assert "Researchers come earlier" in told.text and "1 Quay Street" in told.text and "anna@example.org" in told.text


@pytest.mark.parametrize("words", ["<p of that and more</p>", "rises <as the price falls, it stays</p>", "<name of the university> helps"])
def test_words_inside_a_tag_are_told(words):
    page = html(book_of(parse(guide_text().encode()))).replace("Researchers come earlier", f"{words} Researchers come earlier", 1)
    told = [one.text for one in parse(page.encode()).problems if one.code == "broken-tag"]
    assert len(told) == 1 and words[words.index("<") :].split(">")[0].removesuffix("</p") in told[0]


def test_no_wrong_byte_of_a_document_is_a_fault_of_the_program():
    data = docx(book_of(parse(guide_text().encode())))
    places = random.Random(1)
    for _try in range(300):
        wrong = bytearray(data)
        wrong[places.choice((places.randrange(len(data)), places.randrange(len(data) - 900, len(data))))] ^= 1 << places.randrange(8)
        with suppress(Unreadable):
            assert parse(bytes(wrong), "guide.docx").form == "docx" or not wrong.startswith(b"PK\x03\x04")


def test_websites_are_links_and_nothing_else_is():
    case = BookCase("A case", {"website": "See https://fund.example.org/?a=1&b=2, www.quay.example. javascript:x()", "impact": "https://elsewhere.example"})
    text = html(Book("Guide", [Chapter("Cases", [Section("Quay", [case])])]))
    assert re.findall(r'<td[^>]*>.*?<a href="([^"]+)">([^<]+)</a>.*?<a href="([^"]+)">([^<]+)</a>\. javascript', text) == [
        ("https://fund.example.org/?a=1&amp;b=2", "https://fund.example.org/?a=1&amp;b=2", "https://www.quay.example", "www.quay.example")
    ]
    assert text.count('<a href="http') == 2 and parse(text.encode()).cases[0].fields["website"] == case.fields["website"]


def test_words_of_a_row_that_stand_in_no_cell_are_kept():
    page = "<table><tr><td>Case Study name<td>One<tr><td>HEI name<td>Quay <tr>College and all<tr><td>Country<td>Spain</table>"
    assert "College and all" in str(parse(page.encode()).plain())


def test_attributes_without_a_value_are_no_words():
    page = html(book_of(parse(guide_text().encode()))).replace("<table", "<table hidden-by-nobody nowrap ", 1).replace("<td", "<td nowrap data-x ", 1)
    assert parse(page.encode()).problems == ()


@pytest.mark.parametrize("text", copies())
@pytest.mark.parametrize("inside", ["markup", "text"])
def test_the_same_structure_as_tables_of_a_page(text, inside):
    """Cells with their tags as they stand, never closed, and with their tags as text."""
    out, table = [], False
    for line in text.split("\n"):
        cells = [cell if inside == "markup" else cell.replace("&", "&amp;").replace("<", "&lt;") for cell in line.split("\t")]
        if len(cells) > 1:
            out.append(("" if table else "<table>") + "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>")
        elif line.strip():
            out.append(("</table>" if table else "") + f"<p>{cells[0]}</p>")
        table = (table or len(cells) > 1) and not (len(cells) == 1 and line.strip())
    assert content(parse(f"<html><body>{''.join(out)}</body></html>".encode())) == content(parse(text.encode()))


def test_the_plain_text_in_a_word_document_of_paragraphs_is_read_too():
    lines = "".join(
        "<w:p>"
        + "<w:r><w:tab/></w:r>".join(
            f'<w:r><w:t xml:space="preserve">{cell.replace("&", "&amp;").replace("<", "&lt;")}</w:t></w:r>' for cell in line.split("\t")
        )
        + "</w:p>"
        for line in guide_text().split("\n")
    )
    document = f'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{lines}</w:body></w:document>'
    assert content(parse(changed("word/document.xml", document))) == content(parse(guide_text().encode()))


_DOC = '<w:document xmlns:w="{0}" xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"><w:body>{1}</w:body></w:document>'
_USUAL = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def rows_of(*pairs: tuple[str, str]) -> str:
    return "".join(f"<w:tr><w:tc><w:p><w:r><w:t>{label}</w:t></w:r></w:p></w:tc><w:tc>{value}</w:tc></w:tr>" for label, value in pairs)


def p(*runs: str) -> str:
    return f"<w:p>{''.join(runs)}</w:p>"


def r(text: str, signs: str = "") -> str:
    return f'<w:r>{signs}<w:t xml:space="preserve">{text}</w:t></w:r>'


def read_docx(value: str, names: str = _USUAL, main: str = "word/document.xml"):
    table = rows_of(("Case Study name", p(r("A"))), ("HEI name", p(r("B"))), ("BACKGROUND", value))
    body = p(r("2. CASES")) + p(r("2.1. B")) + p(r("2.1.1. A")) + f"<w:tbl>{table}</w:tbl>"
    return parse(word({main: _DOC.format(names, body)}))


@pytest.mark.parametrize("value, text, told", [
    (p(r("one "), f"<w:ins>{r('two')}</w:ins>", "<w:del><w:r><w:delText>gone</w:delText></w:r></w:del>"), "one two", ("struck", "gone")),
    (p(r("one "), r("secret", "<w:rPr><w:vanish/></w:rPr>"), r("two", '<w:rPr><w:vanish w:val="0"/></w:rPr>')), "one two", ("hidden", "secret")),
    (p(f"<w:moveFrom>{r('there')}</w:moveFrom>", f"<w:moveTo>{r('here')}</w:moveTo>"), "here", ("struck", "there")),
    (p(r("one "), f"<w:sdt><w:sdtContent>{r('two')}</w:sdtContent></w:sdt>", "<m:oMath><m:r><m:t>x+y</m:t></m:r></m:oMath>"), "one twox+y", None),
    (p(r("one"), f"<w:r><w:pict><w:txbxContent>{p(r('boxed'))}</w:txbxContent></w:pict></w:r>"), "one boxed", None),
    (f"<w:tbl>{rows_of(('inner', p(r('table'))))}</w:tbl>" + p(r("after")), "inner table after", None),
    (p('<w:r><w:sym w:font="Symbol" w:char="F0B7"/></w:r>', r(" item")), "• item", None),
])  # fmt: skip
def test_what_a_word_processor_keeps_beside_the_text(value, text, told):
    guide = read_docx(value)
    assert guide.cases[0].fields["background"] == text
    assert [(one.code, one.text) for one in guide.problems if one.code != "incomplete"] == ([told] if told else [])


@pytest.mark.parametrize("names, main", [("http://purl.oclc.org/ooxml/wordprocessingml/main", "word/document.xml"), (_USUAL, "word/document2.xml")])
def test_strict_documents_and_those_of_other_programs_are_read(names, main):
    assert read_docx(p(r("one")), names, main).cases[0].fields["background"] == "one"


def test_a_case_inside_a_table_that_only_places_it_is_read():
    """As pages of old and pasted documents have it."""
    case = "<table><tr><td>Case Study name<td>A<tr><td>HEI name<td>B<tr><td>BACKGROUND<td>one<table><tr><td>in<td>ner</table></table>"
    guide = parse(f"<html><body><table><tr><td>Menu<td><p>2. CASES<p>2.1. B<p>2.1.1. A {case}</table></body></html>".encode())
    assert (guide.cases[0].number, guide.cases[0].fields["background"]) == ("2.1.1", "one in ner")


def test_a_page_says_its_encoding_and_what_it_hides_is_told():
    page = '<html><head><meta http-equiv=Content-Type content="text/html; charset=iso-8859-2"><!--[if gte mso 9]><xml></xml><![endif]--></head><body><p>2.1. B<p>2.1.1. A<table><tr><td>Case Study name</td><td>'
    page += 'Łódź<span style="mso-hide:all">secret</span><![if !supportLists]> x<![endif]></td></tr></table>'
    guide = parse(page.encode("iso-8859-2"))
    assert guide.cases[0].fields["case_study_name"] == "Łódź x"
    assert [(one.code, one.text) for one in guide.problems if one.code != "incomplete"] == [("hidden", "secret")]


def test_tables_without_end_in_tables_are_refused():
    with pytest.raises(Unreadable, match="deep"):
        parse(b"<html><body>" + b"<table><tr><td>a" * 500)
