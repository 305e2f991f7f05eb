"""Forms of assets; each validates, a service writes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from causeway.engines.kernel import Money, parse_share
from causeway.frame import access, preferences, scope
from causeway.frame.asked import number as counted
from causeway.kit.forms import Form, ModelForm, dress
from causeway.kit.show import share
from causeway.rooms.assets.choices import CostKind, LinkKind
from causeway.rooms.assets.models import Asset, Family
from causeway.rooms.assets.numbers import parse_number
from causeway.rooms.docket.choices import Right
from causeway.rooms.docket.selectors import offices
from causeway.rooms.people.models import Organisation
from causeway.rooms.people.selectors import holders, units_offered

KINDS = ("text", "number", "date", "yes/no", "choice")


@dataclass(frozen=True)
class OwnField:
    """A field a university added to its assets: its name, kind (text, number, date, yes/no, choice) and what can be chosen."""

    name: str
    kind: str
    options: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Its name in forms and the API."""
        return "own_" + (re.sub(r"\W+", "_", self.name.casefold()).strip("_") or "field")

    def field(self) -> forms.Field:
        """The form field in which it is typed."""
        common: dict[str, Any] = {"label": self.name, "required": False}
        if self.kind == "number":
            return forms.DecimalField(**common)
        if self.kind == "date":
            return forms.DateField(**common)
        if self.kind == "yes/no":
            return forms.BooleanField(**common)
        if self.kind == "choice":
            return forms.ChoiceField(choices=[("", _("none")), *[(one, one) for one in self.options]], **common)
        return forms.CharField(max_length=300, **common)


def own_fields(lines: Sequence[str]) -> list[OwnField]:
    """Fields from lines such as "Project code", "Review on: date" or "Value: choice low, high". Raises ValidationError for a line that is not."""
    found: dict[str, OwnField] = {}
    for line in lines:
        name, _colon, told = (part.strip() for part in str(line).partition(":"))
        kind, _space, rest = told.partition(" ")
        kind = kind or "text"
        options = tuple(one.strip() for one in rest.split(",") if one.strip())
        if not name or kind not in KINDS or (kind == "choice") != bool(options):
            raise ValidationError(gettext("“%(line)s”: write a name, then one of %(kinds)s, and what can be chosen.") % {"line": line, "kinds": ", ".join(KINDS)})
        one = OwnField(name, kind, options)
        if one.key in found:
            raise ValidationError(gettext("The field %(name)s stands twice.") % {"name": name})
        found[one.key] = one
    return list(found.values())


FIELDS = "assets.fields"
preferences.declare(
    preferences.Preference(
        FIELDS, "university", list, [], _("Own fields of assets"), _("One to a line: a name, then its kind, such as “Review on: date” or “Value: choice low, high”."),
        check=own_fields,
    )  # fmt: skip
)


def own_fields_here() -> list[OwnField]:
    """The own fields of the university in scope; none outside a scope."""
    here = scope.current_or_none()
    return own_fields(preferences.get(FIELDS, university=here)) if here else []


