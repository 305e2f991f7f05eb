"""Packages between installations: made of what was released, taken once and only from whom a person trusts; and leaving the network."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from causeway.engines.indicators import shipped_catalogue
from causeway.engines.indicators.questionnaire import settled
from causeway.frame import access, audit, db, shared
from causeway.frame.access import Actor
from causeway.frame.models import University
from causeway.rooms.network.access.library import coordinating
from causeway.rooms.network.choices import ReleaseState
from causeway.rooms.network.models import (
    Answering,
    Collection,
    Contribution,
    Edition,
    EditionCell,
    FrozenAnswers,
    Installation,
    Invited,
    Package,
    ReceivedPack,
    Release,
    Round,
)
from causeway.rooms.network.services import answers, benchmarks, library, package
from causeway.rooms.network.services.questionnaires import digest, form_of, invited_away, say

#: A pack in a package has at most so many files and characters.
MOST_FILES, MOST_TEXT = 500, 20_000_000


class Unknown(Exception):
    """An installation nobody heard of yet."""


@dataclass(frozen=True)
class Made:
    """A package that was written."""

    data: bytes
    sequence: int
    sha256: str
    fingerprint: str
    counts: dict[str, int]


@dataclass
class Taken:
    """What taking a package did. again: it was taken before and changed nothing; notes: what was left out, and why."""

    installation: Installation
    again: bool
    counts: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


# --- out -----------------------------------------------------------------------------------------------------------------------------


@transaction.atomic
def package_make(*, actor: Actor, to: str = "", packs: Sequence[Path] = ()) -> Made:
    """Write a package of what the actor's university released: published cases, frozen answers, its questionnaires' rounds, and packs.

    to: fingerprint of the only installation that may take it. Raises `Unknown` for a fingerprint nobody confirmed.
    """
    access.require(actor, "exchange.send")
    to = package.plain(to)
    if to and not Installation.objects.filter(fingerprint=to, confirmed_at__isnull=False, revoked_at=None).exists():
        raise Unknown(_("No installation with this fingerprint was confirmed here."))
    db.lock("network-package")
    records = {"round": _rounds_out(actor), "answers": _answers_out(actor), "case": _cases_out(actor), "edition": _editions_out(actor), "pack": [_pack_out(folder) for folder in packs]}
    home = University.objects.get(pk=actor.university_id)
    sequence = (Package.objects.filter(way=Package.Way.OUT).order_by("-sequence").values_list("sequence", flat=True).first() or 0) + 1
    data = package.write(name=home.name, to=to, sequence=sequence, made_at=timezone.now().isoformat(timespec="seconds"), records=records)
    opened = package.read(io.BytesIO(data), len(data))
    counts = {kind: len(items) for kind, items in records.items()}
    known = Installation.objects.filter(fingerprint=to).first() if to else None
    with audit.changing(Package(way=Package.Way.OUT, installation=known, sequence=sequence, sha256=opened.sha256, counts=counts, by=actor.name), by=actor, verb="package.send"):
        pass
    return Made(data, sequence, opened.sha256, opened.fingerprint, counts)


def _rounds_out(actor: Actor) -> list[dict[str, Any]]:
    rows = Round.objects.filter(source_id=actor.university_id, closed_at=None).order_by("pk")
    return [
        {"key": str(one.key), "version": one.version, "title": one.title, "source_name": one.source_name, "definition": one.definition, "sha256": one.sha256,
         "opens_on": one.opens_on.isoformat(), "closes_on": one.closes_on.isoformat()}
        for one in rows
    ]  # fmt: skip


def _answers_out(actor: Actor) -> list[dict[str, Any]]:
    """The latest answers the university handed in to rounds that another installation asks; and of none else."""
    rows = FrozenAnswers.objects.filter(source_id=actor.university_id, current=True).exclude(round__installation="").select_related("round").order_by("pk")
    home = University.objects.get(pk=actor.university_id)
    return [
        {"round": str(one.round.key), "round_version": one.round.version, "university": str(one.source_id), "name": one.source_name, "country": home.country, "version": one.version,
         "content": one.content, "sha256": one.sha256, "released_at": one.released_at.isoformat(), "released_by": one.released_by, "asked_by": one.round.installation}
        for one in rows
    ]  # fmt: skip


_CASE = ("version", "source_name", "title", "hei_name", "hei_key", "number", "country", "kind", "year", "language", "content", "words", "sha256", "released_by")


def _cases_out(actor: Actor) -> list[dict[str, Any]]:
    rows = Release.objects.filter(state=ReleaseState.PUBLISHED, current=True)
    if actor.university_id not in coordinating():
        rows = rows.filter(source_id=actor.university_id)
    return [{"key": str(one.key), **{name: getattr(one, name) for name in _CASE}} for one in rows.order_by("pk")]


_CELL = ("figure", "norm", "group", "year", "count", "low", "median", "high", "withheld")


def _editions_out(actor: Actor) -> list[dict[str, Any]]:
    """The latest edition of each benchmark the university publishes: what every reader sees, and nothing of who contributed."""
    made = []
    for collection in Collection.objects.filter(source_id=actor.university_id).order_by("pk"):
        edition = Edition.objects.filter(collection=collection).order_by("-number").first()
        if edition is not None:
            cells = [list(row) for row in EditionCell.objects.filter(edition=edition).order_by("figure", "norm", "group", "year").values_list(*_CELL)]
            made.append({"collection": collection.key, "title": collection.title, "about": collection.about, "currency": collection.currency, "number": edition.number, "groups": edition.groups,
                         "published_at": edition.published_at.isoformat(), "published_by": edition.published_by, "cells": cells, "sha256": digest(cells)})  # fmt: skip
    return made


def _pack_out(folder: Path) -> dict[str, Any]:
    if not (folder / "pack.yaml").is_file():
        raise Unknown(_("%(folder)s is no pack: it has no pack.yaml.") % {"folder": folder})
    files, size = {}, 0
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and path.suffix in (".yaml", ".md"):
            text = path.read_text(encoding="utf-8")
            size += len(text)
            files[path.relative_to(folder).as_posix()] = text
    if len(files) > MOST_FILES or size > MOST_TEXT:
        raise Unknown(_("%(folder)s is larger than a pack may be.") % {"folder": folder})
    return {"name": folder.name, "files": files}


# --- trust ---------------------------------------------------------------------------------------------------------------------------


def installation_trust(*, actor: Actor, fingerprint: str) -> Installation:
    """Take packages of an installation from now on. The person has compared the whole fingerprint over another way. Raises `Unknown`."""
    access.require(actor, "installation.trust")
    found = Installation.objects.filter(fingerprint=package.plain(fingerprint)).first()
    if found is None:
        raise Unknown(_("No package with this fingerprint was offered yet. The whole of it is needed, all 64 signs."))
    with audit.changing(found, by=actor, verb="installation.trust") as found:
        found.confirmed_at, found.confirmed_by, found.revoked_at = timezone.now(), actor.name, None
    return found


def installation_revoke(*, actor: Actor, obj: Installation, why: str) -> Installation:
    """Take nothing of an installation any more; what came before stays."""
    access.require(actor, "installation.trust")
    if not why.strip():
        raise ValidationError({"why": _("Say why.")})
    with audit.changing(obj, by=actor, verb="installation.revoke", why=why) as obj:
        obj.revoked_at = timezone.now()
    return obj


# --- in ------------------------------------------------------------------------------------------------------------------------------


def package_take(*, actor: Actor, source: Path | BinaryIO, size: int | None = None) -> Taken:
    """Take a package: whole or not at all. The same one again changes nothing. Raises `package.Refusal` (nothing was changed), and
    `package.Stranger` for one of an installation that a person must confirm first; it is noted, so that it can be confirmed."""
    access.require(actor, "exchange.receive")
    if isinstance(source, Path):
        with source.open("rb") as file:
            return package_take(actor=actor, source=file, size=source.stat().st_size)
    opened = package.read(source, size or 0)
    if opened.fingerprint == package.fingerprint(package.public_key()):
        raise package.Refusal(_("This package is of this installation itself."))
    if opened.to and opened.to != package.fingerprint(package.public_key()):
        raise package.Refusal(_("This package is meant for another installation."))
    known = Installation.objects.filter(fingerprint=opened.fingerprint).first()
    if known is None or not known.trusted:
        _note_stranger(actor, opened, known)
        raise package.Stranger(
            _("The package is whole, but nobody here has confirmed the installation %(name)s. Compare this fingerprint with its keeper, by telephone or face to face, and confirm it: %(print)s")
            % {"name": opened.name, "print": package.grouped(opened.fingerprint)}, opened.fingerprint, opened.public_key, opened.name,
        )  # fmt: skip
    return _take(actor, opened)


def _note_stranger(actor: Actor, opened: package.Opened, known: Installation | None) -> None:
    if known is not None and known.revoked_at is not None:
        raise package.Refusal(_("Packages of this installation are not taken any more."))
    if known is None:
        with audit.changing(Installation(fingerprint=opened.fingerprint, public_key=opened.public_key, name=opened.name), by=actor, verb="installation.meet"):
            pass


@transaction.atomic
def _take(actor: Actor, opened: package.Opened) -> Taken:
    known = Installation.objects.select_for_update().get(fingerprint=opened.fingerprint)
    if Package.objects.filter(way=Package.Way.IN, installation=known, sha256=opened.sha256).exists():
        return Taken(known, again=True)
    if opened.sequence <= known.sequence:
        raise package.Refusal(
            _("This package (number %(old)s) is older than the last one taken from %(name)s (number %(new)s).") % {"old": opened.sequence, "new": known.sequence, "name": known.name}
        )
    taken = Taken(known, again=False)
    for kind, items in opened.records.items():
        take = _TAKERS.get(kind)
        if take is None:
            taken.notes.append(_("%(n)s records of the kind “%(kind)s” are not known here and were left out.") % {"n": len(items), "kind": kind})
            continue
        for item in items:
            try:
                done = take(actor, known, item, taken.notes)
            except (KeyError, TypeError, ValueError, AttributeError) as fault:
                raise package.Refusal(_("A record of the kind “%(kind)s” is not as it should be. Nothing was taken.") % {"kind": kind}) from fault
            except ValidationError as fault:
                raise package.Refusal(_("A record of the kind “%(kind)s” cannot be: %(why)s Nothing was taken.") % {"kind": kind, "why": " ".join(fault.messages)}) from fault
            taken.counts[kind] = taken.counts.get(kind, 0) + done
    with audit.changing(known, by=actor, verb="installation.package") as known:
        known.sequence, known.sha256 = opened.sequence, opened.sha256
    row = Package(way=Package.Way.IN, installation=known, sequence=opened.sequence, sha256=opened.sha256, counts=taken.counts, by=actor.name)
    with audit.changing(row, by=actor, verb="package.take"):
        pass
    return Taken(known, False, {kind: n for kind, n in taken.counts.items() if n}, taken.notes)


def _round_in(actor: Actor, known: Installation, item: Mapping[str, Any], notes: list[str]) -> bool:
    """A questionnaire that another installation asks: the actor's university is asked to answer it here."""
    key, version = uuid.UUID(item["key"]), int(item["version"])
    if digest(item["definition"]) != item["sha256"]:
        raise ValueError
    found = Round.objects.filter(key=key, version=version).first()
    if found is not None:
        if found.sha256 != item["sha256"]:
            raise ValidationError(_("A round is never changed once it is published."))
        return _dates(actor, known, found, item)
    form, troubles = form_of(item["definition"])
    if form is None:
        notes.append(_("A questionnaire of %(name)s was left out: %(why)s") % {"name": known.name, "why": say(troubles[0])})
        return False
    made = Round(key=key, version=version, source=None, source_name=str(item["source_name"])[:300], installation=known.fingerprint, title=str(item["title"])[:300],
                 definition=item["definition"], sha256=item["sha256"], opens_on=date.fromisoformat(item["opens_on"]), closes_on=date.fromisoformat(item["closes_on"]))  # fmt: skip
    with audit.changing(made, by=actor, verb="round.receive") as made:
        pass
    home = University.objects.get(pk=actor.university_id)
    with audit.changing(Invited(round=made, to=home, name=home.name, origin=answers.origin_here(home)), by=actor, verb="round.invite"):
        pass
    return True


