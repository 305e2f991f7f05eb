"""A derivation in words: the steps of a trace, each with its day, one plain sentence, its sources, and whether it is verified."""

from __future__ import annotations

from datetime import date

from causeway.engines.docket.law import Law, Regime, Rule
from causeway.engines.docket.model import Deadline, Step
from causeway.engines.docket.values import flag

#: Sentences by step, language and place; a language without one falls back to English.
WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "en": {
        "event": ("{event}", "The day the event bears in the record."),
        "delivered": ("Deemed delivered", "A notice sent by {medium} counts as delivered on this day. A delivery on a holiday does not move."),
        "delivered_after": ("Deemed delivered", "A notice sent by {medium} counts as delivered {n} days after it was sent. A delivery on a holiday does not move."),
        "arrived": ("Received", "The day the notice is proved to have arrived."),
        "month_end": ("Last day of that month", "The law counts to the end of the month."),
        "add": ("{n} {unit}, in one step", "Counted from the day after, to the same day of the month, or to its last day where there is none."),
        "add_days": ("{n} {unit}", "Counted from the day after; the period ends with the last of these days."),
        "day_before": ("The day before", "The law ends it on the day before the corresponding day."),
        "safeguard": ("{n} days later", "The notice arrived more than seven days after its date, so the period ends later by the days beyond seven."),
        "earliest": ("The earliest of {n} priorities", "Of several priorities the earliest that is still claimed governs."),
        "withdrawn": ("Without the priority of {since}", "Its claim was withdrawn on {until}, before the period had ended, so the period counts anew from here."),
        "later": ("The later of two periods", "Both periods run; the later end governs. The other runs {others}."),
        "earlier": ("The earlier of two periods", "Both periods run; the earlier end governs. The other runs {others}."),
        "moved": ("Moved to a working day", "The last day is {why}, so the period ends on the office's next open day."),
        "open": ("Not moved", "The office is open on this day."),
        "open_makeup": ("Not moved", "A day of the weekend, but a make-up working day, on which a period ends here."),
        "never": ("Not moved", "This day stays where it is, whether the office is open or not."),
        "expected": ("Not moved as far as is known", "The closing days of this year are not all known; this day is expected to be open."),
        "year": ("Year {n} begins", "The anniversary of the day the law counts from."),
        "free": ("{n} months without surcharge", "The law gives this time for payment after the fee falls due."),
        "grace": ("Late period ends: {n} months", "Counted from the day before any move."),
        "grace_ultimo": ("Late period ends: {n} months", "Counted from the day before any move, from the last day of a month to the last day of a month."),
        "grace_from_moved": ("Late period ends: {n} months", "Counted from the last day as moved: one period follows the end of another (EPC R. 131(2))."),
        "grace_to": ("Late period ends: {n} months after the event", "Counted from the event in one step."),
        "grace_moved": ("Late period moved to a working day", "Its last day is {why}, so it ends on the office's next open day."),
        "deferred": ("Deferred to the end of {n} months", "Counted from {since}. A third-year fee that would fall due earlier is deferred to this day."),
        "not_deferred": ("Not deferred", "A third-year fee is deferred to the end of {n} months only where that is later; they end on {since}."),
        "late_grant": ("Granted late", "The fee may be paid to the end of the third calendar month after grant."),
        "window": ("{n} months from then", "A fee that falls due soon after grant or registration may still be paid within this time."),
        "year_end": ("31 December, {n} years on", "The term runs to the end of the calendar year."),
        "capped": ("Never later than this", "The law sets an outer limit."),
        "adjusted": ("{n} days added", "The term is adjusted for delay at the office."),
        "certificate": ("End of the certificate", "Filing to first authorisation less five years, at most five years, after the patent."),
        "fixed": ("A fixed day", "The law names this day."),
        "month_before": ("First day of the month before", "The fee falls due on the first day of the month before the anniversary."),
        "last": ("Last day", "{rule}."),
        "days": ("days", ""), "weeks": ("weeks", ""), "months": ("months", ""), "years": ("years", ""),
        "electronic": ("electronic means", ""), "post": ("post", ""), "hand": ("hand", ""), "public_notice": ("public notice", ""),
        "counted": ("from {event} to {day}", ""), "saturday": ("a Saturday", ""), "sunday": ("a Sunday", ""), "closing": ("a day on which the office is closed", ""),
        "makeup": ("a make-up working day of the weekend, which stays a day of rest here", ""),
    },
    "zh-hans": {
        "event": ("{event}", "记录中该事件的日期。"),
        "delivered": ("推定送达", "以{medium}发出的通知视为于该日送达。送达日为节假日的，不顺延。"),
        "delivered_after": ("推定送达", "以{medium}发出的通知视为于发出之日起满{n}日送达。送达日为节假日的，不顺延。"),
        "arrived": ("收到", "证明实际收到通知的日期。"),
        "month_end": ("当月最后一日", "法律计算至月末。"),
        "add": ("{n}{unit}，一次计算", "自次日起算，至最后一月的对应日；无对应日的，至该月最后一日。"),
        "add_days": ("{n}{unit}", "自次日起算，至最后一日届满。"),
        "day_before": ("前一日", "法律规定于对应日的前一日届满。"),
        "safeguard": ("延后{n}日", "通知在其日期七日后才收到，期限按超过七日的天数延后。"),
        "earliest": ("{n}项优先权中最早者", "有多项优先权的，以仍在要求的最早一项为准。"),
        "withdrawn": ("不计{since}的优先权", "该项优先权要求于{until}在期限届满前撤回，期限自此日重新计算。"),
        "later": ("两个期限中较晚者", "两个期限同时计算，以较晚届满者为准。另一期限{others}。"),
        "earlier": ("两个期限中较早者", "两个期限同时计算，以较早届满者为准。另一期限{others}。"),
        "moved": ("顺延至工作日", "期限最后一日为{why}，顺延至其后第一个工作日。"),
        "open": ("不顺延", "该局于该日办公。"),
        "open_makeup": ("不顺延", "该日为调休上班的周末，期限在此按工作日届满。"),
        "never": ("不顺延", "无论该局是否办公，该日均不移动。"),
        "expected": ("据现有资料不顺延", "该年的闭局日尚不完全确定，预计该日办公。"),
        "year": ("第{n}年开始", "法律所依日期的周年日。"),
        "free": ("{n}个月内无滞纳金", "应缴日之后法律给予的缴费时间。"),
        "grace": ("滞纳期届满：{n}个月", "自顺延之前的日期起算。"),
        "grace_ultimo": ("滞纳期届满：{n}个月", "自顺延之前的日期起算，由月末至月末。"),
        "grace_from_moved": ("滞纳期届满：{n}个月", "自顺延后的届满日起算：该期间自另一期限届满起计（EPC细则131(2)）。"),
        "grace_to": ("滞纳期届满：事件后{n}个月", "自事件日起一次计算。"),
        "grace_moved": ("滞纳期顺延至工作日", "滞纳期最后一日为{why}，顺延至其后第一个工作日。"),
        "deferred": ("推迟至{n}个月届满", "自{since}起算。本应更早到期的第三年费用推迟至该日。"),
        "not_deferred": ("不推迟", "仅当{n}个月的届满日较晚时，第三年费用才推迟至该日；该{n}个月于{since}届满。"),
        "late_grant": ("授权较晚", "费用可在授权后第三个日历月末之前缴纳。"),
        "window": ("此后{n}个月", "授权或登记后不久到期的费用仍可在此期间缴纳。"),
        "year_end": ("{n}年后的12月31日", "期限至该历年年末。"),
        "capped": ("最迟不超过该日", "法律规定了最长期限。"),
        "adjusted": ("增加{n}日", "因审查延误调整期限。"),
        "certificate": ("证书期限届满", "自申请至首次上市许可的时间减去五年，专利届满后最多五年。"),
        "fixed": ("固定日期", "法律指明该日。"),
        "month_before": ("前一月首日", "费用于周年日前一月的首日到期。"),
        "last": ("最后期限", "{rule}。"),
        "days": ("日", ""), "weeks": ("周", ""), "months": ("个月", ""), "years": ("年", ""),
        "electronic": ("电子方式", ""), "post": ("邮寄", ""), "hand": ("直接送交", ""), "public_notice": ("公告", ""),
        "counted": ("自{event}起，至{day}届满", ""), "saturday": ("星期六", ""), "sunday": ("星期日", ""), "closing": ("该局不办公日", ""), "makeup": ("调休上班的周末（在此仍为休息日）", ""),
    },
}  # fmt: skip


