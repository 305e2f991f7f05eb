"""Decision procedures of packs as the room runs them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from causeway.engines.kernel import Refusal
from causeway.engines.packs import text_of
from causeway.engines.packs.expressions import ExpressionFault, compile_expression
from causeway.engines.packs.library import shipped_practice
from causeway.engines.packs.resolve import Book, practice
from causeway.engines.packs.units import decimal_text, kind_of
from causeway.frame.models import Role
from causeway.rooms.governance.choices import StepKind
from causeway.rooms.governance.mapping.library import book_over, pack_of, pack_of_copy, received
from causeway.rooms.governance.models import PackCopy
from causeway.rooms.governance.ports import Flow, FlowStep

#: Kinds of steps in packs, and what they ask of people here.
_KINDS = {
    "vote": StepKind.VOTE, "notice": StepKind.NOTICE, "objections": StepKind.OBJECTIONS, "sign": StepKind.SIGNATURE, "file": StepKind.FILING, "register": StepKind.FILING,
}  # fmt: skip
#: Who acts in packs, and the roles of people here.
_ROLES = {
    "office": ("office",), "unit": ("office",), "staff": ("office",), "authority": ("office", "director"), "inventor": ("office",), "director": ("director",),
    "rector": ("director",), "committee": ("director", "office"), "council": ("director",),
}  # fmt: skip
#: Bodies decide by vote, one person by signature.
_BODIES = {"committee", "council"}


def _labels() -> dict[str, str]:
    """What must be published, in words."""
    return {
        "name_of_result": _("Name of the result"), "intended_price": _("Intended price"), "name": _("Name of the result"), "price": _("Intended price"), "abstract": _("Abstract"),
        "way_of_transfer": _("Way of transfer"), "related_party": _("Relation of the taker to those who made the result"), "text_of_rule": _("Text of the rule"),
        "holds_from": _("Holds from"), "reward": _("Reward and who gets it"), "people": _("Names"), "amount": _("Amount"),
    }  # fmt: skip


def flows(language: str = "en") -> list[Flow]:
    """Every decision procedure of the shipped and received packs, with days that the packs leave to the university still open."""
    known = {pack.id: pack for pack in shipped_practice()} | received()
    return [_flow(pack, name, key, None, language) for name, pack in known.items() for key in practice(pack).flows]


def flows_in(pack: str, language: str = "en") -> list[Flow]:
    """The decision procedures of one pack, shipped or received."""
    found = pack_of(pack)
    return [_flow(found, pack, key, None, language) for key in practice(found).flows] if found else []


def flow(ref: str, book: Book | None = None, day: int | None = None, language: str = "en") -> Flow:
    """One procedure by "pack/flow" (pack: the key of a shipped or received one), its days and majorities as they hold on a day in a policy's book.

    Raises ValidationError for a procedure nobody knows, and for a figure that the pack asks for and nobody gave.
    """
    name, _slash, key = ref.partition("/")
    pack = pack_of(name)
    if pack is not None and key in practice(pack).flows:
        return _flow(pack, name, key, (book or book_over(pack)).on(day) if day else None, language)
    raise ValidationError({"flow": _("There is no procedure %(ref)s.") % {"ref": ref}})


def _flow(pack: Any, name: str, key: str, held: Any, language: str) -> Flow:
    said = practice(pack).flows[key]
    words = practice(pack).translations.get(language, {})
    sure = said.get("status") == "verified" and said.get("dated", "verified") == "verified"
    basis = tuple(str(one) for one in said.get("basis") or ())
    steps = tuple(_step(pack, one, held, language, basis, sure) for one in said["steps"])
    return Flow(name, key, str(words.get(key) or text_of(said.get("title"), language)), str(said.get("note", "")), steps)


def _step(pack: Any, one: Any, held: Any, language: str, basis: tuple[str, ...], sure: bool) -> FlowStep:
    who = [str(role) for role in one.get("who") or ("office",)]
    kind = _KINDS.get(str(one.get("kind")), StepKind.TASK)
    if one.get("kind") == "approve":
        kind = StepKind.VOTE if _BODIES & set(who) else StepKind.SIGNATURE
    labels = _labels()
    terms: dict[str, Any] = {"documents": [str(d).replace("_", " ") for d in one.get("documents") or ()]}
    days = _number(pack, one.get("days"), held, "days")
    for key in ("quorum", "majority"):
        if key in one:
            terms[key] = _number(pack, one[key], held, "number")
    if kind == StepKind.NOTICE:
        terms |= {"min_days": days, "fields": {str(key): str(labels.get(str(key), str(key).replace("_", " ").capitalize())) for key in one.get("content") or ()}}
    roles = tuple(dict.fromkeys(role for name in who for role in _ROLES.get(name, ("office",))))
    return FlowStep(str(one["id"]), kind, text_of(one.get("title"), language), roles, int(days) if days else None, terms, basis, sure)


def _number(pack: Any, text: Any, held: Any, kind: str) -> str | None:
    """A figure of a step, exact, as text; None where there is none, or where it is left open and nobody asks for it now."""
    if text in (None, ""):
        return None
    book = held.book if held else book_over(pack)
    kinds = {value.id: kind_of(value.unit, value.currency) for value in book.values.values()}
    try:
        expression = compile_expression(str(text), kinds)
        if held is None and expression.names:
            return None
        return decimal_text(expression.run((held or book.on(1)).env(pack.id)))
    except Refusal as refusal:
        raise ValidationError({"flow": _("This procedure needs a figure first: %(why)s") % {"why": refusal.message}}) from None
    except ExpressionFault:
        return None


def flow_title(procedure: Any, language: str = "en") -> str:
    """The title of a procedure's flow."""
    pack = pack_of_copy(procedure.copy)
    return text_of(practice(pack).flows[procedure.flow].get("title"), language) if pack is not None and procedure.flow in practice(pack).flows else procedure.flow


def role_names(roles: Iterable[str]) -> list[Any]:
    """Roles in words."""
    return [Role(role).label for role in roles]


def sources_of(basis: Iterable[str], copy: PackCopy) -> list[tuple[str, str]]:
    """Bases as title with place, and where to read them. copy: the kept pack that names them, before all shipped ones."""
    own = pack_of_copy(copy)
    known = {key: source for pack in [*shipped_practice(), *([own] if own else [])] for key, source in pack.sources.items()}
    made = []
    for one in basis:
        key, _hash, place = str(one).partition("#")
        source = known.get(key)
        made.append((f"{source['title'] if source else key}{', ' + place if place else ''}", str(source.get("where", "")) if source else ""))
    return made