class Words(forms.CharField):
    """Words separated by commas, kept as a list."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(map(str, value)) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        parts = value if isinstance(value, list) else (value or "").split(",")
        return list(dict.fromkeys(" ".join(str(part).split())[:40] for part in parts if str(part).strip()))


class Titles(forms.CharField):
    """A title in other languages, one to a line: "zh-hans: ..."."""

    widget = forms.Textarea(attrs={"rows": 2})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(f"{key}: {text}" for key, text in value.items()) if isinstance(value, dict) else value

    def to_python(self, value: Any) -> Any:
        if isinstance(value, dict):
            return value
        found = {}
        for line in (value or "").splitlines():
            language, colon, text = line.partition(":")
            if line.strip() and (not colon or not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z]+)?", language.strip()) or not text.strip()):
                raise ValidationError(gettext("“%(line)s”: write the language, a colon, and the title, such as zh-hans: 传感器.") % {"line": line})
            if line.strip():
                found[language.strip()] = text.strip()[:500]
        return found


class FamilyField(forms.CharField):
    """A family by its reference: a choice among thousands would be no choice."""

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int) or (isinstance(value, str) and value.isdecimal()):
            return Family.objects.filter(pk=value).values_list("reference", flat=True).first() or value
        return getattr(value, "reference", value)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, Family):
            return value
        text = str(value or "").strip()
        if not text:
            return None
        found = access.offered(Family.objects.filter(reference=text)).first()
        if found is None:
            raise ValidationError(gettext("There is no family %(text)s; make it first, or leave this empty.") % {"text": text})
        return found


class AssetForm(ModelForm):
    """An asset with its identity, dates and people."""

    office = forms.ChoiceField(label=_("Office"))
    right = forms.ChoiceField(label=_("Kind"), choices=Right.choices, initial=Right.PATENT)
    family = FamilyField(label=_("Family"), required=False, help_text=_("Its reference, such as F-2026-003."))
    titles = Titles(label=_("Title in other languages"), required=False, help_text=_("One to a line, such as zh-hans: 传感器."))
    tags = Words(label=_("Tags"), required=False, help_text=_("Separated by commas."))

    class Meta:
        model = Asset
        fields = ["title", "titles", "right", "office", "number", "publication_number", "grant_number", "filed_on", "published_on", "granted_on", "status",
                  "family", "technical_field", "unit", "holder", "agent", "agent_reference", "funding", "tags", "confidential"]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["office"].choices = offices()
        self.fields["unit"].queryset, self.fields["unit"].required, self.fields["unit"].initial = units_offered("office")
        self.fields["holder"].queryset = holders()
        self.fields["agent"].queryset = access.offered(Organisation.objects.filter(trashed_at=None, kind=Organisation.Kind.AGENT).order_by("name"))
        self.own = own_fields_here()
        for one in self.own:
            self.fields[one.key] = one.field()
            self.fields[one.key].initial = (self.instance.custom or {}).get(one.name)
        dress(self)

    def clean(self) -> dict[str, Any]:
        """Own fields go together under `custom`; values of fields a university no longer has are kept."""
        data = super().clean() or self.cleaned_data
        if self.own:
            kept = dict(self.instance.custom or {})
            for one in self.own:
                value = data.pop(one.key, None)
                kept[one.name] = value.isoformat() if isinstance(value, date) else str(value) if isinstance(value, Decimal) else value
            data["custom"] = {name: value for name, value in kept.items() if value not in (None, "", False)}
        return data


class FamilyForm(ModelForm):
    """A family."""

    reference = forms.CharField(label=_("Reference"), max_length=60, required=False, help_text=_("Given where you leave it empty."))

    class Meta:
        model = Family
        fields = ["title", "reference"]


class WhyForm(Form):
    """A reason, where there is one."""

    why = forms.CharField(label=_("Reason"), max_length=300, required=False)


class JoinForm(WhyForm):
    """The family assets are put into: one that is here, or the title of a new one."""

    family = FamilyField(label=_("Family"), required=False, help_text=_("Its reference, such as F-2026-003."))
    title = forms.CharField(label=_("Or a new one: its title"), max_length=500, required=False)
    field_order = ("family", "title", "why")

    def clean(self) -> dict[str, Any]:
        """One of the two; a new family is made by the service."""
        data = super().clean() or self.cleaned_data
        family, title = data.pop("family", None), data.pop("title", "")
        if not self.errors and bool(family) == bool(title):
            raise ValidationError(gettext("Name a family that is here, or the title of a new one."))
        return data | {"into": family or Family(title=title)}


def share_of(text: str) -> Fraction | None:
    """An exact share from "3/4", "40 %" or "0.25"; None from nothing. Raises ValidationError for what is none, or lies outside 0 to 1."""
    if not text.strip():
        return None
    try:
        found = parse_share(text.replace(",", "."))
    except ValueError:
        found = Fraction(0)
    if not found:
        raise ValidationError(gettext("“%(text)s” is no share. Write 3/4, or 40 %%.") % {"text": text})
    return found


class SharesForm(Form):
    """Names with their exact shares; all known and together one, or none known."""

    #: So many rows are offered at least, so many stay empty for more, and so many are taken at most.
    ROWS, SPARE, MOST = 8, 4, 300
    who: Any = _("Name")
    add = forms.BooleanField(label=_("Add who is not here yet"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = 0
        sent = [counted(key.removeprefix("name_")) or 0 for key in self.data if key.startswith("name_")]
        self._offer(min(max([self.ROWS, *sent]), self.MOST))

    def _offer(self, places: int) -> None:
        """Fields for so many rows."""
        add = self.fields.pop("add")
        for n in range(self.places + 1, places + 1):
            name, part = forms.CharField(label=f"{self.who} {n}", required=False, max_length=300), forms.CharField(required=False, max_length=20)
            part.label = _("Share of %(n)s") % {"n": n}
            part.help_text = _("As 3/4 or 40 %; empty where it is not known.") if n == 1 else ""
            self.fields[f"name_{n}"], self.fields[f"share_{n}"] = name, part
        self.fields["add"], self.places = add, max(self.places, places)
        dress(self)

    def rows(self) -> list[tuple[Any, Any]]:
        """The pairs of fields, for the page."""
        return [(self[f"name_{n}"], self[f"share_{n}"]) for n in range(1, self.places + 1)]

    def fill(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Show what stands now, all of it: a row that is not shown would be taken off."""
        self._offer(max(self.places, len(pairs) + self.SPARE))
        for n, (name, part) in enumerate(pairs, 1):
            self.initial |= {f"name_{n}": name, f"share_{n}": part}

    def clean(self) -> dict[str, Any]:
        """Shares as exact fractions, row by row."""
        data = self.cleaned_data
        shares = []
        for n in range(1, self.places + 1):
            name = " ".join(data.pop(f"name_{n}", "").split())
            try:
                part = share_of(data.pop(f"share_{n}", ""))
            except ValidationError as fault:
                self.add_error(f"share_{n}", fault)
                continue
            if name:
                shares.append((name, part))
            elif part is not None:
                self.add_error(f"name_{n}", gettext("Whose share is this?"))
        if not shares and not self.errors:
            raise ValidationError(gettext("Name at least one."))
        return data | {"shares": shares}


