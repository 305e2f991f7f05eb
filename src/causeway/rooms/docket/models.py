"""Matters, their events, and the deadlines that follow; what people did about them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from causeway.frame.models import Owned, StoredFile, University
from causeway.kit.show import day
from causeway.rooms.docket import words
from causeway.rooms.docket.choices import Instruction, Medium, Right, Source, State
from causeway.rooms.people.models import Organisation, Person, Unit


class Matter(Owned):
    """What dates hang on: an asset at an office, a novelty clock, an obligation. Title and reference are those of what it stands for."""

    reference = models.CharField(_("reference"), max_length=60)
    office = models.CharField(_("office"), max_length=12)
    right = models.CharField(_("right"), max_length=20, choices=Right.choices)
    number = models.CharField(_("number"), max_length=60, blank=True)
    title = models.CharField(_("title"), max_length=500)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    holder = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("in hand of"))
    agent = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("agent"))
    entity = models.CharField(_("entity size"), max_length=10, blank=True)
    facts = models.JSONField(_("facts"), default=dict, blank=True)
    designated = models.JSONField(_("designated offices"), default=list, blank=True)
    published = models.BooleanField(_("published"), default=False)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    closed_why = models.CharField(_("why closed"), max_length=300, blank=True)
    #: Names the events, facts and law that its deadlines were last computed from.
    digest = models.CharField(max_length=16, blank=True, editable=False)

    class Meta:
        verbose_name = _("matter")
        constraints = [models.UniqueConstraint("university", "reference", name="docket_matter_reference")]
        indexes = [models.Index(fields=["university", "agent"], name="docket_matter_agent")]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"


class MatterEvent(Owned):
    """A version of something that happened. Never edited: a correction is a new version with the same root, a withdrawal too."""

    # Every index leads with the university, so one of the university alone would only be written.
    university = models.ForeignKey(University, models.PROTECT, related_name="+", editable=False, db_index=False)

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="events")
    #: The id of the first version; names the event through its corrections. Equal to the id in a first version.
    root = models.BigIntegerField(null=True, editable=False)
    version = models.PositiveSmallIntegerField(default=1)
    current = models.BooleanField(default=True)
    withdrawn = models.BooleanField(default=False)
    kind = models.CharField(_("event"), max_length=40)
    on = models.DateField(_("on"))
    by = models.CharField(_("sent"), max_length=14, choices=Medium.choices, blank=True)
    received = models.DateField(_("received on"), null=True, blank=True)
    of = models.DateField(_("about the day"), null=True, blank=True)
    facts = models.JSONField(default=dict, blank=True)
    source = models.CharField(_("learnt"), max_length=10, choices=Source.choices, default=Source.HAND)
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("event")

    def __str__(self) -> str:
        return f"{words.event_title(self.kind)}, {day(self.on)}"


class Deadline(Owned):
    """A day by which something must be done. Its identity is matter, trigger, rule, ordinal; computed and human columns have separate writers."""

    # Every index leads with the university, so one of the university alone would only be written.
    university = models.ForeignKey(University, models.PROTECT, related_name="+", editable=False, db_index=False)

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="deadlines", db_index=False)
    trigger = models.BigIntegerField(null=True, editable=False, help_text="Root of the triggering event")
    rule = models.CharField(_("rule"), max_length=24)
    ordinal = models.CharField(max_length=12, blank=True)
    # computed
    action = models.CharField(_("what"), max_length=200)
    received = models.DateField(null=True)
    opens = models.DateField(null=True)
    nominal = models.DateField()
    due = models.DateField(_("due"))
    grace_ends = models.DateField(null=True)
    amount = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    fee_note = models.CharField(max_length=200, blank=True)
    verified = models.BooleanField(default=False)
    provisional = models.BooleanField(default=False)
    statutory = models.BooleanField(default=True)
    closed_by = models.BigIntegerField(null=True)
    # people's
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    holder = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("in hand of"), db_index=False)
    done_on = models.DateField(_("done on"), null=True, blank=True)
    done_reference = models.CharField(_("reference"), max_length=100, blank=True)
    proof = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("proof"), db_index=False)
    instruction = models.CharField(_("instruction"), max_length=10, choices=Instruction.choices, blank=True)
    #: Months of extension, counted from the original date; `due` holds the extended day, `extended_to` repeats it.
    extension = models.PositiveSmallIntegerField(_("extended by months"), null=True, blank=True)
    extended_to = models.DateField(_("extended to"), null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("confirmed by"), db_index=False
    )
    confirmed_on = models.DateField(_("confirmed on"), null=True, blank=True)
    why = models.CharField(_("reason"), max_length=300, blank=True)
    #: Whether it still waits for somebody; kept by the database, so that lists walk one index in the order of days.
    waiting = models.GeneratedField(
        expression=models.Case(models.When(state__in=["open", "instructed"], then=models.Value(True)), default=models.Value(False)),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    # copies, so that lists sort and filter without joins
    matter_reference = models.CharField(_("reference"), max_length=60)
    matter_title = models.CharField(_("title"), max_length=500)
    office = models.CharField(_("office"), max_length=12)

    class Meta:
        verbose_name = _("deadline")
        # Two, because not every database can count an absent trigger as a value. They lead with the matter, so that a matter's own rows are found by them.
        constraints = [
            models.UniqueConstraint("matter", "university", "rule", "ordinal", "trigger", name="docket_deadline_once"),
            models.UniqueConstraint("matter", "university", "rule", "ordinal", condition=models.Q(trigger=None), name="docket_deadline_alone"),
        ]
        indexes = [
            models.Index(fields=["university", "due", "id"], name="docket_deadline_days"),
            # The lists of what waits, in the order of days. PostgreSQL keeps beside them what pages count and sum, so that neither reads the table.
            # Were it wider, SQLite would take the days of all deadlines for better; of two indexes that cost it the same it takes the one made last,
            # so this one stands after them.
            models.Index(
                fields=["university", "due", "id"], include=["office", "rule", "currency", "amount", "verified", "provisional"], condition=models.Q(waiting=True),
                name="docket_deadline_waits",
            ),
            models.Index(fields=["university", "holder", "due", "id"], condition=models.Q(waiting=True), name="docket_deadline_holds"),
            # Whether a date is provisional is counted by office and year: SQLite too then reads no row of the table for it.
            models.Index(fields=["university", "office", "due", "id", "provisional"], condition=models.Q(waiting=True), name="docket_deadline_office"),
            models.Index(fields=["university", "instruction", "due", "id"], condition=models.Q(waiting=True), name="docket_deadline_told"),
            models.Index(fields=["university", "state", "due", "id"], name="docket_deadline_state"),
        ]

    def __str__(self) -> str:
        return f"{words.action(self)}, {self.matter_reference}"


class Refusal(Owned):
    """A rule that would apply to a matter and gives no date, with its reason; shown, never hidden."""

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="refusals")
    rule = models.CharField(max_length=24)
    ordinal = models.CharField(max_length=12, blank=True)
    reason = models.CharField(max_length=400)

    class Meta:
        indexes = [models.Index(fields=["university", "matter"], name="docket_refusal_matter")]

    def __str__(self) -> str:
        return f"{self.rule} {self.ordinal}".strip()

    @property
    def titled(self) -> str:
        """The rule's title in the reader's language, with its id."""
        return words.titled(self.rule, self.ordinal)

    @property
    def said(self) -> str:
        """The reason in the reader's language."""
        return words.reason(self.reason, self.rule)


