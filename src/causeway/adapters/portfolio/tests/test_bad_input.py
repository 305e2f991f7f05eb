"""What is wrong with a file is told with its place, and nothing of it is lost or does harm."""

import datetime
import os
import re
import zipfile

import pytest
import xlsxwriter

from causeway.adapters.portfolio import FileReader, guard, table, xml
from causeway.rooms.assets.ports import AssetRecord, CellProblem, Unreadable

READER = FileReader()
HEAD = "Application number;Title;Filing date;Grant date;Expiry date;Status\n"


def put(tmp_path, text, name="a.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return path


def read(path, **options):
    shape = READER.recognise(str(path), path.name, options)
    return shape, list(READER.read(str(path), shape))


def problems(found):
    return [(one.row, one.column, one.code) for one in found if isinstance(one, CellProblem)]


def keys(found):
    return [one.key for one in found if isinstance(one, AssetRecord)]


# --- letters


def test_letters_with_two_readings_are_asked_on_the_same_words(tmp_path):
    rows = "".join(f"EP2271648{n};Gerät für {name};13/04/2022;;;\n" for n, name in enumerate(("Müller", "Jäger", "Weiß")))
    shape, _found = read(put(tmp_path, HEAD + rows, encoding="mac_roman"))
    (question,) = [one for one in shape.questions if one.kind == "encoding"]
    readings = dict(question.options)
    assert any("Müller" in word for word in readings["mac_roman"])
    assert len({len(words) for words in readings.values()}) == 1 and len(set(readings.values())) == len(readings)


def test_readings_that_are_the_same_are_not_asked(tmp_path):
    # "ü" is one letter in both Windows encodings, and no other can be meant.
    shape, found = read(put(tmp_path, HEAD + "EP22716482;für;13/04/2022;;;\n", encoding="cp1252"), encoding="cp1252")
    assert not shape.questions and found[0].title == "für"


def test_a_named_encoding_that_does_not_fit_is_refused_with_its_line(tmp_path):
    path = put(tmp_path, HEAD + "EP22716482;A;13/04/2022;;;\n" * 3 + "EP22716483;Fühler;13/04/2022;;;\n", encoding="cp1252")
    with pytest.raises(Unreadable, match=r"after line \d+ .*fc"):
        read(path, encoding="utf-8")
    with pytest.raises(Unreadable, match="is not an encoding"):
        read(path, encoding="nonsense")


def test_a_workbook_named_csv_is_read_as_what_it_is(tmp_path):
    path = workbook(tmp_path / "a.csv", {"One": [["Application number", "Title"], ["EP22716482", "A"]]})
    assert keys(read(path)[1]) == ["EP22716482"]
    with pytest.raises(Unreadable, match="no csv file"):
        read(path, format="csv")


@pytest.mark.parametrize(
    "encoding,mark", [("utf-8-sig", b""), ("utf-16", b""), ("utf-16-be", b"\xfe\xff"), ("utf-16-le", b""), ("utf-16-be", b""), ("utf-32", b"")]
)
def test_letters_of_two_bytes_are_read_with_and_without_a_mark(tmp_path, encoding, mark):
    shape, found = read(put(tmp_path, mark + (HEAD + "EP22716482;Fühler;13/04/2022;;;\n").encode(encoding)))
    assert not shape.questions and found[0].title == "Fühler"


def test_a_file_put_together_from_two_is_told_as_that(tmp_path):
    rows = "".join(f"EP2271648{n};Fühler {n};13/04/2022;;;\n" for n in range(4)).encode()
    shape, _found = read(put(tmp_path, HEAD.encode() + rows + "EP22716489;Gerät;13/04/2022;;;\n".encode("cp1252")))
    assert "Most of them are UTF-8, but not “Ger" in shape.questions[0].text


def test_a_letter_of_nought_is_told_with_its_cell_and_keeps_a_number_out(tmp_path):
    _shape, found = read(put(tmp_path, HEAD + "EP22716482;A\x00B;13/04/2022;;;\nEP227\x0016490;B;13/04/2022;;;\n"))
    assert problems(found) == [(2, "Title", "lost"), (3, "Application number", "number")] and keys(found) == ["EP22716482"]


# --- delimiters, quotes, rows


@pytest.mark.parametrize("text", ["\n\n  \n", "\ufeff", "\ufeff \r\n"])
def test_a_file_of_nothing_is_empty(tmp_path, text):
    with pytest.raises(Unreadable, match="empty"):
        read(put(tmp_path, text))


@pytest.mark.parametrize("text", [HEAD, HEAD.strip(), HEAD + ";;;;;\n"])
def test_a_header_without_rows_is_told(tmp_path, text):
    assert problems(read(put(tmp_path, text))[1]) == [(1, "", "no-assets")]


@pytest.mark.parametrize("text", ["EP22716482;A;13/04/2022\n", "Pump;A;13/04/2022\n"])
def test_values_are_not_taken_for_names_of_columns(tmp_path, text):
    with pytest.raises(Unreadable, match="Row 1 holds values"):
        read(put(tmp_path, text))


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_every_usual_delimiter_is_found(tmp_path, mark):
    _shape, found = read(put(tmp_path, (HEAD + "EP22716482;A;13/04/2022;;;\n").replace(";", mark)))
    assert keys(found) == ["EP22716482"]


def test_a_row_with_another_delimiter_is_told(tmp_path):
    _shape, found = read(put(tmp_path, HEAD + "EP22716482;A;13/04/2022;;;\nEP22716483,B,13/04/2022,,,\n"))
    assert problems(found) == [(3, "", "columns")] and keys(found) == ["EP22716482"]


def test_too_many_cells_keep_the_row_out_and_too_few_are_told(tmp_path):
    _shape, found = read(put(tmp_path, HEAD + "EP22716482;A;13/04/2022;;;;x\nEP22716483;B\n"))
    assert problems(found) == [(2, "", "columns"), (3, "", "short")] and keys(found) == ["EP22716483"]


def test_a_quote_left_open_is_told_where_it_opens(tmp_path):
    rows = "".join(f"EP2271648{n};Title;13/04/2022;;;\n" for n in range(5))
    _shape, found = read(put(tmp_path, HEAD + 'EP22716499;"Left open;13/04/2022;;;\n' + rows + 'EP22716498;closed";13/04/2022;;;\n'))
    assert problems(found)[0] == (2, "Title", "quote")


def test_a_lost_row_shows_in_the_declared_total(tmp_path):
    head = "University,Total_number_of_applications,Application_title,Espacenet_link,Filing_year,Patent_status,Technical_field\n"
    row = "U,2,A,https://worldwide.espacenet.com/patent/search?q=EP22716482A,4/13/22,Pending,Other\n"
    _shape, found = read(put(tmp_path, head + row), pivot=30)
    assert problems(found) == [(0, "Total_number_of_applications", "declared")] and len(keys(found)) == 1


def test_two_columns_of_one_name_can_be_told_apart(tmp_path):
    path = put(tmp_path, "Application number;Name;Name\nEP22716482;Code;Pump\n")
    assert read(path, map={"number": "Application number", "title": "Name (2)"})[1][0].title == "Pump"


def test_rows_of_nothing_but_separators_and_ends_of_file_are_no_rows(tmp_path):
    _shape, found = read(put(tmp_path, HEAD + "EP22716482;A;13/04/2022;;;\n;;;;;\n\x1a\n"))
    assert problems(found) == [] and len(found) == 1


# --- days


@pytest.mark.parametrize(
    "cells,problem",
    [("31/02/2022;;;", (3, "Filing date", "date")), ("2022-02-30;;;", (3, "Filing date", "date")), ("soon;;;", (3, "Filing date", "date")),
     ("13/04/2022;13/04/2099;;Granted", (3, "Grant date", "future")), ("13/04/2022;12/04/2022;;Granted", (3, "Grant date", "order")),
     ("13/04/2022;;01/04/2022;Expired", (3, "Expiry date", "order"))],
)  # fmt: skip
def test_a_day_that_cannot_be_keeps_its_row_out(tmp_path, cells, problem):
    _shape, found = read(put(tmp_path, HEAD + "EP22716482;Good;14/04/2021;;;\n" + f"EP22716483;Bad;{cells}\n"))
    assert problems(found) == [problem] and keys(found) == ["EP22716482"]


def test_an_expiry_to_come_is_no_fault_and_one_that_came_is_an_event(tmp_path):
    _shape, found = read(put(tmp_path, HEAD + "EP22716482;A;14/04/2021;;14/04/2041;Pending\nEP22716483;B;14/04/2001;;14/04/2021;Expired\n"))
    first, second = found
    assert first.events == [] and [(one.kind, one.on.isoformat()) for one in second.events] == [("expired", "2021-04-14")]


def test_mixed_orders_are_asked_and_what_does_not_fit_is_listed(tmp_path):
    path = put(tmp_path, HEAD + "EP22716482;A;25/06/2022;;;\nEP22716483;B;06/25/2022;;;\nEP22716484;C;03/04/2022;;;\n")
    shape, _found = read(path)
    (question,) = shape.questions
    assert question.kind == "dates" and "row 2" in question.text and "row 3" in question.text and set(dict(question.options)) == {"dmy", "mdy"}
    _shape, found = read(path, dates="dmy")
    assert problems(found) == [(3, "Filing date", "date")] and keys(found) == ["EP22716482", "EP22716484"]


@pytest.mark.parametrize(
    "day",
    [
        "2022-04-03",
        "20220403",
        "3 April 2022",
        "03-Apr-2022",
        "April 3, 2022",
        "2022年4月3日",
        "2022年 4月 3日",
        "２０２２年４月３日",
        "3 de abril de 2022",
        "3 kwietnia 2022",
    ],
)
def test_dates_with_one_reading_are_not_asked(tmp_path, day):
    shape, found = read(put(tmp_path, HEAD + f"EP22716482;A;{day};;;\n"))
    assert not shape.questions and found[0].filed_on.isoformat() == "2022-04-03"


@pytest.mark.parametrize("nothing", ["-", "–", "n/a", "N/A", "0000-00-00", "无"])
def test_what_people_write_where_there_is_no_day_is_none(tmp_path, nothing):
    _shape, (record,) = read(put(tmp_path, HEAD + f"EP22716482;A;13/04/2022;{nothing};;\n"))
    assert record.granted_on is None and record.filed_on.isoformat() == "2022-04-13"


@pytest.mark.parametrize("nobody", ["-", "n/a", " ; ", "—", "无"])
def test_what_people_write_where_there_is_no_name_is_none(tmp_path, nobody):
    record = read(put(tmp_path, f"Application number|Title|Applicant|Inventors|Agent\nEP22716482|A|{nobody}|{nobody}|{nobody}\n"))[1][-1]
    assert record.owners == record.inventors == record.agents == []


def test_a_mark_within_a_name_divides_no_list_of_double_marks(tmp_path):
    text = "Application number|Title|Applicant|Inventors\nEP22716482|A|FISK, JR.; JAMES;;Beta GmbH|CORRELL; JOHN D.;;LEE, A\nEP22716483|B|Alpha; Beta|A;B\n"
    records = read(put(tmp_path, text))[1]
    assert [one.owners for one in records] == [["FISK, JR., JAMES", "Beta GmbH"], ["Alpha", "Beta"]]
    assert [one.inventors for one in records] == [["CORRELL, JOHN D.", "LEE, A"], ["A", "B"]]


@pytest.mark.parametrize("cell", ["44664", "44664.0", "44664.5"])
def test_a_day_that_became_a_number_is_told_as_that_and_not_guessed(tmp_path, cell):
    _shape, (problem,) = read(put(tmp_path, HEAD + f"EP22716482;A;{cell};;;\n"))
    assert problem.code == "date" and "13 Apr 2022" in problem.message


@pytest.mark.parametrize("cell", ["13/04/2022 10:22", "4/13/2022 12:00:00 AM", "Apr 13 2022 12:00AM", "13.04.2022 23:59:59", "2022-04-13 10:22:11.5"])
def test_a_time_of_day_behind_a_day_changes_nothing(tmp_path, cell):
    _shape, found = read(put(tmp_path, HEAD + f"EP22716482;A;{cell};;;\n"))
    assert not problems(found) and found[0].filed_on == datetime.date(2022, 4, 13)


def test_the_century_is_asked_of_the_year_whatever_stands_around_it(tmp_path):
    for cell, options in (("13/04/22 00:00", {}), ("22-04-13", {"dates": "ymd"}), ("13-Apr-22", {})):
        question = READER.recognise(str(put(tmp_path, HEAD + f"EP22716482;A;{cell};;;\n")), "a.csv", options).questions[-1]
        assert question.kind == "pivot" and "from 22 to 22" in question.text


@pytest.mark.parametrize("cell", ["13/04/0202", "13/04/202", "13/04/1022"])
def test_a_year_that_cannot_be_keeps_its_row_out(tmp_path, cell):
    assert problems(read(put(tmp_path, HEAD + f"EP22716482;A;{cell};;;\n"))[1]) == [(2, "Filing date", "date")]


def test_the_same_day_in_both_orders_is_not_asked(tmp_path):
    shape, _found = read(put(tmp_path, HEAD + "EP22716482;A;05/05/2022;;;\n"))
    assert not shape.questions


def test_day_month_and_year_of_two_digits_leave_three_orders(tmp_path):
    shape, _found = read(put(tmp_path, HEAD + "EP22716482;A;03-04-05;;;\n"))
    assert {one.kind for one in shape.questions} == {"dates", "pivot"}
    assert set(dict(next(one for one in shape.questions if one.kind == "dates").options)) == {"dmy", "mdy", "ymd"}


@pytest.mark.parametrize("cell,order", [("25/06/22", "dmy"), ("25.06.22", "dmy"), ("06/25/22", "mdy"), ("85/06/25", "ymd")])
def test_a_day_above_twelve_fixes_the_order_of_short_years_too(tmp_path, cell, order):
    shape, _found = read(put(tmp_path, HEAD + f"EP22716482;A;{cell};;;\nEP22716483;A;{'99/01/02' if order == 'ymd' else '03/04/05'};;;\n"))
    assert [one.kind for one in shape.questions] == ["pivot"] and shape.dates == order


def test_swapped_days_of_a_spreadsheet_are_remarked(tmp_path):
    months = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]
    words = "".join(f"EP2271{n:04d};A;{n % 12 + 1} {months[n % 11]} 20{n:02d};;;\n" for n in range(25))
    figures = "".join(f"EP2272{n:04d};A;{n % 12 + 1:02d}/{13 + n % 15}/20{n:02d};;;\n" for n in range(25))
    _shape, found = read(put(tmp_path, HEAD + words + figures))
    assert problems(found) == [(0, "Filing date", "swapped")]


