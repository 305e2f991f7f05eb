"""Distributions per second of the money engine on one core, against a hand-written function for the same policy; a simulation of two packs; its memory.

Run: python bench/distribution.py [--receipts 100000]. Aims: at least 50,000 distributions a second and at most 4 times the hand-written time without traces,
100,000 receipts under two packs in under 10 seconds, memory flat. Figures: docs/reference/money-engines.md.
"""

from __future__ import annotations

import argparse
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from time import process_time

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from causeway.engines.distribution import Contributor, Receipt, compile_plan, distribute  # noqa: E402
from causeway.engines.distribution.model import share_out  # noqa: E402
from causeway.engines.practice import Book, Draft, Row, Setting, load_draft, shipped_practice, simulate  # noqa: E402

PEOPLE = [Contributor(f"P{at}", 1 + at % 5, False, f"U{at % 30}") for at in range(900)]
TEAMS = [tuple(PEOPLE[at : at + 1 + at % 4]) for at in range(0, 880, 4)]


def by_hand(money: int, costs: int, weights: tuple[int, ...], total: int) -> tuple[int, int, list[int], list[int]]:
    """Five-one as a person would write it: net, parts by largest remainder, people by weight."""
    net = money - costs
    if net <= 0:
        return 0, -net, [0, 0, 0], [0] * len(weights)
    exact = (net * 70, net * 15, net * 15)
    parts = [one // 100 for one in exact]
    if left := net - sum(parts):
        for i in sorted(range(3), key=lambda i: (-(exact[i] % 100), i))[:left]:
            parts[i] += 1
    amount = parts[0]
    if len(weights) == 1:
        return net, 0, parts, [amount]
    people = [amount * weight // total for weight in weights]
    if left := amount - sum(people):
        for i in sorted(range(len(weights)), key=lambda i: (-(amount * weights[i] % total), -weights[i], i))[:left]:
            people[i] += 1
    return net, 0, parts, people


def work(count: int) -> list[tuple[int, int, tuple[int, ...], int]]:
    """Receipts, the same every time: amount, costs, weights and their sum."""
    random = Random(1)
    made = []
    for at in range(count):
        weights = tuple(int(one.weight) for one in TEAMS[at % len(TEAMS)])
        made.append((random.randrange(1, 10**9), random.randrange(0, 10**7), weights, sum(weights)))
    return made


def best(run: Callable[[], object], times: int = 5) -> float:
    """The shortest of several runs, in seconds of one core."""
    found = []
    for _ in range(times):
        start = process_time()
        run()
        found.append(process_time() - start)
    return min(found)


def rows(count: int) -> Iterator[Row]:
    """Receipts of twelve years, made as they are asked for."""
    random = Random(2)
    for at in range(count):
        on = date(2016, 1, 1) + timedelta(at * 3650 // count)
        yield Row(on, random.randrange(1, 10**9), "CNY", f"T{at % 500}", random.randrange(0, 10**6), TEAMS[at % len(TEAMS)], (), at + 2)


def main() -> None:
    """Print what was measured."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--receipts", type=int, default=100_000)
    count = parser.parse_args().receipts
    packs = {pack.id: pack for pack in shipped_practice()}
    book = Book([packs["guide-thu-five-one"]], packs.values())
    plan = compile_plan(book.on("2019-06-30"), None, "CNY")
    cases = work(count)

    def ours() -> None:
        split, at = plan.split, plan.parts.index("inventors")
        for money, costs, weights, total in cases:
            _net, _carried, parts = split(money, costs)
            share_out(parts[at], weights, total)

    def hand() -> None:
        for case in cases:
            by_hand(*case)

    for money, costs, weights, total in cases[:2000]:
        net, carried, parts, people = by_hand(money, costs, weights, total)
        found = plan.split(money, costs)
        assert (net, carried, parts, people) == (found[0], found[1], list(found[2]), list(share_out(found[2][0], weights, total)))
    engine, written = best(ours), best(hand)
    print(f"distributions without traces: {count / engine:,.0f} a second; by hand {count / written:,.0f}; {engine / written:.2f} times the hand-written time")
    some = [Receipt(money, "CNY", {"direct": costs}, TEAMS[at % len(TEAMS)]) for at, (money, costs, _w, _t) in enumerate(cases[:5000])]
    traced = best(lambda: [distribute(plan, one) for one in some], 3)
    print(f"distributions with traces: {len(some) / traced:,.0f} a second")

    draft = Draft("bench", "1", {"en": "Sixty"}, ("guide-thu-five-one",), date(2015, 10, 1), "x", (Setting("guide-thu-five-one/researchers_share", "60 %"),))
    other = Book([load_draft(draft)], packs.values())
    start = process_time()
    outcome = simulate(rows(count), {"five-one": book, "sixty": other})
    took = process_time() - start
    print(f"{count:,} receipts under two packs: {took:.2f} s, {outcome['sixty'].shared:,} shared")
    peaks = []
    for size in (count // 10, count):
        tracemalloc.start()
        simulate(rows(size), {"five-one": book, "sixty": other})
        peaks.append(tracemalloc.get_traced_memory()[1] / 1e6)
        tracemalloc.stop()
    print(f"peak memory of a simulation: {peaks[0]:.2f} MB for {count // 10:,} receipts, {peaks[1]:.2f} MB for {count:,}")


if __name__ == "__main__":
    main()
