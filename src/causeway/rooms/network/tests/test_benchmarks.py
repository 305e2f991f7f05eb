"""Own figures, editions of benchmarks, registries, and the pages of them."""

from __future__ import annotations

import csv
import io
from datetime import date
from fractions import Fraction

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from causeway.frame import access, facts, jobs, preferences, scope
from causeway.frame.models import Job
from causeway.rooms.network.mapping.figures import rounded, stored
from causeway.rooms.network.models import Collection, Contribution, Edition, EditionCell, Institution, OwnFigure
from causeway.rooms.network.selectors import benchmarks as reads
from causeway.rooms.network.selectors import registry
from causeway.rooms.network.services import benchmarks, figures, herd
from causeway.rooms.network.services import registry as loading
from causeway.rooms.network.tests.making import person, university

pytestmark = pytest.mark.django_db


@pytest.fixture
def director(db):
    made = person(university(1))
    with scope.use(made.university_id):
        yield made


@pytest.mark.parametrize(("number", "kept"), [("0", (0, 0)), ("12.5", (125, 1)), ("-3.000001", (-3000001, 6)), ("100", (100, 0))])
def test_numbers_are_kept_exact(number, kept):
    assert stored(Fraction(number)) == kept and rounded(Fraction(number)) == kept


def test_numbers_that_cannot_be_kept_are_told_or_rounded():
    with pytest.raises(ValueError):
        stored(Fraction(1, 3))
    with pytest.raises(ValueError):
        stored(Fraction(10**30))
    assert rounded(Fraction(2, 3)) == (666667, 6)


def test_a_figure_needs_its_source(director):
    with pytest.raises(ValidationError):
        figures.figure_enter(actor=director, figure="IP01", year=2025, value="3", source=" ")
    for wrong in ({"value": "1.5"}, {"value": "x"}, {"value": "-1"}, {"figure": "ZZ01", "value": "1"}, {"figure": "IN01", "value": "5"}, {"year": 1700, "value": "1"}):
        with pytest.raises(ValidationError):
            figures.figure_enter(**{"actor": director, "figure": "IP01", "year": 2025, "source": "Report", "value": "", **wrong})
    made = figures.figure_enter(actor=director, figure="IP01", year=2025, value="3", source="Report")
    again = figures.figure_enter(actor=director, figure="IP01", year=2025, value="4", source="Report, corrected")
    assert made.pk == again.pk and again.number == 4
    none = figures.figure_enter(actor=director, figure="LI02", year=2025, state="inapplicable", source="No options are given here")
    assert none.number is None and none.state == "inapplicable"
    with pytest.raises(access.Refused):
        figures.figure_enter(actor=person(university(2), "auditor"), figure="IP01", year=2025, value="3", source="x")


def test_counting_keeps_what_a_person_entered(director, monkeypatch):
    def read(actor, start, end):
        assert (start, end) == (date(2025, 1, 1), date(2025, 12, 31))
        for n in range(3):
            yield facts.Row(date(2025, 3, n + 1), f"Pump {n}", ("assets.asset", n), {"right": "patent" if n else "design", "first": n == 1, "pct": False})

    monkeypatch.setattr(facts, "_facts", {"asset.filed": facts.Fact("asset.filed", "Filed", {"right": str, "first": bool, "pct": bool}, read)})
    figures.figure_enter(actor=director, figure="IP03", year=2025, value="9", source="Annual report")
    result = figures.figures_count(actor=director, year=2025)
    assert (result.stored, result.differing) == (2, [("IP03", "9", "2")])
    assert {one.figure: one.number for one in OwnFigure.objects.all()} == {"IP02": 1, "IP03": 9, "IP04": 0}
    assert [row.title for row in figures.rows_behind(director, "IP02", 2025)] == ["Pump 1"]
    assert figures.figures_count(actor=director, year=2025).stored in (0, 2)


def test_sums_in_two_currencies_are_not_added(director, monkeypatch):
    def read(actor, start, end):
        for n, currency in enumerate(["EUR", "USD"]):
            yield facts.Row(date(2025, 3, 1), "Fee", ("assets.asset", n), {"amount": 12345, "currency": currency, "kind": "official"})

    monkeypatch.setattr(facts, "_facts", {"asset.cost": facts.Fact("asset.cost", "Cost", {"amount": int, "currency": str, "kind": str}, read)})
    assert "EUR, USD" in figures.measure(director, "IP09", 2025)


