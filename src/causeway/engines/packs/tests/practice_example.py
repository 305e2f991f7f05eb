"""A small law and a university's policy over it, without a fault: what the tests of practice packs spoil and bend."""

from __future__ import annotations

from causeway.engines.packs.sources import PackText, from_texts

LAW = {
    "pack.yaml": (
        "id: law-yy\nversion: '1'\nkind: law\nsubject: practice\ntitle: {en: Law of Y}\nspeaks: {from: '2010-01-01'}\nlicence: Apache-2.0\n"
    ),
    "sources.yaml": "ACT: {title: Act of Y, where: here, level: A}\nOLD: {title: Older act, where: here, level: A}\n",
    "CHANGELOG.md": "# Changes\n\n## 1\n\nFirst.\n",
    "values/shares.yaml": (
        "- id: least\n  title: {en: Least share}\n  unit: share\n  versions:\n"
        "  - {from: '2010-01-01', to: '2019-12-31', value: 40 %, status: verified, basis: [OLD#1]}\n"
        "  - {from: '2020-01-01', value: 50 %, status: verified, basis: [ACT#45]}\n"
    ),
    "rules/income.yaml": (
        "- id: default\n  kind: distribution\n  title: {en: Default}\n  in_force: {from: '2010-01-01'}\n"
        "  parts: {inventors: least, university: rest}\n  status: verified\n  basis: [ACT#45]\n"
        "- id: floor\n  kind: floor\n  title: {en: Floor}\n  in_force: {from: '2010-01-01'}\n  of: distribution\n  part: inventors\n  share: least\n"
        "  status: verified\n  basis: [ACT#45]\n"
    ),
    "cases/cases.yaml": (
        "- {id: Y1, kind: distribution, dated: 'true', packs: [law-yy], 'on': '2019-12-31', given: {gross: {amount: '10.00', currency: EUR}}, expect: {parts: {inventors: '4.00'}}}\n"
        "- {id: Y2, kind: distribution, dated: 'true', packs: [law-yy], 'on': '2020-01-01', given: {gross: {amount: '10.00', currency: EUR}}, expect: {parts: {inventors: '5.00'}}}\n"
    ),
}

GUIDE = {
    "pack.yaml": (
        "id: guide-yy\nversion: '1'\nkind: guide\nsubject: practice\ntitle: {en: Guide}\nextends: [law-yy]\nspeaks: {from: '2012-01-01'}\n"
    ),
    "sources.yaml": "BOOK: {title: A book, where: here, level: B}\n",
    "CHANGELOG.md": "# Changes\n\n## 1\n\nFirst.\n",
    "values/shares.yaml": (
        "- id: people\n  title: {en: Share of people}\n  unit: share\n  bounds: {min: 10 %, max: 90 %}\n  versions:\n"
        "  - {from: '2012-01-01', value: 60 %, status: verified, basis: [BOOK#1]}\n"
        "- id: house\n  title: {en: Share of the house}\n  unit: share\n  versions:\n"
        "  - {from: '2012-01-01', formula: 1 - people, status: verified, basis: [BOOK#1]}\n"
        "- id: fee\n  title: {en: A fee}\n  unit: money\n  currency: EUR\n  versions:\n"
        "  - {from: '2012-01-01', value: '12.50', status: verified, basis: [BOOK#1]}\n"
        "- id: wait\n  title: {en: Wait}\n  unit: months\n  versions:\n"
        "  - {from: '2012-01-01', value: '36', status: verified, basis: [BOOK#1]}\n"
        "- id: colour\n  title: {en: Colour}\n  unit: choice\n  choices: [red, blue]\n  versions:\n"
        "  - {from: '2012-01-01', value: red, status: verified, basis: [BOOK#1]}\n"
    ),
    "rules/income.yaml": (
        "- id: split\n  kind: distribution\n  title: {en: Split}\n  in_force: {from: '2012-01-01'}\n  parts: {inventors: people, university: house}\n"
        "  status: verified\n  basis: [BOOK#1]\n"
        "- id: half\n  kind: distribution\n  title: {en: Half}\n  in_force: {from: '2012-01-01'}\n  when: way == 'service'\n"
        "  parts: {inventors: '0.5', university: '0.5'}\n  status: verified\n  basis: [BOOK#1]\n"
    ),
    "flows/decide.yaml": (
        "- id: decide\n  title: {en: Decide}\n  status: verified\n  basis: [BOOK#2]\n  steps:\n"
        "  - {id: vote, title: {en: Vote}, kind: vote, who: [committee], days: '5', day_kind: working, majority: 1/2}\n"
    ),
    "forms/plan.yaml": (
        "- id: plan\n  title: {en: Plan}\n  status: verified\n  basis: [BOOK#2]\n  fields:\n  - {name: price, title: {en: Price}, unit: money, currency: EUR}\n"
    ),
    "i18n/zh-hans.yaml": "people: 个人份额\n",
}
GUIDE["rules/income.yaml"] = GUIDE["rules/income.yaml"].replace("  title: {en: Split}\n", "  title: {en: Split}\n  when: way != 'service'\n")

POLICY = {
    "pack.yaml": (
        "id: policy-yy\nversion: '1'\nkind: policy\nsubject: practice\ntitle: {en: Policy}\nextends: [guide-yy]\nspeaks: {from: '2021-01-01'}\n"
    ),
    "sources.yaml": "MINUTES: {title: Minutes, where: here, level: A}\n",
    "CHANGELOG.md": "# Changes\n\n## 1\n\nFirst.\n",
    "overlays/values.yaml": (
        "- set: guide-yy/people\n  from: '2021-01-01'\n  value: 55 %\n  status: verified\n  basis: [MINUTES#1]\n"
        "- except: guide-yy/split\n  when: way == 'own_use'\n  use: own\n  from: '2021-01-01'\n  status: verified\n  basis: [MINUTES#1]\n"
    ),
    "rules/own.yaml": (
        "- id: own\n  kind: distribution\n  title: {en: Own use}\n  in_force: {from: '2021-01-01'}\n  parts: {inventors: 80 %, university: 20 %}\n"
        "  status: verified\n  basis: [MINUTES#1]\n"
    ),
}

ALL = {"law-yy": LAW, "guide-yy": GUIDE, "policy-yy": POLICY}


def pack_texts(changed: dict[str, dict[str, str]] | None = None, leave: tuple[str, ...] = ()) -> list[PackText]:
    """The three packs, some files changed, some packs left out."""
    return [from_texts({**texts, **(changed or {}).get(name, {})}, name) for name, texts in ALL.items() if name not in leave]
