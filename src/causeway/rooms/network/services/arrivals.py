"""What comes in packages: each kind of record is judged and put in its place; anything that is not as it should be refuses the whole package."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from causeway.engines.indicators import shipped_catalogue
from causeway.engines.indicators.questionnaire import settled
from causeway.frame import audit, shared
from causeway.frame.access import Actor
from causeway.frame.models import University
from causeway.rooms.governance import selectors as governance
from causeway.rooms.governance import services as policies
from causeway.rooms.network.access.library import coordinating
from causeway.rooms.network.choices import LANGUAGES, Field, PackState, ReleaseState, Seeks
from causeway.rooms.network.mapping import parcels
from causeway.rooms.network.models import (
    Collection,
    Edition,
    EditionCell,
    FrozenAnswers,
    Installation,
    Institution,
    Invited,
    ReceivedPack,
    Release,
    Round,
    SharedOffer,
)
from causeway.rooms.network.services import answers, benchmarks, library, offers, pictures
from causeway.rooms.network.services.package import ROR
from causeway.rooms.network.services.questionnaires import digest, form_of, invited_away, say

#: A pack in a package has at most so many files and characters.
MOST_FILES, MOST_TEXT = 500, 20_000_000
#: A case has at most so many pictures.
MOST_PICTURES = 40
CELL = ("figure", "norm", "group", "year", "count", "low", "median", "high", "withheld")


@dataclass
class Arrival:
    """A package on its way in: who takes it, from whom, its files by digest, and what is told of what was left out."""

    actor: Actor
    known: Installation
    files: Mapping[str, bytes] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def note(self, text: str) -> bool:
        """Tell something; the record counts as not taken."""
        self.notes.append(text)
        return False


def _round_in(come: Arrival, item: Mapping[str, Any]) -> bool:
    """A questionnaire that another installation asks: the actor's university is asked to answer it here."""
    key, version = uuid.UUID(item["key"]), int(item["version"])
    if digest(item["definition"]) != item["sha256"]:
        raise ValueError
    found = Round.objects.filter(key=key, version=version).first()
    if found is not None:
        if found.sha256 != item["sha256"]:
            raise ValidationError(_("A round is never changed once it is published."))
        return _dates(come, found, item)
    form, troubles = form_of(item["definition"])
    if form is None:
        come.notes.append(_("A questionnaire of %(name)s was left out: %(why)s") % {"name": come.known.name, "why": say(troubles[0])})
        return False
    made = Round(key=key, version=version, source=None, source_name=str(item["source_name"])[:300], installation=come.known.fingerprint, title=str(item["title"])[:300],
                 definition=item["definition"], sha256=item["sha256"], opens_on=date.fromisoformat(item["opens_on"]), closes_on=date.fromisoformat(item["closes_on"]))  # fmt: skip
    with audit.changing(made, by=come.actor, verb="round.receive") as made:
        pass
    home = University.objects.get(pk=come.actor.university_id)
    with audit.changing(Invited(round=made, to=home, name=home.name, origin=answers.origin_here(home)), by=come.actor, verb="round.invite"):
        pass
    return True


def _dates(come: Arrival, found: Round, item: Mapping[str, Any]) -> bool:
    """More time for a round that is here already; only the one who asks gives it."""
    closes = date.fromisoformat(item["closes_on"])
    if found.installation != come.known.fingerprint or closes == found.closes_on:
        return False
    with audit.changing(found, by=come.actor, verb="round.extend") as found:
        found.closes_on = closes
    return True


