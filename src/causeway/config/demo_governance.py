"""Governance of the demonstration university: past receipts, a policy in force, a draft tried on them, a decision under way, computed amounts."""

from __future__ import annotations

import io
import random
from datetime import date, timedelta

from causeway.frame import access
from causeway.frame.models import University
from causeway.rooms.governance import services

PACK = "guide-thu-five-one"
SHARE, INSTITUTE, DAYS = f"{PACK}/researchers_share", f"{PACK}/institute_share", f"{PACK}/thu_notice_days"
FACULTIES = {
    "Hanna Lindqvist": "Medical Engineering", "Chen Siyuan": "Materials Science", "Ruud van der Meulen": "Electrochemistry", "Zofia Wójcik": "Medical Engineering",
    "Álvaro Prieto": "Photonics", "Leonie Groß": "Biotechnology", "Mei Tanaka": "Computer Science", "Samuel Osei": "Materials Science", "Katarzyna Łuczak": "Electrochemistry",
    "Jonas Weiß": "Photonics",
}  # fmt: skip


def make(university: University, on: date, users: dict[str, access.Actor], titles: list[str]) -> None:
    """Invented records of the last years, seen from a day. users: actors by role, at least office and director."""
    office, director = users["office"], users["director"]
    _receipts(office, on, titles)
    held = _policy(office, "Northbridge income rules 2021", {SHARE: "55 %", INSTITUTE: "20 %", DAYS: "15"}, "The rules the senate gave itself in 2021.")
    begun = date(on.year - 5, 1, 1)
    held = services.policy_adopt(actor=director, obj=held, holds_from=begun, signed_by="Prof. E. Maartens, Rector", signed_on=begun - timedelta(days=20), why="Senate, item 7")
    for title, gross, costs, people in (
        ("Licence fee, flow-cell microreactor", "84000.00", "6200.00", [("Zofia Wójcik", "2"), ("Samuel Osei", "1")]),
        ("Sale of EP 21 208 774, photonic strain gauge", "310000.00", "41750.50", [("Álvaro Prieto", "3"), ("Jonas Weiß", "2")]),
    ):
        given = {"gross": {"amount": gross, "currency": "EUR"}, "costs": {"direct": costs}, "inventors": [{"person": name, "weight": weight} for name, weight in people]}
        services.answer_compute(actor=office, policy=held, on=on - timedelta(days=40), title=title, given=given)
    _policy(office, "Income by five-one", {DAYS: "15"}, "To thank the researchers as Tsinghua does; see guide case 3.1.2.")
    _decision(office, director, on)


def _policy(office: access.Actor, title: str, changes: dict[str, str], why: str) -> services.Policy:
    return services.policy_create(actor=office, title=title, pack=PACK, changes=changes, why=why)


def _receipts(office: access.Actor, on: date, titles: list[str]) -> None:
    """Some two hundred receipts of five years, a few of them of kinds that rules refuse."""
    rng = random.Random(11)  # noqa: S311 - invents records, guards nothing
    names = list(FACULTIES)
    rows = []
    for _number in range(214):
        day = date(on.year - 5 + rng.randrange(5), rng.randrange(1, 13), rng.randrange(1, 28))
        team = rng.sample(names, rng.choice([1, 1, 2, 2, 3]))
        gross = rng.choice([800, 1500, 2400, 4000, 7500, 12000, 18000, 26000]) + rng.randrange(100) * 7
        costs = rng.choice([0, 0, 120, 480, gross // 12])
        people = [[name, str(rng.choice([1, 1, 2, 3]))] for name in team] if rng.random() > 0.02 else [[team[0], "0"]]
        rows.append({"on": day.isoformat(), "amount": f"{gross}.00", "currency": "EUR", "technology": rng.choice(titles), "unit": FACULTIES[team[0]], "costs": f"{costs}.00", "inventors": people})
    rows.sort(key=lambda one: str(one["on"]))
    lines = ["date,amount,currency,technology,unit,costs,inventors"]
    for one in rows:
        people = "; ".join(f"{name} {weight}" for name, weight in one["inventors"])
        lines.append(f'{one["on"]},{one["amount"]},EUR,"{one["technology"]}",{one["unit"]},{one["costs"]},"{people}"')
    upload = io.BytesIO("\n".join(lines).encode())
    upload.name = "receipts.csv"
    services.dataset_bring(actor=office, name=f"Receipts {on.year - 5} to {on.year - 1}", upload=upload, receipts=rows)


def _decision(office: access.Actor, director: access.Actor, on: date) -> None:
    """A transfer before the committee, its notice public."""
    made = services.procedure_start(
        actor=office, flow=f"{PACK}/transfer-decision", title="Sale of the tactile yarn sensor to Tideline Textiles",
        about="Price agreed at 46,000 EUR; the taker has no tie to the inventors.",
    )  # fmt: skip
    steps = {step.key: step for step in made.steps.order_by("place")}
    services.step_done(actor=office, obj=steps["plan"], note="Plan and price enquiry discussed with Materials Science.")
    for actor in (office, director):
        services.interest_declare(actor=actor, obj=made, conflicted=False)
        services.vote_cast(actor=actor, obj=made.steps.get(key="approval"), choice="for")
    services.step_done(actor=director, obj=made.steps.get(key="approval"), note="Approved without a vote against.")
    text = {"name_of_result": "Tactile yarn sensor", "intended_price": "46,000 EUR, licence back for teaching"}
    notice = services.notice_publish(actor=office, obj=made.steps.get(key="notice"), starts_on=on, ends_on=on + timedelta(days=20), text=text, where="Notice board of the transfer office; intranet")
    services.objection_lodge(actor=office, obj=notice, name="K. Łuczak", received_on=on, text="The share of Electrochemistry in the coating is not named.")