@pytest.mark.parametrize(("year", "month", "span"), [(2025, 1, (date(2025, 1, 1), date(2025, 12, 31))), (2023, 8, (date(2023, 8, 1), date(2024, 7, 31))), (2023, 3, (date(2023, 3, 1), date(2024, 2, 29)))])
def test_reporting_years(year, month, span):
    assert figures.span(year, month) == span


def test_the_universitys_reporting_year_decides_what_is_counted(director, monkeypatch):
    days = [date(2024, 12, 31), date(2025, 7, 31), date(2025, 8, 1), date(2025, 12, 31), date(2026, 1, 1), date(2026, 7, 31), date(2026, 8, 1)]

    def read(actor, start, end):
        yield from (facts.Row(day, f"{day}", ("assets.asset", n), {"right": "patent", "first": True, "pct": False}) for n, day in enumerate(days) if start <= day <= end)

    def families(actor, start, end):
        assert start == end, "what there is at the end of a year is asked for its last day"
        yield facts.Row(end, "F", ("assets.family", 1), {})

    monkeypatch.setattr(facts, "_facts", {"asset.filed": facts.Fact("asset.filed", "Filed", {"right": str, "first": bool, "pct": bool}, read), "asset.family_active": facts.Fact("asset.family_active", "Families", {}, families)})
    counted = {year: [row.on for row in figures.rows_behind(director, "IP03", year)] for year in (2024, 2025, 2026)}
    assert counted == {2024: days[:1], 2025: days[1:4], 2026: days[4:]}
    preferences.choose("network.year_starts", 8, actor=director)
    counted = {year: [row.on for row in figures.rows_behind(director, "IP03", year)] for year in (2024, 2025, 2026)}
    assert counted == {2024: days[:2], 2025: days[2:6], 2026: days[6:]}
    assert [row.on for row in figures.rows_behind(director, "IP06", 2025)] == [date(2026, 7, 31)]
    assert figures.figures_count(actor=director, year=2025).stored == 4
    told = OwnFigure.objects.get(figure="IP03")
    assert told.number == 4 and "2025-08-01 to 2026-07-31" in told.source
    assert [figures.last_ended(director, day) for day in (date(2026, 7, 31), date(2026, 8, 1))] == [2024, 2025]
    with pytest.raises(ValidationError):
        preferences.choose("network.year_starts", 13, actor=director)


def test_the_reporting_year_is_set_on_the_settings_page_and_told_where_it_counts(client, make_user, university):
    client.force_login(make_user("administrator"))
    page = client.get(reverse("accounts:settings")).content.decode()
    assert "First month of the reporting year" in page and '<option value="8">August</option>' in page
    client.force_login(make_user("director"))
    assert "runs from" not in client.get(reverse("network:indicators"), {"year": 2024}).content.decode()
    preferences.choose("network.year_starts", 8, actor=access.actor_of(client_user(client), university))
    assert "2024 runs from 1 Aug 2024 to 31 Jul 2025" in client.get(reverse("network:indicators"), {"year": 2024}).content.decode()


def test_a_definition_is_told_in_chinese_as_a_translation(client, make_user):
    user = make_user("director")
    user.language = "zh-hans"
    user.save()
    client.force_login(user)
    page = client.get(reverse("network:indicator", args=["IP02"])).content.decode()
    assert "就新主题首次提出的专利申请" in page and "进入国家阶段的申请" in page and "First filings of new subject matter" in page


def test_figures_come_from_a_table_line_by_line(director):
    text = "figure,year,value,currency\nIP01,2025,12,\nIN01,2025,1 500 000,EUR\nIP01,2025,13,\nXX01,2025,1,\nIP02,25,1,\nIP03,2025,maybe,\nLI01,2025,n/a,\n"
    count, problems = figures.figures_import(actor=director, text=text, source="Table of the office")
    assert count == 3 and [line for line, _why in problems] == [4, 5, 6, 7]
    assert OwnFigure.objects.get(figure="LI01").state == "unavailable"
    assert figures.figures_import(actor=director, text="figure,year,value,currency\nIP01,2025,12,\n", source="Table of the office")[0] == 0
    for line in ("LI01,2025,-4,", "LI01,2025,1.5,", "IN04,2025,1.12345678,", "IN01,2025,5,", "IN01,2025,5,EURO"):
        assert figures.figures_import(actor=director, text=f"figure,year,value,currency\n{line}\n", source="x")[0] == 0
    with pytest.raises(ValidationError):
        figures.figures_import(actor=director, text="a,b\n1,2\n", source="x")


