"""A book as a Word document: styles, contents, running heads, tables; and what is in it is read again without loss."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape as xml

from causeway.engines.guide.book import Book, BookCase, Picture, Row, by_lines, front_blocks, headings, imprint, paragraphs, rows, runs

_NS = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
)
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_BAD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_OFFICE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_REL_BASE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
#: Widths in twentieths of a point: the text, a table's labels, its values.
_TEXT, _ASIDE = 9412, 2112
_BULLETS = ("• ", "● ", "- ", "– ")


def docx(book: Book) -> bytes:
    """The book as a Word document; the same book gives the same bytes."""
    made = _Writer(book)
    body = "".join(made.body())
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": _types(len(made.heads)),
        "_rels/.rels": f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" Type="{_REL_BASE}/officeDocument" Target="word/document.xml"/>'
                       f'<Relationship Id="rId2" Type="{_PACKAGE}/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>',
        "docProps/core.xml": _core(book),
        "word/document.xml": f"{_XML}<w:document {_NS}><w:body>{body}</w:body></w:document>",
        "word/_rels/document.xml.rels": made.relations(),
        "word/styles.xml": _styles(book.language),
        "word/numbering.xml": _numbering(),
        "word/settings.xml": f'{_XML}<w:settings {_NS}><w:defaultTabStop w:val="720"/><w:evenAndOddHeaders/><w:updateFields w:val="true"/></w:settings>',
        "word/footer1.xml": f"{_XML}<w:ftr {_NS}>{_p('', 'Footer', _field('PAGE', '1'))}</w:ftr>",
    }  # fmt: skip
    parts |= {f"word/header{n}.xml": _header(text, side) for n, (text, side) in enumerate(made.heads, 1)}
    parts |= {f"word/media/image{n}.{one.kind.split('/')[1]}": one.data for n, one in enumerate(made.media, 1)}
    return _zipped(parts)


def _zipped(parts: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            archive.writestr(info, data)
    return out.getvalue()


# --- words and paragraphs ---------------------------------------------------------------------------------------------------------------


def _clean(text: str) -> str:
    return xml(_BAD.sub("\ufffd", text))


def _run(text: str, mark: str = "", tongue: str = "") -> str:
    """Words; mark: "b" or "i"; tongue: a property that names their language where it is not the document's."""
    signs = (f"<w:{mark}/>" if mark else "") + tongue
    return f'<w:r>{f"<w:rPr>{signs}</w:rPr>" if signs else ""}<w:t xml:space="preserve">{_clean(text)}</w:t></w:r>'


