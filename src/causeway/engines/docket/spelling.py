"""How people spell what the packs name: events, rights, offices, media, entities and facts in worked cases and files of events."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

#: Other names of kinds of events; the packs' own vocabulary (law-base/values/events.yaml) stands on the right.
EVENTS = {
    "application": "filing", "application_filing": "filing", "filing_date": "filing", "us_filing": "filing",
    "provisional": "provisional_filing", "pct_filing": "international_filing", "international_filing_date": "international_filing",
    "parent": "parent_filing", "divisional": "divisional_filing",
    "first_filing": "priority", "earliest_priority": "priority", "priority_date": "priority", "earlier_application": "priority",
    "priority_withdrawal": "priority_withdrawn",
    "first_publication": "publication", "exam_request": "examination_request", "request_for_examination": "examination_request",
    "entry_into_examination": "examination_entry", "substantive_examination_notice": "examination_entry", "filing_notice": "filing_receipt",
    "office_action": "office_action_1", "first_office_action": "office_action_1", "office_action_2": "office_action_later",
    "later_office_action": "office_action_later", "first_substantive_report": "office_action_1",
    "r161": "r161_communication", "rule_161": "r161_communication", "r702": "r702_invitation", "rule_70_2": "r702_invitation",
    "decision": "rejection", "final_rejection": "rejection", "refusal_decision": "refusal",
    "notice_of_allowance": "grant_notice", "grant_decision": "grant_notice", "decision_to_grant": "grant_notice", "conditional_grant": "grant_notice",
    "r71_3": "intention_to_grant", "rule_71_3": "intention_to_grant",
    "search_report": "search_report_published", "isr_transmittal": "search_report_sent", "search_report_transmitted": "search_report_sent",
    "mention_of_grant": "grant", "grant_announcement": "grant", "issue": "grant", "issue_date": "grant", "grant_date": "grant",
    "international_registration": "registration", "registration_date": "registration", "missing_parts": "missing_parts_notice",
    "restriction": "restriction_requirement", "opposition": "opposition_notice", "non_registration": "non_registration_decision",
    "invitation": "deficiency_invitation", "loss_of_rights_notice": "loss_of_rights", "notice_of_appeal": "appeal_filed",
    "marketing_authorisation": "marketing_approval", "marketing_authorization": "marketing_approval", "approval": "marketing_approval",
    "first_disclosure": "disclosure", "first_commercial_exploitation": "first_exploitation", "death": "author_death", "form_53": "entry",
    "national_entry": "entry", "entry_date": "entry", "licence": "licence_effective", "license_effective": "licence_effective",
    "designation": "designation_notified", "removal_of_the_cause": "obstacle_removed", "cause_removed": "obstacle_removed",
    "missed_period": "period_missed", "office_period": "office_period_end", "application_end": "application_ended",
}  # fmt: skip
#: Other names of kinds of rights, after "-" and " " became "_".
RIGHTS = {
    "invention": "patent", "patents": "patent", "european": "patent", "european_patent": "patent", "euro_pct": "patent", "pct": "patent",
    "utility_certificate": "utility_model", "trademark": "trade_mark", "mark": "trade_mark", "eutm": "trade_mark", "reud": "design",
    "unitary_patent": "unitary", "software": "software_copyright", "plant": "plant_variety", "variety": "plant_variety", "layout_design": "ic_layout",
    "supplementary_protection_certificate": "spc",
}  # fmt: skip
#: Other names of offices, in capitals.
OFFICES = {
    "CNIPA": "CN", "EPO": "EP", "WIPO": "WO", "PCT": "WO", "IB": "WO", "USPTO": "US", "DPMA": "DE", "UKIPO": "GB", "UK": "GB", "INPI": "FR", "RVO": "NL",
    "OEPM": "ES", "UPRP": "PL", "JPO": "JP", "KIPO": "KR", "MOIP": "KR", "EUIPO": "EM", "EU": "EM", "MADRID": "WIPO_MADRID", "SPC": "EU_SPC",
}  # fmt: skip
#: Other names of what a notice says of itself.
NOTICE = {
    "date": "on", "issued": "on", "issued_on": "on", "dispatched": "on", "sent": "on", "medium": "by", "via": "by",
    "received_on": "received", "receipt": "received", "actual_receipt": "received", "actually_received": "received",
}  # fmt: skip
#: How a notice travels.
MEDIA = ("electronic", "post", "hand", "public_notice")
_MEDIA = {
    "electronic_means": "electronic", "data_message": "electronic", "online": "electronic", "paper": "post", "mail": "post", "paper_by_post": "post",
    "registered_letter": "post", "handed_over": "hand", "in_person": "hand", "publication": "public_notice",
}  # fmt: skip
#: Kinds of payer of tariffs by stage.
ENTITIES = ("large", "small", "micro")
_ENTITIES = {"undiscounted": "large", "regular": "large", "standard": "large"}
#: Other names of facts; the value stays.
_FACTS = {
    "pta_days": "term_adjustment_days", "adjustment_days": "term_adjustment_days", "patent_term_adjustment_days": "term_adjustment_days",
    "term_adjustment": "term_adjustment_days", "applicant_delay": "applicant_delay_days", "reasonable_delay": "reasonable_delay_days",
    "number_of_claims": "claims", "same_day_utility_model": "same_day_utility_model_given_up", "pediatric": "paediatric",
}  # fmt: skip
#: Facts that are a flag in some mouths and a value in the packs.
_FLAGS = {
    "domestic": ("applicant", "domestic"), "abroad": ("sold", "abroad"), "sold_abroad": ("sold", "abroad"), "natural_person": ("owner", "natural_person"),
    "european": ("route", "european"),
}  # fmt: skip
#: Facts the engine itself reads; those that rules ask for stand in the packs.
FACTS = frozenset(
    ["applicant_delay_days", "reasonable_delay_days", "same_day_utility_model_given_up", "compensation_days", "term_adjustment_days", "claims", "entity", "reduction", "paid_on", "granted", "route", "paediatric"]
)
WHOLE_NUMBERS = ("applicant_delay_days", "reasonable_delay_days", "compensation_days", "term_adjustment_days", "claims")


def event(kind: str) -> str:
    """A kind of event as the packs name it."""
    plain = _plain(kind)
    return EVENTS.get(plain, plain)


def notice(said: Mapping[str, Any]) -> dict[str, Any]:
    """What a notice says of itself, under the packs' names: on, by, received, of; the rest stays."""
    return {NOTICE.get(_plain(key), str(key)): value for key, value in said.items()}


