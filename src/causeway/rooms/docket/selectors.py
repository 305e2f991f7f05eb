"""Reads of the docket: lists people work in, one day's picture, and the derivation of a date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import cache, cached_property
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Sum, Value, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from causeway.engines.docket import Event, MatterFacts, Step, fee_of
from causeway.engines.docket.explain import explain
from causeway.engines.kernel import Money, add_months, month_end
from causeway.engines.kernel import Refusal as RefusalValue
from causeway.frame import access, db, preferences
from causeway.frame.access import Actor
from causeway.frame.models import AuditEntry, AuditRun, Job
from causeway.kit.resource import Next
from causeway.kit.show import address, day, days, distance, escaped, money, stacked, urgency
from causeway.rooms.docket import mapping, words
from causeway.rooms.docket.access import INVENTOR_MATTERS
from causeway.rooms.docket.choices import WAITING, Instruction, State
from causeway.rooms.docket.models import Deadline, Matter, MatterEvent, OrderList, Refusal, Snooze
from causeway.rooms.people.selectors import person_of

__all__ = ["INVENTOR_MATTERS"]


def matter_facts(matter: Matter) -> MatterFacts:
    """A matter as the engine sees it, from its current events."""
    columns = ("root", "kind", "on", "by", "received", "of", "facts")
    rows = MatterEvent.objects.filter(matter=matter, current=True, withdrawn=False).order_by("root").values_list(*columns)
    events: tuple[Event, ...] = tuple(mapping.engine_event(row) for row in rows)
    return MatterFacts(matter.office, matter.right, events, matter.facts, tuple(matter.designated), matter.entity or None)


class Why(NamedTuple):
    """A derivation: its steps, where it is in doubt (`due`, `late` for its late period alone, or nothing), the unmoved end of the late period, the fee."""

    steps: list[Step]
    doubt: str
    late_nominal: date | None
    fee: Fee | None


class Fee(NamedTuple):
    """Where a fee comes from: its tariff and since when it is in force, the full amount where less is payable, what the tariff notes."""

    tariff: str
    since: date | None
    full: str
    note: str
    verified: bool
    basis: tuple[str, ...]


def why(deadline: Deadline, language: str = "en") -> Why:
    """The derivation of a deadline in words, derived again from the stored events; without steps when it no longer follows from them."""
    facts = matter_facts(deadline.matter)
    found = mapping.derive_again(facts, deadline.rule, deadline.ordinal, deadline.trigger)
    if found is None:
        return Why([], "due" if deadline.provisional else "", None, None)
    moved = any(code[0] == "moved" and code[2] for code in found.trace)
    doubt = "due" if found.provisional and (moved or found.grace_ends is None) else "late" if found.provisional else ""
    late = date.fromordinal(found.grace_nominal) if found.grace_nominal else None
    return Why(explain(found, mapping.law(), "zh-hans" if language.startswith("zh") else "en"), doubt, late, _fee(found, facts))


def _fee(found: Any, facts: MatterFacts) -> Fee | None:
    """The tariff behind the amount of a deadline; None where it has none."""
    answer = fee_of(mapping.law(), found, facts)
    if answer is None or isinstance(answer, RefusalValue):
        return None
    table = mapping.law().fees[mapping.law().rule(found.rule).fee]
    start = table.version(found.due).start
    full = money(answer.full.minor, answer.full.currency) if answer.full != answer.payable else ""
    return Fee(table.id, date.fromordinal(start) if start else None, full, answer.note, answer.verified, answer.basis)


def source_of(basis: str) -> tuple[str, str]:
    """The title and address of a cited source, with its place."""
    key, _hash, place = basis.partition("#")
    source = mapping.law().sources.get(key)
    title = source["title"] if source else key
    return (f"{title}, {place}" if place else title), (source or {}).get("where", "")


def event_kinds(language: str = "en") -> list[tuple[str, str]]:
    """The vocabulary of events, by title."""
    language = "zh-hans" if language.startswith("zh") else "en"
    law = mapping.law()
    return sorted(((kind, law.title_of_event(kind, language)) for kind in law.events), key=lambda pair: pair[1])


def event_kinds_for(office: str, right: str, language: str = "en") -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """The vocabulary as a matter needs it: kinds its rules speak of and endings, then the others."""
    kinds = event_kinds(language)
    used = _kinds_of(office, right)
    return [pair for pair in kinds if pair[0] in used], [pair for pair in kinds if pair[0] not in used]


@cache
def _kinds_of(office: str, right: str) -> frozenset[str]:
    law = mapping.law()
    found = {kind for kind, data in law.events.items() if data.get("group") == "end"}
    for rule in law.for_matter(office, right):
        found |= {*rule.starts, *rule.closed_by, *rule.needs, *rule.unless}
    return frozenset(found)


@cache
def extendable(rule_id: str) -> int:
    """By how many months in all the rule lets its period be extended; 0 where it does not."""
    return int((mapping.law().rule(rule_id).data.get("extendable") or {}).get("months", 0))


@cache
def renewal_rules() -> tuple[str, ...]:
    """Rules of fees that keep a right alive."""
    return tuple(rule.id for rule in mapping.law().rules() if rule.kind in ("renewal", "stages", "expiry"))


@cache
def _zone(office: str) -> ZoneInfo:
    entry = mapping.law().offices.get(office) or {}
    return ZoneInfo(entry.get("timezone", "UTC"))


# --- what late payment costs ----------------------------------------------------------------------------------------------------------


@cache
def _grace(rule_id: str) -> dict[str, Any]:
    """The late period of a rule as its pack writes it; empty where it has none."""
    rule = mapping.law().rule(rule_id)
    for part in (rule.data.get(rule.kind), rule.data):
        if isinstance(part, Mapping) and "grace" in part:
            return {**part["grace"], "month_end": part.get("month_end")}
    return {}


@cache
def _late_percents(rule_id: str) -> tuple[int, int]:
    """The lowest and highest surcharge of a late payment in percent; zeros where the packs do not say."""
    grace = _grace(rule_id)
    percents = [int(band["percent"]) for band in grace.get("bands") or () if "percent" in band] or ([int(grace["percent"])] if "percent" in grace else [])
    return (min(percents), max(percents)) if percents and not grace.get("conflict") else (0, 0)


def late_words(rule_id: str) -> str:
    """The surcharge of a late payment in a few words; empty where the packs do not say."""
    return _late_words(rule_id, get_language())


@cache
def _late_words(rule_id: str, _active: str | None) -> str:
    low, high = _late_percents(rule_id)
    if not high:
        return ""
    return f"+{high}\u00a0%" if low == high else str(_("up to +%(percent)s\u00a0%%") % {"percent": high})


def late_costs(row: Deadline) -> list[dict[str, Any]]:
    """What paying late costs, part by part: until which day, and the surcharge in words; the packs' words where they name no figure."""
    if row.grace_ends is None:
        return []
    grace, entity = _grace(row.rule), row.matter.entity or "large"
    bands = list(grace.get("bands") or [])
    if not bands:
        return [{"until": row.grace_ends, "words": _surcharge(row, grace.get("percent"), _fixed(row, entity))}]
    ultimo = bool(grace.get("month_end")) and row.nominal.toordinal() == month_end(row.nominal.toordinal())
    parts = []
    for band in bands:
        months = int(band["to_month"])
        until = row.grace_ends if band is bands[-1] else date.fromordinal(_months_on(row.nominal.toordinal(), months, ultimo))
        words = _surcharge(row, band.get("percent"), None) if "percent" in band else str(band.get("amount", ""))
        parts.append({"until": until, "words": words})
    return parts


