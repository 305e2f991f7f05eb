"""Writes `.importlinter` from the table of storeys and rooms, and checks it: the machine holds the order of the house.

A room takes part as soon as its folder has an `apps.py`; `--check` brings the file in step first, so that it is never judged by an old one.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / ".importlinter"

#: Low to high; each sees those before it. Peers of one line may not see each other.
ROOMS = [
    ["people"], ["governance"], ["docket"], ["disclosures"], ["assets"], ["contracts"], ["deals"],
    ["income", "ventures", "calls", "programmes", "alliances", "facilities"], ["reports"], ["network"],
]  # fmt: skip
#: Rooms that see no other room at all, by design.
ALONE = ["reports"]
DOORS = ["models", "selectors", "services", "events", "choices"]
#: What a room holds, high to low; each line imports only lower ones.
INSIDE = [
    "apps | urls", "resources", "views | api | portal", "tables | filters | forms", "jobs | hooks | facts",
    "importing", "services", "selectors", "mapping", "access", "models", "events | ports | choices | numbers | words",
]  # fmt: skip
FOR_ADAPTERS = ["ports", "choices", "events", "numbers"]


def _exists(room: str) -> bool:
    return (ROOT / "src/causeway/rooms" / room / "apps.py").exists()


def lines() -> list[list[str]]:
    """The rooms that exist, low to high, peers in one line."""
    return [here for line in ROOMS if (here := [room for room in line if _exists(room)])]


def rooms() -> list[str]:
    """The rooms that exist, low to high."""
    return [room for line in lines() for room in line]


def _contract(key: str, kind: str, name: str, **lists: list[str]) -> str:
    lines = [f"[importlinter:contract:{key}]", f"name = {name}", f"type = {kind}"]
    for field, values in lists.items():
        lines += [f"{field} = {values[0]}"] if field == "allow_indirect_imports" else [f"{field} =", *[f"    {value}" for value in values]]
    return "\n".join(lines)


def text() -> str:
    """The contracts as import-linter reads them."""
    here = rooms()
    parts = ["[importlinter]\nroot_package = causeway\ninclude_external_packages = True"]
    parts.append(
        _contract(
            "storeys", "layers", "Storeys import only downward",
            layers=["config", "adapters", "rooms", "kit", "frame", "engines"], containers=["causeway"],
            ignore_imports=["causeway.**.tests.** -> causeway.**"],
        )
    )  # fmt: skip
    parts.append(
        _contract("rooms", "layers", "Rooms import only lower rooms", layers=[" | ".join(f"causeway.rooms.{room}" for room in line) for line in reversed(lines())],
                  ignore_imports=["causeway.**.tests.** -> causeway.**"])
    )  # fmt: skip
    parts.append(
        _contract("engines", "forbidden", "Engines know no framework", source_modules=["causeway.engines"],
                  forbidden_modules=["django", "causeway.frame", "causeway.kit", "causeway.rooms", "causeway.adapters", "causeway.config"])
    )  # fmt: skip
    for room in here:
        if room in ALONE:
            parts.append(
                _contract(f"alone-{room}", "forbidden", f"{room.capitalize()} sees no other room", source_modules=[f"causeway.rooms.{room}"],
                          forbidden_modules=[f"causeway.rooms.{other}" for other in here if other != room])
            )  # fmt: skip
        parts += _room_contracts(room)
    return "\n\n".join(parts) + "\n"


def _present(room: str, names: list[str]) -> list[str]:
    base = ROOT / "src/causeway/rooms" / room
    return [name for name in names if (base / f"{name}.py").exists() or (base / name / "__init__.py").exists()]


def _room_contracts(room: str) -> list[str]:
    layers = [" | ".join(_present(room, line.split(" | "))) for line in INSIDE]
    names = [name for line in INSIDE for name in line.split(" | ")]
    hidden = [name for name in _present(room, names) if name not in DOORS]
    inside = _contract(
        f"inside-{room}", "layers", f"Inside {room}: imports go downward", layers=[line for line in layers if line],
        containers=[f"causeway.rooms.{room}"], ignore_imports=["causeway.**.tests.** -> causeway.**"],
    )  # fmt: skip
    door = _contract(
        f"doors-{room}", "protected", f"Only the doors of {room} are open",
        protected_modules=[f"causeway.rooms.{room}.{name}" for name in hidden if name not in FOR_ADAPTERS],
        allowed_importers=[f"causeway.rooms.{room}", "causeway.config"], ignore_imports=["causeway.**.tests.** -> causeway.**"],
    )  # fmt: skip
    ports = [f"causeway.rooms.{room}.{name}" for name in hidden if name in FOR_ADAPTERS]
    side = _contract(
        f"ports-{room}", "protected", f"The ports of {room} are open to adapters alone", protected_modules=ports,
        allowed_importers=[f"causeway.rooms.{room}", "causeway.adapters", "causeway.config"], ignore_imports=["causeway.**.tests.** -> causeway.**"],
    )  # fmt: skip
    closed = [f"causeway.rooms.{room}.{name}" for name in _present(room, names) if name not in FOR_ADAPTERS]
    outside = _contract(
        f"adapters-{room}", "forbidden", f"Adapters know of {room} only ports, choices and events", source_modules=["causeway.adapters"],
        forbidden_modules=closed, allow_indirect_imports=["True"], ignore_imports=["causeway.**.tests.** -> causeway.**"],
    )  # fmt: skip
    return [inside, door, outside, *([side] if ports else [])]


def main() -> int:
    wanted = text()
    if "--check" in sys.argv:
        if not FILE.exists() or FILE.read_text() != wanted:
            FILE.write_text(wanted)
            print("The contracts were brought in step with the table; commit .importlinter.")
        return subprocess.run([str(Path(sys.executable).with_name("lint-imports")), "--no-cache"], cwd=ROOT, check=False).returncode
    FILE.write_text(wanted)
    return 0


if __name__ == "__main__":
    sys.exit(main())