def test_a_chinese_table_needs_nothing_but_its_office(tmp_path):
    text = (
        "申请（专利）号,专利名称,专利类型,申请日,公开（公告）号,公开（公告）日,申请（专利权）人,发明（设计）人,当前法律状态\n"
        "202011289904.2,一种泵,发明,2020年11月17日,CN112345678B,2022.03.04,清华大学；北京大学,张三、李四,有权\n"
        "201710601862.3,装置,实用新型,2017-07-21,,,清华大学,王五,未缴年费专利权终止\n"
    )
    path = put(tmp_path, text, encoding="gb18030")
    shape = READER.recognise(str(path), path.name, {"encoding": "gb18030"})
    assert len(shape.mapping) == 9 and [one.kind for one in shape.questions] == ["columns"]  # of which office they are
    first, second = [one for one in read(path, encoding="gb18030", map=shape.mapping | {"office": "=CN"})[1] if isinstance(one, AssetRecord)]
    assert (first.key, first.grant_number, first.granted_on) == ("CN202011289904", "CN 112345678 B", datetime.date(2022, 3, 4))
    assert (first.owners, first.inventors, first.status) == (["清华大学", "北京大学"], ["张三", "李四"], "granted|有权")
    assert (second.right, second.status.partition("|")[0]) == ("utility_model", "ended")


