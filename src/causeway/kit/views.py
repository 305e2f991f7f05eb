"""Generic pages over a Resource: list, detail, forms, actions, export, history. Views ask; services write."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, FieldDoesNotExist, ValidationError
from django.db.models import F, Model, OrderBy, Q, QuerySet
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from causeway.frame import access, asked, scope, search
from causeway.frame.models import SavedView
from causeway.kit import exporting
from causeway.kit.forms import Form
from causeway.kit.history import QUIET, entries, told
from causeway.kit.resource import COUNT_LIMIT, PAGE, Action, Column, Resource, next_of, panels_of


def signed_in(request: HttpRequest) -> access.Actor:
    """The actor of the request; sends who is not signed in to the door."""
    actor = request.actor  # type: ignore[attr-defined]
    if actor is None:
        raise NotSignedIn
    return actor


def actor_for(request: HttpRequest, action: str, obj: Any = None) -> access.Actor:
    """The actor, if it may do the action; raises `Refused` with the reason, sends who is not signed in to the door."""
    actor = signed_in(request)
    access.require(actor, action, obj)
    return actor


def allowed(request: HttpRequest, resource: Resource, verb: str, obj: Any = None) -> access.Actor:
    """The actor, if it may do the verb; raises `Refused` with the reason, sends who is not signed in to the door."""
    return actor_for(request, f"{resource.key}.{verb}", obj)


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
        return _export(request.GET["export"], resource, actor, rows, resource.chosen(request.GET.getlist("columns")))
    page = asked.page(request)
    found = _page(rows, page, ids_first=bool(resource.text and request.GET.get("q")))
    count = rows.order_by()[:COUNT_LIMIT].count()
    columns = resource.chosen(request.GET.getlist("columns"))
    bulk = [action for action in resource.actions if action.bulk and access.may(actor, action.permission or f"{resource.key}.{action.key}").allowed]
    may_edit = bool(not trash and resource.update and edit_fields(resource) and resource.may(actor, "update"))
    body = SafeString("".join(resource.rows_html(found[:PAGE], bool(bulk) or may_edit, columns)))
    context = {
        "resource": resource, "rows": body, "count": count, "limit": COUNT_LIMIT, "page": page, "previous": page - 1, "next": page + 1,
        "has_next": len(found) > PAGE, "pages": 1, "filters": filters, "heads": _heads(request, columns), "bulk": bulk, "trash": trash,
        "may_edit": may_edit, "picking": bool(bulk) or may_edit, "columns": [(one.name, one.label, one in columns, one.link) for one in resource.columns],
        "may_create": resource.create is not None and resource.form is not None and resource.may(actor, "create") and not trash,
        "head_actions": resource.head_actions(actor) if resource.head_actions else [], "views": _views(actor, resource),
        "kept": [(key, value) for key, values in request.GET.lists() for value in values if key not in ("columns", "page", "export")],
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
    text = request.GET.get("q", "").strip()[:200]
    order = _order(request, resource)
    if not text or not resource.search:
        return rows.order_by(*order), shown
    return holding(resource, rows, text).order_by(*(found_first(order) if resource.text else order)), shown


#: Up to so many rows the words are looked for in the rows themselves too, which knows of what was written a moment ago.
FEW = 2_000


def holding(resource: Resource, rows: QuerySet, text: str, found: list[int] | None = None, count: int | None = None) -> QuerySet:
    """The rows that hold the words or the number; at most `search.MATCHES` of a large table, the newest.

    found: what the index knows of the text; count: how many rows there are, to one more than `FEW`; where the caller has asked already.
    """
    found = search.ids(resource.text_of or resource.model, text) if found is None else found
    if resource.text is not None:
        return rows.filter(resource.text(text, found))
    count = rows.order_by()[: FEW + 1].count() if count is None else count
    if count <= FEW:
        return rows.filter(Q(pk__among=found) | text_condition(resource, text)) if count else rows.none()
    narrowed_by_index = rows.filter(pk__among=found) if found else rows.none()
    # Who sees little of much may find none of theirs among the newest matches: then their own rows are read.
    if len(found) == search.MATCHES and not narrowed_by_index.exists():
        return rows.filter(text_condition(resource, text))
    return narrowed_by_index


def found_first(order: Sequence[str]) -> list[OrderBy]:
    """An order for rows that were searched for: matches are found first, then ordered. By the bare columns a database may walk a whole
    table in their order, looking for a few matches."""
    return [OrderBy(Coalesce(F(name.lstrip("-")), F(name.lstrip("-"))), descending=name.startswith("-")) for name in order]


def first_of(rows: QuerySet, resource: Resource, actor: access.Actor, most: int) -> list[Any]:
    """The first of the rows that were searched for. Where a whole table was searched, only these are read."""
    if resource.text is None:
        return list(rows.order_by(*resource.order)[:most])
    keys = rows.select_related(None).order_by(*found_first(resource.order)).values("pk")[:most]
    return list(resource.rows(actor).select_related(None).filter(pk__in=keys).order_by(*resource.order))


#: A check digit at the end of a number, which not every office prints.
_CHECK_DIGIT = re.compile(r"\d{4}\.[\dxX]$")


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
        condition |= Q(number_key__contains=digits) | (Q(number_key__contains=digits[:-1]) if _CHECK_DIGIT.search(text) else Q())
    return condition


def _order(request: HttpRequest, resource: Resource) -> Sequence[str]:
    wanted = request.GET.get("sort", "")
    name = wanted.lstrip("-")
    for column in resource.columns:
        if column.sort and column.name == name:
            sign = "-" if wanted.startswith("-") else ""
            return (f"{sign}{column.sort}", f"{sign}pk")
    return resource.order


def _page(rows: QuerySet, page: int, ids_first: bool) -> list[Any]:
    """A page of rows and one more; far pages fetch their ids first, and so do searches."""
    start = (page - 1) * PAGE
    if page == 1 and not ids_first:
        return list(rows[: PAGE + 1])
    ids = list(rows.select_related(None).values_list("pk", flat=True)[start : start + PAGE + 1])
    by_id = {obj.pk: obj for obj in rows.order_by().filter(pk__among=ids)}
    return [by_id[pk] for pk in ids if pk in by_id]


def _heads(request: HttpRequest, columns: Sequence[Column]) -> list[dict[str, Any]]:
    now = request.GET.get("sort", "")
    heads = []
    for column in columns:
        state = "ascending" if now == column.name else "descending" if now == f"-{column.name}" else ""
        following = f"-{column.name}" if state == "ascending" else column.name
        heads.append({"label": column.label, "css": column.classes(), "sort": column.sort, "sorted": state, "next": following})
    return heads


def _views(actor: access.Actor, resource: Resource) -> list[SavedView]:
    if actor.user_id is None:
        return []
    return list(SavedView.objects.filter(Q(user_id=actor.user_id) | Q(shared=True), resource=resource.key).order_by("name")[:12])


def _export(kind: str, resource: Resource, actor: access.Actor, rows: QuerySet, columns: Sequence[Column]) -> HttpResponseBase:
    titles = {name: str(title) for column in columns for name, title in column.titles().items()}
    values = ([value for column in columns for value in column.values(obj)] for obj in rows.iterator(2_000))
    return exporting.respond(kind, resource.path, list(titles.values()), list(titles), scope.within(actor.university_id, values))


# --- one record ---------------------------------------------------------------------------------------------------------------------------


def detail(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    """A record's page."""
    actor = allowed(request, resource, "view")
    obj = find(resource, actor, pk)
    panels = [(one, one.context(request, obj)) for one in panels_of(resource)]
    shown = [(one.side, {"template": one.template, **context}) for one, context in panels if context is not None]
    following = next_of(resource, actor, obj) if getattr(obj, "trashed_at", None) is None else None
    context = {
        "resource": resource, "object": obj, "props": _known(resource, obj),
        "identity": resource.identity(obj) if resource.identity else [],
        **_arranged([one for one in _actions(actor, resource, obj) if following is None or one["url"] != following.url]), "following": following,
        "panels": [one for side, one in shown if not side], "side": [one for side, one in shown if side],
        "history": entries(resource, obj, actor, 4), "history_url": reverse(resource.route_history, args=[pk]),
    }  # fmt: skip
    return render(request, "kit/detail.html", context)


