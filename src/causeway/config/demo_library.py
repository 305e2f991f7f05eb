"""The library in the demonstration: an invented guide that was read in, cases of the house on their way, and the next edition."""

from __future__ import annotations

import hashlib
from datetime import date

from causeway.engines.guide import parse
from causeway.frame.access import Actor
from causeway.rooms.network.models import Release
from causeway.rooms.network.services import cases, filing, library
from causeway.rooms.network.services import guide as guides

TITLE = "Harbours of good practice: how universities bring research into use"
#: Section, institution, country, date, name, target groups, short description, background, key words, achievements, awards, success factors, impact, website.
CASES = [
    ("Aalmere University", "Aalmere University", "The Netherlands", "12/03/2024", "Small grants for the first experiment", "Researchers, students",
     "The transfer office pays up to 20,000 EUR for the one experiment that decides whether an idea is worth a patent. A panel of five, three of them from companies, answers within 20 days. A broker of the office goes along until the report.",
     "Aalmere has 9 faculties with more than 3,100 researchers and 24,000 students. Most disclosures came too early to be judged and were dropped.",
     "proof of concept, small grants, panel, broker",
     "Since 2021, 64 experiments were paid with 1.1 million EUR in total. Out of them came 19 patent applications, 7 licences and 3 spin-off companies.", "n/a",
     "The form has two pages; the panel says no with a reason; money is there the week after.", "Researchers come to the office before they publish. Companies on the panel see results a year earlier.", "https://transfer.aalmere.example/grants"),
    ("Aalmere University", "Kestrel Institute of Technology", "United Kingdom", "05/06/2024", "Students interview a hundred customers", "Students and researchers with a business idea",
     "Teams of three test an idea in eight weeks. Each holds at least 80 interviews with possible customers, writes down what was wrong, and changes the idea or gives it up.",
     "Kestrel teaches 11,000 students of engineering. Before the course, teams wrote business plans that nobody had checked.", "lean launchpad, customer discovery, mentoring",
     "5 editions with 71 teams so far. 26 teams changed the idea, 18 gave it up in time, 9 founded companies.", "Second prize for teaching of the national academy, 2023.",
     "Mentors are founders, not lecturers. No team may build anything before week five.", "Spin-offs of former teams raised money sooner and closed less often.", "https://kestrel.example/discovery"),
    ("Universidad de Ribaverde", "Universidad de Ribaverde", "Spain", "20/02/2024", "One contract for all small licences", "Companies, researchers",
     "A licence below 30,000 EUR follows one printed form: fixed fee, no exclusivity, five pages. It is signed within ten days by the head of the office alone.",
     "Ribaverde has 700 teachers and 14,000 students in a region of small companies. Each licence took seven months and cost more than it brought.",
     "licences, small companies, standard contract", "142 licences in 4 years, with fees of 1.9 million EUR. The time to sign fell by 85%.", "Prize for public service of the region, 2022.",
     "The form was written with the chamber of commerce. Who wants another clause pays for the lawyer.", "Companies of fewer than 50 people are now two thirds of the licensees.", "https://ribaverde.example/licencias"),
    ("Universidad de Ribaverde", "Politechnika Wschodnia", "Poland", "18/04/2024", "The office comes to the laboratory", "Researchers, doctoral students",
     "Every Tuesday two advisers sit in another laboratory, without appointment. They look at notebooks, posters and machines, and write the disclosure themselves.",
     "The university has 6 faculties spread over the city; the office lay in a seventh place.", "disclosure, advice, laboratories", "Disclosures rose from 21 to 58 a year. 40% came from people who had never been to the office.", "None",
     "Advisers have been researchers. The head of each laboratory decides the day.", "Doctoral students know what a novelty is before they give their first talk.", "https://wschodnia.example/wtorek"),
    ("East Lake University", "East Lake University", "China", "09/05/2024", "Shares of income fixed before the result", "Researchers, staff in charge of technology transfer",
     "Income of a licence is shared 70% to the researchers, 15% to their institute and 15% to the university, and shares in companies in the same way. The rule is public and has not been changed since 2019. A notice of 15 days comes before each signature.",
     "East Lake has 58 departments and 31,000 students. Every contract used to be negotiated twice: once with the company and once inside.", "income distribution, public notice, equity, reward",
     "In 2023, 96 results were transferred, with contracts of RMB 84.6 million. 210 people were rewarded, 62 of them with shares.", "n/a",
     "The same parts for money and for shares. Objections are answered in writing within five days.", "Negotiations inside the university ended. Institutes advertise results themselves.", "https://eastlake.example/transfer"),
    ("East Lake University", "Delta Medical College", "China", "2024", "A clinic and a company under one roof", "Hospitals, patients and companies",
     "A floor of the hospital is rented to companies that test devices with the doctors who will use them. The ethics board meets every second week, the contract has four pages.",
     "The college runs 3 hospitals with over 4,000 beds.", "clinical trials, joint laboratory, medical devices", "12 devices were tested and 5 are on the market. More than 300 hospitals use the infusion pump; the brochure says it is in use in 30 hospitals.", "n/a",
     "Doctors are paid for their time and own no shares in what they test.", "Devices reach patients two years earlier.", "https://delta.example/clinic"),
]  # fmt: skip
_CONTACT = ["Surname, Name\t", "Role\tHead of the office", "Institution\t{hei}", "Address\t", "Telephone\t", "E-mail\t"]


