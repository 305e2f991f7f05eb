"""`causeway registry`, `causeway indicators`, `causeway network`: universities by name, indicators as data, packages between installations."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any


class CallFault(Exception):
    """The call cannot be carried out: says what to write instead."""


def main(argv: list[str]) -> int:
    """Run `registry`, `indicators` or `network`; returns 0 when all is well, 1 when something is not, 2 when the call or a file is wrong."""
    options = _parser().parse_args(argv)
    try:
        return options.command(options)
    except CallFault as fault:
        return _wrong(fault)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="causeway", description="Registries, indicators, packages.")
    groups = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(group: Any, name: str, command: Callable[[argparse.Namespace], int], help: str) -> argparse.ArgumentParser:
        made = group.add_parser(name, help=help, description=help)
        made.set_defaults(command=command)
        made.add_argument("--json", action="store_true", help="print as JSON")
        return made

    def of_university(made: argparse.ArgumentParser) -> None:
        made.add_argument("--university", metavar="NAME", help="which one acts; needed where there are several")

    registry = groups.add_parser("registry", help="Universities by any of their names.").add_subparsers(required=True, metavar="WHAT")
    load = add(registry, "load", _registry_load, "Load registries (ROR, the ministry's list) or research spending (NSF HERD); told apart by their columns.")
    load.add_argument("file", type=Path, nargs="+")
    find = add(registry, "find", _registry_find, "Find a university by a name in any language, a former name, an acronym, with slips.")
    find.add_argument("name", nargs="+")
    find.add_argument("--limit", type=_count, default=5, metavar="N", help="at most so many (5)")
    indicators = groups.add_parser("indicators", help="Indicators as data.").add_subparsers(required=True, metavar="WHAT")
    listing = add(indicators, "list", _indicators_list, "Every indicator with its figures, units and formulas.")
    listing.add_argument("--survey", metavar="CODE", help="only those a survey asks for")
    check = add(indicators, "check", _indicators_check, "Check a file of figures: identities, bounds, leaps from year to year.")
    check.add_argument("file", type=Path, nargs="?", help="CSV with figure, year, value, currency; without it the shipped data is checked")
    network = groups.add_parser("network", help="Packages between installations.").add_subparsers(required=True, metavar="WHAT")
    key = add(network, "key", _network_key, "The fingerprint of this installation, to be compared over another way.")
    key.add_argument("--trust", metavar="FINGERPRINT", help="take packages of the installation with this fingerprint from now on")
    of_university(key)
    out = add(network, "export", _network_export, "Write a signed package of what the university released.")
    out.add_argument("file", type=Path, help="where to; a file of this name is replaced")
    of_university(out)
    out.add_argument("--to", metavar="FINGERPRINT", default="", help="only this installation may take it")
    out.add_argument("--pack", type=Path, action="append", default=[], metavar="FOLDER", help="a pack to hand over; may be given again")
    out.add_argument("--only", action="append", default=[], metavar="KEY", help="only this (a key of `causeway network list`); may be given again")
    out.add_argument("--without", action="append", default=[], metavar="KEY", help="all but this; may be given again")
    out.add_argument("--contacts", action="store_true", help="with contact persons who agreed to be shown; without it none goes")
    out.add_argument("--preview", action="store_true", help="print exactly what would leave, record by record, and write nothing")
    listed = add(network, "list", _network_list, "What may leave: what the university released, with the key it is chosen by.")
    of_university(listed)
    packs = add(network, "packs", _network_packs, "Packs that came: ready, or refused with every fault (code, file, line).")
    of_university(packs)
    packs.add_argument("--check", action="store_true", help="lint those that are refused once more, as after an update")
    offers = add(network, "offers", _network_offers, "Offers of the network: search by words, narrow by field, readiness, what is sought.")
    offers.add_argument("words", nargs="*", help="found by their beginning")
    of_university(offers)
    facets = {"field": "such as energy", "ready": "1, 4 or 7: the lowest of three levels", "seeks": "such as licence", "country": "two letters, such as NL", "language": "such as en"}
    for facet, example in facets.items():
        offers.add_argument(f"--{facet}", action="append", default=[], metavar="VALUE", help=f"{example}; may be given again")
    taken = add(network, "import", _network_import, "Take a signed package of another installation.")
    taken.add_argument("file", type=Path)
    of_university(taken)
    return parser


def _ready() -> None:
    from causeway.config.cli import _migrated

    _migrated()


def _tell(options: argparse.Namespace, value: Any, lines: list[str]) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=1, default=str) if options.json else "\n".join(lines))


def _wrong(message: object) -> int:
    print(f"causeway: {message}", file=sys.stderr)
    return 2


def _unread(path: Path, fault: Exception) -> int:
    """Say why a file could not be read or written."""
    return _wrong(f"{fault.filename or path}: {fault.strerror or fault}" if isinstance(fault, OSError) else f"{path}: {fault}")


def _count(text: str) -> int:
    """A number of one or more, as an option."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of one or more")
    return int(text)


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


