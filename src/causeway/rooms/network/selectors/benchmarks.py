"""Reads of figures and benchmarks, and the points of their charts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from causeway.engines.indicators import Figure, check_year, completed, per, shipped_catalogue
from causeway.engines.indicators.benchmark import NORMS
from causeway.engines.indicators.catalogue import Indicator, Part
from causeway.frame import access
from causeway.frame.access import Actor
from causeway.frame.models import Job
from causeway.rooms.network.mapping.figures import by_year, figure_of
from causeway.rooms.network.models import Collection, Contribution, Edition, EditionCell, OwnFigure


def norm_label(norm: str) -> str:
    """A norm in words."""
    return {"none": _("as it is"), "research": _("per million of research spend"), "staff": _("per 1,000 research staff"), "office": _("per person of the transfer office")}[norm]


def told(number: Fraction | None, unit: str, currency: str = "") -> str:
    """A figure as people read it: rounded here and nowhere before. Large amounts keep four digits that count."""
    if number is None:
        return ""
    absolute = abs(number)
    if unit == "currency" and absolute >= 1_000_000:
        big, word = (1_000_000_000, _("bn")) if absolute >= 1_000_000_000 else (1_000_000, _("m"))
        return f"{currency} {_places(number / big, 2)} {word}".strip()
    places = 0 if number.denominator == 1 else 4 if unit == "ratio" or absolute < 1 else 2 if absolute < 1000 else 0
    return f"{currency if unit == 'currency' else ''} {_places(number, places)}".strip()


def _places(number: Fraction, places: int) -> str:
    """Rounded as `_fixed` does, without decimals that are zero at the end."""
    text = _fixed(number, places)
    return text.rstrip("0").rstrip(".") if places else text


@dataclass(frozen=True)
class Scale:
    """How the figures of one table are told alike: divided by the same, with the same number of decimals. unit: what stands in the heads of the columns."""

    divisor: int
    places: int
    unit: str

    def told(self, number: Fraction) -> str:
        """A figure without its unit."""
        return _fixed(number / self.divisor, self.places)


def scale_of(numbers: Sequence[Fraction], unit: str, currency: str = "") -> Scale:
    """The scale of a table with these figures. unit: as in the catalogue; amounts are told in millions or billions where all of them are that large."""
    sizes = [abs(number) for number in numbers if number] or [Fraction(1)]
    divisor, word = 1, ""
    if unit == "currency" and max(sizes) >= 1_000_000:
        divisor, word = (1_000_000_000, _("bn")) if min(sizes) >= 1_000_000_000 else (1_000_000, _("m")) if min(sizes) >= 100_000 else (1, "")
    scaled = [number / divisor for number in numbers]
    largest = max((abs(number) for number in scaled), default=Fraction(0))
    most = 0 if all(number.denominator == 1 for number in scaled) else 4 if unit == "ratio" or largest < 1 else 2 if largest < 10_000 else 0
    texts = [_fixed(number, most) for number in scaled]
    places = most - min((len(text) - len(text.rstrip("0")) for text in texts), default=0) if most else 0
    label = {"currency": f"{currency} {word}".strip(), "count": _("number"), "ratio": _("ratio")}.get(unit, unit)
    return Scale(divisor, max(0, places), label)


def _fixed(number: Fraction, places: int) -> str:
    """Rounded half away from zero to so many decimals, all of them shown, with groups of three and a true minus."""
    scaled = abs(number) * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    text = f"{whole // 10**places:,}" + (f".{whole % 10**places:0{places}d}" if places else "")
    return f"−{text}" if number < 0 and whole else text


# --- own figures ---------------------------------------------------------------------------------------------------------------------


def years_of(actor: Actor) -> list[int]:
    """The years the university has figures of, latest first."""
    return sorted(set(access.visible(actor, OwnFigure.objects.all()).values_list("year", flat=True)), reverse=True)


def own(actor: Actor, years: Sequence[int]) -> dict[int, dict[str, OwnFigure]]:
    """Own figures by year and id."""
    made: dict[int, dict[str, OwnFigure]] = {}
    for one in access.visible(actor, OwnFigure.objects.filter(year__in=list(years))):
        made.setdefault(one.year, {})[one.figure] = one
    return made


def catalogue_rows(actor: Actor, year: int, survey: str = "", text: str = "", filled: bool = False) -> list[dict[str, Any]]:
    """Indicators by group with the university's figures of a year and what follows from them by formula."""
    catalogue, language = shipped_catalogue(), get_language() or "en"
    here = own(actor, [year]).get(year, {})
    figures = completed({id: figure_of(one) for id, one in here.items()}, catalogue)
    rows: dict[str, list[dict[str, Any]]] = {}
    wanted = text.casefold()
    for one in catalogue.indicators.values():
        if survey and (survey not in one.surveys or one.surveys[survey].match == "none"):
            continue
        if wanted and not any(wanted in part.casefold() for part in (one.code, *one.name.values(), one.definition, one.said("definition", language))):
            continue
        parts = [_part_row(part, figures.get(part.id), here.get(part.id), language) for part in one.parts]
        if filled and not any(part["value"] for part in parts):
            continue
        rows.setdefault(one.group, []).append({"indicator": one, "name": one.called(language), "parts": parts, "surveys": [code for code, asked in one.surveys.items() if asked.match != "none"]})
    return [{"group": group, "title": group_label(group), "rows": items} for group, items in rows.items()]