def guide_text() -> str:
    """The invented guide in plain text, in the form of the real one."""
    lines = [TITLE.upper(), "", "First edition", "", "Please cite this guide as: Harbours of good practice (2024). Invented for a demonstration.", "Reproduction is authorised provided the source is acknowledged.",
             "", "2. CASES FROM EUROPE", ""]  # fmt: skip
    chapter, section, number, last = 2, 0, 0, ""
    for partner, hei, country, day, name, target, short, background, words, achievements, awards, factors, impact, site in CASES:
        if country == "China" and chapter == 2:
            chapter, section, last = 3, 0, ""
            lines += ["3. CASES FROM CHINA", ""]
        if partner != last:
            section, number, last = section + 1, 0, partner
            lines += [f"{chapter}.{section}. {partner}", ""]
        number += 1
        lines += [f"{chapter}.{section}.{number}. {name}", "", f"Case Study name\t{name}", f"HEI name\t{hei}", "Case study author\tDemonstration", f"Country\t{country}",
                  f"Target Groups of this activity/ Project/service\t{target}", f"Date\t{day}", "PROFILE\t", f"SHORT DESCRIPTION\t{short}", f"BACKGROUND\t{background}", f"KEY WORDS\t{words}",
                  "IMPACT RESULTS OUTCOMES\t", f"ACHIEVEMENTS\t{achievements}", f"AWARDS\t{awards}", f"KEY SUCCESS FACTORS\t{factors}", f"IMPACT\t{impact}", "PHOTOGRAPH / DIAGRAM\tn/a",
                  "INFORMATION SOURCES\t", f"WEBSITE\t{site}", "CONTACT DETAILS\t", *[row.format(hei=hei) for row in _CONTACT], ""]  # fmt: skip
    return "\n".join(lines)


def make(office: Actor, director: Actor, on: date) -> None:
    """Read the invented guide in; write, hand in and publish cases of the house; begin the next edition."""
    data = guide_text().encode()
    filing.file_guide(actor=office, guide=parse(data), name="harbours.txt", sha256=hashlib.sha256(data).hexdigest(), title=TITLE, edition="First edition")
    shared = cases.case_update(actor=office, obj=cases.Case.objects.get(number="3.1.1"), packs=["guide-thu-five-one"], mechanisms=["DISTRIB", "EQUITY", "PUBLIC", "REWARD"])
    library.release_accept(actor=director, obj=cases.case_submit(actor=office, obj=shared, why="The pack that computes it"))
    published = _own(office, "Inventors choose their patent attorney", ["AGENCY", "COST", "PROTECT"], {
        "short_description": "Inventors pick the attorney from a list of six firms, each marked by those who worked with it. The office pays and checks the bill against a price list.",
        "background": "Northbridge files about 30 first applications a year. Inventors complained about attorneys who did not know the field.",
        "achievements": "Since 2023, 61 applications were written this way. Questions of the examiner fell by 20%.", "key_success_factors": "Marks are given after each grant and nobody can buy them.",
        "impact": "Inventors read the draft, because it is theirs.", "key_words": "patent agencies, choice, quality",
    })  # fmt: skip
    published = cases.case_update(actor=office, obj=published, language="zh-hans", fields={"case_study_name": "发明人自选专利代理人", "short_description": "发明人从六家代理机构中自行选择，由学校付费并按价目表核对账单。"})
    library.release_accept(actor=director, obj=cases.case_submit(actor=office, obj=published))
    waiting = _own(office, "A yearly day without patents", ["STUDENT", "EVENT", "OUTCOME"], {
        "short_description": "Once a year every group shows one result it will give away: code, data, a protocol. Companies may take it on the same day.",
        "background": "Many results are worth more used than owned.", "achievements": "2 years, 48 results given away, 11 companies came back with a contract.",
        "impact": "The office is known for more than patents.", "key_words": "open results, event",
    })  # fmt: skip
    release = cases.case_submit(actor=office, obj=waiting, why="For the next edition, if there is room.")
    library.note_add(actor=director, release=release, text="Which contracts came of it? A sum would help.", field="achievements")
    _own(office, "Who leaves hands over", ["POLICY", "STAFF"], {"short_description": "Whoever leaves the university tells the office what is unfinished, in an hour and with a list."})
    _edition(office, on)


def _own(office: Actor, title: str, mechanisms: list[str], fields: dict[str, str]) -> cases.Case:
    head = {"case_study_author": "Marta Kowalczyk", "country": "The Netherlands", "target_groups": "Researchers"}
    return cases.case_create(actor=office, title=title, hei_name="Northbridge University", country="NL", dated="2026", mechanisms=mechanisms, fields={**head, **fields})


def _edition(office: Actor, on: date) -> None:
    made = guides.guide_create(
        actor=office, title="Harbours of good practice", subtitle="How universities bring research into use", edition="Second edition", dated=on, language="en",
        editors="Kowalczyk M. & Ferreira T.", publisher="Northbridge University", licence="Reproduction is authorised provided the source is acknowledged.",
        introduction="# Why this guide\n\nUniversities learn most from what others tried, and from what did not work. Every case stands in the same form, so that two can be laid side by side.",
        acknowledgements="To all who answered questions they had answered before.", acronyms="EUR = Euro\nRMB = Renminbi",
    )  # fmt: skip
    rows = list(Release.objects.filter(current=True, source_id=office.university_id).order_by("number", "pk"))
    europe = [str(one.key) for one in rows if one.country != "CN"]
    guides.chapters_set(actor=office, guide=made, chapters=[{"title": "Cases from Europe", "cases": europe}, {"title": "Cases from China", "cases": [str(one.key) for one in rows if one.country == "CN"]}])