# --- registry ------------------------------------------------------------------------------------------------------------------------


def _registry_load(options: argparse.Namespace) -> int:
    _ready()
    from causeway.rooms.network.services import herd, registry

    told, rejected = [], 0
    for path in options.file:
        try:
            loaded = herd.herd_load(path) if herd.is_herd(path) else registry.registry_load(path)
        except (registry.UnreadableRegistry, OSError) as fault:
            return _unread(path, fault)
        told.append({"file": path.name, "registry": loaded.registry, **loaded.counts, "problems": [{"line": line, "problem": why} for line, why in loaded.problems]})
        rejected += len(loaded.problems)
    lines = [f"{one['file']}: {one['registry']}, " + ", ".join(f"{value} {name}" for name, value in one.items() if isinstance(value, int)) for one in told]
    lines += [f"  line {problem['line']}: {problem['problem']}" for one in told for problem in one["problems"][:50]]
    _tell(options, told, lines)
    return 1 if rejected else 0


def _registry_find(options: argparse.Namespace) -> int:
    _ready()
    from causeway.rooms.network.selectors import registry

    if not registry.loads():
        return _wrong("no registry is loaded yet: causeway registry load FILE")
    found = registry.find(" ".join(options.name), options.limit)
    value = [
        {"name": one.institution.name, "country": one.institution.country, "city": one.institution.city, "ror_id": one.institution.ror_id, "moe_code": one.institution.moe_code,
         "matched": one.name, "score": one.score}
        for one in found
    ]  # fmt: skip
    lines = [f"{one['score']:.2f}  {one['name']} ({one['country']}, {one['city']})  {one['ror_id'] or one['moe_code']}  [{one['matched']}]" for one in value]
    _tell(options, value, lines or ["Nothing fits that name."])
    return 0 if found else 1


# --- indicators ----------------------------------------------------------------------------------------------------------------------


def _indicators_list(options: argparse.Namespace) -> int:
    from causeway.engines.indicators import shipped_catalogue

    catalogue = shipped_catalogue()
    if options.survey and options.survey not in catalogue.surveys:
        return _wrong(f"there is no survey {options.survey}; there are {', '.join(catalogue.surveys)}")
    chosen = catalogue.of_survey(options.survey) if options.survey else list(catalogue.indicators.values())
    value = [
        {"code": one.code, "name": dict(one.name), "group": one.group, "definition": one.definition, "period": one.period, "verified": one.verified, "status": one.status,
         "parts": [{"figure": part.id, "unit": part.unit, "formula": part.formula} for part in one.parts],
         "surveys": {code: {"item": asked.item, "match": asked.match} for code, asked in one.surveys.items()}}
        for one in chosen
    ]  # fmt: skip
    lines = []
    for one in chosen:
        lines.append(f"{one.code}  {one.called('en')}  [{one.period}; {'verified' if one.verified else 'unverified'}; {', '.join(one.surveys) or 'no survey'}]")
        lines += [f"      {part.id}: {part.unit}{f' = {part.formula}' if part.formula else ''}" for part in one.parts if len(one.parts) > 1 or part.formula]
    _tell(options, value, [*lines, f"{len(chosen)} indicators"])
    return 0


