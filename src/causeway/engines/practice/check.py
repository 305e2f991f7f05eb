"""Worked cases of money: a file of facts and expected figures is run through the packs; every figure named must come out exactly.

Same results as `engines.docket.check`: `Result(id, ok, got, expect, refused, trace)`. The rules of the packs named are taken as in force on all dates of a
case, unless it says `dated: true`; then the rules of its day are, and a day without a rule is a refusal.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from causeway.engines import distribution, funding, grants, royalty
from causeway.engines.distribution import rewards
from causeway.engines.docket.cases import read_file, sound
from causeway.engines.docket.check import CaseFault, Result
from causeway.engines.kernel import CURRENCIES, Line, Money, NoRuleInForce, Refusal, Step, exponent, parse_date, tell
from causeway.engines.packs.parse import Map, Seq
from causeway.engines.packs.resolve import Book, InForce
from causeway.engines.packs.schema import ALLOWED, Pack
from causeway.engines.packs.units import ValueFault, decimal_text, read_value

KEYS = ALLOWED["case"]
_AMOUNT = re.compile(r"-?\d{1,24}(\.\d{1,6})?")
_WEIGHT = re.compile(r"-?\d{1,18}(\.\d{1,18}|/\d{1,18})?")


def read_cases(text: str, file: str) -> list[Map]:
    """The cases of money in a YAML text; `CaseFault` with file and line for anything that is no case."""
    return sound(text, file, checked)


def checked(case: Map, file: str) -> Map:
    """The case, if its keys are those a case has; `CaseFault` with the line otherwise."""
    for key in case:
        if key not in KEYS:
            raise CaseFault(f"{file}:{case.lines[key]}: a case has no key {key}.")
    if not isinstance(case.get("kind"), str) or case["kind"] not in _KINDS:
        raise CaseFault(f"{file}:{case.lines.get('kind', case.line)}: kind must be one of {', '.join(_KINDS)}.")
    for key in ("given", "expect"):
        if case.get(key) not in (None, "") and not isinstance(case[key], Map):
            raise CaseFault(f"{file}:{case.lines[key]}: {key} must be a mapping.")
    if not isinstance(case.get("packs", Seq(0)), Seq):
        raise CaseFault(f"{file}:{case.lines['packs']}: packs must be a list.")
    return case


def check_text(text: str, packs: Mapping[str, Pack], file: str = "cases") -> list[Result]:
    """Run every case of a file. A malformed case is refused with its place and stops no other; `CaseFault` where the file is no list."""
    results = []
    for number, (case, wrong) in enumerate(read_file(text, file), 1):
        try:
            if wrong:
                raise CaseFault(wrong)
            results.append(run_case(checked(case, file), packs, file))
        except CaseFault as fault:
            name = case.get("id") if isinstance(case, Map) else None
            expect = _plain(case.get("expect") or {}) if isinstance(case, Map) else {}
            results.append(Result(str(name or f"case {number}"), False, {}, expect if isinstance(expect, dict) else {}, str(fault)))
    return results


def run_case(case: Map, packs: Mapping[str, Pack], file: str = "case", language: str = "en") -> Result:
    """Run one case over the packs it names. A refusal is a result, not an exception; a malformed case raises `CaseFault`."""
    expect = _plain(case.get("expect") or {})
    given = Given(case, packs, file)
    key = str(case.get("id", f"{case['kind']}:{case.line}"))
    try:
        got, steps, words = _KINDS[str(case["kind"])](given)
    except Refusal as refusal:
        return Result(key, expect.get("refused") == refusal.code, {"refused": refusal.code}, expect, refusal.told(language), _told(given.step_of(refusal, language)))
    source = given.book.source if given.book else str
    trace = _told(tell(steps, words, language, source), given.on)
    return Result(key, _matches(expect, got), got, expect, None, trace)


def _told(lines: Iterable[Line], on: str = "") -> list[dict[str, Any]]:
    return [
        {"title": one.title, "on": on, "sentence": one.sentence, "amount": one.amount, "basis": list(one.basis), "verified": one.verified} for one in lines
    ]


def _matches(expect: Any, got: Any) -> bool:
    """Every value named in expect comes out exactly; mappings may hold more than was named."""
    if isinstance(expect, dict):
        return isinstance(got, dict) and all(key in got and _matches(value, got[key]) for key, value in expect.items())
    if isinstance(expect, list):
        return isinstance(got, list) and len(expect) == len(got) and all(_matches(one, other) for one, other in zip(expect, got, strict=True))
    return bool(expect == got)


def _plain(value: Any) -> Any:
    """Expected values as text; lists and mappings stay what they are."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else str(value)