def _dates(actor: Actor, known: Installation, found: Round, item: Mapping[str, Any]) -> bool:
    """More time for a round that is here already; only the one who asks gives it."""
    closes = date.fromisoformat(item["closes_on"])
    if found.installation != known.fingerprint or closes == found.closes_on:
        return False
    with audit.changing(found, by=actor, verb="round.extend") as found:
        found.closes_on = closes
    return True


def _answers_in(actor: Actor, known: Installation, item: Mapping[str, Any], notes: list[str]) -> bool:
    """Answers that a university elsewhere handed in to a round asked here."""
    if digest(item["content"]) != item["sha256"]:
        raise ValueError
    round = Round.objects.filter(key=uuid.UUID(item["round"]), version=int(item["round_version"]), source_id=actor.university_id).first()
    if round is None:
        notes.append(_("Answers of %(name)s to a questionnaire that is not asked here were left out.") % {"name": item["name"]})
        return False
    origin = f"away:{known.fingerprint[:16]}:{str(item['university'])[:40]}"
    latest = FrozenAnswers.objects.filter(round=round, origin=origin).order_by("-version").first()
    if latest is not None and latest.version >= int(item["version"]):
        if latest.version == int(item["version"]) and latest.sha256 != item["sha256"]:
            raise ValidationError(_("Answers that were handed in are never changed."))
        return False
    received = str(item.get("released_at", ""))[:10]
    invited = Invited.objects.filter(round=round, origin=origin).first()
    until = (invited.until if invited else None) or round.closes_on
    if date.fromisoformat(received) > until:
        notes.append(_("Answers of %(name)s were handed in on %(day)s, after the last day; give more time and take a new package.") % {"name": item["name"], "day": received})
        return False
    form = answers.round_form(round)
    kept = settled(form, item["content"]["answers"], shipped_catalogue())
    lost = sorted(set(item["content"]["answers"]) - set(kept))
    if lost:
        notes.append(_("Of the answers of %(name)s these could not be: %(keys)s.") % {"name": item["name"], "keys": ", ".join(lost)[:300]})
    content = {**item["content"], "answers": kept}
    frozen = answers.freeze(actor=actor, round=round, origin=origin, source=None, name=str(item["name"])[:300], version=int(item["version"]), content=content, by=str(item["released_by"])[:200])
    country = str(item.get("country", ""))[:2]
    invited = invited_away(actor=actor, round=round, name=frozen.source_name, origin=origin, answered=len(kept))
    answers.share(actor=actor, frozen=frozen, country=country, institution=invited.institution_id)
    return True


