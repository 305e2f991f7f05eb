"""The pages of work in the background and of webhooks: who sees them, what they tell, what they do."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from causeway.frame import jobs, outbox, scope, webhooks
from causeway.frame.models import Job, OutboxMessage, Webhook

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client, make_user):
    client.force_login(make_user("administrator"))
    return client


def failed(university, error="ValueError: ada@example.org"):
    return Job.objects.create(university=university, name="frame.seal", state="failed", error=error, attempts=3, finished_at=timezone.now())


def test_jobs_show_how_far_they_came_and_no_personal_words(administrator, university):
    Job.objects.create(university=university, name="assets.stage", state="running", progress={"done": 30, "total": 120, "note": ""}, attempts=1)
    failed(university)
    page = administrator.get(reverse("accounts:work")).content.decode()
    assert "25 %" in page and "ValueError" in page and "ada@example.org" not in page


def test_a_failed_job_is_tried_again_by_who_may(administrator, university, client, make_user):
    job = failed(university)
    client.force_login(make_user("office"))
    assert client.get(reverse("accounts:work")).status_code == 200
    assert client.post(reverse("accounts:job_retry", args=[job.pk])).status_code == 403
    client.force_login(make_user("administrator", email="adm@example.org"))
    client.post(reverse("accounts:job_retry", args=[job.pk]))
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("queued", 0)


def test_another_universitys_job_is_not_there(administrator, other_university):
    job = failed(other_university)
    assert "ValueError" not in administrator.get(reverse("accounts:work")).content.decode()
    assert administrator.post(reverse("accounts:job_retry", args=[job.pk])).status_code == 404


def test_undelivered_messages_are_listed_and_tried_again(administrator, university):
    OutboxMessage.objects.create(university=university, topic="search", payload={}, attempts=outbox.TRIES, error="HTTP 500")
    assert "HTTP 500" in administrator.get(reverse("accounts:work")).content.decode()
    administrator.post(reverse("accounts:messages_retry"))
    assert OutboxMessage.objects.get(topic="search").attempts == 0


def test_what_kills_its_worker_each_time_is_given_up(university):
    past = timezone.now() - 2 * jobs.LEASE
    job = Job.objects.create(university=university, name="frame.seal", state="running", leased_until=past, attempts=jobs.DEATHS)
    once = Job.objects.create(university=university, name="nobody", state="running", leased_until=past, attempts=1)
    jobs.run_all()
    job.refresh_from_db()
    once.refresh_from_db()
    assert job.state == "failed" and "WorkerDied" in job.error
    assert once.attempts == 2


def test_a_webhook_is_added_tested_and_switched_off(administrator, university, settings):
    from allauth.account.internal.flows import reauthentication

    session = administrator.session
    session["account_authentication_methods"] = [{"method": "password", "at": timezone.now().timestamp(), "reauthenticated": True}]
    session.save()
    assert reauthentication  # the page asks for a fresh sign-in, which the session above stands for
    event = next(iter(webhooks.declared()))
    response = administrator.post(reverse("accounts:webhook_new"), {"url": "https://example.org/in", "topics": [event]}, follow=True)
    assert "whsec_" in response.content.decode()
    made = Webhook.objects.get()
    page = administrator.get(reverse("accounts:webhook", args=[made.pk])).content.decode()
    assert "whsec_" not in page and "https://example.org/in" in page
    administrator.post(reverse("accounts:webhook_do", args=[made.pk, "disable"]))
    made.refresh_from_db()
    assert not made.active
    refused = administrator.post(reverse("accounts:webhook_edit", args=[made.pk]), {"url": "http://10.0.0.1/", "topics": [event]})
    assert "https://" in refused.content.decode() and Webhook.objects.get().url == "https://example.org/in"


def test_changes_of_records_are_told_without_personal_data(actor, university, make_actor):
    from causeway.frame import audit
    from causeway.rooms.people.models import Person

    webhooks.webhook_create(actor=make_actor("administrator"), url="https://example.org/in", topics=["person.*"])
    with scope.use(university), audit.changing(Person(name="Ada Lovelace"), by=actor, verb="person.create"):
        pass
    told = OutboxMessage.objects.get(topic="webhook").payload
    assert told["event"] == "person.added" and "Ada" not in told["body"]
