"""A university's own figures: entered with their source, brought in from a table, or counted from its records."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from causeway.engines.indicators import Figure, shipped_catalogue
from causeway.engines.indicators.catalogue import Counting, Part
from causeway.engines.indicators.questionnaire import decimal
from causeway.engines.kernel import exponent
from causeway.frame import access, audit, facts, preferences
from causeway.frame.access import Actor
from causeway.frame.facts import Row
from causeway.rooms.network.mapping.figures import fault, figures_of_csv, stored
from causeway.rooms.network.models import FigureState, OwnFigure


class Counted(NamedTuple):
    """What counting gave: how many figures were stored, those a person had entered otherwise, and those that could not be counted, with why."""

    stored: int
    differing: list[tuple[str, str, str]]
    not_counted: list[tuple[str, str]]


def figure_enter(*, actor: Actor, figure: str, year: int, value: str = "", state: str = "known", currency: str = "", source: str, revision: int | None = None) -> OwnFigure:
    """Enter a figure with its source; it takes the place of a counted one. A figure with a formula is not entered but follows from its parts."""
    access.require(actor, "ownfigure.enter")
    part = shipped_catalogue().parts.get(figure)
    if part is None:
        raise ValidationError({"figure": _("There is no such figure.")})
    if not source.strip():
        raise ValidationError({"source": _("Say where the figure comes from: a report, a table, a person.")})
    if not 1900 <= year <= timezone.now().year + 1:
        raise ValidationError({"year": _("This is no year to report on.")})
    digits, places = _number(part, value, currency) if state == FigureState.KNOWN else (None, 0)
    found = OwnFigure.objects.filter(figure=figure, year=year).first()
    with audit.changing(found or OwnFigure(figure=figure, year=year), by=actor, verb="figure.enter", revision=revision if found else None) as made:
        made.digits, made.places, made.state = digits, places, state
        made.currency = currency.upper() if part.unit == "currency" and state == FigureState.KNOWN else ""
        made.how, made.source, made.by, made.at = OwnFigure.How.ENTERED, source.strip()[:500], actor.name, timezone.now()
    return made


def _number(part: Part, value: str, currency: str) -> tuple[int, int]:
    number = decimal(value)
    if number is None:
        raise ValidationError({"value": _("“%(value)s” is no number, or could be read in two ways.") % {"value": value[:40]}})
    if wrong := fault(part, number, currency, shipped_catalogue()):
        raise ValidationError(dict([wrong]))
    return stored(number)


def figure_remove(*, actor: Actor, obj: OwnFigure, why: str = "") -> None:
    """Take a figure away; its history stays."""
    access.require(actor, "ownfigure.enter", obj)
    with audit.batch(by=actor, verb="figure.remove", why=why, objects=1) as work:
        work.remove(OwnFigure, [obj.pk])


def figures_import(*, actor: Actor, text: str, source: str) -> tuple[int, list[tuple[int, str]]]:
    """Bring figures in from a table (figure, year, value, currency). Returns how many were stored, and the problems by line."""
    access.require(actor, "ownfigure.enter")
    if not source.strip():
        raise ValidationError({"source": _("Say where the figures come from.")})
    try:
        years, problems = figures_of_csv(text, shipped_catalogue())
    except ValueError as fault:
        raise ValidationError({"file": str(fault)}) from None
    count = 0
    for year, figures in years.items():
        count += _put(actor, year, figures, OwnFigure.How.ENTERED, {id: source.strip()[:500] for id in figures}, "figure.import")
    return count, problems


def _put(actor: Actor, year: int, figures: Mapping[str, Figure], how: str, sources: Mapping[str, str], verb: str) -> int:
    known = {one.figure: one for one in OwnFigure.objects.filter(year=year, figure__in=list(figures))}
    new, changed = [], []
    for id, figure in figures.items():
        digits, places = stored(figure.number) if figure.number is not None else (None, 0)
        one = known.get(id) or OwnFigure(figure=id, year=year)
        before = (one.digits, one.places, one.state, one.currency, one.how, one.source)
        one.digits, one.places, one.state, one.currency, one.how, one.source = digits, places, figure.state, figure.currency, how, sources[id]
        if one.pk is None or before != (one.digits, one.places, one.state, one.currency, one.how, one.source):
            one.by, one.at = actor.name, timezone.now()
            (changed if one.pk else new).append(one)
    if new or changed:
        with audit.batch(by=actor, verb=verb, objects=len(new) + len(changed)) as work:
            work.add(new)
            work.change(changed, ["digits", "places", "state", "currency", "how", "source", "by", "at"])
    return len(new) + len(changed)


# --- counting ------------------------------------------------------------------------------------------------------------------------


def countable() -> dict[str, Counting]:
    """The figures that the rooms of this installation can count, by id."""
    here = {fact.key for fact in facts.known()}
    return {id: one for id, one in shipped_catalogue().counted.items() if one.fact in here}


def rows_behind(actor: Actor, figure: str, year: int) -> list[Row]:
    """The records that a counted figure of a reporting year is made of, oldest first."""
    counting = countable().get(figure)
    if counting is None:
        return []
    start, end = reporting_year(actor, year)
    if shipped_catalogue().parts[figure].period.startswith("stock"):
        start = end
    rows = [row for row in facts.read(counting.fact, actor, start, end) if counting.fits(row.values)]
    if counting.measure == "distinct":
        return list({row.record: row for row in rows}.values())
    return rows


def reporting_year(actor: Actor, year: int) -> tuple[date, date]:
    """The first and last day of a reporting year of the actor's university, as its settings say."""
    return span(year, preferences.get("network.year_starts", university=actor.university_id))


