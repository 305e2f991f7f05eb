"""Reads pack folders: all faults at once, and a pack that is wrong never half-loads."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

from causeway.engines.packs.parse import Fault, Map, Seq, parse
from causeway.engines.packs.schema import KINDS, Checker, Pack, PackFaults, check_calendar, check_regime, check_rule, check_versions
from causeway.engines.packs.shapes import fits

#: The largest folder that is read, in files and bytes.
MAX_FILES = 500
MAX_BYTES = 20_000_000


HOME = Path(__file__).resolve().parents[2] / "packs"
_SUBJECT = re.compile(r"^subject: *([a-z]+) *$", re.MULTILINE)


def subject_of(folder: Path) -> str:
    """What a pack is about: `docket` (deadlines and fees of rights) or `practice` (money, decisions, programmes); empty where there is no pack."""
    head = folder / "pack.yaml"
    if not head.is_file():
        return ""
    with head.open(encoding="utf-8", errors="replace") as file:
        found = _SUBJECT.search(file.read(20_000))
    return found[1] if found else "docket"


def shipped_packs() -> list[Path]:
    """The folders of the docket's law packs that come with Causeway, by name."""
    return sorted(folder for folder in HOME.iterdir() if subject_of(folder) == "docket")


def load_packs(folders: list[Path]) -> list[Pack]:
    """Read packs that may cite each other's regimes, events and calendars; raises `PackFaults` with every fault of all of them."""
    packs, faults = _read(folders)
    if faults:
        raise PackFaults(faults)
    return packs


def lint_packs(folders: list[Path]) -> list[Fault]:
    """Every fault of the packs, of either subject, by file and line."""
    docket = [folder for folder in folders if subject_of(folder) != "practice"]
    return sorted([*_read(docket)[1], *_lint_practice(folders)], key=lambda fault: (fault.file, fault.line, fault.code))


def _lint_practice(folders: list[Path]) -> list[Fault]:
    """The faults of the practice packs among the folders; they are read by a schema of their own."""
    chosen = [folder for folder in folders if subject_of(folder) == "practice"]
    if not chosen:
        return []
    from causeway.engines.packs.library import lint_practice
    from causeway.engines.packs.sources import from_folder

    return lint_practice([from_folder(folder) for folder in chosen])


def _read(folders: list[Path]) -> tuple[list[Pack], list[Fault]]:
    faults: list[Fault] = []
    files = [(folder, _files(folder, faults)) for folder in folders]
    packs = [_gather(folder, texts, faults) for folder, texts in files]
    _check(packs, faults)
    return [pack for pack, _places in packs], faults


def _files(folder: Path, faults: list[Fault]) -> dict[str, str]:
    """The texts of a folder by relative name, within bounds; links out of it are not followed."""
    texts: dict[str, str] = {}
    size = 0
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.suffix not in (".yaml", ".md"):
            continue
        name = f"{folder.name}/{path.relative_to(folder).as_posix()}"
        if path.is_symlink() or not path.resolve().is_relative_to(folder.resolve()):
            faults.append(Fault("link", name, 0, "A pack may not reach outside its folder."))
            continue
        size += path.stat().st_size
        if len(texts) >= MAX_FILES or size > MAX_BYTES:
            faults.append(Fault("too-large", name, 0, f"A pack has at most {MAX_FILES} files and {MAX_BYTES:,} bytes."))
            break
        try:
            texts[name] = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            faults.append(Fault("encoding", name, 0, "The file is not UTF-8."))
    return texts


def _digest(texts: dict[str, str]) -> str:
    whole = hashlib.sha256()
    for name in sorted(texts):
        whole.update(f"{name}\n{len(texts[name])}\n{texts[name]}".encode())
    return whole.hexdigest()


Places = dict[int, str]


def _gather(folder: Path, texts: dict[str, str], faults: list[Fault]) -> tuple[Pack, Places]:
    """The parts of one pack, unchecked, and which file each part (by identity) came from."""
    places: Places = {}
    parsed: dict[str, Any] = {}
    for name, text in texts.items():
        if name.endswith(".yaml"):
            parsed[name], found = parse(text, name)
            faults += found
    head = parsed.get(f"{folder.name}/pack.yaml")
    check = Checker(f"{folder.name}/pack.yaml", faults)
    if not isinstance(head, Map):
        check.fault("missing", 1, "There is no pack.yaml that says what this pack is.")
        head = Map(1)
    elif not fits(check, head, "pack", "The pack"):
        head = Map(1)
    check.one_of(head, "kind", KINDS)
    pack = Pack(
        str(head.get("id", folder.name)),
        str(head.get("version", "")),
        str(head.get("kind", "")),
        dict(head.get("title") or {}),
        _digest(texts),
    )
    pack.offices = dict(head.get("offices") or {})
    for name, value in parsed.items():
        _take(pack, name.partition("/")[2], value, places, name, faults)
    return pack, places


