"""Tokens: what is written one way is found when it is asked for another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from causeway.frame import tokens


def finds(text: str, written: str) -> bool:
    """Whether asking for `text` finds what is `written`, by the rules of the index."""
    return tokens.match(tokens.asked(text), tokens.indexed(written))


EP = "EP 22 716 482.9"


@pytest.mark.parametrize(
    "text", [EP, "22716482", "227164829", "22716482.9", "EP22716482.9", "EP22716482", "ep 22716482", "22 716 482", "EP 22716482.9", "22716482,9", "EP2271", "2271648", "ＥＰ２２７１６４８２"]
)  # fmt: skip
def test_an_application_number_is_found_however_it_is_asked_for(text):
    assert finds(text, f"Heat pump {EP}")
    assert finds(text, "EP22716482.9") and finds(text, "application ep22716482.9, lapsed")


@pytest.mark.parametrize("text", ["22716483", "EP22716482.8", "US22716482", "716482", "heat pumps"])
def test_another_number_is_not(text):
    assert not finds(text, f"Heat pump {EP}")


@pytest.mark.parametrize(
    ("written", "asks"),
    [
        ("PCT/EP2021/057932", ["PCT/EP2021/057932", "EP2021057932", "2021057932", "PCT EP2021 057932", "pctep2021057932"]),
        ("US 10,123,456 B2", ["10123456", "US10123456", "US10123456B2", "US 10,123,456", "US 10,123,456 B2"]),
        ("US 2021/0123456 A1", ["20210123456", "US2021/0123456", "US20210123456A1"]),
        ("ZL 2019 1 0123456.7", ["ZL201910123456.7", "201910123456", "ZL201910123456", "2019101234567"]),
        ("CN112345678B", ["112345678", "CN112345678", "CN112345678B", "cn 112345678 b"]),
        ("NBU-2026-031", ["NBU-2026-031", "nbu2026031", "NBU 2026 031", "nbu-2026"]),
        ("WO 2020/123456", ["WO2020123456", "wo2020/123456", "2020/123456"]),
        ("0000-0002-1825-009X", ["0000-0002-1825-009X"]),
    ],
)
def test_numbers_of_other_offices_and_houses(written, asks):
    for text in asks:
        assert finds(text, written), text


@pytest.mark.parametrize(
    ("written", "asks"),
    [
        ("Politechnika Łódzka, Żółć", ["lodzka", "Łódzka", "zolc", "żół", "ŁÓDZ"]),
        ("Straße nach Ærø", ["strasse", "STRASSE", "straße", "aero", "ærø"]),
        ("Đorđe Øster Þór Guðrún", ["dorde", "oster", "thor", "gudrun"]),
        ("İstanbul Iğdır", ["istanbul", "igdir"]),
        ("专利申请 量子计算", ["专利", "申请", "利申", "专", "请", "量子", "计算", "专利申请", "专利 计算"]),
        ("プログラム がん治療", ["プロ", "がん", "治療", "ﾌﾟﾛ", "療"]),
        ("서울대학교 특허", ["서울", "특허", "대학교"]),
        ("Ελληνικά Ёлка", ["ελληνικα", "елка"]),
        ("पेटेंट आवेदन", ["पेटेंट"]),
        ("LiFePO4 T-cell CRISPR/Cas9", ["lifepo4", "t-cell", "cas9", "crispr"]),
    ],
)
def test_words_of_many_scripts(written, asks):
    for text in asks:
        assert finds(text, written), text


def test_what_only_looks_alike_is_not_found():
    assert not finds("かん", "がん治療") and not finds("请专", "专利申请") and not finds("lod zka", "Łódzka")
    assert tokens.asked("  -- .,") == [] and tokens.indexed("…") == []


@given(st.text(max_size=80))
def test_every_text_finds_itself_and_tokens_hold_no_space(text):
    kept = tokens.indexed(text)
    assert len(kept) == len(set(kept)) and all(one and not any(c.isspace() for c in one) for one in kept)
    assert not tokens.asked(text) or finds(text, text)


@given(
    st.integers(10_000_000, 99_999_999), st.integers(0, 9), st.sampled_from(["EP", "ep ", "EP-", "EP/"]), st.sampled_from([" ", ".", ",", "", "/"])
)
def test_grouping_never_matters(number, check, letters, between):
    digits = str(number)
    written = f"{letters}{digits[:2]}{between}{digits[2:5]}{between}{digits[5:]}.{check}"
    assert finds(f"EP{digits}", written) and finds(digits, written) and finds(f"{digits}.{check}", written), written


@pytest.mark.parametrize(
    ("written", "asks"),
    [
        ("EP3456789", ["EP 3 456 789 B1", "EP3456789B1", "EP-3456789-B1", "EP 3,456,789 A1", "3 456 789 B1"]),
        ("EP 3456789 A1", ["EP 3 456 789 B1", "EP3456789", "EP-3456789-B1"]),
        ("EP22716482", ["22716482.9", "EP 22 716 482.9", "EP22716482.9"]),
        ("CN 202319990608", ["CN202319990608.X", "202319990608.X", "ZL202319990608.X", "ZL 2023 1 9990608.X", "202319990608"]),
        ("专利 CN202110123456.7", ["ZL 2021 1 0123456.7", "ZL202110123456.7", "CN 202110123456", "专利 ZL202110123456.7"]),
        ("专利号ZL202110123456.7", ["CN202110123456.7", "ZL202110123456", "2021 1012 3456.7"]),
        ("US 10,123,456", ["US 10,123,456 B2", "US-10123456-B2", "US10123456B2", "10 123 456 B2"]),
    ],
)
def test_what_follows_a_number_or_stands_for_its_country_may_be_lacking_on_either_side(written, asks):
    for text in asks:
        assert finds(text, written), text


def test_what_follows_small_figures_is_asked_for():
    assert not finds("2.5", "dose 2") and not finds("EP3456789B1", "EP34567891") and not finds("EP3456788B1", "EP3456789")
