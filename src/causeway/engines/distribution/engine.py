"""The waterfall: what comes in, what is taken off and in which order, who shares the net, and whether the law's floor is met. Every step is traced."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from causeway.engines.distribution.model import BelowFloor, Contributor, Distribution, Receipt, share_out, team
from causeway.engines.distribution.plan import Plan, below, exact_amount, floor_amount, judged_each_time
from causeway.engines.kernel import Money, Step, apportion, half_up, whole_weights
from causeway.engines.packs.units import decimal_text


def distribute(plan: Plan, receipt: Receipt) -> Distribution:
    """Share a receipt by a plan.

    Raises `NegativeMoney`, `UnknownCurrency`, `ShareRange` for a receipt that cannot be, `BelowFloor` where the plan gives less than a layer's floor.
    Source: waterfall of transfer law; order of deductions as the plan says (taxes, co-owners, costs, office fee, net, parts, people).
    """
    receipt.check()
    if plan.refusal:
        raise plan.refusal
    work = _Work(plan, receipt)
    for step in plan.deduct:
        if step != "tto_fee":
            getattr(work, step)()
    net, carried, parts = plan.split(work.money, work.costs_total)
    legal_net = max(0, work.money - work.counted)
    work.result_of(legal_net, net, carried)
    _check_floors(plan, work.money, work.costs_total, net, legal_net)
    named = dict(zip(plan.parts, parts, strict=True))
    people = share_among(receipt.people, named.get("inventors", 0))
    work.shares(named, people)
    floor = work.floors(legal_net, named)
    work.main(receipt.people)
    return Distribution(
        receipt.currency, receipt.gross, legal_net, net, carried, named, people, floor, None if floor is None else True, plan.rule, tuple(work.steps)
    )  # fmt: skip


def share_among(people: tuple[Contributor, ...], amount: int) -> dict[str, int]:
    """The inventors' rounded part by weight; what rounding leaves to the largest remainders, ties to the larger weight, then as listed."""
    if not people:
        return {}
    ready = team(people)
    return dict(zip(ready.names, share_out(amount, ready.weights, ready.total), strict=True))


def _check_floors(plan: Plan, money: int, costs: int, net: int, legal_net: int) -> None:
    """Floors that only these figures can meet or miss, compared exactly, before rounding."""
    for floor in judged_each_time(plan):
        if legal_net > 0:
            given, least = exact_amount(plan, floor.part, money, costs, net), floor_amount(floor, money, costs, legal_net)
            percent = given * 100 / legal_net
        else:
            given, least = plan.share(floor.part), floor.share
            percent = given * 100
        if given < least:
            raise below(floor, decimal_text(percent) if percent.denominator < 10**6 else f"{float(percent):.4f}")


