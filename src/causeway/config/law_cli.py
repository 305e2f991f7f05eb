"""`causeway law`: check worked cases, explain a date, list and show rules, lint packs. Needs no database."""

from __future__ import annotations

import argparse
import json
import sys
import textwrap
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from unicodedata import east_asian_width

from causeway.engines.docket import Deadline, Law, Rule, compile_law, spelling
from causeway.engines.docket.cases import DATES, checked, odd_values, read_file, slips
from causeway.engines.docket.check import CaseFault, Result, agrees, check_text, compensation, derive, term_end
from causeway.engines.docket.compile import cn_delay
from causeway.engines.docket.engine import band_ends
from causeway.engines.docket.explain import explain
from causeway.engines.docket.facts import Prepared
from causeway.engines.docket.values import span
from causeway.engines.kernel import Refusal
from causeway.engines.packs import Map, PackFaults, lint_packs, load_packs, shipped_packs, text_of, uncovered_changes


def main(argv: list[str]) -> int:
    """Run a subcommand; returns 0 when all is well, 1 when something is not ok, 2 when the call or a file is wrong."""
    options = _parser().parse_args(argv)
    try:
        return options.command(options)
    except BrokenPipeError:
        raise  # no fault of a file: `cli` ends it quietly
    except (CaseFault, OSError, PackFaults, UnicodeDecodeError) as fault:
        print(f"causeway law: {fault}", file=sys.stderr)
        return 2
    except Refusal as refusal:
        print(f"REFUSED {refusal.message}")
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="causeway law", description="The law packs: check, explain, list, show, lint.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    check = commands.add_parser("check", help="run a file of worked cases")
    check.add_argument("file", type=Path)
    check.add_argument("--json", action="store_true")
    check.set_defaults(command=_check)
    why = commands.add_parser("explain", help="the derivation of a date in words, with its sources")
    why.add_argument("rule")
    why.add_argument("--given", type=Path, required=True, help="a file with one case: events and facts")
    why.add_argument("--language", default="en", choices=["en", "zh-hans"])
    why.set_defaults(command=_explain)
    listing = commands.add_parser("list", help="every rule, by office")
    listing.add_argument("office", nargs="?", default="", help="only the rules of this office")
    listing.set_defaults(command=_list)
    show = commands.add_parser("show", help="one rule: what it says, since when, on what basis")
    show.add_argument("rule")
    show.set_defaults(command=_show)
    lint = commands.add_parser("lint", help="every fault of packs, by file and line")
    lint.add_argument("folder", type=Path, nargs="*")
    lint.set_defaults(command=_lint)
    return parser


@cache
def shipped_law() -> Law:
    """The law of the packs that come with Causeway."""
    return compile_law(load_packs(shipped_packs()))


def read_text(file: Path) -> str:
    """The text of a file of cases, with or without a byte order mark."""
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as wrong:
        raise CaseFault(f"{file.name}: is no text in UTF-8 (byte {wrong.start}).") from None


def _check(options: argparse.Namespace) -> int:
    results = check_text(read_text(options.file), shipped_law(), options.file.name)
    if options.json:
        print(json.dumps([result.as_dict() for result in results], ensure_ascii=False, indent=1))
        for result in results:
            for note in result.notes:
                print(f"{result.id}: {note}", file=sys.stderr)
    else:
        for result in results:
            print(_line(result))
            for note in result.notes:
                print(f"   note: {note}")
        print(f"{sum(r.ok for r in results)} of {len(results)} ok")
    return 0 if all(result.ok for result in results) else 1


def _line(result: Result) -> str:
    if result.ok:
        return f"ok {result.id}"
    wrong = [f"{name}: expected {value}, got {result.got.get(name)}" for name, value in result.expect.items() if not agrees(result.got.get(name), value)]
    dated = any(name in result.got for name in DATES)
    if result.refused is not None and not dated:
        return f"REFUSED {result.id} {result.refused}"
    return f"FAIL {result.id} {'; '.join(wrong)}{f' (refused: {result.refused})' if result.refused else ''}"