def still(row: Deadline, on: date) -> str:
    """What can still be done about a last day that has passed: do it late, until when and at what cost, or have it extended; empty before it has passed."""
    if row.due >= on:
        return ""
    if part := next((one for one in late_costs(row) if one["until"] >= on), None):
        return str(_("Late, but still possible: to %(day)s, %(cost)s.") % {"day": day(part["until"]), "cost": part["words"]})
    if row.grace_ends:
        return str(_("Late, and the time in which it could be made good ended on %(day)s.") % {"day": day(row.grace_ends)})
    return str(_("Late. See whether it can be extended.")) if extendable(row.rule) and not row.extension else ""


def late_basis(row: Deadline, fee: Fee | None) -> tuple[bool, tuple[str, ...]]:
    """Whether what paying late costs is verified, and its sources: of the rule, or of the tariff where that names the amount."""
    grace, rule = _grace(row.rule), mapping.law().rule(row.rule)
    by_tariff = fee is not None and not ("percent" in grace or "bands" in grace)
    return (fee.verified, fee.basis) if by_tariff else (rule.verified, tuple(rule.basis))


def _months_on(start: int, months: int, ultimo: bool) -> int:
    return month_end(start, months) if ultimo else add_months(start, months)


def _surcharge(row: Deadline, percent: str | None, fixed: int | None) -> str:
    """A surcharge in words: its percentage with its amount where the fee is known and not reduced, a fixed amount, or that it is not known."""
    if fixed is not None:
        return "+" + money(fixed, row.currency or _currency(row.rule))
    if percent is None:
        return str(_("with a surcharge; its amount is to be read"))
    if not int(percent):
        return str(_("no surcharge"))
    if row.amount is None or "reduction" in row.matter.facts:
        return str(_("+%(percent)s %% of the full fee") % {"percent": percent})
    extra = Money(row.amount, row.currency).percent(Fraction(percent)).minor
    return str(_("+%(percent)s %%, %(amount)s") % {"percent": percent, "amount": money(extra, row.currency)})


