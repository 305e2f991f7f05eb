"""Pages of governance that are not of the kit's shape: packs, the editor of values, trying a policy, explaining, decision packs."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from causeway.frame import access, asked, files, jobs
from causeway.frame.models import Job
from causeway.kit import exporting
from causeway.kit.views import actor_for, served
from causeway.rooms.governance import forms, mapping, selectors, services
from causeway.rooms.governance.mapping import receipts
from causeway.rooms.governance.models import Answer, Policy, Procedure, Step
from causeway.rooms.governance.views import funding, papers, trying


def _policy(request: HttpRequest, pk: int, action: str) -> tuple[access.Actor, Policy]:
    actor = actor_for(request, "policy.view")
    found = get_object_or_404(access.visible(actor, Policy.objects.select_related("copy", "unit")), pk=pk)
    access.require(actor, action, found)
    return actor, found


def _crumbs(*more: tuple[Any, str]) -> list[tuple[Any, str]]:
    return [(_("Policies"), reverse("kit:policy_list")), *more]


# --- packs ---------------------------------------------------------------------------------------------------------------------------------------


def _may(actor: access.Actor) -> dict[str, bool]:
    """What the actor may do with a pack, so that no page leads to a refusal."""
    return {"may_create": access.may(actor, "policy.create").allowed, "may_try": access.may(actor, "policy.simulate").allowed}


def packs(request: HttpRequest) -> HttpResponse:
    """Every pack: what it is, who practises it, reviewed or not, adopted here or not."""
    actor = actor_for(request, "pack.view")
    adopted = set(selectors.adopted(actor, selectors.today_at(actor)))
    titles = {"guide": _("Practices of the guide"), "policy": _("Policies"), "law": _("Laws")}
    language = get_language() or "en"
    known = [mapping.Listed(one, one.key in adopted) for one in mapping.packs(language)]
    groups = [(_("From other installations"), [one for one in known if one.received_from])]
    groups += [(titles[kind], [one for one in known if one.kind == kind and not one.received_from]) for kind in titles]
    return render(request, "governance/packs.html", {"groups": [g for g in groups if g[1]], **_may(actor)})


def pack(request: HttpRequest, pack: str) -> HttpResponse:
    """One pack: its practice in a paragraph, its values, rules, procedures and sources."""
    actor = actor_for(request, "pack.view")
    language = get_language() or "en"
    found = mapping.pack_info(pack, language)
    if found is None:
        raise Http404
    on = selectors.today_at(actor)
    here = {"copy__pack": found.id, "copy__version": found.version} if found.received_from else {"copy__pack": found.id}
    rows = access.visible(actor, Policy.objects.filter(**here)).select_related("copy").order_by("-holds_from", "-pk")[:20]
    context = {
        "pack": found, "panel": {"values": mapping.pack_values(pack, on, language)}, "rules": mapping.rules_of(pack, language), "policies": list(rows),
        "flows": [(one, selectors.hindrance(actor, f"{pack}/{one.key}", on)) for one in mapping.flows_in(pack, language)], "sources": mapping.all_sources(pack), "warnings": mapping.pack_warnings(pack, on, language),
        "adopted": found.key in selectors.adopted(actor, on), **_may(actor),
    }  # fmt: skip
    return render(request, "governance/pack.html", context)


def guide(request: HttpRequest) -> HttpResponse:
    """Every figure of the guide that stands in a pack, with its section."""
    actor_for(request, "pack.view")
    return render(request, "governance/guide.html", {"rows": mapping.guide_figures(get_language() or "en")})


# --- drafts --------------------------------------------------------------------------------------------------------------------------------------


def draft(request: HttpRequest) -> HttpResponse:
    """A new draft from a pack; a value tried in a simulation comes along."""
    actor = actor_for(request, "policy.create")
    chosen = request.GET.get("pack", "")
    info = mapping.pack_info(chosen, get_language() or "en")
    form = forms.DraftForm(request.POST if request.method == "POST" else None, initial={"pack": chosen, "title": info.title if info else ""})
    if request.method == "POST" and form.is_valid():
        changes = {request.GET["place"]: request.GET.get("value", "")} if request.GET.get("place") else {}
        made = served(form, services.policy_create, actor=actor, changes=changes, **form.cleaned_data)
        if made is not None:
            messages.success(request, _("The draft was made. Change its values, try it, then put it before the deciders."))
            return redirect("kit:policy_detail", pk=made.pk)
    context = {"form": form, "title": _("Draft a policy"), "button": _("Make the draft"), "back": reverse("kit:policy_list"), "path": _crumbs()}
    return render(request, "governance/form.html", context, status=422 if request.method == "POST" else 200)


def values(request: HttpRequest, pk: int) -> HttpResponse:
    """The editor: each value as a field, with the law's floor beside it; it checks against the law before anything is kept."""
    actor, found = _policy(request, pk, "policy.update")
    laws = selectors.laws_here(actor.university_id)
    listed = [one for one in mapping.values_of(found.copy, found.changes, selectors.floor_day(found), get_language() or "en", laws) if not one.locked]
    form = forms.ValuesForm(request.POST if request.method == "POST" else None, values=listed)
    faults: list[tuple[str, str]] = []
    checked = False
    if request.method == "POST" and form.is_valid():
        wanted = {place: text for place, text in form.cleaned_data.items() if str(text).strip()}
        if request.POST.get("do") == "save":
            if served(form, services.policy_update, actor=actor, obj=found, changes=wanted) is not None:
                messages.success(request, _("Kept in the draft."))
                return redirect("kit:policy_detail", pk=pk)
        else:
            try:
                found.changes = services.changes_checked(found.copy, wanted)
                faults, checked = mapping.legal_faults(found, selectors.floor_day(found), laws), True
            except ValidationError as fault:
                for place, errors in fault.message_dict.items():
                    form.add_error(place if place in form.fields else None, errors)
    return render(request, "governance/values.html", {"policy": found, "form": form, "faults": faults, "checked": checked and not faults})


