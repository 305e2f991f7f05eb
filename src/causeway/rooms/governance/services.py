"""Writes on policies and decisions: drafts, proposals, procedures step by step, data sets, computed amounts."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from causeway.frame import access, audit, events, files, numbering
from causeway.frame.access import Actor
from causeway.frame.models import StoredFile
from causeway.rooms.governance import mapping, selectors
from causeway.rooms.governance.choices import ObjectionState, PolicyState, ProcedureState, StepKind, StepState
from causeway.rooms.governance.events import PolicyApproved, ProcedureEnded
from causeway.rooms.governance.models import Answer, DataSet, Interest, Notice, Objection, PackCopy, Policy, Procedure, Step, Vote


def _number(series: str, on: date) -> str:
    return f"{series}-{on.year}-{numbering.take(f'{series}-{on.year}').start:03d}"


# --- packs kept word for word ----------------------------------------------------------------------------------------------------------------


def pack_keep(*, actor: Actor, pack: str) -> PackCopy:
    """Keep the text of a shipped or received pack word for word, once for each text; raises ValidationError for a pack nobody knows."""
    return _keep(actor, mapping.texts_of(pack))


def _keep(actor: Actor, texts: Any) -> PackCopy:
    kept = PackCopy.objects.filter(digest=texts.digest).first()
    if kept is not None:
        return kept
    with audit.changing(PackCopy(pack=texts.id, version=texts.version, digest=texts.digest, files=texts.files), by=actor, verb="pack.keep") as made:
        pass
    return made


@transaction.atomic
def pack_receive(*, actor: Actor, name: str, files: Mapping[str, str], sender: str) -> PackCopy:
    """Make a pack that another installation handed over ready to be tried and adopted here, like one that comes with Causeway.

    Raises ValidationError with every fault, and where its version stands here with another text.
    """
    access.require(actor, "pack.receive")
    found = mapping.checked(name, files)
    if found.faults or found.clash:
        raise ValidationError([str(fault) for fault in found.faults] or found.clash)
    kept = PackCopy.objects.filter(digest=found.digest).first() or PackCopy(pack=found.id, version=found.version, digest=found.digest, files=dict(files))
    with audit.changing(kept, by=actor, verb="pack.receive") as kept:
        kept.received_from = sender[:300]
    return kept


# --- policies ----------------------------------------------------------------------------------------------------------------------------------


@transaction.atomic
def policy_create(*, actor: Actor, title: str, pack: str, subject: str = "", unit: Any = None, why: str = "",
                  changes: Mapping[str, str] | None = None) -> Policy:  # fmt: skip
    """Draft a policy from a pack. changes: place in the pack to the university's value, as text; empty: as the pack says."""
    access.require(actor, "policy.create")
    copy = pack_keep(actor=actor, pack=pack)
    made = Policy(number=_number("POL", selectors.today_at(actor)), title=title, copy=copy, unit=unit, why=why)
    made.subject = subject or mapping.subject_of(pack)
    with audit.changing(made, by=actor, verb="policy.create") as made:
        made.changes = changes_checked(copy, changes or {})
    return made


def policy_update(*, actor: Actor, obj: Policy, revision: int | None = None, **values: Any) -> Policy:
    """Change a draft's title, unit, reason or values; a value the pack does not have, or of another kind, is refused at its place."""
    access.require(actor, "policy.update", obj)
    if "changes" in values:
        values["changes"] = changes_checked(obj.copy, values["changes"])
    with audit.changing(obj, by=actor, verb="policy.update", revision=revision) as obj:
        access.require(actor, "policy.update", obj)
        for name, value in values.items():
            setattr(obj, name, value)
        if "changes" in values:
            obj.tried = {}
    return obj


def changes_checked(copy: PackCopy, changes: Mapping[str, str]) -> dict[str, str]:
    """The changes that differ from the pack, each of its kind; ValidationError names every place that is wrong."""
    faults = mapping.faults_of_values(copy, changes)
    if faults:
        raise ValidationError(dict(faults))
    said = {value.place: value.current for value in mapping.values_of(copy)}
    return {place: str(text).strip() for place, text in changes.items() if str(text).strip() != said.get(place)}


def policy_try(*, actor: Actor, obj: Policy, figures: Mapping[str, Any]) -> Policy:
    """Keep the figures of a simulation with the draft, for those who decide."""
    access.require(actor, "policy.update", obj)
    with audit.changing(obj, by=actor, verb="policy.try") as obj:
        obj.tried = dict(figures)
    return obj


