"""Work in the background and what leaves the house: jobs with their progress, undelivered messages, webhooks with their log."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from causeway.frame import access, jobs, outbox
from causeway.frame import webhooks as outward
from causeway.frame.access import Actor
from causeway.frame.accounts import services
from causeway.frame.accounts.forms import WebhookForm
from causeway.frame.accounts.views.doors import attempt, page
from causeway.frame.models import Job, OutboxMessage, Webhook, WebhookDelivery

SHOWN = 100


@page("work.view")
def work(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Jobs of the university that wait, run, failed or were done of late, and messages that could not be delivered."""
    found = access.visible(actor, Job.objects.select_related("created_by"))
    under_way = [_shown(job) for job in found.filter(state__in=(Job.State.RUNNING, Job.State.QUEUED)).order_by("run_at")[:SHOWN]]
    failed = [_shown(job) for job in found.filter(state=Job.State.FAILED).order_by("-finished_at")[:SHOWN]]
    done = [_shown(job) for job in found.filter(state=Job.State.DONE).order_by("-finished_at")[:20]]
    context = {
        "under_way": under_way, "failed": failed, "done": done, "undelivered": _undelivered(actor), "here": "work",
        "may_retry": access.may(actor, "work.retry").allowed,
    }  # fmt: skip
    return render(request, "accounts/work.html", context)


def _shown(job: Job) -> Job:
    """A job with its title and how far it came, in percent where it is known."""
    job.title = jobs.title(job.name)  # type: ignore[attr-defined]
    done, total = job.progress.get("done"), job.progress.get("total")
    job.percent = min(100, round(100 * done / total)) if done is not None and total else None  # type: ignore[attr-defined]
    # The class of the fault alone: its words may hold what is not meant for every reader.
    job.fault = job.error.partition(":")[0]  # type: ignore[attr-defined]
    return job


def _undelivered(actor: Actor) -> QuerySet[OutboxMessage]:
    return access.visible(actor, outbox.failing(actor.university_id))[:SHOWN]


@page("work.retry")
@require_POST
def job_retry(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """Queue a failed job again."""
    services.job_retry(actor=actor, job=get_object_or_404(access.visible(actor, Job.objects.all()), pk=pk))
    messages.success(request, _("It is tried again."))
    return redirect("accounts:work")


@page("work.retry")
@require_POST
def messages_retry(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Try every undelivered message again."""
    count = services.messages_retry(actor=actor)
    messages.success(request, ngettext("%(n)s message is tried again.", "%(n)s messages are tried again.", count) % {"n": count})
    return redirect("accounts:work")


# --- webhooks ---------------------------------------------------------------------------------------------------------------------


@page("webhook.view")
def webhooks(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Addresses that are told of events."""
    found = access.visible(actor, Webhook.objects.order_by("url"))
    return render(request, "accounts/webhooks.html", {"webhooks": found, "here": "webhooks"})


@page("webhook.view")
def webhook(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """One address: its events, and how the last calls went."""
    found = _webhook(actor, pk)
    calls = access.visible(actor, WebhookDelivery.objects.filter(webhook=found).order_by("-at"))[:SHOWN]
    shown = request.session.pop("webhook_key", None)
    labels = {"*": _("everything, also what is added later"), **outward.declared()}
    context = {"webhook": found, "calls": calls, "events": [labels.get(topic, topic) for topic in found.topics], "shown": shown, "here": "webhooks"}
    return render(request, "accounts/webhook.html", context)


def _webhook(actor: Actor, pk: int) -> Webhook:
    return get_object_or_404(access.visible(actor, Webhook.objects.all()), pk=pk)


@page("webhook.create")
@reauthentication_required
def webhook_new(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Name an address; its signing key is shown once, on the next page."""
    form = WebhookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = attempt(form, lambda: outward.webhook_create(actor=actor, **form.cleaned_data))
        if made:
            request.session["webhook_key"] = made[1]
            return redirect("accounts:webhook", made[0].pk)
    context = {"form": form, "title": _("New webhook"), "button": _("Add the webhook"), "back": "accounts:webhooks"}
    return render(request, "accounts/form.html", context)


@page("webhook.update")
@reauthentication_required
def webhook_edit(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """Change an address or its events."""
    found = _webhook(actor, pk)
    form = WebhookForm(request.POST or None, initial={"url": found.url, "topics": found.topics})
    if request.method == "POST" and form.is_valid() and attempt(form, lambda: outward.webhook_update(actor=actor, webhook=found, **form.cleaned_data)):
        messages.success(request, _("Saved."))
        return redirect("accounts:webhook", pk)
    context = {"form": form, "title": _("Edit the webhook"), "button": _("Save"), "back": "accounts:webhook", "back_to": pk}
    return render(request, "accounts/form.html", context)


@page("webhook.view")
@require_POST
def webhook_do(request: HttpRequest, actor: Actor, pk: int, act: str) -> HttpResponse:
    """Test it, switch it off or on, give it a new signing key."""
    found = _webhook(actor, pk)
    if act == "test":
        _say(request, outward.webhook_test(actor=actor, webhook=found))
    elif act == "rotate":
        request.session["webhook_key"] = outward.webhook_rotate(actor=actor, webhook=found)[1]
    elif act == "disable":
        outward.webhook_disable(actor=actor, webhook=found)
    elif act == "enable":
        outward.webhook_enable(actor=actor, webhook=found)
    else:
        raise Http404
    return redirect("accounts:webhook", pk)


def _say(request: HttpRequest, call: Any) -> None:
    if call.status and 200 <= call.status < 300:
        messages.success(request, _("It answered %(status)s in %(ms)s ms.") % {"status": call.status, "ms": call.milliseconds})
    else:
        messages.error(request, _("It did not take the call: %(why)s") % {"why": call.error or f"HTTP {call.status}"})