# --- numbers, offices, formulas


@pytest.mark.parametrize("number,code", [("XX1234567", "office"), ("", "number"), ("pending", "number"), ("12345678", "number")])
def test_a_number_nobody_can_place(tmp_path, number, code):
    _shape, found = read(put(tmp_path, HEAD + f"EP22716482;A;13/04/2022;;;\n{number};B;13/04/2022;;;\n"))
    assert problems(found) == [(3, "Application number", code)]


def test_numbers_without_an_office_are_asked_and_answered_for_all(tmp_path):
    path = put(tmp_path, "Application SN;Title\n13/033,085;A\n08/543,093;B\n")
    shape, _found = read(path)
    assert [one.kind for one in shape.questions] == ["columns"] and "13/033,085" in shape.questions[0].text
    _shape, found = read(path, map={"number": "Application SN", "title": "Title", "office": "=US"})
    assert keys(found) == ["US13033085", "US08543093"]


@pytest.mark.parametrize("cell", ["2.27E+07", "1.2e+07", "2,27E+07", "2E7"])
def test_a_number_that_a_spreadsheet_shortened_is_kept_out(tmp_path, cell):
    _shape, (problem,) = read(put(tmp_path, f"Application number;Office;Title\n{cell};EP;A\n"))
    assert problem.code == "number" and "digits are lost" in problem.message


