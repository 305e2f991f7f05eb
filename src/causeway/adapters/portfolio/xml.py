"""Register replies (OPS: bibliographic, register, family, legal, procedural steps) and DOCDB documents."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html.entities import html5
from pathlib import Path

from django.utils.translation import gettext as _
from lxml import etree

from causeway.adapters.portfolio import documents, register
from causeway.adapters.portfolio.nodes import Node, every, first, local, text
from causeway.rooms.assets.numbers import publication_key
from causeway.rooms.assets.ports import AssetRecord, CellProblem, FileShape, Unreadable

MAX_XML = 256 * 1024**2
_NOT_ASSETS = {
    "classification-scheme": "a classification scheme", "classification-search": "classification statistics", "classification-statistics": "classification statistics",
    "standardization": "a number conversion", "fulltext-inquiry": "a list of full texts", "document-inquiry": "a list of page images",
    "inquiry-result": "a list of full texts or page images", "description": "a description", "claims": "claims", "schema": "an XML schema",
    "Workbook": "a spreadsheet saved as XML (save it as XLSX)",
}  # fmt: skip


def recognise(path: str, name: str, wanted: str) -> FileShape:
    """What kind of reply it is. A fault reply (not found, rate limit) is recognised as such and reported on reading."""
    root = _tree(path)
    names = {local(node) for node in root.iter()}
    shape = FileShape(format="docdb-xml" if local(root) in ("exchange-documents", "exchange-document") else "ops-xml")
    shape.reply = _reply(root, names)
    if shape.reply == "nothing":
        shape.layout = next((words for key, words in _NOT_ASSETS.items() if key in names), "no reply of a patent register")
    if wanted not in ("auto", shape.format):
        raise Unreadable(_("%(name)s is %(format)s, not %(wanted)s.") % {"name": name, "format": shape.format, "wanted": wanted})
    return shape


def _reply(root: Node, names: set[str]) -> str:
    if "fault" in names or local(root) in ("fault", "error"):
        return "fault"
    if local(root) in ("exchange-documents", "exchange-document"):
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


def read(path: str, shape: FileShape) -> Iterator[AssetRecord | CellProblem]:
    """Records of a reply; what holds no applications says so."""
    root = _tree(path)
    if shape.reply == "fault":
        yield _fault(root)
    elif shape.reply == "nothing":
        yield CellProblem(
            1, "", "no-assets", _("The file holds %(layout)s, no applications. Nothing is brought in from it.") % {"layout": shape.layout}
        )
    elif shape.reply == "register":
        yield from _joined(one for node in every(root, "register-document") for one in register.record_of(node))
    else:
        reading = {"family": documents.family, "documents": documents.documents, "references": documents.references}[shape.reply]
        yield from _joined(reading(root))


def _fault(root: Node) -> CellProblem:
    code, message = text(first(root, "code")), text(first(root, "message"))
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


def _joined(found: Iterable[AssetRecord | CellProblem | None]) -> Iterator[AssetRecord | CellProblem]:
    """One record for each application, its publications laid together, in the order of the file; numbered by their place."""
    by_key: dict[str, AssetRecord] = {}
    problems = []
    for record in found:
        if isinstance(record, CellProblem):
            problems.append(record)
        elif record is not None:
            known = _known(record, by_key)
            if known is None:
                record.place = str(len({id(one) for one in by_key.values()}) + 1)
                by_key[record.key] = record
            else:
                _lay(known, record)
            for name in (record.publication_number, record.grant_number):
                by_key.setdefault(publication_key(name) or record.key, known or record)
    seen: set[int] = set()
    for record in by_key.values():
        if id(record) not in seen:
            seen.add(id(record))
            yield record
    yield from problems


def _known(record: AssetRecord, by_key: dict[str, AssetRecord]) -> AssetRecord | None:
    """The record of the same application: by its number, or by a publication where one of the two tells no number."""
    if record.key in by_key:
        return by_key[record.key]
    for name in filter(None, (record.publication_number, record.grant_number)):
        found = by_key.get(publication_key(name))
        if found is not None and not (found.number and record.number):
            return found
    return None


def _lay(known: AssetRecord, other: AssetRecord) -> None:
    """Add what another publication of the same application tells; of the parties, the later publication tells them best."""
    if not known.number and other.number:
        known.office, known.number, known.key = other.office, other.number, other.key
    later = max(filter(None, (other.published_on, other.granted_on)), default=None)
    earlier = max(filter(None, (known.published_on, known.granted_on)), default=None)
    for name in ("owners", "inventors"):
        if getattr(other, name) and (not getattr(known, name) or (later and earlier and later > earlier)):
            setattr(known, name, getattr(other, name))
    for name in ("title", "family", "publication_number", "grant_number", "filed_on", "designated", "agents"):
        setattr(known, name, getattr(known, name) or getattr(other, name))
    known.status = other.status if other.status.startswith("granted") else known.status or other.status
    known.titles = {**other.titles, **known.titles}
    for name in ("published_on", "granted_on"):
        setattr(known, name, min(filter(None, (getattr(known, name), getattr(other, name))), default=None))
    for name in ("links", "events", "notes"):
        mine = getattr(known, name)
        mine += [one for one in getattr(other, name) if one not in mine]


# --- the tree -----------------------------------------------------------------------------------------------------------------------------


def _tree(path: str) -> Node:
    """The document, with nothing fetched and nothing expanded; entity declarations of its own are refused."""
    if Path(path).stat().st_size > MAX_XML:
        raise Unreadable(_("The XML file has more than %(max_xml)s MB. Split it.") % {"max_xml": MAX_XML // 1024**2})
    data = Path(path).read_bytes()
    if b"<!ENTITY" in data[:65536]:
        raise Unreadable(_("The file declares entities of its own (a document type definition, or a file made to do harm); such a file is not read."))
    data = _ENTITY.sub(_letter, _declared(data))
    if not _ELEMENT.search(data):
        raise Unreadable(_("The reply is empty: the register sent no document. Ask it again."))
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as fault:
        raise Unreadable(_("The XML is damaged or cut off at line %(lineno)s: %(msg)s.") % {"lineno": fault.lineno, "msg": fault.msg}) from None
    if root is None:
        raise Unreadable(_("The file holds no document."))
    return root


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