def _fixed(row: Deadline, entity: str) -> int | None:
    """A fixed surcharge of the tariff in force on the last day, in minor units; None where it names none."""
    table = mapping.law().fees.get(mapping.law().rule(row.rule).fee)
    if table is None:
        return None
    try:
        told = table.version(row.due.toordinal()).data.get("surcharge") or {}
    except RefusalValue:
        return None
    text = told.get("fixed") or told.get(entity)
    return Money.parse(str(text), table.currency).minor if text else None


def _currency(rule_id: str) -> str:
    table = mapping.law().fees.get(mapping.law().rule(rule_id).fee)
    return table.currency if table else ""


def without_amount(order: OrderList) -> int:
    """How many fees of an order list are to be paid and bear no amount, so that no sum holds them."""
    return sum(line["instruction"] == Instruction.PAY and line["amount"] is None for line in order.lines)


def whole_words(text: str, room: int) -> str:
    """A text that was cut to its room, cut again at its last whole word."""
    return f"{text.rpartition(' ')[0]} …" if len(text) >= room else text


def offices() -> list[tuple[str, str]]:
    """The offices the packs know, with their names."""
    return [(code, str((data.get("name") or {}).get("en", code))) for code, data in sorted(mapping.law().offices.items())]


def office_title(code: str) -> str:
    """An office's name, where the packs know it."""
    return dict(offices()).get(code, code)


def civil_day(office: str, university_zone: str, now: datetime | None = None) -> date:
    """The day by which "late" is judged: the office's civil date or the university's, whichever is ahead."""
    now = now or timezone.now()
    return max(now.astimezone(_zone(office)).date(), now.astimezone(ZoneInfo(university_zone)).date())


def today_of(actor: Actor) -> date:
    """Today at the actor's university."""
    return timezone.now().astimezone(ZoneInfo(access.university_of(actor.university_id).timezone)).date()


def waiting(actor: Actor) -> QuerySet[Deadline]:
    """Deadlines in the actor's sight that wait for somebody, soonest first."""
    return access.visible(actor, Deadline.objects.filter(waiting=True)).order_by("due", "pk")


def next_due(matters: list[int]) -> dict[int, date]:
    """The next open day of each matter that has one."""
    rows = Deadline.objects.filter(matter_id__in=matters, waiting=True).values_list("matter_id")
    return dict(rows.annotate(next=Min("due")))


def mine(actor: Actor, on: date) -> QuerySet[Deadline]:
    """Deadlines in the actor's own hand (or in nobody's, for the office), without those they snoozed."""
    person = person_of(actor)
    held = Q(holder=person) if person else Q(pk__in=[])
    snoozed = Snooze.objects.filter(deadline=OuterRef("pk"), user_id=actor.user_id, until__gt=on)
    return waiting(actor).filter(held).filter(~Exists(snoozed))


def offices_ahead(on: date, now: datetime | None = None) -> list[str]:
    """Offices where the day has already passed on, seen from a university where it is `on`."""
    now = now or timezone.now()
    return [code for code in mapping.law().offices if now.astimezone(_zone(code)).date() > on]


def _passed(on: date) -> Q:
    """Last days that have passed by the office's civil date or the university's, whichever comes first."""
    ahead = offices_ahead(on)
    return Q(due__lte=on) & (Q(due__lt=on) | Q(office__in=ahead)) if ahead else Q(due__lt=on)