#: What `explain` says around the derivation, by language.
_SAID = {
    "en": {
        "opens": "May be paid from", "falls_due": "Falls due", "last": "Last day", "before": "{day} ({before} before the move)", "late": "Late, with surcharge",
        "to": "to {day}", "surcharge": "Surcharge", "of_fee": "{n} % of the full fee", "in_conflict": "the sources disagree", "term": "The term ends",
        "extend": "May be extended", "by": "by at most {n} months, counted from the original date", "added": "Days it may add", "counted": "Counted", "adds": "{n}; the term would then end on {day}",
        "delay": "from {start}, the later of four years after filing ({four}) and three years after the examination request, not before publication ({three}), to grant on {grant}: {n} days",
        "deducted": "less {n} days of reasonable delay and of the applicant's",
        "not_said": "not said: {why}", "fee": "Fee", "full": "{full} {currency} in full{reduced}; tariff {sure}", "reduced": ", {payable} after the reduction recorded",
        "provisional": "Provisional", "until": "not all closing days of that time are announced; the date is derived again when they are",
        "partly": "Verified in part", "note": "To know", "slip": "Perhaps a slip", "source": "Source: {title}", "verified": "verified", "unverified": "unverified",
        "pack": "{office}, {right}. Pack {pack} {version}, {sure}.",
        "legend": "● verified against the source named   ○ rests in part on general knowledge, or on closing days not announced",
    },
    "zh-hans": {
        "opens": "缴费起始日", "falls_due": "应缴日", "last": "最后期限", "before": "{day}（顺延前为{before}）", "late": "滞纳期（加收滞纳金）",
        "to": "至{day}", "surcharge": "滞纳金", "of_fee": "全额费用的{n}%", "in_conflict": "来源不一致", "term": "权利届满日",
        "extend": "可延长", "by": "最多{n}个月，自原日期起算", "added": "可补偿天数", "counted": "计算", "adds": "{n}日；补偿后期限至{day}",
        "delay": "自{start}（申请日起满四年{four}与实质审查请求日（不早于公布日）起满三年{three}中的较晚者）至授权公告日{grant}：{n}日",
        "deducted": "减去合理延误及申请人引起的延误{n}日",
        "not_said": "无法给出：{why}", "fee": "费用", "full": "全额{full} {currency}{reduced}；费率{sure}", "reduced": "，按已备案的减缴应缴{payable}",
        "provisional": "暂定", "until": "该时期的闭局日尚未全部公布，公布后重新推算",
        "partly": "部分核实", "note": "须知", "slip": "疑似笔误", "source": "来源：{title}", "verified": "已核实", "unverified": "未核实",
        "pack": "{office}，{right}。规则包{pack} {version}，{sure}。",
        "legend": "● 已按所列来源核实   ○ 部分依据一般知识，或依据尚未公布的闭局日",
    },
}  # fmt: skip
_RIGHTS_ZH = {
    "patent": "发明专利", "utility_model": "实用新型", "design": "外观设计", "trade_mark": "商标", "unitary": "统一专利", "software_copyright": "软件著作权",
    "plant_variety": "植物新品种", "ic_layout": "集成电路布图设计", "spc": "补充保护证书",
}  # fmt: skip
_WEEKDAYS_ZH = "一二三四五六日"


def _explain(options: argparse.Namespace) -> int:
    text, file = read_text(options.given), options.given.name
    law, language = shipped_law(), options.language
    said = _SAID[language]
    rule_id = options.rule.strip().upper()
    rule = law.rule(rule_id) if rule_id != "TERM" else None
    case = _given(text, file, rule_id, rule.office if rule else "")
    slipped = slips(case, law, file)
    deadline, found, prepared = derive(case, law, file)
    slipped += odd_values(case, law, prepared.matter, file)
    office, right = text_of(law.offices[prepared.matter.office].get("name"), language), prepared.matter.right
    right = _RIGHTS_ZH.get(right, right) if language == "zh-hans" else right.replace("_", " ")
    print(f"{found.id}  {found.name(language)}")
    head = said["pack"].format(office=office, right=right, pack=found.pack, version=found.version, sure=_sure(found.verified, language))
    print(f"{head}{_in_force(found, prepared.as_of)}\n")
    before: tuple[str, ...] = ()
    for number, step in enumerate(explain(deadline, law, language), 1):
        print(f"{number:2}. {'●' if step.verified else '○'} {_day(step.on, language)}  {step.title}")
        print(_wrapped(step.sentence))
        for basis in step.basis if step.basis != before else ():
            print(_wrapped(said["source"].format(title=_source(law, basis))))
        before = step.basis or before
    print()
    for title, value in (*_answer(deadline, law, found, prepared, language), *((said["slip"], slip) for slip in slipped)):
        print(f"{title + ' ' * (22 - _width(title))}{textwrap.indent(textwrap.fill(value, 88), ' ' * 22).lstrip()}")
    print(f"\n{said['legend']}")
    return 0


def _width(text: str) -> int:
    """How many columns a terminal gives a text: two for a Chinese character."""
    return sum(2 if east_asian_width(one) in "WF" else 1 for one in text)


