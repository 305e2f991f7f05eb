"""`causeway deadlines --recompute`: what a change of law makes of stored dates, told and written."""

from __future__ import annotations

import json
from argparse import Namespace
from datetime import date

import pytest

from causeway.config import deadlines_cli
from causeway.frame import audit
from causeway.rooms.docket import services
from causeway.rooms.docket.models import Deadline
from causeway.rooms.docket.ports import EventDraft, MatterDraft

pytestmark = pytest.mark.django_db


def run(university, **more):
    options = {"start": None, "end": None, "asset": None, "all": False, "recompute": True, "dry_run": False, "json": False}
    return deadlines_cli.recompute(Namespace(**options | more), [university])


def test_a_dry_run_tells_and_the_other_writes(actor, university, capsys):
    draft = MatterDraft(reference="NBU-1", office="EP", right="patent", title="Sensor", events=(EventDraft("filing", date(2022, 2, 10)),))
    row = Deadline.objects.get(matter=services.matter_open(actor=actor, draft=draft), rule="EP-REN", ordinal="8")
    right, row.due = row.due, date(2029, 3, 28)
    with audit.batch(by=actor, verb="test", objects=1) as work:
        work.change([row], ["due"])
    assert run(university, dry_run=True, json=True) == 1
    (told,) = json.loads(capsys.readouterr().out)
    assert (told["asset"], told["change"], told["before"], told["due"]) == ("NBU-1", "changed", "2029-03-28", right.isoformat())
    assert Deadline.objects.get(pk=row.pk).due == date(2029, 3, 28)
    assert run(university) == 0
    assert "1 matters came out differently and are written" in capsys.readouterr().out
    assert Deadline.objects.get(pk=row.pk).due == right
    assert run(university, dry_run=True) == 0


@pytest.mark.parametrize("more", [{"asset": "NBU-1"}, {"all": True}, {"recompute": False, "dry_run": True}])
def test_a_matter_is_computed_as_a_whole(university, capsys, more):
    assert run(university, **more) == 2
    assert "causeway deadlines:" in capsys.readouterr().err
