"""Pages of indicators, own figures and benchmarks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from causeway.engines.indicators import FLOOR, shipped_catalogue
from causeway.engines.indicators.benchmark import METHOD
from causeway.frame import access, asked
from causeway.frame.models import University
from causeway.kit import exporting
from causeway.kit.views import actor_for, served
from causeway.rooms.network.access.benchmarks import coordinator
from causeway.rooms.network.forms import benchmarks as forms
from causeway.rooms.network.models import Collection, OwnFigure, PeerGroup
from causeway.rooms.network.selectors import benchmarks as reads
from causeway.rooms.network.services import benchmarks, figures
from causeway.rooms.network.views.questionnaires import language, told


def _year(request: HttpRequest, actor: access.Actor) -> tuple[int, list[int]]:
    """The year asked for, and those that can be."""
    years = reads.years_of(actor)
    last = figures.last_ended(actor, timezone.now().date())
    said = asked.number(request.GET.get("year") or request.POST.get("year")) or 0
    year = said if 1990 <= said <= 2100 else years[0] if years else last
    return year, sorted({*years, last, last - 1, year}, reverse=True)


def _span(actor: access.Actor, year: int) -> tuple[date, date] | None:
    """First and last day of a reporting year that is no calendar year; a calendar year says them itself."""
    start, end = figures.reporting_year(actor, year)
    return None if start.month == 1 else (start, end)


# --- own figures ---------------------------------------------------------------------------------------------------------------------


def indicators(request: HttpRequest) -> HttpResponseBase:
    """All indicators with the university's figures of a year."""
    actor = actor_for(request, "indicator.view")
    year, years = _year(request, actor)
    survey, text, filled = request.GET.get("survey", ""), request.GET.get("q", "").strip()[:100], bool(request.GET.get("filled"))
    groups = reads.catalogue_rows(actor, year, survey, text, filled)
    if request.GET.get("export") in ("csv", "xlsx", "json"):
        rows = [[one["indicator"].code, one["name"], part["part"].id, part["name"], year, part["value"], part["unit"], part["stored"].source if part["stored"] else ""] for group in groups for one in group["rows"] for part in one["parts"]]
        heads = [_("Code"), _("Indicator"), _("Figure"), _("Part"), _("Year"), _("Value"), _("Unit"), _("Source")]
        return exporting.respond(request.GET["export"], f"indicators-{year}", heads, ["code", "indicator", "figure", "part", "year", "value", "unit", "source"], rows)
    reader = access.may(actor, "ownfigure.view").allowed
    found = reads.doubts(actor, year) if reader else []
    context = {
        "groups": groups, "year": year, "years": years, "surveys": shipped_catalogue().surveys.values(), "survey": survey, "text": text, "filled": filled, "doubts": found, "reader": reader,
        "may": access.may(actor, "ownfigure.enter").allowed, "count": sum(len(group["rows"]) for group in groups), "countable": len(figures.countable()), "span": _span(actor, year),
        "errors": sum(one["doubt"].severity == "error" for one in found), "have": sum(bool(part["value"]) for group in groups for one in group["rows"] for part in one["parts"]),
    }  # fmt: skip
    return render(request, "network/indicators.html", context)