def right(text: str) -> str:
    """A kind of right as the packs name it; what stands in brackets ("invention (divisional)") is left out."""
    plain = _plain(re.sub(r"\(.*\)", "", text))
    return RIGHTS.get(plain, plain)


def office(text: str) -> str:
    """An office as the packs name it."""
    plain = text.strip().replace(" ", "_").upper()
    return OFFICES.get(plain, plain)


def medium(text: str) -> str:
    """How a notice was sent, as the packs name it; what is none stays as it is."""
    plain = _plain(text)
    return _MEDIA.get(plain, plain)


def entity(text: str) -> str:
    """A kind of payer as the tariffs name it; what is none stays as it is."""
    plain = _plain(text).removesuffix("_entity")
    return _ENTITIES.get(plain, plain)


def facts(said: Mapping[str, str]) -> dict[str, str]:
    """Facts under the names the packs use."""
    known: dict[str, str] = {}
    for name, value in said.items():
        plain = _plain(name)
        if plain in _FLAGS and str(value).lower() in ("true", "yes"):
            plain, value = _FLAGS[plain]
        known[_FACTS.get(plain, plain)] = value
    return known


def nearest(word: str, known: Iterable[str]) -> str:
    """Words for people: what was perhaps meant, "" where nothing is near."""
    found = get_close_matches(word, sorted(known), 1, 0.7)
    return f" Did you mean {found[0]}?" if found else ""


def _plain(text: str) -> str:
    return re.sub(r"[\s-]+", "_", str(text).strip().lower())
