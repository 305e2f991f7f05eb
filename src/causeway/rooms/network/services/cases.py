"""Writes on cases: draft, save, figures, photographs, hand in, take back, withdraw, make one a version of another."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any, BinaryIO

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from causeway.engines.guide import LIMITS, names
from causeway.engines.guide.dates import read_date
from causeway.engines.guide.mechanisms import BY_CODE
from causeway.frame import access, audit, files, trash
from causeway.frame.access import Actor
from causeway.rooms.network.choices import LANGUAGES, CaseState, ReleaseState, Target
from causeway.rooms.network.mapping import cases as mapping
from causeway.rooms.network.models import Case, CaseContact, CaseFigure, CasePhoto, CaseVersion, Release
from causeway.rooms.network.services import library

PICTURES = {"image/png", "image/jpeg"}
MOST_PIXELS = 60_000_000
#: What a case needs before it is handed in.
NEEDED = ("case_study_name", "hei_name", "case_study_author", "country", "target_groups", "short_description", "background", "achievements", "impact")
HEAD = ("title", "hei_name", "heading", "number", "partner", "country", "kind", "dated", "language")


def typed(text: str) -> str:
    """Text as it was typed, with the line ends of one kind: what is counted against a limit."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def over_limit(fields: Mapping[str, str]) -> dict[str, int]:
    """By how many characters, counted as typed, fields go beyond the template's limits."""
    return {key: len(typed(fields[key])) - limit for key, limit in LIMITS.items() if len(typed(fields.get(key, ""))) > limit}


def _head(case: Case, values: Mapping[str, Any]) -> None:
    for name in HEAD:
        if name in values:
            setattr(case, name, values[name])
    for name in ("mechanisms", "targets", "packs"):
        if name in values:
            setattr(case, name, sorted(set(values[name])))
    found = read_date(case.dated)
    if case.dated and found.iso is None:
        raise ValidationError({"dated": found.fault})
    case.dated = found.iso or ""
    case.year = mapping.year_of(case.dated)
    case.country = names.country(case.country) if len(case.country) != 2 else case.country.upper()
    case.kind = case.kind or names.kind(case.hei_name)
    _known(case.mechanisms, BY_CODE, "mechanisms")
    _known(case.targets, Target.values, "targets")


def _known(codes: Sequence[str], among: Any, field: str) -> None:
    strange = [code for code in codes if code not in among]
    if strange:
        raise ValidationError({field: _("There is no such choice: %(codes)s.") % {"codes": ", ".join(strange)}})


def _write(case: Case, language: str, fields: Mapping[str, str]) -> None:
    """Put fields into a language of a case; the head of the case follows its own language."""
    if language not in dict(LANGUAGES):
        raise ValidationError({"language": _("The library does not know this language.")})
    kept = {key: typed(str(value)).strip() for key, value in fields.items() if key in mapping.OPEN_KEYS}
    merged = {**case.texts.get(language, {}), **kept}
    case.texts = {**case.texts, language: {key: value for key, value in merged.items() if value}}
    if language == case.language:
        own = case.texts[language]
        case.title = (own.get("case_study_name") or case.title)[:500]
        case.hei_name = (own.get("hei_name") or case.hei_name)[:300]
        if "target_groups" in fields and not case.targets:
            case.targets = sorted(names.targets(own.get("target_groups", "")))


@transaction.atomic
def case_create(*, actor: Actor, fields: Mapping[str, str] | None = None, **values: Any) -> Case:
    """Begin a case. values: title, hei_name, country, kind, dated, language, mechanisms, targets, packs; fields: texts of the template by key."""
    access.require(actor, "case.create")
    with audit.changing(Case(), by=actor, verb="case.create") as case:
        case.language = values.get("language", "en")
        _head(case, values)
        _write(case, case.language, {"case_study_name": case.title, "hei_name": case.hei_name, "country": case.country, "date": case.dated, **(fields or {})})
        case.mechanisms_confirmed = bool(case.mechanisms)
    return case


@transaction.atomic
def case_update(
    *, actor: Actor, obj: Case, revision: int | None = None, fields: Mapping[str, str] | None = None, language: str = "", **values: Any
) -> Case:
    """Save a case or a translation of it. language: of the fields, the case's own where empty; values: as for `case_create`."""
    access.require(actor, "case.update", obj)
    with audit.changing(obj, by=actor, verb="case.update", revision=revision) as case:
        before = (dict(case.texts), [getattr(case, name) for name in (*HEAD, "mechanisms", "targets", "packs")])
        _head(case, values)
        _write(case, language or case.language, fields or {})
        if "mechanisms" in values:
            case.mechanisms_confirmed = True
        after = (dict(case.texts), [getattr(case, name) for name in (*HEAD, "mechanisms", "targets", "packs")])
        if after != before:
            case.updated_at = timezone.now()
            case.state = CaseState.DRAFT if case.state == CaseState.PUBLISHED else case.state
    return case


