"""Documents of the offices' exchange (DOCDB, OPS), families with their legal events, and bare references."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from causeway.adapters.portfolio import nodes
from causeway.adapters.portfolio.nodes import Node, every, first, local, text
from causeway.adapters.portfolio.register import unique
from causeway.rooms.assets.ports import AssetRecord, EventRecord

#: Stages of the US maintenance fee by the year the Office names, and as the law counts them.
US_STAGES = {"4": "3.5", "8": "7.5", "12": "11.5"}
#: Legal events with the day they took effect.
EFFECTIVE = {
    "17P": "examination_request",
    "17Q": "office_action_1",
    "INTG": "intention_to_grant",
    "18W": "withdrawn",
    "18D": "lapsed",
    "18R": "refused_final",
}
#: Legal events of acts whose day is that of the entry.
ENTERED = {"GRAS": "grant_fee_paid"}


def document(node: Node) -> Iterator[AssetRecord | None]:
    """An exchange document: one publication of an application."""
    yield _document(node)


def _document(node: Node) -> AssetRecord | None:
    biblio = first(node, "bibliographic-data")
    source = biblio if biblio is not None else node
    told = nodes.reference(*nodes.children(source, "publication-reference") or [node], publication=True)
    number = nodes.parse_number(node.get("country", "") + node.get("doc-number", "")) or told.number
    kind = node.get("kind", "") or told.kind
    publication = nodes.Reference(number, kind, nodes.day(node.get("date-publ") or "") or told.on)
    application = nodes.reference(*nodes.children(source, "application-reference")) if nodes.children(source, "application-reference") else _none()
    record = nodes.named(application, publication)
    if record is None:
        return None
    record.family = node.get("family-id") or ""
    nodes.add_publication(record, publication)
    record.right = "utility_model" if kind.startswith(("U", "Y")) else "patent"
    record.title = nodes.title(source, record.titles)
    record.owners, record.inventors = nodes.people(source, "applicants"), nodes.people(source, "inventors")
    record.links = nodes.priorities(source)
    if record.granted_on:
        record.status = "granted|"
    return record


def _none() -> nodes.Reference:
    return nodes.Reference(None, "", None)


def member(node: Node) -> Iterator[AssetRecord | None]:
    """A member of a family, with its legal events where the reply has them."""
    inner = first(node, "exchange-document")
    record = _document(inner) if inner is not None else _reference(node)
    if record is not None:
        applications = nodes.children(node, "application-reference")
        told = nodes.reference(*applications) if applications else _none()
        record.filed_on = record.filed_on or told.on
        record.family = record.family or node.get("family-id") or ""
        known = {link.number for link in record.links}
        claimed = [link for claim in nodes.children(node, "priority-claim") for link in _claim(claim)]
        record.links += [link for link in claimed if link.number not in known]
        legal = list(every(node, "legal"))
        record.events += _legal(legal)
        record.designated = record.designated or _states(legal)
        record.notes += _lapses(legal)
    yield record


def _claim(claim: Node) -> list[nodes.LinkRecord]:
    found = nodes.reference(claim)
    return [nodes.LinkRecord("priority", found.number.office, found.number.display, found.on)] if found.number is not None else []


def reference(node: Node) -> Iterator[AssetRecord | None]:
    """A publication that a search or a list of equivalents names: a record of nothing but its numbers."""
    yield _reference(node)


def _reference(node: Node) -> AssetRecord | None:
    applications = nodes.children(node, "application-reference")
    publications = [node] if local(node) == "publication-reference" else nodes.children(node, "publication-reference")
    publication = nodes.reference(*publications, publication=True) if publications else _none()
    record = nodes.named(nodes.reference(*applications) if applications else _none(), publication)
    if record is not None:
        nodes.add_publication(record, publication)
        record.family = node.get("family-id") or ""
        record.right = "utility_model" if publication.kind.startswith(("U", "Y")) else "patent"
    return record


# --- legal events -------------------------------------------------------------------------------------------------------------------------


def _fields(legal: Node) -> dict[str, str]:
    return {local(one): text(one) for one in legal.iter() if local(one).startswith("L") and len(one) == 0}


def _legal(found: list[Node]) -> list[EventRecord]:
    """Legal events in the vocabulary: what took effect, what was paid to the office or, after grant, to national ones."""
    made = []
    for legal in found:
        code, told = (legal.get("code") or "").strip(), _fields(legal)
        entered, effective = nodes.day(told.get("L007EP", "")), nodes.day(told.get("L525EP", ""))
        words = (legal.get("desc") or "").split("[")[0].strip().capitalize()
        if code in EFFECTIVE and effective:
            made.append(EventRecord(EFFECTIVE[code], effective, note=words))
        elif code in ENTERED and entered:
            made.append(EventRecord(ENTERED[code], entered, note=f"{words} (day of the entry)"))
        elif code in ("PGFP", "MAFP", "RFEE"):
            made += _payment(code, told, words, entered)
    return unique(made)


def _payment(code: str, told: dict[str, str], words: str, entered: date | None) -> list[EventRecord]:
    """A fee that was paid. One paid to a national office names it, so that it is not taken for one of the European office."""
    on = nodes.day(told.get("L518EP", "")) or entered
    year = re.sub(r"\D", "", told.get("L520EP", ""))
    if on is None:
        return []
    if code == "MAFP":
        facts = {"stage": US_STAGES[year]} if year in US_STAGES else {}
    else:
        facts = {"year": str(int(year))} if year else {}
        if code == "PGFP" and told.get("L501EP"):
            facts["office"] = told["L501EP"]
    return [EventRecord("renewal_paid", on, facts=facts, note=words)]


def _states(found: list[Node]) -> list[str]:
    listed = [_fields(one).get("L507EP", "") for one in found if (one.get("code") or "").strip() == "AK"]
    return sorted(listed[-1].split()) if listed else []


def _lapses(found: list[Node]) -> list[str]:
    lapses = {}
    for one in found:
        if (one.get("code") or "").strip() == "PG25":
            told = _fields(one)
            lapses.setdefault(told.get("L501EP", ""), str(nodes.day(told.get("L525EP", "")) or nodes.day(told.get("L007EP", "")) or "day not told"))
    return [f"Lapsed in {', '.join(f'{state} ({on})' for state, on in sorted(lapses.items()))}."] if lapses else []