def _indicators_check(options: argparse.Namespace) -> int:
    from causeway.engines.indicators import CatalogueFaults, check_year, completed, shipped_catalogue
    from causeway.rooms.network.mapping.figures import figures_of_csv

    try:
        catalogue = shipped_catalogue()
    except CatalogueFaults as faults:
        print(faults)
        return 1
    if options.file is None:
        count = {"indicators": len(catalogue.indicators), "figures": len(catalogue.parts), "checks": len(catalogue.rules), "faults": 0}
        _tell(options, count, [", ".join(f"{number} {what}" for what, number in count.items())])
        return 0
    from causeway.config import cli

    cli._django()  # for the words of what is wrong; no database
    try:
        years, problems = figures_of_csv(options.file.read_text(encoding="utf-8-sig"), catalogue)
    except UnicodeDecodeError:
        return _wrong(f"{options.file}: this is no text in UTF-8")
    except (OSError, ValueError) as fault:
        return _unread(options.file, fault)
    doubts = [
        {"year": year, "rule": one.rule, "severity": one.severity, "figures": list(one.figures), "text": one.text.get("en", ""), "left": one.left, "right": one.right}
        for year, figures in sorted(years.items())
        for one in check_year(completed(figures, catalogue), completed(years.get(year - 1, {}), catalogue), catalogue)
    ]
    lines = [f"line {line}: {why}" for line, why in problems]
    for one in doubts:
        beside = "" if one["left"] is None else f" ({one['left']}" + ("" if one["right"] is None else f" beside {one['right']}") + ")"
        lines.append(f"{one['year']} {one['severity']} {one['rule']}: {one['text']}: {', '.join(one['figures'])}{beside}")
    _tell(options, {"problems": [{"line": line, "problem": why} for line, why in problems], "doubts": doubts}, [*lines, f"{_many(len(doubts), 'doubt')}, {_many(len(problems), 'problem')}"])
    return 1 if problems or any(one["severity"] == "error" for one in doubts) else 0


# --- packages ------------------------------------------------------------------------------------------------------------------------


def _actor(options: argparse.Namespace) -> Any:
    """The system at the university named, or at the only one there is; `CallFault` where that is not clear."""
    from causeway.frame import access
    from causeway.frame.models import University

    here = list(University.objects.order_by("name"))
    found = [one for one in here if options.university in (None, one.name)]
    if len(found) != 1:
        names = ", ".join(one.name for one in here[:20]) or "none"
        raise CallFault(f"there is no university named {options.university!r} here, but: {names}" if options.university else f"name the university with --university; here are: {names}")
    return access.system(found[0], "Command line")


def _network_key(options: argparse.Namespace) -> int:
    _ready()
    from causeway.frame import scope
    from causeway.rooms.network.services import exchange, package

    if options.trust:
        actor = _actor(options)
        with scope.use(actor.university_id):
            try:
                known = exchange.installation_trust(actor=actor, fingerprint=options.trust)
            except exchange.Unknown as fault:
                return _wrong(fault)
        _tell(options, {"trusted": known.fingerprint, "name": known.name}, [f"Packages of {known.name} are taken from now on."])
        return 0
    mine = package.fingerprint(package.public_key())
    _tell(options, {"fingerprint": mine}, [package.grouped(mine)])
    return 0


def _network_list(options: argparse.Namespace) -> int:
    _ready()
    from causeway.frame import scope
    from causeway.rooms.network.selectors import exchange as reads

    actor = _actor(options)
    with scope.use(actor.university_id):
        found, staying = reads.choices(actor), reads.staying(actor)
    lines = [f"{one.key}  {one.title}  [{one.about}{'' if one.ticked else '; only when named with --only'}]" for one in found]
    lines += ["", "Stays here: " + "; ".join(staying)] if staying else []
    _tell(options, [{"key": one.key, "kind": one.kind, "title": one.title, "about": one.about, "ticked": one.ticked} for one in found], lines or ["Nothing is released yet."])
    return 0


def _chosen(options: argparse.Namespace, actor: Any) -> list[str] | None:
    """The keys to send: those named, or all that go by themselves but those left out; None for the latter without an exception."""
    from causeway.rooms.network.selectors import exchange as reads

    if options.only:
        return [key for key in options.only if key not in options.without]
    return [one.key for one in reads.choices(actor) if one.ticked and one.key not in options.without] if options.without else None


def _preview(options: argparse.Namespace, actor: Any) -> int:
    from causeway.rooms.network.services import exchange, parcels

    load = exchange.package_load(actor=actor, to=options.to, packs=options.pack, only=_chosen(options, actor), contacts=options.contacts)
    lines = []
    for one in load.parcels:
        lines += [f"{one.kind}: {one.title}  [{one.key}, SHA-256 {one.sha256[:12]}]", *(f"    {place}: {text}" for place, text in parcels.shown(one.record))]
        lines += [f"    picture {picture.sha256[:12]}, {picture.size} bytes: {picture.alternative}, {picture.rights}" for picture in one.pictures]
    lines += [f"stays here: {one}" for one in load.left]
    value = {"sha256": load.sha256, "records": [{"key": one.key, "kind": one.kind, "title": one.title, "sha256": one.sha256, "record": one.record} for one in load.parcels],
             "pictures": sorted(load.pictures()), "stays": load.left}  # fmt: skip
    _tell(options, value, lines or ["Nothing would leave."])
    return 0


