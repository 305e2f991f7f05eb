"""The API of every resource, from the same columns, forms and services as its pages; OpenAPI 3.1 is generated from them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from causeway.frame import access, asked, db, pace, preferences
from causeway.frame.accounts.declared import PACE
from causeway.frame.models import ApiToken, IdempotentReply
from causeway.kit.exporting import plain
from causeway.kit.resource import Action, Resource, resources
from causeway.kit.views import find, form_of, narrowed, posted

MAX_PAGE = 200
#: Requests a minute from an address that shows no key and is not signed in; for others a university says how many.
UNKNOWN_PACE = 60
#: The longest Idempotency-Key.
KEY_LENGTH = 100


class Fault(Exception):
    """A request that cannot be served: status, what is wrong, and where."""

    def __init__(self, status: int, title: str, errors: dict[str, list[str]] | None = None, headers: dict[str, str] | None = None) -> None:
        super().__init__(title)
        self.status, self.title, self.errors, self.headers = status, title, errors or {}, headers or {}


def problem(status: int, title: str, errors: dict[str, list[str]] | None = None, headers: dict[str, str] | None = None) -> JsonResponse:
    """An error as application/problem+json."""
    body: dict[str, Any] = {"status": status, "title": title}
    if errors:
        body["errors"] = errors
    return JsonResponse(body, status=status, content_type="application/problem+json", headers=headers)


def endpoint(view: Any) -> Any:
    """Answers problems as JSON. A session needs its CSRF token for writes; a bearer key does not."""

    @csrf_exempt
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        actor = request.actor  # type: ignore[attr-defined]
        try:
            _in_time(request, actor)
            if request.headers.get("Idempotency-Key"):
                request.body  # noqa: B018 - read whole before anything looks into it, for its digest
            if actor is None:
                return problem(401, _("Sign in, or send a key: Authorization: Bearer ..."), headers={"WWW-Authenticate": "Bearer"})
            if request.method not in ("GET", "HEAD") and actor.kind != "token" and not _csrf_holds(request):
                return problem(403, _("The CSRF token is missing."))
            return _once(request, actor, lambda: view(request, actor, *args, **kwargs))
        except Http404:
            return problem(404, _("There is nothing here."))
        except access.Refused as refusal:
            return problem(403, str(refusal))
        except access.Conflict as conflict:
            return problem(409, str(conflict))
        except Fault as fault:
            return problem(fault.status, fault.title, fault.errors, fault.headers)
        except ValidationError as fault:
            return problem(422, _("This cannot be saved."), getattr(fault, "message_dict", {"": fault.messages}))

    return wrapped


def _in_time(request: HttpRequest, actor: access.Actor | None) -> None:
    """Raise a fault for more requests a minute than may be: of a key, of who is signed in, or of an address that is neither."""
    if actor is None:
        seconds = pace.wait(f"address:{get_adapter().get_client_ip(request)}", lambda: UNKNOWN_PACE)
    else:
        key = request.headers.get("Authorization", "").partition(" ")[2].strip()
        asked = f"key:{ApiToken.digest_of(key)[:40]}" if actor.kind == "token" else f"user:{actor.user_id}"
        seconds = pace.wait(asked, lambda: preferences.get(PACE, university=actor.university_id))
    if seconds:
        raise Fault(429, _("Too many requests. Ask again in %(n)s seconds.") % {"n": seconds}, headers={"Retry-After": str(seconds)})


def _csrf_holds(request: HttpRequest) -> bool:
    from django.middleware.csrf import CsrfViewMiddleware

    return CsrfViewMiddleware(lambda _request: HttpResponse()).process_view(request, lambda _request: HttpResponse(), (), {}) is None


def _once(request: HttpRequest, actor: access.Actor, serve: Any) -> HttpResponse:
    """The same Idempotency-Key gets the same answer; another request under it is refused, and one from elsewhere or with other scopes is another."""
    key = request.headers.get("Idempotency-Key", "")
    if not key or request.method not in ("POST", "PATCH", "DELETE") or actor.user_id is None:
        return serve()
    if len(key) > KEY_LENGTH:
        raise Fault(400, _("An Idempotency-Key has at most %(n)s signs.") % {"n": KEY_LENGTH})
    digest = hashlib.sha256(f"{actor.university_id} {actor.scopes} {request.method} {request.get_full_path()} ".encode() + request.body).hexdigest()
    with transaction.atomic():
        db.lock(f"idempotent-{actor.user_id}-{key}")  # the same request twice at a time: the second waits for the answer of the first
        known = IdempotentReply.objects.filter(user_id=actor.user_id, key=key).first()
        if known is not None:
            if known.request_digest != digest:
                raise Fault(422, _("This Idempotency-Key was used for another request."))
            return HttpResponse(known.body, status=known.status, content_type=f"application/{'problem+' if known.status >= 400 else ''}json")
        response = serve()
        remember(actor, key, digest, response)
        return response


def remember(actor: access.Actor, key: str, digest: str, response: HttpResponse) -> None:
    """Keep the answer given under a key."""
    from causeway.frame import replies

    replies.keep(actor, key, digest, response.status_code, response.content.decode())


def shown(resource: Resource, obj: Any) -> dict[str, Any]:
    """A record as the API gives it: the columns of the list, the fields of the form, its revision."""
    record: dict[str, Any] = {"id": obj.pk, "url": reverse(f"api:{resource.key}", args=[obj.pk])}
    for column in resource.columns:
        record |= zip(column.titles(), map(plain, column.values(obj)), strict=True)
    for name in _form_fields(resource):
        if hasattr(obj, f"{name}_id"):
            record[name] = getattr(obj, f"{name}_id")
        elif hasattr(obj, name):
            record[name] = plain(getattr(obj, name))
    record["revision"] = getattr(obj, "revision", None)
    return record


def _form_fields(resource: Resource) -> dict[str, forms.Field]:
    return dict(getattr(resource.form, "base_fields", {})) if resource.form else {}


def _body(request: HttpRequest) -> dict[str, Any]:
    if request.content_type == "multipart/form-data":
        raise Fault(415, _("Send the fields as JSON; a form with files is taken only where there is a field for one."))
    try:
        data = json.loads(request.body or b"{}")
    except (ValueError, RecursionError):
        raise Fault(400, _("The body is not JSON.")) from None
    if not isinstance(data, dict):
        raise Fault(400, _("The body must be a JSON object."))
    return data


def _check_known(names: Iterable[str], fields: Iterable[str]) -> None:
    """Refuse fields that are not there: a program whose field is passed over would take it for stored."""
    if unknown := set(names) - set(fields):
        raise Fault(422, _("These fields do not exist here."), {name: [_("unknown field")] for name in sorted(unknown)})


def _checked(resource: Resource, data: dict[str, Any], instance: Any = None) -> dict[str, Any]:
    """The body through the resource's form, the one validator."""
    _check_known(data, [*_form_fields(resource), "revision"])
    initial = posted(resource, instance) if instance else {}
    fields = _form_fields(resource)
    values = {**initial, **_posted({name: value for name, value in data.items() if name != "revision"}, fields)}
    form = form_of(resource, {k: v for k, v in values.items() if v is not None}, instance)
    if not form.is_valid():
        raise Fault(422, _("This cannot be saved."), {name: list(errors) for name, errors in form.errors.items()})
    return form.cleaned_data