@transaction.atomic
def policy_propose(*, actor: Actor, obj: Policy, holds_from: date, flow: str, why: str = "") -> Procedure:
    """Put a draft before the deciders: it must stand above the law's floor on every day it speaks for.

    flow: "pack/flow". Refused, with article and day, where the law sets a floor that the policy is under.
    """
    access.require(actor, "policy.propose", obj)
    _lawful(obj, holds_from)
    with audit.changing(obj, by=actor, verb="policy.propose", why=why) as obj:
        obj.state, obj.holds_from = PolicyState.PROPOSED, holds_from
        _ground(actor, obj, holds_from)
    return procedure_start(actor=actor, flow=flow, title=obj.title, about=why or obj.why, policy=obj)


def _ground(actor: Actor, policy: Policy, holds_from: date) -> None:
    """Keep what a policy stands on, and what its packs warn about."""
    laws = selectors.laws_here(policy.university_id)
    policy.laws = [pack_keep(actor=actor, pack=pack).digest for pack in mapping.packs_under(policy, laws)]
    policy.warnings = mapping.warnings_of(policy, holds_from, laws)


def _lawful(policy: Policy, holds_from: date) -> None:
    """Refuse a policy that its law does not allow from a day, or that clashes with another of the same day."""
    faults = mapping.legal_faults(policy, holds_from, selectors.laws_here(policy.university_id))
    if faults:
        raise ValidationError({"holds_from": [why for _place, why in faults]})
    same = selectors.overlapping(policy, holds_from).filter(holds_from__gte=holds_from).first()
    if same is not None:
        raise ValidationError(
            {"holds_from": _("%(policy)s holds from %(day)s already: two policies cannot begin on or after the same day. Choose a later day, or withdraw that one.")
             % {"policy": same, "day": same.holds_from}}
        )  # fmt: skip


@transaction.atomic
def policy_adopt(*, actor: Actor, obj: Policy, holds_from: date, signed_by: str, signed_on: date, document: StoredFile | None = None, why: str = "") -> Policy:
    """Put a policy in force by signature, without a procedure of the system (a decision taken elsewhere): who signed, when, and from when it holds."""
    access.require(actor, "policy.adopt", obj)
    if obj.state not in (PolicyState.DRAFT, PolicyState.PROPOSED):
        raise access.Refused(_("Only a draft or a proposal can be adopted."))
    if obj.procedures.filter(state=ProcedureState.OPEN).exists():
        raise access.Refused(_("A decision about this policy is under way: finish or withdraw it first."))
    _lawful(obj, holds_from)
    return _approve(actor, obj, holds_from, signed_by=signed_by, signed_on=signed_on, document=document, why=why)


def _approve(actor: Actor, policy: Policy, holds_from: date, *, why: str = "", **signed: Any) -> Policy:
    """Approve a policy and end the one before it on the day before."""
    for earlier in selectors.overlapping(policy, holds_from):
        with audit.changing(earlier, by=actor, verb="policy.supersede", why=str(policy)) as earlier:
            earlier.holds_to = holds_from - timedelta(days=1)
    with audit.changing(policy, by=actor, verb="policy.approve", why=why) as policy:
        policy.state, policy.holds_from = PolicyState.APPROVED, holds_from
        _ground(actor, policy, holds_from)
        policy.text = _keep(actor, mapping.texts_of_policy(policy, holds_from, selectors.laws_here(policy.university_id)))
        for name, value in signed.items():
            setattr(policy, name, value)
    events.tell(PolicyApproved(policy.pk, policy.subject, holds_from))
    return policy


@transaction.atomic
def policy_withdraw(*, actor: Actor, obj: Policy, why: str) -> Policy:
    """Withdraw a draft or a proposal, its procedure with it; one that was approved stays and is superseded by a later one."""
    access.require(actor, "policy.withdraw", obj)
    if obj.state not in (PolicyState.DRAFT, PolicyState.PROPOSED):
        raise access.Refused(_("An approved policy is not withdrawn: adopt another one from a later day."))
    for procedure in obj.procedures.filter(state=ProcedureState.OPEN):
        _end(actor, procedure, ProcedureState.WITHDRAWN, why)
    with audit.changing(obj, by=actor, verb="policy.withdraw", why=why) as obj:
        obj.state = PolicyState.WITHDRAWN
    return obj