def _answer(deadline: Deadline, law: Law, rule: Rule, prepared: Prepared, language: str) -> Iterator[tuple[str, str]]:
    """What follows, line by line: the dates, the fee, what happens otherwise, what to know."""
    said, day = _SAID[language], lambda on: _day(date.fromordinal(on), language)
    if deadline.opens is not None:
        yield said["opens"], day(deadline.opens)
    if any(step[0] == "free" for step in deadline.trace):
        yield said["falls_due"], day(deadline.nominal)
    moved = next((step for step in reversed(deadline.trace) if step[0] == "moved" and step[1] != step[3]), None)
    yield said["last"], said["before"].format(day=day(deadline.due), before=day(moved[3])) if moved else day(deadline.due)
    if deadline.grace_ends is not None:
        yield said["late"], said["to"].format(day=day(deadline.grace_ends))
        yield from ((said["surcharge"], text) for text in _surcharges(deadline, law, rule, prepared, language))
    if deadline.term_ends is not None and deadline.term_ends != deadline.due:
        yield said["term"], day(deadline.term_ends)
    if rule.data.get("extendable"):
        yield said["extend"], said["by"].format(n=rule.data["extendable"]["months"])
    if rule.data.get("compensation"):
        yield said["added"], _added(deadline, law, rule, prepared, language)
        yield from ((said["counted"], text) for text in _counted(rule, prepared, said))
    if rule.fee:
        yield said["fee"], _fee(deadline, law, rule, prepared, language)
    if deadline.provisional:
        yield said["provisional"], said["until"]
    for key in ("partly", "note"):
        if rule.data.get(key):
            yield said[key], str(rule.data[key])


def _surcharges(deadline: Deadline, law: Law, rule: Rule, prepared: Prepared, language: str) -> Iterator[str]:
    """What paying late costs, part by part, where the packs say so."""
    said = _SAID[language]
    grace = (rule.data.get("renewal") or rule.data.get("expiry") or rule.data).get("grace") or {}
    table = law.fees.get(rule.fee)
    if grace.get("conflict"):
        yield said["in_conflict"]
    elif "percent" in grace:
        yield said["of_fee"].format(n=grace["percent"])
    elif "bands" in grace:
        for band, until in band_ends(rule, deadline):
            cost = said["of_fee"].format(n=band["percent"]) if "percent" in band else f"{table.currency if table else ''} {band['amount']}".strip()
            yield f"{said['to'].format(day=_day(date.fromordinal(until), language))}: {cost}"
    elif table is not None:
        version = next((one for one in table.versions if (one.start or 0) <= deadline.due <= (one.end or deadline.due)), None)
        costs = (version.data.get("surcharge") or {}) if version else {}
        amount = costs.get("fixed") or costs.get(prepared.matter.entity or "large")
        if amount:
            yield f"{amount} {table.currency}"


def _added(deadline: Deadline, law: Law, rule: Rule, prepared: Prepared, language: str) -> str:
    said = _SAID[language]
    try:
        days = compensation(law, rule, deadline, prepared)
        ends = term_end(law, rule, deadline, prepared) + days
    except Refusal as refusal:
        return said["not_said"].format(why=refusal.message)
    return said["adds"].format(n=days, day=_day(date.fromordinal(ends), language))


def _counted(rule: Rule, prepared: Prepared, said: dict[str, str]) -> Iterator[str]:
    """How the days of Chinese term compensation for delay come about."""
    try:
        delay = cn_delay(prepared) if rule.data["compensation"] == "cn_delay" else None
    except Refusal:
        return
    if delay is not None:
        start = max(delay.four_years, delay.three_years)
        days = {"start": start, "four": delay.four_years, "three": delay.three_years, "grant": delay.granted}
        yield said["delay"].format(n=max(0, delay.granted - start), **{name: date.fromordinal(day) for name, day in days.items()})
        if delay.deducted:
            yield said["deducted"].format(n=delay.deducted)


def _fee(deadline: Deadline, law: Law, rule: Rule, prepared: Prepared, language: str) -> str:
    said = _SAID[language]
    try:
        amount = law.amount_of(rule, deadline, prepared.matter, prepared.as_of)
    except Refusal as refusal:
        return said["not_said"].format(why=refusal)
    reduced = "" if amount.payable == amount.full else said["reduced"].format(payable=amount.payable.text())
    return said["full"].format(full=amount.full.text(), currency=amount.full.currency, reduced=reduced, sure=_sure(amount.verified, language))


def _given(text: str, file: str, rule: str, office: str) -> Map:
    """The case of a file that is about the rule, else its first; or bare events and facts."""
    found = read_file(text, file)
    for _case, wrong in found:
        if wrong:
            raise CaseFault(wrong)
    cases = [case for case, _wrong in found]
    if not cases:
        raise CaseFault(f"{file}:1: the file holds no case.")
    case = next((one for one in cases if str(one.get("rule", "")).upper() == rule), cases[0])
    case["rule"] = rule
    case.setdefault("office", office)
    return checked(case, file)


