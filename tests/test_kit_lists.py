"""What lists and histories promise beyond their columns: search, column choice, editing many, undo, values in words."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse
from django.utils import translation

from causeway.frame import audit, search
from causeway.frame.models import AuditEntry
from causeway.kit.show import month, short_day
from causeway.rooms.assets import services
from causeway.rooms.assets.models import Asset
from causeway.rooms.people.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client, make_user):
    client.force_login(make_user("office"))
    return client


def make(actor, number=1, title="Sensor", **more):
    values = {"office": "EP", "right": "patent", "number": f"EP227{number:05d}", "filed_on": date(2023, 5, 4), "status": "pending"} | more
    return services.asset_create(actor=actor, title=title, **values)


def hits(client, text, **more):
    return client.get(reverse("search"), {"q": text}, **more).content.decode()


@pytest.mark.parametrize("text", ["EP22700007", "EP 22 700 007", "22.700.007", "EP22700007.", "ep-22/700007", "22700007"])
def test_a_number_is_found_in_any_spelling(office, actor, text):
    make(actor, 7, "Electrolyte")
    make(actor, 8, "Pump")
    body = hits(office, text)
    assert "Electrolyte" in body and "Pump" not in body


@pytest.mark.parametrize(("title", "text"), [("一种燃料电池隔膜", "电池"), ("Łódź coating", "lodz"), ("Straße sensor", "strasse"), ("Straße sensor", "STRASSE sen")])
def test_words_are_found_as_people_type_them(office, actor, title, text):
    made = make(actor, 7, title)
    search.refresh(Asset, [made.pk])
    assert title in hits(office, text)
    assert title in office.get(reverse("kit:asset_list"), {"q": text}).content.decode()


def test_a_hit_out_of_sight_is_not_told_nor_counted(client, make_user, actor):
    made = make(actor, 7, "Secret electrolyte", confidential=True)
    search.refresh(Asset, [made.pk])
    client.force_login(make_user("inventor"))
    assert "Secret" not in hits(client, "electrolyte") and "Nothing found" in hits(client, "electrolyte")


def test_the_palette_gets_the_hits_alone(office, actor):
    make(actor, 7, "Electrolyte")
    response = office.get(reverse("search"), {"q": "electrolyte"}, HTTP_HX_REQUEST="true")
    assert "Electrolyte" in response.content.decode() and "<html" not in response.content.decode()
    assert "HX-Request" in response["Vary"]


def test_chosen_columns_are_shown_and_exported(office, actor):
    make(actor, 7, "Electrolyte")
    url = reverse("kit:asset_list")
    names = [column.name for column in _asset().columns if not column.link][:1]
    csv = b"".join(office.get(url, {"columns": names, "export": "csv"}).streaming_content).decode("utf-8-sig").splitlines()
    assert len(csv[0].split(",")) == len(_asset().chosen(names)) < len(_asset().columns)
    assert office.get(url, {"columns": names}).content.decode().count('scope="col"') < office.get(url).content.decode().count('scope="col"')
    assert office.get(url, {"columns": "nonsense"}).status_code == 200


def _asset():
    from causeway.kit.resource import named

    return named("asset")


def test_many_are_edited_after_a_preview_or_none_is(office, actor):
    made = [make(actor, n) for n in range(3)]
    url, pick = reverse("kit:asset_bulk_edit"), [one.pk for one in made]
    assert "Field to change" in office.post(url, {"pick": pick}).content.decode()
    preview = office.post(url, {"pick": pick, "field": "status", "status": "granted", "preview": "1"}).content.decode()
    assert "Change 3 records" in preview and Asset.objects.filter(status="granted").count() == 0
    office.post(url, {"pick": pick, "field": "status", "status": "nonsense", "sure": "1"})
    assert Asset.objects.filter(status="pending").count() == 3
    before = AuditEntry.objects.filter(verb="asset.update").count()
    response = office.post(url, {"pick": pick, "field": "status", "status": "granted", "sure": "1"})
    assert response.status_code == 302 and Asset.objects.filter(status="granted").count() == 3
    assert AuditEntry.objects.filter(verb="asset.update").count() == before + 3


def test_editing_many_keeps_to_sight_and_right(client, make_user, actor, other_university):
    made = make(actor)
    url = reverse("kit:asset_bulk_edit")
    data = {"pick": [made.pk], "field": "status", "status": "granted", "sure": "1"}
    client.force_login(make_user("auditor"))
    assert client.post(url, data).status_code == 403
    client.force_login(make_user("office", email="far@example.org", university=other_university))
    client.post(url, data)
    assert Asset.objects.get(pk=made.pk).status == "pending"


def test_trash_offers_undo(office, actor):
    made = make(actor, 1, "Pump")
    page = office.post(reverse("kit:asset_trash", args=[made.pk]), follow=True).content.decode()
    assert reverse("kit:asset_restore", args=[made.pk]) in page and "is in the trash" in page
    office.post(reverse("kit:asset_restore", args=[made.pk]))
    assert Asset.objects.get(pk=made.pk).trashed_at is None


def test_history_is_in_words_and_names_the_run(office, actor, client, make_user):
    made = make(actor, 1, "Pump")
    services.asset_update(actor=actor, obj=made, status="granted", revision=None)
    page = office.get(reverse("kit:asset_history", args=[made.pk])).content.decode()

    assert "Pending → In force" in page
    with audit.batch(by=actor, verb="asset.import", objects=1) as work:
        fresh = Asset.objects.get(pk=made.pk)
        fresh.title = "Better pump"
        work.change([fresh], ["title"])
    page = office.get(reverse("kit:asset_history", args=[made.pk])).content.decode()
    assert "Pump → Better pump" in page
    services.asset_update(actor=actor, obj=Asset.objects.get(pk=made.pk), title="Best pump", revision=None)
    page = office.get(reverse("kit:asset_history", args=[made.pk])).content.decode()
    assert "Pump → Better pump" in page and "Better pump → Best pump" in page, "a later change must not hide the run before"


def test_history_names_what_a_key_points_to_only_in_sight(office, actor):
    from causeway.kit.history import told

    person = Person(name="Ada Lovelace")
    with audit.changing(person, by=actor, verb="person.create") as person:
        pass
    field = next((f for f in Asset._meta.concrete_fields if f.is_relation and f.related_model is Person), None)
    field = field or Person._meta.get_field("unit")
    value = person.pk if field.related_model is Person else 999_999
    assert told(field, value, actor) in ("Ada Lovelace", "a record out of your sight")
    assert told(Asset._meta.get_field("filed_on"), "2023-05-04", actor) == "4 May 2023"
    assert told(Asset._meta.get_field("confidential"), True, actor) == "yes"


def test_saved_views_are_shared_kept_and_removed_by_their_owner_alone(office, make_user, client):
    from causeway.frame.models import SavedView

    office.post(reverse("kit:view_save"), {"name": "Granted", "resource": "asset", "query": "status=granted&columns=number"})
    office.post(reverse("kit:view_save"), {"name": "Nothing", "resource": "nonsense", "query": ""})
    view = SavedView.objects.get()
    assert "?status=granted&amp;columns=number" in office.get(reverse("kit:views")).content.decode()
    office.post(reverse("kit:views"), {"view": view.pk, "share": "1"})
    client.force_login(make_user("office", email="second@example.org"))
    assert "Granted" in client.get(reverse("kit:asset_list")).content.decode()
    assert client.post(reverse("kit:views"), {"view": view.pk, "remove": "1"}).status_code == 404
    client.force_login(view.user)
    client.post(reverse("kit:views"), {"view": view.pk, "remove": "1"})
    assert not SavedView.objects.exists()


def test_months_and_days_are_told_in_the_order_of_their_language():
    with translation.override("en"):
        assert (month(date(2026, 11, 1)), month(date(2026, 11, 1), year=False, brief=True), short_day(date(2026, 11, 3), weekday=True)) == ("November 2026", "Nov", "Tue 3 Nov")
    with translation.override("zh-hans"):
        assert (month(date(2026, 11, 1)), month(date(2026, 11, 1), year=False), short_day(date(2026, 11, 3))) == ("2026年11月", "11月", "11月3日")
