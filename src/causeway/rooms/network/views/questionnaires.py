"""Pages of those who ask: build, translate, publish, invite, follow, read."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from causeway.engines.indicators import shipped_catalogue
from causeway.engines.indicators.questionnaire import words
from causeway.frame import access, asked
from causeway.frame.models import University
from causeway.kit import exporting
from causeway.kit.views import actor_for, served
from causeway.rooms.network.access.benchmarks import leads
from causeway.rooms.network.access.questionnaires import reads_whole
from causeway.rooms.network.choices import LANGUAGES
from causeway.rooms.network.forms import questionnaires as forms
from causeway.rooms.network.models import FrozenAnswers, Institution, Invited, Questionnaire, Round
from causeway.rooms.network.selectors import questionnaires as reads
from causeway.rooms.network.selectors import registry
from causeway.rooms.network.services import answers, questionnaires


def language() -> str:
    """The language of the page."""
    return get_language() or "en"


def told(request: HttpRequest, fault: ValidationError | access.Refused) -> None:
    """Say what was refused, above the page."""
    for message in fault.messages if isinstance(fault, ValidationError) else [str(fault)]:
        messages.error(request, message)


def home(request: HttpRequest) -> HttpResponse:
    """What the university is asked, and what it asks."""
    actor = actor_for(request, "round.view")
    today = timezone.now().date()
    waiting = [
        {"invited": one, "round": one.round, "late": answers.late(one.round, one, today) if one.state != "submitted" else "", "until": one.until or one.round.closes_on} for one in reads.to_answer(actor)
    ]
    own = list(reads.asked(actor)[:50])
    counts = reads.counts_of(own)
    rows = [{"round": one, **counts[one.pk], "open": one.closed_at is None and one.closes_on >= today} for one in own]
    return render(request, "network/rounds.html", {"waiting": waiting, "rows": rows, "builds": access.may(actor, "questionnaire.view").allowed, "today": today})


# --- building ------------------------------------------------------------------------------------------------------------------------


def _draft(request: HttpRequest, pk: int, action: str = "questionnaire.build") -> tuple[access.Actor, Questionnaire]:
    actor = actor_for(request, action)
    return actor, get_object_or_404(access.visible(actor, Questionnaire.objects.all()), pk=pk)


def build_context(request: HttpRequest, obj: Questionnaire) -> dict[str, Any]:
    """The panel of a questionnaire's page: its sections and questions, and what is wrong with it."""
    form, troubles = questionnaires.form_of(obj.definition)
    wrong: dict[str, list[str]] = {}
    for trouble in troubles:
        wrong.setdefault(trouble.place, []).append(questionnaires.say(trouble))
    sections, kinds = [], dict(forms.KINDS)
    for section in obj.definition.get("sections", []):
        questions = [
            {"key": one.get("key", ""), "kind": kinds.get(one.get("kind", ""), one.get("kind", "")), "text": words(one.get("text") or {}, language()) or _indicator_name(one.get("indicator", "")), "required": one.get("required"), "when": one.get("when", ""),
             "wrong": wrong.get(f"{section['key']}/{one.get('key')}", [])}
            for one in section.get("questions", [])
        ]  # fmt: skip
        sections.append({"key": section["key"], "title": words(section.get("title") or {}, language()), "when": section.get("when", ""), "questions": questions, "wrong": wrong.get(section["key"], [])})
    languages = sorted({code for _place, text in questionnaires.slots(json.loads(json.dumps(obj.definition))) for code in text})
    rounds = list(Round.objects.filter(key=obj.key).order_by("-version"))
    return {"object": obj, "sections": sections, "troubles": [{"place": one.place, "message": questionnaires.say(one)} for one in troubles], "sound": form is not None, "languages": [(code, label) for code, label in LANGUAGES if code != "en"], "known": languages, "rounds": rounds,
            "may": access.may(request.actor, "questionnaire.build").allowed}  # type: ignore[attr-defined]  # fmt: skip


def _indicator_name(code: str) -> str:
    one = shipped_catalogue().indicators.get(code)
    return f"{one.called(language())} ({code})" if one else code


