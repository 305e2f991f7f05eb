"""Packages between installations: made of what was released, taken once and only from whom a person trusts; and leaving the network."""

from __future__ import annotations

import io
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from causeway.frame import access, audit, db, shared
from causeway.frame.access import Actor
from causeway.frame.models import University
from causeway.rooms.network.models import (
    Answering,
    Contribution,
    FrozenAnswers,
    Installation,
    Institution,
    Invited,
    Package,
    ReceivedPack,
    Release,
    SharedOffer,
)
from causeway.rooms.network.selectors import exchange as reads
from causeway.rooms.network.services import arrivals, library, offers, package, parcels, pictures
from causeway.rooms.network.services.parcels import Unknown

__all__ = ["Changed", "Made", "Taken", "Unknown", "installation_leave", "installation_revoke", "installation_trust", "network_leave", "package_load", "package_make", "package_take", "pack_check"]


@dataclass(frozen=True)
class Made:
    """A package that was written; left: what was chosen and stays, in words."""

    data: bytes
    sequence: int
    sha256: str
    fingerprint: str
    counts: dict[str, int]
    left: list[str] = field(default_factory=list)


@dataclass
class Taken:
    """What taking a package did. again: it was taken before and changed nothing; notes: what was left out, and why."""

    installation: Installation
    again: bool
    counts: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


# --- out -----------------------------------------------------------------------------------------------------------------------------


class Changed(Exception):
    """What would leave is not what was shown."""


def package_load(*, actor: Actor, to: str = "", packs: Sequence[Path] = (), only: Collection[str] | None = None, contacts: bool = False) -> parcels.Load:
    """What a package would hold, record by record; nothing is written. See `package_make`."""
    access.require(actor, "exchange.send")
    return parcels.load(actor=actor, to=_confirmed(to), only=only, contacts=contacts, packs=packs)


def _confirmed(to: str) -> str:
    to = package.plain(to)
    if to and not Installation.objects.filter(fingerprint=to, confirmed_at__isnull=False, revoked_at=None).exists():
        raise Unknown(_("No installation with this fingerprint was confirmed here."))
    return to


@transaction.atomic
def package_make(
    *, actor: Actor, to: str = "", packs: Sequence[Path] = (), only: Collection[str] | None = None, contacts: bool = False, seen: str = ""
) -> Made:  # fmt: skip
    """Write a package of what the actor's university released: published cases with their pictures, frozen answers, its questionnaires' rounds, shared offers, and packs.

    to: fingerprint of the only installation that may take it. only: keys of what was chosen (`selectors.exchange.choices`), all of it where None.
    contacts: whether contact persons who agreed go along. seen: digest of what was shown to the person. Raises `Unknown` for a fingerprint nobody
    confirmed or a thing that may not leave, `Changed` where it is not what was shown.
    """
    access.require(actor, "exchange.send")
    to = _confirmed(to)
    db.lock("network-package")
    load = parcels.load(actor=actor, to=to, only=only, contacts=contacts, packs=packs)
    if seen and seen != load.sha256:
        raise Changed(_("Something changed since you looked. See once more what leaves."))
    home = University.objects.get(pk=actor.university_id)
    sequence = (Package.objects.filter(way=Package.Way.OUT).order_by("-sequence").values_list("sequence", flat=True).first() or 0) + 1
    attached = {sha256: one.path.read_bytes() for sha256, one in load.pictures().items()} if sum(one.size for one in load.pictures().values()) <= package.MOST_BYTES else None
    if attached is None:
        raise package.Refusal(_("The pictures alone are more than one package holds. Choose fewer cases, and send the rest in another."))
    data = package.write(
        name=home.name, to=to, sequence=sequence, made_at=timezone.now().isoformat(timespec="seconds"), records=load.records(), attached=attached, ror=reads.ror_of(home.pk)
    )
    opened = package.read(io.BytesIO(data), len(data))
    known = Installation.objects.filter(fingerprint=to).first() if to else None
    listed = [{"key": one.key, "title": one.title[:200], "sha256": one.sha256} for one in load.parcels]
    counts = load.counts | ({"picture": len(attached)} if attached else {})
    row = Package(source_id=actor.university_id, way=Package.Way.OUT, installation=known, sequence=sequence, sha256=opened.sha256, counts=counts, listed=listed, contacts=contacts, by=actor.name)
    with audit.changing(row, by=actor, verb="package.send"):
        pass
    return Made(data, sequence, opened.sha256, opened.fingerprint, counts, load.left)


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
    come = arrivals.Arrival(actor, known, opened.files)
    counts: dict[str, int] = {}
    for kind, items in opened.records.items():
        take = arrivals.TAKERS.get(kind)
        if take is None:
            come.note(_("%(n)s records of the kind “%(kind)s” are not known here and were left out.") % {"n": len(items), "kind": kind})
            continue
        for item in items:
            try:
                counts[kind] = counts.get(kind, 0) + take(come, item)
            except (KeyError, TypeError, ValueError, AttributeError) as fault:
                raise package.Refusal(_("A record of the kind “%(kind)s” is not as it should be. Nothing was taken.") % {"kind": kind}) from fault
            except ValidationError as fault:
                raise package.Refusal(_("A record of the kind “%(kind)s” cannot be: %(why)s Nothing was taken.") % {"kind": kind, "why": " ".join(fault.messages)}) from fault
    with audit.changing(known, by=actor, verb="installation.package") as known:
        known.sequence, known.sha256 = opened.sequence, opened.sha256
        known.ror_id = _ror(come, opened.ror)
    row = Package(way=Package.Way.IN, installation=known, sequence=opened.sequence, sha256=opened.sha256, counts=counts, by=actor.name)
    with audit.changing(row, by=actor, verb="package.take"):
        pass
    return Taken(known, False, {kind: n for kind, n in counts.items() if n}, come.notes)


