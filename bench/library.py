"""The library with 5,000 cases, and a benchmark of 3,000 universities over ten years: built the same each time, looked at, published anew. Prints JSON.

  build    the cases, and the figures with a first edition, kept for the other parts (nothing to do where they are there already)
  pages    server time of the library, the matrix, a case, a comparison and the benchmark
  publish  the benchmark published anew, as its job does it
  guide    how long the reading of a guide of 27 cases takes
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "causeway.config.settings")
os.environ.setdefault("CAUSEWAY_LOG_JSON", "true")
import logging  # noqa: E402

import django  # noqa: E402
import structlog  # noqa: E402

django.setup()
logging.disable(logging.CRITICAL)
structlog.configure(logger_factory=structlog.ReturnLoggerFactory(), processors=[lambda *_: {}], cache_logger_on_first_use=False)
import baseline  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from pages import looked_at, timed  # noqa: E402

from causeway.engines.guide import parse  # noqa: E402
from causeway.engines.guide.mechanisms import MECHANISMS  # noqa: E402
from causeway.frame import access, audit, db, imports, scope, shared  # noqa: E402
from causeway.frame.accounts import services as accounts  # noqa: E402
from causeway.frame.models import User  # noqa: E402
from causeway.rooms.network.choices import Kind, Target  # noqa: E402
from causeway.rooms.network.mapping import cases as mapping  # noqa: E402
from causeway.rooms.network.models import Collection, Contribution, Edition, PeerGroup, Release  # noqa: E402
from causeway.rooms.network.services import benchmarks, library, shelf  # noqa: E402

NAME, EMAIL, KEY = "Benchmark University", "bench@example.org", "bench-network"
COUNTRIES = ["CN", "PL", "ES", "NL", "DE", "FR", "IT", "PT", "CZ", "SK", "AT", "BE", "SE", "FI", "DK", "NO", "IE", "HU", "RO", "BG", "GR", "HR", "SI", "EE", "LV", "LT", "UA", "RS", "TR", "GB", "US", "CA", "BR", "MX", "JP", "KR", "SG", "IN", "TH", "VN"]
TOWNS = ["Harbour", "Quay", "Bridge", "Mill", "Castle", "River", "Lake", "Forest", "Stone", "Market", "Abbey", "Tower", "Garden", "Meadow", "Hill", "Valley", "Field", "Cross", "Ferry", "Canal"]
SORTS = ["University", "Technical University", "Medical University", "College", "University of Technology", "Academy", "Polytechnic"]
DOING = ["A fund for first experiments", "One door for companies", "Students as scouts", "A market of needs", "Royalties by points", "Licences on one page", "A year in a company", "A board that meets weekly", "Proof before patents", "Share of income"]
WORDS = ["the", "office", "researchers", "companies", "licence", "patent", "proof", "concept", "fund", "income", "share", "decision", "board", "weekly", "contract", "partner", "laboratory", "region", "student", "team", "mentor", "prototype", "market", "need", "evaluation", "disclosure", "inventor", "reward", "department", "strategy", "network", "platform", "investor", "venture", "spin-off", "training", "course", "law", "finance", "review", "register", "archive", "growth", "agreement", "technology", "transfer", "university", "hospital", "clinic", "energy", "water", "soil", "battery", "sensor", "software", "data", "model", "trial", "cell", "crop", "metal", "polymer", "optics", "robot", "ship", "rail", "bridge", "harbour", "canal", "city", "village", "school", "public", "private", "small", "large", "early", "late", "first", "second", "joint", "open", "yearly", "monthly", "plain", "exact", "free", "paid", "local", "national"]
YEARS = range(2016, 2026)


def chosen(n: int, among: Any, times: int = 7919) -> Any:
    """One of several, the same for a number each time, spread evenly."""
    return among[(n * times + n // 13) % len(among)]


def said(n: int, length: int) -> str:
    """A text of some length in words."""
    words, size, at = [], 0, n
    while size < length:
        at = (at * 1_103_515_245 + 12_345) % 2_147_483_648
        words.append(WORDS[(at >> 8) % len(WORDS)])
        size += len(words[-1]) + 1
    return " ".join(words).capitalize() + "."


def school(n: int) -> str:
    """The n-th university's name."""
    return f"{TOWNS[n % 20]} {TOWNS[(n // 20) % 20].lower()} {chosen(n, SORTS)} {n // 400 + 1}"