def read_weight(text: str) -> Fraction:
    """A weight such as "2", "0.5", "1/3" or "40 %"; ValueError for anything else. Whether it is negative is for the engine to say."""
    plain = text.strip().replace(" ", "")
    if not _WEIGHT.fullmatch(plain.removesuffix("%")):
        raise ValueError(f"{text[:40]!r} is not a weight")
    try:
        return Fraction(plain.removesuffix("%")) / (100 if plain.endswith("%") else 1)
    except ZeroDivisionError:
        raise ValueError(f"{text!r} is not a weight") from None


def read_fact_text(text: str) -> Any:
    """A fact as it looks: true or false, a date, a number, else the text. Raises ValueError for a day that is none."""
    if text.lower() in ("true", "false", "yes", "no"):
        return text.lower() in ("true", "yes")
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return parse_date(text)
    return Fraction(text) if re.fullmatch(r"-?\d{1,18}(\.\d{1,6})?", text) else text


class Given:
    """The facts of a case, typed as they are asked for; what is not one raises `CaseFault` with its line."""

    def __init__(self, case: Map, packs: Mapping[str, Pack], file: str) -> None:
        self.case, self.file = case, file
        given = case.get("given")
        self.given = given if isinstance(given, Map) else Map(case.line)
        self.named = [str(one) for one in case.get("packs") or ()]
        self.known = packs
        self.dated = str(case.get("dated", "")).lower() in ("true", "yes")
        self.on = str(case["on"]) if case.get("on") not in (None, "") else ""
        if self.on:
            self.day(case, "on")
        self.book: Book | None = None

    def fault(self, where: Map, key: str, what: str) -> CaseFault:
        return CaseFault(f"{self.file}:{where.lines.get(key, where.line)}: {self.case.get('id', 'case')}: {key}: {what}.")

    def held(self, kind: str, day: date | None = None) -> InForce:
        """What the packs say on the case's day (or the day given); their rules are taken as in force unless the case is dated."""
        missing = [one for one in self.named if one not in self.known or self.known[one].practice is None]
        if missing:
            raise NoRuleInForce(f"There is no practice pack {missing[0]}.", place=missing[0], zh=f"没有规则包{missing[0]}。")
        self.book = self.book or self._book()
        asked = parse_date(self.on).toordinal() if self.on else day.toordinal() if day else None
        if self.dated and asked is not None:
            return self.book.on(asked)
        return self.book.on(self.book.day_of(kind, asked))

    def _book(self) -> Book:
        """The packs named and no others, with the values that the case gives where a pack asks for one."""
        book = Book([self.known[one] for one in self.named])
        chosen = self.map(self.given, "values")
        try:
            return book.with_values({key: self.text(chosen, key) for key in chosen}) if chosen else book
        except ValueFault as wrong:
            raise self.fault(self.given, "values", str(wrong).rstrip(".")) from None

    def text(self, where: Map, key: str, default: str | None = None) -> str:
        value = where.get(key, default)
        if not isinstance(value, str):
            raise self.fault(where, key, "is missing" if value is None else "must be plain text")
        return value

    def currency(self, where: Map, default: str | None = None) -> str:
        currency = self.text(where, "currency", default)
        if currency not in CURRENCIES:
            raise distribution.UnknownCurrency(f"{currency} is not a currency of ISO 4217.", place="currency")
        return currency

    def amount(self, where: Map, key: str, currency: str) -> int:
        """Minor units; a negative amount is refused by the engine that gets it."""
        text = self.text(where, key)
        if not _AMOUNT.fullmatch(text):
            raise self.fault(where, key, f"{text!r} is not an amount")
        try:
            return Money.parse(text, currency).minor
        except ValueError as wrong:
            raise self.fault(where, key, str(wrong)) from None

    def share(self, where: Map, key: str, unit: str = "share") -> Fraction:
        """A share or rate; one outside 0 to 1 is kept, for the engine to refuse."""
        text = self.text(where, key)
        try:
            return Fraction(read_value(unit, text))
        except ValueFault as wrong:
            if wrong.code in ("share-range", "negative"):
                exact = text.strip().rstrip("%").strip()
                return Fraction(exact.replace(" ", "")) / (100 if "%" in text else 1)
            raise self.fault(where, key, str(wrong).rstrip(".")) from None
        except ZeroDivisionError:
            raise self.fault(where, key, f"{text!r} is not a share") from None

    def day(self, where: Map, key: str) -> date:
        try:
            return parse_date(self.text(where, key))
        except ValueError as wrong:
            raise self.fault(where, key, str(wrong)) from None

    def flag(self, where: Map, key: str) -> bool:
        text = self.text(where, key, "false").lower()
        if text not in ("true", "false", "yes", "no"):
            raise self.fault(where, key, f"{text!r} is neither true nor false")
        return text in ("true", "yes")

    def whole(self, where: Map, key: str, default: str | None = None) -> int:
        text = self.text(where, key, default)
        if not re.fullmatch(r"-?\d{1,9}", text):
            raise self.fault(where, key, f"{text!r} is not a whole number")
        return int(text)

    def map(self, where: Map, key: str) -> Map:
        value = where.get(key)
        if value in (None, ""):
            return Map(where.line)
        if not isinstance(value, Map):
            raise self.fault(where, key, "must be a mapping")
        return value

    def maps(self, where: Map, key: str) -> list[Map]:
        value = where.get(key)
        if value in (None, ""):
            return []
        if not isinstance(value, Seq) or not all(isinstance(one, Map) for one in value):
            raise self.fault(where, key, "must be a list of mappings")
        return list(value)

    def people(self) -> tuple[distribution.Contributor, ...]:
        made = []
        for one in self.maps(self.given, "inventors"):
            try:
                weight = read_weight(self.text(one, "weight", "1"))
            except ValueError as wrong:
                raise self.fault(one, "weight", str(wrong)) from None
            made.append(distribution.Contributor(self.text(one, "person"), weight, self.flag(one, "main"), self.text(one, "unit", "")))
        return tuple(made)

    def facts(self) -> dict[str, Any]:
        """Further facts for conditions, by name: texts, flags and dates as they look."""
        listed = self.map(self.given, "facts")
        try:
            return {key: read_fact_text(self.text(listed, key)) for key in listed}
        except ValueError as wrong:
            raise self.fault(self.given, "facts", str(wrong)) from None

    def step_of(self, refusal: Refusal, language: str = "en") -> list[Line]:
        """A refusal as the one line of its trace."""
        title = "不予计算" if language == "zh-hans" else "Refused"
        return [Line("refused", title, refusal.told(language), "", (refusal.place,) if refusal.place else (), True)]