def _actions(actor: access.Actor, resource: Resource, obj: Any) -> list[dict[str, Any]]:
    """What the actor may do to a record: what is done most first, what is grave last."""
    if getattr(obj, "trashed_at", None) is not None:
        may = resource.restore and resource.may(actor, "restore", obj)
        return [_button(reverse(resource.route_restore, args=[obj.pk]), _("Restore"), icon="arrow-back-up", main=True)] if may else []
    made = []
    if resource.update and resource.form and resource.may(actor, "update", obj):
        made.append(_button(reverse(resource.route_edit, args=[obj.pk]), _("Edit"), icon="pencil"))
    for action in resource.actions:
        if (action.when is None or action.when(obj)) and access.may(actor, action.permission or f"{resource.key}.{action.key}", obj).allowed:
            made.append(_button(reverse(resource.route_action, args=[obj.pk, action.key]), action.label, icon=action.icon, main=action.main, grave=action.grave))
    made += [{"grave": False, **one} for one in (resource.record_actions(actor, obj) if resource.record_actions else [])]
    if resource.trash and resource.may(actor, "trash", obj):
        made.append(_button(reverse(resource.route_trash, args=[obj.pk]), _("Trash"), icon="trash", grave=True))
    return sorted(made, key=lambda one: one["grave"])


