"""The `causeway` command: run, serve, work, import, deadlines, law, audit, backup, restore, and the keeper's chores."""

from __future__ import annotations

import argparse
import gc
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

Command = Callable[[argparse.Namespace], int]


def main(argv: list[str] | None = None) -> int:
    """Run the command line; returns the exit code: 0 done, 1 something is not as it should be, 2 the call itself is wrong."""
    try:
        code = _run_command(sys.argv[1:] if argv is None else argv)
        sys.stdout.flush()
        return code
    except BrokenPipeError:  # whoever read along (head, less) has seen enough; nothing is left to say, not even at the end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _run_command(arguments: list[str]) -> int:
    """Hand the command to the module that holds it."""
    if arguments[:1] == ["law"]:
        from causeway.config import law_cli

        return law_cli.main(arguments[1:])
    if arguments[:1] == ["guide"]:
        from causeway.config import guide_cli

        return guide_cli.main(arguments[1:])
    if arguments[:1] == ["pack"]:
        from causeway.config import pack_cli

        return pack_cli.main(arguments[1:])
    if arguments and arguments[0] in ("registry", "indicators", "network"):
        from causeway.config import network_cli

        return network_cli.main(arguments)
    parsed = _parser().parse_args(arguments)
    return parsed.command(parsed)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="causeway", description="The open technology-transfer office.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, command: Command, help: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=help, description=help)
        made.set_defaults(command=command)
        return made

    run = add("run", _run, "Create what is missing (with a demonstration university), serve, print address and sign-ins.")
    for made in (run, add("serve", _serve, "Bring the database up to date and serve.")):
        made.add_argument("--host", default="127.0.0.1")
        made.add_argument("--port", type=int, default=8000)
        made.add_argument("--workers", type=int, default=1)
    add("work", _work, "Run queued jobs (beside the web processes, in production).")
    add("migrate", _migrate, "Bring the database up to date.")
    commands.add_parser("registry", help="Load registries of universities, find one by any name: causeway registry --help")
    commands.add_parser("indicators", help="List indicators, check figures: causeway indicators --help")
    commands.add_parser("network", help="Packages between installations: causeway network --help")
    commands.add_parser("law", help="Check worked cases, explain and list the law packs: causeway law --help")
    commands.add_parser("guide", help="Read a guide of good practices, bring it in: causeway guide --help")
    commands.add_parser("pack", help="Lint, show, test, check, simulate and explain practice packs: causeway pack --help")
    _add_import(commands)
    deadlines = add("deadlines", _deadlines, "Print what the docket shows.")
    deadlines.add_argument("--university")
    deadlines.add_argument("--from", dest="start", metavar="DATE")
    deadlines.add_argument("--to", dest="end", metavar="DATE")
    deadlines.add_argument("--asset", metavar="REF", help="its reference, or a number in any form")
    deadlines.add_argument("--all", action="store_true", help="done and closed ones too")
    deadlines.add_argument("--json", action="store_true")
    deadlines.add_argument("--recompute", action="store_true", help="compute every matter anew by the law in force; print what came out differently")
    deadlines.add_argument("--dry-run", action="store_true", help="with --recompute: write nothing; 1 where something would come out differently")
    verify = add("audit", _audit, "Check the audit chain of every university.")
    verify.add_argument("what", choices=["verify"])
    verify.add_argument("--university", help="only this one; needed with --head where there are several")
    verify.add_argument("--head", action="append", default=[], metavar="N:HASH", help="a head kept outside, from a letter: compare the chain with it")
    add("backup", _backup, "Write database and files to one checksummed archive.").add_argument("file", type=Path)
    back = add("restore", _restore, "Put a backup back.")
    back.add_argument("file", type=Path)
    back.add_argument("--yes", action="store_true", help="overwrite what is there")
    office = add("university", _university, "Create a university and its first administrator.")
    office.add_argument("what", choices=["add"])
    office.add_argument("name")
    office.add_argument("--short", required=True, help="short name used in references")
    office.add_argument("--country", default="")
    office.add_argument("--timezone", default="UTC")
    office.add_argument("--administrator", required=True, metavar="EMAIL")
    keeper = add("keeper", _keeper, "Say who looks after the installation: one who may bring a file into many universities.")
    keeper.add_argument("email", metavar="EMAIL")
    keeper.add_argument("--remove", action="store_true", help="no longer")
    return parser


