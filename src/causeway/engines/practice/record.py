"""A money decision as it is stored: packs by hash, inputs, engine version, answer and trace, as plain JSON; and the same decision reckoned again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from causeway.engines.distribution import Contributor, Distribution, Receipt, compile_plan, distribute
from causeway.engines.kernel import Refusal, Step, parse_date
from causeway.engines.packs.resolve import Book
from causeway.engines.packs.schema import Pack

#: The engine's version: raised when an answer could change for the same packs and inputs, which must never happen to an old rule.
ENGINE = "1"


class Difference(NamedTuple):
    """What a stored decision says and what is reckoned now."""

    what: str
    stored: str
    now: str


def record(book: Book, on: date, receipt: Receipt, done: Distribution) -> dict[str, Any]:
    """A distribution as plain JSON. on: the day whose rules were applied. The packs are named with version and hash; keep their texts beside it."""
    return {
        "engine": ENGINE, "packs": [[pack.id, pack.version, pack.digest] for pack in book.packs], "book": book.digest, "on": on.isoformat(),
        "receipt": receipt_to_json(receipt), "answer": answer_of(done),
        "trace": [[step.code, _plain(step.values), list(step.basis), step.verified] for step in done.trace],
    }  # fmt: skip


def replay(stored: Mapping[str, Any], packs: Iterable[Pack]) -> list[Difference]:
    """Reckon a stored decision again with the packs of its hashes and its inputs; what differs, for a person to judge, or nothing.

    packs: those whose digests the decision names may be among them; a missing one is a difference, not an error.
    """
    by_digest = {pack.digest: pack for pack in packs}
    missing = [f"{key} {version}" for key, version, digest in stored["packs"] if digest not in by_digest]
    if missing:
        return [Difference("packs", ", ".join(missing), "no pack with this hash")]
    book = Book([by_digest[digest] for _key, _version, digest in stored["packs"]])
    receipt = receipt_from_json(stored["receipt"])
    try:
        now = answer_of(distribute(compile_plan(book.on(stored["on"]), receipt.facts, receipt.currency), receipt))
    except Refusal as refusal:
        return [Difference("answer", "an amount", f"{refusal.code}: {refusal.message}")]
    return [Difference(key, str(stored["answer"].get(key)), str(now.get(key))) for key in now | stored["answer"] if now.get(key) != stored["answer"].get(key)]


def steps_of(stored: Mapping[str, Any]) -> list[Step]:
    """The trace of a stored decision, for `explain`."""
    return [Step(code, values, tuple(basis), verified) for code, values, basis, verified in stored["trace"]]


def answer_of(done: Distribution) -> dict[str, Any]:
    """What was decided, in minor units."""
    return {
        "rule": done.rule, "currency": done.currency, "gross": done.gross, "legal_net": done.legal_net, "net": done.net, "carried": done.carried,
        "parts": dict(done.parts), "people": dict(done.people), "floor": done.floor,
    }  # fmt: skip


def receipt_to_json(receipt: Receipt) -> dict[str, Any]:
    """A receipt as plain JSON: amounts in minor units, shares and weights as exact text."""
    return {
        "gross": receipt.gross, "currency": receipt.currency, "costs": dict(receipt.costs), "taxes_withheld": receipt.taxes_withheld, "carried": receipt.carried,
        "people": [[one.person, str(one.weight), one.main, one.unit] for one in receipt.people],
        "co_owners": {name: str(share) for name, share in receipt.co_owners.items()}, "facts": {key: _fact(value) for key, value in receipt.facts.items()},
    }  # fmt: skip


def receipt_from_json(data: Mapping[str, Any]) -> Receipt:
    """The receipt of `receipt_to_json`."""
    return Receipt(
        data["gross"], data["currency"], dict(data["costs"]), tuple(Contributor(who, Fraction(weight), main, unit) for who, weight, main, unit in data["people"]),
        data["taxes_withheld"], data["carried"], {name: Fraction(share) for name, share in data["co_owners"].items()},
        {key: _read_fact(kind, text) for key, (kind, text) in data["facts"].items()},
    )  # fmt: skip


def _fact(value: Any) -> list[str]:
    if isinstance(value, bool):
        return ["flag", "true" if value else "false"]
    if isinstance(value, date):
        return ["date", value.isoformat()]
    return ["number", str(value)] if isinstance(value, int | Fraction) else ["text", str(value)]


def _read_fact(kind: str, text: str) -> Any:
    if kind == "flag":
        return text == "true"
    if kind == "date":
        return parse_date(text)
    return Fraction(text) if kind == "number" else text


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: dict(value) if isinstance(value, Mapping) else str(value) for key, value in values.items()}
