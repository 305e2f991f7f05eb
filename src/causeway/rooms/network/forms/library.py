"""Forms of the coordinator."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from causeway.kit.forms import Form


class NoteForm(Form):
    """A comment on a field."""

    text = forms.CharField(label=_("Comment"), widget=forms.Textarea(attrs={"rows": 2}), max_length=4000)


class DecideForm(Form):
    """A decision on a handed-in case."""

    text = forms.CharField(label=_("To the authors"), widget=forms.Textarea(attrs={"rows": 3}), max_length=4000, required=False)