class OwnersForm(SharesForm):
    """Who owns an asset, from which day."""

    who = _("Owner")
    on = forms.DateField(label=_("From"), required=False, help_text=_("Earlier owners end the day before; left empty, what stands is replaced."))

    def about(self, asset: Asset) -> None:
        own = asset.university.name
        rows = asset.ownerships.filter(ends_on=None).select_related("organisation").order_by("pk")
        self.fill([(row.organisation.name if row.organisation else own, share(row.numerator, row.denominator)) for row in rows])


class InventorsForm(SharesForm):
    """Who made an invention."""

    ROWS = 12
    who = _("Inventor")

    def about(self, asset: Asset) -> None:
        rows = asset.inventorships.select_related("person").order_by("sequence")
        self.fill([(row.person.name, share(row.numerator, row.denominator)) for row in rows])


class LinkForm(Form):
    """An earlier or related application."""

    kind = forms.ChoiceField(label=_("This asset"), choices=LinkKind.choices)
    other = forms.CharField(label=_("An asset that is here"), required=False, max_length=60, help_text=_("Its reference or application number."))
    office = forms.ChoiceField(label=_("Or an application elsewhere: its office"), required=False)
    number = forms.CharField(label=_("Its number"), required=False, max_length=60)
    on = forms.DateField(label=_("Filed on"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["office"].choices = [("", "–"), *offices()]

    def clean_other(self) -> Any:
        text = self.cleaned_data["other"].strip()
        if not text:
            return None
        number = parse_number(text)
        rows = access.offered(Asset.objects.all())
        found = rows.filter(reference=text).first() or (rows.filter(number_key=number.key).first() if number else None)
        if found is None:
            raise ValidationError(gettext("There is no asset %(text)s here.") % {"text": text})
        return found


class CostForm(Form):
    """Money spent on an asset."""

    on = forms.DateField(label=_("Paid on"), initial=timezone.localdate)
    kind = forms.ChoiceField(label=_("For"), choices=CostKind.choices)
    currency = forms.CharField(label=_("Currency"), max_length=3, min_length=3, help_text=_("Three letters, such as EUR."))
    amount = forms.CharField(label=_("Amount"), max_length=20)
    supplier = forms.ModelChoiceField(Organisation.objects.none(), label=_("Paid to"), required=False)
    invoice = forms.CharField(label=_("Invoice"), required=False, max_length=60)
    note = forms.CharField(label=_("Note"), required=False, max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Organisation.objects.filter(trashed_at=None, kind__in=["agent", "company", "authority"]).order_by("name")
        self.fields["supplier"].queryset = access.offered(rows)

    def about(self, asset: Asset) -> None:
        self.initial.setdefault("currency", asset.university.currency)

    def clean(self) -> dict[str, Any]:
        """The amount in minor units of its currency."""
        data = self.cleaned_data
        if "amount" in data and "currency" in data:
            data["currency"] = data["currency"].upper()
            try:
                data["amount"] = Money.parse(data["amount"].replace(" ", ""), data["currency"]).minor
            except (ValueError, ArithmeticError, KeyError) as fault:
                self.add_error("amount", gettext("This is no amount of %(currency)s: %(fault)s") % {"currency": data["currency"], "fault": fault})
        return data


class EndForm(Form):
    """How and when an asset ended."""

    kind = forms.ChoiceField(
        label=_("How"),
        choices=[
            ("abandoned", _("Given up")),
            ("lapsed", _("Lapsed")),
            ("withdrawn", _("Withdrawn")),
            ("refused_final", _("Finally refused")),
            ("expired", _("Term over")),
        ],
    )
    on = forms.DateField(label=_("On"))
    why = forms.CharField(label=_("Reason"), max_length=100)

    def clean_on(self) -> Any:
        on = self.cleaned_data["on"]
        if on > timezone.now().date():
            raise forms.ValidationError(_("This day lies in the future."))
        return on


class NoteForm(Form):
    """A remark."""

    text = forms.CharField(label=_("Note"), widget=forms.Textarea(attrs={"rows": 4}))


class AttachForm(Form):
    """A file that belongs to an asset."""

    file = forms.FileField(label=_("File"))
    title = forms.CharField(label=_("Title"), max_length=200)
    confidential = forms.BooleanField(label=_("Confidential"), required=False)
