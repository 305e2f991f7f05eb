"""Invented guides for the tests: the template's shape with the irregularities that real ones have."""

from __future__ import annotations

CASES = [
    ("2.1.1.", "A small fund for first experiments", "Harbour University", "Poland", "05/04/2019"),
    ("2.1.2.", "Quay College: Students as scouts", "Quay College (QC)", "Spain", "March 26, 2021"),
    ("3.1.1", "Delta Institute: One door for companies", "Delta Institute of Technology", "China", "2019"),
]


def case_rows(name: str, hei: str, country: str, day: str) -> list[str]:
    """The rows of an invented case."""
    return [
        f"Case Study name\t{name}", f"HEI name\t{hei}", "Case study author\tAnna Nowak; LI Wei", f"Country\t{country}",
        "Target Groups of this activity/ Project/service\tResearchers", f"Date\t{day}", "PROFILE\t",
        f"SHORT DESCRIPTION\t<p>{hei} pays up to €5,000 for a first experiment.</p> <p>More than 40 teams applied; <i>nearly</i> 12 were paid.</p>",
        "BACKGROUND\tThe university has 14,000 students & 900 teachers. It was founded in 1901 and", "", "", " ", "Co-funded by the", "Erasmus+ Programme",
        "of the European Union", "", "\t<p>opened its office in 2004.</p>", "KEY WORDS\t<i>fund, first experiment, proof of concept.</i>", "IMPACT RESULTS OUTCOMES\t",
        'ACHIEVEMENTS\t<ul style="list-style-type: none"> • 12 projects concluded • 3 licences signed', "AWARDS\tn/a",
        "KEY SUCCESS FACTORS (max. 1.000 characters)\tShort forms; an answer within 20 days.", "IMPACT\tResearchers come earlier than before.", "PHOTOGRAPH / DIAGRAM\t",
        "INFORMATION SOURCES\t", "WEBSITE\t<p>https://fund.example.org/?a=1&b=2</p>", "CONTACT DETAILS\t", "Surname, Name\tNowak, Anna", "Role\tDirector",
        f"Institution\t{hei}", "Address\t1 Quay Street", "Telephone\t", "E-mail\tanna@example.org", "", "", "",
    ]  # fmt: skip


def guide_text() -> str:
    """An invented guide of three cases in plain text."""
    front = ["GOOD PRACTICES OF THE HARBOURS", "", "Table of contents", "1. INTRODUCTION\t3", *[f"{number} {title}\t{n}" for n, (number, title, *_x) in enumerate(CASES, 4)], "",
             "LIST OF ACRONYMS", "", "HU\tHarbour University", "", "1. INTRODUCTION", "", "This guide gathers what harbours do.", ""]  # fmt: skip
    body = ["2. EU CASE STUDIES", "", "2.1. Harbour University:", ""]
    for number, title, hei, country, day in CASES:
        if number == "3.1.1":
            body += ["3. CHINESE CASE STUDIES", "", "3.1. Delta Institute of Technology", ""]
        body += [f"{number} {title}", "", *case_rows(title.split(": ")[-1], hei, country, day)]
    return "\n".join([*front, *body, "", "Harbours of Good Practice", ""])