#: Steps about what happens after the last day.
_LATE = ("grace", "grace_ultimo", "grace_from_moved", "grace_to", "grace_moved")


def explain(deadline: Deadline, law: Law, language: str = "en") -> list[Step]:
    """The derivation of a deadline, step by step: to the last day and why it moved or did not, then its late period. language: "en" or "zh-hans"."""
    rule = law.rule(deadline.rule)
    words = WORDS.get(language, WORDS["en"])
    regime = _regime(deadline, law, rule)
    told = [(code[0] in _LATE, _step(code, law, rule, regime, words, language, deadline)) for code in deadline.trace]
    title, sentence = words["last"]
    sure = deadline.verified and not any(code[0] == "moved" and code[2] for code in deadline.trace)
    last = Step(title, date.fromordinal(deadline.due), sentence.format(rule=rule.name(language)), rule.basis, sure, "last")
    return [
        *(step for late, step in told if not late), *_unmoved(deadline, rule, regime, words), last,
        *(step for late, step in told if late), *_late_expected(deadline, regime, words),
    ]  # fmt: skip


def _regime(deadline: Deadline, law: Law, rule: Rule) -> Regime | None:
    """The way of counting that moved the day: of the office to be entered, where the rule has one for each."""
    entered = (rule.data.get("designated") or {}).get(deadline.ordinal)
    return law.regimes[entered["regime"]] if entered else rule.regime


