"""Trying policies on past receipts: what the address asks for, the simulation, and its figures as charts and tables. Nothing is written."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from causeway.engines.distribution import Contributor
from causeway.engines.kernel import Money, Refusal, exponent
from causeway.engines.packs.units import ValueFault
from causeway.engines.practice import Book, Change, Outcome, Row, changes, simulate
from causeway.frame import access, asked
from causeway.frame.access import Actor
from causeway.kit.show import day, money
from causeway.rooms.governance import mapping, selectors
from causeway.rooms.governance.choices import PolicyState, Subject
from causeway.rooms.governance.models import DataSet, Policy

KINDS = ("csv", "xlsx", "json")
#: How many people or units a list of winners and losers shows; the export has all.
SHOWN = 20


@dataclass(frozen=True)
class Side:
    """A or B of a simulation: its key in the address, its name, its book."""

    key: str
    name: str
    text: str
    book: Book
    policy: Policy | None
    changes: dict[str, str]


def page(query: Mapping[str, str], actor: Actor, language: str) -> dict[str, Any]:
    """Everything the page shows for an address: its choices, and what the simulation found or why it could not run."""
    on = selectors.today_at(actor)
    laws = _laws(query, actor)
    policies = _policies(actor)
    choices = [(f"policy-{p.pk}", f"{selectors.standing(p, on)[0]}: {p.title}") for p in policies] + [(one.key, one.title) for one in mapping.packs(language) if one.tryable]
    keys = dict(choices)
    data = _data(query, actor)
    a = query.get("a", "") if query.get("a", "") in keys else _default_a(policies, on, choices)
    b = query.get("b", "") if query.get("b", "") in keys else next((key for key, _label in choices if key != a), a)
    years = selectors.years(data) if data else []
    first, last = _span(query, years)
    made: dict[str, Any] = {
        "choices": choices, "a": a, "b": b, "laws": [("here", _("As we stand under it")), *mapping.law_choices(language)], "law": query.get("law", "here"),
        "sets": [(one.pk, f"{one.name} ({one.count})") for one in access.visible(actor, DataSet.objects.all()).order_by("name")], "data": data.pk if data else None, "years": years,
        "first": first, "last": last, "kinds": KINDS, "found": None, "fault": "",
    }  # fmt: skip
    if data is None or not choices:
        return made
    try:
        sides = [_side(a, policies, laws, on, {}, language), _side(b, policies, laws, on, _asked(query), language)]
        made |= _found(sides, data, first, last, language, on) | _around(query, sides[1], on, language, laws, actor)
        made |= {"a_text": sides[0].text, "b_text": sides[1].text, "law_text": " ".join(mapping.floor_in_words(sides[1].book, on))}
    except (Refusal, ValueFault) as fault:
        made["fault"] = str(fault)
    made["kept"] = _kept(made, data, on)
    return made


def _policies(actor: Actor) -> list[Policy]:
    states = (PolicyState.DRAFT, PolicyState.PROPOSED, PolicyState.APPROVED)
    rows = access.visible(actor, Policy.objects.filter(subject=Subject.DISTRIBUTION, state__in=states)).select_related("copy")
    return list(rows.order_by("-holds_from", "-pk")[:40])


def _default_a(policies: list[Policy], on: date, choices: list[tuple[str, Any]]) -> str:
    """What is in force, else the first law's default."""
    current = next((p for p in policies if p.state == PolicyState.APPROVED and p.holds_from and p.holds_from <= on and (p.holds_to is None or p.holds_to >= on)), None)
    return f"policy-{current.pk}" if current else next((key for key, _label in choices if key.startswith("law-")), choices[0][0] if choices else "")


def _laws(query: Mapping[str, str], actor: Actor) -> list[str]:
    chosen = query.get("law", "here")
    return selectors.laws_here(actor.university_id) if chosen not in dict(mapping.law_choices()) else [chosen]


def _data(query: Mapping[str, str], actor: Actor) -> DataSet | None:
    rows = access.visible(actor, DataSet.objects.select_related("records"))
    return rows.filter(pk=asked.number(query.get("data"))).first() or rows.order_by("-pk").first()


def _span(query: Mapping[str, str], years: list[int]) -> tuple[int | None, int | None]:
    if not years:
        return None, None
    first, last = (year if (year := asked.number(query.get(key))) in years else None for key in ("from", "to"))
    first, last = first or years[0], last or years[-1]
    return min(first, last), max(first, last)


def _asked(query: Mapping[str, str]) -> dict[str, str]:
    """The one value changed with the slider."""
    place, value = query.get("place", ""), query.get("value", "")
    return {place: f"{value} %"} if place and asked.number(value) is not None and query.get("b", "") == query.get("tried", query.get("b", "")) else {}