def cases(count: int) -> Iterator[Release]:
    """Published cases of some three universities in eight; a few have many."""
    for n in range(count):
        owner = (n * 31) % (count * 3 // 8) if n % 5 else (n // 5) % 40
        texts = {"case_study_name": f"{chosen(n, DOING)}, {chosen(n, WORDS, 31)} {n}", "short_description": said(n, 700), "background": said(n + 1, 650), "achievements": said(n + 2, 950),
                 "key_success_factors": said(n + 3, 600), "impact": said(n + 4, 600)}  # fmt: skip
        codes = sorted({MECHANISMS[(n * 7 + k * k * 5 + owner) % len(MECHANISMS)].code for k in range(3 + n % 8)})
        targets = sorted({Target.values[(n + k * 3) % len(Target.values)] for k in range(1 + n % 3)})
        content = {"texts": {"en": texts}, "heading": "", "partner": "", "dated": "", "lines": "", "mechanisms": codes, "mechanisms_confirmed": True, "targets": targets, "packs": [],
                   "figures": [], "photos": [], "contact": {}, "document": None}  # fmt: skip
        made = Release(key=uuid.UUID(int=n + 1), version=1, source_name=school(owner), state="published", current=True, title=texts["case_study_name"], hei_name=school(owner),
                       hei_key=mapping.hei_key(school(owner)), number="", country=chosen(owner, COUNTRIES), kind=chosen(owner, Kind.values), year=2000 + (n * 11) % 26, language="en",
                       content=content, sha256=f"{n:064d}")  # fmt: skip
        made.words = mapping.found_by(made)
        yield made


def cases_add(actor: access.Actor, count: int) -> None:
    """The cases with what they are narrowed by, some hundred at a time."""
    made = cases(count)
    while batch := list(itertools.islice(made, 150)):
        with audit.batch(by=actor, verb="bench.cases") as work:
            work.add(batch)
            shelf.shelve(batch)
            work.add([facet for one in batch for facet in library.facets_of(one)])


def figures(collection: Collection, universities: int) -> Iterator[Contribution]:
    """Two figures of each university a year; one in sixteen gave none of the second."""
    for n in range(universities):
        for year in YEARS:
            spent = (1 + (n * n * 37) % 4_000) * 250_000 + (year - 2016) * 120_000
            common = {"collection": collection, "origin": f"u{n:05d}", "name": school(n), "country": chosen(n, COUNTRIES), "year": year}
            yield Contribution(**common, figure="IN01", digits=spent, currency="EUR")
            yield Contribution(**common, figure="LI01", digits=None if n % 16 == 7 else (n * 17 + year * 3) % 90, state="unavailable" if n % 16 == 7 else "known")


def build(options: argparse.Namespace) -> dict[str, Any]:
    """Everything that the pages show."""
    began = time.perf_counter()
    user = User.objects.filter(email=EMAIL).first() or accounts.user_make(email=EMAIL, name="Bench", password="not-a-secret-1234")
    university, new = imports.university_named(NAME)
    if new:
        imports.grant(user, university, "director")
    if not Release.objects.exists():
        with scope.use(university):
            cases_add(access.system(university), options.cases)
    collection = Collection.objects.filter(key=KEY).first()
    if collection is None:
        collection = Collection(key=KEY, title="The network: research and licences", currency="EUR", source_id=university.pk)
        shared.put(Collection, [collection], [])
        rules = {"all": {}, "china": {"countries": ["CN"]}, "europe": {"countries": COUNTRIES[1:30]}, "large": {"figure": "IN01", "from": "500000000", "below": ""}, "small": {"figure": "IN01", "from": "", "below": "500000000"}}
        shared.put(PeerGroup, [PeerGroup(collection=collection, key=key, title=key.capitalize(), rule=rule, place=place) for place, (key, rule) in enumerate(rules.items())], [])
        rows = list(figures(collection, options.universities))
        for row in rows[: 2 * len(YEARS)]:
            row.source_id = university.pk
        shared.put(Contribution, rows, [])
        benchmarks.edition_compute(collection, by="Bench", actor=None)
    db.look_over()
    return {"built_s": round(time.perf_counter() - began), "cases": Release.objects.count(), "figures": Contribution.objects.filter(collection=collection).count()}


def addresses() -> dict[str, str]:
    """The pages, by name."""
    collection = Collection.objects.get(key=KEY)
    at = Release.objects.count() // 4
    some = list(Release.objects.order_by("pk").values_list("pk", flat=True)[at : at + 4])
    asked = f"/network/benchmarks/{collection.pk}/"
    return {
        "Library": "/library/", "Library, page 150": "/library/?page=150", "Library, by university": "/library/?sort=university", "Library, newest": "/library/?sort=newest",
        "Library, narrowed": "/library/?mechanism=POC&country=PL&country=CN", "Library, words": "/library/?q=battery+licence", "Library, a rare word": "/library/?q=4711",
        "Library, words, narrowed": "/library/?q=harbour&target=students&year=2012", "Matrix": "/library/matrix/", "Matrix, page 40": "/library/matrix/?page=40",
        "Matrix, a group": "/library/matrix/?group=money", "Matrix, a country": "/library/matrix/?country=PL", "Case": f"/library/{some[0]}/",
        "Side by side": "/library/compare/?" + "&".join(f"case={pk}" for pk in some), "Benchmarks": "/network/benchmarks/", "Benchmark": asked, "Benchmark, a group": f"{asked}?figure=LI01&norm=research&group=large",
    }  # fmt: skip


def pages(options: argparse.Namespace) -> dict[str, Any]:
    """The pages of the network; `--only` leaves out those without these words in their name."""
    urls = {name: url for name, url in addresses().items() if options.only in name}
    counted = {"cases": Release.objects.count(), "figures": Contribution.objects.filter(collection__key=KEY).count()}
    return counted | {"engine": connection.vendor, **looked_at(User.objects.get(email=EMAIL), urls, options.times)}


def publish(options: argparse.Namespace) -> dict[str, Any]:
    """The benchmark published anew: seconds on the clock and of the processor."""
    university, _new = imports.university_named(NAME)
    collection = Collection.objects.get(key=KEY)
    began, cpu = time.perf_counter(), baseline.spent()
    with scope.use(university):
        edition = benchmarks.edition_publish(actor=access.system(university), collection=collection)
    found = {"seconds": round(time.perf_counter() - began, 2), "cpu_s": round(baseline.spent() - cpu, 2), "edition": edition.number, **edition.counts}
    return {"engine": connection.vendor, "editions": Edition.objects.filter(collection=collection).count(), **found}


def invented_guide(count: int = 27) -> str:
    """A guide of so many cases of some 7,000 characters each, as the one that this library began with."""
    lines = ["1. INTRODUCTION", "", said(0, 3_000), "", "2. EU CASE STUDIES", "", f"2.1. {school(0)}:", ""]
    for n in range(count):
        name = f"{chosen(n, DOING)} {n}"
        lines += [f"2.1.{n + 1}. {name}", "", f"Case Study name\t{name}", f"HEI name\t{school(n)}", "Case study author\tAnna Nowak", "Country\tPoland", f"Date\t{n % 28 + 1:02d}/04/2019",
                  "PROFILE\t", f"SHORT DESCRIPTION\t{said(n, 750)}", f"BACKGROUND\t{said(n + 1, 1_500)}", f"KEY WORDS\t{said(n + 2, 80)}", f"ACHIEVEMENTS\t{said(n + 3, 1_900)}",
                  f"AWARDS\t{said(n + 4, 300)}", f"KEY SUCCESS FACTORS (max. 1.000 characters)\t{said(n + 5, 1_000)}", f"IMPACT\t{said(n + 6, 1_000)}", "CONTACT DETAILS\t", "Surname, Name\tNowak, Anna", ""]  # fmt: skip
    return "\n".join(lines)


def guide(options: argparse.Namespace) -> dict[str, Any]:
    """A guide read from plain text: seconds at the median. `--guide` names a file of one's own."""
    data = options.guide.read_bytes() if options.guide else invented_guide().encode()
    read = parse(data, "guide.txt")
    return {"characters": len(data.decode()), "cases": len(read.cases), "problems": len(read.problems), "seconds": round(median(timed(lambda: parse(data, "guide.txt")) for _ in range(5)), 3)}


def main() -> None:
    """Bring the database up to date, do the part, print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", choices=["build", "pages", "publish", "guide"])
    parser.add_argument("--cases", type=int, default=5_000)
    parser.add_argument("--universities", type=int, default=3_000)
    parser.add_argument("--times", type=int, default=15)
    parser.add_argument("--guide", type=Path, help="plain text of a guide, in place of an invented one")
    parser.add_argument("--only", default="", help="only pages with this in their name")
    options = parser.parse_args()
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    found = {"build": build, "pages": pages, "publish": publish, "guide": guide}[options.part](options)
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
