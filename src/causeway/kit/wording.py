"""What a form says of an answer that it cannot take: the house's words, which say what to do, in place of the framework's.

They stand where the framework keeps its own, on the classes of fields and validators, so that every form has them: those of the rooms, of signing in,
of the API and of imports. `put` runs before any form or model is made, since a field copies its words when it is made.
"""

from __future__ import annotations

from django import forms
from django.core import validators
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

_CHOICE = _("“%(value)s” is not among the choices. Choose one of the list.")
_DATE = _("Give a day that exists, as year-month-day: 2026-03-31.")
_DATE_TIME = _("Give a day and a time, as 2026-03-31 14:30.")
_EMPTY = _("Fill this in.")
_NUMBER = _("Write a number in digits.")
_WHOLE = _("Write a whole number in digits.")
_CHOOSE = _("Choose one.")
_SEVERAL = _("Choose at least one.")

#: By class of field: what it says under each of the framework's codes.
FIELDS: dict[type, dict[str, object]] = {
    forms.Field: {"required": _EMPTY},
    forms.BooleanField: {"required": _("Tick this to go on.")},
    forms.ChoiceField: {"required": _CHOOSE, "invalid_choice": _CHOICE},
    forms.MultipleChoiceField: {"required": _SEVERAL, "invalid_choice": _CHOICE, "invalid_list": _SEVERAL},
    forms.ModelChoiceField: {"required": _CHOOSE, "invalid_choice": _("This is not among the choices. Choose one of the list.")},
    forms.ModelMultipleChoiceField: {"required": _SEVERAL, "invalid_choice": _CHOICE, "invalid_list": _SEVERAL, "invalid_pk_value": _SEVERAL},
    forms.IntegerField: {"invalid": _WHOLE},
    forms.FloatField: {"invalid": _NUMBER},
    forms.DecimalField: {"invalid": _NUMBER},
    forms.DateField: {"invalid": _DATE},
    forms.DateTimeField: {"invalid": _DATE_TIME},
    forms.TimeField: {"invalid": _("Give a time, as 14:30.")},
    forms.FileField: {
        "required": _("Choose a file."),
        "invalid": _("Choose a file."),
        "missing": _("Choose a file."),
        "empty": _("This file is empty. Choose another."),
        "max_length": ngettext_lazy("Give the file a name of at most %(max)d character.", "Give the file a name of at most %(max)d characters.", "max"),
    },
    forms.ImageField: {"invalid_image": _("This is no picture, or it is damaged. Choose another file.")},
    forms.URLField: {"invalid": _("Write the whole address, beginning with https://.")},
    forms.JSONField: {"invalid": _("This is not well-formed JSON.")},
    models.Field: {
        "blank": _EMPTY,
        "null": _EMPTY,
        "invalid_choice": _CHOICE,
        "unique": _("There is one with this %(field_label)s already. Give another."),
    },
    models.BooleanField: {"invalid": _("Answer with yes or no."), "invalid_nullable": _("Answer with yes or no.")},
    models.DateField: {"invalid": _DATE, "invalid_date": _DATE},
    models.DateTimeField: {"invalid": _DATE_TIME, "invalid_date": _DATE_TIME, "invalid_datetime": _DATE_TIME},
    models.DecimalField: {"invalid": _NUMBER},
    models.FloatField: {"invalid": _NUMBER},
    models.IntegerField: {"invalid": _WHOLE},
}  # fmt: skip
#: By class of validator: its message.
VALIDATORS: dict[type, object] = {
    validators.EmailValidator: _("Write the whole e-mail address, as name@example.org."),
    validators.MaxLengthValidator: _("This has %(show_value)d characters; shorten it to %(limit_value)d."),
    validators.MaxValueValidator: _("At most %(limit_value)s."),
    validators.MinLengthValidator: ngettext_lazy(
        "Write at least %(limit_value)d character; this has %(show_value)d.", "Write at least %(limit_value)d characters; this has %(show_value)d.", "limit_value"
    ),
    validators.MinValueValidator: _("At least %(limit_value)s."),
    validators.ProhibitNullCharactersValidator: _("This holds a sign that cannot be kept. Write it anew."),
    validators.RegexValidator: _("This is not in the form that is asked for."),
    validators.URLValidator: _("Write the whole address, beginning with https://."),
}


def put() -> None:
    """Put the house's words in place of the framework's."""
    for kind, words in FIELDS.items():
        kind.default_error_messages = {**vars(kind).get("default_error_messages", {}), **words}  # type: ignore[attr-defined]
    for validator, message in VALIDATORS.items():
        validator.message = message  # type: ignore[attr-defined]