def group_label(group: str) -> str:
    """A group of indicators in words."""
    known = {
        "input": _("What goes in"), "ip": _("Results and rights"), "contracts": _("Research and service contracts"), "deals": _("Licences, sales, shares"), "income": _("Income"),
        "companies": _("Companies"), "rewards": _("Rewards to people"), "people": _("People"), "process": _("How fast and how sure"), "programmes": _("Programmes"), "ratios": _("Ratios"), "impact": _("Effects"),
    }  # fmt: skip
    return known.get(group, group)


def period_label(period: str) -> str:
    """Over which time an indicator counts, in words."""
    known = {
        "flow": _("in the reporting year"), "stock": _("at the end of the reporting year"), "stock at year end": _("at the end of the reporting year"),
        "stock or yearly average": _("at the end of the reporting year, or its average"), "stock and new": _("at the end of the reporting year, and new in it"),
        "flow and stock": _("in the reporting year, and at its end"), "stock and flow": _("at the end of the reporting year, and in it"), "cohort": _("by the year of the first event"),
    }  # fmt: skip
    return known.get(period, period)


def _part_row(part: Part, figure: Figure | None, stored: OwnFigure | None, language: str) -> dict[str, Any]:
    value = ""
    if figure is not None:
        value = told(figure.number, part.unit, figure.currency) if figure.known else _("not available") if figure.state == "unavailable" else _("does not apply")
    return {"part": part, "name": "" if part.key == "value" else part.name.get(language) or part.name.get("en", part.key), "value": value, "stored": stored,
            "follows": figure is not None and stored is None, "unit": part.unit}  # fmt: skip


def doubts(actor: Actor, year: int) -> list[dict[str, Any]]:
    """What should be looked at again in a year's figures, errors first."""
    catalogue, language = shipped_catalogue(), get_language() or "en"
    years = by_year(one for rows in own(actor, [year, year - 1]).values() for one in rows.values())
    found = check_year(completed(years.get(year, {}), catalogue), completed(years.get(year - 1, {}), catalogue), catalogue)
    made = []
    for one in found:
        unit = catalogue.parts[one.figures[0]].unit if one.figures[0] in catalogue.parts else ""
        names = [f"{id} {catalogue.indicators[id.split('.')[0]].called(language)}" for id in one.figures if id.split(".")[0] in catalogue.indicators]
        made.append({"doubt": one, "text": one.text.get(language) or one.text.get("en", ""), "figures": names, "codes": [id.split(".")[0] for id in one.figures],
                     "left": told(one.left, unit), "right": told(one.right, unit)})  # fmt: skip
    return made


def history(actor: Actor, indicator: Indicator) -> list[dict[str, Any]]:
    """The figures of an indicator over the years, latest first, with where each comes from."""
    catalogue = shipped_catalogue()
    rows = own(actor, years_of(actor))
    made = []
    for year in sorted(rows, reverse=True):
        figures = completed({id: figure_of(one) for id, one in rows[year].items()}, catalogue)
        parts = [_part_row(part, figures.get(part.id), rows[year].get(part.id), get_language() or "en") for part in indicator.parts]
        if any(one["value"] for one in parts):
            made.append({"year": year, "parts": parts})
    return made


