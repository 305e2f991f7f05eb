"""The docket engine against what really happened: US fees, lapses and replies, European renewals, lapses and oppositions.

`python bench/against_reality.py` prints the report, `--write` puts it into docs/reference/against-reality.md. The public records it reads
lie beside the project (../shared/data, or CAUSEWAY_SHARED) and are no part of it.
"""

from __future__ import annotations

import csv
import os
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple

from lxml import etree

from causeway.engines.docket import Deadline, Event, Law, MatterFacts, compile_law, deadlines
from causeway.engines.docket.compile import extended
from causeway.engines.docket.facts import Prepared
from causeway.engines.kernel import add_months
from causeway.engines.packs import load_packs, shipped_packs

ROOT = Path(__file__).resolve().parents[1]
REPORT = ROOT / "docs" / "reference" / "against-reality.md"

#: What a comparison can come to. Everything but "agrees" is listed in the report, one by one.
VERDICTS = {
    "agrees": "the engine and the record say the same",
    "record": "they differ, and something else in the same record says why",
    "law": "they differ, and law that the packs do not hold says why; the record shows the facts of it, not the reason",
    "silent": "the record does not reach so far, so nothing can be compared",
    "packs": "they differ because the packs are wrong or silent",
    "unexplained": "they differ, and nobody knows why",
}


class Finding(NamedTuple):
    """One comparison: which check, which matter, what the record and the engine say, the verdict and its cause.

    moved: whether the agreement rests on a last day moved to a working day (it would be a difference without the move).
    """

    check: str
    matter: str
    record: str
    engine: str
    verdict: str
    cause: str = ""
    moved: bool = False


def data() -> Path:
    """Where the public records lie; the folder may be absent."""
    return Path(os.environ.get("CAUSEWAY_SHARED", ROOT.parent / "shared")) / "data"


@cache
def law() -> Law:
    """The law of the shipped packs."""
    return compile_law(load_packs(shipped_packs()))


def derived(office: str, rule: str, *events: Event) -> dict[str, Deadline]:
    """The deadlines of one rule, by year or stage ("" for a period)."""
    found = deadlines(MatterFacts(office, "patent", events), law()).deadlines
    return {one.ordinal: one for one in found if one.rule == rule}


def last_day(rule: str, event: Event, months: int) -> date:
    """The last day of a US period extended by so many months."""
    prepared = Prepared(MatterFacts("US", "patent", (event,)))
    return date.fromordinal(extended(law().rule(rule), prepared, months)[1])


def day(number: int | None) -> date:
    """A day number as a date."""
    return date.fromordinal(number or 1)


def iso(text: str) -> date:
    """A date written 2024-01-31 or 20240131."""
    return date.fromisoformat(text)


# --- United States: the records -----------------------------------------------------------------------------------------------------------


class UsRecords:
    """Applications, dated transactions, maintenance events, replies and term-adjustment entries of the USPTO."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.applications = {row["application_number"]: row for row in self._rows("applications")}
        self.maintenance = self._by_application("maintenance_events")
        self.replies = self._rows("office_action_responses")
        self.transactions = self._by_application("transactions")
        self.adjustments = self._by_application("pta_history")
        fees = [iso(row["event_date"]) for rows in self.maintenance.values() for row in rows if _stage(row)]
        self.first_fee, self.last_fee = min(fees), max(fees)

    def _rows(self, name: str) -> list[dict[str, str]]:
        with (self.folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def _by_application(self, name: str) -> dict[str, list[dict[str, str]]]:
        found = defaultdict(list)
        for row in self._rows(name):
            found[row["application_number"]].append(row)
        return found

    def dates(self, application: str, codes: Iterable[str], start: date, end: date) -> list[date]:
        """The days of transactions with one of these codes, from start to end, in order."""
        wanted = frozenset(codes)
        found = [iso(row["date"]) for row in self.transactions[application] if row["code"] in wanted]
        return sorted(one for one in found if start <= one <= end)

    def ends(self, application: str) -> date:
        """The last day of an application's record."""
        return max(iso(row["date"]) for row in self.transactions[application])

    def counted_delay(self, application: str, reply: date) -> int:
        """The days of applicant delay the Office counted for a reply of that day, 0 where none."""
        rows = self.adjustments.get(application, [])
        return next((int(row["appl_days"]) for row in rows if row["appl_days"] and _us(row["date"]) == reply), 0)


def _us(text: str) -> date:
    """A date written 01-31-2024."""
    month, on, year = text.split("-")
    return date(int(year), int(month), int(on))


# --- United States: maintenance fees ------------------------------------------------------------------------------------------------------

