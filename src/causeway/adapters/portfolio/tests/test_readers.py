"""Readers on the real files, and on hostile ones made here."""

import csv
import os
import zipfile
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from causeway.adapters.portfolio import FileReader
from causeway.adapters.portfolio.dates import DateFault, orders_of_one, parse
from causeway.rooms.assets.numbers import cn_check_digit, ep_check_digit, parse_number, publication_key
from causeway.rooms.assets.ports import AssetRecord, CellProblem, Unreadable

DATA = Path(os.environ.get("CAUSEWAY_SHARED", Path(__file__).resolve().parents[6] / "shared")) / "data"
shared = pytest.mark.skipif(not DATA.exists(), reason="the real data is not beside the project")
READER = FileReader()


def read(path, **options):
    shape = READER.recognise(str(path), Path(path).name, options)
    return shape, list(READER.read(str(path), shape))


@shared
def test_deep_tech_finder_whole():
    path = DATA / "ep_portfolios/deeptechfinder_universities.csv"
    shape = READER.recognise(str(path), path.name, {})
    assert shape.layout == "Deep Tech Finder"
    assert {q.kind for q in shape.questions} == {"encoding", "pivot"}
    shown = dict(next(q for q in shape.questions if q.kind == "encoding").options)
    assert any("ü" in text for text in shown["mac_roman"])
    shape, found = read(path, encoding="mac_roman", pivot=25)
    assert shape.questions == [] and shape.dates == "mdy"
    records = [one for one in found if isinstance(one, AssetRecord)]
    assert len(records) == 7888 and len(found) == 7888
    with path.open(encoding="mac_roman", newline="") as file:
        declared = {row["University"]: int(row["Total_number_of_applications"]) for row in csv.DictReader(file)}
    assert Counter(r.owners[0] for r in records) == declared
    assert min(r.filed_on for r in records) == date(1980, 1, 22)


@shared
@pytest.mark.parametrize("path", sorted(DATA.glob("ep_register/**/*.xml")) + sorted(DATA.glob("docdb/*.xml")), ids=lambda p: "/".join(p.parts[-2:]))
def test_every_register_reply_is_read_or_reported(path):
    if path.stat().st_size < 100:
        with pytest.raises(Unreadable):
            read(path)
        return
    _shape, found = read(path)
    assert found
    if "error" in path.name or path.name == "all_queries__31.xml":
        assert found[0].code == "not-found"


@shared
def test_register_tells_payments_and_dates():
    base = DATA / "ep_register/demo/examples"
    (record,) = read(base / "get_register_biblio/response.xml")[1]
    assert (record.key, record.filed_on, record.published_on, record.granted_on) == (
        "EP10167109",
        date(2010, 6, 24),
        date(2011, 12, 28),
        date(2019, 11, 27),
    )
    assert record.owners == ["9Solutions Oy"]
    steps = [one for one in read(base / "get_register_procedural_steps_multiple/response.xml")[1] if isinstance(one, AssetRecord)]
    paid = [event for record in steps for event in record.events if event.kind == "renewal_paid"]
    assert (paid[0].on, dict(paid[0].facts)) == (date(2012, 6, 20), {"year": "3"})


@shared
@pytest.mark.parametrize("name,count", [("pizza_lens_1000_raw.csv", 900), ("pizza_small.xls", 25), ("solarcooking.xls", 390)])
def test_exports_as_they_are(name, count):
    shape, found = read(DATA / "patent_exports" / name, pivot=25, dates="dmy")
    assert sum(isinstance(one, AssetRecord) for one in found) >= count, Counter(one.code for one in found if isinstance(one, CellProblem))


