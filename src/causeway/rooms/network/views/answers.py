"""Pages of those who answer: the sections, one section, the offline form, handing in."""

from __future__ import annotations

import io
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from causeway.engines.indicators import shipped_catalogue
from causeway.engines.indicators.questionnaire import Form, cells, gathered, raw_of
from causeway.frame import access, files
from causeway.frame.models import Grant, StoredFile, User
from causeway.kit.show import day
from causeway.kit.views import actor_for, served
from causeway.rooms.network.access.questionnaires import answers_whole, may_answer, reads_whole
from causeway.rooms.network.forms import questionnaires as forms
from causeway.rooms.network.mapping import offline
from causeway.rooms.network.models import Answer, Answering, FrozenAnswers, Invited, Round
from causeway.rooms.network.selectors import questionnaires as reads
from causeway.rooms.network.services import answers, questionnaires
from causeway.rooms.network.views.questionnaires import language, told


def _found(request: HttpRequest, pk: int) -> tuple[access.Actor, Round, Invited, Answering | None, Form]:
    """The round as the actor's university answers it."""
    actor = actor_for(request, "answering.view")
    one = get_object_or_404(access.visible(actor, Round.objects.all()), pk=pk)
    invited = Invited.objects.filter(round=one, to_id=actor.university_id).first()
    if invited is None:
        raise Http404
    return actor, one, invited, Answering.objects.filter(round=one).select_related("round", "invited").first(), questionnaires.round_form(one)


