"""A guide to be written out: what stands in front, chapters, sections by institution, cases; and it as HTML and DOCX.

The same book gives the same bytes. What is written here is read again by `parse` without loss.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from xml.sax.saxutils import escape as xml

from causeway.engines.guide.template import FIELDS, SECTIONS, printed

WORDS = {
    "en": {"contents": "Contents", "acronyms": "List of acronyms", "introduction": "INTRODUCTION", "acknowledgements": "Acknowledgements", "licence": "Licence", "cite": "How to cite this guide",
           "edited": "Edited by", "page": "Page", "description": "Picture"},
    "zh-hans": {"contents": "目录", "acronyms": "缩略语表", "introduction": "引言", "acknowledgements": "致谢", "licence": "许可", "cite": "引用方式", "edited": "编者", "page": "页", "description": "图片"},
    "es": {"contents": "Índice", "acronyms": "Lista de siglas", "introduction": "INTRODUCCIÓN", "acknowledgements": "Agradecimientos", "licence": "Licencia", "cite": "Cómo citar esta guía",
           "edited": "Edición de", "page": "Página", "description": "Imagen"},
    "pl": {"contents": "Spis treści", "acronyms": "Wykaz skrótów", "introduction": "WPROWADZENIE", "acknowledgements": "Podziękowania", "licence": "Licencja",
           "cite": "Jak cytować ten przewodnik", "edited": "Redakcja", "page": "Strona", "description": "Ilustracja"},
    "nl": {"contents": "Inhoud", "acronyms": "Lijst van afkortingen", "introduction": "INLEIDING", "acknowledgements": "Dankwoord", "licence": "Licentie", "cite": "Hoe deze gids te citeren",
           "edited": "Onder redactie van", "page": "Pagina", "description": "Afbeelding"},
}  # fmt: skip


@dataclass(frozen=True)
class Picture:
    """A picture of a case: PNG or JPEG bytes, what it shows, its caption with rights, its size in pixels."""

    data: bytes
    kind: str
    alternative: str
    caption: str
    width: int
    height: int


@dataclass(frozen=True)
class BookCase:
    """A case of a book: its heading and its 21 fields, paragraphs parted by line breaks. language: of its text, where it is not the book's."""

    heading: str
    fields: Mapping[str, str]
    language: str = ""
    pictures: Sequence[Picture] = ()


@dataclass(frozen=True)
class Section:
    """The cases of one partner."""

    name: str
    cases: Sequence[BookCase]


@dataclass(frozen=True)
class Chapter:
    """A chapter of sections."""

    title: str
    sections: Sequence[Section]


@dataclass(frozen=True)
class Book:
    """A guide to be written out. dated: ISO day of the edition; acronyms: pairs of acronym and meaning, in order."""

    title: str
    chapters: Sequence[Chapter]
    subtitle: str = ""
    edition: str = ""
    dated: str = ""
    language: str = "en"
    editors: str = ""
    publisher: str = ""
    introduction: str = ""
    acknowledgements: str = ""
    licence: str = ""
    citation: str = ""
    acronyms: Sequence[tuple[str, str]] = field(default_factory=tuple)

    @property
    def words(self) -> dict[str, str]:
        """The book's own words in its language."""
        return WORDS.get(self.language, WORDS["en"])


@dataclass(frozen=True)
class Heading:
    """A numbered heading: level 1 to 3, its number, its text, and the case it begins."""

    level: int
    number: str
    text: str
    case: BookCase | None = None

    @property
    def line(self) -> str:
        """The heading as printed."""
        return f"{self.number}. {self.text}" if self.level < 3 else f"{self.number}. {self.text}"

    @property
    def anchor(self) -> str:
        """Its name for links."""
        return f"s{self.number.replace('.', '-')}"


def headings(book: Book) -> Iterator[Heading]:
    """The book's headings in order; the introduction is chapter 1."""
    for c, chapter in enumerate(book.chapters, 2):
        yield Heading(1, str(c), chapter.title)
        for s, section in enumerate(chapter.sections, 1):
            yield Heading(2, f"{c}.{s}", section.name)
            for n, case in enumerate(section.cases, 1):
                yield Heading(3, f"{c}.{s}.{n}", case.heading, case)