def table(tmp_path, text, name="a.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


HEAD = "Application number;Title;Filing date;Grant date\n"


def test_day_and_month_are_asked_where_the_column_leaves_both(tmp_path):
    shape, _ = read(table(tmp_path, HEAD + "EP22716482;A;03/04/2022;\nEP22716483;B;05/06/2022;\n"))
    (question,) = shape.questions
    assert question.kind == "dates" and "03/04/2022 is 03 April 2022" in dict(question.options)["dmy"]


def test_a_thirteenth_decides(tmp_path):
    shape, found = read(table(tmp_path, HEAD + "EP22716482;A;03/04/2022;\nEP22716483;B;25/06/2022;\n"))
    assert shape.dates == "dmy" and not shape.questions and found[0].filed_on == date(2022, 4, 3)


@pytest.mark.parametrize(
    "row,code,column",
    [("EP22716482;A;31/02/2022;", "date", "Filing date"), ("EP22716482;A;13/04/2099;", "future", "Filing date"), ("EP22716482;A;13/04/2022;14/04/2021", "order", "Grant date"),
     ("nothing;A;13/04/2022;", "number", "Application number"), ("EP22716482;A;13/04/2022;;;x", "columns", "")],
)  # fmt: skip
def test_a_bad_cell_is_a_problem_with_its_place(tmp_path, row, code, column):
    _shape, found = read(table(tmp_path, HEAD + "EP22716483;Good;13/04/2022;\n" + row + "\n"))
    problems = [one for one in found if isinstance(one, CellProblem)]
    assert [(p.row, p.code, p.column) for p in problems] == [(3, code, column)]
    assert sum(isinstance(one, AssetRecord) for one in found) == 1


def test_a_formula_is_kept_as_text(tmp_path):
    _shape, found = read(table(tmp_path, HEAD + "EP22716483;=HYPERLINK(1);13/04/2022;\n"))
    assert [getattr(one, "code", one.__class__.__name__) for one in found] == ["formula", "AssetRecord"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_without_doubt(tmp_path, encoding):
    _shape, (record,) = read(table(tmp_path, HEAD + "EP22716483;Fühler für 陈思远;13/04/2022;\n", encoding=encoding))
    assert record.title == "Fühler für 陈思远"


def test_a_wrong_encoding_is_refused_with_its_place(tmp_path):
    with pytest.raises(Unreadable, match="cannot be read as utf-8"):
        read(table(tmp_path, HEAD + "EP22716483;Fühler;13/04/2022;\n", encoding="latin-1"), encoding="utf-8")


@pytest.mark.parametrize(
    "data,words",
    [(b"", "empty"), (b"%PDF-1.7", "no table"), (b"<!doctype html><p>", "web page"), (b"<svg xmlns='x'/>", "web page"), (b"PK\x03\x04broken", "damaged"),
     (b"just words\nwithout columns\n", "no columns"), (b"ab\x00\x01\x02cd" * 50, "binary")],
)  # fmt: skip
def test_what_is_no_portfolio_is_refused(tmp_path, data, words):
    path = tmp_path / "x.csv"
    path.write_bytes(data)
    with pytest.raises(Unreadable, match=words):
        read(path)


def test_a_zip_bomb_is_refused(tmp_path):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * (60 * 1024**2))
    with pytest.raises(Unreadable, match="unpacks to far more"):
        read(path)


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE a [<!ENTITY x "y"><!ENTITY z "&x;&x;">]><a>&z;</a>',
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        "<a><b></a>",
        "<?xml version='1.0'?>",
    ],
)
def test_hostile_or_broken_xml_is_refused(tmp_path, text):
    with pytest.raises(Unreadable):
        read(table(tmp_path, text, "a.xml"))


@pytest.mark.parametrize(
    "text,key",
    [("EP 22 716 482.9", "EP22716482"), ("EP22716482A", "EP22716482"), ("CN 202011289904.3", "CN202011289904"), ("US 18/552,107", "US18552107"),
     ("PCT/EP2022/056612", "WOEP2022056612"), ("DE 10 2020 123 456", "DE102020123456"), ("KR 10-2021-0012345", "KR1020210012345"), ("JP 2025-514882", "JP2025514882")],
)  # fmt: skip
def test_numbers(text, key):
    assert parse_number(text).key == key


@given(st.integers(0, 99999999))
def test_check_digit_never_enters_the_key(number):
    digits = f"{number:08d}"
    assert parse_number(f"EP {digits[:2]} {digits[2:5]} {digits[5:]}.{ep_check_digit(digits)}").key == f"EP{digits}"


@given(st.dates(date(1950, 1, 1), date(2049, 12, 31)))
def test_dates_round_trip_in_every_order(day):
    for order, form in (("dmy", "%d.%m.%Y"), ("mdy", "%m/%d/%y"), ("ymd", "%Y-%m-%d")):
        text = day.strftime(form)
        assert parse(text, order, 49) == day
        assert order in orders_of_one(text)[0]


def test_no_century_without_a_word():
    with pytest.raises(DateFault):
        parse("1/22/80", "mdy", None)


# --- numbers of China


@pytest.mark.parametrize(
    "written",
    [
        "201710601862.3",
        "CN201710601862.3",
        "CN2017106018623",
        "ZL201710601862.3",
        "ZL 2017 1 0601862.3",
        "zl2017106018623",
        "CN 201710601862 A",
        "ＣＮ２０１７１０６０１８６２.３",
    ],
)
def test_a_chinese_application_has_one_key_however_it_is_written(written):
    assert parse_number(written, "CN").key == "CN201710601862"


def test_a_check_digit_is_only_taken_off_where_it_is_one():
    # Numbers whose check digit is worked out in public: of an application of 2017, and of one of the old form.
    assert (cn_check_digit("201710601862"), cn_check_digit("95115608")) == ("3", "X")
    assert parse_number("CN2017106018624").key == "CN2017106018624"  # no check digit: a digit too many, not to be hidden
    assert parse_number("CN112345678").key == "CN112345678" and publication_key("CN 103456780 A") == "CN:103456780"  # publications
    assert parse_number("GB 2212345.6").key == "GB2212345"