FEE, EXPIRY, UNSEEN = "US maintenance fees paid", "US patents expired", "US fees neither paid nor lapsed"
_STAGES = {"4": "3.5", "8": "7.5", "12": "11.5"}
#: The Office publishes an expiry some weeks after the late period; longer would point at a wrong date.
EXPIRY_SEEN_WITHIN = 60


def _stage(row: Mapping[str, str]) -> str:
    """The stage a payment of a maintenance fee is for (codes M1551-M1553, M2551-M2553), "" for other events."""
    code = row["event_code"]
    return _STAGES[row["stage_year"]] if code[:4] in ("M155", "M255") and code[-1] in "123" else ""


def _reissue(application: Mapping[str, str]) -> bool:
    return application["app_type"] == "Re-Issue"


def us_fees(us: UsRecords) -> Iterator[Finding]:
    """Every maintenance fee really paid lies in its window, late or not as the surcharge shows."""
    for number, rows in us.maintenance.items():
        application = us.applications[number]
        windows = derived("US", "US-MAINT", Event("grant", iso(application["grant_date"])))
        for row in rows:
            if stage := _stage(row):
                yield _fee(row, application, rows, windows[stage])


def _fee(row: Mapping[str, str], application: Mapping[str, str], rows: list[dict[str, str]], window: Deadline) -> Finding:
    paid = iso(row["event_date"])
    surcharged = any(one["event_code"][-1] in "456" and one["event_code"][:3] in ("M15", "M25") and iso(one["event_date"]) == paid for one in rows)
    late = paid > day(window.due)
    record = f"stage {window.ordinal} paid {paid}{', with surcharge' if surcharged else ''}"
    engine = f"{day(window.opens)} to {day(window.due)}, late to {day(window.grace_ends)}"
    matter = f"US {application['patent_number']}"
    if day(window.opens) <= paid <= day(window.grace_ends) and late == surcharged:
        return Finding(FEE, matter, record, engine, "agrees", moved=window.nominal < paid.toordinal() <= window.due)
    return Finding(FEE, matter, record, engine, *_fee_cause(application, rows, paid))


def _fee_cause(application: Mapping[str, str], rows: list[dict[str, str]], paid: date) -> tuple[str, str]:
    if _reissue(application):
        cause = "A reissue keeps the windows of the original patent (37 CFR 1.362(h)), whose grant this record does not hold; record that day as the grant."
        return "law", cause
    if any(row["event_code"] == "PMFG" and iso(row["event_date"]) >= paid for row in rows):
        return "record", "Paid after expiry with a petition for unintentional delay, which the Office granted."
    return "unexplained", ""


def us_expiries(us: UsRecords) -> Iterator[Finding]:
    """No patent that expired for non-payment has its fee paid in the engine's eyes, and none expired before the late period was over."""
    for number, rows in us.maintenance.items():
        for row in rows:
            if row["event_code"] == "EXP.":
                yield _expiry(us.applications[number], iso(row["event_date"]), [one for one in rows if one["event_date"] < row["event_date"]])


def _expiry(application: Mapping[str, str], expired: date, before: list[dict[str, str]]) -> Finding:
    paid = [Event("renewal_paid", iso(row["event_date"]), facts={"stage": stage}) for row in before if (stage := _stage(row))]
    stages = derived("US", "US-MAINT", Event("grant", iso(application["grant_date"])), *paid)
    missed = [one for one in stages.values() if one.closed_why != "met" and 0 < (expired - day(one.grace_ends)).days <= EXPIRY_SEEN_WITHIN]
    matter, record = f"US {application['patent_number']}", f"expiry recorded {expired}"
    if missed:
        return Finding(EXPIRY, matter, record, f"stage {missed[0].ordinal} unpaid, late to {day(missed[0].grace_ends)}", "agrees")
    return Finding(EXPIRY, matter, record, "no fee missed just before", "unexplained")


def us_unseen_fees(us: UsRecords) -> Iterator[Finding]:
    """A fee whose late period is over, with no payment and no expiry recorded, must have a reason."""
    for number, application in us.applications.items():
        if not application["grant_date"]:
            continue
        rows = us.maintenance.get(number, [])
        paid = {_stage(row) for row in rows}
        expired = min((iso(row["event_date"]) for row in rows if row["event_code"] == "EXP."), default=date.max)
        for stage, window in derived("US", "US-MAINT", Event("grant", iso(application["grant_date"]))).items():
            over = day(window.grace_ends)
            revived = any(row["event_code"] == "PMFG" for row in rows)
            if stage in paid or over > us.last_fee or (expired - over).days <= EXPIRY_SEEN_WITHIN and (not revived or expired > over):
                continue
            engine = f"stage {stage} from {day(window.opens)}, late to {over}"
            yield Finding(UNSEEN, f"US {application['patent_number']}", "neither payment nor expiry", engine, *_unseen_cause(us, number, window))