def late(actor: Actor, on: date) -> QuerySet[Deadline]:
    """Deadlines whose last day has passed, at the office or here."""
    return waiting(actor).filter(_passed(on))


#: Where counting stops: nobody acts on how far beyond it a number goes.
CAP = 1_000


def counts(actor: Actor, on: date) -> dict[str, int]:
    """How many are late, due in seven days, mine, unverified; each counted to 1,000 at most."""
    rows = {
        "late": late(actor, on), "soon": soon(actor, on), "mine": mine(actor, on), "instruct": waiting(actor).filter(state=State.INSTRUCTED),
        "unverified": waiting(actor).filter(verified=False, due__gte=on, due__lte=on + timedelta(days=365)),
    }  # fmt: skip
    return dict(zip(rows, db.counts(list(rows.values()), CAP), strict=True))


def capped(queryset: QuerySet, limit: int = CAP) -> int:
    """A count that stops at a limit."""
    return queryset.order_by()[:limit].count()


def soon(actor: Actor, on: date) -> QuerySet[Deadline]:
    """Deadlines of the next seven days, today's included."""
    return waiting(actor).filter(due__gte=on, due__lte=on + timedelta(days=7)).exclude(_passed(on))


def stones_start(on: date) -> date:
    """The Monday the eight weeks begin with; the week before, early in a week, so that what has just gone late is seen."""
    return on - timedelta(days=on.weekday() + (7 if on.weekday() < 2 else 0))


#: How many stones lie on a day.
STONES = 6


def stones(actor: Actor, on: date, weeks: int = 8) -> list[dict[str, Any]]:
    """The coming weeks as days with their first deadlines and how many, for the path on the first page; late ones of the last week lead."""
    start = stones_start(on)
    counts, firsts = _by_day(waiting(actor), start, start + timedelta(weeks=weeks), STONES)
    flags: dict[date, list[bool]] = defaultdict(list)
    for due, provisional in firsts.values_list("due", "provisional"):
        flags[due].append(provisional)
    return [{"day": day, "offset": (day - start).days, "stones": flags[day], "count": count} for day, count in sorted(counts.items())]


def by_day(rows: QuerySet[Deadline], start: date, end: date, most: int) -> tuple[dict[date, int], list[Deadline]]:
    """How many deadlines each day of a span has, and the first of each day, at most `most`."""
    counts, firsts = _by_day(rows, start, end, most)
    ids = firsts.values("pk")
    return counts, list(Deadline.objects.filter(pk__in=ids).select_related("holder", "matter").only(*CARD).order_by("due", "pk"))


def _by_day(rows: QuerySet[Deadline], start: date, end: date, most: int) -> tuple[dict[date, int], QuerySet[Deadline]]:
    found = rows.filter(due__gte=start, due__lt=end).order_by()
    place = Window(RowNumber(), partition_by="due", order_by="pk")
    return dict(found.values_list("due").annotate(Count("pk"))), found.annotate(place=place).filter(place__lte=most)


def renewals(actor: Actor, start: date, end: date) -> QuerySet[Deadline]:
    """Fees of renewals due in a span."""
    return waiting(actor).filter(rule__in=renewal_rules(), due__gte=start, due__lt=end)


class Cost(NamedTuple):
    """A line of a forecast: what it is about (a month's first day, a name), its address, currency, sum in minor units, number of fees."""

    of: Any
    url: str
    currency: str
    minor: int
    fees: int


#: Groupings that higher rooms know of (an asset's family): name to a function from deadlines to lines.
FORECASTS: dict[str, Callable[[QuerySet[Deadline]], list[Cost]]] = {}
#: Pages of what matters stand for, from higher rooms: functions from a matter's id to (title, address), or None.
STANDS_FOR: list[Callable[[int], tuple[str, str] | None]] = []