def overview(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the answers are, section by section, and what is next."""
    actor, one, invited, answering, form = _found(request, pk)
    sections = reads.sections_of(actor, form, answering, language())
    lacking = reads.lacking(form, answering, language()) if reads_whole(actor) else []
    refused = answers.late(one, invited, timezone.now().date())
    total, done = sum(part["progress"].asked for part in sections), sum(part["progress"].answered for part in sections)
    frozen = access.visible(actor, FrozenAnswers.objects.filter(round=one, source_id=actor.university_id)).order_by("-version")
    context = {
        "round": one, "invited": invited, "answering": answering, "sections": sections, "lacking": lacking, "refused": refused, "until": invited.until or one.closes_on, "asked": total, "answered": done,
        "whole": answers_whole(actor), "frozen": frozen, "submitted": answering is not None and answering.submitted_at is not None, "intro": one.definition.get("text", {}),
    }  # fmt: skip
    return render(request, "network/answering.html", context)


def section(request: HttpRequest, pk: int, section: str) -> HttpResponse:
    """A section to fill in. What cannot be is told at its field and kept as typed; the rest is stored."""
    actor, one, invited, answering, form = _found(request, pk)
    part = next((part for part in form.sections if part.key == section), None)
    if part is None:
        raise Http404
    writes = may_answer(actor, answering, section)
    if not (writes.allowed or reads_whole(actor)):
        raise Http404
    typed, problems, theirs, refusal = None, {}, {}, ""
    if request.method == "POST":
        typed = _typed(request, form, section)
        values, problems = _given(form, section, typed)
        try:
            answering = answering or answers.start(actor=actor, round=one)
            _store(request, actor, answering, form, section, values, problems)
            if not problems:
                return _onward(request, pk, section, form, answering)
        except answers.Changed as changed:
            theirs = changed.theirs
        except access.Refused as fault:
            refusal, problems = str(fault), {}
    known = {row.key: row for row in Answer.objects.filter(answering=answering)} if answering else {}
    frozen = answering is not None and answering.submitted_at is not None
    page = reads.page_of(form, section, known, language(), typed, problems)
    for row in page:
        row["note"] = request.POST.get(f"note:{row['key']}", row["note"])
        row["seal"] = answers.seal(known[row["key"]].value if row["key"] in known else None)
        row["theirs"] = reads.said(form, form.questions[row["key"]], theirs[row["key"]], language(), shipped_catalogue()) if row["key"] in theirs else ""
    siblings = reads.sections_of(actor, form, answering, language())
    here = next((place for place, other in enumerate(siblings) if other["key"] == section), 0)
    context = {
        "round": one, "answering": answering, "section": part, "title": reads.words(part.title, language()), "text": reads.words(part.text, language()), "questions": page, "problems": problems, "theirs": theirs,
        "refused": answers.late(one, invited, timezone.now().date()), "refusal": refusal, "frozen": frozen, "writes": writes.allowed and not frozen, "sections": siblings, "following": siblings[here + 1] if here + 1 < len(siblings) else None,
        "fills": any(row["kind"] == "indicator" and row["stored"] is None for row in page) and answers_whole(actor), "mine": siblings[here]["delegation"] if siblings else None,
    }  # fmt: skip
    return render(request, "network/section.html", context, status=403 if refusal else 422 if problems or theirs else 200)


def _store(request: HttpRequest, actor: access.Actor, answering: Answering, form: Form, section: str, values: dict[str, Any], problems: dict[str, str]) -> None:
    """Store what can be; what cannot is told among the problems, at its place."""
    answers.require_open(answering)
    values |= _files(request, actor, form, section, problems)
    notes = {key: request.POST.get(f"note:{key}", "") for key in values}
    seen = {key: request.POST[f"seen:{key}"] for key in values if f"seen:{key}" in request.POST}
    for trouble in answers.answers_write(actor=actor, answering=answering, section=section, values=values, seen=seen, notes=notes):
        problems.setdefault(trouble.place.removeprefix(f"{section}/"), questionnaires.say(trouble))


def _typed(request: HttpRequest, form: Form, section: str) -> dict[str, str]:
    """What was typed, by place."""
    made = {}
    for cell in cells(form, shipped_catalogue()):
        if cell.question.section == section and f"q:{cell.path}" in request.POST:
            made[cell.path] = request.POST[f"q:{cell.path}"][:30_000]
    for key, question in form.questions.items():
        if question.section == section and f"state:{key}" in request.POST:
            made[f"{key}/state"] = request.POST[f"state:{key}"]
    return made


def _given(form: Form, section: str, typed: dict[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """The answers of a page by question (None where it was emptied), and what cannot be read, by place."""
    states = {path.removesuffix("/state"): text for path, text in typed.items() if path.endswith("/state")}
    filled = {path: text for path, text in typed.items() if not path.endswith("/state") and states.get(path.split("/")[0]) not in ("unavailable", "inapplicable")}
    read, problems = gathered(form, filled, shipped_catalogue())
    wrong = {path.split("/")[0] for path in problems}
    values: dict[str, Any] = {}
    for key in {path.split("/")[0] for path in typed}:
        if states.get(key) in ("unavailable", "inapplicable"):
            values[key] = {"state": states[key]}
        elif key not in wrong:
            given = {path: text.strip() for path, text in filled.items() if path.split("/")[0] == key and text.strip()}
            values[key] = raw_of(form.questions[key], given) if given else None
        elif form.questions[key].kind == "matrix":
            values[key] = read.get(key)  # the cells that are right
    for key, question in form.questions.items():
        # Boxes that were not ticked are not sent.
        if question.section == section and question.many and key not in values and key not in wrong:
            values[key] = None
    return values, {path: questionnaires.say(trouble) for path, trouble in problems.items()}


def _files(request: HttpRequest, actor: access.Actor, form: Form, section: str, problems: dict[str, str]) -> dict[str, Any]:
    """The files that came with a page, stored; what cannot be kept is told among the problems."""
    made = {}
    for key, question in form.questions.items():
        if question.section == section and question.kind == "file" and (file := request.FILES.get(f"file:{key}")):
            try:
                kept = files.store(actor=actor, source=file, name=file.name)
            except ValidationError as fault:
                problems[key] = " ".join(fault.messages)
                continue
            made[key] = {"file": kept.pk, "name": kept.name, "sha256": kept.sha256}
    return made


def _onward(request: HttpRequest, pk: int, section: str, form: Form, answering: Answering) -> HttpResponse:
    """Saved: stay where new questions opened, else go on; a colleague may say that the section is done."""
    if request.POST.get("then") == "done":
        answers.section_done(actor=request.actor, answering=answering, section=section)  # type: ignore[attr-defined]
        messages.success(request, _("Thank you. The office sees that this section is done."))
        return redirect("network:answering", pk=pk)
    messages.success(request, _("Saved."))
    if request.POST.get("then") == "stay":
        return redirect("network:section", pk=pk, section=section)
    parts = [part["key"] for part in reads.sections_of(request.actor, form, answering, language())]  # type: ignore[attr-defined]
    after = parts[parts.index(section) + 1 :] if section in parts else []
    return redirect("network:section", pk=pk, section=after[0]) if after else redirect("network:answering", pk=pk)


def fill(request: HttpRequest, pk: int, section: str) -> HttpResponse:
    """Fill the open indicators of a section from the university's own figures."""
    actor, one, _invited, answering, form = _found(request, pk)
    if section not in {part.key for part in form.sections}:
        raise Http404
    if request.method == "POST":
        try:
            count, without = answers.fill(actor=actor, answering=answering or answers.start(actor=actor, round=one), section=section)
            messages.success(request, ngettext("%(n)s answer was filled from your figures of %(year)s.", "%(n)s answers were filled from your figures of %(year)s.", count) % {"n": count, "year": form.year})
            if without:
                messages.info(request, _("There is no figure yet for: %(codes)s.") % {"codes": ", ".join(without)})
        except (access.Refused, ValidationError) as fault:
            told(request, fault)
    return redirect("network:section", pk=pk, section=section)


def give(request: HttpRequest, pk: int, section: str) -> HttpResponse:
    """Give a section to a colleague."""
    actor, one, _invited, answering, form = _found(request, pk)
    if section not in {part.key for part in form.sections}:
        raise Http404
    access.require(actor, "answering.delegate", answering)
    today = timezone.now().date()
    grants = Grant.objects.filter(university_id=actor.university_id, starts_on__lte=today).exclude(ends_on__lt=today).select_related("user").order_by("user__name")
    people = list({grant.user_id: (grant.user_id, grant.user.name) for grant in grants if grant.user.is_active}.values())
    asked = forms.DelegateForm(request.POST if request.method == "POST" else None)
    asked.about(people)
    if request.method == "POST" and asked.is_valid():
        data = asked.cleaned_data
        begun = answering or answers.start(actor=actor, round=one)
        to = User.objects.get(pk=data["to"])
        if served(asked, answers.delegate, actor=actor, answering=begun, section=section, to=to, due_on=data["due_on"], note=data["note"]) is not None:
            messages.success(request, _("%(who)s was asked by letter.") % {"who": to})
            return redirect("network:answering", pk=pk)
    title = next(reads.words(part.title, language()) for part in form.sections if part.key == section)
    context = {"form": asked, "title": _("Give “%(section)s” to a colleague") % {"section": title}, "text": _("They see and answer this section alone."), "button": _("Give and write"), "back": reverse("network:answering", args=[pk])}
    return render(request, "kit/form.html", context, status=422 if request.method == "POST" else 200)


def submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand the answers in, after a word on what that means."""
    actor, one, _invited, answering, form = _found(request, pk)
    access.require(actor, "answering.submit", answering)
    if answering is None:
        return redirect("network:answering", pk=pk)
    asked = forms.Form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and asked.is_valid() and served(asked, answers.submit, actor=actor, answering=answering) is not None:
        messages.success(request, _("Handed in. %(who)s can read your answers now.") % {"who": one.source_name})
        return redirect("network:answering", pk=pk)
    text = _("A copy that never changes goes to %(who)s. Its figures count in the benchmark, where nobody can read yours alone. It can be opened again, with a reason.") % {"who": one.source_name}
    context = {"form": asked, "title": _("Hand in the answers?"), "text": text, "button": _("Hand in"), "back": reverse("network:answering", args=[pk])}
    return render(request, "kit/form.html", context, status=422 if request.method == "POST" else 200)


def decline(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that the university does not answer."""
    actor, one, _invited, _answering, _form = _found(request, pk)
    access.require(actor, "answering.decline")
    asked = forms.WhyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and asked.is_valid() and served(asked, answers.decline, actor=actor, round=one, why=asked.cleaned_data["why"]) is not None:
        return redirect("network:rounds")
    text = _("%(who)s reads that and why. Until the last day you can still answer.") % {"who": one.source_name}
    context = {"form": asked, "title": _("Not answer “%(title)s”?") % {"title": one}, "text": text, "button": _("Decline"), "grave": True, "back": reverse("network:answering", args=[pk])}
    return render(request, "kit/form.html", context, status=422 if request.method == "POST" else 200)


def offline_out(request: HttpRequest, pk: int) -> FileResponse:
    """The form as a workbook, with what was answered."""
    actor, one, invited, answering, form = _found(request, pk)
    if not reads_whole(actor):
        raise Http404
    rows = Answer.objects.filter(answering=answering) if answering else []
    have, notes = {row.key: row.value for row in rows}, {row.key: row.note for row in rows if row.note}
    data = offline.workbook(form, shipped_catalogue(), have, notes, key=str(one.key), version=one.version, language=language(), until=day(invited.until or one.closes_on))
    return FileResponse(io.BytesIO(data), as_attachment=True, filename=f"questionnaire-{one.pk}.xlsx", content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")


def offline_in(request: HttpRequest, pk: int) -> HttpResponse:
    """A filled-in workbook comes back: what can be is stored, each cell that cannot be is told."""
    actor, one, invited, answering, form = _found(request, pk)
    access.require(actor, "answering.start", answering)
    asked = forms.OfflineForm(request.POST if request.method == "POST" else None, request.FILES or None)
    report: dict[str, Any] | None = None
    if request.method == "POST" and asked.is_valid():
        file = asked.cleaned_data["file"]
        try:
            filled = offline.read(file, file.size, key=str(one.key), version=one.version)
            if why := answers.late(one, invited, timezone.now().date()):
                raise access.Refused(why)
            report = _take(actor, answering or answers.start(actor=actor, round=one), form, filled)
        except (offline.Unreadable, access.Refused) as fault:
            asked.add_error("file", str(fault))
    return render(request, "network/offline.html", {"round": one, "form": asked, "report": report}, status=422 if asked.errors else 200)


def _take(actor: access.Actor, answering: Answering, form: Form, filled: offline.Filled) -> dict[str, Any]:
    """Store what came back, section by section. Empty cells leave what there is."""
    values, problems = gathered(form, filled.values, shipped_catalogue())
    stored = 0
    for part in form.sections:
        before = answers.values_of(answering)
        here = {one.key: offline.over(before.get(one.key), values[one.key]) for one in part.questions if one.key in values}
        here |= {one.key: before.get(one.key) for one in part.questions if one.key in filled.notes and one.key not in here}
        notes = {key: text for key, text in filled.notes.items() if key in here}
        if here:
            answers.answers_write(actor=actor, answering=answering, section=part.key, values=here, notes=notes, how="offline")
            stored += sum(before.get(key) != value for key, value in answers.values_of(answering).items() if key in here)
    said = {path: questionnaires.say(why) for path, why in problems.items()} | {path: _("The formula came to no value. Open the workbook in a spreadsheet, or write the value.") for path in filled.faults}
    told_ = [{"cell": f"D{filled.rows[path]}" if path in filled.rows else path, "path": path, "value": filled.values.get(path, ""), "problem": why} for path, why in said.items()]
    return {"stored": stored, "problems": sorted(told_, key=lambda one: (len(one["cell"]), one["cell"]))}


def file(request: HttpRequest, pk: int, key: str) -> Any:
    """A file that answers a question, for the university that gave it."""
    actor, _one, _invited, answering, form = _found(request, pk)
    row = access.visible(actor, Answer.objects.filter(answering=answering, key=key)).first()
    question = form.questions.get(key)
    if row is None or question is None or question.kind != "file" or not isinstance(row.value, dict) or not (reads_whole(actor) or may_answer(actor, answering, question.section).allowed):  # type: ignore[arg-type]
        raise Http404
    return files.respond(get_object_or_404(StoredFile.objects.all(), pk=row.value["file"]))
