"""Universities are found by any of their names, as people write them."""

import csv
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from causeway.engines.matching import Name, NameIndex, fold_name
from causeway.engines.matching.names import distance

PEOPLE = [
    (1, "Tsinghua University", ["清华大学", "Qinghua Xueyuan"], "THU"), (2, "Peking University", ["北京大学", "Imperial University of Peking"], "PKU"),
    (3, "Lodz University of Technology", ["Politechnika Łódzka"], "TUL"), (4, "University of Lodz", ["Uniwersytet Łódzki"], "UL"),
    (5, "Complutense University of Madrid", ["Universidad Complutense de Madrid"], "UCM"), (6, "Autonomous University of Madrid", ["Universidad Autónoma de Madrid"], "UAM"),
    (7, "Delft University of Technology", ["Technische Universiteit Delft", "TU Delft"], "TUD"), (8, "University of Oxford", ["Oxford University"], ""),
    (9, "Kyiv National University", ["Київський національний університет"], "KNU"), (10, "Tohoku University", ["東北大学"], ""),
    (11, "Northeastern University", ["东北大学"], "NEU"), (12, "National Taiwan University", ["國立臺灣大學"], "NTU"),
    (13, "Ludwig Maximilian University of Munich", ["Universität München"], "LMU"), (14, "Aalborg University", ["Ålborg Universitet"], "AAU"),
]  # fmt: skip


@pytest.fixture(scope="module")
def index():
    names = []
    for key, name, others, acronym in PEOPLE:
        names += [Name(key, name), *[Name(key, other, "label") for other in others], *([Name(key, acronym, "acronym")] if acronym else [])]
    return NameIndex(names)


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        ("Tsinghua", 1), ("清华大学", 1), ("清華大學", 1), ("TSINGHUA UNIVERSITY", 1), ("Tsingua University", 1), ("Tsing hua", 1), ("university tsinghua", 1),
        ("Imperial University of Peking", 2), ("pku", 2), ("Politechnika Lodzka", 3), ("POLITECHNIKA ŁÓDZKA", 3), ("Uniwersytet Lodzki", 4), ("complutense", 5),
        ("Universidad Autonoma Madrid", 6), ("tu delft", 7), ("Delft Univ. of Tech.", 7), ("Oxfrod University", 8), ("Oxford", 8), ("Київський національний", 9), ("东北大学", 11),
        ("東北大学", 10), ("国立台湾大学", 12), ("Universitaet Muenchen", 13), ("Alborg Universitet", 14), ("  LMU ", 13), ("ｔｓｉｎｇｈｕａ", 1),
    ],
)  # fmt: skip
def test_the_one_meant_comes_first(index, asked, key):
    assert index.find(asked)[0].key == key


CHINESE = ["北京大学", "河北大学", "北华大学", "浙江大学", "宁波浙大学院", "中国科学院大学", "中南林业科技大学", "中国科学技术大学", "哈尔滨工业大学", "哈尔滨工程大学", "中国人民大学", "清华大学"]


@pytest.mark.parametrize(("asked", "name"), [("北大", "北京大学"), ("浙大", "浙江大学"), ("中科大", "中国科学技术大学"), ("哈工大", "哈尔滨工业大学"), ("哈工程", "哈尔滨工程大学"), ("人大", "中国人民大学"), ("清华", "清华大学")])
def test_chinese_names_are_found_as_short_as_people_say_them(asked, name):
    found = NameIndex([Name(key, one, rank=key) for key, one in enumerate(CHINESE)]).find(asked)
    assert found[0].name == name


def test_one_word_means_the_university_of_it_before_a_part_of_another():
    filler = [Name(100 + n, f"{chr(97 + n % 26)}o{chr(97 + n // 26)}burg University") for n in range(300)]
    found = NameIndex([*filler, Name(1, "East Texas A&M", "alias"), Name(2, "Texas A&M University"), Name(3, "Cambridge Regional College"), Name(4, "University of Cambridge")])
    assert found.find("Texas A & M")[0].key == 2 and found.find("Cambridge")[0].key == 4


def test_what_is_nothing_like_finds_nothing(index):
    assert index.find("") == [] and index.find("!!!") == []
    assert not index.find("zzzzqqq")
    assert NameIndex([]).find("Oxford") == []


def test_each_is_found_once_and_the_best_name_is_told(index):
    found = index.find("University of Lodz")
    assert len({one.key for one in found}) == len(found)
    assert found[0].score == 1.0 and found[0].name == "University of Lodz"


def test_one_that_is_no_more_stands_behind_one_that_is():
    found = NameIndex([Name(1, "Union College", closed=True), Name(2, "Union College")]).find("union college")
    assert [one.key for one in found] == [2, 1]


def test_the_older_of_equals_comes_first():
    assert NameIndex([Name(1, "MIT", "acronym", rank=1996), Name(2, "MIT", "acronym", rank=1861)]).find("mit")[0].key == 2


@pytest.mark.parametrize(("one", "other", "away"), [("kitten", "sitting", 3), ("ab", "ba", 1), ("", "abc", 3), ("same", "same", 0), ("abcd", "acbd", 1), ("a" * 80, "a" * 79 + "b", 1)])
def test_distance_counts_slips(one, other, away):
    assert distance(one, other) == away


@given(st.text("abcde", max_size=9), st.text("abcde", max_size=9))
def test_distance_is_that_of_the_plain_table(one, other):
    assert distance(one, other) == distance(other, one) == _table(one, other)


def _table(one, other):
    """The textbook table of optimal string alignment."""
    row = {(i, 0): i for i in range(len(one) + 1)} | {(0, j): j for j in range(len(other) + 1)}
    for i, a in enumerate(one, 1):
        for j, b in enumerate(other, 1):
            row[i, j] = min(row[i - 1, j] + 1, row[i, j - 1] + 1, row[i - 1, j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                row[i, j] = min(row[i, j], row[i - 2, j - 2] + 1)
    return row[len(one), len(other)]


@given(st.text(max_size=40))
def test_folding_twice_changes_nothing(text):
    assert fold_name(fold_name(text)) == fold_name(text)


DATA = Path(os.environ.get("CAUSEWAY_SHARED", Path(__file__).resolve().parents[6] / "shared")) / "data"


@pytest.mark.shared
@pytest.mark.skipif(not (DATA / "ror/ror_education.csv").exists(), reason="the real data is not beside the project")
def test_ministry_names_find_their_university_first():
    """By name alone: the pairs only judge the answers, and are no part of what is searched."""
    rows = list(csv.DictReader((DATA / "ror/ror_education.csv").open(encoding="utf-8")))
    names = []
    for key, row in enumerate(rows):
        closed = row["status"] != "active"
        names += [Name(key, row["display_name"], "name", closed), *[Name(key, one.rsplit("@", 1)[0], "label", closed) for one in row["labels"].split("|") if one]]
        names += [Name(key, one, "alias", closed) for one in row["aliases"].split("|") if one]
    index = NameIndex(names)
    pairs = list(csv.DictReader((DATA / "china_universities/moe_to_ror_exact_name.csv").open(encoding="utf-8")))
    first = sum(bool(found := index.find(pair["moe_name"], 1)) and rows[found[0].key]["ror_id"] == pair["ror_id"] for pair in pairs)
    assert first / len(pairs) >= 0.98
