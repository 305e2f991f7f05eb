"""Words of governance that others may use."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Subject(TextChoices):
    """What a policy settles."""

    DISTRIBUTION = "distribution", _("Distribution of income")
    FUNDING = "patent_funding", _("Patent funding and awards")
    REWARD = "reward_tax", _("Rewards and their tax")
    ROYALTY = "royalty", _("Royalty terms")
    GRANT = "grant", _("Grants")
    DECISION = "decision", _("How we decide")


class PolicyState(TextChoices):
    """Where a policy stands; whether an approved one is in force today follows from its days."""

    DRAFT = "draft", _("Draft")
    PROPOSED = "proposed", _("Before the deciders")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ProcedureState(TextChoices):
    """Where a decision procedure stands."""

    OPEN = "open", _("Under way")
    PASSED = "passed", _("Passed")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class StepState(TextChoices):
    """Where a step of a procedure stands."""

    WAITING = "waiting", _("Not begun")
    OPEN = "open", _("Open")
    DONE = "done", _("Done")
    REFUSED = "refused", _("Refused")


class StepKind(TextChoices):
    """What a step asks of people."""

    TASK = "task", _("Task")
    VOTE = "vote", _("Vote")
    NOTICE = "notice", _("Public notice")
    OBJECTIONS = "objections", _("Objections")
    SIGNATURE = "signature", _("Signature")
    FILING = "filing", _("Filing")


class Choice(TextChoices):
    """A vote."""

    FOR = "for", pgettext_lazy("vote", "For")
    AGAINST = "against", _("Against")
    ABSTAIN = "abstain", _("Abstains")


class ObjectionState(TextChoices):
    """Where an objection stands."""

    OPEN = "open", _("Open")
    UPHELD = "upheld", _("Upheld")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("Withdrawn")


#: What packs say of their review, in the reader's language.
_REVIEWS = {
    "not yet by the university": _("not yet by the university"),
    "not yet by an attorney": _("not yet by an attorney"),
    "not yet by a lawyer": _("not yet by a lawyer"),
}


def review(said: str) -> str:
    """What a pack says of its review, in the reader's language where it is one of the usual sayings."""
    return str(_REVIEWS.get(said, said))