def policy_copy(*, actor: Actor, obj: Policy) -> Policy:
    """A new draft with the values of a policy, on the same kept text of its pack."""
    access.require(actor, "policy.copy", obj)
    made = Policy(number=_number("POL", selectors.today_at(actor)), title=obj.title, subject=obj.subject, unit=obj.unit, copy=obj.copy, why=obj.why)
    with audit.changing(made, by=actor, verb="policy.create", why=str(obj)) as made:
        made.changes = dict(obj.changes)
    return made


# --- procedures --------------------------------------------------------------------------------------------------------------------------------


@transaction.atomic
def procedure_start(*, actor: Actor, flow: str, title: str, about: str = "", policy: Policy | None = None) -> Procedure:
    """Begin a decision along a flow ("pack/flow"); its first step opens today.

    Days and majorities that the pack leaves open are those of the policy decided on, else of the policy in force that rests on the pack.
    """
    access.require(actor, "procedure.create")
    on = selectors.today_at(actor)
    found = selectors.flow_on(actor, flow, on, policy)
    if policy is not None and policy.procedures.filter(state=ProcedureState.OPEN).exists():
        raise ValidationError(_("A decision about this policy is under way."))
    copy = pack_keep(actor=actor, pack=found.pack)
    made = Procedure(number=_number("GOV", on), title=title, flow=found.key, copy=copy, policy=policy, about=about, started_on=on)
    with audit.changing(made, by=actor, verb="procedure.create") as made:
        pass
    for place, one in enumerate(found.steps):
        step = Step(procedure=made, place=place, key=one.key, kind=one.kind, title=one.title, roles=list(one.roles), basis=list(one.basis))
        with audit.changing(step, by=actor, verb="step.create") as step:
            step.terms = dict(one.terms) | ({"days": one.days} if one.days is not None else {}) | {"verified": one.verified}
    _open_next(actor, made, on)
    return made


def _open_next(actor: Actor, procedure: Procedure, on: date) -> None:
    """Open the next step, or end the procedure as passed after the last."""
    following = Step.objects.filter(procedure=procedure, state=StepState.WAITING).order_by("place").first()
    if following is None:
        _end(actor, procedure, ProcedureState.PASSED, _("All steps are done."))
        return
    with audit.changing(following, by=actor, verb="step.open") as following:
        following.state, following.opened_on = StepState.OPEN, on
        days = following.terms.get("days")
        following.due_on = on + timedelta(days=int(days)) if days else None
    with audit.changing(procedure, by=actor, verb="procedure.step") as procedure:
        procedure.now = following.title


def _end(actor: Actor, procedure: Procedure, state: str, why: str) -> Procedure:
    on = selectors.today_at(actor)
    with audit.changing(procedure, by=actor, verb="procedure.end", why=why) as procedure:
        procedure.state, procedure.ended_on, procedure.outcome, procedure.now = state, on, why[:300], ""
    policy = procedure.policy
    if policy is not None and policy.state == PolicyState.PROPOSED:
        if state == ProcedureState.PASSED:
            signature = procedure.steps.filter(kind=StepKind.SIGNATURE, state=StepState.DONE).order_by("-place").first()
            signed = {"signed_by": str(signature.done_by or ""), "signed_on": signature.done_on, "document": signature.document} if signature else {}
            holds_from = max(policy.holds_from or on, on)
            _lawful(policy, holds_from)
            _approve(actor, policy, holds_from, why=str(procedure), **signed)
        else:
            with audit.changing(policy, by=actor, verb="policy.back", why=why) as policy:
                policy.state = PolicyState.REFUSED if state == ProcedureState.REFUSED else PolicyState.DRAFT
    events.tell(ProcedureEnded(procedure.pk, state, on))
    return procedure


def procedure_withdraw(*, actor: Actor, obj: Procedure, why: str) -> Procedure:
    """Withdraw a decision under way; its policy becomes a draft again."""
    access.require(actor, "procedure.withdraw", obj)
    if obj.state != ProcedureState.OPEN:
        raise access.Refused(_("This decision has ended."))
    with transaction.atomic():
        return _end(actor, obj, ProcedureState.WITHDRAWN, why)


