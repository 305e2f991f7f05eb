"""The real guide as the reference says, and damaged copies of it: whatever happens to a file, no character of a case is lost."""

from __future__ import annotations

import os
import random
import re
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from causeway.engines.guide import KEYS, LIMITS, fingerprint, normalise, parse
from causeway.engines.guide.parse import FOOTER
from causeway.engines.guide.template import FIELD_OF, LABELS, REST, SECTION_OF, fold_label
from causeway.engines.guide.tests.samples import guide_text
from causeway.engines.guide.text import joined, laid_out

SHARED = Path(os.environ.get("CAUSEWAY_SHARED", Path(__file__).resolve().parents[6] / "shared")) / "reference" / "guide"
real = pytest.mark.skipif(not (SHARED / "guide.txt").exists(), reason="the guide does not lie beside the project")


def real_text() -> str:
    return (SHARED / "guide.txt").read_text(encoding="utf-8")


def copies() -> list[str]:
    """The texts that are damaged: an invented guide, and the real one where it is there."""
    return [guide_text(), *([real_text()] if (SHARED / "guide.txt").exists() else [])]


def said(guide) -> str:
    """Every word a reading gives back."""
    parts = []
    for case in guide.cases:
        parts += [case.number or "", case.heading or "", case.partner or "", case.chapter or "", *(value or "" for value in case.fields.values())]
        parts += [one.text for one in case.warnings]
    parts += [one.text for one in guide.problems]
    return "\n".join(parts)


def lost(text: str, guide) -> list[str]:
    """Pieces of the lines behind the front matter that came back nowhere."""
    blob = said(guide)
    missing = []
    for line in re.split(r"\r\n|\r|\n|\f", text.lstrip("\ufeff"))[len(guide.front) :]:
        cells = [normalise(cell) for cell in line.split("\t")]
        if normalise(line) in FOOTER:
            continue
        for place, cell in enumerate(cells):
            label = fold_label(cell).text
            if not cell or cell in blob or (place == 0 and (label in FIELD_OF or label in SECTION_OF or label in REST)):
                continue
            # A heading is given back as its number and its words.
            found = re.match(r"^(\d+(?:\.\d+)*)\.?\s+(.*?):?$", cell)
            if place == 0 and len(cells) == 1 and found and found[2] in blob:
                continue
            missing.append(cell)
    return missing


def fields(guide):
    return [(case.number, case.fields, case.date_iso) for case in guide.cases]


# --- the real guide ------------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def expected():
    return yaml.safe_load((SHARED / "cases.yaml").read_text(encoding="utf-8"))["cases"]


@pytest.fixture(scope="module")
def guide():
    return parse((SHARED / "guide.txt").read_bytes(), "guide.txt")


@real
def test_the_real_guide_has_its_27_cases_and_no_problem(guide, expected):
    assert guide.problems == ()
    assert [case.number for case in guide.cases] == [one["id"] for one in expected]
    assert sum(value is None for case in guide.cases for value in case.fields.values()) == 32
    assert all(list(case.fields) == list(KEYS) for case in guide.cases)


