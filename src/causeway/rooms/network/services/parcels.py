"""What leaves in a package, built record by record: shown to people first, and written exactly as it was shown."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from causeway.frame import audit
from causeway.frame.access import Actor
from causeway.frame.models import University
from causeway.rooms.governance.models import Policy
from causeway.rooms.network.mapping import parcels as mapping
from causeway.rooms.network.models import Edition, EditionCell, FrozenAnswers, Release, Round
from causeway.rooms.network.selectors import exchange as reads
from causeway.rooms.network.selectors import pictures
from causeway.rooms.network.services import package
from causeway.rooms.network.services.arrivals import CELL, MOST_FILES, MOST_TEXT
from causeway.rooms.network.services.questionnaires import digest


class Unknown(Exception):
    """Something named that is not here: an installation nobody heard of, a folder that is no pack, a thing that is not released."""


@dataclass(frozen=True)
class Picture:
    """A picture that goes along: its digest, where it lies, how large it is, what it shows and who holds its rights."""

    sha256: str
    path: Path
    size: int
    alternative: str
    rights: str


@dataclass(frozen=True)
class Parcel:
    """One record that leaves, with its pictures. kind: of the record; key: what it was chosen by."""

    key: str
    kind: str
    title: str
    record: dict[str, Any]
    pictures: tuple[Picture, ...] = ()

    @property
    def sha256(self) -> str:
        """The digest of the record."""
        return digest(self.record)


@dataclass
class Load:
    """All that leaves, and in words what was chosen but stays."""

    parcels: list[Parcel] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    @property
    def sha256(self) -> str:
        """The digest of all of it: what was shown is what is written."""
        return digest([[one.key, one.sha256, [picture.sha256 for picture in one.pictures]] for one in self.parcels])

    @property
    def counts(self) -> dict[str, int]:
        """How many records of each kind."""
        made: dict[str, int] = {}
        for one in self.parcels:
            made[one.kind] = made.get(one.kind, 0) + 1
        return made

    def records(self) -> dict[str, list[Any]]:
        """The records by kind."""
        made: dict[str, list[Any]] = {}
        for one in self.parcels:
            made.setdefault(one.kind, []).append(one.record)
        return made

    def pictures(self) -> dict[str, Picture]:
        """The pictures by digest, each once."""
        return {picture.sha256: picture for one in self.parcels for picture in one.pictures}


def load(*, actor: Actor, to: str = "", only: Collection[str] | None = None, contacts: bool = False, packs: Sequence[Path] = ()) -> Load:
    """What leaves. only: keys of what was chosen, all that is ticked where None; to: the fingerprint it is for; packs: folders.

    Raises `Unknown` for a key that is not among what may leave.
    """
    offered = reads.choices(actor)
    wanted = {one.key for one in offered if one.ticked} if only is None else set(only)
    made = Load()
    known = {one.key for one in offered} | {f"case:{key}" for key in reads.cases(actor).values_list("key", flat=True)}
    if strange := sorted(wanted - known):
        raise Unknown(_("%(key)s is not among what may leave: it is not here, or not released.") % {"key": strange[0]})
    made.parcels += [_round(one) for one in reads.rounds(actor) if f"round:{one.key}:{one.version}" in wanted]
    made.parcels += _answers(actor, to, wanted, made.left)
    made.parcels += _cases(actor, wanted, contacts, made.left)
    made.parcels += [Parcel(f"withdrawal:{one.key}", "withdrawal", one.title, mapping.withdrawal_out(one)) for one in reads.gone_cases(actor)]
    made.parcels += [_edition(one) for one in reads.editions(actor) if f"edition:{one.collection.key}" in wanted]
    offers = [one for one in reads.offers(actor) if f"offer:{one.key}" in wanted]
    made.parcels += [Parcel(f"offer:{one.key}", "offer", one.title, mapping.offer_out(one, contacts)) for one in offers]
    made.parcels += [Parcel(f"gone:{one.key}", "offer", _("%(title)s: that it was withdrawn") % {"title": one.title}, mapping.offer_out(one, False)) for one in reads.gone_offers(actor)]
    named = sum(1 for one in offers if one.content.get("contact"))
    if named and not contacts:
        made.left.append(_("Contact persons of %(n)s offers stay here; the office's address goes.") % {"n": named})
    made.parcels += [_policy(actor, one) for one in reads.policies() if f"policy:{one.number}" in wanted]
    made.parcels += [_folder(folder) for folder in packs]
    return made


def _round(one: Round) -> Parcel:
    names = ("version", "title", "source_name", "definition", "sha256")
    record = {"key": str(one.key), **{name: getattr(one, name) for name in names}, "opens_on": one.opens_on.isoformat(), "closes_on": one.closes_on.isoformat()}
    return Parcel(f"round:{one.key}:{one.version}", "round", str(one), record)


def _answers(actor: Actor, to: str, wanted: set[str], left: list[str]) -> Iterator[Parcel]:
    """Answers go to the one who asks, in a package that nobody else may take."""
    home, ror = University.objects.get(pk=actor.university_id), reads.ror_of(actor.university_id)
    for one in reads.answers(actor):
        key = f"answers:{one.round.key}:{one.round.version}"
        if key not in wanted:
            continue
        if one.round.installation != to:
            left.append(_("The answers to “%(round)s” stay here: they go only in a package for the installation that asks.") % {"round": one.round})
            continue
        yield Parcel(key, "answers", str(one.round), _answers_record(one, home.country) | ({"ror": ror} if ror else {}))


def _answers_record(one: FrozenAnswers, country: str) -> dict[str, Any]:
    return {"round": str(one.round.key), "round_version": one.round.version, "university": str(one.source_id), "name": one.source_name, "country": country, "version": one.version,
            "content": one.content, "sha256": one.sha256, "released_at": one.released_at.isoformat(), "released_by": one.released_by, "asked_by": one.round.installation}  # fmt: skip


def _cases(actor: Actor, wanted: set[str], contacts: bool, left: list[str]) -> Iterator[Parcel]:
    rors, named, lost = reads.rors(), 0, 0
    for one in reads.cases(actor).iterator(500):
        others = reads.OTHERS in wanted and one.source_id != actor.university_id
        if f"case:{one.key}" not in wanted and not others:
            continue
        named += bool(one.content.get("contact"))
        found = [_picture(one, photo) for photo in one.content.get("photos", [])]
        lost += found.count(None)
        yield Parcel(f"case:{one.key}", "case", one.title, mapping.case_out(one, contacts, rors.get(one.source_id or 0, "")), tuple(picture for picture in found if picture))
    if named and not contacts:
        left.append(_("Contact persons of %(n)s cases stay here.") % {"n": named})
    if lost:
        left.append(_("%(n)s pictures cannot go along: their files are gone, or larger than %(mb)s MB.") % {"n": lost, "mb": package.MOST_FILE // 1024**2})


def _picture(release: Release, photo: dict[str, Any]) -> Picture | None:
    found = pictures.found(release, photo)
    if found is None or (size := found[0].stat().st_size) > package.MOST_FILE:
        return None
    return Picture(photo["sha256"], found[0], size, photo["alternative"], f"© {photo['holder']}, {photo['licence']}")


def _edition(one: Edition) -> Parcel:
    """What every reader of a benchmark sees, and nothing of who contributed."""
    collection = one.collection
    cells = [list(row) for row in EditionCell.objects.filter(edition=one).order_by("figure", "norm", "group", "year").values_list(*CELL)]
    record = {"collection": collection.key, "title": collection.title, "about": collection.about, "currency": collection.currency, "number": one.number, "groups": one.groups,
              "published_at": one.published_at.isoformat(), "published_by": one.published_by, "cells": cells, "sha256": digest(cells)}  # fmt: skip
    return Parcel(f"edition:{collection.key}", "edition", collection.title, record)


def _policy(actor: Actor, one: Policy) -> Parcel:
    """A policy's text as a pack; the university's short name goes before its id, for every house counts its policies from one."""
    assert one.text is not None
    short = re.sub(r"[^a-z0-9]+", "-", University.objects.get(pk=actor.university_id).short_name.lower()).strip("-") or f"u{actor.university_id}"
    name = f"{short}-{one.text.pack}"
    files = dict(one.text.files)
    files["pack.yaml"] = re.sub(r"(?m)^id: .*$", f"id: {name}", files["pack.yaml"], count=1)
    return Parcel(f"policy:{one.number}", "pack", one.title, {"name": name, "files": files})


def _folder(folder: Path) -> Parcel:
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
    return Parcel(f"pack:{folder.name}", "pack", folder.name, {"name": folder.name, "files": files})


def shown(value: Any, place: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """A record as a person reads it before it leaves: each value that says something, with its place in the record."""
    if isinstance(value, dict):
        for key in value:
            yield from shown(value[key], (*place, str(key)))
    elif isinstance(value, list | tuple) and any(isinstance(one, dict | list | tuple) for one in value):
        for number, one in enumerate(value, 1):
            yield from shown(one, (*place, str(number)))
    elif isinstance(value, list | tuple):
        yield from shown(", ".join("" if one is None else str(one) for one in value), place)
    elif value not in (None, ""):
        yield " › ".join(place), str(value)


def size_of(record: dict[str, Any]) -> int:
    """How many bytes a record has in the package."""
    return len(audit.canonical(record).encode())