def _unseen_cause(us: UsRecords, number: str, window: Deadline) -> tuple[str, str]:
    if _owes_none(us.applications[number]):
        cause = (
            "Filed before 12 December 1980, or a reissue of such a patent: owes no maintenance fees (37 CFR 1.362(a)-(b)). US-MAINT does not say so."
        )
        return "packs", cause
    if day(window.opens) < us.first_fee:
        return "silent", f"The records hold no payment of anybody before {us.first_fee}; this fee could be paid before."
    if us.ends(number) < day(window.opens):
        return "silent", f"The record of this application ends on {us.ends(number)}."
    return "unexplained", ""


def _owes_none(application: Mapping[str, str]) -> bool:
    """Filed before 1980-12-12, or a reissue of an application of series 05 or earlier (filed before 1979)."""
    parents = application["parents"]
    return iso(application["filing_date"]) < date(1980, 12, 12) or (_reissue(application) and '"05' in parents)


# --- United States: replies ---------------------------------------------------------------------------------------------------------------

REPLY, ABANDONED = "US replies to office actions", "US applications abandoned"
_ACTIONS = {
    "MCTNF": ("US-OA", "office_action_1", 3), "MCTFR": ("US-OA", "office_action_later", 3), "MCTRS": ("US-RESTR", "restriction_requirement", 4),
    "MN/=.": ("US-ISSUE", "grant_notice", 0),
}  # fmt: skip
#: A paper is in time by the day on its certificate of mailing (37 CFR 1.8); the record shows the day it arrived.
MAILED_WITHIN = 7
MAILING = "Accepted though it arrived {n} late: it counts by the day on its certificate of mailing (37 CFR 1.8), which these records do not show."
NEEDLESS = "The reply came {n} after the action; under no reading did it need the extension recorded that day."
COUNTED = "The Office itself counted {n} of delay for this paper; the extension is not in the record."


OLD_RESTRICTION = (
    "Until 17 December 2013, when the Patent Law Treaty rules came (78 FR 62367), the period for an election was one month or thirty days. "
    "US-RESTR has the two months of today, is unverified, and names no day from which they hold."
)


def _days(n: int) -> str:
    return "1 day" if n == 1 else f"{n} days"


class Reply(NamedTuple):
    """An action and its answer as recorded, with the last day in time and the last day with every extension."""

    us: UsRecords
    row: Mapping[str, str]
    rule: str
    mailed: date
    nominal: date
    due: date
    last: date
    answered: date
    extended: bool
    restarted: str

    def found(self, check: str, verdict: str, cause: str = "", *, moved: bool = False) -> Finding:
        """The finding of this reply."""
        code, answer = self.row["action_code"], self.row["next_event_code"]
        record = f"{code} {self.row['mailed']}, {answer} {self.answered}{', extension granted' if self.extended else ''}"
        engine = f"{self.rule} {self.due}" + (f", extended to {self.last}" if self.last != self.due else "")
        return Finding(check, f"US application {self.row['application_number']}", record, engine, verdict, cause, moved)


def us_replies(us: UsRecords) -> Iterator[Finding]:
    """A reply with an extension is one the engine calls late for its first date; without one it is in time; after abandonment none was."""
    for row in us.replies:
        reply = _reply(us, row)
        yield _abandonment(reply) if row["outcome"] == "abandoned" else _answer(reply)


def _reply(us: UsRecords, row: Mapping[str, str]) -> Reply:
    rule, kind, months = _ACTIONS[row["action_code"]]
    mailed, answered = iso(row["mailed"]), iso(row["next_event_date"])
    again = us.dates(row["application_number"], ["MNRES"], mailed, answered)
    start = again[-1] if again else mailed
    deadline = derived("US", rule, Event(kind, start))[""]
    due = day(deadline.due)
    if rule == "US-ISSUE":
        answered = min([answered, *us.dates(row["application_number"], ["N084"], mailed, answered)])
    last = last_day(rule, Event(kind, start), months) if months else due
    return Reply(us, row, rule, start, day(deadline.nominal), due, last, answered, row["extensions_between"] != "0", str(start) if again else "")


def _abandonment(reply: Reply) -> Finding:
    """An abandonment is never recorded before the last day in time."""
    if reply.answered > reply.due:
        return reply.found(ABANDONED, "agrees", moved=reply.nominal < reply.answered <= reply.due)
    return reply.found(ABANDONED, "unexplained")


