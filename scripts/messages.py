"""Brings the catalogues of `src/causeway/locale` in step with the marked strings of the source: new ones come in empty, gone ones go.

Plain Python: templates are read by Django's own lexer, Python by its syntax tree; the tools of GNU gettext are not needed.
`python scripts/messages.py` rewrites the catalogues; `--missing` lists what has no translation.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "causeway"
LOCALE = SOURCE / "locale"

_ONE = {"_", "gettext", "gettext_lazy", "gettext_noop", "ugettext"}
_MANY = {"ngettext", "ngettext_lazy"}
_IN_CONTEXT = {"pgettext", "pgettext_lazy"}
_MANY_IN_CONTEXT = {"npgettext", "npgettext_lazy"}
_NAMES = _ONE | _MANY | _IN_CONTEXT | _MANY_IN_CONTEXT
_CALL = re.compile(r"(?<![\w.])(_|gettext|ngettext|pgettext|npgettext)\(")


class Message(NamedTuple):
    """A marked string: its text, its plural ("" for none), its context ("" for none), and the file that marks it."""

    text: str
    plural: str
    context: str
    file: str


def messages() -> list[Message]:
    """Every marked string of the source, tests left out, by file and place; each once."""
    found: dict[tuple[str, str], Message] = {}
    for path in sorted([*SOURCE.rglob("*.py"), *SOURCE.rglob("templates/**/*.html"), *SOURCE.rglob("templates/**/*.txt")]):
        if "tests" in path.parts or "migrations" in path.parts:
            continue
        read = _of_python if path.suffix == ".py" else _of_template
        for text, plural, context in read(path.read_text(encoding="utf-8")):
            known = found.get((context, text))
            if text and (known is None or plural and not known.plural):
                found[context, text] = Message(text, plural, context, str(path.relative_to(ROOT)))
    return list(found.values())


def _of_python(source: str) -> Iterator[tuple[str, str, str]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr if isinstance(node.func, ast.Attribute) else ""
            yield from _call(name, [arg.value if isinstance(arg, ast.Constant) else None for arg in node.args])


def _call(name: str, values: list[object]) -> Iterator[tuple[str, str, str]]:
    texts = [value if isinstance(value, str) else None for value in values]
    if name in _ONE and texts[:1] and texts[0]:
        yield texts[0], "", ""
    elif name in _MANY and len(texts) >= 2 and texts[0] and texts[1]:
        yield texts[0], texts[1], ""
    elif name in _IN_CONTEXT and len(texts) >= 2 and texts[0] and texts[1]:
        yield texts[1], "", texts[0]
    elif name in _MANY_IN_CONTEXT and len(texts) >= 3 and texts[0] and texts[1] and texts[2]:
        yield texts[1], texts[2], texts[0]


def _of_template(source: str) -> Iterator[tuple[str, str, str]]:
    """Django turns a template into lines of Python calls with everything else blanked out; each call is read by itself."""
    from django.utils.translation.template import templatize

    plain = templatize(source)
    for match in _CALL.finditer(plain):
        values = _literals(plain[match.end() :])
        yield from _call(match[1], values)


def _literals(rest: str) -> list[object]:
    """The string literals at the start of an argument list."""
    found: list[object] = []
    literal = re.compile(r"""\s*u?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")\s*(,|\))""", re.S)
    while match := literal.match(rest):
        found.append(ast.literal_eval(match[1].replace("\n", "\\n")))
        rest = rest[match.end() :]
        if match[2] == ")":
            break
    return found


_HEAD = """# Causeway: {folder}.
msgid ""
msgstr ""
"Language: {folder}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural}\\n"

"""
_PERCENT = re.compile(r"%(?:\((\w+)\))?[sd]")
_BRACES = re.compile(r"\{(\w*)\}")


def places(text: str) -> set[str]:
    """The placeholders of a string."""
    return {match[0] for match in _PERCENT.finditer(text)} | {match[0] for match in _BRACES.finditer(text)}


def catalogue(folder: str):
    """The catalogue of a language, as babel reads it."""
    from babel.messages.pofile import read_po

    with (LOCALE / folder / "LC_MESSAGES" / "django.po").open("rb") as file:
        return read_po(file, locale=folder)


def missing(folder: str) -> list[Message]:
    """The marked strings that have no translation in a language."""
    known = catalogue(folder)
    return [one for one in messages() if not _translated(known, one)]


def _translated(known, one: Message) -> bool:
    entry = known.get(one.text, context=one.context or None)
    if entry is None or entry.fuzzy:
        return False
    texts = entry.string if isinstance(entry.string, tuple | list) else [entry.string]
    return all(texts) and bool(one.plural) == isinstance(entry.id, tuple | list)


def refresh(folder: str) -> tuple[int, int]:
    """Rewrite a catalogue: the marked strings in order, with the translations it had. Returns how many there are, and how many are empty."""
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import write_po

    known = catalogue(folder)
    made = Catalog(locale=folder, fuzzy=False)
    empty = 0
    for one in sorted(messages(), key=lambda one: (one.file, one.text)):
        entry = known.get(one.text, context=one.context or None)
        old = entry.string if entry is not None else ""
        first = old[0] if isinstance(old, tuple | list) and old else old
        string = (tuple(old) if isinstance(old, tuple | list) and len(old) == made.num_plurals else (first or "",) * made.num_plurals) if one.plural else (first or "")
        flags = ["python-format"] if _PERCENT.search(one.text) else []
        made.add((one.text, one.plural) if one.plural else one.text, string, locations=[(one.file, None)], flags=flags, context=one.context or None)
        empty += not all(string) if one.plural else not string
    with (LOCALE / folder / "LC_MESSAGES" / "django.po").open("wb") as file:
        file.write(_HEAD.format(folder=folder, plural=made.plural_forms).encode())
        write_po(file, made, width=150, omit_header=True, include_lineno=False)
    return len(made), empty


def main() -> int:
    for folder in sorted(path.name for path in LOCALE.iterdir() if path.is_dir()):
        if "--missing" in sys.argv:
            for one in missing(folder):
                print(f"{one.file}: {one.text!r}{' / ' + repr(one.plural) if one.plural else ''}")
        else:
            count, empty = refresh(folder)
            print(f"{folder}: {count} strings, {empty} without a translation")
    return 0


if __name__ == "__main__":
    sys.exit(main())
