"""One file into many universities: each owner's rows into a university of its own, where the others of an application stand as co-owners.

For who looks after the installation. What is done at a university is done with that person's own rights there: a university that is not here yet
is made, with them as its office and administrator; one where they may not bring anything in is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from causeway.frame import access, imports, scope
from causeway.frame.access import Actor
from causeway.frame.models import Import, University, User
from causeway.rooms.assets import importing
from causeway.rooms.assets.importing import CHUNK, COUNTS, KEPT_PROBLEMS, REMARKS, Tell
from causeway.rooms.assets.ports import AssetRecord, CellProblem

#: What a university of a file is to who brings it in: made anew, one of theirs, or one where they may not.
NEW, YOURS, THEIRS = "new", "yours", "theirs"


def stage(*, actor: Actor, item: Import, tell: Tell | None = None) -> Import:
    """Read and check the whole file, and count what it would do at each university; nothing is kept but the problems. It starts anew each time."""
    access.require(actor, "asset.import_each")
    if item.state not in importing.CHECKABLE:
        raise ValidationError(_("This file is past checking; bring it in anew to check it again."))
    imports.clear(item)
    item = imports.store(item, state=Import.State.STAGING, why="", counts={})
    spool = importing.parts(importing.shape_of(item), item.path, tell)
    totals, listed = _rejected(item, spool), []
    for number, owner in enumerate(spool.parts(), 1):
        part, problems = _tried(actor, item, owner, importing.part_of(spool, owner))
        imports.put_chunk(item, number, [], part["counts"], problems)
        listed.append(part)
        totals = {key: totals[key] + part["counts"][key] for key in COUNTS}
    return imports.store(item, state=Import.State.STAGED, counts=totals | {"parts": listed})


def _rejected(item: Import, spool: imports.Spool) -> dict[str, int]:
    """The rows that are nobody's because they cannot be read, kept as a chunk of problems alone."""
    rows, kept, count = set(), [], 0
    for one in spool.problems():
        problem = CellProblem(*one)
        count += 1
        if problem.code not in REMARKS:
            rows.add(importing.spot(problem))
        if len(kept) < KEPT_PROBLEMS:
            kept.append(one)
    counts = dict.fromkeys(COUNTS, 0) | {"read": len(rows), "reject": len(rows), "problems": count}
    imports.put_chunk(item, 0, [], counts, kept)
    return counts


def _tried(actor: Actor, item: Import, owner: str, records: Iterator[AssetRecord]) -> tuple[dict[str, Any], list[list]]:
    """What the rows of an owner would do, and their problems."""
    university, state = _place(actor, owner)
    name = university.name if university else owner
    if state == THEIRS:
        rows = sum(1 for _record in records)
        return {"name": name, "owner": owner, "state": state, "counts": dict.fromkeys(COUNTS, 0) | {"read": rows}}, []
    with scope.use(university or actor.university_id), imports.Ledger() as ledger:
        trial = importing.Trial(item, ledger, nowhere=university is None)
        while piece := list(islice(records, CHUNK)):
            trial.add(piece)
    return {"name": name, "owner": owner, "state": state, "counts": trial.totals}, trial.problems


def _place(actor: Actor, owner: str) -> tuple[University | None, str]:
    """The university of an owner, and what it is to the actor. Rows without an owner are of the actor's own."""
    if not owner:
        return University.objects.get(pk=actor.university_id), YOURS
    found = University.objects.filter(name=owner[:300]).first()
    if found is None:
        return None, NEW
    there = access.actor_of(_user(actor), found)
    return found, YOURS if access.may(there, "asset.import").allowed else THEIRS


def _user(actor: Actor) -> User:
    return User.objects.get(pk=actor.user_id)


# --- bringing in --------------------------------------------------------------------------------------------------------------------------


