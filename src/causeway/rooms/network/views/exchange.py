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
from causeway.kit.views import actor_for, served
from causeway.rooms.governance import selectors as governance
from causeway.rooms.network.choices import PackState
from causeway.rooms.network.forms import benchmarks as forms
from causeway.rooms.network.forms.questionnaires import WhyForm
from causeway.rooms.network.models import Contribution, FrozenAnswers, Installation, Institution, Package, ReceivedPack
from causeway.rooms.network.selectors import exchange as exchange_reads
from causeway.rooms.network.selectors import registry
from causeway.rooms.network.services import exchange, package, parcels
from causeway.rooms.network.services import registry as registry_services


def home(request: HttpRequest) -> HttpResponse:
    """This installation's key, those it trusts, what came and went."""
    actor = actor_for(request, "exchange.view")
    known = list(access.visible(actor, Installation.objects.all()).order_by("name"))
    names = exchange_reads.institutions([one.ror_id for one in known])
    rows = access.visible(actor, Package.objects.select_related("installation")).order_by("-at")[:30]
    context = {
        "fingerprint": package.grouped(package.fingerprint(package.public_key())), "ror": exchange_reads.ror_of(actor.university_id),
        "installations": [{"one": one, "print": package.grouped(one.fingerprint), "university": names.get(one.ror_id)} for one in known],
        "packages": [{"one": one, "what": exchange_reads.counted(one.counts)} for one in rows], "packs": access.visible(actor, ReceivedPack.objects.select_related("installation", "copy")).order_by("-received_at")[:30],
        "take": forms.PackageForm(), "may_send": access.may(actor, "exchange.send").allowed, "may_take": access.may(actor, "exchange.receive").allowed,
        "may_trust": access.may(actor, "installation.trust").allowed, "may_leave": access.may(actor, "network.leave").allowed,
    }  # fmt: skip
    return render(request, "network/exchange.html", context)


def send(request: HttpRequest) -> HttpResponse:
    """Choose what leaves, see exactly what that is, and write the package."""
    actor = actor_for(request, "exchange.send")
    if request.method != "POST":
        return _choose(request, actor)
    chosen = {"to": request.POST.get("to", "")[:64], "only": request.POST.getlist("key"), "contacts": bool(request.POST.get("contacts"))}
    try:
        if request.POST.get("do") != "write":
            return _preview(request, actor, chosen)
        made = exchange.package_make(actor=actor, seen=request.POST.get("seen", "")[:64], **chosen)
    except exchange.Changed as fault:
        messages.warning(request, str(fault))
        return _preview(request, actor, chosen)
    except (exchange.Unknown, package.Refusal) as fault:
        messages.error(request, str(fault))
        return _choose(request, actor, chosen)
    response = HttpResponse(made.data, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="causeway-{made.sequence}-{timezone.now():%Y-%m-%d}.cwpkg"'
    return response


def _choose(request: HttpRequest, actor: access.Actor, chosen: dict[str, Any] | None = None) -> HttpResponse:
    form = forms.SendForm({"to": chosen["to"]} if chosen else None)
    form.about([(one.fingerprint, one.name) for one in access.visible(actor, Installation.objects.all()).order_by("name") if one.trusted])
    names = exchange_reads.kinds()
    groups: dict[str, list[dict[str, Any]]] = {}
    for one in exchange_reads.choices(actor):
        groups.setdefault(one.kind, []).append({"one": one, "ticked": one.key in chosen["only"] if chosen else one.ticked})
    context = {"groups": [(kind, names[kind], rows) for kind, rows in groups.items()], "form": form, "contacts": bool(chosen and chosen["contacts"])}
    return render(request, "network/send.html", context, status=422 if chosen else 200)


def _preview(request: HttpRequest, actor: access.Actor, chosen: dict[str, Any]) -> HttpResponse:
    """Record by record what would leave, in full, and what stays."""
    load = exchange.package_load(actor=actor, **chosen)
    names = exchange_reads.kinds()
    groups: dict[str, list[dict[str, Any]]] = {}
    for one in load.parcels:
        groups.setdefault(one.kind, []).append({"one": one, "rows": parcels.shown(one.record), "size": parcels.size_of(one.record)})
    to = Installation.objects.filter(fingerprint=chosen["to"]).first() if chosen["to"] else None
    context = {
        "groups": [(names.get(kind, kind), rows) for kind, rows in groups.items()], "load": load, "chosen": chosen, "to": to, "staying": [*load.left, *exchange_reads.staying(actor)],
        "pictures": len(load.pictures()), "size": sum(one.size for one in load.pictures().values()) + sum(row["size"] for rows in groups.values() for row in rows),
    }  # fmt: skip
    return render(request, "network/send_preview.html", context)


def pack(request: HttpRequest, pk: int) -> HttpResponse:
    """A pack that came: ready to try, or every fault with code, file, line and the line itself."""
    actor = actor_for(request, "exchange.view")
    one = get_object_or_404(access.visible(actor, ReceivedPack.objects.select_related("installation", "copy")), pk=pk)
    url = _ready_url(one)
    context = {"pack": one, "faults": [fault | {"quote": _line(one, fault)} for fault in one.faults], "url": url, "lost": one.state == PackState.READY and not url, "may_check": (one.state != PackState.READY or not url) and access.may(actor, "exchange.receive").allowed,
               "files": sorted(one.files.items())}  # fmt: skip
    return render(request, "network/received_pack.html", context)


def _line(one: ReceivedPack, fault: dict[str, Any]) -> str:
    """The line of the pack's text that a fault names."""
    lines = one.files.get(str(fault["file"]).partition("/")[2], "").splitlines()
    return lines[fault["line"] - 1].strip()[:200] if 0 < fault["line"] <= len(lines) else ""


def _ready_url(one: ReceivedPack) -> str:
    if one.state == PackState.SHIPPED:
        return reverse("governance:pack", args=[one.name])
    key = governance.pack_key(one.copy) if one.copy is not None else ""
    return reverse("governance:pack", args=[key]) if key and governance.pack_known(key) else ""


def pack_check(request: HttpRequest, pk: int) -> HttpResponse:
    """Lint a received pack once more."""
    actor = actor_for(request, "exchange.receive")
    one = get_object_or_404(access.visible(actor, ReceivedPack.objects.all()), pk=pk)
    if request.method == "POST":
        checked, told = exchange.pack_check(actor=actor, obj=one)
        for line in told:
            messages.warning(request, line)
        if checked.state == PackState.READY:
            messages.success(request, _("The pack has no fault. It can be tried and adopted."))
    return redirect("network:received_pack", pk=pk)


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
            what = exchange_reads.counted(taken.counts) or _("nothing new")
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
