"""Finds organisations by any of their names: other languages and scripts, former names, acronyms, slips of the hand, half-typed words.

A name is cut into tokens (words; pairs of neighbours where a script knows no spaces). What is asked is compared token by token, rare
tokens counting more than common ones ("Tsinghua" says more than "University"), then the best candidates are compared letter by letter.
"""

from __future__ import annotations

import heapq
import math
import re
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

#: Letters that no decomposition turns into plain ones.
_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ħ": "h", "ı": "i", "ŧ": "t", "ŋ": "n", "&": " and "}
)
#: Traditional characters that stand in names of universities and places, and the simplified ones for them.
_TRADITIONAL = "學國醫藥術師範業農體東廣華雲貴蘇浙聯軍陝寧龍臺灣門島長電網鐵礦財經貿語傳戲劇樂藝術館園設計機械車飛進遠開關際齊濟魯遼瀋陽連漢湖鄂贛閩粵瓊黃慶衛護紅綠鋼資環測繪紡織輕輸運輪頭縣鄉區馬鳥魚鳳橋橫樹歷歸專職應實驗產務質煙團員協賓興義與萬億書畫寶豐劉楊張趙孫鄭馮韓鄧許鄒陳葉呂蔣賴嶺嶽澤滬溫潤灘營爾習聖聲莊蘭蘆蓮諾談諸誠認識議論證護讀變豬貝負貨購賢贊軟輔轉辦遊達選邊鄰醬釋鑒鋒鎮鏡閔間閣陰陸隊隨難雞雙雜離靈靜韻頂順須預領頻題願類顧風養館駐騰驗體鮮鶴鹽麗點黨齡濱錦鐘對當層眾勞動稅統氣審會僑處導圖檔兒權標準製數據絡"  # noqa: E501
_SIMPLIFIED = "学国医药术师范业农体东广华云贵苏浙联军陕宁龙台湾门岛长电网铁矿财经贸语传戏剧乐艺术馆园设计机械车飞进远开关际齐济鲁辽沈阳连汉湖鄂赣闽粤琼黄庆卫护红绿钢资环测绘纺织轻输运轮头县乡区马鸟鱼凤桥横树历归专职应实验产务质烟团员协宾兴义与万亿书画宝丰刘杨张赵孙郑冯韩邓许邹陈叶吕蒋赖岭岳泽沪温润滩营尔习圣声庄兰芦莲诺谈诸诚认识议论证护读变猪贝负货购贤赞软辅转办游达选边邻酱释鉴锋镇镜闵间阁阴陆队随难鸡双杂离灵静韵顶顺须预领频题愿类顾风养馆驻腾验体鲜鹤盐丽点党龄滨锦钟对当层众劳动税统气审会侨处导图档儿权标准制数据络"  # noqa: E501
_TO_SIMPLIFIED = str.maketrans(_TRADITIONAL, _SIMPLIFIED)
_ACCENTS = re.compile("[\u0300-\u036f]+")
_NO_SPACES = "\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_PLAIN = re.compile("[a-z0-9]+")
_RUN = re.compile(rf"[{_NO_SPACES}]")
_RUNS = re.compile(rf"[{_NO_SPACES}]+|[^{_NO_SPACES} ]+")
#: Words between words; a name without them is the same name.
_SMALL = frozenset(
    ["the", "of", "and", "for", "at", "in", "de", "del", "della", "degli", "di", "da", "do", "dos", "des", "du", "la", "le", "les", "l", "el", "los", "y", "e", "et", "der", "die", "das", "und", "van", "het", "zu", "z", "i", "w", "na"]
)  # fmt: skip

#: Short forms people type, and the words they may stand for.
_SHORT = {
    "univ": ("university", "universitat", "universite", "universidad", "universita"), "uni": ("university", "universitat"), "u": ("university",),
    "inst": ("institute", "institut", "instituto"), "tech": ("technology", "technical", "technological"), "sci": ("science", "sciences"),
    "coll": ("college",), "natl": ("national",), "nat": ("national",), "med": ("medical", "medicine"), "agric": ("agricultural", "agriculture"),
    "eng": ("engineering",), "acad": ("academy",), "st": ("saint", "state"), "saint": ("st",),
}  # fmt: skip

#: A name written in Chinese characters alone, as short as people say it: 北大 is 北京大学.
_SAID = re.compile(r"[\u4e00-\u9fff]{2,5}")
#: What such a name may leave out in front.
_LEFT_OUT = "中国"
#: A word in so many of a thousand names says nothing about which is meant.
COMMON = 15

#: How many candidates are compared letter by letter.
LOOKED_AT = 40
#: What a match of each kind of name is worth beside a name in use.
WORTH = {"name": 1.0, "label": 1.0, "alias": 0.985, "acronym": 0.93}
#: An organisation that is no more stands behind one of the same name that is.
CLOSED = 0.97


