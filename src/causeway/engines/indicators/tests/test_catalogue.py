"""The indicators as data: all of them, their formulas, and what is wrong with wrong data."""

from fractions import Fraction as F

import pytest

from causeway.engines.indicators import CatalogueFaults, Figure, Missing, completed, evaluate, reachable, read_catalogue, shipped_catalogue
from causeway.engines.indicators.catalogue import shipped_folder


@pytest.fixture(scope="module")
def catalogue():
    return shipped_catalogue()


def texts(**changed):
    made = {path.relative_to(shipped_folder()).as_posix(): path.read_text(encoding="utf-8") for path in shipped_folder().rglob("*.yaml")}
    return made | {name.replace("_", "."): text for name, text in changed.items()}


def known(**numbers):
    return {code: Figure(F(number)) for code, number in numbers.items()}


def test_all_93_are_there_with_their_surveys(catalogue):
    assert len(catalogue.indicators) == 93
    counts = {code: len(catalogue.of_survey(code)) for code in catalogue.surveys}
    assert counts == {"AUTM": 28, "ASTP": 20, "JRC2020": 11, "EC2009": 10, "HEBCI": 30, "CN_AR": 43, "CN_POLICY": 4, "INTERNAL": 6}
    for one in catalogue.indicators.values():
        assert one.name["en"] and one.name["zh-hans"] and one.definition and one.parts and one.status


def test_every_definition_is_there_in_chinese_and_english_stands_in_elsewhere(catalogue):
    for one in catalogue.indicators.values():
        assert one.translated("zh-hans") and not one.translated("pl") and one.said("definition", "pl") == one.definition
        for what in ("definition", "includes", "excludes", "caution"):
            given, told = getattr(one, what), one.said(what, "zh-hans")
            assert bool(given) == bool(told) and (not given or any("\u4e00" <= sign <= "\u9fff" for sign in told)), (one.code, what)


def test_a_translation_that_lacks_or_adds_something_is_told():
    made = texts()
    name = "i18n/zh-hans.yaml"
    made[name] = made[name].replace("IP05:", "IP99:").replace("IP04.caution:", "IP04.mind:")
    with pytest.raises(CatalogueFaults) as found:
        read_catalogue(made)
    told = str(found.value)
    assert all(f"{key} is not translated" in told for key in ("IP05", "IP04.caution")) and all(f"{key} is not in indicators.yaml" in told for key in ("IP99", "IP04.mind"))


def test_every_formula_of_one_figure_gives_its_number(catalogue):
    assert evaluate(catalogue.parts["RA03"], known(SP01=3, IN03=1500), catalogue).number == 2
    assert evaluate(catalogue.parts["RA01"], {"IP01": Figure(F(5)), "IN01": Figure(F(20_000_000), "EUR")}, catalogue).number == F(5, 2)
    assert evaluate(catalogue.parts["RA04"], known(LI01=3, LI02=1, LI03=2, LI04=0, IN04="2.5"), catalogue).number == F(12, 5)
    price = evaluate(catalogue.parts["IC08"], {"LI05.amount": Figure(F(300), "CNY"), "LI05.count": Figure(F(7))}, catalogue)
    assert price == Figure(F(300, 7), "CNY", source="LI05.amount / LI05.count")


def test_unknown_is_not_zero(catalogue):
    absent = evaluate(catalogue.parts["RW02"], {"RW03": Figure(F(3), "CNY")}, catalogue)
    assert isinstance(absent, Missing) and absent.figures == ("RW04",)
    unavailable = evaluate(catalogue.parts["RW02"], {"RW03": Figure(F(3), "CNY"), "RW04": Figure(state="unavailable")}, catalogue)
    assert isinstance(unavailable, Missing)


def test_what_does_not_apply_adds_nothing_to_a_sum_but_ends_a_quotient(catalogue):
    none = Figure(state="inapplicable")
    assert evaluate(catalogue.parts["RW02"], {"RW03": Figure(F(3), "CNY"), "RW04": none}, catalogue).number == 3
    assert evaluate(catalogue.parts["RW02"], {"RW03": none, "RW04": none}, catalogue).state == "inapplicable"
    assert evaluate(catalogue.parts["RA05"], {"IC05": none, "IC04": Figure(F(3), "CNY")}, catalogue).state == "inapplicable"


def test_currencies_are_never_mixed_and_nothing_is_divided_by_zero(catalogue):
    mixed = evaluate(catalogue.parts["RW02"], {"RW03": Figure(F(3), "CNY"), "RW04": Figure(F(1), "EUR")}, catalogue)
    assert isinstance(mixed, Missing) and "currenc" in mixed.why
    zero = evaluate(catalogue.parts["RA05"], {"IC05": Figure(F(1), "CNY"), "IC04": Figure(F(0), "CNY")}, catalogue)
    assert isinstance(zero, Missing) and "zero" in zero.why


def test_what_follows_is_filled_in_and_what_was_entered_stays(catalogue):
    given = {"RW03": Figure(F(6), "CNY"), "RW04": Figure(F(4), "CNY"), "IC07": Figure(F(16), "CNY")}
    made = completed(given, catalogue)
    assert made["RW02"].number == 10 and made["RW06"].number == F(5, 8)
    assert completed({**given, "RW02": Figure(F(11), "CNY")}, catalogue)["RW02"].number == 11
    assert completed(dict(reversed(given.items())), catalogue) == made
    assert completed(given, catalogue, reachable(given, catalogue)) == made


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("unit: FTE", "unit: heads", "unit"), ("formula: IP01 / IN01 * 10000000", "formula: IP01 / IN99", "formula"), ("formula: RW03 + RW04", "formula: RW02 + RW04", "loop"),
        ("- code: IN02", "- code: IN01", "repeated"), ("    ASTP:\n", "    NOBODY:\n", "unknown-survey"), ("formula: RW03 + RW04", "formula: __import__(1)", "formula"),
    ],
)  # fmt: skip
def test_wrong_data_is_told_with_its_place(old, new, code):
    text = texts()["indicators.yaml"]
    assert old in text
    with pytest.raises(CatalogueFaults) as told:
        read_catalogue({**texts(), "indicators.yaml": text.replace(old, new, 1)})
    assert code in {fault.code for fault in told.value.faults}


def test_a_missing_file_is_told():
    with pytest.raises(CatalogueFaults):
        read_catalogue({})