def _acting(actor: Actor, step: Step, action: str = "step.act", *kinds: str) -> None:
    """Whether the actor may act in a step now: it is open, of the kind asked for, its flow names the actor's role, no conflict of interest."""
    access.require(actor, action, step)
    if step.state != StepState.OPEN:
        raise access.Refused(_("This step is not open."))
    if kinds and step.kind not in kinds:
        raise access.Refused(_("This is not what the step asks for."))
    if actor.kind != "system" and not actor.roles.intersection(step.roles):
        names = ", ".join(str(role) for role in mapping.role_names(step.roles))
        raise access.Refused(_("In this step only these may act: %(roles)s.") % {"roles": names})
    declared = step.procedure.interests.filter(user_id=actor.user_id).first()
    if declared is not None and declared.conflicted:
        raise access.Refused(_("You declared an interest in this matter; others decide it."))
    if declared is None and step.kind in (StepKind.VOTE, StepKind.SIGNATURE) and actor.kind != "system":
        raise access.Refused(_("Declare first whether you have an interest in this matter."))


@transaction.atomic
def step_done(*, actor: Actor, obj: Step, note: str = "", document: StoredFile | None = None) -> Step:
    """Finish an open step: a task, a signature, a filing, the minutes of a vote or of declarations; the next one opens."""
    _acting(actor, obj)
    _complete(obj, note, document)
    on = selectors.today_at(actor)
    refused = obj.kind == StepKind.VOTE and not selectors.tally(obj)["passes"]
    with audit.changing(obj, by=actor, verb="step.done", why=note[:200]) as obj:
        obj.state = StepState.REFUSED if refused else StepState.DONE
        obj.done_on, obj.done_by_id, obj.note, obj.document = on, actor.user_id, note, document
    if refused:
        _end(actor, obj.procedure, ProcedureState.REFUSED, _("The vote did not pass."))
    else:
        _open_next(actor, obj.procedure, on)
    return obj


@transaction.atomic
def step_finish(*, actor: Actor, obj: Step, note: str = "", upload: Any = None) -> Step:
    """Finish a step with a file that comes along; see `step_done`."""
    document = files.store(actor=actor, source=upload, name=upload.name) if upload else None
    return step_done(actor=actor, obj=obj, note=note, document=document)


def _complete(step: Step, note: str, document: StoredFile | None) -> None:
    """Refuse to finish a step whose terms are not met, saying which."""
    if step.terms.get("document") and document is None:
        raise ValidationError({"document": _("This step needs its document.")})
    if step.kind == StepKind.VOTE:
        count = selectors.tally(step)
        if not count["quorate"]:
            raise ValidationError(
                _("Too few have voted: %(cast)s of %(entitled)s, and %(quorum)s are needed.")
                % {"cast": len(count["votes"]), "entitled": count["entitled"], "quorum": count["quorum"]}
            )
        if not note.strip():
            raise ValidationError({"note": _("A vote needs its minutes.")})
    if step.kind == StepKind.NOTICE:
        raise access.Refused(_("A notice ends by closing it, when its last day is over and every objection is answered."))
    if step.kind == StepKind.OBJECTIONS and not note.strip():
        raise ValidationError({"note": _("Write how the objections ended, or that there were none.")})


def interest_declare(*, actor: Actor, obj: Procedure, conflicted: bool, text: str = "") -> Interest:
    """Declare whether one has an interest in what is decided; who has one takes no part. It can be declared anew while the decision is open."""
    access.require(actor, "step.declare")
    if obj.state != ProcedureState.OPEN:
        raise access.Refused(_("This decision has ended."))
    if conflicted and not text.strip():
        raise ValidationError({"text": _("Say which interest.")})
    if conflicted and Vote.objects.filter(step__procedure=obj, user_id=actor.user_id).exists():
        raise access.Refused(_("You have voted in this matter already. Tell the office, so that the vote is taken again."))
    made = Interest.objects.filter(procedure=obj, user_id=actor.user_id).first() or Interest(procedure=obj, user_id=actor.user_id)
    made.declared_on = made.declared_on or selectors.today_at(actor)
    with audit.changing(made, by=actor, verb="interest.declare") as made:
        made.conflicted, made.text, made.declared_on = conflicted, text, selectors.today_at(actor)
    return made