def _answer(reply: Reply) -> Finding:
    in_time, in_reach = reply.answered <= reply.due, reply.answered <= reply.last
    if reply.restarted and in_reach and in_time != reply.extended:
        return reply.found(REPLY, "record", f"The Office restarted the period on {reply.restarted}; counted from there the engine agrees.")
    if in_time and not reply.extended:
        return reply.found(REPLY, "agrees", moved=reply.answered > reply.nominal)
    if not in_time and in_reach and reply.extended:
        return reply.found(REPLY, "agrees")
    return reply.found(REPLY, *(_needless_extension(reply) if in_time else _late(reply)))


def _needless_extension(reply: Reply) -> tuple[str, str]:
    """An extension with a reply that the engine calls in time."""
    if reply.rule == "US-RESTR" and reply.mailed < date(2013, 12, 18):
        return "packs", OLD_RESTRICTION
    if (reply.answered - reply.mailed).days < 30:
        return "record", NEEDLESS.format(n=_days((reply.answered - reply.mailed).days))
    return "unexplained", ""


def _late(reply: Reply) -> tuple[str, str]:
    """A reply that the engine calls late, or later than any extension."""
    us, application = reply.us, reply.row["application_number"]
    informal = us.dates(application, ["NINA"], reply.mailed, reply.answered)
    if informal:
        return "record", f"The action had been answered before; this reply answers a notice of informal amendment of {informal[-1]}."
    if reply.answered > reply.last or reply.rule == "US-ISSUE":
        beyond = (reply.answered - reply.last).days
        return ("law", MAILING.format(n=_days(beyond))) if beyond <= MAILED_WITHIN else ("unexplained", "")
    later = us.dates(application, ["XT/G"], reply.answered, reply.last)
    if later:
        return "record", f"The extension was granted with the next paper on the same action, of {later[0]}, still within reach."
    counted = us.counted_delay(application, reply.answered)
    if counted:
        return "record", COUNTED.format(n=_days(counted))
    return "unexplained", ""


EXTENSION = "US extensions granted"
_STARTS = {
    "MCTNF": ("US-OA", "office_action_1", 3), "MCTFR": ("US-OA", "office_action_later", 3), "MCTRS": ("US-RESTR", "restriction_requirement", 4),
    "N/AP": ("US-APPEAL", "appeal_filed", 5),
}  # fmt: skip


def us_extensions(us: UsRecords) -> Iterator[Finding]:
    """Every extension granted falls after the first date of the paper last acted upon, and within the reach of extensions."""
    for number, rows in us.transactions.items():
        starts = sorted((iso(row["date"]), row["code"]) for row in rows if row["code"] in _STARTS or row["code"] == "MNRES")
        for day_granted in sorted({iso(row["date"]) for row in rows if row["code"] == "XT/G"}):
            yield _extension(us, number, [one for one in starts if one[0] < day_granted], day_granted)


def _extension(us: UsRecords, number: str, starts: list[tuple[date, str]], granted: date) -> Finding:
    started, code = next((one for one in reversed(starts) if one[1] != "MNRES"), (date.min, ""))
    if not code:
        return Finding(EXTENSION, f"US application {number}", f"extension granted {granted}", "no action before it", "unexplained")
    restarted = [on for on, kind in starts if kind == "MNRES" and on > started]
    rule, kind, months = _STARTS[code]
    event = Event(kind, restarted[-1] if restarted else started)
    due, last = day(derived("US", rule, event)[""].due), last_day(rule, event, months)
    found = (EXTENSION, f"US application {number}", f"{code} {started}, extension granted {granted}", f"{rule} {due}, extended to {last}")
    if due < granted <= last:
        return Finding(*found, "agrees")
    if granted > last and granted <= last + timedelta(days=MAILED_WITHIN):
        return Finding(*found, "law", MAILING.format(n=_days((granted - last).days)))
    if rule == "US-RESTR" and started < date(2013, 12, 18):
        return Finding(*found, "packs", OLD_RESTRICTION)
    if granted <= due and us.counted_delay(number, granted):
        return Finding(*found, "record", COUNTED.format(n=_days(us.counted_delay(number, granted))))
    if (granted - started).days < 30:
        return Finding(*found, "record", NEEDLESS.format(n=_days((granted - started).days)))
    return Finding(*found, "unexplained")


# --- United States: appeal briefs, missing parts, term adjustment -------------------------------------------------------------------------

APPEAL, MISSING, DELAY = "US appeal briefs", "US missing parts", "US delay counted by the Office"


def us_appeals(us: UsRecords) -> Iterator[Finding]:
    """The brief, or the request that replaces it, comes within two months of the notice of appeal, or with an extension of up to five."""
    for number in us.applications:
        for filed in sorted(set(us.dates(number, ["N/AP"], date.min, date.max))):
            answers = us.dates(number, ["AP.B", "RCEX"], filed, filed + timedelta(days=300))
            if answers:
                yield _appeal(us, number, filed, answers[0])


