"""Work of accounts outside the request: sending letters, checking the audit chain."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from causeway.frame import audit, jobs, preferences, scope
from causeway.frame import mail as outward
from causeway.frame.accounts import mail
from causeway.frame.accounts.declared import HEADS
from causeway.frame.models import AuditHead, Grant, Role, University, User

VERIFY = "audit.verify"
HEAD = "audit.head"


@jobs.handler("accounts.mail", tries=5, title=_("Send a letter"))
def send_letter(_progress: jobs.Progress, sealed: str) -> None:
    mail.deliver(sealed)


@jobs.handler(VERIFY, tries=1, title=_("Check the audit chain"))
def verify_chain(_progress: jobs.Progress) -> dict[str, Any]:
    """Recompute the audit chain of the university in scope."""
    report = audit.verify(scope.current())
    return {"checked": report.checked, "unsealed": report.unsealed, "faults": list(report.faults[:200]), "first": report.first}


@jobs.handler(HEAD, title=_("Send the heads of the audit chains out"))
def send_heads(_progress: jobs.Progress) -> int:
    """Write the head of each chain that grew to its auditors and administrators; returns how many heads left.

    Whoever holds the letter can show later that nothing before it was cut off or changed: `causeway audit verify --head`.
    """
    return sum(_send_head(university) for university in University.objects.order_by("pk"))


@transaction.atomic
def _send_head(university: University) -> bool:
    with scope.use(university):
        audit.seal(university.pk)
        length, value = audit.head(university.pk)
        last = AuditHead.objects.order_by("-seq").first()
        told = [user for user in _readers(university.pk) if preferences.get(HEADS, user=user.pk) != "none"]
        if not told or not length or (last and last.seq == length):
            return False
        for user in told:
            outward.send(to=user, template="mail/head", context={"university": university, "seq": length, "hash": value}, stop=HEADS)
        audit.send_head(university.pk, ", ".join(str(Role(role).label) for role in (Role.AUDITOR, Role.ADMINISTRATOR)))
    return True


def _readers(university: int) -> list[User]:
    """Who gets the heads: auditors and administrators of the day, each once."""
    on = timezone.localdate()
    grants = Grant.objects.filter(university_id=university, role__in=(Role.AUDITOR, Role.ADMINISTRATOR), unit=None, starts_on__lte=on, user__is_active=True)
    held = grants.exclude(ends_on__lt=on).select_related("user").order_by("user_id")
    return list({grant.user_id: grant.user for grant in held}.values())


jobs.schedule(HEAD, "10 5 * * 1")