def _case_in(actor: Actor, known: Installation, item: Mapping[str, Any], notes: list[str]) -> bool:
    """A case: for review where this installation coordinates, else as published, for who sent it reviewed it."""
    key, version = uuid.UUID(item["key"]), int(item["version"])
    found = Release.objects.filter(key=key, version=version).first()
    if found is not None:
        if found.sha256 != item["sha256"]:
            raise ValidationError(_("A version of a case is never changed."))
        return False
    if digest(item["content"]) != item["sha256"]:
        raise ValueError
    reviewed = not coordinating()
    made = Release(key=key, source=None, state=ReleaseState.PUBLISHED if reviewed else ReleaseState.SUBMITTED, **{name: item[name] for name in _CASE})
    newest = not Release.objects.filter(key=key, version__gt=version).exists()
    if reviewed:
        made.current, made.decided_at, made.decided_by = newest, timezone.now(), known.name
        for earlier in Release.objects.filter(key=key, current=True, version__lt=version):
            with audit.changing(earlier, by=actor, verb="release.superseded") as earlier:
                earlier.current = False
    with audit.changing(made, by=actor, verb="release.receive") as made:
        pass
    with audit.batch(by=actor, verb="release.facets") as work:
        work.add(library.facets_of(made))
    return True


def _edition_in(actor: Actor, known: Installation, item: Mapping[str, Any], notes: list[str]) -> bool:
    """A benchmark published elsewhere, as its readers see it; the university's own handed-in figures stand beside it."""
    if digest(item["cells"]) != item["sha256"] or len(item["cells"]) > benchmarks.MOST_CELLS:
        raise ValueError
    key = str(item["collection"])[:60]
    collection = Collection.objects.filter(key=key).first()
    if collection is not None and (collection.source_id is not None or collection.public):
        raise ValidationError(_("A benchmark of that name is published here."))
    if collection is None:
        made = Collection(key=key, title=str(item["title"])[:300], about=str(item["about"])[:2000], currency=str(item["currency"])[:3])
        with audit.changing(made, by=actor, verb="collection.receive") as collection:
            pass
    if Edition.objects.filter(collection=collection, number__gte=int(item["number"])).exists():
        return False
    groups = [{"key": str(one["key"]), "title": str(one["title"]), "count": int(one["count"])} for one in item["groups"]]
    edition = Edition(collection=collection, number=int(item["number"]), groups=groups, published_by=known.name[:200], published_at=datetime.fromisoformat(item["published_at"]))
    with audit.changing(edition, by=actor, verb="benchmark.receive") as edition:
        pass
    cells = [EditionCell(edition=edition, **dict(zip(_CELL, row, strict=True))) for row in item["cells"]]
    for cell in cells:
        benchmarks.check_cell(cell)
    shared.put(EditionCell, cells, [])
    country = University.objects.get(pk=actor.university_id).country
    for frozen in FrozenAnswers.objects.filter(source_id=actor.university_id, current=True, round__key=uuid.UUID(key.removeprefix("round:"))).select_related("round"):
        answers.share(actor=actor, frozen=frozen, country=country, institution=None)
    return True


