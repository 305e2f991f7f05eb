"""Forms of people; each validates, a service saves."""

from __future__ import annotations

from causeway.kit.forms import ModelForm
from causeway.rooms.people.models import Organisation, Person, Unit


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