@dataclass(frozen=True)
class Name:
    """A name of an organisation. key: whose; kind: "name", "label" (in another language), "alias" (also former names), "acronym".

    closed: the organisation is no more; rank: its place among equals, the lower first (its year of founding, say).
    """

    key: int
    text: str
    kind: str = "name"
    closed: bool = False
    rank: int = 0


@dataclass(frozen=True)
class Found:
    """An organisation found: its key, the name that fitted and how well, from 0 to 1 (1: exactly that name)."""

    key: int
    name: str
    kind: str
    score: float


@lru_cache(maxsize=4096)
def fold_name(text: str) -> str:
    """A name without case, accents, width, punctuation and traditional forms: "Łódź-Univ." becomes "lodz univ"."""
    text = text.replace("'", "").replace("’", "")
    if text.isascii():
        return " ".join(_PLAIN.findall(text.lower().replace("&", " and ")))
    wide = unicodedata.normalize("NFKC", text).casefold().translate(_LETTERS)
    plain = unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFKD", wide))).translate(_TO_SIMPLIFIED)
    spaced = "".join(sign if unicodedata.category(sign)[0] in "LNM" else " " for sign in plain)
    return " ".join(_RUNS.findall(spaced))


def _tokens(folded: str) -> list[str]:
    """Words, and pairs of neighbours of a run without spaces."""
    made: list[str] = []
    for piece in folded.split():
        if _RUN.match(piece):
            made += [piece[i : i + 2] for i in range(len(piece) - 1)] or [piece]
        elif piece not in _SMALL:
            made.append(piece)
    return made or folded.split()


def _shortened(token: str) -> Iterator[str]:
    """The token and itself with one letter left out: two tokens one slip apart share one of these."""
    yield token
    for i in range(len(token)):
        yield token[:i] + token[i + 1 :]


def distance(one: str, other: str) -> int:
    """How many letters must be changed, added, dropped or swapped with a neighbour to make one the other.

    Counted a column at a time on the bits of whole numbers (Hyyrö 2003, optimal string alignment).
    """
    if not one or not other:
        return max(len(one), len(other))
    places: dict[str, int] = defaultdict(int)
    for i, letter in enumerate(one):
        places[letter] |= 1 << i
    full, last = (1 << len(one)) - 1, 1 << (len(one) - 1)
    up, down, zero, before, count = full, 0, 0, 0, len(one)
    for letter in other:
        here = places.get(letter, 0)
        swapped = ((~zero & here) << 1) & before
        zero = ((((here & up) + up) ^ up) | here | down | swapped) & full
        more, less = (down | ~(zero | up)) & full, zero & up
        count += bool(more & last) - bool(less & last)
        more, less = ((more << 1) | 1) & full, (less << 1) & full
        up, down, before = (less | ~(zero | more)) & full, more & zero, here
    return count


def _likeness(one: str, other: str) -> float:
    return 1 - distance(one, other) / max(len(one), len(other), 1)


