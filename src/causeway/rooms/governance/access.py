"""Who sees and moves policies and decisions."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from causeway.frame.access import Actor, Verdict, allow, sees
from causeway.rooms.governance.choices import PolicyState
from causeway.rooms.governance.models import Answer, DataSet, Interest, Notice, Objection, PackCopy, Policy, Procedure, Step, Vote

READERS = ("office", "director", "auditor", "administrator")


def _policies(actor: Actor, queryset: QuerySet) -> QuerySet:
    """Inventors read the policies that were approved; drafts are the office's."""
    return queryset if actor.has(*READERS) else queryset.filter(state=PolicyState.APPROVED)


def _published(actor: Actor, queryset: QuerySet) -> QuerySet:
    """What was published is for everybody at the university; the rest of a procedure is the office's."""
    return queryset if actor.has(*READERS) else queryset.filter(starts_on__isnull=False)


def _office_only(actor: Actor, queryset: QuerySet) -> QuerySet:
    return queryset if actor.has(*READERS) else queryset.none()


sees(Policy, _policies)
sees(PackCopy, lambda actor, queryset: queryset)
sees(Notice, _published)
for model in (Procedure, Step, Vote, Interest, Objection, DataSet, Answer):
    sees(model, _office_only)


def _draft(actor: Actor, policy: Policy | None) -> Verdict:
    """Only a draft is edited; what was proposed or approved stays as it was decided on."""
    if policy is not None and policy.pk and policy.state != PolicyState.DRAFT:
        return Verdict(False, _("This policy is no draft any more: make a new draft from it."))
    return Verdict(True)


allow("pack.view", *READERS, "inventor")
allow("pack.receive", "director", "administrator")
allow("policy.view", *READERS, "inventor")
allow("policy.simulate", *READERS)
for action in ("policy.create", "policy.copy", "policy.withdraw"):
    allow(action, "office", "director")
for action in ("policy.update", "policy.propose"):
    allow(action, "office", "director", judge=_draft)
allow("policy.adopt", "director")
for action in ("procedure.view", "step.view", "objection.view", "answer.view", "dataset.view"):
    allow(action, *READERS)
for action in ("procedure.create", "procedure.withdraw", "dataset.create", "dataset.remove", "answer.create"):
    allow(action, "office", "director")
# Who may act in a step is said by the flow; the service judges it.
for action in ("step.act", "step.vote", "step.declare"):
    allow(action, "office", "director", "auditor", "administrator")
allow("notice.view", *READERS, "inventor")
allow("objection.create", *READERS, "inventor")
allow("objection.answer", "office", "director")
allow("answer.replay", "office", "director", "auditor")
