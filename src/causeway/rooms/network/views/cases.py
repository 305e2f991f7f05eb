"""Pages of a university's own cases: write, translate, figures, pictures, contact, versions, draft pack; and bringing a guide in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from causeway.engines.guide import KEYS, Guide, Unreadable, parse
from causeway.engines.guide.mechanisms import GROUPS, MECHANISMS, suggest
from causeway.engines.guide.names import country as country_of
from causeway.engines.guide.sources import MOST_BYTES
from causeway.engines.packs.library import shipped_practice
from causeway.frame import access, asked, files
from causeway.frame.models import StoredFile
from causeway.kit.views import actor_for, served
from causeway.rooms.network.choices import LANGUAGES, Kind, Target
from causeway.rooms.network.forms import cases as forms
from causeway.rooms.network.models import Case, CaseContact, CaseFigure, CasePhoto, CaseVersion, GuideDocument, ReviewNote
from causeway.rooms.network.selectors import cases as reads
from causeway.rooms.network.selectors import library as shelf
from causeway.rooms.network.services import cases as services
from causeway.rooms.network.services import drafts, filing


def _case(request: HttpRequest, pk: int, action: str = "case.view") -> tuple[access.Actor, Case]:
    actor = actor_for(request, "case.view")
    case = access.visible(actor, Case.objects.select_related("document")).filter(pk=pk).first()
    if case is None:
        raise Http404
    access.require(actor, action, case)
    return actor, case


def new(request: HttpRequest) -> HttpResponse:
    """Begin a case."""
    actor = actor_for(request, "case.create")
    form = forms.BeginForm(request.POST if request.method == "POST" else None, initial={"hei_name": request.university.name})  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        made = served(form, services.case_create, actor=actor, fields={"country": values["country"]}, **{**values, "country": country_of(values["country"])})
        if made is not None:
            return redirect("network:case_write", pk=made.pk)
    context = {"form": form, "title": _("Write a case"), "button": _("Begin"), "back": reverse("network:library"),
               "text": _("A case tells one practice in the template of the guide. It is seen by your office alone until you hand it in.")}  # fmt: skip
    return render(request, "kit/form.html", context, status=422 if request.method == "POST" else 200)


def write(request: HttpRequest, pk: int) -> HttpResponse:
    """The template to fill in; a translation stands beside the original. Saves itself where scripts run, by its button where they do not."""
    actor, case = _case(request, pk, "case.update")
    language = request.GET.get("in", case.language)
    if language not in dict(LANGUAGES):
        raise Http404
    if request.method == "POST":
        return _save(request, actor, case, language)
    return _write_page(request, case, language)


def _typed(request: HttpRequest) -> dict[str, str]:
    return {key: request.POST[key] for key in KEYS if key in request.POST}


def _save(request: HttpRequest, actor: access.Actor, case: Case, language: str) -> HttpResponse:
    """Save what was typed; what cannot be saved is said, and nothing typed is lost."""
    fields, alone = _typed(request), request.POST.get("autosave") == "1"
    seen = request.POST.get("revision", "")
    values: dict[str, Any] = {}
    if language == case.language:
        values = {"country": country_of(fields.get("country", "")), "dated": fields.get("date", "")}
        if "choices" in request.POST:
            values |= {"mechanisms": request.POST.getlist("mechanism"), "targets": request.POST.getlist("target"), "packs": request.POST.getlist("pack"), "kind": request.POST.get("kind", ""), "heading": request.POST.get("heading", "")[:500]}
    try:
        saved = services.case_update(actor=actor, obj=case, revision=asked.number(seen), fields=fields, language=language, **values)
    except access.Conflict:
        told = _("Somebody else saved this case since you opened it. What you typed is still here; open the page again in another window and compare.")
        return JsonResponse({"fault": told}, status=409) if alone else _write_page(request, case, language, fields, [told], 409)
    except (ValidationError, access.Refused) as fault:
        said = [str(fault)] if isinstance(fault, access.Refused) else fault.messages
        return JsonResponse({"fault": " ".join(said)}, status=422) if alone else _write_page(request, case, language, fields, said, 422)
    if alone:
        return JsonResponse({"revision": saved.revision})
    messages.success(request, _("Saved."))
    if request.POST.get("then") == "record":
        return redirect("kit:case_detail", pk=case.pk)
    return redirect(f"{reverse('network:case_write', args=[case.pk])}?in={language}")


def _write_page(
    request: HttpRequest, case: Case, language: str, typed: dict[str, str] | None = None, faults: list[str] | None = None, status: int = 200
) -> HttpResponse:
    entry = reads.entry(case, language, typed)
    notes = _open_notes(case) if language == case.language else {}
    for one in entry:
        one["notes"] = notes.get(one["key"], [])
        strange = one["key"] == "country" and language == case.language and one["value"].strip() and not country_of(one["value"])
        one["doubt"] = _("The library does not know this country, and the case is not found by it. Write it in one of the five languages, or as two letters such as PL.") if strange else ""
    tongue = shelf.language()
    hinted = [] if case.mechanisms else suggest(f"{case.title} {case.fields.get('key_words', '')}", " ".join(case.fields.values()))
    groups = [
        {"label": names.get(tongue, names["en"]), "items": [{"code": one.code, "name": one.names.get(tongue, one.names["en"]), "on": one.code in case.mechanisms,
                                                              "hint": one.code in hinted} for one in MECHANISMS if one.group == key]}
        for key, names in GROUPS.items()
    ]  # fmt: skip
    packs = [(pack.id, pack.title.get(tongue) or pack.title.get("en", pack.id), pack.id in case.packs) for pack in shipped_practice() if pack.kind == "guide"]
    context = {"packs": packs, "case": case, "entry": entry, "language": language, "languages": LANGUAGES, "translating": language != case.language, "groups": groups, "hinted": len(hinted),
               "targets": [(code, label, code in case.targets) for code, label in Target.choices], "kinds": Kind.choices, "faults": faults or [],
               "over": sum(1 for one in entry if one["over"]), "missing": [reads.LABELS[key] for key in services.missing(case)]}  # fmt: skip
    return render(request, "network/write.html", context, status=status)


def _open_notes(case: Case) -> dict[str, list[ReviewNote]]:
    """What the coordinator said of the fields and nobody has answered yet."""
    release = reads.latest_release(case)
    if release is None or case.state != "changes":
        return {}
    return {key: [note for note in rows if not note.answered_at] for key, rows in shelf.notes_by_field(release).items()}


def figures(request: HttpRequest, pk: int) -> HttpResponse:
    """The figures of a case: check, correct, add, take away."""
    actor, case = _case(request, pk)
    edited = CaseFigure.objects.filter(case=case, pk=request.GET.get("figure") or request.POST.get("figure") or 0).first()
    form = forms.FigureForm(request.POST if request.method == "POST" and request.POST.get("do") == "save" else None, instance=edited)
    if request.method == "POST":
        wanted = request.POST.get("do")
        if wanted == "remove" and edited:
            services.figure_remove(actor=actor, figure=edited)
            return redirect("network:figures", pk=pk)
        if wanted == "confirm" and edited:
            services.figure_save(actor=actor, case=case, figure=edited, confirmed=True)
            return redirect("network:figures", pk=pk)
        if wanted == "save" and form.is_valid() and served(form, services.figure_save, actor=actor, case=case, figure=edited, **form.cleaned_data) is not None:
            messages.success(request, _("Saved."))
            return redirect("network:figures", pk=pk)
    context = {"case": case, "figures": list(case.figures.order_by("place", "pk")), "form": form, "edited": edited, "may": access.may(actor, "case.update", case).allowed}
    return render(request, "network/figures.html", context, status=422 if request.method == "POST" else 200)


def photos(request: HttpRequest, pk: int) -> HttpResponse:
    """The pictures of a case with their rights."""
    actor, case = _case(request, pk)
    form = forms.PhotoForm(request.POST if request.method == "POST" and request.POST.get("do") == "add" else None, request.FILES or None)
    if request.method == "POST" and request.POST.get("do") == "remove":
        services.photo_remove(actor=actor, photo=get_object_or_404(CasePhoto.objects.filter(case=case), pk=request.POST.get("photo") or 0))
        return redirect("network:photos", pk=pk)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        upload = values.pop("file")
        if served(form, services.photo_add, actor=actor, case=case, source=upload, name=upload.name, **values) is not None:
            messages.success(request, _("The picture is kept with its rights."))
            return redirect("network:photos", pk=pk)
    rows = list(case.photos.select_related("file").order_by("pk"))
    context = {"case": case, "photos": rows, "form": form, "may": access.may(actor, "case.update", case).allowed}
    return render(request, "network/photos.html", context, status=422 if request.method == "POST" else 200)


def picture(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A picture of an own case."""
    actor = actor_for(request, "case.view")
    photo = get_object_or_404(access.visible(actor, CasePhoto.objects.select_related("file")), pk=pk)
    return files.respond(photo.file)


