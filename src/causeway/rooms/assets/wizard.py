"""The import wizard: upload, recognise, map columns, dry run, apply; each step a page that works without scripts."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from causeway.frame import access, asked, jobs
from causeway.frame import imports as kept
from causeway.frame.cells import harmless
from causeway.frame.models import Import, ImportDifference, Job, University
from causeway.kit.forms import Form
from causeway.kit.show import day
from causeway.kit.views import actor_for
from causeway.rooms.assets import importing, separating
from causeway.rooms.assets.choices import Status
from causeway.rooms.assets.ports import FileShape, Question, Unreadable
from causeway.rooms.docket.selectors import event_kinds

MAX_UPLOAD = 2 * 1024**3
SHOWN = 200
SAMPLES = 3
EARLIER = 20
#: Decisions on so many differences are made at once in the page; more are a job.
AT_ONCE = 200
WORKING = (Job.State.QUEUED, Job.State.RUNNING)
HANDLERS = ("assets.stage", "assets.apply", "assets.undo", "assets.decide")

FIELDS = {
    "number": _("Application number"), "publication_number": _("Publication number"), "grant_number": _("Grant number"), "office": _("Office"),
    "kind": _("Kind code"), "right": _("Kind of right"), "title": _("Title"), "filed_on": _("Filing date"), "published_on": _("Publication date"),
    "granted_on": _("Grant date"), "ended_on": _("End date"), "status": _("Status"), "technical_field": _("Technical field"), "owners": _("Owners"),
    "inventors": _("Inventors"), "agents": _("Agent"), "priorities": _("Priorities"), "family": _("Family"), "reference": _("Reference"),
    "declared_total": _("Declared number of rows"),
}  # fmt: skip
DIFFERENCES = FIELDS | {
    "owner": _("Owner"), "inventor": _("Inventor"), "agent": _("Agent"), "link": _("Related application"), "designated": _("Designated states"),
    "event": _("Event"), "note": _("Remark"),
}  # fmt: skip
ENCODINGS = {"mac_roman": _("Macintosh"), "cp1252": _("Windows, Western Europe"), "cp1250": _("Windows, Central Europe"), "gb18030": _("Chinese")}
ORDERS = {"dmy": _("Day first"), "mdy": _("Month first"), "ymd": _("Year first")}
NUMBERS = ("number", "publication_number", "grant_number")


# --- forms ----------------------------------------------------------------------------------------------------------------------------------


class UploadForm(Form):
    """A file to bring in."""

    file = forms.FileField(label=_("File"), help_text=_("CSV, XLSX, XLS, or the XML reply of a patent register; up to 2 GB."))

    def clean_file(self) -> Any:
        """Refuse what is too large before it is copied."""
        file = self.cleaned_data["file"]
        if file.size > MAX_UPLOAD:
            raise ValidationError(_("The file has more than 2 GB. Split it, and bring the parts in one after the other."))
        return file


class SettleForm(Form):
    """Answers to what a file leaves open, and which column is what; its fields are made from the file."""

    office_all = forms.CharField(
        label=_("Office of all rows"), required=False, max_length=2, help_text=_("Two letters, such as US; only where no column names it.")
    )
    each = forms.ChoiceField(label=_("Whose are they?"), widget=forms.RadioSelect(attrs={"class": "form-check-input"}))

    def __init__(
        self, shape: FileShape, samples: list[list[str]], *args: Any, here: University | None = None, each: bool = False, **kwargs: Any
    ) -> None:
        """here: the university, where the choice between it and a university of each owner's own is offered. each: what was chosen before."""
        super().__init__(*args, **kwargs)
        self.shape = shape
        self._whose(here, each)
        self._hidden()
        asked = [question for question in shape.questions if question.kind != "columns"]
        for question in asked:
            self._ask(question)
        self.mapped = bool(shape.columns) and not asked
        if not self.mapped:
            del self.fields["office_all"]
            return
        self.fields["office_all"].initial = shape.constants.get("office", "")
        self._columns(samples)

    def _whose(self, here: University | None, each: bool) -> None:
        if here is None or self.shape.questions or self.shape.reply in ("fault", "nothing"):
            del self.fields["each"]
            return
        others = _("Owners become outside organisations; an application of two owners is one asset.")
        own = _("An application of two owners is recorded at both, each naming the other. You choose which universities before anything is written.")
        self.fields["each"].choices = [
            ("", format_html('{}<span class="cw-sub">{}</span>', _("All of %(university)s") % {"university": here.name}, others)),
            ("yes", format_html('{}<span class="cw-sub">{}</span>', _("Each owner is a university of its own here"), own)),
        ]
        self.fields["each"].required = False
        self.fields["each"].initial = "yes" if each else ""

    def _hidden(self) -> None:
        """Hidden sheets of a workbook, left out unless somebody wants them."""
        if self.shape.hidden:
            label = gettext("Read the hidden sheets too: %(sheets)s") % {"sheets": ", ".join(self.shape.hidden)}
            widget = forms.CheckboxInput(attrs={"class": "form-check-input"})
            self.fields["hidden"] = forms.BooleanField(label=label, required=False, initial=self.shape.read_hidden, widget=widget)

    def _ask(self, question: Question) -> None:
        choices = [
            (key, format_html('{}<span class="cw-sub">{}</span>', _label(question.kind, key), "; ".join(shown))) for key, shown in question.options
        ]
        widget = forms.RadioSelect(attrs={"class": "form-check-input"})
        self.fields[question.kind] = forms.ChoiceField(label=question.text, choices=choices, widget=widget)
        if question.kind == "encoding":
            self.fields["encoding"].required = False
            self.fields["other_encoding"] = forms.CharField(
                label=_("Or other letters, by their name"), required=False, max_length=30, help_text=_("Such as big5, shift_jis, euc_kr or koi8_r."),
                widget=forms.TextInput(attrs={"class": "form-control"}),
            )  # fmt: skip
        if question.kind == "pivot":
            self.fields["pivot"].required = False
            self.fields["other_pivot"] = forms.IntegerField(
                label=_("Or up to another year"), min_value=0, max_value=99, required=False, widget=forms.NumberInput(attrs={"class": "form-control"})
            )

    def _columns(self, samples: list[list[str]]) -> None:
        field_of = {column: field for field, column in self.shape.mapping.items()}
        choices = [("", _("leave out")), *FIELDS.items()]
        self.columns: list[dict[str, Any]] = []
        for place, column in enumerate(self.shape.columns):
            values = dict.fromkeys(row[place].strip() for row in samples if place < len(row))
            shown = [value for value in values if value][:SAMPLES]
            if not column and not shown:
                continue
            name = f"column_{place}"
            self.fields[name] = forms.ChoiceField(
                label=column or gettext("column %(n)s") % {"n": place + 1}, choices=choices, required=False, initial=field_of.get(column, ""),
                widget=forms.Select(attrs={"class": "form-select form-select-sm", "aria-label": column}),
            )  # fmt: skip
            self.columns.append({"field": self[name], "samples": shown, "label": self.fields[name].label})
        self.recognised = sum(bool(field_of.get(column)) for column in self.shape.columns)

    def clean(self) -> dict[str, Any]:
        """Each field once, a number among them; a century where one is asked."""
        data = super().clean() or self.cleaned_data
        if "encoding" in self.fields and not data.get("other_encoding") and not data.get("encoding"):
            self.add_error("encoding", _("Choose one, or name others."))
        if "pivot" in self.fields and data.get("other_pivot") is None and not data.get("pivot"):
            self.add_error("pivot", _("Choose one, or name another year."))
        if self.mapped:
            chosen = [value for key, value in data.items() if key.startswith("column_") and value]
            for field in sorted({field for field in chosen if chosen.count(field) > 1}):
                self.add_error(None, _("%(field)s is chosen for more than one column.") % {"field": FIELDS[field]})
            if not any(field in chosen for field in NUMBERS):
                self.add_error(None, _("Choose the column that holds the application, publication or grant number."))
            if data.get("office_all") and "office" in chosen:
                self.add_error("office_all", _("A column names the office already."))
        return data

    def options(self) -> dict[str, Any]:
        """The answers as options of the import."""
        data = self.cleaned_data
        made: dict[str, Any] = {key: data[key] for key in ("encoding", "dates") if data.get(key)}
        if data.get("other_encoding"):
            made["encoding"] = data["other_encoding"].strip()
        if "hidden" in self.fields:
            made["hidden"] = bool(data.get("hidden"))
        if "each" in self.fields:
            made["each"] = data.get("each") == "yes"
        pivot = data.get("other_pivot") if data.get("other_pivot") is not None else data.get("pivot")
        if pivot not in (None, ""):
            made["pivot"] = int(pivot)  # type: ignore[arg-type]
        if self.mapped:
            mapping = {value: self.shape.columns[int(key.partition("_")[2])] for key, value in data.items() if key.startswith("column_") and value}
            if data.get("office_all"):
                mapping["office"] = f"={data['office_all'].upper()}"
            made["map"] = mapping
        return made

    @property
    def questions(self) -> list[Any]:
        """The fields that are questions, for the page."""
        return [self[name] for name in ("encoding", "other_encoding", "dates", "pivot", "other_pivot") if name in self.fields]


