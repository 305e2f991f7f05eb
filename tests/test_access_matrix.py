"""Every address as every role, without sign-in, and as another university's user: nothing opens that access does not open."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from causeway.config import demo
from causeway.frame import access, scope
from causeway.frame.models import AuditEntry, AuditRun, Grant, Role, University, User
from causeway.kit.resource import resources
from causeway.rooms.assets import services as assets
from causeway.rooms.assets.models import Asset, Document
from causeway.rooms.docket.models import Deadline, Matter, MatterEvent, OrderList
from causeway.rooms.governance.models import Answer, Policy, Procedure, Step
from causeway.rooms.network.models import Case, Guide, GuideDocument, Offer, OwnFigure, Questionnaire

pytestmark = pytest.mark.django_db

#: Pages of ours that anybody may see: the door itself, and addresses that are their own key. By their whole name, so that no other is left out with them.
OPEN = {"healthz", "readyz", "accounts:invitation", "accounts:language", "accounts:theme", "docket:feed", "mail_stop"}
#: What may come back where a role is refused.
CLOSED = {302, 401, 403, 404, 405}


def routes(patterns=None, prefix="", path=""):
    """Every named address of the installation with its pattern."""
    for one in patterns if patterns is not None else get_resolver().url_patterns:
        if isinstance(one, URLResolver):
            space = f"{prefix}{one.namespace}:" if one.namespace else prefix
            yield from routes(one.url_patterns, space, path + str(one.pattern))
        elif isinstance(one, URLPattern) and one.name:
            yield f"{prefix}{one.name}", path + str(one.pattern), one


def fill(name, pattern, pk):
    """The address with values in its places."""
    known = {"pk": pk, "key": "note", "name": "done", "kind": "csv", "secret": "x" * 20, "item": 1}
    args = {key: known.get(key, 1) for key in pattern.pattern.converters}
    args |= {key: value for key, value in pattern.default_args.items() if key in args}
    return reverse(name, kwargs=args)


@pytest.fixture
def record(university):
    with scope.use(university):
        actor = access.system(university)
        made = assets.asset_create(
            actor=actor, title="Secret electrolyte", office="EP", right="patent", number="EP22716482", status="pending", confidential=True
        )
    return made


def user(university, role, n=0):
    made = User(email=f"{role}{n}@example.org", name=role.title())
    made.set_unusable_password()
    made.save()
    Grant.objects.create(user=made, university=university, role=role)
    return made


def every_address(record):
    return [(name, fill(name, pattern, record.pk)) for name, _path, pattern in routes() if closed(name, pattern)]


def closed(name, pattern):
    """Whether an address is of ours and asks who comes; those of the library that signs people in are tried by its own tests."""
    return pattern.callback.__module__.startswith("causeway.") and name not in OPEN


def every_pattern(patterns=None):
    """Every pattern of the installation, named or not."""
    for one in get_resolver().url_patterns if patterns is None else patterns:
        yield from every_pattern(one.url_patterns) if isinstance(one, URLResolver) else [one]


def test_no_address_is_left_out():
    """An address without a name would not be tried; what is ours is tried or open by its whole name."""
    assert [one for one in every_pattern() if not one.name] == []
    found = list(routes())
    assert len(found) == len({name for name, _path, _pattern in found}) == len(list(every_pattern()))
    assert {name for name, _path, _pattern in found} >= OPEN
    others = {one.callback.__module__.split(".")[0] for _name, _path, one in found if not one.callback.__module__.startswith("causeway.")}
    assert others == {"allauth"}


def test_there_are_addresses_of_every_room():
    names = {name for name, _path, _pattern in routes()}
    assert {"today", "docket:docket", "kit:asset_list", "assets:imports", "api:openapi", "accounts:members"} <= names
    assert len(names) > 100


API = ("get", "post", "patch", "delete")
PAGES = ("get", "post")


def methods(name):
    """The methods tried at an address."""
    return API if name.startswith("api:") else PAGES


def test_without_sign_in_everything_leads_to_the_door(client, record, monkeypatch):
    monkeypatch.setattr("causeway.kit.api.UNKNOWN_PACE", 100_000)  # the door answers, not the pace
    for name, url in every_address(record):
        for method in methods(name):
            response = getattr(client, method)(url)
            if name.startswith("api:"):
                assert response.status_code == 401 and response.json()["title"], f"{name} {method} answered {response.status_code}"
            else:
                assert response.status_code in (302, 405), f"{name} {method} answered {response.status_code}"
            if response.status_code == 302:
                assert "login" in response["Location"], name
            assert b"Secret electrolyte" not in response.content, name


def tried(client, record, role):
    """Every API method as a role: the name, method, status and body of what came back."""
    for name, url in every_address(record):
        if name.startswith("api:"):
            for method in API:
                response = getattr(client, method)(url, "{}", content_type="application/json") if method != "get" else client.get(url)
                assert response.status_code < 500, f"{method} {name} as {role} answered {response.status_code}"
                yield name, method, response


@pytest.mark.parametrize("role", [role.value for role in Role])
def test_every_api_method_as_every_role_answers_with_a_reason(client, record, role):
    """What a role may not do is refused with the reason; what is out of its sight is not there."""
    client.force_login(user(University.objects.get(pk=record.university_id), role, 2))
    may_see = role in ("office", "director", "auditor")
    for name, method, response in tried(client, record, role):
        body = response.content
        if response.status_code in (403, 404, 405, 409, 422):
            problem = response.json()
            assert problem["status"] == response.status_code and problem["title"], f"{method} {name} as {role} gives no reason"
        if not may_see:
            assert b"Secret electrolyte" not in body, f"{method} {name} told {role} of a record out of sight"
        if name == "api:asset" and not may_see:
            assert response.status_code in (403, 404), f"{method} {name} as {role} answered {response.status_code}"


def test_no_api_method_reaches_another_university(client, record, other_university):
    client.force_login(user(other_university, "office", 3))
    for name, method, response in tried(client, record, "office elsewhere"):
        assert b"Secret electrolyte" not in response.content, f"{method} {name}"
        if name in ("api:asset", "api:asset_do"):
            assert response.status_code == 404, f"{method} {name} answered {response.status_code}"
    with scope.use(record.university_id):
        assert type(record).objects.get(pk=record.pk).trashed_at is None


def test_no_counter_suggestion_or_message_betrays_a_record_out_of_sight(client, record, other_university):
    """The same pages with and without the hidden record are the same, letter by letter, where the reader may not see it."""
    university = University.objects.get(pk=record.university_id)
    reader = user(university, "inventor", 5)
    client.force_login(reader)
    addresses = [
        reverse("today"), reverse("kit:asset_list"), f"{reverse('kit:asset_list')}?q=electrolyte", reverse("search") + "?q=electrolyte", reverse("search") + "?q=22716482",
        reverse("api:asset_collection"), reverse("docket:docket"), reverse("kit:deadline_list"),
    ]  # fmt: skip
    with_it = [_bare(client.get(url)) for url in addresses]
    with scope.use(university):
        type(record).objects.filter(pk=record.pk).update(trashed_at="2020-01-01T00:00:00Z")
        Deadline.objects.filter(matter_id=record.matter_id).delete()
    assert [_bare(client.get(url)) for url in addresses] == with_it


def _bare(response):
    """A page without the tokens that differ each time."""
    import re

    return response.status_code, re.sub(r'csrfmiddlewaretoken" value="[^"]+"', "", response.content.decode())


@pytest.mark.parametrize("method", PAGES)
def test_another_universitys_office_sees_nothing_of_it(client, record, other_university, method):
    office = user(other_university, "office")
    for name, url in every_address(record):
        client.force_login(office)
        response = getattr(client, method)(url)
        assert response.status_code < 500, f"{name} answered {response.status_code}"
        body = b"".join(response.streaming_content) if response.streaming else response.content
        assert b"Secret electrolyte" not in body, f"{name} told of another university's record"


#: Whose number stands in an address, by how the address begins; the longest beginning counts. Those of the kit name their resource.
NUMBERS = {
    "administration/audit/runs/": AuditRun, "administration/grants/": Grant, "administration/members/": User, "answers/": Answer, "assets/": Asset, "assets/documents/": Document,
    "cases/": Case, "docket/events/": MatterEvent, "docket/matters/": Matter, "docket/orders/": OrderList, "docket/proofs/": Deadline, "guides/": Guide,
    "network/questionnaires/": Questionnaire, "network/indicators/figure/": OwnFigure, "offers/": Offer, "policies/": Policy, "procedures/": Procedure, "steps/": Step,
    "library/import/": GuideDocument, "network/offers/from/": Case,
}  # fmt: skip
#: Numbers of what the network shares, of one's own keys and of work in the background: not of a university's records, and tried by their own tests.
SHARED = ("library/<", "network/rounds/", "network/handed-in/", "network/answer/", "network/benchmarks/", "network/exchange/", "network/offers/<", "network/universities/")
ABSENT = ("accounts/keys/", "cases/pictures/", "administration/invitations/", "administration/webhooks/", "administration/work/", "assets/import/", "bulk/")


def numbered(university):
    """Every address with a number in it, filled with a record that the university has: name and address. Actions are tried one by one."""
    by_key = {resource.key: resource for resource in resources()}
    for name, path, pattern in routes():
        if "pk" not in pattern.pattern.converters or not closed(name, pattern) or path.startswith(SHARED + ABSENT):
            continue
        resource = by_key.get(name.partition(":")[2].partition("_")[0]) if name.startswith(("kit:", "api:")) else None
        model = resource.model if resource else NUMBERS[max((one for one in NUMBERS if path.startswith(one)), key=len)]
        with scope.everywhere():
            held = model.objects.filter(grants__university=university) if model is User else model.objects.filter(university=university)
            record = held.order_by("pk").first()
        if record is None:
            yield name, f"no {model.__name__} in the demonstration"
            continue
        if resource and name.endswith(("_action", "_do")):
            place = "key" if name.endswith("_action") else "name"
            yield from ((name, reverse(name, kwargs={"pk": record.pk, place: action.key})) for action in resource.actions)
        else:
            yield name, fill(name, pattern, record.pk)


def test_no_record_of_a_university_is_reached_from_another(client, other_university, settings, tmp_path, monkeypatch):
    """Every address with a number in it, filled with a record that is there, as office, director and administrator of another university: neither found nor read nor written."""
    settings.HOME, settings.PASSWORD_HASHERS = tmp_path, ["django.contrib.auth.hashers.MD5PasswordHasher"]
    monkeypatch.setattr(demo, "TITLES", demo.TITLES[:6])
    university = demo.make(date.today())
    stranger = user(other_university, "office", 7)
    Grant.objects.create(user=stranger, university=other_university, role="director")
    Grant.objects.create(user=stranger, university=other_university, role="administrator")
    addresses = list(numbered(university))
    assert [(name, url) for name, url in addresses if not url.startswith("/")] == [] and len(addresses) > 200
    reached = []
    with scope.use(university):
        before = AuditEntry.objects.count()
    for name, url in addresses:
        client.force_login(stranger)
        for method in methods(name):
            sent = {"data": "{}", "content_type": "application/json"} if name.startswith("api:") and method != "get" else {}
            response = getattr(client, method)(url, **sent)
            if response.status_code not in (403, 404, 405):
                reached.append(f"{method} {name} {url} answered {response.status_code}")
    client.force_login(User.objects.get(email="director@northbridge.example"))
    assert sum(client.get(url).status_code != 404 for _name, url in addresses) > 170  # what is there for its own people
    with scope.use(university):
        assert reached == [] and AuditEntry.objects.count() == before


@pytest.mark.parametrize("role", [role.value for role in Role])
def test_no_role_meets_a_fault_and_none_sees_what_it_may_not(client, record, role):
    client.force_login(user(University.objects.get(pk=record.university_id), role))
    may_see = role in ("office", "director", "auditor")
    for name, url in every_address(record):
        response = client.get(url)
        assert response.status_code < 500, f"{name} as {role} answered {response.status_code}"
        assert response.status_code != 403 or b"<p></p>" not in response.content, f"{name} refuses {role} without a reason"
        body = b"".join(response.streaming_content) if response.streaming else response.content
        if not may_see:
            assert b"Secret electrolyte" not in body, f"{name} told {role} of a record out of sight"


@pytest.mark.parametrize("role", [role.value for role in Role])
def test_writing_needs_the_right(client, record, role):
    """A post to every form as every role: whoever lacks the right changes nothing."""
    client.force_login(user(University.objects.get(pk=record.university_id), role))
    with scope.use(record.university_id):
        before = (record.__class__.objects.values_list("revision", flat=True).get(pk=record.pk), Deadline.objects.filter(state="done").count())
    who = User.objects.get(email=f"{role}0@example.org")
    for name, url in every_address(record):
        client.force_login(who)  # a post may have ended the session
        response = client.post(url, {"title": "Hacked", "text": "", "why": "", "done_on": ""})
        assert response.status_code < 500, f"{name} as {role} answered {response.status_code}"
    with scope.use(record.university_id):
        after = (record.__class__.objects.values_list("revision", flat=True).get(pk=record.pk), Deadline.objects.filter(state="done").count())
    assert after == before or role == "office"


def test_the_api_answers_each_role_by_its_rights(client, record):
    for role in Role.values:
        client.force_login(user(University.objects.get(pk=record.university_id), role, 1))
        for resource in resources():
            allowed = access.actions().get(f"{resource.key}.view", frozenset())
            response = client.get(reverse(f"api:{resource.key}_collection"))
            assert response.status_code == (200 if role in allowed else 403), f"{resource.key} as {role}"


def test_a_record_out_of_sight_is_not_found_by_number(client, record, other_university):
    client.force_login(user(other_university, "office"))
    for resource in resources():
        assert client.get(reverse(f"api:{resource.key}", args=[record.pk])).status_code == 404
        assert client.get(reverse(f"kit:{resource.key}_detail", args=[record.pk])).status_code == 404
