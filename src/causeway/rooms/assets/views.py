"""Pages of the assets room that are not of the kit's shape: the import wizard and what is missing."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from causeway.frame import access, files, jobs
from causeway.frame.models import Import, ImportDifference, Job
from causeway.kit.views import NotSignedIn
from causeway.rooms.assets import forms, importing, selectors
from causeway.rooms.assets.models import Document
from causeway.rooms.assets.ports import Unreadable


def _actor(request: HttpRequest, action: str) -> access.Actor:
    actor = request.actor  # type: ignore[attr-defined]
    if actor is None:
        raise NotSignedIn
    access.require(actor, action)
    return actor


def imports(request: HttpRequest) -> HttpResponse:
    """Upload a file, or go on with an earlier one."""
    actor = _actor(request, "asset.import")
    form = forms.UploadForm(request.POST if request.method == "POST" else None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            item = importing.begin(actor=actor, name=upload.name, source=upload, options={})
        except Unreadable as fault:
            form.add_error("file", str(fault))
        else:
            if item.state == Import.State.UPLOADED:
                _queue_stage(item)
            return redirect("assets:import", pk=item.pk)
    earlier = Import.objects.order_by("-started_at")[:20]
    status = 422 if request.method == "POST" else 200
    return render(request, "assets/imports.html", {"form": form, "imports": earlier}, status=status)


def _queue_stage(item: Import) -> None:
    jobs.start("assets.stage", university=item.university_id, key=f"stage-{item.pk}", item=item.pk)


def one_import(request: HttpRequest, pk: int) -> HttpResponse:
    """One import, step by step: questions, dry run, apply, report, differences, undo."""
    actor = _actor(request, "asset.import")
    item = get_object_or_404(Import.objects.all(), pk=pk)
    shape = importing.shape_of(item) if item.shape else None
    form = None
    if item.state == Import.State.ASKING and shape is not None:
        form = forms.AnswerForm(shape.questions, request.POST if request.method == "POST" else None, columns=shape.columns)
        if request.method == "POST" and form.is_valid():
            try:
                item = importing.answer(actor=actor, item=item, options=form.options())
            except Unreadable as fault:
                form.add_error(None, str(fault))
            else:
                if item.state == Import.State.UPLOADED:
                    _queue_stage(item)
                return redirect("assets:import", pk=pk)
    elif request.method == "POST":
        return _step(request, actor, item)
    differences = ImportDifference.objects.filter(source=item, decision=ImportDifference.Decision.OPEN).order_by("pk")
    problems = []
    for problem in importing.problems(item):
        problems.append(problem)
        if len(problems) >= 200:
            break
    context = {"item": item, "shape": shape, "form": form, "problems": problems, "differences": differences[:200], "open": differences[:1000].count(),
               "steps": _steps(item), "job": _job(item), "waiting": item.state in ("uploaded", "staging", "applying")}  # fmt: skip
    return render(request, "assets/import.html", context)


def _job(item: Import) -> Job | None:
    return Job.objects.filter(university_id=item.university_id, name__in=["assets.stage", "assets.apply"], args__item=item.pk).order_by("-pk").first()


def _steps(item: Import) -> list[dict[str, Any]]:
    order = [("uploaded", _("Upload"), ""), ("asking", _("Recognise"), _("asks where two readings are left")), ("staged", _("Dry run"), _("nothing is written")),
             ("done", _("Apply"), _("can be undone"))]  # fmt: skip
    place = {"uploaded": 2, "failed": 0, "asking": 1, "staging": 2, "staged": 2, "applying": 3, "done": 4, "undone": 4}[item.state]
    return [{"title": title, "note": note, "now": n == place, "open": n > place} for n, (_key, title, note) in enumerate(order)]


def _step(request: HttpRequest, actor: access.Actor, item: Import) -> HttpResponse:
    wanted = request.POST.get("do")
    ids = [int(pk) for pk in request.POST.getlist("difference") if pk.isdigit()]
    if wanted == "apply" and item.state in (Import.State.STAGED, Import.State.APPLYING):
        jobs.start("assets.apply", university=actor.university_id, key=f"apply-{item.pk}", by=actor.user_id, item=item.pk, who=actor.name)
        messages.success(request, _("The file is being brought in; nothing shows until all of it is there."))
    elif wanted == "undo":
        answer = importing.undo(actor=actor, item=item)
        kept = _(" Kept, because somebody worked on them since: %(list)s.") % {"list": ", ".join(answer["kept"][:50])} if answer["kept"] else ""
        messages.success(request, _("%(n)s assets were taken back.") % {"n": answer["removed"]} + kept)
    elif wanted == "take" and ids:
        messages.success(request, _("%(n)s values taken over.") % {"n": importing.take(actor=actor, ids=ids)})
    elif wanted == "leave" and ids:
        messages.success(request, _("%(n)s values left as they are.") % {"n": importing.leave(actor=actor, ids=ids)})
    elif wanted == "stage":
        _queue_stage(item)
    return redirect(reverse("assets:import", args=[item.pk]))


def missing(request: HttpRequest) -> HttpResponse:
    """What a careful office would fill in: assets without owner, agent, next date, unit; grants without a day."""
    actor = _actor(request, "asset.view")
    found = selectors.missing(actor)
    titles = {
        "granted": _("Granted, but the day is not recorded"),
        "next": _("No date is open"),
        "owner": _("No owner"),
        "agent": _("No agent"),
        "unit": _("No unit"),
    }
    parts = [
        {"title": titles[key], "rows": list(rows[:50]), "count": rows.order_by()[:10_000].count()} for key, rows in found.items() if key in titles
    ]
    return render(request, "assets/missing.html", {"parts": parts, "refusals": found["refusals"].order_by()[:10_000].count()})


def document(request: HttpRequest, pk: int) -> HttpResponseBase:
    """An attached file: shown where its bytes are harmless, downloaded otherwise."""
    actor = _actor(request, "asset.view")
    found = get_object_or_404(access.visible(actor, Document.objects.select_related("file")), pk=pk)
    if found.confidential and not actor.has("office", "director"):
        raise Http404
    return files.respond(found.file)
