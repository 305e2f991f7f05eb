"""Whatever form is asked, a wrong answer is met by the house's words."""

from __future__ import annotations

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import get_resolver

from causeway.kit import wording
from causeway.rooms.assets.models import Asset


def every(kind):
    for one in kind.__subclasses__():
        yield one
        yield from every(one)


def test_every_form_has_the_words():
    get_resolver().url_patterns  # noqa: B018 - reads every room's forms
    found = {type(field) for form in every(forms.BaseForm) for field in getattr(form, "base_fields", {}).values()}
    assert len(found) > 10
    stock = {"This field is required.", "Enter a valid date.", "Enter a whole number.", "Enter a number.", "Enter a valid URL."}
    for form in every(forms.BaseForm):
        for name, field in getattr(form, "base_fields", {}).items() if not form.__module__.startswith("django.forms.") else ():
            said = {str(text) for code, text in field.error_messages.items() if code != "max_length"}
            assert not said & stock and not any(text.startswith("Select a valid choice") for text in said), f"{form.__module__}.{form.__name__}.{name}"


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        (forms.CharField(), "", "Fill this in."),
        (forms.CharField(max_length=3), "four", "This has 4 characters; shorten it to 3."),
        (forms.ChoiceField(choices=[("a", "A")]), "", "Choose one."),
        (forms.ChoiceField(choices=[("a", "A")]), "b", "“b” is not among the choices. Choose one of the list."),
        (forms.DateField(), "2026-02-30", "Give a day that exists, as year-month-day: 2026-03-31."),
        (forms.IntegerField(max_value=5), "x", "Write a whole number in digits."),
        (forms.IntegerField(max_value=5), "6", "At most 5."),
        (forms.EmailField(), "ada", "Write the whole e-mail address, as name@example.org."),
        (forms.URLField(assume_scheme="https"), "not an address", "Write the whole address, beginning with https://."),
        (forms.FileField(), None, "Choose a file."),
        (forms.BooleanField(), False, "Tick this to go on."),
        (models.CharField(), "", "Fill this in."),
    ],
)
def test_a_wrong_answer_is_told_what_to_do(field, value, said):
    with pytest.raises(ValidationError) as fault:
        field.clean(value, None) if isinstance(field, models.Field) else field.clean(value)
    assert fault.value.messages == [said]


def test_the_words_are_there_before_the_first_model():
    assert Asset._meta.get_field("title").error_messages["blank"] == wording.FIELDS[models.Field]["blank"]
