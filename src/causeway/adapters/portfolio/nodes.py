"""Helpers over XML trees of the registers, whose namespaces change from reply to reply: names are compared without them."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from lxml import etree

from causeway.adapters.portfolio.dates import DateFault, parse
from causeway.rooms.assets.numbers import Number, docdb_number, parse_number, publication_key
from causeway.rooms.assets.ports import AssetRecord, LinkRecord

Node = etree._Element


def local(node: Node) -> str:
    """The name of an element without its namespace; "" for comments and instructions."""
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


def every(node: Node, name: str) -> list[Node]:
    """All elements of a name below a node, in document order."""
    return [one for one in node.iter(f"{{*}}{name}") if one is not node]


def first(node: Node | None, *names: str) -> Node | None:
    """The first element of a name below a node, then the first of the next name below that one."""
    here = node
    for name in names:
        here = next((found for found in here.iter(f"{{*}}{name}") if found is not here), None) if here is not None else None
    return here


def children(node: Node | None, name: str) -> list[Node]:
    """The elements of a name directly below a node."""
    return list(node.iterchildren(f"{{*}}{name}")) if node is not None else []


def text(node: Node | None) -> str:
    """All text of a node, in one line."""
    return " ".join("".join(node.itertext()).split()) if node is not None else ""


def day(written: str) -> date | None:
    """A day of a register; None for nothing and for the filler days of migrated data."""
    try:
        found = parse(written.strip()[:10], "ymd", None)
    except DateFault:
        return None
    return found if found and found.year > 1800 else None


class Reference(tuple):
    """A reference to an application or publication: its number, kind code and day."""

    number: Number | None
    kind: str
    on: date | None

    def __new__(cls, number: Number | None, kind: str, on: date | None) -> Reference:
        """A value of three parts."""
        made = super().__new__(cls, (number, kind, on))
        made.number, made.kind, made.on = number, kind, on
        return made


def reference(*nodes: Node, publication: bool = False) -> Reference:
    """What one or several nodes with document ids name: the register's own form first, then the European one, then the office's.

    The day may stand beside another form than the number.
    """
    ids = [one for node in nodes for one in (every(node, "document-id") or [node])]
    on = next(filter(None, (day(text(first(one, "date"))) for one in ids)), None)
    for one in sorted(ids, key=_rank):
        country, number, kind = (text(first(one, name)) for name in ("country", "doc-number", "kind"))
        found = (parse_number(f"{country}{number}") if publication else docdb_number(country, number, kind)) if number else None
        if found is not None:
            return Reference(found, kind or found.kind, on)
    return Reference(None, "", on)


def _rank(one: Node) -> int:
    form = one.get("document-id-type") or (one.getparent().get("data-format") if one.getparent() is not None else None) or "docdb"
    return {"docdb": 0, "application number": 0, "epodoc": 1}.get(form, 2) + (3 if first(one, "country") is None and form == "docdb" else 0)


def add_publication(record: AssetRecord, found: Reference) -> None:
    """Note a publication: kinds B and C of the European and most other offices are granted rights, the rest applications.

    Of several, the one of the record's own office names it; the earliest day is the day it became public.
    """
    if found.number is None:
        return
    shown = f"{found.number.published} {found.kind}".strip()
    if _granting(found):
        record.grant_number = record.grant_number or shown
        record.granted_on = min(filter(None, (record.granted_on, found.on)), default=None)
    else:
        own = shown[:2] == record.office and record.publication_number[:2] != record.office
        record.publication_number = shown if own or not record.publication_number else record.publication_number
        record.published_on = min(filter(None, (record.published_on, found.on)), default=None)


#: Before applications were published there, the letter A stood for a granted patent.
_US_PUBLISHES = date(2001, 3, 15)
#: Until then the German letter B stood for an examined application laid open to opposition.
_DE_GRANTS = date(1981, 1, 1)


def _granting(found: Reference) -> bool:
    office = found.number.office if found.number else ""
    if office == "US" and found.kind == "A":
        return bool(found.on and found.on < _US_PUBLISHES)
    return found.kind.startswith("B") and not (office == "DE" and found.on is not None and found.on < _DE_GRANTS)


def priorities(node: Node) -> list[LinkRecord]:
    """Earlier applications claimed; the forms of one claim are laid together by their sequence."""
    claims: dict[str, list[Node]] = {}
    for place, claim in enumerate(every(node, "priority-claim")):
        claims.setdefault(claim.get("sequence") or str(place), []).append(claim)
    links = {}
    for group in claims.values():
        found = reference(*group)
        if found.number is not None:
            links.setdefault(found.number.key, LinkRecord("priority", found.number.office, found.number.display, found.on))
    return list(links.values())


_COUNTRY = re.compile(r"\s*\[[A-Z]{2}\]$")
_SEVERAL = re.compile(r"\s*_;;_\s*")


def people(node: Node, group: str) -> list[str]:
    """Names of a group of parties: the newest list of a register, the form nearest to how the names are written of a document."""
    lists = every(node, group)
    if not lists:
        return []
    newest = max(lists, key=lambda one: one.get("change-date") or "")
    forms: dict[str, list[str]] = {}
    for party in newest:
        if local(party):
            names = [_COUNTRY.sub("", name).strip(" ,;") for name in _SEVERAL.split(text(first(party, "name")))]
            forms.setdefault(party.get("data-format") or "", []).extend(filter(None, names))
    chosen = next((forms[form] for form in ("original", "docdba", "", "docdb", "epodoc") if form in forms), [])
    return _once(chosen)


def _once(names: list[str]) -> list[str]:
    """Each name once whatever its case, punctuation and spelling of umlauts; of two ways to write it the one that is not all capitals."""
    found: dict[str, str] = {}
    for name in names:
        plain = unicodedata.normalize("NFKD", name.casefold())
        key = re.sub(r"(?<=[aou])e|\W+", "", "".join(c for c in plain if not unicodedata.combining(c)))
        if key not in found or (found[key].isupper() and not name.isupper()):
            found[key] = name
    return list(found.values())


def title(node: Node, titles: dict[str, str]) -> str:
    """The newest title in English, else in another language; `titles` takes all."""
    found = sorted((one for one in every(node, "invention-title") if text(one)), key=lambda one: one.get("change-date") or "", reverse=True)
    for one in found:
        titles.setdefault((one.get("lang") or "en").lower(), text(one))
    return titles.get("en") or next(iter(titles.values()), "")


def named(application: Reference, publication: Reference) -> AssetRecord | None:
    """A record under its application number, or under its publication where only that is told; None where neither is."""
    if application.number is not None:
        number = application.number
        return AssetRecord("1", number.office, number.display, number.key, filed_on=application.on)
    if publication.number is not None:
        number = publication.number
        return AssetRecord("1", number.office, "", publication_key(f"{number.display} {publication.kind}"), filed_on=application.on)
    return None