def _answers_in(come: Arrival, item: Mapping[str, Any]) -> bool:
    """Answers that a university elsewhere handed in to a round asked here."""
    if digest(item["content"]) != item["sha256"]:
        raise ValueError
    round = Round.objects.filter(key=uuid.UUID(item["round"]), version=int(item["round_version"]), source_id=come.actor.university_id).first()
    if round is None:
        come.notes.append(_("Answers of %(name)s to a questionnaire that is not asked here were left out.") % {"name": item["name"]})
        return False
    ror = _ror(item)
    institution = Institution.objects.filter(ror_id=ror).first() if ror else None
    if institution is not None and institution.here_id is not None:
        return come.note(_("Answers of %(name)s were left out: it is a university of this installation, and answers here.") % {"name": institution.name})
    origin = _origin(come, str(item["university"])[:40], ror)
    if institution is not None and Invited.objects.filter(round=round, institution=institution, origin__startswith="away:").exclude(origin=origin).exists():
        return come.note(_("Answers of %(name)s were left out: they came from another installation before.") % {"name": institution.name})
    latest = FrozenAnswers.objects.filter(round=round, origin=origin).order_by("-version").first()
    if latest is not None and latest.version >= int(item["version"]):
        if latest.version == int(item["version"]) and latest.sha256 != item["sha256"]:
            raise ValidationError(_("Answers that were handed in are never changed."))
        return False
    received = str(item.get("released_at", ""))[:10]
    invited = Invited.objects.filter(round=round, origin=origin).first() or (Invited.objects.filter(round=round, institution=institution, to=None, origin__startswith="registry:").first() if institution else None)
    until = (invited.until if invited else None) or round.closes_on
    if date.fromisoformat(received) > until:
        come.notes.append(_("Answers of %(name)s were handed in on %(day)s, after the last day; give more time and take a new package.") % {"name": item["name"], "day": received})
        return False
    form = answers.round_form(round)
    kept = settled(form, item["content"]["answers"], shipped_catalogue())
    lost = sorted(set(item["content"]["answers"]) - set(kept))
    if lost:
        come.notes.append(_("Of the answers of %(name)s these could not be: %(keys)s.") % {"name": item["name"], "keys": ", ".join(lost)[:300]})
    content = {**item["content"], "answers": kept}
    frozen = answers.freeze(actor=come.actor, round=round, origin=origin, source=None, name=str(item["name"])[:300], version=int(item["version"]), content=content, by=str(item["released_by"])[:200])
    country = str(item.get("country", ""))[:2]
    invited = invited_away(actor=come.actor, round=round, name=frozen.source_name, origin=origin, answered=len(kept), institution=institution)
    answers.share(actor=come.actor, frozen=frozen, country=country, institution=invited.institution_id)
    return True


def _ror(item: Mapping[str, Any]) -> str:
    """The address at ror.org that a record names its university by; empty where it names none."""
    ror = item.get("ror", "")
    return ror if isinstance(ror, str) and ROR.fullmatch(ror) else ""


def _origin(come: Arrival, number: str, ror: str) -> str:
    """The name of a university elsewhere among contributors: by its place in the registry, which stays when the other installation is built anew.

    One that handed in by its number alone before keeps that name, so that nobody counts twice.
    """
    base = f"away:{come.known.fingerprint[:16]}:"
    if not ror or FrozenAnswers.objects.filter(origin=base + number).exists():
        return base + number
    return base + ror.rpartition("/")[2]


def _case_in(come: Arrival, item: Mapping[str, Any]) -> bool:
    """A case: for review where this installation coordinates, else as published, for who sent it reviewed it."""
    key, version = uuid.UUID(item["key"]), int(item["version"])
    found = Release.objects.filter(key=key, version=version).first()
    if found is not None:
        if not parcels.same(found.content, found.sha256, item["sha256"]):
            raise ValidationError(_("A version of a case is never changed."))
        return False
    last = Release.objects.filter(key=key).order_by("-version").first()
    if last is not None and not _brings(come, last):
        return _elsewhere(come, last)
    if digest(item["content"]) != item["sha256"]:
        raise ValueError
    content = parcels.open_content(item["content"])
    content["photos"] = _pictures_in(come, item)
    content["contact"] = _contact(item)
    reviewed = not coordinating()
    made = Release(key=key, source=None, state=ReleaseState.PUBLISHED if reviewed else ReleaseState.SUBMITTED, content=content, sha256=item["sha256"],
                   installation=come.known.fingerprint, **{name: item[name] for name in parcels.CASE})  # fmt: skip
    newest = not Release.objects.filter(key=key, version__gt=version).exists()
    if reviewed:
        made.current, made.decided_at, made.decided_by = newest, timezone.now(), come.known.name
        for earlier in Release.objects.filter(key=key, current=True, version__lt=version):
            with audit.changing(earlier, by=come.actor, verb="release.superseded") as earlier:
                earlier.current = False
    with audit.changing(made, by=come.actor, verb="release.receive") as made:
        pass
    with audit.batch(by=come.actor, verb="release.facets") as work:
        work.add(library.facets_of(made))
    return True


def _brings(come: Arrival, one: Release) -> bool:
    """Whether the sender may change a case: only who brought it, and nobody one of this installation. Of those that came before this was noted anybody confirmed may."""
    return one.installation == come.known.fingerprint or (one.installation == "" and one.source_id is None)


def _elsewhere(come: Arrival, one: Release | SharedOffer) -> bool:
    """Leave out what another installation changes; told where somebody else brought it, for the own nobody asks."""
    return come.note(_("“%(title)s” came from another installation before and was left out.") % {"title": one.title}) if one.installation else False