def _take(pack: Pack, name: str, value: Any, places: Places, file: str, faults: list[Fault]) -> None:
    part = name.split("/")[0]
    if name == "sources.yaml" and isinstance(value, Map):
        pack.sources = dict(value)
        for key, source in value.items():
            fits(Checker(file, faults), source, "source", f"Source {key}")
    elif part == "rules":
        _keyed(pack.rules, value, places, file, faults, "rule")
    elif name == "values/regimes.yaml":
        _keyed(pack.regimes, value, places, file, faults, "regime")
    elif name == "values/events.yaml" and isinstance(value, Map):
        pack.events = dict(value)
        for key, event in value.items():
            fits(Checker(file, faults), event, "event", f"Event {key}")
    elif part == "tables":
        _keyed(pack.fees, value, places, file, faults, "fees")
    elif part == "days" and isinstance(value, Map):
        key = str(value.get("id"))
        if key in pack.calendars:
            Checker(file, faults).fault("repeated-id", value.lines.get("id", value.line), f"{key} stands here twice.")
        pack.calendars[key] = value
        places[id(value)] = file
    elif part == "cases" and isinstance(value, Seq):
        pack.cases += value


def _keyed(into: dict[str, Map], value: Any, places: Places, file: str, faults: list[Fault], what: str) -> None:
    check = Checker(file, faults)
    if not isinstance(value, Seq):
        check.fault("shape", 1, "The file must be a list.")
        return
    for item, line in zip(value, value.lines, strict=True):
        places[id(item)] = file
        key = item.get("id") if isinstance(item, Map) else None
        if not isinstance(key, str) or not key:
            check.fault("missing", line, f"A {what} has no id.")
        elif key in into:
            check.fault("repeated-id", item.lines["id"], f"{key} stands here twice.")
        else:
            into[key] = item


def _check(packs: list[tuple[Pack, Places]], faults: list[Fault]) -> None:
    events = {kind for pack, _ in packs for kind in pack.events}
    regimes = {key for pack, _ in packs for key in pack.regimes}
    offices = {key for pack, _ in packs for key in pack.offices}
    calendars = {key for pack, _ in packs for key in pack.calendars}
    tables = {key: table for pack, _ in packs for key, table in pack.fees.items()}
    _once(packs, faults)
    for pack, places in packs:
        sources = set(pack.sources)
        for rule in pack.rules.values():
            check = Checker(places[id(rule)], faults)
            check_rule(check, rule, sources, regimes, events, tables)
            if str(rule.get("office")) not in offices and "office" in rule:
                check.fault("office", rule.lines["office"], f"Rule {rule['id']} names the office {rule['office']}, which no pack has.")
        for regime in pack.regimes.values():
            check_regime(Checker(places[id(regime)], faults), regime, sources, calendars)
        for table in pack.fees.values():
            check_versions(Checker(places[id(table)], faults), table, sources)
        for days in pack.calendars.values():
            check_calendar(Checker(places[id(days)], faults), days, sources)


def _once(packs: list[tuple[Pack, Places]], faults: list[Fault]) -> None:
    """No two packs have the same id, nor parts of the same id: the later would silently take the earlier's place."""
    seen: dict[tuple[str, str], str] = {}
    for at, (pack, places) in enumerate(packs):
        if pack.id in {other.id for other, _ in packs[:at]}:
            faults.append(Fault("repeated-id", f"{pack.id}/pack.yaml", 1, f"Two packs are called {pack.id}."))
        for what in ("rules", "regimes", "fees", "calendars"):
            for key, part in getattr(pack, what).items():
                if (what, key) in seen:
                    faults.append(Fault("repeated-id", places[id(part)], part.lines.get("id", part.line), f"{key} stands in {seen[what, key]} too."))
                seen[what, key] = pack.id