def _button(url: str, label: Any, icon: str, main: bool = False, grave: bool = False) -> dict[str, Any]:
    return {"url": url, "label": label, "icon": icon, "main": main, "grave": grave}


def _arranged(actions: list[dict[str, Any]]) -> dict[str, Any]:
    """At most three buttons, the main one last; what is over goes into a menu, which counts as one of the three."""
    main = next((one for one in reversed(actions) if one["main"]), None)
    others = [one for one in actions if one is not main]
    room = 3 - bool(main)
    shown = room if len(others) <= room else room - 1
    return {"actions": others[:shown], "more": others[shown:], "main": main}


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
    form = form_of(resource, request.POST if request.method == "POST" else None, obj, request.FILES or None)
    # A form that comes back for a slip still rests on what was seen when it was opened.
    revision = asked.number(request.POST.get("revision")) or obj.revision
    seen, theirs = _seen(request.POST.get("seen", "")) if request.method == "POST" else _sent(form), None
    if request.method == "POST" and form.is_valid():
        fresh = find(resource, actor, pk)
        try:
            made = served(form, resource.update, actor=actor, obj=fresh, revision=asked.number(request.POST.get("revision")), **form.cleaned_data)
        except access.Conflict as conflict:
            made, now = None, _sent(form_of(resource, None, fresh))
            form = form_of(resource, _merged(form, seen, now), obj, request.FILES or None)
            theirs = _in_words(resource, {name: one for name, one in conflict.theirs.items() if not seen or seen.get(name) != now.get(name)}, actor)
            revision, seen = fresh.revision, now
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
        record=obj,
        revision=revision,
        seen=json.dumps(seen),
        theirs=theirs,
    )


def _known(resource: Resource, obj: Any) -> list[tuple[Any, Any, Any]]:
    """The facts of a record that are filled in."""
    return [one for one in resource.props(obj) if one[1] not in (None, "")]


def _seen(text: str) -> dict[str, list[str]]:
    """What a form showed when it was opened, as the form says; nothing where it says nothing sensible."""
    with contextlib.suppress(ValueError, RecursionError):
        found = json.loads(text)
        if isinstance(found, dict):
            return {name: [str(one) for one in values] for name, values in found.items() if isinstance(values, list)}
    return {}


def _sent(form: Any) -> dict[str, list[str]]:
    """What a browser sends of a form whose fields are left as they are shown."""
    made = {}
    for name in form.fields:
        bound = form[name]
        shown = bound.field.widget.format_value(bound.value())
        if isinstance(bound.field.widget, forms.CheckboxInput):
            made[name] = ["on"] if bound.value() else []
        else:
            made[name] = [str(one) for one in shown] if isinstance(shown, list | tuple) else ["" if shown is None else str(shown)]
    return made


def _merged(form: Any, seen: dict[str, list[str]], now: dict[str, list[str]]) -> Any:
    """What was typed, but with today's values in the fields that were left as they were seen: nobody's change is undone unasked."""
    data = form.data.copy()
    for name in seen.keys() & now.keys():
        typed = [one.replace("\r\n", "\n") for one in data.getlist(form.add_prefix(name))]
        if typed == [one.replace("\r\n", "\n") for one in seen[name]]:
            data.setlist(form.add_prefix(name), now[name])
    return data


def _in_words(resource: Resource, theirs: dict[str, Any], actor: access.Actor) -> list[dict[str, Any]]:
    """What the other changed: field by its label, value in words."""
    made = []
    for name, one in theirs.items():
        if name in QUIET:
            continue
        with contextlib.suppress(FieldDoesNotExist):
            field = resource.model._meta.get_field(name)
            made.append({"label": field.verbose_name, "by": one["by"], "value": told(field, stored(one["value"]), actor)})
    return made


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
        if said := str(action.done or _("Done: %(what)s.") % {"what": action.label}).strip():
            messages.success(request, _with_undo(request, resource, obj, action, actor, said))
        target = request.POST.get("next", "")
        return redirect(target if url_has_allowed_host_and_scheme(target, None) else back)
    return _form(request, resource, form, f"{action.label}: {obj}", str(action.label), back, record=obj, text=action.says(actor, obj), grave=action.grave, about=_known(resource, obj))