Answer = tuple[dict[str, Any], Iterable[Step], Mapping[str, Any]]


def _distribution(given: Given) -> Answer:
    gross = given.map(given.given, "gross")
    currency = given.currency(gross)
    costs_given = given.map(given.given, "costs")
    costs = {key: given.amount(costs_given, key, currency) for key in costs_given}
    owners = given.map(given.given, "co_owners")
    receipt = distribution.Receipt(
        given.amount(gross, "amount", currency), currency, costs, given.people(),
        given.amount(given.given, "taxes_withheld", currency) if "taxes_withheld" in given.given else 0,
        given.amount(given.given, "carried", currency) if "carried" in given.given else 0,
        {key: given.share(owners, key) for key in owners}, given.facts(),
    )  # fmt: skip
    plan = _plan(given, currency, receipt.facts)
    done = distribution.distribute(plan, receipt)

    def text(minor: int) -> str:
        return Money(minor, currency).text()

    got: dict[str, Any] = {"net": text(done.net), "carried": text(done.carried), "parts": {key: text(value) for key, value in done.parts.items()}}
    if done.people:
        got["people"] = {key: text(value) for key, value in done.people.items()}
    if done.floor is not None:
        got |= {"floor": text(done.floor), "floor_met": str(done.floor_met).lower()}
    return got, done.trace, distribution.WORDS