def test_a_number_with_a_fraction_of_nought_is_that_number(tmp_path):
    _shape, found = read(put(tmp_path, "Application number;Office;Title\n13033085.0;US;A\n22716482.0;EP;B\n202010123456,0;CN;C\n"))
    assert keys(found) == ["US13033085", "EP22716482", "CN202010123456"]


def test_where_many_numbers_name_no_office_it_is_asked(tmp_path):
    rows = "CN202010123456.7;A\n202010123457.1;B\nZL202010123458.6;C\n"
    path = put(tmp_path, "申请号;发明名称\n" + rows)
    (question,) = read(path)[0].questions
    assert question.kind == "columns" and "202010123457.1" in question.text
    _shape, found = read(path, map={"number": "申请号", "title": "发明名称", "office": "=CN"})
    assert keys(found) == ["CN202010123456", "CN202010123457", "CN202010123458"]


def test_a_map_with_what_is_not_there_is_refused(tmp_path):
    path = put(tmp_path, HEAD)
    with pytest.raises(Unreadable, match="the column Nummer, which the file does not have"):
        read(path, map={"number": "Nummer"})
    with pytest.raises(Unreadable, match="the field colour, which is not known"):
        read(path, map={"colour": "Title"})


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("EP22716482.9", None), ("EP 22 716 482.8", "check"), ("EP227164829", None), ("EP2022716482", "check"), ("DE 10 2007 004 488.9", None),
        ("DE102014218224.7", None), ("DE1020070044889", None), ("DE102007004488.1", "check"), ("DE3130619.5", None), ("DE3130619.6", "check"),
        ("DE3025842.5", None), ("CN202011289904.2", None), ("CN202011289904.3", "check"), ("GB2201234.5", None), ("=1+1", "number"),
    ],
)  # fmt: skip
def test_a_wrong_check_digit_is_a_warning_and_keeps_nothing_out(tmp_path, number, code):
    """German numbers as the Federal Patent Court cites them, and the examples of the office's notice 3/83."""
    shape, found = read(put(tmp_path, HEAD + f"{number};A;13/04/2022;;;\n"), map={"number": "Application number", "office": "=DE"})
    assert not shape.questions and [one[2] for one in problems(found)] == ([code] if code else [])
    assert len(keys(found)) == (code != "number")