# --- benchmarks ----------------------------------------------------------------------------------------------------------------------


def collection(director, values, base=None, country=None):
    made = Collection.objects.create(key=f"c{Collection.objects.count()}", title="Licences", currency="EUR", source_id=director.university_id)
    put(made, values, base, country)
    return made


def put(made, values, base=None, country=None, year=2025):
    for n, value in values.items():
        one = {"collection": made, "origin": f"u{n}", "name": f"U {n}", "country": (country or {}).get(n, "NL"), "year": year}
        Contribution.objects.update_or_create(figure="LI01", **one, defaults={"digits": value})
        if base:
            Contribution.objects.update_or_create(figure="IN01", **one, defaults={"digits": base[n], "currency": "EUR"})


def cell(edition, figure="LI01", norm="none", group="all"):
    return EditionCell.objects.get(edition=edition, figure=figure, norm=norm, group=group)


def test_an_edition_tells_exact_quartiles_and_normalised_ones(director):
    made = collection(director, {n: n for n in range(1, 8)}, dict.fromkeys(range(1, 8), 2000000))
    edition = benchmarks.edition_publish(actor=director, collection=made)
    told = cell(edition)
    assert (told.count, told.low, told.median, told.high) == (7, "5/2", "4", "11/2")
    assert cell(edition, norm="research").median == "2" and cell(edition, "IN01").median == "2000000"
    assert not EditionCell.objects.filter(figure="IN01", norm="research").exists()


@pytest.mark.parametrize(("many", "withheld"), [(1, "few"), (4, "few"), (5, ""), (6, "")])
def test_no_figure_stands_for_fewer_than_five(director, many, withheld):
    edition = benchmarks.edition_publish(actor=director, collection=collection(director, {n: n for n in range(many)}))
    told = cell(edition)
    assert told.withheld == withheld and bool(told.median) == (not withheld) and (told.count == 0 or not withheld)


def test_groups_whose_difference_is_few_are_withheld(director):
    made = collection(director, {n: n for n in range(12)}, country={n: "NL" if n < 9 else "DE" for n in range(12)})
    benchmarks.group_save(actor=director, collection=made, key="all", title="All", rule={})
    benchmarks.group_save(actor=director, collection=made, key="nl", title="NL", rule={"countries": ["NL"]}, place=1)
    benchmarks.group_save(actor=director, collection=made, key="half", title="Half", rule={"origins": [f"u{n}" for n in range(6)]}, place=2)
    edition = benchmarks.edition_publish(actor=director, collection=made)
    assert cell(edition, group="all").median and cell(edition, group="nl").withheld == "difference" and cell(edition, group="half").median
    with pytest.raises(ValidationError):
        benchmarks.group_save(actor=director, collection=made, key="x", title="X", rule={"name": "U 1"})


def test_the_next_edition_does_not_give_a_newcomer_or_a_correction_away(director):
    made = collection(director, {n: n for n in range(8)})
    first = benchmarks.edition_publish(actor=director, collection=made)
    put(made, {8: 100})
    assert cell(benchmarks.edition_publish(actor=director, collection=made)).withheld == "difference"
    Contribution.objects.filter(origin="u8").delete()
    assert cell(benchmarks.edition_publish(actor=director, collection=made)).median == cell(first).median
    put(made, {0: 50})
    assert cell(benchmarks.edition_publish(actor=director, collection=made)).withheld == "difference"
    put(made, {0: 0, **{n: n for n in range(8, 13)}})
    assert cell(benchmarks.edition_publish(actor=director, collection=made)).count == 13


def test_published_editions_never_change_and_trails_tell_nobody(director):
    made = collection(director, {n: n for n in range(6)})
    edition = benchmarks.edition_publish(actor=director, collection=made)
    before = list(EditionCell.objects.filter(edition=edition).values())
    put(made, dict.fromkeys(range(6), 999))
    benchmarks.edition_publish(actor=director, collection=made)
    assert list(EditionCell.objects.filter(edition=edition).values()) == before
    import zlib

    text = zlib.decompress(bytes(edition.trails.first().data)).decode()
    assert "u1" not in text and "U 1" not in text


