"""What the tests of the network's questionnaires and benchmarks are made of."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from causeway.frame import access, scope
from causeway.frame.models import Grant, University, User
from causeway.rooms.network.services import answers, questionnaires

DEFINITION = {
    "title": {"en": "Benchmark 2025", "zh-hans": "对标问卷 2025"}, "text": {}, "currency": "EUR", "year": 2025,
    "sections": [
        {"key": "office", "title": {"en": "The office"}, "questions": [
            {"key": "has_office", "kind": "choice", "text": {"en": "Is there a transfer office?"}, "required": True, "options": [{"key": "yes", "text": {"en": "Yes"}}, {"key": "no", "text": {"en": "No"}}]},
            {"key": "staff", "kind": "indicator", "indicator": "IN04", "when": "has_office == 'yes'"},
            {"key": "budget", "kind": "money", "text": {"en": "Budget"}, "when": "has_office == 'yes'"},
        ]},
        {"key": "results", "title": {"en": "Results"}, "questions": [
            {"key": "research", "kind": "indicator", "indicator": "IN01"}, {"key": "licences", "kind": "indicator", "indicator": "LI01", "required": True},
            {"key": "fields", "kind": "matrix", "text": {"en": "By field"}, "whole": True, "rows": [{"key": "med", "text": {"en": "Medicine"}}, {"key": "eng", "text": {"en": "Engineering"}}], "columns": [{"key": "n", "text": {"en": "Licences"}}]},
        ]},
    ],
}  # fmt: skip


def today():
    return timezone.now().date()


def university(number: int, country: str = "NL") -> University:
    return University.objects.create(name=f"University {number}", short_name=f"U{number}", country=country, currency="EUR")


def person(place: University, role: str = "director") -> access.Actor:
    user = User(email=f"{role}-{place.pk}-{User.objects.count()}@example.org", name=f"{role.title()} of {place.name}")
    user.set_unusable_password()
    user.save()
    Grant.objects.create(user=user, university=place, role=role)
    return access.actor_of(user, place)


def asked(actor, universities, definition=None, days=30):
    """A round that is open and asks the universities."""
    with scope.use(actor.university_id):
        made = questionnaires.questionnaire_create(actor=actor, title="Benchmark 2025", definition=definition or DEFINITION)
        round = questionnaires.questionnaire_publish(actor=actor, obj=made, opens_on=today() - timedelta(days=1), closes_on=today() + timedelta(days=days))
        questionnaires.invite(actor=actor, round=round, universities=universities)
    return round


def handed_in(round, place, licences="3", research="1000000", staff="4"):
    """The answers of a university, handed in."""
    actor = person(place)
    with scope.use(place):
        answering = answers.start(actor=actor, round=round)
        answers.answers_write(actor=actor, answering=answering, section="office", values={"has_office": "yes", "staff": staff})
        answers.answers_write(actor=actor, answering=answering, section="results", values={"licences": licences, "research": {"parts": {"value": research}, "currency": "EUR"}})
        return answers.submit(actor=actor, answering=answering)
