"""Application and publication numbers: office, digits without punctuation and check digit, and the form people write."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from django.utils.translation import gettext as _

#: Codes of states and offices that number applications (WIPO ST.3), those of states and offices that are no more among them.
_CODES = (
    "AD AE AF AG AL AM AO AP AR AT AU AZ BA BB BD BE BG BH BN BO BR BW BX BY BZ CA CH CI CL CM CN CO CR CS CU CY CZ DD DE DJ DK DM DO DZ EA EC EE EG EM EP "
    "ES ET FI FR GA GB GC GD GE GH GM GR GT HK HN HR HU IB ID IE IL IN IQ IR IS IT JM JO JP KE KG KH KM KN KP KR KW KZ LA LB LC LI LK LR LS LT LU LV LY MA "
    "MC MD ME MG MK MM MN MO MT MU MW MX MY MZ NA NG NI NL NO NP NZ OA OM PA PE PG PH PK PL PT PY QA RH RO RS RU RW SA SC SD SE SG SI SK SL SM SN SU SV SY "
    "SZ TH TJ TM TN TR TT TW TZ UA UG US UY UZ VC VE VN WO YE YU ZA ZM ZW"
)
OFFICES = frozenset(_CODES.split())
_KIND = re.compile(r"([A-Z]\d?)$")
_NOISE = re.compile(r"[\s.,/\-·]+")
_PREFIX = re.compile(r"^([A-Z]{2})(?![A-Z])")
_LETTERS = re.compile(r"^([A-Z]{2})")
_CHECKED = re.compile(r"\.\s*[\dX]$")
_NOT_DIGIT = re.compile(r"\D")
_BODY = re.compile(r"([A-Z]{1,2})?(\d+)$")
#: Letters before digits that are no part of a number: the Chinese patent mark, and words for "number".
_WORDS = frozenset(["ZL", "NO", "NR", "AN", "PN"])
#: Offices that end a number with a point and a check digit.
_CHECK_DIGIT = frozenset(["EP", "CN", "DE", "GB"])
_EPODOC_PCT = re.compile(r"^WO\s?(\d{4})([A-Z]{2})(\d{5,6})")
_WRITTEN_PCT = re.compile(r"^PCT[/\s]*([A-Z]{2})[/\s]*(\d{4}|\d{2})[/\s]*(\d{5,6})\b")


class Number(NamedTuple):
    """A number: office, key for joining (office and digits), the form people write, kind code where given."""

    office: str
    key: str
    display: str
    kind: str

    @property
    def published(self) -> str:
        """The form people write where it is the number of a publication or a grant, which has no series as a US application has."""
        return f"US {self.key[2:]}" if self.office == "US" else self.display


@lru_cache(maxsize=4_096)
def parse_number(text: str, office: str = "") -> Number | None:
    """A number from any usual way of writing it; None where no digits or no office can be made out.

    office: used where the text names none. The check digit of EP, CN, DE and GB and kind codes do not enter the key; the forms that the European
    registers use (the year before a US or a European number, the year first in an international one) are brought to the usual one, the mark of
    a Chinese patent (ZL) is that of its application.
    """
    cleaned = (text if text.isascii() else _plain(text)).strip().upper()
    if cleaned.startswith("ZL"):
        cleaned = f"CN{cleaned[2:]}"
    if not cleaned or not any(c.isdigit() for c in cleaned):
        return None
    if cleaned.startswith(("PCT", "WO")):
        return _pct(cleaned)
    prefix = _PREFIX.match(cleaned) or (_LETTERS.match(cleaned) if cleaned[:2] in OFFICES else None)
    found = prefix.group(1) if prefix else office.upper()
    if not found:
        return None
    body, kind = _split_kind(cleaned[2:] if prefix else cleaned)
    digits = _office_digits(found, body)
    return Number(found, f"{found}{digits}", _display(found, digits), kind) if digits else None


def _plain(text: str) -> str:
    """Letters and digits of full width as usual ones; without marks nobody sees."""
    return "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")


def publication_key(text: str) -> str:
    """The key of a publication or grant number, "" where there is none; it never equals that of an application.

    The number of a publication names an application as well as the application's own does, but it is another number.
    """
    number = parse_number(text)
    if number is None:
        return ""
    digits = number.key[2:].lstrip("0")
    if number.office == "US" and len(digits) == 11 and digits.startswith("20"):  # as printed; registers leave a zero out after the year
        digits = digits[:4] + digits[5:]
    return f"{number.office}:{digits}"


#: Offices whose grants have numbers of their own, so that a number with the kind B is never that of an application.
_GRANTS_APART = frozenset(["FR", "GB", "JP", "KR"])
_SERIES = re.compile(r"\b\d\d\s*/\s*\d")


def of_publication(text: str, number: Number) -> bool:
    """Whether a number as written can only be that of a publication or a grant, though somebody gives it for an application's.

    By WIPO ST.6 and ST.16: kind codes name documents; international and US publications begin with the year, European ones have seven digits
    (applications eight), Chinese ones since 2007 nine. Offices that publish under the number of the application, as the German, are left alone.
    """
    digits, kind = number.key[2:], number.kind
    if number.office == "WO":
        return digits.isdigit()
    if number.office == "EP":
        return len(digits) == 7 and bool(kind)
    if number.office == "CN":
        return len(digits) == 9 and digits[0] in "123"
    if number.office == "US":
        return (len(digits) == 11 and digits.startswith("20")) or (kind not in ("", "A") and not _SERIES.search(text))
    return number.office in _GRANTS_APART and kind.startswith("B")


def docdb_number(country: str, number: str, kind: str) -> Number | None:
    """A number as DOCDB writes it; kind W is an international application at the receiving office `country`."""
    if kind.startswith("W") and country != "WO":
        digits = _NOT_DIGIT.sub("", number)
        year, serial = (digits[:4], digits[4:]) if len(digits) > 8 else (digits[:2], digits[2:])
        return _international(country, year, serial)
    if country == "US" and len(number) <= 8 and number.isdigit() and not kind.startswith(("B", "E", "H", "S")):
        serial, year = number[:-2], number[-2:]  # the form of the last century: serial number, then the year; not today's series and serial
        return Number("US", f"US{serial}/{year}", f"US {serial}/19{year}", kind)
    if country == "WO" and number.upper().startswith(("WO", "PCT")):
        return parse_number(number)
    return parse_number(f"{country}{number}") if country else parse_number(number)


def _split_kind(body: str) -> tuple[str, str]:
    flat = body.strip()
    match = _KIND.search(flat)
    if match and any(c.isdigit() for c in flat[: match.start()]):
        return flat[: match.start()].strip(), match.group(1)
    return flat, ""


def _office_digits(office: str, body: str) -> str:
    if office in _CHECK_DIGIT:
        body = _CHECKED.sub("", body)
    flat = _NOISE.sub("", body)
    digits = _NOT_DIGIT.sub("", flat)
    if office == "EP":
        digits = digits[2:4] + digits[5:] if len(digits) == 11 and digits.startswith(("19", "20")) else digits
        return digits[:-1] if len(digits) == 9 and digits[-1] == str(ep_check_digit(digits[:-1])) else digits
    if office == "CN":
        digits = _without_cn_check(digits)
    if office == "DE" and len(digits) == 13 and digits[:2] in _DE_KINDS and digits[-1] == de_check_digit(digits[:-1]):
        digits = digits[:-1]
    if office == "US" and len(digits) == 12 and digits.startswith(("19", "20")):
        return digits[4:]
    lettered = _BODY.match(flat)
    return flat if lettered and lettered.group(1) and lettered.group(1) not in _WORDS else digits


def _without_cn_check(digits: str) -> str:
    """A Chinese application number without a check digit that stands at its end with no point before it: after twelve digits (the year first),
    after eight in the old form (its year 85 to 03; nine digits that begin with 1, 2 or 3 are a publication)."""
    long = len(digits) == 13 and digits.startswith(("19", "20"))
    old = len(digits) == 9 and digits.startswith(("8", "9", "0"))
    return digits[:-1] if (long or old) and digits[-1] == cn_check_digit(digits[:-1]) else digits


def cn_check_digit(digits: str) -> str:
    """The check digit of a Chinese application number: weights 2 to 9 and again from 2, modulo 11, ten is X."""
    rest = sum(int(digit) * (2 + place % 8) for place, digit in enumerate(digits)) % 11
    return "X" if rest == 10 else str(rest)


#: Kinds of right at the head of a German number since 2004: patents, certificates, utility models (DPMA, notice of the president 3/2003).
_DE_KINDS = frozenset(["10", "11", "12", "20", "21", "22"])


def de_check_digit(digits: str) -> str:
    """The check digit of a German application number of 1981 and later: weights from 2 at its end upwards, modulo 11, taken from 11.

    "" where that gives ten, for which the office's notice names no digit (DPMA, notice of the president 3/83, and its paper 05 on file numbers).
    """
    rest = -sum(int(digit) * weight for weight, digit in enumerate(reversed(digits), 2)) % 11
    return "" if rest == 10 else str(rest)


def doubt(text: str, number: Number) -> str:
    """Why an application number as written may be mistyped, in a sentence: its check digit is not that of its digits, or a European one has not eight.

    "" where nothing is wrong, where it has no check digit, or where no rule is known. It is a warning: the digits before may be right all the same.
    """
    digits = number.key[2:]
    if number.office == "EP" and digits.isdigit() and len(digits) != 8:
        return _("A European application number has eight digits, this one %(count)s. Check it.") % {"count": len(digits)}
    written = _CHECKED.search(_plain(text).upper().partition("(")[0].rstrip(" ABCU"))
    rule = _CHECKS.get((number.office, len(digits)))
    # Before 1981 the German office counted otherwise; its numbers of seven digits begin with the kind and the year.
    if written is None or rule is None or not digits.isdigit() or (number.office == "DE" and len(digits) == 7 and digits < "31"):
        return ""
    digit, should = written.group().strip(". "), rule(digits)
    if not should or digit == should:
        return ""
    return _("The check digit should be %(should)s, not %(digit)s: a digit may be mistyped. Check the number.") % {"should": should, "digit": digit}


def _pct(text: str) -> Number | None:
    written = _WRITTEN_PCT.match(text)
    if written:
        return _international(*written.groups())
    epodoc = _EPODOC_PCT.match(_NOISE.sub("", text))
    if epodoc:
        year, country, serial = epodoc.groups()
        return _international(country, year, serial)
    body, kind = _split_kind(text[3 if text.startswith("PCT") else 2 :])
    digits = _NOT_DIGIT.sub("", body)
    return Number("WO", f"WO{digits}", f"WO {digits[:4]}/{digits[4:]}", kind) if len(digits) > 4 else None


def _international(country: str, year: str, serial: str) -> Number:
    """An international application: receiving office, year of two (before 2004) or four digits, serial number."""
    if len(year) == 2:
        year = ("19" if year > "70" else "20") + year
    serial = serial.zfill(6)
    return Number("WO", f"WO{country}{year}{serial}", f"PCT/{country}{year}/{serial}", "")


def _display(office: str, digits: str) -> str:
    if office == "EP" and len(digits) == 8:
        return f"EP {digits[:2]} {digits[2:5]} {digits[5:]}.{ep_check_digit(digits)}"
    if office == "US" and len(digits) == 8 and digits.isdigit():
        return f"US {digits[:2]}/{digits[2:5]},{digits[5:]}"
    return f"{office} {digits}"


def ep_check_digit(digits: str) -> int:
    """The check digit of a European application number of eight digits: weights 1 and 2, digit sums, modulo 10 (DPMA, notice 3/83; EPO, OPS support)."""
    total = 0
    for place, digit in enumerate(digits):
        product = int(digit) * (2 if place % 2 else 1)
        total += product // 10 + product % 10
    return -total % 10


#: The rules of check digits by office and how many digits a number has.
_CHECKS = {
    ("EP", 8): lambda digits: str(ep_check_digit(digits)), ("CN", 8): cn_check_digit, ("CN", 12): cn_check_digit,
    ("DE", 7): de_check_digit, ("DE", 8): de_check_digit, ("DE", 12): de_check_digit,
}  # fmt: skip
