"""The one place that talks to a database below the ORM: bulk loading, statement limits, locks."""

from __future__ import annotations

import errno
import json
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, models


def is_postgres() -> bool:
    """Whether the installation runs on PostgreSQL (else SQLite)."""
    return connection.vendor == "postgresql"


def load(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Put finished rows into a table with the database's own bulk load (COPY, or executemany on SQLite).

    columns: field names; rows: values in that order, already in database form. Returns how many rows went in. Runs in the caller's
    transaction; constraint errors of the database pass through. Only `audit.batch` calls it.
    """
    fields = [model._meta.get_field(name) for name in columns]
    quoted = ", ".join(f'"{field.column}"' for field in fields)
    table = model._meta.db_table
    if is_postgres():
        return _copy(f'COPY "{table}" ({quoted}) FROM STDIN', rows)
    marks = ", ".join(["%s"] * len(fields))
    with connection.cursor() as cursor:
        cursor.executemany(f'INSERT INTO "{table}" ({quoted}) VALUES ({marks})', rows)
        return cursor.rowcount


def _copy(statement: str, rows: Iterable[Sequence[Any]]) -> int:
    count = 0
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
            count += 1
    return count


def store(model: type[models.Model], names: Sequence[str], objects: Sequence[models.Model]) -> None:
    """Store some fields of objects already there, one prepared statement for all (an UPDATE with a case for each row takes a hundred times as long).

    Runs in the caller's transaction and keeps to the university of each object. Only `audit.batch` calls it.
    """
    fields = [model._meta.get_field(name) for name in names]
    where = '"id" = %s AND "university_id" = %s' if hasattr(model, "university_id") else '"id" = %s'
    assigned = ", ".join(f'"{field.column}" = %s' for field in fields)
    rows = []
    for obj in objects:
        values = [field.get_db_prep_save(getattr(obj, field.attname), connection) for field in fields]
        rows.append((*values, obj.pk, *((obj.university_id,) if hasattr(model, "university_id") else ())))
    with connection.cursor() as cursor:
        cursor.executemany(f'UPDATE "{model._meta.db_table}" SET {assigned} WHERE {where}', rows)


def look_over() -> None:
    """Let the database estimate anew what its planner goes by: a sample, milliseconds on SQLite, a second or two on a large PostgreSQL.

    SQLite does it for nobody unasked, and without it takes an index for better the fewer of its columns a query knows.
    """
    with connection.cursor() as cursor:
        if not is_postgres():
            cursor.execute("PRAGMA analysis_limit = 400")
        cursor.execute("ANALYZE")


@models.Field.register_lookup
class Among(models.Lookup):
    """`field__among=[...]`: like `in`, but the values are one parameter. With hundreds of them `in` costs more to write than to run."""

    lookup_name = "among"

    def get_prep_lookup(self) -> list[Any]:
        return [self.lhs.output_field.get_prep_value(value) for value in self.rhs]

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        left, params = self.process_lhs(compiler, connection)
        if is_postgres():
            return f"{left} = ANY(%s)", [*params, self.rhs]
        return f"{left} IN (SELECT value FROM json_each(%s))", [*params, json.dumps(self.rhs)]


def counts(querysets: Sequence[models.QuerySet], most: int) -> list[int]:
    """How many rows each queryset has, counted to `most`, all in one statement."""
    found, parts, params = [0] * len(querysets), [], []
    for place, rows in enumerate(querysets):
        try:
            sql, values = rows.select_related(None).order_by().values("pk")[:most].query.sql_with_params()
        except EmptyResultSet:
            continue
        parts.append(f"SELECT {place}, COUNT(*) FROM ({sql}) AS part_{place}")
        params += values
    if parts:
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(parts), params)
            for place, count in cursor.fetchall():
                found[place] = count
    return found


def take_ids(model: type[models.Model], count: int) -> range:
    """Reserve `count` primary keys so that rows and those that point to them can be loaded in bulk.

    On PostgreSQL the sequence is advanced; on SQLite the write lock of the caller's immediate transaction makes max + 1 safe.
    """
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if is_postgres():
            # One round trip: setval under an advisory lock keeps two loaders from taking the same block.
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [table])
            cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [table])
            first = cursor.fetchone()[0]
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, first + count - 1])
        else:
            cursor.execute(
                f'SELECT MAX(COALESCE((SELECT seq FROM sqlite_sequence WHERE name = %s), 0), COALESCE((SELECT MAX(id) FROM "{table}"), 0))', [table]
            )
            first = cursor.fetchone()[0] + 1
    return range(first, first + count)


@contextmanager
def statement_limit(milliseconds: int) -> Iterator[None]:
    """Stop statements of the block that run longer: `too_long` knows their fault again."""
    if not milliseconds:
        yield
    elif is_postgres():
        with _postgres_limit(milliseconds):
            yield
    else:
        with _sqlite_limit(milliseconds):
            yield


@contextmanager
def _postgres_limit(milliseconds: int) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = %s", [milliseconds])
    try:
        yield
    finally:
        if not connection.in_atomic_block or not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("SET statement_timeout = 0")


@contextmanager
def _sqlite_limit(milliseconds: int) -> Iterator[None]:
    """SQLite asks a function every so many steps of a statement whether to go on; the time runs anew for each statement."""
    began: list[float] = [0.0]

    def fresh(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        began[0] = time.monotonic()
        return execute(sql, params, many, context)

    connection.ensure_connection()
    connection.connection.set_progress_handler(lambda: time.monotonic() - began[0] > milliseconds / 1000, 100_000)
    try:
        with connection.execute_wrapper(fresh):
            yield
    finally:
        if connection.connection is not None:
            connection.connection.set_progress_handler(None, 0)


def too_long(fault: Exception) -> bool:
    """Whether a database fault is a statement that `statement_limit` stopped."""
    return "statement timeout" in str(fault) or str(fault) == "interrupted"


def full(fault: Exception) -> bool:
    """Whether a fault says that the disk is full."""
    return getattr(fault, "errno", None) == errno.ENOSPC or "disk is full" in str(fault) or "No space left" in str(fault)


def lock(name: str) -> None:
    """Hold a named lock until the transaction ends. SQLite's immediate transactions already hold the only write lock."""
    if is_postgres():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [name])
