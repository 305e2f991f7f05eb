"""A role within a unit: what it sees is what the whole university sees of that unit, and no page, file, feed, counter or refusal tells of more."""

from __future__ import annotations

import re
from datetime import date, timedelta
from fractions import Fraction

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from causeway.frame import access, audit, preferences, trash
from causeway.frame.access import Refused
from causeway.frame.models import ApiToken, AuditEntry, Grant, User
from causeway.kit.resource import named, resources
from causeway.rooms.assets import services as assets
from causeway.rooms.assets.models import Asset, Cost, Document, Family, Inventorship, Link, Note, Ownership
from causeway.rooms.docket import feeds, reminders
from causeway.rooms.docket import selectors as docket_reads
from causeway.rooms.docket import services as docket
from causeway.rooms.docket.models import Deadline, Matter, MatterEvent, OrderList, Refusal, Reminder
from causeway.rooms.people import services as people
from causeway.rooms.people.models import Organisation, Person, Unit
from causeway.rooms.people.selectors import units_below
from tests.test_access_matrix import closed, fill, methods, routes

pytestmark = pytest.mark.django_db

ROLES = ("office", "director", "auditor")
#: What names the other unit's records alone.
SECRET = re.compile(r"xylophage|22716482|NBU-Z", re.IGNORECASE)
TODAY = date.today()


@pytest.fixture
def units(university):
    """Physics with Optics below it and Lasers below that; Medicine beside it."""
    actor = access.system(university)
    made = {}
    for code, above in (("PHY", None), ("OPT", "PHY"), ("LAS", "OPT"), ("MED", None)):
        made[code] = people.unit_create(actor=actor, code=code, name=f"Unit {code}", parent=made.get(above))
    return made


@pytest.fixture
def holder(university, make_user):
    """Gives a person roles, each of the whole university or within a unit, and answers the person as an actor."""

    def give(*held, user=None):
        user = user or make_user(None, email=f"held{User.objects.count()}@example.org", name="Sam Scout")
        for role, unit in held:
            Grant.objects.create(user=user, university=university, role=role, unit=unit.pk if unit else None)
        return access.actor_of(user, university)

    return give


def signed(client, actor):
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


def make(university, unit, title, number="", **more):
    """An asset of a unit with all that can hang on it."""
    actor = access.system(university)
    reference = more.pop("reference", f"NBU-{title.split()[0]}")
    asset = assets.asset_create(
        actor=actor, reference=reference, title=title, office="EP", right="patent", number=number, status="pending", unit=unit, filed_on=TODAY - timedelta(days=1000),
        tags=[f"{title.split()[0]}-tag"], known_since=TODAY - timedelta(days=1000), **more,
    )  # fmt: skip
    word = title.split()[0]
    assets.owners_name(actor=actor, obj=asset, shares=[(f"{word} Owner", Fraction(1))], add=True)
    assets.inventors_name(actor=actor, obj=asset, shares=[(f"{word} Inventor", None)], add=True)
    assets.cost_add(actor=actor, asset=asset, on=TODAY, kind="official", amount=12345, currency="EUR", note=f"{word} cost")
    assets.note_add(actor=actor, asset=asset, text=f"{word} note")
    for confidential in (False, True):
        assets.attach(actor=actor, obj=asset, file=ContentFile(b"words", name=f"{word}.txt"), title=f"{word} file {confidential}", confidential=confidential)
    return assets.family_join(actor=actor, obj=asset, into=Family(title=f"{word} family"))


def instructed(asset, university):
    """Two fees of an asset, instructed; they are on no list yet."""
    rows = list(Deadline.objects.filter(matter=asset.matter, waiting=True).exclude(amount=None)[:2])
    assert len(rows) == 2
    for row in rows:
        docket.deadline_instruct(actor=access.system(university), obj=row, instruction="pay")
    return [row.pk for row in rows]


@pytest.fixture
def ours(university, units):
    """An asset of Optics, which lies in Physics."""
    return make(university, units["OPT"], "Nearfield lens", "EP21700001")