def indicator(request: HttpRequest, code: str) -> HttpResponse:
    """An indicator: what it counts, where surveys ask for it, the university's figures with the records behind them."""
    actor = actor_for(request, "indicator.view")
    one = shipped_catalogue().indicators.get(code)
    if one is None:
        raise Http404
    year, _years = _year(request, actor)
    entered = [part for part in one.parts if part.run is None]
    home = University.objects.get(pk=actor.university_id)
    form = forms.FigureForm(request.POST if request.method == "POST" else None)
    form.about([(part.id, part.name.get(language()) or part.name.get("en") or one.called(language())) for part in entered], home.currency if any(part.unit == "currency" for part in entered) else "", year)
    if request.method == "POST":
        access.require(actor, "ownfigure.enter")
        if form.is_valid() and served(form, figures.figure_enter, actor=actor, **form.cleaned_data) is not None:
            messages.success(request, _("Kept with its source."))
            return redirect(f"{reverse('network:indicator', args=[code])}?year={form.cleaned_data['year']}")
    reader = access.may(actor, "ownfigure.view").allowed
    behind = []
    for part in entered if reader else []:
        rows = figures.rows_behind(actor, part.id, year)
        if part.id in figures.countable():
            behind.append({"part": part, "count": len(rows), "rows": [{"row": row, "url": _record_url(row.record)} for row in rows[:200]], "more": max(0, len(rows) - 200)})
    context = {
        **{what: one.said(what, language()) for what in ("definition", "includes", "excludes", "caution")}, "translated": one.translated(language()), "period": reads.period_label(one.period),
        "indicator": one, "name": one.called(language()), "entered": entered, "year": year, "span": _span(actor, year), "history": reads.history(actor, one) if reader else [], "behind": behind, "form": form if entered else None,
        "may": access.may(actor, "ownfigure.enter").allowed, "surveys": [(shipped_catalogue().surveys[survey], asked) for survey, asked in one.surveys.items()], "group": reads.group_label(one.group),
        "doubts": [row for row in reads.doubts(actor, year) if code in row["codes"]] if reader else [],
    }  # fmt: skip
    return render(request, "network/indicator.html", context, status=422 if request.method == "POST" else 200)


def _record_url(record: tuple[str, int]) -> str:
    """The page of a record behind a figure; empty where it has none."""
    label, pk = record
    try:
        return reverse(f"kit:{label.rpartition('.')[2]}_detail", args=[pk])
    except NoReverseMatch:
        return ""


def count(request: HttpRequest) -> HttpResponse:
    """Count the figures of a year from the records."""
    actor = actor_for(request, "ownfigure.count")
    form = forms.YearForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        year = form.cleaned_data["year"]
        result = figures.figures_count(actor=actor, year=year)
        messages.success(request, _("%(n)s figures of %(year)s were counted anew.") % {"n": result.stored, "year": year})
        for id, entered, counted in result.differing:
            messages.warning(request, _("%(figure)s: %(entered)s was entered, the records give %(counted)s. What was entered stays.") % {"figure": id, "entered": entered, "counted": counted})
        for id, why in result.not_counted:
            messages.info(request, f"{id}: {why}")
        return redirect(f"{reverse('network:indicators')}?year={year}&filled=1")
    return redirect("network:indicators")


def bring(request: HttpRequest) -> HttpResponse:
    """Bring figures in from a table."""
    actor = actor_for(request, "ownfigure.enter")
    form = forms.FiguresFileForm(request.POST if request.method == "POST" else None, request.FILES or None)
    problems: list[tuple[int, str]] = []
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            if file.size > 5_000_000:
                raise ValidationError({"file": _("The table is larger than one of figures can be.")})
            stored, problems = figures.figures_import(actor=actor, text=file.read().decode("utf-8-sig"), source=form.cleaned_data["source"])
            messages.success(request, ngettext("%(n)s figure was kept.", "%(n)s figures were kept.", stored) % {"n": stored})
            if not problems:
                return redirect("network:indicators")
        except UnicodeDecodeError:
            form.add_error("file", _("The table is not text in UTF-8."))
        except ValidationError as fault:
            for name, errors in fault.error_dict.items():
                form.add_error(name if name in form.fields else None, errors)
    return render(request, "network/figures_in.html", {"form": form, "problems": problems}, status=422 if form.errors or problems else 200)


