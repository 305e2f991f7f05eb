"""A deadline, an event and a refusal are told in the reader's language, with days in words, and no rule twice."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import translation

from causeway.rooms.docket import words
from causeway.rooms.docket.models import Deadline, MatterEvent, Refusal


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("CN-PTA is not in force on 2023-10-07: it holds from 2024-01-20.", "not in force on 7 Oct 2023; it holds from 20 Jan 2024."),
        ("CN-PTA is not in force on 2023-10-07: it holds from 2024-01-20 to 2025-01-19.", "not in force on 7 Oct 2023; it holds from 20 Jan 2024 to 19 Jan 2025."),
        ("CN-PTA: the authorisation of 2024-02-30 came before 2024-03-01.", "the authorisation of 2024-02-30 came before 1 Mar 2024."),
        ("No tariff of EP-procedural was read for 2022-05-02; those read hold from 2024-04-01 to 2026-03-31.",
         "No tariff EP-procedural was read for 2 May 2022; those read hold from 1 Apr 2024 to 31 Mar 2026."),
        ("The tariff EP-renewal in force has no figure for 5: NOT FOUND: a revision is …", "The tariff EP-renewal in force has no figure for 5; read the fee at the office."),
        ("unverified tariff", "unverified tariff"),
    ],
)  # fmt: skip
def test_reasons_name_days_in_words_and_no_rule_twice(said, told):
    assert words.reason(said, "CN-PTA") == told


def test_titles_follow_the_reader():
    row = Deadline(rule="EP-REN", ordinal="5", action="Renewal fee, year 5", matter_reference="NBU-1", due=date(2026, 3, 31))
    event = MatterEvent(kind="filing", on=date(2026, 1, 2))
    assert str(row) == "Renewal fee, year 5, NBU-1" and str(event).endswith("2 Jan 2026")
    gone = Deadline(rule="NO-SUCH", action="Something", matter_reference="NBU-1")
    with translation.override("zh-hans"):
        assert "第5年" in str(row) and "2026年1月2日" in str(event) and not str(event).isascii()
        assert str(gone) == "Something, NBU-1"
        assert Refusal(rule="CN-PTA", reason="CN-PTA is not in force on 2023-10-07: it holds from 2024-01-20.").said.count("CN-PTA") == 0
