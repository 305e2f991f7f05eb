"""Packs that another installation handed over: judged, told in words, and then tried and adopted like any other."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from causeway.engines.practice import shipped_practice
from causeway.frame import access
from causeway.rooms.governance import mapping, selectors, services
from causeway.rooms.governance.forms import ProposeForm
from causeway.rooms.governance.models import PackCopy

pytestmark = pytest.mark.django_db
BASE = "guide-thu-five-one"


def texts(version="9.1", **changed):
    """The text of a shipped pack as another house would have changed it: a version of its own, and texts put in the place of others."""
    files = dict(next(pack for pack in shipped_practice() if pack.id == BASE).texts)
    files["pack.yaml"] = files["pack.yaml"].replace("version: '2026.1'", f"version: '{version}'")
    assert version in files["pack.yaml"]
    return files | changed


@pytest.fixture
def director(make_user, university):
    return access.actor_of(make_user("director"), university)


def test_a_clean_pack_is_tried_and_adopted_beside_the_shipped_one(director):
    kept = services.pack_receive(actor=director, name="x", files=texts(), sender="Other University")
    key = selectors.pack_key(kept)
    assert key == f"{BASE}@9.1" and [one.key for one in mapping.packs() if one.received_from] == [key]
    assert mapping.pack_info(BASE).version == "2026.1" and mapping.pack_info(key).received_from == "Other University"
    assert mapping.pack_values(key, date(2026, 1, 1), "en") and mapping.rules_of(key, "en") and mapping.flows_in(key)
    draft = services.policy_create(actor=director, title="Shares", pack=key, changes={f"{BASE}/researchers_share": "75 %", f"{BASE}/thu_notice_days": "15"})
    assert draft.copy == kept and draft.subject == "distribution"
    held = services.policy_adopt(actor=director, obj=draft, holds_from=date(2026, 1, 1), signed_by="Rector", signed_on=date(2025, 12, 1), why="Senate")
    assert held.state == "approved" and selectors.adopted(director, date(2026, 2, 1)) == [key]


def test_its_pages_are_there_and_say_who_handed_it_over(client, make_user, director):
    key = selectors.pack_key(services.pack_receive(actor=director, name="x", files=texts(), sender="Other University"))
    client.force_login(make_user("office"))
    page = client.get(reverse("governance:packs")).content.decode()
    assert "From other installations" in page and f"/packs/{key}/" in page
    assert "Other University" in client.get(reverse("governance:pack", args=[key])).content.decode()
    assert f'value="{key}"' in client.get(reverse("governance:draft"), {"pack": key}).content.decode()
    assert key in client.get(reverse("governance:try"), {"b": key}).content.decode()
    assert client.get(reverse("governance:pack", args=[f"{BASE}@0"])).status_code == 404


def test_another_text_of_a_known_version_is_told_and_changes_nothing(director):
    kept = services.pack_receive(actor=director, name="x", files=texts(), sender="Other University")
    other = texts(**{"CHANGELOG.md": "# Changes\n\n## 9.1\n\nOther.\n"})
    with pytest.raises(ValidationError, match="came from Other University before"):
        services.pack_receive(actor=director, name="x", files=other, sender="Third University")
    with pytest.raises(ValidationError, match="comes with Causeway in another text"):
        services.pack_receive(actor=director, name="x", files=texts(version="2026.1", **{"CHANGELOG.md": "Other\n"}), sender="Third University")
    assert services.pack_receive(actor=director, name="x", files=texts(), sender="Other University") == kept and PackCopy.objects.count() == 1


def test_a_faulty_pack_is_refused_with_code_file_and_line(director):
    found = selectors.pack_checked("x", texts(**{"values/values.yaml": "- id: a\n  unit: shares\n"}))
    assert any(one.file.startswith(f"{BASE}/values/") and one.line for one in found.faults) and all(one.code for one in found.faults)
    with pytest.raises(ValidationError):
        services.pack_receive(actor=director, name="x", files=texts(**{"rules/more.yaml": "- a: &x 1\n"}), sender="Other University")
    docket = selectors.pack_checked("law-x", {"pack.yaml": "id: law-x\nversion: '1'\nsubject: docket\n"})
    assert [(one.code, one.line) for one in docket.faults] == [("subject", 3)]
    assert selectors.pack_checked("nothing", {}).faults and not PackCopy.objects.exists()


def test_only_who_takes_packages_makes_a_pack_ready(make_user, university):
    with pytest.raises(access.Refused):
        services.pack_receive(actor=access.actor_of(make_user("office"), university), name="x", files=texts(), sender="Other University")


def test_its_procedures_decide_like_shipped_ones_and_by_its_own_text(director, client, make_user):
    kept = services.pack_receive(actor=director, name="x", files=texts(), sender="Other University")
    key = selectors.pack_key(kept)
    asked = [one for one in mapping.flows() if one.pack == key]
    assert asked and {f"{key}/{one.key}" for one in asked} == {ref for ref, label in ProposeForm().fields["flow"].choices if ref.startswith(f"{key}/")}
    on, ref = selectors.today_at(director), f"{key}/transfer-decision"
    assert "needs a figure first" in selectors.hindrance(director, ref, on) and "There is no procedure" in selectors.hindrance(director, f"{BASE}@0/transfer-decision", on)
    client.force_login(make_user("office"))
    assert "needs a figure first" in client.get(reverse("governance:pack", args=[key])).content.decode()
    with pytest.raises(ValidationError, match="needs a figure first"):
        services.procedure_start(actor=director, flow=ref, title="Sale")
    draft = services.policy_create(actor=director, title="Shares", pack=key, changes={f"{BASE}/researchers_share": "75 %", f"{BASE}/thu_notice_days": "15"})
    begun = services.policy_propose(actor=director, obj=draft, holds_from=date(2027, 1, 1), flow=ref)
    assert begun.copy == kept and begun.steps.filter(kind="notice").first().terms["min_days"] == "15"
    assert mapping.flow_title(begun) == next(one.title for one in asked if one.key == "transfer-decision")
    assert mapping.sources_of(["other#1"], kept) == [("other, 1", "")]
    assert client.get(reverse("kit:procedure_detail", args=[begun.pk])).status_code == 200