@pytest.fixture
def theirs(university, units):
    """The records of Medicine, and of no unit, that nothing may tell of."""
    return made_elsewhere(university, units)


def made_elsewhere(university, units):
    actor = access.system(university)
    made = make(university, units["MED"], "Xylophage serum", "EP22716482", confidential=True, reference="NBU-Z1")
    make(university, None, "Xylophage2 of no unit", reference="NBU-Z2")
    trashed = make(university, units["MED"], "Xylophage3 in the trash", reference="NBU-Z3")
    trash.put(actor=actor, obj=trashed)
    docket.orders_make(actor=actor, ids=instructed(made, university), on=TODAY)
    row = Deadline.objects.filter(matter=made.matter, waiting=True).first()
    with audit.batch(by=actor, verb="reminder.send", objects=1) as work:
        work.add([Reminder(deadline=row, due=row.due, days=7, sent_on=TODAY, sent_to=[])])
        work.add([Refusal(matter=made.matter, rule="EP-OA", reason="Xylophage")])
    account = User.objects.create(email="held@example.org", name="Xylophage Account")
    person = people.person_create(actor=actor, name="Xylophage Holder", unit=units["MED"], user=account)
    docket.deadline_reassign(actor=actor, obj=row, holder=person)
    people.organisation_create(actor=actor, name="Xylophage Agents", kind="agent")
    return made


# --- what is seen ---------------------------------------------------------------------------------------------------------------------------

#: How each kind of record leads to its unit.
PATHS = {
    Asset: "unit", Ownership: "asset__unit", Inventorship: "asset__unit", Link: "asset__unit", Cost: "asset__unit", Document: "asset__unit", Note: "asset__unit",
    Matter: "unit", MatterEvent: "matter__unit", Deadline: "matter__unit", Refusal: "matter__unit", Reminder: "deadline__matter__unit",
}  # fmt: skip


def keys(rows):
    found = list(rows.values_list("pk", flat=True))
    assert len(found) == len(set(found)), "a record comes twice"
    return set(found)


def portfolio(university, units):
    """Assets over all units and none, families across them."""
    actor, shared = access.system(university), Family(title="Shared")
    for number, code in enumerate(("PHY", "OPT", "LAS", "MED", None, "MED", "LAS")):
        one = make(university, units.get(code), f"Thing{number} made")
        if number in (2, 3):
            assets.family_leave(actor=actor, obj=one)
            assets.family_join(actor=actor, obj=Asset.objects.get(pk=one.pk), into=shared)


@pytest.mark.parametrize("role", ROLES)
def test_a_unit_sees_of_everything_what_the_whole_sees_of_it(university, units, holder, role):
    portfolio(university, units)
    wide = holder((role, None))
    for given, held in ((["PHY"], {"PHY", "OPT", "LAS"}), (["OPT"], {"OPT", "LAS"}), (["LAS"], {"LAS"}), (["MED"], {"MED"}), (["LAS", "MED"], {"LAS", "MED"})):
        actor, inside = holder(*((role, units[code]) for code in given)), [units[code] for code in held]
        assert not actor.roles and actor.within(*ROLES) == tuple(sorted(unit.pk for unit in inside))
        for model, path in PATHS.items():
            assert keys(access.visible(actor, model.objects.all())) == keys(access.visible(wide, model.objects.all()).filter(**{f"{path}__in": inside})), (model, given)
        own = Asset.objects.filter(unit__in=inside)
        assert keys(access.visible(actor, Family.objects.all())) == set(own.values_list("family", flat=True))
        assert keys(access.visible(actor, Person.objects.all())) == set(own.values_list("inventorships__person", flat=True))
        assert keys(access.visible(actor, Organisation.objects.all())) == set(own.values_list("ownerships__organisation", flat=True))


