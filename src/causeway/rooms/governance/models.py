"""Policies of the university and how it decides: packs kept word for word, procedures with their steps, votes, notices and objections."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from causeway.frame.models import Owned, StoredFile
from causeway.rooms.governance.choices import Choice, ObjectionState, PolicyState, ProcedureState, StepKind, StepState, Subject
from causeway.rooms.people.models import Unit


class PackCopy(models.Model):
    """A pack's text kept word for word (shared by the installation), so that what was computed with it can be computed again years later."""

    pack = models.CharField(_("pack"), max_length=80)
    version = models.CharField(_("version"), max_length=40)
    digest = models.CharField(_("SHA-256 of the text"), max_length=64, unique=True)
    #: Texts by name of file, as they were read.
    files = models.JSONField()
    kept_at = models.DateTimeField(default=timezone.now)
    #: The installation that handed it over; a pack that has one is shown and tried here like one that comes with Causeway.
    received_from = models.CharField(_("handed over by"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("kept pack")

    def __str__(self) -> str:
        return f"{self.pack} {self.version}"


class Policy(Owned):
    """A rule the university gave itself: a pack and its version, what was changed in it, from when, by which decision."""

    number = models.CharField(_("number"), max_length=30)
    title = models.CharField(_("title"), max_length=200)
    subject = models.CharField(_("settles"), max_length=20, choices=Subject.choices)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("only for"))
    copy = models.ForeignKey(PackCopy, models.PROTECT, related_name="+", verbose_name=_("pack"))
    #: Digests of the packs it stands on besides its own (its laws first), kept when it was put before the deciders.
    laws = models.JSONField(_("laws"), default=list, blank=True)
    #: Its own text as a pack, kept when it was approved.
    text = models.ForeignKey(PackCopy, models.PROTECT, null=True, blank=True, related_name="+", editable=False)
    #: Values the university set: place in the pack to value, as text.
    changes = models.JSONField(_("changed values"), default=dict, blank=True)
    why = models.TextField(_("why"), blank=True)
    state = models.CharField(_("state"), max_length=10, choices=PolicyState.choices, default=PolicyState.DRAFT)
    holds_from = models.DateField(_("holds from"), null=True, blank=True)
    holds_to = models.DateField(_("holds until"), null=True, blank=True)
    signed_by = models.CharField(_("signed by"), max_length=200, blank=True)
    signed_on = models.DateField(_("signed on"), null=True, blank=True)
    document = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("signed text"))
    #: Figures of the simulation kept with the draft, with the digest of what it was tried on.
    tried = models.JSONField(_("tried on our records"), default=dict, blank=True)
    warnings = models.JSONField(default=list, blank=True)

    class Meta:
        verbose_name = _("policy")
        verbose_name_plural = _("policies")
        constraints = [models.UniqueConstraint("university", "number", name="governance_policy_number")]
        indexes = [models.Index(fields=["university", "subject", "state", "holds_from"], name="governance_policy_subject")]

    def __str__(self) -> str:
        return self.title


class Procedure(Owned):
    """A decision under way, along the steps of a flow; about a policy, or about anything named in words."""

    number = models.CharField(_("number"), max_length=30)
    title = models.CharField(_("title"), max_length=200)
    flow = models.CharField(_("procedure"), max_length=80)
    copy = models.ForeignKey(PackCopy, models.PROTECT, related_name="+", verbose_name=_("pack"))
    policy = models.ForeignKey(Policy, models.PROTECT, null=True, blank=True, related_name="procedures", verbose_name=_("policy"))
    about = models.TextField(_("what is decided"), blank=True)
    state = models.CharField(_("state"), max_length=10, choices=ProcedureState.choices, default=ProcedureState.OPEN)
    started_on = models.DateField(_("begun on"))
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=300, blank=True)
    #: Copy of the open step's title, so that lists need no join.
    now = models.CharField(_("open step"), max_length=200, blank=True, editable=False)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        constraints = [models.UniqueConstraint("university", "number", name="governance_procedure_number")]
        indexes = [models.Index(fields=["university", "state", "-started_on"], name="governance_procedure_state")]

    def __str__(self) -> str:
        return self.title


class Step(Owned):
    """A step of a procedure: who may act, by when, and what was done, by whom, with which document."""

    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="steps")
    place = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=40)
    kind = models.CharField(_("kind"), max_length=12, choices=StepKind.choices)
    title = models.CharField(_("title"), max_length=200)
    roles = models.JSONField(default=list)
    #: What the flow asks of the step: days, quorum, majority, fields to publish, documents.
    terms = models.JSONField(default=dict, blank=True)
    basis = models.JSONField(default=list, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=StepState.choices, default=StepState.WAITING)
    opened_on = models.DateField(_("open since"), null=True, blank=True)
    due_on = models.DateField(_("due"), null=True, blank=True)
    done_on = models.DateField(_("done on"), null=True, blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("done by"))
    note = models.TextField(_("minutes"), blank=True)
    document = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("document"))

    class Meta:
        verbose_name = _("step")
        constraints = [models.UniqueConstraint("university", "procedure", "place", name="governance_step_place")]
        indexes = [models.Index(fields=["university", "state", "due_on"], name="governance_step_due")]

    def __str__(self) -> str:
        return self.title


