"""Packages: taken once, only from whom a person trusts, and never when they were touched."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import warnings
import zipfile

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from causeway.frame import access, audit, scope
from causeway.rooms.network.models import Collection, Contribution, FrozenAnswers, Installation, Invited, Package, ReceivedPack, Release, Round
from causeway.rooms.network.services import answers, exchange, package
from causeway.rooms.network.services.questionnaires import digest
from causeway.rooms.network.tests.making import DEFINITION, asked, handed_in, person, today, university

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _home(settings, tmp_path):
    settings.HOME = tmp_path


@pytest.fixture
def director(db):
    made = person(university(1))
    with scope.use(made.university_id):
        yield made


@pytest.fixture
def elsewhere(monkeypatch):
    """Writes packages with the key of another installation."""
    theirs = Ed25519PrivateKey.generate()
    key = base64.b64encode(theirs.public_key().public_bytes_raw()).decode()

    def write(sequence=1, to="", **records):
        with monkeypatch.context() as patch:
            patch.setattr(package, "_private_key", lambda: theirs)
            return package.write(name="Other University", to=to, sequence=sequence, made_at="2026-01-01", records=records)

    write.key, write.private = key, theirs
    write.fingerprint = package.fingerprint(key)
    return write


def take(actor, data):
    return exchange.package_take(actor=actor, source=io.BytesIO(data), size=len(data))


def trusted(actor, elsewhere):
    with pytest.raises(package.Stranger):
        take(actor, elsewhere(sequence=1))
    return exchange.installation_trust(actor=actor, fingerprint=package.grouped(elsewhere.fingerprint))


def case(version=1, title="A case"):
    content = {"texts": {"en": {"title": title}}, "mechanisms": ["CAP-01"], "targets": []}
    return {"key": "6f1c1f3e-5a0e-4b51-9a55-0d2c2a1d0001", "version": version, "source_name": "Other University", "title": title, "hei_name": "Other University", "hei_key": "other", "number": "", "country": "DE",
            "kind": "", "year": 2025, "language": "en", "content": content, "words": title.lower(), "sha256": digest(content), "released_by": "Ann"}  # fmt: skip


def round_record(**changed):
    made = {"key": "6f1c1f3e-5a0e-4b51-9a55-0d2c2a1d0002", "version": 1, "title": "Asked elsewhere", "source_name": "Other University", "definition": DEFINITION, "sha256": digest(DEFINITION),
            "opens_on": "2020-01-01", "closes_on": f"{today().year + 1}-12-31"}  # fmt: skip
    return {**made, **changed}


def test_the_key_is_made_once_and_is_the_owners_alone(settings):
    first = package.public_key()
    assert package.public_key() == first and len(package.fingerprint(first)) == 64
    kept = settings.HOME / "signing-key"
    assert kept.stat().st_mode & 0o777 == 0o600 and [one.name for one in settings.HOME.iterdir()] == ["signing-key"]


def test_a_stranger_is_held_at_the_door_until_a_person_confirms(director, elsewhere):
    with pytest.raises(package.Stranger) as told:
        take(director, elsewhere(case=[case()]))
    assert package.grouped(elsewhere.fingerprint) in str(told.value)
    assert not Release.objects.exists() and not Installation.objects.get().trusted
    with pytest.raises(exchange.Unknown):
        exchange.installation_trust(actor=director, fingerprint=elsewhere.fingerprint[:16])
    with pytest.raises(access.Refused):
        exchange.installation_trust(actor=person(university(2), "office"), fingerprint=elsewhere.fingerprint)
    exchange.installation_trust(actor=director, fingerprint=elsewhere.fingerprint.upper())
    assert take(director, elsewhere(case=[case()])).counts == {"case": 1}
    assert Release.objects.get().state == "published"


def test_the_same_package_twice_changes_nothing(director, elsewhere):
    trusted(director, elsewhere)
    data = elsewhere(sequence=5, case=[case()], round=[round_record()])
    assert take(director, data).counts == {"case": 1, "round": 1}
    before = audit.canonical([list(model.objects.order_by("pk").values()) for model in (Release, Round, Invited, Package, Installation)])
    again = take(director, data)
    assert again.again and again.counts == {}
    assert audit.canonical([list(model.objects.order_by("pk").values()) for model in (Release, Round, Invited, Package, Installation)]) == before


def test_an_older_package_is_refused(director, elsewhere):
    trusted(director, elsewhere)
    take(director, elsewhere(sequence=5, case=[case()]))
    with pytest.raises(package.Refusal, match="older"):
        take(director, elsewhere(sequence=4, case=[case(2)]))
    with pytest.raises(package.Refusal, match="older"):
        take(director, elsewhere(sequence=5, case=[case(2)]))
    assert Release.objects.count() == 1


def test_a_package_for_somebody_else_or_of_ourselves_is_refused(director, elsewhere):
    trusted(director, elsewhere)
    with pytest.raises(package.Refusal, match="another installation"):
        take(director, elsewhere(to="0" * 64))
    assert take(director, elsewhere(sequence=2, to=package.fingerprint(package.public_key()))).counts == {}
    with pytest.raises(package.Refusal, match="itself"):
        take(director, exchange.package_make(actor=director).data)


def rebuilt(data, **changed):
    """The package with entries put in place of others, and further ones added."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w") as new:
        for info in old.infolist():
            name = info.filename
            if name in changed and changed[name] is None:
                continue
            new.writestr(name, changed.get(name, old.read(name)))
        for name, content in changed.items():
            if name not in old.namelist() and content is not None:
                new.writestr(name, content)
    return target.getvalue()