def _posted(data: dict[str, Any], fields: dict[str, forms.Field]) -> dict[str, Any]:
    """Values as a form takes them: several choices as a list, what a field writes as text (words, titles by language) so, other lists and objects as
    JSON. Refuses what is of another type than the description says: a form would take a list or `true` for words."""
    made, errors = {}, {}
    for name, value in data.items():
        field = fields[name]
        if isinstance(field, forms.JSONField):
            made[name] = value if value is None else json.dumps(value)
            continue
        # As a form would show it: what another record or list is called there.
        made[name] = value if isinstance(value, str | bool) else field.prepare_value(value)
        schema = _field_schema(field)
        if made[name] is value and not _is_of(value, schema):
            errors[name] = [_("Send this as %(type)s.") % {"type": " / ".join(_types(schema))}]
        elif not _can_be_kept(value):
            errors[name] = [str(ProhibitNullCharactersValidator.message)]
    if errors:
        raise Fault(422, _("This cannot be saved."), errors)
    return made


def _can_be_kept(value: Any) -> bool:
    """Whether every text in a value is one: JSON can hold halves of signs, which no database keeps, and the sign that ends a text there."""
    left = [value]
    while left:
        one = left.pop()
        left += [*one, *one.values()] if isinstance(one, dict) else one if isinstance(one, list) else []
        if isinstance(one, str) and ("\0" in one or any("\ud800" <= sign <= "\udfff" for sign in one)):
            return False
    return True