def _in_force(rule: Rule, as_of: int | None) -> str:
    """From when to when a rule holds, and by which day that was judged."""
    said = span(rule.force_from, rule.force_to)
    if said:
        by = {"due": "the last day", "priority_end": "the end of the priority year"}.get(rule.judged_by, "the day of the event")
        said = f" In force{said}, judged by {by}."
    return said + (f" Read under the law of {date.fromordinal(as_of)}." if as_of is not None else "")


def _sure(verified: bool, language: str = "en") -> str:
    return _SAID[language]["verified" if verified else "unverified"]


def _day(on: date | None, language: str) -> str:
    if on is None:
        return ""
    return f"{on} 星期{_WEEKDAYS_ZH[on.weekday()]}" if language == "zh-hans" else f"{on:%a %d %b %Y}"


def _wrapped(text: str) -> str:
    return textwrap.fill(text, 110, initial_indent="      ", subsequent_indent="      ")


def _source(law: Law, basis: str) -> str:
    key, _hash, place = basis.partition("#")
    source = law.sources.get(key)
    title = source["title"] if source else key
    return f"{title}{', ' + place if place else ''}"


def _list(options: argparse.Namespace) -> int:
    law = shipped_law()
    for office in sorted({rule.office for rule in law.rules()}):
        if options.office and spelling.office(options.office) != office:
            continue
        print(f"{office}  {text_of(law.offices[office].get('name'))}")
        for rule in law.rules():
            if rule.office == office:
                print(f"  {'●' if rule.verified else '○'} {rule.id:22} {_length(rule):34} {rule.name()}")
    print("\n● verified   ○ rests in part on general knowledge")
    return 0


def _length(rule: Rule) -> str:
    """How long, from what, in a few words."""
    part = rule.data.get(rule.kind) or {}
    if rule.kind == "period":
        limbs = part.get("later_of") or part.get("earlier_of") or part.get("cases") or [part]
        word = " or " if "cases" in part else ", "
        return word.join(dict.fromkeys(f"{limb['n']} {limb['unit'].removesuffix('s') if limb['n'] == '1' else limb['unit']}" for limb in limbs))
    words = {
        "renewal": "yearly", "stages": f"at {', '.join(part.get('windows') or ())} years", "expiry": f"every {part.get('years')} years",
        "term": f"{part.get('years', '')} years".strip() if "years" in part else "a term", "pendency": "while pending", "fixed": f"on {part.get('on')}", "none": "no date",
    }  # fmt: skip
    return words[rule.kind]


def _show(options: argparse.Namespace) -> int:
    law = shipped_law()
    rule = law.rule(options.rule.upper())
    print(f"{rule.id}  {rule.name()}  {rule.name('zh-hans')}\n")
    print(f"{'Office':<22}{text_of(law.offices[rule.office].get('name'))} ({rule.office})")
    print(f"{'Rights':<22}{', '.join(sorted(right.replace('_', ' ') for right in rule.rights))}")
    print(f"{'Pack':<22}{rule.pack} {rule.version}, {_sure(rule.verified)}.{_in_force(rule, None)}")
    for title, value in _told(law, rule):
        print(textwrap.fill(value, 110, initial_indent=f"{title:<22}", subsequent_indent=" " * 22))
    for basis in rule.basis:
        print(textwrap.fill(_source(law, basis), 110, initial_indent=f"{'Source':<22}", subsequent_indent=" " * 22))
    print("\nAs the pack has it:")
    for key, value in rule.data.items():
        if key not in _SHOWN:
            print(f"  {key}: {json.dumps(value, ensure_ascii=False)}")
    return 0


_SHOWN = ("id", "office", "rights", "title", "status", "basis", "note", "partly", "consequence", "in_force", "statutory", "docket")


def _told(law: Law, rule: Rule) -> Iterator[tuple[str, str]]:
    if rule.starts:
        yield "Starts with", " or ".join(sorted(law.title_of_event(kind).lower() for kind in rule.starts))
    if rule.regime:
        calendar = f"closing days of {rule.regime.calendar.id}" if rule.regime.calendar else "no calendar"
        yield "Counted under", f"{rule.regime.id}, {calendar}, {_sure(rule.regime.verified)}"
    yield "What it is", text_of(rule.data.get("consequence")) or "-"
    if rule.closed_by:
        yield "Met by", ", ".join(law.title_of_event(kind).lower() for kind in rule.closed_by)
    if rule.data.get("partly"):
        yield "Verified in part", str(rule.data["partly"])
    if rule.data.get("note"):
        yield "To know", str(rule.data["note"])


def _lint(options: argparse.Namespace) -> int:
    folders = options.folder or shipped_packs()
    faults = lint_packs(folders)
    for fault in faults:
        print(fault)
    for warning in [] if faults else uncovered_changes(load_packs(folders)):
        print(f"warning: {warning}")
    print(f"{len(faults)} faults")
    return 1 if faults else 0
