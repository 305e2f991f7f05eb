"""Forms of figures, benchmarks, packages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from causeway.kit.forms import Form
from causeway.rooms.network.models import FigureState


class FigureForm(Form):
    """A figure with its source."""

    year = forms.IntegerField(label=_("Year"), min_value=1990, max_value=2100)
    figure = forms.ChoiceField(label=_("Figure"))
    state = forms.ChoiceField(label=_("What is known"), choices=FigureState.choices)
    value = forms.CharField(label=_("Number"), max_length=40, required=False)
    currency = forms.CharField(label=_("Currency"), max_length=3, required=False, help_text=_("Of amounts, three letters."))
    source = forms.CharField(label=_("Source"), max_length=500, help_text=_("The report, table or person it comes from."))

    def about(self, figures: list[tuple[str, str]], currency: str, year: int | None = None) -> None:
        """Offer the figures of an indicator."""
        self.fields["figure"].choices = figures
        self.fields["year"].initial = year or timezone.now().year - 1
        self.fields["currency"].initial = currency
        if not currency:
            self.fields["currency"].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        """A known figure has a number."""
        data = super().clean() or {}
        if data.get("state") == FigureState.KNOWN and not data.get("value"):
            self.add_error("value", _("Give the number, or say that there is none."))
        return data


class YearForm(Form):
    """A year."""

    year = forms.IntegerField(label=_("Year"), min_value=1990, max_value=2100)


class FiguresFileForm(Form):
    """A table of figures."""

    file = forms.FileField(label=_("Table"), help_text=_("CSV with the columns figure, year, value and currency; “n/a” where there is no figure."))
    source = forms.CharField(label=_("Source"), max_length=500)


class GroupForm(Form):
    """A peer group."""

    key = forms.SlugField(label=_("Short name"), max_length=40)
    title = forms.CharField(label=_("Title"), max_length=200)
    countries = forms.CharField(label=_("Countries"), max_length=200, required=False, help_text=_("Two letters each, parted by commas, such as CN, DE. Empty for all."))
    figure = forms.ChoiceField(label=_("By the size of"), required=False)
    least = forms.DecimalField(label=_("From"), required=False)
    below = forms.DecimalField(label=_("Below"), required=False)
    origins = forms.MultipleChoiceField(label=_("Only these universities"), required=False, widget=forms.CheckboxSelectMultiple)

    def about(self, figures: list[tuple[str, str]], origins: list[tuple[str, str]]) -> None:
        """Offer figures and contributors."""
        self.fields["figure"].choices = [("", "–"), *figures]
        self.fields["origins"].choices = origins

    def rule(self) -> dict[str, Any]:
        """The rule as it is kept."""
        data = self.cleaned_data
        countries = [one.strip().upper() for one in data["countries"].split(",") if one.strip()]
        made: dict[str, Any] = {"countries": countries} if countries else {}
        made |= {"origins": data["origins"]} if data["origins"] else {}
        if data["figure"]:
            made |= {"figure": data["figure"], "from": str(data["least"] or ""), "below": str(data["below"] or "")}
        return made


class RateForm(Form):
    """A yearly average rate."""

    currency = forms.RegexField(r"^[A-Z]{3}$", label=_("Currency"))
    year = forms.IntegerField(label=_("Year"), min_value=1990, max_value=2100)
    rate = forms.DecimalField(label=_("One of it is worth"), min_value=0, max_digits=18, decimal_places=8)
    source = forms.CharField(label=_("Source"), max_length=300)


class PackageForm(Form):
    """A package that came."""

    file = forms.FileField(label=_("Package"), help_text=_("A file that another installation of Causeway wrote."))


class TrustForm(Form):
    """A fingerprint that was compared over another way."""

    fingerprint = forms.CharField(
        label=_("Fingerprint"), max_length=120, help_text=_("Ask the keeper of the other installation to read it out, by telephone or face to face, and type it here: all 64 signs.")
    )


class SendForm(Form):
    """Whom a package is for."""

    to = forms.ChoiceField(label=_("For"), required=False)

    def about(self, installations: list[tuple[str, str]]) -> None:
        """Offer the installations that are trusted."""
        self.fields["to"].choices = [("", _("anybody who trusts this installation")), *installations]
