"""Packages: taken once, only from whom a person trusts, and never when they were touched."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import random
import re
import warnings
import zipfile
from datetime import date

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.urls import reverse
from django.utils import timezone

from causeway.engines.practice import shipped_practice
from causeway.frame import access, audit, scope
from causeway.frame.models import Setting, University, User
from causeway.rooms.governance.models import PackCopy
from causeway.rooms.network.models import (
    Case,
    Collection,
    Contribution,
    FrozenAnswers,
    Installation,
    Institution,
    Invited,
    Package,
    ReceivedPack,
    Release,
    ReleasedFile,
    Round,
    SharedOffer,
)
from causeway.rooms.network.services import cases, exchange, library, package
from causeway.rooms.network.services.questionnaires import digest
from causeway.rooms.network.tests.making import DEFINITION, asked, handed_in, person, today, university

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _home(settings, tmp_path):
    settings.HOME, settings.MEDIA_ROOT = tmp_path / "home", tmp_path / "media"
    settings.HOME.mkdir()


@pytest.fixture
def director(db):
    """A director who looks after the installation too."""
    made = person(university(1))
    User.objects.filter(pk=made.user_id).update(is_installer=True)
    with scope.use(made.university_id):
        yield made


@pytest.fixture
def elsewhere():
    """Writes packages with the key of another installation."""
    theirs = Ed25519PrivateKey.generate()
    key = base64.b64encode(theirs.public_key().public_bytes_raw()).decode()

    def write(sequence=1, to="", attached=None, ror="", **records):
        return package.write(name="Other University", to=to, sequence=sequence, made_at="2026-01-01", records=records, attached=attached, ror=ror, key=theirs)

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
    other = university(2)
    with pytest.raises(access.Refused):
        exchange.installation_trust(actor=person(other, "office"), fingerprint=elsewhere.fingerprint)
    User.objects.filter(pk=director.user_id).update(is_installer=False)
    with pytest.raises(access.Refused, match="looks after the installation"):
        exchange.installation_trust(actor=director, fingerprint=elsewhere.fingerprint)
    User.objects.filter(pk=director.user_id).update(is_installer=True)
    exchange.installation_trust(actor=director, fingerprint=elsewhere.fingerprint.upper())
    with pytest.raises(access.Refused, match="looks after the installation"):
        exchange.installation_leave(actor=person(other), obj=Installation.objects.get(), why="x")
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


def test_no_wrong_byte_of_a_package_is_a_fault_of_the_program(director, elsewhere):
    """A changed byte is refused, or it stands where nothing that was signed does and changes nothing."""
    trusted(director, elsewhere)
    data = elsewhere(sequence=7, case=[case()])
    places = random.Random(1)
    for _try in range(400):
        wrong = bytearray(data)
        wrong[places.randrange(len(data))] ^= 1 << places.randrange(8)
        try:
            opened = package.read(io.BytesIO(wrong), len(wrong))
        except package.Refusal:
            continue
        assert opened == package.read(io.BytesIO(data), len(data))


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
    assert not Contribution.objects.filter(source_id=director.university_id).exists()


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


def pack_record(version="9.1", **changed):
    """A shipped pack as another house changed it, with a version of its own."""
    shipped = next(pack for pack in shipped_practice() if pack.id == "guide-thu-five-one")
    files = dict(shipped.texts)
    files["pack.yaml"] = files["pack.yaml"].replace(f"version: '{shipped.version}'", f"version: '{version}'")
    return {"name": shipped.id, "files": files | changed}


def test_packs_come_as_text_with_their_faults_and_never_leave_their_folder(director, elsewhere):
    trusted(director, elsewhere)
    pack = {"name": "guide-test", "files": {"pack.yaml": "id: guide-test\nversion: '1.0'\nsubject: practice\n", "rules/a.yaml": "- a: 1\n- a: &x 2\n"}}
    taken = take(director, elsewhere(sequence=2, pack=[pack]))
    kept = ReceivedPack.objects.get()
    assert taken.counts == {"pack": 1} and (kept.state, kept.copy) == ("faulty", None) and "faults" in taken.notes[0]
    assert any(one["file"] == "guide-test/rules/a.yaml" and one["line"] == 2 for one in kept.faults)
    assert all(one["code"] and one["text"] for one in kept.faults) and not PackCopy.objects.exists()
    for name in ("../../evil.yaml", "/etc/evil.yaml", "a\\..\\..\\b.yaml", "run.py"):
        with pytest.raises(package.Refusal):
            take(director, elsewhere(sequence=3, pack=[{"name": "x", "files": {"pack.yaml": "version: '1'\n", name: "a: 1\n"}}]))


def test_a_clean_pack_is_ready_to_be_tried_and_another_text_of_it_is_told(director, elsewhere):
    trusted(director, elsewhere)
    assert take(director, elsewhere(sequence=2, pack=[pack_record()])).notes == []
    kept = ReceivedPack.objects.get()
    assert kept.state == "ready" and kept.copy.received_from == "Other University"
    from causeway.rooms.governance import services as policies

    assert policies.policy_create(actor=director, title="Shares", pack="guide-thu-five-one@9.1").copy == kept.copy
    other = pack_record(**{"CHANGELOG.md": "# Changes\n\nOther.\n"})
    told = take(director, elsewhere(sequence=3, pack=[other, pack_record(version="2026.1", **{"CHANGELOG.md": "# Other\n"}), pack_record()]))
    assert told.counts == {"pack": 2} and "came from Other University before" in told.notes[0] and "comes with Causeway in another text" in told.notes[1]
    assert sorted(ReceivedPack.objects.values_list("version", "state")) == [("2026.1", "clash"), ("9.1", "clash"), ("9.1", "ready")] and PackCopy.objects.count() == 1
    assert take(director, elsewhere(sequence=4, pack=[pack_record(version="2026.1")])).notes == [] and ReceivedPack.objects.filter(state="shipped", copy=None).count() == 1


def test_a_faulty_pack_is_shown_line_by_line_and_checked_again(client, director, elsewhere, monkeypatch):
    trusted(director, elsewhere)
    record = pack_record()
    first = next(name for name in record["files"] if name.startswith("values/"))
    record["files"][first] = record["files"][first].replace("basis: [", "basis: [NOWHERE-1, ", 1)
    take(director, elsewhere(sequence=2, pack=[record]))
    kept = ReceivedPack.objects.get()
    client.force_login(User.objects.get(pk=director.user_id))
    page = client.get(reverse("network:received_pack", args=[kept.pk])).content.decode()
    fault = kept.faults[0]
    assert f"{fault['file']}:{fault['line']}" in page and "NOWHERE-1" in page and fault["code"] in page and "It is refused" in page
    assert "(1)" in client.get(reverse("network:exchange")).content.decode()
    client.post(reverse("network:pack_check", args=[kept.pk]))
    kept.refresh_from_db()
    assert kept.state == "faulty"
    monkeypatch.setattr("causeway.rooms.governance.mapping.received.lint_practice", lambda *given: [])
    client.post(reverse("network:pack_check", args=[kept.pk]))
    kept.refresh_from_db()
    assert kept.state == "ready" and kept.faults == [] and kept.copy is not None


# --- pictures ------------------------------------------------------------------------------------------------------------------------


def picture(colour="teal", kind="PNG"):
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(out, kind)
    return out.getvalue()


def pictured(data, version=1, **changed):
    """A case with a picture, and the picture."""
    name = hashlib.sha256(data).hexdigest()
    photo = {"sha256": name, "type": "text/html", "alternative": "The quay", "caption": "", "holder": "Other University", "licence": "CC BY 4.0", "width": 9999, "height": 1} | changed
    content = {"texts": {"en": {"title": "A case"}}, "mechanisms": [], "targets": [], "contact": {}, "photos": [photo]}
    return case(version) | {"content": content, "sha256": digest(content)}, {name: data}


def test_a_picture_travels_with_its_rights_and_is_shown_as_what_its_bytes_say(client, director, elsewhere):
    trusted(director, elsewhere)
    data = picture()
    record, attached = pictured(data)
    assert take(director, elsewhere(sequence=2, case=[record], attached=attached)).notes == []
    release = Release.objects.get()
    photo = release.content["photos"][0]
    assert (photo["type"], photo["width"], photo["height"], photo["holder"], photo["licence"], photo["alternative"]) == ("image/png", 40, 30, "Other University", "CC BY 4.0", "The quay")
    client.force_login(User.objects.get(pk=director.user_id))
    response = client.get(reverse("network:photo", args=[release.pk, 0]))
    assert response["Content-Type"] == "image/png" and b"".join(response.streaming_content) == data and "sandbox" in response["Content-Security-Policy"]
    again, attached = pictured(data, version=2)
    assert take(director, elsewhere(sequence=3, case=[again], attached=attached)).counts == {"case": 1}
    assert ReleasedFile.objects.count() == 1
    without, _none = pictured(data, version=3)
    assert take(director, elsewhere(sequence=4, case=[without])).notes == [] and len(Release.objects.get(version=3).content["photos"]) == 1
    lost, _none = pictured(picture("red"), version=4)
    told = take(director, elsewhere(sequence=5, case=[lost]))
    assert "did not come along" in told.notes[0] and Release.objects.get(version=4).content["photos"] == []


@pytest.mark.parametrize(
    ("data", "changed", "why"),
    [
        (b"<html><script>alert(1)</script>", {}, "no PNG or JPEG"), (b"MZ" + b"x" * 200, {}, "no PNG or JPEG"), (b"\x89PNG\r\n\x1a\n<script>", {}, "no PNG or JPEG"),
        (None, {"licence": " "}, "which licence"), (None, {"alternative": ""}, "what it shows"), (None, {"holder": None}, None),
    ],
)  # fmt: skip
def test_a_picture_of_wrong_content_or_without_rights_takes_nothing_in(director, elsewhere, data, changed, why):
    trusted(director, elsewhere)
    record, attached = pictured(data or picture(), **changed)
    if changed == {"holder": None}:
        del record["content"]["photos"][0]["holder"]
        record["sha256"] = digest(record["content"])
    with pytest.raises(package.Refusal, match=why or "Nothing was taken"):
        take(director, elsewhere(sequence=2, case=[record], attached=attached))
    assert not Release.objects.exists() and not ReleasedFile.objects.exists() and Installation.objects.get().sequence == 0


def test_a_picture_with_more_pixels_than_a_page_bears_is_refused(director, elsewhere, monkeypatch):
    trusted(director, elsewhere)
    monkeypatch.setattr("causeway.rooms.network.services.pictures.MOST_PIXELS", 100)
    record, attached = pictured(picture())
    with pytest.raises(package.Refusal, match="million pixels"):
        take(director, elsewhere(sequence=2, case=[record], attached=attached))


def test_files_that_were_touched_or_are_not_listed_or_too_large_are_refused(director, elsewhere, monkeypatch):
    trusted(director, elsewhere)
    record, attached = pictured(picture())
    data = elsewhere(sequence=2, case=[record], attached=attached)
    name = f"files/{next(iter(attached))}"
    for changed in ({name: picture("red")}, {name: None}, {f"files/{'0' * 64}": b"x"}, {"files/evil.png": b"x"}, {"files/../x": b"x"}):
        with pytest.raises(package.Refusal):
            take(director, rebuilt(data, **changed))
    monkeypatch.setattr(package, "MOST_FILE", 50)
    with pytest.raises(package.Refusal, match="too large"):
        take(director, data)
    with pytest.raises(package.Refusal, match="Choose less"):
        elsewhere(sequence=3, attached=attached)
    monkeypatch.undo()
    assert take(director, data).counts == {"case": 1}


def published(director, settings, tmp_path, title="A quay for ideas"):
    settings.MEDIA_ROOT = tmp_path / "media"
    words = dict.fromkeys(cases.NEEDED, "Words.") | {"case_study_name": title}
    made = cases.case_create(actor=director, title=title, hei_name="U1", country="NL", fields=words)
    cases.photo_add(actor=director, case=made, source=io.BytesIO(picture()), name="q.png", alternative="The quay", holder="U1", licence="CC BY 4.0")
    cases.contact_save(actor=director, case=made, name="Berg, Ana", email="ana@example.org", agreed=True)
    Setting.objects.get_or_create(university_id=director.university_id, key="network.contacts", defaults={"value": True})
    return library.release_accept(actor=director, obj=cases.case_submit(actor=director, obj=made))


def test_pictures_stay_with_cases_whose_university_leaves(client, director, settings, tmp_path):
    release = published(director, settings, tmp_path)
    exchange.network_leave(actor=director, why="We go")
    client.force_login(User.objects.get(pk=person(university(2)).user_id))
    assert b"".join(client.get(reverse("network:photo", args=[release.pk, 0])).streaming_content)[:4] == b"\x89PNG"


# --- choosing ------------------------------------------------------------------------------------------------------------------------


def inside(data, start="records/"):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name).decode("utf-8", "replace") for name in archive.namelist() if name.startswith(start)}


def test_only_what_was_chosen_leaves_and_contact_persons_only_when_asked(director, settings, tmp_path):
    one, other = published(director, settings, tmp_path), published(director, settings, tmp_path, "Another quay")
    cases.case_create(actor=director, title="Secret draft", hei_name="U1")
    made = exchange.package_make(actor=director, only=[f"case:{one.key}"])
    texts = "".join(inside(made.data).values())
    assert made.counts == {"case": 1, "picture": 1} and "A quay for ideas" in texts and "Another quay" not in texts and "Secret" not in texts
    assert "Berg" not in texts and "ana@" not in texts and '"file"' not in texts and any("Contact persons" in line for line in made.left)
    assert len(inside(made.data, "files/")) == 1
    with_them = exchange.package_make(actor=director, contacts=True)
    assert with_them.counts == {"case": 2, "picture": 1} and "ana@example.org" in "".join(inside(with_them.data).values())
    sent = Package.objects.order_by("pk")
    assert [one.contacts for one in sent] == [False, True] and [item["key"] for item in sent[0].listed] == [f"case:{one.key}"]
    assert exchange.package_make(actor=director, only=[]).counts == {}
    with pytest.raises(exchange.Unknown):
        exchange.package_make(actor=director, only=["case:11111111-1111-1111-1111-111111111111"])
    library.release_withdraw(actor=director, release=other, why="x")
    with pytest.raises(exchange.Unknown):
        exchange.package_make(actor=director, only=[f"case:{other.key}"])


def test_what_a_university_handed_over_is_seen_by_itself_alone(client, director, settings, tmp_path):
    published(director, settings, tmp_path)
    exchange.package_make(actor=director, contacts=True)
    far = person(university(2), "office")
    for actor, seen in ((director, True), (far, False)):
        client.force_login(User.objects.get(pk=actor.user_id))
        with scope.use(actor.university_id):
            assert ("A quay for ideas" in client.get(reverse("network:exchange")).content.decode()) == seen
            assert access.visible(actor, Package.objects.all()).exists() == seen


def test_a_case_is_the_same_with_and_without_its_contact_person(director, elsewhere, settings, tmp_path):
    release = published(director, settings, tmp_path)
    plain, named = (json.loads(next(iter(inside(exchange.package_make(actor=director, contacts=who).data).values()))) for who in (False, True))
    assert plain["sha256"] == named["sha256"] and "contact" not in plain and named["contact"]["contact_email"] == "ana@example.org"
    trusted(director, elsewhere)
    assert take(director, elsewhere(sequence=2, case=[plain])).counts == {}
    release.refresh_from_db()
    assert release.content["contact"] and release.source_id == director.university_id


def test_the_page_shows_what_leaves_and_writes_that_alone(client, director, settings, tmp_path):
    release = published(director, settings, tmp_path)
    client.force_login(User.objects.get(pk=director.user_id))
    url = reverse("network:package_send")
    page = client.get(url).content.decode()
    assert f"case:{release.key}" in page and 'name="contacts"' in page and 'name="contacts" value="1" id="with-contacts" checked' not in page
    shown = client.post(url, {"to": "", "key": [f"case:{release.key}"]}).content.decode()
    assert "A quay for ideas" in shown and "The quay" in shown and "Berg" not in shown and not Package.objects.exists()
    seen = re.search(r'name="seen" value="([0-9a-f]{64})"', shown)[1]
    written = client.post(url, {"to": "", "key": [f"case:{release.key}"], "seen": seen, "do": "write"})
    assert written["Content-Type"] == "application/zip" and "A quay for ideas" in "".join(inside(written.content).values())
    case_row = Case.objects.get()
    cases.case_update(actor=director, obj=case_row, fields={"short_description": "Other words."})
    library.release_accept(actor=director, obj=cases.case_submit(actor=director, obj=case_row))
    stale = client.post(url, {"to": "", "key": [f"case:{release.key}"], "seen": seen, "do": "write"})
    assert "Something changed since you looked" in stale.content.decode() and "Other words." in stale.content.decode() and Package.objects.count() == 1
    assert client.post(url, {"to": "", "key": ["case:nonsense"]}).status_code == 422
    assert client.post(url, {"to": "0" * 64, "key": []}).status_code == 422


def test_answers_leave_only_for_who_asks(director, elsewhere):
    trusted(director, elsewhere)
    take(director, elsewhere(sequence=2, round=[round_record()]))
    handed_in(Round.objects.get(), University.objects.get(pk=director.university_id))
    made = exchange.package_make(actor=director)
    assert made.counts == {} and "go only in a package for the installation that asks" in made.left[0]


def test_a_policy_leaves_as_a_pack_under_the_name_of_its_house(director):
    from causeway.rooms.governance import selectors as governance
    from causeway.rooms.governance import services as policies

    draft = policies.policy_create(actor=director, title="Shares", pack="guide-thu-five-one", changes={"guide-thu-five-one/researchers_share": "75 %", "guide-thu-five-one/thu_notice_days": "15"})
    policies.policy_adopt(actor=director, obj=draft, holds_from=date(2026, 1, 1), signed_by="Rector", signed_on=date(2025, 12, 1), why="Senate")
    assert exchange.package_make(actor=director).counts == {}
    made = exchange.package_make(actor=director, only=[f"policy:{draft.number}"])
    record = json.loads(next(iter(inside(made.data).values())))
    found = governance.pack_checked(record["name"], record["files"])
    assert found.id == f"u1-{draft.number.lower()}" and not found.faults and not found.clash


# --- offers --------------------------------------------------------------------------------------------------------------------------


def offer_record(version=1, **changed):
    content = {"title": "Bending cell", "text": "It bends.", "areas": ["energy", "magic"], "seeks": ["licence"], "languages": ["en"], "language": "en", "office": "1 Quay", "readiness": 5, "rights": ["EP 1"], "sought": ""} | changed.pop("content", {})  # fmt: skip
    return {"key": "6f1c1f3e-5a0e-4b51-9a55-0d2c2a1d0007", "version": version, "source_name": "Other University", "title": "x", "country": "DE", "valid_until": f"{today().year + 1}-12-31",
            "content": content, "sha256": digest(content), **changed}  # fmt: skip


def test_offers_come_are_renewed_and_withdrawn_by_who_brought_them(director, elsewhere):
    trusted(director, elsewhere)
    assert take(director, elsewhere(sequence=2, offer=[offer_record(ror="https://ror.org/0abcd1234")])).counts == {"offer": 1}
    one = SharedOffer.objects.get()
    assert one.current and one.title == "Bending cell" and one.content["areas"] == ["energy"] and one.content["contact"] == {} and one.ror_id == "https://ror.org/0abcd1234"
    assert take(director, elsewhere(sequence=3, offer=[offer_record()])).counts == {}
    with pytest.raises(package.Refusal, match="never changed"):
        take(director, elsewhere(sequence=4, offer=[offer_record(content={"text": "Other"})]))
    for wrong in ({"readiness": 12}, {"readiness": True}, {"title": " "}, {"areas": "energy"}):
        with pytest.raises(package.Refusal):
            take(director, elsewhere(sequence=4, offer=[offer_record(2, content=wrong)]))
    assert take(director, elsewhere(sequence=4, offer=[offer_record(2, content={"text": "Better"}, contact={"name": "Ana", "email": "a@example.org"})])).counts == {"offer": 1}
    newer = SharedOffer.objects.get(current=True)
    assert newer.version == 2 and newer.content["contact"] == {"name": "Ana", "email": "a@example.org"}
    third = Ed25519PrivateKey.generate()
    other = package.write(name="Third", to="", sequence=1, made_at="2026-01-01", records={"offer": [{"key": str(newer.key), "version": 9, "withdrawn": True}]}, key=third)
    with pytest.raises(package.Stranger) as told:
        take(director, other)
    exchange.installation_trust(actor=director, fingerprint=told.value.fingerprint)
    assert "came from another installation" in take(director, other).notes[0] and SharedOffer.objects.get(pk=newer.pk).current
    assert take(director, elsewhere(sequence=5, offer=[{"key": str(newer.key), "version": 2, "withdrawn": True}])).counts == {"offer": 1}
    assert not SharedOffer.objects.filter(current=True).exists()


def test_offers_of_an_installation_that_leaves_go(director, elsewhere):
    trusted(director, elsewhere)
    take(director, elsewhere(sequence=2, offer=[offer_record()]))
    exchange.installation_leave(actor=director, obj=Installation.objects.get(), why="They left")
    assert not SharedOffer.objects.filter(current=True).exists()


def test_that_an_offer_was_withdrawn_is_told_to_who_may_have_it(director):
    from causeway.rooms.network.services import offers

    say = {"text": "It bends.", "areas": ["energy"], "seeks": ["licence"], "languages": ["en"], "office": "1 Quay", "valid_until": today()}
    sent, silent = (offers.offer_submit(actor=director, obj=offers.offer_create(actor=director, title=title, **say)) for title in ("Sent", "Silent"))
    for one in (sent, silent):
        offers.offer_share(actor=director, obj=one, public=True)
    assert exchange.package_make(actor=director, only=[f"offer:{sent.key}"]).counts == {"offer": 1}
    for one in (sent, silent):
        offers.offer_withdraw(actor=director, obj=type(one).objects.get(pk=one.pk), why="Licensed")
    records = [json.loads(text) for text in inside(exchange.package_make(actor=director, only=[]).data).values()]
    assert records == [{"key": str(sent.key), "version": 1, "withdrawn": True}]


# --- cases that were withdrawn --------------------------------------------------------------------------------------------------------


def in_library(actor, title="Sent"):
    words = dict.fromkeys(cases.NEEDED, "Words.")
    one = cases.case_create(actor=actor, title=title, hei_name="University 1", country="NL", fields={**words, "case_study_name": title})
    return library.release_accept(actor=actor, obj=cases.case_submit(actor=actor, obj=one))


def withdrawal(version=1, **changed):
    return {"key": case()["key"], "version": version, "why": "The figures were wrong", "on": "2026-03-04", **changed}


def test_that_a_case_was_withdrawn_is_told_in_every_later_package_to_who_may_have_it(director):
    sent, silent = in_library(director), in_library(director, "Silent")
    exchange.package_make(actor=director, only=[f"case:{sent.key}"])
    for one in (sent, silent):
        cases.case_withdraw(actor=director, obj=Case.objects.get(key=one.key), why="The figures were wrong")
    told = {"key": str(sent.key), "version": 1, "why": "The figures were wrong", "on": f"{timezone.localdate()}"}
    for _again in range(2):
        assert [json.loads(text) for text in inside(exchange.package_make(actor=director, only=[]).data).values()] == [told]
    case = Case.objects.get(key=sent.key)
    library.release_accept(actor=director, obj=cases.case_submit(actor=director, obj=case))
    assert exchange.package_make(actor=director).counts["case"] == 1 and "withdrawal" not in exchange.package_make(actor=director).counts, "back in the library"


def test_a_withdrawal_takes_the_case_off_and_keeps_whose_it_was(director, elsewhere, client):
    trusted(director, elsewhere)
    take(director, elsewhere(sequence=2, case=[case(), case(2)]))
    data = elsewhere(sequence=3, withdrawal=[withdrawal(2)])
    taken = take(director, data)
    assert taken.counts == {"withdrawal": 1} and taken.notes == ["“A case” was withdrawn by Other University: The figures were wrong"]
    last = Release.objects.get(version=2)
    assert {one.state for one in Release.objects.all()} == {"withdrawn"} and not last.current
    assert (last.source_name, last.decided_by, str(timezone.localdate(last.decided_at)), last.why) == ("Other University", "Other University", "2026-03-04", "The figures were wrong")
    assert take(director, data).again and take(director, elsewhere(sequence=4, case=[case(2)], withdrawal=[withdrawal(2)])).counts == {}
    client.force_login(User.objects.get(pk=person(University.objects.get(pk=director.university_id), "inventor").user_id))
    page = client.get(reverse("network:case", args=[last.pk]))
    assert page.status_code == 410 and "The figures were wrong" in page.content.decode() and "Other University" in page.content.decode()
    assert last.fields["title"] == "A case" and client.get(reverse("network:versions", args=[last.pk])).status_code == 404
    assert take(director, elsewhere(sequence=5, case=[case(3)])).counts == {"case": 1} and Release.objects.get(current=True).version == 3


def test_only_who_brought_a_case_changes_or_withdraws_it(director, elsewhere):
    trusted(director, elsewhere)
    take(director, elsewhere(sequence=2, case=[case()]))
    own = in_library(director)
    third = Ed25519PrivateKey.generate()

    def other(sequence, **records):
        return package.write(name="Third", to="", sequence=sequence, made_at="2026-01-01", records=records, key=third)

    with pytest.raises(package.Stranger) as told:
        take(director, other(1))
    exchange.installation_trust(actor=director, fingerprint=told.value.fingerprint)
    taken = take(director, other(2, case=[case(2), {**case(9), "key": str(own.key)}], withdrawal=[withdrawal(), withdrawal(9, key=str(own.key)), withdrawal(key="6f1c1f3e-5a0e-4b51-9a55-0d2c2a1d0099")]))
    assert taken.counts == {} and [note.endswith("came from another installation before and was left out.") for note in taken.notes] == [True, True]
    assert Release.objects.filter(current=True, version=1).count() == 2
    for wrong in ({"on": "yesterday"}, {"version": "x"}, {"key": "1"}):
        with pytest.raises(package.Refusal):
            take(director, elsewhere(sequence=3, withdrawal=[withdrawal(**wrong)]))


def test_a_coordinator_hears_of_it_in_review_and_hands_it_on(director, elsewhere):
    Setting.objects.create(key="network.coordinates", value=True, university_id=director.university_id)
    trusted(director, elsewhere)
    take(director, elsewhere(sequence=2, case=[case()]))
    library.release_accept(actor=director, obj=Release.objects.get())
    exchange.package_make(actor=director)
    take(director, elsewhere(sequence=3, case=[case(2)], withdrawal=[withdrawal(2)]))
    assert [one.state for one in Release.objects.order_by("version")] == ["withdrawn", "withdrawn"]
    assert [json.loads(text) for text in inside(exchange.package_make(actor=director).data).values()] == [withdrawal(1)], "the version that was in the library"


# --- universities by their place in the registry -------------------------------------------------------------------------------------

ROR_ID = "https://ror.org/0abcd1234"


def test_answers_are_matched_to_the_university_that_was_asked_by_the_registry(director, elsewhere):
    from causeway.rooms.network.services import questionnaires

    known = Institution.objects.create(name="Other University of Technology", ror_id=ROR_ID, country="DE")
    round = asked(director, [])
    questionnaires.invite(actor=director, round=round, institutions=[known])
    trusted(director, elsewhere)
    assert take(director, elsewhere(sequence=2, answers=[answer_record(round, ror=ROR_ID)], ror=ROR_ID)).counts == {"answers": 1}
    invited = Invited.objects.get()
    assert (invited.state, invited.institution, invited.origin) == ("submitted", known, f"away:{elsewhere.fingerprint[:16]}:0abcd1234")
    assert Contribution.objects.get().institution_id == known.pk and Installation.objects.get().ror_id == ROR_ID
    take(director, elsewhere(sequence=3, answers=[answer_record(round, version=2, licences="10", ror=ROR_ID, university="77")]))
    assert Contribution.objects.get().number == 10, "a new number at home is no new contributor"


def test_who_answered_by_number_before_is_not_counted_twice(director, elsewhere):
    round = asked(director, [])
    trusted(director, elsewhere)
    take(director, elsewhere(sequence=2, answers=[answer_record(round)]))
    take(director, elsewhere(sequence=3, answers=[answer_record(round, version=2, licences="10", ror=ROR_ID)]))
    assert Contribution.objects.get().number == 10 and Invited.objects.count() == 1


def test_nobody_answers_for_a_university_of_this_house_or_of_another_installation(director, elsewhere):
    here = Institution.objects.create(name="University 1", ror_id=ROR_ID, here_id=director.university_id)
    round = asked(director, [])
    trusted(director, elsewhere)
    told = take(director, elsewhere(sequence=2, answers=[answer_record(round, ror=ROR_ID)], ror=ROR_ID))
    assert told.counts == {} and "answers here" in told.notes[0] and "not believed" in told.notes[1] and Installation.objects.get().ror_id == ""
    here.here = None
    here.save()
    Invited.objects.create(round=round, institution=here, name="Third", origin="away:third:0abcd1234", state="submitted")
    told = take(director, elsewhere(sequence=3, answers=[answer_record(round, ror=ROR_ID)]))
    assert told.counts == {} and "from another installation before" in told.notes[0] and Invited.objects.get().origin == "away:third:0abcd1234"


@pytest.mark.parametrize("ror", ["https://ror.org/nonsense", "javascript:alert(1)", "https://evil.example/0abcd1234", 7])
def test_what_is_no_address_of_the_registry_is_not_kept(director, elsewhere, ror):
    trusted(director, elsewhere)
    take(director, elsewhere(sequence=2, ror=ror, offer=[offer_record(ror=ror)]))
    assert Installation.objects.get().ror_id == "" and SharedOffer.objects.get().ror_id == ""


def test_our_own_package_is_the_same_each_time_but_for_its_number(director):
    first, second = exchange.package_make(actor=director), exchange.package_make(actor=director)
    assert (first.sequence, second.sequence) == (1, 2)
    opened = package.read(io.BytesIO(second.data), len(second.data))
    assert opened.sequence == 2 and opened.sha256 == second.sha256 and hashlib.sha256(base64.b64decode(opened.public_key)).hexdigest() == opened.fingerprint
