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
ROOM_ORDER = ["frame", "people", "governance", "docket", "disclosures", "assets", "contracts", "deals"]

#: Where rows may be written: the audited doors, and the frame's own upkeep of tables nobody owns.
WRITERS = {"bulk_create", "bulk_update", "get_or_create", "update_or_create", "create", "save", "delete", "update"}
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


def writes(tree: ast.AST) -> list[str]:
    """Calls in a syntax tree that write rows without an audited door."""
    found = []
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITERS):
            continue
        name, chain = node.func.attr, _receiver(node.func.value)
        plain = name in ("save", "delete") and not node.args and "form" not in chain and "storage" not in chain and "session" not in chain
        if (
            name.startswith("bulk_")
            or name.endswith("_or_create")
            or plain
            or (name in ("create", "update", "save", "delete") and _is_queryset(chain))
        ):
            found.append(f"{node.lineno}: {chain}.{name}")
    return found


@pytest.mark.parametrize("path", sources("rooms", "kit", "adapters", "config"), ids=lambda p: str(p.relative_to(SOURCE)))
def test_only_the_audited_doors_write(path):
    assert writes(ast.parse(path.read_text())) == []


def test_the_writing_test_can_fail():
    bad = "Asset.objects.create(a=1)\nasset.save()\nAsset.objects.filter(x=1).update(y=2)\nqs.bulk_create(rows)\nasset.delete()"
    assert len(writes(ast.parse(bad))) == 5
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


def test_keys_point_down():
    for model in apps.get_models():
        here = model._meta.app_label
        if here not in ROOM_ORDER:
            continue
        for field in model._meta.concrete_fields:
            if isinstance(field, models.ForeignKey) and field.related_model._meta.app_label in ROOM_ORDER:
                there = field.related_model._meta.app_label
                assert ROOM_ORDER.index(there) <= ROOM_ORDER.index(here), f"{model._meta.label}.{field.name} points up to {there}"


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
            first = (index.fields or ["?"])[0].lstrip("-")
            assert first == "university", f"{model._meta.label}: {index.name} leads with {first}"


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
    for path in SOURCE.rglob("*.html"):
        text = path.read_text()
        assert " style=" not in text and "onclick=" not in text and "<style" not in text, path
        for piece in text.split("<script")[1:]:
            head = piece.split(">", 1)[0]
            assert "src=" in head or "application/json" in head, path
