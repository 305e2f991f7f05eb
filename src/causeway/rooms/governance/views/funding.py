"""Trying funding rules on the portfolio: what the university would have paid of its own filings, for whom, and what later policy says against it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from causeway.engines.funding import Filing, fund, scheme_of
from causeway.engines.kernel import Money, Refusal
from causeway.engines.practice import Book, Change
from causeway.frame import access, asked, facts
from causeway.frame.access import Actor
from causeway.rooms.governance import mapping, selectors
from causeway.rooms.governance.choices import PolicyState, Subject
from causeway.rooms.governance.models import Policy
from causeway.rooms.governance.views.trying import KINDS, chart, who, whole

#: How many years back the portfolio is looked at, at most.
YEARS = 30


def page(query: Mapping[str, str], actor: Actor, language: str) -> dict[str, Any]:
    """Everything the page shows for an address: its choices, and what the rules would have paid."""
    on = selectors.today_at(actor)
    states = (PolicyState.DRAFT, PolicyState.PROPOSED, PolicyState.APPROVED)
    policies = list(access.visible(actor, Policy.objects.filter(subject=Subject.FUNDING, state__in=states)).select_related("copy").order_by("-holds_from", "-pk")[:40])
    listed = [(f"policy-{p.pk}", f"{selectors.standing(p, on)[0]}: {p.title}") for p in policies] + [(one.key, one.title) for one in mapping.packs(language) if one.subject == Subject.FUNDING and one.kind != "law"]
    b = query.get("b", "") if query.get("b", "") in dict(listed) else next((key for key, _label in listed), "")
    a = query.get("a", "") if query.get("a", "") in dict(listed) else "none"
    years = list(range(on.year - YEARS + 1, on.year + 1))
    first, last = asked.number(query.get("from")), asked.number(query.get("to"))
    last = last if last in years else on.year
    first = min(last, first if first in years else last - 4)
    made: dict[str, Any] = {"choices": listed, "none": [("none", _("no funding")), *listed], "a": a, "b": b, "years": years, "first": first, "last": last, "kinds": KINDS, "found": None, "fault": ""}
    if not b:
        return made
    rows = list(facts.read("asset.protection", actor, date(first, 1, 1), date(last, 12, 31)))
    laws = selectors.laws_here(actor.university_id)
    try:
        books = {key: _book(key, policies, laws, on) for key in {a, b} - {"none"}}
        made["found"] = _found(rows, books.get(a), books[b], language, on)
    except Refusal as refusal:
        made["fault"] = refusal.message
    return made


def _book(key: str, policies: list[Policy], laws: list[str], on: date) -> Book:
    policy = next((p for p in policies if f"policy-{p.pk}" == key), None)
    return mapping.policy_book(policy, policy.holds_from or on, laws) if policy else mapping.pack_book(key, laws)


def _paid(rows: list[facts.Row], book: Book | None, currency: str) -> list[tuple[facts.Row, int]]:
    """Each filing with what the rule of a book pays of it and of its yearly fees, in minor units; nothing without a book.

    The rules are taken as in force in all years, as for any question of what would have been.
    """
    if book is None:
        return [(row, 0) for row in rows]
    scheme = scheme_of(book.on(book.day_of("funding", None)))
    funded = fund([Filing(row.values["researcher"], row.on, row.values["cost"], row.values["fees"]) for row in rows], scheme, currency)
    return [(row, one.paid + sum(one.annuities.values())) for row, one in zip(rows, funded, strict=True)]


def _found(rows: list[facts.Row], a: Book | None, b: Book, language: str, on: date) -> dict[str, Any]:
    good = [row for row in rows if row.values["researcher"] and row.values["cost"] is not None and row.values["currency"]]
    currencies = sorted({row.values["currency"] for row in good})
    charts, people, units, figures = [], [], [], []
    for currency in currencies:
        mine = [row for row in good if row.values["currency"] == currency]
        before, after = _paid(mine, a, currency), _paid(mine, b, currency)
        charts.append(chart(_("Paid by the university by year of filing, %(currency)s") % {"currency": currency}, _by_year(before, after), currency))
        people += _changes(before, after, "researcher", currency)
        units += _changes(before, after, "unit", currency)
        spent = sum(row.values["cost"] + sum(row.values["fees"].values()) for row in mine)
        figures += [(_("paid under B"), whole(sum(m for _r, m in after), currency).lstrip("+")), (_("of all that was spent"), whole(spent, currency).lstrip("+"))]
    count = len({row.values["researcher"] for row in good})
    figures = figures[:2] + [(ngettext("researcher", "researchers", count), str(count)), (_("filings left out"), f"{len(rows) - len(good)} / {len(rows)}")]
    return {
        "count": len(good), "figures": figures, "charts": charts, "who": [part for part in (who(_("People"), people), who(_("Units"), units)) if part["rows"]],
        "left": _left(rows), "warnings": mapping.warnings_in(b, on, language), "changes": people,
    }  # fmt: skip


def _by_year(before: list[tuple[facts.Row, int]], after: list[tuple[facts.Row, int]]) -> list[tuple[str, int, int, int]]:
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for at, side in enumerate((before, after)):
        for row, minor in side:
            sums[str(row.on.year)][at] += minor
    return [(year, one, two, 0) for year, (one, two) in sorted(sums.items())]


def _changes(before: list[tuple[facts.Row, int]], after: list[tuple[facts.Row, int]], of: str, currency: str) -> list[Change]:
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for at, side in enumerate((before, after)):
        for row, minor in side:
            sums[row.values[of] or _("no unit")][at] += minor
    return sorted((Change(name, currency, one, two) for name, (one, two) in sums.items()), key=lambda one: (-one.difference, one.who))


def _left(rows: list[facts.Row]) -> list[dict[str, Any]]:
    """Filings the rules cannot be tried on, and why."""
    reasons = {_("No inventor is recorded"): [r for r in rows if not r.values["researcher"]], _("No cost is recorded"): [r for r in rows if r.values["researcher"] and r.values["cost"] is None]}
    return [{"why": why, "count": len(found), "which": "; ".join(r.title for r in found[:4])} for why, found in reasons.items() if found]


def table(made: dict[str, Any]) -> tuple[list[str], list[str], list[list[Any]]]:
    """What each researcher would have got, as one table."""
    heads, keys = [_("Researcher"), _("Currency"), "A", "B", _("B less A")], ["researcher", "currency", "a", "b", "difference"]
    return heads, keys, [[c.who, c.currency, *(Money(m, c.currency).text() for m in (c.before, c.after, c.difference))] for c in made["found"]["changes"]]
