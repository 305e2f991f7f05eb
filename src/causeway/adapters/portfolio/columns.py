"""Which column says what: known layouts, and names people give their columns in five languages."""

from __future__ import annotations

import re
import unicodedata

#: Fields a column may fill; a field of a map may also be one value for all rows, written with an equals sign (office: =US).
FIELDS = (
    "number", "publication_number", "grant_number", "office", "kind", "right", "title", "filed_on", "published_on", "granted_on", "ended_on", "status",
    "technical_field", "owners", "inventors", "agents", "priorities", "family", "reference", "declared_total",
)  # fmt: skip
#: Those that hold days; one of NUMBERS must be there.
DATES = ("filed_on", "published_on", "granted_on", "ended_on")
NUMBERS = ("number", "publication_number", "grant_number")

LAYOUTS: dict[str, dict[str, str]] = {
    "Deep Tech Finder": {
        "owners": "University", "declared_total": "Total_number_of_applications", "title": "Application_title", "number": "Espacenet_link",
        "filed_on": "Filing_year", "status": "Patent_status", "technical_field": "Technical_field",
    },
    "Lens": {
        "publication_number": "Publication Number", "published_on": "Publication Date", "number": "Application Number", "filed_on": "Application Date",
        "priorities": "Priority Numbers", "title": "Title", "owners": "Applicants", "inventors": "Inventors", "office": "Jurisdiction", "kind": "Kind", "status": "Type",
    },
    "Espacenet": {
        "title": "Title", "publication_number": "Publication number", "published_on": "Publication date", "inventors": "Inventor(s)",
        "owners": "Applicant(s)", "number": "Application number", "filed_on": "Date of application", "priorities": "Priority number(s)",
    },
}  # fmt: skip

_NAMES: dict[str, str] = {
    "number": "application number|applicationnumber|application no|appl no|application id|application sn|application serial number|serial number|aktenzeichen|anmeldenummer|申请号|申请(专利)号|申请号/专利号|número de solicitud|numer zgłoszenia",
    "publication_number": "publication number|publication id|publication no|patent publication no|patent / publication no|patent publication number|公开号|公开(公告)号|número de publicación",
    "grant_number": "patent number|patent no|grant number|registration number|授权号|授权公告号|patentnummer",
    "office": "office|country|jurisdiction|authority|国家|amt|oficina",
    "kind": "kind code|kind|document kind",
    "right": "kind of right|right|ip type|type of right|种类|专利类型|schutzrecht",
    "title": "title|invention title|application title|名称|发明名称|专利名称|标题|titel|título|tytuł",
    "filed_on": "filing date|application date|date of application|filed|filed on|申请日|anmeldetag|fecha de solicitud|data zgłoszenia",
    "published_on": "publication date|published|published on|公开日|公开(公告)日|veröffentlichungstag|fecha de publicación",
    "granted_on": "grant date|date of grant|granted|granted on|issue date|授权日|授权公告日|erteilungstag|fecha de concesión",
    "ended_on": "expiry date|expiration date|patent expiration date|expires|expired on|lapse date|lapsed on|end date|失效日|届满日|erloschen am|fecha de caducidad",
    "status": "status|legal status|patent status|法律状态|当前法律状态|案件状态|estado",
    "technical_field": "technical field|field|technology|技术领域",
    "owners": "owner|owners|applicant|applicants|applicant(s)|assignee|assignee/ applicant(s)|assignee/applicant(s)|first applicant|申请人|权利人|申请(专利权)人|专利权人|当前权利人|anmelder|solicitante",
    "inventors": "inventor|inventors|inventor(s)|发明人|发明(设计)人|erfinder|inventores",
    "agents": "agent|attorney|representative|代理机构|专利代理机构|vertreter|agente",
    "priorities": "priority number|priority numbers|priority number(s)|priorities|优先权|优先权号",
    "family": "family|family id|simple family|同族",
    "reference": "reference|our reference|docket|case number|our ref|编号|aktenz",
}
_SYNONYMS = {name: field for field, names in _NAMES.items() for name in names.split("|")}


def tidy(name: str) -> str:
    """A column's name without case, underscores and stray space, brackets and letters of full width as usual ones."""
    return re.sub(r"[\s_]+", " ", unicodedata.normalize("NFKC", name)).strip(" .:").casefold()


def layout_of(columns: list[str]) -> tuple[str, dict[str, str]]:
    """The known layout of a header, and which column fills which field; ("", what the names suggest) for an unknown one."""
    here = set(columns)
    for name, mapping in LAYOUTS.items():
        if len(here & set(mapping.values())) == len(set(mapping.values())):
            return name, dict(mapping)
    found: dict[str, str] = {}
    for column in columns:
        field = _SYNONYMS.get(tidy(column))
        if field and field not in found:
            found[field] = column
    return "", found