def forecast(rows: QuerySet[Deadline], by: str = "month") -> list[Cost]:
    """Cost of fees with a known amount, by month, unit, or a grouping of a higher room; counted by the database."""
    known = rows.exclude(amount=None).order_by()
    if by in FORECASTS:
        return FORECASTS[by](known)
    if by == "unit":
        found = known.values_list("matter__unit__name", "currency").annotate(sum=Sum("amount"), fees=Count("pk"))
        return [Cost(name or str(_("no unit")), "", *rest) for name, *rest in sorted(found, key=lambda r: (r[0] is None, r[0], r[1]))]
    # By day from the index alone, by month here: SQLite would call back for each row to name its month.
    months: dict[tuple[date, str], list[int]] = {}
    for due, currency, minor, fees in known.values_list("due", "currency").annotate(sum=Sum("amount"), fees=Count("pk")):
        line = months.setdefault((due.replace(day=1), currency), [0, 0])
        line[0], line[1] = line[0] + minor, line[1] + fees
    return [Cost(month, "", currency, *line) for (month, currency), line in sorted(months.items())]


#: What cards of the board and lines of the month are written from; forty columns a row would be read for nothing.
CARD = ("due", "office", "state", "provisional", "rule", "ordinal", "action", "matter_title", "matter_reference", "matter__number", "holder__name")


def stands_for(matter: Matter) -> tuple[str, str] | None:
    """The page of what a matter stands for, as the room that knows it says."""
    return next((found for one in STANDS_FOR if (found := one(matter.pk)) is not None), None)


def second_person(actor: Actor) -> bool:
    """Whether the actor's university asks for a second person's confirmation of dates that the law sets."""
    return bool(preferences.get("docket.second_person", university=actor.university_id))


def to_confirm(actor: Actor, on: date) -> QuerySet[Deadline]:
    """Dates of the coming year (and late ones) that the law sets and nobody has confirmed."""
    return waiting(actor).filter(statutory=True, confirmed_by=None, due__lt=on + timedelta(days=365))


#: The jobs that derive every date again and list what differs, and that write it.
REPLAY, RECOMPUTE = "docket.replay", "docket.recompute"


class LastReplay(NamedTuple):
    """The last finished replay: when, matters checked, how many differ, the first of them by reference, whether the law is still that of today."""

    at: datetime
    checked: int
    count: int
    references: list[str]
    same_law: bool


def last_replay(university: int) -> LastReplay | None:
    """What the last finished replay of the university found; None where none is kept."""
    job = _replays(university).first()
    if job is None:
        return None
    found = job.result
    return LastReplay(job.finished_at, found["checked"], found["count"], found["differing"], found["law"] == mapping.law().digest)


def differing(actor: Actor) -> int:
    """In how many matters the last replay found other dates than those stored, for those who may apply them; one small read."""
    if not access.may(actor, "matter.recompute").allowed:
        return 0
    return _replays(actor.university_id).values_list("result__count", flat=True).first() or 0


def _replays(university: int) -> QuerySet[Job]:
    return Job.objects.filter(university_id=university, name=REPLAY, state=Job.State.DONE, result__has_key="count").order_by("-pk")


def replaying(university: int) -> Job | None:
    """The job that derives or writes dates of the university anew now, or the last one where it failed."""
    job = Job.objects.filter(university_id=university, name__in=(REPLAY, RECOMPUTE)).order_by("-pk").first()
    return None if job is None or job.state == Job.State.DONE else job


class Gap(NamedTuple):
    """Something a careful docket lacks: what, how many, the first of them as (text, second line, address), and the list behind."""

    title: str
    count: int
    rows: list[tuple[str, str, str]]
    url: str = ""


#: Gaps that higher rooms know of (assets without owner or agent): functions from an actor.
GAPS: list[Callable[[Actor], list[Gap]]] = []
#: How many of a gap are shown.
FEW = 8


def gaps(actor: Actor, on: date) -> list[Gap]:
    """What is missing, the docket's own first."""
    list_ = reverse("docket:docket")
    parts: list[tuple[Any, QuerySet, Callable[[Any], tuple[str, str, str]], str]] = [
        (_("Late, and in nobody's hand"), late(actor, on).filter(holder=None), _gap_of, f"{list_}?tab=late&holder=none"),
        (_("Within four weeks, and in nobody's hand"), waiting(actor).filter(holder=None, due__gte=on, due__lt=on + timedelta(weeks=4)), _gap_of,
         f"{list_}?tab=weeks&holder=none"),
    ]  # fmt: skip
    if second_person(actor):
        soon_due = to_confirm(actor, on).filter(due__lt=on + timedelta(weeks=8))
        parts.append((_("Within eight weeks, and not confirmed by a second person"), soon_due, _gap_of, f"{list_}?tab=confirm"))
    parts.append((_("Rules that give no date"), refusals(actor), _refused, reverse("docket:missing")))
    return gaps_of(parts) + [gap for more in GAPS for gap in more(actor)]