def _types(schema: dict[str, Any]) -> list[str]:
    found = schema.get("type", [])
    return [found] if isinstance(found, str) else found


def _is_of(value: Any, schema: dict[str, Any]) -> bool:
    """Whether a value is of the type of a schema; of any where it names none."""
    kinds = _types(schema)
    if isinstance(value, bool):
        return "boolean" in kinds or not kinds
    if isinstance(value, list) and "items" in schema:
        return all(_is_of(one, schema["items"]) for one in value)
    return not kinds or any(isinstance(value, _JSON[kind]) for kind in kinds if kind != "boolean")


@endpoint
def collection(request: HttpRequest, actor: access.Actor, key: str) -> HttpResponse:
    """GET: a page of records under the list's filters; POST: a new record."""
    resource = _resource(key)
    access.require(actor, f"{key}.view")
    if request.method == "POST":
        if resource.create is None or resource.form is None:
            raise Fault(405, _("Records of this kind are not added here."), headers={"Allow": "GET"})
        access.require(actor, f"{key}.create")
        made = resource.create(actor=actor, **_checked(resource, _body(request)))
        return JsonResponse(shown(resource, find(resource, actor, made.pk)), status=201)
    if request.method not in ("GET", "HEAD"):
        raise _not_served("GET", *(["POST"] if resource.create and resource.form else []))
    rows, filters = narrowed(request, resource, actor)
    _check_asked(request, resource, filters)
    size = min(MAX_PAGE, _number(request, "size", 50))
    start = (_number(request, "page", 1) - 1) * size
    found = list(rows[start : start + size + 1])
    following = _number(request, "page", 1) + 1 if len(found) > size else None
    response = JsonResponse({"items": [shown(resource, obj) for obj in found[:size]], "next_page": following})
    if following:
        query = request.GET.copy()
        query["page"] = str(following)
        response["Link"] = f'<{request.path}?{query.urlencode()}>; rel="next"'
    return response


def _number(request: HttpRequest, name: str, default: int) -> int:
    found = asked.number(request.GET.get(name, str(default)), asked.PAGES)
    if not found:
        raise Fault(400, _("%(name)s must be a whole number from 1 on.") % {"name": name})
    return found


def _check_asked(request: HttpRequest, resource: Resource, filters: list[dict[str, Any]]) -> None:
    """Refuse what a list does not know: a program whose filter is passed over would take every record for the ones it asked for."""
    sorts = [sign + column.name for column in resource.columns if column.sort for sign in ("", "-")]
    choices = {one["name"]: [value for value, _label in one["options"]] for one in filters} | {"sort": sorts}
    errors = {}
    for name, value in request.GET.items():
        if name not in choices and name not in ("page", "size", *(["q"] if resource.search else [])):
            errors[name] = [_("unknown field")]
        elif name in choices and value and value not in choices[name]:
            errors[name] = [forms.ChoiceField.default_error_messages["invalid_choice"] % {"value": value}]
    if errors:
        raise Fault(400, _("These fields do not exist here."), errors)


def _not_served(*methods: str) -> Fault:
    """A method that is not served at an address, and those that are."""
    return Fault(405, _("This method is not served here."), headers={"Allow": ", ".join(methods)})


def _check_seen(request: HttpRequest, obj: Any) -> None:
    """Lock a record and refuse where If-Match holds another revision than its last; for what is not done through a form's service."""
    if (seen := _revision(request, {})) is not None and type(obj)._default_manager.select_for_update(of=("self",)).get(pk=obj.pk).revision != seen:
        raise access.Conflict(_("Somebody changed this record while you were at it."))


@endpoint
def record(request: HttpRequest, actor: access.Actor, key: str, pk: int) -> HttpResponse:
    """GET: one record; PATCH: change it (If-Match holds the revision seen); DELETE: put it into the trash."""
    resource = _resource(key)
    access.require(actor, f"{key}.view")
    obj = find(resource, actor, pk)
    if request.method == "PATCH" and resource.update and resource.form:
        access.require(actor, f"{key}.update", obj)
        data = _body(request)
        seen = _revision(request, data)
        values = _checked(resource, data, obj)
        resource.update(actor=actor, obj=find(resource, actor, pk), revision=seen, **values)
    elif request.method == "DELETE" and resource.trash:
        access.require(actor, f"{key}.trash", obj)
        with transaction.atomic():
            _check_seen(request, obj)
            resource.trash(actor=actor, obj=obj)
        return HttpResponse(status=204)
    elif request.method not in ("GET", "HEAD"):
        raise _not_served("GET", *(["PATCH"] if resource.update and resource.form else []), *(["DELETE"] if resource.trash else []))
    obj = find(resource, actor, pk)
    response = JsonResponse(shown(resource, obj))
    response["ETag"] = f'"{getattr(obj, "revision", 1)}"'
    return response