class NameIndex:
    """Names made ready to be asked. Building it for 60,000 names takes about a second; asking takes milliseconds."""

    def __init__(self, names: Iterable[Name]) -> None:
        self.names: list[Name] = []
        self._folded: list[str] = []
        self._weight: list[float] = []
        self._exact: dict[str, list[int]] = defaultdict(list)
        self._first: dict[str, list[int]] = defaultdict(list)
        self._holding: dict[str, list[int]] = defaultdict(list)
        for name in names:
            self._put(name)
        total = max(1, len(self.names))
        self._rarity = {token: math.log(1 + total / len(held)) for token, held in self._holding.items()}
        self._weight = [sum(self._rarity[token] for token in set(_tokens(folded))) for folded in self._folded]
        self._vocabulary = sorted(self._holding)
        self._common = {token for token, held in self._holding.items() if 1000 * len(held) > COMMON * total and not _RUN.match(token)}
        self._near: dict[str, list[str]] | None = None

    def _put(self, name: Name) -> None:
        folded = fold_name.__wrapped__(name.text)
        if not folded:
            return
        place = len(self.names)
        self.names.append(name)
        self._folded.append(folded)
        self._exact[folded].append(place)
        if _RUN.match(folded) and " " not in folded:
            for begins in {folded[0], folded.removeprefix(_LEFT_OUT)[:1]}:
                self._first[begins].append(place)
        for token in set(_tokens(folded)):
            self._holding[token].append(place)

    def find(self, text: str, limit: int = 10) -> list[Found]:
        """The organisations meant, best first, each once. text: a name, part of one or a name with slips; nothing for no text."""
        folded = fold_name(text[:300])
        if not folded:
            return []
        best: dict[int, tuple[float, Name]] = {}
        for place, score in self._scored(text.strip(), folded):
            name = self.names[place]
            worth = score * WORTH.get(name.kind, 1.0) * (CLOSED if name.closed else 1.0)
            if name.key not in best or worth > best[name.key][0]:
                best[name.key] = (worth, name)
        ordered = sorted(best.values(), key=lambda one: (-one[0], len(one[1].text), one[1].rank, one[1].key))
        return [Found(name.key, name.text, name.kind, round(worth, 4)) for worth, name in ordered[:limit]]

    def _scored(self, text: str, folded: str) -> Iterator[tuple[int, float]]:
        yield from ((place, 1.0 if self.names[place].text.casefold() == text.casefold() else 0.995) for place in self._exact.get(folded, ()))
        if _SAID.fullmatch(folded):
            yield from ((place, score) for place in self._first.get(folded[0], ()) if (score := _said_short(folded, self._folded[place])))
        asked = self._asked(folded)
        tallies, whole = self._tally(asked)
        if not whole:
            return
        # What is asked and not found counts; what the name has beyond it counts less, for people type the short form.
        rough = [(2 * got / (whole + got + 0.45 * max(0.0, self._weight[place] - got)), place) for place, got in tallies.items()]
        ordered = _ordered(folded)
        bare = not self._common.intersection(folded.split())
        for score, place in heapq.nlargest(LOOKED_AT, rough):
            name = self._folded[place]
            if name != folded:
                # The floor: whoever types the one word that matters has not misspelt the rest.
                alike = max(0.5, _likeness(folded, name), _likeness(ordered, _ordered(name)))
                if bare:  # "Cambridge" for the university of it
                    alike = max(alike, 0.95 * _likeness(ordered, _ordered(" ".join(word for word in name.split() if word not in self._common))))
                yield place, min(0.99, 0.55 * min(1.0, score) + 0.45 * alike)

    def _asked(self, folded: str) -> list[str]:
        """The tokens asked, each once; two that make one known word together, while one of them is none, become that word."""
        tokens = list(dict.fromkeys(_tokens(folded)))
        made: list[str] = []
        for token in tokens:
            joined = made[-1] + token if made else ""
            if joined in self._holding and not (made[-1] in self._holding and token in self._holding) and not _RUN.match(token):
                made[-1] = joined
            else:
                made.append(token)
        return made

    def _tally(self, asked: Sequence[str]) -> tuple[dict[int, float], float]:
        """For each name the weight of what it shares with what is asked, and the weight of all that is asked."""
        tallies: dict[int, float] = defaultdict(float)
        whole = 0.0
        for number, token in enumerate(asked):
            near = self._near_tokens(token, last=number == len(asked) - 1)
            whole += self._rarity.get(token) or max((self._rarity[other] for other in near), default=math.log(1 + len(self.names)))
            taken: dict[int, float] = {}
            for other, alike in near.items():
                worth = self._rarity[other] * alike
                for place in self._holding[other]:
                    if worth > taken.get(place, 0.0):
                        taken[place] = worth
            for place, worth in taken.items():
                tallies[place] += worth
        return tallies, whole

    def _near_tokens(self, token: str, last: bool) -> dict[str, float]:
        """Tokens of names that may be meant by one, and how sure that is."""
        near = {token: 1.0} if token in self._holding else {}
        if _RUN.match(token):
            return near if near or len(token) > 1 else self._beginning(token, 1)
        near |= {other: 0.95 for other in _SHORT.get(token, ()) if other in self._holding}
        if len(token) >= 3 and (last or not near):
            near = {**self._beginning(token, 40), **near}
        if len(token) >= 4 and token not in self._holding:
            for other in self._slips(token):
                away = distance(token, other)
                if away <= (1 if len(token) < 7 else 2):
                    near[other] = max(near.get(other, 0.0), 1 - 0.16 * away)
        return near

    def _beginning(self, token: str, most: int) -> dict[str, float]:
        start = bisect_left(self._vocabulary, token)
        found: dict[str, float] = {}
        for other in self._vocabulary[start : start + most]:
            if not other.startswith(token):
                break
            if other != token:
                found[other] = 0.6 + 0.3 * len(token) / len(other)
        return found

    def _slips(self, token: str) -> set[str]:
        if self._near is None:
            self._near = defaultdict(list)
            for other in self._vocabulary:
                if len(other) >= 3 and not _RUN.match(other):
                    for short in set(_shortened(other)):
                        self._near[short].append(other)
        return {other for short in set(_shortened(token)) for other in self._near.get(short, ())}


def _ordered(folded: str) -> str:
    """The words of a name in alphabetical order without the small ones, so that "University of X" is like "X University"."""
    return " ".join(sorted(word for word in folded.split() if word not in _SMALL))


def _said_short(short: str, name: str) -> float:
    """How well a name fits signs picked out of it in their order; 0 where they are not. Words have two signs, and their first ones are picked."""
    if len(name) <= len(short):
        return 0.0
    name = name if name[0] == short[0] else name.removeprefix(_LEFT_OUT)
    at, fits, far = 0, 0, 0
    for sign in short[1:]:
        found = name.find(sign, at + 1)
        if found < 0:
            return 0.0
        fits += (found - at) % 2 == 0
        at = found
        far += found
    return 0.72 + 0.06 * fits / (len(short) - 1) - 0.004 * min(len(name), 15) - 0.0005 * min(far, 40)