def test_a_formula_and_a_value_too_long_come_in_with_a_remark(tmp_path):
    _shape, found = read(put(tmp_path, HEAD + "EP22716483;=HYPERLINK(1);13/04/2022;;;\nEP22716484;" + "x" * 600 + ";13/04/2022;;;\n"))
    assert problems(found) == [(2, "Title", "formula"), (3, "Title", "long")]
    assert [len(one.title) for one in found if isinstance(one, AssetRecord)] == [13, 500]


@pytest.mark.parametrize(
    ("number", "publication", "grant"),
    [
        ("EP3912345B1", "", "EP 3912345 B1"), ("EP 3 912 345 A1", "EP 3912345 A1", ""), ("WO2024/123456", "WO 2024/123456", ""),
        ("WO2024123456A1", "WO 2024/123456 A1", ""), ("US2024/0123456A1", "US 20240123456 A1", ""), ("US 11,234,567 B2", "", "US 11234567 B2"),
        ("CN116000000A", "CN 116000000 A", ""), ("GB2612345B", "", "GB 2612345 B"),
    ],
)  # fmt: skip
def test_a_publication_among_the_applications_is_kept_as_one_with_a_word(tmp_path, number, publication, grant):
    _shape, found = read(put(tmp_path, HEAD + f"{number};A;13/04/2022;;;\n"))
    assert problems(found) == [(2, "Application number", "publication")]
    record = found[-1]
    assert (record.number, record.publication_number, record.grant_number) == ("", publication, grant) and ":" in record.key


@pytest.mark.parametrize(
    "number", ["PCT/EP2024/012345", "US 18/123,456", "US 16/123,456 B2", "EP23700111.0", "EP23700111 B1", "DE102023123456A1", "CN202011289904.2"]
)
def test_an_application_stays_one_whatever_stands_behind_it(tmp_path, number):
    _shape, found = read(put(tmp_path, HEAD + f"{number};A;13/04/2022;;;\n"))
    assert not problems(found) and found[0].number