@real
@pytest.mark.parametrize("place", range(27))
def test_a_case_is_read_as_the_reference_says(guide, expected, place):
    case, want = guide.cases[place], expected[place]["expected_parse"]
    fields = case.fields
    assert (case.heading, case.first_line, case.section, case.partner) == (
        want["heading"],
        want["heading_line"],
        want["section"],
        want["section_title"],
    )
    assert (fields["case_study_name"], fields["hei_name"], fields["case_study_author"], fields["country"]) == (
        want["case_study_name"], want["hei_name"], want["authors_raw"], want["country_raw"])  # fmt: skip
    assert case.date_iso == want["date"]["iso"] and (fields["date"] or "") == want["date"]["raw"]
    told = {code: [one for one in case.warnings if one.code == code] for code in {one.code for one in case.warnings}}
    assert ("date-order" in told) == want["date"]["ambiguous_day_month"]
    assert (len(fields["target_groups"]), fingerprint(fields["target_groups"])) == (want["target_groups_chars"], want["target_groups_sha256_12"])
    assert {key for key, value in fields.items() if value is None} == set(want["empty_fields"])
    assert {one.field for one in told.get("not-applicable", [])} == set(want["na_fields"])
    assert case.splits == want["page_break_joins"]
    for key, length in want["field_chars"].items():
        assert (len(fields[key] or ""), fingerprint(fields[key] or "")) == (length, want["field_sha256_12"][key]), key
    assert {one.field: len(fields[one.field]) - LIMITS[one.field] for one in told.get("over-limit", [])} == want["over_template_limit"]
    assert {one.field: int(re.sub(r"\D", "", one.text)) for one in told.get("printed-limit", [])} == want["printed_limits"]
    assert [one.line for one in told.get("rule-row", [])] == want.get("rule_rows_dropped", [])
    assert [one.line for one in told.get("untabbed", [])] == want.get("untabbed_value_lines", [])


@real
def test_doubts_about_names_are_told_and_nothing_is_decided(guide):
    told = {case.number: {one.code for one in case.warnings} for case in guide.cases}
    assert "hei-differs-from-section" in told["2.1.2"] and "hei-differs-from-section" not in told["2.1.1"]
    assert "heading-names-another" in told["3.5.3"] and "heading-names-another" in told["3.7.1"]
    assert "maybe-version" in told["2.3.2"] and len(guide.cases) == 27


@real
def test_every_quote_of_the_reference_is_found_in_its_case(guide, expected):
    for case, want in zip(guide.cases, expected, strict=True):
        text = " ".join(value for value in case.fields.values() if value)
        for fact in [*want["quantitative_rules"], *want["quantitative_results"]]:
            assert fact["quote"] in text


@real
def test_the_guide_is_read_in_under_a_second():
    data = (SHARED / "guide.txt").read_bytes()
    began = time.perf_counter()
    parse(data)
    assert time.perf_counter() - began < 1


# --- nothing is lost -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", copies())
def test_nothing_of_a_whole_copy_is_lost(text):
    assert lost(text, parse(text.encode())) == []


@pytest.mark.parametrize("which", range(len(copies())))
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_nothing_is_lost_wherever_a_copy_is_cut(which, data):
    text = copies()[which]
    cut = data.draw(st.integers(1, len(text) - 1))
    for piece in (text[:cut], text[cut:]):
        if piece.strip():
            guide = parse(piece.encode())
            assert lost(piece, guide) == []
    begun = text.find("HEI name"), text.rfind("E-mail")
    if begun[0] < cut < begun[1] and "case" not in text[cut - 400 : cut + 400].lower():
        assert parse(text[:cut].encode()).problems, "a cut copy is told to be one"


@pytest.mark.parametrize("which", range(len(copies())))
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10_000))
def test_nothing_is_lost_when_rows_change_places(which, seed):
    lines = copies()[which].split("\n")
    start = next(n for n, line in enumerate(lines) if line.startswith("Case Study name"))
    dice = random.Random(seed)
    for _ in range(dice.randrange(1, 12)):
        one, other = dice.randrange(start, len(lines)), dice.randrange(start, len(lines))
        lines[one], lines[other] = lines[other], lines[one]
    text = "\n".join(lines)
    assert lost(text, parse(text.encode())) == []


@pytest.mark.parametrize("which", range(len(copies())))
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), feet=st.sampled_from(["\n\n\n", "\n\n \nCo-funded by the\nErasmus+ Programme\nof the European Union\n\n", "\f", "\n\f\n12\n"]))
def test_a_page_break_between_any_two_lines_changes_nothing(which, data, feet):
    text = copies()[which]
    ends = [found.start() for found in re.finditer("\n", text) if found.start() > text.find("HEI name") - 400]
    at = data.draw(st.sampled_from(ends))
    broken = text[:at] + "\n" + feet + text[at + 1 :]
    assert fields(parse(broken.encode())) == fields(parse(text.encode()))


