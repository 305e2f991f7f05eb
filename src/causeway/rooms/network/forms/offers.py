"""Forms of offers."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from causeway.kit.forms import Form, ModelForm
from causeway.rooms.network.choices import LANGUAGES, Field, Seeks
from causeway.rooms.network.models import Offer


class OfferForm(ModelForm):
    """What an offer says."""

    areas = forms.MultipleChoiceField(label=_("Field"), choices=Field.choices, required=False, widget=forms.CheckboxSelectMultiple)
    seeks = forms.MultipleChoiceField(label=_("We seek"), choices=Seeks.choices, required=False, widget=forms.CheckboxSelectMultiple)
    languages = forms.MultipleChoiceField(label=_("We answer in"), choices=LANGUAGES, required=False, widget=forms.CheckboxSelectMultiple)
    field_order = ["title", "text", "areas", "readiness", "seeks", "sought", "rights", "valid_until", "office", "person", "person_email", "person_agreed", "language", "languages"]

    class Meta:
        model = Offer
        fields = ["title", "text", "areas", "readiness", "seeks", "sought", "rights", "language", "languages", "office", "person", "person_email", "person_agreed", "valid_until"]
        widgets = {"text": forms.Textarea(attrs={"rows": 7}), "rights": forms.Textarea(attrs={"rows": 3}), "office": forms.Textarea(attrs={"rows": 3})}


class WordsForm(Form):
    """What an offer says in another language."""

    title = forms.CharField(label=_("Title"), max_length=200, required=False)
    text = forms.CharField(label=_("What it is, in plain words"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 9}))
    sought = forms.CharField(label=_("Whom, more closely"), max_length=200, required=False)


class ShareForm(Form):
    """What the one who releases says."""

    public = forms.BooleanField(
        label=_("I have looked: everything in it is public already"), required=False,
        help_text=_("A patent application stays secret until it is published; what an offer tells before that destroys its novelty."),
    )  # fmt: skip