def _revision(request: HttpRequest, data: dict[str, Any]) -> int | None:
    """The revision the caller saw, from If-Match or the body; None where none is told."""
    told = request.headers.get("If-Match", "").removeprefix("W/").strip('"') or data.get("revision")
    if told in (None, "", "*"):
        return None
    if (found := asked.number(str(told))) is None:
        raise Fault(400, _("If-Match holds the revision seen, as the ETag gave it."))
    return found


@endpoint
def action(request: HttpRequest, actor: access.Actor, key: str, pk: int, name: str) -> HttpResponse:
    """POST: do an action on a record, with the fields of its form."""
    resource = _resource(key)
    obj = find(resource, actor, pk)
    found = next((one for one in resource.actions if one.key == name), None)
    if found is None:
        raise Http404
    if request.method != "POST":
        raise _not_served("POST")
    access.require(actor, found.permission or f"{key}.{name}", obj)
    values = _asked_of(request, found, obj)
    with transaction.atomic():
        _check_seen(request, obj)
        found.service(actor=actor, obj=obj, **values)
    return JsonResponse(shown(resource, find(resource, actor, pk)))


def _asked_of(request: HttpRequest, found: Action, obj: Any) -> dict[str, Any]:
    """What is sent to an action through its form, which may ask more of one record than of another; as JSON, or as a form with files."""
    if found.form is None:
        _check_known(_body(request), ())
        return {}
    fields = _about(found.form(), obj).fields
    data: Any
    if request.content_type == "multipart/form-data" and _file_fields(fields):
        data = request.POST
        _check_known([*data, *request.FILES], fields)
    else:
        data = _body(request)
        _check_known(data, fields.keys() - set(_file_fields(fields)))
        data = _posted(data, fields)
    form = _about(found.form(data, request.FILES), obj)
    if not form.is_valid():
        raise Fault(422, _("This cannot be done."), {name: list(errors) for name, errors in form.errors.items()})
    return form.cleaned_data


def _about(form: Any, obj: Any) -> Any:
    if hasattr(form, "about"):
        form.about(obj)
    return form


def _file_fields(fields: dict[str, forms.Field]) -> list[str]:
    return [name for name, field in fields.items() if isinstance(field, forms.FileField)]


def _resource(key: str) -> Resource:
    found = next((one for one in resources() if one.key == key), None)
    if found is None:
        raise Http404
    return found


# --- OpenAPI --------------------------------------------------------------------------------------------------------------------------------

_TYPES: list[tuple[type, dict[str, Any]]] = [
    (forms.BooleanField, {"type": "boolean"}), (forms.IntegerField, {"type": "integer"}), (forms.DateField, {"type": "string", "format": "date"}),
    (forms.EmailField, {"type": "string", "format": "email"}), (forms.ModelMultipleChoiceField, {"type": "array", "items": {"type": "integer"}}),
    (forms.ModelChoiceField, {"type": "integer"}), (forms.MultipleChoiceField, {"type": "array", "items": {"type": "string"}}), (forms.JSONField, {}),
    (forms.FileField, {"type": "string", "contentMediaType": "application/octet-stream"}),
]  # fmt: skip
_JSON: dict[str, type] = {"string": str, "integer": int, "array": list, "object": dict, "null": type(None)}
_COLUMN = {"type": ["string", "number", "boolean", "null", "array", "object"]}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _field_schema(field: forms.Field) -> dict[str, Any]:
    made: dict[str, Any] = next((dict(schema) for kind, schema in _TYPES if isinstance(field, kind)), {"type": "string"})
    if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField | forms.MultipleChoiceField):
        made["enum"] = [str(value) for value, _label in _flat(field.choices)]
    if made.get("type") == "string" and not isinstance(field, forms.FileField):
        # A field that writes lists or objects as text takes them as they are given out.
        made["type"] = ["string", *(kind for kind, empty in (("array", []), ("object", {})) if isinstance(field.prepare_value(empty), str))]
    if "type" in made and not field.required:
        made["type"] = list(dict.fromkeys([*_types(made), "null"]))
        made |= {"enum": [*made["enum"], None]} if made.get("enum") else {}
    if not made.get("enum"):  # what a form offers only to who fills it in
        made.pop("enum", None)
    if isinstance(made.get("type"), list) and len(made["type"]) == 1:
        made["type"] = made["type"][0]
    made |= _bounds(field) if "enum" not in made else {}
    made["title"] = str(field.label or "")
    if field.help_text:
        made["description"] = str(field.help_text)
    return made


