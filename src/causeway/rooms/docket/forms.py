"""Forms of the docket; each validates, a service writes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from causeway.frame import access
from causeway.kit.forms import Form, dress
from causeway.kit.show import day
from causeway.rooms.docket import mapping, selectors, words
from causeway.rooms.docket.choices import Answer, Instruction, Medium
from causeway.rooms.docket.models import Deadline, Matter
from causeway.rooms.people.models import Person
from causeway.rooms.people.selectors import holders

#: The fields that ask for a detail of an event, by the engine's name of the detail.
DETAILS = {"delivery": ("by", "received"), "year": ("year",), "office": ("office",), "rule": ("rule",), "of": ("of",)}


class EventForm(Form):
    """Something that happened in a matter. Of the details it asks those that the law asks of a kind; the page shows those of the kind chosen."""

    kind = forms.ChoiceField(label=_("What happened"))
    on = forms.DateField(label=_("On"), help_text=_("For a notice: the day it bears."))
    by = forms.ChoiceField(label=_("Sent"), choices=[("", _("not said")), *Medium.choices], required=False)
    received = forms.DateField(label=_("Received on"), required=False, help_text=_("Only where it differs from what the law presumes."))
    year = forms.CharField(label=_("Year or stage paid"), required=False, max_length=6, help_text=_("For a payment: 5, or 3.5."))
    office = forms.ChoiceField(label=_("At the office"), required=False, help_text=_("Where the national phase was entered."))
    rule = forms.ChoiceField(label=_("Settles"), required=False, help_text=_("Where one act could settle several open dates."))
    of = forms.DateField(label=_("About the date"), required=False, help_text=_("For a withdrawn priority: the day of that earlier application."))
    note = forms.CharField(label=_("Note"), required=False, max_length=300)

    def __init__(self, *args: Any, matter: Matter | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.matter = matter
        language = get_language() or "en"
        kinds: list[Any] = list(selectors.event_kinds(language))
        if matter is not None:
            usual, others = selectors.event_kinds_for(matter.office, matter.right, language)
            self._ask([kind for kind, _title in kinds])
            kinds = [(_("Usual at this office"), usual), (_("Others"), others)]
        self.fields["kind"].choices = [("", _("Choose")), *kinds]

    def _ask(self, kinds: list[str]) -> None:
        """Leave out what no kind asks for in this matter, and mark each field with the kinds that do."""
        office, right = self.matter.office, self.matter.right  # type: ignore[union-attr]
        self.asked = {kind: mapping.details_asked(office, right, kind) for kind in kinds}
        for detail, names in DETAILS.items():
            asking = [kind for kind in kinds if detail in self.asked[kind]]
            for name in names:
                if asking:
                    self.fields[name].widget.attrs["data-for"] = " ".join(asking)
                else:
                    del self.fields[name]
        if "office" in self.fields:
            self.fields["office"].choices = [("", _("not said")), *((code, selectors.office_title(code)) for code in self.matter.designated)]  # type: ignore[union-attr]
        if "rule" in self.fields:
            found = {row.rule: f"{selectors.action_words(row)}, {day(row.due)}" for row in self.matter.deadlines.filter(waiting=True).order_by("-due")}  # type: ignore[union-attr]
            said = self.initial.get("rule")
            found |= {said: words.title(said, "")} if said and said not in found else {}
            self.fields["rule"].choices = [("", _("every date that it can settle")), *found.items()]

    def clean(self) -> dict[str, Any]:
        """What the kind does not ask for is not taken; a rule must be one that the act can settle."""
        data = super().clean() or self.cleaned_data
        if self.matter is None or not (kind := data.get("kind")):
            return data
        for detail, names in DETAILS.items():
            for name in names:
                if name in data and detail not in self.asked[kind]:
                    data[name] = None if isinstance(self.fields[name], forms.DateField) else ""
        if data.get("rule") and data["rule"] not in mapping.answerable(self.matter.office, self.matter.right, kind):
            self.add_error("rule", _("This act does not settle that date."))
        return data

    def told(self) -> set[str]:
        """The facts of an event that this form tells of."""
        asked = self.asked[self.cleaned_data["kind"]]
        return {fact for detail, facts in (("year", {"year", "stage"}), ("office", {"office"}), ("rule", {"rule"})) if detail in asked for fact in facts}


class EventCreateForm(EventForm):
    """Something that happened, in a matter named by its reference or number."""

    field_order = ("matter", "kind")
    matter = forms.CharField(label=_("Matter"), max_length=60, help_text=_("Its reference, such as NBU-2026-031, or its application number."))

    def __init__(self, data: Any = None, *args: Any, instance: Any = None, **kwargs: Any) -> None:
        """Pages and API give the record they change; an event is never changed, only corrected by a new version."""
        super().__init__(data, *args, matter=_matter(str(data.get("matter", ""))) if data else None, **kwargs)

    def clean_matter(self) -> Matter:
        if self.matter is None:
            raise forms.ValidationError(_("There is no matter of this reference or number here."))
        return self.matter


def _matter(text: str) -> Matter | None:
    """The matter of a reference, or of an application number."""
    text = text.strip()
    rows = access.offered(Matter.objects.all())
    return (rows.filter(reference=text).first() or rows.filter(number=text).first()) if text else None


#: Facts in words: their label, and what helps to answer.
FACTS: dict[str, tuple[Any, Any]] = {
    "designated": (_("Designated offices"), _("Each has its own last day to enter the national phase.")),
    "entity": (_("Size of the payer"), _("Small and micro entities pay less.")),
    "claims": (_("Number of claims"), _("Fees are counted by claim.")),
    "reduction": (_("Fee reduction"), _("As granted by the office.")),
    "granted": (_("Granted, but the day is not known"), _("Fees then say that they cannot be computed, in place of a wrong answer. Record the grant as soon as its day is known.")),
    "route": (_("How it was granted"), _("For the part of a European patent, fees up to the year of grant went to the European Patent Office.")),
    "compensation_days": (_("Days of term compensation"), _("As the office determined them.")),
    "applicant_delay_days": (_("Days of delay by the applicant"), _("They are taken off the compensation.")),
    "reasonable_delay_days": (_("Days of reasonable delay"), _("They are taken off the compensation.")),
    "same_day_utility_model_given_up": (_("A utility model of the same day was given up for it"), _("There is no compensation then.")),
    "term_adjustment_days": (_("Days of term adjustment"), _("As printed on the patent.")),
    "paediatric": (_("Paediatric extension granted"), _("Six months more.")),
    "sold": (_("First sold"), _("The time for the application is longer for sales abroad.")),
    "species": (_("Species"), _("The term and the time for the application depend on it.")),
    "woody": (_("Tree, vine or other woody plant"), ""),
    "owner": (_("Owner"), _("The term of a natural person's right runs from the death.")),
    "refusal_months": (_("Months for a refusal"), _("What the designated office declared.")),
    "applicant": (_("Applicant"), _("Time to reply depends on where the applicant lives.")),
}  # fmt: skip
#: Values of facts in words, by fact and value; the last of a fact, under "", is what holds where nothing is said.
VALUES: dict[str, dict[str, Any]] = {
    "entity": {"large": _("Large"), "small": _("Small"), "micro": _("Micro"), "": _("not said: large")},
    "reduction": {
        "single": _("one applicant entitled"), "joint": _("several applicants entitled"), "micro_entity": _("micro entity"), "licence_of_right": _("licence of right declared"),
        "reduced": _("reduced rate"), "": _("none"),
    },
    "route": {"european": _("by the European Patent Office"), "": _("by the national office")},
    "sold": {"abroad": _("abroad"), "": _("at home")},
    "species": {
        "tree": _("tree"), "vine": _("vine"), "potato": _("potato"), "asparagus": _("asparagus"), "bulb": _("flower bulb"), "woody_small_fruit": _("woody small fruit"),
        "woody_ornamental": _("woody ornamental"), "": _("another"),
    },
    "owner": {"natural_person": _("a natural person"), "": _("an organisation")},
    "refusal_months": {"18": _("18 months"), "": _("12 months")},
    "applicant": {"domestic": _("lives in the country"), "": _("lives abroad")},
}  # fmt: skip


def value_words(name: str, value: str) -> Any:
    """A value of a fact in words."""
    return VALUES.get(name, {}).get(value, value.replace("_", " "))


class FactsForm(Form):
    """What the law asks about a matter beside its events."""

    def __init__(self, *args: Any, matter: Matter, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = _facts_of(matter)
        for fact in self.asked:
            # An import may know of offices that the packs do not: they stay, and are shown.
            values = (*fact.values, *(one for one in matter.designated if one not in fact.values)) if fact.kind == "offices" else fact.values
            self.fields[fact.name] = field = _fact_field(fact._replace(values=values))
            field.label, field.help_text = FACTS[fact.name]
            field.initial = matter.designated if fact.kind == "offices" else matter.entity if fact.kind == "entity" else matter.facts.get(fact.name, "")
            if fact.kind == "flag":
                field.initial = field.initial == "true"
        dress(self)

    def told(self) -> dict[str, Any]:
        """What was said, as the service takes it: facts by name, and the entity and designated offices where they are asked."""
        told: dict[str, Any] = {"facts": {}}
        for fact in self.asked:
            value = self.cleaned_data[fact.name]
            if fact.kind in ("offices", "entity"):
                told[fact.name] = value
            else:
                told["facts"][fact.name] = ("true" if value else "") if fact.kind == "flag" else "" if value is None else str(value)
        return told


def _facts_of(matter: Matter) -> list[mapping.Fact]:
    """The facts asked of a matter, those that belong together beside each other."""
    order = list(FACTS)
    return sorted(mapping.facts_asked(matter.office, matter.right), key=lambda fact: order.index(fact.name))


def facts_in_words(matter: Matter) -> list[tuple[Any, Any]]:
    """What is said of a matter that dates and fees depend on, as label and value."""
    found = []
    for fact in _facts_of(matter):
        value = matter.entity if fact.kind == "entity" else matter.facts.get(fact.name, "")
        if fact.kind == "offices":
            value = ", ".join(selectors.office_title(code) for code in matter.designated)
        elif fact.kind == "flag":
            value = _("yes") if value == "true" else ""
        elif fact.kind != "number":
            value = value_words(fact.name, value) if value else ""
        if value:
            found.append((FACTS[fact.name][0], value))
    return found


def _fact_field(fact: mapping.Fact) -> forms.Field:
    if fact.kind == "flag":
        return forms.BooleanField(required=False)
    if fact.kind == "number":
        return forms.IntegerField(required=False, min_value=0, max_value=99_999)
    if fact.kind == "offices":
        choices = sorted(((code, selectors.office_title(code)) for code in fact.values), key=lambda pair: pair[1])
        return forms.MultipleChoiceField(required=False, choices=choices, widget=forms.CheckboxSelectMultiple)
    return forms.ChoiceField(required=False, choices=[("", value_words(fact.name, "")), *((value, value_words(fact.name, value)) for value in fact.values)])


class DoneForm(Form):
    """What was done, when, under which reference, with which proof."""

    done_on = forms.DateField(label=_("Done on"), initial=timezone.localdate)
    done_reference = forms.CharField(label=_("Reference"), required=False, max_length=100, help_text=_("Receipt or filing number."))
    proof = forms.FileField(label=_("Proof"), required=False, help_text=_("A receipt or confirmation as a file."))
    why = forms.CharField(label=_("Remark"), required=False, max_length=300)


class ReasonForm(Form):
    """A reason."""

    why = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class InstructForm(Form):
    """What the agent is told."""

    instruction = forms.ChoiceField(label=_("Instruction"), choices=Instruction.choices)
    why = forms.CharField(label=_("Remark"), required=False, max_length=300)


class ExtendForm(Form):
    """Months of extension."""

    months = forms.IntegerField(label=_("Months in all"), min_value=1, max_value=30)
    why = forms.CharField(label=_("Remark"), required=False, max_length=300)

    def about(self, deadline: Deadline) -> None:
        """Say how far this rule can be extended."""
        most = selectors.extendable(deadline.rule)
        self.fields["months"].help_text = _("The rule allows up to %(n)s, counted from the original date.") % {"n": most}


class AnswerForm(Form):
    """What an inventor says when asked whether a right is worth its fee."""

    answer = forms.ChoiceField(label=_("Your answer"), choices=Answer.choices)
    why = forms.CharField(label=_("Reason"), required=False, max_length=250)


class HolderForm(Form):
    """In whose hand it is."""

    holder = forms.ModelChoiceField(Person.objects.none(), label=_("In hand of"), required=False, empty_label=_("nobody"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["holder"].queryset = holders()

    def about(self, deadline: Deadline) -> None:
        """Begin with whose it is."""
        self.fields["holder"].initial = deadline.holder_id


class SnoozeForm(Form):
    """Until when it stays off one's own list."""

    until = forms.DateField(label=_("Until"), help_text=_("It comes back to your list on this day (today: at once); others see it all the while."))


class FeedForm(Form):
    """A private calendar address."""

    name = forms.CharField(label=_("Name"), max_length=80, initial=_("My deadlines"))
    whole = forms.BooleanField(label=_("The whole portfolio, not only what is in my hand"), required=False)
