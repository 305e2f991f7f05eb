"""Register replies (OPS: bibliographic, register, family, legal, procedural steps) and DOCDB documents."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from html.entities import html5
from pathlib import Path

from lxml import etree

from causeway.adapters.portfolio.dates import DateFault, parse
from causeway.rooms.assets.numbers import parse_number
from causeway.rooms.assets.ports import AssetRecord, CellProblem, EventRecord, FileShape, LinkRecord, Unreadable

MAX_XML = 256 * 1024**2
_NOT_ASSETS = {
    "classification-scheme": "a classification scheme", "classification-search": "classification statistics", "standardization": "a number conversion",
    "fulltext-inquiry": "a list of full texts", "document-inquiry": "a list of page images", "description": "a description", "claims": "claims",
}  # fmt: skip


def _tree(path: str) -> etree._Element:
    """The document, with nothing fetched and nothing expanded; entity declarations of its own are refused."""
    if Path(path).stat().st_size > MAX_XML:
        raise Unreadable(f"The XML file has more than {MAX_XML // 1024**2} MB. Split it.")
    data = Path(path).read_bytes()
    if b"<!ENTITY" in data[:65536]:
        raise Unreadable("The file declares entities of its own; such a file is not read.")
    data = _ENTITY.sub(_letter, _declared(data))
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as fault:
        raise Unreadable(f"The XML is damaged or cut off at line {fault.lineno}: {fault.msg}.") from None
    if root is None:
        raise Unreadable("The file holds no document.")
    return root


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


def _local(node: etree._Element) -> str:
    return etree.QName(node).localname if isinstance(node.tag, str) else ""


def _all(node: etree._Element, name: str) -> list[etree._Element]:
    return [found for found in node.iter() if _local(found) == name]


def _first(node: etree._Element, *names: str) -> etree._Element | None:
    """The first descendant along a path of local names."""
    here: etree._Element | None = node
    for name in names:
        here = next((found for found in here.iter() if found is not here and _local(found) == name), None) if here is not None else None
    return here


def _text(node: etree._Element | None) -> str:
    return " ".join("".join(node.itertext()).split()) if node is not None else ""


def recognise(path: str, name: str, wanted: str) -> FileShape:
    """What kind of reply it is. A fault reply (not found, rate limit) is recognised as such and reported on reading."""
    root = _tree(path)
    names = {_local(node) for node in root.iter()}
    shape = FileShape(format="docdb-xml" if _is_docdb(root) else "ops-xml")
    if "fault" in names or _local(root) in ("fault", "error"):
        shape.reply = "fault"
    elif "register-document" in names:
        shape.reply = "register"
    elif "exchange-document" in names:
        shape.reply = "documents"
    elif "patent-family" in names:
        shape.reply = "family"
    elif names & {"classification-search", "classification-statistics"}:
        shape.reply, shape.layout = "nothing", "classification statistics"
    elif "search-result" in names or "publication-reference" in names and not names & _NOT_ASSETS.keys():
        shape.reply = "references"
    else:
        what = next((words for key, words in _NOT_ASSETS.items() if key in names), "no reply of a patent register")
        shape.reply = "nothing"
        shape.layout = what
    if wanted not in ("auto", shape.format):
        raise Unreadable(f"{name} is {shape.format}, not {wanted}.")
    return shape


def _is_docdb(root: etree._Element) -> bool:
    return _local(root) in ("exchange-documents", "exchange-document")


def read(path: str, shape: FileShape) -> Iterator[AssetRecord | CellProblem]:
    """Records of a reply; what holds no applications says so."""
    root = _tree(path)
    if shape.reply == "fault":
        yield _fault(root)
    elif shape.reply == "nothing":
        yield CellProblem(1, "", "no-assets", f"The file holds {shape.layout}, no applications.")
    elif shape.reply == "register":
        yield from _joined(_register(node) for node in _all(root, "register-document"))
    elif shape.reply == "family":
        yield from _joined(_family(root))
    elif shape.reply == "documents":
        yield from _joined(_document(node) for node in _all(root, "exchange-document"))
    else:
        yield from _joined(_reference(node) for node in _all(root, "publication-reference"))


def _fault(root: etree._Element) -> CellProblem:
    code, message = _text(_first(root, "code")), _text(_first(root, "message"))
    if re.search(r"rate|quota|throttl|Robot|overload", f"{code} {message}", re.IGNORECASE):
        return CellProblem(1, "", "rate-limit", f"The register refused to answer for now ({message or code}). Ask again later.")
    return CellProblem(1, "", "not-found", f"The register answered: {message or code}.")


def _joined(found: Iterator[AssetRecord | None]) -> Iterator[AssetRecord]:
    """One record for each application, its publications laid together, in the order of the file."""
    by_key: dict[str, AssetRecord] = {}
    for record in found:
        if record is None:
            continue
        known = by_key.setdefault(record.key, record)
        if known is not record:
            _lay(known, record)
    yield from by_key.values()


def _lay(known: AssetRecord, other: AssetRecord) -> None:
    """Add what another publication of the same application tells."""
    known.title = known.title or other.title
    known.filed_on = known.filed_on or other.filed_on
    known.published_on = min(filter(None, (known.published_on, other.published_on)), default=None)
    known.granted_on = known.granted_on or other.granted_on
    known.grant_number = known.grant_number or other.grant_number
    for name in ("owners", "inventors", "links", "events", "designated"):
        mine = getattr(known, name)
        mine += [one for one in getattr(other, name) if one not in mine]


def _day(text: str) -> date | None:
    try:
        found = parse(text.strip()[:10], "ymd", None)
    except DateFault:
        return None
    return found if found and found.year > 1800 else None


def _doc_id(node: etree._Element | None) -> tuple[str, str, str, date | None]:
    """Country, number, kind and date of a reference, in the register's own form."""
    if node is None:
        return "", "", "", None
    ids = _all(node, "document-id") or [node]
    best = next((one for one in ids if one.get("document-id-type") in ("docdb", None) and _first(one, "country") is not None), ids[0])
    return _text(_first(best, "country")), _text(_first(best, "doc-number")), _text(_first(best, "kind")), _day(_text(_first(best, "date")))