def _appeal(us: UsRecords, number: str, filed: date, answered: date) -> Finding:
    event = Event("appeal_filed", filed)
    deadline = derived("US", "US-APPEAL", event)[""]
    due, last = day(deadline.due), last_day("US-APPEAL", event, 5)
    given = bool(us.dates(number, ["XT/G"], filed + timedelta(days=1), answered))
    matter, engine = f"US application {number}", f"US-APPEAL {due}, extended to {last}"
    record = f"notice {filed}, brief or request {answered}{', extension granted' if given else ''}"
    if (answered <= due) != given and answered <= last:
        return Finding(APPEAL, matter, record, engine, "agrees", moved=deadline.nominal < answered.toordinal() <= deadline.due)
    decided = us.dates(number, ["MAPCP"], filed, answered)
    if decided and not given and answered <= day(add_months(decided[-1].toordinal(), 1 + 5)):
        cause = f"After a pre-appeal conference the brief is due one month from the decision, here {decided[-1]}, extendable (MPEP 1204.02). The packs hold no such rule."
        return Finding(APPEAL, matter, record, engine, "packs", cause)
    if answered <= last and (counted := us.counted_delay(number, answered)):
        return Finding(APPEAL, matter, record, engine, "record", COUNTED.format(n=_days(counted)))
    if last < answered <= last + timedelta(days=MAILED_WITHIN):
        return Finding(APPEAL, matter, record, engine, "law", MAILING.format(n=_days((answered - last).days)))
    return Finding(APPEAL, matter, record, engine, "unexplained")


def us_missing_parts(us: UsRecords) -> Iterator[Finding]:
    """Missing parts come within two months of the notice, or within the seven that extensions reach."""
    for number in us.applications:
        for sent in us.dates(number, ["INCD"], date.min, date.max):
            answers = us.dates(number, ["ADDFLFEE", "FLFEE", "OATHDECL"], sent, sent + timedelta(days=300))
            if answers:
                yield _missing_parts(number, sent, answers[0])


def _missing_parts(number: str, sent: date, answered: date) -> Finding:
    event = Event("missing_parts_notice", sent)
    deadline = derived("US", "US-MISSING", event)[""]
    due, last = day(deadline.due), last_day("US-MISSING", event, 5)
    found = (MISSING, f"US application {number}", f"notice {sent}, parts {answered}", f"US-MISSING {due}, extended to {last}")
    if answered <= due:
        return Finding(*found, "agrees", moved=answered.toordinal() > deadline.nominal)
    if answered <= last:
        return Finding(*found, "law", "Within the extensions of 37 CFR 1.136(a), paid for with the parts; these records log none before examination.")
    return Finding(*found, "unexplained")


_COUNTED_FROM = ("Mail Non-Final Rejection", "Mail Final Rejection (PTOL - 326)", "Mail Restriction Requirement", "Mail Notice of Allowance")
_COUNTED_TO = (
    "Response after Non-Final Action", "Response after Final Action", "Request for Continued Examination (RCE)", "Notice of Appeal Filed",
    "Response to Election / Restriction Filed", "Issue Fee Payment Verified",
)  # fmt: skip


def us_delays(us: UsRecords) -> Iterator[Finding]:
    """The Office counts a reply's delay from three months after the action; so must the engine, to the day."""
    for number, rows in us.adjustments.items():
        by_number = {float(row["number"]): row for row in rows}
        for row in rows:
            action = by_number.get(float(row["start"] or 0))
            if action and action["description"] in _COUNTED_FROM and row["description"] in _COUNTED_TO and row["appl_days"] not in ("", "0"):
                yield _delay(us.applications[number], action, row)


def _delay(application: Mapping[str, str], action: Mapping[str, str], row: Mapping[str, str]) -> Finding:
    mailed, replied, counted = _us(action["date"]), _us(row["date"]), int(row["appl_days"])
    deadline = derived("US", "US-OA", Event("office_action_1", mailed))[""]
    plain, moved = replied.toordinal() - deadline.nominal, replied.toordinal() - deadline.due
    record = f"action {mailed}, reply {replied}: {counted} days"
    found = (DELAY, f"US application {application['application_number']}", record, f"{_days(moved)} after {day(deadline.due)}")
    if counted == moved:
        return Finding(*found, "agrees", moved=plain != moved)
    if counted == plain and application["grant_date"] < "2012":
        cause = f"Counted from {day(deadline.nominal)}, a closed day: on patents granted before 2012 the Office did so (overturned by ArQule v. Kappos, 793 F. Supp. 2d 214)."
        return Finding(*found, "law", cause)
    return Finding(*found, "unexplained")