def _with_undo(request: HttpRequest, resource: Resource, obj: Any, action: Action, actor: access.Actor, said: str) -> str:
    """What was done, with a button that takes it back and what that restores."""
    undo = next((one for one in resource.actions if one.key == action.undo), None)
    if undo is None or not access.may(actor, undo.permission or f"{resource.key}.{undo.key}", obj).allowed:
        return said
    context = {"text": said, "back": reverse(resource.route_action, args=[obj.pk, undo.key]), "restores": undo.says(actor, find(resource, actor, obj.pk))}
    return SafeString(render_to_string("kit/undo.html", context, request))


def trash(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    """Put a record into the trash, after a word."""
    actor = allowed(request, resource, "view")
    obj = find(resource, actor, pk)
    if resource.trash is None:
        raise Http404
    allowed(request, resource, "trash", obj)
    action = Action("trash", _("Put into the trash"), resource.trash, grave=True, text=_("It can be brought back from the trash. What hangs on it, such as its dates, stays as it is."), done=" ")
    answer = _ask(request, resource, obj, action, actor)
    if answer.status_code == 302:
        _offer_undo(request, resource, obj)
        return redirect(resource.route_list)
    return answer


def _offer_undo(request: HttpRequest, resource: Resource, obj: Any) -> None:
    """Say what went into the trash, with a button that brings it back."""
    back = reverse(resource.route_restore, args=[obj.pk]) if resource.restore else ""
    said = render_to_string("kit/undo.html", {"text": _("%(what)s is in the trash.") % {"what": obj}, "back": back}, request)
    messages.success(request, SafeString(said))


def restore(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    """Bring a record back from the trash, after a word."""
    actor = allowed(request, resource, "view")
    obj = find(resource, actor, pk)
    if resource.restore is None:
        raise Http404
    allowed(request, resource, "restore", obj)
    return _ask(request, resource, obj, Action("restore", _("Restore"), resource.restore), actor)


def edit_fields(resource: Resource) -> dict[str, forms.Field]:
    """The fields many records may be given at once: choices, keys, days and yes or no; never what tells records apart."""
    fields = getattr(resource.form, "base_fields", {}) if resource.form else {}
    kinds = (forms.ChoiceField, forms.ModelChoiceField, forms.DateField, forms.BooleanField)
    return {name: field for name, field in fields.items() if isinstance(field, kinds) and not isinstance(field.widget, forms.HiddenInput)}


def stored(value: Any) -> Any:
    return value.pk if isinstance(value, Model) else value


def whole(resource: Resource, obj: Any, changes: dict[str, Any]) -> dict[str, Any]:
    """Every field of a record's form with some of them changed, as the form cleans them. Raises ValidationError by field."""
    form = form_of(resource, posted(resource, obj) | changes, obj)
    if not form.is_valid():
        raise ValidationError({name if name != NON_FIELD_ERRORS else NON_FIELD_ERRORS: list(errors) for name, errors in form.errors.items()})
    return form.cleaned_data


def posted(resource: Resource, obj: Any) -> dict[str, Any]:
    """A record's values as its form would post them."""
    form = form_of(resource, None, obj)
    return {name: value for name in form.fields if (value := form[name].value()) is not None}


def form_of(resource: Resource, data: Any, obj: Any = None, files: Any = None) -> Any:
    """A resource's form on a record (or on none); a form over no model begins with the record's values of the same names."""
    form: Any = resource.form
    if obj is None:
        return form(data, files)
    if issubclass(form, forms.BaseModelForm):
        return _with_what_stands(form(data, files, instance=obj), obj)
    initial = {name: getattr(obj, f"{name}_id", getattr(obj, name, None)) for name in form.base_fields}
    return _with_what_stands(form(data, files, initial=initial), obj)


def _with_what_stands(form: Any, obj: Any) -> Any:
    """A form whose choices hold what the record has now, though nobody would be offered it any more (it lies in the trash, has left): saving something
    else must neither drop it nor be refused for it."""
    for name, field in form.fields.items():
        if isinstance(field, forms.ModelChoiceField) and not isinstance(field, forms.ModelMultipleChoiceField) and (now := getattr(obj, f"{name}_id", None)):
            field.queryset = field.queryset | field.queryset.model._default_manager.filter(pk=now)
    return form


# --- history -------------------------------------------------------------------------------------------------------------------------------


def history(request: HttpRequest, resource: Resource, pk: int) -> HttpResponse:
    """Every change of a record: who, when, what, why."""
    actor = allowed(request, resource, "view")
    obj = find(resource, actor, pk)
    context = {"resource": resource, "object": obj, "entries": entries(resource, obj, actor), "may_log": access.may(actor, "audit.view").allowed, "back": reverse(resource.route_detail, args=[pk])}
    return render(request, "kit/history.html", context)