def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a figure away."""
    actor = actor_for(request, "ownfigure.enter")
    found = get_object_or_404(access.visible(actor, OwnFigure.objects.all()), pk=pk)
    if request.method == "POST":
        figures.figure_remove(actor=actor, obj=found)
        messages.success(request, _("Taken away; the history keeps it."))
    return redirect("network:indicator", code=found.figure.split(".")[0])


# --- benchmarks ----------------------------------------------------------------------------------------------------------------------


def home(request: HttpRequest) -> HttpResponse:
    """Every benchmark."""
    actor = actor_for(request, "benchmark.view")
    return render(request, "network/benchmarks.html", {"rows": reads.collections(actor), "floor": FLOOR})


def benchmark(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A figure of a benchmark: the quartiles of a peer group over the years, the own figure among them."""
    actor = actor_for(request, "benchmark.view")
    collection = get_object_or_404(access.visible(actor, Collection.objects.all()), pk=pk)
    edition = reads.latest(collection)
    may = access.may(actor, "benchmark.publish", collection).allowed
    work = reads.publishing(actor, collection) if may else {}
    if edition is None:
        return render(request, "network/benchmark.html", {"collection": collection, "edition": None, "may": may, "floor": FLOOR, **work})
    offered = reads.choices(edition)
    figure = request.GET.get("figure", "")
    figure = figure if figure in offered else next(iter(offered), "")
    norms = offered.get(figure, [])
    norm = request.GET.get("norm", "none")
    norm = norm if norm in norms else "none"
    groups = edition.groups
    group = request.GET.get("group", "")
    group = group if group in {one["key"] for one in groups} else groups[0]["key"]
    part = shipped_catalogue().parts.get(figure)
    unit = part.unit if part else "count"
    currency = collection.currency if unit == "currency" else ""
    everything = reads.cells_of(edition, figure, norm) if figure else []
    cells = [one for one in everything if one.group == group]
    line = reads.own_line(actor, collection, figure, norm) if figure else {}
    by_year = {one.year: one for one in cells}
    scale = _scale(cells, line.values(), unit, currency)
    rows = [_row(year, by_year.get(year), line.get(year), scale) for year in sorted({*by_year, *line}, reverse=True)]
    if request.GET.get("export") in ("csv", "xlsx", "json"):
        return _export(request.GET["export"], collection, figure, norm, everything, groups, line)
    last = max((one.year for one in everything), default=0)
    newest = {one.group: one for one in everything if one.year == last}
    peer_scale = _scale(list(newest.values()), [], unit, currency)
    peers = [_row(last, newest.get(key["key"]), None, peer_scale) | {"title": key["title"], "key": key["key"]} for key in groups]
    context = {
        "collection": collection, "edition": edition, "figures": [(id, _name(id)) for id in offered], "figure": figure, "name": _name(figure), "norms": [(one, reads.norm_label(one)) for one in norms], "norm": norm,
        "norm_label": reads.norm_label(norm), "groups": groups, "group": group, "group_title": next(one["title"] for one in groups if one["key"] == group), "rows": rows, "peers": peers, "last": last,
        "chart": reads.chart(cells, line, scale), "scale": scale, "heads": unit != "count", "peer_scale": peer_scale, "own": bool(line), "method": METHOD, "floor": FLOOR, "may": may,
        "unit": _unit(part.unit if part else "", norm, currency), "definition": shipped_catalogue().indicators[figure.split(".")[0]].said("definition", language()) if figure else "",
        **work,
    }  # fmt: skip
    return render(request, "network/benchmark.html", context)


def _name(id: str) -> str:
    """A figure's name in words, with its part."""
    catalogue = shipped_catalogue()
    if id not in catalogue.parts:
        return id
    part = catalogue.parts[id]
    name = catalogue.indicators[part.code].called(language())
    return name if part.key == "value" else f"{name}: {part.name.get(language()) or part.name.get('en', part.key)}"


def _unit(unit: str, norm: str, currency: str) -> str:
    base = currency if unit == "currency" else {"count": _("number"), "ratio": _("ratio")}.get(unit, unit)
    return base if norm == "none" else f"{base} {reads.norm_label(norm)}"


def _scale(cells: list[Any], own: Iterable[Fraction], unit: str, currency: str) -> reads.Scale:
    """The scale of a table of cells and own figures."""
    return reads.scale_of([*(Fraction(text) for one in cells if one.median for text in (one.low, one.median, one.high)), *own], unit, currency)