def contact(request: HttpRequest, pk: int) -> HttpResponse:
    """Whom to ask, apart from the case."""
    actor, case = _case(request, pk, "case.contact")
    stored = CaseContact.objects.filter(case=case).first()
    form = forms.ContactForm(request.POST if request.method == "POST" else None, instance=stored)
    if request.method == "POST" and form.is_valid() and served(form, services.contact_save, actor=actor, case=case, **form.cleaned_data) is not None:
        messages.success(request, _("Saved."))
        return redirect("kit:case_detail", pk=pk)
    context = {"form": form, "title": _("Contact person"), "button": _("Save"), "back": reverse("kit:case_detail", args=[pk]),
               "text": _("Kept apart from the case. It goes out only where the person agreed and the university shows contacts.")}  # fmt: skip
    return render(request, "kit/form.html", context, status=422 if request.method == "POST" else 200)


def history(request: HttpRequest, pk: int) -> HttpResponse:
    """Versions of an own case, and what differs between two."""
    _actor, case = _case(request, pk)
    rows = list(CaseVersion.objects.filter(case=case).order_by("-number"))
    chosen = {one.number: one for one in rows}
    new = chosen.get(asked.number(request.GET.get("b"))) or (rows[0] if rows else None)
    old = chosen.get(asked.number(request.GET.get("a"))) or next((one for one in rows if new and one.number < new.number), None)
    differs = reads.differences(reads.texts_of(old), reads.texts_of(new)) if old and new else []
    return render(request, "network/case_versions.html", {"case": case, "rows": rows, "old": old, "new": new, "differs": differs})