@transaction.atomic
def contact_save(*, actor: Actor, case: Case, **values: Any) -> CaseContact:
    """Note whom to ask, apart from the case. values: name, role, institution, address, telephone, email, agreed."""
    access.require(actor, "case.contact", case)
    with audit.changing(CaseContact.objects.filter(case=case).first() or CaseContact(case=case), by=actor, verb="case.contact") as contact:
        for name, value in values.items():
            setattr(contact, name, value)
    return contact


@transaction.atomic
def figure_save(*, actor: Actor, case: Case, figure: CaseFigure | None = None, **values: Any) -> CaseFigure:
    """Add a figure to a case or change one. values: label, value, unit, qualifier, period, quote, field, doubt, evidence, evidence_file, confirmed."""
    access.require(actor, "case.update", case)
    value = str(values.get("value", figure.value if figure else "")).strip()
    if value and not re.fullmatch(r"-?\d+(?:\.\d+)?(?:–\d+(?:\.\d+)?)?|\d+:\d+", value):
        raise ValidationError({"value": _("Write the number in figures, with a point before decimals and nothing between thousands.")})
    quote = values.get("quote", "")
    if quote and not any(mapping_normal(quote) in mapping_normal(text) for text in case.fields.values()):
        raise ValidationError({"quote": _("These words do not stand in the case. Copy them as they are.")})
    with audit.changing(figure or CaseFigure(case=case, place=case.figures.count()), by=actor, verb="case.figure") as made:
        for name, one in values.items():
            setattr(made, name, one)
        made.value = value
    return made


def mapping_normal(text: str) -> str:
    """Text with white space of one kind, to find a quote in it."""
    return re.sub(r"\s+", " ", text).strip()


@transaction.atomic
def figure_remove(*, actor: Actor, figure: CaseFigure) -> None:
    """Take a figure off a case."""
    access.require(actor, "case.update", figure.case)
    with audit.batch(by=actor, verb="case.figure_remove") as work:
        work.remove(CaseFigure, [figure.pk])


@transaction.atomic
def photo_add(*, actor: Actor, case: Case, source: BinaryIO, name: str, alternative: str, holder: str, licence: str, caption: str = "") -> CasePhoto:
    """Keep a photograph: a PNG or JPEG by its bytes, with what it shows and who may use it. Data a camera hides in it (place, device) is left out."""
    access.require(actor, "case.update", case)
    missing = {key: _("Say this for every picture.") for key, value in (("alternative", alternative), ("holder", holder), ("licence", licence)) if not value.strip()}
    if missing:
        raise ValidationError(missing)
    data, size = _picture(source)
    kept = files.store(actor=actor, source=BytesIO(data), name=name)
    if kept.content_type not in PICTURES:
        raise ValidationError({"file": _("A picture is a PNG or a JPEG.")})
    made = CasePhoto(case=case, file=kept, alternative=alternative.strip(), caption=caption.strip(), holder=holder.strip(), licence=licence.strip(), width=size[0], height=size[1])
    with audit.changing(made, by=actor, verb="case.photo") as photo:
        pass
    return photo


def _picture(source: BinaryIO) -> tuple[bytes, tuple[int, int]]:
    """A picture decoded and written anew, so that only its pixels come in."""
    from PIL import Image, UnidentifiedImageError

    raw = source.read(25_000_001)
    if len(raw) > 25_000_000:
        raise ValidationError({"file": _("A picture has at most 25 MB.")})
    try:
        with Image.open(BytesIO(raw)) as picture:
            if picture.format not in ("PNG", "JPEG") or picture.width * picture.height > MOST_PIXELS:
                raise ValidationError({"file": _("A picture is a PNG or a JPEG of at most 60 million pixels.")})
            picture.load()
            clean = picture.convert("RGBA" if picture.format == "PNG" and "A" in picture.getbands() else "RGB")
            clean.thumbnail((2400, 2400))
            out = BytesIO()
            clean.save(out, format=picture.format, **({"quality": 88} if picture.format == "JPEG" else {"optimize": False}))
            return out.getvalue(), clean.size
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError, SyntaxError) as fault:
        raise ValidationError({"file": _("This is no picture that can be read. Give a PNG or a JPEG.")}) from fault


@transaction.atomic
def photo_remove(*, actor: Actor, photo: CasePhoto) -> None:
    """Take a photograph off a case; copies released before keep theirs."""
    access.require(actor, "case.update", photo.case)
    with audit.batch(by=actor, verb="case.photo_remove") as work:
        work.remove(CasePhoto, [photo.pk])


def missing(case: Case) -> list[str]:
    """What a case still needs before it can be handed in."""
    return [key for key in NEEDED if not case.fields.get(key)]


def version_add(*, actor: Actor, case: Case, content: dict[str, Any], sha256: str, why: str) -> CaseVersion:
    """Keep what a case says now as its next version. The caller has set `case.version`."""
    with audit.changing(CaseVersion(case=case, number=case.version, content=content, sha256=sha256, why=why[:300], by=actor.name), by=actor, verb="case.version") as version:
        pass
    return version


