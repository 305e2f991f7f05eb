"""What a case's short fields say: people, key words, addresses on the web, country, kind of institution, whom it serves."""

from __future__ import annotations

import re

COUNTRIES = {
    "china": "CN", "p.r. china": "CN", "pr china": "CN", "people's republic of china": "CN", "中国": "CN", "poland": "PL", "polska": "PL", "polonia": "PL", "polen": "PL", "spain": "ES",
    "españa": "ES", "spanje": "ES", "hiszpania": "ES", "the netherlands": "NL", "netherlands": "NL", "nederland": "NL", "países bajos": "NL", "holandia": "NL", "germany": "DE",
    "deutschland": "DE", "france": "FR", "italy": "IT", "portugal": "PT", "united kingdom": "GB", "uk": "GB", "ireland": "IE", "belgium": "BE", "austria": "AT", "switzerland": "CH",
    "sweden": "SE", "finland": "FI", "norway": "NO", "denmark": "DK", "czech republic": "CZ", "czechia": "CZ", "hungary": "HU", "romania": "RO", "greece": "GR", "turkey": "TR",
    "united states": "US", "usa": "US", "canada": "CA", "mexico": "MX", "brazil": "BR", "argentina": "AR", "chile": "CL", "japan": "JP", "south korea": "KR", "korea": "KR", "india": "IN",
    "australia": "AU", "new zealand": "NZ", "south africa": "ZA", "vietnam": "VN", "thailand": "TH", "malaysia": "MY", "singapore": "SG", "indonesia": "ID", "ukraine": "UA",
}  # fmt: skip
_BRACKETS = re.compile(r"\s*[(（][^()（）]*[)）]")
_URL = re.compile(r"(?:https?://|www\.)[^\s<>\"'，。；]+", re.IGNORECASE)
#: Kinds by words of the name, the telling ones first.
_KINDS = (
    ("medical", r"medic|health|pharma|hospital|医科|药|中医"), ("law", r"\blaw\b|political science|政法|derecho"), ("business", r"business|econom|commerc|finance|财经|工商"),
    ("agriculture", r"agricult|forest|农|林业"), ("teacher", r"normal university|teacher|pedagog|师范"), ("arts", r"\barts?\b|music|design|美术|音乐"),
    ("applied", r"polytechnic|applied|vocational|college|hogeschool|职业"), ("technical", r"techn|engineer|telecommun|electric|science and technology|politechnika|politécnica|理工|工业|科技"),
    ("comprehensive", r"universi|uniwersytet|大学|学院"),
)  # fmt: skip
_TARGETS = (
    ("researchers", r"research|academi|professor|teacher|inventor|scientist|faculty|scholar|innovators?|investigador|naukow|onderzoek|教师|研究人员|科研"),
    ("staff", r"\bstaff|employees|in charge of|managers?|administrat|personel|personal de|medewerkers|管理人员|职员"),
    ("students", r"student|graduate|alumni|undergraduate|estudiantes|studen|学生|毕业生"),
    ("companies", r"enterprise|compan|industr|business|entrepreneur|start-?ups?|SMEs?\b|firms?\b|empresas|firm|bedrijven|企业"),
    ("investors", r"invest|fund(?:er|ing)s?\b|venture|inversores|投资"), ("government", r"government|polic|public authorit|municipal|gobierno|rząd|overheid|政府"),
    ("experts", r"\bIP experts?|attorney|patent agents?|lawyers?|专家"), ("health", r"hospital|patient|clinic|medical cent|szpital|pacjen|医院|患者"),
    ("society", r"societ|citizen|public\b|communit|社会"),
)  # fmt: skip


def without_acronym(name: str) -> str:
    """A name without what stands in brackets behind it: "Peking University (PKU)" is "Peking University"."""
    return re.sub(r"\s+", " ", _BRACKETS.sub("", name)).strip()


def country(raw: str) -> str:
    """The two-letter code of a country as people write it; empty for one not known."""
    plain = raw.strip().casefold().rstrip(".")
    return COUNTRIES.get(plain) or COUNTRIES.get(plain.removeprefix("the ")) or (plain.upper() if re.fullmatch(r"[a-z]{2}", plain) else "")


def key_words(raw: str) -> list[str]:
    """The key words of a field, parted by commas or semicolons (by semicolons alone where there are any)."""
    sign = r"[;；]" if re.search(r"[;；]", raw) else r"[,，、]"
    return [word for word in (re.sub(r"\s+", " ", part).strip().rstrip(".。").strip() for part in re.split(sign, raw)) if word]


def websites(raw: str) -> list[str]:
    """The addresses on the web a field holds, without the dot or bracket that ends a sentence."""
    return [found.rstrip(".,;)") for found in _URL.findall(raw)]


def authors(raw: str) -> list[str]:
    """Authors as far as the field's own signs part them: a semicolon parts persons, then a comma parts a person from the title.

    Without semicolons a comma parts two full names, and does not part "Zhang, Jiyu". What is unclear stays together; a person confirms.
    """
    if ";" in raw:
        return [_person(part.split(",")[0]) for part in raw.split(";") if part.strip()]
    parts = [part.strip() for part in raw.split(",") if part.strip()]
    if len(parts) == 2 and all(len(part.split()) == 1 for part in parts):
        return [f"{parts[1]} {parts[0]}"]
    return [_person(part) for part in parts] if all(len(part.split()) > 1 for part in parts) else ([raw.strip()] if raw.strip() else [])


_TITLE = re.compile(r"^(?:(?:Prof|Dr|Mr|Mrs|Ms|M\.?Sc|Ph\.?D|Eng)\.?\s+)+", re.IGNORECASE)


def _person(raw: str) -> str:
    """A name without titles, its surname last and in ordinary letters where capitals mark it."""
    words = _TITLE.sub("", raw.strip()).split()
    if len(words) == 2 and words[0].isupper() and len(words[0]) > 1 and not words[1].isupper():
        words.reverse()
    return " ".join(word.capitalize() if word.isupper() and len(word) > 1 and not word.endswith(".") else word for word in words)


def kind(name: str) -> str:
    """What kind of institution a name speaks of; a suggestion."""
    return next((code for code, words in _KINDS if re.search(words, name, re.IGNORECASE)), "other")


def targets(raw: str) -> list[str]:
    """The groups a text speaks of."""
    return [code for code, words in _TARGETS if re.search(words, raw, re.IGNORECASE)]