def draft_pack(request: HttpRequest, pk: int) -> HttpResponse:
    """The case as a draft pack to download: its figures as values, what is not known asked for."""
    _actor, case = _case(request, pk)
    response = HttpResponse(drafts.pack_of(case), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{drafts.pack_id(case)}.zip"'
    return response


# --- bringing a guide in ----------------------------------------------------------------------------------------------------------------


def bring(request: HttpRequest) -> HttpResponse:
    """Upload a guide; what it holds is shown before anything is filed."""
    actor = actor_for(request, "case.import")
    form = forms.UploadForm(request.POST if request.method == "POST" else None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            if upload.size > MOST_BYTES:
                raise Unreadable(_("The file has %(mb)s MB; a guide has at most 30 MB. Save its text without pictures.") % {"mb": upload.size // 1_000_000})
            parse(upload.read(), upload.name)
            upload.seek(0)
            kept = files.store(actor=actor, source=upload, name=upload.name)
        except (Unreadable, ValidationError) as fault:
            form.add_error("file", fault.messages if isinstance(fault, ValidationError) else str(fault))
        else:
            return redirect("network:import_preview", pk=kept.pk)
    context = {"form": form, "documents": GuideDocument.objects.order_by("-read_at")[:20]}
    return render(request, "network/import.html", context, status=422 if request.method == "POST" else 200)


def _read(file: StoredFile) -> Guide:
    return parse((Path(settings.MEDIA_ROOT) / file.path).read_bytes(), file.name)


def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """What was read of a guide: cases, warnings, problems; and its filing."""
    actor = actor_for(request, "case.import")
    file = get_object_or_404(StoredFile.objects.all(), pk=pk)
    try:
        guide = _read(file)
    except (Unreadable, OSError) as fault:
        raise Http404 from fault
    front, report = filing.front_of(guide), filing.plan(guide)
    form = forms.FileForm(request.POST if request.method == "POST" else None, initial={"title": front.title or file.name, "edition": front.edition, "language": "en"})
    if request.method == "POST" and form.is_valid():
        said = {new: old for new, old in report.maybe if request.POST.get(f"version-{new}")}
        done = served(form, filing.file_guide, actor=actor, guide=guide, name=file.name, sha256=file.sha256, version_of=said, **form.cleaned_data)
        if done is not None:
            messages.success(request, _filed_words(done))
            return redirect("network:library")
    state = dict.fromkeys(report.new, "new") | dict.fromkeys(report.changed, "changed") | dict.fromkeys(report.unchanged, "unchanged")
    cases = [{"case": one, "state": state.get(one.number or one.heading or "?", "new"), "warnings": [(reads.LABELS.get(w.field, ""), w) for w in one.warnings if w.code not in ("empty", "joined", "missing", "page-break")]}
             for one in guide.cases]  # fmt: skip
    context = {"file": file, "guide": guide, "cases": cases, "report": report, "form": form, "front": front}
    return render(request, "network/preview.html", context, status=422 if request.method == "POST" else 200)


def _filed_words(done: filing.Filed) -> str:
    return _("%(new)s new cases, %(changed)s new versions, %(same)s unchanged. %(figures)s figures, %(doubts)s of them in doubt.") % {
        "new": len(done.new), "changed": len(done.changed) + len(done.versions), "same": len(done.unchanged), "figures": done.figures, "doubts": done.doubts,
    }  # fmt: skip


__all__ = ["bring", "contact", "draft_pack", "figures", "history", "new", "photos", "picture", "preview", "write"]