def compute(request: HttpRequest, pk: int) -> HttpResponse:
    """An amount under a policy in force, kept with what it rests on."""
    actor, found = _policy(request, pk, "answer.create")
    form = forms.ComputeForm(request.POST if request.method == "POST" else None, initial={"on": selectors.today_at(actor)})
    form.about(found.subject)
    if request.method == "POST" and form.is_valid():
        try:
            given = form.given()
        except ValueError as fault:
            form.add_error(None, str(fault))
        else:
            made = served(form, services.answer_compute, actor=actor, policy=found, on=form.cleaned_data["on"], title=form.cleaned_data["title"], given=given)
            if made is not None:
                return redirect("kit:answer_detail", pk=made.pk)
    context = {"form": form, "title": _("Compute an amount"), "text": found, "button": _("Compute and keep"), "back": reverse("kit:policy_detail", args=[pk]),
               "path": _crumbs((found, reverse("kit:policy_detail", args=[pk])))}  # fmt: skip
    return render(request, "governance/form.html", context, status=422 if request.method == "POST" else 200)


# --- trying --------------------------------------------------------------------------------------------------------------------------------------


def try_on(request: HttpRequest) -> HttpResponseBase:
    """One or two policies on past receipts: who would have received what. The address holds every choice, so it can be shared; nothing is written."""
    actor = actor_for(request, "policy.simulate")
    page = trying.page(request.GET, actor, get_language() or "en")
    if request.method == "POST" and page.get("found"):
        keep, policy = asked.number(request.POST.get("keep")), page["keep_with"]
        if policy is not None and policy.pk == keep:
            services.policy_try(actor=actor, obj=policy, figures=page["kept"] | {"url": request.get_full_path()})
            messages.success(request, _("The figures are kept with the draft."))
            return redirect("kit:policy_detail", pk=keep)
    if page.get("found") and request.GET.get("export") in ("csv", "xlsx", "json"):
        heads, keys, rows = trying.table(page)
        return exporting.respond(request.GET["export"], "simulation", heads, keys, rows)
    return render(request, "governance/try.html", page | {"may_bring": access.may(actor, "dataset.create").allowed})