def gaps_of(parts: Sequence[tuple[Any, QuerySet, Callable[[Any], tuple[str, str, str]], str]]) -> list[Gap]:
    """Gaps from titles, rows, what writes a row, and addresses; counted in one statement."""
    counts = db.counts([rows for _title, rows, _write, _url in parts], CAP)
    return [Gap(str(title), count, [write(row) for row in rows[:FEW]], url) for (title, rows, write, url), count in zip(parts, counts, strict=True)]


def _gap_of(row: Deadline) -> tuple[str, str, str]:
    return action_words(row), f"{day(row.due)}, {row.matter_title}", address("kit:deadline_detail", row.pk)


def _refused(one: Refusal) -> tuple[str, str, str]:
    return one.matter.title, f"{one.matter.reference} · {one.titled}: {one.said}", address("docket:matter", one.matter_id)


def missing_years(actor: Actor) -> list[dict[str, Any]]:
    """Years of the coming five in which closing days are not known, with the offices and how many open dates rest on them."""
    on = today_of(actor)
    end = on + timedelta(days=5 * 365)
    # By office, as the index that holds whether a date is provisional; a year at a time, as years taken out of days would cost as much again.
    rows = waiting(actor).filter(office__in=list(mapping.law().offices), provisional=True).order_by()
    years = {year: rows.filter(due__gte=max(on, date(year, 1, 1)), due__lt=min(end, date(year + 1, 1, 1))) for year in range(on.year, end.year + 1)}
    parts = [part.annotate(year=Value(year)).values_list("year", "office").annotate(dates=Count("pk")) for year, part in years.items()]
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for year, office, dates in parts[0].union(*parts[1:], all=True):
        found[year][office] = dates
    return [_missing_year(year, found[year]) for year in sorted(found)]


def _missing_year(year: int, dates: dict[str, int]) -> dict[str, Any]:
    """A year with its offices, those with most dates first."""
    url = f"{reverse('docket:docket')}?tab=all&office={{}}&from={year}-01-01&to={year}-12-31"
    known = sorted((pair for pair in dates.items() if pair[1]), key=lambda pair: -pair[1])
    return {"year": year, "offices": [{"office": office_title(office), "dates": n, "url": url.format(office)} for office, n in known], "dates": sum(dates.values())}


def refusals(actor: Actor) -> QuerySet[Refusal]:
    """Rules that would apply and give no date."""
    return access.visible(actor, Refusal.objects.select_related("matter")).order_by("matter__reference", "rule")


# --- as pages show them ------------------------------------------------------------------------------------------------------------------


def _today() -> date:
    """Today where the page is read: the zone of the university in scope."""
    return timezone.localdate()


def today_at(office: str) -> date:
    """The day by which a date of an office is judged on a page."""
    return max(_today(), timezone.now().astimezone(_zone(office)).date())


