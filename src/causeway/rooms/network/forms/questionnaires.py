"""Forms of those who ask."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from causeway.engines.indicators import shipped_catalogue
from causeway.kit.forms import Form, ModelForm
from causeway.rooms.network.models import Questionnaire

YEAR = {"min_value": 1990, "max_value": 2100}


class QuestionnaireForm(ModelForm):
    """The frame of a questionnaire."""

    year = forms.IntegerField(label=_("Asks about the year"), **YEAR)
    currency = forms.RegexField(r"^[A-Z]{3}$", label=_("Currency of amounts"), initial="EUR", help_text=_("Three letters, such as EUR. Other currencies can be given and are converted with a rate you set."))

    class Meta:
        model = Questionnaire
        fields = ["title"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].initial = self.instance.definition.get("year") or timezone.now().year - 1
        self.fields["currency"].initial = self.instance.definition.get("currency") or "EUR"


class PublishForm(Form):
    """From when to when a round is open."""

    opens_on = forms.DateField(label=_("Opens on"))
    closes_on = forms.DateField(label=_("Last day to answer"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = timezone.now().date()
        self.fields["opens_on"].initial, self.fields["closes_on"].initial = today, today + timedelta(days=42)


class SectionForm(Form):
    """A section."""

    key = forms.RegexField(r"^[a-z][a-z0-9_]{0,40}$", label=_("Short name"), help_text=_("Small letters and underscores; conditions and the offline form use it."))
    title = forms.CharField(label=_("Title"), max_length=300)
    text = forms.CharField(label=_("Words before the questions"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    when = forms.CharField(label=_("Only if"), required=False, max_length=500, help_text=_("A condition over short names, such as: has_office == 'yes' and staff > 5"))


def _lines(text: str) -> list[dict[str, Any]]:
    """Options from lines such as "yes = Yes, there is"; the short name is made where there is none."""
    made = []
    for number, line in enumerate((one.strip() for one in text.splitlines() if one.strip()), 1):
        key, sign, words = line.partition("=")
        made.append({"key": key.strip() if sign else f"o{number}", "text": {"en": (words if sign else key).strip()}})
    return made


#: Kinds of question in words.
KINDS = [("text", _("Text")), ("number", _("Number with a unit")), ("money", _("Amount of money")), ("choice", _("Choice")), ("matrix", _("Matrix of numbers")), ("file", _("File")), ("indicator", _("Indicator"))]  # fmt: skip


class QuestionForm(Form):
    """A question of any kind; fields that its kind does not use are left out."""

    kind = forms.ChoiceField(label=_("Kind"), choices=KINDS)
    key = forms.RegexField(r"^[a-z][a-z0-9_]{0,40}$", label=_("Short name"), help_text=_("Small letters and underscores; conditions and the offline form use it."))
    text = forms.CharField(label=_("Question"), max_length=1000, required=False, help_text=_("May be empty for an indicator, which brings its own name."))
    help = forms.CharField(label=_("Help"), max_length=1000, required=False)
    required = forms.BooleanField(label=_("Must be answered (“not available” is an answer)"), required=False)
    indicator = forms.ChoiceField(label=_("Indicator"), required=False)
    unit = forms.CharField(label=_("Unit of the number"), max_length=40, required=False)
    whole = forms.BooleanField(label=_("Whole numbers only"), required=False)
    least = forms.CharField(label=_("At least"), max_length=30, required=False)
    greatest = forms.CharField(label=_("At most"), max_length=30, required=False)
    many = forms.BooleanField(label=_("More than one option may be taken"), required=False)
    options = forms.CharField(label=_("Options"), required=False, widget=forms.Textarea(attrs={"rows": 4}), help_text=_("One to a line, with a short name before an equals sign: yes = Yes, there is"))
    rows = forms.CharField(label=_("Rows of the matrix"), required=False, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("As the options."))
    columns = forms.CharField(label=_("Columns of the matrix"), required=False, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("As the options."))
    when = forms.CharField(label=_("Only if"), required=False, max_length=500, help_text=_("A condition over short names, such as: has_office == 'yes' and staff > 5"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        catalogue = shipped_catalogue()
        self.fields["indicator"].choices = [("", "–"), *[(code, f"{code} {one.name['en']}") for code, one in catalogue.indicators.items()]]

    def values(self, before: dict[str, Any]) -> dict[str, Any]:
        """The question as it stands in a definition; translations that were there stay."""
        data, kind = self.cleaned_data, self.cleaned_data["kind"]
        made: dict[str, Any] = {"key": data["key"], "kind": kind}
        for name in ("text", "help"):
            words = {**before.get(name, {}), "en": data[name]} if data[name] else {}
            if words:
                made[name] = words
        made |= {"required": True} if data["required"] else {}
        made |= {"when": data["when"]} if data["when"] else {}
        if kind == "indicator":
            made["indicator"] = data["indicator"]
        if kind in ("number", "matrix"):
            made |= {name: data[name] for name in ("unit", "least", "greatest") if data[name]} | ({"whole": True} if data["whole"] else {})
        if kind == "choice":
            made |= {"options": _kept(_lines(data["options"]), before.get("options"))} | ({"many": True} if data["many"] else {})
        if kind == "matrix":
            made |= {name: _kept(_lines(data[name]), before.get(name)) for name in ("rows", "columns")}
        return made


def _kept(new: list[dict[str, Any]], old: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
    """Options with the translations they had."""
    known = {one["key"]: one["text"] for one in old or []}
    return [{"key": one["key"], "text": {**known.get(one["key"], {}), **one["text"]}} for one in new]


def question_initial(question: dict[str, Any]) -> dict[str, Any]:
    """What stands in the form of a question."""
    made = {name: question.get(name, "") for name in ("key", "kind", "indicator", "unit", "least", "greatest", "when")}
    made |= {name: question.get(name, {}).get("en", "") for name in ("text", "help")} | {name: bool(question.get(name)) for name in ("required", "whole", "many")}
    return made | {name: "\n".join(f"{one['key']} = {one['text'].get('en', '')}" for one in question.get(name) or []) for name in ("options", "rows", "columns")}


class DefinitionForm(Form):
    """A whole questionnaire from a file, as it was exported."""

    file = forms.FileField(label=_("File"), help_text=_("A questionnaire that was exported as JSON."))

    def clean_file(self) -> dict[str, Any]:
        """The definition in the file."""
        file = self.cleaned_data["file"]
        if file.size > 1_000_000:
            raise ValidationError(_("The file is larger than a questionnaire."))
        try:
            value = json.loads(file.read().decode("utf-8-sig"))
        except (UnicodeDecodeError, json.JSONDecodeError, RecursionError):
            raise ValidationError(_("This is no JSON text.")) from None
        if not isinstance(value, dict) or not isinstance(value.get("sections"), list):
            raise ValidationError(_("This is no questionnaire: it has no sections."))
        return value


class ExtendForm(Form):
    """More time."""

    closes_on = forms.DateField(label=_("New last day"))
    why = forms.CharField(label=_("Why"), required=False, max_length=500)


class WhyForm(Form):
    """A reason that stays in the history."""

    why = forms.CharField(label=_("Why"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


class InterviewForm(Form):
    """A talk about a round."""

    name = forms.CharField(label=_("University"), max_length=300)
    on = forms.DateField(label=_("Date"))
    persons = forms.CharField(label=_("With"), max_length=500, required=False, help_text=_("Names and functions, parted by commas. They stay with your university."))
    questions = forms.MultipleChoiceField(label=_("About the questions"), required=False, widget=forms.CheckboxSelectMultiple)
    notes = forms.CharField(label=_("Notes"), widget=forms.Textarea(attrs={"rows": 8}))
    file = forms.FileField(label=_("Minutes or recording"), required=False)

    def about(self, questions: list[tuple[str, str]]) -> None:
        """Offer the questions of the round."""
        self.fields["questions"].choices = questions


class DelegateForm(Form):
    """Whom a section is given to."""

    to = forms.TypedChoiceField(label=_("Give to"), coerce=int)
    due_on = forms.DateField(label=_("Wanted by"), required=False)
    note = forms.CharField(label=_("Note"), max_length=500, required=False)

    def about(self, people: list[tuple[int, str]]) -> None:
        """Offer the people of the university."""
        self.fields["to"].choices = [("", _("Choose a colleague")), *people]


class OfflineForm(Form):
    """A filled-in form that comes back."""

    file = forms.FileField(label=_("Filled-in form"), help_text=_("The workbook that was downloaded here, filled in."))
