"""What the database itself needs: a bulk load of rows just written into tables of the same columns, keys and indexes beside theirs; and the
statements of a page without the page."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Max

from causeway.frame import db, scope


def spent() -> float:
    """Processor seconds so far of this process and, where it runs on this machine, of the database's process that serves it: what the other
    work of a busy machine does not lengthen."""
    mine = time.process_time()
    if db.is_postgres() and connection.connection is not None:
        served = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
        if served.exists():
            mine += int(served.read_text().split()[0]) / 1e9
    return mine


def bulk_load(table: str, columns: str, rows: list[tuple]) -> None:
    """The database's own bulk load: COPY, or `executemany` on SQLite. columns: quoted, with commas."""
    with connection.cursor() as cursor:
        if not db.is_postgres():
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({', '.join(['%s'] * len(rows[0]))})", rows)
            return
        with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)


class Clone:
    """A table like a model's, empty: columns, keys, constraints and every index. It is filled with what the model's table got since."""

    def __init__(self, model: type[models.Model]) -> None:
        self.model, self.table, self.name = model, model._meta.db_table, f"bench_{model._meta.db_table}"
        self.fields = [f for f in model._meta.concrete_fields if f.name != "id" and not f.generated]
        self.drop()
        with connection.cursor() as cursor:
            _create_postgres(cursor, self) if db.is_postgres() else _create_sqlite(cursor, self)
        self.mark()

    def mark(self) -> None:
        """From here on rows count as new."""
        with scope.everywhere():
            self.after = self.model._base_manager.aggregate(last=Max("pk"))["last"] or 0

    def load_again(self) -> tuple[int, float, float]:
        """Load the new rows into the clone in one transaction: how many, and the seconds and processor seconds of the load and its commit alone."""
        with connection.cursor() as cursor:
            columns = ", ".join(f'"{f.column}"' for f in self.fields)
            cursor.execute(f'SELECT {columns} FROM "{self.table}" WHERE id > %s ORDER BY id', [self.after])
            rows = [tuple(_plain(value) for value in row) for row in cursor.fetchall()]
        self.mark()
        began, cpu = time.perf_counter(), spent()
        with transaction.atomic():
            bulk_load(self.name, columns, rows)
        return len(rows), time.perf_counter() - began, spent() - cpu

    def drop(self) -> None:
        """Take the clone away."""
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {self.name}")


def _plain(value: Any) -> Any:
    """A value in the form in which a load takes it fastest; days as text."""
    if isinstance(value, dict | list):
        return json.dumps(value)
    return value.isoformat() if hasattr(value, "isoformat") else value


def _create_postgres(cursor: Any, clone: Clone) -> None:
    cursor.execute(f"CREATE TABLE {clone.name} (LIKE {clone.table} INCLUDING ALL)")
    cursor.execute("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f' AND conrelid = %s::regclass", [clone.table])
    for (definition,) in cursor.fetchall():
        cursor.execute(f"ALTER TABLE {clone.name} ADD {definition}")


def _create_sqlite(cursor: Any, clone: Clone) -> None:
    cursor.execute("SELECT sql FROM sqlite_master WHERE tbl_name = %s AND sql IS NOT NULL ORDER BY type DESC, name", [clone.table])
    for (definition,) in cursor.fetchall():
        text = definition.replace(f'"{clone.table}"', f'"{clone.name}"')
        cursor.execute(re.sub(r'INDEX "([^"]+)"', r'INDEX "bench_\1"', text))


# --- pages ---------------------------------------------------------------------------------------------------------------------------------


@contextmanager
def recorded() -> Any:
    """The statements of the block with what was put into them, in order."""
    found: list[tuple[str, Any]] = []

    def note(execute: Callable, sql: str, params: Any, many: bool, context: dict) -> Any:
        found.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield found


def beyond(statements: list[tuple[str, Any]], bare: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """The statements of a page that a bare response does not make as well."""
    known = Counter(sql for sql, _params in bare)
    rest = []
    for sql, params in statements:
        if known[sql]:
            known[sql] -= 1
        else:
            rest.append((sql, params))
    return rest


def replay(statements: list[tuple[str, Any]]) -> None:
    """The same statements, their rows fetched and thrown away."""
    for sql, params in statements:
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            if cursor.description:
                cursor.fetchall()
