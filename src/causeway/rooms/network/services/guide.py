"""Writes on guides, and a guide compiled: chapters of published cases to HTML, DOCX and PDF."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from causeway.engines.guide import CONTACT, KEYS, book, names
from causeway.engines.guide.book import Book, BookCase, Chapter, Picture, Section
from causeway.engines.guide.parse import NOT_APPLICABLE
from causeway.frame import access, audit, scope
from causeway.frame.access import Actor
from causeway.frame.models import StoredFile
from causeway.rooms.network.choices import ReleaseState
from causeway.rooms.network.models import Guide, Release

#: The most cases and chapters of one guide.
MOST_CASES = 500
MOST_CHAPTERS = 40


@transaction.atomic
def guide_create(*, actor: Actor, **values: Any) -> Guide:
    """Begin a guide. values: title, subtitle, edition, dated, language, editors, publisher, introduction, acknowledgements, licence, citation, acronyms, contacts."""
    access.require(actor, "guide.create")
    with audit.changing(Guide(), by=actor, verb="guide.create") as guide:
        _set(guide, values)
    return guide


@transaction.atomic
def guide_update(*, actor: Actor, obj: Guide, revision: int | None = None, **values: Any) -> Guide:
    """Change what stands in front of a guide."""
    access.require(actor, "guide.update", obj)
    with audit.changing(obj, by=actor, verb="guide.update", revision=revision) as guide:
        _set(guide, values)
    return guide


def _set(guide: Guide, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(guide, name, value)
    guide.updated_at = timezone.now()


@transaction.atomic
def chapters_set(*, actor: Actor, guide: Guide, chapters: Sequence[Mapping[str, Any]]) -> Guide:
    """Say which cases stand in which chapters and in what order. chapters: {"title", "cases": keys of published cases}."""
    access.require(actor, "guide.update", guide)
    made = [{"title": str(one["title"]).strip(), "cases": [str(key) for key in one["cases"]]} for one in chapters if one["cases"] or str(one["title"]).strip()]
    keys = [key for one in made for key in one["cases"]]
    if len(keys) > MOST_CASES or len(made) > MOST_CHAPTERS:
        raise ValidationError(_("A guide has at most %(cases)s cases in %(chapters)s chapters.") % {"cases": MOST_CASES, "chapters": MOST_CHAPTERS})
    if len(set(keys)) != len(keys):
        raise ValidationError(_("A case stands in one chapter only."))
    if any(not one["title"] for one in made):
        raise ValidationError(_("Every chapter with cases needs a title."))
    with audit.changing(guide, by=actor, verb="guide.chapters") as guide:
        guide.chapters, guide.updated_at = made, timezone.now()
    return guide


@transaction.atomic
def trash(*, actor: Actor, obj: Guide, why: str = "") -> Guide:
    """Put a guide into the trash."""
    access.require(actor, "guide.trash", obj)
    with audit.changing(obj, by=actor, verb="guide.trash", why=why) as guide:
        guide.trashed_at = timezone.now()
    return guide


@transaction.atomic
def restore(*, actor: Actor, obj: Guide) -> Guide:
    """Bring a guide back from the trash."""
    access.require(actor, "guide.restore", obj)
    with audit.changing(obj, by=actor, verb="guide.restore") as guide:
        guide.trashed_at = None
    return guide


# --- compiling ------------------------------------------------------------------------------------------------------------------------------


def released(guide: Guide) -> dict[str, Release]:
    """The published cases a guide names, by key; one that was withdrawn since is not among them."""
    keys = [key for chapter in guide.chapters for key in chapter["cases"]]
    return {str(one.key): one for one in Release.objects.filter(key__in=keys, current=True, state=ReleaseState.PUBLISHED)}


def gone(guide: Guide) -> int:
    """How many cases a guide names that are not in the library any more."""
    return sum(len(chapter["cases"]) for chapter in guide.chapters) - len(released(guide))


def book_of(guide: Guide) -> Book:
    """A guide as a book: chapters as chosen, cases of one partner together in the order of the first."""
    found = released(guide)
    chapters = []
    for chapter in guide.chapters:
        sections: dict[str, list[BookCase]] = {}
        for key in chapter["cases"]:
            if key in found:
                release = found[key]
                sections.setdefault(_section(release), []).append(_case(release, guide))
        if sections:
            chapters.append(Chapter(chapter["title"], [Section(name, cases) for name, cases in sections.items()]))
    if not chapters:
        raise ValidationError(_("This guide has no case yet. Choose its contents first."))
    return Book(
        guide.title, chapters, guide.subtitle, guide.edition, guide.dated.isoformat(), guide.language, guide.editors, guide.publisher, guide.introduction, guide.acknowledgements,
        guide.licence, guide.citation or citation_of(guide), acronyms_of(guide),
    )  # fmt: skip


def _section(release: Release) -> str:
    return release.content.get("partner") or names.without_acronym(release.hei_name)


def _case(release: Release, guide: Guide) -> BookCase:
    texts = release.content["texts"]
    language = guide.language if guide.language in texts else release.language
    fields = {**texts.get(release.language, {}), **texts.get(guide.language, {})}
    if guide.contacts:
        fields |= {key: value for key, value in release.content.get("contact", {}).items() if key in CONTACT}
    pictures = [one for photo in release.content.get("photos", []) if (one := _picture(release, photo))]
    printed = release.content.get("heading") if language == release.language else ""
    heading = printed or texts.get(language, {}).get("case_study_name") or release.title
    return BookCase(heading, {key: fields[key] for key in KEYS if fields.get(key)}, language, pictures)


def _picture(release: Release, photo: Mapping[str, Any]) -> Picture | None:
    """A picture's bytes from its owner's files; None where the file is gone."""
    if release.source_id is None:
        return None
    with scope.use(release.source_id):
        file = StoredFile.objects.filter(pk=photo["file"], sha256=photo["sha256"]).first()
    path = Path(settings.MEDIA_ROOT) / file.path if file else None
    if path is None or not path.exists():
        return None
    rights = ". ".join(part for part in (photo["caption"], f"© {photo['holder']}, {photo['licence']}") if part)
    return Picture(path.read_bytes(), photo["type"], photo["alternative"], rights, photo["width"], photo["height"])


def citation_of(guide: Guide) -> str:
    """How a guide is cited where nobody wrote it."""
    return " ".join(part for part in (f"{guide.editors} (eds.)" if guide.editors else "", f"({guide.dated.year}).", f"{guide}.", f"{guide.publisher}." if guide.publisher else "") if part)


def acronyms_of(guide: Guide) -> list[tuple[str, str]]:
    """The acronyms as written, one to a line, and those the institutions' own names bring, in order."""
    pairs = {}
    for release in released(guide).values():
        inside = release.hei_name.partition("(")[2].partition(")")[0].strip()
        if inside and inside.isupper() and len(inside) < 9:
            pairs[inside] = names.without_acronym(release.hei_name)
    for line in guide.acronyms.splitlines():
        short, sign, long = line.partition("=")
        if sign and short.strip():
            pairs[short.strip()] = long.strip()
    return sorted(pairs.items(), key=lambda pair: pair[0].casefold())


