"""Generic pages over a Resource: list, detail, forms, actions, bulk, export, history. Views ask; services write."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from causeway.frame import access, audit
from causeway.frame.models import AuditEntry, AuditPersonal, SavedView
from causeway.kit import exporting
from causeway.kit.forms import Form
from causeway.kit.resource import COUNT_LIMIT, PAGE, Action, Resource, panels_of


def allowed(request: HttpRequest, resource: Resource, verb: str, obj: Any = None) -> access.Actor:
    """The actor, if it may do the verb; raises `Refused` with the reason, sends who is not signed in to the door."""
    actor = request.actor  # type: ignore[attr-defined]
    if actor is None:
        raise NotSignedIn
    access.require(actor, f"{resource.key}.{verb}", obj)
    return actor


class NotSignedIn(Exception):
    """Nobody is signed in; the page sends to the door."""


def find(resource: Resource, actor: access.Actor, pk: int) -> Any:
    """A record in sight of the actor, the trash included; Http404 for any other."""
    rows = access.visible(actor, resource.model._default_manager.all())
    found = (rows.select_related(*resource.related) if resource.related else rows).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


# --- list ------------------------------------------------------------------------------------------------------------------------------


def listing(request: HttpRequest, resource: Resource) -> HttpResponseBase:
    """The list with its filters in the address; the same address gives the export."""
    actor = allowed(request, resource, "view")
    trash = bool(request.GET.get("trash")) and resource.trash is not None
    rows, filters = narrowed(request, resource, actor, trash)
    if request.GET.get("export") in resource.exporting:
        return _export(request.GET["export"], resource, rows)
    page = max(1, int(request.GET.get("page", "1"))) if request.GET.get("page", "1").isdigit() else 1
    found = _page(rows, resource, page)
    count = rows.order_by()[:COUNT_LIMIT].count()
    bulk = [action for action in resource.actions if action.bulk and access.may(actor, action.permission or f"{resource.key}.{action.key}").allowed]
    body = SafeString("".join(resource.row_html(obj, reverse(resource.route_detail, args=[obj.pk]), bool(bulk)) for obj in found[:PAGE]))
    context = {
        "resource": resource, "rows": body, "count": count, "limit": COUNT_LIMIT, "page": page, "previous": page - 1, "next": page + 1,
        "has_next": len(found) > PAGE, "pages": 1, "filters": filters, "heads": _heads(request, resource), "bulk": bulk, "trash": trash,
        "may_create": resource.create is not None and resource.form is not None and resource.may(actor, "create") and not trash,
        "head_actions": resource.head_actions(actor) if resource.head_actions else [], "views": _views(actor, resource),
        "can_save_view": bool(request.GET) and not trash,
    }  # fmt: skip
    return render(request, "kit/list.html", context)


def narrowed(request: HttpRequest, resource: Resource, actor: access.Actor, trash: bool = False) -> tuple[QuerySet, list[dict[str, Any]]]:
    """The rows under the address's filters and sort, and the filters as the page shows them."""
    rows = resource.rows(actor, trash=trash)
    shown = []
    for one in resource.filters:
        value = request.GET.get(one.name, "")
        options = [(str(key), label) for key, label in one.options(actor)]
        if value and value in dict(options):
            rows = one.apply(rows, value)
        shown.append({"name": one.name, "label": one.label, "options": options, "value": value})
    text = request.GET.get("q", "").strip()
    if text and resource.search:
        rows = rows.filter(text_condition(resource, text))
    return _sorted(request, resource, rows), shown


def text_condition(resource: Resource, text: str) -> Q:
    """Every word in one of the searched fields; a number without its punctuation too."""
    condition = Q()
    for word in text.split()[:6]:
        one = Q()
        for field in resource.search:
            one |= Q(**{f"{field}__icontains": word})
        condition &= one
    digits = "".join(c for c in text if c.isdigit())
    if len(digits) >= 4 and any(field == "number_key" for field in resource.search):
        condition |= Q(number_key__contains=digits) | (Q(number_key__contains=digits[:-1]) if "." in text else Q())
    return condition