def _add_import(commands: argparse._SubParsersAction) -> None:
    imports = commands.add_parser("import", help="Bring records in from a file.")
    assets = imports.add_subparsers(required=True, metavar="WHAT").add_parser("assets", help="Bring a portfolio in.")
    assets.set_defaults(command=_import_assets)
    assets.add_argument("file", type=Path)
    assets.add_argument("--university", help="the university to bring it into; created if new")
    assets.add_argument("--each-university", action="store_true", help="each owner becomes a university of its own with its own records")
    assets.add_argument("--format", default="auto", choices=["auto", "csv", "xlsx", "xls", "ops-xml", "docdb-xml"])
    assets.add_argument("--encoding", metavar="NAME")
    assets.add_argument("--dates", choices=["dmy", "mdy", "ymd"])
    assets.add_argument("--pivot", type=int, metavar="YY", help="two-digit years up to YY are 20YY")
    assets.add_argument("--hidden-sheets", action="store_true", help="read the hidden sheets of a workbook too")
    assets.add_argument("--map", type=Path, metavar="FILE", help="YAML or JSON: field to column")
    assets.add_argument("--dry-run", action="store_true")
    assets.add_argument("--json", action="store_true")


def _django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "causeway.config.settings")
    import django

    django.setup()


def _migrated() -> None:
    """Set Django up on a database that is there and current."""
    _django()
    if _is_current():
        return
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)


def _is_current() -> bool:
    """Whether every migration on disk was applied; looks at names alone, so that an ordinary start loads none of them."""
    from django.apps import apps
    from django.db import DatabaseError, connection
    from django.db.migrations.recorder import MigrationRecorder

    wanted = {(app.label, file.stem) for app in apps.get_app_configs() for file in Path(app.path, "migrations").glob("[0-9]*.py")}
    try:
        return wanted <= set(MigrationRecorder(connection).applied_migrations())
    except DatabaseError:
        return False


def _run(options: argparse.Namespace) -> int:
    _check_free(options.host, options.port)
    os.environ.setdefault("CAUSEWAY_DEMO", "true")
    gc.disable()  # until the server forks: what a start makes stays
    _migrated()
    from causeway.config import demo

    _collect_static()
    for line in demo.ensure():
        print(line)
    return _start(options)


def _serve(options: argparse.Namespace) -> int:
    _check_free(options.host, options.port)
    gc.disable()
    _migrated()
    _collect_static()
    return _start(options)


def _collect_static() -> None:
    """Gather the static files of this version once."""
    from django.conf import settings
    from django.core.management import call_command

    import causeway

    mark = Path(settings.STATIC_ROOT) / ".collected"
    newest = max((p.stat().st_mtime for p in Path(causeway.__file__).parent.glob("**/static/**/*") if p.is_file()), default=0)
    if not mark.exists() or mark.stat().st_mtime < newest:
        call_command("collectstatic", verbosity=0, interactive=False)
        mark.touch()


def _let_go() -> None:
    """Close connections and their pool before the server forks: a worker must not use those of its parent."""
    from django.db import connections

    for connection in connections.all():
        connection.close()
        if hasattr(connection, "close_pool"):
            connection.close_pool()


def _check_free(host: str, port: int) -> None:
    """Stop where another program listens: the server would share the port with it, and each would get some of the requests."""
    import socket

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trying:
        trying.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trying.bind((host, port))
        except OSError as fault:
            raise SystemExit(f"causeway: {host}:{port} cannot be had ({fault.strerror}). Say another with --port.") from None