@dataclass
class _Work:
    """A receipt on its way down: what is left of the money, which costs count, and the steps so far."""

    plan: Plan
    receipt: Receipt

    def __post_init__(self) -> None:
        self.money = self.receipt.gross
        self.costs_total = 0
        self.counted = 0
        self.steps: list[Step] = [Step("gross", {"amount": self.text(self.receipt.gross)})]

    def text(self, minor: int) -> str:
        money = Money(minor, self.receipt.currency)
        return f"{money.text()} {money.currency}"

    def step(self, code: str, **values: Any) -> None:
        self.steps.append(Step(code, values, self.plan.basis, self.plan.verified))

    def taxes_withheld(self) -> None:
        if self.receipt.taxes_withheld:
            taken = min(self.money, self.receipt.taxes_withheld)
            self.money -= taken
            self.step("taxes", taken=self.text(taken), amount=self.text(self.money))

    def co_owners(self) -> None:
        """Shares of co-owners, of what is left at this step."""
        shares = self.receipt.co_owners
        if not shares:
            return
        ours = 1 - sum(shares.values(), Fraction(0))
        split = apportion(self.money, whole_weights([*shares.values(), ours]))
        for (name, share), amount in zip(shares.items(), split, strict=False):
            self.money -= amount
            self.step("co_owner", name=name, share=decimal_text(share * 100), taken=self.text(amount), amount=self.text(self.money))

    def costs(self) -> None:
        """Costs of the result and of the deal, with what earlier receipts did not cover; a plan may count only a share of them."""
        self.costs_total = sum(self.receipt.costs.values()) + self.receipt.carried
        self.counted = self.costs_total if self.plan.cost_share == 1 else half_up(self.plan.cost_share * self.costs_total)
        for name, amount in self.receipt.costs.items():
            if amount:
                self.step("cost", name=COSTS.get(name, {"en": name.replace("_", " ")}), amount=self.text(amount))
        if self.receipt.carried:
            self.step("carried_in", amount=self.text(self.receipt.carried))
        if self.plan.cost_share != 1:
            self.step("counted", share=decimal_text(self.plan.cost_share * 100), amount=self.text(self.counted))

    def result_of(self, legal_net: int, net: int, carried: int) -> None:
        if self.plan.fee:
            self.step("tto_fee", share=decimal_text(self.plan.fee * 100), amount=self.text(legal_net - net))
        self.step("net", amount=self.text(net))
        if carried:
            self.step("carried", amount=self.text(carried))

    def shares(self, parts: Mapping[str, int], people: Mapping[str, int]) -> None:
        """The parts, then the people of the inventors' part."""
        self.step("rule", rule=self.plan.title or {"en": self.plan.rule})
        if self.plan.tiers:
            self.step("tiers_marginal" if self.plan.marginal else "tiers_cliff")
        for name, amount in parts.items():
            share = "" if self.plan.tiers or self.plan.reading != "base" else f"{decimal_text(self.plan.share(name) * 100)} %"
            self.step("part" if share else "part_amount", part=PARTS.get(name, {"en": name.replace("_", " ")}), share=share, amount=self.text(amount))
        for person, amount in people.items():
            weight = next(one.weight for one in self.receipt.people if one.person == person)
            total = sum(one.weight for one in self.receipt.people)
            self.steps.append(Step("person", {"person": person, "weight": weight, "total": total, "amount": self.text(amount)}))

    def floors(self, legal_net: int, parts: Mapping[str, int]) -> int | None:
        """The largest floor of the inventors, in minor units (halves up), each floor traced; None where no layer has one."""
        largest: int | None = None
        for floor in self.plan.floors:
            least = half_up(floor_amount(floor, self.money, self.costs_total, legal_net))
            values = {"part": PARTS.get(floor.part, {"en": floor.part}), "share": decimal_text(floor.share * 100), "since": floor.since}
            sure = all(ground.sure for ground in floor.grounds)
            self.steps.append(Step("floor", {**values, "amount": self.text(least), "given": self.text(parts.get(floor.part, 0))}, floor.basis, sure))
            if floor.part == "inventors":
                largest = max(largest or 0, least)
        return largest

    def main(self, people: tuple[Contributor, ...]) -> None:
        """Main contributors must get their share of the whole reward."""
        least = self.plan.main_share
        if least is None or not any(one.main for one in people):
            return
        share = Fraction(sum(Fraction(one.weight) for one in people if one.main)) / sum(Fraction(one.weight) for one in people)
        if share < least:
            raise BelowFloor(
                f"The main contributors would get {decimal_text(share * 100)} % of the reward, and at least {decimal_text(least * 100)} % is asked for.",
                place="main_contributor",
            )
        self.step("main", share=decimal_text(share * 100), least=decimal_text(least * 100))


#: Parts and costs in words.
PARTS: dict[str, dict[str, str]] = {
    "inventors": {"en": "inventors", "zh-hans": "成果完成人"}, "institute": {"en": "institute", "zh-hans": "院系"},
    "institution": {"en": "institution", "zh-hans": "机构"}, "university": {"en": "university", "zh-hans": "学校"},
    "management": {"en": "as the board decides", "zh-hans": "由管理机构决定"},
}  # fmt: skip
COSTS: dict[str, dict[str, str]] = {
    "ip_upkeep": {"en": "upkeep of the rights", "zh-hans": "知识产权维持费用"}, "direct": {"en": "direct costs of the deal", "zh-hans": "交易直接费用"},
    "taxes": {"en": "taxes", "zh-hans": "税金"},
}  # fmt: skip