def _withdrawal_in(come: Arrival, item: Mapping[str, Any]) -> bool:
    """That a case was withdrawn where it was written: it leaves the library, its review too; what it was, whose and why it went stays."""
    rows = list(Release.objects.filter(key=uuid.UUID(item["key"]), version__lte=int(item["version"])).exclude(state=ReleaseState.WITHDRAWN).order_by("-version"))
    why, at = str(item["why"])[:2000], timezone.make_aware(datetime.combine(date.fromisoformat(item["on"]), time(12)))
    if not rows:
        return False
    if not _brings(come, rows[0]):
        return _elsewhere(come, rows[0])
    for one in rows:
        library.release_withdraw(actor=come.actor, release=one, why=why, by=one.source_name[:200], at=at)
    come.notes.append(_("“%(case)s” was withdrawn by %(who)s: %(why)s") % {"case": rows[0].title, "who": rows[0].source_name, "why": why})
    return True


def _pictures_in(come: Arrival, item: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The pictures of a case: what each shows and who holds its rights as the sender says, what it is as its bytes say."""
    told = item["content"].get("photos", [])
    if len(told) > MOST_PICTURES:
        raise ValidationError(_("A case has at most %(n)s pictures.") % {"n": MOST_PICTURES})
    made = []
    for one in told:
        texts = {key: str(one.get(key, "")).strip()[:most] for key, most in (("alternative", 500), ("caption", 300), ("holder", 200), ("licence", 100))}
        if not (texts["alternative"] and texts["holder"] and texts["licence"]):
            raise ValidationError(_("A picture says what it shows, who holds its rights and under which licence it may be used; one here does not."))
        found = pictures.keep(actor=come.actor, sha256=str(one["sha256"]), data=come.files.get(one["sha256"]))
        if found is None:
            come.note(_("A picture of “%(case)s” did not come along and was left out.") % {"case": str(item["title"])[:100]})
        else:
            made.append(found | texts)
    return made


def _contact(item: Mapping[str, Any]) -> dict[str, str]:
    """The contact person of a record, where the sender let it go along."""
    told = item.get("contact") or {}
    return {str(key)[:40]: str(value)[:500] for key, value in list(told.items())[:10] if value}


def _offer_in(come: Arrival, item: Mapping[str, Any]) -> bool:
    """An offer of another installation, a newer version of it, or that it was withdrawn. Only who brought it changes it."""
    key, version = uuid.UUID(item["key"]), int(item["version"])
    last = SharedOffer.objects.filter(key=key).order_by("-version").first()
    if last is not None and last.installation != come.known.fingerprint:
        return _elsewhere(come, last)
    if item.get("withdrawn") is True:
        gone = list(SharedOffer.objects.filter(key=key, current=True))
        return bool(offers.take_off(actor=come.actor, shared=gone, why=_("Withdrawn by %(name)s") % {"name": come.known.name}))
    if digest(item["content"]) != item["sha256"]:
        raise ValueError
    if last is not None and last.version >= version:
        if last.version == version and last.sha256 != item["sha256"]:
            raise ValidationError(_("A version of an offer is never changed."))
        return False
    content = offer_content(item["content"]) | {"contact": _contact(item)}
    made = parcels.copy_of_offer(
        content, date.fromisoformat(item["valid_until"]), key=key, version=version, source_name=str(item["source_name"])[:300], ror_id=_ror(item), installation=come.known.fingerprint,
        country=str(item["country"])[:2], released_by=str(item.get("released_by", ""))[:200],
    )  # fmt: skip
    made.sha256 = item["sha256"]
    offers.put(actor=come.actor, made=made, verb="offer.receive")
    return True


def offer_content(told: Mapping[str, Any]) -> dict[str, Any]:
    """The content of an offer from elsewhere: texts within their bounds, choices that are known here, no contact data. Raises ValueError for what is none."""
    title, readiness = str(told["title"]).strip()[:200], told.get("readiness")
    lists = {key: told.get(key, []) for key in ("areas", "seeks", "languages", "rights")}
    if not title or not all(isinstance(value, list) for value in lists.values()) or not (readiness is None or (type(readiness) is int and 1 <= readiness <= 9)):
        raise ValueError
    choices = {"areas": Field.values, "seeks": Seeks.values, "languages": [code for code, _label in LANGUAGES]}
    known = {key: sorted({one for one in lists[key] if one in among}) for key, among in choices.items()}
    bounded = {key: str(told.get(key, ""))[:most] for key, most in (("text", 4000), ("sought", 200), ("office", 500), ("language", 10))}
    texts = {code: {name: str(words[name])[:most] for name, most in (("title", 200), ("text", 4000), ("sought", 200)) if words.get(name)} for code, words in dict(told.get("texts", {})).items() if code in choices["languages"]}
    kept = {code: words for code, words in texts.items() if "title" in words and "text" in words and code != bounded["language"]}
    return ({"texts": kept} if kept else {}) | {"title": title, "readiness": readiness, "rights": [str(one)[:100] for one in lists["rights"][: offers.MOST_RIGHTS]], **known, **bounded}


def _edition_in(come: Arrival, item: Mapping[str, Any]) -> bool:
    """A benchmark published elsewhere, as its readers see it; the university's own handed-in figures stand beside it."""
    if digest(item["cells"]) != item["sha256"] or len(item["cells"]) > benchmarks.MOST_CELLS:
        raise ValueError
    key = str(item["collection"])[:60]
    collection = Collection.objects.filter(key=key).first()
    if collection is not None and (collection.source_id is not None or collection.public):
        raise ValidationError(_("A benchmark of that name is published here."))
    if collection is None:
        made = Collection(key=key, title=str(item["title"])[:300], about=str(item["about"])[:2000], currency=str(item["currency"])[:3])
        with audit.changing(made, by=come.actor, verb="collection.receive") as collection:
            pass
    if Edition.objects.filter(collection=collection, number__gte=int(item["number"])).exists():
        return False
    groups = [{"key": str(one["key"]), "title": str(one["title"]), "count": int(one["count"])} for one in item["groups"]]
    edition = Edition(collection=collection, number=int(item["number"]), groups=groups, published_by=come.known.name[:200], published_at=datetime.fromisoformat(item["published_at"]))
    with audit.changing(edition, by=come.actor, verb="benchmark.receive") as edition:
        pass
    cells = [EditionCell(edition=edition, **dict(zip(CELL, row, strict=True))) for row in item["cells"]]
    for cell in cells:
        benchmarks.check_cell(cell)
    shared.put(EditionCell, cells, [])
    country = University.objects.get(pk=come.actor.university_id).country
    for frozen in FrozenAnswers.objects.filter(source_id=come.actor.university_id, current=True, round__key=uuid.UUID(key.removeprefix("round:"))).select_related("round"):
        answers.share(actor=come.actor, frozen=frozen, country=country, institution=None)
    return True


def _pack_in(come: Arrival, item: Mapping[str, Any]) -> bool:
    """A pack, as text: linted as it comes. A clean one is ready to be tried and adopted; a faulty one is kept with every fault and refused."""
    files = {str(name): str(text) for name, text in item["files"].items()}
    unsafe = [name for name in files if name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/") or not name.endswith((".yaml", ".md"))]
    if unsafe or len(files) > MOST_FILES or sum(map(len, files.values())) > MOST_TEXT:
        raise ValueError
    found = governance.pack_checked(str(item["name"])[:80], files)
    if not found.version or len(found.id) > 80:
        raise ValueError
    row = ReceivedPack.objects.filter(name=found.id, version=found.version[:40], sha256=digest(files)).first()
    if row is not None and row.state != PackState.FAULTY:
        return False
    new = row is None
    pack_judge(actor=come.actor, row=row or ReceivedPack(installation=come.known, name=found.id, version=found.version[:40], sha256=digest(files), files=files), told=come.note)
    return new


def pack_judge(*, actor: Actor, row: ReceivedPack, told: Callable[[str], Any]) -> ReceivedPack:
    """Lint a received pack and hand it to governance where it is clean; what is wrong stays with it and is told. The caller has judged the actor."""
    found = governance.pack_checked(row.name, row.files)
    with audit.changing(row, by=actor, verb="pack.receive") as row:
        row.faults = [{"code": one.code, "file": one.file, "line": one.line, "text": one.message} for one in found.faults[:500]]
        row.why = found.clash
        row.state = PackState.FAULTY if found.faults else PackState.CLASH if found.clash else PackState.SHIPPED if found.shipped else PackState.READY
        if row.state == PackState.READY:
            row.copy = policies.pack_receive(actor=actor, name=row.name, files=row.files, sender=row.installation.name)
    if row.state == PackState.FAULTY:
        first = found.faults[0]
        told(_("The pack %(name)s has %(n)s faults and is refused; the first: %(fault)s") % {"name": row, "n": len(found.faults), "fault": first})
    elif row.state == PackState.CLASH:
        told(_("The pack %(name)s is refused: %(why)s") % {"name": row, "why": row.why})
    return row


TAKERS: dict[str, Callable[[Arrival, Mapping[str, Any]], bool]] = {
    "round": _round_in, "answers": _answers_in, "case": _case_in, "withdrawal": _withdrawal_in, "edition": _edition_in, "pack": _pack_in, "offer": _offer_in,
}  # fmt: skip
