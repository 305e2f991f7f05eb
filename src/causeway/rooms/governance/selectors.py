"""What pages and other rooms ask about policies and decisions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from causeway.frame import access, preferences
from causeway.frame.access import Actor
from causeway.frame.models import Grant, University
from causeway.kit.show import day
from causeway.rooms.governance import mapping
from causeway.rooms.governance.choices import Choice, ObjectionState, PolicyState, StepState
from causeway.rooms.governance.models import Answer, DataSet, Interest, Notice, PackCopy, Policy, Step
from causeway.rooms.governance.ports import Flow


def _known_laws(text: str) -> None:
    known = {key for key, _title in mapping.law_choices()}
    unknown = [one.strip() for one in text.split(",") if one.strip() and one.strip() not in known]
    if unknown:
        raise ValidationError(_("There is no law pack %(pack)s.") % {"pack": ", ".join(unknown)})


preferences.declare(
    preferences.Preference(
        "governance.laws", "university", str, "", label=_lazy("Law packs we stand under"), check=_known_laws,
        help=_lazy("Ids of packs with commas between, such as law-cn-transfer, law-cn-zhejiang. Empty: those of our country."),
    )
)  # fmt: skip


def in_force(subject: str, on: date, unit: int | None = None) -> Policy | None:
    """The policy that settles a subject on a day: a unit's own before the university's; None where there is none."""
    rows = Policy.objects.filter(subject=subject, state=PolicyState.APPROVED, holds_from__lte=on).filter(Q(holds_to=None) | Q(holds_to__gte=on))
    rows = rows.filter(Q(unit=None) | Q(unit_id=unit)) if unit else rows.filter(unit=None)
    return rows.select_related("copy").order_by("-unit_id" if unit else "pk", "-holds_from", "-pk").first()


def standing(policy: Policy, on: date) -> tuple[str, str]:
    """How a policy stands on a day, in words and as a colour of the theme."""
    if policy.state != PolicyState.APPROVED:
        return str(policy.get_state_display()), {"proposed": "soon", "refused": "late"}.get(policy.state, "open")
    if policy.holds_from and policy.holds_from > on:
        return _("Approved, not yet in force"), "soon"
    if policy.holds_to and policy.holds_to < on:
        return _("Superseded"), "open"
    return _("In force"), "done"


def adopted(actor: Actor, on: date) -> list[str]:
    """Packs on which a policy in force here rests."""
    rows = access.visible(actor, Policy.objects.filter(state=PolicyState.APPROVED, holds_from__lte=on).exclude(holds_to__lt=on))
    return sorted({mapping.key_of_copy(row.copy) for row in rows.select_related("copy").only("copy__pack", "copy__version", "copy__received_from")})


def flow_on(actor: Actor, flow: str, on: date, policy: Policy | None = None) -> Flow:
    """A procedure ("pack/flow") as it would begin on a day: what its pack leaves open is taken from the policy decided on, else from the one in force that rests on the pack.

    Raises ValidationError for a procedure nobody knows, and for a figure that nobody gave.
    """
    rules = policy or resting_on(flow.partition("/")[0], on)
    book = mapping.policy_book(rules, rules.holds_from or on, laws_here(actor.university_id)) if rules is not None else None
    return mapping.flow(flow, book, on)


def hindrance(actor: Actor, flow: str, on: date) -> str:
    """Why a procedure cannot begin on a day; empty where it can."""
    try:
        flow_on(actor, flow, on)
    except ValidationError as fault:
        return " ".join(fault.messages)
    return ""


def resting_on(pack: str, on: date) -> Policy | None:
    """The policy in force on a day that rests on a pack, by its key; the latest where there are several."""
    name, _at, version = pack.partition("@")
    rows = Policy.objects.filter(copy__pack=name, **({"copy__version": version} if version else {}), state=PolicyState.APPROVED, holds_from__lte=on).exclude(holds_to__lt=on)
    return rows.select_related("copy").order_by("-holds_from", "-pk").first()


def overlapping(policy: Policy, start: date) -> QuerySet[Policy]:
    """Approved policies of the same subject and unit that hold on a day or later."""
    rows = Policy.objects.filter(subject=policy.subject, unit=policy.unit, state=PolicyState.APPROVED).exclude(pk=policy.pk)
    return rows.filter(Q(holds_to=None) | Q(holds_to__gte=start)).order_by("holds_from")


def pack_checked(name: str, files: Mapping[str, str]) -> mapping.Checked:
    """What is wrong with the text of a pack from elsewhere: every fault of the lint, and whether its version is another text here."""
    return mapping.checked(name, files)


def pack_key(copy: PackCopy) -> str:
    """The key of a kept pack: names it in addresses and commands."""
    return mapping.key_of_copy(copy)


def pack_known(key: str) -> bool:
    """Whether a pack of this key can be read here today."""
    return mapping.pack_info(key) is not None


def copies(digests: list[str]) -> dict[str, PackCopy]:
    """Kept packs by digest."""
    return {copy.digest: copy for copy in PackCopy.objects.filter(digest__in=digests)}


def tally(step: Step) -> dict[str, Any]:
    """The votes of a step against what its flow asks: counts, whether the quorum is there, whether it passes.

    `quorum` is the part of the entitled that must take part, `majority` the part of votes for and against that must be more than for;
    abstentions count for the quorum alone.
    """
    votes = list(step.votes.select_related("user").order_by("pk"))
    counts = {choice: sum(vote.choice == choice for vote in votes) for choice in Choice.values}
    entitled = int(step.terms.get("entitled") or 0) or len(voters(step))
    barred = set(step.procedure.interests.filter(conflicted=True).values_list("user_id", flat=True))
    entitled = max(0, entitled - len(barred & set(voters(step))))
    quorum, majority = Fraction(step.terms.get("quorum", "1/2")), Fraction(step.terms.get("majority", "1/2"))
    decided = counts[Choice.FOR] + counts[Choice.AGAINST]
    quorate = entitled > 0 and Fraction(len(votes), entitled) >= quorum
    exact = majority > Fraction(1, 2)
    passes = decided > 0 and (Fraction(counts[Choice.FOR], decided) >= majority if exact else Fraction(counts[Choice.FOR], decided) > majority)
    return {"votes": votes, "counts": counts, "entitled": entitled, "quorate": quorate, "passes": passes, "quorum": quorum, "majority": majority}


def voters(step: Step) -> list[int]:
    """Users whose role lets them act in a step today."""
    on = date.today()
    grants = Grant.objects.filter(university_id=step.university_id, role__in=step.roles, unit=None, starts_on__lte=on, user__is_active=True)
    return sorted(set(grants.exclude(ends_on__lt=on).values_list("user_id", flat=True)))


def open_objections(notice: Notice) -> int:
    """How many objections to a notice wait for an answer."""
    return notice.objections.filter(state=ObjectionState.OPEN).count()


def clocks(actor: Actor, on: date, days: int = 7) -> list[Step]:
    """Open steps that are late or fall due within so many days, most urgent first."""
    rows = access.visible(actor, Step.objects.filter(state=StepState.OPEN, due_on__lte=on + timedelta(days=days)))
    return list(rows.select_related("procedure").order_by("due_on", "pk")[:50])


def steps_for(actor: Actor) -> list[Step]:
    """Open steps in which the actor's role may act, most urgent first; not those of decisions in which the actor declared an interest."""
    rows = access.visible(actor, Step.objects.filter(state=StepState.OPEN)).select_related("procedure").order_by(F("due_on").asc(nulls_last=True), "pk")
    barred = set(Interest.objects.filter(user_id=actor.user_id, conflicted=True).values_list("procedure_id", flat=True))
    return [step for step in rows[:200] if actor.roles.intersection(step.roles) and step.procedure_id not in barred]