def test_confidential_files_are_for_office_and_director_of_the_unit(university, units, ours, theirs, holder):
    def files(*held):
        return set(access.visible(holder(*held), Document.objects.all()).values_list("asset__unit__code", "confidential"))

    assert files(("office", units["PHY"])) == files(("director", units["PHY"])) == {("OPT", False), ("OPT", True)}
    assert files(("auditor", units["PHY"])) == {("OPT", False)}
    assert files(("auditor", None), ("office", units["PHY"])) == {("OPT", False), ("OPT", True), ("MED", False), (None, False)}
    assert files(("auditor", units["MED"]), ("office", units["PHY"])) == {("OPT", False), ("OPT", True), ("MED", False)}


def test_an_inventor_with_a_role_in_a_unit_sees_both(university, units, ours, theirs, make_user, holder):
    user = make_user("inventor")
    person = people.person_create(actor=access.system(university), name="Ina Vent", user=user)
    assets.inventors_set(actor=access.system(university), asset=theirs, shares=[(person, None)])
    actor = holder(("auditor", units["PHY"]), user=user)
    assert keys(access.visible(actor, Asset.objects.all())) == {ours.pk, theirs.pk}
    assert set(access.visible(actor, Document.objects.all()).values_list("confidential", flat=True)) == {False}


def test_an_order_list_is_seen_where_every_line_is_the_units(university, units, ours, theirs, holder):
    alone = docket.orders_make(actor=access.system(university), ids=instructed(ours, university), on=TODAY)
    mixed = OrderList.objects.create(number="ORD-MIX", made_on=TODAY, lines=[*alone[0].lines, {**alone[0].lines[0], "reference": theirs.reference}], university=university)
    empty = OrderList.objects.create(number="ORD-NONE", made_on=TODAY, lines=[], university=university)
    actor = holder(("office", units["PHY"]))
    assert keys(access.visible(actor, OrderList.objects.all())) == {alone[0].pk}
    docket.order_cancel(actor=actor, obj=alone[0], why="Paid by hand")
    both = holder(("auditor", None), ("office", units["PHY"]))
    for order in (mixed, empty):
        with pytest.raises(Refused, match="limited to a unit"):
            docket.order_cancel(actor=both, obj=order, why="No")


def test_who_holds_a_role_everywhere_asks_as_before(university, units, ours, holder):
    """No statement more and none other: the rows come back as they were given."""
    for role in ROLES:
        actor = holder((role, None))
        for model in PATHS:
            rows = model.objects.all()
            if model is not Document or role != "auditor":
                assert access.visible(actor, rows) is rows
        with CaptureQueriesContext(connection) as asked:
            again = access.actor_of(User.objects.get(pk=actor.user_id), university)
            access.may(again, "asset.update", ours)
            access.seen_among(again, Asset, [ours.pk])
            university.refresh_from_db()
        assert len(asked) == 4  # the user, the grants, the university (twice)


def test_the_tree_is_that_of_today_and_a_unit_that_is_gone_opens_nothing(university, units, ours, holder):
    physics, optics = units["PHY"].pk, units["OPT"].pk
    assert units_below(university.pk, {physics, 999_999}) == {physics: {physics, optics, units["LAS"].pk}}
    actor = holder(("office", units["PHY"]))
    people.unit_update(actor=access.system(university), obj=units["OPT"], code="OPT", name="Optics", parent=units["MED"])
    assert access.actor_of(User.objects.get(pk=actor.user_id), university).within("office") == (physics,)
    gone = holder()
    assert gone is None
    user = User.objects.create(email="gone@example.org")
    Grant.objects.create(user=user, university=university, role="office", unit=999_999)
    lost = access.actor_of(user, university)
    assert (lost.roles, lost.units) == (frozenset(), ()) and not access.visible(lost, Asset.objects.all()).exists()
    assert not access.may(lost, "asset.view").allowed and not access.may(lost, "today.view").allowed


def test_a_tree_that_loops_is_walked_once(university, units):
    Unit.objects.filter(pk=units["PHY"].pk).update(parent=units["LAS"])
    everything = {units[code].pk for code in ("PHY", "OPT", "LAS")}
    assert units_below(university.pk, {units["OPT"].pk}) == {units["OPT"].pk: everything}