def test_a_grant_beside_a_publication_is_kept_as_the_grant(tmp_path):
    text = "Application number;Publication number;Title\nEP3912345B1;EP3912345A1;A\n"
    record = read(put(tmp_path, text))[1][-1]
    assert (record.number, record.publication_number, record.grant_number) == ("", "EP 3912345 A1", "EP 3912345 B1")


# --- hostile


def test_a_line_without_an_end_is_refused_before_it_fills_the_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(table, "MAX_LINE", 2_000)
    with pytest.raises(Unreadable, match="Line 3 has no end"):
        read(put(tmp_path, HEAD + "EP22716482;A;13/04/2022;;;\nEP22716483;" + "x" * 3_000))


def test_a_file_over_the_limit_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "huge.csv"
    path.touch()
    os.truncate(path, guard.MAX_BYTES + 1)  # a sparse file: nothing is written
    with pytest.raises(Unreadable, match="2,049 MB; at most 2,048 MB"):
        read(path)


def test_an_archive_that_claims_more_than_it_may_unpack_is_refused(tmp_path):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * (60 * 1024**2))
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (60 * 1024**2))
    with pytest.raises(Unreadable, match="unpacks to far more"):
        read(path)


@pytest.mark.parametrize("placed", [True, False])
def test_a_sheet_of_five_kilobytes_that_spans_a_thousand_million_cells_is_refused_before_it_is_read(tmp_path, placed):
    def fill(book):
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADS)
        sheet.write_row(1, 0, ["x"] * 1_000)
        sheet.write(1_048_575, 0, "x")

    path = drawn(tmp_path, fill)
    if not placed:  # cells that do not tell where they are stand one after the other
        with zipfile.ZipFile(path) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        parts["xl/worksheets/sheet1.xml"] = re.sub(rb'<c r="[A-Z]+\d+"', b"<c", parts["xl/worksheets/sheet1.xml"])
        with zipfile.ZipFile(path, "w") as archive:
            for name, body in parts.items():
                archive.writestr(name, body)
    with pytest.raises(Unreadable, match="Sheet1 reaches to row 1,048,576 and column 1,000"):
        read(path)


def test_cells_that_are_only_coloured_reach_nowhere(tmp_path):
    def fill(book):
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADS)
        sheet.write_row(1, 0, ["EP22716482", "A", "2022-04-13", "U"])
        sheet.write_blank(1_048_575, 16_383, None, book.add_format({"bg_color": "red"}))

    assert keys(read(drawn(tmp_path, fill))[1]) == ["EP22716482"]


def test_an_archive_that_is_no_workbook_is_refused(tmp_path):
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(Unreadable, match="no workbook"):
        read(path)


def workbook(path, sheets):
    """A workbook of text cells."""
    book = xlsxwriter.Workbook(path)
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    book.close()
    return path


def test_a_workbook_cut_off_on_the_way_is_told(tmp_path):
    whole = workbook(tmp_path / "whole.xlsx", {"One": [["Application number", "Title"], ["EP22716482", "A"]]})
    assert keys(read(whole)[1]) == ["EP22716482"]
    with pytest.raises(Unreadable, match="damaged or was cut off"):
        read(put(tmp_path, whole.read_bytes()[:-200], "cut.xlsx"))


def test_a_row_of_a_workbook_has_the_number_it_has_there(tmp_path):
    blank = [[], [], ["Portfolio of Alpha"], ["Application number", "Title"], ["EP22716482", "A"], [], ["XX1", "B"]]
    _shape, found = read(workbook(tmp_path / "a.xlsx", {"One": blank}))
    assert problems(found) == [(7, "Application number", "office")] and found[0].place == "5"


HEADS = ["Application number", "Title", "Filing date", "Applicant"]


def drawn(tmp_path, fill):
    """A workbook that a function fills."""
    book = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    fill(book)
    book.close()
    return tmp_path / "a.xlsx"


def test_hidden_sheets_are_left_out_and_told_or_read_when_asked(tmp_path):
    def fill(book):
        for name, number in (("Shown", "EP22716482"), ("Old", "EP22716490"), ("Very", "EP22716491")):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, HEADS)
            sheet.write_row(1, 0, [number, "A", "2022-04-13", "U"])
        book.get_worksheet_by_name("Old").hide()
        book.get_worksheet_by_name("Very").very_hidden()

    shape, found = read(drawn(tmp_path, fill))
    assert shape.hidden == ["Old", "Very"] and keys(found) == ["EP22716482"]
    assert problems(found) == [(0, "Old", "hidden"), (0, "Very", "hidden")]
    _shape, found = read(drawn(tmp_path, fill), hidden=True)
    assert keys(found) == ["EP22716482", "EP22716490", "EP22716491"] and not problems(found)


