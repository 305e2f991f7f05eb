"""Register replies against a second reading of the same XML that shares no code with the reader."""

import os
import re
import xml.etree.ElementTree as ET
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from causeway.adapters.portfolio import FileReader
from causeway.rooms.assets.ports import AssetRecord, CellProblem

DATA = Path(os.environ.get("CAUSEWAY_SHARED", Path(__file__).resolve().parents[6] / "shared")) / "data"
pytestmark = pytest.mark.skipif(not DATA.exists(), reason="the real data is not beside the project")
READER = FileReader()
REGISTER = DATA / "ep_register"


def files(*patterns):
    return [path for pattern in patterns for path in sorted(DATA.glob(pattern)) if path.stat().st_size > 200]


def records(path):
    shape = READER.recognise(str(path), path.name, {})
    return [one for one in READER.read(str(path), shape) if isinstance(one, AssetRecord)]


def tag(node):
    return node.tag.rpartition("}")[2]


def below(node, *names):
    """Elements at the end of a path of names, however deep each lies."""
    here = [node]
    for name in names:
        here = [found for one in here for found in one.iter() if tag(found) == name and found is not one]
    return here


def words(node):
    return " ".join("".join(node.itertext()).split())


def day(text):
    return date(int(text[:4]), int(text[4:6]), int(text[6:8]))


@pytest.mark.parametrize(
    "path", files("ep_register/fhg_imw_2017/*.xml", "ep_register/demo/examples/*register*/*.xml"), ids=lambda p: "/".join(p.parts[-2:])
)
def test_register_documents_agree_with_the_xml(path):
    documents = below(ET.parse(path).getroot(), "register-document")
    if not documents:
        assert records(path) == []
        return
    expected = set()
    for one in documents:
        numbers = [words(n) for a in below(one, "application-reference") for n in below(a, "doc-number") if words(below(a, "country")[0]) == "EP"]
        expected.add(f"EP{numbers[0]}" if numbers else "EP:2400812")
    found = records(path)
    assert {one.key for one in found} == expected
    for record in found:
        one = next(
            d for d in documents if not record.number or any(words(n) == record.key[2:] for n in below(d, "application-reference", "doc-number"))
        )
        grants = [
            day(words(below(p, "date")[0]))
            for p in below(one, "publication-reference")
            if [words(k) for k in below(p, "kind")][:1] in (["B1"], ["B2"])
        ]
        assert record.granted_on == (min(grants) if grants else None)
        titles = [t for t in below(one, "invention-title") if t.get("lang") == "en"]
        assert not titles or record.title == words(max(titles, key=lambda t: t.get("change-date") or ""))
        paid = Counter((words(t), words(d)) for s in below(one, "procedural-step") if words(below(s, "procedural-step-code")[0]) == "RFEE"
                       for t in below(s, "procedural-step-text") if t.get("step-text-type") == "YEAR" for d in below(s, "date"))  # fmt: skip
        told = Counter(
            (f"{int(e.facts['year']):02d}", e.on.strftime("%Y%m%d")) for e in record.events if e.kind == "renewal_paid" and "year" in e.facts
        )
        assert told == paid
        entries = [words(below(e, "event-date", "date")[0]) for e in below(one, "dossier-event") if words(below(e, "event-code")[0]) == "EPIDOSNRFE2"]
        assert sorted(e.on.strftime("%Y%m%d") for e in record.events if e.kind == "renewal_paid" and "year" not in e.facts) == sorted(entries)
        lists = below(one, "designation-of-states")
        newest = max(lists, key=lambda n: n.get("change-date") or "") if lists else None
        states = {words(c) for c in below(newest, "country")} - {"EP"} if newest is not None else set()
        assert set(record.designated) == states
        applicants = below(one, "applicants")
        names = {words(n) for n in below(max(applicants, key=lambda n: n.get("change-date") or ""), "name")} if applicants else set()
        assert {part for name in names for part in name.split(" _;;_ ")} == set(record.owners)


@pytest.mark.parametrize("path", files("ep_register/demo/examples/*family*/*.xml", "ep_register/*/examples/get_legal*/*.xml", "ep_register/testdata/legal.xml"),
                         ids=lambda p: "/".join(p.parts[-2:]))  # fmt: skip
def test_families_and_legal_events_agree_with_the_xml(path):
    members = below(ET.parse(path).getroot(), "family-member")
    docdb = [
        i for m in members for a in m if tag(a) == "application-reference" for i in below(a, "document-id") if i.get("document-id-type") == "docdb"
    ]
    expected = {
        (words(below(i, "country")[0]), words(below(i, "doc-number")[0])[-8 if words(below(i, "country")[0]) == "US" else -20 :]) for i in docdb
    }
    found = {(one.office, one.key[2:]): one for one in records(path)}
    assert found.keys() == expected
    assert {one.family for one in found.values()} == {"43088294"}
    national = {(words(below(e, "L501EP")[0]), words(below(e, "L520EP")[0]), words(below(e, "L518EP")[0]))
                for m in members for e in below(m, "legal") if e.get("code", "").strip() == "PGFP"}  # fmt: skip
    told = {(e.facts["office"], e.facts["year"], e.on.strftime("%Y%m%d")) for one in found.values() for e in one.events if e.facts.get("office")}
    assert told == national
    maintenance = sum(e.get("code", "").strip() == "MAFP" for m in members for e in below(m, "legal"))
    assert sum("stage" in e.facts for one in found.values() for e in one.events) == maintenance


@pytest.mark.parametrize("path", files("docdb/*.xml"), ids=lambda p: p.name)
def test_docdb_documents_agree_with_the_xml(path):
    count = len(re.findall(r"<(?:\w+:)?exchange-document[ >]", path.read_text(encoding="utf-8")))
    found = records(path)
    assert len(found) == count and all(one.title and one.filed_on and one.owners for one in found)


def test_replies_without_applications_bring_none():
    for name in ("get_claims_multiple", "get_description", "get_classification_statistics", "convert_patent_number_epodoc", "get_fulltext_multiple"):
        path = REGISTER / "demo/examples" / name / "response.xml"
        shape = READER.recognise(str(path), path.name, {})
        (problem,) = READER.read(str(path), shape)
        assert isinstance(problem, CellProblem) and problem.code == "no-assets" and "no applications" in problem.message


def test_publications_never_pass_for_applications():
    for record in records(REGISTER / "demo/examples/search/response.xml"):
        assert record.number == "" and ":" in record.key and record.publication_number