# --- pages, files, feeds: nothing of others -----------------------------------------------------------------------------------------------


def addresses(ours):
    """Every page without a number, every list with its files, words and orders, and the pages of our own records."""
    found = [fill(name, pattern, 0) for name, _path, pattern in routes() if closed(name, pattern) and not pattern.pattern.converters]
    for one in resources():
        lists = [reverse(one.route_list), reverse(f"api:{one.key}_collection")]
        words = [f"{url}?q={word}" for url in lists for word in ("xylophage", "22716482", "nearfield")]
        found += [*lists, *words, *(f"{lists[0]}?export={kind}" for kind in ("csv", "json")), f"{lists[0]}?trash=1"]
        found += [f"{lists[0]}?sort=-{column.name}" for column in one.columns if column.sort]
    pages = [reverse("docket:docket"), reverse("docket:renewals")]
    found += [f"{page}?export={kind}" for page in pages for kind in ("csv", "json")] + [f"{page}?rows=all" for page in pages]
    found += [f"{pages[0]}?tab={tab}" for tab in ("mine", "late", "instruct", "asked", "unverified", "confirm", "all")] + [f"{pages[0]}?q=xylophage", f"{pages[0]}?q=nearfield"]
    found += [f"{pages[1]}?by={by}" for by in ("unit", "family")] + ["/docket/missing/?export=csv", "/docket/record/?q=xylophage", "/docket/board/?whose=mine"]
    found += [f"{reverse('search')}?q={word}" for word in ("xylophage", "22716482", "nearfield", "NBU")]
    row, event = Deadline.objects.filter(matter=ours.matter).first(), MatterEvent.objects.filter(matter=ours.matter).first()
    own = {"asset": ours, "family": ours.family, "deadline": row, "event": event, "person": ours.inventorships.get().person, "organisation": ours.ownerships.get().organisation}
    for key, obj in own.items():
        found += [reverse(f"kit:{key}_detail", args=[obj.pk]), reverse(f"kit:{key}_history", args=[obj.pk]), reverse(f"api:{key}", args=[obj.pk])]
        found += [reverse(f"kit:{key}_action", args=[obj.pk, action.key]) for action in named(key).actions]
        found += [reverse(f"kit:{key}_edit", args=[obj.pk])] if named(key).update else []
    found += [reverse("docket:matter", args=[ours.matter_id]), reverse("docket:record", args=[ours.matter_id]), reverse("docket:facts", args=[ours.matter_id])]
    return list(dict.fromkeys(found)) + [reverse("assets:part", args=[ours.pk, part]) for part in ("owners", "inventors", "links", "costs")]


def bare(response):
    """What came back, without what differs each time."""
    body = (b"".join(response.streaming_content) if response.streaming else response.content).decode(errors="replace")
    return response.status_code, re.sub(r'csrfmiddlewaretoken" value="[^"]+"|DTSTAMP:\S+|value="\d{4}-\d\d-\d\dT[^"]*"', "", body)


@pytest.mark.parametrize("role", ROLES)
def test_nothing_made_elsewhere_changes_a_letter_of_what_a_unit_reads(client, university, units, ours, holder, role):
    """No title, no count, no choice of a form: every page, file and feed is the same before the other unit has its records and after."""
    preferences.choose("docket.second_person", True, actor=access.system(university))
    actor = holder((role, units["PHY"]))
    signed(client, actor)
    secret = feeds.make(actor=actor, name="All", whole=True)
    urls = [*addresses(ours), reverse("docket:feed", args=[secret])]
    assert len(urls) > 200
    before = {url: bare(client.get(url)) for url in urls}
    letter = reminders.summary(actor, TODAY)
    assert sum(status == 200 for status, _body in before.values()) > 100
    assert "Nearfield" in before[reverse("kit:asset_list")][1] and "Nearfield" in before[f"{reverse('search')}?q=nearfield"][1]
    made_elsewhere(university, units)
    after = {url: bare(client.get(url)) for url in urls}
    assert [url for url in urls if before[url] != after[url]] == []
    assert reminders.summary(actor, TODAY) == letter


