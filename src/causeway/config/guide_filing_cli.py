"""`causeway guide import`: the database's side of it."""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import transaction

from causeway.engines.guide import Guide
from causeway.frame import access, imports, scope
from causeway.rooms.network.services import filing


def run(options: argparse.Namespace, data: bytes, guide: Guide, version_of: Mapping[str, str]) -> int:
    """File a guide's cases; returns 0 done, 1 done but a person must look at something, 2 nothing was filed."""
    call_command("migrate", verbosity=0, interactive=False)
    tried = options.dry_run or not guide.cases
    try:
        with transaction.atomic():
            university, created = imports.university_named(options.university)
            with scope.use(university):
                report = filing.plan(guide, version_of) if tried else filing.file_guide(
                    actor=access.system(university, "causeway guide import"), guide=guide, name=options.file.name, sha256=hashlib.sha256(data).hexdigest(),
                    title=options.title, edition=options.edition, version_of=version_of,
                )  # fmt: skip
            transaction.set_rollback(tried)  # a university that would be new is not written either
    except ValidationError as fault:
        print(f"causeway: {' '.join(fault.messages)}", file=sys.stderr)
        return 2
    said = report.plain() | {"university": university.name, "created": created, "problems": [one.plain() for one in guide.problems], "dry_run": options.dry_run}
    print(json.dumps(said, ensure_ascii=False, indent=1) if options.json else _words(said))
    if not guide.cases:
        return 2
    return 1 if guide.problems else 0


def _words(said: dict) -> str:
    lines = [f"{said['university']}{' (new here)' if said['created'] else ''}{', dry run: nothing was filed' if said['dry_run'] else ''}"]
    lines += [f"{len(said[key]):4} {words}" for key, words in (("new", "new"), ("changed", "changed, filed as new versions"), ("versions", "filed as versions of another case"),
                                                               ("unchanged", "unchanged")) if said[key]]  # fmt: skip
    if said["figures"]:
        lines.append(f"{said['figures']:4} figures, {said['doubts']} of them in doubt")
    lines += [f"     {new} may be a newer version of {old}: say so with --version-of {new}={old}, or in the library" for new, old in said["maybe"]]
    lines += [f"     problem in line {one['line']}: {one['message']}" for one in said["problems"]]
    return "\n".join(lines)
