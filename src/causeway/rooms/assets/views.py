"""Pages of the assets room that are not of the kit's shape: the import wizard and what is missing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from causeway.frame import access, files, jobs
from causeway.frame.models import Import, ImportDifference, Job, StoredFile
from causeway.kit.forms import Form
from causeway.kit.resource import named
from causeway.kit.views import NotSignedIn, find, served
from causeway.rooms.assets import forms, importing, services
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
    """What is missing stands on the docket's page of gaps, with what the docket lacks itself."""
    _actor(request, "asset.view")
    return redirect("docket:gaps")


#: Parts of an asset that a page of their own changes: title, button, form, template, and the service that writes.
PARTS: dict[str, tuple[Any, Any, type, str, Callable[..., Any]]] = {
    "owners": (_l("Owners of %(asset)s"), _l("Set owners"), forms.OwnersForm, "assets/shares.html", services.owners_name),
    "inventors": (_l("Inventors of %(asset)s"), _l("Set inventors"), forms.InventorsForm, "assets/shares.html", services.inventors_name),
    "links": (_l("Link %(asset)s to another application"), _l("Add the link"), forms.LinkForm, "kit/form.html", lambda *, obj, **values: services.link_add(asset=obj, **values)),
    "costs": (_l("Add a cost of %(asset)s"), _l("Add the cost"), forms.CostForm, "kit/form.html", lambda *, obj, **values: services.cost_add(asset=obj, **values)),
}  # fmt: skip


def part(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Owners, inventors, a link or a cost of an asset."""
    actor = _actor(request, "asset.update")
    asset = find(named("asset"), actor, pk)
    if name not in PARTS:
        raise Http404
    title, button, form_class, template, service = PARTS[name]
    form = form_class(request.POST if request.method == "POST" else None)
    if hasattr(form, "about"):
        form.about(asset)
    back = reverse(named("asset").route_detail, args=[pk])
    if request.method == "POST" and form.is_valid() and served(form, service, actor=actor, obj=asset, **form.cleaned_data) is not None:
        messages.success(request, _("Saved."))
        return redirect(back)
    context = {"form": form, "title": title % {"asset": asset}, "button": button, "back": back, "asset": asset}
    return render(request, template, context, status=422 if request.method == "POST" else 200)


def part_remove(request: HttpRequest, pk: int, name: str, row: int) -> HttpResponse:
    """Take a cost, note, document or link off an asset again, after a word."""
    actor = _actor(request, "asset.update")
    asset = find(named("asset"), actor, pk)
    back = reverse(named("asset").route_detail, args=[pk])
    if name not in ("costs", "links", "documents", "notes"):
        raise Http404
    if request.method == "POST":
        services.part_remove(actor=actor, asset=asset, part=name, pk=row)
        messages.success(request, _("Taken off. What it was stays in the history."))
        return redirect(back)
    context = {"form": Form(), "title": _("Take this off %(asset)s?") % {"asset": asset}, "button": _("Take off"), "back": back, "grave": True,
               "text": _("What it was stays in the history; an event that came with a link is withdrawn.")}  # fmt: skip
    return render(request, "kit/form.html", context)


def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """An attached file within the page: a picture, or the beginning of a text; other kinds are offered to open or to keep."""
    actor = _actor(request, "asset.view")
    found = _document(actor, pk)
    text = files_text(found.file) if found.file.content_type == "text/plain" else ""
    return render(request, "assets/preview.html", {"document": found, "text": text, "picture": found.file.content_type.startswith("image/") and found.file.content_type in files.SHOWN})


#: How much of a text a preview shows.
PREVIEWED = 20_000


def files_text(file: StoredFile) -> str:
    """The beginning of a stored text, as text."""
    with (Path(settings.MEDIA_ROOT) / file.path).open("rb") as source:
        return source.read(PREVIEWED).decode("utf-8", "replace")


def _document(actor: access.Actor, pk: int) -> Document:
    """An attached file in the actor's sight."""
    return get_object_or_404(access.visible(actor, Document.objects.select_related("file", "asset")), pk=pk)


def document(request: HttpRequest, pk: int) -> HttpResponseBase:
    """An attached file: shown where its bytes are harmless, downloaded otherwise."""
    actor = _actor(request, "asset.view")
    found = _document(actor, pk)
    return files.respond(found.file)