def _bounds(field: forms.Field) -> dict[str, int]:
    """What a number and a text lie between, as the form has it."""
    if isinstance(field, forms.IntegerField):
        found = {"minimum": field.min_value, "maximum": field.max_value}
    elif isinstance(field, forms.CharField) and not isinstance(field, forms.JSONField):
        found = {"minLength": max(field.min_length or 0, int(field.required)) or None, "maxLength": field.max_length}
    else:
        found = {}
    return {name: bound for name, bound in found.items() if bound is not None}


def _flat(choices: Any) -> list[tuple[Any, Any]]:
    """Choices without their groups."""
    return [one for value, label in choices for one in (label if isinstance(label, list | tuple) else [(value, label)])]


def _input(fields: dict[str, forms.Field], partly: bool = False) -> dict[str, Any]:
    """The schema of what is sent: the fields of a form; with `partly` any of them, and the revision seen."""
    properties = {name: _field_schema(field) for name, field in fields.items()}
    if partly:
        properties["revision"] = {"type": "integer", "description": "The revision seen, where If-Match does not tell it."}
    required = [] if partly else [name for name, field in fields.items() if field.required]
    return {"type": "object", "additionalProperties": False, "properties": properties, **({"required": required} if required else {})}


def _output(resource: Resource) -> dict[str, Any]:
    """The schema of a record as it is given."""
    properties: dict[str, Any] = {"id": {"type": "integer"}, "url": {"type": "string"}, "revision": {"type": ["integer", "null"]}}
    titles = {name: title for column in resource.columns for name, title in column.titles().items()}
    properties |= {name: {**_COLUMN, "title": str(title)} for name, title in titles.items() if name not in properties}
    for name, field in _form_fields(resource).items():
        properties.setdefault(name, {**_COLUMN, "title": str(field.label or name)})
    return {"type": "object", "properties": properties, "required": ["id", "url", "revision"]}


