"""Offers: written, released and read; never of what is not public."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.http import Http404
from django.urls import reverse

from causeway.frame import access, audit, scope
from causeway.frame.models import User
from causeway.rooms.assets import services as assets
from causeway.rooms.network.models import Offer, SharedOffer
from causeway.rooms.network.selectors import offers as reads
from causeway.rooms.network.services import offers
from causeway.rooms.network.services.arrivals import offer_content
from causeway.rooms.network.tests.making import person, today, university

pytestmark = pytest.mark.django_db


@pytest.fixture
def house(db):
    place = university(1)
    with scope.use(place):
        yield place


@pytest.fixture
def office(house):
    return person(house, "office")


@pytest.fixture
def director(house):
    return person(house)


def said(**changed):
    return {"title": "Bending cell", "text": "It bends.", "areas": ["energy"], "seeks": ["licence"], "languages": ["en"], "office": "Office, 1 Quay", "readiness": 5,
            "valid_until": today() + timedelta(days=90), **changed}  # fmt: skip


def shared(office, director, **changed):
    made = offers.offer_submit(actor=office, obj=offers.offer_create(actor=office, **said(**changed)))
    return offers.offer_share(actor=director, obj=made, public=True)


def asset(actor, n=1, **changed):
    values = {"title": f"Electrode {n}", "office": "EP", "right": "patent", "number": f"EP227{n:05d}", "filed_on": date(2020, 1, 1), "status": "pending"} | changed
    return assets.asset_create(actor=actor, **values)


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({}, "not published"), ({"published_on": date(2021, 7, 1), "confidential": True}, "confidential"), ({"published_on": date(2021, 7, 1), "status": "ended"}, "ended"),
        ({"right": "know_how", "number": ""}, "not published"), ({"right": "design", "number": "", "granted_on": date(2021, 1, 1), "status": "granted"}, "not published"),
        ({"granted_on": date(2021, 1, 1), "status": "granted"}, "not published"), ({"published_on": date(2021, 7, 1)}, ""),
    ],
)  # fmt: skip
def test_an_offer_begins_only_from_what_is_public(office, values, why):
    found = asset(office, **values)
    if why:
        assert why in reads.why_not_public(found, today())
        with pytest.raises(access.Refused, match="cannot be offered"):
            offers.offer_from_asset(actor=office, asset=found)
        assert not Offer.objects.exists()
    else:
        made = offers.offer_from_asset(actor=office, asset=found)
        assert (made.title, made.asset, made.state) == (found.title, found, "draft")


def test_a_day_of_publication_to_come_is_not_publication(office):
    found = asset(office)
    found.published_on = today() + timedelta(days=30)
    assert "not published before" in reads.why_not_public(found, today())
    assert reads.why_not_public(found, today() + timedelta(days=31)) == ""


def test_public_numbers_come_along_from_the_asset_and_the_application_number_does_not(office):
    found = asset(office, published_on=date(2021, 7, 1), publication_number="EP 3 123 456 A1")
    made = offers.offer_from_asset(actor=office, asset=found)
    assert made.rights == "EP 3 123 456 A1" and "227" not in made.rights


@pytest.mark.parametrize("line", ["EP 22 700 009", "EP22700009.3", "ep22700009"])
def test_an_offer_that_names_an_unpublished_application_is_not_handed_in(office, line):
    asset(office, 9)
    made = offers.offer_create(actor=office, **said(rights=f"EP 3 123 456 B1\n{line}"))
    with pytest.raises(ValidationError, match="destroy its novelty"):
        offers.offer_submit(actor=office, obj=made)
    with pytest.raises(ValidationError, match="destroy its novelty"):
        offers.offer_submit(actor=office, obj=offers.offer_create(actor=office, **said(title="electrode 9")))


def test_what_became_confidential_since_is_not_released(office, director):
    found = asset(office, published_on=date(2021, 7, 1))
    made = offers.offer_from_asset(actor=office, asset=found)
    made = offers.offer_submit(actor=office, obj=offers.offer_update(actor=office, obj=made, **said()))
    assets.asset_update(actor=office, obj=found, confidential=True)
    with pytest.raises(ValidationError, match="confidential"):
        offers.offer_share(actor=director, obj=made, public=True)
    assert not SharedOffer.objects.exists()


def test_the_office_writes_and_the_director_releases_after_looking(office, director):
    made = offers.offer_create(actor=office, **said())
    with pytest.raises(ValidationError, match="not in review"):
        offers.offer_share(actor=director, obj=made, public=True)
    made = offers.offer_submit(actor=office, obj=made)
    with pytest.raises(access.Refused):
        offers.offer_share(actor=office, obj=made, public=True)
    with pytest.raises(ValidationError, match="Look first"):
        offers.offer_share(actor=director, obj=made)
    with pytest.raises(access.Refused, match="in review"):
        offers.offer_update(actor=office, obj=made, title="Other")
    back = offers.offer_give_back(actor=director, obj=made, why="Say who tested it.")
    assert (back.state, back.said) == ("draft", "Say who tested it.")
    made = offers.offer_submit(actor=office, obj=offers.offer_update(actor=office, obj=back, text="It bends. We tested it."))
    copy = offers.offer_share(actor=director, obj=made, public=True)
    assert copy.current and copy.version == 1 and copy.content["text"] == "It bends. We tested it." and copy.source_name == "University 1"
    audit.seal(office.university_id)
    assert audit.verify(office.university_id).faults == ()


def test_what_is_missing_is_told_at_once(office):
    made = offers.offer_create(actor=office, title="Bare")
    with pytest.raises(ValidationError) as told:
        offers.offer_submit(actor=office, obj=made)
    assert len(told.value.messages) == 6
    for wrong in ({"rights": "our patent"}, {"areas": ["magic"]}, {"readiness": 12}, {"person_email": "a@example.org"}):
        with pytest.raises(ValidationError):
            offers.offer_create(actor=office, **said(**wrong))
    for day in (today() - timedelta(days=1), today() + timedelta(days=3000)):
        with pytest.raises(ValidationError):
            offers.offer_submit(actor=office, obj=offers.offer_create(actor=office, **said(valid_until=day)))


def test_a_copy_stays_while_the_record_changes_and_goes_with_a_reason(office, director):
    copy = shared(office, director)
    obj = Offer.objects.get()
    offers.offer_update(actor=office, obj=obj, title="Better cell")
    assert reads.catalogue(director, today()).offers[0].title == "Bending cell"
    newer = offers.offer_share(actor=director, obj=offers.offer_submit(actor=office, obj=Offer.objects.get()), public=True)
    copy.refresh_from_db()
    assert (newer.version, newer.current, copy.current) == (2, True, False)
    with pytest.raises(ValidationError, match="Withdraw it first"):
        offers.offer_trash(actor=office, obj=obj)
    with pytest.raises(ValidationError):
        offers.offer_withdraw(actor=office, obj=obj, why=" ")
    offers.offer_withdraw(actor=office, obj=obj, why="Licensed")
    assert reads.catalogue(director, today()).count == 0 and SharedOffer.objects.count() == 2
    offers.offer_trash(actor=office, obj=obj)


def test_the_contact_person_is_shown_only_where_the_person_agreed(office, director):
    silent = shared(office, director, person="Ana Berg", person_email="ana@example.org")
    assert silent.content["contact"] == {} and "Ana" not in json.dumps(silent.content)
    named = shared(office, director, title="Other", person="Ana Berg", person_email="ana@example.org", person_agreed=True)
    assert named.content["contact"] == {"name": "Ana Berg", "email": "ana@example.org"}


def test_the_catalogue_finds_narrows_counts_and_forgets_what_has_ended(office, director):
    shared(office, director)
    shared(office, director, title="Probe for wells", areas=["sensing", "environment"], seeks=["partner"], readiness=8, languages=["en", "pl"], text="Finds salt. 传感器")
    shared(office, director, title="Old probe", valid_until=today())

    def titles(text="", **picked):
        return sorted(one.title for one in reads.catalogue(director, today(), text, {facet: set(values) for facet, values in picked.items()}).offers)

    assert titles("prob") == ["Old probe", "Probe for wells"] and titles("salt") == titles("传感") == titles("environment") == ["Probe for wells"]
    assert titles(field=["sensing"], seeks=["partner"]) == ["Probe for wells"] and titles(ready=["4"]) == ["Bending cell", "Old probe"] and titles(field=["energy"], ready=["7"]) == []
    facets = {one["key"]: {code: count for code, _label, count, _chosen in one["values"]} for one in reads.catalogue(director, today(), "", {"ready": {"7"}}).facets}
    assert facets["ready"] == {"4": 2, "7": 1} and facets["field"] == {"environment": 1, "sensing": 1} and facets["language"] == {"en": 1, "pl": 1}
    assert reads.catalogue(director, today() + timedelta(days=1)).count == 2


def test_every_role_reads_the_catalogue_and_only_the_house_its_records(client, house, office, director):
    from causeway.frame.models import User

    copy = shared(office, director, title="Bending <b>cell</b>")
    far = university(2)
    for role, own in (("inventor", False), ("agent", False), ("auditor", True)):
        client.force_login(User.objects.get(pk=person(house, role).user_id))
        page = client.get(reverse("network:catalogue")).content.decode()
        assert "Bending &lt;b&gt;cell" in page and "<b>cell" not in page
        assert client.get(reverse("network:offer", args=[copy.pk])).status_code == 200
        assert client.get(reverse("kit:offer_list")).status_code == (200 if own else 403)
    client.force_login(User.objects.get(pk=person(far).user_id))
    assert client.get(reverse("network:offer", args=[copy.pk])).status_code == 200
    assert client.get(reverse("kit:offer_detail", args=[copy.offer_number])).status_code == 404
    stranger = person(far)
    with scope.use(far), pytest.raises((Http404, Offer.DoesNotExist)):
        offers.offer_withdraw(actor=stranger, obj=Offer.objects.get(pk=copy.offer_number), why="x")
    offers.offer_withdraw(actor=office, obj=Offer.objects.get(), why="Licensed")
    assert client.get(reverse("network:offer", args=[copy.pk])).status_code == 404


def test_an_offer_is_written_in_pages_begun_from_an_asset_and_kept_whole_by_editing(client, house, office, director):
    from causeway.frame.models import User

    client.force_login(User.objects.get(pk=office.user_id))
    hidden, found = asset(office, 1), asset(office, 2, published_on=date(2021, 7, 1))
    page = client.get(reverse("kit:asset_detail", args=[hidden.pk])).content.decode()
    assert "destroy its novelty" in page and reverse("network:offer_begin", args=[hidden.pk]) not in page
    assert reverse("network:offer_begin", args=[found.pk]) in client.get(reverse("kit:asset_detail", args=[found.pk])).content.decode()
    client.post(reverse("network:offer_begin", args=[hidden.pk]))
    assert not Offer.objects.exists()
    response = client.post(reverse("network:offer_begin", args=[found.pk]))
    obj = Offer.objects.get()
    assert response.url == reverse("kit:offer_edit", args=[obj.pk])
    form = {**said(), "valid_until": said()["valid_until"].isoformat(), "language": "en", "rights": "", "revision": obj.revision}
    assert client.post(response.url, form).status_code == 302
    page = client.get(response.url).content.decode()
    for name, value in (("areas", "energy"), ("seeks", "licence"), ("languages", "en")):
        assert f'name="{name}" value="{value}"' in page and "checked" in page.split(f'name="{name}" value="{value}"')[1][:120]
    assert client.get(reverse("kit:offer_detail", args=[obj.pk])).status_code == 200


def test_the_api_takes_and_gives_offers(client, house, office):
    from causeway.frame.models import User

    client.force_login(User.objects.get(pk=office.user_id))
    body = {**said(), "valid_until": said()["valid_until"].isoformat(), "language": "en"}
    response = client.post(reverse("api:offer_collection"), json.dumps(body), content_type="application/json")
    assert response.status_code == 201, response.content
    assert Offer.objects.get().areas == ["energy"]
    one = client.patch(reverse("api:offer", args=[Offer.objects.get().pk]), json.dumps({"seeks": ["partner", "sale"]}), content_type="application/json")
    assert one.status_code == 200 and (Offer.objects.get().seeks, Offer.objects.get().areas) == (["partner", "sale"], ["energy"])
    wrong = client.post(reverse("api:offer_collection"), json.dumps({**body, "areas": ["magic"]}), content_type="application/json")
    assert wrong.status_code == 422 and "areas" in wrong.content.decode()


def test_the_catalogue_takes_the_same_statements_for_few_and_many(client, house, office, director, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from causeway.frame.models import User

    client.force_login(User.objects.get(pk=office.user_id))

    def count():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("network:catalogue"), {"q": "cell", "field": "energy"}).status_code == 200
        return len(captured)

    shared(office, director)
    shared(office, director)
    count()
    few = count()
    for _n in range(18):
        shared(office, director)
    assert count() <= few


def test_a_university_that_leaves_takes_its_offers_off(office, director):
    from causeway.rooms.network.services import exchange

    shared(office, director)
    assert exchange.network_leave(actor=director, why="We go")["offers"] == 1
    assert reads.catalogue(director, today()).count == 0 and Offer.objects.get().state == "withdrawn"


def test_an_offer_is_read_in_the_language_of_its_reader_and_travels_with_its_translations(director, client):
    made = offers.offer_create(actor=director, **said())
    chinese = {"title": "可弯曲电池", "text": "弯折四千次后仍保持容量。", "sought": ""}
    offers.offer_translate(actor=director, obj=made, language="zh-hans", fields=chinese)
    half = offers.offer_translate(actor=director, obj=Offer.objects.get(), language="pl", fields={"title": "Ogniwo"})
    assert "Polski" in offers.missing(half)["translations"]
    with pytest.raises(ValidationError):
        offers.offer_submit(actor=director, obj=half)
    for wrong in ("en", "xx"):
        with pytest.raises(ValidationError):
            offers.offer_translate(actor=director, obj=half, language=wrong, fields=chinese)
    with pytest.raises(ValidationError):
        offers.offer_translate(actor=director, obj=half, language="zh-hans", fields={**chinese, "title": "长" * 201})
    whole = offers.offer_translate(actor=director, obj=half, language="pl", fields={})
    assert whole.translations == {"zh-hans": {"title": "可弯曲电池", "text": "弯折四千次后仍保持容量。"}}
    shared = offers.offer_share(actor=director, obj=offers.offer_submit(actor=director, obj=whole), public=True)
    assert shared.content["texts"] == whole.translations and reads.catalogue(director, today(), "弯曲").count == 1
    client.force_login(User.objects.get(pk=director.user_id))
    assert "可弯曲电池" not in client.get("/network/offers/").content.decode()
    page = client.get("/network/offers/", headers={"accept-language": "zh-hans"}).content.decode()
    assert "可弯曲电池" in page and "Bending cell" not in page
    one = f"/network/offers/{shared.pk}/"
    assert "可弯曲电池</h1>" in client.get(one + "?in=zh-hans").content.decode() and "Bending cell</h1>" in client.get(one + "?in=pl").content.decode()
    arrived = offer_content(shared.content | {"texts": {**whole.translations, "xx": chinese, "pl": {"title": "Ogniwo"}, "en": chinese}})
    assert arrived["texts"] == whole.translations
    assert offers.offer_translate(actor=director, obj=Offer.objects.get(), language="zh-hans", fields={}).state == "draft"


def test_a_translation_bears_no_title_of_something_unpublished(office, director):
    asset(office, title="Biegsame Zelle", published_on=None)
    made = offers.offer_create(actor=director, **said())
    offers.offer_translate(actor=director, obj=made, language="nl", fields={"title": "biegsame zelle", "text": "x"})
    with pytest.raises(ValidationError, match="not published"):
        offers.offer_submit(actor=director, obj=Offer.objects.get())


def test_the_page_to_translate_keeps_what_was_typed(director, client):
    made = offers.offer_create(actor=director, **said())
    client.force_login(User.objects.get(pk=director.user_id))
    path = f"/offers/{made.pk}/translate/?in=pl"
    assert "Bending cell" in client.get(path).content.decode() and client.get(f"/offers/{made.pk}/translate/?in=en").status_code == 404
    stale = client.post(path, {"title": "Ogniwo", "text": "Zgina się.", "revision": made.revision + 5})
    assert stale.status_code == 422 and "Ogniwo" in stale.content.decode() and "Somebody else saved" in stale.content.decode()
    assert client.post(path, {"title": "Ogniwo", "text": "Zgina się.", "revision": made.revision}).status_code == 302
    assert "Ogniwo" in client.get(f"/offers/{made.pk}/").content.decode()