def _start(options: argparse.Namespace) -> int:
    from causeway.frame import db, search

    search.ensure()
    if not db.is_postgres():
        db.look_over()  # migrations make tables anew, and what SQLite had estimated of them is gone
    _let_go()
    from django.urls import get_resolver
    from granian import Granian
    from granian.constants import Interfaces

    get_resolver().url_patterns  # noqa: B018 - the pages are loaded once, here, and shared by every worker
    gc.freeze()  # a worker's collector neither walks nor copies what it has of its parent
    gc.enable()
    print(f"\nCauseway is at http://{options.host}:{options.port}/  (stop with Ctrl-C)", flush=True)
    Granian(
        "causeway.config.wsgi:application",
        address=options.host,
        port=options.port,
        interface=Interfaces.WSGI,
        workers=options.workers,
        blocking_threads=4,
        log_access=False,
        log_level="warning",
    ).serve()
    return 0


def _work(_options: argparse.Namespace) -> int:
    _migrated()
    from causeway.frame import jobs

    try:
        jobs.work_forever()
    except KeyboardInterrupt:
        return 0
    return 0


def _migrate(_options: argparse.Namespace) -> int:
    _migrated()
    return 0


def _universities(name: str | None) -> list:
    """The universities a command speaks of: the one named, or all."""
    from causeway.frame.models import University

    found = University.objects.filter(name=name) if name else University.objects.order_by("name")
    if name and not found:
        raise SystemExit(f"causeway: there is no university named {name!r} here.")
    return list(found)


def _deadlines(options: argparse.Namespace) -> int:
    _migrated()
    from causeway.config.deadlines_cli import recompute, show

    return (recompute if options.recompute or options.dry_run else show)(options, _universities(options.university))


def _import_assets(options: argparse.Namespace) -> int:
    _migrated()
    from causeway.config import import_cli

    return import_cli.run(options)


def _audit(options: argparse.Namespace) -> int:
    _django()
    if not _is_current():
        raise SystemExit("causeway: the database is not there, or not up to date. Run: causeway migrate")
    from causeway.frame import audit

    found, faults = _universities(options.university), 0
    if options.head and len(found) != 1:
        raise SystemExit("causeway: say with --university whose chain the head is of.")
    for university in found:
        report = audit.verify(university.pk)
        wrong = [*report.faults, *(f"The head {head} kept outside differs from the chain." for head in options.head if _differs(university.pk, head))]
        faults += len(wrong)
        print(f"{university}: {report.checked} links checked, {report.unsealed} entries not yet sealed, {len(wrong)} faults")
        if report.first:
            print(f"  {report.first} links are of version 1: they seal the name of who acted, not the account, nor what batches kept of rows before")
        for fault in wrong:
            print(f"  {fault}")
    return 1 if faults else 0


def _differs(university: int, head: str) -> bool:
    from causeway.frame import asked, audit

    seq, _colon, value = head.partition(":")
    return (link := asked.number(seq)) is None or audit.differs(university, link, value.strip())


def _backup(options: argparse.Namespace) -> int:
    _django()
    from causeway.frame import backup

    return _told(lambda: backup.backup(options.file))


def _restore(options: argparse.Namespace) -> int:
    _django()
    from causeway.frame import backup

    return _told(lambda: backup.restore(options.file, overwrite=options.yes))


def _told(act: Callable[[], dict]) -> int:
    """Print what a backup or restore did, or in one sentence why it could not."""
    from causeway.frame.backup import BackupFault

    try:
        print(json.dumps(act(), indent=2, default=str))
    except BackupFault as fault:
        print(f"causeway: {fault}", file=sys.stderr)
        return 1
    return 0


def _university(options: argparse.Namespace) -> int:
    _migrated()
    from causeway.frame.accounts import services

    link = services.university_create(
        name=options.name, short_name=options.short, country=options.country, timezone=options.timezone, administrator=options.administrator
    )
    print(f"{options.name} is ready. Its administrator signs in for the first time at:\n{link}")
    return 0


def _keeper(options: argparse.Namespace) -> int:
    _migrated()
    from causeway.frame.access import Refused
    from causeway.frame.accounts import services

    try:
        user = services.keeper_choose(email=options.email, keeps=not options.remove)
    except Refused as refusal:
        print(f"causeway: {refusal}", file=sys.stderr)
        return 1
    print(f"{user.name} {'looks' if user.is_installer else 'no longer looks'} after the installation.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
