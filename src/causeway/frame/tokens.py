"""Words and numbers as search knows them: folded, Chinese and Japanese in pairs, numbers with and without what people write between."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import NamedTuple

#: Letters that no decomposition turns into plain ones.
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ħ": "h", "ı": "i", "ŧ": "t", "ŋ": "n"})
#: Accents of Latin, Greek and Cyrillic go; the vowel and voice marks of other scripts stay.
_ACCENTS = re.compile("[\u0300-\u036f]+")
#: Ideographs, kana and hangul: written without spaces, so found by pairs.
_CJK = "\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U000323af"
_PIECE = re.compile(rf"[{_CJK}]+|[^\W_{_CJK}]+(?:[^\W_{_CJK}]|[\u0300-\u036f])*")
_IS_CJK = re.compile(rf"[{_CJK}]")
#: Digits with points, commas, strokes or spaces between, perhaps after letters (EP, PCT/EP, ZL) and before a kind code (A1).
_NUMBER = re.compile(
    rf"(?<![^\W_{_CJK}])(?P<letters>(?:[a-z]{{2,4}}[ /.-]{{0,2}}){{0,2}})(?P<digits>\d+(?:[ ./,\u00a0\u2009\u202f-]{{1,2}}\d+)*)"
    rf"(?P<check>\.x)?(?P<kind>[ -]?[a-z]\d?)?(?![^\W_{_CJK}])"
)
_NOISE = re.compile(r"[^a-z0-9]+")
#: The longest token kept; longer ones are no words.
LONGEST = 60
#: So many digits make the number of a case, which a check digit or a kind code only follows.
CASE = 6
#: What stands before a Chinese patent's number (ZL, patent) in place of the country's code.
_PATENT = re.compile("zl$")
#: Ends a token of a number written without a check digit, which then answers to any; one written with it answers to it alone.
_UNCHECKED = "unchecked"


def fold(text: str) -> str:
    """Text without case, accents and width: "Łódź", "ＥＰ" and "Straße" become "lodz", "ep" and "strasse"."""
    if text.isascii():
        return text.lower()
    wide = unicodedata.normalize("NFKC", text).casefold().translate(_LETTERS)
    return unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFKD", wide)))


class Number(NamedTuple):
    """A number found in folded text: letters before it, its digits, its check digit and its kind code, without punctuation."""

    letters: str
    digits: str
    check: str
    kind: str
    start: int
    end: int


def numbers(folded: str) -> Iterator[Number]:
    """The numbers written in folded text."""
    for found in _NUMBER.finditer(folded):
        digits, check = found["digits"], found["check"] or ""
        if not check and digits[-2:-1] == ".":
            digits, check = digits[:-2], digits[-1]
        parts = [_NOISE.sub("", one or "") for one in (found["letters"], digits, check, found["kind"])]
        yield Number(*parts, *found.span())


def words(folded: str) -> Iterator[str]:
    """The words of folded text, runs of ideographs whole."""
    for found in _PIECE.finditer(folded):
        yield found[0][:LONGEST]


def is_cjk(word: str) -> bool:
    """Whether a word is a run of ideographs, kana or hangul."""
    return bool(_IS_CJK.match(word))


def pairs(word: str) -> list[str]:
    """The pairs of neighbours in a run of ideographs (the sign itself where it is alone)."""
    return [word[i : i + 2] for i in range(len(word) - 1)] or [word]


def indexed(*texts: str) -> list[str]:
    """Every token that texts are found by, each once."""
    found: dict[str, None] = {}
    for text in texts:
        folded = fold(text)
        for word in words(folded):
            # The last sign alone, so that each sign of a run begins a token and a single one is found.
            found.update(dict.fromkeys([*pairs(word), word[-1]] if is_cjk(word) else [word]))
        for number in numbers(folded):
            found.update(dict.fromkeys(_ways(number)))
    return list(found)


def _ways(number: Number) -> Iterator[str]:
    """The ways people write a number: with and without letters, check digit and kind code."""
    for letters in {number.letters, number.letters[-2:], _PATENT.sub("cn", number.letters), ""}:
        for digits in (number.digits, number.digits + number.check):
            if 2 <= len(digits) <= LONGEST - 12:
                yield f"{letters}{digits}"
                if letters and number.kind:
                    yield f"{letters}{digits}{number.kind}"
        if not number.check and CASE <= len(number.digits) <= LONGEST - 24:
            yield f"{letters}{number.digits}{_UNCHECKED}"


class Term(NamedTuple):
    """A token asked for; with `open` every token that begins so will do."""

    token: str
    open: bool


def asked(text: str) -> list[list[Term]]:
    """What a person asks for: alternatives, each a list of terms that must all be found. The last word may be unfinished.

    A number is asked for as it is written, as one word, and without the check digit and kind code that a record may lack.
    """
    folded = fold(text)
    ways = {tuple(words(folded)): True}
    ways.setdefault(tuple(_joined(folded, _whole)), True)
    ways.setdefault(tuple(_joined(folded, _without_kind)), False)
    ways.setdefault(tuple(_joined(folded, _unchecked)), False)
    return [_terms(list(one), unfinished) for one, unfinished in ways.items() if one]


def _whole(number: Number) -> str:
    return number.letters + number.digits + number.check + number.kind


def _without_kind(number: Number) -> str:
    """The number of a case without its kind code, with the country's code for the sign of a Chinese patent."""
    return _PATENT.sub("cn", number.letters) + number.digits + number.check if len(number.digits) >= CASE else _whole(number)


def _unchecked(number: Number) -> str:
    """The same as a record answers to that lacks its check digit."""
    bare = _without_kind(number)
    return bare.removesuffix(number.check) + _UNCHECKED if number.check and len(number.digits) >= CASE else bare


def _joined(folded: str, as_one: Callable[[Number], str]) -> list[str]:
    """The words of folded text with each number as one word."""
    made, at = [], 0
    for number in numbers(folded):
        made += words(folded[at : number.start])
        made.append(as_one(number)[:LONGEST])
        at = number.end
    return made + list(words(folded[at:]))


def _terms(found: list[str], unfinished: bool) -> list[Term]:
    terms = []
    for place, word in enumerate(found):
        last = place == len(found) - 1
        if is_cjk(word):
            terms += [Term(pair, len(pair) == 1) for pair in pairs(word)]
        else:
            terms.append(Term(word, unfinished and last and len(word) > 1))
    return list(dict.fromkeys(terms))


def match(alternatives: list[list[Term]], kept: list[str]) -> bool:
    """Whether a record's tokens answer what is asked for; the databases' indexes answer the same."""
    known = set(kept)
    return any(all(term.token in known or (term.open and any(one.startswith(term.token) for one in kept)) for term in one) for one in alternatives)