def test_hidden_rows_merged_cells_and_formulas_without_a_value_are_told(tmp_path):
    def fill(book):
        sheet = book.add_worksheet()
        sheet.merge_range("A1:D1", "Portfolio")
        sheet.write_row(1, 0, HEADS)
        for row in range(2, 7):
            sheet.write_row(row, 0, [f"EP2271648{row}", "A", "2022-04-13", "U"])
        sheet.merge_range("D3:D4", "Alpha")
        sheet.write_formula("B6", "=1/0", None, "#DIV/0!")
        sheet.write_formula("G6", "=1/0", None, "#DIV/0!")
        for row in (3, 4, 6):
            sheet.set_row(row, None, None, {"hidden": True})

    _shape, found = read(drawn(tmp_path, fill))
    assert problems(found) == [(3, "", "merged"), (6, "Title", "lost"), (4, "", "hidden")]
    assert [one.message for one in found if isinstance(one, CellProblem)][2].startswith("3 rows (4–5, 7) are hidden")
    assert [one.owners for one in found if isinstance(one, AssetRecord)] == [["Alpha"], ["Alpha"], ["U"], ["U"], ["U"]]


def test_formulas_that_were_never_computed_are_told_and_empty_texts_are_not(tmp_path):
    def fill(book):
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADS)
        sheet.write_column(1, 0, ["EP22716482", "EP22716483", "EP22716484"])
        for cell, value in (("B2", "none"), ("B3", "B"), ("B4", "empty")):
            sheet.write_formula(cell, "=A1", None, value)

    path = drawn(tmp_path, fill)
    # As libraries write a formula that they do not compute, and as spreadsheet programs write one that comes to an empty text.
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = parts[sheet].replace(b' t="str"><f>A1</f><v>none</v>', b"><f>A1</f><v></v>").replace(b"<v>empty</v>", b"<v></v>")
    with zipfile.ZipFile(path, "w") as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
    _shape, found = read(path)
    assert problems(found) == [(2, "Title", "lost")] and [one.title for one in found if isinstance(one, AssetRecord)] == ["", "B", ""]