# --- benchmarks ----------------------------------------------------------------------------------------------------------------------


def collections(actor: Actor) -> list[dict[str, Any]]:
    """Every benchmark with its latest edition."""
    editions: dict[int, Edition] = {}
    for edition in access.visible(actor, Edition.objects.all()).order_by("number"):
        editions[edition.collection_id] = edition
    return [{"collection": one, "edition": editions.get(one.pk)} for one in access.visible(actor, Collection.objects.all()).order_by("title")]


def latest(collection: Collection) -> Edition | None:
    """The latest edition."""
    return Edition.objects.filter(collection=collection).order_by("-number").first()


#: So long the page says what came of publishing.
SAID_FOR = timedelta(hours=1)


def publishing(actor: Actor, collection: Collection) -> dict[str, Any]:
    """The work of publishing a benchmark that the university asked for: under way, failed, or just done. For its page."""
    jobs = Job.objects.filter(university_id=actor.university_id, name="network.publish", args__collection=collection.pk)
    job = jobs.order_by("-pk").first()
    if job is None:
        return {}
    result = job.result or {}
    recent = job.finished_at is not None and timezone.now() - job.finished_at < SAID_FOR
    return {
        "job": job, "working": job.state in (Job.State.QUEUED, Job.State.RUNNING), "again": job.state == Job.State.QUEUED and bool(job.error),
        "failed": job.state == Job.State.FAILED, "fault": result.get("fault", "") if recent else "", "published": result if recent and "number" in result else None,
    }  # fmt: skip


def choices(edition: Edition) -> dict[str, list[str]]:
    """The figures an edition tells, and for each the norms."""
    made: dict[str, list[str]] = {}
    for figure, norm in EditionCell.objects.filter(edition=edition).order_by("figure", "norm").values_list("figure", "norm").distinct():
        made.setdefault(figure, []).append(norm)
    return {figure: sorted(norms, key=list(NORMS).index) for figure, norms in made.items()}


def cells_of(edition: Edition, figure: str, norm: str) -> list[EditionCell]:
    """The cells of a figure under a norm, all groups and years."""
    return list(EditionCell.objects.filter(edition=edition, figure=figure, norm=norm).order_by("year"))


def own_line(actor: Actor, collection: Collection, figure: str, norm: str) -> dict[int, Fraction]:
    """The actor's university's own figure over the years, told by the norm, as it contributed it; in public data by the registry."""
    if not actor.has("office", "director", "auditor", "administrator"):
        return {}
    catalogue = shipped_catalogue()
    own_rows = Contribution.objects.filter(collection=collection, source_id=actor.university_id)
    if collection.public:
        own_rows = Contribution.objects.filter(collection=collection, institution__here=actor.university_id)
    years = {year: completed(figures, catalogue) for year, figures in by_year(own_rows).items()}
    base, many = NORMS[norm]
    made = {}
    for year, figures in years.items():
        one = figures.get(figure)
        if one is None or one.number is None or (one.currency and one.currency != collection.currency and str(year) not in collection.rates.get(one.currency, {})):
            continue
        number: Fraction | None = _in(collection, one, year)
        if base:
            below = figures.get(base)
            number = per(number or Fraction(0), _in(collection, below, year), many) if below is not None and below.number is not None else None
        if number is not None:
            made[year] = number
    return made


def _in(collection: Collection, figure: Figure, year: int) -> Fraction:
    """An amount in the collection's currency."""
    number = figure.number or Fraction(0)
    if figure.currency and figure.currency != collection.currency:
        return number * Fraction(collection.rates.get(figure.currency, {}).get(str(year), {}).get("rate", "0"))
    return number


def place(value: Fraction, cell: EditionCell | None) -> str:
    """Where a value stands among the quartiles, in words."""
    if cell is None or cell.withheld or not cell.median:
        return ""
    low, median, high = (Fraction(one) for one in (cell.low, cell.median, cell.high))
    if value > high:
        return _("in the upper quarter")
    if value >= median:
        return _("above the median") if value > median else _("at the median")
    return _("below the median") if value >= low else _("in the lower quarter")


WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 960, 300, 76, 116, 14, 28


def chart(cells: Sequence[EditionCell], line: Mapping[int, Fraction], scale: Scale) -> dict[str, Any] | None:
    """The points of a trend: the band between the quartiles, the median, the own line; None where nothing went out. scale: of the table beside it."""
    known = [one for one in cells if one.median]
    years = sorted({one.year for one in known} | set(line))
    if not years or not (known or line):
        return None
    values = [Fraction(text) for one in known for text in (one.low, one.median, one.high)] + list(line.values())
    top, bottom = _nice(max([*values, Fraction(0)])), min([*values, Fraction(0)])
    span = (top - bottom) or Fraction(1)
    step = Fraction(WIDTH - LEFT - RIGHT, max(1, len(years) - 1))

    def x(year: int) -> float:
        return float(LEFT + step * years.index(year)) if len(years) > 1 else LEFT + (WIDTH - LEFT - RIGHT) / 2

    def y(value: Fraction) -> float:
        return round(float(TOP + (HEIGHT - TOP - BOTTOM) * (1 - (value - bottom) / span)), 1)

    marks = [{"year": one.year, "x": round(x(one.year), 1), "low": y(Fraction(one.low)), "median": y(Fraction(one.median)), "high": y(Fraction(one.high)),
              "height": round(y(Fraction(one.low)) - y(Fraction(one.high)), 1)} for one in known]  # fmt: skip
    own_marks = [{"x": round(x(year), 1), "y": y(line[year])} for year in years if year in line]
    for one in marks:
        one["left"] = round(one["x"] - 11, 1)
        one["to"] = round(one["x"] + 11, 1)
    band = " ".join([f"{one['x']},{one['high']}" for one in marks] + [f"{one['x']},{one['low']}" for one in reversed(marks)])
    labels = _labels(marks, own_marks)
    steps = [bottom + span * Fraction(n, 4) for n in range(5)]
    axis = replace(scale, places=scale_of([one / scale.divisor for one in steps], "count").places)
    return {
        "band": band if len(marks) > 1 else "", "marks": marks, "median": " ".join(f"{one['x']},{one['median']}" for one in marks), "own": own_marks,
        "own_line": " ".join(f"{one['x']},{one['y']}" for one in own_marks), "labels": labels,
        "years": [{"x": round(x(year), 1), "year": year} for year in _thinned(years)],
        "lines": [{"y": y(one), "text": axis.told(one)} for one in steps],
    }  # fmt: skip


def _labels(marks: list[dict[str, Any]], own_marks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Names at the right end of the lines, kept apart."""
    made = []
    if marks:
        last = marks[-1]
        made = [{"y": last["median"], "text": _("median"), "css": "strong"}]
        if last["height"] > 34:
            made += [{"y": last["high"], "text": _("upper quartile"), "css": ""}, {"y": last["low"], "text": _("lower quartile"), "css": ""}]
    if own_marks:
        made.append({"y": own_marks[-1]["y"], "text": _("your university"), "css": "bm-own-text"})
    made.sort(key=lambda one: one["y"])
    for before, after in zip(made, made[1:], strict=False):
        after["y"] = max(after["y"], before["y"] + 15)
    for one in made:
        one["y"] = round(one["y"] + 4, 1)
        one["x"] = WIDTH - RIGHT + 18
    return made


def _thinned(years: list[int]) -> list[int]:
    """At most twelve years are named under the axis."""
    step = -(-len(years) // 12)
    return years[::-1][::step][::-1]


def _nice(value: Fraction) -> Fraction:
    """A round number at or above a value, so that four lines stand at round places."""
    if value <= 0:
        return Fraction(1)
    size = Fraction(10) ** (len(str(value.numerator // value.denominator)) - 1) if value >= 1 else Fraction(1, 10 ** len(str(value.denominator // value.numerator)))
    for many in (1, 2, 4, 8, 10, 20, 40, 80, 100):
        if size * many >= value:
            return size * many
    return value
