"""Other installations of Causeway, and the packages that came from and went to them."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from causeway.frame.models import University
from causeway.rooms.governance.models import PackCopy
from causeway.rooms.network.choices import PackState


class Installation(models.Model):
    """Another installation, known by its key. Nothing is taken from it before a person compared the fingerprint over another way."""

    fingerprint = models.CharField(_("fingerprint"), max_length=64, unique=True)
    public_key = models.CharField(max_length=64)
    name = models.CharField(_("name"), max_length=300)
    #: The university it speaks for, by its address at ror.org; empty where it does not say.
    ror_id = models.CharField(max_length=40, blank=True)
    first_seen_at = models.DateTimeField(default=timezone.now)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.CharField(max_length=200, blank=True)
    revoked_at = models.DateTimeField(null=True)
    #: The highest package number taken, and that package's digest.
    sequence = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("installation")

    def __str__(self) -> str:
        return self.name

    @property
    def trusted(self) -> bool:
        """Whether packages of it are taken."""
        return self.confirmed_at is not None and self.revoked_at is None


class Package(models.Model):
    """A package that came in or went out."""

    class Way(models.TextChoices):
        IN = "in", _("came in")
        OUT = "out", _("went out")

    #: Whose released records went out; empty for what came in.
    source = models.ForeignKey(University, models.SET_NULL, null=True, related_name="+")
    way = models.CharField(max_length=3, choices=Way.choices)
    installation = models.ForeignKey(Installation, models.PROTECT, null=True, related_name="packages")
    sequence = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    counts = models.JSONField(default=dict, blank=True)
    #: What went out, one by one: key, title and digest of each record.
    listed = models.JSONField(default=list, blank=True)
    #: Whether contact persons who agreed went with it.
    contacts = models.BooleanField(default=False)
    at = models.DateTimeField(default=timezone.now)
    by = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("package")
        indexes = [models.Index(fields=["-at"], name="network_package_recent")]

    def __str__(self) -> str:
        return f"{self.get_way_display()}, {self.sequence}"


class ReleasedFile(models.Model):
    """A picture of a released case that no university here owns: it came in a package, or its university left. Named by its digest, kept once."""

    sha256 = models.CharField(max_length=64, unique=True)
    content_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    path = models.CharField(max_length=200)
    kept_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("picture of the library")

    def __str__(self) -> str:
        return self.sha256


class ReceivedPack(models.Model):
    """A pack that came in a package: its text, every fault the lint found, and the kept pack that governance made of it."""

    installation = models.ForeignKey(Installation, models.PROTECT, related_name="packs")
    name = models.CharField(max_length=100)
    version = models.CharField(max_length=40)
    sha256 = models.CharField(max_length=64)
    #: Relative file name to text.
    files = models.JSONField(default=dict, blank=True)
    #: Each as code, file, line and text.
    faults = models.JSONField(default=list, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=PackState.choices, default=PackState.FAULTY)
    why = models.TextField(blank=True)
    copy = models.ForeignKey(PackCopy, models.PROTECT, null=True, related_name="+")
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("received pack")
        constraints = [models.UniqueConstraint("name", "version", "sha256", name="network_pack_once")]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"