def test_days_counted_from_1904_are_those_days(tmp_path):
    path = tmp_path / "mac.xlsx"
    book = xlsxwriter.Workbook(path, {"date_1904": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEADS)
    sheet.write_row(1, 0, ["EP22716482", "A"])
    sheet.write_datetime(1, 2, datetime.datetime(2022, 4, 13), book.add_format({"num_format": "dd/mm/yyyy"}))
    book.close()
    assert read(path)[1][0].filed_on == datetime.date(2022, 4, 13)


def test_other_sheets_with_the_same_columns_are_read_too(tmp_path):
    sheets = {
        "One": [["Application number", "Title"], ["EP22716482", "A"]],
        "More": [["Title", "Application number"], ["B", "EP22716483"], ["C", "XX1"]],
    }
    workbook(tmp_path / "two.xlsx", sheets)
    _shape, found = read(tmp_path / "two.xlsx")
    assert keys(found) == ["EP22716482", "EP22716483"] and problems(found) == [(3, "More: Application number", "office")]


BILLION = (
    "<!DOCTYPE a [<!ENTITY x0 'ha'>"
    + "".join(f"<!ENTITY x{n} '{'&x' + str(n - 1) + ';' * 1}{'&x' + str(n - 1) + ';'}'>" for n in range(1, 30))
    + "]><a>&x29;</a>"
)


@pytest.mark.parametrize(
    "text",
    [BILLION, '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', '<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1/x"> %x;]><a/>'],
)
def test_entities_are_never_expanded_nor_fetched(tmp_path, text):
    with pytest.raises(Unreadable, match="declares entities"):
        read(put(tmp_path, text, "a.xml"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("before", ["", "<!-- <a> " + "x" * 200_000 + " -->"])
def test_entities_are_found_behind_anything_and_in_any_letters(tmp_path, encoding, before):
    text = f'<?xml version="1.0" encoding="{encoding}"?>{before}' + BILLION.replace("<a>&x29;</a>", '<fault a="&x29;"><code>&x29;</code></fault>')
    with pytest.raises(Unreadable, match="declares entities"):
        read(put(tmp_path, text, "a.xml", encoding))


def test_a_reply_without_documents_says_so(tmp_path):
    assert problems(read(put(tmp_path, "<exchange-documents/>", "a.xml"))[1]) == [(1, "", "no-assets")]


def test_a_document_type_outside_the_file_is_not_fetched(tmp_path):
    text = '<!DOCTYPE a SYSTEM "file:///etc/passwd"><fault><code>CLIENT.RobotDetected</code><message>Fair use exceeded</message></fault>'
    _shape, (problem,) = read(put(tmp_path, text, "a.xml"))
    assert problem.code == "rate-limit"


@pytest.mark.parametrize(
    "code,message,wanted",
    [("SERVER.EntityNotFound", "No results found", "not-found"), ("404", "Document not found", "not-found"), ("CLIENT.RobotDetected", "", "rate-limit"),
     ("403", "This request has been rejected due to the violation of Fair Use policy", "rate-limit"), ("SERVER.DomainAccess", "Broken", "fault")],
)  # fmt: skip
def test_error_replies_are_told_as_what_they_are(tmp_path, code, message, wanted):
    text = f'<?xml version="1.0"?><fault xmlns="http://ops.epo.org"><code>{code}</code><message>{message}</message></fault>'
    _shape, (problem,) = read(put(tmp_path, text, "a.xml"))
    assert problem.code == wanted


def test_xml_cut_off_is_told_with_its_line(tmp_path):
    with pytest.raises(Unreadable, match=r"cut off at line 2"):
        read(put(tmp_path, "<a>\n<b>", "a.xml"))


# --- long files of a register


def document(number, title="Pump", kind="A1", day="20200304"):
    """An exchange document of an application."""
    return (
        f'<exch:exchange-document country="EP" doc-number="{number}" kind="{kind}" family-id="1"><exch:bibliographic-data><exch:publication-reference>'
        f"<document-id><country>EP</country><doc-number>{number}</doc-number><kind>{kind}</kind><date>{day}</date></document-id></exch:publication-reference>"
        f"<exch:application-reference><document-id><country>EP</country><doc-number>{number + 18_000_000}</doc-number><kind>A</kind></document-id>"
        f'</exch:application-reference><exch:invention-title lang="en">{title}</exch:invention-title></exch:bibliographic-data></exch:exchange-document>'
    )


def docdb(tmp_path, *documents):
    text = "".join(documents)
    return put(tmp_path, f'<exch:exchange-documents xmlns:exch="http://www.epo.org/exchange">{text}</exch:exchange-documents>', "a.xml")


def test_publications_far_apart_are_one_application(tmp_path):
    path = docdb(tmp_path, document(1), *[document(n) for n in range(2, 400)], document(1, kind="B1", day="20220304"))
    _shape, found = read(path)
    assert len(found) == 399 and found[0].place == "1" and found[-1].place == "399"
    assert (found[0].publication_number, found[0].grant_number, found[0].granted_on.isoformat()) == ("EP 1 A1", "EP 1 B1", "2022-03-04")


def test_documents_read_are_let_go(tmp_path):
    path = docdb(tmp_path, *[document(n) for n in range(1, 1_500)])
    held = [len(node.getparent()) for node in xml.elements(str(path), "exchange-document")]
    assert len(held) == 1_499 and max(held[-10:]) < 200  # no more than a piece of the file holds


def test_a_named_letter_is_read_wherever_the_file_is_cut(tmp_path, monkeypatch):
    path = docdb(tmp_path, document(1, "F&uuml;hler &amp; Ger&auml;t &nonsense; &"[:-1]))
    for piece in range(20, 60):
        monkeypatch.setattr(xml, "PIECE", piece)
        assert read(path)[1][0].title == "Fühler & Gerät [nonsense]"


def test_one_record_too_long_for_memory_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(xml, "MAX_RECORD", 100_000)
    path = docdb(tmp_path, document(1), document(2, "x" * 300_000))
    with pytest.raises(Unreadable, match="without a record ending"):
        read(path)


def test_damage_far_behind_the_start_is_told_with_its_line(tmp_path, monkeypatch):
    monkeypatch.setattr(xml, "LOOKED_AT", 1_000)
    path = docdb(tmp_path, *[document(n) + "\n" for n in range(1, 500)])
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(Unreadable, match=r"damaged or cut off at line \d{3}"):
        read(path)
