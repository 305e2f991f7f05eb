"""Register replies (OPS: bibliographic, register, family, legal, procedural steps) and DOCDB documents."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from html.entities import html5
from itertools import islice
from pathlib import Path

from django.utils.translation import gettext as _
from lxml import etree

from causeway.adapters.portfolio import documents, register
from causeway.adapters.portfolio.joining import joined
from causeway.adapters.portfolio.nodes import Node, local, text
from causeway.rooms.assets.ports import AssetRecord, CellProblem, FileShape, Unreadable

_NOT_ASSETS = {
    "classification-scheme": "a classification scheme", "classification-search": "classification statistics", "classification-statistics": "classification statistics",
    "standardization": "a number conversion", "fulltext-inquiry": "a list of full texts", "document-inquiry": "a list of page images",
    "inquiry-result": "a list of full texts or page images", "description": "a description", "claims": "claims", "schema": "an XML schema",
    "Workbook": "a spreadsheet saved as XML (save it as XLSX)",
}  # fmt: skip


def recognise(path: str, name: str, wanted: str) -> FileShape:
    """What kind of reply it is. A fault reply (not found, rate limit) is recognised as such and reported on reading."""
    root, names = _look(path)
    shape = FileShape(format="docdb-xml" if root in ("exchange-documents", "exchange-document") else "ops-xml")
    shape.reply = _reply(root, names)
    if shape.reply == "nothing":
        shape.layout = next((words for key, words in _NOT_ASSETS.items() if key in names), "no reply of a patent register")
    if wanted not in ("auto", shape.format):
        raise Unreadable(_("%(name)s is %(format)s, not %(wanted)s.") % {"name": name, "format": shape.format, "wanted": wanted})
    return shape


def _reply(root: str, names: set[str]) -> str:
    if "fault" in names or root in ("fault", "error"):
        return "fault"
    if root in ("exchange-documents", "exchange-document"):
        return "documents"
    for name, reply in (
        ("register-document", "register"),
        ("patent-family", "family"),
        ("exchange-document", "documents"),
        ("search-result", "references"),
    ):
        if name in names:
            return reply if names.isdisjoint(("classification-search", "classification-statistics")) else "nothing"
    return "references" if "publication-reference" in names and names.isdisjoint(_NOT_ASSETS) else "nothing"


#: Which element is a record of a reply, and how it is read.
_RECORDS: dict[str, tuple[str, Callable[[Node], Iterable[AssetRecord | CellProblem | None]]]] = {
    "register": ("register-document", register.record_of),
    "family": ("family-member", documents.member),
    "documents": ("exchange-document", documents.document),
    "references": ("publication-reference", documents.reference),
}


def read(path: str, shape: FileShape, most: int | None = None) -> Iterator[AssetRecord | CellProblem]:
    """Records of a reply; what holds no applications says so. most: no more than so many of its documents, for a look at it."""
    if shape.reply == "fault":
        yield _fault(path)
    elif shape.reply == "nothing":
        yield CellProblem(
            1, "", "no-assets", _("The file holds %(layout)s, no applications. Nothing is brought in from it.") % {"layout": shape.layout}
        )
    else:
        name, made_of = _RECORDS[shape.reply]
        seen = False
        for one in joined(one for node in islice(elements(path, name), most) for one in made_of(node)):
            seen = True
            yield one
        if not seen:
            yield CellProblem(1, "", "no-assets", _("The reply holds no application. Nothing is brought in from it."))


def _fault(path: str) -> CellProblem:
    told: dict[str, str] = {}
    for node in elements(path, "code", "message"):
        told.setdefault(local(node), text(node))
    code, message = told.get("code", ""), told.get("message", "")
    if re.search(r"rate|quota|throttl|robot|overload|fair.?use|too many|\b(403|429|503)\b", f"{code} {message}", re.IGNORECASE):
        return CellProblem(
            1,
            "",
            "rate-limit",
            _("The register refused to answer for now (%(code)s). Ask it again later; nothing is brought in.") % {"code": message or code},
        )
    if re.search(r"not.?found|no results|\b404\b", f"{code} {message}", re.IGNORECASE):
        return CellProblem(
            1,
            "",
            "not-found",
            _("The register found nothing for what it was asked (%(code)s). Check the number; nothing is brought in.") % {"code": message or code},
        )
    return CellProblem(
        1, "", "fault", _("The register answered with an error: %(code)s. Nothing is brought in.") % {"code": message or code or "no reason given"}
    )


# --- the stream ---------------------------------------------------------------------------------------------------------------------------

PIECE = 1 << 16
#: What a reply is shows in its first elements.
LOOKED_AT = 4 * 1024**2
#: No record is as long as that: such a file is no list of records, and would not fit into memory.
MAX_RECORD = 64 * 1024**2


def elements(path: str, *names: str) -> Iterator[Node]:
    """Each element of one of the names, whole, in the order of the file; it is let go when the next is asked for, so memory stays flat."""
    parser = _parser(("end",), [f"{{*}}{name}" for name in names])
    fed = 0
    for piece in _fed(path, parser):
        fed += piece
        for _event, node in parser.read_events():
            _refuse_entities(node)
            yield node
            _let_go(node)
            fed = 0
        if fed > MAX_RECORD:
            raise Unreadable(
                _("The XML has more than %(most)s MB without a record ending: it is no list of records.") % {"most": MAX_RECORD // 1024**2}
            )


def _look(path: str) -> tuple[str, set[str]]:
    """The name of the root, and the names of the elements near the start (of all, in a short file)."""
    parser = _parser(("start", "end"), None)
    root, names, fed = "", set(), 0
    for piece in _fed(path, parser):
        for event, node in parser.read_events():
            if event == "end":
                node.clear()
                continue
            if not root:
                _refuse_entities(node)
            root = root or local(node)
            names.add(local(node))
        fed += piece
        if fed > LOOKED_AT:
            break
    return root, names


def _parser(events: tuple[str, ...], tags: list[str] | None) -> etree.XMLPullParser:
    """A parser that fetches nothing and expands nothing."""
    return etree.XMLPullParser(events, tag=tags, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False)


def _fed(path: str, parser: etree.XMLPullParser) -> Iterator[int]:
    """Feed the file to a parser; after each piece its length, and 0 at the end. Raises `Unreadable` for what is no XML, or harmful."""
    begun = False
    head = b""
    try:
        for piece in _pieces(path):
            if not begun:
                head += piece.replace(b"\x00", b"")  # every other byte of a file with two bytes a letter
                if b"<!ENTITY" in head:
                    raise Unreadable(_entities())
                begun = bool(_ELEMENT.search(_COMMENT.sub(b"", head))) or len(head) > LOOKED_AT
            parser.feed(piece)
            yield len(piece)
        if not begun:
            raise Unreadable(_("The reply is empty: the register sent no document. Ask it again."))
        parser.close()
    except etree.XMLSyntaxError as fault:
        raise Unreadable(_("The XML is damaged or cut off at line %(lineno)s: %(msg)s.") % {"lineno": fault.lineno, "msg": fault.msg}) from None
    yield 0


def _entities() -> str:
    return _("The file declares entities of its own (a document type definition, or a file made to do harm); such a file is not read.")


def _refuse_entities(node: Node) -> None:
    """Entities that the parser found declared, in whatever letters the file is written."""
    declared = node.getroottree().docinfo.internalDTD
    if declared is not None and next(declared.iterentities(), None) is not None:
        raise Unreadable(_entities())


def _let_go(node: Node) -> None:
    """Forget a record and those before it; what stands around them (the question that was answered) stays."""
    node.clear()
    for one in (node, node.getparent()):
        while one is not None and (before := one.getprevious()) is not None and before.tag == one.tag:
            one.getparent().remove(before)


def _pieces(path: str) -> Iterator[bytes]:
    """The bytes of a file, letters that are named as HTML does spelled out."""
    with Path(path).open("rb") as file:
        left = _declared(file.read(PIECE))
        while left:
            more = file.read(PIECE)
            # A name that may go on in the next piece waits for it.
            cut = at if more and (at := left.rfind(b"&", -MAX_NAME)) >= 0 and b";" not in left[at:] else len(left)
            yield _ENTITY.sub(_letter, left[:cut])
            left = left[cut:] + more


MAX_NAME = 40
_COMMENT = re.compile(rb"<!--.*?(?:-->|\Z)", re.DOTALL)
_ELEMENT = re.compile(rb"<[A-Za-z_]")
_ENTITY = re.compile(rb"&([A-Za-z][A-Za-z0-9]*);")
_PLAIN = (b"amp", b"lt", b"gt", b"quot", b"apos")


def _letter(match: re.Match[bytes]) -> bytes:
    """The letter a named entity stands for (DOCDB names them as HTML does); an unknown name stays readable."""
    name = match.group(1)
    if name in _PLAIN:
        return match.group(0)
    letter = html5.get(name.decode() + ";", f"[{name.decode()}]")
    return "".join(f"&#{ord(c)};" for c in letter).encode()


def _declared(data: bytes) -> bytes:
    """A single DOCDB document cut out of its batch, with the name of its namespace put back."""
    if data[:5] == b"<exch" and b"xmlns:exch" not in data[:4096]:
        return data.replace(b"<exch:exchange-document ", b'<exch:exchange-document xmlns:exch="http://www.epo.org/exchange" ', 1)
    return data
