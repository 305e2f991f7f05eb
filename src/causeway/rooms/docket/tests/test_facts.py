"""What dates depend on can be said, in words, and only that: facts of a matter and details of an event, as the packs ask for them."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from causeway.engines.docket.asked import details_of_event, facts_of_matter
from causeway.engines.docket.spelling import FACTS as KNOWN
from causeway.rooms.docket import forms, mapping, services
from causeway.rooms.docket.models import Deadline, Matter
from causeway.rooms.docket.ports import EventDraft, MatterDraft

pytestmark = pytest.mark.django_db
#: The engine reads it to judge one payment of a worked case; for a matter there is no one day of payment.
OF_ONE_PAYMENT = {"paid_on"}


def open_matter(actor, office, right, *events, **more):
    drafts = tuple(EventDraft(kind, on) for kind, on in events)
    return services.matter_open(actor=actor, draft=MatterDraft(reference=f"M-{Matter.objects.count()}", office=office, right=right, title="T", events=drafts, **more))


@pytest.fixture
def office(client, make_user):
    client.force_login(make_user("office"))
    return client


def kinds_of_matter():
    law = mapping.law()
    return sorted({(rule.office, right) for rule in law.rules() for right in rule.rights})


def test_every_fact_that_packs_and_engine_ask_for_can_be_said():
    law = mapping.law()
    offered = {fact.name for office, right in kinds_of_matter() for fact in facts_of_matter(law, office, right)}
    assert offered >= (law.asked | KNOWN) - OF_ONE_PAYMENT


def test_every_fact_and_value_has_words():
    for office, right in kinds_of_matter():
        for fact in mapping.facts_asked(office, right):
            assert fact.name in forms.FACTS, fact
            if fact.kind in ("choice", "entity"):
                assert {*fact.values, ""} <= forms.VALUES[fact.name].keys(), fact


def test_only_what_a_matter_needs_is_asked():
    assert {fact.name for fact in mapping.facts_asked("US", "patent")} == {"entity", "term_adjustment_days"}
    assert {fact.name for fact in mapping.facts_asked("WO", "patent")} == {"designated"}
    assert mapping.facts_asked("DE", "design") == ()


def test_a_designated_office_gets_its_last_day(office, actor):
    matter = open_matter(actor, "WO", "patent", ("priority", date(2025, 3, 10)), ("international_filing", date(2026, 3, 9)))
    page = reverse("docket:facts", args=[matter.pk])
    assert office.post(page, {"designated": ["CN", "EP"]}).status_code == 302
    assert set(Deadline.objects.filter(matter=matter, rule="WO-NAT").values_list("ordinal", flat=True)) == {"CN", "EP"}
    assert "European Patent Office" in office.get(reverse("docket:matter", args=[matter.pk])).content.decode()

    record = reverse("docket:record", args=[matter.pk])
    offered = [value for value, _label in office.get(record).context["form"].fields["office"].choices]
    assert offered == ["", "CN", "EP"]
    assert office.post(record, {"kind": "entry", "on": "2026-11-02", "office": "EP", "apply": "1"}).status_code == 302
    states = dict(Deadline.objects.filter(matter=matter, rule="WO-NAT").values_list("ordinal", "state"))
    assert states["EP"] == "met" and states["CN"] == "open"


def test_the_size_of_the_payer_changes_the_fee_and_other_facts_stay(office, actor):
    matter = open_matter(actor, "US", "patent", ("filing", date(2020, 1, 6)), ("grant", date(2024, 6, 4)), facts={"known_since": "2020-01-01"})
    fee = lambda: Deadline.objects.filter(matter=matter, rule="US-MAINT", ordinal="3.5").get().amount  # noqa: E731
    large = fee()
    assert office.post(reverse("docket:facts", args=[matter.pk]), {"entity": "small", "term_adjustment_days": "30"}).status_code == 302
    matter.refresh_from_db()
    assert fee() < large and matter.facts == {"known_since": "2020-01-01", "term_adjustment_days": "30"}
    assert office.post(reverse("docket:facts", args=[matter.pk]), {"entity": "", "term_adjustment_days": ""}).status_code == 302
    matter.refresh_from_db()
    assert fee() == large and matter.facts == {"known_since": "2020-01-01"}
    assert office.post(reverse("docket:facts", args=[matter.pk]), {"term_adjustment_days": "-3"}).status_code == 422


def test_who_may_not_change_a_matter_is_refused(client, make_user, actor):
    matter = open_matter(actor, "US", "patent", ("filing", date(2020, 1, 6)))
    client.force_login(make_user("auditor"))
    assert client.get(reverse("docket:facts", args=[matter.pk])).status_code == 403
    assert reverse("docket:facts", args=[matter.pk]) not in client.get(reverse("docket:matter", args=[matter.pk])).content.decode()


def test_an_event_takes_only_what_its_kind_asks_for(office, actor):
    matter = open_matter(actor, "EP", "patent", ("filing", date(2022, 2, 10)))
    law = mapping.law()
    assert details_of_event(law, "EP", "patent", "renewal_paid") == {"year"} and "delivery" in details_of_event(law, "EP", "patent", "office_action_1")
    form = forms.EventForm({"kind": "renewal_paid", "on": "2025-02-01", "by": "post", "received": "2025-02-03", "year": "4"}, matter=matter)
    assert form.is_valid() and form.cleaned_data["by"] == "" and form.cleaned_data["received"] is None and form.cleaned_data["year"] == "4"
    assert "office" not in form.fields
    page = office.get(reverse("docket:record", args=[matter.pk])).content.decode()
    assert 'data-for="' in page and 'name="office"' not in page


def test_an_answer_settles_the_date_that_it_names(actor):
    matter = open_matter(actor, "EP", "patent", ("filing", date(2022, 2, 10)), ("r161_communication", date(2026, 8, 3)), ("r702_invitation", date(2026, 8, 24)))
    rules = set(Deadline.objects.filter(matter=matter, waiting=True).values_list("rule", flat=True)) & mapping.answerable("EP", "patent", "response_filed")
    assert rules == {"EP-161", "EP-R702"}, "two dates that one reply could settle"
    wanted = sorted(rules)[0]
    form = forms.EventForm({"kind": "response_filed", "on": "2026-10-01", "rule": wanted}, matter=matter)
    assert form.is_valid(), form.errors
    services.event_create(actor=actor, matter=matter, **form.cleaned_data)
    still = set(Deadline.objects.filter(matter=matter, waiting=True).values_list("rule", flat=True)) & rules
    assert still == rules - {wanted}
    other = Deadline.objects.filter(matter=matter, waiting=True).exclude(rule__in=rules).first()
    assert other is not None and not forms.EventForm({"kind": "response_filed", "on": "2026-10-01", "rule": other.rule}, matter=matter).is_valid()