def choose(*, actor: Actor, item: Import, owners: Sequence[str]) -> Import:
    """Say which of the owners are brought in."""
    access.require(actor, "asset.import_each")
    known = [part["owner"] for part in item.counts.get("parts", ()) if part["state"] != THEIRS]
    chosen = [owner for owner in known if owner in set(owners)]
    if not chosen:
        raise ValidationError(_("Choose at least one university."))
    return imports.store(item, options=item.options | {"chosen": chosen})


def apply(*, actor: Actor, item: Import, tell: Tell | None = None) -> Import:
    """Bring the chosen parts in, one university after the other. Run again after it was stopped it goes on with the first that is not in."""
    access.require(actor, "asset.import_each")
    if item.state in (Import.State.DONE, Import.State.UNDONE):
        return item
    if item.state not in (Import.State.STAGED, Import.State.APPLYING):
        raise ValidationError(_("The file must be checked before it is brought in."))
    item = imports.store(item, state=Import.State.APPLYING)
    spool = importing.parts(importing.shape_of(item), item.path)
    listed = item.counts["parts"]
    total = sum(part["counts"]["read"] for part in listed)
    done = 0
    for part in listed:
        if part["owner"] in item.options.get("chosen", ()) and part.get("import") is None:
            _brought(actor, item, part, importing.part_of(spool, part["owner"]))
            item = imports.store(item, counts=item.counts | {"parts": listed})
        done += part["counts"]["read"]
        if tell:
            tell(done, total)
    # What was not picked is no part of what came in.
    brought = {key: sum(part["counts"].get(key, 0) for part in listed if part.get("import")) for key in ("create", "update", "unchanged")}
    return imports.store(item, state=Import.State.DONE, finished_at=timezone.now(), counts=item.counts | brought)


def _brought(actor: Actor, item: Import, part: dict[str, Any], records: Iterator[AssetRecord]) -> None:
    """Bring one part in at its university, with the rights its bringer has there."""
    university, state = _place(actor, part["owner"])
    if state == THEIRS:
        part["state"] = THEIRS
        return
    user = _user(actor)
    university = university or imports.university_founded(user, part["owner"][:300])
    there = access.actor_of(user, university)
    access.require(there, "asset.import")
    with scope.use(university):
        own = imports.part_of(item, part["owner"]) or imports.beside(there, item, part=part["owner"], parent=item.pk, each=False)  # type: ignore[arg-type]
        if own.state in importing.CHECKABLE:
            own = importing.stage(actor=there, item=own, records=records)  # type: ignore[arg-type]
        own = importing.apply(actor=there, item=own)  # type: ignore[arg-type]
    part |= {"import": own.pk, "university": university.pk, "counts": own.counts}


# --- undo -----------------------------------------------------------------------------------------------------------------------------------


def undo(*, actor: Actor, item: Import, tell: Tell | None = None) -> dict[str, Any]:
    """Take back what was brought in at each university, where the actor still may. The universities stay."""
    access.require(actor, "asset.import_each")
    if item.state != Import.State.DONE:
        raise ValidationError(_("Only an import that was brought in can be undone."))
    user, removed, kept = _user(actor), 0, []
    brought = [part for part in item.counts["parts"] if part.get("import")]
    for number, part in enumerate(brought, 1):
        there = access.actor_of(user, part["university"])
        if not access.may(there, "asset.import").allowed:
            kept.append(_("%(university)s: you have no right there any more") % {"university": part["name"]})
            continue
        with scope.use(part["university"]):
            own = Import.objects.filter(pk=part["import"]).first()
            if own is not None and own.state == Import.State.DONE:
                importing.undo(actor=there, item=own)  # type: ignore[arg-type]
                own.refresh_from_db()
            if own is not None:
                removed += own.counts.get("removed", 0)
                kept += [f"{part['name']}: {reference}" for reference in own.counts.get("kept", ())]
        if tell:
            tell(number, len(brought))
    answer = {"removed": removed, "kept": kept}
    imports.store(item, state=Import.State.UNDONE, counts=item.counts | answer)
    return answer
