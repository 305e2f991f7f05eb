"""Between stored rows and the engine's values, both ways."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import cache, lru_cache
from typing import Any, NamedTuple

from causeway.engines.docket import Amount, Deadline, Event, MatterFacts, deadlines, fee_of
from causeway.engines.docket.asked import Fact, details_of_event, facts_of_matter
from causeway.engines.kernel import Refusal as RefusalValue
from causeway.rooms.docket.choices import State
from causeway.rooms.docket.words import action_title, law

#: Columns the engine owns, in the order of `Computed`.
COMPUTED = (
    "trigger", "rule", "ordinal", "action", "received", "opens", "nominal", "due", "grace_ends", "amount", "currency", "fee_note", "verified",
    "provisional", "statutory", "closed_by",
)  # fmt: skip


class Computed(NamedTuple):
    """The engine's columns of a deadline row, and what an event made of it (state, day, reason)."""

    trigger: int | None
    rule: str
    ordinal: str
    action: str
    received: date | None
    opens: date | None
    nominal: date
    due: date
    grace_ends: date | None
    amount: int | None
    currency: str
    fee_note: str
    verified: bool
    provisional: bool
    statutory: bool
    closed_by: int | None
    state: str
    done_on: date | None
    why: str

    @property
    def identity(self) -> tuple:
        """What names the deadline: rule, ordinal, trigger (the matter is the caller's)."""
        return (self.rule, self.ordinal, self.trigger)


class Docket(NamedTuple):
    """All that follows from a matter's events: deadlines, refusals (rule, ordinal, reason), digest of what went in."""

    rows: list[Computed]
    refusals: list[tuple[str, str, str]]
    digest: str


def engine_event(row: Sequence[Any]) -> Event:
    """An engine event from (root, kind, on, by, received, of, facts)."""
    root, kind, on, by, received, of, facts = row
    return Event(kind, on, by or None, received, of, root, facts or {})


#: Day numbers repeat across a portfolio: each becomes a date once, and is written as text once.
_date = lru_cache(maxsize=65_536)(lambda number: None if number is None else date.fromordinal(number))
_text = lru_cache(maxsize=65_536)(lambda number: None if number is None else date.fromordinal(number).isoformat())
SINCE = "known_since"
_OPEN, _MET, _CLOSED = State.OPEN.value, State.MET.value, State.CLOSED.value


def compute(
    office: str, right: str, events: Iterable[Event], facts: dict[str, Any], designated: Sequence[str] = (), entity: str = "", closed_why: str = "",
) -> Docket:  # fmt: skip
    """Every deadline of a matter as rows. A matter that ended at a day nobody knows (closed_why without an event) has none to come."""
    stream = tuple(events)
    rows, refusals = _derive(office, right, stream, facts, designated, entity, closed_why, _date)
    return Docket(list(map(Computed._make, rows)), refusals, digest_of(office, right, stream, facts, designated, entity, closed_why))


def written(
    office: str, right: str, events: Iterable[Event], facts: dict[str, Any], designated: Sequence[str] = (), entity: str = "", closed_why: str = "",
) -> tuple[list[tuple], list[tuple[str, str, str]]]:  # fmt: skip
    """As `compute`, for a bulk load: plain tuples in the order of `Computed` with days as text, and refusals."""
    return _derive(office, right, tuple(events), facts, designated, entity, closed_why, _text)


def _derive(
    office: str, right: str, stream: tuple[Event, ...], facts: dict[str, Any], designated: Sequence[str], entity: str, closed_why: str,
    day: Callable[[int | None], Any],
) -> tuple[list[tuple], list[tuple[str, str, str]]]:  # fmt: skip
    """facts[`known_since`]: the day a record was brought in; what had passed by then with no word of what became of it is closed, and says so."""
    if closed_why:
        return [], []
    matter = MatterFacts(office, right, stream, facts, tuple(designated), entity or None)
    outcome = deadlines(matter, law())
    since = date.fromisoformat(facts[SINCE]).toordinal() if SINCE in facts else 0
    fee_of_row = _plain_fee if _FEE_FACTS.isdisjoint(facts) else _own_fee
    rows = [_row(deadline, matter, since, day, fee_of_row) for deadline in outcome.deadlines]
    return rows, [(one.rule, one.ordinal, one.reason.message[:400]) for one in outcome.refusals]