def snapshot(case: Case) -> tuple[dict[str, Any], str]:
    """What of a case makes a version, and its digest: the texts, without contact data."""
    content = {"texts": case.texts, "language": case.language, "dated": case.dated, "mechanisms": case.mechanisms, "targets": case.targets}
    return content, mapping.digest({"texts": case.texts, "dated": case.dated})


@transaction.atomic
def case_submit(*, actor: Actor, obj: Case, why: str = "") -> Release:
    """Hand a case in for review; it stands still until the coordinator decides or the university takes it back."""
    access.require(actor, "case.submit", obj)
    with audit.changing(obj, by=actor, verb="case.submit", why=why) as case:
        if case.state == CaseState.SUBMITTED:
            raise ValidationError(_("This case is in review already."))
        lacks, over = missing(case), over_limit(case.fields)
        if lacks:
            raise ValidationError(_("Still to be written: %(fields)s.") % {"fields": ", ".join(lacks).replace("_", " ")})
        if over and case.origin == "written":
            told = ", ".join(f"{key.replace('_', ' ')} (+{count})" for key, count in over.items())
            raise ValidationError(_("Too long for the template: %(fields)s.") % {"fields": told})
        case.version += 1
        case.state, case.updated_at = CaseState.SUBMITTED, timezone.now()
    content, sha256 = snapshot(case)
    version_add(actor=actor, case=case, content=content, sha256=sha256, why=why)
    return library.release_hand_in(actor=actor, case=case)


@transaction.atomic
def case_take_back(*, actor: Actor, obj: Case) -> Case:
    """Take a case back out of review."""
    access.require(actor, "case.take_back", obj)
    with audit.changing(obj, by=actor, verb="case.take_back") as case:
        if case.state != CaseState.SUBMITTED:
            raise ValidationError(_("This case is not in review."))
        case.state = CaseState.DRAFT
    for release in Release.objects.filter(key=case.key, state=ReleaseState.SUBMITTED):
        library.release_withdraw(actor=actor, release=release, why=_("Taken back by the university"))
    return case


@transaction.atomic
def case_withdraw(*, actor: Actor, obj: Case, why: str) -> Case:
    """Take a published case out of the library; the record and its versions stay."""
    access.require(actor, "case.withdraw", obj)
    if not why.strip():
        raise ValidationError({"why": _("Say why; readers who had it will ask.")})
    with audit.changing(obj, by=actor, verb="case.withdraw", why=why) as case:
        case.state, case.updated_at = CaseState.WITHDRAWN, timezone.now()
    for release in Release.objects.filter(key=case.key).exclude(state=ReleaseState.WITHDRAWN):
        library.release_withdraw(actor=actor, release=release, why=why)
    return case


def case_trash(*, actor: Actor, obj: Case, why: str = "") -> Case:
    """Put a case into the trash; a published one is withdrawn first."""
    access.require(actor, "case.trash", obj)
    if Release.objects.filter(key=obj.key, current=True).exists():
        raise ValidationError(_("This case is in the library. Withdraw it first."))
    return trash.put(actor=actor, obj=obj, why=why)


@transaction.atomic
def case_make_version(*, actor: Actor, newer: Case, older: Case | None) -> Case:
    """On a person's word: one case is a newer version of another. The older record takes its text as the next version; the newer one goes to the trash."""
    access.require(actor, "case.merge", newer)
    if older is None:
        raise ValidationError(_("This does not apply to it."))
    access.require(actor, "case.merge", older)
    if newer.pk == older.pk:
        raise ValidationError(_("A case cannot be a version of itself."))
    why = _("%(new)s is a newer version of %(old)s") % {"new": newer.number or newer.title, "old": older.number or older.title}
    with audit.changing(older, by=actor, verb="case.new_version", why=why) as case:
        case.texts, case.dated, case.year, case.heading = newer.texts, newer.dated or case.dated, newer.year or case.year, newer.heading
        case.mechanisms = sorted({*case.mechanisms, *newer.mechanisms})
        case.lines, case.version, case.updated_at = newer.lines or case.lines, case.version + 1, timezone.now()
        case.maybe_version_of = None
    content, sha256 = snapshot(case)
    version_add(actor=actor, case=case, content=content, sha256=sha256, why=why)
    _hand_over_figures(actor, newer, case)
    for release in Release.objects.filter(key=newer.key).exclude(state=ReleaseState.WITHDRAWN):
        library.release_withdraw(actor=actor, release=release, why=why)
    with audit.changing(newer, by=actor, verb="case.merged", why=why) as gone:
        gone.trashed_at, gone.maybe_version_of, gone.state = timezone.now(), None, CaseState.WITHDRAWN
    if Release.objects.filter(key=case.key, current=True).exists():
        library.release_again(actor=actor, case=case)
    return case


def _hand_over_figures(actor: Actor, newer: Case, older: Case) -> None:
    """The figures of the newer text replace those nobody checked."""
    with audit.batch(by=actor, verb="case.figures") as work:
        work.remove(CaseFigure, list(older.figures.filter(confirmed=False).values_list("pk", flat=True)))
        moved = list(newer.figures.order_by("place"))
        for one in moved:
            one.case = older
        work.change(moved, ["case"])