def _names(node: etree._Element, group: str) -> list[str]:
    """Names of a group of parties: the newest list of a register, the plainest form of a document."""
    lists = _all(node, group)
    if not lists:
        return []
    newest = max(lists, key=lambda one: one.get("change-date") or "")
    forms: dict[str, list[str]] = {}
    for party in newest:
        if isinstance(party.tag, str):
            form = party.get("data-format") or ""
            text = _text(_first(party, "name")).strip(" ,")
            forms.setdefault(form, []).append(re.sub(r"\s*\[[A-Z]{2}\]$", "", text))
    chosen = next((forms[form] for form in ("original", "docdba", "", "docdb", "epodoc") if form in forms), [])
    return list(dict.fromkeys(name for name in chosen if name))


# --- register ---------------------------------------------------------------------------------------------------------------------------

#: What the register's own dates are called in the vocabulary of events.
_STEPS = {
    ("RFEE", "DATE_OF_PAYMENT"): "renewal_paid", ("EXAM_PENA", "DATE_OF_PAYMENT"): "", ("EXRE", "DATE_OF_DISPATCH"): "office_action_later",
    ("EXRE", "DATE_OF_REPLY"): "response_filed", ("IGRA", "DATE_OF_DISPATCH"): "intention_to_grant", ("IGRA", "GRANT_FEE_PAID"): "grant_fee_paid", ("IGRA", "DATE_OF_PAYMENT"): "grant_fee_paid",
    ("AGRA", "DATE_OF_DISPATCH"): "intention_to_grant", ("EXRE", "DATE_OF_REQUEST"): "examination_request", ("REFU", "DATE_OF_DISPATCH"): "rejection",
    ("WDRA", "DATE_OF_WITHDRAWAL"): "withdrawn", ("DEWI", "DATE_EFFECTIVE"): "withdrawn", ("DEST", "DATE_OF_PAYMENT"): "",
}  # fmt: skip
_ENDED = ("withdrawn", "refused", "revoked", "lapsed", "expired", "deemed to be withdrawn")


