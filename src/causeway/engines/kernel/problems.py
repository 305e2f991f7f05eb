"""Problems and refusals as values: collected in batches, raised only by the doors that answer a single case."""

from __future__ import annotations

from typing import NamedTuple


class Problem(NamedTuple):
    """Something a person must solve: a code, where it is, and a sentence."""

    code: str
    place: str
    message: str


class Refusal(Exception):
    """Why no answer is given; also used as a value. `code` is the kind, the text is for people; `zh`: the same in Chinese, where it was written."""

    code = "refused"

    def __init__(self, message: str, place: str = "", zh: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.place = place
        self.zh = zh

    def told(self, language: str = "en") -> str:
        """The reason in the reader's language: "zh-hans" where it was written, else English."""
        return self.zh if language == "zh-hans" and self.zh else self.message

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.args == other.args and self.place == getattr(other, "place", None)

    def __hash__(self) -> int:
        return hash((type(self), self.args, self.place))


class NoRuleInForce(Refusal):
    """No rule, delivery rule or tariff is in force for the day the law names."""

    code = "no_rule_in_force"


class NotYetLaw(NoRuleInForce):
    """The law introduced the right only later: there was nothing to count, so nothing is missing."""


class Conflict(Refusal):
    """Sources or rules of equal rank disagree; nobody may toss a coin."""

    code = "conflict"


class Ungoverned(Refusal):
    """A day outside the years a calendar knows, or a fact the rule needs and nobody gave."""

    code = "ungoverned"