# --- European Patent Office: the records --------------------------------------------------------------------------------------------------


class EpRecord:
    """A European application as replies of the register and of the legal-status service tell it, laid together by publication."""

    def __init__(self) -> None:
        self.filed: date | None = None
        self.dates: dict[str, date] = {}
        self.renewals: dict[str, date] = {}
        self.national_fees: list[tuple[str, str, date]] = []
        self.lapses: dict[str, tuple[str, date, date]] = {}
        self.actions: list[tuple[date, date, int]] = []


def ep_records(folder: Path) -> dict[str, EpRecord]:
    """Every European application of the stored replies that has a filing date and a procedure to compare."""
    found: dict[str, EpRecord] = defaultdict(EpRecord)
    for path in sorted(folder.rglob("*.xml")):
        try:
            root = etree.parse(path, etree.XMLParser(resolve_entities=False, no_network=True)).getroot()
        except etree.XMLSyntaxError:  # one stored reply is an error message of the service
            continue
        for document in _nodes(root, "register-document"):
            _read_register(document, found)
        for member in _nodes(root, "family-member"):
            _read_member(member, found)
    return {number: record for number, record in found.items() if record.filed and record.dates}


def _nodes(node: etree._Element, name: str) -> list[etree._Element]:
    return [one for one in node.iter() if isinstance(one.tag, str) and etree.QName(one).localname == name]


def _text(node: etree._Element, name: str) -> str:
    found = _nodes(node, name)
    return "".join(found[0].itertext()).strip() if found else ""


def _read_register(document: etree._Element, found: dict[str, EpRecord]) -> None:
    publications = [[_text(one, name) for name in ("country", "doc-number", "kind", "date")] for one in _nodes(document, "publication-reference")]
    european = [one for one in publications if one[0] == "EP"]
    query = _text(document.getroottree().getroot(), "query").rpartition("=EP")[2]
    number = european[0][1] if european else query
    if not number or any(one[0] == "WO" for one in publications):
        return
    record = found[number]
    filed = _nodes(document, "application-reference")
    record.filed = record.filed or (iso(_text(filed[0], "date")) if filed and _text(filed[0], "date") else None)
    for _country, _number, kind, on in european:
        if on and kind in ("A1", "B1"):
            record.dates[kind] = iso(on)
    for name in ("request-for-examination", "opposition-not-filed"):
        if _text(document, name):
            record.dates[name] = iso(_text(document, name))
    for step in _nodes(document, "procedural-step"):
        _read_step(step, record)


def _read_step(step: etree._Element, record: EpRecord) -> None:
    code = _text(step, "procedural-step-code")
    dates = {one.get("step-date-type"): iso(_text(one, "date")) for one in _nodes(step, "procedural-step-date")}
    if code == "RFEE":
        year = next("".join(one.itertext()) for one in _nodes(step, "procedural-step-text") if one.get("step-text-type") == "YEAR")
        record.renewals[str(int(year))] = dates["DATE_OF_PAYMENT"]
    elif code == "EXRE" and "DATE_OF_REPLY" in dates:
        record.actions.append((dates["DATE_OF_DISPATCH"], dates["DATE_OF_REPLY"], int(_text(step, "time-limit"))))
    elif code == "IGRA":
        record.dates["intention-to-grant"], record.dates["grant-fee"] = dates["DATE_OF_DISPATCH"], dates["GRANT_FEE_PAID"]


def _read_member(member: etree._Element, found: dict[str, EpRecord]) -> None:
    reference = _nodes(member, "publication-reference")[0]
    if _text(reference, "country") != "EP":
        return
    record = found[_text(reference, "doc-number")]
    record.filed = record.filed or iso(_text(_nodes(member, "application-reference")[0], "date"))
    for legal in _nodes(member, "legal"):
        texts = {etree.QName(one).localname: (one.text or "").strip() for one in legal.iter() if isinstance(one.tag, str)}
        code, state = texts.get("L008EP", ""), texts.get("L501EP", "")
        if code == "PGFP":
            fee = (state, texts["L520EP"], iso(texts["L518EP"]))
            record.national_fees += [fee] if fee not in record.national_fees else []
        elif code == "PG25" and texts.get("L525EP"):
            record.lapses[state] = (texts.get("L510EP", ""), iso(texts["L525EP"]), iso(texts["L007EP"]))


# --- European Patent Office: the checks ---------------------------------------------------------------------------------------------------

EP_FEE, EP_STEP, NATIONAL_FEE, NATIONAL_LAPSE = (
    "EP renewal fees paid",
    "EP periods",
    "National fees of European patents",
    "European patents lapsed in a state",
)