def another(director, values, currency="EUR", public=False):
    made = Collection.objects.create(key=f"other-{Collection.objects.count()}", title="Other", currency=currency, source_id=None if public else director.university_id, public=public)
    put(made, values)
    return made


def test_two_benchmarks_of_one_installation_are_not_held_against_each_other(director):
    benchmarks.edition_publish(actor=director, collection=collection(director, {n: n for n in range(12)}))
    beside = another(director, {n: n for n in range(11)}, "USD")
    assert cell(benchmarks.edition_publish(actor=director, collection=beside)).withheld == "difference", "the one who is missing would be told"
    same = another(director, {n: n for n in range(12)})
    assert cell(benchmarks.edition_publish(actor=director, collection=same)).count == 12
    rounded = another(director, {n: n + 1 for n in range(11)})
    assert cell(benchmarks.edition_publish(actor=director, collection=rounded)).withheld == "difference"
    apart = another(director, {n: n for n in range(20, 26)})
    assert cell(benchmarks.edition_publish(actor=director, collection=apart)).count == 6


def rows(made, figure, values, year=2025, currency=""):
    Contribution.objects.bulk_create(Contribution(collection=made, origin=f"u{n}", name=f"U {n}", country="NL", figure=figure, year=year, digits=value, currency=currency) for n, value in values.items())


def test_a_ratio_and_the_same_figures_normalised_are_held_against_each_other(director):
    """RA03 is SP01 per 1,000 staff: who gave the ratio alone would be the difference of the two."""
    made = collection(director, {})
    rows(made, "SP01", {n: n + 1 for n in range(5)})
    rows(made, "IN03", dict.fromkeys(range(5), 1000))
    rows(made, "RA03", {5: 77})
    edition = benchmarks.edition_publish(actor=director, collection=made)
    assert cell(edition, "RA03").count == 6 and cell(edition, "SP01", "staff").withheld == "difference"
    Contribution.objects.filter(figure="RA03").delete()
    assert cell(benchmarks.edition_publish(actor=director, collection=made), "SP01", "staff").withheld == "difference", "the edition before told the six"


def test_a_ratio_that_everybody_follows_from_the_same_figures_is_told_beside_them(director):
    made = collection(director, {})
    rows(made, "IP01", {n: n + 1 for n in range(6)})
    rows(made, "IN01", dict.fromkeys(range(6), 10_000_000), currency="EUR")
    for _edition in range(2):
        edition = benchmarks.edition_publish(actor=director, collection=made)
        assert cell(edition, "RA01").count == cell(edition, "IP01", "research").count == 6


def test_public_data_hides_nobody_and_is_not_held_against_answers(director):
    public = another(director, {n: n for n in range(12)}, public=True)
    benchmarks.edition_compute(public, by="x", actor=None)
    assert cell(benchmarks.edition_publish(actor=director, collection=collection(director, {n: n for n in range(11)}))).count == 11
    assert cell(benchmarks.edition_compute(public, by="x", actor=None)).count == 12


def test_another_secret_key_keeps_back_what_can_no_longer_be_judged(director, settings):
    made = collection(director, {n: n for n in range(12)})
    benchmarks.edition_publish(actor=director, collection=made)
    settings.SECRET_KEY = "another " * 8
    Contribution.objects.filter(collection=made, origin="u3").delete()
    for n in range(11):
        Contribution.objects.create(collection=made, origin=f"u{n}", name="U", figure="LI01", year=2026, digits=n)
    edition = benchmarks.edition_publish(actor=director, collection=made)
    told = {one.year: one.withheld for one in EditionCell.objects.filter(edition=edition, figure="LI01", norm="none")}
    assert told == {2025: "difference", 2026: ""}


def test_how_many_are_in_a_group_by_size_is_told_only_where_a_figure_is(director):
    made = collection(director, {n: n for n in range(12)})
    benchmarks.group_save(actor=director, collection=made, key="all", title="All", rule={})
    benchmarks.group_save(actor=director, collection=made, key="top", title="Top", rule={"figure": "LI01", "from": "11"}, place=1)
    edition = benchmarks.edition_publish(actor=director, collection=made)
    assert [(one["key"], one["count"]) for one in edition.groups] == [("all", 12), ("top", 0)]