class Interest(Owned):
    """What a decider declared before deciding: no interest, or which; who has one takes no part in the vote."""

    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="interests")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("who"))
    conflicted = models.BooleanField(_("has an interest"), default=False)
    text = models.CharField(_("which"), max_length=500, blank=True)
    declared_on = models.DateField(_("declared on"))

    class Meta:
        verbose_name = _("declaration of interests")
        constraints = [models.UniqueConstraint("university", "procedure", "user", name="governance_interest_once")]

    def __str__(self) -> str:
        return str(self.user)


class Vote(Owned):
    """How a person voted in a step."""

    step = models.ForeignKey(Step, models.PROTECT, related_name="votes")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("who"))
    choice = models.CharField(_("vote"), max_length=8, choices=Choice.choices)
    note = models.CharField(_("note"), max_length=500, blank=True)
    cast_on = models.DateField(_("cast on"))

    class Meta:
        verbose_name = _("vote")
        constraints = [models.UniqueConstraint("university", "step", "user", name="governance_vote_once")]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_choice_display()}"


class Notice(Owned):
    """What was published, where, and for how long; open to objections until its last day."""

    step = models.OneToOneField(Step, models.PROTECT, related_name="notice")
    starts_on = models.DateField(_("published on"))
    ends_on = models.DateField(_("last day"))
    #: What must be published, by label.
    text = models.JSONField(_("what is published"), default=dict)
    where = models.CharField(_("where"), max_length=300)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)

    class Meta:
        verbose_name = _("notice")
        indexes = [models.Index(fields=["university", "ends_on"], name="governance_notice_ends")]

    def __str__(self) -> str:
        return str(self.step)


class Objection(Owned):
    """An objection to a notice, and how it was answered."""

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="objections")
    name = models.CharField(_("from"), max_length=200)
    received_on = models.DateField(_("received on"))
    text = models.TextField(_("objection"))
    state = models.CharField(_("state"), max_length=10, choices=ObjectionState.choices, default=ObjectionState.OPEN)
    answer = models.TextField(_("answer"), blank=True)
    answered_on = models.DateField(_("answered on"), null=True, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    personal = ("name",)

    class Meta:
        verbose_name = _("objection")
        indexes = [models.Index(fields=["university", "notice", "state"], name="governance_objection_open")]

    def __str__(self) -> str:
        return self.text[:60]


class DataSet(Owned):
    """Past receipts brought in under a name, to try policies on until the income room keeps them."""

    name = models.CharField(_("name"), max_length=120)
    source = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name=_("file"))
    count = models.PositiveIntegerField(_("receipts"), default=0)
    first_on = models.DateField(_("first"), null=True)
    last_on = models.DateField(_("last"), null=True)
    currencies = models.JSONField(default=list)
    #: The receipts, read and checked, as JSON lines; the digest of that file names what a simulation was tried on.
    records = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("data set")
        constraints = [models.UniqueConstraint("university", "name", name="governance_data_set_name")]

    def __str__(self) -> str:
        return self.name


class Answer(Owned):
    """A money decision: what was asked, under which packs, what came out; computed again every night to prove it the same."""

    number = models.CharField(_("number"), max_length=30)
    kind = models.CharField(_("kind"), max_length=20, choices=Subject.choices)
    policy = models.ForeignKey(Policy, models.PROTECT, null=True, blank=True, related_name="answers", verbose_name=_("policy"))
    on = models.DateField(_("rules of"))
    title = models.CharField(_("for"), max_length=200)
    #: Digests of the packs used, the policy's own text last.
    packs = models.JSONField()
    given = models.JSONField()
    engine = models.CharField(max_length=40)
    answer = models.JSONField()
    made_at = models.DateTimeField(default=timezone.now)
    replayed_at = models.DateTimeField(_("computed again"), null=True)
    #: What computing again gave where it differed; empty where it is the same.
    differs = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("computed amount")
        verbose_name_plural = _("computed amounts")
        constraints = [models.UniqueConstraint("university", "number", name="governance_answer_number")]
        indexes = [models.Index(fields=["university", "-made_at"], name="governance_answer_recent")]

    def __str__(self) -> str:
        return self.title
