"""Writes on what was handed to the network: release, review, publish, withdraw."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from causeway.frame import access, audit, preferences, scope
from causeway.frame.access import Actor
from causeway.frame.models import University
from causeway.rooms.network.choices import CaseState, ReleaseState
from causeway.rooms.network.mapping import cases as mapping
from causeway.rooms.network.models import Case, CaseContact, Release, ReleaseFacet, ReviewNote


def contact_out(case: Case) -> dict[str, str]:
    """The contact fields that go out with a case: those of a person who agreed, where the university shows contacts at all."""
    if not preferences.get("network.contacts", university=case.university_id):
        return {}
    contact = CaseContact.objects.filter(case=case, agreed=True).first()
    if contact is None:
        return {}
    pairs = {"contact_surname_name": "name", "contact_role": "role", "contact_institution": "institution", "contact_address": "address", "contact_telephone": "telephone",
             "contact_email": "email"}  # fmt: skip
    return {key: getattr(contact, name) for key, name in pairs.items() if getattr(contact, name)}


def copy_of(case: Case, *, state: str, by: str) -> Release:
    """The copy of a case as it stands, not yet stored."""
    content = mapping.content_of(case, case.figures.order_by("place", "pk"), case.photos.select_related("file").order_by("pk"), contact_out(case))
    made = Release(
        key=case.key, version=case.version, source_id=case.university_id, source_name=University.objects.get(pk=case.university_id).name, case_number=case.pk, state=state,
        title=case.title, hei_name=case.hei_name, hei_key=mapping.hei_key(case.hei_name), number=case.number, country=case.country, kind=case.kind, year=case.year,
        language=case.language, content=content, sha256=mapping.digest(content), released_by=by,
    )  # fmt: skip
    made.words = mapping.found_by(made)
    return made


def facets_of(release: Release) -> list[ReleaseFacet]:
    """What a released case can be narrowed by."""
    codes = [("mechanism", code) for code in release.content["mechanisms"]] + [("target", code) for code in release.content["targets"]]
    return [ReleaseFacet(release=release, facet=facet, code=code) for facet, code in codes]


@transaction.atomic
def release_hand_in(*, actor: Actor, case: Case) -> Release:
    """Hand a case in: an immutable copy for the coordinator. The caller has judged the actor and set the case's version."""
    release = copy_of(case, state=ReleaseState.SUBMITTED, by=actor.name)
    with audit.changing(release, by=actor, verb="release.hand_in") as release:
        pass
    with audit.batch(by=actor, verb="release.facets") as work:
        work.add(facets_of(release))
    return release


@transaction.atomic
def release_again(*, actor: Actor, case: Case) -> Release:
    """Publish a case that is in the library already as it stands now; the copy before steps back. The caller has judged the actor."""
    release = copy_of(case, state=ReleaseState.PUBLISHED, by=actor.name)
    release.decided_at, release.decided_by = timezone.now(), actor.name
    _step_back(actor, release, ReleaseState.PUBLISHED)
    release.current = True
    with audit.changing(release, by=actor, verb="release.publish") as release:
        pass
    with audit.batch(by=actor, verb="release.facets") as work:
        work.add(facets_of(release))
    return release


@transaction.atomic
def release_accept(*, actor: Actor, obj: Release, why: str = "") -> Release:
    """Accept what was handed in: it is published, and the version before it steps back."""
    access.require(actor, "release.review", obj)
    return _decide(actor, obj, ReleaseState.PUBLISHED, why)


@transaction.atomic
def release_ask_changes(*, actor: Actor, obj: Release, why: str) -> Release:
    """Give a case back to its university with what should change."""
    access.require(actor, "release.review", obj)
    if not why.strip() and not ReviewNote.objects.filter(release=obj, answered_at=None).exists():
        raise ValidationError(_("Say what should change, here or in a comment on a field."))
    return _decide(actor, obj, ReleaseState.CHANGES, why)


