"""What a value of a pack may be: its unit, how its text is read, and of which kind it is in expressions."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction
from typing import Any

from causeway.engines.kernel import CURRENCIES, Money, exponent, parse_date, parse_share

#: Units of values. share: 0 to 1; rate: any number from 0 up; money needs a currency; choice and list need their choices.
VALUE_UNITS = ("share", "rate", "money", "count", "days", "months", "years", "flag", "choice", "list", "text", "date")
_WHOLE = ("count", "days", "months", "years")
_SHARE = re.compile(r"-?\d{1,30}(\.\d{1,30}|\s?/\s?\d{1,30})?(\s?%)?")
_NUMBER = re.compile(r"-?\d{1,30}(\.\d{1,30})?")


class ValueFault(ValueError):
    """A text that is no value of its unit. code: value | share-range | negative | currency | choice."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def kind_of(unit: str, currency: str = "") -> str:
    """The kind a value of this unit has in expressions."""
    if unit in ("share", "rate", "count"):
        return "number"
    if unit == "money":
        return f"money {currency}"
    return {"choice": "text"}.get(unit, unit)


def read_value(unit: str, value: Any, currency: str = "", choices: tuple[str, ...] = ()) -> Any:
    """A value from its text: Fraction for numbers and for money (in whole currency units), bool, str, tuple or date. Raises `ValueFault`."""
    if unit == "list":
        return _list(value, choices)
    text = str(value).strip()
    if not isinstance(value, str):
        raise ValueFault("value", "A value must be plain text.")
    if unit == "share":
        return _share(text)
    if unit == "money":
        return _money(text, currency)
    if unit == "rate" or unit in _WHOLE:
        return _number(unit, text)
    if unit == "flag":
        if text.lower() not in ("true", "false", "yes", "no"):
            raise ValueFault("value", f"{text!r} is neither true nor false.")
        return text.lower() in ("true", "yes")
    if unit == "date":
        return _date(text)
    if unit == "choice" and choices and text not in choices:
        raise ValueFault("choice", f"{text!r} is not one of {', '.join(choices)}.")
    return text


def _list(value: Any, choices: tuple[str, ...]) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueFault("value", "A list of texts is needed.")
    for item in value:
        if choices and item not in choices:
            raise ValueFault("choice", f"{item!r} is not one of {', '.join(choices)}.")
    return tuple(value)


def _share(text: str) -> Fraction:
    if not _SHARE.fullmatch(text):
        raise ValueFault("value", f"{text[:60]!r} is not a share such as 0.7, 70 % or 1/3.")
    try:
        return parse_share(text)
    except ValueError as wrong:
        outside = "not between" in str(wrong)
        raise ValueFault("share-range" if outside else "value", f"{wrong}.") from None


def _money(text: str, currency: str) -> Fraction:
    if currency not in CURRENCIES:
        raise ValueFault("currency", f"{currency or 'no currency'} is not a currency of ISO 4217.")
    if not _NUMBER.fullmatch(text):
        raise ValueFault("value", f"{text!r} is not an amount.")
    if text.startswith("-"):
        raise ValueFault("negative", f"{text} is negative.")
    try:
        return Fraction(Money.parse(text, currency).minor, 10 ** exponent(currency))
    except ValueError as wrong:
        raise ValueFault("value", f"{wrong}.") from None


def _number(unit: str, text: str) -> Fraction:
    if unit == "rate" and text.endswith("%") and _NUMBER.fullmatch(text[:-1].strip()):
        number = Fraction(text[:-1].strip()) / 100
    elif _NUMBER.fullmatch(text):
        number = Fraction(text)
    else:
        raise ValueFault("value", f"{text!r} is not a number.")
    if number < 0:
        raise ValueFault("negative", f"{text} is negative.")
    if unit in _WHOLE and number.denominator != 1:
        raise ValueFault("value", f"{text} is not a whole number.")
    if unit in ("days", "months", "years") and number > 99_999:
        raise ValueFault("value", f"{text} {unit} is too long.")
    return number


def _date(text: str) -> date:
    try:
        return parse_date(text)
    except ValueError as wrong:
        raise ValueFault("value", f"{wrong}.") from None


def show_value(unit: str, value: Any, currency: str = "") -> str:
    """A value as people read it: "70 %", "4,000.00 CNY", "36 months"."""
    if value is None:
        return ""
    if unit == "share" or (unit == "rate" and isinstance(value, Fraction) and value < 1):
        return f"{decimal_text(value * 100)} %"
    if unit == "money":
        return f"{money_text(value, currency)} {currency}"
    if unit in ("days", "months", "years"):
        return f"{decimal_text(value)} {unit}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Fraction):
        return decimal_text(value)
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def decimal_text(value: Fraction) -> str:
    """A fraction as an exact decimal without trailing zeros where it has one, else as "1/3"."""
    bottom = value.denominator
    for prime in (2, 5):
        while bottom % prime == 0:
            bottom //= prime
    if bottom != 1:
        return str(value)
    places = 0
    while value.denominator != 1 and places < 80:
        if (10**places * value).denominator == 1:
            break
        places += 1
    whole = int(value * 10**places)
    if not places:
        return str(whole)
    text = f"{abs(whole):0{places + 1}d}"
    return f"{'-' if whole < 0 else ''}{text[:-places]}.{text[-places:]}"


def money_text(value: Fraction, currency: str) -> str:
    """Whole currency units as decimal text with the decimals of the currency."""
    return Money(int(value * 10 ** exponent(currency)), currency).text()
