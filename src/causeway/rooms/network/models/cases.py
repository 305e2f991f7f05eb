"""Cases as a university writes them or reads them from a guide; seen by that university alone."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from causeway.frame.models import Owned, StoredFile, Trashable
from causeway.rooms.network.choices import LANGUAGES, CaseState, Kind, Origin


class GuideDocument(Owned):
    """A guide that was read in: where its cases come from."""

    title = models.CharField(_("title"), max_length=300)
    edition = models.CharField(_("edition"), max_length=100, blank=True)
    citation = models.TextField(_("how to cite it"), blank=True)
    licence = models.CharField(_("licence"), max_length=300, blank=True)
    name = models.CharField(_("file"), max_length=255)
    sha256 = models.CharField(max_length=64, editable=False)
    lines = models.PositiveIntegerField(_("lines"), default=0, editable=False)
    problems = models.JSONField(default=list, editable=False)
    read_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("guide read in")
        constraints = [models.UniqueConstraint("university", "sha256", name="network_document_once")]
        indexes = [models.Index(fields=["university", "-read_at"], name="network_document_recent")]

    def __str__(self) -> str:
        return f"{self.title}, {self.edition}" if self.edition else self.title


class Case(Owned, Trashable):
    """A good practice in the guide's template. `texts` holds the fields by language; contact data lies apart in `CaseContact`."""

    #: The same in every version and in every copy that is released.
    key = models.UUIDField(default=uuid.uuid4, editable=False)
    title = models.CharField(_("case study name"), max_length=500)
    hei_name = models.CharField(_("university or institution"), max_length=300)
    heading = models.CharField(_("heading"), max_length=500, blank=True)
    number = models.CharField(_("number"), max_length=20, blank=True)
    partner = models.CharField(
        _("section of"), max_length=300, blank=True, help_text=_("The university that wrote it down, where it is another one.")
    )
    country = models.CharField(_("country"), max_length=2, blank=True, help_text=_("Two letters, such as PL."))
    kind = models.CharField(_("kind of institution"), max_length=14, choices=Kind.choices, blank=True)
    dated = models.CharField(_("date"), max_length=10, blank=True, help_text=_("A day such as 2026-03-14, or a year alone."))
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True, editable=False)
    language = models.CharField(_("language"), max_length=10, choices=LANGUAGES, default="en")
    #: Language to field to text. The case's own language comes first; the others are translations.
    texts = models.JSONField(default=dict, editable=False)
    mechanisms = models.JSONField(_("mechanisms"), default=list, blank=True)
    #: Mechanisms a person looked at; suggestions of the machine are shown as such until then.
    mechanisms_confirmed = models.BooleanField(default=False, editable=False)
    targets = models.JSONField(_("meant for"), default=list, blank=True)
    packs = models.JSONField(_("packs made of it"), default=list, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=CaseState.choices, default=CaseState.DRAFT, editable=False)
    origin = models.CharField(_("origin"), max_length=10, choices=Origin.choices, default=Origin.WRITTEN, editable=False)
    document = models.ForeignKey(GuideDocument, models.PROTECT, null=True, blank=True, related_name="cases", editable=False)
    lines = models.CharField(_("lines"), max_length=40, blank=True, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)
    #: Another case that this one may be a newer version of; a person says.
    maybe_version_of = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+", editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        constraints = [models.UniqueConstraint("university", "key", name="network_case_key")]
        indexes = [
            models.Index(fields=["university", "title"], name="network_case_title"),
            models.Index(fields=["university", "hei_name"], name="network_case_hei"),
            models.Index(fields=["university", "state", "-updated_at"], name="network_case_state"),
            models.Index(fields=["university", "-updated_at"], name="network_case_updated"),
            models.Index(fields=["university", "number"], name="network_case_number"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def fields(self) -> dict[str, str]:
        """The fields in the case's own language."""
        return self.texts.get(self.language, {})


class CaseContact(Owned):
    """Whom to ask about a case. Kept apart; nobody outside the office sees it unless the person agreed."""

    case = models.OneToOneField(Case, models.CASCADE, related_name="contact")
    name = models.CharField(_("surname, name"), max_length=300, blank=True)
    role = models.CharField(_("role"), max_length=300, blank=True)
    institution = models.CharField(_("institution"), max_length=300, blank=True)
    address = models.CharField(_("address"), max_length=500, blank=True)
    telephone = models.CharField(_("telephone"), max_length=200, blank=True)
    email = models.CharField(_("e-mail"), max_length=300, blank=True)
    agreed = models.BooleanField(_("the person agreed to be shown"), default=False)

    personal = ("name", "role", "address", "telephone", "email")

    class Meta:
        verbose_name = _("contact")

    def __str__(self) -> str:
        return str(self.case)


class CaseVersion(Owned):
    """What a case said at a point in time, without contact data; never changed."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.JSONField(default=dict)
    sha256 = models.CharField(max_length=64)
    why = models.CharField(max_length=300, blank=True)
    by = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("version")
        constraints = [models.UniqueConstraint("case", "number", name="network_version_once")]
        indexes = [models.Index(fields=["university", "case", "number"], name="network_version_order")]

    def __str__(self) -> str:
        return f"{self.case_id}, {self.number}"


class CaseFigure(Owned):
    """A number of a case as a fact: what is counted, in what unit, as the text puts it, with the words it stands in."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="figures")
    field = models.CharField(_("stands in"), max_length=30, blank=True)
    label = models.CharField(_("what is counted"), max_length=200)
    #: Exact, as text: no float, no rounding. Empty where the text gives no number ("tens of millions").
    value = models.CharField(_("value"), max_length=40, blank=True)
    unit = models.CharField(_("unit"), max_length=60, blank=True)
    qualifier = models.CharField(_("qualifier"), max_length=40, blank=True, help_text=_("Such as: more than, nearly, up to."))
    period = models.CharField(_("period"), max_length=40, blank=True)
    quote = models.TextField(_("quote"), blank=True, help_text=_("The words of the text the number stands in."))
    doubt = models.CharField(_("in doubt because"), max_length=300, blank=True)
    evidence = models.CharField(_("evidence"), max_length=500, blank=True, help_text=_("A document or address that shows it."))
    evidence_file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="+")
    confirmed = models.BooleanField(_("checked by a person"), default=False)
    place = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("figure")
        indexes = [models.Index(fields=["university", "case", "place"], name="network_figure_order")]

    def __str__(self) -> str:
        return f"{self.value} {self.unit} {self.label}".strip()


class CasePhoto(Owned):
    """A photograph or diagram with who may use it and what it shows."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="photos")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    alternative = models.CharField(_("what it shows"), max_length=500, help_text=_("For those who cannot see it."))
    caption = models.CharField(_("caption"), max_length=300, blank=True)
    holder = models.CharField(_("rights are held by"), max_length=200)
    licence = models.CharField(_("licence"), max_length=100)
    width = models.PositiveIntegerField(default=0, editable=False)
    height = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("photograph")
        indexes = [models.Index(fields=["university", "case"], name="network_photo_case")]

    def __str__(self) -> str:
        return self.alternative