def _register(node: etree._Element) -> AssetRecord | None:
    biblio = _first(node, "bibliographic-data")
    source = biblio if biblio is not None else node
    office, number, _kind, filed = _doc_id(_first(source, "application-reference"))
    publications = [_doc_id(one) for one in _all(source, "publication-reference")]
    if not number and not publications:
        return _steps_only(node)
    parsed = parse_number(f"{office or 'EP'}{number}") if number else parse_number(f"{publications[0][0]}{publications[0][1]}")
    if parsed is None:
        return None
    record = AssetRecord("1", parsed.office, parsed.display, parsed.key, filed_on=filed, status=_register_status(node))
    _publications(record, publications)
    record.title = _title(source, record.titles)
    record.owners, record.inventors, record.agents = _names(source, "applicants"), _names(source, "inventors"), _names(source, "agents")[:1]
    record.links = _priority_claims(source)
    record.designated = []
    record.events = _effective(source) + _register_events(node)
    record.events += [EventRecord("priority", link.on) for link in record.links if link.on]
    if filed:
        kind = "international_filing" if any(pub[0] == "WO" for pub in publications) else "filing"
        record.events.insert(0, EventRecord(kind, filed))
    for kind in ("publication", "grant"):
        day = record.published_on if kind == "publication" else record.granted_on
        if day:
            record.events.append(EventRecord(kind, day))
    return record


def _steps_only(node: etree._Element) -> AssetRecord | None:
    """A reply of events or procedural steps alone: it names its publication in the query it answers."""
    asked = _first(node.getroottree().getroot(), "query")
    parsed = parse_number(_text(asked).rpartition("=")[2].split()[0]) if asked is not None and "=" in _text(asked) else None
    if parsed is None:
        return None
    record = AssetRecord("1", parsed.office, "", parsed.key, publication_number=parsed.display, status=_register_status(node))
    record.events = _register_events(node)
    return record


def _publications(record: AssetRecord, publications: list[tuple[str, str, str, date | None]]) -> None:
    for country, number, kind, on in publications:
        display = f"{country} {number} {kind}".strip()
        if kind.startswith("B"):
            record.grant_number = record.grant_number or display
            record.granted_on = record.granted_on or on
        else:
            record.publication_number = record.publication_number or display
            record.published_on = min(filter(None, (record.published_on, on)), default=None)


def _title(node: etree._Element, titles: dict[str, str]) -> str:
    lists = [one for one in _all(node, "invention-title") if _text(one)]
    for one in lists:
        titles.setdefault((one.get("lang") or "en").lower(), _text(one))
    return titles.get("en") or next(iter(titles.values()), "")


def _priority_claims(node: etree._Element) -> list[LinkRecord]:
    links: dict[tuple, LinkRecord] = {}
    for claim in _all(node, "priority-claim"):
        country, number, _kind, on = _doc_id(claim)
        if number:
            links.setdefault((country, number), LinkRecord("priority", country, f"{country} {number}".strip(), on))
    return list(links.values())


def _register_status(node: etree._Element) -> str:
    text = node.get("status") or ""
    folded = text.casefold()
    if any(word in folded for word in _ENDED):
        return f"ended|{text}"
    if "granted" in folded or "opposition" in folded or "no opposition" in folded:
        return f"granted|{text}"
    return f"pending|{text}"


def _effective(node: etree._Element) -> list[EventRecord]:
    """Dates the register lists as effective: examination requested, search report mailed, grant."""
    made = []
    rights = _first(node, "dates-rights-effective")
    for name, kind in (("request-for-examination", "examination_request"), ("first-examination-report-despatched", "office_action_1")):
        on = _day(_text(_first(rights, name, "date"))) if rights is not None else None
        if on:
            made.append(EventRecord(kind, on))
    return made