def test_amounts_in_another_currency_need_a_rate_with_its_source(director):
    made = Collection.objects.create(key="money", title="Income", currency="EUR", source_id=director.university_id)
    for n in range(6):
        Contribution.objects.create(collection=made, origin=f"u{n}", name="U", figure="IC01", year=2025, digits=100, currency="EUR" if n else "USD")
    assert benchmarks.edition_publish(actor=director, collection=made).counts["left_out"] == 1
    with pytest.raises(ValidationError):
        benchmarks.rate_set(actor=director, collection=made, currency="USD", year=2025, rate="0.5", source="")
    for bad in ("0", "-1", "x", "1/0"):
        with pytest.raises(ValidationError):
            benchmarks.rate_set(actor=director, collection=made, currency="USD", year=2025, rate=bad, source="ECB")
    benchmarks.rate_set(actor=director, collection=made, currency="USD", year=2025, rate="0.5", source="ECB yearly average")
    edition = benchmarks.edition_publish(actor=director, collection=Collection.objects.get(key="money"))
    assert edition.counts["left_out"] == 0 and cell(edition, "IC01").withheld == "difference"


def asked(director, made) -> Job:
    return benchmarks.edition_ask(actor=director, collection=made)


def test_publishing_asked_twice_or_run_twice_makes_one_edition(director):
    made = collection(director, {n: n for n in range(6)})
    job = asked(director, made)
    assert asked(director, made).pk == job.pk
    jobs.run_all()
    assert Job.objects.get(pk=job.pk).result == {"number": 1, "cells": 1, "withheld": 0, "left_out": 0}
    jobs.start(job.name, university=director.university_id, **job.args)
    jobs.run_all()
    assert Edition.objects.get().published_by == director.name


def test_editions_computed_at_the_same_moment_are_not_both_kept(director):
    made = collection(director, {n: n for n in range(6)})

    def meanwhile(done, total):
        if not done:
            put(made, {6: 100})
            benchmarks.edition_publish(actor=director, collection=made)

    with pytest.raises(ValidationError, match="publish again"):
        benchmarks.edition_publish(actor=director, collection=made, tell=meanwhile)
    assert Edition.objects.get().number == 1 and cell(Edition.objects.get()).count == 7


def test_a_fault_of_publishing_says_what_to_do_and_leaves_the_edition_before(client, director, monkeypatch):
    from causeway.frame.models import User

    made = collection(director, {n: n for n in range(6)})
    benchmarks.edition_publish(actor=director, collection=made)
    client.force_login(User.objects.get(pk=director.user_id))
    monkeypatch.setattr(benchmarks, "MOST_CELLS", 0)
    asked(director, made)
    jobs.run_all()
    page = client.get(reverse("network:benchmark", args=[made.pk])).content.decode()
    assert "Take groups away" in page and "<svg" in page and Edition.objects.count() == 1
    job = asked(director, made)
    Job.objects.filter(pk=job.pk).update(state="failed", error="OperationalError: disk full", key=None)
    page = client.get(reverse("network:benchmark", args=[made.pk])).content.decode()
    assert "OperationalError: disk full" in page and "Publish again" in page


def test_only_who_collects_publishes_and_readers_see_the_benchmark_alone(director):
    made = collection(director, {n: n for n in range(6)})
    other = person(university(2))
    with scope.use(other.university_id):
        for publish in (benchmarks.edition_publish, benchmarks.edition_ask):
            with pytest.raises(access.Refused):
                publish(actor=other, collection=made)
        with pytest.raises(access.Refused):
            benchmarks.group_save(actor=other, collection=made, key="me", title="Me", rule={"origins": ["u1"]})
        assert not access.visible(other, Contribution.objects.all()).exists()
        assert reads.own_line(other, made, "LI01", "none") == {}


def test_the_own_figure_is_told_beside_the_quartiles(director):
    made = collection(director, {n: n for n in range(6)}, dict.fromkeys(range(6), 1000000))
    Contribution.objects.filter(origin="u5").update(source_id=director.university_id)
    benchmarks.edition_publish(actor=director, collection=made)
    assert reads.own_line(director, made, "LI01", "none") == {2025: 5} and reads.own_line(director, made, "LI01", "research") == {2025: 5}
    assert reads.place(Fraction(5), cell(Edition.objects.get())) == "in the upper quarter"