@pytest.mark.parametrize("role", ROLES)
def test_shared_families_and_links_tell_of_nothing_beyond_the_unit(client, university, units, ours, theirs, holder, role):
    system = access.system(university)
    assets.family_leave(actor=system, obj=Asset.objects.get(pk=theirs.pk))
    assets.family_join(actor=system, obj=Asset.objects.get(pk=theirs.pk), into=ours.family)
    assets.link_add(actor=system, asset=ours, kind="divisional", other=theirs)
    assets.link_add(actor=system, asset=theirs, kind="divisional", other=ours)
    signed(client, holder((role, units["PHY"])))
    for url in addresses(ours):
        body = bare(client.get(url))[1].replace("q=xylophage", "").replace('value="xylophage"', "").replace("q=22716482", "").replace('value="22716482"', "")
        if "xylophage" not in url and "22716482" not in url:  # a page that was asked for the words says them again
            assert not SECRET.search(body), url
    tree = client.get(reverse("kit:family_detail", args=[ours.family_id])).context["panels"][0]
    assert (tree["count"], len(tree["tree"])) == (1, 1)
    page = client.get(reverse("kit:asset_detail", args=[ours.pk])).content.decode()
    assert "a record out of your sight" in page and reverse("kit:asset_detail", args=[theirs.pk]) not in page


def numbers(theirs):
    """A record of the other unit for each kind that an address can name."""
    matter = theirs.matter
    return {
        Asset: theirs, Matter: matter, Deadline: matter.deadlines.first(), MatterEvent: matter.events.first(), Family: theirs.family, OrderList: OrderList.objects.first(),
        Document: theirs.documents.first(), Person: theirs.inventorships.get().person, Organisation: theirs.ownerships.get().organisation,
    }  # fmt: skip


#: No record has this number.
ABSENT = 987_654


@pytest.mark.parametrize("role", ROLES)
def test_a_record_of_another_unit_is_answered_like_one_that_is_not_there(client, university, units, ours, theirs, holder, role, monkeypatch):
    """Every address with a number in it, by every method: the same answer, letter by letter, for the number of the other unit's record and for none's."""
    monkeypatch.setattr("causeway.kit.api.pace.wait", lambda *_args: 0)
    client = signed(client, holder((role, units["PHY"])))
    by_key, held, tried, entries = {one.key: one for one in resources()}, numbers(theirs), [], AuditEntry.objects.count()
    places = {"docket/matters/": Matter, "docket/events/": MatterEvent, "docket/orders/": OrderList, "docket/proofs/": Deadline, "assets/documents/": Document, "assets/<": Asset}
    for name, path, pattern in routes():
        if "pk" not in pattern.pattern.converters or not closed(name, pattern):
            continue
        resource = by_key.get(name.partition(":")[2].partition("_")[0]) if name.startswith(("kit:", "api:")) else None
        model = resource.model if resource else next((model for start, model in places.items() if path.startswith(start)), None)
        keys_of = [action.key for action in resource.actions] if resource and name.endswith(("_action", "_do")) else [None]
        for key in keys_of if model in held else ():
            urls = [fill(name, pattern, pk) if key is None else reverse(name, kwargs={"pk": pk, "key" if name.endswith("_action") else "name": key}) for pk in (held[model].pk, ABSENT)]
            tried += [(method, *urls) for method in methods(name)]
    assert len(tried) > 150
    for method, url, absent in tried:
        sent = {"data": "{}", "content_type": "application/json"} if url.startswith("/api/") and method != "get" else {}
        there, nowhere = (bare(getattr(client, method)(one, **sent)) for one in (url, absent))
        assert there[0] in (403, 404, 405), f"{method} {url} answered {there[0]}"
        assert there == (nowhere[0], nowhere[1].replace(absent, url)), f"{method} {url}"
    assert AuditEntry.objects.count() == entries