def _plan(given: Given, currency: str, facts: Mapping[str, Any]) -> distribution.Plan:
    """The plan of the policy given, which takes the place of guide and law but for the floors; else of the packs."""
    policy = given.map(given.given, "policy")
    if not policy:
        return distribution.compile_plan(given.held("distribution"), facts, currency)
    shares = {key: given.share(policy["parts"], key) for key in given.map(policy, "parts")}
    if shares:
        distribution.plan_of_parts(shares, rule="policy")  # what is wrong with the parts themselves is said first
    floors: tuple[distribution.Floor, ...] = ()
    main = None
    if given.named:
        held = given.held("floor")
        floors = distribution.floors_of(held, facts, "distribution")
        main = max((Fraction(one.number("share")) for one in held.rules("main_contributor", facts)), default=None)
    options: dict[str, Any] = {"rule": "policy", "title": {"en": "Policy of the case", "zh-hans": "案例给定的规定"}, "floors": floors, "main_share": main}
    if shares:
        return distribution.plan_of_parts(shares, currency=currency, **options)
    bands = []
    for band in given.maps(policy, "tiers"):
        top = Fraction(given.amount(band, "up_to", currency), 10 ** exponent(currency)) if "up_to" in band else None
        bands.append((top, given.share(band, "inventors")))
    if not bands:
        raise given.fault(given.given, "policy", "must have parts or tiers")
    mode = given.text(policy, "tier_mode", "marginal")
    return distribution.plan_of_tiers(bands, "inventors", "university", mode, currency=currency, **options)


def _equity(given: Given) -> Answer:
    policy = given.map(given.given, "policy")
    text = given.text(given.given, "company_percent").strip().rstrip("%").strip()
    if not _WEIGHT.fullmatch(text):
        raise given.fault(given.given, "company_percent", f"{text!r} is not a percentage")
    facts = {"way": "shares", **given.facts()}
    grounds: tuple[Any, ...] = ()
    rule = "policy"
    if policy:
        shares = {key: given.share(policy["parts"], key) for key in given.map(policy, "parts")}
        distribution.plan_of_parts(shares, rule="policy")
        floors = distribution.equity_floors(given.held("floor"), facts) if given.named else ()
    else:
        held = given.held("equity")
        rule, shares, grounds = distribution.equity_shares(held, facts)
        floors = distribution.equity_floors(held, facts)
    done = distribution.split_equity(Fraction(text), shares, floors, given.people(), rule, grounds)
    got: dict[str, Any] = {key: decimal_text(value) for key, value in done.parts.items()}
    if done.people:
        got["people"] = {key: decimal_text(value) for key, value in done.people.items()}
    if done.floor is not None:
        got |= {"floor": decimal_text(done.floor), "floor_met": "true"}
    return got, done.trace, distribution.WORDS