def _side(key: str, policies: list[Policy], laws: list[str], on: date, asked: dict[str, str], language: str) -> Side:
    policy = next((p for p in policies if f"policy-{p.pk}" == key), None)
    book = mapping.policy_book(policy, policy.holds_from or on, laws) if policy else mapping.pack_book(key, laws)
    info = mapping.pack_info(policy.copy.pack if policy else key, language)
    name = policy.title if policy else info.title if info else key
    known = {place: text for place, text in asked.items() if place in book.values}
    if known:
        book = book.with_values(known)
    return Side(key, name, _parts_in_words(book, on, language), book, policy, known)


def _parts_in_words(book: Book, on: date, language: str) -> str:
    """"70 inventors, 15 institute, 15 university" as far as the parts are plain shares."""
    try:
        named = book.on(book.nearest(on.toordinal())).chosen("distribution", {})
        env = named.held.env(named.rule.pack)
        shares = {part: None if share is None else Fraction(share.run(env)) for part, share in (named.rule.fields.get("parts") or {}).items()}
    except Refusal as refusal:
        return refusal.message
    rest = 1 - sum((share for share in shares.values() if share is not None), Fraction(0))
    words = {"inventors": _("inventors"), "institute": _("institute"), "institution": _("institution"), "university": _("university"), "management": _("as the board decides")}
    return ", ".join(f"{float((rest if share is None else share) * 100):g} {words.get(part, part)}" for part, share in shares.items()) or _("in tiers")


# --- the simulation -----------------------------------------------------------------------------------------------------------------------------


def _rows(data: DataSet, first: int | None, last: int | None) -> Iterator[Row]:
    people: dict[str, tuple[Contributor, ...]] = {}
    for line, one in enumerate(selectors.receipts(data), 1):
        on = date.fromisoformat(one["on"])
        if first is not None and last is not None and not first <= on.year <= last:
            continue
        key = repr((one["inventors"], one["unit"]))
        if key not in people:
            people[key] = tuple(Contributor(name, Fraction(weight), unit=one["unit"]) for name, weight in one["inventors"])
        currency = one["currency"]
        yield Row(on, Money.parse(one["amount"], currency).minor, currency, one["technology"], Money.parse(one["costs"] or "0", currency).minor, people[key], (), line)


def _found(sides: list[Side], data: DataSet, first: int | None, last: int | None, language: str, on: date) -> dict[str, Any]:
    began = time.perf_counter()
    outcomes = simulate(_by_day(data, first, last), {"A": sides[0].book, "B": sides[1].book})
    a, b = outcomes["A"], outcomes["B"]
    seconds = time.perf_counter() - began
    currencies = sorted({currency for _year, currency in [*a.received, *b.received]})
    sections = [who(_("People"), changes(a, b, "people")), who(_("Institutes"), changes(a, b, "units")), who(_("Where it goes"), _parts(a, b))]
    found = {
        "count": b.rows, "span": f"{first}" if first == last else _("%(first)s to %(last)s") % {"first": first, "last": last}, "seconds": f"{seconds:.2f}", "figures": _figures(a, b, currencies),
        "charts": [_chart(a, b, currency) for currency in currencies], "who": [part for part in sections if part["rows"]], "refused": _refused(a, b), "a": a, "b": b, "currencies": currencies,
    }  # fmt: skip
    return {"found": found}


def _by_day(data: DataSet, first: int | None, last: int | None) -> list[Row]:
    """Receipts by day, as costs are carried from one to the next."""
    return sorted(_rows(data, first, last), key=lambda row: (row.on, row.line))


def signed(minor: int, currency: str) -> str:
    return f"{'+' if minor > 0 else '−' if minor < 0 else ''}{money(abs(minor), currency)}"


