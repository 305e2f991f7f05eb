"""Forms as the theme shows them: one column, help under the label, errors in words at the field and as links on top."""

from __future__ import annotations

from django import forms
from django.db.models.fields import BLANK_CHOICE_DASH
from django.forms.renderers import TemplatesSetting

#: Stands for no choice.
NONE = "–"


class FieldRenderer(TemplatesSetting):
    """Renders every form and field with the kit's templates."""

    form_template_name = "kit/form_body.html"
    field_template_name = "kit/field.html"

    def render(self, template_name: str, context: dict, request: object = None) -> str:
        """Forms that are not of the kit's classes (signing in, administration) get the theme's classes here."""
        if template_name == self.field_template_name:
            dress_widget(context["field"].field.widget)
        return super().render(template_name, context, request)  # type: ignore[arg-type]


class DateInput(forms.DateInput):
    """The browser's own date field."""

    input_type = "date"

    def __init__(self, **kwargs: object) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)  # type: ignore[arg-type]


def dress(form: forms.BaseForm) -> None:
    """Give the widgets of a form the theme's classes, and dates the browser's date field."""
    for field in form.fields.values():
        if isinstance(field, forms.DateField) and not isinstance(field.widget, forms.HiddenInput):
            field.widget = DateInput()
            field.widget.is_required = field.required
        _say_none(field)
        dress_widget(field.widget)


def _say_none(field: forms.Field) -> None:
    """A short dash for no choice, in place of Django's row of hyphens."""
    hyphens = BLANK_CHOICE_DASH[0][1]
    if isinstance(field, forms.ModelChoiceField):
        field.empty_label = NONE if field.empty_label == hyphens else field.empty_label
    elif isinstance(field, forms.ChoiceField) and isinstance(field.choices, list):
        field.choices = [(key, NONE if label == hyphens else label) for key, label in field.choices]


def dress_widget(widget: forms.Widget) -> None:
    """The theme's class for a kind of widget; what already has one keeps it."""
    if isinstance(widget, forms.HiddenInput):
        return
    kind = "form-check-input" if isinstance(widget, forms.CheckboxInput | forms.RadioSelect | forms.CheckboxSelectMultiple) else "form-select" if isinstance(widget, forms.Select) else "form-control"
    widget.attrs.setdefault("class", kind)


class Form(forms.Form):
    """A plain form in the theme's dress."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        dress(self)


class ModelForm(forms.ModelForm):
    """A form over a model in the theme's dress. It validates; a service saves."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        dress(self)

    def _post_clean(self) -> None:
        """Constraints are judged by the service under lock; here the fields alone."""

    def _save_m2m(self) -> None:
        """Nothing is saved by a form."""
