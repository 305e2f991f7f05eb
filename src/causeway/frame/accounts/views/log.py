"""The audit log: what was done, by whom, to what; filters are the address; export; how the chain stands."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import apps
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from causeway.frame import asked, jobs, scope
from causeway.frame.access import Actor
from causeway.frame.accounts import selectors
from causeway.frame.accounts.forms import LogForm
from causeway.frame.accounts.jobs import VERIFY
from causeway.frame.accounts.selectors import LogFilter
from causeway.frame.accounts.views.doors import page
from causeway.frame.cells import harmless
from causeway.frame.models import AuditEntry, AuditRun, User

PAGE = 50
COLUMNS = ("at", "actor", "verb", "why", "model", "object", "title", "changes", "run")


@page("audit.view")
def entries(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """The log, newest first; `?format=csv` or `json` exports what is shown."""
    form = LogForm(request.GET or None, people=_people(actor.university_id))
    wanted = LogFilter(**form.cleaned_data) if form.is_valid() else LogFilter()
    found = selectors.log(actor, wanted)
    if (kind := request.GET.get("format")) in ("csv", "json"):
        return _export(found, kind, actor.university_id)
    rows = list(selectors.log_before(found, asked.number(request.GET.get("before")))[: PAGE + 1])
    address = request.GET.copy()
    address.pop("before", None)
    more = rows[PAGE - 1].pk if len(rows) > PAGE else None
    context = {"form": form, "rows": rows[:PAGE], "more": more, "address": address.urlencode(), "here": "log"}
    return render(request, "accounts/log.html", context)


def _people(university: int) -> list[tuple[int, str]]:
    """Those who may have done something here: everybody who holds or held a role, by name."""
    return list(User.objects.filter(grants__university_id=university).distinct().order_by("name").values_list("pk", "name")[:1000])


def _export(found: QuerySet[AuditEntry], kind: str, university: int) -> StreamingHttpResponse:
    write, content = (_csv, "text/csv; charset=utf-8") if kind == "csv" else (_json, "application/json")
    response = StreamingHttpResponse(scope.within(university, write(map(_row, found.iterator(2000)))), content_type=content)
    response["Content-Disposition"] = f'attachment; filename="audit-log.{kind}"'
    return response


def _row(entry: AuditEntry) -> list[Any]:
    said = [entry.at.isoformat(), entry.actor_name, entry.verb, entry.why]
    return [*said, entry.label, entry.object_id, entry.title, entry.changes, entry.run_id]


def _csv(rows: Iterable[list[Any]]) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([_cell(value) for value in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def _cell(value: Any) -> Any:
    return harmless(json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value)


def _json(rows: Iterable[list[Any]]) -> Iterator[str]:
    between = "[\n"
    for row in rows:
        yield between + json.dumps(dict(zip(COLUMNS, row, strict=True)), ensure_ascii=False)
        between = ",\n"
    yield "[]\n" if between == "[\n" else "\n]\n"


@page("audit.view")
def run(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """A run of many changes: who, when, why, how much of what, and its batches."""
    found = get_object_or_404(AuditRun, pk=pk)
    counts = [(_kind(what), number) for what, number in sorted(found.counts.items())]
    batches = AuditEntry.objects.filter(run=found).order_by("pk")[:200]
    return render(request, "accounts/run.html", {"run": found, "counts": counts, "batches": batches, "here": "log"})


def _kind(what: str) -> str:
    """What a count of a run counts, in words: "assets.asset created" becomes "assets: created"."""
    label, _space, verb = what.partition(" ")
    words = {"created": _("added"), "changed": _("changed"), "removed": _("removed")}
    try:
        return f"{apps.get_model(label)._meta.verbose_name_plural}: {words.get(verb, verb)}"
    except (LookupError, ValueError):
        return what


@page("audit.view")
def chain(request: HttpRequest, actor: Actor) -> HttpResponse:
    """How the chain stands, and the last check."""
    return render(request, "accounts/chain.html", {"chain": selectors.chain(actor), "here": "chain"})


@page("audit.verify")
@require_POST
def verify(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Have the chain recomputed by the worker."""
    jobs.start(VERIFY, university=actor.university_id, key=f"{VERIFY}-{actor.university_id}", by=actor.user_id)
    messages.success(request, _("The check has started. Its result appears on this page."))
    return redirect("accounts:chain")