def _ror(come: arrivals.Arrival, ror: str) -> str:
    """The university an installation says it speaks for, unless another one here does: then it is told and not believed."""
    here = Institution.objects.filter(ror_id=ror).exclude(here=None).first() if ror else None
    other = Installation.objects.filter(ror_id=ror, revoked_at=None).exclude(pk=come.known.pk).first() if ror else None
    if here is None and other is None:
        return ror
    who = here.name if here is not None else other.name if other is not None else ""
    come.note(_("The package says it comes from %(ror)s. That is %(name)s here, so it was not believed.") % {"ror": ror, "name": who})
    return come.known.ror_id


def pack_check(*, actor: Actor, obj: ReceivedPack) -> tuple[ReceivedPack, list[str]]:
    """Lint a received pack once more, as after an update of Causeway; a clean one is ready to be tried and adopted. Returns it and what was told."""
    access.require(actor, "exchange.receive")
    told: list[str] = []
    return arrivals.pack_judge(actor=actor, row=obj, told=told.append), told


# --- leaving -------------------------------------------------------------------------------------------------------------------------


@transaction.atomic
def network_leave(*, actor: Actor, why: str) -> dict[str, int]:
    """The actor's university leaves: its handed-in answers and contributed figures go, its offers are withdrawn, published cases stay with their credit and pictures.

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
    pictures.stay(actor=actor, releases=list(Release.objects.filter(source_id=here, state="published")))
    gone = _forget(actor, FrozenAnswers.objects.filter(source_id=here), Contribution.objects.filter(source_id=here), why)
    gone["cases"] = library.leave(actor=actor, why=why)
    gone["offers"] = offers.leave(actor=actor, why=why)
    return gone


@transaction.atomic
def installation_leave(*, actor: Actor, obj: Installation, why: str) -> dict[str, int]:
    """Another installation leaves the network: what its universities handed in goes, its offers are withdrawn, its packages are not taken any more, its cases stay."""
    access.require(actor, "installation.trust")
    installation_revoke(actor=actor, obj=obj, why=why)
    offers.take_off(actor=actor, shared=list(SharedOffer.objects.filter(installation=obj.fingerprint, current=True)), why=why)
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