def _register_events(node: etree._Element) -> list[EventRecord]:
    made = []
    for step in _all(node, "procedural-step"):
        code = _text(_first(step, "procedural-step-code"))
        texts = {one.get("step-text-type"): _text(one) for one in _all(step, "procedural-step-text")}
        for when in _all(step, "procedural-step-date"):
            kind = _STEPS.get((code, when.get("step-date-type") or ""))
            on = _day(_text(_first(when, "date")))
            if kind and on:
                facts = {"year": str(int(texts["YEAR"]))} if kind == "renewal_paid" and texts.get("YEAR", "").isdigit() else {}
                made.append(EventRecord(kind, on, facts=facts, note=texts.get("STEP_DESCRIPTION", "")))
    return list(dict.fromkeys(_hashable(event) for event in made)) and _unique(made)


def _hashable(event: EventRecord) -> tuple:
    return (event.kind, event.on, tuple(sorted(event.facts.items())))


def _unique(events: list[EventRecord]) -> list[EventRecord]:
    return list({_hashable(event): event for event in events}.values())


# --- documents, families, references ---------------------------------------------------------------------------------------------------------


def _document(node: etree._Element) -> AssetRecord | None:
    country, number, kind = node.get("country", ""), node.get("doc-number", ""), node.get("kind", "")
    application = _doc_id(_first(node, "application-reference"))
    parsed = parse_number(f"{application[0]}{application[1]}") if application[1] else parse_number(f"{country}{number}")
    if parsed is None:
        return None
    record = AssetRecord("1", parsed.office, parsed.display, parsed.key, filed_on=application[3], family=node.get("family-id") or "")
    published = _day(node.get("date-publ") or "") or _doc_id(_first(node, "publication-reference"))[3]
    _publications(record, [(country, number, kind, published)])
    record.right = "utility_model" if kind.startswith(("U", "Y")) else "patent"
    record.title = _title(node, record.titles)
    record.owners, record.inventors = _names(node, "applicants"), _names(node, "inventors")
    record.links = _priority_claims(node)
    return record


def _family(root: etree._Element) -> Iterator[AssetRecord | None]:
    for member in _all(root, "family-member"):
        inner = _first(member, "exchange-document")
        record = _document(inner) if inner is not None else _reference(member)
        if record is not None:
            record.family = record.family or member.get("family-id") or ""
            record.links += [link for link in _priority_claims(member) if link not in record.links]
            record.events += _legal(member)
        yield record


def _reference(node: etree._Element) -> AssetRecord | None:
    application = _doc_id(_first(node, "application-reference"))
    publication = _doc_id(node if _local(node) == "publication-reference" else _first(node, "publication-reference"))
    if not publication[1]:
        return None
    parsed = parse_number(f"{application[0]}{application[1]}") if application[1] else parse_number(f"{publication[0]}{publication[1]}")
    if parsed is None:
        return None
    record = AssetRecord("1", parsed.office, parsed.display, parsed.key, filed_on=application[3])
    _publications(record, [publication])
    return record


def _legal(node: etree._Element) -> list[EventRecord]:
    """Legal events that say a renewal was paid: the European register's PGFP (paid to a national office) and RFEE."""
    made = []
    for legal in _all(node, "legal"):
        code = (legal.get("code") or "").strip()
        texts = {_local(one): _text(one) for one in legal.iter() if isinstance(one.tag, str)}
        on = _day(texts.get("L525EP", "") or texts.get("L007EP", ""))
        if code in ("PGFP", "RFEE") and on:
            year = re.sub(r"\D", "", texts.get("L520EP", ""))
            state = texts.get("L501EP", "")
            made.append(
                EventRecord(
                    "renewal_paid_elsewhere" if code == "PGFP" else "renewal_paid",
                    on,
                    facts={"year": year, "state": state},
                    note=legal.get("desc") or "",
                )
            )
    return [event for event in _unique(made) if event.kind == "renewal_paid"]
