"""Pack text to plain values with places: scalars stay text, repeated keys, anchors, aliases and tags are refused, size is bounded."""

from __future__ import annotations

from typing import Any, NamedTuple

import yaml

#: A pack is written by people; what is larger or deeper than this is not.
MAX_CHARACTERS = 2_000_000
MAX_DEPTH = 24
MAX_NODES = 200_000
MAX_FAULTS = 500


class Fault(NamedTuple):
    """A fault of a pack: its code, the file, the line (from 1; 0 for the whole file) and a sentence."""

    code: str
    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.code}: {self.message}"


class Map(dict):
    """A mapping of a pack; `lines` tells where each key stands, `line` where the mapping begins."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}


class Seq(list):
    """A sequence of a pack; `lines` tells where each item stands."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: list[int] = []


_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def parse(text: str, file: str, most: int = MAX_NODES) -> tuple[Any, list[Fault]]:
    """The value of a YAML text and its faults, all at once. Nothing is typed: every scalar is text. most: how many scalars and collections are read."""
    if len(text) > MAX_CHARACTERS:
        return None, [Fault("too-large", file, 0, f"The file has more than {MAX_CHARACTERS:,} characters.")]
    forbidden = _forbidden(text, file, most)
    if forbidden:
        return None, forbidden
    faults: list[Fault] = []
    try:
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as fault:
        mark = getattr(fault, "problem_mark", None)
        return None, [Fault("not-yaml", file, mark.line + 1 if mark else 0, str(getattr(fault, "problem", fault)))]
    return (None if node is None else _value(node, file, faults)), faults


def _forbidden(text: str, file: str, most: int) -> list[Fault]:
    """Anchors, aliases, tags, too deep nesting and too many nodes, found on the event stream before anything is built."""
    depth, nodes = 0, 0
    faults: list[Fault] = []
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            line = event.start_mark.line + 1
            nodes += 1
            if nodes > most or len(faults) > MAX_FAULTS:
                return [*faults[:MAX_FAULTS], Fault("too-large", file, line, f"More than {most:,} values stand in the file, or too many faults.")]
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if depth > MAX_DEPTH:
                return [Fault("too-deep", file, line, f"Nesting goes deeper than {MAX_DEPTH}.")]
            if getattr(event, "anchor", None):
                faults.append(Fault("anchor", file, line, "Anchors and aliases are not allowed: write the value out."))
            if getattr(event, "tag", None):
                faults.append(Fault("tag", file, line, f"The tag {event.tag} is not allowed: a pack is plain data."))
    except yaml.YAMLError:
        return faults  # composing names the fault with its place
    return faults


def _value(node: yaml.Node, file: str, faults: list[Fault]) -> Any:
    line = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        made = Map(line)
        for key, value in node.value:
            name, at = str(key.value), key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                faults.append(Fault("key", file, at, "A key must be plain text."))
                continue
            if name in made:
                faults.append(Fault("repeated-key", file, at, f"{name} stands here twice."))
            made[name] = _value(value, file, faults)
            made.lines[name] = at
        return made
    if isinstance(node, yaml.SequenceNode):
        items = Seq(line)
        for item in node.value:
            items.append(_value(item, file, faults))
            items.lines.append(item.start_mark.line + 1)
        return items
    return node.value