@pytest.mark.parametrize(
    ("number", "unit", "currency", "words"),
    [("1500000", "currency", "EUR", "EUR 1.5 m"), ("2345678901", "currency", "USD", "USD 2.35 bn"), ("999.5", "currency", "EUR", "EUR 999.5"), ("0.12345", "ratio", "", "0.1235"), ("-3", "count", "", "−3"), ("1234567", "count", "", "1,234,567"), ("0", "count", "", "0")],
)  # fmt: skip
def test_figures_in_words(number, unit, currency, words):
    assert reads.told(Fraction(number), unit, currency) == words


@pytest.mark.parametrize(
    ("numbers", "unit", "currency", "head", "words"),
    [
        (["28.25", "46.5", "27"], "count", "", "number", ["28.25", "46.50", "27.00"]), (["27", "3100"], "count", "", "number", ["27", "3,100"]), (["12.5", "0"], "FTE", "", "FTE", ["12.5", "0.0"]),
        (["330000000", "43500000", "0"], "currency", "EUR", "EUR m", ["330.0", "43.5", "0.0"]), (["1000000", "3"], "currency", "EUR", "EUR", ["1,000,000", "3"]),
        (["1/2", "1/3"], "ratio", "", "ratio", ["0.5000", "0.3333"]), (["2000000000", "3500000000"], "currency", "USD", "USD bn", ["2.0", "3.5"]), (["-3", "2.5"], "count", "", "number", ["−3.0", "2.5"]),
        (["123456.5", "1"], "count", "", "number", ["123,457", "1"]), (["10", "20"], "count", "", "number", ["10", "20"]),
    ],
)  # fmt: skip
def test_a_table_tells_all_its_figures_by_one_scale(numbers, unit, currency, head, words):
    scale = reads.scale_of([Fraction(one) for one in numbers], unit, currency)
    assert (scale.unit, [scale.told(Fraction(one)) for one in numbers]) == (head, words)


# --- registries ----------------------------------------------------------------------------------------------------------------------

ROR = """ror_id,display_name,country_code,city,types,status,established,acronyms,aliases,labels,domains,website
https://ror.org/1,Tsinghua University,CN,Beijing,education,active,1911,THU,,Tsinghua University@en|清华大学@zh,tsinghua.edu.cn,https://t
https://ror.org/2,Peking University,CN,Beijing,education,active,1898,PKU,Imperial University of Peking,北京大学@zh,,
,No id,CN,,,active,,,,,,
https://ror.org/3,Old College,GB,York,education,withdrawn,1900,,,,,
"""
MOE = "seq,name,moe_code,governing_body,city,level,remarks\n1,清华大学,4111010003,教育部,北京市,本科,\n2,成都医学院,4151013705,四川省,成都市,本科,\n3,,999,,,,\n"


def files(tmp_path):
    (tmp_path / "ror.csv").write_text(ROR)
    (tmp_path / "moe.csv").write_text(MOE)
    return tmp_path / "ror.csv", tmp_path / "moe.csv"


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_both_registries_make_one_university_of_one(db, tmp_path, order):
    paths = files(tmp_path)
    for place in order:
        loading.registry_load(paths[place])
    one = Institution.objects.get(ror_id="https://ror.org/1")
    assert one.moe_code == "4111010003" and Institution.objects.count() == 4
    for asked, name in {"清华大学": "Tsinghua University", "清華大學": "Tsinghua University", "tsingua univ": "Tsinghua University", "Imperial University of Peking": "Peking University", "成都医学院": "成都医学院"}.items():
        assert registry.find(asked)[0].institution.name == name


def test_loading_again_changes_nothing_and_tells_what_it_left_out(db, tmp_path):
    ror, moe = files(tmp_path)
    first = loading.registry_load(ror)
    assert first.counts["created"] == 3 and [line for line, _why in first.problems] == [4]
    loading.registry_load(moe)
    before = list(Institution.objects.order_by("pk").values())
    assert loading.registry_load(ror).counts["updated"] == 0 and loading.registry_load(moe).counts["updated"] == 0
    assert list(Institution.objects.order_by("pk").values()) == before
    ror.write_text(ROR.replace("Old College", "New College"))
    assert loading.registry_load(ror).counts["updated"] == 1
    assert registry.find("old college") == [] or registry.find("old college")[0].name != "Old College"


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "\xff\xfe"])
def test_other_files_are_refused(db, tmp_path, text):
    path = tmp_path / "x.csv"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(loading.UnreadableRegistry):
        loading.registry_load(path)


