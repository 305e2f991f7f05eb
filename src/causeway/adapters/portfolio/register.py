"""Documents of the European Patent Register: bibliographic data, procedural steps, dossier events."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.utils.translation import gettext as _

from causeway.adapters.portfolio import nodes
from causeway.adapters.portfolio.nodes import Node, every, first, text
from causeway.rooms.assets.numbers import parse_number
from causeway.rooms.assets.ports import AssetRecord, CellProblem, EventRecord, LinkRecord

#: Procedural steps by code and kind of date: what they are in the vocabulary of events. Their days are those of the acts themselves.
STEPS = {
    ("RFEE", "DATE_OF_PAYMENT"): "renewal_paid", ("EXRE", "DATE_OF_DISPATCH"): "office_action", ("EXRE", "DATE_OF_REPLY"): "response_filed",
    ("EXRE", "DATE_OF_REQUEST"): "examination_request", ("EXAM", "DATE_OF_REQUEST"): "examination_request", ("ABEX", "DATE_OF_REQUEST"): "amendment_filed",
    ("IGRA", "DATE_OF_DISPATCH"): "intention_to_grant", ("AGRA", "DATE_OF_DISPATCH"): "intention_to_grant", ("IGRA", "GRANT_FEE_PAID"): "grant_fee_paid",
    ("IGRA", "DATE_OF_PAYMENT"): "grant_fee_paid", ("REFU", "DATE_OF_DISPATCH"): "rejection", ("ADWI", "DATE_OF_DISPATCH"): "loss_of_rights",
    ("ADWI", "DATE_EFFECTIVE"): "lapsed", ("WDRA", "DATE_OF_WITHDRAWAL"): "withdrawn", ("DEWI", "DATE_EFFECTIVE"): "withdrawn",
}  # fmt: skip
#: Dossier events told by the Bulletin, whose issue is the day that counts.
PUBLISHED = {"0009012": "publication", "0009210": "grant"}
#: Dossier events of acts of the applicant: the day is that of the entry, some days after the act, which closes what the act closed.
ENTERED = {
    "0009171": "examination_request", "EPIDOSNEXR3": "response_filed", "EPIDOSNIGR3": "grant_fee_paid", "EPIDOS ABEX": "amendment_filed",
    "EPIDOSNRFE2": "renewal_paid",
}  # fmt: skip
#: Dossier events of notices: a period cannot be counted from the day of the entry, so they are reported and not recorded.
NOTICES = {"0009185", "EPIDOSNEXR2", "EPIDOSCEXR2", "EPIDOSNIGR1"}
_ENDED = ("withdrawn", "refused", "revoked", "lapsed", "expired")
_GRANTED = ("has been granted", "patent granted", "opposition", "limited")


def record_of(node: Node) -> Iterator[AssetRecord | CellProblem]:
    """The record of a register document, with a note on what could not be recorded."""
    biblio = first(node, "bibliographic-data")
    source = biblio if biblio is not None else node
    publications = [nodes.reference(one, publication=True) for one in nodes.children(source, "publication-reference")]
    application = _own_application(source)
    record = nodes.named(application, _own_publication(publications, node))
    if record is None:
        return
    record.status = _status(node)
    for one in publications:
        nodes.add_publication(record, one)
    if not record.number and not record.publication_number:
        record.publication_number = _asked(node)
    record.title = nodes.title(source, record.titles)
    record.owners, record.inventors, record.agents = (nodes.people(source, group) for group in ("applicants", "inventors", "agents"))
    record.agents = record.agents[:1]
    record.links = nodes.priorities(source) + _parents(source)
    record.designated = _designated(source)
    record.notes = _lapses(source)
    record.events, left_out = _events(node, source, record, publications)
    yield record
    if left_out:
        yield CellProblem(1, "event-date", "entry-day",
            _("%(left_out)s notices are listed with the day of their entry only, not of dispatch, from which periods count; bring the procedural steps of the application in for those days.") % {"left_out": left_out},
            record.number or record.publication_number)  # fmt: skip


def _own_application(source: Node) -> nodes.Reference:
    """The European application; an international one that it comes from stands beside it."""
    found = [nodes.reference(one) for one in nodes.children(source, "application-reference")]
    return next((one for one in found if one.number and one.number.office == "EP"), found[0] if found else nodes.Reference(None, "", None))


def _own_publication(publications: list[nodes.Reference], node: Node) -> nodes.Reference:
    own = next((one for one in publications if one.number and one.number.office == "EP"), publications[0] if publications else None)
    if own is not None:
        return own
    asked = parse_number(_asked(node))
    return nodes.Reference(asked, asked.kind if asked else "", None)


def _asked(node: Node) -> str:
    """The publication a reply of steps or events alone belongs to: it stands in the query that was answered."""
    query = text(first(node.getroottree().getroot(), "query"))
    asked = parse_number(query.rpartition("=")[2].strip().split()[0]) if "=" in query else None
    return asked.display if asked else ""


def _status(node: Node) -> str:
    said = text(max(every(node, "ep-patent-status"), key=lambda one: one.get("change-date") or "", default=None)) or node.get("status") or ""
    folded = said.casefold()
    if any(word in folded for word in _ENDED):
        return f"ended|{said}"
    return f"{'granted' if any(word in folded for word in _GRANTED) else 'pending'}|{said}"


def _designated(source: Node) -> list[str]:
    newest = max(nodes.children(source, "designation-of-states"), key=lambda one: one.get("change-date") or "", default=None)
    if newest is None:
        return []
    states = [text(one) for one in every(newest, "country") if one.getparent() is not None and nodes.local(one.getparent()) != "region"]
    return sorted({state for state in states if state})


def _lapses(source: Node) -> list[str]:
    """Where the patent has lapsed, as a remark: the vocabulary of events knows only the end of a whole matter."""
    lapses: dict[str, str] = {}
    for one in every(source, "lapsed-in-country"):
        lapses.setdefault(text(first(one, "country")), str(nodes.day(text(first(one, "date"))) or "day not told"))
    return [f"Lapsed in {', '.join(f'{state} ({on})' for state, on in sorted(lapses.items()))}."] if lapses else []


def _parents(source: Node) -> list[LinkRecord]:
    links = []
    for parent in (one for division in every(source, "division") for one in every(division, "parent-doc")):
        found = nodes.reference(parent)
        if found.number is not None:
            links.append(LinkRecord("divisional", found.number.office, found.number.display, found.on))
    return links


def _events(node: Node, source: Node, record: AssetRecord, publications: list[nodes.Reference]) -> tuple[list[EventRecord], int]:
    """All that happened, each thing once, by its best day; and how many notices have no day that counts."""
    events = _filing(record, source, publications)
    events += [EventRecord("priority", link.on) for link in record.links if link.kind == "priority" and link.on]
    events += _effective(source)
    events += _steps(node)
    told = {event.kind for event in events}
    if told & {"office_action_1", "office_action_later"}:
        told |= {"response_filed"} if any(e.kind == "response_filed" for e in events) else set()
    left_out = 0
    for kind, on, note in _dossier(node):
        if kind == "notice":
            left_out += 1
        elif kind not in told:
            events.append(EventRecord(kind, on, note=note))
    if told & {"office_action_1", "intention_to_grant"} and every(node, "procedural-step"):
        left_out = 0
    return unique(events), left_out


def _filing(record: AssetRecord, source: Node, publications: list[nodes.Reference]) -> list[EventRecord]:
    """Filing, publication and grant. An application that came from an international one was filed when that was."""
    international = any(one.number and one.number.office == "WO" for one in publications)
    international = international or any(
        one.number and one.number.office == "WO" for one in map(nodes.reference, nodes.children(source, "application-reference"))
    )
    events = []
    if record.filed_on:
        events.append(EventRecord("international_filing" if international else "filing", record.filed_on))
    for one in publications:
        if one.number is not None and one.on and not one.kind.startswith("B"):
            events.append(EventRecord("international_publication" if one.number.office == "WO" else "publication", one.on))
    if record.granted_on:
        events.append(EventRecord("grant", record.granted_on))
    # A correction or a later search report is published again; the first publication is the one that counts.
    firsts: dict[str, EventRecord] = {}
    for event in sorted(events, key=lambda event: event.on):
        firsts.setdefault(event.kind, event)
    searched = [one.on for one in publications if one.number and one.number.office == "EP" and one.kind in ("A1", "A3", "A4") and one.on]
    return list(firsts.values()) + [
        EventRecord("search_report_published", on) for on in sorted(searched)[:1] if not international or _kind_a4(publications)
    ]


def _kind_a4(publications: list[nodes.Reference]) -> bool:
    return any(one.kind == "A4" for one in publications)


def _effective(source: Node) -> list[EventRecord]:
    """Days the register lists as effective: examination requested, first report despatched."""
    rights = first(source, "dates-rights-effective")
    found = []
    for name, kind in (("request-for-examination", "examination_request"), ("first-examination-report-despatched", "office_action_1")):
        on = nodes.day(text(first(rights, name, "date"))) if rights is not None else None
        if on:
            found.append(EventRecord(kind, on))
    return found


def _steps(node: Node) -> list[EventRecord]:
    """Procedural steps; of several communications the first is the first action, the others later ones."""
    made = []
    for step in every(node, "procedural-step"):
        code = text(first(step, "procedural-step-code"))
        said = {one.get("step-text-type"): text(one) for one in every(step, "procedural-step-text")}
        limit = text(first(step, "time-limit"))
        for when in every(step, "procedural-step-date"):
            kind, on = STEPS.get((code, when.get("step-date-type") or "")), nodes.day(text(first(when, "date")))
            if kind and on:
                year = said.get("YEAR", "")
                facts = {"year": str(int(year))} if kind == "renewal_paid" and year.isdigit() else {}
                note = said.get("STEP_DESCRIPTION", "") + (f", {int(limit)} months" if limit.isdigit() and kind == "office_action" else "")
                made.append(EventRecord(kind, on, facts=facts, note=note))
    first_action = min((event.on for event in made if event.kind == "office_action"), default=None)
    return [event._replace(kind=_action(event.on, first_action)) if event.kind == "office_action" else event for event in made]


def _action(on: date, first_action: date | None) -> str:
    return "office_action_1" if on == first_action else "office_action_later"


def _dossier(node: Node) -> Iterator[tuple[str, date, str]]:
    """Dossier events as (kind, day, note); "notice" for those without a day that counts."""
    for event in every(node, "dossier-event"):
        code, words = text(first(event, "event-code")), text(first(event, "event-text"))
        entered = nodes.day(text(first(event, "event-date", "date")))
        issue = nodes.day(text(first(event, "gazette-reference", "date")))
        if code in PUBLISHED and (issue or entered):
            yield PUBLISHED[code], issue or entered, words  # type: ignore[misc]
        elif code in ENTERED and entered:
            yield ENTERED[code], entered, f"{words} (day of the entry in the register)"
        elif code in NOTICES and entered:
            yield "notice", entered, words


def unique(events: list[EventRecord]) -> list[EventRecord]:
    """Each event once: the same kind and day with the same facts is the same event."""
    return list({(event.kind, event.on, tuple(sorted(event.facts.items()))): event for event in events}.values())