def try_funding(request: HttpRequest) -> HttpResponseBase:
    """Funding rules on the university's own filings: who would have been paid what. Nothing is written."""
    actor = actor_for(request, "policy.simulate")
    page = funding.page(request.GET, actor, get_language() or "en")
    if page["found"] and request.GET.get("export") in funding.KINDS:
        heads, keys, rows = funding.table(page)
        return exporting.respond(request.GET["export"], "funding", heads, keys, rows)
    return render(request, "governance/funding.html", page)


def dataset_new(request: HttpRequest) -> HttpResponse:
    """Past receipts from a table; every cell that cannot be read is listed, and nothing is kept until all can."""
    actor = actor_for(request, "dataset.create")
    form = forms.DataSetForm(request.POST if request.method == "POST" else None, request.FILES or None)
    problems: list[tuple[Any, str, str]] = []
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        rows, problems = receipts.read(upload, form.cleaned_data["dates"])
        if problems:
            form.add_error("file", _("%(n)s cells cannot be read; they are listed below. Nothing was kept.") % {"n": len(problems)})
        else:
            upload.seek(0)
            made = served(form, services.dataset_bring, actor=actor, name=form.cleaned_data["name"], upload=upload, receipts=rows)
            if made is not None:
                messages.success(request, _("%(n)s receipts were brought in.") % {"n": made.count})
                return redirect("kit:dataset_detail", pk=made.pk)
    context = {"form": form, "problems": problems[:200], "title": _("Bring receipts in"), "button": _("Bring in"), "back": reverse("kit:dataset_list"), "path": _crumbs()}
    return render(request, "governance/form.html", context, status=422 if request.method == "POST" else 200)


# --- papers ----------------------------------------------------------------------------------------------------------------------------------------


def _file(content: bytes | str, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response


def decision_pack(request: HttpRequest, pk: int) -> HttpResponse:
    """One PDF for the people who decide: the proposal, its values beside the law, the simulation, the steps so far, the sources."""
    actor = actor_for(request, "procedure.view")
    found = get_object_or_404(access.visible(actor, Procedure.objects.select_related("policy", "copy", "policy__copy", "university")), pk=pk)
    return _file(papers.decision_pack(found, get_language() or "en"), f"{found.number}.pdf", "application/pdf")


def explain(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Why an amount is what it is, as PDF or text."""
    actor = actor_for(request, "answer.view")
    found = get_object_or_404(access.visible(actor, Answer.objects.select_related("policy", "university")), pk=pk)
    language = get_language() or "en"
    if kind == "txt":
        return _file(selectors.explained_text(found.number, language) or "", f"{found.number}.txt", "text/plain; charset=utf-8")
    if kind == "pdf":
        return _file(papers.explained_pdf(found, language), f"{found.number}.pdf", "application/pdf")
    raise Http404


def document(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The document of a step."""
    actor = actor_for(request, "procedure.view")
    found = get_object_or_404(access.visible(actor, Step.objects.exclude(document=None).select_related("document")), pk=pk)
    return files.respond(found.document)


def replay(request: HttpRequest) -> HttpResponse:
    """Compute every kept amount again, as a job; what differs is listed."""
    actor = actor_for(request, "answer.replay")
    if request.method == "POST":
        jobs.start("governance.replay", university=actor.university_id, key=f"governance-replay-{actor.university_id}", by=actor.user_id)
        return redirect("governance:replay")
    job = Job.objects.filter(university_id=actor.university_id, name="governance.replay").order_by("-pk").first()
    rows = access.visible(actor, Answer.objects.all())
    context = {"job": job, "running": job is not None and job.state in (Job.State.QUEUED, Job.State.RUNNING), "total": rows.count(), "differing": list(rows.exclude(differs={})[:200])}
    return render(request, "governance/replay.html", context)


