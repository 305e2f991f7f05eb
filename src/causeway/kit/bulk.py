"""The same done to many records: at once for some, all or none; as a job for many, each for itself, with a page that says what was done and what was refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from causeway.frame import access, asked, jobs
from causeway.frame.imports import let_others_write
from causeway.frame.models import Job, User
from causeway.kit.forms import Form, dress
from causeway.kit.history import told
from causeway.kit.resource import COUNT_LIMIT, Action, Resource, named
from causeway.kit.views import allowed, edit_fields, narrowed, posted, signed_in, stored, whole

#: More than so many are changed by a job.
AT_ONCE = 200
#: So many rows are changed in one transaction of a job, and so many are shown on a page.
TOGETHER, SHOWN = 25, 100


# --- which rows, and what is done to them -----------------------------------------------------------------------------------------------


def picked(request: HttpRequest, resource: Resource, actor: access.Actor, listed: QuerySet | None = None) -> list[Any]:
    """The rows meant, in sight: those picked, or every row of the list under the filters it was posted with; at most `COUNT_LIMIT`.

    listed: the rows of a list that a room shows itself.
    """
    if request.POST.get("every") and listed is not None:
        return list(listed[:COUNT_LIMIT])
    if request.POST.get("every"):
        request.GET = QueryDict(request.POST.get("query", ""))  # type: ignore[assignment]
        return list(narrowed(request, resource, actor)[0][:COUNT_LIMIT])
    picks = (*request.POST.getlist("pick"), *request.POST.get("picks", "").split(","))
    ids = [pk for text in picks if (pk := asked.number(text)) is not None][:COUNT_LIMIT]
    found = {obj.pk: obj for obj in resource.rows(actor).filter(pk__in=ids)}
    return [found[pk] for pk in dict.fromkeys(ids) if pk in found]


def _fault(act: Callable[[], Any]) -> str:
    """Do something in a transaction of its own: why it was refused, nothing where it was done."""
    try:
        with transaction.atomic():
            act()
    except ValidationError as fault:
        return " ".join(fault.messages)
    except (access.Refused, access.Conflict) as fault:
        return str(fault)
    return ""


def _each(rows: Sequence[Any], act: Callable[[Any], Any]) -> list[tuple[Any, str]]:
    """Do something to every row in one transaction; where one is refused nothing is done, and each refusal comes back with its row."""
    with transaction.atomic():
        faults = [(obj, why) for obj in rows if (why := _fault(lambda obj=obj: act(obj)))]
        if faults:
            transaction.set_rollback(True)
    return faults


def _without(rows: Sequence[Any], faults: Sequence[tuple[Any, str]]) -> list[Any]:
    wrong = {obj.pk for obj, _why in faults}
    return [obj for obj in rows if obj.pk not in wrong]


# --- pages --------------------------------------------------------------------------------------------------------------------------------


def bulk(request: HttpRequest, resource: Resource, listed: QuerySet | None = None) -> HttpResponse:
    """An action on the picked rows: first what it would do, then it is done; many by a job.

    listed: the rows of a list that a room shows itself, under the address this was posted to.
    """
    actor = allowed(request, resource, "view")
    back = reverse(resource.route_list) if listed is None else request.get_full_path()
    offered = {one.key for one in resource.actions if one.bulk} | {one.undo for one in resource.actions if one.bulk}
    action = next((one for one in resource.actions if one.key in offered and one.key == request.POST.get("action")), None)
    if request.method != "POST" or action is None:
        return redirect(back)
    access.require(actor, action.permission or f"{resource.key}.{action.key}")
    meant = picked(request, resource, actor, listed)
    rows = [obj for obj in meant if action.when is None or action.when(obj)]
    sure = request.POST.get("sure") == "1"
    form = (action.form or Form)(request.POST if sure else None, initial=request.POST.dict())
    faults: list[tuple[Any, str]] = []
    if sure and rows and form.is_valid():
        if len(rows) > AT_ONCE:
            return _begin(actor, resource, rows, action=action.key, values=_sent(request, form))
        faults = _each(rows, lambda obj: action.service(actor=actor, obj=obj, **form.cleaned_data))
        if not faults:
            messages.success(request, _with_undo(request, action, rows, reverse(resource.route_bulk) if listed is None else back))
            return redirect(back)
    left = _without(rows, faults)
    context = {
        "resource": resource, "action": action, "rows": left, "shown": resource.rows_html(left[:SHOWN], False), "more": max(0, len(left) - SHOWN), "picks": _ids(left), "faults": faults,
        "left_out": len(meant) - len(rows), "form": form, "back": back, "by_job": len(left) > AT_ONCE,
        "text": "" if callable(action.text) else action.text,
    }  # fmt: skip
    return render(request, "kit/bulk.html", context, status=422 if sure else 200)


def _with_undo(request: HttpRequest, action: Action, rows: Sequence[Any], to: str) -> str:
    """What was done to how many, with a button that takes it back. to: where the button posts to."""
    said = _("%(what)s: %(n)s records.") % {"what": action.label, "n": len(rows)}
    if not action.undo:
        return said
    fields = {"action": action.undo, "picks": _ids(rows), "sure": "1"}
    return SafeString(render_to_string("kit/undo.html", {"text": said, "back": to, "fields": fields}, request))


def bulk_edit(request: HttpRequest, resource: Resource) -> HttpResponse:
    """One field of the picked rows: choose it, see what each row had and will have, then they are changed; many by a job."""
    actor = allowed(request, resource, "update")
    fields = edit_fields(resource)
    if request.method != "POST" or resource.update is None or not fields:
        return redirect(resource.route_list)
    rows = picked(request, resource, actor)
    name = request.POST.get("field", "")
    context: dict[str, Any] = {"resource": resource, "rows": rows, "picks": _ids(rows), "fields": [(key, one.label) for key, one in fields.items()], "name": name,
                               "back": reverse(resource.route_list)}  # fmt: skip
    if name not in fields:
        return render(request, "kit/bulk_edit.html", context)
    form = Form(request.POST if "preview" in request.POST or "sure" in request.POST else None)
    form.fields = {name: resource.form().fields[name]}  # type: ignore[misc, assignment]
    dress(form)
    context["form"] = form
    if not form.is_bound or not form.is_valid():
        return render(request, "kit/bulk_edit.html", context, status=422 if form.is_bound else 200)
    value = form.cleaned_data[name]
    changed = [obj for obj in rows if getattr(obj, name, None) != value]
    if "sure" in request.POST and changed:
        text = request.POST.get(name, "")
        if len(changed) > AT_ONCE:
            return _begin(actor, resource, changed, field=name, values={name: [text]})
        faults = _each(changed, lambda obj: resource.update(actor=actor, obj=obj, **whole(resource, obj, {name: text})))  # type: ignore[misc]
        if not faults:
            messages.success(request, _("%(n)s records were changed.") % {"n": len(changed)})
            return redirect(resource.route_list)
        context["faults"], changed = faults, _without(changed, faults)
        context["picks"] = _ids(changed)
    field = resource.model._meta.get_field(name)
    context["changes"] = [(obj, told(field, obj.serializable_value(name), actor), told(field, stored(value), actor)) for obj in changed[:SHOWN]]
    context |= {"count": len(changed), "more": max(0, len(changed) - SHOWN), "same": len(rows) - len(changed) - len(context.get("faults", ())), "by_job": len(changed) > AT_ONCE}
    return render(request, "kit/bulk_edit.html", context, status=422 if "faults" in context else 200)


def _ids(rows: Sequence[Any]) -> str:
    return ",".join(str(obj.pk) for obj in rows)


def _sent(request: HttpRequest, form: Any) -> dict[str, list[str]]:
    return {name: request.POST.getlist(name) for name in form.fields if name in request.POST}


def _begin(actor: access.Actor, resource: Resource, rows: Sequence[Any], **what: Any) -> HttpResponse:
    """Queue the job and go to its page."""
    args = {"kind": resource.key, "ids": [obj.pk for obj in rows], "language": translation.get_language() or "en", **what}
    return redirect("kit:bulk_result", pk=jobs.start(JOB, university=actor.university_id, by=actor.user_id, who=actor.user_id, **args).pk)


def result(request: HttpRequest, pk: int) -> HttpResponse:
    """What a job on many records did: how far it is, what was done, what was refused and why; and a way to take it back."""
    actor = signed_in(request)
    job = get_object_or_404(Job, pk=pk, name=JOB, university_id=actor.university_id, created_by_id=actor.user_id)
    resource, args, kept = named(job.args["kind"]), job.args, job.result or {}
    if request.method == "POST":
        return _take_back(actor, job, resource)
    done, refused = kept.get("done", []), kept.get("refused", [])
    wanted = [*done[:SHOWN], *(pk for pk, _why in refused[:SHOWN])]
    seen = {obj.pk: obj for obj in resource.rows(actor).filter(pk__in=wanted)}
    line = lambda pk: (str(seen[pk]), reverse(resource.route_detail, args=[pk])) if pk in seen else (_("a record out of your sight"), "")  # noqa: E731
    context = {
        "job": job, "resource": resource, "title": _title(resource, args), "total": len(args["ids"]), "behind": len(done) + len(refused), "count": len(done),
        "done": [line(pk) for pk in done[:SHOWN]], "refused": [(*line(pk), why) for pk, why in refused[:SHOWN]], "refusals": len(refused),
        "more": max(0, len(done) - SHOWN), "more_refused": max(0, len(refused) - SHOWN), "over": job.state in (Job.State.DONE, Job.State.FAILED),
        "may_take_back": job.state == Job.State.DONE and bool(done) and _undoing(resource, args) is not None and _taking_back(job) is None, "back": reverse(resource.route_list),
    }  # fmt: skip
    return render(request, "kit/bulk_result.html", context)


def _title(resource: Resource, args: dict[str, Any]) -> str:
    if args.get("field"):
        return str(_("Edit many: %(field)s") % {"field": resource.form.base_fields[args["field"]].label})  # type: ignore[union-attr]
    label = _action(resource, args["action"]).label
    return str(label)


def _action(resource: Resource, key: str) -> Action:
    found = next((one for one in resource.actions if one.key == key), None)
    if found is None:
        raise Http404
    return found


def _undoing(resource: Resource, args: dict[str, Any]) -> dict[str, Any] | None:
    """What takes a job back: the action that does, or the field's values of before; None where nothing does, or where it took something back itself."""
    if args.get("back"):
        return None
    if args.get("field"):
        return {"field": args["field"]}
    return {"action": key} if (key := _action(resource, args["action"]).undo) else None