def rows(case: BookCase, language: str) -> Iterator[tuple[str, str, str]]:
    """The rows of a case's table: kind ("field" or "section"), label, text."""
    section = "head"
    for one in FIELDS:
        if one.section != section:
            section = one.section
            yield "section", SECTIONS.get(language, SECTIONS["en"])[section], ""
        yield "field", printed(one.key, language), case.fields.get(one.key) or ""


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text."""
    return [line.strip() for line in text.replace("\r\n", "\n").split("\n") if line.strip()]


def front_blocks(text: str) -> Iterator[tuple[str, str]]:
    """Front matter: paragraphs parted by empty lines, headings by a sign: ("h" | "p", text)."""
    for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n")):
        words = re.sub(r"\s+", " ", block).strip()
        if words:
            yield ("h", words.lstrip("# ")) if words.startswith("#") else ("p", words)


def _imprint(book: Book) -> list[tuple[str, str]]:
    pairs = [(book.words["acknowledgements"], book.acknowledgements), (book.words["licence"], book.licence), (book.words["cite"], book.citation)]
    return [(title, text) for title, text in pairs if text.strip()]


# --- HTML ------------------------------------------------------------------------------------------------------------------------------

_CSS = (
    "body{font:16px/1.6 Georgia,'Noto Serif CJK SC',serif;color:#1a1c1e;background:#fff;max-width:46rem;margin:3rem auto;padding:0 1.25rem}"
    "h1,h2,h3,th,nav,figcaption,.by{font-family:Inter,'Segoe UI',Helvetica,Arial,'Noto Sans CJK SC',sans-serif}h1{font-size:2.1rem;line-height:1.2}h2{font-size:1.5rem;margin-top:4rem;"
    "border-top:2px solid #0b5a75;padding-top:1rem}h3{font-size:1.2rem;margin-top:2.5rem}h4{font-size:1.1rem;margin:3rem 0 .75rem}table{border-collapse:collapse;width:100%}"
    "td,th{border-bottom:1px solid #cfccc3;padding:.5rem .75rem .5rem 0;text-align:left;vertical-align:top}th{width:10.5rem;font-size:.8rem;font-weight:600;color:#4a4d51}"
    "th[colspan]{color:#0b5a75;padding-top:1.5rem;letter-spacing:.04em}td p{margin:0 0 .6em}.by{color:#4a4d51}nav ol{list-style:none;padding-left:1.25rem}a{color:#0b5a75}"
    "img{max-width:100%;height:auto}figure{margin:1rem 0}figcaption{font-size:.8rem;color:#65686c}@media print{h2{break-before:page}tr{break-inside:avoid-page}}"
    "@media(max-width:40rem){th,td{display:block;width:auto;border:0}th{padding-bottom:0}td{border-bottom:1px solid #cfccc3}}"
)


def html(book: Book) -> str:
    """The book as one page of HTML, with its own style and without scripts."""
    out = [
        "<!doctype html>", f'<html lang="{escape(book.language)}">', f'<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{escape(book.title)}</title>',
        f"<style>{_CSS}</style></head>", "<body>", f"<h1>{escape(book.title)}</h1>",
    ]  # fmt: skip
    out += [f'<p class="by">{escape(text)}</p>' for text in _by(book) if text]
    for title, text in _imprint(book):
        out.append(f"<section><p><strong>{escape(title)}</strong></p>{_html_blocks(text)}</section>")
    out.append(f'<nav aria-label="{escape(book.words["contents"])}"><p><strong>{escape(book.words["contents"])}</strong></p><ol>')
    out += [f'<li><a href="#{one.anchor}">{escape(one.line)}</a></li>' for one in headings(book)]
    out.append("</ol></nav>")
    if book.acronyms:
        out.append(f"<section><p><strong>{escape(book.words['acronyms'])}</strong></p><ul>")
        out += [f"<li><strong>{escape(short)}</strong> {escape(long)}</li>" for short, long in book.acronyms]
        out.append("</ul></section>")
    if book.introduction.strip():
        out.append(f"<section><h2>1. {escape(book.words['introduction'])}</h2>{_html_blocks(book.introduction)}</section>")
    for one in headings(book):
        level = one.level + 1
        out.append(f'<h{level} id="{one.anchor}">{escape(one.line)}</h{level}>')
        if one.case is not None:
            out.append(_html_table(one.case, book.language))
    return "\n".join([*out, "</body>", "</html>", ""])


def _by(book: Book) -> list[str]:
    edited = f"{book.words['edited']} {book.editors}" if book.editors else ""
    return [book.subtitle, edited, ", ".join(part for part in (book.publisher, book.edition, book.dated) if part)]


def _html_blocks(text: str) -> str:
    return "".join(f"<p><strong>{escape(words)}</strong></p>" if kind == "h" else f"<p>{escape(words)}</p>" for kind, words in front_blocks(text))


def _html_table(case: BookCase, language: str) -> str:
    tongue = f' lang="{escape(case.language)}"' if case.language and case.language != language else ""
    made = ["<table>"]
    for kind, label, text in rows(case, language):
        if kind == "section":
            made.append(f'<tr><th colspan="2" scope="rowgroup">{escape(label)}</th></tr>')
        else:
            made.append(
                f'<tr><th scope="row">{escape(label)}</th><td{tongue}>{"".join(f"<p>{escape(line)}</p>" for line in paragraphs(text))}</td></tr>'
            )
    made.append("</table>")
    made += [
        f'<figure><img src="data:{one.kind};base64,{_base64(one.data)}" alt="{escape(one.alternative)}" width="{one.width}" height="{one.height}"></figure>'
        for one in case.pictures
    ]
    return "\n".join(made)


def _base64(data: bytes) -> str:
    import base64

    return base64.b64encode(data).decode()


# --- DOCX ------------------------------------------------------------------------------------------------------------------------------

_NS = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
)
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_BAD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/><Default Extension="jpeg" ContentType="image/jpeg"/>'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>'
    '<Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/>'
    '<Override PartName="/word/settings.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.settings+xml"/>'
    '<Override PartName="/word/header1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"/>'
    '<Override PartName="/word/footer1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"/>'
    '<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>'
)
_REL_BASE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def docx(book: Book) -> bytes:
    """The book as a Word document: styles, contents, running heads, tables with heads; the same book gives the same bytes."""
    media: list[Picture] = []
    body = "".join(_docx_body(book, media))
    section = (
        '<w:sectPr><w:headerReference w:type="default" r:id="rId3"/><w:footerReference w:type="default" r:id="rId4"/><w:pgSz w:w="11906" w:h="16838"/>'
        '<w:pgMar w:top="1418" w:right="1247" w:bottom="1418" w:left="1247" w:header="709" w:footer="709" w:gutter="0"/><w:titlePg/></w:sectPr>'
    )
    links = [("styles", "styles.xml"), ("settings", "settings.xml"), ("header", "header1.xml"), ("footer", "footer1.xml")]
    links += [("image", f"media/image{n}.{one.kind.split('/')[1]}") for n, one in enumerate(media, 1)]
    relations = "".join(f'<Relationship Id="rId{n}" Type="{_REL_BASE}/{kind}" Target="{target}"/>' for n, (kind, target) in enumerate(links, 1))
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": _XML + _TYPES,
        "_rels/.rels": f'{_XML}<Relationships xmlns="{_PACKAGE}"><Relationship Id="rId1" Type="{_REL_BASE}/officeDocument" Target="word/document.xml"/>'
                       '<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>',
        "docProps/core.xml": _core(book),
        "word/document.xml": f"{_XML}<w:document {_NS}><w:body>{body}{section}</w:body></w:document>",
        "word/_rels/document.xml.rels": f'{_XML}<Relationships xmlns="{_PACKAGE}">{relations}</Relationships>',
        "word/styles.xml": _styles(book.language),
        "word/settings.xml": f'{_XML}<w:settings {_NS}><w:defaultTabStop w:val="720"/><w:updateFields w:val="true"/></w:settings>',
        "word/header1.xml": f'{_XML}<w:hdr {_NS}><w:p><w:pPr><w:pStyle w:val="Header"/></w:pPr>{_run(book.title)}<w:r><w:tab/></w:r>{_field("STYLEREF &quot;heading 1&quot;", "")}</w:p></w:hdr>',
        "word/footer1.xml": f'{_XML}<w:ftr {_NS}><w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr>{_field("PAGE", "1")}</w:p></w:ftr>',
    }  # fmt: skip
    parts |= {f"word/media/image{n}.{one.kind.split('/')[1]}": one.data for n, one in enumerate(media, 1)}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            archive.writestr(info, data)
    return out.getvalue()


def _clean(text: str) -> str:
    return xml(_BAD.sub("\ufffd", text))


def _run(text: str, bold: bool = False) -> str:
    mark = "<w:rPr><w:b/></w:rPr>" if bold else ""
    return f'<w:r>{mark}<w:t xml:space="preserve">{_clean(text)}</w:t></w:r>'


def _field(code: str, shown: str) -> str:
    return (
        f'<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> {code} </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        f'{_run(shown) if shown else ""}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def _p(text: str, style: str = "", runs: str = "") -> str:
    head = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{head}{runs or _run(text)}</w:p>"


def _docx_body(book: Book, media: list[Picture]) -> Iterator[str]:
    yield _p(book.title, "Title")
    for text in _by(book):
        if text:
            yield _p(text, "Subtitle")
    for title, text in _imprint(book):
        yield _p(title, "FrontHeading")
        for kind, words in front_blocks(text):
            yield _p(words, "FrontHeading" if kind == "h" else "")
    yield _p(book.words["contents"], "FrontHeading")
    for one in headings(book):
        link = f'<w:hyperlink w:anchor="{one.anchor}">{_run(one.line)}<w:r><w:tab/></w:r>{_field(f"PAGEREF {one.anchor} ", "")}</w:hyperlink>'
        yield _p("", f"TOC{one.level}", link)
    if book.acronyms:
        yield _p(book.words["acronyms"], "FrontHeading")
        for short, long in book.acronyms:
            yield _p("", "", f"{_run(short, bold=True)}<w:r><w:tab/></w:r>{_run(long)}")
    if book.introduction.strip():
        yield _p(f"1. {book.words['introduction']}", "Heading1")
        for kind, words in front_blocks(book.introduction):
            yield _p(words, "FrontHeading" if kind == "h" else "")
    for number, one in enumerate(headings(book), 1):
        mark = f'<w:bookmarkStart w:id="{number}" w:name="{one.anchor}"/>{_run(one.line)}<w:bookmarkEnd w:id="{number}"/>'
        yield _p("", f"Heading{one.level}", mark)
        if one.case is not None:
            yield _docx_table(one.case, book.language)
            for picture in one.case.pictures:
                media.append(picture)
                yield _drawing(picture, len(media))
            yield "<w:p/>"


def _docx_table(case: BookCase, language: str) -> str:
    made = [
        (
            '<w:tbl><w:tblPr><w:tblStyle w:val="CaseTable"/><w:tblW w:w="9412" w:type="dxa"/><w:tblLayout w:type="fixed"/><w:tblLook w:val="0080" w:firstColumn="1"/></w:tblPr>'
            '<w:tblGrid><w:gridCol w:w="2312"/><w:gridCol w:w="7100"/></w:tblGrid>'
        )
    ]
    for kind, label, text in rows(case, language):
        if kind == "section":
            made.append(
                f'<w:tr><w:trPr><w:cantSplit/></w:trPr><w:tc><w:tcPr><w:tcW w:w="9412" w:type="dxa"/><w:gridSpan w:val="2"/></w:tcPr>{_p(label, "CaseSection")}</w:tc></w:tr>'
            )
            continue
        cells = "".join(_p(line, "CaseText") for line in paragraphs(text)) or '<w:p><w:pPr><w:pStyle w:val="CaseText"/></w:pPr></w:p>'
        made.append(
            f'<w:tr><w:tc><w:tcPr><w:tcW w:w="2312" w:type="dxa"/></w:tcPr>{_p(label, "CaseLabel")}</w:tc><w:tc><w:tcPr><w:tcW w:w="7100" w:type="dxa"/></w:tcPr>{cells}</w:tc></w:tr>'
        )
    made.append("</w:tbl>")
    return "".join(made)


def _drawing(picture: Picture, number: int) -> str:
    """A picture as wide as the text at most; what it shows is its alternative text. Sizes in English Metric Units."""
    wide = min(5_976_620, picture.width * 9525)
    high = wide * picture.height // max(1, picture.width)
    said = xml(picture.alternative, {'"': "&quot;"})
    return (
        f'<w:p><w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{wide}" cy="{high}"/><wp:docPr id="{number}" name="Picture {number}" descr="{said}"/>'
        '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>'
        f'<pic:nvPicPr><pic:cNvPr id="{number}" name="Picture {number}" descr="{said}"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed="rId{number + 4}"/>'
        f'<a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{wide}" cy="{high}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
        "</pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
    )


def _core(book: Book) -> str:
    stamp = f"{book.dated or '2020-01-01'}T00:00:00Z"
    return (
        f'{_XML}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{_clean(book.title)}</dc:title><dc:creator>{_clean(book.editors or book.publisher)}</dc:creator><dc:language>{_clean(book.language)}</dc:language>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{stamp}</dcterms:created><dcterms:modified xsi:type="dcterms:W3CDTF">{stamp}</dcterms:modified></cp:coreProperties>'
    )


def _style(key: str, name: str, size: int, *, bold: bool = False, color: str = "", before: int = 0, after: int = 0, lead: str = "", tail: str = "") -> str:
    """A paragraph style, its parts in the order the format wants. size: half points; before, after: twentieths of a point; lead, tail: what stands around the spacing."""
    runs = f'{"<w:b/>" if bold else ""}' + (f'<w:color w:val="{color}"/>' if color else "") + f'<w:sz w:val="{size}"/>'
    return (
        f'<w:style w:type="paragraph" w:styleId="{key}"><w:name w:val="{name}"/><w:basedOn w:val="Normal"/><w:qFormat/><w:pPr>{lead}<w:spacing w:before="{before}" w:after="{after}"/>{tail}</w:pPr>'
        f"<w:rPr>{runs}</w:rPr></w:style>"
    )


def _styles(language: str) -> str:
    tongue = {"zh-hans": "zh-CN"}.get(language, language)
    tab = '<w:tabs><w:tab w:val="right" w:leader="dot" w:pos="9400"/></w:tabs>'
    return (
        f'{_XML}<w:styles {_NS}><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Calibri" w:hAnsi="Calibri" w:eastAsia="Microsoft YaHei" w:cs="Calibri"/><w:sz w:val="21"/>'
        f'<w:lang w:val="{tongue}" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:after="120" w:line="276" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults>'
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/></w:style>'
        + _style("Title", "Title", 56, bold=True, before=2400, after=240)
        + _style("Subtitle", "Subtitle", 26, color="4A4D51", after=120)
        + _style("FrontHeading", "Front heading", 26, bold=True, before=480, after=120, lead="<w:keepNext/>")
        + _style(
            "Heading1",
            "heading 1",
            40,
            bold=True,
            color="0B5A75",
            before=0,
            after=240,
            lead="<w:keepNext/><w:pageBreakBefore/>", tail='<w:outlineLvl w:val="0"/>',
        )
        + _style("Heading2", "heading 2", 30, bold=True, before=480, after=160, lead="<w:keepNext/>", tail='<w:outlineLvl w:val="1"/>')
        + _style("Heading3", "heading 3", 26, bold=True, before=360, after=160, lead="<w:keepNext/>", tail='<w:outlineLvl w:val="2"/>')
        + _style("TOC1", "toc 1", 22, bold=True, before=160, after=40, lead=tab)
        + _style("TOC2", "toc 2", 21, after=20, lead=tab, tail='<w:ind w:left="280"/>')
        + _style("TOC3", "toc 3", 20, after=20, lead=tab, tail='<w:ind w:left="560" w:right="700"/>')
        + _style("CaseLabel", "Case label", 18, bold=True, color="4A4D51", before=40, after=40)
        + _style("CaseSection", "Case section", 18, bold=True, color="0B5A75", before=160, after=40, lead="<w:keepNext/>")
        + _style("CaseText", "Case text", 20, before=40, after=60)
        + _style("Header", "header", 17, color="65686C", lead='<w:tabs><w:tab w:val="right" w:pos="9400"/></w:tabs>')
        + _style("Footer", "footer", 17, color="65686C", tail='<w:jc w:val="right"/>')
        + '<w:style w:type="table" w:styleId="CaseTable"><w:name w:val="Case table"/><w:tblPr><w:tblBorders><w:bottom w:val="single" w:sz="4" w:color="CFCCC3"/>'
        '<w:insideH w:val="single" w:sz="4" w:color="CFCCC3"/></w:tblBorders><w:tblCellMar><w:left w:w="0" w:type="dxa"/><w:right w:w="160" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style></w:styles>'
    )