class Look:
    """How deadlines look on one page: language and today are asked once, not for every cell."""

    def __init__(self) -> None:
        self.language, self.day, self.long_day = get_language(), days(), days(weekday=True)
        self.english = words.language() == "en"
        self._here, self._now, self._today = _today(), timezone.now(), dict[str, date]()

    @cached_property
    def _words(self) -> dict[str, str]:
        return {
            "grace": gettext("Grace until %(day)s"), "provisional": gettext("provisional"), "verified": gettext("Verified"), "unverified": gettext("Unverified"),
            "none": gettext("none"), "read": gettext("to be read"),
        }  # fmt: skip

    def today(self, office: str) -> date:
        """The day by which a date of an office is judged."""
        if office not in self._today:
            self._today[office] = max(self._here, self._now.astimezone(_zone(office)).date())
        return self._today[office]

    def near(self, row: Deadline) -> str:
        """late, soon or later."""
        return urgency(row.due, self.today(row.office))

    def css(self, row: Deadline) -> str:
        """The class of a last day: red when late, amber within a week, violet when provisional."""
        return {"late": "cw-late", "soon": "cw-soon"}.get(self.near(row), "cw-doubt" if row.provisional else "")

    def due(self, row: Deadline) -> Any:
        """The last day with how far it is."""
        if row.state not in WAITING:
            return stacked(self.day(row.due), row.get_state_display())
        css, away = self.css(row), distance(row.due, self.today(row.office), self.language)
        first = SafeString(f'<strong class="{css}">{escaped(self.day(row.due))}</strong>')
        return stacked(first, f"{away}, {self._words['provisional']}" if row.provisional and css != "cw-late" else away, css if css == "cw-late" else "")

    def action(self, row: Deadline) -> str:
        """What to do."""
        return row.action if self.english else words.action(row)

    def consequence(self, row: Deadline) -> str:
        """The second line: what follows if the day passes."""
        if row.grace_ends and row.state in WAITING:
            extra = _late_words(row.rule, self.language)
            return self._words["grace"] % {"day": self.day(row.grace_ends)} + (f", {extra}" if extra else "")
        if row.instruction:
            return gettext("Instructed: %(what)s") % {"what": row.get_instruction_display()}
        return row.why

    def second(self, row: Deadline) -> Any:
        """The consequence, and on a phone the asset and the fee too, whose columns are hidden there."""
        fee = money(row.amount, row.currency) or (self._words["read"] if self._has_fee(row) else "")
        told = " · ".join(f'<span class="cw-nowrap">{escaped(one)}</span>' for one in (row.matter.number or row.matter_reference, fee) if one)
        return SafeString(f'{escaped(self.consequence(row))}<span class="d-block d-md-none">{escaped(row.matter_title)}<br>{told}</span>')

    def asset(self, row: Deadline) -> Any:
        """What it hangs on, with its number."""
        link = SafeString(f'<a href="{address("docket:matter", row.matter_id)}">{escaped(row.matter_title)}</a>')
        return stacked(link, row.matter.number or row.matter_reference, "cw-nowrap")

    def card(self, row: Deadline) -> Any:
        """A card of the board: its day, what to do, for which asset, in whose hand."""
        title = row.matter_title if len(row.matter_title) <= 60 else f"{row.matter_title[:59]}…"
        holder = f'<span class="cw-sub">{escaped(row.holder.name)}</span>' if row.holder else ""
        return SafeString(
            f'<li data-row><span class="cw-meta {self.css(row)}">{escaped(self.long_day(row.due))}</span>'
            f'<a class="cw-what" href="{address("kit:deadline_detail", row.pk)}">{escaped(self.action(row))}</a><span class="cw-sub">{escaped(title)}</span>'
            f'<span class="cw-sub">{escaped(row.matter.number or row.matter_reference)}</span>{holder}</li>'
        )

    def why(self, row: Deadline) -> Any:
        """The rule, and whether it is verified."""
        doubt, mark = ("", "verified") if row.verified else (" is-doubt", "unverified")
        link = f'<a class="cw-rule{doubt}" href="{address("kit:deadline_detail", row.pk)}#why">{escaped(row.rule)}</a>'
        return SafeString(f'{link}<span class="cw-sub">{escaped(self._words[mark])}</span>')

    def _has_fee(self, row: Deadline) -> bool:
        return row.amount is not None or bool(row.fee_note) or row.rule in renewal_rules()

    def fee(self, row: Deadline) -> Any:
        """The fee, where one is known."""
        if row.amount is None:
            return SafeString(f'<span class="cw-meta">{escaped(self._words["read" if self._has_fee(row) else "none"])}</span>')
        return stacked(money(row.amount, row.currency), words.reason(row.fee_note))


def consequence(row: Deadline) -> str:
    """What follows if the day of a deadline passes, in the reader's language."""
    return Look().consequence(row)


def action_words(row: Deadline) -> str:
    """What to do, in the reader's language."""
    return words.action(row)


#: How many deadlines the panel of a matter shows; all of them are counted.
SHOWN = 12


def deadline_panel(actor: Actor, matter: Matter) -> dict[str, Any]:
    """A matter's open deadlines and refusals, for a panel on the page of what it stands for."""
    rows = list(waiting(actor).filter(matter=matter)[:1_000])
    today, look = _today(), Look()
    found = access.visible(actor, Refusal.objects.filter(matter=matter))
    return {
        "template": "docket/deadlines_panel.html", "open": len(rows), "late": sum(row.due < today for row in rows),
        "all_url": reverse("docket:matter", args=[matter.pk]), "refusals": list(found),
        "rows": [
            {"due_cell": look.due(row), "action": look.action(row), "second": look.consequence(row), "fee": look.fee(row), "why": look.why(row),
             "url": address("kit:deadline_detail", row.pk), "paid": row.amount is not None}
            for row in rows[:SHOWN]
        ],
    }  # fmt: skip