#: Words of the trace: code to title and sentence.
WORDS: dict[str, dict[str, tuple[str, str]]] = {
    "en": {
        "gross": ("Received", "{amount} came in."),
        "taxes": ("Taxes withheld", "{taken} of tax was withheld or is due; {amount} is left."),
        "co_owner": ("Share of a co-owner", "{name} owns {share} % and gets {taken}; {amount} is left."),
        "cost": ("Cost taken off", "{name}: {amount}."),
        "carried_in": ("Costs carried in", "Earlier receipts did not cover {amount}."),
        "counted": ("Costs that count", "Only {share} % of the costs lowers the sum to be shared: {amount}."),
        "tto_fee": ("Fee of the transfer office", "{share} % of what is left: {amount}."),
        "net": ("Net income", "{amount} is to be shared."),
        "carried": ("Costs carried on", "{amount} was not covered and is taken off the next receipt."),
        "rule": ("Rule", "{rule}"),
        "tiers_marginal": ("In tiers", "Each share applies to its slice of the net."),
        "tiers_cliff": ("In tiers", "The share of the tier in which the net lies applies to all of it."),
        "part": ("Part: {part}", "{share} of the net, rounded down, with what rounding left over going to the largest remainder: {amount}."),
        "part_amount": ("Part: {part}", "{amount}, after what rounding left over went to the largest remainder."),
        "person": ("{person}", "{weight} of {total} of the inventors' part: {amount}."),
        "floor": ("The least for {part}", "At least {share} % ({since}): {amount}. They get {given}."),
        "main": ("Main contributors", "They get {share} % of the reward; at least {least} % is asked for."),
        "equity": ("Shares in the company", "{percent} % of the company is to be shared."),
        "equity_part": ("Part: {part}", "{share} of it: {amount} of the company."),
        "equity_floor": ("The least for {part}", "At least {share} % ({since}): {amount} of the company."),
    },
    "zh-hans": {
        "gross": ("收入", "收到{amount}。"),
        "taxes": ("扣缴税款", "已扣或应缴税款{taken}，余{amount}。"),
        "co_owner": ("共有人份额", "{name}占{share}%，得{taken}，余{amount}。"),
        "cost": ("扣除费用", "{name}：{amount}。"),
        "carried_in": ("结转的费用", "此前收入未覆盖的费用为{amount}。"),
        "counted": ("计入的费用", "仅按费用的{share}%扣减分配基数：{amount}。"),
        "tto_fee": ("转移办公室费用", "余额的{share}%：{amount}。"),
        "net": ("净收入", "可分配{amount}。"),
        "carried": ("费用结转", "{amount}未被覆盖，从下一笔收入中扣除。"),
        "rule": ("规则", "{rule}"),
        "tiers_marginal": ("分档", "各档比例适用于净收入的相应部分。"),
        "tiers_cliff": ("分档", "净收入所在档的比例适用于全部净收入。"),
        "part": ("份额：{part}", "净收入的{share}，先向下取整，余数归最大余数者：{amount}。"),
        "part_amount": ("份额：{part}", "{amount}（余数归最大余数者之后）。"),
        "person": ("{person}", "成果完成人份额的{weight}/{total}：{amount}。"),
        "floor": ("{part}的最低额", "不低于{share}%（{since}）：{amount}；实得{given}。"),
        "main": ("主要贡献人员", "获奖励总额的{share}%，要求不低于{least}%。"),
        "equity": ("公司股份", "待分配公司股份的{percent}%。"),
        "equity_part": ("份额：{part}", "其中{share}：占公司{amount}。"),
        "equity_floor": ("{part}的最低额", "不低于{share}%（{since}）：占公司{amount}。"),
    },
}  # fmt: skip