def _ep_events(record: EpRecord) -> list[Event]:
    grant = [Event("grant", record.dates["B1"])] if "B1" in record.dates else []
    return [Event("filing", record.filed or date.min), *grant]


def ep_renewals(records: Mapping[str, EpRecord]) -> Iterator[Finding]:
    """Every renewal fee really paid lies in its window, and the engine asks for these years, no more and no fewer."""
    for number, record in records.items():
        if not record.renewals:
            continue
        expected = derived("EP", "EP-REN", *_ep_events(record))
        for year in sorted(expected.keys() | record.renewals.keys(), key=int):
            yield _ep_renewal(number, year, record.renewals.get(year), expected.get(year))


def _ep_renewal(number: str, year: str, paid: date | None, window: Deadline | None) -> Finding:
    record = f"year {year} paid {paid}" if paid else f"year {year} not paid at the EPO"
    engine = f"{day(window.opens)} to {day(window.due)}, late to {day(window.grace_ends)}" if window else "no such fee at the EPO"
    fits = paid is not None and window is not None and day(window.opens) <= paid <= day(window.due)
    moved = fits and paid.toordinal() > window.nominal
    return Finding(EP_FEE, f"EP {number}", record, engine, "agrees" if fits else "unexplained", moved=bool(moved))


def ep_periods(records: Mapping[str, EpRecord]) -> Iterator[Finding]:
    """Examination requests, replies, grant fees in time; the opposition period over on the day the register says."""
    for number, record in records.items():
        dates = record.dates
        if "A1" in dates and "request-for-examination" in dates:
            yield _in_time(number, "EP-EXAM", Event("search_report_published", dates["A1"]), dates["request-for-examination"])
        for sent, answered, months in sorted(record.actions):
            yield _ep_reply(number, sent, answered, months)
        if "grant-fee" in dates:
            yield _in_time(number, "EP-R713", Event("intention_to_grant", dates["intention-to-grant"], by="post"), dates["grant-fee"])
        if "opposition-not-filed" in dates:
            yield _opposition(number, dates["B1"], dates["opposition-not-filed"])


def _in_time(number: str, rule: str, event: Event, done: date) -> Finding:
    deadline = derived("EP", rule, event)[""]
    fits = done <= day(deadline.due)
    record = f"{event.kind.replace('_', ' ')} {event.on}, done {done}"
    moved = deadline.nominal < done.toordinal() <= deadline.due
    return Finding(EP_STEP, f"EP {number}", record, f"{rule} {day(deadline.due)}", "agrees" if fits else "unexplained", moved=moved)


def _ep_reply(number: str, sent: date, answered: date, months: int) -> Finding:
    """A reply is in time within the months the register shows; four are the rule's, six are four extended by two."""
    event = Event("office_action_1", sent, by="post")
    first = day(derived("EP", "EP-OA", event)[""].due)
    extra = max(0, months - 4)
    last = day(extended(law().rule("EP-OA"), Prepared(MatterFacts("EP", "patent", (event,))), extra)[1]) if extra else first
    record = f"action {sent}, {months} months set, reply {answered}"
    fits = answered <= last and (extra == 0 or answered > first)
    return Finding(EP_STEP, f"EP {number}", record, f"EP-OA {first}{f', extended to {last}' if extra else ''}", "agrees" if fits else "unexplained")


def _opposition(number: str, granted: date, over: date) -> Finding:
    due = day(derived("EP", "EP-OPP", Event("grant", granted))[""].due)
    fits = over == due + timedelta(days=1)
    return Finding(EP_STEP, f"EP {number}", f"grant {granted}, none filed as of {over}", f"EP-OPP {due}", "agrees" if fits else "unexplained")


def national_fees(records: Mapping[str, EpRecord]) -> Iterator[Finding]:
    """Annual fees really paid to national offices are paid in time."""
    for number, record in records.items():
        for state, year, paid in record.national_fees:
            found = (NATIONAL_FEE, f"{state} part of EP {number}", f"year {year} paid {paid}")
            if state not in law().offices:
                yield Finding(*found, "no rule", "silent", f"The packs hold no law of {state}.")
                continue
            window = derived(state, f"{state}-REN", *_ep_events(record))[year]
            fits = (window.opens is None or day(window.opens) <= paid) and paid <= day(window.due)
            yield Finding(*found, f"{state}-REN, fell due {day(window.nominal)}, by {day(window.due)}", "agrees" if fits else "unexplained")


def national_lapses(records: Mapping[str, EpRecord]) -> Iterator[Finding]:
    """A lapse for want of validation is published after the period for it; one for want of a fee took effect when the fee fell due."""
    for number, record in records.items():
        for state, (why, effective, published) in sorted(record.lapses.items()):
            found = (NATIONAL_LAPSE, f"{state} part of EP {number}", f"lapsed as of {effective}, published {published}")
            yield Finding(
                *found, *(_unpaid(state, record, effective, published) if "NON-PAYMENT" in why else _not_validated(record, effective, published))
            )