def next_in(actor: Actor, matter: Matter) -> Next | None:
    """What is next in a matter: its soonest open date, how far it is, and who must act."""
    row = waiting(actor).filter(matter=matter).select_related("holder", "matter__agent").first()
    if row is None:
        return None
    near = urgency(row.due, today_at(row.office))
    text = format_html(
        '{}: <strong class="cw-nowrap{}">{}</strong>, {}. {}', action_words(row), " cw-late" if near == "late" else "", day(row.due),
        distance(row.due, today_at(row.office)), who_acts(row),
    )  # fmt: skip
    return Next(text, reverse("kit:deadline_detail", args=[row.pk]), _("Open this date"))


def who_acts(row: Deadline) -> str:
    """Who must act on a deadline, in a sentence."""
    if row.state == State.INSTRUCTED and row.matter.agent_id:
        return str(_("%(agent)s is instructed: %(what)s.") % {"agent": row.matter.agent, "what": row.get_instruction_display()})
    return str(_("In hand of %(name)s.") % {"name": row.holder.name} if row.holder else _("Nobody has it in hand."))


#: What people do about a deadline and can take back, and the columns that they write.
ACTS = ("deadline.done", "deadline.waive", "deadline.instruct", "deadline.reassign", "deadline.extend", "deadline.confirm")
ACTED = ("state", "holder", "done_on", "done_reference", "proof", "instruction", "why", "due", "extension", "extended_to", "confirmed_by", "confirmed_on")


def last_act(row: Deadline) -> AuditEntry | None:
    """What a person did last about a deadline and nobody took back; None where there is nothing."""
    undone = 0
    for entry in AuditEntry.objects.filter(label="docket.deadline", object_id=row.pk, verb__in=(*ACTS, "deadline.undo")).order_by("-at", "-pk"):
        if entry.verb != "deadline.undo" and undone == 0:
            return entry
        undone += 1 if entry.verb == "deadline.undo" else -1
    return None


def before_last(row: Deadline) -> dict[str, Any]:
    """The values, by attribute, that taking back the last act restores; what was changed since is not among them. Empty where nothing can be taken back."""
    act, found = last_act(row), {}
    for name in ACTED if act is not None else ():
        before, after = act.changes.get(name) or (None, None)
        field = Deadline._meta.get_field(name)
        if before != after and field.to_python(after) == getattr(row, field.attname):
            found[field.attname] = field.to_python(before)
    return found


def trigger_of(row: Deadline) -> MatterEvent | None:
    """The event a deadline follows from as it stands, with who recorded it; None where it follows from no event."""
    event = MatterEvent.objects.filter(matter_id=row.matter_id, root=row.trigger, current=True).first() if row.trigger else None
    if event is not None:
        run = AuditRun.objects.filter(pk=event.run).first()
        event.recorded_by, event.recorded_at = (run.actor_name, run.started_at) if run else ("", None)  # type: ignore[attr-defined]
    return event


def snooze_of(actor: Actor, row: Deadline) -> Snooze | None:
    """The actor's own snooze of a deadline, while it lasts."""
    return Snooze.objects.filter(deadline=row, user_id=actor.user_id, until__gt=_today()).first()


def timeline(actor: Actor, matter: Matter, language: str) -> list[MatterEvent]:
    """What happened in a matter, newest first, corrected and withdrawn versions among it."""
    events = list(access.visible(actor, MatterEvent.objects.filter(matter=matter)).order_by("-on", "-pk"))
    recorders = dict(AuditRun.objects.filter(pk__in={event.run for event in events if event.run}).values_list("pk", "actor_name"))
    for event in events:
        event.recorded_by = recorders.get(event.run, "")  # type: ignore[attr-defined]
        in_words(event)
    return events


def in_words(event: MatterEvent) -> MatterEvent:
    """An event with its kind in the reader's words and the year or stage it speaks of."""
    event.words = mapping.law().title_of_event(event.kind, words.language())  # type: ignore[attr-defined]
    said = event.facts.get("year") or event.facts.get("stage")
    if said:
        event.words += gettext(", year %(year)s") % {"year": said}  # type: ignore[attr-defined]
    return event