def _decide(actor: Actor, obj: Release, state: str, why: str) -> Release:
    _step_back(actor, obj, state)
    with audit.changing(obj, by=actor, verb=f"release.{'accept' if state == ReleaseState.PUBLISHED else 'ask_changes'}", why=why) as release:
        if release.state != ReleaseState.SUBMITTED:
            raise ValidationError(_("This case is not in review any more: it is %(state)s.") % {"state": release.get_state_display().lower()})
        release.state, release.why, release.decided_at, release.decided_by = state, why, timezone.now(), actor.name
        release.current = state == ReleaseState.PUBLISHED
    _tell_owner(actor, release, {ReleaseState.PUBLISHED: CaseState.PUBLISHED, ReleaseState.CHANGES: CaseState.CHANGES}[ReleaseState(state)], why)
    return release


def _step_back(actor: Actor, obj: Release, state: str) -> None:
    """The published version before makes room."""
    if state != ReleaseState.PUBLISHED:
        return
    for earlier in Release.objects.filter(key=obj.key, current=True).exclude(pk=obj.pk):
        with audit.changing(earlier, by=actor, verb="release.superseded") as earlier:
            earlier.current = False


def _tell_owner(actor: Actor, release: Release, state: str, why: str) -> None:
    """Write the decision on the owner's case, in the owner's own history, under the coordinator's name."""
    if release.source_id is None or release.case_number is None:
        return
    with scope.use(release.source_id):
        case = Case.objects.filter(pk=release.case_number).first()
        if case is None:
            return
        named = actor if actor.university_id == release.source_id else access.system(release.source_id, _("%(name)s, for the network") % {"name": actor.name})
        with audit.changing(case, by=named, verb="case.decided", why=why) as case:
            case.state, case.updated_at = state, timezone.now()


@transaction.atomic
def release_withdraw(*, actor: Actor, release: Release, why: str, by: str = "", at: datetime | None = None) -> Release:
    """Take a copy out of the library; the record that it was there stays. The caller has judged the actor.

    by, at: who withdrew it elsewhere and when; the actor and now where they are not given.
    """
    with audit.changing(release, by=actor, verb="release.withdraw", why=why) as release:
        release.state, release.current, release.why, release.decided_at, release.decided_by = ReleaseState.WITHDRAWN, False, why, at or timezone.now(), by or actor.name
    return release


@transaction.atomic
def note_add(*, actor: Actor, release: Release, text: str, field: str = "") -> ReviewNote:
    """Comment on a field of a case in review."""
    access.require(actor, "release.review", release)
    if release.state != ReleaseState.SUBMITTED:
        raise ValidationError(_("Comments belong to a case in review."))
    with audit.changing(ReviewNote(release=release, field=field, text=text, author=actor.name), by=actor, verb="release.note") as note:
        pass
    return note


@transaction.atomic
def note_answer(*, actor: Actor, note: ReviewNote, text: str) -> ReviewNote:
    """Answer a comment of the coordinator."""
    access.require(actor, "release.answer", note.release)
    if note.release.source_id != actor.university_id:
        raise access.Refused(_("The university that wrote the case answers its comments."))
    with audit.changing(note, by=actor, verb="release.answer") as note:
        note.answer, note.answered_by, note.answered_at = text, actor.name, timezone.now()
    return note


@transaction.atomic
def leave(*, actor: Actor, why: str) -> int:
    """A university leaves the network: what is in review is withdrawn; published cases stay, with their credit. Returns how many stay."""
    access.require(actor, "case.withdraw")
    for release in Release.objects.filter(source_id=actor.university_id, state__in=[ReleaseState.SUBMITTED, ReleaseState.CHANGES]):
        release_withdraw(actor=actor, release=release, why=why)
    stay = list(Release.objects.filter(source_id=actor.university_id, state=ReleaseState.PUBLISHED))
    for release in stay:
        with audit.changing(release, by=actor, verb="release.source_left", why=why) as release:
            release.source, release.case_number = None, None
    return len(stay)
