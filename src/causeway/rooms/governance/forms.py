"""Forms of governance; each validates, a service writes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from causeway.kit.forms import Form, ModelForm, dress
from causeway.rooms.governance import mapping
from causeway.rooms.governance.choices import Choice, ObjectionState
from causeway.rooms.governance.models import Policy
from causeway.rooms.people.models import Unit


class PolicyForm(ModelForm):
    """A draft's title, unit and reason; its values have a page of their own."""

    class Meta:
        model = Policy
        fields = ["title", "unit", "why"]
        widgets = {"why": forms.Textarea(attrs={"rows": 3})}


class DraftForm(Form):
    """A new policy from a pack."""

    pack = forms.ChoiceField(label=_("Begin with"), help_text=_("Every value can be changed afterwards, as far as the law allows."))
    title = forms.CharField(label=_("Title"), max_length=200)
    unit = forms.ModelChoiceField(Unit.objects.none(), label=_("Only for"), required=False, empty_label=_("the whole university"))
    why = forms.CharField(label=_("Why"), required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pack"].choices = [(one.key, f"{one.title} ({one.id} {one.version})") for one in mapping.adoptable()]
        self.fields["unit"].queryset = Unit.objects.order_by("name")


def _flow_choices() -> list[tuple[str, str]]:
    """The procedures to choose among; one that came from another installation names its pack."""
    return [(f"{one.pack}/{one.key}", f"{one.title} ({one.pack})" if "@" in one.pack else one.title) for one in mapping.flows()]


class ProposeForm(Form):
    """From when it shall hold, and by which procedure it is decided."""

    holds_from = forms.DateField(label=_("Holds from"))
    flow = forms.ChoiceField(label=_("Decided by"))
    why = forms.CharField(label=_("What is decided and why"), required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["flow"].choices = _flow_choices()


class AdoptForm(Form):
    """A decision taken outside: who signed, when, and from when it holds."""

    holds_from = forms.DateField(label=_("Holds from"))
    signed_by = forms.CharField(label=_("Signed by"), max_length=200)
    signed_on = forms.DateField(label=_("Signed on"))
    why = forms.CharField(label=_("Under which decision"), max_length=300, help_text=_("Such as: Senate, 14 May 2026, item 7."))


class ReasonForm(Form):
    """A reason."""

    why = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class ValuesForm(Form):
    """The values of a policy as fields: each with its unit and source; empty takes the pack's own."""

    def __init__(self, *args: Any, values: list[mapping.Value], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.values = values
        for one in values:
            self.fields[one.place] = self._field(one)
        dress(self)

    @staticmethod
    def _field(one: mapping.Value) -> forms.Field:
        if one.choices:
            return forms.ChoiceField(label=one.label, choices=one.choices, initial=one.current, required=False)
        if one.unit == "list":
            return forms.CharField(label=one.label, initial=one.current, required=False, widget=forms.Textarea(attrs={"rows": 4}))
        return forms.CharField(
            label=one.label, initial=one.current, required=False, max_length=200, widget=forms.TextInput(attrs={"inputmode": "decimal"})
        )

    def rows(self) -> list[tuple[mapping.Value, forms.BoundField]]:
        """Each value with its field."""
        return [(one, self[one.place]) for one in self.values]


class StartForm(Form):
    """A decision about anything."""

    flow = forms.ChoiceField(label=_("Procedure"))
    title = forms.CharField(label=_("Title"), max_length=200)
    about = forms.CharField(label=_("What is decided"), required=False, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["flow"].choices = _flow_choices()


class StepForm(Form):
    """How a step ended."""

    note = forms.CharField(label=_("Minutes"), required=False, widget=forms.Textarea(attrs={"rows": 4}))
    upload = forms.FileField(label=_("Document"), required=False)


class DeclareForm(Form):
    """Whether one has an interest in what is decided."""

    conflicted = forms.BooleanField(label=_("I have an interest in this matter and take no part in the vote"), required=False)
    text = forms.CharField(label=_("Which interest"), required=False, max_length=500, help_text=_("Such as: I am one of the inventors."))


class VoteForm(Form):
    """A vote."""

    choice = forms.ChoiceField(label=_("Vote"), choices=Choice.choices)
    note = forms.CharField(label=_("Note"), required=False, max_length=500)


class PublishForm(Form):
    """What the procedure asks to be published."""

    starts_on = forms.DateField(label=_("Published on"))
    ends_on = forms.DateField(label=_("Last day"))
    where = forms.CharField(label=_("Where"), max_length=300, help_text=_("Such as: notice board of the office, intranet address."))

    def about(self, step: Any) -> None:
        """Ask for the fields and the days of this step."""
        least = int(step.terms.get("min_days") or 0)
        self.fields["ends_on"].help_text = _("At least %(n)s days; the day of publication is not counted.") % {"n": least}
        self.keys = list(step.terms.get("fields") or {})
        for key, label in (step.terms.get("fields") or {}).items():
            self.fields[key] = forms.CharField(label=label, required=False, widget=forms.Textarea(attrs={"rows": 2}))
        self.fields["starts_on"].initial = step.opened_on
        self.fields["ends_on"].initial = step.opened_on + timedelta(days=least) if step.opened_on else None
        dress(self)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        return {**{key: value for key, value in data.items() if key not in self.keys}, "text": {key: data.get(key, "") for key in self.keys}}


class CloseForm(Form):
    """The end of a notice."""

    note = forms.CharField(label=_("Outcome"), required=False, widget=forms.Textarea(attrs={"rows": 3}))


class ObjectionForm(Form):
    """An objection as it came in."""

    name = forms.CharField(label=_("From"), max_length=200)
    received_on = forms.DateField(label=_("Received on"))
    text = forms.CharField(label=_("Objection"), widget=forms.Textarea(attrs={"rows": 4}))


class AnswerForm(Form):
    """The answer to an objection."""

    state = forms.ChoiceField(label=_("Outcome"), choices=[one for one in ObjectionState.choices if one[0] != ObjectionState.OPEN])
    answer = forms.CharField(label=_("Reason"), widget=forms.Textarea(attrs={"rows": 4}))


class DataSetForm(Form):
    """A table of past receipts."""

    name = forms.CharField(label=_("Name"), max_length=120)
    file = forms.FileField(
        label=_("File"), help_text=_("CSV or XLSX with columns: date, amount, currency, technology, unit, costs, inventors (names with weights: Ana 2; Ben 1).")
    )
    dates = forms.ChoiceField(label=_("Dates are written"), choices=[("ymd", "2026-03-14"), ("dmy", "14.03.2026"), ("mdy", "03/14/2026")])


class ComputeForm(Form):
    """What an amount is computed from."""

    title = forms.CharField(label=_("For"), max_length=200, help_text=_("Such as: licence fee 2026 of Brandt Medical."))
    on = forms.DateField(label=_("Rules of"), help_text=_("The day whose rules apply: as a rule the day the money came in."))

    def about(self, subject: str) -> None:
        """Ask for what the subject needs."""
        for name, field in mapping.questions(subject).items():
            self.fields[name] = field
        dress(self)

    def given(self) -> dict[str, Any]:
        """What was asked, as the engine takes it."""
        return mapping.given_of(self.cleaned_data)