def _field(code: str, shown: str) -> str:
    return (
        f'<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> {code} </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        f'{_run(shown) if shown else ""}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def _p(text: str, style: str = "", content: str = "", more: str = "") -> str:
    """A paragraph. content: its runs where it is not plain text; more: what its properties have beside the style."""
    head = (f'<w:pStyle w:val="{style}"/>' if style else "") + more
    return f"<w:p>{f'<w:pPr>{head}</w:pPr>' if head else ''}{content or _run(text)}</w:p>"


_TAB = "<w:r><w:tab/></w:r>"
_BREAK = '<w:p><w:pPr><w:pStyle w:val="Rest"/></w:pPr><w:r><w:br w:type="page"/></w:r></w:p>'


class _Writer:
    """The body of a document while it is written: its pictures and running heads get their numbers on the way."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.media: list[Picture] = []
        #: Running heads: text and the side they stand on; the first is that of all left pages.
        self.heads: list[tuple[str, str]] = [(book.title, "left")]
        self.marks = 0

    def body(self) -> Iterator[str]:
        """All paragraphs and tables; each chapter is a section with its own running head."""
        yield from self._title()
        yield from self._imprint()
        yield from self._contents()
        yield self._section("")
        if self.book.introduction.strip():
            told = f"1. {self.book.words['introduction']}"
            yield _p("", "Heading1", self._marked("introduction", told))
            yield from self._front(self.book.introduction, "FrontHeading2")
            yield self._section(told)
        chapter = ""
        for one in headings(self.book):
            if one.level == 1 and chapter:
                yield self._section(chapter)
            chapter = one.line if one.level == 1 else chapter
            yield _p("", f"Heading{one.level}", self._marked(one.anchor, one.line))
            if one.case is not None:
                yield from self._case(one.case)
        yield self._section(chapter, last=True)

    def relations(self) -> str:
        """What the document is made of beside its text."""
        links = [("styles", "styles.xml"), ("settings", "settings.xml"), ("numbering", "numbering.xml"), ("footer", "footer1.xml")]
        made = [(f"rId{n}", kind, target) for n, (kind, target) in enumerate(links, 1)]
        made += [(f"head{n}", "header", f"header{n}.xml") for n in range(1, len(self.heads) + 1)]
        made += [(f"image{n}", "image", f"media/image{n}.{one.kind.split('/')[1]}") for n, one in enumerate(self.media, 1)]
        lines = "".join(f'<Relationship Id="{key}" Type="{_REL_BASE}/{kind}" Target="{target}"/>' for key, kind, target in made)
        return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{lines}</Relationships>'

    def _marked(self, anchor: str, text: str) -> str:
        self.marks += 1
        return f'<w:bookmarkStart w:id="{self.marks}" w:name="{anchor}"/>{_run(text)}<w:bookmarkEnd w:id="{self.marks}"/>'

    def _section(self, head: str, *, last: bool = False) -> str:
        """The end of a section: left pages say the book, right pages the chapter; the first page of a chapter says neither, the title page has no number."""
        heads, first = "", ""
        if head:
            self.heads.append((head, "right"))
            heads = f'<w:headerReference w:type="even" r:id="head1"/><w:headerReference w:type="default" r:id="head{len(self.heads)}"/>'
            first = '<w:footerReference w:type="first" r:id="rId4"/>'
        made = (
            f'<w:sectPr>{heads}<w:footerReference w:type="even" r:id="rId4"/><w:footerReference w:type="default" r:id="rId4"/>{first}'
            '<w:type w:val="nextPage"/><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1531" w:right="1247" w:bottom="1418" w:left="1247" w:header="794" w:footer="709" w:gutter="0"/>'
            "<w:titlePg/></w:sectPr>"
        )
        return made if last else f'<w:p><w:pPr><w:pStyle w:val="Rest"/>{made}</w:pPr></w:p>'

    # --- front matter ---------------------------------------------------------------------------------------------------------------------

    def _title(self) -> Iterator[str]:
        yield _p(self.book.title, "Title")
        for text in by_lines(self.book):
            yield _p(text, "Subtitle" if text == self.book.subtitle else "TitleLine")
        yield _BREAK

    def _imprint(self) -> Iterator[str]:
        said = imprint(self.book)
        for title, text in said:
            yield _p(title, "FrontHeading2")
            yield from self._front(text, "FrontHeading2")
        if said:
            yield _BREAK

    def _front(self, text: str, heading: str) -> Iterator[str]:
        styles = {"h": heading, "p": "", "ul": "FrontItem", "ol": "FrontNumber"}
        for kind, words in front_blocks(text):
            if kind == "ol":
                number, _space, words = words.partition(" ")
                yield _p("", styles[kind], _run(number) + _TAB + self._runs(words))
            else:
                yield _p("", styles[kind], self._runs(words))

    def _runs(self, text: str) -> str:
        return "".join(_run(words, mark) for mark, words in runs(text))

    def _contents(self) -> Iterator[str]:
        """The contents as links with the pages they lead to: fields that word processors fill when they open the document."""
        yield _p(self.book.words["contents"], "FrontHeading")
        lines = [(1, "introduction", f"1. {self.book.words['introduction']}")] if self.book.introduction.strip() else []
        lines += [(one.level, one.anchor, one.line) for one in headings(self.book)]
        for level, anchor, text in lines:
            page = _field(f"PAGEREF {anchor} \\h", "")
            yield _p("", f"TOC{level}", f'<w:hyperlink w:anchor="{anchor}" w:history="1">{_run(text)}{_TAB}{page}</w:hyperlink>')
        if self.book.acronyms:
            yield _p(self.book.words["acronyms"], "FrontHeading")
            for short, long in self.book.acronyms:
                yield _p("", "Acronym", f"{_run(short, 'b')}{_TAB}{_run(long)}")

    # --- cases ----------------------------------------------------------------------------------------------------------------------------

    def _case(self, case: BookCase) -> Iterator[str]:
        tongue = f'<w:lang w:val="{_latin(case.language)}" w:eastAsia="zh-CN"/>' if case.language and case.language != self.book.language else ""
        yield _table(list(rows(case, self.book.language)), case.heading, tongue)
        for picture in case.pictures:
            self.media.append(picture)
            yield _drawing(picture, len(self.media))
            if picture.caption:
                yield _p(picture.caption, "Caption")
        yield _p("", "Rest")


def _table(made: Sequence[Row], title: str, tongue: str) -> str:
    """A case's table: its head and how to reach its people stay together, a part's title stays with what follows."""
    quoted = xml(_BAD.sub("\ufffd", title), {'"': "&quot;"})
    out = [
        (
            f'<w:tbl><w:tblPr><w:tblStyle w:val="CaseTable"/><w:tblW w:w="{_TEXT}" w:type="dxa"/><w:tblLayout w:type="fixed"/><w:tblLook w:val="0080" w:firstRow="0" w:lastRow="0" w:firstColumn="1" '
            f'w:lastColumn="0" w:noHBand="1" w:noVBand="1"/><w:tblCaption w:val="{quoted}"/></w:tblPr><w:tblGrid><w:gridCol w:w="{_ASIDE}"/><w:gridCol w:w="{_TEXT - _ASIDE}"/></w:tblGrid>'
        )
    ]
    for row in made:
        if row.kind == "section":
            edge = '<w:tcBorders><w:bottom w:val="single" w:sz="6" w:color="0B5A75"/></w:tcBorders>'
            out.append(f'<w:tr><w:trPr><w:cantSplit/></w:trPr>{_cell(_TEXT, _p(row.label, "CaseSection"), f"""<w:gridSpan w:val="2"/>{edge}""")}</w:tr>')
            continue
        fact = row.section == "head"
        whole = "<w:trPr><w:cantSplit/></w:trPr>" if len(row.text) < 700 else ""
        more = "<w:keepNext/>" if len(row.text) < 700 and (fact or (row.section == "contact" and row is not made[-1])) else ""
        shade = '<w:shd w:val="clear" w:color="auto" w:fill="F5F3EE"/>' if fact else ""
        cells = "".join(_line(text, tongue, more) for text in paragraphs(row.text)) or _p("", "CaseText", more=more)
        out.append(f'<w:tr>{whole}{_cell(_ASIDE, _p(row.label, "CaseLabel", more=more), shade)}{_cell(_TEXT - _ASIDE, cells, shade)}</w:tr>')
    out.append("</w:tbl>")
    return "".join(out)


def _cell(width: int, content: str, more: str = "") -> str:
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{more}</w:tcPr>{content}</w:tc>'


def _line(text: str, tongue: str, more: str) -> str:
    """A paragraph of a cell; an item of a list hangs behind its mark. No tab parts them: in a copy saved as text it would look like a cell."""
    return _p("", "CaseItem" if text.startswith(_BULLETS) else "CaseText", _run(text, tongue=tongue), more)


def _drawing(picture: Picture, number: int) -> str:
    """A picture as wide as the text at most and no higher than two fifths of a page; what it shows is its alternative text. Sizes in English Metric Units."""
    wide, high = max(1, picture.width) * 9525, max(1, picture.height) * 9525
    scale = min(1.0, 5_976_620 / wide, 4_000_000 / high)
    wide, high = int(wide * scale), int(high * scale)
    said = xml(_BAD.sub("\ufffd", picture.alternative), {'"': "&quot;"})
    return (
        f'<w:p><w:pPr><w:keepNext/></w:pPr><w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{wide}" cy="{high}"/><wp:docPr id="{number}" name="Picture {number}" '
        f'descr="{said}"/><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>'
        f'<pic:nvPicPr><pic:cNvPr id="{number}" name="Picture {number}" descr="{said}"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed="image{number}"/>'
        f'<a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{wide}" cy="{high}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
        "</pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
    )


# --- the other parts --------------------------------------------------------------------------------------------------------------------


def _types(heads: int) -> str:
    parts = [("document", "document.main"), ("styles", "styles"), ("settings", "settings"), ("numbering", "numbering"), ("footer1", "footer"),
             *((f"header{n}", "header") for n in range(1, heads + 1))]  # fmt: skip
    overrides = "".join(f'<Override PartName="/word/{name}.xml" ContentType="{_OFFICE}.{kind}+xml"/>' for name, kind in parts)
    return (
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/><Default Extension="jpeg" ContentType="image/jpeg"/>'
        f'{overrides}<Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>'
    )


def _header(text: str, side: str) -> str:
    return f'{_XML}<w:hdr {_NS}>{_p(text, "Header", more=f"""<w:jc w:val="{side}"/>""")}</w:hdr>'


def _core(book: Book) -> str:
    stamp = f"{book.dated or '2020-01-01'}T00:00:00Z"
    return (
        f'{_XML}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{_clean(book.title)}</dc:title><dc:creator>{_clean(book.editors or book.publisher)}</dc:creator><dc:language>{_tongue(book.language)}</dc:language>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{stamp}</dcterms:created><dcterms:modified xsi:type="dcterms:W3CDTF">{stamp}</dcterms:modified></cp:coreProperties>'
    )


def _tongue(language: str) -> str:
    return {"zh-hans": "zh-CN", "en": "en-GB", "es": "es-ES", "pl": "pl-PL", "nl": "nl-NL"}.get(language, language)


def _latin(language: str) -> str:
    """The language of Latin letters; those in a Chinese text are taken as English, so that words are not parted anywhere."""
    return "en-GB" if language.startswith("zh") else _tongue(language)


def _numbering() -> str:
    """One list with bullets."""
    level = '<w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="•"/><w:lvlJc w:val="left"/><w:pPr><w:ind w:left="340" w:hanging="340"/></w:pPr></w:lvl>'
    return f'{_XML}<w:numbering {_NS}><w:abstractNum w:abstractNumId="0">{level}</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'


def _style(key: str, name: str, size: int, *, bold: bool = False, color: str = "", before: int = 0, after: int = 0, lead: str = "", tail: str = "") -> str:
    """A paragraph style, its parts in the order the format wants. size: half points; before, after: twentieths of a point; lead, tail: what stands around the spacing."""
    signs = ("<w:b/>" if bold else "") + (f'<w:color w:val="{color}"/>' if color else "") + f'<w:sz w:val="{size}"/>'
    return (
        f'<w:style w:type="paragraph" w:styleId="{key}"><w:name w:val="{name}"/><w:basedOn w:val="Normal"/><w:qFormat/><w:pPr>{lead}<w:spacing w:before="{before}" w:after="{after}"/>{tail}</w:pPr>'
        f"<w:rPr>{signs}</w:rPr></w:style>"
    )


def _styles(language: str) -> str:
    keep, dots = "<w:keepNext/>", f'<w:tabs><w:tab w:val="right" w:leader="dot" w:pos="{_TEXT}"/></w:tabs>'
    hang = '<w:tabs><w:tab w:val="left" w:pos="{0}"/></w:tabs>', '<w:ind w:left="{0}" w:hanging="{0}"/>'

    def hanging(width: int) -> dict[str, str]:
        return {"lead": hang[0].format(width), "tail": hang[1].format(width)}

    return (
        f'{_XML}<w:styles {_NS}><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Calibri" w:hAnsi="Calibri" w:eastAsia="Microsoft YaHei" w:cs="Calibri"/><w:sz w:val="21"/>'
        f'<w:lang w:val="{_latin(language)}" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:after="120" w:line="271" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults>'
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/><w:pPr><w:widowControl/></w:pPr></w:style>'
        + _style("Title", "Title", 60, bold=True, before=3200, after=320)
        + _style("Subtitle", "Subtitle", 30, color="4A4D51", after=1600)
        + _style("TitleLine", "Title line", 24, after=60)
        + _style("FrontHeading", "Front heading", 40, bold=True, color="0B5A75", before=360, after=240, lead=keep)
        + _style("FrontHeading2", "Front heading 2", 25, bold=True, before=320, after=100, lead=keep)
        + _style("FrontItem", "Front item", 21, after=60, lead='<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>')
        + _style("FrontNumber", "Front number", 21, after=60, **hanging(425))
        + _style("Acronym", "Acronym", 20, after=50, **hanging(_ASIDE))
        + _style("Heading1", "heading 1", 44, bold=True, color="0B5A75", before=600, after=320, lead=keep, tail='<w:outlineLvl w:val="0"/>')
        + _style("Heading2", "heading 2", 30, bold=True, before=480, after=160, lead=keep, tail='<w:outlineLvl w:val="1"/>')
        + _style("Heading3", "heading 3", 26, bold=True, before=360, after=160, lead=keep, tail='<w:outlineLvl w:val="2"/>')
        + _style("TOC1", "toc 1", 21, bold=True, before=160, after=30, lead=dots, tail='<w:ind w:right="700"/>')
        + _style("TOC2", "toc 2", 20, before=60, after=10, lead=dots, tail='<w:ind w:left="280" w:right="700"/>')
        + _style("TOC3", "toc 3", 19, after=10, lead=dots, tail='<w:ind w:left="560" w:right="700"/>')
        + _style("CaseLabel", "Case label", 18, bold=True, color="4A4D51", before=70, after=50)
        + _style("CaseSection", "Case section", 18, bold=True, color="0B5A75", before=240, after=20, lead=keep)
        + _style("CaseText", "Case text", 20, before=50, after=60)
        + _style("CaseItem", "Case item", 20, before=0, after=40, tail='<w:ind w:left="142" w:hanging="142"/>')
        + _style("Caption", "caption", 18, color="4A4D51", before=40, after=200)
        + _style("Header", "header", 16, color="65686C", lead='<w:pBdr><w:bottom w:val="single" w:sz="4" w:space="4" w:color="CFCCC3"/></w:pBdr>')
        + _style("Footer", "footer", 17, color="65686C", tail='<w:jc w:val="center"/>')
        + _style("Rest", "Rest", 2)
        + '<w:style w:type="table" w:styleId="CaseTable"><w:name w:val="Case table"/><w:tblPr><w:tblBorders><w:bottom w:val="single" w:sz="4" w:color="CFCCC3"/>'
        '<w:insideH w:val="single" w:sz="4" w:color="CFCCC3"/></w:tblBorders><w:tblCellMar><w:left w:w="57" w:type="dxa"/><w:right w:w="113" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style></w:styles>'
    )