def section(request: HttpRequest, pk: int, section: str = "") -> HttpResponse:
    """Add a section, or change one."""
    actor, obj = _draft(request, pk)
    found = next((one for one in obj.definition.get("sections", []) if one["key"] == section), None)
    if section and found is None:
        raise Http404
    initial = {"key": section, "title": words((found or {}).get("title", {}), "en"), "text": words((found or {}).get("text", {}) or {}, "en"), "when": (found or {}).get("when", "")}
    form = forms.SectionForm(request.POST if request.method == "POST" else None, initial=initial if found else None)
    if found:
        form.fields["key"].disabled = True
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        values = {"title": {**(found or {}).get("title", {}), "en": data["title"]}, "text": {**((found or {}).get("text") or {}), "en": data["text"]} if data["text"] else {}, "when": data["when"]}
        if served(form, questionnaires.section_save, actor=actor, obj=obj, key=section or data["key"], values=values) is not None:
            return redirect("kit:questionnaire_detail", pk=pk)
    return _page(request, form, _("Change the section") if found else _("Add a section"), obj)


def question(request: HttpRequest, pk: int, section: str, key: str = "") -> HttpResponse:
    """Add a question, or change one."""
    actor, obj = _draft(request, pk)
    here = next((one for one in obj.definition.get("sections", []) if one["key"] == section), None)
    found = next((one for one in (here or {}).get("questions", []) if one["key"] == key), None)
    if here is None or (key and found is None):
        raise Http404
    form = forms.QuestionForm(request.POST if request.method == "POST" else None, initial=forms.question_initial(found) if found else None)
    if found:
        form.fields["key"].disabled = True
    if request.method == "POST" and form.is_valid():
        values = form.values(found or {})
        saved = served(form, questionnaires.question_save, actor=actor, obj=obj, section=section, key=key or form.cleaned_data["key"], values=values)
        if saved is not None:
            trouble = next((one for one in questionnaires.form_of(saved.definition)[1] if one.place.startswith(f"{section}/{values['key']}")), None)
            if trouble is not None:
                messages.warning(request, _("Saved. Before it can be published: %(what)s") % {"what": questionnaires.say(trouble)})
            return redirect(f"{reverse('kit:questionnaire_detail', args=[pk])}#s-{section}")
    return _page(request, form, _("Change the question") if found else _("Add a question"), obj)


def _page(request: HttpRequest, form: Any, title: str, obj: Questionnaire) -> HttpResponse:
    context = {"form": form, "title": title, "text": str(obj), "button": _("Save"), "back": reverse("kit:questionnaire_detail", args=[obj.pk])}
    return render(request, "kit/form.html", context, status=422 if request.method == "POST" else 200)


def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a section or question up or down, or take it away."""
    actor, obj = _draft(request, pk)
    steps = {"up": -1, "down": 1, "remove": 0}
    if request.method == "POST" and request.POST.get("step") in steps:
        try:
            questionnaires.piece_move(actor=actor, obj=obj, section=request.POST.get("section", ""), key=request.POST.get("key", ""), step=steps[request.POST["step"]])
        except ValidationError as fault:
            told(request, fault)
    return redirect(f"{reverse('kit:questionnaire_detail', args=[pk])}#s-{request.POST.get('section', '')}")


def translate(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """A questionnaire's words side by side in two languages."""
    actor, obj = _draft(request, pk)
    if code not in dict(LANGUAGES) or code == "en":
        raise Http404
    if request.method == "POST":
        texts = {place.removeprefix("t:"): text[:5000] for place, text in request.POST.items() if place.startswith("t:")}
        questionnaires.translation_save(actor=actor, obj=obj, language=code, texts=texts)
        messages.success(request, _("Saved."))
        return redirect("kit:questionnaire_detail", pk=pk)
    rows = [{"place": place, "english": text.get("en", ""), "text": text.get(code, "")} for place, text in questionnaires.slots(json.loads(json.dumps(obj.definition)))]
    return render(request, "network/translate.html", {"object": obj, "rows": [one for one in rows if one["english"]], "label": dict(LANGUAGES)[code], "code": code})


