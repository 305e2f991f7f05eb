"""Pages of other installations and packages, of universities by name, and of leaving."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from causeway.frame import access
from causeway.kit.views import served
from causeway.rooms.network.forms import benchmarks as forms
from causeway.rooms.network.forms.questionnaires import WhyForm
from causeway.rooms.network.models import Contribution, FrozenAnswers, Installation, Institution, Package, ReceivedPack
from causeway.rooms.network.selectors import registry
from causeway.rooms.network.services import exchange, package
from causeway.rooms.network.services import registry as registry_services
from causeway.rooms.network.views.questionnaires import actor_for


def home(request: HttpRequest) -> HttpResponse:
    """This installation's key, those it trusts, what came and went."""
    actor = actor_for(request, "exchange.view")
    known = list(access.visible(actor, Installation.objects.all()).order_by("name"))
    send = forms.SendForm()
    send.about([(one.fingerprint, one.name) for one in known if one.trusted])
    context = {
        "fingerprint": package.grouped(package.fingerprint(package.public_key())), "installations": [{"one": one, "print": package.grouped(one.fingerprint)} for one in known],
        "packages": access.visible(actor, Package.objects.select_related("installation")).order_by("-at")[:30], "packs": access.visible(actor, ReceivedPack.objects.select_related("installation")).order_by("-received_at")[:30],
        "send": send, "take": forms.PackageForm(), "may_send": access.may(actor, "exchange.send").allowed, "may_take": access.may(actor, "exchange.receive").allowed,
        "may_trust": access.may(actor, "installation.trust").allowed, "may_leave": access.may(actor, "network.leave").allowed,
    }  # fmt: skip
    return render(request, "network/exchange.html", context)


def send(request: HttpRequest) -> HttpResponse:
    """Write a package and hand it out."""
    actor = actor_for(request, "exchange.send")
    if request.method != "POST":
        return redirect("network:exchange")
    try:
        made = exchange.package_make(actor=actor, to=request.POST.get("to", "")[:64])
    except (exchange.Unknown, package.Refusal) as fault:
        messages.error(request, str(fault))
        return redirect("network:exchange")
    response = HttpResponse(made.data, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="causeway-{made.sequence}-{timezone.now():%Y-%m-%d}.cwpkg"'
    return response


def take(request: HttpRequest) -> HttpResponse:
    """Take a package that came."""
    actor = actor_for(request, "exchange.receive")
    form = forms.PackageForm(request.POST if request.method == "POST" else None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            taken = exchange.package_take(actor=actor, source=file, size=file.size)
        except package.Stranger as stranger:
            messages.warning(request, str(stranger))
            return redirect("network:exchange")
        except package.Refusal as refusal:
            form.add_error("file", str(refusal))
        else:
            names = {"round": _("questionnaires"), "answers": _("answers"), "case": _("cases"), "edition": _("benchmarks"), "pack": _("packs")}
            what = ", ".join(f"{n} {names.get(kind, kind)}" for kind, n in taken.counts.items()) or _("nothing new")
            messages.success(request, _("This package was taken before; nothing changed.") if taken.again else _("Taken from %(name)s: %(what)s.") % {"name": taken.installation.name, "what": what})
            for note in taken.notes:
                messages.info(request, note)
            return redirect("network:exchange")
    context = {"form": form, "title": _("Take a package"), "button": _("Take"), "back": reverse("network:exchange")}
    return render(request, "kit/form.html", context, status=422 if request.method == "POST" else 200)


def trust(request: HttpRequest) -> HttpResponse:
    """Confirm a fingerprint that was compared."""
    actor = actor_for(request, "installation.trust")
    form = forms.TrustForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            known = exchange.installation_trust(actor=actor, fingerprint=form.cleaned_data["fingerprint"])
        except exchange.Unknown as fault:
            form.add_error("fingerprint", str(fault))
        else:
            messages.success(request, _("Packages of %(name)s are taken from now on. Take the package again.") % {"name": known})
            return redirect("network:exchange")
    text = _("Whoever holds this fingerprint may send your university questionnaires, answers and cases.")
    context = {"form": form, "title": _("Trust an installation"), "text": text, "button": _("Trust it"), "back": reverse("network:exchange")}
    return render(request, "kit/form.html", context, status=422 if request.method == "POST" else 200)


def _reason(request: HttpRequest, title: str, text: str, button: str, act: Any) -> HttpResponse:
    form = WhyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        result = served(form, act, why=form.cleaned_data["why"])
        if result is not None:
            messages.success(request, _("Done. %(answers)s sets of answers and %(figures)s figures went.") % result)
            return redirect("network:exchange")
    context = {"form": form, "title": title, "text": text, "button": button, "grave": True, "back": reverse("network:exchange")}
    return render(request, "kit/form.html", context, status=422 if request.method == "POST" else 200)


def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Another installation leaves: its data goes, its cases stay."""
    actor = actor_for(request, "installation.trust")
    one = get_object_or_404(access.visible(actor, Installation.objects.all()), pk=pk)

    def act(why: str) -> dict[str, int]:
        return exchange.installation_leave(actor=actor, obj=one, why=why)

    text = _("Nothing of it is taken any more. Answers and figures that came from it go; published cases stay, with their credit.")
    return _reason(request, _("End the exchange with %(name)s?") % {"name": one}, text, _("End it"), act)


def leave(request: HttpRequest) -> HttpResponse:
    """The university leaves the network."""
    actor = actor_for(request, "network.leave")

    def act(why: str) -> dict[str, int]:
        return exchange.network_leave(actor=actor, why=why)

    frozen, figures = FrozenAnswers.objects.filter(source_id=actor.university_id).count(), Contribution.objects.filter(source_id=actor.university_id).count()
    text = _("%(answers)s sets of handed-in answers and %(figures)s figures go with you and cannot be brought back. Published cases stay, with your credit. What you wrote here stays yours.") % {"answers": frozen, "figures": figures}  # fmt: skip
    return _reason(request, _("Leave the network?"), text, _("Leave"), act)


def universities(request: HttpRequest) -> HttpResponse:
    """Find a university by any of its names."""
    actor = actor_for(request, "registry.view")
    text = request.GET.get("q", "").strip()[:200]
    context = {"text": text, "hits": registry.find(text, 20) if text else [], "loads": registry.loads(), "own": registry.of_university(actor.university_id), "may": access.may(actor, "registry.claim").allowed}
    return render(request, "network/universities.html", context)


def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that the own university is this one."""
    actor = actor_for(request, "registry.claim")
    one = get_object_or_404(access.visible(actor, Institution.objects.all()), pk=pk)
    if request.method == "POST":
        try:
            registry_services.institution_claim(actor=actor, institution=one)
            messages.success(request, _("Your university is %(name)s in the registry.") % {"name": one})
        except (ValidationError, access.Refused) as fault:
            messages.error(request, str(fault.messages[0] if isinstance(fault, ValidationError) else fault))
    return redirect("network:universities")
