"""Pages of policies, decisions, data sets and computed amounts that follow the kit's shape."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from causeway.frame import access
from causeway.frame.access import Actor
from causeway.kit import menu
from causeway.kit.resource import Action, Column, Filter, Next, Panel, Resource, register
from causeway.kit.show import day, distance, stacked
from causeway.rooms.governance import forms, mapping, selectors, services
from causeway.rooms.governance.choices import PolicyState, ProcedureState, StepKind, StepState, Subject
from causeway.rooms.governance.models import Answer, DataSet, Notice, Objection, Policy, Procedure, Step

OPEN_STATES = (PolicyState.DRAFT, PolicyState.PROPOSED)


def _standing(policy: Policy) -> Any:
    words, css = selectors.standing(policy, selectors.today_by(policy.university))
    return format_html('<span class="cw-status is-{}">{}</span>', css, words)


def _changed(policy: Policy) -> str:
    number = len(policy.changes)
    return str(_("as the pack says")) if not number else ngettext("%(n)s value changed", "%(n)s values changed", number) % {"n": number}


def _values(_request: Any, policy: Policy) -> dict[str, Any]:
    laws = selectors.laws_here(policy.university_id)
    return {"policy": policy, "values": mapping.values_of(policy.copy, policy.changes, selectors.floor_day(policy), get_language() or "en", laws)}


def _procedures(request: Any, policy: Policy) -> dict[str, Any] | None:
    rows = list(access.visible(request.actor, policy.procedures.all()).order_by("-started_on"))
    return {"rows": rows, "title": _("Decisions")} if rows else None


def _warnings(_request: Any, policy: Policy) -> dict[str, Any] | None:
    day_, laws = selectors.floor_day(policy), selectors.laws_here(policy.university_id)
    warnings = policy.warnings or mapping.warnings_of(policy, day_, laws, get_language() or "en")
    faults = mapping.legal_faults(policy, day_, laws) if policy.state == PolicyState.DRAFT else []
    return {"warnings": warnings, "faults": faults} if warnings or faults else None


def _tried(_request: Any, policy: Policy) -> dict[str, Any] | None:
    return {"tried": policy.tried} if policy.tried else None


def _answers(request: Any, policy: Policy) -> dict[str, Any] | None:
    rows = list(access.visible(request.actor, policy.answers.all()).order_by("-made_at")[:10])
    return {"rows": rows} if rows else None


def _policy_actions(actor: Actor, policy: Policy) -> list[dict[str, Any]]:
    made = []
    if policy.state == PolicyState.DRAFT and access.may(actor, "policy.update", policy).allowed:
        made.append({"url": reverse("governance:values", args=[policy.pk]), "label": _("Change values"), "icon": "adjustments", "main": False})
    if policy.subject == Subject.DISTRIBUTION and access.may(actor, "policy.simulate").allowed:
        made.append({"url": f"{reverse('governance:try')}?b=policy-{policy.pk}", "label": _("Try on our records"), "icon": "flask", "main": policy.state == PolicyState.DRAFT})
    if policy.subject == Subject.FUNDING and access.may(actor, "policy.simulate").allowed:
        made.append({"url": f"{reverse('governance:try_funding')}?b=policy-{policy.pk}", "label": _("Try on our filings"), "icon": "flask", "main": policy.state == PolicyState.DRAFT})
    if policy.state == PolicyState.APPROVED and access.may(actor, "answer.create").allowed and mapping.computable(policy.subject):
        made.append({"url": reverse("governance:compute", args=[policy.pk]), "label": _("Compute an amount"), "icon": "calculator", "main": True})
    return made


def _policy_next(actor: Actor, policy: Policy) -> Next | None:
    """A draft goes before the deciders; of one that lies before them, the step that waits."""
    if policy.state == PolicyState.DRAFT and access.may(actor, "policy.propose", policy).allowed:
        url = reverse("kit:policy_action", args=[policy.pk, "propose"])
        return Next(_("Try it on your records, then put it before those who decide."), url, _("Put before the deciders"))
    decision = access.visible(actor, policy.procedures.filter(state=ProcedureState.OPEN)).first() if policy.state == PolicyState.PROPOSED else None
    if decision is None:
        return None
    return Next(_("It lies before the deciders: %(step)s.") % {"step": decision.now}, reverse("kit:procedure_detail", args=[decision.pk]), _("Open the decision"))


policy = register(
    Resource(
        model=Policy, key="policy", label=_("policy"), label_plural=_("policies"), icon="scale", order=("subject", "-holds_from", "-pk"), group="knowledge",
        related=("copy", "unit", "university"), search=["title", "number"], form=forms.PolicyForm, update=services.policy_update,
        columns=[
            Column("title", _("Policy"), lambda o: o.title, link=True, second=lambda o: o.number),
            Column("subject", _("Settles"), lambda o: str(o.get_subject_display()), sort="subject", hide="md"),
            Column("unit", _("For"), lambda o: o.unit.name if o.unit else str(_("the whole university")), hide="lg"),
            Column("pack", _("From"), lambda o: f"{o.copy.pack} {o.copy.version}", second=_changed, hide="lg"),
            Column("holds_from", _("Holds from"), lambda o: o.holds_from, cell=lambda o: day(o.holds_from), hide="md", css="cw-nowrap"),
            Column("state", _("State"), lambda o: selectors.standing(o, selectors.today_by(o.university))[0], cell=_standing, css="cw-nowrap"),
        ],
        filters=[
            Filter("subject", _("Settles"), lambda actor: Subject.choices, lambda rows, value: rows.filter(subject=value)),
            Filter("state", _("State"), lambda actor: PolicyState.choices, lambda rows, value: rows.filter(state=value)),
        ],
        actions=[
            Action("propose", _("Put before the deciders"), services.policy_propose, forms.ProposeForm, done=_("It lies before the deciders."), icon="send", when=lambda o: o.state == PolicyState.DRAFT),
            Action("adopt", _("Adopt by signature"), services.policy_adopt, forms.AdoptForm, done=_("Adopted."), icon="signature", when=lambda o: o.state in OPEN_STATES,
                   text=_("For a decision taken outside: say who signed and when. The law's floor is checked all the same.")),
            Action("copy", _("New draft from it"), services.policy_copy, icon="copy", done=_("A new draft was made."), text=_("A draft with the same values. What is in force stays as it is until the draft is adopted.")),
            Action("withdraw", _("Withdraw"), services.policy_withdraw, forms.ReasonForm, done=_("Withdrawn."), icon="circle-x", grave=True, when=lambda o: o.state in OPEN_STATES),
        ],
        identity=lambda o: [o.number, o.get_subject_display(), _standing(o)],
        props=lambda o: [
            (_("Pack"), format_html('<a href="{}">{}</a>', reverse("governance:pack", args=[mapping.key_of_copy(o.copy)]), o.copy), o.copy.digest[:12]),
            (_("Only for"), o.unit, ""), (_("Holds from"), day(o.holds_from), ""), (_("Holds until"), day(o.holds_to), ""),
            (_("Signed by"), o.signed_by, day(o.signed_on)), (_("Why"), o.why, ""),
        ],
        panels=[
            Panel("governance/warnings_panel.html", _warnings), Panel("governance/values_panel.html", _values), Panel("governance/answers_panel.html", _answers),
            Panel("governance/tried_panel.html", _tried, side=True), Panel("governance/procedures_panel.html", _procedures, side=True),
        ],
        record_actions=_policy_actions, next=_policy_next,
        head_actions=lambda actor: [
            {"url": reverse("governance:packs"), "icon": "books", "label": _("Packs")},
            *([{"url": reverse("governance:draft"), "icon": "plus", "label": _("Draft a policy")}] if access.may(actor, "policy.create").allowed else []),
        ],
        empty_title=_("No policy yet"), empty_text=_("Read a practice in the packs, try it on your records, and adopt it with a day and a decision."),
    )
)  # fmt: skip


def _steps(request: Any, procedure: Procedure) -> dict[str, Any]:
    actor = request.actor
    on = selectors.today_at(actor)
    rows = [_step(actor, step, on) for step in procedure.steps.select_related("done_by", "document").order_by("place")]
    mine = procedure.interests.filter(user_id=actor.user_id).first()
    basis = rows[0]["step"].basis if rows else []
    return {"procedure": procedure, "steps": rows, "sources": mapping.sources_of(basis, procedure.copy), "verified": bool(rows) and rows[0]["step"].terms.get("verified"), "interests": list(procedure.interests.select_related("user").order_by("pk")), "mine": mine,
            "may_declare": procedure.state == ProcedureState.OPEN and access.may(actor, "step.declare").allowed}  # fmt: skip


def _step(actor: Actor, step: Step, on: Any) -> dict[str, Any]:
    """A step as its stone on the path: what it holds and what can be done about it."""
    made: dict[str, Any] = {"step": step, "roles": mapping.role_names(step.roles), "actions": []}
    if step.kind == StepKind.VOTE and step.state != StepState.WAITING:
        made["tally"] = selectors.tally(step)
    if step.kind == StepKind.NOTICE:
        made["notice"] = notice = Notice.objects.filter(step=step).first()
        if notice:
            made["objections"] = list(notice.objections.order_by("received_on", "pk"))
            made["labels"] = [(label, notice.text.get(key, "")) for key, label in (step.terms.get("fields") or {}).items()]
    if step.due_on and step.state == StepState.OPEN:
        made["when"] = distance(step.due_on, on)
        made["near"] = "late" if step.due_on < on else "soon"
    if step.state == StepState.OPEN and actor.roles.intersection(step.roles):
        made["actions"] = _step_actions(step, made.get("notice"))
    return made


def _step_actions(step: Step, notice: Notice | None) -> list[tuple[str, Any]]:
    if step.kind == StepKind.NOTICE and notice is None:
        return [(reverse("kit:step_action", args=[step.pk, "publish"]), _("Publish"))]
    if step.kind == StepKind.NOTICE:
        return [(reverse("kit:notice_action", args=[notice.pk, "object"]), _("Take an objection in")), (reverse("kit:notice_action", args=[notice.pk, "close"]), _("Close the notice"))]  # type: ignore[union-attr]
    if step.kind == StepKind.VOTE:
        return [(reverse("kit:step_action", args=[step.pk, "vote"]), _("Vote")), (reverse("kit:step_action", args=[step.pk, "done"]), _("Close the vote"))]
    return [(reverse("kit:step_action", args=[step.pk, "done"]), _("Record as done"))]


def _procedure_next(actor: Actor, procedure: Procedure) -> Next | None:
    """The step that is open, its last day, and whose it is."""
    step = procedure.steps.filter(state=StepState.OPEN).order_by("place").first()
    if step is None:
        return None
    until = format_html(' <strong class="cw-nowrap">{}</strong>,', day(step.due_on)) if step.due_on else ""
    text = format_html("{}:{} {}", step.title, until, ", ".join(str(role) for role in mapping.role_names(step.roles)))
    notice = Notice.objects.filter(step=step).first() if step.kind == StepKind.NOTICE else None
    offered = _step_actions(step, notice) if actor.roles.intersection(step.roles) else []
    return Next(text, *offered[0]) if offered else Next(text)


def _where(procedure: Procedure) -> Any:
    return stacked(procedure.get_state_display(), procedure.now or procedure.outcome)


procedure = register(
    Resource(
        model=Procedure, key="procedure", label=_("decision"), label_plural=_("decisions"), icon="gavel", order=("-started_on", "-pk"), group="knowledge",
        related=("policy", "copy"), search=["title", "number", "about"], form=forms.StartForm, create=services.procedure_start,
        columns=[
            Column("title", _("Decision"), lambda o: o.title, link=True, second=lambda o: o.number),
            Column("flow", _("Procedure"), lambda o: mapping.flow_title(o), hide="lg"),
            Column("started_on", _("Begun"), lambda o: o.started_on, cell=lambda o: day(o.started_on), sort="started_on", hide="md", css="cw-nowrap"),
            Column("state", _("State"), lambda o: str(o.get_state_display()), cell=_where),
        ],
        filters=[Filter("state", _("State"), lambda actor: ProcedureState.choices, lambda rows, value: rows.filter(state=value))],
        actions=[Action("declare", _("Declare interests"), services.interest_declare, forms.DeclareForm, done=_("Your declaration is noted."), icon="hand-stop", permission="step.declare", when=lambda o: o.state == ProcedureState.OPEN),
                 Action("withdraw", _("Withdraw"), services.procedure_withdraw, forms.ReasonForm, done=_("Withdrawn."), icon="circle-x", grave=True, when=lambda o: o.state == ProcedureState.OPEN)],
        identity=lambda o: [o.number, o.get_state_display(), *([day(o.ended_on)] if o.ended_on else [])],
        props=lambda o: [(_("What is decided"), o.about, ""), (_("Procedure"), mapping.flow_title(o), str(o.copy)), (_("Outcome"), o.outcome, ""),
                         (_("Policy"), format_html('<a href="{}">{}</a>', reverse("kit:policy_detail", args=[o.policy_id]), o.policy) if o.policy_id else "", "")],
        panels=[Panel("governance/steps_panel.html", _steps)], next=_procedure_next,
        record_actions=lambda actor, o: [{"url": reverse("governance:decision_pack", args=[o.pk]), "label": _("Decision pack (PDF)"), "icon": "file-text", "main": False}],
        empty_title=_("No decision is under way"), empty_text=_("A policy put before the deciders begins one; others can be begun here."),
    )
)  # fmt: skip

step = register(
    Resource(
        model=Step, key="step", label=_("step"), label_plural=_("steps of decisions"), icon="route", order=("due_on", "pk"), related=("procedure", "done_by"), menu=False,
        columns=[
            Column("title", _("Step"), lambda o: o.title, link=True, second=lambda o: str(o.procedure)),
            Column("kind", _("Kind"), lambda o: str(o.get_kind_display()), hide="md"),
            Column("due_on", _("Due"), lambda o: o.due_on, cell=lambda o: day(o.due_on), sort="due_on", css="cw-nowrap"),
            Column("state", _("State"), lambda o: str(o.get_state_display())),
        ],
        filters=[Filter("state", _("State"), lambda actor: StepState.choices, lambda rows, value: rows.filter(state=value))],
        actions=[
            Action("done", _("Record as done"), lambda *, actor, obj, note, upload: services.step_finish(actor=actor, obj=obj, note=note, upload=upload), forms.StepForm, done=_("The step is done."), icon="check", main=True, permission="step.act",
                   when=lambda o: o.state == StepState.OPEN and o.kind != StepKind.NOTICE),
            Action("vote", _("Vote"), services.vote_cast, forms.VoteForm, done=_("Your vote is counted."), icon="checkbox", permission="step.vote", when=lambda o: o.state == StepState.OPEN and o.kind == StepKind.VOTE),
            Action("publish", _("Publish"), services.notice_publish, forms.PublishForm, done=_("The notice is published."), icon="speakerphone", permission="step.act", when=lambda o: o.state == StepState.OPEN and o.kind == StepKind.NOTICE),
        ],
        identity=lambda o: [str(o.procedure), o.get_state_display()],
        props=lambda o: [(_("Decision"), format_html('<a href="{}">{}</a>', reverse("kit:procedure_detail", args=[o.procedure_id]), o.procedure), ""),
                         (_("Who may act"), ", ".join(str(r) for r in mapping.role_names(o.roles)), ""), (_("Open since"), day(o.opened_on), ""), (_("Due"), day(o.due_on, weekday=True), ""),
                         (_("Done on"), day(o.done_on), str(o.done_by or "")), (_("Minutes"), o.note, "")],
        empty_title=_("No step"), empty_text=_("Steps belong to decisions."),
    )
)  # fmt: skip

notice = register(
    Resource(
        model=Notice, key="notice", label=_("notice"), label_plural=_("notices"), icon="speakerphone", order=("-starts_on", "-pk"), related=("step", "step__procedure"), group="knowledge",
        columns=[
            Column("title", _("Notice"), lambda o: str(o.step.procedure.title), link=True, second=lambda o: o.step.title),
            Column("starts_on", _("Published"), lambda o: o.starts_on, cell=lambda o: day(o.starts_on), css="cw-nowrap"),
            Column("ends_on", _("Last day"), lambda o: o.ends_on, cell=lambda o: day(o.ends_on), sort="ends_on", css="cw-nowrap"),
            Column("closed_on", _("Closed"), lambda o: o.closed_on, cell=lambda o: day(o.closed_on) or _("open"), hide="md", css="cw-nowrap"),
        ],
        actions=[
            Action("object", _("Take an objection in"), services.objection_lodge, forms.ObjectionForm, done=_("The objection is taken in."), icon="message-exclamation", main=True, permission="objection.create", when=lambda o: o.closed_on is None),
            Action("close", _("Close the notice"), services.notice_close, forms.CloseForm, done=_("The notice is closed."), icon="circle-check", permission="step.act", when=lambda o: o.closed_on is None),
        ],
        identity=lambda o: [day(o.starts_on), day(o.ends_on)],
        props=lambda o: [(_("Where"), o.where, ""), *[(label, o.text.get(key, ""), "") for key, label in (o.step.terms.get("fields") or {}).items()],
                         (_("Published on"), day(o.starts_on), ""), (_("Last day"), day(o.ends_on, weekday=True), ""), (_("Closed on"), day(o.closed_on), "")],
        menu=False, empty_title=_("No notice"), empty_text=_("A decision whose procedure asks for public notice publishes it here."),
    )
)  # fmt: skip

objection = register(
    Resource(
        model=Objection, key="objection", label=_("objection"), label_plural=_("objections"), icon="message-exclamation", order=("-received_on", "-pk"), related=("notice", "notice__step", "notice__step__procedure"),
        columns=[
            Column("text", _("Objection"), lambda o: o.text[:120], link=True, second=lambda o: o.name),
            Column("received_on", _("Received"), lambda o: o.received_on, cell=lambda o: day(o.received_on), css="cw-nowrap"),
            Column("state", _("State"), lambda o: str(o.get_state_display())),
        ],
        actions=[Action("answer", _("Answer"), services.objection_answer, forms.AnswerForm, done=_("The answer is noted."), icon="message-check", main=True, when=lambda o: o.state == "open")],
        identity=lambda o: [o.get_state_display(), day(o.received_on)],
        props=lambda o: [(_("From"), o.name, ""), (_("Objection"), o.text, ""), (_("Answer"), o.answer, day(o.answered_on)),
                         (_("Decision"), format_html('<a href="{}">{}</a>', reverse("kit:procedure_detail", args=[o.notice.step.procedure_id]), o.notice.step.procedure), "")],
        menu=False, empty_title=_("No objection"), empty_text=_("Objections to a notice stand here with their answers."),
    )
)  # fmt: skip

dataset = register(
    Resource(
        model=DataSet, key="dataset", label=_("data set"), label_plural=_("data sets"), icon="table", order=("name", "pk"), related=("source",), menu=False,
        columns=[
            Column("name", _("Name"), lambda o: o.name, link=True),
            Column("count", _("Receipts"), lambda o: o.count, css="cw-num"),
            Column("years", _("Years"), lambda o: f"{o.first_on:%Y} – {o.last_on:%Y}" if o.first_on else ""),
            Column("currencies", _("Currencies"), lambda o: ", ".join(o.currencies), hide="md"),
        ],
        actions=[Action("remove", _("Remove"), services.dataset_remove, forms.ReasonForm, done=_("Removed."), icon="trash", grave=True)],
        props=lambda o: [(_("Receipts"), o.count, ""), (_("First"), day(o.first_on), ""), (_("Last"), day(o.last_on), ""), (_("File"), o.source.name, ""), (_("Currencies"), ", ".join(o.currencies), "")],
        record_actions=lambda actor, o: [{"url": f"{reverse('governance:try')}?data={o.pk}", "label": _("Try a policy on it"), "icon": "flask", "main": True}],
        head_actions=lambda actor: [{"url": reverse("governance:dataset_new"), "icon": "upload", "label": _("Bring receipts in")}] if access.may(actor, "dataset.create").allowed else [],
        empty_title=_("No data set yet"), empty_text=_("Bring past receipts in from a CSV or XLSX file, to try policies on them."),
    )
)  # fmt: skip


def _why(_request: Any, found: Answer) -> dict[str, Any]:
    return {"answer": found, "steps": mapping.explained(found, selectors.copies(found.packs), get_language() or "en"), "parts": mapping.shown(found)}


answer = register(
    Resource(
        model=Answer, key="answer", label=_("computed amount"), label_plural=_("computed amounts"), icon="calculator", order=("-made_at", "-pk"), related=("policy",), menu=False,
        search=["title", "number"],
        columns=[
            Column("title", _("For"), lambda o: o.title, link=True, second=lambda o: o.number),
            Column("policy", _("Policy"), lambda o: str(o.policy or ""), hide="md"),
            Column("on", _("Rules of"), lambda o: o.on, cell=lambda o: day(o.on), css="cw-nowrap"),
            Column("replayed", _("Computed again"), lambda o: o.replayed_at.date() if o.replayed_at else None, cell=lambda o: _("differs") if o.differs else day(o.replayed_at.date()) if o.replayed_at else _("not yet"), hide="md"),
        ],
        filters=[Filter("differs", _("Computed again"), lambda actor: [("yes", _("differs"))], lambda rows, value: rows.exclude(differs={}))],
        identity=lambda o: [o.number, day(o.on)],
        props=lambda o: [(_("Policy"), format_html('<a href="{}">{}</a>', reverse("kit:policy_detail", args=[o.policy_id]), o.policy) if o.policy_id else "", ""), (_("Rules of"), day(o.on), ""),
                         (_("Computed again"), day(o.replayed_at.date()) if o.replayed_at else _("not yet"), _("differs") if o.differs else "")],
        panels=[Panel("governance/why_panel.html", _why)],
        record_actions=lambda actor, o: [{"url": reverse("governance:explain", args=[o.pk, "pdf"]), "label": "PDF", "icon": "file-text", "main": False},
                                         {"url": reverse("governance:explain", args=[o.pk, "txt"]), "label": _("Text"), "icon": "file-text", "main": False}],
        head_actions=lambda actor: [{"url": reverse("governance:replay"), "icon": "refresh", "label": _("Compute all again")}] if access.may(actor, "answer.replay").allowed else [],
        empty_title=_("No amount was computed yet"), empty_text=_("A policy in force computes amounts; each keeps its packs and inputs, and can be explained and computed again."),
    )
)  # fmt: skip

menu.add(menu.Entry("kit:policy_list", "scale", _("Policies"), "knowledge", "policy.view", 60, also=("kit:answer_list", "kit:dataset_list", "governance:packs")))
menu.add(menu.Entry("kit:procedure_list", "gavel", _("Decisions"), "knowledge", "procedure.view", 61, lambda actor: (selectors.waiting(actor), False), also=("kit:step_list", "kit:notice_list", "kit:objection_list")))