def _not_validated(record: EpRecord, effective: date, published: date) -> tuple[str, str, str]:
    granted = record.dates["B1"]
    due = day(derived("EP", "EP-VALID", Event("grant", granted))[""].due)
    engine = f"not validated by {due} (EP-VALID)"
    if published > due and effective in (granted, due):
        return engine, "agrees", ""
    if published > due:
        return (
            engine,
            "law",
            f"National law dates the lapse {effective}, neither at grant nor at the end of three months; the packs hold no law of that state.",
        )
    return engine, "unexplained", ""


def _unpaid(state: str, record: EpRecord, effective: date, published: date) -> tuple[str, str, str]:
    if state not in law().offices:
        return "no rule", "silent", f"The packs hold no law of {state}."
    years = derived(state, f"{state}-REN", *_ep_events(record)).values()
    missed = next((one for one in years if day(one.nominal) == effective), None)
    if missed is None or published <= day(missed.grace_ends):
        return "no fee fell due that day", "unexplained", ""
    return f"{state}-REN year {missed.ordinal} fell due {day(missed.nominal)}, late to {day(missed.grace_ends)}", "agrees", ""


# --- the report ---------------------------------------------------------------------------------------------------------------------------


def compare(folder: Path) -> list[Finding]:
    """Every comparison of the engine with the public records of a folder, in a fixed order."""
    us, ep = UsRecords(folder / "us_docket_truth"), ep_records(folder / "ep_register")
    found = [
        finding for check in (us_fees, us_expiries, us_unseen_fees, us_replies, us_extensions, us_appeals, us_missing_parts, us_delays) for finding in check(us)
    ]
    return found + [finding for check in (ep_renewals, ep_periods, national_fees, national_lapses) for finding in check(ep)]


INTRO = """# The docket engine against what really happened

Written by `python bench/against_reality.py --write`; do not edit. The engine is given what starts a period (a grant, an action, a filing) and
its answer is held against what the records say was then done. The records are public: 79 applications of the USPTO with their transactions,
maintenance fees and term-adjustment entries, and stored replies of the European Patent Register and its legal-status service. They are no
part of Causeway. Every comparison that does not simply agree is listed below, one by one, with its cause.
"""


def report(found: list[Finding]) -> str:
    """The report in Markdown: what the verdicts mean, a table of counts, then every difference."""
    counts = Counter((one.check, one.verdict) for one in found)
    checks = list(dict.fromkeys(one.check for one in found))
    parts = [INTRO, "\n".join(f"- **{name}**: {meaning}." for name, meaning in VERDICTS.items()), ""]
    parts += [_row("Check", "compared", *VERDICTS), _row("---", *["---:"] * (1 + len(VERDICTS)))]
    parts += [_row(check, sum(1 for one in found if one.check == check), *(counts[check, verdict] for verdict in VERDICTS)) for check in checks]
    parts += [_row("all", len(found), *(sum(1 for one in found if one.verdict == verdict) for verdict in VERDICTS)), ""]
    parts += _moves([one for one in found if one.moved])
    parts += [line for check in checks for line in _differences(check, [one for one in found if one.check == check and one.verdict != "agrees"])]
    return "\n".join(parts)


def _row(*cells: object) -> str:
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def _moves(moved: list[Finding]) -> list[str]:
    """The agreements that prove the move of a last day: without it each would be a difference."""
    head = ["## Last days that had to move", "", "Without the move to a working day each of these would be a difference.", ""]
    return [*head, _row("Check", "Matter", "Record", "Engine"), _row(*["---"] * 4), *(_row(*one[:4]) for one in moved), ""]


def _differences(check: str, found: list[Finding]) -> list[str]:
    if not found:
        return []
    head = [f"## {check}", "", _row("Matter", "Record", "Engine", "Verdict", "Cause"), _row(*["---"] * 5)]
    return [*head, *(_row(one.matter, one.record, one.engine, one.verdict, one.cause) for one in found), ""]


def main(argv: list[str]) -> int:
    """Print or write the report; returns 1 where something is unexplained, 2 where the records are absent."""
    if not data().is_dir():
        print(f"The public records are not at {data()}. Set CAUSEWAY_SHARED to the folder that holds data/.", file=sys.stderr)
        return 2
    found = compare(data())
    if "--write" in argv:
        REPORT.write_text(report(found), encoding="utf-8")
    else:
        print(report(found))
    return 1 if any(one.verdict == "unexplained" for one in found) else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
