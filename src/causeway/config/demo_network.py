"""The network in the demonstration: the ready questionnaire over three years, sixteen invented universities that answered, and the benchmark."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from causeway.engines.indicators import shipped_catalogue
from causeway.engines.indicators.questionnaire import settled
from causeway.frame.access import Actor
from causeway.frame.models import University
from causeway.rooms.network.models import Collection, Round
from causeway.rooms.network.services import answers, benchmarks, figures, questionnaires

PEERS = [
    ("Aalmere University", "NL", 340, 41), ("University of Brackwater", "GB", 610, 66), ("Hochschule Lindental", "DE", 120, 14), ("Universidad de Ribaverde", "ES", 190, 22), ("Politechnika Wschodnia", "PL", 95, 17),
    ("East Lake University", "CN", 820, 120), ("Saint-Aubin University", "FR", 270, 25), ("Kestrel Institute of Technology", "GB", 450, 71), ("Nordhavn University", "DK", 380, 38),
    ("University of Westerholm", "SE", 510, 58), ("Università di Montelupo", "IT", 230, 19), ("South Harbour University", "CN", 540, 88), ("Jade Gate University of Technology", "CN", 390, 61),
    ("Prairie State University", "US", 700, 92), ("Maple Ridge University", "CA", 330, 36), ("Kanmon Institute", "JP", 410, 44),
]  # fmt: skip
#: Research spend in millions and licences a year of the demonstration university.
OWN = (300, 31)


def make(actor: Actor, on: date) -> None:
    """Ask, answer and publish, for the three years before the day; the last round is still open, and half answered here."""
    last = on.year - 1
    draft = questionnaires.questionnaire_create(actor=actor, title="Benchmarking questionnaire on technology transfer", definition=questionnaires.ready_definition(last - 2, "EUR"))
    rng = random.Random(11)  # noqa: S311 - invents figures, guards nothing
    rounds: list[Round] = []
    for year in (last - 2, last - 1, last):
        draft = questionnaires.questionnaire_update(actor=actor, obj=draft, year=year)
        rounds.append(questionnaires.questionnaire_publish(actor=actor, obj=draft, opens_on=on - timedelta(days=20), closes_on=on + timedelta(days=25)))
    for place, (name, country, spend, licences) in enumerate(PEERS, 1):
        for age, round in enumerate(rounds):
            _peer(actor, rng, round, place, name, country, spend * (100 + 4 * age) // 100, licences + age * 2)
    _own_figures(actor, last)
    for age, round in enumerate(rounds):
        questionnaires.invite(actor=actor, round=round, universities=[University.objects.get(pk=actor.university_id)], letters=False)
        _answer(actor, round, age, hand_in=round != rounds[-1])
    for round in rounds[:-1]:
        questionnaires.round_close(actor=actor, round=round)
    text = "The licences of the hospital go through its own company; count them next year. The new reward rule doubled disclosures in two faculties."
    questionnaires.interview_record(actor=actor, round=rounds[-1], name=PEERS[1][0], on=on - timedelta(days=4), persons="Head of transfer, two managers", questions=["disclosures", "licences"], notes=text)
    collection = Collection.objects.get(key=f"round:{draft.key}")
    europe = ["NL", "GB", "DE", "ES", "PL", "FR", "DK", "SE", "IT"]
    benchmarks.group_save(actor=actor, collection=collection, key="europe", title="Europe", rule={"countries": europe}, place=1)
    benchmarks.group_save(actor=actor, collection=collection, key="elsewhere", title="Outside Europe", rule={"countries": ["CN", "US", "CA", "JP"]}, place=2)
    benchmarks.edition_publish(actor=actor, collection=collection)


def _values(rng: random.Random, spend: int, licences: int) -> dict[str, Any]:
    """Answers of a university of a size, a little uneven as in life."""

    def one(value: int | str) -> dict[str, Any]:
        return {"parts": {"value": str(value)}}

    def money(millions: float) -> dict[str, Any]:
        return {"parts": {"value": str(round(millions * 1_000_000, -3)).removesuffix(".0")}, "currency": "EUR"}

    def near(value: float) -> int:
        return max(1, round(value * rng.uniform(0.8, 1.25)))

    return {
        "has_office": rng.choice(["office", "office", "both"]), "founded": str(rng.randrange(1985, 2012)), "ways": ["licence", "sale", "research", "advice"], "office_staff": one(f"{near(spend / 22)}.5"),
        "budget": {"amount": str(near(spend / 180) * 100_000), "currency": "EUR"}, "research": money(spend), "industry": money(near(spend * 0.12)), "researchers": one(near(spend * 9.5)),
        "disclosures": one(near(spend / 2.9)), "first_filings": one(near(spend / 6.5)), "grants": one(near(spend / 9)), "families": one(near(spend / 1.3)), "collaborative": one(near(spend / 2.2)),
        "commissioned": one(near(spend / 1.6)), "consultancy": one(near(spend / 3)), "licences": one(licences), "options": one(near(licences / 5)), "sales": one(near(licences / 4)),
        "income": money(near(licences * 1.2) / 10), "spin_offs": one(near(spend / 70)), "active": one(near(spend / 11)),
    }  # fmt: skip


def _peer(actor: Actor, rng: random.Random, round: Round, place: int, name: str, country: str, spend: int, licences: int) -> None:
    """The answers of an invented university elsewhere, as a package would have brought them."""
    form = answers.round_form(round)
    content = {"answers": settled(form, _values(rng, spend, licences), shipped_catalogue()), "year": form.year, "how": {}, "notes": {}}
    origin = f"away:demonstration:{place}"
    invited = questionnaires.invited_away(actor=actor, round=round, name=name, origin=origin, answered=len(content["answers"]))
    frozen = answers.freeze(actor=actor, round=round, origin=origin, source=None, name=name, version=1, content=content, by=f"Office of {name}")
    answers.share(actor=actor, frozen=frozen, country=country, institution=invited.institution_id)


def _own_figures(actor: Actor, last: int) -> None:
    """Own figures of three years, as the office would have entered and counted them."""
    lines = ["figure,year,value,currency"]
    spend, licences = OWN
    for age, year in enumerate((last - 2, last - 1, last)):
        values = {"IN01": spend * 10**6 * (100 + 5 * age) // 100, "IN02": 38_000_000 + age * 2_500_000}
        lines += [f"{figure},{year},{value},EUR" for figure, value in values.items()]
        lines += [f"{figure},{year},{value}," for figure, value in {"IN03": 2_850 + age * 40, "IN04": "13.5", "IP01": 104 + age * 9, "LI01": licences + age * 3, "LI02": 6, "LI03": 5, "SP01": 4 + age, "SP02": 3, "SP03": 1 + age, "SP07": 27 + 3 * age}.items()]  # fmt: skip
        lines += [f"IC01,{year},{2_900_000 + age * 310_000},EUR", f"RC02,{year},{170 + 6 * age},", f"RC04,{year},96,"]
    figures.figures_import(actor=actor, text="\n".join(lines), source="Annual report of the university")
    for year in (last - 2, last - 1, last):
        figures.figures_count(actor=actor, year=year)


def _answer(actor: Actor, round: Round, age: int, hand_in: bool) -> None:
    answering = answers.start(actor=actor, round=round)
    office = {"has_office": "office", "founded": "1998", "ways": ["licence", "sale", "research", "advice"], "budget": {"amount": str(1_480_000 + age * 60_000), "currency": "EUR"}}
    answers.answers_write(actor=actor, answering=answering, section="office", values=office)
    for section in ("office", "base") if not hand_in else ("office", "base", "results", "contracts", "deals", "companies"):
        answers.fill(actor=actor, answering=answering, section=section)
    if hand_in:
        answers.submit(actor=actor, answering=answering)


