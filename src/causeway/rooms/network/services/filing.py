"""A guide that was read, filed: its cases with their source, their contact data apart, their figures as facts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from causeway.engines.guide import CONTACT, TEXT, Guide, normalise
from causeway.engines.guide import Case as Read
from causeway.engines.guide import names as reading
from causeway.engines.guide.figures import figures
from causeway.engines.guide.known import CIPNET_2020
from causeway.engines.guide.mechanisms import suggest
from causeway.frame import access, audit
from causeway.frame.access import Actor
from causeway.rooms.network.choices import CaseState, Origin, ReleaseState
from causeway.rooms.network.mapping import cases as mapping
from causeway.rooms.network.models import Case, CaseContact, CaseFigure, CaseVersion, GuideDocument
from causeway.rooms.network.services import library
from causeway.rooms.network.services.cases import snapshot

_CONTACT_FIELDS = {"contact_surname_name": "name", "contact_role": "role", "contact_institution": "institution", "contact_address": "address",
                   "contact_telephone": "telephone", "contact_email": "email"}  # fmt: skip


@dataclass
class Filed:
    """What filing a guide did (or would do): numbers of cases that are new, unchanged, changed, and taken as versions."""

    new: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    versions: list[str] = field(default_factory=list)
    maybe: list[tuple[str, str]] = field(default_factory=list)
    figures: int = 0
    doubts: int = 0

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return dict(self.__dict__)


@dataclass(frozen=True)
class Front:
    """What the front matter of a guide says about it."""

    title: str
    edition: str
    citation: str
    licence: str


def front_of(guide: Guide) -> Front:
    """Title, edition, citation and licence from the lines before the first case, as far as they say so."""
    begun = any(one.code == "before-first-case" for one in guide.problems)  # what stands in front is the rest of a case
    lines = [normalise(line) for line in guide.front if line.strip() and not begun]
    titles = [line for line in lines[:40] if len(line) > 25 and line.upper() == line and any(c.isalpha() for c in line)]
    citation = next((line for line in lines if re.search(r"cite this (?:publication|guide)|how to cite", line, re.IGNORECASE)), "")
    licence = next((line for line in lines if re.search(r"reproduction is authorised|all rights reserved|creative commons|licen[cs]ed? under", line, re.IGNORECASE)), "")
    edition = next((found[0] for line in lines[:60] if (found := re.search(r"(?:first|second|third|fourth|\d+(?:st|nd|rd|th)) edition|edition \d{4}", line, re.IGNORECASE))), "")
    year = re.search(r"\((\d{4})\)|©[^\d]*(\d{4})", f"{citation} {licence}")
    title = (titles[0].capitalize() if titles else "") or next((line for line in lines[:1]), "")
    cited = re.sub(r"^.*?(?:\bas\b|:)\s*:?\s*", "", citation, count=1).strip() if citation else ""
    return Front(title[:300], (edition or ((year[1] or year[2]) if year else ""))[:100], cited, licence[:300])


def digest_of(case: Read) -> str:
    """What tells a case that was changed from one that was not: its texts and its date, white space apart."""
    texts = {key: value for key, value in case.fields.items() if key not in CONTACT and value}
    return mapping.digest([texts, case.date_iso])


def _key(number: str | None, hei: str) -> tuple[str, str]:
    return number or "", mapping.hei_key(hei)


@dataclass
class _Known:
    """The cases of earlier imports, by what they are recognised by."""

    by_digest: dict[str, Case]
    by_key: dict[tuple[str, str], Case]
    by_name: dict[tuple[str, str], list[Case]]

    @classmethod
    def here(cls) -> _Known:
        cases = {case.pk: case for case in Case.objects.filter(origin=Origin.IMPORTED).select_related("document")}
        by_name: dict[tuple[str, str], list[Case]] = {}
        kept = {pk: case for pk, case in cases.items() if case.trashed_at is None}
        for case in kept.values():
            by_name.setdefault((mapping.hei_key(case.hei_name), case.title.casefold()), []).append(case)
        digests = {version.sha256: cases[version.case_id] for version in CaseVersion.objects.filter(case__in=cases).order_by("pk")}
        return cls(digests, {_key(case.number, case.hei_name): case for case in kept.values()}, by_name)

    def find(self, read: Read) -> Case | None:
        """The case a reading belongs to: by number and institution, else by name and institution where only one has them."""
        hei, title = read.fields["hei_name"] or "", read.fields["case_study_name"] or ""
        found = self.by_key.get(_key(read.number, hei))
        named = self.by_name.get((mapping.hei_key(hei), title.casefold()), [])
        return found or (named[0] if len(named) == 1 and not read.number else None)


def plan(guide: Guide, version_of: Mapping[str, str] | None = None) -> Filed:
    """What filing would do; nothing is written. Raises ValidationError where a number of `version_of` is not known."""
    _check_pairs(guide, version_of or {})
    known, report = _Known.here(), Filed()
    for read in guide.cases:
        number = read.number or read.heading or "?"
        if digest_of(read) in known.by_digest:
            report.unchanged.append(number)
        elif number in (version_of or {}):
            report.versions.append(number)
        elif known.find(read):
            report.changed.append(number)
        else:
            report.new.append(number)
        found = _figures(read)
        report.figures += len(found)
        report.doubts += sum(1 for one in found if one.doubt)
    report.maybe = [(new, old) for new, old in _maybe(guide) if new not in (version_of or {})]
    return report


def _maybe(guide: Guide) -> list[tuple[str, str]]:
    return [(case.number or "", one.text) for case in guide.cases for one in case.warnings if one.code == "maybe-version"]


def _figures(read: Read) -> list[Any]:
    return figures([(key, read.fields[key] or "") for key in TEXT if read.fields[key]])


@transaction.atomic
def file_guide(
    *, actor: Actor, guide: Guide, name: str, sha256: str, title: str = "", edition: str = "", language: str = "en", version_of: Mapping[str, str] | None = None
) -> Filed:
    """File the cases of a guide in the library of the actor's university.

    What is there already stays as it is; what differs becomes a new version. version_of: number of a case to the number of the case it is
    a newer version of, on a person's word. Contact data is kept apart and not shown. Raises ValidationError where a number is not known.
    """
    access.require(actor, "case.import")
    pairs = dict(version_of or {})
    _check_pairs(guide, pairs)
    known, report = _Known.here(), Filed(maybe=_maybe(guide))
    document = _document(actor, guide, name, sha256, title, edition)
    filed: dict[str, Case] = {}
    for read in sorted(guide.cases, key=lambda one: (one.number in pairs, guide.cases.index(one))):
        number = read.number or read.heading or "?"
        found = known.by_digest.get(digest_of(read))
        if found is not None:
            report.unchanged.append(number)
            filed[number] = found
            continue
        older = filed.get(pairs.get(number, "")) or known.find(read)
        filed[number] = _next_version(actor, older, read, document, language) if older else _new(actor, read, document, language)
        (report.versions if number in pairs else report.changed if older else report.new).append(number)
        _facts(actor, filed[number], read, report)
        library.release_again(actor=actor, case=filed[number])
    report.maybe = [(new, old) for new, old in report.maybe if filed[new].pk != filed[old].pk]
    _mark_maybe(actor, report.maybe, filed)
    return report


def _check_pairs(guide: Guide, pairs: Mapping[str, str]) -> None:
    numbers = {case.number for case in guide.cases}
    strange = [number for pair in pairs.items() for number in pair if number not in numbers]
    if strange:
        raise ValidationError(_("The guide has no case %(numbers)s.") % {"numbers": ", ".join(strange)})


def _document(actor: Actor, guide: Guide, name: str, sha256: str, title: str, edition: str) -> GuideDocument:
    found = GuideDocument.objects.filter(sha256=sha256).first()
    if found:
        return found
    front = front_of(guide)
    made = GuideDocument(title=title or front.title or name, edition=edition or front.edition, citation=front.citation, licence=front.licence, name=name[:255], sha256=sha256,
                         lines=guide.lines, problems=[one.plain() for one in guide.problems][:500])  # fmt: skip
    with audit.changing(made, by=actor, verb="guide.read") as document:
        pass
    return document


def _texts(read: Read) -> dict[str, str]:
    return {key: read.laid_out[key] for key in mapping.OPEN_KEYS if read.laid_out.get(key)}


def _fill(case: Case, read: Read, document: GuideDocument, language: str) -> None:
    fields = read.fields
    case.title = (fields["case_study_name"] or read.heading or _("Case without a name"))[:500]
    case.hei_name = (fields["hei_name"] or read.partner or _("Institution not named"))[:300]
    case.heading, case.number, case.partner = (read.heading or "")[:500], (read.number or "")[:20], (read.partner or "")[:300]
    case.country = reading.country(fields["country"] or "")
    case.kind = reading.kind(case.hei_name)
    case.dated, case.year = (read.date_iso or "")[:10], mapping.year_of(read.date_iso or "")
    case.texts = {**case.texts, language: _texts(read)}
    case.language, case.document, case.lines = language, document, f"{read.first_line}–{read.last_line}"
    case.origin, case.state, case.updated_at = Origin.IMPORTED, CaseState.PUBLISHED, timezone.now()
    case.targets = sorted(reading.targets(fields["target_groups"] or ""))
    if not case.mechanisms_confirmed:
        codes = CIPNET_2020.get((read.number or "", reading.without_acronym(case.hei_name).casefold()))
        case.mechanisms_confirmed = codes is not None
        case.mechanisms = sorted(codes if codes is not None else suggest(f"{case.title} {fields['key_words'] or ''}", " ".join(fields[key] or "" for key in TEXT)))
    case.version += 1


def _new(actor: Actor, read: Read, document: GuideDocument, language: str) -> Case:
    with audit.changing(Case(), by=actor, verb="case.import") as case:
        _fill(case, read, document, language)
    _contact(actor, case, read)
    _version(actor, case, read, _("Read from %(document)s, lines %(lines)s") % {"document": document, "lines": case.lines})
    return case


def _next_version(actor: Actor, older: Case, read: Read, document: GuideDocument, language: str) -> Case:
    with audit.changing(older, by=actor, verb="case.import_version") as case:
        number = case.number
        _fill(case, read, document, language)
        case.number = number or case.number
    _contact(actor, case, read)
    _version(actor, case, read, _("Differs in %(document)s, lines %(lines)s") % {"document": document, "lines": case.lines})
    return case


def _version(actor: Actor, case: Case, read: Read, why: str) -> None:
    content, _sha = snapshot(case)
    with audit.changing(CaseVersion(case=case, number=case.version, content=content, sha256=digest_of(read), why=why[:300], by=actor.name), by=actor, verb="case.version"):
        pass


def _contact(actor: Actor, case: Case, read: Read) -> None:
    values = {name: (read.fields[key] or "") for key, name in _CONTACT_FIELDS.items()}
    if any(values.values()):
        with audit.changing(CaseContact.objects.filter(case=case).first() or CaseContact(case=case), by=actor, verb="case.contact") as contact:
            for name, value in values.items():
                setattr(contact, name, value[: CaseContact._meta.get_field(name).max_length])


def _facts(actor: Actor, case: Case, read: Read, report: Filed) -> None:
    """The figures of a text as facts; those a person checked stay."""
    found = _figures(read)
    report.figures += len(found)
    report.doubts += sum(1 for one in found if one.doubt)
    with audit.batch(by=actor, verb="case.figures") as work:
        work.remove(CaseFigure, list(case.figures.filter(confirmed=False).values_list("pk", flat=True)))
        work.add([CaseFigure(case=case, place=place, **{**one._asdict(), "doubt": one.doubt[:300]}) for place, one in enumerate(found)])


def _mark_maybe(actor: Actor, maybe: Sequence[tuple[str, str]], filed: Mapping[str, Case]) -> None:
    for new, old in maybe:
        newer, older = filed.get(new), filed.get(old)
        if newer and older and newer.pk != older.pk and newer.maybe_version_of_id != older.pk and newer.trashed_at is None:
            with audit.changing(newer, by=actor, verb="case.maybe_version") as case:
                case.maybe_version_of = older


__all__ = ["Filed", "Front", "ReleaseState", "file_guide", "front_of", "plan"]
