"""Parts of an asset as people set them: owners with dated exact shares, inventors, links that make dates, costs, own fields, files."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db.models import F
from django.urls import reverse

from causeway.frame import access, preferences
from causeway.rooms.assets import forms, selectors, services
from causeway.rooms.assets.access import assets as in_sight
from causeway.rooms.assets.models import Asset, Cost, Family, Inventorship, Link
from causeway.rooms.docket import services as docket
from causeway.rooms.docket.choices import Right
from causeway.rooms.docket.models import Deadline
from causeway.rooms.people import services as people

pytestmark = pytest.mark.django_db


@pytest.fixture
def asset(actor):
    return made(actor)


def made(actor, title="Graded solid electrolyte", office="EP", filed=date(2022, 2, 10), **values):
    return services.asset_create(
        actor=actor, title=title, office=office, right=values.pop("right", "patent"), filed_on=filed, status="pending", **values
    )


def events(asset, kind):
    return list(asset.matter.events.filter(kind=kind, current=True, withdrawn=False).values_list("on", flat=True))


def test_owners_have_dated_shares_and_those_before_end_the_day_before(actor, asset):
    own = asset.university.name
    services.owners_name(actor=actor, obj=asset, shares=[(own, Fraction(3, 4)), ("Veldhoven", Fraction(1, 4))], on=date(2022, 3, 1), add=True)
    services.owners_name(actor=actor, obj=asset, shares=[(own, Fraction(1))], on=date(2024, 7, 1))
    rows = asset.ownerships.order_by(F("starts_on").asc(nulls_first=True), "pk").values_list(
        "organisation__name", "numerator", "denominator", "starts_on", "ends_on"
    )
    assert list(rows) == [
        (None, None, None, None, date(2022, 2, 28)),
        (None, 3, 4, date(2022, 3, 1), date(2024, 6, 30)),
        ("Veldhoven", 1, 4, date(2022, 3, 1), date(2024, 6, 30)),
        (None, 1, 1, date(2024, 7, 1), None),
    ]
    asset.refresh_from_db()
    assert asset.owners_text == own


def test_shares_that_do_not_sum_to_one_or_strangers_are_refused(actor, asset):
    own = asset.university.name
    for shares in (
        [(own, Fraction(1, 2)), ("Veldhoven", Fraction(1, 3))],
        [(own, Fraction(1)), ("Veldhoven", None)],
        [(own, Fraction(1, 2)), (own, Fraction(1, 2))],
    ):
        with pytest.raises(ValidationError):
            services.owners_name(actor=actor, obj=asset, shares=shares, add=True)
    with pytest.raises(ValidationError, match="Nobody of this name"):
        services.inventors_name(actor=actor, obj=asset, shares=[("Nobody Known", None)])
    assert asset.ownerships.count() == 1


@pytest.mark.parametrize(
    ("text", "share"), [("3/4", Fraction(3, 4)), ("40 %", Fraction(2, 5)), ("0.25", Fraction(1, 4)), ("33,5%", Fraction(67, 200)), ("", None)]
)
def test_a_share_is_exact(text, share):
    assert forms.share_of(text) == share


@pytest.mark.parametrize("text", ["0", "5/4", "half", "1/0", "-1/2", "110 %"])
def test_what_is_no_share_is_refused(text):
    with pytest.raises(ValidationError):
        forms.share_of(text)


def test_the_form_of_shares_reads_rows_and_says_what_is_wrong(actor, asset):
    form = forms.OwnersForm({"name_1": " Northern   Tech ", "share_1": "3/4", "name_2": "Veldhoven", "share_2": "25 %", "on": "2024-01-01"})
    assert form.is_valid() and form.cleaned_data["shares"] == [("Northern Tech", Fraction(3, 4)), ("Veldhoven", Fraction(1, 4))]
    assert not forms.OwnersForm({"share_1": "1/2"}).is_valid() and not forms.OwnersForm({}).is_valid()
    shown = forms.OwnersForm()
    shown.about(asset)
    assert shown["name_1"].value() == asset.university.name


def test_inventors_keep_their_order_and_their_shares(actor, asset):
    services.inventors_name(actor=actor, obj=asset, shares=[("Zofia Wójcik", Fraction(3, 5)), ("Samuel Osei", Fraction(2, 5))], add=True)
    services.inventors_name(actor=actor, obj=asset, shares=[("samuel osei", Fraction(1, 2)), ("Zofia Wojcik", Fraction(1, 2))])
    rows = asset.inventorships.order_by("sequence").values_list("person__name", "numerator", "denominator")
    assert list(rows) == [("Samuel Osei", 1, 2), ("Zofia Wójcik", 1, 2)]


@pytest.mark.parametrize(
    ("kind", "event"),
    [("priority", "priority"), ("divisional", "parent_filing"), ("continuation", "parent_filing"), ("national_phase", "international_filing")],
)
def test_a_link_makes_its_event_once_and_taking_it_off_withdraws_it(actor, asset, kind, event):
    link = services.link_add(actor=actor, asset=asset, kind=kind, office="DE", number="10 2021 000 111", on=date(2021, 2, 12))
    services.link_add(actor=actor, asset=asset, kind=kind, office="NL", number="2031111", on=date(2021, 2, 12))
    assert events(asset, event) == [date(2021, 2, 12)]
    services.part_remove(actor=actor, asset=asset, part="links", pk=link.pk)
    assert events(asset, event) == [date(2021, 2, 12)]  # the other link still rests on it
    services.part_remove(actor=actor, asset=asset, part="links", pk=Link.objects.get(asset=asset).pk)
    assert events(asset, event) == []


def test_a_divisional_counts_its_years_from_the_parent(actor, asset):
    child = made(actor, "Graded electrolyte, divisional", filed=date(2025, 3, 3), number="EP25161234")
    services.link_add(actor=actor, asset=child, kind="divisional", other=asset)
    year = Deadline.objects.get(matter=child.matter, rule="EP-REN", ordinal="6")
    assert (year.nominal.year, year.nominal.month) == (2027, 2)


def test_impossible_links_are_refused(actor, asset):
    for values in (
        {"kind": "priority", "other": asset},
        {"kind": "priority"},
        {"kind": "priority", "office": "DE", "number": "1", "on": date(2023, 1, 1)},
    ):
        with pytest.raises(ValidationError):
            services.link_add(actor=actor, asset=asset, **values)


def test_costs_are_minor_units_of_their_currency(actor, asset):
    form = forms.CostForm({"on": "2026-03-18", "kind": "official", "currency": "jpy", "amount": "94000"})
    assert form.is_valid() and form.cleaned_data["amount"] == 94_000
    assert not forms.CostForm({"on": "2026-03-18", "kind": "official", "currency": "JPY", "amount": "10.5"}).is_valid()
    cost = services.cost_add(actor=actor, asset=asset, on=date(2026, 3, 18), kind="official", amount=100_000, currency="EUR")
    services.part_remove(actor=actor, asset=asset, part="costs", pk=cost.pk)
    assert not Cost.objects.exists()


def test_parts_of_another_asset_cannot_be_taken_off(actor, asset):
    from django.http import Http404

    cost = services.cost_add(actor=actor, asset=asset, on=date(2026, 3, 18), kind="official", amount=1, currency="EUR")
    with pytest.raises(Http404):
        services.part_remove(actor=actor, asset=made(actor, "Other", number="EP22150999"), part="costs", pk=cost.pk)


def test_own_fields_are_typed_and_kept_when_they_go(actor, asset):
    preferences.choose("assets.fields", ["Project code", "Review on: date", "Value: choice low, high", "Licensed: yes/no"], actor=actor)
    data = {"title": "T", "right": "patent", "office": "EP", "status": "pending", "own_project_code": "X-7", "own_review_on": "2027-01-31", "own_value": "high", "own_licensed": "on",
            "tags": "battery, solid state, battery", "titles": "zh-hans: 固态电解质"}  # fmt: skip
    form = forms.AssetForm(data, instance=asset)
    assert form.is_valid(), form.errors
    asset = services.asset_update(actor=actor, obj=asset, **form.cleaned_data)
    assert asset.custom == {"Project code": "X-7", "Review on": "2027-01-31", "Value": "high", "Licensed": True}
    assert asset.tags == ["battery", "solid state"] and asset.titles == {"zh-hans": "固态电解质"}
    assert not forms.AssetForm(data | {"own_value": "middling"}, instance=asset).is_valid()
    preferences.choose("assets.fields", ["Project code"], actor=actor)
    form = forms.AssetForm(data | {"own_project_code": "X-8"}, instance=asset)
    assert form.is_valid() and form.cleaned_data["custom"]["Review on"] == "2027-01-31"


@pytest.mark.parametrize("line", ["", ": date", "Value: choice", "Value: colour", "Same\nSame"])
def test_own_fields_that_are_none_are_refused(line):
    with pytest.raises(ValidationError):
        forms.own_fields(line.split("\n") if "\n" in line else [line])


def test_tags_find_their_assets_in_any_script(actor, asset):
    services.asset_update(actor=actor, obj=asset, tags=["battery", "固态"])
    made(actor, "Other", number="EP22150999", tags=["bat"])
    for tag in ("battery", "固态"):
        assert list(selectors.tagged(Asset.objects.all(), tag)) == [Asset.objects.get(pk=asset.pk)]
    assert selectors.tagged(Asset.objects.all(), "batter").count() == 0


@pytest.mark.parametrize("right", [value for value in Right.values if value not in ("unitary", "spc")])
def test_every_kind_of_right_is_added_with_its_docket(actor, right):
    office = "EM" if right in ("trade_mark", "design", "plant_variety") else "CN"
    asset = made(actor, f"A {right}", office=office, right=right, filed=date(2024, 3, 5))
    assert asset.matter.right == right and asset.next_due_on is None or asset.next_due_on > date.today() - timedelta(days=4000)


def test_a_family_is_named_by_its_reference(actor, asset):
    family = services.family_create(actor=actor, title="Electrolytes")
    assert family.reference.startswith("F-")
    form = forms.AssetForm({"title": "T", "right": "patent", "office": "EP", "status": "pending", "family": family.reference}, instance=asset)
    assert form.is_valid()
    assert services.asset_update(actor=actor, obj=asset, **form.cleaned_data).family == family
    assert forms.AssetForm(instance=Asset.objects.get(pk=asset.pk))["family"].value() == family.reference
    assert not forms.AssetForm({"title": "T", "right": "patent", "office": "EP", "status": "pending", "family": "F-none"}, instance=asset).is_valid()
    services.family_update(actor=actor, obj=family, title="Solid electrolytes")
    assert Family.objects.get().title == "Solid electrolytes"


def test_who_typed_the_filing_date_cannot_confirm_what_follows(actor, asset, make_actor):
    preferences.choose("docket.second_person", True, actor=actor)
    row = Deadline.objects.filter(matter=asset.matter, rule="EP-REN").first()
    with pytest.raises(access.Refused, match="You recorded"):
        docket.deadline_confirm(actor=actor, obj=row)
    assert docket.deadline_confirm(actor=make_actor("office"), obj=row).confirmed_by_id


def test_an_inventor_sees_and_answers_for_their_own_only(actor, asset, make_actor, django_user_model):
    inventor = make_actor("inventor")
    person = people.person_create(actor=actor, name="Hanna", user=django_user_model.objects.get(pk=inventor.user_id))
    other = made(actor, "Other", number="EP22150999")
    services.inventors_set(actor=actor, asset=asset, shares=[(person, None)])
    assert Inventorship.objects.count() == 1 and list(in_sight(inventor, Asset.objects.all())) == [asset]
    row = docket.deadline_instruct(
        actor=actor, obj=Deadline.objects.filter(matter=asset.matter, rule="EP-REN", waiting=True).first(), instruction="ask"
    )
    assert docket.deadline_answer(actor=inventor, obj=row, answer="keep", why="A licensee asks.").why == f"{inventor.name}: keep it. A licensee asks."
    from django.http import Http404

    with pytest.raises(Http404):
        docket.deadline_answer(actor=inventor, obj=Deadline.objects.filter(matter=other.matter).first(), answer="keep")


def test_confidential_documents_stay_with_office_and_director(actor, asset, make_actor, settings, tmp_path, client):
    settings.MEDIA_ROOT = tmp_path
    document = services.attach(actor=actor, obj=asset, file=ContentFile(b"plain words", name="opinion.txt"), title="Opinion", confidential=True)
    for role, count in (("director", 1), ("auditor", 0)):
        assert access.visible(make_actor(role), type(document).objects.all()).count() == count
    # gaps name the assets that lack something
    assert next(gap for gap in selectors.gaps(actor) if "agent" in gap.title).count == 1


def test_forecast_by_family_names_the_family(actor, asset):
    services.family_join(actor=actor, obj=asset, into=Family(title="Electrolytes"))
    lines = selectors.cost_by_family(Deadline.objects.filter(matter=asset.matter).exclude(amount=None).order_by())
    assert lines and {line.of for line in lines} == {"Electrolytes"}


def test_an_asset_says_what_the_events_of_its_matter_say(actor, asset):
    from causeway.rooms.docket.ports import EventDraft

    def told():
        found = Asset.objects.get(pk=asset.pk)
        return found.published_on, found.granted_on, found.status

    published = docket.event_record(actor=actor, matter=asset.matter, draft=EventDraft("publication", date(2023, 8, 16)))
    granted = docket.event_record(actor=actor, matter=asset.matter, draft=EventDraft("grant", date(2025, 6, 4)))
    assert told() == (date(2023, 8, 16), date(2025, 6, 4), "granted")
    docket.event_record(actor=actor, matter=asset.matter, draft=EventDraft("grant", date(2025, 6, 11)), replaces=granted)
    assert told()[1] == date(2025, 6, 11)
    ended = docket.event_record(actor=actor, matter=asset.matter, draft=EventDraft("lapsed", date(2026, 3, 1)))
    assert told()[2] == "ended"
    docket.event_withdraw(actor=actor, event=ended, why="Restored")
    docket.event_withdraw(actor=actor, event=published, why="Wrong file")
    assert told() == (None, date(2025, 6, 11), "granted")
    docket.event_withdraw(actor=actor, event=asset.matter.events.get(kind="grant", current=True), why="Wrong file")
    assert told() == (None, None, "pending")


def test_a_confidential_pdf_shows_its_first_page_to_whom_may_see_it(actor, asset, make_user, settings, tmp_path, client):
    import typst

    settings.MEDIA_ROOT, settings.PREVIEW_ROOT = tmp_path / "files", tmp_path / "previews"
    paper = ContentFile(typst.compile(b"= Opinion"), name="opinion.pdf")
    document = services.attach(actor=actor, obj=asset, file=paper, title="Opinion", confidential=True)
    page = f"/assets/documents/{document.pk}/page.png"
    client.force_login(make_user("director"))
    assert page in client.get(f"/assets/documents/{document.pk}/preview/").content.decode()
    answer = client.get(page)
    assert answer["Content-Type"] == "image/png" and b"".join(answer.streaming_content).startswith(b"\x89PNG")
    client.force_login(make_user("auditor"))
    assert client.get(page).status_code == 404


def test_assets_join_a_new_family_at_once_and_leave_it_again(actor, asset, client, make_user):
    second, third = made(actor, "Second"), made(actor, "Third")
    client.force_login(make_user("office"))
    page, picks = reverse("kit:asset_bulk"), {"action": "join", "picks": f"{asset.pk},{second.pk}"}
    assert "2 records will change" in client.post(page, picks).content.decode()
    assert "Name a family that is here" in client.post(page, picks | {"sure": "1", "why": ""}).content.decode()
    assert client.post(page, picks | {"sure": "1", "title": "Electrolytes", "why": "One invention"}).status_code == 302
    family = Family.objects.get()
    assert family.title == "Electrolytes" and family.reference.startswith("F-2022-") and set(family.members.all()) == {asset, second}
    with pytest.raises(ValidationError, match="in a family already"):
        services.family_join(actor=actor, obj=second, into=family)
    services.family_join(actor=actor, obj=third, into=family)
    assert client.post(page, {"action": "leave", "picks": f"{asset.pk},{second.pk}", "sure": "1"}).status_code == 302  # the button that takes it back
    assert list(family.members.all()) == [third]
    services.family_leave(actor=actor, obj=third)
    assert not Family.objects.exists()


def test_a_number_with_a_wrong_check_digit_is_remarked_on_its_page(actor, client, make_user):
    client.force_login(make_user("office"))
    for number, wrong in (("EP22716490.2", False), ("EP22716482.4", True)):
        asset = services.asset_create(actor=actor, title="Pump", office="EP", right="patent", status="pending", number=number)
        assert ("The check digit should be 9, not 4" in client.get(reverse("kit:asset_detail", args=[asset.pk])).content.decode()) == wrong
    with pytest.raises(ValidationError, match=f"{asset.reference} is this application"):
        services.asset_create(actor=actor, title="Pump", office="EP", right="patent", status="pending", number="EP 22716482")


def test_the_form_of_owners_shows_every_one_of_them_and_keeps_who_is_not_touched(actor, asset, client, make_user):
    own = asset.university.name
    services.owners_name(actor=actor, obj=asset, shares=[(own, None), *((f"Institute {n}", None) for n in range(1, 20))], add=True)
    client.force_login(make_user("office", email="owners@example.org"))
    form = client.get(reverse("assets:part", args=[asset.pk, "owners"])).context["form"]
    shown = [(name.value(), part.value()) for name, part in form.rows()]
    assert [name for name, _part in shown if name] == [own, *(f"Institute {n}" for n in range(1, 20))] and len(shown) > 20
    sent = {f"name_{n}": name or "" for n, (name, _part) in enumerate(shown, 1)} | {f"share_{n}": "" for n in range(1, len(shown) + 1)}
    assert client.post(reverse("assets:part", args=[asset.pk, "owners"]), sent).status_code == 302
    assert asset.ownerships.filter(ends_on=None).count() == 20


@pytest.mark.parametrize("sent", ["name_999999999", "name_x", "name_"])
def test_the_form_of_owners_takes_no_more_rows_than_it_says(sent):
    assert forms.OwnersForm({sent: "Veldhoven"}).places <= forms.OwnersForm.MOST


def test_the_pages_of_an_organisation_and_a_unit_lead_to_their_assets(actor, client, make_user):
    agent, owner = people.organisation_create(actor=actor, name="Brandt", kind="agent"), people.organisation_create(actor=actor, name="Veldhoven", kind="university")
    unit = people.unit_create(actor=actor, name="Photonics", code="PHO")
    of_agent, owned, other = made(actor, "Of the agent", agent=agent, unit=unit), made(actor, "Owned too", filed=date(2023, 1, 9)), made(actor, "Neither", filed=date(2024, 1, 9))
    services.owners_name(actor=actor, obj=owned, shares=[("Veldhoven", Fraction(1))])
    client.force_login(make_user("office", email="reader@example.org"))
    page = client.get(reverse("kit:organisation_detail", args=[agent.pk])).content.decode()
    assert of_agent.title in page and owned.title not in page and other.title not in page
    page = client.get(reverse("kit:organisation_detail", args=[owner.pk])).content.decode()
    assert owned.title in page and of_agent.title not in page and other.title not in page
    page = client.get(reverse("kit:unit_detail", args=[unit.pk])).content.decode()
    assert f'{reverse("kit:asset_list")}?unit={unit.pk}' in page and 'cw-meta">1</span>' in page
    client.force_login(make_user("administrator", email="keeper@example.org"))
    page = client.get(reverse("kit:organisation_detail", args=[agent.pk])).content.decode()
    assert of_agent.title not in page and reverse("kit:asset_list") + "?unit" not in client.get(reverse("kit:unit_detail", args=[unit.pk])).content.decode()


def test_what_would_be_taken_off_is_shown_before_it_is(actor, asset, client, make_user):
    note = services.note_add(actor=actor, asset=asset, text="First line\nThe agent called about claim 3")
    for n in range(15):
        services.cost_add(actor=actor, asset=asset, on=date(2026, 1, 1) + timedelta(days=n), kind="official", amount=100_00 + n, currency="EUR")
    client.force_login(make_user("office", email="reader@example.org"))
    page = client.get(reverse("assets:part_remove", args=[asset.pk, "notes", note.pk])).content.decode()
    assert "The agent called about claim 3" in page
    assert client.get(reverse("assets:part_remove", args=[asset.pk, "notes", note.pk + 1])).status_code == 404
    page = client.get(reverse("kit:asset_detail", args=[asset.pk])).content.decode()
    assert all(f"€100.{n:02d}" in page for n in range(15)) and "3 more" in page
