"""Pages of governance: the editor says what the law does not allow, trying writes nothing, papers open, what cannot be read is listed."""

from __future__ import annotations

import io
import json
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from causeway.frame import jobs
from causeway.frame.models import AuditEntry
from causeway.rooms.governance import services
from causeway.rooms.governance.mapping import receipts
from causeway.rooms.governance.models import Answer, DataSet, Policy, Procedure

pytestmark = pytest.mark.django_db
PACK = "guide-thu-five-one"
SHARE, DAYS = f"{PACK}/researchers_share", f"{PACK}/thu_notice_days"
GIVEN = {"gross": {"amount": "1000.00", "currency": "EUR"}, "costs": {}, "inventors": [{"person": "Ana", "weight": "1"}]}


@pytest.fixture
def director(client, make_user, settings):
    user = make_user("director")
    client.force_login(user)
    return client


@pytest.fixture
def draft(actor):
    return services.policy_create(actor=actor, title="Income by five-one", pack=PACK, changes={DAYS: "20"})


@pytest.fixture
def held(make_actor, draft):
    return services.policy_adopt(actor=make_actor("director"), obj=draft, holds_from=date(2021, 1, 1), signed_by="Rector", signed_on=date(2021, 1, 1), why="Senate")


@pytest.fixture
def data(actor, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    rows = [{"on": f"{2021 + n % 4}-05-0{1 + n % 9}", "amount": f"{1000 + n}.00", "currency": "EUR", "technology": f"T{n % 3}", "unit": "Photonics", "costs": "10.00",
             "inventors": [["Ana", "2"], ["Ben", "1"]]} for n in range(40)]  # fmt: skip
    rows.append(rows[0] | {"inventors": [["Ana", "0"]]})
    upload = io.BytesIO(b"date,amount\n")
    upload.name = "receipts.csv"
    return services.dataset_bring(actor=actor, name="Past", upload=upload, receipts=rows)


def test_packs_and_their_pages_open(director):
    assert "Five-one" in director.get(reverse("governance:packs")).content.decode()
    body = director.get(reverse("governance:pack", args=[PACK])).content.decode()
    assert "art. 45" in body and "Tsinghua" in body and "Decision of a transfer" in body
    assert "3.1.2" in director.get(reverse("governance:guide")).content.decode()
    assert director.get(reverse("governance:pack", args=["no-such-pack"])).status_code == 404


def test_a_draft_is_made_changed_and_refused_below_the_floor(director):
    director.post(reverse("governance:draft"), {"pack": PACK, "title": "Ours", "why": ""})
    made = Policy.objects.get(title="Ours")
    url = reverse("governance:values", args=[made.pk])
    body = director.post(url, {SHARE: "40 %", DAYS: "15", "do": "check"}).content.decode()
    assert "art. 45" in body and "50 %" in body
    assert Policy.objects.get(pk=made.pk).changes == {}
    assert director.post(url, {SHARE: "many", "do": "save"}).status_code == 200
    assert Policy.objects.get(pk=made.pk).changes == {}
    assert director.post(url, {SHARE: "60 %", DAYS: "15", "do": "save"}).status_code == 302
    assert Policy.objects.get(pk=made.pk).changes == {SHARE: "60 %", DAYS: "15"}
    refused = director.post(reverse("kit:policy_action", args=[made.pk, "adopt"]), {"holds_from": "2014-01-01", "signed_by": "R", "signed_on": "2026-01-01", "why": "S"})
    assert refused.status_code == 422 and "2015-10-01" in refused.content.decode()


def test_trying_shows_gains_floor_and_refusals_and_writes_nothing(director, held, draft, data):
    before = AuditEntry.objects.count()
    url = reverse("governance:try")
    body = director.get(url, {"a": f"policy-{held.pk}", "b": "law-cn-transfer", "data": data.pk}).content.decode()
    assert "Ana" in body and "−€" in body and "art. 45" in body and "Weights must not be negative" in body
    changed = director.get(url, {"a": f"policy-{held.pk}", "b": PACK, "data": data.pk, "place": SHARE, "value": "40"}).content.decode()
    assert "asks for at least" in changed
    narrow = director.get(url, {"b": PACK, "data": data.pk, "from": "2022", "to": "2022"}).content.decode()
    assert "10 receipts" in narrow
    rows = json.loads(b"".join(director.get(url, {"b": PACK, "data": data.pk, "export": "json"}).streaming_content))
    assert {row["kind"] for row in rows} >= {"part", "person", "unit", "refused"}
    assert AuditEntry.objects.count() == before


def test_figures_are_kept_with_a_draft(director, draft, data):
    url = reverse("governance:try") + f"?b=policy-{draft.pk}&data={data.pk}"
    assert director.post(url, {"keep": draft.pk}).status_code == 302
    draft.refresh_from_db()
    assert draft.tried["figures"] and draft.tried["digest"] == data.records.sha256
    assert "Tried on our records" in director.get(reverse("kit:policy_detail", args=[draft.pk])).content.decode()


def test_no_receipts_is_said(director):
    assert "Bring past receipts in" in director.get(reverse("governance:try")).content.decode()


def test_papers_open(director, actor, held):
    amount = services.answer_compute(actor=actor, policy=held, on=date(2022, 3, 1), title="Fee", given=GIVEN)
    made = services.procedure_start(actor=actor, flow=f"{PACK}/transfer-decision", title="Sale of a sensor")
    for url in (reverse("governance:decision_pack", args=[made.pk]), reverse("governance:explain", args=[amount.pk, "pdf"])):
        assert director.get(url).content.startswith(b"%PDF-")
    text = director.get(reverse("governance:explain", args=[amount.pk, "txt"])).content.decode()
    assert "€700.00" in text and "art. 45" in text
    assert director.get(reverse("governance:explain", args=[amount.pk, "doc"])).status_code == 404


def test_an_amount_is_computed_on_its_page(director, held):
    url = reverse("governance:compute", args=[held.pk])
    form = {"title": "Fee", "on": "2022-03-01", "currency": "EUR", "gross": "1000", "costs": "100", "people": "Ana 2\nBen 1"}
    assert director.post(url, form | {"gross": "-5"}).status_code == 422
    assert director.post(url, form | {"on": "2019-01-01"}).status_code == 422
    assert director.post(url, form).status_code == 302
    assert Answer.objects.get().answer["people"] == {"Ana": "420.00", "Ben": "210.00"}


def test_replay_runs_as_a_job_and_says_what_differs(director, actor, held):
    services.answer_compute(actor=actor, policy=held, on=date(2022, 3, 1), title="Fee", given=GIVEN)
    director.post(reverse("governance:replay"))
    jobs.run_all()
    assert "1 computed again, 0 differ" in director.get(reverse("governance:replay")).content.decode()


def test_steps_are_done_on_their_pages(director, actor, held):
    made = services.procedure_start(actor=actor, flow=f"{PACK}/transfer-decision", title="Sale of a sensor")
    plan = made.steps.get(key="plan")
    services.step_done(actor=actor, obj=plan, note="Discussed.")
    director.post(reverse("kit:procedure_action", args=[made.pk, "declare"]), {"conflicted": "", "text": ""})
    vote = made.steps.get(key="approval")
    assert director.post(reverse("kit:step_action", args=[vote.pk, "vote"]), {"choice": "for", "note": ""}).status_code == 302
    assert "1 for" in director.get(reverse("kit:procedure_detail", args=[made.pk])).content.decode()


def test_query_counts_do_not_grow(director, actor, held):
    def count() -> int:
        with CaptureQueriesContext(connection) as captured:
            for name in ("kit:policy_list", "kit:procedure_list", "kit:answer_list", "kit:notice_list", "kit:dataset_list"):
                assert director.get(reverse(name)).status_code == 200
        return len(captured)

    def more(n: int) -> None:
        services.policy_copy(actor=actor, obj=held)
        services.procedure_start(actor=actor, flow=f"{PACK}/transfer-decision", title=f"Sale {n}")
        services.answer_compute(actor=actor, policy=held, on=date(2022, 3, 1), title=f"Fee {n}", given=GIVEN)

    for n in range(2):
        more(n)
    count()
    two = count()
    for n in range(2, 12):
        more(n)
    assert count() <= two
    assert Procedure.objects.count() == 12


# --- receipts in ----------------------------------------------------------------------------------------------------------------------------------


GOOD = "date,amount,currency,technology,unit,costs,inventors\n2024-03-01,\"1,200.50\",EUR,Sensor,Photonics,10,Ana 2; Ben 1\n"


def test_receipts_are_read():
    rows, problems = receipts.read(io.BytesIO(GOOD.encode()), "ymd")
    assert problems == []
    assert rows == [{"on": "2024-03-01", "currency": "EUR", "technology": "Sensor", "unit": "Photonics", "amount": "1200.50", "costs": "10.00", "inventors": [["Ana", "2"], ["Ben", "1"]]}]


@pytest.mark.parametrize(
    ("cell", "column"),
    [("2024-02-31", "date"), ("-5", "amount"), ("XXX", "currency"), ("", "inventors")],
)
def test_each_bad_cell_is_named(cell, column):
    good = {"date": "2024-03-01", "amount": "100", "currency": "EUR", "inventors": "Ana"}
    line = ",".join((good | {column: cell}).values())
    rows, problems = receipts.read(io.BytesIO(f"{','.join(good)}\n{line}\n".encode()), "ymd")
    assert [(row, name) for row, name, _why in problems] == [(2, column)]


@pytest.mark.parametrize("content", [b"\xff\xfe\x00bad", b"PK\x03\x04broken", b"", b"a,b\n1,2\n"])
def test_a_file_that_is_no_table_of_receipts_is_refused(content):
    rows, problems = receipts.read(io.BytesIO(content), "ymd")
    assert rows == [] and problems


def test_bringing_receipts_in_keeps_nothing_while_a_cell_is_wrong(director, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    url = reverse("governance:dataset_new")
    bad = SimpleUploadedFile("r.csv", GOOD.replace("EUR", "EURO").encode())
    response = director.post(url, {"name": "Mine", "dates": "ymd", "file": bad})
    assert response.status_code == 422 and "EURO is not a currency" in response.content.decode()
    assert not DataSet.objects.exists()
    assert director.post(url, {"name": "Mine", "dates": "ymd", "file": SimpleUploadedFile("r.csv", GOOD.encode())}).status_code == 302
    assert DataSet.objects.get().count == 1


def test_funding_is_tried_on_filings_with_its_warning(director, actor):
    from causeway.rooms.assets import services as assets
    from causeway.rooms.people import services as people

    person = people.person_create(actor=actor, name="Hanna Lindqvist")
    for month in (1, 2, 3):
        made = assets.asset_create(actor=actor, title=f"Sensor {month}", office="EP", right="patent", number=f"EP2271648{month}", filed_on=date(2024, month, 1), status="pending")
        assets.inventors_set(actor=actor, asset=made, shares=[(person, None)])
        assets.cost_add(actor=actor, asset=made, on=date(2024, month, 9), kind="official", amount=100_000, currency="EUR")
    assets.asset_create(actor=actor, title="No cost", office="EP", right="patent", number="EP22716499", filed_on=date(2024, 5, 1), status="pending")
    url = reverse("governance:try_funding")
    body = director.get(url, {"b": "guide-ruc-funding", "from": "2024", "to": "2024"}).content.decode()
    assert "€2,500" in body and "2020-02-03" in body and "No inventor is recorded" in body
    rows = json.loads(b"".join(director.get(url, {"b": "guide-ruc-funding", "from": "2024", "to": "2024", "export": "json"}).streaming_content))
    assert rows == [{"researcher": "Hanna Lindqvist", "currency": "EUR", "a": "0.00", "b": "2500.00", "difference": "2500.00"}]


def test_amounts_of_a_pack_are_written_as_money(client, make_user):
    client.force_login(make_user("director", email="reader@example.org"))
    page = client.get("/packs/law-cn-transfer/").content.decode()
    assert "CN¥4,000.00" in page and "4000.00 CNY" not in page


@pytest.mark.parametrize("title", ["A rule for \U000827c3", "አማርኛ", "A\x03B"])
def test_a_sign_without_a_font_leaves_the_paper_readable(title):
    from causeway.rooms.governance.views import papers

    paper = {"title": title, "number": "P-1", "office": "Northbridge", "lang": "en", "line": "begun", "sections": []}
    assert papers._paper(paper).startswith(b"%PDF")
