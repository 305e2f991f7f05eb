"""Writes on guides, and a guide compiled: chapters of published cases to HTML, DOCX and PDF."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from causeway.engines.guide import CONTACT, KEYS, names, page, word
from causeway.engines.guide.book import Book, BookCase, Chapter, Picture, Section
from causeway.frame import access, audit
from causeway.frame.access import Actor
from causeway.rooms.network.choices import ReleaseState
from causeway.rooms.network.models import Guide, Release
from causeway.rooms.network.selectors import pictures
from causeway.rooms.network.services import typeset

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
        guide.licence, guide.citation or citation_of(guide), acronyms_of(guide), _day(guide),
    )  # fmt: skip


def _day(guide: Guide) -> str:
    """The day of an edition as it is printed in its language."""
    with translation.override(guide.language):
        return formats.date_format(guide.dated, "j F Y" if guide.language == "en" else "DATE_FORMAT")


def _section(release: Release) -> str:
    return release.content.get("partner") or names.without_acronym(release.hei_name)


def _case(release: Release, guide: Guide) -> BookCase:
    texts = release.content["texts"]
    language = guide.language if guide.language in texts else release.language
    fields = {**texts.get(release.language, {}), **texts.get(guide.language, {})}
    if guide.contacts:
        fields |= {key: value for key, value in release.content.get("contact", {}).items() if key in CONTACT}
    shown = [one for photo in release.content.get("photos", []) if (one := _picture(release, photo))]
    printed = release.content.get("heading") if language == release.language else ""
    heading = printed or texts.get(language, {}).get("case_study_name") or release.title
    return BookCase(heading, {key: fields[key] for key in KEYS if fields.get(key)}, language, shown)


def _picture(release: Release, photo: Mapping[str, Any]) -> Picture | None:
    """A picture with its rights; None where its file is gone."""
    found = pictures.found(release, photo)
    if found is None:
        return None
    rights = ". ".join(part for part in (photo["caption"].rstrip("."), f"© {photo['holder']}, {photo['licence']}") if part)
    return Picture(found[0].read_bytes(), found[1], photo["alternative"], rights, photo["width"], photo["height"])


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
    return page.html(book_of(guide)).encode()


def compile_docx(guide: Guide) -> bytes:
    """The guide as a Word document."""
    return word.docx(book_of(guide))


def compile_pdf(guide: Guide) -> bytes:
    """The guide as a tagged PDF."""
    return typeset.pdf(book_of(guide))


def lacking(guide: Guide) -> str:
    """What this machine lacks to typeset a guide, in words; empty where nothing."""
    return "" if typeset.faces() or not released(guide) else typeset.lacking(book_of(guide))


FORMATS = {"html": (compile_html, "text/html; charset=utf-8"), "docx": (compile_docx, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
           "pdf": (compile_pdf, "application/pdf")}  # fmt: skip
__all__ = ["FORMATS", "acronyms_of", "book_of", "chapters_set", "compile_docx", "compile_html", "compile_pdf", "gone", "guide_create", "guide_update", "lacking", "released"]
