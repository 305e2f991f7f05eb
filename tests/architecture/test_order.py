"""The machine holds the order of the house: who imports whom, who writes, who reads around the scope."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from causeway.frame import scope
from causeway.frame.models import University

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "causeway"
sys.path.insert(0, str(ROOT / "scripts"))
from contracts import ROOMS  # noqa: E402 - the one table of the rooms

#: The place of each storey's models: a key points to the same place in the same app, or lower. Peers share a place and may not see each other.
PLACE = {"frame": 0} | {room: place for place, line in enumerate(ROOMS, 1) for room in line}

#: Calls that write rows. The audited doors and the frame's own upkeep of tables nobody owns are the only ones to make them.
WRITERS = {"bulk_create", "bulk_update", "get_or_create", "update_or_create", "create", "save", "delete", "update"}
WRITERS |= {f"a{name}" for name in WRITERS} | {"load", "copy", "executemany", "save_base", "_raw_delete", "_insert", "save_m2m"}
#: Ways to an object's relations that write behind the audited doors' back.
RELATED = {"add", "set", "remove", "clear"}
AROUND_SCOPE = {"_base_manager", "raw", "cursor", "extra"}


def sources(*parts: str) -> list[Path]:
    """Python files of Causeway under the named folders, tests and migrations left out."""
    return [
        p
        for part in parts
        for p in (SOURCE / part).rglob("*.py")
        if not {"tests", "migrations"} & set(p.relative_to(SOURCE).parts) and p.name != "testing.py"
    ]


def _receiver(node: ast.expr) -> str:
    """The chain a method is called on, as text: "Asset.objects.filter"."""
    if isinstance(node, ast.Call):
        return _receiver(node.func)
    if isinstance(node, ast.Attribute):
        return f"{_receiver(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else "?"


def _is_queryset(chain: str) -> bool:
    return ".objects" in chain or "_default_manager" in chain or any(chain.endswith(f".{end}") for end in ("filter", "exclude", "all", "order_by"))


def _known_harmless(chain: str, node: ast.Call) -> bool:
    """Forms save nothing here (the kit takes that away), sessions and stored bytes are no rows; pictures and documents are written to files."""
    # `picture.save(target, format=...)`: what is handed over first is a file, which no model takes.
    to_file = bool(node.args) and not (isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, bool))
    return to_file or any(word in chain.lower() for word in ("form", "storage", "session", "image", "picture", "bitmap", "cookie", "workbook", "cache")) or chain == "super"


def writes(tree: ast.AST) -> list[str]:
    """Calls in a syntax tree that write rows without an audited door."""
    found = []
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITERS):
            continue
        name, chain = node.func.attr, _receiver(node.func.value)
        plain = name in ("save", "delete", "asave", "adelete", "save_base") and not _known_harmless(chain, node)
        bulk = name.startswith(("bulk_", "abulk_")) or name.endswith("_or_create") or name in ("executemany", "_raw_delete", "_insert")
        copied = name in ("load", "copy") and chain.split(".")[0] in ("db", "cursor")
        if bulk or plain or copied or (name in ("create", "update", "save", "delete", "acreate", "aupdate", "adelete") and _is_queryset(chain)):
            found.append(f"{node.lineno}: {chain}.{name}")
    return found


@pytest.mark.parametrize("path", sources("rooms", "kit", "adapters", "config"), ids=lambda p: str(p.relative_to(SOURCE)))
def test_only_the_audited_doors_write(path):
    assert writes(ast.parse(path.read_text())) == []


def test_the_writing_test_can_fail():
    bad = (
        "Asset.objects.create(a=1)", "asset.save()", "asset.save(update_fields=['title'])", "asset.save(True)", "Asset.objects.filter(x=1).update(y=2)",
        "qs.bulk_create(rows)", "asset.delete()", "Asset.objects.update_or_create(a=1)", "db.load(Asset, columns, rows)", "cursor.copy('COPY x')",
        "cursor.executemany('INSERT', rows)", "matter.deadlines.all().delete()", "Asset._default_manager.order_by('x').update(a=1)", "await asset.asave()",
    )  # fmt: skip
    for line in bad:
        assert len(writes(ast.parse(line.removeprefix("await ")))) == 1, line
    assert writes(ast.parse("data.update({})\nwork.add(rows)\nform.save()\nservices.asset_create()")) == []


@pytest.mark.parametrize("path", sources("rooms", "kit", "adapters", "config", "frame"), ids=lambda p: str(p.relative_to(SOURCE)))
def test_nothing_reads_around_the_scope(path):
    allowed = {"frame/db.py", "frame/audit.py", "frame/search.py", "frame/health.py", "frame/backup.py"}
    used = {node.attr for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)} & AROUND_SCOPE
    assert not used or str(path.relative_to(SOURCE)) in allowed


@pytest.mark.parametrize("path", sources("rooms"), ids=lambda p: str(p.relative_to(SOURCE)))
def test_no_back_stairs_between_rooms(path):
    text = path.read_text()
    assert "get_model(" not in text and "GenericForeignKey" not in text and "ContentType" not in text
    assert not keys_as_strings(ast.parse(text), path.relative_to(SOURCE / "rooms").parts[0]), "keys are written as classes, so that imports show them"


def keys_as_strings(tree: ast.AST, room: str) -> list[str]:
    """Foreign keys of a syntax tree that name another app's model as a string."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _receiver(node.func).rpartition(".")[2] in ("ForeignKey", "OneToOneField", "ManyToManyField"):
            to = [*node.args[:1], *(word.value for word in node.keywords if word.arg == "to")]
            found += [
                str(one.value)
                for one in to
                if isinstance(one, ast.Constant) and isinstance(one.value, str) and "." in one.value and one.value.split(".")[0] != room
            ]
    return found


