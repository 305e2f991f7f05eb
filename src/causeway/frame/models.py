"""The frame's tables: the university, its users and grants, and what every room relies on (audit, jobs, files, search, settings)."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date
from functools import cache
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from causeway.frame import scope


class University(models.Model):
    """A university whose office works in this installation; everything owned belongs to exactly one."""

    name = models.CharField(_("name"), max_length=300, unique=True)
    short_name = models.CharField(_("short name"), max_length=20, help_text=_("Used in references, such as NBU-2026-031."))
    country = models.CharField(_("country"), max_length=2, blank=True, help_text=_("Two letters, such as DE."))
    timezone = models.CharField(_("time zone"), max_length=50, default="UTC")
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    language = models.CharField(_("language"), max_length=10, default="en")
    demo = models.BooleanField(_("demonstration"), default=False, editable=False)
    #: Runs whose rows nobody sees yet (large imports not complete).
    unseen_runs = models.JSONField(default=list, editable=False)

    class Meta:
        verbose_name = _("university")
        verbose_name_plural = _("universities")

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager):
    """Finds users by e-mail address, which is folded to lower case."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").lower())


class User(AbstractBaseUser):
    """A person's account; of no university. What it may do is said by its grants alone."""

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=200)
    language = models.CharField(_("language"), max_length=10, blank=True)
    theme = models.CharField(_("theme"), max_length=10, blank=True, choices=[("", _("as the system")), ("light", _("light")), ("dark", _("dark"))])
    is_active = models.BooleanField(_("active"), default=True)
    is_installer = models.BooleanField(_("looks after the installation"), default=False)
    demo = models.BooleanField(_("demonstration account"), default=False, editable=False)
    joined_at = models.DateTimeField(default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = UserManager()

    class Meta:
        verbose_name = _("user")

    def __str__(self) -> str:
        return self.name or self.email

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Django's own permissions are not used; `access` decides."""
        return False


class Role(models.TextChoices):
    """What a person is to an office; each room says what a role may do there."""

    OFFICE = "office", _("Transfer office")
    DIRECTOR = "director", _("Director")
    INVENTOR = "inventor", _("Inventor")
    AGENT = "agent", _("Outside agent")
    AUDITOR = "auditor", _("Auditor")
    ADMINISTRATOR = "administrator", _("Administrator")


class Grant(models.Model):
    """A role that a user holds at a university, from a day and perhaps to a day, perhaps within one unit."""

    user = models.ForeignKey(User, models.CASCADE, related_name="grants")
    university = models.ForeignKey(University, models.CASCADE, related_name="grants")
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    # The frame stands below `people`, so the unit is kept as a plain number.
    unit = models.BigIntegerField(_("unit"), null=True, blank=True)
    starts_on = models.DateField(_("from"), default=date.today)
    ends_on = models.DateField(_("to"), null=True, blank=True)

    class Meta:
        verbose_name = _("grant")
        # Two, because not every database can count an absent unit as a value.
        constraints = [
            models.UniqueConstraint("user", "university", "role", "unit", name="frame_grant_once"),
            models.UniqueConstraint("user", "university", "role", condition=models.Q(unit=None), name="frame_grant_whole"),
        ]
        indexes = [models.Index(fields=["university", "role"], name="frame_grant_role")]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"


class Invitation(models.Model):
    """An invitation to a role at a university, accepted by a link that is kept as its digest only, works once and ends."""

    university = models.ForeignKey(University, models.CASCADE, related_name="+")
    email = models.EmailField(_("e-mail"))
    name = models.CharField(_("name"), max_length=200, blank=True)
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    unit = models.BigIntegerField(_("unit"), null=True, blank=True)
    starts_on = models.DateField(_("from"), default=date.today)
    ends_on = models.DateField(_("to"), null=True, blank=True)
    digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(_("valid until"))
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    personal = ("email", "name")

    class Meta:
        verbose_name = _("invitation")
        indexes = [models.Index(fields=["university", "-created_at"], name="frame_invitation_recent")]

    def __str__(self) -> str:
        return f"{self.email}: {self.get_role_display()}"


@cache
def _labels(field: models.Field) -> dict[Any, Any]:
    return dict(field.flatchoices)  # type: ignore[attr-defined]


class Owned(models.Model):
    """A record of one university. `revision` counts its changes; `run` names the batch that last wrote it, if a batch did."""

    university = models.ForeignKey(University, models.PROTECT, related_name="+", editable=False)
    revision = models.PositiveIntegerField(default=1, editable=False)
    run = models.BigIntegerField(null=True, editable=False)

    objects = scope.OwnedManagerPlain()

    #: Fields whose values name a living person; the audit chain keeps only their salted digests.
    personal: tuple[str, ...] = ()

    class Meta:
        abstract = True

    def _get_FIELD_display(self, field: models.Field) -> str:
        """The label of a choice. Django makes its table of choices anew for each row of a list; here it is made once."""
        value = getattr(self, field.attname)
        return str(_labels(field).get(value, value))


class Trashable(models.Model):
    """A record that goes to the trash first and can come back."""

    trashed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True


# --- audit -----------------------------------------------------------------------------------------------------------------


class AuditRun(Owned):
    """A batch run (an import, a recomputation, a bulk edit): what it was asked, how far it came, what it counted."""

    verb = models.CharField(max_length=80)
    actor = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    actor_name = models.CharField(max_length=200)
    why = models.TextField(blank=True)
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["university", "-started_at"], name="frame_run_recent")]

    def __str__(self) -> str:
        return gettext("Run %(n)s") % {"n": self.pk}


