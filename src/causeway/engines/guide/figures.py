"""Numbers of a text as facts: what is counted, in what unit, how the text qualifies it, and the words it stands in.

Values stay exact text; nothing is corrected. What cannot be right, or says too little, is marked with its reason and left as printed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import NamedTuple


class Figure(NamedTuple):
    """A figure: where it stands, what is counted, its exact value as text ("" where none is printed), unit, qualifier, period, quote, and a doubt."""

    field: str
    label: str
    value: str
    unit: str
    qualifier: str
    period: str
    quote: str
    doubt: str = ""


CURRENCIES = {"rmb": "CNY", "cny": "CNY", "¥": "CNY", "￥": "CNY", "yuan": "CNY", "€": "EUR", "eur": "EUR", "euro": "EUR", "euros": "EUR", "$": "USD", "us$": "USD", "usd": "USD",
              "dollars": "USD", "£": "GBP", "gbp": "GBP", "pounds": "GBP", "pln": "PLN", "zł": "PLN", "zloty": "PLN"}  # fmt: skip
SCALES = {"thousand": 10**3, "million": 10**6, "millions": 10**6, "billion": 10**9, "billions": 10**9, "万": 10**4, "亿": 10**8}
#: More than a university moves, in any of these currencies: a misprint is likelier.
TOO_MUCH = 2 * Decimal(10) ** 10
MOST_STUDENTS_A_TEACHER = 40
CONTRADICTION = 10

#: The longer ones first: "no more than" is not "more than".
_QUALIFIERS = tuple(sorted((
    "more than", "no less than", "not less than", "at least", "at most", "no more than", "up to", "as many as", "less than", "fewer than", "nearly", "almost", "approximately", "approx.",
    "about", "around", "over", "above", "some", "only", "a total of", "exceeded", "exceeding", "exceeds", "in excess of", "a maximum of", "a minimum of", "approximate",
), key=len, reverse=True))  # fmt: skip
#: Qualifiers that stand behind a number: "10 or less years".
_QUALIFIED_AFTER = re.compile(r" (or (?:less|fewer|more|so))\b")
#: Words before a number that make it a name: "Chapter 3", "Project 211".
_NAMED = re.compile(r"(?:No\.?|ISO|Room|Article|Chapter|Top|TOP|top|D|Version|version|edition|Phase|Section|Case|Modality|Level|level|Type|Grade|Class|Project)\s*$")
_MONEY_BEFORE = r"(?P<before>US\$|RMB|CNY|EUR|USD|GBP|PLN|[€$£¥￥])\s?"
_NUMBER = r"(?P<number>\d{1,3}(?:[,\u00a0 ]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
_PATTERN = re.compile(
    rf"(?<![\w./#@-])(?<!\d:)(?:{_MONEY_BEFORE})?{_NUMBER}(?!\d)(?:(?:\s?[-–]\s?|\sto\s)(?P<to>\d{{1,3}}(?:,\d{{3}})+|\d+(?:\.\d+)?))?"
    r"(?:\s?(?P<scale>thousand|millions?|billions?|万|亿))?(?:\s?(?P<percent>%|percent|per cent))?"
    r"(?:\s(?P<after>RMB|CNY|yuan|EUR|[Ee]uros?|USD|dollars|PLN|zł|GBP|pounds)\b)?(?![\w:]*\d)",
)
_RATIO = re.compile(r"(?<![\d:.])(?P<number>\d{1,2}:\d{1,2})(?![\d:])")
_WORDS = {
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "twenty": 20,
}
_SPELLED = re.compile(rf"(?<![\"“'‘])\b(?:(?P<low>{'|'.join(_WORDS)}) to )?(?P<word>{'|'.join(_WORDS)})(?= [a-z])(?! (?:million|billion|thousand|to (?:{'|'.join(_WORDS)}))\b)", re.IGNORECASE)
#: Money in words: "one million yuan".
_SPELLED_MONEY = re.compile(rf"\b(?P<word>one|{'|'.join(_WORDS)}) (?P<scale>thousand|million|billion) (?P<after>{'|'.join(key for key in CURRENCIES if len(key) > 2)})\b", re.IGNORECASE)
_VAGUE = re.compile(
    r"\b(?P<qualifier>(?:tens|hundreds|dozens|thousands|several) of (?:thousands|millions|billions)|(?:tens|hundreds|dozens|thousands) of)\s+(?:of\s+)?(?P<noun>[a-z-]+(?: [a-z-]+){0,2})"
)
_YEAR = re.compile(r"\b(?:18|19|20)\d{2}\b")
_MONTH = re.compile(
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December|Jan\.|Feb\.|Mar\.|Apr\.|Aug\.|Sept?\.|Oct\.|Nov\.|Dec\.)\s*$"
)
_STOP = re.compile(
    r"[,.;:()\[\]“”\"!?•●]|\b(?:of|in|for|to|and|or|from|at|on|by|with|that|which|who|were|was|are|is|have|has|had|among|between|over|per|as|including|within|under|through|into|after"
    r"|since|during|it|this|the|a|an|each|them|whom|those|their|its|more|up|about|around|nearly|almost|\d\S*)\b",
    re.IGNORECASE,
)
_TIMES = {"year", "years", "month", "months", "day", "days", "week", "weeks", "hours", "hour", "minutes"}
#: What is counted in a currency, even where none is printed.
_MONEY_NOUNS = {"prices", "funds", "costs", "fees", "revenues", "sales", "profits", "expenses", "royalties"}
_WORD = re.compile(r"[^\W\d_][\w'’/&-]*")


def figures(texts: Iterable[tuple[str, str]]) -> list[Figure]:
    """The figures of a case. texts: field and normalised text, in order."""
    found: list[Figure] = []
    for field, text in texts:
        found += [*_shared_units(text, _of(field, text)), *_spelled(field, text), *_spelled_money(field, text), *_vague(field, text)]
    return _contradictions(found)


def _of(field: str, text: str) -> Iterator[tuple[re.Match[str], Figure]]:
    for match in [*_PATTERN.finditer(text), *_RATIO.finditer(text)]:
        made = _figure(field, text, match)
        if made is not None:
            yield match, made


def _shared_units(text: str, found: Iterable[tuple[re.Match[str], Figure]]) -> Iterator[Figure]:
    """Figures in brackets that break one down have its unit: "55 inventions (28 in Poland and 27 abroad)"."""
    end, unit, inside = 0, "", False
    for match, one in found:
        between = text[end : match.start()]
        inside = bool(re.fullmatch(r" [\w’' -]{1,60} \(", between)) or (inside and not re.search(r"[().;]", between))
        if inside and unit and not one.unit and one.value:
            yield one._replace(unit=unit)
        else:
            unit = one.unit if one.unit not in ("", "%", "ratio", *CURRENCIES.values()) else ""
            yield one
        end = match.end()


def _figure(field: str, text: str, match: re.Match[str]) -> Figure | None:
    parts = match.groupdict()
    start, end = match.span()
    before, after = text[:start].rstrip(), text[end:]
    if _no_figure(parts, before, after, text, start):
        return None
    value, amount = _value(parts)
    behind = _QUALIFIED_AFTER.match(after)
    after = after[behind.end() :] if behind else re.sub(r"^[x×](?=\s)", "", after)
    said = re.match(r" (?:were|are|was|is)(?= )", after)
    noun = _noun_after(after[said.end() :] if said else after)
    currency = CURRENCIES.get((parts.get("before") or parts.get("after") or "").casefold(), "")
    listed = _noun_before(before) if before.endswith(":") and not (said and _unit(noun)) else ""
    unit = currency or ("%" if parts.get("percent") else "ratio" if ":" in value else _unit(listed or noun))
    label = listed or (unit == "%" and _share_of(after)) or (noun if noun and not currency and unit not in ("%", "ratio") else _noun_before(before) or noun)
    if parts.get("scale") and unit in _MONEY_NOUNS:
        unit = ""
    if not unit and re.search(r"\bnumber\b", label, re.IGNORECASE):
        unit = _unit(label)
    if not unit and not label and not parts.get("scale"):
        return None
    qualifier = _qualifier(before) or (behind[1] if behind else "")
    sentence = _sentence(text, start, end)
    doubt = _doubt(parts, amount, currency, noun, sentence) or _doubt_of_patents(unit, after)
    if not doubt and " to " in match[0] and before.casefold().endswith("from"):
        doubt = "A range, or a change from the one to the other."
    return Figure(field, label[:200], value, unit[:60], qualifier, _period(sentence), _quote(text, start, end, qualifier), doubt)


def _no_figure(parts: dict[str, str | None], before: str, after: str, text: str, start: int) -> bool:
    """Years, dates, ordinals, list marks, phone numbers, standards: numbers that count nothing."""
    number = parts["number"] or ""
    plain = not any(parts.get(key) for key in ("before", "scale", "percent", "after"))
    if re.match(r"(?:st|nd|rd|th)\b", after) or (start and text[start - 1] in "(" and re.match(r"\s?[).]", after) and len(number) < 3):
        return True
    if (
        plain
        and _YEAR.fullmatch(number)
        and not (after.startswith(" ") and _unit(_noun_after(after)) and re.search(r"(?:than|over|nearly|almost|about)$", before))
    ):
        return True
    if plain and (
        _MONTH.search(before) or _NAMED.search(before) or re.fullmatch(r"\d\.0", number) or re.match(r" (?:Program|Programme|Project|Plan)\b| ?[A-Za-z]+\d", after)
    ):  # a year's day, "Project 211", "Industry 4.0", "863 Program", "5 HT6"
        return True
    if plain and number.isdigit() and len(number) < 3 and re.match(r"\.\s+[A-Z]", after) and re.search(rf"(?<!\d){int(number) - 1}[.)]\s", text[:start]) and not before.endswith(":"):
        return True  # the mark of a list that runs on in one paragraph
    return plain and len(number) < 3 and bool(re.match(r"[.、)]\s", after)) and not re.search(r"\w$", before[-1:])


def _value(parts: dict[str, str | None]) -> tuple[str, Decimal | None]:
    number = parts["number"] or ""
    if ":" in number:
        return number, None
    scale = SCALES.get((parts.get("scale") or "").casefold(), 1)
    amount = Decimal(re.sub(r"[,\u00a0 ]", "", number)) * scale
    value = _plain(amount)
    if parts.get("to"):
        value += f"–{_plain(Decimal((parts['to'] or '').replace(',', '')) * scale)}"
    return value, amount


def _plain(amount: Decimal) -> str:
    text = format(amount, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _noun_after(after: str) -> str:
    """What is counted: the words behind a number, up to the end of the phrase."""
    if not after.startswith(" "):
        return ""
    stop = _STOP.search(after, 1)
    words = _WORD.findall(after[: stop.start()] if stop else after[:90])
    if stop and ((not words and stop[0].casefold() in ("of", "the")) or (words and stop[0].casefold() in ("and", "or", "of") and not _unit(" ".join(words)))):
        rest = _noun_after(after[stop.end() :])
        return " ".join([*words, stop[0], rest][:7]) if words and rest and _unit(rest) else " ".join(words[:6]) or rest
    return " ".join(words[:6])


def _noun_before(before: str) -> str:
    if before.endswith(":"):
        head = re.split(r"[.;!?•●\d]\s|:\s", before[-120:-1])[-1].strip()
        return " ".join(head.split()[-10:])
    for _ in range(2):
        for qualifier in _QUALIFIERS:
            before = re.sub(rf"\b{re.escape(qualifier)}$", "", before, flags=re.IGNORECASE).rstrip()
        before = re.sub(r"\b(?:is|are|was|were|of|to|by|at|the|a|reached|reaches|remains|with|than|for|up|down)$", "", before, flags=re.IGNORECASE).rstrip(
            " ("
        )
    words = re.findall(r"[^\W\d_][\w'’/&-]*|[.,;:!?•●]", before[-90:])
    tail: list[str] = []
    for word in reversed(words):
        if not word[0].isalpha() or len(tail) == 5:
            break
        tail.insert(0, word)
    return " ".join(tail)


def _share_of(after: str) -> str:
    """What a share is of, or goes to: "70 % to the researchers"."""
    found = re.match(r"\s(?:of|to|for|among)(?:\s(?:the|their|its|all))?(?=\s)", after)
    return _noun_after(after[found.end() :]) if found else ""


def _unit(noun: str) -> str:
    """The thing counted in a word: the first word of the phrase that is a plural or a time, with its measure ("square metres")."""
    words = noun.split()
    for word in words[:1]:
        if word.casefold() in _TIMES:
            return word.casefold()
    for place, word in enumerate(words):
        if _is_plural(word):
            while place + 1 < len(words) and _is_plural(words[place + 1]):  # "achievements awards"
                place += 1
            measure = words[place - 1].casefold() if place else ""
            return f"{measure} {words[place].casefold()}" if measure in ("square", "cubic") else words[place].casefold()
    return ""


def _is_plural(word: str) -> bool:
    return len(word) > 3 and (word.endswith("s") or word.casefold() in ("people", "staff", "personnel")) and not word.endswith(("ss", "us", "'s", "’s", "ways", "adays"))


def _qualifier(before: str) -> str:
    tail = before[-40:].casefold()
    for qualifier in _QUALIFIERS:
        if re.search(rf"(?:^|\W){re.escape(qualifier)}(?: the| a| an)?$", tail):
            return qualifier
    return ""


def _sentence(text: str, start: int, end: int) -> str:
    left = max(text.rfind(mark, 0, start) for mark in (". ", "; ", "• ", "● ", "。"))
    rights = [at for at in (text.find(mark, end) for mark in (". ", "; ", "•", "●", "。")) if at >= 0]
    return text[left + 1 : min(rights) if rights else len(text)]


def _period(sentence: str) -> str:
    """The year of a figure, where its sentence names only one."""
    years = sorted(set(_YEAR.findall(sentence)))
    span = re.search(r"\b((?:19|20)\d{2})\s?[-–]\s?((?:19|20)\d{2})\b", sentence)
    if span:
        return f"{span[1]}–{span[2]}"
    return years[0] if len(years) == 1 else ""


def _quote(text: str, start: int, end: int, qualifier: str) -> str:
    """The words around a number, cut at words, so that it is found again."""
    left = text.rfind(" ", 0, max(0, start - 45 - len(qualifier))) + 1
    right = text.find(" ", min(len(text), end + 55))
    return text[left : right if right >= 0 else len(text)].strip()


def _doubt(parts: dict[str, str | None], amount: Decimal | None, currency: str, noun: str, sentence: str) -> str:
    if "[citation needed]" in sentence:
        return "The text itself asks for a source."
    if parts.get("scale") and not currency and not parts.get("percent") and _unit(noun) in ("", *_MONEY_NOUNS):
        return "No currency or unit is printed."
    if currency and amount is not None and amount >= TOO_MUCH:
        return "More money than a university moves; it may be a misprint. Kept as printed."
    if not parts.get("scale") and re.fullmatch(r"\d{1,3}\.\d{3}", parts["number"] or "") and not parts.get("percent"):
        return "The dot may part thousands or decimals. Read as decimals."
    if parts.get("percent") and amount is not None and amount > 1000:
        return "A share of more than ten times the whole. Kept as printed."
    return ""


def _doubt_of_patents(unit: str, after: str) -> str:
    granted = re.match(r"[^.;]{0,60}, including (\d+) granted", after) if unit == "patents" else None
    return f"Only {granted[1]} of them are said to be granted; the others may be applications." if granted else ""


def _spelled(field: str, text: str) -> Iterator[Figure]:
    """Numbers in words, where a plural follows."""
    for match in _SPELLED.finditer(text):
        start, end = match.span()
        noun = _noun_after(text[end:])
        unit = _unit(noun)
        if not unit or unit in _TIMES or _NAMED.search(text[:start]):
            continue
        qualifier, sentence = _qualifier(text[:start].rstrip()), _sentence(text, start, end)
        doubt = "The text itself asks for a source." if "[citation needed]" in sentence else ""
        yield Figure(
            field, noun, "–".join(str(_WORDS[word.casefold()]) for word in (match["low"], match["word"]) if word), unit, qualifier, _period(sentence), _quote(text, start, end, qualifier), doubt
        )


def _spelled_money(field: str, text: str) -> Iterator[Figure]:
    for match in _SPELLED_MONEY.finditer(text):
        start, end = match.span()
        before, sentence = text[:start].rstrip(), _sentence(text, start, end)
        qualifier = _qualifier(before)
        value = str(_WORDS.get(match["word"].casefold(), 1) * SCALES[match["scale"].casefold()])
        yield Figure(field, _noun_before(before)[:200], value, CURRENCIES[match["after"].casefold()], qualifier, _period(sentence), _quote(text, start, end, qualifier))


def _vague(field: str, text: str) -> Iterator[Figure]:
    for match in _VAGUE.finditer(text):
        start, end = match.span()
        sentence = _sentence(text, start, end)
        noun = match["noun"]
        currency = CURRENCIES.get(noun.split()[0], "")
        unit, noun = currency or _unit(noun), (_noun_before(text[:start].rstrip()) or noun) if currency else noun
        yield Figure(field, noun, "", unit, match["qualifier"], _period(sentence), _quote(text, start, end, ""), "The text gives no number.")


def _contradictions(found: list[Figure]) -> list[Figure]:
    """The same thing counted twice with values far apart, and more students than teachers can teach."""
    doubts: dict[int, str] = {}
    by_label: dict[tuple[str, str], list[int]] = {}
    for place, one in enumerate(found):
        if one.value.replace(".", "").isdigit() and one.unit not in ("", "%", *_TIMES):
            by_label.setdefault((one.label.casefold(), one.unit), []).append(place)
    for places in by_label.values():
        values = [Decimal(found[place].value) for place in places]
        if min(values) > 0 and max(values) >= CONTRADICTION * min(values) and found[places[0]].unit not in CURRENCIES.values():
            doubts |= {place: f"The same text also says {', '.join(_other(found, places, place))}." for place in places}
    students = [
        (place, Decimal(one.value)) for place, one in enumerate(found) if one.unit == "students" and one.value.isdigit() and len(one.value) > 3
    ]
    teachers = [
        (place, Decimal(one.value)) for place, one in enumerate(found) if one.unit in ("teachers", "faculty", "professors") and one.value.isdigit()
    ]
    if students and teachers and max(v for _p, v in students) > MOST_STUDENTS_A_TEACHER * max(v for _p, v in teachers):
        doubts |= {place: f"Against {max(v for _p, v in students):,} students this is too few. Kept as printed." for place, _v in teachers}
    return [one._replace(doubt=one.doubt or doubts[place]) if place in doubts else one for place, one in enumerate(found)]


def _other(found: list[Figure], places: list[int], place: int) -> list[str]:
    return sorted({found[other].value for other in places if found[other].value != found[place].value})