def manifest_of(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return json.loads(archive.read("manifest.json"))


def test_whatever_was_touched_is_refused(director, elsewhere):
    trusted(director, elsewhere)
    data = elsewhere(sequence=7, case=[case()])
    told = manifest_of(data)
    for changed in (
        {"manifest.json": json.dumps({**told, "sequence": 9}).encode()}, {"records/case-1.json": json.dumps(case(title="Forged")).encode()}, {"signature": base64.b64encode(b"0" * 64)}, {"signature": b"nonsense"},
        {"records/case-1.json": None}, {"records/case-2.json": b"{}"}, {"manifest.json": None}, {"../evil.json": b"{}"}, {"records/../../evil.json": b"{}"}, {"/etc/passwd": b"x"}, {"records/case-1.exe": b"x"},
        {"manifest.json": json.dumps({**told, "version": 0}).encode()}, {"manifest.json": json.dumps({**told, "algorithm": "none"}).encode()}, {"manifest.json": b"[]"}, {"manifest.json": b"\xff"},
    ):  # fmt: skip
        with pytest.raises(package.Refusal):
            take(director, rebuilt(data, **changed))
    for damaged in (b"", b"PK\x03\x04", data[: len(data) // 2], data[:-30], b"MZ" + data[2:], data[:40] + b"\x00" * 8 + data[48:]):
        with pytest.raises(package.Refusal):
            take(director, damaged)
    assert not Release.objects.exists() and Installation.objects.get().sequence == 0
    assert take(director, data).counts == {"case": 1}


def test_a_signature_by_another_key_under_a_known_name_is_refused(director, elsewhere):
    trusted(director, elsewhere)
    data = elsewhere(sequence=7, case=[case()])
    thief = Ed25519PrivateKey.generate()
    told = manifest_of(data)
    own = base64.b64encode(thief.public_key().public_bytes_raw()).decode()
    for sender in ({**told["from"]}, {**told["from"], "public_key": own}):
        forged = audit.canonical({**told, "from": sender}).encode()
        with pytest.raises(package.Refusal):
            take(director, rebuilt(data, **{"manifest.json": forged, "signature": base64.b64encode(thief.sign(b"causeway-package-1\n" + forged))}))


def test_old_and_unsigned_formats_are_refused_even_when_signed(director, elsewhere):
    trusted(director, elsewhere)
    told = manifest_of(elsewhere(sequence=7))
    for changed in ({"version": 0}, {"version": 2}, {"algorithm": "hmac"}, {"format": "other"}, {"sequence": "7"}, {"sequence": True}, {"records": []}):
        text = audit.canonical({**told, **changed}).encode()
        data = rebuilt(elsewhere(sequence=7), **{"manifest.json": text, "signature": base64.b64encode(elsewhere.private.sign(b"causeway-package-1\n" + text))})
        with pytest.raises(package.Refusal):
            take(director, data)


def test_what_is_too_large_or_built_to_hurt_is_refused(director, elsewhere, monkeypatch):
    trusted(director, elsewhere)
    with pytest.raises(package.Refusal, match="larger"):
        exchange.package_take(actor=director, source=io.BytesIO(b""), size=package.MOST_BYTES + 1)
    data = elsewhere(sequence=8, case=[case()])
    monkeypatch.setattr(package, "MOST_UNPACKED", 5_000)
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", b"0" * 1_000_000)
    with pytest.raises(package.Refusal, match="unpacks"):
        take(director, bomb.getvalue())
    monkeypatch.undo()
    twice = io.BytesIO(data)
    with warnings.catch_warnings(), zipfile.ZipFile(twice, "a") as archive:
        warnings.simplefilter("ignore")
        archive.writestr("manifest.json", b"{}")
    with pytest.raises(package.Refusal, match="twice"):
        take(director, twice.getvalue())
    link = io.BytesIO()
    with zipfile.ZipFile(link, "w") as archive:
        info = zipfile.ZipInfo("manifest.json")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    with pytest.raises(package.Refusal):
        take(director, link.getvalue())


def test_a_record_that_cannot_be_takes_nothing_in(director, elsewhere):
    trusted(director, elsewhere)
    good = case()
    other = case(2)
    for wrong in ({}, {**other, "sha256": "0" * 64}, {**other, "version": "x"}, {**other, "key": "nobody"}, {**other, "country": "TOOLONG"}, {**good, "sha256": "0" * 64}):
        with pytest.raises(package.Refusal, match="Nothing was taken"):
            take(director, elsewhere(sequence=9, case=[good, wrong]))
    assert not Release.objects.exists()
    taken = take(director, elsewhere(sequence=9, case=[good], unheard=[{"a": 1}]))
    assert taken.counts == {"case": 1} and "unheard" in taken.notes[0]
    changed = {"texts": {"en": {"title": "Other"}}, "mechanisms": [], "targets": []}
    with pytest.raises(package.Refusal, match="never changed"):
        take(director, elsewhere(sequence=10, case=[{**good, "content": changed, "sha256": digest(changed)}]))


def test_a_coordinator_reviews_what_comes(director, elsewhere):
    from causeway.frame.models import Setting

    Setting.objects.create(university_id=director.university_id, key="network.coordinates", value=True)
    trusted(director, elsewhere)
    take(director, elsewhere(sequence=2, case=[case()]))
    assert Release.objects.get().state == "submitted" and not Release.objects.get().current


def test_a_questionnaire_goes_out_is_answered_elsewhere_and_comes_back(director, elsewhere, monkeypatch):
    """Here as the one that is asked: the round comes in, is answered, and the answers go out to the one who asks alone."""
    trusted(director, elsewhere)
    take(director, elsewhere(sequence=2, round=[round_record()]))
    round = Round.objects.get()
    from causeway.frame.models import University

    handed_in(round, University.objects.get(pk=director.university_id))
    data = exchange.package_make(actor=director, to=elsewhere.fingerprint).data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sent = json.loads(archive.read("records/answers-1.json"))
    assert sent["content"]["answers"]["licences"] == {"parts": {"value": "3"}} and sent["asked_by"] == elsewhere.fingerprint
    late = round_record(definition={**DEFINITION, "currency": "USD"})
    with pytest.raises(package.Refusal):
        take(director, elsewhere(sequence=3, round=[late]))
    ring = {**DEFINITION, "sections": [{**DEFINITION["sections"][0], "when": "budget > 1"}]}
    left = take(director, elsewhere(sequence=3, round=[round_record(key="6f1c1f3e-5a0e-4b51-9a55-0d2c2a1d0009", definition=ring, sha256=digest(ring))]))
    assert left.counts == {} and "wait for each other" in left.notes[0]


def answer_record(round, version=1, licences="9", **changed):
    content = {"answers": {"has_office": "yes", "licences": {"parts": {"value": licences}}, "nothing": "x"}, "year": 2025, "how": {}, "notes": {}}
    made = {"round": str(round.key), "round_version": round.version, "university": "4", "name": "Other University", "country": "DE", "version": version, "content": content, "sha256": digest(content),
            "released_at": f"{today()}T10:00:00", "released_by": "Ann", "asked_by": ""}  # fmt: skip
    return {**made, **changed}


def test_answers_from_elsewhere_count_once_and_go_when_their_installation_leaves(director, elsewhere):
    round = asked(director, [])
    trusted(director, elsewhere)
    taken = take(director, elsewhere(sequence=2, answers=[answer_record(round)]))
    assert taken.counts == {"answers": 1} and "nothing" in taken.notes[0]
    assert Contribution.objects.get().number == 9 and Invited.objects.get().state == "submitted"
    with pytest.raises(package.Refusal, match="never changed"):
        take(director, elsewhere(sequence=3, answers=[answer_record(round, licences="10")]))
    take(director, elsewhere(sequence=3, answers=[answer_record(round, version=2, licences="10")]))
    assert FrozenAnswers.objects.count() == 2 and Contribution.objects.get().number == 10
    late = take(director, elsewhere(sequence=4, answers=[answer_record(round, version=3, released_at=f"{round.closes_on.year + 1}-01-01")]))
    assert late.counts == {} and "last day" in late.notes[0]
    gone = exchange.installation_leave(actor=director, obj=Installation.objects.get(), why="They left the network")
    assert gone == {"answers": 2, "figures": 1} and not FrozenAnswers.objects.exists() and not Contribution.objects.exists()
    with pytest.raises(package.Refusal, match="not taken any more"):
        take(director, elsewhere(sequence=9))
    audit.seal(director.university_id)
    assert audit.verify(director.university_id).faults == ()
    assert answers.contributed(director) == 0


def edition_record(**changed):
    cells = [["LI01", "none", "all", 2025, 6, "2", "5/2", "4", ""], ["LI01", "none", "eu", 2025, 0, "", "", "", "few"]]
    made = {"collection": "round:6f1c1f3e-5a0e-4b51-9a55-0d2c2a1d0002", "title": "Asked elsewhere", "about": "", "currency": "EUR", "number": 1, "groups": [{"key": "all", "title": "All", "count": 6}],
            "published_at": "2026-02-01T10:00:00+00:00", "published_by": "Ann", "cells": cells, "sha256": ""}  # fmt: skip
    made |= changed
    return {**made, "sha256": made["sha256"] or digest(made["cells"])}


def test_a_benchmark_comes_back_with_the_own_figure_beside_it(director, elsewhere):
    from causeway.frame.models import University
    from causeway.rooms.network.selectors import benchmarks as reads
    from causeway.rooms.network.services import benchmarks

    trusted(director, elsewhere)
    take(director, elsewhere(sequence=2, round=[round_record()]))
    handed_in(Round.objects.get(), University.objects.get(pk=director.university_id))
    assert take(director, elsewhere(sequence=3, edition=[edition_record()])).counts == {"edition": 1}
    collection = Collection.objects.get()
    assert reads.own_line(director, collection, "LI01", "none") == {2025: 3}
    assert reads.cells_of(reads.latest(collection), "LI01", "none")[0].median == "5/2"
    with pytest.raises(access.Refused, match="another installation"):
        benchmarks.edition_publish(actor=director, collection=collection)
    assert take(director, elsewhere(sequence=4, edition=[edition_record()])).counts == {}
    few, wrong = [["LI01", "none", "all", 2025, 4, "2", "2", "4", ""]], [["LI01", "none", "all", 2025, 9, "5", "2", "4", ""]]
    for cells in (few, wrong, [["LI01", "none"]], [["LI01", "tax", "all", 2025, 9, "1", "2", "4", ""]]):
        with pytest.raises(package.Refusal):
            take(director, elsewhere(sequence=5, edition=[edition_record(number=2, cells=cells)]))
    with pytest.raises(package.Refusal):
        take(director, elsewhere(sequence=5, edition=[edition_record(number=2, sha256="0" * 64)]))


def test_our_editions_go_out_without_who_contributed(director):
    from causeway.rooms.network.services import benchmarks

    made = Collection.objects.create(key="round:x", title="X", source_id=director.university_id)
    for n in range(6):
        Contribution.objects.create(collection=made, origin=f"away:secret:{n}", name=f"Secret {n}", figure="LI01", year=2025, digits=n)
    benchmarks.edition_publish(actor=director, collection=made)
    data = exchange.package_make(actor=director).data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        text = archive.read("records/edition-1.json").decode()
    assert "LI01" in text and "ecret" not in text


def test_packs_come_as_text_with_their_faults_and_never_leave_their_folder(director, elsewhere):
    trusted(director, elsewhere)
    pack = {"name": "guide-test", "files": {"pack.yaml": "id: guide-test\nversion: '1.0'\n", "rules/a.yaml": "- a: 1\n- a: &x 2\n"}}
    taken = take(director, elsewhere(sequence=2, pack=[pack]))
    assert taken.counts == {"pack": 1} and ReceivedPack.objects.get().faults and "faults" in taken.notes[0]
    for name in ("../../evil.yaml", "/etc/evil.yaml", "a\\..\\..\\b.yaml", "run.py"):
        with pytest.raises(package.Refusal):
            take(director, elsewhere(sequence=3, pack=[{"name": "x", "files": {"pack.yaml": "version: '1'\n", name: "a: 1\n"}}]))


def test_our_own_package_is_the_same_each_time_but_for_its_number(director):
    first, second = exchange.package_make(actor=director), exchange.package_make(actor=director)
    assert (first.sequence, second.sequence) == (1, 2)
    opened = package.read(io.BytesIO(second.data), len(second.data))
    assert opened.sequence == 2 and opened.sha256 == second.sha256 and hashlib.sha256(base64.b64decode(opened.public_key)).hexdigest() == opened.fingerprint
