"""Application and publication numbers: office, digits without punctuation and check digit, and the form people write."""

from __future__ import annotations

import re
from typing import NamedTuple

_KIND = re.compile(r"([A-Z]\d?)$")
_NOISE = re.compile(r"[\s.,/\-·]+")
#: Two-letter codes of offices (WIPO ST.3) that old numbers may follow with a letter of their own.
OFFICES = frozenset(
    [
        "AP",
        "AR",
        "AT",
        "AU",
        "BE",
        "BG",
        "BR",
        "CA",
        "CH",
        "CL",
        "CN",
        "CO",
        "CS",
        "CY",
        "CZ",
        "DD",
        "DE",
        "DK",
        "EA",
        "EE",
        "EG",
        "EM",
        "EP",
        "ES",
        "FI",
        "FR",
        "GB",
        "GC",
        "GE",
        "GR",
        "HK",
        "HR",
        "HU",
        "ID",
        "IE",
        "IL",
        "IN",
        "IS",
        "IT",
        "JP",
        "KR",
        "KZ",
        "LT",
        "LU",
        "LV",
        "MA",
        "MC",
        "MD",
        "MT",
        "MX",
        "MY",
        "NL",
        "NO",
        "NZ",
        "OA",
        "PE",
        "PH",
        "PL",
        "PT",
        "RO",
        "RS",
        "RU",
        "SA",
        "SE",
        "SG",
        "SI",
        "SK",
        "SU",
        "TH",
        "TN",
        "TR",
        "TW",
        "UA",
        "US",
        "UY",
        "UZ",
        "VN",
        "WO",
        "YU",
        "ZA",
    ]
)
_WIPO = re.compile(r"^(PCT|WO)", re.IGNORECASE)


class Number(NamedTuple):
    """A number: office, key for joining (office and digits), the form people write, kind code where given."""

    office: str
    key: str
    display: str
    kind: str


def parse_number(text: str, office: str = "") -> Number | None:
    """A number from any usual way of writing it; None where no digits or no office can be made out.

    office: used where the text names none. The European check digit, the Chinese one, and kind codes do not enter the key.
    """
    cleaned = text.strip().upper()
    if not cleaned or not any(c.isdigit() for c in cleaned):
        return None
    if _WIPO.match(cleaned):
        return _pct(cleaned)
    prefix = re.match(r"^([A-Z]{2})(?![A-Z])", cleaned) or (re.match(r"^([A-Z]{2})", cleaned) if cleaned[:2] in OFFICES else None)
    found = prefix.group(1) if prefix else office.upper()
    if not found:
        return None
    body = cleaned[2:] if prefix else cleaned
    body, kind = _split_kind(body)
    digits = _office_digits(found, body)
    if not digits:
        return None
    return Number(found, f"{found}{digits}", _display(found, digits), kind)


def _split_kind(body: str) -> tuple[str, str]:
    flat = body.strip()
    match = _KIND.search(flat)
    if match and any(c.isdigit() for c in flat[: match.start()]):
        return flat[: match.start()].strip(), match.group(1)
    return flat, ""


def _office_digits(office: str, body: str) -> str:
    if office in ("EP", "CN") and re.search(r"\.\s*[\dX]$", body):
        body = re.sub(r"\.\s*[\dX]$", "", body)
    digits = re.sub(r"\D", "", _NOISE.sub("", body))
    if office == "EP" and len(digits) == 11:  # with the century, as docdb writes it
        digits = digits[2:] if digits.startswith(("19", "20")) else digits
    return digits


def _pct(text: str) -> Number | None:
    digits = re.sub(r"\D", "", text.split("A", 1)[0] if text.startswith("WO") else text)
    inner = re.search(r"PCT[/\s]*([A-Z]{2})", text)
    if not digits:
        return None
    where = inner.group(1) if inner else ""
    display = f"PCT/{where}{digits[:4]}/{digits[4:]}" if inner and len(digits) > 4 else f"WO {digits[:4]}/{digits[4:]}"
    return Number("WO", f"WO{where}{digits}", display, "")


def _display(office: str, digits: str) -> str:
    if office == "EP" and len(digits) == 8:
        return f"EP {digits[:2]} {digits[2:5]} {digits[5:]}.{ep_check_digit(digits)}"
    if office == "US" and len(digits) == 8:
        return f"US {digits[:2]}/{digits[2:5]},{digits[5:]}"
    return f"{office} {digits}"


def ep_check_digit(digits: str) -> int:
    """The check digit of a European application number of eight digits (weights 1 and 2, digit sums, modulo 10)."""
    total = 0
    for place, digit in enumerate(digits):
        product = int(digit) * (2 if place % 2 else 1)
        total += product // 10 + product % 10
    return -total % 10
