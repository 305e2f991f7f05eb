"""A book typeset: its data for the typesetter, the faces it needs, and the PDF."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Mapping
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from causeway.engines.guide import FIELDS, book
from causeway.engines.guide.book import Book, BookCase, Picture
from causeway.engines.guide.parse import NOT_APPLICABLE

_TYPST = Path(__file__).resolve().parent / "guide.typ"
#: Faces with Chinese characters, the better ones for a book first. Latin, Greek and Cyrillic come with the typesetter.
CHINESE = ("Noto Serif CJK SC", "Source Han Serif SC", "Noto Serif SC", "Songti SC", "STSong", "SimSun", "Noto Sans CJK SC", "Source Han Sans SC", "Noto Sans SC", "PingFang SC",
           "Microsoft YaHei", "SimHei", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "AR PL UMing CN", "Droid Sans Fallback")  # fmt: skip
_IDEOGRAPH = re.compile("[\u2e80-\u303f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef]")
#: A page takes pictures of this size at most, in millimetres; 150 dots to the inch are enough for print.
WIDEST, HIGHEST, PER_MM = 123, 110, 150 / 25.4


@lru_cache(maxsize=1)
def _fonts() -> Any:
    """The faces of this machine, and those in the folder `fonts` of the installation."""
    import typst

    own = Path(settings.HOME) / "fonts"
    return typst.Fonts(font_paths=[str(own)] if own.is_dir() else [])


def faces() -> list[str]:
    """The best face with Chinese characters that is here; none where there is none."""
    found = set(_fonts().families())
    return [name for name in CHINESE if name in found][:1]


def lacking(made: Book) -> str:
    """What a book cannot be typeset without, in words; empty where all is here."""
    if faces() or not _IDEOGRAPH.search(json.dumps(_data(made)[0], ensure_ascii=False)):
        return ""
    return _("No font with Chinese characters is installed, and this guide has some. Install Noto Serif CJK (Debian: fonts-noto-cjk), or put its file into %(folder)s, and start Causeway again. HTML and DOCX need none.") % {
        "folder": Path(settings.HOME) / "fonts"
    }  # fmt: skip


def pdf(made: Book) -> bytes:
    """The book as a tagged PDF (PDF/UA-1) with contents, running heads and page numbers; the same book gives the same bytes."""
    missing = lacking(made)
    if missing:
        raise ValidationError(missing)
    return _compiled(*_data(made))


def tongue(language: str) -> str:
    """A language as the typesetter names it."""
    return {"zh-hans": "zh"}.get(language, language)


def _data(made: Book) -> tuple[dict[str, Any], dict[str, bytes]]:
    """A book as data for the typesetter, and its pictures by name."""
    pictures: dict[str, bytes] = {}
    year, month, day = (int(part) for part in made.dated.split("-"))
    data = {"title": made.title, "subtitle": made.subtitle, "by": [line for line in book.by_lines(made) if line != made.subtitle], "editors": made.editors, "year": year, "month": month, "day": day,
            "language": tongue(made.language), "words": made.words, "imprint": [[title, _blocks(text)] for title, text in book.imprint(made)], "introduction": _blocks(made.introduction),
            "acronyms": [list(pair) for pair in made.acronyms], "faces": faces(), "items": [_item(one, made, pictures) for one in book.headings(made)]}  # fmt: skip
    return data, pictures


def _blocks(text: str) -> list[list[Any]]:
    """Front matter with the items of a list together: kind and its items, each a list of runs."""
    made: list[list[Any]] = []
    for kind, group in groupby(book.front_blocks(text), key=lambda pair: pair[0]):
        texts = [words for _kind, words in group]
        if kind == "ol":
            made.append([kind, [[number, book.runs(words)] for number, words in map(book.item_number, texts)]])
        elif kind == "ul":
            made.append([kind, [book.runs(words) for words in texts]])
        else:
            made += [[kind, [book.runs(words)]] for words in texts]
    return made


def _item(one: book.Heading, made: Book, pictures: dict[str, bytes]) -> dict[str, Any]:
    item: dict[str, Any] = {"level": one.level, "number": one.number, "text": one.text, "facts": [], "rows": [], "pictures": []}
    if one.case is None:
        return item
    rows = _printed_rows(one.case, one.text, made.language)
    item |= {"language": tongue(one.case.language or made.language), "facts": [row for row in rows if row["section"] == "head"], "rows": [row for row in rows if row["section"] != "head"]}
    for picture in one.case.pictures:
        name = f"picture-{len(pictures) + 1}.{picture.kind.split('/')[1]}"
        pictures[name] = picture.data
        item["pictures"].append({"file": name, "alternative": picture.alternative, "caption": picture.caption, **_size(picture)})
    return item


def _size(picture: Picture) -> dict[str, float]:
    """How large a picture is printed: in its own size where that fits, never cut, never out of shape."""
    wide, high = max(1, picture.width) / PER_MM, max(1, picture.height) / PER_MM
    scale = min(1.0, WIDEST / wide, HIGHEST / high)
    return {"wide": round(wide * scale, 2), "high": round(high * scale, 2)}


def _printed_rows(case: BookCase, heading: str, language: str) -> list[dict[str, Any]]:
    """The rows as printed. On paper an empty row says nothing, nor does "n/a", nor a name that repeats the heading above it."""
    rows = [{"key": row.key, "kind": row.kind, "label": _label(row.label) if row.kind == "field" else row.label, "lines": _lines(row.key, row.text), "section": row.section, "long": row.key in LONG}
            for row in book.rows(case, language)]  # fmt: skip
    said = [row for row in rows if row["kind"] == "section" or _says(row, heading)]
    full = {row["section"] for row in said if row["kind"] == "field"}
    return [row for row in said if row["section"] in full]


def _says(row: Mapping[str, Any], heading: str) -> bool:
    words = " ".join(words for _kind, words in row["lines"]).casefold()
    told = heading.casefold()
    return bool(words) and words not in NOT_APPLICABLE and not (row["key"] == "case_study_name" and (words == told or told.endswith(f": {words}")))


#: What is set in lines of one length; names, addresses and the like are not.
LONG = {field.key for field in FIELDS if field.long and field.section in ("profile", "impact")}
_MARK = re.compile(r"(?:[•●]\s*|[-–](?:\s+|(?=[^\W\d_])))(\S.*)")


def _lines(key: str, text: str) -> list[list[str]]:
    """The paragraphs of a field, items of a list without their mark; addresses on the web one to a line."""
    lines = [word for line in book.paragraphs(text) for word in line.split()] if key == "website" and not re.sub(r"(?:https?://|www\.)\S+", "", text).strip() else book.paragraphs(text)
    return [["ul", found[1]] if (found := _MARK.fullmatch(line)) else ["p", line] for line in lines]


def _label(label: str) -> str:
    """A label in sentence case: beside running text a column of capitals shouts."""
    return label.capitalize() if label.isupper() else label


def _compiled(data: dict[str, Any], pictures: Mapping[str, bytes]) -> bytes:
    """Typeset; pictures lie in a folder of their own while it runs."""
    import typst

    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "guide.typ").write_text(_TYPST.read_text(encoding="utf-8"), encoding="utf-8")
        for name, content in pictures.items():
            (root / name).write_bytes(content)
        try:
            return typst.compile(str(root / "guide.typ"), root=folder, font_paths=_fonts(), sys_inputs={"data": json.dumps(data, ensure_ascii=False)}, pdf_standards="ua-1")
        except typst.TypstError as fault:
            raise ValidationError(_("The PDF could not be typeset: %(why)s. HTML and DOCX can be made.") % {"why": str(fault.message).rstrip(".")}) from fault


__all__ = ["faces", "lacking", "pdf"]