def test_rooms_that_have_not_spoken_open_no_more_than_to_anybody(client, university, units, ours, holder):
    """What a role within a unit opens is what a room names, and what every role may do."""
    everyone = {action for action, roles in access.actions().items() if roles >= {*access.Role.values}}
    for role in ROLES:
        actor = holder((role, units["PHY"]))
        opened = {action for action in access.actions() if access.may(actor, action).allowed}
        assert {action.partition(".")[0] for action in opened - everyone} <= {"asset", "family", "matter", "event", "deadline", "refusal", "orderlist", "feed", "person", "organisation", "unit"}
        assert not opened & {"asset.import", "asset.import_each", "matter.replay", "matter.recompute", "audit.view", "work.view", "university.configure", "person.erase",
                             "unit.create", "organisation.create", "policy.view", "pack.view", "offer.view", "case.view", "member.view"}  # fmt: skip
        signed(client, actor)
        for name in ("docket:law", "assets:imports", "accounts:log", "accounts:work", "accounts:members", "kit:policy_list", "kit:offer_list"):
            assert client.get(reverse(name)).status_code == 403, name


# --- what is done -------------------------------------------------------------------------------------------------------------------------


def test_the_office_of_a_unit_works_on_its_records_and_on_no_others(university, units, ours, theirs, holder):
    actor = holder(("office", units["PHY"]))
    row, other = (Deadline.objects.filter(matter=one.matter, waiting=True).exclude(amount=None).last() for one in (ours, theirs))
    values = {name: getattr(ours, name) for name in ("title", "office", "right", "number", "unit", "filed_on")}
    assert assets.asset_update(actor=actor, obj=ours, **values | {"title": "Nearfield lens, coated"}).title == "Nearfield lens, coated"
    assert docket.deadline_instruct(actor=actor, obj=row, instruction="pay").state == "instructed"
    assert len(docket.orders_make(actor=actor, ids=[row.pk], on=TODAY)) == 1
    assert docket.orders_make(actor=actor, ids=[row.pk], on=TODAY) == [], "an agent is told once"
    docket.matter_facts(actor=actor, matter=Matter.objects.get(pk=ours.matter_id), facts={"claims": "12"})  # computed anew without the right to compute all
    docket.deadline_done(actor=actor, obj=Deadline.objects.get(pk=row.pk), done_on=TODAY)
    assets.note_add(actor=actor, asset=ours, text="Seen")
    assets.asset_end(actor=actor, obj=Asset.objects.get(pk=ours.pk), kind="abandoned", on=TODAY, why="No use")
    with pytest.raises(Http404):
        docket.deadline_instruct(actor=actor, obj=other, instruction="pay")
    with pytest.raises(Http404):
        assets.asset_update(actor=actor, obj=theirs, title="Taken")


def test_who_sees_all_and_works_in_a_unit_is_told_why_not_elsewhere(university, units, ours, theirs, holder):
    actor = holder(("auditor", None), ("office", units["PHY"]), ("director", units["MED"]))
    row = Deadline.objects.filter(matter=theirs.matter, waiting=True).exclude(amount=None).last()
    with pytest.raises(Refused, match="limited to a unit"):
        assets.asset_update(actor=actor, obj=theirs, title="Taken")
    docket.deadline_instruct(actor=actor, obj=row, instruction="pay")  # a director's act
    with pytest.raises(Refused, match="limited to a unit"):
        docket.orders_make(actor=actor, ids=[row.pk], on=TODAY)
    assert not access.may(actor, "matter.update", theirs.matter).allowed and access.may(actor, "matter.update", ours.matter).allowed


@pytest.mark.parametrize(("role", "done"), [("director", {"instruct"}), ("auditor", set())])
def test_a_role_within_a_unit_does_what_the_role_does(university, units, ours, holder, role, done):
    actor, row = holder((role, units["OPT"])), Deadline.objects.filter(matter=ours.matter, waiting=True).first()
    assert {verb for verb in ("instruct", "done", "waive", "extend", "reassign") if access.may(actor, f"deadline.{verb}", row).allowed} == done
    assert not access.may(actor, "asset.update", ours).allowed and access.may(actor, "asset.view").allowed