def _take_back(actor: access.Actor, job: Job, resource: Resource) -> HttpResponse:
    """Queue the job that takes another back, once."""
    if begun := _taking_back(job):
        return redirect("kit:bulk_result", pk=begun.pk)
    undoing, kept = _undoing(resource, job.args), job.result or {}
    if job.state != Job.State.DONE or undoing is None or not kept.get("done"):
        return redirect("kit:bulk_result", pk=job.pk)
    args = {"kind": resource.key, "ids": kept["done"], "language": translation.get_language() or "en", "values": {}, "back": job.pk, **undoing}
    made = jobs.start(JOB, university=actor.university_id, by=actor.user_id, key=f"{JOB}:back:{job.pk}", who=actor.user_id, **args)
    return redirect("kit:bulk_result", pk=made.pk)


def _taking_back(job: Job) -> Job | None:
    """The job that takes another back, if one was begun."""
    return Job.objects.filter(name=JOB, created_by_id=job.created_by_id, args__back=job.pk).first()


# --- the job --------------------------------------------------------------------------------------------------------------------------------

JOB = "kit.bulk"


@jobs.handler(JOB, tries=5, title=gettext_lazy("Change many records"))
def work(progress: jobs.Progress, kind: str, ids: list[int], language: str, who: int, values: dict[str, list[str]], action: str = "", field: str = "", back: int = 0) -> dict[str, Any]:
    """Do an action or change a field, row by row. What is behind is kept with each part, so that a second run goes on where the first was ended.

    back: the job that this one takes back; a field then gets the value it had before, where nobody changed it since.
    """
    resource = named(kind)
    job = progress.job
    actor = access.actor_of(User.objects.get(pk=who), job.university_id)
    kept: dict[str, Any] = job.result or {"done": [], "refused": [], "before": {}, "after": {}}
    left = ids[len(kept["done"]) + len(kept["refused"]) :]
    with translation.override(language), timezone.override(job.university.timezone), access.asking(actor):  # type: ignore[union-attr]
        act = _acting(resource, actor, action) if action else _setting(resource, actor, field, values, kept, back)
        form = _form(resource, action, values) if action else {}
        for part in (left[n : n + TOGETHER] for n in range(0, len(left), TOGETHER)):
            with transaction.atomic():
                for pk, why in _behind(resource, actor, part, lambda obj: act(obj, form)):
                    if why:
                        kept["refused"].append([pk, why])
                    else:
                        kept["done"].append(pk)
                progress.keep(kept)
            progress.tell(len(kept["done"]) + len(kept["refused"]), len(ids), force=True)
            let_others_write()
    return kept