def _network_packs(options: argparse.Namespace) -> int:
    _ready()
    from causeway.frame import scope
    from causeway.rooms.governance import selectors as governance
    from causeway.rooms.network.choices import PackState
    from causeway.rooms.network.models import ReceivedPack
    from causeway.rooms.network.services import exchange

    actor = _actor(options)
    with scope.use(actor.university_id):
        rows = list(ReceivedPack.objects.select_related("installation", "copy").order_by("name", "version", "pk"))
        if options.check:
            rows = [one if one.state in (PackState.READY, PackState.SHIPPED) else exchange.pack_check(actor=actor, obj=one)[0] for one in rows]
    value = [
        {"name": one.name, "version": one.version, "from": one.installation.name, "state": one.state, "key": governance.pack_key(one.copy) if one.copy else None, "why": one.why,
         "faults": one.faults}
        for one in rows
    ]  # fmt: skip
    lines = []
    for one, told in zip(rows, value, strict=True):
        lines.append(f"{one}  {told['key'] or '-'}  {one.get_state_display()}  from {one.installation}" + (f"  {one.why}" if one.why else ""))
        lines += [f"    {fault['file']}:{fault['line']}: {fault['code']}: {fault['text']}" for fault in one.faults]
    _tell(options, value, lines or ["No pack came yet."])
    return 1 if any(one.state in (PackState.FAULTY, PackState.CLASH) for one in rows) else 0


def _network_offers(options: argparse.Namespace) -> int:
    _ready()
    from django.utils import timezone

    from causeway.rooms.network.mapping import parcels
    from causeway.rooms.network.selectors import offers as reads

    actor = _actor(options)
    picked = {facet: set(values) for facet in reads.FACETS if (values := getattr(options, facet))}
    for facet, values in picked.items():
        known = [code for code, _label in parcels.VALUES.get(facet, ())]
        if strange := sorted(values.difference(known)) if known else sorted(one for one in values if not re.fullmatch("[A-Z]{2}", one)):
            return _wrong(f"--{facet} takes {', '.join(known) or 'two capital letters, such as NL'}, and not {', '.join(strange)}")
    value: list[dict[str, Any]] = []
    for page in range(1, 500):
        found = reads.catalogue(actor, timezone.localdate(), " ".join(options.words), picked, page)
        value += [
            {"key": str(one.key), "title": one.title, "university": one.source_name, "ror": one.ror_id, "country": one.country, "valid_until": one.valid_until, **one.content} for one in found.offers
        ]
        if len(value) >= found.count:
            break
    lines = [f"{one['title']}  [{one['university']}, {one['country'] or '-'}; readiness {one['readiness'] or '-'}; until {one['valid_until']}]" for one in value]
    _tell(options, value, [*lines, _many(len(value), "offer")])
    return 0


def _network_export(options: argparse.Namespace) -> int:
    _ready()
    from django.db import transaction

    from causeway.frame import scope
    from causeway.rooms.network.selectors import exchange as reads
    from causeway.rooms.network.services import exchange, package

    actor = _actor(options)
    with scope.use(actor.university_id):
        try:
            if options.preview:
                return _preview(options, actor)
            with transaction.atomic():  # what could not be written did not go out
                made = exchange.package_make(actor=actor, to=options.to, packs=options.pack, only=_chosen(options, actor), contacts=options.contacts)
                options.file.write_bytes(made.data)
        except (exchange.Unknown, package.Refusal) as fault:
            return _wrong(fault)
        except OSError as fault:
            return _unread(options.file, fault)
    lines = [f"{options.file}: package {made.sequence}, " + (reads.counted(made.counts) or "nothing released yet"), *(f"stays here: {one}" for one in made.left)]
    _tell(options, {"file": str(options.file), "sequence": made.sequence, "sha256": made.sha256, "counts": made.counts, "fingerprint": made.fingerprint, "stays": made.left}, lines)
    return 0


def _network_import(options: argparse.Namespace) -> int:
    _ready()
    from causeway.frame import scope
    from causeway.rooms.network.selectors import exchange as reads
    from causeway.rooms.network.services import exchange, package

    actor = _actor(options)
    with scope.use(actor.university_id):
        try:
            taken = exchange.package_take(actor=actor, source=options.file)
        except OSError as fault:
            return _unread(options.file, fault)
        except package.Refusal as fault:
            print(f"REFUSED {fault}", file=sys.stderr)
            return 2
    lines = ["This package was taken before; nothing changed."] if taken.again else [f"Taken from {taken.installation.name}: " + (reads.counted(taken.counts) or "nothing new")]
    _tell(options, {"again": taken.again, "counts": taken.counts, "notes": taken.notes, "from": taken.installation.fingerprint}, [*lines, *taken.notes])
    return 0