def _sorted(request: HttpRequest, resource: Resource, rows: QuerySet) -> QuerySet:
    wanted = request.GET.get("sort", "")
    name = wanted.lstrip("-")
    for column in resource.columns:
        if column.sort and column.name == name:
            sign = "-" if wanted.startswith("-") else ""
            return rows.order_by(f"{sign}{column.sort}", f"{sign}pk")
    return rows.order_by(*resource.order)


def _page(rows: QuerySet, resource: Resource, page: int) -> list[Any]:
    """A page of rows and one more; far pages fetch their ids first."""
    start = (page - 1) * PAGE
    if page == 1:
        return list(rows[: PAGE + 1])
    ids = list(rows.values_list("pk", flat=True)[start : start + PAGE + 1])
    by_id = {obj.pk: obj for obj in rows.filter(pk__in=ids)}
    return [by_id[pk] for pk in ids if pk in by_id]


def _heads(request: HttpRequest, resource: Resource) -> list[dict[str, Any]]:
    now = request.GET.get("sort", "")
    heads = []
    for column in resource.columns:
        state = "ascending" if now == column.name else "descending" if now == f"-{column.name}" else ""
        following = f"-{column.name}" if state == "ascending" else column.name
        heads.append({"label": column.label, "css": column.classes(), "sort": column.sort, "sorted": state, "next": following})
    return heads


def _views(actor: access.Actor, resource: Resource) -> list[SavedView]:
    if actor.user_id is None:
        return []
    return list(SavedView.objects.filter(Q(user_id=actor.user_id) | Q(shared=True), resource=resource.key).order_by("name")[:12])


def _export(kind: str, resource: Resource, rows: QuerySet) -> HttpResponseBase:
    heads = [str(column.label) for column in resource.columns]
    keys = [column.name for column in resource.columns]
    values = ([column.value(obj) for column in resource.columns] for obj in list(rows[:100_000]))
    return exporting.respond(kind, resource.path, heads, keys, values)


# --- one record ---------------------------------------------------------------------------------------------------------------------------


