"""Writes the calendars of the law packs (`packs/*/days/*.yaml`) once, from the `holidays` library and the closures read by hand.

Needs the extra `calendars`. The files are committed; nothing imports the library at run time. Deterministic: same library, same files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from pathlib import Path

import holidays
import yaml

PACKS = Path(__file__).resolve().parent.parent / "src/causeway/packs"
FIRST, LAST = 1978, 2060
#: Up to here the libraries' lists were read; later years are expected by rule and marked provisional.
KNOWN_TO = 2026
Years = dict[int, list[date]]


def by_rule(make: Callable[[int], Iterable[date]]) -> Years:
    """Weekdays closed in each year, from a list of holidays."""
    return {year: sorted({d for d in make(year) if d.weekday() < 5 and d.year == year}) for year in range(FIRST, LAST + 1)}


def easter(year: int) -> date:
    """Easter Sunday (Gregorian, anonymous algorithm)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = b // 4, b % 4
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = c // 4, c % 4
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def epo(year: int) -> list[date]:
    """Days on which at least one filing office of the EPO is expected to be closed, after the lists of 2015 and 2020.

    In both years (and in 2026) Assumption, German Unity and All Saints fell on weekends; they are holidays in Munich, so expected in other years.
    The offices are closed from 24 December to New Year (notices of 2018, 2022 and 2025), the 27th included, a Sunday in both lists.
    """
    e = easter(year)
    moving = [e + timedelta(n) for n in (-2, 1, 39, 50, 60)]
    fixed = [date(year, m, d) for m, d in ((1, 1), (1, 6), (4, 27), (5, 1), (5, 5), (8, 15), (10, 3), (11, 1))]
    return moving + fixed + [date(year, 12, d) for d in range(24, 32)]


def wipo(year: int) -> list[date]:
    """Days on which the International Bureau is expected to be closed, after the lists of 2017 and 2019."""
    e = easter(year)
    fast = next(date(year, 9, d) for d in range(1, 8) if date(year, 9, d).weekday() == 6) + timedelta(4)
    days = [e + timedelta(n) for n in (-2, 1, 39, 50)] + [fast, date(year, 12, 25)]
    new_year, last = date(year, 1, 1), date(year, 12, 31)
    days.append(new_year if new_year.weekday() < 5 else date(year, 1, 2))
    days.append(last if last.weekday() < 5 else date(year, 12, 29))
    return days


def us(year: int) -> list[date]:
    """Federal holidays within the District of Columbia: no Emancipation Day, one-off closures, Inauguration Day by hand."""
    days = list(holidays.country_holidays("US", years=year, categories=("public", "government")))
    if year % 4 == 1:
        inauguration = date(year, 1, 20)
        days.append(inauguration if inauguration.weekday() != 6 else date(year, 1, 21))
    # The Friday before, where New Year of the next year falls on a Saturday.
    days += [d for d in holidays.country_holidays("US", years=year + 1) if d.year == year]
    return days


def germany(year: int) -> list[date]:
    """Munich, Jena and Berlin: closed where at least one of them is."""
    days: set[date] = set(holidays.country_holidays("DE", subdiv="BY", years=year, categories=("public", "catholic")))
    for place in ("TH", "BE"):
        days |= set(holidays.country_holidays("DE", subdiv=place, years=year))
    return sorted(days)


def of(country: str, **kwargs: object) -> Callable[[int], list[date]]:
    return lambda year: list(holidays.country_holidays(country, years=year, **kwargs))


def netherlands(year: int) -> list[date]:
    return [*of("NL")(year), date(year, 5, 5), easter(year) - timedelta(2)]


def spain(year: int) -> list[date]:
    return [*of("ES", subdiv="MD")(year), date(year, 5, 15), date(year, 11, 9)]


def japan(year: int) -> list[date]:
    return [*of("JP", categories=("public", "bank"))(year), date(year, 12, 29), date(year, 12, 30)]


def korea(year: int) -> list[date]:
    """Public holidays and Labour Day, which ends no period either (Patent Act Art. 14) though it became a public holiday only later."""
    return [*of("KR")(year), date(year, 5, 1)]


def alicante(year: int) -> list[date]:
    """EUIPO: the days its yearly decisions usually name."""
    e = easter(year)
    fixed = [(1, 1), (1, 6), (5, 1), (5, 9), (8, 15), (10, 12), (11, 1), (12, 6), (12, 8), (12, 24), (12, 25), (12, 26), (12, 31)]
    return [e + timedelta(n) for n in (-3, -2, 1, 39, 50)] + [date(year, m, d) for m, d in fixed]


def text_days(days: Iterable[date]) -> str:
    return " ".join(f"{d:%m-%d}" for d in sorted(days))


def write(pack: str, id: str, name: str, closed: Years, provisional: Years, known: list[tuple[str, str]], basis: list[str], status: str, note: str = "",
          makeup: Years | None = None) -> None:  # fmt: skip
    """One calendar file: weekday closures known, those only expected, and the spans that are known."""
    data: dict = {"id": id, "name": name, "weekend": ["6", "7"], "status": status, "basis": basis}
    if note:
        data["note"] = note
    data["known"] = [{"from": a, "to": b} for a, b in known]
    for key, years in (("closed", closed), ("provisional", provisional), ("makeup", makeup or {})):
        rows = {str(year): text_days(days) for year, days in sorted(years.items()) if days}
        if rows:
            data[key] = rows
    file = PACKS / pack / "days" / f"{id.lower().replace('_', '-')}.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    body = yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=10_000, default_style=None)
    file.write_text("# Written by scripts/make_calendars.py; days are MM-DD, weekdays only.\n" + body)


