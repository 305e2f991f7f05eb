"""Questionnaires: what is asked (owned by who asks), the published rounds (released), and the answers (owned by who answers, then frozen)."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from causeway.frame.models import Owned, StoredFile, Trashable, University
from causeway.rooms.network.models.registry import Institution


class Questionnaire(Owned, Trashable):
    """A questionnaire being built; publishing it makes a round that never changes."""

    key = models.UUIDField(default=uuid.uuid4, editable=False)
    title = models.CharField(_("title"), max_length=300)
    definition = models.JSONField(default=dict, blank=True, editable=False)
    published = models.PositiveIntegerField(_("published versions"), default=0, editable=False)
    changed_at = models.DateTimeField(_("changed"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("questionnaire")
        verbose_name_plural = _("questionnaires")
        indexes = [
            models.Index(fields=["university", "title"], name="network_question_title"),
            models.Index(fields=["university", "-changed_at"], name="network_question_recent"),
        ]

    def __str__(self) -> str:
        return self.title


class Round(models.Model):
    """A published version of a questionnaire, asked for a time. Released: its content never changes."""

    key = models.UUIDField()
    version = models.PositiveIntegerField()
    source = models.ForeignKey(University, models.SET_NULL, null=True, related_name="+")
    source_name = models.CharField(max_length=300)
    #: Set where another installation asks: its fingerprint; answers go back in a package.
    installation = models.CharField(max_length=64, blank=True)
    title = models.CharField(max_length=300)
    definition = models.JSONField(default=dict)
    sha256 = models.CharField(max_length=64)
    opens_on = models.DateField(_("opens on"))
    closes_on = models.DateField(_("closes on"))
    closed_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(default=timezone.now)
    published_by = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("round of a questionnaire")
        constraints = [models.UniqueConstraint("key", "version", name="network_round_once")]
        indexes = [models.Index(fields=["source", "-published_at"], name="network_round_recent")]

    def __str__(self) -> str:
        return f"{self.title} ({self.definition.get('year', '')})"


class Invited(models.Model):
    """A university asked to answer a round. Seen by the one who asks and by the one asked."""

    class State(models.TextChoices):
        INVITED = "invited", _("invited")
        STARTED = "started", _("being answered")
        SUBMITTED = "submitted", _("handed in")
        REOPENED = "reopened", _("opened again")
        DECLINED = "declined", _("declined")

    round = models.ForeignKey(Round, models.CASCADE, related_name="invited")
    to = models.ForeignKey(University, models.CASCADE, null=True, related_name="+")
    institution = models.ForeignKey(Institution, models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=300)
    #: "here:12" or "away:FINGERPRINT:UUID"; names a contributor in figures and frozen answers.
    origin = models.CharField(max_length=120)
    state = models.CharField(max_length=10, choices=State.choices, default=State.INVITED)
    until = models.DateField(_("may answer until"), null=True)
    answered = models.PositiveSmallIntegerField(default=0)
    asked = models.PositiveSmallIntegerField(default=0)
    why = models.TextField(blank=True)
    invited_at = models.DateTimeField(default=timezone.now)
    reminded_on = models.DateField(null=True)

    class Meta:
        verbose_name = _("invitation to a questionnaire")
        constraints = [models.UniqueConstraint("round", "origin", name="network_invited_once")]
        indexes = [models.Index(fields=["to", "state"], name="network_invited_to")]

    def __str__(self) -> str:
        return self.name


class Answering(Owned):
    """A university's work on a round: seen by that university alone until it hands the answers in."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="+")
    invited = models.ForeignKey(Invited, models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(null=True)
    submitted_by = models.CharField(max_length=200, blank=True)
    versions = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("answers to a questionnaire")
        constraints = [models.UniqueConstraint("university", "round", name="network_answering_once")]

    def __str__(self) -> str:
        return str(self.round.title)


class Answer(Owned):
    """One answer, with where it comes from."""

    answering = models.ForeignKey(Answering, models.CASCADE, related_name="answers")
    key = models.CharField(max_length=60)
    value = models.JSONField(null=True)
    how = models.CharField(max_length=10, default="typed")
    note = models.TextField(blank=True)
    by = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("answer")
        constraints = [models.UniqueConstraint("university", "answering", "key", name="network_answer_once")]

    def __str__(self) -> str:
        return self.key


class Delegation(Owned):
    """A section of a questionnaire given to a colleague."""

    answering = models.ForeignKey(Answering, models.CASCADE, related_name="delegations")
    section = models.CharField(_("section"), max_length=60)
    to = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("given to"))
    due_on = models.DateField(_("wanted by"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("section given to a colleague")
        constraints = [models.UniqueConstraint("university", "answering", "section", name="network_delegation_once")]

    def __str__(self) -> str:
        return self.section


class FrozenAnswers(models.Model):
    """Answers as they were handed in. Released: they never change; a new version follows when they are opened again."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="frozen")
    source = models.ForeignKey(University, models.CASCADE, null=True, related_name="+")
    source_name = models.CharField(max_length=300)
    origin = models.CharField(max_length=120)
    version = models.PositiveSmallIntegerField()
    current = models.BooleanField(default=True)
    content = models.JSONField(default=dict, blank=True)
    sha256 = models.CharField(max_length=64)
    released_at = models.DateTimeField(default=timezone.now)
    released_by = models.CharField(max_length=200, blank=True)
    #: Why this version was opened again, once it was.
    reopened_why = models.TextField(blank=True)

    #: Goes with a university that leaves: the chain keeps its salted digest only.
    personal = ("content",)

    class Meta:
        verbose_name = _("answers handed in")
        constraints = [
            models.UniqueConstraint("round", "origin", "version", name="network_frozen_once"),
            models.UniqueConstraint("round", "origin", condition=models.Q(current=True), name="network_frozen_current"),
        ]

    def __str__(self) -> str:
        return f"{self.source_name}, {self.round}"


class Interview(Owned):
    """A talk about a round with people of a university, and which questions it was about."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="+")
    name = models.CharField(_("university"), max_length=300)
    on = models.DateField(_("date"))
    persons = models.CharField(_("with"), max_length=500, blank=True, help_text=_("Names and functions, parted by commas."))
    questions = models.JSONField(_("about"), default=list, blank=True)
    notes = models.TextField(_("notes"))
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    by = models.CharField(max_length=200, blank=True)

    personal = ("persons",)

    class Meta:
        verbose_name = _("interview")
        indexes = [models.Index(fields=["university", "round", "-on"], name="network_interview_round")]

    def __str__(self) -> str:
        return f"{self.name}, {self.on}"