def _royalty(given: Given) -> Answer:
    currency = given.currency(given.given)
    written = given.map(given.given, "terms")
    terms = royalty_terms(given, written, currency) if written else royalty.terms_of(given.held("royalty"), currency, given.facts())
    years = [_year(given, one, currency) for one in given.maps(given.given, "periods")]
    dues = royalty.royalty_due(terms, years)
    steps = [step for due in dues for step in due.trace]
    return {"due": [Money(due.amount, currency).text() for due in dues]}, steps, royalty.WORDS


def royalty_terms(given: Given, terms: Map, currency: str) -> royalty.Terms:
    """Royalty terms as a case writes them."""
    tiers = tuple(
        (given.amount(one, "up_to", currency) if "up_to" in one else None, given.share(one, "rate")) for one in given.maps(terms, "tiers")
    )
    minimum, stacking = given.map(terms, "minimum"), given.map(terms, "stacking")
    downs = tuple(
        royalty.StepDown(
            given.day(one, "since"), given.text(one, "why", "step down"), given.share(one, "factor") if "factor" in one else None,
            given.share(one, "rate") if "rate" in one else None,
        )
        for one in given.maps(terms, "step_down")
    )  # fmt: skip
    milestones = tuple(
        royalty.Milestone(given.text(one, "event"), given.amount(one, "amount", currency), given.flag(one, "creditable"))
        for one in given.maps(terms, "milestones")
    )
    return royalty.Terms(
        currency, given.share(terms, "rate") if "rate" in terms else None, tiers, given.text(terms, "tier_mode", "marginal"),
        given.amount(minimum, "amount", currency) if minimum else 0, given.text(minimum, "mode", "creditable"),
        given.share(stacking, "cut") if stacking else Fraction(0), given.share(stacking, "floor") if "floor" in stacking else Fraction(0),
        given.amount(terms, "most", currency) if "most" in terms else None, downs, milestones,
        given.share(terms, "sublicence") if "sublicence" in terms else Fraction(0),
        given.share(terms, "combination") if "combination" in terms else Fraction(1),
    )  # fmt: skip


def _year(given: Given, one: Map, currency: str) -> royalty.Year:
    events = one.get("events") or ()
    return royalty.Year(
        given.amount(one, "sales", currency), given.share(one, "third_party_rate") if "third_party_rate" in one else Fraction(0),
        given.amount(one, "sublicence_income", currency) if "sublicence_income" in one else 0, frozenset(str(event) for event in events),
        given.day(one, "ends") if "ends" in one else None,
    )  # fmt: skip


def _patent_funding(given: Given) -> Answer:
    currency = given.currency(given.given)
    filings = []
    for one in given.maps(given.given, "filings"):
        annuities = given.map(one, "annuities")
        by_year = {}
        for year in annuities:
            if not re.fullmatch(r"\d{1,3}", year):
                raise given.fault(annuities, year, f"{year!r} is not a patent year")
            by_year[int(year)] = given.amount(annuities, year, currency)
        filings.append(funding.Filing(given.text(one, "researcher"), given.day(one, "on"), given.amount(one, "cost", currency), by_year))
    held = given.held("funding", max((one.on for one in filings), default=None))
    scheme = funding.scheme_of(held)
    done = funding.fund(filings, scheme, currency, funding.warnings_of(held, scheme.rule))

    def text(minor: int) -> str:
        return Money(minor, currency).text()

    got = {
        "funded": [text(one.paid) for one in done],
        "annuities_funded": [{str(year): text(amount) for year, amount in one.annuities.items()} for one in done],
    }
    return got, [step for one in done for step in one.trace], funding.WORDS


def _reward_tax(given: Given) -> Answer:
    currency = given.currency(given.given, "CNY")
    paid = given.day(given.given, "paid_on")
    reward = rewards.Reward(
        given.amount(given.given, "cash_reward", currency), currency, given.day(given.given, "income_received_on"), paid,
        given.flag(given.given, "contract_registered"), given.flag(given.given, "publicised"), given.facts(),
    )  # fmt: skip
    done = rewards.counted_in_wages(given.held("reward_tax", paid), reward)
    return {"counted_in_wages": Money(done.amount, currency).text()}, done.trace, rewards.WORDS