def _parameters(resource: Resource) -> list[dict[str, Any]]:
    """What a list can be asked: page and size, words, order, and each filter."""
    sorts = [sign + column.name for column in resource.columns if column.sort for sign in ("", "-")]
    made = [
        {"name": "page", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": asked.PAGES, "default": 1}},
        {"name": "size", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": MAX_PAGE, "default": 50}},
    ]
    if resource.search:
        made.append({"name": "q", "in": "query", "description": "Words, or a number in any spelling", "schema": {"type": "string"}})
    if sorts:
        made.append({"name": "sort", "in": "query", "schema": {"type": "string", "enum": sorts}})
    return made + [{"name": one.name, "in": "query", "description": str(one.label), "schema": {"type": "string"}} for one in resource.filters]


_ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
_KEY = {"name": "Idempotency-Key", "in": "header", "description": "The same key gets the same answer for two days.", "schema": {"type": "string", "maxLength": KEY_LENGTH}}
_MATCH = {"name": "If-Match", "in": "header", "description": "The revision seen, as the ETag gave it; 409 where it is not the last.", "schema": {"type": "string", "pattern": r'^(\*|(W/)?"?\d{1,18}"?)?$'}}
_ERRORS = {"400": "The request cannot be understood", "401": "Nobody is signed in", "403": "Not allowed, with the reason", "404": "Not there, or out of sight",
           "429": "Too many requests in this minute"}  # fmt: skip
_WRITING = {"409": "Changed by somebody else meanwhile", "413": "Too large", "415": "A form where JSON is asked for", "422": "Not valid, with the reason at each field"}


def _operation(name: str, summary: str, resource: Resource, ok: str, answer: dict[str, Any] | None, body: dict[str, Any] | None = None, *parameters: dict[str, Any], writes: bool = False, files: Sequence[str] = ()) -> dict[str, Any]:
    errors = _ERRORS | (_WRITING if writes else {})
    faults = {code: {"description": text, "content": {"application/problem+json": {"schema": _ref("Problem")}}} for code, text in errors.items()}
    faults["429"]["headers"] = {"Retry-After": {"description": "Seconds to wait", "schema": {"type": "integer"}}}
    good: dict[str, Any] = {"description": "Done"}
    if answer is not None:
        good["content"] = {"application/json": {"schema": answer}}
    made: dict[str, Any] = {"operationId": name, "summary": summary, "tags": [resource.key], "responses": {ok: good, **faults}}
    if parameters:
        made["parameters"] = list(parameters)
    if body is not None:
        made["requestBody"] = {"required": bool(body.get("required")), "content": _content(body, files)}
    return made


def _content(body: dict[str, Any], files: Sequence[str]) -> dict[str, Any]:
    """How fields are sent: as JSON, and as a form where there are files among them; as a form alone where one is required."""
    made = {"multipart/form-data": {"schema": body}} if files else {}
    if not set(files) & set(body.get("required", ())):
        fields = {name: one for name, one in body["properties"].items() if name not in files}
        made["application/json"] = {"schema": {**body, "properties": fields}}
    return made


def _paths(resource: Resource) -> dict[str, Any]:
    """The operations on one resource."""
    fields, key, label, record = _form_fields(resource), resource.key, str(resource.label_plural), _ref(resource.key)
    page = {"type": "object", "properties": {"items": {"type": "array", "items": record}, "next_page": {"type": ["integer", "null"]}}, "required": ["items", "next_page"]}
    many: dict[str, Any] = {"get": _operation(f"{key}_list", f"List {label}", resource, "200", page, None, *_parameters(resource))}
    one: dict[str, Any] = {"parameters": [_ID], "get": _operation(f"{key}_get", f"One of the {label}", resource, "200", record)}
    if resource.create and fields:
        many["post"] = _operation(f"{key}_add", f"Add to the {label}", resource, "201", record, _input(fields), _KEY, writes=True)
    if resource.update and fields:
        one["patch"] = _operation(f"{key}_change", f"Change one of the {label}", resource, "200", record, _input(fields, partly=True), _MATCH, _KEY, writes=True)
    if resource.trash:
        one["delete"] = _operation(f"{key}_trash", f"Put one of the {label} into the trash", resource, "204", None, None, _MATCH, writes=True)
    made = {f"/api/v1/{key}": many, f"/api/v1/{key}/{{id}}": one}
    for act in resource.actions:
        asks = dict(getattr(act.form, "base_fields", {})) if act.form else {}
        body = _input(asks)
        # What it asks of this record alone, such as the texts of a notice, is told by its form.
        body |= {"additionalProperties": {"type": "string"}} if hasattr(act.form, "about") else {}
        made[f"/api/v1/{key}/{{id}}/{act.key}"] = {
            "parameters": [_ID], "post": _operation(f"{key}_do_{act.key}", str(act.label), resource, "200", record, body, _MATCH, _KEY, writes=True, files=_file_fields(asks)),
        }  # fmt: skip
    return made


def openapi() -> dict[str, Any]:
    """The description of the whole API, OpenAPI 3.1."""
    problem_schema = {
        "type": "object", "required": ["status", "title"],
        "properties": {"status": {"type": "integer"}, "title": {"type": "string"},
                       "errors": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}}},
    }  # fmt: skip
    found = resources()
    return {
        "openapi": "3.1.0", "jsonSchemaDialect": "https://spec.openapis.org/oas/3.1/dialect/base",
        "info": {"title": "Causeway", "version": "1", "description": "Every resource, from the same services as its pages.", "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        "servers": [{"url": "/"}], "tags": [{"name": one.key, "description": str(one.label_plural)} for one in found],
        "paths": {path: item for one in found for path, item in _paths(one).items()},
        "components": {
            "schemas": {"Problem": problem_schema, **{one.key: _output(one) for one in found}},
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": "A key of your account's page of keys."}},
        }, "security": [{"key": []}],
    }  # fmt: skip


@endpoint
def description(_request: HttpRequest, _actor: access.Actor) -> HttpResponse:
    """The OpenAPI document."""
    return JsonResponse(openapi())