def whole(minor: int, currency: str) -> str:
    """A difference in whole units, for figures that are read at a glance."""
    unit = 10 ** exponent(currency)
    text = money(abs(minor) // unit * unit, currency)
    return f"{'+' if minor > 0 else '−' if minor < 0 else ''}{text.removesuffix('.00')}"


def _figures(a: Outcome, b: Outcome, currencies: list[str]) -> list[tuple[str, str]]:
    people = changes(a, b, "people")
    gain, lose = ({one.who for one in people if one.difference > 0}, {one.who for one in people if one.difference < 0})
    figures = [(_("for inventors under B, less A"), whole(b.total("inventors", c) - a.total("inventors", c), c)) for c in currencies[:2]]
    rest = [(c, sum(b.total(part, c) - a.total(part, c) for part in ("university", "institution", "institute", "management"))) for c in currencies[:1]]
    figures += [(_("for institutes and university"), whole(minor, c)) for c, minor in rest]
    figures.append((_("people gain, %(n)s lose") % {"n": len(lose)}, str(len(gain))))
    refused = max(a.rows - a.shared, b.rows - b.shared)
    figures.append((ngettext("receipt refused", "receipts refused", refused), f"{refused} / {b.rows}"))
    return figures


def _parts(a: Outcome, b: Outcome) -> list[Change]:
    names = sorted({(part, currency) for _year, part, currency in [*a.parts, *b.parts]})
    words = {"inventors": _("Inventors"), "institute": _("Institute"), "institution": _("Institution"), "university": _("University"), "management": _("As the board decides")}
    return sorted((Change(str(words.get(part, part)), c, a.total(part, c), b.total(part, c)) for part, c in names), key=lambda one: -one.difference)


def who(title: str, rows: list[Change]) -> dict[str, Any]:
    rows = [one for one in rows if one.difference]
    picked = rows if len(rows) <= SHOWN else rows[: SHOWN // 2] + rows[-SHOWN // 2 :]
    top = max((abs(one.difference) for one in picked), default=1)
    return {"title": title, "more": len(rows) - len(picked), "rows": [_bar(one, top) for one in picked]}


def _bar(one: Change, top: int) -> dict[str, Any]:
    width = round(158 * abs(one.difference) / top, 1)
    return {"name": one.who, "second": f"{money(one.before, one.currency)} → {money(one.after, one.currency)}", "less": signed(one.difference, one.currency), "w": width,
            "x": 161 if one.difference > 0 else round(160 - width, 1)}  # fmt: skip


def _chart(a: Outcome, b: Outcome, currency: str) -> dict[str, Any]:
    """The inventors' part a year under A and B, over the law's floor."""
    years = sorted({year for year, c in [*a.received, *b.received] if c == currency})
    rows = [(year, a.parts.get((year, "inventors", currency), 0), b.parts.get((year, "inventors", currency), 0), max(a.floor.get((year, currency), 0), b.floor.get((year, currency), 0))) for year in years]
    return chart(_("Inventors' part by year, %(currency)s") % {"currency": currency}, rows, currency)


def chart(title: str, rows: list[tuple[str, int, int, int]], currency: str) -> dict[str, Any]:
    """Two bars a year and a floor, with the table of the same figures. rows: year, A, B, floor (0: none), in minor units."""
    top = max((max(row[1:]) for row in rows), default=0) or 1
    step = 656 / max(1, len(rows))
    width = min(38.0, step / 3)
    bars = [_year(row, 44 + at * step, step, width, top) for at, row in enumerate(rows)]
    grid = [{"y": round(212 - 180 * part / 4, 1), "t": round(216 - 180 * part / 4, 1), "label": _short(top * part // 4, currency)} for part in range(1, 5)]
    table = [{"year": y, "a": money(one, currency), "b": money(two, currency), "floor": money(floor, currency) if floor else "", "less": signed(two - one, currency)} for y, one, two, floor in rows]
    sums = [sum(row[at] for row in rows) for at in (1, 2, 3)]
    return {"title": title, "bars": bars, "grid": grid, "rows": table,
            "all": {"a": money(sums[0], currency), "b": money(sums[1], currency), "floor": money(sums[2], currency) if sums[2] else "", "less": signed(sums[1] - sums[0], currency)}}  # fmt: skip


def _year(row: tuple[str, int, int, int], left: float, step: float, width: float, top: int) -> dict[str, Any]:
    year, a, b, floor = row
    middle = left + step / 2
    ha, hb, hf = (round(180 * minor / top, 1) for minor in (a, b, floor))
    return {"year": year, "xa": round(middle - width - 2, 1), "xb": round(middle + 2, 1), "w": round(width, 1), "ha": ha, "hb": hb, "ya": 212 - ha, "yb": 212 - hb, "floor": floor,
            "yf": round(212 - hf, 1), "x1": round(middle - width - 8, 1), "x2": round(middle + width + 8, 1), "mid": round(middle, 1)}  # fmt: skip


def _short(minor: int, currency: str) -> str:
    whole = float(Money(minor, currency).text())
    return f"{whole / 1e6:.1f} m" if whole >= 1e6 else f"{whole / 1e3:.0f} k" if whole >= 1e3 else f"{whole:.0f}"


def _refused(a: Outcome, b: Outcome) -> list[dict[str, Any]]:
    """Refusals by reason, with the policy and some of the receipts."""
    counted: dict[str, dict[str, int]] = defaultdict(dict)
    which: dict[str, list[str]] = defaultdict(list)
    for name, outcome in (("A", a), ("B", b)):
        for (_code, message), count in outcome.refusals.items():
            counted[message][name] = count
        for one in outcome.refused:
            which[one.message].append(f"{one.technology or _('receipt')} {day(one.on)}")
    return [{"why": why, "policy": ", ".join(names), "count": max(names.values()), "which": "; ".join(dict.fromkeys(which[why][:4]))} for why, names in counted.items()]


# --- around it ----------------------------------------------------------------------------------------------------------------------------------


def _around(query: Mapping[str, str], side: Side, on: date, language: str, laws: list[str], actor: Actor) -> dict[str, Any]:
    """The slider, what the figures rest on, and what can be done next."""
    copy_values = mapping.values_of(side.policy.copy, side.policy.changes | side.changes, on, language, laws) if side.policy else mapping.pack_values(side.key, on, language)
    shares = [one for one in copy_values if one.unit == "share" and not one.locked]
    keep = side.policy if side.policy is not None and side.policy.state == PolicyState.DRAFT and not side.changes and access.may(actor, "policy.update", side.policy).allowed else None
    draft = ""
    if access.may(actor, "policy.create").allowed:
        more = {"place": next(iter(side.changes)), "value": next(iter(side.changes.values()))} if side.changes else {}
        draft = f"{reverse('governance:draft')}?{urlencode({'pack': side.policy.copy.pack if side.policy else side.key, **more})}"
    return {"slider": _slider(query, shares, side), "rests": [_rest(one) for one in copy_values if one.unit == "share"][:8], "keep_with": keep, "draft_url": draft}


def _rest(one: mapping.Value) -> dict[str, Any]:
    return {"label": f"{one.label}: {one.shown}", "source": one.source, "verified": one.verified}


def _slider(query: Mapping[str, str], shares: list[mapping.Value], side: Side) -> dict[str, Any] | None:
    if not shares:
        return None
    chosen = next((one for one in shares if one.place == query.get("place")), shares[0])
    current = side.changes.get(chosen.place, chosen.current)
    value = round(_percent(current))
    floor = round(_percent(chosen.floor)) if chosen.floor else 0
    text = _("At least %(floor)s by law: %(source)s. Lower values show what would be refused.") % {"floor": chosen.floor, "source": chosen.floor_source} if chosen.floor else _("No law sets a floor for this value.")
    return {"choices": shares, "place": chosen.place, "label": chosen.label, "value": value, "min": 0, "floor": floor, "text": text}


def _percent(text: str) -> float:
    clean = text.strip().replace(" ", "")
    try:
        return float(Fraction(clean[:-1])) if clean.endswith("%") else float(Fraction(clean) * 100)
    except (ValueError, ZeroDivisionError):
        return 50.0


def _kept(made: dict[str, Any], data: DataSet, on: date) -> dict[str, Any]:
    """The figures as a draft keeps them."""
    if not made.get("found"):
        return {}
    return {"on": day(on), "data": f"{data.name}, {made['found']['span']}", "digest": data.records.sha256, "figures": [list(one) for one in made["found"]["figures"]]}


def table(made: dict[str, Any]) -> tuple[list[str], list[str], list[list[Any]]]:
    """Every figure of a simulation as one table: kind, who, year, currency, A, B, difference."""
    a, b = made["found"]["a"], made["found"]["b"]
    heads, keys = [_("Kind"), _("Who"), _("Year"), _("Currency"), "A", "B", _("B less A")], ["kind", "who", "year", "currency", "a", "b", "difference"]
    rows: list[list[Any]] = []

    def add(kind: str, who: str, year: str, currency: str, one: int, two: int) -> None:
        rows.append([kind, who, year, currency, Money(one, currency).text(), Money(two, currency).text(), Money(two - one, currency).text()])

    for year, part, currency in sorted(a.parts.keys() | b.parts.keys()):
        add(_("part"), part, year, currency, a.parts.get((year, part, currency), 0), b.parts.get((year, part, currency), 0))
    for year, who, currency in sorted(a.people_by_year.keys() | b.people_by_year.keys()):
        add(_("person"), who, year, currency, a.people_by_year.get((year, who, currency), 0), b.people_by_year.get((year, who, currency), 0))
    for who, currency in sorted(a.units.keys() | b.units.keys()):
        add(_("unit"), who, "", currency, a.units.get((who, currency), 0), b.units.get((who, currency), 0))
    rows += [[_("refused"), row["which"], "", "", row["policy"], row["count"], row["why"]] for row in made["found"]["refused"]]
    return heads, keys, rows