def _tax(engine: Callable[..., rewards.Taxed], kind: str, key: str) -> Callable[[Given], Answer]:
    def run(given: Given) -> Answer:
        currency = given.currency(given.given)
        amount = given.amount(given.given, key, currency)
        held = given.held(kind)
        done = engine(held, amount, currency, given.facts())
        got: dict[str, Any] = {"tax": Money(done.amount, currency).text()}
        if kind == "withholding":
            rate = Fraction(held.chosen(kind, given.facts()).number("rate"))
            got["grossed_up"] = Money(royalty.grossed_up(amount, rate), currency).text()
        return got, done.trace, rewards.WORDS

    return run


def _own_use(given: Given) -> Answer:
    currency = given.currency(given.given)
    listed = given.given.get("profits")
    if not isinstance(listed, Seq):
        raise given.fault(given.given, "profits", "must be a list of amounts")
    profits = []
    for text in listed:
        if not isinstance(text, str) or not _AMOUNT.fullmatch(text):
            raise given.fault(given.given, "profits", f"{text!r} is not an amount")
        profits.append(Money.parse(text, currency).minor)
    years = given.whole(given.given, "years") if "years" in given.given else None
    done = rewards.own_use_reward(given.held("own_use"), profits, currency, years, given.facts())
    return {"rewards": [Money(one.amount, currency).text() for one in done]}, [step for one in done for step in one.trace], rewards.WORDS


def _award(given: Given) -> Answer:
    granted = given.day(given.given, "granted_on")
    amount, due, named = funding.award_of(given.held("award", granted), given.text(given.given, "right"), granted, given.facts())
    steps = [Step("award", {"amount": f"{amount.text()} {amount.currency}", "due": due}, named.rule.ground.basis, named.rule.ground.sure)]
    return {"amount": amount.text(), "due": due.isoformat()}, steps, _AWARD


def _incentive(given: Given) -> Answer:
    amount, named = funding.incentive_on_grant(given.held("incentive"), given.text(given.given, "right"), given.facts())
    steps = [Step("incentive", {"amount": f"{amount.text()} {amount.currency}"}, named.rule.ground.basis, named.rule.ground.sure)]
    return {"amount": amount.text()}, steps, _AWARD


def _grant(given: Given) -> Answer:
    held = given.held("grant")
    terms = grants.terms_of(held, given.facts())
    got: dict[str, Any] = {}
    steps: tuple[Step, ...] = ()
    if "costs" in given.given:
        done = grants.grant_for(terms, given.amount(given.given, "costs", terms.currency))
        got = {"grant": Money(done.grant, terms.currency).text(), "own": Money(done.own, terms.currency).text()}
        steps = done.trace
    door = grants.entry(held, given.facts())
    got["may_enter"] = str(door.allowed).lower()
    return got, steps, grants.WORDS


_AWARD = {
    "en": {"award": ("Award", "At least {amount}, by {due}."), "incentive": ("Incentive on grant", "{amount}.")},
    "zh-hans": {"award": ("奖金", "不少于{amount}，应于{due}前发放。"), "incentive": ("授权奖励", "{amount}。")},
}

_KINDS: dict[str, Callable[[Given], Answer]] = {
    "distribution": _distribution, "equity_split": _equity, "royalty": _royalty, "patent_funding": _patent_funding, "reward_tax": _reward_tax,
    "company_tax": _tax(rewards.company_tax, "company_tax", "gain"), "withholding": _tax(rewards.withheld_abroad, "withholding", "gross"),
    "vat": _tax(rewards.turnover_tax, "vat", "price"), "own_use": _own_use, "patent_award": _award, "incentive": _incentive, "grant": _grant,
}  # fmt: skip
