"""Forms of cases: begin, import, figures, pictures, contact, why."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from causeway.engines.guide import TEXT
from causeway.kit.forms import Form, ModelForm
from causeway.rooms.network.choices import LANGUAGES, Kind
from causeway.rooms.network.models import CaseContact, CaseFigure
from causeway.rooms.network.selectors.cases import LABELS


class BeginForm(Form):
    """The first words of a case; the rest is written in its own page."""

    title = forms.CharField(label=_("Case study name"), max_length=500, help_text=_("What the practice is called, so that somebody elsewhere understands it."))
    hei_name = forms.CharField(label=_("University or institution"), max_length=300)
    country = forms.CharField(label=_("Country"), max_length=60, required=False)
    kind = forms.ChoiceField(label=_("Kind of institution"), choices=[("", _("guess from the name")), *Kind.choices], required=False)
    language = forms.ChoiceField(label=_("Language it is written in"), choices=LANGUAGES)


class UploadForm(Form):
    """A guide to be read."""

    file = forms.FileField(label=_("The guide"), help_text=_("Plain text, DOCX or HTML, at most 30 MB. You see what was read before anything is filed."))


class FileForm(Form):
    """How a guide that was read is filed."""

    title = forms.CharField(label=_("Title of the guide"), max_length=300)
    edition = forms.CharField(label=_("Edition"), max_length=100, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)


class FigureForm(ModelForm):
    """A number of a case as a fact."""

    class Meta:
        model = CaseFigure
        fields = ["label", "value", "unit", "qualifier", "period", "field", "quote", "evidence", "doubt", "confirmed"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["field"] = forms.ChoiceField(label=_("Stands in"), choices=[("", _("nowhere")), *[(key, LABELS[key]) for key in TEXT]], required=False)
        self.fields["field"].widget.attrs["class"] = "form-select"
        self.fields["quote"].widget.attrs["rows"] = 2
        self.fields["value"].help_text = _("In figures: 1250000, 3.5 or 6:4. Leave it empty where the text gives none.")
        self.fields["unit"].help_text = _("A currency such as EUR, a percent sign, or what is counted: patents, persons.")


class PhotoForm(Form):
    """A picture with its rights."""

    file = forms.FileField(label=_("Picture"), help_text=_("PNG or JPEG, at most 25 MB. Place and device that a camera hides in it are left out."))
    alternative = forms.CharField(label=_("What it shows"), max_length=500, help_text=_("For those who cannot see it."))
    caption = forms.CharField(label=_("Caption"), max_length=300, required=False)
    holder = forms.CharField(label=_("Rights are held by"), max_length=200)
    licence = forms.CharField(label=_("Licence"), max_length=100, help_text=_("Such as CC BY 4.0, or: printed with permission."))


class ContactForm(ModelForm):
    """Whom to ask about a case."""

    class Meta:
        model = CaseContact
        fields = ["name", "role", "institution", "address", "telephone", "email", "agreed"]


class WhyForm(Form):
    """Why something is done."""

    why = forms.CharField(label=_("Why"), widget=forms.Textarea(attrs={"rows": 2}), max_length=2000)


class SubmitForm(Form):
    """A word to the coordinator."""

    why = forms.CharField(label=_("To the coordinator"), widget=forms.Textarea(attrs={"rows": 2}), max_length=2000, required=False)