def test_what_is_added_is_of_the_unit_and_nothing_is_moved_out_of_it(client, university, units, ours, holder):
    actor = holder(("office", units["PHY"]))
    new = {"title": "New grating", "office": "EP", "right": "patent", "number": "", "status": "pending"}
    for unit in (None, units["MED"]):
        with pytest.raises(Refused, match="limited to a unit"):
            assets.asset_create(actor=actor, unit=unit, **new)
        with pytest.raises(Refused, match="limited to a unit"):
            assets.asset_update(actor=actor, obj=ours, unit=unit)
    signed(client, actor)
    field = client.get(reverse("kit:asset_new")).context["form"].fields["unit"]
    assert (field.initial, field.required, set(field.queryset)) == (units["PHY"].pk, True, {units[code] for code in ("PHY", "OPT", "LAS")})
    assert client.post(reverse("kit:asset_new"), new | {"unit": ""}).status_code == 422
    assert client.post(reverse("kit:asset_new"), new | {"unit": units["MED"].pk}).status_code == 422
    assert client.post(reverse("kit:asset_new"), new | {"unit": units["LAS"].pk}).status_code == 302
    made = Asset.objects.get(title="New grating")
    assert (made.unit, made.matter.unit) == (units["LAS"], units["LAS"])
    moved = {name: value for name, value in new.items() if name != "number"} | {"unit": units["OPT"].pk}
    assert client.post(reverse("kit:asset_edit", args=[made.pk]), moved).status_code == 302  # within the unit
    assert client.post(reverse("api:asset_collection"), {**new, "unit": units["MED"].pk}, content_type="application/json").status_code in (403, 422)
    wide = holder(("office", None))
    assert assets.asset_update(actor=wide, obj=Asset.objects.get(pk=made.pk), unit=units["MED"]).unit == units["MED"]


def test_people_of_the_unit_are_its_offices_and_those_its_records_name_are_read(university, units, ours, holder):
    actor, named_there = holder(("office", units["PHY"])), ours.inventorships.get().person
    made = people.person_create(actor=actor, name="Lena Lens", unit=units["LAS"])
    assert people.person_update(actor=actor, obj=made, name="Lena Linse", unit=units["OPT"]).name == "Lena Linse"
    for act in (
        lambda: people.person_create(actor=actor, name="Max Med", unit=units["MED"]), lambda: people.person_create(actor=actor, name="Nobody", unit=None),
        lambda: people.person_update(actor=actor, obj=made, unit=None), lambda: people.person_update(actor=actor, obj=named_there, email="x@example.org"),
        lambda: people.organisation_create(actor=actor, name="Firm"), lambda: people.unit_create(actor=actor, code="X", name="X"),
    ):  # fmt: skip
        with pytest.raises(Refused):
            act()


def test_a_family_across_units_is_changed_by_the_whole_universitys_office(university, units, ours, theirs, holder):
    actor, system = holder(("office", units["PHY"])), access.system(university)
    assert assets.family_update(actor=actor, obj=ours.family, title="Lenses").title == "Lenses"
    with pytest.raises(Refused, match="Put an asset"):
        assets.family_create(actor=actor, title="Empty")
    own = make(university, units["OPT"], "Second lens")
    assets.family_leave(actor=actor, obj=Asset.objects.get(pk=own.pk))
    assert assets.family_join(actor=actor, obj=Asset.objects.get(pk=own.pk), into=Family(title="New lenses")).family.title == "New lenses"
    assets.family_leave(actor=system, obj=Asset.objects.get(pk=theirs.pk))
    assets.family_join(actor=system, obj=Asset.objects.get(pk=theirs.pk), into=ours.family)
    with pytest.raises(Refused, match="limited to a unit"):
        assets.family_update(actor=actor, obj=ours.family, title="Ours alone")