def _label(kind: str, key: str) -> str:
    if kind == "encoding":
        return f"{ENCODINGS[key]} ({key})" if key in ENCODINGS else key
    return str(ORDERS[key]) if kind == "dates" else gettext("Up to %(year)s") % {"year": key}


# --- pages ----------------------------------------------------------------------------------------------------------------------------------


def _may_each(actor: access.Actor) -> bool:
    return access.may(actor, "asset.import_each").allowed


def _found(actor: access.Actor, pk: int) -> Import:
    """An import in sight; one into many universities says what is at others, and is for who may bring it in."""
    item = get_object_or_404(Import.objects.all(), pk=pk)
    if item.options.get("each"):
        access.require(actor, "asset.import_each")
    return item


def imports(request: HttpRequest) -> HttpResponse:
    """Upload a file, or go on with an earlier one."""
    actor = actor_for(request, "asset.import")
    form = UploadForm(request.POST if request.method == "POST" else None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            item = importing.begin(actor=actor, name=upload.name, source=upload, options={})
        except Unreadable as fault:
            form.add_error("file", str(fault))
        except OSError as fault:
            form.add_error(
                "file",
                gettext("The file could not be kept (%(why)s). Nothing of it was; make room and send it again.") % {"why": fault.strerror or fault},
            )
        else:
            return redirect("assets:import", pk=item.pk)
    # What could not be read was told at once, and nothing of it is kept.
    earlier = Import.objects.exclude(state=Import.State.FAILED, shape={}).order_by("-started_at")[:EARLIER]
    earlier = [one for one in earlier if not one.options.get("each") or _may_each(actor)]
    # The part that this university got of a file for many stands with the whole, where that is shown: two lines of one name are one too many.
    shown = {one.pk for one in earlier}
    earlier = [one for one in earlier if one.options.get("parent") not in shown]
    return render(
        request, "assets/imports.html", {"form": form, "imports": earlier, "steps": _steps(0)}, status=422 if request.method == "POST" else 200
    )


def one_import(request: HttpRequest, pk: int) -> HttpResponse:
    """One import, step by step: what is open, dry run, apply, report, differences, undo."""
    actor = actor_for(request, "asset.import")
    item = _found(actor, pk)
    job = _job(item)
    working = job is not None and job.state in WORKING
    shape = importing.shape_of(item) if item.shape else None
    settling = not working and (
        item.state in (Import.State.ASKING, Import.State.UPLOADED)
        or (item.state in (Import.State.STAGED, Import.State.FAILED) and "settle" in request.GET)
    )
    if request.method == "POST" and request.POST.get("do"):
        return _do(request, actor, item)
    if settling and shape is not None:
        return _settle(request, actor, item, shape)
    if request.method == "POST":
        return redirect("assets:import", pk=pk)
    context = {
        "item": item,
        "shape": shape,
        "steps": _steps(_place(item, job if working else None)),
        "job": job,
        "working": working,
        "stuck": not working and item.state in ("staging", "applying"),
        "again": job if working and job is not None and job.state == Job.State.QUEUED and job.error else None,
    }
    if item.state in (Import.State.STAGED, Import.State.DONE, Import.State.UNDONE):
        context |= _report(item)
    return render(request, "assets/import.html", context)


def _settle(request: HttpRequest, actor: access.Actor, item: Import, shape: FileShape) -> HttpResponse:
    """What the file leaves open, and the map of its columns with what comes of it."""
    samples = list(importing.sample(item)) if shape.columns else []
    here = University.objects.get(pk=actor.university_id) if _may_each(actor) else None
    form = SettleForm(shape, samples, request.POST if request.method == "POST" else None, here=here, each=bool(item.options.get("each")))
    if request.method == "POST" and form.is_valid():
        try:
            item = importing.answer(actor=actor, item=item, options=form.options())
        except Unreadable as fault:
            form.add_error(None, str(fault))
        else:
            if item.state == Import.State.UPLOADED and (form.mapped or not shape.columns):
                _queue(request, item, "assets.stage", actor)
            return redirect("assets:import", pk=item.pk)
    preview = [] if shape.questions else importing.preview(item)
    answers = [
        (label, _label(key, str(item.options[key])))
        for key, label in (("encoding", _("Letters")), ("dates", _("Dates")), ("pivot", _("Century")))
        if item.options.get(key) not in (None, "")
    ]
    context = {
        "item": item,
        "shape": shape,
        "form": form,
        "preview": preview,
        "answers": answers,
        "steps": _steps(1 if shape.questions else 2, len(shape.questions)),
    }
    return render(request, "assets/settle.html", context, status=422 if request.method == "POST" else 200)


def _queue(request: HttpRequest, item: Import, name: str, actor: access.Actor, **args: Any) -> None:
    """Start work on an import; one thing at a time is done with it."""
    person = {"who": actor.name, "user": actor.user_id}
    job = jobs.start(name, university=item.university_id, key=f"import-{item.pk}", by=actor.user_id, item=item.pk, **person, **args)
    if job.name != name:
        messages.error(request, gettext("Other work on this file is not done yet. Wait for it, then do this again."))


def _job(item: Import) -> Job | None:
    return Job.objects.filter(university_id=item.university_id, name__in=HANDLERS, args__item=item.pk).order_by("-pk").first()


def _place(item: Import, job: Job | None) -> int:
    """The step an import is at, the one that is being worked on before what is kept of it."""
    if job is not None and job.name in ("assets.stage", "assets.apply"):
        return 3 if job.name == "assets.stage" else 4
    return {"uploaded": 2, "failed": 0, "asking": 1, "staging": 3, "staged": 3, "applying": 4, "done": 5, "undone": 5}[item.state]


def _steps(place: int, open_questions: int = 0) -> list[dict[str, Any]]:
    asks = (
        ngettext("%(n)s to settle", "%(n)s to settle", open_questions) % {"n": open_questions}
        if open_questions
        else gettext("asks where two readings are left")
    )
    order = [
        (_("Upload"), ""),
        (_("Recognise"), asks),
        (_("Map columns"), _("remembered")),
        (_("Dry run"), _("nothing is written")),
        (_("Apply"), _("can be undone")),
    ]
    return [{"title": title, "note": _("done") if n < place else note, "now": n == place, "open": n > place} for n, (title, note) in enumerate(order)]


# --- the report -----------------------------------------------------------------------------------------------------------------------------


def _report(item: Import) -> dict[str, Any]:
    """What would happen or did, with the problems and the differences that wait for a decision."""
    context: dict[str, Any] = {"problems": list(islice(importing.problems(item), SHOWN)), "remarks": importing.REMARKS}
    if item.options.get("each"):
        return context | {"parts": item.counts.get("parts", []), "chosen": item.options.get("chosen")}
    if item.state == Import.State.DONE:
        waiting = ImportDifference.objects.filter(source=item, decision=ImportDifference.Decision.OPEN)
        context["open"] = waiting.count()
        context["differences"] = [_shown(one) for one in waiting.order_by("pk")[:SHOWN]]
        decided = ImportDifference.objects.filter(source=item).exclude(decision=ImportDifference.Decision.OPEN)
        context["decided"] = decided.count()
    return context


def _shown(one: ImportDifference) -> dict[str, Any]:
    return {"pk": one.pk, "object_id": one.object_id, "title": one.title, "place": one.place, "label": DIFFERENCES.get(one.field, one.field),
            "ours": _value(one.field, one.ours), "theirs": _value(one.field, one.theirs)}  # fmt: skip


def _value(field: str, value: Any) -> str:
    """A kept value in words."""
    if value in (None, "", []):
        return ""
    if field == "event":
        facts = [str(value["facts"][key]) for key in ("year", "stage", "office") if key in value["facts"]]
        return ", ".join([dict(event_kinds()).get(value["kind"], value["kind"]), *facts, str(day(_date(value["on"])))])
    if field == "link":
        return " ".join(filter(None, (value["number"], str(day(_date(value["on"]))) if value["on"] else "")))
    if field == "status":
        return str(dict(Status.choices).get(value, value))
    if field in ("filed_on", "published_on", "granted_on"):
        return str(day(_date(value)))
    return ", ".join(value) if isinstance(value, list) else str(value)


def _date(text: str) -> Any:
    from datetime import date

    return date.fromisoformat(text)


def problems_csv(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Every problem of an import as CSV, for whoever mends the file."""
    item = _found(actor_for(request, "asset.import"), pk)
    answer = StreamingHttpResponse(_lines(item), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="problems-{item.pk}.csv"'
    return answer


class _Line:
    """What a CSV writer writes to: it hands the line back."""

    def write(self, line: str) -> str:
        """The line."""
        return line


def _lines(item: Import) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield "\ufeff" + writer.writerow([gettext("Row"), gettext("Column"), gettext("Problem"), gettext("Value")])
    for problem in importing.problems(item):
        yield writer.writerow([problem.row, *map(harmless, (problem.column, problem.message, problem.value))])


# --- actions --------------------------------------------------------------------------------------------------------------------------------


def _do(request: HttpRequest, actor: access.Actor, item: Import) -> HttpResponse:
    """A button of the page."""
    wanted = request.POST["do"]
    here = redirect(reverse("assets:import", args=[item.pk]))
    ids = asked.numbers(request.POST.getlist("difference"))
    if wanted == "stage" and item.state in importing.CHECKABLE and item.shape:
        _queue(request, item, "assets.stage", actor)
    elif wanted == "apply" and item.state in (Import.State.STAGED, Import.State.APPLYING):
        if item.options.get("each") and item.state == Import.State.STAGED and not _chosen(request, actor, item):
            return here
        _queue(request, item, "assets.apply", actor)
    elif wanted == "ask" and item.state in (Import.State.UPLOADED, Import.State.STAGED, Import.State.FAILED):
        importing.answer(actor=actor, item=item, options={"encoding": None, "dates": None, "pivot": None, "map": None, "afresh": True})
    elif wanted == "discard" and item.state in (Import.State.ASKING, Import.State.UPLOADED, Import.State.STAGED, Import.State.FAILED):
        kept.discard(item)
        messages.success(request, gettext("The file was removed; nothing of it was brought in."))
        return redirect("assets:imports")
    elif wanted == "undo" and item.state == Import.State.DONE:
        _queue(request, item, "assets.undo", actor)
    elif wanted in ("take", "leave") and ids:
        _decide(request, actor, wanted, ids)
    elif wanted in ("take-all", "leave-all"):
        _queue(request, item, "assets.decide", actor, decision=wanted.partition("-")[0])
    return here


def _chosen(request: HttpRequest, actor: access.Actor, item: Import) -> bool:
    """Which universities of the file are brought in, by the boxes ticked; False where none is."""
    picked = set(asked.numbers(request.POST.getlist("part")))
    try:
        separating.choose(actor=actor, item=item, owners=[part["owner"] for place, part in enumerate(item.counts["parts"]) if place in picked])
    except ValidationError as fault:
        messages.error(request, " ".join(fault.messages))
        return False
    return True


def _decide(request: HttpRequest, actor: access.Actor, wanted: str, ids: list[int]) -> None:
    try:
        if wanted == "take":
            count = importing.take(actor=actor, ids=ids)
            messages.success(request, ngettext("%(n)s value taken over.", "%(n)s values taken over.", count) % {"n": count})
        else:
            count = importing.leave(actor=actor, ids=ids)
            messages.success(request, ngettext("%(n)s value left as it is.", "%(n)s values left as they are.", count) % {"n": count})
    except ValidationError as fault:
        messages.error(request, " ".join(fault.messages))