def last_ended(actor: Actor, on: date) -> int:
    """The last reporting year that is over on a day."""
    return on.year - 1 if reporting_year(actor, on.year - 1)[1] < on else on.year - 2


def span(year: int, start_month: int = 1) -> tuple[date, date]:
    """The first and last day of a reporting year that begins in a month (1 for the calendar year, 8 for August to July)."""
    last_year, last_month = (year, 12) if start_month == 1 else (year + 1, start_month - 1)
    return date(year, start_month, 1), date(last_year, last_month, calendar.monthrange(last_year, last_month)[1])


def measure(actor: Actor, figure: str, year: int) -> Figure | str:
    """A figure counted from the records, or why it cannot be."""
    counting, rows = countable()[figure], rows_behind(actor, figure, year)
    if counting.measure != "sum":
        return Figure(Fraction(len(rows)))
    currencies = {row.values.get("currency") for row in rows}
    if len(currencies) > 1:
        return _("The amounts are in %(names)s; enter the sum in one currency, with the rate as its source.") % {"names": ", ".join(sorted(str(one) for one in currencies))}
    if not rows:
        return _("Nothing is recorded in that year, which need not mean that nothing was spent.")
    currency = str(currencies.pop())
    total = sum(row.values[counting.of] or 0 for row in rows)
    return Figure(Fraction(total, 10 ** exponent(currency)), currency)


def figures_count(*, actor: Actor, year: int) -> Counted:
    """Count the figures of a year from the records. What a person entered stays; where the records say otherwise it is told."""
    access.require(actor, "ownfigure.count")
    entered = {one.figure: one for one in OwnFigure.objects.filter(year=year, how=OwnFigure.How.ENTERED)}
    found: dict[str, Figure] = {}
    differing, not_counted = [], []
    for id in countable():
        answer = measure(actor, id, year)
        if isinstance(answer, str):
            not_counted.append((id, answer))
        elif id in entered:
            if entered[id].number != answer.number:
                differing.append((id, str(entered[id].number), str(answer.number)))
        else:
            found[id] = answer
    start, end = reporting_year(actor, year)
    source = _("Counted from the records of %(start)s to %(end)s on %(day)s") % {"start": start, "end": end, "day": timezone.now().date()}
    return Counted(_put(actor, year, found, OwnFigure.How.COUNTED, dict.fromkeys(found, source), "figure.count"), differing, not_counted)