def digest_of(office: str, right: str, events: Iterable[Event], facts: dict, designated: Sequence[str], entity: str, closed_why: str) -> str:
    """What names the inputs of a matter's docket: the law, everything it was given, and whether it ended at a day nobody knows."""
    told = [
        (ref, kind, on.toordinal(), by, received and received.toordinal(), of and of.toordinal(), sorted(said.items()) if said else ())
        for kind, on, by, received, of, ref, said in events
    ]
    text = repr((law().digest, office, right, told, sorted(facts.items()), list(designated), entity, bool(closed_why)))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


PAST = "Past before this record was brought in"


def _row(one: Deadline, matter: MatterFacts, since: int, day: Callable[[int | None], Any], fee_of_row: Callable[[Deadline, MatterFacts], Any]) -> tuple:
    """The columns of `Computed` for a deadline."""
    (rule, ordinal, trigger, _kind, received, opens, nominal, due, _late, grace, _term, provisional, verified, closed_by, closed_on, closed, _trace) = one
    title, statutory, fee = _words(rule, ordinal)
    amount, currency, note = fee_of_row(one, matter) if fee else _FREE
    state, done_on, why = _OPEN, None, ""
    if closed == "met":
        state, done_on = _MET, day(closed_on or due)
    elif closed == "ended":
        state, why = _CLOSED, "The matter ended"
    elif due < since and (grace or 0) < since:
        state, why = _CLOSED, PAST
    return (
        trigger, rule, ordinal, title, day(received), day(opens), day(nominal), day(due), day(grace), amount, currency, note, verified, provisional,
        statutory, closed_by, state, done_on, why,
    )  # fmt: skip


@lru_cache(maxsize=10_000)
def _words(rule_id: str, ordinal: str) -> tuple[str, bool, str]:
    """A deadline's action in English with its year or stage, whether the law sets it, and its tariff."""
    rule = law().rule(rule_id)
    return action_title(rule_id, ordinal, "en"), rule.statutory, rule.fee


#: Facts of a matter that its fees depend on; without them a fee is the same for every matter.
_FEE_FACTS = frozenset(("claims", "reduction"))
_FREE = (None, "", "")


def _own_fee(one: Deadline, matter: MatterFacts) -> tuple[int | None, str, str]:
    return _told(fee_of(law(), one, matter))


def _plain_fee(one: Deadline, matter: MatterFacts) -> tuple[int | None, str, str]:
    """The fee by the tariff in force on the last day, looked up once a tariff; by the last day itself where none is in force (the answer names it)."""
    due = one.due
    for start, end in _tariffs(one.rule):
        if start <= due <= end:
            return _fee_by(one.rule, one.ordinal, start, matter.right, matter.entity)
    return _fee_by(one.rule, one.ordinal, due, matter.right, matter.entity)


@cache
def _tariffs(rule: str) -> tuple[tuple[int, int], ...]:
    """The first and last day of each tariff of a rule."""
    table = law().fees.get(law().rule(rule).fee)
    return tuple((v.start or 1, v.end or date.max.toordinal()) for v in table.versions) if table else ()


@lru_cache(maxsize=20_000)
def _fee_by(rule: str, ordinal: str, on: int, right: str, entity: str | None) -> tuple[int | None, str, str]:
    """The fee by the tariff of a day, for a matter without facts of its own."""
    bare = Deadline(rule, ordinal, None, "", None, None, on, on, None, None, None, False, True, None, None, "", ())
    return _told(fee_of(law(), bare, MatterFacts("", right, (), {}, (), entity)))


def _told(answer: Amount | RefusalValue | None) -> tuple[int | None, str, str]:
    if answer is None:
        return None, "", ""
    if isinstance(answer, RefusalValue):
        return None, "", answer.message[:200]
    return answer.payable.minor, answer.payable.currency, "" if answer.verified else "unverified tariff"


def facts_asked(office: str, right: str) -> tuple[Fact, ...]:
    """The facts that dates and fees of matters of an office and right depend on."""
    return facts_of_matter(law(), office, right)


def details_asked(office: str, right: str, kind: str) -> frozenset[str]:
    """What an event of a kind can say in a matter of an office and right."""
    return details_of_event(law(), office, right, kind)


def answerable(office: str, right: str, kind: str) -> frozenset[str]:
    """Rules whose dates an event of a kind meets in a matter of an office and right."""
    return frozenset(rule.id for rule in law().for_matter(office, right) if kind in rule.closed_by)


def derive_again(docket_matter: MatterFacts, rule: str, ordinal: str, trigger: Any) -> Deadline | None:
    """The engine's deadline of one identity, derived afresh for its explanation."""
    for one in deadlines(docket_matter, law()).deadlines:
        if (one.rule, one.ordinal, one.trigger) == (rule, ordinal, trigger):
            return one
    return None