def vote_cast(*, actor: Actor, obj: Step, choice: str, note: str = "") -> Vote:
    """Vote in an open step; a vote can be changed until the step is finished."""
    _acting(actor, obj, "step.vote", StepKind.VOTE)
    made = Vote.objects.filter(step=obj, user_id=actor.user_id).first() or Vote(step=obj, user_id=actor.user_id)
    made.cast_on = made.cast_on or selectors.today_at(actor)
    made.choice = made.choice or choice
    with audit.changing(made, by=actor, verb="vote.cast") as made:
        made.choice, made.note, made.cast_on = choice, note, selectors.today_at(actor)
    return made


def notice_publish(*, actor: Actor, obj: Step, starts_on: date, ends_on: date, text: Mapping[str, str], where: str) -> Notice:
    """Publish what the flow asks for, for at least the days it asks; refused while a field is empty or the time too short.

    The day of publication is not counted: 15 days from the 1st end with the 16th.
    """
    _acting(actor, obj, "step.act", StepKind.NOTICE)
    wanted = obj.terms.get("fields") or {}
    faults: dict[str, Any] = {key: _("This must be published.") for key in wanted if not str(text.get(key, "")).strip()}
    least = int(obj.terms.get("min_days") or 0)
    if (ends_on - starts_on).days < least:
        faults["ends_on"] = _("It must be public for at least %(n)s days: until %(day)s or later.") % {
            "n": least, "day": starts_on + timedelta(days=least)}  # fmt: skip
    if faults:
        raise ValidationError(faults)
    if Notice.objects.filter(step=obj).exists():
        raise access.Refused(_("This notice is published already."))
    made = Notice(step=obj, starts_on=starts_on, ends_on=ends_on, where=where)
    with transaction.atomic():
        with audit.changing(made, by=actor, verb="notice.publish") as made:
            made.text = {key: str(text.get(key, "")).strip() for key in wanted}
        with audit.changing(obj, by=actor, verb="step.clock") as obj:
            obj.due_on = ends_on
    return made


def objection_lodge(*, actor: Actor, obj: Notice, name: str, received_on: date, text: str) -> Objection:
    """Take an objection in, within the days of the notice; one that comes later is taken in with its day and stays visible as late."""
    access.require(actor, "objection.create", obj)
    if obj.closed_on is not None:
        raise access.Refused(_("This notice was closed on %(day)s.") % {"day": obj.closed_on})
    if received_on < obj.starts_on:
        raise ValidationError({"received_on": _("The notice was not published yet.")})
    if not text.strip():
        raise ValidationError({"text": _("Write what the objection says.")})
    with audit.changing(Objection(notice=obj, name=name, received_on=received_on, text=text), by=actor, verb="objection.create") as made:
        pass
    return made


def objection_answer(*, actor: Actor, obj: Objection, state: str, answer: str) -> Objection:
    """Answer an objection: upheld, rejected or withdrawn, with the reason."""
    access.require(actor, "objection.answer", obj)
    if state not in (ObjectionState.UPHELD, ObjectionState.REJECTED, ObjectionState.WITHDRAWN):
        raise ValidationError({"state": _("Say whether it is upheld, rejected or was withdrawn.")})
    if not answer.strip():
        raise ValidationError({"answer": _("Give the reason.")})
    if obj.notice.step.procedure.interests.filter(user_id=actor.user_id, conflicted=True).exists():
        raise access.Refused(_("You declared an interest in this matter; others decide it."))
    with audit.changing(obj, by=actor, verb="objection.answer", why=answer[:200]) as obj:
        obj.state, obj.answer, obj.answered_on, obj.answered_by_id = state, answer, selectors.today_at(actor), actor.user_id
    return obj


@transaction.atomic
def notice_close(*, actor: Actor, obj: Notice, note: str = "") -> Notice:
    """Close a notice when its last day is over and no objection is open; an upheld objection ends the decision as refused."""
    step = obj.step
    _acting(actor, step, "step.act", StepKind.NOTICE)
    on = selectors.today_at(actor)
    if on <= obj.ends_on:
        raise access.Refused(_("The notice is public until %(day)s; it can be closed from the day after.") % {"day": obj.ends_on})
    waiting = selectors.open_objections(obj)
    if waiting:
        raise access.Refused(_("%(n)s objections wait for an answer.") % {"n": waiting})
    with audit.changing(obj, by=actor, verb="notice.close") as obj:
        obj.closed_on = on
    upheld = obj.objections.filter(state=ObjectionState.UPHELD).exists()
    with audit.changing(step, by=actor, verb="step.done", why=note[:200]) as step:
        step.state = StepState.REFUSED if upheld else StepState.DONE
        step.done_on, step.done_by_id, step.note = on, actor.user_id, note
    if upheld:
        _end(actor, step.procedure, ProcedureState.REFUSED, _("An objection was upheld."))
    else:
        _open_next(actor, step.procedure, on)
    return obj