class Snooze(Owned):
    """A deadline one person does not want to see on their own list until a day; everybody else still sees it."""

    deadline = models.ForeignKey(Deadline, models.CASCADE, related_name="snoozes")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    until = models.DateField(_("until"))

    class Meta:
        constraints = [models.UniqueConstraint("university", "deadline", "user", name="docket_snooze_once")]

    def __str__(self) -> str:
        return str(self.deadline)


class Reminder(Owned):
    """A reminder that was sent before a day; it is sent once for each step and day, and again when the day has moved."""

    deadline = models.ForeignKey(Deadline, models.CASCADE, related_name="reminders")
    due = models.DateField(_("due"))
    days = models.PositiveSmallIntegerField(_("days before"))
    sent_on = models.DateField(_("sent on"))
    #: Ids of the users it went to.
    sent_to = models.JSONField(_("sent to"), default=list)

    class Meta:
        verbose_name = _("reminder")
        constraints = [models.UniqueConstraint("university", "deadline", "due", "days", name="docket_reminder_once")]

    def __str__(self) -> str:
        return str(self.deadline)


class OrderList(Owned):
    """Instructions handed to an agent in one go."""

    number = models.CharField(_("number"), max_length=30)
    agent = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("agent"))
    made_on = models.DateField(_("made on"))
    lines = models.JSONField(default=list)
    cancelled_on = models.DateField(_("cancelled on"), null=True, blank=True)
    cancelled_why = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("order list")
        constraints = [models.UniqueConstraint("university", "number", name="docket_order_number")]

    def __str__(self) -> str:
        return self.number
