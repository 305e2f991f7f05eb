"""Papers of governance: the decision pack for those who decide, and the explanation of an amount. Data goes in as JSON, so nothing in it is markup."""

from __future__ import annotations

import json
from typing import Any

from django.utils.translation import gettext as _

from causeway.kit.show import day
from causeway.rooms.governance import mapping, selectors
from causeway.rooms.governance.models import Answer, Notice, Procedure, Step

_PAGE = """
#let data = json(bytes(sys.inputs.data))
#set document(title: data.title)
#set page(paper: "a4", margin: (x: 2.2cm, y: 2.4cm), header: context if counter(page).get().first() > 1 [#text(8pt, fill: luma(90))[#data.number #h(1fr) #data.office]],
  footer: context align(right, text(8pt, fill: luma(90))[#counter(page).display("1 / 1", both: true)]))
#set text(size: 10pt, lang: data.lang, font: ("Libertinus Serif", "Noto Serif CJK SC", "Noto Sans CJK SC"), fallback: true)
#set par(leading: 0.62em)
#show heading: it => block(above: 16pt, below: 8pt, text(13pt, weight: "bold", it.body))
#text(9pt, fill: luma(90))[#data.office #h(1fr) #data.number]
#v(4pt)
#text(20pt, weight: "bold")[#data.title]
#v(2pt)
#text(fill: luma(70))[#data.line]
#for section in data.sections [
  #heading(level: 1, section.title)
  #if "text" in section { for part in section.text.split("\\n") { par(part) } }
  #if "rows" in section and section.rows.len() > 0 {
    table(columns: section.widths.map(w => if w == "auto" { auto } else { 1fr }), stroke: (x, y) => (bottom: 0.4pt + luma(185)), inset: (x: 4pt, y: 5pt),
      align: (x, y) => if section.right.contains(x) { right } else { left },
      table.header(..section.heads.map(h => text(9pt, weight: "bold", h))), ..section.rows.flatten().map(c => text(9.5pt, c)))
  }
]
"""


def _paper(data: dict[str, Any]) -> bytes:
    import typst

    given = {"data": json.dumps(data, default=str, ensure_ascii=False)}
    try:
        return typst.compile(_PAGE.encode(), sys_inputs=given, pdf_standards="ua-1")
    except typst.TypstError:
        # PDF/UA refuses a sign that no font of this machine has; a paper with a box in its place is better than none.
        return typst.compile(_PAGE.encode(), sys_inputs=given)


def _section(title: Any, heads: list[Any], rows: list[list[Any]], wide: int = 0, right: tuple[int, ...] = ()) -> dict[str, Any]:
    """A table: `wide` is the column that takes the room left, `right` the columns of figures."""
    return {"title": str(title), "heads": [str(h) for h in heads], "rows": [[str(c if c is not None else "") for c in row] for row in rows],
            "widths": ["wide" if n == wide else "auto" for n in range(len(heads))], "right": list(right)}  # fmt: skip


def decision_pack(procedure: Procedure, language: str) -> bytes:
    """The proposal, its values beside the law, what it would have done, the steps so far, notice and objections, sources. Tagged PDF."""
    policy = procedure.policy
    sections: list[dict[str, Any]] = []
    if procedure.about:
        sections.append({"title": _("What is decided"), "text": procedure.about})
    if policy is not None:
        listed = mapping.values_of(policy.copy, policy.changes, selectors.floor_day(policy), language, selectors.laws_here(policy.university_id))
        sections.append(_section(_("Values"), [_("What"), _("Value"), _("The law"), _("Rests on")], [[v.label, v.shown, f"{v.floor_words} {v.floor_source}".strip(), v.source] for v in listed], right=(1,)))
        if policy.tried:
            sections.append(_section(_("Tried on our records"), [_("What"), _("Figure")], policy.tried.get("figures", []), right=(1,)))
        if policy.warnings:
            sections.append({"title": _("Warnings"), "text": "\n".join(policy.warnings)})
    sections += _course(procedure)
    return _paper(
        {
            "title": procedure.title, "number": procedure.number, "office": procedure.university.name, "lang": "zh" if language.startswith("zh") else "en",
            "line": f"{mapping.flow_title(procedure)}, {_('begun')} {day(procedure.started_on)}, {procedure.get_state_display()}", "sections": sections,
        }
    )  # fmt: skip


def _course(procedure: Procedure) -> list[dict[str, Any]]:
    """The steps, declarations, votes, notice and objections as tables."""
    steps = list(procedure.steps.select_related("done_by").order_by("place"))
    made = [_section(_("Steps"), [_("Step"), _("State"), _("Day"), _("By"), _("Minutes")], [_step(step) for step in steps], wide=4)]
    declared = procedure.interests.select_related("user").order_by("pk")
    made.append(_section(_("Declarations of interests"), [_("Who"), _("Interest")], [[one.user, one.text if one.conflicted else _("none")] for one in declared], wide=1))
    votes = [[vote.user, vote.get_choice_display(), vote.note] for step in steps for vote in step.votes.select_related("user").order_by("pk")]
    made.append(_section(_("Votes"), [_("Who"), _("Vote"), _("Note")], votes, wide=2))
    for notice in Notice.objects.filter(step__procedure=procedure).select_related("step"):
        labels = notice.step.terms.get("fields") or {}
        rows = [[label, notice.text.get(key, "")] for key, label in labels.items()]
        rows += [[_("Where"), notice.where], [_("Public"), f"{day(notice.starts_on)} – {day(notice.ends_on)}"]]
        made.append(_section(_("Public notice"), [_("What"), _("Published")], rows, wide=1))
        objections = [[one.text, one.get_state_display(), one.answer] for one in notice.objections.order_by("received_on", "pk")]
        made.append(_section(_("Objections"), [_("Objection"), _("Outcome"), _("Answer")], objections, wide=2))
    return [one for one in made if one["rows"]]


def _step(step: Step) -> list[Any]:
    return [step.title, step.get_state_display(), day(step.done_on or step.due_on), step.done_by or "", step.note]


def explained_pdf(found: Answer, language: str) -> bytes:
    """Why an amount is what it is, as a tagged PDF."""
    steps = [
        [step["title"] + ("" if step["verified"] else f" ({_('unverified')})"), step["sentence"] + "\n" + "; ".join(title for title, _where in step["sources"]), step["result"]]
        for step in mapping.explained(found, selectors.copies(found.packs), language)
    ]
    sections = [_section(_("Who gets what"), [_("What"), _("Amount")], [[f"    {label}" if inner else label, amount] for label, amount, inner in mapping.shown(found)], right=(1,)),
                _section(_("Why"), [_("Step"), _("Reason and source"), _("Result")], steps, wide=1, right=(2,))]  # fmt: skip
    return _paper({"title": found.title, "number": found.number, "office": found.university.name, "lang": "zh" if language.startswith("zh") else "en",
                   "line": f"{found.policy or ''}, {_('rules of')} {day(found.on)}", "sections": sections})  # fmt: skip