def detail(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    """A record's page."""
    actor = allowed(request, resource, "view")
    obj = find(resource, actor, pk)
    panels = [(one, one.context(request, obj)) for one in panels_of(resource)]
    shown = [(one.side, {"template": one.template, **context}) for one, context in panels if context is not None]
    context = {
        "resource": resource, "object": obj, "props": [p for p in resource.props(obj) if p[1] not in (None, "")],
        "identity": resource.identity(obj) if resource.identity else [], "actions": _actions(actor, resource, obj),
        "panels": [one for side, one in shown if not side], "side": [one for side, one in shown if side],
        "history": entries(resource, obj)[:4], "history_url": reverse(resource.route_history, args=[pk]),
    }  # fmt: skip
    return render(request, "kit/detail.html", context)


def _actions(actor: access.Actor, resource: Resource, obj: Any) -> list[dict[str, Any]]:
    made = []
    trashed = getattr(obj, "trashed_at", None) is not None
    if trashed:
        if resource.restore and resource.may(actor, "restore", obj):
            made.append({"url": reverse(resource.route_restore, args=[obj.pk]), "label": _("Restore"), "icon": "arrow-back-up", "main": True})
        return made
    if resource.trash and resource.may(actor, "trash", obj):
        made.append({"url": reverse(resource.route_trash, args=[obj.pk]), "label": _("Trash"), "icon": "trash", "main": False})
    if resource.update and resource.form and resource.may(actor, "update", obj):
        made.append({"url": reverse(resource.route_edit, args=[obj.pk]), "label": _("Edit"), "icon": "pencil", "main": False})
    for action in resource.actions:
        if (action.when is None or action.when(obj)) and access.may(actor, action.permission or f"{resource.key}.{action.key}", obj).allowed:
            made.append(
                {"url": reverse(resource.route_action, args=[obj.pk, action.key]), "label": action.label, "icon": action.icon, "main": action.main}
            )
    made += resource.record_actions(actor, obj) if resource.record_actions else []
    return sorted(made, key=lambda one: one["main"])


def new(request: HttpRequest, resource: Resource) -> HttpResponse:
    """The form of a new record."""
    actor = allowed(request, resource, "create")
    if resource.form is None or resource.create is None:
        raise Http404
    form = resource.form(request.POST if request.method == "POST" else None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        made = served(form, resource.create, actor=actor, **form.cleaned_data)
        if made is not None:
            messages.success(request, _("%(what)s was added.") % {"what": made})
            return redirect(resource.route_detail, pk=made.pk)
    return _form(request, resource, form, _("Add %(what)s") % {"what": resource.label}, _("Add"), reverse(resource.route_list))


def edit(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    """The form of a record; a conflict shows the other's change and loses nothing typed."""
    actor = allowed(request, resource, "view")
    obj = find(resource, actor, pk)
    allowed(request, resource, "update", obj)
    if resource.form is None or resource.update is None:
        raise Http404
    form = resource.form(request.POST if request.method == "POST" else None, request.FILES or None, instance=obj)
    revision, theirs = obj.revision, None
    if request.method == "POST" and form.is_valid():
        seen = request.POST.get("revision", "")
        fresh = find(resource, actor, pk)
        try:
            made = served(form, resource.update, actor=actor, obj=fresh, revision=int(seen) if seen.isdigit() else None, **form.cleaned_data)
        except access.Conflict as conflict:
            theirs, made = conflict.theirs, None
        if made is not None:
            messages.success(request, _("Saved."))
            return redirect(resource.route_detail, pk=pk)
    return _form(
        request,
        resource,
        form,
        _("Edit %(what)s") % {"what": obj},
        _("Save"),
        reverse(resource.route_detail, args=[pk]),
        revision=revision,
        theirs=theirs,
    )


def served(form: Any, service: Any, **values: Any) -> Any:
    """Call a service; what it refuses stands at the form's fields. None when it refused."""
    try:
        return service(**values)
    except ValidationError as fault:
        named = getattr(fault, "error_dict", None) or {NON_FIELD_ERRORS: fault.error_list}
        for name, errors in named.items():
            form.add_error(name if name in form.fields else None, errors)
    except access.Refused as refusal:
        form.add_error(None, str(refusal))
    return None


def _form(request: HttpRequest, resource: Resource, form: Any, title: str, button: str, back: str, **more: Any) -> HttpResponse:
    status = 422 if request.method == "POST" else 200
    return render(
        request, "kit/form.html", {"form": form, "title": title, "button": button, "back": back, "resource": resource, **more}, status=status
    )


def act(request: HttpRequest, resource: Resource, pk: int, key: str) -> HttpResponse:
    """An action on one record: its form asks, its service does."""
    actor = allowed(request, resource, "view")
    obj = find(resource, actor, pk)
    action = next((one for one in resource.actions if one.key == key), None)
    if action is None:
        raise Http404
    access.require(actor, action.permission or f"{resource.key}.{key}", obj)
    return _ask(request, resource, obj, action, actor)


def _ask(request: HttpRequest, resource: Resource, obj: Any, action: Action, actor: access.Actor) -> HttpResponse:
    back = reverse(resource.route_detail, args=[obj.pk])
    form = (action.form or Form)(request.POST if request.method == "POST" else None, request.FILES or None)
    if hasattr(form, "about"):
        form.about(obj)
    if request.method == "POST" and form.is_valid() and served(form, action.service, actor=actor, obj=obj, **form.cleaned_data) is not None:
        messages.success(request, action.done or _("Done: %(what)s.") % {"what": action.label})
        return redirect(
            request.POST.get("next") if (request.POST.get("next") or "").startswith("/") and not request.POST["next"].startswith("//") else back
        )
    return _form(request, resource, form, f"{action.label}: {obj}", str(action.label), back, text=action.text, grave=action.grave)


def trash(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    """Put a record into the trash, after a word."""
    actor = allowed(request, resource, "view")
    obj = find(resource, actor, pk)
    if resource.trash is None:
        raise Http404
    allowed(request, resource, "trash", obj)
    action = Action("trash", _("Put into the trash"), resource.trash, grave=True, text=_("It can be brought back from the trash."))
    return _ask(request, resource, obj, action, actor)


def restore(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    """Bring a record back from the trash, after a word."""
    actor = allowed(request, resource, "view")
    obj = find(resource, actor, pk)
    if resource.restore is None:
        raise Http404
    allowed(request, resource, "restore", obj)
    return _ask(request, resource, obj, Action("restore", _("Restore"), resource.restore), actor)


def bulk(request: HttpRequest, resource: Resource) -> HttpResponse:
    """An action on the picked rows: first what it would do, then it is done."""
    actor = allowed(request, resource, "view")
    action = next((one for one in resource.actions if one.bulk and one.key == request.POST.get("action")), None)
    if request.method != "POST" or action is None:
        return redirect(resource.route_list)
    access.require(actor, action.permission or f"{resource.key}.{action.key}")
    ids = [int(pk) for pk in request.POST.getlist("pick") if pk.isdigit()][:2000]
    rows = list(resource.rows(actor).filter(pk__in=ids))
    sure = request.POST.get("sure") == "1"
    form = (action.form or Form)(request.POST if sure else None)
    if sure and form.is_valid():
        done = sum(served(form, action.service, actor=actor, obj=obj, **form.cleaned_data) is not None for obj in rows)
        if done == len(rows):
            messages.success(request, _("%(what)s: %(n)s records.") % {"what": action.label, "n": done})
            return redirect(resource.route_list)
    return render(
        request, "kit/bulk.html", {"resource": resource, "action": action, "rows": rows, "form": form, "back": reverse(resource.route_list)}
    )


# --- history -------------------------------------------------------------------------------------------------------------------------------


def history(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    """Every change of a record: who, when, what, why."""
    actor = allowed(request, resource, "view")
    obj = find(resource, actor, pk)
    context = {"object": obj, "entries": entries(resource, obj)[:200], "back": reverse(resource.route_detail, args=[pk])}
    return render(request, "kit/history.html", context)


def entries(resource: Resource, obj: Any) -> list[AuditEntry]:
    """The entries of a record, newest first, in words; batches by the run that wrote the row among them."""
    label = resource.model._meta.label_lower
    own = Q(label=label, object_id=obj.pk)
    if getattr(obj, "run", None):
        own |= Q(run_id=obj.run)
    found = list(AuditEntry.objects.filter(own).order_by("-at", "-pk")[:200])
    fields = {f.name: str(f.verbose_name) for f in resource.model._meta.concrete_fields}
    for entry in found:
        entry.words = verb_words(entry.verb)
        entry.lines = list(_lines(entry, fields))
    return found


def _lines(entry: AuditEntry, fields: dict[str, str]) -> Iterator[tuple[str, Any, Any]]:
    for name, pair in sorted(entry.changes.items()):
        if name in ("revision", "run", "name_key", "number_key") or name not in fields:
            continue
        if isinstance(pair, list) and len(pair) == 2:
            yield fields[name], pair[0], pair[1]
        elif isinstance(pair, dict) and "digest" in pair:
            kept = AuditPersonal.objects.filter(entry=entry, field=name).first()
            yield fields[name], (kept.before if kept else _("erased")), (kept.after if kept else _("erased"))


def verb_words(verb: str) -> str:
    """A verb of the audit trail in words."""
    known = {
        "create": _("Added"), "update": _("Changed"), "trash": _("Put into the trash"), "restore": _("Restored"), "import": _("Brought in by an import"),
        "own": _("Owners set"), "inventors": _("Inventors set"), "done": _("Done"), "undo": _("Opened again"), "waive": _("Waived"), "confirm": _("Confirmed"),
        "instruct": _("Instructed"), "extend": _("Extended"), "reassign": _("Given to another person"), "record": _("Event recorded"),
        "correct": _("Event corrected"), "withdraw": _("Event withdrawn"), "end": _("Ended"), "next": _("Next date copied"), "recompute": _("Computed anew"),
    }  # fmt: skip
    return str(known.get(verb.rpartition(".")[2], verb.replace(".", " ")))


def view_save(request: HttpRequest) -> HttpResponse:
    """Save a list's filters under a name."""
    actor = request.actor  # type: ignore[attr-defined]
    if actor is None:
        raise NotSignedIn
    back = request.META.get("HTTP_REFERER", "/")
    name, key, query = (request.POST.get(field, "").strip() for field in ("name", "resource", "query"))
    if request.method == "POST" and name and key:
        found = SavedView.objects.filter(user_id=actor.user_id, resource=key, name=name[:80]).first()
        with audit.changing(found or SavedView(user_id=actor.user_id, resource=key, name=name[:80]), by=actor, verb="view.create") as view:
            view.query = query[:2000]
    return redirect(back if back.startswith(("/", request.build_absolute_uri("/"))) else "/")
