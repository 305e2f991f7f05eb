"""Who may look after members, settings, keys and the audit log."""

from __future__ import annotations

from django.utils.translation import gettext as _

from causeway.frame import access
from causeway.frame.access import Actor, Verdict
from causeway.frame.models import ApiToken, AuditEntry, Grant, Invitation, Job, OutboxMessage, Role

#: The roles that may read the audit log.
READERS = (Role.AUDITOR, Role.ADMINISTRATOR, Role.DIRECTOR)


def _own_university(actor: Actor, obj: Grant | Invitation | None) -> Verdict:
    if obj is not None and obj.university_id != actor.university_id:
        return Verdict(False, _("This belongs to another university."))
    return Verdict(True)


def _own_token(actor: Actor, token: ApiToken | None) -> Verdict:
    if actor.kind == "token":
        return Verdict(False, _("A key cannot make or revoke keys; sign in."))
    if token is not None and token.user_id != actor.user_id:
        return Verdict(False, _("This key is somebody else's."))
    return Verdict(True)


access.allow("member.view", Role.ADMINISTRATOR)
for action in ("member.invite", "invitation.resend", "invitation.withdraw", "grant.give", "grant.end"):
    access.allow(action, Role.ADMINISTRATOR, judge=_own_university)
access.allow("user.deactivate", Role.ADMINISTRATOR)
access.allow("user.reactivate", Role.ADMINISTRATOR)
access.allow("university.configure", Role.ADMINISTRATOR)
access.allow("audit.view", *READERS)
access.allow("audit.verify", *READERS)
access.allow("work.view", Role.ADMINISTRATOR, Role.OFFICE, Role.DIRECTOR)
access.allow("work.retry", Role.ADMINISTRATOR)
access.allow("token.make", *Role.values, judge=_own_token)
access.allow("token.revoke", *Role.values, judge=_own_token)

access.sees(AuditEntry, lambda actor, entries: entries if actor.has(*READERS) else entries.none())
access.sees(Invitation, lambda actor, invitations: invitations.filter(university_id=actor.university_id))
access.sees(Grant, lambda actor, grants: grants.filter(university_id=actor.university_id))
access.sees(ApiToken, lambda actor, tokens: tokens.filter(user_id=actor.user_id))
access.sees(Job, lambda actor, rows: rows.filter(university_id=actor.university_id))
access.sees(OutboxMessage, lambda actor, rows: rows.filter(university_id=actor.university_id))