def compile_html(guide: Guide) -> bytes:
    """The guide as one page of HTML."""
    return book.html(book_of(guide)).encode()


def compile_docx(guide: Guide) -> bytes:
    """The guide as a Word document."""
    return book.docx(book_of(guide))


_TYPST = Path(__file__).resolve().parent / "guide.typ"


def compile_pdf(guide: Guide) -> bytes:
    """The guide as a tagged PDF (PDF/UA-1) with contents, running heads and page numbers; the same guide gives the same bytes."""
    made = book_of(guide)
    pictures: dict[str, bytes] = {}
    data = {"title": made.title, "subtitle": made.subtitle, "by": made.words["edited"] + " " + made.editors if made.editors else "", "publisher": made.publisher,
            "edition": made.edition, "dated": made.dated, "year": guide.dated.year, "month": guide.dated.month, "day": guide.dated.day, "language": _tongue(made.language),
            "editors": made.editors, "words": made.words | {"introduction": made.words["introduction"].capitalize()}, "imprint": [[title, _blocks(text)] for title, text in _imprint(made)],
            "introduction": _blocks(made.introduction), "acronyms": [list(pair) for pair in made.acronyms],
            "items": [_item(one, made, pictures) for one in book.headings(made)]}  # fmt: skip
    return _compiled(data, pictures)


def _tongue(language: str) -> str:
    return {"zh-hans": "zh"}.get(language, language)


def _imprint(made: Book) -> list[tuple[str, str]]:
    pairs = [(made.words["acknowledgements"], made.acknowledgements), (made.words["licence"], made.licence), (made.words["cite"], made.citation)]
    return [(title, text) for title, text in pairs if text.strip()]


def _blocks(text: str) -> list[list[str]]:
    return [list(pair) for pair in book.front_blocks(text)]


def _item(one: book.Heading, made: Book, pictures: dict[str, bytes]) -> dict[str, Any]:
    item: dict[str, Any] = {"level": one.level, "number": one.number, "text": one.text, "rows": [], "pictures": []}
    if one.case is not None:
        item["language"] = _tongue(one.case.language or made.language)
        item["rows"] = _printed_rows([{"kind": kind, "label": label, "lines": book.paragraphs(text)} for kind, label, text in book.rows(one.case, made.language)])
        for picture in one.case.pictures:
            name = f"picture-{len(pictures) + 1}.{picture.kind.split('/')[1]}"
            pictures[name] = picture.data
            item["pictures"].append({"file": name, "alternative": picture.alternative, "caption": picture.caption})
    return item


def _printed_rows(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """On paper an empty row says nothing, nor does "n/a": rows with text, and the section rows that have some below them."""
    kept: list[dict[str, Any]] = []
    for row in reversed(rows):
        if (row["lines"] and " ".join(row["lines"]).casefold() not in NOT_APPLICABLE) or (row["kind"] == "section" and kept and kept[-1]["kind"] == "field"):
            kept.append(row)
    return kept[::-1]


def _compiled(data: dict[str, Any], pictures: Mapping[str, bytes]) -> bytes:
    """Typeset; pictures lie in a folder of their own while it runs."""
    import tempfile

    import typst

    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "guide.typ").write_text(_TYPST.read_text(encoding="utf-8"), encoding="utf-8")
        for name, content in pictures.items():
            (root / name).write_bytes(content)
        return typst.compile(str(root / "guide.typ"), root=folder, sys_inputs={"data": json.dumps(data, ensure_ascii=False)}, pdf_standards="ua-1")


FORMATS = {"html": (compile_html, "text/html; charset=utf-8"), "docx": (compile_docx, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
           "pdf": (compile_pdf, "application/pdf")}  # fmt: skip
__all__ = ["FORMATS", "acronyms_of", "book_of", "chapters_set", "compile_docx", "compile_html", "compile_pdf", "gone", "guide_create", "guide_update", "released"]
