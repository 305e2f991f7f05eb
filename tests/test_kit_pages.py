"""What every resource's pages share: lists, filters, exports, forms, conflicts, history, API."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.db.models import JSONField, UniqueConstraint
from django.urls import reverse

from causeway.frame import access, scope, trash
from causeway.frame.cells import harmless
from causeway.frame.models import ApiToken, AuditEntry
from causeway.kit.history import _apart, told
from causeway.kit.resource import resources
from causeway.rooms.assets import services
from causeway.rooms.assets.models import Asset

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client, make_user):
    user = make_user("office")
    client.force_login(user)
    client.user = user
    return client


def make(actor, number, title="Sensor"):
    return services.asset_create(
        actor=actor, title=f"{title} {number}", office="EP", right="patent", number=f"EP227{number:05d}", filed_on=date(2023, 5, 4), status="pending"
    )


def test_query_count_does_not_grow_with_rows(office, actor, django_assert_max_num_queries):
    def count():
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(
            connection,
        ) as captured:
            for name in ("kit:asset_list", "kit:deadline_list", "docket:docket", "today"):
                assert office.get(reverse(name)).status_code == 200
        return len(captured)

    for n in range(2):
        make(actor, n)
    count()
    two = count()
    for n in range(2, 20):
        make(actor, n)
    assert count() <= two


@pytest.mark.parametrize("resource", resources(), ids=lambda r: r.key)
def test_lists_sort_filter_and_export(office, actor, resource, make_user):
    for n in range(3):
        make(actor, n)
    roles = access.actions().get(f"{resource.key}.view", frozenset())
    if not roles:
        assert office.get(reverse(resource.route_list)).status_code == 403
        return
    if "office" not in roles:
        reader = make_user(sorted(roles)[0])
        office.force_login(reader)
        actor = access.actor_of(reader, actor.university_id)
    url = reverse(resource.route_list)
    for column in resource.columns:
        if column.sort:
            assert office.get(url, {"sort": column.name}).status_code == 200
            assert office.get(url, {"sort": f"-{column.name}"}).status_code == 200
    rows = resource.rows(actor).count()
    exported = json.loads(b"".join(office.get(url, {"export": "json"}).streaming_content))
    assert len(exported) == rows
    csv = b"".join(office.get(url, {"export": "csv"}).streaming_content).decode("utf-8-sig")
    assert csv.count("\n") == rows + 1
    assert b"".join(office.get(url, {"export": "xlsx"}).streaming_content)[:2] == b"PK"
    for one in resource.filters:
        for value, _label in list(one.options(actor))[:2]:
            assert office.get(url, {one.name: value}).status_code == 200


def _fields(index):
    """The columns of an index or a unique constraint, whether given as names or as expressions."""
    return tuple(f.lstrip("-") for f in index.fields) or tuple(getattr(one, "name", "") for one in getattr(index, "expressions", ()))


@pytest.mark.parametrize("resource", resources(), ids=lambda r: r.key)
def test_sorted_columns_have_an_index_that_leads_with_the_university(resource):
    kept = [*resource.model._meta.indexes, *(one for one in resource.model._meta.constraints if isinstance(one, UniqueConstraint) and one.condition is None)]
    indexed = [fields for one in kept if (fields := _fields(one))]
    for column in resource.columns:
        if column.sort:
            assert any(fields[0] == "university" and column.sort in fields for fields in indexed), f"{resource.key}.{column.sort}"


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\n=1", " =1", "\u3000=1", "＝1+1", "＋1", "－1", "＠SUM"])
def test_exports_never_run(value):
    assert harmless(value).startswith("'")


def test_two_people_at_one_record(office, actor):
    made = make(actor, 1)
    url = reverse("kit:asset_edit", args=[made.pk])
    opened = office.get(url).context
    form = {
        "title": "Mine",
        "right": "patent",
        "office": "EP",
        "number": made.number,
        "status": "pending",
        "filed_on": "2023-05-04",
        "revision": opened["revision"],
        "seen": opened["seen"],
    }
    services.asset_update(actor=actor, obj=made, title="Theirs", status="granted", filed_on=date(2023, 6, 7))
    response = office.post(url, form)
    assert response.status_code == 422
    assert "Theirs" in response.content.decode() and "Mine" in response.content.decode()
    assert Asset.objects.get(pk=made.pk).title == "Theirs"
    # Saved again as the page now shows it: one's own title, and what the other changed elsewhere.
    shown = response.context["form"]
    again = {name: shown[name].value() for name in ("title", "status", "filed_on")}
    assert again == {"title": "Mine", "status": "granted", "filed_on": "2023-06-07"}
    assert sorted(str(one["label"]) for one in response.context["theirs"]) == ["filed", "status", "title"]
    assert office.post(url, form | again | {"revision": response.context["revision"], "seen": response.context["seen"]}).status_code == 302
    kept = Asset.objects.get(pk=made.pk)
    assert (kept.title, kept.status, kept.filed_on) == ("Mine", "granted", date(2023, 6, 7))


def test_a_slip_does_not_make_one_blind_for_the_others_change(office, actor):
    made = make(actor, 1)
    url = reverse("kit:asset_edit", args=[made.pk])
    opened = office.get(url).context
    form = {"title": "", "right": "patent", "office": "EP", "number": made.number, "status": "pending", "filed_on": "2023-05-04", "revision": opened["revision"], "seen": opened["seen"]}
    services.asset_update(actor=actor, obj=made, title="Theirs")
    slipped = office.post(url, form)
    assert slipped.status_code == 422 and slipped.context["revision"] == opened["revision"]
    assert office.post(url, form | {"title": "Mine", "revision": slipped.context["revision"]}).context["theirs"]


def test_a_form_says_what_is_wrong_at_the_field(office):
    response = office.post(reverse("kit:asset_new"), {"title": "", "right": "patent", "office": "EP", "status": "pending", "filed_on": "2999-01-01"})
    body = response.content.decode()
    assert response.status_code == 422
    assert 'aria-invalid="true"' in body and 'href="#id_title"' in body


def test_add_trash_restore_history(office, actor):
    response = office.post(
        reverse("kit:asset_new"),
        {"title": "Pump", "right": "patent", "office": "EP", "status": "pending", "number": "EP22716482", "filed_on": "2023-05-04"},
    )
    made = Asset.objects.get(title="Pump")
    assert response.url == reverse("kit:asset_detail", args=[made.pk]) and made.number == "EP 22 716 482.9"
    office.post(reverse("kit:asset_trash", args=[made.pk]))
    assert Asset.objects.get(pk=made.pk).trashed_at is not None
    assert ">Pump</a>" not in office.get(reverse("kit:asset_list")).content.decode()
    assert ">Pump</a>" in office.get(reverse("kit:asset_list"), {"trash": "1"}).content.decode()
    office.post(reverse("kit:asset_restore", args=[made.pk]))
    history = office.get(reverse("kit:asset_history", args=[made.pk])).content.decode()
    assert "Restored" in history and "Put into the trash" in history


def test_recording_an_event_previews_then_applies(office, actor):
    made = make(actor, 1)
    url = reverse("docket:record", args=[made.matter_id])
    data = {"kind": "office_action_1", "on": "2026-08-24", "by": "electronic"}
    preview = office.post(url, data).content.decode()
    assert "Reply to the communication" in preview and made.matter.deadlines.filter(rule="EP-OA").count() == 0
    office.post(url, {**data, "apply": "1"})
    row = made.matter.deadlines.get(rule="EP-OA")
    page = office.get(reverse("kit:deadline_detail", args=[row.pk])).content.decode()
    assert "Deemed delivered" in page and "law-epc" in page


def test_api_reads_writes_and_is_idempotent(office, actor):
    url = reverse("api:asset_collection")
    body = {"title": "Pump", "right": "patent", "office": "EP", "status": "pending", "filed_on": "2023-05-04"}
    key, digest = ApiToken.make()
    ApiToken.objects.create(user=office.user, university_id=actor.university_id, name="t", digest=digest, hint=key[-4:], scopes=["*"])
    head = {"HTTP_AUTHORIZATION": f"Bearer {key}"}
    office.logout()
    first = office.post(url, json.dumps(body), content_type="application/json", HTTP_IDEMPOTENCY_KEY="k1", **head)
    again = office.post(url, json.dumps(body), content_type="application/json", HTTP_IDEMPOTENCY_KEY="k1", **head)
    assert first.status_code == 201 and again.json() == first.json()
    with scope.use(actor.university_id):
        assert Asset.objects.filter(title="Pump").count() == 1
    one = reverse("api:asset", args=[first.json()["id"]])
    revision = first.json()["revision"]
    changed = office.patch(one, json.dumps({"title": "Better pump"}), content_type="application/json", HTTP_IF_MATCH=f'"{revision}"', **head)
    assert changed.status_code == 200 and changed.json()["title"] == "Better pump"
    assert office.patch(one, json.dumps({"title": "Old"}), content_type="application/json", HTTP_IF_MATCH=f'"{revision}"', **head).status_code == 409
    wrong = office.post(url, json.dumps({"title": ""}), content_type="application/json", **head)
    assert wrong.status_code == 422 and "title" in wrong.json()["errors"]
    assert office.get(url).status_code == 401
    assert office.get(reverse("api:openapi"), **head).json()["openapi"] == "3.1.0"


def test_a_scoped_key_reaches_no_further(office, actor):
    key, digest = ApiToken.make()
    ApiToken.objects.create(user=office.user, university_id=actor.university_id, name="t", digest=digest, hint=key[-4:], scopes=["*.view"])
    office.logout()
    head = {"HTTP_AUTHORIZATION": f"Bearer {key}"}
    assert office.get(reverse("api:asset_collection"), **head).status_code == 200
    assert office.post(reverse("api:asset_collection"), "{}", content_type="application/json", **head).status_code == 403


def test_a_calendar_feed_is_valid_private_and_revocable(office, actor):
    import icalendar

    made = make(actor, 1, "Unpublished secret")
    page = office.post(reverse("docket:feeds"), {"name": "All", "whole": "on"}).content.decode()
    address = page.split('<code id="address">')[1].split("</code>")[0]
    path = address.removeprefix("http://testserver")
    office.logout()
    text = office.get(path).content
    calendar = icalendar.Calendar.from_ical(text)
    assert len(calendar.walk("VEVENT")) > 5
    assert b"Unpublished secret" not in text and made.reference.encode() in text
    office.force_login(office.user)
    from causeway.frame.models import Feed

    office.post(reverse("docket:feeds"), {"revoke": Feed.objects.get().pk})
    assert office.get(path).status_code == 404


def test_one_entry_for_one_change(office, actor):
    made = make(actor, 1)
    before = AuditEntry.objects.count()
    office.post(reverse("kit:asset_action", args=[made.pk, "note"]), {"text": "Ask Hanna"})
    assert AuditEntry.objects.count() == before + 1


def test_renewals_are_instructed_and_ordered(office, actor):
    for n in range(3):
        make(actor, n)
    rows = list(Asset.objects.first().matter.deadlines.filter(state="open").values_list("pk", flat=True)[:2])
    office.post(reverse("docket:renewals"), {"pick": rows, "action": "instruct", "instruction": "pay", "sure": "1"})
    response = office.post(reverse("docket:renewals"), {"pick": rows, "action": "order"}, follow=True)
    assert "ORD-" in response.content.decode()
    for kind, magic in (("csv", "\ufeff".encode()), ("xlsx", b"PK"), ("pdf", b"%PDF")):
        assert office.get(reverse("docket:order_file", args=[1 if kind else 1, kind]).replace("/1.", f"/{_order()}.")).getvalue().startswith(magic)


def _order():
    from causeway.rooms.docket.models import OrderList

    return OrderList.objects.get().pk


def test_an_attached_page_never_runs_here(office, actor, settings, tmp_path):
    from django.core.files.uploadedfile import SimpleUploadedFile

    settings.MEDIA_ROOT = tmp_path
    made = make(actor, 1)
    upload = SimpleUploadedFile("picture.png", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")
    office.post(reverse("kit:asset_action", args=[made.pk, "document"]), {"file": upload, "title": "Drawing"})
    response = office.get(reverse("assets:document", args=[made.documents.get().pk]))
    assert response["Content-Disposition"].startswith("attachment") and "sandbox" in response["Content-Security-Policy"]
    assert "Drawing" in office.get(reverse("kit:asset_detail", args=[made.pk])).content.decode()


def test_a_record_shows_three_buttons_at_most_and_the_rest_in_a_menu(office, actor):
    asset = make(actor, 1)
    page = office.get(reverse("kit:asset_detail", args=[asset.pk]))
    shown = [one["label"] for one in (*page.context["actions"], page.context["main"])]
    assert shown == ["Edit", "Record an event"] and [one["label"] for one in page.context["more"]] == ["Attach a file", "Add a note", "Put into a family", "End", "Trash"]
    for one in page.context["more"]:
        assert office.get(one["url"]).status_code == 200
    trash.put(actor=actor, obj=asset)
    page = office.get(reverse("kit:asset_detail", args=[asset.pk]))
    assert page.context["main"]["label"] == "Restore" and not page.context["actions"] and not page.context["more"] and page.context["following"] is None


def test_a_page_says_what_is_next_and_offers_it_once(office, actor):
    from causeway.rooms.docket.models import Deadline
    from causeway.rooms.docket.services import deadline_reassign
    from causeway.rooms.people.services import person_create

    asset = make(actor, 1)
    row = Deadline.objects.filter(matter=asset.matter, waiting=True).order_by("due").first()
    following = office.get(reverse("kit:asset_detail", args=[asset.pk])).context["following"]
    assert following.url == reverse("kit:deadline_detail", args=[row.pk]) and "Nobody has it in hand" in following.text

    page = office.get(following.url)
    assert page.context["following"].url == reverse("kit:deadline_action", args=[row.pk, "reassign"])
    assert page.content.decode().count(page.context["following"].url) == 1
    ada = person_create(actor=actor, name="Ada Vermeer", email="ada@example.org")
    deadline_reassign(actor=actor, obj=row, holder=ada)
    page = office.get(following.url)
    assert "In hand of Ada Vermeer" in page.context["following"].text
    person = office.get(reverse("kit:person_detail", args=[ada.pk])).content.decode()
    assert reverse("kit:deadline_detail", args=[row.pk]) in person


@pytest.mark.parametrize(
    ("before", "new", "said"),
    [
        ([], ["POLICY", "STAFF"], ("", "POLICY, STAFF")),
        ({}, {"Readiness": 7}, ("", "Readiness: 7")),
        ({"en": {"title": "Old", "place": "Delft"}}, {"en": {"title": "New", "place": "Delft"}}, ("Old", "New")),
        ([], ["8" * 64], ("", "8" * 12)),
        ([{"checked": True, "ids": []}], [], ("yes", "")),
        ([], [{"title": "Europe", "cases": ["4ebb50a1-73ad-4123-8173-e3e07619a881"]}], ("", "Europe")),
    ],
)
def test_history_tells_what_values_hold_and_never_how_the_program_writes_them(before, new, said):
    pairs = _apart(before, new)
    assert tuple(told(JSONField(), one, None) for one in pairs) == said


def test_today_begins_with_the_first_step_where_nothing_is_recorded(office, actor):
    first = "Nothing is recorded yet"
    assert first in office.get(reverse("today")).content.decode()
    make(actor, 1)
    assert first not in office.get(reverse("today")).content.decode()


def test_today_asks_an_inventor_first_what_only_they_can_answer(client, actor, make_user):
    from causeway.rooms.assets.services import inventors_set
    from causeway.rooms.docket import services as docket
    from causeway.rooms.docket.models import Deadline
    from causeway.rooms.people import services as people

    user = make_user("inventor", email="inventor@example.org")
    asset = make(actor, 1)
    inventors_set(actor=actor, asset=asset, shares=[(people.person_create(actor=actor, name="Hanna", email=user.email, user=user), None)])
    docket.deadline_instruct(actor=actor, obj=Deadline.objects.filter(matter=asset.matter, rule="EP-REN", waiting=True).order_by("due").last(), instruction="ask")
    client.force_login(user)
    page = client.get(reverse("today")).content.decode()
    assert 0 < page.index('id="h-decide"') < page.index('id="h-late"')


def test_a_search_tells_what_waits_before_what_is_settled_and_its_day(office, actor):
    from causeway.kit.show import day
    from causeway.rooms.docket import services as docket
    from causeway.rooms.docket.models import Deadline

    asset = make(actor, 1, title="Levitation")
    first, second = Deadline.objects.filter(matter=asset.matter, rule="EP-REN", waiting=True).order_by("due")[:2]
    docket.deadline_waive(actor=actor, obj=first, why="Given up")
    (found,) = [one for one in office.get(reverse("search"), {"q": "Pay the renewal fee"}).context["groups"] if one["items"][0]["url"].startswith("/deadlines/")]
    assert found["items"][0]["url"] == reverse("kit:deadline_detail", args=[second.pk]) and day(second.due) in found["items"][0]["second"]