def definition(request: HttpRequest, pk: int) -> HttpResponse:
    """The questionnaire as a file."""
    _actor, obj = _draft(request, pk, "questionnaire.view")
    response = HttpResponse(json.dumps(obj.definition, ensure_ascii=False, indent=1), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="questionnaire-{obj.pk}.json"'
    return response


def bring(request: HttpRequest) -> HttpResponse:
    """Begin a questionnaire from a file."""
    actor = actor_for(request, "questionnaire.create")
    form = forms.DefinitionForm(request.POST if request.method == "POST" else None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        content = form.cleaned_data["file"]
        title = words(content.get("title") if isinstance(content.get("title"), dict) else {}, "en") or _("Questionnaire")
        made = served(form, questionnaires.questionnaire_create, actor=actor, title=title[:300], definition=content)
        if made is not None:
            return redirect("kit:questionnaire_detail", pk=made.pk)
    context = {"form": form, "title": _("Bring a questionnaire in"), "button": _("Bring in"), "back": reverse("kit:questionnaire_list")}
    return render(request, "kit/form.html", context, status=422 if request.method == "POST" else 200)


def ready(request: HttpRequest) -> HttpResponse:
    """Begin with the questionnaire that comes with Causeway."""
    actor = actor_for(request, "questionnaire.create")
    if request.method == "POST":
        home = University.objects.get(pk=actor.university_id)
        content = questionnaires.ready_definition(timezone.now().year - 1, home.currency)
        made = questionnaires.questionnaire_create(actor=actor, title=words(content["title"], language()), definition=content)
        return redirect("kit:questionnaire_detail", pk=made.pk)
    return redirect("network:rounds")


def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish a questionnaire as a round."""
    actor, obj = _draft(request, pk, "questionnaire.publish")
    form = forms.PublishForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        made = served(form, questionnaires.questionnaire_publish, actor=actor, obj=obj, **form.cleaned_data)
        if made is not None:
            messages.success(request, _("Published. Now say who is asked."))
            return redirect("network:round", pk=made.pk)
    context = {"form": form, "title": _("Publish “%(title)s”") % {"title": obj}, "text": _("What is published never changes; a later version becomes a round of its own."), "button": _("Publish"),
               "back": reverse("kit:questionnaire_detail", args=[pk])}  # fmt: skip
    return render(request, "kit/form.html", context, status=422 if request.method == "POST" else 200)


# --- a round -------------------------------------------------------------------------------------------------------------------------


def _round(request: HttpRequest, pk: int, action: str = "round.view") -> tuple[access.Actor, Round]:
    actor = actor_for(request, action)
    found = get_object_or_404(access.visible(actor, Round.objects.all()), pk=pk)
    access.require(actor, action, found)
    return actor, found


def round_page(request: HttpRequest, pk: int) -> HttpResponse:
    """A round as the one who asks sees it: who was asked, how far they are, what came in."""
    actor, one = _round(request, pk)
    if one.source_id != actor.university_id or not reads_whole(actor):
        return redirect("network:answering", pk=pk)
    text = request.GET.get("q", "").strip()[:200]
    here = list(University.objects.exclude(pk__in=Invited.objects.filter(round=one).exclude(to=None).values("to")).order_by("name")[:200])
    frozen = {row.origin: row for row in reads.frozen_of(actor, one)}
    today = timezone.now().date()
    rows = [{"row": row, "frozen": frozen.get(row.origin), "until": row.until or one.closes_on} for row in reads.invited_of(actor, one)]
    context = {
        "round": one, "rows": rows, "here": here, "hits": registry.find(text) if text else [], "text": text, "interviews": reads.interviews_of(actor, one), "today": today,
        "open": one.closed_at is None and one.closes_on >= today, "may": leads(actor, one.source_id), "handed": len(frozen), "sections": len(one.definition.get("sections", [])),
        "waiting": sum(row["row"].state not in ("submitted", "declined") for row in rows),
    }  # fmt: skip
    return render(request, "network/round.html", context)


def invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask universities of this installation or of the registry."""
    actor, one = _round(request, pk, "round.invite")
    if request.method == "POST":
        ids = asked.numbers(request.POST.getlist("university"))
        elsewhere = asked.numbers(request.POST.getlist("institution"))
        try:
            made = questionnaires.invite(actor=actor, round=one, universities=list(University.objects.filter(pk__in=ids)), institutions=list(Institution.objects.filter(pk__in=elsewhere)))
            messages.success(request, ngettext("%(n)s university is asked.", "%(n)s universities are asked.", len(made)) % {"n": len(made)})
        except ValidationError as fault:
            told(request, fault)
    return redirect("network:round", pk=pk)


def remind(request: HttpRequest, pk: int) -> HttpResponse:
    """Remind who has not handed in."""
    actor, one = _round(request, pk, "round.remind")
    if request.method == "POST":
        sent = questionnaires.remind(actor=actor, round=one, invited=list(Invited.objects.filter(round=one).select_related("to")), on=timezone.now().date())
        messages.success(request, ngettext("%(n)s letter goes out. Each university is reminded once a day at most.", "%(n)s letters go out. Each university is reminded once a day at most.", sent) % {"n": sent})
    return redirect("network:round", pk=pk)


def extend(request: HttpRequest, pk: int) -> HttpResponse:
    """Give everybody, or one university, more time."""
    actor, one = _round(request, pk, "round.extend")
    who = asked.number(request.POST.get("invited") or request.GET.get("invited"))
    invited = Invited.objects.filter(round=one, pk=who).first()
    form = forms.ExtendForm(request.POST if request.method == "POST" else None, initial={"closes_on": one.closes_on})
    if request.method == "POST" and form.is_valid() and served(form, questionnaires.round_extend, actor=actor, round=one, invited=invited, **form.cleaned_data) is not None:
        return redirect("network:round", pk=pk)
    title = _("More time for %(who)s") % {"who": invited} if invited else _("More time for everybody")
    context = {"form": form, "title": title, "text": str(one), "button": _("Give more time"), "back": reverse("network:round", args=[pk])}
    return render(request, "kit/form.html", context, status=422 if request.method == "POST" else 200)


def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a round."""
    actor, one = _round(request, pk, "round.close")
    form = forms.WhyForm(request.POST if request.method == "POST" else None)
    form.fields["why"].required = False
    if request.method == "POST" and form.is_valid() and served(form, questionnaires.round_close, actor=actor, round=one, why=form.cleaned_data["why"]) is not None:
        return redirect("network:round", pk=pk)
    context = {"form": form, "title": _("Close “%(title)s”?") % {"title": one}, "text": _("Nothing is handed in any more. It can be opened again by giving more time."), "button": _("Close"), "grave": True,
               "back": reverse("network:round", args=[pk])}  # fmt: skip
    return render(request, "kit/form.html", context, status=422 if request.method == "POST" else 200)


def export(request: HttpRequest, pk: int, kind: str) -> HttpResponseBase:
    """Everything that was handed in, as a table."""
    actor, one = _round(request, pk, "frozen.view")
    if kind not in ("csv", "xlsx", "json") or one.source_id != actor.university_id:
        raise Http404
    heads, rows = reads.table(actor, one, questionnaires.round_form(one), language())
    return exporting.respond(kind, f"answers-{one.pk}", heads, ["university", "section", "key", "question", "answer", "handed_in", "version"], rows)


def frozen(request: HttpRequest, pk: int) -> HttpResponse:
    """Answers as they were handed in."""
    actor = actor_for(request, "frozen.view")
    one = get_object_or_404(access.visible(actor, FrozenAnswers.objects.select_related("round")), pk=pk)
    form = questionnaires.round_form(one.round)
    context = {"frozen": one, "sections": reads.in_words(form, one.content.get("answers", {}), language()), "notes": one.content.get("notes", {}),
               "may": one.current and one.source_id is not None and access.may(actor, "frozen.reopen", one).allowed and not one.reopened_why}  # fmt: skip
    return render(request, "network/frozen.html", context)


def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Open handed-in answers again, with a reason."""
    actor = actor_for(request, "frozen.reopen")
    one = get_object_or_404(access.visible(actor, FrozenAnswers.objects.select_related("round")), pk=pk)
    form = forms.WhyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and served(form, answers.reopen, actor=actor, frozen=one, why=form.cleaned_data["why"]) is not None:
        messages.success(request, _("Opened again. This copy stays until a new one is handed in."))
        return redirect("network:frozen", pk=pk)
    context = {"form": form, "title": _("Open these answers again?"), "text": str(one), "button": _("Open again"), "back": reverse("network:frozen", args=[pk])}
    return render(request, "kit/form.html", context, status=422 if request.method == "POST" else 200)


def interview(request: HttpRequest, pk: int) -> HttpResponse:
    """Record a talk about a round."""
    actor, one = _round(request, pk, "round.view")
    access.require(actor, "interview.record")
    form = forms.InterviewForm(request.POST if request.method == "POST" else None, request.FILES or None, initial={"on": timezone.now().date(), "name": request.GET.get("name", "")})
    form.about([(key, words(one_.text, language())) for key, one_ in questionnaires.round_form(one).questions.items()])
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        file = data.pop("file")
        made = served(form, questionnaires.interview_record, actor=actor, round=one, source=file, file_name=file.name if file else "", **data)
        if made is not None:
            return redirect("network:round", pk=pk)
    context = {"form": form, "title": _("Record an interview"), "text": str(one), "button": _("Record"), "back": reverse("network:round", args=[pk])}
    return render(request, "kit/form.html", context, status=422 if request.method == "POST" else 200)