def _unmoved(deadline: Deadline, rule: Rule, regime: Regime | None, words: dict) -> list[Step]:
    """Why a last day was not moved, where no step says so."""
    if any(code[0] == "moved" for code in deadline.trace):
        return []
    on = date.fromordinal(deadline.due)
    moves = rule.kind not in _NEVER_MOVED and flag(rule.data.get("roll", "true")) and regime is not None and regime.rolls and regime.calendar is not None
    name = "never" if not moves else "open_makeup" if on.weekday() > 4 else "open"
    title, sentence = words[name]
    return [Step(title, on, sentence, _calendar(regime) if moves else rule.basis, moves or rule.verified, name)]


#: Kinds of rules whose last day is no end of a period.
_NEVER_MOVED = ("term", "pendency", "fixed")


def _late_expected(deadline: Deadline, regime: Regime | None, words: dict) -> list[Step]:
    """A doubt about the closing days at the end of a late period is a step of its own where nothing was moved."""
    if deadline.grace_ends is None or regime is None or deadline.grace_ends != deadline.grace_nominal or not regime.roll(deadline.grace_ends)[1]:
        return []
    title, sentence = words["expected"]
    return [Step(title, date.fromordinal(deadline.grace_ends), sentence, _calendar(regime), False, "expected")]


def _why_closed(day: int, law: Law, regime: Regime | None, words: dict) -> str:
    """Why an office takes nothing on a day, in words."""
    weekday = date.fromordinal(day).weekday()
    makeup = law.calendars.get(f"{regime.calendar.id}+makeup") if regime and regime.calendar else None
    if weekday > 4 and makeup is not None and makeup.is_open(day):
        return words["makeup"][0]
    return words[{5: "saturday", 6: "sunday"}.get(weekday, "closing")][0]


def _calendar(regime: Regime | None) -> tuple[str, ...]:
    return (f"calendar {regime.calendar.id} {regime.calendar.version}",) if regime and regime.calendar else ()


def _step(code: tuple, law: Law, rule: Rule, regime: Regime | None, words: dict, language: str, deadline: Deadline) -> Step:
    name, on = code[0], _day(code)
    title, sentence = words[name]
    values = {"rule": rule.name(language), "n": "", "unit": "", "event": "", "medium": "", "why": "", "others": "", "since": "", "until": ""}
    basis, verified = rule.basis, rule.verified
    if name == "event":
        values["event"] = law.title_of_event(code[1], language)
        basis, verified = (), True
    elif name == "delivered":
        values["medium"] = words.get(code[1], (code[1], ""))[0]
        basis, verified = _delivery_basis(rule, code)
        sent = next((step[-1] for step in deadline.trace if step[0] == "event"), on)
        if code[2] >= 0 and rule.regime and on - sent == rule.regime.deliveries[code[2]].add_days > 0:
            values["n"] = str(on - sent)
            title, sentence = words["delivered_after"]
    elif name in ("moved", "grace_moved"):
        end = code[3] if name == "moved" else deadline.grace_nominal or on
        doubt = regime is None or regime.roll(end)[1]
        if on == end:
            title, sentence = words["expected"]
        else:
            values["why"] = _why_closed(end, law, regime, words)
        basis, verified = (regime.basis if regime else ()) + _calendar(regime), not doubt and regime is not None and regime.verified
    elif name in ("later", "earlier"):
        values["others"] = ", ".join(words["counted"][0].format(event=law.title_of_event(kind, language), day=date.fromordinal(end)) for kind, end in code[1])
    elif name == "withdrawn":
        values["since"], values["until"] = (str(date.fromordinal(day)) for day in code[1:3])
    elif len(code) > 2:
        values["n"] = str(code[1])
        if name in ("deferred", "not_deferred"):
            values["since"] = str(date.fromordinal(code[2]))
        values["unit"] = words[code[2]][0] if name == "add" else ""
        if name == "add" and code[2] in ("days", "weeks"):
            title, sentence = words["add_days"]
        if code[1] == 1:
            values["unit"], title = values["unit"].removesuffix("s"), title.replace("{n} months", "1 month")
    return Step(title.format(**values), date.fromordinal(on), sentence.format(**values), basis, verified, name)


def _day(code: tuple) -> int:
    """The day a step yields: the last number, but for a move (day, provisional, day before)."""
    return code[1] if code[0] == "moved" else code[-1]


def _delivery_basis(rule: Rule, code: tuple) -> tuple[tuple[str, ...], bool]:
    if rule.regime is None or code[2] < 0:
        return (), True
    delivery = rule.regime.deliveries[code[2]]
    return delivery.basis, delivery.verified