def _pack_in(actor: Actor, known: Installation, item: Mapping[str, Any], notes: list[str]) -> bool:
    """A pack, as text: kept with every fault the lint finds, for the office to take over."""
    files = {str(name): str(text) for name, text in item["files"].items()}
    unsafe = [name for name in files if name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/") or not name.endswith((".yaml", ".md"))]
    if unsafe or len(files) > MOST_FILES or sum(map(len, files.values())) > MOST_TEXT:
        raise ValueError
    name, sha256 = str(item["name"])[:100], digest(files)
    version = _version(files.get("pack.yaml", ""))
    if not version:
        raise ValueError
    if ReceivedPack.objects.filter(name=name, version=version, sha256=sha256).exists():
        return False
    faults = _faults(name, files)
    if faults:
        notes.append(_("The pack %(name)s has %(n)s faults; it is kept, and cannot be taken over before they are mended.") % {"name": name, "n": len(faults)})
    row = ReceivedPack(installation=known, name=name, version=version, sha256=sha256, files=files, faults=faults)
    with audit.changing(row, by=actor, verb="pack.receive"):
        pass
    return True


def _version(text: str) -> str:
    from causeway.engines.packs import parse

    value, faults = parse(text, "pack.yaml")
    return str(value.get("version", ""))[:40] if isinstance(value, dict) and not faults else ""


def _faults(name: str, files: Mapping[str, str]) -> list[str]:
    """What is wrong with the texts of a pack as YAML; whether its rules hold is judged when it is taken over."""
    from causeway.engines.packs import parse

    found = []
    for file, text in files.items():
        if file.endswith(".yaml"):
            found += [str(fault) for fault in parse(text, f"{name}/{file}")[1]]
    return found[:200]


_TAKERS: dict[str, Callable[[Actor, Installation, Mapping[str, Any], list[str]], bool]] = {
    "round": _round_in, "answers": _answers_in, "case": _case_in, "edition": _edition_in, "pack": _pack_in,
}  # fmt: skip


# --- leaving -------------------------------------------------------------------------------------------------------------------------


@transaction.atomic
def network_leave(*, actor: Actor, why: str) -> dict[str, int]:
    """The actor's university leaves: its handed-in answers and contributed figures go, published cases stay with their credit.

    What was published of benchmarks stays, for nobody's figure can be read from it. The audit chain stays true: it keeps digests of what went.
    """
    access.require(actor, "network.leave")
    if not why.strip():
        raise ValidationError({"why": _("Say why the university leaves; it stays in the history.")})
    here = actor.university_id
    for answering in Answering.objects.filter(submitted_at=None):
        if answering.invited.state != Invited.State.DECLINED:
            with audit.changing(answering.invited, by=actor, verb="network.leave", why=why) as invited:
                invited.state, invited.why = Invited.State.DECLINED, why
    gone = _forget(actor, FrozenAnswers.objects.filter(source_id=here), Contribution.objects.filter(source_id=here), why)
    gone["cases"] = library.leave(actor=actor, why=why)
    return gone


@transaction.atomic
def installation_leave(*, actor: Actor, obj: Installation, why: str) -> dict[str, int]:
    """Another installation leaves the network: what its universities handed in goes, its packages are not taken any more, its cases stay."""
    access.require(actor, "installation.trust")
    installation_revoke(actor=actor, obj=obj, why=why)
    origin = f"away:{obj.fingerprint[:16]}:"
    return _forget(actor, FrozenAnswers.objects.filter(origin__startswith=origin), Contribution.objects.filter(origin__startswith=origin), why)


def _forget(actor: Actor, frozen: Any, figures: Any, why: str) -> dict[str, int]:
    """Take released copies away without keeping what they were, and erase what the histories kept of them."""
    ids = list(frozen.values_list("pk", flat=True))
    counts = {"answers": len(ids), "figures": figures.count()}
    for one in frozen:
        with audit.changing(one, by=actor, verb="frozen.forget", why=why) as one:
            one.content, one.current, one.reopened_why = {}, False, ""
    for pk in ids:
        audit.erase_personal("network.frozenanswers", pk)
    shared.renew(FrozenAnswers, [], pk__in=ids)
    shared.renew(Contribution, [], pk__in=list(figures.values_list("pk", flat=True)))
    return counts