def test_keys_as_strings_are_seen():
    assert keys_as_strings(ast.parse("models.ForeignKey('assets.Asset', models.CASCADE)"), "docket") == ["assets.Asset"]
    assert keys_as_strings(ast.parse("OneToOneField(to='deals.Deal')"), "docket") == ["deals.Deal"]
    assert keys_as_strings(ast.parse("ForeignKey('self', models.CASCADE)\nForeignKey('docket.Matter', 1)"), "docket") == []


def test_keys_point_down():
    for model in apps.get_models():
        here = model._meta.app_label
        if here not in PLACE:
            continue
        for field in model._meta.get_fields():
            if not field.is_relation or field.auto_created or field.related_model is None:
                continue
            there = field.related_model._meta.app_label
            if there in PLACE and there != here:
                assert PLACE[there] < PLACE[here], f"{model._meta.label}.{field.name} points to {there}, which is not lower"


def test_every_table_of_a_university_is_scoped():
    open_to_all = {"Grant", "Job", "OutboxMessage", "Setting", "ApiToken", "Invitation"}
    for model in apps.get_models():
        if not model.__module__.startswith("causeway."):
            continue
        keys = [
            f for f in model._meta.concrete_fields if isinstance(f, models.ForeignKey) and f.related_model is University and f.name == "university"
        ]
        if keys and model.__name__ not in open_to_all:
            assert isinstance(model._default_manager, scope.OwnedManager), f"{model._meta.label} can be read outside a scope"
            assert model._meta.db_table in scope._owned_tables


def test_list_indexes_lead_with_the_university():
    for model in apps.get_models():
        if not model.__module__.startswith("causeway.rooms"):
            continue
        if not any(field.name == "university" for field in model._meta.concrete_fields):
            continue  # shared data and released copies are read across universities
        for index in model._meta.indexes:
            first, second = [*(field.lstrip("-") for field in index.fields), "?", "?"][:2]
            # The rows of one parent may be led by it: no list of a university reads such an index.
            of_one_parent = second == "university" and first != "?" and model._meta.get_field(first).is_relation
            assert first == "university" or of_one_parent, f"{model._meta.label}: {index.name} leads with {first}"


def test_no_signals_and_no_save_overrides():
    for path in sources("rooms", "kit", "frame"):
        text = path.read_text()
        assert "post_save" not in text and "pre_save" not in text, path
        for node in ast.walk(ast.parse(text)):
            if (
                isinstance(node, ast.FunctionDef)
                and node.name == "save"
                and any(a.arg == "force_insert" for a in node.args.kwonlyargs + node.args.args)
            ):
                raise AssertionError(f"{path} overrides save()")


def test_imports_keep_to_the_contracts():
    run = subprocess.run([sys.executable, "scripts/contracts.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout[-3000:]


def test_migrations_are_complete(db):
    from django.core.management import call_command

    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_no_own_inline_script_or_style():
    pages = [path for path in SOURCE.rglob("*.html") if "tests" not in path.parts]  # what other programs wrote is read, not served
    for path in pages:
        text = path.read_text()
        assert " style=" not in text and "onclick=" not in text and "<style" not in text, path
        for piece in text.split("<script")[1:]:
            head = piece.split(">", 1)[0]
            assert "src=" in head or "application/json" in head, path


def test_every_model_has_its_line_in_the_reference():
    page = (ROOT / "docs/reference/models/index.md").read_text()
    named = {name.strip() for line in page.splitlines() if line.startswith("| ") for name in line.split("|")[2].split(",")}
    own = {model.__name__ for model in apps.get_models() if model.__module__.startswith("causeway.")}
    assert own - named == set() and named - own == {"model"}