@pytest.mark.parametrize("which", range(len(copies())))
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_nothing_is_lost_when_a_page_breaks_inside_a_row(which, data):
    text = copies()[which]
    at = data.draw(st.integers(text.find("HEI name") + 10, len(text) - 1))
    while text[at] == "<" or text.rfind("<", 0, at) > text.rfind(">", 0, at):
        at += 1  # a tag is not broken in two
    broken = text[:at] + "\n\n\n\n\t" + text[at:]
    assert lost(broken, parse(broken.encode())) == []


@pytest.mark.parametrize("text", copies())
def test_labels_in_capitals_and_line_ends_change_nothing(text):
    whole = fields(parse(text.encode()))

    def capital(line: str) -> str:
        label, tab, value = line.partition("\t")
        return label.upper() + tab + value if tab else line

    assert fields(parse("\n".join(capital(line) for line in text.split("\n")).encode())) == whole
    assert fields(parse(text.replace("\n", "\r\n").encode())) == whole
    assert fields(parse(text.replace("\n", "\r").encode())) == whole
    assert fields(parse(text.rstrip("\n").encode())) == whole


@pytest.mark.parametrize("text", copies())
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_another_encoding_changes_nothing(text, encoding):
    assert fields(parse(text.encode(encoding))) == fields(parse(text.encode()))


@pytest.mark.parametrize("text", copies())
@pytest.mark.parametrize("encoding", ["cp1252", "latin-1"])
def test_a_western_encoding_is_read_as_far_as_it_can_hold_the_text(text, encoding):
    data = text.encode(encoding, "replace")
    assert fields(parse(data)) == fields(parse(data.decode("cp1252", "replace").encode()))


def test_a_chinese_encoding_is_known():
    text = (
        guide_text()
        .replace("A small fund for first experiments", "支持早期成果转化的小额基金，面向全校教师与研究生")
        .replace("Researchers", "教师、研究人员与学生")
    )
    text = re.sub(r"[^\x00-\x7f\u4e00-\u9fff，、]", "", text)
    assert fields(parse(text.encode("gb18030"))) == fields(parse(text.encode()))


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_a_character_cut_in_two_is_told(cut):
    data = guide_text().encode()
    at = data.index("€".encode()) + 1
    guide = parse(data[at + cut - 1 :] if cut == 1 else data[: at + cut - 2])
    assert any(one.code == "encoding" for one in guide.problems)


# --- rows and labels -------------------------------------------------------------------------------------------------------------------


def one_case(*rows: str) -> str:
    return "\n".join(["2. CASE STUDIES", "", "2.1. Harbour University", "", "2.1.1. A fund", "", *rows])


def test_an_unknown_label_is_a_problem_with_its_line_and_keeps_its_text():
    guide = parse(one_case("Case Study name\tA fund", "Budget line\t5,000 EUR", "\tand more", "HEI name\tHarbour University").encode())
    told = next(one for one in guide.problems if one.code == "unknown-label")
    assert (told.line, told.text) == (8, "Budget line 5,000 EUR and more")
    assert guide.cases[0].fields["hei_name"] == "Harbour University"


def test_a_field_that_stands_twice_is_a_problem_and_the_first_is_kept():
    guide = parse(one_case("Case Study name\tA fund", "Country\tSpain", "COUNTRY:\tPoland").encode())
    assert guide.cases[0].fields["country"] == "Spain"
    assert [(one.line, one.text) for one in guide.problems if one.code == "field-twice"] == [(9, "Poland")]


def test_a_table_without_heading_becomes_a_case_of_its_own():
    rows = ["Case Study name\tSecond", "HEI name\tQuay College", "Case study author\tN. N."]
    guide = parse(one_case("Case Study name\tFirst", "HEI name\tHarbour University", "Date\t2020", *rows).encode())
    assert [case.fields["case_study_name"] for case in guide.cases] == ["First", "Second"]
    assert any(one.code == "no-heading" for one in guide.problems)


