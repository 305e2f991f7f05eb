"""Forms of assets; each validates, a service writes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from causeway.kit.forms import Form, ModelForm
from causeway.rooms.assets.models import Asset
from causeway.rooms.docket.choices import Right
from causeway.rooms.docket.selectors import offices
from causeway.rooms.people.models import Organisation, Person, Unit


class AssetForm(ModelForm):
    """An asset with its identity, dates and people."""

    office = forms.ChoiceField(label=_("Office"))
    right = forms.ChoiceField(label=_("Kind"), choices=Right.choices, initial=Right.PATENT)

    class Meta:
        model = Asset
        fields = ["title", "right", "office", "number", "publication_number", "grant_number", "filed_on", "published_on", "granted_on", "status",
                  "technical_field", "unit", "holder", "agent", "agent_reference", "funding", "confidential"]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["office"].choices = offices()
        self.fields["unit"].queryset = Unit.objects.order_by("name")
        self.fields["holder"].queryset = Person.objects.filter(trashed_at=None).exclude(user=None).order_by("name")
        self.fields["agent"].queryset = Organisation.objects.filter(trashed_at=None, kind=Organisation.Kind.AGENT).order_by("name")


class EndForm(Form):
    """How and when an asset ended."""

    kind = forms.ChoiceField(
        label=_("How"),
        choices=[
            ("abandoned", _("Given up")),
            ("lapsed", _("Lapsed")),
            ("withdrawn", _("Withdrawn")),
            ("refused_final", _("Finally refused")),
            ("expired", _("Term over")),
        ],
    )
    on = forms.DateField(label=_("On"))
    why = forms.CharField(label=_("Reason"), max_length=100)

    def clean_on(self) -> Any:
        on = self.cleaned_data["on"]
        if on > timezone.now().date():
            raise forms.ValidationError(_("This day lies in the future."))
        return on


class NoteForm(Form):
    """A remark."""

    text = forms.CharField(label=_("Note"), widget=forms.Textarea(attrs={"rows": 4}))


class AttachForm(Form):
    """A file that belongs to an asset."""

    file = forms.FileField(label=_("File"))
    title = forms.CharField(label=_("Title"), max_length=200)
    confidential = forms.BooleanField(label=_("Confidential"), required=False)


class UploadForm(Form):
    """A file to bring in."""

    file = forms.FileField(label=_("File"), help_text=_("CSV, XLSX, XLS, or the XML reply of a patent register."))


class AnswerForm(Form):
    """Answers to what a file leaves open; its fields are made from the questions."""

    def __init__(self, questions: Any, *args: Any, columns: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for question in questions:
            if question.kind == "columns":
                self._columns(columns)
                continue
            options = [(key, f"{key}: {'; '.join(shown)}") for key, shown in question.options]
            self.fields[question.kind] = forms.ChoiceField(label=question.text, choices=options, widget=forms.RadioSelect)
            if question.kind == "pivot":
                self.fields["other_pivot"] = forms.IntegerField(label=_("Or up to another year"), min_value=0, max_value=99, required=False)
                self.fields["pivot"].required = False

    def _columns(self, columns: Any) -> None:
        choices = [("", _("not in this file")), *[(column, column) for column in columns if column]]
        for field, label in (("number", _("Application number")), ("title", _("Title")), ("filed_on", _("Filing date")), ("owners", _("Owners")), ("status", _("Status")),
                             ("office", _("Office"))):  # fmt: skip
            self.fields[f"map_{field}"] = forms.ChoiceField(
                label=label, choices=choices, required=field == "number", widget=forms.Select(attrs={"class": "form-select"})
            )

    def options(self) -> dict[str, Any]:
        """The answers as options of the import."""
        data = self.cleaned_data
        made: dict[str, Any] = {key: data[key] for key in ("encoding", "dates") if data.get(key)}
        if data.get("other_pivot") is not None:
            made["pivot"] = data["other_pivot"]
        elif data.get("pivot"):
            made["pivot"] = int(data["pivot"])
        mapping = {key.removeprefix("map_"): value for key, value in data.items() if key.startswith("map_") and value}
        if mapping:
            made["map"] = mapping
        return made