def waiting(actor: Actor) -> int:
    """How many open steps wait for the actor's role."""
    rows = access.visible(actor, Step.objects.filter(state=StepState.OPEN))
    return sum(bool(actor.roles.intersection(roles)) for roles in rows.values_list("roles", flat=True)[:200])


def receipts(data: DataSet) -> Iterator[dict[str, Any]]:
    """The receipts of a data set, in its order, a line at a time."""
    with (Path(settings.MEDIA_ROOT) / data.records.path).open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def years(data: DataSet) -> list[int]:
    """The years a data set speaks of."""
    return list(range(data.first_on.year, data.last_on.year + 1)) if data.first_on and data.last_on else []


def laws_here(university: int) -> list[str]:
    """Law packs the university stands under: those it chose, else those of its country."""
    chosen = preferences.get("governance.laws", university=university)
    if chosen:
        return [one.strip() for one in chosen.split(",") if one.strip()]
    return mapping.laws_of_country(University.objects.values_list("country", flat=True).get(pk=university))


def answer_ids(size: int) -> Iterator[list[int]]:
    """The ids of all computed amounts, so many at a time."""
    after = 0
    while ids := list(Answer.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:size]):
        yield ids
        after = ids[-1]


def differing() -> list[Answer]:
    """Computed amounts that came out otherwise when they were computed again."""
    return list(Answer.objects.exclude(differs={}).order_by("pk")[:1000])


def explained_text(number: str, language: str) -> str | None:
    """Why an amount is what it is, as plain text; None for a number nobody knows."""
    found = Answer.objects.filter(number=number).select_related("policy").first()
    if found is None:
        return None
    lines = [f"{found.number}  {found.title}", f"{found.policy or ''}  {day(found.on)}", ""]
    lines += [f"{'  ' if inner else ''}{label}: {amount}" for label, amount, inner in mapping.shown(found)] + [""]
    for step in mapping.explained(found, copies(found.packs), language):
        mark = "●" if step["verified"] else "○"
        lines += [f"{mark} {step['title']}  {step['result']}", f"    {step['sentence']}", *[f"    {title} {where}".rstrip() for title, where in step["sources"]]]
    return "\n".join(lines) + "\n"


def floor_day(policy: Policy) -> date:
    """The day on which the law's floor is shown beside a policy: its first day, or today for a draft without one."""
    return policy.holds_from or today_in(policy.university_id)


def today_at(actor: Actor) -> date:
    """Today by the clock of the actor's university."""
    return today_in(actor.university_id)


def today_in(university: int) -> date:
    """Today by a university's clock, by its id."""
    return today_by(University.objects.only("timezone").get(pk=university))


def today_by(university: University) -> date:
    """Today by a university's clock."""
    return timezone.now().astimezone(ZoneInfo(university.timezone)).date()