@pytest.mark.parametrize("language", LABELS)
def test_labels_of_every_language_are_known(language):
    rows = [f"{label}\tvalue {n}" for n, label in enumerate(LABELS[language])]
    case = parse(one_case(*rows).encode()).cases[0]
    assert [case.fields[key] for key in KEYS] == [f"value {n}" for n in range(21)]


def test_tabs_that_became_spaces_or_colons_are_still_rows():
    text = guide_text()
    spaced = "\n".join(re.sub(r"^([^\t\n]+)\t", r"\1     ", line) for line in text.split("\n"))
    assert [case.fields["hei_name"] for case in parse(spaced.encode()).cases] == [case.fields["hei_name"] for case in parse(text.encode()).cases]


@pytest.mark.parametrize("raw, iso", [
    ("05/04/2019", "2019-04-05"), ("20/4/2019", "2019-04-20"), ("March 26, 2021", "2021-03-26"), ("2019", "2019"), ("", None), ("2019-04-05", "2019-04-05"), ("05.04.2019", "2019-04-05"),
    ("5 April 2019", "2019-04-05"), ("May, 2011", None), ("May 2011", "2011-05"), ("2019年4月5日", "2019-04-05"), ("31/02/2019", None), ("04/26/2021", "2021-04-26"), ("spring", None),
])  # fmt: skip
def test_dates(raw, iso):
    assert parse(one_case("Case Study name\tA fund", f"Date\t{raw}").encode()).cases[0].date_iso == iso


def test_a_page_that_breaks_in_mid_sentence_breaks_no_paragraph():
    assert laid_out(joined(["<p>One.</p> <p>A role that is now stronger with</p>", "<p>the programme.</p> <p>Two.</p>"])) == "One.\nA role that is now stronger with the programme.\nTwo."
    assert laid_out(joined(["<p>It was founded.</p>", "<p>It grew.</p>"])) == "It was founded.\nIt grew."


def test_chinese_bytes_are_told_from_western_ones_and_the_guess_is_said():
    text = guide_text().replace("nearly</i> 12", "nearly</i> “12” – Małopolska • €")
    chinese = parse(text.encode("gb18030"))
    assert fields(chinese) == fields(parse(text.encode())) and [one.code for one in chinese.problems] == ["encoding-guessed"] and "Chinese" in chinese.problems[0].message
    western = text.replace("Małopolska", "Alcañiz, Universität, élève")
    read = parse(western.encode("cp1252"))
    assert fields(read) == fields(parse(western.encode())) and "Western" in read.problems[0].message


@pytest.mark.parametrize("change", [
    lambda text: text.replace("\n", "\u2028"), lambda text: text.replace("\n", "\x85"), lambda text: re.sub(r"(?m)^([^\t\n]+)\t", lambda found: found[0].replace(" ", "\u00a0"), text),
    lambda text: text.replace("SHORT DESCRIPTION", "SHORT DE\u00adSCRIPTION").replace("HEI name", "HEI\u200b name"), lambda text: re.sub(r"(?m)^(\d[\d.]+ [^\t\n]+)$", r"\1\t\t", text),
    lambda text: f"<html><body><pre>{text.replace('&', '&amp;').replace('<', '&lt;')}</pre></body></html>",
])  # fmt: skip
@pytest.mark.parametrize("text", copies())
def test_what_programs_do_to_a_text_changes_no_field(text, change):
    again = parse(change(text).encode())
    assert (fields(again), again.problems) == (fields(parse(text.encode())), ())


@pytest.mark.parametrize("text", copies())
def test_spaces_for_tabs_and_a_website_in_front(text):
    wide = "Website: www.example.org\n\n" + text.replace("\t", "    ")
    told = [(case.number, case.fields["case_study_name"], case.fields["impact"]) for case in parse(text.encode()).cases if case.number != "3.2.2"]  # its labels stand over three cells
    assert [(case.number, case.fields["case_study_name"], case.fields["impact"]) for case in parse(wide.encode()).cases if case.number != "3.2.2"] == told


