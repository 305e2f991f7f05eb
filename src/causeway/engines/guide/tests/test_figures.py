"""Numbers of a text as facts: what is counted, in what unit, how it is qualified, and what is no figure at all."""

from __future__ import annotations

import pytest

from causeway.engines.guide.figures import figures


def read(text: str) -> list[tuple[str, str, str]]:
    """Value, unit and qualifier of the figures of a text."""
    return [(one.value, one.unit, one.qualifier) for one in figures([("impact", text)])]


@pytest.mark.parametrize("text, expected", [
    ("Over 5500 of academic teachers and almost 45000 students.", [("5500", "teachers", "over"), ("45000", "students", "almost")]),
    ("It paid approx. 613 000 Euro, then €1.6 million.", [("613000", "EUR", "approx."), ("1600000", "EUR", "")]),
    ("Sales exceeded 10 billion yuan.", [("10000000000", "CNY", "exceeded")]), ("The company pays one million yuan.", [("1000000", "CNY", "")]),
    ("Protection for 55 inventions (28 in Poland and 27 abroad).", [("55", "inventions", ""), ("28", "inventions", ""), ("27", "inventions", "")]),
    ("At least 22 proof of concept projects.", [("22", "projects", "at least")]), ("An area of 6000 square meters.", [("6000", "square meters", "")]),
    ("A maximum of 8 projects, out of which: 6 were researchers, and 2 were students.", [("8", "projects", "a maximum of"), ("6", "researchers", ""), ("2", "students", "")]),
    ("Parks with 10 or less years.", [("10", "years", "or less")]), ("It received four to six foreign students.", [("4–6", "students", "")]),
    ("There are 4,504 master's degree candidates.", [("4504", "candidates", "")]), ("It won 29 science achievements awards.", [("29", "awards", "")]),
    ("The staff number at around 2,560.", [("2560", "staff", "around")]), ("Number of companies incubated: 36", [("36", "companies", "")]),
    ("The ratio remains at about 6:4.", [("6:4", "ratio", "about")]), ("51.26% of full-time teachers have a degree.", [("51.26", "%", "")]),
    ("3x Second prizes of the ministry.", [("3", "prizes", "")]), ("Some 20 to 30 students came.", [("20–30", "students", "some")]),
])  # fmt: skip
def test_a_figure_has_its_unit_and_its_qualifier(text, expected):
    assert read(text) == expected


@pytest.mark.parametrize("text", [
    "Founded in 1978 and renamed in March 2020.", 'The "Industry 4.0" and the 863 Program.', "The national Project 211 chose it.", "5 HT6 antagonists were found.", 'Known as the "Four Tutors" of old.',
    "It was ranked as number one: Modality 1: parks.", "Chapter 3 tells it.",
])  # fmt: skip
def test_names_and_dates_are_no_figures(text):
    assert read(text) == []


def test_a_mark_of_a_list_that_runs_on_is_no_figure():
    assert read("1. Perfect the mechanism of transfer 2. Service platform integration") == []


@pytest.mark.parametrize("text, words", [
    ("They brought more than 10 million of the transaction prices.", "No currency"), ("A total amount of RMB70,144.6 million.", "misprint"), ("A grant of 25.000 EUR.", "thousands or decimals"),
    ("It brings tens of millions of dollars a year.", "no number"), ("It is in over 30 major hospitals.[citation needed]", "asks for a source"),
    ("More than 50 national invention patents, including 10 granted patents.", "Only 10"), ("It has almost 300 academic teachers and 14000 students.", "too few"),
    ("It is in over 1000 major hospitals. It is in over 30 major hospitals.", "also says"), ("It rose from 20 to 30 students.", "a change"),
])  # fmt: skip
def test_what_cannot_be_right_or_says_too_little_is_doubted(text, words):
    assert any(words in one.doubt for one in figures([("impact", text)]))


@pytest.mark.parametrize("text", ["It counts more than 902 patents, with nearly 500 enterprises and €157,000."])
def test_the_quote_is_found_in_the_text(text):
    found = figures([("impact", text)])
    assert len(found) == 3 and all(one.quote in text and not one.doubt for one in found)
