"""Names folded, so that the same name is found whatever its case, accents or punctuation."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i"})
_NOISE = re.compile(r"[^\w]+", re.UNICODE)


@lru_cache(maxsize=16_384)
def fold(name: str) -> str:
    """A name without case, accents and punctuation: "Łódź Univ." becomes "lodz univ"."""
    plain = unicodedata.normalize("NFKD", name.casefold().translate(_LETTERS))
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return _NOISE.sub(" ", plain).strip()[:300]