def split(years: Years, known_to: int) -> tuple[Years, Years]:
    return {y: d for y, d in years.items() if y <= known_to}, {y: d for y, d in years.items() if y > known_to}


def china() -> None:
    closed: Years = {}
    makeup: Years = {}
    for year in range(FIRST, LAST + 1):
        days = holidays.country_holidays("CN", years=year)
        closed[year] = sorted({d for d in days if d.weekday() < 5 and d.year == year})
        makeup[year] = sorted(d for d in getattr(days, "weekend_workdays", set()) if d.year == year)
    sure, expected = split(closed, KNOWN_TO)
    write("law-cn", "CN", "China, State Council notices", sure, expected, [("2001-01-01", f"{KNOWN_TO}-12-31")],
          ["HOL-CN", "HOL-CN-2024", "HOL-CN-2025", "HOL-CN-2026"], "verified",
          "Years before 2001 are by rule only; the notice for the next year usually comes in October or November.", makeup)  # fmt: skip


def lists(texts: dict[int, str]) -> Years:
    return {year: [date(year, int(t[:2]), int(t[3:])) for t in text.split()] for year, text in texts.items()}


EPO_READ = lists({
    2015: "01-01 01-02 01-06 04-03 04-06 04-27 05-01 05-05 05-14 05-25 06-04 12-24 12-25 12-28 12-29 12-30 12-31",
    2020: "01-01 01-06 04-10 04-13 04-27 05-01 05-05 05-21 06-01 06-11 12-24 12-25 12-28 12-29 12-30 12-31",
})  # fmt: skip
IB_READ = lists({
    2017: "01-02 04-14 04-17 05-25 06-05 09-07 12-25 12-29",
    2019: "01-01 04-19 04-22 05-30 06-10 09-05 12-25 12-31",
})  # fmt: skip


def main() -> None:
    china()
    expected = {y: d for y, d in by_rule(epo).items() if y not in EPO_READ}
    write("law-epc", "EPO", "European Patent Office: Munich, The Hague, Berlin", EPO_READ, expected,
          [("2015-01-01", "2015-12-31"), ("2018-12-24", "2019-01-01"), ("2020-01-01", "2020-12-31"), ("2022-12-24", "2023-01-01"), ("2025-12-24", "2026-01-02")],
          ["EPO-OJ-2015", "EPO-OJ-2020", "EPO-CLOSE-1819", "EPO-CLOSE-2223", "EPO-CLOSE-2526"], "verified",
          "Only the lists of 2015 and 2020 and three turns of the year were read; other years are expected after them.")  # fmt: skip
    expected = {y: d for y, d in by_rule(wipo).items() if y not in IB_READ}
    write("law-pct", "WIPO_IB", "International Bureau of WIPO, Geneva", IB_READ, expected, [("2017-01-01", "2017-12-31"), ("2019-01-01", "2019-12-31")],
          ["PCT-IB-2017", "PCT-IB-2019"], "verified", "Only the lists of 2017 and 2019 were read; the Swiss National Day is no closing day.")  # fmt: skip
    simple = [
        ("law-us", "US_PTO", "Federal holidays in the District of Columbia", us, ["HOL-US", "MPEP-710.05", "MPEP-213.03"], "verified", "Inauguration Day is general knowledge, to verify."),
        ("law-de", "DPMA", "German Patent and Trade Mark Office: Munich, Jena, Berlin", germany, ["HOL-LIB", "GENERAL"], "unverified", "Which of the three places counts is to be verified."),
        ("law-gb", "GB_UKIPO", "England and Wales", of("GB", subdiv="ENG"), ["HOL-LIB"], "verified", "Excluded and interrupted days by direction are not in it."),
        ("law-fr", "FR", "France", of("FR"), ["HOL-LIB"], "verified", "Closing notices of the office are not in it."),
        ("law-nl", "NL", "Netherlands, with 5 May of every year and Good Friday", netherlands, ["HOL-LIB", "GENERAL"], "unverified", ""),
        ("law-es", "ES", "Spain, Madrid", spain, ["HOL-LIB", "GENERAL"], "unverified", "The days of the city of Madrid are usual days, to verify by the yearly resolution."),
        ("law-pl", "PL", "Poland", of("PL"), ["HOL-LIB"], "verified", "Saturdays count as days off."),
        ("law-jp", "JPO", "Japan Patent Office, closed 29 December to 3 January", japan, ["HOL-LIB", "GENERAL"], "unverified", ""),
        ("law-kr", "KR", "Korea", korea, ["HOL-LIB"], "verified", "Temporary holidays by cabinet decision are to be added."),
    ]  # fmt: skip
    for pack, id, name, make, basis, status, note in simple:
        sure, expected = split(by_rule(make), KNOWN_TO + 1)
        write(pack, id, name, sure, expected, [(f"{FIRST}-01-01", f"{KNOWN_TO + 1}-12-31")], basis, status, note)
    write("law-em", "EUIPO", "European Union Intellectual Property Office, Alicante", {}, by_rule(alicante), [], ["GENERAL"], "unverified",
          "The yearly decisions of the Executive Director were not read.")  # fmt: skip


if __name__ == "__main__":
    main()
