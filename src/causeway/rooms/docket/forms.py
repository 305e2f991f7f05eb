"""Forms of the docket; each validates, a service writes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from causeway.kit.forms import Form
from causeway.rooms.docket import selectors
from causeway.rooms.docket.choices import Answer, Instruction, Medium
from causeway.rooms.docket.models import Deadline, Matter
from causeway.rooms.people.models import Person


class EventForm(Form):
    """Something that happened in a matter."""

    kind = forms.ChoiceField(label=_("What happened"))
    on = forms.DateField(label=_("On"), help_text=_("For a notice: the day it bears."))
    by = forms.ChoiceField(label=_("Sent"), choices=[("", _("no notice of an office")), *Medium.choices], required=False)
    received = forms.DateField(label=_("Received on"), required=False, help_text=_("Only where it differs from what the law presumes."))
    year = forms.CharField(label=_("Year or stage paid"), required=False, max_length=6, help_text=_("For a payment: 5, or 3.5."))
    of = forms.DateField(label=_("About the date"), required=False, help_text=_("For a withdrawn priority: the day of that earlier application."))
    note = forms.CharField(label=_("Note"), required=False, max_length=300)

    def __init__(self, *args: Any, matter: Matter | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "en"
        kinds: list[Any] = list(selectors.event_kinds(language))
        if matter is not None:
            usual, others = selectors.event_kinds_for(matter.office, matter.right, language)
            kinds = [(_("Usual at this office"), usual), (_("Others"), others)]
        self.fields["kind"].choices = [("", _("Choose")), *kinds]


class EventCreateForm(EventForm):
    """Something that happened, in a matter named by its reference or number."""

    field_order = ("matter", "kind")
    matter = forms.CharField(label=_("Matter"), max_length=60, help_text=_("Its reference, such as NBU-2026-031, or its application number."))

    def __init__(self, *args: Any, instance: Any = None, **kwargs: Any) -> None:
        """Pages and API give the record they change; an event is never changed, only corrected by a new version."""
        super().__init__(*args, **kwargs)

    def clean_matter(self) -> Matter:
        text = self.cleaned_data["matter"].strip()
        found = Matter.objects.filter(reference=text).first() or Matter.objects.filter(number=text).first()
        if found is None:
            raise forms.ValidationError(_("There is no matter of this reference or number here."))
        return found


class DoneForm(Form):
    """What was done, when, under which reference, with which proof."""

    done_on = forms.DateField(label=_("Done on"), initial=timezone.localdate)
    done_reference = forms.CharField(label=_("Reference"), required=False, max_length=100, help_text=_("Receipt or filing number."))
    proof = forms.FileField(label=_("Proof"), required=False, help_text=_("A receipt or confirmation as a file."))
    why = forms.CharField(label=_("Remark"), required=False, max_length=300)


class ReasonForm(Form):
    """A reason."""

    why = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class InstructForm(Form):
    """What the agent is told."""

    instruction = forms.ChoiceField(label=_("Instruction"), choices=Instruction.choices)
    why = forms.CharField(label=_("Remark"), required=False, max_length=300)


class ExtendForm(Form):
    """Months of extension."""

    months = forms.IntegerField(label=_("Months in all"), min_value=1, max_value=30)
    why = forms.CharField(label=_("Remark"), required=False, max_length=300)

    def about(self, deadline: Deadline) -> None:
        """Say how far this rule can be extended."""
        most = selectors.extendable(deadline.rule)
        self.fields["months"].help_text = _("The rule allows up to %(n)s, counted from the original date.") % {"n": most}


class AnswerForm(Form):
    """What an inventor says when asked whether a right is worth its fee."""

    answer = forms.ChoiceField(label=_("Your answer"), choices=Answer.choices)
    why = forms.CharField(label=_("Reason"), required=False, max_length=250)


class HolderForm(Form):
    """In whose hand it is."""

    holder = forms.ModelChoiceField(Person.objects.none(), label=_("In hand of"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["holder"].queryset = Person.objects.filter(trashed_at=None).exclude(user=None).order_by("name")


class SnoozeForm(Form):
    """Until when it stays off one's own list."""

    until = forms.DateField(label=_("Until"), help_text=_("It comes back to your list on this day; others see it all the while."))


class FeedForm(Form):
    """A private calendar address."""

    name = forms.CharField(label=_("Name"), max_length=80, initial=_("My deadlines"))
    whole = forms.BooleanField(label=_("The whole portfolio, not only what is in my hand"), required=False)
