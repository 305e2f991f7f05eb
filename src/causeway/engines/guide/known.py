"""What is known of the cases of the CIPnet guide (2020): the mechanisms each uses and the kind of its institution, by its number and institution."""

from __future__ import annotations

#: Number and institution (folded, without acronym): codes of its mechanisms.
CIPNET_2020: dict[tuple[str, str], tuple[str, ...]] = {
    ("2.1.1", "jagiellonian university"): ("POC", "PANEL", "BROKER", "TRL", "FUND", "OUTCOME", "LIC", "KPI",),
    ("2.1.2", "cracow university of technology"): ("POC", "COFIN", "ASSIGN", "LIC", "ROYALTY", "OPTION", "SPIN", "TRL", "PANEL", "KPI",),
    ("2.2.1", "university of alicante"): ("PROGRAM", "TRAIN", "MENTOR", "COMPETE", "INCUB", "SPIN", "KPI", "EVENT",),
    ("2.2.2", "university of alicante"): ("LEAN", "MENTOR", "PROGRAM", "OUTCOME", "KPI",),
    ("2.3.1", "maastricht university"): ("CONSORT", "PROPOSAL", "MTA", "VALUE", "FUND", "TRL",),
    ("2.3.2", "maastricht university"): ("CONSORT", "PROPOSAL", "MTA", "VALUE", "FUND", "TRL", "QMS", "TRAIN",),
    ("3.1.1", "peking university"): ("TRAIN", "LOCAL", "FUND", "EQUITY", "TRL",),
    ("3.1.2", "tsinghua university"): ("POLICY", "DISCLOSE", "ASSESS", "PROTECT", "MARKET", "NEGOT", "APPROVE", "PUBLIC", "ASSETREG", "CONTRACT", "DISTRIB", "REWARD", "ANNUAL", "STAFF", "OUTSIDE", "EQUITY",),
    ("3.1.3", "beijing university of chinese medicine"): ("CLINIC", "JOINTLAB", "NETWORK", "BROKER", "PARK", "PARTNER", "ANNUAL", "TRAIN",),
    ("3.2.1", "beijing technology and business university"): ("CONTRACT", "LIC", "PARTNER", "PROTECT", "POLICY",),
    ("3.2.2", "renmin university of china"): ("SUBSIDY", "COST", "ANNUITY", "EVAL", "POLICY",),
    ("3.2.3", "tsinghua university"): ("EQUITY", "LIC", "FUND", "AGENCY", "PROTECT", "KPI", "DISTRIB",),
    ("3.2.4", "peking university"): ("APPROVE", "REWARD", "TAX", "JOINTLAB", "CONTRACT", "EQUITY", "ANNUAL", "PROTECT",),
    ("3.3.1", "hebei university"): ("PARK", "INCUB", "ASSESS", "TRAIN", "MENTOR", "FUND", "KPI",),
    ("3.3.2", "shanghai polytechnic university"): ("CENTER", "TRAIN", "EVENT", "STUDENT", "NETWORK", "STATION", "KPI",),
    ("3.3.3", "dongguan university of technology"): ("CENTER", "PROJECT", "PROTECT", "SPIN", "PARTNER", "AWARDREG", "KPI",),
    ("3.4.1", "baoding university"): ("SOFTWARE", "LIC", "STUDENT", "TRAIN", "PARTNER", "PROJECT",),
    ("3.4.2", "nantong university"): ("ORG", "STATION", "NETWORK", "AWARDREG", "PARTNER",),
    ("3.4.3", "hebei university of technology"): ("ORG", "PARTNER", "OFFER", "AWARDREG", "KPI",),
    ("3.5.1", "baoshan university"): ("POLICY", "PARTNER", "FUND", "PROJECT", "STUDENT",),
    ("3.5.2", "southwest medical university"): ("POLICY", "PARK", "CENTER", "PROJECT", "PROTECT", "EVAL",),
    ("3.5.3", "chongqing medical university"): ("POLICY", "OUTCOME", "CENTER", "PARTNER", "TRAIN",),
    ("3.6.1", "chongqing university of technology"): ("TRAIN", "STAFF", "PARTNER", "AWARDREG",),
    ("3.6.2", "southwest university of political science and law"): ("EVENT", "DONATION", "AWARDREG", "NETWORK",),
    ("3.6.3", "chongqing university of posts and telecommunications"): ("CONSORT", "PATDB", "TRAIN", "AWARDREG", "PROJECT",),
    ("3.7.1", "east china university of political science and law"): ("ORG", "FUND", "PARK", "NETWORK", "OFFER", "POLICY", "TRAIN", "AWARDREG",),
    ("3.7.2", "university of shanghai for science and technology"): ("CENTER", "DEMAND", "DISTRIB", "CONTRACT", "PARK", "AWARDREG", "STAFF", "ANNUAL",),
}  # fmt: skip