def test_a_refusal_names_nothing_that_is_out_of_sight(client, university, units, ours, theirs, holder):
    signed(client, holder(("office", units["PHY"])))
    asked = {
        reverse("kit:asset_new"): {"title": "Again", "office": "EP", "right": "patent", "number": theirs.number, "status": "pending", "unit": units["PHY"].pk},
        reverse("assets:part", args=[ours.pk, "links"]): {"kind": "divisional", "other": theirs.reference},
        reverse("kit:event_new"): {"matter": theirs.reference, "kind": "filing", "on": "2024-01-02"},
    }
    for url, data in asked.items():
        response = client.post(url, data)
        assert response.status_code == 422, url
        assert "Xylophage" not in response.content.decode()
    assert theirs.reference not in client.post(reverse("kit:asset_new"), asked[reverse("kit:asset_new")]).content.decode()
    assets.family_leave(actor=access.system(university), obj=Asset.objects.get(pk=ours.pk))
    join = reverse("kit:asset_action", args=[ours.pk, "join"])
    there, absent = (client.post(join, {"family": text}) for text in (theirs.family.reference, "F-1999-999"))
    assert there.status_code == absent.status_code == 422 and "There is no family" in there.content.decode()


def test_all_of_a_list_means_all_of_the_unit(client, university, units, ours, theirs, holder):
    signed(client, holder(("office", units["PHY"])))
    sent = {"action": "instruct", "every": "1", "sure": "1", "instruction": "ask", "query": "state=waiting"}
    assert client.post(reverse("kit:deadline_bulk"), sent).status_code == 302
    asked = Deadline.objects.filter(instruction="ask")
    assert asked.exists() and set(asked.values_list("matter__unit__code", flat=True)) == {"OPT"}
    edit = {"field": "status", "status": "granted", "every": "1", "query": "", "sure": "1"}
    client.post(reverse("kit:asset_bulk_edit"), edit)
    assert set(Asset.objects.filter(status="granted").values_list("unit__code", flat=True)) <= {"OPT"}


def test_a_key_reaches_as_far_as_its_person(client, university, units, ours, theirs, holder):
    actor = holder(("office", units["PHY"]))
    key, digest = ApiToken.make()
    ApiToken.objects.create(user_id=actor.user_id, university=university, name="k", digest=digest, hint="k", scopes=["*"])
    headers = {"authorization": f"Bearer {key}"}
    assert [one["id"] for one in client.get(reverse("api:asset_collection"), headers=headers).json()["items"]] == [ours.pk]
    assert client.get(reverse("api:asset", args=[theirs.pk]), headers=headers).status_code == 404
    assert "asset.update" in access.may_choose(actor) and "asset.import" not in access.may_choose(actor)


# --- letters ----------------------------------------------------------------------------------------------------------------------------------


def test_letters_about_what_is_in_nobodys_hand_go_to_the_office_of_its_unit(university, units, ours, theirs, holder, mailoutbox):
    scout, wide = holder(("office", units["PHY"])), holder(("office", None), ("office", units["MED"]))
    told = reminders._office(university.pk, TODAY)
    assert {user.pk: held for user, held in told} == {scout.user_id: tuple(sorted(units[code].pk for code in ("PHY", "OPT", "LAS"))), wide.user_id: None}
    rows = Deadline.objects.filter(waiting=True, holder=None)
    assert keys(reminders.concerning(scout)) == keys(rows.filter(matter__unit=units["OPT"])) != set()
    assert keys(reminders.concerning(wide)) == keys(rows)
    both = holder(("auditor", None), ("office", units["PHY"]))
    assert keys(reminders.concerning(both)) == keys(reminders.concerning(scout))


def test_counts_are_those_of_the_unit(university, units, ours, theirs, holder):
    actor = holder(("director", units["PHY"]))
    own = Deadline.objects.filter(matter=ours.matter, waiting=True)
    assert docket_reads.counts(actor, TODAY)["late"] == own.filter(due__lt=TODAY).count()
    assert docket_reads.forecast(docket_reads.renewals(actor, TODAY - timedelta(days=800), TODAY + timedelta(days=800)), "unit")[0].of == "Unit OPT"