def _behind(resource: Resource, actor: access.Actor | None, part: Sequence[int], act: Callable[[Any], Any]) -> Iterator[tuple[int, str]]:
    """Each row of a part with why it was refused, nothing where it was done."""
    rows = {obj.pk: obj for obj in resource.rows(actor).filter(pk__in=part)} if actor else {}
    for pk in part:
        obj = rows.get(pk)
        yield pk, _fault(lambda obj=obj: act(obj)) if obj is not None else str(_("It is gone, or out of your sight."))


def _form(resource: Resource, key: str, values: dict[str, list[str]]) -> dict[str, Any]:
    """What was filled in, as the form of the action cleans it."""
    data = QueryDict(mutable=True)
    for name, texts in values.items():
        data.setlist(name, texts)
    form = (_action(resource, key).form or Form)(data)
    if not form.is_valid():
        raise ValidationError([error for errors in form.errors.values() for error in errors])
    return form.cleaned_data


def _acting(resource: Resource, actor: access.Actor | None, key: str) -> Callable[[Any, dict[str, Any]], Any]:
    action = _action(resource, key)

    def act(obj: Any, values: dict[str, Any]) -> Any:
        access.require(actor, action.permission or f"{resource.key}.{action.key}", obj)
        if action.when is not None and not action.when(obj):
            raise ValidationError(_("This does not apply to it."))
        return action.service(actor=actor, obj=obj, **values)

    return act


def _setting(resource: Resource, actor: access.Actor | None, name: str, values: dict[str, list[str]], kept: dict[str, Any], back: int) -> Callable[[Any, dict[str, Any]], Any]:
    """Sets a field, and keeps what it was and what it became; or sets it back to what it was before another job."""
    before = (Job.objects.get(pk=back).result or {}) if back else {}

    def act(obj: Any, _values: dict[str, Any]) -> Any:
        access.require(actor, f"{resource.key}.update", obj)
        was, text = posted(resource, obj).get(name, ""), values[name][0] if not back else before["before"].get(str(obj.pk), "")
        if back and str(was) != before["after"].get(str(obj.pk)):
            raise ValidationError(_("Somebody changed it since."))
        made = resource.update(actor=actor, obj=obj, **whole(resource, obj, {name: text}))  # type: ignore[misc]
        kept["before"][str(obj.pk)], kept["after"][str(obj.pk)] = str(was), str(posted(resource, made).get(name, ""))
        return made

    return act