class AuditEntry(models.Model):
    """One change, by whom, why, and what it was before and after. Never changed; sealed into the university's chain after commit."""

    university = models.ForeignKey(University, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    actor = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    actor_name = models.CharField(max_length=200)
    verb = models.CharField(max_length=80)
    why = models.TextField(blank=True)
    label = models.CharField(max_length=80, help_text="Model label, such as assets.asset")
    object_id = models.BigIntegerField(null=True)
    title = models.CharField(max_length=300, blank=True)
    changes = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    run = models.ForeignKey(AuditRun, models.PROTECT, null=True, related_name="entries")

    objects = scope.OwnedManagerPlain()

    class Meta:
        indexes = [
            models.Index(fields=["university", "label", "object_id", "-at"], name="frame_audit_object"),
            models.Index(fields=["university", "-at"], name="frame_audit_recent"),
        ]


class AuditPersonal(models.Model):
    """Personal values of an entry, apart from the chain: erased without breaking it."""

    university = models.ForeignKey(University, models.PROTECT, related_name="+")
    entry = models.ForeignKey(AuditEntry, models.CASCADE, related_name="personal_values")
    field = models.CharField(max_length=80)
    salt = models.CharField(max_length=32)
    before = models.TextField(null=True)
    after = models.TextField(null=True)

    objects = scope.OwnedManagerPlain()


class AuditImage(models.Model):
    """What a row was before a batch changed or removed it; kept with the run so that it can be undone."""

    university = models.ForeignKey(University, models.PROTECT, related_name="+")
    audit_run = models.ForeignKey(AuditRun, models.CASCADE, related_name="images")
    label = models.CharField(max_length=80)
    object_id = models.BigIntegerField()
    before = models.JSONField(encoder=DjangoJSONEncoder)
    salts = models.JSONField(null=True, help_text="Of each personal value its salt and salted digest, which stays when the value is erased")

    objects = scope.OwnedManagerPlain()

    class Meta:
        indexes = [models.Index(fields=["university", "audit_run", "label"], name="frame_image_run")]


class AuditSeal(models.Model):
    """A link of the chain: the entry's place in it and the hash over the link before and the entry's canonical text."""

    university = models.ForeignKey(University, models.PROTECT, related_name="+")
    seq = models.BigIntegerField()
    entry = models.OneToOneField(AuditEntry, models.PROTECT, related_name="seal")
    hash = models.CharField(max_length=64)
    version = models.PositiveSmallIntegerField(null=True, help_text="Of the text that was sealed; none is the first")

    objects = scope.OwnedManagerPlain()

    class Meta:
        constraints = [models.UniqueConstraint("university", "seq", name="frame_seal_once")]


class AuditHead(models.Model):
    """A head of the chain that left the house (on a digest or a report), to compare the chain with later."""

    university = models.ForeignKey(University, models.PROTECT, related_name="+")
    seq = models.BigIntegerField()
    hash = models.CharField(max_length=64)
    sent_at = models.DateTimeField(default=timezone.now)
    sent_to = models.CharField(max_length=300)

    objects = scope.OwnedManagerPlain()


# --- work and messages --------------------------------------------------------------------------------------------------------


class Job(models.Model):
    """Work done outside the request, from the database queue; safe to run again after its worker died."""

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    university = models.ForeignKey(University, models.CASCADE, null=True, related_name="+")
    name = models.CharField(max_length=100)
    args = models.JSONField(default=dict)
    #: One job per key waits or runs at a time.
    key = models.CharField(max_length=200, null=True, unique=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    run_at = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    worker = models.CharField(max_length=80, blank=True)
    progress = models.JSONField(default=dict)
    result = models.JSONField(null=True)
    error = models.TextField(blank=True)
    created_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state", "run_at"], name="frame_job_queue")]

    def __str__(self) -> str:
        return self.name


class JobSchedule(models.Model):
    """When a scheduled job runs next."""

    name = models.CharField(max_length=100, unique=True)
    next_at = models.DateTimeField()


class OutboxMessage(models.Model):
    """Something to leave the database after commit: a mail, a webhook call, an entry for the search index."""

    university = models.ForeignKey(University, models.CASCADE, null=True, related_name="+")
    topic = models.CharField(max_length=80)
    payload = models.JSONField(encoder=DjangoJSONEncoder)
    created_at = models.DateTimeField(default=timezone.now)
    not_before = models.DateTimeField(default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        indexes = [models.Index(fields=["topic", "not_before"], name="frame_outbox_due", condition=models.Q(done_at=None))]


# --- settings, views, numbers -------------------------------------------------------------------------------------------------


class Setting(models.Model):
    """A value that a university or a user chose for a declared setting."""

    university = models.ForeignKey(University, models.CASCADE, null=True, related_name="+")
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")
    key = models.CharField(max_length=80)
    value = models.JSONField()
    set_at = models.DateTimeField(default=timezone.now)
    set_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    class Meta:
        # Of a university or of a user; one constraint each, because not every database can count an absent one as a value.
        constraints = [
            models.CheckConstraint(condition=models.Q(university=None, user__isnull=False) | models.Q(university__isnull=False, user=None), name="frame_setting_owner"),
            models.UniqueConstraint("university", "key", condition=models.Q(user=None), name="frame_setting_university"),
            models.UniqueConstraint("user", "key", condition=models.Q(university=None), name="frame_setting_user"),
        ]

    def __str__(self) -> str:
        return self.key


class SavedView(Owned):
    """A list's filters, columns and sort under a name; of one person, or shared with the office."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    resource = models.CharField(max_length=80)
    name = models.CharField(_("name"), max_length=80)
    query = models.TextField(blank=True)
    shared = models.BooleanField(_("shared with the office"), default=False)

    class Meta:
        constraints = [models.UniqueConstraint("university", "user", "resource", "name", name="frame_view_once")]

    def __str__(self) -> str:
        return self.name


class Counter(models.Model):
    """The last number given in a series (such as asset references of 2026)."""

    university = models.ForeignKey(University, models.CASCADE, related_name="+")
    series = models.CharField(max_length=80)
    value = models.BigIntegerField(default=0)

    objects = scope.OwnedManagerPlain()

    class Meta:
        constraints = [models.UniqueConstraint("university", "series", name="frame_counter_once")]


# --- files, search -------------------------------------------------------------------------------------------------------------


class StoredFile(Owned):
    """A file kept for the university: its name as given, its type as its bytes say, its digest."""

    name = models.CharField(_("name"), max_length=255)
    content_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    path = models.CharField(max_length=200, editable=False)
    uploaded_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    uploaded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["university", "sha256"], name="frame_file_digest")]

    def __str__(self) -> str:
        return self.name


class SearchDoc(models.Model):
    """What can be found of a record: its words, folded, and its numbers without punctuation."""

    university = models.ForeignKey(University, models.CASCADE, related_name="+")
    label = models.CharField(max_length=80)
    object_id = models.BigIntegerField()
    title = models.CharField(max_length=300)
    subtitle = models.CharField(max_length=300, blank=True)
    url = models.CharField(max_length=300, blank=True)
    tokens = models.TextField()

    objects = scope.OwnedManagerPlain()

    class Meta:
        constraints = [models.UniqueConstraint("university", "label", "object_id", name="frame_search_once")]


# --- the world outside ----------------------------------------------------------------------------------------------------------


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class ApiToken(models.Model):
    """A key to the API, of one user at one university, with a scope; only its digest is kept."""

    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens")
    university = models.ForeignKey(University, models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=8)
    #: Names of actions the token may do, such as "asset.view"; "*.view" reads everything its user may read.
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now)
    expires_on = models.DateField(_("expires on"), null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def make() -> tuple[str, str]:
        """A new key and its digest; the key is shown once."""
        key = "cw_" + secrets.token_urlsafe(32)
        return key, _digest(key)

    digest_of = staticmethod(_digest)


class ApiUse(models.Model):
    """How many requests to the API were taken in a minute under a key or from an address."""

    key = models.CharField(max_length=80, primary_key=True)
    minute = models.BigIntegerField()
    count = models.PositiveIntegerField(default=0)


class IdempotentReply(models.Model):
    """The answer given to a request with an Idempotency-Key, given again when the request is."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    key = models.CharField(max_length=100)
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    body = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint("user", "key", name="frame_idempotent_once")]


class Webhook(Owned):
    """An address outside that is told of events, each call signed."""

    url = models.URLField(_("address"), max_length=500)
    topics = models.JSONField(_("events"), default=list)
    #: The signing keys, sealed with the installation's secret: the history of the record must not show them either.
    secret = models.CharField(max_length=600, editable=False)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("webhook")

    def __str__(self) -> str:
        return self.url


class WebhookDelivery(models.Model):
    """One attempt to tell a webhook of an event."""

    university = models.ForeignKey(University, models.CASCADE, related_name="+")
    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries")
    message_id = models.CharField(max_length=64)
    topic = models.CharField(max_length=80)
    at = models.DateTimeField(default=timezone.now)
    status = models.PositiveSmallIntegerField(null=True)
    error = models.TextField(blank=True)
    milliseconds = models.PositiveIntegerField(default=0)

    objects = scope.OwnedManagerPlain()

    class Meta:
        indexes = [models.Index(fields=["university", "webhook", "-at"], name="frame_delivery_recent")]


class Feed(Owned):
    """A private address of calendar dates; only its digest is kept, and it can be revoked."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    name = models.CharField(_("name"), max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    query = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


# --- imports ---------------------------------------------------------------------------------------------------------------------


class Import(Owned):
    """A file being brought in: what it is, how it is read, how far it came, what it made. Its rows stay unseen until it is complete."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("uploaded")
        ASKING = "asking", _("waiting for an answer")
        STAGING = "staging", _("being checked")
        STAGED = "staged", _("checked")
        APPLYING = "applying", _("being applied")
        DONE = "done", _("applied")
        UNDONE = "undone", _("undone")
        FAILED = "failed", _("failed")

    kind = models.CharField(max_length=40)
    name = models.CharField(_("file"), max_length=255)
    path = models.CharField(max_length=500, editable=False)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField(default=0)
    state = models.CharField(max_length=10, choices=State.choices, default=State.UPLOADED)
    options = models.JSONField(default=dict)
    shape = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    why = models.TextField(blank=True)
    audit_run = models.ForeignKey(AuditRun, models.PROTECT, null=True, related_name="+")
    started_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("import")
        indexes = [models.Index(fields=["university", "-started_at"], name="frame_import_recent")]

    def __str__(self) -> str:
        return self.name


class ImportChunk(models.Model):
    """A thousand records of an import, read and checked; applied whole or not at all, so that a killed process is taken up again."""

    university = models.ForeignKey(University, models.PROTECT, related_name="+")
    source = models.ForeignKey(Import, models.CASCADE, related_name="chunks")
    number = models.PositiveIntegerField()
    records = models.BinaryField()
    counts = models.JSONField(default=dict)
    #: Faults of cells: [row, column, code, sentence, value].
    problems = models.JSONField(default=list)
    applied_at = models.DateTimeField(null=True)

    objects = scope.OwnedManagerPlain()

    class Meta:
        constraints = [models.UniqueConstraint("university", "source", "number", name="frame_chunk_once")]


class ImportDifference(Owned):
    """A stored value that a file would have otherwise; a person takes it or leaves it."""

    class Decision(models.TextChoices):
        OPEN = "open", _("open")
        TAKEN = "taken", _("taken over")
        LEFT = "left", _("left as it is")

    source = models.ForeignKey(Import, models.CASCADE, related_name="differences")
    label = models.CharField(max_length=80)
    object_id = models.BigIntegerField()
    title = models.CharField(max_length=300)
    place = models.CharField(max_length=40, help_text="Row of the file")
    field = models.CharField(_("field"), max_length=80)
    ours = models.JSONField(null=True)
    theirs = models.JSONField(null=True)
    decision = models.CharField(max_length=6, choices=Decision.choices, default=Decision.OPEN)

    class Meta:
        indexes = [
            models.Index(fields=["university", "source", "decision"], name="frame_difference_open"),
            models.Index(fields=["university", "label", "object_id"], name="frame_difference_object"),
        ]


class ImportMapping(Owned):
    """Which column goes to which field, remembered for files with the same header."""

    kind = models.CharField(max_length=40)
    header = models.CharField(max_length=64, help_text="Digest of the column names")
    columns = models.JSONField(default=dict)
    options = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint("university", "kind", "header", name="frame_mapping_once")]

    def __str__(self) -> str:
        return self.kind
