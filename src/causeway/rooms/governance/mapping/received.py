"""Packs from elsewhere, judged before they are used: every fault of the lint, and another text under a version that is known here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from causeway.engines.packs import Fault, Map, parse
from causeway.engines.packs.library import lint_practice, shipped_practice
from causeway.engines.packs.sources import from_texts
from causeway.rooms.governance.mapping.library import others
from causeway.rooms.governance.models import PackCopy


@dataclass(frozen=True)
class Checked:
    """What the check of a pack found. clash: why its version cannot be taken; shipped: the same text comes with Causeway."""

    id: str
    version: str
    digest: str
    faults: tuple[Fault, ...] = ()
    clash: str = ""
    shipped: bool = False


def checked(name: str, files: Mapping[str, str]) -> Checked:
    """A pack's text under today's lint. name: what its faults call it by where it does not say its id."""
    head = parse(files.get("pack.yaml", ""), "pack.yaml")[0]
    head = head if isinstance(head, Map) else Map(0)
    pack, version = str(head.get("id") or name), str(head.get("version") or "")
    source = from_texts(files, pack)
    if head and head.get("subject") != "practice":
        text = _("Only practice packs are handed over; packs about deadlines and fees come with Causeway itself.")
        return Checked(pack, version, source.digest, (Fault("subject", f"{pack}/pack.yaml", head.lines.get("subject", 1), text),))
    faults = tuple(lint_practice([source], others(pack)))
    shipped = next((one for one in shipped_practice() if one.id == pack and one.version == version), None)
    return Checked(pack, version, source.digest, faults, "" if faults else _clash(pack, version, source.digest), shipped is not None and shipped.digest == source.digest)


def _clash(pack: str, version: str, digest: str) -> str:
    """Why this text cannot stand here as that version; empty where it can."""
    said = {"pack": pack, "version": version}
    if any(one.id == pack and one.version == version and one.digest != digest for one in shipped_practice()):
        return _("%(pack)s %(version)s comes with Causeway in another text. Whoever changed it must give it a version of its own.") % said
    other = PackCopy.objects.filter(pack=pack, version=version).exclude(digest=digest).first()
    if other is None:
        return ""
    if other.received_from:
        said["sender"] = other.received_from
        return _("%(pack)s %(version)s came from %(sender)s before, in another text. That one stays; a changed pack needs a version of its own.") % said
    return _("%(pack)s %(version)s is kept here in another text, for a policy rests on it. A changed pack needs a version of its own.") % said
