"""Many records at once: some in the request, all or none; more by a job that lists what was done and what was refused, and takes it back."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from causeway.frame import jobs, scope
from causeway.frame.models import Grant, Job
from causeway.kit import bulk
from causeway.kit.resource import named
from causeway.rooms.assets import services
from causeway.rooms.assets.models import Asset
from causeway.rooms.docket import services as docket
from causeway.rooms.docket.models import Deadline

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client, make_user, monkeypatch):
    monkeypatch.setattr(bulk, "AT_ONCE", 2)
    client.user = make_user("office", email="many@example.org")
    client.force_login(client.user)
    return client


@pytest.fixture
def assets(actor):
    """Five pending applications."""
    kinds = {"office": "EP", "right": "patent", "filed_on": date(2023, 5, 4), "status": "pending"}
    return [services.asset_create(actor=actor, title=f"Sensor {n}", number=f"EP227{n:05d}", **kinds) for n in range(5)]


def edit(client, picks, status="granted", **more):
    return client.post(reverse("kit:asset_bulk_edit"), {"picks": picks, "field": "status", "status": status, "sure": "1", **more})


def ran(response):
    """The job an answer leads to, run to its end."""
    assert response.status_code == 302, response.content.decode()[:500]
    pk = int(response.url.rstrip("/").rpartition("/")[2])
    with scope.everywhere():
        jobs.run_all()
    return Job.objects.get(pk=pk)


def states():
    return list(Asset.objects.order_by("pk").values_list("status", flat=True))


def test_many_are_edited_by_a_job_and_taken_back(office, assets, actor):
    picks = bulk._ids(assets)
    page = office.post(reverse("kit:asset_bulk_edit"), {"picks": picks, "field": "status", "status": "granted", "preview": "1"}).content.decode()
    assert "in the background" in page and states() == ["pending"] * 5
    answer = edit(office, picks)
    waiting = office.get(answer.url).content.decode()
    assert "0 of 5" in waiting and "data-reload" in waiting and states() == ["pending"] * 5
    job = ran(answer)
    assert job.state == "done" and states() == ["granted"] * 5
    page = office.get(answer.url).content.decode()
    assert "5 of 5" in page and "Sensor 3" in page and "data-reload" not in page and "Take back" in page

    services.asset_update(actor=actor, obj=Asset.objects.get(pk=assets[1].pk), status="ended", revision=None)
    back = ran(office.post(answer.url))
    assert states() == ["pending", "ended", "pending", "pending", "pending"]
    page = office.get(reverse("kit:bulk_result", args=[back.pk])).content.decode()
    assert "Somebody changed it since." in page and "Take back" not in page


def test_an_action_on_many_says_what_it_refused_and_is_undone(office, assets, actor):
    rows = list(Deadline.objects.filter(waiting=True).order_by("due")[:4])
    answer = office.post(reverse("kit:deadline_bulk"), {"picks": bulk._ids(rows), "action": "instruct", "sure": "1", "instruction": "pay"})
    docket.deadline_done(actor=actor, obj=rows[2], done_on=date(2026, 1, 5))
    job = ran(answer)
    assert job.result["done"] == [one.pk for one in rows if one.pk != rows[2].pk] and [pk for pk, _why in job.result["refused"]] == [rows[2].pk]
    page = office.get(answer.url).content.decode()
    assert "This does not apply to it." in page and "1 refused" in page
    assert set(Deadline.objects.filter(pk__in=job.result["done"]).values_list("instruction", flat=True)) == {"pay"}
    ran(office.post(answer.url))
    assert set(Deadline.objects.filter(pk__in=job.result["done"]).values_list("instruction", flat=True)) == {""}
    office.post(answer.url)
    assert Job.objects.filter(name=bulk.JOB).count() == 2, "it is taken back once"


def test_every_row_of_the_list_under_its_filters_is_meant(office, assets):
    page = office.post(reverse("kit:asset_bulk_edit"), {"every": "1", "query": "q=EP22700003", "pick": [assets[0].pk]})
    assert [one.pk for one in page.context["rows"]] == [assets[3].pk]
    page = office.post(reverse("kit:asset_bulk_edit"), {"every": "1", "query": "status=pending"})
    assert len(page.context["rows"]) == 5


def test_a_job_cut_short_goes_on_where_it_was(office, assets, monkeypatch):
    monkeypatch.setattr(bulk, "TOGETHER", 2)
    answer = edit(office, bulk._ids(assets))
    calls = []
    real = named("asset").update

    def dies(**values):
        calls.append(values["obj"].pk)
        if len(calls) == 4:
            raise RuntimeError("the worker's end")
        return real(**values)

    monkeypatch.setattr(named("asset"), "update", dies)
    job = ran(answer)
    assert job.state == "queued" and len(job.result["done"]) == 2 and states().count("granted") == 2
    Job.objects.filter(pk=job.pk).update(run_at=job.created_at)
    job = ran(answer)
    assert job.state == "done" and job.result["done"] == [one.pk for one in assets] and states() == ["granted"] * 5
    assert calls[:2] == [assets[0].pk, assets[1].pk] and calls.count(assets[0].pk) == 1, "what is behind is not done again"


def test_who_lost_the_right_meanwhile_changes_nothing(office, assets, other_university, make_user, client):
    answer = edit(office, bulk._ids(assets))
    Grant.objects.filter(user=office.user).update(role="auditor")
    job = ran(answer)
    assert job.result["done"] == [] and len(job.result["refused"]) == 5 and states() == ["pending"] * 5
    client.force_login(make_user("office", email="other@example.org"))
    assert client.get(answer.url).status_code == 404, "the page of a job is for who began it"
    client.logout()
    assert client.get(answer.url).status_code == 302


def test_ids_of_another_university_are_left_out(office, assets, other_university, make_user, client):
    client.force_login(make_user("office", email="far@example.org", university=other_university))
    client.post(reverse("kit:asset_bulk_edit"), {"picks": bulk._ids(assets), "field": "status", "status": "granted", "sure": "1"})
    assert states() == ["pending"] * 5 and not Job.objects.filter(name=bulk.JOB).exists()
