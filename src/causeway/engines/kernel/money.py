"""Money as integer minor units and a currency; shares as exact fractions; remainders by largest remainder."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import gcd, lcm
from typing import NamedTuple

#: Currencies whose minor unit is not a hundredth (ISO 4217).
_EXPONENTS = {"JPY": 0, "KRW": 0, "CLP": 0, "ISK": 0, "VND": 0, "BHD": 3, "KWD": 3, "TND": 3}
_EXPONENTS |= dict.fromkeys(("BIF", "DJF", "GNF", "KMF", "PYG", "RWF", "UGX", "VUV", "XAF", "XOF", "XPF"), 0) | dict.fromkeys(("IQD", "JOD", "LYD", "OMR"), 3)

_CODES = """AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK
    DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD
    KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON
    RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST
    XAF XCD XOF XPF YER ZAR ZMW ZWL"""
#: Currencies in circulation (ISO 4217); any other code is refused where money comes in.
CURRENCIES = frozenset(_CODES.split())

#: No sum of money has more digits; text such as "1e999999999" would fill the memory.
MAX_DIGITS = 30


def exponent(currency: str) -> int:
    """Decimals of a currency (ISO 4217)."""
    return _EXPONENTS.get(currency, 2)


class Money(NamedTuple):
    """An amount in minor units (cents, yen) of a currency (three letters)."""

    minor: int
    currency: str

    @classmethod
    def parse(cls, text: str, currency: str) -> Money:
        """Money from decimal text such as "449.45"; ValueError for text that is no number or too fine for the currency."""
        try:
            scaled = Decimal(text).scaleb(exponent(currency))
        except ArithmeticError:
            raise ValueError(f"{text!r} is not an amount") from None
        if not scaled.is_finite() or scaled.adjusted() > MAX_DIGITS:
            raise ValueError(f"{text[:40]} is not an amount of money")
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{text} has more decimals than {currency} has")
        return cls(int(scaled), currency)

    def text(self) -> str:
        """The amount with the decimals of its currency: "449.45", "138000"."""
        places = exponent(self.currency)
        if not places:
            return str(self.minor)
        whole, part = divmod(abs(self.minor), 10**places)
        return f"{'-' if self.minor < 0 else ''}{whole}.{part:0{places}d}"

    def percent(self, percent: Fraction | int) -> Money:
        """A percentage of the amount, halves rounded up."""
        exact = Fraction(self.minor) * percent / 100
        return Money(int((exact + Fraction(1, 2)) // 1), self.currency)

    def __add__(self, other: object) -> Money:  # type: ignore[override]
        if not isinstance(other, Money) or other.currency != self.currency:
            raise ValueError("Only money of one currency adds up.")
        return Money(self.minor + other.minor, self.currency)


def parse_share(text: str) -> Fraction:
    """An exact share from "3/4", "40 %", "0.25"; ValueError when it is none or lies outside 0 to 1."""
    cleaned = text.strip().replace(" ", "")
    if len(cleaned) > 80 or "e" in cleaned.lower():  # "1e999999999" would fill the memory
        raise ValueError(f"{text[:40]!r} is not a share")
    try:
        share = Fraction(cleaned[:-1]) / 100 if cleaned.endswith("%") else Fraction(cleaned)
    except (ValueError, ZeroDivisionError):
        raise ValueError(f"{text!r} is not a share") from None
    if not 0 <= share <= 1:
        raise ValueError(f"{text!r} is not between 0 and 1")
    return share


def largest_remainder(total: int, weights: Sequence[Fraction | int]) -> list[int]:
    """Split an integer by weights so that the parts sum to it; what rounding leaves goes to the largest remainders, ties to the first.

    total: minor units, may be negative; weights: not negative, not all zero (else ValueError).
    """
    whole = sum(weights, Fraction(0))
    if whole <= 0 or any(weight < 0 for weight in weights):
        raise ValueError("Weights must not be negative, and one must be above zero.")
    sign, size = (-1, -total) if total < 0 else (1, total)
    exact = [size * Fraction(weight) / whole for weight in weights]
    parts = [int(part) for part in exact]
    order = sorted(range(len(parts)), key=lambda i: (-(exact[i] - parts[i]), i))
    for i in order[: size - sum(parts)]:
        parts[i] += 1
    return [sign * part for part in parts]


def apportion(total: int, weights: Sequence[int]) -> list[int]:
    """Split minor units by whole weights: each part rounded down, what is left to the largest remainders; ties to the larger weight, then the earlier place.

    total: not negative; weights: not negative, not all zero (else ValueError).
    """
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0 or total < 0:
        raise ValueError("Weights must not be negative, one must be above zero, and the total must not be negative.")
    parts = [total * weight // whole for weight in weights]
    left = total - sum(parts)
    if left:
        order = sorted(range(len(parts)), key=lambda i: (-(total * weights[i] % whole), -weights[i], i))
        for i in order[:left]:
            parts[i] += 1
    return parts


def whole_weights(weights: Sequence[Fraction | int]) -> list[int]:
    """The smallest whole numbers in the same proportion, so that splits need no fractions."""
    exact = [Fraction(weight) for weight in weights]
    bottom = lcm(*(weight.denominator for weight in exact)) if exact else 1
    whole = [int(weight * bottom) for weight in exact]
    common = gcd(*whole) if whole else 1
    return [weight // common for weight in whole] if common > 1 else whole


def half_up(exact: Fraction) -> int:
    """The nearest whole number, halves up."""
    return (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)