# --- past receipts -----------------------------------------------------------------------------------------------------------------------------


@transaction.atomic
def dataset_create(*, actor: Actor, name: str, source: StoredFile, receipts: Sequence[Mapping[str, Any]]) -> DataSet:
    """Keep past receipts, read and checked, under a name."""
    access.require(actor, "dataset.create")
    if DataSet.objects.filter(name=name).exists():
        raise ValidationError({"name": _("A data set of this name exists; choose another.")})
    if not receipts:
        raise ValidationError({"file": _("The file holds no receipt.")})
    lines = "".join(json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n" for row in receipts)
    days = sorted(str(row["on"]) for row in receipts)
    records = files.store(actor=actor, source=io.BytesIO(lines.encode()), name=f"{name}.jsonl")
    made = DataSet(name=name, source=source, count=len(receipts), records=records)
    made.first_on, made.last_on = date.fromisoformat(days[0]), date.fromisoformat(days[-1])
    made.currencies = sorted({str(row["currency"]) for row in receipts})
    with audit.changing(made, by=actor, verb="dataset.create") as made:
        pass
    return made


@transaction.atomic
def dataset_bring(*, actor: Actor, name: str, upload: Any, receipts: Sequence[Mapping[str, Any]]) -> DataSet:
    """Keep an uploaded table and the receipts read from it; see `dataset_create`."""
    access.require(actor, "dataset.create")
    source = files.store(actor=actor, source=upload, name=upload.name)
    return dataset_create(actor=actor, name=name, source=source, receipts=receipts)


def dataset_remove(*, actor: Actor, obj: DataSet, why: str = "") -> DataSet:
    """Remove a data set; the file it came from stays with the university's files."""
    access.require(actor, "dataset.remove", obj)
    with audit.batch(by=actor, verb="dataset.remove", why=why, objects=1) as work:
        work.remove(DataSet, [obj.pk])
    return obj


# --- computed amounts --------------------------------------------------------------------------------------------------------------------------


@transaction.atomic
def answer_compute(*, actor: Actor, policy: Policy, on: date, title: str, given: Mapping[str, Any]) -> Answer:
    """Compute an amount under a policy and keep what was asked, the packs and the answer, so that it can be explained and computed again.

    A refusal of the rules (below the floor, parts that do not sum, no rule in force) is raised as ValidationError with its reason;
    nothing is kept then.
    """
    access.require(actor, "answer.create")
    if policy.state != PolicyState.APPROVED or not (policy.holds_from and policy.holds_from <= on and (policy.holds_to is None or on <= policy.holds_to)):
        raise ValidationError({"on": _("This policy is not in force on %(day)s.") % {"day": on}})
    digests = [*policy.laws, policy.copy.digest, *([policy.text.digest] if policy.text else [])]
    found = mapping.compute(selectors.copies(digests), digests, policy.subject, on, given)
    if found.refused:
        raise ValidationError(found.refused)
    made = Answer(number=_number("AMT", on), kind=policy.subject, policy=policy, on=on, title=title, packs=digests, given=dict(given))
    with audit.changing(made, by=actor, verb="answer.create") as made:
        made.engine, made.answer = mapping.ENGINE, found.answer
    return made


def answers_replay(*, actor: Actor, ids: Sequence[int]) -> dict[str, int]:
    """Compute kept amounts again (at most 2,000) with the packs and inputs kept with them; what differs is noted for a person to judge."""
    access.require(actor, "answer.replay")
    rows = list(Answer.objects.filter(pk__in=ids))
    kept = selectors.copies(sorted({digest for row in rows for digest in row.packs}))
    now = timezone.now()
    for row in rows:
        row.replayed_at = now
        row.differs = mapping.replayed(row, kept)
    with audit.batch(by=actor, verb="answer.replay", objects=len(rows)) as work:
        work.change(rows, ["replayed_at", "differs"])
    return {"checked": len(rows), "differing": sum(bool(row.differs) for row in rows)}