def _row(year: int, cell: Any, own: Any, scale: reads.Scale) -> dict[str, Any]:
    words = {"few": _("fewer than %(n)s universities") % {"n": FLOOR}, "difference": _("withheld, so that nobody's figure can be worked out")}
    values = {name: scale.told(Fraction(getattr(cell, name))) for name in ("low", "median", "high")} if cell is not None and cell.median else {}
    return {"year": year, "count": f"{cell.count:,}" if cell is not None and cell.median else "", "withheld": words.get(cell.withheld, "") if cell is not None else "", **values,
            "own": scale.told(own) if own is not None else "", "place": reads.place(own, cell) if own is not None else ""}  # fmt: skip


def _number(number: Fraction) -> int | float:
    """A figure as spreadsheets take it: whole, or with the fifteen digits they keep."""
    return number.numerator if number.denominator == 1 else float(number)


def _export(kind: str, collection: Collection, figure: str, norm: str, cells: list[Any], groups: list[dict[str, Any]], line: dict[int, Any]) -> HttpResponseBase:
    titles = {one["key"]: one["title"] for one in groups}
    rows = [
        [figure, norm, titles.get(one.group, one.group), one.year, one.count or "", *(_number(Fraction(text)) if text else "" for text in (one.low, one.median, one.high)), one.withheld, _number(line[one.year]) if one.year in line else ""] for one in sorted(cells, key=lambda one: (one.group, one.year))
    ]
    heads = [_("Figure"), _("Normalisation"), _("Peer group"), _("Year"), _("Universities"), _("Lower quartile"), _("Median"), _("Upper quartile"), _("Withheld"), _("Your university")]
    return exporting.respond(kind, f"benchmark-{collection.pk}-{figure}", heads, ["figure", "norm", "group", "year", "universities", "low", "median", "high", "withheld", "own"], rows)


def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Have a benchmark published anew; the page of the benchmark tells how far it is."""
    actor = actor_for(request, "benchmark.view")
    collection = get_object_or_404(access.visible(actor, Collection.objects.all()), pk=pk)
    access.require(actor, "benchmark.publish", collection)
    if request.method == "POST":
        try:
            benchmarks.edition_ask(actor=actor, collection=collection)
        except access.Refused as fault:
            told(request, fault)
    return redirect("network:benchmark", pk=pk)


def groups(request: HttpRequest, pk: int) -> HttpResponse:
    """Peer groups and rates of a benchmark, for the coordinator."""
    actor = actor_for(request, "benchmark.view")
    collection = get_object_or_404(access.visible(actor, Collection.objects.all()), pk=pk)
    access.require(actor, "benchmark.group", collection)
    asks_rate = request.method == "POST" and "rate" in request.POST
    form = forms.GroupForm(request.POST if request.method == "POST" and not asks_rate else None)
    origins = benchmarks.contributors(collection)
    form.about([(part.id, f"{part.id} {_name(part.id)}") for part in shipped_catalogue().parts.values() if part.unit in ("currency", "FTE", "count")], origins[:500])
    rate = forms.RateForm(request.POST if asks_rate else None)
    if request.method == "POST" and not asks_rate and form.is_valid():
        place = PeerGroup.objects.filter(collection=collection).count()
        if served(form, benchmarks.group_save, actor=actor, collection=collection, key=form.cleaned_data["key"], title=form.cleaned_data["title"], rule=form.rule(), place=place) is not None:
            return redirect("network:groups", pk=pk)
    if asks_rate and rate.is_valid():
        data = rate.cleaned_data
        if served(rate, benchmarks.rate_set, actor=actor, collection=collection, currency=data["currency"], year=data["year"], rate=str(data["rate"]), source=data["source"]) is not None:
            return redirect("network:groups", pk=pk)
    rates = [(currency, year, one["rate"], one["source"]) for currency, years in sorted(collection.rates.items()) for year, one in sorted(years.items())]
    context = {"collection": collection, "groups": PeerGroup.objects.filter(collection=collection).order_by("place", "pk"), "form": form, "rate": rate, "rates": rates, "contributors": len(origins), "coordinator": coordinator(actor)}
    return render(request, "network/groups.html", context, status=422 if request.method == "POST" else 200)