@pytest.mark.parametrize("first, second, key", [
    ("SHORT", "DESCRIPTION\tlong", "short_description"), ("KEY SUCCESS\t", "\n\nFACTORS\tlong", "key_success_factors"), ("BACKGR", "OUND\tlong", "background"),
    ("Surname,", "Name\tlong", "contact_surname_name"), ("E\u2011mail\tlong", "", "contact_email"), ("PHOTOGRAPH \u2215 DIAGRAM\tlong", "", "photograph_diagram"),
])  # fmt: skip
def test_a_label_over_two_lines_or_with_other_signs_is_known(first, second, key):
    guide = parse(one_case("Case Study name\tA fund", "HEI name\tHarbour University", first, second).encode())
    assert guide.cases[0].fields[key] == "long" and {one.code for one in guide.problems} == {"incomplete"}


def test_a_section_over_two_lines_is_no_field():
    fields = parse(one_case("Case Study name\tA fund", "IMPACT", "RESULTS OUTCOMES\t", "ACHIEVEMENTS\tmany").encode()).cases[0].fields
    assert (fields["impact"], fields["achievements"]) == (None, "many")


def test_the_rest_of_a_case_before_a_first_heading_is_given_back():
    guide = parse(("nna@example.org\n\n" + one_case("Case Study name\tA fund", "HEI name\tHarbour University")).encode())
    assert [one.text for one in guide.cases[0].warnings if one.code == "before-first-case"] == ["nna@example.org"]


def test_a_guide_of_another_shape_is_given_back_whole():
    text = "word and another word in a line of some length\n" * 3_000
    assert len(parse(text.encode()).problems[0].text) > 100_000


@pytest.mark.parametrize("text", copies())
def test_utf_16_without_a_mark_is_read_though_it_begins_in_the_middle_of_a_character(text):
    assert fields(parse(text.encode("utf-16-be")[1:])) == fields(parse(text.encode()))
    plain = text.encode("ascii", "ignore")
    assert fields(parse(plain.decode().encode("utf-16-le"))) == fields(parse(plain))


@pytest.mark.parametrize("encoding", ["cp1250", "iso-8859-2"])
def test_central_european_letters_are_known(encoding):
    text = guide_text().replace("Harbour University", "Politechnika Małopolska w Świętochłowicach").translate({0x20AC: None, 0x2022: "-"})
    read = parse(text.encode(encoding))
    assert fields(read) == fields(parse(text.encode())) and "Central European" in read.problems[0].message


def test_few_western_letters_are_no_damaged_unicode():
    read = parse(one_case("Case Study name\tCafé and élan").encode("cp1252"))
    assert read.cases[0].fields["case_study_name"] == "Café and élan"


@pytest.mark.parametrize("bad", ["-" * 50_000 + "x\ty", "<html><body>" + "<a b='" * 50_000, "<html><body>" + "<!-- " * 100_000, "<html><![" * 1_000, "<html>&#x110000;&#0;&#xD800;<p>x"])
def test_no_text_takes_long_or_breaks_the_reader(bad):
    began = time.process_time()
    parse(f"HEI name\ta\n{bad}".encode() if not bad.startswith("<") else bad.encode())
    assert time.process_time() - began < 1


@pytest.mark.parametrize("text", copies())
def test_cases_whose_labels_nobody_knows_are_no_front_matter(text):
    start = text.index("2. EU CASE STUDIES\n")
    second = text.index("\n3.1.1 ", start) if "\n3.1.1 " in text[start:] else text.index("\n2.1.2.", start)
    strange = re.sub(r"(?m)^(?=[A-Z][^\t\n]*\t)", "Own ", text[start:second])
    read = parse((strange + text[second:]).encode())
    assert lost(strange + text[second:], read) == [] and read.problems
