"""Forms of people; each validates, a service saves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from causeway.frame import access
from causeway.kit.forms import Form, ModelForm
from causeway.rooms.people.models import Organisation, Person, Unit
from causeway.rooms.people.selectors import units_offered


class UnitForm(ModelForm):
    """A unit."""

    class Meta:
        model = Unit
        fields = ["code", "name", "parent"]


class OrganisationForm(ModelForm):
    """An outside organisation."""

    class Meta:
        model = Organisation
        fields = ["name", "kind", "country"]


class PersonForm(ModelForm):
    """A person."""

    class Meta:
        model = Person
        fields = ["name", "name_native", "email", "unit", "organisation", "orcid", "left_on"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit, organisation = self.fields["unit"], self.fields["organisation"]
        unit.queryset, unit.required, unit.initial = units_offered("office", "administrator")  # type: ignore[attr-defined]
        organisation.queryset = access.offered(organisation.queryset)  # type: ignore[attr-defined]


class EraseForm(Form):
    """The name of who is erased, typed to be sure, and the reason."""

    name = forms.CharField(label=_("Name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    why = forms.CharField(label=_("Reason"), max_length=300, help_text=_("It stays in the history: write it without the name."))

    def about(self, person: Person) -> None:
        """Say which name is asked for."""
        self.fields["name"].help_text = _("Type “%(name)s”.") % {"name": person.name}
