"""After a change of law: which stored dates today's law gives otherwise, and a person who has it written."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from causeway.frame import access, asked
from causeway.frame.models import Job
from causeway.kit.views import actor_for
from causeway.rooms.docket import jobs, selectors, services
from causeway.rooms.docket.models import Matter
from causeway.rooms.docket.views.common import matter_of, ways
from causeway.rooms.docket.views.events import lines_of

#: How many matters a page shows.
MATTERS = 50


def law(request: HttpRequest) -> HttpResponse:
    """What the last replay found, each matter derived again as it is shown; check again, apply to one, apply to all."""
    if request.method == "POST":
        return _do(request, actor_for(request, "matter.recompute"))
    actor = actor_for(request, "matter.replay")
    found, job, page = selectors.last_replay(actor.university_id), selectors.replaying(actor.university_id), asked.page(request)
    named = found.references if found else []
    here = access.visible(actor, Matter.objects.filter(reference__in=named[(page - 1) * MATTERS : page * MATTERS]))
    differences = [one for one in services.compare(list(here.order_by("pk").values_list("pk", flat=True))) if not one.empty]
    has_next, rest = len(named) > page * MATTERS, found.count - len(named) if found else 0
    context = {
        "found": found, "page": page, "has_next": has_next, "rest": rest, "left": bool(differences or has_next or rest),
        "matters": [(one.matter, selectors.office_title(one.matter.office), lines_of(one)) for one in differences],
        "running": job if job and job.state != Job.State.FAILED else None, "failed": job if job and job.state == Job.State.FAILED else None,
        "ways": ways(actor, "law"), "may": access.may(actor, "matter.recompute").allowed,
    }  # fmt: skip
    return render(request, "docket/law.html", context)


def _do(request: HttpRequest, actor: access.Actor) -> HttpResponse:
    what = request.POST.get("do")
    if what == "check":
        jobs.replay_start(actor.university_id, by=actor.user_id)
    elif what == "all":
        jobs.recompute_start(actor.university_id, by=actor.user_id)
    elif what == "one":
        pk = asked.number(request.POST.get("matter"))
        if pk is None:
            raise Http404
        matter = matter_of(actor, pk)
        services.recompute(actor=actor, matters=[matter.pk], whole=True)
        jobs.replay_start(actor.university_id, by=actor.user_id)
        messages.success(request, _("The docket of %(matter)s was computed anew.") % {"matter": matter.reference})
    return redirect("docket:law")