def test_a_university_says_which_it_is_and_no_other_may(director, tmp_path):
    loading.registry_load(files(tmp_path)[0])
    one, two = Institution.objects.order_by("pk")[:2]
    loading.institution_claim(actor=director, institution=one)
    loading.institution_claim(actor=director, institution=two)
    assert registry.of_university(director.university_id) == two and Institution.objects.get(pk=one.pk).here is None
    other = person(university(2))
    with scope.use(other.university_id), pytest.raises(ValidationError):
        loading.institution_claim(actor=other, institution=Institution.objects.get(pk=two.pk))


def test_research_spending_makes_a_benchmark_and_counts_a_university_once(db, tmp_path):
    head = ["", "Year", "Academic.Institution..Campus.Level..survey.specific.", "RDINST", "fice", "Total.R.D.Expenditures.in.All.Fields.Sum.", "Business.Financed.R.D.Expenditures.Sum."]
    rows = [[n, 2012, f"College {n % 7}", n % 7, n % 7, (n % 7 + 1) * 100, 5] for n in range(14)] + [[99, 2012, "Bad", 99, 99, ".", 1]]
    target = io.StringIO()
    csv.writer(target).writerows([head, *rows])
    path = tmp_path / "herd.csv"
    path.write_text(target.getvalue())
    assert herd.is_herd(path) and not herd.is_herd(tmp_path / "none.csv")
    loaded = herd.herd_load(path)
    assert loaded.counts["universities"] == 7 and len(loaded.problems) == 1
    assert cell(Edition.objects.get(), "IN01").median == "400000"
    herd.herd_load(path)
    assert Edition.objects.count() == 1


# --- pages ---------------------------------------------------------------------------------------------------------------------------


def test_the_pages_of_a_benchmark_say_what_is_withheld_and_export_what_they_show(client, make_user, university):
    client.force_login(make_user("director"))
    actor = access.actor_of(client_user(client), university)
    made = collection(actor, {n: n for n in range(4)})
    page = client.get(reverse("network:benchmark", args=[made.pk])).content.decode()
    assert "Not published yet" in page
    client.post(reverse("network:edition_publish", args=[made.pk]))
    page = client.get(reverse("network:benchmark", args=[made.pk])).content.decode()
    assert 'data-reload="2"' in page and "Not published yet" in page, "publishing is work outside the request, and the page follows it"
    jobs.run_all()
    page = client.get(reverse("network:benchmark", args=[made.pk])).content.decode()
    assert "fewer than 5 universities" in page and "Edition 1 is published: 1 figures of groups, 1 of them withheld" in page and "data-reload" not in page
    put(made, {n: n for n in range(9)})
    client.post(reverse("network:edition_publish", args=[made.pk]))
    jobs.run_all()
    url = reverse("network:benchmark", args=[made.pk])
    page = client.get(url).content.decode()
    assert "<svg" in page and 'class="cw-table' in page
    told = b"".join(client.get(url, {"export": "csv"}).streaming_content).decode("utf-8-sig")
    assert "LI01,none,All universities,2025,9,2,4,6" in told
    for name in ("rounds", "indicators", "benchmarks", "universities", "exchange"):
        assert client.get(reverse(f"network:{name}")).status_code == 200


def client_user(client):
    from causeway.frame.models import User

    return User.objects.get(pk=int(client.session["_auth_user_id"]))


def test_a_benchmark_of_three_thousand_over_ten_years_is_read_in_few_queries(client, make_user, university, django_assert_max_num_queries):
    client.force_login(make_user("office"))
    made = Collection.objects.create(key="big", title="Big", source_id=university.pk)
    for year in range(2016, 2026):
        Contribution.objects.bulk_create(Contribution(collection=made, origin=f"u{n}", name=f"U {n}", figure="LI01", year=year, digits=n * 7 % 1009, country="NL") for n in range(300))
    with django_assert_max_num_queries(30):
        benchmarks.edition_compute(made, by="", actor=None)
    url = reverse("network:benchmark", args=[made.pk])
    client.get(url)
    with django_assert_max_num_queries(18):
        assert client.get(url).status_code == 200
