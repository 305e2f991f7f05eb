"""Erasing what identifies a person, on that person's request."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from causeway.frame import audit
from causeway.frame.models import AuditEntry, AuditImage, AuditPersonal, IdempotentReply
from causeway.rooms.people import services
from causeway.rooms.people.models import Person
from causeway.rooms.people.selectors import persons_by_key

pytestmark = pytest.mark.django_db


def test_erasing_a_person_leaves_neither_name_here_nor_in_the_history(actor):
    person = services.person_create(actor=actor, name="Hanna Lindqvist", email="hanna@example.org", orcid="0000-0002-1825-0097")
    with audit.batch(by=actor, verb="person.update", objects=1) as work:  # what a batch keeps of before
        person.unit = services.unit_create(actor=actor, code="CHEM", name="Chemistry")
        work.change([person], ["unit"])
    with pytest.raises(ValidationError, match="Hanna Lindqvist"):
        services.person_erase(actor=actor, obj=person, name="Hanna", why="Her request")
    assert audit.personal_entries("people.person", person.pk) == 1
    gone = services.person_erase(actor=actor, obj=person, name="Hanna Lindqvist", why="Request of 3 March")
    assert (gone.name, gone.email, gone.orcid, gone.unit.code) == ("Erased person", "", "", "CHEM") and gone.erased_on
    assert audit.personal_entries("people.person", person.pk) == 0 and not persons_by_key(["Hanna Lindqvist"])
    kept = [str(one) for model in (AuditEntry, AuditPersonal, AuditImage) for one in model.objects.values()]
    assert kept and not [text for text in kept if "Hanna" in text or "hanna@" in text or "2-1825-0" in text]
    with pytest.raises(ValidationError, match="erased"):
        services.person_update(actor=actor, obj=gone, name="Hanna")


def test_the_page_of_erasing_asks_for_the_name_and_says_what_it_does(actor, client, make_user):
    person = services.person_create(actor=actor, name="Hanna Lindqvist")
    client.force_login(make_user("office"))
    url = reverse("kit:person_action", args=[person.pk, "erase"])
    text = client.get(url).content.decode()
    assert "There is no way back" in text and "Type “Hanna Lindqvist”" in text and "one entry of the history" in text
    assert client.post(url, {"name": "hanna", "why": "asked"}).status_code == 422
    assert client.post(url, {"name": "Hanna Lindqvist", "why": "asked"}).status_code == 302
    assert Person.objects.get().name == "Erased person" and url not in client.get(reverse("kit:person_detail", args=[person.pk])).content.decode()


def test_erasing_a_person_empties_the_answers_kept_for_the_api(actor, client, make_user):
    client.force_login(make_user("office"))
    said, key = {"name": "Łucja Zielińska", "email": "lucja@example.org"}, {"HTTP_IDEMPOTENCY_KEY": "k", "content_type": "application/json"}
    made = client.post("/api/v1/person", said, **key).json()
    other = client.post("/api/v1/person", {"name": "Chen Siyuan"}, **key | {"HTTP_IDEMPOTENCY_KEY": "other"}).json()
    assert client.post("/api/v1/person", said, **key).json() == made
    services.person_erase(actor=actor, obj=Person.objects.get(pk=made["id"]), name="Łucja Zielińska", why="asked")
    again = client.post("/api/v1/person", said, **key)
    assert again.status_code == 410 and "erased" in again.json()["title"] and Person.objects.count() == 2
    assert not IdempotentReply.objects.filter(body__contains="lucja").exists() and not IdempotentReply.objects.filter(body__contains="Zieli").exists()
    assert client.post("/api/v1/person", {"name": "Chen Siyuan"}, **key | {"HTTP_IDEMPOTENCY_KEY": "other"}).json() == other
